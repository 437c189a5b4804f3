/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

GSocket *torg_listen_open     (const char  *text,
                               GError     **error);
guint    torg_listen_get_port (GSocket     *socket);
gboolean torg_listen_is_near  (GSocket     *socket);

G_END_DECLS
