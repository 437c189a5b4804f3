/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "torg-server"

#include "config.h"

#include "torg-sight.h"
#include "torg-find.h"
#include "torg-keys.h"
#include "torg-people-resource.h"
#include "torg-resource-edit.h"
#include "torg-resources.h"
#include "torg-webhook-resource.h"

#include <json-glib/json-glib.h>
#include <string.h>

/*
 * Records for integrations, to be read: `/v1/deals`, `/v1/deals/ID` and so on, by the plural that each type declares.
 * What is not for whoever asks is not there. Deleted records are gone, unless a list is asked for with them.
 *
 *   GET /v1/deals?limit=50&after=NEXT&fields=title,amount&sort=-amount&stage=ID&amount.min=100
 *                          {"items": […], "next": text or null}; conditions and orders: torg-page.c
 *   GET /v1/deals/ID       the record; its ETag is its `seq` (RFC 9110)
 *
 * How they are made, changed and deleted: torg-resource-edit.c.
 */

#define DEFAULT_LIMIT 50
#define MAX_LIMIT 200

typedef struct
{
  TorgServerStore *store;
  TorgSight       *sight; /* (owned) */
  TorgRequest     *request;
  TorgResponse    *response;
  const TorgType  *type;
  GStrv            fields;  /* (owned) (nullable): those that are wanted */
  gboolean         deleted; /* what is deleted is wanted too */
} Question;

static const char *
get_parameter (Question *question, const char *name)
{
  return question->request->query != NULL ? g_hash_table_lookup (question->request->query, name) : NULL;
}

static void
answer (Question *question, JsonNode *node)
{
  g_autofree char *text = json_to_string (node, FALSE);

  question->response->status = 200;
  question->response->type = "application/json";
  g_string_assign (question->response->body, text);
}

static void
refuse (Question *question, const char *what)
{
  torg_response_set_problem (question->response, 400, "parameter", what);
}

static const TorgType *
find_type (TorgSchema *schema, const char *plural, gsize length)
{
  for (guint i = 0; i < torg_schema_get_n_types (schema); i++)
    {
      const TorgType *type = torg_schema_nth (schema, i);

      if (strlen (type->info->plural) == length && strncmp (type->info->plural, plural, length) == 0)
        return type;
    }
  return NULL;
}

static JsonNode *
write_record (Question *question, TorgRecord *record)
{
  JsonNode   *node = torg_sight_write (question->sight, record);
  JsonObject *fields = json_object_get_object_member (json_node_get_object (node), "fields");
  g_autoptr (GList) names = json_object_get_members (fields);

  for (GList *name = names; question->fields != NULL && name != NULL; name = name->next)
    if (!g_strv_contains ((const char *const *) question->fields, name->data))
      json_object_remove_member (fields, name->data);
  return node;
}

static gboolean
read_fields (Question *question)
{
  const char *text = get_parameter (question, "fields");

  question->fields = text != NULL ? g_strsplit (text, ",", -1) : NULL;
  for (guint i = 0; question->fields != NULL && question->fields[i] != NULL; i++)
    if (torg_type_find_field (question->type, question->fields[i]) == NULL)
      return FALSE;
  return TRUE;
}

/* --- one ---------------------------------------------------------------------------------------------------------- */

static gboolean
answer_one (Question *question, const char *id, GError **error)
{
  g_autoptr (TorgRecord) record = NULL;
  g_autoptr (JsonNode) node = NULL;
  g_autofree char *keys = NULL;

  if (torg_id_is_valid (id) &&
      !torg_server_store_load (question->store, question->type, id, FALSE, &record, &keys, error))
    return FALSE;
  if (record == NULL || torg_record_get_deleted (record) != 0 || !torg_sight_sees (question->sight, keys) ||
      torg_sight_hides_line (question->sight, record))
    {
      torg_response_set_problem (question->response, 404, "not_found", "There is nothing at this address.");
      return TRUE;
    }
  question->response->etag = g_strdup_printf ("\"%" G_GINT64_FORMAT "\"", torg_record_get_seq (record));
  if (torg_request_knows (question->request, question->response->etag))
    {
      question->response->status = 304;
      return TRUE;
    }
  node = write_record (question, record);
  answer (question, node);
  return TRUE;
}

/* --- many --------------------------------------------------------------------------------------------------------- */

static gboolean
may_ask (Question *question, const char *field)
{
  return !torg_page_holds_values (question->type, field) &&
         !torg_sight_hides (question->sight, question->type->info->name, field);
}

/* What is hidden is not asked for either: an answer would tell it. */
static gboolean
read_page (Question *question, TorgPage *page)
{
  static const char *const own[] = { "limit", "after", "fields", "sort", "deleted", NULL };
  const char              *sort = get_parameter (question, "sort"), *after = get_parameter (question, "after");
  GHashTableIter           iter;
  const char              *name, *text;

  if (question->request->query != NULL)
    g_hash_table_iter_init (&iter, question->request->query);
  while (question->request->query != NULL && g_hash_table_iter_next (&iter, (gpointer *) &name, (gpointer *) &text))
    {
      const TorgField *field = torg_page_find_field (page, name);

      if (g_strv_contains (own, name))
        continue;
      if ((field != NULL && !may_ask (question, field->name)) || !torg_page_add (page, name, text))
        {
          refuse (question, "There is no such condition, or its value is not written so.");
          return FALSE;
        }
    }
  if (sort != NULL && (!torg_page_set_sort (page, sort) || !may_ask (question, sort + (sort[0] == '-' ? 1 : 0))))
    {
      refuse (question, "Records cannot be sorted so.");
      return FALSE;
    }
  if (after != NULL && !torg_page_set_after (page, after))
    {
      refuse (question, "A page begins where the one before said, in the same order.");
      return FALSE;
    }
  return TRUE;
}

static gboolean
add_items (Question *question, TorgPage *page, JsonArray *items, char **next, guint limit, GError **error)
{
  g_autoptr (GPtrArray) records = torg_server_store_find_page (question->store, question->type, page, limit,
                                                               torg_sight_get_keys (question->sight), error);

  if (records == NULL)
    return FALSE;
  g_clear_pointer (next, g_free);
  if (records->len == limit)
    {
      *next = torg_page_make_next (page, torg_server_store_get_db (question->store),
                                   torg_server_store_get_workspace (question->store),
                                   torg_record_get_id (g_ptr_array_index (records, limit - 1)), error);
      if (*next == NULL)
        return FALSE;
      torg_page_set_after (page, *next);
    }
  for (guint i = 0; i < records->len; i++)
    {
      TorgRecord *record = g_ptr_array_index (records, i);

      if ((question->deleted || torg_record_get_deleted (record) == 0) &&
          !torg_sight_hides_line (question->sight, record))
        json_array_add_element (items, write_record (question, record));
    }
  return TRUE;
}

/* Who follows a list by `since` learns so of what was deleted: it is marked with the moment. */
static gboolean
read_deleted (Question *question)
{
  const char *text = get_parameter (question, "deleted");

  question->deleted = g_strcmp0 (text, "true") == 0;
  return text == NULL || question->deleted || g_str_equal (text, "false");
}

static gboolean
answer_many (Question *question, GError **error)
{
  const char *limit_text = get_parameter (question, "limit");
  g_autoptr (TorgPage) page = torg_page_new (question->type);
  g_autoptr (JsonNode) node = json_node_new (JSON_NODE_OBJECT);
  g_autoptr (JsonArray) items = json_array_new ();
  g_autofree char *next = NULL;
  JsonObject      *object;
  guint64          limit = DEFAULT_LIMIT;

  if (limit_text != NULL && !g_ascii_string_to_unsigned (limit_text, 10, 1, MAX_LIMIT, &limit, NULL))
    {
      refuse (question, "The limit is a number from 1 to 200.");
      return TRUE;
    }
  if (!read_deleted (question))
    {
      refuse (question, "What is deleted is wanted, “true”, or not, “false”.");
      return TRUE;
    }
  if (!read_page (question, page))
    return TRUE;
  do
    if (!add_items (question, page, items, &next, (guint) limit - json_array_get_length (items), error))
      return FALSE;
  while (next != NULL && json_array_get_length (items) < limit);
  object = json_object_new ();
  json_object_set_array_member (object, "items", g_steal_pointer (&items));
  if (next != NULL)
    json_object_set_string_member (object, "next", next);
  else
    json_object_set_null_member (object, "next");
  json_node_take_object (node, object);
  answer (question, node);
  return TRUE;
}

/* The type and, behind a slash, the id of an address. */
static const TorgType *
read_path (TorgServerStore *store, const char *path, const char **id)
{
  const char *name = path + strlen ("/v1/");
  const char *slash = strchr (name, '/');

  *id = slash != NULL ? slash + 1 : NULL;
  return find_type (torg_server_store_get_schema (store), name, slash != NULL ? (gsize) (slash - name) : strlen (name));
}

static gboolean
answer_question (Question *question, GError **error)
{
  const char *id;

  question->type = read_path (question->store, question->request->path, &id);
  if (question->type == NULL)
    {
      torg_response_set_problem (question->response, 404, "not_found", "There is nothing at this address.");
      return TRUE;
    }
  if (!torg_scopes_check (question->request, question->response, "read", question->type->info->name))
    return TRUE;
  if (!read_fields (question))
    {
      refuse (question, "There is no such field.");
      return TRUE;
    }
  return id != NULL ? answer_one (question, id, error) : answer_many (question, error);
}

static gboolean
handle_get (TorgServerStore *store, const char *user, TorgRequest *request, TorgResponse *response, GError **error)
{
  TorgDb  *db = torg_server_store_get_db (store);
  Question question = { .store = store, .request = request, .response = response };
  gboolean ok;

  if (!torg_db_begin_reading (db, error))
    return FALSE;
  ok = torg_server_store_load_schema (store, error) && (question.sight = torg_sight_new (store, user, error)) != NULL &&
       answer_question (&question, error);
  torg_db_rollback (db);
  g_clear_pointer (&question.sight, torg_sight_free);
  g_strfreev (question.fields);
  return ok;
}

/* What was made or changed is answered as it is now, where whoever did it sees it, and the token is for reading it. */
static gboolean
answer_edited (TorgServerStore *store,
               const char      *user,
               const char      *plural,
               const char      *id,
               gboolean         is_new,
               const char      *scopes,
               TorgResponse    *response,
               GError         **error)
{
  g_autofree char *path = g_strdup_printf ("/v1/%s/%s", plural, id);
  TorgRequest      request = { .method = "GET", .path = path, .scopes = scopes };

  if (!handle_get (store, user, &request, response, error))
    return FALSE;
  if (response->status != 200)
    {
      response->status = 204;
      g_string_truncate (response->body, 0);
    }
  else if (is_new)
    response->status = 201;
  if (is_new)
    response->location = g_steal_pointer (&path);
  return TRUE;
}

static gboolean
handle_edit (TorgServerStore *store, const char *user, TorgRequest *request, TorgResponse *response, GError **error)
{
  const TorgType  *type;
  const char      *id;
  g_autofree char *edited = NULL;

  if (g_str_equal (request->path, "/v1/bulk") && g_str_equal (request->method, "POST"))
    return torg_resource_edit_many (store, user, request, response, error);
  type = read_path (store, request->path, &id);
  if (type == NULL)
    {
      torg_response_set_problem (response, 404, "not_found", "There is nothing at this address.");
      return TRUE;
    }
  if (!torg_scopes_check (request, response, "write", type->info->name))
    return TRUE;
  if (!torg_resource_edit (store, user, request, type->info->name, id, response, &edited, error))
    return FALSE;
  return edited == NULL || answer_edited (store, user, type->info->plural, edited,
                                          g_str_equal (request->method, "POST"), request->scopes, response, error);
}

static gboolean
is_below (const char *path, const char *root)
{
  return g_str_has_prefix (path, root) && (path[strlen (root)] == '\0' || path[strlen (root)] == '/');
}

/**
 * torg_resources_takes_key:
 * @path: below `/v1/`
 *
 * Tells whether an `Idempotency-Key` counts at an address. Where a secret is answered that is kept nowhere, it could
 * not be answered again.
 *
 * Returns: whether it does
 */
gboolean
torg_resources_takes_key (const char *path)
{
  static const char *const others[] = { "/v1/people", "/v1/webhooks", "/v1/files", "/v1/sync" };

  for (guint i = 0; i < G_N_ELEMENTS (others); i++)
    if (is_below (path, others[i]))
      return FALSE;
  return g_str_has_prefix (path, "/v1/");
}

/**
 * torg_resources_handle:
 * @store: a connection
 * @user: who asks
 * @request: a question below `/v1/`
 * @response: where the answer goes
 * @error: place for an error
 *
 * Answers with the records of a type, or one of them, or what became of an edit.
 *
 * Returns: whether the database answered
 */
gboolean
torg_resources_handle (TorgServerStore *store,
                       const char      *user,
                       TorgRequest     *request,
                       TorgResponse    *response,
                       GError         **error)
{
  if (g_str_equal (request->path, "/v1/search"))
    return torg_find_handle (store, user, request, response, error);
  if (request->key != NULL && !g_str_equal (request->method, "GET") && !torg_resources_takes_key (request->path))
    {
      torg_response_set_problem (response, 400, "key", "An Idempotency-Key does not count at this address.");
      return TRUE;
    }
  if (is_below (request->path, "/v1/people"))
    return !torg_scopes_check (request, response, "people", NULL) ||
           torg_people_resource_handle (store, user, request, response, error);
  if (is_below (request->path, "/v1/webhooks"))
    return !torg_scopes_check (request, response, "webhooks", NULL) ||
           torg_webhook_resource_handle (store, user, request, response, error);
  return g_str_equal (request->method, "GET") ? handle_get (store, user, request, response, error)
                                              : handle_edit (store, user, request, response, error);
}
