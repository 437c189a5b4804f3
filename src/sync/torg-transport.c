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
