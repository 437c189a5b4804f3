/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "torg-replica"

#include "config.h"

#include "torg-hand-over.h"
#include "torg-own-right.h"

#include <glib/gi18n-lib.h>

/*
 * When somebody leaves, others go on with the work. It is many edits: they come in groups that the server takes at once
 * and that let other edits pass, under one id as those of an import, so that they are undone as one. What the role of
 * whoever does it does not allow is left: one edit that the server refuses would take its whole group along.
 */

typedef struct
{
  const char *type; /* static */
  char       *id;   /* (owned) */
} Item;

struct _TorgHandOver
{
  char   *from;   /* (owned) */
  char   *to;     /* (owned) */
  char   *import; /* (owned): the id that all of it is known by */
  char   *label;  /* (owned): what is done, in the user's language */
  GArray *items;  /* (owned) (element-type Item) */
  guint   left;   /* what may not be handed over */
  guint   next;
  guint   done;
  gint64  undo; /* a step, which stands for all of them; 0 for none yet */
};

static const struct
{
  TorgHandOverWhat what;
  const char      *type;
} types[] = {
  { TORG_HAND_OVER_DEALS, "deal" },     { TORG_HAND_OVER_LEADS, "lead" },     { TORG_HAND_OVER_CLIENTS, "company" },
  { TORG_HAND_OVER_CLIENTS, "person" }, { TORG_HAND_OVER_TASKS, "activity" },
};

/**
 * torg_hand_over_is_allowed:
 * @store: a store
 *
 * Tells whether whoever works here may hand work of others over, as an administrator or the head of a department.
 *
 * Returns: whether they may, as far as this is known here
 */
gboolean
torg_hand_over_is_allowed (TorgStore *store)
{
  g_autoptr (TorgOwnRight) edit = torg_own_right_new (store, "edit", NULL);
  g_autoptr (TorgOwnRight) assign = torg_own_right_new (store, "assign", NULL);

  for (guint i = 0; edit != NULL && assign != NULL && i < G_N_ELEMENTS (types); i++)
    if (torg_own_right_reaches_others (edit, types[i].type) && torg_own_right_reaches_others (assign, types[i].type))
      return TRUE;
  return FALSE;
}

/* --- what somebody has -------------------------------------------------------------------------------------------- */

static TorgQuery *
new_query (const char *type, const char *from)
{
  TorgQuery *query = torg_query_new (type);

  torg_query_add_text (query, "owner", TORG_MATCH_IS, from);
  return query;
}

static TorgQuery *
new_task_query (const char *from, const char *const *kinds)
{
  TorgQuery *query = new_query ("activity", from);
  TorgValue  none = TORG_VALUE_INIT;
  g_auto (TorgValue) any = torg_value_from_items (kinds, FALSE);

  torg_query_add (query, "done", TORG_MATCH_IS, &none);
  torg_query_add (query, "kind", TORG_MATCH_ANY_OF, &any);
  return query;
}

/* Those in a stage that ends; NULL where there is no such stage, or with an error. */
static TorgQuery *
new_closed_query (TorgStore *store, const char *type, const char *from, GError **error)
{
  g_autoptr (TorgQuery) query = torg_query_new ("stage");
  g_autoptr (GPtrArray) stages = torg_store_list (store, query, 0, NULL, error);
  g_autoptr (GPtrArray) ids = g_ptr_array_new ();
  g_auto (TorgValue) any = TORG_VALUE_INIT;
  TorgQuery *closed;

  if (stages == NULL)
    return NULL;
  for (guint i = 0; i < stages->len; i++)
    if (g_strcmp0 (torg_record_get_text (stages->pdata[i], "kind"), "open") != 0)
      g_ptr_array_add (ids, (char *) torg_record_get_id (stages->pdata[i]));
  if (ids->len == 0)
    return NULL;
  g_ptr_array_add (ids, NULL);
  any = torg_value_from_items ((const char *const *) ids->pdata, TRUE);
  closed = new_query (type, from);
  torg_query_add (closed, "stage", TORG_MATCH_ANY_OF, &any);
  return closed;
}

static gboolean
count (TorgStore *store, TorgQuery *query, GCancellable *cancellable, gint64 *n, GError **error)
{
  g_autoptr (TorgQuery) owned = query;

  return torg_store_count (store, query, cancellable, n, error);
}

static gboolean
count_stages (TorgStore    *store,
              const char   *type,
              const char   *from,
              GCancellable *cancellable,
              gint64       *open,
              gint64       *closed,
              GError      **error)
{
  g_autoptr (GError) local = NULL;
  TorgQuery *query = new_closed_query (store, type, from, &local);

  *closed = 0;
  if (local != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&local));
      return FALSE;
    }
  if ((query != NULL && !count (store, query, cancellable, closed, error)) ||
      !count (store, new_query (type, from), cancellable, open, error))
    return FALSE;
  *open -= *closed;
  return TRUE;
}

static const char *const task_kinds[] = { "call", "task", NULL };
static const char *const meeting_kinds[] = { "meeting", NULL };
static const char *const planned_kinds[] = { "call", "meeting", "task", NULL };

/**
 * torg_hand_over_count:
 * @store: a store
 * @from: the id of a `user`
 * @cancellable: (nullable): to stop it
 * @error: place for an error
 *
 * Counts what somebody could hand over, as far as it is here.
 *
 * Returns: (transfer full) (nullable): the numbers, to be freed with g_free()
 */
TorgHandOverCounts *
torg_hand_over_count (TorgStore *store, const char *from, GCancellable *cancellable, GError **error)
{
  g_autofree TorgHandOverCounts *counts = g_new0 (TorgHandOverCounts, 1);

  if (!count_stages (store, "deal", from, cancellable, &counts->deals, &counts->closed_deals, error) ||
      !count_stages (store, "lead", from, cancellable, &counts->leads, &counts->closed_leads, error) ||
      !count (store, new_query ("company", from), cancellable, &counts->companies, error) ||
      !count (store, new_query ("person", from), cancellable, &counts->persons, error) ||
      !count (store, new_task_query (from, task_kinds), cancellable, &counts->tasks, error) ||
      !count (store, new_task_query (from, meeting_kinds), cancellable, &counts->meetings, error))
    return NULL;
  return g_steal_pointer (&counts);
}

/**
 * torg_hand_over_sum:
 * @counts: how much somebody has
 * @what: which of it
 *
 * Adds up.
 *
 * Returns: how many records that are
 */
gint64
torg_hand_over_sum (const TorgHandOverCounts *counts, TorgHandOverWhat what)
{
  gboolean closed = (what & TORG_HAND_OVER_CLOSED) != 0;
  gint64   sum = 0;

  if (what & TORG_HAND_OVER_DEALS)
    sum += counts->deals + (closed ? counts->closed_deals : 0);
  if (what & TORG_HAND_OVER_LEADS)
    sum += counts->leads + (closed ? counts->closed_leads : 0);
  if (what & TORG_HAND_OVER_CLIENTS)
    sum += counts->companies + counts->persons;
  if (what & TORG_HAND_OVER_TASKS)
    sum += counts->tasks + counts->meetings;
  return sum;
}

/* --- the plan ----------------------------------------------------------------------------------------------------- */

static void
item_clear (gpointer data)
{
  g_free (((Item *) data)->id);
}

static GHashTable *
list_closed (TorgStore *store, const char *type, const char *from, GCancellable *cancellable, GError **error)
{
  g_autoptr (GHashTable) closed = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, NULL);
  g_autoptr (GError) local = NULL;
  g_autoptr (TorgQuery) query = new_closed_query (store, type, from, &local);
  g_autoptr (GArray) rowids = query != NULL ? torg_store_list_rowids (store, query, 0, cancellable, &local) : NULL;

  if (local != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&local));
      return NULL;
    }
  for (guint i = 0; rowids != NULL && i < rowids->len; i++)
    g_hash_table_add (closed, g_memdup2 (&g_array_index (rowids, gint64, i), sizeof (gint64)));
  return g_steal_pointer (&closed);
}

/* What is needed for it. */
typedef struct
{
  TorgOwnRight *edit;   /* (owned) */
  TorgOwnRight *assign; /* (owned) */
} Rights;

static void
rights_clear (Rights *self)
{
  g_clear_pointer (&self->edit, torg_own_right_free);
  g_clear_pointer (&self->assign, torg_own_right_free);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Rights, rights_clear)

static gboolean
rights_init (Rights *self, TorgStore *store, GError **error)
{
  self->edit = torg_own_right_new (store, "edit", error);
  self->assign = self->edit != NULL ? torg_own_right_new (store, "assign", error) : NULL;
  return self->assign != NULL;
}

static gboolean
add_items (TorgHandOver *self,
           TorgStore    *store,
           Rights       *rights,
           const char   *type,
           gboolean      closed_too,
           GCancellable *cancellable,
           GError      **error)
{
  const TorgType *kind = torg_schema_find (torg_store_get_schema (store), type);
  gboolean        has_stage = torg_type_find_field (kind, "stage") != NULL;
  g_autoptr (TorgQuery) query =
    g_str_equal (type, "activity") ? new_task_query (self->from, planned_kinds) : new_query (type, self->from);
  g_autoptr (GArray) rowids = torg_store_list_rowids (store, query, 0, cancellable, error);
  g_autoptr (GHashTable) closed = NULL;

  if (rowids == NULL)
    return FALSE;
  if (has_stage && !closed_too && (closed = list_closed (store, type, self->from, cancellable, error)) == NULL)
    return FALSE;
  for (guint i = 0; i < rowids->len; i++)
    {
      gint64 rowid = g_array_index (rowids, gint64, i);
      g_autoptr (TorgRecord) record = NULL;
      g_autoptr (GError) local = NULL;
      Item item = { kind->info->name, NULL };

      if (g_cancellable_set_error_if_cancelled (cancellable, error))
        return FALSE;
      if (closed != NULL && g_hash_table_contains (closed, &rowid))
        continue;
      record = torg_store_get_nth (store, kind, rowid, &local);
      /* It has gone since it was listed. */
      if (g_error_matches (local, TORG_ERROR, TORG_ERROR_NOT_FOUND))
        continue;
      if (record == NULL)
        {
          g_propagate_error (error, g_steal_pointer (&local));
          return FALSE;
        }
      if (!torg_own_right_allows (rights->edit, record) || !torg_own_right_allows (rights->assign, record))
        {
          self->left++;
          continue;
        }
      item.id = g_strdup (torg_record_get_id (record));
      g_array_append_val (self->items, item);
    }
  return TRUE;
}

static char *
dup_name (TorgStore *store, const char *user)
{
  char *name = torg_store_dup_title (store, "user", user);

  return name != NULL ? name : g_strdup ("?");
}

/* Whoever has left does no work. */
static gboolean
check_to (TorgStore *store, const char *to, const char *name, GError **error)
{
  g_autoptr (TorgRecord) user = torg_store_get (store, "user", to, NULL);

  if (user == NULL || torg_record_get_number (user, "disabled") == 0)
    return TRUE;
  g_set_error (error, TORG_ERROR, TORG_ERROR_INVALID,
               _ ("The account of %s is closed. Choose a colleague who works here."), name);
  return FALSE;
}

/**
 * torg_hand_over_new:
 * @store: a store, for reading
 * @from: the id of a `user`
 * @to: the id of another one
 * @what: which work
 * @cancellable: (nullable): to stop it
 * @error: place for an error
 *
 * Finds out what is to be handed over. Nothing is changed yet.
 *
 * Returns: (transfer full) (nullable): a plan
 */
TorgHandOver *
torg_hand_over_new (TorgStore       *store,
                    const char      *from,
                    const char      *to,
                    TorgHandOverWhat what,
                    GCancellable    *cancellable,
                    GError         **error)
{
  g_autoptr (TorgHandOver) self = g_new0 (TorgHandOver, 1);
  g_autofree char *from_name = dup_name (store, from);
  g_autofree char *to_name = dup_name (store, to);
  g_auto (Rights) rights = { NULL, NULL };

  if (g_str_equal (from, to))
    {
      g_set_error_literal (error, TORG_ERROR, TORG_ERROR_INVALID, _ ("Choose another colleague to hand the work to."));
      return NULL;
    }
  if (!check_to (store, to, to_name, error) || !rights_init (&rights, store, error))
    return NULL;
  self->from = g_strdup (from);
  self->to = g_strdup (to);
  self->import = torg_env_make_id (torg_store_get_env (store));
  /* Translators: an edit that can be undone: whose work has been handed over, and to whom */
  self->label = g_strdup_printf (_ ("Work handed over: %s → %s"), from_name, to_name);
  self->items = g_array_new (FALSE, FALSE, sizeof (Item));
  g_array_set_clear_func (self->items, item_clear);
  for (guint i = 0; i < G_N_ELEMENTS (types); i++)
    if ((what & types[i].what) != 0 &&
        !add_items (self, store, &rights, types[i].type, (what & TORG_HAND_OVER_CLOSED) != 0, cancellable, error))
      return NULL;
  return g_steal_pointer (&self);
}

/**
 * torg_hand_over_free:
 * @self: (transfer full): a plan
 *
 * Frees a plan.
 */
void
torg_hand_over_free (TorgHandOver *self)
{
  g_free (self->from);
  g_free (self->to);
  g_free (self->import);
  g_free (self->label);
  g_clear_pointer (&self->items, g_array_unref);
  g_free (self);
}

/**
 * torg_hand_over_get_n:
 *
 * Counts what is to be handed over.
 *
 * Returns: how many records
 */
guint
torg_hand_over_get_n (TorgHandOver *self)
{
  return self->items->len;
}

/**
 * torg_hand_over_get_left:
 *
 * Counts what the role of whoever works here does not allow to hand over: what they may not edit, or not assign.
 *
 * Returns: how many records stay as they are
 */
guint
torg_hand_over_get_left (TorgHandOver *self)
{
  return self->left;
}

/**
 * torg_hand_over_is_ended:
 *
 * Tells whether there is nothing left to do.
 *
 * Returns: whether it is at its end
 */
gboolean
torg_hand_over_is_ended (TorgHandOver *self)
{
  return self->next >= self->items->len;
}

/**
 * torg_hand_over_get_done:
 *
 * Counts what was handed over. What somebody else has changed or deleted meanwhile is left alone.
 *
 * Returns: how many records
 */
guint
torg_hand_over_get_done (TorgHandOver *self)
{
  return self->done;
}

/**
 * torg_hand_over_get_undo:
 *
 * Gives the step that undoes all that was handed over up to now, see [method@Store.undo].
 *
 * Returns: a step; 0 where nothing was
 */
gint64
torg_hand_over_get_undo (TorgHandOver *self)
{
  return self->undo;
}

/**
 * torg_hand_over_get_label:
 *
 * Says what is done.
 *
 * Returns: (transfer none): words
 */
const char *
torg_hand_over_get_label (TorgHandOver *self)
{
  return self->label;
}

/**
 * torg_hand_over_get_id:
 *
 * Gives the id by which all of it is undone, see [method@Store.undo_import].
 *
 * Returns: (transfer none): an id
 */
const char *
torg_hand_over_get_id (TorgHandOver *self)
{
  return self->import;
}

/* --- steps -------------------------------------------------------------------------------------------------------- */

/* In a transaction: records as they are now. */
static TorgEdit *
make_edit (TorgHandOver *self, TorgStore *store, guint end)
{
  g_autoptr (TorgEdit) edit = torg_edit_new (self->label);
  g_auto (TorgValue) to = torg_value_text (self->to);

  for (guint i = self->next; i < end; i++)
    {
      Item *item = &g_array_index (self->items, Item, i);
      g_autoptr (TorgRecord) record = torg_store_get (store, item->type, item->id, NULL);

      if (record != NULL && torg_record_get_deleted (record) == 0 &&
          g_strcmp0 (torg_record_get_text (record, "owner"), self->from) == 0)
        torg_edit_set (edit, item->type, item->id, "owner", &to);
    }
  return g_steal_pointer (&edit);
}

/**
 * torg_hand_over_step:
 * @store: a store, for writing
 * @error: place for an error; then the step may be tried again
 *
 * Hands over the next %TORG_EDIT_MAX_GROUP records at most, in one transaction.
 *
 * Returns: whether that worked
 */
gboolean
torg_hand_over_step (TorgHandOver *self, TorgStore *store, GError **error)
{
  guint end = MIN (self->next + TORG_EDIT_MAX_GROUP, self->items->len);
  g_autoptr (TorgEdit) edit = NULL;
  gint64 step = 0;

  if (!torg_store_begin (store, error))
    return FALSE;
  edit = make_edit (self, store, end);
  if (torg_edit_get_length (edit) > 0 && !torg_store_apply_part (store, edit, self->import, &step, error))
    {
      torg_store_rollback (store);
      return FALSE;
    }
  if (!torg_store_commit (store, error))
    return FALSE;
  self->next = end;
  self->done += torg_edit_get_length (edit);
  if (step != 0)
    self->undo = step;
  return TRUE;
}

/* --- all of it ---------------------------------------------------------------------------------------------------- */

typedef struct
{
  TorgHandOver    *hand_over; /* (owned) (nullable): until it is planned */
  TorgJob         *job;       /* (owned) */
  char            *from;      /* (owned) */
  char            *to;        /* (owned) */
  TorgHandOverWhat what;
} Run;

static void
run_free (gpointer data)
{
  Run *run = data;

  g_clear_pointer (&run->hand_over, torg_hand_over_free);
  g_object_unref (run->job);
  g_free (run->from);
  g_free (run->to);
  g_free (run);
}

static gpointer
plan_in_store (TorgStore *store, gpointer data, GCancellable *cancellable, GError **error)
{
  Run *run = g_task_get_task_data (data);

  return torg_hand_over_new (store, run->from, run->to, run->what, cancellable, error);
}

static gpointer
step_in_store (TorgStore *store, gpointer data, GCancellable *cancellable, GError **error)
{
  Run *run = g_task_get_task_data (data);

  return GINT_TO_POINTER (torg_hand_over_step (run->hand_over, store, error));
}

static void go_on (GTask *task);

static void
stepped_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  GError *error = NULL;

  torg_replica_call_finish (TORG_REPLICA (source), result, &error);
  if (error != NULL)
    g_task_return_error (task, error);
  else
    go_on (task);
}

/* What was cancelled stays as far as it came, and can be undone. */
static void
go_on (GTask *task)
{
  Run *run = g_task_get_task_data (task);

  torg_job_report (run->job, run->hand_over->next, run->hand_over->items->len, NULL);
  if (torg_hand_over_is_ended (run->hand_over) || g_cancellable_is_cancelled (torg_job_get_cancellable (run->job)))
    g_task_return_pointer (task, g_steal_pointer (&run->hand_over), (GDestroyNotify) torg_hand_over_free);
  else
    torg_replica_call_async (g_task_get_source_object (task), TORG_LANE_WRITE, step_in_store, g_object_ref (task),
                             g_object_unref, NULL, NULL, stepped_cb, g_object_ref (task));
}

static void
planned_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  Run    *run = g_task_get_task_data (task);
  GError *error = NULL;

  run->hand_over = torg_replica_call_finish (TORG_REPLICA (source), result, &error);
  if (run->hand_over == NULL)
    g_task_return_error (task, error);
  else
    go_on (task);
}

/**
 * torg_hand_over_run_async:
 * @replica: a replica
 * @from: the id of a `user`
 * @to: the id of another one
 * @what: which work
 * @job: shows how far it is, and stops it
 * @callback: called when it is at its end, or was stopped
 * @data: for @callback
 *
 * Hands work over, step by step, so that other edits pass.
 */
void
torg_hand_over_run_async (TorgReplica        *replica,
                          const char         *from,
                          const char         *to,
                          TorgHandOverWhat    what,
                          TorgJob            *job,
                          GAsyncReadyCallback callback,
                          gpointer            data)
{
  g_autoptr (GTask) task = g_task_new (replica, NULL, callback, data);
  Run *run = g_new0 (Run, 1);

  g_task_set_source_tag (task, torg_hand_over_run_async);
  run->job = g_object_ref (job);
  run->from = g_strdup (from);
  run->to = g_strdup (to);
  run->what = what;
  g_task_set_task_data (task, run, run_free);
  torg_replica_call_async (replica, TORG_LANE_COUNT, plan_in_store, g_object_ref (task), g_object_unref, NULL,
                           torg_job_get_cancellable (job), planned_cb, g_object_ref (task));
}

/**
 * torg_hand_over_run_finish:
 * @result: as the callback got it
 * @error: place for an error
 *
 * Ends [func@hand_over_run_async].
 *
 * Returns: (transfer full) (nullable): what was done
 */
TorgHandOver *
torg_hand_over_run_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}
