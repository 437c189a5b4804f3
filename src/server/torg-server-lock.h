/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

gboolean torg_server_lock (const char  *store_uri,
                           GError     **error);

G_END_DECLS
