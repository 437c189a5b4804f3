/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "torg-sync"

#include "config.h"

#include "torg-error.h"
#include "torg-soup-transport.h"
#include "torg-webhook.h"

#include <glib/gi18n-lib.h>
#include <libsoup/soup.h>
#include <string.h>

#define TIMEOUT_SECONDS 90
/* A page of what a portal has, fifty times, is rarely more than a few MB. */
#define MAX_ANSWER (128 * 1024 * 1024)
#define CHUNK (256 * 1024)

struct _TorgWebhook
{
  SoupSession *session; /* (owned) */
  char        *address; /* (owned): with a slash at its end; secret */
  char        *portal;  /* (owned): its host, with its port where it says one */
  gboolean     is_near; /* on this machine, where nobody else waits */
};

/* How much sooner it may be asked again then. */
#define NEAR_FACTOR 50

/* `https://PORTAL/rest/USER/SECRET/`, whatever method people have copied along with it. */
static char *
read_path (const char *path)
{
  g_auto (GStrv) parts = g_strsplit (path, "/", -1);

  if (g_strv_length (parts) < 4 || !g_str_equal (parts[1], "rest") || *parts[2] == '\0' || *parts[3] == '\0')
    return NULL;
  return g_strdup_printf ("/rest/%s/%s/", parts[2], parts[3]);
}

/**
 * torg_webhook_new:
 * @address: `https://PORTAL/rest/USER/SECRET/`, as the portal shows it; `http://` for this machine alone
 * @error: place for a %TORG_ERROR_INVALID, which does not say the address
 *
 * Makes the way to a portal.
 *
 * Returns: (transfer full) (nullable): it
 */
TorgWebhook *
torg_webhook_new (const char *address, GError **error)
{
  g_autofree char *stripped = g_strstrip (g_strdup (address));
  g_autoptr (GUri) uri = g_uri_parse (stripped, G_URI_FLAGS_NONE, NULL);
  g_autofree char *path = uri != NULL && g_uri_get_host (uri) != NULL ? read_path (g_uri_get_path (uri)) : NULL;
  TorgWebhook     *self;

  if (path == NULL || g_uri_get_userinfo (uri) != NULL)
    {
      g_set_error_literal (error, TORG_ERROR, TORG_ERROR_INVALID,
                           _ ("This is no address of a webhook. Write it as Bitrix24 shows it: "
                              "https://PORTAL.bitrix24.ru/rest/1/…/"));
      return NULL;
    }
  {
    g_autofree char *start = g_uri_join (G_URI_FLAGS_NONE, g_uri_get_scheme (uri), NULL, g_uri_get_host (uri),
                                         g_uri_get_port (uri), "", NULL, NULL);

    if (!torg_soup_transport_check_address (start, error))
      return NULL;
    self = g_new0 (TorgWebhook, 1);
    self->address = g_strconcat (start, path, NULL);
  }
  self->portal = g_uri_get_port (uri) > 0 ? g_strdup_printf ("%s:%d", g_uri_get_host (uri), g_uri_get_port (uri))
                                          : g_strdup (g_uri_get_host (uri));
  self->is_near = g_str_equal (g_uri_get_scheme (uri), "http");
  self->session = soup_session_new ();
  soup_session_set_timeout (self->session, TIMEOUT_SECONDS);
  soup_session_set_user_agent (self->session, "torg/" TORG_VERSION);
  return self;
}

/**
 * torg_webhook_free:
 * @data: (transfer full): a webhook
 *
 * Frees it.
 */
void
torg_webhook_free (gpointer data)
{
  TorgWebhook *self = data;

  g_object_unref (self->session);
  g_free (self->address);
  g_free (self->portal);
  g_free (self);
}

/**
 * torg_webhook_get_portal:
 *
 * Tells which portal it is.
 *
 * Returns: (transfer none): its host, which is no secret
 */
const char *
torg_webhook_get_portal (TorgWebhook *self)
{
  return self->portal;
}

static GBytes *
read_answer (GInputStream *stream, GCancellable *cancellable, GError **error)
{
  g_autoptr (GByteArray) answer = g_byte_array_new ();
  gssize n = 1;

  while (n > 0)
    {
      guint length = answer->len;

      if (length > MAX_ANSWER)
        {
          g_set_error_literal (error, TORG_ERROR, TORG_ERROR_LIMIT,
                               _ ("The portal’s answer is too long to be one of Bitrix24. Check the address."));
          return NULL;
        }
      g_byte_array_set_size (answer, length + CHUNK);
      n = g_input_stream_read (stream, answer->data + length, CHUNK, cancellable, error);
      g_byte_array_set_size (answer, length + (guint) MAX (n, 0));
    }
  return n == 0 ? g_byte_array_free_to_bytes (g_steal_pointer (&answer)) : NULL;
}

/* What libsoup says may hold the address. */
static void
explain (const GError *local, GError **error)
{
  if (g_error_matches (local, G_IO_ERROR, G_IO_ERROR_CANCELLED) || local->domain == TORG_ERROR)
    g_propagate_error (error, g_error_copy (local));
  else if (g_error_matches (local, G_TLS_ERROR, G_TLS_ERROR_BAD_CERTIFICATE))
    g_set_error_literal (error, TORG_ERROR, TORG_ERROR_INVALID,
                         _ ("The portal’s certificate is not trusted, so nothing was sent. Check the address."));
  else if (g_error_matches (local, G_RESOLVER_ERROR, G_RESOLVER_ERROR_NOT_FOUND))
    g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_HOST_NOT_FOUND,
                         _ ("The portal was not found. Check the address, or the network."));
  else
    g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_FAILED,
                         _ ("The portal cannot be reached now. What is here already stays; go on later."));
}

/**
 * torg_webhook_post:
 * @data: a webhook
 * @method: a method of the portal's API
 * @body: its parameters as JSON
 * @status: (out): of HTTP
 * @answer: (out) (transfer full): what came back
 * @cancellable: (nullable): stops it
 * @error: place for an error, which does not say the address
 *
 * Asks a portal. It does not follow where the portal sends to: the secret is for this host alone. Blocking.
 *
 * Returns: whether it answered
 */
gboolean
torg_webhook_post (gpointer      data,
                   const char   *method,
                   GBytes       *body,
                   guint        *status,
                   GBytes      **answer,
                   GCancellable *cancellable,
                   GError      **error)
{
  TorgWebhook     *self = data;
  g_autofree char *uri = g_strconcat (self->address, method, ".json", NULL);
  g_autoptr (SoupMessage) message = soup_message_new ("POST", uri);
  g_autoptr (GInputStream) stream = NULL;
  g_autoptr (GError) local = NULL;

  soup_message_add_flags (message, SOUP_MESSAGE_NO_REDIRECT);
  soup_message_set_request_body_from_bytes (message, "application/json", body);
  stream = soup_session_send (self->session, message, cancellable, &local);
  *answer = stream != NULL ? read_answer (stream, cancellable, &local) : NULL;
  if (stream != NULL)
    g_input_stream_close (stream, NULL, NULL);
  if (*answer == NULL)
    {
      explain (local, error);
      return FALSE;
    }
  *status = soup_message_get_status (message);
  return TRUE;
}

/**
 * torg_webhook_wait:
 * @data: a webhook
 * @seconds: how long
 * @cancellable: (nullable): ends it
 *
 * Waits on the thread that asks.
 */
void
torg_webhook_wait (gpointer data, double seconds, GCancellable *cancellable)
{
  TorgWebhook *self = data;
  GPollFD      fd;

  if (self->is_near)
    seconds /= NEAR_FACTOR;
  if (cancellable == NULL || !g_cancellable_make_pollfd (cancellable, &fd))
    {
      g_usleep ((gulong) (seconds * G_USEC_PER_SEC));
      return;
    }
  g_poll (&fd, 1, (int) (seconds * 1000));
  g_cancellable_release_fd (cancellable);
}
