/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "torg-import"

#include "config.h"

#include "torg-import-plan-private.h"
#include "torg-error.h"
#include "torg-money.h"
#include "torg-text.h"

#include <glib/gi18n-lib.h>
#include <string.h>

/* How many rows the guesses look at, where not all are needed. */
#define SAMPLE_ROWS 200

G_DEFINE_BOXED_TYPE (TorgImportPlan, torg_import_plan, torg_import_plan_ref, torg_import_plan_unref)

static void
column_free (gpointer data)
{
  TorgImportColumn *column = data;

  g_free (column->header);
  g_free (column->target);
  g_clear_pointer (&column->values, g_hash_table_unref);
  g_free (column);
}

static void
column_set_value (TorgImportColumn *column, const char *text, const char *value)
{
  if (column->values == NULL)
    column->values = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  g_hash_table_insert (column->values, g_strdup (text), g_strdup (value));
}

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

static gboolean
can_be_imported (const TorgField *field)
{
  /* A number of the own system is hidden in forms, but welcome. */
  return field->merge != TORG_MERGE_DERIVED &&
         ((field->flags & TORG_FIELD_HIDDEN) == 0 || g_str_equal (field->name, "number")) &&
         field->kind != TORG_KIND_FILE;
}

/* Whether records of one type hang on those of another: lines on deals, legal entities on companies. */
static const TorgField *
find_parent_field (const TorgType *child, const TorgType *parent)
{
  if (!g_str_equal (child->info->name, "deal_line") && !g_str_equal (child->info->name, "legal_entity"))
    return NULL;
  for (guint i = 0; i < child->n_fields; i++)
    if ((child->fields[i].flags & TORG_FIELD_KEYS) != 0 && g_strcmp0 (child->fields[i].target, parent->info->name) == 0)
      return &child->fields[i];
  return NULL;
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
    if (can_be_imported (&type->fields[i]))
      offer (&guess, score_name (&type->fields[i], words), NULL, type->fields[i].name);
  for (guint i = 0; i < torg_schema_get_n_types (schema); i++)
    {
      const TorgType  *child = torg_schema_nth (schema, i);
      const TorgField *parent = find_parent_field (child, type);

      for (guint j = 0; parent != NULL && j < child->n_fields; j++)
        if (can_be_imported (&child->fields[j]) && &child->fields[j] != parent)
          offer (&guess, score_name (&child->fields[j], words) - 20, child->info->name, child->fields[j].name);
    }
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

static void
guess_hints (TorgImportPlan *self, guint index)
{
  TorgImportColumn       *column = g_ptr_array_index (self->columns, index);
  const TorgField        *field = torg_import_plan_find_field (self, column->target, NULL);
  g_autofree const char **texts = NULL;
  guint                   n;

  column->ambiguous = FALSE;
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

static void
guess_columns (TorgImportPlan *self)
{
  guint  n = self->columns->len;
  Guess *guesses = g_new0 (Guess, n);

  for (guint i = 0; i < n; i++)
    guesses[i] =
      guess_target (self->schema, self->type, ((TorgImportColumn *) g_ptr_array_index (self->columns, i))->header);
  /* The surest first, so that a mere alias does not take a field from the column that bears its name. */
  for (int score = 100; score > 0; score--)
    for (guint i = 0; i < n; i++)
      {
        TorgImportColumn *column = g_ptr_array_index (self->columns, i);
        const TorgField  *field;

        if (guesses[i].score != score || column->target != NULL)
          continue;
        field = torg_import_plan_find_field (self, guesses[i].target, NULL);
        if (is_used (self, guesses[i].target, i) && !takes_several (field))
          continue;
        column->target = g_strdup (guesses[i].target);
        guess_hints (self, i);
        if (!fits (self, i, field, score == 100))
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
static guint
find_header_row (TorgSchema *schema, const TorgType *type, TorgTable *table, guint *n_named)
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
  static const char *const types[] = { "deal", "company", "person", "lead", "product", "activity" };
  const char              *best = types[1];
  guint                    n_best = 0;

  for (guint i = 0; i < G_N_ELEMENTS (types); i++)
    {
      guint n;

      find_header_row (schema, torg_schema_find (schema, types[i]), table, &n);
      if (n > n_best)
        {
          best = types[i];
          n_best = n;
        }
    }
  return g_strdup (best);
}

/**
 * torg_import_plan_guess:
 * @schema: the company's schema
 * @type: the name of a type
 * @table: a table
 *
 * Guesses how a table becomes records of a type: where its headers are, which fields they name in Russian or English,
 * and how each column writes numbers and dates, judged by all of its rows.
 *
 * Returns: (transfer full) (nullable): a plan; %NULL where there is no such type, or it is the history
 */
TorgImportPlan *
torg_import_plan_guess (TorgSchema *schema, const char *type, TorgTable *table)
{
  const TorgType *found = torg_schema_find (schema, type);
  TorgImportPlan *self;
  guint           header;

  if (found == NULL || g_str_equal (found->info->name, "history"))
    return NULL;
  self = g_new0 (TorgImportPlan, 1);
  g_atomic_ref_count_init (&self->refs);
  self->schema = torg_schema_ref (schema);
  self->type = found;
  self->table = torg_table_ref (table);
  self->columns = g_ptr_array_new_with_free_func (column_free);
  self->currency = g_strdup ("RUB");
  /* The directory of banks comes anew as a whole: what it says is so from then on. */
  if (g_str_equal (found->info->name, "bank"))
    self->duplicates = TORG_DUPLICATES_UPDATE;
  header = find_header_row (schema, found, table, NULL);
  self->first_row = header + 1;
  for (guint i = 0; i < torg_table_get_n_columns (table); i++)
    {
      TorgImportColumn *column = g_new0 (TorgImportColumn, 1);
      const char       *text = header < torg_table_get_n_rows (table) ? torg_table_get_text (table, header, i) : NULL;

      column->header = g_strstrip (g_strdup (text != NULL ? text : ""));
      column->hints.currency = self->currency;
      g_ptr_array_add (self->columns, column);
    }
  guess_columns (self);
  return self;
}

/**
 * torg_import_plan_copy:
 *
 * Copies a plan, to be carried out while the first one is changed.
 *
 * Returns: (transfer full): a new plan
 */
TorgImportPlan *
torg_import_plan_copy (TorgImportPlan *self)
{
  TorgImportPlan *copy = g_new0 (TorgImportPlan, 1);

  g_atomic_ref_count_init (&copy->refs);
  copy->schema = torg_schema_ref (self->schema);
  copy->type = self->type;
  copy->table = torg_table_ref (self->table);
  copy->first_row = self->first_row;
  copy->duplicates = self->duplicates;
  copy->columns = g_ptr_array_new_with_free_func (column_free);
  for (guint i = 0; i < self->columns->len; i++)
    {
      const TorgImportColumn *from = g_ptr_array_index (self->columns, i);
      TorgImportColumn       *column = g_new0 (TorgImportColumn, 1);

      column->header = g_strdup (from->header);
      column->target = g_strdup (from->target);
      column->hints = from->hints;
      column->ambiguous = from->ambiguous;
      if (from->values != NULL)
        {
          GHashTableIter iter;
          gpointer       text, value;

          g_hash_table_iter_init (&iter, from->values);
          while (g_hash_table_iter_next (&iter, &text, &value))
            column_set_value (column, text, value);
        }
      g_ptr_array_add (copy->columns, column);
    }
  torg_import_plan_set_currency (copy, self->currency);
  return copy;
}

/**
 * torg_import_plan_ref:
 *
 * Takes a reference.
 *
 * Returns: (transfer full): @self
 */
TorgImportPlan *
torg_import_plan_ref (TorgImportPlan *self)
{
  g_atomic_ref_count_inc (&self->refs);
  return self;
}

/**
 * torg_import_plan_unref:
 *
 * Gives a reference back.
 */
void
torg_import_plan_unref (TorgImportPlan *self)
{
  if (!g_atomic_ref_count_dec (&self->refs))
    return;
  g_ptr_array_unref (self->columns);
  torg_table_unref (self->table);
  torg_schema_unref (self->schema);
  g_free (self->currency);
  g_free (self);
}

/**
 * torg_import_plan_get_schema:
 *
 * Gives the schema that the plan was made for.
 *
 * Returns: (transfer none): the schema
 */
TorgSchema *
torg_import_plan_get_schema (TorgImportPlan *self)
{
  return self->schema;
}

/**
 * torg_import_plan_set_schema:
 * @schema: another schema, which has the plan's type and fields
 *
 * Lets a plan work with the schema of the store that it is carried out on.
 */
void
torg_import_plan_set_schema (TorgImportPlan *self, TorgSchema *schema)
{
  const char *name = self->type->info->name;

  torg_schema_ref (schema);
  self->type = torg_schema_find (schema, name);
  torg_schema_unref (self->schema);
  self->schema = schema;
}

/**
 * torg_import_plan_get_kind:
 *
 * Tells what the rows become.
 *
 * Returns: (transfer none): a type's name
 */
const char *
torg_import_plan_get_kind (TorgImportPlan *self)
{
  return self->type->info->name;
}

/**
 * torg_import_plan_get_table:
 *
 * Gives the table.
 *
 * Returns: (transfer none): the table
 */
TorgTable *
torg_import_plan_get_table (TorgImportPlan *self)
{
  return self->table;
}

/**
 * torg_import_plan_get_first_row:
 *
 * Tells where the rows begin, after the headers.
 *
 * Returns: an index of the table's rows
 */
guint
torg_import_plan_get_first_row (TorgImportPlan *self)
{
  return self->first_row;
}

/**
 * torg_import_plan_get_n_columns:
 *
 * Counts the columns.
 *
 * Returns: how many
 */
guint
torg_import_plan_get_n_columns (TorgImportPlan *self)
{
  return self->columns->len;
}

/**
 * torg_import_plan_get_column:
 * @index: a column
 *
 * Tells what becomes of a column.
 *
 * Returns: (transfer none): the column
 */
TorgImportColumn *
torg_import_plan_get_column (TorgImportPlan *self, guint index)
{
  return g_ptr_array_index (self->columns, index);
}

/**
 * torg_import_plan_get_sample:
 * @index: a column
 *
 * Gives the first text of a column.
 *
 * Returns: (transfer none) (nullable): a text; %NULL for an empty column
 */
const char *
torg_import_plan_get_sample (TorgImportPlan *self, guint index)
{
  guint end = MIN (torg_table_get_n_rows (self->table), self->first_row + SAMPLE_ROWS);

  for (guint row = self->first_row; row < end; row++)
    {
      const char *text = torg_table_get_text (self->table, row, index);

      if (text != NULL && *text != '\0')
        return text;
    }
  return NULL;
}

/**
 * torg_import_plan_set_target:
 * @index: a column
 * @target: (nullable): see [struct@ImportColumn]
 *
 * Says what becomes of a column, and guesses how its texts are to be understood then. What was to be taken instead of
 * them is forgotten where it becomes another field.
 */
void
torg_import_plan_set_target (TorgImportPlan *self, guint index, const char *target)
{
  TorgImportColumn *column = g_ptr_array_index (self->columns, index);

  if (g_set_str (&column->target, target))
    g_clear_pointer (&column->values, g_hash_table_unref);
  guess_hints (self, index);
}

/**
 * torg_import_plan_get_value:
 * @index: a column
 * @text: a text of it
 *
 * Tells what is taken instead of a text.
 *
 * Returns: (transfer none) (nullable): a value; %NULL where the text is taken as it is
 */
const char *
torg_import_plan_get_value (TorgImportPlan *self, guint index, const char *text)
{
  TorgImportColumn *column = g_ptr_array_index (self->columns, index);

  return column->values != NULL ? g_hash_table_lookup (column->values, text) : NULL;
}

/**
 * torg_import_plan_set_value:
 * @index: a column
 * @text: a text of it, as in the file
 * @value: (nullable): an id, a name or a choice; %TORG_IMPORT_NOTHING to leave the field empty; %NULL to take the text
 *   as it is
 *
 * Says what is taken instead of a text.
 */
void
torg_import_plan_set_value (TorgImportPlan *self, guint index, const char *text, const char *value)
{
  TorgImportColumn *column = g_ptr_array_index (self->columns, index);

  if (value != NULL)
    column_set_value (column, text, value);
  else if (column->values != NULL)
    g_hash_table_remove (column->values, text);
}

/**
 * torg_import_plan_get_duplicates:
 *
 * Tells what is done with rows whose record is known.
 *
 * Returns: what
 */
TorgDuplicates
torg_import_plan_get_duplicates (TorgImportPlan *self)
{
  return self->duplicates;
}

/**
 * torg_import_plan_set_duplicates:
 * @duplicates: what to do
 *
 * Says what is done with rows whose record is known.
 */
void
torg_import_plan_set_duplicates (TorgImportPlan *self, TorgDuplicates duplicates)
{
  self->duplicates = duplicates;
}

/**
 * torg_import_plan_get_currency:
 *
 * Tells the currency of amounts without one.
 *
 * Returns: (transfer none): ISO 4217
 */
const char *
torg_import_plan_get_currency (TorgImportPlan *self)
{
  return self->currency;
}

/**
 * torg_import_plan_set_currency:
 * @currency: ISO 4217
 *
 * Says the currency of amounts without one.
 */
void
torg_import_plan_set_currency (TorgImportPlan *self, const char *currency)
{
  g_set_str (&self->currency, currency);
  for (guint i = 0; i < self->columns->len; i++)
    ((TorgImportColumn *) g_ptr_array_index (self->columns, i))->hints.currency = self->currency;
}

/**
 * torg_import_plan_find_field:
 * @target: (nullable): see [struct@ImportColumn]
 * @type: (out) (optional) (transfer none): the type that the field is of
 *
 * Finds the field that a target names.
 *
 * Returns: (transfer none) (nullable): the field; %NULL for what is none
 */
const TorgField *
torg_import_plan_find_field (TorgImportPlan *self, const char *target, const TorgType **type)
{
  const TorgType *found = self->type;
  const char     *dot = target != NULL ? strchr (target, '.') : NULL;

  if (target == NULL)
    return NULL;
  if (dot != NULL)
    {
      g_autofree char *name = g_strndup (target, dot - target);

      found = torg_schema_find (self->schema, name);
      if (found == NULL || find_parent_field (found, self->type) == NULL)
        return NULL;
      target = dot + 1;
    }
  if (type != NULL)
    *type = found;
  return torg_type_find_field (found, target);
}

/**
 * torg_import_plan_list_targets:
 *
 * Lists what a column can become.
 *
 * Returns: (transfer full): targets, as in [struct@ImportColumn]
 */
char **
torg_import_plan_list_targets (TorgImportPlan *self)
{
  g_autoptr (GStrvBuilder) targets = g_strv_builder_new ();

  if (g_str_equal (self->type->info->name, "person"))
    g_strv_builder_add (targets, TORG_IMPORT_FULL_NAME);
  for (guint i = 0; i < self->type->n_fields; i++)
    if (can_be_imported (&self->type->fields[i]))
      g_strv_builder_add (targets, self->type->fields[i].name);
  for (guint i = 0; i < torg_schema_get_n_types (self->schema); i++)
    {
      const TorgType  *child = torg_schema_nth (self->schema, i);
      const TorgField *parent = find_parent_field (child, self->type);

      for (guint j = 0; parent != NULL && j < child->n_fields; j++)
        if (can_be_imported (&child->fields[j]) && &child->fields[j] != parent)
          g_strv_builder_take (targets, g_strconcat (child->info->name, ".", child->fields[j].name, NULL));
    }
  g_strv_builder_add (targets, "+");
  return g_strv_builder_end (targets);
}

/**
 * torg_import_plan_dup_target_label:
 * @target: (nullable): see [struct@ImportColumn]
 *
 * Tells what a target is called.
 *
 * Returns: (transfer full): words in the user's language
 */
char *
torg_import_plan_dup_target_label (TorgImportPlan *self, const char *target)
{
  const TorgType  *type = NULL;
  const TorgField *field;

  if (target == NULL)
    return g_strdup (_ ("Leave out"));
  if (g_str_equal (target, "+"))
    return g_strdup (_ ("New field"));
  if (g_str_equal (target, TORG_IMPORT_FULL_NAME))
    return g_strdup (_ ("Surname and first name"));
  field = torg_import_plan_find_field (self, target, &type);
  if (field == NULL)
    return g_strdup (target);
  if (type == self->type)
    return g_strdup (torg_field_get_label (field));
  return g_strdup_printf ("%s: %s", torg_type_get_label (type), torg_field_get_label (field));
}
