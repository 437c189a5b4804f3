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
 * @json: `{"columns": {HEADER: TARGET or null}, "values": {HEADER: {TEXT: VALUE}}, "duplicates", "currency"}`, each
 *   member optional
 * @error: place for an error
 *
 * Changes a plan by a saved mapping.
 *
 * Returns: whether the mapping fits the file
 */
gboolean
torg_import_plan_load_map (TorgImportPlan *self, const char *json, GError **error)
{
  static const char *const known[] = { "columns", "values", "duplicates", "currency", NULL };
  g_autoptr (JsonNode) node = json_from_string (json, NULL);
  JsonNode      *columns, *values;
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
                     _ ("The mapping has no part “%s”; it has columns, values, duplicates and currency."), header);
        return FALSE;
      }
  columns = json_object_get_member (json_node_get_object (node), "columns");
  values = json_object_get_member (json_node_get_object (node), "values");
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
  return load_options (self, json_node_get_object (node), error);
}
