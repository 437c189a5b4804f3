/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "torg-ui"

#include "config.h"

#include "torg-people-dialog.h"
#include "torg-choose-dialog.h"
#include "torg-exports-dialog.h"
#include "torg-hand-over-dialog.h"
#include "torg-invite-dialog.h"
#include "torg-staff.h"
#include "torg-sync-words.h"
#include "torg-toast.h"
#include "torg-words.h"

#include <glib/gi18n-lib.h>
#include <string.h>

/* Names come from here, and are there without a network; who can sign in the server alone knows. */

struct _TorgPeopleDialog
{
  AdwDialog parent_instance;

  AdwBanner       *banner;
  GtkSearchEntry  *entry;
  GtkListBox      *list;
  GtkStack        *stack;
  AdwToastOverlay *toasts;

  TorgSession  *session;     /* (owned) */
  GHashTable   *staff;       /* (owned) (nullable) id → TorgStaffMember: until the server has answered */
  GCancellable *cancellable; /* (owned): of what the server is asked */
};

G_DEFINE_FINAL_TYPE (TorgPeopleDialog, torg_people_dialog, ADW_TYPE_DIALOG)

static const TorgStaffMember *
find_member (TorgPeopleDialog *self, const char *id)
{
  return self->staff != NULL ? g_hash_table_lookup (self->staff, id) : NULL;
}

static TorgRecord *
find_user (TorgPeopleDialog *self, const char *id)
{
  return torg_lookup_get (torg_session_get_lookup (self->session), id);
}

static gboolean
has_left (TorgPeopleDialog *self, TorgRecord *user)
{
  const TorgStaffMember *member = find_member (self, torg_record_get_id (user));

  return torg_record_get_number (user, "disabled") != 0 || (member != NULL && member->state == TORG_STAFF_CLOSED);
}

/* What the server keeps in somebody's name. */
static gboolean
has_belongings (const TorgStaffMember *member)
{
  return member != NULL && (*member->forms != NULL || *member->webhooks != NULL);
}

/* --- rows --------------------------------------------------------------------------------------------------------- */

static void
append_part (GString *text, const char *part)
{
  if (part == NULL || *part == '\0')
    return;
  if (text->len > 0)
    g_string_append (text, " · ");
  g_string_append (text, part);
}

static void
append_title (TorgPeopleDialog *self, GString *text, TorgRecord *user, const char *field)
{
  const char      *id = torg_record_get_text (user, field);
  g_autofree char *title = id != NULL ? torg_lookup_dup_title (torg_session_get_lookup (self->session), id) : NULL;

  append_part (text, title);
}

/* Role, department, login, and when they were last heard of. */
static char *
describe (TorgPeopleDialog *self, TorgRecord *user)
{
  const TorgStaffMember *member = find_member (self, torg_record_get_id (user));
  GString               *text = g_string_new (NULL);

  append_title (self, text, user, "role");
  append_title (self, text, user, "department");
  append_part (text, member != NULL ? member->login : NULL);
  if (member != NULL && member->seen != 0)
    {
      g_autofree char *ago = torg_sync_words_ago (member->seen, torg_session_get_now (self->session));
      /* Translators: when an employee’s program was last heard of: “3 hours ago” */
      g_autofree char *seen = g_strdup_printf (_ ("last seen %s"), ago);

      append_part (text, seen);
    }
  return g_string_free_and_steal (text);
}

static char *
say_state (TorgPeopleDialog *self, TorgRecord *user, const char **icon)
{
  const TorgStaffMember *member = find_member (self, torg_record_get_id (user));
  g_autofree char       *until = NULL;

  *icon = NULL;
  if (has_left (self, user))
    {
      *icon = "changes-prevent-symbolic";
      return g_strdup (C_ ("account", "Closed"));
    }
  if (member == NULL)
    return NULL;
  switch (member->state)
    {
      case TORG_STAFF_INVITED:
        *icon = "mail-unread-symbolic";
        until = torg_words_moment (member->until, TRUE, torg_session_get_now (self->session));
        /* Translators: until when an invitation is good: a day */
        return g_strdup_printf (_ ("Invited until %s"), until);
      case TORG_STAFF_EXPIRED:
        *icon = "dialog-warning-symbolic";
        return g_strdup (_ ("Invitation Expired"));
      case TORG_STAFF_NONE:
        return g_strdup (_ ("Cannot Sign In"));
      case TORG_STAFF_ACTIVE:
      case TORG_STAFF_CLOSED:
      default:
        *icon = "object-select-symbolic";
        return g_strdup (C_ ("account", "Active"));
    }
}

static void
add_item (GMenu *menu, const char *label, const char *action, const char *id)
{
  g_autoptr (GMenuItem) item = g_menu_item_new (label, NULL);

  g_menu_item_set_action_and_target (item, action, "s", id);
  g_menu_append_item (menu, item);
}

/* What the server does is offered once it has answered. */
static GMenuModel *
make_menu (TorgPeopleDialog *self, TorgRecord *user)
{
  const char            *id = torg_record_get_id (user);
  const TorgStaffMember *member = find_member (self, id);
  GMenu                 *menu = g_menu_new ();

  if (member != NULL && has_left (self, user))
    add_item (menu, _ ("_Let In Again"), "people.open", id);
  else if (member != NULL)
    {
      if (member->state == TORG_STAFF_NONE)
        add_item (menu, _ ("_Invite…"), "people.link", id);
      else if (member->state == TORG_STAFF_ACTIVE)
        add_item (menu, _ ("_New Password…"), "people.link", id);
      else
        add_item (menu, _ ("New _Link…"), "people.link", id);
      if (member->state == TORG_STAFF_INVITED)
        add_item (menu, _ ("_Withdraw the Invitation"), "people.withdraw", id);
      if (g_strcmp0 (id, torg_session_get_user (self->session)) != 0)
        add_item (menu, _ ("_Close the Account…"), "people.close", id);
    }
  add_item (menu, _ ("_Hand Over Work…"), "people.hand-over", id);
  if (has_belongings (member))
    add_item (menu, _ ("_Give Forms and Webhooks Away…"), "people.give", id);
  return G_MENU_MODEL (menu);
}

static GtkWidget *
create_state (const char *text, const char *icon)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);

  gtk_widget_set_valign (box, GTK_ALIGN_CENTER);
  gtk_widget_add_css_class (box, "dim-label");
  gtk_widget_add_css_class (box, "caption");
  if (icon != NULL)
    gtk_box_append (GTK_BOX (box), gtk_image_new_from_icon_name (icon));
  gtk_box_append (GTK_BOX (box), gtk_label_new (text));
  return box;
}

static GtkWidget *
create_row (TorgPeopleDialog *self, TorgRecord *user)
{
  GtkWidget       *row = adw_action_row_new ();
  GtkWidget       *button = gtk_menu_button_new ();
  g_autofree char *title = torg_words_title (user);
  g_autofree char *details = describe (self, user);
  const char      *icon;
  g_autofree char *state = say_state (self, user, &icon);
  g_autofree char *label = NULL;
  g_autoptr (GMenuModel) menu = make_menu (self, user);

  adw_preferences_row_set_use_markup (ADW_PREFERENCES_ROW (row), FALSE);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), title);
  adw_action_row_set_subtitle (ADW_ACTION_ROW (row), details);
  adw_action_row_set_subtitle_lines (ADW_ACTION_ROW (row), 2);
  g_object_set_data_full (G_OBJECT (row), "torg-id", g_strdup (torg_record_get_id (user)), g_free);
  g_object_set_data_full (G_OBJECT (row), "torg-text", g_strconcat (title, " ", details, NULL), g_free);
  if (state != NULL)
    adw_action_row_add_suffix (ADW_ACTION_ROW (row), create_state (state, icon));
  /* Translators: the button of a menu; %s is a colleague’s name */
  label = g_strdup_printf (_ ("What to do about %s"), title);
  gtk_menu_button_set_icon_name (GTK_MENU_BUTTON (button), "view-more-symbolic");
  gtk_menu_button_set_menu_model (GTK_MENU_BUTTON (button), menu);
  gtk_widget_set_valign (button, GTK_ALIGN_CENTER);
  gtk_widget_add_css_class (button, "flat");
  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, label, -1);
  gtk_widget_set_tooltip_text (button, label);
  adw_action_row_add_suffix (ADW_ACTION_ROW (row), button);
  adw_action_row_set_activatable_widget (ADW_ACTION_ROW (row), button);
  return row;
}

static void
search_changed_cb (TorgPeopleDialog *self)
{
  g_autofree char *text = g_utf8_casefold (gtk_editable_get_text (GTK_EDITABLE (self->entry)), -1);
  gboolean         any = FALSE;

  for (GtkWidget *row = gtk_widget_get_first_child (GTK_WIDGET (self->list)); row != NULL;
       row = gtk_widget_get_next_sibling (row))
    {
      const char      *words = g_object_get_data (G_OBJECT (row), "torg-text");
      g_autofree char *folded = g_utf8_casefold (words != NULL ? words : "", -1);
      gboolean         fits = strstr (folded, g_strstrip (text)) != NULL;

      gtk_widget_set_visible (row, fits);
      any |= fits;
    }
  gtk_stack_set_visible_child_name (self->stack, any ? "list" : "nothing");
}

/* The id of the row that the keyboard is in. */
static char *
dup_focused (TorgPeopleDialog *self)
{
  GtkWidget *row = gtk_widget_get_focus_child (GTK_WIDGET (self->list));

  return row != NULL ? g_strdup (g_object_get_data (G_OBJECT (row), "torg-id")) : NULL;
}

/* Those who have left come last. */
static void
show (TorgPeopleDialog *self)
{
  GPtrArray       *users = torg_lookup_list (torg_session_get_lookup (self->session), "user");
  g_autofree char *focused = dup_focused (self);

  gtk_list_box_remove_all (self->list);
  for (int left = FALSE; users != NULL && left <= TRUE; left++)
    for (guint i = 0; i < users->len; i++)
      if (has_left (self, users->pdata[i]) == left)
        {
          GtkWidget *row = create_row (self, users->pdata[i]);

          gtk_list_box_append (self->list, row);
          if (g_strcmp0 (focused, torg_record_get_id (users->pdata[i])) == 0)
            gtk_widget_child_focus (row, GTK_DIR_TAB_FORWARD);
        }
  search_changed_cb (self);
}

/* --- asking the server -------------------------------------------------------------------------------------------- */

static void
say_trouble (TorgPeopleDialog *self, const GError *error)
{
  if (error != NULL)
    adw_banner_set_title (self->banner, error->message);
  adw_banner_set_revealed (self->banner, error != NULL);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "people.invite", error == NULL && self->staff != NULL);
}

static void
listed_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (TorgPeopleDialog) self = data;
  g_autoptr (GError) error = NULL;
  GHashTable *staff = torg_staff_list_finish (result, &error);

  if (self->list == NULL || g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    {
      g_clear_pointer (&staff, g_hash_table_unref);
      return;
    }
  g_clear_pointer (&self->staff, g_hash_table_unref);
  self->staff = staff;
  /* The head of a department, who may not edit employees, hands their work over here: that needs nothing of this. */
  say_trouble (self, g_error_matches (error, TORG_ERROR, TORG_ERROR_RULE) ? NULL : error);
  show (self);
}

static void
ask_cb (TorgPeopleDialog *self)
{
  torg_staff_list_async (torg_session_get_syncer (self->session), self->cancellable, listed_cb, g_object_ref (self));
}

/* The record has changed at the server: it comes by a sync. */
static void
changed_at_server (TorgPeopleDialog *self)
{
  torg_syncer_sync (torg_session_get_syncer (self->session));
  ask_cb (self);
}

static void
toast (TorgPeopleDialog *self, const char *text, gint64 step)
{
  adw_toast_overlay_dismiss_all (self->toasts);
  adw_toast_overlay_add_toast (self->toasts, torg_toast_new (self->session, text, step));
}

/* The row that the keyboard was in may be another one by then. */
static void
focus_back_cb (TorgPeopleDialog *self)
{
  if (self->entry != NULL)
    gtk_widget_grab_focus (GTK_WIDGET (self->entry));
}

static void
present_above (TorgPeopleDialog *self, AdwDialog *dialog)
{
  g_signal_connect_object (dialog, "closed", G_CALLBACK (focus_back_cb), self, G_CONNECT_SWAPPED);
  adw_dialog_present (dialog, GTK_WIDGET (self));
}

/* --- actions ------------------------------------------------------------------------------------------------------ */

static void
present_invite (TorgPeopleDialog *self, TorgRecord *user, const TorgStaffMember *member)
{
  AdwDialog *dialog = torg_invite_dialog_new (self->session, user, member != NULL ? member->login : NULL,
                                              member != NULL && member->state == TORG_STAFF_ACTIVE);

  g_signal_connect_object (dialog, "invited", G_CALLBACK (changed_at_server), self, G_CONNECT_SWAPPED);
  present_above (self, dialog);
}

static void
invite_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  present_invite (TORG_PEOPLE_DIALOG (widget), NULL, NULL);
}

static void
exports_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  TorgPeopleDialog *self = TORG_PEOPLE_DIALOG (widget);

  present_above (self, torg_exports_dialog_new (self->session));
}

static void
link_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  TorgPeopleDialog *self = TORG_PEOPLE_DIALOG (widget);
  const char       *id = g_variant_get_string (parameter, NULL);
  TorgRecord       *user = find_user (self, id);

  if (user != NULL)
    present_invite (self, user, find_member (self, id));
}

/* @taker: (nullable): who is proposed */
static void
present_hand_over (TorgPeopleDialog *self, const char *id, const char *taker)
{
  TorgRecord *user = find_user (self, id);

  if (user != NULL)
    present_above (self,
                   torg_hand_over_dialog_new (self->session, user, taker != NULL ? find_user (self, taker) : NULL));
}

static void
hand_over_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  present_hand_over (TORG_PEOPLE_DIALOG (widget), g_variant_get_string (parameter, NULL), NULL);
}

/* What the server is asked to do; several may be on their way. */
typedef struct
{
  TorgPeopleDialog *self;       /* (owned) */
  char             *user;       /* (owned): whom it is about */
  char             *taker;      /* (owned) (nullable): who takes forms and webhooks on, and is proposed for the work */
  gboolean          closes;     /* the account is closed after that */
  gboolean          hands_over; /* and the work handed over after that */
} Request;

static Request *
request_new (TorgPeopleDialog *self, const char *user, const char *taker)
{
  Request *request = g_new0 (Request, 1);

  request->self = g_object_ref (self);
  request->user = g_strdup (user);
  request->taker = g_strdup (taker);
  return request;
}

static void
request_free (Request *request)
{
  g_object_unref (request->self);
  g_free (request->user);
  g_free (request->taker);
  g_free (request);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Request, request_free)

static char *
say_given (Request *request)
{
  TorgRecord      *taker = find_user (request->self, request->taker);
  g_autofree char *name = taker != NULL ? torg_words_title (taker) : g_strdup ("");

  /* Translators: %s is a colleague’s name */
  return g_strdup_printf (_ ("Forms and webhooks now belong to %s"), name);
}

static void
changed_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (Request) request = data;
  TorgPeopleDialog *self = request->self;
  g_autoptr (GError) error = NULL;

  torg_staff_change_finish (result, &error);
  if (self->list == NULL || g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  if (error != NULL && request->taker != NULL)
    {
      /* That was done before, and stays. */
      g_autofree char *given = say_given (request);
      g_autofree char *text = g_strdup_printf ("%s %s", error->message, given);

      toast (self, text, 0);
      ask_cb (self);
    }
  else if (error != NULL)
    toast (self, error->message, 0);
  if (error != NULL)
    return;
  changed_at_server (self);
  if (request->hands_over)
    present_hand_over (self, request->user, request->taker);
}

/* @request: (transfer full) */
static void
send_change (Request *request, TorgStaffChange what)
{
  TorgPeopleDialog *self = request->self;

  torg_staff_change_async (torg_session_get_syncer (self->session), request->user, what, self->cancellable, changed_cb,
                           request);
}

static void
change (TorgPeopleDialog *self, const char *id, TorgStaffChange what)
{
  send_change (request_new (self, id, NULL), what);
}

static void
withdraw_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  change (TORG_PEOPLE_DIALOG (widget), g_variant_get_string (parameter, NULL), TORG_STAFF_WITHDRAW);
}

static void
open_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  change (TORG_PEOPLE_DIALOG (widget), g_variant_get_string (parameter, NULL), TORG_STAFF_OPEN);
}

/* --- forms and webhooks ------------------------------------------------------------------------------------------- */

/* The account is closed only when somebody else has them: no lead of a site gets lost between. */
static void
given_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (Request) request = data;
  TorgPeopleDialog *self = request->self;
  g_autoptr (GError) error = NULL;
  g_autofree char *text = NULL;

  torg_staff_change_finish (result, &error);
  if (self->list == NULL || g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  if (error != NULL)
    {
      toast (self, error->message, 0);
      return;
    }
  if (request->closes)
    {
      send_change (g_steal_pointer (&request), TORG_STAFF_CLOSE);
      return;
    }
  text = say_given (request);
  toast (self, text, 0);
  ask_cb (self);
}

static void
taker_chosen_cb (TorgPeopleDialog *self, const char *id, const char *title, GObject *dialog)
{
  Request *request = request_new (self, g_object_get_data (dialog, "torg-id"), id);

  request->closes = request->hands_over = g_object_get_data (dialog, "torg-closing") != NULL;
  torg_staff_give_async (torg_session_get_syncer (self->session), request->user, id, self->cancellable, given_cb,
                         request);
}

/* @closing: whether the account is closed after it, and work handed over. */
static void
ask_taker (TorgPeopleDialog *self, const char *id, gboolean closing)
{
  g_autoptr (GPtrArray) users = torg_lookup_list_colleagues (torg_session_get_lookup (self->session));
  AdwDialog *dialog = torg_choose_dialog_new (self->session, _ ("Who Takes Forms and Webhooks On"));

  for (guint i = users->len; i > 0; i--)
    if (g_str_equal (torg_record_get_id (users->pdata[i - 1]), id))
      g_ptr_array_remove_index (users, i - 1);
  g_object_set_data_full (G_OBJECT (dialog), "torg-id", g_strdup (id), g_free);
  g_object_set_data (G_OBJECT (dialog), "torg-closing", GINT_TO_POINTER (closing));
  torg_choose_dialog_set_records (TORG_CHOOSE_DIALOG (dialog), users);
  g_signal_connect_object (dialog, "chosen", G_CALLBACK (taker_chosen_cb), self, G_CONNECT_SWAPPED);
  present_above (self, dialog);
}

static void
give_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  ask_taker (TORG_PEOPLE_DIALOG (widget), g_variant_get_string (parameter, NULL), FALSE);
}

/* --- closing ------------------------------------------------------------------------------------------------------ */

static void
close_answered_cb (AdwAlertDialog *dialog, const char *answer, TorgPeopleDialog *self)
{
  const char *id = g_object_get_data (G_OBJECT (dialog), "torg-id");
  gboolean    hand_over = g_str_equal (answer, "hand-over");
  Request    *request;

  if (g_str_equal (answer, "cancel") || self->list == NULL)
    return;
  if (hand_over && has_belongings (find_member (self, id)))
    {
      ask_taker (self, id, TRUE);
      return;
    }
  request = request_new (self, id, NULL);
  request->hands_over = hand_over;
  send_change (request, TORG_STAFF_CLOSE);
}

static char *
join_names (GStrv names)
{
  GString *list = g_string_new (NULL);

  for (guint i = 0; names[i] != NULL; i++)
    /* Translators: a name in a list of names; the first %s is what parts it from the one before */
    g_string_append_printf (list, C_ ("one of several", "%s“%s”"), i > 0 ? ", " : "", names[i]);
  return g_string_free_and_steal (list);
}

/* It ends sessions, which nothing brings back, so it is asked about. */
static char *
say_closing (const TorgStaffMember *member)
{
  GString *text =
    g_string_new (_ ("All devices are signed out, and keys for other programs end. Deals, clients and tasks stay until "
                     "they are handed over. The account can be opened again later."));
  g_autofree char *forms = NULL, *webhooks = NULL;

  if (!has_belongings (member))
    return g_string_free_and_steal (text);
  forms = join_names (member->forms);
  webhooks = join_names (member->webhooks);
  g_string_append (text, "\n");
  if (*forms != '\0')
    {
      g_string_append (text, "\n");
      /* Translators: %s are the names of forms */
      g_string_append_printf (text, _ ("Forms of the web site that make leads in this name: %s."), forms);
    }
  if (*webhooks != '\0')
    {
      g_string_append (text, "\n");
      /* Translators: %s are the addresses of sites */
      g_string_append_printf (text, _ ("Webhooks in this name: %s."), webhooks);
    }
  g_string_append_printf (text, "\n\n%s",
                          _ ("They stop with the account, and the leads of the site are refused, unless a colleague "
                             "takes them on: “Close and Hand Over Work…” asks who."));
  return g_string_free_and_steal (text);
}

static void
close_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  TorgPeopleDialog *self = TORG_PEOPLE_DIALOG (widget);
  const char       *id = g_variant_get_string (parameter, NULL);
  TorgRecord       *user = find_user (self, id);
  g_autofree char  *title = user != NULL ? torg_words_title (user) : NULL;
  g_autofree char  *text = NULL;
  AdwDialog        *dialog;

  if (user == NULL)
    return;
  text = say_closing (find_member (self, id));
  dialog = adw_alert_dialog_new (NULL, text);
  /* Translators: %s is a colleague’s name */
  adw_alert_dialog_format_heading (ADW_ALERT_DIALOG (dialog), _ ("Close the Account of %s?"), title);
  adw_alert_dialog_add_responses (ADW_ALERT_DIALOG (dialog), "cancel", _ ("_Cancel"), "close", _ ("C_lose"),
                                  "hand-over", _ ("Close and _Hand Over Work…"), NULL);
  adw_alert_dialog_set_response_appearance (ADW_ALERT_DIALOG (dialog), "close", ADW_RESPONSE_DESTRUCTIVE);
  adw_alert_dialog_set_response_appearance (ADW_ALERT_DIALOG (dialog), "hand-over", ADW_RESPONSE_SUGGESTED);
  adw_alert_dialog_set_default_response (ADW_ALERT_DIALOG (dialog), "hand-over");
  adw_alert_dialog_set_close_response (ADW_ALERT_DIALOG (dialog), "cancel");
  g_object_set_data_full (G_OBJECT (dialog), "torg-id", g_strdup (id), g_free);
  g_signal_connect_object (dialog, "response", G_CALLBACK (close_answered_cb), self, 0);
  present_above (self, dialog);
}

/* --- the object --------------------------------------------------------------------------------------------------- */

static void
torg_people_dialog_closed (AdwDialog *dialog)
{
  g_cancellable_cancel (TORG_PEOPLE_DIALOG (dialog)->cancellable);
}

static void
torg_people_dialog_dispose (GObject *object)
{
  TorgPeopleDialog *self = TORG_PEOPLE_DIALOG (object);

  gtk_widget_dispose_template (GTK_WIDGET (object), TORG_TYPE_PEOPLE_DIALOG);
  g_clear_object (&self->session);
  g_clear_pointer (&self->staff, g_hash_table_unref);
  G_OBJECT_CLASS (torg_people_dialog_parent_class)->dispose (object);
}

static void
torg_people_dialog_finalize (GObject *object)
{
  TorgPeopleDialog *self = TORG_PEOPLE_DIALOG (object);

  g_clear_object (&self->cancellable);
  G_OBJECT_CLASS (torg_people_dialog_parent_class)->finalize (object);
}

static void
torg_people_dialog_class_init (TorgPeopleDialogClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = torg_people_dialog_dispose;
  G_OBJECT_CLASS (klass)->finalize = torg_people_dialog_finalize;
  ADW_DIALOG_CLASS (klass)->closed = torg_people_dialog_closed;
  gtk_widget_class_install_action (widget_class, "people.invite", NULL, invite_action);
  gtk_widget_class_install_action (widget_class, "people.exports", NULL, exports_action);
  gtk_widget_class_install_action (widget_class, "people.link", "s", link_action);
  gtk_widget_class_install_action (widget_class, "people.withdraw", "s", withdraw_action);
  gtk_widget_class_install_action (widget_class, "people.close", "s", close_action);
  gtk_widget_class_install_action (widget_class, "people.open", "s", open_action);
  gtk_widget_class_install_action (widget_class, "people.hand-over", "s", hand_over_action);
  gtk_widget_class_install_action (widget_class, "people.give", "s", give_action);
  gtk_widget_class_set_template_from_resource (widget_class, "/org/torgcrm/Torg/ui/people/torg-people-dialog.ui");
  gtk_widget_class_bind_template_child (widget_class, TorgPeopleDialog, banner);
  gtk_widget_class_bind_template_child (widget_class, TorgPeopleDialog, entry);
  gtk_widget_class_bind_template_child (widget_class, TorgPeopleDialog, list);
  gtk_widget_class_bind_template_child (widget_class, TorgPeopleDialog, stack);
  gtk_widget_class_bind_template_child (widget_class, TorgPeopleDialog, toasts);
  gtk_widget_class_bind_template_callback (widget_class, ask_cb);
  gtk_widget_class_bind_template_callback (widget_class, search_changed_cb);
  gtk_widget_class_bind_template_callback (widget_class, adw_dialog_close);
}

static void
torg_people_dialog_init (TorgPeopleDialog *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  self->cancellable = g_cancellable_new ();
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "people.invite", FALSE);
}

/**
 * torg_people_dialog_new:
 * @session: the session
 *
 * Makes the list of employees.
 *
 * Returns: a new dialog
 */
AdwDialog *
torg_people_dialog_new (TorgSession *session)
{
  TorgPeopleDialog *self = g_object_new (TORG_TYPE_PEOPLE_DIALOG, NULL);

  self->session = g_object_ref (session);
  g_signal_connect_object (torg_session_get_lookup (session), "changed", G_CALLBACK (show), self, G_CONNECT_SWAPPED);
  /* The window's own toasts are behind the dialog. */
  g_signal_connect_object (session, "said", G_CALLBACK (toast), self, G_CONNECT_SWAPPED);
  show (self);
  ask_cb (self);
  return ADW_DIALOG (self);
}
