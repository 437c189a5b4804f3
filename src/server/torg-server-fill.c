/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "torg-server"

#include "config.h"

#include "torg-server-fill.h"

/* Tables that are derived from records: made where a server of before has none, and filled once. */

/* Records of one page. */
#define CHUNK 1000

/**
 * torg_server_fill_make:
 * @store: a connection, in the transaction that makes its tables
 * @table: the name of a table
 * @sql: statements that make it, and what belongs to it
 * @made: (out): whether it was made now, and is to be filled; then the schema is loaded
 * @error: place for a %TORG_STORE_ERROR
 *
 * Makes a derived table, where it is missing.
 *
 * Returns: whether that worked
 */
gboolean
torg_server_fill_make (TorgServerStore *store, const char *table, const char *sql, gboolean *made, GError **error)
{
  TorgDb *db = torg_server_store_get_db (store);
  g_autoptr (TorgStatement) statement =
    torg_db_prepare (db,
                     torg_db_get_dialect (db) == TORG_DIALECT_POSTGRESQL
                       ? "SELECT 1 FROM information_schema.tables WHERE table_schema = current_schema() AND "
                         "table_name = ?1"
                       : "SELECT 1 FROM sqlite_schema WHERE name = ?1",
                     error);
  gboolean row;

  if (statement == NULL)
    return FALSE;
  torg_statement_bind_text (statement, 1, table);
  if (!torg_statement_step (statement, &row, error))
    return FALSE;
  g_clear_pointer (&statement, torg_statement_release);
  *made = !row;
  return row || (torg_db_exec (db, sql, error) && torg_server_store_load_schema (store, error));
}

/**
 * torg_server_fill:
 * @store: a connection, in a transaction
 * @type: a type of the schema
 * @note: what notes a record
 * @error: place for an error of @note, or a %TORG_STORE_ERROR
 *
 * Notes all records of a type in a derived table, deleted ones too.
 *
 * Returns: whether that worked
 */
gboolean
torg_server_fill (TorgServerStore *store, const TorgType *type, TorgServerNoteFunc note, GError **error)
{
  g_autofree char *after = NULL;

  for (;;)
    {
      g_autoptr (GPtrArray) records = torg_server_store_list_page (store, type, after, CHUNK, NULL, error);

      if (records == NULL)
        return FALSE;
      for (guint i = 0; i < records->len; i++)
        if (!note (store, records->pdata[i], error))
          return FALSE;
      if (records->len < CHUNK)
        return TRUE;
      g_set_str (&after, torg_record_get_id (records->pdata[records->len - 1]));
    }
}
