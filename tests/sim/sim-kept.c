/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sim-world.h"

#include "torg-json.h"
#include "torg-merge.h"
#include "torg-server-rules.h"
#include "torg-store-private.h"
#include "torg-sync-store.h"
#include "torg-unite-rule.h"

#include <json-glib/json-glib.h>

/* Nothing that was shown as saved is lost: what each edit wants is in the record, in its history, in a difference or in
 * Needs attention, with the very values that the edit has. That every client has of these what its user may see is
 * compared in sim-check.c. */

static TorgStatement *
ask (SimWorld *self, const char *sql, const char *id)
{
  TorgStatement *statement = torg_db_prepare (torg_server_store_get_db (self->server), sql, NULL);

  torg_statement_bind_id (statement, 1, id);
  return statement;
}

static TorgRecord *
load (SimWorld *self, const char *type, const char *id)
{
  const TorgType *kind = torg_schema_find (torg_server_store_get_schema (self->server), type);
  TorgRecord     *record = NULL;

  torg_server_store_load (self->server, kind, id, FALSE, &record, NULL, NULL);
  return record;
}

/* The line of history that a mutation left about a field, or the difference; the prefix tells which. */
static TorgRecord *
load_follower (SimWorld *self, TorgWireMutation *mutation, const char *type, const char *prefix, const char *field)
{
  g_autofree char *name = g_strconcat (prefix, mutation->record, "/", field, NULL);
  g_autofree char *id = torg_id_derive (mutation->id, name);

  return load (self, type, id);
}

static TorgRecord *
load_line (SimWorld *self, TorgWireMutation *mutation, const char *field)
{
  return load_follower (self, mutation, "history", "", field);
}

static TorgRecord *
load_difference (SimWorld *self, TorgWireMutation *mutation, const char *field)
{
  return load_follower (self, mutation, "conflict", "conflict/", field);
}

/* --- one field ---------------------------------------------------------------------------------------------------- */

typedef struct
{
  TorgWireMutation *mutation;
  TorgRecord       *record; /* as the server has it */
  const TorgField  *field;
  TorgValue         base;    /* (owned) */
  TorgValue         changed; /* (owned) */
} Change;

static void
change_clear (Change *self)
{
  torg_value_clear (&self->base);
  torg_value_clear (&self->changed);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Change, change_clear)

static gboolean
is_json (const Change *change, const char *json)
{
  g_auto (TorgValue) value = TORG_VALUE_INIT;

  return json != NULL && torg_value_from_json_text (json, change->field->kind, &value) &&
         torg_value_equal (&value, &change->changed);
}

/* Whether @value has all that a change adds, and nothing of what it takes out: lines of a text and members of a set are
 * merged with others' by rules that tests/core knows, here they are only counted. */
static gboolean
has_items (const Change *change, const TorgValue *value, const char *separator)
{
  gboolean is_set = separator == NULL;
  g_auto (GStrv) before =
    is_set ? torg_value_dup_items (&change->base) : g_strsplit (change->base.text ? change->base.text : "", "\n", -1);
  g_auto (GStrv) wanted = is_set ? torg_value_dup_items (&change->changed)
                                 : g_strsplit (change->changed.text ? change->changed.text : "", "\n", -1);
  g_auto (GStrv) there = is_set ? torg_value_dup_items (value) : g_strsplit (value->text ? value->text : "", "\n", -1);

  for (guint i = 0; wanted[i] != NULL; i++)
    if (!g_strv_contains ((const char *const *) before, wanted[i]) &&
        !g_strv_contains ((const char *const *) there, wanted[i]))
      return FALSE;
  for (guint i = 0; is_set && before[i] != NULL; i++)
    if (!g_strv_contains ((const char *const *) wanted, before[i]) &&
        g_strv_contains ((const char *const *) there, before[i]))
      return FALSE;
  return TRUE;
}

/* Whether a line of history tells what a change made of the value that it met. */
static gboolean
is_told (const Change *change, TorgRecord *line)
{
  g_auto (TorgValue) old = TORG_VALUE_INIT;
  g_auto (TorgValue) new = TORG_VALUE_INIT;
  const char *before = torg_record_get_text (line, "old"), *after = torg_record_get_text (line, "new");

  if (before == NULL || after == NULL || !torg_value_from_json_text (before, change->field->kind, &old) ||
      !torg_value_from_json_text (after, change->field->kind, &new))
    return FALSE;
  if (torg_value_equal (&new, &change->changed))
    return TRUE;
  if (torg_value_equal (&old, &change->base))
    return FALSE;
  return change->field->merge == TORG_MERGE_SET
           ? has_items (change, &new, NULL)
           : change->field->merge == TORG_MERGE_TEXT && has_items (change, &new, "\n");
}

/* Whether a change of a field adds nothing to @value. Lines of a text and members of a set that somebody else has put
 * there too make nothing new, although the whole of it was never just as the change had it. */
static gboolean
is_contained (const Change *change, const TorgValue *value)
{
  g_auto (TorgValue) merged = TORG_VALUE_INIT;
  TorgMerged result = torg_merge_field (change->field, &change->base, value, &change->changed, &merged);

  return result != TORG_MERGED_CONFLICT && torg_value_equal (&merged, value);
}

static gboolean
is_contained_in_json (const Change *change, const char *json)
{
  g_auto (TorgValue) value = TORG_VALUE_INIT;

  return torg_value_from_json_text (json, change->field->kind, &value) && is_contained (change, &value);
}

/* Whether another edit of the same record wrote the field: where there is no history, it may stand now. */
static gboolean
is_overwritten (SimWorld *self, const Change *change)
{
  g_autofree char *key = g_strconcat (change->mutation->record, "/", change->field->name, NULL);
  const char      *writer = g_hash_table_lookup (self->writers, key);

  return writer != NULL && !g_str_equal (writer, change->mutation->id);
}

/* Whether the field holds, or once held, what a change would make of it. */
static gboolean
was_there (SimWorld *self, const Change *change)
{
  g_autoptr (TorgStatement) statement = NULL;
  gboolean row;

  if (is_contained (change, torg_record_nth (change->record, change->field->index)))
    return TRUE;
  if ((change->field->flags & TORG_FIELD_HISTORICAL) == 0)
    return change->field->merge == TORG_MERGE_LAST || is_overwritten (self, change);
  statement = ask (self, "SELECT old, new FROM history WHERE workspace = 1 AND record = ?1 AND field = ?2",
                   change->mutation->record);
  torg_statement_bind_text (statement, 2, change->field->name);
  while (torg_statement_step (statement, &row, NULL) && row)
    if (is_contained_in_json (change, torg_statement_get_text (statement, 0)) ||
        is_contained_in_json (change, torg_statement_get_text (statement, 1)))
      return TRUE;
  return FALSE;
}

/* A difference that tells of a whole move, or of a whole conversion. */
static TorgRecord *
load_whole (SimWorld *self, TorgWireMutation *mutation)
{
  static const char *const fields[] = { "stage", "converted_deal", "converted_person", "converted_company" };
  TorgRecord              *difference = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (fields) && difference == NULL; i++)
    {
      difference = load_difference (self, mutation, fields[i]);
      if (difference != NULL && torg_record_get_text (difference, "along") == NULL)
        g_clear_pointer (&difference, torg_record_unref);
    }
  return difference;
}

/* Whether a difference about the stage, or what a lead has become, tells of a field of the same edit. */
static gboolean
went_along (SimWorld *self, const Change *change, gboolean *same)
{
  g_autoptr (TorgRecord) difference = load_whole (self, change->mutation);
  const char *text = difference != NULL ? torg_record_get_text (difference, "along") : NULL;
  g_autoptr (JsonNode) along = text != NULL ? json_from_string (text, NULL) : NULL;
  JsonNode        *member = along != NULL && JSON_NODE_HOLDS_OBJECT (along)
                              ? json_object_get_member (json_node_get_object (along), change->field->name)
                              : NULL;
  g_autofree char *value = member != NULL && JSON_NODE_HOLDS_OBJECT (member)
                             ? json_to_string (json_object_get_member (json_node_get_object (member), "new"), FALSE)
                             : NULL;

  if (difference == NULL || change->field->merge == TORG_MERGE_LAST)
    return FALSE;
  *same = is_json (change, value);
  return TRUE;
}

/* Whether the program gives the field a value of its own where somebody's role hides it. */
static gboolean
is_filled (SimWorld *self, const Change *change)
{
  g_autoptr (TorgStatement) statement =
    torg_db_prepare (torg_server_store_get_db (self->server),
                     "SELECT 1 FROM role, json_each (role.hidden, '$.' || ?1) AS name WHERE role.hidden IS NOT NULL "
                     "AND name.value = ?2",
                     NULL);
  gboolean row;

  if (!torg_server_rules_fills (change->field->name))
    return FALSE;
  torg_statement_bind_text (statement, 1, change->mutation->type);
  torg_statement_bind_text (statement, 2, change->field->name);
  return torg_statement_step (statement, &row, NULL) && row;
}

/* A record, and all that it was ever merged into, one after the other. */
static GHashTable *
list_survivors (SimWorld *self, const char *id)
{
  GHashTable *found = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_autoptr (GPtrArray) ids = g_ptr_array_new ();

  g_ptr_array_add (ids, g_strdup (id));
  g_hash_table_add (found, ids->pdata[0]);
  for (guint i = 0; i < ids->len; i++)
    {
      g_autoptr (TorgStatement) statement = ask (
        self, "SELECT new FROM history WHERE workspace = 1 AND record = ?1 AND field = 'merged_into'", ids->pdata[i]);
      gboolean row;

      while (torg_statement_step (statement, &row, NULL) && row)
        {
          g_auto (TorgValue) value = TORG_VALUE_INIT;

          if (!torg_value_from_json_text (torg_statement_get_text (statement, 0), TORG_KIND_REF, &value) ||
              value.text == NULL || g_hash_table_contains (found, value.text))
            continue;
          g_ptr_array_add (ids, g_strdup (value.text));
          g_hash_table_add (found, ids->pdata[ids->len - 1]);
        }
    }
  return found;
}

/* Two that were one already are not merged again: both have come to the same record. */
static gboolean
were_one (SimWorld *self, const Change *change)
{
  g_autoptr (GHashTable) own = list_survivors (self, change->mutation->record);
  g_autoptr (GHashTable) others = list_survivors (self, change->changed.text);
  GHashTableIter iter;
  gpointer       id;

  g_hash_table_iter_init (&iter, own);
  while (g_hash_table_iter_next (&iter, &id, NULL))
    if (g_hash_table_contains (others, id))
      return TRUE;
  return FALSE;
}

/* Whether what was planned with a lead went along with it when somebody else had converted it. */
static gboolean
went_before (const Change *change)
{
  JsonObject *fields = json_node_get_object (change->mutation->fields);
  const char *lead;

  if (change->mutation->op != TORG_OP_COMMAND || !g_str_equal (change->mutation->type, "activity") ||
      !json_object_has_member (fields, "lead"))
    return FALSE;
  lead = json_object_get_string_member_with_default (json_object_get_object_member (fields, "lead"), "base", NULL);
  return g_strcmp0 (torg_record_get_text (change->record, "lead"), lead) != 0;
}

static const char *
find_fault_of_value (SimWorld *self, const Change *change, gboolean created)
{
  const char *name = change->field->name;
  g_autoptr (TorgRecord) difference = load_difference (self, change->mutation, name);
  g_autoptr (TorgRecord) line = load_line (self, change->mutation, name);
  gboolean same;

  if (difference != NULL)
    return is_json (change, torg_record_get_text (difference, "proposed")) ? NULL : "is not what a difference proposes";
  if (line != NULL)
    return is_told (change, line) ? NULL : "is not what a line of history tells";
  if (went_along (self, change, &same))
    return same ? NULL : "is not what a difference proposes along";
  return was_there (self, change) || went_before (change) || (created && is_filled (self, change)) ? NULL
                                                                                                   : "left no trace";
}

/* Whether a field refers to what may be merged. What a share is of says its type beside. */
static gboolean
may_follow (SimWorld *self, const TorgField *field)
{
  g_autofree char *target = field->kind == TORG_KIND_REF ? torg_field_dup_target_type (field) : NULL;
  const TorgType *type = target != NULL ? torg_schema_find (torg_server_store_get_schema (self->server), target) : NULL;

  return field->kind == TORG_KIND_REF && (target == NULL || (type != NULL && torg_unite_has (type)));
}

/* What is wrong with what is left of a change; @created: the record came with it. What refers to a merged record means
 * one that is left of it. */
static const char *
find_fault (SimWorld *self, const Change *change, gboolean created)
{
  const char *fault = find_fault_of_value (self, change, created);
  g_autoptr (GHashTable) survivors = NULL;
  GHashTableIter iter;
  gpointer       id;

  if (fault == NULL || change->changed.text == NULL || !may_follow (self, change->field))
    return fault;
  if (g_str_equal (change->field->name, TORG_UNITE_FIELD) && were_one (self, change))
    return NULL;
  survivors = list_survivors (self, change->changed.text);
  g_hash_table_iter_init (&iter, survivors);
  while (fault != NULL && g_hash_table_iter_next (&iter, &id, NULL))
    {
      Change other = *change;

      other.changed = torg_value_text (id);
      fault = find_fault_of_value (self, &other, created);
      torg_value_clear (&other.changed);
    }
  return fault;
}

/* --- one edit ----------------------------------------------------------------------------------------------------- */

static char *
tell (SimEdit *edit, const char *field, const char *what)
{
  g_autoptr (JsonNode) node = torg_wire_mutation_to_json (edit->mutation);
  g_autofree char *text = json_to_string (node, FALSE);

  return g_strdup_printf ("the edit %s of client %u %s%s%s: %s", edit->mutation->id, edit->client,
                          field != NULL ? field : "", field != NULL ? " " : "", what, text);
}

static char *
check_fields (SimWorld *self, SimEdit *edit, TorgRecord *record, gboolean created)
{
  const TorgType *type = torg_record_get_kind (record);
  JsonObjectIter  iter;
  const char     *name;
  JsonNode       *node;

  json_object_iter_init (&iter, json_node_get_object (edit->mutation->fields));
  while (json_object_iter_next (&iter, &name, &node))
    {
      const TorgField *field = torg_type_find_field (type, name);
      JsonObject      *object = json_node_get_object (node);
      g_auto (Change) change = { edit->mutation, record, field, TORG_VALUE_INIT, TORG_VALUE_INIT };
      const char *fault;

      if (field == NULL || field->merge == TORG_MERGE_DERIVED)
        continue;
      if (!torg_value_from_json (json_object_get_member (object, "base"), field->kind, &change.base) ||
          !torg_value_from_json (json_object_get_member (object, "new"), field->kind, &change.changed))
        fault = "cannot be read";
      else
        fault = find_fault (self, &change, created);
      if (fault != NULL)
        return tell (edit, name, fault);
    }
  return NULL;
}

static gboolean
has_text (JsonArray *array, JsonNode *item)
{
  for (guint i = 0; array != NULL && i < json_array_get_length (array); i++)
    if (json_node_equal (json_array_get_element (array, i), item))
      return TRUE;
  return FALSE;
}

static JsonArray *
get_array (JsonNode *node, const char *member)
{
  JsonNode *list =
    node != NULL && JSON_NODE_HOLDS_OBJECT (node) ? json_object_get_member (json_node_get_object (node), member) : NULL;

  return list != NULL && JSON_NODE_HOLDS_ARRAY (list) ? json_node_get_array (list) : NULL;
}

/* Whether all that one of two sets has beside the other one is in a third. */
static gboolean
has_beside (JsonArray *of, JsonArray *than, JsonArray *in)
{
  for (guint i = 0; of != NULL && i < json_array_get_length (of); i++)
    if (!has_text (than, json_array_get_element (of, i)) && !has_text (in, json_array_get_element (of, i)))
      return FALSE;
  return TRUE;
}

/* Of a set that went out of view it is kept what was put in and what was taken out. */
static gboolean
holds_set (JsonNode *kept, JsonNode *change)
{
  JsonArray *base = get_array (change, "base"), *changed = get_array (change, "new");

  return get_array (kept, "base") != NULL && has_beside (changed, base, get_array (kept, "new")) &&
         has_beside (base, changed, get_array (kept, "base")) && has_beside (get_array (kept, "new"), NULL, changed);
}

/* Whether @text holds each field of a mutation with its new value: `{FIELD: {"new"}}`. */
static gboolean
holds_fields (TorgWireMutation *mutation, JsonNode *kept)
{
  JsonObjectIter iter;
  const char    *name;
  JsonNode      *node;

  if (kept == NULL || !JSON_NODE_HOLDS_OBJECT (kept))
    return FALSE;
  json_object_iter_init (&iter, json_node_get_object (mutation->fields));
  while (json_object_iter_next (&iter, &name, &node))
    {
      JsonNode *other = json_object_get_member (json_node_get_object (kept), name);
      JsonNode *wanted = json_object_get_member (json_node_get_object (node), "new");
      JsonNode *there = other != NULL && JSON_NODE_HOLDS_OBJECT (other)
                          ? json_object_get_member (json_node_get_object (other), "new")
                          : NULL;
      gboolean  none = wanted == NULL || JSON_NODE_HOLDS_NULL (wanted);

      if (holds_set (other, node))
        continue;
      if (there == NULL    ? !none || other == NULL
          : wanted == NULL ? !JSON_NODE_HOLDS_NULL (there)
                           : !json_node_equal (wanted, there))
        return FALSE;
    }
  return TRUE;
}

/* What a difference about the record as a whole has to propose. */
static gboolean
is_proposed (TorgWireMutation *mutation, TorgRecord *difference)
{
  const char *text = torg_record_get_text (difference, "proposed");
  g_autoptr (JsonNode) proposed = text != NULL ? json_from_string (text, NULL) : NULL;

  if (mutation->op == TORG_OP_DELETE)
    return g_strcmp0 (text, "true") == 0;
  return mutation->op != TORG_OP_RESTORE && holds_fields (mutation, proposed);
}

/* Whether it is proposed to bring back, with what it was added to, a new record. */
static gboolean
is_proposed_as_added (SimWorld *self, const char *id)
{
  g_autoptr (TorgStatement) statement =
    torg_db_prepare (torg_server_store_get_db (self->server),
                     "SELECT 1 FROM conflict, json_each (conflict.proposed, '$.added') AS item WHERE workspace = 1 AND "
                     "field = 'deleted' AND json_type (conflict.proposed) = 'object' AND "
                     "json_extract (item.value, '$.id') = ?1",
                     NULL);
  gboolean row;

  torg_statement_bind_text (statement, 1, id);
  return torg_statement_step (statement, &row, NULL) && row;
}

/* Whether there is any difference of those that a mutation came to. */
static gboolean
has_difference (SimWorld *self, TorgWireMutation *mutation)
{
  g_autoptr (TorgRecord) whole = load_difference (self, mutation, "deleted");
  g_autoptr (GList) names = json_object_get_members (json_node_get_object (mutation->fields));

  for (GList *name = names; name != NULL; name = name->next)
    {
      g_autoptr (TorgRecord) difference = load_difference (self, mutation, name->data);

      if (difference != NULL)
        return TRUE;
    }
  return whole != NULL || (mutation->op == TORG_OP_CREATE && is_proposed_as_added (self, mutation->record));
}

/* Whether somebody had deleted or merged the record already, or brought it back: then there was nothing to do. */
static gboolean
was_deleted (SimWorld *self, TorgWireMutation *mutation)
{
  g_autoptr (TorgStatement) statement =
    ask (self, "SELECT 1 FROM history WHERE workspace = 1 AND record = ?1 AND field IN ('deleted', 'merged_into')",
         mutation->record);
  gboolean row;

  return torg_statement_step (statement, &row, NULL) && row;
}

static char *
check_deletion (SimWorld *self, SimEdit *edit, TorgRecord *record)
{
  gboolean deletes = edit->mutation->op == TORG_OP_DELETE;
  g_autoptr (TorgRecord) line = load_line (self, edit->mutation, "deleted");

  if (line != NULL)
    return g_strcmp0 (torg_record_get_text (line, "new"), deletes ? "true" : "null") == 0
             ? NULL
             : tell (edit, "deleted", "is not what a line of history tells");
  if ((torg_record_get_deleted (record) != 0) == deletes || was_deleted (self, edit->mutation))
    return NULL;
  return tell (edit, NULL, "left no trace");
}

/* Each field of the edit left a line in the history or a difference, or said what was there. */
static char *
check_trace (SimWorld *self, SimEdit *edit, const char *status)
{
  TorgWireMutation *mutation = edit->mutation;
  g_autoptr (TorgRecord) record = load (self, mutation->type, mutation->record);
  g_autoptr (TorgRecord) whole = load_difference (self, mutation, "deleted");
  g_autoptr (TorgRecord) creation = load_line (self, mutation, NULL);

  if (record == NULL)
    return tell (edit, NULL, "left no trace");
  if (g_str_equal (status, "conflict") && !has_difference (self, mutation))
    return tell (edit, NULL, "left no difference");
  if (whole != NULL)
    return is_proposed (mutation, whole) ? NULL : tell (edit, NULL, "is not what a difference proposes");
  if (mutation->op == TORG_OP_DELETE || mutation->op == TORG_OP_RESTORE)
    return check_deletion (self, edit, record);
  return check_fields (self, edit, record, creation != NULL);
}

/* --- all of them -------------------------------------------------------------------------------------------------- */

/* Whether what was refused is in Needs attention; and @whole. */
static gboolean
is_in_attention (SimClient *client, TorgWireMutation *mutation, gboolean *whole)
{
  g_autoptr (TorgStatement) statement = torg_db_prepare (
    client->store->db,
    "SELECT json_extract(mutation, '$.id'), json_extract(mutation, '$.op'), "
    "json_extract(mutation, '$.fields') FROM attention WHERE json_extract(mutation, '$.mutation_id') = ?1",
    NULL);
  g_autoptr (JsonNode) fields = NULL;
  const char *text;
  gboolean    row;

  torg_statement_bind_text (statement, 1, mutation->id);
  if (!torg_statement_step (statement, &row, NULL) || !row)
    return FALSE;
  text = torg_statement_get_text (statement, 2);
  fields = text != NULL ? json_from_string (text, NULL) : NULL;
  *whole = g_strcmp0 (torg_statement_get_text (statement, 0), mutation->record) == 0 &&
           g_strcmp0 (torg_statement_get_text (statement, 1), torg_wire_op_to_string (mutation->op)) == 0 &&
           (json_object_get_size (json_node_get_object (mutation->fields)) == 0 || holds_fields (mutation, fields));
  return TRUE;
}

static char *
find_status (SimWorld *self, const char *mutation)
{
  g_autoptr (TorgStatement) statement =
    ask (self, "SELECT json_extract(result, '$.status') FROM applied WHERE workspace = 1 AND mutation = ?1 LIMIT 1",
         mutation);
  gboolean row;

  return torg_statement_step (statement, &row, NULL) && row ? g_strdup (torg_statement_get_text (statement, 0)) : NULL;
}

char *
sim_check_kept (SimWorld *self)
{
  GHashTableIter iter;
  gpointer       id, value;

  g_hash_table_iter_init (&iter, self->edits);
  while (g_hash_table_iter_next (&iter, &id, &value))
    {
      SimEdit         *edit = value;
      SimClient       *client = &self->clients[edit->client];
      g_autofree char *status = find_status (self, id);
      gboolean         whole = TRUE, kept = is_in_attention (client, edit->mutation, &whole);
      gboolean         rejected = g_strcmp0 (status, "rejected") == 0;
      char            *problem;

      if (status == NULL && !kept)
        return g_strdup_printf ("the edit %s of client %u is lost", (char *) id, client->number);
      if (rejected && !kept)
        return g_strdup_printf ("the rejected edit %s of client %u is not in Needs attention", (char *) id,
                                client->number);
      if (kept && !whole)
        return tell (edit, NULL, "is not as a whole in Needs attention");
      if (status != NULL && !rejected && (problem = check_trace (self, edit, status)) != NULL)
        return problem;
    }
  return NULL;
}
