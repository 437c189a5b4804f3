/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "torg-ui"

#include "config.h"

#include "torg-accounts-dialog.h"
#include "torg-sync-words.h"

#include <glib/gi18n-lib.h>
#include <stdlib.h>

struct _TorgAccountsDialog
{
  AdwDialog parent_instance;

  AdwToastOverlay *toasts;
  GtkListBox      *list;

  GHashTable *rows; /* (owned) name → GtkListBoxRow */
};

G_DEFINE_FINAL_TYPE (TorgAccountsDialog, torg_accounts_dialog, ADW_TYPE_DIALOG)

enum
{
  SIGNAL_OPEN,
  SIGNAL_SIGN_OUT,
  SIGNAL_RENAME,
  SIGNAL_ADD,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

/* What a row is made of, beside its texts. */
typedef struct
{
  char      *name;  /* (owned) */
  char      *title; /* (owned) (nullable) */
  char      *label; /* (owned) (nullable) */
  gboolean   has_server;
  GtkImage  *icon;
  GtkWidget *button;
} Parts;

static void
parts_free (gpointer data)
{
  Parts *parts = data;

  g_free (parts->name);
  g_free (parts->title);
  g_free (parts->label);
  g_free (parts);
}

static Parts *
get_parts (gpointer row)
{
  return g_object_get_data (row, "torg-parts");
}

/* --- rows --------------------------------------------------------------------------------------------------------- */

static void
add_item (GMenu *menu, const char *label, const char *action, const char *name)
{
  g_autoptr (GMenuItem) item = g_menu_item_new (label, NULL);

  g_menu_item_set_action_and_target (item, action, "s", name);
  g_menu_append_item (menu, item);
}

/* When it is opened, as the account is then. */
static void
create_menu_cb (GtkMenuButton *button, gpointer data)
{
  Parts *parts = data;
  g_autoptr (GMenu) menu = g_menu_new ();

  add_item (menu, _ ("_Rename…"), "accounts.rename", parts->name);
  if (parts->has_server)
    add_item (menu, _ ("Sign _Out…"), "accounts.sign-out", parts->name);
  else
    add_item (menu, _ ("Remove from This _Computer…"), "accounts.sign-out", parts->name);
  gtk_menu_button_set_menu_model (button, G_MENU_MODEL (menu));
}

static GtkWidget *
create_row (const TorgAccountInfo *info)
{
  GtkWidget *row = adw_action_row_new ();
  Parts     *parts = g_new0 (Parts, 1);

  parts->name = g_strdup (info->name);
  parts->icon = GTK_IMAGE (gtk_image_new ());
  parts->button = gtk_menu_button_new ();
  g_object_set_data_full (G_OBJECT (row), "torg-parts", parts, parts_free);
  adw_preferences_row_set_use_markup (ADW_PREFERENCES_ROW (row), FALSE);
  adw_action_row_set_title_lines (ADW_ACTION_ROW (row), 1);
  gtk_list_box_row_set_activatable (GTK_LIST_BOX_ROW (row), TRUE);
  adw_action_row_add_prefix (ADW_ACTION_ROW (row), GTK_WIDGET (parts->icon));
  gtk_menu_button_set_icon_name (GTK_MENU_BUTTON (parts->button), "view-more-symbolic");
  gtk_menu_button_set_create_popup_func (GTK_MENU_BUTTON (parts->button), create_menu_cb, parts, NULL);
  gtk_widget_set_valign (parts->button, GTK_ALIGN_CENTER);
  gtk_widget_add_css_class (parts->button, "flat");
  adw_action_row_add_suffix (ADW_ACTION_ROW (row), parts->button);
  return row;
}

/* Whose it is, and with which server where the title does not say that. */
static char *
describe (const TorgAccountInfo *info)
{
  g_autoptr (GStrvBuilder) parts = g_strv_builder_new ();
  g_auto (GStrv) list = NULL;

  if (info->server == NULL)
    g_strv_builder_add (parts, _ ("Only on this computer"));
  else if (info->label != NULL || info->user == NULL)
    g_strv_builder_add (parts, info->server);
  if (info->user != NULL && *info->user != '\0')
    g_strv_builder_add (parts, info->user);
  list = g_strv_builder_end (parts);
  return g_strjoinv (" · ", list);
}

static const char *
say_where (gboolean open, gboolean current)
{
  if (current)
    return _ ("This window");
  return open ? C_ ("account", "Open") : C_ ("account", "Not open");
}

static void
update_row (GtkWidget *row, const TorgAccountInfo *info, TorgSession *session, gboolean current)
{
  Parts           *parts = get_parts (row);
  g_autofree char *title = torg_account_info_dup_title (info);
  g_autofree char *about = describe (info);
  const char      *icon = NULL;
  g_autofree char *state = NULL;
  g_autofree char *whole = NULL;
  g_autofree char *action = NULL;

  state = torg_sync_words_account (info, session != NULL ? torg_session_get_syncer (session) : NULL,
                                   session != NULL ? torg_session_get_now (session) : 0, &icon);
  whole = g_strconcat (about, "\n", say_where (session != NULL, current), *state != '\0' ? " · " : "", state, NULL);
  g_set_str (&parts->title, title);
  g_set_str (&parts->label, info->label);
  parts->has_server = info->server != NULL;
  gtk_image_set_from_icon_name (parts->icon, icon);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), title);
  adw_action_row_set_subtitle (ADW_ACTION_ROW (row), whole);
  /* Translators: the button of a menu; %s is what an account is called */
  action = g_strdup_printf (_ ("What to do about %s"), title);
  gtk_accessible_update_property (GTK_ACCESSIBLE (parts->button), GTK_ACCESSIBLE_PROPERTY_LABEL, action, -1);
  gtk_widget_set_tooltip_text (parts->button, action);
}

static gboolean
is_among (GPtrArray *infos, const char *name)
{
  for (guint i = 0; i < infos->len; i++)
    if (g_str_equal (((TorgAccountInfo *) infos->pdata[i])->name, name))
      return TRUE;
  return FALSE;
}

static int
compare_rows (GtkListBoxRow *a, GtkListBoxRow *b, gpointer data)
{
  return atoi (get_parts (a)->name) - atoi (get_parts (b)->name);
}

static void
row_activated_cb (TorgAccountsDialog *self, GtkListBoxRow *row)
{
  g_signal_emit (self, signals[SIGNAL_OPEN], 0, get_parts (row)->name);
}

static void
add_cb (TorgAccountsDialog *self)
{
  g_signal_emit (self, signals[SIGNAL_ADD], 0);
}

/* --- naming ------------------------------------------------------------------------------------------------------- */

static void
named_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (TorgAccountsDialog) self = data;
  AdwAlertDialog  *dialog = ADW_ALERT_DIALOG (source);
  GtkEditable     *entry = GTK_EDITABLE (adw_alert_dialog_get_extra_child (dialog));
  const char      *name = g_object_get_data (source, "torg-name");
  g_autofree char *label = g_strstrip (g_strdup (gtk_editable_get_text (entry)));

  if (g_str_equal (adw_alert_dialog_choose_finish (dialog, result), "rename"))
    g_signal_emit (self, signals[SIGNAL_RENAME], 0, name, *label != '\0' ? label : NULL);
}

static void
rename_action (GtkWidget *widget, const char *action, GVariant *parameter)
{
  TorgAccountsDialog *self = TORG_ACCOUNTS_DIALOG (widget);
  const char         *name = g_variant_get_string (parameter, NULL);
  GtkWidget          *row = g_hash_table_lookup (self->rows, name);
  AdwDialog          *dialog;
  GtkWidget          *entry;

  if (row == NULL)
    return;
  dialog = adw_alert_dialog_new (_ ("Rename the Account"),
                                 _ ("The name is for you alone and stays on this computer. Without one the account "
                                    "is called by its server."));
  entry = gtk_entry_new ();
  gtk_editable_set_text (GTK_EDITABLE (entry), get_parts (row)->label != NULL ? get_parts (row)->label : "");
  gtk_entry_set_placeholder_text (GTK_ENTRY (entry), get_parts (row)->title);
  gtk_entry_set_activates_default (GTK_ENTRY (entry), TRUE);
  gtk_accessible_update_property (GTK_ACCESSIBLE (entry), GTK_ACCESSIBLE_PROPERTY_LABEL, _ ("Name"), -1);
  adw_alert_dialog_set_extra_child (ADW_ALERT_DIALOG (dialog), entry);
  adw_alert_dialog_add_responses (ADW_ALERT_DIALOG (dialog), "cancel", _ ("_Cancel"), "rename", _ ("_Rename"), NULL);
  adw_alert_dialog_set_response_appearance (ADW_ALERT_DIALOG (dialog), "rename", ADW_RESPONSE_SUGGESTED);
  adw_alert_dialog_set_default_response (ADW_ALERT_DIALOG (dialog), "rename");
  adw_alert_dialog_set_close_response (ADW_ALERT_DIALOG (dialog), "cancel");
  g_object_set_data_full (G_OBJECT (dialog), "torg-name", g_strdup (name), g_free);
  adw_dialog_set_focus (dialog, entry);
  adw_alert_dialog_choose (ADW_ALERT_DIALOG (dialog), widget, NULL, named_cb, g_object_ref (self));
}

static void
sign_out_action (GtkWidget *widget, const char *action, GVariant *parameter)
{
  g_signal_emit (widget, signals[SIGNAL_SIGN_OUT], 0, g_variant_get_string (parameter, NULL));
}

/* --- the object --------------------------------------------------------------------------------------------------- */

static void
torg_accounts_dialog_dispose (GObject *object)
{
  gtk_widget_dispose_template (GTK_WIDGET (object), TORG_TYPE_ACCOUNTS_DIALOG);
  G_OBJECT_CLASS (torg_accounts_dialog_parent_class)->dispose (object);
}

static void
torg_accounts_dialog_finalize (GObject *object)
{
  g_hash_table_unref (TORG_ACCOUNTS_DIALOG (object)->rows);
  G_OBJECT_CLASS (torg_accounts_dialog_parent_class)->finalize (object);
}

static guint
add_signal (const char *name)
{
  return g_signal_new (name, TORG_TYPE_ACCOUNTS_DIALOG, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1,
                       G_TYPE_STRING);
}

static void
torg_accounts_dialog_class_init (TorgAccountsDialogClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = torg_accounts_dialog_dispose;
  G_OBJECT_CLASS (klass)->finalize = torg_accounts_dialog_finalize;
  gtk_widget_class_install_action (widget_class, "accounts.rename", "s", rename_action);
  gtk_widget_class_install_action (widget_class, "accounts.sign-out", "s", sign_out_action);
  gtk_widget_class_set_template_from_resource (widget_class, "/org/torgcrm/Torg/ui/shell/torg-accounts-dialog.ui");
  gtk_widget_class_bind_template_child (widget_class, TorgAccountsDialog, toasts);
  gtk_widget_class_bind_template_child (widget_class, TorgAccountsDialog, list);
  gtk_widget_class_bind_template_callback (widget_class, add_cb);
  gtk_widget_class_bind_template_callback (widget_class, row_activated_cb);

  signals[SIGNAL_OPEN] = add_signal ("open");
  signals[SIGNAL_SIGN_OUT] = add_signal ("sign-out");
  signals[SIGNAL_RENAME] = g_signal_new ("rename", TORG_TYPE_ACCOUNTS_DIALOG, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                         G_TYPE_NONE, 2, G_TYPE_STRING, G_TYPE_STRING);
  signals[SIGNAL_ADD] =
    g_signal_new ("add", TORG_TYPE_ACCOUNTS_DIALOG, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
torg_accounts_dialog_init (TorgAccountsDialog *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  self->rows = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  gtk_list_box_set_sort_func (self->list, compare_rows, NULL, NULL);
}

/**
 * torg_accounts_dialog_new:
 *
 * Makes the list of accounts, still empty.
 *
 * Returns: a new dialog
 */
AdwDialog *
torg_accounts_dialog_new (void)
{
  return g_object_new (TORG_TYPE_ACCOUNTS_DIALOG, NULL);
}

/**
 * torg_accounts_dialog_show:
 * @infos: (element-type TorgAccountInfo): the accounts
 * @sessions: name → [class@Session] of those that are open
 * @current: (nullable): the name of the one whose window shows the dialog
 *
 * Shows the accounts as they are now; where the keyboard is stays. One in which nothing was begun shows while it is
 * open.
 */
void
torg_accounts_dialog_show (TorgAccountsDialog *self, GPtrArray *infos, GHashTable *sessions, const char *current)
{
  GHashTableIter iter;
  gpointer       name, gone;
  gboolean       first = g_hash_table_size (self->rows) == 0;

  g_hash_table_iter_init (&iter, self->rows);
  while (g_hash_table_iter_next (&iter, &name, &gone))
    if (!is_among (infos, name))
      {
        gtk_list_box_remove (self->list, gone);
        g_hash_table_iter_remove (&iter);
      }
  for (guint i = 0; i < infos->len; i++)
    {
      TorgAccountInfo *info = g_ptr_array_index (infos, i);
      TorgSession     *session = g_hash_table_lookup (sessions, info->name);
      GtkWidget       *row = g_hash_table_lookup (self->rows, info->name);

      if (row == NULL && info->is_empty && session == NULL)
        continue;
      if (row == NULL)
        {
          row = create_row (info);
          gtk_list_box_append (self->list, row);
          g_hash_table_insert (self->rows, g_strdup (info->name), row);
        }
      update_row (row, info, session, g_strcmp0 (info->name, current) == 0);
      if (first && g_strcmp0 (info->name, current) == 0)
        gtk_widget_grab_focus (row);
    }
}

/**
 * torg_accounts_dialog_say:
 * @text: what went wrong, in the user's language
 *
 * Shows a toast.
 */
void
torg_accounts_dialog_say (TorgAccountsDialog *self, const char *text)
{
  g_autofree char *title = g_markup_escape_text (text, -1);

  adw_toast_overlay_add_toast (self->toasts, adw_toast_new (title));
}
