/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "torg-io"

#include "config.h"

#include "torg-csv.h"

#include <csv.h>
#include <glib/gi18n-lib.h>
#include <string.h>

#include "torg-charset.h"
#include "torg-error.h"

/* How much of a text the separator is guessed from. */
#define SNIFF_BYTES 65536
#define SNIFF_ROWS 100
/* A quoted cell of more lines than this was opened by mistake. */
#define MAX_CELL_LINES 5000
/* libcsv's state inside a cell; its strict mode, which alone reports an open quote, refuses quotes in plain cells. */
#define STATE_FIELD_BEGUN 2

typedef struct
{
  TorgTable *table; /* not owned */
  GError    *error; /* (owned) (nullable) */
  guint      row_line;
  gboolean   in_row;
  char       separator;
  guint      n_cells; /* of the row */
  guint      width;   /* of the first row */
  GString   *only;    /* (owned): the first cell of a row that may be a whole row, until it is known */
  gboolean   has_only;
} Parser;

/* A whole row in one cell, as a program writes it that quotes lines which are quoted already. */
static void
inner_field_cb (void *field, size_t length, void *user_data)
{
  g_ptr_array_add (user_data, g_strndup (field, length));
}

static GPtrArray *
split_row (const GString *text, char separator)
{
  g_autoptr (GPtrArray) cells = g_ptr_array_new_with_free_func (g_free);
  struct csv_parser csv;

  if (csv_init (&csv, 0) != 0)
    return NULL;
  csv_set_delim (&csv, (unsigned char) separator);
  csv_parse (&csv, text->str, text->len, inner_field_cb, NULL, cells);
  csv_fini (&csv, inner_field_cb, NULL, cells);
  csv_free (&csv);
  return g_steal_pointer (&cells);
}

/* A sign, digits and what divides them. */
static gboolean
is_number (const char *text)
{
  gboolean has_digit = FALSE;

  for (const char *at = text + 1; *at != '\0'; at = g_utf8_next_char (at))
    {
      gunichar letter = g_utf8_get_char (at);

      has_digit |= letter < 128 && g_ascii_isdigit (letter);
      if (!(letter < 128 && g_ascii_isdigit (letter)) && letter != '.' && letter != ',' && letter != ' ' &&
          letter != 0xa0 && letter != 0x202f)
        return FALSE;
    }
  return has_digit && (*text == '-' || *text == '+');
}

/*
 * What a spreadsheet may carry out when it opens the file (OWASP, CSV Injection), behind any apostrophes: those that
 * are there already get one more, so that all of them come back.
 */
static gboolean
is_formula (const char *text)
{
  const char *start = text + strspn (text, "'");

  if (*start == '\0' || strchr ("=+-@\t\r", *start) == NULL)
    return FALSE;
  return start > text || !is_number (start);
}

static gboolean
is_guarded (const char *text, gsize length)
{
  gsize n = 0;

  while (n < length && text[n] == '\'')
    n++;
  return n > 0 && n < length && strchr ("=+-@\t\r", text[n]) != NULL && text[n] != '\0';
}

static gboolean
add_cell (Parser *parser, const char *text, gsize length)
{
  gsize skip = is_guarded (text, length) ? 1 : 0;

  return torg_table_add_cell (parser->table, TORG_CELL_TEXT, text + skip, (gssize) (length - skip), &parser->error);
}

static void
add_only (Parser *parser)
{
  parser->has_only = FALSE;
  add_cell (parser, parser->only->str, parser->only->len);
}

static void
add_row_of_one (Parser *parser)
{
  g_autoptr (GPtrArray) cells = split_row (parser->only, parser->separator);

  if (cells == NULL || cells->len != parser->width)
    {
      add_only (parser);
      return;
    }
  parser->has_only = FALSE;
  for (guint i = 0; i < cells->len && parser->error == NULL; i++)
    add_cell (parser, cells->pdata[i], strlen (cells->pdata[i]));
}

static void
field_cb (void *field, size_t length, void *user_data)
{
  Parser *parser = user_data;

  if (parser->error != NULL)
    return;
  if (!parser->in_row)
    {
      parser->in_row = TRUE;
      if (!torg_table_add_row (parser->table, parser->row_line, &parser->error))
        return;
    }
  parser->n_cells++;
  if (parser->n_cells == 1 && parser->width > 2 && memchr (field, parser->separator, length) != NULL)
    {
      g_string_truncate (parser->only, 0);
      g_string_append_len (parser->only, field, (gssize) length);
      parser->has_only = TRUE;
      return;
    }
  if (parser->has_only)
    add_only (parser);
  if (parser->error == NULL)
    add_cell (parser, field, length);
}

static void
row_cb (int terminator, void *user_data)
{
  Parser *parser = user_data;

  if (parser->has_only && parser->error == NULL)
    add_row_of_one (parser);
  if (parser->width == 0)
    parser->width = parser->n_cells;
  parser->n_cells = 0;
  parser->has_only = FALSE;
  parser->in_row = FALSE;
}

/* The end of a line with its terminator: LF, CR or both. */
static const char *
find_line_end (const char *p, const char *end)
{
  while (p < end && *p != '\n' && *p != '\r')
    p++;
  if (p < end && *p == '\r' && p + 1 < end && p[1] == '\n')
    return p + 2;
  return p < end ? p + 1 : end;
}

/* Counts of one candidate separator over the first rows. */
typedef struct
{
  guint counts[SNIFF_ROWS];
  guint n_rows;
} Sniff;

static void
sniff (const char *text, gsize length, char separator, Sniff *sniff)
{
  gboolean quoted = FALSE, blank = TRUE, at_start = TRUE;
  guint    count = 0;

  sniff->n_rows = 0;
  for (gsize i = 0; i < length && sniff->n_rows < SNIFF_ROWS; i++)
    {
      char c = text[i];

      if (quoted)
        {
          if (c == '"' && i + 1 < length && text[i + 1] == '"')
            i++;
          else if (c == '"')
            quoted = FALSE;
          continue;
        }
      if (c == '"' && at_start)
        {
          quoted = TRUE;
          blank = FALSE;
        }
      else if (c == separator)
        {
          count++;
          blank = FALSE;
        }
      else if (c == '\n' || c == '\r')
        {
          if (!blank)
            sniff->counts[sniff->n_rows++] = count;
          count = 0;
          blank = TRUE;
        }
      else if (c != ' ')
        blank = FALSE;
      at_start = c == separator || c == '\n' || c == '\r' || (at_start && c == ' ');
    }
  /* A row that the sample cuts says nothing, unless it is the only one or the text's last. */
  if (!blank && sniff->n_rows < SNIFF_ROWS && (length < SNIFF_BYTES || sniff->n_rows == 0))
    sniff->counts[sniff->n_rows++] = count;
}

/**
 * torg_csv_guess_separator:
 * @text: (array length=length): UTF-8
 * @length: its length
 *
 * Guesses what separates the columns of a text: a tab, a semicolon, a comma or a bar. It is the one which the rows have
 * equally often, as often as the first row has it.
 *
 * Returns: the separator; a comma where there is only one column
 */
char
torg_csv_guess_separator (const char *text, gsize length)
{
  static const char candidates[] = { '\t', ';', ',', '|' };
  double            best = 0;
  char              separator = ',';

  for (gsize i = 0; i < G_N_ELEMENTS (candidates); i++)
    {
      Sniff  counts;
      guint  same = 0, any = 0;
      double score;

      sniff (text, MIN (length, SNIFF_BYTES), candidates[i], &counts);
      if (counts.n_rows == 0)
        continue;
      for (guint r = 0; r < counts.n_rows; r++)
        {
          same += counts.counts[0] > 0 && counts.counts[r] == counts.counts[0] ? 1 : 0;
          any += counts.counts[r] > 0 ? 1 : 0;
        }
      /* A title above the table has none: then rows that have any count, but less. */
      score = (double) same / counts.n_rows + 0.3 * any / counts.n_rows;
      if (same > 0)
        score += MIN (counts.counts[0], 50) * 0.001;
      if (score > best)
        {
          best = score;
          separator = candidates[i];
        }
    }
  return separator;
}

/* Cuts Excel's `sep=;` line off; returns its separator or NUL. */
static char
take_separator_line (const char **text, gsize *length)
{
  const char *p = *text, *end = p + *length;
  char        separator;

  if (*length > 0 && *p == '"')
    p++;
  if (end - p < 5 || g_ascii_strncasecmp (p, "sep=", 4) != 0)
    return '\0';
  separator = p[4];
  if (separator == '\r' || separator == '\n' || separator == '"' || (guchar) separator >= 0x80)
    return '\0';
  p += 5;
  if (p < end && *p == '"')
    p++;
  if (p < end && *p != '\r' && *p != '\n')
    return '\0';
  p = find_line_end (p, end);
  *length = (gsize) (end - p);
  *text = p;
  return separator;
}

static gboolean
parse_lines (struct csv_parser *csv,
             Parser            *parser,
             const char        *text,
             gsize              length,
             guint              line,
             GCancellable      *cancellable)
{
  const char *p = text, *end = text + length;

  while (p < end)
    {
      const char *next = find_line_end (p, end);
      gsize       n = (gsize) (next - p);

      if (!parser->in_row)
        parser->row_line = line;
      else if (line - parser->row_line > MAX_CELL_LINES)
        break;
      if (csv_parse (csv, p, n, field_cb, row_cb, parser) != n)
        {
          g_set_error (&parser->error, TORG_ERROR, TORG_ERROR_INVALID, _ ("Line %u cannot be read: %s."), line,
                       csv_strerror (csv_error (csv)));
          return FALSE;
        }
      /* A row whose first cell is quoted over several lines has called nothing back yet. */
      if (!parser->in_row && csv->pstate != 0)
        {
          parser->in_row = torg_table_add_row (parser->table, parser->row_line, &parser->error);
          if (!parser->in_row)
            return FALSE;
        }
      if (parser->error != NULL)
        return FALSE;
      if (line % 1024 == 0 && g_cancellable_set_error_if_cancelled (cancellable, &parser->error))
        return FALSE;
      p = next;
      line++;
    }
  if (p < end || (csv->pstate == STATE_FIELD_BEGUN && csv->quoted != 0))
    {
      g_clear_error (&parser->error);
      g_set_error (&parser->error, TORG_ERROR, TORG_ERROR_INVALID,
                   _ ("The quote that opens in line %u is never closed. Correct the file there and try again."),
                   parser->row_line);
      return FALSE;
    }
  csv_fini (csv, field_cb, row_cb, parser);
  return parser->error == NULL;
}

/**
 * torg_csv_read:
 * @bytes: the file's content
 * @charset: (nullable): its encoding; %NULL to find it
 * @separator: what separates its columns; NUL to find it
 * @cancellable: (nullable): to stop it
 * @error: return location
 *
 * Reads comma-separated values in the sense of RFC 4180, in all its dialects: any of four separators or a `sep=` line,
 * lines that end in CR, LF or both, quotes in the middle of cells, rows that were quoted once more as a whole. Blanks
 * around cells without quotes are dropped, and lines without any character are no rows.
 *
 * Returns: (transfer full): the table, or %NULL with %TORG_ERROR_INVALID, %TORG_ERROR_LIMIT, %TORG_ERROR_UNSUPPORTED or
 *   %G_IO_ERROR_CANCELLED
 */
TorgTable *
torg_csv_read (GBytes *bytes, const char *charset, char separator, GCancellable *cancellable, GError **error)
{
  g_autoptr (TorgTable) table = torg_table_new ();
  g_autofree char  *converted = NULL;
  struct csv_parser csv;
  g_autoptr (GString) only = g_string_new (NULL);
  Parser      parser = { .table = table, .row_line = 1, .only = only };
  gsize       length, bom, n_bad = 0;
  const char *data = g_bytes_get_data (bytes, &length);
  const char *found = torg_charset_detect (data, length, &bom);
  const char *text;
  char        own;
  guint       line = 1;
  gboolean    done;

  if (charset == NULL || bom > 0)
    charset = found;
  data += bom;
  length -= bom;
  if (strcmp (charset, "UTF-8") == 0 && g_utf8_validate_len (data, length, NULL))
    text = data;
  else
    {
      converted = torg_charset_to_utf8 (data, length, charset, &length, &n_bad, error);
      if (converted == NULL)
        return NULL;
      text = converted;
    }

  own = take_separator_line (&text, &length);
  if (own != '\0')
    line = 2;
  if (separator == '\0')
    separator = own != '\0' ? own : torg_csv_guess_separator (text, length);

  if (csv_init (&csv, 0) != 0)
    {
      g_set_error_literal (error, TORG_ERROR, TORG_ERROR_LIMIT, _ ("There is not enough memory to read the file."));
      return NULL;
    }
  csv_set_delim (&csv, (unsigned char) separator);
  csv_set_blk_size (&csv, 4096);
  parser.separator = separator;
  done = parse_lines (&csv, &parser, text, length, line, cancellable);
  csv_free (&csv);
  if (!done)
    {
      g_propagate_error (error, parser.error);
      return NULL;
    }
  torg_table_set_origin (table, NULL, charset, separator, n_bad);
  return g_steal_pointer (&table);
}

static void
append_cell (GByteArray *out, const char *cell, char separator)
{
  g_autofree char *guarded = is_formula (cell) ? g_strconcat ("'", cell, NULL) : NULL;
  const char      *text = guarded != NULL ? guarded : cell;
  char             special[] = { separator, '"', '\r', '\n', '\0' };
  gsize            length = strlen (text), size;

  /* Blanks at an end would be dropped by readers without quotes around them. */
  if (strpbrk (text, special) == NULL &&
      (length == 0 || (!g_ascii_isspace (text[0]) && !g_ascii_isspace (text[length - 1]))))
    {
      g_byte_array_append (out, (const guint8 *) text, (guint) length);
      return;
    }
  size = csv_write (NULL, 0, text, length);
  g_byte_array_set_size (out, out->len + (guint) size);
  csv_write (out->data + out->len - size, size, text, length);
}

/**
 * torg_csv_write:
 * @table: a table
 * @separator: what to put between columns
 * @flags: how to write
 *
 * Writes a table as RFC 4180 says. What a spreadsheet would take for a formula gets an apostrophe, which reading takes
 * away. A row whose only cell is empty is written as `""`, so that it is not lost.
 *
 * Returns: (transfer full): UTF-8
 */
GBytes *
torg_csv_write (TorgTable *table, char separator, TorgCsvFlags flags)
{
  GByteArray *out = g_byte_array_new ();

  if ((flags & TORG_CSV_BOM) != 0)
    g_byte_array_append (out, (const guint8 *) "\xef\xbb\xbf", 3);
  for (guint row = 0; row < torg_table_get_n_rows (table); row++)
    {
      guint width = torg_table_get_width (table, row);

      for (guint column = 0; column < width; column++)
        {
          if (column > 0)
            g_byte_array_append (out, (const guint8 *) &separator, 1);
          append_cell (out, torg_table_get_text (table, row, column), separator);
        }
      if (width == 0 || (width == 1 && *torg_table_get_text (table, row, 0) == '\0'))
        g_byte_array_append (out, (const guint8 *) "\"\"", 2);
      g_byte_array_append (out, (const guint8 *) "\r\n", 2);
    }
  return g_byte_array_free_to_bytes (out);
}
