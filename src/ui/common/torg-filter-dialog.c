/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "torg-ui"

#include "config.h"

#include "torg-filter-dialog.h"
#include "torg-choose-dialog.h"
#include "torg-dialog-focus.h"
#include "torg-field-text.h"
#include "torg-filter-words.h"
#include "torg-value-text.h"

#include <glib/gi18n-lib.h>

struct _TorgFilterDialog
{
  AdwDialog parent_instance;

  GtkWidget           *accept_button;
  AdwComboRow         *op;
  AdwComboRow         *period;
  AdwEntryRow         *from; /* or the text itself */
  AdwEntryRow         *to;
  AdwPreferencesGroup *values;
  GtkWidget           *add_button;

  TorgSession *session; /* (owned) */
  char        *type;    /* (owned) */
  char        *path;    /* (owned) */
  TorgField    field;   /* its kind and choices; what they point to lives as long as the schema */
  TorgSchema  *schema;  /* (owned): of the field */
  GHashTable  *titles;  /* (owned): ids → what the records are called; shared with whoever asks */
  GPtrArray   *chosen;  /* (owned) (element-type char): the values of a choice, reference or set */
  GPtrArray   *rows;    /* (owned) (element-type GtkWidget): one for each; belong to the group */
  GArray      *ops;     /* (owned) (element-type TorgFilterOp): in the order of the rows of @op */
  gboolean     ask;     /* for a value, once it is shown */
};

G_DEFINE_FINAL_TYPE (TorgFilterDialog, torg_filter_dialog, ADW_TYPE_DIALOG)

enum
{
  SIGNAL_ACCEPTED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

static void show_values (TorgFilterDialog *self);

static TorgFilterOp
get_op (TorgFilterDialog *self)
{
  guint index = adw_combo_row_get_selected (self->op);

  return index < self->ops->len ? g_array_index (self->ops, TorgFilterOp, index) : TORG_FILTER_EMPTY;
}

/* Reads a bound as a filter holds it; NULL where it cannot be read. */
static char *
read_bound (TorgFilterDialog *self, AdwEntryRow *row)
{
  TorgField   bound = torg_filter_words_get_bound (&self->field);
  const char *text = gtk_editable_get_text (GTK_EDITABLE (row));
  g_auto (TorgValue) value = TORG_VALUE_INIT;
  gboolean good = torg_value_text_parse (self->session, &bound, text, &value, NULL);

  if (good)
    gtk_widget_remove_css_class (GTK_WIDGET (row), "error");
  else
    gtk_widget_add_css_class (GTK_WIDGET (row), "error");
  return good ? torg_field_to_plain (&bound, &value, NULL) : NULL;
}

static TorgFilter *
make_filter (TorgFilterDialog *self)
{
  TorgFilterOp op = get_op (self);
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  g_auto (GStrv) values = NULL;

  if (op == TORG_FILTER_IS || op == TORG_FILTER_IS_NOT)
    for (guint i = 0; i < self->chosen->len; i++)
      g_strv_builder_add (builder, g_ptr_array_index (self->chosen, i));
  else if (op == TORG_FILTER_HAS)
    g_strv_builder_take (builder, g_strstrip (g_strdup (gtk_editable_get_text (GTK_EDITABLE (self->from)))));
  else if (op == TORG_FILTER_PERIOD)
    g_strv_builder_add (builder, torg_filter_get_periods ()[adw_combo_row_get_selected (self->period)].key);
  else if (op == TORG_FILTER_BETWEEN)
    {
      g_autofree char *low = read_bound (self, self->from);
      g_autofree char *high = read_bound (self, self->to);

      if (low == NULL || high == NULL)
        return NULL;
      g_strv_builder_add (builder, low);
      g_strv_builder_add (builder, high);
    }
  values = g_strv_builder_end (builder);
  return torg_filter_new (self->path, op, (const char *const *) values);
}

static void
update (TorgFilterDialog *self)
{
  TorgFilterOp    op = get_op (self);
  TorgFilterSense sense = torg_filter_words_get_sense (self->session);
  g_autoptr (TorgFilter) filter = make_filter (self);

  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (self->from), op == TORG_FILTER_HAS ? _ ("Text") : _ ("From"));
  gtk_widget_set_visible (GTK_WIDGET (self->from), op == TORG_FILTER_HAS || op == TORG_FILTER_BETWEEN);
  gtk_widget_set_visible (GTK_WIDGET (self->to), op == TORG_FILTER_BETWEEN);
  gtk_widget_set_visible (GTK_WIDGET (self->period), op == TORG_FILTER_PERIOD);
  gtk_widget_set_visible (GTK_WIDGET (self->values), op == TORG_FILTER_IS || op == TORG_FILTER_IS_NOT);
  gtk_widget_set_sensitive (self->accept_button,
                            filter != NULL &&
                              torg_filter_is_valid (filter, &sense, torg_schema_find (sense.schema, self->type), NULL));
}

static void
changed_cb (TorgFilterDialog *self)
{
  if (self->session != NULL && self->ops->len > 0)
    update (self);
}

static void
accept_cb (TorgFilterDialog *self)
{
  update (self);
  if (!gtk_widget_get_sensitive (self->accept_button))
    return;
  g_object_ref (self);
  g_signal_emit (self, signals[SIGNAL_ACCEPTED], 0);
  adw_dialog_close (ADW_DIALOG (self));
  g_object_unref (self);
}

static void
remove_value_cb (TorgFilterDialog *self, GtkWidget *button)
{
  GtkWidget *row = gtk_widget_get_ancestor (button, ADW_TYPE_ACTION_ROW);
  guint      index;

  if (!g_ptr_array_find (self->rows, row, &index))
    return;
  g_ptr_array_remove_index (self->chosen, index);
  show_values (self);
  gtk_widget_grab_focus (self->add_button);
}

static void
show_values (TorgFilterDialog *self)
{
  for (guint i = 0; i < self->rows->len; i++)
    adw_preferences_group_remove (self->values, g_ptr_array_index (self->rows, i));
  g_ptr_array_set_size (self->rows, 0);
  for (guint i = 0; i < self->chosen->len; i++)
    {
      GtkWidget       *row = adw_action_row_new ();
      GtkWidget       *button = gtk_button_new_from_icon_name ("edit-delete-symbolic");
      g_autofree char *title =
        torg_filter_words_value (self->session, &self->field, g_ptr_array_index (self->chosen, i), self->titles);

      adw_preferences_row_set_use_markup (ADW_PREFERENCES_ROW (row), FALSE);
      adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), title);
      gtk_widget_set_tooltip_text (button, _ ("Remove"));
      gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, _ ("Remove"), -1);
      gtk_widget_set_valign (button, GTK_ALIGN_CENTER);
      gtk_widget_add_css_class (button, "flat");
      g_signal_connect_object (button, "clicked", G_CALLBACK (remove_value_cb), self, G_CONNECT_SWAPPED);
      adw_action_row_add_suffix (ADW_ACTION_ROW (row), button);
      adw_preferences_group_add (self->values, row);
      g_ptr_array_add (self->rows, row);
    }
  update (self);
}

static void
chosen_cb (TorgFilterDialog *self, const char *id, const char *title)
{
  const char *value = id != NULL ? id : TORG_FILTER_ME;

  if (self->session == NULL)
    return;
  if (id != NULL && title != NULL)
    g_hash_table_insert (self->titles, g_strdup (id), g_strdup (title));
  if (!g_ptr_array_find_with_equal_func (self->chosen, value, g_str_equal, NULL))
    g_ptr_array_add (self->chosen, g_strdup (value));
  show_values (self);
  gtk_widget_grab_focus (self->accept_button);
}

static void
add_value_cb (TorgFilterDialog *self)
{
  g_autofree char *target = torg_field_dup_target_type (&self->field);
  TorgField        field = self->field;
  AdwDialog       *dialog;

  if (field.kind == TORG_KIND_CHOICE)
    {
      dialog = torg_choose_dialog_new (self->session, torg_field_get_label (&field));
      torg_choose_dialog_set_choices (TORG_CHOOSE_DIALOG (dialog), &self->field);
    }
  else if (target == NULL)
    return;
  else if (g_str_equal (target, "user"))
    {
      dialog = torg_choose_dialog_new (self->session, torg_field_get_label (&field));
      torg_choose_dialog_allow_none (TORG_CHOOSE_DIALOG (dialog), _ ("Whoever looks"));
      torg_choose_dialog_set_records (TORG_CHOOSE_DIALOG (dialog),
                                      torg_lookup_list (torg_session_get_lookup (self->session), "user"));
    }
  else
    {
      /* Nothing is another condition. */
      field.flags |= TORG_FIELD_REQUIRED;
      dialog = torg_choose_dialog_new_for_field (self->session, &field, self->type);
    }
  g_signal_connect_object (dialog, "chosen", G_CALLBACK (chosen_cb), self, G_CONNECT_SWAPPED);
  adw_dialog_present (dialog, GTK_WIDGET (self));
}

static gboolean
ask_cb (gpointer data)
{
  TorgFilterDialog *self = data;

  if (self->session != NULL && gtk_widget_get_mapped (GTK_WIDGET (self)))
    add_value_cb (self);
  return G_SOURCE_REMOVE;
}

static void
torg_filter_dialog_map (GtkWidget *widget)
{
  TorgFilterDialog *self = TORG_FILTER_DIALOG (widget);

  GTK_WIDGET_CLASS (torg_filter_dialog_parent_class)->map (widget);
  if (self->ask)
    {
      self->ask = FALSE;
      /* The dialog takes the keyboard when it is there. */
      g_idle_add_full (G_PRIORITY_LOW, ask_cb, g_object_ref (self), g_object_unref);
    }
}

static void
torg_filter_dialog_dispose (GObject *object)
{
  TorgFilterDialog *self = TORG_FILTER_DIALOG (object);

  g_clear_object (&self->session);
  gtk_widget_dispose_template (GTK_WIDGET (object), TORG_TYPE_FILTER_DIALOG);
  G_OBJECT_CLASS (torg_filter_dialog_parent_class)->dispose (object);
}

static void
torg_filter_dialog_finalize (GObject *object)
{
  TorgFilterDialog *self = TORG_FILTER_DIALOG (object);

  g_free (self->type);
  g_free (self->path);
  g_clear_pointer (&self->schema, torg_schema_unref);
  g_clear_pointer (&self->titles, g_hash_table_unref);
  g_ptr_array_unref (self->chosen);
  g_ptr_array_unref (self->rows);
  g_array_unref (self->ops);
  G_OBJECT_CLASS (torg_filter_dialog_parent_class)->finalize (object);
}

static void
torg_filter_dialog_class_init (TorgFilterDialogClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = torg_filter_dialog_dispose;
  G_OBJECT_CLASS (klass)->finalize = torg_filter_dialog_finalize;
  widget_class->map = torg_filter_dialog_map;
  gtk_widget_class_set_template_from_resource (widget_class, "/org/torgcrm/Torg/ui/common/torg-filter-dialog.ui");
  gtk_widget_class_bind_template_child (widget_class, TorgFilterDialog, accept_button);
  gtk_widget_class_bind_template_child (widget_class, TorgFilterDialog, op);
  gtk_widget_class_bind_template_child (widget_class, TorgFilterDialog, period);
  gtk_widget_class_bind_template_child (widget_class, TorgFilterDialog, from);
  gtk_widget_class_bind_template_child (widget_class, TorgFilterDialog, to);
  gtk_widget_class_bind_template_child (widget_class, TorgFilterDialog, values);
  gtk_widget_class_bind_template_child (widget_class, TorgFilterDialog, add_button);
  gtk_widget_class_bind_template_callback (widget_class, accept_cb);
  gtk_widget_class_bind_template_callback (widget_class, add_value_cb);
  gtk_widget_class_bind_template_callback (widget_class, changed_cb);
  gtk_widget_class_bind_template_callback (widget_class, adw_dialog_close);

  signals[SIGNAL_ACCEPTED] =
    g_signal_new ("accepted", TORG_TYPE_FILTER_DIALOG, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
torg_filter_dialog_init (TorgFilterDialog *self)
{
  self->chosen = g_ptr_array_new_with_free_func (g_free);
  self->rows = g_ptr_array_new ();
  self->ops = g_array_new (FALSE, FALSE, sizeof (TorgFilterOp));
  gtk_widget_init_template (GTK_WIDGET (self));
}

static void
fill (TorgFilterDialog *self, const TorgFilter *filter)
{
  TorgField         bound = torg_filter_words_get_bound (&self->field);
  TorgTextHints     hints = { .decimal = TORG_DECIMAL_POINT };
  AdwEntryRow      *entries[] = { self->from, self->to };
  const TorgChoice *periods = torg_filter_get_periods ();

  for (guint i = 0; i < self->ops->len; i++)
    if (g_array_index (self->ops, TorgFilterOp, i) == filter->op)
      adw_combo_row_set_selected (self->op, i);
  for (guint i = 0; filter->values[i] != NULL; i++)
    if (filter->op == TORG_FILTER_IS || filter->op == TORG_FILTER_IS_NOT)
      g_ptr_array_add (self->chosen, g_strdup (filter->values[i]));
    else if (filter->op == TORG_FILTER_HAS && i == 0)
      gtk_editable_set_text (GTK_EDITABLE (self->from), filter->values[i]);
    else if (filter->op == TORG_FILTER_BETWEEN && i < 2)
      {
        g_auto (TorgValue) value = TORG_VALUE_INIT;
        g_autofree char *text = NULL;

        if (torg_field_parse (&bound, filter->values[i], &hints, &value, NULL))
          text = torg_value_text_edit (&bound, &value);
        gtk_editable_set_text (GTK_EDITABLE (entries[i]), text != NULL ? text : "");
      }
  for (guint i = 0; filter->op == TORG_FILTER_PERIOD && filter->values[0] != NULL && periods[i].key != NULL; i++)
    if (g_str_equal (periods[i].key, filter->values[0]))
      adw_combo_row_set_selected (self->period, i);
}

static void
build_models (TorgFilterDialog *self)
{
  g_autoptr (GtkStringList) ops = gtk_string_list_new (NULL);
  g_autoptr (GtkStringList) periods = gtk_string_list_new (NULL);
  /* What is asked most comes first. */
  static const TorgFilterOp order[] = { TORG_FILTER_IS,      TORG_FILTER_IS_NOT, TORG_FILTER_HAS,   TORG_FILTER_PERIOD,
                                        TORG_FILTER_BETWEEN, TORG_FILTER_EMPTY,  TORG_FILTER_FILLED };

  for (guint i = 0; i < G_N_ELEMENTS (order); i++)
    if (torg_filter_takes (&self->field, order[i]))
      {
        gtk_string_list_append (ops, torg_filter_get_op_label (&self->field, order[i]));
        g_array_append_val (self->ops, order[i]);
      }
  for (const TorgChoice *period = torg_filter_get_periods (); period->key != NULL; period++)
    gtk_string_list_append (periods, _ (period->label));
  adw_combo_row_set_model (self->period, G_LIST_MODEL (periods));
  adw_combo_row_set_model (self->op, G_LIST_MODEL (ops));
}

/**
 * torg_filter_dialog_new:
 * @session: the session
 * @type: the name of the type that is filtered
 * @path: a path of it
 * @filter: (nullable): what it begins with
 * @titles: what records are called, by their ids; the dialog adds those that are chosen
 *
 * Makes the dialog.
 *
 * Returns: (nullable): a new dialog; %NULL where there is no such field
 */
AdwDialog *
torg_filter_dialog_new (TorgSession      *session,
                        const char       *type,
                        const char       *path,
                        const TorgFilter *filter,
                        GHashTable       *titles)
{
  TorgSchema       *schema = torg_session_get_schema (session);
  TorgFilterDialog *self;
  TorgPath          found;
  g_autofree char  *label = NULL;
  TorgFilterOp      op;

  if (!torg_path_find (schema, torg_schema_find (schema, type), path, &found))
    return NULL;
  label = torg_path_dup_label (&found);
  self = g_object_new (TORG_TYPE_FILTER_DIALOG, "title", label, NULL);
  self->session = g_object_ref (session);
  self->schema = torg_schema_ref (schema);
  self->type = g_strdup (type);
  self->path = g_strdup (path);
  self->field = *found.field;
  self->titles = g_hash_table_ref (titles);
  build_models (self);
  if (filter != NULL)
    fill (self, filter);
  op = get_op (self);
  self->ask = filter == NULL && op == TORG_FILTER_IS;
  if (!self->ask)
    torg_dialog_focus_set (ADW_DIALOG (self), op == TORG_FILTER_PERIOD ? GTK_WIDGET (self->period)
                                              : op == TORG_FILTER_HAS || op == TORG_FILTER_BETWEEN
                                                ? GTK_WIDGET (self->from)
                                                : GTK_WIDGET (self->op));
  show_values (self);
  return ADW_DIALOG (self);
}

/**
 * torg_filter_dialog_dup_filter:
 *
 * Gives what was set.
 *
 * Returns: (transfer full) (nullable): a filter
 */
TorgFilter *
torg_filter_dialog_dup_filter (TorgFilterDialog *self)
{
  return make_filter (self);
}
