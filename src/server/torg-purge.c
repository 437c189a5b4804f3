/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "torg-server"

#include "config.h"

#include "torg-attempts.h"
#include "torg-invitations.h"
#include "torg-purge.h"

#include <string.h>

/*
 * Forgets what is of no use any more: spent codes, sessions that are over, wrong passwords of yesterday, and what
 * became of mutations. Those a replica may send again for 30 days after it was told the result, when the server was
 * restored (DESIGN.md §3): the time begins when it said that it knows the result, and is twice as long here as there,
 * so that clocks that differ do no harm. A result that its replica has not asked for stays. What an integration sent
 * under a key of its own is known for a week.
 *
 * Of changes of 90 days ago the last one of each record stays, so that it is known whether a record has changed since
 * any state of it. The last commit before those that are kept stays too: whoever knows all up to it misses nothing.
 *
 * Everything is done a little at a time, so that nobody waits for it.
 */

/* Rows of one transaction. */
#define CHUNK 1000

typedef struct
{
  char  *id; /* (owned) */
  gint64 acked;
  gint64 days; /* how long its results are kept from now on */
} Client;

static void
client_free (gpointer data)
{
  Client *client = data;

  g_free (client->id);
  g_free (client);
}

static gint64
get_now (TorgServerStore *store)
{
  return torg_env_get_now (torg_server_store_get_env (store));
}

/* The number of rows that it gives back. */
static gboolean
run (TorgServerStore *store, const char *sql, gint64 number, guint *n, GError **error)
{
  g_autoptr (TorgStatement) statement = torg_server_store_prepare (store, sql, error);
  gboolean row;

  *n = 0;
  if (statement == NULL)
    return FALSE;
  torg_statement_bind_int (statement, 2, number);
  torg_statement_bind_int (statement, 3, CHUNK);
  for (;; (*n)++)
    if (!torg_statement_step (statement, &row, error))
      return FALSE;
    else if (!row)
      return TRUE;
}

/* @sql deletes at most CHUNK rows that are older than a moment. */
static gboolean
remove_before (TorgServerStore *store, const char *sql, gint64 moment, GError **error)
{
  TorgDb *db = torg_server_store_get_db (store);
  guint   n = CHUNK;

  while (n == CHUNK)
    {
      if (!torg_db_begin (db, error))
        return FALSE;
      if (!run (store, sql, moment, &n, error) || !torg_db_commit (db, error))
        {
          torg_db_rollback (db);
          return FALSE;
        }
    }
  return TRUE;
}

/* Clients that know more results than before; of edits by REST all are known to who asked. */
static GPtrArray *
list_clients (TorgServerStore *store, GError **error)
{
  g_autoptr (GPtrArray) clients = g_ptr_array_new_with_free_func (client_free);
  g_autoptr (TorgStatement) statement = torg_server_store_prepare (
    store, "SELECT id, user_id, acked, last_seq, noted FROM client WHERE workspace = ?1", error);
  gboolean row;

  if (statement == NULL)
    return NULL;
  for (;;)
    {
      g_autofree char *id = NULL, *user = NULL, *rest = NULL;
      gint64           acked, noted;
      gboolean         is_rest;
      Client          *client;

      if (!torg_statement_step (statement, &row, error))
        return NULL;
      if (!row)
        return g_steal_pointer (&clients);
      id = torg_statement_dup_id (statement, 0);
      user = torg_statement_dup_id (statement, 1);
      rest = torg_id_derive (user, "rest");
      is_rest = g_str_equal (id, rest);
      acked = torg_statement_get_int (statement, is_rest ? 3 : 2);
      noted = torg_statement_get_int (statement, 4);
      if (acked <= noted)
        continue;
      client = g_new0 (Client, 1);
      client->id = g_steal_pointer (&id);
      client->acked = acked;
      client->days = is_rest ? TORG_PURGE_ANSWER_DAYS : TORG_PURGE_APPLIED_DAYS;
      g_ptr_array_add (clients, client);
    }
}

/* From now on the time of its results runs. */
static gboolean
note_client (TorgServerStore *store, Client *client, GError **error)
{
  g_autoptr (TorgStatement) results = torg_server_store_prepare (
    store,
    "UPDATE applied SET forget = ?4 WHERE workspace = ?1 AND client = ?2 AND client_seq <= ?3 AND client_seq > "
    "(SELECT coalesce(c.noted, 0) FROM client c WHERE c.workspace = ?1 AND c.id = ?2)",
    error);
  g_autoptr (TorgStatement) noted = NULL;

  if (results == NULL)
    return FALSE;
  torg_statement_bind_id (results, 2, client->id);
  torg_statement_bind_int (results, 3, client->acked);
  torg_statement_bind_int (results, 4, get_now (store) + client->days * G_TIME_SPAN_DAY);
  if (!torg_statement_run (results, error))
    return FALSE;
  noted = torg_server_store_prepare (store, "UPDATE client SET noted = ?3 WHERE workspace = ?1 AND id = ?2", error);
  if (noted == NULL)
    return FALSE;
  torg_statement_bind_id (noted, 2, client->id);
  torg_statement_bind_int (noted, 3, client->acked);
  return torg_statement_run (noted, error);
}

static gboolean
note_clients (TorgServerStore *store, GError **error)
{
  TorgDb *db = torg_server_store_get_db (store);
  g_autoptr (GPtrArray) clients = list_clients (store, error);

  for (guint i = 0; clients != NULL && i < clients->len; i++)
    {
      if (!torg_db_begin (db, error))
        return FALSE;
      if (!note_client (store, clients->pdata[i], error) || !torg_db_commit (db, error))
        {
          torg_db_rollback (db);
          return FALSE;
        }
    }
  return clients != NULL;
}

/* The commit up to which changes are forgotten, and up to which they are to be, as far as a chunk goes. */
static gboolean
find_horizon (TorgServerStore *store, gint64 before, gint64 *forgotten, gint64 *horizon, GError **error)
{
  g_autoptr (TorgStatement) statement = torg_server_store_prepare (
    store,
    "SELECT coalesce(w.forgotten, 0), (SELECT max(seq) FROM (SELECT seq FROM commits WHERE workspace = ?1 AND at < ?2 "
    "AND seq < (SELECT seq FROM workspace WHERE id = ?1) ORDER BY seq LIMIT ?3) AS old) FROM workspace w "
    "WHERE w.id = ?1",
    error);
  gboolean row;

  if (statement == NULL)
    return FALSE;
  torg_statement_bind_int (statement, 2, before);
  torg_statement_bind_int (statement, 3, CHUNK);
  if (!torg_statement_step (statement, &row, error))
    return FALSE;
  *forgotten = row ? torg_statement_get_int (statement, 0) : 0;
  *horizon = row ? MAX (torg_statement_get_int (statement, 1), *forgotten) : 0;
  return TRUE;
}

/* @sql is about the commits behind ?3, up to ?2. */
static gboolean
run_between (TorgServerStore *store, const char *sql, gint64 forgotten, gint64 horizon, GError **error)
{
  g_autoptr (TorgStatement) statement = torg_server_store_prepare (store, sql, error);

  if (statement == NULL)
    return FALSE;
  torg_statement_bind_int (statement, 2, horizon);
  if (strstr (sql, "?3") != NULL)
    torg_statement_bind_int (statement, 3, forgotten);
  return torg_statement_run (statement, error);
}

/* Whatever one of them came after is of no use any more. */
static gboolean
forget_between (TorgServerStore *store, gint64 forgotten, gint64 horizon, GError **error)
{
  return run_between (store,
                      "DELETE FROM change WHERE workspace = ?1 AND (id, seq) IN (SELECT o.id, o.seq FROM change n JOIN "
                      "change o ON o.workspace = n.workspace AND o.id = n.id AND o.seq < n.seq WHERE n.workspace = ?1 "
                      "AND n.seq > ?3 AND n.seq <= ?2)",
                      forgotten, horizon, error) &&
         run_between (store, "DELETE FROM commits WHERE workspace = ?1 AND seq < ?2", forgotten, horizon, error) &&
         run_between (store, "UPDATE workspace SET forgotten = ?2 WHERE id = ?1", forgotten, horizon, error);
}

/**
 * torg_purge_changes:
 * @store: a connection, in no transaction
 * @before: microseconds UTC
 * @error: place for a %TORG_STORE_ERROR
 *
 * Forgets the changes of commits before a moment, but for the last commit. A replica that has not heard of them is told
 * to begin anew.
 *
 * Returns: whether that worked
 */
gboolean
torg_purge_changes (TorgServerStore *store, gint64 before, GError **error)
{
  TorgDb *db = torg_server_store_get_db (store);
  gint64  forgotten, horizon;

  do
    {
      if (!torg_db_begin (db, error))
        return FALSE;
      if (!find_horizon (store, before, &forgotten, &horizon, error) ||
          (horizon > forgotten && !forget_between (store, forgotten, horizon, error)) || !torg_db_commit (db, error))
        {
          torg_db_rollback (db);
          return FALSE;
        }
    }
  while (horizon > forgotten);
  return TRUE;
}

/**
 * torg_purge:
 * @store: a connection, in no transaction
 * @files: (nullable): where files are kept
 * @error: place for a %TORG_STORE_ERROR
 *
 * Forgets what nobody can use or ask for any more. It may be called as often as one likes, by several processes.
 *
 * Returns: whether that worked
 */
gboolean
torg_purge (TorgServerStore *store, TorgServerFiles *files, GError **error)
{
  gint64 now = get_now (store);

  return remove_before (store,
                        "DELETE FROM token WHERE workspace = ?1 AND hash IN (SELECT hash FROM token WHERE "
                        "workspace = ?1 AND expires < ?2 LIMIT ?3) RETURNING 1",
                        now, error) &&
         remove_before (store,
                        "DELETE FROM signin_code WHERE workspace = ?1 AND hash IN (SELECT hash FROM signin_code WHERE "
                        "workspace = ?1 AND expires < ?2 LIMIT ?3) RETURNING 1",
                        now, error) &&
         remove_before (store,
                        "DELETE FROM invitation WHERE workspace = ?1 AND hash IN (SELECT hash FROM invitation WHERE "
                        "workspace = ?1 AND expires < ?2 LIMIT ?3) RETURNING 1",
                        now - TORG_INVITATION_TOLD_DAYS * G_TIME_SPAN_DAY, error) &&
         remove_before (store,
                        "DELETE FROM signin_failure WHERE workspace = ?1 AND name IN (SELECT name FROM signin_failure "
                        "WHERE workspace = ?1 AND at < ?2 LIMIT ?3) RETURNING 1",
                        now - TORG_ATTEMPTS_FORGET_SECONDS * G_TIME_SPAN_SECOND, error) &&
         note_clients (store, error) &&
         remove_before (store,
                        "DELETE FROM applied WHERE workspace = ?1 AND (client, client_seq) IN (SELECT client, "
                        "client_seq FROM applied WHERE workspace = ?1 AND forget < ?2 LIMIT ?3) RETURNING 1",
                        now, error) &&
         torg_purge_changes (store, now - TORG_PURGE_CHANGE_DAYS * G_TIME_SPAN_DAY, error) &&

         torg_server_files_purge (store, files, error);
}
