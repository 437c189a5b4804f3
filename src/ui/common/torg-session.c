/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "torg-ui"

#include "config.h"

#include "torg-session.h"

#include <glib/gi18n-lib.h>

struct _TorgSession
{
  GObject parent_instance;

  TorgReplica *replica;  /* (owned) */
  TorgLookup  *lookup;   /* (owned) */
  TorgSyncer  *syncer;   /* (owned) */
  GSettings   *settings; /* (owned) */
  GListStore  *jobs;     /* (owned) (element-type TorgJob) */
  char        *currency; /* (owned) (nullable) */
  TorgDrafts  *drafts;   /* (owned) */
  GPtrArray   *held;     /* (owned) (element-type GTask): what the disk refused, until the user says what to do */
  GError      *trouble;  /* (owned) (nullable): why the last edit was not saved */
  guint        n_saving;
};

G_DEFINE_FINAL_TYPE (TorgSession, torg_session, G_TYPE_OBJECT)

enum
{
  SIGNAL_SAID,
  SIGNAL_OPEN_RECORD,
  SIGNAL_EDITED,
  SIGNAL_STATE_CHANGED,
  SIGNAL_REFUSED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

static void
job_finished_cb (TorgSession *self, GParamSpec *pspec, TorgJob *job)
{
  guint position;

  if (torg_job_is_finished (job) && g_list_store_find (self->jobs, job, &position))
    g_list_store_remove (self->jobs, position);
}

/* --- saving ------------------------------------------------------------------------------------------------------- */

/* What is to be written: an edit, or an undo of a step. */
typedef struct
{
  TorgEdit *edit; /* (owned) (nullable) */
  gint64    step;
} Work;

static void
work_free (Work *work)
{
  g_clear_pointer (&work->edit, torg_edit_unref);
  g_free (work);
}

static void
end_saving (TorgSession *self, const GError *error)
{
  self->n_saving--;
  if (!g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED) &&
      !g_error_matches (error, TORG_ERROR, TORG_ERROR_NOT_FOUND))
    {
      g_clear_error (&self->trouble);
      self->trouble = error != NULL ? g_error_copy (error) : NULL;
    }
  g_signal_emit (self, signals[SIGNAL_STATE_CHANGED], 0);
}

/* What the disk refused waits for the user's answer; anything else is told at once. */
static void
refuse (TorgSession *self, GTask *task, GError *error)
{
  if (error->domain == TORG_STORE_ERROR && g_signal_has_handler_pending (self, signals[SIGNAL_REFUSED], 0, FALSE))
    {
      g_ptr_array_add (self->held, g_object_ref (task));
      if (self->held->len == 1)
        g_signal_emit (self, signals[SIGNAL_REFUSED], 0, error);
      g_error_free (error);
      return;
    }
  torg_session_fail (self, error);
  g_task_return_error (task, error);
}

static void
applied_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  TorgSession *self = g_task_get_source_object (task);
  Work        *work = g_task_get_task_data (task);
  GError      *error = NULL;
  gint64       step = torg_replica_apply_finish (TORG_REPLICA (source), result, &error);

  end_saving (self, error);
  if (error != NULL)
    {
      refuse (self, task, error);
      return;
    }
  g_signal_emit (self, signals[SIGNAL_EDITED], 0, step);
  if (torg_edit_get_label (work->edit) != NULL)
    torg_session_say (self, torg_edit_get_label (work->edit), step);
  g_task_return_int (task, step);
}

static void
undone_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  TorgSession     *self = g_task_get_source_object (task);
  GError          *error = NULL;
  g_autofree char *text = NULL;
  guint            n_left = 0;
  g_autofree char *label = torg_replica_undo_finish (TORG_REPLICA (source), result, &n_left, &error);

  end_saving (self, error);
  if (g_error_matches (error, TORG_ERROR, TORG_ERROR_NOT_FOUND))
    {
      torg_session_say (self, _ ("There is nothing to undo"), 0);
      g_task_return_error (task, error);
      return;
    }
  if (error != NULL)
    {
      refuse (self, task, error);
      return;
    }
  if (n_left > 0)
    {
      /* Translators: after an undo, how many values were left alone since somebody changed them afterwards */
      text = g_strdup_printf (ngettext ("Undone, but %u value that changed since was left alone",
                                        "Undone, but %u values that changed since were left alone", n_left),
                              n_left);
      torg_session_say (self, text, 0);
    }
  else
    {
      /* Translators: %s is what was done, as its toast said it: “Deal moved to Negotiation” */
      text = label != NULL ? g_strdup_printf (_ ("Undone: %s"), label) : g_strdup (_ ("Undone"));
      torg_session_say (self, text, 0);
    }
  g_task_return_int (task, 0);
}

static void
save (TorgSession *self, GTask *task)
{
  Work *work = g_task_get_task_data (task);

  self->n_saving++;
  g_signal_emit (self, signals[SIGNAL_STATE_CHANGED], 0);
  if (work->edit != NULL)
    torg_replica_apply_async (self->replica, work->edit, NULL, applied_cb, g_object_ref (task));
  else
    torg_replica_undo_async (self->replica, work->step, NULL, undone_cb, g_object_ref (task));
}

/* --- the object --------------------------------------------------------------------------------------------------- */

static void
torg_session_finalize (GObject *object)
{
  TorgSession *self = TORG_SESSION (object);

  g_clear_object (&self->lookup);
  g_clear_object (&self->syncer);
  g_clear_object (&self->drafts);
  g_clear_object (&self->jobs);
  g_clear_object (&self->settings);
  g_clear_object (&self->replica);
  g_clear_pointer (&self->currency, g_free);
  g_clear_pointer (&self->held, g_ptr_array_unref);
  g_clear_error (&self->trouble);
  G_OBJECT_CLASS (torg_session_parent_class)->finalize (object);
}

static void
torg_session_class_init (TorgSessionClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = torg_session_finalize;

  signals[SIGNAL_SAID] = g_signal_new ("said", TORG_TYPE_SESSION, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE,
                                       2, G_TYPE_STRING, G_TYPE_INT64);
  signals[SIGNAL_OPEN_RECORD] =
    g_signal_new ("open-record", TORG_TYPE_SESSION, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 5,
                  G_TYPE_STRING, G_TYPE_STRING, G_TYPE_LIST_MODEL, G_TYPE_UINT, G_TYPE_BOOLEAN);
  signals[SIGNAL_EDITED] =
    g_signal_new ("edited", TORG_TYPE_SESSION, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_INT64);
  signals[SIGNAL_STATE_CHANGED] =
    g_signal_new ("state-changed", TORG_TYPE_SESSION, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[SIGNAL_REFUSED] =
    g_signal_new ("refused", TORG_TYPE_SESSION, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_ERROR);
}

static void
torg_session_init (TorgSession *self)
{
  self->jobs = g_list_store_new (TORG_TYPE_JOB);
  self->held = g_ptr_array_new_with_free_func (g_object_unref);
}

/**
 * torg_session_new:
 * @replica: the replica, which may still be opening
 * @settings: the program's settings
 *
 * Makes what the panes work with.
 *
 * Returns: (transfer full): a new session
 */
TorgSession *
torg_session_new (TorgReplica *replica, GSettings *settings)
{
  TorgSession *self = g_object_new (TORG_TYPE_SESSION, NULL);

  self->replica = g_object_ref (replica);
  self->settings = g_object_ref (settings);
  self->lookup = torg_lookup_new (replica);
  self->syncer = torg_syncer_new (replica);
  self->drafts = torg_drafts_new (replica);
  return self;
}

/**
 * torg_session_get_replica:
 *
 * Gives the replica.
 *
 * Returns: (transfer none): the replica
 */
TorgReplica *
torg_session_get_replica (TorgSession *self)
{
  return self->replica;
}

/**
 * torg_session_get_schema:
 *
 * Gives the types and fields of the replica.
 *
 * Returns: (transfer none): the schema
 */
TorgSchema *
torg_session_get_schema (TorgSession *self)
{
  return torg_replica_get_schema (self->replica);
}

/**
 * torg_session_get_lookup:
 *
 * Gives the small tables.
 *
 * Returns: (transfer none): the lookup
 */
TorgLookup *
torg_session_get_lookup (TorgSession *self)
{
  return self->lookup;
}

/**
 * torg_session_get_syncer:
 *
 * Gives what keeps the replica and its server equal.
 *
 * Returns: (transfer none): the syncer
 */
TorgSyncer *
torg_session_get_syncer (TorgSession *self)
{
  return self->syncer;
}

/**
 * torg_session_get_settings:
 *
 * Gives the program's settings.
 *
 * Returns: (transfer none): the settings
 */
GSettings *
torg_session_get_settings (TorgSession *self)
{
  return self->settings;
}

/**
 * torg_session_get_jobs:
 *
 * Lists what is under way.
 *
 * Returns: (transfer none): a list of TorgJob
 */
GListStore *
torg_session_get_jobs (TorgSession *self)
{
  return self->jobs;
}

/**
 * torg_session_get_user:
 *
 * Tells who works here.
 *
 * Returns: (transfer none) (nullable): the id of a user
 */
const char *
torg_session_get_user (TorgSession *self)
{
  return torg_replica_get_user (self->replica);
}

/**
 * torg_session_make_id:
 *
 * Makes an id for a new record.
 *
 * Returns: (transfer full): an id
 */
char *
torg_session_make_id (TorgSession *self)
{
  return torg_env_make_id (torg_replica_get_env (self->replica));
}

/**
 * torg_session_get_now:
 *
 * Tells the time.
 *
 * Returns: microseconds UTC
 */
gint64
torg_session_get_now (TorgSession *self)
{
  return torg_env_get_now (torg_replica_get_env (self->replica));
}

/**
 * torg_session_get_currency:
 *
 * Tells the currency of amounts that are typed without one.
 *
 * Returns: (transfer none): three letters of ISO 4217
 */
const char *
torg_session_get_currency (TorgSession *self)
{
  g_free (self->currency);
  self->currency = g_settings_get_string (self->settings, "currency");
  return self->currency;
}

/**
 * torg_session_add_job:
 * @job: something long that begins
 *
 * Shows a job until it is finished.
 */
void
torg_session_add_job (TorgSession *self, TorgJob *job)
{
  g_list_store_append (self->jobs, job);
  g_signal_connect_object (job, "notify::finished", G_CALLBACK (job_finished_cb), self, G_CONNECT_SWAPPED);
}

/**
 * torg_session_say:
 * @text: what happened, in the user's language
 * @step: the number of an undo step, or 0
 *
 * Shows a toast, with a button to undo where there is a step.
 */
void
torg_session_say (TorgSession *self, const char *text, gint64 step)
{
  g_signal_emit (self, signals[SIGNAL_SAID], 0, text, step);
}

/**
 * torg_session_fail:
 * @error: what went wrong
 *
 * Shows an error in a toast; being cancelled is silent.
 */
void
torg_session_fail (TorgSession *self, const GError *error)
{
  if (!g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    torg_session_say (self, error->message, 0);
}

/**
 * torg_session_open_record:
 * @type: the record's type
 * @id: its id
 * @rows: (nullable): the list that it stands in, of TorgRow
 * @position: its position there
 * @in_window: whether it gets a window of its own
 *
 * Shows a record.
 */
void
torg_session_open_record (TorgSession *self,
                          const char  *type,
                          const char  *id,
                          GListModel  *rows,
                          guint        position,
                          gboolean     in_window)
{
  g_signal_emit (self, signals[SIGNAL_OPEN_RECORD], 0, type, id, rows, position, in_window);
}

/**
 * torg_session_open_card:
 * @record: a record
 * @rows: (nullable): the list that it stands in, of TorgRow
 * @position: its position there
 * @in_window: whether it gets a window of its own
 *
 * Shows the card of a record; what has no card of its own shows the one of what it belongs to.
 */
void
torg_session_open_card (TorgSession *self, TorgRecord *record, GListModel *rows, guint position, gboolean in_window)
{
  static const char *const parents[] = { "deal", "company", "person", "lead" };
  const TorgType          *kind = torg_record_get_kind (record);
  const char              *type = kind->info->name;
  gboolean                 has_none = g_str_equal (type, "activity") || g_str_equal (type, "legal_entity");

  for (guint i = 0; has_none && i < G_N_ELEMENTS (parents); i++)
    {
      const char *parent =
        torg_type_find_field (kind, parents[i]) != NULL ? torg_record_get_text (record, parents[i]) : NULL;

      if (parent != NULL)
        {
          torg_session_open_record (self, parents[i], parent, NULL, G_MAXUINT, in_window);
          return;
        }
    }
  torg_session_open_record (self, type, torg_record_get_id (record), rows, position, in_window);
}

/**
 * torg_session_apply_async:
 * @edit: what to do; its label is said when it is done
 * @callback: called when it is saved or refused
 * @data: for @callback
 *
 * Applies an edit and tells the user about it, errors included. What the disk refuses waits for
 * [method@Session.answer]: @callback is called when the edit is saved or given up.
 */
void
torg_session_apply_async (TorgSession *self, TorgEdit *edit, GAsyncReadyCallback callback, gpointer data)
{
  g_autoptr (GTask) task = g_task_new (self, NULL, callback, data);
  Work *work = g_new0 (Work, 1);

  g_task_set_source_tag (task, torg_session_apply_async);
  work->edit = torg_edit_ref (edit);
  g_task_set_task_data (task, work, (GDestroyNotify) work_free);
  save (self, task);
}

/**
 * torg_session_apply_finish:
 * @result: as the callback got it
 * @error: place for an error, which the user was already told
 *
 * Ends [method@Session.apply_async].
 *
 * Returns: the number of the undo step, or -1
 */
gint64
torg_session_apply_finish (TorgSession *self, GAsyncResult *result, GError **error)
{
  return g_task_propagate_int (G_TASK (result), error);
}

/**
 * torg_session_apply:
 * @edit: what to do; its label is said when it is done
 *
 * Applies an edit and tells the user about it.
 */
void
torg_session_apply (TorgSession *self, TorgEdit *edit)
{
  torg_session_apply_async (self, edit, NULL, NULL);
}

/**
 * torg_session_undo:
 * @step: the number of a step; 0 for the last one
 *
 * Undoes an edit and tells the user about it.
 */
void
torg_session_undo (TorgSession *self, gint64 step)
{
  g_autoptr (GTask) task = g_task_new (self, NULL, NULL, NULL);
  Work *work = g_new0 (Work, 1);

  g_task_set_source_tag (task, torg_session_undo);
  work->step = step;
  g_task_set_task_data (task, work, (GDestroyNotify) work_free);
  save (self, task);
}

/**
 * torg_session_answer:
 * @again: whether to try again
 *
 * Says what becomes of the edits that the disk refused.
 */
void
torg_session_answer (TorgSession *self, gboolean again)
{
  g_autoptr (GPtrArray) held = g_steal_pointer (&self->held);

  self->held = g_ptr_array_new_with_free_func (g_object_unref);
  for (guint i = 0; i < held->len; i++)
    {
      GTask *task = g_ptr_array_index (held, i);

      if (again)
        save (self, task);
      else
        g_task_return_error (task, self->trouble != NULL
                                     ? g_error_copy (self->trouble)
                                     : g_error_new_literal (G_IO_ERROR, G_IO_ERROR_CANCELLED, "given up"));
    }
}

/**
 * torg_session_is_saving:
 *
 * Tells whether an edit is being written.
 *
 * Returns: whether one is
 */
gboolean
torg_session_is_saving (TorgSession *self)
{
  return self->n_saving > 0;
}

/**
 * torg_session_get_trouble:
 *
 * Tells why the last edit was not saved.
 *
 * Returns: (transfer none) (nullable): an error, %NULL when it was saved
 */
const GError *
torg_session_get_trouble (TorgSession *self)
{
  return self->trouble;
}

/**
 * torg_session_get_drafts:
 *
 * Gives what is being written and not saved yet.
 *
 * Returns: (transfer none): the drafts
 */
TorgDrafts *
torg_session_get_drafts (TorgSession *self)
{
  return self->drafts;
}
