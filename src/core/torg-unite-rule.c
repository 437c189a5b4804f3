/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "torg-core"

#include "config.h"

#include "torg-error.h"
#include "torg-unite-rule.h"

#include <glib/gi18n-lib.h>
#include <string.h>

/*
 * Two records of the same thing are merged: one is kept, the other one is deleted and says in `merged_into` into which,
 * and all that refers to it refers to the one that is kept. That follows from the one field, on replicas and on the
 * server alike, where it may come after somebody else's merging: what refers to a merged record means the one that is
 * left of it, and whoever merges the same pair the other way round meets what is done. It is taken back by taking the
 * field back.
 */

/* More than anybody merges one after the other; a loop cannot come to be, but may come from elsewhere. */
#define MOST_STEPS 64

/**
 * torg_unite_has:
 * @type: a type
 *
 * Tells whether records of a type can be merged.
 *
 * Returns: whether they can
 */
gboolean
torg_unite_has (const TorgType *type)
{
  return torg_type_find_field (type, TORG_UNITE_FIELD) != NULL;
}

/**
 * torg_unite_moves:
 * @holder: a type
 * @field: a field of that type
 * @type: the name of a type whose records can be merged
 *
 * Tells whether a field refers to records of a type, so that it has to refer to the one that is kept. Lines of history
 * and differences stay with the record that they tell of.
 *
 * Returns: whether it does
 */
gboolean
torg_unite_moves (const TorgType *holder, const TorgField *field, const char *type)
{
  gsize n = strlen (type);

  if ((field->kind != TORG_KIND_REF && field->kind != TORG_KIND_SET) || field->merge == TORG_MERGE_DERIVED ||
      g_str_equal (holder->info->name, "history") || g_str_equal (holder->info->name, "conflict"))
    return FALSE;
  if (field->target == NULL)
    return field->kind == TORG_KIND_REF && (field->flags & TORG_FIELD_KEYS) != 0;
  return strncmp (field->target, type, n) == 0 && (field->target[n] == '\0' || field->target[n] == ':');
}

static TorgRecord *
find (const TorgRuleSource *source, const char *type, const char *id)
{
  return source->get (source->data, type, id, NULL);
}

/**
 * torg_unite_find_survivor:
 * @source: the company's records
 * @type: the name of a type
 * @id: the id of a record, deleted or not, here or not
 *
 * Finds what is left of a record: the one that it was merged into at last.
 *
 * Returns: (transfer full): its id; @id where it was not merged
 */
char *
torg_unite_find_survivor (const TorgRuleSource *source, const char *type, const char *id)
{
  char *at = g_strdup (id);

  for (guint i = 0; i < MOST_STEPS; i++)
    {
      g_autoptr (TorgRecord) record = find (source, type, at);

      if (record == NULL || torg_record_get_deleted (record) == 0 || !torg_unite_has (torg_record_get_kind (record)) ||
          torg_record_get_text (record, TORG_UNITE_FIELD) == NULL)
        break;
      g_set_str (&at, torg_record_get_text (record, TORG_UNITE_FIELD));
    }
  return at;
}

/**
 * torg_unite_decide:
 * @source: the company's records
 * @record: a record as it is
 * @target: the id of the one that it is to be merged into
 * @survivor: (out) (optional) (transfer full): the id of what is left of that one
 *
 * Tells what there is to do to merge a record into another one.
 *
 * Returns: what there is to do
 */
TorgUniteWay
torg_unite_decide (const TorgRuleSource *source, TorgRecord *record, const char *target, char **survivor)
{
  const char      *type = torg_record_get_kind (record)->info->name, *id = torg_record_get_id (record);
  g_autofree char *end = torg_unite_find_survivor (source, type, target);
  g_autoptr (TorgRecord) kept = find (source, type, end);
  gboolean is_merged = torg_record_get_deleted (record) != 0 && torg_record_get_text (record, TORG_UNITE_FIELD) != NULL;
  g_autofree char *own = is_merged ? torg_unite_find_survivor (source, type, id) : NULL;

  if (survivor != NULL)
    *survivor = g_strdup (end);
  if (g_str_equal (end, id) || g_strcmp0 (own, end) == 0)
    return TORG_UNITE_DONE;
  if (is_merged)
    return TORG_UNITE_ELSEWHERE;
  if (torg_record_get_deleted (record) != 0)
    return TORG_UNITE_DELETED;
  return kept == NULL || torg_record_get_deleted (kept) != 0 ? TORG_UNITE_GONE : TORG_UNITE_DO;
}

/* Whether what a record is part of, or what that is part of, is another one. */
static gboolean
is_below (const TorgRuleSource *source, const char *type, const char *id, const char *field, const char *above)
{
  g_autofree char *at = g_strdup (id);

  for (guint i = 0; at != NULL && i < MOST_STEPS; i++)
    {
      g_autoptr (TorgRecord) record = NULL;

      if (g_str_equal (at, above))
        return TRUE;
      record = find (source, type, at);
      g_set_str (&at, record != NULL ? torg_record_get_text (record, field) : NULL);
    }
  return FALSE;
}

/**
 * torg_unite_make_value:
 * @source: the company's records
 * @holder: a record
 * @field: a field of that, which refers to @from, see [func@unite_moves]
 * @from: the id of a record that is merged
 * @to: the id of the one that is kept
 *
 * Makes what a field has to be when a record is merged. What would become a part of itself is a part of nothing.
 *
 * Returns: (transfer full): its value, to be cleared
 */
TorgValue
torg_unite_make_value (const TorgRuleSource *source,
                       TorgRecord           *holder,
                       const TorgField      *field,
                       const char           *from,
                       const char           *to)
{
  const TorgType *type = torg_record_get_kind (holder);

  if (field->kind == TORG_KIND_SET)
    {
      g_auto (GStrv) items = torg_value_dup_items (torg_record_nth (holder, field->index));
      g_autoptr (GHashTable) set = g_hash_table_new (g_str_hash, g_str_equal);
      g_autoptr (GPtrArray) list = g_ptr_array_new ();

      for (guint i = 0; items[i] != NULL; i++)
        {
          const char *item = g_str_equal (items[i], from) ? to : items[i];

          if (g_hash_table_add (set, (gpointer) item))
            g_ptr_array_add (list, (gpointer) item);
        }
      g_ptr_array_add (list, NULL);
      return torg_value_from_items ((const char *const *) list->pdata, TRUE);
    }
  if (g_str_equal (torg_record_get_id (holder), to) ||
      (g_strcmp0 (field->target, type->info->name) == 0 &&
       is_below (source, type->info->name, to, field->name, torg_record_get_id (holder))))
    return (TorgValue) TORG_VALUE_INIT;
  return torg_value_text (to);
}

static gboolean
refuse (GError **error, const char *sentence)
{
  g_set_error_literal (error, TORG_ERROR, TORG_ERROR_RULE, sentence);
  return FALSE;
}

/**
 * torg_unite_check:
 * @source: the company's records
 * @before: (nullable): a record as it is; %NULL for a new one
 * @after: the same as an edit would make it
 * @survivor: (out) (nullable) (transfer full): where the edit merges it, the id of the one that is kept
 * @error: place for a %TORG_ERROR_RULE
 *
 * Tells whether a record may be merged, if an edit does that.
 *
 * Returns: whether it may
 */
gboolean
torg_unite_check (const TorgRuleSource *source, TorgRecord *before, TorgRecord *after, char **survivor, GError **error)
{
  g_autofree char *end = NULL;
  const char      *target;

  *survivor = NULL;
  if (!torg_unite_has (torg_record_get_kind (after)))
    return TRUE;
  target = torg_record_get_text (after, TORG_UNITE_FIELD);
  if (target == NULL || (before != NULL && g_strcmp0 (torg_record_get_text (before, TORG_UNITE_FIELD), target) == 0))
    return TRUE;
  if (before == NULL)
    return refuse (error, _ ("What is new cannot have been merged into another record."));
  switch (torg_unite_decide (source, before, target, &end))
    {
      case TORG_UNITE_DO:
        *survivor = g_steal_pointer (&end);
        return TRUE;
      case TORG_UNITE_DONE:
        return refuse (error, _ ("The two records are one already."));
      case TORG_UNITE_ELSEWHERE:
        return refuse (error, _ ("It was merged into another record meanwhile."));
      case TORG_UNITE_DELETED:
        return refuse (error, _ ("What was deleted cannot be merged. Restore it first."));
      case TORG_UNITE_GONE:
      default:
        return refuse (error, _ ("The record that it is to be merged into was deleted. Restore that first."));
    }
}
