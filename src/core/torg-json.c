/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "torg-core"

#include "config.h"

#include "torg-json.h"
#include "torg-env.h"
#include "torg-error.h"

#include <glib/gi18n-lib.h>
#include <math.h>
#include <string.h>

/* Numbers are JSON numbers; exact, since 1/10,000 of up to 2^53 survives a double and its shortest form. */
static JsonNode *
number_to_json (gint64 number)
{
  JsonNode *node = json_node_alloc ();

  if (number % TORG_NUMBER_SCALE == 0)
    return json_node_init_int (node, number / TORG_NUMBER_SCALE);
  return json_node_init_double (node, (double) number / TORG_NUMBER_SCALE);
}

static JsonNode *
money_to_json (const TorgValue *value)
{
  JsonObject *object = json_object_new ();
  JsonNode   *node = json_node_alloc ();

  json_object_set_int_member (object, "minor", value->number);
  json_object_set_string_member (object, "currency", value->currency);
  json_node_init_object (node, object);
  json_object_unref (object);
  return node;
}

/**
 * torg_value_to_json:
 * @kind: the kind of its field
 *
 * Writes a value as JSON: numbers as numbers, moments as integers of microseconds, money as
 * `{"minor", "currency"}`, sets, phones and e-mails as arrays, all else as texts.
 *
 * Returns: (transfer full): a node
 */
JsonNode *
torg_value_to_json (const TorgValue *value, TorgKind kind)
{
  switch (value->tag)
    {
      case TORG_VALUE_NULL:
        return json_node_new (JSON_NODE_NULL);
      case TORG_VALUE_INT:
        if (kind == TORG_KIND_MOMENT)
          return json_node_init_int (json_node_alloc (), value->number);
        return number_to_json (value->number);
      case TORG_VALUE_MONEY:
        return money_to_json (value);
      case TORG_VALUE_TEXT:
      case TORG_VALUE_ZONED:
        if (kind == TORG_KIND_SET || kind == TORG_KIND_PHONE || kind == TORG_KIND_EMAIL)
          {
            JsonNode *node = json_from_string (value->text, NULL);

            if (node != NULL)
              return node;
          }
        return json_node_init_string (json_node_alloc (), value->text);
      default:
        g_return_val_if_reached (NULL);
    }
}

static gboolean
number_from_json (JsonNode *node, TorgKind kind, TorgValue *value)
{
  GType type = json_node_get_value_type (node);

  if (type == G_TYPE_INT64)
    {
      gint64 number = json_node_get_int (node);

      if (kind != TORG_KIND_MOMENT)
        {
          if (number > G_MAXINT64 / TORG_NUMBER_SCALE || number < G_MININT64 / TORG_NUMBER_SCALE)
            return FALSE;
          number *= TORG_NUMBER_SCALE;
        }
      *value = torg_value_int (number);
      return TRUE;
    }
  if (type == G_TYPE_DOUBLE && kind == TORG_KIND_NUMBER)
    {
      double scaled = round (json_node_get_double (node) * TORG_NUMBER_SCALE);

      if (!(fabs (scaled) < 9.2e18))
        return FALSE;
      *value = torg_value_int ((gint64) scaled);
      return TRUE;
    }
  return FALSE;
}

static gboolean
money_from_json (JsonNode *node, TorgValue *value)
{
  JsonObject *object;
  JsonNode   *minor, *currency;

  if (!JSON_NODE_HOLDS_OBJECT (node))
    return FALSE;
  object = json_node_get_object (node);
  minor = json_object_get_member (object, "minor");
  currency = json_object_get_member (object, "currency");
  if (minor == NULL || !JSON_NODE_HOLDS_VALUE (minor) || json_node_get_value_type (minor) != G_TYPE_INT64 ||
      currency == NULL || !JSON_NODE_HOLDS_VALUE (currency) || json_node_get_value_type (currency) != G_TYPE_STRING ||
      strlen (json_node_get_string (currency)) != 3)
    return FALSE;
  *value = torg_value_money (json_node_get_int (minor), json_node_get_string (currency));
  return TRUE;
}

/**
 * torg_value_from_json:
 * @node: (nullable): what was received
 * @kind: the kind of its field
 * @value: (out): the value, to be cleared
 *
 * Reads a value from JSON.
 *
 * Returns: whether @node is of the right form
 */
gboolean
torg_value_from_json (JsonNode *node, TorgKind kind, TorgValue *value)
{
  *value = (TorgValue) TORG_VALUE_INIT;
  if (node == NULL || JSON_NODE_HOLDS_NULL (node))
    return TRUE;
  if (kind == TORG_KIND_SET || kind == TORG_KIND_PHONE || kind == TORG_KIND_EMAIL)
    {
      g_autofree char *text = NULL;

      if (!JSON_NODE_HOLDS_ARRAY (node))
        return FALSE;
      text = json_to_string (node, FALSE);
      *value =
        json_array_get_length (json_node_get_array (node)) > 0 ? torg_value_text (text) : (TorgValue) TORG_VALUE_INIT;
      return TRUE;
    }
  if (kind == TORG_KIND_MONEY)
    return money_from_json (node, value);
  if (!JSON_NODE_HOLDS_VALUE (node))
    return FALSE;
  if (kind == TORG_KIND_NUMBER || kind == TORG_KIND_MOMENT)
    return number_from_json (node, kind, value);
  if (json_node_get_value_type (node) != G_TYPE_STRING)
    return FALSE;
  if (kind == TORG_KIND_ZONED)
    {
      *value = torg_value_zoned (json_node_get_string (node));
      return value->tag == TORG_VALUE_ZONED;
    }
  *value = torg_value_text (json_node_get_string (node));
  return TRUE;
}

/**
 * torg_value_to_json_text:
 * @kind: the kind of its field
 *
 * Writes a value as the text of a JSON value.
 *
 * Returns: (transfer full): JSON
 */
char *
torg_value_to_json_text (const TorgValue *value, TorgKind kind)
{
  g_autoptr (JsonNode) node = torg_value_to_json (value, kind);

  return json_to_string (node, FALSE);
}

/**
 * torg_value_from_json_text:
 * @json: (nullable): JSON; null is null
 * @kind: the kind of its field
 * @value: (out): the value, to be cleared
 *
 * Reads a value from the text of a JSON value.
 *
 * Returns: whether it is of the right form
 */
gboolean
torg_value_from_json_text (const char *json, TorgKind kind, TorgValue *value)
{
  g_autoptr (JsonNode) node = json != NULL ? json_from_string (json, NULL) : NULL;

  if (json != NULL && node == NULL && !g_str_equal (json, "null"))
    {
      *value = (TorgValue) TORG_VALUE_INIT;
      return FALSE;
    }
  return torg_value_from_json (node, kind, value);
}

/**
 * torg_record_to_json:
 *
 * Writes a record as a JSON object: `type`, `id`, `seq`, `deleted` and its fields that are not null.
 *
 * Returns: (transfer full): a node
 */
JsonNode *
torg_record_to_json (TorgRecord *record)
{
  const TorgType *type = torg_record_get_kind (record);
  JsonObject     *object = json_object_new ();
  JsonObject     *fields = json_object_new ();
  JsonNode       *node = json_node_alloc ();

  json_object_set_string_member (object, "type", type->info->name);
  json_object_set_string_member (object, "id", torg_record_get_id (record));
  if (torg_record_get_seq (record) != 0)
    json_object_set_int_member (object, "seq", torg_record_get_seq (record));
  if (torg_record_get_deleted (record) != 0)
    json_object_set_int_member (object, "deleted", torg_record_get_deleted (record));
  for (guint i = 0; i < type->n_fields; i++)
    if (!torg_value_is_null (torg_record_nth (record, i)))
      json_object_set_member (fields, type->fields[i].name,
                              torg_value_to_json (torg_record_nth (record, i), type->fields[i].kind));
  if (torg_record_get_unknown (record) != NULL)
    {
      g_autoptr (JsonNode) unknown = json_from_string (torg_record_get_unknown (record), NULL);

      if (unknown != NULL && JSON_NODE_HOLDS_OBJECT (unknown))
        {
          JsonObjectIter iter;
          const char    *name;
          JsonNode      *value;

          json_object_iter_init (&iter, json_node_get_object (unknown));
          while (json_object_iter_next (&iter, &name, &value))
            json_object_set_member (fields, name, json_node_copy (value));
        }
    }
  json_object_set_object_member (object, "fields", fields);
  json_node_init_object (node, object);
  json_object_unref (object);
  return node;
}

/**
 * torg_json_get_text:
 * @object: an object of JSON
 * @name: a member
 *
 * Reads a member that is a text.
 *
 * Returns: (transfer none) (nullable): the text; %NULL where there is none, or something else
 */
const char *
torg_json_get_text (JsonObject *object, const char *name)
{
  JsonNode *node = json_object_get_member (object, name);

  return node != NULL && JSON_NODE_HOLDS_VALUE (node) && json_node_get_value_type (node) == G_TYPE_STRING
           ? json_node_get_string (node)
           : NULL;
}

/**
 * torg_json_is_shallow:
 * @text: what may be JSON
 * @length: its length in bytes
 * @max_depth: how many objects and arrays may stand inside of each other
 *
 * Looks how deep JSON goes, before a parser that calls itself does.
 *
 * Returns: whether it goes no deeper
 */
gboolean
torg_json_is_shallow (const char *text, gsize length, guint max_depth)
{
  guint    depth = 0;
  gboolean quoted = FALSE;

  for (gsize i = 0; i < length; i++)
    if (quoted)
      {
        if (text[i] == '\\')
          i++;
        else if (text[i] == '"')
          quoted = FALSE;
      }
    else if (text[i] == '"')
      quoted = TRUE;
    else if (text[i] == '[' || text[i] == '{')
      {
        if (++depth > max_depth)
          return FALSE;
      }
    else if ((text[i] == ']' || text[i] == '}') && depth > 0)
      depth--;
  return TRUE;
}

static gint64
int_member (JsonObject *object, const char *name)
{
  JsonNode *node = json_object_get_member (object, name);

  return node != NULL && JSON_NODE_HOLDS_VALUE (node) && json_node_get_value_type (node) == G_TYPE_INT64
           ? json_node_get_int (node)
           : 0;
}

/**
 * torg_record_from_json:
 * @node: a JSON object as [method@Record.to_json] writes it
 * @error: place for a %TORG_ERROR_INVALID
 *
 * Reads a record. Fields that the schema does not know are kept as they are.
 *
 * Returns: (transfer full) (nullable): a record
 */
TorgRecord *
torg_record_from_json (TorgSchema *schema, JsonNode *node, GError **error)
{
  JsonObject     *object = JSON_NODE_HOLDS_OBJECT (node) ? json_node_get_object (node) : NULL;
  const char     *id = object != NULL ? torg_json_get_text (object, "id") : NULL;
  const TorgType *type = object != NULL ? torg_schema_find (schema, torg_json_get_text (object, "type")) : NULL;
  JsonNode       *fields = object != NULL ? json_object_get_member (object, "fields") : NULL;
  g_autoptr (TorgRecord) record = NULL;
  g_autoptr (JsonObject) unknown = json_object_new ();
  JsonObjectIter iter;
  const char    *name;
  JsonNode      *member;

  if (type == NULL || !torg_id_is_valid (id) || (fields != NULL && !JSON_NODE_HOLDS_OBJECT (fields)))
    {
      g_set_error_literal (error, TORG_ERROR, TORG_ERROR_INVALID, _ ("What was received is no record."));
      return NULL;
    }
  record = torg_record_new (schema, type, id);
  torg_record_set_seq (record, int_member (object, "seq"));
  torg_record_set_deleted (record, int_member (object, "deleted"));
  if (fields == NULL)
    return g_steal_pointer (&record);
  json_object_iter_init (&iter, json_node_get_object (fields));
  while (json_object_iter_next (&iter, &name, &member))
    {
      const TorgField *field = torg_type_find_field (type, name);
      TorgValue        value;

      if (field == NULL)
        {
          json_object_set_member (unknown, name, json_node_copy (member));
          continue;
        }
      if (!torg_value_from_json (member, field->kind, &value))
        {
          g_set_error (error, TORG_ERROR, TORG_ERROR_INVALID, _ ("The field “%s” holds what it cannot hold."),
                       torg_field_get_label (field));
          return NULL;
        }
      torg_record_take_nth (record, field->index, value);
    }
  if (json_object_get_size (unknown) > 0)
    {
      g_autoptr (JsonNode) root = json_node_init_object (json_node_alloc (), unknown);
      g_autofree char *text = json_to_string (root, FALSE);

      torg_record_set_unknown (record, text);
    }
  return g_steal_pointer (&record);
}
