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
