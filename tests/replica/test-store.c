/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "torg-test-store.h"

#include <glib/gstdio.h>

/* Edits: creation, changes, deletion with what hangs on it, restoring, moves under the company's rules, history. */

static guint
count_history (TorgStore *store, const char *id)
{
  g_autoptr (GPtrArray) lines = torg_store_list_history (store, id, NULL, 1000, NULL);

  return lines->len;
}

static void
assert_refused (TorgStore *store, TorgEdit *edit, int code, const char *words)
{
  g_autoptr (GError) error = NULL;
  gint64 rows = test_int (store, "SELECT (SELECT count(*) FROM history) + (SELECT count(*) FROM undo_step)");

  g_assert_false (torg_store_apply (store, edit, NULL, &error));
  g_assert_error (error, TORG_ERROR, code);
  if (words != NULL && strstr (error->message, words) == NULL)
    g_error ("“%s” does not say “%s”", error->message, words);
  g_assert_cmpint (test_int (store, "SELECT (SELECT count(*) FROM history) + (SELECT count(*) FROM undo_step)"), ==,
                   rows);
}

static void
test_company (void)
{
  g_autoptr (TestStore) test = test_store_new (1);

  g_assert_cmpint (test_int (test->store, "SELECT count(*) FROM pipeline"), ==, 2);
  g_assert_cmpint (test_int (test->store, "SELECT count(*) FROM stage"), ==, 13);
  g_assert_nonnull (torg_store_get_user (test->store));
  g_assert_cmpint (test_int (test->store, "SELECT count(*) FROM history"), ==, 0);
  /* A second time nothing is made. */
  g_assert_true (torg_store_begin_company (test->store, "en", "Somebody", NULL));
  g_assert_cmpint (test_int (test->store, "SELECT count(*) FROM pipeline"), ==, 2);
  test_check (test->store);
}

static void
test_create_patch (void)
{
  g_autoptr (TestStore) test = test_store_new (2);
  g_autofree char *id = test_create (test->store, "company", "name", "Ромашка", "phones",
                                     "+7 495 123-45-67, +7 916 000-11-22", "revenue", "1234.5 RUB", NULL);
  g_autoptr (GPtrArray) lines = NULL;
  g_autoptr (TorgEdit) missing = torg_edit_new (NULL);
  g_autoptr (TorgEdit) empty = torg_edit_new (NULL);
  g_autoptr (TorgEdit) unknown = torg_edit_new (NULL);

  g_assert_cmpuint (count_history (test->store, id), ==, 1);
  test_assert_field (test->store, "company", id, "name", "Ромашка");
  test_assert_field (test->store, "company", id, "revenue", "1234.5 RUB");
  test_assert_field (test->store, "company", id, "owner", torg_store_get_user (test->store));

  test_store_pass (test, 60);
  test_patch (test->store, "company", id, "name", "Ромашка и Ко");
  lines = torg_store_list_history (test->store, id, "name", 10, NULL);
  g_assert_cmpuint (lines->len, ==, 1);
  g_assert_cmpstr (torg_record_get_text (lines->pdata[0], "old"), ==, "\"Ромашка\"");
  g_assert_cmpstr (torg_record_get_text (lines->pdata[0], "new"), ==, "\"Ромашка и Ко\"");
  g_assert_cmpstr (torg_record_get_text (lines->pdata[0], "author"), ==, torg_store_get_user (test->store));
  g_assert_cmpint (torg_record_get_number (lines->pdata[0], "at"), ==, TEST_NOW + 60 * G_USEC_PER_SEC);
  /* The same value again is no change. */
  test_patch (test->store, "company", id, "name", "Ромашка и Ко");
  /* `created` is not historical. */
  test_patch (test->store, "company", id, "created", "2020-01-01T00:00:00Z");
  g_assert_cmpuint (count_history (test->store, id), ==, 2);
  test_patch (test->store, "company", id, "city", "");
  g_assert_cmpuint (count_history (test->store, id), ==, 2);

  torg_edit_take (empty, "company", id, "name", (TorgValue) TORG_VALUE_INIT);
  assert_refused (test->store, empty, TORG_ERROR_INVALID, NULL);
  torg_edit_take (unknown, "company", id, "nothing", torg_value_text ("x"));
  assert_refused (test->store, unknown, TORG_ERROR_NOT_FOUND, "nothing");
  torg_edit_take (missing, "company", "00000000-0000-7000-8000-000000000000", "name", torg_value_text ("x"));
  assert_refused (test->store, missing, TORG_ERROR_NOT_FOUND, NULL);
  test_check (test->store);
}

/* Nothing of an edit stays when a later part of it cannot be. */
static void
test_all_or_nothing (void)
{
  g_autoptr (TestStore) test = test_store_new (3);
  g_autoptr (TorgEdit) edit = torg_edit_new (NULL);
  g_autoptr (TorgRecord) good = test_new_record (test->store, "company", "name", "Хорошая", NULL);
  g_autoptr (TorgRecord) bad = test_new_record (test->store, "company", "city", "Без имени", NULL);
  g_autoptr (GPtrArray) changes = NULL;

  g_ptr_array_unref (torg_store_steal_changes (test->store));
  torg_edit_create (edit, good);
  torg_edit_create (edit, bad);
  assert_refused (test->store, edit, TORG_ERROR_INVALID, NULL);
  g_assert_cmpint (test_int (test->store, "SELECT count(*) FROM company"), ==, 0);
  changes = torg_store_steal_changes (test->store);
  g_assert_cmpuint (changes->len, ==, 0);
  test_check (test->store);
}

/* An inner part that fails takes only itself back. */
static void
test_nested (void)
{
  g_autoptr (TestStore) test = test_store_new (4);
  g_autoptr (TorgEdit) edit = torg_edit_new (NULL);
  g_autoptr (TorgRecord) bad = test_new_record (test->store, "company", "city", "Без имени", NULL);
  g_autofree char *kept = NULL;
  g_autofree char *later = NULL;
  g_autoptr (GPtrArray) changes = NULL;

  g_ptr_array_unref (torg_store_steal_changes (test->store));
  g_assert_true (torg_store_begin (test->store, NULL));
  kept = test_create (test->store, "company", "name", "Осталась", NULL);
  torg_edit_create (edit, bad);
  assert_refused (test->store, edit, TORG_ERROR_INVALID, NULL);
  later = test_create (test->store, "company", "name", "Потом", NULL);
  changes = torg_store_steal_changes (test->store);
  g_assert_cmpuint (changes->len, ==, 0);
  g_assert_true (torg_store_commit (test->store, NULL));
  g_ptr_array_unref (changes);
  changes = torg_store_steal_changes (test->store);
  g_assert_cmpuint (changes->len, ==, 2);
  g_assert_cmpint (test_int (test->store, "SELECT count(*) FROM company"), ==, 2);

  g_assert_true (torg_store_begin (test->store, NULL));
  g_free (test_create (test->store, "company", "name", "Пропадёт", NULL));
  torg_store_rollback (test->store);
  g_assert_cmpint (test_int (test->store, "SELECT count(*) FROM company"), ==, 2);
  g_ptr_array_unref (changes);
  changes = torg_store_steal_changes (test->store);
  g_assert_cmpuint (changes->len, ==, 0);
  test_check (test->store);
}

static void
test_deletion (void)
{
  g_autoptr (TestStore) test = test_store_new (5);
  TorgStore       *store = test->store;
  g_autofree char *company = test_create (store, "company", "name", "Ромашка", NULL);
  g_autofree char *daughter = test_create (store, "company", "name", "Лютик", "parent", company, NULL);
  g_autofree char *deal = test_create (store, "deal", "title", "Поставка", "company", company, NULL);
  g_autofree char *product = test_create (store, "product", "name", "Насос", NULL);
  g_autofree char *line = test_create (store, "deal_line", "deal", deal, "product", product, NULL);
  g_autofree char *entity = test_create (store, "legal_entity", "name", "ООО Ромашка", "company", company, NULL);
  g_autofree char *call = test_create (store, "activity", "kind", "call", "company", company, NULL);
  g_autofree char *file_owner = test_create (store, "activity", "kind", "note", "deal", deal, NULL);
  g_autoptr (TorgEdit) refused = torg_edit_new (NULL);
  g_autoptr (TorgRecord) record = NULL;
  g_autoptr (TorgEdit) restore = torg_edit_new (NULL);
  gint64 step;

  /* Refuse: a line of a deal holds its product. */
  torg_edit_delete (refused, "product", product);
  assert_refused (store, refused, TORG_ERROR_RULE, "Насос");
  /* Clear: the deal and the daughter stay. Cascade: what belongs to the company goes. */
  step = test_delete (store, "company", company);
  test_assert_field (store, "deal", deal, "company", "");
  test_assert_field (store, "company", daughter, "parent", "");
  g_assert_cmpint (test_int (store, "SELECT count(*) FROM legal_entity WHERE deleted IS NULL"), ==, 0);
  g_assert_cmpint (test_int (store, "SELECT count(*) FROM activity WHERE deleted IS NULL AND company IS NOT NULL"), ==,
                   0);
  g_assert_cmpint (test_int (store, "SELECT count(*) FROM deal WHERE deleted IS NULL"), ==, 1);
  record = torg_store_get (store, "company", company, NULL);
  g_assert_cmpint (torg_record_get_deleted (record), ==, TEST_NOW);
  g_assert_null (test_find (store, "company", "name", "Ромашка"));
  test_check (store);
  /* A second time nothing happens. */
  test_delete (store, "company", company);
  g_assert_cmpuint (count_history (store, company), ==, 2);

  test_undo (store, 0, 0);
  test_undo (store, step, 0);
  test_assert_field (store, "deal", deal, "company", company);
  test_assert_field (store, "company", daughter, "parent", company);
  g_assert_cmpint (test_int (store, "SELECT count(*) FROM legal_entity WHERE deleted IS NULL"), ==, 1);
  g_assert_cmpint (test_int (store, "SELECT count(*) FROM activity WHERE deleted IS NULL"), ==, 2);
  g_assert_cmpuint (count_history (store, company), ==, 1);
  test_check (store);

  /* The deal takes its line along; then the product is free. */
  test_delete (store, "deal", deal);
  test_delete (store, "product", product);
  torg_edit_restore (restore, "company", company);
  test_apply (store, restore);
  test_check (store);
}

/* A note without a time was done when it was made; a task waits. */
static void
test_note (void)
{
  g_autoptr (TestStore) test = test_store_new (12);
  TorgStore       *store = test->store;
  g_autofree char *note = test_create (store, "activity", "kind", "note", "body", "Просили счёт", NULL);
  g_autofree char *task = test_create (store, "activity", "kind", "task", "subject", "Счёт", NULL);

  g_assert_cmpint (test_int (store, "SELECT count(*) FROM activity WHERE kind = 'note' AND done = at AND at > 0"), ==,
                   1);
  test_assert_field (store, "activity", task, "done", "");
  test_patch (store, "activity", note, "due", "2026-03-05");
  test_patch (store, "activity", note, "done", "");
  test_assert_field (store, "activity", note, "done", "");
  test_check (store);
}

static void
test_lost (void)
{
  g_autoptr (TestStore) test = test_store_new (6);
  TorgStore       *store = test->store;
  g_autofree char *lost = test_stage (store, "deals", "lost", 0);
  g_autofree char *open = test_stage (store, "deals", "open", 2);
  g_autofree char *other = test_find (store, "dictionary", "code", "other");
  g_autofree char *price = test_find (store, "dictionary", "code", "price");
  g_autofree char *deal = test_create (store, "deal", "title", "Поставка", NULL);
  g_autoptr (TorgEdit) bare = torg_edit_new ("move");
  g_autoptr (TorgEdit) wordless = torg_edit_new ("move");
  g_autoptr (TorgEdit) good = torg_edit_new ("move");
  g_autoptr (TorgEdit) back = torg_edit_new ("move");
  g_auto (TorgValue) other_value = torg_value_text (other);
  g_auto (TorgValue) price_value = torg_value_text (price);

  torg_edit_move (bare, "deal", deal, lost, 0);
  assert_refused (store, bare, TORG_ERROR_RULE, NULL);
  torg_mutation_set (torg_edit_move (wordless, "deal", deal, lost, 0), "lost_reason", &other_value);
  assert_refused (store, wordless, TORG_ERROR_RULE, NULL);
  torg_mutation_set (torg_edit_move (good, "deal", deal, lost, 0), "lost_reason", &price_value);
  test_apply (store, good);
  test_assert_field (store, "deal", deal, "stage", lost);
  /* Back in work, it is not lost any more. */
  torg_edit_move (back, "deal", deal, open, 5);
  test_apply (store, back);
  test_assert_field (store, "deal", deal, "lost_reason", "");
  test_assert_field (store, "deal", deal, "rank", "0.0005");
  test_check (store);
}

static void
test_won (void)
{
  g_autoptr (TestStore) test = test_store_new (7);
  TorgStore       *store = test->store;
  g_autofree char *won = test_stage (store, "deals", "won", 0);
  g_autofree char *open = test_stage (store, "deals", "open", 0);
  g_autofree char *deal = test_create (store, "deal", "title", "Поставка", NULL);
  g_auto (TorgValue) amount = torg_value_money (100000, "RUB");
  g_auto (TorgValue) day = torg_value_text ("2026-03-02");
  g_autoptr (TorgEdit) bare = torg_edit_new ("move");
  g_autoptr (TorgEdit) dateless = torg_edit_new ("move");
  g_autoptr (TorgEdit) good = torg_edit_new ("move");
  g_autoptr (TorgEdit) imported = torg_edit_new ("import");
  g_autoptr (TorgEdit) created = torg_edit_new ("create");
  g_autoptr (TorgRecord) record = test_new_record (store, "deal", "title", "Сразу", "stage", won, NULL);
  g_autofree char *second = test_create (store, "deal", "title", "Вторая", NULL);
  TorgMutation    *move;

  torg_edit_move (bare, "deal", deal, won, 0);
  assert_refused (store, bare, TORG_ERROR_RULE, NULL);
  torg_mutation_set (torg_edit_move (dateless, "deal", deal, won, 0), "amount", &amount);
  assert_refused (store, dateless, TORG_ERROR_RULE, NULL);
  test_store_pass (test, 3600);
  move = torg_edit_move (good, "deal", deal, won, 0);
  torg_mutation_set (move, "amount", &amount);
  torg_mutation_set (move, "closed", &day);
  test_apply (store, good);
  g_assert_cmpint (test_int (store, "SELECT stage_since FROM deal WHERE title = 'Поставка'"), ==,
                   TEST_NOW + G_GINT64_CONSTANT (3600) * G_USEC_PER_SEC);
  test_assert_field (store, "deal", deal, "closed", "2026-03-02");
  /* A plain change of the stage follows the same rules, and so does a creation. */
  test_patch (store, "deal", deal, "stage", open);
  test_assert_field (store, "deal", deal, "closed", "");
  torg_edit_create (created, record);
  assert_refused (store, created, TORG_ERROR_RULE, NULL);
  /* What is imported is taken as it comes. */
  torg_edit_move (imported, "deal", second, won, 0);
  g_assert_true (torg_store_apply_import (store, imported, "import", NULL));
  test_assert_field (store, "deal", second, "stage", won);
  test_check (store);
}

static void
test_pipeline (void)
{
  g_autoptr (TestStore) test = test_store_new (8);
  TorgStore       *store = test->store;
  g_autofree char *deal = test_create (store, "deal", "title", "Поставка", NULL);
  g_autofree char *pipeline = test_create (store, "pipeline", "name", "Сервис", "kind", "deals", "position", "9", NULL);
  g_autofree char *second =
    test_create (store, "stage", "name", "Б", "pipeline", pipeline, "kind", "open", "position", "1", NULL);
  g_autofree char *first =
    test_create (store, "stage", "name", "А", "pipeline", pipeline, "kind", "open", "position", "0", NULL);
  g_autofree char *expected = test_stage (store, "deals", "open", 0);
  g_autofree char *lead = test_create (store, "lead", "name", "Иван", NULL);
  g_autofree char *lead_stage = test_stage (store, "leads", "open", 0);
  g_autoptr (TorgEdit) gone = torg_edit_new (NULL);

  test_assert_field (store, "deal", deal, "stage", expected);
  test_assert_field (store, "lead", lead, "stage", lead_stage);
  /* A stage brings its pipeline, a pipeline its first stage. */
  test_patch (store, "deal", deal, "stage", second);
  test_assert_field (store, "deal", deal, "pipeline", pipeline);
  test_undo (store, 0, 0);
  test_patch (store, "deal", deal, "pipeline", pipeline);
  test_assert_field (store, "deal", deal, "stage", first);
  /* A pipeline with deals stays; a stage that was removed takes none. */
  torg_edit_delete (gone, "pipeline", pipeline);
  assert_refused (store, gone, TORG_ERROR_RULE, NULL);
  test_delete (store, "stage", second);
  {
    g_autoptr (TorgEdit) move = torg_edit_new (NULL);

    torg_edit_move (move, "deal", deal, second, 0);
    assert_refused (store, move, TORG_ERROR_RULE, "Б");
  }
  test_check (store);
}

/* What is not the store's: nothing of it is changed. */
static void
test_foreign_files (void)
{
  g_autofree char *dir = g_dir_make_tmp ("torg-test-XXXXXX", NULL);
  g_autofree char *path = g_build_filename (dir, "other.db", NULL);
  g_autoptr (TorgEnv) env = torg_env_new_seeded (1, TEST_NOW, NULL);
  g_autoptr (TorgDb) db = torg_db_open (path, NULL, TORG_DB_NONE, NULL);
  g_autofree char *before = NULL;
  g_autofree char *after = NULL;
  gsize            n_before, n_after;
  g_autoptr (GError) error = NULL;

  g_assert_true (torg_db_exec (db, "CREATE TABLE theirs (a); INSERT INTO theirs VALUES (1)", NULL));
  g_clear_pointer (&db, torg_db_free);
  g_assert_true (g_file_get_contents (path, &before, &n_before, NULL));
  g_assert_null (torg_store_open (env, path, TORG_STORE_NONE, &error));
  g_assert_error (error, TORG_STORE_ERROR, TORG_STORE_ERROR_CORRUPT);
  g_assert_true (g_file_get_contents (path, &after, &n_after, NULL));
  g_assert_cmpmem (before, n_before, after, n_after);

  g_clear_error (&error);
  g_assert_true (
    g_file_set_contents (path, "no database at all, but long enough to be looked at as if it were one", -1, NULL));
  g_assert_null (torg_store_open (env, path, TORG_STORE_NONE, &error));
  g_assert_error (error, TORG_STORE_ERROR, TORG_STORE_ERROR_CORRUPT);
  g_clear_pointer (&after, g_free);
  g_assert_true (g_file_get_contents (path, &after, NULL, NULL));
  g_assert_true (g_str_has_prefix (after, "no database"));
  test_remove_dir (dir);
}

static void
test_newer (void)
{
  g_autoptr (TestStore) test = test_store_new (9);
  g_autoptr (GError) error = NULL;

  g_assert_true (torg_db_exec (test->store->db, "PRAGMA user_version = 999", NULL));
  g_assert_true (torg_store_close (test->store, NULL));
  g_clear_object (&test->store);
  for (int flags = TORG_STORE_NONE; flags <= (int) TORG_STORE_READER; flags++)
    {
      g_assert_null (torg_store_open (test->env, test->path, flags, &error));
      g_assert_error (error, TORG_STORE_ERROR, TORG_STORE_ERROR_NEWER);
      g_clear_error (&error);
    }
}

/* The head of the first page, and the middle of the file. */
static void
test_damaged (void)
{
  g_autoptr (TestStore) test = test_store_new (10);
  g_autoptr (GError) error = NULL;
  g_autofree char *data = NULL;
  gsize            length;

  for (int i = 0; i < 200; i++)
    g_free (test_create (test->store, "company", "name", "Компания", "note", "слова слова слова слова слова", NULL));
  g_assert_true (torg_store_close (test->store, NULL));
  g_clear_object (&test->store);
  g_assert_true (g_file_get_contents (test->path, &data, &length, NULL));
  g_assert_cmpuint (length, >, 100000);
  memset (data + length / 2, 0xa5, length / 2 - 4096);
  g_assert_true (g_file_set_contents (test->path, data, length, NULL));
  test->store = torg_store_open (test->env, test->path, TORG_STORE_NONE, &error);
  if (test->store == NULL)
    g_assert_error (error, TORG_STORE_ERROR, TORG_STORE_ERROR_CORRUPT);
  else
    {
      g_autoptr (GPtrArray) problems = g_ptr_array_new_with_free_func (g_free);

      if (torg_check_store (test->store, problems, NULL, &error))
        g_assert_cmpuint (problems->len, >, 0);
      else
        g_assert_error (error, TORG_STORE_ERROR, TORG_STORE_ERROR_CORRUPT);
      torg_store_close (test->store, NULL);
      g_clear_object (&test->store);
    }
  g_clear_error (&error);
  memset (data, 'x', 100);
  g_assert_true (g_file_set_contents (test->path, data, length, NULL));
  g_assert_null (torg_store_open (test->env, test->path, TORG_STORE_NONE, &error));
  g_assert_error (error, TORG_STORE_ERROR, TORG_STORE_ERROR_CORRUPT);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/store/company", test_company);
  g_test_add_func ("/store/create-patch", test_create_patch);
  g_test_add_func ("/store/all-or-nothing", test_all_or_nothing);
  g_test_add_func ("/store/nested", test_nested);
  g_test_add_func ("/store/deletion", test_deletion);
  g_test_add_func ("/store/note", test_note);
  g_test_add_func ("/store/lost", test_lost);
  g_test_add_func ("/store/won", test_won);
  g_test_add_func ("/store/pipeline", test_pipeline);
  g_test_add_func ("/store/foreign-files", test_foreign_files);
  g_test_add_func ("/store/newer", test_newer);
  g_test_add_func ("/store/damaged", test_damaged);
  return g_test_run ();
}
