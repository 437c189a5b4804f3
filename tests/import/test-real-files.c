/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "torg-test-import.h"

/* Sales data of others, as it is found. */

static gint64
count_in_stage (TorgStore *store, const char *kind, guint nth)
{
  g_autofree char *stage = test_stage (store, "deals", kind, nth);
  g_autoptr (TorgQuery) query = torg_query_new ("deal");
  gint64 n = -1;

  torg_query_add_text (query, "stage", TORG_MATCH_IS, stage);
  g_assert_true (torg_store_count (store, query, NULL, &n, NULL));
  return n;
}

static void
test_maven (void)
{
  g_autofree char *there = test_shared_file ("maven/sales_pipeline.csv");
  g_autoptr (TestStore) test = NULL;
  TorgStore *store;
  g_autoptr (TorgImportResult) accounts = NULL;
  g_autoptr (TorgImportResult) products = NULL;
  g_autoptr (TorgImportResult) pipeline = NULL;
  gboolean near = FALSE;
  guint    left = 7;
  gint64   n_history;

  if (there == NULL)
    return;
  test = test_store_new (1);
  store = test->store;
  accounts = test_import_file (test, "company", "maven/accounts.csv");
  test_assert_counts (accounts, 85, 85, 0, 0, 0);
  g_assert_cmpint (test_int (store, "SELECT count(*) FROM company WHERE deleted IS NULL"), ==, 85);
  g_assert_cmpint (test_int (store, "SELECT count(DISTINCT name) FROM company"), ==, 85);
  g_assert_cmpint (test_int (store, "SELECT count(*) FROM company WHERE parent IS NOT NULL"), ==, 15);
  products = test_import_file (test, "product", "maven/products.csv");
  test_assert_counts (products, 7, 7, 0, 0, 0);
  n_history = test_int (store, "SELECT count(*) FROM history");
  pipeline = test_import_file (test, "deal", "maven/sales_pipeline.csv");
  test_assert_counts (pipeline, 8800, 8800, 0, 0, 0);

  g_assert_cmpint (count_in_stage (store, "won", 0), ==, 4238);
  g_assert_cmpint (count_in_stage (store, "lost", 0), ==, 2473);
  g_assert_cmpint (count_in_stage (store, "open", 0), ==, 500);
  g_assert_cmpint (count_in_stage (store, "open", 1), ==, 1589);
  /* awk: the sum of close_value. */
  g_assert_cmpint (test_int (store, "SELECT sum(amount) FROM deal"), ==, 10005534 * 100);
  g_assert_cmpint (test_int (store, "SELECT count(*) FROM user WHERE deleted IS NULL"), ==, 31);
  g_assert_cmpint (test_int (store, "SELECT count(DISTINCT owner) FROM deal"), ==, 30);
  g_assert_cmpint (test_int (store, "SELECT count(*) FROM company"), ==, 85);
  g_assert_cmpint (test_int (store, "SELECT count(*) FROM product"), ==, 7);
  /* Rows without an account stay without a company. */
  g_assert_cmpint (test_int (store, "SELECT count(*) FROM deal WHERE company IS NULL"), ==, 1425);
  g_assert_cmpint (test_int (store, "SELECT count(*) FROM deal_line"), ==, 8800);
  g_assert_cmpint (test_int (store, "SELECT count(*) FROM deal_line l JOIN product p ON p.id = l.product "
                                    "WHERE p.name = 'GTX Pro'"),
                   ==, 1480);
  for (guint i = 0; i < pipeline->near->len; i++)
    near = near || (strstr (((TorgImportNear *) pipeline->near->pdata[i])->sentence, "GTXPro") != NULL &&
                    strstr (((TorgImportNear *) pipeline->near->pdata[i])->sentence, "GTX Pro") != NULL);
  g_assert_true (near);
  g_assert_cmpint (test_int (store,
                             "SELECT count(*) FROM deal WHERE number = '1C1I7A6R' AND started = '2016-10-20' AND "
                             "closed = '2017-03-01' AND amount = 105400"),
                   ==, 1);
  test_check (store);

  /* The same file once more makes nothing. */
  {
    g_autoptr (TorgImportResult) again = test_import_file (test, "deal", "maven/sales_pipeline.csv");

    test_assert_counts (again, 8800, 0, 0, 8800, 0);
  }
  /* Undone, nothing of it is left, but the companies that another import made. */
  g_assert_cmpint (test_int (store, "SELECT count(*) FROM history"), >, n_history + 8800);
  g_assert_true (torg_store_undo_import (store, pipeline->import_id, &left, NULL, NULL));
  g_assert_cmpuint (left, ==, 0);
  g_assert_cmpint (test_int (store, "SELECT (SELECT count(*) FROM deal) + (SELECT count(*) FROM deal_line)"), ==, 0);
  g_assert_cmpint (test_int (store, "SELECT count(*) FROM user"), ==, 1);
  g_assert_cmpint (test_int (store, "SELECT count(*) FROM company"), ==, 85);
  g_assert_cmpint (test_int (store, "SELECT count(*) FROM history"), ==, n_history);
  test_check (store);
}

static void
test_leads (void)
{
  g_autofree char *there = test_shared_file ("xeducation/Lead_Scoring.csv");
  g_autoptr (TestStore) test = NULL;
  g_autoptr (TorgImportResult) result = NULL;

  if (there == NULL)
    return;
  test = test_store_new (2);
  result = test_import_file (test, "lead", "xeducation/Lead_Scoring.csv");
  test_assert_counts (result, 9240, 9240, 0, 0, 0);
  g_assert_cmpint (test_int (test->store, "SELECT count(*) FROM lead"), ==, 9240);
  /* 338 of the rows are quoted once more as a whole. */
  g_assert_cmpint (test_int (test->store, "SELECT count(DISTINCT number) FROM lead"), ==, 9240);
  /* “Select” is what was not chosen. */
  g_assert_cmpint (test_int (test->store, "SELECT count(*) FROM dictionary WHERE name = 'Select'"), ==, 0);
  g_assert_cmpint (test_int (test->store, "SELECT count(*) FROM lead WHERE source IS NOT NULL"), >, 9000);
  /* It is the column “Lead Source”, not “Lead Origin” that comes before it. */
  g_assert_cmpint (test_int (test->store, "SELECT count(*) FROM lead WHERE source = "
                                          "(SELECT id FROM dictionary WHERE name = 'Olark Chat')"),
                   >, 1000);
  g_assert_cmpint (test_int (test->store, "SELECT count(*) FROM dictionary WHERE name = 'API'"), ==, 0);
  test_check (test->store);
}

static void
test_superstore (void)
{
  g_autofree char *path = test_shared_file ("superstore/superstoreSales.csv");
  g_autoptr (TestStore) test = NULL;
  g_autoptr (TorgTable) table = NULL;
  g_autoptr (TorgImportResult) result = NULL;

  if (path == NULL)
    return;
  test = test_store_new (3);
  table = test_read (path);
  g_assert_cmpuint (torg_table_get_n_rows (table), ==, 8400);
  result = test_import_file (test, "deal", "superstore/superstoreSales.csv");
  g_assert_cmpint (result->read, ==, 8399);
  g_assert_cmpint (result->failed, ==, 0);
  g_assert_cmpint (result->created + result->skipped, ==, 8399);
  g_assert_cmpint (test_int (test->store, "SELECT count(*) FROM company WHERE name = 'Muhammed MacIntyre'"), ==, 1);
  g_assert_cmpint (test_int (test->store, "SELECT count(*) FROM deal WHERE amount = 26154"), >=, 1);
  test_check (test->store);
}

/* Whatever it is, it does no harm. */
static void
test_others (void)
{
  static const struct
  {
    const char *name, *type;
    gint64      n;
  } files[] = {
    { "northwind/customers.csv", "company", 91 },       { "northwind/suppliers.csv", "company", 29 },
    { "northwind/employees.csv", "person", 9 },         { "northwind/products.csv", "product", 77 },
    { "northwind/customers.csv", "person", 91 },        { "atomic-crm/contacts.csv", "person", -1 },
    { "atomic-crm/contacts_export.csv", "person", -1 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (files); i++)
    {
      g_autofree char *there = test_shared_file (files[i].name);
      g_autoptr (TestStore) test = NULL;
      g_autoptr (TorgImportResult) result = NULL;
      guint left;

      if (there == NULL)
        return;
      test = test_store_new (4 + i);
      result = test_import_file (test, files[i].type, files[i].name);
      if (files[i].n >= 0)
        g_assert_cmpint (result->read, ==, files[i].n);
      g_assert_cmpint (result->created, >, 0);
      g_assert_cmpint (result->failed * 3, <=, result->read);
      g_assert_cmpint (result->read, ==, result->created + result->updated + result->skipped + result->failed);
      test_check (test->store);
      g_assert_true (torg_store_undo_import (test->store, result->import_id, &left, NULL, NULL));
      g_assert_cmpuint (left, ==, 0);
      g_assert_cmpint (test_int (test->store, "SELECT (SELECT count(*) FROM company) + (SELECT count(*) FROM person) + "
                                              "(SELECT count(*) FROM deal) + (SELECT count(*) FROM history)"),
                       ==, 0);
      test_check (test->store);
    }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/real-files/maven", test_maven);
  g_test_add_func ("/real-files/leads", test_leads);
  g_test_add_func ("/real-files/superstore", test_superstore);
  g_test_add_func ("/real-files/others", test_others);
  return g_test_run ();
}
