/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "torg-core"

#include "config.h"

#include "torg-name.h"
#include "torg-spelling.h"

#include <string.h>

/*
 * One name is written in many ways: «ООО "Ромашка-Сервис"», "Romashka Servis", «Сервис Ромашка, ООО». What they have
 * in common are words in small Latin letters by their sound, in an order of their own. Letters that transliterations
 * write differently are one: й, ы and и, х and h, ц and c.
 */

/* Longer words tell no more. */
#define MAX_WORD 48

static const char *
transliterate (gunichar c)
{
  static const char *const letters[] = {
    "a", "b", "v", "g", "d", "e", "zh", "z",  "i",  "y",  "k", "l", "m", "n", "o",  "p",
    "r", "s", "t", "u", "f", "h", "ts", "ch", "sh", "sh", "",  "y", "",  "e", "yu", "ya",
  };

  if (c >= 0x430 && c <= 0x44f)
    return letters[c - 0x430];
  switch (c)
    {
      case 0x451: /* ё */
      case 0x454: /* є */
        return "e";
      case 0x456: /* і */
        return "i";
      case 0x457: /* ї */
        return "yi";
      case 0x491: /* ґ */
        return "g";
      case 0x45e: /* ў */
        return "u";
      default:
        return NULL;
    }
}

/* Small Latin letters and digits; what has an accent goes without it. */
static char *
to_latin (const char *word)
{
  g_autofree char *plain = g_utf8_normalize (word, -1, G_NORMALIZE_NFC);
  GString         *out = g_string_new (NULL);

  for (const char *p = plain != NULL ? plain : ""; *p != '\0' && out->len < MAX_WORD; p = g_utf8_next_char (p))
    {
      gunichar    c = g_unichar_tolower (g_utf8_get_char (p));
      const char *latin = transliterate (c);
      gunichar    parts[4];

      if (latin != NULL)
        g_string_append (out, latin);
      else if (c < 0x80)
        g_string_append_c (out, (char) c);
      else if (c == 0xdf)
        g_string_append (out, "ss");
      else if (g_unichar_fully_decompose (c, FALSE, parts, G_N_ELEMENTS (parts)) > 1 && parts[0] < 0x80)
        g_string_append_c (out, (char) g_ascii_tolower ((char) parts[0]));
      else
        g_string_append_unichar (out, c);
    }
  return g_string_free_and_steal (out);
}

/* What is written for one sound, the longer first; the second is what stands for it. */
static const char *const sounds[][2] = {
  { "shch", "S" }, { "sch", "S" }, { "tch", "C" }, { "sh", "S" },  { "zh", "J" },  { "kh", "h" },  { "ch", "C" },
  { "ts", "c" },   { "tz", "c" },  { "ph", "f" },  { "th", "t" },  { "ck", "k" },  { "qu", "kv" }, { "ou", "u" },
  { "oo", "u" },   { "ee", "i" },  { "ya", "ia" }, { "ja", "ia" }, { "yu", "iu" }, { "ju", "iu" }, { "ye", "e" },
  { "je", "e" },   { "yo", "e" },  { "jo", "e" },  { "yi", "i" },  { "iy", "i" },  { "ij", "i" },  { "ii", "i" },
  { "ci", "si" },  { "ce", "se" }, { "cy", "si" }, { "y", "i" },   { "j", "i" },   { "w", "v" },   { "x", "ks" },
  { "q", "k" },    { "c", "k" },
};

/**
 * torg_spelling_make_word:
 * @word: a word, folded
 *
 * Writes a word by its sound, the same for Russian and for what is written for it in Latin letters.
 *
 * Returns: (transfer full): small Latin letters and digits, and a few capitals for sounds of several letters
 */
char *
torg_spelling_make_word (const char *word)
{
  g_autofree char *latin = to_latin (word);
  GString         *out = g_string_new (NULL);

  for (const char *p = latin; *p != '\0';)
    {
      const char *sound = NULL;
      gsize       n = 1;

      for (guint i = 0; i < G_N_ELEMENTS (sounds) && sound == NULL; i++)
        if (g_str_has_prefix (p, sounds[i][0]))
          {
            sound = sounds[i][1];
            n = strlen (sounds[i][0]);
          }
      for (const char *letter = sound; letter != NULL && *letter != '\0'; letter++)
        if (out->len == 0 || out->str[out->len - 1] != *letter)
          g_string_append_c (out, *letter);
      /* Two of a kind are one; of digits each counts. */
      if (sound == NULL && (out->len == 0 || out->str[out->len - 1] != *p || !g_ascii_isalpha (*p)))
        g_string_append_c (out, *p);
      p += n;
    }
  return g_string_free_and_steal (out);
}

static int
compare_words (gconstpointer a, gconstpointer b)
{
  return strcmp (*(const char *const *) a, *(const char *const *) b);
}

/**
 * torg_spelling_make_words:
 * @name: the name of a company or a person
 *
 * Makes the words of a name: without its legal form and punctuation, by their sound, sorted.
 *
 * Returns: (transfer full): words; none where there is neither letter nor digit
 */
char **
torg_spelling_make_words (const char *name)
{
  g_autofree char *key = torg_name_make_key (name);
  g_auto (GStrv) raw = g_strsplit (key, " ", -1);
  GPtrArray *words = g_ptr_array_new ();

  for (guint i = 0; raw[i] != NULL; i++)
    {
      g_autofree char *word = torg_spelling_make_word (raw[i]);

      if (*word != '\0')
        g_ptr_array_add (words, g_steal_pointer (&word));
    }
  g_ptr_array_sort (words, compare_words);
  g_ptr_array_add (words, NULL);
  return (char **) g_ptr_array_free (words, FALSE);
}

/**
 * torg_spelling_make_key:
 * @words: words of [func@spelling_make_words]
 *
 * Makes what equal names have in common.
 *
 * Returns: (transfer full): the key
 */
char *
torg_spelling_make_key (const char *const *words)
{
  return g_strjoinv ("", (char **) words);
}

static gboolean
has_digit (const char *word)
{
  return strpbrk (word, "0123456789") != NULL;
}

/* A slip is forgiven in a word of 4 letters, two in one of 9; none where there are digits. */
static gboolean
words_are_near (const char *a, const char *b)
{
  gsize n = MIN (strlen (a), strlen (b));
  guint limit = n < 4 ? 0 : n < 9 ? 1 : 2;

  if (g_str_equal (a, b))
    return TRUE;
  return limit > 0 && !has_digit (a) && !has_digit (b) && torg_name_get_distance (a, b, limit) <= limit;
}

/* «Завод 12» is not «Завод 13». */
static gboolean
has_other_number (const char *const *a, const char *const *b)
{
  for (guint i = 0; a[i] != NULL; i++)
    if (has_digit (a[i]) && !g_strv_contains (b, a[i]))
      return TRUE;
  return FALSE;
}

/* How many letters of both have a word of their own on the other side, out of all. A word that is only near counts a
 * little less. */
static double
match_words (const char *const *a, const char *const *b)
{
  gboolean used[64] = { FALSE };
  double   total = 0, matched = 0;
  guint    n = MIN (g_strv_length ((char **) b), G_N_ELEMENTS (used));

  for (guint j = 0; b[j] != NULL; j++)
    total += (double) strlen (b[j]);
  for (guint i = 0; a[i] != NULL; i++)
    {
      guint  found = n;
      double share = 1;

      total += (double) strlen (a[i]);
      for (guint j = 0; j < n && found == n; j++)
        if (!used[j] && g_str_equal (a[i], b[j]))
          found = j;
      for (guint j = 0; j < n && found == n; j++)
        if (!used[j] && words_are_near (a[i], b[j]))
          {
            found = j;
            share = 0.92;
          }
      if (found == n)
        continue;
      used[found] = TRUE;
      matched += share * (double) (strlen (a[i]) + strlen (b[found]));
    }
  return total > 0 ? matched / total : 0;
}

/**
 * torg_spelling_compare:
 * @a: words of [func@spelling_make_words]
 * @b: those of another name
 *
 * Tells how much two names are one: 1 where they differ in nothing but the order of words, the alphabet and what
 * [func@spelling_make_words] leaves out; less by each slip and each word that only one of them has.
 *
 * Returns: from 0 to 1
 */
double
torg_spelling_compare (const char *const *a, const char *const *b)
{
  g_autofree char *one = NULL, *other = NULL;
  double           words;
  gsize            longer;
  guint            limit;

  if (a[0] == NULL || b[0] == NULL || has_other_number (a, b) || has_other_number (b, a))
    return 0;
  words = match_words (a, b);
  if (words >= 1)
    return 1;
  /* “GTXPro” and “GTX Pro”; words that somebody has split or joined. */
  one = torg_spelling_make_key (a);
  other = torg_spelling_make_key (b);
  longer = MAX (strlen (one), strlen (other));
  if (g_str_equal (one, other))
    return 0.98;
  limit = longer < 4 ? 0 : (guint) MIN (longer / 5, 4);
  if (limit > 0)
    {
      guint distance = torg_name_get_distance (one, other, limit);

      if (distance <= limit)
        words = MAX (words, 1 - 1.0 * distance / (double) longer);
    }
  return words;
}
