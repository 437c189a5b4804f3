/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "torg-server"

#include "config.h"

#include "torg-acceptor.h"

#include <netinet/in.h>
#include <netinet/tcp.h>

/*
 * SoupServer's own listener waits in accept where another process was faster, with everything else of its main loop,
 * and never listens again after an error. So connections are taken here.
 */

/* How long to wait after an error, such as no file descriptor that is free. */
#define RETRY_MS 100
/* How long a connection may lie idle, in seconds; questions that wait are answered sooner. */
#define IDLE_SECONDS 300

/* By which a peer's address owns the socket that it came by: SoupServer knows none of what it is given as a stream. */
#define SOCKET "torg-socket"

struct _TorgAcceptor
{
  GSocket         *socket;      /* (owned) */
  GTlsCertificate *certificate; /* (owned) (nullable) */
  SoupServer      *server;      /* (owned) */
  GSource         *source;      /* (owned) (nullable) */
  guint            retry;       /* 0 for none */
};

static void watch (TorgAcceptor *self);

static gboolean
retry_cb (gpointer data)
{
  TorgAcceptor *self = data;

  self->retry = 0;
  watch (self);
  return G_SOURCE_REMOVE;
}

static gboolean
hand_over (TorgAcceptor *self, GSocket *socket, GError **error)
{
  g_autoptr (GSocketAddress) local = g_socket_get_local_address (socket, error);
  g_autoptr (GSocketAddress) remote = local != NULL ? g_socket_get_remote_address (socket, error) : NULL;
  g_autoptr (GIOStream) stream = NULL;

  if (remote == NULL)
    return FALSE;
  g_socket_set_option (socket, IPPROTO_TCP, TCP_NODELAY, TRUE, NULL);
  g_socket_set_timeout (socket, IDLE_SECONDS);
  g_object_set_data_full (G_OBJECT (remote), SOCKET, g_object_ref (socket), g_object_unref);
  stream = G_IO_STREAM (g_socket_connection_factory_create_connection (socket));
  if (self->certificate != NULL)
    {
      GIOStream *tls = g_tls_server_connection_new (stream, self->certificate, error);

      if (tls == NULL)
        return FALSE;
      /* HTTP says itself where a message ends. */
      g_tls_connection_set_require_close_notify (G_TLS_CONNECTION (tls), FALSE);
      g_object_unref (stream);
      stream = tls;
    }
  return soup_server_accept_iostream (self->server, stream, local, remote, error);
}

/* One at a time, so that other processes get theirs. */
static gboolean
accept_cb (GSocket *socket, GIOCondition condition, gpointer data)
{
  TorgAcceptor *self = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GSocket) accepted = g_socket_accept (self->socket, NULL, &error);

  if (accepted == NULL && g_error_matches (error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK))
    return G_SOURCE_CONTINUE;
  if (accepted == NULL)
    {
      g_warning ("%s", error->message);
      g_clear_pointer (&self->source, g_source_unref);
      self->retry = g_timeout_add (RETRY_MS, retry_cb, self);
      return G_SOURCE_REMOVE;
    }
  /* Whoever knocked may have gone again. */
  if (!hand_over (self, accepted, &error))
    g_debug ("%s", error->message);
  return G_SOURCE_CONTINUE;
}

static void
watch (TorgAcceptor *self)
{
  self->source = g_socket_create_source (self->socket, G_IO_IN, NULL);
  g_source_set_callback (self->source, G_SOURCE_FUNC (accept_cb), self, NULL);
  g_source_attach (self->source, NULL);
}

/* A socket that is connected to itself: nobody can send anything to it. */
static GSocket *
make_silent_socket (GError **error)
{
  g_autoptr (GInetAddress) loopback = g_inet_address_new_loopback (G_SOCKET_FAMILY_IPV4);
  g_autoptr (GSocketAddress) any = g_inet_socket_address_new (loopback, 0);
  g_autoptr (GSocketAddress) own = NULL;
  g_autoptr (GSocket) socket =
    g_socket_new (G_SOCKET_FAMILY_IPV4, G_SOCKET_TYPE_DATAGRAM, G_SOCKET_PROTOCOL_UDP, error);

  if (socket == NULL || !g_socket_bind (socket, any, FALSE, error) ||
      (own = g_socket_get_local_address (socket, error)) == NULL || !g_socket_connect (socket, own, NULL, error))
    return NULL;
  return g_steal_pointer (&socket);
}

/* A server without a listener of its own closes each connection after one answer. */
static void
keep_connections (SoupServer *server)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GSocket) silent = make_silent_socket (&error);

  if (silent == NULL || !soup_server_listen_socket (server, silent, 0, &error))
    g_warning ("Connections are closed after each answer: %s", error->message);
}

/**
 * torg_acceptor_new:
 * @socket: a socket that listens
 * @certificate: (nullable): for TLS; without one, connections are plain
 * @server: what answers
 *
 * Begins to take connections, on the default main context.
 *
 * Returns: (transfer full): an acceptor
 */
TorgAcceptor *
torg_acceptor_new (GSocket *socket, GTlsCertificate *certificate, SoupServer *server)
{
  TorgAcceptor *self = g_new0 (TorgAcceptor, 1);

  self->socket = g_object_ref (socket);
  self->certificate = certificate != NULL ? g_object_ref (certificate) : NULL;
  self->server = g_object_ref (server);
  g_socket_set_blocking (socket, FALSE);
  keep_connections (server);
  watch (self);
  return self;
}

/**
 * torg_acceptor_free:
 * @self: (transfer full): an acceptor
 *
 * Takes no more connections, and closes the socket; other processes that have it go on.
 */
void
torg_acceptor_free (TorgAcceptor *self)
{
  if (self->source != NULL)
    g_source_destroy (self->source);
  g_clear_pointer (&self->source, g_source_unref);
  g_clear_handle_id (&self->retry, g_source_remove);
  g_socket_close (self->socket, NULL);
  g_object_unref (self->socket);
  g_clear_object (&self->certificate);
  g_object_unref (self->server);
  g_free (self);
}

/**
 * torg_acceptor_hang_up:
 * @message: a message that came by a connection of an acceptor
 *
 * Ends the connection, whatever is still on its way.
 */
void
torg_acceptor_hang_up (SoupServerMessage *message)
{
  GSocketAddress *remote = soup_server_message_get_remote_address (message);
  GSocket        *socket = remote != NULL ? g_object_get_data (G_OBJECT (remote), SOCKET) : NULL;

  if (socket != NULL)
    g_socket_shutdown (socket, TRUE, TRUE, NULL);
}
