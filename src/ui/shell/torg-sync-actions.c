/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "torg-ui"

#include "torg-sync-actions.h"
#include "torg-attention-dialog.h"
#include "torg-company-dialog.h"
#include "torg-connect-dialog.h"
#include "torg-hand-over.h"
#include "torg-own-role.h"
#include "torg-people-dialog.h"
#include "torg-pipelines-dialog.h"
#include "torg-sign-out-dialog.h"
#include "torg-unsent-dialog.h"

/* What a window lets the user do about the exchange with the server. */

static TorgSession *
get_session (gpointer window)
{
  return g_object_get_data (window, "torg-session");
}

static void
sync_action (GSimpleAction *action, GVariant *parameter, gpointer window)
{
  torg_syncer_sync (torg_session_get_syncer (get_session (window)));
}

static void
unsent_action (GSimpleAction *action, GVariant *parameter, gpointer window)
{
  adw_dialog_present (torg_unsent_dialog_new (get_session (window)), window);
}

static void
attention_action (GSimpleAction *action, GVariant *parameter, gpointer window)
{
  adw_dialog_present (torg_attention_dialog_new (get_session (window)), window);
}

static void
connect_action (GSimpleAction *action, GVariant *parameter, gpointer window)
{
  adw_dialog_present (torg_connect_dialog_new_with_content (torg_session_get_syncer (get_session (window))), window);
}

static void
sign_in_action (GSimpleAction *action, GVariant *parameter, gpointer window)
{
  adw_dialog_present (torg_connect_dialog_new_sign_in (torg_session_get_syncer (get_session (window))), window);
}

static void
sign_out_action (GSimpleAction *action, GVariant *parameter, gpointer window)
{
  torg_sign_out_dialog_present (get_session (window), window);
}

static void
people_action (GSimpleAction *action, GVariant *parameter, gpointer window)
{
  adw_dialog_present (torg_people_dialog_new (get_session (window)), window);
}

static void
pipelines_action (GSimpleAction *action, GVariant *parameter, gpointer window)
{
  adw_dialog_present (torg_pipelines_dialog_new (get_session (window)), window);
}

static void
company_action (GSimpleAction *action, GVariant *parameter, gpointer window)
{
  adw_dialog_present (torg_company_dialog_new (get_session (window)), window);
}

static void
set_enabled (GtkApplicationWindow *window, const char *name, gboolean enabled)
{
  GAction *action = g_action_map_lookup_action (G_ACTION_MAP (window), name);

  g_simple_action_set_enabled (G_SIMPLE_ACTION (action), enabled);
}

/* What the menu shows. */
enum
{
  MAY_PEOPLE = 1 << 0,
  MAY_PIPELINES = 1 << 1,
};

/* The head of a department hands work over, and does nothing else there. */
static gpointer
ask_what_may (TorgStore *store, gpointer data, GCancellable *cancellable, GError **error)
{
  gboolean administrator = torg_store_is_administrator (store);

  return GINT_TO_POINTER ((administrator || torg_hand_over_is_allowed (store) ? MAY_PEOPLE : 0) |
                          (administrator ? MAY_PIPELINES : 0));
}

static void
asked_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GtkApplicationWindow) window = data;
  TorgSyncer *syncer = torg_session_get_syncer (get_session (window));
  int         may = GPOINTER_TO_INT (torg_replica_call_finish (TORG_REPLICA (source), result, NULL));
  gboolean    local = torg_syncer_get_state (syncer) == TORG_SYNC_STATE_LOCAL;

  set_enabled (window, "people", (may & MAY_PEOPLE) != 0 && !local);
  set_enabled (window, "pipelines", (may & MAY_PIPELINES) != 0 || local);
  set_enabled (window, "company", (may & MAY_PIPELINES) != 0 || local);
}

/* What one may do changes with what a sync brings. */
static void
update_people (GtkApplicationWindow *window, TorgSyncer *syncer)
{
  torg_replica_call_async (torg_syncer_get_replica (syncer), TORG_LANE_READ, ask_what_may, NULL, NULL, NULL, NULL,
                           asked_cb, g_object_ref (window));
}

/* Data that belongs to no server is not synced. */
static void
syncer_changed_cb (GtkApplicationWindow *window, TorgSyncer *syncer)
{
  TorgSyncState state = torg_syncer_get_state (syncer);
  gboolean      remote = state != TORG_SYNC_STATE_LOCAL;

  set_enabled (window, "sync", remote && state != TORG_SYNC_STATE_BUSY && state != TORG_SYNC_STATE_SIGN_IN);
  set_enabled (window, "unsent", remote);
  set_enabled (window, "attention", remote);
  set_enabled (window, "connect", !remote);
  set_enabled (window, "sign-in", remote);
  set_enabled (window, "sign-out", remote);
  if (!remote)
    {
      set_enabled (window, "people", FALSE);
      set_enabled (window, "pipelines", TRUE);
      set_enabled (window, "company", TRUE);
    }
  else if (state != TORG_SYNC_STATE_BUSY)
    update_people (window, syncer);
}

/**
 * torg_sync_actions_add:
 * @window: a window
 * @session: the session
 *
 * Adds `win.sync`, `win.unsent`, `win.attention`, `win.connect`, `win.sign-in`, `win.sign-out`, `win.people`,
 * `win.pipelines` and `win.company` to a window.
 */
void
torg_sync_actions_add (GtkApplicationWindow *window, TorgSession *session)
{
  static const GActionEntry actions[] = {
    { "sync", sync_action },       { "unsent", unsent_action },       { "attention", attention_action },
    { "connect", connect_action }, { "sign-in", sign_in_action },     { "sign-out", sign_out_action },
    { "people", people_action },   { "pipelines", pipelines_action }, { "company", company_action },
  };
  TorgSyncer *syncer = torg_session_get_syncer (session);

  g_object_set_data_full (G_OBJECT (window), "torg-session", g_object_ref (session), g_object_unref);
  g_action_map_add_action_entries (G_ACTION_MAP (window), actions, G_N_ELEMENTS (actions), window);
  g_signal_connect_object (syncer, "changed", G_CALLBACK (syncer_changed_cb), window, G_CONNECT_SWAPPED);
  syncer_changed_cb (window, syncer);
}
