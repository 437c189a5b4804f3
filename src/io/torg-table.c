/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "torg-io"

#include "config.h"

#include "torg-table.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "torg-error.h"

typedef struct
{
  guint32 first; /* index of its first cell */
  guint32 line;  /* in the file, from 1 */
} Row;

struct _TorgTable
{
  gatomicrefcount refs;

  GArray     *rows;  /* (owned) of Row */
  GArray     *cells; /* (owned) of guint32: where each cell begins in the arena; 0 is the empty text */
  GByteArray *arena; /* (owned) of each cell its kind, its text and a NUL */
  guint       n_columns;

  char *name;      /* (owned) (nullable) */
  char *charset;   /* (owned) (nullable) */
  char  separator; /* or NUL */
  gsize n_bad_bytes;
};

G_DEFINE_BOXED_TYPE (TorgTable, torg_table, torg_table_ref, torg_table_unref)

/**
 * torg_table_new:
 *
 * Makes a table without rows.
 *
 * Returns: (transfer full): a new table
 */
TorgTable *
torg_table_new (void)
{
  TorgTable *self = g_new0 (TorgTable, 1);

  g_atomic_ref_count_init (&self->refs);
  self->rows = g_array_new (FALSE, FALSE, sizeof (Row));
  self->cells = g_array_new (FALSE, FALSE, sizeof (guint32));
  self->arena = g_byte_array_new ();
  g_byte_array_append (self->arena, (const guint8 *) "\0\0", 2);
  return self;
}

/**
 * torg_table_ref:
 *
 * Takes a reference.
 *
 * Returns: (transfer full): @self
 */
TorgTable *
torg_table_ref (TorgTable *self)
{
  g_atomic_ref_count_inc (&self->refs);
  return self;
}

/**
 * torg_table_unref:
 *
 * Gives a reference back.
 */
void
torg_table_unref (TorgTable *self)
{
  if (!g_atomic_ref_count_dec (&self->refs))
    return;
  g_array_unref (self->rows);
  g_array_unref (self->cells);
  g_byte_array_unref (self->arena);
  g_free (self->name);
  g_free (self->charset);
  g_free (self);
}

static guint32
row_end (TorgTable *self, guint row)
{
  return row + 1 < self->rows->len ? g_array_index (self->rows, Row, row + 1).first : self->cells->len;
}

/**
 * torg_table_add_row:
 * @line: the row's first line in the file, from 1
 * @error: return location
 *
 * Begins a row; the cells added next are its own.
 *
 * Returns: whether there was room; otherwise %TORG_ERROR_LIMIT
 */
gboolean
torg_table_add_row (TorgTable *self, guint line, GError **error)
{
  Row row = { self->cells->len, line };

  if (self->rows->len >= TORG_TABLE_MAX_ROWS)
    {
      g_set_error (error, TORG_ERROR, TORG_ERROR_LIMIT,
                   _ ("The table has more than %u rows. Split it into several files."), TORG_TABLE_MAX_ROWS);
      return FALSE;
    }
  g_array_append_val (self->rows, row);
  return TRUE;
}

/**
 * torg_table_add_cell:
 * @kind: what its text is
 * @text: (nullable): UTF-8 without NUL
 * @length: its length in bytes, or -1
 * @error: return location
 *
 * Adds a cell to the last row.
 *
 * Returns: whether there was room; otherwise %TORG_ERROR_LIMIT
 */
gboolean
torg_table_add_cell (TorgTable *self, TorgCellKind kind, const char *text, gssize length, GError **error)
{
  gsize   n = text == NULL ? 0 : length < 0 ? strlen (text) : (gsize) length;
  guint32 offset = 0;
  guint   width;

  g_return_val_if_fail (self->rows->len > 0, FALSE);

  width = self->cells->len - g_array_index (self->rows, Row, self->rows->len - 1).first;
  if (width >= TORG_TABLE_MAX_COLUMNS)
    {
      g_set_error (error, TORG_ERROR, TORG_ERROR_LIMIT,
                   _ ("Line %u has more than %u columns. Check the separator between the columns."),
                   g_array_index (self->rows, Row, self->rows->len - 1).line, TORG_TABLE_MAX_COLUMNS);
      return FALSE;
    }
  if (self->arena->len + n + 2 > TORG_TABLE_MAX_BYTES || self->cells->len >= TORG_TABLE_MAX_BYTES / sizeof (guint32))
    {
      g_set_error_literal (error, TORG_ERROR, TORG_ERROR_LIMIT,
                           _ ("The table is too large to read at once. Split it into several files."));
      return FALSE;
    }

  if (n > 0)
    {
      guint8 tag = (guint8) kind;

      offset = self->arena->len;
      g_byte_array_append (self->arena, &tag, 1);
      g_byte_array_append (self->arena, (const guint8 *) text, (guint) n);
      g_byte_array_append (self->arena, (const guint8 *) "", 1);
    }
  g_array_append_val (self->cells, offset);
  self->n_columns = MAX (self->n_columns, width + 1);
  return TRUE;
}

/**
 * torg_table_set_origin:
 * @name: (nullable): the sheet's name
 * @charset: (nullable): the encoding that the text was read in
 * @separator: what separates its columns, or NUL
 * @n_bad_bytes: how many bytes could not be read
 *
 * Says where the table comes from.
 */
void
torg_table_set_origin (TorgTable *self, const char *name, const char *charset, char separator, gsize n_bad_bytes)
{
  g_set_str (&self->name, name);
  g_set_str (&self->charset, charset);
  self->separator = separator;
  self->n_bad_bytes = n_bad_bytes;
}

/**
 * torg_table_get_n_rows:
 *
 * Tells how many rows there are, empty ones included.
 *
 * Returns: the number of rows
 */
guint
torg_table_get_n_rows (TorgTable *self)
{
  return self->rows->len;
}

/**
 * torg_table_get_n_columns:
 *
 * Tells the width of the widest row.
 *
 * Returns: the number of columns
 */
guint
torg_table_get_n_columns (TorgTable *self)
{
  return self->n_columns;
}

/**
 * torg_table_get_width:
 * @row: index of a row
 *
 * Tells how many cells a row has.
 *
 * Returns: the number of cells
 */
guint
torg_table_get_width (TorgTable *self, guint row)
{
  g_return_val_if_fail (row < self->rows->len, 0);

  return row_end (self, row) - g_array_index (self->rows, Row, row).first;
}

static const char *
find_cell (TorgTable *self, guint row, guint column)
{
  guint32 offset = 0;

  if (row < self->rows->len)
    {
      guint32 at = g_array_index (self->rows, Row, row).first + column;

      if (at < row_end (self, row))
        offset = g_array_index (self->cells, guint32, at);
    }
  return (const char *) self->arena->data + offset;
}

/**
 * torg_table_get_text:
 * @row: index of a row
 * @column: index of a column
 *
 * Gets a cell's text. Outside of the table all is empty.
 *
 * Returns: (transfer none): UTF-8, valid as long as the table
 */
const char *
torg_table_get_text (TorgTable *self, guint row, guint column)
{
  return find_cell (self, row, column) + 1;
}

/**
 * torg_table_get_kind:
 * @row: index of a row
 * @column: index of a column
 *
 * Tells what a cell's text is.
 *
 * Returns: its kind
 */
TorgCellKind
torg_table_get_kind (TorgTable *self, guint row, guint column)
{
  return (TorgCellKind) *find_cell (self, row, column);
}

/**
 * torg_table_get_line:
 * @row: index of a row
 *
 * Tells where a row begins in its file, for a report of errors.
 *
 * Returns: the line of a text or the row of a sheet, from 1
 */
guint
torg_table_get_line (TorgTable *self, guint row)
{
  g_return_val_if_fail (row < self->rows->len, 0);

  return g_array_index (self->rows, Row, row).line;
}

/**
 * torg_table_row_is_empty:
 * @row: index of a row
 *
 * Tells whether no cell of a row holds more than blanks.
 *
 * Returns: whether it is empty
 */
gboolean
torg_table_row_is_empty (TorgTable *self, guint row)
{
  guint width = torg_table_get_width (self, row);

  for (guint column = 0; column < width; column++)
    {
      const char *text = torg_table_get_text (self, row, column);

      if (text[strspn (text, " \t\r\n")] != '\0')
        return FALSE;
    }
  return TRUE;
}

/**
 * torg_table_check_filled:
 * @error: place for a %TORG_ERROR_INVALID
 *
 * Tells whether any row has anything in it.
 *
 * Returns: whether one has
 */
gboolean
torg_table_check_filled (TorgTable *self, GError **error)
{
  for (guint row = 0; row < torg_table_get_n_rows (self); row++)
    if (!torg_table_row_is_empty (self, row))
      return TRUE;
  g_set_error_literal (error, TORG_ERROR, TORG_ERROR_INVALID, _ ("There is nothing in the file. Choose another one."));
  return FALSE;
}

/**
 * torg_table_dup_column:
 * @column: index of a column
 * @first_row: where to begin, 1 to skip a header
 * @max_rows: how many rows at most
 * @n_texts: (out): how many there are
 *
 * Collects the texts of a column, as the functions take them that decide a column's format.
 *
 * Returns: (transfer container) (array length=n_texts): the texts, owned by the table; free with g_free()
 */
const char **
torg_table_dup_column (TorgTable *self, guint column, guint first_row, guint max_rows, guint *n_texts)
{
  guint        n = first_row < self->rows->len ? MIN (self->rows->len - first_row, max_rows) : 0;
  const char **texts = g_new (const char *, n + 1);

  for (guint i = 0; i < n; i++)
    texts[i] = torg_table_get_text (self, first_row + i, column);
  texts[n] = NULL;
  *n_texts = n;
  return texts;
}

/**
 * torg_table_get_name:
 *
 * Gets the sheet's name.
 *
 * Returns: (transfer none) (nullable): its name
 */
const char *
torg_table_get_name (TorgTable *self)
{
  return self->name;
}

/**
 * torg_table_get_charset:
 *
 * Tells in which encoding a text was read.
 *
 * Returns: (transfer none) (nullable): its name; %NULL for a spreadsheet
 */
const char *
torg_table_get_charset (TorgTable *self)
{
  return self->charset;
}

/**
 * torg_table_get_separator:
 *
 * Tells what separates the columns of a text.
 *
 * Returns: a character; NUL for a spreadsheet
 */
char
torg_table_get_separator (TorgTable *self)
{
  return self->separator;
}

/**
 * torg_table_get_n_bad_bytes:
 *
 * Tells how many bytes of a text could not be read in its encoding.
 *
 * Returns: their number
 */
gsize
torg_table_get_n_bad_bytes (TorgTable *self)
{
  return self->n_bad_bytes;
}

/**
 * torg_table_get_size:
 *
 * Tells how much memory the table's content takes.
 *
 * Returns: bytes
 */
gsize
torg_table_get_size (TorgTable *self)
{
  return self->arena->len + self->cells->len * sizeof (guint32) + self->rows->len * sizeof (Row);
}
