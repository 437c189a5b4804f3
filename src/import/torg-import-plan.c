/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "torg-import"

#include "config.h"

#include "torg-import-plan-private.h"
#include "torg-import-source.h"

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

/* Columns and their headers anew; @row may be %TORG_IMPORT_NO_HEADER. */
static void
read_headers (TorgImportPlan *self, guint row)
{
  g_ptr_array_set_size (self->columns, 0);
  self->header_row = row;
  self->first_row = row == TORG_IMPORT_NO_HEADER ? 0 : row + 1;
  for (guint i = 0; i < torg_table_get_n_columns (self->table); i++)
    {
      TorgImportColumn *column = g_new0 (TorgImportColumn, 1);

      if (row == TORG_IMPORT_NO_HEADER)
        /* Translators: a column of a file that has no headers */
        column->header = g_strdup_printf (_ ("Column %u"), i + 1);
      else
        column->header = g_strstrip (g_strdup (torg_table_get_text (self->table, row, i)));
      column->hints.currency = self->currency;
      g_ptr_array_add (self->columns, column);
    }
  torg_import_guess_columns (self);
}

/**
 * torg_import_plan_guess:
 * @schema: the company's schema
 * @type: the name of a type
 * @table: a table
 *
 * Guesses how a table becomes records of a type: where its headers are, which fields they name in Russian or English,
 * or as a known program writes them, and how each column writes numbers and dates, judged by all of its rows.
 *
 * Returns: (transfer full) (nullable): a plan; %NULL where there is no such type, or it is the history
 */
TorgImportPlan *
torg_import_plan_guess (TorgSchema *schema, const char *type, TorgTable *table)
{
  const TorgType         *found = torg_schema_find (schema, type);
  const TorgImportSource *source;
  TorgImportPlan         *self;
  guint                   header;

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
  source = torg_import_source_recognise (table, &header);
  if (source == NULL || !g_str_equal (source->type, type))
    header = torg_import_find_header_row (schema, found, table, NULL);
  read_headers (self, header);
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
  copy->header_row = self->header_row;
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
      column->told = from->told;
      column->known = from->known;
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
 * torg_import_plan_get_header_row:
 *
 * Tells which row the headers are.
 *
 * Returns: an index of the table's rows, or %TORG_IMPORT_NO_HEADER
 */
guint
torg_import_plan_get_header_row (TorgImportPlan *self)
{
  return self->header_row;
}

/**
 * torg_import_plan_set_header_row:
 * @row: an index of the table's rows, or %TORG_IMPORT_NO_HEADER
 *
 * Says which row the headers are, and guesses the columns anew by them.
 */
void
torg_import_plan_set_header_row (TorgImportPlan *self, guint row)
{
  g_return_if_fail (row == TORG_IMPORT_NO_HEADER || row < torg_table_get_n_rows (self->table));
  read_headers (self, row);
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
  torg_import_guess_hints (self, index);
}

/**
 * torg_import_plan_set_date_order:
 * @index: a column
 * @order: the order of day, month and year
 *
 * Says how the dates of a column are written, where they could be read either way.
 */
void
torg_import_plan_set_date_order (TorgImportPlan *self, guint index, TorgDateOrder order)
{
  TorgImportColumn *column = g_ptr_array_index (self->columns, index);

  column->hints.date_order = order;
  column->ambiguous = FALSE;
  column->told = TRUE;
}

/**
 * torg_import_plan_find_ambiguous:
 *
 * Finds a column whose dates could be read either way, which has to be settled before it is imported.
 *
 * Returns: its index, or %G_MAXUINT
 */
guint
torg_import_plan_find_ambiguous (TorgImportPlan *self)
{
  for (guint i = 0; i < self->columns->len; i++)
    if (((TorgImportColumn *) g_ptr_array_index (self->columns, i))->ambiguous)
      return i;
  return G_MAXUINT;
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
 * @value: (nullable): an id, a name or a choice; %TORG_IMPORT_NOTHING to leave the field empty; %TORG_IMPORT_NEW for
 *   nothing that is only nearly called so; %NULL to take the text as it is
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
      if (found == NULL || torg_import_find_parent_field (found, self->type) == NULL)
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
  if (g_str_equal (self->type->info->name, "lead"))
    g_strv_builder_add (targets, TORG_IMPORT_NAME_PART);
  if (torg_import_has_amounts (self->type))
    g_strv_builder_add (targets, TORG_IMPORT_CURRENCY);
  for (guint i = 0; i < self->type->n_fields; i++)
    if (torg_import_can_take (&self->type->fields[i]))
      g_strv_builder_add (targets, self->type->fields[i].name);
  for (guint i = 0; i < torg_schema_get_n_types (self->schema); i++)
    {
      const TorgType  *child = torg_schema_nth (self->schema, i);
      const TorgField *parent = torg_import_find_parent_field (child, self->type);

      for (guint j = 0; parent != NULL && j < child->n_fields; j++)
        if (torg_import_can_take (&child->fields[j]) && &child->fields[j] != parent)
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
  if (g_str_equal (target, TORG_IMPORT_CURRENCY))
    return g_strdup (_ ("Currency of the amounts"));
  if (g_str_equal (target, TORG_IMPORT_NAME_PART))
    return g_strdup (_ ("Part of the name"));
  field = torg_import_plan_find_field (self, target, &type);
  if (field == NULL)
    return g_strdup (target);
  if (type == self->type)
    return g_strdup (torg_field_get_label (field));
  return g_strdup_printf ("%s: %s", torg_type_get_label (type), torg_field_get_label (field));
}
