/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "torg-replica"

#include "torg-json.h"
#include "torg-store-private.h"
#include "torg-tables-id.h"

/* Makes a new replica, or brings an old one up to date: tables and columns follow from the schema. */

gboolean
torg_upgrade_make_indexes (TorgStore *self, GError **error)
{
  for (guint i = 0; i < torg_schema_get_n_types (self->schema); i++)
    if (!torg_record_table_make_indexes (self->db, torg_schema_nth (self->schema, i), error))
      return FALSE;
  return TRUE;
}

gboolean
torg_upgrade_make_triggers (TorgStore *self, GError **error)
{
  return torg_counters_migrate (self->db, error) && torg_next_step_migrate (self->db, error);
}

/* Takes a field that is known now out of what was not; FALSE where it is not among it or makes no sense. */
static gboolean
adopt_field (TorgRecord *record, JsonObject *unknown, const TorgField *field)
{
  TorgValue value;

  if (!json_object_has_member (unknown, field->name) ||
      !torg_value_from_json (json_object_get_member (unknown, field->name), field->kind, &value))
    return FALSE;
  json_object_remove_member (unknown, field->name);
  if (torg_value_is_null (torg_record_nth (record, field->index)))
    torg_record_take_nth (record, field->index, value);
  else
    torg_value_clear (&value);
  return TRUE;
}

static gboolean
adopt_record (TorgStore *self, TorgRecord *record, GError **error)
{
  const TorgType *type = torg_record_get_kind (record);
  g_autoptr (JsonNode) root = json_from_string (torg_record_get_unknown (record), NULL);
  g_autoptr (TorgRecord) before = torg_record_copy (record);
  gboolean        *changed = g_newa0 (gboolean, type->n_fields);
  gboolean         any = FALSE;
  g_autofree char *rest = NULL;
  JsonObject      *unknown;

  if (root == NULL || !JSON_NODE_HOLDS_OBJECT (root))
    return TRUE;
  unknown = json_node_get_object (root);
  for (guint i = 0; i < type->info->n_fields; i++)
    any |= changed[i] = adopt_field (record, unknown, &type->fields[i]);
  if (!any)
    return TRUE;
  rest = json_object_get_size (unknown) > 0 ? json_to_string (root, FALSE) : NULL;
  torg_record_set_unknown (record, rest);
  return torg_record_table_update (torg_store_get_table (self, type), self->db, record, changed, error) &&
         torg_search_put (self, record, NULL, FALSE, error) && torg_match_put (self, before, record, error);
}

/* A newer program, here or elsewhere, may have written fields that only this version has columns for. */
static gboolean
adopt_unknown (TorgStore *self, const TorgType *type, GError **error)
{
  TorgRecordTable *table = torg_store_get_table (self, type);
  g_autoptr (GString) sql = g_string_new (table->select);
  g_autoptr (TorgStatement) statement = NULL;
  g_autoptr (GPtrArray) records = g_ptr_array_new_with_free_func ((GDestroyNotify) torg_record_unref);
  gboolean row;

  g_string_append (sql, " WHERE extra IS NOT NULL");
  statement = torg_db_prepare (self->db, sql->str, error);
  if (statement == NULL)
    return FALSE;
  for (;;)
    {
      TorgRecord *record;

      if (!torg_statement_step (statement, &row, error))
        return FALSE;
      if (!row)
        break;
      record = torg_record_table_read (table, self->schema, statement);
      if (torg_record_get_unknown (record) != NULL)
        g_ptr_array_add (records, record);
      else
        torg_record_unref (record);
    }
  for (guint i = 0; i < records->len; i++)
    if (!adopt_record (self, g_ptr_array_index (records, i), error))
      return FALSE;
  return TRUE;
}

static gboolean
make_tables (TorgStore *self, gboolean *new_columns, GError **error)
{
  for (guint i = 0; i < torg_schema_get_n_types (self->schema); i++)
    if (!torg_record_table_migrate (self->db, torg_schema_nth (self->schema, i), &new_columns[i], error))
      return FALSE;
  return torg_state_migrate (self->db, error) && torg_search_migrate (self->db, error) &&
         torg_match_migrate (self->db, error) && torg_outbox_migrate (self->db, error) &&
         torg_undo_migrate (self->db, error) && torg_file_table_migrate (self->db, error);
}

/* Which program made the tables, for which types, and as what SQLite counts them since: any other change of them, by
 * whomever, counts on. */
static char *
describe_tables (TorgStore *self, GError **error)
{
  g_autoptr (GChecksum) types = g_checksum_new (G_CHECKSUM_SHA256);
  gint64 counted;

  if (!torg_db_get_int (self->db, "PRAGMA schema_version", &counted, error))
    return NULL;
  for (guint i = 0; i < torg_schema_get_n_types (self->base); i++)
    {
      const TorgTypeInfo *info = torg_schema_nth (self->base, i)->info;

      g_checksum_update (types, (const guchar *) info->name, -1);
      for (guint j = 0; j < info->n_fields; j++)
        g_checksum_update (types, (const guchar *) info->fields[j].name, -1);
    }
  return g_strdup_printf ("%s %.16s %" G_GINT64_FORMAT, TORG_TABLES_ID, g_checksum_get_string (types), counted);
}

/* After each change of them, in its transaction. */
gboolean
torg_upgrade_note (TorgStore *self, GError **error)
{
  g_autofree char *tables = describe_tables (self, error);

  return tables != NULL && torg_state_set (self->db, "tables", tables, error);
}

static gboolean
upgrade (TorgStore *self, GError **error)
{
  guint            n = torg_schema_get_n_types (self->schema);
  gboolean        *new_columns = g_newa0 (gboolean, n);
  g_autofree char *pragmas =
    g_strdup_printf ("PRAGMA application_id = %d; PRAGMA user_version = %d", TORG_APPLICATION_ID, TORG_SCHEMA_VERSION);

  if (!make_tables (self, new_columns, error))
    return FALSE;
  /* In bulk, indexes and triggers come when the rows are there. */
  if ((self->flags & TORG_STORE_BULK) == 0 &&
      (!torg_upgrade_make_indexes (self, error) || !torg_upgrade_make_triggers (self, error)))
    return FALSE;
  for (guint i = 0; i < n; i++)
    if (new_columns[i] && !adopt_unknown (self, torg_schema_nth (self->schema, i), error))
      return FALSE;
  /* What this version knows and the last one did not, the server has sent already: it is compared, and fetched. */
  return torg_db_exec (self->db, pragmas, error) && torg_state_set (self->db, "verified", NULL, error) &&
         torg_state_set (self->db, "verify_tried", NULL, error) &&
         ((self->flags & TORG_STORE_BULK) != 0 || torg_upgrade_note (self, error));
}

/* In one transaction: an upgrade that fails leaves the file as it was. Where nothing is to be made, nothing is written,
 * so that nobody waits for another process that imports. */
gboolean
torg_upgrade_run (TorgStore *self, GError **error)
{
  g_autofree char *tables = describe_tables (self, error);
  g_autofree char *noted = tables != NULL ? torg_state_get (self->db, "tables") : NULL;

  if (tables == NULL)
    return FALSE;
  if (g_strcmp0 (tables, noted) == 0)
    return TRUE;
  if (!torg_db_begin (self->db, error))
    return FALSE;
  if (upgrade (self, error))
    return torg_db_commit (self->db, error);
  torg_db_rollback (self->db);
  return FALSE;
}
