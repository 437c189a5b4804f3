/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "torg-core"

#include "config.h"

#include "torg-email.h"

#include <gio/gio.h>
#include <glib/gi18n-lib.h>
#include <json-glib/json-glib.h>
#include <string.h>

#include "torg-error.h"

#define MAX_ADDRESS 254
#define MAX_LOCAL 64

static gboolean
label_is_valid (const char *start, gsize length)
{
  if (length == 0 || length > 63 * 4 || start[0] == '-' || start[length - 1] == '-')
    return FALSE;
  for (const char *p = start; p < start + length; p = g_utf8_next_char (p))
    {
      gunichar c = g_utf8_get_char (p);

      if (c != '-' && !g_unichar_isalnum (c) && !(c >= 0x80 && g_unichar_ismark (c)))
        return FALSE;
    }
  return TRUE;
}

static gboolean
domain_is_valid (const char *domain)
{
  const char *label = domain, *dot;

  for (; (dot = strchr (label, '.')) != NULL; label = dot + 1)
    if (!label_is_valid (label, (gsize) (dot - label)))
      return FALSE;
  /* A number at the end is an IP address or a slip. */
  return label != domain && label_is_valid (label, strlen (label)) && !g_ascii_isdigit (*label);
}

static gboolean
local_is_valid (const char *start, gsize length)
{
  if (length == 0 || length > MAX_LOCAL || start[0] == '.' || start[length - 1] == '.')
    return FALSE;
  for (const char *p = start; p < start + length; p = g_utf8_next_char (p))
    {
      gunichar c = g_utf8_get_char (p);

      if (c == '.' && p[1] == '.')
        return FALSE;
      if (!g_unichar_isalnum (c) && (c >= 0x80 || strchr (".!#$%&'*+/=?^_`{|}~-", (int) c) == NULL))
        return FALSE;
    }
  return TRUE;
}

/* Most addresses are of these alone: nothing around them, nothing to fold, and nothing that JSON escapes. */
static gboolean
is_plain (const char *text)
{
  return text[strspn (text, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789@.-_+")] == '\0';
}

/**
 * torg_email_is_valid:
 * @address: (nullable): an address without a name
 *
 * Tells whether mail could be sent to an address: `local@domain.tld`, also international. Quoted local parts and
 * addresses in brackets, which no client writes, are refused.
 *
 * Returns: whether it could
 */
gboolean
torg_email_is_valid (const char *address)
{
  const char *at;

  if (address == NULL || strlen (address) > MAX_ADDRESS || !g_utf8_validate (address, -1, NULL))
    return FALSE;
  at = strrchr (address, '@');
  return at != NULL && local_is_valid (address, (gsize) (at - address)) && domain_is_valid (at + 1);
}

/**
 * torg_email_make_key:
 * @address: an address
 *
 * Makes what equal addresses have in common: the domain in lower case and in its ASCII form. The local part is kept,
 * since only its server knows whether case counts there.
 *
 * Returns: (transfer full): the key
 */
char *
torg_email_make_key (const char *address)
{
  const char      *at = strrchr (address, '@');
  g_autofree char *local = NULL, *lower = NULL, *ascii = NULL;

  if (at != NULL && is_plain (address) && strstr (at, "xn--") == NULL)
    {
      char *key = g_strdup (address);

      for (char *p = key + (at - address); *p != '\0'; p++)
        *p = g_ascii_tolower (*p);
      return key;
    }
  if (at == NULL || !g_utf8_validate (address, -1, NULL))
    return g_strdup (address);
  local = g_strndup (address, (gsize) (at - address));
  lower = g_utf8_strdown (at + 1, -1);
  ascii = g_hostname_to_ascii (lower);
  return g_strconcat (local, "@", ascii != NULL ? ascii : lower, NULL);
}

/* What may stand around an address: brackets, quotes and the point of a sentence. */
static char *
strip_piece (const char *piece)
{
  g_autofree char *copy = g_strdup (piece);
  char            *start = copy, *end;

  start += strspn (start, "<([\"'.,:");
  if (g_ascii_strncasecmp (start, "mailto:", 7) == 0)
    start += 7;
  end = start + strlen (start);
  while (end > start && strchr (">)]\"'.,:", end[-1]) != NULL)
    *--end = '\0';
  return g_strdup (start);
}

/**
 * torg_email_split:
 * @text: a cell with any number of addresses
 * @rejected: (out) (optional) (transfer full): what looks like an address, but is none
 *
 * Finds the addresses in a cell, between commas, semicolons, slashes, line ends, spaces and names. The same address
 * comes once.
 *
 * Returns: (transfer full): the valid addresses, as typed
 */
char **
torg_email_split (const char *text, char ***rejected)
{
  g_autofree char *valid = g_utf8_make_valid (text, -1);
  g_autoptr (GStrvBuilder) good = g_strv_builder_new ();
  g_autoptr (GStrvBuilder) bad = g_strv_builder_new ();
  g_autoptr (GHashTable) seen = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_auto (GStrv) pieces = NULL;

  for (char *p = valid; *p != '\0'; p = g_utf8_next_char (p))
    {
      gunichar c = g_utf8_get_char (p);

      if (g_unichar_isspace (c) || c == 0xa0 || c == 0x200b || c == 0xfeff)
        memset (p, ' ', (gsize) (g_utf8_next_char (p) - p));
    }
  pieces = g_strsplit_set (valid, " ,;<>", -1);
  for (gsize i = 0; pieces[i] != NULL; i++)
    {
      /* A slash may belong to the local part; it separates only between two addresses. */
      char *slash = strchr (pieces[i], '@') != NULL ? strchr (strchr (pieces[i], '@'), '/') : NULL;
      g_auto (GStrv) halves = slash != NULL ? g_strsplit (pieces[i], "/", -1) : g_strsplit (pieces[i], "\n", 1);

      for (gsize h = 0; halves[h] != NULL; h++)
        {
          g_autofree char *piece = strip_piece (halves[h]);

          if (strchr (piece, '@') == NULL || strlen (piece) < 2)
            continue;
          if (!torg_email_is_valid (piece))
            {
              g_strv_builder_add (bad, piece);
              continue;
            }
          g_autofree char *key = torg_email_make_key (piece);
          if (g_hash_table_add (seen, g_steal_pointer (&key)))
            g_strv_builder_add (good, piece);
        }
    }
  if (rejected != NULL)
    *rejected = g_strv_builder_end (bad);
  return g_strv_builder_end (good);
}

/**
 * torg_email_parse:
 * @text: a cell with any number of addresses
 * @value: (out): the value of an e-mail field: a JSON array; null when @text is empty
 * @error: return location
 *
 * Reads the value of an e-mail field.
 *
 * Returns: whether all of it was understood; otherwise %TORG_ERROR_INVALID, and @value holds the valid addresses all
 *   the same
 */
gboolean
torg_email_parse (const char *text, TorgValue *value, GError **error)
{
  g_auto (GStrv) rejected = NULL;
  g_auto (GStrv) addresses = NULL;
  g_autofree char *blank = NULL;

  *value = (TorgValue) TORG_VALUE_INIT;
  if (is_plain (text) && text[0] != '.' && !g_str_has_suffix (text, ".") && torg_email_is_valid (text))
    {
      g_autofree char *json = g_strconcat ("[\"", text, "\"]", NULL);

      value->tag = TORG_VALUE_TEXT;
      value->text = g_ref_string_new (json);
      return TRUE;
    }
  addresses = torg_email_split (text, &rejected);
  blank = g_strstrip (g_utf8_make_valid (text, -1));
  if (addresses[0] != NULL)
    {
      g_autoptr (JsonArray) array = json_array_new ();
      g_autoptr (JsonNode) node = json_node_alloc ();

      for (gsize i = 0; addresses[i] != NULL; i++)
        json_array_add_string_element (array, addresses[i]);
      json_node_init_array (node, array);
      g_autofree char *json = json_to_string (node, FALSE);
      value->tag = TORG_VALUE_TEXT;
      value->text = g_ref_string_new (json);
    }
  if (rejected[0] != NULL || (addresses[0] == NULL && *blank != '\0'))
    {
      g_set_error (error, TORG_ERROR, TORG_ERROR_INVALID,
                   _ ("“%.60s” is not an e-mail address. Write it like name@example.com."),
                   rejected[0] != NULL ? rejected[0] : blank);
      return FALSE;
    }
  return TRUE;
}

/**
 * torg_email_is_list:
 * @json: the value of an e-mail field, as another program writes it
 *
 * Tells whether it is a list of addresses to which mail could be sent.
 *
 * Returns: whether it is
 */
gboolean
torg_email_is_list (const char *json)
{
  g_autoptr (JsonNode) node = json_from_string (json, NULL);
  JsonArray *array = node != NULL && JSON_NODE_HOLDS_ARRAY (node) ? json_node_get_array (node) : NULL;
  guint      n = array != NULL ? json_array_get_length (array) : 0;

  for (guint i = 0; i < n; i++)
    {
      JsonNode *item = json_array_get_element (array, i);

      if (!JSON_NODE_HOLDS_VALUE (item) || json_node_get_value_type (item) != G_TYPE_STRING ||
          !torg_email_is_valid (json_node_get_string (item)))
        return FALSE;
    }
  return array != NULL;
}
