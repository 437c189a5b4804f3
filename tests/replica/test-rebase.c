/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "torg-sync-store.h"
#include "torg-test-store.h"

/* What is taken back before it was sent leaves no trace in what was done after it. */

#define ONE "00112233-4455-6677-8899-aabbccddee01"
#define COMPANY(fields)                                                                                                \
  "{'record':{'type':'company','id':'" ONE "','seq':5,'deleted':null,'fields':{'name':'Ромашка'" fields "}}}"

static TestStore *
make_replica (guint64 seed, const char *company)
{
  TestStore *test = test_store_new (seed);

  test_store_to_server (test);
  test_take (test->store, "", company, NULL);
  return test;
}

static void
assert_text (TorgStore *store, const char *sql, const char *expected)
{
  g_autofree char *text = test_text (store, sql);

  g_assert_cmpstr (text, ==, expected);
}

#define OUTBOX "SELECT group_concat(fields, ' ' ORDER BY rid) FROM outbox"
#define HISTORY "SELECT group_concat(old || '>' || new, ' ' ORDER BY rid) FROM history"

/* Of three changes the first and then the second are taken back. */
static void
test_scalar (void)
{
  g_autoptr (TestStore) test = make_replica (1, COMPANY (",'city':'Тверь'"));
  TorgStore *store = test->store;
  gint64     first = test_patch (store, "company", ONE, "city", "Псков");
  gint64     second = test_patch (store, "company", ONE, "city", "Омск");
  gint64     third = test_patch (store, "company", ONE, "city", "Остров");

  test_undo (store, first, 0);
  test_assert_field (store, "company", ONE, "city", "Остров");
  assert_text (store, OUTBOX,
               "{\"city\":{\"base\":\"Тверь\",\"new\":\"Омск\"}} {\"city\":{\"base\":\"Омск\",\"new\":\"Остров\"}}");
  assert_text (store, HISTORY, "\"Тверь\">\"Омск\" \"Омск\">\"Остров\"");
  test_undo (store, second, 0);
  test_assert_field (store, "company", ONE, "city", "Остров");
  assert_text (store, OUTBOX, "{\"city\":{\"base\":\"Тверь\",\"new\":\"Остров\"}}");
  test_undo (store, third, 0);
  test_assert_field (store, "company", ONE, "city", "Тверь");
  g_assert_cmpint (test_int (store, "SELECT count(*) FROM outbox"), ==, 0);
  g_assert_cmpint (test_int (store, "SELECT count(*) FROM history"), ==, 0);
  g_assert_cmpint (test_int (store, "SELECT count(*) FROM shadow"), ==, 0);
  test_check (store);
}

/* What came back to the value that is taken back is what the user wants all the same. */
static void
test_and_back (void)
{
  g_autoptr (TestStore) test = make_replica (2, COMPANY (",'city':'Тверь'"));
  TorgStore *store = test->store;
  gint64     first = test_patch (store, "company", ONE, "city", "Псков");

  test_patch (store, "company", ONE, "city", "Омск");
  test_patch (store, "company", ONE, "city", "Псков");
  test_undo (store, first, 0);
  test_assert_field (store, "company", ONE, "city", "Псков");
  assert_text (store, OUTBOX,
               "{\"city\":{\"base\":\"Тверь\",\"new\":\"Омск\"}} {\"city\":{\"base\":\"Омск\",\"new\":\"Псков\"}}");
}

/* Of what can be told apart, that goes which is taken back. */
static void
test_merged (void)
{
  g_autoptr (TestStore) test = make_replica (3, COMPANY (",'note':'раз\\u000aдва\\u000aтри'"));
  TorgStore *store = test->store;
  gint64     first = test_patch (store, "company", ONE, "note", "РАЗ\nдва\nтри");

  test_patch (store, "company", ONE, "note", "РАЗ\nдва\nТРИ");
  test_undo (store, first, 0);
  test_assert_field (store, "company", ONE, "note", "раз\nдва\nТРИ");
  assert_text (store, OUTBOX, "{\"note\":{\"base\":\"раз\\nдва\\nтри\",\"new\":\"раз\\nдва\\nТРИ\"}}");
  test_check (store);
}

/* Of a record that was made here there is nothing below what is taken back. */
static void
test_own (void)
{
  g_autoptr (TestStore) test = make_replica (4, COMPANY (""));
  TorgStore       *store = test->store;
  g_autofree char *id = test_create (store, "company", "name", "Своя", NULL);
  gint64           first = test_patch (store, "company", id, "city", "Псков");
  gint64           second = test_patch (store, "company", id, "city", "Омск");

  test_undo (store, first, 0);
  test_assert_field (store, "company", id, "city", "Омск");
  test_undo (store, second, 0);
  test_assert_field (store, "company", id, "city", "");
  g_assert_cmpint (test_int (store, "SELECT count(*) FROM outbox"), ==, 1);
  test_check (store);
}

/* What is on its way is not taken back: it is changed once more. */
static void
test_tried (void)
{
  g_autoptr (TestStore) test = make_replica (5, COMPANY (",'city':'Тверь'"));
  TorgStore       *store = test->store;
  gint64           first = test_patch (store, "company", ONE, "city", "Псков");
  guint            n_left = 0;
  g_autofree char *label = NULL;
  g_autoptr (GPtrArray) batch = NULL;
  g_autoptr (GError) error = NULL;

  test_patch (store, "company", ONE, "city", "Омск");
  batch = torg_store_build_batch (store, &error);
  g_assert_no_error (error);
  label = torg_store_undo (store, first, &n_left, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (n_left, ==, 1);
  test_assert_field (store, "company", ONE, "city", "Омск");
  g_assert_cmpint (test_int (store, "SELECT count(*) FROM outbox"), ==, 2);
}

/* What another one was taken back with is meant for what it met: it is no change of the user's own. */
static void
test_compensated (void)
{
  g_autoptr (TestStore) test = make_replica (6, COMPANY (",'city':'Тверь'"));
  TorgStore *store = test->store;
  g_autoptr (TorgEdit) edit = torg_edit_new ("both");
  g_autoptr (TorgRecord) made = test_new_record (store, "company", "name", "Новая", NULL);
  g_autofree char *deal = NULL;
  gint64           first = test_patch (store, "company", ONE, "city", "Псков"), second;

  torg_edit_create (edit, made);
  torg_edit_take (edit, "company", ONE, "city", torg_value_text ("Омск"));
  second = test_apply (store, edit);
  deal = test_create (store, "deal", "title", "Поставка", "company", torg_record_get_id (made), NULL);
  test_undo (store, second, 1);
  test_assert_field (store, "company", ONE, "city", "Псков");
  test_undo (store, first, 0);
  test_assert_field (store, "company", ONE, "city", "Тверь");
  test_check (store);
}

/* A deal that was moved on within its new pipeline does not go back to the former one without its stage. */
static void
test_pipelines (void)
{
  g_autoptr (TestStore) test = make_replica (7, COMPANY (""));
  TorgStore       *store = test->store;
  g_autofree char *pipeline = test_create (store, "pipeline", "name", "Опт", "kind", "deals", NULL);
  g_autofree char *second = test_create (store, "stage", "name", "Начало", "kind", "open", "pipeline", pipeline, NULL);
  g_autofree char *third = test_create (store, "stage", "name", "Дальше", "kind", "open", "pipeline", pipeline, NULL);
  g_autofree char *first = test_stage (store, "deals", "open", 0);
  g_autofree char *deal = test_create (store, "deal", "title", "Поставка", "stage", first, NULL);
  gint64           over = test_patch (store, "deal", deal, "stage", second);
  gint64           on = test_patch (store, "deal", deal, "stage", third);

  test_undo (store, over, 1);
  test_assert_field (store, "deal", deal, "stage", third);
  test_assert_field (store, "deal", deal, "pipeline", pipeline);
  test_check (store);
  test_undo (store, on, 0);
  test_assert_field (store, "deal", deal, "stage", second);
  test_assert_field (store, "deal", deal, "pipeline", pipeline);
  test_check (store);
}

/* A lost deal that was opened again and moved on does not get back its end alone. */
static void
test_opened_again (gconstpointer data)
{
  gboolean local = GPOINTER_TO_INT (data);
  g_autoptr (TestStore) test = local ? test_store_new (8) : make_replica (9, COMPANY (""));
  TorgStore       *store = test->store;
  g_autofree char *reason = test_create (store, "dictionary", "name", "Дорого", "dictionary", "lost_reason", NULL);
  g_autofree char *first = test_stage (store, "deals", "open", 0);
  g_autofree char *second = test_stage (store, "deals", "open", 1);
  g_autofree char *lost = test_stage (store, "deals", "lost", 0);
  g_autofree char *deal = test_create (store, "deal", "title", "Поставка", "lost_reason", reason, "stage", lost, NULL);
  gint64           again = test_patch (store, "deal", deal, "stage", first);
  gint64           on = test_patch (store, "deal", deal, "stage", second);

  test_assert_field (store, "deal", deal, "lost_reason", "");
  test_undo (store, again, 1);
  test_assert_field (store, "deal", deal, "stage", second);
  test_assert_field (store, "deal", deal, "lost_reason", "");
  test_assert_field (store, "deal", deal, "closed", "");
  test_check (store);
  test_undo (store, on, 0);
  test_assert_field (store, "deal", deal, "stage", first);
  test_assert_field (store, "deal", deal, "lost_reason", "");
  test_check (store);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/rebase/scalar", test_scalar);
  g_test_add_func ("/rebase/and-back", test_and_back);
  g_test_add_func ("/rebase/merged", test_merged);
  g_test_add_func ("/rebase/own", test_own);
  g_test_add_func ("/rebase/tried", test_tried);
  g_test_add_func ("/rebase/compensated", test_compensated);
  g_test_add_func ("/rebase/pipelines", test_pipelines);
  g_test_add_data_func ("/rebase/opened-again", GINT_TO_POINTER (FALSE), test_opened_again);
  g_test_add_data_func ("/rebase/opened-again-alone", GINT_TO_POINTER (TRUE), test_opened_again);
  return g_test_run ();
}
