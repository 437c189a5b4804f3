/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "torg-server"

#include "config.h"

#include "torg-accounts.h"
#include "torg-webhooks.h"

#include <string.h>

/*
 * Addresses that are told of changes, as the database keeps them; how they are told: torg-deliveries.c.
 *
 * The secret stands in the database as it is, since it is needed to sign: whoever can read it there can read all
 * records too. It is shown once, when it is made, and never logged.
 */

static const char *const all_events[] = { "created", "changed", "deleted", NULL };

static gint64
get_now (TorgServerStore *store)
{
  return torg_env_get_now (torg_server_store_get_env (store));
}

static void
webhook_free (gpointer data)
{
  TorgWebhook *self = data;

  g_free (self->id);
  g_free (self->user);
  g_free (self->url);
  g_free (self->types);
  g_free (self->events);
  g_free (self);
}

/**
 * torg_webhooks_check_url:
 * @url: where a webhook is to go
 *
 * Tells whether records may be sent to an address: by HTTPS, or by HTTP within this machine.
 *
 * Returns: whether they may
 */
gboolean
torg_webhooks_check_url (const char *url)
{
  g_autoptr (GUri) uri = g_utf8_validate (url, -1, NULL) && strlen (url) <= 2000 && strpbrk (url, " \t\r\n\\") == NULL
                           ? g_uri_parse (url, G_URI_FLAGS_SCHEME_NORMALIZE, NULL)
                           : NULL;
  const char *host = uri != NULL ? g_uri_get_host (uri) : NULL;

  if (host == NULL || *host == '\0' || g_uri_get_userinfo (uri) != NULL || g_uri_get_fragment (uri) != NULL)
    return FALSE;
  if (g_str_equal (g_uri_get_scheme (uri), "https"))
    return TRUE;
  return g_str_equal (g_uri_get_scheme (uri), "http") &&
         (g_str_equal (host, "127.0.0.1") || g_str_equal (host, "::1") || g_str_equal (host, "localhost"));
}

/**
 * torg_webhooks_check_names:
 * @schema: the types
 * @types: (array zero-terminated=1): names of types
 * @events: (array zero-terminated=1): names of events
 *
 * Tells whether there are such types and events, and at least one event.
 *
 * Returns: whether there are
 */
gboolean
torg_webhooks_check_names (TorgSchema *schema, const char *const *types, const char *const *events)
{
  for (guint i = 0; types[i] != NULL; i++)
    if (torg_schema_find (schema, types[i]) == NULL)
      return FALSE;
  for (guint i = 0; events[i] != NULL; i++)
    if (!g_strv_contains (all_events, events[i]))
      return FALSE;
  return events[0] != NULL;
}

static gboolean
insert_webhook (TorgServerStore   *store,
                const char        *id,
                const char        *user,
                const char        *url,
                const char *const *types,
                const char *const *events,
                const char        *secret,
                GError           **error)
{
  g_autofree char *type_list = g_strjoinv (",", (GStrv) types);
  g_autofree char *event_list = g_strjoinv (",", (GStrv) events);
  g_autofree char *tag = NULL, *epoch = NULL;
  gint64           seq;
  g_autoptr (TorgStatement) statement = torg_server_store_prepare (
    store,
    "INSERT INTO webhook (workspace, id, user_id, url, types, events, secret, created, seq) VALUES (?1, ?2, ?3, ?4, "
    "?5, ?6, ?7, ?8, ?9)",
    error);

  if (statement == NULL || !torg_server_store_get_head (store, &seq, &tag, &epoch, error))
    return FALSE;
  torg_statement_bind_id (statement, 2, id);
  torg_statement_bind_id (statement, 3, user);
  torg_statement_bind_text (statement, 4, url);
  torg_statement_bind_text (statement, 5, type_list);
  torg_statement_bind_text (statement, 6, event_list);
  torg_statement_bind_text (statement, 7, secret);
  torg_statement_bind_int (statement, 8, get_now (store));
  torg_statement_bind_int (statement, 9, seq);
  return torg_statement_run (statement, error);
}

/**
 * torg_webhooks_add:
 * @store: a connection
 * @user: the id of the `user` whose sight it has
 * @url: where it goes, checked
 * @types: (array zero-terminated=1): which types; none for all
 * @events: (array zero-terminated=1): which events
 * @id: (out): its id
 * @secret: (out): what is signed with, not to be had again
 * @error: place for a %TORG_STORE_ERROR
 *
 * Adds a webhook, which is told of the changes from now on.
 *
 * Returns: whether that worked
 */
gboolean
torg_webhooks_add (TorgServerStore   *store,
                   const char        *user,
                   const char        *url,
                   const char *const *types,
                   const char *const *events,
                   char             **id,
                   char             **secret,
                   GError           **error)
{
  *id = torg_env_make_id (torg_server_store_get_env (store));
  *secret = torg_accounts_make_secret (store);
  if (torg_db_begin (torg_server_store_get_db (store), error) &&
      torg_server_store_end (store, insert_webhook (store, *id, user, url, types, events, *secret, error), error))
    return TRUE;
  g_clear_pointer (id, g_free);
  g_clear_pointer (secret, g_free);
  return FALSE;
}

/**
 * torg_webhooks_list:
 * @store: a connection
 * @error: place for a %TORG_STORE_ERROR
 *
 * Lists the webhooks, the oldest first.
 *
 * Returns: (transfer full) (element-type TorgWebhook) (nullable): webhooks
 */
GPtrArray *
torg_webhooks_list (TorgServerStore *store, GError **error)
{
  g_autoptr (TorgStatement) statement = torg_server_store_prepare (
    store, "SELECT id, user_id, url, types, events, created FROM webhook WHERE workspace = ?1 ORDER BY id", error);
  g_autoptr (GPtrArray) list = g_ptr_array_new_with_free_func (webhook_free);
  gboolean row;

  if (statement == NULL)
    return NULL;
  for (;;)
    {
      TorgWebhook *webhook;

      if (!torg_statement_step (statement, &row, error))
        return NULL;
      if (!row)
        return g_steal_pointer (&list);
      webhook = g_new0 (TorgWebhook, 1);
      webhook->id = torg_statement_dup_id (statement, 0);
      webhook->user = torg_statement_dup_id (statement, 1);
      webhook->url = g_strdup (torg_statement_get_text (statement, 2));
      webhook->types = g_strdup (torg_statement_get_text (statement, 3));
      webhook->events = g_strdup (torg_statement_get_text (statement, 4));
      webhook->created = torg_statement_get_int (statement, 5);
      g_ptr_array_add (list, webhook);
    }
}

/**
 * torg_webhooks_has:
 * @store: a connection
 * @id: what may be a webhook's id
 * @found: (out): whether there is one
 * @error: place for a %TORG_STORE_ERROR
 *
 * Tells whether there is a webhook.
 *
 * Returns: whether the database answered
 */
gboolean
torg_webhooks_has (TorgServerStore *store, const char *id, gboolean *found, GError **error)
{
  g_autoptr (TorgStatement) statement = NULL;

  *found = FALSE;
  if (!torg_id_is_valid (id))
    return TRUE;
  statement = torg_server_store_prepare (store, "SELECT 1 FROM webhook WHERE workspace = ?1 AND id = ?2", error);
  if (statement == NULL)
    return FALSE;
  torg_statement_bind_id (statement, 2, id);
  return torg_statement_step (statement, found, error);
}

/**
 * torg_webhooks_give:
 * @store: a connection
 * @id: a webhook's id
 * @user: the id of the `user` whose sight it has from now on
 * @found: (out): whether there is such a webhook
 * @error: place for a %TORG_STORE_ERROR
 *
 * Gives a webhook to somebody. What it was not told since its owner left, it is told at once.
 *
 * Returns: whether that worked
 */
gboolean
torg_webhooks_give (TorgServerStore *store, const char *id, const char *user, gboolean *found, GError **error)
{
  g_autoptr (TorgStatement) statement = NULL;
  g_autoptr (TorgStatement) deliveries = NULL;
  gboolean more;

  *found = FALSE;
  if (!torg_id_is_valid (id))
    return TRUE;
  deliveries = torg_server_store_prepare (
    store, "UPDATE delivery SET next_at = ?3 WHERE workspace = ?1 AND webhook = ?2 AND state = 'waiting'", error);
  if (deliveries == NULL)
    return FALSE;
  torg_statement_bind_id (deliveries, 2, id);
  torg_statement_bind_int (deliveries, 3, torg_env_get_now (torg_server_store_get_env (store)));
  if (!torg_statement_run (deliveries, error))
    return FALSE;
  statement = torg_server_store_prepare (
    store, "UPDATE webhook SET user_id = ?3 WHERE workspace = ?1 AND id = ?2 RETURNING 1", error);
  if (statement == NULL)
    return FALSE;
  torg_statement_bind_id (statement, 2, id);
  torg_statement_bind_id (statement, 3, user);
  return torg_statement_step (statement, found, error) && (!*found || torg_statement_step (statement, &more, error));
}

static gboolean
remove_all (TorgServerStore *store, const char *id, gboolean *found, GError **error)
{
  g_autoptr (TorgStatement) deliveries =
    torg_server_store_prepare (store, "DELETE FROM delivery WHERE workspace = ?1 AND webhook = ?2", error);
  g_autoptr (TorgStatement) webhook =
    torg_server_store_prepare (store, "DELETE FROM webhook WHERE workspace = ?1 AND id = ?2 RETURNING 1", error);
  gboolean more;

  if (deliveries == NULL || webhook == NULL)
    return FALSE;
  torg_statement_bind_id (deliveries, 2, id);
  torg_statement_bind_id (webhook, 2, id);
  return torg_statement_run (deliveries, error) && torg_statement_step (webhook, found, error) &&
         (!*found || torg_statement_step (webhook, &more, error));
}

/**
 * torg_webhooks_remove:
 * @store: a connection
 * @id: a webhook's id
 * @found: (out): whether there was one
 * @error: place for a %TORG_STORE_ERROR
 *
 * Removes a webhook, with its log and what it has not been told yet.
 *
 * Returns: whether that worked
 */
gboolean
torg_webhooks_remove (TorgServerStore *store, const char *id, gboolean *found, GError **error)
{
  *found = FALSE;
  return torg_db_begin (torg_server_store_get_db (store), error) &&
         torg_server_store_end (store, remove_all (store, id, found, error), error);
}
