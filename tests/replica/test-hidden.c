/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "torg-sync-store.h"
#include "torg-test-store.h"

#include <string.h>

/* What a user may not see any more is in no byte of the replica. */

#define TAKE(store, ...) test_take (store, "", __VA_ARGS__, NULL)
/* A page of what is sent anew where what the user sees has changed. */
#define TAKE_PAGE(store, backfill, ...) test_take (store, ",'more':true,'backfill':" backfill, __VA_ARGS__, NULL)

/* In the replica, or in the log of changes beside it. */
static gboolean
is_in_file (TestStore *test, const char *word)
{
  g_autofree char *log = g_strconcat (test->path, "-wal", NULL);
  const char      *paths[] = { test->path, log };
  gboolean         found = FALSE;

  for (guint i = 0; i < G_N_ELEMENTS (paths); i++)
    {
      g_autofree char *data = NULL;
      g_autoptr (GError) error = NULL;
      gsize length;

      g_file_get_contents (paths[i], &data, &length, &error);
      g_assert_no_error (error);
      found |= memmem (data, length, word, strlen (word)) != NULL;
    }
  return found;
}

static void
clean (TorgStore *store)
{
  g_autoptr (GError) error = NULL;

  torg_store_clean_search (store, NULL, &error);
  g_assert_no_error (error);
}

static guint
find (TorgStore *store, const char *word)
{
  g_autoptr (GPtrArray) hits = torg_store_search (store, word, NULL, 10, NULL);

  return hits->len;
}

static void
make_companies (TorgStore *store, guint n)
{
  for (guint i = 0; i < n; i++)
    {
      g_autofree char *name = g_strdup_printf ("Ромашка %u", i);
      g_autofree char *id = test_create (store, "company", "name", name, NULL);
    }
}

#define ONE "00112233-4455-6677-8899-aabbccddee01"
#define TWO "00112233-4455-6677-8899-aabbccddee02"
#define COMPANY(id, seq, name)                                                                                         \
  "{'record':{'type':'company','id':'" id "','seq':" seq ",'deleted':null,'fields':{'name':'" name "'}}}"
#define GONE(id) "{'gone':{'type':'company','id':'" id "'}}"

static void
test_words (void)
{
  g_autoptr (TestStore) test = test_store_new (1);
  TorgStore *store = test->store;
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GError) error = NULL;

  make_companies (store, 100);
  test_store_to_server (test);
  store = test->store;
  TAKE (store, COMPANY (ONE, "5", "zqkvjword"), COMPANY (TWO, "6", "qwkjzterm"));
  g_assert_cmpuint (find (store, "zqkvjword"), ==, 1);
  TAKE_PAGE (store, "false", GONE (ONE));
  g_assert_cmpuint (find (store, "zqkvjword"), ==, 0);
  /* Nothing of the row is left, but the word is in the index still. */
  g_assert_true (is_in_file (test, "kvjword"));
  g_cancellable_cancel (cancellable);
  g_assert_false (torg_store_clean_search (store, cancellable, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  clean (store);
  g_assert_false (is_in_file (test, "kvjword"));
  g_assert_cmpuint (find (store, "qwkjzterm"), ==, 1);
  g_assert_cmpuint (find (store, "Ромашка 17"), ==, 1);

  /* A record alone waits for some minutes, so that not each one costs a rewritten index. */
  TAKE (store, GONE (TWO));
  clean (store);
  g_assert_true (is_in_file (test, "kjzterm"));
  test_store_pass (test, 15 * 60);
  clean (store);
  g_assert_false (is_in_file (test, "kjzterm"));
  test_check (store);
}

/* A role hides a field of which old values are in what can be undone, in what was sent and in what was not taken. */
static void
test_fields (void)
{
  g_autoptr (TestStore) test = test_store_new (2);
  g_autofree char *role = test_create (test->store, "role", "name", "Продавец", NULL);
  g_autofree char *user = NULL, *sent = NULL, *refused = NULL, *waiting = NULL;
  g_autofree char *result = NULL, *refusal = NULL, *user_line = NULL, *role_line = NULL, *late = NULL;
  TorgStore       *store;

  test_store_to_server (test);
  store = test->store;
  TAKE (store, "{'record':{'type':'company','id':'" ONE "','seq':5,'deleted':null,'fields':{'name':'Ромашка',"
               "'city':'zqkvjcity','site':'zqkvjsite','note':'zqkvjnote'}}}");
  test_patch (store, "company", ONE, "city", "Тверь");
  sent = test_text (store, "SELECT lower(hex(mutation)) FROM outbox ORDER BY rid DESC LIMIT 1");
  g_assert_true (torg_db_exec (store->db, "UPDATE outbox SET client_seq = rid", NULL));
  result = g_strdup_printf ("{'result':{'mutation_id':'%.8s-%.4s-%.4s-%.4s-%.12s','client_seq':8,'status':'applied'}}",
                            sent, sent + 8, sent + 12, sent + 16, sent + 20);
  TAKE (store, result);
  test_patch (store, "company", ONE, "city", "Псков");
  refused = test_text (store, "SELECT lower(hex(mutation)) FROM outbox ORDER BY rid DESC LIMIT 1");
  refusal = g_strdup_printf ("{'result':{'mutation_id':'%.8s-%.4s-%.4s-%.4s-%.12s','client_seq':9,"
                             "'status':'rejected','code':'forbidden'}}",
                             refused, refused + 8, refused + 12, refused + 16, refused + 20);
  TAKE (store, refusal);
  test_patch (store, "company", ONE, "note", "Своё");
  g_assert_cmpint (test_int (store, "SELECT count(*) FROM undo_op WHERE json_type(fields, '$.city') IS NOT NULL"), ==,
                   2);
  g_assert_cmpint (test_int (store, "SELECT count(*) FROM shadow"), ==, 1);

  /* The role hides three fields now; the record itself comes with the next page. */
  user = g_strdup (torg_store_get_user (store));
  user_line = g_strdup_printf ("{'record':{'type':'user','id':'%s','seq':7,'deleted':null,'fields':{'name':'Анна',"
                               "'role':'%s'}}}",
                               user, role);
  role_line =
    g_strdup_printf ("{'record':{'type':'role','id':'%s','seq':8,'deleted':null,'fields':{'name':'П',"
                     "'hidden':'{\\u0022company\\u0022:[\\u0022city\\u0022,\\u0022site\\u0022,\\u0022note\\u0022]}'}}}",
                     role);
  TAKE_PAGE (store, "true", user_line, role_line);
  g_assert_cmpint (test_int (store, "SELECT count(*) FROM undo_op WHERE json_type(fields, '$.city') IS NOT NULL"), ==,
                   0);
  g_assert_cmpint (
    test_int (store, "SELECT count(*) FROM sent WHERE json_type(body, '$.fields.city.base') IS NOT NULL"), ==, 0);
  g_assert_cmpint (
    test_int (store, "SELECT count(*) FROM attention WHERE json_type(mutation, '$.fields.city.base') IS NOT NULL"), ==,
    0);
  /* What one wrote oneself may have to be sent again, or was not taken; what waits stays whole. */
  g_assert_cmpint (
    test_int (store, "SELECT count(*) FROM sent WHERE json_extract(body, '$.fields.city.new') = 'Тверь'"), ==, 1);
  g_assert_cmpint (
    test_int (store, "SELECT count(*) FROM attention WHERE json_extract(mutation, '$.fields.city.new') = 'Псков'"), ==,
    1);
  g_assert_cmpint (test_int (store, "SELECT count(*) FROM undo_op WHERE json_type(fields, '$.note') IS NOT NULL"), ==,
                   1);
  g_assert_cmpint (
    test_int (store, "SELECT count(*) FROM outbox WHERE json_extract(fields, '$.note.base') = 'zqkvjnote'"), ==, 1);

  /* Until then an edit finds the old value, and keeps it until the last page. */
  test_patch (store, "company", ONE, "site", "torg.example");
  g_assert_true (torg_db_exec (store->db, "DELETE FROM outbox WHERE json_type(fields, '$.site') IS NOT NULL", NULL));
  g_assert_true (is_in_file (test, "kvjsite"));
  TAKE_PAGE (store, "false", COMPANY (ONE, "9", "Ромашка"));
  g_assert_cmpint (test_int (store, "SELECT count(*) FROM shadow WHERE json_type(record, '$.fields.city') IS NOT NULL"),
                   ==, 0);
  clean (store);
  g_assert_false (is_in_file (test, "kvjsite"));

  /* When what waited is answered, it goes too. */
  waiting = test_text (store, "SELECT lower(hex(mutation)) FROM outbox ORDER BY rid DESC LIMIT 1");
  late = g_strdup_printf ("{'result':{'mutation_id':'%.8s-%.4s-%.4s-%.4s-%.12s','client_seq':10,'status':'rejected',"
                          "'code':'forbidden'}}",
                          waiting, waiting + 8, waiting + 12, waiting + 16, waiting + 20);
  g_assert_true (is_in_file (test, "kvjnote"));
  TAKE (store, late);
  clean (store);
  g_assert_false (is_in_file (test, "kvjnote"));
  g_assert_false (is_in_file (test, "kvjcity"));
  test_check (store);
}

static gint64
patch_with_label (TorgStore *store, const char *id, const char *city, const char *label)
{
  g_autoptr (TorgEdit) edit = torg_edit_new (label);

  torg_edit_take (edit, "company", id, "city", torg_value_text (city));
  return test_apply (store, edit);
}

static void
assert_undo_says (TorgStore *store, gint64 step, const char *words)
{
  g_autoptr (GError) error = NULL;
  guint            n_left = 0;
  g_autofree char *label = torg_store_undo (store, step, &n_left, &error);

  g_assert_no_error (error);
  g_assert_cmpstr (label, ==, words);
}

/* The words of a step tell the title of what it changed, long after it is out of view. */
static void
test_labels (void)
{
  g_autoptr (TestStore) test = test_store_new (3);
  g_autofree char *role = test_create (test->store, "role", "name", "Продавец", NULL);
  g_autofree char *user_line = NULL, *role_line = NULL;
  gint64           kept, both;
  TorgStore       *store;
  g_autoptr (TorgEdit) edit = torg_edit_new ("qwkzjboth");

  test_store_to_server (test);
  store = test->store;
  TAKE (store, COMPANY (ONE, "5", "Ромашка"), COMPANY (TWO, "6", "Василёк"));
  patch_with_label (store, ONE, "Тверь", "zqkvjone");
  kept = patch_with_label (store, TWO, "Псков", "zqkvjtwo");
  torg_edit_take (edit, "company", ONE, "site", torg_value_text ("one.example"));
  torg_edit_take (edit, "company", TWO, "site", torg_value_text ("two.example"));
  both = test_apply (store, edit);
  g_assert_true (is_in_file (test, "zqkvjone"));
  TAKE (store, GONE (ONE));
  clean (store);
  g_assert_false (is_in_file (test, "zqkvjone"));
  g_assert_false (is_in_file (test, "qwkzjboth"));
  g_assert_true (is_in_file (test, "zqkvjtwo"));
  assert_undo_says (store, both, "a change");
  test_assert_field (store, "company", TWO, "site", "");
  assert_undo_says (store, kept, "zqkvjtwo");

  /* What changed nothing is not found by its changes later. */
  patch_with_label (store, TWO, NULL, "qwkzjnothing");
  g_assert_false (is_in_file (test, "qwkzjnothing"));

  /* A field that is hidden may be the one that the words tell. */
  patch_with_label (store, TWO, "Орёл", "zqkvjhidden");
  user_line = g_strdup_printf ("{'record':{'type':'user','id':'%s','seq':7,'deleted':null,'fields':{'name':'Анна',"
                               "'role':'%s'}}}",
                               torg_store_get_user (store), role);
  role_line = g_strdup_printf ("{'record':{'type':'role','id':'%s','seq':8,'deleted':null,'fields':{'name':'П',"
                               "'hidden':'{\\u0022company\\u0022:[\\u0022name\\u0022]}'}}}",
                               role);
  g_assert_true (is_in_file (test, "zqkvjhidden"));
  TAKE_PAGE (store, "false", user_line, role_line, COMPANY (TWO, "9", ""));
  clean (store);
  g_assert_false (is_in_file (test, "zqkvjhidden"));
  g_assert_false (is_in_file (test, "zqkvjtwo"));
}

/* Of a record that a disk lost, what is kept beside it goes when all is sent anew: no server says that it goes. */
static void
test_lost (void)
{
  g_autoptr (TestStore) test = test_store_new (4);
  g_autoptr (GError) error = NULL;
  TorgStore *store;

  test_store_to_server (test);
  store = test->store;
  TAKE (store, COMPANY (ONE, "5", "Ромашка"), COMPANY (TWO, "6", "Василёк"));
  test_patch (store, "company", ONE, "name", "Одна");
  test_patch (store, "company", TWO, "name", "Другая");
  g_assert_true (torg_db_exec (store->db, "DELETE FROM outbox; DELETE FROM shadow", NULL));
  g_assert_cmpint (test_int (store, "SELECT count(*) FROM undo_op WHERE json_type(fields, '$.name') IS NOT NULL"), ==,
                   2);
  g_assert_true (torg_db_exec (store->db, "DELETE FROM company WHERE name = 'Одна'", NULL));
  torg_store_begin_rebuild (store, &error);
  g_assert_no_error (error);
  TAKE (store, COMPANY (TWO, "6", "Василёк"));
  g_assert_cmpint (test_int (store, "SELECT count(*) FROM undo_op WHERE json_extract(fields, '$.name.old') = "
                                    "'Ромашка'"),
                   ==, 0);
  g_assert_cmpint (test_int (store, "SELECT count(*) FROM undo_op WHERE json_extract(fields, '$.name.old') = "
                                    "'Василёк'"),
                   ==, 1);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/hidden/words", test_words);
  g_test_add_func ("/hidden/fields", test_fields);
  g_test_add_func ("/hidden/labels", test_labels);
  g_test_add_func ("/hidden/lost", test_lost);
  return g_test_run ();
}
