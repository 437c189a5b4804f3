/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "torg-sync"

#include "torg-transport.h"

G_DEFINE_INTERFACE (TorgTransport, torg_transport, G_TYPE_OBJECT)

static void
torg_transport_default_init (TorgTransportInterface *iface)
{
}

/**
 * torg_transport_send:
 * @method: `GET` or `POST`
 * @path: with its query
 * @body: (nullable): JSON
 * @status: (out): of HTTP
 * @answer: (out) (transfer full): what came back
 * @cancellable: (nullable): to stop it
 * @error: place for an error of the network, in the user's words
 *
 * Asks the server and waits for the answer.
 *
 * Returns: whether there was one, whatever its status
 */
gboolean
torg_transport_send (TorgTransport *self,
                     const char    *method,
                     const char    *path,
                     GBytes        *body,
                     guint         *status,
                     GBytes       **answer,
                     GCancellable  *cancellable,
                     GError       **error)
{
  return TORG_TRANSPORT_GET_IFACE (self)->send (self, method, path, body, status, answer, cancellable, error);
}

/**
 * torg_exchange_clear:
 *
 * Frees the answer of an exchange, so that it can be asked again.
 */
void
torg_exchange_clear (TorgExchange *self)
{
  g_clear_pointer (&self->answer, g_bytes_unref);
  g_clear_pointer (&self->location, g_free);
  g_clear_pointer (&self->limit, g_free);
  self->retry_after = 0;
  self->status = 0;
  self->upload_offset = -1;
  self->total = -1;
}

/**
 * torg_transport_exchange:
 * @exchange: what is asked, and what is answered
 * @cancellable: (nullable): to stop it
 * @error: place for an error of the network, in the user's words
 *
 * Sends or fetches a part of a file, and waits for the answer.
 *
 * Returns: whether there was one, whatever its status
 */
gboolean
torg_transport_exchange (TorgTransport *self, TorgExchange *exchange, GCancellable *cancellable, GError **error)
{
  return TORG_TRANSPORT_GET_IFACE (self)->exchange (self, exchange, cancellable, error);
}

/**
 * torg_transport_get_retry_after:
 *
 * Tells in how many seconds the server wants to be asked for a sync again, as its last answer to one said.
 *
 * Returns: seconds, at most an hour; 0 where it said nothing
 */
guint
torg_transport_get_retry_after (TorgTransport *self)
{
  return TORG_TRANSPORT_GET_IFACE (self)->get_retry_after != NULL
           ? TORG_TRANSPORT_GET_IFACE (self)->get_retry_after (self)
           : 0;
}

/**
 * torg_transport_expect:
 * @path: with its query
 *
 * Says that the next `GET` will be of @path, so that the server may work on it meanwhile. Another question may come
 * first; a transport that does nothing ahead is right too.
 */
void
torg_transport_expect (TorgTransport *self, const char *path)
{
  if (TORG_TRANSPORT_GET_IFACE (self)->expect != NULL)
    TORG_TRANSPORT_GET_IFACE (self)->expect (self, path);
}
