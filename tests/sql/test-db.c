/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "torg-db.h"
#include "torg-env.h"

#include <glib/gstdio.h>

/* The connection: statements, transactions, cancelling, and errors told apart. */

typedef struct
{
  char   *dir;
  char   *path;
  TorgDb *db;
} Fixture;

static void
set_up (Fixture *self, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  self->dir = g_dir_make_tmp ("torg-test-XXXXXX", NULL);
  self->path = g_build_filename (self->dir, "a.db", NULL);
  self->db = torg_db_open (self->path, NULL, TORG_DB_NONE, &error);
  g_assert_no_error (error);
  g_assert_true (torg_db_prepare_writing (self->db, NULL));
  g_assert_true (torg_db_exec (self->db, "CREATE TABLE t (a INTEGER PRIMARY KEY, b TEXT UNIQUE, c BLOB)", NULL));
}

static void
tear_down (Fixture *self, gconstpointer data)
{
  g_autoptr (GDir) dir = g_dir_open (self->dir, 0, NULL);
  const char *name;

  g_clear_pointer (&self->db, torg_db_free);
  while ((name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *path = g_build_filename (self->dir, name, NULL);

      g_unlink (path);
    }
  g_rmdir (self->dir);
  g_free (self->dir);
  g_free (self->path);
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
test_values (Fixture *self, gconstpointer data)
{
  g_autoptr (TorgStatement) into = torg_db_prepare (self->db, "INSERT INTO t VALUES (?1, ?2, ?3)", NULL);
  g_autoptr (TorgStatement) from = torg_db_prepare (self->db, "SELECT * FROM t ORDER BY a", NULL);
  static const char id[] = "019cadc6-9a80-72fd-8f9a-50d54f1ae9ce";
  g_autofree char  *read = NULL;
  gboolean          row;

  torg_statement_bind_int (into, 1, G_MAXINT64);
  torg_statement_bind_text (into, 2, "«ё»");
  torg_statement_bind_id (into, 3, id);
  g_assert_true (torg_statement_run (into, NULL));
  g_assert_cmpint (torg_db_get_last_rowid (self->db), ==, G_MAXINT64);
  g_assert_cmpint (torg_db_get_n_changes (self->db), ==, 1);
  torg_statement_bind_int (into, 1, -5);
  torg_statement_bind_null (into, 2);
  torg_statement_bind_id (into, 3, "no id");
  g_assert_true (torg_statement_run (into, NULL));

  g_assert_true (torg_statement_step (from, &row, NULL) && row);
  g_assert_cmpint (torg_statement_get_int (from, 0), ==, -5);
  g_assert_true (torg_statement_is_null (from, 1));
  g_assert_null (torg_statement_get_text (from, 1));
  g_assert_null (torg_statement_dup_id (from, 2));
  g_assert_true (torg_statement_step (from, &row, NULL) && row);
  g_assert_cmpstr (torg_statement_get_text (from, 1), ==, "«ё»");
  read = torg_statement_dup_id (from, 2);
  g_assert_cmpstr (read, ==, id);
  g_assert_true (torg_statement_step (from, &row, NULL) && !row);
}

/* A statement that is given back comes again, without what was bound; two of one text at once are two. */
static void
test_cache (Fixture *self, gconstpointer data)
{
  TorgStatement *first = torg_db_prepare (self->db, "SELECT ?1", NULL);
  TorgStatement *second = torg_db_prepare (self->db, "SELECT ?1", NULL);
  TorgStatement *again;
  gboolean       row;

  g_assert_true (first != second);
  torg_statement_bind_int (first, 1, 1);
  torg_statement_bind_int (second, 1, 2);
  g_assert_true (torg_statement_step (first, &row, NULL) && torg_statement_step (second, &row, NULL));
  g_assert_cmpint (torg_statement_get_int (first, 0), ==, 1);
  g_assert_cmpint (torg_statement_get_int (second, 0), ==, 2);
  torg_statement_release (first);
  torg_statement_release (second);
  again = torg_db_prepare (self->db, "SELECT ?1", NULL);
  g_assert_true (again == first);
  g_assert_true (torg_statement_step (again, &row, NULL) && row);
  g_assert_true (torg_statement_is_null (again, 0));
  torg_statement_release (again);
}

static void
test_transactions (Fixture *self, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (TorgDb) other = torg_db_open (self->path, NULL, TORG_DB_READ_ONLY, &error);
  gint64 version;

  g_assert_no_error (error);
  version = torg_db_get_data_version (other);
  g_assert_true (torg_db_begin (self->db, NULL));
  g_assert_true (torg_db_is_in_transaction (self->db));
  g_assert_true (torg_db_exec (self->db, "INSERT INTO t VALUES (1, 'a', NULL)", NULL));
  g_assert_cmpint (get_int (other, "SELECT count(*) FROM t"), ==, 0);
  g_assert_cmpint (torg_db_get_data_version (other), ==, version);
  torg_db_rollback (self->db);
  torg_db_rollback (self->db);
  g_assert_false (torg_db_is_in_transaction (self->db));
  g_assert_cmpint (get_int (self->db, "SELECT count(*) FROM t"), ==, 0);
  g_assert_true (torg_db_begin (self->db, NULL));
  g_assert_true (torg_db_exec (self->db, "INSERT INTO t VALUES (1, 'a', NULL)", NULL));
  /* A reader sees one state throughout. */
  g_assert_true (torg_db_begin_reading (other, NULL));
  g_assert_cmpint (get_int (other, "SELECT count(*) FROM t"), ==, 0);
  g_assert_true (torg_db_commit (self->db, NULL));
  g_assert_cmpint (get_int (other, "SELECT count(*) FROM t"), ==, 0);
  torg_db_rollback (other);
  g_assert_cmpint (get_int (other, "SELECT count(*) FROM t"), ==, 1);
  g_assert_cmpint (torg_db_get_data_version (other), !=, version);
  g_assert_false (torg_db_commit (self->db, &error));
  g_assert_nonnull (error);
}

static void
test_errors (Fixture *self, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (TorgDb) reader = NULL;
  g_autofree char *nowhere = g_build_filename (self->dir, "no", "such", NULL);

  g_assert_false (torg_db_exec (self->db, "nonsense", &error));
  g_assert_error (error, TORG_STORE_ERROR, TORG_STORE_ERROR_FAILED);
  g_clear_error (&error);
  g_assert_null (torg_db_prepare (self->db, "SELECT nothing FROM t", &error));
  g_assert_error (error, TORG_STORE_ERROR, TORG_STORE_ERROR_FAILED);
  g_clear_error (&error);
  g_assert_true (torg_db_exec (self->db, "INSERT INTO t VALUES (1, 'a', NULL)", NULL));
  g_assert_false (torg_db_exec (self->db, "INSERT INTO t VALUES (2, 'a', NULL)", &error));
  g_assert_error (error, TORG_STORE_ERROR, TORG_STORE_ERROR_FAILED);
  g_clear_error (&error);
  g_assert_null (torg_db_open (nowhere, NULL, TORG_DB_NONE, &error));
  g_assert_error (error, TORG_STORE_ERROR, TORG_STORE_ERROR_FAILED);
  g_clear_error (&error);
  g_assert_null (torg_db_open (self->path, "no such vfs", TORG_DB_NONE, &error));
  g_assert_nonnull (error);
  g_clear_error (&error);
  reader = torg_db_open (self->path, NULL, TORG_DB_READ_ONLY, NULL);
  g_assert_false (torg_db_exec (reader, "DELETE FROM t", &error));
  g_assert_error (error, TORG_STORE_ERROR, TORG_STORE_ERROR_READ_ONLY);
}

/* Another connection holds it: waiting, then a clear word. */
static void
test_locked (Fixture *self, gconstpointer data)
{
  g_autoptr (TorgDb) other = torg_db_open (self->path, NULL, TORG_DB_NONE, NULL);
  g_autoptr (GError) error = NULL;

  g_assert_true (torg_db_exec (other, "PRAGMA busy_timeout = 50", NULL));
  g_assert_true (torg_db_begin (self->db, NULL));
  g_assert_false (torg_db_begin (other, &error));
  g_assert_error (error, TORG_STORE_ERROR, TORG_STORE_ERROR_LOCKED);
  torg_db_rollback (self->db);
  g_assert_true (torg_db_begin (other, NULL));
}

/* A limit of pages is what a full disk looks like. */
static void
test_full (Fixture *self, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *sql =
    g_strdup_printf ("PRAGMA max_page_count = %d", (int) get_int (self->db, "PRAGMA page_count") + 5);

  g_assert_true (torg_db_exec (self->db, sql, NULL));
  g_assert_true (torg_db_begin (self->db, NULL));
  g_assert_false (torg_db_exec (self->db, "INSERT INTO t VALUES (1, 'a', randomblob (1000000))", &error));
  g_assert_error (error, TORG_STORE_ERROR, TORG_STORE_ERROR_FULL);
  torg_db_rollback (self->db);
  g_assert_true (torg_db_exec (
    self->db, "PRAGMA max_page_count = 100000; INSERT INTO t VALUES (1, 'a', randomblob (1000000))", NULL));
}

static void
test_damaged (Fixture *self, gconstpointer data)
{
  g_autofree char *path = g_build_filename (self->dir, "text", NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (TorgDb) db = NULL;
  gint64 n;

  g_assert_true (g_file_set_contents (path, "not a database, but as long as one's header would have to be", -1, NULL));
  db = torg_db_open (path, NULL, TORG_DB_NONE, &error);
  g_assert_no_error (error);
  g_assert_false (torg_db_get_int (db, "PRAGMA user_version", &n, &error));
  g_assert_error (error, TORG_STORE_ERROR, TORG_STORE_ERROR_CORRUPT);
}

#define LONG_SQL "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n"

static gpointer
cancel_soon (gpointer data)
{
  g_usleep (30000);
  g_cancellable_cancel (data);
  return NULL;
}

static void
test_cancel (Fixture *self, gconstpointer data)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GError) error = NULL;
  GThread *thread = g_thread_new ("cancel", cancel_soon, cancellable);
  gint64   n;

  torg_db_set_cancellable (self->db, cancellable);
  g_assert_false (torg_db_get_int (self->db, LONG_SQL, &n, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_thread_join (thread);
  torg_db_set_cancellable (self->db, NULL);
  g_assert_cmpint (get_int (self->db, "SELECT 7"), ==, 7);
}

static void
test_durable (Fixture *self, gconstpointer data)
{
  g_autofree char *wal = g_strconcat (self->path, "-wal", NULL);
  g_autoptr (GError) error = NULL;

  g_assert_cmpint (get_int (self->db, "PRAGMA synchronous"), ==, 2);
  g_assert_cmpint (get_int (self->db, "SELECT journal_mode = 'wal' FROM pragma_journal_mode"), ==, 1);
  g_assert_cmpint (get_int (self->db, "PRAGMA secure_delete"), ==, 1);
  g_assert_true (g_file_test (wal, G_FILE_TEST_EXISTS));
  g_assert_true (torg_db_close (g_steal_pointer (&self->db), &error));
  g_assert_no_error (error);
  g_assert_false (g_file_test (wal, G_FILE_TEST_EXISTS));
}

/* Lists of keys that have one in common, whole keys only. */
static void
test_has_key (Fixture *self, gconstpointer data)
{
  static const struct
  {
    const char *keys, *wanted;
    gboolean    found;
  } cases[] = {
    { "|a|b|", "|b|", TRUE },
    { "|a|b|", "|c|d|a|", TRUE },
    { "|a|b|", "|c|", FALSE },
    { "|ab|", "|a|b|", FALSE },
    { "|a|", "|ab|", FALSE },
    { "|a|", "|", FALSE },
    { "|", "|a|", FALSE },
    { "", "", FALSE },
    { "|deal:u:1|deal:d:2|", "|deal:d:2|", TRUE },
    { "|a_b|", "|axb|", FALSE },
    { NULL, "|a|", FALSE },
    { "|ключ|", "|замок|ключ|", TRUE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (TorgStatement) statement = torg_db_prepare (self->db, "SELECT has_key(?1, ?2)", NULL);
      gboolean row;

      if (cases[i].keys != NULL)
        torg_statement_bind_text (statement, 1, cases[i].keys);
      else
        torg_statement_bind_null (statement, 1);
      torg_statement_bind_text (statement, 2, cases[i].wanted);
      g_assert_true (torg_statement_step (statement, &row, NULL) && row);
      g_assert_cmpint (torg_statement_get_int (statement, 0), ==, cases[i].found);
    }
}

/* What a statement was asked for before is not what it is asked for now. */
static void
test_has_key_again (Fixture *self, gconstpointer data)
{
  const char *sql = "SELECT count(*) FROM t WHERE has_key(b, ?1)";

  g_assert_true (torg_db_exec (self->db, "INSERT INTO t (b) VALUES ('|a|'), ('|a|b|'), ('|c|')", NULL));
  for (guint i = 0; i < 3; i++)
    {
      static const char *const wanted[] = { "|a|", "|c|", "|a|c|" };
      static const int         counts[] = { 2, 1, 3 };
      g_autoptr (TorgStatement) statement = torg_db_prepare (self->db, sql, NULL);
      gboolean row;

      torg_statement_bind_text (statement, 1, wanted[i]);
      g_assert_true (torg_statement_step (statement, &row, NULL) && row);
      g_assert_cmpint (torg_statement_get_int (statement, 0), ==, counts[i]);
    }
}

int
main (int argc, char *argv[])
{
  static const struct
  {
    const char *path;
    void (*func) (Fixture *, gconstpointer);
  } tests[] = {
    { "/db/values", test_values },
    { "/db/cache", test_cache },
    { "/db/transactions", test_transactions },
    { "/db/errors", test_errors },
    { "/db/locked", test_locked },
    { "/db/full", test_full },
    { "/db/damaged", test_damaged },
    { "/db/cancel", test_cancel },
    { "/db/durable", test_durable },
    { "/db/has-key", test_has_key },
    { "/db/has-key/again", test_has_key_again },
  };

  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (tests); i++)
    g_test_add (tests[i].path, Fixture, NULL, set_up, tests[i].func, tear_down);
  return g_test_run ();
}
