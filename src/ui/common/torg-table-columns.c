/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "torg-ui"

#include "config.h"

#include "torg-table-columns.h"

#include <glib/gi18n-lib.h>

#define MIN_WIDTH 56

typedef struct
{
  const TorgField *field;
  int              width;
} Column;

struct _TorgTableColumns
{
  GObject parent_instance;

  GSettings      *settings; /* (owned) */
  TorgSchema     *schema;   /* (owned) */
  const TorgType *type;
  GArray         *columns; /* (owned) (element-type Column) */
  char           *sort;    /* (owned) (nullable) */
  gboolean        descending;
};

G_DEFINE_FINAL_TYPE (TorgTableColumns, torg_table_columns, G_TYPE_OBJECT)

enum
{
  SIGNAL_CHANGED,
  SIGNAL_SORTED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

static int
usual_width (const TorgField *field)
{
  if ((field->flags & TORG_FIELD_TITLE) != 0)
    return field->index == 0 ? 260 : 140;
  switch (field->kind)
    {
      case TORG_KIND_MONEY:
        return 130;
      case TORG_KIND_NUMBER:
      case TORG_KIND_DATE:
      case TORG_KIND_CHOICE:
        return 110;
      case TORG_KIND_MOMENT:
      case TORG_KIND_ZONED:
        return 140;
      case TORG_KIND_REF:
      case TORG_KIND_PHONE:
      case TORG_KIND_EMAIL:
        return 180;
      default:
        return 150;
    }
}

static void
add_column (TorgTableColumns *self, const TorgField *field, int width)
{
  Column column = { field, width > 0 ? MAX (width, MIN_WIDTH) : usual_width (field) };

  g_array_append_val (self->columns, column);
}

/* What the program keeps itself is not shown, but for when something is to be done with a deal. */
static gboolean
can_show (const TorgField *field)
{
  if (g_str_equal (field->name, "next_at"))
    return TRUE;
  return (field->flags & (TORG_FIELD_HIDDEN | TORG_FIELD_MULTILINE)) == 0 && field->kind != TORG_KIND_FILE;
}

static gboolean
shown_first (const TorgField *field)
{
  return can_show (field) && ((field->flags & TORG_FIELD_LIST) != 0 || g_str_equal (field->name, "next_at"));
}

static void
load (TorgTableColumns *self)
{
  g_autoptr (GVariant) all = g_settings_get_value (self->settings, "columns");
  g_autofree const char **items = NULL;

  if (g_variant_lookup (all, self->type->info->name, "^a&s", &items))
    for (guint i = 0; items[i] != NULL; i++)
      {
        g_auto (GStrv) parts = g_strsplit (items[i], ":", 2);
        const TorgField *field = torg_type_find_field (self->type, parts[0]);

        if (field != NULL && can_show (field))
          add_column (self, field, parts[1] != NULL ? atoi (parts[1]) : 0);
      }
  if (self->columns->len > 0)
    return;
  for (guint i = 0; i < self->type->n_fields; i++)
    if (shown_first (&self->type->fields[i]))
      add_column (self, &self->type->fields[i], 0);
}

static void
save (TorgTableColumns *self)
{
  g_autoptr (GVariant) all = g_settings_get_value (self->settings, "columns");
  GVariantDict    dict;
  GVariantBuilder builder;
  GVariantIter    iter;
  const char     *type;
  GVariant       *value;

  g_variant_builder_init (&builder, G_VARIANT_TYPE ("as"));
  for (guint i = 0; i < self->columns->len; i++)
    {
      const Column *column = &g_array_index (self->columns, Column, i);

      g_variant_builder_add_value (
        &builder, g_variant_new_take_string (g_strdup_printf ("%s:%d", column->field->name, column->width)));
    }
  g_variant_dict_init (&dict, NULL);
  g_variant_iter_init (&iter, all);
  while (g_variant_iter_loop (&iter, "{&s@as}", &type, &value))
    g_variant_dict_insert_value (&dict, type, value);
  g_variant_dict_insert_value (&dict, self->type->info->name, g_variant_builder_end (&builder));
  {
    g_autoptr (GVariant) untyped = g_variant_ref_sink (g_variant_dict_end (&dict));
    GVariantBuilder typed;
    GVariant       *boxed;

    g_variant_builder_init (&typed, G_VARIANT_TYPE ("a{sas}"));
    g_variant_iter_init (&iter, untyped);
    while (g_variant_iter_loop (&iter, "{&sv}", &type, &boxed))
      g_variant_builder_add (&typed, "{s@as}", type, boxed);
    g_settings_set_value (self->settings, "columns", g_variant_builder_end (&typed));
  }
}

static void
torg_table_columns_finalize (GObject *object)
{
  TorgTableColumns *self = TORG_TABLE_COLUMNS (object);

  g_clear_object (&self->settings);
  g_clear_pointer (&self->schema, torg_schema_unref);
  g_array_unref (self->columns);
  g_free (self->sort);
  G_OBJECT_CLASS (torg_table_columns_parent_class)->finalize (object);
}

static void
torg_table_columns_class_init (TorgTableColumnsClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = torg_table_columns_finalize;

  signals[SIGNAL_CHANGED] =
    g_signal_new ("changed", TORG_TYPE_TABLE_COLUMNS, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[SIGNAL_SORTED] =
    g_signal_new ("sorted", TORG_TYPE_TABLE_COLUMNS, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
torg_table_columns_init (TorgTableColumns *self)
{
  self->columns = g_array_new (FALSE, FALSE, sizeof (Column));
}

/**
 * torg_table_columns_new:
 * @settings: where the choice is kept
 * @schema: the schema
 * @type: the name of a type
 *
 * Makes the columns of a table as they were last time.
 *
 * Returns: (transfer full): new columns
 */
TorgTableColumns *
torg_table_columns_new (GSettings *settings, TorgSchema *schema, const char *type)
{
  TorgTableColumns *self = g_object_new (TORG_TYPE_TABLE_COLUMNS, NULL);

  self->settings = g_object_ref (settings);
  self->schema = torg_schema_ref (schema);
  self->type = torg_schema_find (schema, type);
  load (self);
  /* What is looked up by its name stands in the order of names. */
  for (guint i = 0; i < self->type->n_fields && self->sort == NULL; i++)
    if ((self->type->fields[i].flags & TORG_FIELD_MATCH) != 0 && (self->type->fields[i].flags & TORG_FIELD_TITLE) != 0)
      self->sort = g_strdup (self->type->fields[i].name);
  return self;
}

/**
 * torg_table_columns_get_kind:
 *
 * Tells what the rows are.
 *
 * Returns: (transfer none): a type
 */
const TorgType *
torg_table_columns_get_kind (TorgTableColumns *self)
{
  return self->type;
}

/**
 * torg_table_columns_get_n:
 *
 * Counts the columns.
 *
 * Returns: how many
 */
guint
torg_table_columns_get_n (TorgTableColumns *self)
{
  return self->columns->len;
}

/**
 * torg_table_columns_get_field:
 * @index: a column
 *
 * Tells what a column shows.
 *
 * Returns: (transfer none): a field
 */
const TorgField *
torg_table_columns_get_field (TorgTableColumns *self, guint index)
{
  return g_array_index (self->columns, Column, index).field;
}

/**
 * torg_table_columns_get_width:
 * @index: a column
 * @total: the width of the table; the first column takes what is left over
 *
 * Tells how wide a column is.
 *
 * Returns: pixels
 */
int
torg_table_columns_get_width (TorgTableColumns *self, guint index, int total)
{
  int width = g_array_index (self->columns, Column, index).width;

  return index == 0 ? width + MAX (0, total - torg_table_columns_get_total (self)) : width;
}

/**
 * torg_table_columns_set_width:
 * @index: a column
 * @width: pixels
 *
 * Makes a column wider or narrower.
 */
void
torg_table_columns_set_width (TorgTableColumns *self, guint index, int width)
{
  g_array_index (self->columns, Column, index).width = MAX (width, MIN_WIDTH);
  save (self);
  g_signal_emit (self, signals[SIGNAL_CHANGED], 0);
}

/**
 * torg_table_columns_get_total:
 *
 * Tells how wide all columns are at least.
 *
 * Returns: pixels
 */
int
torg_table_columns_get_total (TorgTableColumns *self)
{
  int total = 0;

  for (guint i = 0; i < self->columns->len; i++)
    total += g_array_index (self->columns, Column, i).width;
  return total;
}

/**
 * torg_table_columns_set_fields:
 * @names: names of fields, in order
 *
 * Chooses the columns; those that were there keep their widths.
 */
void
torg_table_columns_set_fields (TorgTableColumns *self, const char *const *names)
{
  g_autoptr (GArray) old = g_steal_pointer (&self->columns);

  self->columns = g_array_new (FALSE, FALSE, sizeof (Column));
  for (guint i = 0; names[i] != NULL; i++)
    {
      const TorgField *field = torg_type_find_field (self->type, names[i]);
      int              width = 0;

      for (guint j = 0; j < old->len; j++)
        if (g_array_index (old, Column, j).field == field)
          width = g_array_index (old, Column, j).width;
      if (field != NULL)
        add_column (self, field, width);
    }
  save (self);
  g_signal_emit (self, signals[SIGNAL_CHANGED], 0);
}

/**
 * torg_table_columns_get_sort:
 * @descending: (out): whether the largest come first
 *
 * Tells by what the rows are sorted.
 *
 * Returns: (transfer none) (nullable): the name of a field
 */
const char *
torg_table_columns_get_sort (TorgTableColumns *self, gboolean *descending)
{
  *descending = self->descending;
  return self->sort;
}

/**
 * torg_table_columns_sort:
 * @field: the name of a field
 * @descending: whether the largest come first
 *
 * Sorts the rows.
 */
void
torg_table_columns_sort (TorgTableColumns *self, const char *field, gboolean descending)
{
  g_set_str (&self->sort, field);
  self->descending = descending;
  g_signal_emit (self, signals[SIGNAL_SORTED], 0);
}

/**
 * torg_table_columns_list_all:
 *
 * Lists what could be shown: first what is, then the rest.
 *
 * Returns: (transfer container) (element-type TorgField): fields
 */
GPtrArray *
torg_table_columns_list_all (TorgTableColumns *self)
{
  GPtrArray *fields = g_ptr_array_new ();

  for (guint i = 0; i < self->columns->len; i++)
    g_ptr_array_add (fields, (gpointer) torg_table_columns_get_field (self, i));
  for (guint i = 0; i < self->type->n_fields; i++)
    if (can_show (&self->type->fields[i]) && !g_ptr_array_find (fields, &self->type->fields[i], NULL))
      g_ptr_array_add (fields, (gpointer) &self->type->fields[i]);
  return fields;
}

/**
 * torg_table_columns_get_label:
 * @field: a field
 *
 * Tells what a column is called.
 *
 * Returns: (transfer none): words
 */
const char *
torg_table_columns_get_label (const TorgField *field)
{
  return g_str_equal (field->name, "next_at") ? _ ("Next step") : torg_field_get_label (field);
}

/**
 * torg_table_columns_is_numeric:
 * @field: a field
 *
 * Tells whether a column is aligned at its end.
 *
 * Returns: whether it is
 */
gboolean
torg_table_columns_is_numeric (const TorgField *field)
{
  return field->kind == TORG_KIND_MONEY || field->kind == TORG_KIND_NUMBER;
}
