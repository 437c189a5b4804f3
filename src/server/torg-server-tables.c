/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "torg-server"

#include "config.h"

#include "torg-record-columns.h"
#include "torg-server-tables.h"

#include <string.h>

/* The tables of the server: its own, and one for each type of the schema. Columns are only ever added. */

/* `{id}` and `{int}` stand for the types of an id and a number. */
static const char *const tables[] = {
  "CREATE TABLE IF NOT EXISTS workspace (id {int} PRIMARY KEY, seq {int} NOT NULL, epoch TEXT NOT NULL, "
  "schema {int} NOT NULL)",
  "CREATE TABLE IF NOT EXISTS commits (workspace {int} NOT NULL, seq {int} NOT NULL, tag TEXT NOT NULL, "
  "at {int} NOT NULL, PRIMARY KEY (workspace, seq))",
  "CREATE TABLE IF NOT EXISTS change (workspace {int} NOT NULL, seq {int} NOT NULL, type TEXT NOT NULL, "
  "id {id} NOT NULL, client {id}, keys_before TEXT, keys_after TEXT NOT NULL, PRIMARY KEY (workspace, seq, id))",
  "CREATE INDEX IF NOT EXISTS change_record ON change (workspace, id, seq)",
  "CREATE TABLE IF NOT EXISTS client (workspace {int} NOT NULL, id {id} NOT NULL, user_id {id} NOT NULL, "
  "last_seq {int} NOT NULL, name TEXT, seen {int} NOT NULL, revoked {int}, PRIMARY KEY (workspace, id))",
  "CREATE TABLE IF NOT EXISTS applied (workspace {int} NOT NULL, client {id} NOT NULL, client_seq {int} NOT NULL, "
  "mutation {id} NOT NULL, hash TEXT NOT NULL, result TEXT NOT NULL, PRIMARY KEY (workspace, client, client_seq))",
  "CREATE INDEX IF NOT EXISTS applied_mutation ON applied (workspace, mutation)",
  "CREATE TABLE IF NOT EXISTS scope (workspace {int} NOT NULL, name TEXT NOT NULL, sees TEXT NOT NULL, "
  "PRIMARY KEY (workspace, name))",
  "CREATE TABLE IF NOT EXISTS account (workspace {int} NOT NULL, user_id {id} NOT NULL, login TEXT NOT NULL, "
  "password TEXT, disabled {int}, PRIMARY KEY (workspace, user_id))",
  "CREATE UNIQUE INDEX IF NOT EXISTS account_login ON account (workspace, login)",
  "CREATE TABLE IF NOT EXISTS token (workspace {int} NOT NULL, hash TEXT NOT NULL, user_id {id} NOT NULL, "
  "client {id}, kind TEXT NOT NULL, expires {int}, created {int} NOT NULL, PRIMARY KEY (workspace, hash))",
  "CREATE TABLE IF NOT EXISTS signin_code (workspace {int} NOT NULL, hash TEXT NOT NULL, user_id {id} NOT NULL, "
  "challenge TEXT NOT NULL, redirect TEXT NOT NULL, expires {int} NOT NULL, PRIMARY KEY (workspace, hash))",
  "CREATE TABLE IF NOT EXISTS invitation (workspace {int} NOT NULL, hash TEXT NOT NULL, user_id {id} NOT NULL, "
  "author {id}, created {int} NOT NULL, expires {int} NOT NULL, state TEXT NOT NULL, PRIMARY KEY (workspace, hash))",
  "CREATE TABLE IF NOT EXISTS signin_failure (workspace {int} NOT NULL, name TEXT NOT NULL, failures {int} NOT NULL, "
  "at {int} NOT NULL, PRIMARY KEY (workspace, name))",
  "CREATE TABLE IF NOT EXISTS webhook (workspace {int} NOT NULL, id {id} NOT NULL, user_id {id} NOT NULL, "
  "url TEXT NOT NULL, types TEXT NOT NULL, events TEXT NOT NULL, secret TEXT NOT NULL, created {int} NOT NULL, "
  "seq {int} NOT NULL, PRIMARY KEY (workspace, id))",
  "CREATE TABLE IF NOT EXISTS delivery (workspace {int} NOT NULL, id {id} NOT NULL, webhook {id} NOT NULL, "
  "seq {int} NOT NULL, event TEXT NOT NULL, type TEXT NOT NULL, record {id} NOT NULL, state TEXT NOT NULL, "
  "tries {int} NOT NULL, status {int}, error TEXT, created {int} NOT NULL, next_at {int} NOT NULL, "
  "PRIMARY KEY (workspace, id))",
  "CREATE INDEX IF NOT EXISTS delivery_due ON delivery (workspace, next_at) WHERE state = 'waiting'",
  "CREATE INDEX IF NOT EXISTS delivery_turn ON delivery (workspace, webhook, next_at, id) WHERE state = 'waiting'",
  "CREATE INDEX IF NOT EXISTS delivery_webhook ON delivery (workspace, webhook, id)",
  "CREATE TABLE IF NOT EXISTS form (workspace {int} NOT NULL, key TEXT NOT NULL, name TEXT NOT NULL, "
  "user_id {id} NOT NULL, source {id}, origins TEXT NOT NULL, redirect TEXT, plain {int} NOT NULL, "
  "secret TEXT NOT NULL, created {int} NOT NULL, PRIMARY KEY (workspace, key))",
  "CREATE TABLE IF NOT EXISTS form_contact (workspace {int} NOT NULL, form TEXT NOT NULL, contact TEXT NOT NULL, "
  "lead {id} NOT NULL, at {int} NOT NULL, PRIMARY KEY (workspace, form, contact))",
  "CREATE TABLE IF NOT EXISTS imported (workspace {int} NOT NULL, import TEXT NOT NULL, n {int} NOT NULL, "
  "PRIMARY KEY (workspace, import))",
  "CREATE TABLE IF NOT EXISTS turn (workspace {int} NOT NULL, pipeline {id} NOT NULL, n {int} NOT NULL, "
  "PRIMARY KEY (workspace, pipeline))",
  "CREATE TABLE IF NOT EXISTS file (workspace {int} NOT NULL, hash TEXT NOT NULL, size {int} NOT NULL, "
  "created {int} NOT NULL, orphaned {int}, PRIMARY KEY (workspace, hash))",
  "CREATE TABLE IF NOT EXISTS file_proof (workspace {int} NOT NULL, hash TEXT NOT NULL, user_id {id} NOT NULL, "
  "at {int} NOT NULL, PRIMARY KEY (workspace, hash, user_id))",
  "CREATE TABLE IF NOT EXISTS upload (workspace {int} NOT NULL, id {id} NOT NULL, user_id {id} NOT NULL, "
  "hash TEXT NOT NULL, size {int} NOT NULL, created {int} NOT NULL, PRIMARY KEY (workspace, id))",
  "CREATE TABLE IF NOT EXISTS export_log (workspace {int} NOT NULL, id {id} NOT NULL, at {int} NOT NULL, "
  "who TEXT NOT NULL, what TEXT NOT NULL, records {int}, said {int}, PRIMARY KEY (workspace, id))",
};

static char *
replace_types (TorgDb *db, const char *sql)
{
  gboolean postgresql = torg_db_get_dialect (db) == TORG_DIALECT_POSTGRESQL;
  g_autoptr (GString) text = g_string_new (sql);

  g_string_replace (text, "{id}", postgresql ? "BYTEA" : "BLOB", 0);
  g_string_replace (text, "{int}", postgresql ? "BIGINT" : "INTEGER", 0);
  return g_strdup (text->str);
}

/*
 * PostgreSQL waits for all who write to a table before it finds that its index is there, and keeps them from writing
 * until the end of the transaction: beside servers that work that is a deadlock. So it is not asked in vain.
 */
static gboolean
has_index (TorgDb *db, const char *sql, gboolean *has, GError **error)
{
  const char *name = strstr (sql, "INDEX IF NOT EXISTS ");
  g_autoptr (TorgStatement) statement = NULL;
  g_auto (GStrv) words = NULL;

  *has = FALSE;
  if (name == NULL || torg_db_get_dialect (db) != TORG_DIALECT_POSTGRESQL)
    return TRUE;
  words = g_strsplit_set (name + strlen ("INDEX IF NOT EXISTS "), "\" ", 3);
  statement =
    torg_db_prepare (db, "SELECT 1 FROM pg_indexes WHERE schemaname = current_schema() AND indexname = ?1", error);
  if (statement == NULL)
    return FALSE;
  torg_statement_bind_text (statement, 1, *words[0] != '\0' ? words[0] : words[1]);
  return torg_statement_step (statement, has, error);
}

static gboolean
exec_ddl (TorgDb *db, const char *sql, GError **error)
{
  g_autofree char *text = replace_types (db, sql);
  gboolean         has;

  return has_index (db, text, &has, error) && (has || torg_db_exec (db, text, error));
}

static GHashTable *
list_columns (TorgDb *db, const char *table, GError **error)
{
  g_autoptr (GHashTable) columns = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_autoptr (TorgStatement) statement = NULL;
  gboolean row;

  statement = torg_db_prepare (db,
                               torg_db_get_dialect (db) == TORG_DIALECT_POSTGRESQL
                                 ? "SELECT column_name FROM information_schema.columns "
                                   "WHERE table_schema = current_schema() AND table_name = ?1"
                                 : "SELECT name FROM pragma_table_info(?1)",
                               error);
  if (statement == NULL)
    return NULL;
  torg_statement_bind_text (statement, 1, table);
  for (;;)
    {
      if (!torg_statement_step (statement, &row, error))
        return NULL;
      if (!row)
        return g_steal_pointer (&columns);
      g_hash_table_add (columns, g_strdup (torg_statement_get_text (statement, 0)));
    }
}

static const char *
column_type (const char *sqlite)
{
  return g_str_equal (sqlite, "BLOB") ? "{id}" : g_str_equal (sqlite, "INTEGER") ? "{int}" : "TEXT";
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
            GError    **error)
{
  g_autofree char *column = g_strconcat (name, suffix, NULL);
  g_autoptr (GString) sql = NULL;

  if (g_hash_table_contains (columns, column))
    return TRUE;
  if (create != NULL)
    {
      g_string_append_printf (create, "\"%s\" %s, ", column, type);
      return TRUE;
    }
  sql = g_string_new ("ALTER TABLE \"");
  g_string_append_printf (sql, "%s\" ADD COLUMN \"%s\" %s", table, column, type);
  return exec_ddl (db, sql->str, error);
}

/* An index for finding what refers to a record, and for what is deleted with it. */
static gboolean
add_index (TorgDb *db, const char *table, const char *name, GError **error)
{
  g_autoptr (GString) sql = g_string_new ("CREATE INDEX IF NOT EXISTS \"");

  g_string_append_printf (sql, "%s_%s\" ON \"%s\" (workspace, \"%s\") WHERE \"%s\" IS NOT NULL", table, name, table,
                          name, name);
  return exec_ddl (db, sql->str, error);
}

static gboolean
migrate_columns (TorgDb *db, const TorgType *type, GError **error)
{
  const char *table = type->info->name;
  g_autoptr (GHashTable) columns = list_columns (db, table, error);
  g_autoptr (GString) create = NULL;

  if (columns == NULL)
    return FALSE;
  if (g_hash_table_size (columns) == 0)
    {
      create = g_string_new ("CREATE TABLE IF NOT EXISTS \"");
      g_string_append_printf (create,
                              "%s\" (workspace {int} NOT NULL, id {id} NOT NULL, seq {int} NOT NULL, deleted {int}, "
                              "keys TEXT NOT NULL, extra TEXT, ",
                              table);
    }
  for (guint i = 0; i < type->info->n_fields; i++)
    {
      const TorgField *field = &type->fields[i];
      const char      *second = torg_columns_get_second (field->kind);

      if (!add_column (db, columns, create, table, field->name, NULL,
                       column_type (torg_columns_get_sql_type (field->kind)), error) ||
          (second != NULL && !add_column (db, columns, create, table, field->name, second,
                                          field->kind == TORG_KIND_MONEY ? "TEXT" : "{int}", error)))
        return FALSE;
    }
  if (create == NULL)
    return TRUE;
  g_string_append (create, "PRIMARY KEY (workspace, id))");
  return exec_ddl (db, create->str, error);
}

static gboolean
migrate_type (TorgDb *db, const TorgType *type, GError **error)
{
  if (!migrate_columns (db, type, error))
    return FALSE;
  for (guint i = 0; i < type->info->n_fields; i++)
    {
      const TorgField *field = &type->fields[i];

      if ((field->kind == TORG_KIND_REF || field->kind == TORG_KIND_FILE) &&
          !add_index (db, type->info->name, field->name, error))
        return FALSE;
    }
  return TRUE;
}

/* What came later: tokens that follow from one sign-in are a family, in which each brings the next one; those of other
 * programs say what they are for. */
static gboolean
migrate_tokens (TorgDb *db, GError **error)
{
  g_autoptr (GHashTable) columns = list_columns (db, "token", error);

  return columns != NULL && add_column (db, columns, NULL, "token", "family", "", "{id}", error) &&
         add_column (db, columns, NULL, "token", "generation", "", "{int}", error) &&
         add_column (db, columns, NULL, "token", "used", "", "{int}", error) &&
         add_column (db, columns, NULL, "token", "name", "", "TEXT", error) &&
         add_column (db, columns, NULL, "token", "scopes", "", "TEXT", error) &&
         add_index (db, "token", "family", error);
}

/* What came later: what a link must not lead to. */
static gboolean
migrate_invitations (TorgDb *db, GError **error)
{
  g_autoptr (GHashTable) columns = list_columns (db, "invitation", error);

  return columns != NULL && add_column (db, columns, NULL, "invitation", "ordinary", "", "{int}", error) &&
         add_column (db, columns, NULL, "invitation", "emails", "", "TEXT", error);
}

/* What came later: the commit up to which changes are forgotten. */
static gboolean
add_forgotten (TorgDb *db, GError **error)
{
  g_autoptr (GHashTable) columns = list_columns (db, "workspace", error);

  return columns != NULL && add_column (db, columns, NULL, "workspace", "forgotten", "", "{int}", error);
}

/* What came later: when the last part of an upload came. */
static gboolean
add_touched (TorgDb *db, GError **error)
{
  g_autoptr (GHashTable) columns = list_columns (db, "upload", error);

  return columns != NULL && add_column (db, columns, NULL, "upload", "touched", "", "{int}", error);
}

/* What came later: how far a client knows its results, and until when they are kept. */
static gboolean
migrate_results (TorgDb *db, GError **error)
{
  g_autoptr (GHashTable) applied = list_columns (db, "applied", error);
  g_autoptr (GHashTable) client = applied != NULL ? list_columns (db, "client", error) : NULL;

  return client != NULL && add_column (db, applied, NULL, "applied", "forget", "", "{int}", error) &&
         add_index (db, "applied", "forget", error) && add_forgotten (db, error) &&
         add_column (db, client, NULL, "client", "acked", "", "{int}", error) &&
         add_column (db, client, NULL, "client", "noted", "", "{int}", error);
}

/**
 * torg_server_tables_migrate:
 * @db: the server's database, in a transaction
 * @schema: the types that it holds
 * @error: place for a %TORG_STORE_ERROR
 *
 * Makes the tables, or adds what they lack.
 *
 * Returns: whether that worked
 */
gboolean
torg_server_tables_migrate (TorgDb *db, TorgSchema *schema, GError **error)
{
  for (guint i = 0; i < G_N_ELEMENTS (tables); i++)
    if (!exec_ddl (db, tables[i], error))
      return FALSE;
  if (!migrate_tokens (db, error) || !migrate_invitations (db, error) || !migrate_results (db, error) ||
      !add_touched (db, error))
    return FALSE;
  for (guint i = 0; i < torg_schema_get_n_types (schema); i++)
    if (!migrate_type (db, torg_schema_nth (schema, i), error))
      return FALSE;
  return TRUE;
}
