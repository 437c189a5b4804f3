/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "torg-replica"

#include "config.h"

#include "torg-replica.h"
#include "torg-sync-store.h"
#include "torg-worker.h"

#include <glib/gi18n-lib.h>

#define N_LANES 3
/* How often the window looks whether another process wrote. */
#define WATCH_MS 1000

typedef struct
{
  TorgWorker *worker;  /* (owned) (nullable) */
  TorgStore  *store;   /* (owned) (nullable): of the worker's thread */
  gint64      version; /* of the main thread: as of the last look at others' writes */
} Lane;

struct _TorgReplica
{
  GObject     parent_instance;
  TorgEnv    *env;    /* (owned) */
  char       *path;   /* (owned) */
  TorgSchema *schema; /* (owned) */
  char       *user;   /* (owned) (nullable) */
  Lane        lanes[N_LANES];
  guint       watch_source;
  gboolean    watching; /* a look is under way */
  gboolean    is_empty; /* when it was opened */
  gboolean    closing;  /* a thread of its own waits for the lanes, which are its from then on */
};

enum
{
  CHANGED,
  SCHEMA_CHANGED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (TorgReplica, torg_replica, G_TYPE_OBJECT)

static const char *const lane_names[N_LANES] = { "torg-write", "torg-read", "torg-count" };

/* --- in the threads --------------------------------------------------------------------------------------------- */

typedef struct
{
  TorgLane       lane;
  TorgStoreFunc  func;
  gpointer       data;
  GDestroyNotify data_free;
  GDestroyNotify result_free;
} Call;

static void
call_free (gpointer data)
{
  Call *call = data;

  if (call->data_free != NULL)
    g_clear_pointer (&call->data, call->data_free);
  g_free (call);
}

typedef struct
{
  TorgReplica *replica; /* (owned) */
  GPtrArray   *changes; /* (owned) (nullable): none where only the schema changed */
  TorgSchema  *schema;  /* (owned) (nullable): where it changed */
  char        *user;    /* (owned) (nullable) */
} News;

static void
news_free (gpointer data)
{
  News *news = data;

  g_clear_object (&news->replica);
  g_clear_pointer (&news->changes, g_ptr_array_unref);
  g_clear_pointer (&news->schema, torg_schema_unref);
  g_free (news->user);
  g_free (news);
}

static gpointer
reload_schema (TorgStore *store, gpointer data, GCancellable *cancellable, GError **error)
{
  return GINT_TO_POINTER (torg_store_reload (store, error));
}

static gboolean
news_cb (gpointer data)
{
  News        *news = data;
  TorgReplica *self = news->replica;

  g_set_str (&self->user, news->user);
  if (news->schema != NULL)
    {
      g_clear_pointer (&self->schema, torg_schema_unref);
      self->schema = torg_schema_ref (news->schema);
      torg_replica_call_async (self, TORG_LANE_READ, reload_schema, NULL, NULL, NULL, NULL, NULL, NULL);
      torg_replica_call_async (self, TORG_LANE_COUNT, reload_schema, NULL, NULL, NULL, NULL, NULL, NULL);
      g_signal_emit (self, signals[SCHEMA_CHANGED], 0);
    }
  if (news->changes != NULL)
    g_signal_emit (self, signals[CHANGED], 0, news->changes);
  return G_SOURCE_REMOVE;
}

static void
spread_news (TorgReplica *self, TorgStore *store, TorgSchema *old_schema, const char *old_user)
{
  g_autoptr (GPtrArray) changes = torg_store_steal_changes (store);
  gboolean new_schema = torg_store_get_schema (store) != old_schema;
  News    *news;

  if (changes->len == 0 && !new_schema && g_strcmp0 (old_user, torg_store_get_user (store)) == 0)
    return;
  news = g_new0 (News, 1);
  news->replica = g_object_ref (self);
  if (changes->len > 0)
    news->changes = g_steal_pointer (&changes);
  news->user = g_strdup (torg_store_get_user (store));
  if (new_schema)
    news->schema = torg_schema_ref (torg_store_get_schema (store));
  /* Not g_main_context_invoke(), which would run it here whenever nobody holds the main context. */
  g_idle_add_full (G_PRIORITY_DEFAULT, news_cb, news, news_free);
}

static TorgStore *
ensure_store (TorgReplica *self, TorgLane lane, GError **error)
{
  Lane *own = &self->lanes[lane];

  g_assert (torg_worker_is_inside (own->worker));
  if (own->store == NULL)
    own->store =
      torg_store_open (self->env, self->path, lane == TORG_LANE_WRITE ? TORG_STORE_NONE : TORG_STORE_READER, error);
  return own->store;
}

static gpointer
do_call (TorgReplica *self, Call *call, GCancellable *cancellable, GError **error)
{
  TorgStore *store = ensure_store (self, call->lane, error);
  g_autoptr (TorgSchema) schema = NULL;
  g_autofree char *user = NULL;
  gpointer         result;

  if (store == NULL)
    return NULL;
  schema = torg_schema_ref (torg_store_get_schema (store));
  user = g_strdup (torg_store_get_user (store));
  result = call->func (store, call->data, cancellable, error);
  if (call->lane == TORG_LANE_WRITE)
    spread_news (self, store, schema, user);
  return result;
}

static void
run_call (GTask *task, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  Call *call = task_data;
  g_autoptr (GError) error = NULL;
  gpointer result = do_call (source, call, cancellable, &error);

  if (error != NULL)
    g_task_return_error (task, g_steal_pointer (&error));
  else
    g_task_return_pointer (task, result, call->result_free);
}

static void
close_store (GTask *task, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  Lane *own = task_data;

  if (own->store != NULL)
    torg_store_close (own->store, NULL);
  g_clear_object (&own->store);
  g_task_return_boolean (task, TRUE);
}

/* --- watching other processes ----------------------------------------------------------------------------------- */

static gpointer
look_for_others (TorgStore *store, gpointer data, GCancellable *cancellable, GError **error)
{
  gint64 *version = g_new (gint64, 1);

  *version = torg_store_get_version (store);
  return version;
}

static void
looked_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  TorgReplica       *self = TORG_REPLICA (source);
  g_autofree gint64 *version = torg_replica_call_finish (self, result, NULL);
  Lane              *own = &self->lanes[TORG_LANE_WRITE];

  self->watching = FALSE;
  if (version == NULL)
    return;
  if (own->version != 0 && own->version != *version)
    {
      torg_replica_call_async (self, TORG_LANE_WRITE, reload_schema, NULL, NULL, NULL, NULL, NULL, NULL);
      g_signal_emit (self, signals[CHANGED], 0, NULL);
    }
  own->version = *version;
}

static gboolean
watch_cb (gpointer data)
{
  TorgReplica *self = data;

  if (self->watching)
    return G_SOURCE_CONTINUE;
  self->watching = TRUE;
  torg_replica_call_async (self, TORG_LANE_WRITE, look_for_others, NULL, NULL, g_free, NULL, looked_cb, NULL);
  return G_SOURCE_CONTINUE;
}

/* --- the object ------------------------------------------------------------------------------------------------- */

static void
torg_replica_dispose (GObject *object)
{
  torg_replica_close (TORG_REPLICA (object));
  G_OBJECT_CLASS (torg_replica_parent_class)->dispose (object);
}

static void
torg_replica_finalize (GObject *object)
{
  TorgReplica *self = TORG_REPLICA (object);

  g_clear_pointer (&self->schema, torg_schema_unref);
  g_clear_pointer (&self->env, torg_env_unref);
  g_free (self->path);
  g_free (self->user);
  G_OBJECT_CLASS (torg_replica_parent_class)->finalize (object);
}

static void
torg_replica_class_init (TorgReplicaClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = torg_replica_dispose;
  object_class->finalize = torg_replica_finalize;

  /**
   * TorgReplica::changed:
   * @changes: (element-type TorgChange) (nullable): what changed; %NULL when anything may have changed
   *
   * Records changed, by an edit here or by another process.
   */
  signals[CHANGED] =
    g_signal_new ("changed", TORG_TYPE_REPLICA, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_POINTER);
  /**
   * TorgReplica::schema-changed:
   *
   * A custom field came, went or changed.
   */
  signals[SCHEMA_CHANGED] =
    g_signal_new ("schema-changed", TORG_TYPE_REPLICA, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
torg_replica_init (TorgReplica *self)
{
  self->schema = torg_schema_new ();
}

/**
 * torg_replica_new:
 * @env: clock, randomness and file system
 * @path: a file, which may be missing
 *
 * Makes a replica that is not open.
 *
 * Returns: (transfer full): a new replica
 */
TorgReplica *
torg_replica_new (TorgEnv *env, const char *path)
{
  TorgReplica *self = g_object_new (TORG_TYPE_REPLICA, NULL);

  self->env = torg_env_ref (env);
  self->path = g_strdup (path);
  return self;
}

/**
 * torg_replica_get_path:
 *
 * Tells where the replica is.
 *
 * Returns: (transfer none): a file
 */
const char *
torg_replica_get_path (TorgReplica *self)
{
  return self->path;
}

/**
 * torg_replica_get_env:
 *
 * Gives the environment.
 *
 * Returns: (transfer none): the environment
 */
TorgEnv *
torg_replica_get_env (TorgReplica *self)
{
  return self->env;
}

/**
 * torg_replica_get_schema:
 *
 * Gives the schema, with the company's custom fields as they are now.
 *
 * Returns: (transfer none): the schema
 */
TorgSchema *
torg_replica_get_schema (TorgReplica *self)
{
  return self->schema;
}

/**
 * torg_replica_get_user:
 *
 * Tells whose replica it is.
 *
 * Returns: (transfer none) (nullable): the id of a `user`
 */
const char *
torg_replica_get_user (TorgReplica *self)
{
  return self->user;
}

typedef struct
{
  TorgSchema *schema; /* (owned) */
  char       *user;   /* (owned) (nullable) */
  gint64      version;
  gboolean    is_empty;
} Opened;

static void
opened_free (gpointer data)
{
  Opened *opened = data;

  torg_schema_unref (opened->schema);
  g_free (opened->user);
  g_free (opened);
}

static gpointer
look_at_store (TorgStore *store, gpointer data, GCancellable *cancellable, GError **error)
{
  Opened *opened;

  if (!torg_store_check_lock (store, error))
    return NULL;
  opened = g_new0 (Opened, 1);
  opened->schema = torg_schema_ref (torg_store_get_schema (store));
  opened->user = g_strdup (torg_store_get_user (store));
  opened->version = torg_store_get_version (store);
  opened->is_empty = torg_store_is_empty (store);
  return opened;
}

/* Opens a reading thread's store before it is asked for anything. */
static gpointer
warm_up (TorgStore *store, gpointer data, GCancellable *cancellable, GError **error)
{
  return NULL;
}

/**
 * torg_replica_open_async:
 * @cancellable: (nullable): to stop it
 * @callback: called when it is open
 * @data: for @callback
 *
 * Opens the replica; makes it where it is missing, brings it up to date where it is old.
 */
void
torg_replica_open_async (TorgReplica *self, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer data)
{
  for (int i = 0; i < N_LANES; i++)
    if (self->lanes[i].worker == NULL)
      self->lanes[i].worker = torg_worker_new (lane_names[i]);
  torg_replica_call_async (self, TORG_LANE_WRITE, look_at_store, NULL, NULL, opened_free, cancellable, callback, data);
  /* Where there is no file yet, this fails, and the stores are opened when they are needed. */
  torg_replica_call_async (self, TORG_LANE_READ, warm_up, NULL, NULL, NULL, NULL, NULL, NULL);
  torg_replica_call_async (self, TORG_LANE_COUNT, warm_up, NULL, NULL, NULL, NULL, NULL, NULL);
}

/**
 * torg_replica_open_finish:
 * @error: place for a %TORG_STORE_ERROR; with %TORG_STORE_ERROR_STALE it can be opened after a sync
 *
 * Finishes [method@Replica.open_async].
 *
 * Returns: whether it is open
 */
gboolean
torg_replica_open_finish (TorgReplica *self, GAsyncResult *result, GError **error)
{
  Opened *opened = torg_replica_call_finish (self, result, error);

  if (opened == NULL)
    return FALSE;
  g_clear_pointer (&self->schema, torg_schema_unref);
  self->schema = torg_schema_ref (opened->schema);
  g_set_str (&self->user, opened->user);
  self->lanes[TORG_LANE_WRITE].version = opened->version;
  self->is_empty = opened->is_empty;
  opened_free (opened);
  if (self->watch_source == 0)
    self->watch_source = g_timeout_add (WATCH_MS, watch_cb, self);
  return TRUE;
}

/**
 * torg_replica_look:
 *
 * Looks at once for what others changed, instead of within the next second.
 */
void
torg_replica_look (TorgReplica *self)
{
  if (self->watch_source != 0)
    watch_cb (self);
}

/**
 * torg_replica_is_empty:
 *
 * Tells whether nothing was ever put into the replica when it was opened.
 *
 * Returns: whether it was empty
 */
gboolean
torg_replica_is_empty (TorgReplica *self)
{
  return self->is_empty;
}

/**
 * torg_replica_close:
 *
 * Lets what is queued run, then closes the replica, and waits for that.
 */
void
torg_replica_close (TorgReplica *self)
{
  g_clear_handle_id (&self->watch_source, g_source_remove);
  for (int i = N_LANES - 1; i >= 0; i--)
    {
      g_autoptr (GTask) task = NULL;

      if (self->lanes[i].worker == NULL)
        continue;
      task = g_task_new (NULL, NULL, NULL, NULL);
      g_task_set_task_data (task, &self->lanes[i], NULL);
      torg_worker_queue (self->lanes[i].worker, G_MAXINT - 1, task, close_store);
      torg_worker_shutdown (self->lanes[i].worker);
      g_clear_object (&self->lanes[i].worker);
    }
}

static void
close_in_thread (GTask *task, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  torg_replica_close (source);
  g_task_return_boolean (task, TRUE);
}

/**
 * torg_replica_close_async:
 * @callback: called when it is closed
 * @data: for @callback
 *
 * Closes the replica as [method@Replica.close] does, while the main thread goes on. It takes no more work from now on,
 * and is not opened again.
 */
void
torg_replica_close_async (TorgReplica *self, GAsyncReadyCallback callback, gpointer data)
{
  g_autoptr (GTask) task = g_task_new (self, NULL, callback, data);

  g_task_set_source_tag (task, torg_replica_close_async);
  g_clear_handle_id (&self->watch_source, g_source_remove);
  self->closing = TRUE;
  g_task_run_in_thread (task, close_in_thread);
}

/**
 * torg_replica_close_finish:
 * @result: as the callback got it
 *
 * Finishes [method@Replica.close_async].
 */
void
torg_replica_close_finish (TorgReplica *self, GAsyncResult *result)
{
  g_task_propagate_boolean (G_TASK (result), NULL);
}

/**
 * torg_replica_call_async:
 * @lane: which thread
 * @func: what to run there
 * @func_data: (nullable): for @func; must not be touched meanwhile
 * @func_data_free: (nullable): frees @func_data
 * @result_free: (nullable): frees a result that nobody wants
 * @cancellable: (nullable): to stop it
 * @callback: (nullable): called in the main loop when it ran
 * @data: for @callback
 *
 * Runs a function on one of the replica's threads, with that thread's store.
 */
void
torg_replica_call_async (TorgReplica        *self,
                         TorgLane            lane,
                         TorgStoreFunc       func,
                         gpointer            func_data,
                         GDestroyNotify      func_data_free,
                         GDestroyNotify      result_free,
                         GCancellable       *cancellable,
                         GAsyncReadyCallback callback,
                         gpointer            data)
{
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, data);
  Call *call = g_new0 (Call, 1);

  g_task_set_source_tag (task, torg_replica_call_async);
  call->lane = lane;
  call->func = func;
  call->data = func_data;
  call->data_free = func_data_free;
  call->result_free = result_free;
  g_task_set_task_data (task, call, call_free);
  if (self->closing || self->lanes[lane].worker == NULL)
    {
      g_task_return_new_error (task, G_IO_ERROR, G_IO_ERROR_CLOSED, _ ("Torg’s data is closed."));
      return;
    }
  torg_worker_queue (self->lanes[lane].worker, G_PRIORITY_DEFAULT, task, run_call);
}

/* Somebody on another thread who waits. */
typedef struct
{
  Call     call;
  GMutex   lock;
  GCond    done_cond;
  gboolean done;
  gpointer result;
  GError  *error; /* (owned) (nullable) */
} Wait;

static void
run_wait (GTask *task, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  Wait *wait = task_data;

  wait->result = do_call (source, &wait->call, NULL, &wait->error);
  g_task_return_boolean (task, TRUE);
  /* Behind this it is not there any more. */
  g_mutex_lock (&wait->lock);
  wait->done = TRUE;
  g_cond_signal (&wait->done_cond);
  g_mutex_unlock (&wait->lock);
}

/**
 * torg_replica_call_sync:
 * @func: what to do with the store
 * @func_data: for @func
 * @error: place for an error
 *
 * Does something in the writing thread, and waits for it: for a thread of its own, never the main one, of somebody who
 * ends it before the replica is closed.
 *
 * Returns: (transfer full) (nullable): what the function returned
 */
gpointer
torg_replica_call_sync (TorgReplica *self, TorgStoreFunc func, gpointer func_data, GError **error)
{
  g_autoptr (GTask) task = g_task_new (self, NULL, NULL, NULL);
  Wait wait = { .call = { .lane = TORG_LANE_WRITE, .func = func, .data = func_data } };

  g_return_val_if_fail (self->lanes[TORG_LANE_WRITE].worker != NULL, NULL);
  g_mutex_init (&wait.lock);
  g_cond_init (&wait.done_cond);
  g_task_set_task_data (task, &wait, NULL);
  torg_worker_queue (self->lanes[TORG_LANE_WRITE].worker, G_PRIORITY_DEFAULT, task, run_wait);
  g_mutex_lock (&wait.lock);
  while (!wait.done)
    g_cond_wait (&wait.done_cond, &wait.lock);
  g_mutex_unlock (&wait.lock);
  g_mutex_clear (&wait.lock);
  g_cond_clear (&wait.done_cond);
  if (wait.error != NULL)
    g_propagate_error (error, wait.error);
  return wait.result;
}

/**
 * torg_replica_call_finish:
 * @error: place for an error
 *
 * Finishes [method@Replica.call_async].
 *
 * Returns: (transfer full) (nullable): what the function returned
 */
gpointer
torg_replica_call_finish (TorgReplica *self, GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}
