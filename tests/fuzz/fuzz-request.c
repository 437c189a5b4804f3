/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "fuzz.h"

#include "torg-accounts.h"
#include "torg-keys.h"
#include "torg-commit.h"
#include "torg-routes.h"

/* A question to the server by somebody who is signed in: `METHOD PATH?QUERY`, a line's end, a body. There is a web form
 * with the key `form`.
 */

#define USER "019c6b2e-7a00-7b6c-8f00-0123456789ab"

static TorgServerStore *store;
static char            *token;

/* What a page with a form to fill in needs: `/invite/torg_open`. */
static void
open_invitation (void)
{
  g_autofree char *hash = torg_accounts_hash_token ("torg_open");
  g_autoptr (TorgStatement) statement = NULL;

  FUZZ_CHECK (torg_accounts_add (store, USER, "anna", NULL, NULL));
  statement = torg_server_store_prepare (store,
                                         "INSERT INTO invitation (workspace, hash, user_id, created, expires, state) "
                                         "VALUES (?1, ?2, ?3, 1, 9000000000000000000, 'open')",
                                         NULL);
  FUZZ_CHECK (statement != NULL);
  torg_statement_bind_text (statement, 2, hash);
  torg_statement_bind_id (statement, 3, USER);
  FUZZ_CHECK (torg_statement_run (statement, NULL));
}

static void
open_store (void)
{
  g_autoptr (TorgEnv) env = torg_env_new_seeded (1, G_GINT64_CONSTANT (1772701200000000), NULL);
  g_autoptr (TorgCommit) commit = NULL;
  g_autoptr (TorgRecord) user = NULL;
  TorgSchema *schema;
  gint64      seq;

  store = torg_server_store_open (env, "sqlite::memory:", NULL);
  FUZZ_CHECK (store != NULL && torg_server_store_migrate (store, NULL));
  schema = torg_server_store_get_schema (store);
  FUZZ_CHECK (torg_db_begin (torg_server_store_get_db (store), NULL));
  commit = torg_commit_new (store, NULL);
  user = torg_record_new (schema, torg_schema_find (schema, "user"), USER);
  torg_record_set_text (user, "name", "Анна");
  torg_commit_create (commit, user);
  FUZZ_CHECK (torg_commit_write (commit, &seq, NULL) && torg_db_commit (torg_server_store_get_db (store), NULL));
  token = torg_keys_make (store, USER, NULL, NULL, NULL);
  FUZZ_CHECK (torg_db_exec (torg_server_store_get_db (store),
                            "INSERT INTO form (workspace, key, name, user_id, origins, plain, secret, created) VALUES "
                            "(1, 'form', 'Форма', X'019c6b2e7a007b6c8f000123456789ab', '', 1, 'secret', 1)",
                            NULL));
  open_invitation ();
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  g_autofree char *text = g_strndup ((const char *) data, MIN (size, 4000));
  g_auto (GStrv) parts = g_strsplit (text, "\n", 2);
  g_auto (GStrv) words = parts[0] != NULL ? g_strsplit (parts[0], " ", 2) : NULL;
  g_auto (GStrv) path = words != NULL && words[0] != NULL && words[1] != NULL ? g_strsplit (words[1], "?", 2) : NULL;
  g_autoptr (GHashTable) query = NULL;
  g_autoptr (TorgResponse) response = NULL;
  TorgRequest request = { 0 };

  if (store == NULL)
    open_store ();
  if (path == NULL || path[0] == NULL)
    return 0;
  if (path[1] != NULL)
    query = g_uri_parse_params (path[1], -1, "&", 0, NULL);
  request = (TorgRequest) {
    .method = words[0],
    .path = path[0],
    .query = query,
    .token = token,
    .if_match = "*",
    .key = size % 2 == 0 ? "key" : NULL,
    .peer = "127.0.0.1",
    .languages = parts[0],
    .body = parts[1],
    .length = parts[1] != NULL ? strlen (parts[1]) : 0,
    .content = parts[1] != NULL && parts[1][0] == '{' ? "application/json" : "application/x-www-form-urlencoded",
  };
  response = torg_routes_handle (store, &request);
  /* 501: a program that is newer than the server. */
  FUZZ_CHECK (response->status >= 200 && (response->status < 500 || response->status == 501));
  return 0;
}
