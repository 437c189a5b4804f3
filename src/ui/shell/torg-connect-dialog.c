/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "torg-ui"

#include "config.h"

#include "torg-connect-dialog.h"
#include "torg-dialog-focus.h"
#include "torg-sign-in.h"
#include "torg-sync.h"

#include <glib/gi18n-lib.h>

struct _TorgConnectDialog
{
  AdwDialog parent_instance;

  AdwPreferencesGroup *group;
  GtkEditable         *address;
  GtkEditable         *key;
  GtkWidget           *accept_button;
  GtkWidget           *cancel_button;
  GtkWidget           *progress;
  GtkLabel            *progress_label;
  GtkWidget           *copy_button;
  GtkWidget           *message_box;
  GtkLabel            *message;

  TorgSyncer   *syncer;      /* (owned) */
  GCancellable *cancellable; /* (owned) (nullable): of what is being tried */
  char         *page;        /* (owned) (nullable): where the user signs in now */
  gboolean      again;       /* the server is known */
  gboolean      with_content;
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
  char *address = g_strstrip (
    g_strdup (self->again ? torg_syncer_get_address (self->syncer) : gtk_editable_get_text (self->address)));

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
has_key (TorgConnectDialog *self)
{
  g_autofree char *key = dup_key (self);

  return *key != '\0';
}

static gboolean
is_complete (TorgConnectDialog *self)
{
  g_autofree char *address = dup_address (self);

  return self->again || g_uri_is_valid (address, G_URI_FLAGS_NONE, NULL);
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

  /* Where the keyboard is must not become insensitive: then nobody would hear Escape. */
  if (trying)
    gtk_widget_grab_focus (self->cancel_button);
  gtk_widget_set_sensitive (GTK_WIDGET (self->group), !trying);
  gtk_widget_set_sensitive (self->accept_button, !trying && is_complete (self));
  gtk_widget_set_visible (self->progress, trying);
  gtk_widget_set_visible (self->copy_button, trying && self->page != NULL);
  gtk_label_set_label (self->progress_label, self->page != NULL
                                               ? _ ("Sign in on the page in your browser, then come back here.")
                                               : _ ("Asking the server…"));
  /* With a key nothing is opened. */
  gtk_button_set_label (GTK_BUTTON (self->accept_button),
                        has_key (self) && !self->again ? _ ("C_onnect") : _ ("_Sign In"));
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
  g_clear_pointer (&self->page, g_free);
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

/* @token is a key, or what signing in brought. */
static void
try_token (TorgConnectDialog *self, const char *token)
{
  g_autofree char *address = dup_address (self);

  if (self->again)
    torg_syncer_sign_in_async (self->syncer, token, self->cancellable, tried_cb, g_object_ref (self));
  else
    torg_syncer_connect_async (self->syncer, address, token, self->with_content, self->cancellable, tried_cb,
                               g_object_ref (self));
}

static void
opened_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (TorgConnectDialog) self = data;

  /* The page can be opened by hand. */
  if (!gtk_uri_launcher_launch_finish (GTK_URI_LAUNCHER (source), result, NULL) && self->page != NULL)
    set_message (self, _ ("No browser could be opened. Copy the link, and open it in one."));
}

static void
open_page (const char *uri, gpointer data)
{
  TorgConnectDialog *self = data;
  g_autoptr (GtkUriLauncher) launcher = gtk_uri_launcher_new (uri);
  GtkRoot *root = gtk_widget_get_root (GTK_WIDGET (self));

  g_set_str (&self->page, uri);
  update (self);
  gtk_uri_launcher_launch (launcher, GTK_IS_WINDOW (root) ? GTK_WINDOW (root) : NULL, self->cancellable, opened_cb,
                           g_object_ref (self));
}

static void
copy_cb (TorgConnectDialog *self)
{
  if (self->page != NULL)
    gdk_clipboard_set_text (gtk_widget_get_clipboard (GTK_WIDGET (self)), self->page);
}

static void
signed_in_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (TorgConnectDialog) self = data;
  g_autoptr (GError) error = NULL;
  g_autofree char *token = torg_sign_in_finish (result, &error);
  GtkRoot         *root;

  g_clear_pointer (&self->page, g_free);
  if (token != NULL)
    {
      root = gtk_widget_get_root (GTK_WIDGET (self));
      if (GTK_IS_WINDOW (root))
        gtk_window_present (GTK_WINDOW (root));
      update (self);
      try_token (self, token);
      return;
    }
  g_clear_object (&self->cancellable);
  if (self->key == NULL || g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  update (self);
  set_message (self, error->message);
  gtk_widget_grab_focus (self->again ? self->accept_button : GTK_WIDGET (self->address));
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
  if (*key != '\0')
    try_token (self, key);
  else
    torg_sign_in_async (torg_replica_get_env (torg_syncer_get_replica (self->syncer)), address, open_page, self,
                        self->cancellable, signed_in_cb, g_object_ref (self));
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
  g_clear_pointer (&self->page, g_free);
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
  gtk_widget_class_bind_template_child (widget_class, TorgConnectDialog, cancel_button);
  gtk_widget_class_bind_template_child (widget_class, TorgConnectDialog, progress);
  gtk_widget_class_bind_template_child (widget_class, TorgConnectDialog, progress_label);
  gtk_widget_class_bind_template_child (widget_class, TorgConnectDialog, copy_button);
  gtk_widget_class_bind_template_child (widget_class, TorgConnectDialog, message_box);
  gtk_widget_class_bind_template_child (widget_class, TorgConnectDialog, message);
  gtk_widget_class_bind_template_callback (widget_class, accept_cb);
  gtk_widget_class_bind_template_callback (widget_class, changed_cb);
  gtk_widget_class_bind_template_callback (widget_class, copy_cb);
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
 * torg_connect_dialog_new_with_content:
 * @syncer: the syncer of a replica that belongs to no server
 *
 * Makes the dialog that connects to a server and sends what is here to it.
 *
 * Returns: a new dialog
 */
AdwDialog *
torg_connect_dialog_new_with_content (TorgSyncer *syncer)
{
  TorgConnectDialog *self = TORG_CONNECT_DIALOG (torg_connect_dialog_new (syncer));

  self->with_content = TRUE;
  adw_preferences_group_set_description (
    self->group,
    _ ("All that is on this computer will be sent to the server, and your colleagues will see it according "
       "to their rights. Pipelines, stages, dictionaries and employees that the server has under the "
       "same name become the server’s. This cannot be undone."));
  return ADW_DIALOG (self);
}

/**
 * torg_connect_dialog_new_sign_in:
 * @syncer: the syncer of a replica that belongs to a server
 *
 * Makes the dialog in which the user signs in anew to the same server, or types another key.
 *
 * Returns: a new dialog
 */
AdwDialog *
torg_connect_dialog_new_sign_in (TorgSyncer *syncer)
{
  TorgConnectDialog *self = TORG_CONNECT_DIALOG (torg_connect_dialog_new (syncer));

  self->again = TRUE;
  adw_dialog_set_title (ADW_DIALOG (self), _ ("Sign In"));
  torg_dialog_focus_set (ADW_DIALOG (self), GTK_WIDGET (self->key));
  gtk_widget_set_visible (GTK_WIDGET (self->address), FALSE);
  adw_preferences_group_set_description (
    self->group, _ ("The server no longer knows this computer. Sign in with your password in "
                    "the browser, or type another key; what you have not sent yet waits here."));
  update (self);
  return ADW_DIALOG (self);
}
