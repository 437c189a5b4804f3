/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sim-world.h"

#include "torg-accounts.h"
#include "torg-json.h"
#include "torg-sessions.h"
#include "torg-store-private.h"
#include "torg-sync-store.h"

#include <json-glib/json-glib.h>
#include <string.h>

/* What a client signs in with: a session that ends within the hour and is renewed, as the program does it. */

#define REDIRECT "http://127.0.0.1/"

/* RFC 7636, 4.2. */
static char *
make_challenge (const char *verifier)
{
  g_autoptr (GChecksum) checksum = g_checksum_new (G_CHECKSUM_SHA256);
  guint8 digest[32];
  gsize  length = sizeof digest;
  char  *text;

  g_checksum_update (checksum, (const guchar *) verifier, -1);
  g_checksum_get_digest (checksum, digest, &length);
  text = g_base64_encode (digest, length);
  g_strdelimit (text, "+", '-');
  g_strdelimit (text, "/", '_');
  text[strcspn (text, "=")] = '\0';
  return text;
}

static void
keep (SimClient *client, const char *access, const char *refresh)
{
  g_set_str (&client->token, access);
  g_set_str (&client->refresh, refresh);
}

/* The person signs in, with a browser. */
void
sim_sign_in (SimClient *client)
{
  static const char verifier[] = "a-verifier-of-which-only-the-program-knows-the-text";
  TorgServerStore  *server = client->world->server;
  g_autofree char  *challenge = make_challenge (verifier);
  g_autoptr (TorgSession) session = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *code = torg_sessions_make_code (server, client->user, challenge, REDIRECT, &error);

  if (code == NULL || !torg_sessions_redeem (server, code, verifier, REDIRECT, &session, &error) || session == NULL)
    g_error ("client %u cannot sign in: %s", client->number, error != NULL ? error->message : "the code is not taken");
  keep (client, session->access, session->refresh);
  sim_note (client->world, "client %u: signed in", client->number);
}

/* The device was lost, or so it seems: its person signs in again. */
void
sim_shut_out (SimClient *client)
{
  g_autofree char *id = torg_store_get_state (client->store, "client");
  g_autoptr (GError) error = NULL;
  gboolean found;

  if (id == NULL)
    return;
  if (!torg_accounts_revoke_device (client->world->server, id, &found, &error))
    g_error ("client %u cannot be shut out: %s", client->number, error->message);
  /* Nobody signs in again at the same moment. */
  torg_env_set_now (client->world->env, torg_env_get_now (client->world->env) + G_TIME_SPAN_SECOND);
  if (found)
    g_hash_table_add (client->world->shut_out, g_strdup (id));
  sim_note (client->world, "client %u: %s", client->number, found ? "shut out" : "is not known yet");
}

/* What is to be asked for the next tokens. */
GBytes *
sim_session_ask (SimClient *client)
{
  char *form = g_strdup_printf ("grant_type=refresh_token&client_id=torg&refresh_token=%s", client->refresh);

  return g_bytes_new_take (form, strlen (form));
}

/* Takes what came. An answer that broke off brings nothing: the old one is good until the new one was used. */
gboolean
sim_session_take (SimClient *client, GBytes *answer)
{
  /* Of one that broke off at once there is nothing at all. */
  const char      *data = g_bytes_get_data (answer, NULL);
  g_autofree char *text = g_strndup (data != NULL ? data : "", g_bytes_get_size (answer));
  g_autoptr (JsonNode) root = json_from_string (text, NULL);
  JsonObject *object = root != NULL && JSON_NODE_HOLDS_OBJECT (root) ? json_node_get_object (root) : NULL;
  const char *access, *refresh;

  if (object == NULL)
    return FALSE;
  access = json_object_get_string_member_with_default (object, "access_token", NULL);
  refresh = json_object_get_string_member_with_default (object, "refresh_token", NULL);
  if (access != NULL && refresh != NULL)
    keep (client, access, refresh);
  return access != NULL && refresh != NULL;
}
