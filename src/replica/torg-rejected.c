/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "torg-replica"

#include "config.h"

#include "torg-json.h"
#include "torg-merge.h"
#include "torg-rejected.h"
#include "torg-store-private.h"

#include <glib/gi18n-lib.h>

/*
 * What the server did not take, once more: the same content as a new edit, which goes the way of any other. It leaves
 * the list in the same transaction; where the edit is taken back before it was sent, it is there again. Its bases stay
 * behind: they are not the user's, and may be hidden by then.
 */

/* --- the edit ----------------------------------------------------------------------------------------------------- */

static gboolean
contains (TorgEdit *edit, TorgOp op, const char *id)
{
  for (guint i = 0; i < torg_edit_get_length (edit); i++)
    {
      TorgMutation *mutation = torg_edit_nth (edit, i);

      if (mutation->op == op && g_str_equal (mutation->id, id))
        return TRUE;
    }
  return FALSE;
}

/* The value that a change gives a field: sets and texts take along what others have written since. */
static gboolean
read_value (const TorgField *field, JsonNode *change, const TorgValue *current, TorgValue *value)
{
  g_auto (TorgValue) base = TORG_VALUE_INIT;
  g_auto (TorgValue) wanted = TORG_VALUE_INIT;
  JsonObject *object = JSON_NODE_HOLDS_OBJECT (change) ? json_node_get_object (change) : NULL;

  *value = (TorgValue) TORG_VALUE_INIT;
  if (object == NULL || !json_object_has_member (object, "new") ||
      !torg_value_from_json (json_object_get_member (object, "new"), field->kind, &wanted))
    return FALSE;
  if (current != NULL && (field->merge == TORG_MERGE_SET || field->merge == TORG_MERGE_TEXT) &&
      json_object_has_member (object, "base") &&
      torg_value_from_json (json_object_get_member (object, "base"), field->kind, &base) &&
      torg_merge_field (field, &base, current, &wanted, value) != TORG_MERGED_CONFLICT)
    return TRUE;
  torg_value_clear (value);
  *value = torg_value_copy (&wanted);
  return TRUE;
}

/* A reference counts as there where the same edit makes what it refers to. */
static gboolean
is_there (TorgStore *self, TorgEdit *edit, const TorgField *field, const TorgValue *value)
{
  gboolean exists = FALSE;

  if (field->kind == TORG_KIND_REF && value->text != NULL && contains (edit, TORG_OP_CREATE, value->text))
    return TRUE;
  return torg_apply_ref_exists (self, field, value, &exists, NULL) && exists;
}

/* All that a mutation gives, in a record that has nothing else; %NULL where something that it refers to is not here. */
static TorgRecord *
read_values (TorgStore *self, TorgEdit *edit, const TorgType *type, TorgWireMutation *mutation, TorgRecord *current)
{
  g_autoptr (TorgRecord) values = torg_record_new (self->schema, type, mutation->record);
  JsonObject *fields = json_node_get_object (mutation->fields);

  for (guint i = 0; i < type->n_fields; i++)
    {
      TorgValue value = TORG_VALUE_INIT;

      if (!json_object_has_member (fields, type->fields[i].name) || type->fields[i].merge == TORG_MERGE_DERIVED ||
          !read_value (&type->fields[i], json_object_get_member (fields, type->fields[i].name),
                       current != NULL ? torg_record_nth (current, i) : NULL, &value))
        continue;
      torg_record_take_nth (values, i, value);
      if (!is_there (self, edit, &type->fields[i], torg_record_nth (values, i)))
        return NULL;
    }
  return g_steal_pointer (&values);
}

static void
add_changes (TorgEdit *edit, TorgWireMutation *mutation, TorgRecord *values, TorgRecord *current)
{
  const TorgType *type = torg_record_get_kind (values);
  JsonObject     *fields = json_node_get_object (mutation->fields);
  const char     *stage = torg_type_find_field (type, "stage") != NULL ? torg_record_get_text (values, "stage") : NULL;
  TorgMutation   *move = NULL;

  if (mutation->op == TORG_OP_COMMAND && stage == NULL && current != NULL &&
      torg_type_find_field (type, "stage") != NULL)
    stage = torg_record_get_text (current, "stage");
  if (mutation->op == TORG_OP_COMMAND && stage != NULL)
    move = torg_edit_move (
      edit, mutation->type, mutation->record, stage,
      torg_record_get_number (json_object_has_member (fields, "rank") || current == NULL ? values : current, "rank"));
  for (guint i = 0; i < type->n_fields; i++)
    {
      const char *name = type->fields[i].name;

      if (!json_object_has_member (fields, name) || type->fields[i].merge == TORG_MERGE_DERIVED)
        continue;
      if (move == NULL)
        torg_edit_set (edit, mutation->type, mutation->record, name, torg_record_nth (values, i));
      else if (!g_str_equal (name, "stage") && !g_str_equal (name, "rank"))
        torg_mutation_set (move, name, torg_record_nth (values, i));
    }
}

/* Whether it can be done as things are here; then it is part of the edit. */
static gboolean
add_again (TorgStore *self, TorgEdit *edit, TorgAttention *item)
{
  TorgWireMutation *mutation = item->mutation;
  const TorgType   *type = torg_schema_find (self->schema, mutation->type);
  g_autoptr (TorgRecord) current = type != NULL ? torg_store_get (self, mutation->type, mutation->record, NULL) : NULL;
  g_autoptr (TorgRecord) values = NULL;
  gboolean is_new = contains (edit, TORG_OP_CREATE, mutation->record);
  gboolean is_deleted = current != NULL && torg_record_get_deleted (current) != 0;

  /* A file is sent by a queue of its own; what the server has under the same number it will not take either. */
  if (type == NULL || g_str_equal (item->code, "file") ||
      (g_str_equal (item->code, "invalid") && g_strcmp0 (item->detail, "id") == 0))
    return FALSE;
  switch (mutation->op)
    {
      case TORG_OP_CREATE:
        values = current == NULL && !is_new ? read_values (self, edit, type, mutation, NULL) : NULL;
        if (values == NULL)
          return FALSE;
        torg_edit_create (edit, values);
        break;
      case TORG_OP_PATCH:
      case TORG_OP_COMMAND:
        values = (current != NULL && !is_deleted) || is_new ? read_values (self, edit, type, mutation, current) : NULL;
        if (values == NULL)
          return FALSE;
        add_changes (edit, mutation, values, current);
        break;
      case TORG_OP_DELETE:
        if ((current == NULL || is_deleted) && !is_new)
          return FALSE;
        torg_edit_delete (edit, mutation->type, mutation->record);
        break;
      case TORG_OP_RESTORE:
        if (!is_deleted)
          return FALSE;
        torg_edit_restore (edit, mutation->type, mutation->record);
        break;
      default:
        return FALSE;
    }
  torg_edit_add_retried (edit, item->rowid);
  return TRUE;
}

static void
unref_edit (gpointer edit)
{
  g_clear_pointer (&edit, torg_edit_unref);
}

/**
 * torg_store_make_retries:
 * @list: (element-type TorgAttention): all that the server did not take, the newest first
 * @label: what is done, in the user's language
 *
 * Makes the edits that do again what the server did not take. What was done at once is one edit, as far as it can be
 * done: not while a record is not here that it changes, or refers to.
 *
 * Returns: (transfer full) (element-type TorgEdit): for each of the list its edit, or %NULL where it cannot be done
 */
GPtrArray *
torg_store_make_retries (TorgStore *self, GPtrArray *list, const char *label)
{
  GPtrArray *retries = g_ptr_array_new_with_free_func (unref_edit);
  g_autoptr (GHashTable) groups =
    g_hash_table_new_full (g_str_hash, g_str_equal, NULL, (GDestroyNotify) torg_edit_unref);

  g_ptr_array_set_size (retries, (int) list->len);
  /* In the order in which it was done. */
  for (guint i = list->len; i > 0; i--)
    {
      TorgAttention *item = g_ptr_array_index (list, i - 1);
      const char    *group = item->mutation->group != NULL ? item->mutation->group : item->mutation->id;
      TorgEdit      *edit = g_hash_table_lookup (groups, group);

      if (edit == NULL)
        {
          edit = torg_edit_new (label);
          g_hash_table_insert (groups, (char *) group, edit);
        }
      if (add_again (self, edit, item))
        retries->pdata[i - 1] = torg_edit_ref (edit);
    }
  return retries;
}

/* --- when it is applied ------------------------------------------------------------------------------------------- */

static char *
to_text (TorgStore *self, TorgAttention *item)
{
  g_autoptr (JsonNode) root = json_node_new (JSON_NODE_OBJECT);
  JsonObject *object = json_object_new ();

  torg_wire_strip_bases (json_node_get_object (item->mutation->fields),
                         torg_schema_find (self->schema, item->mutation->type));
  json_object_set_member (object, "mutation", torg_wire_mutation_to_json (item->mutation));
  json_object_set_string_member (object, "code", item->code);
  if (item->detail != NULL)
    json_object_set_string_member (object, "detail", item->detail);
  json_node_take_object (root, object);
  return json_to_string (root, FALSE);
}

/* Takes what an edit does again from the list, before the edit is applied: what another process took meanwhile is not
 * done twice. In the edit's transaction. */
gboolean
torg_rejected_take (TorgStore *self, TorgEdit *edit, gint64 step, GError **error)
{
  const GArray *rowids = torg_edit_get_retried (edit);
  g_autoptr (GPtrArray) list = rowids != NULL ? torg_store_list_attention (self, error) : NULL;
  guint n = 0;

  if (rowids == NULL)
    return TRUE;
  for (guint i = 0; list != NULL && i < list->len; i++)
    {
      TorgAttention   *item = g_ptr_array_index (list, i);
      g_autofree char *text = NULL;

      for (guint j = 0; j < rowids->len; j++)
        if (g_array_index (rowids, gint64, j) == item->rowid)
          text = text != NULL ? text : to_text (self, item);
      if (text == NULL)
        continue;
      n++;
      if (!torg_undo_add_retried (self, step, item->mutation->record, text, error) ||
          !torg_store_drop_attention (self, item->rowid, error))
        return FALSE;
    }
  if (list == NULL)
    return FALSE;
  if (n == rowids->len)
    return TRUE;
  g_set_error_literal (error, TORG_ERROR, TORG_ERROR_NOT_FOUND, _ ("It was decided about already."));
  return FALSE;
}

/* Lists it again, when the edit was taken back. */
gboolean
torg_rejected_give_back (TorgStore *self, const char *text, GError **error)
{
  g_autoptr (JsonNode) root = text != NULL ? json_from_string (text, NULL) : NULL;
  JsonObject *object = root != NULL && JSON_NODE_HOLDS_OBJECT (root) ? json_node_get_object (root) : NULL;
  g_autoptr (TorgWireMutation) mutation =
    object != NULL ? torg_wire_mutation_from_json (json_object_get_member (object, "mutation"), NULL) : NULL;

  return mutation == NULL || torg_store_add_attention (
                               self, mutation, json_object_get_string_member_with_default (object, "code", "invalid"),
                               json_object_get_string_member_with_default (object, "detail", NULL), error);
}
