/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "torg"

#include "config.h"

#include "torg-application.h"
#include "torg-defaults.h"
#include "torg-demo.h"
#include "torg-forget.h"
#include "torg-session.h"
#include "torg-sync-store.h"
#include "torg-window.h"

#include <glib/gi18n-lib.h>

/* The demo company: large enough to look real, made in a moment. */
#define DEMO_RECORDS 6000
#define DEMO_SEED 7
/* The window comes with its content; from a slow disk it comes before it. */
#define PRESENT_LATE_MS 250
/* How often it looks whether the data may still be shown. */
#define LOCK_SECONDS (60 * 60)

struct _TorgApplication
{
  AdwApplication parent_instance;

  char        *path;           /* (owned) (nullable): from the command line */
  TorgEnv     *env;            /* (owned) (nullable) */
  TorgReplica *replica;        /* (owned) (nullable) */
  TorgSession *session;        /* (owned) (nullable) */
  GSettings   *settings;       /* (owned) (nullable) */
  TorgWindow  *window;         /* (nullable): belongs to GTK */
  guint        present_source; /* until the window is shown */
  gulong       known_handler;  /* until the dictionaries are known */
  gboolean     wants_import;   /* once the panes are shown */
  gboolean     stale;          /* without contact for too long to be shown */
  guint        lock_source;    /* looks whether that has come */
  GFile       *import_file;    /* (owned) (nullable) */
};

G_DEFINE_FINAL_TYPE (TorgApplication, torg_application, ADW_TYPE_APPLICATION)

static void
present (TorgApplication *self)
{
  g_clear_handle_id (&self->present_source, g_source_remove);
  gtk_window_present (GTK_WINDOW (self->window));
}

static void
present_late_cb (gpointer data)
{
  TorgApplication *self = data;

  self->present_source = 0;
  if (self->window != NULL)
    gtk_window_present (GTK_WINDOW (self->window));
}

static void
show_work (TorgApplication *self)
{
  torg_window_show_work (self->window);
  if (self->wants_import)
    torg_window_import (self->window, self->import_file);
  self->wants_import = FALSE;
  g_clear_object (&self->import_file);
}

/* What the panes ask for first. */
static void
load (TorgApplication *self)
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
  g_autoptr (TorgApplication) self = data;

  torg_replica_call_finish (TORG_REPLICA (source), result, NULL);
  if (self->window != NULL && self->present_source != 0)
    present (self);
}

/* The window comes when all is answered that the panes have asked for up to now. */
static void
present_with_content (TorgApplication *self)
{
  torg_replica_call_async (self->replica, TORG_LANE_READ, answer, NULL, NULL, NULL, NULL, answered_cb,
                           g_object_ref (self));
}

/* The panes have asked for what they show. */
static void
known_cb (TorgApplication *self)
{
  g_clear_signal_handler (&self->known_handler, torg_session_get_lookup (self->session));
  present_with_content (self);
}

/* A replica without content that belongs to a server fills while it is shown. */
static void
begin_connected (TorgApplication *self)
{
  if (self->window == NULL || torg_window_is_working (self->window))
    return;
  load (self);
  show_work (self);
}

static void open_replica (TorgApplication *self);
static void check_lock (TorgApplication *self);

static void
syncer_changed_cb (TorgApplication *self)
{
  TorgSyncer *syncer = torg_session_get_syncer (self->session);

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
        check_lock (self);
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
  g_autoptr (TorgApplication) self = data;
  g_autoptr (GError) error = NULL;

  self->stale = FALSE;
  if (!torg_replica_open_finish (TORG_REPLICA (source), result, &error))
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
retry_cb (TorgApplication *self)
{
  if (self->stale)
    torg_syncer_sync (torg_session_get_syncer (self->session));
  else
    open_replica (self);
}

static void
open_replica (TorgApplication *self)
{
  torg_replica_open_async (self->replica, NULL, opened_cb, g_object_ref (self));
}

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

/* --- the first run ------------------------------------------------------------------------------------------------ */

typedef struct
{
  TorgJob *job;  /* (owned) */
  gboolean demo; /* whether to fill in the demo company */
} Beginning;

static void
beginning_free (Beginning *beginning)
{
  g_object_unref (beginning->job);
  g_free (beginning);
}

static gpointer
begin (TorgStore *store, gpointer data, GCancellable *cancellable, GError **error)
{
  Beginning  *beginning = data;
  const char *lang = g_str_has_prefix (g_get_language_names ()[0], "ru") ? "ru" : "en";
  gboolean    good;

  if (beginning->demo)
    good = torg_demo_fill (store, DEMO_RECORDS, DEMO_SEED, lang, beginning->job, error);
  else
    good = torg_store_begin_company (store, lang, g_get_real_name (), error);
  return GINT_TO_POINTER (good);
}

static void
begun_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (TorgApplication) self = data;
  g_autoptr (GError) error = NULL;

  torg_replica_call_finish (TORG_REPLICA (source), result, &error);
  if (self->window == NULL)
    return;
  torg_window_set_first_job (self->window, NULL);
  if (error != NULL)
    {
      torg_session_fail (self->session, error);
      return;
    }
  load (self);
  show_work (self);
}

static void
begin_cb (TorgApplication *self, const char *how)
{
  Beginning *beginning;

  if (g_str_equal (how, "connected"))
    {
      begin_connected (self);
      return;
    }
  beginning = g_new0 (Beginning, 1);
  beginning->demo = g_str_equal (how, "demo");
  self->wants_import |= g_str_equal (how, "import");
  beginning->job = torg_job_new (beginning->demo ? _ ("Making the demo company…") : _ ("Making your pipeline…"));
  torg_window_set_first_job (self->window, beginning->job);
  torg_replica_call_async (self->replica, TORG_LANE_WRITE, begin, beginning, (GDestroyNotify) beginning_free, NULL,
                           NULL, begun_cb, g_object_ref (self));
}

/* The replica opens on its own thread. */
static void
begin_session (TorgApplication *self)
{
  self->replica = torg_replica_new (self->env, self->path);
  self->session = torg_session_new (self->replica, self->settings);
  g_signal_connect_object (torg_session_get_syncer (self->session), "changed", G_CALLBACK (syncer_changed_cb), self,
                           G_CONNECT_SWAPPED);
  open_replica (self);
  torg_lookup_load (torg_session_get_lookup (self->session));
}

static void
window_gone_cb (gpointer data, GObject *window)
{
  TORG_APPLICATION (data)->window = NULL;
}

static void
torg_application_activate (GApplication *application)
{
  TorgApplication *self = TORG_APPLICATION (application);

  /* What was here is being removed: the window comes when that is over. */
  if (self->session == NULL)
    return;
  if (self->window == NULL)
    {
      self->window = torg_window_new (GTK_APPLICATION (self), self->session);
      g_object_weak_ref (G_OBJECT (self->window), window_gone_cb, self);
      g_signal_connect_object (self->window, "begin", G_CALLBACK (begin_cb), self, G_CONNECT_SWAPPED);
      g_signal_connect_object (self->window, "retry", G_CALLBACK (retry_cb), self, G_CONNECT_SWAPPED);
      g_signal_connect_object (self->window, "notify::is-active", G_CALLBACK (check_lock), self, G_CONNECT_SWAPPED);
    }
  if (gtk_widget_get_mapped (GTK_WIDGET (self->window)))
    gtk_window_present (GTK_WINDOW (self->window));
  else if (self->present_source == 0)
    self->present_source = g_timeout_add_once (PRESENT_LATE_MS, present_late_cb, self);
}

/* A file that Torg is asked to open is to be imported. */
static void
torg_application_open (GApplication *application, GFile **files, int n_files, const char *hint)
{
  TorgApplication *self = TORG_APPLICATION (application);

  g_application_activate (application);
  if (self->window != NULL && torg_window_is_working (self->window))
    {
      torg_window_import (self->window, files[0]);
      return;
    }
  self->wants_import = TRUE;
  g_set_object (&self->import_file, files[0]);
}

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
  TorgApplication *self = data;

  if (self->window != NULL)
    gtk_window_close (GTK_WINDOW (self->window));
  g_application_quit (G_APPLICATION (self));
}

/* --- signing out -------------------------------------------------------------------------------------------------- */

static void
end_session (TorgApplication *self)
{
  torg_syncer_stop (torg_session_get_syncer (self->session));
  torg_replica_close (self->replica);
  g_clear_signal_handler (&self->known_handler, torg_session_get_lookup (self->session));
  g_clear_handle_id (&self->present_source, g_source_remove);
  g_clear_object (&self->session);
  g_clear_object (&self->replica);
}

static void
close_windows (TorgApplication *self)
{
  g_autoptr (GList) windows = g_list_copy (gtk_application_get_windows (GTK_APPLICATION (self)));

  if (self->window != NULL)
    g_object_weak_unref (G_OBJECT (self->window), window_gone_cb, self);
  self->window = NULL;
  for (GList *window = windows; window != NULL; window = window->next)
    gtk_window_destroy (window->data);
}

/* With a session that begins as the program does. */
static void
begin_again (TorgApplication *self)
{
  begin_session (self);
  g_application_activate (G_APPLICATION (self));
  g_application_release (G_APPLICATION (self));
}

static void
forgotten_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (TorgApplication) self = data;
  g_autoptr (GError) error = NULL;

  torg_forget_finish (result, &error);
  begin_again (self);
  if (error != NULL)
    torg_session_fail (self->session, error);
}

static void
begin_anew (TorgApplication *self, gboolean forget)
{
  /* Without a window the program would end. */
  g_application_hold (G_APPLICATION (self));
  if (!forget)
    torg_drafts_flush (torg_session_get_drafts (self->session));
  close_windows (self);
  end_session (self);
  if (forget)
    torg_forget_async (self->path, forgotten_cb, g_object_ref (self));
  else
    begin_again (self);
}

static void
signed_out_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (TorgApplication) self = data;
  g_autoptr (GError) error = NULL;

  if (!torg_syncer_sign_out_finish (TORG_SYNCER (source), result, &error))
    {
      torg_session_fail (self->session, error);
      return;
    }
  begin_anew (self, TRUE);
}

/* The user was asked. */
static void
forget_action (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  TorgApplication *self = data;

  torg_syncer_sign_out_async (torg_session_get_syncer (self->session), NULL, signed_out_cb, g_object_ref (self));
}

/* --- the lock ----------------------------------------------------------------------------------------------------- */

static gpointer
check_in_store (TorgStore *store, gpointer data, GCancellable *cancellable, GError **error)
{
  torg_store_check_lock (store, error);
  return NULL;
}

/* All windows close, and the one that opens shows why; what is typed and kept as a draft comes again with the panes. */
static void
lock_checked_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (TorgApplication) self = data;
  g_autoptr (GError) error = NULL;

  torg_replica_call_finish (TORG_REPLICA (source), result, &error);
  if (source == (GObject *) self->replica && self->window != NULL && !self->stale &&
      torg_window_is_working (self->window) && g_error_matches (error, TORG_STORE_ERROR, TORG_STORE_ERROR_STALE))
    begin_anew (self, FALSE);
}

/* Where the server was not heard of, where the user comes back to the window, and each hour. */
static void
check_lock (TorgApplication *self)
{
  if (self->window != NULL && !self->stale && torg_window_is_working (self->window))
    torg_replica_call_async (self->replica, TORG_LANE_READ, check_in_store, NULL, NULL, NULL, NULL, lock_checked_cb,
                             g_object_ref (self));
}

static gboolean
lock_tick_cb (gpointer data)
{
  check_lock (data);
  return G_SOURCE_CONTINUE;
}

/* --- actions ------------------------------------------------------------------------------------------------------ */

static const GActionEntry actions[] = {
  { "about", about_action },
  { "forget", forget_action },
  { "quit", quit_action },
};

static void
torg_application_startup (GApplication *application)
{
  TorgApplication *self = TORG_APPLICATION (application);
  const char      *quit_keys[] = { "<Control>q", NULL };

  if (self->path == NULL)
    {
      g_autofree char *folder = g_build_filename (g_get_user_data_dir (), "torg", NULL);

      g_mkdir_with_parents (folder, 0700);
      self->path = g_build_filename (folder, "replica.db", NULL);
    }
  self->env = torg_env_new ();
  self->settings = g_settings_new (TORG_APP_ID);
  self->lock_source = g_timeout_add_seconds (LOCK_SECONDS, lock_tick_cb, self);
  /* While GTK starts. */
  begin_session (self);

  G_APPLICATION_CLASS (torg_application_parent_class)->startup (application);
  g_action_map_add_action_entries (G_ACTION_MAP (self), actions, G_N_ELEMENTS (actions), self);
  gtk_application_set_accels_for_action (GTK_APPLICATION (self), "app.quit", quit_keys);
  g_signal_connect_object (self->settings, "changed::color-scheme", G_CALLBACK (color_scheme_changed_cb), self,
                           G_CONNECT_SWAPPED);
  color_scheme_changed_cb (self);
}

static void
torg_application_shutdown (GApplication *application)
{
  TorgApplication *self = TORG_APPLICATION (application);

  g_clear_handle_id (&self->lock_source, g_source_remove);
  if (self->session != NULL)
    {
      torg_drafts_flush (torg_session_get_drafts (self->session));
      torg_syncer_stop (torg_session_get_syncer (self->session));
    }
  if (self->replica != NULL)
    torg_replica_close (self->replica);
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
  if (g_variant_dict_lookup (options, "replica", "^ay", &path))
    {
      g_autoptr (GFile) file = g_file_new_for_commandline_arg (path);

      self->path = g_file_get_path (file);
      set_own_id (self);
    }
  return -1;
}

static void
torg_application_finalize (GObject *object)
{
  TorgApplication *self = TORG_APPLICATION (object);

  g_clear_handle_id (&self->present_source, g_source_remove);
  g_clear_object (&self->import_file);
  g_clear_object (&self->session);
  g_clear_object (&self->replica);
  g_clear_object (&self->settings);
  g_clear_pointer (&self->env, torg_env_unref);
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
  application_class->startup = torg_application_startup;
  application_class->shutdown = torg_application_shutdown;
  application_class->handle_local_options = torg_application_handle_local_options;
}

static void
torg_application_init (TorgApplication *self)
{
  const GOptionEntry options[] = {
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
  return g_object_new (TORG_TYPE_APPLICATION, "application-id", TORG_APP_ID, "flags", G_APPLICATION_HANDLES_OPEN,
                       "resource-base-path", "/org/torgcrm/Torg", NULL);
}
