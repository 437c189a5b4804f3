/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "torg-test-server.h"
#include "torg-server-check.h"

#include "torg-commit.h"
#include "torg-json.h"
#include "torg-pg.h"
#include "torg-rows.h"

#include <glib/gstdio.h>
#include <string.h>

/* --- the server --------------------------------------------------------------------------------------------------- */

/* Each test has a schema of its own in the database that was made for the program. */
static char *
make_schema (TorgEnv *env, const char *uri)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *id = torg_env_make_id (env);
  g_autofree char *name = g_strconcat ("test_", g_strdelimit (id, "-", '_'), NULL);
  g_autofree char *sql = g_strconcat ("CREATE SCHEMA ", name, NULL);
  g_autoptr (TorgDb) db = torg_pg_open (uri, &error);

  g_assert_no_error (error);
  g_assert_true (torg_db_exec (db, sql, &error));
  return g_strconcat (uri, "&options=-csearch_path%3D", name, NULL);
}

TestServer *
test_server_new (void)
{
  TestServer *self = g_new0 (TestServer, 1);
  g_autoptr (GError) error = NULL;
  g_autoptr (TorgEnv) chance = torg_env_new ();
  const char *postgresql = g_getenv ("TORG_TEST_POSTGRESQL");

  self->env = torg_env_new_seeded (1, TEST_START, NULL);
  self->numbers = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  self->pool = g_ptr_array_new_with_free_func (g_free);
  if (postgresql != NULL)
    self->uri = make_schema (chance, postgresql);
  else
    {
      self->dir = g_dir_make_tmp ("torg-server-XXXXXX", &error);
      g_assert_no_error (error);
      self->uri = g_strdup_printf ("sqlite:%s/server.db", self->dir);
    }
  self->store = torg_server_store_open (self->env, self->uri, &error);
  g_assert_no_error (error);
  if (postgresql == NULL)
    torg_db_exec (torg_server_store_get_db (self->store), "PRAGMA synchronous=OFF", NULL);
  torg_server_store_migrate (self->store, &error);
  g_assert_no_error (error);
  return self;
}

static void
remove_dir (const char *path)
{
  g_autoptr (GDir) dir = g_dir_open (path, 0, NULL);
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *file = g_build_filename (path, name, NULL);

      g_unlink (file);
    }
  g_rmdir (path);
}

void
test_server_free (TestServer *self)
{
  g_clear_pointer (&self->store, torg_server_store_free);
  if (self->dir != NULL)
    remove_dir (self->dir);
  torg_env_unref (self->env);
  g_hash_table_unref (self->numbers);
  g_ptr_array_unref (self->pool);
  g_free (self->dir);
  g_free (self->uri);
  g_free (self);
}

static const char *
keep (TestServer *self, char *text)
{
  g_ptr_array_add (self->pool, text);
  return text;
}

const char *
test_id (TestServer *self)
{
  return keep (self, torg_env_make_id (self->env));
}

const char *
test_text (TestServer *self, const char *format, ...)
{
  va_list     args;
  const char *text;

  va_start (args, format);
  text = keep (self, g_strdup_vprintf (format, args));
  va_end (args);
  return text;
}

/* --- records ------------------------------------------------------------------------------------------------------ */

static JsonNode *
parse (const char *text)
{
  g_autoptr (GString) json = g_string_new (text);
  g_autoptr (GError) error = NULL;
  JsonNode *node;

  g_string_replace (json, "'", "\"", 0);
  g_string_replace (json, "`", "\\\"", 0);
  node = json_from_string (json->str, &error);

  g_assert_no_error (error);
  return node;
}

const char *
test_add (TestServer *self, const char *type, const char *fields)
{
  const char *id = test_id (self);
  TorgSchema *schema;
  g_autoptr (TorgRecord) record = NULL;
  g_autoptr (TorgCommit) commit = NULL;
  g_autoptr (JsonNode) node = parse (fields);
  g_autoptr (GError) error = NULL;
  JsonObjectIter iter;
  const char    *name;
  JsonNode      *value;
  gint64         seq;

  g_assert_true (torg_db_begin (torg_server_store_get_db (self->store), &error));
  g_assert_true (torg_server_store_load_schema (self->store, &error));
  schema = torg_server_store_get_schema (self->store);
  record = torg_record_new (schema, torg_schema_find (schema, type), id);
  json_object_iter_init (&iter, json_node_get_object (node));
  while (json_object_iter_next (&iter, &name, &value))
    {
      const TorgField *field = torg_type_find_field (torg_record_get_kind (record), name);
      TorgValue        parsed = TORG_VALUE_INIT;

      g_assert_nonnull (field);
      g_assert_true (torg_value_from_json (value, field->kind, &parsed));
      torg_record_take_nth (record, field->index, parsed);
    }
  commit = torg_commit_new (self->store, NULL);
  torg_commit_create (commit, record);
  torg_commit_write (commit, &seq, &error);
  g_assert_no_error (error);
  g_assert_true (torg_db_commit (torg_server_store_get_db (self->store), &error));
  return id;
}

const char *
test_add_user (TestServer *self, const char *name, const char *role, const char *department)
{
  g_autoptr (GString) fields = g_string_new ("{'name':'");

  g_string_append_printf (fields, "%s'", name);
  if (role != NULL)
    g_string_append_printf (fields, ",'role':'%s'", role);
  if (department != NULL)
    g_string_append_printf (fields, ",'department':'%s'", department);
  g_string_append_c (fields, '}');
  return test_add (self, "user", fields->str);
}

static TorgRecord *
load (TestServer *self, const char *type, const char *id)
{
  g_autoptr (GError) error = NULL;
  TorgRecord *record;

  torg_server_store_load_schema (self->store, &error);
  g_assert_no_error (error);
  torg_server_store_load (self->store, torg_schema_find (torg_server_store_get_schema (self->store), type), id, FALSE,
                          &record, NULL, &error);
  g_assert_no_error (error);
  return record;
}

const char *
test_field (TestServer *self, const char *type, const char *id, const char *field)
{
  g_autoptr (TorgRecord) record = load (self, type, id);
  const TorgField *found = torg_type_find_field (torg_record_get_kind (record), field);

  g_assert_nonnull (record);
  return keep (self, torg_value_to_json_text (torg_record_nth (record, found->index), found->kind));
}

gboolean
test_is_deleted (TestServer *self, const char *type, const char *id)
{
  g_autoptr (TorgRecord) record = load (self, type, id);

  g_assert_nonnull (record);
  return torg_record_get_deleted (record) != 0;
}

gint64
test_seq (TestServer *self, const char *type, const char *id)
{
  g_autoptr (TorgRecord) record = load (self, type, id);

  return record != NULL ? torg_record_get_seq (record) : 0;
}

gint64
test_count (TestServer *self, const char *sql)
{
  g_autoptr (GError) error = NULL;
  gint64 number = 0;

  torg_db_get_int (torg_server_store_get_db (self->store), sql, &number, &error);
  g_assert_no_error (error);
  return number;
}

/* --- mutations ---------------------------------------------------------------------------------------------------- */

TorgWireMutation *
test_mutation (TestServer *self, const char *client, TorgOp op, const char *type, const char *id, const char *fields)
{
  TorgWireMutation *mutation = torg_wire_mutation_new ();
  gint64           *number = g_hash_table_lookup (self->numbers, client);

  if (number == NULL)
    {
      number = g_new0 (gint64, 1);
      g_hash_table_insert (self->numbers, g_strdup (client), number);
    }
  mutation->id = torg_env_make_id (self->env);
  mutation->client_seq = ++*number;
  mutation->group = torg_env_make_id (self->env);
  mutation->op = op;
  mutation->command = g_strdup (op == TORG_OP_COMMAND ? "move" : NULL);
  mutation->type = g_strdup (type);
  mutation->record = g_strdup (id);
  mutation->edited_at = torg_env_get_now (self->env);
  mutation->schema = TORG_SCHEMA_VERSION;
  json_node_unref (mutation->fields);
  mutation->fields = parse (fields != NULL ? fields : "{}");
  return mutation;
}

/* The mutations of one client. Their numbers follow their order here, whatever the order in which they were made. */
GPtrArray *
test_batch (TorgWireMutation *mutation, ...)
{
  GPtrArray *batch = g_ptr_array_new_with_free_func ((GDestroyNotify) torg_wire_mutation_free);
  gint64     first = mutation->client_seq;
  va_list    args;

  va_start (args, mutation);
  for (; mutation != NULL; mutation = va_arg (args, TorgWireMutation *))
    {
      first = MIN (first, mutation->client_seq);
      g_ptr_array_add (batch, mutation);
    }
  va_end (args);
  for (guint i = 0; i < batch->len; i++)
    ((TorgWireMutation *) batch->pdata[i])->client_seq = first + i;
  return batch;
}

GPtrArray *
test_push (TestServer *self, const char *user, const char *client, GPtrArray *mutations, TorgPushStatus expected)
{
  GPtrArray     *results = g_ptr_array_new_with_free_func ((GDestroyNotify) torg_wire_result_free);
  TorgPushStatus status;
  gint64         seq;
  g_autoptr (GError) error = NULL;

  torg_push (self->store, user, client, mutations, results, &status, &seq, &error);
  g_assert_no_error (error);
  g_assert_cmpint (status, ==, expected);
  if (status == TORG_PUSH_DONE)
    g_assert_cmpuint (results->len, ==, mutations->len);
  return results;
}

/* `applied`, `merged`, `conflict`, or `CODE` or `CODE:DETAIL` of what was rejected. */
const char *
test_result (TestServer *self, GPtrArray *results, guint index)
{
  TorgWireResult *result = g_ptr_array_index (results, index);

  switch (result->status)
    {
      case TORG_WIRE_APPLIED:
        return "applied";
      case TORG_WIRE_MERGED:
        return "merged";
      case TORG_WIRE_CONFLICT:
        return "conflict";
      case TORG_WIRE_REJECTED:
      default:
        return test_text (self, "%s%s%s", result->code, result->detail != NULL ? ":" : "",
                          result->detail != NULL ? result->detail : "");
    }
}

/* A mutation alone, from the user's usual client, which knows all that there is. */
const char *
test_do (TestServer *self, const char *user, TorgOp op, const char *type, const char *id, const char *fields)
{
  g_autofree char *client = torg_id_derive (user, "client");
  g_autoptr (GPtrArray) batch = test_batch (test_mutation (self, client, op, type, id, fields), NULL);
  g_autoptr (GPtrArray) results = NULL;

  if (op == TORG_OP_DELETE)
    ((TorgWireMutation *) batch->pdata[0])->base_seq = test_count (self, "SELECT seq FROM workspace");
  results = test_push (self, user, client, batch, TORG_PUSH_DONE);
  return test_result (self, results, 0);
}

/* --- replicas ----------------------------------------------------------------------------------------------------- */

TestReplica *
test_replica_new (TestServer *server, const char *user, const char *client)
{
  TestReplica *self = g_new0 (TestReplica, 1);

  self->server = server;
  self->user = user;
  self->client = client != NULL ? client : test_id (server);
  self->records = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  self->gone = g_ptr_array_new_with_free_func (g_free);
  self->results = g_ptr_array_new_with_free_func (g_free);
  self->text = g_string_new (NULL);
  return self;
}

void
test_replica_free (TestReplica *self)
{
  g_free (self->cursor);
  g_hash_table_unref (self->records);
  g_ptr_array_unref (self->gone);
  g_ptr_array_unref (self->results);
  g_string_free (self->text, TRUE);
  g_free (self);
}

static char *
name_of (JsonObject *object)
{
  return g_strconcat (json_object_get_string_member (object, "type"), "/", json_object_get_string_member (object, "id"),
                      NULL);
}

static void
read_rows (TestReplica *self, JsonNode *rows)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) records =
    torg_rows_from_json (torg_server_store_get_schema (self->server->store), rows, &error);

  g_assert_no_error (error);
  for (guint i = 0; i < records->len; i++)
    {
      g_autoptr (JsonNode) record = torg_record_to_json (records->pdata[i]);

      g_hash_table_insert (self->records, name_of (json_node_get_object (record)), json_to_string (record, FALSE));
    }
}

static void
read_line (TestReplica *self, const char *line)
{
  g_autoptr (JsonNode) node = json_from_string (line, NULL);
  JsonObject *root;

  g_assert_nonnull (node);
  root = json_node_get_object (node);
  if (json_object_has_member (root, "record"))
    g_hash_table_insert (self->records, name_of (json_object_get_object_member (root, "record")), g_strdup (line));
  else if (json_object_has_member (root, "rows"))
    read_rows (self, json_object_get_member (root, "rows"));
  else if (json_object_has_member (root, "gone"))
    {
      char *name = name_of (json_object_get_object_member (root, "gone"));

      g_hash_table_remove (self->records, name);
      g_ptr_array_add (self->gone, name);
    }
  else if (json_object_has_member (root, "result"))
    g_ptr_array_add (self->results, g_strdup (line));
  else
    {
      JsonObject *end = json_object_get_object_member (root, "end");

      g_set_str (&self->cursor, json_object_get_string_member (end, "cursor"));
      self->acked = json_object_get_int_member (end, "acked");
      self->more = json_object_get_boolean_member (end, "more");
      self->backfill = json_object_get_boolean_member (end, "backfill");
    }
}

void
test_pull_once (TestReplica *self, TorgPullStatus expected)
{
  g_autoptr (GString) answer = g_string_new (NULL);
  g_autoptr (GError) error = NULL;
  g_auto (GStrv) lines = NULL;
  TorgPullStatus status;

  torg_pull (self->server->store, self->user, self->client, self->cursor, self->acked, answer, &status, &error);
  g_assert_no_error (error);
  g_assert_cmpint (status, ==, expected);
  g_string_append (self->text, answer->str);
  lines = g_strsplit (answer->str, "\n", -1);
  for (guint i = 0; lines[i] != NULL && *lines[i] != '\0'; i++)
    read_line (self, lines[i]);
}

/* To the end; tells how many answers that took. */
guint
test_pull (TestReplica *self)
{
  guint n = 0;

  g_ptr_array_set_size (self->gone, 0);
  g_ptr_array_set_size (self->results, 0);
  do
    test_pull_once (self, TORG_PULL_DONE);
  while (++n < 1000 && self->more);
  g_assert_false (self->more);
  return n;
}

gboolean
test_has (TestReplica *self, const char *type, const char *id)
{
  return g_hash_table_contains (self->records, test_text (self->server, "%s/%s", type, id));
}

gboolean
test_went (TestReplica *self, const char *type, const char *id)
{
  return g_ptr_array_find_with_equal_func (self->gone, test_text (self->server, "%s/%s", type, id), g_str_equal, NULL);
}

/* What the check finds, each said in the log. */
guint
test_count_faults (TestServer *server)
{
  g_autoptr (GPtrArray) faults = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GError) error = NULL;

  torg_server_check (server->store, faults, &error);
  g_assert_no_error (error);
  for (guint i = 0; i < faults->len; i++)
    g_test_message ("%s", (const char *) faults->pdata[i]);
  return faults->len;
}

/* --- cases -------------------------------------------------------------------------------------------------------- */

static void
run_case (gconstpointer data)
{
  void (*run) (TestServer *server) = (void (*) (TestServer *)) (gsize) data;
  g_autoptr (TestServer) server = test_server_new ();

  run (server);
}

void
test_case (const char *name, void (*run) (TestServer *server))
{
  g_autofree char *path =
    g_strdup_printf ("/%s%s", g_getenv ("TORG_TEST_POSTGRESQL") != NULL ? "postgresql" : "sqlite", name);

  g_test_add_data_func (path, (gconstpointer) (gsize) run, run_case);
}
