/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "torg-ui"

#include "config.h"

#include "torg-edit-words.h"
#include "torg-json.h"
#include "torg-words.h"

#include <glib/gi18n-lib.h>

/* What has a card of its own. */
static const char *const cards[] = { "deal", "lead", "company", "person", "product", NULL };
/* What others belong to, the nearest first. */
static const char *const parents[] = { "deal", "company", "person", "lead" };

/* --- in a thread of the replica ----------------------------------------------------------------------------------- */

/* A record with the values that a mutation gives, and nothing else. */
static TorgRecord *
make_record (TorgStore *store, TorgWireMutation *mutation)
{
  TorgSchema     *schema = torg_store_get_schema (store);
  const TorgType *type = torg_schema_find (schema, mutation->type);
  TorgRecord     *record;
  JsonObjectIter  iter;
  const char     *name;
  JsonNode       *change;

  if (type == NULL)
    return NULL;
  record = torg_record_new (schema, type, mutation->record);
  json_object_iter_init (&iter, json_node_get_object (mutation->fields));
  while (json_object_iter_next (&iter, &name, &change))
    {
      const TorgField *field = torg_type_find_field (type, name);
      TorgValue        value = TORG_VALUE_INIT;

      if (field != NULL && JSON_NODE_HOLDS_OBJECT (change) &&
          torg_value_from_json (json_object_get_member (json_node_get_object (change), "new"), field->kind, &value))
        torg_record_take_nth (record, field->index, value);
    }
  return record;
}

static gboolean
is_there (TorgStore *store, const char *type, const char *id)
{
  g_autoptr (TorgRecord) record = torg_store_get (store, type, id, NULL);

  return record != NULL && torg_record_get_deleted (record) == 0;
}

/* The record's own card, or the card of what it belongs to. */
static void
find_card (TorgEditWords *self, TorgStore *store, TorgRecord *record)
{
  const TorgType *type = record != NULL ? torg_record_get_kind (record) : NULL;

  if (g_strv_contains (cards, self->mutation->type) && is_there (store, self->mutation->type, self->mutation->record))
    {
      self->open_type = g_strdup (self->mutation->type);
      self->open_id = g_strdup (self->mutation->record);
      return;
    }
  for (guint i = 0; type != NULL && i < G_N_ELEMENTS (parents); i++)
    {
      const char *id =
        torg_type_find_field (type, parents[i]) != NULL ? torg_record_get_text (record, parents[i]) : NULL;

      if (id != NULL && !g_strv_contains (cards, type->info->name) && is_there (store, parents[i], id))
        {
          self->open_type = g_strdup (parents[i]);
          self->open_id = g_strdup (id);
          return;
        }
    }
}

/* A decision about a difference is one about the record that it is of. */
static void
read_decision (TorgEditWords *self, TorgStore *store)
{
  g_autoptr (TorgRecord) conflict = torg_store_get (store, "conflict", self->mutation->record, NULL);
  const char *type = conflict != NULL ? torg_record_get_text (conflict, "record_type") : NULL;
  const char *id = conflict != NULL ? torg_record_get_text (conflict, "record") : NULL;

  if (type == NULL || id == NULL)
    return;
  self->title = torg_store_dup_title (store, type, id);
  if (g_strv_contains (cards, type) && is_there (store, type, id))
    {
      self->open_type = g_strdup (type);
      self->open_id = g_strdup (id);
    }
}

/**
 * torg_edit_words_read:
 * @store: a store
 * @mutation: (transfer full): what was done
 *
 * Reads what is needed to say a change in words.
 *
 * Returns: (transfer full): the change
 */
TorgEditWords *
torg_edit_words_read (TorgStore *store, TorgWireMutation *mutation)
{
  TorgEditWords *self = g_new0 (TorgEditWords, 1);
  g_autoptr (TorgRecord) values = make_record (store, mutation);
  g_autoptr (TorgRecord) record = NULL;

  self->mutation = mutation;
  self->row = values != NULL ? torg_store_make_row (store, values) : NULL;
  if (g_str_equal (mutation->type, "conflict"))
    {
      read_decision (self, store);
      return self;
    }
  record = values != NULL ? torg_store_get (store, mutation->type, mutation->record, NULL) : NULL;
  find_card (self, store, record != NULL ? record : values);
  self->title = torg_store_dup_title (store, mutation->type, mutation->record);
  if ((self->title == NULL || *self->title == '\0') && values != NULL)
    {
      g_free (self->title);
      self->title = torg_record_dup_title (values);
    }
  if ((self->title == NULL || *self->title == '\0') && self->open_id != NULL)
    {
      g_free (self->title);
      self->title = torg_store_dup_title (store, self->open_type, self->open_id);
    }
  return self;
}

/**
 * torg_edit_words_compare:
 * @store: the store that it was read from
 *
 * Reads the changed record as it is now, so that what is there instead of the user's values is said beside them.
 */
void
torg_edit_words_compare (TorgEditWords *self, TorgStore *store)
{
  g_autoptr (TorgRecord) record =
    self->row != NULL ? torg_store_get (store, self->mutation->type, self->mutation->record, NULL) : NULL;

  g_clear_object (&self->now);
  if (record != NULL && torg_record_get_deleted (record) == 0)
    self->now = torg_store_make_row (store, record);
}

/**
 * torg_edit_words_free:
 *
 * Frees a change.
 */
void
torg_edit_words_free (TorgEditWords *self)
{
  torg_wire_mutation_free (self->mutation);
  g_clear_object (&self->row);
  g_clear_object (&self->now);
  g_free (self->title);
  g_free (self->open_type);
  g_free (self->open_id);
  g_free (self);
}

/* --- in the main thread ------------------------------------------------------------------------------------------- */

/**
 * torg_edit_words_get_icon:
 *
 * Gives the icon of what was changed; of what it belongs to where it has none.
 *
 * Returns: (transfer none): the name of a symbolic icon
 */
const char *
torg_edit_words_get_icon (TorgEditWords *self)
{
  const char *type =
    self->open_type != NULL && !torg_words_has_icon (self->mutation->type) ? self->open_type : self->mutation->type;

  return torg_words_type_icon (type);
}

/**
 * torg_edit_words_say_type:
 * @session: the session
 *
 * Says what kind of record was changed.
 *
 * Returns: (transfer full): words
 */
char *
torg_edit_words_say_type (TorgEditWords *self, TorgSession *session)
{
  const TorgType *type = torg_schema_find (torg_session_get_schema (session), self->mutation->type);

  return g_strdup (type != NULL ? torg_type_get_label (type) : self->mutation->type);
}

/**
 * torg_edit_words_dup_title:
 * @session: the session
 *
 * Tells what the changed record is called, in any case something.
 *
 * Returns: (transfer full): a title
 */
char *
torg_edit_words_dup_title (TorgEditWords *self, TorgSession *session)
{
  if (self->title != NULL && *self->title != '\0')
    return g_strdup (self->title);
  return torg_edit_words_say_type (self, session);
}

/* What nobody reads: where the content of a file lies. */
static gboolean
is_technical (const TorgType *type, const TorgField *field)
{
  return field->kind == TORG_KIND_FILE ||
         (g_str_equal (type->info->name, "attachment") && g_str_equal (field->name, "media_type"));
}

/* “Amount: 1,500”, “Amount: 1,500 (now 1,200)” */
static char *
say_value (TorgEditWords *self, TorgSession *session, const TorgType *type, const TorgField *field)
{
  g_autofree char *value = NULL, *now = NULL;

  if (g_str_equal (type->info->name, "attachment") && g_str_equal (field->name, "size"))
    {
      gint64 size = torg_record_get_number (torg_row_get_record (self->row), "size") / TORG_NUMBER_SCALE;

      value = g_format_size ((guint64) MAX (size, 0));
      return g_strdup_printf ("%s: %s", _ ("Size"), value);
    }
  value = torg_words_field (session, self->row, field);
  now = self->now != NULL ? torg_words_field (session, self->now, field) : NULL;
  if (now != NULL && !g_str_equal (now, value))
    /* Translators: a field, the user's value, and the one that it has now */
    return g_strdup_printf (_ ("%s: %s (now %s)"), torg_field_get_label (field), *value != '\0' ? value : "—",
                            *now != '\0' ? now : "—");
  return g_strdup_printf ("%s: %s", torg_field_get_label (field), *value != '\0' ? value : "—");
}

/* “Amount: 1,500 · Stage: Negotiation” */
static void
append_values (TorgEditWords *self, TorgSession *session, GString *words)
{
  JsonObject     *fields = json_node_get_object (self->mutation->fields);
  gboolean        decision = g_str_equal (self->mutation->type, "conflict");
  const TorgType *type = self->row != NULL ? torg_record_get_kind (torg_row_get_record (self->row)) : NULL;

  for (guint i = 0; type != NULL && i < type->n_fields; i++)
    {
      const TorgField *field = &type->fields[i];
      g_autofree char *value = NULL;

      if (!json_object_has_member (fields, field->name) || ((field->flags & TORG_FIELD_HIDDEN) != 0 && !decision) ||
          is_technical (type, field))
        continue;
      value = say_value (self, session, type, field);
      if (words->len > 0)
        g_string_append (words, " · ");
      g_string_append (words, value);
    }
}

/**
 * torg_edit_words_say:
 * @session: the session
 *
 * Says what was done: the whole content, with the values of a new or changed record.
 *
 * Returns: (transfer full): words
 */
char *
torg_edit_words_say (TorgEditWords *self, TorgSession *session)
{
  GString *words = g_string_new (NULL);

  switch (self->mutation->op)
    {
      case TORG_OP_CREATE:
        g_string_append (words, _ ("New record"));
        break;
      case TORG_OP_DELETE:
        g_string_append (words, _ ("Deleted"));
        break;
      case TORG_OP_RESTORE:
        g_string_append (words, _ ("Brought back"));
        break;
      case TORG_OP_PATCH:
      case TORG_OP_COMMAND:
      default:
        break;
    }
  append_values (self, session, words);
  if (words->len == 0)
    g_string_append (words, _ ("Its place in the column"));
  return g_string_free_and_steal (words);
}
