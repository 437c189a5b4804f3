/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "torg-differences.h"
#include "torg-store-private.h"
#include "torg-sync-store.h"
#include "torg-test-store.h"

/* Whose a difference is to settle: of whoever proposed what did not stay, and of whoever owns the record. */

static char *
add (TestStore *test, const char *type, const char *record, const char *author)
{
  test_store_pass (test, 60);
  return test_create (test->store, "conflict", "record_type", type, "record", record, "field", "note", "author", author,
                      "proposed", "\"одно\"", "stayed", "\"другое\"", "state", "open", NULL);
}

/* Whether it is listed, and as often as it is counted. */
static gboolean
lists (TestStore *test, const char *id)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) list = torg_store_list_differences (test->store, &error);
  gboolean found = FALSE;

  g_assert_no_error (error);
  g_assert_cmpuint (torg_store_count_attention (test->store), ==, list->len);
  for (guint i = 0; i < list->len; i++)
    found |= g_str_equal (torg_record_get_id (list->pdata[i]), id);
  return found;
}

static void
test_owners (void)
{
  g_autoptr (TestStore) test = test_store_new (1);
  TorgStore       *store = test->store;
  const char      *me = torg_store_get_user (store);
  g_autofree char *boris = test_create (store, "user", "name", "Борис", NULL);
  g_autofree char *mine = test_create (store, "company", "name", "Ромашка", "owner", me, NULL);
  g_autofree char *theirs = test_create (store, "company", "name", "Василёк", "owner", boris, NULL);
  g_autofree char *by_me_of_mine = add (test, "company", mine, me);
  g_autofree char *by_me_of_theirs = add (test, "company", theirs, me);
  g_autofree char *by_boris_of_mine = add (test, "company", mine, boris);
  g_autofree char *by_boris_of_theirs = add (test, "company", theirs, boris);
  g_autofree char *of_nothing = add (test, "company", "00112233-4455-6677-8899-aabbccddeeff", boris);
  g_autoptr (TorgRecord) other = torg_store_get (store, "conflict", by_boris_of_mine, NULL);
  g_autoptr (TorgRecord) own = torg_store_get (store, "conflict", by_me_of_mine, NULL);

  g_assert_true (lists (test, by_me_of_mine));
  g_assert_true (lists (test, by_me_of_theirs));
  g_assert_true (lists (test, by_boris_of_mine));
  g_assert_false (lists (test, by_boris_of_theirs));
  g_assert_false (lists (test, of_nothing));
  g_assert_true (torg_store_is_own_difference (store, own));
  g_assert_false (torg_store_is_own_difference (store, other));

  /* What is handed over takes them along; what is deleted keeps them, as it may be brought back. */
  test_patch (store, "company", theirs, "owner", me);
  g_assert_true (lists (test, by_boris_of_theirs));
  test_patch (store, "company", mine, "owner", boris);
  g_assert_false (lists (test, by_boris_of_mine));
  g_assert_true (lists (test, by_me_of_mine));
  test_patch (store, "conflict", by_boris_of_theirs, "state", "kept");
  g_assert_false (lists (test, by_boris_of_theirs));
}

/* What has no owner of its own is its parent's; an activity has one. */
static void
test_parents (void)
{
  g_autoptr (TestStore) test = test_store_new (2);
  TorgStore       *store = test->store;
  const char      *me = torg_store_get_user (store);
  g_autofree char *boris = test_create (store, "user", "name", "Борис", NULL);
  g_autofree char *stage = test_stage (store, "deals", "open", 0),
                  *pipeline = test_get (store, "stage", stage, "pipeline");
  g_autofree char *deal = NULL, *company = NULL, *line = NULL, *task = NULL, *file = NULL;
  g_autofree char *of_line = NULL, *of_task = NULL, *of_file = NULL;

  company = test_create (store, "company", "name", "Ромашка", "owner", boris, NULL);
  deal = test_create (store, "deal", "title", "Насосы", "pipeline", pipeline, "stage", stage, "owner", me, NULL);
  line = test_create (store, "deal_line", "deal", deal, "name", "Насос", NULL);
  task = test_create (store, "activity", "kind", "task", "subject", "Позвонить", "deal", deal, "owner", boris, NULL);
  file = test_create (store, "attachment", "activity", task, "name", "план.pdf", "file",
                      "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef", NULL);
  of_line = add (test, "deal_line", line, boris);
  of_task = add (test, "activity", task, boris);
  of_file = add (test, "attachment", file, boris);
  g_assert_true (lists (test, of_line));
  g_assert_false (lists (test, of_task));
  g_assert_false (lists (test, of_file));
  test_patch (store, "activity", task, "owner", me);
  g_assert_true (lists (test, of_task));
  g_assert_true (lists (test, of_file));
  test_patch (store, "deal", deal, "owner", boris);
  g_assert_false (lists (test, of_line));
}

#define ONE "00112233-4455-6677-8899-aabbccddee01"
#define DIFFERENCE(id, author, state)                                                                                  \
  "{'record':{'type':'conflict','id':'00112233-4455-6677-8899-aabbccddee" id "','seq':6,'deleted':null,'fields':{"     \
  "'record_type':'company','record':'" ONE "','field':'city','before':'null','proposed':'\\u0022Псков\\u0022',"        \
  "'stayed':'\\u0022Тверь\\u0022','author':'" author "','state':'" state "'}}}"
#define GONE(type, id) "{'gone':{'type':'" type "','id':'00112233-4455-6677-8899-aabbccddee" id "'}}"
#define ME "00112233-4455-6677-8899-aabbccddeef1"
#define BORIS "00112233-4455-6677-8899-aabbccddeef2"

/* What goes out of view with its record before it was settled: one's own stays, without what others wrote. */
static void
test_out_of_view (void)
{
  g_autoptr (TestStore) test = test_store_new (3);
  g_autoptr (GPtrArray) list = NULL;
  TorgStore        *store;
  TorgWireMutation *mutation;
  JsonObject       *city;

  test_store_to_server (test);
  store = test->store;
  g_free (store->user);
  store->user = g_strdup (ME);
  test_take (store, "",
             "{'record':{'type':'company','id':'" ONE "','seq':5,'deleted':null,'fields':{'name':'Ромашка'}}}",
             DIFFERENCE ("02", ME, "open"), DIFFERENCE ("03", ME, "kept"), DIFFERENCE ("04", BORIS, "open"), NULL);
  test_take (store, "", GONE ("company", "01"), GONE ("conflict", "02"), GONE ("conflict", "03"),
             GONE ("conflict", "04"), NULL);
  g_assert_cmpint (test_int (store, "SELECT count(*) FROM conflict"), ==, 0);
  list = torg_store_list_attention (store, NULL);
  g_assert_cmpuint (list->len, ==, 1);
  g_assert_cmpstr (((TorgAttention *) list->pdata[0])->code, ==, "gone");
  mutation = ((TorgAttention *) list->pdata[0])->mutation;
  g_assert_cmpstr (mutation->type, ==, "company");
  g_assert_cmpstr (mutation->record, ==, ONE);
  city = json_object_get_object_member (json_node_get_object (mutation->fields), "city");
  g_assert_cmpstr (json_object_get_string_member (city, "new"), ==, "Псков");
  g_assert_cmpuint (json_object_get_size (city), ==, 1);
  test_check (store);
  /* Back in view, it is the difference that asks, and out of it once more there is one that was kept. */
  for (guint i = 0; i < 2; i++)
    {
      test_take (store, "", DIFFERENCE ("02", ME, "open"), NULL);
      g_assert_cmpint (test_int (store, "SELECT count(*) FROM attention"), ==, 0);
      test_take (store, "", GONE ("conflict", "02"), NULL);
      g_assert_cmpint (test_int (store, "SELECT count(*) FROM attention"), ==, 1);
    }
}

/* An edit whose record went out of view before its answer came, which was a difference: once that is seen, the edit is
 * one that the server has, for a server that forgets it. */
static void
test_answer_unseen (void)
{
  g_autoptr (TestStore) test = test_store_new (4);
  g_autoptr (GPtrArray) unsent = NULL;
  g_autofree char *mutation = NULL, *name = g_strconcat ("conflict/", ONE, "/city", NULL), *id = NULL, *line = NULL;
  TorgStore       *store;

  test_store_to_server (test);
  store = test->store;
  g_free (store->user);
  store->user = g_strdup (ME);
  test_take (store, "", "{'record':{'type':'company','id':'" ONE "','seq':5,'deleted':null,'fields':{'name':'Р'}}}",
             NULL);
  test_patch (store, "company", ONE, "city", "Псков");
  unsent = torg_store_list_unsent (store, NULL, NULL);
  g_assert_cmpuint (unsent->len, ==, 1);
  mutation = g_strdup (((TorgWireMutation *) unsent->pdata[0])->id);
  test_take (store, "", GONE ("company", "01"), NULL);
  g_assert_cmpint (test_int (store, "SELECT count(*) FROM attention"), ==, 1);
  g_assert_cmpint (test_int (store, "SELECT count(*) FROM sent"), ==, 0);
  id = torg_id_derive (mutation, name);
  line = g_strdup_printf ("{'record':{'type':'conflict','id':'%s','seq':6,'deleted':null,'fields':{'record_type':"
                          "'company','record':'" ONE "','field':'city','before':'null','proposed':"
                          "'\\u0022Псков\\u0022','stayed':'\\u0022Тверь\\u0022','author':'" ME "','state':'open'}}}",
                          id);
  test_take (store, "", line, NULL);
  g_assert_cmpint (test_int (store, "SELECT count(*) FROM attention"), ==, 0);
  g_assert_cmpint (test_int (store, "SELECT count(*) FROM sent WHERE body LIKE '%Псков%'"), ==, 1);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/differences/owners", test_owners);
  g_test_add_func ("/differences/parents", test_parents);
  g_test_add_func ("/differences/out-of-view", test_out_of_view);
  g_test_add_func ("/differences/answer-unseen", test_answer_unseen);
  return g_test_run ();
}
