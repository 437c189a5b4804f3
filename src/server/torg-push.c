/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "torg-server"

#include "config.h"

#include "torg-distribute.h"
#include "torg-duplicates.h"
#include "torg-mutate.h"
#include "torg-push.h"
#include "torg-seeded-bug.h"

#include <json-glib/json-glib.h>
#include <string.h>

/*
 * Takes a batch of a client's mutations (DESIGN.md §3): the client's row is locked first, the number of the commit
 * taken last; what the server did with each mutation is kept in the same transaction, so that a batch that comes again
 * gets the same answer.
 */

typedef struct
{
  TorgServerStore *store;
  const char      *user;
  const char      *client;
  TorgPushStatus  *status;
  gint64          *expected;
} Push;

/* --- the client --------------------------------------------------------------------------------------------------- */

static gboolean
ensure_client (Push *push, GError **error)
{
  g_autoptr (TorgStatement) statement = torg_db_prepare (
    torg_server_store_get_db (push->store),
    "INSERT INTO client (workspace, id, user_id, last_seq, seen) VALUES (?1, ?2, ?3, 0, ?4) ON CONFLICT DO NOTHING",
    error);

  if (statement == NULL)
    return FALSE;
  torg_statement_bind_int (statement, 1, torg_server_store_get_workspace (push->store));
  torg_statement_bind_id (statement, 2, push->client);
  torg_statement_bind_id (statement, 3, push->user);
  torg_statement_bind_int (statement, 4, torg_env_get_now (torg_server_store_get_env (push->store)));
  return torg_statement_run (statement, error);
}

static gboolean
lock_client (Push *push, gint64 *last_seq, gboolean *is_own, GError **error)
{
  TorgDb     *db = torg_server_store_get_db (push->store);
  const char *sql = torg_db_get_dialect (db) == TORG_DIALECT_POSTGRESQL
                      ? "SELECT last_seq, user_id, revoked FROM client WHERE workspace = ?1 AND id = ?2 FOR UPDATE"
                      : "SELECT last_seq, user_id, revoked FROM client WHERE workspace = ?1 AND id = ?2";
  g_autoptr (TorgStatement) statement = torg_db_prepare (db, sql, error);
  g_autofree char *user = NULL;
  gboolean         row;

  if (statement == NULL)
    return FALSE;
  torg_statement_bind_int (statement, 1, torg_server_store_get_workspace (push->store));
  torg_statement_bind_id (statement, 2, push->client);
  if (!torg_statement_step (statement, &row, error))
    return FALSE;
  user = row ? torg_statement_dup_id (statement, 1) : NULL;
  *last_seq = row ? torg_statement_get_int (statement, 0) : 0;
  *is_own = row && g_strcmp0 (user, push->user) == 0 &&
            (torg_statement_is_null (statement, 2) || torg_seeded_bug ("shut-out-heard"));
  return TRUE;
}

static gboolean
save_client (Push *push, gint64 last_seq, GError **error)
{
  g_autoptr (TorgStatement) statement =
    torg_db_prepare (torg_server_store_get_db (push->store),
                     "UPDATE client SET last_seq = ?3, seen = ?4 WHERE workspace = ?1 AND id = ?2", error);

  if (statement == NULL)
    return FALSE;
  torg_statement_bind_int (statement, 1, torg_server_store_get_workspace (push->store));
  torg_statement_bind_id (statement, 2, push->client);
  torg_statement_bind_int (statement, 3, last_seq);
  torg_statement_bind_int (statement, 4, torg_env_get_now (torg_server_store_get_env (push->store)));
  return torg_statement_run (statement, error);
}

/* --- what was applied --------------------------------------------------------------------------------------------- */

static TorgWireResult *
read_result (TorgStatement *statement, gint64 client_seq)
{
  g_autoptr (JsonNode) node = json_from_string (torg_statement_get_text (statement, 1), NULL);
  TorgWireResult *result = torg_wire_result_from_json (node, NULL);

  if (result != NULL)
    result->client_seq = client_seq;
  return result;
}

/* The answer to a number that was used before; it must have been for the same mutation. */
static gboolean
find_replay (Push *push, TorgWireMutation *mutation, TorgWireResult **result, GError **error)
{
  g_autoptr (TorgStatement) statement = torg_db_prepare (
    torg_server_store_get_db (push->store),
    "SELECT hash, result FROM applied WHERE workspace = ?1 AND client = ?2 AND client_seq = ?3", error);
  g_autofree char *hash = torg_wire_mutation_hash (mutation);
  gboolean         row;

  if (statement == NULL)
    return FALSE;
  torg_statement_bind_int (statement, 1, torg_server_store_get_workspace (push->store));
  torg_statement_bind_id (statement, 2, push->client);
  torg_statement_bind_int (statement, 3, mutation->client_seq);
  if (!torg_statement_step (statement, &row, error))
    return FALSE;
  if (!row || g_strcmp0 (torg_statement_get_text (statement, 0), hash) != 0)
    *push->status = TORG_PUSH_REUSED;
  else
    *result = read_result (statement, mutation->client_seq);
  return TRUE;
}

/* The answer to a mutation that came under another number: from a replica that took a new id. */
static gboolean
find_applied (Push *push, TorgWireMutation *mutation, TorgWireResult **result, GError **error)
{
  g_autoptr (TorgStatement) statement =
    torg_db_prepare (torg_server_store_get_db (push->store),
                     "SELECT hash, result FROM applied WHERE workspace = ?1 AND mutation = ?2 LIMIT 1", error);
  gboolean row;

  if (statement == NULL)
    return FALSE;
  torg_statement_bind_int (statement, 1, torg_server_store_get_workspace (push->store));
  torg_statement_bind_id (statement, 2, mutation->id);
  if (!torg_statement_step (statement, &row, error))
    return FALSE;
  *result = row && !torg_seeded_bug ("no-idempotency") ? read_result (statement, mutation->client_seq) : NULL;
  return TRUE;
}

static gboolean
save_result (Push *push, const char *hash, TorgWireResult *result, GError **error)
{
  g_autoptr (JsonNode) node = torg_wire_result_to_json (result);
  g_autofree char *text = json_to_string (node, FALSE);
  g_autoptr (TorgStatement) statement =
    torg_db_prepare (torg_server_store_get_db (push->store),
                     "INSERT INTO applied (workspace, client, client_seq, mutation, hash, result) "
                     "VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
                     error);

  if (statement == NULL)
    return FALSE;
  torg_statement_bind_int (statement, 1, torg_server_store_get_workspace (push->store));
  torg_statement_bind_id (statement, 2, push->client);
  torg_statement_bind_int (statement, 3, result->client_seq);
  torg_statement_bind_id (statement, 4, result->mutation);
  torg_statement_bind_text (statement, 5, hash);
  torg_statement_bind_text (statement, 6, text);
  return torg_statement_run (statement, error);
}

/* --- the batch ---------------------------------------------------------------------------------------------------- */

static int
compare_ids (gconstpointer a, gconstpointer b)
{
  return strcmp ((*(TorgWireMutation *const *) a)->record, (*(TorgWireMutation *const *) b)->record);
}

/* In the order of their ids, so that two batches never wait for each other. */
static gboolean
lock_records (TorgCommit *commit, GPtrArray *mutations, GError **error)
{
  g_autoptr (GPtrArray) sorted = g_ptr_array_new ();
  TorgEntry *entry;

  g_ptr_array_extend (sorted, mutations, NULL, NULL);
  g_ptr_array_sort (sorted, compare_ids);
  for (guint i = 0; i < sorted->len; i++)
    {
      TorgWireMutation *mutation = g_ptr_array_index (sorted, i);

      if (!torg_commit_get (commit, mutation->type, mutation->record, &entry, error))
        return FALSE;
    }
  return TRUE;
}

/* The answer to a mutation that came twice in one batch. */
static TorgWireResult *
find_in_batch (TorgWireMutation *mutation, GPtrArray *results)
{
  for (guint i = 0; i < results->len; i++)
    {
      TorgWireResult *result = g_ptr_array_index (results, i);

      if (g_strcmp0 (result->mutation, mutation->id) == 0)
        return torg_wire_result_new (result->mutation, mutation->client_seq, result->status, result->code,
                                     result->detail);
    }
  return NULL;
}

/* The mutations of one group: together or not at all. A difference fails nothing; what was done before, from a replica
 * that has another id now, stays done. */
static gboolean
apply_group (Push       *push,
             TorgCommit *commit,
             TorgSight  *sight,
             GPtrArray  *mutations,
             guint       from,
             guint       to,
             GPtrArray  *results,
             GError    **error)
{
  guint     mark = torg_commit_mark (commit), failed = to;
  gboolean *known = g_newa0 (gboolean, to - from);

  for (guint i = from; i < to; i++)
    {
      TorgWireResult *result = NULL;

      result = find_in_batch (mutations->pdata[i], results);
      if (result == NULL)
        {
          if (!find_applied (push, mutations->pdata[i], &result, error))
            return FALSE;
          known[i - from] = result != NULL;
        }
      if (result == NULL && !torg_mutate (commit, sight, mutations->pdata[i], &result, error))
        return FALSE;
      g_ptr_array_add (results, result);
      if (result->status == TORG_WIRE_REJECTED && failed == to)
        failed = i;
    }
  if (failed == to || torg_seeded_bug ("half-group"))
    return TRUE;
  torg_commit_rollback (commit, mark);
  for (guint i = from; i < to; i++)
    {
      TorgWireResult *result = results->pdata[results->len - to + i];

      if (known[i - from] || result->status == TORG_WIRE_REJECTED)
        continue;
      result->status = TORG_WIRE_REJECTED;
      g_set_str (&result->code, "group");
    }
  return TRUE;
}

static gboolean
apply_groups (Push *push, TorgCommit *commit, GPtrArray *mutations, GPtrArray *results, GError **error)
{
  g_autoptr (TorgSight) sight = torg_sight_new (push->store, push->user, error);

  if (sight == NULL || !lock_records (commit, mutations, error))
    return FALSE;
  for (guint from = 0, to; from < mutations->len; from = to)
    {
      const char *group = ((TorgWireMutation *) mutations->pdata[from])->group;

      for (to = from + 1; to < mutations->len; to++)
        if (!g_str_equal (((TorgWireMutation *) mutations->pdata[to])->group, group))
          break;
      if (!apply_group (push, commit, sight, mutations, from, to, results, error))
        return FALSE;
    }
  return TRUE;
}

/* What is new of a batch; the answers to the rest are taken from before. */
static gboolean
sort_out (Push *push, gint64 last_seq, GPtrArray *mutations, GPtrArray *fresh, GPtrArray *results, GError **error)
{
  for (guint i = 0; i < mutations->len && *push->status == TORG_PUSH_DONE; i++)
    {
      TorgWireMutation *mutation = g_ptr_array_index (mutations, i);
      TorgWireResult   *result = NULL;

      if (mutation->client_seq > last_seq + 1 + (gint64) fresh->len)
        {
          *push->status = TORG_PUSH_GAP;
          *push->expected = last_seq + 1;
        }
      else if (mutation->client_seq == last_seq + 1 + (gint64) fresh->len)
        g_ptr_array_add (fresh, mutation);
      else if (mutation->client_seq > last_seq)
        *push->status = TORG_PUSH_REUSED;
      else if (!find_replay (push, mutation, &result, error))
        return FALSE;
      if (result != NULL)
        g_ptr_array_add (results, result);
    }
  return TRUE;
}

static gboolean
push_all (Push *push, GPtrArray *mutations, GPtrArray *results, GError **error)
{
  g_autoptr (TorgCommit) commit = torg_commit_new (push->store, push->client);
  g_autoptr (GPtrArray) fresh = g_ptr_array_new ();
  guint    n_old;
  gint64   last_seq, seq;
  gboolean is_own;

  if (!ensure_client (push, error) || !lock_client (push, &last_seq, &is_own, error) ||
      !torg_server_store_load_schema (push->store, error))
    return FALSE;
  if (!is_own)
    *push->status = TORG_PUSH_FOREIGN;
  if (!is_own || !sort_out (push, last_seq, mutations, fresh, results, error))
    return !is_own;
  if (*push->status != TORG_PUSH_DONE || fresh->len == 0)
    return TRUE;
  n_old = results->len;
  if (!apply_groups (push, commit, fresh, results, error))
    return FALSE;
  for (guint i = 0; i < fresh->len; i++)
    {
      g_autofree char *hash = torg_wire_mutation_hash (fresh->pdata[i]);

      if (!save_result (push, hash, results->pdata[n_old + i], error))
        return FALSE;
    }
  return save_client (push, last_seq + fresh->len, error) && torg_distribute_leads (commit, error) &&
         torg_duplicates_raise (commit, push->user, error) && torg_commit_write (commit, &seq, error);
}

/**
 * torg_push:
 * @store: a connection
 * @user: the id of the user whose client it is
 * @client: the client's id
 * @mutations: (element-type TorgWireMutation): a batch, in the order of their numbers, in whole groups
 * @results: (element-type TorgWireResult): takes what became of each
 * @status: (out): what became of the batch; unless it is done, nothing is
 * @expected: (out): with %TORG_PUSH_GAP, the number that should have come
 * @error: place for a %TORG_STORE_ERROR; then nothing is done, and the same batch may come again
 *
 * Takes a batch in one transaction.
 *
 * Returns: whether that worked
 */
gboolean
torg_push (TorgServerStore *store,
           const char      *user,
           const char      *client,
           GPtrArray       *mutations,
           GPtrArray       *results,
           TorgPushStatus  *status,
           gint64          *expected,
           GError         **error)
{
  TorgDb *db = torg_server_store_get_db (store);
  Push    push = { store, user, client, status, expected };

  *status = TORG_PUSH_DONE;
  *expected = 0;
  if (!torg_db_begin (db, error))
    return FALSE;
  if (push_all (&push, mutations, results, error) && *status == TORG_PUSH_DONE)
    return torg_db_commit (db, error);
  torg_db_rollback (db);
  return *status != TORG_PUSH_DONE;
}

/* --- what is made here -------------------------------------------------------------------------------------------- */

typedef struct
{
  guint        n;
  GPtrArray   *ids;
  const char  *hash;
  TorgPushMake make;
  gpointer     data;
} Making;

/* What came of the same question before. */
static gboolean
find_made (Push *push, Making *making, GPtrArray *results, GError **error)
{
  for (guint i = 0; making->ids != NULL && i < making->n; i++)
    {
      g_autoptr (TorgStatement) statement = torg_db_prepare (
        torg_server_store_get_db (push->store),
        "SELECT hash, result, client_seq FROM applied WHERE workspace = ?1 AND mutation = ?2 LIMIT 1", error);
      TorgWireResult *result;
      gboolean        row;

      if (statement == NULL)
        return FALSE;
      torg_statement_bind_int (statement, 1, torg_server_store_get_workspace (push->store));
      torg_statement_bind_id (statement, 2, making->ids->pdata[i]);
      if (!torg_statement_step (statement, &row, error))
        return FALSE;
      if (!row)
        return TRUE;
      if (g_strcmp0 (torg_statement_get_text (statement, 0), making->hash) != 0)
        {
          *push->status = TORG_PUSH_REUSED;
          return TRUE;
        }
      result = read_result (statement, torg_statement_get_int (statement, 2));
      if (result != NULL)
        g_ptr_array_add (results, result);
    }
  return TRUE;
}

/* One after the other, each from what the ones before it have left; @refused tells whether one was. */
static gboolean
make_all (Push       *push,
          Making     *making,
          TorgCommit *commit,
          gint64      last_seq,
          GPtrArray  *results,
          gboolean   *refused,
          GError    **error)
{
  g_autoptr (TorgSight) sight = torg_sight_new (push->store, push->user, error);

  *refused = TRUE;
  if (sight == NULL)
    return FALSE;
  for (guint i = 0; i < making->n; i++)
    {
      g_autoptr (TorgWireMutation) mutation = NULL;
      TorgWireResult *result = NULL;

      if (!making->make (commit, sight, i, making->data, &mutation, error))
        return FALSE;
      if (mutation == NULL)
        {
          g_ptr_array_set_size (results, 0);
          return TRUE;
        }
      if (making->ids != NULL)
        g_set_str (&mutation->id, making->ids->pdata[i]);
      mutation->client_seq = last_seq + 1 + i;
      if (!torg_mutate (commit, sight, mutation, &result, error))
        return FALSE;
      if (result->status != TORG_WIRE_REJECTED)
        g_set_str (&result->detail, mutation->record);
      else
        result->client_seq = i;
      g_ptr_array_add (results, result);
      if (result->status == TORG_WIRE_REJECTED)
        return TRUE;
    }
  *refused = FALSE;
  return TRUE;
}

static gboolean
push_made (Push *push, Making *making, GPtrArray *results, gboolean *done, GError **error)
{
  g_autoptr (TorgCommit) commit = torg_commit_new (push->store, push->client);
  gint64   last_seq, seq;
  gboolean is_own, refused;

  *done = FALSE;
  if (!ensure_client (push, error) || !lock_client (push, &last_seq, &is_own, error) ||
      !torg_server_store_load_schema (push->store, error))
    return FALSE;
  if (!is_own)
    *push->status = TORG_PUSH_FOREIGN;
  else if (!find_made (push, making, results, error))
    return FALSE;
  if (*push->status != TORG_PUSH_DONE || results->len > 0)
    return TRUE;
  if (!make_all (push, making, commit, last_seq, results, &refused, error))
    return FALSE;
  if (refused)
    return TRUE;
  for (guint i = 0; making->ids != NULL && i < results->len; i++)
    if (!save_result (push, making->hash, results->pdata[i], error))
      return FALSE;
  *done = TRUE;
  return (making->ids == NULL || save_client (push, last_seq + results->len, error)) &&
         torg_distribute_leads (commit, error) && torg_duplicates_raise (commit, push->user, error) &&
         torg_commit_write (commit, &seq, error);
}

/**
 * torg_push_made:
 * @store: a connection
 * @user: the id of the user who asks
 * @client: the id under which the user's edits by REST are known
 * @n: how many mutations are to be made
 * @ids: (nullable) (element-type utf8): the mutations' ids, where they may come a second time
 * @hash: (nullable): what is asked, summed up, where it may come a second time
 * @make: makes a mutation
 * @data: for @make
 * @results: (element-type TorgWireResult): takes what became of each, its `detail` the id of the record; or one that
 * was rejected, its number in `client_seq`; or none, where @make refused
 * @status: (out): what became of all; unless it is done, nothing is
 * @error: place for a %TORG_STORE_ERROR; then nothing is done, and the same may come again
 *
 * Makes and applies mutations in one transaction, all or none. What came before under the same ids gets the same
 * answer.
 *
 * Returns: whether that worked
 */
gboolean
torg_push_made (TorgServerStore *store,
                const char      *user,
                const char      *client,
                guint            n,
                GPtrArray       *ids,
                const char      *hash,
                TorgPushMake     make,
                gpointer         data,
                GPtrArray       *results,
                TorgPushStatus  *status,
                GError         **error)
{
  TorgDb  *db = torg_server_store_get_db (store);
  Push     push = { store, user, client, status, NULL };
  Making   making = { n, ids, hash, make, data };
  gboolean ok, done = FALSE;

  *status = TORG_PUSH_DONE;
  if (!torg_db_begin (db, error))
    return FALSE;
  ok = push_made (&push, &making, results, &done, error);
  if (ok && done)
    return torg_db_commit (db, error);
  torg_db_rollback (db);
  return ok;
}
