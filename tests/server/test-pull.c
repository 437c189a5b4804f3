/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "torg-test-server.h"

#include "torg-commit.h"
#include "torg-purge.h"
#include "torg-server-check.h"

#include <string.h>

/* What a client is sent: a first sync, changes, what goes out of view, what is hidden. */

static const char *
add_role (TestServer *server, const char *reach, const char *hidden)
{
  return test_add (server, "role",
                   test_text (server,
                              "{'name':'Роль','rights':'{`*`:{`read`:`%s`,`create`:`all`,`edit`:"
                              "`%s`}}','hidden':'%s'}",
                              reach, reach, hidden != NULL ? hidden : "{}"));
}

static const char *
add_company (TestServer *server, const char *name, const char *owner)
{
  return test_add (server, "company", test_text (server, "{'name':'%s','owner':'%s'}", name, owner));
}

static void
set (TestServer *server, const char *user, const char *type, const char *id, const char *field, const char *value)
{
  g_assert_cmpstr (
    test_do (server, user, TORG_OP_PATCH, type, id,
             test_text (server, "{'%s':{'base':%s,'new':%s}}", field, test_field (server, type, id, field), value)),
    ==, "applied");
}

static const char *
quoted (TestServer *server, const char *id)
{
  return test_text (server, "'%s'", id);
}

/* Records past the checks, many at once. */
static void
add_many (TestServer *server, guint n, const char *owner)
{
  TorgSchema *schema = torg_server_store_get_schema (server->store);
  g_autoptr (TorgCommit) commit = torg_commit_new (server->store, NULL);
  gint64 seq;

  g_assert_true (torg_db_begin (torg_server_store_get_db (server->store), NULL));
  for (guint i = 0; i < n; i++)
    {
      g_autoptr (TorgRecord) record = torg_record_new (schema, torg_schema_find (schema, "company"), test_id (server));

      torg_record_set_text (record, "name", "Ромашка");
      torg_record_set_text (record, "owner", owner);
      torg_commit_create (commit, record);
    }
  g_assert_true (torg_commit_write (commit, &seq, NULL));
  g_assert_true (torg_db_commit (torg_server_store_get_db (server->store), NULL));
}

/* By pages; what comes meanwhile is there in the end. */
static void
test_backfill (TestServer *server)
{
  const char *user = test_add_user (server, "Анна", NULL, NULL);
  const char *late, *first;
  g_autoptr (TestReplica) replica = test_replica_new (server, user, NULL);

  first = add_company (server, "Первая", user);
  add_many (server, TORG_WIRE_PAGE + 10, user);
  test_pull_once (replica, TORG_PULL_DONE);
  g_assert_true (replica->more && replica->backfill);
  g_assert_cmpuint (g_hash_table_size (replica->records), ==, TORG_WIRE_PAGE);
  late = add_company (server, "Поздняя", user);
  set (server, user, "company", first, "name", "'Иная'");
  g_assert_cmpuint (test_pull (replica), ==, 2);
  g_assert_true (test_has (replica, "company", late));
  g_assert_nonnull (strstr (g_hash_table_lookup (replica->records, test_text (server, "company/%s", first)), "Иная"));
  g_assert_cmpint (g_hash_table_size (replica->records), ==, TORG_WIRE_PAGE + 10 + 3 + 1);
  g_assert_cmpint (test_count (server, "SELECT count(*) FROM history"), ==, 1);
  /* Nothing new. */
  g_string_truncate (replica->text, 0);
  g_assert_cmpuint (test_pull (replica), ==, 1);
  g_assert_null (strstr (replica->text->str, "\"record\""));
}

static void
test_delta (TestServer *server)
{
  const char *user = test_add_user (server, "Анна", NULL, NULL);
  const char *one = add_company (server, "Первая", user), *two = add_company (server, "Вторая", user);
  g_autoptr (TestReplica) replica = test_replica_new (server, user, NULL);

  test_pull (replica);
  g_string_truncate (replica->text, 0);
  set (server, user, "company", one, "city", "'Тверь'");
  set (server, user, "company", one, "city", "'Пермь'");
  g_assert_cmpstr (test_do (server, user, TORG_OP_DELETE, "company", two, NULL), ==, "applied");
  test_pull (replica);
  /* Once, as it is; a deletion is a change. */
  g_assert_null (strstr (strstr (replica->text->str, "\"name\":\"Первая\"") + 1, "\"name\":\"Первая\""));
  g_assert_true (test_has (replica, "company", two));
  g_assert_nonnull (strstr (g_hash_table_lookup (replica->records, test_text (server, "company/%s", two)), "deleted"));
}

/* A record that is given to somebody else leaves, and so does what hangs on it. */
static void
test_gone (TestServer *server)
{
  const char *boss = test_add_user (server, "Глава", NULL, NULL);
  const char *user = test_add_user (server, "Анна", add_role (server, "own", NULL), NULL);
  const char *mine = add_company (server, "Моя", user), *other = add_company (server, "Чужая", boss);
  const char *entity = test_add (server, "legal_entity", test_text (server, "{'name':'ООО','company':'%s'}", mine));
  const char *account =
    test_add (server, "bank_account", test_text (server, "{'account':'4','legal_entity':'%s'}", entity));
  const char *bank = test_add (server, "bank", "{'name':'Сбербанк','bik':'044525225'}");
  g_autoptr (TestReplica) replica = test_replica_new (server, user, NULL);

  test_pull (replica);
  g_assert_true (test_has (replica, "company", mine));
  g_assert_true (test_has (replica, "legal_entity", entity));
  g_assert_true (test_has (replica, "bank_account", account));
  g_assert_true (test_has (replica, "bank", bank));
  g_assert_false (test_has (replica, "company", other));
  set (server, boss, "company", mine, "owner", quoted (server, boss));
  test_pull (replica);
  g_assert_true (test_went (replica, "company", mine));
  g_assert_true (test_went (replica, "legal_entity", entity));
  g_assert_true (test_went (replica, "bank_account", account));
  set (server, boss, "company", mine, "owner", quoted (server, user));
  test_pull (replica);
  g_assert_true (test_has (replica, "company", mine));
  g_assert_true (test_has (replica, "legal_entity", entity));
  g_assert_true (test_has (replica, "bank_account", account));
  g_assert_true (test_has (replica, "bank", bank));
  g_assert_null (strstr (replica->text->str, other));
}

/* Neither the field nor its history, nor a difference about it. */
static void
test_hidden (TestServer *server)
{
  const char *boss = test_add_user (server, "Глава", NULL, NULL);
  const char *role = add_role (server, "all", "{`company`:[`revenue`,`note`]}");
  const char *user = test_add_user (server, "Анна", role, NULL);
  const char *company = add_company (server, "Ромашка", user);
  const char *deleted = add_company (server, "Лютик", user);
  g_autoptr (TestReplica) replica = test_replica_new (server, user, NULL);
  g_autoptr (TestReplica) late = test_replica_new (server, user, NULL);
  g_autoptr (TestReplica) full = test_replica_new (server, boss, NULL);

  test_pull (replica);
  set (server, boss, "company", company, "note", "'СЕКРЕТ раз'");
  g_assert_cmpstr (test_do (server, boss, TORG_OP_DELETE, "company", deleted, NULL), ==, "applied");
  g_assert_cmpstr (test_do (server, boss, TORG_OP_PATCH, "company", deleted,
                            "{'note':{'base':null,'new':'СЕКРЕТ два'},'city':{'base':null,'new':'Тверь'}}"),
                   ==, "conflict");
  set (server, boss, "company", company, "revenue", "{'minor':77700,'currency':'RUB'}");
  g_assert_cmpstr (test_do (server, boss, TORG_OP_PATCH, "company", company,
                            "{'revenue':{'base':null,'new':{'minor':88800,'currency':'RUB'}}}"),
                   ==, "conflict");
  test_pull (replica);
  test_pull (late);
  test_pull (full);
  for (guint i = 0; i < 2; i++)
    {
      const char *text = i == 0 ? replica->text->str : late->text->str;

      g_assert_null (strstr (text, "СЕКРЕТ"));
      g_assert_null (strstr (text, "777"));
      g_assert_null (strstr (text, "888"));
      g_assert_nonnull (strstr (text, "Тверь"));
    }
  g_assert_nonnull (strstr (full->text->str, "СЕКРЕТ раз"));
  g_assert_nonnull (strstr (full->text->str, "СЕКРЕТ два"));
  g_assert_nonnull (strstr (full->text->str, "888"));
  g_assert_cmpuint (replica->gone->len, ==, 0);
  /* Nor may it be written. */
  g_assert_cmpstr (test_do (server, user, TORG_OP_PATCH, "company", company, "{'note':{'base':null,'new':'а'}}"), ==,
                   "forbidden:note");
  /* Shown again, all of it comes; hidden again, its history goes. */
  set (server, boss, "role", role, "hidden", "null");
  test_pull (replica);
  g_assert_nonnull (strstr (replica->text->str, "СЕКРЕТ раз"));
  set (server, boss, "role", role, "hidden", "'{`company`:[`note`]}'");
  test_pull (replica);
  g_assert_cmpuint (replica->gone->len, ==, 1);
}

/* What is seen changes: the difference comes and goes. */
static void
test_scope (TestServer *server)
{
  const char *boss = test_add_user (server, "Глава", NULL, NULL);
  const char *own = add_role (server, "own", NULL), *all = add_role (server, "all", NULL);
  const char *user = test_add_user (server, "Анна", own, NULL);
  const char *mine = add_company (server, "Моя", user), *other = add_company (server, "Чужая", boss);
  g_autoptr (TestReplica) replica = test_replica_new (server, user, NULL);

  test_pull (replica);
  g_assert_false (test_has (replica, "company", other));
  set (server, boss, "user", user, "role", quoted (server, all));
  test_pull (replica);
  g_assert_true (test_has (replica, "company", mine) && test_has (replica, "company", other));
  set (server, boss, "user", user, "role", quoted (server, own));
  test_pull (replica);
  g_assert_true (test_has (replica, "company", mine) && !test_has (replica, "company", other));
  g_assert_true (test_went (replica, "company", other));
  /* Who has left has nothing. */
  set (server, boss, "user", user, "disabled", "1772701200000000");
  test_pull (replica);
  g_assert_cmpuint (g_hash_table_size (replica->records), ==, 0);
}

/* What is seen as it was seen before does not come again. */
static void
test_scope_alike (TestServer *server)
{
  const char *boss = test_add_user (server, "Глава", NULL, NULL);
  const char *own = add_role (server, "own", NULL);
  const char *all = add_role (server, "all", NULL);
  const char *user = test_add_user (server, "Анна", own, NULL);
  const char *mine = add_company (server, "Моя", user), *other = add_company (server, "Чужая", boss);
  const char *product = test_add (server, "product", "{'name':'Насос','sku':'Н-1'}");
  g_autoptr (TestReplica) replica = test_replica_new (server, user, NULL);

  test_pull (replica);
  g_string_truncate (replica->text, 0);
  set (server, boss, "user", user, "role", quoted (server, all));
  test_pull (replica);
  g_assert_nonnull (strstr (replica->text->str, other));
  g_assert_null (strstr (replica->text->str, mine));
  g_assert_null (strstr (replica->text->str, product));
  /* Fields of one type are hidden: others are as they were; what has changed meanwhile comes. */
  g_string_truncate (replica->text, 0);
  set (server, boss, "company", mine, "city", "'Тверь'");
  set (server, boss, "role", all, "hidden", "'{`product`:[`sku`]}'");
  test_pull (replica);
  g_assert_nonnull (strstr (replica->text->str, product));
  g_assert_nonnull (strstr (replica->text->str, "Тверь"));
  g_assert_null (strstr (replica->text->str, other));
  /* While a difference is under way, nobody knows what the replica has: all comes. */
  add_many (server, TORG_WIRE_PAGE, boss);
  test_pull (replica);
  set (server, boss, "user", user, "role", quoted (server, own));
  test_pull_once (replica, TORG_PULL_DONE);
  g_assert_true (replica->more);
  g_string_truncate (replica->text, 0);
  set (server, boss, "user", user, "role", quoted (server, all));
  test_pull (replica);
  g_assert_nonnull (strstr (replica->text->str, other));
  g_assert_true (test_has (replica, "company", other) && test_has (replica, "company", mine));
}

/* A record that moved to where neither the old nor the new sight reaches, before the sight changed. */
static void
test_scope_moved (TestServer *server)
{
  const char *boss = test_add_user (server, "Глава", NULL, NULL);
  const char *first = test_add (server, "department", "{'name':'Первый'}");
  const char *second = test_add (server, "department", "{'name':'Второй'}");
  const char *third = test_add (server, "department", "{'name':'Третий'}");
  const char *user = test_add_user (server, "Анна", add_role (server, "department", NULL), first);
  const char *company = test_add (server, "company", test_text (server, "{'name':'Ромашка','department':'%s'}", first));
  g_autoptr (TestReplica) replica = test_replica_new (server, user, NULL);

  test_pull (replica);
  g_assert_true (test_has (replica, "company", company));
  set (server, boss, "company", company, "department", quoted (server, third));
  set (server, boss, "user", user, "department", quoted (server, second));
  test_pull (replica);
  g_assert_false (test_has (replica, "company", company));
}

/* The sight changes once more in the middle of the difference. */
static void
test_scope_twice (TestServer *server)
{
  const char *boss = test_add_user (server, "Глава", NULL, NULL);
  const char *departments[3];
  const char *user, *company;
  g_autoptr (TestReplica) replica = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (departments); i++)
    departments[i] = test_add (server, "department", "{'name':'Отдел'}");
  user = test_add_user (server, "Анна", add_role (server, "department", NULL), departments[0]);
  add_many (server, TORG_WIRE_PAGE, boss);
  company = test_add (server, "company", test_text (server, "{'name':'Я','department':'%s'}", departments[0]));
  replica = test_replica_new (server, user, NULL);
  test_pull (replica);
  g_assert_true (test_has (replica, "company", company));
  set (server, boss, "user", user, "department", quoted (server, departments[1]));
  test_pull_once (replica, TORG_PULL_DONE);
  g_assert_true (replica->more && test_has (replica, "company", company));
  set (server, boss, "user", user, "department", quoted (server, departments[2]));
  test_pull (replica);
  g_assert_false (test_has (replica, "company", company));
}

static void
pull_with (TestReplica *replica, const char *cursor, TorgPullStatus expected)
{
  g_set_str (&replica->cursor, cursor);
  test_pull_once (replica, expected);
}

static void
test_cursors (TestServer *server)
{
  const char              *user = test_add_user (server, "Анна", NULL, NULL);
  static const char *const broken[] = { "", "a", "....", "bm9uc2Vuc2U.", "e30.", "W10.", "\xd1\x91", "bnVsbA.." };
  g_autoptr (TestReplica) replica = test_replica_new (server, user, NULL);
  g_autoptr (TorgWireCursor) cursor = NULL;
  g_autofree char *good = NULL, *text = NULL, *ahead = NULL, *tag = NULL, *odd = NULL;
  g_autofree char *large = g_strnfill (100000, 'A');

  test_pull (replica);
  good = g_strdup (replica->cursor);
  for (guint i = 0; i < G_N_ELEMENTS (broken); i++)
    pull_with (replica, broken[i], TORG_PULL_INVALID);
  pull_with (replica, large, TORG_PULL_INVALID);
  pull_with (replica, good, TORG_PULL_DONE);
  cursor = torg_wire_cursor_from_text (good, NULL);
  g_set_str (&cursor->epoch, "another");
  text = torg_wire_cursor_to_text (cursor);
  pull_with (replica, text, TORG_PULL_GONE);
  g_clear_pointer (&cursor, torg_wire_cursor_free);
  cursor = torg_wire_cursor_from_text (good, NULL);
  cursor->seq++;
  ahead = torg_wire_cursor_to_text (cursor);
  pull_with (replica, ahead, TORG_PULL_GONE);
  cursor->seq--;
  g_set_str (&cursor->tag, "0123");
  tag = torg_wire_cursor_to_text (cursor);
  pull_with (replica, tag, TORG_PULL_GONE);
  /* One with a type that is none cannot show more; one with a scope that never was begins anew. */
  g_clear_pointer (&cursor, torg_wire_cursor_free);
  cursor = torg_wire_cursor_from_text (good, NULL);
  cursor->type = g_strdup ("nonsense");
  odd = torg_wire_cursor_to_text (cursor);
  pull_with (replica, odd, TORG_PULL_DONE);
  g_set_str (&cursor->scope, "nonsense");
  g_free (odd);
  odd = torg_wire_cursor_to_text (cursor);
  pull_with (replica, odd, TORG_PULL_GONE);
}

/* A server that was restored while a first sync ran: its cursor is known, but not what it has sent since. */
static void
test_restored (TestServer *server)
{
  const char *user = test_add_user (server, "Анна", NULL, NULL);
  g_autoptr (TestReplica) replica = test_replica_new (server, user, NULL);
  static const char *const tables[] = { "commits", "change", "company" };
  gint64                   seq;

  add_many (server, TORG_WIRE_PAGE + 1, user);
  test_pull_once (replica, TORG_PULL_DONE);
  seq = test_count (server, "SELECT seq FROM workspace");
  add_company (server, "Поздняя", user);
  test_pull_once (replica, TORG_PULL_DONE);
  g_assert_true (replica->more);
  /* Back to before, and on by another way. */
  for (guint i = 0; i < G_N_ELEMENTS (tables); i++)
    g_assert_true (torg_db_exec (torg_server_store_get_db (server->store),
                                 test_text (server, "DELETE FROM %s WHERE seq > %d", tables[i], (int) seq), NULL));
  g_assert_true (torg_db_exec (torg_server_store_get_db (server->store),
                               test_text (server, "UPDATE workspace SET seq = %d", (int) seq), NULL));
  test_pull_once (replica, TORG_PULL_GONE);
  add_company (server, "Иная", user);
  test_pull_once (replica, TORG_PULL_GONE);
}

static void
add_very_many (TestServer *server, guint n, const char *owner)
{
  for (guint i = 0; i < n; i += 500)
    add_many (server, MIN (500, n - i), owner);
}

/* More than one answer holds; where it begins anew, all is there in the end. */
static void
test_many (TestServer *server)
{
  const char *user = test_add_user (server, "Анна", NULL, NULL);
  g_autoptr (TestReplica) late = test_replica_new (server, user, NULL);
  g_autoptr (TestReplica) again = test_replica_new (server, user, NULL);

  test_pull (late);
  add_very_many (server, TORG_PULL_MAX_CHANGES / 2, user);
  test_pull (again);
  add_very_many (server, TORG_PULL_MAX_CHANGES / 2 + 1, user);
  test_pull_once (late, TORG_PULL_EXPIRED);
  g_assert_cmpuint (test_pull (again), ==, 1);
}

/* Nor more of them than a client takes in one. */
static void
test_large (TestServer *server)
{
  const char      *user = test_add_user (server, "Анна", NULL, NULL);
  g_autofree char *note = g_strnfill (TORG_TEXT_MAX, 'n');
  g_autofree char *fields = g_strdup_printf ("{'name': 'Ромашка', 'owner': '%s', 'note': '%s'}", user, note);
  g_autoptr (TestReplica) late = test_replica_new (server, user, NULL);

  test_pull (late);
  for (guint i = 0; i <= TORG_PULL_MAX_BYTES / TORG_TEXT_MAX; i++)
    test_add (server, "company", fields);
  test_pull_once (late, TORG_PULL_EXPIRED);
}

/*
 * Changes are forgotten after a time: whoever knows the last of those misses nothing, others begin anew. Whether a
 * record has changed since any state of it stays known.
 */
static void
test_expired (TestServer *server)
{
  const char *user = test_add_user (server, "Анна", NULL, NULL), *other = test_add_user (server, "Б", NULL, NULL);
  const char *client = test_id (server), *id;
  g_autoptr (TestReplica) first = test_replica_new (server, user, NULL);
  g_autoptr (TestReplica) late = test_replica_new (server, user, NULL);
  g_autoptr (TestReplica) timely = test_replica_new (server, user, NULL);
  g_autoptr (GPtrArray) faults = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GPtrArray) batch = NULL;
  g_autoptr (GPtrArray) results = NULL;
  g_autoptr (GError) error = NULL;
  TorgEnv *env = torg_server_store_get_env (server->store);
  gint64   base;

  test_pull (late);
  id = add_company (server, "Ромашка", user);
  base = test_count (server, "SELECT seq FROM workspace");
  set (server, user, "company", id, "city", "'Тверь'");
  test_pull (timely);
  torg_env_set_now (env, torg_env_get_now (env) + TORG_PURGE_CHANGE_DAYS * G_TIME_SPAN_DAY + 1);
  add_company (server, "Василёк", user);
  for (guint i = 0; i < 2; i++)
    {
      torg_purge (server->store, NULL, &error);
      g_assert_no_error (error);
      g_assert_cmpint (test_count (server, "SELECT count(*) FROM commits"), ==, 2);
      g_assert_cmpint (
        test_count (server, test_text (server, "SELECT count(*) FROM change WHERE seq = %d", (int) base)), ==, 0);
    }
  test_pull_once (late, TORG_PULL_EXPIRED);
  test_pull (timely);
  g_assert_true (test_has (timely, "company", id));
  test_pull (first);
  g_assert_true (test_has (first, "company", id));
  torg_server_check (server->store, faults, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (faults->len, ==, 0);
  /* Made before the change that is forgotten by now: it asks. */
  batch = test_batch (test_mutation (server, client, TORG_OP_DELETE, "company", id, NULL), NULL);
  ((TorgWireMutation *) batch->pdata[0])->base_seq = base;
  results = test_push (server, other, client, batch, TORG_PUSH_DONE);
  g_assert_cmpstr (test_result (server, results, 0), ==, "conflict");
  /* The last commit is never forgotten. */
  torg_env_set_now (env, torg_env_get_now (env) + 2 * TORG_PURGE_CHANGE_DAYS * G_TIME_SPAN_DAY);
  torg_purge (server->store, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpint (test_count (server, "SELECT count(*) FROM commits"), ==, 2);
  test_pull (timely);
}

static TorgPullStatus
verify_with (TestReplica *replica, const TorgVerify *verify, GString *lines)
{
  g_autoptr (GError) error = NULL;
  TorgPullStatus status;

  torg_pull_verify (replica->server->store, replica->user, replica->client, replica->cursor, replica->acked, verify,
                    lines, &status, &error);
  g_assert_no_error (error);
  return status;
}

/* The digest of what a replica was sent. */
static void
sum_up (TestReplica *replica, TorgDigest *digest)
{
  GHashTableIter iter;
  gpointer       json;

  memset (digest, 0, sizeof *digest);
  g_hash_table_iter_init (&iter, replica->records);
  while (g_hash_table_iter_next (&iter, NULL, &json))
    {
      g_autoptr (JsonNode) node = json_from_string (json, NULL);
      JsonObject *record = json_node_get_object (node);
      guint8      bytes[16];

      if (json_object_has_member (record, "record"))
        record = json_object_get_object_member (record, "record");
      g_assert_true (torg_id_to_bytes (json_object_get_string_member (record, "id"), bytes));
      torg_digest_add (digest, bytes, json_object_get_int_member (record, "seq"));
    }
}

static void
check_digest (TestReplica *replica)
{
  g_autoptr (GString) lines = g_string_new (NULL);
  TorgVerify       verify = { TORG_SCHEMA_VERSION, NULL };
  TorgDigest       here;
  g_autofree char *text = NULL, *expected = NULL;
  g_autoptr (JsonNode) node = NULL;

  sum_up (replica, &here);
  node = torg_digest_to_json (&here);
  text = json_to_string (node, FALSE);
  expected = g_strdup_printf ("{\"digest\":%s}\n", text);
  g_assert_cmpint (verify_with (replica, &verify, lines), ==, TORG_PULL_DONE);
  g_assert_true (g_str_has_prefix (lines->str, expected));
}

/* The digest is of what one sees, and so are the records of a bucket. */
static void
test_verify (TestServer *server)
{
  const char *boss = test_add_user (server, "Глава", NULL, NULL);
  const char *role = add_role (server, "own", "{`company`:[`revenue`,`note`]}");
  const char *user = test_add_user (server, "Анна", role, NULL);
  const char *company = add_company (server, "Ромашка", user), *other = add_company (server, "Лютик", boss);
  g_autoptr (TestReplica) replica = test_replica_new (server, user, NULL);
  g_autoptr (TestReplica) full = test_replica_new (server, boss, NULL);
  g_autoptr (GString) lines = g_string_new (NULL);
  gboolean   all[TORG_DIGEST_BUCKETS], one[TORG_DIGEST_BUCKETS] = { FALSE };
  TorgVerify digest = { TORG_SCHEMA_VERSION, NULL }, every = { TORG_SCHEMA_VERSION, all }, some = { 1, one };
  guint8     bytes[16];

  for (guint i = 0; i < TORG_DIGEST_BUCKETS; i++)
    all[i] = TRUE;
  set (server, boss, "company", company, "note", "'СЕКРЕТ'");
  add_many (server, TORG_WIRE_PAGE + 1, user);
  g_assert_cmpint (verify_with (replica, &digest, lines), ==, TORG_PULL_MOVED);
  test_pull_once (replica, TORG_PULL_DONE);
  g_assert_cmpint (verify_with (replica, &digest, lines), ==, TORG_PULL_MOVED);
  test_pull (replica);
  test_pull (full);
  check_digest (replica);
  check_digest (full);
  g_assert_cmpint (verify_with (replica, &every, lines), ==, TORG_PULL_DONE);
  g_assert_nonnull (strstr (lines->str, company));
  g_assert_null (strstr (lines->str, other));
  g_assert_null (strstr (lines->str, "СЕКРЕТ"));
  g_string_truncate (lines, 0);
  g_assert_true (torg_id_to_bytes (other, bytes));
  one[torg_digest_get_bucket (bytes)] = TRUE;
  g_assert_cmpint (verify_with (full, &some, lines), ==, TORG_PULL_DONE);
  g_assert_nonnull (strstr (lines->str, other));
  add_company (server, "Поздняя", user);
  g_assert_cmpint (verify_with (replica, &every, lines), ==, TORG_PULL_MOVED);
}

static void
test_results (TestServer *server)
{
  const char *user = test_add_user (server, "Анна", NULL, NULL), *other = test_add_user (server, "Б", NULL, NULL);
  const char *client = test_id (server);
  g_autoptr (TestReplica) replica = test_replica_new (server, user, client);
  g_autoptr (TestReplica) foreign = test_replica_new (server, other, client);
  g_autoptr (GPtrArray) batch =
    test_batch (test_mutation (server, client, TORG_OP_CREATE, "tag", test_id (server), "{'name':{'new':'а'}}"),
                test_mutation (server, client, TORG_OP_CREATE, "tag", test_id (server), "{}"), NULL);
  g_autoptr (GPtrArray) results = NULL;

  test_pull (replica);
  g_assert_cmpint (replica->acked, ==, 0);
  results = test_push (server, user, client, batch, TORG_PUSH_DONE);
  /* The answer of the push was lost: the results come here. */
  test_pull (replica);
  g_assert_cmpint (replica->acked, ==, 2);
  g_assert_cmpuint (replica->results->len, ==, 2);
  g_assert_nonnull (strstr (replica->results->pdata[0], "applied"));
  g_assert_nonnull (strstr (replica->results->pdata[1], "rejected"));
  test_pull (replica);
  g_assert_cmpuint (replica->results->len, ==, 0);
  test_pull_once (foreign, TORG_PULL_FOREIGN);
  g_assert_cmpuint (foreign->text->len, ==, 0);
  g_assert_true (torg_db_exec (torg_server_store_get_db (server->store), "UPDATE client SET revoked = 1", NULL));
  test_pull_once (replica, TORG_PULL_FOREIGN);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  test_case ("/pull/backfill", test_backfill);
  test_case ("/pull/delta", test_delta);
  test_case ("/pull/gone", test_gone);
  test_case ("/pull/hidden", test_hidden);
  test_case ("/pull/scope", test_scope);
  test_case ("/pull/scope-alike", test_scope_alike);
  test_case ("/pull/scope-moved", test_scope_moved);
  test_case ("/pull/scope-twice", test_scope_twice);
  test_case ("/pull/cursors", test_cursors);
  test_case ("/pull/restored", test_restored);
  test_case ("/pull/many", test_many);
  test_case ("/pull/large", test_large);
  test_case ("/pull/expired", test_expired);
  test_case ("/pull/verify", test_verify);
  test_case ("/pull/results", test_results);
  return g_test_run ();
}
