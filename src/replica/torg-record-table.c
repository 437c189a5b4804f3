/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "torg-replica"

#include "config.h"

#include "torg-record-table.h"
#include "torg-json.h"

#include <string.h>

/* The columns that every table begins with. */
#define FIRST_COLUMNS "rid, id, seq, deleted, extra"
#define N_FIRST 5

static gboolean
is_custom (const TorgField *field)
{
  return (field->flags & TORG_FIELD_CUSTOM) != 0;
}

static const char *
sql_type (TorgKind kind)
{
  switch (kind)
    {
      case TORG_KIND_NUMBER:
      case TORG_KIND_MONEY:
      case TORG_KIND_MOMENT:
        return "INTEGER";
      case TORG_KIND_REF:
        return "BLOB";
      case TORG_KIND_TEXT:
      case TORG_KIND_DATE:
      case TORG_KIND_ZONED:
      case TORG_KIND_CHOICE:
      case TORG_KIND_SET:
      case TORG_KIND_PHONE:
      case TORG_KIND_EMAIL:
      case TORG_KIND_REQUISITE:
      case TORG_KIND_FILE:
      default:
        return "TEXT";
    }
}

/* Money and planned time take a second column. */
static const char *
second_suffix (TorgKind kind)
{
  return kind == TORG_KIND_MONEY ? "_currency" : kind == TORG_KIND_ZONED ? "_utc" : NULL;
}

static void
append_names (GString *sql, const TorgType *type)
{
  for (guint i = 0; i < type->n_fields; i++)
    {
      const TorgField *field = &type->fields[i];

      if (is_custom (field))
        continue;
      g_string_append_printf (sql, ", \"%s\"", field->name);
      if (second_suffix (field->kind) != NULL)
        g_string_append_printf (sql, ", \"%s%s\"", field->name, second_suffix (field->kind));
    }
}

/**
 * torg_record_table_append_column:
 * @sql: SQL
 * @field: a field
 *
 * Adds the expression that a field's values are compared by: its column, or a member of `extra`.
 */
void
torg_record_table_append_column (GString *sql, const TorgField *field)
{
  if (!is_custom (field))
    g_string_append_printf (sql, "\"%s%s\"", field->name, field->kind == TORG_KIND_ZONED ? "_utc" : "");
  else if (field->kind == TORG_KIND_MONEY)
    g_string_append_printf (sql, "json_extract(extra, '$.%s.minor')", field->name);
  else if (field->kind == TORG_KIND_NUMBER)
    g_string_append_printf (sql, "CAST(round(json_extract(extra, '$.%s') * 10000) AS INTEGER)", field->name);
  else
    g_string_append_printf (sql, "json_extract(extra, '$.%s')", field->name);
}

/**
 * torg_record_table_append_title:
 * @sql: SQL
 * @type: a type
 *
 * Adds the expression of what a record is called: its title fields split by spaces, or the only one as it is, so that
 * an index on it serves.
 */
void
torg_record_table_append_title (GString *sql, const TorgType *type)
{
  g_autoptr (GString) names = g_string_new (NULL);
  guint n = 0;

  for (guint i = 0; i < type->info->n_fields; i++)
    if ((type->fields[i].flags & TORG_FIELD_TITLE) != 0)
      g_string_append_printf (names, "%s\"%s\"", n++ > 0 ? ", " : "", type->fields[i].name);
  if (n == 1)
    g_string_append (sql, names->str);
  else
    g_string_append_printf (sql, n > 0 ? "concat_ws(' ', %s)" : "NULL%s", names->str);
}

/**
 * torg_record_table_new:
 * @type: a type
 *
 * Derives the SQL of a type.
 *
 * Returns: (transfer full): the SQL
 */
TorgRecordTable *
torg_record_table_new (const TorgType *type)
{
  TorgRecordTable *self = g_new0 (TorgRecordTable, 1);
  GString         *select = g_string_new ("SELECT " FIRST_COLUMNS);
  GString         *insert = g_string_new ("INSERT INTO \"");
  GString         *title = g_string_new ("SELECT ");
  guint            n = N_FIRST;

  self->type = type;
  append_names (select, type);
  g_string_append_printf (select, " FROM \"%s\"", type->info->name);

  g_string_append_printf (insert, "%s\" (" FIRST_COLUMNS, type->info->name);
  append_names (insert, type);
  g_string_append (insert, ") VALUES (?1");
  for (guint i = 0; i < type->n_fields; i++)
    if (!is_custom (&type->fields[i]))
      n += second_suffix (type->fields[i].kind) != NULL ? 2 : 1;
  for (guint i = 2; i <= n; i++)
    g_string_append_printf (insert, ", ?%u", i);
  g_string_append_c (insert, ')');

  torg_record_table_append_title (title, type);
  g_string_append_printf (title, " FROM \"%s\"", type->info->name);

  self->exists = g_strconcat ("SELECT 1 FROM \"", type->info->name, "\" WHERE id = ?1", NULL);
  self->by_id = g_strconcat (select->str, " WHERE id = ?1", NULL);
  self->by_rowid = g_strconcat (select->str, " WHERE rid = ?1", NULL);
  self->select = g_string_free_and_steal (select);
  self->insert = g_string_free_and_steal (insert);
  self->title = g_strconcat (title->str, " WHERE id = ?1", NULL);
  self->title_by_rowid = g_strconcat (title->str, " WHERE rid = ?1", NULL);
  g_string_free (title, TRUE);
  return self;
}

/**
 * torg_record_table_free:
 * @self: (transfer full): the SQL of a type
 *
 * Frees the SQL of a type.
 */
void
torg_record_table_free (TorgRecordTable *self)
{
  g_free (self->select);
  g_free (self->by_id);
  g_free (self->by_rowid);
  g_free (self->insert);
  g_free (self->exists);
  g_free (self->title);
  g_free (self->title_by_rowid);
  g_free (self);
}

static GHashTable *
read_columns (TorgDb *db, const TorgType *type, GError **error)
{
  g_autoptr (GHashTable) columns = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_autoptr (TorgStatement) statement = torg_db_prepare (db, "SELECT name FROM pragma_table_info(?1)", error);
  gboolean row;

  if (statement == NULL)
    return NULL;
  torg_statement_bind_text (statement, 1, type->info->name);
  for (;;)
    {
      if (!torg_statement_step (statement, &row, error))
        return NULL;
      if (!row)
        return g_steal_pointer (&columns);
      g_hash_table_add (columns, g_strdup (torg_statement_get_text (statement, 0)));
    }
}

static gboolean
add_column (TorgDb     *db,
            GHashTable *columns,
            const char *table,
            const char *name,
            const char *suffix,
            const char *type,
            gboolean   *added,
            GError    **error)
{
  g_autofree char *column = g_strconcat (name, suffix, NULL);
  g_autoptr (GString) sql = NULL;

  if (g_hash_table_contains (columns, column))
    return TRUE;
  *added = TRUE;
  sql = g_string_new ("ALTER TABLE \"");
  g_string_append_printf (sql, "%s\" ADD COLUMN \"%s\" %s", table, column, type);
  return torg_db_exec (db, sql->str, error);
}

/**
 * torg_record_table_migrate:
 * @db: a connection, in a transaction
 * @type: a type
 * @added: (out): whether there are columns that were not there
 * @error: place for an error
 *
 * Makes a type's table, or adds the columns that it lacks.
 *
 * Returns: whether that worked
 */
gboolean
torg_record_table_migrate (TorgDb *db, const TorgType *type, gboolean *added, GError **error)
{
  g_autoptr (GString) sql = g_string_new ("CREATE TABLE IF NOT EXISTS \"");
  g_autoptr (GHashTable) columns = NULL;

  g_string_append_printf (sql,
                          "%s\" (rid INTEGER PRIMARY KEY AUTOINCREMENT, id BLOB NOT NULL UNIQUE, "
                          "seq INTEGER NOT NULL DEFAULT 0, deleted INTEGER, extra TEXT) STRICT",
                          type->info->name);
  if (!torg_db_exec (db, sql->str, error))
    return FALSE;
  columns = read_columns (db, type, error);
  if (columns == NULL)
    return FALSE;
  *added = FALSE;
  for (guint i = 0; i < type->n_fields; i++)
    {
      const TorgField *field = &type->fields[i];

      if (is_custom (field))
        continue;
      if (!add_column (db, columns, type->info->name, field->name, NULL, sql_type (field->kind), added, error))
        return FALSE;
      if (second_suffix (field->kind) != NULL &&
          !add_column (db, columns, type->info->name, field->name, second_suffix (field->kind),
                       field->kind == TORG_KIND_MONEY ? "TEXT" : "INTEGER", added, error))
        return FALSE;
    }
  return TRUE;
}

static gboolean
make_index (TorgDb *db, const char *table, const char *name, const char *columns, const char *first, GError **error)
{
  g_autoptr (GString) sql = g_string_new ("CREATE INDEX IF NOT EXISTS \"");

  g_string_append_printf (sql, "%s_%s\" ON \"%s\" (%s) WHERE deleted IS NULL AND %s IS NOT NULL", table, name, table,
                          columns, first);
  return torg_db_exec (db, sql->str, error);
}

/**
 * torg_record_table_make_indexes:
 * @db: a connection
 * @type: a type
 * @error: place for an error
 *
 * Makes the indexes of a type that are missing: of what is deleted, of its filterable fields, and those that it names.
 *
 * Returns: whether that worked
 */
gboolean
torg_record_table_make_indexes (TorgDb *db, const TorgType *type, GError **error)
{
  g_auto (GStrv) more = NULL;
  g_autofree char *deleted = g_strdup_printf ("CREATE INDEX IF NOT EXISTS \"%s_deleted\" ON \"%s\" (deleted) "
                                              "WHERE deleted IS NOT NULL",
                                              type->info->name, type->info->name);

  if (!torg_db_exec (db, deleted, error))
    return FALSE;
  for (guint i = 0; i < type->n_fields; i++)
    {
      const TorgField *field = &type->fields[i];
      g_autoptr (GString) column = NULL;

      if ((field->flags & TORG_FIELD_FILTERABLE) == 0 || field->kind == TORG_KIND_SET)
        continue;
      column = g_string_new (NULL);
      torg_record_table_append_column (column, field);
      if (!make_index (db, type->info->name, field->name, column->str, column->str, error))
        return FALSE;
    }
  if (type->info->indexes == NULL)
    return TRUE;
  more = g_strsplit (type->info->indexes, "|", -1);
  for (guint i = 0; more[i] != NULL; i++)
    {
      g_auto (GStrv) columns = g_strsplit (more[i], ", ", -1);
      g_autofree char *name = g_strjoinv ("_", columns);
      g_autofree char *list = g_strjoinv ("\", \"", columns);
      g_autofree char *quoted = g_strconcat ("\"", list, "\"", NULL);

      if (!make_index (db, type->info->name, name, quoted, columns[0], error))
        return FALSE;
    }
  return TRUE;
}

static int
bind_field (TorgStatement *statement, int index, const TorgField *field, const TorgValue *value)
{
  switch (value->tag)
    {
      case TORG_VALUE_NULL:
        torg_statement_bind_null (statement, index);
        break;
      case TORG_VALUE_INT:
      case TORG_VALUE_MONEY:
        torg_statement_bind_int (statement, index, value->number);
        break;
      case TORG_VALUE_TEXT:
      case TORG_VALUE_ZONED:
        if (field->kind == TORG_KIND_REF)
          torg_statement_bind_id (statement, index, value->text);
        else
          torg_statement_bind_text (statement, index, value->text);
        break;
      default:
        g_assert_not_reached ();
    }
  index++;
  if (field->kind == TORG_KIND_MONEY)
    torg_statement_bind_text (statement, index++, value->tag == TORG_VALUE_MONEY ? value->currency : NULL);
  else if (field->kind == TORG_KIND_ZONED)
    {
      if (value->tag == TORG_VALUE_ZONED)
        torg_statement_bind_int (statement, index++, value->number);
      else
        torg_statement_bind_null (statement, index++);
    }
  return index;
}

/* The column `extra`: custom fields, and those this version does not know. */
static char *
build_extra (TorgRecord *record)
{
  const TorgType *type = torg_record_get_kind (record);
  g_autoptr (JsonNode) root = NULL;
  JsonObject *object = NULL;

  if (torg_record_get_unknown (record) != NULL)
    root = json_from_string (torg_record_get_unknown (record), NULL);
  for (guint i = type->info->n_fields; i < type->n_fields; i++)
    {
      if (torg_value_is_null (torg_record_nth (record, i)))
        continue;
      if (root == NULL)
        {
          root = json_node_new (JSON_NODE_OBJECT);
          json_node_take_object (root, json_object_new ());
        }
      object = json_node_get_object (root);
      json_object_set_member (object, type->fields[i].name,
                              torg_value_to_json (torg_record_nth (record, i), type->fields[i].kind));
    }
  return root != NULL ? json_to_string (root, FALSE) : NULL;
}

static void
bind_optional_int (TorgStatement *statement, int index, gint64 number)
{
  if (number != 0)
    torg_statement_bind_int (statement, index, number);
  else
    torg_statement_bind_null (statement, index);
}

/**
 * torg_record_table_insert:
 * @db: a connection, in a transaction
 * @record: a record of the table's type; it gets its rowid unless it has one
 * @error: place for an error
 *
 * Inserts a record.
 *
 * Returns: whether that worked
 */
gboolean
torg_record_table_insert (TorgRecordTable *self, TorgDb *db, TorgRecord *record, GError **error)
{
  g_autoptr (TorgStatement) statement = torg_db_prepare (db, self->insert, error);
  g_autofree char *extra = NULL;
  int              index = 1;

  if (statement == NULL)
    return FALSE;
  bind_optional_int (statement, index++, torg_record_get_rowid (record));
  torg_statement_bind_id (statement, index++, torg_record_get_id (record));
  torg_statement_bind_int (statement, index++, torg_record_get_seq (record));
  bind_optional_int (statement, index++, torg_record_get_deleted (record));
  extra = build_extra (record);
  torg_statement_bind_text (statement, index++, extra);
  for (guint i = 0; i < self->type->n_fields; i++)
    if (!is_custom (&self->type->fields[i]))
      index = bind_field (statement, index, &self->type->fields[i], torg_record_nth (record, i));
  if (!torg_statement_run (statement, error))
    return FALSE;
  torg_record_set_rowid (record, torg_db_get_last_rowid (db));
  return TRUE;
}

/**
 * torg_record_table_update:
 * @db: a connection, in a transaction
 * @record: a stored record with its new values
 * @changed: (array): for each field, whether it changed
 * @error: place for an error
 *
 * Writes the changed fields of a record, its custom and unknown ones, and whether it is deleted.
 *
 * Returns: whether that worked
 */
gboolean
torg_record_table_update (TorgRecordTable *self,
                          TorgDb          *db,
                          TorgRecord      *record,
                          const gboolean  *changed,
                          GError         **error)
{
  g_autoptr (GString) sql = g_string_new ("UPDATE \"");
  g_autoptr (TorgStatement) statement = NULL;
  g_autofree char *extra = NULL;
  int              index = 4;

  g_string_append_printf (sql, "%s\" SET seq = ?2, deleted = ?3", self->type->info->name);
  for (guint i = 0; i < self->type->n_fields; i++)
    {
      const TorgField *field = &self->type->fields[i];

      if (!changed[i] || is_custom (field))
        continue;
      g_string_append_printf (sql, ", \"%s\" = ?%d", field->name, index++);
      if (second_suffix (field->kind) != NULL)
        g_string_append_printf (sql, ", \"%s%s\" = ?%d", field->name, second_suffix (field->kind), index++);
    }
  g_string_append_printf (sql, ", extra = ?%d", index);
  g_string_append (sql, " WHERE rid = ?1");

  statement = torg_db_prepare (db, sql->str, error);
  if (statement == NULL)
    return FALSE;
  torg_statement_bind_int (statement, 1, torg_record_get_rowid (record));
  torg_statement_bind_int (statement, 2, torg_record_get_seq (record));
  bind_optional_int (statement, 3, torg_record_get_deleted (record));
  index = 4;
  for (guint i = 0; i < self->type->n_fields; i++)
    if (changed[i] && !is_custom (&self->type->fields[i]))
      index = bind_field (statement, index, &self->type->fields[i], torg_record_nth (record, i));
  extra = build_extra (record);
  torg_statement_bind_text (statement, index, extra);
  return torg_statement_run (statement, error);
}

static TorgValue
read_field (TorgStatement *statement, int *column, const TorgField *field)
{
  TorgValue value = TORG_VALUE_INIT;
  int       at = (*column)++;

  if (second_suffix (field->kind) != NULL)
    (*column)++;
  if (torg_statement_is_null (statement, at))
    return value;
  switch (field->kind)
    {
      case TORG_KIND_NUMBER:
      case TORG_KIND_MOMENT:
        return torg_value_int (torg_statement_get_int (statement, at));
      case TORG_KIND_MONEY:
        {
          const char *currency = torg_statement_get_text (statement, at + 1);

          /* An amount without its currency says nothing. */
          if (currency != NULL)
            value = torg_value_money (torg_statement_get_int (statement, at), currency);
          return value;
        }
      case TORG_KIND_REF:
        {
          g_autofree char *id = torg_statement_dup_id (statement, at);

          return torg_value_text (id);
        }
      case TORG_KIND_ZONED:
        value.tag = TORG_VALUE_ZONED;
        value.text = g_ref_string_new (torg_statement_get_text (statement, at));
        value.number = torg_statement_get_int (statement, at + 1);
        return value;
      case TORG_KIND_TEXT:
      case TORG_KIND_DATE:
      case TORG_KIND_CHOICE:
      case TORG_KIND_SET:
      case TORG_KIND_PHONE:
      case TORG_KIND_EMAIL:
      case TORG_KIND_REQUISITE:
      case TORG_KIND_FILE:
      default:
        /* What is stored is NFC already. */
        value.tag = TORG_VALUE_TEXT;
        value.text = g_ref_string_new (torg_statement_get_text (statement, at));
        return value;
    }
}

static void
read_extra (TorgRecord *record, const char *text)
{
  const TorgType *type = torg_record_get_kind (record);
  g_autoptr (JsonNode) root = json_from_string (text, NULL);
  g_autoptr (JsonObject) unknown = NULL;
  JsonObjectIter iter;
  const char    *name;
  JsonNode      *node;

  if (root == NULL || !JSON_NODE_HOLDS_OBJECT (root))
    return;
  json_object_iter_init (&iter, json_node_get_object (root));
  while (json_object_iter_next (&iter, &name, &node))
    {
      const TorgField *field = torg_type_find_field (type, name);
      TorgValue        value;

      if (field != NULL && is_custom (field) && torg_value_from_json (node, field->kind, &value))
        {
          torg_record_take_nth (record, field->index, value);
          continue;
        }
      if (unknown == NULL)
        unknown = json_object_new ();
      json_object_set_member (unknown, name, json_node_copy (node));
    }
  if (unknown != NULL)
    {
      g_autoptr (JsonNode) kept = json_node_init_object (json_node_alloc (), unknown);
      g_autofree char *json = json_to_string (kept, FALSE);

      torg_record_set_unknown (record, json);
    }
}

/**
 * torg_record_table_read:
 * @schema: the schema that the table's type is of
 * @statement: a row of a statement that begins with the table's SELECT
 *
 * Reads a record.
 *
 * Returns: (transfer full): a record
 */
TorgRecord *
torg_record_table_read (TorgRecordTable *self, TorgSchema *schema, TorgStatement *statement)
{
  g_autofree char *id = torg_statement_dup_id (statement, 1);
  TorgRecord      *record = torg_record_new (schema, self->type, id);
  int              column = N_FIRST;

  torg_record_set_rowid (record, torg_statement_get_int (statement, 0));
  torg_record_set_seq (record, torg_statement_get_int (statement, 2));
  torg_record_set_deleted (record, torg_statement_get_int (statement, 3));
  for (guint i = 0; i < self->type->n_fields; i++)
    if (!is_custom (&self->type->fields[i]))
      torg_record_take_nth (record, i, read_field (statement, &column, &self->type->fields[i]));
  if (!torg_statement_is_null (statement, 4))
    read_extra (record, torg_statement_get_text (statement, 4));
  return record;
}
