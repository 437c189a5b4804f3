/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "torg-server"

#include "config.h"

#include "torg-accounts.h"
#include "torg-attempts.h"
#include "torg-html.h"
#include "torg-oauth.h"
#include "torg-sessions.h"
#include "torg-signin-page.h"

#include <json-glib/json-glib.h>
#include <string.h>

/*
 * Signing in: OAuth 2.0 (RFC 6749) with a code and PKCE (RFC 7636), for programs on the user's own computer (RFC 8252).
 *
 *   GET  /.well-known/torg   says that here is a server of Torg, and where the others are
 *   GET  /oauth/authorize    the page; the program opens it in the browser
 *   POST /oauth/authorize    login and password; sends the browser back to the program with a code
 *   POST /oauth/token        a code, or a refresh token, for tokens
 *   POST /oauth/revoke       ends a session (RFC 7009)
 */

/* Who asks: there is one program, and it can keep no secret. */
#define CLIENT "torg"
#define MAX_BODY 8192
#define MAX_STATE 512

static const char *
get_parameter (GHashTable *parameters, const char *name)
{
  return parameters != NULL ? g_hash_table_lookup (parameters, name) : NULL;
}

static GHashTable *
read_form (TorgRequest *request)
{
  g_autofree char *body = NULL;

  if (request->body == NULL || request->length > MAX_BODY)
    return NULL;
  body = g_strndup (request->body, request->length);
  if (strlen (body) != request->length)
    return NULL;
  return g_uri_parse_params (body, -1, "&", G_URI_PARAMS_WWW_FORM, NULL);
}

static void
answer_json (TorgResponse *response, guint status, JsonObject *object)
{
  g_autoptr (JsonNode) node = json_node_new (JSON_NODE_OBJECT);
  g_autofree char *text = NULL;

  json_node_take_object (node, object);
  text = json_to_string (node, FALSE);
  response->status = status;
  response->type = "application/json";
  g_string_assign (response->body, text);
}

static void
answer_page (TorgRequest *request, TorgResponse *response, guint status, TorgSigninNote note, const char *login)
{
  g_autofree char *html = torg_signin_page_write (request->languages, note, response->retry_after, login);

  response->status = status;
  response->type = "text/html; charset=utf-8";
  g_string_assign (response->body, html);
}

static gboolean
describe (TorgServerStore *store, TorgRequest *request, TorgResponse *response, GError **error)
{
  JsonObject *object = json_object_new ();

  json_object_set_string_member (object, "server", "torg");
  json_object_set_int_member (object, "schema", TORG_SCHEMA_VERSION);
  json_object_set_string_member (object, "authorize", "/oauth/authorize");
  json_object_set_string_member (object, "token", "/oauth/token");
  json_object_set_string_member (object, "revoke", "/oauth/revoke");
  answer_json (response, 200, object);
  return TRUE;
}

static gboolean
style (TorgServerStore *store, TorgRequest *request, TorgResponse *response, GError **error)
{
  response->status = 200;
  response->type = "text/css; charset=utf-8";
  g_string_assign (response->body, torg_html_get_css ());
  return TRUE;
}

/* --- the page ----------------------------------------------------------------------------------------------------- */

/* Only a program on the same computer is sent a code: RFC 8252, 7.3. */
static gboolean
is_loopback (const char *redirect)
{
  g_autoptr (GUri) uri = redirect != NULL ? g_uri_parse (redirect, G_URI_FLAGS_NONE, NULL) : NULL;

  return uri != NULL && strlen (redirect) < 256 && g_str_equal (g_uri_get_scheme (uri), "http") &&
         (g_strcmp0 (g_uri_get_host (uri), "127.0.0.1") == 0 || g_strcmp0 (g_uri_get_host (uri), "::1") == 0) &&
         g_uri_get_port (uri) > 0 && g_uri_get_userinfo (uri) == NULL && g_uri_get_query (uri) == NULL &&
         g_uri_get_fragment (uri) == NULL;
}

static gboolean
is_challenge (const char *text)
{
  return text != NULL && strlen (text) == 43 &&
         strspn (text, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_") == 43;
}

/* Whether a program of Torg asks for a code, and where it wants it. */
static gboolean
is_asked (TorgRequest *request)
{
  const char *state = get_parameter (request->query, "state");

  return g_strcmp0 (get_parameter (request->query, "response_type"), "code") == 0 &&
         g_strcmp0 (get_parameter (request->query, "client_id"), CLIENT) == 0 &&
         g_strcmp0 (get_parameter (request->query, "code_challenge_method"), "S256") == 0 &&
         is_challenge (get_parameter (request->query, "code_challenge")) &&
         is_loopback (get_parameter (request->query, "redirect_uri")) && (state == NULL || strlen (state) <= MAX_STATE);
}

static gboolean
show_page (TorgServerStore *store, TorgRequest *request, TorgResponse *response, GError **error)
{
  gboolean asked = is_asked (request);

  answer_page (request, response, asked ? 200 : 400, asked ? TORG_SIGNIN_NOTE_NONE : TORG_SIGNIN_NOTE_REQUEST, NULL);
  return TRUE;
}

/* Back to the program. */
static gboolean
send_back (TorgServerStore *store, TorgRequest *request, TorgResponse *response, GError **error)
{
  const char      *redirect = get_parameter (request->query, "redirect_uri");
  const char      *state = get_parameter (request->query, "state");
  g_autofree char *code =
    torg_sessions_make_code (store, response->user, get_parameter (request->query, "code_challenge"), redirect, error);
  g_autofree char *escaped = state != NULL ? g_uri_escape_string (state, NULL, FALSE) : NULL;

  if (code == NULL)
    return FALSE;
  response->status = 303;
  response->type = "text/plain; charset=utf-8";
  response->location = g_strconcat (redirect, "?code=", code, escaped != NULL ? "&state=" : NULL, escaped, NULL);
  return TRUE;
}

static gboolean
sign_in (TorgServerStore *store, TorgRequest *request, TorgResponse *response, GError **error)
{
  g_autoptr (GHashTable) form = read_form (request);
  const char *login = get_parameter (form, "login");
  const char *password = get_parameter (form, "password");
  const char *peer = request->peer != NULL ? request->peer : "";

  if (!is_asked (request))
    {
      answer_page (request, response, 400, TORG_SIGNIN_NOTE_REQUEST, NULL);
      return TRUE;
    }
  if (login == NULL || password == NULL || strlen (login) > 1000 || strlen (password) > 4000)
    {
      answer_page (request, response, 400, TORG_SIGNIN_NOTE_WRONG, NULL);
      return TRUE;
    }
  if (!torg_attempts_count (store, login, peer, &response->retry_after, error))
    return FALSE;
  if (response->retry_after > 0)
    {
      answer_page (request, response, 429, TORG_SIGNIN_NOTE_WAIT, login);
      return TRUE;
    }
  if (!torg_accounts_check (store, login, password, &response->user, error) ||
      (response->user != NULL && !torg_attempts_clear (store, login, peer, error)))
    return FALSE;
  if (response->user != NULL)
    return send_back (store, request, response, error);
  answer_page (request, response, 403, TORG_SIGNIN_NOTE_WRONG, login);
  return TRUE;
}

/* --- tokens ------------------------------------------------------------------------------------------------------- */

/* RFC 6749, 5.2. */
static gboolean
refuse (TorgResponse *response, const char *code)
{
  JsonObject *object = json_object_new ();

  json_object_set_string_member (object, "error", code);
  answer_json (response, 400, object);
  return TRUE;
}

static gboolean
give_tokens (TorgServerStore *store, TorgRequest *request, TorgResponse *response, GError **error)
{
  g_autoptr (GHashTable) form = read_form (request);
  g_autoptr (TorgSession) session = NULL;
  const char *type = get_parameter (form, "grant_type");
  const char *code = get_parameter (form, "code");
  const char *verifier = get_parameter (form, "code_verifier");
  const char *redirect = get_parameter (form, "redirect_uri");
  const char *refresh = get_parameter (form, "refresh_token");
  JsonObject *object;

  if (g_strcmp0 (get_parameter (form, "client_id"), CLIENT) != 0)
    return refuse (response, "invalid_client");
  if (g_strcmp0 (type, "authorization_code") == 0)
    {
      if (code == NULL || verifier == NULL || redirect == NULL)
        return refuse (response, "invalid_request");
      if (!torg_sessions_redeem (store, code, verifier, redirect, &session, error))
        return FALSE;
    }
  else if (g_strcmp0 (type, "refresh_token") == 0)
    {
      if (refresh == NULL)
        return refuse (response, "invalid_request");
      if (!torg_sessions_refresh (store, refresh, &session, error))
        return FALSE;
    }
  else
    return refuse (response, type == NULL ? "invalid_request" : "unsupported_grant_type");
  if (session == NULL)
    return refuse (response, "invalid_grant");
  response->user = g_strdup (session->user);
  object = json_object_new ();
  json_object_set_string_member (object, "access_token", session->access);
  json_object_set_string_member (object, "token_type", "Bearer");
  json_object_set_int_member (object, "expires_in", TORG_SESSION_ACCESS_SECONDS);
  json_object_set_string_member (object, "refresh_token", session->refresh);
  answer_json (response, 200, object);
  return TRUE;
}

static gboolean
end_session (TorgServerStore *store, TorgRequest *request, TorgResponse *response, GError **error)
{
  g_autoptr (GHashTable) form = read_form (request);
  const char *token = get_parameter (form, "token");

  if (token == NULL)
    return refuse (response, "invalid_request");
  if (!torg_sessions_revoke (store, token, error))
    return FALSE;
  answer_json (response, 200, json_object_new ());
  return TRUE;
}

/* How soon those who were told to wait may try again. */
#define BUSY_SECONDS 5

/**
 * torg_oauth_checks_password:
 * @method: of HTTP
 * @path: without the query
 *
 * Tells whether a question has a password looked at, which takes much time and memory on purpose.
 *
 * Returns: whether it does
 */
gboolean
torg_oauth_checks_password (const char *method, const char *path)
{
  return g_str_equal (method, "POST") && g_str_equal (path, "/oauth/authorize");
}

/**
 * torg_oauth_refuse_busy:
 * @request: one that [func@oauth_checks_password]
 *
 * Says that too many sign in at once. No connection is needed for that.
 *
 * Returns: (transfer full): the page again, with words
 */
TorgResponse *
torg_oauth_refuse_busy (TorgRequest *request)
{
  g_autoptr (GHashTable) form = read_form (request);
  const char   *login = get_parameter (form, "login");
  TorgResponse *response = g_new0 (TorgResponse, 1);

  response->body = g_string_new (NULL);
  response->retry_after = BUSY_SECONDS;
  answer_page (request, response, 503, TORG_SIGNIN_NOTE_BUSY, login != NULL && strlen (login) <= 1000 ? login : NULL);
  return response;
}

static const struct
{
  const char *method;
  const char *path;
  gboolean (*handle) (TorgServerStore *store, TorgRequest *request, TorgResponse *response, GError **error);
} routes[] = {
  { "GET", "/.well-known/torg", describe }, { "GET", "/oauth/style.css", style },
  { "GET", "/oauth/authorize", show_page }, { "POST", "/oauth/authorize", sign_in },
  { "POST", "/oauth/token", give_tokens },  { "POST", "/oauth/revoke", end_session },
};

/**
 * torg_oauth_handle:
 * @store: a connection
 * @request: a question, from anybody
 * @response: takes the answer, where @known
 * @known: (out): whether there is anything at this address for this method
 * @error: place for an error
 *
 * Answers what has to do with signing in.
 *
 * Returns: whether that worked; what is refused is an answer too
 */
gboolean
torg_oauth_handle (TorgServerStore *store,
                   TorgRequest     *request,
                   TorgResponse    *response,
                   gboolean        *known,
                   GError         **error)
{
  *known = FALSE;
  for (guint i = 0; i < G_N_ELEMENTS (routes); i++)
    if (g_str_equal (routes[i].path, request->path) && g_str_equal (routes[i].method, request->method))
      {
        *known = TRUE;
        return routes[i].handle (store, request, response, error);
      }
  return TRUE;
}
