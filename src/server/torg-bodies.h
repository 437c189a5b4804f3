/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <libsoup/soup.h>

G_BEGIN_DECLS

/**
 * TorgBodies:
 *
 * The bodies of all messages that a server is being sent: how large each may become, how much memory they may take
 * together, and how slowly they may come.
 */
typedef struct _TorgBodies TorgBodies;

TorgBodies *torg_bodies_new         (void);
void        torg_bodies_unref       (TorgBodies        *self);
void        torg_bodies_set_proxies (TorgBodies        *self,
                                     GPtrArray         *proxies);
void        torg_bodies_end         (TorgBodies        *self);
void        torg_bodies_watch       (TorgBodies        *self,
                                     SoupServerMessage *message);
void        torg_bodies_note        (TorgBodies        *self,
                                     const char        *token,
                                     gboolean           is_good);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TorgBodies, torg_bodies_unref)

G_END_DECLS
