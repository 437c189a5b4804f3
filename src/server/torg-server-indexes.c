/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "torg-server"

#include "config.h"

#include "torg-page.h"
#include "torg-server-indexes.h"

/*
 * Indexes of the company's own fields by which it filters (DESIGN.md §1). They stand in JSON, so that the index is one
 * of the expression that torg-page asks by. An administrator adds a field while all work: it is a chore, and no part of
 * that commit.
 */

#define PREFIX "custom_"

/* A text may be longer than an index of PostgreSQL can take, and what is written must not fail by it. */
static gboolean
is_indexed (const TorgField *field)
{
  switch (field->kind)
    {
      case TORG_KIND_NUMBER:
      case TORG_KIND_MONEY:
      case TORG_KIND_DATE:
      case TORG_KIND_MOMENT:
      case TORG_KIND_CHOICE:
      case TORG_KIND_REF:
        return (field->flags & TORG_FIELD_CUSTOM) != 0 && (field->flags & TORG_FIELD_FILTERABLE) != 0;
      default:
        return FALSE;
    }
}

/* The kind counts, since it does in the expression. PostgreSQL would cut a long name. */
static char *
make_name (const TorgType *type, const TorgField *field)
{
  g_autofree char *text = g_strjoin ("/", type->info->name, field->name, torg_kind_to_string (field->kind), NULL);
  g_autofree char *hash = g_compute_checksum_for_string (G_CHECKSUM_SHA256, text, -1);

  return g_strdup_printf (PREFIX "%.24s", hash);
}

static gboolean
is_postgresql (TorgDb *db)
{
  return torg_db_get_dialect (db) == TORG_DIALECT_POSTGRESQL;
}

/* Names of those that there are; PostgreSQL keeps one that broke off, which is whole to nobody. */
static GHashTable *
list (TorgDb *db, GError **error)
{
  g_autoptr (GHashTable) names = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_autoptr (TorgStatement) statement = NULL;
  gboolean row;

  statement = torg_db_prepare (
    db,
    is_postgresql (db) ? "SELECT c.relname, CASE WHEN i.indisvalid THEN 1 ELSE 0 END FROM pg_index i "
                         "JOIN pg_class c ON c.oid = i.indexrelid JOIN pg_namespace n ON n.oid = c.relnamespace "
                         "WHERE n.nspname = current_schema() AND substr(c.relname, 1, 7) = '" PREFIX "'"
                       : "SELECT name, 1 FROM sqlite_schema WHERE type = 'index' AND substr(name, 1, 7) = '" PREFIX "'",
    error);
  if (statement == NULL)
    return NULL;
  for (;;)
    {
      if (!torg_statement_step (statement, &row, error))
        return NULL;
      if (!row)
        return g_steal_pointer (&names);
      g_hash_table_insert (names, g_strdup (torg_statement_get_text (statement, 0)),
                           GINT_TO_POINTER (torg_statement_get_int (statement, 1)));
    }
}

static gboolean
drop (TorgDb *db, const char *name, GError **error)
{
  g_autoptr (GString) sql = g_string_new (is_postgresql (db) ? "DROP INDEX CONCURRENTLY" : "DROP INDEX");

  g_string_append_printf (sql, " IF EXISTS \"%s\"", name);
  return torg_db_exec (db, sql->str, error);
}

/* PostgreSQL lets others write meanwhile. */
static gboolean
make (TorgDb *db, const TorgType *type, const TorgField *field, const char *name, GError **error)
{
  g_autofree char *column = torg_page_make_column (field, torg_db_get_dialect (db));
  g_autoptr (GString) sql =
    g_string_new (is_postgresql (db) ? "CREATE INDEX CONCURRENTLY" : "CREATE INDEX IF NOT EXISTS");

  g_string_append_printf (sql, " \"%s\" ON \"%s\" (workspace, (%s)) WHERE %s IS NOT NULL", name, type->info->name,
                          column, column);
  return torg_db_exec (db, sql->str, error);
}

/* Takes a field's index out of @there: what is left is nobody's. */
static gboolean
ensure (TorgDb *db, GHashTable *there, const TorgType *type, const TorgField *field, GError **error)
{
  g_autofree char *name = make_name (type, field);
  gpointer         whole;

  if (g_hash_table_lookup_extended (there, name, NULL, &whole))
    {
      g_hash_table_remove (there, name);
      if (GPOINTER_TO_INT (whole))
        return TRUE;
      if (!drop (db, name, error))
        return FALSE;
    }
  return make (db, type, field, name, error);
}

/* The others go on without it; it is tried again with the next chores. */
static void
note_failure (const char *name, GError *error)
{
  g_warning ("The index of %s cannot be changed: %s", name, error->message);
  g_error_free (error);
}

static void
update (TorgServerStore *store, GHashTable *there)
{
  TorgDb        *db = torg_server_store_get_db (store);
  TorgSchema    *schema = torg_server_store_get_schema (store);
  GHashTableIter iter;
  gpointer       name;
  GError        *error = NULL;

  for (guint i = 0; i < torg_schema_get_n_types (schema); i++)
    {
      const TorgType *type = torg_schema_nth (schema, i);

      for (guint j = 0; j < type->n_fields; j++)
        if (is_indexed (&type->fields[j]) && !ensure (db, there, type, &type->fields[j], &error))
          note_failure (type->fields[j].name, g_steal_pointer (&error));
    }
  g_hash_table_iter_init (&iter, there);
  while (g_hash_table_iter_next (&iter, &name, NULL))
    if (!drop (db, name, &error))
      note_failure (name, g_steal_pointer (&error));
}

/* One server at a time, and no other one waits: it looks again with its next chores. It lasts as long as this. */
static gboolean
lock (TorgDb *db, gboolean *locked, GError **error)
{
  gint64 number = 1;

  if (is_postgresql (db) &&
      !torg_db_get_int (db, "SELECT CASE WHEN pg_try_advisory_lock(" TORG_SERVER_INDEXES_LOCK ") THEN 1 ELSE 0 END",
                        &number, error))
    return FALSE;
  *locked = number != 0;
  return TRUE;
}

static gboolean
unlock (TorgDb *db, GError **error)
{
  return !is_postgresql (db) || torg_db_exec (db, "SELECT pg_advisory_unlock(" TORG_SERVER_INDEXES_LOCK ")", error);
}

static gboolean
read_schema (TorgServerStore *store, GError **error)
{
  TorgDb  *db = torg_server_store_get_db (store);
  gboolean ok;

  if (!torg_db_begin_reading (db, error))
    return FALSE;
  ok = torg_server_store_load_schema (store, error);
  torg_db_rollback (db);
  return ok;
}

/**
 * torg_server_indexes_update:
 * @store: a connection, not in a transaction
 * @error: place for a %TORG_STORE_ERROR
 *
 * Makes the indexes of custom fields that are missing, and drops those of fields that are gone, each by itself: in
 * PostgreSQL nobody who writes waits for that. One that fails is logged. While another server is at it nothing is done.
 *
 * Returns: whether that could be tried
 */
gboolean
torg_server_indexes_update (TorgServerStore *store, GError **error)
{
  TorgDb  *db = torg_server_store_get_db (store);
  gboolean locked;
  g_autoptr (GHashTable) there = NULL;

  if (!read_schema (store, error) || !lock (db, &locked, error))
    return FALSE;
  if (!locked)
    return TRUE;
  there = list (db, error);
  if (there == NULL)
    {
      unlock (db, NULL);
      return FALSE;
    }
  update (store, there);
  return unlock (db, error);
}
