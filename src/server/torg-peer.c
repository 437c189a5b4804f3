/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "torg-server"

#include "config.h"

#include "torg-error.h"
#include "torg-peer.h"

#include <glib/gi18n-lib.h>
#include <string.h>

/* From where a question comes. Behind a proxy every connection comes from that; what it says of the peer is believed
 * of a proxy that the administrator has named, and of nobody else, since everybody can write that header. */

/* An IPv4 address stays one on a socket of IPv6 (RFC 4291, 2.5.5.2). */
static GInetAddress *
read_address (const char *text)
{
  const char *mapped = "::ffff:";

  if (g_ascii_strncasecmp (text, mapped, strlen (mapped)) == 0 && strchr (text, '.') != NULL)
    text += strlen (mapped);
  return g_inet_address_new_from_string (text);
}

/**
 * torg_peer_read_proxies:
 * @text: (nullable): addresses, or networks such as `10.0.0.0/8`, split by commas
 * @error: place for a %TORG_ERROR
 *
 * Reads which proxies are trusted.
 *
 * Returns: (transfer full) (nullable) (element-type GInetAddressMask): them
 */
GPtrArray *
torg_peer_read_proxies (const char *text, GError **error)
{
  g_auto (GStrv) texts = g_strsplit (text != NULL ? text : "", ",", -1);
  g_autoptr (GPtrArray) proxies = g_ptr_array_new_with_free_func (g_object_unref);

  for (guint i = 0; texts[i] != NULL; i++)
    {
      GInetAddressMask *mask = g_inet_address_mask_new_from_string (g_strstrip (texts[i]), NULL);

      if (mask == NULL)
        {
          g_set_error (error, TORG_ERROR, TORG_ERROR_INVALID,
                       _ ("“%s” is no address of a proxy. Write one such as 127.0.0.1 or 10.0.0.0/8."), texts[i]);
          return NULL;
        }
      g_ptr_array_add (proxies, mask);
    }
  return g_steal_pointer (&proxies);
}

static gboolean
is_trusted (GInetAddress *address, GPtrArray *proxies)
{
  for (guint i = 0; proxies != NULL && i < proxies->len; i++)
    if (g_inet_address_mask_matches (proxies->pdata[i], address))
      return TRUE;
  return FALSE;
}

/**
 * torg_peer_find:
 * @remote: (nullable): the address of the other end of the connection
 * @forwarded: (nullable): `X-Forwarded-For`, all of its headers joined by commas
 * @proxies: (nullable) (element-type GInetAddressMask): those that are trusted
 *
 * Finds out who asks: of a trusted proxy the last address that it names, which is the one that it saw itself.
 *
 * Returns: (transfer full) (nullable): an address
 */
char *
torg_peer_find (const char *remote, const char *forwarded, GPtrArray *proxies)
{
  g_autoptr (GInetAddress) address = remote != NULL ? read_address (remote) : NULL;
  g_autoptr (GInetAddress) peer = NULL;
  g_autofree char *last = NULL;
  const char      *comma;

  if (address == NULL)
    return g_strdup (remote);
  if (forwarded == NULL || !is_trusted (address, proxies))
    return g_inet_address_to_string (address);
  comma = strrchr (forwarded, ',');
  last = g_strstrip (g_strdup (comma != NULL ? comma + 1 : forwarded));
  peer = read_address (last);
  return g_inet_address_to_string (peer != NULL ? peer : address);
}

/**
 * torg_peer_is_near:
 * @remote: (nullable): the address of the connection
 * @forwarded: (nullable): what X-Forwarded-For says
 * @proxies: (nullable) (element-type GInetAddressMask): those that are believed
 * @others: (nullable) (element-type GInetAddressMask): who is told too
 *
 * Tells whether a question comes from this machine, or from those that are named. What a proxy brings that is not
 * believed comes from anywhere.
 *
 * Returns: whether it does
 */
gboolean
torg_peer_is_near (const char *remote, const char *forwarded, GPtrArray *proxies, GPtrArray *others)
{
  g_autoptr (GInetAddress) own = remote != NULL ? read_address (remote) : NULL;
  g_autofree char *text = torg_peer_find (remote, forwarded, proxies);
  g_autoptr (GInetAddress) peer = text != NULL ? read_address (text) : NULL;

  if (own == NULL || peer == NULL)
    return FALSE;
  if (forwarded != NULL && !is_trusted (own, proxies))
    return FALSE;
  return g_inet_address_get_is_loopback (peer) || is_trusted (peer, others);
}
