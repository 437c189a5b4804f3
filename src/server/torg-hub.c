/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "torg-server"

#include "config.h"

#include "torg-hub.h"

/*
 * Replicas hear of a commit by a question that is answered late (DESIGN.md §3, Live): it costs no thread while it
 * waits, passes every proxy, and carries nothing but the number.
 */

/* Commits that follow one another so closely are told at once: whoever looks takes them all. */
#define TOGETHER_MS 20

struct _TorgHub
{
  GObject parent_instance;

  GHashTable *waiters; /* (owned) data → Waiter */
  gint64      seq;     /* of the last commit */
  gint64      told_at; /* monotonic */
  guint       telling;
  gboolean    ended;
};

G_DEFINE_FINAL_TYPE (TorgHub, torg_hub, G_TYPE_OBJECT)

enum
{
  SIGNAL_TOLD,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

typedef struct
{
  TorgHub    *hub;
  gint64      after;
  TorgHubFunc func;
  gpointer    data;
  guint       timeout;
} Waiter;

static void
waiter_free (gpointer data)
{
  Waiter *waiter = data;

  g_clear_handle_id (&waiter->timeout, g_source_remove);
  g_free (waiter);
}

static void
release (TorgHub *self, Waiter *waiter)
{
  TorgHubFunc func = waiter->func;
  gpointer    data = waiter->data;

  g_hash_table_remove (self->waiters, data);
  func (self->seq, data);
}

static gboolean
waited_cb (gpointer data)
{
  Waiter *waiter = data;

  waiter->timeout = 0;
  release (waiter->hub, waiter);
  return G_SOURCE_REMOVE;
}

static void
release_all (TorgHub *self)
{
  g_autoptr (GPtrArray) waiters = g_hash_table_get_values_as_ptr_array (self->waiters);

  for (guint i = 0; i < waiters->len; i++)
    {
      Waiter *waiter = waiters->pdata[i];

      if (self->ended || waiter->after < self->seq)
        release (self, waiter);
    }
}

static gboolean
tell_cb (gpointer data)
{
  TorgHub *self = data;

  self->telling = 0;
  self->told_at = g_get_monotonic_time ();
  release_all (self);
  g_signal_emit (self, signals[SIGNAL_TOLD], 0);
  return G_SOURCE_REMOVE;
}

static void
torg_hub_finalize (GObject *object)
{
  TorgHub *self = TORG_HUB (object);

  g_clear_handle_id (&self->telling, g_source_remove);
  g_hash_table_unref (self->waiters);
  G_OBJECT_CLASS (torg_hub_parent_class)->finalize (object);
}

static void
torg_hub_class_init (TorgHubClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = torg_hub_finalize;

  /**
   * TorgHub::told:
   *
   * Something was committed, by whichever process.
   */
  signals[SIGNAL_TOLD] = g_signal_new ("told", TORG_TYPE_HUB, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
torg_hub_init (TorgHub *self)
{
  self->waiters = g_hash_table_new_full (NULL, NULL, NULL, waiter_free);
}

/**
 * torg_hub_new:
 *
 * Makes a hub that knows of no commit.
 *
 * Returns: (transfer full): a hub
 */
TorgHub *
torg_hub_new (void)
{
  return g_object_new (TORG_TYPE_HUB, NULL);
}

/**
 * torg_hub_wait:
 * @after: the number that the waiter knows of
 * @seconds: how long it waits at most
 * @func: called once
 * @data: for @func; one that no other waiter has
 *
 * Calls a function as soon as there is a later commit, at once where there is one already.
 */
void
torg_hub_wait (TorgHub *self, gint64 after, guint seconds, TorgHubFunc func, gpointer data)
{
  Waiter *waiter;

  if (self->ended || after < self->seq)
    {
      func (self->seq, data);
      return;
    }
  waiter = g_new0 (Waiter, 1);
  waiter->hub = self;
  waiter->after = after;
  waiter->func = func;
  waiter->data = data;
  waiter->timeout = g_timeout_add_seconds (seconds, waited_cb, waiter);
  g_hash_table_insert (self->waiters, data, waiter);
}

/**
 * torg_hub_forget:
 * @data: what a waiter was given
 *
 * Does not call a waiter any more, if it still waits.
 */
void
torg_hub_forget (TorgHub *self, gpointer data)
{
  g_hash_table_remove (self->waiters, data);
}

/**
 * torg_hub_tell:
 * @seq: the number of a commit
 *
 * Tells those that wait of a commit. One that is known already is passed over.
 */
void
torg_hub_tell (TorgHub *self, gint64 seq)
{
  gint64 passed = (g_get_monotonic_time () - self->told_at) / 1000;

  if (seq <= self->seq)
    return;
  self->seq = seq;
  if (self->telling == 0)
    self->telling = g_timeout_add (passed >= TOGETHER_MS ? 0 : (guint) (TOGETHER_MS - passed), tell_cb, self);
}

/**
 * torg_hub_count:
 *
 * Counts those that wait.
 *
 * Returns: how many
 */
guint
torg_hub_count (TorgHub *self)
{
  return g_hash_table_size (self->waiters);
}

/**
 * torg_hub_end:
 *
 * Calls all that wait; from now on nobody waits.
 */
void
torg_hub_end (TorgHub *self)
{
  self->ended = TRUE;
  release_all (self);
}
