/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "torg-io"

#include "config.h"

#include "torg-reader.h"

#include <errno.h>
#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>
#include <string.h>

#include "torg-csv.h"
#include "torg-ed807.h"
#include "torg-vcard.h"
#include "torg-error.h"
#include "torg-sheet.h"

/* A text of this size holds more rows than a table may. */
#define MAX_FILE_BYTES (512 * 1024 * 1024)

/* The file's bytes, mapped; refuses what no table can be in. */
static GBytes *
open_file (const char *path, GError **error)
{
  g_autoptr (GMappedFile) file = NULL;
  g_autoptr (GError) local = NULL;
  GStatBuf info;

  if (g_stat (path, &info) != 0 && errno == ENOENT)
    {
      g_set_error (error, TORG_ERROR, TORG_ERROR_NOT_FOUND, _ ("There is no file “%s” any more. Choose it again."),
                   path);
      return NULL;
    }
  if (!g_file_test (path, G_FILE_TEST_IS_REGULAR))
    {
      g_set_error (error, TORG_ERROR, TORG_ERROR_INVALID, _ ("“%s” is not a file. Choose a table."), path);
      return NULL;
    }
  file = g_mapped_file_new (path, FALSE, &local);
  if (file == NULL)
    {
      g_set_error (error, TORG_ERROR, TORG_ERROR_INVALID, _ ("The file cannot be opened: %s. Check your rights to it."),
                   local->message);
      return NULL;
    }
  if (g_mapped_file_get_length (file) > MAX_FILE_BYTES)
    {
      g_set_error_literal (error, TORG_ERROR, TORG_ERROR_LIMIT,
                           _ ("The file is larger than 512 MB. Split it into several files."));
      return NULL;
    }
  return g_mapped_file_get_bytes (file);
}

static gboolean
is_spreadsheet (GBytes *bytes)
{
  gsize       length;
  const char *data = g_bytes_get_data (bytes, &length);

  return data != NULL && torg_sheet_is_spreadsheet (data, length);
}

/* Whether there are NUL bytes at even and at odd places: no text has that, UTF-16 has them on one side alone. */
static gboolean
is_binary (const char *data, gsize length)
{
  guint n[2] = { 0, 0 };

  for (gsize i = 0; i < MIN (length, 65536); i++)
    n[i % 2] += data[i] == '\0';
  return n[0] > 1 && n[1] > 1;
}

/* Other files that people choose by mistake. */
static gboolean
refuse_other (GBytes *bytes, GError **error)
{
  static const char *const magics[] = { "%PDF-",
                                        "\x89PNG",
                                        "\xff\xd8\xff",
                                        "GIF8",
                                        "\x1f\x8b",
                                        "7z\xbc\xaf",
                                        "Rar!",
                                        "{\\rtf",
                                        "\x7f"
                                        "ELF",
                                        "SQLite format 3" };
  static const char *const markup[] = { "<html", "<!doctype", "<?xml", "<table", "<meta", "<style" };
  gsize                    length;
  const char              *data = g_bytes_get_data (bytes, &length);

  for (gsize i = 0; i <= G_N_ELEMENTS (magics); i++)
    if (i == G_N_ELEMENTS (magics) ? is_binary (data, length)
                                   : length >= strlen (magics[i]) && memcmp (data, magics[i], strlen (magics[i])) == 0)
      {
        g_set_error_literal (error, TORG_ERROR, TORG_ERROR_UNSUPPORTED,
                             _ ("The file is not a table. Choose an XLSX, XLS, ODS or CSV file."));
        return TRUE;
      }

  /* Some programs write a web page or XML and call it .xls. */
  gsize start = length >= 3 && memcmp (data, "\xef\xbb\xbf", 3) == 0 ? 3 : 0;
  while (start < length && g_ascii_isspace (data[start]))
    start++;
  for (gsize i = 0; i < G_N_ELEMENTS (markup); i++)
    if (length - start >= strlen (markup[i]) && g_ascii_strncasecmp (data + start, markup[i], strlen (markup[i])) == 0)
      {
        g_set_error_literal (
          error, TORG_ERROR, TORG_ERROR_UNSUPPORTED,
          _ ("The file is a web page or XML, whatever its name says. Open it in a spreadsheet program, save it "
             "as XLSX and choose that."));
        return TRUE;
      }
  return FALSE;
}

/* The first sheet with anything in it; the first one where none has. */
static TorgTable *
read_filled_sheet (const char *path, GCancellable *cancellable, GError **error)
{
  g_autoptr (TorgTable) first = torg_sheet_read (path, 0, cancellable, error);
  g_auto (GStrv) names = NULL;

  if (first == NULL || torg_table_check_filled (first, NULL))
    return g_steal_pointer (&first);
  names = torg_sheet_list (path, cancellable, error);
  if (names == NULL)
    return NULL;
  for (guint i = 1; names[i] != NULL; i++)
    {
      g_autoptr (TorgTable) table = torg_sheet_read (path, i, cancellable, NULL);

      if (g_cancellable_set_error_if_cancelled (cancellable, error))
        return NULL;
      if (table != NULL && torg_table_check_filled (table, NULL))
        return g_steal_pointer (&table);
    }
  return g_steal_pointer (&first);
}

/**
 * torg_read_table:
 * @path: a file
 * @options: (nullable): how to read it
 * @cancellable: (nullable): to stop it
 * @error: return location
 *
 * Reads a table from a CSV, XLSX, XLS or ODS file, cards of people (vCard), or the directory of banks (ED807). What it
 * is is told by its content, not by its name. A text without anything is an error, an empty sheet is not: others may be
 * chosen.
 *
 * It blocks: call it in a worker.
 *
 * Returns: (transfer full): the table, or %NULL with an error of #TorgError or %G_IO_ERROR_CANCELLED
 */
TorgTable *
torg_read_table (const char *path, const TorgReadOptions *options, GCancellable *cancellable, GError **error)
{
  static const TorgReadOptions defaults = { 0 };
  g_autoptr (GBytes) bytes = open_file (path, error);
  g_autoptr (TorgTable) table = NULL;

  if (bytes == NULL)
    return NULL;
  if (options == NULL)
    options = &defaults;
  if (is_spreadsheet (bytes))
    return options->sheet == TORG_SHEET_FILLED ? read_filled_sheet (path, cancellable, error)
                                               : torg_sheet_read (path, options->sheet, cancellable, error);
  if (torg_ed807_is (bytes))
    return torg_ed807_read (bytes, cancellable, error);
  if (torg_vcard_is (bytes))
    return torg_vcard_read (bytes, cancellable, error);
  if (g_bytes_get_size (bytes) > 0 && refuse_other (bytes, error))
    return NULL;
  if (options->sheet != 0 && options->sheet != TORG_SHEET_FILLED)
    {
      g_set_error_literal (error, TORG_ERROR, TORG_ERROR_NOT_FOUND, _ ("The file has only one table."));
      return NULL;
    }
  table = torg_csv_read (bytes, options->charset, options->separator, cancellable, error);
  if (table == NULL || !torg_table_check_filled (table, error))
    return NULL;
  return g_steal_pointer (&table);
}

/**
 * torg_list_sheets:
 * @path: a file
 * @cancellable: (nullable): to stop it
 * @error: return location
 *
 * Lists the sheets of a spreadsheet. A text has none to choose from. It blocks: call it in a worker.
 *
 * Returns: (transfer full): their names, empty for a text, or %NULL
 */
char **
torg_list_sheets (const char *path, GCancellable *cancellable, GError **error)
{
  g_autoptr (GBytes) bytes = open_file (path, error);

  if (bytes == NULL)
    return NULL;
  if (is_spreadsheet (bytes))
    return torg_sheet_list (path, cancellable, error);
  if (g_bytes_get_size (bytes) > 0 && !torg_ed807_is (bytes) && refuse_other (bytes, error))
    return NULL;
  return g_new0 (char *, 1);
}
