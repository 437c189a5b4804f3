/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "torg-replica"

#include "config.h"

#include "torg-replica.h"
#include "torg-sync-store.h"

/* What the window asks of a replica most, as calls of its threads. */

static gpointer
apply_edit (TorgStore *store, gpointer data, GCancellable *cancellable, GError **error)
{
  gint64 *step = g_new0 (gint64, 1);

  if (!torg_store_apply (store, data, step, error))
    g_clear_pointer (&step, g_free);
  return step;
}

/**
 * torg_replica_apply_async:
 * @edit: changes
 * @cancellable: (nullable): to stop it before its turn
 * @callback: (nullable): called when it is on the disk
 * @data: for @callback
 *
 * Applies an edit in one transaction.
 */
void
torg_replica_apply_async (TorgReplica        *self,
                          TorgEdit           *edit,
                          GCancellable       *cancellable,
                          GAsyncReadyCallback callback,
                          gpointer            data)
{
  torg_replica_call_async (self, TORG_LANE_WRITE, apply_edit, torg_edit_ref (edit), (GDestroyNotify) torg_edit_unref,
                           g_free, cancellable, callback, data);
}

/**
 * torg_replica_apply_finish:
 * @error: place for an error: a sentence to be shown
 *
 * Finishes [method@Replica.apply_async].
 *
 * Returns: the number of the undo step; 0 with an error, when nothing was changed
 */
gint64
torg_replica_apply_finish (TorgReplica *self, GAsyncResult *result, GError **error)
{
  g_autofree gint64 *step = torg_replica_call_finish (self, result, error);

  return step != NULL ? *step : 0;
}

typedef struct
{
  gint64 step;
  char  *label; /* (owned) */
  guint  n_left;
} Undo;

static void
undo_free (gpointer data)
{
  Undo *undo = data;

  g_free (undo->label);
  g_free (undo);
}

static gpointer
run_undo (TorgStore *store, gpointer data, GCancellable *cancellable, GError **error)
{
  Undo *undo = g_new0 (Undo, 1);

  undo->label = torg_store_undo (store, *(gint64 *) data, &undo->n_left, error);
  if (undo->label == NULL)
    g_clear_pointer (&undo, undo_free);
  return undo;
}

/**
 * torg_replica_undo_async:
 * @step: a step, or 0 for the last one
 * @cancellable: (nullable): to stop it before its turn
 * @callback: (nullable): called when it is done
 * @data: for @callback
 *
 * Undoes what the user did at once.
 */
void
torg_replica_undo_async (TorgReplica        *self,
                         gint64              step,
                         GCancellable       *cancellable,
                         GAsyncReadyCallback callback,
                         gpointer            data)
{
  torg_replica_call_async (self, TORG_LANE_WRITE, run_undo, g_memdup2 (&step, sizeof step), g_free, undo_free,
                           cancellable, callback, data);
}

/**
 * torg_replica_undo_finish:
 * @n_left: (out) (optional): how many fields and records were left alone, since they changed later
 * @error: place for an error
 *
 * Finishes [method@Replica.undo_async].
 *
 * Returns: (transfer full) (nullable): what was undone, in the words that it was done with
 */
char *
torg_replica_undo_finish (TorgReplica *self, GAsyncResult *result, guint *n_left, GError **error)
{
  Undo *undo = torg_replica_call_finish (self, result, error);
  char *label;

  if (undo == NULL)
    return NULL;
  if (n_left != NULL)
    *n_left = undo->n_left;
  label = g_steal_pointer (&undo->label);
  undo_free (undo);
  return label;
}

static gpointer
get_row (TorgStore *store, gpointer data, GCancellable *cancellable, GError **error)
{
  char **key = data;
  g_autoptr (TorgRecord) record = torg_store_get (store, key[0], key[1], error);

  return record != NULL ? torg_store_make_row (store, record) : NULL;
}

/**
 * torg_replica_get_async:
 * @type: a type's name
 * @id: a record's id
 * @cancellable: (nullable): to stop it
 * @callback: called when it is there
 * @data: for @callback
 *
 * Reads a record with the titles of what it refers to.
 */
void
torg_replica_get_async (TorgReplica        *self,
                        const char         *type,
                        const char         *id,
                        GCancellable       *cancellable,
                        GAsyncReadyCallback callback,
                        gpointer            data)
{
  const char *key[] = { type, id, NULL };

  torg_replica_call_async (self, TORG_LANE_READ, get_row, g_strdupv ((char **) key), (GDestroyNotify) g_strfreev,
                           g_object_unref, cancellable, callback, data);
}

/**
 * torg_replica_get_finish:
 * @error: place for an error
 *
 * Finishes [method@Replica.get_async].
 *
 * Returns: (transfer full) (type TorgRow) (nullable): a filled row
 */
gpointer
torg_replica_get_finish (TorgReplica *self, GAsyncResult *result, GError **error)
{
  return torg_replica_call_finish (self, result, error);
}

typedef struct
{
  TorgNextRule rule;
  gboolean     planned;
} Next;

static gpointer
ask_next (TorgStore *store, gpointer data, GCancellable *cancellable, GError **error)
{
  Next *next = g_new0 (Next, 1);

  if (!torg_store_ask_next (store, data, &next->rule, &next->planned, error))
    g_clear_pointer (&next, g_free);
  return next;
}

/**
 * torg_replica_ask_next_async:
 * @activity: an activity
 * @cancellable: (nullable): to stop it before its turn
 * @callback: called when it is known
 * @data: for @callback
 *
 * Asks what has to be planned when a contact is finished.
 */
void
torg_replica_ask_next_async (TorgReplica        *self,
                             TorgRecord         *activity,
                             GCancellable       *cancellable,
                             GAsyncReadyCallback callback,
                             gpointer            data)
{
  torg_replica_call_async (self, TORG_LANE_READ, ask_next, torg_record_copy (activity),
                           (GDestroyNotify) torg_record_unref, g_free, cancellable, callback, data);
}

/**
 * torg_replica_ask_next_finish:
 * @rule: (out): what is asked for
 * @planned: (out): whether another step is planned already
 * @error: place for an error
 *
 * Finishes [method@Replica.ask_next_async].
 *
 * Returns: whether that worked
 */
gboolean
torg_replica_ask_next_finish (TorgReplica  *self,
                              GAsyncResult *result,
                              TorgNextRule *rule,
                              gboolean     *planned,
                              GError      **error)
{
  g_autofree Next *next = torg_replica_call_finish (self, result, error);

  if (next == NULL)
    return FALSE;
  *rule = next->rule;
  *planned = next->planned;
  return TRUE;
}
