/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "torg-server"

#include "config.h"

#include "torg-error.h"
#include "torg-server-rules.h"

/* The server's records, as the company's rules need them: in a transaction, with what it has changed so far. */

static TorgRecord *
get (gpointer data, const char *type, const char *id, GError **error)
{
  TorgCommit      *commit = data;
  TorgServerStore *store = torg_commit_get_store (commit);
  g_autoptr (TorgRecord) record = NULL;
  TorgEntry *entry = NULL;

  if (torg_commit_has (commit, id))
    {
      if (!torg_commit_get (commit, type, id, &entry, error))
        return NULL;
      record = entry != NULL ? torg_record_ref (entry->after) : NULL;
    }
  else if (!torg_server_store_load (store, torg_schema_find (torg_server_store_get_schema (store), type), id, FALSE,
                                    &record, NULL, error))
    return NULL;
  if (record == NULL)
    g_set_error (error, TORG_ERROR, TORG_ERROR_NOT_FOUND, "There is no %s with the id %s.", type, id);
  return g_steal_pointer (&record);
}

static TorgStatement *
prepare (TorgCommit *commit, const char *sql)
{
  TorgServerStore *store = torg_commit_get_store (commit);
  TorgStatement   *statement = torg_db_prepare (torg_server_store_get_db (store), sql, NULL);

  if (statement != NULL)
    torg_statement_bind_int (statement, 1, torg_server_store_get_workspace (store));
  return statement;
}

static char *
find_pipeline (gpointer data, const char *kind)
{
  g_autoptr (TorgStatement) statement =
    prepare (data, "SELECT id FROM pipeline WHERE workspace = ?1 AND deleted IS NULL AND kind = ?2 "
                   "ORDER BY position, id LIMIT 1");
  gboolean row;

  if (statement == NULL)
    return NULL;
  torg_statement_bind_text (statement, 2, kind);
  return torg_statement_step (statement, &row, NULL) && row ? torg_statement_dup_id (statement, 0) : NULL;
}

static char *
find_stage (gpointer data, const char *pipeline)
{
  g_autoptr (TorgStatement) statement =
    prepare (data, "SELECT id FROM stage WHERE workspace = ?1 AND deleted IS NULL AND kind = 'open' AND pipeline = ?2 "
                   "ORDER BY position, id LIMIT 1");
  gboolean row;

  if (statement == NULL || pipeline == NULL)
    return NULL;
  torg_statement_bind_id (statement, 2, pipeline);
  return torg_statement_step (statement, &row, NULL) && row ? torg_statement_dup_id (statement, 0) : NULL;
}

static gint64
find_top (gpointer data, const TorgType *type, const char *stage)
{
  g_autoptr (TorgStatement) statement =
    prepare (data, g_str_equal (type->info->name, "lead")
                     ? "SELECT min(rank) FROM lead WHERE workspace = ?1 AND deleted IS NULL AND stage = ?2"
                     : "SELECT min(rank) FROM deal WHERE workspace = ?1 AND deleted IS NULL AND stage = ?2");
  gboolean row;

  if (statement == NULL || stage == NULL)
    return 0;
  torg_statement_bind_id (statement, 2, stage);
  return torg_statement_step (statement, &row, NULL) && row ? torg_statement_get_int (statement, 0) - TORG_RULE_RANK_GAP
                                                            : 0;
}

/**
 * torg_server_rules_source:
 * @commit: the changes of a transaction
 *
 * Gives the company's rules the server's records.
 *
 * Returns: the records, as long as @commit lives
 */
TorgRuleSource
torg_server_rules_source (TorgCommit *commit)
{
  return (TorgRuleSource) { commit, get, find_pipeline, find_stage, find_top };
}
