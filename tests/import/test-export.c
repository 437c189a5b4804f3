/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "torg-export.h"
#include "torg-reader.h"
#include "torg-test-import.h"
#include "torg-xlsx-writer.h"

/* A list as a file: what a spreadsheet counts with, and what comes back when it is imported. */

static TorgTable *
make (TorgStore *store, TorgQuery *query)
{
  static const char *const fields[] = { "title", "amount", "stage", "expected", "created", "note", "gone", NULL };
  g_autoptr (GError) error = NULL;
  guint      left = 9;
  TorgTable *table = torg_export_make_table (store, query, fields, NULL, &left, &error);

  g_assert_no_error (error);
  g_assert_cmpuint (left, ==, 0);
  return table;
}

static void
test_cells (void)
{
  g_autoptr (TestStore) test = test_store_new (81);
  TorgStore       *store = test->store;
  g_autofree char *stage = test_stage (store, "deals", "open", 0);
  g_autofree char *name = test_get (store, "stage", stage, "name");
  g_autofree char *one = test_create (store, "deal", "title", "=1+1", "stage", stage, "amount", "1200,50 ₽", "expected",
                                      "2026-12-01", "note", "Две\nстроки", NULL);
  g_autofree char *two = test_create (store, "deal", "title", "Насосы", "stage", stage, "amount", "7 USD", NULL);
  g_autoptr (TorgQuery) query = torg_query_new ("deal");
  g_autoptr (TorgTable) table = NULL;

  torg_query_sort (query, "title", FALSE);
  table = make (store, query);
  g_assert_cmpuint (torg_table_get_n_rows (table), ==, 3);
  /* An amount has its currency beside it; a field that is gone is no column. */
  g_assert_cmpuint (torg_table_get_width (table, 0), ==, 7);
  g_assert_cmpstr (torg_table_get_text (table, 1, 0), ==, "=1+1");
  g_assert_cmpstr (torg_table_get_text (table, 1, 1), ==, "1200.5");
  g_assert_cmpint (torg_table_get_kind (table, 1, 1), ==, TORG_CELL_NUMBER);
  g_assert_cmpstr (torg_table_get_text (table, 1, 2), ==, "RUB");
  g_assert_cmpstr (torg_table_get_text (table, 1, 3), ==, name);
  g_assert_cmpint (torg_table_get_kind (table, 1, 4), ==, TORG_CELL_DATE);
  g_assert_cmpint (torg_table_get_kind (table, 1, 5), ==, TORG_CELL_MOMENT);
  g_assert_cmpstr (torg_table_get_text (table, 1, 6), ==, "Две\nстроки");
  g_assert_cmpstr (torg_table_get_text (table, 2, 2), ==, "USD");
  g_assert_cmpstr (torg_table_get_text (table, 2, 4), ==, "");
}

/* Both formats are read back by the import as the same deals. */
static void
test_back (void)
{
  static const char *const names[] = { "list.csv", "list.xlsx" };

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autoptr (TestStore) test = test_store_new (82);
      g_autoptr (TestStore) other = test_store_new (83);
      g_autofree char *stage = test_stage (test->store, "deals", "open", 1), *path = NULL, *back = NULL;
      g_autofree char *deal = test_create (test->store, "deal", "title", "-Насосы", "stage", stage, "amount",
                                           "1200,50 USD", "expected", "2026-12-01", NULL);
      g_autoptr (TorgQuery) query = torg_query_new ("deal");
      g_autoptr (TorgTable) table = make (test->store, query), read = NULL;
      g_autoptr (TorgImportPlan) plan = NULL;
      g_autoptr (TorgImportResult) result = NULL;
      g_autoptr (GError) error = NULL;

      path = g_build_filename (test->dir, names[i], NULL);
      if (i == 0)
        torg_csv_export (table, path, &error);
      else
        torg_xlsx_write (table, path, NULL, &error);
      g_assert_no_error (error);
      read = test_read (path);
      plan = test_plan (other, "deal", read);
      result = test_import (other, plan, FALSE);
      test_assert_counts (result, 1, 1, 0, 0, 0);
      back = test_find (other->store, "deal", "title", "-Насосы");
      g_assert_nonnull (back);
      test_assert_field (other->store, "deal", back, "expected", "2026-12-01");
      g_assert_cmpint (test_int (other->store, "SELECT amount FROM deal WHERE amount_currency = 'USD'"), ==, 120050);
      g_assert_nonnull (deal);
    }
}

static void
test_filtered (void)
{
  g_autoptr (TestStore) test = test_store_new (84);
  g_autoptr (TorgQuery) query = torg_query_new ("company");
  static const char *const fields[] = { "name", NULL };
  g_autoptr (GError) error = NULL;
  g_autoptr (TorgTable) table = NULL;
  guint left;

  for (guint i = 0; i < 1203; i++)
    {
      g_autofree char *name = g_strdup_printf ("Компания %04u", i);
      g_autofree char *id =
        test_create (test->store, "company", "name", name, "city", i % 2 == 0 ? "Тверь" : "Омск", NULL);

      g_assert_nonnull (id);
    }
  torg_query_add_text (query, "city", TORG_MATCH_IS, "Тверь");
  torg_query_sort (query, "name", TRUE);
  table = torg_export_make_table (test->store, query, fields, NULL, &left, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (torg_table_get_n_rows (table), ==, 603);
  g_assert_cmpstr (torg_table_get_text (table, 1, 0), ==, "Компания 1202");
  g_assert_cmpstr (torg_table_get_text (table, 602, 0), ==, "Компания 0000");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/export/cells", test_cells);
  g_test_add_func ("/export/back", test_back);
  g_test_add_func ("/export/filtered", test_filtered);
  return g_test_run ();
}
