/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "torg-server"

#include "config.h"

#include "torg-openapi.h"
#include "torg-page.h"
#include "torg-server-resources.h"

#include <json-glib/json-glib.h>

/* The REST interface for programs, described as OpenAPI 3.1: what is the same for all types stands in openapi.json, the
 * rest follows from the schema. It says what torg-resources.c, torg-resource-edit.c and torg-page.c do.
 */

static JsonNode *
read_json (const char *text)
{
  g_autoptr (GError) error = NULL;
  JsonNode *node = json_from_string (text, &error);

  if (node == NULL)
    g_error ("OpenAPI: %s", error->message);
  return node;
}

static void
set_json (JsonObject *object, const char *name, const char *text)
{
  json_object_set_member (object, name, read_json (text));
}

static JsonObject *
add_object (JsonObject *parent, const char *name)
{
  JsonObject *object = json_object_new ();

  json_object_set_object_member (parent, name, object);
  return object;
}

static JsonArray *
add_array (JsonObject *parent, const char *name)
{
  JsonArray *array = json_array_new ();

  json_object_set_array_member (parent, name, array);
  return array;
}

static void
add_reference (JsonObject *object, const char *kind, const char *name)
{
  g_autofree char *path = g_strdup_printf ("#/components/%s/%s", kind, name);

  json_object_set_string_member (object, "$ref", path);
}

/* --- fields ------------------------------------------------------------------------------------------------------- */

static const char *
describe_kind (TorgKind kind)
{
  switch (kind)
    {
      case TORG_KIND_NUMBER:
        return "{\"type\":[\"number\",\"null\"]}";
      case TORG_KIND_MONEY:
        return "{\"$ref\":\"#/components/schemas/Money\"}";
      case TORG_KIND_DATE:
        return "{\"type\":[\"string\",\"null\"],\"format\":\"date\"}";
      case TORG_KIND_MOMENT:
        return "{\"type\":[\"integer\",\"null\"],\"format\":\"int64\",\"description\":\"Microseconds since 1970, "
               "UTC.\"}";
      case TORG_KIND_ZONED:
        return "{\"type\":[\"string\",\"null\"],\"description\":\"A local time and its zone, or a date for a whole "
               "day.\"}";
      case TORG_KIND_REF:
        return "{\"type\":[\"string\",\"null\"],\"format\":\"uuid\"}";
      case TORG_KIND_SET:
      case TORG_KIND_EMAIL:
        return "{\"type\":[\"array\",\"null\"],\"items\":{\"type\":\"string\"}}";
      case TORG_KIND_PHONE:
        return "{\"$ref\":\"#/components/schemas/Phones\"}";
      case TORG_KIND_TEXT:
      case TORG_KIND_CHOICE:
      case TORG_KIND_REQUISITE:
      case TORG_KIND_FILE:
      default:
        return "{\"type\":[\"string\",\"null\"]}";
    }
}

static JsonNode *
describe_field (const TorgField *field)
{
  JsonNode   *node = read_json (describe_kind (field->kind));
  JsonObject *object = json_node_get_object (node);

  if (!json_object_has_member (object, "$ref"))
    json_object_set_string_member (object, "title", field->label);
  if (field->merge == TORG_MERGE_DERIVED)
    json_object_set_boolean_member (object, "readOnly", TRUE);
  if (field->choices != NULL)
    {
      JsonArray *choices = add_array (object, "enum");

      for (const TorgChoice *choice = field->choices; choice->key != NULL; choice++)
        json_array_add_string_element (choices, choice->key);
      json_array_add_null_element (choices);
    }
  return node;
}

/* A record's fields, and the record around them. */
static void
describe_type (JsonObject *schemas, const TorgType *type)
{
  g_autofree char *fields_name = g_strconcat (type->info->name, "_fields", NULL);
  JsonObject      *fields = add_object (schemas, fields_name);
  JsonObject      *properties, *record;

  json_object_set_string_member (fields, "type", "object");
  json_object_set_string_member (fields, "title", type->info->label);
  properties = add_object (fields, "properties");
  for (guint i = 0; i < type->n_fields; i++)
    json_object_set_member (properties, type->fields[i].name, describe_field (&type->fields[i]));

  record = add_object (schemas, type->info->name);
  json_object_set_string_member (record, "type", "object");
  set_json (record, "required", "[\"type\",\"id\",\"seq\",\"fields\"]");
  properties = add_object (record, "properties");
  json_object_set_string_member (add_object (properties, "type"), "const", type->info->name);
  set_json (properties, "id", "{\"type\":\"string\",\"format\":\"uuid\"}");
  set_json (properties, "seq", "{\"type\":\"integer\",\"description\":\"Of its last change.\"}");
  set_json (
    properties, "deleted",
    "{\"type\":\"integer\",\"format\":\"int64\",\"description\":\"When it was deleted: microseconds since 1970, "
    "UTC.\"}");
  add_reference (add_object (properties, "fields"), "schemas", fields_name);
}

/* --- addresses ---------------------------------------------------------------------------------------------------- */

/* An operation with its parameters and refusals, split by spaces; gives its answers. */
static JsonObject *
begin_operation (JsonObject     *path,
                 const char     *method,
                 const TorgType *type,
                 const char     *what,
                 const char     *description,
                 const char     *parameters,
                 const char     *refusals)
{
  g_autofree char *id = g_strdup_printf ("%s_%s", what, type->info->name);
  g_auto (GStrv) names = g_strsplit (parameters, " ", -1), answers = g_strsplit (refusals, " ", -1);
  JsonObject *operation = add_object (path, method);
  JsonArray  *list;
  JsonObject *responses;

  json_object_set_string_member (operation, "operationId", id);
  json_array_add_string_element (add_array (operation, "tags"), type->info->plural);
  json_object_set_string_member (operation, "description", description);
  list = add_array (operation, "parameters");
  for (guint i = 0; names[i] != NULL; i++)
    {
      JsonObject *parameter = json_object_new ();

      add_reference (parameter, "parameters", names[i]);
      json_array_add_object_element (list, parameter);
    }
  responses = add_object (operation, "responses");
  for (guint i = 0; answers[i] != NULL; i++)
    {
      char status[4] = { answers[i][0], answers[i][1], answers[i][2], '\0' };

      add_reference (add_object (responses, status), "responses", answers[i] + sizeof status);
    }
  return responses;
}

static JsonObject *
add_answer (JsonObject *responses, const char *status, const char *description)
{
  JsonObject *answer = add_object (responses, status);

  json_object_set_string_member (answer, "description", description);
  return answer;
}

static JsonObject *
add_content (JsonObject *parent)
{
  return add_object (add_object (add_object (parent, "content"), "application/json"), "schema");
}

static void
add_record_answer (JsonObject *responses, const TorgType *type, const char *status, const char *headers)
{
  JsonObject *answer = add_answer (responses, status, "The record.");

  set_json (answer, "headers", headers);
  add_reference (add_content (answer), "schemas", type->info->name);
}

static void
add_body (JsonObject *path, const char *method, const TorgType *type, gboolean with_id)
{
  JsonObject      *body = add_object (json_object_get_object_member (path, method), "requestBody");
  g_autofree char *fields = g_strconcat (type->info->name, "_fields", NULL);
  JsonObject      *schema, *properties;

  json_object_set_boolean_member (body, "required", TRUE);
  schema = add_content (body);
  json_object_set_string_member (schema, "type", "object");
  set_json (schema, "required", "[\"fields\"]");
  properties = add_object (schema, "properties");
  add_reference (add_object (properties, "fields"), "schemas", fields);
  if (with_id)
    set_json (properties, "id", "{\"type\":\"string\",\"format\":\"uuid\"}");
}

static void
add_condition (JsonArray *list, const char *field, const char *bound, const char *schema)
{
  JsonObject      *parameter = json_object_new ();
  g_autofree char *name = g_strconcat (field, bound, NULL);

  json_object_set_string_member (parameter, "name", name);
  json_object_set_string_member (parameter, "in", "query");
  if (*bound == '\0')
    json_object_set_boolean_member (parameter, "allowEmptyValue", TRUE);
  set_json (parameter, "schema", schema);
  json_array_add_object_element (list, parameter);
}

/* How a bound is written. */
static const char *
describe_bound (TorgKind kind)
{
  switch (kind)
    {
      case TORG_KIND_NUMBER:
        return "{\"type\":\"number\"}";
      case TORG_KIND_MONEY:
        return "{\"type\":\"integer\",\"format\":\"int64\",\"description\":\"In kopecks or cents.\"}";
      case TORG_KIND_DATE:
        return "{\"type\":\"string\",\"format\":\"date\"}";
      default:
        return "{\"type\":\"string\",\"description\":\"A moment as ISO 8601 or in microseconds, or a day in UTC.\"}";
    }
}

static void
add_conditions (JsonArray *list, const TorgType *type)
{
  for (guint i = 0; i < type->n_fields; i++)
    {
      const TorgField *field = &type->fields[i];

      if (torg_page_holds_values (type, field->name))
        continue;
      add_condition (list, field->name, "",
                     "{\"type\":\"string\",\"description\":\"One of these, split by commas; nothing for none.\"}");
      if (!torg_page_has_bounds (field))
        continue;
      add_condition (list, field->name, ".min", describe_bound (field->kind));
      add_condition (list, field->name, ".max", describe_bound (field->kind));
    }
}

#define ETAG "\"ETag\":{\"schema\":{\"type\":\"string\"}}"
#define LOCATION "\"Location\":{\"schema\":{\"type\":\"string\"}}"

static void
describe_list (JsonObject *path, const TorgType *type)
{
  static const char asked[] =
    "Records in the order of their ids, or of `sort`. Any field is a condition too: "
    "`FIELD=VALUE,VALUE`, `FIELD=` for none, `FIELD.min` and `FIELD.max`; a moment may be a day in "
    "UTC, all of which counts.";
  JsonObject *responses = begin_operation (path, "get", type, "list", asked, "limit after fields sort since deleted",
                                           "400:Invalid 401:Unauthorized");
  JsonObject *schema = add_content (add_answer (responses, "200", "A page."));
  JsonObject *properties, *items;

  add_conditions (json_object_get_array_member (json_object_get_object_member (path, "get"), "parameters"), type);
  json_object_set_string_member (schema, "type", "object");
  set_json (schema, "required", "[\"items\",\"next\"]");
  properties = add_object (schema, "properties");
  items = add_object (properties, "items");
  json_object_set_string_member (items, "type", "array");
  add_reference (add_object (items, "items"), "schemas", type->info->name);
  set_json (properties, "next",
            "{\"type\":[\"string\",\"null\"],\"description\":\"What `after` takes for the page behind this one; null "
            "behind the last one.\"}");
}

static void
describe_paths (JsonObject *paths, const TorgType *type)
{
  g_autofree char *all = g_strconcat ("/v1/", type->info->plural, NULL);
  g_autofree char *one = g_strconcat (all, "/{id}", NULL);
  gboolean         own = g_str_equal (type->info->name, "history") || g_str_equal (type->info->name, "conflict");
  JsonObject      *path = add_object (paths, all);
  JsonObject      *responses;

  describe_list (path, type);
  if (!own)
    {
      responses = begin_operation (path, "post", type, "create", "Makes a record.", "key",
                                   "400:Invalid 401:Unauthorized 403:Forbidden 409:Rule 422:Refused");
      add_record_answer (responses, type, "201", "{" ETAG "," LOCATION "}");
      add_body (path, "post", type, TRUE);
    }
  path = add_object (paths, one);
  responses = begin_operation (path, "get", type, "get", "Reads a record.", "id fields if_none_match",
                               "400:Invalid 401:Unauthorized 404:NotFound");
  add_record_answer (responses, type, "200", "{" ETAG "}");
  add_answer (responses, "304", "It is as it was.");
  if (own)
    return;
  responses = begin_operation (path, "patch", type, "change", "Changes fields of a record.", "id if_match key",
                               "400:Invalid 401:Unauthorized 403:Forbidden 404:NotFound 409:Rule 412:Changed "
                               "422:Refused 428:Precondition");
  add_record_answer (responses, type, "200", "{" ETAG "}");
  add_body (path, "patch", type, FALSE);
  responses = begin_operation (path, "delete", type, "delete",
                               "Deletes a record; it can be brought back in the window.", "id if_match key",
                               "400:Invalid 401:Unauthorized 403:Forbidden 404:NotFound 409:Rule 412:Changed "
                               "428:Precondition");
  add_answer (responses, "204", "It is deleted.");
}

/* What every address that asks for a key answers with at times. */
static void
add_refusals (const char *address, JsonObject *operation)
{
  JsonObject *answers = json_object_get_object_member (operation, "responses");

  if (json_object_has_member (operation, "security"))
    return;
  if (!g_str_equal (address, "/v1/me") && !json_object_has_member (answers, "403"))
    add_reference (add_object (answers, "403"), "responses", "Forbidden");
  if (json_object_has_member (operation, "requestBody") && !json_object_has_member (answers, "413"))
    add_reference (add_object (answers, "413"), "responses", "TooLarge");
  add_reference (add_object (answers, "429"), "responses", "TooFast");
}

static void
add_all_refusals (JsonObject *paths)
{
  JsonObjectIter every, each;
  const char    *address, *method;
  JsonNode      *path, *operation;

  json_object_iter_init (&every, paths);
  while (json_object_iter_next (&every, &address, &path))
    {
      json_object_iter_init (&each, json_node_get_object (path));
      while (json_object_iter_next (&each, &method, &operation))
        add_refusals (address, json_node_get_object (operation));
    }
}

/**
 * torg_openapi_write:
 * @schema: the types
 *
 * Describes the REST interface: a document of OpenAPI 3.1.
 *
 * Returns: (transfer full): JSON
 */
char *
torg_openapi_write (TorgSchema *schema)
{
  g_autoptr (GBytes) bytes = g_resource_lookup_data (
    torg_server_get_resource (), "/org/torgcrm/Torg/server/openapi.json", G_RESOURCE_LOOKUP_FLAGS_NONE, NULL);
  g_autoptr (JsonNode) node = read_json (g_bytes_get_data (bytes, NULL));
  JsonObject *document = json_node_get_object (node);
  JsonObject *paths = json_object_get_object_member (document, "paths");
  JsonArray  *tags = json_object_get_array_member (document, "tags");
  JsonObject *schemas =
    json_object_get_object_member (json_object_get_object_member (document, "components"), "schemas");

  json_object_set_string_member (json_object_get_object_member (document, "info"), "version", TORG_VERSION);
  for (guint i = 0; i < torg_schema_get_n_types (schema); i++)
    {
      const TorgType *type = torg_schema_nth (schema, i);
      JsonObject     *tag = json_object_new ();

      json_object_set_string_member (tag, "name", type->info->plural);
      json_array_add_object_element (tags, tag);
      describe_type (schemas, type);
      describe_paths (paths, type);
    }
  add_all_refusals (paths);
  return json_to_string (node, FALSE);
}
