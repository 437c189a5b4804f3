/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * FreeXL 2.0 reads XLSX too, but not well enough: of the 422 XLSX and XLSM files of POI and calamine it did not open 73
 * that this reads, it leaves the text of `inlineStr` cells out, which streaming writers use for everything, and makes
 * the text of a formula a 0, both without a word.
 */

#define G_LOG_DOMAIN "torg-sheet-reader"

#include "config.h"

#include "torg-xlsx-book.h"

#include <math.h>
#include <minizip/unzip.h>
#include <string.h>

#include "torg-date.h"

#define MAX_ENTRY (1ULL << 30)

typedef struct
{
  char *name; /* (owned) */
  char *id;   /* (owned): of its relation */
  char *part; /* (owned) (nullable): where it is in the archive */
} Sheet;

struct _TorgXlsxBook
{
  unzFile       zip;
  char         *folder; /* (owned): of the workbook in the archive, with a slash at its end */
  gboolean      epoch_1904;
  GPtrArray    *sheets;       /* (owned) of Sheet */
  GPtrArray    *strings;      /* (owned) of texts in the chunk */
  GStringChunk *chunk;        /* (owned) */
  GHashTable   *format_kinds; /* (owned) from the number of a format of its own to its kind */
  GArray       *style_kinds;  /* (owned) of guint8: each style's kind */
};

/* What is being parsed. */
typedef struct
{
  TorgXlsxBook    *book;
  gboolean         in_cell_styles;
  gboolean         in_text;
  guint            phonetic; /* depth of the readings of Asian text */
  GString         *text;
  guint            row;    /* from 1 */
  guint            column; /* from 1 */
  guint            last_column;
  char             type; /* the first letter of the cell's type; i for inlineStr, t for str */
  guint            style;
  TorgXlsxCellFunc callback;
  gpointer         user_data;
  char            *workbook; /* (owned) (nullable): what the archive's own relations call it */
} Parser;

/* Names come with any prefix for their namespace. */
static const char *
local_name (const char *name)
{
  const char *colon = strchr (name, ':');

  return colon != NULL ? colon + 1 : name;
}

static const char *
find_attribute (const char **names, const char **values, const char *wanted)
{
  for (gsize i = 0; names[i] != NULL; i++)
    if (strcmp (local_name (names[i]), wanted) == 0)
      return values[i];
  return NULL;
}

static guint
to_number (const char *text, guint limit)
{
  return text != NULL ? (guint) MIN (g_ascii_strtoull (text, NULL, 10), limit) : 0;
}

static void
sheet_free (Sheet *sheet)
{
  g_free (sheet->name);
  g_free (sheet->id);
  g_free (sheet->part);
  g_free (sheet);
}

/**
 * torg_xlsx_locate:
 * @zip: an archive
 * @name: the path of a part
 *
 * Goes to a part. Some programs write its path in capitals, or with backslashes.
 *
 * Returns: whether it is there
 */
gboolean
torg_xlsx_locate (unzFile zip, const char *name)
{
  char found[1024];

  if (unzLocateFile (zip, name, 2) == UNZ_OK)
    return TRUE;
  for (int status = unzGoToFirstFile (zip); status == UNZ_OK; status = unzGoToNextFile (zip))
    {
      if (unzGetCurrentFileInfo64 (zip, NULL, found, sizeof found - 1, NULL, 0, NULL, 0) != UNZ_OK)
        return FALSE;
      found[sizeof found - 1] = '\0';
      g_strdelimit (found, "\\", '/');
      if (g_ascii_strcasecmp (found, name) == 0)
        return TRUE;
    }
  return FALSE;
}

static char *
read_part (TorgXlsxBook *self, const char *name, gsize *length)
{
  g_autofree char *content = NULL;
  unz_file_info64  info;
  gsize            used = 0;
  int              n = 0;

  *length = 0;
  if (!torg_xlsx_locate (self->zip, name) ||
      unzGetCurrentFileInfo64 (self->zip, &info, NULL, 0, NULL, 0, NULL, 0) != UNZ_OK ||
      info.uncompressed_size >= MAX_ENTRY || unzOpenCurrentFile (self->zip) != UNZ_OK)
    return NULL;
  content = g_malloc (info.uncompressed_size + 1);
  while (used < info.uncompressed_size &&
         (n = unzReadCurrentFile (self->zip, content + used, (unsigned) MIN (info.uncompressed_size - used, 1 << 20))) >
           0)
    used += (gsize) n;
  unzCloseCurrentFile (self->zip);
  if (n < 0)
    return NULL;
  content[used] = '\0';
  *length = used;
  return g_steal_pointer (&content);
}

static gboolean
parse_part (TorgXlsxBook *self, const char *name, const GMarkupParser *markup, Parser *parser)
{
  gsize                length, skip;
  g_autofree char     *content = read_part (self, name, &length);
  GMarkupParseContext *context;
  gboolean             done;

  if (content == NULL)
    return FALSE;
  parser->book = self;
  parser->text = g_string_new (NULL);
  context = g_markup_parse_context_new (markup, G_MARKUP_TREAT_CDATA_AS_TEXT, parser, NULL);
  skip = length >= 3 && memcmp (content, "\xef\xbb\xbf", 3) == 0 ? 3 : 0;
  done = g_markup_parse_context_parse (context, content + skip, (gssize) (length - skip), NULL) &&
         g_markup_parse_context_end_parse (context, NULL);
  g_markup_parse_context_free (context);
  g_string_free (parser->text, TRUE);
  return done;
}

static gboolean
parse_optional (TorgXlsxBook *self, const char *name, const GMarkupParser *markup, Parser *parser)
{
  g_autofree char *path = g_strconcat (self->folder, name, NULL);

  return !torg_xlsx_locate (self->zip, path) || parse_part (self, path, markup, parser);
}

static void
workbook_start_cb (GMarkupParseContext *context,
                   const char          *element,
                   const char         **names,
                   const char         **values,
                   gpointer             user_data,
                   GError             **error)
{
  TorgXlsxBook *self = ((Parser *) user_data)->book;
  const char   *name = local_name (element);

  if (strcmp (name, "workbookPr") == 0)
    {
      const char *epoch = find_attribute (names, values, "date1904");

      self->epoch_1904 = epoch != NULL && (strcmp (epoch, "1") == 0 || strcmp (epoch, "true") == 0);
    }
  else if (strcmp (name, "sheet") == 0)
    {
      Sheet *sheet = g_new0 (Sheet, 1);

      sheet->name = g_strdup (find_attribute (names, values, "name"));
      /* `id` with a prefix is the relation; `sheetId` is another thing. */
      for (gsize i = 0; names[i] != NULL; i++)
        if (strchr (names[i], ':') != NULL && strcmp (local_name (names[i]), "id") == 0)
          g_set_str (&sheet->id, values[i]);
      g_ptr_array_add (self->sheets, sheet);
    }
}

static void
rels_start_cb (GMarkupParseContext *context,
               const char          *element,
               const char         **names,
               const char         **values,
               gpointer             user_data,
               GError             **error)
{
  TorgXlsxBook *self = ((Parser *) user_data)->book;
  const char   *id = find_attribute (names, values, "Id");
  const char   *type = find_attribute (names, values, "Type");
  const char   *target = find_attribute (names, values, "Target");

  /* Sheets of charts and macros hold no cells. */
  if (strcmp (local_name (element), "Relationship") != 0 || target == NULL || type == NULL ||
      !g_str_has_suffix (type, "/worksheet"))
    return;
  for (guint i = 0; i < self->sheets->len; i++)
    {
      Sheet *sheet = g_ptr_array_index (self->sheets, i);

      if (g_strcmp0 (sheet->id, id) == 0 && sheet->part == NULL)
        sheet->part = target[0] == '/' ? g_strdup (target + 1) : g_strconcat (self->folder, target, NULL);
    }
}

static void
package_start_cb (GMarkupParseContext *context,
                  const char          *element,
                  const char         **names,
                  const char         **values,
                  gpointer             user_data,
                  GError             **error)
{
  Parser     *parser = user_data;
  const char *type = find_attribute (names, values, "Type");
  const char *target = find_attribute (names, values, "Target");

  if (strcmp (local_name (element), "Relationship") == 0 && type != NULL && target != NULL &&
      g_str_has_suffix (type, "/officeDocument"))
    g_set_str (&parser->workbook, target[0] == '/' ? target + 1 : target);
}

/**
 * torg_xlsx_find_workbook:
 * @zip: an archive
 *
 * Finds the part that names the sheets: where most programs put it, or where the archive's relations say it is.
 *
 * Returns: (transfer full) (nullable): its path
 */
char *
torg_xlsx_find_workbook (unzFile zip)
{
  static const GMarkupParser package = { .start_element = package_start_cb };
  TorgXlsxBook               book = { .zip = zip };
  Parser                     parser = { 0 };
  g_autofree char           *found = NULL;
  g_autofree char           *name = NULL;

  if (torg_xlsx_locate (zip, "xl/workbook.xml"))
    return g_strdup ("xl/workbook.xml");
  parse_part (&book, "_rels/.rels", &package, &parser);
  found = parser.workbook;
  name = found != NULL ? g_path_get_basename (found) : NULL;
  /* A text document has such a relation too. */
  if (name == NULL || g_ascii_strcasecmp (name, "workbook.xml") != 0 || !torg_xlsx_locate (zip, found))
    return NULL;
  return g_steal_pointer (&found);
}

/**
 * torg_xlsx_kind_of_format:
 * @code: a spreadsheet's number format, such as `[$-419]d mmm yyyy`
 *
 * Tells whether a format shows dates or times.
 *
 * Returns: the kind of its numbers
 */
TorgCellKind
torg_xlsx_kind_of_format (const char *code)
{
  gboolean date = FALSE, time = FALSE, months = FALSE;

  for (const char *p = code; *p != '\0' && *p != ';'; p++)
    {
      char c = g_ascii_tolower (*p);

      if (c == '"')
        {
          p = strchr (p + 1, '"');
          if (p == NULL)
            break;
        }
      else if (c == '\\' || c == '_' || c == '*')
        {
          if (*++p == '\0')
            break;
        }
      else if (c == '[')
        {
          /* Colours, conditions and languages; but [h] counts hours beyond a day. */
          if (p[1] != '\0' && strchr ("hHmMsS", p[1]) != NULL && (p[2] == ']' || p[2] == p[1]))
            time = TRUE;
          p = strchr (p, ']');
          if (p == NULL)
            break;
        }
      else if (g_ascii_strncasecmp (p, "general", 7) == 0)
        p += 6;
      else if (g_ascii_strncasecmp (p, "am/pm", 5) == 0)
        p += 4;
      else if (c == 'y' || c == 'd')
        date = TRUE;
      else if (c == 'h' || c == 's')
        time = TRUE;
      else if (c == 'm')
        months = TRUE;
      else if (c == '0' || c == '#' || c == '?')
        {
          /* A fraction of seconds has digits too; other numbers are no dates. */
          if (!time)
            return TORG_CELL_NUMBER;
        }
    }
  if (months && !time)
    date = TRUE;
  return date && time ? TORG_CELL_MOMENT : date ? TORG_CELL_DATE : time ? TORG_CELL_TIME : TORG_CELL_NUMBER;
}

static TorgCellKind
kind_of_number_format (TorgXlsxBook *self, guint id)
{
  gpointer own;

  if (g_hash_table_lookup_extended (self->format_kinds, GUINT_TO_POINTER (id), NULL, &own))
    return (TorgCellKind) GPOINTER_TO_UINT (own);
  /* ECMA-376, 18.8.30: formats that need no code. */
  if ((id >= 14 && id <= 17) || (id >= 27 && id <= 31) || id == 36 || (id >= 50 && id <= 54) || id == 57 || id == 58)
    return TORG_CELL_DATE;
  if ((id >= 18 && id <= 21) || (id >= 32 && id <= 35) || (id >= 45 && id <= 47) || id == 55 || id == 56)
    return TORG_CELL_TIME;
  return id == 22 ? TORG_CELL_MOMENT : TORG_CELL_NUMBER;
}

static void
styles_start_cb (GMarkupParseContext *context,
                 const char          *element,
                 const char         **names,
                 const char         **values,
                 gpointer             user_data,
                 GError             **error)
{
  Parser     *parser = user_data;
  const char *name = local_name (element);

  if (strcmp (name, "numFmt") == 0)
    {
      const char *code = find_attribute (names, values, "formatCode");
      guint       id = to_number (find_attribute (names, values, "numFmtId"), G_MAXINT32);

      if (code != NULL)
        g_hash_table_insert (parser->book->format_kinds, GUINT_TO_POINTER (id),
                             GUINT_TO_POINTER (torg_xlsx_kind_of_format (code)));
    }
  else if (strcmp (name, "cellXfs") == 0)
    parser->in_cell_styles = TRUE;
  else if (strcmp (name, "xf") == 0 && parser->in_cell_styles)
    {
      guint  id = to_number (find_attribute (names, values, "numFmtId"), G_MAXINT32);
      guint8 kind = (guint8) kind_of_number_format (parser->book, id);

      g_array_append_val (parser->book->style_kinds, kind);
    }
}

static void
styles_end_cb (GMarkupParseContext *context, const char *element, gpointer user_data, GError **error)
{
  if (strcmp (local_name (element), "cellXfs") == 0)
    ((Parser *) user_data)->in_cell_styles = FALSE;
}

static void
text_cb (GMarkupParseContext *context, const char *text, gsize length, gpointer user_data, GError **error)
{
  Parser *parser = user_data;

  if (parser->in_text && parser->phonetic == 0)
    g_string_append_len (parser->text, text, (gssize) length);
}

static void
strings_start_cb (GMarkupParseContext *context,
                  const char          *element,
                  const char         **names,
                  const char         **values,
                  gpointer             user_data,
                  GError             **error)
{
  Parser     *parser = user_data;
  const char *name = local_name (element);

  if (strcmp (name, "si") == 0)
    g_string_truncate (parser->text, 0);
  else if (strcmp (name, "rPh") == 0)
    parser->phonetic++;
  else if (strcmp (name, "t") == 0)
    parser->in_text = TRUE;
}

/* A control character is written as `_x000D_`. */
static void
unescape (GString *text)
{
  if (strstr (text->str, "_x000D_") != NULL)
    g_string_replace (text, "_x000D_", "", 0);
}

static void
strings_end_cb (GMarkupParseContext *context, const char *element, gpointer user_data, GError **error)
{
  Parser     *parser = user_data;
  const char *name = local_name (element);

  if (strcmp (name, "t") == 0)
    parser->in_text = FALSE;
  else if (strcmp (name, "rPh") == 0)
    parser->phonetic -= parser->phonetic > 0 ? 1 : 0;
  else if (strcmp (name, "si") == 0)
    {
      unescape (parser->text);
      g_ptr_array_add (parser->book->strings, g_string_chunk_insert (parser->book->chunk, parser->text->str));
    }
}

/* `BC12` is column 55. */
static guint
parse_column (const char *reference)
{
  guint column = 0;

  for (; g_ascii_isupper (*reference); reference++)
    {
      column = column * 26 + (guint) (*reference - 'A' + 1);
      if (column > TORG_TABLE_MAX_COLUMNS)
        return TORG_TABLE_MAX_COLUMNS + 1;
    }
  return column;
}

static void
sheet_start_cb (GMarkupParseContext *context,
                const char          *element,
                const char         **names,
                const char         **values,
                gpointer             user_data,
                GError             **error)
{
  Parser     *parser = user_data;
  const char *name = local_name (element);

  if (strcmp (name, "row") == 0)
    {
      const char *r = find_attribute (names, values, "r");

      parser->row = r != NULL ? to_number (r, TORG_TABLE_MAX_ROWS + 1) : parser->row + 1;
      parser->column = parser->last_column = 0;
    }
  else if (strcmp (name, "c") == 0)
    {
      const char *r = find_attribute (names, values, "r");
      const char *type = find_attribute (names, values, "t");
      guint       column = r != NULL ? parse_column (r) : 0;

      parser->column = column > 0 ? column : parser->column + 1;
      parser->type = type == NULL ? 'n' : strcmp (type, "str") == 0 ? 't' : type[0];
      parser->style = to_number (find_attribute (names, values, "s"), G_MAXINT32);
      g_string_truncate (parser->text, 0);
    }
  else if (strcmp (name, "rPh") == 0)
    parser->phonetic++;
  else if (strcmp (name, "v") == 0 || strcmp (name, "t") == 0)
    parser->in_text = TRUE;
}

/**
 * torg_xlsx_format_number:
 * @number: a number of a spreadsheet
 *
 * Writes a number with the 15 digits that a spreadsheet shows; more are noise of binary fractions.
 *
 * Returns: (transfer full): text, empty for what is no number
 */
char *
torg_xlsx_format_number (double number)
{
  char buffer[G_ASCII_DTOSTR_BUF_SIZE + 32];

  if (!isfinite (number))
    return g_strdup ("");
  if (fabs (number) < 1e21 && number == floor (number))
    g_ascii_formatd (buffer, sizeof buffer, "%.0f", number);
  else
    g_ascii_formatd (buffer, sizeof buffer, "%.15g", number);
  return g_strdup (buffer);
}

/**
 * torg_xlsx_format_serial:
 * @serial: days
 * @epoch_1904: whether they count from 1904
 * @kind: what the cell's format shows
 *
 * Writes a date, a moment or a time as #TorgCellKind says. Times may be longer than a day.
 *
 * Returns: (transfer full) (nullable): text, or %NULL where the number is no date
 */
char *
torg_xlsx_format_serial (double serial, gboolean epoch_1904, TorgCellKind kind)
{
  TorgDateParts    parts;
  g_autofree char *iso = NULL;

  if (kind == TORG_CELL_TIME)
    {
      double seconds = round (serial * 86400);

      if (!isfinite (seconds) || seconds < 0 || seconds >= 3600.0 * 100000)
        return NULL;
      gint64 whole = (gint64) seconds;
      return g_strdup_printf ("%02d:%02d:%02d", (int) (whole / 3600), (int) (whole / 60 % 60), (int) (whole % 60));
    }
  if (!torg_date_from_serial (serial, epoch_1904, &parts))
    return NULL;
  iso = torg_date_parts_to_iso (&parts);
  if (kind == TORG_CELL_DATE)
    return g_steal_pointer (&iso);
  return g_strdup_printf ("%s %02d:%02d:%02d", iso, parts.hour, parts.minute, parts.second);
}

static void
emit_number (Parser *parser)
{
  TorgXlsxBook    *book = parser->book;
  TorgCellKind     kind = parser->style < book->style_kinds->len
                            ? (TorgCellKind) g_array_index (book->style_kinds, guint8, parser->style)
                            : TORG_CELL_NUMBER;
  char            *end;
  double           number = g_ascii_strtod (parser->text->str, &end);
  g_autofree char *text = NULL;

  if (end == parser->text->str)
    return;
  if (kind == TORG_CELL_MOMENT && number >= 0 && number < 1)
    kind = TORG_CELL_TIME;
  if (kind != TORG_CELL_NUMBER)
    text = torg_xlsx_format_serial (number, book->epoch_1904, kind);
  if (text == NULL)
    {
      kind = TORG_CELL_NUMBER;
      text = torg_xlsx_format_number (number);
    }
  parser->callback (parser->row - 1, parser->column - 1, kind, text, parser->user_data);
}

static void
emit_cell (Parser *parser)
{
  const char  *text = parser->text->str;
  TorgCellKind kind = TORG_CELL_TEXT;

  if (parser->text->len == 0 || parser->row < 1 || parser->row > TORG_TABLE_MAX_ROWS || parser->column < 1 ||
      parser->column > TORG_TABLE_MAX_COLUMNS || parser->column <= parser->last_column)
    return;
  parser->last_column = parser->column;
  switch (parser->type)
    {
      case 's':
        {
          guint index = to_number (text, G_MAXINT32);

          if (index >= parser->book->strings->len)
            return;
          text = g_ptr_array_index (parser->book->strings, index);
          break;
        }
      case 'd':
        kind = strlen (text) == 10 && torg_date_is_valid (text) ? TORG_CELL_DATE : TORG_CELL_TEXT;
        break;
      case 'b':
        kind = TORG_CELL_NUMBER;
        break;
      case 'i':
      case 't':
      case 'e':
        unescape (parser->text);
        text = parser->text->str;
        break;
      default:
        emit_number (parser);
        return;
    }
  if (*text != '\0')
    parser->callback (parser->row - 1, parser->column - 1, kind, text, parser->user_data);
}

static void
sheet_end_cb (GMarkupParseContext *context, const char *element, gpointer user_data, GError **error)
{
  Parser     *parser = user_data;
  const char *name = local_name (element);

  if (strcmp (name, "v") == 0 || strcmp (name, "t") == 0)
    parser->in_text = FALSE;
  else if (strcmp (name, "rPh") == 0)
    parser->phonetic -= parser->phonetic > 0 ? 1 : 0;
  else if (strcmp (name, "c") == 0)
    {
      emit_cell (parser);
      g_string_truncate (parser->text, 0);
    }
}

/**
 * torg_xlsx_book_open:
 * @path: an XLSX file
 *
 * Opens a workbook and reads its list of sheets. It is freed by the end of the process.
 *
 * Returns: (transfer full) (nullable): the workbook, or %NULL for what is none
 */
TorgXlsxBook *
torg_xlsx_book_open (const char *path)
{
  static const GMarkupParser workbook = { .start_element = workbook_start_cb };
  static const GMarkupParser rels = { .start_element = rels_start_cb };
  TorgXlsxBook              *self = g_new0 (TorgXlsxBook, 1);
  Parser                     parser = { 0 };
  g_autofree char           *part = NULL;
  g_autofree char           *relations = NULL;

  self->zip = unzOpen64 (path);
  self->sheets = g_ptr_array_new_with_free_func ((GDestroyNotify) sheet_free);
  self->strings = g_ptr_array_new ();
  self->chunk = g_string_chunk_new (64 * 1024);
  self->format_kinds = g_hash_table_new (NULL, NULL);
  self->style_kinds = g_array_new (FALSE, FALSE, sizeof (guint8));
  part = self->zip != NULL ? torg_xlsx_find_workbook (self->zip) : NULL;
  if (part == NULL)
    return NULL;
  self->folder = g_strndup (part, strlen (part) - strlen ("workbook.xml"));
  relations = g_strconcat (self->folder, "_rels/workbook.xml.rels", NULL);
  if (!parse_part (self, part, &workbook, &parser) || !parse_part (self, relations, &rels, &parser))
    return NULL;
  for (guint i = self->sheets->len; i > 0; i--)
    {
      Sheet *sheet = g_ptr_array_index (self->sheets, i - 1);

      if (sheet->part == NULL || sheet->name == NULL)
        g_ptr_array_remove_index (self->sheets, i - 1);
    }
  return self;
}

/**
 * torg_xlsx_book_get_n_sheets:
 *
 * Tells how many sheets of cells there are.
 *
 * Returns: their number
 */
guint
torg_xlsx_book_get_n_sheets (TorgXlsxBook *self)
{
  return self->sheets->len;
}

/**
 * torg_xlsx_book_get_name:
 * @sheet: index of a sheet
 *
 * Gets the name of a sheet.
 *
 * Returns: (transfer none): its name
 */
const char *
torg_xlsx_book_get_name (TorgXlsxBook *self, guint sheet)
{
  return ((Sheet *) g_ptr_array_index (self->sheets, sheet))->name;
}

/**
 * torg_xlsx_book_read:
 * @sheet: index of a sheet
 * @callback: takes the cells
 * @user_data: for @callback
 *
 * Reads the cells of a sheet.
 *
 * Returns: whether all of it could be read
 */
gboolean
torg_xlsx_book_read (TorgXlsxBook *self, guint sheet, TorgXlsxCellFunc callback, gpointer user_data)
{
  static const GMarkupParser strings = { .start_element = strings_start_cb,
                                         .end_element = strings_end_cb,
                                         .text = text_cb };
  static const GMarkupParser styles = { .start_element = styles_start_cb, .end_element = styles_end_cb };
  static const GMarkupParser cells = { .start_element = sheet_start_cb, .end_element = sheet_end_cb, .text = text_cb };
  Parser in_strings = { 0 }, in_styles = { 0 }, in_sheet = { .callback = callback, .user_data = user_data };

  /* Either part may be missing, but without a broken one texts would be lost, or dates be numbers. */
  return parse_optional (self, "styles.xml", &styles, &in_styles) &&
         parse_optional (self, "sharedStrings.xml", &strings, &in_strings) &&
         parse_part (self, ((Sheet *) g_ptr_array_index (self->sheets, sheet))->part, &cells, &in_sheet);
}
