/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "torg-sync"

#include "config.h"

#include "torg-connect.h"
#include "torg-live.h"
#include "torg-retry.h"
#include "torg-syncer.h"
#include "torg-sync-work.h"
#include "torg-worker.h"

/* How long after an edit it is sent. */
#define EDIT_DELAY_MS 300
/* The window's first frames need the processors more. */
#define START_DELAY_MS 1500
/* Between two looks for what others changed; and while the server tells of each change by itself. */
#define LOOK_SECONDS 10
#define LIVE_LOOK_SECONDS 120
/* After failures one after the other. */
#define MAX_RETRY_SECONDS 300

struct _TorgSyncer
{
  GObject parent_instance;

  /* the main thread's */
  TorgReplica     *replica;     /* (owned) */
  TorgFileQueue   *files;       /* (owned) */
  TorgWorker      *worker;      /* (owned) (nullable) while it is stopped */
  GCancellable    *cancellable; /* (owned) (nullable): of the sync that is under way */
  GCancellable    *asking;      /* (owned) (nullable): of the last attempt to connect or to sign in */
  TorgLive        *live;        /* (owned) (nullable): once a sync has come to its end */
  GNetworkMonitor *network;     /* (nullable): once it is known that there is a server */
  gboolean         started;
  guint            n_stopping; /* until the threads have ended */
  TorgSyncState    state;
  gint64           since;
  gint64           synced_at;
  guint            n_unsent;
  guint            n_attention;
  char            *message; /* (owned) (nullable) */
  char            *address; /* (owned) (nullable) */
  TorgRetry        retry;   /* a busy server is not asked sooner, unless the user wants it */
  guint            timeout;
  gboolean         again; /* asked for while one is under way */
  TorgTransport   *way;   /* (owned) (nullable): by which the last sync came to its end */

  /* the sync thread's */
  TorgSyncWork *work; /* (owned) */
};

G_DEFINE_FINAL_TYPE (TorgSyncer, torg_syncer, G_TYPE_OBJECT)

enum
{
  SIGNAL_CHANGED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

/* --- in the sync thread ------------------------------------------------------------------------------------------- */

static void
sync_in_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  TorgSyncer *self = source;

  g_task_return_pointer (task, torg_sync_work_run (self->work, GPOINTER_TO_INT (data), cancellable),
                         torg_sync_outcome_free);
}

static void
close_in_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  torg_sync_work_close (TORG_SYNCER (source)->work);
  g_task_return_boolean (task, TRUE);
}

/* --- in the main thread ------------------------------------------------------------------------------------------- */

static void
set_state (TorgSyncer *self, TorgSyncState state)
{
  if (self->state == state)
    return;
  self->state = state;
  self->since = torg_env_get_now (torg_replica_get_env (self->replica));
}

static gboolean
timeout_cb (gpointer data)
{
  TorgSyncer *self = data;

  self->timeout = 0;
  torg_syncer_sync (self);
  return G_SOURCE_REMOVE;
}

/* Syncs after a while, or sooner if that is planned already. */
static void
plan (TorgSyncer *self, guint ms)
{
  g_clear_handle_id (&self->timeout, g_source_remove);
  self->timeout = g_timeout_add (ms, timeout_cb, self);
}

static guint
get_look_ms (TorgSyncer *self)
{
  return 1000 * (self->live != NULL && torg_live_get_on (self->live) ? LIVE_LOOK_SECONDS : LOOK_SECONDS);
}

static void
network_changed_cb (TorgSyncer *self, gboolean available)
{
  if (!available || self->state == TORG_SYNC_STATE_LOCAL)
    return;
  self->retry.n_failures = 0;
  if (!torg_retry_is_held (&self->retry))
    torg_syncer_sync (self);
}

/* To ask for it takes a while, which a local replica is spared. */
static void
watch_network (TorgSyncer *self)
{
  if (self->network != NULL || !self->started)
    return;
  self->network = g_network_monitor_get_default ();
  g_signal_connect_object (self->network, "network-changed", G_CALLBACK (network_changed_cb), self, G_CONNECT_SWAPPED);
}

static void
stop_live (TorgSyncer *self)
{
  if (self->live != NULL)
    torg_live_stop (self->live);
  g_clear_object (&self->live);
}

static void
poked_cb (TorgSyncer *self)
{
  /* What is planned then finds out what there is. */
  if (!torg_retry_is_held (&self->retry))
    torg_syncer_sync (self);
}

/* It begins anew with another sign-in. */
static void
start_live (TorgSyncer *self, TorgTransport *transport)
{
  if (transport == NULL || !self->started || self->live != NULL)
    return;
  self->live = torg_live_new (transport);
  g_signal_connect_object (self->live, "poked", G_CALLBACK (poked_cb), self, G_CONNECT_SWAPPED);
}

static void
synced_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  TorgSyncer      *self = TORG_SYNCER (source);
  TorgSyncOutcome *outcome = g_task_propagate_pointer (G_TASK (result), NULL);
  gboolean         again = self->again;

  g_clear_object (&self->cancellable);
  self->again = FALSE;
  /* Stopped meanwhile. */
  if (outcome == NULL)
    return;
  set_state (self, outcome->state);
  if (outcome->synced_at != 0)
    self->synced_at = outcome->synced_at;
  self->n_unsent = outcome->counts.n_unsent;
  self->n_attention = outcome->counts.n_attention;
  g_set_str (&self->message, outcome->message);
  g_set_str (&self->address, outcome->address);
  if (outcome->changed)
    torg_replica_look (self->replica);
  if (outcome->state != TORG_SYNC_STATE_LOCAL)
    watch_network (self);
  if (outcome->transport != NULL)
    g_set_object (&self->way, outcome->transport);
  if (outcome->state == TORG_SYNC_STATE_SIGN_IN)
    g_clear_object (&self->way);
  if (outcome->state == TORG_SYNC_STATE_IDLE)
    {
      start_live (self, outcome->transport);
      torg_file_queue_set_transport (self->files, outcome->transport);
      torg_retry_succeed (&self->retry);
      plan (self, again ? EDIT_DELAY_MS : get_look_ms (self));
    }
  else if (outcome->state == TORG_SYNC_STATE_SIGN_IN)
    {
      stop_live (self);
      torg_file_queue_set_transport (self->files, NULL);
    }
  else if (outcome->state != TORG_SYNC_STATE_LOCAL)
    plan (self, torg_retry_fail (&self->retry, MAX_RETRY_SECONDS, outcome->retry_after));
  torg_sync_outcome_free (outcome);
  g_signal_emit (self, signals[SIGNAL_CHANGED], 0);
}

/* What is typed in one go goes in one batch. */
static void
plan_edit (TorgSyncer *self)
{
  if (self->cancellable != NULL)
    self->again = TRUE;
  else if (!torg_retry_is_held (&self->retry))
    plan (self, EDIT_DELAY_MS);
}

static void
counted_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (TorgSyncer) self = data;
  g_autofree TorgSyncCounts *counts = torg_replica_call_finish (TORG_REPLICA (source), result, NULL);

  if (counts == NULL || !self->started ||
      (counts->n_unsent == self->n_unsent && counts->n_attention == self->n_attention))
    return;
  /* Another process edited something. */
  if (counts->n_unsent > self->n_unsent)
    plan_edit (self);
  self->n_unsent = counts->n_unsent;
  self->n_attention = counts->n_attention;
  g_signal_emit (self, signals[SIGNAL_CHANGED], 0);
}

static void
replica_changed_cb (TorgSyncer *self, GPtrArray *changes)
{
  if (self->state == TORG_SYNC_STATE_LOCAL || !self->started)
    return;
  torg_replica_call_async (self->replica, TORG_LANE_READ, torg_sync_work_count_in_store, NULL, NULL, g_free, NULL,
                           counted_cb, g_object_ref (self));
  /* NULL is what others did, the sync thread among them: what that is, is counted first. */
  if (changes != NULL)
    plan_edit (self);
}

static void
torg_syncer_dispose (GObject *object)
{
  torg_syncer_stop (TORG_SYNCER (object));
  G_OBJECT_CLASS (torg_syncer_parent_class)->dispose (object);
}

static void
torg_syncer_finalize (GObject *object)
{
  TorgSyncer *self = TORG_SYNCER (object);

  torg_sync_work_free (self->work);
  g_clear_object (&self->files);
  g_clear_object (&self->replica);
  g_clear_object (&self->asking);
  g_free (self->message);
  g_free (self->address);
  G_OBJECT_CLASS (torg_syncer_parent_class)->finalize (object);
}

static void
torg_syncer_class_init (TorgSyncerClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = torg_syncer_dispose;
  G_OBJECT_CLASS (klass)->finalize = torg_syncer_finalize;

  /**
   * TorgSyncer::changed:
   *
   * Something that it tells changed.
   */
  signals[SIGNAL_CHANGED] =
    g_signal_new ("changed", TORG_TYPE_SYNCER, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
torg_syncer_init (TorgSyncer *self)
{
}

/**
 * torg_syncer_new:
 * @replica: a replica, which need not be open yet
 *
 * Makes a syncer that does nothing yet.
 *
 * Returns: (transfer full): a syncer
 */
TorgSyncer *
torg_syncer_new (TorgReplica *replica)
{
  TorgSyncer *self = g_object_new (TORG_TYPE_SYNCER, NULL);

  self->replica = g_object_ref (replica);
  self->files = torg_file_queue_new (replica);
  self->work = torg_sync_work_new (replica);
  return self;
}

/**
 * torg_syncer_start:
 *
 * Begins to sync, once the replica is open.
 */
void
torg_syncer_start (TorgSyncer *self)
{
  if (!self->started)
    g_signal_connect_object (self->replica, "changed", G_CALLBACK (replica_changed_cb), self, G_CONNECT_SWAPPED);
  self->started = TRUE;
  torg_file_queue_start (self->files);
  plan (self, self->state == TORG_SYNC_STATE_LOCAL ? START_DELAY_MS : EDIT_DELAY_MS);
}

/* What is to be waited for, on any thread. */
typedef struct
{
  TorgWorker *files;  /* (owned) (nullable) */
  TorgWorker *worker; /* (owned) (nullable) */
  TorgLive   *live;   /* (owned) (nullable) */
} Threads;

static Threads
end_threads (TorgSyncer *self)
{
  Threads threads = { 0 };
  g_autoptr (GTask) task = NULL;

  g_clear_handle_id (&self->timeout, g_source_remove);
  g_cancellable_cancel (self->asking);
  threads.files = torg_file_queue_end (self->files);
  if (self->network != NULL)
    g_signal_handlers_disconnect_by_func (self->network, network_changed_cb, self);
  if (self->started)
    g_signal_handlers_disconnect_by_func (self->replica, replica_changed_cb, self);
  self->network = NULL;
  self->started = FALSE;
  if (self->worker == NULL)
    return threads;
  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->way);
  if (self->live != NULL)
    torg_live_cancel (self->live);
  threads.live = g_steal_pointer (&self->live);
  task = g_task_new (self, NULL, NULL, NULL);
  torg_worker_queue (self->worker, G_MAXINT - 1, task, close_in_thread);
  threads.worker = g_steal_pointer (&self->worker);
  return threads;
}

static void
wait_for_threads (Threads *threads)
{
  if (threads->files != NULL)
    torg_worker_shutdown (threads->files);
  if (threads->live != NULL)
    torg_live_stop (threads->live);
  if (threads->worker != NULL)
    torg_worker_shutdown (threads->worker);
}

static void
clear_threads (Threads *threads)
{
  g_clear_object (&threads->files);
  g_clear_object (&threads->live);
  g_clear_object (&threads->worker);
}

/**
 * torg_syncer_stop:
 *
 * Ends what is under way and waits for that, before the replica is closed. It can be started again.
 */
void
torg_syncer_stop (TorgSyncer *self)
{
  Threads threads = end_threads (self);

  wait_for_threads (&threads);
  clear_threads (&threads);
}

static void
wait_in_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  wait_for_threads (data);
  g_task_return_boolean (task, TRUE);
}

static void
threads_ended_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  TorgSyncer *self = TORG_SYNCER (source);
  g_autoptr (GTask) task = data;

  clear_threads (g_task_get_task_data (G_TASK (result)));
  self->n_stopping--;
  g_task_return_boolean (task, TRUE);
}

/**
 * torg_syncer_stop_async:
 * @callback: called when nothing is under way any more
 * @data: for @callback
 *
 * Does the same while the main thread goes on. It is not started again before that.
 */
void
torg_syncer_stop_async (TorgSyncer *self, GAsyncReadyCallback callback, gpointer data)
{
  GTask *task = g_task_new (self, NULL, callback, data);
  g_autoptr (GTask) wait = g_task_new (self, NULL, threads_ended_cb, task);
  Threads *threads = g_new0 (Threads, 1);

  g_task_set_source_tag (task, torg_syncer_stop_async);
  *threads = end_threads (self);
  self->n_stopping++;
  g_task_set_task_data (wait, threads, g_free);
  g_task_run_in_thread (wait, wait_in_thread);
}

/**
 * torg_syncer_stop_finish:
 * @result: as the callback got it
 *
 * Finishes [method@Syncer.stop_async].
 */
void
torg_syncer_stop_finish (TorgSyncer *self, GAsyncResult *result)
{
  g_task_propagate_boolean (G_TASK (result), NULL);
}

/**
 * torg_syncer_sync:
 *
 * Syncs now; what is asked for while one is under way follows it.
 */
void
torg_syncer_sync (TorgSyncer *self)
{
  g_autoptr (GTask) task = NULL;

  if (!self->started || self->n_stopping > 0)
    return;
  if (self->cancellable != NULL)
    {
      self->again = TRUE;
      return;
    }
  g_clear_handle_id (&self->timeout, g_source_remove);
  if (self->worker == NULL)
    self->worker = torg_worker_new ("torg-sync");
  self->cancellable = g_cancellable_new ();
  task = g_task_new (self, self->cancellable, synced_cb, NULL);
  g_task_set_source_tag (task, torg_syncer_sync);
  g_task_set_task_data (task, GINT_TO_POINTER (self->retry.n_failures > 0), NULL);
  torg_worker_queue (self->worker, G_PRIORITY_DEFAULT, task, sync_in_thread);
  /* After a failure that is shown until one succeeds. */
  if (self->state != TORG_SYNC_STATE_IDLE)
    return;
  set_state (self, TORG_SYNC_STATE_BUSY);
  g_signal_emit (self, signals[SIGNAL_CHANGED], 0);
}

/**
 * torg_syncer_get_replica:
 *
 * Gives the replica.
 *
 * Returns: (transfer none): the replica
 */
TorgReplica *
torg_syncer_get_replica (TorgSyncer *self)
{
  return self->replica;
}

/**
 * torg_syncer_get_files:
 *
 * Gives the queue of files, which goes beside and waits for nothing of this.
 *
 * Returns: (transfer none): the queue
 */
TorgFileQueue *
torg_syncer_get_files (TorgSyncer *self)
{
  return self->files;
}

/**
 * torg_syncer_get_state:
 *
 * Tells how the replica stands to its server.
 *
 * Returns: the state
 */
TorgSyncState
torg_syncer_get_state (TorgSyncer *self)
{
  return self->state;
}

/**
 * torg_syncer_get_synced_at:
 *
 * Tells when the last sync came to its end.
 *
 * Returns: microseconds UTC, 0 when none did since the program was opened
 */
gint64
torg_syncer_get_synced_at (TorgSyncer *self)
{
  return self->synced_at;
}

/**
 * torg_syncer_get_since:
 *
 * Tells since when it is in its state.
 *
 * Returns: microseconds UTC
 */
gint64
torg_syncer_get_since (TorgSyncer *self)
{
  return self->since;
}

/**
 * torg_syncer_get_n_unsent:
 *
 * Counts the changes that the server does not have yet.
 *
 * Returns: how many
 */
guint
torg_syncer_get_n_unsent (TorgSyncer *self)
{
  return self->n_unsent;
}

/**
 * torg_syncer_get_n_attention:
 *
 * Counts the differences and rejections that wait for the user.
 *
 * Returns: how many
 */
guint
torg_syncer_get_n_attention (TorgSyncer *self)
{
  return self->n_attention;
}

/**
 * torg_syncer_get_message:
 *
 * Tells why the last sync did not come to its end.
 *
 * Returns: (transfer none) (nullable): a sentence for the user
 */
const char *
torg_syncer_get_message (TorgSyncer *self)
{
  return self->message;
}

/**
 * torg_syncer_get_address:
 *
 * Tells which server the replica belongs to.
 *
 * Returns: (transfer none) (nullable): its address
 */
const char *
torg_syncer_get_address (TorgSyncer *self)
{
  return self->address;
}

/**
 * torg_syncer_get_transport:
 *
 * Gives the way to the server, for what is asked besides syncing.
 *
 * Returns: (transfer none) (nullable): a transport, which may be used by any thread; %NULL while no sync has come to
 * its end since the program was opened, or the user signed out
 */
TorgTransport *
torg_syncer_get_transport (TorgSyncer *self)
{
  return self->way;
}

/* --- signing in --------------------------------------------------------------------------------------------------- */

static void
asking_stopped_cb (GCancellable *outer, GCancellable *asking)
{
  g_cancellable_cancel (asking);
}

/* Ends with the caller's one, and with what stops the syncer: nobody waits then for a server that does not answer. */
static GCancellable *
begin_asking (TorgSyncer *self, GCancellable *cancellable)
{
  g_clear_object (&self->asking);
  self->asking = g_cancellable_new ();
  if (cancellable != NULL)
    g_cancellable_connect (cancellable, G_CALLBACK (asking_stopped_cb), g_object_ref (self->asking), g_object_unref);
  return self->asking;
}

static void
connected_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  TorgSyncer *self = g_task_get_source_object (task);
  GError     *error = NULL;

  if (!torg_connect_finish (TORG_REPLICA (source), result, &error))
    {
      g_task_return_error (task, error);
      return;
    }
  set_state (self, TORG_SYNC_STATE_BUSY);
  torg_syncer_start (self);
  g_task_return_boolean (task, TRUE);
}

/**
 * torg_syncer_connect_async:
 * @address: the server's
 * @token: by which it knows the user
 * @with_content: whether what is in the replica is to be sent to the server; if not, there must be nothing
 * @cancellable: (nullable): to stop it
 * @callback: called when it is connected
 * @data: for @callback
 *
 * Makes a replica one of a server, and begins the first sync.
 */
void
torg_syncer_connect_async (TorgSyncer         *self,
                           const char         *address,
                           const char         *token,
                           gboolean            with_content,
                           GCancellable       *cancellable,
                           GAsyncReadyCallback callback,
                           gpointer            data)
{
  GTask *task = g_task_new (self, cancellable, callback, data);

  g_task_set_source_tag (task, torg_syncer_connect_async);
  torg_connect_async (self->replica, address, token, with_content, begin_asking (self, cancellable), connected_cb,
                      task);
}

/**
 * torg_syncer_connect_finish:
 * @error: place for a sentence for the user; then the replica is as it was
 *
 * Finishes [method@Syncer.connect_async].
 *
 * Returns: whether it is connected
 */
gboolean
torg_syncer_connect_finish (TorgSyncer *self, GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

static void
sign_in_in_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  GError *error = NULL;

  if (torg_sync_work_sign_in (TORG_SYNCER (source)->work, data, cancellable, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

/**
 * torg_syncer_sign_in_async:
 * @token: another one for the same server and user
 * @cancellable: (nullable): to stop it
 * @callback: called when it is known to be good
 * @data: for @callback
 *
 * Goes on with another token.
 */
void
torg_syncer_sign_in_async (TorgSyncer         *self,
                           const char         *token,
                           GCancellable       *cancellable,
                           GAsyncReadyCallback callback,
                           gpointer            data)
{
  g_autoptr (GTask) task = g_task_new (self, begin_asking (self, cancellable), callback, data);

  g_task_set_source_tag (task, torg_syncer_sign_in_async);
  g_task_set_task_data (task, g_strdup (token), g_free);
  if (self->worker == NULL)
    self->worker = torg_worker_new ("torg-sync");
  torg_worker_queue (self->worker, G_PRIORITY_DEFAULT, task, sign_in_in_thread);
}

/**
 * torg_syncer_sign_in_finish:
 * @error: place for a sentence for the user
 *
 * Finishes [method@Syncer.sign_in_async], and syncs.
 *
 * Returns: whether the server knows the token
 */
gboolean
torg_syncer_sign_in_finish (TorgSyncer *self, GAsyncResult *result, GError **error)
{
  if (!g_task_propagate_boolean (G_TASK (result), error))
    return FALSE;
  stop_live (self);
  torg_retry_succeed (&self->retry);
  torg_syncer_sync (self);
  return TRUE;
}

static void
sign_out_in_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  GError *error = NULL;

  if (torg_sync_work_sign_out (TORG_SYNCER (source)->work, cancellable, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

/* Unless it was stopped for good meanwhile. */
static void
stopped_to_sign_out_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  TorgSyncer *self = TORG_SYNCER (source);
  g_autoptr (GTask) task = data;

  torg_syncer_stop_finish (self, result);
  if (g_task_return_error_if_cancelled (task))
    return;
  if (self->worker == NULL)
    self->worker = torg_worker_new ("torg-sync");
  torg_worker_queue (self->worker, G_PRIORITY_DEFAULT, task, sign_out_in_thread);
}

/**
 * torg_syncer_sign_out_async:
 * @cancellable: (nullable): to stop it
 * @callback: called when the session is at its end
 * @data: for @callback
 *
 * Ends what is under way, and the session.
 */
void
torg_syncer_sign_out_async (TorgSyncer *self, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer data)
{
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, data);

  g_task_set_source_tag (task, torg_syncer_sign_out_async);
  torg_syncer_stop_async (self, stopped_to_sign_out_cb, g_steal_pointer (&task));
}

/**
 * torg_syncer_sign_out_finish:
 * @error: place for a sentence for the user; then it goes on as before
 *
 * Finishes [method@Syncer.sign_out_async].
 *
 * Returns: whether the session is at its end
 */
gboolean
torg_syncer_sign_out_finish (TorgSyncer *self, GAsyncResult *result, GError **error)
{
  if (g_task_propagate_boolean (G_TASK (result), error))
    return TRUE;
  torg_syncer_start (self);
  return FALSE;
}
