/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "torg-export-log.h"
#include "torg-sync-store.h"
#include "torg-test-store.h"

/* Who took data along: noted once, sent like any edit, and not to be changed by anybody. */

static char *
note (TestStore *test, const char *what, gint64 n)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) exports = NULL;

  test_store_pass (test, 60);
  torg_store_note_export (test->store, what, n, "Тверь", &error);
  g_assert_no_error (error);
  exports = torg_store_list_exports (test->store, 1, &error);
  g_assert_no_error (error);
  return g_strdup (torg_record_get_id (exports->pdata[0]));
}

static void
test_noted (void)
{
  g_autoptr (TestStore) test = test_store_new (1);
  g_autofree char *first = NULL;
  g_autofree char *second = NULL;
  g_autoptr (GPtrArray) exports = NULL;
  g_autoptr (GPtrArray) unsent = NULL;
  TorgWireMutation *mutation;
  TorgRecord       *record;

  test_store_to_server (test);
  first = note (test, "company", 12);
  second = note (test, TORG_EXPORT_UNSENT, 3);
  exports = torg_store_list_exports (test->store, 0, NULL);
  g_assert_cmpuint (exports->len, ==, 2);
  record = exports->pdata[1];
  g_assert_cmpstr (torg_record_get_id (record), ==, first);
  g_assert_cmpstr (torg_record_get_text (record, "what"), ==, "company");
  g_assert_cmpstr (torg_record_get_text (record, "filter"), ==, "Тверь");
  g_assert_cmpstr (torg_record_get_text (record, "owner"), ==, torg_store_get_user (test->store));
  g_assert_cmpint (torg_record_get_number (record, "records"), ==, 12 * TORG_NUMBER_SCALE);
  g_assert_cmpint (torg_record_get_number (record, "at"), ==, TEST_NOW + 60 * G_USEC_PER_SEC);
  unsent = torg_store_list_unsent (test->store, second, NULL);
  g_assert_cmpuint (unsent->len, ==, 1);
  mutation = unsent->pdata[0];
  g_assert_cmpint (mutation->op, ==, TORG_OP_CREATE);
  /* What waits may be taken back, this not. */
  g_assert_cmpint (torg_store_find_step (test->store, mutation->id), ==, 0);
  test_check (test->store);
}

static void
refuse (TestStore *test, TorgEdit *edit)
{
  g_autoptr (GError) error = NULL;

  g_assert_false (torg_store_apply (test->store, edit, NULL, &error));
  g_assert_error (error, TORG_ERROR, TORG_ERROR_RULE);
}

static void
test_lasting (void)
{
  g_autoptr (TestStore) test = test_store_new (2);
  g_autofree char *company = test_create (test->store, "company", "name", "Ромашка", NULL);
  g_autofree char *id = note (test, "company", 1);
  g_autoptr (TorgEdit) change = torg_edit_new ("change");
  g_autoptr (TorgEdit) delete = torg_edit_new ("delete");
  g_autoptr (TorgEdit) restore = torg_edit_new ("restore");

  torg_edit_take (change, "export", id, "what", torg_value_text ("deal"));
  refuse (test, change);
  torg_edit_delete (delete, "export", id);
  refuse (test, delete);
  torg_edit_restore (restore, "export", id);
  refuse (test, restore);
  /* What is undone is what was done before it. */
  test_undo (test->store, 0, 0);
  test_assert_field (test->store, "export", id, "what", "company");
  g_assert_cmpint (test_int (test->store, "SELECT count(*) FROM company WHERE deleted IS NULL"), ==, 0);
  test_check (test->store);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/export-log/noted", test_noted);
  g_test_add_func ("/export-log/lasting", test_lasting);
  return g_test_run ();
}
