/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "torg-sync-store.h"
#include "torg-test-store.h"

/* What waits for the server, exactly as DESIGN.md §3 has it. */

static void
test_local (void)
{
  g_autoptr (TestStore) test = test_store_new (1);
  g_autofree char *id = test_create (test->store, "company", "name", "Ромашка", NULL);

  test_patch (test->store, "company", id, "city", "Тверь");
  test_delete (test->store, "company", id);
  g_assert_cmpint (test_int (test->store, "SELECT count(*) FROM outbox"), ==, 0);
  g_assert_cmpint (test_int (test->store, "SELECT count(*) FROM shadow"), ==, 0);
}

static void
assert_last (TorgStore *store, const char *op, const char *command, const char *id, gint64 base_seq, const char *fields)
{
  g_autoptr (TorgStatement) statement =
    torg_db_prepare (store->db,
                     "SELECT op, command, id, base_seq, fields, edited_at, schema, client_seq, mutation, group_id, "
                     "type FROM outbox WHERE cascade IS NULL ORDER BY rid DESC LIMIT 1",
                     NULL);
  g_autofree char *found = NULL;
  g_autofree char *mutation = NULL;
  g_autofree char *group = NULL;
  gboolean         row;

  g_assert_true (torg_statement_step (statement, &row, NULL));
  g_assert_true (row);
  found = torg_statement_dup_id (statement, 2);
  mutation = torg_statement_dup_id (statement, 8);
  group = torg_statement_dup_id (statement, 9);
  g_assert_cmpstr (torg_statement_get_text (statement, 0), ==, op);
  g_assert_cmpstr (torg_statement_get_text (statement, 1), ==, command);
  g_assert_cmpstr (found, ==, id);
  g_assert_cmpint (torg_statement_get_int (statement, 3), ==, base_seq);
  if (fields != NULL)
    g_assert_cmpstr (torg_statement_get_text (statement, 4), ==, fields);
  g_assert_cmpint (torg_statement_get_int (statement, 5), ==, torg_env_get_now (torg_store_get_env (store)));
  g_assert_cmpint (torg_statement_get_int (statement, 6), ==, TORG_SCHEMA_VERSION);
  g_assert_true (torg_statement_is_null (statement, 7));
  g_assert_true (torg_id_is_valid (mutation) && torg_id_is_valid (group));
}

static void
test_server (void)
{
  g_autoptr (TestStore) test = test_store_new (2);
  TorgStore       *store;
  g_autofree char *id = NULL;
  g_autofree char *deal = NULL;
  g_autofree char *stage = NULL;
  g_autofree char *activity = NULL;
  g_autofree char *expected = NULL;
  g_autoptr (TorgEdit) move = torg_edit_new ("move");
  g_autoptr (TorgEdit) restore = torg_edit_new ("restore");

  test_store_to_server (test);
  store = test->store;
  id = test_create (store, "company", "name", "Ромашка", "revenue", "10 RUB", NULL);
  expected =
    g_strdup_printf ("{\"name\":{\"new\":\"Ромашка\"},\"revenue\":{\"new\":{\"minor\":1000,\"currency\":\"RUB\"}},"
                     "\"owner\":{\"new\":\"%s\"},\"created\":{\"new\":%" G_GINT64_FORMAT "}}",
                     torg_store_get_user (store), TEST_NOW);
  assert_last (store, "create", NULL, id, 0, expected);
  /* The server has taken it. */
  g_assert_true (torg_db_exec (store->db, "DELETE FROM outbox; UPDATE company SET seq = 42", NULL));
  test_store_pass (test, 5);
  test_patch (store, "company", id, "city", "Тверь");
  assert_last (store, "patch", NULL, id, 42, "{\"city\":{\"base\":null,\"new\":\"Тверь\"}}");
  test_patch (store, "company", id, "city", "Псков");
  assert_last (store, "patch", NULL, id, 42, "{\"city\":{\"base\":\"Тверь\",\"new\":\"Псков\"}}");
  g_assert_cmpint (test_int (store, "SELECT count(*) FROM shadow"), ==, 1);
  /* The shadow is the server's row: without the city. */
  g_assert_cmpint (test_int (store, "SELECT json_extract(record, '$.fields.city') IS NULL AND "
                                    "json_extract(record, '$.fields.name') = 'Ромашка' FROM shadow"),
                   ==, 1);
  /* What does not change anything is not sent. */
  test_patch (store, "company", id, "city", "Псков");
  g_assert_cmpint (test_int (store, "SELECT count(*) FROM outbox"), ==, 2);

  deal = test_create (store, "deal", "title", "Поставка", "company", id, NULL);
  stage = test_stage (store, "deals", "open", 2);
  torg_edit_move (move, "deal", deal, stage, 70000);
  test_apply (store, move);
  assert_last (store, "command", "move", deal, 0, NULL);
  g_assert_cmpint (test_int (store,
                             "SELECT json_extract(fields, '$.rank.new') = 7 AND "
                             "json_extract(fields, '$.stage.base') IS NOT NULL FROM outbox ORDER BY rid DESC LIMIT 1"),
                   ==, 1);
  /* Derived fields are never sent: the activity changes the deal's next step, and carries none of its own. */
  activity = test_create (store, "activity", "kind", "call", "deal", deal, "due", "2026-03-09", NULL);
  g_assert_cmpint (
    test_int (store, "SELECT json_extract(fields, '$.at') IS NULL FROM outbox ORDER BY rid DESC LIMIT 1"), ==, 1);
  g_assert_cmpint (test_int (store, "SELECT next_at IS NOT NULL FROM deal"), ==, 1);
  /* A deletion is one mutation; the server takes along what hangs on it by the same rules. */
  {
    gint64 n = test_int (store, "SELECT count(*) FROM outbox");

    test_delete (store, "deal", deal);
    assert_last (store, "delete", NULL, deal, 0, "{}");
    g_assert_cmpint (test_int (store, "SELECT count(*) FROM outbox WHERE cascade IS NULL"), ==, n + 1);
    /* What was deleted along waits with it, so that it comes back if the server does not delete. */
    g_assert_cmpint (test_int (store, "SELECT count(*) FROM outbox WHERE cascade IS NOT NULL"), ==, 1);
  }
  torg_edit_restore (restore, "deal", deal);
  test_apply (store, restore);
  assert_last (store, "restore", NULL, deal, 0, "{}");
  /* It says the last change that was known of all that goes along, not of the record alone. */
  g_assert_true (torg_db_exec (store->db,
                               "DELETE FROM outbox; DELETE FROM shadow; UPDATE deal SET seq = 50; "
                               "UPDATE activity SET seq = 60",
                               NULL));
  test_delete (store, "deal", deal);
  assert_last (store, "delete", NULL, deal, 60, "{}");
  test_check (store);
}

/* All mutations of what the user did at once are one group, of at most 200. */
static void
test_groups (void)
{
  g_autoptr (TestStore) test = test_store_new (3);
  g_autoptr (TorgEdit) edit = torg_edit_new ("many");

  test_store_to_server (test);
  for (int i = 0; i < 450; i++)
    {
      g_autoptr (TorgRecord) record = test_new_record (test->store, "company", "name", "Компания", NULL);

      torg_edit_create (edit, record);
    }
  test_apply (test->store, edit);
  g_assert_cmpint (test_int (test->store, "SELECT count(DISTINCT group_id) FROM outbox"), ==, 3);
  g_assert_cmpint (test_int (test->store, "SELECT max(n) FROM (SELECT count(*) AS n FROM outbox GROUP BY group_id)"),
                   ==, 200);
  g_assert_cmpint (test_int (test->store, "SELECT count(DISTINCT mutation) FROM outbox"), ==, 450);
  g_free (test_create (test->store, "company", "name", "Ещё одна", NULL));
  g_assert_cmpint (test_int (test->store, "SELECT count(DISTINCT group_id) FROM outbox"), ==, 4);
  /* All of it is one step to undo. */
  test_undo (test->store, 0, 0);
  test_undo (test->store, 0, 0);
  g_assert_cmpint (test_int (test->store, "SELECT count(*) FROM outbox"), ==, 0);
  g_assert_cmpint (test_int (test->store, "SELECT count(*) FROM company"), ==, 0);
}

/* What was done before there was a server is undone by an edit: the server may have it, sent as what it was then. */
static void
test_undo_alone (void)
{
  g_autoptr (TestStore) test = test_store_new (4);
  g_autofree char *id = test_create (test->store, "company", "name", "Ромашка", NULL);
  g_autofree char *client = torg_env_make_id (test->env);
  g_autofree char *user = g_strdup (torg_store_get_user (test->store));
  g_autoptr (TorgRecord) record = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_true (torg_store_connect (test->store, client, user, &error));
  g_assert_no_error (error);
  while (torg_store_is_adopting (test->store))
    g_assert_true (torg_store_adopt_step (test->store, NULL));
  /* Sent, and acknowledged. */
  g_assert_true (torg_db_exec (test->store->db, "DELETE FROM outbox; UPDATE company SET seq = 42", NULL));
  test_undo (test->store, 0, 0);
  record = torg_store_get (test->store, "company", id, NULL);
  g_assert_nonnull (record);
  g_assert_cmpint (torg_record_get_deleted (record), !=, 0);
  g_assert_cmpint (test_int (test->store, "SELECT count(*) FROM outbox WHERE op = 'delete'"), ==, 1);
}

/* What was here before there was a server counts as unsent from the moment of connecting on, and can be read. */
static void
test_content (void)
{
  g_autoptr (TestStore) test = test_store_new (5);
  g_autofree char *id = test_create (test->store, "company", "name", "Ромашка", NULL);
  g_autofree char *client = torg_env_make_id (test->env);
  g_autofree char *user = g_strdup (torg_store_get_user (test->store));
  g_autoptr (GPtrArray) content = NULL, after = NULL;
  g_autoptr (GError) error = NULL;
  gint64   n;
  gboolean found = FALSE;

  g_assert_cmpint (torg_store_count_unsent (test->store), ==, 0);
  g_assert_true (torg_store_connect (test->store, client, user, &error));
  g_assert_true (torg_store_is_adopting (test->store));
  n = torg_store_count_unsent (test->store);
  g_assert_cmpint (n, >, 0);
  content = torg_store_list_content (test->store, &error);
  g_assert_no_error (error);
  g_assert_cmpint (content->len, ==, n);
  for (guint i = 0; i < content->len; i++)
    {
      TorgWireMutation *mutation = content->pdata[i];
      g_autofree char  *fields = json_to_string (mutation->fields, FALSE);

      g_assert_cmpint (mutation->op, ==, TORG_OP_CREATE);
      found |= g_str_equal (mutation->record, id) && g_str_equal (mutation->type, "company") &&
               strstr (fields, "Ромашка") != NULL;
    }
  g_assert_true (found);
  /* An edit of such a record is in it. */
  test_patch (test->store, "company", id, "name", "Лютик");
  g_assert_cmpint (torg_store_count_unsent (test->store), ==, n);
  while (torg_store_is_adopting (test->store))
    g_assert_true (torg_store_adopt_step (test->store, NULL));
  after = torg_store_list_content (test->store, &error);
  g_assert_cmpuint (after->len, ==, 0);
  g_assert_cmpint (torg_store_count_unsent (test->store), >, 0);
}

static void
clear_outbox (TorgStore *store)
{
  g_assert_true (torg_db_exec (store->db, "DELETE FROM outbox", NULL));
}

static guint
count_batch (TorgStore *store)
{
  g_autoptr (GPtrArray) batch = torg_store_build_batch (store, NULL);

  g_assert_nonnull (batch);
  return batch->len;
}

/* A question holds so much of single edits; a group is sent as one while any server takes it, then divided. */
static void
test_large (void)
{
  g_autoptr (TestStore) test = test_store_new (6);
  g_autofree char *note = g_strnfill (TORG_TEXT_MAX, 'n');
  g_autofree char *longer = g_strconcat (note, "n", NULL);
  g_autoptr (TorgEdit) group = torg_edit_new ("group");
  g_autoptr (TorgEdit) refused = torg_edit_new ("too long");
  g_autoptr (TorgRecord) record = NULL;
  g_autoptr (GError) error = NULL;
  guint fits = TORG_WIRE_BATCH_BYTES / (TORG_TEXT_MAX + 200);

  test_store_to_server (test);
  clear_outbox (test->store);
  for (guint i = 0; i < fits + 2; i++)
    g_free (test_create (test->store, "company", "name", "Ромашка", "note", note, NULL));
  g_assert_cmpuint (count_batch (test->store), ==, fits);
  clear_outbox (test->store);
  for (guint i = 0; i < fits + 2; i++)
    {
      g_autofree char *id = torg_env_make_id (test->env);
      g_autoptr (TorgRecord) company = torg_record_new (
        torg_store_get_schema (test->store), torg_schema_find (torg_store_get_schema (test->store), "company"), id);

      torg_record_set_text (company, "name", "Лютик");
      torg_record_set_text (company, "note", note);
      torg_edit_create (group, company);
    }
  g_assert_true (torg_store_apply (test->store, group, NULL, &error));
  g_assert_no_error (error);
  g_free (test_create (test->store, "company", "name", "Ромашка", NULL));
  g_assert_cmpuint (count_batch (test->store), ==, fits + 2);
  g_assert_true (torg_store_set_state (test->store, "batch_bytes", "120000", NULL));
  g_assert_cmpuint (count_batch (test->store), ==, 2);
  g_assert_true (torg_store_set_state (test->store, "batch_bytes", "1", NULL));
  g_assert_cmpuint (count_batch (test->store), ==, 1);
  clear_outbox (test->store);
  g_assert_cmpuint (count_batch (test->store), ==, 0);
  /* What no question would hold several times is not taken at all. */
  record = torg_record_new (torg_store_get_schema (test->store),
                            torg_schema_find (torg_store_get_schema (test->store), "company"),
                            "0193f18b-7404-7591-8b59-8938cd300db5");
  torg_record_set_text (record, "name", "Ромашка");
  torg_record_set_text (record, "note", longer);
  torg_edit_create (refused, record);
  g_assert_false (torg_store_apply (test->store, refused, NULL, &error));
  g_assert_error (error, TORG_ERROR, TORG_ERROR_INVALID);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/outbox/local", test_local);
  g_test_add_func ("/outbox/server", test_server);
  g_test_add_func ("/outbox/groups", test_groups);
  g_test_add_func ("/outbox/undo-alone", test_undo_alone);
  g_test_add_func ("/outbox/content", test_content);
  g_test_add_func ("/outbox/large", test_large);
  return g_test_run ();
}
