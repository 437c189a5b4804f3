/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "torg-core"

#include "config.h"

#include "torg-name.h"
#include "torg-text.h"

#include <string.h>

/* Longer names are compared by their beginning. */
#define MAX_LETTERS 96

/* Legal forms, folded. One of several words lists all of them. */
static const char *const legal_forms[] = {
  "общество с ограниченной ответственностью",
  "непубличное акционерное общество",
  "публичное акционерное общество",
  "открытое акционерное общество",
  "закрытое акционерное общество",
  "акционерное общество",
  "индивидуальный предприниматель",
  "товарищество с ограниченной ответственностью",
  "глава кфх",
  "sp z o o",
  "sp zoo",
  "gmbh co kg",
  "pty ltd",
  "pte ltd",
  "co ltd",
  "ооо",
  "оао",
  "зао",
  "пао",
  "нао",
  "ао",
  "ип",
  "чп",
  "тоо",
  "одо",
  "чуп",
  "гуп",
  "муп",
  "фгуп",
  "фгбу",
  "фгбоу",
  "фгау",
  "гбу",
  "гбоу",
  "гку",
  "мбу",
  "мбоу",
  "мку",
  "ано",
  "нко",
  "тсж",
  "снт",
  "кфх",
  "гк",
  "нпо",
  "фку",
  "ooo",
  "oao",
  "zao",
  "pao",
  "llc",
  "ltd",
  "limited",
  "inc",
  "incorporated",
  "corp",
  "corporation",
  "co",
  "company",
  "gmbh",
  "ag",
  "kg",
  "ohg",
  "ug",
  "sa",
  "sas",
  "sarl",
  "srl",
  "spa",
  "bv",
  "nv",
  "oy",
  "oyj",
  "ab",
  "aps",
  "plc",
  "llp",
  "lp",
  "sro",
  "kft",
  "ood",
  "eood",
  "jsc",
  "pjsc",
  "ojsc",
  "cjsc",
  "doo",
  "uab",
};

static const char *const male_names[] = {
  "александр",  "алексей",  "анатолий",  "андрей",  "антон",   "аркадий", "артем",    "артур",    "богдан",
  "борис",      "вадим",    "валентин",  "валерий", "василий", "виктор",  "виталий",  "владимир", "владислав",
  "всеволод",   "вячеслав", "геннадий",  "георгий", "герман",  "глеб",    "григорий", "даниил",   "данила",
  "денис",      "дмитрий",  "евгений",   "егор",    "иван",    "игорь",   "илья",     "иосиф",    "кирилл",
  "константин", "лев",      "леонид",    "максим",  "марат",   "марк",    "матвей",   "михаил",   "никита",
  "николай",    "олег",     "павел",     "петр",    "ринат",   "роман",   "руслан",   "савва",    "святослав",
  "семен",      "сергей",   "станислав", "степан",  "тимофей", "тимур",   "федор",    "эдуард",   "юрий",
  "яков",       "ярослав",  "фома",      "кузьма",  "лука",
};

static const char *const female_names[] = {
  "александра", "алена",     "алина",     "алиса",   "алла",      "анастасия", "ангелина", "анжела",  "анна",
  "антонина",   "валентина", "валерия",   "варвара", "вера",      "вероника",  "виктория", "галина",  "дарья",
  "диана",      "евгения",   "екатерина", "елена",   "елизавета", "жанна",     "зинаида",  "зоя",     "инна",
  "ирина",      "карина",    "кира",      "клавдия", "кристина",  "ксения",    "лариса",   "лидия",   "лилия",
  "любовь",     "людмила",   "маргарита", "марина",  "мария",     "надежда",   "наталия",  "наталья", "нина",
  "оксана",     "олеся",     "ольга",     "полина",  "раиса",     "римма",     "светлана", "снежана", "софия",
  "софья",      "тамара",    "татьяна",   "ульяна",  "юлия",      "яна",
};

/* Folded, one space between runs of letters and digits. */
static char *
fold (const char *text)
{
  g_autofree char *lower = torg_text_fold (text);
  GString         *out = g_string_new (NULL);
  gboolean         gap = FALSE;
  guint            run = 0; /* letters since the last sign, to tell «S.R.O.» from «booking.com» */

  for (const char *p = lower; *p != '\0'; p = g_utf8_next_char (p))
    {
      gunichar c = g_utf8_get_char (p);

      if (torg_text_is_alnum (c) || g_unichar_ismark (c))
        {
          if (gap && out->len > 0)
            g_string_append_c (out, ' ');
          gap = FALSE;
          g_string_append_len (out, p, g_utf8_next_char (p) - p);
          run++;
          continue;
        }
      /* An apostrophe joins; the point of an abbreviation by letters too. */
      if (c == '\'' || c == 0x2019 || c == '`')
        continue;
      if (c == '.' && run == 1 && p[1] != ' ' && p[1] != '\0')
        {
          run = 0;
          continue;
        }
      gap = TRUE;
      run = 0;
    }
  return g_string_free_and_steal (out);
}

/* Cuts legal forms off both ends, in place, as long as something is left. */
static void
cut_legal_forms (char *key)
{
  gboolean cut;

  do
    {
      gsize length = strlen (key);

      cut = FALSE;
      for (gsize i = 0; i < G_N_ELEMENTS (legal_forms) && !cut; i++)
        {
          gsize n = strlen (legal_forms[i]);

          if (length <= n + 1)
            continue;
          if (key[n] == ' ' && strncmp (key, legal_forms[i], n) == 0)
            {
              memmove (key, key + n + 1, length - n);
              cut = TRUE;
            }
          else if (key[length - n - 1] == ' ' && strcmp (key + length - n, legal_forms[i]) == 0)
            {
              key[length - n - 1] = '\0';
              cut = TRUE;
            }
        }
    }
  while (cut);
}

/**
 * torg_name_make_key:
 * @name: a company's name
 *
 * Makes what equal companies have in common: no legal form at either end, no quotes and punctuation, lower case, е for
 * ё, single spaces.
 *
 * Returns: (transfer full): the key; empty only when @name holds neither letter nor digit
 */
char *
torg_name_make_key (const char *name)
{
  char *key = fold (name);

  cut_legal_forms (key);
  return key;
}

/**
 * torg_name_make_compact_key:
 * @name: a company's name
 *
 * Makes the key of [func@name_make_key] without its spaces, so that "GTXPro" and "GTX Pro" are one.
 *
 * Returns: (transfer full): the key
 */
char *
torg_name_make_compact_key (const char *name)
{
  char *key = torg_name_make_key (name), *to = key;

  for (const char *p = key; *p != '\0'; p++)
    if (*p != ' ')
      *to++ = *p;
  *to = '\0';
  return key;
}

static guint
to_letters (const char *text, gunichar letters[MAX_LETTERS])
{
  guint n = 0;

  for (const char *p = text; *p != '\0' && n < MAX_LETTERS; p = g_utf8_next_char (p))
    letters[n++] = g_utf8_get_char (p);
  return n;
}

/**
 * torg_name_get_distance:
 * @a: UTF-8
 * @b: UTF-8
 * @limit: the largest distance of interest
 *
 * Counts the insertions, deletions, replacements and swaps of neighbours between two texts (optimal string alignment)
 * over their first 96 letters.
 *
 * Returns: the distance, or @limit + 1 for any above @limit
 */
guint
torg_name_get_distance (const char *a, const char *b, guint limit)
{
  gunichar x[MAX_LETTERS], y[MAX_LETTERS];
  guint    rows[3][MAX_LETTERS + 1];
  guint    n = to_letters (a, x), m = to_letters (b, y);

  if ((n > m ? n - m : m - n) > limit)
    return limit + 1;
  for (guint j = 0; j <= m; j++)
    rows[0][j] = j;
  for (guint i = 1; i <= n; i++)
    {
      guint *row = rows[i % 3], *above = rows[(i - 1) % 3], *before = rows[(i + 1) % 3];
      guint  best = row[0] = i;

      for (guint j = 1; j <= m; j++)
        {
          row[j] = MIN (MIN (above[j], row[j - 1]) + 1, above[j - 1] + (x[i - 1] == y[j - 1] ? 0 : 1));
          if (i > 1 && j > 1 && x[i - 1] == y[j - 2] && x[i - 2] == y[j - 1])
            row[j] = MIN (row[j], before[j - 2] + 1);
          best = MIN (best, row[j]);
        }
      if (best > limit)
        return limit + 1;
    }
  return MIN (rows[n % 3][m], limit + 1);
}

/* Whether two texts hold the same digits in the same order: «Завод 12» is not «Завод 13». */
static gboolean
same_digits (const char *a, const char *b)
{
  while (TRUE)
    {
      while (*a != '\0' && !g_ascii_isdigit (*a))
        a++;
      while (*b != '\0' && !g_ascii_isdigit (*b))
        b++;
      if (*a != *b)
        return FALSE;
      if (*a == '\0')
        return TRUE;
      a++;
      b++;
    }
}

/**
 * torg_name_keys_are_near:
 * @a: a compact key
 * @b: a compact key
 *
 * Tells whether two keys could mean the same company: equal, or a slip apart: one from 4 letters on, two from 9, three
 * from 16. Digits must be the same.
 *
 * Returns: whether they could
 */
gboolean
torg_name_keys_are_near (const char *a, const char *b)
{
  glong shorter;
  guint limit;

  if (strcmp (a, b) == 0)
    return *a != '\0';
  shorter = MIN (g_utf8_strlen (a, -1), g_utf8_strlen (b, -1));
  limit = shorter < 4 ? 0 : shorter < 9 ? 1 : shorter < 16 ? 2 : 3;
  return limit > 0 && same_digits (a, b) && torg_name_get_distance (a, b, limit) <= limit;
}

/**
 * torg_name_is_near:
 * @a: a company's name
 * @b: another one's
 *
 * Tells whether two names could mean the same company; see [func@name_keys_are_near].
 *
 * Returns: whether they could
 */
gboolean
torg_name_is_near (const char *a, const char *b)
{
  g_autofree char *x = torg_name_make_compact_key (a);
  g_autofree char *y = torg_name_make_compact_key (b);

  return torg_name_keys_are_near (x, y);
}

static gboolean
is_in (const char *word, const char *const *list, gsize n)
{
  for (gsize i = 0; i < n; i++)
    if (strcmp (list[i], word) == 0)
      return TRUE;
  return FALSE;
}

static gboolean
ends_with_any (const char *word, const char *const *endings)
{
  for (; *endings != NULL; endings++)
    if (g_str_has_suffix (word, *endings) && strlen (word) > strlen (*endings))
      return TRUE;
  return FALSE;
}

static TorgGender
gender_of_patronymic (const char *word)
{
  static const char *const male[] = { "ович", "евич", "ич", "оглы", "углы", "улы", NULL };
  static const char *const female[] = { "овна", "евна", "ична", "инична", "кызы", "гызы", NULL };

  if (ends_with_any (word, female))
    return TORG_GENDER_FEMALE;
  if (ends_with_any (word, male))
    return TORG_GENDER_MALE;
  return TORG_GENDER_UNKNOWN;
}

static TorgGender
gender_of_name (const char *word)
{
  if (is_in (word, male_names, G_N_ELEMENTS (male_names)))
    return TORG_GENDER_MALE;
  if (is_in (word, female_names, G_N_ELEMENTS (female_names)))
    return TORG_GENDER_FEMALE;
  return TORG_GENDER_UNKNOWN;
}

static TorgGender
gender_of_surname (const char *word)
{
  static const char *const male[] = { "ов", "ев", "ын", "ин", "ский", "цкий", "ской", "цкой", "ый", "ий", NULL };
  static const char *const female[] = { "ова", "ева", "ына", "ина", "ская", "цкая", "ая", "яя", NULL };

  if (ends_with_any (word, female))
    return TORG_GENDER_FEMALE;
  if (ends_with_any (word, male))
    return TORG_GENDER_MALE;
  return TORG_GENDER_UNKNOWN;
}

/**
 * torg_person_guess_gender:
 * @surname: (nullable): surname
 * @name: (nullable): name
 * @patronymic: (nullable): patronymic
 *
 * Guesses a gender: by the patronymic, else by a common name, else by the surname's ending.
 *
 * Returns: the gender, or %TORG_GENDER_UNKNOWN
 */
TorgGender
torg_person_guess_gender (const char *surname, const char *name, const char *patronymic)
{
  TorgGender gender = TORG_GENDER_UNKNOWN;

  if (patronymic != NULL)
    {
      g_autofree char *word = fold (patronymic);

      gender = gender_of_patronymic (word);
    }
  if (gender == TORG_GENDER_UNKNOWN && name != NULL)
    {
      g_autofree char *word = fold (name);

      gender = gender_of_name (word);
    }
  if (gender == TORG_GENDER_UNKNOWN && surname != NULL)
    {
      g_autofree char *word = fold (surname);

      gender = gender_of_surname (word);
    }
  return gender;
}

static gboolean
is_patronymic (const char *word)
{
  g_autofree char         *folded = fold (word);
  static const char *const sure[] = { "ович", "евич", "ич", "овна", "евна", "ична", "инична", NULL };

  return ends_with_any (folded, sure);
}

static gboolean
is_name (const char *word)
{
  g_autofree char *folded = fold (word);

  return gender_of_name (folded) != TORG_GENDER_UNKNOWN;
}

static gboolean
is_surname (const char *word)
{
  g_autofree char         *folded = fold (word);
  static const char *const others[] = { "ко", "ук", "юк", "ян", "дзе", "швили", "ых", "их", NULL };

  return gender_of_surname (folded) != TORG_GENDER_UNKNOWN || ends_with_any (folded, others);
}

static gboolean
is_initials (const char *word)
{
  return g_str_has_suffix (word, ".") || g_utf8_strlen (word, -1) == 1;
}

static gboolean
is_cyrillic (const char *word)
{
  gunichar c = g_utf8_get_char (word);

  return c >= 0x400 && c < 0x530;
}

static char *
join_words (char **words, guint from, guint to)
{
  GString *out = g_string_new (NULL);

  for (guint i = from; i < to; i++)
    {
      if (out->len > 0)
        g_string_append_c (out, ' ');
      g_string_append (out, words[i]);
    }
  return g_string_free_and_steal (out);
}

/* Splits «И.И.» into two words, so that initials are a name and a patronymic. */
static GStrv
split_words (const char *text)
{
  GString         *spaced = g_string_new (NULL);
  g_autofree char *owned = NULL;
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  g_auto (GStrv) raw = NULL;

  for (const char *p = text; *p != '\0'; p = g_utf8_next_char (p))
    {
      gunichar c = g_utf8_get_char (p);

      if (g_unichar_isspace (c) || c == 0xa0 || c == 0x202f)
        g_string_append_c (spaced, ' ');
      else if (c == '.')
        g_string_append (spaced, ". ");
      else
        g_string_append_unichar (spaced, c);
    }
  owned = g_string_free_and_steal (spaced);
  raw = g_strsplit (owned, " ", -1);
  for (gsize i = 0; raw[i] != NULL; i++)
    if (*raw[i] != '\0' && strcmp (raw[i], ".") != 0)
      g_strv_builder_add (builder, raw[i]);
  return g_strv_builder_end (builder);
}

/**
 * torg_person_name_parse:
 * @text: a full name
 * @surname_first: the order of a name in Latin letters that does not tell it
 *
 * Splits a name: «Иванов Иван Иванович», «Иван Иванович Иванов», «Иванов И. И.», «Иван Петров», "John Smith",
 * "Smith, John". Nothing of the text is lost: what has no place of its own stays with the surname or the name.
 *
 * Returns: (transfer full): the parts, with a guess of the gender
 */
TorgPersonName *
torg_person_name_parse (const char *text, gboolean surname_first)
{
  TorgPersonName  *self = g_new0 (TorgPersonName, 1);
  g_autofree char *valid = g_strstrip (g_utf8_make_valid (text, -1));
  char            *comma = strchr (valid, ',');
  g_auto (GStrv) words = NULL;
  guint n, patronymic_at = G_MAXUINT, surname_end;

  if (comma != NULL && comma[1] != '\0' && comma != valid)
    {
      g_autofree char *first = g_strndup (valid, (gsize) (comma - valid));
      g_auto (GStrv) given = split_words (comma + 1);

      n = g_strv_length (given);
      self->surname = g_strstrip (g_steal_pointer (&first));
      patronymic_at = n >= 2 && (is_patronymic (given[n - 1]) || is_initials (given[n - 1])) ? n - 1 : n;
      self->name = join_words (given, 0, patronymic_at);
      self->patronymic = join_words (given, patronymic_at, n);
      self->gender = torg_person_guess_gender (self->surname, self->name, self->patronymic);
      return self;
    }

  words = split_words (valid);
  n = g_strv_length (words);
  for (guint i = 1; i < n && patronymic_at == G_MAXUINT; i++)
    {
      g_autofree char *folded = fold (words[i]);

      if (is_patronymic (words[i]) && is_cyrillic (words[i]) && (n >= 3 || is_name (words[0])))
        patronymic_at = i;
      /* «Мамедов Али Гасан оглы»: the word before belongs to it. */
      if (i >= 2 && (strcmp (folded, "оглы") == 0 || strcmp (folded, "кызы") == 0))
        patronymic_at = i - 1;
    }

  if (n == 0)
    {
      self->surname = g_strdup ("");
      self->name = g_strdup ("");
      self->patronymic = g_strdup ("");
      return self;
    }
  if (n == 1)
    {
      gboolean surname = is_surname (words[0]) && !is_name (words[0]);

      self->surname = g_strdup (surname ? words[0] : "");
      self->name = g_strdup (surname ? "" : words[0]);
      self->patronymic = g_strdup ("");
    }
  else if (patronymic_at != G_MAXUINT)
    {
      g_autofree char *last = fold (words[n - 1]);
      gboolean         turkic = strcmp (last, "оглы") == 0 || strcmp (last, "кызы") == 0;

      /* «Иван Иванович Иванов» has the surname behind; «Петрович Иван Иванович» does not begin with its patronymic. */
      surname_first = patronymic_at >= 2 || turkic;
      if (surname_first)
        {
          self->surname = join_words (words, 0, patronymic_at - 1);
          self->name = g_strdup (words[patronymic_at - 1]);
          self->patronymic = join_words (words, patronymic_at, n);
        }
      else
        {
          self->name = g_strdup (words[0]);
          self->patronymic = g_strdup (words[1]);
          self->surname = join_words (words, 2, n);
        }
    }
  else
    {
      if (is_initials (words[0]))
        surname_first = FALSE;
      else if (is_initials (words[n - 1]))
        surname_first = TRUE;
      else if (is_name (words[0]) != is_name (words[n - 1]))
        surname_first = is_name (words[n - 1]);
      else if (is_cyrillic (words[0]))
        surname_first = is_surname (words[0]) || !is_surname (words[n - 1]);

      if (surname_first)
        {
          /* «Салтыков Щедрин Михаил», "van der Berg Jan", but "Ivanov Ivan Ivanovich". */
          gboolean of_words = is_cyrillic (words[0]) || !g_unichar_isupper (g_utf8_get_char (words[0]));

          for (surname_end = 1;
               of_words && surname_end + 1 < n && !is_initials (words[surname_end]) && !is_name (words[surname_end]);)
            surname_end++;
          self->surname = join_words (words, 0, surname_end);
          self->name = g_strdup (words[surname_end]);
          self->patronymic = join_words (words, surname_end + 1, n);
        }
      else if (is_initials (words[0]) && n >= 3 && is_initials (words[1]))
        {
          self->name = g_strdup (words[0]);
          self->patronymic = g_strdup (words[1]);
          self->surname = join_words (words, 2, n);
        }
      else
        {
          self->name = join_words (words, 0, n - 1);
          self->surname = g_strdup (words[n - 1]);
          self->patronymic = g_strdup ("");
        }
    }
  self->gender = torg_person_guess_gender (self->surname, self->name, self->patronymic);
  return self;
}

/**
 * torg_person_name_free:
 *
 * Frees a name.
 */
void
torg_person_name_free (TorgPersonName *self)
{
  g_free (self->surname);
  g_free (self->name);
  g_free (self->patronymic);
  g_free (self);
}
