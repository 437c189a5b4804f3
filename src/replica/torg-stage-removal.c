/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "torg-replica"

#include "config.h"

#include "torg-stage-removal.h"
#include "torg-store-private.h"

#include <glib/gi18n-lib.h>

/* Besides the cards an edit says where they go, whom that concerns, and that the stage is deleted. */
#define MOST_CARDS (TORG_EDIT_MAX_GROUP - 50)

struct _TorgStageRemoval
{
  char       *stage;     /* (owned) */
  char       *successor; /* (owned) */
  const char *type;      /* of the cards: `deal` or `lead` */
  char       *import;    /* (owned): under which all of it is undone */
  char       *label;     /* (owned) */
  GPtrArray  *ids;       /* (owned) (element-type utf8): the cards */
  guint       next;
  gboolean    ended;
  gint64      undo; /* a step that undoes all, or 0 */
};

static gboolean
check_stages (TorgRecord *stage, TorgRecord *successor, GError **error)
{
  const char *kind = torg_record_get_text (successor, "kind");

  if (g_strcmp0 (torg_record_get_text (stage, "pipeline"), torg_record_get_text (successor, "pipeline")) == 0 &&
      !g_str_equal (torg_record_get_id (stage), torg_record_get_id (successor)) &&
      torg_record_get_deleted (successor) == 0 &&
      (g_strcmp0 (kind, "open") == 0 || g_strcmp0 (kind, torg_record_get_text (stage, "kind")) == 0))
    return TRUE;
  g_set_error_literal (error, TORG_ERROR, TORG_ERROR_INVALID,
                       _ ("Choose another stage of the same pipeline, an open one or one of the same kind."));
  return FALSE;
}

static gboolean
list_cards (TorgStageRemoval *self, TorgStore *store, GError **error)
{
  const TorgType *type = torg_schema_find (torg_store_get_schema (store), self->type);
  g_autoptr (TorgQuery) query = torg_query_new (self->type);
  g_autoptr (GArray) rowids = NULL;

  torg_query_add_text (query, "stage", TORG_MATCH_IS, self->stage);
  torg_query_sort (query, "rank", FALSE);
  rowids = torg_store_list_rowids (store, query, 0, NULL, error);
  for (guint i = 0; rowids != NULL && i < rowids->len; i++)
    {
      g_autoptr (TorgRecord) card = torg_store_get_nth (store, type, g_array_index (rowids, gint64, i), error);

      if (card == NULL)
        return FALSE;
      g_ptr_array_add (self->ids, g_strdup (torg_record_get_id (card)));
    }
  return rowids != NULL;
}

/**
 * torg_stage_removal_new:
 * @store: a store, for reading
 * @stage: the id of a stage
 * @successor: that of the stage which takes its cards
 * @error: place for an error
 *
 * Finds out what is to be moved. Nothing is changed yet.
 *
 * Returns: (transfer full) (nullable): a plan
 */
TorgStageRemoval *
torg_stage_removal_new (TorgStore *store, const char *stage, const char *successor, GError **error)
{
  g_autoptr (TorgRecord) from = torg_store_get (store, "stage", stage, error);
  g_autoptr (TorgRecord) to = from != NULL ? torg_store_get (store, "stage", successor, error) : NULL;
  g_autoptr (TorgRecord) pipeline = NULL;
  g_autoptr (TorgStageRemoval) self = NULL;

  if (to == NULL || !check_stages (from, to, error) ||
      (pipeline = torg_store_get (store, "pipeline", torg_record_get_text (from, "pipeline"), error)) == NULL)
    return NULL;
  self = g_new0 (TorgStageRemoval, 1);
  self->stage = g_strdup (stage);
  self->successor = g_strdup (successor);
  self->type = g_strcmp0 (torg_record_get_text (pipeline, "kind"), "leads") == 0 ? "lead" : "deal";
  self->import = torg_env_make_id (torg_store_get_env (store));
  self->label = g_strdup_printf (_ ("Stage “%s” removed"), torg_record_get_text (from, "name"));
  self->ids = g_ptr_array_new_with_free_func (g_free);
  return list_cards (self, store, error) ? g_steal_pointer (&self) : NULL;
}

/**
 * torg_stage_removal_free:
 * @self: (transfer full): a plan
 *
 * Frees a plan.
 */
void
torg_stage_removal_free (TorgStageRemoval *self)
{
  g_free (self->stage);
  g_free (self->successor);
  g_free (self->import);
  g_free (self->label);
  g_clear_pointer (&self->ids, g_ptr_array_unref);
  g_free (self);
}

/**
 * torg_stage_removal_is_ended:
 *
 * Tells whether the stage is gone.
 *
 * Returns: whether there is nothing left to do
 */
gboolean
torg_stage_removal_is_ended (TorgStageRemoval *self)
{
  return self->ended;
}

/**
 * torg_stage_removal_get_undo:
 *
 * Gives the step that undoes all that was done up to now, see [method@Store.undo].
 *
 * Returns: a step; 0 where nothing was
 */
gint64
torg_stage_removal_get_undo (TorgStageRemoval *self)
{
  return self->undo;
}

/**
 * torg_stage_removal_get_n:
 *
 * Counts the cards that are moved.
 *
 * Returns: how many
 */
guint
torg_stage_removal_get_n (TorgStageRemoval *self)
{
  return self->ids->len;
}

/* What led to the stage leads to the one that takes its cards. */
static gboolean
replace_next (TorgStageRemoval *self, TorgStore *store, TorgEdit *edit, GError **error)
{
  g_autoptr (TorgQuery) query = torg_query_new ("stage");
  g_autoptr (GPtrArray) stages = NULL;

  torg_query_add_text (query, "next", TORG_MATCH_IS, self->stage);
  stages = torg_store_list (store, query, 0, NULL, error);
  for (guint i = 0; stages != NULL && i < stages->len; i++)
    {
      g_auto (GStrv) items = torg_value_dup_items (torg_record_get (stages->pdata[i], "next"));

      if (g_str_equal (torg_record_get_id (stages->pdata[i]), self->stage))
        continue;
      for (guint j = 0; items[j] != NULL; j++)
        if (g_str_equal (items[j], self->stage))
          g_set_str (&items[j], self->successor);
      torg_edit_take (edit, "stage", torg_record_get_id (stages->pdata[i]), "next",
                      torg_value_from_items ((const char *const *) items, TRUE));
    }
  return stages != NULL;
}

/* In a transaction: records as they are now. */
static TorgEdit *
make_edit (TorgStageRemoval *self, TorgStore *store, guint end, GError **error)
{
  g_autoptr (TorgEdit) edit = torg_edit_new (self->label);

  if (self->next == 0)
    torg_edit_take (edit, "stage", self->stage, "successor", torg_value_text (self->successor));
  for (guint i = self->next; i < end; i++)
    {
      g_autoptr (TorgRecord) card = torg_store_get (store, self->type, self->ids->pdata[i], NULL);

      if (card != NULL && torg_record_get_deleted (card) == 0 &&
          g_strcmp0 (torg_record_get_text (card, "stage"), self->stage) == 0)
        torg_edit_move (edit, self->type, self->ids->pdata[i], self->successor, torg_record_get_number (card, "rank"));
    }
  if (end < self->ids->len)
    return g_steal_pointer (&edit);
  if (!replace_next (self, store, edit, error))
    return NULL;
  torg_edit_delete (edit, "stage", self->stage);
  return g_steal_pointer (&edit);
}

/**
 * torg_stage_removal_step:
 * @store: a store, for writing
 * @error: place for an error; then the step may be tried again
 *
 * Moves the next cards, in one transaction; with the last of them the stage goes.
 *
 * Returns: whether that worked
 */
gboolean
torg_stage_removal_step (TorgStageRemoval *self, TorgStore *store, GError **error)
{
  guint end = MIN (self->next + MOST_CARDS, self->ids->len);
  g_autoptr (TorgEdit) edit = NULL;
  gint64 step = 0;

  if (!torg_store_begin (store, error))
    return FALSE;
  edit = make_edit (self, store, end, error);
  if (edit == NULL ||
      (torg_edit_get_length (edit) > 0 && !torg_store_apply_part (store, edit, self->import, &step, error)))
    {
      torg_store_rollback (store);
      return FALSE;
    }
  if (!torg_store_commit (store, error))
    return FALSE;
  self->next = end;
  self->ended = end == self->ids->len;
  if (step != 0)
    self->undo = step;
  return TRUE;
}

/* --- all of it ---------------------------------------------------------------------------------------------------- */

typedef struct
{
  TorgStageRemoval *removal;   /* (owned) (nullable): until it is planned */
  TorgJob          *job;       /* (owned) */
  char             *stage;     /* (owned) */
  char             *successor; /* (owned) */
} Run;

static void
run_free (gpointer data)
{
  Run *run = data;

  g_clear_pointer (&run->removal, torg_stage_removal_free);
  g_object_unref (run->job);
  g_free (run->stage);
  g_free (run->successor);
  g_free (run);
}

/* Plans at first, then goes a step at a time, so that other edits pass. */
static gpointer
step_in_store (TorgStore *store, gpointer data, GCancellable *cancellable, GError **error)
{
  Run *run = g_task_get_task_data (data);

  if (run->removal == NULL)
    run->removal = torg_stage_removal_new (store, run->stage, run->successor, error);
  return GINT_TO_POINTER (run->removal != NULL && torg_stage_removal_step (run->removal, store, error));
}

static void
stepped_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  Run     *run = g_task_get_task_data (task);
  GError  *error = NULL;
  gboolean done = torg_replica_call_finish (TORG_REPLICA (source), result, &error) != NULL;

  if (!done)
    {
      g_task_return_error (task, error);
      return;
    }
  torg_job_report (run->job, run->removal->next, run->removal->ids->len, NULL);
  if (run->removal->ended || g_cancellable_is_cancelled (torg_job_get_cancellable (run->job)))
    g_task_return_pointer (task, g_steal_pointer (&run->removal), (GDestroyNotify) torg_stage_removal_free);
  else
    torg_replica_call_async (TORG_REPLICA (source), TORG_LANE_WRITE, step_in_store, g_object_ref (task), g_object_unref,
                             NULL, NULL, stepped_cb, g_object_ref (task));
}

/**
 * torg_stage_removal_run_async:
 * @replica: a replica
 * @stage: the id of a stage
 * @successor: that of the stage which takes its cards
 * @job: shows how far it is, and stops it; what was moved until then stays, and can be undone
 * @callback: called when it is at its end, or was stopped
 * @data: for @callback
 *
 * Removes a stage, step by step.
 */
void
torg_stage_removal_run_async (TorgReplica        *replica,
                              const char         *stage,
                              const char         *successor,
                              TorgJob            *job,
                              GAsyncReadyCallback callback,
                              gpointer            data)
{
  g_autoptr (GTask) task = g_task_new (replica, NULL, callback, data);
  Run *run = g_new0 (Run, 1);

  g_task_set_source_tag (task, torg_stage_removal_run_async);
  run->job = g_object_ref (job);
  run->stage = g_strdup (stage);
  run->successor = g_strdup (successor);
  g_task_set_task_data (task, run, run_free);
  torg_replica_call_async (replica, TORG_LANE_WRITE, step_in_store, g_object_ref (task), g_object_unref, NULL, NULL,
                           stepped_cb, g_object_ref (task));
}

/**
 * torg_stage_removal_run_finish:
 * @result: as the callback got it
 * @error: place for an error
 *
 * Ends [func@stage_removal_run_async].
 *
 * Returns: (transfer full) (nullable): what was done
 */
TorgStageRemoval *
torg_stage_removal_run_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}
