/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "torg-core"

#include "torg-query.h"
#include "torg-path.h"

struct _TorgQuery
{
  gatomicrefcount refs;
  char           *type;       /* (owned) */
  GPtrArray      *conditions; /* (owned) (element-type TorgCondition) */
  char           *sort;       /* (owned) (nullable) */
  gboolean        descending;
  gboolean        deleted;
};

G_DEFINE_BOXED_TYPE (TorgQuery, torg_query, torg_query_ref, torg_query_unref)

static void
condition_free (gpointer data)
{
  TorgCondition *condition = data;

  g_free (condition->field);
  torg_value_clear (&condition->value);
  g_free (condition);
}

/**
 * torg_query_new:
 * @type: a type's name
 *
 * Makes a query for all records of a type that are not deleted, the newest first.
 *
 * Returns: (transfer full): a new query
 */
TorgQuery *
torg_query_new (const char *type)
{
  TorgQuery *self = g_new0 (TorgQuery, 1);

  g_atomic_ref_count_init (&self->refs);
  self->type = g_strdup (type);
  self->conditions = g_ptr_array_new_with_free_func (condition_free);
  return self;
}

/**
 * torg_query_copy:
 *
 * Copies a query, to be changed.
 *
 * Returns: (transfer full): a new query
 */
TorgQuery *
torg_query_copy (TorgQuery *self)
{
  TorgQuery *copy = torg_query_new (self->type);

  for (guint i = 0; i < self->conditions->len; i++)
    {
      const TorgCondition *condition = torg_query_nth (self, i);

      torg_query_add (copy, condition->field, condition->match, &condition->value);
    }
  copy->sort = g_strdup (self->sort);
  copy->descending = self->descending;
  copy->deleted = self->deleted;
  return copy;
}

/**
 * torg_query_ref:
 *
 * Takes a reference.
 *
 * Returns: (transfer full): @self
 */
TorgQuery *
torg_query_ref (TorgQuery *self)
{
  g_atomic_ref_count_inc (&self->refs);
  return self;
}

/**
 * torg_query_unref:
 *
 * Gives a reference back.
 */
void
torg_query_unref (TorgQuery *self)
{
  if (!g_atomic_ref_count_dec (&self->refs))
    return;
  g_free (self->type);
  g_free (self->sort);
  g_ptr_array_unref (self->conditions);
  g_free (self);
}

/**
 * torg_query_add:
 * @field: a field's name, or a path to one
 * @match: how to compare
 * @value: with what, copied
 *
 * Adds a condition.
 */
void
torg_query_add (TorgQuery *self, const char *field, TorgMatch match, const TorgValue *value)
{
  TorgCondition *condition = g_new0 (TorgCondition, 1);

  condition->field = g_strdup (field);
  condition->match = match;
  condition->value = torg_value_copy (value);
  g_ptr_array_add (self->conditions, condition);
}

/**
 * torg_query_add_text:
 * @field: (nullable): a field's name; none for %TORG_MATCH_CONTAINS
 * @match: how to compare
 * @text: (nullable): with what: a text, a key, an id or a date
 *
 * Adds a condition on a text.
 */
void
torg_query_add_text (TorgQuery *self, const char *field, TorgMatch match, const char *text)
{
  g_auto (TorgValue) value = torg_value_text (text);

  torg_query_add (self, field, match, &value);
}

/**
 * torg_query_add_rowids:
 * @rowids: (element-type gint64): places of records in their table of this replica
 *
 * Adds the condition that a record is one of those that were found before.
 */
void
torg_query_add_rowids (TorgQuery *self, GArray *rowids)
{
  g_autoptr (GString) json = g_string_new ("[");

  for (guint i = 0; i < rowids->len; i++)
    g_string_append_printf (json, "%s%" G_GINT64_FORMAT, i > 0 ? "," : "", g_array_index (rowids, gint64, i));
  g_string_append_c (json, ']');
  torg_query_add_text (self, TORG_QUERY_ROWID, TORG_MATCH_ANY_OF, json->str);
}

/**
 * torg_query_sort:
 * @field: (nullable): a field's name, or %NULL for the order of making
 * @descending: whether the largest come first
 *
 * Sets the order.
 */
void
torg_query_sort (TorgQuery *self, const char *field, gboolean descending)
{
  g_set_str (&self->sort, field);
  self->descending = descending;
}

/**
 * torg_query_with_deleted:
 *
 * Lets the deleted records in.
 */
void
torg_query_with_deleted (TorgQuery *self)
{
  self->deleted = TRUE;
}

/**
 * torg_query_get_kind:
 *
 * Gives the type that is asked for.
 *
 * Returns: (transfer none): its name
 */
const char *
torg_query_get_kind (TorgQuery *self)
{
  return self->type;
}

/**
 * torg_query_get_n:
 *
 * Counts the conditions.
 *
 * Returns: how many
 */
guint
torg_query_get_n (TorgQuery *self)
{
  return self->conditions->len;
}

/**
 * torg_query_nth:
 * @index: less than [method@Query.get_n]
 *
 * Gives a condition.
 *
 * Returns: (transfer none): the condition
 */
const TorgCondition *
torg_query_nth (TorgQuery *self, guint index)
{
  return g_ptr_array_index (self->conditions, index);
}

/**
 * torg_query_is_through:
 * @schema: the schema
 * @type: a type's name
 *
 * Tells whether a condition is on a field of another record, of this type: whether the record passes then depends on
 * that one too.
 *
 * Returns: whether there is such a condition
 */
gboolean
torg_query_is_through (TorgQuery *self, TorgSchema *schema, const char *type)
{
  const TorgType *own = torg_schema_find (schema, self->type);

  for (guint i = 0; own != NULL && i < self->conditions->len; i++)
    {
      const TorgCondition *condition = torg_query_nth (self, i);
      TorgPath             path;

      if (condition->match != TORG_MATCH_CONTAINS && torg_path_find (schema, own, condition->field, &path) &&
          path.via != NULL && g_str_equal (path.type->info->name, type))
        return TRUE;
    }
  return FALSE;
}

/**
 * torg_query_get_sort:
 * @descending: (out): whether the largest come first
 *
 * Gives the order.
 *
 * Returns: (transfer none) (nullable): a field's name, or %NULL for the order of making
 */
const char *
torg_query_get_sort (TorgQuery *self, gboolean *descending)
{
  *descending = self->descending;
  return self->sort;
}

/**
 * torg_query_get_deleted:
 *
 * Tells whether the deleted records are asked for too.
 *
 * Returns: whether they are
 */
gboolean
torg_query_get_deleted (TorgQuery *self)
{
  return self->deleted;
}
