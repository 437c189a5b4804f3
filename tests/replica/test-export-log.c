/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "torg-error.h"
#include "torg-export-log.h"
#include "torg-own-right.h"
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

/* --- who may ------------------------------------------------------------------------------------------------------ */

typedef struct
{
  TestStore *test;
  char      *role;
  char      *own;     /* a company of one's own */
  char      *near;    /* of a colleague of the same department */
  char      *below;   /* of one in a department below it */
  char      *foreign; /* of one elsewhere */
} Office;

static char *
add_colleague (TestStore *test, const char *department)
{
  g_autofree char *user = test_create (test->store, "user", "name", "Коллега", "department", department, NULL);

  return test_create (test->store, "company", "name", "Компания", "owner", user, NULL);
}

static void
office_init (Office *self, guint64 seed)
{
  TestStore       *test = self->test = test_store_new (seed);
  const char      *user = torg_store_get_user (test->store);
  g_autofree char *own = test_create (test->store, "department", "name", "Отдел", NULL);
  g_autofree char *group = test_create (test->store, "department", "name", "Группа", "parent", own, NULL);
  g_autofree char *other = test_create (test->store, "department", "name", "Другой", NULL);

  self->role = test_create (test->store, "role", "name", "Продавец", NULL);
  test_patch (test->store, "user", user, "department", own);
  test_patch (test->store, "user", user, "role", self->role);
  self->own = test_create (test->store, "company", "name", "Своя", "owner", user, NULL);
  self->near = add_colleague (test, own);
  self->below = add_colleague (test, group);
  self->foreign = add_colleague (test, other);
  test_store_to_server (test);
}

static void
office_clear (Office *self)
{
  test_check (self->test->store);
  test_store_free (self->test);
  g_free (self->role);
  g_free (self->own);
  g_free (self->near);
  g_free (self->below);
  g_free (self->foreign);
}

static gboolean
allows (TestStore *test, const char *type, const char *id)
{
  g_autoptr (TorgOwnRight) right = torg_own_right_new (test->store, "export", NULL);
  g_autoptr (TorgRecord) record = torg_store_get (test->store, type, id, NULL);

  return torg_own_right_allows (right, record);
}

/* How many of the five companies and entities may be written, each reach once. */
static void
test_reaches (void)
{
  static const struct
  {
    const char *rights;
    gboolean    own, near, below, foreign;
  } cases[] = {
    { "{\"*\": {\"read\": \"all\"}}", TRUE, TRUE, TRUE, TRUE },
    { "{\"*\": {\"read\": \"all\", \"export\": \"none\"}}", FALSE, FALSE, FALSE, FALSE },
    { "{\"*\": {\"read\": \"all\", \"export\": \"own\"}}", TRUE, FALSE, FALSE, FALSE },
    { "{\"*\": {\"read\": \"all\", \"export\": \"department\"}}", TRUE, TRUE, FALSE, FALSE },
    { "{\"*\": {\"read\": \"all\", \"export\": \"below\"}}", TRUE, TRUE, TRUE, FALSE },
    { "{\"*\": {\"read\": \"all\", \"export\": \"all\"}}", TRUE, TRUE, TRUE, TRUE },
    { "{\"*\": {\"read\": \"all\", \"export\": \"all\"}, \"company\": {\"export\": \"none\"}}", FALSE, FALSE, FALSE,
      FALSE },
    { "{\"*\": {\"read\": \"all\"}, \"company\": {\"export\": \"own\"}}", TRUE, FALSE, FALSE, FALSE },
    { "{\"*\": {\"read\": \"all\"}, \"deal\": {\"export\": \"none\"}}", TRUE, TRUE, TRUE, TRUE },
  };
  Office           office;
  g_autofree char *entity = NULL;

  office_init (&office, 3);
  entity = test_create (office.test->store, "legal_entity", "name", "ООО", "company", office.near, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      test_patch (office.test->store, "role", office.role, "rights", cases[i].rights);
      g_assert_cmpint (allows (office.test, "company", office.own), ==, cases[i].own);
      g_assert_cmpint (allows (office.test, "company", office.near), ==, cases[i].near);
      g_assert_cmpint (allows (office.test, "company", office.below), ==, cases[i].below);
      g_assert_cmpint (allows (office.test, "company", office.foreign), ==, cases[i].foreign);
      /* With what it hangs on. */
      g_assert_cmpint (allows (office.test, "legal_entity", entity), ==, cases[i].near);
    }
  office_clear (&office);
}

static gboolean
take_out (TestStore *test, guint *n, guint *n_left, GError **error)
{
  g_autoptr (TorgQuery) query = torg_query_new ("company");
  g_autoptr (GPtrArray) records = torg_store_list (test->store, query, 0, NULL, NULL);
  gboolean ok = torg_store_limit_export (test->store, "company", records, n_left, error);

  *n = records->len;
  return ok;
}

static void
test_taken_out (void)
{
  Office office;
  guint  n, n_left;
  g_autoptr (GError) error = NULL;

  office_init (&office, 4);
  test_patch (office.test->store, "role", office.role, "rights", "{\"*\": {\"read\": \"all\", \"export\": \"own\"}}");
  g_assert_true (take_out (office.test, &n, &n_left, &error));
  g_assert_cmpuint (n, ==, 1);
  g_assert_cmpuint (n_left, ==, 3);
  test_patch (office.test->store, "role", office.role, "rights", "{\"*\": {\"read\": \"all\", \"export\": \"none\"}}");
  g_assert_false (take_out (office.test, &n, &n_left, &error));
  g_assert_error (error, TORG_ERROR, TORG_ERROR_RULE);
  g_clear_error (&error);
  /* A replica of nobody else's has no rights to ask for. */
  g_assert_true (torg_state_set (office.test->store->db, "mode", "local", NULL));
  test_store_reopen (office.test);
  g_assert_true (take_out (office.test, &n, &n_left, &error));
  g_assert_cmpuint (n, ==, 4);
  office_clear (&office);
}

/* --- after signing out ----------------------------------------------------------------------------------------------
 */

static TorgStore *
open_account (TorgEnv *env, const char *path)
{
  g_autoptr (GError) error = NULL;
  TorgStore *store = torg_store_open (env, path, TORG_STORE_NONE, &error);

  g_assert_no_error (error);
  return store;
}

static void
close_account (TorgStore **store)
{
  torg_store_close (*store, NULL);
  g_clear_object (store);
}

static gboolean
tell (TorgStore *store)
{
  g_autoptr (GError) error = NULL;
  gboolean any;

  torg_store_tell_exports (store, &any, &error);
  g_assert_no_error (error);
  return any;
}

/* A note that was not sent is found by the same user's next replica of the same server, and by nobody else's. */
static void
test_outlives (void)
{
  g_autoptr (TorgEnv) env = torg_env_new_seeded (5, TEST_NOW, NULL);
  g_autoptr (GError) error = NULL;
  g_autofree char *folder = g_dir_make_tmp ("torg-test-XXXXXX", &error);
  g_autofree char *path = g_build_filename (folder, "replica.db", NULL);
  g_autofree char *owed = NULL, *other = g_build_filename (folder, "exports", "broken.json", NULL);
  g_autofree char *before = NULL, *id = NULL;
  gsize            length;
  TorgStore       *store = open_account (env, path);

  torg_store_begin_company (store, "ru", "Анна", &error);
  g_assert_no_error (error);
  g_assert_true (torg_state_set (store->db, "mode", "server", NULL));
  g_assert_true (torg_state_set (store->db, "server", "https://crm.example.ru", NULL));
  close_account (&store);
  g_assert_true (g_file_get_contents (path, &before, &length, NULL));

  store = open_account (env, path);
  g_assert_false (tell (store));
  torg_store_note_export (store, TORG_EXPORT_UNSENT, 3, NULL, &error);
  g_assert_no_error (error);
  for (guint i = 0; i < 2; i++)
    {
      torg_store_keep_exports (store, &error);
      g_assert_no_error (error);
    }
  {
    g_autoptr (GPtrArray) exports = torg_store_list_exports (store, 0, NULL);

    g_assert_cmpuint (exports->len, ==, 1);
    id = g_strdup (torg_record_get_id (exports->pdata[0]));
    owed = g_strdup_printf ("%s/exports/%s.json", folder, id);
  }
  g_assert_true (g_file_test (owed, G_FILE_TEST_EXISTS));
  /* What makes no sense is in nobody's way. */
  g_assert_true (g_file_set_contents (other, "{\"server\":7,\"record\":[]}", -1, NULL));
  /* Here it is known already, and gone from there, whatever became of signing out. */
  g_assert_false (tell (store));
  g_assert_false (g_file_test (owed, G_FILE_TEST_EXISTS));
  torg_store_keep_exports (store, &error);
  g_assert_no_error (error);
  close_account (&store);

  g_assert_true (g_file_set_contents (path, before, (gssize) length, NULL));
  store = open_account (env, path);
  g_assert_true (torg_state_set (store->db, "server", "https://other.example.ru", NULL));
  g_assert_false (tell (store));
  g_assert_true (g_file_test (owed, G_FILE_TEST_EXISTS));
  g_assert_true (torg_state_set (store->db, "server", "https://crm.example.ru", NULL));
  g_assert_true (tell (store));
  g_assert_false (g_file_test (owed, G_FILE_TEST_EXISTS));
  {
    g_autoptr (GPtrArray) exports = torg_store_list_exports (store, 0, NULL);
    g_autoptr (GPtrArray) unsent = torg_store_list_unsent (store, id, NULL);

    g_assert_cmpuint (exports->len, ==, 1);
    g_assert_cmpstr (torg_record_get_id (exports->pdata[0]), ==, id);
    g_assert_cmpint (torg_record_get_number (exports->pdata[0], "records"), ==, 3 * TORG_NUMBER_SCALE);
    g_assert_cmpuint (unsent->len, ==, 1);
  }
  test_check (store);
  close_account (&store);
  test_remove_dir (folder);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/export-log/noted", test_noted);
  g_test_add_func ("/export-log/lasting", test_lasting);
  g_test_add_func ("/own-right/reaches", test_reaches);
  g_test_add_func ("/export-log/limited", test_taken_out);
  g_test_add_func ("/export-log/outlives", test_outlives);
  return g_test_run ();
}
