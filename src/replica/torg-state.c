/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "torg-replica"

#include "torg-store-private.h"

/* What the replica knows of itself: its mode (`local` or `server`), its client, its user. */

gboolean
torg_state_migrate (TorgDb *db, GError **error)
{
  return torg_db_exec (
    db, "CREATE TABLE IF NOT EXISTS sync_state (name TEXT PRIMARY KEY, value TEXT) STRICT, WITHOUT ROWID", error);
}

char *
torg_state_get (TorgDb *db, const char *name)
{
  g_autoptr (TorgStatement) statement = torg_db_prepare (db, "SELECT value FROM sync_state WHERE name = ?1", NULL);
  gboolean row;

  if (statement == NULL)
    return NULL;
  torg_statement_bind_text (statement, 1, name);
  if (!torg_statement_step (statement, &row, NULL) || !row)
    return NULL;
  return g_strdup (torg_statement_get_text (statement, 0));
}

/* What is the same is not written: a sync that finds nothing leaves the file alone, and no window reloads. */
gboolean
torg_state_set (TorgDb *db, const char *name, const char *value, GError **error)
{
  g_autoptr (TorgStatement) statement =
    torg_db_prepare (db,
                     "INSERT INTO sync_state VALUES (?1, ?2) "
                     "ON CONFLICT (name) DO UPDATE SET value = excluded.value WHERE value IS NOT excluded.value",
                     error);

  if (statement == NULL)
    return FALSE;
  torg_statement_bind_text (statement, 1, name);
  torg_statement_bind_text (statement, 2, value);
  return torg_statement_run (statement, error);
}

/* What the window remembers lies under names of its own. */
static char *
make_name (const char *name)
{
  return g_strconcat ("memory:", name, NULL);
}

/**
 * torg_store_dup_memory:
 * @name: a name
 *
 * Gives what this computer remembers of how the data was worked with, such as the mapping of a file. It is no record,
 * and goes to no server.
 *
 * Returns: (transfer full) (nullable): a text
 */
char *
torg_store_dup_memory (TorgStore *self, const char *name)
{
  g_autofree char *own = make_name (name);

  return torg_state_get (self->db, own);
}

/**
 * torg_store_set_memory:
 * @name: a name
 * @value: (nullable): a text, or %NULL to forget it
 * @error: place for an error
 *
 * Remembers something, see [method@Store.dup_memory].
 *
 * Returns: whether it was written
 */
gboolean
torg_store_set_memory (TorgStore *self, const char *name, const char *value, GError **error)
{
  g_autofree char *own = make_name (name);

  return torg_state_set (self->db, own, value, error);
}
