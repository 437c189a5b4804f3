/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "torg-server"

#include "config.h"

#include "torg-administrator.h"
#include "torg-email.h"
#include "torg-error.h"
#include "torg-json.h"
#include "torg-merge.h"
#include "torg-mutate-private.h"
#include "torg-mutate.h"
#include "torg-phone.h"
#include "torg-seeded-bug.h"
#include "torg-server-rules.h"
#include "torg-unite-rule.h"

#include <string.h>

/* What one mutation does: rights, merge, what hangs on the record (DESIGN.md §3, Merge). */

/* A refusal: the mutation is rejected, which is no error of the server. */
gboolean
torg_mutate_reject (TorgMutate *context, const char *code, const char *detail)
{
  if (context->code == NULL)
    {
      context->code = code;
      context->detail = g_strdup (detail);
    }
  return FALSE;
}

gboolean
torg_mutate_is_own_kind (const char *type)
{
  return g_str_equal (type, "history");
}

/* --- fields ------------------------------------------------------------------------------------------------------- */

/* Numbers and addresses are written by programs of all kinds, and are dialled and written to. */
static gboolean
clean_contacts (const TorgField *field, TorgValue *value)
{
  g_autofree char *clean = NULL;

  if (torg_value_is_null (value) || value->tag != TORG_VALUE_TEXT)
    return TRUE;
  if (field->kind == TORG_KIND_EMAIL)
    return torg_email_is_list (value->text);
  if (field->kind != TORG_KIND_PHONE)
    return TRUE;
  clean = torg_phone_clean (value->text);
  if (clean != NULL && !g_str_equal (clean, value->text))
    {
      torg_value_clear (value);
      *value = torg_value_text (clean);
    }
  return clean != NULL;
}

static gboolean
read_change (TorgMutate *context, const TorgField *field, JsonNode *node, TorgValue *base, TorgValue *changed)
{
  JsonObject *object = json_node_get_object (node);

  if (!torg_value_from_json (json_object_get_member (object, "base"), field->kind, base) ||
      !torg_value_from_json (json_object_get_member (object, "new"), field->kind, changed) ||
      !torg_field_validate (field, changed, NULL) || !clean_contacts (field, changed))
    return torg_mutate_reject (context, "invalid", field->name);
  /* What it began with was cleaned when it came. */
  clean_contacts (field, base);
  return TRUE;
}

/* What a reference names must be there, and the user must see it: nobody learns by it of what is not to be seen, nor
 * hangs something on it and sees it by that. */
static gboolean
check_target (TorgMutate *context, TorgRecord *record, const TorgField *field, const TorgValue *value, GError **error)
{
  g_autofree char *target = field->kind == TORG_KIND_REF ? torg_field_dup_target_type (field) : NULL;
  g_autofree char *keys = NULL;
  TorgEntry       *entry = NULL;

  if (field->kind != TORG_KIND_REF || value->text == NULL ||
      torg_value_equal (value, torg_record_nth (record, field->index)))
    return TRUE;
  if (target == NULL && torg_type_find_field (torg_record_get_kind (record), "record_type") != NULL)
    target = g_strdup (torg_record_get_text (record, "record_type"));
  if (target == NULL)
    return TRUE;
  if (!torg_commit_get (context->commit, target, value->text, &entry, error))
    return FALSE;
  if (entry == NULL)
    return torg_mutate_reject (context, "dependency", field->name);
  keys = torg_commit_dup_keys (context->commit, entry->after, error);
  if (keys == NULL)
    return FALSE;
  return torg_sight_sees (context->sight, keys) || torg_mutate_reject (context, "dependency", field->name);
}

/* So must what is put into a set. */
static gboolean
check_members (TorgMutate      *context,
               const TorgField *field,
               const TorgValue *base,
               const TorgValue *current,
               const TorgValue *changed,
               GError         **error)
{
  g_auto (GStrv) old = NULL;
  g_auto (GStrv) kept = NULL;
  g_auto (GStrv) items = NULL;

  if (field->kind != TORG_KIND_SET || field->target == NULL)
    return TRUE;
  old = torg_value_dup_items (base);
  kept = torg_value_dup_items (current);
  items = torg_value_dup_items (changed);
  for (guint i = 0; items[i] != NULL; i++)
    {
      TorgEntry *entry = NULL;

      if (g_strv_contains ((const char *const *) old, items[i]) ||
          g_strv_contains ((const char *const *) kept, items[i]))
        continue;
      if (torg_id_is_valid (items[i]) && !torg_commit_get (context->commit, field->target, items[i], &entry, error))
        return FALSE;
      if (entry == NULL)
        return torg_mutate_reject (context, "dependency", field->name);
    }
  return TRUE;
}

/* What was not in a set any more, or not yet again at a server that was restored, and is taken out of it: whoever puts
 * it in after that has come later, and history tells of both. */
static gboolean
note_taken_out (TorgMutate      *context,
                TorgRecord      *record,
                const TorgField *field,
                const TorgValue *base,
                const TorgValue *changed,
                const char      *now,
                GError         **error)
{
  g_autoptr (GPtrArray) items = NULL;
  g_auto (GStrv) before = NULL, after = NULL, kept = NULL;
  g_auto (TorgValue) met = TORG_VALUE_INIT;
  g_autofree char *old = NULL;
  guint            n;

  if (field->merge != TORG_MERGE_SET || (field->flags & TORG_FIELD_HISTORICAL) == 0)
    return TRUE;
  before = torg_value_dup_items (base);
  after = torg_value_dup_items (changed);
  kept = torg_value_dup_items (torg_record_nth (record, field->index));
  n = g_strv_length (kept);
  items = g_ptr_array_new ();
  for (guint i = 0; i < n; i++)
    g_ptr_array_add (items, kept[i]);
  for (guint i = 0; before[i] != NULL; i++)
    if (!g_strv_contains ((const char *const *) after, before[i]))
      g_ptr_array_add (items, before[i]);
  if (items->len == n)
    return TRUE;
  g_ptr_array_add (items, NULL);
  met = torg_value_from_items ((const char *const *) items->pdata, TRUE);
  old = torg_value_to_json_text (&met, field->kind);
  return torg_mutate_add_history (context, record, field->name, old, now, error);
}

/* What would go with a deleted record stays where it is, and it is asked. */
static gboolean
merge_field (TorgMutate *context, TorgRecord *record, const TorgField *field, JsonNode *change, GError **error)
{
  const TorgValue *current = torg_record_nth (record, field->index);
  g_auto (TorgValue) base = TORG_VALUE_INIT;
  g_auto (TorgValue) changed = TORG_VALUE_INIT;
  g_autofree char *before = NULL, *after = NULL, *proposed = NULL;
  TorgValue        merged = TORG_VALUE_INIT;
  TorgEntry       *upholder = NULL;
  TorgMerged       result;

  if (!read_change (context, field, change, &base, &changed))
    return FALSE;
  torg_mutate_follow (context, field, &base);
  torg_mutate_follow (context, field, &changed);
  if (!check_target (context, record, field, &changed, error) ||
      !check_members (context, field, &base, current, &changed, error))
    return FALSE;
  before = torg_value_to_json_text (current, field->kind);
  result = torg_merge_field (field, &base, current, &changed, &merged);
  if (result != TORG_MERGED_CONFLICT && !torg_value_equal (&merged, current))
    {
      if (!torg_mutate_find_deleted (context->commit, field, &merged, &upholder, error))
        {
          torg_value_clear (&merged);
          return FALSE;
        }
      if (upholder != NULL)
        result = TORG_MERGED_CONFLICT;
    }
  if (result == TORG_MERGED_CONFLICT)
    {
      g_autofree char *from = torg_value_to_json_text (&base, field->kind);

      torg_value_clear (&merged);
      proposed = torg_value_to_json_text (&changed, field->kind);
      return torg_mutate_add_conflict (context, record, field->name, from, proposed, before, error);
    }
  if (result == TORG_MERGED_BOTH && context->status == TORG_WIRE_APPLIED)
    context->status = TORG_WIRE_MERGED;
  if (torg_value_equal (&merged, current))
    {
      torg_value_clear (&merged);
      return note_taken_out (context, record, field, &base, &changed, before, error);
    }
  after = torg_value_to_json_text (&merged, field->kind);
  torg_record_take_nth (record, field->index, merged);
  return (field->flags & TORG_FIELD_HISTORICAL) == 0 ||
         torg_mutate_add_history (context, record, field->name, before, after, error);
}

/* Whether a value is none that somebody gave, but what a move to another stage brings with it: the server's own move
 * brings it too. */
static gboolean
follows_move (TorgMutate *context, const char *name, JsonNode *change)
{
  static const char *const given[] = { "pipeline", "stage_since", NULL };
  static const char *const cleared[] = { "closed", "lost_reason", "lost_comment", NULL };
  JsonNode                *value = json_object_get_member (json_node_get_object (change), "new");

  if (!json_object_has_member (json_node_get_object (context->mutation->fields), "stage"))
    return FALSE;
  return g_strv_contains (given, name) ||
         (g_strv_contains (cleared, name) && (value == NULL || JSON_NODE_HOLDS_NULL (value)));
}

static gboolean
merge_fields (TorgMutate *context, TorgRecord *record, GError **error)
{
  const TorgType *type = torg_record_get_kind (record);
  JsonObjectIter  iter;
  const char     *name;
  JsonNode       *change;

  json_object_iter_init (&iter, json_node_get_object (context->mutation->fields));
  while (json_object_iter_next (&iter, &name, &change))
    {
      const TorgField *field = torg_type_find_field (type, name);

      if (torg_sight_hides (context->sight, type->info->name, name))
        {
          if (!follows_move (context, name, change))
            return torg_mutate_reject (context, "forbidden", name);
        }
      else if (field == NULL)
        {
          if (!torg_mutate_merge_unknown (context, record, name, change, FALSE, error))
            return FALSE;
        }
      else if (field->merge != TORG_MERGE_DERIVED && !merge_field (context, record, field, change, error))
        return FALSE;
    }
  return TRUE;
}

/* --- rights ------------------------------------------------------------------------------------------------------- */

static gboolean
check_visible (TorgMutate *context, TorgEntry *entry, const char *action, GError **error)
{
  const TorgType  *type = torg_record_get_kind (entry->after);
  g_autofree char *keys = NULL;

  if (torg_mutate_is_own_kind (type->info->name))
    return torg_mutate_reject (context, "forbidden", NULL);
  keys = torg_commit_dup_keys (context->commit, entry->after, error);
  if (keys == NULL)
    return FALSE;
  /* What one may not see is not there. */
  if (!torg_sight_sees (context->sight, keys))
    return torg_mutate_reject (context, "not_found", NULL);
  if (!torg_sight_may (context->sight, action, type, keys))
    return torg_mutate_reject (context, "forbidden", NULL);
  return torg_mutate_check_settling (context, entry, error);
}

/* One gives one's own work to somebody, nobody else's; an administrator gives everybody's. */
static gboolean
may_delegate (TorgMutate *context, TorgRecord *before, TorgRecord *after)
{
  const char *user = torg_sight_get_user (context->sight);

  if (!g_str_equal (torg_record_get_kind (after)->info->name, "delegation") || torg_sight_is_admin (context->sight))
    return TRUE;
  return g_strcmp0 (torg_record_get_text (after, "from_user"), user) == 0 &&
         (before == NULL || g_strcmp0 (torg_record_get_text (before, "from_user"), user) == 0);
}

/* What follows from a move in fields that whoever moves it does not see. */
static gboolean
follow_hidden (TorgMutate *context, TorgRecord *before, TorgRecord *after, TorgRecord *followed, GError **error)
{
  const TorgType *type = torg_record_get_kind (after);

  for (guint i = 0; before != NULL && i < type->n_fields; i++)
    {
      const TorgField *field = &type->fields[i];
      const TorgValue *value = torg_record_nth (followed, i);
      g_autofree char *old = NULL, *new = NULL;

      if (torg_value_equal (torg_record_nth (after, i), value) ||
          !torg_sight_hides (context->sight, type->info->name, field->name))
        continue;
      old = torg_value_to_json_text (torg_record_nth (after, i), field->kind);
      new = torg_value_to_json_text (value, field->kind);
      torg_record_take_nth (after, i, torg_value_copy (value));
      if ((field->flags & TORG_FIELD_HISTORICAL) != 0 &&
          !torg_mutate_add_history (context, after, field->name, old, new, error))
        return FALSE;
    }
  return TRUE;
}

/* The company's rules hold wherever an edit was made; replicas keep them too, but of records as they knew them. */
static gboolean
check_rules (TorgMutate *context, TorgRecord *before, TorgRecord *after, GError **error)
{
  g_autoptr (TorgRecord) followed = NULL;
  g_autofree char *detail = NULL;
  const char      *code;

  if (!torg_server_rules_check (context->commit, torg_sight_get_user (context->sight), before, after,
                                context->mutation->import != NULL, &code, &detail, &followed, error))
    return FALSE;
  if (code != NULL)
    return torg_mutate_reject (context, code, detail);
  return followed == NULL || follow_hidden (context, before, after, followed, error);
}

static gboolean
hands_over (TorgMutate *context)
{
  JsonObject *fields = json_node_get_object (context->mutation->fields);

  return json_object_has_member (fields, "owner") || json_object_has_member (fields, "department");
}

static gboolean
is_moved (TorgRecord *before, TorgRecord *after)
{
  const TorgType *type = torg_record_get_kind (after);

  for (guint i = 0; i < type->info->n_fields; i++)
    if ((type->fields[i].flags & TORG_FIELD_KEYS) != 0 &&
        !torg_value_equal (torg_record_nth (before, i), torg_record_nth (after, i)))
      return TRUE;
  return FALSE;
}

/* What is moved to another parent belongs to whoever that belongs to: it takes the right to edit it there too. Giving
 * it to another person takes what giving away takes. */
static gboolean
check_place (TorgMutate *context, TorgEntry *entry, TorgRecord *before, TorgRecord *after, GError **error)
{
  const TorgType  *type = torg_record_get_kind (after);
  g_autofree char *keys = NULL;

  if (!hands_over (context) && !is_moved (before, after))
    return TRUE;
  keys = torg_commit_dup_keys (context->commit, after, error);
  if (keys == NULL)
    return FALSE;
  if (is_moved (before, after) && !torg_sight_may (context->sight, "edit", type, keys))
    return torg_mutate_reject (context, "forbidden", NULL);
  if (hands_over (context) &&
      !torg_sight_may (context->sight, "assign", type, entry->keys_before != NULL ? entry->keys_before : keys))
    return torg_mutate_reject (context, "forbidden", "owner");
  return TRUE;
}

/* --- the operations ----------------------------------------------------------------------------------------------- */

/* A move is all or nothing: it was meant for a card that stood where the user saw it. */
static gboolean
precondition_holds (TorgMutate *context, TorgRecord *record)
{
  JsonNode        *change = json_object_get_member (json_node_get_object (context->mutation->fields), "stage");
  const TorgField *field = torg_type_find_field (torg_record_get_kind (record), "stage");
  g_auto (TorgValue) base = TORG_VALUE_INIT;
  g_auto (TorgValue) changed = TORG_VALUE_INIT;

  if (context->mutation->op != TORG_OP_COMMAND || change == NULL || field == NULL)
    return TRUE;
  if (!torg_value_from_json (json_object_get_member (json_node_get_object (change), "base"), field->kind, &base) ||
      !torg_value_from_json (json_object_get_member (json_node_get_object (change), "new"), field->kind, &changed))
    return TRUE;
  return torg_value_equal (torg_record_nth (record, field->index), &base) ||
         torg_value_equal (torg_record_nth (record, field->index), &changed);
}

static char *
member_to_text (JsonObject *object, const char *name)
{
  JsonNode *node = json_object_get_member (object, name);

  return node != NULL ? json_to_string (node, FALSE) : g_strdup ("null");
}

static gboolean
propose_move (TorgMutate *context, TorgRecord *record, GError **error)
{
  JsonObject      *change = json_object_get_object_member (json_node_get_object (context->mutation->fields), "stage");
  g_autofree char *base = member_to_text (change, "base");
  g_autofree char *proposed = member_to_text (change, "new");
  g_autofree char *stayed = torg_value_to_json_text (torg_record_get (record, "stage"), TORG_KIND_REF);

  return torg_mutate_add_conflict (context, record, "stage", base, proposed, stayed, error);
}

/* An edit of what somebody deleted meanwhile: it stays deleted, and the edit is kept as a proposal to bring it back. */
static gboolean
propose_edit (TorgMutate *context, TorgRecord *record, GError **error)
{
  g_autofree char *proposed = json_to_string (context->mutation->fields, FALSE);

  return torg_mutate_add_conflict (context, record, "deleted", "null", proposed, "true", error);
}

static gboolean
apply_patch (TorgMutate *context, TorgEntry *entry, GError **error)
{
  TorgRecord *record, *before; /* @before is the journal's */

  if (!check_visible (context, entry, "edit", error))
    return FALSE;
  if (torg_mutate_merges (context, entry))
    return torg_mutate_unite (context, entry, error);
  if (torg_record_get_deleted (entry->after) != 0)
    return propose_edit (context, entry->after, error);
  if (torg_mutate_is_late (context, entry->after))
    return torg_mutate_leave (context, entry->after, error);
  if (!precondition_holds (context, entry->after))
    return propose_move (context, entry->after, error);
  before = entry->after;
  record = torg_commit_edit (context->commit, entry);
  if (!merge_fields (context, record, error))
    return FALSE;
  if (!torg_record_validate (record, NULL))
    return torg_mutate_reject (context, "invalid", NULL);
  if (!may_delegate (context, before, record))
    return torg_mutate_reject (context, "forbidden", NULL);
  if (!check_rules (context, before, record, error))
    return FALSE;
  return check_place (context, entry, before, record, error);
}

/* Deleting what somebody else changed or added to since keeps it, and asks. */
static gboolean
apply_delete (TorgMutate *context, TorgEntry *entry, GError **error)
{
  gboolean newer;

  if (!check_visible (context, entry, "delete", error))
    return FALSE;
  if (!may_delegate (context, NULL, entry->after))
    return torg_mutate_reject (context, "forbidden", NULL);
  if (torg_record_get_deleted (entry->after) != 0)
    return TRUE;
  if (!torg_mutate_delete (context, entry, &newer, error))
    return FALSE;
  return !newer || torg_mutate_add_conflict (context, entry->after, "deleted", "null", "true", "null", error);
}

static gboolean
apply_restore (TorgMutate *context, TorgEntry *entry, GError **error)
{
  const char *code;

  if (!check_visible (context, entry, "delete", error))
    return FALSE;
  if (!may_delegate (context, NULL, entry->after))
    return torg_mutate_reject (context, "forbidden", NULL);
  if (torg_record_get_deleted (entry->after) == 0)
    return TRUE;
  if (!torg_mutate_restore (context, entry, &code, error))
    return FALSE;
  return code == NULL || torg_mutate_reject (context, code, NULL);
}

/* It has happened, so that the note stays; but whoever looks after the server is told. */
static void
warn_of_export (TorgMutate *context, TorgRecord *record)
{
  const char     *what = torg_record_get_text (record, "what");
  const TorgType *type = torg_schema_find (context->schema, what);

  if (type != NULL && !torg_sight_may_export (context->sight, type))
    g_message ("User %s has exported records of the type %s, which the role does not allow.",
               torg_sight_get_user (context->sight), what);
}

/* An id belongs to one record, of whatever type. */
static gboolean
id_is_free (TorgMutate *context, gboolean *free, GError **error)
{
  const char *id = context->mutation->record;
  g_autoptr (TorgStatement) statement = NULL;

  *free = FALSE;
  if (torg_commit_has (context->commit, id))
    return TRUE;
  statement = torg_db_prepare (torg_server_store_get_db (context->store),
                               "SELECT 1 FROM change WHERE workspace = ?1 AND id = ?2 LIMIT 1", error);
  if (statement == NULL)
    return FALSE;
  torg_statement_bind_int (statement, 1, torg_server_store_get_workspace (context->store));
  torg_statement_bind_id (statement, 2, id);
  if (!torg_statement_step (statement, free, error))
    return FALSE;
  *free = !*free;
  return TRUE;
}

/* All that a new record refers to. */
static gboolean
check_targets (TorgMutate *context, TorgRecord *record, GError **error)
{
  const TorgType *type = torg_record_get_kind (record);
  g_autoptr (TorgRecord) nothing = torg_record_new (context->schema, type, torg_record_get_id (record));
  const TorgValue none = TORG_VALUE_INIT;

  if (torg_type_find_field (type, "record_type") != NULL)
    torg_record_set_text (nothing, "record_type", torg_record_get_text (record, "record_type"));
  for (guint i = 0; i < type->n_fields; i++)
    if (!check_target (context, nothing, &type->fields[i], torg_record_nth (record, i), error) ||
        !check_members (context, &type->fields[i], &none, &none, torg_record_nth (record, i), error))
      return FALSE;
  return TRUE;
}

/* What a new record is given. A hidden field takes no value; where the program itself gives it one, that is the
 * server's own and not the one that came, which says nothing that somebody meant. */
static gboolean
set_created (TorgMutate *context, TorgRecord *record, GError **error)
{
  const TorgType *type = torg_record_get_kind (record);
  g_autoptr (GPtrArray) unsaid = g_ptr_array_new ();
  JsonObjectIter iter;
  const char    *name;
  JsonNode      *change;

  json_object_iter_init (&iter, json_node_get_object (context->mutation->fields));
  while (json_object_iter_next (&iter, &name, &change))
    {
      const TorgField *field = torg_type_find_field (type, name);
      g_auto (TorgValue) base = TORG_VALUE_INIT;
      g_auto (TorgValue) changed = TORG_VALUE_INIT;

      if (torg_sight_hides (context->sight, type->info->name, name))
        {
          if (field == NULL || !torg_server_rules_fills (name))
            return torg_mutate_reject (context, "forbidden", name);
          g_ptr_array_add (unsaid, (gpointer) field);
        }
      else if (field == NULL)
        {
          if (!torg_mutate_merge_unknown (context, record, name, change, TRUE, error))
            return FALSE;
        }
      else if (field->merge == TORG_MERGE_DERIVED)
        continue;
      else if (!read_change (context, field, change, &base, &changed))
        return FALSE;
      else if (!torg_seeded_bug ("creation-cut") || !g_str_equal (name, "company"))
        {
          torg_mutate_follow (context, field, &changed);
          torg_record_set_nth (record, field->index, &changed);
        }
    }
  if (unsaid->len > 0)
    torg_server_rules_fill (context->commit, record, torg_sight_get_user (context->sight), unsaid);
  return TRUE;
}

static gboolean
apply_create (TorgMutate *context, GError **error)
{
  TorgWireMutation *mutation = context->mutation;
  const TorgType   *type = torg_schema_find (context->schema, mutation->type);
  g_autoptr (TorgRecord) record = NULL;
  g_autofree char *keys = NULL;
  TorgEntry       *entry;
  gboolean         free;

  if (!torg_commit_get (context->commit, mutation->type, mutation->record, &entry, error))
    return FALSE;
  /* The same record again, from a replica that was restored: what it says is a change. */
  if (entry != NULL)
    return apply_patch (context, entry, error);
  /* Lines of history and differences are the server's own. */
  if (torg_mutate_is_own_kind (mutation->type) || g_str_equal (mutation->type, "conflict"))
    return torg_mutate_reject (context, "forbidden", NULL);
  if (!id_is_free (context, &free, error))
    return FALSE;
  if (!free)
    return torg_mutate_reject (context, "invalid", "id");

  record = torg_record_new (context->schema, type, mutation->record);
  if (!set_created (context, record, error))
    return FALSE;
  if (torg_unite_has (type) && torg_record_get_text (record, TORG_UNITE_FIELD) != NULL)
    return torg_mutate_reject (context, "rule", TORG_UNITE_FIELD);
  if (!check_targets (context, record, error))
    return FALSE;
  if (!torg_record_validate (record, NULL))
    return torg_mutate_reject (context, "invalid", NULL);
  if (!may_delegate (context, NULL, record))
    return torg_mutate_reject (context, "forbidden", NULL);
  if (!check_rules (context, NULL, record, error))
    return FALSE;
  keys = torg_commit_dup_keys (context->commit, record, error);
  if (keys == NULL)
    return FALSE;
  if (!torg_sight_may (context->sight, "create", type, keys))
    return torg_mutate_reject (context, "forbidden", NULL);
  if (g_str_equal (mutation->type, "export"))
    warn_of_export (context, record);
  torg_commit_create (context->commit, record);
  return torg_mutate_add_history (context, record, NULL, NULL, NULL, error) &&
         torg_mutate_add_deleted (context, record, error);
}

static gboolean
apply (TorgMutate *context, GError **error)
{
  TorgWireMutation *mutation = context->mutation;
  TorgEntry        *entry;

  if (torg_schema_find (context->schema, mutation->type) == NULL)
    return torg_mutate_reject (context, "invalid", "type");
  if (mutation->op == TORG_OP_CREATE)
    return apply_create (context, error);
  if (!torg_commit_get (context->commit, mutation->type, mutation->record, &entry, error))
    return FALSE;
  if (entry == NULL)
    return torg_mutate_reject (context, "not_found", NULL);
  switch (mutation->op)
    {
      case TORG_OP_PATCH:
      case TORG_OP_COMMAND:
        return apply_patch (context, entry, error);
      case TORG_OP_DELETE:
        return apply_delete (context, entry, error);
      case TORG_OP_RESTORE:
        return apply_restore (context, entry, error);
      case TORG_OP_CREATE:
      default:
        g_return_val_if_reached (FALSE);
    }
}

/* Whoever may edit roles cannot be the last one and lose that. */
static gboolean
keep_administrator (TorgMutate *context, GError **error)
{
  TorgEntry *entry;
  gboolean   stays;

  if (!torg_commit_get (context->commit, context->mutation->type, context->mutation->record, &entry, error))
    return FALSE;
  if (entry == NULL || !torg_administrator_concerns (context->mutation, entry->after))
    return TRUE;
  if (!torg_administrator_stays (context->commit, &stays, error))
    return FALSE;
  return stays || torg_mutate_reject (context, "administrator", NULL);
}

/**
 * torg_mutate:
 * @commit: the changes of the transaction
 * @sight: what the user may see and do
 * @mutation: what is to be done
 * @result: (out): what was done; a rejected mutation has left nothing
 * @error: place for a %TORG_STORE_ERROR
 *
 * Applies a mutation to the changes of a transaction.
 *
 * Returns: whether that worked; a rejection is no error
 */
gboolean
torg_mutate (TorgCommit *commit, TorgSight *sight, TorgWireMutation *mutation, TorgWireResult **result, GError **error)
{
  TorgServerStore *store = torg_commit_get_store (commit);
  TorgMutate       context = { commit, store, torg_server_store_get_schema (store), sight, mutation };
  guint            mark = torg_commit_mark (commit);
  g_autoptr (GError) local = NULL;
  gboolean ok = apply (&context, &local) && keep_administrator (&context, &local);

  *result = NULL;
  if (local != NULL)
    {
      g_free (context.detail);
      g_propagate_error (error, g_steal_pointer (&local));
      return FALSE;
    }
  if (!ok)
    {
      torg_commit_rollback (commit, mark);
      context.status = TORG_WIRE_REJECTED;
    }
  *result = torg_wire_result_new (mutation->id, mutation->client_seq, context.status, context.code, context.detail);
  g_free (context.detail);
  return TRUE;
}
