/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "torg-transport.h"

G_BEGIN_DECLS

/**
 * TorgKeeper:
 * @load: (nullable): reads the credentials that are kept now; %NULL where there are none
 * @save: (nullable): keeps others
 * @free: (nullable): frees what the two were given
 *
 * Where credentials are kept that change by themselves: the keyring.
 */
typedef struct {
  char     *(*load) (gpointer      data,
                     GCancellable *cancellable);
  gboolean  (*save) (gpointer      data,
                     const char   *text,
                     GCancellable *cancellable,
                     GError      **error);
  void      (*free) (gpointer      data);
} TorgKeeper;

#define TORG_TYPE_SOUP_TRANSPORT (torg_soup_transport_get_type ())

/* The way to a server by HTTP. */
G_DECLARE_FINAL_TYPE (TorgSoupTransport, torg_soup_transport, TORG, SOUP_TRANSPORT, GObject)

TorgTransport *torg_soup_transport_new (const char *address,
                                        const char *token,
                                        GError    **error);
gboolean       torg_soup_transport_check_address (const char *address,
                                                  GError    **error);
void           torg_soup_transport_set_first     (TorgSoupTransport *self);
void           torg_soup_transport_set_keeper    (TorgSoupTransport *self,
                                                  const TorgKeeper  *keeper,
                                                  gpointer           data);
gboolean       torg_soup_transport_revoke        (TorgSoupTransport *self,
                                                  GCancellable      *cancellable,
                                                  GError           **error);

G_END_DECLS
