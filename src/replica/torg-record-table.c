/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "torg-replica"

#include "config.h"

#include "torg-record-columns.h"
#include "torg-record-table.h"

#include <string.h>

/* The columns that every table begins with. */
#define FIRST_COLUMNS "rid, id, seq, deleted, extra"
#define N_FIRST 5

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
  if ((field->flags & TORG_FIELD_CUSTOM) == 0)
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
 * Adds the expression of what a record is called: its title fields with a separator, or the only one as it is, so that
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
  else if (n > 0)
    g_string_append_printf (sql, "concat_ws('%s', %s)", torg_type_get_title_separator (type), names->str);
  else
    g_string_append (sql, "NULL");
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
  torg_columns_append_names (select, type);
  g_string_append_printf (select, " FROM \"%s\"", type->info->name);

  g_string_append_printf (insert, "%s\" (" FIRST_COLUMNS, type->info->name);
  torg_columns_append_names (insert, type);
  g_string_append (insert, ") VALUES (?1");
  n += (guint) torg_columns_count (type);
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
  g_clear_pointer (&self->batch, torg_batch_free);
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

/* A column that is not there yet: in the words of a new table, or added to the one that there is. */
static gboolean
add_column (TorgDb     *db,
            GHashTable *columns,
            GString    *create,
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
  if (create != NULL)
    {
      g_string_append_printf (create, ", \"%s\" %s", column, type);
      return TRUE;
    }
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
  g_autoptr (GHashTable) columns = read_columns (db, type, error);
  g_autoptr (GString) create = NULL;

  if (columns == NULL)
    return FALSE;
  if (g_hash_table_size (columns) == 0)
    {
      create = g_string_new ("CREATE TABLE \"");
      g_string_append_printf (create,
                              "%s\" (rid INTEGER PRIMARY KEY AUTOINCREMENT, id BLOB NOT NULL UNIQUE, "
                              "seq INTEGER NOT NULL DEFAULT 0, deleted INTEGER, extra TEXT",
                              type->info->name);
    }
  *added = FALSE;
  for (guint i = 0; i < type->n_fields; i++)
    {
      const TorgField *field = &type->fields[i];
      const char      *second = torg_columns_get_second (field->kind);

      if ((field->flags & TORG_FIELD_CUSTOM) != 0)
        continue;
      if (!add_column (db, columns, create, type->info->name, field->name, NULL,
                       torg_columns_get_sql_type (field->kind), added, error) ||
          (second != NULL && !add_column (db, columns, create, type->info->name, field->name, second,
                                          field->kind == TORG_KIND_MONEY ? "TEXT" : "INTEGER", added, error)))
        return FALSE;
    }
  if (create == NULL)
    return TRUE;
  g_string_append (create, ") STRICT");
  return torg_db_exec (db, create->str, error);
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

/**
 * torg_record_table_drop_indexes:
 * @db: a connection
 * @type: a type
 * @error: place for an error
 *
 * Drops the indexes of a type, but for that of ids.
 *
 * Returns: whether that worked
 */
gboolean
torg_record_table_drop_indexes (TorgDb *db, const TorgType *type, GError **error)
{
  g_autoptr (TorgStatement) statement = torg_db_prepare (
    db, "SELECT name FROM sqlite_schema WHERE type = 'index' AND tbl_name = ?1 AND sql IS NOT NULL", error);
  g_autoptr (GPtrArray) names = g_ptr_array_new_with_free_func (g_free);
  gboolean row;

  if (statement == NULL)
    return FALSE;
  torg_statement_bind_text (statement, 1, type->info->name);
  for (;;)
    {
      if (!torg_statement_step (statement, &row, error))
        return FALSE;
      if (!row)
        break;
      g_ptr_array_add (names, g_strdup (torg_statement_get_text (statement, 0)));
    }
  /* A statement that is not at its end keeps the schema as it is. */
  g_clear_pointer (&statement, torg_statement_release);
  for (guint i = 0; i < names->len; i++)
    {
      g_autoptr (GString) sql = g_string_new ("DROP INDEX \"");

      g_string_append_printf (sql, "%s\"", (const char *) names->pdata[i]);
      if (!torg_db_exec (db, sql->str, error))
        return FALSE;
    }
  return TRUE;
}

static void
bind_optional_int (TorgStatement *statement, int index, gint64 number)
{
  if (number != 0)
    torg_statement_bind_int (statement, index, number);
  else
    torg_statement_bind_null (statement, index);
}

static void
bind_record (TorgStatement *statement, gint64 rowid, TorgRecord *record)
{
  g_autofree char *extra = torg_columns_build_extra (record);
  int              index = 1;

  bind_optional_int (statement, index++, rowid);
  torg_statement_bind_id (statement, index++, torg_record_get_id (record));
  torg_statement_bind_int (statement, index++, torg_record_get_seq (record));
  bind_optional_int (statement, index++, torg_record_get_deleted (record));
  torg_statement_bind_text (statement, index++, extra);
  torg_columns_bind (statement, index, record);
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

  if (statement == NULL)
    return FALSE;
  bind_record (statement, torg_record_get_rowid (record), record);
  if (!torg_statement_run (statement, error))
    return FALSE;
  torg_record_set_rowid (record, torg_db_get_last_rowid (db));
  return TRUE;
}

/* Rowids are never given twice: the next one is that behind the last one ever. */
static gboolean
read_next (TorgRecordTable *self, TorgDb *db, GError **error)
{
  g_autoptr (TorgStatement) statement = torg_db_prepare (db, "SELECT seq FROM sqlite_sequence WHERE name = ?1", error);
  gboolean row;

  if (statement == NULL)
    return FALSE;
  torg_statement_bind_text (statement, 1, self->type->info->name);
  if (!torg_statement_step (statement, &row, error))
    return FALSE;
  self->next = (row ? torg_statement_get_int (statement, 0) : 0) + 1;
  return TRUE;
}

/**
 * torg_record_table_hold:
 * @db: a connection, in a transaction
 * @record: a record of the table's type; it gets its rowid
 * @error: place for an error
 *
 * Inserts a record before the next statement is prepared, together with others: see [method@Db.hold]. An error may be
 * that of a record before.
 *
 * Returns: whether that worked
 */
gboolean
torg_record_table_hold (TorgRecordTable *self, TorgDb *db, TorgRecord *record, GError **error)
{
  if (self->batch == NULL)
    {
      const char      *end = strstr (self->insert, " VALUES ");
      g_autofree char *insert = g_strndup (self->insert, (gsize) (end - self->insert));

      self->batch = torg_batch_new (db, insert, N_FIRST + (guint) torg_columns_count (self->type));
    }
  if (!torg_db_hold (db, self->batch, error) || (torg_batch_is_empty (self->batch) && !read_next (self, db, error)))
    return FALSE;
  bind_record (torg_batch_begin (self->batch), self->next, record);
  torg_record_set_rowid (record, self->next++);
  return torg_batch_end (self->batch, TORG_BATCH_ROWS, error);
}

/**
 * torg_record_table_list_deleted:
 * @db: a connection
 * @field: a reference of the type
 * @when: when they were deleted
 * @id: what they refer to
 * @error: place for an error
 *
 * Lists the records that were deleted at a moment and refer to something.
 *
 * Returns: (transfer full) (element-type gint64) (nullable): their rowids, in their order
 */
GArray *
torg_record_table_list_deleted (TorgRecordTable *self,
                                TorgDb          *db,
                                const TorgField *field,
                                gint64           when,
                                const char      *id,
                                GError         **error)
{
  g_autoptr (GArray) rowids = g_array_new (FALSE, FALSE, sizeof (gint64));
  g_autoptr (GString) sql = g_string_new ("SELECT rid FROM \"");
  g_autoptr (TorgStatement) statement = NULL;
  gboolean row;

  g_string_append_printf (sql, "%s\" WHERE deleted = ?1 AND \"%s\" = ?2 ORDER BY rid", self->type->info->name,
                          field->name);
  statement = torg_db_prepare (db, sql->str, error);
  if (statement == NULL)
    return NULL;
  torg_statement_bind_int (statement, 1, when);
  torg_statement_bind_id (statement, 2, id);
  for (;;)
    {
      gint64 rowid;

      if (!torg_statement_step (statement, &row, error))
        return NULL;
      if (!row)
        return g_steal_pointer (&rowids);
      rowid = torg_statement_get_int (statement, 0);
      g_array_append_val (rowids, rowid);
    }
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

      if (!changed[i] || (field->flags & TORG_FIELD_CUSTOM) != 0)
        continue;
      g_string_append_printf (sql, ", \"%s\" = ?%d", field->name, index++);
      if (torg_columns_get_second (field->kind) != NULL)
        g_string_append_printf (sql, ", \"%s%s\" = ?%d", field->name, torg_columns_get_second (field->kind), index++);
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
    if (changed[i] && (self->type->fields[i].flags & TORG_FIELD_CUSTOM) == 0)
      index = torg_columns_bind_field (statement, index, &self->type->fields[i], torg_record_nth (record, i));
  extra = torg_columns_build_extra (record);
  torg_statement_bind_text (statement, index, extra);
  return torg_statement_run (statement, error);
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

  torg_record_set_rowid (record, torg_statement_get_int (statement, 0));
  torg_record_set_seq (record, torg_statement_get_int (statement, 2));
  torg_record_set_deleted (record, torg_statement_get_int (statement, 3));
  torg_columns_read (statement, 4, N_FIRST, record);
  return record;
}
