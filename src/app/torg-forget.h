/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

void     torg_forget_async  (const char           *path,
                             GAsyncReadyCallback   callback,
                             gpointer              data);
gboolean torg_forget_finish (GAsyncResult         *result,
                             GError              **error);

G_END_DECLS
