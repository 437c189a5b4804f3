/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "torg-server"

#include "config.h"

#include "torg-accounts.h"
#include "torg-error.h"
#include "torg-keys.h"

#include <glib/gi18n-lib.h>
#include <string.h>

/*
 * Personal tokens, by which other programs ask in somebody's name. Scopes narrow what the role allows, and never widen
 * it: each address says what it needs before anything is looked at.
 *
 *   read, read:TYPE      records, one by one, in lists and by search
 *   write, write:TYPE    making, changing and deleting them; it does not include reading
 *   webhooks             telling an address of changes, of types that may be read
 *   people               inviting, closing and opening accounts
 *   administrators       with people: inviting those who may edit roles too
 *   sync                 a replica: all that the role allows
 */

static const char *const of_types[] = { "read", "write", NULL };
static const char *const whole[] = { "administrators", "people", "sync", "webhooks", NULL };

/* So much of a hash tells tokens apart, and of a token it tells nothing. */
#define ID_LENGTH 16

/* --- scopes ------------------------------------------------------------------------------------------------------- */

/* As it is kept; NULL for what is no scope. */
static char *
parse_one (TorgSchema *schema, const char *text)
{
  g_auto (GStrv) parts = g_strsplit (text, ":", 2);
  const TorgType *type;

  if (parts[0] == NULL)
    return NULL;
  if (parts[1] == NULL)
    return g_strv_contains (of_types, text) || g_strv_contains (whole, text) ? g_strdup (text) : NULL;
  type = torg_schema_find (schema, parts[1]);
  return type != NULL && g_strv_contains (of_types, parts[0]) ? g_strconcat (parts[0], ":", type->info->name, NULL)
                                                              : NULL;
}

/**
 * torg_scopes_parse:
 * @schema: the company's types
 * @text: scopes, split by commas
 * @error: place for a %TORG_ERROR_INVALID
 *
 * Reads what a token is to be used for.
 *
 * Returns: (transfer full) (nullable): as it is kept
 */
char *
torg_scopes_parse (TorgSchema *schema, const char *text, GError **error)
{
  g_auto (GStrv) items = g_strsplit (text, ",", -1);
  g_autoptr (GStrvBuilder) scopes = g_strv_builder_new ();
  g_auto (GStrv) list = NULL;

  for (guint i = 0; items[i] != NULL; i++)
    {
      char *scope = parse_one (schema, g_strstrip (items[i]));

      if (scope == NULL)
        {
          g_set_error (
            error, TORG_ERROR, TORG_ERROR_INVALID,
            _ ("“%s” is no scope. Write read, write, read:deal, write:deal, webhooks, people, administrators or "
               "sync."),
            items[i]);
          return NULL;
        }
      g_strv_builder_take (scopes, scope);
    }
  list = g_strv_builder_end (scopes);
  if (list[0] != NULL)
    return g_strjoinv (",", list);
  g_set_error_literal (error, TORG_ERROR, TORG_ERROR_INVALID,
                       _ ("A token without any scope opens nothing. Write some, or none of this option for all."));
  return NULL;
}

/**
 * torg_scopes_allow:
 * @scopes: (nullable): those of a token; %NULL for all
 * @what: `read`, `write`, `webhooks`, `people`, `administrators` or `sync`
 * @type: (nullable): with `read` and `write`, of which type; %NULL for all types
 *
 * Tells whether a token may be used for something.
 *
 * Returns: whether it may
 */
gboolean
torg_scopes_allow (const char *scopes, const char *what, const char *type)
{
  g_auto (GStrv) list = NULL;
  g_autofree char *one = NULL;

  if (scopes == NULL)
    return TRUE;
  list = g_strsplit (scopes, ",", -1);
  if (g_strv_contains ((const char *const *) list, what))
    return TRUE;
  one = type != NULL ? g_strconcat (what, ":", type, NULL) : NULL;
  return one != NULL && g_strv_contains ((const char *const *) list, one);
}

/**
 * torg_scopes_check:
 * @request: a question
 * @response: takes the refusal: 403 with the `scope` that is missing
 * @what: see [func@scopes_allow]
 * @type: (nullable): see [func@scopes_allow]
 *
 * Refuses what a token is not for.
 *
 * Returns: whether it may go on
 */
gboolean
torg_scopes_check (TorgRequest *request, TorgResponse *response, const char *what, const char *type)
{
  g_autofree char *missing = NULL;

  if (torg_scopes_allow (request->scopes, what, type))
    return TRUE;
  missing = type != NULL ? g_strconcat (what, ":", type, NULL) : g_strdup (what);
  torg_response_set_missing_scope (response, missing);
  return FALSE;
}

/* --- tokens ------------------------------------------------------------------------------------------------------- */

/**
 * torg_keys_make:
 * @user: the id of a `user`
 * @name: (nullable): what it is for
 * @scopes: (nullable): from [func@scopes_parse]; %NULL for all that the user may do
 * @error: place for an error
 *
 * Makes a personal token, which is shown once.
 *
 * Returns: (transfer full) (nullable): the token
 */
char *
torg_keys_make (TorgServerStore *store, const char *user, const char *name, const char *scopes, GError **error)
{
  g_autofree char *token = torg_accounts_make_secret (store);
  g_autofree char *hash = torg_accounts_hash_token (token);
  g_autoptr (TorgStatement) statement =
    torg_server_store_prepare (store,
                               "INSERT INTO token (workspace, hash, user_id, kind, created, name, scopes) "
                               "VALUES (?1, ?2, ?3, 'personal', ?4, ?5, ?6)",
                               error);

  if (statement == NULL)
    return NULL;
  torg_statement_bind_text (statement, 2, hash);
  torg_statement_bind_id (statement, 3, user);
  torg_statement_bind_int (statement, 4, torg_env_get_now (torg_server_store_get_env (store)));
  torg_statement_bind_text (statement, 5, name);
  torg_statement_bind_text (statement, 6, scopes);
  return torg_statement_run (statement, error) ? g_steal_pointer (&token) : NULL;
}

static void
key_free (gpointer data)
{
  TorgKey *key = data;

  g_free (key->id);
  g_free (key->login);
  g_free (key->name);
  g_free (key->scopes);
  g_free (key);
}

/**
 * torg_keys_list:
 * @error: place for an error
 *
 * Lists the personal tokens.
 *
 * Returns: (transfer full) (element-type TorgKey) (nullable): the oldest of each login first
 */
GPtrArray *
torg_keys_list (TorgServerStore *store, GError **error)
{
  g_autoptr (GPtrArray) keys = g_ptr_array_new_with_free_func (key_free);
  g_autoptr (TorgStatement) statement = torg_server_store_prepare (
    store,
    "SELECT t.hash, a.login, t.name, t.scopes, t.created FROM token t JOIN account a ON a.workspace = t.workspace AND "
    "a.user_id = t.user_id WHERE t.workspace = ?1 AND t.kind = 'personal' ORDER BY a.login, t.created, t.hash",
    error);
  gboolean row;

  if (statement == NULL)
    return NULL;
  for (;;)
    {
      TorgKey *key;

      if (!torg_statement_step (statement, &row, error))
        return NULL;
      if (!row)
        return g_steal_pointer (&keys);
      key = g_new0 (TorgKey, 1);
      key->id = g_strndup (torg_statement_get_text (statement, 0), ID_LENGTH);
      key->login = g_strdup (torg_statement_get_text (statement, 1));
      key->name = g_strdup (torg_statement_get_text (statement, 2));
      key->scopes = g_strdup (torg_statement_get_text (statement, 3));
      key->created = torg_statement_get_int (statement, 4);
      g_ptr_array_add (keys, key);
    }
}

/**
 * torg_keys_revoke:
 * @id: the id of a [struct@Key]
 * @found: (out): whether there was one
 * @error: place for an error
 *
 * Ends a personal token.
 *
 * Returns: whether that was saved
 */
gboolean
torg_keys_revoke (TorgServerStore *store, const char *id, gboolean *found, GError **error)
{
  g_autoptr (TorgStatement) statement = torg_server_store_prepare (
    store, "DELETE FROM token WHERE workspace = ?1 AND kind = 'personal' AND substr(hash, 1, 16) = ?2 RETURNING 1",
    error);
  gboolean row;

  *found = FALSE;
  if (statement == NULL)
    return FALSE;
  torg_statement_bind_text (statement, 2, id);
  if (!torg_statement_step (statement, found, error))
    return FALSE;
  /* SQLite writes when the statement is finished. */
  for (row = *found; row;)
    if (!torg_statement_step (statement, &row, error))
      return FALSE;
  return TRUE;
}
