/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "torg-server"

#include "config.h"

#include "torg-csv.h"
#include "torg-error.h"
#include "torg-export.h"
#include "torg-field-text.h"
#include "torg-json.h"
#include "torg-server-file.h"

#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>
#include <json-glib/json-glib.h>
#include <errno.h>

/*
 * Everything, for leaving Torg or for looking from outside: a file a type, from one state of the database, a page of
 * records at a time. What is deleted is there too, marked so. Whoever takes everything along is noted before the first
 * record is written: who, when, what; processes that serve say so in their log.
 */

#define PAGE 1000
/* The last file to be written: what lies beside it is complete. */
#define SUMMARY "export.json"

/* --- a note of it ------------------------------------------------------------------------------------------------- */

static gboolean
note_begin (TorgServerStore *store, const char *id, const char *who, const char *what, GError **error)
{
  g_autoptr (TorgStatement) statement = torg_server_store_prepare (
    store, "INSERT INTO export_log (workspace, id, at, who, what) VALUES (?1, ?2, ?3, ?4, ?5)", error);

  if (statement == NULL)
    return FALSE;
  torg_statement_bind_id (statement, 2, id);
  torg_statement_bind_int (statement, 3, torg_env_get_now (torg_server_store_get_env (store)));
  torg_statement_bind_text (statement, 4, who);
  torg_statement_bind_text (statement, 5, what);
  return torg_statement_run (statement, error);
}

static gboolean
note_end (TorgServerStore *store, const char *id, gint64 n_records, GError **error)
{
  g_autoptr (TorgStatement) statement =
    torg_server_store_prepare (store, "UPDATE export_log SET records = ?3 WHERE workspace = ?1 AND id = ?2", error);

  if (statement == NULL)
    return FALSE;
  torg_statement_bind_id (statement, 2, id);
  torg_statement_bind_int (statement, 3, n_records);
  return torg_statement_run (statement, error);
}

static void
note_free (gpointer data)
{
  TorgExportNote *note = data;

  g_free (note->who);
  g_free (note->what);
  g_free (note);
}

static GPtrArray *
read_notes (TorgStatement *statement, GError **error)
{
  g_autoptr (GPtrArray) notes = g_ptr_array_new_with_free_func (note_free);
  gboolean row;

  for (;;)
    {
      TorgExportNote *note;

      if (!torg_statement_step (statement, &row, error))
        return NULL;
      if (!row)
        return g_steal_pointer (&notes);
      note = g_new0 (TorgExportNote, 1);
      note->at = torg_statement_get_int (statement, 0);
      note->who = g_strdup (torg_statement_get_text (statement, 1));
      note->what = g_strdup (torg_statement_get_text (statement, 2));
      note->records = torg_statement_is_null (statement, 3) ? -1 : torg_statement_get_int (statement, 3);
      g_ptr_array_add (notes, note);
    }
}

static int
compare_notes (gconstpointer a, gconstpointer b)
{
  const TorgExportNote *first = *(TorgExportNote *const *) a, *second = *(TorgExportNote *const *) b;

  return first->at < second->at ? 1 : first->at > second->at ? -1 : 0;
}

/* What people wrote into files on their own computers, as these told. */
static gboolean
add_own (TorgServerStore *store, GPtrArray *notes, GError **error)
{
  TorgSchema *schema = torg_server_store_get_schema (store);
  g_autoptr (GPtrArray) records =
    torg_server_store_list_page (store, torg_schema_find (schema, "export"), NULL, G_MAXINT, NULL, error);

  for (guint i = 0; records != NULL && i < records->len; i++)
    {
      TorgRecord *record = records->pdata[i];
      const char *owner = torg_record_get_text (record, "owner"), *filter = torg_record_get_text (record, "filter");
      g_autoptr (TorgRecord) user = NULL;
      TorgExportNote *note;

      if (owner != NULL &&
          !torg_server_store_load (store, torg_schema_find (schema, "user"), owner, FALSE, &user, NULL, error))
        return FALSE;
      note = g_new0 (TorgExportNote, 1);
      note->at = torg_record_get_number (record, "at");
      note->who = g_strdup (user != NULL ? torg_record_get_text (user, "name") : owner);
      note->what = filter != NULL ? g_strdup_printf ("%s (%s)", torg_record_get_text (record, "what"), filter)
                                  : g_strdup (torg_record_get_text (record, "what"));
      note->records = torg_record_get_number (record, "records") / TORG_NUMBER_SCALE;
      g_ptr_array_add (notes, note);
    }
  return records != NULL;
}

/**
 * torg_export_list:
 * @store: a connection
 * @error: place for a %TORG_STORE_ERROR
 *
 * Tells when everything was written out, and by whom, and what people wrote out of their replicas; the latest first.
 *
 * Returns: (transfer full) (nullable) (element-type TorgExportNote): notes
 */
GPtrArray *
torg_export_list (TorgServerStore *store, GError **error)
{
  g_autoptr (TorgStatement) statement = torg_server_store_prepare (
    store, "SELECT at, who, what, records FROM export_log WHERE workspace = ?1 ORDER BY at DESC, id DESC", error);
  g_autoptr (GPtrArray) notes = statement != NULL ? read_notes (statement, error) : NULL;

  if (notes == NULL || !add_own (store, notes, error))
    return NULL;
  g_ptr_array_sort (notes, compare_notes);
  return g_steal_pointer (&notes);
}

/**
 * torg_export_say:
 * @store: a connection, in no transaction
 * @error: place for a %TORG_STORE_ERROR
 *
 * Says in the log what was written out since the last time; of several processes that ask, one does.
 *
 * Returns: whether that worked
 */
gboolean
torg_export_say (TorgServerStore *store, GError **error)
{
  g_autoptr (TorgStatement) statement = torg_server_store_prepare (
    store, "UPDATE export_log SET said = 1 WHERE workspace = ?1 AND said IS NULL RETURNING at, who, what, records",
    error);
  g_autoptr (GPtrArray) notes = statement != NULL ? read_notes (statement, error) : NULL;

  for (guint i = 0; notes != NULL && i < notes->len; i++)
    {
      TorgExportNote *note = g_ptr_array_index (notes, i);
      g_autoptr (GDateTime) at = g_date_time_new_from_unix_utc_usec (note->at);
      g_autofree char *when = g_date_time_format_iso8601 (at);

      g_message ("Everything was exported by %s at %s: %s", note->who, when, note->what);
    }
  return notes != NULL;
}

/* --- files -------------------------------------------------------------------------------------------------------- */

typedef struct
{
  TorgServerStore *store;
  const char      *folder;
  TorgExportFormat format;
  JsonObject      *counts; /* (owned) type → number */
  gint64           n;
} Export;

static void
append_line (GString *text, TorgRecord *record)
{
  g_autoptr (JsonNode) node = torg_record_to_json (record);
  g_autofree char *line = json_to_string (node, FALSE);

  g_string_append (text, line);
  g_string_append_c (text, '\n');
}

static gboolean
add_header (TorgTable *table, const TorgType *type, GError **error)
{
  static const char *const first[] = { "id", "seq", "deleted" };

  if (!torg_table_add_row (table, 1, error))
    return FALSE;
  for (guint i = 0; i < G_N_ELEMENTS (first); i++)
    if (!torg_table_add_cell (table, TORG_CELL_TEXT, first[i], -1, error))
      return FALSE;
  for (guint i = 0; i < type->n_fields; i++)
    if (!torg_table_add_cell (table, TORG_CELL_TEXT, type->fields[i].name, -1, error))
      return FALSE;
  return TRUE;
}

static gboolean
add_row (TorgTable *table, TorgRecord *record, GError **error)
{
  const TorgType  *type = torg_record_get_kind (record);
  g_autofree char *seq = g_strdup_printf ("%" G_GINT64_FORMAT, torg_record_get_seq (record));
  g_autoptr (GDateTime) deleted = torg_record_get_deleted (record) != 0
                                    ? g_date_time_new_from_unix_utc_usec (torg_record_get_deleted (record))
                                    : NULL;
  g_autofree char *when = deleted != NULL ? g_date_time_format_iso8601 (deleted) : g_strdup ("");

  if (!torg_table_add_row (table, 1, error) ||
      !torg_table_add_cell (table, TORG_CELL_TEXT, torg_record_get_id (record), -1, error) ||
      !torg_table_add_cell (table, TORG_CELL_TEXT, seq, -1, error) ||
      !torg_table_add_cell (table, TORG_CELL_TEXT, when, -1, error))
    return FALSE;
  for (guint i = 0; i < type->n_fields; i++)
    {
      const TorgField *field = &type->fields[i];
      const TorgValue *value = torg_record_nth (record, i);
      g_autofree char *text = torg_value_is_null (value)
                                ? NULL
                                : torg_field_to_plain (field, value, field->kind == TORG_KIND_REF ? value->text : NULL);

      if (!torg_table_add_cell (table, TORG_CELL_TEXT, text != NULL ? text : "", -1, error))
        return FALSE;
    }
  return TRUE;
}

static gboolean
write_rows (Export *export, TorgServerFile *file, const TorgType *type, GPtrArray *page, gboolean first, GError **error)
{
  g_autoptr (TorgTable) table = torg_table_new ();
  g_autoptr (GBytes) bytes = NULL;

  if (first && !add_header (table, type, error))
    return FALSE;
  for (guint i = 0; i < page->len; i++)
    if (!add_row (table, page->pdata[i], error))
      return FALSE;
  bytes = torg_csv_write (table, ',', first ? TORG_CSV_BOM : TORG_CSV_PLAIN);
  return torg_server_file_write (file, g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes), error);
}

static gboolean
write_lines (Export *export, TorgServerFile *file, GPtrArray *page, GError **error)
{
  g_autoptr (GString) text = g_string_new (NULL);

  for (guint i = 0; i < page->len; i++)
    append_line (text, page->pdata[i]);
  return torg_server_file_write (file, text->str, text->len, error);
}

static gboolean
write_type (Export *export, const TorgType *type, GError **error)
{
  g_autofree char *name =
    g_strconcat (type->info->plural, export->format == TORG_EXPORT_CSV ? ".csv" : ".ndjson", NULL);
  g_autofree char *path = g_build_filename (export->folder, name, NULL);
  g_autoptr (TorgServerFile) file = torg_server_file_new (path, error);
  g_autofree char *after = NULL;
  gint64           n = 0;
  gboolean         more = file != NULL;

  while (more)
    {
      g_autoptr (GPtrArray) page = torg_server_store_list_page (export->store, type, after, PAGE, NULL, error);

      if (page == NULL ||
          !(export->format == TORG_EXPORT_CSV ? write_rows (export, file, type, page, after == NULL, error)
                                              : write_lines (export, file, page, error)))
        return FALSE;
      n += page->len;
      more = page->len == PAGE;
      if (more)
        g_set_str (&after, torg_record_get_id (page->pdata[page->len - 1]));
    }
  json_object_set_int_member (export->counts, type->info->plural, n);
  export->n += n;
  return file != NULL && torg_server_file_finish (file, error);
}

static gboolean
write_summary (Export *export, gint64 seq, const char *epoch, const char *who, GError **error)
{
  g_autoptr (JsonNode) node = json_node_new (JSON_NODE_OBJECT);
  JsonObject      *object = json_object_new ();
  g_autofree char *path = g_build_filename (export->folder, SUMMARY, NULL);
  g_autofree char *text = NULL;
  g_autoptr (TorgServerFile) file = NULL;

  json_object_set_int_member (object, "schema", TORG_SCHEMA_VERSION);
  json_object_set_int_member (object, "seq", seq);
  json_object_set_string_member (object, "epoch", epoch);
  json_object_set_int_member (object, "at", torg_env_get_now (torg_server_store_get_env (export->store)));
  json_object_set_string_member (object, "who", who);
  json_object_set_object_member (object, "records", json_object_ref (export->counts));
  json_node_take_object (node, object);
  text = json_to_string (node, TRUE);
  file = torg_server_file_new (path, error);
  return file != NULL && torg_server_file_write (file, text, strlen (text), error) &&
         torg_server_file_write (file, "\n", 1, error) && torg_server_file_finish (file, error);
}

static gboolean
write_all (Export *export, const char *who, GError **error)
{
  g_autofree char *tag = NULL, *epoch = NULL;
  gint64           seq;
  TorgSchema      *schema;

  if (!torg_server_store_load_schema (export->store, error) ||
      !torg_server_store_get_head (export->store, &seq, &tag, &epoch, error))
    return FALSE;
  schema = torg_server_store_get_schema (export->store);
  for (guint i = 0; i < torg_schema_get_n_types (schema); i++)
    if (!write_type (export, torg_schema_nth (schema, i), error))
      return FALSE;
  return write_summary (export, seq, epoch, who, error);
}

static gboolean
make_folder (const char *folder, GError **error)
{
  g_autoptr (GDir) dir = NULL;

  if (g_mkdir (folder, 0700) == 0)
    return TRUE;
  dir = errno == EEXIST ? g_dir_open (folder, 0, error) : NULL;
  if (dir != NULL && g_dir_read_name (dir) == NULL)
    return TRUE;
  if (dir != NULL)
    g_set_error (error, TORG_ERROR, TORG_ERROR_DUPLICATE,
                 _ ("There are files in “%s” already. Choose an empty folder."), folder);
  else if (error != NULL && *error == NULL)
    g_set_error (error, TORG_ERROR, TORG_ERROR_INVALID, _ ("The folder “%s” cannot be made: %s"), folder,
                 g_strerror (errno));
  return FALSE;
}

/**
 * torg_export:
 * @store: a connection, in no transaction
 * @who: who takes it along, for the note
 * @folder: an empty folder, or one that is made
 * @format: how
 * @n_records: (out): how many there were
 * @error: place for an error; what was written until then stays, without `export.json`
 *
 * Writes everything, a file a type, readable by whoever runs this alone.
 *
 * Returns: whether all is there
 */
gboolean
torg_export (TorgServerStore *store,
             const char      *who,
             const char      *folder,
             TorgExportFormat format,
             gint64          *n_records,
             GError         **error)
{
  TorgDb          *db = torg_server_store_get_db (store);
  g_autofree char *id = torg_env_make_id (torg_server_store_get_env (store));
  g_autofree char *what = g_strconcat (folder, format == TORG_EXPORT_CSV ? " (CSV)" : " (NDJSON)", NULL);
  Export export = { store, folder, format, NULL, 0 };
  gboolean ok;

  *n_records = 0;
  if (!make_folder (folder, error) || !note_begin (store, id, who, what, error) || !torg_db_begin_reading (db, error))
    return FALSE;
  export.counts = json_object_new ();
  ok = write_all (&export, who, error);
  torg_db_rollback (db);
  json_object_unref (export.counts);
  *n_records = export.n;
  return ok && note_end (store, id, export.n, error);
}
