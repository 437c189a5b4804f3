/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "torg-replica"

#include "config.h"

#include "torg-differences.h"
#include "torg-json.h"
#include "torg-store-private.h"
#include "torg-sync-store.h"

/*
 * Differences that the user has to settle (DESIGN.md §3, Merge): a proposal is for whoever made it, and for whoever
 * owns the record that it is about. Both see the same record `conflict`: once one of them has settled it, it is open
 * for none.
 */

/* In `conflict` records, the field that stands for the record as a whole. */
#define WHOLE_RECORD "deleted"
/* A file at an activity of a deal is the furthest from what it belongs to. */
#define MAX_DEPTH 3

/* By its owner; what has no owner of its own belongs to the owners of what it hangs on. */
static gboolean
is_owned (TorgStore *self, const char *type, const char *id, guint depth)
{
  const TorgType *kind = torg_schema_find (self->schema, type);
  g_autoptr (TorgRecord) record = kind != NULL && depth > 0 ? torg_store_get (self, type, id, NULL) : NULL;

  if (record == NULL)
    return FALSE;
  if (torg_type_find_field (kind, "owner") != NULL && torg_record_get_text (record, "owner") != NULL)
    return g_strcmp0 (torg_record_get_text (record, "owner"), self->user) == 0;
  for (guint i = 0; i < kind->info->n_fields; i++)
    {
      const TorgField *field = &kind->fields[i];

      if (field->kind == TORG_KIND_REF && (field->flags & TORG_FIELD_KEYS) != 0 && field->target != NULL &&
          torg_record_nth (record, i)->text != NULL &&
          is_owned (self, field->target, torg_record_nth (record, i)->text, depth - 1))
        return TRUE;
    }
  return FALSE;
}

/**
 * torg_store_is_own_difference:
 * @conflict: a difference
 *
 * Tells whether it was the user who proposed what did not stay.
 *
 * Returns: whether it was; otherwise it is listed since the record is the user's
 */
gboolean
torg_store_is_own_difference (TorgStore *self, TorgRecord *conflict)
{
  return g_strcmp0 (torg_record_get_text (conflict, "author"), self->user) == 0;
}

/**
 * torg_store_list_differences:
 * @error: place for an error
 *
 * Lists the open differences that are the user's to settle: those about what the user proposed, and those about what
 * others proposed for a record of the user's.
 *
 * Returns: (transfer full) (element-type TorgRecord) (nullable): the newest first
 */
GPtrArray *
torg_store_list_differences (TorgStore *self, GError **error)
{
  g_autoptr (TorgQuery) query = torg_query_new ("conflict");
  g_autoptr (GPtrArray) open = NULL;
  g_autoptr (GPtrArray) list = g_ptr_array_new_with_free_func ((GDestroyNotify) torg_record_unref);

  torg_query_add_text (query, "state", TORG_MATCH_IS, "open");
  torg_query_sort (query, "at", TRUE);
  open = torg_store_list (self, query, 0, NULL, error);
  if (open == NULL)
    return NULL;
  for (guint i = 0; i < open->len; i++)
    {
      TorgRecord *conflict = g_ptr_array_index (open, i);
      const char *type = torg_record_get_text (conflict, "record_type");
      const char *id = torg_record_get_text (conflict, "record");

      if (torg_store_is_own_difference (self, conflict) ||
          (type != NULL && id != NULL && is_owned (self, type, id, MAX_DEPTH)))
        g_ptr_array_add (list, torg_record_ref (conflict));
    }
  return g_steal_pointer (&list);
}

/* What was to change with a move: `{field: {"base", "new"}}`. */
static void
add_along (JsonObject *fields, const char *along)
{
  g_autoptr (JsonNode) node = along != NULL ? json_from_string (along, NULL) : NULL;
  JsonObjectIter iter;
  const char    *name;
  JsonNode      *change;

  if (node == NULL || !JSON_NODE_HOLDS_OBJECT (node))
    return;
  json_object_iter_init (&iter, json_node_get_object (node));
  while (json_object_iter_next (&iter, &name, &change))
    if (JSON_NODE_HOLDS_OBJECT (change))
      json_object_set_member (fields, name, json_node_copy (change));
}

/**
 * torg_difference_make_mutation:
 * @conflict: a difference
 *
 * Makes the mutation that did not stay: a difference keeps the values of one field, with what was to change along with
 * a move, or a whole edit of what was deleted.
 *
 * Returns: (transfer full): a mutation, under the difference's id
 */
TorgWireMutation *
torg_difference_make_mutation (TorgRecord *conflict)
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
      add_along (json_node_get_object (mutation->fields), torg_record_get_text (conflict, "along"));
    }
  g_clear_pointer (&value, json_node_unref);
  return mutation;
}

/* Keeps what the user proposed, when the difference goes out of view with its record before anybody has settled it: as
 * what the server did not take. */
gboolean
torg_difference_keep_proposal (TorgStore *self, const char *id, GError **error)
{
  g_autoptr (TorgRecord) conflict = torg_store_get (self, "conflict", id, NULL);
  g_autoptr (TorgWireMutation) mutation = NULL;
  JsonObject *fields;

  if (conflict == NULL || torg_record_get_deleted (conflict) != 0 || !torg_store_is_own_difference (self, conflict) ||
      g_strcmp0 (torg_record_get_text (conflict, "state"), "open") != 0 ||
      torg_schema_find (self->schema, torg_record_get_text (conflict, "record_type")) == NULL ||
      !torg_id_is_valid (torg_record_get_text (conflict, "record")))
    return TRUE;
  mutation = torg_difference_make_mutation (conflict);
  fields = json_node_get_object (mutation->fields);
  /* Only numbers of records are in that. */
  if (json_object_has_member (fields, "added"))
    return TRUE;
  /* What was there before is not the user's. */
  torg_wire_strip_bases (fields, torg_schema_find (self->schema, mutation->type));
  mutation->group = g_strdup (mutation->id);
  mutation->schema = TORG_SCHEMA_VERSION;
  return torg_store_add_attention (self, mutation, "gone", mutation->type, error);
}

/* Whether a difference came of a mutation; the server derives its id of the mutation's. */
static gboolean
is_of (TorgRecord *conflict, TorgWireMutation *mutation)
{
  g_autofree char *name =
    g_strdup_printf ("conflict/%s/%s", mutation->record, torg_record_get_text (conflict, "field"));
  g_autofree char *id = torg_id_derive (mutation->id, name);

  return g_str_equal (id, torg_record_get_id (conflict));
}

/* Keeps a mutation among what was sent, unless it is to be sent once more already. */
static gboolean
keep_sent (TorgStore *self, TorgWireMutation *mutation, GError **error)
{
  g_autoptr (TorgWireMutation) unsent = NULL;

  return torg_store_find_unsent (self, mutation->id, &unsent, error) &&
         (unsent != NULL || torg_store_acknowledge (self, mutation, TRUE, error));
}

/* Forgets the mutation that a difference came of, which was kept while the record was out of view: the server has it,
 * whether its answer has come or not, and is sent it once more where it forgets. */
static gboolean
forget_refused (TorgStore *self, TorgRecord *conflict, GError **error)
{
  g_autoptr (GPtrArray) list = torg_store_list_attention (self, error);

  for (guint i = 0; list != NULL && i < list->len; i++)
    {
      TorgAttention *item = list->pdata[i];

      if (g_str_equal (item->code, "gone") && is_of (conflict, item->mutation) &&
          (!keep_sent (self, item->mutation, error) || !torg_store_forget_attention (self, item->mutation->id, error)))
        return FALSE;
    }
  return list != NULL;
}

/* A difference that comes back into view, with its record, stands for what was kept of it. */
gboolean
torg_difference_take_back (TorgStore *self, TorgRecord *record, GError **error)
{
  return !g_str_equal (torg_record_get_kind (record)->info->name, "conflict") ||
         !torg_store_is_own_difference (self, record) ||
         (torg_store_forget_attention (self, torg_record_get_id (record), error) &&
          forget_refused (self, record, error));
}
