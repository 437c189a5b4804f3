/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "torg-core"

#include "config.h"

#include "torg-env.h"
#include "torg-error.h"
#include "torg-json.h"
#include "torg-rows.h"

#include <glib/gi18n-lib.h>

/*
 * Many records of one type in JSON: `{"type", "fields": [NAME…], "rows": [[id, seq, deleted, value…]…]}`. Naming each
 * field once makes a first sync half as much work for both sides as an object a record does.
 */

#define N_FIXED 3

static void
append_row (JsonArray *row, TorgRecord *record, const gboolean *named)
{
  const TorgType *type = torg_record_get_kind (record);

  json_array_add_string_element (row, torg_record_get_id (record));
  json_array_add_int_element (row, torg_record_get_seq (record));
  if (torg_record_get_deleted (record) != 0)
    json_array_add_int_element (row, torg_record_get_deleted (record));
  else
    json_array_add_null_element (row);
  for (guint i = 0; i < type->n_fields; i++)
    if (named[i])
      json_array_add_element (row, torg_value_to_json (torg_record_nth (record, i), type->fields[i].kind));
}

/**
 * torg_rows_to_json:
 * @records: (element-type TorgRecord): records
 * @first: the first to write
 * @n: how many, at least one; of one type, and without fields that the schema does not know
 * @hidden: (array): of each field of the type, whether it is left out
 *
 * Writes records as rows. A field that is null in all of them is left out.
 *
 * Returns: (transfer full): a node
 */
JsonNode *
torg_rows_to_json (GPtrArray *records, guint first, guint n, const gboolean *hidden)
{
  const TorgType *type = torg_record_get_kind (records->pdata[first]);
  gboolean       *named = g_newa0 (gboolean, type->n_fields);
  JsonObject     *object = json_object_new ();
  JsonArray      *names = json_array_new (), *rows = json_array_sized_new (n);
  JsonNode       *node = json_node_new (JSON_NODE_OBJECT);

  for (guint i = 0; i < type->n_fields; i++)
    for (guint j = 0; j < n && !hidden[i] && !named[i]; j++)
      named[i] = !torg_value_is_null (torg_record_nth (records->pdata[first + j], i));
  for (guint i = 0; i < type->n_fields; i++)
    if (named[i])
      json_array_add_string_element (names, type->fields[i].name);
  for (guint j = 0; j < n; j++)
    {
      JsonArray *row = json_array_sized_new (N_FIXED + json_array_get_length (names));

      append_row (row, records->pdata[first + j], named);
      json_array_add_array_element (rows, row);
    }
  json_object_set_string_member (object, "type", type->info->name);
  json_object_set_array_member (object, "fields", names);
  json_object_set_array_member (object, "rows", rows);
  json_node_take_object (node, object);
  return node;
}

static gboolean
refuse (GError **error)
{
  g_set_error_literal (error, TORG_ERROR, TORG_ERROR_INVALID, _ ("What was received is no record."));
  return FALSE;
}

static gboolean
read_int (JsonNode *node, gint64 *number)
{
  *number = 0;
  if (JSON_NODE_HOLDS_NULL (node))
    return TRUE;
  if (!JSON_NODE_HOLDS_VALUE (node) || json_node_get_value_type (node) != G_TYPE_INT64)
    return FALSE;
  *number = json_node_get_int (node);
  return TRUE;
}

/* What the schema does not know is kept as it is. */
static void
keep_unknown (TorgRecord *record, JsonArray *names, JsonArray *row, const TorgField *const *fields)
{
  g_autoptr (JsonObject) unknown = json_object_new ();
  g_autoptr (JsonNode) root = NULL;
  g_autofree char *text = NULL;

  for (guint i = 0; i < json_array_get_length (names); i++)
    if (fields[i] == NULL && !json_array_get_null_element (row, N_FIXED + i))
      json_object_set_member (unknown, json_array_get_string_element (names, i),
                              json_array_dup_element (row, N_FIXED + i));
  if (json_object_get_size (unknown) == 0)
    return;
  root = json_node_init_object (json_node_alloc (), unknown);
  text = json_to_string (root, FALSE);
  torg_record_set_unknown (record, text);
}

static gboolean
read_row (TorgSchema             *schema,
          const TorgType         *type,
          JsonArray              *names,
          const TorgField *const *fields,
          JsonNode               *node,
          TorgRecord            **record,
          GError                **error)
{
  JsonArray *row = JSON_NODE_HOLDS_ARRAY (node) ? json_node_get_array (node) : NULL;
  guint      n_fields = json_array_get_length (names);
  gboolean   all_known = TRUE;
  JsonNode  *id;
  gint64     seq, deleted;

  if (row == NULL || json_array_get_length (row) != N_FIXED + n_fields)
    return refuse (error);
  id = json_array_get_element (row, 0);
  if (!JSON_NODE_HOLDS_VALUE (id) || json_node_get_value_type (id) != G_TYPE_STRING ||
      !torg_id_is_valid (json_node_get_string (id)) || !read_int (json_array_get_element (row, 1), &seq) ||
      !read_int (json_array_get_element (row, 2), &deleted))
    return refuse (error);
  *record = torg_record_new (schema, type, json_node_get_string (id));
  torg_record_set_seq (*record, seq);
  torg_record_set_deleted (*record, deleted);
  for (guint i = 0; i < n_fields; i++)
    {
      TorgValue value;

      if (fields[i] == NULL)
        {
          all_known = FALSE;
          continue;
        }
      if (!torg_value_from_json (json_array_get_element (row, N_FIXED + i), fields[i]->kind, &value))
        {
          g_clear_pointer (record, torg_record_unref);
          g_set_error (error, TORG_ERROR, TORG_ERROR_INVALID, _ ("The field “%s” holds what it cannot hold."),
                       torg_field_get_label (fields[i]));
          return FALSE;
        }
      torg_record_take_nth (*record, fields[i]->index, value);
    }
  if (!all_known)
    keep_unknown (*record, names, row, fields);
  return TRUE;
}

/* Which fields the rows hold. */
static gboolean
read_fields (const TorgType *type, JsonArray *names, const TorgField **fields, GError **error)
{
  for (guint i = 0; i < json_array_get_length (names); i++)
    {
      JsonNode *name = json_array_get_element (names, i);

      if (!JSON_NODE_HOLDS_VALUE (name) || json_node_get_value_type (name) != G_TYPE_STRING)
        return refuse (error);
      fields[i] = torg_type_find_field (type, json_node_get_string (name));
    }
  return TRUE;
}

/**
 * torg_rows_from_json:
 * @node: JSON from anywhere, as [func@rows_to_json] writes it
 * @error: place for a %TORG_ERROR_INVALID
 *
 * Reads rows. Fields that the schema does not know are kept as they are.
 *
 * Returns: (transfer full) (nullable) (element-type TorgRecord): records; none where the type is not known
 */
GPtrArray *
torg_rows_from_json (TorgSchema *schema, JsonNode *node, GError **error)
{
  JsonObject     *object = JSON_NODE_HOLDS_OBJECT (node) ? json_node_get_object (node) : NULL;
  const TorgType *type = object != NULL ? torg_schema_find (schema, torg_json_get_text (object, "type")) : NULL;
  JsonNode       *names = object != NULL ? json_object_get_member (object, "fields") : NULL;
  JsonNode       *rows = object != NULL ? json_object_get_member (object, "rows") : NULL;
  g_autoptr (GPtrArray) records = g_ptr_array_new_with_free_func ((GDestroyNotify) torg_record_unref);
  g_autofree const TorgField **fields = NULL;

  if (names == NULL || !JSON_NODE_HOLDS_ARRAY (names) || rows == NULL || !JSON_NODE_HOLDS_ARRAY (rows))
    {
      refuse (error);
      return NULL;
    }
  if (type == NULL)
    return g_steal_pointer (&records);
  fields = g_new0 (const TorgField *, json_array_get_length (json_node_get_array (names)));
  if (!read_fields (type, json_node_get_array (names), fields, error))
    return NULL;
  for (guint i = 0; i < json_array_get_length (json_node_get_array (rows)); i++)
    {
      TorgRecord *record = NULL;

      if (!read_row (schema, type, json_node_get_array (names), fields,
                     json_array_get_element (json_node_get_array (rows), i), &record, error))
        return NULL;
      g_ptr_array_add (records, record);
    }
  return g_steal_pointer (&records);
}
