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

/* Names of those that there are. */
static GHashTable *
list (TorgDb *db, GError **error)
{
  g_autoptr (GHashTable) names = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_autoptr (TorgStatement) statement = NULL;
  gboolean row;

  statement =
    torg_db_prepare (db,
                     torg_db_get_dialect (db) == TORG_DIALECT_POSTGRESQL
                       ? "SELECT indexname FROM pg_indexes WHERE schemaname = current_schema() AND "
                         "substr(indexname, 1, 7) = '" PREFIX "'"
                       : "SELECT name FROM sqlite_schema WHERE type = 'index' AND substr(name, 1, 7) = '" PREFIX "'",
                     error);
  if (statement == NULL)
    return NULL;
  for (;;)
    {
      if (!torg_statement_step (statement, &row, error))
        return NULL;
      if (!row)
        return g_steal_pointer (&names);
      g_hash_table_add (names, g_strdup (torg_statement_get_text (statement, 0)));
    }
}

static gboolean
make (TorgDb *db, const TorgType *type, const TorgField *field, const char *name, GError **error)
{
  g_autofree char *column = torg_page_make_column (field, torg_db_get_dialect (db));
  g_autoptr (GString) sql = g_string_new ("CREATE INDEX IF NOT EXISTS \"");

  g_string_append_printf (sql, "%s\" ON \"%s\" (workspace, (%s)) WHERE %s IS NOT NULL", name, type->info->name, column,
                          column);
  return torg_db_exec (db, sql->str, error);
}

static gboolean
drop (TorgDb *db, const char *name, GError **error)
{
  g_autoptr (GString) sql = g_string_new ("DROP INDEX IF EXISTS \"");

  g_string_append_printf (sql, "%s\"", name);
  return torg_db_exec (db, sql->str, error);
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
 * Makes the indexes of custom fields that are missing, and drops those of fields that are gone, each by itself: who
 * writes to a table waits for one of them at most.
 *
 * Returns: whether that worked
 */
gboolean
torg_server_indexes_update (TorgServerStore *store, GError **error)
{
  TorgDb        *db = torg_server_store_get_db (store);
  TorgSchema    *schema;
  GHashTableIter iter;
  gpointer       name;
  g_autoptr (GHashTable) there = NULL;

  if (!read_schema (store, error) || (there = list (db, error)) == NULL)
    return FALSE;
  schema = torg_server_store_get_schema (store);
  for (guint i = 0; i < torg_schema_get_n_types (schema); i++)
    {
      const TorgType *type = torg_schema_nth (schema, i);

      for (guint j = 0; j < type->n_fields; j++)
        if (is_indexed (&type->fields[j]))
          {
            g_autofree char *wanted = make_name (type, &type->fields[j]);

            if (!g_hash_table_remove (there, wanted) && !make (db, type, &type->fields[j], wanted, error))
              return FALSE;
          }
    }
  g_hash_table_iter_init (&iter, there);
  while (g_hash_table_iter_next (&iter, &name, NULL))
    if (!drop (db, name, error))
      return FALSE;
  return TRUE;
}
