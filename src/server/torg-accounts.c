/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "torg-server"

#include "config.h"

#include "torg-accounts.h"
#include "torg-error.h"

#include <glib/gi18n-lib.h>
#include <sodium.h>
#include <string.h>

/* Logins, passwords and tokens. Only hashes are stored: argon2id of passwords, SHA-256 of tokens, which are random. */

/**
 * torg_accounts_hash_password:
 * @password: a password
 * @error: place for a %TORG_ERROR_LIMIT
 *
 * Makes what is kept of a password: argon2id, which takes much time and memory on purpose.
 *
 * Returns: (transfer full) (nullable): its hash
 */
char *
torg_accounts_hash_password (const char *password, GError **error)
{
  char hash[crypto_pwhash_STRBYTES];

  if (sodium_init () < 0 || crypto_pwhash_str (hash, password, strlen (password), crypto_pwhash_OPSLIMIT_INTERACTIVE,
                                               crypto_pwhash_MEMLIMIT_INTERACTIVE) != 0)
    {
      g_set_error_literal (error, TORG_ERROR, TORG_ERROR_LIMIT, _ ("There is not enough memory to keep a password."));
      return NULL;
    }
  return g_strdup (hash);
}

/**
 * torg_accounts_find_password_fault:
 * @password: (nullable): what is to be a password
 * @login: what it is to be used with, folded
 *
 * Looks whether a password can be one, in whichever way it comes.
 *
 * Returns: why not
 */
TorgPasswordFault
torg_accounts_find_password_fault (const char *password, const char *login)
{
  g_autofree char *folded = NULL;

  if (password == NULL || !g_utf8_validate (password, -1, NULL) || g_utf8_strlen (password, -1) < TORG_PASSWORD_MIN)
    return TORG_PASSWORD_SHORT;
  if (g_utf8_strlen (password, -1) > TORG_PASSWORD_MAX)
    return TORG_PASSWORD_LONG;
  folded = g_utf8_casefold (password, -1);
  return g_str_equal (folded, login) ? TORG_PASSWORD_LOGIN : TORG_PASSWORD_GOOD;
}

static gboolean
check_password (const char *password, const char *login, GError **error)
{
  switch (torg_accounts_find_password_fault (password, login))
    {
      case TORG_PASSWORD_SHORT:
        g_set_error (error, TORG_ERROR, TORG_ERROR_INVALID,
                     _ ("The password is too short. Choose one of at least %d characters."), TORG_PASSWORD_MIN);
        return FALSE;
      case TORG_PASSWORD_LONG:
        g_set_error (error, TORG_ERROR, TORG_ERROR_INVALID, _ ("The password is too long. %d characters are enough."),
                     TORG_PASSWORD_MAX);
        return FALSE;
      case TORG_PASSWORD_LOGIN:
        g_set_error_literal (error, TORG_ERROR, TORG_ERROR_INVALID,
                             _ ("The password is the login, which is easy to guess. Choose another one."));
        return FALSE;
      case TORG_PASSWORD_GOOD:
      default:
        return TRUE;
    }
}

/**
 * torg_accounts_lock:
 * @user: the id of a `user`
 * @error: place for an error
 *
 * Lets nobody else give or end tokens of a user until the transaction ends.
 *
 * Returns: whether that worked
 */
gboolean
torg_accounts_lock (TorgServerStore *store, const char *user, GError **error)
{
  g_autoptr (TorgStatement) statement =
    torg_server_store_prepare (store, "UPDATE account SET login = login WHERE workspace = ?1 AND user_id = ?2", error);

  if (statement == NULL)
    return FALSE;
  torg_statement_bind_id (statement, 2, user);
  return torg_statement_run (statement, error);
}

/**
 * torg_accounts_add:
 * @user: the id of a `user`
 * @login: what the user signs in with
 * @password: (nullable): the password; without one, only tokens work
 * @error: place for an error, a %TORG_ERROR_INVALID where the password cannot be one
 *
 * Lets a user sign in, or changes how.
 *
 * Returns: whether that was saved
 */
gboolean
torg_accounts_add (TorgServerStore *store, const char *user, const char *login, const char *password, GError **error)
{
  g_autofree char *folded = g_utf8_casefold (login, -1);
  g_autofree char *hash = NULL;
  g_autoptr (TorgStatement) statement = NULL;

  if (password != NULL && !check_password (password, folded, error))
    return FALSE;
  if (password != NULL && (hash = torg_accounts_hash_password (password, error)) == NULL)
    return FALSE;
  statement =
    torg_server_store_prepare (store,
                               "INSERT INTO account (workspace, user_id, login, password) VALUES (?1, ?2, ?3, ?4) "
                               "ON CONFLICT (workspace, user_id) DO UPDATE SET login = excluded.login, "
                               "password = coalesce(excluded.password, account.password)",
                               error);
  if (statement == NULL)
    return FALSE;
  torg_statement_bind_id (statement, 2, user);
  torg_statement_bind_text (statement, 3, folded);
  torg_statement_bind_text (statement, 4, hash);
  return torg_statement_run (statement, error);
}

static gboolean
find_account (TorgServerStore *store, const char *login, gboolean closed_too, char **user, char **hash, GError **error)
{
  g_autofree char *folded = g_utf8_casefold (login, -1);
  g_autoptr (TorgStatement) statement = torg_server_store_prepare (
    store,
    closed_too ? "SELECT user_id, password FROM account WHERE workspace = ?1 AND login = ?2"
               : "SELECT user_id, password FROM account WHERE workspace = ?1 AND login = ?2 AND disabled IS NULL",
    error);
  gboolean row;

  *user = NULL;
  *hash = NULL;
  if (statement == NULL)
    return FALSE;
  torg_statement_bind_text (statement, 2, folded);
  if (!torg_statement_step (statement, &row, error))
    return FALSE;
  if (row)
    {
      *user = torg_statement_dup_id (statement, 0);
      *hash = g_strdup (torg_statement_get_text (statement, 1));
    }
  return TRUE;
}

/**
 * torg_accounts_find:
 * @login: what a user signs in with
 * @user: (out) (nullable): the user's id, %NULL where there is none
 * @error: place for an error
 *
 * Finds a user by login.
 *
 * Returns: whether that worked
 */
gboolean
torg_accounts_find (TorgServerStore *store, const char *login, char **user, GError **error)
{
  g_autofree char *hash = NULL;

  return find_account (store, login, FALSE, user, &hash, error);
}

/* What a password is compared with where there is nothing to compare with, so that it takes as long; made once. */
static char *
dup_nobody (GError **error)
{
  static GMutex lock;
  static char  *nobody = NULL;
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&lock);

  if (nobody == NULL)
    nobody = torg_accounts_hash_password ("nobody", error);
  return g_strdup (nobody);
}

/**
 * torg_accounts_check:
 * @login: what a user signs in with
 * @password: a password
 * @user: (out) (nullable): the user's id; %NULL where the two do not fit
 * @error: place for an error
 *
 * Checks a password. It takes as long for a login that does not exist, or that has none.
 *
 * Returns: whether that worked
 */
gboolean
torg_accounts_check (TorgServerStore *store, const char *login, const char *password, char **user, GError **error)
{
  g_autofree char *hash = NULL;
  g_autofree char *nobody = dup_nobody (error);
  gboolean         right;

  if (nobody == NULL || !find_account (store, login, FALSE, user, &hash, error))
    return FALSE;
  right = crypto_pwhash_str_verify (hash != NULL ? hash : nobody, password, strlen (password)) == 0 && hash != NULL &&
          *user != NULL;
  if (!right)
    g_clear_pointer (user, g_free);
  return TRUE;
}

/**
 * torg_accounts_hash_token:
 * @token: a token, or anything else that is random or no secret
 *
 * Makes what is kept of a token.
 *
 * Returns: (transfer full): its SHA-256
 */
char *
torg_accounts_hash_token (const char *token)
{
  return g_compute_checksum_for_string (G_CHECKSUM_SHA256, token, -1);
}

/**
 * torg_accounts_make_secret:
 *
 * Makes what nobody can guess: 256 bits.
 *
 * Returns: (transfer full): a text of letters, digits, `-` and `_`
 */
char *
torg_accounts_make_secret (TorgServerStore *store)
{
  guint8           bytes[32];
  g_autofree char *text = NULL;

  torg_env_fill_random (torg_server_store_get_env (store), bytes, sizeof bytes);
  text = g_base64_encode (bytes, sizeof bytes);
  g_strdelimit (g_strdelimit (text, "+", '-'), "/", '_');
  text[strcspn (text, "=")] = '\0';
  return g_strconcat ("torg_", text, NULL);
}

/*
 * With the first use of an access token the program has what its renewal brought, the refresh token too: that says so
 * when the access token is long gone.
 */
static gboolean
note_use (TorgServerStore *store, const char *hash, GError **error)
{
  g_autoptr (TorgStatement) statement = torg_server_store_prepare (
    store,
    "UPDATE token SET used = 1 WHERE workspace = ?1 AND used IS NULL AND (hash = ?2 OR (family, generation) = "
    "(SELECT t.family, t.generation FROM token t WHERE t.workspace = ?1 AND t.hash = ?2))",
    error);

  if (statement == NULL)
    return FALSE;
  torg_statement_bind_text (statement, 2, hash);
  return torg_statement_run (statement, error);
}

/**
 * torg_accounts_find_token:
 * @token: (nullable): what a client says
 * @user: (out) (nullable): whose it is; %NULL where it is nobody's, or no more
 * @scopes: (out) (nullable): what it may be used for; %NULL for all that the user may do
 * @error: place for an error
 *
 * Finds out who asks.
 *
 * Returns: whether that worked
 */
gboolean
torg_accounts_find_token (TorgServerStore *store, const char *token, char **user, char **scopes, GError **error)
{
  g_autofree char *hash = token != NULL ? torg_accounts_hash_token (token) : NULL;
  g_autoptr (TorgStatement) statement = NULL;
  gboolean row, first_use;

  *user = *scopes = NULL;
  if (hash == NULL)
    return TRUE;
  statement = torg_server_store_prepare (
    store,
    "SELECT t.user_id, t.kind, t.used, t.scopes FROM token t LEFT JOIN account a ON a.workspace = t.workspace AND "
    "a.user_id = t.user_id WHERE t.workspace = ?1 AND t.hash = ?2 AND t.kind <> 'refresh' AND "
    "a.disabled IS NULL AND (t.used IS NULL OR t.used > 0) AND "
    "(t.expires IS NULL OR t.expires > ?3)",
    error);
  if (statement == NULL)
    return FALSE;
  torg_statement_bind_text (statement, 2, hash);
  torg_statement_bind_int (statement, 3, torg_env_get_now (torg_server_store_get_env (store)));
  if (!torg_statement_step (statement, &row, error))
    return FALSE;
  if (!row)
    return TRUE;
  *user = torg_statement_dup_id (statement, 0);
  *scopes = g_strdup (torg_statement_get_text (statement, 3));
  first_use =
    g_strcmp0 (torg_statement_get_text (statement, 1), "access") == 0 && torg_statement_is_null (statement, 2);
  torg_statement_reset (statement);
  return !first_use || note_use (store, hash, error);
}

static gboolean
run_for (TorgServerStore *store, const char *sql, const char *id, GError **error)
{
  g_autoptr (TorgStatement) statement = torg_server_store_prepare (store, sql, error);

  if (statement == NULL)
    return FALSE;
  torg_statement_bind_id (statement, 2, id);
  return torg_statement_run (statement, error);
}

static gboolean
finish (TorgServerStore *store, gboolean ok, GError **error)
{
  TorgDb *db = torg_server_store_get_db (store);

  if (ok)
    return torg_db_commit (db, error);
  torg_db_rollback (db);
  return FALSE;
}

/* A code that is on its way would become one; whoever has an invitation could begin another one. */
static gboolean
end_sessions (TorgServerStore *store, const char *user, GError **error)
{
  return run_for (store, "DELETE FROM signin_code WHERE workspace = ?1 AND user_id = ?2", user, error) &&
         run_for (store,
                  "UPDATE invitation SET state = 'withdrawn' WHERE workspace = ?1 AND user_id = ?2 AND state = 'open'",
                  user, error) &&
         run_for (store, "DELETE FROM token WHERE workspace = ?1 AND user_id = ?2", user, error);
}

/**
 * torg_accounts_find_any:
 * @login: what a user signs in with, or did
 * @user: (out) (nullable): the user's id, %NULL where there is none
 * @error: place for an error
 *
 * Finds a user by login, also one who may not sign in any more.
 *
 * Returns: whether that worked
 */
gboolean
torg_accounts_find_any (TorgServerStore *store, const char *login, char **user, GError **error)
{
  g_autofree char *hash = NULL;

  return find_account (store, login, TRUE, user, &hash, error);
}

/**
 * torg_accounts_disable:
 * @user: the id of a `user`
 * @error: place for an error
 *
 * Lets a user sign in no more; in a transaction. The user's tokens are gone for good: who signs in again later needs
 * new ones.
 *
 * Returns: whether that was saved
 */
gboolean
torg_accounts_disable (TorgServerStore *store, const char *user, GError **error)
{
  g_autoptr (TorgStatement) statement =
    torg_server_store_prepare (store, "UPDATE account SET disabled = ?3 WHERE workspace = ?1 AND user_id = ?2", error);

  if (statement == NULL)
    return FALSE;
  torg_statement_bind_id (statement, 2, user);
  torg_statement_bind_int (statement, 3, torg_env_get_now (torg_server_store_get_env (store)));
  return torg_statement_run (statement, error) && end_sessions (store, user, error);
}

/**
 * torg_accounts_enable:
 * @user: the id of a `user`
 * @error: place for an error
 *
 * Lets a user sign in again.
 *
 * Returns: whether that was saved
 */
gboolean
torg_accounts_enable (TorgServerStore *store, const char *user, GError **error)
{
  return run_for (store, "UPDATE account SET disabled = NULL WHERE workspace = ?1 AND user_id = ?2", user, error);
}

/**
 * torg_accounts_replace_password:
 * @user: the id of a `user`
 * @hash: what [func@accounts_hash_password] made of the new password
 * @error: place for an error
 *
 * Changes a password; in a transaction. The user's tokens are gone: whoever knows the old password has nothing of it.
 *
 * Returns: whether that was saved
 */
gboolean
torg_accounts_replace_password (TorgServerStore *store, const char *user, const char *hash, GError **error)
{
  g_autoptr (TorgStatement) statement =
    torg_server_store_prepare (store, "UPDATE account SET password = ?3 WHERE workspace = ?1 AND user_id = ?2", error);

  if (statement == NULL)
    return FALSE;
  torg_statement_bind_id (statement, 2, user);
  torg_statement_bind_text (statement, 3, hash);
  return torg_statement_run (statement, error) && end_sessions (store, user, error);
}

/**
 * torg_accounts_find_login:
 * @user: the id of a `user`
 * @login: (out) (transfer full) (nullable): what they sign in with, or did; %NULL where there is no account
 * @closed: (out): whether the account is closed
 * @error: place for an error
 *
 * Finds the login of a user.
 *
 * Returns: whether the database answered
 */
gboolean
torg_accounts_find_login (TorgServerStore *store, const char *user, char **login, gboolean *closed, GError **error)
{
  g_autoptr (TorgStatement) statement = torg_server_store_prepare (
    store, "SELECT login, disabled FROM account WHERE workspace = ?1 AND user_id = ?2", error);
  gboolean row;

  *login = NULL;
  *closed = FALSE;
  if (statement == NULL)
    return FALSE;
  torg_statement_bind_id (statement, 2, user);
  if (!torg_statement_step (statement, &row, error))
    return FALSE;
  *login = row ? g_strdup (torg_statement_get_text (statement, 0)) : NULL;
  *closed = row && !torg_statement_is_null (statement, 1);
  return TRUE;
}

/**
 * torg_accounts_set_password:
 * @user: the id of a `user`
 * @password: the new password
 * @error: place for an error, a %TORG_ERROR_INVALID where it cannot be one
 *
 * Changes a password, in a transaction of its own; see [func@accounts_replace_password].
 *
 * Returns: whether that was saved
 */
gboolean
torg_accounts_set_password (TorgServerStore *store, const char *user, const char *password, GError **error)
{
  g_autofree char *login = NULL, *hash = NULL;
  gboolean         closed;

  if (!torg_accounts_find_login (store, user, &login, &closed, error) ||
      !check_password (password, login != NULL ? login : "", error))
    return FALSE;
  hash = torg_accounts_hash_password (password, error);
  return hash != NULL && torg_db_begin (torg_server_store_get_db (store), error) &&
         finish (store, torg_accounts_replace_password (store, user, hash, error), error);
}

/**
 * torg_accounts_bind_token:
 * @token: a token that was found to be somebody's
 * @client: the id of the client that uses it
 * @error: place for an error
 *
 * Remembers which device a token is on, so that it can be revoked by the device.
 *
 * Returns: whether that worked
 */
gboolean
torg_accounts_bind_token (TorgServerStore *store, const char *token, const char *client, GError **error)
{
  g_autofree char *hash = torg_accounts_hash_token (token);
  g_autoptr (TorgStatement) statement = torg_server_store_prepare (
    store,
    "UPDATE token SET client = ?3 WHERE workspace = ?1 AND (client IS NULL OR client <> ?3) AND (hash = ?2 OR "
    "family = (SELECT f.family FROM token f WHERE f.workspace = ?1 AND f.hash = ?2))",
    error);

  if (statement == NULL)
    return FALSE;
  torg_statement_bind_text (statement, 2, hash);
  torg_statement_bind_id (statement, 3, client);
  return torg_statement_run (statement, error);
}

/**
 * torg_accounts_is_shut_out:
 * @token: a token that was found to be somebody's
 * @client: the id of a client
 * @shut_out: (out): whether it is a device of theirs that was revoked after the sign-in that the token is from
 * @error: place for an error
 *
 * Tells whether a token is one of those that a device had when it was revoked. With a later one the device may come
 * back, under another id.
 *
 * Returns: whether that worked
 */
gboolean
torg_accounts_is_shut_out (TorgServerStore *store,
                           const char      *token,
                           const char      *client,
                           gboolean        *shut_out,
                           GError         **error)
{
  g_autofree char *hash = torg_accounts_hash_token (token);
  g_autofree char *family = NULL;
  g_autoptr (TorgStatement) statement = torg_server_store_prepare (
    store,
    "SELECT t.created, t.family, c.revoked FROM token t JOIN client c ON c.workspace = t.workspace AND "
    "c.user_id = t.user_id WHERE t.workspace = ?1 AND t.hash = ?2 AND c.id = ?3 AND c.revoked IS NOT NULL",
    error);
  gint64   began;
  gboolean row;

  *shut_out = FALSE;
  if (statement == NULL)
    return FALSE;
  torg_statement_bind_text (statement, 2, hash);
  torg_statement_bind_id (statement, 3, client);
  if (!torg_statement_step (statement, &row, error))
    return FALSE;
  if (!row)
    return TRUE;
  family = torg_statement_dup_id (statement, 1);
  began = family != NULL ? torg_id_get_time (family) : torg_statement_get_int (statement, 0);
  *shut_out = began <= torg_statement_get_int (statement, 2);
  return TRUE;
}

static void
device_free (gpointer data)
{
  TorgDevice *device = data;

  g_free (device->client);
  g_free (device->login);
  g_free (device);
}

/**
 * torg_accounts_list_devices:
 * @error: place for an error
 *
 * Lists the devices that can exchange with the server, by their users.
 *
 * Returns: (transfer full) (nullable) (element-type TorgDevice): devices
 */
GPtrArray *
torg_accounts_list_devices (TorgServerStore *store, GError **error)
{
  g_autoptr (GPtrArray) devices = g_ptr_array_new_with_free_func (device_free);
  g_autoptr (TorgStatement) statement =
    torg_server_store_prepare (store,
                               "SELECT t.client, a.login, min(t.created), c.seen FROM token t "
                               "JOIN account a ON a.workspace = t.workspace AND a.user_id = t.user_id "
                               "LEFT JOIN client c ON c.workspace = t.workspace AND c.id = t.client "
                               "WHERE t.workspace = ?1 AND t.client IS NOT NULL GROUP BY t.client, a.login, c.seen "
                               "ORDER BY a.login, min(t.created)",
                               error);
  gboolean row;

  if (statement == NULL)
    return NULL;
  for (;;)
    {
      TorgDevice *device;

      if (!torg_statement_step (statement, &row, error))
        return NULL;
      if (!row)
        return g_steal_pointer (&devices);
      device = g_new0 (TorgDevice, 1);
      device->client = torg_statement_dup_id (statement, 0);
      device->login = g_strdup (torg_statement_get_text (statement, 1));
      device->since = torg_statement_get_int (statement, 2);
      device->sent = torg_statement_is_null (statement, 3) ? 0 : torg_statement_get_int (statement, 3);
      g_ptr_array_add (devices, device);
    }
}

/* One whose token another device has taken over is one too. */
static gboolean
find_device (TorgServerStore *store, const char *client, gboolean *found, GError **error)
{
  g_autoptr (TorgStatement) statement =
    torg_server_store_prepare (store,
                               "SELECT 1 FROM token WHERE workspace = ?1 AND client = ?2 UNION ALL "
                               "SELECT 1 FROM client WHERE workspace = ?1 AND id = ?2 AND revoked IS NULL",
                               error);

  if (statement == NULL)
    return FALSE;
  torg_statement_bind_id (statement, 2, client);
  return torg_statement_step (statement, found, error);
}

/**
 * torg_accounts_revoke_device:
 * @client: the id of a client
 * @found: (out): whether there was one
 * @error: place for an error
 *
 * Shuts a device out: its tokens are gone, and what it would send under its id is refused, be it for the first time.
 *
 * Returns: whether that was saved
 */
gboolean
torg_accounts_revoke_device (TorgServerStore *store, const char *client, gboolean *found, GError **error)
{
  g_autoptr (TorgStatement) note = NULL;
  g_autoptr (TorgStatement) revoke = NULL;
  gint64 now = torg_env_get_now (torg_server_store_get_env (store));

  if (!find_device (store, client, found, error))
    return FALSE;
  note = torg_server_store_prepare (store,
                                    "INSERT INTO client (workspace, id, user_id, last_seq, seen) SELECT workspace, "
                                    "client, user_id, 0, created FROM token WHERE workspace = ?1 AND client = ?2 "
                                    "ORDER BY created DESC LIMIT 1 "
                                    "ON CONFLICT DO NOTHING",
                                    error);
  if (note == NULL)
    return FALSE;
  torg_statement_bind_id (note, 2, client);
  if (!torg_statement_run (note, error))
    return FALSE;
  revoke = torg_server_store_prepare (store, "UPDATE client SET revoked = ?3 WHERE workspace = ?1 AND id = ?2", error);
  if (revoke == NULL)
    return FALSE;
  torg_statement_bind_id (revoke, 2, client);
  torg_statement_bind_int (revoke, 3, now);
  return torg_statement_run (revoke, error) &&
         run_for (store, "DELETE FROM token WHERE workspace = ?1 AND client = ?2", client, error);
}
