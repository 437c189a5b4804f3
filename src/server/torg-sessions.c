/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "torg-server"

#include "config.h"

#include "torg-accounts.h"
#include "torg-sessions.h"

#include <sodium.h>
#include <string.h>

/*
 * What follows a sign-in: the code that the browser hands to the program (RFC 6749, 4.1, with PKCE, RFC 7636), the
 * tokens that it is exchanged for, and their renewal. A refresh token is used once; it stays valid until one of the two
 * that it brought is used, so that an answer that is lost locks nobody out. One that comes after that was stolen, or
 * its successor was, as was one that another answer has replaced: the whole family ends (RFC 9700, 4.14.2).
 *
 * Whatever gives or ends tokens of a user locks the account first, so that none is given after all have ended.
 */

/* What `used` says of a token; null before it was used. */
#define USED 1
#define REPLACED (-1)

#define CODE_SECONDS 60
#define REFRESH_SECONDS (90 * 24 * 60 * 60)

static gint64
get_now (TorgServerStore *store)
{
  return torg_env_get_now (torg_server_store_get_env (store));
}

/**
 * torg_session_free:
 * @self: (transfer full): a session
 *
 * Frees a session.
 */
void
torg_session_free (TorgSession *self)
{
  g_free (self->user);
  g_free (self->access);
  g_free (self->refresh);
  g_free (self);
}

/* --- codes -------------------------------------------------------------------------------------------------------- */

/**
 * torg_sessions_make_code:
 * @user: the id of a `user` who has signed in
 * @challenge: of the program that asked: BASE64URL (SHA256 (verifier))
 * @redirect: where the browser takes the code to
 * @error: place for an error
 *
 * Makes a code, valid once and for a minute.
 *
 * Returns: (transfer full) (nullable): the code
 */
char *
torg_sessions_make_code (TorgServerStore *store,
                         const char      *user,
                         const char      *challenge,
                         const char      *redirect,
                         GError         **error)
{
  g_autofree char *code = torg_accounts_make_secret (store);
  g_autofree char *hash = torg_accounts_hash_token (code);
  g_autoptr (TorgStatement) statement = torg_server_store_prepare (
    store,
    "INSERT INTO signin_code (workspace, hash, user_id, challenge, redirect, expires) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
    error);

  if (statement == NULL)
    return NULL;
  torg_statement_bind_text (statement, 2, hash);
  torg_statement_bind_id (statement, 3, user);
  torg_statement_bind_text (statement, 4, challenge);
  torg_statement_bind_text (statement, 5, redirect);
  torg_statement_bind_int (statement, 6, get_now (store) + CODE_SECONDS * G_USEC_PER_SEC);
  return torg_statement_run (statement, error) ? g_steal_pointer (&code) : NULL;
}

/* RFC 7636, 4.6. */
static gboolean
fits_challenge (const char *verifier, const char *challenge)
{
  guint8 digest[crypto_hash_sha256_BYTES];
  char   text[sodium_base64_ENCODED_LEN (crypto_hash_sha256_BYTES, sodium_base64_VARIANT_URLSAFE_NO_PADDING)];

  crypto_hash_sha256 (digest, (const guint8 *) verifier, strlen (verifier));
  sodium_bin2base64 (text, sizeof text, digest, sizeof digest, sodium_base64_VARIANT_URLSAFE_NO_PADDING);
  return strlen (challenge) == strlen (text) && sodium_memcmp (challenge, text, strlen (text)) == 0;
}

/* A code is gone with the first attempt, whether it fits or not. */
static gboolean
take_code (TorgServerStore *store,
           const char      *code,
           const char      *verifier,
           const char      *redirect,
           char           **user,
           GError         **error)
{
  g_autofree char *hash = torg_accounts_hash_token (code);
  g_autoptr (TorgStatement) statement =
    torg_server_store_prepare (store,
                               "DELETE FROM signin_code WHERE workspace = ?1 AND hash = ?2 "
                               "RETURNING user_id, challenge, redirect, expires",
                               error);
  gboolean row;

  *user = NULL;
  if (statement == NULL)
    return FALSE;
  torg_statement_bind_text (statement, 2, hash);
  if (!torg_statement_step (statement, &row, error))
    return FALSE;
  if (row && fits_challenge (verifier, torg_statement_get_text (statement, 1)) &&
      g_strcmp0 (redirect, torg_statement_get_text (statement, 2)) == 0 &&
      torg_statement_get_int (statement, 3) > get_now (store))
    *user = torg_statement_dup_id (statement, 0);
  return !row || torg_statement_step (statement, &row, error);
}

/* --- tokens ------------------------------------------------------------------------------------------------------- */

static char *
add_token (TorgServerStore *store,
           const char      *user,
           const char      *kind,
           const char      *family,
           gint64           generation,
           gint64           seconds,
           GError         **error)
{
  g_autofree char *token = torg_accounts_make_secret (store);
  g_autofree char *hash = torg_accounts_hash_token (token);
  g_autoptr (TorgStatement) statement =
    torg_server_store_prepare (store,
                               "INSERT INTO token (workspace, hash, user_id, kind, family, "
                               "generation, created, expires, client) "
                               "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, "
                               "(SELECT client FROM token WHERE workspace = ?1 AND family = ?5 AND "
                               "client IS NOT NULL LIMIT 1))",
                               error);

  if (statement == NULL)
    return NULL;
  torg_statement_bind_text (statement, 2, hash);
  torg_statement_bind_id (statement, 3, user);
  torg_statement_bind_text (statement, 4, kind);
  torg_statement_bind_id (statement, 5, family);
  torg_statement_bind_int (statement, 6, generation);
  torg_statement_bind_int (statement, 7, get_now (store));
  torg_statement_bind_int (statement, 8, get_now (store) + seconds * G_USEC_PER_SEC);
  return torg_statement_run (statement, error) ? g_steal_pointer (&token) : NULL;
}

static TorgSession *
add_tokens (TorgServerStore *store, const char *user, const char *family, gint64 generation, GError **error)
{
  g_autoptr (TorgSession) session = g_new0 (TorgSession, 1);

  session->user = g_strdup (user);
  session->access = add_token (store, user, "access", family, generation, TORG_SESSION_ACCESS_SECONDS, error);
  if (session->access != NULL)
    session->refresh = add_token (store, user, "refresh", family, generation, REFRESH_SECONDS, error);
  return session->refresh != NULL ? g_steal_pointer (&session) : NULL;
}

static gboolean
redeem (TorgServerStore *store,
        const char      *code,
        const char      *verifier,
        const char      *redirect,
        TorgSession    **session,
        GError         **error)
{
  g_autofree char *user = NULL;
  g_autofree char *family = NULL;

  if (!take_code (store, code, verifier, redirect, &user, error))
    return FALSE;
  if (user == NULL)
    return TRUE;
  if (!torg_accounts_lock (store, user, error))
    return FALSE;
  family = torg_env_make_id (torg_server_store_get_env (store));
  *session = add_tokens (store, user, family, 1, error);
  return *session != NULL;
}

static gboolean
end (TorgServerStore *store, gboolean ok, TorgSession **session, GError **error)
{
  TorgDb *db = torg_server_store_get_db (store);

  ok = ok && torg_db_commit (db, error);
  if (!ok)
    {
      torg_db_rollback (db);
      if (session != NULL)
        g_clear_pointer (session, torg_session_free);
    }
  return ok;
}

/**
 * torg_sessions_redeem:
 * @code: what the browser brought
 * @verifier: what the program kept to itself
 * @redirect: where the browser brought it
 * @session: (out) (nullable): the tokens; %NULL where the three do not fit, or come too late
 * @error: place for an error
 *
 * Exchanges a code.
 *
 * Returns: whether that worked
 */
gboolean
torg_sessions_redeem (TorgServerStore *store,
                      const char      *code,
                      const char      *verifier,
                      const char      *redirect,
                      TorgSession    **session,
                      GError         **error)
{
  *session = NULL;
  return torg_db_begin (torg_server_store_get_db (store), error) &&
         end (store, redeem (store, code, verifier, redirect, session, error), session, error);
}

typedef struct
{
  char    *user;   /* (owned) (nullable): where there is such a token */
  char    *family; /* (owned) (nullable) */
  gint64   generation;
  gint64   last;   /* the newest generation that was used */
  gint64   newest; /* the newest one at all */
  gboolean replaced;
  gboolean open; /* the user may sign in, and it is not too late */
} Refresh;

static void
refresh_clear (Refresh *self)
{
  g_free (self->user);
  g_free (self->family);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Refresh, refresh_clear)

static gboolean
find_refresh (TorgServerStore *store, const char *token, Refresh *refresh, GError **error)
{
  g_autofree char *hash = torg_accounts_hash_token (token);
  g_autoptr (TorgStatement) statement = torg_server_store_prepare (
    store,
    "SELECT t.user_id, t.family, t.generation, t.expires, a.disabled, (SELECT max(o.generation) FROM token o "
    "WHERE o.workspace = t.workspace AND o.family = t.family AND o.used = 1), t.used, "
    "(SELECT max(o.generation) FROM token o WHERE o.workspace = t.workspace AND o.family = t.family) "
    "FROM token t JOIN account a ON a.workspace = t.workspace AND a.user_id = t.user_id "
    "WHERE t.workspace = ?1 AND t.hash = ?2 AND t.kind = 'refresh'",
    error);
  gboolean row;

  if (statement == NULL)
    return FALSE;
  torg_statement_bind_text (statement, 2, hash);
  if (!torg_statement_step (statement, &row, error))
    return FALSE;
  if (!row)
    return TRUE;
  refresh->user = torg_statement_dup_id (statement, 0);
  refresh->family = torg_statement_dup_id (statement, 1);
  refresh->generation = torg_statement_get_int (statement, 2);
  refresh->open = torg_statement_get_int (statement, 3) > get_now (store) && torg_statement_is_null (statement, 4);
  refresh->last = torg_statement_is_null (statement, 5) ? 0 : torg_statement_get_int (statement, 5);
  refresh->replaced = !torg_statement_is_null (statement, 6) && torg_statement_get_int (statement, 6) == REPLACED;
  refresh->newest = torg_statement_get_int (statement, 7);
  return TRUE;
}

static gboolean
run_for_family (TorgServerStore *store, const char *sql, const char *family, gint64 generation, GError **error)
{
  g_autoptr (TorgStatement) statement = torg_server_store_prepare (store, sql, error);

  if (statement == NULL)
    return FALSE;
  torg_statement_bind_id (statement, 2, family);
  torg_statement_bind_int (statement, 3, generation);
  return torg_statement_run (statement, error);
}

static gboolean
remove_family (TorgServerStore *store, const char *family, GError **error)
{
  return run_for_family (store, "DELETE FROM token WHERE workspace = ?1 AND family = ?2 AND generation >= ?3", family,
                         0, error);
}

static gboolean
refresh_tokens (TorgServerStore *store, const char *token, TorgSession **session, GError **error)
{
  g_auto (Refresh) first = { 0 };
  g_auto (Refresh) refresh = { 0 };

  if (!find_refresh (store, token, &first, error))
    return FALSE;
  if (first.user == NULL)
    return TRUE;
  /* It may have ended while the lock was waited for. */
  if (!torg_accounts_lock (store, first.user, error) || !find_refresh (store, token, &refresh, error))
    return FALSE;
  if (refresh.user == NULL || !refresh.open)
    return TRUE;
  if (refresh.replaced || refresh.generation < refresh.last)
    {
      g_message ("A refresh token came again after its successor: the device has to sign in anew.");
      return remove_family (store, refresh.family, error);
    }
  /* What an earlier use of it brought did not arrive, or was not used yet. */
  if (!run_for_family (store, "UPDATE token SET used = -1 WHERE workspace = ?1 AND family = ?2 AND generation > ?3",
                       refresh.family, refresh.generation, error) ||
      !run_for_family (store,
                       "UPDATE token SET used = 1 WHERE workspace = ?1 AND family = ?2 AND generation = ?3 AND "
                       "kind = 'refresh'",
                       refresh.family, refresh.generation, error))
    return FALSE;
  *session = add_tokens (store, refresh.user, refresh.family, refresh.newest + 1, error);
  return *session != NULL;
}

/**
 * torg_sessions_refresh:
 * @refresh: a refresh token
 * @session: (out) (nullable): the next tokens; %NULL where the program has to sign in anew
 * @error: place for an error
 *
 * Renews a session.
 *
 * Returns: whether that worked
 */
gboolean
torg_sessions_refresh (TorgServerStore *store, const char *refresh, TorgSession **session, GError **error)
{
  *session = NULL;
  return torg_db_begin (torg_server_store_get_db (store), error) &&
         end (store, refresh_tokens (store, refresh, session, error), session, error);
}

static gboolean
end_family (TorgServerStore *store, const char *token, GError **error)
{
  g_autofree char *hash = torg_accounts_hash_token (token);
  g_autofree char *user = NULL;
  g_autofree char *family = NULL;
  g_autoptr (TorgStatement) statement = torg_server_store_prepare (
    store, "SELECT user_id, family FROM token WHERE workspace = ?1 AND hash = ?2 AND family IS NOT NULL", error);
  gboolean row;

  if (statement == NULL)
    return FALSE;
  torg_statement_bind_text (statement, 2, hash);
  if (!torg_statement_step (statement, &row, error))
    return FALSE;
  if (!row)
    return TRUE;
  user = torg_statement_dup_id (statement, 0);
  family = torg_statement_dup_id (statement, 1);
  torg_statement_reset (statement);
  return torg_accounts_lock (store, user, error) && remove_family (store, family, error);
}

/**
 * torg_sessions_revoke:
 * @token: an access or a refresh token
 * @error: place for an error
 *
 * Ends the session that a token belongs to (RFC 7009). A token that there is not is no error.
 *
 * Returns: whether that worked
 */
gboolean
torg_sessions_revoke (TorgServerStore *store, const char *token, GError **error)
{
  return torg_db_begin (torg_server_store_get_db (store), error) &&
         end (store, end_family (store, token, error), NULL, error);
}
