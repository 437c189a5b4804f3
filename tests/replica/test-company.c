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

/* A company that one can believe: what is written in one place holds in another. */
static void
test_believable (void)
{
  g_autofree char *dir = g_dir_make_tmp ("torg-test-XXXXXX", NULL);
  g_autofree char *path = make (dir, "a", 3000, 5, "ru", TEST_NOW);
  g_autoptr (TorgStore) store = open_store (path);
  static const char *const wrong[] = {
    /* The last move leads into the stage that the deal is in, at the time that it says. */
    "SELECT count(*) FROM deal d JOIN history h ON h.rid = (SELECT rid FROM history WHERE record = d.id AND "
    "field = 'stage' ORDER BY at DESC LIMIT 1) JOIN stage s ON s.id = d.stage "
    "WHERE unhex(trim(h.new, '\"'), '-') <> d.stage OR h.at <> d.stage_since",
    /* Each move begins where the one before ended, and none comes before the creation. */
    "SELECT count(*) FROM (SELECT old, lag(new) OVER (PARTITION BY record ORDER BY at) AS before FROM history "
    "WHERE field = 'stage') WHERE before IS NOT NULL AND before <> old",
    "SELECT count(*) FROM history h JOIN history c ON c.record = h.record AND c.field IS NULL WHERE h.at < c.at",
    "SELECT count(*) - count(DISTINCT name) FROM company",
    /* At work: from 9 to 18 in Moscow, Monday to Friday. */
    "SELECT count(*) FROM activity WHERE done IS NOT NULL AND (strftime('%H', done / 1000000 + 10800, 'unixepoch') "
    "NOT BETWEEN '09' AND '17' OR strftime('%w', done / 1000000 + 10800, 'unixepoch') IN ('0', '6'))",
    "SELECT count(*) FROM activity WHERE result = 'Не дозвонился' AND kind <> 'call'",
    "SELECT count(*) FROM activity WHERE kind = 'note' AND done IS NULL",
    "SELECT count(*) FROM activity WHERE kind <> 'note' AND done IS NOT NULL AND result IS NULL",
  };

  for (guint i = 0; i < G_N_ELEMENTS (wrong); i++)
    {
      g_test_message ("%s", wrong[i]);
      g_assert_cmpint (test_int (store, wrong[i]), ==, 0);
    }
  g_assert_cmpint (test_int (store, "SELECT count(*) FROM history WHERE field = 'stage'"), >, 50);
  torg_store_close (store, NULL);
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
  g_test_add_func ("/company/believable", test_believable);
  g_test_add_func ("/company/refused", test_refused);
  return g_test_run ();
}
