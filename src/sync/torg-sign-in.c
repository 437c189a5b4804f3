/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "torg-sync"

#include "config.h"

#include "torg-credentials.h"
#include "torg-sign-in.h"
#include "torg-soup-transport.h"
#include "torg-sync.h"

#include <glib/gi18n-lib.h>
#include <json-glib/json-glib.h>
#include <libsoup/soup.h>
#include <string.h>

/*
 * Signing in, on the main loop: the user types the password into a page of the server in the browser, which brings a
 * code to an address of this computer (RFC 8252, 7.3), which is exchanged for tokens (RFC 6749, 4.1; RFC 7636). The
 * program never sees the password.
 */

#define CLIENT "torg"
#define PLACE "/back"
#define TIMEOUT_SECONDS 20
/* No page, and no answer of a server of Torg, is larger. */
#define MAX_ANSWER (64 * 1024)

typedef struct
{
  TorgEnv       *env;      /* (owned) */
  char          *address;  /* (owned): without a slash at its end */
  SoupSession   *session;  /* (owned) */
  SoupServer    *server;   /* (owned) (nullable): where the browser brings the code */
  char          *verifier; /* (owned) */
  char          *state;    /* (owned) */
  char          *redirect; /* (owned) (nullable) */
  TorgSignInOpen open;
  gpointer       open_data;
  GCancellable  *cancellable; /* (owned) (nullable) */
  gulong         cancelled;   /* a handler, or 0 */
  gboolean       done;        /* a code has come, or nobody waits for one any more */
} Work;

static void
work_free (gpointer data)
{
  Work *work = data;

  if (work->cancelled != 0)
    g_cancellable_disconnect (work->cancellable, work->cancelled);
  g_clear_object (&work->cancellable);
  if (work->server != NULL)
    soup_server_disconnect (work->server);
  g_clear_object (&work->server);
  g_clear_object (&work->session);
  torg_env_unref (work->env);
  g_free (work->address);
  g_free (work->verifier);
  g_free (work->state);
  g_free (work->redirect);
  g_free (work);
}

/* 256 bits as 43 signs of the URL-safe alphabet. */
static char *
encode (const guint8 bytes[32])
{
  char *text = g_base64_encode (bytes, 32);

  g_strdelimit (g_strdelimit (text, "+", '-'), "/", '_');
  text[strcspn (text, "=")] = '\0';
  return text;
}

static char *
make_secret (TorgEnv *env)
{
  guint8 bytes[32];

  torg_env_fill_random (env, bytes, sizeof bytes);
  return encode (bytes);
}

static char *
make_challenge (const char *verifier)
{
  g_autoptr (GChecksum) checksum = g_checksum_new (G_CHECKSUM_SHA256);
  guint8 bytes[32];
  gsize  length = sizeof bytes;

  g_checksum_update (checksum, (const guchar *) verifier, (gssize) strlen (verifier));
  g_checksum_get_digest (checksum, bytes, &length);
  return encode (bytes);
}

static void
fail (GTask *task, TorgSyncError code, const char *sentence)
{
  g_task_return_new_error_literal (task, TORG_SYNC_ERROR, code, sentence);
}

static void
fail_offline (GTask *task, const GError *error)
{
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    g_task_return_error (task, g_error_copy (error));
  else if (g_error_matches (error, G_TLS_ERROR, G_TLS_ERROR_BAD_CERTIFICATE))
    fail (task, TORG_SYNC_ERROR_SERVER,
          _ ("The server’s certificate is not trusted, so nothing was sent. Ask your administrator."));
  else if (g_error_matches (error, G_RESOLVER_ERROR, G_RESOLVER_ERROR_NOT_FOUND))
    fail (task, TORG_SYNC_ERROR_OFFLINE, _ ("The server’s address was not found. Check it, or the network."));
  else
    fail (task, TORG_SYNC_ERROR_OFFLINE,
          _ ("No server of Torg answers at this address. Check the address with its port, and the network."));
}

/* --- the tokens --------------------------------------------------------------------------------------------------- */

static void
tokens_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) answer = soup_session_send_and_read_finish (SOUP_SESSION (source), result, &error);
  SoupMessage *message = soup_session_get_async_result_message (SOUP_SESSION (source), result);
  g_autoptr (TorgCredentials) credentials = NULL;

  if (answer == NULL)
    {
      fail_offline (task, error);
      return;
    }
  if (soup_message_get_status (message) == 200)
    credentials = torg_credentials_read_answer (g_bytes_get_data (answer, NULL), g_bytes_get_size (answer));
  if (credentials != NULL)
    g_task_return_pointer (task, torg_credentials_write (credentials), g_free);
  else
    fail (task, TORG_SYNC_ERROR_SIGN_IN, _ ("The server did not accept what the browser brought. Sign in once more."));
}

static void
exchange (GTask *task, const char *code)
{
  Work            *work = g_task_get_task_data (task);
  g_autofree char *uri = g_strconcat (work->address, "/oauth/token", NULL);
  g_autoptr (SoupMessage) message = soup_message_new ("POST", uri);
  g_autofree char *form = soup_form_encode ("grant_type", "authorization_code", "client_id", CLIENT, "code", code,
                                            "code_verifier", work->verifier, "redirect_uri", work->redirect, NULL);
  g_autoptr (GBytes) body = g_bytes_new (form, strlen (form));

  soup_message_set_request_body_from_bytes (message, SOUP_FORM_MIME_TYPE_URLENCODED, body);
  soup_session_send_and_read_async (work->session, message, G_PRIORITY_DEFAULT, g_task_get_cancellable (task),
                                    tokens_cb, g_object_ref (task));
}

/* --- what the browser brings -------------------------------------------------------------------------------------- */

static void
answer_page (SoupServerMessage *message, guint status, const char *text)
{
  g_autofree char *html = g_strdup_printf (
    "<!DOCTYPE html><html><head><meta charset=\"utf-8\"><meta name=\"color-scheme\" "
    "content=\"light dark\"><title>%s</title></head><body style=\"font:1.2rem/1.5 system-ui,sans-serif;"
    "margin:4rem auto;max-width:32rem;padding:0 1rem\"><p>%s</p></body></html>",
    _ ("Torg"), text);

  soup_server_message_set_status (message, status, NULL);
  soup_server_message_set_response (message, "text/html; charset=utf-8", SOUP_MEMORY_COPY, html, strlen (html));
  soup_message_headers_replace (soup_server_message_get_response_headers (message), "Cache-Control", "no-store");
  soup_message_headers_replace (soup_server_message_get_response_headers (message), "Referrer-Policy", "no-referrer");
  soup_message_headers_replace (soup_server_message_get_response_headers (message), "Connection", "close");
}

/* Only what was asked for counts: another page that finds the port knows no state. */
static void
back_cb (SoupServer *server, SoupServerMessage *message, const char *path, GHashTable *query, gpointer data)
{
  GTask      *task = data;
  Work       *work = g_task_get_task_data (task);
  const char *state = query != NULL ? g_hash_table_lookup (query, "state") : NULL;
  const char *code = query != NULL ? g_hash_table_lookup (query, "code") : NULL;

  if (work->done || !g_str_equal (path, PLACE) || g_strcmp0 (state, work->state) != 0 || code == NULL)
    {
      answer_page (message, 404, _ ("There is nothing here."));
      return;
    }
  work->done = TRUE;
  answer_page (message, 200, _ ("You can close this page and go back to Torg."));
  exchange (task, code);
  /* That of the one who waited for the browser. */
  g_object_unref (task);
}

static gboolean
listen_for_code (GTask *task, GError **error)
{
  Work *work = g_task_get_task_data (task);
  g_autoslist (GUri) uris = NULL;

  work->server = soup_server_new (NULL, NULL);
  soup_server_add_handler (work->server, NULL, back_cb, task, NULL);
  if (!soup_server_listen_local (work->server, 0, SOUP_SERVER_LISTEN_IPV4_ONLY, error))
    return FALSE;
  uris = soup_server_get_uris (work->server);
  work->redirect = g_strdup_printf ("http://127.0.0.1:%d" PLACE, g_uri_get_port (uris->data));
  return TRUE;
}

static char *
make_page_uri (Work *work)
{
  g_autofree char *challenge = make_challenge (work->verifier);
  g_autofree char *query =
    soup_form_encode ("response_type", "code", "client_id", CLIENT, "redirect_uri", work->redirect, "state",
                      work->state, "code_challenge", challenge, "code_challenge_method", "S256", NULL);

  return g_strconcat (work->address, "/oauth/authorize?", query, NULL);
}

/* --- the server --------------------------------------------------------------------------------------------------- */

static gboolean
is_torg (const char *text, gsize length)
{
  g_autoptr (JsonParser) parser = json_parser_new ();
  JsonNode *root;

  return length < MAX_ANSWER && json_parser_load_from_data (parser, text, (gssize) length, NULL) &&
         (root = json_parser_get_root (parser)) != NULL && JSON_NODE_HOLDS_OBJECT (root) &&
         g_strcmp0 (json_object_get_string_member_with_default (json_node_get_object (root), "server", NULL), "torg") ==
           0;
}

/* Nobody waits for the browser any more. */
static gboolean
cancelled_in_loop (gpointer data)
{
  GTask *task = data;
  Work  *work = g_task_get_task_data (task);

  if (!work->done)
    {
      work->done = TRUE;
      g_task_return_error_if_cancelled (task);
      g_object_unref (task);
    }
  return G_SOURCE_REMOVE;
}

static void
cancelled_cb (GCancellable *cancellable, gpointer data)
{
  g_idle_add_full (G_PRIORITY_DEFAULT, cancelled_in_loop, g_object_ref (data), g_object_unref);
}

static void
described_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  Work   *work = g_task_get_task_data (task);
  GError *error = NULL;
  g_autoptr (GBytes) answer = soup_session_send_and_read_finish (SOUP_SESSION (source), result, &error);
  g_autofree char *uri = NULL;

  if (answer == NULL)
    {
      fail_offline (task, error);
      g_error_free (error);
      return;
    }
  if (!is_torg (g_bytes_get_data (answer, NULL), g_bytes_get_size (answer)))
    {
      fail (task, TORG_SYNC_ERROR_SERVER, _ ("At this address is no server of Torg. Check the address."));
      return;
    }
  if (!listen_for_code (task, &error))
    {
      g_task_return_error (task, error);
      return;
    }
  uri = make_page_uri (work);
  work->open (uri, work->open_data);
  if (work->cancellable != NULL)
    work->cancelled = g_cancellable_connect (work->cancellable, G_CALLBACK (cancelled_cb), task, NULL);
  /* The task waits for the browser by this reference: back_cb() or cancelled_in_loop() give it back. */
  g_steal_pointer (&task);
}

/**
 * torg_sign_in_async:
 * @env: makes what nobody can guess
 * @address: the server's
 * @open: opens a page in the browser
 * @open_data: for @open; it has to live until @callback is called
 * @cancellable: to stop waiting for the user
 * @callback: called when the user has signed in
 * @data: for @callback
 *
 * Lets the user sign in in the browser.
 */
void
torg_sign_in_async (TorgEnv            *env,
                    const char         *address,
                    TorgSignInOpen      open,
                    gpointer            open_data,
                    GCancellable       *cancellable,
                    GAsyncReadyCallback callback,
                    gpointer            data)
{
  g_autoptr (GTask) task = g_task_new (NULL, cancellable, callback, data);
  g_autoptr (SoupMessage) message = NULL;
  g_autofree char *uri = NULL;
  GError          *error = NULL;
  Work            *work;

  g_task_set_source_tag (task, torg_sign_in_async);
  if (!torg_soup_transport_check_address (address, &error))
    {
      g_task_return_error (task, error);
      return;
    }
  work = g_new0 (Work, 1);
  work->env = torg_env_ref (env);
  work->cancellable = cancellable != NULL ? g_object_ref (cancellable) : NULL;
  work->address = g_strdup (address);
  while (g_str_has_suffix (work->address, "/"))
    work->address[strlen (work->address) - 1] = '\0';
  work->session = soup_session_new ();
  soup_session_set_timeout (work->session, TIMEOUT_SECONDS);
  soup_session_set_user_agent (work->session, "torg/" TORG_VERSION);
  work->verifier = make_secret (env);
  work->state = make_secret (env);
  work->open = open;
  work->open_data = open_data;
  g_task_set_task_data (task, work, work_free);
  uri = g_strconcat (work->address, "/.well-known/torg", NULL);
  message = soup_message_new ("GET", uri);
  soup_session_send_and_read_async (work->session, message, G_PRIORITY_DEFAULT, cancellable, described_cb,
                                    g_object_ref (task));
}

/**
 * torg_sign_in_finish:
 * @error: place for a sentence for the user
 *
 * Finishes [func@sign_in_async].
 *
 * Returns: (transfer full) (nullable): credentials, as [func@credentials_parse] reads them
 */
char *
torg_sign_in_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}
