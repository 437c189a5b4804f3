/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "torg-ui"

#include "config.h"

#include "torg-connect-dialog.h"
#include "torg-dialog-focus.h"

#include <glib/gi18n-lib.h>

struct _TorgConnectDialog
{
  AdwDialog parent_instance;

  AdwPreferencesGroup *group;
  GtkEditable         *address;
  GtkEditable         *key;
  GtkWidget           *accept_button;
  GtkWidget           *progress;
  GtkWidget           *message_box;
  GtkLabel            *message;

  TorgSyncer   *syncer;      /* (owned) */
  GCancellable *cancellable; /* (owned) (nullable): of what is being tried */
  gboolean      again;       /* the server is known, only the key is asked for */
};

G_DEFINE_FINAL_TYPE (TorgConnectDialog, torg_connect_dialog, ADW_TYPE_DIALOG)

enum
{
  SIGNAL_CONNECTED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

/* “crm.example.com” is an address too; without a slash at its end they are the same. */
static char *
dup_address (TorgConnectDialog *self)
{
  char *address = g_strstrip (g_strdup (gtk_editable_get_text (self->address)));

  while (g_str_has_suffix (address, "/"))
    address[strlen (address) - 1] = '\0';
  if (*address != '\0' && strstr (address, "://") == NULL)
    {
      char *whole = g_strconcat ("https://", address, NULL);

      g_free (address);
      return whole;
    }
  return address;
}

static char *
dup_key (TorgConnectDialog *self)
{
  return g_strstrip (g_strdup (gtk_editable_get_text (self->key)));
}

static gboolean
is_complete (TorgConnectDialog *self)
{
  g_autofree char *address = dup_address (self);
  g_autofree char *key = dup_key (self);

  return *key != '\0' && (self->again || g_uri_is_valid (address, G_URI_FLAGS_NONE, NULL));
}

static void
set_message (TorgConnectDialog *self, const char *text)
{
  gtk_label_set_label (self->message, text != NULL ? text : "");
  gtk_widget_set_visible (self->message_box, text != NULL);
  if (text != NULL)
    gtk_accessible_announce (GTK_ACCESSIBLE (self), text, GTK_ACCESSIBLE_ANNOUNCEMENT_PRIORITY_HIGH);
}

static void
update (TorgConnectDialog *self)
{
  gboolean trying = self->cancellable != NULL;

  gtk_widget_set_sensitive (GTK_WIDGET (self->group), !trying);
  gtk_widget_set_sensitive (self->accept_button, !trying && is_complete (self));
  gtk_widget_set_visible (self->progress, trying);
}

static void
changed_cb (TorgConnectDialog *self)
{
  set_message (self, NULL);
  update (self);
}

static void
tried_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (TorgConnectDialog) self = data;
  TorgSyncer *syncer = TORG_SYNCER (source);
  g_autoptr (GError) error = NULL;

  if (self->again)
    torg_syncer_sign_in_finish (syncer, result, &error);
  else
    torg_syncer_connect_finish (syncer, result, &error);
  g_clear_object (&self->cancellable);
  if (error == NULL)
    {
      g_signal_emit (self, signals[SIGNAL_CONNECTED], 0);
      adw_dialog_force_close (ADW_DIALOG (self));
      return;
    }
  if (self->key == NULL || g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  update (self);
  set_message (self, error->message);
  gtk_widget_grab_focus (GTK_WIDGET (self->key));
}

static void
accept_cb (TorgConnectDialog *self)
{
  g_autofree char *address = dup_address (self);
  g_autofree char *key = dup_key (self);

  if (self->cancellable != NULL || !is_complete (self))
    return;
  self->cancellable = g_cancellable_new ();
  set_message (self, NULL);
  update (self);
  if (self->again)
    torg_syncer_sign_in_async (self->syncer, key, self->cancellable, tried_cb, g_object_ref (self));
  else
    torg_syncer_connect_async (self->syncer, address, key, self->cancellable, tried_cb, g_object_ref (self));
}

static void
torg_connect_dialog_closed (AdwDialog *dialog)
{
  g_cancellable_cancel (TORG_CONNECT_DIALOG (dialog)->cancellable);
}

static void
torg_connect_dialog_dispose (GObject *object)
{
  TorgConnectDialog *self = TORG_CONNECT_DIALOG (object);

  gtk_widget_dispose_template (GTK_WIDGET (object), TORG_TYPE_CONNECT_DIALOG);
  g_clear_object (&self->cancellable);
  g_clear_object (&self->syncer);
  G_OBJECT_CLASS (torg_connect_dialog_parent_class)->dispose (object);
}

static void
torg_connect_dialog_class_init (TorgConnectDialogClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = torg_connect_dialog_dispose;
  ADW_DIALOG_CLASS (klass)->closed = torg_connect_dialog_closed;
  gtk_widget_class_set_template_from_resource (widget_class, "/org/torgcrm/Torg/ui/shell/torg-connect-dialog.ui");
  gtk_widget_class_bind_template_child (widget_class, TorgConnectDialog, group);
  gtk_widget_class_bind_template_child (widget_class, TorgConnectDialog, address);
  gtk_widget_class_bind_template_child (widget_class, TorgConnectDialog, key);
  gtk_widget_class_bind_template_child (widget_class, TorgConnectDialog, accept_button);
  gtk_widget_class_bind_template_child (widget_class, TorgConnectDialog, progress);
  gtk_widget_class_bind_template_child (widget_class, TorgConnectDialog, message_box);
  gtk_widget_class_bind_template_child (widget_class, TorgConnectDialog, message);
  gtk_widget_class_bind_template_callback (widget_class, accept_cb);
  gtk_widget_class_bind_template_callback (widget_class, changed_cb);
  gtk_widget_class_bind_template_callback (widget_class, adw_dialog_close);

  signals[SIGNAL_CONNECTED] =
    g_signal_new ("connected", TORG_TYPE_CONNECT_DIALOG, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
torg_connect_dialog_init (TorgConnectDialog *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

/**
 * torg_connect_dialog_new:
 * @syncer: the syncer of a replica without content
 *
 * Makes the dialog that connects to a server.
 *
 * Returns: a new dialog
 */
AdwDialog *
torg_connect_dialog_new (TorgSyncer *syncer)
{
  TorgConnectDialog *self = g_object_new (TORG_TYPE_CONNECT_DIALOG, NULL);

  self->syncer = g_object_ref (syncer);
  torg_dialog_focus_set (ADW_DIALOG (self), GTK_WIDGET (self->address));
  return ADW_DIALOG (self);
}

/**
 * torg_connect_dialog_new_sign_in:
 * @syncer: the syncer of a replica that belongs to a server
 *
 * Makes the dialog that asks for another key of the same server.
 *
 * Returns: a new dialog
 */
AdwDialog *
torg_connect_dialog_new_sign_in (TorgSyncer *syncer)
{
  TorgConnectDialog *self = TORG_CONNECT_DIALOG (torg_connect_dialog_new (syncer));

  self->again = TRUE;
  adw_dialog_set_title (ADW_DIALOG (self), _ ("New Key"));
  torg_dialog_focus_set (ADW_DIALOG (self), GTK_WIDGET (self->key));
  gtk_widget_set_visible (GTK_WIDGET (self->address), FALSE);
  adw_preferences_group_set_description (self->group, _ ("The server no longer knows your key. Ask your administrator "
                                                         "for another one; what you have not sent yet waits here."));
  gtk_button_set_label (GTK_BUTTON (self->accept_button), _ ("_Sign In"));
  return ADW_DIALOG (self);
}
