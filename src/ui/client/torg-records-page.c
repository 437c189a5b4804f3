/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "torg-ui"

#include "config.h"

#include "torg-records-page.h"
#include "torg-filter-chips.h"
#include "torg-new-dialog.h"
#include "torg-number.h"
#include "torg-records-table.h"
#include "torg-state-button.h"
#include "torg-words.h"

#include <glib/gi18n-lib.h>

struct _TorgRecordsPage
{
  AdwNavigationPage parent_instance;

  TorgStateButton *state_button;
  AdwToggleGroup  *types;
  AdwToggleGroup  *narrow_types;
  AdwWindowTitle  *title;
  GtkWidget       *header;
  GtkSearchEntry  *entry;
  GtkLabel        *count;
  TorgFilterChips *chips;
  GtkStack        *stack;

  TorgSession *session; /* (owned) */
  TorgPicks   *picks;   /* (owned) */
  char        *setting; /* (owned) (nullable): where the type that was shown last is kept */
  char        *type;    /* (owned) (nullable): the one that is shown */
};

G_DEFINE_FINAL_TYPE (TorgRecordsPage, torg_records_page, ADW_TYPE_NAVIGATION_PAGE)

static TorgRecordsTable *
get_table (TorgRecordsPage *self)
{
  GtkWidget *child = gtk_stack_get_visible_child (self->stack);

  return TORG_IS_RECORDS_TABLE (child) ? TORG_RECORDS_TABLE (child) : NULL;
}

static void
count_cb (TorgRecordsPage *self)
{
  TorgRecordsTable *table = get_table (self);
  g_autofree char  *text = NULL;

  if (table == NULL)
    return;
  text = torg_number_format ((gint64) torg_records_table_get_n (table) * TORG_NUMBER_SCALE, TORG_NUMBER_STYLE_LOCALE);
  gtk_label_set_label (self->count, text);
}

static void
apply_search (TorgRecordsPage *self)
{
  g_autofree char *text = g_strstrip (g_strdup (gtk_editable_get_text (GTK_EDITABLE (self->entry))));
  g_autoptr (TorgQuery) query = NULL;
  TorgRecordsTable *table = get_table (self);

  if (table == NULL)
    return;
  query = torg_query_new (self->type);
  if (*text != '\0')
    torg_query_add_text (query, "name", TORG_MATCH_CONTAINS, text);
  torg_filter_chips_add_to (self->chips, query);
  torg_records_table_set_empty (table, torg_words_type_icon (self->type),
                                torg_query_get_n (query) > 0 ? _ ("Nothing Found") : _ ("Nothing Here Yet"),
                                *text != '\0'                  ? _ ("Try fewer letters, or another word.")
                                : torg_query_get_n (query) > 0 ? _ ("Take a filter away with Delete.")
                                                               : _ ("Add the first one with “+”."));
  torg_records_table_set_query (table, query);
}

static void
filters_changed_cb (TorgRecordsPage *self)
{
  /* The chips stand above the rows while there are any. */
  gtk_widget_set_visible (GTK_WIDGET (self->chips), torg_filter_chips_get_n (self->chips) > 0);
  if (self->session != NULL && self->type != NULL)
    apply_search (self);
}

static void
search_changed_cb (TorgRecordsPage *self)
{
  if (self->session != NULL)
    apply_search (self);
}

static void
show_type (TorgRecordsPage *self, const char *type)
{
  if (g_strcmp0 (self->type, type) == 0)
    return;
  g_set_str (&self->type, type);
  if (gtk_stack_get_child_by_name (self->stack, type) == NULL)
    {
      GtkWidget *table = torg_records_table_new (self->session, type, self->picks);

      g_signal_connect_object (table, "changed", G_CALLBACK (count_cb), self, G_CONNECT_SWAPPED);
      gtk_stack_add_named (self->stack, table, type);
    }
  torg_picks_clear (self->picks);
  gtk_stack_set_visible_child_name (self->stack, type);
  gtk_editable_delete_text (GTK_EDITABLE (self->entry), 0, -1);
  torg_filter_chips_set_type (self->chips, self->session, type);
  gtk_widget_set_visible (GTK_WIDGET (self->chips), FALSE);
  if (self->setting != NULL)
    g_settings_set_string (torg_session_get_settings (self->session), self->setting, type);
  apply_search (self);
  count_cb (self);
}

static void
type_changed_cb (TorgRecordsPage *self)
{
  const char *type = adw_toggle_group_get_active_name (self->types);

  if (self->session != NULL && type != NULL)
    show_type (self, type);
}

static gboolean
first_row_cb (TorgRecordsPage *self, guint keyval, guint keycode, GdkModifierType state)
{
  if (keyval != GDK_KEY_Down)
    return GDK_EVENT_PROPAGATE;
  torg_records_page_focus (self);
  return GDK_EVENT_STOP;
}

static void
columns_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  TorgRecordsTable *table = get_table (TORG_RECORDS_PAGE (widget));

  if (table != NULL)
    torg_table_choose_columns (table);
}

static void
export_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  TorgRecordsTable *table = get_table (TORG_RECORDS_PAGE (widget));

  if (table != NULL)
    torg_records_table_export (table);
}

static void
filter_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  torg_filter_chips_begin_add (TORG_RECORDS_PAGE (widget)->chips);
}

static void
torg_records_page_dispose (GObject *object)
{
  TorgRecordsPage *self = TORG_RECORDS_PAGE (object);

  gtk_widget_dispose_template (GTK_WIDGET (object), TORG_TYPE_RECORDS_PAGE);
  g_clear_object (&self->picks);
  g_clear_object (&self->session);
  G_OBJECT_CLASS (torg_records_page_parent_class)->dispose (object);
}

static void
torg_records_page_finalize (GObject *object)
{
  TorgRecordsPage *self = TORG_RECORDS_PAGE (object);

  g_free (self->setting);
  g_free (self->type);
  G_OBJECT_CLASS (torg_records_page_parent_class)->finalize (object);
}

static void
torg_records_page_class_init (TorgRecordsPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = torg_records_page_dispose;
  G_OBJECT_CLASS (klass)->finalize = torg_records_page_finalize;
  g_type_ensure (TORG_TYPE_FILTER_CHIPS);
  g_type_ensure (TORG_TYPE_STATE_BUTTON);
  gtk_widget_class_set_template_from_resource (widget_class, "/org/torgcrm/Torg/ui/client/torg-records-page.ui");
  gtk_widget_class_bind_template_child (widget_class, TorgRecordsPage, state_button);
  gtk_widget_class_bind_template_child (widget_class, TorgRecordsPage, types);
  gtk_widget_class_bind_template_child (widget_class, TorgRecordsPage, narrow_types);
  gtk_widget_class_bind_template_child (widget_class, TorgRecordsPage, title);
  gtk_widget_class_bind_template_child (widget_class, TorgRecordsPage, header);
  gtk_widget_class_bind_template_child (widget_class, TorgRecordsPage, entry);
  gtk_widget_class_bind_template_child (widget_class, TorgRecordsPage, count);
  gtk_widget_class_bind_template_child (widget_class, TorgRecordsPage, chips);
  gtk_widget_class_bind_template_child (widget_class, TorgRecordsPage, stack);
  gtk_widget_class_bind_template_callback (widget_class, filters_changed_cb);
  gtk_widget_class_bind_template_callback (widget_class, type_changed_cb);
  gtk_widget_class_bind_template_callback (widget_class, search_changed_cb);
  gtk_widget_class_install_action (widget_class, "records.columns", NULL, columns_action);
  gtk_widget_class_install_action (widget_class, "records.export", NULL, export_action);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_e, GDK_CONTROL_MASK | GDK_SHIFT_MASK, "records.export",
                                       NULL);
  gtk_widget_class_install_action (widget_class, "records.filter", NULL, filter_action);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_f, GDK_CONTROL_MASK | GDK_SHIFT_MASK, "records.filter",
                                       NULL);
}

static void
torg_records_page_init (TorgRecordsPage *self)
{
  GtkEventController *keys = gtk_event_controller_key_new ();

  self->picks = torg_picks_new ();
  gtk_widget_init_template (GTK_WIDGET (self));
  g_signal_connect_object (keys, "key-pressed", G_CALLBACK (first_row_cb), self, G_CONNECT_SWAPPED);
  gtk_widget_add_controller (GTK_WIDGET (self->entry), keys);
}

/**
 * torg_records_page_new:
 * @session: the session
 * @title: what the page is called, in the user's language
 * @types: the names of the types, the first is shown
 * @setting: (nullable): a key of the settings that keeps the type that was shown last
 *
 * Makes the page.
 *
 * Returns: a new page
 */
AdwNavigationPage *
torg_records_page_new (TorgSession *session, const char *title, const char *const *types, const char *setting)
{
  TorgRecordsPage *self = g_object_new (TORG_TYPE_RECORDS_PAGE, "title", title, NULL);
  g_autofree char *last = setting != NULL ? g_settings_get_string (torg_session_get_settings (session), setting) : NULL;

  for (guint i = 0; types[i] != NULL && types[1] != NULL; i++)
    {
      const char *label = torg_type_get_label_plural (torg_schema_find (torg_session_get_schema (session), types[i]));
      AdwToggleGroup *groups[] = { self->types, self->narrow_types };

      for (guint j = 0; j < G_N_ELEMENTS (groups); j++)
        {
          AdwToggle *toggle = adw_toggle_new ();

          adw_toggle_set_name (toggle, types[i]);
          adw_toggle_set_label (toggle, label);
          adw_toggle_group_add (groups[j], toggle);
        }
    }
  if (types[1] != NULL)
    g_object_bind_property (self->types, "active-name", self->narrow_types, "active-name",
                            G_BINDING_BIDIRECTIONAL | G_BINDING_SYNC_CREATE);
  if (g_str_equal (types[0], "product"))
    gtk_search_entry_set_placeholder_text (self->entry, _ ("Name, article…"));
  adw_window_title_set_title (self->title, title);
  if (types[1] == NULL)
    gtk_stack_set_visible_child_name (GTK_STACK (self->header), "title");
  gtk_widget_set_visible (GTK_WIDGET (self->narrow_types), types[1] != NULL);
  self->session = g_object_ref (session);
  torg_state_button_set_session (self->state_button, session);
  self->setting = g_strdup (setting);
  if (last != NULL && g_strv_contains (types, last))
    adw_toggle_group_set_active_name (self->types, last);
  show_type (self, last != NULL && g_strv_contains (types, last) ? last : types[0]);
  return ADW_NAVIGATION_PAGE (self);
}

/**
 * torg_records_page_find:
 *
 * Lets the user search.
 */
void
torg_records_page_find (TorgRecordsPage *self)
{
  gtk_widget_grab_focus (GTK_WIDGET (self->entry));
}

/**
 * torg_records_page_focus:
 *
 * Gives the keyboard to the rows.
 */
void
torg_records_page_focus (TorgRecordsPage *self)
{
  if (get_table (self) != NULL)
    torg_records_table_focus (get_table (self));
}

/**
 * torg_records_page_add:
 *
 * Begins a new record.
 */
void
torg_records_page_add (TorgRecordsPage *self)
{
  adw_dialog_present (torg_new_dialog_new (self->session, self->type, NULL, NULL), GTK_WIDGET (self));
}

/**
 * torg_records_page_reveal:
 * @type: one of the types
 *
 * Shows the records of a type.
 */
void
torg_records_page_reveal (TorgRecordsPage *self, const char *type)
{
  adw_toggle_group_set_active_name (self->types, type);
}
