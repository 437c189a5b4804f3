/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "torg-import"

#include "config.h"

#include "torg-import-memory.h"

/* What became of the columns of such a file the last time: the next one of its kind is taken so too. */

static char *
make_name (TorgImportPlan *plan)
{
  g_autofree char *key = torg_import_plan_make_key (plan);

  return g_strconcat ("import:", key, NULL);
}

/**
 * torg_import_remember:
 * @plan: what was carried out
 * @store: a store for writing
 *
 * Remembers what became of the columns, for files with the same headers.
 *
 * Returns: whether it could; an import is none the worse for not being remembered
 */
gboolean
torg_import_remember (TorgImportPlan *plan, TorgStore *store)
{
  g_autofree char *name = make_name (plan);
  g_autofree char *map = torg_import_plan_make_map (plan);

  return torg_store_set_memory (store, name, map, NULL);
}

/**
 * torg_import_recall:
 * @plan: a plan as it was guessed
 * @store: a store
 *
 * Gives what became of the columns of such a file the last time, which [method@ImportPlan.load_map] takes.
 *
 * Returns: (transfer full): JSON; empty where there was none
 */
char *
torg_import_recall (TorgImportPlan *plan, TorgStore *store)
{
  g_autofree char *name = make_name (plan);
  char            *map = torg_store_dup_memory (store, name);

  return map != NULL ? map : g_strdup ("");
}

static gpointer
recall_in_store (TorgStore *store, gpointer data, GCancellable *cancellable, GError **error)
{
  return torg_import_recall (data, store);
}

/**
 * torg_import_recall_async:
 * @replica: an open replica
 * @plan: a plan as it was guessed; not to be changed meanwhile
 * @cancellable: (nullable): to stop it
 * @callback: called when it is done
 * @data: for @callback
 *
 * Does [func@import_recall] off the main thread.
 */
void
torg_import_recall_async (TorgReplica        *replica,
                          TorgImportPlan     *plan,
                          GCancellable       *cancellable,
                          GAsyncReadyCallback callback,
                          gpointer            data)
{
  torg_replica_call_async (replica, TORG_LANE_COUNT, recall_in_store, torg_import_plan_ref (plan),
                           (GDestroyNotify) torg_import_plan_unref, g_free, cancellable, callback, data);
}

/**
 * torg_import_recall_finish:
 * @error: place for an error
 *
 * Finishes [func@import_recall_async].
 *
 * Returns: (transfer full) (nullable): JSON, empty where there is none; %NULL with @error
 */
char *
torg_import_recall_finish (TorgReplica *replica, GAsyncResult *result, GError **error)
{
  return torg_replica_call_finish (replica, result, error);
}
