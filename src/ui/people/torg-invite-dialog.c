/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "torg-ui"

#include "config.h"

#include "torg-invite-dialog.h"
#include "torg-dialog-focus.h"
#include "torg-staff.h"

#include <glib/gi18n-lib.h>

struct _TorgInviteDialog
{
  AdwDialog parent_instance;

  GtkStack            *stack;
  AdwPreferencesGroup *group;
  GtkEditable         *name;
  GtkEditable         *email;
  AdwComboRow         *role;
  AdwComboRow         *department;
  GtkWidget           *cancel_button;
  GtkWidget           *accept_button;
  GtkWidget           *message_box;
  GtkLabel            *message;
  AdwPreferencesGroup *link_group;
  AdwActionRow        *link_row;
  GtkWidget           *copy_button;

  TorgSession  *session;     /* (owned) */
  TorgRecord   *user;        /* (owned) (nullable): an employee who is there */
  char         *login;       /* (owned) (nullable): what the employee signs in with already */
  char         *link;        /* (owned) (nullable) */
  GCancellable *cancellable; /* (owned) (nullable): of what the server is asked */
};

G_DEFINE_FINAL_TYPE (TorgInviteDialog, torg_invite_dialog, ADW_TYPE_DIALOG)

enum
{
  SIGNAL_INVITED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

static char *
dup_text (GtkEditable *row)
{
  return g_strstrip (g_strdup (gtk_editable_get_text (row)));
}

static char *
dup_email (TorgInviteDialog *self)
{
  return self->login != NULL ? g_strdup (self->login) : dup_text (self->email);
}

static char *
dup_name (TorgInviteDialog *self)
{
  return self->user != NULL ? torg_record_dup_title (self->user) : dup_text (self->name);
}

/* For texts that may hold markup. */
static char *
dup_escaped_name (TorgInviteDialog *self)
{
  g_autofree char *name = dup_name (self);

  return name != NULL ? g_markup_escape_text (name, -1) : NULL;
}

/* The server looks closer. */
static gboolean
is_complete (TorgInviteDialog *self)
{
  g_autofree char *name = dup_name (self);
  g_autofree char *email = dup_email (self);

  return name != NULL && *name != '\0' && (self->login != NULL || strchr (email, '@') != NULL);
}

static void
set_message (TorgInviteDialog *self, const char *text)
{
  gtk_label_set_label (self->message, text != NULL ? text : "");
  gtk_widget_set_visible (self->message_box, text != NULL);
  if (text != NULL)
    gtk_accessible_announce (GTK_ACCESSIBLE (self), text, GTK_ACCESSIBLE_ANNOUNCEMENT_PRIORITY_HIGH);
}

static void
update (TorgInviteDialog *self)
{
  gboolean asking = self->cancellable != NULL;

  /* Where the keyboard is must not become insensitive: then nobody would hear Escape. */
  if (asking)
    gtk_widget_grab_focus (self->cancel_button);
  gtk_widget_set_sensitive (GTK_WIDGET (self->group), !asking);
  gtk_widget_set_sensitive (self->accept_button, !asking && is_complete (self));
}

static void
changed_cb (TorgInviteDialog *self)
{
  set_message (self, NULL);
  update (self);
}

/* --- the link ----------------------------------------------------------------------------------------------------- */

static void
show_link (TorgInviteDialog *self)
{
  g_autofree char *name = dup_escaped_name (self);
  g_autofree char *text = NULL;

  text = g_strdup_printf (
    /* Translators: %s is a colleague’s name */
    _ ("Send this link to %s. It is good for 7 days, for one password, and is shown only now."), name);
  adw_preferences_group_set_description (self->link_group, text);
  adw_action_row_set_subtitle (self->link_row, self->link);
  gtk_stack_set_visible_child_name (self->stack, "link");
  gtk_widget_grab_focus (self->copy_button);
  gtk_accessible_announce (GTK_ACCESSIBLE (self), text, GTK_ACCESSIBLE_ANNOUNCEMENT_PRIORITY_MEDIUM);
}

static void
copy_cb (TorgInviteDialog *self)
{
  gdk_clipboard_set_text (gtk_widget_get_clipboard (GTK_WIDGET (self)), self->link);
  gtk_button_set_label (GTK_BUTTON (self->copy_button), _ ("Copied"));
}

static void
launched_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (TorgInviteDialog) self = data;

  if (!gtk_uri_launcher_launch_finish (GTK_URI_LAUNCHER (source), result, NULL) && self->link_group != NULL)
    adw_preferences_group_set_description (self->link_group,
                                           _ ("No mail program could be opened. Copy the link and send it yourself."));
}

static void
mail_cb (TorgInviteDialog *self)
{
  g_autofree char *email = dup_email (self);
  g_autofree char *text = g_strdup_printf (
    /* Translators: the text of a letter; %s is a link */
    _ ("Hello!\n\nYou are invited to Torg, our program for working with clients. Open this link and choose a "
       "password:\n\n%s\n\nThe link is good for 7 days."),
    self->link);
  g_autofree char *to = g_uri_escape_string (email, "@", FALSE);
  g_autofree char *subject = g_uri_escape_string (_ ("Invitation to Torg"), NULL, FALSE);
  g_autofree char *body = g_uri_escape_string (text, NULL, FALSE);
  g_autofree char *uri = g_strdup_printf ("mailto:%s?subject=%s&body=%s", to, subject, body);
  g_autoptr (GtkUriLauncher) launcher = gtk_uri_launcher_new (uri);
  GtkRoot *root = gtk_widget_get_root (GTK_WIDGET (self));

  gtk_uri_launcher_launch (launcher, GTK_IS_WINDOW (root) ? GTK_WINDOW (root) : NULL, NULL, launched_cb,
                           g_object_ref (self));
}

/* --- asking ------------------------------------------------------------------------------------------------------- */

static void
invited_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (TorgInviteDialog) self = data;
  g_autoptr (GError) error = NULL;
  char *link = torg_staff_invite_finish (result, &error);

  g_clear_object (&self->cancellable);
  if (self->stack == NULL)
    {
      g_free (link);
      return;
    }
  update (self);
  if (link == NULL)
    {
      if (!g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
        set_message (self, error->message);
      gtk_widget_grab_focus (self->accept_button);
      return;
    }
  g_set_str (&self->link, link);
  g_free (link);
  show_link (self);
  g_signal_emit (self, signals[SIGNAL_INVITED], 0);
}

/* The first choice is none. */
static const char *
get_chosen (TorgInviteDialog *self, AdwComboRow *row, const char *type)
{
  GPtrArray *records = torg_lookup_list (torg_session_get_lookup (self->session), type);
  guint      selected = adw_combo_row_get_selected (row);

  return records != NULL && selected > 0 && selected <= records->len
           ? torg_record_get_id (g_ptr_array_index (records, selected - 1))
           : NULL;
}

static void
accept_cb (TorgInviteDialog *self)
{
  g_autofree char *name = dup_name (self);
  g_autofree char *email = dup_email (self);
  gboolean         is_new = self->user == NULL;

  if (self->cancellable != NULL || !is_complete (self))
    return;
  self->cancellable = g_cancellable_new ();
  set_message (self, NULL);
  update (self);
  torg_staff_invite_async (torg_session_get_syncer (self->session), is_new ? NULL : torg_record_get_id (self->user),
                           is_new ? name : NULL, self->login == NULL ? email : NULL,
                           is_new ? get_chosen (self, self->role, "role") : NULL,
                           is_new ? get_chosen (self, self->department, "department") : NULL, self->cancellable,
                           invited_cb, g_object_ref (self));
}

/* --- the object --------------------------------------------------------------------------------------------------- */

static void
torg_invite_dialog_closed (AdwDialog *dialog)
{
  g_cancellable_cancel (TORG_INVITE_DIALOG (dialog)->cancellable);
}

static void
torg_invite_dialog_dispose (GObject *object)
{
  TorgInviteDialog *self = TORG_INVITE_DIALOG (object);

  gtk_widget_dispose_template (GTK_WIDGET (object), TORG_TYPE_INVITE_DIALOG);
  g_clear_object (&self->session);
  g_clear_pointer (&self->user, torg_record_unref);
  G_OBJECT_CLASS (torg_invite_dialog_parent_class)->dispose (object);
}

static void
torg_invite_dialog_finalize (GObject *object)
{
  TorgInviteDialog *self = TORG_INVITE_DIALOG (object);

  g_free (self->login);
  g_free (self->link);
  g_clear_object (&self->cancellable);
  G_OBJECT_CLASS (torg_invite_dialog_parent_class)->finalize (object);
}

static void
torg_invite_dialog_class_init (TorgInviteDialogClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = torg_invite_dialog_dispose;
  G_OBJECT_CLASS (klass)->finalize = torg_invite_dialog_finalize;
  ADW_DIALOG_CLASS (klass)->closed = torg_invite_dialog_closed;
  gtk_widget_class_set_template_from_resource (widget_class, "/org/torgcrm/Torg/ui/people/torg-invite-dialog.ui");
  gtk_widget_class_bind_template_child (widget_class, TorgInviteDialog, stack);
  gtk_widget_class_bind_template_child (widget_class, TorgInviteDialog, group);
  gtk_widget_class_bind_template_child (widget_class, TorgInviteDialog, name);
  gtk_widget_class_bind_template_child (widget_class, TorgInviteDialog, email);
  gtk_widget_class_bind_template_child (widget_class, TorgInviteDialog, role);
  gtk_widget_class_bind_template_child (widget_class, TorgInviteDialog, department);
  gtk_widget_class_bind_template_child (widget_class, TorgInviteDialog, cancel_button);
  gtk_widget_class_bind_template_child (widget_class, TorgInviteDialog, accept_button);
  gtk_widget_class_bind_template_child (widget_class, TorgInviteDialog, message_box);
  gtk_widget_class_bind_template_child (widget_class, TorgInviteDialog, message);
  gtk_widget_class_bind_template_child (widget_class, TorgInviteDialog, link_group);
  gtk_widget_class_bind_template_child (widget_class, TorgInviteDialog, link_row);
  gtk_widget_class_bind_template_child (widget_class, TorgInviteDialog, copy_button);
  gtk_widget_class_bind_template_callback (widget_class, changed_cb);
  gtk_widget_class_bind_template_callback (widget_class, accept_cb);
  gtk_widget_class_bind_template_callback (widget_class, copy_cb);
  gtk_widget_class_bind_template_callback (widget_class, mail_cb);
  gtk_widget_class_bind_template_callback (widget_class, adw_dialog_close);

  signals[SIGNAL_INVITED] =
    g_signal_new ("invited", TORG_TYPE_INVITE_DIALOG, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
torg_invite_dialog_init (TorgInviteDialog *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

static void
fill (TorgInviteDialog *self, AdwComboRow *row, const char *type, const char *none)
{
  GPtrArray *records = torg_lookup_list (torg_session_get_lookup (self->session), type);
  g_autoptr (GtkStringList) names = gtk_string_list_new (NULL);

  gtk_string_list_append (names, none);
  for (guint i = 0; records != NULL && i < records->len; i++)
    gtk_string_list_take (names, torg_record_dup_title (g_ptr_array_index (records, i)));
  adw_combo_row_set_model (row, G_LIST_MODEL (names));
  gtk_widget_set_visible (GTK_WIDGET (row), self->user == NULL && records != NULL && records->len > 0);
}

/* Of whoever signs in already the link is for another password. */
static void
describe (TorgInviteDialog *self, gboolean active)
{
  g_autofree char *name = dup_escaped_name (self);
  g_autofree char *text = NULL;

  if (self->user == NULL)
    text = g_strdup (_ ("You get a link to send. By it your colleague chooses a password."));
  else if (active)
    /* Translators: %s is a colleague’s name */
    text = g_strdup_printf (_ ("By the link %s chooses a new password, and then signs in anew on all devices."), name);
  else
    /* Translators: %s is a colleague’s name */
    text =
      g_strdup_printf (_ ("By the link %s chooses a password. A link that was sent before is no longer good."), name);
  adw_preferences_group_set_description (self->group, text);
}

/**
 * torg_invite_dialog_new:
 * @session: the session
 * @user: (nullable): an employee who is there; %NULL for a new one
 * @login: (nullable): what the employee signs in with already
 * @active: whether the employee has a password already
 *
 * Makes a dialog that makes a link.
 *
 * Returns: a new dialog
 */
AdwDialog *
torg_invite_dialog_new (TorgSession *session, TorgRecord *user, const char *login, gboolean active)
{
  TorgInviteDialog *self = g_object_new (TORG_TYPE_INVITE_DIALOG, NULL);
  g_auto (GStrv) emails = user != NULL ? torg_value_dup_items (torg_record_get (user, "emails")) : NULL;
  gboolean by_hand = user == NULL || login == NULL;

  self->session = g_object_ref (session);
  self->user = user != NULL ? torg_record_ref (user) : NULL;
  self->login = g_strdup (login);
  gtk_widget_set_visible (GTK_WIDGET (self->name), user == NULL);
  gtk_widget_set_visible (GTK_WIDGET (self->email), by_hand);
  if (emails != NULL && emails[0] != NULL)
    gtk_editable_set_text (self->email, emails[0]);
  fill (self, self->role, "role", C_ ("role", "None"));
  fill (self, self->department, "department", C_ ("department", "None"));
  if (user != NULL)
    adw_dialog_set_title (ADW_DIALOG (self), active ? _ ("New Password") : _ ("Invitation"));
  describe (self, active);
  torg_dialog_focus_set (ADW_DIALOG (self), user == NULL ? GTK_WIDGET (self->name)
                                            : by_hand    ? GTK_WIDGET (self->email)
                                                         : self->accept_button);
  update (self);
  return ADW_DIALOG (self);
}
