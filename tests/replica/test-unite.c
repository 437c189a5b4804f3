/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "torg-pairs.h"
#include "torg-test-store.h"
#include "torg-unite.h"

/* Likely duplicates, and merging them: what refers to the one that goes, what is chosen, undone and remembered. */

#define PHONE "+7 495 123-45-67"

static gint64
merge (TorgStore *store, const char *type, const char *kept, const char *other)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (TorgUnite) unite = torg_unite_new (store, type, kept, other, &error);
  g_autoptr (TorgEdit) edit = NULL;

  g_assert_no_error (error);
  edit = torg_unite_make_edit (unite);
  return test_apply (store, edit);
}

static gboolean
is_deleted (TorgStore *store, const char *type, const char *id)
{
  g_autoptr (TorgRecord) record = torg_store_get (store, type, id, NULL);

  return torg_record_get_deleted (record) != 0;
}

typedef struct
{
  TestStore *test;
  TorgStore *store;
  char      *kept, *other; /* companies */
  char      *deal, *person, *role, *task, *legal, *child, *file;
} Office;

static void
office_init (Office *self, guint64 seed)
{
  g_autofree char *stage = NULL;

  self->test = test_store_new (seed);
  self->store = self->test->store;
  stage = test_stage (self->store, "deals", "open", 0);
  self->kept = test_create (self->store, "company", "name", "Ромашка", "city", "Тверь", "note", "Платят вовремя", NULL);
  self->other = test_create (self->store, "company", "name", "ООО «Romashka»", "phones", PHONE, "note", "Звонить утром",
                             "site", "romashka.ru", "city", "Тверь г", NULL);
  self->deal = test_create (self->store, "deal", "title", "Насосы", "stage", stage, "company", self->other, NULL);
  self->person = test_create (self->store, "person", "name", "Иван", "company", self->other, NULL);
  self->role = test_create (self->store, "company_person", "company", self->other, "person", self->person, NULL);
  self->task =
    test_create (self->store, "activity", "kind", "task", "subject", "Позвонить", "company", self->other, NULL);
  self->legal = test_create (self->store, "legal_entity", "name", "ООО Ромашка", "company", self->other, NULL);
  self->child = test_create (self->store, "company", "name", "Филиал", "parent", self->other, NULL);
  self->file =
    test_create (self->store, "attachment", "name", "a.pdf", "file",
                 "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855", "company", self->other, NULL);
}

static void
office_clear (Office *self)
{
  test_check (self->test->store);
  g_free (self->kept);
  g_free (self->other);
  g_free (self->deal);
  g_free (self->person);
  g_free (self->role);
  g_free (self->task);
  g_free (self->legal);
  g_free (self->child);
  g_free (self->file);
  g_clear_pointer (&self->test, test_store_free);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Office, office_clear)

static void
assert_company (Office *office, const char *company)
{
  const char *const holders[][3] = {
    { "deal", "company", office->deal },           { "person", "company", office->person },
    { "company_person", "company", office->role }, { "activity", "company", office->task },
    { "legal_entity", "company", office->legal },  { "company", "parent", office->child },
    { "attachment", "company", office->file },
  };

  for (guint i = 0; i < G_N_ELEMENTS (holders); i++)
    {
      g_autoptr (TorgRecord) record = torg_store_get (office->store, holders[i][0], holders[i][2], NULL);

      g_assert_cmpint (torg_record_get_deleted (record), ==, 0);
      g_assert_cmpstr (torg_record_get_text (record, holders[i][1]), ==, company);
    }
}

static void
assert_united (Office *office)
{
  assert_company (office, office->kept);
  g_assert_true (is_deleted (office->store, "company", office->other));
  test_assert_field (office->store, "company", office->other, "merged_into", office->kept);
  test_assert_field (office->store, "company", office->kept, "name", "Ромашка");
  test_assert_field (office->store, "company", office->kept, "city", "Тверь");
  test_assert_field (office->store, "company", office->kept, "site", "romashka.ru");
  test_assert_field (office->store, "company", office->kept, "note", "Платят вовремя\n\nЗвонить утром");
}

static void
assert_apart (Office *office)
{
  g_autoptr (TorgRecord) kept = torg_store_get (office->store, "company", office->kept, NULL);
  g_autoptr (TorgRecord) other = torg_store_get (office->store, "company", office->other, NULL);

  assert_company (office, office->other);
  g_assert_cmpint (torg_record_get_deleted (other), ==, 0);
  g_assert_null (torg_record_get_text (other, "merged_into"));
  g_assert_null (torg_record_get_text (kept, "site"));
  g_assert_null (torg_record_get_text (kept, "phones"));
}

/* Alone, unsent, and once the server has taken it. */
static void
test_merge (gconstpointer data)
{
  guint way = GPOINTER_TO_UINT (data);
  g_auto (Office) office = { 0 };
  gint64 step;

  office_init (&office, 41 + way);
  if (way > 0)
    {
      test_store_to_server (office.test);
      office.store = office.test->store;
    }
  step = merge (office.store, "company", office.kept, office.other);
  assert_united (&office);
  test_check (office.store);
  if (way > 0)
    {
      /* What follows is not sent: the fields that were taken over, and the merging. */
      g_assert_cmpint (test_int (office.store, "SELECT count(*) FROM outbox WHERE cascade IS NULL"), ==, 2);
      g_assert_cmpint (test_int (office.store, "SELECT count(*) FROM outbox WHERE cascade IS NOT NULL"), ==, 7);
      g_assert_cmpint (test_int (office.store, "SELECT count(*) FROM outbox WHERE command = 'merge'"), ==, 1);
    }
  if (way == 2)
    test_int (office.store, "UPDATE outbox SET client_seq = 1 WHERE cascade IS NULL RETURNING 1");
  test_undo (office.store, step, 0);
  assert_apart (&office);
  if (way == 1)
    g_assert_cmpint (test_int (office.store, "SELECT count(*) FROM outbox"), ==, 0);
}

static void
test_choice (void)
{
  g_auto (Office) office = { 0 };
  g_autoptr (TorgUnite) unite = NULL;
  g_autoptr (TorgEdit) edit = NULL;
  const TorgType *type;

  office_init (&office, 45);
  type = torg_schema_find (torg_store_get_schema (office.store), "company");
  unite = torg_unite_new (office.store, "company", office.kept, office.other, NULL);
  g_assert_false (torg_unite_takes_other (unite, torg_type_find_field (type, "city")));
  g_assert_true (torg_unite_takes_other (unite, torg_type_find_field (type, "site")));
  torg_unite_take (unite, torg_type_find_field (type, "city"), TRUE);
  torg_unite_take (unite, torg_type_find_field (type, "name"), TRUE);
  torg_unite_take (unite, torg_type_find_field (type, "note"), TRUE);
  torg_unite_take (unite, torg_type_find_field (type, "site"), FALSE);
  edit = torg_unite_make_edit (unite);
  test_apply (office.store, edit);
  test_assert_field (office.store, "company", office.kept, "name", "ООО «Romashka»");
  test_assert_field (office.store, "company", office.kept, "city", "Тверь г");
  test_assert_field (office.store, "company", office.kept, "note", "Звонить утром\n\nПлатят вовремя");
  test_assert_field (office.store, "company", office.kept, "site", "");
}

/* What would become a part of itself is a part of nothing. */
static void
test_tree (void)
{
  g_autoptr (TestStore) test = test_store_new (46);
  g_autofree char *top = test_create (test->store, "company", "name", "Холдинг", NULL);
  g_autofree char *middle = test_create (test->store, "company", "name", "Завод", "parent", top, NULL);
  g_autofree char *low = test_create (test->store, "company", "name", "Цех", "parent", middle, NULL);
  g_autoptr (TorgRecord) record = NULL;
  gint64 step = merge (test->store, "company", low, top);

  record = torg_store_get (test->store, "company", middle, NULL);
  g_assert_null (torg_record_get_text (record, "parent"));
  test_assert_field (test->store, "company", low, "parent", middle);
  test_check (test->store);
  test_undo (test->store, step, 0);
  test_assert_field (test->store, "company", middle, "parent", top);
}

/* One after the other, and what cannot be. */
static void
test_refused (void)
{
  g_auto (Office) office = { 0 };
  g_autofree char *third = NULL, *twin = NULL;
  g_autoptr (TorgEdit) edit = torg_edit_new (NULL);
  g_autoptr (GError) error = NULL;

  office_init (&office, 47);
  third = test_create (office.store, "company", "name", "Ромашка Плюс", NULL);
  merge (office.store, "company", office.kept, office.other);
  g_assert_null (torg_unite_new (office.store, "company", third, office.other, &error));
  g_assert_error (error, TORG_ERROR, TORG_ERROR_RULE);
  g_clear_error (&error);
  g_assert_null (torg_unite_new (office.store, "company", third, third, &error));
  g_assert_error (error, TORG_ERROR, TORG_ERROR_INVALID);
  g_clear_error (&error);
  /* Into what is left of another one. */
  torg_edit_unite (edit, "company", third, office.other);
  test_apply (office.store, edit);
  test_assert_field (office.store, "company", third, "merged_into", office.kept);
  twin = test_create (office.store, "person", "name", "Ваня", "company", office.kept, NULL);
  merge (office.store, "person", office.person, twin);
  /* Brought back by hand it is merged into nothing. */
  torg_edit_truncate (edit, 0);
  torg_edit_restore (edit, "company", third);
  test_apply (office.store, edit);
  test_assert_field (office.store, "company", third, "merged_into", "");
}

static const TorgPair *
find_pair (GPtrArray *pairs, const char *one, const char *other)
{
  for (guint i = 0; i < pairs->len; i++)
    {
      const TorgPair *pair = pairs->pdata[i];

      if ((g_str_equal (pair->one, one) && g_str_equal (pair->other, other)) ||
          (g_str_equal (pair->one, other) && g_str_equal (pair->other, one)))
        return pair;
    }
  return NULL;
}

static void
test_pairs (void)
{
  g_auto (Office) office = { 0 };
  g_autofree char *inn = NULL, *typo = NULL, *far = NULL;
  g_autoptr (GPtrArray) pairs = NULL;
  g_autoptr (GPtrArray) own = NULL;
  g_autoptr (GPtrArray) left = NULL;
  g_autoptr (TorgRecord) one = NULL;
  g_autoptr (TorgRecord) other = NULL;
  g_autoptr (TorgEdit) edit = torg_edit_new (NULL);
  g_autoptr (GError) error = NULL;

  office_init (&office, 48);
  inn = test_create (office.store, "company", "name", "Цветы", NULL);
  typo = test_create (office.store, "company", "name", "Северсталь Метиз", NULL);
  far = test_create (office.store, "company", "name", "Севресталь Метиз", NULL);
  test_patch (office.store, "legal_entity", office.legal, "inn", "7707083893");
  g_free (test_create (office.store, "legal_entity", "name", "Цветы", "company", inn, "inn", "7707083893", NULL));
  pairs = torg_pairs_find (office.store, "company", NULL, NULL, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpint (find_pair (pairs, office.other, inn)->reasons, ==, TORG_LIKENESS_REQUISITES);
  g_assert_cmpint (find_pair (pairs, typo, far)->reasons, ==, TORG_LIKENESS_NEAR_NAME);
  g_assert_null (find_pair (pairs, office.kept, inn));
  own = torg_pairs_find (office.store, "company", typo, NULL, NULL, &error);
  g_assert_cmpint (own->len, ==, 1);
  one = torg_store_get (office.store, "company", far, NULL);
  other = torg_store_get (office.store, "company", typo, NULL);
  torg_pair_deny (edit, one, other);
  test_apply (office.store, edit);
  left = torg_pairs_find (office.store, "company", NULL, NULL, NULL, &error);
  g_assert_cmpint (left->len, ==, pairs->len - 1);
  g_assert_null (find_pair (left, typo, far));
  g_assert_null (torg_pairs_find (office.store, "deal", NULL, NULL, NULL, &error));
  g_assert_error (error, TORG_ERROR, TORG_ERROR_INVALID);
}

static void
test_cancelled (void)
{
  g_auto (Office) office = { 0 };
  g_autoptr (TorgJob) job = torg_job_new ("search");
  g_autoptr (GError) error = NULL;

  office_init (&office, 49);
  torg_job_cancel (job);
  g_assert_null (torg_pairs_find (office.store, "company", NULL, job, torg_job_get_cancellable (job), &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_data_func ("/unite/merge/alone", GUINT_TO_POINTER (0), test_merge);
  g_test_add_data_func ("/unite/merge/unsent", GUINT_TO_POINTER (1), test_merge);
  g_test_add_data_func ("/unite/merge/tried", GUINT_TO_POINTER (2), test_merge);
  g_test_add_func ("/unite/choice", test_choice);
  g_test_add_func ("/unite/tree", test_tree);
  g_test_add_func ("/unite/refused", test_refused);
  g_test_add_func ("/unite/pairs", test_pairs);
  g_test_add_func ("/unite/cancelled", test_cancelled);
  return g_test_run ();
}
