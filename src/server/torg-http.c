/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "torg-server"

#include "config.h"

#include "torg-acceptor.h"
#include "torg-bodies.h"
#include "torg-encoding.h"
#include "torg-http.h"
#include "torg-hub.h"
#include "torg-invite.h"
#include "torg-oauth.h"
#include "torg-peer.h"
#include "torg-pg-listener.h"
#include "torg-resources.h"
#include "torg-routes.h"

#include <json-glib/json-glib.h>
#include <libsoup/soup.h>
#include <string.h>

/* A shorter answer goes in one packet as it is. */
#define MIN_ENCODED 1400
/* How long what is being handled is waited for in the end. */
#define STOP_SECONDS 20
/* How long a question for the next commit waits; less than the minute after which proxies give up. */
#define WAIT_SECONDS 45
/* Passwords that are looked at at once, each with 64 MB on purpose; how many may wait for that. */
#define MAX_SIGN_INS 2
#define MAX_WAITING 20

struct _TorgHttp
{
  GObject parent_instance;

  TorgEnv         *env;      /* (owned) */
  char            *uri;      /* (owned) */
  SoupServer      *server;   /* (owned) (nullable) */
  TorgAcceptor    *acceptor; /* (owned) (nullable) */
  GThreadPool     *pool;     /* (owned) */
  GThreadPool     *signs;    /* (owned): of those who sign in, so that the others find a thread */
  TorgServerFiles *files;    /* (nullable): where files are kept; outlives it */
  GPtrArray       *proxies;  /* (owned) (nullable) (element-type GInetAddressMask): whose word on the peer counts */
  GPtrArray       *readers;  /* (owned) (nullable) (element-type GInetAddressMask): who else may read metrics */
  GAsyncQueue     *stores;   /* (owned) (element-type TorgServerStore): idle connections */
  TorgRate        *rate;     /* (owned) */
  TorgBodies      *bodies;   /* (owned): that are being sent */
  guint            oldest_schema;
  TorgHub         *hub;       /* (owned): who waits for a commit */
  TorgPgListener  *listener;  /* (owned) (nullable): to the commits of other processes */
  TorgMetrics     *metrics;   /* (owned) */
  guint            n_running; /* of the main loop's thread: questions without an answer yet */
};

G_DEFINE_FINAL_TYPE (TorgHttp, torg_http, G_TYPE_OBJECT)

/* A question on its way: made and answered on the main loop, handled on a thread. */
typedef struct
{
  TorgHttp          *http;      /* (owned) */
  SoupServerMessage *message;   /* (owned) */
  char              *method;    /* (owned) */
  char              *path;      /* (owned) */
  GHashTable        *query;     /* (owned) (nullable) */
  char              *repeated;  /* (owned) (nullable): a parameter that came more than once */
  char              *token;     /* (owned) (nullable) */
  char              *known;     /* (owned) (nullable): the ETag that whoever asks has */
  char              *meant;     /* (owned) (nullable): the ETag that is to be changed */
  char              *key;       /* (owned) (nullable): of an edit that may be sent twice */
  char              *languages; /* (owned) (nullable) */
  const char        *encoding;  /* (nullable): how whoever asks likes the answer best */
  char              *peer;      /* (owned) (nullable) */
  char              *content;   /* (owned) (nullable): what the body is */
  char              *offset;    /* (owned) (nullable): where a part of a file begins */
  char              *range;     /* (owned) (nullable): which part of a file is wanted */
  char              *range_of;  /* (owned) (nullable): the ETag of what whoever asks has the rest of */
  char              *origin;    /* (owned) (nullable): whose page asks */
  char              *host;      /* (owned) (nullable): by what name the server was asked */
  GBytes            *body;      /* (owned) (nullable) */
  TorgResponse      *response;  /* (owned) (nullable) */
  gint64             committed; /* the number that handling it took; 0 for none */
  gboolean           in_doubt;  /* it is committed, or may be, though the database did not say so */
  gint64             began;
  guint64            number; /* of all processes that answer */
} Job;

static void
job_free (gpointer data)
{
  Job *job = data;

  g_clear_pointer (&job->response, torg_response_free);
  g_clear_pointer (&job->query, g_hash_table_unref);
  g_clear_pointer (&job->body, g_bytes_unref);
  g_free (job->method);
  g_free (job->path);
  g_free (job->repeated);
  g_free (job->token);
  g_free (job->known);
  g_free (job->meant);
  g_free (job->key);
  g_free (job->languages);
  g_free (job->peer);
  g_free (job->content);
  g_free (job->offset);
  g_free (job->range);
  g_free (job->range_of);
  g_free (job->origin);
  g_free (job->host);
  g_object_unref (job->message);
  g_object_unref (job->http);
  g_free (job);
}

/* One JSON object a line on stderr; nothing in it is secret: no query, no token, no link, no body. */
static void
log_job (Job *job, guint status)
{
  g_autoptr (JsonNode) node = json_node_new (JSON_NODE_OBJECT);
  g_autoptr (GDateTime) now = g_date_time_new_now_utc ();
  g_autofree char *at = g_date_time_format_iso8601 (now);
  g_autofree char *line = NULL;
  JsonObject      *object = json_object_new ();

  json_object_set_string_member (object, "at", at);
  json_object_set_int_member (object, "request", (gint64) job->number);
  json_object_set_string_member (object, "method", job->method);
  json_object_set_string_member (object, "path",
                                 g_str_has_prefix (job->path, TORG_INVITE_PATH) ? TORG_INVITE_PATH : job->path);
  json_object_set_int_member (object, "status", status);
  json_object_set_double_member (object, "ms", (g_get_monotonic_time () - job->began) / 1000.0);
  if (job->response != NULL && job->response->user != NULL)
    json_object_set_string_member (object, "user", job->response->user);
  json_node_take_object (node, object);
  line = json_to_string (node, FALSE);
  g_printerr ("%s\n", line);
}

/* A page may load nothing but its style, run nothing, and stand in no frame; it goes on to the program alone. */
static void
protect_page (SoupMessageHeaders *headers)
{
  soup_message_headers_replace (headers, "Content-Security-Policy",
                                "default-src 'none'; style-src 'self'; form-action 'self' http://127.0.0.1:* "
                                "http://[::1]:*; frame-ancestors 'none'; base-uri 'none'");
  soup_message_headers_replace (headers, "X-Frame-Options", "DENY");
  soup_message_headers_replace (headers, "X-Content-Type-Options", "nosniff");
  soup_message_headers_replace (headers, "Referrer-Policy", "no-referrer");
}

/* A page of another site may read the answer, and send JSON (CORS). */
static void
share_answer (SoupMessageHeaders *headers, const char *origin)
{
  soup_message_headers_replace (headers, "Access-Control-Allow-Origin", origin);
  soup_message_headers_replace (headers, "Access-Control-Allow-Methods", "GET, POST");
  soup_message_headers_replace (headers, "Access-Control-Allow-Headers", "Content-Type");
  soup_message_headers_replace (headers, "Access-Control-Max-Age", "3600");
  soup_message_headers_replace (headers, "Vary", "Origin");
}

/* No browser shows what somebody has attached as a page of the server's. The bytes are those of the disk's cache. */
static void
give_file (SoupServerMessage *message, TorgResponse *response)
{
  SoupMessageHeaders *headers = soup_server_message_get_response_headers (message);
  SoupMessageBody    *body = soup_server_message_get_response_body (message);

  soup_message_headers_set_content_type (headers, response->type, NULL);
  soup_message_headers_replace (headers, "Content-Disposition", "attachment");
  soup_message_headers_replace (headers, "X-Content-Type-Options", "nosniff");
  soup_message_headers_replace (headers, "Accept-Ranges", "bytes");
  if (g_str_equal (soup_server_message_get_method (message), "HEAD"))
    soup_message_headers_set_content_length (headers, (goffset) g_bytes_get_size (response->file));
  else
    soup_message_body_append_bytes (body, response->file);
}

static void
set_part_headers (SoupMessageHeaders *headers, TorgResponse *response)
{
  if (response->upload_offset != NULL)
    soup_message_headers_replace (headers, "Upload-Offset", response->upload_offset);
  if (response->upload_length != NULL)
    soup_message_headers_replace (headers, "Upload-Length", response->upload_length);
  if (response->content_range != NULL)
    soup_message_headers_replace (headers, "Content-Range", response->content_range);
  if (response->upload_limit != NULL)
    soup_message_headers_replace (headers, "Upload-Limit", response->upload_limit);
}

static void
finish (Job *job)
{
  TorgResponse *response = job->response;

  g_autofree char *number = g_strdup_printf ("%" G_GUINT64_FORMAT, job->number);

  soup_server_message_set_status (job->message, response->status, NULL);
  soup_message_headers_replace (soup_server_message_get_response_headers (job->message), "X-Request-Id", number);
  if (response->file != NULL)
    give_file (job->message, response);
  else if (response->body->len == 0)
    soup_server_message_set_response (job->message, NULL, SOUP_MEMORY_STATIC, NULL, 0);
  else
    soup_server_message_set_response (job->message, response->type, SOUP_MEMORY_COPY, response->body->str,
                                      response->body->len);
  set_part_headers (soup_server_message_get_response_headers (job->message), response);
  soup_message_headers_replace (soup_server_message_get_response_headers (job->message), "Cache-Control",
                                response->etag != NULL ? "no-cache" : "no-store");
  if (response->etag != NULL)
    soup_message_headers_replace (soup_server_message_get_response_headers (job->message), "ETag", response->etag);
  if (response->location != NULL)
    soup_message_headers_replace (soup_server_message_get_response_headers (job->message), "Location",
                                  response->location);
  if (response->origin != NULL)
    share_answer (soup_server_message_get_response_headers (job->message), response->origin);
  if (response->encoding != NULL)
    soup_message_headers_replace (soup_server_message_get_response_headers (job->message), "Content-Encoding",
                                  response->encoding);
  if (response->retry_after > 0)
    {
      g_autofree char *seconds = g_strdup_printf ("%u", response->retry_after);

      soup_message_headers_replace (soup_server_message_get_response_headers (job->message), "Retry-After", seconds);
    }
  if (g_str_has_prefix (response->type, "text/html"))
    protect_page (soup_server_message_get_response_headers (job->message));
  if (response->status >= 500)
    torg_metrics_add_error (job->http->metrics);
  if (job->token != NULL && (response->user != NULL || response->status == 401))
    torg_bodies_note (job->http->bodies, job->token, response->user != NULL);
  log_job (job, response->status);
  soup_server_message_unpause (job->message);
  job_free (job);
}

static void
note_queues (TorgHttp *self)
{
  torg_metrics_set_queues (self->metrics, g_thread_pool_unprocessed (self->pool),
                           g_thread_pool_unprocessed (self->signs), torg_hub_count (self->hub));
}

static void
waited_cb (gint64 seq, gpointer data)
{
  Job *job = data;

  g_signal_handlers_disconnect_by_data (job->message, job);
  /* It waited long enough: what was known is still the last. */
  torg_response_set_seq (job->response, MAX (seq, job->response->seen));
  finish (job);
}

/* Whoever waited has gone. */
static void
left_cb (SoupServerMessage *message, gpointer data)
{
  Job *job = data;

  g_signal_handlers_disconnect_by_data (message, job);
  torg_hub_forget (job->http->hub, job);
  job_free (job);
}

static gboolean
handled_cb (gpointer data)
{
  Job      *job = data;
  TorgHttp *self = job->http;

  torg_hub_tell (self->hub, job->committed);
  if (job->response->is_late)
    {
      g_signal_connect (job->message, "finished", G_CALLBACK (left_cb), job);
      torg_hub_wait (self->hub, job->response->seen, WAIT_SECONDS, waited_cb, job);
      note_queues (self);
    }
  else
    finish (job);
  return G_SOURCE_REMOVE;
}

static void
committed_cb (gint64 seq, gpointer data)
{
  TorgHttp *self = data;

  torg_hub_tell (self->hub, seq);
}

static TorgResponse *
make_problem (guint status, const char *title)
{
  TorgResponse *response = g_new0 (TorgResponse, 1);

  response->status = status;
  response->type = "application/problem+json";
  response->body = g_string_new (NULL);
  g_string_append_printf (response->body, "{\"type\":\"about:blank\",\"title\":\"%s\",\"status\":%u}", title, status);
  return response;
}

static TorgResponse *
make_text (const char *text)
{
  TorgResponse *response = g_new0 (TorgResponse, 1);

  response->status = 200;
  response->type = "text/plain";
  response->body = g_string_new (text);
  return response;
}

/* Whether the database answers, and has its tables. */
static TorgResponse *
check_ready (TorgServerStore *store)
{
  g_autofree char *tag = NULL, *epoch = NULL;
  gint64           seq;

  return torg_server_store_get_head (store, &seq, &tag, &epoch, NULL) ? make_text ("ready\n")
                                                                      : make_problem (503, "The database has failed.");
}

static TorgRequest
describe_request (Job *job)
{
  TorgRequest request = {
    .method = job->method,
    .path = job->path,
    .query = job->query,
    .repeated = job->repeated,
    .token = job->token,
    .if_none_match = job->known,
    .if_match = job->meant,
    .key = job->key,
    .peer = job->peer,
    .languages = job->languages,
    .content = job->content,
    .origin = job->origin,
    .upload_offset = job->offset,
    .range = job->range,
    .if_range = job->range_of,
    .files = job->http->files,
    .host = job->host,
    .rate = job->http->rate,
    .oldest_schema = job->http->oldest_schema,
  };

  if (job->body != NULL)
    request.body = g_bytes_get_data (job->body, &request.length);
  return request;
}

/*
 * Only answers of sync are long enough. Nothing secret is in them beside what somebody else could choose, which the
 * length of a compressed answer would give away.
 */
static void
encode (TorgResponse *response, const char *encoding)
{
  g_autoptr (GBytes) body = NULL;
  g_autoptr (GBytes) encoded = NULL;
  gsize         length;
  gconstpointer data;

  if (encoding == NULL || response->body->len < MIN_ENCODED || g_strcmp0 (response->type, "application/x-ndjson") != 0)
    return;
  body = g_bytes_new_static (response->body->str, response->body->len);
  encoded = torg_encode (body, encoding);
  if (encoded == NULL)
    return;
  data = g_bytes_get_data (encoded, &length);
  g_string_truncate (response->body, 0);
  g_string_append_len (response->body, data, (gssize) length);
  response->encoding = encoding;
}

static TorgResponse *
handle_with (TorgHttp *self, Job *job, TorgServerStore *store)
{
  TorgRequest   request = describe_request (job);
  gint64        last = torg_server_store_get_last_seq (store);
  TorgResponse *response;

  response = g_str_equal (job->path, "/readyz") ? check_ready (store) : torg_routes_handle (store, &request);
  if (torg_server_store_get_last_seq (store) != last)
    job->committed = torg_server_store_get_last_seq (store);
  encode (response, job->encoding);
  job->in_doubt = job->committed != 0 || torg_db_is_in_doubt (torg_server_store_get_db (store));
  /* A connection that failed may be broken: the next one is new. */
  if (response->status == 503)
    torg_server_store_free (store);
  else
    g_async_queue_push (self->stores, store);
  return response;
}

/* Whether the same question has its effect once, however often it comes: by the ids of what is to be done, by its key,
 * by the place in a file. */
static gboolean
has_one_effect (Job *job)
{
  return g_str_equal (job->method, "GET") || g_str_equal (job->method, "HEAD") ||
         (job->key != NULL && torg_resources_takes_key (job->path)) || g_str_has_prefix (job->path, "/v1/sync/") ||
         g_str_has_prefix (job->path, "/v1/files/");
}

/* On a thread of the pool. */
static void
handle (gpointer data, gpointer user_data)
{
  Job             *job = data;
  TorgHttp        *self = job->http;
  TorgServerStore *store = g_async_queue_try_pop (self->stores);
  g_autoptr (GError) error = NULL;

  if (store != NULL)
    job->response = handle_with (self, job, store);
  /* One that lay idle may have been closed by the database meanwhile. Where the question may have had its effect, and
   * would have another one, whoever asks has to look first. */
  if (job->response != NULL && job->response->status == 503 && (!job->in_doubt || has_one_effect (job)))
    g_clear_pointer (&job->response, torg_response_free);
  if (job->response == NULL)
    {
      store = torg_server_store_open (self->env, self->uri, &error);
      if (store != NULL)
        job->response = handle_with (self, job, store);
    }
  if (job->response == NULL)
    {
      g_warning ("%s", error->message);
      job->response = make_problem (503, "The database cannot be reached.");
    }
  g_idle_add_full (G_PRIORITY_DEFAULT, handled_cb, job, NULL);
}

/* --- for the one who runs it -------------------------------------------------------------------------------------- */

static void
answer_text (SoupServerMessage *message, guint status, const char *type, const char *text)
{
  soup_server_message_set_status (message, status, NULL);
  soup_server_message_set_response (message, type, SOUP_MEMORY_COPY, text, strlen (text));
}

/* They say how busy a company is, which is nobody else's business. */
static void
metrics (TorgHttp *self, SoupServerMessage *message)
{
  SoupMessageHeaders *headers = soup_server_message_get_request_headers (message);
  g_autofree char    *text = NULL;

  if (!torg_peer_is_near (soup_server_message_get_remote_host (message),
                          soup_message_headers_get_list (headers, "X-Forwarded-For"), self->proxies, self->readers))
    {
      answer_text (message, 403, "text/plain", "“metrics-from” in the configuration says who may read this.\n");
      return;
    }
  text = torg_metrics_to_text (self->metrics);
  answer_text (message, 200, "text/plain; version=0.0.4", text);
}

/* --- questions ---------------------------------------------------------------------------------------------------- */

/* The answer is sent, or whoever asked has gone. */
static void
finished_cb (SoupServerMessage *message, gpointer data)
{
  TORG_HTTP (data)->n_running--;
  note_queues (data);
}

static gboolean
checks_password (Job *job)
{
  return torg_oauth_checks_password (job->method, job->path) ||
         (g_str_equal (job->method, "POST") && g_str_has_prefix (job->path, TORG_INVITE_PATH));
}

/* Who signs in takes a place in a short line of its own, or is told to come again; neither holds a thread of others. */
static void
push_job (TorgHttp *self, Job *job)
{
  if (!checks_password (job))
    g_thread_pool_push (self->pool, job, NULL);
  else if (g_thread_pool_unprocessed (self->signs) < MAX_WAITING)
    g_thread_pool_push (self->signs, job, NULL);
  else
    {
      TorgRequest request = describe_request (job);

      job->response = g_str_has_prefix (job->path, TORG_INVITE_PATH) ? torg_invite_refuse_busy (&request)
                                                                     : torg_oauth_refuse_busy (&request);
      g_idle_add_full (G_PRIORITY_DEFAULT, handled_cb, job, NULL);
    }
  note_queues (self);
}

/* The best that both know; %NULL for none. */
static const char *
choose_encoding (const char *accepted)
{
  GSList     *list = accepted != NULL ? soup_header_parse_quality_list (accepted, NULL) : NULL;
  const char *encoding = NULL;

  for (GSList *at = list; at != NULL && encoding == NULL; at = at->next)
    encoding = g_str_equal (at->data, "zstd") ? "zstd" : g_str_equal (at->data, "gzip") ? "gzip" : NULL;
  soup_header_free_list (list);
  return encoding;
}

/* A parameter that stands in a query more than once; %NULL for none. */
static char *
find_repeated (SoupServerMessage *message)
{
  const char *query = g_uri_get_query (soup_server_message_get_uri (message));
  g_autoptr (GHashTable) names = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  GUriParamsIter iter;
  char          *name, *value;

  g_uri_params_iter_init (&iter, query != NULL ? query : "", -1, "&", G_URI_PARAMS_WWW_FORM);
  while (g_uri_params_iter_next (&iter, &name, &value, NULL))
    {
      g_free (value);
      if (g_hash_table_contains (names, name))
        return name;
      g_hash_table_add (names, name);
    }
  return NULL;
}

static void
request_cb (SoupServer *server, SoupServerMessage *message, const char *path, GHashTable *query, gpointer data)
{
  TorgHttp           *self = data;
  SoupMessageHeaders *headers = soup_server_message_get_request_headers (message);
  const char         *authorization = soup_message_headers_get_one (headers, "Authorization");
  SoupMessageBody    *body = soup_server_message_get_request_body (message);
  guint64             number;
  Job                *job;

  number = torg_metrics_add_request (self->metrics);
  if (g_str_equal (path, "/healthz"))
    {
      answer_text (message, 200, "text/plain", "ok\n");
      return;
    }
  if (g_str_equal (path, "/metrics"))
    {
      metrics (self, message);
      return;
    }
  job = g_new0 (Job, 1);
  job->http = g_object_ref (self);
  job->message = g_object_ref (message);
  job->method = g_strdup (soup_server_message_get_method (message));
  job->path = g_strdup (path);
  job->query = query != NULL ? g_hash_table_ref (query) : NULL;
  job->repeated = query != NULL ? find_repeated (message) : NULL;
  job->token = authorization != NULL && g_ascii_strncasecmp (authorization, "Bearer ", 7) == 0
                 ? g_strdup (authorization + 7)
                 : NULL;
  job->known = g_strdup (soup_message_headers_get_list (headers, "If-None-Match"));
  job->meant = g_strdup (soup_message_headers_get_one (headers, "If-Match"));
  job->key = g_strdup (soup_message_headers_get_one (headers, "Idempotency-Key"));
  job->languages = g_strdup (soup_message_headers_get_one (headers, "Accept-Language"));
  job->encoding = choose_encoding (soup_message_headers_get_list (headers, "Accept-Encoding"));
  job->content = g_strdup (soup_message_headers_get_content_type (headers, NULL));
  job->origin = g_strdup (soup_message_headers_get_one (headers, "Origin"));
  job->offset = g_strdup (soup_message_headers_get_one (headers, "Upload-Offset"));
  job->range = g_strdup (soup_message_headers_get_list (headers, "Range"));
  job->range_of = g_strdup (soup_message_headers_get_one (headers, "If-Range"));
  /* SoupServer would take the part of a part. */
  soup_message_headers_remove (headers, "Range");
  job->host = g_strdup (soup_message_headers_get_one (headers, "Host"));
  job->peer = torg_peer_find (soup_server_message_get_remote_host (message),
                              soup_message_headers_get_list (headers, "X-Forwarded-For"), self->proxies);
  job->body = soup_message_body_flatten (body);
  job->began = g_get_monotonic_time ();
  job->number = number;
  self->n_running++;
  g_signal_connect_object (message, "finished", G_CALLBACK (finished_cb), self, 0);
  soup_server_message_pause (message);
  push_job (self, job);
}

static void
started_cb (SoupServer *server, SoupServerMessage *message, TorgHttp *self)
{
  torg_bodies_watch (self->bodies, message);
}

static void
torg_http_dispose (GObject *object)
{
  TorgHttp        *self = TORG_HTTP (object);
  TorgServerStore *store;

  torg_http_stop (self);
  g_clear_pointer (&self->listener, torg_pg_listener_free);
  if (self->pool != NULL)
    g_thread_pool_free (g_steal_pointer (&self->pool), FALSE, TRUE);
  if (self->signs != NULL)
    g_thread_pool_free (g_steal_pointer (&self->signs), FALSE, TRUE);
  g_clear_pointer (&self->proxies, g_ptr_array_unref);
  g_clear_pointer (&self->readers, g_ptr_array_unref);
  while (self->stores != NULL && (store = g_async_queue_try_pop (self->stores)) != NULL)
    torg_server_store_free (store);
  g_clear_pointer (&self->stores, g_async_queue_unref);
  g_clear_object (&self->hub);
  g_clear_pointer (&self->rate, torg_rate_free);
  g_clear_pointer (&self->bodies, torg_bodies_unref);
  g_clear_pointer (&self->env, torg_env_unref);
  g_clear_pointer (&self->uri, g_free);
  g_clear_pointer (&self->metrics, torg_metrics_free);
  G_OBJECT_CLASS (torg_http_parent_class)->dispose (object);
}

static void
torg_http_class_init (TorgHttpClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = torg_http_dispose;
}

static void
torg_http_init (TorgHttp *self)
{
  self->stores = g_async_queue_new ();
  self->hub = torg_hub_new ();
  self->bodies = torg_bodies_new ();
}

/**
 * torg_http_new:
 * @env: clock and randomness
 * @store_uri: the database, see [func@server_store_open]
 * @n_threads: how many questions are handled at once
 * @metrics: (transfer full): where to count
 *
 * Makes a server that does not listen yet.
 *
 * Returns: (transfer full): a server
 */
TorgHttp *
torg_http_new (TorgEnv *env, const char *store_uri, guint n_threads, TorgMetrics *metrics)
{
  TorgHttp *self = g_object_new (TORG_TYPE_HTTP, NULL);

  self->env = torg_env_ref (env);
  self->uri = g_strdup (store_uri);
  self->rate = torg_rate_new (env);
  self->metrics = metrics;
  self->pool = g_thread_pool_new (handle, self, (int) n_threads, FALSE, NULL);
  self->signs = g_thread_pool_new (handle, self, MAX_SIGN_INS, FALSE, NULL);
  return self;
}

/**
 * torg_http_set_files:
 * @files: (nullable): where files are kept; outlives the server
 *
 * Says where files are kept; before it listens.
 */
void
torg_http_set_files (TorgHttp *self, TorgServerFiles *files)
{
  self->files = files;
}

/**
 * torg_http_set_proxies:
 * @proxies: (element-type GInetAddressMask): see [func@peer_read_proxies]
 *
 * Says which proxies are believed who asks; before it listens.
 */
void
torg_http_set_proxies (TorgHttp *self, GPtrArray *proxies)
{
  g_clear_pointer (&self->proxies, g_ptr_array_unref);
  self->proxies = g_ptr_array_ref (proxies);
  torg_bodies_set_proxies (self->bodies, proxies);
}

/**
 * torg_http_set_readers:
 * @readers: (element-type GInetAddressMask): see [func@peer_read_proxies]
 *
 * Says who may read metrics besides this machine; before it listens.
 */
void
torg_http_set_readers (TorgHttp *self, GPtrArray *readers)
{
  g_clear_pointer (&self->readers, g_ptr_array_unref);
  self->readers = g_ptr_array_ref (readers);
}

/**
 * torg_http_get_hub:
 *
 * Tells who knows of commits, those of other processes too.
 *
 * Returns: (transfer none): the hub
 */
TorgHub *
torg_http_get_hub (TorgHttp *self)
{
  return self->hub;
}

/**
 * torg_http_set_oldest_schema:
 * @schema: a version of the data; 0 for any
 *
 * Says which replicas are too old; before it listens.
 */
void
torg_http_set_oldest_schema (TorgHttp *self, guint schema)
{
  self->oldest_schema = schema;
}

/**
 * torg_http_listen:
 * @socket: a socket that listens, see [func@listen_open]; other processes may have it too
 * @certificate: (nullable): a file in PEM; without one, HTTP is plain
 * @key: (nullable): the certificate's key, a file in PEM
 * @error: place for an error
 *
 * Begins to answer, on the default main context.
 *
 * Returns: whether it does
 */
gboolean
torg_http_listen (TorgHttp *self, GSocket *socket, const char *certificate, const char *key, GError **error)
{
  g_autoptr (GTlsCertificate) tls = NULL;

  if (certificate != NULL && (tls = g_tls_certificate_new_from_files (certificate, key, error)) == NULL)
    return FALSE;
  self->server = soup_server_new ("server-header", "torg-server", NULL);
  soup_server_add_handler (self->server, NULL, request_cb, self, NULL);
  g_signal_connect (self->server, "request-started", G_CALLBACK (started_cb), self);
  if (torg_server_store_is_shared (self->uri))
    self->listener = torg_pg_listener_new (self->uri, committed_cb, self);
  self->acceptor = torg_acceptor_new (socket, tls, self->server);
  return TRUE;
}

/**
 * torg_http_stop:
 *
 * Stops listening; what is being handled is finished and answered.
 */
void
torg_http_stop (TorgHttp *self)
{
  gint64 until = g_get_monotonic_time () + STOP_SECONDS * G_USEC_PER_SEC;

  if (self->server == NULL)
    return;
  g_clear_pointer (&self->acceptor, torg_acceptor_free);
  torg_hub_end (self->hub);
  while (self->n_running > 0 && g_get_monotonic_time () < until)
    if (!g_main_context_iteration (NULL, FALSE))
      g_usleep (1000);
  soup_server_disconnect (self->server);
  torg_bodies_end (self->bodies);
  g_clear_object (&self->server);
}
