/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "torg-import"

#include "config.h"

#include "torg-export.h"
#include "torg-export-log.h"
#include "torg-field-text.h"
#include "torg-money.h"
#include "torg-xlsx-writer.h"

#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

/* What a list shows, as a file: numbers and days as such, so that a spreadsheet counts with them. */

/* Records between two looks at whether it is cancelled. */
#define CHUNK 500

static gboolean
add_cell (TorgTable *table, TorgCellKind kind, const char *text, GError **error)
{
  return torg_table_add_cell (table, text != NULL && *text != '\0' ? kind : TORG_CELL_TEXT, text, -1, error);
}

/* An amount has a column more, which says its currency: amounts of several are never one. */
static gboolean
add_headers (TorgTable *table, const TorgType *type, const char *const *fields, GError **error)
{
  if (!torg_table_add_row (table, 1, error))
    return FALSE;
  for (guint i = 0; fields[i] != NULL; i++)
    {
      const TorgField *field = torg_type_find_field (type, fields[i]);

      if (!add_cell (table, TORG_CELL_TEXT, torg_field_get_label (field), error) ||
          (field->kind == TORG_KIND_MONEY && !add_cell (table, TORG_CELL_TEXT, _ ("Currency"), error)))
        return FALSE;
    }
  return TRUE;
}

static char *
dup_moment (gint64 when)
{
  g_autoptr (GDateTime) moment = g_date_time_new_from_unix_local_usec (when);

  return moment != NULL ? g_date_time_format (moment, "%Y-%m-%d %H:%M:%S") : NULL;
}

static gboolean
add_value (TorgTable *table, TorgRow *row, const TorgField *field, GError **error)
{
  const TorgValue *value = torg_record_nth (torg_row_get_record (row), field->index);
  g_autofree char *text = NULL;

  if (torg_value_is_null (value))
    return add_cell (table, TORG_CELL_TEXT, NULL, error) &&
           (field->kind != TORG_KIND_MONEY || add_cell (table, TORG_CELL_TEXT, NULL, error));
  switch (field->kind)
    {
      case TORG_KIND_NUMBER:
        text = torg_field_to_plain (field, value, NULL);
        return add_cell (table, TORG_CELL_NUMBER, text, error);
      case TORG_KIND_MONEY:
        text = torg_money_to_plain (value->number, value->currency);
        return add_cell (table, TORG_CELL_NUMBER, text, error) &&
               add_cell (table, TORG_CELL_TEXT, value->currency, error);
      case TORG_KIND_DATE:
        return add_cell (table, TORG_CELL_DATE, value->text, error);
      case TORG_KIND_MOMENT:
        text = dup_moment (value->number);
        return add_cell (table, TORG_CELL_MOMENT, text, error);
      default:
        text = torg_field_format (field, value, torg_row_get_ref_title (row, field->name));
        return add_cell (table, TORG_CELL_TEXT, text, error);
    }
}

/* Records of one chunk that may be written; @n_left takes the others. */
static GPtrArray *
read_chunk (TorgStore *store, const TorgType *type, GArray *rowids, guint first, guint *n_left, GError **error)
{
  g_autoptr (GPtrArray) records = g_ptr_array_new_with_free_func ((GDestroyNotify) torg_record_unref);
  g_autoptr (GError) local = NULL;
  guint n, left = 0;

  for (guint i = first; i < MIN (first + CHUNK, rowids->len); i++)
    {
      TorgRecord *record = torg_store_get_nth (store, type, g_array_index (rowids, gint64, i), &local);

      if (record != NULL)
        g_ptr_array_add (records, record);
      else if (!g_error_matches (local, TORG_ERROR, TORG_ERROR_NOT_FOUND))
        {
          g_propagate_error (error, g_steal_pointer (&local));
          return NULL;
        }
      g_clear_error (&local);
    }
  n = records->len;
  if (torg_store_limit_export (store, type->info->name, records, &left, &local))
    *n_left += left;
  else if (g_error_matches (local, TORG_ERROR, TORG_ERROR_RULE))
    {
      *n_left += n;
      g_ptr_array_set_size (records, 0);
    }
  else
    {
      g_propagate_error (error, g_steal_pointer (&local));
      return NULL;
    }
  return g_steal_pointer (&records);
}

/**
 * torg_export_make_table:
 * @store: a store
 * @query: which records, in their order
 * @fields: names of the fields that are columns
 * @job: (nullable): for progress and to cancel it
 * @n_left: (out): how many one's role does not let be written into files
 * @error: place for an error: %TORG_ERROR_RULE where it lets none
 *
 * Makes a table of what a list shows: the first row is the headers.
 *
 * Returns: (transfer full) (nullable): a table
 */
TorgTable *
torg_export_make_table (TorgStore         *store,
                        TorgQuery         *query,
                        const char *const *fields,
                        TorgJob           *job,
                        guint             *n_left,
                        GError           **error)
{
  const TorgType *type = torg_schema_find (torg_store_get_schema (store), torg_query_get_kind (query));
  g_autoptr (TorgTable) table = torg_table_new ();
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  g_auto (GStrv) known = NULL;
  GCancellable *cancellable = job != NULL ? torg_job_get_cancellable (job) : NULL;
  g_autoptr (GArray) rowids = torg_store_list_rowids (store, query, 0, cancellable, error);
  guint line = 1;

  *n_left = 0;
  /* A field of the company's own may have gone. */
  for (guint i = 0; fields[i] != NULL; i++)
    if (torg_type_find_field (type, fields[i]) != NULL)
      g_strv_builder_add (builder, fields[i]);
  known = g_strv_builder_end (builder);
  if (rowids == NULL || !add_headers (table, type, (const char *const *) known, error))
    return NULL;
  for (guint first = 0; first < rowids->len; first += CHUNK)
    {
      g_autoptr (GPtrArray) records = read_chunk (store, type, rowids, first, n_left, error);

      if (records == NULL || g_cancellable_set_error_if_cancelled (cancellable, error))
        return NULL;
      for (guint i = 0; i < records->len; i++)
        {
          g_autoptr (TorgRow) row = torg_store_make_row (store, records->pdata[i]);

          if (!torg_table_add_row (table, ++line, error))
            return NULL;
          for (guint j = 0; known[j] != NULL; j++)
            if (!add_value (table, row, torg_type_find_field (type, known[j]), error))
              return NULL;
        }
      torg_job_report (job, first, rowids->len, NULL);
    }
  if (line == 1 && *n_left > 0)
    {
      g_set_error_literal (error, TORG_ERROR, TORG_ERROR_RULE,
                           _ ("Your role does not allow to write such records into files. Ask your administrator."));
      return NULL;
    }
  return g_steal_pointer (&table);
}

/* --- off the main thread ------------------------------------------------------------------------------------------ */

typedef struct
{
  TorgQuery   *query;  /* (owned) */
  char       **fields; /* (owned) */
  GFile       *file;   /* (owned) */
  TorgJob     *job;    /* (owned) */
  char        *part;   /* (owned) (nullable): where it is written first */
  TorgExported done;
} Run;

static void
run_free (gpointer data)
{
  Run *run = data;

  if (run->part != NULL)
    g_unlink (run->part);
  torg_query_unref (run->query);
  g_strfreev (run->fields);
  g_object_unref (run->file);
  g_object_unref (run->job);
  g_free (run->part);
  g_free (run);
}

static gpointer
write_in_store (TorgStore *store, gpointer data, GCancellable *cancellable, GError **error)
{
  Run             *run = data;
  g_autofree char *name = g_file_get_basename (run->file);
  g_autoptr (TorgTable) table =
    torg_export_make_table (store, run->query, (const char *const *) run->fields, run->job, &run->done.n_left, error);
  int file;

  if (table == NULL)
    return NULL;
  run->done.n_written = torg_table_get_n_rows (table) - 1;
  file = g_file_open_tmp ("torg-export-XXXXXX", &run->part, error);
  if (file < 0)
    return NULL;
  close (file);
  return (g_str_has_suffix (name, ".csv") ? torg_csv_export (table, run->part, error)
                                          : torg_xlsx_write (table, run->part, cancellable, error))
           ? run
           : NULL;
}

/* Before anybody has it, who takes data along is known. */
static gpointer
note_in_store (TorgStore *store, gpointer data, GCancellable *cancellable, GError **error)
{
  Run *run = data;
  g_autoptr (GFile) part = g_file_new_for_path (run->part);

  return torg_store_note_export (store, torg_query_get_kind (run->query), run->done.n_written, NULL, error) &&
             g_file_copy (part, run->file, G_FILE_COPY_OVERWRITE | G_FILE_COPY_TARGET_DEFAULT_PERMS, cancellable, NULL,
                          NULL, error)
           ? run
           : NULL;
}

static void
noted_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  Run    *run = g_task_get_task_data (task);
  GError *error = NULL;

  torg_job_finish (run->job);
  if (torg_replica_call_finish (TORG_REPLICA (source), result, &error) == NULL)
    g_task_return_error (task, error);
  else
    g_task_return_pointer (task, g_memdup2 (&run->done, sizeof run->done), g_free);
}

static void
written_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  Run    *run = g_task_get_task_data (task);
  GError *error = NULL;

  if (torg_replica_call_finish (TORG_REPLICA (source), result, &error) == NULL)
    {
      torg_job_finish (run->job);
      g_task_return_error (task, error);
      return;
    }
  torg_replica_call_async (TORG_REPLICA (source), TORG_LANE_WRITE, note_in_store, run, NULL, NULL,
                           torg_job_get_cancellable (run->job), noted_cb, g_steal_pointer (&task));
}

/**
 * torg_export_async:
 * @replica: an open replica
 * @query: which records, in their order
 * @fields: names of the fields that are columns
 * @file: where to; CSV where its name ends so, else XLSX
 * @job: for progress and to cancel it; then there is no file
 * @callback: called when it is written
 * @data: for @callback
 *
 * Writes what a list shows to a file, and notes who did.
 */
void
torg_export_async (TorgReplica        *replica,
                   TorgQuery          *query,
                   const char *const  *fields,
                   GFile              *file,
                   TorgJob            *job,
                   GAsyncReadyCallback callback,
                   gpointer            data)
{
  GTask *task = g_task_new (replica, NULL, callback, data);
  Run   *run = g_new0 (Run, 1);

  run->query = torg_query_copy (query);
  run->fields = g_strdupv ((char **) fields);
  run->file = g_object_ref (file);
  run->job = g_object_ref (job);
  g_task_set_source_tag (task, torg_export_async);
  g_task_set_task_data (task, run, run_free);
  torg_replica_call_async (replica, TORG_LANE_COUNT, write_in_store, run, NULL, NULL, torg_job_get_cancellable (job),
                           written_cb, task);
}

/**
 * torg_export_finish:
 * @error: place for an error
 *
 * Ends [func@export_async].
 *
 * Returns: (transfer full) (nullable): what was written; free with g_free()
 */
TorgExported *
torg_export_finish (TorgReplica *replica, GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}
