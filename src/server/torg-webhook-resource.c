/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "torg-server"

#include "config.h"

#include "torg-sight.h"
#include "torg-deliveries.h"
#include "torg-json.h"
#include "torg-keys.h"
#include "torg-question.h"
#include "torg-webhook-resource.h"
#include "torg-webhooks.h"

#include <string.h>

/*
 * Webhooks, for whoever may edit roles:
 *
 *   GET    /v1/webhooks                  {"items": […]}
 *   POST   /v1/webhooks                  {"url", "types": […], "events": […]}; the answer has the `secret`, once
 *   DELETE /v1/webhooks/ID
 *   GET    /v1/webhooks/ID/deliveries    what it was told, the newest first: {"items": […], "next": ID or null}
 */

#define PREFIX "/v1/webhooks"
#define MAX_BODY (64 * 1024)
#define MAX_NAMES 100
#define DEFAULT_LIMIT 50
#define MAX_LIMIT 200

static gboolean
refuse_address (TorgQuestion *question)
{
  return torg_question_refuse (question, 404, "not_found", "There is nothing at this address.");
}

/* --- webhooks ----------------------------------------------------------------------------------------------------- */

static void
set_list (JsonObject *object, const char *name, const char *const *list)
{
  JsonArray *array = json_array_new ();

  for (guint i = 0; list[i] != NULL; i++)
    if (*list[i] != '\0')
      json_array_add_string_element (array, list[i]);
  json_object_set_array_member (object, name, array);
}

static JsonObject *
write_webhook (const char *id, const char *user, const char *url, const char *const *types, const char *const *events)
{
  JsonObject *object = json_object_new ();

  json_object_set_string_member (object, "id", id);
  json_object_set_string_member (object, "user", user);
  json_object_set_string_member (object, "url", url);
  set_list (object, "types", types);
  set_list (object, "events", events);
  return object;
}

static gboolean
list (TorgQuestion *question, GError **error)
{
  g_autoptr (GPtrArray) webhooks = torg_webhooks_list (question->store, error);
  JsonObject *object;
  JsonArray  *items;

  if (webhooks == NULL)
    return FALSE;
  object = json_object_new ();
  items = json_array_new ();
  for (guint i = 0; i < webhooks->len; i++)
    {
      const TorgWebhook *webhook = webhooks->pdata[i];
      g_auto (GStrv) types = g_strsplit (webhook->types, ",", -1);
      g_auto (GStrv) events = g_strsplit (webhook->events, ",", -1);
      JsonObject *item = write_webhook (webhook->id, webhook->user, webhook->url, (const char *const *) types,
                                        (const char *const *) events);

      json_object_set_int_member (item, "created", webhook->created);
      json_array_add_object_element (items, item);
    }
  json_object_set_array_member (object, "items", items);
  return torg_question_answer (question, 200, object);
}

/* A list of names, or @otherwise where there is none; NULL for what is no such list. */
static GStrv
read_names (JsonObject *body, const char *name, const char *const *otherwise)
{
  JsonNode  *node = json_object_get_member (body, name);
  JsonArray *array;
  g_autoptr (GStrvBuilder) names = g_strv_builder_new ();

  if (node == NULL)
    return g_strdupv ((GStrv) otherwise);
  if (!JSON_NODE_HOLDS_ARRAY (node))
    return NULL;
  array = json_node_get_array (node);
  if (json_array_get_length (array) > MAX_NAMES)
    return NULL;
  for (guint i = 0; i < json_array_get_length (array); i++)
    {
      JsonNode *element = json_array_get_element (array, i);

      if (!JSON_NODE_HOLDS_VALUE (element) || json_node_get_value_type (element) != G_TYPE_STRING)
        return NULL;
      g_strv_builder_add (names, json_node_get_string (element));
    }
  return g_strv_builder_end (names);
}

/* What an address is told is what the token could ask for. */
static gboolean
may_read (TorgQuestion *question, const char *const *types)
{
  TorgSchema *schema = torg_server_store_get_schema (question->store);

  if (types[0] == NULL)
    return torg_scopes_check (question->request, question->response, "read", NULL);
  for (guint i = 0; types[i] != NULL; i++)
    {
      const TorgType *type = torg_schema_find (schema, types[i]);

      if (!torg_scopes_check (question->request, question->response, "read",
                              type != NULL ? type->info->name : types[i]))
        return FALSE;
    }
  return TRUE;
}

static gboolean
add (TorgQuestion *question, GError **error)
{
  static const char *const no_types[] = { NULL }, *const all_events[] = { "created", "changed", "deleted", NULL };
  g_autoptr (JsonParser) parser = json_parser_new ();
  JsonObject *body, *object;
  const char *url;
  g_auto (GStrv) types = NULL;
  g_auto (GStrv) events = NULL;
  g_autofree char *id = NULL, *secret = NULL;

  body = torg_question_read (question, parser, MAX_BODY);
  if (body == NULL)
    return TRUE;
  url = torg_json_get_text (body, "url");
  if (url == NULL)
    return torg_question_refuse (question, 400, "invalid",
                                 "The body is {\"url\": …, \"types\": […], \"events\": […]}.");
  if (!torg_webhooks_check_url (url))
    return torg_question_refuse (question, 422, "url",
                                 "The address is https, or http within this machine, without a name in it.");
  types = read_names (body, "types", no_types);
  events = read_names (body, "events", all_events);
  if (types == NULL || events == NULL ||
      !torg_webhooks_check_names (torg_server_store_get_schema (question->store), (const char *const *) types,
                                  (const char *const *) events))
    return torg_question_refuse (question, 422, "invalid", "There is no such type, or no such event.");
  if (!may_read (question, (const char *const *) types))
    return TRUE;
  if (!torg_webhooks_add (question->store, question->user, url, (const char *const *) types,
                          (const char *const *) events, &id, &secret, error))
    return FALSE;
  object = write_webhook (id, question->user, url, (const char *const *) types, (const char *const *) events);
  json_object_set_string_member (object, "secret", secret);
  question->response->location = g_strconcat (PREFIX "/", id, NULL);
  return torg_question_answer (question, 201, object);
}

static gboolean
remove_one (TorgQuestion *question, const char *id, GError **error)
{
  gboolean found = FALSE;

  if (torg_id_is_valid (id) && !torg_webhooks_remove (question->store, id, &found, error))
    return FALSE;
  if (!found)
    return refuse_address (question);
  question->response->status = 204;
  return TRUE;
}

/* --- the log ------------------------------------------------------------------------------------------------------ */

static JsonObject *
write_delivery (const TorgDelivery *delivery)
{
  JsonObject *object = json_object_new ();

  json_object_set_string_member (object, "id", delivery->id);
  json_object_set_int_member (object, "seq", delivery->seq);
  json_object_set_string_member (object, "event", delivery->event);
  json_object_set_string_member (object, "type", delivery->type);
  json_object_set_string_member (object, "record_id", delivery->record);
  json_object_set_string_member (object, "state", delivery->state);
  json_object_set_int_member (object, "tries", delivery->tries);
  json_object_set_int_member (object, "created", delivery->created);
  if (delivery->status != 0)
    json_object_set_int_member (object, "status", delivery->status);
  if (delivery->error != NULL)
    json_object_set_string_member (object, "error", delivery->error);
  if (g_str_equal (delivery->state, "waiting"))
    json_object_set_int_member (object, "next", delivery->next);
  return object;
}

static gboolean
list_deliveries (TorgQuestion *question, const char *id, GError **error)
{
  GHashTable *query = question->request->query;
  const char *limit_text = query != NULL ? g_hash_table_lookup (query, "limit") : NULL;
  const char *after = query != NULL ? g_hash_table_lookup (query, "after") : NULL;
  guint64     limit = DEFAULT_LIMIT;
  g_autoptr (GPtrArray) deliveries = NULL;
  JsonObject *object;
  JsonArray  *items;
  gboolean    found;

  if (!torg_webhooks_has (question->store, id, &found, error))
    return FALSE;
  if (!found)
    return refuse_address (question);
  if ((limit_text != NULL && !g_ascii_string_to_unsigned (limit_text, 10, 1, MAX_LIMIT, &limit, NULL)) ||
      (after != NULL && !torg_id_is_valid (after)))
    return torg_question_refuse (question, 400, "parameter",
                                 "The limit is a number from 1 to 200; a page begins after an id.");
  deliveries = torg_deliveries_list (question->store, id, after, (guint) limit, error);
  if (deliveries == NULL)
    return FALSE;
  object = json_object_new ();
  items = json_array_new ();
  for (guint i = 0; i < deliveries->len; i++)
    json_array_add_object_element (items, write_delivery (deliveries->pdata[i]));
  json_object_set_array_member (object, "items", items);
  if (deliveries->len == limit)
    json_object_set_string_member (object, "next", ((TorgDelivery *) deliveries->pdata[limit - 1])->id);
  else
    json_object_set_null_member (object, "next");
  return torg_question_answer (question, 200, object);
}

/* --- all addresses ------------------------------------------------------------------------------------------------ */

static gboolean
is_allowed (TorgQuestion *question, gboolean *allowed, GError **error)
{
  TorgDb *db = torg_server_store_get_db (question->store);
  g_autoptr (TorgSight) sight = NULL;

  if (!torg_db_begin_reading (db, error))
    return FALSE;
  if (torg_server_store_load_schema (question->store, error))
    sight = torg_sight_new (question->store, question->user, error);
  torg_db_rollback (db);
  *allowed = sight != NULL && torg_sight_is_admin (sight);
  return sight != NULL;
}

static gboolean
dispatch (TorgQuestion *question, GError **error)
{
  const char *path = question->request->path + strlen (PREFIX), *method = question->request->method;
  g_auto (GStrv) parts = g_strsplit (path, "/", -1);
  guint n = g_strv_length (parts);

  if (n <= 1 && g_str_equal (method, "GET"))
    return list (question, error);
  if (n <= 1 && g_str_equal (method, "POST"))
    return add (question, error);
  if (n == 2 && g_str_equal (method, "DELETE"))
    return remove_one (question, parts[1], error);
  if (n == 3 && g_str_equal (parts[2], "deliveries") && g_str_equal (method, "GET"))
    return list_deliveries (question, parts[1], error);
  if (n <= 2 || (n == 3 && g_str_equal (parts[2], "deliveries") && !g_str_equal (method, "GET")))
    return torg_question_refuse (question, 405, "method", "This cannot be done at this address.");
  return refuse_address (question);
}

/**
 * torg_webhook_resource_handle:
 * @store: a connection
 * @user: who asks
 * @request: a question at `/v1/webhooks` or below
 * @response: where the answer goes
 * @error: place for an error
 *
 * Answers with webhooks, or what became of them.
 *
 * Returns: whether the database answered
 */
gboolean
torg_webhook_resource_handle (TorgServerStore *store,
                              const char      *user,
                              TorgRequest     *request,
                              TorgResponse    *response,
                              GError         **error)
{
  TorgQuestion question = { store, user, request, response };
  gboolean     allowed;

  if (!is_allowed (&question, &allowed, error))
    return FALSE;
  return allowed ? dispatch (&question, error)
                 : torg_question_refuse (&question, 403, "forbidden", "You may not do this.");
}
