/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "torg-server"

#include "config.h"

#include "torg-conversion.h"
#include "torg-json.h"
#include "torg-mutate-private.h"

/*
 * A lead is converted once, see torg-conversion.h. Who converted it after somebody else, without knowing, made cards of
 * their own, which stay: one difference says which they are, and what was planned with the lead went along with the
 * first one.
 */

/* Whether a field is another one than a change begins with; @done: one that it ends with will do, too. */
static gboolean
is_another (TorgMutate *context, TorgRecord *record, const char *name, gboolean done)
{
  JsonNode        *change = json_object_get_member (json_node_get_object (context->mutation->fields), name);
  const TorgField *field = torg_type_find_field (torg_record_get_kind (record), name);
  g_auto (TorgValue) base = TORG_VALUE_INIT;
  g_auto (TorgValue) changed = TORG_VALUE_INIT;

  if (change == NULL || field == NULL || !JSON_NODE_HOLDS_OBJECT (change) ||
      !torg_value_from_json (json_object_get_member (json_node_get_object (change), "base"), field->kind, &base) ||
      !torg_value_from_json (json_object_get_member (json_node_get_object (change), "new"), field->kind, &changed))
    return FALSE;
  return !torg_value_equal (torg_record_nth (record, field->index), &base) &&
         !(done && torg_value_equal (torg_record_nth (record, field->index), &changed));
}

static gboolean
is_step (TorgMutate *context, TorgRecord *record)
{
  return g_str_equal (torg_record_get_kind (record)->info->name, "activity") &&
         context->mutation->op == TORG_OP_COMMAND && g_strcmp0 (context->mutation->command, "convert") == 0;
}

/* Whether somebody has converted a lead meanwhile, or taken that back; or moved what was planned with it. */
gboolean
torg_mutate_is_late (TorgMutate *context, TorgRecord *record)
{
  if (!JSON_NODE_HOLDS_OBJECT (context->mutation->fields))
    return FALSE;
  if (g_str_equal (torg_record_get_kind (record)->info->name, "lead"))
    return is_another (context, record, TORG_CONVERSION_FIELD, TRUE);
  return is_step (context, record) && is_another (context, record, "lead", FALSE);
}

static char *
member_to_text (JsonObject *object, const char *name)
{
  JsonNode *node = json_object_get_member (object, name);

  return node != NULL ? json_to_string (node, FALSE) : g_strdup ("null");
}

/* What it was to become; the deal tells most. */
static const char *
find_part (JsonObject *fields)
{
  for (int i = TORG_CONVERSION_N_PARTS - 1; i >= 0; i--)
    {
      const char *name = torg_conversion_get_field ((TorgConversionPart) i);

      if (name != NULL && json_object_has_member (fields, name))
        return name;
    }
  return TORG_CONVERSION_FIELD;
}

/* Leaves what stands as it is. Of a lead one difference tells all that was to be; what was planned is where the first
 * one has it. */
gboolean
torg_mutate_leave (TorgMutate *context, TorgRecord *record, GError **error)
{
  JsonObject      *fields = json_node_get_object (context->mutation->fields);
  const char      *name = find_part (fields);
  const TorgField *field;
  g_autofree char *stayed = NULL, *base = NULL, *proposed = NULL;

  if (is_step (context, record))
    {
      context->status = TORG_WIRE_MERGED;
      return TRUE;
    }
  field = torg_type_find_field (torg_record_get_kind (record), name);
  stayed = torg_value_to_json_text (torg_record_get (record, name), field->kind);
  base = member_to_text (json_object_get_object_member (fields, name), "base");
  proposed = member_to_text (json_object_get_object_member (fields, name), "new");
  return torg_mutate_add_conflict (context, record, name, base, proposed, stayed, error);
}
