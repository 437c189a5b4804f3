/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "torg-replica.h"
#include "torg-syncer.h"
#include "torg-transport.h"

G_BEGIN_DECLS

/* What the syncer's thread does, as synchronous functions; it belongs to that thread. */
typedef struct _TorgSyncWork TorgSyncWork;

/**
 * TorgSyncCounts:
 * @n_unsent: changes that the server does not have yet
 * @n_attention: differences and rejections that wait for the user
 *
 * What a replica counts.
 */
typedef struct {
  guint n_unsent;
  guint n_attention;
} TorgSyncCounts;

/**
 * TorgSyncOutcome:
 * @state: how the replica stands to its server
 * @message: (owned) (nullable): why it did not come to its end, for the user
 * @address: (owned) (nullable): the server's
 * @synced_at: when it came to its end, microseconds UTC; 0 where it did not
 * @counts: what there is then
 * @retry_after: seconds for which the server is busy; 0 where it says nothing
 * @changed: whether rows came
 * @transport: (owned) (nullable): the way that worked
 *
 * What a sync leaves behind.
 */
typedef struct {
  TorgSyncState  state;
  char          *message;
  char          *address;
  gint64         synced_at;
  TorgSyncCounts counts;
  guint          retry_after;
  gboolean       changed;
  TorgTransport *transport;
} TorgSyncOutcome;

void             torg_sync_outcome_free        (gpointer       outcome);

TorgSyncWork    *torg_sync_work_new            (TorgReplica   *replica);
void             torg_sync_work_free           (TorgSyncWork  *self);
TorgSyncOutcome *torg_sync_work_run            (TorgSyncWork  *self,
                                                gboolean       carefully,
                                                GCancellable  *cancellable);
gboolean         torg_sync_work_sign_in        (TorgSyncWork  *self,
                                                const char    *token,
                                                GCancellable  *cancellable,
                                                GError       **error);
gboolean         torg_sync_work_sign_out       (TorgSyncWork  *self,
                                                GCancellable  *cancellable,
                                                GError       **error);
void             torg_sync_work_close          (TorgSyncWork  *self);

gpointer         torg_sync_work_count_in_store (TorgStore     *store,
                                                gpointer       data,
                                                GCancellable  *cancellable,
                                                GError       **error);

G_END_DECLS
