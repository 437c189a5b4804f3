/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "torg-server"

#include "config.h"

#include "torg-json.h"
#include "torg-mutate-private.h"

/* Differences are settled: by whom, and whether what is said of them is so. */

/* In `conflict` records, the field that stands for the record as a whole. */
#define WHOLE_RECORD "deleted"

/* Whether a field no longer has the value that a proposal was about: @from, as JSON; or has the one that is proposed.
 */
static gboolean
is_decided (TorgRecord *record, const TorgField *field, JsonNode *from, JsonNode *proposed)
{
  g_auto (TorgValue) before = TORG_VALUE_INIT;
  g_auto (TorgValue) after = TORG_VALUE_INIT;
  const TorgValue *value = torg_record_nth (record, field->index);

  return (torg_value_from_json (proposed, field->kind, &after) && torg_value_equal (&after, value)) ||
         (torg_value_from_json (from, field->kind, &before) && !torg_value_equal (&before, value));
}

/* What was proposed for a deleted record: it is back, and each field that the settler sees is decided. */
static gboolean
is_back (TorgMutate *context, TorgRecord *record, JsonObject *fields)
{
  const TorgType *type = torg_record_get_kind (record);

  if (torg_record_get_deleted (record) != 0)
    return FALSE;
  for (guint i = 0; i < type->n_fields; i++)
    {
      const TorgField *field = &type->fields[i];
      JsonNode        *change = json_object_get_member (fields, field->name);
      JsonObject *object = change != NULL && JSON_NODE_HOLDS_OBJECT (change) ? json_node_get_object (change) : NULL;

      if (object != NULL && field->merge != TORG_MERGE_DERIVED &&
          !torg_sight_hides (context->sight, type->info->name, field->name) &&
          !is_decided (record, field, json_object_get_member (object, "base"), json_object_get_member (object, "new")))
        return FALSE;
    }
  return TRUE;
}

static gboolean
is_proposed_anew (TorgMutate *context, TorgRecord *conflict)
{
  g_autoptr (GPtrArray) conflicts = torg_commit_list_entries (context->commit, torg_record_get_kind (conflict));

  for (guint i = 0; i < conflicts->len; i++)
    {
      TorgEntry *entry = g_ptr_array_index (conflicts, i);

      if (entry->before == NULL &&
          g_strcmp0 (torg_record_get_text (entry->after, "record"), torg_record_get_text (conflict, "record")) == 0)
        return TRUE;
    }
  return FALSE;
}

/* Whether what was proposed stands, something else was put in its place, or it was proposed anew. */
static gboolean
is_taken (TorgMutate *context, TorgRecord *conflict, TorgEntry *about)
{
  const TorgType  *type = torg_record_get_kind (about->after);
  const char      *name = torg_record_get_text (conflict, "field");
  const char      *proposed = torg_record_get_text (conflict, "proposed");
  const char      *stayed = torg_record_get_text (conflict, "stayed");
  const TorgField *field = name != NULL ? torg_type_find_field (type, name) : NULL;
  g_autoptr (JsonNode) wanted = json_from_string (proposed != NULL ? proposed : "null", NULL);
  g_autoptr (JsonNode) left = json_from_string (stayed != NULL ? stayed : "null", NULL);
  gboolean is_so;

  if (g_strcmp0 (torg_record_get_text (conflict, "state"), "taken") == 0)
    return TRUE;
  if (wanted == NULL || left == NULL)
    is_so = torg_commit_is_changed (about);
  else if (g_strcmp0 (name, WHOLE_RECORD) == 0)
    is_so = JSON_NODE_HOLDS_OBJECT (wanted) ? is_back (context, about->after, json_node_get_object (wanted))
                                            : torg_record_get_deleted (about->after) != 0;
  else if (field != NULL)
    is_so = is_decided (about->after, field, left, wanted);
  else
    is_so = torg_commit_is_changed (about);
  return is_so || is_proposed_anew (context, conflict);
}

/* Taking what was proposed is an edit of the record; to say so alone would lose it. */
static gboolean
check_taken (TorgMutate *context, TorgEntry *entry, TorgEntry *about)
{
  JsonNode   *state = json_object_get_member (json_node_get_object (context->mutation->fields), "state");
  JsonNode   *wanted = json_object_get_member (json_node_get_object (state), "new");
  const char *text = wanted != NULL && JSON_NODE_HOLDS_VALUE (wanted) ? json_node_get_string (wanted) : NULL;

  return g_strcmp0 (text, "taken") != 0 || (about != NULL && is_taken (context, entry->after, about)) ||
         torg_mutate_reject (context, "rule", "state");
}

/* A difference is what it is: it is settled, by who proposed it or by who may edit what it is about. */
gboolean
torg_mutate_check_settling (TorgMutate *context, TorgEntry *entry, GError **error)
{
  JsonObject      *fields = json_node_get_object (context->mutation->fields);
  const char      *author, *type, *id;
  g_autofree char *keys = NULL;
  TorgEntry       *about = NULL;

  if (!g_str_equal (torg_record_get_kind (entry->after)->info->name, "conflict"))
    return TRUE;
  author = torg_record_get_text (entry->after, "author");
  type = torg_record_get_text (entry->after, "record_type");
  id = torg_record_get_text (entry->after, "record");
  if (context->mutation->op != TORG_OP_PATCH || json_object_get_size (fields) != 1 ||
      !json_object_has_member (fields, "state"))
    return torg_mutate_reject (context, "forbidden", NULL);
  if (torg_schema_find (context->schema, type) != NULL && id != NULL &&
      !torg_commit_get (context->commit, type, id, &about, error))
    return FALSE;
  if (g_strcmp0 (author, torg_sight_get_user (context->sight)) == 0)
    return check_taken (context, entry, about);
  if (about == NULL)
    return torg_mutate_reject (context, "forbidden", NULL);
  keys = torg_commit_dup_keys (context->commit, about->after, error);
  if (keys == NULL)
    return FALSE;
  if (!torg_sight_may (context->sight, "edit", torg_record_get_kind (about->after), keys))
    return torg_mutate_reject (context, "forbidden", NULL);
  return check_taken (context, entry, about);
}
