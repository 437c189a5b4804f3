/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "torg-server"

#include "config.h"

#include "torg-belongings.h"
#include "torg-deliveries.h"
#include "torg-server-commands.h"
#include "torg-webhooks.h"

#include <glib/gi18n-lib.h>
#include <stdio.h>

/* torg-server webhook … */

#define USAGE                                                                                                          \
  "webhook add LOGIN URL [--type TYPE]… [--event EVENT]… | webhook list | "                                            \
  "webhook give ID LOGIN | webhook remove ID | webhook log ID"

#define LOG_LIMIT 50

static gboolean
refuse (GError **error, const char *sentence)
{
  g_set_error_literal (error, TORG_ERROR, TORG_ERROR_INVALID, sentence);
  return FALSE;
}

static gboolean
add (TorgServerStore *store, int argc, char **argv, GError **error)
{
  static const char *const all_events[] = { "created", "changed", "deleted", NULL }, *const no_types[] = { NULL };
  g_auto (GStrv) types = NULL;
  g_auto (GStrv) events = NULL;
  const GOptionEntry entries[] = {
    { "type", 0, 0, G_OPTION_ARG_STRING_ARRAY, &types, NULL, NULL },
    { "event", 0, 0, G_OPTION_ARG_STRING_ARRAY, &events, NULL, NULL },
    G_OPTION_ENTRY_NULL,
  };
  g_autoptr (GOptionContext) context = g_option_context_new (NULL);
  const char *const *wanted, *const *told;
  g_autofree char *user = NULL, *id = NULL, *secret = NULL;

  g_option_context_add_main_entries (context, entries, NULL);
  if (!g_option_context_parse (context, &argc, &argv, error))
    return FALSE;
  if (argc != 3)
    return torg_command_usage (error, USAGE);
  wanted = types != NULL ? (const char *const *) types : no_types;
  told = events != NULL ? (const char *const *) events : all_events;
  if (!torg_webhooks_check_url (argv[2]))
    return refuse (error, _ ("A webhook goes to an address with https://, or to http:// within this machine."));
  if (!torg_webhooks_check_names (torg_server_store_get_schema (store), wanted, told))
    return refuse (error, _ ("There is no such type or event. Events are created, changed and deleted."));
  if (!torg_command_find_login (store, argv[1], FALSE, &user, error) ||
      /* Only of somebody who sees by right everything it could tell. */
      !torg_belongings_check (store, user, TRUE, error) ||
      !torg_webhooks_add (store, user, argv[2], wanted, told, &id, &secret, error))
    return FALSE;
  printf ("%s\t%s\n", id, secret);
  return TRUE;
}

/* Whose it is comes last. */
static gboolean
list (TorgServerStore *store, GError **error)
{
  g_autoptr (GPtrArray) webhooks = torg_webhooks_list (store, error);

  for (guint i = 0; webhooks != NULL && i < webhooks->len; i++)
    {
      const TorgWebhook *webhook = webhooks->pdata[i];
      g_autofree char   *owner = torg_command_name_login (store, webhook->user, error);

      if (owner == NULL)
        return FALSE;
      printf ("%s\t%s\t%s\t%s\t%s\n", webhook->id, webhook->url, *webhook->types != '\0' ? webhook->types : "*",
              webhook->events, owner);
    }
  return webhooks != NULL;
}

static gboolean
refuse_id (const char *id, GError **error)
{
  g_set_error (error, TORG_ERROR, TORG_ERROR_NOT_FOUND, _ ("There is no webhook with the id “%s”."), id);
  return FALSE;
}

static gboolean
give (TorgServerStore *store, const char *id, const char *login, GError **error)
{
  g_autofree char *user = NULL;
  gboolean         found;

  if (!torg_command_find_login (store, login, FALSE, &user, error) ||
      !torg_belongings_check (store, user, TRUE, error) || !torg_webhooks_give (store, id, user, &found, error))
    return FALSE;
  return found || refuse_id (id, error);
}

static gboolean
remove_one (TorgServerStore *store, const char *id, GError **error)
{
  gboolean found = FALSE;

  if (torg_id_is_valid (id) && !torg_webhooks_remove (store, id, &found, error))
    return FALSE;
  return found || refuse_id (id, error);
}

static gboolean
print_log (TorgServerStore *store, const char *id, GError **error)
{
  g_autoptr (GPtrArray) deliveries = NULL;
  gboolean found;

  if (!torg_webhooks_has (store, id, &found, error))
    return FALSE;
  if (!found)
    return refuse_id (id, error);
  deliveries = torg_deliveries_list (store, id, NULL, LOG_LIMIT, error);
  for (guint i = 0; deliveries != NULL && i < deliveries->len; i++)
    {
      const TorgDelivery *delivery = deliveries->pdata[i];
      g_autoptr (GDateTime) at = g_date_time_new_from_unix_local (delivery->created / G_USEC_PER_SEC);
      g_autofree char *when = at != NULL ? g_date_time_format (at, "%Y-%m-%d %H:%M:%S") : g_strdup ("-");

      printf ("%s\t%s\t%s %s %s\t%s\t%d\t%d\t%s\n", when, delivery->id, delivery->event, delivery->type,
              delivery->record, delivery->state, (int) delivery->tries, (int) delivery->status,
              delivery->error != NULL ? delivery->error : "");
    }
  return deliveries != NULL;
}

/**
 * torg_command_webhook:
 * @error: place for an error
 *
 * Adds a webhook and prints its id and secret, lists them, gives one to somebody else, removes one, or prints what one
 * was told last.
 *
 * Returns: whether that worked
 */
gboolean
torg_command_webhook (TorgServerContext *context, int argc, char **argv, GError **error)
{
  TorgServerStore *store = context->store;

  if (argc >= 4 && g_str_equal (argv[1], "add"))
    return add (store, argc - 1, argv + 1, error);
  if (argc == 2 && g_str_equal (argv[1], "list"))
    return list (store, error);
  if (argc == 4 && g_str_equal (argv[1], "give"))
    return give (store, argv[2], argv[3], error);
  if (argc == 3 && g_str_equal (argv[1], "remove"))
    return remove_one (store, argv[2], error);
  if (argc == 3 && g_str_equal (argv[1], "log"))
    return print_log (store, argv[2], error);
  return torg_command_usage (error, USAGE);
}
