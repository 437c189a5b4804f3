/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "torg-sync"

#include "config.h"

#include "torg-error.h"
#include "torg-soup-transport.h"
#include "torg-sync.h"

#include <glib/gi18n-lib.h>
#include <libsoup/soup.h>
#include <string.h>

/* HTTP by libsoup, blocking, on the thread of the sync engine. TLS is verified; plain HTTP is for this machine alone.
 */

#define TIMEOUT_SECONDS 60

struct _TorgSoupTransport
{
  GObject parent_instance;

  SoupSession *session; /* (owned) */
  char        *address; /* (owned): without a slash at its end */
  char        *token;   /* (owned) */
};

static void torg_soup_transport_iface_init (TorgTransportInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (TorgSoupTransport,
                               torg_soup_transport,
                               G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (TORG_TYPE_TRANSPORT, torg_soup_transport_iface_init))

static void
explain (const GError *local, GError **error)
{
  if (g_error_matches (local, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    g_propagate_error (error, g_error_copy (local));
  else if (local->domain == G_TLS_ERROR)
    g_set_error_literal (error, TORG_SYNC_ERROR, TORG_SYNC_ERROR_SERVER,
                         _ ("The server’s certificate is not trusted, so nothing was sent. Ask your administrator."));
  else if (g_error_matches (local, G_RESOLVER_ERROR, G_RESOLVER_ERROR_NOT_FOUND))
    g_set_error_literal (error, TORG_SYNC_ERROR, TORG_SYNC_ERROR_OFFLINE,
                         _ ("The server’s address was not found. Check it, or the network."));
  else
    g_set_error_literal (error, TORG_SYNC_ERROR, TORG_SYNC_ERROR_OFFLINE,
                         _ ("The server cannot be reached now. Torg tries again by itself; nothing is lost."));
}

static gboolean
torg_soup_transport_send (TorgTransport *transport,
                          const char    *method,
                          const char    *path,
                          GBytes        *body,
                          guint         *status,
                          GBytes       **answer,
                          GCancellable  *cancellable,
                          GError       **error)
{
  TorgSoupTransport *self = TORG_SOUP_TRANSPORT (transport);
  g_autofree char   *uri = g_strconcat (self->address, path, NULL);
  g_autofree char   *authorization = g_strconcat ("Bearer ", self->token, NULL);
  g_autoptr (SoupMessage) message = soup_message_new (method, uri);
  g_autoptr (GError) local = NULL;
  const char *type;

  soup_message_headers_replace (soup_message_get_request_headers (message), "Authorization", authorization);
  if (body != NULL)
    soup_message_set_request_body_from_bytes (message, "application/json", body);
  *answer = soup_session_send_and_read (self->session, message, cancellable, &local);
  if (*answer == NULL)
    {
      explain (local, error);
      return FALSE;
    }
  *status = soup_message_get_status (message);
  /* A proxy's page is no answer of Torg. */
  type = soup_message_headers_get_content_type (soup_message_get_response_headers (message), NULL);
  if (type == NULL || (strstr (type, "json") == NULL && *status != 429 && *status != 503))
    {
      g_clear_pointer (answer, g_bytes_unref);
      g_set_error_literal (error, TORG_SYNC_ERROR, TORG_SYNC_ERROR_SERVER,
                           _ ("At this address is no server of Torg. Check the address."));
      return FALSE;
    }
  return TRUE;
}

static void
torg_soup_transport_iface_init (TorgTransportInterface *iface)
{
  iface->send = torg_soup_transport_send;
}

static void
torg_soup_transport_finalize (GObject *object)
{
  TorgSoupTransport *self = TORG_SOUP_TRANSPORT (object);

  g_clear_object (&self->session);
  g_free (self->address);
  g_free (self->token);
  G_OBJECT_CLASS (torg_soup_transport_parent_class)->finalize (object);
}

static void
torg_soup_transport_class_init (TorgSoupTransportClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = torg_soup_transport_finalize;
}

static void
torg_soup_transport_init (TorgSoupTransport *self)
{
  self->session = soup_session_new ();
  soup_session_set_timeout (self->session, TIMEOUT_SECONDS);
  soup_session_set_user_agent (self->session, "torg/" TORG_VERSION);
}

static gboolean
is_this_machine (GUri *uri)
{
  const char *host = g_uri_get_host (uri);
  g_autoptr (GInetAddress) address = g_inet_address_new_from_string (host);

  return g_strcmp0 (host, "localhost") == 0 || (address != NULL && g_inet_address_get_is_loopback (address));
}

/**
 * torg_soup_transport_new:
 * @address: `https://HOST[:PORT]`; `http://` for this machine alone
 * @token: by which the server knows the user
 * @error: place for a %TORG_ERROR_INVALID
 *
 * Makes the way to a server.
 *
 * Returns: (transfer full) (nullable): a transport
 */
TorgTransport *
torg_soup_transport_new (const char *address, const char *token, GError **error)
{
  g_autoptr (GUri) uri = g_uri_parse (address, G_URI_FLAGS_NONE, NULL);
  TorgSoupTransport *self;

  if (uri == NULL || g_uri_get_host (uri) == NULL ||
      !(g_str_equal (g_uri_get_scheme (uri), "https") || g_str_equal (g_uri_get_scheme (uri), "http")))
    {
      g_set_error (error, TORG_ERROR, TORG_ERROR_INVALID,
                   _ ("“%s” is no address of a server. Write it like https://torg.example.com."), address);
      return NULL;
    }
  if (g_str_equal (g_uri_get_scheme (uri), "http") && !is_this_machine (uri))
    {
      g_set_error_literal (error, TORG_ERROR, TORG_ERROR_INVALID,
                           _ ("Over plain http everybody on the way could read along. Use https."));
      return NULL;
    }
  self = g_object_new (TORG_TYPE_SOUP_TRANSPORT, NULL);
  self->address = g_strdup (address);
  while (g_str_has_suffix (self->address, "/"))
    self->address[strlen (self->address) - 1] = '\0';
  self->token = g_strdup (token);
  return TORG_TRANSPORT (self);
}
