/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "torg"

#include "config.h"

#include "torg-open-accounts.h"
#include "torg-secret.h"

/* What is known of the accounts is read once for several changes. */
#define REFRESH_MS 300

struct _TorgOpenAccounts
{
  GObject parent_instance;

  GtkApplication   *application;    /* which outlives it */
  char             *path;           /* (owned) (nullable): the only replica */
  TorgEnv          *env;            /* (owned) */
  GSettings        *settings;       /* (owned): the program's, and the first account's */
  TorgAccountFiles *files;          /* (owned) */
  GPtrArray        *accounts;       /* (owned) (element-type TorgAccount) */
  gboolean          several;        /* there are more of them here, so that the windows say which one they show */
  gboolean          nameless;       /* whose one is, is not known yet */
  guint             n_stopping;     /* those that write their last */
  GHashTable       *ending;         /* (owned): name → Waiting of those that stop or are removed */
  gboolean          quitting;       /* all windows are closed at once, and nobody has asked for one since */
  GError           *left;           /* (owned) (nullable): what of an account could not be removed */
  guint             refresh_source; /* reads anew what is known of the accounts */
};

G_DEFINE_FINAL_TYPE (TorgOpenAccounts, torg_open_accounts, G_TYPE_OBJECT)

enum
{
  SIGNAL_CHANGED,
  SIGNAL_LISTED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

/* What is to be done with an account once the one that lies in its place has ended. */
typedef struct
{
  gboolean show;
  gboolean sign_out;
  GFile   *file; /* (owned) (nullable): to be imported */
} Waiting;

static void
waiting_free (gpointer data)
{
  Waiting *waiting = data;

  g_clear_object (&waiting->file);
  g_free (waiting);
}

/* An account that ends, until its files are closed, or removed. */
typedef struct
{
  TorgOpenAccounts *self; /* (owned) */
  char             *name; /* (owned) */
  gboolean          seen; /* it had a window: another account is to take its place */
} Ending;

/* --- which accounts are open -------------------------------------------------------------------------------------- */

static gboolean
any_is_shown (TorgOpenAccounts *self)
{
  for (guint i = 0; i < self->accounts->len; i++)
    if (torg_account_is_shown (self->accounts->pdata[i]))
      return TRUE;
  return FALSE;
}

/* For the next start. */
static void
remember (TorgOpenAccounts *self)
{
  g_autoptr (GStrvBuilder) names = g_strv_builder_new ();
  g_auto (GStrv) list = NULL;

  for (guint i = 0; i < self->accounts->len; i++)
    if (torg_account_is_shown (self->accounts->pdata[i]))
      g_strv_builder_add (names, torg_account_get_name (self->accounts->pdata[i]));
  list = g_strv_builder_end (names);
  if (self->path == NULL && list[0] != NULL)
    g_settings_set_strv (self->settings, "accounts", (const char *const *) list);
}

/* Each but the first has settings of its own: its pipeline, its columns, the place of its window. */
static GSettings *
make_settings (TorgOpenAccounts *self, const char *name)
{
  g_autofree char *path = NULL;

  if (g_str_equal (name, TORG_OWN_ACCOUNTS_MAIN))
    return g_object_ref (self->settings);
  path = g_strdup_printf ("/org/torgcrm/Torg/accounts/%s/", name);
  return g_settings_new_with_path (TORG_APP_ID ".Account", path);
}

static void account_closed_cb (TorgOpenAccounts *self, TorgAccount *account);
static void account_expired_cb (TorgOpenAccounts *self, TorgAccount *account);
static void account_signed_out_cb (TorgOpenAccounts *self, gboolean seen, TorgAccount *account);

static char *
dup_path (TorgOpenAccounts *self, const char *name)
{
  return self->path != NULL ? g_strdup (self->path) : torg_account_files_dup_path (self->files, name);
}

static void
account_changed_cb (TorgOpenAccounts *self)
{
  /* A name may have come from the server. */
  if (self->several && self->nameless)
    torg_open_accounts_refresh (self);
  g_signal_emit (self, signals[SIGNAL_CHANGED], 0);
}

/* Without a window; not while the one in its place ends. */
static TorgAccount *
open_account (TorgOpenAccounts *self, const char *name)
{
  TorgAccount     *account = torg_open_accounts_find (self, name);
  g_autofree char *path = NULL;
  g_autoptr (GSettings) settings = NULL;

  if (account != NULL)
    return account;
  g_assert (!g_hash_table_contains (self->ending, name));
  path = dup_path (self, name);
  /* What the environment hands over is for the account that was asked for, or is shown first. */
  torg_secret_give_to (path);
  settings = make_settings (self, name);
  account = torg_account_new (self->application, self->env, name, path, settings);
  g_signal_connect_object (account, "changed", G_CALLBACK (account_changed_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (account, "closed", G_CALLBACK (account_closed_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (account, "expired", G_CALLBACK (account_expired_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (account, "signed-out", G_CALLBACK (account_signed_out_cb), self, G_CONNECT_SWAPPED);
  g_ptr_array_add (self->accounts, account);
  return account;
}

/* --- what is known of them ---------------------------------------------------------------------------------------- */

static void
listed_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (TorgOpenAccounts) self = data;
  g_autoptr (GPtrArray) infos = torg_account_files_list_finish (TORG_ACCOUNT_FILES (source), result);

  torg_open_accounts_tell (self, infos);
}

static void
refresh_cb (gpointer data)
{
  TorgOpenAccounts *self = data;

  self->refresh_source = 0;
  torg_account_files_list_async (self->files, listed_cb, g_object_ref (self));
}

/* --- an account ends ---------------------------------------------------------------------------------------------- */

/* The program goes on until it has written all; nobody opens it before. */
static Ending *
begin_ending (TorgOpenAccounts *self, const char *name)
{
  Ending *ending = g_new0 (Ending, 1);

  ending->self = g_object_ref (self);
  ending->name = g_strdup (name);
  self->n_stopping++;
  g_application_hold (G_APPLICATION (self->application));
  g_hash_table_insert (self->ending, g_strdup (name), g_new0 (Waiting, 1));
  return ending;
}

static void
end_account (TorgOpenAccounts *self, TorgAccount *account, gboolean seen, GAsyncReadyCallback callback)
{
  g_autoptr (TorgAccount) kept = g_object_ref (account);
  Ending *ending = begin_ending (self, torg_account_get_name (account));

  ending->seen = seen;
  g_ptr_array_remove (self->accounts, account);
  torg_account_stop_async (kept, callback, ending);
}

static void
do_what_waits (TorgOpenAccounts *self, const char *name, Waiting *waiting)
{
  if (waiting->show)
    torg_open_accounts_show (self, name);
  if (waiting->sign_out)
    torg_open_accounts_sign_out (self, name);
  if (waiting->file != NULL)
    torg_open_accounts_import (self, name, waiting->file);
}

/* What was asked for meanwhile is done now. Takes @ending over. */
static void
account_ended (Ending *ending)
{
  TorgOpenAccounts *self = ending->self;
  Waiting          *waiting = NULL;

  g_hash_table_steal_extended (self->ending, ending->name, NULL, (gpointer *) &waiting);
  self->n_stopping--;
  if (waiting != NULL && !self->quitting)
    do_what_waits (self, ending->name, waiting);
  g_clear_pointer (&waiting, waiting_free);
  g_application_release (G_APPLICATION (self->application));
  g_object_unref (ending->self);
  g_free (ending->name);
  g_free (ending);
}

static void
stopped_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  torg_account_stop_finish (TORG_ACCOUNT (source), result);
  account_ended (data);
}

/* With the last window the program ends as soon as all is on the disk, and that account is opened next time. */
static void
account_closed_cb (TorgOpenAccounts *self, TorgAccount *account)
{
  if (self->quitting)
    return;
  end_account (self, account, FALSE, stopped_cb);
  if (!any_is_shown (self))
    return;
  remember (self);
  torg_open_accounts_refresh (self);
}

/* The window that opens shows why. */
static void
account_expired_cb (TorgOpenAccounts *self, TorgAccount *account)
{
  g_autofree char *name = g_strdup (torg_account_get_name (account));

  end_account (self, account, FALSE, stopped_cb);
  ((Waiting *) g_hash_table_lookup (self->ending, name))->show = TRUE;
}

static void
end_all (TorgOpenAccounts *self)
{
  while (self->accounts->len > 0)
    end_account (self, self->accounts->pdata[0], FALSE, stopped_cb);
}

/* --- signing out -------------------------------------------------------------------------------------------------- */

/* Another account that is here, else the page of the first run. */
static void
go_on_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  Ending *ending = data;
  g_autoptr (TorgOpenAccounts) self = g_object_ref (ending->self);
  g_autoptr (GPtrArray) infos = torg_account_files_list_finish (TORG_ACCOUNT_FILES (source), result);
  const char  *name = TORG_OWN_ACCOUNTS_MAIN;
  TorgAccount *active;

  for (guint i = infos->len; i-- > 0 && self->path == NULL;)
    {
      TorgAccountInfo *info = infos->pdata[i];

      if (!info->is_empty && !g_hash_table_contains (self->ending, info->name))
        name = info->name;
    }
  if (ending->seen && !any_is_shown (self) && !self->quitting)
    torg_open_accounts_show (self, name);
  account_ended (ending);
  active = torg_open_accounts_get_active (self);
  if (self->left != NULL && active != NULL)
    torg_session_fail (torg_account_get_session (active), self->left);
  g_clear_error (&self->left);
  remember (self);
  torg_open_accounts_tell (self, infos);
}

static void
removed_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  Ending           *ending = data;
  TorgOpenAccounts *self = ending->self;

  g_clear_error (&self->left);
  torg_account_files_remove_finish (TORG_ACCOUNT_FILES (source), result, &self->left);
  torg_account_files_list_async (self->files, go_on_cb, ending);
}

static void
reset_settings (TorgOpenAccounts *self, const char *name)
{
  g_autoptr (GSettings) settings = make_settings (self, name);
  g_autoptr (GSettingsSchema) schema = NULL;
  g_auto (GStrv) keys = NULL;

  /* Those of the first one are the program's. */
  if (g_str_equal (name, TORG_OWN_ACCOUNTS_MAIN))
    return;
  g_object_get (settings, "settings-schema", &schema, NULL);
  keys = g_settings_schema_list_keys (schema);
  for (guint i = 0; keys[i] != NULL; i++)
    g_settings_reset (settings, keys[i]);
}

static void
closed_to_remove_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  Ending           *ending = data;
  TorgOpenAccounts *self = ending->self;
  TorgAccount      *account = TORG_ACCOUNT (source);

  torg_account_stop_finish (account, result);
  reset_settings (self, ending->name);
  torg_account_files_remove_async (self->files, torg_account_get_path (account), removed_cb, ending);
}

static void
account_signed_out_cb (TorgOpenAccounts *self, gboolean seen, TorgAccount *account)
{
  end_account (self, account, seen, closed_to_remove_cb);
}

/* Where it stays, it is opened if it was asked for. */
static void
finished_leaving_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  Ending           *ending = data;
  TorgOpenAccounts *self = ending->self;
  Waiting          *waiting = g_hash_table_lookup (self->ending, ending->name);

  g_clear_error (&self->left);
  if (torg_account_files_finish_leaving_finish (TORG_ACCOUNT_FILES (source), result, &self->left))
    {
      reset_settings (self, ending->name);
      ending->seen = waiting->show;
      waiting->show = waiting->sign_out = FALSE;
    }
  torg_account_files_list_async (self->files, go_on_cb, ending);
}

/* What the user wanted removed when the program ended. */
static void
finish_leaving (TorgOpenAccounts *self, const char *name)
{
  g_autofree char *path = dup_path (self, name);

  if (!g_hash_table_contains (self->ending, name) && torg_account_files_is_leaving (self->files, path))
    torg_account_files_finish_leaving_async (self->files, path, finished_leaving_cb, begin_ending (self, name));
}

/* Whether an account in that place ends; then @waiting is what is to be done after that. */
static gboolean
is_ending (TorgOpenAccounts *self, const char *name, Waiting **waiting)
{
  *waiting = g_hash_table_lookup (self->ending, name);
  return *waiting != NULL;
}

/* --- the object --------------------------------------------------------------------------------------------------- */

static void
torg_open_accounts_finalize (GObject *object)
{
  TorgOpenAccounts *self = TORG_OPEN_ACCOUNTS (object);

  g_clear_handle_id (&self->refresh_source, g_source_remove);
  g_clear_pointer (&self->accounts, g_ptr_array_unref);
  g_clear_pointer (&self->ending, g_hash_table_unref);
  g_clear_object (&self->files);
  g_clear_object (&self->settings);
  g_clear_pointer (&self->env, torg_env_unref);
  g_clear_error (&self->left);
  g_free (self->path);
  G_OBJECT_CLASS (torg_open_accounts_parent_class)->finalize (object);
}

static void
torg_open_accounts_class_init (TorgOpenAccountsClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = torg_open_accounts_finalize;

  signals[SIGNAL_CHANGED] =
    g_signal_new ("changed", TORG_TYPE_OPEN_ACCOUNTS, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[SIGNAL_LISTED] = g_signal_new ("listed", TORG_TYPE_OPEN_ACCOUNTS, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                         G_TYPE_NONE, 2, G_TYPE_PTR_ARRAY, G_TYPE_HASH_TABLE);
}

static void
torg_open_accounts_init (TorgOpenAccounts *self)
{
  self->accounts = g_ptr_array_new_with_free_func (g_object_unref);
  self->ending = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, waiting_free);
}

/**
 * torg_open_accounts_new:
 * @application: the program
 * @settings: its settings
 * @path: (nullable): the only replica that it is to open, no account of the user's
 *
 * Makes what holds the accounts that are open, still none.
 *
 * Returns: (transfer full): a new object
 */
TorgOpenAccounts *
torg_open_accounts_new (GtkApplication *application, GSettings *settings, const char *path)
{
  TorgOpenAccounts *self = g_object_new (TORG_TYPE_OPEN_ACCOUNTS, NULL);

  self->application = application;
  self->settings = g_object_ref (settings);
  self->path = g_strdup (path);
  self->env = torg_env_new ();
  self->files = torg_account_files_new (self->env);
  return self;
}

/**
 * torg_open_accounts_get_files:
 *
 * Gives what looks after the accounts that lie on this computer.
 *
 * Returns: (transfer none): the object
 */
TorgAccountFiles *
torg_open_accounts_get_files (TorgOpenAccounts *self)
{
  return self->files;
}

/**
 * torg_open_accounts_begin:
 *
 * Begins to open those that were open last, without windows; what was to be removed when the program ended is removed.
 */
void
torg_open_accounts_begin (TorgOpenAccounts *self)
{
  g_auto (GStrv) names = g_settings_get_strv (self->settings, "accounts");
  g_auto (GStrv) all = torg_account_files_dup_names (self->files);
  Waiting *waiting;
  gboolean any = FALSE;

  if (self->path != NULL)
    finish_leaving (self, TORG_OWN_ACCOUNTS_MAIN);
  for (guint i = 0; all[i] != NULL && self->path == NULL; i++)
    finish_leaving (self, all[i]);
  for (guint i = 0; names[i] != NULL && self->path == NULL; i++)
    {
      if (is_ending (self, names[i], &waiting))
        any = waiting->show = TRUE;
      else if (torg_account_files_has (self->files, names[i]))
        open_account (self, names[i]);
    }
  if (self->accounts->len > 0 || any)
    return;
  if (is_ending (self, TORG_OWN_ACCOUNTS_MAIN, &waiting))
    waiting->show = TRUE;
  else
    open_account (self, TORG_OWN_ACCOUNTS_MAIN);
}

/**
 * torg_open_accounts_find:
 * @name: the number of an account
 *
 * Finds an account that is open.
 *
 * Returns: (transfer none) (nullable): the account
 */
TorgAccount *
torg_open_accounts_find (TorgOpenAccounts *self, const char *name)
{
  for (guint i = 0; i < self->accounts->len; i++)
    if (g_str_equal (torg_account_get_name (self->accounts->pdata[i]), name))
      return self->accounts->pdata[i];
  return NULL;
}

/**
 * torg_open_accounts_get_active:
 *
 * Finds the account of the window that is, or was last, in front.
 *
 * Returns: (transfer none) (nullable): the account; %NULL while there is no window
 */
TorgAccount *
torg_open_accounts_get_active (TorgOpenAccounts *self)
{
  for (GList *window = gtk_application_get_windows (self->application); window != NULL; window = window->next)
    for (guint i = 0; i < self->accounts->len; i++)
      if (torg_account_owns (self->accounts->pdata[i], window->data))
        return self->accounts->pdata[i];
  return NULL;
}

/**
 * torg_open_accounts_show:
 * @name: the number of an account
 *
 * Shows the window of an account, which is opened unless it is; where the one in that place still ends, after that.
 */
void
torg_open_accounts_show (TorgOpenAccounts *self, const char *name)
{
  Waiting *waiting;

  self->quitting = FALSE;
  if (is_ending (self, name, &waiting))
    {
      waiting->show = TRUE;
      return;
    }
  torg_account_present (open_account (self, name));
  remember (self);
  if (self->several || self->accounts->len > 1)
    torg_open_accounts_refresh (self);
}

/**
 * torg_open_accounts_sign_out:
 * @name: the number of an account
 *
 * Shows the window of an account as [method@OpenAccounts.show] does, and asks there whether its data is to be removed.
 */
void
torg_open_accounts_sign_out (TorgOpenAccounts *self, const char *name)
{
  Waiting *waiting;

  torg_open_accounts_show (self, name);
  if (is_ending (self, name, &waiting))
    waiting->sign_out = TRUE;
  else
    torg_account_sign_out (torg_open_accounts_find (self, name));
}

/**
 * torg_open_accounts_import:
 * @name: (nullable): the number of an account; %NULL for the one whose window is in front
 * @file: what to import
 *
 * Shows the window of an account as [method@OpenAccounts.show] does, and begins an import there.
 */
void
torg_open_accounts_import (TorgOpenAccounts *self, const char *name, GFile *file)
{
  TorgAccount *active = name == NULL ? torg_open_accounts_get_active (self) : NULL;
  Waiting     *waiting;

  if (active != NULL)
    {
      torg_account_import (active, file);
      return;
    }
  name = name != NULL ? name : TORG_OWN_ACCOUNTS_MAIN;
  torg_open_accounts_show (self, name);
  if (is_ending (self, name, &waiting))
    g_set_object (&waiting->file, file);
  else
    torg_account_import (torg_open_accounts_find (self, name), file);
}

/**
 * torg_open_accounts_present:
 *
 * Shows the window in front, or at the start the windows of all that were open last.
 */
void
torg_open_accounts_present (TorgOpenAccounts *self)
{
  TorgAccount *active = torg_open_accounts_get_active (self);

  self->quitting = FALSE;
  if (active != NULL)
    {
      torg_account_present (active);
      return;
    }
  if (self->accounts->len == 0)
    torg_open_accounts_begin (self);
  for (guint i = 0; i < self->accounts->len; i++)
    torg_account_present (self->accounts->pdata[i]);
  if (self->path == NULL && torg_account_files_has_several (self->files))
    torg_open_accounts_refresh (self);
}

/**
 * torg_open_accounts_tell:
 * @infos: (element-type TorgAccountInfo): all accounts of this computer
 *
 * Lets the windows say which account they show, where there are several, and others know of what was read.
 */
void
torg_open_accounts_tell (TorgOpenAccounts *self, GPtrArray *infos)
{
  g_autoptr (GHashTable) sessions = g_hash_table_new (g_str_hash, g_str_equal);
  guint n = 0;

  self->nameless = FALSE;
  for (guint i = 0; i < infos->len; i++)
    {
      TorgAccountInfo *info = infos->pdata[i];
      TorgAccount     *account = torg_open_accounts_find (self, info->name);

      n += account != NULL || !info->is_empty;
      self->nameless |= account != NULL && info->user == NULL;
      if (account != NULL && torg_account_get_session (account) != NULL)
        g_hash_table_insert (sessions, info->name, torg_account_get_session (account));
    }
  self->several = n > 1;
  for (guint i = 0; i < infos->len; i++)
    {
      TorgAccountInfo *info = infos->pdata[i];
      TorgAccount     *account = torg_open_accounts_find (self, info->name);
      g_autofree char *title = self->several ? torg_account_info_dup_title (info) : NULL;

      if (account != NULL)
        torg_account_set_title (account, title, info->user);
    }
  g_signal_emit (self, signals[SIGNAL_LISTED], 0, infos, sessions);
}

/**
 * torg_open_accounts_refresh:
 *
 * Reads soon what is known of all accounts.
 */
void
torg_open_accounts_refresh (TorgOpenAccounts *self)
{
  if (self->refresh_source == 0 && self->path == NULL && !self->quitting)
    self->refresh_source = g_timeout_add_once (REFRESH_MS, refresh_cb, self);
}

/**
 * torg_open_accounts_check_locks:
 *
 * Looks whether the data of each may still be shown.
 */
void
torg_open_accounts_check_locks (TorgOpenAccounts *self)
{
  for (guint i = 0; i < self->accounts->len; i++)
    torg_account_check_lock (self->accounts->pdata[i]);
}

/**
 * torg_open_accounts_close:
 *
 * Closes all windows, so that the program ends as soon as all is on the disk, unless it is asked for again before; the
 * accounts they show are opened next time.
 */
void
torg_open_accounts_close (TorgOpenAccounts *self)
{
  remember (self);
  self->quitting = TRUE;
  for (guint i = 0; i < self->accounts->len; i++)
    torg_account_close_windows (self->accounts->pdata[i]);
  end_all (self);
}

/**
 * torg_open_accounts_stop:
 *
 * Ends what is under way in all of them, and waits until all is on the disk.
 */
void
torg_open_accounts_stop (TorgOpenAccounts *self)
{
  self->quitting = TRUE;
  g_clear_handle_id (&self->refresh_source, g_source_remove);
  end_all (self);
  while (self->n_stopping > 0)
    g_main_context_iteration (NULL, TRUE);
}
