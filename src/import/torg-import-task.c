/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "torg-import"

#include "config.h"

#include "torg-import-task.h"
#include "torg-csv.h"
#include "torg-reader.h"

#include <string.h>

/* The import as the window sees it: nothing of it blocks. */

/* --- reading a file --------------------------------------------------------------------------------------------- */

typedef struct
{
  char *path; /* (owned) (nullable): or @text */
  char *text; /* (owned) (nullable) */
  guint sheet;
} Reading;

static void
reading_free (gpointer data)
{
  Reading *reading = data;

  g_free (reading->path);
  g_free (reading->text);
  g_free (reading);
}

/**
 * torg_import_file_free:
 * @self: (transfer full): what was read
 *
 * Frees what was read of a file.
 */
void
torg_import_file_free (TorgImportFile *self)
{
  g_clear_pointer (&self->table, torg_table_unref);
  g_strfreev (self->sheets);
  g_free (self);
}

/* What a spreadsheet puts on the clipboard has tabs between its columns. */
static TorgTable *
read_text (const char *text, GCancellable *cancellable, GError **error)
{
  g_autoptr (GBytes) bytes = g_bytes_new_static (text, strlen (text));
  g_autoptr (TorgTable) table =
    torg_csv_read (bytes, "UTF-8", strchr (text, '\t') != NULL ? '\t' : '\0', cancellable, error);

  return table != NULL && torg_table_check_filled (table, error) ? g_steal_pointer (&table) : NULL;
}

static void
read_in_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  Reading              *reading = data;
  const TorgReadOptions options = { .sheet = reading->sheet };
  g_autoptr (TorgImportFile) file = g_new0 (TorgImportFile, 1);
  GError *error = NULL;

  if (reading->text != NULL)
    {
      file->sheets = g_new0 (char *, 1);
      file->table = read_text (reading->text, cancellable, &error);
    }
  else
    file->sheets = torg_list_sheets (reading->path, cancellable, &error);
  if (reading->text == NULL && file->sheets != NULL)
    file->table = torg_read_table (reading->path, &options, cancellable, &error);
  if (file->table == NULL)
    g_task_return_error (task, error);
  else
    g_task_return_pointer (task, g_steal_pointer (&file), (GDestroyNotify) torg_import_file_free);
}

/**
 * torg_import_read_async:
 * @path: a file
 * @sheet: which sheet of a spreadsheet, from 0, or %TORG_SHEET_FILLED
 * @cancellable: (nullable): to stop it
 * @callback: called when it is read
 * @data: for @callback
 *
 * Reads a file that is to be imported, in a thread of its own.
 */
void
torg_import_read_async (const char         *path,
                        guint               sheet,
                        GCancellable       *cancellable,
                        GAsyncReadyCallback callback,
                        gpointer            data)
{
  g_autoptr (GTask) task = g_task_new (NULL, cancellable, callback, data);
  Reading *reading = g_new0 (Reading, 1);

  reading->path = g_strdup (path);
  reading->sheet = sheet;
  g_task_set_source_tag (task, torg_import_read_async);
  g_task_set_task_data (task, reading, reading_free);
  g_task_run_in_thread (task, read_in_thread);
}

/**
 * torg_import_read_text_async:
 * @text: what was copied in a spreadsheet
 * @cancellable: (nullable): to stop it
 * @callback: called when it is read
 * @data: for @callback
 *
 * Reads a table that was pasted, as [func@import_read_async] does a file.
 */
void
torg_import_read_text_async (const char *text, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer data)
{
  g_autoptr (GTask) task = g_task_new (NULL, cancellable, callback, data);
  Reading *reading = g_new0 (Reading, 1);

  reading->text = g_strdup (text);
  g_task_set_source_tag (task, torg_import_read_text_async);
  g_task_set_task_data (task, reading, reading_free);
  g_task_run_in_thread (task, read_in_thread);
}

/**
 * torg_import_read_finish:
 * @error: place for a %TORG_ERROR: a sentence to be shown
 *
 * Finishes [func@import_read_async].
 *
 * Returns: (transfer full) (nullable): the file's sheet
 */
TorgImportFile *
torg_import_read_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

/* --- trying it -------------------------------------------------------------------------------------------------- */

typedef struct
{
  TorgImportPlan *plan;   /* (owned) */
  TorgImport     *import; /* (owned) (nullable) */
  TorgJob        *job;    /* (owned) */
} Work;

static void
work_free (gpointer data)
{
  Work *work = data;

  g_clear_pointer (&work->import, torg_import_free);
  torg_import_plan_unref (work->plan);
  g_object_unref (work->job);
  g_free (work);
}

static Work *
work_new (TorgImportPlan *plan, TorgJob *job)
{
  Work *work = g_new0 (Work, 1);

  work->plan = torg_import_plan_ref (plan);
  work->job = g_object_ref (job);
  return work;
}

/* In the writing thread. */
static gpointer
run_dry (TorgStore *store, gpointer data, GCancellable *cancellable, GError **error)
{
  Work *work = data;

  return torg_import_run (work->plan, store, TRUE, work->job, error);
}

/**
 * torg_import_try_async:
 * @replica: an open replica
 * @plan: how a table becomes records; not to be changed meanwhile
 * @job: for progress and to cancel it
 * @callback: called when it is done
 * @data: for @callback
 *
 * Tells what an import would do, and changes nothing.
 */
void
torg_import_try_async (TorgReplica        *replica,
                       TorgImportPlan     *plan,
                       TorgJob            *job,
                       GAsyncReadyCallback callback,
                       gpointer            data)
{
  torg_replica_call_async (replica, TORG_LANE_WRITE, run_dry, work_new (plan, job), work_free,
                           (GDestroyNotify) torg_import_result_free, torg_job_get_cancellable (job), callback, data);
}

/**
 * torg_import_try_finish:
 * @error: place for an error
 *
 * Finishes [func@import_try_async].
 *
 * Returns: (transfer full) (nullable): what would be done
 */
TorgImportResult *
torg_import_try_finish (TorgReplica *replica, GAsyncResult *result, GError **error)
{
  return torg_replica_call_finish (replica, result, error);
}

/* --- doing it --------------------------------------------------------------------------------------------------- */

/* In the writing thread: one chunk. What the user sees at the end is on the disk. */
static gpointer
run_step (TorgStore *store, gpointer data, GCancellable *cancellable, GError **error)
{
  Work    *work = data;
  gboolean finished = FALSE;

  if (!torg_import_step (work->import, store, &finished, error))
    return NULL;
  torg_job_report (work->job, (gint64) (torg_import_get_fraction (work->import) * 1000), 1000, NULL);
  finished = finished || g_cancellable_is_cancelled (torg_job_get_cancellable (work->job));
  if (finished && !torg_store_sync (store, error))
    return NULL;
  return GINT_TO_POINTER (finished ? 2 : 1);
}

static void step_cb (GObject *source, GAsyncResult *result, gpointer data);

static void
next_step (TorgReplica *replica, GTask *task)
{
  torg_replica_call_async (replica, TORG_LANE_WRITE, run_step, g_task_get_task_data (task), NULL, NULL, NULL, step_cb,
                           task);
}

static void
step_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  Work   *work = g_task_get_task_data (task);
  GError *error = NULL;
  int     state = GPOINTER_TO_INT (torg_replica_call_finish (TORG_REPLICA (source), result, &error));

  if (state == 1)
    {
      next_step (TORG_REPLICA (source), g_steal_pointer (&task));
      return;
    }
  torg_job_finish (work->job);
  if (error != NULL)
    g_task_return_error (task, error);
  else
    g_task_return_pointer (task, torg_import_dup_result (work->import), (GDestroyNotify) torg_import_result_free);
}

/**
 * torg_import_run_async:
 * @replica: an open replica
 * @plan: how a table becomes records; not to be changed meanwhile
 * @job: for progress and to cancel it; what was imported until then stays and can be undone
 * @callback: called when it is done
 * @data: for @callback
 *
 * Imports a table, chunk by chunk; the user's own edits come in between.
 */
void
torg_import_run_async (TorgReplica        *replica,
                       TorgImportPlan     *plan,
                       TorgJob            *job,
                       GAsyncReadyCallback callback,
                       gpointer            data)
{
  GTask *task = g_task_new (replica, NULL, callback, data);
  Work  *work = work_new (plan, job);

  g_task_set_source_tag (task, torg_import_run_async);
  work->import = torg_import_new (plan, torg_replica_get_env (replica));
  g_task_set_task_data (task, work, work_free);
  next_step (replica, task);
}

/**
 * torg_import_run_finish:
 * @error: place for an error
 *
 * Finishes [func@import_run_async].
 *
 * Returns: (transfer full) (nullable): what was done
 */
TorgImportResult *
torg_import_run_finish (TorgReplica *replica, GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

/* --- undoing it ------------------------------------------------------------------------------------------------- */

static gpointer
run_undo (TorgStore *store, gpointer data, GCancellable *cancellable, GError **error)
{
  guint *n_left = g_new0 (guint, 1);

  if (!torg_store_undo_import (store, data, n_left, NULL, error))
    g_clear_pointer (&n_left, g_free);
  return n_left;
}

/**
 * torg_import_undo_async:
 * @replica: an open replica
 * @import_id: an import's id
 * @callback: called when it is done
 * @data: for @callback
 *
 * Undoes a whole import, its updates included.
 */
void
torg_import_undo_async (TorgReplica *replica, const char *import_id, GAsyncReadyCallback callback, gpointer data)
{
  torg_replica_call_async (replica, TORG_LANE_WRITE, run_undo, g_strdup (import_id), g_free, g_free, NULL, callback,
                           data);
}

/**
 * torg_import_undo_finish:
 * @n_left: (out): how many records and fields were left alone, since they changed later
 * @error: place for an error
 *
 * Finishes [func@import_undo_async].
 *
 * Returns: whether it is undone
 */
gboolean
torg_import_undo_finish (TorgReplica *replica, GAsyncResult *result, guint *n_left, GError **error)
{
  g_autofree guint *left = torg_replica_call_finish (replica, result, error);

  if (left == NULL)
    return FALSE;
  *n_left = *left;
  return TRUE;
}
