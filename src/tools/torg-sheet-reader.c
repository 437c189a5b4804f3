/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * Reads one spreadsheet and writes it to standard output as torg-sheet-frame.h says.
 *
 * FreeXL crashes on some hostile files and runs very long on others. That must end this process and not Torg's, and
 * this process has limits to its time and memory.
 */

#define G_LOG_DOMAIN "torg-sheet-reader"

#include "config.h"

#include <gio/gio.h>
#include <math.h>
#include <minizip/unzip.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <freexl.h>

#include "torg-date.h"
#include "torg-sheet-frame.h"
#include "torg-table.h"
#include "torg-xlsx-book.h"

#define CPU_SECONDS 60
#define WALL_SECONDS 120
#define MEMORY_BYTES (3ULL << 30)
#define MAX_ENTRIES 20000
#define MAX_UNZIPPED (1ULL << 30)
#define MAX_CELLS (64ULL << 20)
#define MAX_WORKBOOK (4 << 20)
#define MAX_SHEETS 1024

typedef struct
{
  const void   *handle; /* of FreeXL, for XLS and ODS */
  TorgXlsxBook *xlsx;   /* otherwise */
  gboolean      is_ods;
} Book;

/* Where writing the cells of an XLSX sheet is. */
typedef struct
{
  gboolean started;
  guint    row;
  guint    column; /* the next one */
} Place;

static void
write_frame (guint32 tag, guint32 number, const char *text, gsize length)
{
  TorgSheetFrame frame = { tag, number, (guint32) MIN (length, TORG_SHEET_MAX_FRAME) };

  if (fwrite (&frame, sizeof frame, 1, stdout) != 1 ||
      (frame.length > 0 && fwrite (text, 1, frame.length, stdout) != frame.length))
    _exit (1); /* nobody listens any more */
}

static G_NORETURN void
fail (TorgSheetFailure failure)
{
  write_frame (TORG_SHEET_ERROR, failure, NULL, 0);
  fflush (stdout);
  _exit (0);
}

static void
set_limit (int resource, rlim_t value)
{
  struct rlimit limit = { value, value };

  setrlimit (resource, &limit);
}

static void
set_limits (void)
{
  set_limit (RLIMIT_CPU, CPU_SECONDS);
#ifndef __SANITIZE_ADDRESS__
  set_limit (RLIMIT_AS, MEMORY_BYTES);
#endif
  set_limit (RLIMIT_CORE, 0);
  set_limit (RLIMIT_FSIZE, 0);
  set_limit (RLIMIT_NOFILE, 32);
  prctl (PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
  alarm (WALL_SECONDS);
}

/* Reads an entry of the archive, or its first megabytes. */
static char *
read_entry (unzFile zip, const char *name)
{
  g_autofree char *content = NULL;
  int              n;

  if (unzLocateFile (zip, name, 2) != UNZ_OK || unzOpenCurrentFile (zip) != UNZ_OK)
    return NULL;
  content = g_malloc (MAX_WORKBOOK + 1);
  n = unzReadCurrentFile (zip, content, MAX_WORKBOOK);
  unzCloseCurrentFile (zip);
  if (n < 0)
    return NULL;
  content[n] = '\0';
  return g_steal_pointer (&content);
}

/* Looks into the archive before FreeXL does: how large it would become, what it is, how it counts dates. */
static void
inspect_zip (const char *path, Book *book)
{
  unzFile zip = unzOpen64 (path);
  guint64 total = 0;
  guint   n = 0;

  if (zip == NULL)
    fail (TORG_SHEET_BROKEN);
  for (int status = unzGoToFirstFile (zip); status == UNZ_OK; status = unzGoToNextFile (zip))
    {
      unz_file_info64 info;

      if (unzGetCurrentFileInfo64 (zip, &info, NULL, 0, NULL, 0, NULL, 0) != UNZ_OK)
        fail (TORG_SHEET_BROKEN);
      total += info.uncompressed_size;
      if (info.uncompressed_size > MAX_UNZIPPED || total > MAX_UNZIPPED || ++n > MAX_ENTRIES)
        fail (TORG_SHEET_TOO_LARGE);
    }

  g_autofree char *workbook = torg_xlsx_find_workbook (zip);
  g_autofree char *manifest = read_entry (zip, "META-INF/manifest.xml");
  gboolean         has_content = unzLocateFile (zip, "content.xml", 2) == UNZ_OK;
  gboolean         is_binary = unzLocateFile (zip, "xl/workbook.bin", 2) == UNZ_OK;
  unzClose (zip);

  if (is_binary)
    fail (TORG_SHEET_BINARY);
  if (workbook == NULL && has_content)
    {
      book->is_ods = TRUE;
      if (manifest != NULL && strstr (manifest, "encryption-data") != NULL)
        fail (TORG_SHEET_ENCRYPTED);
      if (manifest != NULL && strstr (manifest, "opendocument.spreadsheet") == NULL)
        fail (TORG_SHEET_OTHER);
    }
  else if (workbook == NULL)
    fail (TORG_SHEET_OTHER);
}

/* Whether an OLE container holds what Office makes of an encrypted XLSX. */
static gboolean
has_encrypted_package (const char *data, gsize length)
{
  static const char name[] = "EncryptedPackage";
  char              wide[2 * sizeof name - 2];

  for (gsize i = 0; i < sizeof name - 1; i++)
    {
      wide[2 * i] = name[i];
      wide[2 * i + 1] = '\0';
    }
  return memmem (data, length, wide, sizeof wide) != NULL;
}

/* Whether an XLS workbook has the record FILEPASS near its beginning. FreeXL does not say so: it finds no sheets. */
static gboolean
has_file_pass (const guint8 *data, gsize length)
{
  for (gsize sector = 0; sector + 512 <= length; sector += 512)
    {
      if (data[sector] != 0x09 || data[sector + 1] != 0x08 || data[sector + 3] != 0)
        continue;
      for (gsize at = sector; at + 4 <= MIN (sector + 512, length);)
        {
          guint record = data[at] | (guint) data[at + 1] << 8;

          if (record == 0x2f)
            return TRUE;
          if (record == 0)
            break;
          at += 4 + (data[at + 2] | (gsize) data[at + 3] << 8);
        }
    }
  return FALSE;
}

/* The workbook's entry of an OLE container's directory, in capitals or so; NULL where it is as it should be. */
static const guint8 *
find_misspelled (const guint8 *data, gsize length, const char **name)
{
  static const char *const names[] = { "Workbook", "Book" };
  const guint8            *found = NULL;

  if (length < 512 || memcmp (data, "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", 8) != 0)
    return NULL;
  for (gsize at = 512; at + 128 <= length; at += 128)
    for (gsize i = 0; i < G_N_ELEMENTS (names); i++)
      {
        gsize    n = strlen (names[i]);
        gboolean same = data[at + 64] == 2 * (n + 1) && data[at + 65] == 0 && data[at + 66] == 2, exact = same;

        for (gsize j = 0; same && j < n; j++)
          {
            same = g_ascii_tolower (data[at + 2 * j]) == g_ascii_tolower (names[i][j]) && data[at + 2 * j + 1] == 0;
            exact = exact && data[at + 2 * j] == names[i][j];
          }
        if (!same)
          continue;
        if (exact)
          return NULL;
        found = data + at;
        *name = names[i];
      }
  return found;
}

/* FreeXL wants the workbook's name exactly so: it is given a copy in memory with that. Before the limits, which forbid
 * writing. */
static char *
dup_spelled_path (const char *path)
{
  g_autoptr (GMappedFile) file = g_mapped_file_new (path, FALSE, NULL);
  const guint8 *data = file != NULL ? (const guint8 *) g_mapped_file_get_contents (file) : NULL;
  gsize         length = data != NULL ? g_mapped_file_get_length (file) : 0;
  const char   *name = NULL;
  const guint8 *entry = find_misspelled (data, length, &name);
  int           copy = entry != NULL ? memfd_create ("workbook", MFD_CLOEXEC) : -1;

  for (gsize done = 0; copy >= 0 && done < length;)
    {
      gssize n = write (copy, data + done, length - done);

      if (n <= 0)
        return g_strdup (path);
      done += (gsize) n;
    }
  for (gsize i = 0; copy >= 0 && i < strlen (name); i++)
    if (pwrite (copy, &name[i], 1, entry - data + 2 * (goffset) i) != 1)
      return g_strdup (path);
  return copy >= 0 ? g_strdup_printf ("/proc/self/fd/%d", copy) : g_strdup (path);
}

static void
open_book (const char *path, Book *book)
{
  g_autoptr (GMappedFile) file = g_mapped_file_new (path, FALSE, NULL);
  const char  *data = file != NULL ? g_mapped_file_get_contents (file) : NULL;
  gsize        length = data != NULL ? g_mapped_file_get_length (file) : 0;
  unsigned int password = 0, n_sheets = 0;
  int          status;

  memset (book, 0, sizeof *book);
  if (length < 8)
    fail (TORG_SHEET_BROKEN);
  if (memcmp (data, "PK", 2) == 0)
    {
      inspect_zip (path, book);
      if (!book->is_ods)
        {
          book->xlsx = torg_xlsx_book_open (path);
          if (book->xlsx == NULL)
            fail (TORG_SHEET_BROKEN);
          return;
        }
      status = freexl_open_ods (path, &book->handle);
    }
  else
    {
      if (has_encrypted_package (data, length) || has_file_pass ((const guint8 *) data, length))
        fail (TORG_SHEET_ENCRYPTED);
      status = freexl_open (path, &book->handle);
      if (status == FREEXL_BIFF_WORKBOOK_NOT_FOUND)
        fail (TORG_SHEET_OTHER);
      /* It opened the container, and gave up on what is in it: charts among the sheets, Excel 5, and more. What it
       * gives then is a handle with nothing behind it. */
      if (status == FREEXL_OK && freexl_get_worksheets_count (book->handle, &n_sheets) == FREEXL_NULL_HANDLE)
        fail (TORG_SHEET_UNKNOWN);
      if (book->handle != NULL && freexl_get_info (book->handle, FREEXL_BIFF_PASSWORD, &password) == FREEXL_OK &&
          password == FREEXL_BIFF_OBFUSCATED)
        fail (TORG_SHEET_ENCRYPTED);
    }
  if (status == FREEXL_INSUFFICIENT_MEMORY)
    fail (TORG_SHEET_TOO_LARGE);
  if (status != FREEXL_OK)
    fail (TORG_SHEET_BROKEN);
}

static void
write_number (double number)
{
  g_autofree char *text = torg_xlsx_format_number (number);

  write_frame (TORG_SHEET_CELL, TORG_CELL_NUMBER, text, strlen (text));
}

/* FreeXL hands the dates of ODS over as text, and times as durations. */
static void
write_text (const Book *book, const char *text)
{
  guint  hours, minutes;
  double seconds;

  if (book->is_ods && strlen (text) == 10 && torg_date_is_valid (text))
    write_frame (TORG_SHEET_CELL, TORG_CELL_DATE, text, 10);
  else if (book->is_ods && strlen (text) >= 19 && text[4] == '-' && (text[10] == ' ' || text[10] == 'T') &&
           text[13] == ':')
    {
      g_autofree char *moment = g_strndup (text, 19);

      moment[10] = ' ';
      write_frame (TORG_SHEET_CELL, TORG_CELL_MOMENT, moment, 19);
    }
  else if (book->is_ods && sscanf (text, "PT%uH%uM%lfS", &hours, &minutes, &seconds) == 3 && hours < 100000 &&
           minutes < 60 && seconds >= 0 && seconds < 60)
    {
      g_autofree char *time = g_strdup_printf ("%02u:%02u:%02u", hours, minutes, (guint) seconds);

      write_frame (TORG_SHEET_CELL, TORG_CELL_TIME, time, strlen (time));
    }
  else
    write_frame (TORG_SHEET_CELL, TORG_CELL_TEXT, text, strlen (text));
}

static void
write_cell (const Book *book, const FreeXL_CellValue *value)
{
  const char *text = value->value.text_value;

  switch (value->type)
    {
      case FREEXL_CELL_INT:
        write_number (value->value.int_value);
        return;
      case FREEXL_CELL_DOUBLE:
        write_number (value->value.double_value);
        return;
      case FREEXL_CELL_TEXT:
      case FREEXL_CELL_SST_TEXT:
        write_text (book, text != NULL ? text : "");
        return;
      case FREEXL_CELL_DATE:
      case FREEXL_CELL_DATETIME:
        write_frame (TORG_SHEET_CELL, value->type == FREEXL_CELL_DATE ? TORG_CELL_DATE : TORG_CELL_MOMENT, text,
                     strlen (text));
        return;
      case FREEXL_CELL_TIME:
        write_frame (TORG_SHEET_CELL, TORG_CELL_TIME, text, strlen (text));
        return;
      default:
        write_frame (TORG_SHEET_CELL, TORG_CELL_TEXT, NULL, 0);
        return;
    }
}

static void
write_sheet (const Book *book, guint index, guint n_sheets)
{
  const char                  *name = NULL;
  unsigned int                 n_rows = 0;
  unsigned short               n_columns = 0;
  g_autofree FreeXL_CellValue *values = NULL;

  if (index >= n_sheets)
    fail (TORG_SHEET_NO_SUCH_SHEET);
  freexl_get_worksheet_name (book->handle, (unsigned short) index, &name);
  if (freexl_select_active_worksheet (book->handle, (unsigned short) index) != FREEXL_OK ||
      freexl_worksheet_dimensions (book->handle, &n_rows, &n_columns) != FREEXL_OK)
    fail (TORG_SHEET_BROKEN);
  write_frame (TORG_SHEET_NAME, index, name, name != NULL ? strlen (name) : 0);

  /* An empty sheet has 2^32 - 1 rows and no columns. */
  if (n_rows == G_MAXUINT32 || n_columns == 0)
    return;
  if (n_rows > TORG_TABLE_MAX_ROWS || n_columns > TORG_TABLE_MAX_COLUMNS || (guint64) n_rows * n_columns > MAX_CELLS)
    fail (TORG_SHEET_TOO_LARGE);
  values = g_new0 (FreeXL_CellValue, n_columns);
  for (guint row = 0; row < n_rows; row++)
    {
      guint width = 0;

      for (guint column = 0; column < n_columns; column++)
        {
          int status = freexl_get_cell_value (book->handle, row, (unsigned short) column, &values[column]);

          if (status != FREEXL_OK)
            values[column].type = FREEXL_CELL_NULL;
          if (values[column].type != FREEXL_CELL_NULL)
            width = column + 1;
        }
      /* As with text, rows without any cell are none, and the numbers of the others tell. */
      if (width == 0)
        continue;
      write_frame (TORG_SHEET_ROW, row + 1, NULL, 0);
      for (guint column = 0; column < width; column++)
        write_cell (book, &values[column]);
    }
}

static void
xlsx_cell_cb (guint row, guint column, TorgCellKind kind, const char *text, gpointer user_data)
{
  Place *place = user_data;

  if (!place->started || row != place->row)
    {
      write_frame (TORG_SHEET_ROW, row + 1, NULL, 0);
      place->started = TRUE;
      place->row = row;
      place->column = 0;
    }
  for (; place->column < column; place->column++)
    write_frame (TORG_SHEET_CELL, TORG_CELL_TEXT, NULL, 0);
  write_frame (TORG_SHEET_CELL, kind, text, strlen (text));
  place->column = column + 1;
}

static void
write_xlsx (TorgXlsxBook *book, const char *command, guint index)
{
  guint       n_sheets = torg_xlsx_book_get_n_sheets (book);
  Place       place = { 0 };
  const char *name;

  if (strcmp (command, "list") == 0)
    {
      for (guint i = 0; i < MIN (n_sheets, MAX_SHEETS); i++)
        {
          name = torg_xlsx_book_get_name (book, i);
          write_frame (TORG_SHEET_NAME, i, name, strlen (name));
        }
      return;
    }
  if (index >= n_sheets)
    fail (TORG_SHEET_NO_SUCH_SHEET);
  name = torg_xlsx_book_get_name (book, index);
  write_frame (TORG_SHEET_NAME, index, name, strlen (name));
  if (!torg_xlsx_book_read (book, index, xlsx_cell_cb, &place))
    fail (TORG_SHEET_BROKEN);
}

int
main (int argc, char *argv[])
{
  g_autofree char *path = NULL;
  unsigned int     n_sheets = 0;
  Book             book;

  if (argc != 4)
    {
      fprintf (stderr, "usage: torg-sheet-reader list|read FILE SHEET\n");
      return 2;
    }
  path = dup_spelled_path (argv[2]);
  set_limits ();
  open_book (path, &book);
  if (book.xlsx != NULL)
    write_xlsx (book.xlsx, argv[1], (guint) g_ascii_strtoull (argv[3], NULL, 10));
  else if (freexl_get_worksheets_count (book.handle, &n_sheets) != FREEXL_OK)
    fail (TORG_SHEET_BROKEN);
  else if (strcmp (argv[1], "list") == 0)
    for (unsigned int i = 0; i < MIN (n_sheets, MAX_SHEETS); i++)
      {
        const char *name = NULL;

        freexl_get_worksheet_name (book.handle, (unsigned short) i, &name);
        write_frame (TORG_SHEET_NAME, i, name, name != NULL ? strlen (name) : 0);
      }
  else
    write_sheet (&book, (guint) g_ascii_strtoull (argv[3], NULL, 10), n_sheets);
  write_frame (TORG_SHEET_END, 0, NULL, 0);
  fflush (stdout);
  /* The system frees faster than FreeXL, which can crash in it too. */
  _exit (0);
}
