/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "torg-sync"

#include "config.h"

#include "torg-live.h"
#include "torg-retry.h"

#include <json-glib/json-glib.h>

/*
 * Asks the server for the number of its last commit, then, again and again, for the next one: that answer comes as soon
 * as there is one (DESIGN.md §3, Live). It carries the number alone; what changed is taken by a sync. There is no
 * WebSocket beside it: it would be heard no sooner, and not everywhere.
 */

/* Between two questions at least, however much is committed: whoever looks takes it all. */
#define PAUSE_MS 50
/* After failures one after the other. */
#define MAX_RETRY_SECONDS 60

struct _TorgLive
{
  GObject parent_instance;

  GMainContext  *context;     /* (owned): where it was made */
  TorgTransport *transport;   /* (owned) */
  GCancellable  *cancellable; /* (owned) */
  GThread       *thread;      /* (owned) (nullable) */
  gint           on;          /* atomic */

  /* the thread's */
  TorgRetry retry;
  guint     retry_after; /* seconds for which the server is busy, as its last answer said */
};

G_DEFINE_FINAL_TYPE (TorgLive, torg_live, G_TYPE_OBJECT)

enum
{
  SIGNAL_POKED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

/* --- in its thread ------------------------------------------------------------------------------------------------ */

typedef struct
{
  TorgLive     *live;
  GCancellable *cancellable; /* (owned): of one that may be gone */
} Poke;

static void
poke_free (gpointer data)
{
  Poke *poke = data;

  g_object_unref (poke->cancellable);
  g_free (poke);
}

static gboolean
poke_cb (gpointer data)
{
  Poke *poke = data;

  if (!g_cancellable_is_cancelled (poke->cancellable))
    g_signal_emit (poke->live, signals[SIGNAL_POKED], 0);
  return G_SOURCE_REMOVE;
}

static void
poke_outside (TorgLive *self)
{
  Poke *poke = g_new0 (Poke, 1);
  g_autoptr (GSource) source = g_idle_source_new ();

  poke->live = self;
  poke->cancellable = g_object_ref (self->cancellable);
  g_source_set_priority (source, G_PRIORITY_DEFAULT);
  g_source_set_callback (source, poke_cb, poke, poke_free);
  g_source_attach (source, self->context);
}

static gboolean
read_seq (GBytes *answer, gint64 *seq)
{
  g_autoptr (JsonParser) parser = json_parser_new ();
  gsize         length;
  gconstpointer text = g_bytes_get_data (answer, &length);
  JsonNode     *root;

  if (!json_parser_load_from_data (parser, text, (gssize) length, NULL) ||
      (root = json_parser_get_root (parser)) == NULL || !JSON_NODE_HOLDS_OBJECT (root) ||
      !json_object_has_member (json_node_get_object (root), "seq"))
    return FALSE;
  *seq = json_object_get_int_member_with_default (json_node_get_object (root), "seq", -1);
  return *seq >= 0;
}

/* @seq is the number that is known and becomes the one that the server tells; without @wait it tells it at once. */
static gboolean
ask (TorgLive *self, gint64 *seq, gboolean wait)
{
  g_autofree char *path =
    wait ? g_strdup_printf ("/v1/sync/wait?seq=%" G_GINT64_FORMAT, *seq) : g_strdup ("/v1/sync/wait");
  TorgExchange exchange = { .method = "GET", .path = path, .offset = -1, .first = -1 };
  gboolean     ok = torg_transport_exchange (self->transport, &exchange, self->cancellable, NULL) &&
                exchange.status == 200 && read_seq (exchange.answer, seq);

  self->retry_after = exchange.retry_after;
  torg_exchange_clear (&exchange);
  return ok;
}

/* Until the time has passed or it was stopped. */
static void
pause_for (TorgLive *self, int ms)
{
  GPollFD poll;

  if (!g_cancellable_make_pollfd (self->cancellable, &poll))
    return;
  g_poll (&poll, 1, ms);
  g_cancellable_release_fd (self->cancellable);
}

static gpointer
run (gpointer data)
{
  TorgLive *self = data;
  gint64    seq = -1;

  while (!g_cancellable_is_cancelled (self->cancellable))
    {
      gint64   known = seq;
      gboolean was_on = g_atomic_int_get (&self->on), ok = ask (self, &seq, was_on);

      g_atomic_int_set (&self->on, ok);
      /* At the beginning and after a time in which it heard nothing there may be something; a sync also finds out why
         it hears nothing. */
      if (known != seq || was_on != ok)
        poke_outside (self);
      if (ok)
        torg_retry_succeed (&self->retry);
      pause_for (self, ok ? PAUSE_MS : (int) torg_retry_fail (&self->retry, MAX_RETRY_SECONDS, self->retry_after));
    }
  return NULL;
}

/* --- in the thread where it was made ------------------------------------------------------------------------------ */

static void
torg_live_dispose (GObject *object)
{
  torg_live_stop (TORG_LIVE (object));
  G_OBJECT_CLASS (torg_live_parent_class)->dispose (object);
}

static void
torg_live_finalize (GObject *object)
{
  TorgLive *self = TORG_LIVE (object);

  g_clear_object (&self->transport);
  g_clear_object (&self->cancellable);
  g_clear_pointer (&self->context, g_main_context_unref);
  G_OBJECT_CLASS (torg_live_parent_class)->finalize (object);
}

static void
torg_live_class_init (TorgLiveClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = torg_live_dispose;
  G_OBJECT_CLASS (klass)->finalize = torg_live_finalize;

  /**
   * TorgLive::poked:
   *
   * Something was committed at the server, or may have been, or it cannot be heard any more. Emitted in the context
   * where the object was made.
   */
  signals[SIGNAL_POKED] =
    g_signal_new ("poked", TORG_TYPE_LIVE, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
torg_live_init (TorgLive *self)
{
  self->context = g_main_context_ref_thread_default ();
  self->cancellable = g_cancellable_new ();
}

/**
 * torg_live_new:
 * @transport: the way to a server, which may be used by other threads too
 *
 * Begins to wait for what is committed.
 *
 * Returns: (transfer full): an object that emits [signal@Live::poked]
 */
TorgLive *
torg_live_new (TorgTransport *transport)
{
  TorgLive *self = g_object_new (TORG_TYPE_LIVE, NULL);

  self->transport = g_object_ref (transport);
  self->thread = g_thread_new ("torg-live", run, self);
  return self;
}

/**
 * torg_live_get_on:
 *
 * Tells whether the server answered last: then nobody has to look by the clock.
 *
 * Returns: whether it did
 */
gboolean
torg_live_get_on (TorgLive *self)
{
  return g_atomic_int_get (&self->on);
}

/**
 * torg_live_cancel:
 *
 * Ends waiting without waiting for the thread, as [method@Live.stop] does afterwards; nothing is emitted any more.
 */
void
torg_live_cancel (TorgLive *self)
{
  g_cancellable_cancel (self->cancellable);
}

/**
 * torg_live_stop:
 *
 * Ends waiting; nothing is emitted any more.
 */
void
torg_live_stop (TorgLive *self)
{
  g_cancellable_cancel (self->cancellable);
  g_clear_pointer (&self->thread, g_thread_join);
}
