/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "torg-replica"

#include "config.h"

#include "torg-json.h"
#include "torg-store-private.h"

#include <glib/gi18n-lib.h>

/* Reading records: one, those of a query, and what they are called. */

static TorgRecord *
read_one (TorgStore *self, TorgRecordTable *table, TorgStatement *statement, GError **error)
{
  gboolean row;

  if (!torg_statement_step (statement, &row, error))
    return NULL;
  if (!row)
    {
      g_set_error (error, TORG_ERROR, TORG_ERROR_NOT_FOUND, _ ("There is no such record (%s)."),
                   torg_type_get_label (table->type));
      return NULL;
    }
  return torg_record_table_read (table, self->schema, statement);
}

/**
 * torg_store_get:
 * @type: a type's name
 * @id: a record's id
 * @error: place for an error; %TORG_ERROR_NOT_FOUND where there is none
 *
 * Reads a record, deleted or not.
 *
 * Returns: (transfer full) (nullable): the record
 */
TorgRecord *
torg_store_get (TorgStore *self, const char *type, const char *id, GError **error)
{
  const TorgType *found = torg_schema_find (self->schema, type);
  g_autoptr (TorgStatement) statement = NULL;

  if (found == NULL)
    {
      g_set_error (error, TORG_ERROR, TORG_ERROR_NOT_FOUND, _ ("There is no type of records called “%s”."), type);
      return NULL;
    }
  statement = torg_db_prepare (self->db, torg_store_get_table (self, found)->by_id, error);
  if (statement == NULL)
    return NULL;
  torg_statement_bind_id (statement, 1, id);
  return read_one (self, torg_store_get_table (self, found), statement, error);
}

/**
 * torg_store_get_nth:
 * @type: a type
 * @rowid: a place in its table
 * @error: place for an error
 *
 * Reads a record by its place.
 *
 * Returns: (transfer full) (nullable): the record
 */
TorgRecord *
torg_store_get_nth (TorgStore *self, const TorgType *type, gint64 rowid, GError **error)
{
  TorgRecordTable *table = torg_store_get_table (self, type);
  g_autoptr (TorgStatement) statement = torg_db_prepare (self->db, table->by_rowid, error);

  if (statement == NULL)
    return NULL;
  torg_statement_bind_int (statement, 1, rowid);
  return read_one (self, table, statement, error);
}

/**
 * torg_store_find_type:
 * @id: a record's id
 * @error: place for an error
 *
 * Finds out of which type a record is.
 *
 * Returns: (transfer none) (nullable): the type
 */
const TorgType *
torg_store_find_type (TorgStore *self, const char *id, GError **error)
{
  for (guint i = 0; i < torg_schema_get_n_types (self->schema); i++)
    {
      const TorgType *type = torg_schema_nth (self->schema, i);
      g_autoptr (TorgRecord) record = torg_store_get (self, type->info->name, id, NULL);

      if (record != NULL)
        return type;
    }
  g_set_error (error, TORG_ERROR, TORG_ERROR_NOT_FOUND, _ ("There is no record with the id %s."), id);
  return NULL;
}

/* The caller knows what the columns of @select are; without it they are those of the records. */
TorgStatement *
torg_store_prepare_query (TorgStore  *self,
                          TorgQuery  *query,
                          const char *select,
                          gboolean    sorted,
                          guint       limit,
                          GError    **error)
{
  const TorgType *type = torg_schema_find (self->schema, torg_query_get_kind (query));
  g_autoptr (GString) sql = NULL;
  TorgStatement *statement;

  if (type == NULL)
    {
      g_set_error (error, TORG_ERROR, TORG_ERROR_NOT_FOUND, _ ("There is no type of records called “%s”."),
                   torg_query_get_kind (query));
      return NULL;
    }
  sql = g_string_new (NULL);
  if (select != NULL)
    g_string_append_printf (sql, "SELECT %s FROM \"%s\"", select, type->info->name);
  else
    g_string_append (sql, torg_store_get_table (self, type)->select);
  if (!torg_query_append_where (self, query, type, sql, error) ||
      (sorted && !torg_query_append_order (self, query, type, sql, error)))
    return NULL;
  if (limit > 0)
    g_string_append_printf (sql, " LIMIT %u", limit);
  statement = torg_db_prepare (self->db, sql->str, error);
  if (statement != NULL)
    torg_query_bind (self, query, type, statement);
  return statement;
}

/**
 * torg_store_list:
 * @query: which records
 * @limit: how many at most, 0 for all
 * @cancellable: (nullable): to stop it
 * @error: place for an error
 *
 * Reads records.
 *
 * Returns: (transfer full) (element-type TorgRecord) (nullable): the records
 */
GPtrArray *
torg_store_list (TorgStore *self, TorgQuery *query, guint limit, GCancellable *cancellable, GError **error)
{
  g_autoptr (GPtrArray) records = g_ptr_array_new_with_free_func ((GDestroyNotify) torg_record_unref);
  g_autoptr (TorgStatement) statement = torg_store_prepare_query (self, query, NULL, TRUE, limit, error);
  gboolean         row, ok;
  TorgRecordTable *table;

  if (statement == NULL)
    return NULL;
  table = torg_store_get_table (self, torg_schema_find (self->schema, torg_query_get_kind (query)));
  torg_db_set_cancellable (self->db, cancellable);
  while ((ok = torg_statement_step (statement, &row, error)) && row)
    g_ptr_array_add (records, torg_record_table_read (table, self->schema, statement));
  torg_db_set_cancellable (self->db, NULL);
  return ok ? g_steal_pointer (&records) : NULL;
}

/**
 * torg_store_list_rowids:
 * @query: which records
 * @limit: how many at most, 0 for all
 * @cancellable: (nullable): to stop it
 * @error: place for an error
 *
 * Reads the places of records, in their order: 8 bytes each.
 *
 * Returns: (transfer full) (element-type gint64) (nullable): the places
 */
GArray *
torg_store_list_rowids (TorgStore *self, TorgQuery *query, guint limit, GCancellable *cancellable, GError **error)
{
  g_autoptr (GArray) rowids = g_array_new (FALSE, FALSE, sizeof (gint64));
  g_autoptr (TorgStatement) statement = torg_store_prepare_query (self, query, "rid", TRUE, limit, error);
  gboolean row, ok;

  if (statement == NULL)
    return NULL;
  torg_db_set_cancellable (self->db, cancellable);
  while ((ok = torg_statement_step (statement, &row, error)) && row)
    {
      gint64 rowid = torg_statement_get_int (statement, 0);

      g_array_append_val (rowids, rowid);
    }
  torg_db_set_cancellable (self->db, NULL);
  return ok ? g_steal_pointer (&rowids) : NULL;
}

/**
 * torg_store_count:
 * @query: which records
 * @cancellable: (nullable): to stop it
 * @n: (out): how many
 * @error: place for an error
 *
 * Counts records.
 *
 * Returns: whether that worked
 */
gboolean
torg_store_count (TorgStore *self, TorgQuery *query, GCancellable *cancellable, gint64 *n, GError **error)
{
  g_autoptr (TorgStatement) statement = torg_store_prepare_query (self, query, "count(*)", FALSE, 0, error);
  gboolean row, ok;

  if (statement == NULL)
    return FALSE;
  torg_db_set_cancellable (self->db, cancellable);
  ok = torg_statement_step (statement, &row, error);
  torg_db_set_cancellable (self->db, NULL);
  if (ok)
    *n = torg_statement_get_int (statement, 0);
  return ok;
}

/**
 * torg_store_dup_title:
 * @type: a type's name
 * @id: a record's id
 *
 * Tells what a record is called.
 *
 * Returns: (transfer full) (nullable): its title, %NULL where it is not there
 */
char *
torg_store_dup_title (TorgStore *self, const char *type, const char *id)
{
  const TorgType *found = torg_schema_find (self->schema, type);
  g_autoptr (TorgStatement) statement = NULL;
  gboolean row;

  if (found == NULL)
    return NULL;
  statement = torg_db_prepare (self->db, torg_store_get_table (self, found)->title, NULL);
  if (statement == NULL)
    return NULL;
  torg_statement_bind_id (statement, 1, id);
  if (!torg_statement_step (statement, &row, NULL) || !row)
    return NULL;
  return g_strdup (torg_statement_get_text (statement, 0));
}

/* The titles of a set of references, split by commas. */
static char *
dup_set_titles (TorgStore *self, const char *target, const TorgValue *value)
{
  g_auto (GStrv) items = torg_value_dup_items (value);
  g_autoptr (GStrvBuilder) titles = g_strv_builder_new ();
  g_auto (GStrv) list = NULL;

  for (guint i = 0; items[i] != NULL; i++)
    {
      char *title = torg_store_dup_title (self, target, items[i]);

      if (title != NULL)
        g_strv_builder_take (titles, title);
    }
  list = g_strv_builder_end (titles);
  return g_strjoinv (", ", list);
}

/* What a line of history tells of a reference: the titles of what it was, and is. */
static void
fill_change_titles (TorgStore *self, TorgRecord *change, char **titles)
{
  static const char *const sides[] = { "old", "new" };
  const char              *type_name = torg_record_get_text (change, "record_type");
  const char              *name = torg_record_get_text (change, "field");
  const TorgType          *type = type_name != NULL ? torg_schema_find (self->schema, type_name) : NULL;
  const TorgField         *field = type != NULL && name != NULL ? torg_type_find_field (type, name) : NULL;

  if (field == NULL || field->kind != TORG_KIND_REF || field->target == NULL)
    return;
  for (guint i = 0; i < G_N_ELEMENTS (sides); i++)
    {
      const char      *json = torg_record_get_text (change, sides[i]);
      g_autofree char *target = torg_field_dup_target_type (field);
      g_auto (TorgValue) value = TORG_VALUE_INIT;

      if (json != NULL && torg_value_from_json_text (json, field->kind, &value) && value.text != NULL)
        titles[torg_type_index_of (torg_record_get_kind (change), sides[i])] =
          torg_store_dup_title (self, target, value.text);
    }
}

/**
 * torg_store_make_row:
 * @record: a record
 *
 * Makes a list's item of a record, with the titles of what it refers to.
 *
 * Returns: (transfer full): a filled row
 */
TorgRow *
torg_store_make_row (TorgStore *self, TorgRecord *record)
{
  const TorgType *type = torg_record_get_kind (record);
  TorgRow        *row = torg_row_new (torg_record_get_rowid (record));
  char          **titles = g_new0 (char *, type->n_fields + 1);

  for (guint i = 0; i < type->n_fields; i++)
    {
      const TorgField *field = &type->fields[i];
      const TorgValue *value = torg_record_nth (record, i);

      if (value->text == NULL || field->target == NULL)
        continue;
      if (field->kind == TORG_KIND_REF)
        {
          g_autofree char *target = torg_field_dup_target_type (field);

          titles[i] = torg_store_dup_title (self, target, value->text);
        }
      else if (field->kind == TORG_KIND_SET)
        titles[i] = dup_set_titles (self, field->target, value);
    }
  if (g_str_equal (type->info->name, "history"))
    fill_change_titles (self, record, titles);
  torg_row_fill (row, record, titles);
  return row;
}

/**
 * torg_store_list_titled:
 * @type: a type's name
 * @title: what the records are called, exactly
 * @error: place for an error
 *
 * Finds the records of a type by their title.
 *
 * Returns: (transfer full) (element-type TorgRecord) (nullable): the records that are not deleted
 */
GPtrArray *
torg_store_list_titled (TorgStore *self, const char *type, const char *title, GError **error)
{
  const TorgType *found = torg_schema_find (self->schema, type);
  g_autoptr (GPtrArray) records = g_ptr_array_new_with_free_func ((GDestroyNotify) torg_record_unref);
  g_autoptr (TorgStatement) statement = NULL;
  g_autoptr (GString) sql = NULL;
  gboolean row, ok;

  if (found == NULL)
    return g_steal_pointer (&records);
  sql = g_string_new (torg_store_get_table (self, found)->select);
  g_string_append (sql, " WHERE deleted IS NULL AND ");
  torg_record_table_append_title (sql, found);
  g_string_append (sql, " = ?1 ORDER BY rid");
  statement = torg_db_prepare (self->db, sql->str, error);
  if (statement == NULL)
    return NULL;
  torg_statement_bind_text (statement, 1, title);
  while ((ok = torg_statement_step (statement, &row, error)) && row)
    g_ptr_array_add (records, torg_record_table_read (torg_store_get_table (self, found), self->schema, statement));
  return ok ? g_steal_pointer (&records) : NULL;
}
