/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "torg-server"

#include "config.h"

#include "torg-server-notify.h"

#include <gio/gio.h>
#include <gio/gunixsocketaddress.h>
#include <string.h>

/**
 * torg_server_notify:
 * @state: `READY=1` or `STOPPING=1`
 *
 * Tells whoever has started this process how it is: the protocol of sd_notify(3). Nothing happens where nobody asks.
 */
void
torg_server_notify (const char *state)
{
  const char *path = g_getenv ("NOTIFY_SOCKET");
  g_autoptr (GSocketAddress) address = NULL;
  g_autoptr (GSocket) socket = NULL;
  g_autoptr (GError) error = NULL;

  if (path == NULL || (*path != '/' && *path != '@'))
    return;
  /* A name that begins with @ is abstract. */
  address = g_unix_socket_address_new_with_type (
    *path == '@' ? path + 1 : path, -1, *path == '@' ? G_UNIX_SOCKET_ADDRESS_ABSTRACT : G_UNIX_SOCKET_ADDRESS_PATH);
  socket = g_socket_new (G_SOCKET_FAMILY_UNIX, G_SOCKET_TYPE_DATAGRAM, G_SOCKET_PROTOCOL_DEFAULT, &error);
  if (socket == NULL || g_socket_send_to (socket, address, state, strlen (state), NULL, &error) < 0)
    g_warning ("%s", error->message);
}
