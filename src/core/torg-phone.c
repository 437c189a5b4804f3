/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "torg-core"

#include "config.h"

#include "torg-phone.h"

#include <glib/gi18n-lib.h>
#include <gmodule.h>
#include <json-glib/json-glib.h>
#include <libebook-contacts/libebook-contacts.h>
#include <string.h>

#include "torg-error.h"

/*
 * libphonenumber, with all that it depends on, is loaded when the first number needs it: it would take a tenth of the
 * program's start and 10 MB, and most numbers are plain Russian ones.
 */
#define PHONE_LIBRARY "libebook-contacts-1.2.so.4"

typedef struct
{
  gboolean (*is_supported) (void);
  EPhoneNumber *(*from_string) (const char *number, const char *region, GError **error);
  char *(*to_string) (const EPhoneNumber *number, EPhoneNumberFormat format);
  void (*free) (EPhoneNumber *number);
} PhoneLibrary;

static gpointer
load_library (gpointer data)
{
  static PhoneLibrary library;
  GModule            *module = g_module_open (PHONE_LIBRARY, G_MODULE_BIND_LAZY | G_MODULE_BIND_LOCAL);

  if (module == NULL || !g_module_symbol (module, "e_phone_number_is_supported", (gpointer *) &library.is_supported) ||
      !g_module_symbol (module, "e_phone_number_from_string", (gpointer *) &library.from_string) ||
      !g_module_symbol (module, "e_phone_number_to_string", (gpointer *) &library.to_string) ||
      !g_module_symbol (module, "e_phone_number_free", (gpointer *) &library.free) || !library.is_supported ())
    return NULL;
  g_module_make_resident (module);
  return &library;
}

/* NULL where the library is missing, or made without libphonenumber. */
static const PhoneLibrary *
get_library (void)
{
  static GOnce once = G_ONCE_INIT;

  return g_once (&once, load_library, NULL);
}

/* Reads a number and writes it in a format; NULL for what is no number. */
static char *
reformat (const PhoneLibrary *library, const char *text, const char *region, EPhoneNumberFormat format)
{
  EPhoneNumber *parsed = library->from_string (text, region, NULL);
  char         *result = parsed != NULL ? library->to_string (parsed, format) : NULL;

  if (parsed != NULL)
    library->free (parsed);
  return result;
}

#define DEFAULT_REGION "RU"
/* ITU-T E.164; and no country has full numbers shorter than this. */
#define MAX_DIGITS 15
#define MIN_DIGITS 8
#define MAX_PHONES 50

/* What announces an extension, in lower case; the longest spelling of each first. */
static const char *const ext_words[] = { "добавочный", "добав.", "добав", "доб.", "доб",       "внутренний",
                                         "внутр.",     "внутр",  "вн.",   "вн",   "extension", "ext.",
                                         "ext",        "x.",     "x",     "#",    ";ext=" };

/**
 * torg_phone_free:
 *
 * Frees a phone number.
 */
void
torg_phone_free (TorgPhone *self)
{
  g_free (self->raw);
  g_free (self->e164);
  g_free (self->ext);
  g_free (self);
}

static guint
count_digits (const char *text)
{
  guint n = 0;

  for (; *text != '\0'; text++)
    n += g_ascii_isdigit (*text) ? 1 : 0;
  return n;
}

static gboolean
letter_before (const char *text, const char *p)
{
  const char *previous = p > text ? g_utf8_find_prev_char (text, p) : NULL;

  return previous != NULL && g_unichar_isalpha (g_utf8_get_char (previous));
}

/* Whether nothing announces an extension for sure: digits, and what people put between them. */
static gboolean
is_bare (const char *text)
{
  return text[strspn (text, "0123456789 +-()./")] == '\0';
}

/* Finds where an extension is announced: @start is the word, @digits what follows it. */
static gboolean
find_ext (const char *lower, const char **start, const char **digits)
{
  const char *best = NULL, *after = NULL;
  gsize       n = is_bare (lower) ? 0 : G_N_ELEMENTS (ext_words);

  for (gsize i = 0; i < n; i++)
    {
      const char *word = ext_words[i];

      for (const char *p = strstr (lower, word); p != NULL; p = strstr (p + 1, word))
        {
          const char *q = p + strlen (word);

          if (letter_before (lower, p) && word[0] != '#' && word[0] != ';')
            continue;
          q += strspn (q, " .:,-#№");
          if (!g_ascii_isdigit (*q) || (best != NULL && p >= best))
            continue;
          best = p;
          after = q;
        }
    }
  *start = best;
  *digits = after;
  return best != NULL;
}

/* The digits of a number, with a plus in front if it has one. */
static char *
clean_number (const char *text)
{
  GString *out = g_string_new (NULL);

  for (const char *p = text; *p != '\0'; p++)
    {
      if (g_ascii_isdigit (*p))
        g_string_append_c (out, *p);
      else if (*p == '+' && out->len == 0)
        g_string_append_c (out, '+');
    }
  return g_string_free_and_steal (out);
}

/* «+8 912 …» and «+8 (495) …» have the national prefix behind the plus; «+84…» in one piece is Vietnam. */
static gboolean
has_national_prefix (const char *text, const char *clean)
{
  const char *plus = strchr (text, '+');

  return g_str_has_prefix (clean, "+89") ||
         (g_str_has_prefix (clean, "+84") && plus != NULL && plus[1] == '8' && plus[2] != '4');
}

static gboolean
e164_is_plausible (const char *number)
{
  gsize n = strlen (number);

  if (number[0] != '+' || n - 1 < MIN_DIGITS || n - 1 > MAX_DIGITS || number[1] == '0')
    return FALSE;
  /* The numbering plans of Russia with Kazakhstan, and of North America, have one length. */
  if (number[1] == '7' || number[1] == '1')
    return n == 12 && number[2] != '0';
  return TRUE;
}

static char *
to_e164 (const char *clean, const char *region)
{
  return reformat (get_library (), clean, region, E_PHONE_NUMBER_FORMAT_E164);
}

/* The path without libphonenumber: Russia's national prefix 8, a missing +7, and what begins with a plus. */
static char *
normalise_minimally (const char *clean, const char *region)
{
  gsize    n = strlen (clean);
  gboolean russian = strcmp (region, "RU") == 0 || strcmp (region, "KZ") == 0;

  if (clean[0] == '+')
    return g_strdup (clean);
  if (g_str_has_prefix (clean, "810") && russian && n > 11)
    return g_strconcat ("+", clean + 3, NULL);
  if (russian && n == 11 && (clean[0] == '8' || clean[0] == '7'))
    return g_strconcat ("+7", clean + 1, NULL);
  if (russian && n == 10)
    return g_strconcat ("+7", clean, NULL);
  return NULL;
}

/**
 * torg_phone_normalise:
 * @text: one number as typed, without an extension
 * @region: (nullable): ISO 3166 code of the country of numbers without one; %NULL for Russia
 *
 * Brings a number to E.164 by libphonenumber; where EDS was built without it, Russian numbers and those with a plus.
 *
 * Returns: (transfer full) (nullable): `+` and digits, or %NULL for what is no full number
 */
char *
torg_phone_normalise (const char *text, const char *region)
{
  g_autofree char *clean = clean_number (text);
  g_autofree char *number = NULL;
  gsize            n;

  if (region == NULL)
    region = DEFAULT_REGION;
  if (count_digits (clean) < MIN_DIGITS || count_digits (clean) > MAX_DIGITS + 5)
    return NULL;

  n = strlen (clean);
  if (n == 12 && strcmp (region, "RU") == 0 && has_national_prefix (text, clean))
    clean[1] = '7';

  /* What most cells hold needs no library, and is 10 times as fast: +7, or 8 or 7 before a Russian area or mobile code.
   */
  n = strlen (clean);
  if (n == 12 && g_str_has_prefix (clean, "+7") && clean[2] != '0')
    return g_steal_pointer (&clean);
  if (n == 11 && (clean[0] == '8' || clean[0] == '7') && strchr ("3489", clean[1]) != NULL &&
      strcmp (region, "RU") == 0)
    return g_strconcat ("+7", clean + 1, NULL);

  if (get_library () != NULL)
    {
      number = to_e164 (clean, region);
      /* Zeros that repeat the national prefix are taken off one by one; such a text is no number. */
      if (number != NULL)
        {
          g_autofree char *again = to_e164 (number, region);

          if (g_strcmp0 (again, number) != 0)
            return NULL;
        }
    }
  else
    number = normalise_minimally (clean, region);

  if (number == NULL || !e164_is_plausible (number))
    return NULL;
  return g_steal_pointer (&number);
}

static TorgPhone *
parse_one (const char *piece, const char *region)
{
  g_autofree char *lower = is_bare (piece) ? g_strdup (piece) : g_utf8_strdown (piece, -1);
  g_autofree char *body = NULL;
  const char      *start, *digits;
  TorgPhone       *self = g_new0 (TorgPhone, 1);

  self->raw = g_strstrip (g_strdup (piece));
  if (find_ext (lower, &start, &digits))
    {
      self->ext = g_strndup (digits, strspn (digits, "0123456789"));
      body = g_strndup (lower, (gsize) (start - lower));
      /* An extension in front of the number, or longer than any, is something else. */
      if (strlen (self->ext) > 10)
        g_clear_pointer (&self->ext, g_free);
    }
  self->e164 = torg_phone_normalise (self->ext != NULL ? body : lower, region);
  if (self->e164 == NULL)
    self->e164 = g_strdup ("");
  if (self->ext == NULL)
    self->ext = g_strdup ("");
  return self;
}

static gboolean
starts_with_ext (const char *text)
{
  g_autofree char *lower = g_utf8_strdown (text, -1);
  const char      *start, *digits;

  return find_ext (lower, &start, &digits) && start == lower + strspn (lower, " (");
}

/* Cuts a cell at its separators. What only begins with the word for an extension stays with the number before it. */
static GStrv
cut_cell (const char *text)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  g_autoptr (GString) current = g_string_new (NULL);
  g_autoptr (GString) last = g_string_new (NULL); /* the digits of the number before a slash */
  const char *p = text;

  while (TRUE)
    {
      gsize skip = 0;

      if (*p != '\0' && strchr (",;/|\n\r", *p) != NULL)
        skip = 1;
      else if (*p != ' ')
        skip = 0;
      else if (g_str_has_prefix (p, " и "))
        skip = strlen (" и ");
      else if (g_str_has_prefix (p, " или "))
        skip = strlen (" или ");
      else if (g_str_has_prefix (p, " and ") || g_str_has_prefix (p, " or "))
        skip = p[1] == 'a' ? 5 : 4;

      if (*p != '\0' && skip == 0)
        {
          g_string_append_c (current, *p++);
          continue;
        }
      if (skip > 0 && starts_with_ext (p + skip) && count_digits (current->str) >= 5)
        {
          if (*p == '\n' || *p == '\r')
            g_string_append_c (current, ' ');
          else
            g_string_append_len (current, p, (gssize) skip);
          p += skip;
          continue;
        }

      g_autofree char *piece = g_strstrip (g_strdup (current->str));
      guint            n = count_digits (piece);

      /* «123-45-67/68»: the second number differs in its last digits. */
      if (n > 0 && n <= 4 && last->len > 0 && strspn (piece, "0123456789-") == strlen (piece))
        {
          gsize            at = last->len;
          g_autofree char *tail = clean_number (piece);

          for (guint left = n; left > 0 && at > 0;)
            if (g_ascii_isdigit (last->str[--at]))
              last->str[at] = tail[--left];
          g_strv_builder_add (builder, last->str);
        }
      else if (*piece != '\0')
        g_strv_builder_add (builder, piece);
      g_string_assign (last, *p == '/' && n >= 7 && !strstr (piece, "доб") ? piece : "");
      g_string_truncate (current, 0);
      if (*p == '\0')
        break;
      p += skip;
    }
  return g_strv_builder_end (builder);
}

/* Cuts «89123456789 89123456780», where only spaces separate. */
static void
add_pieces (GPtrArray *phones, const char *piece, const char *region)
{
  if (count_digits (piece) > MAX_DIGITS && strchr (piece, ' ') != NULL)
    {
      g_auto (GStrv) words = g_strsplit (piece, " ", -1);
      gboolean all_long = TRUE;

      for (gsize i = 0; words[i] != NULL; i++)
        all_long = all_long && (*words[i] == '\0' || count_digits (words[i]) >= 10);
      if (all_long)
        {
          for (gsize i = 0; words[i] != NULL; i++)
            if (*words[i] != '\0')
              g_ptr_array_add (phones, parse_one (words[i], region));
          return;
        }
    }
  g_ptr_array_add (phones, parse_one (piece, region));
}

/**
 * torg_phone_split:
 * @text: a cell with any number of phones
 * @region: (nullable): ISO 3166 code of the country of numbers without one; %NULL for Russia
 *
 * Finds the numbers in a cell, between commas, semicolons, slashes, line ends and «и», with their extensions. The tail
 * in «123-45-67/68» makes a second number. A number that comes twice is kept once. Pieces without a digit are left out.
 *
 * Returns: (transfer full) (element-type TorgPhone): the numbers, at most 50
 */
GPtrArray *
torg_phone_split (const char *text, const char *region)
{
  g_autofree char *valid = g_utf8_make_valid (text, -1);
  g_autoptr (GPtrArray) found = g_ptr_array_new_with_free_func ((GDestroyNotify) torg_phone_free);
  GPtrArray *phones = g_ptr_array_new_with_free_func ((GDestroyNotify) torg_phone_free);
  g_auto (GStrv) pieces = NULL;

  g_strstrip (valid);
  /* A spreadsheet's number. */
  if (g_str_has_suffix (valid, ".0") && count_digits (valid) == strlen (valid) - 1)
    valid[strlen (valid) - 2] = '\0';

  pieces = cut_cell (valid);
  for (gsize i = 0; pieces[i] != NULL && found->len < MAX_PHONES; i++)
    if (count_digits (pieces[i]) > 0)
      add_pieces (found, pieces[i], region);

  for (guint i = 0; i < found->len && phones->len < MAX_PHONES; i++)
    {
      TorgPhone *phone = g_ptr_array_index (found, i);
      gboolean   twice = FALSE;

      for (guint k = 0; k < phones->len && !twice; k++)
        {
          TorgPhone *other = g_ptr_array_index (phones, k);

          twice =
            *phone->e164 != '\0' && strcmp (phone->e164, other->e164) == 0 && strcmp (phone->ext, other->ext) == 0;
        }
      if (!twice)
        {
          TorgPhone *copy = g_new0 (TorgPhone, 1);

          copy->raw = g_steal_pointer (&phone->raw);
          copy->e164 = g_steal_pointer (&phone->e164);
          copy->ext = g_steal_pointer (&phone->ext);
          phone->raw = g_strdup ("");
          g_ptr_array_add (phones, copy);
        }
    }
  return phones;
}

/* What JSON writes as it is. */
static gboolean
is_plain (const char *text)
{
  for (const guchar *at = (const guchar *) text; *at != '\0'; at++)
    if (*at < 0x20 || *at == '"' || *at == '\\' || *at == 0x7f)
      return FALSE;
  return TRUE;
}

/*
 * Most numbers need no escapes: they are written and read without a tree of nodes, since an import or a first sync
 * has a million of them. The text is the same.
 */
static char *
write_plain (GPtrArray *phones)
{
  g_autoptr (GString) json = g_string_new ("[");

  for (guint i = 0; i < phones->len; i++)
    {
      TorgPhone *phone = g_ptr_array_index (phones, i);

      if (!is_plain (phone->raw) || !is_plain (phone->e164) || !is_plain (phone->ext))
        return NULL;
      g_string_append_printf (json, "%s{\"raw\":\"%s\",\"e164\":\"%s\",\"ext\":\"%s\"}", i > 0 ? "," : "", phone->raw,
                              phone->e164, phone->ext);
    }
  g_string_append_c (json, ']');
  return g_string_free_and_steal (g_steal_pointer (&json));
}

/* Reads a text behind a literal, up to the next quote. */
static char *
take_text (const char **at, const char *literal)
{
  const char *end;
  char       *text;

  if (!g_str_has_prefix (*at, literal))
    return NULL;
  *at += strlen (literal);
  end = strchr (*at, '"');
  if (end == NULL)
    return NULL;
  text = g_strndup (*at, (gsize) (end - *at));
  *at = end;
  return text;
}

static GPtrArray *
read_plain (const char *json)
{
  g_autoptr (GPtrArray) phones = g_ptr_array_new_with_free_func ((GDestroyNotify) torg_phone_free);
  const char *at = json;

  if (*at++ != '[' || strchr (json, '\\') != NULL)
    return NULL;
  for (;;)
    {
      TorgPhone *phone = g_new0 (TorgPhone, 1);

      g_ptr_array_add (phones, phone);
      if ((phone->raw = take_text (&at, "{\"raw\":\"")) == NULL ||
          (phone->e164 = take_text (&at, "\",\"e164\":\"")) == NULL ||
          (phone->ext = take_text (&at, "\",\"ext\":\"")) == NULL || !g_str_has_prefix (at, "\"}"))
        return NULL;
      at += 2;
      if (g_str_equal (at, "]"))
        return g_steal_pointer (&phones);
      if (*at++ != ',')
        return NULL;
    }
}

/**
 * torg_phone_to_json:
 * @phones: (element-type TorgPhone): numbers
 *
 * Writes the value of a phone field: `[{"raw", "e164", "ext"}]`, all three always texts.
 *
 * Returns: (transfer full): JSON
 */
char *
torg_phone_to_json (GPtrArray *phones)
{
  g_autoptr (JsonArray) array = json_array_new ();
  g_autoptr (JsonNode) node = json_node_alloc ();
  char *plain = write_plain (phones);

  if (plain != NULL)
    return plain;
  for (guint i = 0; i < phones->len; i++)
    {
      TorgPhone  *phone = g_ptr_array_index (phones, i);
      JsonObject *object = json_object_new ();

      json_object_set_string_member (object, "raw", phone->raw);
      json_object_set_string_member (object, "e164", phone->e164);
      json_object_set_string_member (object, "ext", phone->ext);
      json_array_add_object_element (array, object);
    }
  json_node_init_array (node, array);
  return json_to_string (node, FALSE);
}

static char *
dup_member (JsonObject *object, const char *name)
{
  JsonNode *node = json_object_get_member (object, name);

  if (node == NULL || !JSON_NODE_HOLDS_VALUE (node) || json_node_get_value_type (node) != G_TYPE_STRING)
    return g_strdup ("");
  return json_node_dup_string (node);
}

/**
 * torg_phone_from_json:
 * @json: (nullable): the value of a phone field
 * @error: return location
 *
 * Reads the value of a phone field.
 *
 * Returns: (transfer full) (element-type TorgPhone): the numbers, or %NULL with %TORG_ERROR_INVALID
 */
GPtrArray *
torg_phone_from_json (const char *json, GError **error)
{
  g_autoptr (GPtrArray) phones = g_ptr_array_new_with_free_func ((GDestroyNotify) torg_phone_free);
  g_autoptr (JsonNode) root = NULL;
  GPtrArray *plain;
  JsonArray *array;

  if (json == NULL || *json == '\0')
    return g_steal_pointer (&phones);
  plain = read_plain (json);
  if (plain != NULL)
    return plain;
  root = json_from_string (json, NULL);
  if (root == NULL || !JSON_NODE_HOLDS_ARRAY (root))
    {
      g_set_error_literal (error, TORG_ERROR, TORG_ERROR_INVALID, _ ("The list of phone numbers cannot be read."));
      return NULL;
    }
  array = json_node_get_array (root);
  for (guint i = 0; i < json_array_get_length (array); i++)
    {
      JsonNode   *node = json_array_get_element (array, i);
      JsonObject *object;
      TorgPhone  *phone;

      if (!JSON_NODE_HOLDS_OBJECT (node))
        {
          g_set_error_literal (error, TORG_ERROR, TORG_ERROR_INVALID, _ ("The list of phone numbers cannot be read."));
          return NULL;
        }
      object = json_node_get_object (node);
      phone = g_new0 (TorgPhone, 1);
      phone->raw = dup_member (object, "raw");
      phone->e164 = dup_member (object, "e164");
      phone->ext = dup_member (object, "ext");
      g_ptr_array_add (phones, phone);
    }
  return g_steal_pointer (&phones);
}

/**
 * torg_phone_parse:
 * @text: a cell with any number of phones
 * @region: (nullable): ISO 3166 code of the country of numbers without one; %NULL for Russia
 * @value: (out): the value of a phone field; null when @text is empty
 * @error: return location
 *
 * Reads the value of a phone field. A piece that is no full number is kept as typed, so that nothing is lost.
 *
 * Returns: whether @text is empty or holds a digit; otherwise %TORG_ERROR_INVALID
 */
gboolean
torg_phone_parse (const char *text, const char *region, TorgValue *value, GError **error)
{
  g_autoptr (GPtrArray) phones = torg_phone_split (text, region);

  *value = (TorgValue) TORG_VALUE_INIT;
  if (phones->len == 0)
    {
      g_autofree char *blank = g_strstrip (g_utf8_make_valid (text, -1));

      if (*blank == '\0')
        return TRUE;
      g_set_error (error, TORG_ERROR, TORG_ERROR_INVALID,
                   _ ("“%.60s” is not a phone number. Write it like +7 912 345-67-89."), blank);
      return FALSE;
    }

  g_autofree char *json = torg_phone_to_json (phones);
  value->tag = TORG_VALUE_TEXT;
  value->text = g_ref_string_new (json);
  return TRUE;
}

/**
 * torg_phone_format:
 *
 * Writes a number for people: `+7 912 345-67-89, доб. 203`; as typed where it is no full number.
 *
 * Returns: (transfer full): text
 */
char *
torg_phone_format (const TorgPhone *self)
{
  g_autofree char *number = NULL;

  if (*self->e164 == '\0')
    return g_strdup (self->raw);
  if (strlen (self->e164) == 12 && self->e164[1] == '7')
    number =
      g_strdup_printf ("+7 %.3s %.3s-%.2s-%.2s", self->e164 + 2, self->e164 + 5, self->e164 + 8, self->e164 + 10);
  else if (get_library () != NULL)
    number = reformat (get_library (), self->e164, NULL, E_PHONE_NUMBER_FORMAT_INTERNATIONAL);
  if (number == NULL)
    number = g_strdup (self->e164);
  if (*self->ext == '\0')
    return g_steal_pointer (&number);
  /* Translators: a phone number and its extension */
  return g_strdup_printf (_ ("%s, ext. %s"), number, self->ext);
}

/**
 * torg_phone_make_uri:
 *
 * Makes what a dialer takes, by RFC 3966.
 *
 * Returns: (transfer full) (nullable): `tel:+79123456789;ext=203`, or %NULL where it is no full number
 */
char *
torg_phone_make_uri (const TorgPhone *self)
{
  if (*self->e164 == '\0')
    return NULL;
  return g_strconcat ("tel:", self->e164, *self->ext != '\0' ? ";ext=" : NULL, self->ext, NULL);
}

/* `+` and digits, or nothing (E.164) */
static gboolean
is_e164 (const char *text)
{
  gsize n = *text == '+' ? strspn (text + 1, "0123456789") : 0;

  return *text == '\0' || (n >= 3 && n <= 15 && text[n + 1] == '\0');
}

/* A number that does not say what it is in full is looked at; what it says is believed. */
static gboolean
complete (TorgPhone *phone, gboolean says)
{
  if (*phone->raw == '\0' || count_digits (phone->raw) == 0 || !is_e164 (phone->e164) ||
      strspn (phone->ext, "0123456789") != strlen (phone->ext) || strlen (phone->ext) > 10)
    return FALSE;
  if (says)
    return TRUE;
  g_free (phone->e164);
  phone->e164 = torg_phone_normalise (phone->raw, NULL);
  if (phone->e164 == NULL)
    phone->e164 = g_strdup ("");
  return TRUE;
}

static gboolean
says_number (JsonArray *array, guint i)
{
  return json_object_has_member (json_array_get_object_element (array, i), "e164");
}

/**
 * torg_phone_clean:
 * @json: the value of a phone field, as another program writes it
 *
 * Checks a list of numbers: each has digits, and what it says it is in full has the shape of that; what is missing is
 * added, for a Russian number, and a line break becomes a space.
 *
 * Returns: (transfer full) (nullable): the value, as [func@phone_to_json] writes it where something was changed; %NULL
 *   where it is none
 */
char *
torg_phone_clean (const char *json)
{
  g_autoptr (GPtrArray) phones = torg_phone_from_json (json, NULL);
  g_autoptr (JsonNode) node = phones != NULL ? json_from_string (json, NULL) : NULL;
  JsonArray *array = node != NULL && JSON_NODE_HOLDS_ARRAY (node) ? json_node_get_array (node) : NULL;
  gboolean   as_it_came = TRUE;

  if (array == NULL || phones->len > MAX_PHONES)
    return NULL;
  for (guint i = 0; i < phones->len; i++)
    {
      TorgPhone *phone = phones->pdata[i];
      gboolean   says = says_number (array, i);

      as_it_came &= says && strpbrk (phone->raw, "\r\n") == NULL;
      g_strdelimit (phone->raw, "\r\n", ' ');
      if (!complete (phone, says))
        return NULL;
    }
  return as_it_came ? g_strdup (json) : torg_phone_to_json (phones);
}
