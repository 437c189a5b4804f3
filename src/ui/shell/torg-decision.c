/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "torg-ui"

#include "config.h"

#include "torg-decision.h"
#include "torg-file-sync.h"
#include "torg-json.h"
#include "torg-sync-words.h"

#include <glib/gi18n-lib.h>

/* In `conflict` records, the field that stands for the record as a whole. */
#define WHOLE_RECORD "deleted"

/* --- in a thread of the replica ----------------------------------------------------------------------------------- */

/* What the user did, as a mutation: a difference keeps the values of one field, or a whole edit of what was deleted. */
static TorgWireMutation *
make_mutation (TorgRecord *conflict)
{
  TorgWireMutation *mutation = torg_wire_mutation_new ();
  const char       *field = torg_record_get_text (conflict, "field");
  const char       *proposed = torg_record_get_text (conflict, "proposed");
  JsonNode         *value = json_from_string (proposed != NULL ? proposed : "null", NULL);

  mutation->id = g_strdup (torg_record_get_id (conflict));
  mutation->type = g_strdup (torg_record_get_text (conflict, "record_type"));
  mutation->record = g_strdup (torg_record_get_text (conflict, "record"));
  mutation->edited_at = torg_record_get_number (conflict, "edited_at");
  mutation->op = TORG_OP_PATCH;
  if (g_strcmp0 (field, WHOLE_RECORD) == 0 && value != NULL && JSON_NODE_HOLDS_OBJECT (value))
    {
      json_node_unref (mutation->fields);
      mutation->fields = value;
      return mutation;
    }
  if (g_strcmp0 (field, WHOLE_RECORD) == 0)
    mutation->op = TORG_OP_DELETE;
  else if (field != NULL && value != NULL)
    {
      JsonObject *change = json_object_new ();

      json_object_set_member (change, "new", g_steal_pointer (&value));
      json_object_set_object_member (json_node_get_object (mutation->fields), field, change);
    }
  g_clear_pointer (&value, json_node_unref);
  return mutation;
}

static JsonArray *
find_added (TorgWireMutation *mutation)
{
  JsonNode *node = json_object_get_member (json_node_get_object (mutation->fields), "added");

  return node != NULL && JSON_NODE_HOLDS_ARRAY (node) ? json_node_get_array (node) : NULL;
}

/* What was added to a record that was deleted meanwhile: it went along, and is here as the server has it. */
static GPtrArray *
read_added (TorgStore *store, JsonArray *list)
{
  GPtrArray *added = g_ptr_array_new_with_free_func ((GDestroyNotify) torg_edit_words_free);

  for (guint i = 0; i < json_array_get_length (list); i++)
    {
      JsonNode   *node = json_array_get_element (list, i);
      JsonObject *item = JSON_NODE_HOLDS_OBJECT (node) ? json_node_get_object (node) : NULL;
      const char *type = item != NULL ? json_object_get_string_member_with_default (item, "type", NULL) : NULL;
      const char *id = item != NULL ? json_object_get_string_member_with_default (item, "id", NULL) : NULL;
      g_autoptr (TorgRecord) record = NULL;

      if (torg_schema_find (torg_store_get_schema (store), type) != NULL && torg_id_is_valid (id))
        record = torg_store_get (store, type, id, NULL);
      if (record != NULL)
        g_ptr_array_add (added,
                         torg_edit_words_read (store, torg_wire_mutation_new_edit (torg_store_get_env (store),
                                                                                   TORG_OP_CREATE, NULL, record)));
    }
  return added;
}

/* A record with one value out of JSON. */
static TorgRow *
make_row (TorgStore *store, TorgRecord *conflict, const TorgField *field, const char *json)
{
  const TorgType *type =
    torg_schema_find (torg_store_get_schema (store), torg_record_get_text (conflict, "record_type"));
  TorgValue value = TORG_VALUE_INIT;
  g_autoptr (TorgRecord) record =
    torg_record_new (torg_store_get_schema (store), type, torg_record_get_text (conflict, "record"));

  if (json != NULL && torg_value_from_json_text (json, field->kind, &value))
    torg_record_take_nth (record, field->index, value);
  return torg_store_make_row (store, record);
}

/* When the value that stayed was written, as far as history knows. */
static gint64
find_other_at (TorgStore *store, TorgRecord *conflict)
{
  g_autoptr (GPtrArray) lines = torg_store_list_history (store, torg_record_get_text (conflict, "record"),
                                                         torg_record_get_text (conflict, "field"), 20, NULL);
  const char *stayed = torg_record_get_text (conflict, "stayed");

  for (guint i = 0; lines != NULL && i < lines->len; i++)
    if (g_strcmp0 (torg_record_get_text (lines->pdata[i], "new"), stayed) == 0)
      return torg_record_get_number (lines->pdata[i], "at");
  return 0;
}

static TorgDecision *
read_conflict (TorgStore *store, TorgRecord *conflict)
{
  const char      *type_name = torg_record_get_text (conflict, "record_type");
  const char      *name = torg_record_get_text (conflict, "field");
  const char      *id = torg_record_get_text (conflict, "record");
  const TorgType  *type = type_name != NULL ? torg_schema_find (torg_store_get_schema (store), type_name) : NULL;
  const TorgField *field = type != NULL && name != NULL ? torg_type_find_field (type, name) : NULL;
  g_autoptr (TorgRecord) record = NULL;
  TorgDecision *self;

  if (type_name == NULL || id == NULL)
    return NULL;
  self = g_new0 (TorgDecision, 1);
  self->key = g_strdup (torg_record_get_id (conflict));
  self->conflict = torg_record_ref (conflict);
  self->words = torg_edit_words_read (store, make_mutation (conflict));
  if (find_added (self->words->mutation) != NULL)
    self->added = read_added (store, find_added (self->words->mutation));
  self->field = field;
  self->other_at = find_other_at (store, conflict);
  record = type != NULL ? torg_store_get (store, type_name, id, NULL) : NULL;
  if (field == NULL)
    {
      self->can_take = record != NULL && g_strcmp0 (name, WHOLE_RECORD) == 0;
      return self;
    }
  self->can_take = record != NULL && torg_record_get_deleted (record) == 0;
  self->before = make_row (store, conflict, field, torg_record_get_text (conflict, "before"));
  self->now = self->can_take ? torg_store_make_row (store, record)
                             : make_row (store, conflict, field, torg_record_get_text (conflict, "stayed"));
  return self;
}

static TorgDecision *
read_rejected (TorgStore *store, TorgAttention *item)
{
  TorgDecision *self = g_new0 (TorgDecision, 1);

  self->key = g_strdup_printf ("%" G_GINT64_FORMAT, item->rowid);
  self->words = torg_edit_words_read (store, g_steal_pointer (&item->mutation));
  self->rejected = item;
  return self;
}

/**
 * torg_decision_list:
 * @store: a store
 * @error: place for an error
 *
 * Reads all that needs the user's decision: differences first, then what the server rejected, the newest first.
 *
 * Returns: (transfer full) (element-type TorgDecision) (nullable): the list
 */
GPtrArray *
torg_decision_list (TorgStore *store, GError **error)
{
  g_autoptr (GPtrArray) list = g_ptr_array_new_with_free_func ((GDestroyNotify) torg_decision_free);
  g_autoptr (TorgQuery) query = torg_query_new ("conflict");
  g_autoptr (GPtrArray) conflicts = NULL;
  g_autoptr (GPtrArray) rejected = NULL;

  torg_query_add_text (query, "state", TORG_MATCH_IS, "open");
  torg_query_add_text (query, "author", TORG_MATCH_IS, torg_store_get_user (store));
  torg_query_sort (query, "at", TRUE);
  conflicts = torg_store_list (store, query, 0, NULL, error);
  if (conflicts == NULL || (rejected = torg_store_list_attention (store, error)) == NULL)
    return NULL;
  for (guint i = 0; i < conflicts->len; i++)
    {
      TorgDecision *decision = read_conflict (store, g_ptr_array_index (conflicts, i));

      if (decision != NULL)
        g_ptr_array_add (list, decision);
    }
  for (guint i = 0; i < rejected->len; i++)
    g_ptr_array_add (list, read_rejected (store, g_ptr_array_index (rejected, i)));
  g_ptr_array_set_free_func (rejected, NULL);
  return g_steal_pointer (&list);
}

/**
 * torg_decision_free:
 *
 * Frees a decision.
 */
void
torg_decision_free (TorgDecision *self)
{
  g_free (self->key);
  g_clear_pointer (&self->words, torg_edit_words_free);
  g_clear_pointer (&self->conflict, torg_record_unref);
  g_clear_object (&self->before);
  g_clear_object (&self->now);
  g_clear_pointer (&self->rejected, torg_attention_free);
  g_clear_pointer (&self->added, g_ptr_array_unref);
  g_free (self);
}

/* --- in the main thread ------------------------------------------------------------------------------------------- */

/* The label of a field, or its name where it is not known here. */
static const char *
say_field (TorgDecision *self, TorgSession *session, const char *name)
{
  const TorgType  *type = torg_schema_find (torg_session_get_schema (session), self->words->mutation->type);
  const TorgField *field = type != NULL ? torg_type_find_field (type, name) : NULL;

  return field != NULL ? torg_field_get_label (field) : name;
}

static char *
say_conflict (TorgDecision *self, TorgSession *session)
{
  gint64           now = torg_session_get_now (session);
  const char      *other_id = torg_record_get_text (self->conflict, "other");
  g_autofree char *mine = torg_sync_words_when (torg_record_get_number (self->conflict, "edited_at"), now);
  g_autofree char *when = self->other_at != 0 ? torg_sync_words_when (self->other_at, now) : NULL;
  g_autofree char *name = other_id != NULL ? torg_lookup_dup_title (torg_session_get_lookup (session), other_id) : NULL;
  g_autofree char *other = NULL;

  if (g_strcmp0 (torg_record_get_text (self->conflict, "field"), WHOLE_RECORD) == 0)
    {
      if (self->words->mutation->op == TORG_OP_DELETE)
        /* Translators: %s is when: “today at 15:00” */
        return g_strdup_printf (_ ("You deleted it (%s), but somebody else had changed it or added to it: it stayed."),
                                mine);
      if (self->added != NULL)
        /* Translators: %s is when: “today at 15:00” */
        return g_strdup_printf (_ ("Somebody else deleted it before what you added (%s) arrived. It can come back, and "
                                   "what you added with it."),
                                mine);
      return g_strdup_printf (_ ("Somebody else deleted it before your change (%s) arrived."), mine);
    }
  if (name == NULL)
    name = g_strdup (_ ("somebody else"));
  /* Translators: who and when: “Anna Petrova (today at 15:00)” */
  other = when != NULL ? g_strdup_printf (C_ ("who and when", "%s (%s)"), name, when) : g_steal_pointer (&name);
  if (g_strcmp0 (other_id, torg_record_get_text (self->conflict, "author")) == 0 && when != NULL)
    /* Translators: a field, then when it was changed on another device and when on this one */
    return g_strdup_printf (_ ("You changed “%s” in two places: %s and %s. What came first stayed."),
                            say_field (self, session, torg_record_get_text (self->conflict, "field")), when, mine);
  /* Translators: a field, then who changed it, and when the user did */
  return g_strdup_printf (_ ("“%s” was changed by two: %s and you (%s). What came first stayed."),
                          say_field (self, session, torg_record_get_text (self->conflict, "field")), other, mine);
}

static char *
say_invalid (TorgDecision *self, TorgSession *session, const char *detail)
{
  if (detail == NULL)
    return g_strdup (_ ("Something that the record needs is missing, or a value is not possible."));
  if (g_str_equal (detail, "type"))
    return g_strdup (_ ("The server does not know records of this type. It may be older than this program."));
  if (g_str_equal (detail, "id"))
    return g_strdup (_ ("The server has another record under the same number."));
  return g_strdup_printf (_ ("The server does not accept the value of “%s”."), say_field (self, session, detail));
}

static char *
say_forbidden (TorgDecision *self, TorgSession *session, const char *detail)
{
  if (detail == NULL)
    return g_strdup (_ ("You may not do this. Ask your administrator for the right to."));
  if (g_str_equal (detail, "owner"))
    return g_strdup (_ ("You may not give this record to somebody else."));
  return g_strdup_printf (_ ("You may not change “%s”."), say_field (self, session, detail));
}

static char *
say_file (const char *detail)
{
  g_autofree char *why = torg_file_sync_explain (detail);

  if (why == NULL)
    return g_strdup (_ ("The server did not take this file. It stays on this computer for 30 days."));
  /* Translators: a sentence that says why */
  return g_strdup_printf (_ ("The server did not take this file. It stays on this computer for 30 days. %s"), why);
}

/* Why the server rejected it; the codes are those of [struct@WireResult]. */
static char *
say_rejected (TorgDecision *self, TorgSession *session)
{
  const char *code = self->rejected->code;
  const char *detail = self->rejected->detail;

  if (g_str_equal (code, "file"))
    return say_file (detail);
  if (g_str_equal (code, "invalid"))
    return say_invalid (self, session, detail);
  if (g_str_equal (code, "forbidden"))
    return say_forbidden (self, session, detail);
  if (g_str_equal (code, "not_found"))
    return g_strdup (_ ("The server has no such record, or you may not see it any more."));
  if (g_str_equal (code, "gone"))
    return g_strdup (_ ("You may not see this record any more, so your change was not sent."));
  if (g_str_equal (code, "rule") && self->words->mutation->op == TORG_OP_DELETE)
    return g_strdup (_ ("It cannot be deleted: other records refer to it."));
  if (g_str_equal (code, "rule"))
    return g_strdup (_ ("A rule of your company does not allow it."));
  if (g_str_equal (code, "administrator"))
    return g_strdup (_ ("Nobody could edit roles any more. Give somebody else a role that may do so first."));
  if (g_str_equal (code, "duplicate"))
    return g_strdup (_ ("There is such a record already."));
  if (g_str_equal (code, "dependency") && detail != NULL)
    return g_strdup_printf (_ ("What “%s” refers to is not on the server, or you may not see it."),
                            say_field (self, session, detail));
  if (g_str_equal (code, "dependency"))
    return g_strdup (_ ("It refers to something that the server did not take."));
  if (g_str_equal (code, "group"))
    return g_strdup (_ ("It belongs to a change of which the server did not take another part."));
  return g_strdup_printf (_ ("The server did not take it (%s)."), code);
}

/**
 * torg_decision_say:
 * @session: the session
 *
 * Says what happened: who changed what and when, or why the server did not take it.
 *
 * Returns: (transfer full): a sentence
 */
char *
torg_decision_say (TorgDecision *self, TorgSession *session)
{
  return self->conflict != NULL ? say_conflict (self, session) : say_rejected (self, session);
}

/**
 * torg_decision_say_content:
 * @session: the session
 *
 * Says what the user did: the whole content.
 *
 * Returns: (transfer full): words
 */
char *
torg_decision_say_content (TorgDecision *self, TorgSession *session)
{
  g_autoptr (GString) text = NULL;

  if (self->added == NULL)
    return torg_edit_words_say (self->words, session);
  text = g_string_new (NULL);
  for (guint i = 0; i < self->added->len; i++)
    {
      TorgEditWords   *words = g_ptr_array_index (self->added, i);
      g_autofree char *type = torg_edit_words_say_type (words, session);
      g_autofree char *content = torg_edit_words_say (words, session);

      g_string_append_printf (text, "%s%s: %s", i > 0 ? "\n" : "", type, content);
    }
  return g_string_free_and_steal (g_steal_pointer (&text));
}

/* What the user did, once more. */
static void
repeat (TorgDecision *self, TorgEdit *edit)
{
  TorgWireMutation *mutation = self->words->mutation;
  TorgRecord       *values = torg_row_get_record (self->words->row);
  const TorgType   *type = torg_record_get_kind (values);
  JsonObject       *fields = json_node_get_object (mutation->fields);

  if (mutation->op == TORG_OP_DELETE)
    {
      torg_edit_delete (edit, mutation->type, mutation->record);
      return;
    }
  if (self->field == NULL)
    torg_edit_restore (edit, mutation->type, mutation->record);
  for (guint i = 0; i < type->n_fields; i++)
    if (json_object_has_member (fields, type->fields[i].name) && type->fields[i].merge != TORG_MERGE_DERIVED)
      torg_edit_set (edit, mutation->type, mutation->record, type->fields[i].name, torg_record_nth (values, i));
}

/**
 * torg_decision_make_edit:
 * @take: whether what the user did is to stand; otherwise it stays as it is
 *
 * Makes the edit that settles a difference.
 *
 * Returns: (transfer full): an edit
 */
TorgEdit *
torg_decision_make_edit (TorgDecision *self, gboolean take)
{
  TorgEdit *edit = torg_edit_new (take ? _ ("Yours was taken") : _ ("It stayed as it was"));

  g_return_val_if_fail (!take || self->can_take, edit);
  if (take)
    repeat (self, edit);
  torg_edit_take (edit, "conflict", torg_record_get_id (self->conflict), "state",
                  torg_value_text (take ? "taken" : "kept"));
  return edit;
}
