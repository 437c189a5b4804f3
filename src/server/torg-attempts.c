/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "torg-server"

#include "config.h"

#include "torg-accounts.h"
#include "torg-attempts.h"

/*
 * Wrong passwords. An attempt counts as a wrong one before the password is looked at, under a lock, and is taken back
 * when it was right: however many guesses come at once, no more than the limit are looked at.
 */

/* How many wrong passwords are nothing unusual: of one person at one computer, at one computer, of one person. */
static const struct
{
  const char *name;
  gboolean    by_login, by_peer;
  guint       free_tries;
} limits[] = {
  { "both", TRUE, TRUE, 5 },
  { "peer", FALSE, TRUE, 300 },
  { "login", TRUE, FALSE, 100 },
};

/* From the first one too many on, each doubles the wait. */
#define FIRST_WAIT_SECONDS 30
#define LONGEST_WAIT_SECONDS (60 * 60)

static gint64
get_now (TorgServerStore *store)
{
  return torg_env_get_now (torg_server_store_get_env (store));
}

static char *
make_key (guint limit, const char *login, const char *peer)
{
  g_autofree char *folded = g_utf8_casefold (login, -1);
  g_autofree char *text = g_strconcat (limits[limit].name, "\n", limits[limit].by_login ? folded : "", "\n",
                                       limits[limit].by_peer ? peer : "", NULL);

  /* Of one length whatever was typed, and no list of logins. */
  return torg_accounts_hash_token (text);
}

/* How many there were, and how long ago the last one was; nobody else counts here until the transaction ends. */
static gboolean
lock_failures (TorgServerStore *store, const char *key, guint *failures, gint64 *seconds, GError **error)
{
  g_autoptr (TorgStatement) statement = torg_server_store_prepare (
    store,
    "INSERT INTO signin_failure (workspace, name, failures, at) VALUES (?1, ?2, 0, ?3) "
    "ON CONFLICT (workspace, name) DO UPDATE SET failures = signin_failure.failures RETURNING failures, at",
    error);
  gboolean row;

  if (statement == NULL)
    return FALSE;
  torg_statement_bind_text (statement, 2, key);
  torg_statement_bind_int (statement, 3, get_now (store));
  if (!torg_statement_step (statement, &row, error))
    return FALSE;
  *seconds = MAX (0, (get_now (store) - torg_statement_get_int (statement, 1)) / G_USEC_PER_SEC);
  *failures = *seconds < TORG_ATTEMPTS_FORGET_SECONDS ? (guint) torg_statement_get_int (statement, 0) : 0;
  /* SQLite writes when the statement is finished. */
  return torg_statement_step (statement, &row, error);
}

static gboolean
set_failures (TorgServerStore *store, const char *key, guint failures, GError **error)
{
  g_autoptr (TorgStatement) statement = torg_server_store_prepare (
    store,
    failures > 0 ? "UPDATE signin_failure SET failures = ?3, at = ?4 WHERE workspace = ?1 AND name = ?2"
                 : "DELETE FROM signin_failure WHERE workspace = ?1 AND name = ?2",
    error);

  if (statement == NULL)
    return FALSE;
  torg_statement_bind_text (statement, 2, key);
  if (failures > 0)
    {
      torg_statement_bind_int (statement, 3, failures);
      torg_statement_bind_int (statement, 4, get_now (store));
    }
  return torg_statement_run (statement, error);
}

static gint64
get_wait (guint limit, guint failures, gint64 passed)
{
  gint64 wait;

  if (failures < limits[limit].free_tries)
    return 0;
  wait = MIN ((gint64) FIRST_WAIT_SECONDS << MIN (failures - limits[limit].free_tries, 10), LONGEST_WAIT_SECONDS);
  return MAX (0, wait - passed);
}

static gboolean
count_all (TorgServerStore *store, const char *login, const char *peer, guint *seconds, GError **error)
{
  for (guint i = 0; i < G_N_ELEMENTS (limits); i++)
    {
      g_autofree char *key = make_key (i, login, peer);
      guint            failures;
      gint64           passed;

      if (!lock_failures (store, key, &failures, &passed, error))
        return FALSE;
      *seconds = MAX (*seconds, (guint) get_wait (i, failures, passed));
      if (*seconds == 0 && !set_failures (store, key, failures + 1, error))
        return FALSE;
    }
  return TRUE;
}

/**
 * torg_attempts_count:
 * @login: what somebody wants to sign in with
 * @peer: from where
 * @seconds: (out): how long no password is to be looked at, since there were too many wrong ones; 0 for none
 * @error: place for an error
 *
 * Counts an attempt as a wrong one, unless it has to wait. It is the same for a login that does not exist.
 *
 * Returns: whether that worked
 */
gboolean
torg_attempts_count (TorgServerStore *store, const char *login, const char *peer, guint *seconds, GError **error)
{
  TorgDb *db = torg_server_store_get_db (store);

  *seconds = 0;
  if (!torg_db_begin (db, error))
    return FALSE;
  if (count_all (store, login, peer, seconds, error) && *seconds == 0)
    return torg_db_commit (db, error);
  torg_db_rollback (db);
  return *seconds > 0;
}

static gboolean
clear_all (TorgServerStore *store, const char *login, const char *peer, GError **error)
{
  for (guint i = 0; i < G_N_ELEMENTS (limits); i++)
    {
      g_autofree char *key = make_key (i, login, peer);
      guint            failures;
      gint64           passed;

      /* One's own password does not make up for those that were tried for others. */
      if (!lock_failures (store, key, &failures, &passed, error) ||
          !set_failures (store, key, limits[i].by_login || failures == 0 ? 0 : failures - 1, error))
        return FALSE;
    }
  return TRUE;
}

/**
 * torg_attempts_clear:
 * @login: what somebody signed in with
 * @peer: from where
 * @error: place for an error
 *
 * Takes an attempt back, since the password was right, and with it the wrong ones for that login.
 *
 * Returns: whether that was saved
 */
gboolean
torg_attempts_clear (TorgServerStore *store, const char *login, const char *peer, GError **error)
{
  TorgDb *db = torg_server_store_get_db (store);

  if (!torg_db_begin (db, error))
    return FALSE;
  if (clear_all (store, login, peer, error))
    return torg_db_commit (db, error);
  torg_db_rollback (db);
  return FALSE;
}
