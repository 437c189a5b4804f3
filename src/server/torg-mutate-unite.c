/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "torg-server"

#include "config.h"

#include "torg-json.h"
#include "torg-mutate-private.h"
#include "torg-server-rules.h"
#include "torg-unite-rule.h"

/*
 * Two records become one, see torg-unite-rule.h: here of all that refers to the one that goes, also what whoever merges
 * them does not see, or what others have added meanwhile.
 */

/* What a reference to a merged record means: the one that is left of it. */
void
torg_mutate_follow (TorgMutate *context, const TorgField *field, TorgValue *value)
{
  g_autofree char *target = field->kind == TORG_KIND_REF ? torg_field_dup_target_type (field) : NULL;
  const TorgType  *type = target != NULL ? torg_schema_find (context->schema, target) : NULL;
  TorgRuleSource   source;
  g_autofree char *survivor = NULL;

  if (type == NULL || value->text == NULL || !torg_unite_has (type) || g_str_equal (field->name, TORG_UNITE_FIELD))
    return;
  source = torg_server_rules_source (context->commit, NULL);
  survivor = torg_unite_find_survivor (&source, target, value->text);
  if (g_str_equal (survivor, value->text))
    return;
  torg_value_clear (value);
  *value = torg_value_text (survivor);
}

/* Whether a mutation merges its record into another one, or takes that back. */
gboolean
torg_mutate_merges (TorgMutate *context, TorgEntry *entry)
{
  return torg_unite_has (torg_record_get_kind (entry->after)) && JSON_NODE_HOLDS_OBJECT (context->mutation->fields) &&
         json_object_has_member (json_node_get_object (context->mutation->fields), TORG_UNITE_FIELD);
}

/* --- what moves along --------------------------------------------------------------------------------------------- */

static gboolean
move_referent (TorgMutate      *context,
               const TorgType  *type,
               const TorgField *field,
               const char      *id,
               const char      *from,
               const char      *to,
               GError         **error)
{
  TorgRuleSource   source = torg_server_rules_source (context->commit, NULL);
  TorgEntry       *entry;
  TorgRecord      *record;
  TorgValue        value;
  g_autofree char *before = NULL, *after = NULL;

  if (!torg_commit_get (context->commit, type->info->name, id, &entry, error))
    return FALSE;
  if (entry == NULL || torg_record_get_deleted (entry->after) != 0 ||
      g_strcmp0 (torg_record_nth (entry->after, field->index)->text, from) != 0)
    return TRUE;
  value = torg_unite_make_value (&source, entry->after, field, from, to);
  record = torg_commit_edit (context->commit, entry);
  before = torg_value_to_json_text (torg_record_nth (record, field->index), field->kind);
  after = torg_value_to_json_text (&value, field->kind);
  torg_record_take_nth (record, field->index, value);
  return (field->flags & TORG_FIELD_HISTORICAL) == 0 ||
         torg_mutate_add_history (context, record, field->name, before, after, error);
}

static gboolean
move_referents (TorgMutate *context, TorgRecord *record, const char *to, GError **error)
{
  g_autofree char *from = g_strdup (torg_record_get_id (record));
  const char      *name = torg_record_get_kind (record)->info->name;

  for (guint i = 0; i < torg_schema_get_n_types (context->schema); i++)
    {
      const TorgType *type = torg_schema_nth (context->schema, i);

      for (guint j = 0; j < type->n_fields; j++)
        {
          const TorgField *field = &type->fields[j];
          g_autoptr (GPtrArray) ids = NULL;

          if (field->kind != TORG_KIND_REF || !torg_unite_moves (type, field, name))
            continue;
          ids = torg_commit_list_referents (context->commit, type, field, from, error);
          if (ids == NULL)
            return FALSE;
          for (guint k = 0; k < ids->len; k++)
            if (!move_referent (context, type, field, ids->pdata[k], from, to, error))
              return FALSE;
        }
    }
  return TRUE;
}

/* --- merging ------------------------------------------------------------------------------------------------------ */

static gboolean
set_merged (TorgMutate *context, TorgRecord *record, const char *into, GError **error)
{
  g_autofree char *before = torg_value_to_json_text (torg_record_get (record, TORG_UNITE_FIELD), TORG_KIND_REF);
  g_autofree char *after = NULL;

  torg_record_set_text (record, TORG_UNITE_FIELD, into);
  after = torg_value_to_json_text (torg_record_get (record, TORG_UNITE_FIELD), TORG_KIND_REF);
  return torg_mutate_add_history (context, record, TORG_UNITE_FIELD, before, after, error);
}

/* What comes back is merged into nothing. */
gboolean
torg_mutate_clear_merged (TorgMutate *context, TorgRecord *record, GError **error)
{
  return !torg_unite_has (torg_record_get_kind (record)) || torg_record_get_text (record, TORG_UNITE_FIELD) == NULL ||
         set_merged (context, record, NULL, error);
}

/* It stands as it is; that it was to be merged is for somebody to decide. */
static gboolean
propose (TorgMutate *context, TorgRecord *record, const char *target, GError **error)
{
  g_auto (TorgValue) value = torg_value_text (target);
  g_autofree char *stayed = torg_value_to_json_text (torg_record_get (record, TORG_UNITE_FIELD), TORG_KIND_REF);
  g_autofree char *proposed = torg_value_to_json_text (&value, TORG_KIND_REF);

  return torg_mutate_add_conflict (context, record, TORG_UNITE_FIELD, "null", proposed, stayed, error);
}

/* What somebody wrote into the one that goes, and whoever merges it has not seen, would not be read by anybody. */
static gboolean
merge (TorgMutate *context, TorgEntry *entry, const char *survivor, GError **error)
{
  TorgRecord *record;
  gboolean    newer;

  if (!torg_mutate_is_newer (context, entry, &newer, error))
    return FALSE;
  if (newer)
    return propose (context, entry->after, survivor, error);
  if (!move_referents (context, entry->after, survivor, error))
    return FALSE;
  record = torg_commit_edit (context->commit, entry);
  torg_record_set_deleted (record, MAX (torg_mutate_get_time (context), 1));
  return set_merged (context, record, survivor, error);
}

/* Both have to be seen, and the one that goes may be deleted. */
static gboolean
may_merge (TorgMutate *context, TorgEntry *entry, const char *target, GError **error)
{
  const TorgType  *type = torg_record_get_kind (entry->after);
  g_autofree char *keys = torg_commit_dup_keys (context->commit, entry->after, error);
  g_autofree char *other_keys = NULL;
  TorgEntry       *other;

  if (keys == NULL)
    return FALSE;
  if (!torg_sight_may (context->sight, "delete", type, keys))
    return torg_mutate_reject (context, "forbidden", NULL);
  if (target == NULL)
    return TRUE;
  if (!torg_commit_get (context->commit, type->info->name, target, &other, error))
    return FALSE;
  if (other == NULL)
    return torg_mutate_reject (context, "dependency", TORG_UNITE_FIELD);
  other_keys = torg_commit_dup_keys (context->commit, other->after, error);
  if (other_keys == NULL)
    return FALSE;
  return torg_sight_sees (context->sight, other_keys) || torg_mutate_reject (context, "dependency", TORG_UNITE_FIELD);
}

/* Where it was merged elsewhere since, that stays. */
static gboolean
take_back (TorgMutate *context, TorgEntry *entry, const char *base, GError **error)
{
  const char *merged = torg_record_get_text (entry->after, TORG_UNITE_FIELD);
  const char *code;

  if (merged == NULL || torg_record_get_deleted (entry->after) == 0)
    return TRUE;
  if (g_strcmp0 (merged, base) != 0)
    {
      context->status = TORG_WIRE_MERGED;
      return TRUE;
    }
  if (!torg_mutate_restore (context, entry, &code, error))
    return FALSE;
  return code == NULL || torg_mutate_reject (context, code, NULL);
}

/* Merges a record into another one, or takes that back. */
gboolean
torg_mutate_unite (TorgMutate *context, TorgEntry *entry, GError **error)
{
  JsonObject      *fields = json_node_get_object (context->mutation->fields);
  JsonObject      *change = json_object_get_object_member (fields, TORG_UNITE_FIELD);
  TorgRuleSource   source = torg_server_rules_source (context->commit, NULL);
  g_autofree char *survivor = NULL;
  g_auto (TorgValue) base = TORG_VALUE_INIT;
  g_auto (TorgValue) target = TORG_VALUE_INIT;

  /* It deletes the record: what else is changed in it would not be seen. */
  if (json_object_get_size (fields) != 1 ||
      !torg_value_from_json (json_object_get_member (change, "base"), TORG_KIND_REF, &base) ||
      !torg_value_from_json (json_object_get_member (change, "new"), TORG_KIND_REF, &target))
    return torg_mutate_reject (context, "invalid", TORG_UNITE_FIELD);
  if (torg_sight_hides (context->sight, torg_record_get_kind (entry->after)->info->name, TORG_UNITE_FIELD))
    return torg_mutate_reject (context, "forbidden", TORG_UNITE_FIELD);
  if (!may_merge (context, entry, target.text, error))
    return FALSE;
  if (target.text == NULL)
    return take_back (context, entry, base.text, error);
  switch (torg_unite_decide (&source, entry->after, target.text, &survivor))
    {
      case TORG_UNITE_DO:
        return merge (context, entry, survivor, error);
      case TORG_UNITE_DONE:
        if (!g_str_equal (torg_record_get_id (entry->after), target.text))
          {
            context->status = TORG_WIRE_MERGED;
            return TRUE;
          }
        return torg_mutate_reject (context, "rule", TORG_UNITE_FIELD);
      case TORG_UNITE_GONE:
        return torg_mutate_reject (context, "dependency", TORG_UNITE_FIELD);
      case TORG_UNITE_ELSEWHERE:
      case TORG_UNITE_DELETED:
      default:
        return propose (context, entry->after, target.text, error);
    }
}
