/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "torg-server"

#include "config.h"

#include "torg-acceptor.h"
#include "torg-bodies.h"
#include "torg-peer.h"

#include <string.h>

/*
 * SoupServer collects a body as a whole before anybody may say who sends it. So that nobody fills the memory by that, a
 * message without a token is small, all of them together and those of one peer have a limit, and what comes too slowly
 * ends with its connection. What is too large is read and dropped, so that the answer arrives.
 *
 * A token is known once a message with it was answered. Others may be made up: what comes with them has a smaller place
 * of its own, so that strangers who fill it keep nobody from working who was here before.
 */

/* Of one message, in bytes; of a larger one nothing is kept. */
#define MAX_BODY (16 * 1024 * 1024)
/* Of one that names no token: forms, and what signs in. */
#define MAX_ANONYMOUS (256 * 1024)
/* A body has so many seconds, and one more for each so many bytes that came. */
#define GRACE 30
/* Between looks at what comes slowly, in seconds. */
#define LOOK 5
/* How long a token is known after its last message, in seconds; and how many are. */
#define KNOWN 3600
#define MAX_KNOWN 10000

/* @all: bytes of all bodies; @peer: of one address, which may be that of an office; @a_second: less than that is no
 * network that anybody uses. */
typedef struct
{
  gsize all;
  gsize peer;
  guint a_second;
} Limits;

static const Limits of_strangers = { 64 * 1024 * 1024, 32 * 1024 * 1024, 16 * 1024 };
static const Limits of_known = { 256 * 1024 * 1024, 128 * 1024 * 1024, 1024 };

/* What is there of one kind. */
typedef struct
{
  const Limits *limits;
  GHashTable   *peers; /* (owned): address → bytes, as a pointer */
  gsize         n_bytes;
} Pool;

struct _TorgBodies
{
  GHashTable *bodies;  /* (owned): those of messages that are not answered yet */
  GHashTable *known;   /* (owned): SHA-256 of a token → until when, (owned) gint64, monotonic */
  GPtrArray  *proxies; /* (owned) (nullable): as [func@peer_find] */
  Pool        strangers;
  Pool        acquainted;
  guint       look;
};

typedef struct
{
  TorgBodies        *all;     /* (owned) */
  SoupServerMessage *message; /* owns it */
  char              *peer;    /* (owned) (nullable): until its headers were read */
  Pool              *pool;
  gsize              n_bytes; /* that are kept */
  gsize              n_read;  /* those that were dropped too */
  gsize              most;
  gint64             began;
  gboolean           is_complete;
} Body;

/* By which a message owns its body. */
#define BODY "torg-body"

/* --- who is known ------------------------------------------------------------------------------------------------- */

static char *
sum_up (const char *token)
{
  return g_compute_checksum_for_string (G_CHECKSUM_SHA256, token, -1);
}

static gboolean
is_known (TorgBodies *self, const char *authorization)
{
  gboolean         bears = authorization != NULL && g_ascii_strncasecmp (authorization, "Bearer ", 7) == 0;
  g_autofree char *sum = bears ? sum_up (authorization + 7) : NULL;
  const gint64    *until = sum != NULL ? g_hash_table_lookup (self->known, sum) : NULL;

  return until != NULL && *until > g_get_monotonic_time ();
}

/**
 * torg_bodies_note:
 * @token: what a message came with
 * @is_good: whether it is somebody's
 *
 * Learns who is known from what became of a message.
 */
void
torg_bodies_note (TorgBodies *self, const char *token, gboolean is_good)
{
  g_autofree char *sum = sum_up (token);
  gint64          *until;

  if (!is_good)
    {
      g_hash_table_remove (self->known, sum);
      return;
    }
  if (g_hash_table_size (self->known) >= MAX_KNOWN && !g_hash_table_contains (self->known, sum))
    g_hash_table_remove_all (self->known);
  until = g_new (gint64, 1);
  *until = g_get_monotonic_time () + (gint64) KNOWN * G_USEC_PER_SEC;
  g_hash_table_replace (self->known, g_steal_pointer (&sum), until);
}

/* --- counting ----------------------------------------------------------------------------------------------------- */

static gsize
get_peer (Pool *pool, const char *peer)
{
  return GPOINTER_TO_SIZE (g_hash_table_lookup (pool->peers, peer));
}

static void
count (Body *body, gssize n_bytes)
{
  Pool *pool = body->pool;
  gsize of_peer;

  if (n_bytes == 0)
    return;
  of_peer = get_peer (pool, body->peer) + (gsize) n_bytes;
  body->n_bytes += (gsize) n_bytes;
  pool->n_bytes += (gsize) n_bytes;
  if (of_peer == 0)
    g_hash_table_remove (pool->peers, body->peer);
  else
    g_hash_table_replace (pool->peers, g_strdup (body->peer), GSIZE_TO_POINTER (of_peer));
}

static void
body_free (gpointer data)
{
  Body *body = data;

  count (body, -(gssize) body->n_bytes);
  g_hash_table_remove (body->all->bodies, body);
  g_free (body->peer);
  torg_bodies_unref (body->all);
  g_free (body);
}

/* --- refusing ----------------------------------------------------------------------------------------------------- */

static void
refuse (Body *body, SoupServerMessage *message, guint status, const char *title)
{
  SoupMessageBody *content = soup_server_message_get_request_body (message);
  g_autofree char *problem =
    g_strdup_printf ("{\"type\":\"about:blank\",\"title\":\"%s\",\"status\":%u}", title, status);

  soup_message_body_set_accumulate (content, FALSE);
  soup_message_body_truncate (content);
  count (body, -(gssize) body->n_bytes);
  soup_server_message_set_status (message, status, NULL);
  if (status == 503)
    soup_message_headers_replace (soup_server_message_get_response_headers (message), "Retry-After", "5");
  soup_server_message_set_response (message, "application/problem+json", SOUP_MEMORY_COPY, problem, strlen (problem));
}

/* A message that says that it is too large is refused at its headers. */
static void
headers_cb (SoupServerMessage *message, gpointer data)
{
  Body               *body = data;
  SoupMessageHeaders *headers = soup_server_message_get_request_headers (message);
  const char         *authorization = soup_message_headers_get_one (headers, "Authorization");

  body->began = g_get_monotonic_time ();
  body->peer = torg_peer_find (soup_server_message_get_remote_host (message),
                               soup_message_headers_get_list (headers, "X-Forwarded-For"), body->all->proxies);
  if (body->peer == NULL)
    body->peer = g_strdup ("");
  if (is_known (body->all, authorization))
    body->pool = &body->all->acquainted;
  body->most = authorization != NULL ? MAX_BODY : MAX_ANONYMOUS;
  if (soup_message_headers_get_content_length (headers) > (goffset) body->most)
    refuse (body, message, 413, "The message is too large.");
}

/* One that comes in pieces says nothing of its length. */
static void
chunk_cb (SoupServerMessage *message, GBytes *chunk, gpointer data)
{
  Body         *body = data;
  const Limits *limits = body->pool->limits;

  body->n_read += g_bytes_get_size (chunk);
  if (soup_server_message_get_status (message) != 0)
    return;
  count (body, (gssize) g_bytes_get_size (chunk));
  if (body->n_bytes > body->most)
    refuse (body, message, 413, "The message is too large.");
  else if (body->pool->n_bytes > limits->all || get_peer (body->pool, body->peer) > limits->peer)
    refuse (body, message, 503, "The server is busy. Try again later.");
}

static void
body_cb (SoupServerMessage *message, gpointer data)
{
  ((Body *) data)->is_complete = TRUE;
}

static void
finished_cb (SoupServerMessage *message, gpointer data)
{
  g_signal_handlers_disconnect_by_data (message, data);
  g_object_set_data (G_OBJECT (message), BODY, NULL);
}

/* --- slowness ----------------------------------------------------------------------------------------------------- */

static gboolean
is_too_slow (Body *body, gint64 now)
{
  gint64 seconds = GRACE + (gint64) (body->n_read / body->pool->limits->a_second);

  return !body->is_complete && body->began != 0 && now - body->began > seconds * G_USEC_PER_SEC;
}

static gboolean
look_cb (gpointer data)
{
  TorgBodies *self = data;
  gint64      now = g_get_monotonic_time ();
  g_autoptr (GPtrArray) slow = g_ptr_array_new_with_free_func (g_object_unref);
  GHashTableIter iter;
  gpointer       body;

  g_hash_table_iter_init (&iter, self->bodies);
  while (g_hash_table_iter_next (&iter, &body, NULL))
    if (is_too_slow (body, now))
      g_ptr_array_add (slow, g_object_ref (((Body *) body)->message));
  for (guint i = 0; i < slow->len; i++)
    torg_acceptor_hang_up (slow->pdata[i]);
  if (g_hash_table_size (self->bodies) > 0)
    return G_SOURCE_CONTINUE;
  self->look = 0;
  return G_SOURCE_REMOVE;
}

/* --- all ---------------------------------------------------------------------------------------------------------- */

static void
pool_init (Pool *self, const Limits *limits)
{
  self->limits = limits;
  self->peers = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
}

/**
 * torg_bodies_new:
 *
 * Makes what watches over bodies.
 *
 * Returns: (transfer full): it
 */
TorgBodies *
torg_bodies_new (void)
{
  TorgBodies *self = g_rc_box_new0 (TorgBodies);

  self->bodies = g_hash_table_new (NULL, NULL);
  self->known = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  pool_init (&self->strangers, &of_strangers);
  pool_init (&self->acquainted, &of_known);
  return self;
}

/**
 * torg_bodies_set_proxies:
 * @proxies: (element-type GInetAddressMask): see [func@peer_read_proxies]
 *
 * Says which proxies are believed who sends something.
 */
void
torg_bodies_set_proxies (TorgBodies *self, GPtrArray *proxies)
{
  g_clear_pointer (&self->proxies, g_ptr_array_unref);
  self->proxies = g_ptr_array_ref (proxies);
}

static void
clear (gpointer data)
{
  TorgBodies *self = data;

  g_hash_table_unref (self->bodies);
  g_hash_table_unref (self->known);
  g_hash_table_unref (self->strangers.peers);
  g_hash_table_unref (self->acquainted.peers);
  g_clear_pointer (&self->proxies, g_ptr_array_unref);
}

/**
 * torg_bodies_unref:
 *
 * Drops a reference; messages that are watched have their own.
 */
void
torg_bodies_unref (TorgBodies *self)
{
  g_rc_box_release_full (self, clear);
}

/**
 * torg_bodies_end:
 *
 * Looks at nothing any more.
 */
void
torg_bodies_end (TorgBodies *self)
{
  g_clear_handle_id (&self->look, g_source_remove);
}

/**
 * torg_bodies_watch:
 * @message: a message of which nothing was read yet
 *
 * Watches over the body of a message until it is answered.
 */
void
torg_bodies_watch (TorgBodies *self, SoupServerMessage *message)
{
  Body *body = g_new0 (Body, 1);

  body->all = g_rc_box_acquire (self);
  body->message = message;
  body->pool = &self->strangers;
  body->most = MAX_ANONYMOUS;
  g_hash_table_add (self->bodies, body);
  g_object_set_data_full (G_OBJECT (message), BODY, body, body_free);
  g_signal_connect (message, "got-headers", G_CALLBACK (headers_cb), body);
  g_signal_connect (message, "got-chunk", G_CALLBACK (chunk_cb), body);
  g_signal_connect (message, "got-body", G_CALLBACK (body_cb), body);
  g_signal_connect (message, "finished", G_CALLBACK (finished_cb), body);
  if (self->look == 0)
    self->look = g_timeout_add_seconds (LOOK, look_cb, self);
}
