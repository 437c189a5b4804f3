/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "torg-ui"

#include "config.h"

#include "torg-company-dialog.h"
#include "torg-card-page.h"
#include "torg-entries-page.h"
#include "torg-toast.h"

#include <glib/gi18n-lib.h>

struct _TorgCompanyDialog
{
  AdwDialog parent_instance;

  AdwToastOverlay     *toasts;
  AdwNavigationView   *view;
  AdwPreferencesGroup *company;
  AdwPreferencesGroup *cards;
  AdwPreferencesGroup *dictionaries;

  TorgSession *session; /* (owned) */
};

G_DEFINE_FINAL_TYPE (TorgCompanyDialog, torg_company_dialog, ADW_TYPE_DIALOG)

static const TorgEntries pages[] = {
  { "own_entity", NULL, N_ ("Our Legal Entities"), N_ ("A deal is made in the name of one of them") },
  { "department", NULL, N_ ("Departments"), NULL },
  { "vat_rate", NULL, N_ ("VAT Rates"), N_ ("The first one in force is that of a new line") },
  { "production_calendar", NULL, N_ ("Production Calendar"),
    N_ ("Holidays by law are known; here stands what differs from them") },
  { "tag", NULL, N_ ("Tags"), NULL },
  { "dictionary", "source", N_ ("Sources of Clients"), NULL },
  { "dictionary", "lost_reason", N_ ("Reasons for Losing"), NULL },
  { "dictionary", "deal_role", N_ ("Roles of Contacts in Deals"), NULL },
  { "dictionary", "industry", N_ ("Industries"), NULL },
  { "dictionary", "unit", N_ ("Units"), NULL },
};

/* What has cards whose fields can be arranged. */
static const char *const cards[] = { "deal", "lead", "company", "person", "legal_entity", "product" };

static void
card_activated_cb (TorgCompanyDialog *self, GtkWidget *row)
{
  adw_navigation_view_push (self->view,
                            torg_card_page_new (self->session, g_object_get_data (G_OBJECT (row), "torg-type")));
}

static void
add_card (TorgCompanyDialog *self, const char *type)
{
  GtkWidget *row = adw_action_row_new ();

  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), torg_type_get_label_plural (torg_schema_find (
                                                              torg_session_get_schema (self->session), type)));
  gtk_list_box_row_set_activatable (GTK_LIST_BOX_ROW (row), TRUE);
  adw_action_row_add_suffix (ADW_ACTION_ROW (row), gtk_image_new_from_icon_name ("go-next-symbolic"));
  g_object_set_data (G_OBJECT (row), "torg-type", (gpointer) type);
  g_signal_connect_object (row, "activated", G_CALLBACK (card_activated_cb), self, G_CONNECT_SWAPPED);
  adw_preferences_group_add (self->cards, row);
}

static void
row_activated_cb (TorgCompanyDialog *self, GtkWidget *row)
{
  const TorgEntries *entries = g_object_get_data (G_OBJECT (row), "torg-entries");

  adw_navigation_view_push (self->view, torg_entries_page_new (self->session, entries));
}

static void
add_row (TorgCompanyDialog *self, const TorgEntries *entries)
{
  GtkWidget *row = adw_action_row_new ();

  adw_preferences_row_set_use_markup (ADW_PREFERENCES_ROW (row), FALSE);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), _ (entries->title));
  if (entries->subtitle != NULL)
    adw_action_row_set_subtitle (ADW_ACTION_ROW (row), _ (entries->subtitle));
  gtk_list_box_row_set_activatable (GTK_LIST_BOX_ROW (row), TRUE);
  adw_action_row_add_suffix (ADW_ACTION_ROW (row), gtk_image_new_from_icon_name ("go-next-symbolic"));
  g_object_set_data (G_OBJECT (row), "torg-entries", (gpointer) entries);
  g_signal_connect_object (row, "activated", G_CALLBACK (row_activated_cb), self, G_CONNECT_SWAPPED);
  adw_preferences_group_add (entries->dictionary != NULL ? self->dictionaries : self->company, row);
}

/* The window's own toasts are behind the dialog. */
static void
said_cb (TorgCompanyDialog *self, const char *text, gint64 step)
{
  adw_toast_overlay_dismiss_all (self->toasts);
  adw_toast_overlay_add_toast (self->toasts, torg_toast_new (self->session, text, step));
}

static void
torg_company_dialog_dispose (GObject *object)
{
  gtk_widget_dispose_template (GTK_WIDGET (object), TORG_TYPE_COMPANY_DIALOG);
  g_clear_object (&TORG_COMPANY_DIALOG (object)->session);
  G_OBJECT_CLASS (torg_company_dialog_parent_class)->dispose (object);
}

static void
torg_company_dialog_class_init (TorgCompanyDialogClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = torg_company_dialog_dispose;
  gtk_widget_class_set_template_from_resource (widget_class, "/org/torgcrm/Torg/ui/company/torg-company-dialog.ui");
  gtk_widget_class_bind_template_child (widget_class, TorgCompanyDialog, toasts);
  gtk_widget_class_bind_template_child (widget_class, TorgCompanyDialog, view);
  gtk_widget_class_bind_template_child (widget_class, TorgCompanyDialog, company);
  gtk_widget_class_bind_template_child (widget_class, TorgCompanyDialog, cards);
  gtk_widget_class_bind_template_child (widget_class, TorgCompanyDialog, dictionaries);
}

static void
torg_company_dialog_init (TorgCompanyDialog *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

/**
 * torg_company_dialog_new:
 * @session: the session
 *
 * Makes the window of what the whole company works with.
 *
 * Returns: a new dialog
 */
AdwDialog *
torg_company_dialog_new (TorgSession *session)
{
  TorgCompanyDialog *self = g_object_new (TORG_TYPE_COMPANY_DIALOG, NULL);

  self->session = g_object_ref (session);
  for (guint i = 0; i < G_N_ELEMENTS (pages); i++)
    add_row (self, &pages[i]);
  for (guint i = 0; i < G_N_ELEMENTS (cards); i++)
    add_card (self, cards[i]);
  g_signal_connect_object (session, "said", G_CALLBACK (said_cb), self, G_CONNECT_SWAPPED);
  return ADW_DIALOG (self);
}
