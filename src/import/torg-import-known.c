/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "torg-import"

#include "config.h"

#include "torg-import-row.h"

#include <string.h>

/* Which record a row is about: one that is stored, or one that an earlier row makes or changes. */

static TorgRecord *
find_by_legal_entity (TorgImportRow *self, TorgStore *store)
{
  g_autoptr (GPtrArray) found = NULL;

  if (!g_str_equal (torg_record_get_kind (torg_import_row_get_record (self))->info->name, "company"))
    return NULL;
  found = torg_store_find_by_keys (store, "legal_entity", (const char *const *) torg_import_row_get_keys (self), NULL,
                                   "i", 1, NULL);
  if (found == NULL || found->len == 0 || torg_import_row_text (g_ptr_array_index (found, 0), "company") == NULL)
    return NULL;
  return torg_store_get (store, "company", torg_import_row_text (g_ptr_array_index (found, 0), "company"), NULL);
}

/* Two people of one name with different phones or addresses are two people. */
static gboolean
name_is_enough (TorgRecord *record)
{
  const char *type = torg_record_get_kind (record)->info->name;

  return !g_str_equal (type, "person") ||
         (torg_import_row_text (record, "phones") == NULL && torg_import_row_text (record, "emails") == NULL);
}

/* A number of another system means a record that came from there, and not one that has the same number by chance. */
static gboolean
came_by_import (TorgStore *store, TorgRecord *record, gboolean *did, GError **error)
{
  g_autoptr (GPtrArray) lines = torg_store_list_history (store, torg_record_get_id (record), NULL, 0, error);

  *did = FALSE;
  for (guint i = 0; lines != NULL && i < lines->len && !*did; i++)
    *did = torg_import_row_text (lines->pdata[i], "field") == NULL &&
           torg_import_row_text (lines->pdata[i], "import") != NULL;
  return lines != NULL;
}

/* Stages are of a pipeline, and entries of a dictionary, which may have the same names as others. */
static gboolean
is_of_the_same (TorgImportRow *self, TorgRecord *record)
{
  const char *type = torg_record_get_kind (record)->info->name;
  const char *whole = g_str_equal (type, "stage") ? "pipeline" : g_str_equal (type, "dictionary") ? "dictionary" : NULL;

  return whole == NULL || torg_import_row_text (torg_import_row_get_record (self), whole) == NULL ||
         g_strcmp0 (torg_import_row_text (torg_import_row_get_record (self), whole),
                    torg_import_row_text (record, whole)) == 0;
}

/* An earlier row may have given a record another name. The INN of a company is that of what hangs on it. */
static gboolean
has_key (TorgRecord *record, const char *key)
{
  g_auto (GStrv) own = torg_record_dup_match_keys (record);

  return g_strv_contains ((const char *const *) own, key) ||
         (key[0] == 'i' && g_str_equal (torg_record_get_kind (record)->info->name, "company"));
}

static gboolean
is_meant (TorgImportRow *self, TorgStore *store, TorgRecord *record, gboolean *meant, GError **error)
{
  *meant = is_of_the_same (self, record);
  /* What is not stored yet came by this import. */
  if (!*meant || torg_import_row_text (torg_import_row_get_record (self), "number") == NULL ||
      torg_record_get_rowid (record) == 0)
    return TRUE;
  return came_by_import (store, record, meant, error);
}

static gboolean
find_stored (TorgImportRow *self, TorgStore *store, const char *kinds, TorgRecord **known, GError **error)
{
  g_autoptr (GPtrArray) found =
    torg_store_find_by_keys (store, torg_record_get_kind (torg_import_row_get_record (self))->info->name,
                             (const char *const *) torg_import_row_get_keys (self), NULL, kinds, 20, error);

  for (guint i = 0; found != NULL && i < found->len && *known == NULL; i++)
    {
      gboolean meant;

      if (!is_meant (self, store, found->pdata[i], &meant, error))
        return FALSE;
      if (meant)
        *known = torg_record_ref (found->pdata[i]);
    }
  return found != NULL;
}

/* As the store gives them: in the order in which they were made. */
static int
compare_made (gconstpointer a, gconstpointer b)
{
  TorgRecord *first = *(TorgRecord *const *) a, *second = *(TorgRecord *const *) b;
  gint64      one = torg_record_get_rowid (first), other = torg_record_get_rowid (second);

  if (one == other)
    return strcmp (torg_record_get_id (first), torg_record_get_id (second));
  return other == 0 || (one != 0 && one < other) ? -1 : 1;
}

/* What was made before the chunk that is being written is in the store by now. */
static gboolean
take_rowid (TorgStore *store, TorgRecord *record, GError **error)
{
  g_autoptr (TorgRecord) stored = NULL;
  g_autoptr (GError) local = NULL;

  if (torg_record_get_rowid (record) != 0)
    return TRUE;
  stored = torg_store_get (store, torg_record_get_kind (record)->info->name, torg_record_get_id (record), &local);
  if (stored != NULL)
    torg_record_set_rowid (record, torg_record_get_rowid (stored));
  if (local == NULL || g_error_matches (local, TORG_ERROR, TORG_ERROR_NOT_FOUND))
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&local));
  return FALSE;
}

/* The records that have a key when all before the row is written. */
static GPtrArray *
list_with_key (TorgImportRow *self, TorgStore *store, TorgImportPending *pending, const char *key, GError **error)
{
  const char       *type = torg_record_get_kind (torg_import_row_get_record (self))->info->name;
  const char *const keys[] = { key, NULL };
  const char        kind[] = { key[0], '\0' };
  g_autoptr (GPtrArray) stored = torg_store_find_by_keys (store, type, keys, NULL, kind, 20, error);
  g_autoptr (GPtrArray) others = torg_import_pending_find_by_key (pending, type, key);
  g_autoptr (GPtrArray) all = g_ptr_array_new_with_free_func ((GDestroyNotify) torg_record_unref);

  if (stored == NULL)
    return NULL;
  for (guint i = 0; i < stored->len; i++)
    if (torg_import_pending_find (pending, torg_record_get_id (stored->pdata[i])) == NULL)
      g_ptr_array_add (all, torg_record_ref (stored->pdata[i]));
    else
      g_ptr_array_add (others, torg_import_pending_find (pending, torg_record_get_id (stored->pdata[i])));
  for (guint i = 0; i < others->len; i++)
    if (!take_rowid (store, others->pdata[i], error))
      return NULL;
    else if (!g_ptr_array_find (all, others->pdata[i], NULL) && has_key (others->pdata[i], key))
      g_ptr_array_add (all, torg_record_ref (others->pdata[i]));
  g_ptr_array_sort (all, compare_made);
  return g_steal_pointer (&all);
}

/* The surest keys first. */
static gboolean
find_among_all (TorgImportRow     *self,
                TorgStore         *store,
                TorgImportPending *pending,
                const char        *kinds,
                TorgRecord       **known,
                GError           **error)
{
  char **keys = torg_import_row_get_keys (self);

  for (const char *kind = kinds; *kind != '\0'; kind++)
    for (guint i = 0; keys[i] != NULL; i++)
      {
        g_autoptr (GPtrArray) found = NULL;

        if (keys[i][0] != *kind)
          continue;
        found = list_with_key (self, store, pending, keys[i], error);
        for (guint j = 0; found != NULL && j < found->len; j++)
          {
            gboolean meant;

            if (!is_meant (self, store, found->pdata[j], &meant, error))
              return FALSE;
            if (meant)
              {
                *known = torg_record_ref (found->pdata[j]);
                return TRUE;
              }
          }
        if (found == NULL)
          return FALSE;
      }
  return TRUE;
}

/**
 * torg_import_row_find_known:
 * @store: the store to read from
 * @refs: knows what is not written yet
 * @known: (out) (nullable): the record that the row is about, as it is when all before the row is written
 * @error: place for an error
 *
 * Finds the record that the row is about: by INN with KPP, phone, e-mail, number or name.
 *
 * Returns: whether that worked
 */
gboolean
torg_import_row_find_known (TorgImportRow  *self,
                            TorgStore      *store,
                            TorgImportRefs *refs,
                            TorgRecord    **known,
                            GError        **error)
{
  TorgImportPending *pending = torg_import_refs_get_pending (refs);
  const char        *kinds = name_is_enough (torg_import_row_get_record (self)) ? "ipen" : "ipe";
  TorgRecord        *newer;

  *known = find_by_legal_entity (self, store);
  if (*known != NULL)
    {
      newer = torg_import_pending_find (pending, torg_record_get_id (*known));
      if (newer != NULL)
        {
          torg_record_unref (*known);
          *known = torg_record_ref (newer);
        }
      return TRUE;
    }
  if (torg_import_pending_has_any (pending, torg_import_row_get_keys (self)))
    return find_among_all (self, store, pending, kinds, known, error);
  if (!find_stored (self, store, kinds, known, error))
    return FALSE;
  if (*known == NULL || torg_import_pending_find (pending, torg_record_get_id (*known)) == NULL)
    return TRUE;
  /* It may have another name by now. */
  g_clear_pointer (known, torg_record_unref);
  return find_among_all (self, store, pending, kinds, known, error);
}
