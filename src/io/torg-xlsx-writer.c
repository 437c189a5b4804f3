/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "torg-io"

#include "config.h"

#include "torg-xlsx-writer.h"

#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>
#include <string.h>
#include <xlsxwriter.h>

#include "torg-csv.h"
#include "torg-date.h"
#include "torg-error.h"

#define MAX_NAME_LETTERS 31
#define MAX_CELL_LETTERS 32767
#define MAX_WIDTH 60

typedef struct
{
  lxw_worksheet *sheet;
  lxw_format    *head;
  lxw_format    *date;
  lxw_format    *moment;
} Formats;

/* A name that a spreadsheet allows: 31 letters, none of []:*?/\ and no apostrophe at an end. */
static char *
make_sheet_name (const char *name)
{
  g_autofree char *copy = g_utf8_substring (name, 0, MIN (g_utf8_strlen (name, -1), MAX_NAME_LETTERS));

  for (char *p = copy; *p != '\0'; p++)
    if (*p == '[')
      *p = '(';
    else if (*p == ']')
      *p = ')';
    else if (strchr (":*?/\\", *p) != NULL || (*p == '\'' && (p == copy || p[1] == '\0')) || (guchar) *p < 0x20)
      *p = '-';
  return g_steal_pointer (&copy);
}

static gboolean
write_moment (Formats *formats, lxw_row_t row, lxw_col_t column, TorgCellKind kind, const char *text)
{
  TorgDateParts parts;

  if (!torg_date_parse_parts (text, TORG_DATE_ORDER_YMD, &parts, NULL) || parts.year < 1900)
    return FALSE;
  lxw_datetime moment = { parts.year, parts.month,  parts.day,
                          parts.hour, parts.minute, parts.second + parts.microsecond / 1e6 };
  return worksheet_write_datetime (formats->sheet, row, column, &moment,
                                   kind == TORG_CELL_DATE ? formats->date : formats->moment) == LXW_NO_ERROR;
}

static gboolean
write_cell (Formats *formats, lxw_row_t row, lxw_col_t column, TorgCellKind kind, const char *text, lxw_format *format)
{
  g_autofree char *cut = NULL;

  if (kind == TORG_CELL_NUMBER)
    {
      char  *end;
      double number = g_ascii_strtod (text, &end);

      /* A spreadsheet keeps 15 digits; longer numbers stay whole as text. */
      if (end != text && *end == '\0' && end - text <= 16)
        return worksheet_write_number (formats->sheet, row, column, number, format) == LXW_NO_ERROR;
    }
  else if ((kind == TORG_CELL_DATE || kind == TORG_CELL_MOMENT) && write_moment (formats, row, column, kind, text))
    return TRUE;

  if (strlen (text) > MAX_CELL_LETTERS && g_utf8_strlen (text, -1) > MAX_CELL_LETTERS)
    text = cut = g_utf8_substring (text, 0, MAX_CELL_LETTERS);
  return worksheet_write_string (formats->sheet, row, column, text, format) == LXW_NO_ERROR;
}

static gboolean
write_rows (Formats *formats, TorgTable *table, GCancellable *cancellable, GError **error)
{
  guint n_rows = torg_table_get_n_rows (table), n_columns = torg_table_get_n_columns (table);

  /* The first rows tell how wide a column should be. In this mode a row's cells are written from left to right. */
  for (guint column = 0; column < n_columns; column++)
    {
      glong width = 8;

      for (guint row = 0; row < MIN (n_rows, 100); row++)
        width = MAX (width, g_utf8_strlen (torg_table_get_text (table, row, column), -1) + 2);
      worksheet_set_column (formats->sheet, (lxw_col_t) column, (lxw_col_t) column, (double) MIN (width, MAX_WIDTH),
                            NULL);
    }
  worksheet_freeze_panes (formats->sheet, 1, 0);
  if (n_rows > 0 && n_columns > 0)
    worksheet_autofilter (formats->sheet, 0, 0, n_rows - 1, (lxw_col_t) (n_columns - 1));

  for (guint row = 0; row < n_rows; row++)
    {
      if (row % 1024 == 0 && g_cancellable_set_error_if_cancelled (cancellable, error))
        return FALSE;
      for (guint column = 0; column < torg_table_get_width (table, row); column++)
        {
          const char *text = torg_table_get_text (table, row, column);

          if (*text != '\0' && !write_cell (formats, row, (lxw_col_t) column, torg_table_get_kind (table, row, column),
                                            text, row == 0 ? formats->head : NULL))
            {
              g_set_error_literal (error, TORG_ERROR, TORG_ERROR_LIMIT,
                                   _ ("The table is too large for an XLSX file. Save it as CSV."));
              return FALSE;
            }
        }
    }
  return TRUE;
}

/**
 * torg_xlsx_write:
 * @table: a table whose first row is its head
 * @path: where to write
 * @cancellable: (nullable): to stop it
 * @error: return location
 *
 * Writes an XLSX file: numbers and dates as such, everything else as text, never as a formula. The file appears under
 * its name only when it is whole.
 *
 * It blocks: call it in a worker.
 *
 * Returns: whether it was written; otherwise %TORG_ERROR_LIMIT, %TORG_ERROR_INVALID or %G_IO_ERROR_CANCELLED
 */
gboolean
torg_xlsx_write (TorgTable *table, const char *path, GCancellable *cancellable, GError **error)
{
  g_autofree char *partial = g_strconcat (path, ".part", NULL);
  g_autofree char *name = torg_table_get_name (table) != NULL ? make_sheet_name (torg_table_get_name (table)) : NULL;
  lxw_workbook_options options = { .constant_memory = LXW_TRUE, .tmpdir = (char *) g_get_tmp_dir () };
  lxw_workbook        *book = workbook_new_opt (partial, &options);
  Formats              formats = { 0 };
  lxw_error            status;
  gboolean             written;

  if (book == NULL)
    {
      g_set_error_literal (error, TORG_ERROR, TORG_ERROR_LIMIT, _ ("There is not enough memory to write the file."));
      return FALSE;
    }
  formats.sheet = workbook_add_worksheet (book, name != NULL && *name != '\0' ? name : NULL);
  if (formats.sheet == NULL)
    formats.sheet = workbook_add_worksheet (book, NULL);
  formats.head = workbook_add_format (book);
  format_set_bold (formats.head);
  formats.date = workbook_add_format (book);
  format_set_num_format (formats.date, "dd.mm.yyyy");
  formats.moment = workbook_add_format (book);
  format_set_num_format (formats.moment, "dd.mm.yyyy hh:mm");

  written = write_rows (&formats, table, cancellable, error);
  status = workbook_close (book);
  if (written && (status != LXW_NO_ERROR || g_rename (partial, path) != 0))
    {
      g_set_error (error, TORG_ERROR, TORG_ERROR_INVALID,
                   _ ("The file “%s” cannot be written. Check the free space and your rights to the folder."), path);
      written = FALSE;
    }
  if (!written)
    g_unlink (partial);
  return written;
}

/**
 * torg_csv_export:
 * @table: a table
 * @path: where to write
 * @error: return location
 *
 * Writes a CSV file as spreadsheets in Russia open it by a double click: UTF-8 with a mark, semicolons. The file
 * appears under its name only when it is whole. It blocks: call it in a worker.
 *
 * Returns: whether it was written; otherwise %TORG_ERROR_INVALID
 */
gboolean
torg_csv_export (TorgTable *table, const char *path, GError **error)
{
  g_autoptr (GBytes) bytes = torg_csv_write (table, ';', TORG_CSV_BOM);
  gsize       length;
  const char *data = g_bytes_get_data (bytes, &length);

  if (g_file_set_contents_full (path, data, (gssize) length, G_FILE_SET_CONTENTS_CONSISTENT, 0666, NULL))
    return TRUE;
  g_set_error (error, TORG_ERROR, TORG_ERROR_INVALID,
               _ ("The file “%s” cannot be written. Check the free space and your rights to the folder."), path);
  return FALSE;
}
