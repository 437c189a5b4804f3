/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "torg-sync"

#include "config.h"

#include "torg-own-accounts.h"
#include "torg-connect.h"
#include "torg-secret.h"
#include "torg-soup-transport.h"
#include "torg-sync-store.h"
#include "torg-sync.h"

#include <glib/gi18n-lib.h>
#include <json-glib/json-glib.h>

/* A replica and its server: which one, as whom. */

/* Asks the server whose token it is. */
static char *
ask_user (TorgTransport *transport, GCancellable *cancellable, GError **error)
{
  g_autoptr (GBytes) answer = NULL;
  g_autoptr (JsonParser) parser = json_parser_new ();
  const char *user = NULL;
  gsize       length;
  guint       status;
  JsonNode   *root;

  if (!torg_transport_send (transport, "GET", "/v1/me", NULL, &status, &answer, cancellable, error))
    return NULL;
  if (status == 200 &&
      json_parser_load_from_data (parser, g_bytes_get_data (answer, &length), (gssize) g_bytes_get_size (answer),
                                  NULL) &&
      (root = json_parser_get_root (parser)) != NULL && JSON_NODE_HOLDS_OBJECT (root))
    user = json_object_get_string_member_with_default (json_node_get_object (root), "user", NULL);
  if (torg_id_is_valid (user))
    return g_strdup (user);
  if (status == 401)
    g_set_error_literal (error, TORG_SYNC_ERROR, TORG_SYNC_ERROR_SIGN_IN,
                         _ ("The server does not know this key. Ask your administrator for another one."));
  else
    g_set_error_literal (error, TORG_SYNC_ERROR, TORG_SYNC_ERROR_SERVER,
                         _ ("At this address is no server of Torg. Check the address."));
  return NULL;
}

/* A key that is for something else would be known only once there is something to sync. */
static gboolean
check_scope (TorgTransport *transport, GCancellable *cancellable, GError **error)
{
  g_autoptr (GBytes) answer = NULL;
  guint status;

  if (!torg_transport_send (transport, "GET", "/v1/sync/wait", NULL, &status, &answer, cancellable, error))
    return FALSE;
  if (status != 403)
    return TRUE;
  g_set_error_literal (error, TORG_SYNC_ERROR, TORG_SYNC_ERROR_SIGN_IN,
                       _ ("This key may not be used for syncing. Ask your administrator for another one."));
  return FALSE;
}

/* Which token was handed over for this replica, which the keyring knows nothing of then. */
static const char *
get_given (TorgStore *store)
{
  return torg_secret_get_given (torg_store_get_path (store));
}

/* The keyring keeps one token a user. */
static gboolean
check_alone (TorgStore *store, const char *address, const char *user, GError **error)
{
  if (!torg_own_accounts_is_twin (torg_store_get_env (store), torg_store_get_path (store), address, user))
    return TRUE;
  g_set_error_literal (error, TORG_ERROR, TORG_ERROR_DUPLICATE,
                       _ ("This account is on this computer already. Open it in the list of accounts."));
  return FALSE;
}

/* --- the keyring -------------------------------------------------------------------------------------------------- */

typedef struct
{
  char *address; /* (owned) */
  char *user;    /* (owned) */
} Place;

static void
place_free (gpointer data)
{
  Place *place = data;

  g_free (place->address);
  g_free (place->user);
  g_free (place);
}

static char *
load_kept (gpointer data, GCancellable *cancellable)
{
  Place *place = data;

  return torg_secret_find (place->address, place->user, cancellable, NULL);
}

static gboolean
save_kept (gpointer data, const char *text, GCancellable *cancellable, GError **error)
{
  Place *place = data;

  return torg_secret_save (place->address, place->user, text, cancellable, error);
}

/* What was handed over is kept by who did that. */
static void
keep_renewed (TorgStore *store, TorgTransport *transport, const char *address, const char *user)
{
  static const TorgKeeper keeper = { load_kept, save_kept, place_free };
  Place                  *place;

  if (get_given (store) != NULL)
    return;
  place = g_new0 (Place, 1);
  place->address = g_strdup (address);
  place->user = g_strdup (user);
  torg_soup_transport_set_keeper (TORG_SOUP_TRANSPORT (transport), &keeper, place);
}

/* Nobody uses the session that the token is of: without this it would stand among the user's devices for ever. A key
 * stays good for whatever else it is. @why it is not used: a server that did not answer is not waited for once more. */
static void
end_unused (TorgTransport *transport, const GError *why)
{
  g_autoptr (GError) error = NULL;

  if (g_error_matches (why, TORG_SYNC_ERROR, TORG_SYNC_ERROR_OFFLINE) ||
      g_error_matches (why, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  if (!torg_soup_transport_revoke (TORG_SOUP_TRANSPORT (transport), NULL, &error))
    g_message ("A session at the server that nobody uses could not be ended: %s", error->message);
}

/* --- connecting --------------------------------------------------------------------------------------------------- */

static gboolean
connect_by (TorgStore     *store,
            TorgTransport *transport,
            const char    *address,
            const char    *token,
            gboolean       with_content,
            GCancellable  *cancellable,
            GError       **error)
{
  g_autofree char *user = NULL;
  g_autofree char *client = NULL;

  if (!torg_store_is_local (store))
    {
      g_set_error_literal (error, TORG_ERROR, TORG_ERROR_DUPLICATE,
                           _ ("This data has a server already. Connect new data: name another file."));
      return FALSE;
    }
  if (!with_content && !torg_store_is_empty (store))
    {
      g_set_error_literal (error, TORG_ERROR, TORG_ERROR_DUPLICATE,
                           _ ("This data has content. Connect new data by naming another file, or send this content "
                              "to the server with --with-content."));
      return FALSE;
    }
  user = ask_user (transport, cancellable, error);
  if (user == NULL || !check_scope (transport, cancellable, error) || !check_alone (store, address, user, error) ||
      (get_given (store) == NULL && !torg_secret_save (address, user, token, cancellable, error)))
    return FALSE;
  client = torg_env_make_id (torg_store_get_env (store));
  if (torg_store_set_state (store, "server", address, error) && torg_store_connect (store, client, user, error))
    return TRUE;
  torg_store_set_state (store, "server", NULL, NULL);
  if (get_given (store) == NULL)
    torg_secret_drop (address, user, NULL, NULL);
  return FALSE;
}

typedef struct
{
  char    *address; /* (owned) */
  char    *token;   /* (owned) */
  gboolean with_content;
} Key;

static void
key_free (gpointer data)
{
  Key *key = data;

  g_free (key->address);
  g_free (key->token);
  g_free (key);
}

/* In the writing thread, so that no edit falls between what is sent as content and what is sent as an edit. */
static gpointer
connect_in_store (TorgStore *store, gpointer data, GCancellable *cancellable, GError **error)
{
  Key *key = data;

  return GINT_TO_POINTER (torg_connect (store, key->address, key->token, key->with_content, cancellable, error));
}

/**
 * torg_connect_async:
 * @replica: a replica that belongs to no server
 * @address: the server's
 * @token: a key, or what [func@sign_in_finish] brought
 * @with_content: whether what is in the replica is to be sent to the server; if not, there must be nothing
 * @cancellable: (nullable): to stop it
 * @callback: called when it is connected
 * @data: for @callback
 *
 * Makes a replica one of a server as [func@connect] does, in the replica's own thread.
 */
void
torg_connect_async (TorgReplica        *replica,
                    const char         *address,
                    const char         *token,
                    gboolean            with_content,
                    GCancellable       *cancellable,
                    GAsyncReadyCallback callback,
                    gpointer            data)
{
  Key *key = g_new0 (Key, 1);

  key->address = g_strdup (address);
  key->token = g_strdup (token);
  key->with_content = with_content;
  torg_replica_call_async (replica, TORG_LANE_WRITE, connect_in_store, key, key_free, NULL, cancellable, callback,
                           data);
}

/**
 * torg_connect_finish:
 * @result: as the callback got it
 * @error: place for an error; then the replica is as it was
 *
 * Finishes [func@connect_async].
 *
 * Returns: whether it is connected
 */
gboolean
torg_connect_finish (TorgReplica *replica, GAsyncResult *result, GError **error)
{
  return torg_replica_call_finish (replica, result, error) != NULL;
}

/**
 * torg_connect:
 * @store: the store of a replica that belongs to no server
 * @address: the server's
 * @token: a key, or what [func@sign_in_finish] brought
 * @with_content: whether what is in the replica is to be sent to the server; if not, there must be nothing
 * @cancellable: (nullable): to stop it
 * @error: place for an error; then the replica is as it was, and what signing in brought is ended at the server
 *
 * Makes a replica one of a server. The token goes into the keyring, unless it came in TORG_TOKEN.
 *
 * Returns: whether it is
 */
gboolean
torg_connect (TorgStore    *store,
              const char   *address,
              const char   *token,
              gboolean      with_content,
              GCancellable *cancellable,
              GError      **error)
{
  g_autoptr (TorgTransport) transport = torg_soup_transport_new (address, token, error);
  g_autoptr (GError) local = NULL;

  if (transport == NULL)
    return FALSE;
  torg_soup_transport_set_first (TORG_SOUP_TRANSPORT (transport));
  if (connect_by (store, transport, address, token, with_content, cancellable, &local))
    return TRUE;
  end_unused (transport, local);
  g_propagate_error (error, g_steal_pointer (&local));
  return FALSE;
}

static gboolean
connect_again_by (TorgStore     *store,
                  TorgTransport *transport,
                  const char    *address,
                  const char    *token,
                  GCancellable  *cancellable,
                  GError       **error)
{
  g_autofree char *user = ask_user (transport, cancellable, error);
  g_autofree char *own = torg_store_dup_server_user (store);

  if (user == NULL)
    return FALSE;
  if (g_strcmp0 (user, own) != 0)
    {
      g_set_error_literal (error, TORG_SYNC_ERROR, TORG_SYNC_ERROR_SIGN_IN,
                           _ ("This key belongs to somebody else. The data on this computer is not theirs."));
      return FALSE;
    }
  if (!check_scope (transport, cancellable, error) ||
      (get_given (store) == NULL && !torg_secret_save (address, user, token, cancellable, error)))
    return FALSE;
  keep_renewed (store, transport, address, user);
  return TRUE;
}

/**
 * torg_connect_again:
 * @store: a replica's store
 * @token: another token for its server
 * @cancellable: (nullable): to stop it
 * @error: place for an error; then all is as it was, and what signing in brought is ended at the server
 *
 * Takes another token of the same user into the keyring, unless it came in TORG_TOKEN.
 *
 * Returns: (transfer full) (nullable): the way to the server with it
 */
TorgTransport *
torg_connect_again (TorgStore *store, const char *token, GCancellable *cancellable, GError **error)
{
  g_autofree char *address = torg_store_get_state (store, "server");
  g_autoptr (TorgTransport) transport = address != NULL ? torg_soup_transport_new (address, token, error) : NULL;
  g_autoptr (GError) local = NULL;

  if (transport == NULL)
    return NULL;
  if (connect_again_by (store, transport, address, token, cancellable, &local))
    return g_steal_pointer (&transport);
  end_unused (transport, local);
  g_propagate_error (error, g_steal_pointer (&local));
  return NULL;
}

/**
 * torg_connect_transport:
 * @store: a replica's store
 * @cancellable: (nullable): to stop it
 * @error: place for an error
 *
 * Makes the way to a replica's server.
 *
 * Returns: (transfer full) (nullable): a transport
 */
TorgTransport *
torg_connect_transport (TorgStore *store, GCancellable *cancellable, GError **error)
{
  g_autofree char *address = torg_store_get_state (store, "server");
  g_autofree char *user = torg_store_dup_server_user (store);
  g_autofree char *token = NULL;
  TorgTransport   *transport;

  if (torg_store_is_local (store) || address == NULL)
    {
      g_set_error_literal (error, TORG_ERROR, TORG_ERROR_NOT_FOUND,
                           _ ("This data belongs to no server. Connect new data with “torgctl connect”."));
      return NULL;
    }
  token =
    get_given (store) != NULL ? g_strdup (get_given (store)) : torg_secret_find (address, user, cancellable, error);
  transport = token != NULL ? torg_soup_transport_new (address, token, error) : NULL;
  if (transport != NULL)
    keep_renewed (store, transport, address, user);
  return transport;
}

/**
 * torg_connect_drop:
 * @store: a replica's store
 * @cancellable: (nullable): to stop it
 * @error: place for an error: the keyring still has the token
 *
 * Drops the token from the keyring, where the server was told before, or cannot be.
 *
 * Returns: whether nobody can sync this replica without signing in
 */
gboolean
torg_connect_drop (TorgStore *store, GCancellable *cancellable, GError **error)
{
  g_autofree char *address = torg_store_get_state (store, "server");
  g_autofree char *user = torg_store_dup_server_user (store);

  return address == NULL || get_given (store) != NULL || torg_secret_drop (address, user, cancellable, error);
}

/**
 * torg_connect_sign_out:
 * @store: a replica's store
 * @cancellable: (nullable): to stop it
 * @error: place for an error: the keyring still has the token
 *
 * Ends the session: at the server, where that can be reached, and in the keyring. What is in the replica stays.
 *
 * Returns: whether nobody can sync this replica without signing in
 */
gboolean
torg_connect_sign_out (TorgStore *store, GCancellable *cancellable, GError **error)
{
  g_autoptr (TorgTransport) transport = torg_connect_transport (store, cancellable, NULL);
  g_autoptr (GError) local = NULL;

  if (transport != NULL && !torg_soup_transport_revoke (TORG_SOUP_TRANSPORT (transport), cancellable, &local))
    g_message ("The server was not told that somebody has signed out: %s", local->message);
  return torg_connect_drop (store, cancellable, error);
}
