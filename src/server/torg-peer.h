/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

GPtrArray *torg_peer_read_proxies (const char        *text,
                                   GError           **error); /* GInetAddressMask */
char      *torg_peer_find         (const char        *remote,
                                   const char        *forwarded,
                                   GPtrArray         *proxies);
gboolean   torg_peer_is_near      (const char        *remote,
                                   const char        *forwarded,
                                   GPtrArray         *proxies,
                                   GPtrArray         *others);

G_END_DECLS
