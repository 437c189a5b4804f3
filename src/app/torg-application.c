/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "torg"

#include "config.h"

#include "torg-accounts-dialog.h"
#include "torg-application.h"
#include "torg-open-accounts.h"

#include <glib/gi18n-lib.h>

/* How often it looks whether the data may still be shown. */
#define LOCK_SECONDS (60 * 60)

struct _TorgApplication
{
  AdwApplication parent_instance;

  char             *path;        /* (owned) (nullable): the only replica, from the command line */
  gboolean          asked;       /* the command line says which account */
  int               status;      /* what a terminal is to be told at the end */
  GSettings        *settings;    /* (owned) (nullable) */
  TorgOpenAccounts *accounts;    /* (owned) (nullable) */
  AdwDialog        *dialog;      /* (nullable) (weak): the list of accounts, while it is shown */
  guint             lock_source; /* looks whether data has become too old */
};

G_DEFINE_FINAL_TYPE (TorgApplication, torg_application, ADW_TYPE_APPLICATION)

static void
color_scheme_changed_cb (TorgApplication *self)
{
  static const AdwColorScheme schemes[] = {
    ADW_COLOR_SCHEME_DEFAULT,
    ADW_COLOR_SCHEME_FORCE_LIGHT,
    ADW_COLOR_SCHEME_FORCE_DARK,
  };

  adw_style_manager_set_color_scheme (adw_application_get_style_manager (ADW_APPLICATION (self)),
                                      schemes[g_settings_get_enum (self->settings, "color-scheme")]);
}

/* --- what the command line asks for ------------------------------------------------------------------------------- */

static void
torg_application_activate (GApplication *application)
{
  torg_open_accounts_present (TORG_APPLICATION (application)->accounts);
}

/* A file that Torg is asked to open is to be imported. */
static void
torg_application_open (GApplication *application, GFile **files, int n_files, const char *hint)
{
  TorgApplication *self = TORG_APPLICATION (application);

  g_application_activate (application);
  torg_open_accounts_import (self->accounts, NULL, files[0]);
}

/* What a terminal waits for while the accounts are read. */
typedef struct
{
  TorgApplication         *application; /* (owned) */
  GApplicationCommandLine *line;        /* (owned) */
  char                    *text;        /* (owned): what the account was called */
  GFile                   *file;        /* (owned) (nullable): to be imported */
} Asking;

static void
asking_free (Asking *asking)
{
  g_application_release (G_APPLICATION (asking->application));
  g_object_unref (asking->application);
  g_object_unref (asking->line);
  g_free (asking->text);
  g_clear_object (&asking->file);
  g_free (asking);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Asking, asking_free)

static void
found_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (Asking) asking = data;
  TorgApplication *self = asking->application;
  g_autoptr (GPtrArray) infos = torg_account_files_list_finish (TORG_ACCOUNT_FILES (source), result);
  gboolean         several;
  TorgAccountInfo *info = torg_own_accounts_find (infos, asking->text, &several);

  if (info == NULL)
    {
      self->status = 1;
      g_application_command_line_set_exit_status (asking->line, 1);
      g_application_command_line_printerr (
        asking->line,
        several ? _ ("torg: several accounts are called “%s”. Name one by its number; “torgctl accounts” lists them.\n")
                : _ ("torg: there is no account “%s”; “torgctl accounts” lists them.\n"),
        asking->text);
      return;
    }
  torg_open_accounts_show (self->accounts, info->name);
  if (asking->file != NULL)
    torg_open_accounts_import (self->accounts, info->name, asking->file);
  torg_open_accounts_tell (self->accounts, infos);
}

static void
ask_for_account (TorgApplication *self, GApplicationCommandLine *line, const char *text, GFile *file)
{
  Asking *asking = g_new0 (Asking, 1);

  asking->application = g_object_ref (self);
  asking->line = g_object_ref (line);
  /* A path is meant from where the terminal is. */
  if (strchr (text, G_DIR_SEPARATOR) != NULL)
    {
      g_autoptr (GFile) place = g_application_command_line_create_file_for_arg (line, text);

      asking->text = g_file_get_path (place);
    }
  if (asking->text == NULL)
    asking->text = g_strdup (text);
  asking->file = file != NULL ? g_object_ref (file) : NULL;
  g_application_hold (G_APPLICATION (self));
  torg_account_files_list_async (torg_open_accounts_get_files (self->accounts), found_cb, asking);
}

static int
torg_application_command_line (GApplication *application, GApplicationCommandLine *line)
{
  TorgApplication *self = TORG_APPLICATION (application);
  GVariantDict    *options = g_application_command_line_get_options_dict (line);
  int              n_arguments;
  g_auto (GStrv) arguments = g_application_command_line_get_arguments (line, &n_arguments);
  g_autofree char *account = NULL;
  g_autoptr (GFile) file = NULL;

  if (n_arguments > 1)
    file = g_application_command_line_create_file_for_arg (line, arguments[1]);
  if (self->path == NULL && g_variant_dict_lookup (options, "account", "^ay", &account))
    ask_for_account (self, line, account, file);
  else if (file != NULL)
    g_application_open (application, &file, 1, "");
  else
    g_application_activate (application);
  return 0;
}

/* --- actions ------------------------------------------------------------------------------------------------------ */

static void
about_action (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  TorgApplication *self = data;
  AdwDialog       *dialog = adw_about_dialog_new ();

  adw_about_dialog_set_application_name (ADW_ABOUT_DIALOG (dialog), "Torg");
  adw_about_dialog_set_application_icon (ADW_ABOUT_DIALOG (dialog), TORG_APP_ID);
  adw_about_dialog_set_version (ADW_ABOUT_DIALOG (dialog), TORG_VERSION);
  adw_about_dialog_set_developer_name (ADW_ABOUT_DIALOG (dialog), _ ("The Torg developers"));
  adw_about_dialog_set_license_type (ADW_ABOUT_DIALOG (dialog), GTK_LICENSE_GPL_3_0);
  adw_about_dialog_set_comments (ADW_ABOUT_DIALOG (dialog),
                                 _ ("Work your deals, clients and products, in the office and offline"));
  adw_dialog_present (dialog, GTK_WIDGET (gtk_application_get_active_window (GTK_APPLICATION (self))));
}

static void
quit_action (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  torg_open_accounts_close (TORG_APPLICATION (data)->accounts);
}

static void
open_cb (TorgApplication *self, const char *name)
{
  adw_dialog_force_close (self->dialog);
  torg_open_accounts_show (self->accounts, name);
}

static void
sign_out_cb (TorgApplication *self, const char *name)
{
  adw_dialog_force_close (self->dialog);
  torg_open_accounts_sign_out (self->accounts, name);
}

static void
added_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (TorgApplication) self = data;
  g_autoptr (GError) error = NULL;
  g_autofree char *name = torg_account_files_add_finish (TORG_ACCOUNT_FILES (source), result, &error);

  if (name == NULL && self->dialog != NULL)
    torg_accounts_dialog_say (TORG_ACCOUNTS_DIALOG (self->dialog), error->message);
  if (name == NULL)
    return;
  if (self->dialog != NULL)
    adw_dialog_force_close (self->dialog);
  torg_open_accounts_show (self->accounts, name);
}

static void
add_cb (TorgApplication *self)
{
  torg_account_files_add_async (torg_open_accounts_get_files (self->accounts), added_cb, g_object_ref (self));
}

static void
labelled_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (TorgApplication) self = data;
  g_autoptr (GError) error = NULL;

  if (!torg_account_files_set_label_finish (TORG_ACCOUNT_FILES (source), result, &error) && self->dialog != NULL)
    torg_accounts_dialog_say (TORG_ACCOUNTS_DIALOG (self->dialog), error->message);
  torg_open_accounts_refresh (self->accounts);
}

static void
rename_cb (TorgApplication *self, const char *name, const char *label)
{
  torg_account_files_set_label_async (torg_open_accounts_get_files (self->accounts), name, label, labelled_cb,
                                      g_object_ref (self));
}

static void
listed_cb (TorgApplication *self, GPtrArray *infos, GHashTable *sessions)
{
  TorgAccount *active = torg_open_accounts_get_active (self->accounts);

  if (self->dialog != NULL)
    torg_accounts_dialog_show (TORG_ACCOUNTS_DIALOG (self->dialog), infos, sessions,
                               active != NULL ? torg_account_get_name (active) : NULL);
}

static void
accounts_changed_cb (TorgApplication *self)
{
  if (self->dialog != NULL)
    torg_open_accounts_refresh (self->accounts);
}

static void
accounts_action (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  TorgApplication *self = data;

  if (self->dialog != NULL)
    return;
  g_set_weak_pointer (&self->dialog, torg_accounts_dialog_new ());
  g_signal_connect_object (self->dialog, "open", G_CALLBACK (open_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->dialog, "sign-out", G_CALLBACK (sign_out_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->dialog, "add", G_CALLBACK (add_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->dialog, "rename", G_CALLBACK (rename_cb), self, G_CONNECT_SWAPPED);
  adw_dialog_present (self->dialog, GTK_WIDGET (gtk_application_get_active_window (GTK_APPLICATION (self))));
  torg_open_accounts_refresh (self->accounts);
}

/* --- the object --------------------------------------------------------------------------------------------------- */

static gboolean
lock_tick_cb (gpointer data)
{
  TorgApplication *self = data;

  torg_open_accounts_check_locks (self->accounts);
  return G_SOURCE_CONTINUE;
}

/* --- what a notification leads to --------------------------------------------------------------------------------- */

static void
show_account_action (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  torg_open_accounts_show (TORG_APPLICATION (data)->accounts, g_variant_get_string (parameter, NULL));
}

static void
open_record_action (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  TorgApplication *self = data;
  const char      *name, *type, *id;
  TorgAccount     *account;

  g_variant_get (parameter, "(&s&s&s)", &name, &type, &id);
  torg_open_accounts_show (self->accounts, name);
  account = torg_open_accounts_find (self->accounts, name);
  if (account != NULL && torg_account_get_session (account) != NULL)
    torg_session_open_record (torg_account_get_session (account), type, id, NULL, GTK_INVALID_LIST_POSITION, FALSE);
}

static void
snooze_action (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  const char  *name, *id;
  TorgAccount *account;

  g_variant_get (parameter, "(&s&s)", &name, &id);
  account = torg_open_accounts_find (TORG_APPLICATION (data)->accounts, name);
  if (account != NULL)
    torg_account_snooze (account, id);
}

static const GActionEntry actions[] = {
  { .name = "about", .activate = about_action },
  { .name = "accounts", .activate = accounts_action },
  { .name = "open-record", .activate = open_record_action, .parameter_type = "(sss)" },
  { .name = "quit", .activate = quit_action },
  { .name = "show-account", .activate = show_account_action, .parameter_type = "s" },
  { .name = "snooze", .activate = snooze_action, .parameter_type = "(ss)" },
};

static void
torg_application_startup (GApplication *application)
{
  TorgApplication *self = TORG_APPLICATION (application);
  const char      *quit_keys[] = { "<Control>q", NULL };
  const char      *accounts_keys[] = { "<Control>u", NULL };

  self->settings = g_settings_new (TORG_APP_ID);
  self->accounts = torg_open_accounts_new (GTK_APPLICATION (self), self->settings, self->path);
  g_signal_connect_object (self->accounts, "listed", G_CALLBACK (listed_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->accounts, "changed", G_CALLBACK (accounts_changed_cb), self, G_CONNECT_SWAPPED);
  self->lock_source = g_timeout_add_seconds (LOCK_SECONDS, lock_tick_cb, self);
  /* While GTK starts. */
  if (!self->asked)
    torg_open_accounts_begin (self->accounts);

  G_APPLICATION_CLASS (torg_application_parent_class)->startup (application);
  g_action_map_add_action_entries (G_ACTION_MAP (self), actions, G_N_ELEMENTS (actions), self);
  if (self->path != NULL)
    g_action_map_remove_action (G_ACTION_MAP (self), "accounts");
  gtk_application_set_accels_for_action (GTK_APPLICATION (self), "app.quit", quit_keys);
  gtk_application_set_accels_for_action (GTK_APPLICATION (self), "app.accounts", accounts_keys);
  g_signal_connect_object (self->settings, "changed::color-scheme", G_CALLBACK (color_scheme_changed_cb), self,
                           G_CONNECT_SWAPPED);
  color_scheme_changed_cb (self);
}

static void
torg_application_shutdown (GApplication *application)
{
  TorgApplication *self = TORG_APPLICATION (application);

  g_clear_handle_id (&self->lock_source, g_source_remove);
  torg_open_accounts_stop (self->accounts);
  G_APPLICATION_CLASS (torg_application_parent_class)->shutdown (application);
}

/* Another replica is opened by a process of its own, beside the one that is open. */
static void
set_own_id (TorgApplication *self)
{
  g_autofree char *hash = g_compute_checksum_for_string (G_CHECKSUM_SHA256, self->path, -1);
  g_autofree char *id = g_strdup_printf ("%s.r%.8s", TORG_APP_ID, hash);

  g_application_set_application_id (G_APPLICATION (self), id);
}

static int
torg_application_handle_local_options (GApplication *application, GVariantDict *options)
{
  TorgApplication *self = TORG_APPLICATION (application);
  g_autofree char *path = NULL;

  if (g_variant_dict_contains (options, "version"))
    {
      g_print ("Torg %s\n", TORG_VERSION);
      return 0;
    }
  self->asked = g_variant_dict_contains (options, "account");
  if (g_variant_dict_lookup (options, "replica", "^ay", &path))
    {
      g_autoptr (GFile) file = g_file_new_for_commandline_arg (path);

      self->path = g_file_get_path (file);
      self->asked = FALSE;
      set_own_id (self);
    }
  return -1;
}

static void
torg_application_finalize (GObject *object)
{
  TorgApplication *self = TORG_APPLICATION (object);

  g_clear_weak_pointer (&self->dialog);
  g_clear_object (&self->accounts);
  g_clear_object (&self->settings);
  g_clear_pointer (&self->path, g_free);
  G_OBJECT_CLASS (torg_application_parent_class)->finalize (object);
}

static void
torg_application_class_init (TorgApplicationClass *klass)
{
  GApplicationClass *application_class = G_APPLICATION_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = torg_application_finalize;
  application_class->activate = torg_application_activate;
  application_class->open = torg_application_open;
  application_class->command_line = torg_application_command_line;
  application_class->startup = torg_application_startup;
  application_class->shutdown = torg_application_shutdown;
  application_class->handle_local_options = torg_application_handle_local_options;
}

static void
torg_application_init (TorgApplication *self)
{
  const GOptionEntry options[] = {
    { "account", 0, 0, G_OPTION_ARG_FILENAME, NULL, N_ ("Which account to open: its number, its name or its file"),
      N_ ("ACCOUNT") },
    { "replica", 0, 0, G_OPTION_ARG_FILENAME, NULL, N_ ("Where the data lies"), N_ ("FILE") },
    { "version", 0, 0, G_OPTION_ARG_NONE, NULL, N_ ("Print the version"), NULL },
    { NULL },
  };

  g_application_add_main_option_entries (G_APPLICATION (self), options);
  g_application_set_option_context_summary (G_APPLICATION (self), _ ("A sales workstation"));
}

/**
 * torg_application_new:
 *
 * Makes the program.
 *
 * Returns: (transfer full): a new application
 */
TorgApplication *
torg_application_new (void)
{
  return g_object_new (TORG_TYPE_APPLICATION, "application-id", TORG_APP_ID, "flags",
                       G_APPLICATION_HANDLES_OPEN | G_APPLICATION_HANDLES_COMMAND_LINE, "resource-base-path",
                       "/org/torgcrm/Torg", NULL);
}

/**
 * torg_application_get_status:
 *
 * Tells what a terminal is to be told when the program has ended.
 *
 * Returns: 0, or 1 where what was asked for is not there
 */
int
torg_application_get_status (TorgApplication *self)
{
  return self->status;
}
