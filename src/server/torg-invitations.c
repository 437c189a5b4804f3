/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "torg-server"

#include "config.h"

#include "torg-accounts.h"
#include "torg-invitations.h"
#include "torg-json.h"
#include "torg-sight.h"

#include <string.h>

/*
 * Invitations: a link by which somebody sets the password of an account, once. Only its hash is kept, which goes on to
 * say what became of it. At most one of an account is open. A link is for the employee as they were when it was made:
 * where their e-mail addresses are others now, or they may edit roles and who made the link could not invite such
 * people, it is as one that was withdrawn.
 */

static gint64
get_now (TorgServerStore *store)
{
  return torg_env_get_now (torg_server_store_get_env (store));
}

/**
 * torg_invitations_withdraw:
 * @user: the id of a `user`
 * @error: place for an error
 *
 * Takes back the invitation that is open, if one is; in a transaction.
 *
 * Returns: whether that was saved
 */
gboolean
torg_invitations_withdraw (TorgServerStore *store, const char *user, GError **error)
{
  g_autoptr (TorgStatement) statement = torg_server_store_prepare (
    store, "UPDATE invitation SET state = 'withdrawn' WHERE workspace = ?1 AND user_id = ?2 AND state = 'open'", error);

  if (statement == NULL)
    return FALSE;
  torg_statement_bind_id (statement, 2, user);
  return torg_statement_run (statement, error);
}

/**
 * torg_invitations_make:
 * @user: the id of a `user` with an account
 * @author: (nullable): the id of the `user` who invites; %NULL for whoever runs the server
 * @ordinary: whether it must not become one of somebody who may edit roles
 * @emails: (nullable): the employee's addresses, as text of JSON
 * @secret: (out) (transfer full): what the link ends with, shown once
 * @error: place for an error
 *
 * Makes an invitation in place of the one before; in a transaction.
 *
 * Returns: whether that was saved
 */
gboolean
torg_invitations_make (TorgServerStore *store,
                       const char      *user,
                       const char      *author,
                       gboolean         ordinary,
                       const char      *emails,
                       char           **secret,
                       GError         **error)
{
  g_autofree char *text = torg_accounts_make_secret (store);
  g_autofree char *hash = torg_accounts_hash_token (text);
  g_autoptr (TorgStatement) statement = NULL;

  if (!torg_accounts_lock (store, user, error) || !torg_invitations_withdraw (store, user, error))
    return FALSE;
  statement = torg_server_store_prepare (store,
                                         "INSERT INTO invitation (workspace, hash, user_id, author, created, expires, "
                                         "state, ordinary, emails) VALUES (?1, ?2, ?3, ?4, ?5, ?6, 'open', ?7, ?8)",
                                         error);
  if (statement == NULL)
    return FALSE;
  torg_statement_bind_text (statement, 2, hash);
  torg_statement_bind_id (statement, 3, user);
  torg_statement_bind_id (statement, 4, author);
  torg_statement_bind_int (statement, 5, get_now (store));
  torg_statement_bind_int (statement, 6, get_now (store) + TORG_INVITATION_DAYS * G_TIME_SPAN_DAY);
  torg_statement_bind_int (statement, 7, ordinary);
  torg_statement_bind_text (statement, 8, emails);
  if (!torg_statement_run (statement, error))
    return FALSE;
  *secret = g_steal_pointer (&text);
  return TRUE;
}

static TorgInvitationState
read_state (TorgServerStore *store, TorgStatement *statement)
{
  const char *state = torg_statement_get_text (statement, 0);

  if (g_str_equal (state, "used"))
    return TORG_INVITATION_USED;
  /* Who may not sign in has no use for it. */
  if (!g_str_equal (state, "open") || !torg_statement_is_null (statement, 4))
    return TORG_INVITATION_WITHDRAWN;
  return torg_statement_get_int (statement, 1) > get_now (store) ? TORG_INVITATION_OPEN : TORG_INVITATION_EXPIRED;
}

static gboolean
is_administrator (TorgServerStore *store, const char *user, gboolean *is, GError **error)
{
  g_autoptr (TorgSight) sight = torg_sight_new (store, user, error);

  *is = sight != NULL && torg_sight_is_admin (sight);
  return sight != NULL;
}

/* Whether a link leads where it was to lead when it was made, as the next employee's or administrator's does not. */
static gboolean
check_fits (TorgServerStore *store, TorgInvitation *invitation, TorgStatement *row, gboolean *fits, GError **error)
{
  const TorgType  *type = torg_schema_find (torg_server_store_get_schema (store), "user");
  const TorgField *field = torg_type_find_field (type, "emails");
  g_autofree char *author = torg_statement_dup_id (row, 5);
  g_autofree char *emails = g_strdup (torg_statement_get_text (row, 7));
  gboolean         ordinary = torg_statement_get_int (row, 6) != 0, is = FALSE;
  g_autoptr (TorgRecord) user = NULL;
  g_autofree char *now = NULL;

  *fits = FALSE;
  if (!torg_server_store_load (store, type, invitation->user, FALSE, &user, NULL, error))
    return FALSE;
  now = user != NULL ? torg_value_to_json_text (torg_record_get (user, "emails"), field->kind) : NULL;
  if (emails != NULL && g_strcmp0 (emails, now) != 0)
    return TRUE;
  if (!is_administrator (store, invitation->user, &is, error))
    return FALSE;
  /* Whoever runs the server invites everybody. */
  if (!is || (!ordinary && author == NULL))
    {
      *fits = TRUE;
      return TRUE;
    }
  return ordinary || is_administrator (store, author, fits, error);
}

/**
 * torg_invitations_find:
 * @secret: what a link ends with
 * @error: place for an error
 *
 * Finds out what a link leads to.
 *
 * Returns: (transfer full) (nullable): an invitation, also where there is none; %NULL where the database failed
 */
TorgInvitation *
torg_invitations_find (TorgServerStore *store, const char *secret, GError **error)
{
  g_autofree char *hash = torg_accounts_hash_token (secret);

  return torg_invitations_find_hash (store, hash, error);
}

/**
 * torg_invitations_find_hash:
 * @hash: what is kept of the link's end
 * @error: place for an error
 *
 * Finds out what a link leads to, as [func@invitations_find] does.
 *
 * Returns: (transfer full) (nullable): an invitation, also where there is none; %NULL where the database failed
 */
TorgInvitation *
torg_invitations_find_hash (TorgServerStore *store, const char *hash, GError **error)
{
  g_autoptr (TorgInvitation) invitation = g_new0 (TorgInvitation, 1);
  g_autoptr (TorgStatement) statement = torg_server_store_prepare (
    store,
    "SELECT i.state, i.expires, i.user_id, a.login, a.disabled, i.author, i.ordinary, i.emails FROM invitation i JOIN "
    "account a ON "
    "a.workspace = i.workspace AND a.user_id = i.user_id WHERE i.workspace = ?1 AND i.hash = ?2",
    error);
  gboolean row, fits = TRUE;

  if (statement == NULL)
    return NULL;
  torg_statement_bind_text (statement, 2, hash);
  if (!torg_statement_step (statement, &row, error))
    return NULL;
  if (row)
    {
      invitation->state = read_state (store, statement);
      invitation->user = torg_statement_dup_id (statement, 2);
      invitation->login = g_strdup (torg_statement_get_text (statement, 3));
    }
  if (invitation->state == TORG_INVITATION_OPEN && !check_fits (store, invitation, statement, &fits, error))
    return NULL;
  if (!fits)
    invitation->state = TORG_INVITATION_WITHDRAWN;
  return g_steal_pointer (&invitation);
}

static gboolean
mark_used (TorgServerStore *store, const char *secret, GError **error)
{
  g_autofree char *hash = torg_accounts_hash_token (secret);
  g_autoptr (TorgStatement) statement =
    torg_server_store_prepare (store, "UPDATE invitation SET state = 'used' WHERE workspace = ?1 AND hash = ?2", error);

  if (statement == NULL)
    return FALSE;
  torg_statement_bind_text (statement, 2, hash);
  return torg_statement_run (statement, error);
}

static gboolean
accept (TorgServerStore *store,
        const char      *user,
        const char      *secret,
        const char      *hash,
        gboolean        *accepted,
        GError         **error)
{
  g_autoptr (TorgInvitation) invitation = NULL;

  /* Of two that come at once the second one finds it used. */
  if (!torg_accounts_lock (store, user, error) || (invitation = torg_invitations_find (store, secret, error)) == NULL)
    return FALSE;
  *accepted = invitation->state == TORG_INVITATION_OPEN;
  return !*accepted || (mark_used (store, secret, error) && torg_accounts_replace_password (store, user, hash, error));
}

/**
 * torg_invitations_accept:
 * @secret: what a link ends with
 * @password: the password that is to be, checked already
 * @accepted: (out): whether the invitation was open; if not, nothing changed
 * @error: place for an error
 *
 * Sets a password by a link, which is used up by that. Whoever was signed in there is no more.
 *
 * Returns: whether the database answered
 */
gboolean
torg_invitations_accept (TorgServerStore *store,
                         const char      *secret,
                         const char      *password,
                         gboolean        *accepted,
                         GError         **error)
{
  TorgDb *db = torg_server_store_get_db (store);
  g_autoptr (TorgInvitation) invitation = torg_invitations_find (store, secret, error);
  g_autofree char *hash = NULL;

  *accepted = FALSE;
  if (invitation == NULL)
    return FALSE;
  if (invitation->state != TORG_INVITATION_OPEN)
    return TRUE;
  hash = torg_accounts_hash_password (password, error);
  if (hash == NULL || !torg_db_begin (db, error))
    return FALSE;
  if (accept (store, invitation->user, secret, hash, accepted, error))
    return torg_db_commit (db, error);
  torg_db_rollback (db);
  *accepted = FALSE;
  return FALSE;
}

/**
 * torg_invitation_free:
 * @self: (transfer full): an invitation
 *
 * Frees an invitation.
 */
void
torg_invitation_free (TorgInvitation *self)
{
  g_free (self->user);
  g_free (self->login);
  g_free (self);
}
