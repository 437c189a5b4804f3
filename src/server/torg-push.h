/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "torg-sight.h"
#include "torg-wire.h"

G_BEGIN_DECLS

/**
 * TorgPushStatus:
 * @TORG_PUSH_DONE: each mutation has its result
 * @TORG_PUSH_GAP: the client's numbers do not go on where the server stands
 * @TORG_PUSH_REUSED: a number was used for another mutation before
 * @TORG_PUSH_FOREIGN: the client is somebody else's, or revoked
 *
 * What became of a batch.
 */
typedef enum {
  TORG_PUSH_DONE,
  TORG_PUSH_GAP,
  TORG_PUSH_REUSED,
  TORG_PUSH_FOREIGN,
} TorgPushStatus;

/**
 * TorgPushMake:
 * @commit: the changes of the transaction
 * @sight: what the user may see and do
 * @index: which mutation
 * @data: what was given
 * @mutation: (out) (transfer full) (nullable): the mutation; %NULL where it is refused, and with it all of them
 * @error: place for a %TORG_STORE_ERROR
 *
 * Makes a mutation from records as they are now, under the transaction's locks.
 *
 * Returns: whether the database answered
 */
typedef gboolean (*TorgPushMake) (TorgCommit        *commit,
                                  TorgSight         *sight,
                                  guint              index,
                                  gpointer           data,
                                  TorgWireMutation **mutation,
                                  GError           **error);

gboolean torg_push_made (TorgServerStore *store,
                         const char      *user,
                         const char      *client,
                         guint            n,
                         GPtrArray       *ids,
                         const char      *hash,
                         TorgPushMake     make,
                         gpointer         data,
                         GPtrArray       *results,
                         TorgPushStatus  *status,
                         GError         **error);
gboolean torg_push (TorgServerStore *store,
                    const char      *user,
                    const char      *client,
                    GPtrArray       *mutations,
                    GPtrArray       *results,
                    TorgPushStatus  *status,
                    gint64          *expected,
                    GError         **error);

G_END_DECLS
