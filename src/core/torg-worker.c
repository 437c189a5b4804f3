/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "torg-core"

#include "torg-worker.h"

typedef struct
{
  int             priority;
  guint64         order;
  GTask          *task; /* (owned) (nullable): none ends the thread */
  GTaskThreadFunc func;
} Item;

struct _TorgWorker
{
  GObject      parent_instance;
  GThread     *thread; /* (owned) (nullable) */
  GAsyncQueue *queue;  /* (owned) (element-type Item) */
  guint64      order;  /* atomic under the queue's lock */
};

G_DEFINE_FINAL_TYPE (TorgWorker, torg_worker, G_TYPE_OBJECT)

static void
item_free (gpointer data)
{
  Item *item = data;

  g_clear_object (&item->task);
  g_free (item);
}

static int
compare_items (gconstpointer a, gconstpointer b, gpointer data)
{
  const Item *first = a, *second = b;

  if (first->priority != second->priority)
    return first->priority < second->priority ? -1 : 1;
  return first->order < second->order ? -1 : 1;
}

static gpointer
thread_main (gpointer data)
{
  GAsyncQueue *queue = data;

  for (;;)
    {
      Item    *item = g_async_queue_pop (queue);
      gboolean last = item->task == NULL;

      if (!last && !g_task_return_error_if_cancelled (item->task))
        item->func (item->task, g_task_get_source_object (item->task), g_task_get_task_data (item->task),
                    g_task_get_cancellable (item->task));
      item_free (item);
      if (last)
        break;
    }
  g_async_queue_unref (queue);
  return NULL;
}

static void
torg_worker_finalize (GObject *object)
{
  TorgWorker *self = TORG_WORKER (object);

  torg_worker_shutdown (self);
  g_async_queue_unref (self->queue);
  G_OBJECT_CLASS (torg_worker_parent_class)->finalize (object);
}

static void
torg_worker_class_init (TorgWorkerClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = torg_worker_finalize;
}

static void
torg_worker_init (TorgWorker *self)
{
  self->queue = g_async_queue_new_full (item_free);
}

static void
push (TorgWorker *self, int priority, GTask *task, GTaskThreadFunc func)
{
  Item *item = g_new0 (Item, 1);

  item->priority = priority;
  item->task = task != NULL ? g_object_ref (task) : NULL;
  item->func = func;
  g_async_queue_lock (self->queue);
  item->order = self->order++;
  g_async_queue_push_sorted_unlocked (self->queue, item, compare_items, NULL);
  g_async_queue_unlock (self->queue);
}

/**
 * torg_worker_new:
 * @name: the thread's name, at most 15 bytes
 *
 * Starts a worker.
 *
 * Returns: (transfer full): a new worker
 */
TorgWorker *
torg_worker_new (const char *name)
{
  TorgWorker *self = g_object_new (TORG_TYPE_WORKER, NULL);

  self->thread = g_thread_new (name, thread_main, g_async_queue_ref (self->queue));
  return self;
}

/**
 * torg_worker_queue:
 * @priority: the lower, the earlier, as `G_PRIORITY_…`
 * @task: a task, whose callback runs in the main context it was made in
 * @func: what to run in the thread; it must return from @task
 *
 * Queues work. Work of the same priority runs in the order of queueing; a task cancelled before its turn does not run.
 */
void
torg_worker_queue (TorgWorker *self, int priority, GTask *task, GTaskThreadFunc func)
{
  g_return_if_fail (self->thread != NULL);
  push (self, priority, task, func);
}

/**
 * torg_worker_is_inside:
 *
 * Tells whether the caller runs in the worker's thread; for assertions.
 *
 * Returns: whether it does
 */
gboolean
torg_worker_is_inside (TorgWorker *self)
{
  return g_thread_self () == self->thread;
}

/**
 * torg_worker_shutdown:
 *
 * Runs what is queued, then ends the thread, and waits for that. A worker that is let go inside of its thread, with the
 * last task that held it, does not wait for itself: the thread ends when it comes back.
 */
void
torg_worker_shutdown (TorgWorker *self)
{
  if (self->thread == NULL)
    return;
  push (self, G_MAXINT, NULL, NULL);
  if (torg_worker_is_inside (self))
    g_thread_unref (self->thread);
  else
    g_thread_join (self->thread); /* what is queued still asks whether it is inside */
  self->thread = NULL;
}
