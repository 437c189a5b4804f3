/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "torg-test-import.h"

/* A file of ../shared/data/crm; NULL, and the test skipped, where it is missing. */
char *
test_shared_file (const char *name)
{
  g_autofree char *path = g_build_filename (g_getenv ("TORG_SHARED_DATA"), "crm", name, NULL);

  if (g_file_test (path, G_FILE_TEST_EXISTS))
    return g_steal_pointer (&path);
  g_test_skip_printf ("left out: ../shared/data/crm/%s is missing", name);
  return NULL;
}

TorgTable *
test_read (const char *path)
{
  const TorgReadOptions options = { 0 };
  g_autoptr (GError) error = NULL;
  TorgTable *table = torg_read_table (path, &options, NULL, &error);

  g_assert_no_error (error);
  return table;
}

/* A table of a text that might be a file. */
TorgTable *
test_table (const char *text)
{
  g_autofree char *dir = g_dir_make_tmp ("torg-test-XXXXXX", NULL);
  g_autofree char *path = g_build_filename (dir, "table.csv", NULL);
  TorgTable       *table;

  g_assert_true (g_file_set_contents (path, text, -1, NULL));
  table = test_read (path);
  test_remove_dir (dir);
  return table;
}

TorgImportPlan *
test_plan (TestStore *test, const char *type, TorgTable *table)
{
  TorgImportPlan *plan = torg_import_plan_guess (torg_store_get_schema (test->store), type, table);

  g_assert_nonnull (plan);
  return plan;
}

TorgImportResult *
test_import (TestStore *test, TorgImportPlan *plan, gboolean dry_run)
{
  g_autoptr (GError) error = NULL;
  TorgImportResult *result = torg_import_run (plan, test->store, dry_run, NULL, &error);

  g_assert_no_error (error);
  for (guint i = 0; i < MIN (result->failures->len, 5); i++)
    {
      const TorgImportFailure *failure = result->failures->pdata[i];

      g_test_message ("line %u, %s: %s", failure->line, failure->column, failure->reason);
    }
  return result;
}

TorgImportResult *
test_import_text (TestStore *test, const char *type, const char *text)
{
  g_autoptr (TorgTable) table = test_table (text);
  g_autoptr (TorgImportPlan) plan = test_plan (test, type, table);

  return test_import (test, plan, FALSE);
}

TorgImportResult *
test_import_file (TestStore *test, const char *type, const char *name)
{
  g_autofree char *path = g_build_filename (g_getenv ("TORG_SHARED_DATA"), "crm", name, NULL);
  g_autoptr (TorgTable) table = test_read (path);
  g_autoptr (TorgImportPlan) plan = test_plan (test, type, table);
  gint64            began = g_get_monotonic_time ();
  TorgImportResult *result = test_import (test, plan, FALSE);

  g_test_message ("%s: read %d, created %d, updated %d, skipped %d, failed %d, made %d in %.1f s", name,
                  (int) result->read, (int) result->created, (int) result->updated, (int) result->skipped,
                  (int) result->failed, (int) result->made, (g_get_monotonic_time () - began) / 1e6);
  return result;
}

TorgImportColumn *
test_column (TorgImportPlan *plan, const char *header)
{
  for (guint i = 0; i < torg_import_plan_get_n_columns (plan); i++)
    if (g_strcmp0 (torg_import_plan_get_column (plan, i)->header, header) == 0)
      return torg_import_plan_get_column (plan, i);
  g_error ("there is no column %s", header);
}

void
test_assert_counts (TorgImportResult *result,
                    gint64            read,
                    gint64            created,
                    gint64            updated,
                    gint64            skipped,
                    gint64            failed)
{
  g_assert_cmpint (result->read, ==, read);
  g_assert_cmpint (result->created, ==, created);
  g_assert_cmpint (result->updated, ==, updated);
  g_assert_cmpint (result->skipped, ==, skipped);
  g_assert_cmpint (result->failed, ==, failed);
  g_assert_cmpint (result->read, ==, result->created + result->updated + result->skipped + result->failed);
}
