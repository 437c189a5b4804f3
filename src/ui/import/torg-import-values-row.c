/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "torg-ui"

#include "config.h"

#include "torg-import-values-row.h"

#include <glib/gi18n-lib.h>

/* What a text can be taken for: labels, and the plan's values behind them. */
typedef struct
{
  GtkStringList *labels; /* (owned) */
  GPtrArray     *values; /* (owned) (element-type utf8) (nullable): belong to the options */
} Choices;

struct _TorgImportValuesRow
{
  AdwExpanderRow parent_instance;

  TorgImportPlan   *plan;    /* (owned) */
  TorgImportValues *values;  /* (owned) */
  Choices           known;   /* of texts that something is called by */
  Choices           unknown; /* of those that nothing is */
  gboolean          filled;
};

G_DEFINE_FINAL_TYPE (TorgImportValuesRow, torg_import_values_row, ADW_TYPE_EXPANDER_ROW)

enum
{
  SIGNAL_CHANGED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

static void
add_choice (Choices *choices, const char *value, const char *label)
{
  gtk_string_list_append (choices->labels, label);
  g_ptr_array_add (choices->values, (gpointer) value);
}

static void
fill_choices (TorgImportValuesRow *self, Choices *choices, gboolean known)
{
  TorgImportFallback fallback = self->values->fallback;

  choices->labels = gtk_string_list_new (NULL);
  choices->values = g_ptr_array_new ();
  if (!known && fallback == TORG_IMPORT_FALLBACK_MAKE)
    add_choice (choices, NULL, _ ("Create"));
  else if (!known && fallback == TORG_IMPORT_FALLBACK_FAIL)
    add_choice (choices, NULL, _ ("Do not import these rows"));
  if (self->values->can_be_empty)
    add_choice (choices, !known && fallback == TORG_IMPORT_FALLBACK_EMPTY ? NULL : TORG_IMPORT_NOTHING,
                _ ("Leave empty"));
  for (guint i = 0; i < self->values->options->len; i++)
    {
      TorgImportOption *option = g_ptr_array_index (self->values->options, i);

      add_choice (choices, option->value, option->label);
    }
}

static const char *
get_value (TorgImportValuesRow *self, TorgImportText *text)
{
  const char *value = torg_import_plan_get_value (self->plan, self->values->column, text->text);

  return value != NULL ? value : text->found;
}

static void
update_subtitle (TorgImportValuesRow *self)
{
  guint            n = self->values->texts->len, n_unknown = 0;
  g_autofree char *all = g_strdup_printf (ngettext ("%u value", "%u values", n), n);
  g_autofree char *text = NULL;

  for (guint i = 0; i < n; i++)
    n_unknown += get_value (self, g_ptr_array_index (self->values->texts, i)) == NULL;
  if (n_unknown > 0)
    text = g_strdup_printf (ngettext ("%s, %u not found", "%s, %u not found", n_unknown), all, n_unknown);
  adw_expander_row_set_subtitle (ADW_EXPANDER_ROW (self), text != NULL ? text : all);
}

static void
selected_cb (TorgImportValuesRow *self, GParamSpec *pspec, AdwComboRow *row)
{
  TorgImportText *text = g_object_get_data (G_OBJECT (row), "torg-text");
  Choices        *choices = text->found != NULL ? &self->known : &self->unknown;
  guint           selected = adw_combo_row_get_selected (row);

  if (selected >= choices->values->len)
    return;
  torg_import_plan_set_value (self->plan, self->values->column, text->text,
                              g_ptr_array_index (choices->values, selected));
  update_subtitle (self);
  g_signal_emit (self, signals[SIGNAL_CHANGED], 0);
}

static void
add_text (TorgImportValuesRow *self, TorgImportText *text)
{
  Choices         *choices = text->found != NULL ? &self->known : &self->unknown;
  const char      *value = get_value (self, text);
  GtkWidget       *row = adw_combo_row_new ();
  g_autofree char *rows = g_strdup_printf (ngettext ("%u row", "%u rows", text->n), text->n);
  g_autoptr (GtkExpression) words = gtk_property_expression_new (GTK_TYPE_STRING_OBJECT, NULL, "string");

  adw_preferences_row_set_use_markup (ADW_PREFERENCES_ROW (row), FALSE);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), text->text);
  adw_action_row_set_subtitle (ADW_ACTION_ROW (row), rows);
  adw_combo_row_set_model (ADW_COMBO_ROW (row), G_LIST_MODEL (choices->labels));
  adw_combo_row_set_expression (ADW_COMBO_ROW (row), words); /* the search looks there */
  adw_combo_row_set_search_match_mode (ADW_COMBO_ROW (row), GTK_STRING_FILTER_MATCH_MODE_SUBSTRING);
  adw_combo_row_set_enable_search (ADW_COMBO_ROW (row), TRUE);
  for (guint i = 0; i < choices->values->len; i++)
    if (g_strcmp0 (g_ptr_array_index (choices->values, i), value) == 0)
      adw_combo_row_set_selected (ADW_COMBO_ROW (row), i);
  g_object_set_data (G_OBJECT (row), "torg-text", text);
  g_signal_connect_object (row, "notify::selected", G_CALLBACK (selected_cb), self, G_CONNECT_SWAPPED);
  adw_expander_row_add_row (ADW_EXPANDER_ROW (self), row);
}

/* A column can hold hundreds of texts: their rows are made when they are to be seen. */
static void
expanded_cb (TorgImportValuesRow *self)
{
  if (self->filled || !adw_expander_row_get_expanded (ADW_EXPANDER_ROW (self)))
    return;
  self->filled = TRUE;
  for (guint i = 0; i < self->values->texts->len; i++)
    add_text (self, g_ptr_array_index (self->values->texts, i));
}

static void
torg_import_values_row_finalize (GObject *object)
{
  TorgImportValuesRow *self = TORG_IMPORT_VALUES_ROW (object);

  for (Choices *choices = &self->known; choices != NULL; choices = choices == &self->known ? &self->unknown : NULL)
    {
      g_clear_object (&choices->labels);
      g_clear_pointer (&choices->values, g_ptr_array_unref);
    }
  g_clear_pointer (&self->values, torg_import_values_free);
  g_clear_pointer (&self->plan, torg_import_plan_unref);
  G_OBJECT_CLASS (torg_import_values_row_parent_class)->finalize (object);
}

static void
torg_import_values_row_class_init (TorgImportValuesRowClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = torg_import_values_row_finalize;

  signals[SIGNAL_CHANGED] =
    g_signal_new ("changed", TORG_TYPE_IMPORT_VALUES_ROW, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
torg_import_values_row_init (TorgImportValuesRow *self)
{
  adw_preferences_row_set_use_markup (ADW_PREFERENCES_ROW (self), FALSE);
  g_signal_connect (self, "notify::expanded", G_CALLBACK (expanded_cb), NULL);
}

/**
 * torg_import_values_row_new:
 * @plan: the plan that the user changes
 * @values: (transfer full): what stands in one of its columns
 *
 * Makes a row that unfolds to what each text of a column is taken for; it begins unfolded where rows would be lost.
 *
 * Returns: a new row
 */
GtkWidget *
torg_import_values_row_new (TorgImportPlan *plan, TorgImportValues *values)
{
  TorgImportValuesRow *self = g_object_new (TORG_TYPE_IMPORT_VALUES_ROW, NULL);
  TorgImportText      *first = g_ptr_array_index (values->texts, 0);

  self->plan = torg_import_plan_ref (plan);
  self->values = values;
  fill_choices (self, &self->known, TRUE);
  fill_choices (self, &self->unknown, FALSE);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (self),
                                 torg_import_plan_get_column (plan, values->column)->header);
  update_subtitle (self);
  adw_expander_row_set_expanded (ADW_EXPANDER_ROW (self),
                                 values->fallback == TORG_IMPORT_FALLBACK_FAIL && first->found == NULL);
  return GTK_WIDGET (self);
}
