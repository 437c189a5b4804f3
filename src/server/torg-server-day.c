/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "torg-server"

#include "config.h"

#include "torg-server-day.h"

/* What a day brings by itself, which replicas are told of as of an edit: whose work somebody does begins and ends with
 * a day, by the server's local time (DESIGN.md §3, Visibility). */

/* The day of the last commit; NULL where there is none. */
static gboolean
find_last_day (TorgServerStore *store, char **day, GError **error)
{
  g_autoptr (TorgStatement) statement =
    torg_server_store_prepare (store, "SELECT at FROM commits WHERE workspace = ?1 ORDER BY seq DESC LIMIT 1", error);
  gboolean row;

  *day = NULL;
  if (statement == NULL || !torg_statement_step (statement, &row, error))
    return FALSE;
  if (row)
    *day = torg_env_make_day (torg_server_store_get_env (store), torg_statement_get_int (statement, 0));
  return TRUE;
}

/* Whether somebody's work has begun after a day, up to today, or ended from that day on, before today. */
static gboolean
turns (TorgServerStore *store, const char *last, const char *today, gboolean *any, GError **error)
{
  g_autoptr (TorgStatement) statement = torg_server_store_prepare (
    store,
    "SELECT 1 FROM delegation WHERE workspace = ?1 AND deleted IS NULL AND ((starts > ?2 AND starts <= ?3) OR "
    "(ends >= ?2 AND ends < ?3)) LIMIT 1",
    error);

  if (statement == NULL)
    return FALSE;
  torg_statement_bind_text (statement, 2, last);
  torg_statement_bind_text (statement, 3, today);
  return torg_statement_step (statement, any, error);
}

static gboolean
commit_if_due (TorgServerStore *store, gint64 *seq, GError **error)
{
  TorgEnv         *env = torg_server_store_get_env (store);
  g_autofree char *today = torg_env_make_day (env, torg_env_get_now (env)), *last = NULL;
  gboolean         any = FALSE;

  if (!find_last_day (store, &last, error) ||
      (g_strcmp0 (last, today) < 0 && last != NULL && !turns (store, last, today, &any, error)))
    return FALSE;
  return !any || torg_server_store_next_seq (store, seq, error);
}

/**
 * torg_server_day_begin:
 * @store: a connection, in no transaction
 * @seq: (out): the number of the commit; 0 where the day brings nothing
 * @error: place for a %TORG_STORE_ERROR
 *
 * Makes a commit of what a new day brings, unless there was one on that day already: whoever hears of it sees what
 * there is from that day on. It may be called as often as one likes, by several processes.
 *
 * Returns: whether that worked
 */
gboolean
torg_server_day_begin (TorgServerStore *store, gint64 *seq, GError **error)
{
  TorgDb *db = torg_server_store_get_db (store);

  *seq = 0;
  if (!torg_db_begin (db, error))
    return FALSE;
  if (commit_if_due (store, seq, error) && torg_db_commit (db, error))
    return TRUE;
  torg_db_rollback (db);
  return FALSE;
}
