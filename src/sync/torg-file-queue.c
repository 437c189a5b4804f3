/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "torg-sync"

#include "config.h"

#include "torg-file-queue.h"
#include "torg-file-sync.h"
#include "torg-sync-lock.h"
#include "torg-worker.h"

/* The window's first frames need the processors more. */
#define START_DELAY_MS 2000
/* After an edit; what came by a sync. */
#define LOOK_DELAY_MS 200
/* Where another process is at it. */
#define BUSY_DELAY_MS 5000
/* Meetings of the next days become near without any edit. */
#define LOOK_SECONDS 900
/* How often a progress is told at most. */
#define PROGRESS_MS 100

struct _TorgFileQueue
{
  GObject parent_instance;

  /* the main thread's */
  TorgReplica   *replica;     /* (owned) */
  TorgTransport *transport;   /* (owned) (nullable): none while there is no server, or it does not know the user */
  TorgWorker    *worker;      /* (owned) (nullable) while it is stopped */
  GCancellable  *cancellable; /* (owned) (nullable): of the round that is under way */
  guint          timeout;
  gboolean       started;
  gboolean       again;      /* asked for while a round is under way */
  gboolean       failed;     /* the last round, for the network */
  gint64         held_until; /* microseconds UTC: a busy server is not asked sooner */
  TorgFileCounts counts;

  /* of both, under the lock */
  GMutex       lock;
  char        *hash; /* (owned) (nullable): what is on its way */
  TorgFileWork work;
  gint64       done;
  gint64       total;
  guint        progress_source;
};

G_DEFINE_FINAL_TYPE (TorgFileQueue, torg_file_queue, G_TYPE_OBJECT)

enum
{
  SIGNAL_CHANGED,
  SIGNAL_PROGRESS,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

/* --- in the thread of files --------------------------------------------------------------------------------------- */

/* What a round leaves behind. */
typedef struct
{
  TorgFileCounts counts;
  gint64         later;
  gboolean       failed;
  gboolean       busy;
  gboolean       counted;
} Outcome;

static gpointer
call_replica (gpointer data, TorgStoreFunc func, gpointer func_data, GError **error)
{
  return torg_replica_call_sync (TORG_FILE_QUEUE (data)->replica, func, func_data, error);
}

static gboolean
progress_cb (gpointer data)
{
  TorgFileQueue *self = data;

  g_mutex_lock (&self->lock);
  self->progress_source = 0;
  g_mutex_unlock (&self->lock);
  g_signal_emit (self, signals[SIGNAL_PROGRESS], 0);
  return G_SOURCE_REMOVE;
}

/* Under the lock. */
static void
plan_progress (TorgFileQueue *self)
{
  if (self->progress_source == 0)
    self->progress_source =
      g_timeout_add_full (G_PRIORITY_DEFAULT, PROGRESS_MS, progress_cb, g_object_ref (self), g_object_unref);
}

static void
tell (gpointer data, TorgFile *file, gint64 done)
{
  TorgFileQueue *self = data;

  g_mutex_lock (&self->lock);
  g_set_str (&self->hash, file->hash);
  self->work = file->work;
  self->done = done;
  self->total = file->size;
  plan_progress (self);
  g_mutex_unlock (&self->lock);
}

static gboolean
changed_cb (gpointer data)
{
  g_signal_emit (data, signals[SIGNAL_CHANGED], 0);
  return G_SOURCE_REMOVE;
}

/* A file has come to an end, good or bad. */
static void
tell_end (TorgFileQueue *self)
{
  g_mutex_lock (&self->lock);
  g_clear_pointer (&self->hash, g_free);
  g_mutex_unlock (&self->lock);
  g_idle_add_full (G_PRIORITY_DEFAULT, changed_cb, g_object_ref (self), g_object_unref);
}

static gpointer
count (TorgStore *store, gpointer data, GCancellable *cancellable, GError **error)
{
  return GINT_TO_POINTER (torg_store_count_files (store, data, error));
}

static gboolean
run (TorgFileQueue *self,
     TorgFileBook  *book,
     TorgTransport *transport,
     Outcome       *outcome,
     GCancellable  *cancellable,
     GError       **error)
{
  gboolean more = TRUE;
  int      lock;

  outcome->counted = torg_file_sync_settle (book, error) && call_replica (self, count, &outcome->counts, error) != NULL;
  if (!outcome->counted)
    return FALSE;
  if (transport == NULL || outcome->counts.n_to_send + outcome->counts.n_to_fetch == 0)
    return TRUE;
  if (!torg_file_sync_lock (book->content, &lock, error))
    return FALSE;
  outcome->busy = lock < 0;
  while (more && lock >= 0)
    {
      if (!torg_file_sync_step (book, transport, &more, &outcome->later, cancellable, error))
        {
          torg_sync_unlock (lock);
          return FALSE;
        }
      if (more)
        tell_end (self);
    }
  if (lock >= 0)
    torg_sync_unlock (lock);
  return call_replica (self, count, &outcome->counts, error) != NULL;
}

static void
round_in_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  TorgFileQueue *self = source;
  g_autoptr (GError) error = NULL;
  g_autofree char *folder = g_strconcat (torg_replica_get_path (self->replica), ".files", NULL);
  g_autoptr (TorgContent) content = torg_content_new (folder);
  TorgFileBook book = { call_replica, tell, self, torg_replica_get_env (self->replica), content };
  Outcome     *outcome = g_new0 (Outcome, 1);

  outcome->failed = !run (self, &book, data, outcome, cancellable, &error);
  if (outcome->failed)
    g_debug ("Files wait: %s", error->message);
  g_mutex_lock (&self->lock);
  g_clear_pointer (&self->hash, g_free);
  g_mutex_unlock (&self->lock);
  g_task_return_pointer (task, outcome, g_free);
}

/* --- in the main thread ------------------------------------------------------------------------------------------- */

static void begin_round (TorgFileQueue *self);

static gboolean
timeout_cb (gpointer data)
{
  TorgFileQueue *self = data;

  self->timeout = 0;
  begin_round (self);
  return G_SOURCE_REMOVE;
}

static void
plan (TorgFileQueue *self, guint ms)
{
  g_clear_handle_id (&self->timeout, g_source_remove);
  self->timeout = g_timeout_add (ms, timeout_cb, self);
}

static gboolean
is_held (TorgFileQueue *self)
{
  return torg_env_get_now (torg_replica_get_env (self->replica)) < self->held_until;
}

static guint
get_next_ms (TorgFileQueue *self, gint64 later)
{
  gint64 wait = later - torg_env_get_now (torg_replica_get_env (self->replica));

  return later == 0 ? LOOK_SECONDS * 1000 : (guint) CLAMP (wait / 1000, 100, LOOK_SECONDS * 1000);
}

static void
round_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  TorgFileQueue      *self = TORG_FILE_QUEUE (source);
  g_autofree Outcome *outcome = g_task_propagate_pointer (G_TASK (result), NULL);
  gboolean            again = self->again;

  g_clear_object (&self->cancellable);
  self->again = FALSE;
  if (outcome == NULL || !self->started)
    return;
  self->failed = outcome->failed;
  self->held_until = outcome->failed ? outcome->later : 0;
  if (outcome->counted)
    self->counts = outcome->counts;
  if (is_held (self))
    plan (self, get_next_ms (self, outcome->later));
  else if (again)
    plan (self, LOOK_DELAY_MS);
  else if (outcome->busy)
    plan (self, BUSY_DELAY_MS);
  /* After a failure of the network the next sync that comes to its end goes on. */
  else if (!outcome->failed)
    plan (self, get_next_ms (self, outcome->later));
  g_signal_emit (self, signals[SIGNAL_CHANGED], 0);
}

static void
begin_round (TorgFileQueue *self)
{
  g_autoptr (GTask) task = NULL;

  if (!self->started)
    return;
  if (self->cancellable != NULL)
    {
      self->again = TRUE;
      return;
    }
  g_clear_handle_id (&self->timeout, g_source_remove);
  if (self->worker == NULL)
    self->worker = torg_worker_new ("torg-files");
  self->cancellable = g_cancellable_new ();
  /* Without the task's own check: a round that is cancelled still has to leave its outcome. */
  task = g_task_new (self, self->cancellable, round_cb, NULL);
  g_task_set_check_cancellable (task, FALSE);
  g_task_set_source_tag (task, begin_round);
  if (self->transport != NULL)
    g_task_set_task_data (task, g_object_ref (self->transport), g_object_unref);
  torg_worker_queue (self->worker, G_PRIORITY_DEFAULT, task, round_in_thread);
}

static void
replica_changed_cb (TorgFileQueue *self, GPtrArray *changes)
{
  gboolean concerned = changes == NULL;

  for (guint i = 0; changes != NULL && !concerned && i < changes->len; i++)
    {
      const char *type = ((TorgChange *) changes->pdata[i])->type->name;

      concerned = g_str_equal (type, "attachment") || g_str_equal (type, "activity");
    }
  if (concerned)
    torg_file_queue_look (self);
}

static void
torg_file_queue_dispose (GObject *object)
{
  torg_file_queue_stop (TORG_FILE_QUEUE (object));
  G_OBJECT_CLASS (torg_file_queue_parent_class)->dispose (object);
}

static void
torg_file_queue_finalize (GObject *object)
{
  TorgFileQueue *self = TORG_FILE_QUEUE (object);

  g_clear_object (&self->transport);
  g_clear_object (&self->replica);
  g_free (self->hash);
  g_mutex_clear (&self->lock);
  G_OBJECT_CLASS (torg_file_queue_parent_class)->finalize (object);
}

static void
torg_file_queue_class_init (TorgFileQueueClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = torg_file_queue_dispose;
  G_OBJECT_CLASS (klass)->finalize = torg_file_queue_finalize;

  /**
   * TorgFileQueue::changed:
   *
   * A file came to its end, or more or fewer of them wait.
   */
  signals[SIGNAL_CHANGED] =
    g_signal_new ("changed", TORG_TYPE_FILE_QUEUE, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  /**
   * TorgFileQueue::progress:
   *
   * The file that is on its way is further.
   */
  signals[SIGNAL_PROGRESS] =
    g_signal_new ("progress", TORG_TYPE_FILE_QUEUE, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
torg_file_queue_init (TorgFileQueue *self)
{
  g_mutex_init (&self->lock);
}

/**
 * torg_file_queue_new:
 * @replica: a replica, which need not be open yet
 *
 * Makes a queue that does nothing yet.
 *
 * Returns: (transfer full): a queue
 */
TorgFileQueue *
torg_file_queue_new (TorgReplica *replica)
{
  TorgFileQueue *self = g_object_new (TORG_TYPE_FILE_QUEUE, NULL);

  self->replica = g_object_ref (replica);
  return self;
}

/**
 * torg_file_queue_start:
 *
 * Begins to work, once the replica is open.
 */
void
torg_file_queue_start (TorgFileQueue *self)
{
  if (self->started)
    return;
  g_signal_connect_object (self->replica, "changed", G_CALLBACK (replica_changed_cb), self, G_CONNECT_SWAPPED);
  self->started = TRUE;
  plan (self, START_DELAY_MS);
}

/**
 * torg_file_queue_end:
 *
 * Ends what is under way without waiting for it. What is here of a file stays.
 *
 * Returns: (transfer full) (nullable): the thread, which is to be shut down before the replica is closed
 */
TorgWorker *
torg_file_queue_end (TorgFileQueue *self)
{
  g_clear_handle_id (&self->timeout, g_source_remove);
  if (self->started)
    g_signal_handlers_disconnect_by_func (self->replica, replica_changed_cb, self);
  self->started = FALSE;
  self->again = FALSE;
  g_clear_object (&self->transport);
  if (self->worker != NULL)
    g_cancellable_cancel (self->cancellable);
  return g_steal_pointer (&self->worker);
}

/**
 * torg_file_queue_stop:
 *
 * Does the same, and waits.
 */
void
torg_file_queue_stop (TorgFileQueue *self)
{
  g_autoptr (TorgWorker) worker = torg_file_queue_end (self);

  if (worker != NULL)
    torg_worker_shutdown (worker);
}

/**
 * torg_file_queue_set_transport:
 * @transport: (nullable): the way to the server that has just worked; %NULL where there is none
 *
 * Says that the server can be reached, or that it does not know the user any more.
 */
void
torg_file_queue_set_transport (TorgFileQueue *self, TorgTransport *transport)
{
  if (!g_set_object (&self->transport, transport) && !self->failed)
    return;
  self->failed = FALSE;
  if (transport != NULL)
    torg_file_queue_look (self);
}

/**
 * torg_file_queue_look:
 *
 * Looks soon whether something is to be done.
 */
void
torg_file_queue_look (TorgFileQueue *self)
{
  if (!self->started)
    return;
  if (self->cancellable != NULL)
    self->again = TRUE;
  else if (!is_held (self))
    plan (self, LOOK_DELAY_MS);
}

typedef struct
{
  char    *hash; /* (owned) */
  gboolean wanted;
} Wish;

static void
wish_free (gpointer data)
{
  Wish *wish = data;

  g_free (wish->hash);
  g_free (wish);
}

static gpointer
want (TorgStore *store, gpointer data, GCancellable *cancellable, GError **error)
{
  Wish *wish = data;

  return GINT_TO_POINTER (torg_store_want_file (store, wish->hash, wish->wanted, error));
}

static void
wanted_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (TorgFileQueue) self = data;

  torg_replica_call_finish (TORG_REPLICA (source), result, NULL);
  torg_file_queue_look (self);
  g_signal_emit (self, signals[SIGNAL_CHANGED], 0);
}

/**
 * torg_file_queue_want:
 * @hash: a SHA-256
 * @wanted: whether the user waits for it
 *
 * Has a file fetched before the others, or tries again what failed; or lets go of it.
 */
void
torg_file_queue_want (TorgFileQueue *self, const char *hash, gboolean wanted)
{
  Wish    *wish = g_new0 (Wish, 1);
  gboolean is_current;

  wish->hash = g_strdup (hash);
  wish->wanted = wanted;
  g_mutex_lock (&self->lock);
  is_current = g_strcmp0 (self->hash, hash) == 0;
  g_mutex_unlock (&self->lock);
  /* What comes next is asked for after the wish is known. */
  torg_replica_call_async (self->replica, TORG_LANE_WRITE, want, wish, wish_free, NULL, NULL, wanted_cb,
                           g_object_ref (self));
  if (is_current != wanted && self->cancellable != NULL)
    g_cancellable_cancel (self->cancellable);
}

/**
 * torg_file_queue_get_progress:
 * @hash: a SHA-256
 * @work: (out): which way it goes
 * @fraction: (out): how far it is, 0 to 1
 *
 * Tells whether a file is on its way just now.
 *
 * Returns: whether it is
 */
gboolean
torg_file_queue_get_progress (TorgFileQueue *self, const char *hash, TorgFileWork *work, double *fraction)
{
  gboolean is_current;

  g_mutex_lock (&self->lock);
  is_current = g_strcmp0 (self->hash, hash) == 0 && hash != NULL;
  *work = is_current ? self->work : TORG_FILE_NOTHING;
  *fraction = is_current && self->total > 0 ? CLAMP ((double) self->done / (double) self->total, 0, 1) : 0;
  g_mutex_unlock (&self->lock);
  return is_current;
}

/**
 * torg_file_queue_get_counts:
 *
 * Tells what waits, as of the last look.
 *
 * Returns: (transfer none): what waits
 */
const TorgFileCounts *
torg_file_queue_get_counts (TorgFileQueue *self)
{
  return &self->counts;
}
