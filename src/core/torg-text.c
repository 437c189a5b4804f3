/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "torg-core"

#include "torg-text.h"

#include <string.h>

/* The same folding on every machine, in the replica and on the server: what one finds, the other finds. */

/*
 * Folds a text of ASCII, Russian letters and quotes alone, which most are, without the tables of Unicode. NULL for any
 * other. In UTF-8 А to Я are D0 90 to D0 AF, а to п D0 B0 to D0 BF, р to я D1 80 to D1 8F; Ё is D0 81, ё D1 91.
 */
static char *
fold_plain (const char *text)
{
  gsize length = strlen (text);
  char *folded = g_malloc (length + 1);

  for (gsize i = 0; i < length; i++)
    {
      guchar first = text[i], second = text[i + 1];

      if (first < 0x80)
        {
          folded[i] = g_ascii_tolower (text[i]);
          continue;
        }
      /* « and », – and — stay as they are. */
      if (first == 0xc2 && (second == 0xab || second == 0xbb))
        ;
      else if (first == 0xe2 && second == 0x80 && ((guchar) text[i + 2] == 0x93 || (guchar) text[i + 2] == 0x94))
        {
          memcpy (folded + i, text + i, 3);
          i += 2;
          continue;
        }
      else if (first == 0xd0 && second >= 0x90 && second <= 0x9f)
        second += 0x20;
      else if (first == 0xd0 && second >= 0xa0 && second <= 0xaf)
        first = 0xd1, second -= 0x20;
      else if ((first == 0xd0 && second == 0x81) || (first == 0xd1 && second == 0x91))
        first = 0xd0, second = 0xb5;
      else if (!(first == 0xd0 && second >= 0xb0 && second <= 0xbf) &&
               !(first == 0xd1 && second >= 0x80 && second <= 0x8f))
        {
          g_free (folded);
          return NULL;
        }
      /* A mark after a letter, as in и with a breve, is neither: it ends here. */
      folded[i++] = (char) first;
      folded[i] = (char) second;
    }
  folded[length] = '\0';
  return folded;
}

/**
 * torg_text_fold:
 * @text: (nullable): UTF-8
 *
 * Folds text for comparing and searching: NFKC, case folded, «ё» as «е».
 *
 * Returns: (transfer full): folded text
 */
char *
torg_text_fold (const char *text)
{
  g_autofree char *valid = NULL;
  g_autofree char *normal = NULL;
  char            *folded;

  if (text == NULL)
    return g_strdup ("");
  folded = fold_plain (text);
  if (folded != NULL)
    return folded;
  normal = g_utf8_normalize (text, -1, G_NORMALIZE_NFKC);
  if (normal == NULL)
    {
      valid = g_utf8_make_valid (text, -1);
      normal = g_utf8_normalize (valid, -1, G_NORMALIZE_NFKC);
    }
  folded = g_utf8_casefold (normal, -1);
  /* «ё» U+0451 is D1 91, «е» U+0435 is D0 B5: the same length. */
  for (char *at = folded; (at = strstr (at, "ё")) != NULL; at += 2)
    memcpy (at, "е", 2);
  return folded;
}

/* In characters. FTS5 cuts what is longer than 32,768 bytes, and nobody types even this. */
#define MAX_TERM 64
#define MAX_ADDRESS 320

static void
append_term (GString *terms, const char *start, gsize length)
{
  if (terms->len > 0)
    g_string_append_c (terms, ' ');
  g_string_append_len (terms, start, length);
}

/**
 * torg_text_append_terms:
 * @terms: terms split by spaces
 * @text: (nullable): UTF-8
 *
 * Adds the words of a text, folded: runs of letters and digits, of each at most the first 64.
 */
void
torg_text_append_terms (GString *terms, const char *text)
{
  g_autofree char *folded = NULL;
  const char      *start = NULL;
  guint            n = 0;

  if (text == NULL)
    return;
  folded = torg_text_fold (text);
  for (const char *at = folded;; at = g_utf8_next_char (at))
    {
      gboolean inside = *at != '\0' && torg_text_is_alnum (g_utf8_get_char (at));

      if (inside && n++ == 0)
        start = at;
      if (start != NULL && (!inside || n > MAX_TERM))
        {
          append_term (terms, start, at - start);
          start = NULL;
        }
      if (!inside)
        n = 0;
      if (*at == '\0')
        break;
    }
}

/**
 * torg_text_append_address:
 * @terms: terms split by spaces
 * @address: an e-mail address, or the beginning of one
 *
 * Adds an e-mail address as one term: its punctuation becomes the full-width kind, which does not end a term. The words
 * of addresses are in so many of them that looking for all of the words would take long.
 */
void
torg_text_append_address (GString *terms, const char *address)
{
  static const char        marks[] = "@.-_+";
  static const char *const wide[] = { "＠", "．", "－", "＿", "＋" };
  g_autofree char         *folded = torg_text_fold (address);

  if (terms->len > 0)
    g_string_append_c (terms, ' ');
  /* Longer than any address may be. */
  if (g_utf8_strlen (folded, -1) > MAX_ADDRESS)
    *g_utf8_offset_to_pointer (folded, MAX_ADDRESS) = '\0';
  for (const char *at = folded; *at != '\0'; at = g_utf8_next_char (at))
    {
      const char *mark = strchr (marks, *at);

      if (mark != NULL)
        g_string_append (terms, wide[mark - marks]);
      else if (torg_text_is_alnum (g_utf8_get_char (at)))
        g_string_append_len (terms, at, g_utf8_next_char (at) - at);
    }
}

/**
 * torg_text_append_digits:
 * @terms: terms split by spaces
 * @digits: (nullable): a phone number or another number
 *
 * Adds a number's digits, and the same reversed behind an «r», so that its tail is found as a prefix.
 */
void
torg_text_append_digits (GString *terms, const char *digits)
{
  char  kept[32];
  gsize n = 0;

  for (const char *at = digits; at != NULL && *at != '\0' && n < sizeof kept; at++)
    if (g_ascii_isdigit (*at))
      kept[n++] = *at;
  if (n < 3)
    return;
  append_term (terms, kept, n);
  g_string_append (terms, " r");
  while (n > 0)
    g_string_append_c (terms, kept[--n]);
}

/**
 * torg_text_split_terms:
 * @text: (nullable): what the user typed
 *
 * Splits text into folded words.
 *
 * Returns: (transfer full): the words
 */
char **
torg_text_split_terms (const char *text)
{
  g_autoptr (GString) terms = g_string_new (NULL);

  torg_text_append_terms (terms, text);
  if (terms->len == 0)
    return g_new0 (char *, 1);
  return g_strsplit (terms->str, " ", -1);
}
