/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "torg-import"

#include "config.h"

#include "torg-import-plan-private.h"
#include "torg-error.h"
#include "torg-money.h"

#include <glib/gi18n-lib.h>
#include <json-glib/json-glib.h>

/* What becomes of a file’s columns, as it was saved. */

static gboolean
find_column (TorgImportPlan *self, const char *header, guint *index)
{
  g_autofree char *wanted = torg_import_normalise_header (header);

  for (guint i = 0; i < self->columns->len; i++)
    {
      g_autofree char *own =
        torg_import_normalise_header (((TorgImportColumn *) g_ptr_array_index (self->columns, i))->header);

      if (g_str_equal (own, wanted))
        {
          *index = i;
          return TRUE;
        }
    }
  return FALSE;
}

static gboolean
load_column (TorgImportPlan *self, const char *header, const char *target, GError **error)
{
  guint index;

  if (!find_column (self, header, &index))
    {
      g_set_error (error, TORG_ERROR, TORG_ERROR_NOT_FOUND, _ ("The file has no column “%s”, which the mapping names."),
                   header);
      return FALSE;
    }
  if (target != NULL && !g_str_equal (target, "+") && !g_str_equal (target, TORG_IMPORT_FULL_NAME) &&
      !g_str_equal (target, TORG_IMPORT_CURRENCY) && !g_str_equal (target, TORG_IMPORT_NAME_PART) &&
      torg_import_plan_find_field (self, target, NULL) == NULL)
    {
      g_set_error (error, TORG_ERROR, TORG_ERROR_NOT_FOUND, _ ("The mapping names the field “%s”, which there is not."),
                   target);
      return FALSE;
    }
  torg_import_plan_set_target (self, index, target);
  return TRUE;
}

static gboolean
load_values (TorgImportPlan *self, const char *header, JsonNode *node, GError **error)
{
  JsonObjectIter iter;
  const char    *text;
  JsonNode      *value;
  guint          index;

  if (!JSON_NODE_HOLDS_OBJECT (node) || !find_column (self, header, &index))
    {
      g_set_error (error, TORG_ERROR, TORG_ERROR_NOT_FOUND, _ ("The file has no column “%s”, which the mapping names."),
                   header);
      return FALSE;
    }
  json_object_iter_init (&iter, json_node_get_object (node));
  while (json_object_iter_next (&iter, &text, &value))
    if (JSON_NODE_HOLDS_VALUE (value) && json_node_get_value_type (value) == G_TYPE_STRING)
      torg_import_plan_set_value (self, index, text, json_node_get_string (value));
  return TRUE;
}

static const char *const date_orders[] = {
  [TORG_DATE_ORDER_DMY] = "dmy",
  [TORG_DATE_ORDER_MDY] = "mdy",
  [TORG_DATE_ORDER_YMD] = "ymd",
};

static gboolean
load_date_order (TorgImportPlan *self, const char *header, const char *text, GError **error)
{
  guint index;

  if (!find_column (self, header, &index))
    {
      g_set_error (error, TORG_ERROR, TORG_ERROR_NOT_FOUND, _ ("The file has no column “%s”, which the mapping names."),
                   header);
      return FALSE;
    }
  for (guint i = TORG_DATE_ORDER_DMY; i < G_N_ELEMENTS (date_orders); i++)
    if (g_strcmp0 (text, date_orders[i]) == 0)
      {
        torg_import_plan_set_date_order (self, index, (TorgDateOrder) i);
        return TRUE;
      }
  g_set_error (error, TORG_ERROR, TORG_ERROR_INVALID,
               _ ("“dates” in the mapping can be “dmy”, “mdy” or “ymd”, not “%s”."), text != NULL ? text : "");
  return FALSE;
}

static gboolean
load_options (TorgImportPlan *self, JsonObject *root, GError **error)
{
  const char *duplicates = json_object_get_string_member_with_default (root, "duplicates", NULL);
  const char *currency = json_object_get_string_member_with_default (root, "currency", NULL);

  if (duplicates != NULL)
    {
      if (g_str_equal (duplicates, "update"))
        self->duplicates = TORG_DUPLICATES_UPDATE;
      else if (g_str_equal (duplicates, "create"))
        self->duplicates = TORG_DUPLICATES_CREATE;
      else if (g_str_equal (duplicates, "skip"))
        self->duplicates = TORG_DUPLICATES_SKIP;
      else
        {
          g_set_error (error, TORG_ERROR, TORG_ERROR_INVALID,
                       _ ("“duplicates” in the mapping can be “skip”, “update” or “create”, not “%s”."), duplicates);
          return FALSE;
        }
    }
  if (currency != NULL)
    {
      if (!torg_currency_is_valid (currency))
        {
          g_set_error (error, TORG_ERROR, TORG_ERROR_INVALID, _ ("“%s” is no currency of ISO 4217."), currency);
          return FALSE;
        }
      torg_import_plan_set_currency (self, currency);
    }
  return TRUE;
}

/**
 * torg_import_plan_load_map:
 * @json: `{"columns": {HEADER: TARGET or null}, "values": {HEADER: {TEXT: VALUE}}, "dates": {HEADER: "dmy", "mdy" or
 *   "ymd"}, "duplicates", "currency"}`, each member optional
 * @error: place for an error
 *
 * Changes a plan by a saved mapping.
 *
 * Returns: whether the mapping fits the file
 */
gboolean
torg_import_plan_load_map (TorgImportPlan *self, const char *json, GError **error)
{
  static const char *const known[] = { "columns", "values", "dates", "duplicates", "currency", NULL };
  g_autoptr (JsonNode) node = json_from_string (json, NULL);
  JsonNode      *columns, *values, *dates;
  JsonObjectIter iter;
  const char    *header;
  JsonNode      *member;

  if (node == NULL || !JSON_NODE_HOLDS_OBJECT (node))
    {
      g_set_error_literal (error, TORG_ERROR, TORG_ERROR_INVALID, _ ("The mapping is no JSON object."));
      return FALSE;
    }
  json_object_iter_init (&iter, json_node_get_object (node));
  while (json_object_iter_next (&iter, &header, &member))
    if (!g_strv_contains (known, header))
      {
        g_set_error (error, TORG_ERROR, TORG_ERROR_INVALID,
                     _ ("The mapping has no part “%s”; it has columns, values, dates, duplicates and currency."),
                     header);
        return FALSE;
      }
  columns = json_object_get_member (json_node_get_object (node), "columns");
  values = json_object_get_member (json_node_get_object (node), "values");
  dates = json_object_get_member (json_node_get_object (node), "dates");
  if (columns != NULL && JSON_NODE_HOLDS_OBJECT (columns))
    {
      json_object_iter_init (&iter, json_node_get_object (columns));
      while (json_object_iter_next (&iter, &header, &member))
        if (!load_column (self, header, JSON_NODE_HOLDS_VALUE (member) ? json_node_get_string (member) : NULL, error))
          return FALSE;
    }
  if (values != NULL && JSON_NODE_HOLDS_OBJECT (values))
    {
      json_object_iter_init (&iter, json_node_get_object (values));
      while (json_object_iter_next (&iter, &header, &member))
        if (!load_values (self, header, member, error))
          return FALSE;
    }
  if (dates != NULL && JSON_NODE_HOLDS_OBJECT (dates))
    {
      json_object_iter_init (&iter, json_node_get_object (dates));
      while (json_object_iter_next (&iter, &header, &member))
        if (!load_date_order (self, header, JSON_NODE_HOLDS_VALUE (member) ? json_node_get_string (member) : NULL,
                              error))
          return FALSE;
    }
  return load_options (self, json_node_get_object (node), error);
}

static JsonObject *
values_to_json (TorgImportColumn *column)
{
  JsonObject    *object = json_object_new ();
  GHashTableIter iter;
  gpointer       text, value;

  g_hash_table_iter_init (&iter, column->values);
  while (g_hash_table_iter_next (&iter, &text, &value))
    json_object_set_string_member (object, text, value);
  return object;
}

/**
 * torg_import_plan_make_map:
 *
 * Writes what becomes of the columns, as [method@ImportPlan.load_map] reads it.
 *
 * Returns: (transfer full): JSON
 */
char *
torg_import_plan_make_map (TorgImportPlan *self)
{
  static const char *const duplicates[] = {
    [TORG_DUPLICATES_SKIP] = "skip",
    [TORG_DUPLICATES_UPDATE] = "update",
    [TORG_DUPLICATES_CREATE] = "create",
  };
  g_autoptr (JsonNode) node = json_node_new (JSON_NODE_OBJECT);
  JsonObject *root = json_object_new (), *columns = json_object_new (), *values = json_object_new ();
  JsonObject *dates = json_object_new ();

  json_node_take_object (node, root);
  for (guint i = 0; i < self->columns->len; i++)
    {
      TorgImportColumn *column = g_ptr_array_index (self->columns, i);
      TorgDateOrder     order = column->hints.date_order;

      /* Of several columns with one name the first is meant. */
      if (json_object_has_member (columns, column->header))
        continue;
      if (column->target != NULL)
        json_object_set_string_member (columns, column->header, column->target);
      else
        json_object_set_null_member (columns, column->header);
      if (column->values != NULL && g_hash_table_size (column->values) > 0)
        json_object_set_object_member (values, column->header, values_to_json (column));
      if (order != TORG_DATE_ORDER_AUTO && !column->ambiguous)
        json_object_set_string_member (dates, column->header, date_orders[order]);
    }
  json_object_set_object_member (root, "columns", columns);
  json_object_set_object_member (root, "values", values);
  json_object_set_object_member (root, "dates", dates);
  json_object_set_string_member (root, "duplicates", duplicates[self->duplicates]);
  json_object_set_string_member (root, "currency", self->currency);
  return json_to_string (node, TRUE);
}

/**
 * torg_import_plan_make_key:
 *
 * Tells tables apart by what they are a list of and by their headers, whatever their rows are.
 *
 * Returns: (transfer full): a text that is the same for tables of one kind
 */
char *
torg_import_plan_make_key (TorgImportPlan *self)
{
  g_autoptr (GChecksum) checksum = g_checksum_new (G_CHECKSUM_SHA256);

  g_checksum_update (checksum, (const guchar *) self->type->info->name, -1);
  for (guint i = 0; i < self->columns->len; i++)
    {
      g_autofree char *header =
        torg_import_normalise_header (((TorgImportColumn *) g_ptr_array_index (self->columns, i))->header);

      g_checksum_update (checksum, (const guchar *) "\n", 1);
      g_checksum_update (checksum, (const guchar *) header, -1);
    }
  return g_strdup (g_checksum_get_string (checksum));
}
