/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sim-world.h"

#include "torg-differences.h"
#include "torg-json.h"
#include "torg-rejected.h"

#include <json-glib/json-glib.h>

/* What needs somebody's decision gets one: differences are settled, and what was rejected is done once more. */

/* All fields of an edit that was proposed for a record that somebody had deleted. */
static void
take_fields (TorgEdit *edit, const TorgType *type, const char *id, JsonObject *fields)
{
  for (guint i = 0; i < type->n_fields; i++)
    {
      const TorgField *field = &type->fields[i];
      JsonNode        *change = json_object_get_member (fields, field->name);
      g_auto (TorgValue) value = TORG_VALUE_INIT;

      if (change != NULL && JSON_NODE_HOLDS_OBJECT (change) && field->merge != TORG_MERGE_DERIVED &&
          torg_value_from_json (json_object_get_member (json_node_get_object (change), "new"), field->kind, &value))
        torg_edit_set (edit, type->info->name, id, field->name, &value);
    }
}

static void
take_proposal (SimClient *client, TorgEdit *edit, TorgRecord *conflict)
{
  const TorgType *type =
    torg_schema_find (torg_store_get_schema (client->store), torg_record_get_text (conflict, "record_type"));
  const char      *id = torg_record_get_text (conflict, "record"), *name = torg_record_get_text (conflict, "field");
  const char      *proposed = torg_record_get_text (conflict, "proposed");
  const TorgField *field = type != NULL && name != NULL ? torg_type_find_field (type, name) : NULL;
  g_autoptr (JsonNode) node = proposed != NULL ? json_from_string (proposed, NULL) : NULL;
  g_auto (TorgValue) value = TORG_VALUE_INIT;

  if (type == NULL || node == NULL)
    return;
  if (g_strcmp0 (name, "deleted") == 0 && JSON_NODE_HOLDS_OBJECT (node))
    {
      torg_edit_restore (edit, type->info->name, id);
      take_fields (edit, type, id, json_node_get_object (node));
    }
  else if (g_strcmp0 (name, "deleted") == 0)
    torg_edit_delete (edit, type->info->name, id);
  else if (field != NULL && torg_value_from_json (node, field->kind, &value))
    torg_edit_set (edit, type->info->name, id, name, &value);
}

static void
settle (SimClient *client)
{
  g_autoptr (GPtrArray) list = torg_store_list_differences (client->store, NULL);
  g_autoptr (TorgEdit) edit = torg_edit_new ("settle");
  gboolean    takes = sim_pick_beside (client->world, 2);
  TorgRecord *conflict;

  if (list == NULL || list->len == 0)
    return;
  conflict = list->pdata[sim_pick_beside (client->world, (int) list->len)];
  if (takes)
    take_proposal (client, edit, conflict);
  torg_edit_take (edit, "conflict", torg_record_get_id (conflict), "state", torg_value_text (takes ? "taken" : "kept"));
  sim_apply (client, edit, takes ? "take a proposal" : "keep what stayed");
}

/* What is listed no more is another edit now. */
static void
forget_retried (SimClient *client, GPtrArray *before)
{
  g_autoptr (GPtrArray) after = torg_store_list_attention (client->store, NULL);
  g_autoptr (GHashTable) left = g_hash_table_new (g_str_hash, g_str_equal);

  for (guint i = 0; after != NULL && i < after->len; i++)
    g_hash_table_add (left, ((TorgAttention *) after->pdata[i])->mutation->id);
  for (guint i = 0; i < before->len; i++)
    {
      const char *id = ((TorgAttention *) before->pdata[i])->mutation->id;

      if (!g_hash_table_contains (left, id))
        g_hash_table_remove (client->world->edits, id);
    }
}

static void
retry (SimClient *client)
{
  g_autoptr (GPtrArray) list = torg_store_list_attention (client->store, NULL);
  g_autoptr (GPtrArray) retries = NULL;
  TorgEdit *edit;

  if (list == NULL || list->len == 0)
    return;
  retries = torg_store_make_retries (client->store, list, "again");
  edit = retries->pdata[sim_pick_beside (client->world, (int) retries->len)];
  if (edit == NULL)
    return;
  sim_apply (client, edit, "once more");
  forget_retried (client, list);
}

/* One decision, where there is one to make. */
void
sim_decide (SimClient *client)
{
  if (sim_pick_beside (client->world, 3) > 0)
    settle (client);
  else
    retry (client);
}
