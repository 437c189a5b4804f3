/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "torg-server"

#include "config.h"

#include "torg-server-store.h"

/* What all that stands in the server's tables is read and written by. */

/**
 * torg_server_store_prepare:
 * @sql: a statement whose first parameter is the workspace
 * @error: place for a %TORG_STORE_ERROR
 *
 * Prepares a statement, with the workspace bound.
 *
 * Returns: (transfer full) (nullable): a statement
 */
TorgStatement *
torg_server_store_prepare (TorgServerStore *self, const char *sql, GError **error)
{
  TorgStatement *statement = torg_db_prepare (torg_server_store_get_db (self), sql, error);

  if (statement != NULL)
    torg_statement_bind_int (statement, 1, torg_server_store_get_workspace (self));
  return statement;
}

/**
 * torg_server_store_end:
 * @ok: whether all went well
 * @error: place for a %TORG_STORE_ERROR, where it did
 *
 * Commits a transaction, or takes it back.
 *
 * Returns: whether it was committed
 */
gboolean
torg_server_store_end (TorgServerStore *self, gboolean ok, GError **error)
{
  if (ok)
    return torg_db_commit (torg_server_store_get_db (self), error);
  torg_db_rollback (torg_server_store_get_db (self));
  return FALSE;
}
