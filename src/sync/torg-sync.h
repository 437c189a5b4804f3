/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "torg-store.h"
#include "torg-transport.h"

G_BEGIN_DECLS

/**
 * TorgSyncError:
 * @TORG_SYNC_ERROR_OFFLINE: the server cannot be reached now
 * @TORG_SYNC_ERROR_SIGN_IN: the server does not know the user any more
 * @TORG_SYNC_ERROR_SERVER: the server answered what makes no sense
 * @TORG_SYNC_ERROR_TOO_OLD: the server wants a newer version of the program
 * @TORG_SYNC_ERROR_TOO_LARGE: what is to be sent is more than the server takes
 *
 * Why a sync did not come to its end. Nothing is lost: it is tried again.
 */
typedef enum {
  TORG_SYNC_ERROR_OFFLINE,
  TORG_SYNC_ERROR_SIGN_IN,
  TORG_SYNC_ERROR_SERVER,
  TORG_SYNC_ERROR_TOO_OLD,
  TORG_SYNC_ERROR_TOO_LARGE,
} TorgSyncError;

#define TORG_SYNC_ERROR (torg_sync_error_quark ())

GQuark   torg_sync_error_quark (void);

gboolean torg_sync_take        (TorgStore     *store,
                                TorgTransport *transport,
                                gboolean      *more,
                                GCancellable  *cancellable,
                                GError       **error);
gboolean torg_sync_verify      (TorgStore     *store,
                                TorgTransport *transport,
                                GCancellable  *cancellable,
                                GError       **error);
gboolean torg_sync_step        (TorgStore     *store,
                                TorgTransport *transport,
                                gboolean      *more,
                                GCancellable  *cancellable,
                                GError       **error);
gboolean torg_sync_run         (TorgStore     *store,
                                TorgTransport *transport,
                                GCancellable  *cancellable,
                                GError       **error);

G_END_DECLS
