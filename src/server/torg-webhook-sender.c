/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "torg-server"

#include "config.h"

#include "torg-deliveries.h"
#include "torg-webhook-sender.h"

#include <libsoup/soup.h>
#include <string.h>

/* A commit wakes it; without one it looks after so long, in milliseconds, since other programs write too. */
#define SLOW_MS 15000
/* While others write, and where more is left to be done. */
#define BUSY_MS 200
/* After a failure of the database. */
#define FAILED_MS 10000
/* Where all that is due waits for receivers that have not answered yet, and these wake it. */
#define BLOCKED_MS 1000
/* After an answer: what is answered at about the same time makes room together. */
#define SOON_MS 20
/* How many are on their way at once, and how many of these to one receiver; to all that gave no answer the last time
 * or were not tried yet, and to one of these: who hangs holds up nobody who is known to answer. */
#define AT_ONCE 64
#define AT_ONCE_EACH 4
#define AT_ONCE_MUTE 48
#define AT_ONCE_EACH_MUTE 1
/* Transactions of one look, so that sending is not kept waiting by an import. */
#define MAX_EXPANSIONS 20
/* Silence, and all of an attempt, in seconds; less than what was taken is kept for. */
#define SILENCE_SECONDS 10
#define SEND_SECONDS 20
#define FORGET_EVERY G_TIME_SPAN_HOUR

struct _TorgWebhookSender
{
  TorgEnv      *env;     /* (owned) */
  char         *uri;     /* (owned) */
  GMainContext *context; /* (owned) */
  GMainLoop    *loop;    /* (owned) */
  GThread      *thread;  /* (owned) */

  /* The thread's. */
  TorgServerStore *store;   /* (owned) (nullable) */
  SoupSession     *session; /* (owned) */
  GPtrArray       *sending; /* (owned) (element-type Sending, not owned) */
  GHashTable      *heard;   /* (owned) (element-type utf8 utf8): ids of webhooks that answered the last time */
  GSource         *next;    /* (owned) (nullable): the next look */
  gboolean         soon;    /* whether that is after SOON_MS */
  gint64           quiet;   /* monotonic: until then the database is left alone */
  gint64           forgot;  /* monotonic: when the log was cut */
};

typedef struct
{
  TorgWebhookSender *sender;
  GPtrArray         *list;        /* (owned): keeps the delivery */
  TorgDelivery      *delivery;    /* (not owned) */
  SoupMessage       *message;     /* (owned) */
  GCancellable      *cancellable; /* (owned) */
  GSource           *deadline;    /* (owned) */
} Sending;

static gboolean look_cb (gpointer data);

static void
sending_free (Sending *sending)
{
  g_source_destroy (sending->deadline);
  g_source_unref (sending->deadline);
  g_object_unref (sending->message);
  g_object_unref (sending->cancellable);
  g_ptr_array_unref (sending->list);
  g_free (sending);
}

/* --- the database ------------------------------------------------------------------------------------------------- */

/* Whether it can be gone on with. What another writer stands in the way of is done at the next look. */
static gboolean
survive (TorgWebhookSender *self, GError *error)
{
  if (error == NULL)
    return TRUE;
  if (!g_error_matches (error, TORG_STORE_ERROR, TORG_STORE_ERROR_LOCKED))
    {
      g_warning ("webhooks: %s", error->message);
      g_clear_pointer (&self->store, torg_server_store_free);
      self->quiet = g_get_monotonic_time () + FAILED_MS * 1000;
    }
  return FALSE;
}

static gboolean
open_store (TorgWebhookSender *self)
{
  g_autoptr (GError) error = NULL;

  if (self->store == NULL && g_get_monotonic_time () >= self->quiet)
    self->store = torg_server_store_open (self->env, self->uri, &error);
  return survive (self, error) && self->store != NULL;
}

static gboolean
expand (TorgWebhookSender *self, gboolean *more)
{
  *more = TRUE;
  for (guint i = 0; *more && i < MAX_EXPANSIONS; i++)
    {
      g_autoptr (GError) error = NULL;

      torg_deliveries_expand (self->store, more, &error);
      if (!survive (self, error))
        return FALSE;
    }
  return TRUE;
}

static void
forget_old (TorgWebhookSender *self)
{
  gint64 now = g_get_monotonic_time ();
  g_autoptr (GError) error = NULL;

  if (self->forgot != 0 && now - self->forgot < FORGET_EVERY)
    return;
  self->forgot = now;
  torg_deliveries_forget_old (self->store, &error);
  survive (self, error);
}

/* --- sending ------------------------------------------------------------------------------------------------------ */

static void
look_after (TorgWebhookSender *self, guint ms)
{
  if (self->next != NULL)
    g_source_destroy (self->next);
  g_clear_pointer (&self->next, g_source_unref);
  self->soon = FALSE;
  self->next = g_timeout_source_new (ms);
  g_source_set_callback (self->next, look_cb, self, NULL);
  g_source_attach (self->next, self->context);
}

static void
look_soon (TorgWebhookSender *self)
{
  if (self->soon)
    return;
  look_after (self, SOON_MS);
  self->soon = TRUE;
}

static void
finish (Sending *sending, guint status, const char *reason)
{
  TorgWebhookSender *self = sending->sender;
  g_autoptr (GError) error = NULL;

  if (status != 0)
    g_hash_table_add (self->heard, g_strdup (sending->delivery->webhook));
  else
    g_hash_table_remove (self->heard, sending->delivery->webhook);
  if (open_store (self))
    torg_deliveries_finish (self->store, sending->delivery, status, reason, &error);
  survive (self, error);
}

/* What the other side has to say beyond its status is not read. */
static void
sent_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  Sending           *sending = data;
  TorgWebhookSender *self = sending->sender;
  g_autoptr (GError) error = NULL;
  g_autoptr (GInputStream) stream = soup_session_send_finish (SOUP_SESSION (source), result, &error);

  if (stream != NULL)
    g_input_stream_close_async (stream, G_PRIORITY_DEFAULT, NULL, NULL, NULL);
  if (stream != NULL)
    finish (sending, soup_message_get_status (sending->message), NULL);
  else if (!g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    finish (sending, 0, error->message);
  else if (g_main_loop_is_running (self->loop))
    finish (sending, 0, "It took too long.");
  g_ptr_array_remove_fast (self->sending, sending);
  sending_free (sending);
  if (g_main_loop_is_running (self->loop))
    look_soon (self);
}

static gboolean
deadline_cb (gpointer data)
{
  g_cancellable_cancel (((Sending *) data)->cancellable);
  return G_SOURCE_REMOVE;
}

static SoupMessage *
make_message (TorgWebhookSender *self, TorgDelivery *delivery)
{
  SoupMessage        *message = soup_message_new ("POST", delivery->url);
  gint64              seconds = torg_env_get_now (self->env) / G_USEC_PER_SEC;
  g_autofree char    *signature = NULL;
  SoupMessageHeaders *headers;
  g_autoptr (GBytes) body = NULL;

  if (message == NULL)
    return NULL;
  signature = torg_delivery_sign (delivery->secret, seconds, delivery->body);
  headers = soup_message_get_request_headers (message);
  soup_message_headers_replace (headers, "Torg-Delivery", delivery->id);
  soup_message_headers_replace (headers, "Torg-Signature", signature);
  soup_message_add_flags (message, SOUP_MESSAGE_NO_REDIRECT);
  body = g_bytes_new (delivery->body, strlen (delivery->body));
  soup_message_set_request_body_from_bytes (message, "application/json", body);
  return message;
}

static void
send_one (TorgWebhookSender *self, GPtrArray *list, TorgDelivery *delivery)
{
  Sending     *sending;
  SoupMessage *message = delivery->url != NULL ? make_message (self, delivery) : NULL;

  if (message == NULL)
    return;
  sending = g_new0 (Sending, 1);
  sending->sender = self;
  sending->list = g_ptr_array_ref (list);
  sending->delivery = delivery;
  sending->message = message;
  sending->cancellable = g_cancellable_new ();
  sending->deadline = g_timeout_source_new_seconds (SEND_SECONDS);
  g_source_set_callback (sending->deadline, deadline_cb, sending, NULL);
  g_source_attach (sending->deadline, self->context);
  g_ptr_array_add (self->sending, sending);
  soup_session_send_async (self->session, message, G_PRIORITY_DEFAULT, sending->cancellable, sent_cb, sending);
}

/* When to look again: where the database was in the way soon, else when something is due. */
static guint
get_wait (TorgWebhookSender *self, gboolean done, gboolean more)
{
  g_autoptr (GError) error = NULL;
  gint64 at, wait;

  if (!done || more)
    return BUSY_MS;
  torg_deliveries_get_next (self->store, &at, &error);
  if (!survive (self, error))
    return BUSY_MS;
  wait = (at - torg_env_get_now (self->env)) / 1000 + 1;
  if (at != 0 && wait <= 1 && self->sending->len > 0)
    return BLOCKED_MS;
  return at == 0 ? SLOW_MS : (guint) CLAMP (wait, BUSY_MS, SLOW_MS);
}

/* How many more may be sent to a receiver now. */
static guint
count_free (TorgWebhookSender *self, const char *webhook)
{
  gboolean is_mute = !g_hash_table_contains (self->heard, webhook);
  guint    n = 0, n_mute = 0, each = is_mute ? AT_ONCE_EACH_MUTE : AT_ONCE_EACH;

  for (guint i = 0; i < self->sending->len; i++)
    {
      const char *other = ((Sending *) self->sending->pdata[i])->delivery->webhook;

      n += g_str_equal (other, webhook);
      n_mute += !g_hash_table_contains (self->heard, other);
    }
  if (n >= each || self->sending->len >= AT_ONCE || (is_mute && n_mute >= AT_ONCE_MUTE))
    return 0;
  return MIN (each - n, AT_ONCE - self->sending->len);
}

static gboolean
send_to (TorgWebhookSender *self, const char *webhook)
{
  guint limit = count_free (self, webhook);
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) list = limit > 0 ? torg_deliveries_claim (self->store, webhook, limit, &error) : NULL;

  for (guint i = 0; list != NULL && i < list->len; i++)
    send_one (self, list, list->pdata[i]);
  return survive (self, error);
}

/* Makes deliveries of what has changed and sends what is due. */
static gboolean
work (TorgWebhookSender *self, gboolean *more)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) due = NULL;

  if (!open_store (self) || !expand (self, more))
    return FALSE;
  forget_old (self);
  if (self->store == NULL)
    return FALSE;
  due = torg_deliveries_list_due (self->store, &error);
  if (!survive (self, error))
    return FALSE;
  for (guint i = 0; i < due->len; i++)
    if (!send_to (self, due->pdata[i]))
      return FALSE;
  return TRUE;
}

/* What is answered looks again, too. */
static gboolean
look_cb (gpointer data)
{
  TorgWebhookSender *self = data;
  gboolean           done, more = FALSE;

  g_clear_pointer (&self->next, g_source_unref);
  self->soon = FALSE;
  if (!g_main_loop_is_running (self->loop))
    return G_SOURCE_REMOVE;
  done = work (self, &more);
  look_after (self, get_wait (self, done, more));
  return G_SOURCE_REMOVE;
}

/* --- the thread --------------------------------------------------------------------------------------------------- */

static gpointer
run (gpointer data)
{
  TorgWebhookSender *self = data;

  g_main_context_push_thread_default (self->context);
  self->session = soup_session_new_with_options ("timeout", SILENCE_SECONDS, "idle-timeout", SILENCE_SECONDS,
                                                 "user-agent", "torg-server/" TORG_VERSION, NULL);
  look_after (self, 0);
  g_main_loop_run (self->loop);
  if (self->next != NULL)
    g_source_destroy (self->next);
  g_clear_pointer (&self->next, g_source_unref);
  for (guint i = 0; i < self->sending->len; i++)
    g_cancellable_cancel (((Sending *) self->sending->pdata[i])->cancellable);
  while (self->sending->len > 0)
    g_main_context_iteration (self->context, TRUE);
  g_clear_object (&self->session);
  g_clear_pointer (&self->store, torg_server_store_free);
  g_main_context_pop_thread_default (self->context);
  return NULL;
}

/**
 * torg_webhook_sender_new:
 * @env: clock and randomness
 * @store_uri: the database, see [func@server_store_open]
 *
 * Begins to tell webhooks of changes.
 *
 * Returns: (transfer full): a sender
 */
TorgWebhookSender *
torg_webhook_sender_new (TorgEnv *env, const char *store_uri)
{
  TorgWebhookSender *self = g_new0 (TorgWebhookSender, 1);

  self->env = torg_env_ref (env);
  self->uri = g_strdup (store_uri);
  self->context = g_main_context_new ();
  self->loop = g_main_loop_new (self->context, FALSE);
  self->sending = g_ptr_array_new ();
  self->heard = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->thread = g_thread_new ("webhooks", run, self);
  return self;
}

static gboolean
wake_cb (gpointer data)
{
  look_after (data, 0);
  return G_SOURCE_REMOVE;
}

/**
 * torg_webhook_sender_wake:
 * @self: a sender
 *
 * Says that something was committed; from any thread.
 */
void
torg_webhook_sender_wake (TorgWebhookSender *self)
{
  g_autoptr (GSource) wake = g_idle_source_new ();

  g_source_set_callback (wake, wake_cb, self, NULL);
  g_source_attach (wake, self->context);
}

static gboolean
quit_cb (gpointer data)
{
  g_main_loop_quit (data);
  return G_SOURCE_REMOVE;
}

/**
 * torg_webhook_sender_free:
 * @self: (transfer full): a sender
 *
 * Ends. What was on its way is sent again by the next one.
 */
void
torg_webhook_sender_free (TorgWebhookSender *self)
{
  g_autoptr (GSource) quit = g_idle_source_new ();

  /* On the thread, so that it is not missed by a loop that does not run yet. */
  g_source_set_callback (quit, quit_cb, self->loop, NULL);
  g_source_attach (quit, self->context);
  g_thread_join (self->thread);
  g_ptr_array_unref (self->sending);
  g_hash_table_unref (self->heard);
  g_main_loop_unref (self->loop);
  g_main_context_unref (self->context);
  g_free (self->uri);
  torg_env_unref (self->env);
  g_free (self);
}
