/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "torg-replica"

#include "torg-store-private.h"

/* The records of two types as one sequence by time: what was done and what was changed. */

typedef struct
{
  gint64 key;
  gint64 at;
} Place;

static GArray *
list_places (TorgStore *self, TorgQuery *query, guint which, guint limit, GCancellable *cancellable, GError **error)
{
  const TorgType  *type = torg_schema_find (self->schema, torg_query_get_kind (query));
  gboolean         descending;
  const TorgField *field = torg_type_find_field (type, torg_query_get_sort (query, &descending));
  g_autoptr (GArray) places = g_array_new (FALSE, FALSE, sizeof (Place));
  g_autoptr (GString) select = g_string_new ("rid, ");
  g_autoptr (TorgStatement) statement = NULL;
  gboolean row, ok;

  torg_record_table_append_column (select, field);
  statement = torg_store_prepare_query (self, query, select->str, TRUE, limit, error);
  if (statement == NULL)
    return NULL;
  torg_db_set_cancellable (self->db, cancellable);
  while ((ok = torg_statement_step (statement, &row, error)) && row)
    {
      Place place = { torg_statement_get_int (statement, 0) * 2 + which, torg_statement_get_int (statement, 1) };

      g_array_append_val (places, place);
    }
  torg_db_set_cancellable (self->db, NULL);
  return ok ? g_steal_pointer (&places) : NULL;
}

/**
 * torg_store_list_merged:
 * @query: which records, sorted by a moment, the newest first
 * @other: which others, of another type, sorted likewise
 * @limit: how many at most, 0 for all
 * @cancellable: (nullable): to stop it
 * @error: place for an error
 *
 * Reads the places of the records of two queries as one sequence, the newest first. Each is the place in its table
 * times two, and one more for those of @other.
 *
 * Returns: (transfer full) (element-type gint64) (nullable): the places
 */
GArray *
torg_store_list_merged (TorgStore    *self,
                        TorgQuery    *query,
                        TorgQuery    *other,
                        guint         limit,
                        GCancellable *cancellable,
                        GError      **error)
{
  g_autoptr (GArray) first = list_places (self, query, 0, limit, cancellable, error);
  g_autoptr (GArray) second = first != NULL ? list_places (self, other, 1, limit, cancellable, error) : NULL;
  g_autoptr (GArray) keys = NULL;
  guint i = 0, j = 0;

  if (second == NULL)
    return NULL;
  keys = g_array_new (FALSE, FALSE, sizeof (gint64));
  while ((i < first->len || j < second->len) && (limit == 0 || keys->len < limit))
    {
      const Place *a = i < first->len ? &g_array_index (first, Place, i) : NULL;
      const Place *b = j < second->len ? &g_array_index (second, Place, j) : NULL;

      if (b == NULL || (a != NULL && a->at >= b->at))
        {
          g_array_append_val (keys, a->key);
          i++;
        }
      else
        {
          g_array_append_val (keys, b->key);
          j++;
        }
    }
  return g_steal_pointer (&keys);
}
