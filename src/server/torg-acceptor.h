/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <libsoup/soup.h>

G_BEGIN_DECLS

/**
 * TorgAcceptor:
 *
 * Takes connections from a socket that several processes may share, and hands them to a SoupServer.
 */
typedef struct _TorgAcceptor TorgAcceptor;

TorgAcceptor *torg_acceptor_new     (GSocket           *socket,
                                     GTlsCertificate   *certificate,
                                     SoupServer        *server);
void          torg_acceptor_free    (TorgAcceptor      *self);
void          torg_acceptor_hang_up (SoupServerMessage *message);

G_END_DECLS
