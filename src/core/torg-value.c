/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "torg-core"

#include "torg-value.h"

#include <json-glib/json-glib.h>
#include <stdio.h>
#include <string.h>

/**
 * torg_value_int:
 * @number: a number in 1/10,000, or a moment in microseconds UTC
 *
 * Makes an integer value.
 *
 * Returns: a value to be cleared
 */
TorgValue
torg_value_int (gint64 number)
{
  TorgValue value = TORG_VALUE_INIT;

  value.tag = TORG_VALUE_INT;
  value.number = number;
  return value;
}

/* Whether a text is NFC for sure: letters that no mark follows (UAX #15, quick check), as most texts here are. */
static gboolean
is_plain (const char *text)
{
  for (const guchar *at = (const guchar *) text; *at != '\0'; at++)
    {
      gunichar c;

      if (*at < 0x80)
        continue;
      c = g_utf8_get_char_validated ((const char *) at, -1);
      if (c >= 0x300 && !(c >= 0x400 && c <= 0x482) && !(c >= 0x48a && c <= 0x52f) && !(c >= 0x2010 && c <= 0x2027) &&
          c != 0x20bd && c != 0x2116)
        return FALSE;
      at += g_utf8_skip[*at] - 1;
    }
  return TRUE;
}

/**
 * torg_value_text:
 * @text: (nullable): UTF-8
 *
 * Makes a text value, brought to NFC; null for %NULL and for the empty text.
 *
 * Returns: a value to be cleared
 */
TorgValue
torg_value_text (const char *text)
{
  TorgValue value = TORG_VALUE_INIT;

  if (text == NULL || *text == '\0')
    return value;
  value.tag = TORG_VALUE_TEXT;
  if (is_plain (text))
    value.text = g_ref_string_new (text);
  else
    {
      g_autofree char *normal = g_utf8_normalize (text, -1, G_NORMALIZE_NFC);
      g_autofree char *valid = normal == NULL ? g_utf8_make_valid (text, -1) : NULL;

      value.text = g_ref_string_new (normal != NULL ? normal : valid);
    }
  return value;
}

/**
 * torg_value_money:
 * @minor: an amount in minor units
 * @currency: ISO 4217, three capital letters
 *
 * Makes an amount of money.
 *
 * Returns: a value to be cleared
 */
TorgValue
torg_value_money (gint64 minor, const char *currency)
{
  TorgValue value = TORG_VALUE_INIT;

  value.tag = TORG_VALUE_MONEY;
  value.number = minor;
  g_strlcpy (value.currency, currency, sizeof value.currency);
  return value;
}

/**
 * torg_zoned_to_instant:
 * @text: `YYYY-MM-DDTHH:MM Area/City` (a zone left out is the local one), or `YYYY-MM-DD` for all day
 * @instant: (out): microseconds UTC; of an all-day time, the start of that day here
 * @all_day: (out) (optional): whether it is for all day
 *
 * Reads a planned time. A wall time that the zone skips counts as the one after the gap.
 *
 * Returns: whether @text is one
 */
gboolean
torg_zoned_to_instant (const char *text, gint64 *instant, gboolean *all_day)
{
  int y, mo, d, h = 0, mi = 0, used = 0;
  g_autoptr (GTimeZone) zone = NULL;
  g_autoptr (GDateTime) when = NULL;

  if (text == NULL || strlen (text) < 10 || sscanf (text, "%4d-%2d-%2d%n", &y, &mo, &d, &used) != 3 || used != 10)
    return FALSE;
  if (text[10] == '\0')
    zone = g_time_zone_new_local ();
  else
    {
      int more = 0;

      if (sscanf (text + 10, "T%2d:%2d%n", &h, &mi, &more) != 2 || more != 6)
        return FALSE;
      if (text[16] == '\0')
        zone = g_time_zone_new_local ();
      else if (text[16] == ' ')
        zone = g_time_zone_new_identifier (text + 17);
    }
  if (zone == NULL)
    return FALSE;
  when = g_date_time_new (zone, y, mo, d, h, mi, 0);
  if (when == NULL)
    return FALSE;
  *instant = g_date_time_to_unix_usec (when);
  if (all_day != NULL)
    *all_day = text[10] == '\0';
  return TRUE;
}

/**
 * torg_value_zoned:
 * @text: (nullable): a planned time, see [func@zoned_to_instant]
 *
 * Makes a planned time; null where @text is none.
 *
 * Returns: a value to be cleared
 */
TorgValue
torg_value_zoned (const char *text)
{
  TorgValue value = TORG_VALUE_INIT;
  gint64    instant;

  if (!torg_zoned_to_instant (text, &instant, NULL))
    return value;
  value.tag = TORG_VALUE_ZONED;
  value.text = g_ref_string_new (text);
  value.number = instant;
  return value;
}

/**
 * torg_value_copy:
 *
 * Copies a value; its text is shared.
 *
 * Returns: a value to be cleared
 */
TorgValue
torg_value_copy (const TorgValue *self)
{
  TorgValue copy = *self;

  if (copy.text != NULL)
    g_ref_string_acquire (copy.text);
  return copy;
}

/**
 * torg_value_clear:
 *
 * Makes a value null and gives up its text.
 */
void
torg_value_clear (TorgValue *self)
{
  g_clear_pointer (&self->text, g_ref_string_release);
  memset (self, 0, sizeof *self);
}

/**
 * torg_value_equal:
 *
 * Compares two values.
 *
 * Returns: whether they say the same
 */
gboolean
torg_value_equal (const TorgValue *a, const TorgValue *b)
{
  if (a->tag != b->tag)
    return FALSE;
  switch (a->tag)
    {
      case TORG_VALUE_NULL:
        return TRUE;
      case TORG_VALUE_INT:
        return a->number == b->number;
      case TORG_VALUE_MONEY:
        return a->number == b->number && memcmp (a->currency, b->currency, 3) == 0;
      case TORG_VALUE_TEXT:
      case TORG_VALUE_ZONED:
        return a->text == b->text || strcmp (a->text, b->text) == 0;
      default:
        g_return_val_if_reached (FALSE);
    }
}

/**
 * torg_value_is_null:
 *
 * Tells whether there is nothing.
 *
 * Returns: whether the value is null
 */
gboolean
torg_value_is_null (const TorgValue *self)
{
  return self->tag == TORG_VALUE_NULL;
}

/**
 * torg_value_get_text:
 *
 * Gives the text of a text or a planned time.
 *
 * Returns: (nullable): the text, or %NULL for other values
 */
const char *
torg_value_get_text (const TorgValue *self)
{
  return self->text;
}

/*
 * Splits `["a","b"]` as json-glib writes it. Without a backslash each quote ends or begins a text, so that nothing but
 * `","` can stand between two. NULL for anything else.
 */
static char **
split_plain_items (const char *json)
{
  gsize            length = strlen (json);
  g_autofree char *inner = NULL;
  g_auto (GStrv) items = NULL;

  if (length < 5 || json[1] != '"' || !g_str_has_suffix (json, "\"]") || strchr (json, '\\') != NULL)
    return NULL;
  inner = g_strndup (json + 2, length - 4);
  items = g_strsplit (inner, "\",\"", -1);
  for (guint i = 0; items[i] != NULL; i++)
    if (strchr (items[i], '"') != NULL)
      return NULL;
  return g_steal_pointer (&items);
}

/**
 * torg_value_dup_items:
 *
 * Reads a set or a list of addresses, which is a JSON array of texts.
 *
 * Returns: (transfer full): the items; none where the value is null or no such array
 */
char **
torg_value_dup_items (const TorgValue *self)
{
  g_autoptr (GStrvBuilder) items = g_strv_builder_new ();
  g_autoptr (JsonParser) parser = NULL;
  char    **plain;
  JsonNode *root;

  if (self->text == NULL || self->text[0] != '[')
    return g_strv_builder_end (items);
  plain = split_plain_items (self->text);
  if (plain != NULL)
    return plain;
  parser = json_parser_new ();
  if (json_parser_load_from_data (parser, self->text, -1, NULL) && (root = json_parser_get_root (parser)) != NULL &&
      JSON_NODE_HOLDS_ARRAY (root))
    {
      JsonArray *array = json_node_get_array (root);

      for (guint i = 0; i < json_array_get_length (array); i++)
        {
          JsonNode *node = json_array_get_element (array, i);

          if (JSON_NODE_HOLDS_VALUE (node) && json_node_get_value_type (node) == G_TYPE_STRING)
            g_strv_builder_add (items, json_node_get_string (node));
        }
    }
  return g_strv_builder_end (items);
}

static int
compare_texts (gconstpointer a, gconstpointer b)
{
  return strcmp (*(const char *const *) a, *(const char *const *) b);
}

/**
 * torg_value_from_items:
 * @items: (array zero-terminated=1): texts
 * @sorted: whether the order means nothing: then they are sorted and each stands once
 *
 * Makes a set or a list of addresses.
 *
 * Returns: a value to be cleared; null for no items
 */
TorgValue
torg_value_from_items (const char *const *items, gboolean sorted)
{
  g_autoptr (GPtrArray) list = g_ptr_array_new ();
  g_autoptr (JsonBuilder) builder = json_builder_new_immutable ();
  g_autoptr (JsonNode) root = NULL;
  g_autofree char *json = NULL;
  const char      *last = NULL;

  for (gsize i = 0; items != NULL && items[i] != NULL; i++)
    if (*items[i] != '\0')
      g_ptr_array_add (list, (gpointer) items[i]);
  if (list->len == 0)
    return (TorgValue) TORG_VALUE_INIT;
  if (sorted)
    g_ptr_array_sort (list, compare_texts);

  json_builder_begin_array (builder);
  for (guint i = 0; i < list->len; i++)
    {
      const char *item = g_ptr_array_index (list, i);

      if (sorted && g_strcmp0 (item, last) == 0)
        continue;
      json_builder_add_string_value (builder, item);
      last = item;
    }
  json_builder_end_array (builder);
  root = json_builder_get_root (builder);
  json = json_to_string (root, FALSE);
  return torg_value_text (json);
}
