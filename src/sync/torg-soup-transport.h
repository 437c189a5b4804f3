/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "torg-transport.h"

G_BEGIN_DECLS

#define TORG_TYPE_SOUP_TRANSPORT (torg_soup_transport_get_type ())

/* The way to a server by HTTP. */
G_DECLARE_FINAL_TYPE (TorgSoupTransport, torg_soup_transport, TORG, SOUP_TRANSPORT, GObject)

TorgTransport *torg_soup_transport_new (const char *address,
                                        const char *token,
                                        GError    **error);

G_END_DECLS
