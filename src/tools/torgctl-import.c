/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "torgctl"

#include "config.h"

#include "torg-company.h"
#include "torg-csv.h"
#include "torg-defaults.h"
#include "torg-field-text.h"
#include "torg-import.h"
#include "torg-reader.h"
#include "torg-vcard-writer.h"
#include "torg-xlsx-writer.h"
#include "torg-export-log.h"
#include "torg-json.h"
#include "torgctl.h"

#include <errno.h>
#include <fcntl.h>
#include <gio/gio.h>
#include <glib/gi18n.h>
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

/* The commands for files: import, export. */

static void
print_mapping (TorgImportPlan *plan)
{
  for (guint i = 0; i < torg_import_plan_get_n_columns (plan); i++)
    {
      TorgImportColumn *column = torg_import_plan_get_column (plan, i);
      g_autofree char  *label = torg_import_plan_dup_target_label (plan, column->target);

      g_print ("  %s → %s%s\n", column->header, label,
               column->ambiguous ? _ (" (day and month could be either way round)") : "");
    }
}

static void
print_result (TorgImportResult *result, gboolean dry_run)
{
  g_print (_ ("Read %lld, created %lld, updated %lld, skipped %lld, failed %lld."), (long long) result->read,
           (long long) result->created, (long long) result->updated, (long long) result->skipped,
           (long long) result->failed);
  g_print ("\n");
  if (result->made > 0)
    g_print (_ ("Made because a row refers to it: %lld."), (long long) result->made), g_print ("\n");
  for (guint i = 0; i < result->near->len; i++)
    g_print ("%s\n", ((TorgImportNear *) result->near->pdata[i])->sentence);
  for (guint i = 0; i < result->failures->len; i++)
    {
      TorgImportFailure *failure = g_ptr_array_index (result->failures, i);

      if (failure->column != NULL)
        g_print (_ ("Line %u, %s: %s"), failure->line, failure->column, failure->reason);
      else
        g_print (_ ("Line %u: %s"), failure->line, failure->reason);
      g_print ("\n");
    }
  if (dry_run)
    g_print ("%s\n", _ ("Nothing was changed: this was a dry run."));
  else if (result->created + result->updated + result->made > 0)
    {
      g_print (_ ("To undo it: torgctl undo-import %s"), result->import_id);
      g_print ("\n");
    }
}

static gboolean
load_map (TorgImportPlan *plan, const char *map, GError **error)
{
  g_autofree char *json = NULL;

  if (map == NULL)
    return TRUE;
  return g_file_get_contents (map, &json, NULL, error) && torg_import_plan_load_map (plan, json, error);
}

/* A sheet's name, or its number as people count. */
static gboolean
find_sheet (const char *path, const char *wanted, guint *sheet, GError **error)
{
  g_auto (GStrv) names = NULL;
  guint64 number;

  *sheet = TORG_SHEET_FILLED;
  if (wanted == NULL)
    return TRUE;
  names = torg_list_sheets (path, NULL, error);
  if (names == NULL)
    return FALSE;
  for (guint i = 0; names[i] != NULL; i++)
    if (g_str_equal (names[i], wanted))
      {
        *sheet = i;
        return TRUE;
      }
  if (g_ascii_string_to_unsigned (wanted, 10, 1, MAX (1, g_strv_length (names)), &number, NULL))
    {
      *sheet = (guint) number - 1;
      return TRUE;
    }
  if (names[0] == NULL)
    g_set_error_literal (error, TORG_ERROR, TORG_ERROR_NOT_FOUND, _ ("The file has only one table."));
  else
    {
      g_autofree char *list = g_strjoinv (", ", names);

      g_set_error (error, TORG_ERROR, TORG_ERROR_NOT_FOUND, _ ("There is no sheet “%s”. The file has: %s."), wanted,
                   list);
    }
  return FALSE;
}

/* Both go to whoever wants to put right what the file has, or to take the next one in the same way. */
static gboolean
write_beside (TorgImportPlan *plan, TorgImportResult *result, const char *saved_map, const char *failed, GError **error)
{
  if (saved_map != NULL)
    {
      g_autofree char *map = torg_import_plan_make_map (plan);

      if (!g_file_set_contents (saved_map, map, -1, error))
        return FALSE;
    }
  if (failed != NULL && result->failures->len > 0)
    {
      g_autoptr (TorgTable) rows = torg_import_result_list_failed (result, plan, error);
      g_autoptr (GBytes) csv = rows != NULL ? torg_csv_write (rows, ';', TORG_CSV_BOM) : NULL;

      return csv != NULL &&
             g_file_set_contents (failed, g_bytes_get_data (csv, NULL), (gssize) g_bytes_get_size (csv), error);
    }
  return TRUE;
}

int
torg_ctl_import (TorgCtl *self, int argc, char **argv, GError **error)
{
  g_autofree char *saved_map = NULL;
  g_autofree char *failed = NULL;
  int              header = -1;
  g_autofree char *type = NULL;
  g_autofree char *map = NULL;
  g_autofree char *sheet = NULL;
  gboolean         dry_run = FALSE;
  GOptionEntry     entries[] = {
    { "type", 0, 0, G_OPTION_ARG_STRING, &type, NULL, NULL },
    { "map", 0, 0, G_OPTION_ARG_FILENAME, &map, NULL, NULL },
    { "sheet", 0, 0, G_OPTION_ARG_STRING, &sheet, NULL, NULL },
    { "header", 0, 0, G_OPTION_ARG_INT, &header, NULL, NULL },
    { "save-map", 0, 0, G_OPTION_ARG_FILENAME, &saved_map, NULL, NULL },
    { "failed", 0, 0, G_OPTION_ARG_FILENAME, &failed, NULL, NULL },
    { "dry-run", 0, 0, G_OPTION_ARG_NONE, &dry_run, NULL, NULL },
    G_OPTION_ENTRY_NULL,
  };
  TorgReadOptions options = { 0 };
  g_autoptr (TorgTable) table = NULL;
  g_autoptr (TorgImportPlan) plan = NULL;
  g_autoptr (TorgImportResult) result = NULL;

  if (!torg_ctl_parse (&argc, &argv, entries, error) || argc != 2 || type == NULL)
    return TORG_CTL_USAGE;
  if (!find_sheet (argv[1], sheet, &options.sheet, error))
    return TORG_CTL_FAILED;
  table = torg_read_table (argv[1], &options, NULL, error);
  if (table == NULL || !torg_table_check_filled (table, error) || !torg_ctl_open (self, FALSE, error) ||
      !torg_store_begin_company (self->store, torg_company_get_language (), g_get_real_name (), error))
    return TORG_CTL_FAILED;
  plan = torg_import_plan_guess (torg_store_get_schema (self->store), type, table);
  if (plan == NULL && g_strcmp0 (type, "history") == 0)
    {
      g_set_error_literal (error, TORG_ERROR, TORG_ERROR_RULE,
                           _ ("The history is written by Torg itself; it can neither be imported nor changed."));
      return TORG_CTL_FAILED;
    }
  if (plan == NULL)
    {
      g_set_error (error, TORG_ERROR, TORG_ERROR_NOT_FOUND, _ ("There is no type of records called “%s”."), type);
      return TORG_CTL_FAILED;
    }
  if (header > (int) torg_table_get_n_rows (table))
    return TORG_CTL_USAGE;
  if (header >= 0)
    torg_import_plan_set_header_row (plan, header == 0 ? TORG_IMPORT_NO_HEADER : (guint) header - 1);
  if (!load_map (plan, map, error))
    return TORG_CTL_FAILED;
  if (!self->json)
    print_mapping (plan);
  result = torg_import_run (plan, self->store, dry_run, NULL, error);
  if (result == NULL || !write_beside (plan, result, saved_map, failed, error))
    return TORG_CTL_FAILED;
  if (self->json)
    {
      g_autoptr (JsonNode) node = torg_import_result_to_json (result);

      torg_ctl_print_json (node);
    }
  else
    print_result (result, dry_run);
  /* Nothing of the file was taken. */
  return result->failed > 0 && result->failed == result->read ? TORG_CTL_FAILED : TORG_CTL_OK;
}

static gboolean
add_cell (TorgTable *table, const char *text, GError **error)
{
  return torg_table_add_cell (table, TORG_CELL_TEXT, text, -1, error);
}

static gboolean
add_row (TorgTable *table, TorgStore *store, const TorgType *type, TorgRecord *record, guint line, GError **error)
{
  g_autoptr (TorgRow) row = torg_store_make_row (store, record);

  if (!torg_table_add_row (table, line, error) || !add_cell (table, torg_record_get_id (record), error))
    return FALSE;
  for (guint i = 0; i < type->n_fields; i++)
    {
      const TorgField *field = &type->fields[i];
      g_autofree char *text = NULL;

      if ((field->flags & TORG_FIELD_HIDDEN) != 0 && !g_str_equal (field->name, "number"))
        continue;
      text = torg_field_to_plain (field, torg_record_nth (record, i), torg_row_get_ref_title (row, field->name));
      if (!add_cell (table, text, error))
        return FALSE;
    }
  return TRUE;
}

static gboolean
add_headers (TorgTable *table, const TorgType *type, GError **error)
{
  if (!torg_table_add_row (table, 1, error) || !add_cell (table, "id", error))
    return FALSE;
  for (guint i = 0; i < type->n_fields; i++)
    if ((type->fields[i].flags & TORG_FIELD_HIDDEN) == 0 || g_str_equal (type->fields[i].name, "number"))
      if (!add_cell (table, torg_field_get_label (&type->fields[i]), error))
        return FALSE;
  return TRUE;
}

/* Whether a path is the replica itself, or one of the files beside it, under whatever name. */
static gboolean
is_own_file (TorgCtl *self, const char *path)
{
  static const char *const suffixes[] = { "", "-wal", "-shm", "-journal", "-sync", NULL };
  g_autoptr (GFile) target = g_file_new_for_path (path);
  GStatBuf there;
  gboolean exists = g_stat (path, &there) == 0;

  for (guint i = 0; suffixes[i] != NULL; i++)
    {
      g_autofree char *own_path = g_strconcat (self->path, suffixes[i], NULL);
      g_autoptr (GFile) own = g_file_new_for_path (own_path);
      GStatBuf here;

      if (g_file_equal (own, target) ||
          (exists && g_stat (own_path, &here) == 0 && here.st_dev == there.st_dev && here.st_ino == there.st_ino))
        return TRUE;
    }
  return FALSE;
}

/* What is written is told by the name of the file. */
static gboolean
is_known_ending (const char *path, const char *type)
{
  g_autofree char *name = g_path_get_basename (path);

  return strchr (name, '.') == NULL || g_str_has_suffix (name, ".csv") || g_str_has_suffix (name, ".xlsx") ||
         (g_str_equal (type, "person") && g_str_has_suffix (name, ".vcf"));
}

/* Cards are for people alone. */
static gboolean
write_cards (TorgCtl *self, GPtrArray *people, const char *path, GError **error)
{
  g_autoptr (GString) text = g_string_new (NULL);

  for (guint i = 0; i < people->len; i++)
    {
      const char      *id = torg_record_get_text (people->pdata[i], "company");
      g_autofree char *company = id != NULL ? torg_store_dup_title (self->store, "company", id) : NULL;
      g_autofree char *card = torg_vcard_write (people->pdata[i], company, error);

      if (card == NULL)
        return FALSE;
      g_string_append (text, card);
    }
  return g_file_set_contents (path, text->str, (gssize) text->len, error);
}

static gboolean
put_in_place (const char *part, const char *path, GError **error)
{
  if (g_rename (part, path) == 0)
    return TRUE;
  g_set_error (error, TORG_ERROR, TORG_ERROR_INVALID, _ ("“%s” cannot be written: %s"), path, g_strerror (errno));
  return FALSE;
}

int
torg_ctl_export (TorgCtl *self, int argc, char **argv, GError **error)
{
  g_autofree char *name = NULL, *part = NULL;
  GOptionEntry     entries[] = {
    { "type", 0, 0, G_OPTION_ARG_STRING, &name, NULL, NULL },
    G_OPTION_ENTRY_NULL,
  };
  g_autoptr (TorgTable) table = torg_table_new ();
  g_autoptr (TorgQuery) query = NULL;
  g_autoptr (GPtrArray) records = NULL;
  const TorgType *type;
  guint           n_left;
  gboolean        ok;
  int             file;

  if (!torg_ctl_parse (&argc, &argv, entries, error) || argc != 2 || name == NULL)
    return TORG_CTL_USAGE;
  if (!torg_ctl_open (self, TRUE, error))
    return TORG_CTL_FAILED;
  if (is_own_file (self, argv[1]))
    {
      g_set_error (error, TORG_ERROR, TORG_ERROR_INVALID,
                   _ ("“%s” is where your data lies. Choose another file to write to."), argv[1]);
      return TORG_CTL_FAILED;
    }
  if (!is_known_ending (argv[1], name))
    {
      g_set_error (
        error, TORG_ERROR, TORG_ERROR_INVALID,
        _ ("Torg writes CSV and XLSX, and people as vCard. Let the name of “%s” end with .csv, .xlsx or .vcf."),
        argv[1]);
      return TORG_CTL_FAILED;
    }
  query = torg_ctl_build_query (self, name, NULL, error);
  if (query == NULL)
    return TORG_CTL_FAILED;
  type = torg_schema_find (torg_store_get_schema (self->store), torg_query_get_kind (query));
  records = torg_store_list (self->store, query, 0, NULL, error);
  if (records == NULL || !torg_store_limit_export (self->store, type->info->name, records, &n_left, error) ||
      !add_headers (table, type, error))
    return TORG_CTL_FAILED;
  for (guint i = 0; i < records->len; i++)
    if (!add_row (table, self->store, type, g_ptr_array_index (records, i), i + 2, error))
      return TORG_CTL_FAILED;
  part = g_strconcat (argv[1], ".XXXXXX", NULL);
  file = g_mkstemp_full (part, O_RDWR | O_CLOEXEC, 0666);
  if (file < 0)
    {
      g_set_error (error, TORG_ERROR, TORG_ERROR_INVALID, _ ("“%s” cannot be written: %s"), argv[1],
                   g_strerror (errno));
      return TORG_CTL_FAILED;
    }
  close (file);
  if (g_str_has_suffix (argv[1], ".vcf"))
    ok = write_cards (self, records, part, error);
  else
    ok = g_str_has_suffix (argv[1], ".xlsx") ? torg_xlsx_write (table, part, NULL, error)
                                             : torg_csv_export (table, part, error);
  /* Before anybody has it, who takes data along is known; what could not be written is no export. */
  if (!ok || !torg_store_note_export (self->store, type->info->name, records->len, NULL, error) ||
      !put_in_place (part, argv[1], error))
    {
      g_unlink (part);
      return TORG_CTL_FAILED;
    }
  if (n_left > 0)
    {
      g_printerr (ngettext ("Your role does not allow to write %u of the records into a file: it was left out.",
                            "Your role does not allow to write %u of the records into a file: they were left out.",
                            n_left),
                  n_left);
      g_printerr ("\n");
    }
  if (self->json)
    g_print ("{\"exported\": %u}\n", records->len);
  return TORG_CTL_OK;
}

static void
print_export (TorgCtl *self, TorgRecord *record, JsonArray *array)
{
  g_autoptr (GDateTime) at = g_date_time_new_from_unix_local_usec (torg_record_get_number (record, "at"));
  g_autofree char *when = at != NULL ? g_date_time_format (at, "%x %H:%M") : g_strdup ("");
  g_autofree char *who = torg_store_dup_title (self->store, "user", torg_record_get_text (record, "owner"));
  const char      *filter = torg_record_get_text (record, "filter");

  if (self->json)
    {
      json_array_add_element (array, torg_record_to_json (record));
      return;
    }
  g_print ("%s  %s  %s  %lld  %s\n", when, who != NULL ? who : torg_record_get_text (record, "owner"),
           torg_record_get_text (record, "what"),
           (long long) (torg_record_get_number (record, "records") / TORG_NUMBER_SCALE), filter != NULL ? filter : "");
}

int
torg_ctl_exports (TorgCtl *self, int argc, char **argv, GError **error)
{
  g_autoptr (GPtrArray) records = NULL;
  g_autoptr (JsonNode) node = json_node_new (JSON_NODE_ARRAY);
  JsonArray *array = json_array_new ();

  json_node_take_array (node, array);
  if (argc != 1)
    return TORG_CTL_USAGE;
  if (!torg_ctl_open (self, TRUE, error) || (records = torg_store_list_exports (self->store, 0, error)) == NULL)
    return TORG_CTL_FAILED;
  for (guint i = 0; i < records->len; i++)
    print_export (self, records->pdata[i], array);
  if (self->json)
    torg_ctl_print_json (node);
  return TORG_CTL_OK;
}
