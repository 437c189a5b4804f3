/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "torg-io"

#include "config.h"

#include "torg-vcard.h"

#include <glib/gi18n-lib.h>
#include <gmodule.h>
#include <libebook-contacts/libebook-contacts.h>
#include <string.h>

#include "torg-charset.h"
#include "torg-error.h"
#include "torg-name.h"

/*
 * Cards of people as address books write them: vCard 2.1, 3.0 (RFC 2426) and 4.0 (RFC 6350). libebook-contacts parses a
 * card; where one ends and which field of ours a property is, is decided here. The library is loaded when it is needed,
 * see torg-phone.c.
 */
#define VCARD_LIBRARY "libebook-contacts-1.2.so.4"

typedef struct
{
  EVCard *(*new_from_string) (const char *text);
  GList *(*get_attributes) (EVCard *card);
  const char *(*get_name) (EVCardAttribute *attribute);
  GList *(*get_values) (EVCardAttribute *attribute);
  GList *(*get_params) (EVCardAttribute *attribute, const char *name);
  gboolean (*has_type) (EVCardAttribute *attribute, const char *type);
} VcardLibrary;

/* Called once. */
static gpointer
load_library (gpointer data)
{
  static VcardLibrary library;
  GModule            *module = g_module_open (VCARD_LIBRARY, G_MODULE_BIND_LAZY | G_MODULE_BIND_LOCAL);

  if (module == NULL || !g_module_symbol (module, "e_vcard_new_from_string", (gpointer *) &library.new_from_string) ||
      !g_module_symbol (module, "e_vcard_get_attributes", (gpointer *) &library.get_attributes) ||
      !g_module_symbol (module, "e_vcard_attribute_get_name", (gpointer *) &library.get_name) ||
      !g_module_symbol (module, "e_vcard_attribute_get_values_decoded", (gpointer *) &library.get_values) ||
      !g_module_symbol (module, "e_vcard_attribute_get_param", (gpointer *) &library.get_params) ||
      !g_module_symbol (module, "e_vcard_attribute_has_type", (gpointer *) &library.has_type))
    return NULL;
  g_module_make_resident (module);
  return &library;
}

static const VcardLibrary *
get_library (void)
{
  static GOnce once = G_ONCE_INIT;

  return g_once (&once, load_library, NULL);
}

/* The columns of the table, by names that an import of people knows. */
enum
{
  SURNAME,
  NAME,
  PATRONYMIC,
  COMPANY,
  JOB,
  PHONES,
  EMAILS,
  BIRTHDAY,
  ADDRESS,
  CITY,
  REGION,
  COUNTRY,
  TAGS,
  NOTE,
  N_COLUMNS
};

static const char *const headings[N_COLUMNS] = { "фамилия", "имя",    "отчество",      "компания",   "должность",
                                                 "телефон", "e-mail", "день рождения", "адрес",      "город",
                                                 "регион",  "страна", "теги",          "комментарий" };

typedef struct
{
  const VcardLibrary *library;
  char               *cells[N_COLUMNS]; /* (owned) (nullable) */
  char               *full_name;        /* (owned) (nullable) */
} Card;

static void
card_clear (Card *self)
{
  for (guint i = 0; i < N_COLUMNS; i++)
    g_clear_pointer (&self->cells[i], g_free);
  g_clear_pointer (&self->full_name, g_free);
}

static void
add (Card *self, guint column, const char *separator, const char *text)
{
  char *before = self->cells[column];

  if (text == NULL || *text == '\0')
    return;
  self->cells[column] = before != NULL ? g_strconcat (before, separator, text, NULL) : g_strdup (text);
  g_free (before);
}

/* A value as text; what a card of version 2.1 has in another charset than the file comes as its bytes. */
static char *
dup_value (Card *self, EVCardAttribute *attribute, guint i)
{
  GString    *value = g_list_nth_data (self->library->get_values (attribute), i);
  GList      *charset = self->library->get_params (attribute, "CHARSET");
  const char *name = charset != NULL ? charset->data : NULL;
  char       *text;
  gsize       length;

  if (value == NULL || value->len == 0)
    return NULL;
  if (g_utf8_validate (value->str, (gssize) value->len, NULL))
    text = g_strndup (value->str, value->len);
  else
    {
      text = torg_charset_to_utf8 (value->str, value->len,
                                   name != NULL ? name : torg_charset_detect (value->str, value->len, &length), &length,
                                   NULL, NULL);
      if (text == NULL)
        text = g_utf8_make_valid (value->str, (gssize) value->len);
    }
  g_strstrip (text);
  return text;
}

static void
read_name (Card *self, EVCardAttribute *attribute)
{
  static const guint columns[] = { SURNAME, NAME, PATRONYMIC };

  for (guint i = 0; i < G_N_ELEMENTS (columns); i++)
    {
      g_autofree char *part = dup_value (self, attribute, i);

      if (self->cells[columns[i]] == NULL)
        add (self, columns[i], "", part);
    }
}

/* Post office box, flat, street; city; region; index; country. */
static void
read_address (Card *self, EVCardAttribute *attribute)
{
  static const guint columns[] = { ADDRESS, ADDRESS, ADDRESS, CITY, REGION, ADDRESS, COUNTRY };

  /* The first address that says anything. */
  if (self->cells[ADDRESS] != NULL || self->cells[CITY] != NULL)
    return;
  for (guint i = 0; i < G_N_ELEMENTS (columns); i++)
    {
      g_autofree char *part = dup_value (self, attribute, i);

      if (part != NULL)
        g_strdelimit (part, "\r\n", ' ');
      add (self, columns[i], ", ", part);
    }
}

static void
read_phone (Card *self, EVCardAttribute *attribute, const char *value)
{
  const char *number = g_ascii_strncasecmp (value, "tel:", 4) == 0 ? value + 4 : value;

  if (self->library->has_type (attribute, "FAX") || self->library->has_type (attribute, "PAGER"))
    {
      g_autofree char *line = g_strdup_printf ("%s: %s", _ ("Fax"), number);

      add (self, NOTE, "\n", line);
    }
  else
    {
      /* What is dialled after a pause; a comma parts numbers in a cell. */
      g_auto (GStrv) parts = g_strsplit (number, ",", -1);
      g_autofree char *text = g_strjoinv (" доб. ", parts);

      add (self, PHONES, ", ", text);
    }
}

/* Basic dates are written out; what has no year is no date, but not to be lost. */
static void
read_birthday (Card *self, const char *value)
{
  gsize n = strspn (value, "0123456789");

  if (n == 8)
    {
      g_autofree char *date = g_strdup_printf ("%.4s-%.2s-%.2s", value, value + 4, value + 6);

      add (self, BIRTHDAY, ", ", date);
    }
  else if (n == 4 && value[4] == '-' && strspn (value + 5, "0123456789") == 2 && value[7] == '-' &&
           strspn (value + 8, "0123456789") == 2)
    {
      g_autofree char *date = g_strndup (value, 10);

      add (self, BIRTHDAY, ", ", date);
    }
  else
    {
      g_autofree char *line = g_strdup_printf ("%s: %s", _ ("Birthday"), value);

      add (self, NOTE, "\n", line);
    }
}

static void
read_attribute (Card *self, EVCardAttribute *attribute)
{
  const char      *name = self->library->get_name (attribute);
  g_autofree char *value = NULL;

  if (name == NULL)
    return;
  if (g_ascii_strcasecmp (name, "N") == 0)
    {
      read_name (self, attribute);
      return;
    }
  if (g_ascii_strcasecmp (name, "ADR") == 0)
    {
      read_address (self, attribute);
      return;
    }
  value = dup_value (self, attribute, 0);
  if (value == NULL || *value == '\0')
    return;
  if (g_ascii_strcasecmp (name, "FN") == 0 && self->full_name == NULL)
    self->full_name = g_steal_pointer (&value);
  else if (g_ascii_strcasecmp (name, "ORG") == 0 && self->cells[COMPANY] == NULL)
    add (self, COMPANY, "", value);
  else if (g_ascii_strcasecmp (name, "TITLE") == 0)
    add (self, JOB, ", ", value);
  else if (g_ascii_strcasecmp (name, "TEL") == 0)
    read_phone (self, attribute, value);
  else if (g_ascii_strcasecmp (name, "EMAIL") == 0)
    add (self, EMAILS, ", ", g_ascii_strncasecmp (value, "mailto:", 7) == 0 ? value + 7 : value);
  else if (g_ascii_strcasecmp (name, "BDAY") == 0)
    read_birthday (self, value);
  else if (g_ascii_strcasecmp (name, "NOTE") == 0 || g_ascii_strcasecmp (name, "URL") == 0)
    add (self, NOTE, "\n", value);
  else if (g_ascii_strcasecmp (name, "CATEGORIES") == 0)
    for (guint i = 0; i < g_list_length (self->library->get_values (attribute)); i++)
      {
        g_autofree char *tag = dup_value (self, attribute, i);

        add (self, TAGS, ", ", tag);
      }
}

/* Old and careless programs leave the structured name out. */
static void
fill_name (Card *self)
{
  g_autoptr (TorgPersonName) name = NULL;

  if (self->cells[SURNAME] != NULL || self->cells[NAME] != NULL || self->full_name == NULL)
    return;
  name = torg_person_name_parse (self->full_name, FALSE);
  add (self, SURNAME, "", name->surname);
  add (self, NAME, "", *name->name != '\0' || *name->surname != '\0' ? name->name : self->full_name);
  add (self, PATRONYMIC, "", name->patronymic);
}

static gboolean
add_row (TorgTable *table, guint line, const char *const *cells, GError **error)
{
  if (!torg_table_add_row (table, line, error))
    return FALSE;
  for (guint i = 0; i < N_COLUMNS; i++)
    if (!torg_table_add_cell (table, TORG_CELL_TEXT, cells[i], -1, error))
      return FALSE;
  return TRUE;
}

static gboolean
add_card (TorgTable *table, const VcardLibrary *library, char *text, guint line, GError **error)
{
  Card     card = { .library = library };
  gboolean ok;
  gboolean any = FALSE;
  /* The library reads on behind a text that ends within a property. */
  g_autofree char *closed = g_strconcat (text, "\r\n\r\nEND:VCARD\r\n\r\n", NULL);
  g_autoptr (EVCard) parsed = library->new_from_string (closed);

  for (GList *at = parsed != NULL ? library->get_attributes (parsed) : NULL; at != NULL; at = at->next)
    read_attribute (&card, at->data);
  fill_name (&card);
  for (guint i = 0; i < N_COLUMNS; i++)
    any |= card.cells[i] != NULL;
  ok = !any || add_row (table, line, (const char *const *) card.cells, error);
  card_clear (&card);
  return ok;
}

static gboolean
is_line (const char *start, gsize length, const char *word)
{
  while (length > 0 && g_ascii_isspace (start[length - 1]))
    length--;
  while (length > 0 && g_ascii_isspace (*start))
    start++, length--;
  return length == strlen (word) && g_ascii_strncasecmp (start, word, length) == 0;
}

/* Reads card after card; one within another, as AGENT has, is a part of it, and one that does not end ends where the
 * next begins. */
static gboolean
read_cards (TorgTable *table, const VcardLibrary *library, char *text, GCancellable *cancellable, GError **error)
{
  char    *begin = NULL;
  guint    depth = 0, line = 0, begin_line = 0;
  gboolean agent = FALSE;

  for (char *at = text; *at != '\0';)
    {
      gsize length = strcspn (at, "\n");
      char *next = at + length + (at[length] == '\n' ? 1 : 0);
      char  kept = '\0';
      char *end = NULL;

      line++;
      if (is_line (at, length, "BEGIN:VCARD"))
        {
          if (depth > 0 && !agent)
            {
              end = at;
              depth = 0;
            }
          depth++;
        }
      else if (depth > 0 && is_line (at, length, "END:VCARD") && --depth == 0)
        end = next;
      if (end != NULL && begin != NULL)
        {
          kept = *end;
          *end = '\0';
          if (g_cancellable_set_error_if_cancelled (cancellable, error) ||
              !add_card (table, library, begin, begin_line, error))
            return FALSE;
          *end = kept;
          begin = NULL;
        }
      if (depth == 1 && begin == NULL)
        {
          begin = at;
          begin_line = line;
        }
      agent = length >= 5 && g_ascii_strncasecmp (at, "AGENT", 5) == 0;
      at = next;
    }
  return begin == NULL || add_card (table, library, begin, begin_line, error);
}

/**
 * torg_vcard_is:
 * @bytes: a file
 *
 * Tells whether a file has cards of people.
 *
 * Returns: whether it has
 */
gboolean
torg_vcard_is (GBytes *bytes)
{
  gsize            length;
  const char      *data = g_bytes_get_data (bytes, &length);
  g_autofree char *head = g_strndup (data != NULL ? data : "", MIN (length, 256));
  const char      *start = g_str_has_prefix (head, "\xef\xbb\xbf") ? head + 3 : head;

  while (g_ascii_isspace (*start))
    start++;
  return g_ascii_strncasecmp (start, "BEGIN:VCARD", strlen ("BEGIN:VCARD")) == 0;
}

/**
 * torg_vcard_read:
 * @bytes: such a file
 * @cancellable: (nullable): to stop it
 * @error: return location
 *
 * Reads cards into a table whose columns an import of people knows. What has no column of its own, such as a fax or a
 * birthday without a year, goes to the comment; pictures and sounds are left out.
 *
 * It blocks: call it in a worker.
 *
 * Source: RFC 2426 and RFC 6350.
 *
 * Returns: (transfer full): the table, or %NULL with an error of #TorgError or %G_IO_ERROR_CANCELLED
 */
TorgTable *
torg_vcard_read (GBytes *bytes, GCancellable *cancellable, GError **error)
{
  const VcardLibrary *library = get_library ();
  g_autoptr (TorgTable) table = torg_table_new ();
  gsize            length, n_utf8, bom = 0, n_bad = 0;
  const char      *content = g_bytes_get_data (bytes, &length);
  const char      *data = content != NULL ? content : "";
  const char      *charset = torg_charset_detect (data, length, &bom);
  g_autofree char *text = NULL;

  if (library == NULL)
    {
      g_set_error_literal (error, TORG_ERROR, TORG_ERROR_UNSUPPORTED,
                           _ ("Cards cannot be read here: libebook-contacts is missing. Install it, or save the "
                              "contacts as CSV."));
      return NULL;
    }
  text = torg_charset_to_utf8 (data + bom, length - bom, charset, &n_utf8, &n_bad, error);
  if (text == NULL || !add_row (table, 1, headings, error) || !read_cards (table, library, text, cancellable, error))
    return NULL;
  torg_table_set_origin (table, "vCard", charset, '\0', n_bad);
  return g_steal_pointer (&table);
}
