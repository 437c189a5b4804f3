/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "torg-error.h"
#include "torg-rejected.h"
#include "torg-test-store.h"

/* What the server did not take, done once more: as an edit like any other, and listed again when that is taken back. */

#define ONE "00112233-4455-6677-8899-aabbccddee01"
#define TWO "00112233-4455-6677-8899-aabbccddee02"
#define USER "00112233-4455-6677-8899-aabbccddee09"
#define COMPANY(id, seq, name)                                                                                         \
  "{'record':{'type':'company','id':'" id "','seq':" seq ",'deleted':null,'fields':{'name':'" name "'}}}"

static TestStore *
begin (guint64 seed)
{
  TestStore *test = test_store_new (seed);

  test_store_to_server (test);
  test_take (test->store, "", COMPANY (ONE, "5", "Ромашка"), COMPANY (TWO, "6", "Василёк"), NULL);
  return test;
}

/* What does the nth of what was not taken again, the newest first. */
static TorgEdit *
make (TorgStore *store, guint n)
{
  g_autoptr (GPtrArray) list = torg_store_list_attention (store, NULL);
  g_autoptr (GPtrArray) retries = torg_store_make_retries (store, list, "again");

  g_assert_cmpuint (n, <, list->len);
  return retries->pdata[n] != NULL ? torg_edit_ref (retries->pdata[n]) : NULL;
}

static guint
count (TorgStore *store)
{
  g_autoptr (GPtrArray) list = torg_store_list_attention (store, NULL);

  return list->len;
}

static gboolean
can (TorgStore *store, guint n)
{
  g_autoptr (TorgEdit) edit = make (store, n);

  return edit != NULL;
}

static gint64
retry (TorgStore *store, guint n)
{
  g_autoptr (TorgEdit) edit = make (store, n);

  g_assert_nonnull (edit);
  return test_apply (store, edit);
}

static void
test_patch_again (void)
{
  g_autoptr (TestStore) test = begin (1);
  TorgStore *store = test->store;
  g_autoptr (TorgEdit) late = NULL;
  g_autoptr (GError) error = NULL;
  gint64 step;

  test_patch (store, "company", ONE, "city", "Псков");
  test_reject (store, "forbidden", "city");
  test_assert_field (store, "company", ONE, "city", "");
  late = make (store, 0);
  step = retry (store, 0);
  test_assert_field (store, "company", ONE, "city", "Псков");
  g_assert_cmpuint (count (store), ==, 0);
  g_assert_cmpint (torg_store_count_unsent (store), ==, 1);

  /* Somebody else was quicker: nothing is done twice. */
  g_assert_false (torg_store_apply (store, late, NULL, &error));
  g_assert_error (error, TORG_ERROR, TORG_ERROR_NOT_FOUND);
  g_assert_cmpint (torg_store_count_unsent (store), ==, 1);

  /* Taken back, it is listed as it was, but for what the user did not write. */
  test_undo (store, step, 0);
  test_assert_field (store, "company", ONE, "city", "");
  g_assert_cmpint (torg_store_count_unsent (store), ==, 0);
  g_assert_cmpint (test_int (store, "SELECT count(*) FROM attention WHERE code = 'forbidden' AND detail = 'city' AND "
                                    "json_extract(mutation, '$.fields.city.new') = 'Псков' AND "
                                    "json_type(mutation, '$.fields.city.base') IS NULL"),
                   ==, 1);

  /* What was sent is answered anew, and listed once. */
  step = retry (store, 0);
  g_assert_true (torg_db_exec (store->db, "UPDATE outbox SET client_seq = rid", NULL));
  test_reject (store, "rule", NULL);
  g_assert_cmpuint (count (store), ==, 1);
  test_undo (store, step, 0);
  g_assert_cmpuint (count (store), ==, 1);
  g_assert_cmpint (test_int (store, "SELECT count(*) FROM attention WHERE code = 'rule'"), ==, 1);

  /* Out of view there is nothing to change. */
  test_take (store, "", "{'gone':{'type':'company','id':'" ONE "'}}", NULL);
  g_assert_false (can (store, 0));
  test_check (store);
}

#define ONE_IS_GONE "{'gone':{'type':'company','id':'" ONE "'}}"

/* The id of the mutation that waits. */
static char *
dup_unsent (TorgStore *store)
{
  g_autofree char *hex = test_text (store, "SELECT lower(hex(mutation)) FROM outbox");

  return g_strdup_printf ("%.8s-%.4s-%.4s-%.4s-%.12s", hex, hex + 8, hex + 12, hex + 16, hex + 20);
}

static char *
answer (const char *mutation, const char *status)
{
  return g_strdup_printf ("{'result':{'mutation_id':'%s','client_seq':1,'status':'%s'}}", mutation, status);
}

/* The answer to what was sent comes after its record went out of view. */
static void
test_answered_late (void)
{
  g_autoptr (TestStore) test = begin (5);
  TorgStore       *store = test->store;
  g_autofree char *mutation = NULL;
  g_autofree char *applied = NULL;

  test_patch (store, "company", ONE, "city", "Псков");
  mutation = dup_unsent (store);
  test_take (store, "", ONE_IS_GONE, NULL);
  g_assert_cmpuint (count (store), ==, 1);
  applied = answer (mutation, "applied");
  test_take (store, "", applied, NULL);
  g_assert_cmpuint (count (store), ==, 0);
  /* A server that forgets it gets it once more. */
  g_assert_cmpint (test_int (store, "SELECT count(*) FROM sent"), ==, 1);
  test_check (store);
}

/* What the server has another value for is not taken: with its record out of view, nobody tells the user otherwise. */
static void
test_refused_out_of_view (gconstpointer data)
{
  gboolean late = GPOINTER_TO_INT (data);
  g_autoptr (TestStore) test = begin (late ? 6 : 7);
  TorgStore       *store = test->store;
  g_autofree char *mutation = NULL, *conflict = NULL, *id = NULL, *line = NULL;

  g_free (store->user);
  store->user = g_strdup (USER);
  test_patch (store, "company", ONE, "city", "Псков");
  mutation = dup_unsent (store);
  conflict = answer (mutation, "conflict");
  if (late)
    test_take (store, "", ONE_IS_GONE, NULL);
  if (late)
    test_take (store, "", conflict, NULL);
  else
    test_take (store, "", conflict, ONE_IS_GONE, NULL);
  g_assert_cmpint (test_int (store, "SELECT count(*) FROM attention WHERE code = 'gone' AND "
                                    "json_extract(mutation, '$.fields.city.new') = 'Псков'"),
                   ==, 1);
  g_assert_cmpint (torg_store_count_unsent (store), ==, 0);
  /* A server that forgets it gets it once more. */
  g_assert_cmpint (test_int (store, "SELECT count(*) FROM sent"), ==, 1);
  /* Back in view, the difference stands for it. */
  id = torg_id_derive (mutation, "conflict/" ONE "/city");
  line = g_strdup_printf ("{'record':{'type':'conflict','id':'%s','seq':9,'deleted':null,'fields':{'record_type':"
                          "'company','record':'" ONE "','field':'city','author':'" USER "','state':'open'}}}",
                          id);
  test_take (store, "", line, NULL);
  g_assert_cmpuint (count (store), ==, 0);
  test_check (store);
}

static void
test_create_again (void)
{
  g_autoptr (TestStore) test = begin (2);
  TorgStore       *store = test->store;
  g_autofree char *person = test_create (store, "person", "name", "Анна", "company", ONE, NULL);
  g_autofree char *task =
    test_create (store, "activity", "kind", "task", "subject", "Позвонить", "person", person, NULL);

  test_reject (store, "dependency", NULL);
  g_assert_cmpuint (count (store), ==, 2);
  test_assert_field (store, "company", ONE, "name", "Ромашка");
  /* The task, which was made later, has nobody whom it is about until the person is there again. */
  g_assert_false (can (store, 0));
  retry (store, 1);
  test_assert_field (store, "person", person, "company", ONE);
  g_assert_true (can (store, 0));
  retry (store, 0);
  test_assert_field (store, "activity", task, "subject", "Позвонить");
  g_assert_cmpuint (count (store), ==, 0);
  g_assert_cmpint (torg_store_count_unsent (store), ==, 2);

  /* The same number as another record at the server is no better the next time. */
  test_reject (store, "invalid", "id");
  g_assert_false (can (store, 1));
  test_check (store);
}

/* What was done at once is done again at once, as far as it can be; the rest stays. */
static void
test_group (void)
{
  g_autoptr (TestStore) test = begin (3);
  TorgStore *store = test->store;
  g_autoptr (TorgEdit) edit = torg_edit_new ("both");
  gint64 step;

  torg_edit_take (edit, "company", ONE, "city", torg_value_text ("Псков"));
  torg_edit_delete (edit, "company", TWO);
  test_apply (store, edit);
  test_reject (store, "group", NULL);
  g_assert_cmpuint (count (store), ==, 2);
  step = retry (store, 1);
  g_assert_cmpuint (count (store), ==, 0);
  g_assert_cmpint (torg_store_count_unsent (store), ==, 2);
  g_assert_cmpint (test_int (store, "SELECT count(DISTINCT group_id) FROM outbox"), ==, 1);
  test_undo (store, step, 0);
  g_assert_cmpuint (count (store), ==, 2);
  test_take (store, "", "{'gone':{'type':'company','id':'" TWO "'}}", NULL);
  retry (store, can (store, 0) ? 0 : 1);
  test_assert_field (store, "company", ONE, "city", "Псков");
  g_assert_cmpuint (count (store), ==, 1);
  g_assert_false (can (store, 0));
  test_check (store);
}

/* Of a text, lines that others have written since stay. */
static void
test_merged (void)
{
  g_autoptr (TestStore) test = begin (4);
  TorgStore *store = test->store;

  test_take (store, "",
             "{'record':{'type':'company','id':'" ONE "','seq':7,'deleted':null,'fields':{'name':'Р','note':"
             "'один\\u000aдва\\u000aтри'}}}",
             NULL);
  test_patch (store, "company", ONE, "note", "один\nдва\nтри\nсвоё");
  test_reject (store, "forbidden", NULL);
  test_take (store, "",
             "{'record':{'type':'company','id':'" ONE "','seq':8,'deleted':null,'fields':{'name':'Р','note':"
             "'чужое\\u000aодин\\u000aдва\\u000aтри'}}}",
             NULL);
  retry (store, 0);
  test_assert_field (store, "company", ONE, "note", "чужое\nодин\nдва\nтри\nсвоё");
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/rejected/patch", test_patch_again);
  g_test_add_func ("/rejected/answered-late", test_answered_late);
  g_test_add_data_func ("/rejected/refused-out-of-view", GINT_TO_POINTER (FALSE), test_refused_out_of_view);
  g_test_add_data_func ("/rejected/refused-out-of-view-late", GINT_TO_POINTER (TRUE), test_refused_out_of_view);
  g_test_add_func ("/rejected/create", test_create_again);
  g_test_add_func ("/rejected/group", test_group);
  g_test_add_func ("/rejected/merged", test_merged);
  return g_test_run ();
}
