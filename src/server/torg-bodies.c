/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "torg-server"

#include "config.h"

#include "torg-acceptor.h"
#include "torg-bodies.h"

#include <string.h>

/*
 * SoupServer collects a body as a whole before anybody may say who sends it. So that nobody fills the memory by that, a
 * message without a token is small, all of them together and those of one peer have a limit, and what comes too slowly
 * ends with its connection. What is too large is read and dropped, so that the answer arrives.
 */

/* Of one message, in bytes; of a larger one nothing is kept. */
#define MAX_BODY (16 * 1024 * 1024)
/* Of one that names no token: forms, and what signs in. */
#define MAX_ANONYMOUS (256 * 1024)
/* Of all, and of one address, which may be that of an office or a proxy. */
#define MAX_ALL (256 * 1024 * 1024)
#define MAX_PEER (128 * 1024 * 1024)
/* A body has so many seconds, and one more for each so many bytes that came: less is no network that anybody uses. */
#define GRACE 30
#define BYTES_A_SECOND 1024
/* Between looks at what comes slowly, in seconds. */
#define LOOK 5

struct _TorgBodies
{
  GHashTable *bodies; /* (owned): those of messages that are not answered yet */
  GHashTable *peers;  /* (owned): address → bytes, as a pointer */
  gsize       n_bytes;
  guint       look;
};

typedef struct
{
  TorgBodies        *all;     /* (owned) */
  SoupServerMessage *message; /* owns it */
  char              *peer;    /* (owned) */
  gsize              n_bytes;
  gsize              most;
  gint64             began;
  gboolean           is_complete;
} Body;

/* By which a message owns its body. */
#define BODY "torg-body"

/* --- counting ----------------------------------------------------------------------------------------------------- */

static gsize
get_peer (TorgBodies *self, const char *peer)
{
  return GPOINTER_TO_SIZE (g_hash_table_lookup (self->peers, peer));
}

static void
count (Body *body, gssize n_bytes)
{
  TorgBodies *self = body->all;
  gsize       of_peer = get_peer (self, body->peer) + (gsize) n_bytes;

  body->n_bytes += (gsize) n_bytes;
  self->n_bytes += (gsize) n_bytes;
  if (of_peer == 0)
    g_hash_table_remove (self->peers, body->peer);
  else
    g_hash_table_replace (self->peers, g_strdup (body->peer), GSIZE_TO_POINTER (of_peer));
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

  body->began = g_get_monotonic_time ();
  body->most = soup_message_headers_get_one (headers, "Authorization") != NULL ? MAX_BODY : MAX_ANONYMOUS;
  if (soup_message_headers_get_content_length (headers) > (goffset) body->most)
    refuse (body, message, 413, "The message is too large.");
}

/* One that comes in pieces says nothing of its length. */
static void
chunk_cb (SoupServerMessage *message, GBytes *chunk, gpointer data)
{
  Body *body = data;

  if (soup_server_message_get_status (message) != 0)
    return;
  count (body, (gssize) g_bytes_get_size (chunk));
  if (body->n_bytes > body->most)
    refuse (body, message, 413, "The message is too large.");
  else if (body->all->n_bytes > MAX_ALL || get_peer (body->all, body->peer) > MAX_PEER)
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
  gint64 seconds = GRACE + (gint64) (body->n_bytes / BYTES_A_SECOND);

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
  self->peers = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  return self;
}

static void
clear (gpointer data)
{
  TorgBodies *self = data;

  g_hash_table_unref (self->bodies);
  g_hash_table_unref (self->peers);
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
  Body       *body = g_new0 (Body, 1);
  const char *host = soup_server_message_get_remote_host (message);

  body->all = g_rc_box_acquire (self);
  body->message = message;
  body->peer = g_strdup (host != NULL ? host : "");
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
