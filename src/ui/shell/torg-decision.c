/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "torg-ui"

#include "config.h"

#include "torg-decision.h"
#include "torg-differences.h"
#include "torg-file-sync.h"
#include "torg-json.h"
#include "torg-own-right.h"
#include "torg-rejected.h"
#include "torg-stage-rule.h"
#include "torg-sync-words.h"
#include "torg-words.h"

#include <glib/gi18n-lib.h>

/* In `conflict` records, the field that stands for the record as a whole. */
#define WHOLE_RECORD "deleted"
/* In characters: a longer value stands in its column alone. */
#define LONGEST_VALUE 60

/* --- in a thread of the replica ----------------------------------------------------------------------------------- */

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

typedef struct
{
  TorgOwnRight *edit;   /* (owned) */
  TorgOwnRight *delete; /* (owned) */
} Rights;

static void
rights_clear (Rights *rights)
{
  g_clear_pointer (&rights->edit, torg_own_right_free);
  g_clear_pointer (&rights->delete, torg_own_right_free);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Rights, rights_clear)

static TorgDecision *
read_conflict (TorgStore *store, TorgRecord *conflict, Rights *rights)
{
  const char      *type_name = torg_record_get_text (conflict, "record_type");
  const char      *name = torg_record_get_text (conflict, "field");
  const char      *id = torg_record_get_text (conflict, "record");
  const TorgType  *type = type_name != NULL ? torg_schema_find (torg_store_get_schema (store), type_name) : NULL;
  const TorgField *field = type != NULL && name != NULL ? torg_type_find_field (type, name) : NULL;
  g_autoptr (TorgRecord) record = NULL;
  TorgOwnRight *right;
  TorgDecision *self;

  if (type_name == NULL || id == NULL)
    return NULL;
  self = g_new0 (TorgDecision, 1);
  self->key = g_strdup (torg_record_get_id (conflict));
  self->conflict = torg_record_ref (conflict);
  self->words = torg_edit_words_read (store, torg_difference_make_mutation (conflict));
  if (find_added (self->words->mutation) != NULL)
    self->added = read_added (store, find_added (self->words->mutation));
  self->field = field;
  self->is_own = torg_store_is_own_difference (store, conflict);
  self->other_at = find_other_at (store, conflict);
  record = type != NULL ? torg_store_get (store, type_name, id, NULL) : NULL;
  right = self->words->mutation->op == TORG_OP_DELETE ? rights->delete : rights->edit;
  /* What is deleted is brought back by the right to delete. */
  self->can_take = record != NULL && torg_own_right_allows (right, record) &&
                   (torg_record_get_deleted (record) == 0 || torg_own_right_allows (rights->delete, record));
  if (field == NULL)
    {
      self->can_take = self->can_take && g_strcmp0 (name, WHOLE_RECORD) == 0;
      return self;
    }
  self->can_take = self->can_take && torg_record_get_deleted (record) == 0;
  self->before = make_row (store, conflict, field, torg_record_get_text (conflict, "before"));
  self->now = record != NULL && torg_record_get_deleted (record) == 0
                ? torg_store_make_row (store, record)
                : make_row (store, conflict, field, torg_record_get_text (conflict, "stayed"));
  return self;
}

static TorgDecision *
read_rejected (TorgStore *store, TorgAttention *item, TorgEdit *retry)
{
  TorgDecision *self = g_new0 (TorgDecision, 1);

  self->key = g_strdup_printf ("%" G_GINT64_FORMAT, item->rowid);
  self->words = torg_edit_words_read (store, g_steal_pointer (&item->mutation));
  /* Doing it again writes over what others wrote meanwhile: that is to be seen before. */
  torg_edit_words_compare (self->words, store);
  self->rejected = item;
  self->retry = retry != NULL ? torg_edit_ref (retry) : NULL;
  self->is_own = TRUE;
  return self;
}

/**
 * torg_decision_list:
 * @store: a store
 * @error: place for an error
 *
 * Reads all that needs the user's decision: differences first, those about what others proposed for the user's records
 * too, then what the server rejected, the newest first.
 *
 * Returns: (transfer full) (element-type TorgDecision) (nullable): the list
 */
GPtrArray *
torg_decision_list (TorgStore *store, GError **error)
{
  g_autoptr (GPtrArray) list = g_ptr_array_new_with_free_func ((GDestroyNotify) torg_decision_free);
  g_auto (Rights) rights = { NULL, NULL };
  g_autoptr (GPtrArray) conflicts = NULL;
  g_autoptr (GPtrArray) rejected = NULL;
  g_autoptr (GPtrArray) retries = NULL;

  if ((rights.edit = torg_own_right_new (store, "edit", error)) == NULL ||
      (rights.delete = torg_own_right_new (store, "delete", error)) == NULL ||
      (conflicts = torg_store_list_differences (store, error)) == NULL ||
      (rejected = torg_store_list_attention (store, error)) == NULL)
    return NULL;
  for (guint i = 0; i < conflicts->len; i++)
    {
      TorgDecision *decision = read_conflict (store, g_ptr_array_index (conflicts, i), &rights);

      if (decision != NULL)
        g_ptr_array_add (list, decision);
    }
  retries = torg_store_make_retries (store, rejected, _ ("Done once more"));
  for (guint i = 0; i < rejected->len; i++)
    g_ptr_array_add (list, read_rejected (store, g_ptr_array_index (rejected, i), g_ptr_array_index (retries, i)));
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
  g_clear_pointer (&self->retry, torg_edit_unref);
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

/* A value as it stands in a sentence. */
static char *
quote (TorgDecision *self, TorgSession *session, TorgRow *row)
{
  char *value = torg_words_field (session, row, self->field);

  if (*value != '\0')
    return value;
  g_free (value);
  return g_strdup (C_ ("value", "nothing"));
}

static gboolean
is_long (const char *value)
{
  return g_utf8_strlen (value, -1) > LONGEST_VALUE || strchr (value, '\n') != NULL;
}

/* “Boris (today at 15:00) proposes 120,000 for “Amount” instead of 100,000; it is 110,000 now. It is yours to decide.”
 */
static char *
say_proposal_of_field (TorgDecision *self, TorgSession *session, const char *who)
{
  const char      *label = say_field (self, session, torg_record_get_text (self->conflict, "field"));
  g_autofree char *proposed = self->field != NULL ? quote (self, session, self->words->row) : NULL;
  g_autofree char *before = self->field != NULL ? quote (self, session, self->before) : NULL;
  g_autofree char *now = self->field != NULL ? quote (self, session, self->now) : NULL;

  if (self->field == NULL || is_long (proposed) || is_long (before) || is_long (now))
    /* Translators: who and when, then a field */
    return g_strdup_printf (_ ("%s proposes another value of “%s”. You are responsible for the record."), who, label);
  /* Translators: who and when, a field, its proposed value, the one that was there before, the one that is there now */
  return g_strdup_printf (
    _ ("%s proposes for “%s”: %s instead of %s. Now it is %s. You are responsible for the record."), who, label,
    proposed, before, now);
}

/* What somebody else proposed for a record of the user's. */
static char *
say_proposal (TorgDecision *self, TorgSession *session)
{
  const char      *author = torg_record_get_text (self->conflict, "author");
  g_autofree char *when =
    torg_sync_words_when (torg_record_get_number (self->conflict, "edited_at"), torg_session_get_now (session));
  g_autofree char *name = author != NULL ? torg_lookup_dup_title (torg_session_get_lookup (session), author) : NULL;
  g_autofree char *who = NULL;

  /* Translators: who and when: “Anna Petrova (today at 15:00)” */
  who = g_strdup_printf (C_ ("who and when", "%s (%s)"), name != NULL ? name : _ ("A colleague"), when);
  if (g_strcmp0 (torg_record_get_text (self->conflict, "field"), WHOLE_RECORD) != 0)
    return say_proposal_of_field (self, session, who);
  if (self->words->mutation->op == TORG_OP_DELETE)
    /* Translators: %s is who and when */
    return g_strdup_printf (
      _ ("%s proposes to delete it, but it was changed meanwhile: it stayed. You are responsible for the record."),
      who);
  /* Translators: %s is who and when */
  return g_strdup_printf (
    _ ("It was deleted, and %s proposes to bring it back with this change. You are responsible for the record."), who);
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

/* Which of the rules of a stage was against it, as the server knew them. */
static char *
say_stage (TorgDecision *self, TorgSession *session, const char *detail)
{
  g_auto (GStrv) fields = NULL;
  TorgStageBar     bar = torg_stage_rule_read_detail (detail, &fields);
  const char      *id = self->words->row != NULL &&
                       torg_type_find_field (torg_record_get_kind (torg_row_get_record (self->words->row)), "stage")
                          ? torg_record_get_text (torg_row_get_record (self->words->row), "stage")
                          : NULL;
  g_autofree char *title = torg_lookup_dup_title (torg_session_get_lookup (session), id);
  g_autoptr (GString) names = g_string_new (NULL);

  for (guint i = 0; fields != NULL && fields[i] != NULL; i++)
    g_string_append_printf (names, "%s%s", i > 0 ? ", " : "", say_field (self, session, fields[i]));
  if (title == NULL)
    title = g_strdup (_ ("the stage"));
  switch (bar)
    {
      case TORG_STAGE_BAR_NEXT:
        return g_strdup_printf (_ ("By the rules of your company it does not go to “%s” from where it stands."), title);
      case TORG_STAGE_BAR_MOVERS:
        return g_strdup_printf (_ ("By the rules of your company others move it to “%s”: ask one of them."), title);
      case TORG_STAGE_BAR_REQUIRED:
        /* Translators: a stage, and a list of fields */
        return g_strdup_printf (_ ("Before it goes to “%s”, fill in: %s. Then repeat the move."), title, names->str);
      case TORG_STAGE_BAR_APPROVAL:
        return g_strdup_printf (_ ("It goes to “%s” only with an approval. Ask for it in the card."), title);
      case TORG_STAGE_BAR_NONE:
      default:
        return g_strdup (_ ("A rule of your company does not allow it."));
    }
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
    return say_stage (self, session, detail);
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
  if (self->conflict == NULL)
    return say_rejected (self, session);
  return self->is_own ? say_conflict (self, session) : say_proposal (self, session);
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

/* What was done, once more. */
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

static void
settle (TorgDecision *self, TorgEdit *edit, gboolean take)
{
  torg_edit_take (edit, "conflict", torg_record_get_id (self->conflict), "state",
                  torg_value_text (take ? "taken" : "kept"));
}

/**
 * torg_decision_make_edit:
 * @take: whether what was done is to stand; otherwise it stays as it is
 *
 * Makes the edit that settles a difference.
 *
 * Returns: (transfer full): an edit
 */
TorgEdit *
torg_decision_make_edit (TorgDecision *self, gboolean take)
{
  TorgEdit *edit = torg_edit_new (!take          ? _ ("It stayed as it was")
                                  : self->is_own ? _ ("Yours was taken")
                                                 : _ ("The proposal was taken"));

  g_return_val_if_fail (!take || self->can_take, edit);
  if (take)
    repeat (self, edit);
  settle (self, edit, take);
  return edit;
}

/**
 * torg_decision_make_other:
 * @value: what the field is to have
 *
 * Makes the edit that settles a difference in a field with another value, such as what was proposed in other words.
 *
 * Returns: (transfer full): an edit
 */
TorgEdit *
torg_decision_make_other (TorgDecision *self, const TorgValue *value)
{
  g_autofree char *label = g_strdup_printf (_ ("“%s” changed"), torg_field_get_label (self->field));
  TorgEdit        *edit;

  /* What stands already is kept. */
  if (torg_value_equal (torg_record_get (torg_row_get_record (self->now), self->field->name), value))
    return torg_decision_make_edit (self, FALSE);
  edit = torg_edit_new (label);
  torg_edit_set (edit, self->words->mutation->type, self->words->mutation->record, self->field->name, value);
  settle (self, edit, TRUE);
  return edit;
}
