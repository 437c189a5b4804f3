/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "torg-server"

#include "config.h"

#include "torg-error.h"
#include "torg-listen.h"

#include <glib/gi18n-lib.h>
#include <string.h>

/* How many may knock at the same moment. */
#define BACKLOG 512

/* `ADDRESS:PORT`, an IPv6 address in brackets. */
static GSocketAddress *
read_address (const char *text)
{
  const char      *colon = strrchr (text, ':');
  g_autofree char *address = NULL;
  guint64          port;

  if (colon == NULL || !g_ascii_string_to_unsigned (colon + 1, 10, 0, 65535, &port, NULL))
    return NULL;
  if (*text == '[' && colon > text && colon[-1] == ']')
    address = g_strndup (text + 1, (gsize) (colon - text - 2));
  else
    address = g_strndup (text, (gsize) (colon - text));
  return g_inet_socket_address_new_from_string (address, (guint) port);
}

/**
 * torg_listen_open:
 * @text: `ADDRESS:PORT`; port 0 is any
 * @error: place for an error
 *
 * Opens a socket that listens.
 *
 * Returns: (transfer full) (nullable): the socket
 */
GSocket *
torg_listen_open (const char *text, GError **error)
{
  g_autoptr (GSocketAddress) address = read_address (text);
  g_autoptr (GSocket) socket = NULL;

  if (address == NULL)
    {
      g_set_error (error, TORG_ERROR, TORG_ERROR_INVALID,
                   _ ("“%s” is no address to listen on. Write ADDRESS:PORT, such as 127.0.0.1:8420."), text);
      return NULL;
    }
  socket = g_socket_new (g_socket_address_get_family (address), G_SOCKET_TYPE_STREAM, G_SOCKET_PROTOCOL_TCP, error);
  if (socket == NULL)
    return NULL;
  g_socket_set_listen_backlog (socket, BACKLOG);
  if (!g_socket_bind (socket, address, TRUE, error) || !g_socket_listen (socket, error))
    return NULL;
  return g_steal_pointer (&socket);
}

/**
 * torg_listen_get_port:
 * @socket: a socket that listens
 *
 * Tells which port it listens on.
 *
 * Returns: a port; 0 where it has none
 */
guint
torg_listen_get_port (GSocket *socket)
{
  g_autoptr (GSocketAddress) address = g_socket_get_local_address (socket, NULL);

  return G_IS_INET_SOCKET_ADDRESS (address) ? g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (address)) : 0;
}

/**
 * torg_listen_is_near:
 * @socket: a socket that listens
 *
 * Tells whether only this machine reaches it.
 *
 * Returns: whether its address is one of the loopback
 */
gboolean
torg_listen_is_near (GSocket *socket)
{
  g_autoptr (GSocketAddress) address = g_socket_get_local_address (socket, NULL);

  return G_IS_INET_SOCKET_ADDRESS (address) &&
         g_inet_address_get_is_loopback (g_inet_socket_address_get_address (G_INET_SOCKET_ADDRESS (address)));
}
