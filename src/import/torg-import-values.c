/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "torg-import"

#include "config.h"

#include "torg-import-values.h"
#include "torg-import-refs.h"

#include <string.h>

/* How many texts of a column are worth asking about. */
#define MAX_TEXTS 300

static void
text_free (gpointer data)
{
  TorgImportText *text = data;

  g_free (text->text);
  g_free (text->found);
  g_free (text);
}

static void
option_free (gpointer data)
{
  TorgImportOption *option = data;

  g_free (option->value);
  g_free (option->label);
  g_free (option);
}

/**
 * torg_import_values_free:
 * @self: (transfer full): what stands in a column
 *
 * Frees what was found in a column.
 */
void
torg_import_values_free (TorgImportValues *self)
{
  g_ptr_array_unref (self->texts);
  g_ptr_array_unref (self->options);
  g_free (self);
}

/* Fields that take one of a few: what has thousands is matched by its name alone. */
static gboolean
takes_one_of_few (const TorgField *field)
{
  static const char *const few[] = { "stage", "pipeline", "dictionary", "user", "department",
                                     "tag",   "vat_rate", "own_entity", NULL };
  g_autofree char         *target = NULL;

  if (field->kind == TORG_KIND_CHOICE)
    return field->choices != NULL;
  if ((field->kind != TORG_KIND_REF && field->kind != TORG_KIND_SET) || field->target == NULL ||
      (field->flags & TORG_FIELD_CUSTOM) != 0)
    return FALSE;
  target = torg_field_dup_target_type (field);
  return g_strv_contains (few, target);
}

static void
add_option (TorgImportValues *self, const char *value, char *label)
{
  TorgImportOption *option = g_new0 (TorgImportOption, 1);

  option->value = g_strdup (value);
  option->label = label;
  g_ptr_array_add (self->options, option);
}

static gboolean
read_options (TorgImportValues *self,
              TorgImportRefs   *refs,
              const TorgType   *type,
              const TorgField  *field,
              GError          **error)
{
  g_autoptr (GPtrArray) records = NULL;

  if (field->kind == TORG_KIND_CHOICE)
    {
      for (const TorgChoice *choice = field->choices; choice->key != NULL; choice++)
        add_option (self, choice->key, g_strdup (torg_field_get_choice_label (field, choice->key)));
      return TRUE;
    }
  records = torg_import_refs_list (refs, type, field, error);
  for (guint i = 0; records != NULL && i < records->len; i++)
    {
      TorgRecord *record = g_ptr_array_index (records, i);

      add_option (self, torg_record_get_id (record), torg_record_dup_title (record));
    }
  return records != NULL;
}

static gboolean
find_text (TorgImportText         *text,
           TorgImportRefs         *refs,
           const TorgType         *type,
           const TorgField        *field,
           const TorgImportColumn *column,
           GError                **error)
{
  g_auto (TorgValue) value = TORG_VALUE_INIT;

  if (torg_import_is_placeholder (text->text))
    text->found = g_strdup (TORG_IMPORT_NOTHING);
  else if (field->kind != TORG_KIND_CHOICE)
    return torg_import_refs_find (refs, type, field, NULL, text->text, &text->found, error);
  else if (torg_field_parse (field, text->text, &column->hints, &value, NULL))
    text->found = g_strdup (value.text);
  return TRUE;
}

static int
compare_texts (gconstpointer a, gconstpointer b)
{
  const TorgImportText *one = *(const TorgImportText *const *) a;
  const TorgImportText *other = *(const TorgImportText *const *) b;

  if ((one->found == NULL) != (other->found == NULL))
    return one->found == NULL ? -1 : 1;
  if (one->n != other->n)
    return one->n > other->n ? -1 : 1;
  return strcmp (one->text, other->text);
}

/* The texts of a column, counted. A cell that lists several tags is no single value. */
static void
count_texts (TorgImportValues *self, TorgImportPlan *plan, const TorgField *field)
{
  g_autoptr (GHashTable) counted = g_hash_table_new (g_str_hash, g_str_equal);
  g_autofree const char **texts = NULL;
  guint                   n;

  texts = torg_table_dup_column (torg_import_plan_get_table (plan), self->column, torg_import_plan_get_first_row (plan),
                                 G_MAXUINT, &n);
  for (guint i = 0; i < n; i++)
    {
      TorgImportText *text;

      if (texts[i] == NULL || *texts[i] == '\0' || (field->kind == TORG_KIND_SET && strpbrk (texts[i], ",;") != NULL))
        continue;
      text = g_hash_table_lookup (counted, texts[i]);
      if (text == NULL && self->texts->len < MAX_TEXTS)
        {
          text = g_new0 (TorgImportText, 1);
          text->text = g_strdup (texts[i]);
          g_ptr_array_add (self->texts, text);
          g_hash_table_insert (counted, text->text, text);
        }
      if (text != NULL)
        text->n++;
    }
}

static TorgImportFallback
get_fallback (const TorgField *field)
{
  if (field->kind == TORG_KIND_CHOICE)
    return (field->flags & TORG_FIELD_REQUIRED) != 0 ? TORG_IMPORT_FALLBACK_FAIL : TORG_IMPORT_FALLBACK_EMPTY;
  return torg_import_can_make (field) ? TORG_IMPORT_FALLBACK_MAKE : TORG_IMPORT_FALLBACK_FAIL;
}

static TorgImportValues *
read_column (TorgImportPlan  *plan,
             guint            index,
             TorgImportRefs  *refs,
             const TorgType  *type,
             const TorgField *field,
             GError         **error)
{
  g_autoptr (TorgImportValues) self = g_new0 (TorgImportValues, 1);

  self->column = index;
  self->fallback = get_fallback (field);
  /* Stage and pipeline are required, but filled where a row does not say them. */
  self->can_be_empty = field->kind != TORG_KIND_CHOICE || (field->flags & TORG_FIELD_REQUIRED) == 0;
  self->texts = g_ptr_array_new_with_free_func (text_free);
  self->options = g_ptr_array_new_with_free_func (option_free);
  count_texts (self, plan, field);
  for (guint i = 0; i < self->texts->len; i++)
    if (!find_text (g_ptr_array_index (self->texts, i), refs, type, field, torg_import_plan_get_column (plan, index),
                    error))
      return NULL;
  g_ptr_array_sort (self->texts, compare_texts);
  if (!read_options (self, refs, type, field, error))
    return NULL;
  return g_steal_pointer (&self);
}

/**
 * torg_import_values_read:
 * @plan: how a table becomes records
 * @store: the store that is to be imported into
 * @error: place for an error
 *
 * Tells what stands in the columns whose texts are names of one of a few, and what each would be taken for.
 *
 * Returns: (transfer full) (nullable) (element-type TorgImportValues): the columns that hold any such text
 */
GPtrArray *
torg_import_values_read (TorgImportPlan *plan, TorgStore *store, GError **error)
{
  g_autoptr (GPtrArray) columns = g_ptr_array_new_with_free_func ((GDestroyNotify) torg_import_values_free);
  g_autoptr (TorgImportRefs) refs = torg_import_refs_new (store);

  for (guint i = 0; i < torg_import_plan_get_n_columns (plan); i++)
    {
      const TorgType  *type = NULL;
      const TorgField *field = torg_import_plan_find_field (plan, torg_import_plan_get_column (plan, i)->target, &type);
      TorgImportValues *values;

      if (field == NULL || !takes_one_of_few (field))
        continue;
      values = read_column (plan, i, refs, type, field, error);
      if (values == NULL)
        return NULL;
      if (values->texts->len > 0)
        g_ptr_array_add (columns, values);
      else
        torg_import_values_free (values);
    }
  return g_steal_pointer (&columns);
}

/* In the counting thread. */
static gpointer
read_values (TorgStore *store, gpointer data, GCancellable *cancellable, GError **error)
{
  return torg_import_values_read (data, store, error);
}

/**
 * torg_import_values_async:
 * @replica: an open replica
 * @plan: how a table becomes records; not to be changed meanwhile
 * @cancellable: (nullable): to stop it
 * @callback: called when it is done
 * @data: for @callback
 *
 * Does [func@import_values_read] off the main thread.
 */
void
torg_import_values_async (TorgReplica        *replica,
                          TorgImportPlan     *plan,
                          GCancellable       *cancellable,
                          GAsyncReadyCallback callback,
                          gpointer            data)
{
  torg_replica_call_async (replica, TORG_LANE_COUNT, read_values, torg_import_plan_ref (plan),
                           (GDestroyNotify) torg_import_plan_unref, (GDestroyNotify) g_ptr_array_unref, cancellable,
                           callback, data);
}

/**
 * torg_import_values_finish:
 * @error: place for an error
 *
 * Finishes [func@import_values_async].
 *
 * Returns: (transfer full) (nullable) (element-type TorgImportValues): the columns
 */
GPtrArray *
torg_import_values_finish (TorgReplica *replica, GAsyncResult *result, GError **error)
{
  return torg_replica_call_finish (replica, result, error);
}
