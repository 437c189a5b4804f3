/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "torg-ui"

#include "config.h"

#include "torg-field-page.h"

#include <glib/gi18n-lib.h>

struct _TorgFieldPage
{
  AdwNavigationPage parent_instance;

  AdwEntryRow         *name;
  AdwSwitchRow        *required;
  AdwSwitchRow        *searchable;
  AdwPreferencesGroup *choices;
  GtkListBox          *list;
  AdwEntryRow         *choice;

  TorgSession *session; /* (owned) */
  TorgRecord  *def;     /* (owned): as it is */
  gboolean     filling;
};

G_DEFINE_FINAL_TYPE (TorgFieldPage, torg_field_page, ADW_TYPE_NAVIGATION_PAGE)

static void
save (TorgFieldPage *self, const char *field, TorgValue value)
{
  g_autofree char *label = g_strdup_printf (_ ("“%s” changed"), torg_record_get_text (self->def, "label"));
  g_autoptr (TorgEdit) edit = torg_edit_new (label);

  torg_edit_take (edit, "field_def", torg_record_get_id (self->def), field, value);
  torg_session_apply (self->session, edit);
}

static void
name_cb (TorgFieldPage *self)
{
  g_autofree char *name = g_strstrip (g_strdup (gtk_editable_get_text (GTK_EDITABLE (self->name))));

  if (*name != '\0' && g_strcmp0 (name, torg_record_get_text (self->def, "label")) != 0)
    save (self, "label", torg_value_text (name));
}

static void
switched_cb (TorgFieldPage *self, GParamSpec *pspec, AdwSwitchRow *row)
{
  if (!self->filling)
    save (self, row == self->required ? "required" : "searchable",
          adw_switch_row_get_active (row) ? torg_value_int (TORG_NUMBER_SCALE) : (TorgValue) TORG_VALUE_INIT);
}

/* --- choices ------------------------------------------------------------------------------------------------------ */

static char **
dup_choices (TorgFieldPage *self)
{
  const TorgValue *value = torg_record_get (self->def, "choices");

  return torg_value_is_null (value) ? g_new0 (char *, 1) : torg_value_dup_items (value);
}

/* The choices but @without, and with @more. */
static void
save_choices (TorgFieldPage *self, const char *without, const char *more)
{
  g_auto (GStrv) items = dup_choices (self);
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  g_auto (GStrv) list = NULL;

  for (guint i = 0; items[i] != NULL; i++)
    if (g_strcmp0 (items[i], without) != 0 && g_strcmp0 (items[i], more) != 0)
      g_strv_builder_add (builder, items[i]);
  if (more != NULL)
    g_strv_builder_add (builder, more);
  list = g_strv_builder_end (builder);
  save (self, "choices",
        list[0] != NULL ? torg_value_from_items ((const char *const *) list, FALSE) : (TorgValue) TORG_VALUE_INIT);
}

static void
choice_cb (TorgFieldPage *self)
{
  g_autofree char *text = g_strstrip (g_strdup (gtk_editable_get_text (GTK_EDITABLE (self->choice))));

  if (*text == '\0')
    return;
  save_choices (self, NULL, text);
  gtk_editable_set_text (GTK_EDITABLE (self->choice), "");
  gtk_widget_grab_focus (GTK_WIDGET (self->choice));
}

static void
remove_cb (TorgFieldPage *self, GtkWidget *button)
{
  g_autofree char *choice = g_strdup (g_object_get_data (G_OBJECT (button), "torg-choice"));

  /* The button goes with its row: the keyboard must not. */
  gtk_widget_grab_focus (GTK_WIDGET (self->choice));
  save_choices (self, choice, NULL);
}

static void
show_choices (TorgFieldPage *self)
{
  g_auto (GStrv) items = dup_choices (self);

  gtk_list_box_remove_all (self->list);
  for (guint i = 0; items[i] != NULL; i++)
    {
      GtkWidget       *row = adw_action_row_new (), *button = gtk_button_new_from_icon_name ("user-trash-symbolic");
      g_autofree char *name = g_strdup_printf (_ ("Remove: %s"), items[i]);

      adw_preferences_row_set_use_markup (ADW_PREFERENCES_ROW (row), FALSE);
      adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), items[i]);
      gtk_widget_set_valign (button, GTK_ALIGN_CENTER);
      gtk_widget_add_css_class (button, "flat");
      gtk_widget_set_tooltip_text (button, name);
      gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
      g_object_set_data_full (G_OBJECT (button), "torg-choice", g_strdup (items[i]), g_free);
      g_signal_connect_object (button, "clicked", G_CALLBACK (remove_cb), self, G_CONNECT_SWAPPED);
      adw_action_row_add_suffix (ADW_ACTION_ROW (row), button);
      gtk_list_box_append (self->list, row);
    }
  gtk_widget_set_visible (GTK_WIDGET (self->list), items[0] != NULL);
}

/* --- deleting ----------------------------------------------------------------------------------------------------- */

static void
leave (TorgFieldPage *self)
{
  GtkWidget *view = gtk_widget_get_ancestor (GTK_WIDGET (self), ADW_TYPE_NAVIGATION_VIEW);

  if (view != NULL && adw_navigation_view_get_visible_page (ADW_NAVIGATION_VIEW (view)) == ADW_NAVIGATION_PAGE (self))
    adw_navigation_view_pop (ADW_NAVIGATION_VIEW (view));
}

static void
answered_cb (TorgFieldPage *self, const char *response)
{
  g_autofree char *label = g_strdup_printf (_ ("“%s” deleted"), torg_record_get_text (self->def, "label"));
  g_autoptr (TorgEdit) edit = torg_edit_new (label);

  if (!g_str_equal (response, "delete"))
    return;
  torg_edit_delete (edit, "field_def", torg_record_get_id (self->def));
  torg_session_apply (self->session, edit);
}

static void
delete_cb (TorgFieldPage *self)
{
  AdwDialog *dialog = adw_alert_dialog_new (_ ("Delete the Field?"), NULL);

  adw_alert_dialog_format_body (ADW_ALERT_DIALOG (dialog),
                                _ ("“%s” goes from all cards. What is written there comes back when this is undone."),
                                torg_record_get_text (self->def, "label"));
  adw_alert_dialog_add_responses (ADW_ALERT_DIALOG (dialog), "cancel", _ ("_Cancel"), "delete", _ ("_Delete"), NULL);
  adw_alert_dialog_set_response_appearance (ADW_ALERT_DIALOG (dialog), "delete", ADW_RESPONSE_DESTRUCTIVE);
  adw_alert_dialog_set_close_response (ADW_ALERT_DIALOG (dialog), "cancel");
  g_signal_connect_object (dialog, "response", G_CALLBACK (answered_cb), self, G_CONNECT_SWAPPED);
  adw_dialog_present (dialog, GTK_WIDGET (self));
}

/* --- the object --------------------------------------------------------------------------------------------------- */

static void
show (TorgFieldPage *self)
{
  const char *label = torg_record_get_text (self->def, "label");

  self->filling = TRUE;
  adw_navigation_page_set_title (ADW_NAVIGATION_PAGE (self), label != NULL ? label : "");
  if (g_strcmp0 (gtk_editable_get_text (GTK_EDITABLE (self->name)), label) != 0)
    gtk_editable_set_text (GTK_EDITABLE (self->name), label != NULL ? label : "");
  adw_switch_row_set_active (self->required, torg_record_get_number (self->def, "required") != 0);
  adw_switch_row_set_active (self->searchable, torg_record_get_number (self->def, "searchable") != 0);
  gtk_widget_set_visible (GTK_WIDGET (self->choices),
                          g_strcmp0 (torg_record_get_text (self->def, "kind"), "choice") == 0);
  show_choices (self);
  self->filling = FALSE;
}

static void
lookup_changed_cb (TorgFieldPage *self)
{
  GPtrArray *defs = torg_lookup_list (torg_session_get_lookup (self->session), "field_def");

  for (guint i = 0; defs != NULL && i < defs->len; i++)
    if (g_str_equal (torg_record_get_id (defs->pdata[i]), torg_record_get_id (self->def)))
      {
        torg_record_unref (self->def);
        self->def = torg_record_ref (defs->pdata[i]);
        show (self);
        return;
      }
  /* Somebody has deleted it; or it is so new that nobody lists it yet. */
  if (torg_record_get_rowid (self->def) > 0)
    leave (self);
}

static void
torg_field_page_dispose (GObject *object)
{
  TorgFieldPage *self = TORG_FIELD_PAGE (object);

  gtk_widget_dispose_template (GTK_WIDGET (object), TORG_TYPE_FIELD_PAGE);
  g_clear_object (&self->session);
  g_clear_pointer (&self->def, torg_record_unref);
  G_OBJECT_CLASS (torg_field_page_parent_class)->dispose (object);
}

static void
torg_field_page_class_init (TorgFieldPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = torg_field_page_dispose;
  gtk_widget_class_set_template_from_resource (widget_class, "/org/torgcrm/Torg/ui/company/torg-field-page.ui");
  gtk_widget_class_bind_template_child (widget_class, TorgFieldPage, name);
  gtk_widget_class_bind_template_child (widget_class, TorgFieldPage, required);
  gtk_widget_class_bind_template_child (widget_class, TorgFieldPage, searchable);
  gtk_widget_class_bind_template_child (widget_class, TorgFieldPage, choices);
  gtk_widget_class_bind_template_child (widget_class, TorgFieldPage, list);
  gtk_widget_class_bind_template_child (widget_class, TorgFieldPage, choice);
  gtk_widget_class_bind_template_callback (widget_class, name_cb);
  gtk_widget_class_bind_template_callback (widget_class, switched_cb);
  gtk_widget_class_bind_template_callback (widget_class, choice_cb);
  gtk_widget_class_bind_template_callback (widget_class, delete_cb);
}

static void
torg_field_page_init (TorgFieldPage *self)
{
  self->filling = TRUE;
  gtk_widget_init_template (GTK_WIDGET (self));
  self->filling = FALSE;
}

/**
 * torg_field_page_new:
 * @session: the session
 * @def: a record of the type `field_def`
 *
 * Makes a page.
 *
 * Returns: a new page
 */
AdwNavigationPage *
torg_field_page_new (TorgSession *session, TorgRecord *def)
{
  TorgFieldPage *self = g_object_new (TORG_TYPE_FIELD_PAGE, "title", torg_record_get_text (def, "label"), NULL);

  self->session = g_object_ref (session);
  self->def = torg_record_ref (def);
  g_signal_connect_object (torg_session_get_lookup (session), "changed", G_CALLBACK (lookup_changed_cb), self,
                           G_CONNECT_SWAPPED);
  show (self);
  return ADW_NAVIGATION_PAGE (self);
}
