/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

gboolean torg_sync_lock   (const char  *path,
                           gboolean     wait,
                           int         *lock,
                           GError     **error);
void     torg_sync_unlock (int          lock);

G_END_DECLS
