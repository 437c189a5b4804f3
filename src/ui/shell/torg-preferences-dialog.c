/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "torg-ui"

#include "config.h"

#include "torg-preferences-dialog.h"
#include "torg-file-table.h"

#include <glib/gi18n-lib.h>

struct _TorgPreferencesDialog
{
  AdwDialog parent_instance;

  AdwComboRow  *color_scheme;
  AdwSwitchRow *show_closed;
  AdwComboRow  *currency;
  AdwComboRow  *reminder;
  GtkWidget    *files;
  AdwSwitchRow *always;
  AdwSpinRow   *limit;
  AdwActionRow *place;

  TorgSession *session; /* (owned) */
  GSettings   *program; /* (owned): what all accounts share */
};

G_DEFINE_FINAL_TYPE (TorgPreferencesDialog, torg_preferences_dialog, ADW_TYPE_DIALOG)

static const struct
{
  const char *code;
  const char *label;
} currencies[] = {
  { "RUB", N_ ("Russian rouble, ₽") }, { "USD", N_ ("US dollar, $") },    { "EUR", N_ ("Euro, €") },
  { "CNY", N_ ("Chinese yuan, ¥") },   { "KZT", N_ ("Kazakh tenge, ₸") }, { "BYN", N_ ("Belarusian rouble, Br") },
};

static void
currency_cb (TorgPreferencesDialog *self)
{
  guint index = adw_combo_row_get_selected (self->currency);

  if (index < G_N_ELEMENTS (currencies))
    g_settings_set_string (torg_session_get_settings (self->session), "currency", currencies[index].code);
}

/* Minutes before something is due; below 0 there is no reminder. */
static const int reminders[] = { -1, 0, 5, 10, 15, 30, 60 };

static void
reminder_cb (TorgPreferencesDialog *self)
{
  guint index = adw_combo_row_get_selected (self->reminder);

  if (index < G_N_ELEMENTS (reminders))
    g_settings_set_int (torg_session_get_settings (self->session), "reminder", reminders[index]);
}

static void
show_reminder (TorgPreferencesDialog *self)
{
  int minutes = g_settings_get_int (torg_session_get_settings (self->session), "reminder");
  g_autoptr (GtkStringList) labels = gtk_string_list_new (NULL);
  guint selected = 0;

  for (guint i = 0; i < G_N_ELEMENTS (reminders); i++)
    {
      g_autofree char *label =
        reminders[i] < 0 ? g_strdup (C_ ("reminder", "Never"))
        : reminders[i] == 0
          ? g_strdup (_ ("When It Is Time"))
          : g_strdup_printf (ngettext ("%d minute before", "%d minutes before", (gulong) reminders[i]), reminders[i]);

      gtk_string_list_append (labels, label);
      if (reminders[i] <= minutes)
        selected = i;
    }
  adw_combo_row_set_model (self->reminder, G_LIST_MODEL (labels));
  adw_combo_row_set_selected (self->reminder, selected);
  g_signal_connect_object (self->reminder, "notify::selected", G_CALLBACK (reminder_cb), self, G_CONNECT_SWAPPED);
}

static void
color_scheme_cb (TorgPreferencesDialog *self)
{
  g_settings_set_enum (self->program, "color-scheme", (int) adw_combo_row_get_selected (self->color_scheme));
}

/* --- files -------------------------------------------------------------------------------------------------------- */

#define MB (1000 * 1000)

typedef struct
{
  gboolean always;
  gint64   limit;
} Choice;

static gpointer
read_choice (TorgStore *store, gpointer data, GCancellable *cancellable, GError **error)
{
  Choice *choice = g_new0 (Choice, 1);

  choice->always = torg_store_get_always_files (store, &choice->limit);
  return choice;
}

static gpointer
save_choice (TorgStore *store, gpointer data, GCancellable *cancellable, GError **error)
{
  Choice *choice = data;

  return GINT_TO_POINTER (torg_store_set_always_files (store, choice->always, choice->limit, error));
}

static void
choice_saved_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (TorgSession) session = data;
  g_autoptr (GError) error = NULL;

  torg_replica_call_finish (TORG_REPLICA (source), result, &error);
  if (error != NULL)
    torg_session_fail (session, error);
  else
    torg_file_queue_look (torg_syncer_get_files (torg_session_get_syncer (session)));
}

static void
choice_cb (TorgPreferencesDialog *self)
{
  Choice *choice = g_new0 (Choice, 1);

  choice->always = adw_switch_row_get_active (self->always);
  choice->limit = (gint64) adw_spin_row_get_value (self->limit) * MB;
  torg_replica_call_async (torg_session_get_replica (self->session), TORG_LANE_WRITE, save_choice, choice, g_free, NULL,
                           NULL, choice_saved_cb, g_object_ref (self->session));
}

static void
choice_read_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (TorgPreferencesDialog) self = data;
  g_autofree Choice *choice = torg_replica_call_finish (TORG_REPLICA (source), result, NULL);

  /* Closed meanwhile. */
  if (choice == NULL || self->session == NULL)
    return;
  adw_switch_row_set_active (self->always, choice->always);
  adw_spin_row_set_value (self->limit, (double) choice->limit / MB);
  g_signal_connect_object (self->always, "notify::active", G_CALLBACK (choice_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->limit, "notify::value", G_CALLBACK (choice_cb), self, G_CONNECT_SWAPPED);
}

static void
show_files (TorgPreferencesDialog *self)
{
  TorgSyncer *syncer = torg_session_get_syncer (self->session);

  /* On a computer of one's own all files are here. */
  gtk_widget_set_visible (self->files, torg_syncer_get_state (syncer) != TORG_SYNC_STATE_LOCAL);
  torg_replica_call_async (torg_session_get_replica (self->session), TORG_LANE_READ, read_choice, NULL, NULL, g_free,
                           NULL, choice_read_cb, g_object_ref (self));
}

static void
show_place_cb (TorgPreferencesDialog *self)
{
  g_autoptr (GFile) file = g_file_new_for_path (torg_replica_get_path (torg_session_get_replica (self->session)));
  g_autoptr (GtkFileLauncher) launcher = gtk_file_launcher_new (file);

  gtk_file_launcher_open_containing_folder (launcher, GTK_WINDOW (gtk_widget_get_root (GTK_WIDGET (self))), NULL, NULL,
                                            NULL);
}

static void
torg_preferences_dialog_dispose (GObject *object)
{
  g_clear_object (&TORG_PREFERENCES_DIALOG (object)->session);
  g_clear_object (&TORG_PREFERENCES_DIALOG (object)->program);
  gtk_widget_dispose_template (GTK_WIDGET (object), TORG_TYPE_PREFERENCES_DIALOG);
  G_OBJECT_CLASS (torg_preferences_dialog_parent_class)->dispose (object);
}

static void
torg_preferences_dialog_class_init (TorgPreferencesDialogClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = torg_preferences_dialog_dispose;
  gtk_widget_class_set_template_from_resource (widget_class, "/org/torgcrm/Torg/ui/shell/torg-preferences-dialog.ui");
  gtk_widget_class_bind_template_child (widget_class, TorgPreferencesDialog, color_scheme);
  gtk_widget_class_bind_template_child (widget_class, TorgPreferencesDialog, show_closed);
  gtk_widget_class_bind_template_child (widget_class, TorgPreferencesDialog, currency);
  gtk_widget_class_bind_template_child (widget_class, TorgPreferencesDialog, reminder);
  gtk_widget_class_bind_template_child (widget_class, TorgPreferencesDialog, files);
  gtk_widget_class_bind_template_child (widget_class, TorgPreferencesDialog, always);
  gtk_widget_class_bind_template_child (widget_class, TorgPreferencesDialog, limit);
  gtk_widget_class_bind_template_child (widget_class, TorgPreferencesDialog, place);
  gtk_widget_class_bind_template_callback (widget_class, show_place_cb);
}

static void
torg_preferences_dialog_init (TorgPreferencesDialog *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

/**
 * torg_preferences_dialog_new:
 * @session: the session
 *
 * Makes the program's settings.
 *
 * Returns: a new dialog
 */
AdwDialog *
torg_preferences_dialog_new (TorgSession *session)
{
  TorgPreferencesDialog *self = g_object_new (TORG_TYPE_PREFERENCES_DIALOG, NULL);
  GSettings             *settings = torg_session_get_settings (session);
  g_autoptr (GtkStringList) labels = gtk_string_list_new (NULL);
  const char *currency = torg_session_get_currency (session);
  guint       selected = 0;

  self->session = g_object_ref (session);
  self->program = g_settings_new (TORG_APP_ID);
  for (guint i = 0; i < G_N_ELEMENTS (currencies); i++)
    {
      gtk_string_list_append (labels, _ (currencies[i].label));
      if (g_str_equal (currencies[i].code, currency))
        selected = i;
    }
  adw_combo_row_set_model (self->currency, G_LIST_MODEL (labels));
  adw_combo_row_set_selected (self->currency, selected);
  adw_combo_row_set_selected (self->color_scheme, (guint) g_settings_get_enum (self->program, "color-scheme"));
  g_settings_bind (settings, "show-closed", self->show_closed, "active", G_SETTINGS_BIND_DEFAULT);
  adw_action_row_set_subtitle (self->place, torg_replica_get_path (torg_session_get_replica (session)));
  g_signal_connect_object (self->currency, "notify::selected", G_CALLBACK (currency_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->color_scheme, "notify::selected", G_CALLBACK (color_scheme_cb), self,
                           G_CONNECT_SWAPPED);
  show_reminder (self);
  show_files (self);
  return ADW_DIALOG (self);
}
