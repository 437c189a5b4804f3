/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "torg-io"

#include "config.h"

#include "torg-sheet.h"

#include <glib/gi18n-lib.h>
#include <signal.h>
#include <string.h>

#include "torg-error.h"
#include "torg-sheet-frame.h"

#define READER "torg-sheet-reader"

/**
 * torg_sheet_is_spreadsheet:
 * @head: (array length=length): the beginning of a file
 * @length: its length
 *
 * Tells whether a file could be a spreadsheet: a ZIP archive, an OLE container, or a stream of old Excel.
 *
 * Returns: whether it could
 */
gboolean
torg_sheet_is_spreadsheet (const char *head, gsize length)
{
  static const struct
  {
    const char *magic;
    gsize       length;
  } magics[] = {
    { "PK\003\004", 4 },       { "PK\005\006", 4 },       { "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", 8 },
    { "\x09\x00\x04\x00", 4 }, { "\x09\x02\x06\x00", 4 }, { "\x09\x04\x06\x00", 4 },
    { "\x09\x08\x08\x00", 4 }, { "\x09\x08\x10\x00", 4 },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (magics); i++)
    if (length >= magics[i].length && memcmp (head, magics[i].magic, magics[i].length) == 0)
      return TRUE;
  return FALSE;
}

/* The helper: where a test says, where it is installed, or beside the running program in the build folder. */
static char *
find_reader (void)
{
  const char      *named = g_getenv ("TORG_SHEET_READER");
  g_autofree char *self = NULL, *dir = NULL;
  char            *path;

  if (named != NULL)
    return g_strdup (named);
  path = g_build_filename (TORG_LIBEXEC_DIR, READER, NULL);
  if (g_file_test (path, G_FILE_TEST_IS_EXECUTABLE))
    return path;
  g_free (path);
  self = g_file_read_link ("/proc/self/exe", NULL);
  if (self == NULL)
    return NULL;
  dir = g_path_get_dirname (self);
  path = g_build_filename (dir, READER, NULL);
  if (g_file_test (path, G_FILE_TEST_IS_EXECUTABLE))
    return path;
  g_free (path);
  return g_build_filename (dir, "..", "tools", READER, NULL);
}

static void
set_failure (GError **error, TorgSheetFailure failure)
{
  switch (failure)
    {
      case TORG_SHEET_ENCRYPTED:
        g_set_error_literal (
          error, TORG_ERROR, TORG_ERROR_ENCRYPTED,
          _ ("The spreadsheet is protected by a password. Save a copy without the password and choose that."));
        break;
      case TORG_SHEET_BINARY:
        g_set_error_literal (
          error, TORG_ERROR, TORG_ERROR_UNSUPPORTED,
          _ ("The spreadsheet is in the binary format XLSB. Save it as XLSX or CSV and choose that."));
        break;
      case TORG_SHEET_OTHER:
        g_set_error_literal (error, TORG_ERROR, TORG_ERROR_UNSUPPORTED,
                             _ ("The file is not a spreadsheet. Choose an XLSX, XLS, ODS or CSV file."));
        break;
      case TORG_SHEET_UNKNOWN:
        g_set_error_literal (
          error, TORG_ERROR, TORG_ERROR_UNSUPPORTED,
          _ ("Torg cannot read this kind of XLS file. Open it in its program, save it as XLSX and choose that."));
        break;
      case TORG_SHEET_TOO_LARGE:
        g_set_error_literal (error, TORG_ERROR, TORG_ERROR_LIMIT,
                             _ ("The spreadsheet is too large to read. Save the sheet as CSV or split it."));
        break;
      case TORG_SHEET_NO_SUCH_SHEET:
        g_set_error_literal (error, TORG_ERROR, TORG_ERROR_NOT_FOUND,
                             _ ("The spreadsheet has no such sheet. Choose another one."));
        break;
      case TORG_SHEET_BROKEN:
      default:
        g_set_error_literal (
          error, TORG_ERROR, TORG_ERROR_INVALID,
          _ ("The spreadsheet cannot be read: it is damaged, or holds something unknown. Open it in its "
             "program, save it as XLSX and choose the new copy."));
        break;
    }
}

/* Takes one frame; @names or @table collects it. */
static gboolean
take_frame (const TorgSheetFrame *frame,
            const char           *payload,
            GStrvBuilder         *names,
            TorgTable            *table,
            gboolean             *in_row,
            GError              **error)
{
  switch (frame->tag)
    {
      case TORG_SHEET_NAME:
        {
          g_autofree char *name = g_utf8_make_valid (payload, frame->length);

          if (names != NULL)
            g_strv_builder_add (names, name);
          else
            torg_table_set_origin (table, name, NULL, '\0', 0);
          return TRUE;
        }
      case TORG_SHEET_ROW:
        *in_row = table != NULL && torg_table_add_row (table, frame->number, error);
        return *in_row;
      case TORG_SHEET_CELL:
        {
          if (!*in_row || frame->number > TORG_CELL_TIME)
            break;
          if (memchr (payload, '\0', frame->length) == NULL && g_utf8_validate (payload, frame->length, NULL))
            return torg_table_add_cell (table, frame->number, payload, frame->length, error);
          g_autofree char *valid = g_utf8_make_valid (payload, frame->length);
          return torg_table_add_cell (table, frame->number, valid, -1, error);
        }
      case TORG_SHEET_ERROR:
        set_failure (error, frame->number);
        return FALSE;
      default:
        break;
    }
  set_failure (error, TORG_SHEET_BROKEN);
  return FALSE;
}

/* Reads frames to their end. FALSE without an error means that the stream ended too early. */
static gboolean
read_frames (GInputStream *stream, GStrvBuilder *names, TorgTable *table, GCancellable *cancellable, GError **error)
{
  g_autofree char *payload = g_malloc (TORG_SHEET_MAX_FRAME + 1);
  gboolean         in_row = FALSE;

  while (TRUE)
    {
      TorgSheetFrame frame;
      gsize          n;

      if (!g_input_stream_read_all (stream, &frame, sizeof frame, &n, cancellable, error) || n < sizeof frame)
        return FALSE;
      if (frame.length > TORG_SHEET_MAX_FRAME)
        {
          set_failure (error, TORG_SHEET_BROKEN);
          return FALSE;
        }
      if (!g_input_stream_read_all (stream, payload, frame.length, &n, cancellable, error) || n < frame.length)
        return FALSE;
      payload[n] = '\0';
      if (frame.tag == TORG_SHEET_END)
        return TRUE;
      if (!take_frame (&frame, payload, names, table, &in_row, error))
        return FALSE;
    }
}

static gboolean
run_reader (const char   *path,
            const char   *command,
            guint         index,
            GStrvBuilder *names,
            TorgTable    *table,
            GCancellable *cancellable,
            GError      **error)
{
  g_autofree char *reader = find_reader ();
  g_autofree char *number = g_strdup_printf ("%u", index);
  const char      *argv[] = { reader, command, path, number, NULL };
  g_autoptr (GSubprocess) process = NULL;
  g_autoptr (GInputStream) stream = NULL;
  g_autoptr (GError) local = NULL;
  gboolean done;

  if (g_cancellable_set_error_if_cancelled (cancellable, error))
    return FALSE;
  if (reader != NULL)
    process = g_subprocess_newv (argv, G_SUBPROCESS_FLAGS_STDOUT_PIPE | G_SUBPROCESS_FLAGS_STDERR_SILENCE, &local);
  if (process == NULL)
    {
      g_set_error (
        error, TORG_ERROR, TORG_ERROR_UNSUPPORTED,
        _ ("Spreadsheets cannot be read: the helper program %s is missing. Install Torg again, or save the sheet as "
           "CSV."),
        READER);
      return FALSE;
    }

  stream = g_buffered_input_stream_new_sized (g_subprocess_get_stdout_pipe (process), 256 * 1024);
  done = read_frames (stream, names, table, cancellable, &local);
  if (!done)
    {
      if (local != NULL)
        g_subprocess_force_exit (process);
      g_subprocess_wait (process, NULL, NULL);
    }
  if (local != NULL)
    g_propagate_error (error, g_steal_pointer (&local));
  else if (!done)
    {
      int signal = g_subprocess_get_if_signaled (process) ? g_subprocess_get_term_sig (process) : 0;

      set_failure (error, signal == SIGXCPU || signal == SIGKILL || signal == SIGALRM ? TORG_SHEET_TOO_LARGE
                                                                                      : TORG_SHEET_BROKEN);
    }
  else
    g_subprocess_wait (process, NULL, NULL);
  return done;
}

/**
 * torg_sheet_list:
 * @path: a spreadsheet
 * @cancellable: (nullable): to stop it
 * @error: return location
 *
 * Lists the sheets of an XLSX, XLS or ODS file; see [func@sheet_read] for how it is read and what can go wrong.
 *
 * Returns: (transfer full): their names, or %NULL
 */
char **
torg_sheet_list (const char *path, GCancellable *cancellable, GError **error)
{
  g_autoptr (GStrvBuilder) names = g_strv_builder_new ();

  if (!run_reader (path, "list", 0, names, NULL, cancellable, error))
    return NULL;
  return g_strv_builder_end (names);
}

/**
 * torg_sheet_read:
 * @path: a spreadsheet
 * @index: which of its sheets, from 0
 * @cancellable: (nullable): to stop it
 * @error: return location
 *
 * Reads a sheet of an XLSX, XLS or ODS file, whatever its name ends in.
 *
 * Foreign files can crash a parser or make it run for ever, so this happens in another process with limits to its time
 * and memory. Dates are ISO 8601, numbers have a point.
 *
 * Returns: (transfer full): the table, or %NULL with %TORG_ERROR_ENCRYPTED, %TORG_ERROR_INVALID,
 * %TORG_ERROR_UNSUPPORTED, %TORG_ERROR_LIMIT, %TORG_ERROR_NOT_FOUND or %G_IO_ERROR_CANCELLED
 */
TorgTable *
torg_sheet_read (const char *path, guint index, GCancellable *cancellable, GError **error)
{
  g_autoptr (TorgTable) table = torg_table_new ();
  g_autoptr (GError) local = NULL;

  if (run_reader (path, "read", index, NULL, table, cancellable, &local))
    return g_steal_pointer (&table);
  /* Nobody chose the first one. */
  if (index == 0 && g_error_matches (local, TORG_ERROR, TORG_ERROR_NOT_FOUND))
    set_failure (error, TORG_SHEET_BROKEN);
  else
    g_propagate_error (error, g_steal_pointer (&local));
  return NULL;
}
