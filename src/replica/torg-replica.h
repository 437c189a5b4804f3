/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "torg-edit.h"
#include "torg-env.h"
#include "torg-job.h"
#include "torg-query.h"
#include "torg-store.h"

#include <gio/gio.h>

G_BEGIN_DECLS

#define TORG_TYPE_REPLICA (torg_replica_get_type ())

/*
 * The replica as the window sees it: everything is asynchronous, the main thread never waits for the disk.
 * One thread writes, two read; each owns a TorgStore.
 *
 * Signals, from the main loop:
 * - `changed` (TorgChanges): records changed, here or in another process; NULL fields mean: anything may have changed.
 * - `schema-changed`: a custom field came or went.
 */
G_DECLARE_FINAL_TYPE (TorgReplica, torg_replica, TORG, REPLICA, GObject)

/**
 * TorgLane:
 * @TORG_LANE_WRITE: the writing thread
 * @TORG_LANE_READ: the thread that reads what is on the screen
 * @TORG_LANE_COUNT: the thread that counts, searches and sorts, which may take longer
 *
 * The threads of a replica.
 */
typedef enum {
  TORG_LANE_WRITE,
  TORG_LANE_READ,
  TORG_LANE_COUNT,
} TorgLane;

/**
 * TorgStoreFunc:
 * @store: the thread's store
 * @data: what was given
 * @cancellable: (nullable): to be watched when it takes long
 * @error: (nullable): place for an error
 *
 * Work on a replica's thread.
 *
 * Returns: (transfer full) (nullable): a result, freed by the caller; %NULL may be an error
 */
typedef gpointer (*TorgStoreFunc) (TorgStore    *store,
                                   gpointer      data,
                                   GCancellable *cancellable,
                                   GError      **error);

TorgReplica *torg_replica_new           (TorgEnv             *env,
                                         const char          *path);
const char  *torg_replica_get_path      (TorgReplica         *self);
TorgEnv     *torg_replica_get_env       (TorgReplica         *self);
TorgSchema  *torg_replica_get_schema    (TorgReplica         *self);
const char  *torg_replica_get_user      (TorgReplica         *self);

void         torg_replica_open_async    (TorgReplica         *self,
                                         GCancellable        *cancellable,
                                         GAsyncReadyCallback  callback,
                                         gpointer             data);
gboolean     torg_replica_open_finish   (TorgReplica         *self,
                                         GAsyncResult        *result,
                                         GError             **error);
void         torg_replica_look          (TorgReplica         *self);
gboolean     torg_replica_is_empty      (TorgReplica         *self);
void         torg_replica_close         (TorgReplica         *self);
void         torg_replica_close_async   (TorgReplica         *self,
                                         GAsyncReadyCallback  callback,
                                         gpointer             data);
void         torg_replica_close_finish  (TorgReplica         *self,
                                         GAsyncResult        *result);

void         torg_replica_call_async    (TorgReplica         *self,
                                         TorgLane             lane,
                                         TorgStoreFunc        func,
                                         gpointer             func_data,
                                         GDestroyNotify       func_data_free,
                                         GDestroyNotify       result_free,
                                         GCancellable        *cancellable,
                                         GAsyncReadyCallback  callback,
                                         gpointer             data);
gpointer     torg_replica_call_sync     (TorgReplica         *self,
                                         TorgStoreFunc        func,
                                         gpointer             func_data,
                                         GError             **error);
gpointer     torg_replica_call_finish   (TorgReplica         *self,
                                         GAsyncResult        *result,
                                         GError             **error);

/* Applies an edit; the result is the number of the undo step (positive). */
void         torg_replica_apply_async   (TorgReplica         *self,
                                         TorgEdit            *edit,
                                         GCancellable        *cancellable,
                                         GAsyncReadyCallback  callback,
                                         gpointer             data);
gint64       torg_replica_apply_finish  (TorgReplica         *self,
                                         GAsyncResult        *result,
                                         GError             **error);

/* Undoes a step (0: the last one); the result is its label, and how many fields were left alone as they changed since. */
void         torg_replica_undo_async    (TorgReplica         *self,
                                         gint64               step,
                                         GCancellable        *cancellable,
                                         GAsyncReadyCallback  callback,
                                         gpointer             data);
char        *torg_replica_undo_finish   (TorgReplica         *self,
                                         GAsyncResult        *result,
                                         guint               *n_left,
                                         GError             **error);

/* A filled row by its type and id, with the titles of what it refers to. */
void         torg_replica_get_async     (TorgReplica         *self,
                                         const char          *type,
                                         const char          *id,
                                         GCancellable        *cancellable,
                                         GAsyncReadyCallback  callback,
                                         gpointer             data);
gpointer     torg_replica_get_finish    (TorgReplica         *self,
                                         GAsyncResult        *result,
                                         GError             **error);

/* What has to be planned when a contact is finished. */
void         torg_replica_ask_next_async (TorgReplica        *self,
                                         TorgRecord          *activity,
                                         GCancellable        *cancellable,
                                         GAsyncReadyCallback  callback,
                                         gpointer             data);
gboolean     torg_replica_ask_next_finish (TorgReplica       *self,
                                         GAsyncResult        *result,
                                         TorgNextRule        *rule,
                                         gboolean            *planned,
                                         GError             **error);

G_END_DECLS
