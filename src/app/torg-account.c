/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "torg"

#include "config.h"

#include "torg-account.h"
#include "torg-beginning.h"
#include "torg-export-log.h"
#include "torg-own-accounts.h"
#include "torg-reminders.h"
#include "torg-sign-out-dialog.h"
#include "torg-sync-store.h"
#include "torg-window.h"

#include <glib/gi18n-lib.h>

/* The window comes with its content; from a slow disk it comes before it. */
#define PRESENT_LATE_MS 250

struct _TorgAccount
{
  GObject parent_instance;

  GtkApplication *application; /* which outlives it */
  TorgEnv        *env;         /* (owned) */
  char           *name;        /* (owned) */
  char           *path;        /* (owned) */
  GSettings      *settings;    /* (owned) */
  char           *title;       /* (owned) (nullable): while there are several accounts */
  char           *user;        /* (owned) (nullable) */

  TorgReplica    *replica;        /* (owned) (nullable): once it is stopped */
  TorgSession    *session;        /* (owned) (nullable) */
  TorgReminders  *reminders;      /* (owned) (nullable) */
  GtkWindowGroup *group;          /* (owned): the window, and those of records */
  TorgWindow     *window;         /* (nullable): belongs to the application */
  guint           present_source; /* until the window is shown */
  gulong          known_handler;  /* until the dictionaries are known */
  gboolean        shown;          /* it had a window, and has not told that it has none */
  gboolean        wants_import;   /* once the panes are shown */
  gboolean        stale;          /* without contact for too long to be shown */
  GFile          *import_file;    /* (owned) (nullable) */
  GCancellable   *leaving;        /* (owned) (nullable): while its session ends */
  gint64          mark;           /* up to which edit the user knows then what is lost */
};

G_DEFINE_FINAL_TYPE (TorgAccount, torg_account, G_TYPE_OBJECT)

enum
{
  SIGNAL_CHANGED,
  SIGNAL_CLOSED,
  SIGNAL_EXPIRED,
  SIGNAL_SIGNED_OUT,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

/* --- the window --------------------------------------------------------------------------------------------------- */

static void
present (TorgAccount *self)
{
  g_clear_handle_id (&self->present_source, g_source_remove);
  gtk_window_present (GTK_WINDOW (self->window));
}

static void
present_late_cb (gpointer data)
{
  TorgAccount *self = data;

  self->present_source = 0;
  if (self->window != NULL)
    gtk_window_present (GTK_WINDOW (self->window));
}

static void
show_work (TorgAccount *self)
{
  torg_window_show_work (self->window);
  if (self->wants_import)
    torg_window_import (self->window, self->import_file);
  self->wants_import = FALSE;
  g_clear_object (&self->import_file);
}

/* What the panes ask for first. */
static void
load (TorgAccount *self)
{
  if (!torg_lookup_is_loaded (torg_session_get_lookup (self->session)))
    torg_lookup_load (torg_session_get_lookup (self->session));
  torg_drafts_load (torg_session_get_drafts (self->session));
}

static gpointer
answer (TorgStore *store, gpointer data, GCancellable *cancellable, GError **error)
{
  return NULL;
}

static void
answered_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (TorgAccount) self = data;

  torg_replica_call_finish (TORG_REPLICA (source), result, NULL);
  if (self->window != NULL && self->present_source != 0)
    present (self);
}

/* The window comes when all is answered that the panes have asked for up to now. */
static void
present_with_content (TorgAccount *self)
{
  torg_replica_call_async (self->replica, TORG_LANE_READ, answer, NULL, NULL, NULL, NULL, answered_cb,
                           g_object_ref (self));
}

/* The panes have asked for what they show. */
static void
known_cb (TorgAccount *self)
{
  g_clear_signal_handler (&self->known_handler, torg_session_get_lookup (self->session));
  present_with_content (self);
}

/* A replica without content that belongs to a server fills while it is shown. */
static void
begin_connected (TorgAccount *self)
{
  if (self->window == NULL || torg_window_is_working (self->window))
    return;
  load (self);
  show_work (self);
}

/* --- the session -------------------------------------------------------------------------------------------------- */

static void open_replica (TorgAccount *self);

static void
syncer_changed_cb (TorgAccount *self)
{
  TorgSyncer *syncer = torg_session_get_syncer (self->session);

  g_signal_emit (self, signals[SIGNAL_CHANGED], 0);
  /* It is opened by a sync that came to its end. */
  if (self->stale)
    {
      if (torg_syncer_get_state (syncer) == TORG_SYNC_STATE_IDLE && torg_syncer_get_synced_at (syncer) != 0)
        open_replica (self);
      return;
    }
  switch (torg_syncer_get_state (syncer))
    {
      case TORG_SYNC_STATE_LOCAL:
        return;
      case TORG_SYNC_STATE_OFFLINE:
      case TORG_SYNC_STATE_SIGN_IN:
      case TORG_SYNC_STATE_TROUBLE:
        torg_account_check_lock (self);
        break;
      case TORG_SYNC_STATE_IDLE:
      case TORG_SYNC_STATE_BUSY:
      default:
        break;
    }
  begin_connected (self);
}

static void
opened_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (TorgAccount) self = data;
  g_autoptr (GError) error = NULL;
  gboolean opened = torg_replica_open_finish (TORG_REPLICA (source), result, &error);

  /* Stopped meanwhile. */
  if (source != (GObject *) self->replica)
    return;
  self->stale = FALSE;
  if (!opened)
    {
      self->stale = g_error_matches (error, TORG_STORE_ERROR, TORG_STORE_ERROR_STALE);
      if (self->stale)
        torg_syncer_start (torg_session_get_syncer (self->session));
      if (self->window != NULL && !g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
        {
          torg_window_show_trouble (self->window, error);
          present (self);
        }
      return;
    }
  torg_syncer_start (torg_session_get_syncer (self->session));
  torg_reminders_look (self->reminders);
  if (self->window == NULL)
    return;
  if (torg_replica_is_empty (self->replica))
    {
      torg_window_show_welcome (self->window);
      present (self);
      return;
    }
  load (self);
  show_work (self);
  if (torg_lookup_is_loaded (torg_session_get_lookup (self->session)))
    present_with_content (self);
  else if (self->known_handler == 0)
    self->known_handler = g_signal_connect_object (torg_session_get_lookup (self->session), "changed",
                                                   G_CALLBACK (known_cb), self, G_CONNECT_SWAPPED | G_CONNECT_AFTER);
}

static void
retry_cb (TorgAccount *self)
{
  if (self->stale)
    torg_syncer_sync (torg_session_get_syncer (self->session));
  else
    open_replica (self);
}

static void
open_replica (TorgAccount *self)
{
  torg_replica_open_async (self->replica, NULL, opened_cb, g_object_ref (self));
}

/* The replica opens on its own thread. */
static void
begin_session (TorgAccount *self)
{
  self->replica = torg_replica_new (self->env, self->path);
  self->session = torg_session_new (self->replica, self->settings);
  g_signal_connect_object (torg_session_get_syncer (self->session), "changed", G_CALLBACK (syncer_changed_cb), self,
                           G_CONNECT_SWAPPED);
  self->reminders = torg_reminders_new (G_APPLICATION (self->application), self->name, self->session);
  open_replica (self);
  torg_lookup_load (torg_session_get_lookup (self->session));
}

/* Its syncer stops. */
static void
drop_session (TorgAccount *self)
{
  if (self->session != NULL)
    {
      g_signal_handlers_disconnect_by_func (torg_session_get_syncer (self->session), syncer_changed_cb, self);
      g_clear_signal_handler (&self->known_handler, torg_session_get_lookup (self->session));
    }
  g_clear_handle_id (&self->present_source, g_source_remove);
  if (self->reminders != NULL)
    g_object_run_dispose (G_OBJECT (self->reminders));
  g_clear_object (&self->reminders);
  g_clear_object (&self->session);
}

/* --- the first run ------------------------------------------------------------------------------------------------ */

static void
begun_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (TorgAccount) self = data;
  g_autoptr (GError) error = NULL;

  torg_beginning_finish (TORG_REPLICA (source), result, &error);
  if (self->window == NULL || source != (GObject *) self->replica)
    return;
  torg_window_set_first_job (self->window, NULL);
  if (error != NULL)
    {
      torg_session_fail (self->session, error);
      return;
    }
  load (self);
  show_work (self);
  g_signal_emit (self, signals[SIGNAL_CHANGED], 0);
}

static void
begin_cb (TorgAccount *self, const char *how)
{
  g_autoptr (TorgJob) job = NULL;

  if (g_str_equal (how, "connected"))
    {
      begin_connected (self);
      return;
    }
  self->wants_import |= g_str_equal (how, "import");
  job = torg_beginning_async (self->replica, g_str_equal (how, "demo"), begun_cb, g_object_ref (self));
  torg_window_set_first_job (self->window, job);
}

/* --- signing out -------------------------------------------------------------------------------------------------- */

static void
close_windows (TorgAccount *self)
{
  g_autoptr (GList) windows = gtk_window_group_list_windows (self->group);

  self->shown = FALSE;
  for (GList *window = windows; window != NULL; window = window->next)
    gtk_window_destroy (window->data);
}

/* Nothing of it can be edited while its session ends; the program goes on until that is done. */
static void
begin_leaving (TorgAccount *self, gint64 mark)
{
  g_autoptr (GList) windows = gtk_window_group_list_windows (self->group);

  self->leaving = g_cancellable_new ();
  self->mark = mark;
  g_application_hold (G_APPLICATION (self->application));
  for (GList *window = windows; window != NULL; window = window->next)
    if (window->data != self->window)
      gtk_widget_set_sensitive (window->data, FALSE);
  if (self->window != NULL)
    torg_window_show_leaving (self->window, self->leaving);
}

/* What is under way ends without an answer. */
static void
end_leaving (TorgAccount *self)
{
  if (self->leaving == NULL)
    return;
  g_cancellable_cancel (self->leaving);
  g_clear_object (&self->leaving);
  g_application_release (G_APPLICATION (self->application));
}

static gpointer
stay_in_store (TorgStore *store, gpointer data, GCancellable *cancellable, GError **error)
{
  torg_own_accounts_stay (torg_store_get_path (store));
  return NULL;
}

/* All goes on as before, in the windows that are still there. */
static void
stay (TorgAccount *self)
{
  g_autoptr (GList) windows = gtk_window_group_list_windows (self->group);

  torg_replica_call_async (self->replica, TORG_LANE_WRITE, stay_in_store, NULL, NULL, NULL, NULL, NULL, NULL);
  for (GList *window = windows; window != NULL; window = window->next)
    gtk_widget_set_sensitive (window->data, TRUE);
  if (self->window != NULL)
    torg_window_show_leaving (self->window, NULL);
  if (self->window != NULL && !torg_window_is_working (self->window))
    open_replica (self);
  if (windows == NULL)
    g_signal_emit (self, signals[SIGNAL_CLOSED], 0);
  end_leaving (self);
}

static void
leave (TorgAccount *self)
{
  gboolean seen = self->shown;

  /* Without a window the program would end. */
  g_application_hold (G_APPLICATION (self->application));
  close_windows (self);
  end_leaving (self);
  g_signal_emit (self, signals[SIGNAL_SIGNED_OUT], 0, seen);
  g_application_release (G_APPLICATION (self->application));
}

/* Notes that the user wants it; not where something was edited of which they do not know that it will be lost. */
static gpointer
note_leaving (TorgStore *store, gpointer data, GCancellable *cancellable, GError **error)
{
  gint64 *mark = data;

  if (torg_store_get_edit_mark (store) > *mark)
    return NULL;
  /* Who took data along is told later, if it was not yet. */
  if (!torg_store_keep_exports (store, error))
    return NULL;
  return GINT_TO_POINTER (torg_own_accounts_set_leaving (torg_store_get_path (store), *mark, error));
}

static gboolean
may_leave (TorgAccount *self, GObject *source, GAsyncResult *result)
{
  g_autoptr (GError) error = NULL;
  gboolean noted = torg_replica_call_finish (TORG_REPLICA (source), result, &error) != NULL;

  /* Stopped meanwhile. */
  if (self->leaving == NULL)
    return FALSE;
  if (noted)
    return TRUE;
  if (error != NULL)
    torg_session_fail (self->session, error);
  torg_syncer_start (torg_session_get_syncer (self->session));
  stay (self);
  if (error == NULL && self->window != NULL)
    torg_sign_out_dialog_present (self->session, GTK_WINDOW (self->window));
  return FALSE;
}

static void
note_leaving_async (TorgAccount *self, GAsyncReadyCallback callback)
{
  torg_replica_call_async (self->replica, TORG_LANE_WRITE, note_leaving, g_memdup2 (&self->mark, sizeof self->mark),
                           g_free, NULL, NULL, callback, g_object_ref (self));
}

/* What another process has edited while the server was told. */
static void
looked_again_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (TorgAccount) self = data;

  if (may_leave (self, source, result))
    leave (self);
}

static void
signed_out_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (TorgAccount) self = data;
  g_autoptr (GError) error = NULL;
  gboolean unread = self->mark == TORG_SIGN_OUT_UNREAD;

  /* Stopped meanwhile: what is left to be done is done at the next start. */
  if (self->leaving == NULL)
    return;
  if (!torg_syncer_sign_out_finish (TORG_SYNCER (source), result, &error) &&
      (!unread || g_cancellable_is_cancelled (self->leaving)))
    {
      if (!g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
        torg_session_fail (self->session, error);
      stay (self);
    }
  else if (unread)
    leave (self);
  else
    note_leaving_async (self, looked_again_cb);
}

static void
sign_out (TorgAccount *self)
{
  torg_syncer_sign_out_async (torg_session_get_syncer (self->session), self->leaving, signed_out_cb,
                              g_object_ref (self));
}

static void
noted_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (TorgAccount) self = data;

  if (may_leave (self, source, result))
    sign_out (self);
}

/* The user was asked. */
static void
forget_action (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  TorgAccount *self = data;

  if (self->leaving != NULL || self->session == NULL)
    return;
  begin_leaving (self, g_variant_get_int64 (parameter));
  if (self->mark == TORG_SIGN_OUT_UNREAD)
    sign_out (self);
  else
    note_leaving_async (self, noted_cb);
}

/* --- the lock ----------------------------------------------------------------------------------------------------- */

static gpointer
check_in_store (TorgStore *store, gpointer data, GCancellable *cancellable, GError **error)
{
  torg_store_check_lock (store, error);
  return NULL;
}

/* All its windows close; what is typed and kept as a draft comes again with the panes. */
static void
give_up (TorgAccount *self)
{
  /* Without a window the program would end. */
  g_application_hold (G_APPLICATION (self->application));
  torg_drafts_flush (torg_session_get_drafts (self->session));
  close_windows (self);
  g_signal_emit (self, signals[SIGNAL_EXPIRED], 0);
  g_application_release (G_APPLICATION (self->application));
}

static void
lock_checked_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (TorgAccount) self = data;
  g_autoptr (GError) error = NULL;

  torg_replica_call_finish (TORG_REPLICA (source), result, &error);
  if (source == (GObject *) self->replica && self->leaving == NULL && self->window != NULL && !self->stale &&
      torg_window_is_working (self->window) && g_error_matches (error, TORG_STORE_ERROR, TORG_STORE_ERROR_STALE))
    give_up (self);
}

/* --- the object --------------------------------------------------------------------------------------------------- */

static void
window_removed_cb (TorgAccount *self, GtkWindow *removed)
{
  if (removed == (GtkWindow *) self->window)
    {
      g_clear_handle_id (&self->present_source, g_source_remove);
      self->window = NULL;
    }
  for (GList *window = gtk_application_get_windows (self->application); window != NULL; window = window->next)
    if (torg_account_owns (self, window->data))
      return;
  if (!self->shown)
    return;
  self->shown = FALSE;
  if (self->leaving == NULL)
    g_signal_emit (self, signals[SIGNAL_CLOSED], 0);
}

static void
create_window (TorgAccount *self)
{
  const GActionEntry actions[] = { { .name = "forget", .activate = forget_action, .parameter_type = "x" } };

  self->window = torg_window_new (self->application, self->session);
  gtk_window_group_add_window (self->group, GTK_WINDOW (self->window));
  torg_window_set_account (self->window, self->title, self->user);
  g_action_map_add_action_entries (G_ACTION_MAP (self->window), actions, G_N_ELEMENTS (actions), self);
  g_signal_connect_object (self->window, "begin", G_CALLBACK (begin_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->window, "retry", G_CALLBACK (retry_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->window, "notify::is-active", G_CALLBACK (torg_account_check_lock), self,
                           G_CONNECT_SWAPPED);
  if (self->leaving != NULL)
    torg_window_show_leaving (self->window, self->leaving);
  self->shown = TRUE;
}

static void
torg_account_dispose (GObject *object)
{
  TorgAccount *self = TORG_ACCOUNT (object);

  end_leaving (self);
  drop_session (self);
  g_clear_object (&self->replica);
  g_clear_object (&self->import_file);
  g_clear_object (&self->group);
  g_clear_object (&self->settings);
  G_OBJECT_CLASS (torg_account_parent_class)->dispose (object);
}

static void
torg_account_finalize (GObject *object)
{
  TorgAccount *self = TORG_ACCOUNT (object);

  g_clear_pointer (&self->env, torg_env_unref);
  g_free (self->name);
  g_free (self->path);
  g_free (self->title);
  g_free (self->user);
  G_OBJECT_CLASS (torg_account_parent_class)->finalize (object);
}

static void
torg_account_class_init (TorgAccountClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = torg_account_dispose;
  G_OBJECT_CLASS (klass)->finalize = torg_account_finalize;

  signals[SIGNAL_CHANGED] =
    g_signal_new ("changed", TORG_TYPE_ACCOUNT, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[SIGNAL_CLOSED] =
    g_signal_new ("closed", TORG_TYPE_ACCOUNT, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[SIGNAL_EXPIRED] =
    g_signal_new ("expired", TORG_TYPE_ACCOUNT, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[SIGNAL_SIGNED_OUT] = g_signal_new ("signed-out", TORG_TYPE_ACCOUNT, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                             G_TYPE_NONE, 1, G_TYPE_BOOLEAN);
}

static void
torg_account_init (TorgAccount *self)
{
}

/**
 * torg_account_new:
 * @application: the program
 * @env: clock, randomness and file system
 * @name: what it is told apart by
 * @path: its replica, which may be missing
 * @settings: its settings
 *
 * Begins to open an account. It has no window yet.
 *
 * Returns: (transfer full): a new account
 */
TorgAccount *
torg_account_new (GtkApplication *application, TorgEnv *env, const char *name, const char *path, GSettings *settings)
{
  TorgAccount *self = g_object_new (TORG_TYPE_ACCOUNT, NULL);

  self->application = application;
  self->env = torg_env_ref (env);
  self->name = g_strdup (name);
  self->path = g_strdup (path);
  self->settings = g_object_ref (settings);
  g_signal_connect_object (application, "window-removed", G_CALLBACK (window_removed_cb), self, G_CONNECT_SWAPPED);
  begin_session (self);
  return self;
}

/**
 * torg_account_get_name:
 *
 * Tells what the account is told apart by.
 *
 * Returns: (transfer none): its name
 */
const char *
torg_account_get_name (TorgAccount *self)
{
  return self->name;
}

/**
 * torg_account_get_path:
 *
 * Tells where its replica lies.
 *
 * Returns: (transfer none): a path
 */
const char *
torg_account_get_path (TorgAccount *self)
{
  return self->path;
}

/**
 * torg_account_get_session:
 *
 * Gives its session.
 *
 * Returns: (transfer none) (nullable): the session; %NULL once it is stopped
 */
TorgSession *
torg_account_get_session (TorgAccount *self)
{
  return self->session;
}

/**
 * torg_account_snooze:
 * @activity: the id of an activity that the user was reminded of
 *
 * Reminds of it once more a little later.
 */
void
torg_account_snooze (TorgAccount *self, const char *activity)
{
  if (self->reminders != NULL)
    torg_reminders_snooze (self->reminders, activity);
}

/**
 * torg_account_owns:
 * @window: (nullable): a window
 *
 * Tells whether a window shows this account.
 *
 * Returns: whether it does
 */
gboolean
torg_account_owns (TorgAccount *self, GtkWindow *window)
{
  return window != NULL && gtk_window_has_group (window) && gtk_window_get_group (window) == self->group;
}

/**
 * torg_account_is_shown:
 *
 * Tells whether the account has windows, or is about to show one.
 *
 * Returns: whether it has
 */
gboolean
torg_account_is_shown (TorgAccount *self)
{
  return self->shown;
}

/**
 * torg_account_present:
 *
 * Shows the account's window: brings it to the front, or makes it and shows it with its content.
 */
void
torg_account_present (TorgAccount *self)
{
  if (self->group == NULL)
    self->group = gtk_window_group_new ();
  if (self->window == NULL)
    create_window (self);
  if (gtk_widget_get_mapped (GTK_WIDGET (self->window)))
    gtk_window_present (GTK_WINDOW (self->window));
  else if (self->present_source == 0)
    self->present_source = g_timeout_add_once (PRESENT_LATE_MS, present_late_cb, self);
}

/**
 * torg_account_import:
 * @file: what to import
 *
 * Shows the account's window and begins an import there, once its panes are shown.
 */
void
torg_account_import (TorgAccount *self, GFile *file)
{
  torg_account_present (self);
  if (torg_window_is_working (self->window))
    {
      torg_window_import (self->window, file);
      return;
    }
  self->wants_import = TRUE;
  g_set_object (&self->import_file, file);
}

/**
 * torg_account_set_title:
 * @title: (nullable): what the account is called; %NULL while it is the only one
 * @user: (nullable): the user's name
 *
 * Says in the window which account it shows.
 */
void
torg_account_set_title (TorgAccount *self, const char *title, const char *user)
{
  g_set_str (&self->title, title);
  g_set_str (&self->user, user);
  if (self->window != NULL)
    torg_window_set_account (self->window, title, user);
}

/**
 * torg_account_check_lock:
 *
 * Looks whether the data may still be shown: where the server was not heard of, where the user comes back to the
 * window, and from time to time.
 */
void
torg_account_check_lock (TorgAccount *self)
{
  if (self->window != NULL && !self->stale && torg_window_is_working (self->window))
    torg_replica_call_async (self->replica, TORG_LANE_READ, check_in_store, NULL, NULL, NULL, NULL, lock_checked_cb,
                             g_object_ref (self));
}

/**
 * torg_account_sign_out:
 *
 * Shows the account's window, and asks there whether its data is to be removed from this computer.
 */
void
torg_account_sign_out (TorgAccount *self)
{
  torg_account_present (self);
  if (self->leaving == NULL)
    torg_sign_out_dialog_present (self->session, GTK_WINDOW (self->window));
}

/**
 * torg_account_close_windows:
 *
 * Closes the account's windows, also where a dialog is open; the place of the first is remembered.
 */
void
torg_account_close_windows (TorgAccount *self)
{
  g_autoptr (GList) windows = self->group != NULL ? gtk_window_group_list_windows (self->group) : NULL;

  for (GList *window = windows; window != NULL; window = window->next)
    {
      g_autoptr (GtkWindow) closed = g_object_ref (window->data);

      gtk_window_close (closed);
      /* An open dialog keeps it. */
      gtk_window_destroy (closed);
    }
}

static void
closed_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;

  torg_replica_close_finish (TORG_REPLICA (source), result);
  g_task_return_boolean (task, TRUE);
}

/* The syncer's threads work with the replica. */
static void
syncer_stopped_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  GTask *task = data;

  torg_syncer_stop_finish (TORG_SYNCER (source), result);
  torg_replica_close_async (g_task_get_task_data (task), closed_cb, task);
}

/**
 * torg_account_stop_async:
 * @callback: called when all is on the disk
 * @data: for @callback
 *
 * Ends what is under way, writes what is left to be written, and closes the replica, while the main thread goes on.
 */
void
torg_account_stop_async (TorgAccount *self, GAsyncReadyCallback callback, gpointer data)
{
  g_autoptr (GTask) task = g_task_new (self, NULL, callback, data);
  g_autoptr (TorgSyncer) syncer = NULL;
  TorgReplica *replica = g_steal_pointer (&self->replica);

  g_task_set_source_tag (task, torg_account_stop_async);
  end_leaving (self);
  if (self->session != NULL)
    {
      torg_drafts_flush (torg_session_get_drafts (self->session));
      syncer = g_object_ref (torg_session_get_syncer (self->session));
    }
  drop_session (self);
  if (replica == NULL)
    {
      g_task_return_boolean (task, TRUE);
      return;
    }
  g_task_set_task_data (task, replica, g_object_unref);
  if (syncer != NULL)
    torg_syncer_stop_async (syncer, syncer_stopped_cb, g_steal_pointer (&task));
  else
    torg_replica_close_async (replica, closed_cb, g_steal_pointer (&task));
}

/**
 * torg_account_stop_finish:
 * @result: as the callback got it
 *
 * Finishes [method@Account.stop_async].
 */
void
torg_account_stop_finish (TorgAccount *self, GAsyncResult *result)
{
  g_task_propagate_boolean (G_TASK (result), NULL);
}
