/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "torg-server"

#include "config.h"

#include "torg-accounts.h"
#include "torg-file-resource.h"
#include "torg-intake.h"
#include "torg-invite.h"
#include "torg-json.h"
#include "torg-keys.h"
#include "torg-oauth.h"
#include "torg-openapi.h"
#include "torg-pull.h"
#include "torg-push.h"
#include "torg-resources.h"
#include "torg-routes.h"

#include <json-glib/json-glib.h>
#include <libsoup/soup.h>

/* The server's addresses. Each handler is a synchronous function of a connection and a request. */

/* A batch in JSON, in bytes, at most. */
#define MAX_BODY (TORG_WIRE_MAX_BATCH * 64 * 1024)
/* How often a transaction that another one stood in the way of is tried. */
#define MAX_TRIES 8
/* Objects and arrays inside of each other in JSON; nothing that is meant has a tenth of it. */
#define MAX_DEPTH 64
/* Questions of one key: at once, and each second from then on. A replica that catches up asks many. */
#define RATE_BURST 1000
#define RATE 50
#define SYNC_BURST 4000
#define SYNC_RATE 200
/* A comparison reads all that the user sees: once a day, and some parts after it. */
#define VERIFY_PATH "/v1/sync/verify"
#define VERIFY_BURST 20
#define VERIFY_RATE (1.0 / 60)

/**
 * torg_response_free:
 * @self: (transfer full): an answer
 *
 * Frees an answer.
 */
void
torg_response_free (TorgResponse *self)
{
  g_string_free (self->body, TRUE);
  g_free (self->user);
  g_free (self->etag);
  g_free (self->location);
  g_free (self->origin);
  g_free (self->upload_offset);
  g_free (self->upload_length);
  g_free (self->upload_limit);
  g_free (self->content_range);
  g_clear_pointer (&self->file, g_bytes_unref);
  g_free (self);
}

/**
 * torg_request_knows:
 * @etag: of what would be answered
 *
 * Tells whether whoever asks has that already: by one of their ETags, weak ones too (RFC 9110, 13.1.2).
 *
 * Returns: whether they have
 */
gboolean
torg_request_knows (TorgRequest *self, const char *etag)
{
  GSList  *list = self->if_none_match != NULL ? soup_header_parse_list (self->if_none_match) : NULL;
  gboolean knows = FALSE;

  for (GSList *at = list; at != NULL && !knows; at = at->next)
    {
      const char *known = at->data;

      knows = g_str_equal (known, "*") || g_str_equal (g_str_has_prefix (known, "W/") ? known + 2 : known, etag);
    }
  soup_header_free_list (list);
  return knows;
}

static void
answer (TorgResponse *response, guint status, JsonNode *node)
{
  g_autofree char *text = json_to_string (node, FALSE);

  response->status = status;
  response->type = status < 400 ? "application/json" : "application/problem+json";
  g_string_assign (response->body, text);
  json_node_unref (node);
}

/* RFC 9457. */
static JsonObject *
begin_problem (guint status, const char *code, const char *title)
{
  JsonObject *object = json_object_new ();

  json_object_set_string_member (object, "type", "about:blank");
  json_object_set_string_member (object, "title", title);
  json_object_set_int_member (object, "status", status);
  json_object_set_string_member (object, "code", code);
  return object;
}

static void
problem (TorgResponse *response, guint status, const char *code, const char *title)
{
  JsonNode *node = json_node_new (JSON_NODE_OBJECT);

  json_node_take_object (node, begin_problem (status, code, title));
  answer (response, status, node);
}

/* One after which a replica may send again what it sent lately: with the time here, since its own clock may be wrong.
 */
static void
problem_of_replica (TorgServerStore *store,
                    TorgResponse    *response,
                    guint            status,
                    const char      *code,
                    const char      *title,
                    gint64           expected)
{
  JsonNode   *node = json_node_new (JSON_NODE_OBJECT);
  JsonObject *object = begin_problem (status, code, title);

  json_object_set_int_member (object, "time", torg_env_get_now (torg_server_store_get_env (store)));
  if (expected != 0)
    json_object_set_int_member (object, "expected_seq", expected);
  json_node_take_object (node, object);
  answer (response, status, node);
}

/**
 * torg_response_set_problem:
 * @status: of HTTP, 400 or more
 * @code: what it is, for a program
 * @title: what it is, in a sentence
 *
 * Makes an answer a problem (RFC 9457).
 */
void
torg_response_set_problem (TorgResponse *self, guint status, const char *code, const char *title)
{
  problem (self, status, code, title);
}

/**
 * torg_response_set_missing_scope:
 * @scope: such as `write:deal`
 *
 * Makes an answer a problem with what a token may be used for (RFC 9457; RFC 6750, 3.1).
 */
void
torg_response_set_missing_scope (TorgResponse *self, const char *scope)
{
  JsonNode   *node = json_node_new (JSON_NODE_OBJECT);
  JsonObject *object = begin_problem (403, "scope", "This token is not for that.");

  json_object_set_string_member (object, "scope", scope);
  json_node_take_object (node, object);
  answer (self, 403, node);
}

/**
 * torg_response_set_refusal:
 * @status: of HTTP, 400 or more
 * @code: what it is, for a program
 * @title: what it is, in a sentence
 * @detail: (nullable): what it is this time, in the server's language
 * @field: (nullable): the field that it is about
 * @operation: which one of several it is about, from 0; -1 where there is one
 *
 * Makes an answer a problem with an edit (RFC 9457).
 */
void
torg_response_set_refusal (TorgResponse *self,
                           guint         status,
                           const char   *code,
                           const char   *title,
                           const char   *detail,
                           const char   *field,
                           int           operation)
{
  JsonNode   *node = json_node_new (JSON_NODE_OBJECT);
  JsonObject *object = begin_problem (status, code, title);

  if (detail != NULL)
    json_object_set_string_member (object, "detail", detail);
  if (field != NULL)
    json_object_set_string_member (object, "field", field);
  if (operation >= 0)
    json_object_set_int_member (object, "operation", operation);
  json_node_take_object (node, object);
  answer (self, status, node);
}

static void
fail (TorgResponse *response, const GError *error)
{
  g_warning ("%s", error->message);
  problem (response, 503, "unavailable", "The server cannot answer now. Try again later.");
}

/* --- sync --------------------------------------------------------------------------------------------------------- */

static GPtrArray *
read_batch (JsonObject *object)
{
  g_autoptr (GPtrArray) mutations = g_ptr_array_new_with_free_func ((GDestroyNotify) torg_wire_mutation_free);
  JsonNode  *node = json_object_get_member (object, "mutations");
  JsonArray *array = node != NULL && JSON_NODE_HOLDS_ARRAY (node) ? json_node_get_array (node) : NULL;

  if (array == NULL || json_array_get_length (array) > TORG_WIRE_MAX_BATCH)
    return NULL;
  for (guint i = 0; i < json_array_get_length (array); i++)
    {
      TorgWireMutation *mutation = torg_wire_mutation_from_json (json_array_get_element (array, i), NULL);

      if (mutation == NULL || mutation->client_seq < 1)
        {
          g_clear_pointer (&mutation, torg_wire_mutation_free);
          return NULL;
        }
      g_ptr_array_add (mutations, mutation);
    }
  return g_steal_pointer (&mutations);
}

static void
answer_results (TorgResponse *response, GPtrArray *results)
{
  JsonNode   *node = json_node_new (JSON_NODE_OBJECT);
  JsonObject *object = json_object_new ();
  JsonArray  *array = json_array_new ();

  for (guint i = 0; i < results->len; i++)
    json_array_add_element (array, torg_wire_result_to_json (g_ptr_array_index (results, i)));
  json_object_set_array_member (object, "results", array);
  json_node_take_object (node, object);
  answer (response, 200, node);
}

/* Which device a token is on is known from its exchange; that it cannot be noted down is no reason to refuse that. */
static void
remember_device (TorgServerStore *store, TorgRequest *request, const char *client)
{
  g_autoptr (GError) error = NULL;

  if (!torg_accounts_bind_token (store, request->token, client, &error))
    g_warning ("%s", error->message);
}

/* A client that is somebody else's takes another id. A device that was revoked does not: it has to sign in again. */
static void
refuse_client (TorgServerStore *store, TorgRequest *request, TorgResponse *response, const char *client)
{
  g_autoptr (GError) error = NULL;
  gboolean shut_out;

  if (!torg_accounts_is_shut_out (store, request->token, client, &shut_out, &error))
    fail (response, error);
  else if (shut_out)
    problem_of_replica (store, response, 403, "revoked", "This device was shut out. Sign in again.", 0);
  else
    problem_of_replica (store, response, 403, "client", "This client is not known as yours.", 0);
}

/* Whether a replica and this server understand each other. What waits in an old one is taken nevertheless. */
static gboolean
check_schema (TorgRequest *request, TorgResponse *response, gint64 schema)
{
  if (schema > TORG_SCHEMA_VERSION)
    problem (response, 501, "too_new", "This server is older than the program that asks.");
  else if (request->oldest_schema > schema)
    problem (response, 426, "too_old", "The program that asks is too old for this server.");
  else
    return TRUE;
  return FALSE;
}

/* What was meant for another life of the server is not done in this one: the replica sends it anew, for this one. */
static gboolean
check_life (TorgServerStore *store, JsonObject *batch, TorgResponse *response)
{
  const char *cursor = torg_json_get_text (batch, "cursor");
  g_autoptr (GError) error = NULL;
  gboolean knows = TRUE;

  if (cursor != NULL && !torg_pull_knows (store, cursor, &knows, &error))
    fail (response, error);
  else if (!knows)
    problem_of_replica (store, response, 410, "epoch", "The cursor is of an earlier life of this server. Begin anew.",
                        0);
  else
    return TRUE;
  return FALSE;
}

static void
push (TorgServerStore *store, const char *user, TorgRequest *request, TorgResponse *response)
{
  g_autoptr (JsonParser) parser = json_parser_new ();
  g_autoptr (GPtrArray) mutations = NULL;
  g_autoptr (GError) error = NULL;
  TorgPushStatus status = TORG_PUSH_DONE;
  JsonNode      *root;
  const char    *client;
  gint64         expected = 0;

  if (request->length > MAX_BODY)
    {
      problem (response, 413, "too_large", "The batch is too large.");
      return;
    }
  if (!json_parser_load_from_data (parser, request->body != NULL ? request->body : "", (gssize) request->length,
                                   NULL) ||
      (root = json_parser_get_root (parser)) == NULL || !JSON_NODE_HOLDS_OBJECT (root) ||
      !torg_id_is_valid (client =
                           json_object_get_string_member_with_default (json_node_get_object (root), "client", NULL)) ||
      (mutations = read_batch (json_node_get_object (root))) == NULL)
    {
      problem (response, 400, "invalid", "The body is no batch of mutations.");
      return;
    }
  for (guint i = 0; i < mutations->len; i++)
    if (((TorgWireMutation *) mutations->pdata[i])->schema > TORG_SCHEMA_VERSION)
      {
        check_schema (request, response, TORG_SCHEMA_VERSION + 1);
        return;
      }
  if (!check_life (store, json_node_get_object (root), response))
    return;
  for (guint i = 0; i < MAX_TRIES; i++)
    {
      g_autoptr (GPtrArray) results = g_ptr_array_new_with_free_func ((GDestroyNotify) torg_wire_result_free);

      g_clear_error (&error);
      if (!torg_push (store, user, client, mutations, results, &status, &expected, &error))
        {
          if (g_error_matches (error, TORG_STORE_ERROR, TORG_STORE_ERROR_LOCKED))
            continue;
          break;
        }
      if (status != TORG_PUSH_FOREIGN)
        remember_device (store, request, client);
      switch (status)
        {
          case TORG_PUSH_GAP:
            problem_of_replica (store, response, 409, "gap", "Mutations before these are missing.", expected);
            return;
          case TORG_PUSH_REUSED:
            problem_of_replica (store, response, 422, "reused", "A number was used for another mutation before.", 0);
            return;
          case TORG_PUSH_FOREIGN:
            refuse_client (store, request, response, client);
            return;
          case TORG_PUSH_DONE:
          default:
            answer_results (response, results);
            return;
        }
    }
  fail (response, error);
}

static const char *
get_query (TorgRequest *request, const char *name)
{
  return request->query != NULL ? g_hash_table_lookup (request->query, name) : NULL;
}

static void
answer_pull (TorgServerStore *store, TorgResponse *response, TorgPullStatus status)
{
  switch (status)
    {
      case TORG_PULL_INVALID:
        problem (response, 400, "cursor", "The cursor cannot be read.");
        return;
      case TORG_PULL_GONE:
        problem_of_replica (store, response, 410, "epoch",
                            "The cursor is of an earlier life of this server. Begin anew.", 0);
        return;
      case TORG_PULL_EXPIRED:
        problem (response, 410, "expired", "The cursor is too old. Begin anew.");
        return;
      case TORG_PULL_MOVED:
        problem (response, 409, "moved", "There are changes to be asked for first.");
        return;
      case TORG_PULL_DONE:
      case TORG_PULL_FOREIGN: /* refused before */
      default:
        response->status = 200;
        response->type = "application/x-ndjson";
        return;
    }
}

/* Answers what changed, or, with @verify, what the client should have. */
static void
pull (TorgServerStore *store, const char *user, TorgRequest *request, TorgResponse *response, const TorgVerify *verify)
{
  const char *client = get_query (request, "client"), *acked = get_query (request, "acked");
  const char *cursor = get_query (request, "cursor");
  gint64      number = acked != NULL ? g_ascii_strtoll (acked, NULL, 10) : 0;
  g_autoptr (GError) error = NULL;
  TorgPullStatus status;
  gboolean       ok;

  if (!torg_id_is_valid (client))
    {
      problem (response, 400, "invalid", "The client’s id is missing.");
      return;
    }
  if (get_query (request, "schema") != NULL &&
      !check_schema (request, response, g_ascii_strtoll (get_query (request, "schema"), NULL, 10)))
    return;
  ok = verify != NULL ? torg_pull_verify (store, user, client, cursor, number, verify, response->body, &status, &error)
                      : torg_pull (store, user, client, cursor, number, response->body, &status, &error);
  if (ok && status == TORG_PULL_FOREIGN)
    refuse_client (store, request, response, client);
  else if (ok)
    {
      remember_device (store, request, client);
      answer_pull (store, response, status);
    }
  else
    {
      g_string_truncate (response->body, 0);
      fail (response, error);
    }
}

static void
changes (TorgServerStore *store, const char *user, TorgRequest *request, TorgResponse *response)
{
  pull (store, user, request, response, NULL);
}

/* `buckets=3,17`, a few; none for the digest of all. */
static gboolean
read_buckets (const char *text, gboolean buckets[TORG_DIGEST_BUCKETS])
{
  g_auto (GStrv) numbers = g_strsplit (text, ",", -1);

  if (g_strv_length (numbers) > TORG_WIRE_MAX_BUCKETS)
    return FALSE;
  for (guint i = 0; numbers[i] != NULL; i++)
    {
      guint64 bucket;

      if (!g_ascii_string_to_unsigned (numbers[i], 10, 0, TORG_DIGEST_BUCKETS - 1, &bucket, NULL))
        return FALSE;
      buckets[bucket] = TRUE;
    }
  return TRUE;
}

static void
verify (TorgServerStore *store, const char *user, TorgRequest *request, TorgResponse *response)
{
  const char *text = get_query (request, "buckets"), *schema = get_query (request, "schema");
  gboolean    buckets[TORG_DIGEST_BUCKETS] = { FALSE };
  TorgVerify  what = { schema != NULL ? (int) g_ascii_strtoll (schema, NULL, 10) : TORG_SCHEMA_VERSION,
                      text != NULL ? buckets : NULL };

  if (text == NULL || read_buckets (text, buckets))
    pull (store, user, request, response, &what);
  else
    problem (response, 400, "invalid", "The buckets are at most 32 numbers up to 255.");
}

/**
 * torg_response_set_seq:
 * @seq: the number of a commit
 *
 * Makes an answer `{"seq": n}`.
 */
void
torg_response_set_seq (TorgResponse *self, gint64 seq)
{
  JsonNode   *node = json_node_new (JSON_NODE_OBJECT);
  JsonObject *object = json_object_new ();

  json_object_set_int_member (object, "seq", seq);
  json_node_take_object (node, object);
  answer (self, 200, node);
}

/* The number of the last commit: at once, or, where it is known already, as soon as there is another one. */
static void
wait_for_commit (TorgServerStore *store, const char *user, TorgRequest *request, TorgResponse *response)
{
  const char      *known = request->query != NULL ? g_hash_table_lookup (request->query, "seq") : NULL;
  g_autofree char *tag = NULL, *epoch = NULL;
  g_autoptr (GError) error = NULL;
  gint64 seq;

  if (known != NULL && !g_ascii_string_to_signed (known, 10, 0, G_MAXINT64, &response->seen, NULL))
    {
      problem (response, 400, "invalid", "The number of a commit is an integer.");
      return;
    }
  if (!torg_server_store_get_head (store, &seq, &tag, &epoch, &error))
    {
      fail (response, error);
      return;
    }
  torg_response_set_seq (response, seq);
  /* After a restore the number may be smaller than the one that is known: that is news as well. */
  response->is_late = known != NULL && response->seen == seq;
}

static void
me (TorgServerStore *store, const char *user, TorgRequest *request, TorgResponse *response)
{
  JsonNode   *node = json_node_new (JSON_NODE_OBJECT);
  JsonObject *object = json_object_new ();

  json_object_set_string_member (object, "user", user);
  json_object_set_int_member (object, "schema", TORG_SCHEMA_VERSION);
  json_node_take_object (node, object);
  answer (response, 200, node);
}

/* What everybody may know: the types of the program, without the company's own fields. */
static void
describe (TorgResponse *response)
{
  g_autoptr (TorgSchema) schema = torg_schema_new ();
  g_autofree char *text = torg_openapi_write (schema);

  response->status = 200;
  response->type = "application/json";
  g_string_assign (response->body, text);
}

/* --- all addresses ------------------------------------------------------------------------------------------------ */

typedef struct
{
  const char *method;
  const char *path;
  void (*handle) (TorgServerStore *store, const char *user, TorgRequest *request, TorgResponse *response);
} Route;

static const Route routes[] = {
  { "POST", "/v1/sync/push", push },
  { "GET", "/v1/sync/changes", changes },
  { "GET", "/v1/sync/verify", verify },
  { "GET", "/v1/sync/wait", wait_for_commit },
  { "GET", "/v1/me", me },
};

static const Route *
find_route (TorgRequest *request, gboolean *known)
{
  *known = FALSE;
  for (guint i = 0; i < G_N_ELEMENTS (routes); i++)
    if (g_str_equal (routes[i].path, request->path))
      {
        *known = TRUE;
        if (g_str_equal (routes[i].method, request->method))
          return &routes[i];
      }
  return NULL;
}

static gboolean
is_file_path (const char *path)
{
  return g_str_equal (path, "/v1/files") || g_str_has_prefix (path, "/v1/files/");
}

/* Of a key only its hash is kept. */
static char *
name_bucket (TorgRequest *request, const char *what)
{
  g_autofree char *hash = torg_accounts_hash_token (request->token);

  return g_strconcat (what, hash, NULL);
}

static gboolean
take (TorgRequest *request, TorgResponse *response, const char *what, guint burst, double per_second)
{
  g_autofree char *name = name_bucket (request, what);

  if (request->rate != NULL)
    response->retry_after = torg_rate_take (request->rate, name, burst, per_second);
  return response->retry_after == 0;
}

static gboolean
is_too_fast (TorgRequest *request, TorgResponse *response)
{
  gboolean sync = g_str_has_prefix (request->path, "/v1/sync/") || is_file_path (request->path);
  gboolean ok = sync ? take (request, response, "sync/", SYNC_BURST, SYNC_RATE)
                     : take (request, response, "key/", RATE_BURST, RATE);

  if (ok && g_str_equal (request->path, VERIFY_PATH))
    ok = take (request, response, "verify/", VERIFY_BURST, VERIFY_RATE);
  if (!ok)
    problem (response, 429, "rate", "Too many questions. Ask again later.");
  return !ok;
}

/* Where there are changes first, nothing was compared. */
static void
give_back (TorgRequest *request, TorgResponse *response)
{
  g_autofree char *name = NULL;

  if (request->rate == NULL || response->status != 409 || !g_str_equal (request->path, VERIFY_PATH))
    return;
  name = name_bucket (request, "verify/");
  torg_rate_give_back (request->rate, name, VERIFY_BURST);
}

static gboolean
is_too_deep (TorgRequest *request, TorgResponse *response)
{
  if (request->body == NULL || torg_file_resource_is_part (request) ||
      torg_json_is_shallow (request->body, request->length, MAX_DEPTH))
    return FALSE;
  problem (response, 400, "depth", "The body is nested too deeply.");
  return TRUE;
}

/* A replica has the files of its records; other programs have those of the records that they may read and write. */
static gboolean
may_use_files (TorgRequest *request, TorgResponse *response)
{
  gboolean reads = g_str_equal (request->method, "GET") ||
                   (g_str_equal (request->method, "HEAD") && !torg_file_resource_is_part (request));

  return torg_scopes_allow (request->scopes, "sync", NULL) ||
         torg_scopes_check (request, response, reads ? "read" : "write", "attachment");
}

/* Those whose token is good. */
static void
answer_known (TorgServerStore *store,
              const Route     *route,
              TorgRequest     *request,
              const char      *scopes,
              TorgResponse    *response)
{
  TorgRequest scoped = *request;
  g_autoptr (GError) error = NULL;

  scoped.scopes = scopes;
  if (g_str_has_prefix (request->path, "/v1/sync/") && !torg_scopes_check (&scoped, response, "sync", NULL))
    return;
  if (is_file_path (request->path) && !may_use_files (&scoped, response))
    return;
  if (route != NULL)
    route->handle (store, response->user, &scoped, response);
  else if (is_file_path (request->path))
    {
      if (!torg_file_resource_handle (store, response->user, &scoped, response, &error))
        fail (response, error);
    }
  else if (!torg_resources_handle (store, response->user, &scoped, response, &error))
    fail (response, error);
}

/* Those who are not known yet. */
static gboolean
answer_anybody (TorgServerStore *store, TorgRequest *request, TorgResponse *response, gboolean *known, GError **error)
{
  *known = g_str_has_prefix (request->path, TORG_INVITE_PATH);
  return *known ? torg_invite_handle (store, request, response, error)
                : torg_oauth_handle (store, request, response, known, error);
}

static TorgResponse *
answer_request (TorgServerStore *store, TorgRequest *request)
{
  g_autoptr (TorgResponse) response = g_new0 (TorgResponse, 1);
  g_autoptr (GError) error = NULL;
  g_autofree char *scopes = NULL;
  const Route     *route;
  gboolean         known;

  response->body = g_string_new (NULL);
  response->type = "application/problem+json";
  if (g_str_equal (request->path, "/openapi.json") && g_str_equal (request->method, "GET"))
    {
      describe (response);
      return g_steal_pointer (&response);
    }
  if (g_str_has_prefix (request->path, "/intake/"))
    {
      if (!is_too_deep (request, response) && !torg_intake_handle (store, request, response, &error))
        fail (response, error);
      return g_steal_pointer (&response);
    }
  /* A transaction that another one stood in the way of is tried again. */
  for (guint i = 0; i < MAX_TRIES; i++)
    {
      g_clear_error (&error);
      if (answer_anybody (store, request, response, &known, &error))
        break;
      if (!g_error_matches (error, TORG_STORE_ERROR, TORG_STORE_ERROR_LOCKED))
        break;
      g_clear_pointer (&response->user, g_free);
    }
  if (error != NULL)
    fail (response, error);
  if (error != NULL || known)
    return g_steal_pointer (&response);
  route = find_route (request, &known);
  if (route == NULL && (known || !g_str_has_prefix (request->path, "/v1/")))
    problem (response, known ? 405 : 404, known ? "method" : "not_found", "There is nothing at this address.");
  else if (!torg_accounts_find_token (store, request->token, &response->user, &scopes, &error))
    fail (response, error);
  else if (response->user == NULL)
    problem (response, 401, "token", "Sign in again.");
  else if (!is_too_fast (request, response) && !is_too_deep (request, response))
    {
      answer_known (store, route, request, scopes, response);
      give_back (request, response);
    }
  return g_steal_pointer (&response);
}

/**
 * torg_routes_handle:
 * @store: a connection
 * @request: a question
 *
 * Answers a question. Whoever asks is known by a token; what is not for them is not there.
 *
 * Returns: (transfer full): the answer
 */
TorgResponse *
torg_routes_handle (TorgServerStore *store, TorgRequest *request)
{
  TorgRequest asked = *request;

  /* The same answer, of which the body is not sent. Of a file that is being sent it says how much is there. */
  if (g_str_equal (request->method, "HEAD") && !is_file_path (request->path))
    asked.method = "GET";
  return answer_request (store, &asked);
}
