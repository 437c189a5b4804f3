/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "torg-replica"

#include "config.h"

#include "torg-incoming.h"
#include "torg-digest.h"
#include "torg-hidden.h"
#include "torg-json.h"
#include "torg-merge.h"
#include "torg-rows.h"
#include "torg-seeded-bug.h"
#include "torg-store-private.h"
#include "torg-sync-store.h"
#include "torg-terms.h"
#include "torg-unite-rule.h"

#include <glib/gi18n-lib.h>

/*
 * Lines of an answer (DESIGN.md §3), each a JSON object:
 *
 *   {"result": {…}}                   what became of a mutation of this client, in the order of client_seq
 *   {"record": {type, id, seq, …}}    a record as the server has it, as far as the user may see it
 *   {"rows": {type, fields, rows}}    many records of one type, see torg-rows.c
 *   {"gone": {"type", "id"}}          a record that the user may not see any more
 *   {"end": {"cursor", "epoch", "acked", "more", "backfill"}}
 *
 * A record with unsent mutations is kept twice: the server's row as its shadow, and in its table the shadow with those
 * mutations on top.
 */

struct _TorgIncoming
{
  TorgStore   *store;    /* (owned) */
  GHashTable  *affected; /* (owned) id → type name: their mutations were answered, their row may have to follow */
  GHashTable  *answered; /* (owned): ids of records whose mutations were answered */
  GHashTable  *taken;    /* (owned): of a first sync, ids of records that were new */
  GPtrArray   *refused;  /* (owned) (element-type TorgWireMutation): what the server has another value for */
  TorgWireEnd *end;      /* (owned) (nullable) until it came */
  gboolean     open;     /* the transaction */
  gboolean     adopting; /* what was here before is still to be sent */
  gboolean     quick;    /* nothing is unsent: rows are written as they come */
  gboolean     bulk;     /* a first sync: what a power loss takes back is asked for again */
  gboolean     replaces; /* what does not come is not there any more */
  gboolean     swept;    /* what was not among all that was sent anew is gone */
  gboolean     gone;     /* some records are not to be seen any more */

  const TorgType *type; /* (nullable): of the last records */
};

/* Of records, or any other. */
struct _TorgIncomingLine
{
  GPtrArray  *records; /* (owned) (nullable) (element-type TorgRecord) */
  GPtrArray  *terms;   /* (owned) (nullable) (element-type utf8): what each of them is found by */
  JsonObject *object;  /* (owned) (nullable) */
  GError     *error;   /* (owned) (nullable): what does not make sense in it */
};

/* --- mutations on top --------------------------------------------------------------------------------------------- */

static gboolean
apply_fields (TorgRecord *record, JsonNode *fields)
{
  const TorgType *type = torg_record_get_kind (record);
  JsonObjectIter  iter;
  const char     *name;
  JsonNode       *change;

  json_object_iter_init (&iter, json_node_get_object (fields));
  while (json_object_iter_next (&iter, &name, &change))
    {
      const TorgField *field = torg_type_find_field (type, name);
      JsonObject      *object = json_node_get_object (change);
      g_auto (TorgValue) base = TORG_VALUE_INIT;
      g_auto (TorgValue) changed = TORG_VALUE_INIT;
      TorgValue merged = TORG_VALUE_INIT;

      if (field == NULL || !torg_value_from_json (json_object_get_member (object, "base"), field->kind, &base) ||
          !torg_value_from_json (json_object_get_member (object, "new"), field->kind, &changed))
        continue;
      /* Until the server has decided, the user sees what the user wrote. */
      if (torg_merge_field (field, &base, torg_record_nth (record, field->index), &changed, &merged) ==
          TORG_MERGED_CONFLICT)
        {
          torg_value_clear (&merged);
          merged = torg_value_copy (&changed);
        }
      torg_record_take_nth (record, field->index, merged);
    }
  return TRUE;
}

/* Merging a record deletes it, and taking that back brings it back. */
static void
follow_merge (TorgRecord *record, JsonNode *fields, gint64 when)
{
  if (!torg_unite_has (torg_record_get_kind (record)) ||
      !json_object_has_member (json_node_get_object (fields), TORG_UNITE_FIELD))
    return;
  torg_record_set_deleted (record, torg_record_get_text (record, TORG_UNITE_FIELD) != NULL ? when : 0);
}

/* Puts the unsent mutations of a record on top of it; @n_pending counts them. */
static gboolean
put_on_top (TorgStore *store, TorgRecord *record, guint *n_pending, GError **error)
{
  g_autoptr (TorgStatement) statement =
    torg_db_prepare (store->db, "SELECT op, fields, edited_at FROM outbox WHERE id = ?1 ORDER BY rid", error);
  gboolean row;

  *n_pending = 0;
  if (statement == NULL)
    return FALSE;
  torg_statement_bind_id (statement, 1, torg_record_get_id (record));
  for (;;)
    {
      g_autoptr (JsonNode) fields = NULL;
      TorgOp op;

      if (!torg_statement_step (statement, &row, error))
        return FALSE;
      if (!row)
        return TRUE;
      (*n_pending)++;
      torg_wire_op_from_string (torg_statement_get_text (statement, 0), &op);
      fields = json_from_string (torg_statement_get_text (statement, 1), NULL);
      if (op == TORG_OP_DELETE)
        torg_record_set_deleted (record, torg_statement_get_int (statement, 2));
      else if (op == TORG_OP_RESTORE)
        {
          torg_record_set_deleted (record, 0);
          if (torg_unite_has (torg_record_get_kind (record)))
            torg_record_set_text (record, TORG_UNITE_FIELD, NULL);
        }
      else if (fields != NULL && JSON_NODE_HOLDS_OBJECT (fields))
        {
          apply_fields (record, fields);
          follow_merge (record, fields, torg_statement_get_int (statement, 2));
        }
    }
}

/* --- rows --------------------------------------------------------------------------------------------------------- */

static gboolean
set_shadow (TorgStore *store, TorgRecord *record, GError **error)
{
  g_autoptr (JsonNode) node = torg_record_to_json (record);
  g_autofree char *json = json_to_string (node, FALSE);
  g_autoptr (TorgStatement) statement =
    torg_db_prepare (store->db, "INSERT OR REPLACE INTO shadow VALUES (?1, ?2, ?3)", error);

  if (statement == NULL)
    return FALSE;
  torg_statement_bind_id (statement, 1, torg_record_get_id (record));
  torg_statement_bind_text (statement, 2, torg_record_get_kind (record)->info->name);
  torg_statement_bind_text (statement, 3, json);
  return torg_statement_run (statement, error);
}

static gboolean
drop_shadow (TorgStore *store, const char *id, GError **error)
{
  return torg_store_run_for_id (store, "DELETE FROM shadow WHERE id = ?1", id, error);
}

/* The server's row of a record: its shadow, else the row itself; NULL where the server never sent one. */
static gboolean
find_server_row (TorgStore *store, const char *type, const char *id, TorgRecord **record, GError **error)
{
  g_autoptr (TorgStatement) statement = torg_db_prepare (store->db, "SELECT record FROM shadow WHERE id = ?1", error);
  gboolean row;

  *record = NULL;
  if (statement == NULL)
    return FALSE;
  torg_statement_bind_id (statement, 1, id);
  if (!torg_statement_step (statement, &row, error))
    return FALSE;
  if (row)
    {
      g_autoptr (JsonNode) node = json_from_string (torg_statement_get_text (statement, 0), NULL);

      *record = node != NULL ? torg_record_from_json (store->schema, node, NULL) : NULL;
      return TRUE;
    }
  *record = torg_store_get (store, type, id, NULL);
  if (*record != NULL && torg_record_get_seq (*record) == 0)
    g_clear_pointer (record, torg_record_unref);
  return TRUE;
}

/* @terms: (nullable): what it is found by, where that is known already */
static gboolean
insert_row (TorgStore *store, TorgRecord *record, const char *terms, GError **error)
{
  if (g_str_equal (torg_record_get_kind (record)->info->name, "activity"))
    torg_rule_set_time (record);
  torg_record_set_rowid (record, 0);
  if (!torg_held_insert (store, record, error) || !torg_search_put (store, record, terms, TRUE, error) ||
      !torg_match_put (store, NULL, record, error))
    return FALSE;
  torg_store_note_change (store, record, TORG_OP_CREATE);
  return TRUE;
}

static gboolean
write_row (TorgStore *store, TorgRecord *before, TorgRecord *record, GError **error)
{
  const TorgType *type = torg_record_get_kind (record);
  gboolean       *changed;

  /* A deal may come after its activities, but not in a first sync. */
  if (before == NULL)
    return insert_row (store, record, NULL, error) &&
           (!g_str_equal (type->info->name, "deal") || torg_next_step_set (store, torg_record_get_id (record), error));
  if (g_str_equal (type->info->name, "activity"))
    torg_rule_set_time (record);
  torg_record_set_rowid (record, torg_record_get_rowid (before));
  changed = g_newa0 (gboolean, type->n_fields);
  for (guint i = 0; i < type->n_fields; i++)
    {
      /* What each replica computes for itself is not the server's to say. */
      if (type->fields[i].merge == TORG_MERGE_DERIVED && !g_str_equal (type->fields[i].name, "at"))
        torg_record_set_nth (record, i, torg_record_nth (before, i));
      changed[i] = !torg_value_equal (torg_record_nth (before, i), torg_record_nth (record, i));
    }
  if (!torg_record_table_update (torg_store_get_table (store, type), store->db, record, changed, error) ||
      !torg_search_put (store, record, NULL, FALSE, error) || !torg_match_put (store, before, record, error))
    return FALSE;
  torg_store_note_change (store, record, torg_record_get_deleted (record) != 0 ? TORG_OP_DELETE : TORG_OP_PATCH);
  return TRUE;
}

/* Writes the server's row, with what is unsent on top. */
static gboolean
show_record (TorgStore *store, TorgRecord *server, GError **error)
{
  const TorgType *type = torg_record_get_kind (server);
  g_autoptr (TorgRecord) shown = torg_record_copy (server);
  g_autoptr (TorgRecord) before = torg_store_get (store, type->info->name, torg_record_get_id (server), NULL);
  guint n_pending;

  if (!put_on_top (store, shown, &n_pending, error))
    return FALSE;
  if (n_pending > 0 ? !set_shadow (store, server, error) : !drop_shadow (store, torg_record_get_id (server), error))
    return FALSE;
  return write_row (store, before, shown, error);
}

/* After mutations were taken back: a record that the server has is its row with what is left on top. */
gboolean
torg_incoming_settle (TorgStore *store, const char *type, const char *id, GError **error)
{
  g_autoptr (TorgStatement) statement = torg_db_prepare (store->db, "SELECT 1 FROM shadow WHERE id = ?1", error);
  g_autoptr (TorgRecord) server = NULL;
  gboolean row;

  if (statement == NULL)
    return FALSE;
  torg_statement_bind_id (statement, 1, id);
  if (!torg_statement_step (statement, &row, error))
    return FALSE;
  torg_statement_reset (statement);
  if (!row || torg_schema_find (store->schema, type) == NULL)
    return TRUE;
  return find_server_row (store, type, id, &server, error) && (server == NULL || show_record (store, server, error));
}

/* --- what followed from a mutation here --------------------------------------------------------------------------- */

static gboolean
drop_line (TorgStore *store, const char *mutation, const char *record, const char *field, GError **error)
{
  g_autofree char *name = g_strconcat (record, "/", field, NULL);
  g_autofree char *id = torg_id_derive (mutation, name);

  return torg_store_run_for_id (store, "DELETE FROM history WHERE id = ?1 AND seq = 0", id, error);
}

/* The lines of history that the replica wrote for itself: the server's own take their place, where it wrote any. */
static gboolean
drop_lines (TorgStore *store, TorgWireMutation *mutation, GError **error)
{
  JsonObjectIter iter;
  const char    *name;

  if (!drop_line (store, mutation->id, mutation->record, NULL, error) ||
      !drop_line (store, mutation->id, mutation->record, "deleted", error))
    return FALSE;
  json_object_iter_init (&iter, json_node_get_object (mutation->fields));
  while (json_object_iter_next (&iter, &name, NULL))
    if (!drop_line (store, mutation->id, mutation->record, name, error))
      return FALSE;
  return TRUE;
}

/* Whether other records change with the one that a mutation changes. */
static gboolean
takes_along (TorgWireMutation *mutation)
{
  return mutation->op == TORG_OP_DELETE || mutation->op == TORG_OP_RESTORE ||
         (JSON_NODE_HOLDS_OBJECT (mutation->fields) &&
          json_object_has_member (json_node_get_object (mutation->fields), TORG_UNITE_FIELD));
}

static gboolean
drop_lines_along (TorgStore *store, const char *mutation, const char *record, const char *text, GError **error)
{
  g_autoptr (JsonNode) fields = text != NULL ? json_from_string (text, NULL) : NULL;
  JsonObjectIter iter;
  const char    *name;

  if (!drop_line (store, mutation, record, "deleted", error))
    return FALSE;
  if (fields == NULL || !JSON_NODE_HOLDS_OBJECT (fields))
    return TRUE;
  json_object_iter_init (&iter, json_node_get_object (fields));
  while (json_object_iter_next (&iter, &name, NULL))
    if (!drop_line (store, mutation, record, name, error))
      return FALSE;
  return TRUE;
}

/* What was deleted, came back or was moved along with a record: the server's answer says whether it still is. */
static gboolean
drop_cascade (TorgIncoming *self, TorgWireMutation *mutation, GError **error)
{
  g_autoptr (TorgStatement) statement = NULL;
  gboolean row;

  if (!takes_along (mutation) || torg_seeded_bug ("cascade-kept"))
    return TRUE;
  statement = torg_db_prepare (self->store->db, "SELECT type, id, fields FROM outbox WHERE cascade = ?1", error);
  if (statement == NULL)
    return FALSE;
  torg_statement_bind_id (statement, 1, mutation->id);
  for (;;)
    {
      g_autofree char *id = NULL;

      if (!torg_statement_step (statement, &row, error))
        return FALSE;
      if (!row)
        break;
      id = torg_statement_dup_id (statement, 1);
      if (!drop_lines_along (self->store, mutation->id, id, torg_statement_get_text (statement, 2), error))
        return FALSE;
      g_hash_table_insert (self->affected, g_steal_pointer (&id), g_strdup (torg_statement_get_text (statement, 0)));
    }
  return torg_store_run_for_id (self->store, "DELETE FROM outbox WHERE cascade = ?1", mutation->id, error);
}

/* --- what is not to be seen any more ------------------------------------------------------------------------------ */

static gboolean
move_to_attention (TorgIncoming *self, const char *type, const char *id, GError **error)
{
  TorgStore *store = self->store;
  g_autoptr (GPtrArray) mutations = torg_store_list_unsent (store, id, error);

  if (mutations == NULL)
    return FALSE;
  for (guint i = 0; i < mutations->len; i++)
    if (!torg_store_add_attention (store, g_ptr_array_index (mutations, i), "gone", type, error) ||
        !drop_cascade (self, g_ptr_array_index (mutations, i), error))
      return FALSE;
  return torg_store_run_for_id (store, "DELETE FROM outbox WHERE id = ?1", id, error);
}

/* What others wrote, of what is kept beside a record. */
static gboolean
forget_beside (TorgStore *store, const char *type, const char *id, GError **error)
{
  return torg_undo_forget_labels (store, type, id, error) &&
         torg_store_run_for_id (store, "DELETE FROM undo_op WHERE id = ?1", id, error) &&
         torg_store_strip_sent (store, id, error);
}

static gboolean
forget_record (TorgStore *store, const char *type, const char *id, GError **error)
{
  g_autoptr (TorgRecord) record = torg_store_get (store, type, id, NULL);

  if ((g_str_equal (type, "attachment") && !torg_file_table_note_gone (store, id, error)) ||
      (g_str_equal (type, "conflict") && !torg_difference_keep_proposal (store, id, error)) ||
      !forget_beside (store, type, id, error) ||
      !torg_store_run_for_id (store, "DELETE FROM history WHERE record = ?1", id, error) ||
      !drop_shadow (store, id, error))
    return FALSE;
  return record == NULL || torg_apply_purge (store, record, error);
}

static gboolean
take_gone (TorgIncoming *self, JsonObject *gone, GError **error)
{
  const char *type = json_object_get_string_member_with_default (gone, "type", NULL);
  const char *id = json_object_get_string_member_with_default (gone, "id", NULL);

  if (torg_schema_find (self->store->schema, type) == NULL || !torg_id_is_valid (id))
    return TRUE;
  g_hash_table_remove (self->affected, id);
  self->gone = TRUE;
  return move_to_attention (self, type, id, error) && forget_record (self->store, type, id, error);
}

/* --- records ------------------------------------------------------------------------------------------------------ */

/* In a first sync nearly all are. The look past what is held back does not see what came with this very answer. */
static gboolean
find_out_new (TorgIncoming *self, TorgRecord *record, gboolean *is_new, GError **error)
{
  TorgStore  *store = self->store;
  const char *id = torg_record_get_id (record);
  g_autoptr (TorgStatement) statement =
    torg_db_prepare_beside (store->db, torg_store_get_table (store, torg_record_get_kind (record))->exists, error);
  gboolean row;

  if (statement == NULL)
    return FALSE;
  torg_statement_bind_id (statement, 1, id);
  if (!torg_statement_step (statement, &row, error))
    return FALSE;
  *is_new = !row && g_hash_table_add (self->taken, g_strdup (id));
  return TRUE;
}

static gboolean
take_record (TorgIncoming *self, TorgRecord *record, const char *terms, GError **error)
{
  TorgStore  *store = self->store;
  const char *type = torg_record_get_kind (record)->info->name, *id = torg_record_get_id (record);
  g_autoptr (TorgRecord) known = NULL;

  if (self->quick)
    {
      gboolean is_new = FALSE;

      if (self->bulk && !find_out_new (self, record, &is_new, error))
        return FALSE;
      if (is_new)
        return insert_row (store, record, terms, error);
      known = torg_store_get (store, type, id, NULL);
      return (known != NULL && torg_record_get_seq (known) > torg_record_get_seq (record)) ||
             write_row (store, known, record, error);
    }
  if (!find_server_row (store, type, id, &known, error))
    return FALSE;
  if (known != NULL && torg_record_get_seq (known) > torg_record_get_seq (record))
    return TRUE;
  g_hash_table_remove (self->affected, id);
  return (!self->adopting || torg_adopt_meet (store, record, error)) && show_record (store, record, error);
}

static gboolean
take_records (TorgIncoming *self, TorgIncomingLine *line, GError **error)
{
  if (line->records->len > 0)
    self->type = torg_record_get_kind (line->records->pdata[0]);
  for (guint i = 0; i < line->records->len; i++)
    if (!take_record (self, line->records->pdata[i], line->terms != NULL ? line->terms->pdata[i] : NULL, error) ||
        !torg_difference_take_back (self->store, line->records->pdata[i], error))
      return FALSE;
  return TRUE;
}

/* --- results ------------------------------------------------------------------------------------------------------ */

/* What was done after all is kept like all that was, for a server that forgets it; nothing of what others wrote.
 * @refused: the server has another value; then it goes on being told that it was not taken */
static gboolean
acknowledge_gone (TorgStore *store, const char *mutation, gboolean refused, GError **error)
{
  g_autoptr (GPtrArray) list = torg_store_list_attention (store, error);

  if (list == NULL)
    return FALSE;
  for (guint i = 0; i < list->len; i++)
    {
      TorgWireMutation *item = ((TorgAttention *) list->pdata[i])->mutation;

      if (g_str_equal (item->id, mutation) &&
          (!torg_store_acknowledge (store, item, TRUE, error) || !torg_store_strip_sent (store, item->record, error)))
        return FALSE;
    }
  return refused || torg_store_forget_attention (store, mutation, error);
}

static gboolean
take_result (TorgIncoming *self, JsonNode *node, GError **error)
{
  g_autoptr (TorgWireResult) result = torg_wire_result_from_json (node, error);
  g_autoptr (TorgWireMutation) mutation = NULL;

  if (result == NULL || !torg_store_find_unsent (self->store, result->mutation, &mutation, error))
    return FALSE;
  /* It was answered before; or its record went out of view before its answer came, which is no reason to repeat what
   * was done. */
  if (mutation == NULL)
    return result->status == TORG_WIRE_REJECTED ||
           acknowledge_gone (self->store, result->mutation, result->status == TORG_WIRE_CONFLICT, error);
  g_hash_table_insert (self->affected, g_strdup (mutation->record), g_strdup (mutation->type));
  g_hash_table_add (self->answered, g_strdup (mutation->record));
  if (!drop_lines (self->store, mutation, error) || !drop_cascade (self, mutation, error))
    return FALSE;
  if (result->status == TORG_WIRE_REJECTED &&
      !torg_store_add_attention (self->store, mutation, result->code != NULL ? result->code : "invalid", result->detail,
                                 error))
    return FALSE;
  /* To a server that forgets, it is sent once more, and told anew. */
  if (!torg_store_acknowledge (self->store, mutation, result->status != TORG_WIRE_REJECTED, error) ||
      (result->status != TORG_WIRE_REJECTED && !torg_store_forget_attention (self->store, mutation->id, error)))
    return FALSE;
  if (result->status == TORG_WIRE_CONFLICT)
    g_ptr_array_add (self->refused, g_steal_pointer (&mutation));
  return TRUE;
}

/* The user does not hear of a difference whose record went out of view with the same answer: what was not taken is kept
 * as that. */
static gboolean
keep_refused (TorgIncoming *self, GError **error)
{
  for (guint i = 0; i < self->refused->len; i++)
    {
      TorgWireMutation *mutation = self->refused->pdata[i];
      g_autoptr (TorgRecord) record = torg_schema_find (self->store->schema, mutation->type) != NULL
                                        ? torg_store_get (self->store, mutation->type, mutation->record, NULL)
                                        : NULL;

      if (record != NULL)
        continue;
      torg_wire_strip_bases (json_node_get_object (mutation->fields),
                             torg_schema_find (self->store->schema, mutation->type));
      if (!torg_store_add_attention (self->store, mutation, "gone", mutation->type, error))
        return FALSE;
    }
  return TRUE;
}

/* The rows of records whose mutations were answered, but that the answer does not hold. */
static gboolean
settle_affected (TorgIncoming *self, GError **error)
{
  GHashTableIter iter;
  gpointer       id, type;

  g_hash_table_iter_init (&iter, self->affected);
  while (g_hash_table_iter_next (&iter, &id, &type))
    {
      g_autoptr (TorgRecord) server = NULL;
      g_autoptr (GPtrArray) pending = NULL;

      if (torg_schema_find (self->store->schema, type) == NULL)
        continue;
      if (!find_server_row (self->store, type, id, &server, error))
        return FALSE;
      if (server != NULL)
        {
          if (!show_record (self->store, server, error))
            return FALSE;
          continue;
        }
      /* The server has no such record: what else was to be done with it is rejected too, when it is sent. */
      pending = torg_store_list_unsent (self->store, id, error);
      if (pending == NULL || (pending->len == 0 && !forget_record (self->store, type, id, error)))
        return FALSE;
    }
  return TRUE;
}

/* --- lines -------------------------------------------------------------------------------------------------------- */

static gboolean
refuse (GError **error)
{
  g_set_error_literal (error, TORG_ERROR, TORG_ERROR_INVALID,
                       _ ("The server’s answer cannot be read. Check its address, or ask your administrator."));
  return FALSE;
}

/**
 * torg_incoming_new:
 * @store: a replica's store, for writing
 * @error: place for a %TORG_STORE_ERROR
 *
 * Begins a transaction for an answer.
 *
 * Returns: (transfer full) (nullable): an answer to be filled
 */
TorgIncoming *
torg_incoming_new (TorgStore *store, GError **error)
{
  g_autoptr (TorgIncoming) self = g_new0 (TorgIncoming, 1);
  g_autofree char *cursor = torg_state_get (store->db, "cursor");
  g_autofree char *backfill = torg_state_get (store->db, "backfill");
  gint64           n_waiting = 1;

  self->store = g_object_ref (store);
  self->affected = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  self->answered = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->taken = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->refused = g_ptr_array_new_with_free_func ((GDestroyNotify) torg_wire_mutation_free);
  self->bulk = cursor == NULL || backfill != NULL;
  if ((self->bulk && !torg_db_set_durable (store->db, FALSE, error)) || !torg_store_begin (store, error))
    return NULL;
  self->open = TRUE;
  self->adopting = torg_store_is_adopting (store);
  self->quick = !self->adopting &&
                torg_db_get_int (store->db, "SELECT EXISTS (SELECT 1 FROM outbox) OR EXISTS (SELECT 1 FROM shadow)",
                                 &n_waiting, NULL) &&
                n_waiting == 0;
  torg_held_begin (store);
  if (cursor == NULL && !torg_bulk_load_begin (store, error))
    return NULL;
  return g_steal_pointer (&self);
}

/**
 * torg_incoming_free:
 * @self: (transfer full): an answer
 *
 * Frees an answer; what was not committed is taken back.
 */
void
torg_incoming_free (TorgIncoming *self)
{
  if (self->open)
    {
      torg_held_end (self->store, FALSE, NULL);
      torg_store_rollback (self->store);
    }
  if (self->bulk)
    {
      g_autofree char *backfill = torg_state_get (self->store->db, "backfill");

      torg_db_set_durable (self->store->db, TRUE, NULL);
      if (backfill == NULL)
        torg_db_sync (self->store->db, NULL);
    }
  g_clear_pointer (&self->affected, g_hash_table_unref);
  g_clear_pointer (&self->answered, g_hash_table_unref);
  g_clear_pointer (&self->taken, g_hash_table_unref);
  g_clear_pointer (&self->refused, g_ptr_array_unref);
  g_clear_pointer (&self->end, torg_wire_end_free);
  g_clear_object (&self->store);
  g_free (self);
}

/* Of a record that comes alone, other mutations may be put on top first: its terms are built later. */
static void
read_rows (TorgIncomingLine *self, JsonNode *rows, TorgSchema *schema)
{
  self->records = torg_rows_from_json (schema, rows, &self->error);
  if (self->records == NULL)
    return;
  self->terms = g_ptr_array_new_with_free_func (g_free);
  for (guint i = 0; i < self->records->len; i++)
    g_ptr_array_add (self->terms, torg_record_get_deleted (self->records->pdata[i]) == 0
                                    ? torg_record_dup_search_terms (self->records->pdata[i])
                                    : NULL);
}

static void
read_record (TorgIncomingLine *self, JsonNode *node, TorgSchema *schema)
{
  JsonObject *object = JSON_NODE_HOLDS_OBJECT (node) ? json_node_get_object (node) : NULL;
  TorgRecord *record;

  self->records = g_ptr_array_new_with_free_func ((GDestroyNotify) torg_record_unref);
  /* A type that only a newer version knows. */
  if (object != NULL && torg_schema_find (schema, torg_json_get_text (object, "type")) == NULL)
    return;
  record = torg_record_from_json (schema, node, &self->error);
  if (record != NULL)
    g_ptr_array_add (self->records, record);
}

/**
 * torg_incoming_line_read:
 * @node: JSON from anywhere
 * @schema: of the replica
 *
 * Reads a line of an answer, on any thread. What does not make sense is told when it is taken.
 *
 * Returns: (transfer full): a line
 */
TorgIncomingLine *
torg_incoming_line_read (JsonNode *node, TorgSchema *schema)
{
  TorgIncomingLine *self = g_new0 (TorgIncomingLine, 1);
  JsonObject       *object = JSON_NODE_HOLDS_OBJECT (node) ? json_node_get_object (node) : NULL;
  JsonNode         *member;

  if (object == NULL)
    refuse (&self->error);
  else if ((member = json_object_get_member (object, "rows")) != NULL)
    read_rows (self, member, schema);
  else if ((member = json_object_get_member (object, "record")) != NULL)
    read_record (self, member, schema);
  else
    self->object = json_object_ref (object);
  return self;
}

/**
 * torg_incoming_line_free:
 * @self: (transfer full) (nullable): a line
 *
 * Frees a line.
 */
void
torg_incoming_line_free (TorgIncomingLine *self)
{
  if (self == NULL)
    return;
  g_clear_pointer (&self->object, json_object_unref);
  g_clear_pointer (&self->records, g_ptr_array_unref);
  g_clear_pointer (&self->terms, g_ptr_array_unref);
  g_clear_error (&self->error);
  g_free (self);
}

/**
 * torg_incoming_take:
 * @line: the next line
 * @error: place for a %TORG_ERROR_INVALID or %TORG_STORE_ERROR
 *
 * Takes a line of the answer.
 *
 * Returns: whether it made sense; otherwise the answer is to be freed
 */
gboolean
torg_incoming_take (TorgIncoming *self, TorgIncomingLine *line, GError **error)
{
  JsonNode *member;

  if (line->error != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&line->error));
      return FALSE;
    }
  if (self->end != NULL)
    return refuse (error);
  if (line->records != NULL)
    return take_records (self, line, error);
  if ((member = json_object_get_member (line->object, "result")) != NULL)
    return take_result (self, member, error);
  if ((member = json_object_get_member (line->object, "gone")) != NULL && JSON_NODE_HOLDS_OBJECT (member))
    return take_gone (self, json_node_get_object (member), error);
  if ((member = json_object_get_member (line->object, "end")) != NULL)
    self->end = torg_wire_end_from_json (member);
  return self->end != NULL || refuse (error);
}

/**
 * torg_incoming_is_ended:
 *
 * Tells whether the answer is complete.
 *
 * Returns: whether its last line was taken
 */
gboolean
torg_incoming_is_ended (TorgIncoming *self)
{
  return self->end != NULL;
}

/**
 * torg_incoming_has_more:
 * @self: an answer that is complete
 *
 * Tells whether the server has more to send at once.
 *
 * Returns: whether to ask again with the new cursor
 */
gboolean
torg_incoming_has_more (TorgIncoming *self)
{
  return self->end->more;
}

/* @wanted: the last bytes of ids */
static gboolean
mark (TorgStore *store, const char *sql, GByteArray *wanted, GError **error)
{
  g_autoptr (TorgStatement) statement = torg_db_prepare (store->db, sql, error);

  if (statement == NULL)
    return FALSE;
  torg_statement_bind_blob (statement, 1, wanted->data, wanted->len);
  return torg_statement_run (statement, error);
}

/**
 * torg_incoming_replace:
 * @buckets: (array fixed-size=256): see [func@digest_get_bucket]
 * @error: place for a %TORG_STORE_ERROR
 *
 * Says before the first line that the answer holds all records of some buckets: what does not come is removed.
 *
 * Returns: whether that worked
 */
gboolean
torg_incoming_replace (TorgIncoming *self, const gboolean *buckets, GError **error)
{
  TorgStore *store = self->store;
  g_autoptr (GByteArray) wanted = g_byte_array_new ();

  self->replaces = TRUE;
  for (guint bucket = 0; bucket < TORG_DIGEST_BUCKETS; bucket++)
    if (buckets[bucket])
      g_byte_array_append (wanted, &(guint8) { (guint8) bucket }, 1);
  for (guint i = 0; i < torg_schema_get_n_types (store->schema); i++)
    {
      g_autoptr (GString) sql = g_string_new ("UPDATE \"");

      g_string_append_printf (sql, "%s\" SET seq = -1 WHERE seq > 0 AND instr(?1, substr(id, 16)) > 0",
                              torg_schema_nth (store->schema, i)->info->name);
      if (!mark (store, sql->str, wanted, error))
        return FALSE;
    }
  return mark (store, "UPDATE shadow SET record = json_set(record, '$.seq', -1) WHERE instr(?1, substr(id, 16)) > 0",
               wanted, error);
}

/* The same of records that a disk lost: after all was sent anew, no server says that they go. */
static gboolean
forget_lost (TorgStore *store, GError **error)
{
  g_autoptr (TorgStatement) statement = torg_db_prepare (
    store->db, "SELECT type, id FROM undo_op UNION SELECT json_extract(body, '$.type'), record FROM sent", error);
  gboolean row;

  if (statement == NULL)
    return FALSE;
  for (;;)
    {
      g_autofree char *type = NULL;
      g_autofree char *id = NULL;
      g_autoptr (TorgRecord) record = NULL;
      g_autoptr (GError) local = NULL;

      if (!torg_statement_step (statement, &row, error))
        return FALSE;
      if (!row)
        return TRUE;
      type = g_strdup (torg_statement_get_text (statement, 0));
      id = torg_statement_dup_id (statement, 1);
      if (torg_schema_find (store->schema, type) == NULL)
        continue;
      record = torg_store_get (store, type, id, &local);
      if (record == NULL && !g_error_matches (local, TORG_ERROR, TORG_ERROR_NOT_FOUND))
        {
          g_propagate_error (error, g_steal_pointer (&local));
          return FALSE;
        }
      if (record == NULL && !forget_beside (store, type, id, error))
        return FALSE;
    }
}

/* After all was sent anew, what was not among it is not there any more. */
static gboolean
sweep (TorgIncoming *self, GError **error)
{
  TorgStore *store = self->store;

  self->swept = TRUE;
  for (guint i = 0; i < torg_schema_get_n_types (store->schema); i++)
    {
      const TorgType *type = torg_schema_nth (store->schema, i);
      g_autoptr (GString) sql = g_string_new ("SELECT id FROM \"");
      g_autoptr (GPtrArray) ids = g_ptr_array_new_with_free_func (g_free);
      g_autoptr (TorgStatement) statement = NULL;
      gboolean row;

      g_string_append_printf (sql, "%s\" WHERE seq < 0", type->info->name);
      statement = torg_db_prepare (store->db, sql->str, error);
      if (statement == NULL)
        return FALSE;
      for (;;)
        {
          if (!torg_statement_step (statement, &row, error))
            return FALSE;
          if (!row)
            break;
          g_ptr_array_add (ids, torg_statement_dup_id (statement, 0));
        }
      g_clear_pointer (&statement, torg_statement_release);
      self->gone |= ids->len > 0;
      for (guint j = 0; j < ids->len; j++)
        if (!move_to_attention (self, type->info->name, g_ptr_array_index (ids, j), error) ||
            !forget_record (store, type->info->name, g_ptr_array_index (ids, j), error))
          return FALSE;
    }
  return (self->replaces || forget_lost (store, error)) && torg_state_set (store->db, "rebuilding", NULL, error);
}

static gboolean
finish_rebuild (TorgIncoming *self, GError **error)
{
  g_autofree char *rebuilding = torg_state_get (self->store->db, "rebuilding");

  return !(self->replaces || (rebuilding != NULL && !self->end->backfill)) || sweep (self, error);
}

static gboolean
save_state (TorgIncoming *self, GError **error)
{
  TorgStore       *store = self->store;
  g_autofree char *acked = g_strdup_printf ("%" G_GINT64_FORMAT, self->end->acked);

  return torg_state_set (store->db, "cursor", self->end->cursor, error) &&
         torg_state_set (store->db, "backfill", self->end->backfill ? "1" : NULL, error) &&
         torg_state_set (store->db, "delivered", NULL, error) &&
         (!self->bulk || torg_state_set (store->db, "verified", NULL, error)) &&
         torg_state_set (store->db, "epoch", self->end->epoch, error) &&
         torg_state_set (store->db, "acked", acked, error) && torg_store_date_sent (store, self->end->time, error) &&
         (self->end->more || torg_lock_note_contact (store, error));
}

/* What goes with a change of what one sees leaves the file at once, a single record before long. */
static gboolean
forget_more (TorgIncoming *self, GError **error)
{
  gboolean page = self->end->more, much = page || self->replaces || self->swept;

  return torg_hidden_update (self->store, self->answered, self->end->backfill, page, error) &&
         (!self->gone || torg_search_note_stale (self->store, much, error));
}

/* A first sync goes from type to type. */
static gboolean
advance (TorgIncoming *self, GError **error)
{
  if (!self->bulk || (self->end->backfill && self->type == NULL))
    return TRUE;
  return torg_bulk_load_advance (self->store, self->end->backfill ? self->type : NULL, error);
}

/**
 * torg_incoming_commit:
 * @error: place for an error; then nothing of the answer is in the replica
 *
 * Commits an answer that is complete: records, results and cursor, or none of them.
 *
 * Returns: whether it is on the disk
 */
gboolean
torg_incoming_commit (TorgIncoming *self, GError **error)
{
  gboolean ok;

  if (self->end == NULL)
    return refuse (error);
  /* What is swept away may have deleted others with it, which are settled then. */
  ok = finish_rebuild (self, error) && settle_affected (self, error) && keep_refused (self, error);
  ok = torg_held_end (self->store, ok, ok ? error : NULL) && ok;
  self->open = FALSE;
  if (!ok || !forget_more (self, error) || !advance (self, error) || !save_state (self, error))
    {
      torg_store_rollback (self->store);
      return FALSE;
    }
  return torg_store_commit (self->store, error);
}
