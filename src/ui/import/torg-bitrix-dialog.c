/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "torg-ui"

#include "config.h"

#include "torg-bitrix-dialog.h"
#include "torg-bitrix.h"
#include "torg-import-task.h"
#include "torg-number.h"
#include "torg-webhook.h"

#include <glib/gi18n-lib.h>

/* How many failures are shown; all are counted. */
#define MAX_SHOWN 100

struct _TorgBitrixDialog
{
  AdwDialog parent_instance;

  GtkStack            *pages;
  AdwEntryRow         *address_row;
  GtkLabel            *trouble_label;
  GtkWidget           *start_button;
  GtkLabel            *busy_label;
  GtkProgressBar      *progress_bar;
  GtkWidget           *cancel_button;
  AdwPreferencesGroup *done_group;
  AdwPreferencesGroup *failures_group;
  GtkWidget           *undo_button;
  GtkWidget           *done_button;

  TorgSession *session;   /* (owned) */
  TorgBitrix  *bitrix;    /* (owned) (nullable): the import that is under way */
  TorgJob     *job;       /* (owned) (nullable) */
  char        *import_id; /* (owned) (nullable): of what was imported */
};

G_DEFINE_FINAL_TYPE (TorgBitrixDialog, torg_bitrix_dialog, ADW_TYPE_DIALOG)

static void
show_trouble (TorgBitrixDialog *self, const char *message)
{
  gtk_stack_set_visible_child_name (self->pages, "address");
  gtk_label_set_label (self->trouble_label, message);
  if (*message != '\0')
    gtk_accessible_announce (GTK_ACCESSIBLE (self), message, GTK_ACCESSIBLE_ANNOUNCEMENT_PRIORITY_HIGH);
  gtk_widget_grab_focus (GTK_WIDGET (self->address_row));
}

static void
add_row (AdwPreferencesGroup *group, const char *title, const char *subtitle)
{
  GtkWidget *row = adw_action_row_new ();

  adw_preferences_row_set_use_markup (ADW_PREFERENCES_ROW (row), FALSE);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), title);
  if (subtitle != NULL)
    adw_action_row_set_subtitle (ADW_ACTION_ROW (row), subtitle);
  adw_action_row_set_title_lines (ADW_ACTION_ROW (row), 0);
  adw_preferences_group_add (group, row);
}

static char *
say_count (gint64 n)
{
  return torg_number_format (n * TORG_NUMBER_SCALE, TORG_NUMBER_STYLE_LOCALE);
}

static void
show_result (TorgBitrixDialog *self, TorgBitrixResult *result)
{
  TorgSchema *schema = torg_session_get_schema (self->session);

  for (guint i = 0; i < TORG_BITRIX_N_KINDS; i++)
    {
      const TorgBitrixCount *count = &result->counts[i];
      g_autofree char       *created = say_count (count->created), *filled = say_count (count->filled);
      g_autofree char       *known = say_count (count->known), *failed = say_count (count->failed);
      g_autofree char       *text = NULL;

      /* What the portal has none of is not worth a line. */
      if (count->created + count->filled + count->known + count->failed == 0)
        continue;
      text = g_strdup_printf (_ ("%s created, %s filled in, %s known already, %s could not be taken"), created, filled,
                              known, failed);
      add_row (self->done_group, torg_type_get_label_plural (torg_schema_find (schema, torg_bitrix_get_type (i))),
               text);
    }
  for (guint i = 0; i < MIN (result->failures->len, MAX_SHOWN); i++)
    add_row (self->failures_group, result->failures->pdata[i], NULL);
  gtk_widget_set_visible (GTK_WIDGET (self->failures_group), result->failures->len > 0);
  gtk_stack_set_visible_child_name (self->pages, "done");
  gtk_widget_grab_focus (self->done_button);
}

static void
ran_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (TorgBitrixDialog) self = data;
  g_autoptr (TorgBitrix) bitrix = g_steal_pointer (&self->bitrix);
  g_autoptr (TorgBitrixResult) done = torg_bitrix_dup_result (bitrix);
  g_autoptr (GError) error = NULL;
  gboolean ok = torg_bitrix_run_finish (TORG_REPLICA (source), result, &error);

  g_clear_object (&self->job);
  /* The window is gone. */
  if (self->session == NULL)
    return;
  g_set_str (&self->import_id, done->import_id);
  if (ok)
    show_result (self, done);
  else if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    show_trouble (self, _ ("Stopped. What came is here; import again to go on from there."));
  else
    show_trouble (self, error->message);
}

static void
progress_cb (TorgBitrixDialog *self)
{
  if (self->job != NULL && torg_job_get_fraction (self->job) >= 0)
    gtk_progress_bar_set_fraction (self->progress_bar, torg_job_get_fraction (self->job));
}

static void
start_cb (TorgBitrixDialog *self)
{
  g_autoptr (GError) error = NULL;
  TorgWebhook     *webhook = torg_webhook_new (gtk_editable_get_text (GTK_EDITABLE (self->address_row)), &error);
  g_autofree char *title = NULL;
  TorgBitrixWeb    web;

  if (webhook == NULL)
    {
      show_trouble (self, error->message);
      return;
    }
  /* Translators: %s is the address of a portal */
  title = g_strdup_printf (_ ("Importing %s…"), torg_webhook_get_portal (webhook));
  web = (TorgBitrixWeb) { torg_webhook_post, torg_webhook_wait, webhook };
  self->bitrix = torg_bitrix_new (torg_webhook_get_portal (webhook), &web, torg_webhook_free);
  self->job = torg_job_new (title);
  g_signal_connect_object (self->job, "notify::fraction", G_CALLBACK (progress_cb), self, G_CONNECT_SWAPPED);
  torg_session_add_job (self->session, self->job);
  gtk_label_set_label (self->trouble_label, "");
  gtk_label_set_label (self->busy_label, title);
  gtk_progress_bar_set_fraction (self->progress_bar, 0);
  gtk_stack_set_visible_child_name (self->pages, "busy");
  gtk_widget_grab_focus (self->cancel_button);
  torg_bitrix_run_async (torg_session_get_replica (self->session), self->bitrix, self->job, ran_cb,
                         g_object_ref (self));
}

static void
changed_cb (TorgBitrixDialog *self)
{
  gtk_widget_set_sensitive (self->start_button, *gtk_editable_get_text (GTK_EDITABLE (self->address_row)) != '\0');
}

static void
cancel_cb (TorgBitrixDialog *self)
{
  if (self->job != NULL)
    torg_job_cancel (self->job);
}

static void
undone_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (TorgBitrixDialog) self = data;
  g_autoptr (GError) error = NULL;
  guint n_left = 0;

  if (self->session == NULL)
    return;
  if (!torg_import_undo_finish (TORG_REPLICA (source), result, &n_left, &error))
    torg_session_fail (self->session, error);
  else
    torg_session_say (self->session, _ ("The import is undone"), 0);
  adw_dialog_close (ADW_DIALOG (self));
}

static void
undo_cb (TorgBitrixDialog *self)
{
  gtk_widget_set_sensitive (self->undo_button, FALSE);
  torg_import_undo_async (torg_session_get_replica (self->session), self->import_id, undone_cb, g_object_ref (self));
}

static void
close_cb (TorgBitrixDialog *self)
{
  adw_dialog_close (ADW_DIALOG (self));
}

static void
torg_bitrix_dialog_dispose (GObject *object)
{
  TorgBitrixDialog *self = TORG_BITRIX_DIALOG (object);

  g_clear_object (&self->job);
  g_clear_object (&self->session);
  g_clear_pointer (&self->bitrix, torg_bitrix_free);
  g_clear_pointer (&self->import_id, g_free);
  gtk_widget_dispose_template (GTK_WIDGET (object), TORG_TYPE_BITRIX_DIALOG);
  G_OBJECT_CLASS (torg_bitrix_dialog_parent_class)->dispose (object);
}

static void
torg_bitrix_dialog_class_init (TorgBitrixDialogClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = torg_bitrix_dialog_dispose;
  gtk_widget_class_set_template_from_resource (widget_class, "/org/torgcrm/Torg/ui/import/torg-bitrix-dialog.ui");
  gtk_widget_class_bind_template_child (widget_class, TorgBitrixDialog, pages);
  gtk_widget_class_bind_template_child (widget_class, TorgBitrixDialog, address_row);
  gtk_widget_class_bind_template_child (widget_class, TorgBitrixDialog, trouble_label);
  gtk_widget_class_bind_template_child (widget_class, TorgBitrixDialog, start_button);
  gtk_widget_class_bind_template_child (widget_class, TorgBitrixDialog, busy_label);
  gtk_widget_class_bind_template_child (widget_class, TorgBitrixDialog, progress_bar);
  gtk_widget_class_bind_template_child (widget_class, TorgBitrixDialog, cancel_button);
  gtk_widget_class_bind_template_child (widget_class, TorgBitrixDialog, done_group);
  gtk_widget_class_bind_template_child (widget_class, TorgBitrixDialog, failures_group);
  gtk_widget_class_bind_template_child (widget_class, TorgBitrixDialog, undo_button);
  gtk_widget_class_bind_template_child (widget_class, TorgBitrixDialog, done_button);
  gtk_widget_class_bind_template_callback (widget_class, start_cb);
  gtk_widget_class_bind_template_callback (widget_class, changed_cb);
  gtk_widget_class_bind_template_callback (widget_class, cancel_cb);
  gtk_widget_class_bind_template_callback (widget_class, undo_cb);
  gtk_widget_class_bind_template_callback (widget_class, close_cb);
}

static void
torg_bitrix_dialog_init (TorgBitrixDialog *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

/**
 * torg_bitrix_dialog_new:
 * @session: what a pane works with
 *
 * Makes the dialog.
 *
 * Returns: a new dialog
 */
AdwDialog *
torg_bitrix_dialog_new (TorgSession *session)
{
  TorgBitrixDialog *self = g_object_new (TORG_TYPE_BITRIX_DIALOG, NULL);

  self->session = g_object_ref (session);
  return ADW_DIALOG (self);
}
