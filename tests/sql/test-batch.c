/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "torg-batch.h"

/* Rows that are inserted several at a time: none is lost, doubled or changed, whatever their number. */

#define ID "019cadc6-9a80-72fd-8f9a-50d54f1ae9ce"

static TorgDb *
open_db (void)
{
  g_autoptr (GError) error = NULL;
  TorgDb *db = torg_db_open (":memory:", NULL, TORG_DB_NONE, &error);

  g_assert_no_error (error);
  g_assert_true (torg_db_exec (db, "CREATE TABLE t (a INTEGER PRIMARY KEY, b TEXT, c BLOB, d TEXT) STRICT", NULL));
  return db;
}

static TorgBatch *
new_batch (TorgDb *db)
{
  return torg_batch_new (db, "INSERT INTO t (a, b, c, d)", 4);
}

static gint64
get_int (TorgDb *db, const char *sql)
{
  g_autoptr (GError) error = NULL;
  gint64 number = -12345;

  torg_db_get_int (db, sql, &number, &error);
  g_assert_no_error (error);
  return number;
}

static void
add_row (TorgBatch *batch, gint64 a)
{
  TorgStatement   *row = torg_batch_begin (batch);
  g_autofree char *text = g_strdup_printf ("строка %" G_GINT64_FORMAT, a);

  torg_statement_bind_int (row, 1, a);
  torg_statement_bind_text (row, 2, a % 3 == 0 ? "" : text);
  torg_statement_bind_id (row, 3, ID);
  torg_statement_bind_null (row, 4);
}

/* As many rows as fit into one statement, one more, one less, and so on. */
static void
test_counts (void)
{
  static const guint counts[] = { 0, 1, 7, 8, 9, 63, 64, 65, 73, 128, 200 };

  for (guint i = 0; i < G_N_ELEMENTS (counts); i++)
    {
      g_autoptr (TorgDb) db = open_db ();
      g_autoptr (TorgBatch) batch = new_batch (db);

      for (guint a = 1; a <= counts[i]; a++)
        {
          add_row (batch, a);
          g_assert_true (torg_batch_end (batch, TORG_BATCH_ROWS, NULL));
        }
      g_assert_cmpint (get_int (db, "SELECT count(*) FROM t"), ==, counts[i] / TORG_BATCH_ROWS * TORG_BATCH_ROWS);
      g_assert_true (torg_batch_flush (batch, NULL));
      g_assert_true (torg_batch_is_empty (batch));
      g_assert_cmpint (get_int (db,
                                "SELECT count(*) FROM t WHERE c = x'019cadc69a8072fd8f9a50d54f1ae9ce' AND d IS NULL "
                                "AND b = iif(a % 3 = 0, '', 'строка ' || a)"),
                       ==, counts[i]);
    }
}

static void
test_at_once (void)
{
  g_autoptr (TorgDb) db = open_db ();
  g_autoptr (TorgBatch) batch = new_batch (db);

  add_row (batch, 5);
  g_assert_true (torg_batch_end (batch, 1, NULL));
  g_assert_cmpint (get_int (db, "SELECT a FROM t"), ==, 5);
  add_row (batch, 6);
  torg_batch_clear (batch);
  g_assert_true (torg_batch_flush (batch, NULL));
  g_assert_cmpint (get_int (db, "SELECT count(*) FROM t"), ==, 1);
}

/* What is held back is there for every statement that is prepared after it, and for the batch that is held next. */
static void
test_held (void)
{
  g_autoptr (TorgDb) db = open_db ();
  g_autoptr (TorgBatch) first = new_batch (db);
  g_autoptr (TorgBatch) second = new_batch (db);

  g_assert_true (torg_db_hold (db, first, NULL));
  add_row (first, 1);
  g_assert_false (torg_batch_is_empty (first));
  g_assert_cmpint (get_int (db, "SELECT count(*) FROM t"), ==, 1);
  g_assert_true (torg_batch_is_empty (first));
  add_row (first, 2);
  g_assert_true (torg_db_hold (db, second, NULL));
  g_assert_true (torg_batch_is_empty (first));
  add_row (second, 3);
  g_assert_true (torg_db_hold (db, NULL, NULL));
  add_row (second, 4);
  g_assert_cmpint (get_int (db, "SELECT count(*) FROM t"), ==, 3);
  g_assert_true (torg_db_hold (db, second, NULL));
  torg_db_drop_held (db);
  g_assert_true (torg_batch_is_empty (second));
  g_assert_cmpint (get_int (db, "SELECT count(*) FROM t"), ==, 3);
}

/* A row that cannot be written is not tried again, and nothing is written after it. */
static void
test_error (void)
{
  g_autoptr (TorgDb) db = open_db ();
  g_autoptr (TorgBatch) batch = new_batch (db);
  g_autoptr (GError) error = NULL;
  gint64 n = 0;

  g_assert_true (torg_db_hold (db, batch, NULL));
  add_row (batch, 1);
  add_row (batch, 1);
  g_assert_false (torg_db_get_int (db, "SELECT count(*) FROM t", &n, &error));
  g_assert_error (error, TORG_STORE_ERROR, TORG_STORE_ERROR_FAILED);
  g_assert_true (torg_batch_is_empty (batch));
  /* Whoever ends the edit hears of it too, even if the first one did not care; until then nothing goes on. */
  g_assert_false (torg_db_get_int (db, "SELECT count(*) FROM t", &n, NULL));
  g_clear_error (&error);
  g_assert_false (torg_db_hold (db, NULL, &error));
  g_assert_error (error, TORG_STORE_ERROR, TORG_STORE_ERROR_FAILED);
  g_assert_true (torg_db_hold (db, NULL, NULL));
  g_assert_true (torg_db_get_int (db, "SELECT count(*) FROM t", &n, NULL));
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/batch/counts", test_counts);
  g_test_add_func ("/batch/at-once", test_at_once);
  g_test_add_func ("/batch/held", test_held);
  g_test_add_func ("/batch/error", test_error);
  return g_test_run ();
}
