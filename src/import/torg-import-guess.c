/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "torg-import"

#include "config.h"

#include "torg-import-plan-private.h"
#include "torg-import-source.h"
#include "torg-money.h"
#include "torg-text.h"

#include <string.h>

/* What a file is a list of, where its headers are and which fields its columns are, as it looks. */

/* How many rows the guesses look at, where not all are needed. */
#define SAMPLE_ROWS 200

/* --- names of columns ------------------------------------------------------------------------------------------- */

/* The letters and digits of a header: `Close_Date:`, `close date` and `closeDate` are the same. */
char *
torg_import_normalise_header (const char *header)
{
  g_auto (GStrv) words = torg_text_split_terms (header);

  return g_strjoinv (NULL, words);
}

/* The place of a header among the aliases, which begin with the surest, or -1. */
static int
find_alias (const char *aliases, const char *header)
{
  g_auto (GStrv) list = aliases != NULL ? g_strsplit (aliases, "|", -1) : NULL;

  for (guint i = 0; list != NULL && list[i] != NULL; i++)
    {
      g_autofree char *alias = torg_import_normalise_header (list[i]);

      if (g_str_equal (alias, header))
        return (int) i;
    }
  return -1;
}

/* How well a header names a field: 0 is not at all. */
static int
score_name (const TorgField *field, const char *header)
{
  g_autofree char *label = torg_import_normalise_header (torg_field_get_label (field));
  g_autofree char *english = torg_import_normalise_header (field->label);
  g_autofree char *name = torg_import_normalise_header (field->name);
  int              place;

  if (g_str_equal (header, name) || g_str_equal (header, english) || g_str_equal (header, label))
    return 100;
  place = find_alias (field->aliases, header);
  return place >= 0 ? 90 - MIN (place, 9) : 0;
}

gboolean
torg_import_can_take (const TorgField *field)
{
  /* A number of the own system is hidden in forms, but welcome. */
  return field->merge != TORG_MERGE_DERIVED &&
         ((field->flags & TORG_FIELD_HIDDEN) == 0 || g_str_equal (field->name, "number")) &&
         field->kind != TORG_KIND_FILE;
}

/* Whether records of one type hang on those of another: lines on deals, legal entities on companies. */
const TorgField *
torg_import_find_parent_field (const TorgType *child, const TorgType *parent)
{
  if (!g_str_equal (child->info->name, "deal_line") && !g_str_equal (child->info->name, "legal_entity"))
    return NULL;
  for (guint i = 0; i < child->n_fields; i++)
    if ((child->fields[i].flags & TORG_FIELD_KEYS) != 0 && g_strcmp0 (child->fields[i].target, parent->info->name) == 0)
      return &child->fields[i];
  return NULL;
}

/* Whether a type has amounts, so that a row may say their currency. */
gboolean
torg_import_has_amounts (const TorgType *type)
{
  for (guint i = 0; i < type->n_fields; i++)
    if (type->fields[i].kind == TORG_KIND_MONEY)
      return TRUE;
  return FALSE;
}

typedef struct
{
  int   score;
  char *target; /* (owned) */
} Guess;

static void
offer (Guess *guess, int score, const char *prefix, const char *name)
{
  if (score <= guess->score)
    return;
  g_free (guess->target);
  guess->score = score;
  guess->target = prefix != NULL ? g_strconcat (prefix, ".", name, NULL) : g_strdup (name);
}

static Guess
guess_target (TorgSchema *schema, const TorgType *type, const char *header)
{
  g_autofree char *words = torg_import_normalise_header (header);
  Guess            guess = { 0, NULL };

  if (*words == '\0')
    return guess;
  for (guint i = 0; i < type->n_fields; i++)
    if (torg_import_can_take (&type->fields[i]))
      offer (&guess, score_name (&type->fields[i], words), NULL, type->fields[i].name);
  for (guint i = 0; i < torg_schema_get_n_types (schema); i++)
    {
      const TorgType  *child = torg_schema_nth (schema, i);
      const TorgField *parent = torg_import_find_parent_field (child, type);

      for (guint j = 0; parent != NULL && j < child->n_fields; j++)
        if (torg_import_can_take (&child->fields[j]) && &child->fields[j] != parent)
          offer (&guess, score_name (&child->fields[j], words) - 20, child->info->name, child->fields[j].name);
    }
  if (torg_import_has_amounts (type) && (g_str_equal (words, "валюта") || g_str_equal (words, "currency")))
    offer (&guess, 90, NULL, TORG_IMPORT_CURRENCY);
  return guess;
}

/* --- what is in the columns ------------------------------------------------------------------------------------- */

static const char **
dup_texts (TorgImportPlan *self, guint column, guint max_rows, guint *n)
{
  return torg_table_dup_column (self->table, column, self->first_row, max_rows, n);
}

/* Of amounts that all have one mark before three digits, it splits thousands: no currency has thousandths in use. */
static TorgDecimal
guess_amounts (const char *const *texts, guint n)
{
  gboolean    ambiguous;
  TorgDecimal decimal = torg_decimal_guess (texts, n, &ambiguous);

  if (decimal != TORG_DECIMAL_AUTO || !ambiguous)
    return decimal;
  for (guint i = 0; i < n; i++)
    if (texts[i] != NULL && strchr (texts[i], ',') != NULL)
      return TORG_DECIMAL_POINT;
  return TORG_DECIMAL_COMMA;
}

void
torg_import_guess_hints (TorgImportPlan *self, guint index)
{
  TorgImportColumn       *column = g_ptr_array_index (self->columns, index);
  const TorgField        *field = torg_import_plan_find_field (self, column->target, NULL);
  g_autofree const char **texts = NULL;
  guint                   n;

  column->ambiguous = column->told = FALSE;
  if (field == NULL)
    return;
  texts = dup_texts (self, index, G_MAXUINT, &n);
  if (field->kind == TORG_KIND_DATE || field->kind == TORG_KIND_MOMENT || field->kind == TORG_KIND_ZONED)
    column->hints.date_order = torg_date_guess_order (texts, n, &column->ambiguous);
  else if (field->kind == TORG_KIND_MONEY)
    column->hints.decimal = guess_amounts (texts, n);
  else if (field->kind == TORG_KIND_NUMBER)
    column->hints.decimal = torg_decimal_guess (texts, n, NULL);
}

/*
 * Whether most of a column's texts can be values of a field: a column called «Сумма» that holds words is no amount.
 * Where it bears the field's own name, one is enough: the other rows fail, and say why.
 */
static gboolean
fits (TorgImportPlan *self, guint index, const TorgField *field, gboolean by_name)
{
  TorgImportColumn       *column = g_ptr_array_index (self->columns, index);
  g_autofree const char **texts = NULL;
  guint                   n, n_filled = 0, n_good = 0;

  if (field->kind != TORG_KIND_MONEY && field->kind != TORG_KIND_NUMBER && field->kind != TORG_KIND_DATE &&
      field->kind != TORG_KIND_MOMENT && field->kind != TORG_KIND_ZONED)
    return TRUE;
  texts = dup_texts (self, index, SAMPLE_ROWS, &n);
  for (guint i = 0; i < n; i++)
    {
      g_auto (TorgValue) value = TORG_VALUE_INIT;

      if (texts[i] == NULL || *texts[i] == '\0')
        continue;
      n_filled++;
      if (torg_field_parse (field, texts[i], &column->hints, &value, NULL))
        n_good++;
    }
  return n_filled == 0 || n_good * 2 >= n_filled || (by_name && n_good > 0);
}

/* Numbers that are names: of a telephone, an account, an article with zeros in front. */
static gboolean
is_code (const char *text)
{
  guint n_digits = 0;

  for (const char *at = text; *at != '\0'; at++)
    n_digits += g_ascii_isdigit (*at);
  return text[0] == '+' || (text[0] == '0' && g_ascii_isdigit (text[1])) || n_digits > 9;
}

static gboolean
all_fit (const TorgField *field, const TorgTextHints *hints, const char *const *texts, guint n)
{
  guint n_filled = 0;

  for (guint i = 0; i < n; i++)
    {
      g_auto (TorgValue) value = TORG_VALUE_INIT;

      if (texts[i] == NULL || *texts[i] == '\0')
        continue;
      n_filled++;
      if ((field->kind == TORG_KIND_NUMBER && (is_code (texts[i]) || strchr (texts[i], '%') != NULL)) ||
          !(field->kind == TORG_KIND_MONEY
              ? torg_money_parse (texts[i], NULL, hints->decimal, &value, NULL) /* has to name its currency */
              : torg_field_parse (field, texts[i], hints, &value, NULL)))
        return FALSE;
    }
  return n_filled > 0;
}

/**
 * torg_import_plan_guess_kind:
 * @index: a column
 *
 * Guesses what a new field for a column should hold, from all of its texts.
 *
 * Returns: a number, money, a date, or text where any text is none of these
 */
TorgKind
torg_import_plan_guess_kind (TorgImportPlan *self, guint index)
{
  static const TorgKind   kinds[] = { TORG_KIND_NUMBER, TORG_KIND_DATE, TORG_KIND_MONEY };
  TorgTextHints           hints = ((TorgImportColumn *) g_ptr_array_index (self->columns, index))->hints;
  g_autofree const char **texts = NULL;
  guint                   n;

  texts = dup_texts (self, index, G_MAXUINT, &n);
  hints.date_order = torg_date_guess_order (texts, n, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++)
    {
      const TorgField field = { .name = "new", .kind = kinds[i], .label = "new" };

      hints.decimal = kinds[i] == TORG_KIND_MONEY ? guess_amounts (texts, n) : torg_decimal_guess (texts, n, NULL);
      if (all_fit (&field, &hints, texts, n))
        return kinds[i];
    }
  return TORG_KIND_TEXT;
}

static gboolean
is_used (TorgImportPlan *self, const char *target, guint but)
{
  for (guint i = 0; i < self->columns->len; i++)
    if (i != but && g_strcmp0 (((TorgImportColumn *) g_ptr_array_index (self->columns, i))->target, target) == 0)
      return TRUE;
  return FALSE;
}

/* Phones, e-mails, notes and tags of several columns are put together. */
static gboolean
takes_several (const TorgField *field)
{
  return field->kind == TORG_KIND_PHONE || field->kind == TORG_KIND_EMAIL || field->kind == TORG_KIND_SET ||
         (field->flags & TORG_FIELD_MULTILINE) != 0;
}

static gboolean
has_several_words (TorgImportPlan *self, guint index)
{
  g_autofree const char **texts = NULL;
  guint                   n, n_filled = 0, n_several = 0;

  texts = dup_texts (self, index, SAMPLE_ROWS, &n);
  for (guint i = 0; i < n; i++)
    if (texts[i] != NULL && *texts[i] != '\0')
      {
        n_filled++;
        n_several += strchr (texts[i], ' ') != NULL;
      }
  return n_filled > 0 && n_several * 2 > n_filled;
}

/* A file of a known program is taken by what that program writes. */
static void
take_known_columns (TorgImportPlan *self)
{
  const TorgImportSource *source = torg_import_source_recognise (self->table, NULL);

  if (source == NULL || !g_str_equal (source->type, self->type->info->name))
    return;
  for (guint i = 0; i < self->columns->len; i++)
    {
      TorgImportColumn *column = g_ptr_array_index (self->columns, i);
      const char       *target;

      if (!torg_import_source_find (source, column->header, &target))
        continue;
      column->known = TRUE;
      column->target = g_strdup (target);
      torg_import_guess_hints (self, i);
    }
}

void
torg_import_guess_columns (TorgImportPlan *self)
{
  guint  n = self->columns->len;
  Guess *guesses = g_new0 (Guess, n);

  take_known_columns (self);

  for (guint i = 0; i < n; i++)
    guesses[i] =
      guess_target (self->schema, self->type, ((TorgImportColumn *) g_ptr_array_index (self->columns, i))->header);
  /* The surest first, so that a mere alias does not take a field from the column that bears its name. */
  for (int score = 100; score > 0; score--)
    for (guint i = 0; i < n; i++)
      {
        TorgImportColumn *column = g_ptr_array_index (self->columns, i);
        const TorgField  *field;

        if (guesses[i].score != score || column->target != NULL || column->known)
          continue;
        field = torg_import_plan_find_field (self, guesses[i].target, NULL);
        if (is_used (self, guesses[i].target, i) && (field == NULL || !takes_several (field)))
          continue;
        column->target = g_strdup (guesses[i].target);
        torg_import_guess_hints (self, i);
        if (field != NULL && !fits (self, i, field, score == 100))
          g_clear_pointer (&column->target, g_free);
      }
  for (guint i = 0; i < n; i++)
    g_free (guesses[i].target);
  g_free (guesses);
  if (!g_str_equal (self->type->info->name, "person") || is_used (self, "surname", G_MAXUINT))
    return;
  for (guint i = 0; i < n; i++)
    {
      TorgImportColumn *column = g_ptr_array_index (self->columns, i);

      if (g_strcmp0 (column->target, "name") == 0 && has_several_words (self, i))
        g_set_str (&column->target, TORG_IMPORT_FULL_NAME);
    }
}

/* The headers are in the first of the first ten rows that names most fields; the first filled one where none does. */
guint
torg_import_find_header_row (TorgSchema *schema, const TorgType *type, TorgTable *table, guint *n_named)
{
  guint best = 0, n_best = 0, first = G_MAXUINT;

  for (guint row = 0; row < MIN (torg_table_get_n_rows (table), 10); row++)
    {
      g_autoptr (GHashTable) targets = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
      g_autoptr (GHashTable) texts = g_hash_table_new (g_str_hash, g_str_equal);
      guint n = 0, n_odd = 0;

      if (torg_table_row_is_empty (table, row))
        continue;
      if (first == G_MAXUINT)
        first = row;
      for (guint column = 0; column < torg_table_get_width (table, row); column++)
        {
          const char *text = torg_table_get_text (table, row, column);
          Guess       guess = guess_target (schema, type, text);

          /* Headers differ from each other and are words: “No” all along a row is an answer, not a number. */
          if (guess.score > 0 && g_hash_table_add (targets, guess.target))
            n++;
          else if (guess.score <= 0)
            g_free (guess.target);
          n_odd += text != NULL && *text != '\0' &&
                   (torg_table_get_kind (table, row, column) != TORG_CELL_TEXT || g_ascii_isdigit (*text) ||
                    !g_hash_table_add (texts, (gpointer) text));
        }
      if (n > n_odd && n > n_best)
        {
          best = row;
          n_best = n;
        }
    }
  if (n_named != NULL)
    *n_named = n_best;
  return n_best > 0 ? best : first == G_MAXUINT ? 0 : first;
}

/**
 * torg_import_guess_type:
 * @table: a table
 *
 * Guesses what a table is a list of, from its headers.
 *
 * Returns: (transfer full): the name of a type: `company`, `person`, `lead`, `deal`, `product` or `activity`
 */
char *
torg_import_guess_type (TorgSchema *schema, TorgTable *table)
{
  const TorgImportSource  *source = torg_import_source_recognise (table, NULL);
  static const char *const types[] = { "deal", "company", "person", "lead", "product", "activity" };
  const char              *best = types[1];
  guint                    n_best = 0;

  if (source != NULL)
    return g_strdup (source->type);
  for (guint i = 0; i < G_N_ELEMENTS (types); i++)
    {
      guint n;

      torg_import_find_header_row (schema, torg_schema_find (schema, types[i]), table, &n);
      if (n > n_best)
        {
          best = types[i];
          n_best = n;
        }
    }
  return g_strdup (best);
}
