/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "torg-replica.h"
#include "torg-store.h"
#include "torg-transport.h"

G_BEGIN_DECLS

gboolean       torg_connect           (TorgStore     *store,
                                       const char    *address,
                                       const char    *token,
                                       gboolean       with_content,
                                       GCancellable  *cancellable,
                                       GError       **error);
void           torg_connect_async     (TorgReplica         *replica,
                                       const char          *address,
                                       const char          *token,
                                       gboolean             with_content,
                                       GCancellable        *cancellable,
                                       GAsyncReadyCallback  callback,
                                       gpointer             data);
gboolean       torg_connect_finish    (TorgReplica    *replica,
                                       GAsyncResult   *result,
                                       GError        **error);
TorgTransport *torg_connect_again     (TorgStore     *store,
                                       const char    *token,
                                       GCancellable  *cancellable,
                                       GError       **error);
TorgTransport *torg_connect_transport (TorgStore     *store,
                                       GCancellable  *cancellable,
                                       GError       **error);
gboolean       torg_connect_drop      (TorgStore     *store,
                                       GCancellable  *cancellable,
                                       GError       **error);
gboolean       torg_connect_sign_out  (TorgStore     *store,
                                       GCancellable  *cancellable,
                                       GError       **error);

G_END_DECLS
