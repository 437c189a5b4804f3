/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "torg-server"

#include "config.h"

#include "torg-mutate-private.h"
#include "torg-seeded-bug.h"

/* What a mutation leaves beside the record: lines of history, and differences that somebody has to settle. */

/* A replica's clock may be wrong; nothing is said to have been done in the future. */
gint64
torg_mutate_get_time (TorgMutate *context)
{
  gint64 now = torg_env_get_now (torg_server_store_get_env (context->store));

  return MIN (context->mutation->edited_at, now);
}

static TorgRecord *
make_line (TorgMutate *context, const char *type, const char *id, TorgRecord *record, const char *field)
{
  TorgRecord *line = torg_record_new (context->schema, torg_schema_find (context->schema, type), id);

  torg_record_set_text (line, "record_type", torg_record_get_kind (record)->info->name);
  torg_record_set_text (line, "record", torg_record_get_id (record));
  torg_record_set_text (line, "field", field);
  torg_record_set_text (line, "author", torg_sight_get_user (context->sight));
  return line;
}

static TorgRecord *
make_follower (TorgMutate *context, const char *type, TorgRecord *record, const char *field, const char *prefix)
{
  g_autofree char *name = g_strconcat (prefix, torg_record_get_id (record), "/", field, NULL);
  g_autofree char *id = torg_id_derive (context->mutation->id, name);

  return make_line (context, type, id, record, field);
}

static gboolean
add_record (TorgMutate *context, TorgRecord *record, GError **error)
{
  TorgEntry *entry;

  if (!torg_commit_get (context->commit, torg_record_get_kind (record)->info->name, torg_record_get_id (record), &entry,
                        error))
    return FALSE;
  /* A mutation that a restored server had forgotten leaves the same line again. */
  if (entry == NULL)
    torg_commit_create (context->commit, record);
  return TRUE;
}

/* Adds a line of history; @before and @after are JSON. */
gboolean
torg_mutate_add_history (TorgMutate *context,
                         TorgRecord *record,
                         const char *field,
                         const char *before,
                         const char *after,
                         GError    **error)
{
  g_autoptr (TorgRecord) line = make_follower (context, "history", record, field, "");

  torg_record_set_text (line, "old", before);
  torg_record_set_text (line, "new", torg_seeded_bug ("line-wrong") ? before : after);
  torg_record_take (line, "at", torg_value_int (torg_mutate_get_time (context)));
  torg_record_set_text (line, "import", context->mutation->import);
  return add_record (context, line, error);
}

/* Who changed a field last, as far as history knows. */
static char *
find_other (TorgMutate *context, TorgRecord *record, const char *field)
{
  g_autoptr (TorgStatement) statement =
    torg_db_prepare (torg_server_store_get_db (context->store),
                     "SELECT author FROM history WHERE workspace = ?1 AND record = ?2 AND field = ?3 "
                     "ORDER BY seq DESC, at DESC LIMIT 1",
                     NULL);
  gboolean row;

  if (statement == NULL)
    return NULL;
  torg_statement_bind_int (statement, 1, torg_server_store_get_workspace (context->store));
  torg_statement_bind_id (statement, 2, torg_record_get_id (record));
  torg_statement_bind_text (statement, 3, field);
  return torg_statement_step (statement, &row, NULL) && row ? torg_statement_dup_id (statement, 0) : NULL;
}

static void
fill_conflict (TorgMutate *context,
               TorgRecord *conflict,
               TorgRecord *record,
               const char *field,
               const char *before,
               const char *proposed,
               const char *stayed,
               const char *along)
{
  g_autofree char *other = find_other (context, record, field);

  torg_record_set_text (conflict, "before", before);
  torg_record_set_text (conflict, "proposed", proposed);
  torg_record_set_text (conflict, "stayed", stayed);
  torg_record_set_text (conflict, "along", along);
  torg_record_set_text (conflict, "other", other);
  torg_record_take (conflict, "edited_at", torg_value_int (torg_mutate_get_time (context)));
  torg_record_take (conflict, "at", torg_value_int (torg_env_get_now (torg_server_store_get_env (context->store))));
  torg_record_set_text (conflict, "state", "open");
}

/* What a move was to change besides the stage, which did not happen either: what was asked for when the card was
 * dropped. Or what a conversion was to change besides @but. */
static char *
make_along (TorgMutate *context, TorgRecord *record, const char *but)
{
  const TorgType *type = torg_record_get_kind (record);
  JsonObject     *along = json_object_new ();
  g_autoptr (JsonNode) node = json_node_new (JSON_NODE_OBJECT);
  JsonObjectIter iter;
  const char    *name;
  JsonNode      *change;

  json_node_take_object (node, along);
  json_object_iter_init (&iter, json_node_get_object (context->mutation->fields));
  while (json_object_iter_next (&iter, &name, &change))
    {
      const TorgField *field = torg_type_find_field (type, name);

      if (!g_str_equal (name, but) &&
          (field == NULL || (field->merge != TORG_MERGE_LAST && field->merge != TORG_MERGE_DERIVED)))
        json_object_set_member (along, name, json_node_copy (change));
    }
  return json_object_get_size (along) > 0 ? json_to_string (node, FALSE) : NULL;
}

/* Adds a difference: what somebody @proposed does not stand, what @stayed does; all are JSON. */
gboolean
torg_mutate_add_conflict (TorgMutate *context,
                          TorgRecord *record,
                          const char *field,
                          const char *before,
                          const char *proposed,
                          const char *stayed,
                          GError    **error)
{
  g_autoptr (TorgRecord) conflict = make_follower (context, "conflict", record, field, "conflict/");
  gboolean         is_move = context->mutation->op == TORG_OP_COMMAND && g_str_equal (field, "stage");
  gboolean         is_whole = is_move || (!g_str_equal (field, "deleted") && torg_mutate_is_late (context, record));
  g_autofree char *along = is_whole ? make_along (context, record, field) : NULL;

  fill_conflict (context, conflict, record, field, before, torg_seeded_bug ("loser-empty") ? NULL : proposed, stayed,
                 along);
  context->status = TORG_WIRE_CONFLICT;
  if (torg_seeded_bug ("loser-dropped"))
    return TRUE;
  return add_record (context, conflict, error);
}

/* `{"added": [{"type", "id"}, …]}` with one more. */
static char *
append_added (const char *proposed, TorgRecord *added)
{
  g_autoptr (JsonNode) root = proposed != NULL ? json_from_string (proposed, NULL) : NULL;
  JsonObject *object, *item = json_object_new ();
  JsonArray  *list;

  if (root == NULL)
    {
      root = json_node_new (JSON_NODE_OBJECT);
      json_node_take_object (root, json_object_new ());
      json_object_set_array_member (json_node_get_object (root), "added", json_array_new ());
    }
  object = json_node_get_object (root);
  list = json_object_get_array_member (object, "added");
  json_object_set_string_member (item, "type", torg_record_get_kind (added)->info->name);
  json_object_set_string_member (item, "id", torg_record_get_id (added));
  json_array_add_object_element (list, item);
  return json_to_string (root, FALSE);
}

/* Adds a difference about a deleted record: to bring it back with what somebody had @added to it; one for all that one
 * group adds. */
gboolean
torg_mutate_add_addition (TorgMutate *context, TorgRecord *record, TorgRecord *added, GError **error)
{
  g_autofree char *name = g_strconcat ("added/", torg_record_get_id (record), NULL);
  g_autofree char *id = torg_id_derive (context->mutation->group, name);
  g_autofree char *proposed = NULL;
  g_autoptr (TorgRecord) conflict = NULL;
  TorgEntry *entry;

  context->status = TORG_WIRE_CONFLICT;
  if (!torg_commit_get (context->commit, "conflict", id, &entry, error))
    return FALSE;
  if (entry != NULL)
    {
      proposed = append_added (torg_record_get_text (entry->after, "proposed"), added);
      torg_record_set_text (torg_commit_edit (context->commit, entry), "proposed", proposed);
      return TRUE;
    }
  proposed = append_added (NULL, added);
  conflict = make_line (context, "conflict", id, record, "deleted");
  fill_conflict (context, conflict, record, "deleted", "null", proposed, "true", NULL);
  torg_commit_create (context->commit, conflict);
  return TRUE;
}
