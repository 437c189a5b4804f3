/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "torg-core"

#include "config.h"

#include "torg-phone.h"
#include "torg-terms.h"
#include "torg-text.h"

#include <string.h>

/* What a record is found by and how one asks for it: the same in a replica and on the server. */

static void
append_phones (GString *terms, const TorgValue *value)
{
  g_autoptr (GPtrArray) phones = torg_phone_from_json (value->text, NULL);

  for (guint i = 0; phones != NULL && i < phones->len; i++)
    {
      TorgPhone *phone = g_ptr_array_index (phones, i);

      torg_text_append_digits (terms, *phone->e164 != '\0' ? phone->e164 : phone->raw);
    }
}

static void
append_emails (GString *terms, const TorgValue *value)
{
  g_auto (GStrv) addresses = torg_value_dup_items (value);

  for (guint i = 0; addresses[i] != NULL; i++)
    torg_text_append_address (terms, addresses[i]);
}

/**
 * torg_record_dup_search_terms:
 * @record: a record
 *
 * Builds the folded words that a record is found by: those of its searchable fields.
 *
 * Returns: (transfer full): words with spaces between them; empty for a record that has none
 */
char *
torg_record_dup_search_terms (TorgRecord *record)
{
  const TorgType *type = torg_record_get_kind (record);
  g_autoptr (GString) terms = g_string_new (NULL);

  for (guint i = 0; i < type->n_fields; i++)
    {
      const TorgField *field = &type->fields[i];
      const TorgValue *value = torg_record_nth (record, i);

      if ((field->flags & TORG_FIELD_SEARCHABLE) == 0 || value->text == NULL)
        continue;
      if (field->kind == TORG_KIND_PHONE)
        append_phones (terms, value);
      else if (field->kind == TORG_KIND_REQUISITE)
        torg_text_append_digits (terms, value->text);
      else
        torg_text_append_terms (terms, value->text);
      if (field->kind == TORG_KIND_EMAIL)
        append_emails (terms, value);
    }
  return g_string_free_and_steal (g_steal_pointer (&terms));
}

static gboolean
is_digits (const char *text)
{
  return text[0] != '\0' && strspn (text, "0123456789") == strlen (text);
}

/* A number as people write it: with spaces, dashes and brackets. */
static gboolean
is_phone (const char *text)
{
  guint n = 0;

  for (const char *at = text; *at != '\0'; at++)
    {
      if (strchr ("0123456789 -()+.\t", *at) == NULL)
        return FALSE;
      n += g_ascii_isdigit (*at) ? 1 : 0;
    }
  return n >= 3 && n <= 15;
}

static char **
split_words (const char *text)
{
  g_auto (GStrv) pieces = g_strsplit_set (text != NULL ? text : "", " \t\n", -1);
  g_autoptr (GString) terms = g_string_new (NULL);

  for (guint i = 0; pieces[i] != NULL; i++)
    if (strchr (pieces[i], '@') != NULL && pieces[i][0] != '@')
      torg_text_append_address (terms, pieces[i]);
    else
      torg_text_append_terms (terms, pieces[i]);
  return terms->len > 0 ? g_strsplit (terms->str, " ", -1) : g_new0 (char *, 1);
}

/**
 * torg_terms_split:
 * @text: (nullable): what is looked for
 *
 * Splits what is looked for into folded words; the digits of a phone number are one.
 *
 * Returns: (transfer full): the words
 */
char **
torg_terms_split (const char *text)
{
  g_autoptr (GString) digits = NULL;
  char **words;

  if (text == NULL || !is_phone (text))
    return split_words (text);
  digits = g_string_new (NULL);
  for (const char *at = text; *at != '\0'; at++)
    if (g_ascii_isdigit (*at))
      g_string_append_c (digits, *at);
  words = g_new0 (char *, 2);
  words[0] = g_string_free_and_steal (g_steal_pointer (&digits));
  return words;
}

static void
append_number (GString *match, const char *digits)
{
  g_autofree char *reversed = g_strreverse (g_strdup (digits));

  g_string_append_printf (match, "(\"%s\"* OR \"r%s\"*", digits, reversed);
  /* «8» in front of a Russian number stands for +7. */
  if (digits[0] == '8' && strlen (digits) >= 4 && strlen (digits) <= 11)
    g_string_append_printf (match, " OR \"7%s\"*", digits + 1);
  g_string_append_c (match, ')');
}

/**
 * torg_terms_build_match:
 * @words: words of [func@terms_split], at least one
 *
 * Asks for them in the syntax of SQLite's FTS5: each word a prefix, all of them; a number also as the tail of one.
 *
 * Returns: (transfer full): a question
 */
char *
torg_terms_build_match (char **words)
{
  GString *match = g_string_new (NULL);

  for (guint i = 0; words[i] != NULL; i++)
    {
      if (match->len > 0)
        g_string_append (match, " AND ");
      if (is_digits (words[i]) && strlen (words[i]) >= 3)
        append_number (match, words[i]);
      else
        g_string_append_printf (match, "\"%s\"*", words[i]);
    }
  return g_string_free_and_steal (match);
}

/* A number may be the tail of one, and «8» stands for +7. */
static gboolean
has_number (char **terms, const char *digits)
{
  g_autofree char *tail = g_strconcat ("r", digits, NULL);
  g_autofree char *russian = g_strconcat ("7", digits + 1, NULL);
  gsize            n = strlen (digits);

  g_strreverse (tail + 1);
  for (guint i = 0; terms[i] != NULL; i++)
    if (g_str_has_prefix (terms[i], digits) || g_str_has_prefix (terms[i], tail) ||
        (digits[0] == '8' && n >= 4 && n <= 11 && g_str_has_prefix (terms[i], russian)))
      return TRUE;
  return FALSE;
}

/**
 * torg_terms_hold:
 * @terms: what a record is found by, as of [method@Record.dup_search_terms]
 * @words: words of [func@terms_split]
 *
 * Tells whether a record is found by words, as the indexes of the stores do.
 *
 * Returns: whether it is
 */
gboolean
torg_terms_hold (const char *terms, char **words)
{
  g_auto (GStrv) list = g_strsplit (terms, " ", -1);

  for (guint i = 0; words[i] != NULL; i++)
    {
      gboolean found = is_digits (words[i]) && strlen (words[i]) >= 3 && has_number (list, words[i]);

      for (guint j = 0; !found && list[j] != NULL; j++)
        found = g_str_has_prefix (list[j], words[i]);
      if (!found)
        return FALSE;
    }
  return TRUE;
}

/**
 * torg_terms_score:
 * @title: (nullable): what a record is called
 * @type: its type
 * @words: words of [func@terms_split]
 *
 * Tells how well a record fits: a whole word in its title counts most, then the beginning of one, then what it is.
 *
 * Returns: a score, more for what fits better
 */
int
torg_terms_score (const char *title, const TorgType *type, char **words)
{
  g_auto (GStrv) terms = torg_text_split_terms (title);
  const char *name = type->info->name;
  int         score = 0;

  for (guint i = 0; words[i] != NULL; i++)
    for (guint j = 0; terms[j] != NULL; j++)
      {
        if (strcmp (terms[j], words[i]) == 0)
          score += j == 0 ? 12 : 8;
        else if (g_str_has_prefix (terms[j], words[i]))
          score += j == 0 ? 6 : 4;
      }
  if (g_str_equal (name, "company") || g_str_equal (name, "person"))
    score += 3;
  else if (g_str_equal (name, "deal") || g_str_equal (name, "lead"))
    score += 2;
  else if (g_str_equal (name, "activity"))
    score -= 4;
  return score;
}
