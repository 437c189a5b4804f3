/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "torg-replica"

#include "config.h"

#include "torg-differences.h"
#include "torg-store-private.h"

/*
 * Differences that the user has to settle (DESIGN.md §3, Merge): a proposal is for whoever made it, and for whoever
 * owns the record that it is about. Both see the same record `conflict`: once one of them has settled it, it is open
 * for none.
 */

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
