/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "torg-test-store.h"

/* The check finds what is wrong: each thing that is kept is spoilt, once. */

typedef struct
{
  const char *name;
  const char *sql;
} Damage;

static const Damage spoils[] = {
  { "counter-number", "UPDATE counter SET n = n + 1" },
  { "counter-sum", "UPDATE counter SET sum = sum + 1" },
  { "counter-missing", "DELETE FROM counter" },
  { "counter-surplus", "INSERT INTO counter VALUES (x'00112233445566778899aabbccddeeff', x'', 'RUB', 1, 1)" },
  { "next-step-time", "UPDATE deal SET next_at = next_at + 1" },
  { "next-step-subject", "UPDATE deal SET next_subject = 'другое'" },
  { "next-step-kind", "UPDATE deal SET next_kind = 'mail'" },
  { "next-step-all-day", "UPDATE deal SET next_all_day = 7" },
  { "touched", "UPDATE deal SET touched = 5" },
  { "reference", "UPDATE deal SET company = x'00112233445566778899aabbccddeeff'" },
  { "tag", "UPDATE deal SET tags = '[\"00112233-4455-6677-8899-aabbccddeeff\"]'" },
  { "pipeline", "UPDATE deal SET pipeline = (SELECT id FROM pipeline WHERE kind = 'leads')" },
  { "stage", "UPDATE deal SET stage = (SELECT s.id FROM stage s JOIN pipeline p ON p.id = s.pipeline "
             "WHERE p.kind = 'leads')" },
  { "owner", "UPDATE company SET owner = x'00112233445566778899aabbccddeeff'" },
  { "search-missing", "DELETE FROM search WHERE rowid = (SELECT doc FROM search_doc WHERE type = 'company' LIMIT 1)" },
  { "search-doc-missing", "DELETE FROM search_doc WHERE type = 'company'" },
  { "search-stale", "UPDATE company SET name = 'Иначе'" },
  { "search-surplus", "INSERT INTO search (rowid, terms) VALUES (90000, 'лишнее')" },
  { "match-missing", "DELETE FROM match_key" },
  { "match-surplus", "INSERT INTO match_key VALUES ('n:нет такой', 'company', 1)" },
};

static void
test_spoil (gconstpointer data)
{
  const Damage *damage = data;
  g_autoptr (TestStore) test = test_store_new (1);
  TorgStore       *store = test->store;
  g_autofree char *company = test_create (store, "company", "name", "Ромашка", "phones", "+7 495 123-45-67", NULL);
  g_autofree char *deal =
    test_create (store, "deal", "title", "Поставка", "company", company, "amount", "100 RUB", NULL);
  g_autofree char *call =
    test_create (store, "activity", "kind", "call", "subject", "Звонок", "deal", deal, "due", "2026-03-05", NULL);
  g_autofree char *done =
    test_create (store, "activity", "kind", "call", "deal", deal, "done", "2026-03-01T10:00:00Z", NULL);
  g_autoptr (GError) error = NULL;

  test_check (store);
  torg_db_exec (store->db, damage->sql, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (test_count_problems (store), >, 0);
}

/* In a replica of a server, what is referred to may be out of view, but not of a user who sees everything. */
static void
test_out_of_view (void)
{
  g_autoptr (TestStore) test = test_store_new (2);
  TorgStore       *store = test->store;
  g_autofree char *deal = test_create (store, "deal", "title", "Поставка", NULL);
  g_autofree char *role = test_create (store, "role", "name", "Продавец", NULL);
  g_autoptr (GPtrArray) missing = NULL;
  g_autoptr (GError) error = NULL;

  torg_db_exec (store->db, "UPDATE deal SET company = x'00112233445566778899aabbccddeeff'", &error);
  g_assert_no_error (error);
  test_store_to_server (test);
  store = test->store;
  /* Not all has come yet. */
  g_assert_cmpuint (test_count_problems (store), ==, 0);
  g_assert_true (torg_state_set (store->db, "cursor", "1", NULL));
  g_assert_cmpuint (test_count_problems (store), ==, 1);
  test_patch (store, "user", torg_store_get_user (store), "role", role);
  g_assert_cmpuint (test_count_problems (store), ==, 0);

  missing = torg_check_list_missing (store, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (missing->len, ==, 1);
  g_assert_cmpstr (((TorgCheckMissing *) missing->pdata[0])->target, ==, "company");
  g_assert_cmpstr (((TorgCheckMissing *) missing->pdata[0])->id, ==, "00112233-4455-6677-8899-aabbccddeeff");
  g_assert_cmpint (((TorgCheckMissing *) missing->pdata[0])->n, ==, 1);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (spoils); i++)
    {
      g_autofree char *path = g_strconcat ("/check/", spoils[i].name, NULL);

      g_test_add_data_func (path, &spoils[i], test_spoil);
    }
  g_test_add_func ("/check/out-of-view", test_out_of_view);
  return g_test_run ();
}
