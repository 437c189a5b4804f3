/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "torg-file-queue.h"
#include "torg-replica.h"
#include "torg-transport.h"

G_BEGIN_DECLS

/**
 * TorgSyncState:
 * @TORG_SYNC_STATE_LOCAL: the replica belongs to no server
 * @TORG_SYNC_STATE_IDLE: the last sync came to its end
 * @TORG_SYNC_STATE_BUSY: a sync is under way
 * @TORG_SYNC_STATE_OFFLINE: the server cannot be reached; it is tried again
 * @TORG_SYNC_STATE_SIGN_IN: the server, or the keyring, knows no key; nothing is tried until there is another one
 * @TORG_SYNC_STATE_TROUBLE: the last sync failed for another reason; it is tried again
 *
 * How a replica stands to its server.
 */
typedef enum {
  TORG_SYNC_STATE_LOCAL,
  TORG_SYNC_STATE_IDLE,
  TORG_SYNC_STATE_BUSY,
  TORG_SYNC_STATE_OFFLINE,
  TORG_SYNC_STATE_SIGN_IN,
  TORG_SYNC_STATE_TROUBLE,
} TorgSyncState;

#define TORG_TYPE_SYNCER (torg_syncer_get_type ())

/**
 * TorgSyncer:
 *
 * Keeps an open replica and its server equal, on a thread of its own: after each edit, when the network comes back, and
 * from time to time. All its functions belong to the main thread.
 */
G_DECLARE_FINAL_TYPE (TorgSyncer, torg_syncer, TORG, SYNCER, GObject)

TorgSyncer   *torg_syncer_new             (TorgReplica          *replica);
void          torg_syncer_start           (TorgSyncer           *self);
void          torg_syncer_stop            (TorgSyncer           *self);
void          torg_syncer_stop_async      (TorgSyncer           *self,
                                           GAsyncReadyCallback   callback,
                                           gpointer              data);
void          torg_syncer_stop_finish     (TorgSyncer           *self,
                                           GAsyncResult         *result);
void          torg_syncer_sync            (TorgSyncer           *self);

TorgReplica  *torg_syncer_get_replica     (TorgSyncer           *self);
TorgFileQueue *torg_syncer_get_files      (TorgSyncer           *self);
TorgSyncState torg_syncer_get_state       (TorgSyncer           *self);
gint64        torg_syncer_get_synced_at   (TorgSyncer           *self);
gint64        torg_syncer_get_since       (TorgSyncer           *self);
guint         torg_syncer_get_n_unsent    (TorgSyncer           *self);
guint         torg_syncer_get_n_attention (TorgSyncer           *self);
const char   *torg_syncer_get_message     (TorgSyncer           *self);
const char   *torg_syncer_get_address     (TorgSyncer           *self);
TorgTransport *torg_syncer_get_transport  (TorgSyncer           *self);

void          torg_syncer_connect_async   (TorgSyncer           *self,
                                           const char           *address,
                                           const char           *token,
                                           gboolean              with_content,
                                           GCancellable         *cancellable,
                                           GAsyncReadyCallback   callback,
                                           gpointer              data);
gboolean      torg_syncer_connect_finish  (TorgSyncer           *self,
                                           GAsyncResult         *result,
                                           GError              **error);
void          torg_syncer_sign_in_async   (TorgSyncer           *self,
                                           const char           *token,
                                           GCancellable         *cancellable,
                                           GAsyncReadyCallback   callback,
                                           gpointer              data);
gboolean      torg_syncer_sign_in_finish  (TorgSyncer           *self,
                                           GAsyncResult         *result,
                                           GError              **error);
void          torg_syncer_sign_out_async  (TorgSyncer           *self,
                                           GCancellable         *cancellable,
                                           GAsyncReadyCallback   callback,
                                           gpointer              data);
gboolean      torg_syncer_sign_out_finish (TorgSyncer           *self,
                                           GAsyncResult         *result,
                                           GError              **error);

G_END_DECLS
