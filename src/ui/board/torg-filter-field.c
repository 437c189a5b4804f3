/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "torg-ui"

#include "config.h"

#include "torg-filter-field.h"
#include "torg-choose-dialog.h"
#include "torg-value-text.h"
#include "torg-words.h"

#include <glib/gi18n-lib.h>

struct _TorgFilterField
{
  AdwBin parent_instance;

  GtkButton     *choose_button;
  GtkLabel      *choose_label;
  GtkMenuButton *range_button;
  GtkEntry      *from; /* or the text itself */
  GtkEntry      *to;

  TorgSession *session; /* (owned) */
  char        *type;    /* (owned) */
  char        *name;    /* (owned): of the field, which is found anew each time: the schema may be another */
  char        *id;      /* (owned) (nullable): what was chosen */
  char        *title;   /* (owned) (nullable): what that is called */
  gboolean     filling;
};

G_DEFINE_FINAL_TYPE (TorgFilterField, torg_filter_field, ADW_TYPE_BIN)

enum
{
  SIGNAL_CHANGED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

static const TorgField *
find_field (TorgFilterField *self)
{
  return torg_type_find_field (torg_schema_find (torg_session_get_schema (self->session), self->type), self->name);
}

static gboolean
is_chosen (const TorgField *field)
{
  return field->kind == TORG_KIND_CHOICE || field->kind == TORG_KIND_REF || field->kind == TORG_KIND_SET;
}

static gboolean
is_range (const TorgField *field)
{
  return field->kind == TORG_KIND_NUMBER || field->kind == TORG_KIND_MONEY || field->kind == TORG_KIND_DATE;
}

/* Reads an entry; what cannot be read is marked and does not count. */
static gboolean
read_entry (TorgFilterField *self, const TorgField *field, GtkEntry *entry, TorgValue *value)
{
  gboolean good =
    torg_value_text_parse (self->session, field, gtk_editable_get_text (GTK_EDITABLE (entry)), value, NULL);

  if (good)
    gtk_widget_remove_css_class (GTK_WIDGET (entry), "error");
  else
    gtk_widget_add_css_class (GTK_WIDGET (entry), "error");
  return good && !torg_value_is_null (value);
}

static char *
make_label (TorgFilterField *self, const TorgField *field, gboolean *active)
{
  g_auto (TorgValue) low = TORG_VALUE_INIT;
  g_auto (TorgValue) high = TORG_VALUE_INIT;
  const char      *name = torg_field_get_label (field);
  g_autofree char *from = NULL;
  g_autofree char *to = NULL;

  if (is_chosen (field))
    {
      *active = self->id != NULL;
      return *active ? g_strdup_printf ("%s: %s", name, self->title) : g_strdup (name);
    }
  if (read_entry (self, field, self->from, &low))
    from = torg_words_value (self->session, field, &low, NULL);
  if (is_range (field) && read_entry (self, field, self->to, &high))
    to = torg_words_value (self->session, field, &high, NULL);
  *active = from != NULL || to != NULL;
  if (!*active)
    return g_strdup (name);
  if (!is_range (field))
    return g_strdup_printf ("%s: %s", name, from);
  return g_strdup_printf ("%s: %s – %s", name, from != NULL ? from : "…", to != NULL ? to : "…");
}

static void
update (TorgFilterField *self)
{
  const TorgField *field = find_field (self);
  gboolean         active = FALSE;
  g_autofree char *label = NULL;
  GtkWidget       *button;

  if (field == NULL)
    return;
  label = make_label (self, field, &active);
  button = is_chosen (field) ? GTK_WIDGET (self->choose_button) : GTK_WIDGET (self->range_button);
  if (is_chosen (field))
    gtk_label_set_label (self->choose_label, label);
  else
    gtk_menu_button_set_label (self->range_button, label);
  if (active)
    gtk_widget_add_css_class (button, "accent");
  else
    gtk_widget_remove_css_class (button, "accent");
}

static void
changed_cb (TorgFilterField *self)
{
  if (self->filling || self->session == NULL)
    return;
  update (self);
  g_signal_emit (self, signals[SIGNAL_CHANGED], 0);
}

static void
close_cb (TorgFilterField *self)
{
  gtk_menu_button_popdown (self->range_button);
}

static void
chosen_cb (TorgFilterField *self, const char *id, const char *title)
{
  g_set_str (&self->id, id);
  g_set_str (&self->title, title);
  changed_cb (self);
}

static void
choose_cb (TorgFilterField *self)
{
  const TorgField *field = find_field (self);
  TorgLookup      *lookup = torg_session_get_lookup (self->session);
  g_autofree char *type = field != NULL ? torg_field_dup_target_type (field) : NULL;
  AdwDialog       *dialog;

  if (field == NULL)
    return;
  dialog = torg_choose_dialog_new (self->session, torg_field_get_label (field));
  torg_choose_dialog_allow_none (TORG_CHOOSE_DIALOG (dialog), _ ("Any"));
  if (field->kind == TORG_KIND_CHOICE)
    torg_choose_dialog_set_choices (TORG_CHOOSE_DIALOG (dialog), field);
  else if (torg_field_get_dictionary (field) != NULL)
    {
      g_autoptr (GPtrArray) entries = torg_lookup_list_dictionary (lookup, torg_field_get_dictionary (field));

      torg_choose_dialog_set_records (TORG_CHOOSE_DIALOG (dialog), entries);
    }
  else if (type != NULL && torg_lookup_list (lookup, type) != NULL)
    torg_choose_dialog_set_records (TORG_CHOOSE_DIALOG (dialog), torg_lookup_list (lookup, type));
  else
    torg_choose_dialog_set_type (TORG_CHOOSE_DIALOG (dialog), type);
  g_signal_connect_object (dialog, "chosen", G_CALLBACK (chosen_cb), self, G_CONNECT_SWAPPED);
  adw_dialog_present (dialog, GTK_WIDGET (self));
}

static void
torg_filter_field_dispose (GObject *object)
{
  TorgFilterField *self = TORG_FILTER_FIELD (object);

  g_clear_object (&self->session);
  adw_bin_set_child (ADW_BIN (self), NULL);
  gtk_widget_dispose_template (GTK_WIDGET (object), TORG_TYPE_FILTER_FIELD);
  G_OBJECT_CLASS (torg_filter_field_parent_class)->dispose (object);
}

static void
torg_filter_field_finalize (GObject *object)
{
  TorgFilterField *self = TORG_FILTER_FIELD (object);

  g_free (self->type);
  g_free (self->name);
  g_free (self->id);
  g_free (self->title);
  G_OBJECT_CLASS (torg_filter_field_parent_class)->finalize (object);
}

static void
torg_filter_field_class_init (TorgFilterFieldClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = torg_filter_field_dispose;
  G_OBJECT_CLASS (klass)->finalize = torg_filter_field_finalize;
  gtk_widget_class_set_template_from_resource (widget_class, "/org/torgcrm/Torg/ui/board/torg-filter-field.ui");
  gtk_widget_class_bind_template_child (widget_class, TorgFilterField, choose_button);
  gtk_widget_class_bind_template_child (widget_class, TorgFilterField, choose_label);
  gtk_widget_class_bind_template_child (widget_class, TorgFilterField, range_button);
  gtk_widget_class_bind_template_child (widget_class, TorgFilterField, from);
  gtk_widget_class_bind_template_child (widget_class, TorgFilterField, to);
  gtk_widget_class_bind_template_callback (widget_class, choose_cb);
  gtk_widget_class_bind_template_callback (widget_class, changed_cb);
  gtk_widget_class_bind_template_callback (widget_class, close_cb);

  signals[SIGNAL_CHANGED] =
    g_signal_new ("changed", TORG_TYPE_FILTER_FIELD, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
torg_filter_field_init (TorgFilterField *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

/**
 * torg_filter_field_new:
 * @session: the session
 * @type: the type of what is filtered
 * @field: one of its fields
 *
 * Makes a filter that lets everything pass.
 *
 * Returns: a new filter
 */
GtkWidget *
torg_filter_field_new (TorgSession *session, const char *type, const TorgField *field)
{
  TorgFilterField *self = g_object_new (TORG_TYPE_FILTER_FIELD, NULL);

  self->session = g_object_ref (session);
  self->type = g_strdup (type);
  self->name = g_strdup (field->name);
  gtk_widget_set_visible (GTK_WIDGET (self->choose_button), is_chosen (field));
  gtk_widget_set_visible (GTK_WIDGET (self->range_button), !is_chosen (field));
  gtk_widget_set_visible (GTK_WIDGET (self->to), is_range (field));
  gtk_entry_set_placeholder_text (self->from, is_range (field) ? _ ("From") : torg_field_get_label (field));
  update (self);
  return GTK_WIDGET (self);
}

/**
 * torg_filter_field_add_to:
 * @query: a query of the type
 *
 * Adds what was chosen to a query.
 */
void
torg_filter_field_add_to (TorgFilterField *self, TorgQuery *query)
{
  const TorgField *field = find_field (self);
  g_auto (TorgValue) low = TORG_VALUE_INIT;
  g_auto (TorgValue) high = TORG_VALUE_INIT;

  if (field == NULL)
    return;
  if (is_chosen (field))
    {
      if (self->id != NULL)
        torg_query_add_text (query, self->name, TORG_MATCH_IS, self->id);
      return;
    }
  if (read_entry (self, field, self->from, &low))
    torg_query_add (query, self->name, is_range (field) ? TORG_MATCH_AT_LEAST : TORG_MATCH_IS, &low);
  if (is_range (field) && read_entry (self, field, self->to, &high))
    torg_query_add (query, self->name, TORG_MATCH_AT_MOST, &high);
}

/**
 * torg_filter_field_reset:
 *
 * Lets everything pass again, without a signal.
 */
void
torg_filter_field_reset (TorgFilterField *self)
{
  self->filling = TRUE;
  g_clear_pointer (&self->id, g_free);
  g_clear_pointer (&self->title, g_free);
  gtk_editable_set_text (GTK_EDITABLE (self->from), "");
  gtk_editable_set_text (GTK_EDITABLE (self->to), "");
  self->filling = FALSE;
  update (self);
}
