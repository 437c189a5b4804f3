/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "torg-demo.h"
#include "torg-test-store.h"

#include <glib/gstdio.h>

/* The generated company: the same from the same seed and day, of exactly so many records, without faults. */

static char *
make (const char *dir, const char *name, gint64 n, guint64 seed, const char *lang, gint64 now)
{
  char *path = g_build_filename (dir, name, NULL);
  g_autoptr (GError) error = NULL;

  torg_demo_make (path, n, seed, lang, now, NULL, &error);
  g_assert_no_error (error);
  return path;
}

static TorgStore *
open_store (const char *path)
{
  g_autoptr (TorgEnv) env = torg_env_new_seeded (1, TEST_NOW, NULL);
  g_autoptr (GError) error = NULL;
  TorgStore *store = torg_store_open (env, path, TORG_STORE_NONE, &error);

  g_assert_no_error (error);
  return store;
}

/* All rows of all types. */
static char *
describe (const char *path, gint64 *n_records)
{
  g_autoptr (TorgStore) store = open_store (path);
  g_autoptr (GChecksum) sum = g_checksum_new (G_CHECKSUM_MD5);

  *n_records = 0;
  for (guint i = 0; i < torg_schema_get_n_types (store->schema); i++)
    {
      g_autofree char *names = NULL;
      g_autofree char *sql = NULL;
      g_autofree char *rows = NULL;
      g_autofree char *count = NULL;
      const char      *type = torg_schema_nth (store->schema, i)->info->name;

      sql =
        g_strdup_printf ("SELECT group_concat('quote(\"' || name || '\")', '||') FROM pragma_table_info('%s')", type);
      names = test_text (store, sql);
      g_free (sql);
      sql = g_strdup_printf ("SELECT group_concat(%s) FROM (SELECT * FROM \"%s\" ORDER BY rid)", names, type);
      rows = test_text (store, sql);
      g_checksum_update (sum, (const guchar *) (rows != NULL ? rows : "-"), -1);
      count = g_strdup_printf ("SELECT count(*) FROM \"%s\"", type);
      *n_records += test_int (store, count);
    }
  torg_store_close (store, NULL);
  return g_strdup (g_checksum_get_string (sum));
}

static void
test_same (void)
{
  g_autofree char *dir = g_dir_make_tmp ("torg-test-XXXXXX", NULL);
  g_autofree char *a = make (dir, "a", 1200, 7, "ru", TEST_NOW);
  g_autofree char *b = make (dir, "b", 1200, 7, "ru", TEST_NOW);
  g_autofree char *other_seed = make (dir, "c", 1200, 8, "ru", TEST_NOW);
  g_autofree char *other_day =
    make (dir, "d", 1200, 7, "ru", TEST_NOW + G_GINT64_CONSTANT (5) * 86400 * G_USEC_PER_SEC);
  g_autofree char *english = make (dir, "e", 1200, 7, "en", TEST_NOW);
  gint64           n;
  g_autofree char *sum = describe (a, &n);
  g_autofree char *same = describe (b, &n);
  g_autofree char *seed = describe (other_seed, &n);
  g_autofree char *day = describe (other_day, &n);
  g_autofree char *lang = describe (english, &n);

  g_assert_cmpstr (sum, ==, same);
  g_assert_cmpstr (sum, !=, seed);
  g_assert_cmpstr (sum, !=, day);
  g_assert_cmpstr (sum, !=, lang);
  test_remove_dir (dir);
}

static void
test_number (void)
{
  static const gint64 numbers[] = { 300, 301, 500, 999, 1000, 2345, 10000 };
  g_autofree char    *dir = g_dir_make_tmp ("torg-test-XXXXXX", NULL);

  for (guint i = 0; i < G_N_ELEMENTS (numbers); i++)
    {
      g_autofree char *name = g_strdup_printf ("%u", i);
      g_autofree char *path = make (dir, name, numbers[i], i, i % 2 == 0 ? "ru" : "en", TEST_NOW);
      g_autoptr (TorgStore) store = NULL;
      g_autofree char *sum = NULL;
      gint64           n;

      sum = describe (path, &n);
      g_assert_cmpint (n, ==, numbers[i]);
      store = open_store (path);
      test_check (store);
      g_assert_cmpint (test_int (store, "SELECT count(*) FROM deal"), >, numbers[i] / 50);
      g_assert_nonnull (torg_store_get_user (store));
      /* It is in WAL and can be worked with. */
      g_free (test_create (store, "deal", "title", "Новая", NULL));
      torg_store_close (store, NULL);
    }
  test_remove_dir (dir);
}

static void
test_refused (void)
{
  g_autofree char *dir = g_dir_make_tmp ("torg-test-XXXXXX", NULL);
  g_autofree char *path = make (dir, "a", 300, 1, "ru", TEST_NOW);
  g_autofree char *few = g_build_filename (dir, "few", NULL);
  g_autofree char *nowhere = g_build_filename (dir, "no", "such", "folder", NULL);
  g_autofree char *building = g_strconcat (few, ".building", NULL);
  g_autoptr (GError) error = NULL;

  g_assert_false (torg_demo_make (path, 300, 1, "ru", TEST_NOW, NULL, &error));
  g_assert_error (error, TORG_ERROR, TORG_ERROR_DUPLICATE);
  g_clear_error (&error);
  g_assert_false (torg_demo_make (few, 10, 1, "ru", TEST_NOW, NULL, &error));
  g_assert_nonnull (error);
  g_clear_error (&error);
  g_assert_false (g_file_test (few, G_FILE_TEST_EXISTS) || g_file_test (building, G_FILE_TEST_EXISTS));
  g_assert_false (torg_demo_make (nowhere, 300, 1, "ru", TEST_NOW, NULL, &error));
  g_assert_nonnull (error);
  test_remove_dir (dir);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/company/same", test_same);
  g_test_add_func ("/company/number", test_number);
  g_test_add_func ("/company/refused", test_refused);
  return g_test_run ();
}
