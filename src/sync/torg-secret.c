/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "torg-sync"

#include "config.h"

#include "torg-secret.h"
#include "torg-sync.h"

#include <glib/gi18n-lib.h>
#include <libsecret/secret.h>

/* Tokens live in the user's keyring and nowhere else; a service may hand one over in TORG_TOKEN. */

/* Of the process, as its environment is. */
static GMutex owner_lock;
static char  *owner; /* (owned) (nullable): whose TORG_TOKEN is; every replica's where nothing is said */

static const SecretSchema *
get_schema (void)
{
  static const SecretSchema schema = {
    "org.torgcrm.Torg.Server",
    SECRET_SCHEMA_NONE,
    { { "address", SECRET_SCHEMA_ATTRIBUTE_STRING }, { "user", SECRET_SCHEMA_ATTRIBUTE_STRING }, { NULL, 0 } },
    0,
    NULL,
    NULL,
    NULL,
    NULL,
    NULL,
    NULL,
    NULL,
  };

  return &schema;
}

/**
 * torg_secret_give_to:
 * @path: a replica
 *
 * Says whose the token is that is in TORG_TOKEN, where a process opens several replicas. Only the first call counts.
 */
void
torg_secret_give_to (const char *path)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&owner_lock);

  if (owner == NULL)
    owner = g_strdup (path);
}

/**
 * torg_secret_get_given:
 * @path: a replica
 *
 * Tells which token a replica was handed over in TORG_TOKEN, which nobody else's may be.
 *
 * Returns: (transfer none) (nullable): the token; %NULL where its tokens are in the keyring
 */
const char *
torg_secret_get_given (const char *path)
{
  const char *given = g_getenv ("TORG_TOKEN");
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&owner_lock);

  return given != NULL && *given != '\0' && (owner == NULL || g_str_equal (owner, path)) ? given : NULL;
}

/**
 * torg_secret_save:
 * @address: the server's
 * @user: the id of the `user`
 * @token: by which the server knows the user
 * @cancellable: (nullable): to stop it
 * @error: place for an error
 *
 * Keeps a token in the keyring.
 *
 * Returns: whether it is kept
 */
gboolean
torg_secret_save (const char *address, const char *user, const char *token, GCancellable *cancellable, GError **error)
{
  g_autofree char *label = g_strdup_printf (_ ("Torg: %s"), address);
  g_autoptr (GError) local = NULL;

  if (secret_password_store_sync (get_schema (), SECRET_COLLECTION_DEFAULT, label, token, cancellable, &local,
                                  "address", address, "user", user, NULL))
    return TRUE;
  g_set_error (error, TORG_SYNC_ERROR, TORG_SYNC_ERROR_SIGN_IN,
               _ ("The keyring did not keep the key to the server: %s Unlock it and try again."), local->message);
  return FALSE;
}

/**
 * torg_secret_find:
 * @address: the server's
 * @user: the id of the `user`
 * @cancellable: (nullable): to stop it
 * @error: place for an error: the keyring is locked, not there, or knows no token
 *
 * Finds a token in the keyring.
 *
 * Returns: (transfer full) (nullable): the token
 */
char *
torg_secret_find (const char *address, const char *user, GCancellable *cancellable, GError **error)
{
  g_autoptr (GError) local = NULL;
  g_autofree char *token = NULL;

  token = secret_password_lookup_sync (get_schema (), cancellable, &local, "address", address, "user", user, NULL);
  if (token != NULL)
    return g_steal_pointer (&token);
  g_set_error_literal (error, TORG_SYNC_ERROR, TORG_SYNC_ERROR_SIGN_IN,
                       local != NULL ? _ ("The keyring is not there or locked. Unlock it and try again.")
                                     : _ ("The keyring knows no key to the server. Sign in again; nothing is lost."));
  return NULL;
}

/**
 * torg_secret_drop:
 * @address: the server's
 * @user: the id of the `user`
 * @cancellable: (nullable): to stop it
 * @error: place for an error: the keyring is locked, or not there
 *
 * Takes a token out of the keyring; that there is none is no error.
 *
 * Returns: whether there is none any more
 */
gboolean
torg_secret_drop (const char *address, const char *user, GCancellable *cancellable, GError **error)
{
  g_autoptr (GError) local = NULL;

  secret_password_clear_sync (get_schema (), cancellable, &local, "address", address, "user", user, NULL);
  if (local == NULL)
    return TRUE;
  g_set_error_literal (error, TORG_SYNC_ERROR, TORG_SYNC_ERROR_SIGN_IN,
                       _ ("The keyring is not there or locked. Unlock it and try again."));
  return FALSE;
}
