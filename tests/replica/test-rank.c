/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "torg-test-store.h"

/* The order of cards in a stage. */

static GPtrArray *
list_column (TorgStore *store, const char *stage)
{
  g_autoptr (TorgQuery) query = torg_query_new ("deal");

  torg_query_add_text (query, "stage", TORG_MATCH_IS, stage);
  torg_query_sort (query, "rank", FALSE);
  return torg_store_list (store, query, 0, NULL, NULL);
}

static void
test_between (void)
{
  g_autoptr (TestStore) test = test_store_new (1);
  TorgStore       *store = test->store;
  const TorgType  *type = torg_schema_find (torg_store_get_schema (store), "deal");
  g_autofree char *stage = test_stage (store, "deals", "open", 0);
  g_autofree char *bottom = test_create (store, "deal", "title", "низ", NULL);
  g_autofree char *top = test_create (store, "deal", "title", "верх", NULL);
  g_autofree char *above = g_strdup (top);
  g_autoptr (GPtrArray) cards = NULL;

  /* A new card comes on top. */
  cards = list_column (store, stage);
  g_assert_cmpstr (torg_record_get_id (cards->pdata[0]), ==, top);
  /* Always between the last one and the bottom. */
  for (int i = 0; i < 1000; i++)
    {
      g_autoptr (GError) error = NULL;
      gint64           rank = torg_store_rank_between (store, type, stage, above, bottom, &error);
      g_autofree char *title = g_strdup_printf ("%04d", i);
      g_autoptr (TorgRecord) card = test_new_record (store, "deal", "title", title, "stage", stage, NULL);
      g_autoptr (TorgEdit) edit = torg_edit_new ("card");

      g_assert_no_error (error);
      torg_record_take (card, "rank", torg_value_int (rank));
      torg_edit_create (edit, card);
      test_apply (store, edit);
      g_free (above);
      above = g_strdup (torg_record_get_id (card));
    }
  g_ptr_array_unref (cards);
  cards = list_column (store, stage);
  g_assert_cmpuint (cards->len, ==, 1002);
  g_assert_cmpstr (torg_record_get_id (cards->pdata[0]), ==, top);
  g_assert_cmpstr (torg_record_get_id (cards->pdata[1001]), ==, bottom);
  for (int i = 0; i < 1000; i++)
    g_assert_cmpint (g_ascii_strtoll (torg_record_get_text (cards->pdata[i + 1], "title"), NULL, 10), ==, i);
  test_check (store);
}

static void
test_ends (void)
{
  g_autoptr (TestStore) test = test_store_new (2);
  TorgStore       *store = test->store;
  const TorgType  *type = torg_schema_find (torg_store_get_schema (store), "deal");
  g_autofree char *stage = test_stage (store, "deals", "open", 0);
  g_autofree char *empty = test_stage (store, "deals", "open", 1);
  g_autofree char *a = test_create (store, "deal", "title", "а", NULL);
  g_autofree char *b = test_create (store, "deal", "title", "б", NULL);
  g_autoptr (TorgRecord) first = torg_store_get (store, "deal", b, NULL);
  g_autoptr (TorgRecord) second = torg_store_get (store, "deal", a, NULL);

  g_assert_cmpint (torg_record_get_number (first, "rank"), <, torg_record_get_number (second, "rank"));
  g_assert_cmpint (torg_store_rank_between (store, type, stage, NULL, NULL, NULL), <,
                   torg_record_get_number (first, "rank"));
  g_assert_cmpint (torg_store_rank_between (store, type, stage, NULL, b, NULL), <,
                   torg_record_get_number (first, "rank"));
  g_assert_cmpint (torg_store_rank_between (store, type, stage, a, NULL, NULL), >,
                   torg_record_get_number (second, "rank"));
  torg_store_rank_between (store, type, empty, NULL, NULL, NULL);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/rank/between", test_between);
  g_test_add_func ("/rank/ends", test_ends);
  return g_test_run ();
}
