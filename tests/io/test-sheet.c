/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "torg-reader.h"
#include "torg-sheet.h"
#include "torg-xlsx-writer.h"

#include <glib/gstdio.h>
#include <string.h>

#include "torg-error.h"

/* What became of the collection's files. */
typedef struct
{
  guint n, read, encrypted, refused, unsupported, large;
  guint sheets, rows;
} Tally;

static char *
unpack (void)
{
  g_autofree char *archive = g_build_filename (g_getenv ("TORG_SHARED_DATA"), "sheets.tar.gz", NULL);
  g_autofree char *dir = NULL;
  g_autoptr (GError) error = NULL;

  if (!g_file_test (archive, G_FILE_TEST_EXISTS))
    return NULL;
  dir = g_dir_make_tmp ("torg-sheet-XXXXXX", &error);
  g_assert_no_error (error);
  const char *argv[] = { "tar", "xzf", archive, "-C", dir, NULL };
  g_autoptr (GSubprocess) tar = g_subprocess_newv (argv, G_SUBPROCESS_FLAGS_NONE, &error);
  g_assert_no_error (error);
  g_assert_true (g_subprocess_wait_check (tar, NULL, &error));
  return g_steal_pointer (&dir);
}

static void
delete_tree (const char *path)
{
  g_autoptr (GDir) dir = g_dir_open (path, 0, NULL);
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *child = g_build_filename (path, name, NULL);

      delete_tree (child);
    }
  g_remove (path);
}

static void
check_file (const char *path, const char *name, Tally *tally)
{
  g_autoptr (GError) error = NULL;
  gint64 start = g_get_monotonic_time ();
  g_auto (GStrv) sheets = torg_sheet_list (path, NULL, &error);
  double seconds;

  tally->n++;
  for (guint i = 0; sheets != NULL && sheets[i] != NULL && i < 3 && error == NULL; i++)
    {
      g_autoptr (TorgTable) table = torg_sheet_read (path, i, NULL, &error);

      g_assert_true ((table != NULL) == (error == NULL));
      if (table == NULL)
        continue;
      tally->sheets++;
      tally->rows += torg_table_get_n_rows (table);
      for (guint row = 0; row < MIN (torg_table_get_n_rows (table), 50); row++)
        for (guint column = 0; column < MIN (torg_table_get_width (table, row), 50); column++)
          g_assert_true (g_utf8_validate (torg_table_get_text (table, row, column), -1, NULL));
    }
  seconds = (double) (g_get_monotonic_time () - start) / G_USEC_PER_SEC;
  if (seconds > 2)
    g_test_message ("%s took %.1f s", name, seconds);

  if (error == NULL)
    tally->read++;
  else
    {
      g_assert_cmpuint (error->domain, ==, TORG_ERROR);
      tally->encrypted += error->code == TORG_ERROR_ENCRYPTED ? 1 : 0;
      tally->refused += error->code == TORG_ERROR_INVALID ? 1 : 0;
      tally->unsupported += error->code == TORG_ERROR_UNSUPPORTED ? 1 : 0;
      tally->large += error->code == TORG_ERROR_LIMIT ? 1 : 0;
      if (error->code != TORG_ERROR_UNSUPPORTED)
        g_test_message ("%s: %.30s", name, error->message);
    }
}

/* All files with TORG_TEST_AMOUNT=long, else every third one. */
static gboolean
is_long (void)
{
  return g_strcmp0 (g_getenv ("TORG_TEST_AMOUNT"), "long") == 0;
}

static void
test_corpus (void)
{
  g_autofree char         *dir = unpack ();
  static const char *const folders[] = { "sheets/poi", "sheets/calamine" };
  Tally                    tally = { 0 };
  gint64                   start = g_get_monotonic_time ();

  if (dir == NULL)
    {
      g_test_skip ("left out: ../shared/data/sheets.tar.gz is missing");
      return;
    }
  for (gsize i = 0; i < G_N_ELEMENTS (folders); i++)
    {
      g_autofree char *path = g_build_filename (dir, folders[i], NULL);
      g_autoptr (GDir) files = g_dir_open (path, 0, NULL);
      const char *name;

      while (files != NULL && (name = g_dir_read_name (files)) != NULL)
        {
          g_autofree char *file = g_build_filename (path, name, NULL);

          if (is_long () || g_str_hash (name) % 3 == 0)
            check_file (file, name, &tally);
        }
    }
  delete_tree (dir);
  g_test_message (
    "%u files in %.1f s: %u read (%u sheets, %u rows), %u encrypted, %u damaged, %u unsupported, %u too large", tally.n,
    (double) (g_get_monotonic_time () - start) / G_USEC_PER_SEC, tally.read, tally.sheets, tally.rows, tally.encrypted,
    tally.refused, tally.unsupported, tally.large);
  g_assert_cmpuint (tally.n, >=, is_long () ? 890 : 250);
  g_assert_cmpuint (tally.read * 100, >=, tally.n * 84);
}

/* A file of the collection, by its path in the archive. */
static char *
extract (const char *dir, const char *name)
{
  g_autofree char *archive = g_build_filename (g_getenv ("TORG_SHARED_DATA"), "sheets.tar.gz", NULL);
  const char      *argv[] = { "tar", "xzf", archive, "-C", dir, name, NULL };
  g_autoptr (GSubprocess) tar = g_subprocess_newv (argv, G_SUBPROCESS_FLAGS_NONE, NULL);

  g_assert_true (g_subprocess_wait_check (tar, NULL, NULL));
  return g_build_filename (dir, name, NULL);
}

/* Sound files that are written in an odd way, and those that only their program reads. */
static void
test_odd (void)
{
  static const struct
  {
    const char *file;
    int         code; /* -1: it is read */
  } cases[] = {
    { "sheets/poi/WORKBOOK_in_capitals.xls", -1 },
    { "sheets/poi/NoGutsRecords.xls", -1 },
    { "sheets/calamine/capitalized_wbook_stream.xls", TORG_ERROR_UNSUPPORTED },
    { "sheets/poi/49609.xlsx", -1 },
    { "sheets/calamine/issue_530.xlsx", -1 },
    { "sheets/calamine/minimal_package.xlsx", -1 },
    { "sheets/poi/SimpleChart.xls", TORG_ERROR_UNSUPPORTED },
    { "sheets/poi/15573.xls", TORG_ERROR_UNSUPPORTED },
    { "sheets/poi/BOOK_in_capitals.xls", TORG_ERROR_UNSUPPORTED },
    { "sheets/poi/DBCSHeader.xls", TORG_ERROR_UNSUPPORTED },
    { "sheets/calamine/biff5_write.xls", TORG_ERROR_UNSUPPORTED },
  };
  g_autofree char *archive = g_build_filename (g_getenv ("TORG_SHARED_DATA"), "sheets.tar.gz", NULL);
  g_autofree char *dir = NULL;

  if (!g_file_test (archive, G_FILE_TEST_EXISTS))
    {
      g_test_skip ("left out: ../shared/data/sheets.tar.gz is missing");
      return;
    }
  dir = g_dir_make_tmp ("torg-sheet-XXXXXX", NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *path = extract (dir, cases[i].file);
      g_autoptr (GError) error = NULL;
      g_autoptr (TorgTable) table = torg_read_table (path, NULL, NULL, &error);

      g_test_message ("%s", cases[i].file);
      if (cases[i].code < 0)
        {
          g_assert_no_error (error);
          g_assert_cmpuint (torg_table_get_n_rows (table), >, 0);
        }
      else
        g_assert_error (error, TORG_ERROR, cases[i].code);
    }
  delete_tree (dir);
}

static void
test_dates (void)
{
  static const struct
  {
    const char *file;
    const char *third;
  } cases[] = {
    { "sheets/calamine/date.xls", "15:10:10" }, { "sheets/calamine/date.xlsx", NULL },
    { "sheets/calamine/date.ods", "10:10:10" }, { "sheets/calamine/date_1904.xls", "15:10:10" },
    { "sheets/calamine/date_1904.xlsx", NULL },
  };
  g_autofree char *archive = g_build_filename (g_getenv ("TORG_SHARED_DATA"), "sheets.tar.gz", NULL);
  g_autofree char *dir = NULL;

  if (!g_file_test (archive, G_FILE_TEST_EXISTS))
    {
      g_test_skip ("left out: ../shared/data/sheets.tar.gz is missing");
      return;
    }
  dir = g_dir_make_tmp ("torg-sheet-XXXXXX", NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *path = extract (dir, cases[i].file);
      g_autoptr (GError) error = NULL;
      g_autoptr (TorgTable) table = torg_read_table (path, NULL, NULL, &error);

      g_test_message ("%s", cases[i].file);
      g_assert_no_error (error);
      g_assert_cmpstr (torg_table_get_text (table, 0, 0), ==, "2021-01-01");
      g_assert_cmpint (torg_table_get_kind (table, 0, 0), ==, TORG_CELL_DATE);
      g_assert_cmpstr (torg_table_get_text (table, 0, 1), ==, "15");
      g_assert_cmpint (torg_table_get_kind (table, 0, 1), ==, TORG_CELL_NUMBER);
      if (cases[i].third != NULL)
        {
          g_assert_cmpstr (torg_table_get_text (table, 2, 0), ==, cases[i].third);
          g_assert_cmpint (torg_table_get_kind (table, 2, 0), ==, TORG_CELL_TIME);
        }
    }
  delete_tree (dir);
}

static void
test_refuse (void)
{
  static const struct
  {
    const char *file;
    TorgError   code;
  } cases[] = {
    { "sheets/calamine/pass_protected.xlsx", TORG_ERROR_ENCRYPTED },
    { "sheets/calamine/pass_protected.ods", TORG_ERROR_ENCRYPTED },
    { "sheets/calamine/date.xlsb", TORG_ERROR_UNSUPPORTED },
    { "sheets/poi/poc-xmlbomb.xlsx", TORG_ERROR_INVALID },
    { "sheets/poi/xor-encryption-abc.xls", TORG_ERROR_ENCRYPTED },
    { "sheets/poi/password.xls", TORG_ERROR_ENCRYPTED },
  };
  g_autofree char *archive = g_build_filename (g_getenv ("TORG_SHARED_DATA"), "sheets.tar.gz", NULL);
  g_autofree char *dir = NULL;

  if (!g_file_test (archive, G_FILE_TEST_EXISTS))
    {
      g_test_skip ("left out: ../shared/data/sheets.tar.gz is missing");
      return;
    }
  dir = g_dir_make_tmp ("torg-sheet-XXXXXX", NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *path = extract (dir, cases[i].file);
      g_autoptr (GError) error = NULL;

      g_test_message ("%s", cases[i].file);
      g_assert_null (torg_read_table (path, NULL, NULL, &error));
      g_assert_error (error, TORG_ERROR, (int) cases[i].code);
    }
  delete_tree (dir);
}

static void
test_other (void)
{
  static const struct
  {
    const char *content;
    int         code; /* -1 for none */
  } cases[] = {
    { "<html><table><tr><td>1</td></tr></table></html>", TORG_ERROR_UNSUPPORTED },
    { "\xef\xbb\xbf\n<?xml version=\"1.0\"?><Workbook/>", TORG_ERROR_UNSUPPORTED },
    { "%PDF-1.7", TORG_ERROR_UNSUPPORTED },
    { "PK\003\004 broken", TORG_ERROR_INVALID },
    { "", TORG_ERROR_INVALID },
    { "\xef\xbb\xbf", TORG_ERROR_INVALID },
    { "\n\n \n", TORG_ERROR_INVALID },
    { "a;b\n", -1 },
  };
  g_autofree char *dir = g_dir_make_tmp ("torg-sheet-XXXXXX", NULL);
  g_autofree char *path = g_build_filename (dir, "export.xls", NULL);

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (TorgTable) table = NULL;

      g_test_message ("case %u", (guint) i);
      g_assert_true (g_file_set_contents (path, cases[i].content, -1, NULL));
      table = torg_read_table (path, NULL, NULL, &error);
      if (cases[i].code < 0)
        g_assert_no_error (error);
      else
        g_assert_error (error, TORG_ERROR, cases[i].code);
    }
  delete_tree (dir);
}

/* Writes a sheet, and reads it again. */
/* Bytes that are no text in any encoding, but UTF-16 without a mark is. */
static void
test_binary (void)
{
  static const char bytes[] = { 7, 0, 0, 9, 0, 44, 12, 0, 1, 0, 0, 3, 0, 0, 10, 65 };
  static const char utf16[] = { 97, 0, 59, 0, 98, 0, 10, 0, 49, 0, 59, 0, 50, 0, 10, 0 };
  g_autofree char  *dir = g_dir_make_tmp ("torg-sheet-XXXXXX", NULL);
  g_autofree char  *path = g_build_filename (dir, "table.xlsx", NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (TorgTable) table = NULL;

  g_assert_true (g_file_set_contents (path, bytes, sizeof bytes, NULL));
  g_assert_null (torg_read_table (path, NULL, NULL, &error));
  g_assert_error (error, TORG_ERROR, TORG_ERROR_UNSUPPORTED);
  g_assert_true (g_file_set_contents (path, utf16, sizeof utf16, NULL));
  table = torg_read_table (path, NULL, NULL, NULL);
  g_assert_nonnull (table);
  delete_tree (dir);
}

static void
test_round (void)
{
  g_autofree char *dir = g_dir_make_tmp ("torg-sheet-XXXXXX", NULL);
  g_autofree char *path = g_build_filename (dir, "round.xlsx", NULL);
  g_autofree char *csv_path = g_build_filename (dir, "round.csv", NULL);
  g_autoptr (TorgTable) table = torg_table_new ();
  g_autoptr (TorgTable) again = NULL, from_csv = NULL;
  g_autoptr (GCancellable) cancelled = g_cancellable_new ();
  g_autoptr (GError) error = NULL;
  g_auto (GStrv) sheets = NULL;

  torg_table_set_origin (table, "Сделки [1]", NULL, '\0', 0);
  torg_table_add_row (table, 1, NULL);
  torg_table_add_cell (table, TORG_CELL_TEXT, "Название", -1, NULL);
  torg_table_add_cell (table, TORG_CELL_TEXT, "Сумма", -1, NULL);
  torg_table_add_cell (table, TORG_CELL_TEXT, "Дата", -1, NULL);
  torg_table_add_row (table, 2, NULL);
  torg_table_add_cell (table, TORG_CELL_TEXT, "=1+1", -1, NULL);
  torg_table_add_cell (table, TORG_CELL_NUMBER, "-1234.5", -1, NULL);
  torg_table_add_cell (table, TORG_CELL_DATE, "2026-11-21", -1, NULL);
  torg_table_add_row (table, 3, NULL);
  torg_table_add_cell (table, TORG_CELL_TEXT, "00123", -1, NULL);
  torg_table_add_cell (table, TORG_CELL_TEXT, NULL, 0, NULL);
  torg_table_add_cell (table, TORG_CELL_MOMENT, "2026-11-21 14:30:00", -1, NULL);

  g_assert_true (torg_xlsx_write (table, path, NULL, &error));
  g_assert_no_error (error);
  sheets = torg_list_sheets (path, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (g_strv_length (sheets), ==, 1);
  g_assert_cmpstr (sheets[0], ==, "Сделки (1)");
  again = torg_read_table (path, NULL, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (torg_table_get_n_rows (again), ==, 3);
  for (guint row = 0; row < 3; row++)
    for (guint column = 0; column < 3; column++)
      {
        g_assert_cmpstr (torg_table_get_text (again, row, column), ==, torg_table_get_text (table, row, column));
        g_assert_cmpint (torg_table_get_kind (again, row, column), ==, torg_table_get_kind (table, row, column));
      }

  g_assert_true (torg_csv_export (table, csv_path, &error));
  from_csv = torg_read_table (csv_path, NULL, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (torg_table_get_text (from_csv, 2, 0), ==, "00123");
  g_assert_cmpint (torg_table_get_separator (from_csv), ==, ';');

  TorgReadOptions options = { .sheet = 5 };
  g_assert_null (torg_read_table (path, &options, NULL, &error));
  g_assert_error (error, TORG_ERROR, TORG_ERROR_NOT_FOUND);
  g_clear_error (&error);
  g_cancellable_cancel (cancelled);
  g_assert_null (torg_read_table (path, NULL, cancelled, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_clear_error (&error);
  g_assert_null (torg_read_table ("/no/such/file.csv", NULL, NULL, &error));
  g_assert_error (error, TORG_ERROR, TORG_ERROR_NOT_FOUND);
  delete_tree (dir);
}

static void
test_large (void)
{
  g_autofree char *dir = g_dir_make_tmp ("torg-sheet-XXXXXX", NULL);
  g_autofree char *path = g_build_filename (dir, "large.xlsx", NULL);
  g_autoptr (TorgTable) table = torg_table_new ();
  g_autoptr (TorgTable) again = NULL;
  g_autoptr (GError) error = NULL;
  gint64 start, written;

  for (guint row = 0; row < 50000; row++)
    {
      torg_table_add_row (table, row + 1, NULL);
      for (guint column = 0; column < 10; column++)
        {
          char text[32];

          g_snprintf (text, sizeof text, "%s%u", column % 2 == 0 ? "текст " : "", row * column);
          torg_table_add_cell (table, column % 2 == 0 ? TORG_CELL_TEXT : TORG_CELL_NUMBER, text, -1, NULL);
        }
    }
  start = g_get_monotonic_time ();
  g_assert_true (torg_xlsx_write (table, path, NULL, &error));
  written = g_get_monotonic_time ();
  again = torg_read_table (path, NULL, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (torg_table_get_n_rows (again), ==, 50000);
  g_test_message ("XLSX of 50,000 rows of 10 columns: written in %.2f s, read in %.2f s",
                  (double) (written - start) / G_USEC_PER_SEC,
                  (double) (g_get_monotonic_time () - written) / G_USEC_PER_SEC);
  delete_tree (dir);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/sheet/other", test_other);
  g_test_add_func ("/sheet/binary", test_binary);
  g_test_add_func ("/sheet/round", test_round);
  g_test_add_func ("/sheet/large", test_large);
  g_test_add_func ("/sheet/dates", test_dates);
  g_test_add_func ("/sheet/odd", test_odd);
  g_test_add_func ("/sheet/refuse", test_refuse);
  g_test_add_func ("/sheet/corpus", test_corpus);
  return g_test_run ();
}
