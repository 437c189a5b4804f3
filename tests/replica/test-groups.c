/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "torg-demo.h"
#include "torg-groups.h"
#include "torg-test-store.h"

/* Each group's count, sum and weighted sum is what a look at every record comes to. */

typedef struct
{
  gint64   n, sum;
  __int128 product;
} Naive;

static char *
find_key (TorgStore *store, TorgRecord *deal, const char *path)
{
  g_autoptr (TorgRecord) company = NULL;
  const char *text;

  if (!g_str_has_prefix (path, "company."))
    {
      text = torg_record_get_text (deal, path);
      return text != NULL ? g_strndup (text, g_str_equal (path, "expected") ? 7 : 100) : NULL;
    }
  text = torg_record_get_text (deal, "company");
  company = text != NULL ? torg_store_get (store, "company", text, NULL) : NULL;
  return company != NULL ? g_strdup (torg_record_get_text (company, path + strlen ("company."))) : NULL;
}

static void
check (TorgStore *store, TorgQuery *query, const char *path)
{
  g_autoptr (GHashTable) expected = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  g_autoptr (GPtrArray) deals = torg_store_list (store, query, 0, NULL, NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) groups = torg_store_list_groups (store, query, path, NULL, &error);

  g_assert_no_error (error);
  for (guint i = 0; i < deals->len; i++)
    {
      TorgRecord      *deal = g_ptr_array_index (deals, i);
      const TorgValue *amount = torg_record_get (deal, "amount");
      g_autofree char *key = find_key (store, deal, path);
      g_autofree char *name = g_strdup_printf ("%s|%s", key != NULL ? key : "", amount->currency);
      g_autoptr (TorgRecord) stage = torg_store_get (store, "stage", torg_record_get_text (deal, "stage"), NULL);
      Naive *naive = g_hash_table_lookup (expected, name);

      if (naive == NULL)
        g_hash_table_insert (expected, g_strdup (name), naive = g_new0 (Naive, 1));
      naive->n++;
      naive->sum += amount->number;
      naive->product += (__int128) amount->number * torg_record_get_number (stage, "probability");
    }
  g_assert_cmpuint (groups->len, ==, g_hash_table_size (expected));
  for (guint i = 0; i < groups->len; i++)
    {
      const TorgGroup *group = g_ptr_array_index (groups, i);
      g_autofree char *name = g_strdup_printf ("%s|%s", group->key != NULL ? group->key : "", group->currency);
      const Naive     *naive = g_hash_table_lookup (expected, name);

      g_assert_nonnull (naive);
      g_assert_cmpint (group->n, ==, naive->n);
      g_assert_cmpint (group->sum, ==, naive->sum);
      g_assert_cmpint (group->weighted, ==, (gint64) ((naive->product + 500000) / 1000000));
    }
}

static void
test_naive (void)
{
  static const char *const paths[] = { "owner",        "department",       "stage",    "company.region",
                                       "company.city", "company.industry", "expected", "source" };
  g_autofree char         *dir = g_dir_make_tmp ("torg-test-XXXXXX", NULL);
  g_autofree char         *path = g_build_filename (dir, "replica.db", NULL);
  g_autoptr (TorgEnv) env = torg_env_new_seeded (1, TEST_NOW, NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (TorgStore) store = NULL;
  g_autoptr (TorgQuery) all = torg_query_new ("deal");
  g_autoptr (TorgQuery) some = torg_query_new ("deal");
  g_auto (TorgValue) least = torg_value_money (50000000, "RUB");

  torg_demo_make (path, 3000, 1, "ru", TEST_NOW, NULL, &error);
  g_assert_no_error (error);
  store = torg_store_open (env, path, TORG_STORE_NONE, &error);
  g_assert_no_error (error);
  torg_query_add (some, "amount", TORG_MATCH_AT_LEAST, &least);
  for (guint i = 0; i < G_N_ELEMENTS (paths); i++)
    {
      check (store, all, paths[i]);
      check (store, some, paths[i]);
    }
  g_assert_null (torg_store_list_groups (store, all, "amount", NULL, &error));
  g_assert_error (error, TORG_ERROR, TORG_ERROR_INVALID);
  g_clear_error (&error);
  g_assert_null (torg_store_list_groups (store, all, "nothing", NULL, &error));
  g_assert_error (error, TORG_ERROR, TORG_ERROR_NOT_FOUND);
  torg_store_close (store, NULL);
  test_remove_dir (dir);
}

/* Currencies are never added up, and a large amount by its probability is exact. */
static void
test_currencies (void)
{
  g_autoptr (TestStore) test = test_store_new (5);
  g_autofree char         *stage = test_stage (test->store, "deals", "open", 0);
  g_autofree char         *pipeline = test_get (test->store, "stage", stage, "pipeline");
  static const char *const amounts[] = { "1000.01 RUB", "500 EUR", "80000000000.00 RUB" };
  g_autoptr (TorgQuery) all = torg_query_new ("deal");
  g_autoptr (GPtrArray) groups = NULL;
  const TorgGroup *roubles;

  test_patch (test->store, "stage", stage, "probability", "33");
  for (guint i = 0; i < G_N_ELEMENTS (amounts); i++)
    {
      g_autofree char *id = test_create (test->store, "deal", "title", "А", "pipeline", pipeline, "stage", stage,
                                         "amount", amounts[i], NULL);
    }
  groups = torg_store_list_groups (test->store, all, "stage", NULL, NULL);
  g_assert_cmpuint (groups->len, ==, 2);
  g_assert_cmpstr (((TorgGroup *) groups->pdata[0])->currency, ==, "EUR");
  roubles = groups->pdata[1];
  g_assert_cmpstr (roubles->key, ==, stage);
  g_assert_nonnull (roubles->title);
  g_assert_cmpint (roubles->n, ==, 2);
  g_assert_cmpint (roubles->sum, ==, G_GINT64_CONSTANT (8000000100001));
  /* 0.33 of it, to the kopeck. */
  g_assert_cmpint (roubles->weighted, ==, G_GINT64_CONSTANT (2640000033000));
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/groups/naive", test_naive);
  g_test_add_func ("/groups/currencies", test_currencies);
  return g_test_run ();
}
