/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "torg-sync"

#include "config.h"

#include "torg-credentials.h"
#include "torg-encoding.h"
#include "torg-error.h"
#include "torg-soup-transport.h"
#include "torg-sync.h"

#include <glib/gi18n-lib.h>
#include <libsoup/soup.h>
#include <string.h>

/*
 * HTTP by libsoup, blocking; the sync engine's thread and the one that waits for commits share it. TLS is verified;
 * plain HTTP is for this machine alone.
 */

#define TIMEOUT_SECONDS 60
#define FIRST_TIMEOUT_SECONDS 20
#define MAX_CONNECTIONS 6
/* An answer that is longer, in bytes, is none of Torg's: a page of 2,000 records is rarely more than a few MB. What is
 * small on its way may be huge once it is decoded. */
#define MAX_ANSWER (256 * 1024 * 1024)
#define CHUNK (256 * 1024)
/* A server that is busy for longer is asked nevertheless. */
#define MAX_RETRY_AFTER 3600
/* What a sync asks; a comparison that is put off keeps none from going on. */
#define CHANGES_PATH "/v1/sync/changes"
#define PUSH_PATH "/v1/sync/push"

/* A question that was asked before its answer is needed, on a thread of its own. */
typedef struct
{
  TorgSoupTransport *transport;
  GThread           *thread;
  GCancellable      *cancellable; /* (owned) */
  char              *path;        /* (owned) */
  gboolean           ok;          /* once the thread has ended, as the rest */
  guint              status;
  GBytes            *answer; /* (owned) (nullable) */
} Ahead;

struct _TorgSoupTransport
{
  GObject parent_instance;

  SoupSession *session;  /* (owned) */
  char        *address;  /* (owned): without a slash at its end */
  gboolean     is_first; /* nobody knows yet whether a server is there */

  GMutex           lock;        /* of what follows: one thread renews, the others go on with what that brought */
  TorgCredentials *credentials; /* (owned) */
  TorgKeeper       keeper;      /* where they are kept */
  gpointer         keeper_data; /* (owned) (nullable) */
  Ahead           *ahead;       /* (owned) (nullable) */
  guint            retry_after; /* seconds, of the last answer to a sync */
};

static void torg_soup_transport_iface_init (TorgTransportInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (TorgSoupTransport,
                               torg_soup_transport,
                               G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (TORG_TYPE_TRANSPORT, torg_soup_transport_iface_init))

static void
explain (TorgSoupTransport *self, const GError *local, GError **error)
{
  if (g_error_matches (local, G_IO_ERROR, G_IO_ERROR_CANCELLED) || local->domain == TORG_SYNC_ERROR)
    g_propagate_error (error, g_error_copy (local));
  /* Any other error of TLS is one of the way there: it was cut, or what came was not what was sent. */
  else if (g_error_matches (local, G_TLS_ERROR, G_TLS_ERROR_BAD_CERTIFICATE))
    g_set_error_literal (error, TORG_SYNC_ERROR, TORG_SYNC_ERROR_SERVER,
                         _ ("The server’s certificate is not trusted, so nothing was sent. Ask your administrator."));
  else if (g_error_matches (local, G_RESOLVER_ERROR, G_RESOLVER_ERROR_NOT_FOUND))
    g_set_error_literal (error, TORG_SYNC_ERROR, TORG_SYNC_ERROR_OFFLINE,
                         _ ("The server’s address was not found. Check it, or the network."));
  else
    g_set_error_literal (
      error, TORG_SYNC_ERROR, TORG_SYNC_ERROR_OFFLINE,
      self->is_first
        ? _ ("No server of Torg answers at this address. Check the address with its port, and the network.")
        : _ ("The server cannot be reached now. Torg tries again by itself; nothing is lost."));
}

static void
write_headers (SoupMessageHeaders *headers, const TorgExchange *exchange, const char *authorization)
{
  if (authorization != NULL)
    soup_message_headers_replace (headers, "Authorization", authorization);
  if (exchange->offset >= 0)
    {
      g_autofree char *text = g_strdup_printf ("%" G_GINT64_FORMAT, exchange->offset);

      soup_message_headers_replace (headers, "Upload-Offset", text);
    }
  if (exchange->first >= 0)
    soup_message_headers_set_range (headers, exchange->first, exchange->last);
  else
    soup_message_headers_replace (headers, "Accept-Encoding", TORG_ENCODINGS);
}

/* Seconds, or a date; the clock here may be wrong, so that of the server counts where it says it. */
static guint
read_retry_after (SoupMessageHeaders *headers)
{
  const char *text = soup_message_headers_get_one (headers, "Retry-After");
  const char *sent = soup_message_headers_get_one (headers, "Date");
  g_autoptr (GDateTime) until = NULL;
  g_autoptr (GDateTime) now = NULL;
  guint64 seconds;

  if (text == NULL)
    return 0;
  if (g_ascii_string_to_unsigned (text, 10, 0, G_MAXUINT64, &seconds, NULL))
    return (guint) MIN (seconds, MAX_RETRY_AFTER);
  until = soup_date_time_new_from_http_string (text);
  now = sent != NULL ? soup_date_time_new_from_http_string (sent) : NULL;
  if (now == NULL)
    now = g_date_time_new_now_utc ();
  return until != NULL ? (guint) CLAMP (g_date_time_difference (until, now) / G_USEC_PER_SEC, 0, MAX_RETRY_AFTER) : 0;
}

static void
read_headers (SoupMessageHeaders *headers, TorgExchange *exchange)
{
  const char *offset = soup_message_headers_get_one (headers, "Upload-Offset");
  const char *range = soup_message_headers_get_one (headers, "Content-Range");
  const char *slash = range != NULL ? strrchr (range, '/') : NULL;

  exchange->location = g_strdup (soup_message_headers_get_one (headers, "Location"));
  exchange->limit = g_strdup (soup_message_headers_get_one (headers, "Upload-Limit"));
  exchange->retry_after = exchange->status == 429 || exchange->status == 503 ? read_retry_after (headers) : 0;
  if (offset == NULL || !g_ascii_string_to_signed (offset, 10, 0, G_MAXINT64, &exchange->upload_offset, NULL))
    exchange->upload_offset = -1;
  if (slash == NULL || !g_ascii_string_to_signed (slash + 1, 10, 0, G_MAXINT64, &exchange->total, NULL))
    exchange->total = -1;
}

/* A proxy's page is no answer of Torg, unless it says that the server failed, or that it lets no more pass at once. */
static gboolean
is_answer (SoupMessageHeaders *headers, const TorgExchange *exchange)
{
  const char *type = soup_message_headers_get_content_type (headers, NULL);

  if (exchange->status == 413 || exchange->status == 429 || exchange->status >= 500 ||
      (type != NULL && strstr (type, "json") != NULL))
    return TRUE;
  /* What has nothing to say says only which question it answers. */
  if (exchange->status == 204)
    return soup_message_headers_get_one (headers, "X-Request-Id") != NULL;
  /* Of a file, and of its parts. */
  return exchange->upload_offset >= 0 || exchange->total >= 0 ||
         (exchange->first >= 0 && g_strcmp0 (type, "application/octet-stream") == 0);
}

/* What libsoup has not decoded. */
static gboolean
decode (SoupMessageHeaders *headers, TorgExchange *exchange, GError **error)
{
  const char *encoding = soup_message_headers_get_one (headers, "Content-Encoding");
  GBytes     *decoded;

  if (encoding == NULL || !g_str_equal (encoding, "zstd"))
    return TRUE;
  decoded = torg_decode (exchange->answer, encoding, MAX_ANSWER, error);
  if (decoded == NULL)
    return FALSE;
  g_bytes_unref (exchange->answer);
  exchange->answer = decoded;
  return TRUE;
}

/* What libsoup decodes comes decoded. */
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
          g_set_error_literal (error, TORG_SYNC_ERROR, TORG_SYNC_ERROR_SERVER,
                               _ ("The server’s answer cannot be read. Check its address, or ask your "
                                  "administrator."));
          return NULL;
        }
      g_byte_array_set_size (answer, length + CHUNK);
      n = g_input_stream_read (stream, answer->data + length, CHUNK, cancellable, error);
      g_byte_array_set_size (answer, length + (guint) MAX (n, 0));
    }
  return n == 0 ? g_byte_array_free_to_bytes (g_steal_pointer (&answer)) : NULL;
}

static GBytes *
send_and_read (TorgSoupTransport *self, SoupMessage *message, GCancellable *cancellable, GError **error)
{
  g_autoptr (GInputStream) stream = soup_session_send (self->session, message, cancellable, error);
  GBytes *answer = stream != NULL ? read_answer (stream, cancellable, error) : NULL;

  /* Whatever was not read ends with its connection. */
  if (stream != NULL)
    g_input_stream_close (stream, NULL, NULL);
  return answer;
}

/* What is sent is JSON, where nothing else is said. */
static gboolean
send_once (TorgSoupTransport *self,
           TorgExchange      *exchange,
           const char        *authorization,
           GCancellable      *cancellable,
           GError           **error)
{
  g_autofree char *uri = g_strconcat (self->address, exchange->path, NULL);
  g_autoptr (SoupMessage) message = soup_message_new (exchange->method, uri);
  g_autoptr (GError) local = NULL;

  torg_exchange_clear (exchange);
  write_headers (soup_message_get_request_headers (message), exchange, authorization);
  if (exchange->body != NULL)
    soup_message_set_request_body_from_bytes (message, exchange->type != NULL ? exchange->type : "application/json",
                                              exchange->body);
  exchange->answer = send_and_read (self, message, cancellable, &local);
  if (exchange->answer == NULL)
    {
      explain (self, local, error);
      return FALSE;
    }
  exchange->status = soup_message_get_status (message);
  read_headers (soup_message_get_response_headers (message), exchange);
  if (!decode (soup_message_get_response_headers (message), exchange, error))
    {
      torg_exchange_clear (exchange);
      return FALSE;
    }
  if (is_answer (soup_message_get_response_headers (message), exchange))
    return TRUE;
  torg_exchange_clear (exchange);
  g_set_error_literal (error, TORG_SYNC_ERROR, TORG_SYNC_ERROR_SERVER,
                       _ ("At this address is no server of Torg. Check the address."));
  return FALSE;
}

static void
ask_form (TorgExchange *exchange, const char *path, GBytes *form)
{
  *exchange = (TorgExchange) {
    .method = "POST", .path = path, .body = form, .type = SOUP_FORM_MIME_TYPE_URLENCODED, .offset = -1, .first = -1
  };
}

/* Another process, or another window, may have renewed them: those count then. */
static gboolean
take_kept (TorgSoupTransport *self, GCancellable *cancellable)
{
  g_autofree char *text = self->keeper.load (self->keeper_data, cancellable);
  g_autoptr (TorgCredentials) kept = text != NULL ? torg_credentials_parse (text) : NULL;

  if (kept == NULL || g_strcmp0 (kept->access, self->credentials->access) == 0)
    return FALSE;
  torg_credentials_free (self->credentials);
  self->credentials = g_steal_pointer (&kept);
  return TRUE;
}

/*
 * Exchanges the refresh token for the next two. They are kept before they are used, and the old one stays valid until
 * then: whatever breaks off in between, one of them works. @renewed stays %FALSE where the server knows it no more.
 */
static gboolean
renew (TorgSoupTransport *self, gboolean *renewed, GCancellable *cancellable, GError **error)
{
  g_autofree char *form = soup_form_encode ("grant_type", "refresh_token", "client_id", "torg", "refresh_token",
                                            self->credentials->refresh, NULL);
  g_autoptr (GBytes) body = g_bytes_new (form, strlen (form));
  g_autoptr (TorgCredentials) next = NULL;
  g_autofree char *text = NULL;
  TorgExchange     exchange;
  guint            status;
  gsize            length;
  gconstpointer    bytes;

  ask_form (&exchange, "/oauth/token", body);
  if (!send_once (self, &exchange, NULL, cancellable, error))
    return FALSE;
  bytes = g_bytes_get_data (exchange.answer, &length);
  status = exchange.status;
  next = status == 200 ? torg_credentials_read_answer (bytes, length) : NULL;
  torg_exchange_clear (&exchange);
  if (status == 400)
    return TRUE;
  if (next == NULL)
    {
      g_set_error_literal (error, TORG_SYNC_ERROR, TORG_SYNC_ERROR_OFFLINE,
                           _ ("The server cannot be reached now. Torg tries again by itself; nothing is lost."));
      return FALSE;
    }
  text = torg_credentials_write (next);
  if (self->keeper.save != NULL && !self->keeper.save (self->keeper_data, text, cancellable, error))
    return FALSE;
  torg_credentials_free (self->credentials);
  self->credentials = g_steal_pointer (&next);
  *renewed = TRUE;
  return TRUE;
}

/* What is there instead of credentials that the server does not take. */
static gboolean
replace_refused (TorgSoupTransport *self,
                 const char        *refused,
                 gboolean          *may_load,
                 gboolean          *replaced,
                 GCancellable      *cancellable,
                 GError           **error)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);

  *replaced = g_strcmp0 (self->credentials->access, refused) != 0;
  if (!*replaced && *may_load)
    {
      *may_load = FALSE;
      *replaced = take_kept (self, cancellable);
    }
  if (*replaced || self->credentials->refresh == NULL)
    return TRUE;
  return renew (self, replaced, cancellable, error);
}

static gboolean
torg_soup_transport_exchange (TorgTransport *transport,
                              TorgExchange  *exchange,
                              GCancellable  *cancellable,
                              GError       **error)
{
  TorgSoupTransport *self = TORG_SOUP_TRANSPORT (transport);
  gboolean           may_load = self->keeper.load != NULL;

  for (guint i = 0;; i++)
    {
      g_autofree char *access = NULL;
      g_autofree char *authorization = NULL;
      gboolean         again = FALSE;

      g_mutex_lock (&self->lock);
      access = g_strdup (self->credentials->access);
      g_mutex_unlock (&self->lock);
      authorization = g_strconcat ("Bearer ", access, NULL);
      if (!send_once (self, exchange, authorization, cancellable, error))
        return FALSE;
      if (exchange->status != 401 || i > 1)
        return TRUE;
      if (!replace_refused (self, access, &may_load, &again, cancellable, error))
        {
          torg_exchange_clear (exchange);
          return FALSE;
        }
      if (!again)
        return TRUE;
    }
}

static gboolean
ask (TorgSoupTransport *self,
     const char        *method,
     const char        *path,
     GBytes            *body,
     guint             *status,
     GBytes           **answer,
     GCancellable      *cancellable,
     GError           **error)
{
  TorgExchange exchange = { .method = method, .path = path, .body = body, .offset = -1, .first = -1 };
  gboolean     ok = torg_soup_transport_exchange (TORG_TRANSPORT (self), &exchange, cancellable, error);

  if (g_str_has_prefix (path, CHANGES_PATH) || g_str_has_prefix (path, PUSH_PATH))
    {
      g_mutex_lock (&self->lock);
      self->retry_after = exchange.retry_after;
      g_mutex_unlock (&self->lock);
    }
  if (!ok)
    return FALSE;
  *status = exchange.status;
  *answer = g_steal_pointer (&exchange.answer);
  torg_exchange_clear (&exchange);
  return TRUE;
}

static gpointer
ask_ahead (gpointer data)
{
  Ahead *ahead = data;

  ahead->ok =
    ask (ahead->transport, "GET", ahead->path, NULL, &ahead->status, &ahead->answer, ahead->cancellable, NULL);
  return NULL;
}

static void
ahead_free (Ahead *ahead)
{
  g_cancellable_cancel (ahead->cancellable);
  if (ahead->thread != NULL)
    g_thread_join (ahead->thread);
  g_object_unref (ahead->cancellable);
  g_clear_pointer (&ahead->answer, g_bytes_unref);
  g_free (ahead->path);
  g_free (ahead);
}

/* The question for @path that was asked ahead. */
static Ahead *
steal_ahead (TorgSoupTransport *self, const char *method, const char *path)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);

  return self->ahead != NULL && g_str_equal (method, "GET") && g_str_equal (self->ahead->path, path)
           ? g_steal_pointer (&self->ahead)
           : NULL;
}

static void
cancel_cb (GCancellable *cancellable, gpointer ahead)
{
  g_cancellable_cancel (((Ahead *) ahead)->cancellable);
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
  Ahead             *ahead = steal_ahead (self, method, path);
  gulong             handler;
  gboolean           ok = FALSE;

  if (ahead != NULL)
    {
      handler = cancellable != NULL ? g_cancellable_connect (cancellable, G_CALLBACK (cancel_cb), ahead, NULL) : 0;
      g_thread_join (g_steal_pointer (&ahead->thread));
      g_cancellable_disconnect (cancellable, handler);
      ok = ahead->ok;
      *status = ahead->status;
      *answer = g_steal_pointer (&ahead->answer);
      ahead_free (ahead);
    }
  /* What could not be asked ahead is asked again, for its error. */
  return ok || ask (self, method, path, body, status, answer, cancellable, error);
}

static guint
torg_soup_transport_get_retry_after (TorgTransport *transport)
{
  TorgSoupTransport *self = TORG_SOUP_TRANSPORT (transport);
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);

  return self->retry_after;
}

static void
torg_soup_transport_expect (TorgTransport *transport, const char *path)
{
  TorgSoupTransport *self = TORG_SOUP_TRANSPORT (transport);
  Ahead             *ahead = g_new0 (Ahead, 1), *former;

  ahead->transport = self;
  ahead->cancellable = g_cancellable_new ();
  ahead->path = g_strdup (path);
  ahead->thread = g_thread_new ("torg-ahead", ask_ahead, ahead);
  g_mutex_lock (&self->lock);
  former = self->ahead;
  self->ahead = ahead;
  g_mutex_unlock (&self->lock);
  g_clear_pointer (&former, ahead_free);
}

static void
torg_soup_transport_iface_init (TorgTransportInterface *iface)
{
  iface->send = torg_soup_transport_send;
  iface->exchange = torg_soup_transport_exchange;
  iface->expect = torg_soup_transport_expect;
  iface->get_retry_after = torg_soup_transport_get_retry_after;
}

static void
torg_soup_transport_finalize (GObject *object)
{
  TorgSoupTransport *self = TORG_SOUP_TRANSPORT (object);

  g_clear_pointer (&self->ahead, ahead_free);
  g_clear_object (&self->session);
  g_free (self->address);
  torg_credentials_free (self->credentials);
  if (self->keeper.free != NULL)
    self->keeper.free (self->keeper_data);
  g_mutex_clear (&self->lock);
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
  g_mutex_init (&self->lock);
  /* One waits for news all the time, and a file may be under way for minutes. */
  self->session = soup_session_new_with_options ("max-conns-per-host", MAX_CONNECTIONS, NULL);
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
 * torg_soup_transport_check_address:
 * @address: what may be the address of a server
 * @error: place for a %TORG_ERROR_INVALID
 *
 * Checks an address: `https://HOST[:PORT]`; `http://` for this machine alone.
 *
 * Returns: whether something could be sent there
 */
gboolean
torg_soup_transport_check_address (const char *address, GError **error)
{
  g_autoptr (GUri) uri = g_uri_parse (address, G_URI_FLAGS_NONE, NULL);

  if (uri == NULL || g_uri_get_host (uri) == NULL ||
      !(g_str_equal (g_uri_get_scheme (uri), "https") || g_str_equal (g_uri_get_scheme (uri), "http")))
    {
      g_set_error (error, TORG_ERROR, TORG_ERROR_INVALID,
                   _ ("“%s” is no address of a server. Write it like https://torg.example.com."), address);
      return FALSE;
    }
  if (g_str_equal (g_uri_get_scheme (uri), "http") && !is_this_machine (uri))
    {
      g_set_error_literal (error, TORG_ERROR, TORG_ERROR_INVALID,
                           _ ("Over plain http everybody on the way could read along. Use https."));
      return FALSE;
    }
  return TRUE;
}

/**
 * torg_soup_transport_new:
 * @address: see [func@soup_transport_check_address]
 * @token: a key, or credentials as [method@Credentials.write] writes them
 * @error: place for a %TORG_ERROR_INVALID
 *
 * Makes the way to a server.
 *
 * Returns: (transfer full) (nullable): a transport
 */
TorgTransport *
torg_soup_transport_new (const char *address, const char *token, GError **error)
{
  TorgSoupTransport *self;

  if (!torg_soup_transport_check_address (address, error))
    return NULL;
  self = g_object_new (TORG_TYPE_SOUP_TRANSPORT, NULL);
  self->address = g_strdup (address);
  while (g_str_has_suffix (self->address, "/"))
    self->address[strlen (self->address) - 1] = '\0';
  self->credentials = torg_credentials_parse (token);
  return TORG_TRANSPORT (self);
}

/**
 * torg_soup_transport_set_keeper:
 * @keeper: where credentials are kept
 * @data: (transfer full): for @keeper
 *
 * Says where renewed credentials are kept. Without it they are lost with the transport.
 */
void
torg_soup_transport_set_keeper (TorgSoupTransport *self, const TorgKeeper *keeper, gpointer data)
{
  if (self->keeper.free != NULL)
    self->keeper.free (self->keeper_data);
  self->keeper = *keeper;
  self->keeper_data = data;
}

/**
 * torg_soup_transport_revoke:
 * @cancellable: (nullable): to stop it
 * @error: place for a %TORG_SYNC_ERROR: the server could not be told
 *
 * Ends the session at the server (RFC 7009). A key of an administrator's, which others may use too, stays.
 *
 * Returns: whether nobody can go on with what was kept
 */
gboolean
torg_soup_transport_revoke (TorgSoupTransport *self, GCancellable *cancellable, GError **error)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);
  g_autofree char *form = NULL;
  g_autoptr (GBytes) body = NULL;
  TorgExchange exchange;
  gboolean     ok;

  if (self->credentials->refresh == NULL)
    return TRUE;
  form = soup_form_encode ("token", self->credentials->refresh, NULL);
  body = g_bytes_new (form, strlen (form));
  ask_form (&exchange, "/oauth/revoke", body);
  ok = send_once (self, &exchange, NULL, cancellable, error);
  torg_exchange_clear (&exchange);
  return ok;
}

/**
 * torg_soup_transport_set_first:
 *
 * Says that the address was just given, and may be a wrong one: it is waited for less long, and an error says so.
 */
void
torg_soup_transport_set_first (TorgSoupTransport *self)
{
  self->is_first = TRUE;
  soup_session_set_timeout (self->session, FIRST_TIMEOUT_SECONDS);
}
