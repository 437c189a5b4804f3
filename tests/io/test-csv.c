/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "torg-csv.h"

#include <json-glib/json-glib.h>
#include <string.h>

#include "torg-error.h"

static TorgTable *
read_text (const char *text, GError **error)
{
  g_autoptr (GBytes) bytes = g_bytes_new_static (text, strlen (text));

  return torg_csv_read (bytes, NULL, '\0', NULL, error);
}

/* The rows in one line: cells by |, rows by /. */
static char *
describe (TorgTable *table)
{
  GString *out = g_string_new (NULL);

  for (guint row = 0; row < torg_table_get_n_rows (table); row++)
    {
      if (row > 0)
        g_string_append_c (out, '/');
      for (guint column = 0; column < torg_table_get_width (table, row); column++)
        g_string_append_printf (out, "%s%s", column > 0 ? "|" : "", torg_table_get_text (table, row, column));
    }
  return g_string_free_and_steal (out);
}

static void
test_read (void)
{
  static const struct
  {
    const char *text;
    const char *expected;
  } cases[] = {
    { "a,b\n1,2\n", "a|b/1|2" },
    { "a;b\r\n1,5;2\r\n", "a|b/1,5|2" },
    { "a\tb\r1\t2", "a|b/1|2" },
    { "a|b\n1|2\n", "a|b/1|2" },
    { "sep=;\na;b,c\n", "a|b,c" },
    { "\"sep=|\"\r\na|b;c\r\n", "a|b;c" },
    { "\xef\xbb\xbfимя;телефон\nИван;1\n", "имя|телефон/Иван|1" },
    { "\xe8\xec\xff;\xf2\xe5\xeb\xe5\xf4\xee\xed\n\xc8\xe2\xe0\xed;1\n", "имя|телефон/Иван|1" },
    { "a,\"b \"\"x\"\" c\"\n", "a|b \"x\" c" },
    { "a,5\" pipe,c\n", "a|5\" pipe|c" },
    { "\"a\nb\",c\nd,e", "a\nb|c/d|e" },
    { " a , b \n", "a|b" },
    { "a,,\n,,\n", "a||/||" },
    { "\n\na\n\n", "a" },
    { "", "" },
    { "name\nIvan\n", "name/Ivan" },
    { "a\t\tb\n1\t\t2\n", "a||b/1||2" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (TorgTable) table = read_text (cases[i].text, &error);

      g_test_message ("case %u", (guint) i);
      g_assert_no_error (error);
      g_autofree char *found = describe (table);
      g_assert_cmpstr (found, ==, cases[i].expected);
    }
}

static void
test_lines (void)
{
  g_autoptr (TorgTable) table = read_text ("a,b\r\n\r\n\"x\ny\",2\n\"p\n\nq\"\nlast,1", NULL);

  g_assert_cmpuint (torg_table_get_n_rows (table), ==, 4);
  g_assert_cmpuint (torg_table_get_line (table, 0), ==, 1);
  g_assert_cmpuint (torg_table_get_line (table, 1), ==, 3);
  g_assert_cmpuint (torg_table_get_line (table, 2), ==, 5);
  g_assert_cmpuint (torg_table_get_line (table, 3), ==, 8);
}

static void
test_refuse (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GString) long_text = g_string_new (NULL);

  g_assert_null (read_text ("a,b\n1,\"open\n2,3\n", &error));
  g_assert_error (error, TORG_ERROR, TORG_ERROR_INVALID);
  g_assert_nonnull (strstr (error->message, "2"));
  g_clear_error (&error);

  for (guint i = 0; i < 3000; i++)
    g_string_append (long_text, "1,2\n");
  g_autoptr (GBytes) bytes = g_bytes_new (long_text->str, long_text->len);
  g_cancellable_cancel (cancellable);
  g_assert_null (torg_csv_read (bytes, NULL, '\0', cancellable, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_clear_error (&error);
  g_assert_null (torg_csv_read (bytes, "no-such", '\0', NULL, &error));
  g_assert_error (error, TORG_ERROR, TORG_ERROR_UNSUPPORTED);
}

static void
test_write (void)
{
  g_autoptr (TorgTable) table = read_text ("a;\" b\";\"c;d\"\n\"x\"\"y\";\"1\n2\";\n\"\"\n", NULL);
  g_autoptr (GBytes) bytes = torg_csv_write (table, ';', TORG_CSV_BOM);
  g_autoptr (TorgTable) again = torg_csv_read (bytes, NULL, ';', NULL, NULL);
  g_autofree char *before = describe (table);
  g_autofree char *after = describe (again);

  g_assert_cmpmem (g_bytes_get_data (bytes, NULL), 3, "\xef\xbb\xbf", 3);
  g_assert_cmpstr (before, ==, after);
}

static void
test_large (void)
{
  g_autoptr (GString) text = g_string_new (NULL);
  g_autoptr (TorgTable) table = NULL;
  g_autoptr (GError) error = NULL;
  gint64 start;

  for (guint row = 0; row < 100000; row++)
    for (guint column = 0; column < 40; column++)
      g_string_append_printf (text, "%u%c", row * column, column == 39 ? '\n' : ';');
  start = g_get_monotonic_time ();
  table = read_text (text->str, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (torg_table_get_n_rows (table), ==, 100000);
  g_assert_cmpuint (torg_table_get_n_columns (table), ==, 40);
  g_test_message ("100,000 rows of 40 columns (%" G_GSIZE_FORMAT " MB): %.2f s, %" G_GSIZE_FORMAT " MB in memory",
                  text->len >> 20, (double) (g_get_monotonic_time () - start) / G_USEC_PER_SEC,
                  torg_table_get_size (table) >> 20);
  g_assert_cmpuint (torg_table_get_size (table), <, 80 << 20);
}

static char *
shared_path (const char *first, const char *second)
{
  return g_build_filename (g_getenv ("TORG_SHARED_DATA"), first, second, NULL);
}

/* Each of the files with what its authors expect of it. */
static void
test_spectrum (void)
{
  g_autofree char *path = shared_path ("csv", "csv-spectrum/csvs");
  g_autoptr (GDir) dir = g_dir_open (path, 0, NULL);
  const char *name;
  guint       n = 0;

  if (dir == NULL)
    {
      g_test_skip ("left out: ../shared/data/csv is missing");
      return;
    }
  while ((name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *file = g_build_filename (path, name, NULL);
      g_autofree char *stem = g_strndup (name, strlen (name) - 4);
      g_autofree char *json_name = g_strconcat ("csv-spectrum/json/", stem, ".json", NULL);
      g_autofree char *json_path = shared_path ("csv", json_name);
      g_autofree char *csv = NULL, *json = NULL;
      g_autoptr (GError) error = NULL;
      g_autoptr (TorgTable) table = NULL;
      g_autoptr (JsonNode) root = NULL;
      JsonArray *rows;

      g_test_message ("%s", name);
      g_assert_true (g_file_get_contents (file, &csv, NULL, NULL));
      g_assert_true (g_file_get_contents (json_path, &json, NULL, NULL));
      table = read_text (csv, &error);
      g_assert_no_error (error);
      root = json_from_string (json, &error);
      g_assert_no_error (error);
      rows = json_node_get_array (root);
      g_assert_cmpuint (torg_table_get_n_rows (table), ==, json_array_get_length (rows) + 1);
      for (guint row = 0; row < json_array_get_length (rows); row++)
        {
          JsonObject *object = json_array_get_object_element (rows, row);

          g_assert_cmpuint (torg_table_get_width (table, row + 1), ==, json_object_get_size (object));
          for (guint column = 0; column < torg_table_get_n_columns (table); column++)
            {
              const char *expected = json_object_get_string_member (object, torg_table_get_text (table, 0, column));
              /* The collection's copy here lost its carriage returns, the expectations did not. */
              g_auto (GStrv) lines = g_strsplit (expected, "\r\n", -1);
              g_autofree char *unix_lines = g_strjoinv ("\n", lines);

              g_assert_cmpstr (torg_table_get_text (table, row + 1, column), ==, unix_lines);
            }
        }
      n++;
    }
  g_assert_cmpuint (n, ==, 11);
}

/* Real exports: the shape of each is known. */
static void
test_real (void)
{
  static const struct
  {
    const char *folder, *file;
    guint       rows, columns;
    const char *charset;
    gboolean    equal;
  } cases[] = {
    { "crm/superstore", "superstoreSales.csv", 8400, 0, NULL, TRUE },
    { "csv/csvkit", "mac_newlines.csv", 3, 0, NULL, TRUE },
    { "csv/csvkit", "test_utf16_big.csv", 3, 3, "UTF-16BE", TRUE },
    { "csv/csvkit", "test_utf8_bom.csv", 3, 3, "UTF-8", TRUE },
    { "csv/csvkit", "null_byte.csv", 2, 3, "UTF-8", TRUE },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *folder = shared_path (cases[i].folder, NULL);
      g_autofree char *path = g_build_filename (folder, cases[i].file, NULL);
      g_autoptr (GError) error = NULL;
      g_autoptr (GBytes) bytes = NULL;
      g_autoptr (TorgTable) table = NULL;
      char *content;
      gsize length;

      if (!g_file_get_contents (path, &content, &length, NULL))
        {
          g_test_skip ("left out: ../shared/data is missing");
          return;
        }
      bytes = g_bytes_new_take (content, length);
      table = torg_csv_read (bytes, NULL, '\0', NULL, &error);
      g_assert_no_error (error);
      g_test_message ("%s: %u rows, %u columns, %s, %" G_GSIZE_FORMAT " bad bytes", cases[i].file,
                      torg_table_get_n_rows (table), torg_table_get_n_columns (table), torg_table_get_charset (table),
                      torg_table_get_n_bad_bytes (table));
      g_assert_cmpuint (torg_table_get_n_rows (table), ==, cases[i].rows);
      if (cases[i].columns > 0)
        g_assert_cmpuint (torg_table_get_n_columns (table), ==, cases[i].columns);
      if (cases[i].charset != NULL)
        g_assert_cmpstr (torg_table_get_charset (table), ==, cases[i].charset);
    }
}

/* What a spreadsheet would carry out is a text there, and comes back as it was. */
static void
test_formulas (void)
{
  static const struct
  {
    const char *cell;
    const char *written;
  } cases[] = {
    { "=1+1", "'=1+1" },
    { "=HYPERLINK(A1)", "'=HYPERLINK(A1)" },
    { "@SUM(1)", "'@SUM(1)" },
    { "+7 495 123-45-67", "'+7 495 123-45-67" },
    { "-5", "-5" },
    { "-1 500,50", "-1 500,50" },
    { "+5", "+5" },
    { "-", "'-" },
    { "-cmd|' /C calc'!A0", "'-cmd|' /C calc'!A0" },
    { "'=1", "''=1" },
    { "''-5", "'''-5" },
    { "'quoted'", "'quoted'" },
    { "O'Neill", "O'Neill" },
    { "a=1", "a=1" },
    { "'", "'" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (TorgTable) table = torg_table_new ();
      g_autoptr (TorgTable) again = NULL;
      g_autoptr (GBytes) bytes = NULL;
      g_autoptr (GError) error = NULL;
      g_autofree char *expected = g_strconcat (cases[i].written, ";x\r\n", NULL);
      g_autofree char *written = NULL;

      torg_table_add_row (table, 1, NULL);
      torg_table_add_cell (table, TORG_CELL_TEXT, cases[i].cell, -1, NULL);
      torg_table_add_cell (table, TORG_CELL_TEXT, "x", -1, NULL);
      bytes = torg_csv_write (table, ';', TORG_CSV_PLAIN);
      written = g_strndup (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
      g_assert_cmpstr (written, ==, expected);
      again = torg_csv_read (bytes, "UTF-8", ';', NULL, &error);
      g_assert_no_error (error);
      g_assert_cmpstr (torg_table_get_text (again, 0, 0), ==, cases[i].cell);
    }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/csv/read", test_read);
  g_test_add_func ("/csv/lines", test_lines);
  g_test_add_func ("/csv/refuse", test_refuse);
  g_test_add_func ("/csv/write", test_write);
  g_test_add_func ("/csv/formulas", test_formulas);
  g_test_add_func ("/csv/large", test_large);
  g_test_add_func ("/csv/spectrum", test_spectrum);
  g_test_add_func ("/csv/real", test_real);
  return g_test_run ();
}
