/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "torg-ui"

#include "config.h"

#include "torg-entries-page.h"
#include "torg-entry-page.h"
#include "torg-order.h"
#include "torg-value-text.h"
#include "torg-words.h"

#include <glib/gi18n-lib.h>

struct _TorgEntriesPage
{
  AdwNavigationPage parent_instance;

  AdwPreferencesGroup *group;
  GtkListBox          *list;
  AdwEntryRow         *entry;
  GtkLabel            *message;

  TorgSession       *session; /* (owned) */
  const TorgEntries *entries;
  const TorgType    *type;
};

G_DEFINE_FINAL_TYPE (TorgEntriesPage, torg_entries_page, ADW_TYPE_NAVIGATION_PAGE)

/* What is typed to make one. */
static const TorgField *
get_name_field (TorgEntriesPage *self)
{
  for (guint i = 0; i < self->type->n_fields; i++)
    if ((self->type->fields[i].flags & TORG_FIELD_TITLE) != 0)
      return &self->type->fields[i];
  return &self->type->fields[0];
}

static GPtrArray *
list_records (TorgEntriesPage *self)
{
  TorgLookup *lookup = torg_session_get_lookup (self->session);
  GPtrArray  *all;

  if (self->entries->dictionary != NULL)
    return torg_lookup_list_dictionary (lookup, self->entries->dictionary);
  all = torg_lookup_list (lookup, self->type->info->name);
  return all != NULL ? g_ptr_array_ref (all) : g_ptr_array_new ();
}

/* What else is worth knowing of one at a glance. */
static char *
dup_details (TorgEntriesPage *self, TorgRecord *record)
{
  const TorgField *name = get_name_field (self);
  GString         *details = g_string_new (NULL);

  for (guint i = 0; i < self->type->n_fields; i++)
    {
      const TorgField *field = &self->type->fields[i];
      const TorgValue *value = torg_record_nth (record, i);
      g_autofree char *words = NULL;

      if (field == name || (field->flags & TORG_FIELD_LIST) == 0 || torg_value_is_null (value))
        continue;
      words = torg_words_value (self->session, field, value, NULL);
      g_string_append_printf (details, "%s%s: %s", details->len > 0 ? " · " : "", torg_field_get_label (field), words);
    }
  return g_string_free_and_steal (details);
}

static GtkWidget *
make_row (TorgEntriesPage *self, TorgRecord *record)
{
  const TorgField *name = get_name_field (self);
  g_autofree char *title = torg_words_value (self->session, name, torg_record_get (record, name->name), NULL);
  g_autofree char *details = dup_details (self, record);
  GtkWidget       *row = adw_action_row_new ();

  adw_preferences_row_set_use_markup (ADW_PREFERENCES_ROW (row), FALSE);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), title);
  adw_action_row_set_subtitle (ADW_ACTION_ROW (row), details);
  gtk_list_box_row_set_activatable (GTK_LIST_BOX_ROW (row), TRUE);
  adw_action_row_add_suffix (ADW_ACTION_ROW (row), gtk_image_new_from_icon_name ("go-next-symbolic"));
  return row;
}

static void
add_row (TorgEntriesPage *self, GtkWidget *row, TorgRecord *record)
{
  if (torg_type_find_field (self->type, "position") != NULL)
    {
      torg_order_add_row (self->session, self->list, row, record);
      return;
    }
  g_object_set_data_full (G_OBJECT (row), "torg-record", torg_record_ref (record), (GDestroyNotify) torg_record_unref);
  gtk_list_box_append (self->list, row);
}

/* The row that has the keyboard keeps it when the list is made anew. */
static void
show (TorgEntriesPage *self)
{
  g_autoptr (GPtrArray) records = list_records (self);
  GtkWidget       *focus = gtk_widget_get_focus_child (GTK_WIDGET (self->list));
  TorgRecord      *record = focus != NULL ? g_object_get_data (G_OBJECT (focus), "torg-record") : NULL;
  g_autofree char *id = record != NULL ? g_strdup (torg_record_get_id (record)) : NULL;

  gtk_list_box_remove_all (self->list);
  for (guint i = 0; i < records->len; i++)
    {
      GtkWidget *row = make_row (self, records->pdata[i]);

      add_row (self, row, records->pdata[i]);
      if (g_strcmp0 (id, torg_record_get_id (records->pdata[i])) == 0)
        gtk_widget_grab_focus (row);
    }
  gtk_widget_set_visible (GTK_WIDGET (self->group), records->len > 0);
}

static void
row_activated_cb (TorgEntriesPage *self, GtkListBoxRow *row)
{
  TorgRecord *record = g_object_get_data (G_OBJECT (row), "torg-record");
  GtkWidget  *view = gtk_widget_get_ancestor (GTK_WIDGET (self), ADW_TYPE_NAVIGATION_VIEW);

  if (record != NULL && view != NULL)
    adw_navigation_view_push (ADW_NAVIGATION_VIEW (view), torg_entry_page_new (self->session, record));
}

static void
set_message (TorgEntriesPage *self, const char *message)
{
  gtk_label_set_label (self->message, message != NULL ? message : "");
  gtk_widget_set_visible (GTK_WIDGET (self->message), message != NULL);
  if (message != NULL)
    gtk_widget_add_css_class (GTK_WIDGET (self->entry), "error");
  else
    gtk_widget_remove_css_class (GTK_WIDGET (self->entry), "error");
}

/* At the end of the list. */
static gint64
get_position (TorgEntriesPage *self)
{
  g_autoptr (GPtrArray) records = list_records (self);
  TorgRecord *last = records->len > 0 ? g_ptr_array_index (records, records->len - 1) : NULL;

  return (last != NULL ? torg_record_get_number (last, "position") : 0) + TORG_NUMBER_SCALE;
}

static void
add_cb (TorgEntriesPage *self)
{
  const TorgField *name = get_name_field (self);
  g_autofree char *typed = g_strstrip (g_strdup (gtk_editable_get_text (GTK_EDITABLE (self->entry))));
  g_autofree char *id = torg_session_make_id (self->session);
  g_autofree char *label = g_strdup_printf (_ ("“%s” added"), typed);
  g_autoptr (TorgRecord) record = torg_record_new (torg_session_get_schema (self->session), self->type, id);
  g_autoptr (TorgEdit) edit = torg_edit_new (label);
  g_autoptr (GError) error = NULL;
  g_auto (TorgValue) value = TORG_VALUE_INIT;

  if (*typed == '\0')
    return;
  if (!torg_value_text_parse (self->session, name, typed, &value, &error))
    {
      set_message (self, error->message);
      return;
    }
  set_message (self, NULL);
  torg_record_set (record, name->name, &value);
  if (self->entries->dictionary != NULL)
    torg_record_set_text (record, "dictionary", self->entries->dictionary);
  if (g_str_equal (self->type->info->name, "production_calendar"))
    torg_record_set_text (record, "kind", "off");
  if (torg_type_find_field (self->type, "position") != NULL)
    torg_record_take (record, "position", torg_value_int (get_position (self)));
  torg_edit_create (edit, record);
  torg_session_apply (self->session, edit);
  gtk_editable_set_text (GTK_EDITABLE (self->entry), "");
}

static void
torg_entries_page_dispose (GObject *object)
{
  gtk_widget_dispose_template (GTK_WIDGET (object), TORG_TYPE_ENTRIES_PAGE);
  g_clear_object (&TORG_ENTRIES_PAGE (object)->session);
  G_OBJECT_CLASS (torg_entries_page_parent_class)->dispose (object);
}

static void
torg_entries_page_class_init (TorgEntriesPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = torg_entries_page_dispose;
  gtk_widget_class_set_template_from_resource (widget_class, "/org/torgcrm/Torg/ui/company/torg-entries-page.ui");
  gtk_widget_class_bind_template_child (widget_class, TorgEntriesPage, group);
  gtk_widget_class_bind_template_child (widget_class, TorgEntriesPage, list);
  gtk_widget_class_bind_template_child (widget_class, TorgEntriesPage, entry);
  gtk_widget_class_bind_template_child (widget_class, TorgEntriesPage, message);
  gtk_widget_class_bind_template_callback (widget_class, row_activated_cb);
  gtk_widget_class_bind_template_callback (widget_class, add_cb);
}

static void
torg_entries_page_init (TorgEntriesPage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

/**
 * torg_entries_page_new:
 * @session: the session
 * @entries: which records, a static one
 *
 * Makes a page.
 *
 * Returns: a new page
 */
AdwNavigationPage *
torg_entries_page_new (TorgSession *session, const TorgEntries *entries)
{
  TorgEntriesPage *self = g_object_new (TORG_TYPE_ENTRIES_PAGE, "title", _ (entries->title), NULL);

  self->session = g_object_ref (session);
  self->entries = entries;
  self->type = torg_schema_find (torg_session_get_schema (session), entries->type);
  if (entries->subtitle != NULL)
    adw_preferences_group_set_description (self->group, _ (entries->subtitle));
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (self->entry), torg_field_get_label (get_name_field (self)));
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->list), GTK_ACCESSIBLE_PROPERTY_LABEL, _ (entries->title), -1);
  g_signal_connect_object (torg_session_get_lookup (session), "changed", G_CALLBACK (show), self, G_CONNECT_SWAPPED);
  show (self);
  return ADW_NAVIGATION_PAGE (self);
}
