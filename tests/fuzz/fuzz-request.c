/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "fuzz.h"

#include "torg-accounts.h"
#include "torg-keys.h"
#include "torg-commit.h"
#include "torg-routes.h"
#include "torg-server-files.h"

#include <glib/gstdio.h>

/* A question to the server by somebody who is signed in: `METHOD PATH?QUERY`, lines of headers, a body. There is a web
 * form with the key `form`; `{upload}` in the path stands for a file of 12 bytes that is on its way, `{file}` for one
 * of theirs that is here. A question with a key is asked twice: it has its effect once, and the same answer.
 */

#define USER "019c6b2e-7a00-7b6c-8f00-0123456789ab"

#define UPLOADED "Hello, Torg!"
/* After so many a store begins anew, which grows otherwise. */
#define INPUTS 4000

static TorgServerStore *store;
static TorgServerFiles *files;
static char            *token, *file;

static void
remove_folder (const char *path)
{
  g_autoptr (GDir) dir = g_dir_open (path, 0, NULL);
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *inner = g_build_filename (path, name, NULL);

      if (g_file_test (inner, G_FILE_TEST_IS_DIR))
        remove_folder (inner);
      else
        g_unlink (inner);
    }
  g_rmdir (path);
}

static void
remove_files (void)
{
  remove_folder (torg_content_get_folder (files->content));
}

/* Where files lie, with one that is attached to something, see attach_file(). */
static void
open_files (void)
{
  static const char content[] = "Something to be read in parts.";
  g_autofree char  *folder = g_dir_make_tmp ("torg-fuzz-request-XXXXXX", NULL);
  gint64            size;

  FUZZ_CHECK (folder != NULL);
  files = torg_server_files_new ("sqlite::memory:", folder, 1);
  FUZZ_CHECK (files != NULL);
  atexit (remove_files);
  file = g_compute_checksum_for_data (G_CHECKSUM_SHA256, (const guchar *) content, sizeof content);
  FUZZ_CHECK (torg_content_append (files->content, "part", 0, content, sizeof content, &size, NULL) &&
              torg_content_finish (files->content, "part", file, NULL));
}

/* A new one, where the last was sent whole or given up. */
static char *
dup_upload (void)
{
  g_autofree char *hash = g_compute_checksum_for_string (G_CHECKSUM_SHA256, UPLOADED, -1);
  g_autoptr (TorgUpload) upload = NULL;
  TorgDb *db = torg_server_store_get_db (store);

  FUZZ_CHECK (torg_db_begin (db, NULL) && torg_upload_find (store, USER, NULL, hash, &upload, NULL));
  if (upload == NULL)
    upload = torg_upload_begin (store, USER, hash, strlen (UPLOADED), NULL);
  FUZZ_CHECK (upload != NULL && torg_db_commit (db, NULL));
  return g_strdup (upload->id);
}

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

/* What is read has an author who had it. */
static void
attach_file (void)
{
  g_autofree char *body = g_strdup_printf ("{\"fields\": {\"name\": \"file\", \"file\": \"%s\"}}", file);
  TorgRequest      request = { .method = "POST",
                               .path = "/v1/attachments",
                               .token = token,
                               .peer = "127.0.0.1",
                               .content = "application/json",
                               .body = body,
                               .length = strlen (body) };
  g_autoptr (TorgResponse) response = torg_routes_handle (store, &request);

  FUZZ_CHECK (response->status == 201);
}

static void
open_store (void)
{
  g_autoptr (TorgEnv) env = torg_env_new_seeded (1, G_GINT64_CONSTANT (1772701200000000), NULL);
  g_autoptr (TorgCommit) commit = NULL;
  g_autoptr (TorgRecord) user = NULL;
  TorgSchema *schema;
  gint64      seq;

  g_clear_pointer (&token, g_free);
  g_clear_pointer (&store, torg_server_store_free);
  store = torg_server_store_open (env, "sqlite::memory:", NULL);
  FUZZ_CHECK (store != NULL && torg_server_store_migrate (store, NULL));
  schema = torg_server_store_get_schema (store);
  FUZZ_CHECK (torg_db_begin (torg_server_store_get_db (store), NULL));
  commit = torg_commit_new (store, NULL);
  user = torg_record_new (schema, torg_schema_find (schema, "user"), USER);
  torg_record_set_text (user, "name", "Анна");
  torg_commit_create (commit, user);
  if (files == NULL)
    open_files ();
  FUZZ_CHECK (torg_server_files_add (store, file, 31, USER, NULL));
  FUZZ_CHECK (torg_commit_write (commit, &seq, NULL) && torg_db_commit (torg_server_store_get_db (store), NULL));
  token = torg_keys_make (store, USER, NULL, NULL, NULL);
  FUZZ_CHECK (torg_db_exec (torg_server_store_get_db (store),
                            "INSERT INTO form (workspace, key, name, user_id, origins, plain, secret, created) VALUES "
                            "(1, 'form', 'Форма', X'019c6b2e7a007b6c8f000123456789ab', '', 1, 'secret', 1)",
                            NULL));
  attach_file ();
  open_invitation ();
}

/* --- a question --------------------------------------------------------------------------------------------------- */

static const struct
{
  const char *name;
  gsize       offset;
} headers[] = {
  { "Idempotency-Key: ", G_STRUCT_OFFSET (TorgRequest, key) },
  { "Range: ", G_STRUCT_OFFSET (TorgRequest, range) },
  { "If-Range: ", G_STRUCT_OFFSET (TorgRequest, if_range) },
  { "If-Match: ", G_STRUCT_OFFSET (TorgRequest, if_match) },
  { "If-None-Match: ", G_STRUCT_OFFSET (TorgRequest, if_none_match) },
  { "Upload-Offset: ", G_STRUCT_OFFSET (TorgRequest, upload_offset) },
  { "Origin: ", G_STRUCT_OFFSET (TorgRequest, origin) },
  { "Host: ", G_STRUCT_OFFSET (TorgRequest, host) },
  { "Content-Type: ", G_STRUCT_OFFSET (TorgRequest, content) },
};

/* Takes a line from the front of @text where it is a header; what follows it, %NULL where it is none. */
static char *
take_header (TorgRequest *request, char *text)
{
  for (guint i = 0; i < G_N_ELEMENTS (headers); i++)
    if (g_str_has_prefix (text, headers[i].name))
      {
        const char *value = text + strlen (headers[i].name);
        char       *end = strchr (text, '\n');

        G_STRUCT_MEMBER (const char *, request, headers[i].offset) = value;
        if (end == NULL)
          return text + strlen (text);
        *end = '\0';
        return end + 1;
      }
  return NULL;
}

static char *
dup_path (const char *text)
{
  g_autofree char *upload = strstr (text, "{upload}") != NULL ? dup_upload () : NULL;
  GString         *path = g_string_new (text);

  if (upload != NULL)
    g_string_replace (path, "{upload}", upload, 1);
  g_string_replace (path, "{file}", file, 1);
  return g_string_free_and_steal (path);
}

/* Whoever has withdrawn the key, or has left, is not known any more: nothing that follows would come to anything. */
static gboolean
is_known (void)
{
  TorgRequest request = { .method = "GET", .path = "/v1/me", .token = token, .peer = "127.0.0.1" };
  g_autoptr (TorgResponse) response = torg_routes_handle (store, &request);

  return response->status == 200;
}

static TorgResponse *
ask (TorgRequest *request)
{
  TorgResponse *response = torg_routes_handle (store, request);

  /* 501: a program that is newer than the server. */
  FUZZ_CHECK (response->status >= 200 && (response->status < 500 || response->status == 501));
  FUZZ_CHECK ((response->status != 206 && response->status != 416) || response->content_range != NULL);
  FUZZ_CHECK (response->status != 206 || (response->file != NULL && g_bytes_get_size (response->file) > 0));
  return response;
}

/* Where records are edited. Accounts, web forms and replicas have no keys. */
static gboolean
counts_key (const char *path)
{
  return g_str_has_prefix (path, "/v1/") && !g_str_has_prefix (path, "/v1/people") &&
         !g_str_has_prefix (path, "/v1/sync/");
}

/* With a key of its own: the store lives on, and what was done under another one is another question's. */
static void
ask_twice (TorgRequest *request)
{
  static guint     n;
  g_autofree char *key = g_strdup_printf ("%u-%s", n++, request->key);
  gint64           before = 0, between = 0, after = 0;
  TorgDb          *db = torg_server_store_get_db (store);
  g_autoptr (TorgResponse) first = NULL;
  g_autoptr (TorgResponse) second = NULL;
  static const char count[] = "SELECT seq FROM workspace";

  request->key = key;
  FUZZ_CHECK (torg_db_get_int (db, count, &before, NULL));
  first = ask (request);
  FUZZ_CHECK (torg_db_get_int (db, count, &between, NULL));
  second = ask (request);
  FUZZ_CHECK (torg_db_get_int (db, count, &after, NULL));
  /* What was refused was no effect, and may be tried again. */
  if (between == before)
    return;
  FUZZ_CHECK (after == between);
  FUZZ_CHECK (first->status == second->status && g_string_equal (first->body, second->body));
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  g_autofree char *text = g_strndup ((const char *) data, MIN (size, 4000));
  g_auto (GStrv) parts = g_strsplit (text, "\n", 2);
  g_auto (GStrv) words = parts[0] != NULL ? g_strsplit (parts[0], " ", 2) : NULL;
  g_auto (GStrv) path = words != NULL && words[0] != NULL && words[1] != NULL ? g_strsplit (words[1], "?", 2) : NULL;
  g_autofree char *where = NULL;
  g_autoptr (GHashTable) query = NULL;
  g_autoptr (TorgResponse) response = NULL;
  TorgRequest  request = { 0 };
  static guint n;

  if (n++ % INPUTS == 0 || !is_known ())
    open_store ();
  if (path == NULL || path[0] == NULL)
    return 0;
  if (path[1] != NULL)
    query = g_uri_parse_params (path[1], -1, "&", 0, NULL);
  where = dup_path (path[0]);
  request = (TorgRequest) {
    .method = words[0],
    .path = where,
    .query = query,
    .token = token,
    .if_match = "*",
    .peer = "127.0.0.1",
    .languages = parts[0],
    .files = files,
  };
  for (char *next = parts[1]; next != NULL; next = take_header (&request, next))
    request.body = next;
  request.length = request.body != NULL ? strlen (request.body) : 0;
  if (request.content == NULL)
    request.content =
      request.body != NULL && *request.body == '{' ? "application/json" : "application/x-www-form-urlencoded";
  if (request.key != NULL && counts_key (where))
    ask_twice (&request);
  else
    response = ask (&request);
  return 0;
}
