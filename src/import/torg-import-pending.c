/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "torg-import"

#include "config.h"

#include "torg-import-pending.h"

typedef struct
{
  GHashTable *records; /* (owned) id → TorgRecord */
  GHashTable *made;    /* (owned): ids of those that are not in the store at all */
  GHashTable *keys;    /* (owned) match key → GPtrArray of ids: several records may have one */
} Generation;

struct _TorgImportPending
{
  Generation reading;
  Generation writing;
};

static void
generation_init (Generation *self)
{
  self->records = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, (GDestroyNotify) torg_record_unref);
  self->made = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->keys = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify) g_ptr_array_unref);
}

static void
generation_clear (Generation *self)
{
  g_hash_table_remove_all (self->keys);
  g_hash_table_remove_all (self->made);
  g_hash_table_remove_all (self->records);
}

/**
 * torg_import_pending_new:
 *
 * Makes one without records.
 *
 * Returns: (transfer full): what is pending
 */
TorgImportPending *
torg_import_pending_new (void)
{
  TorgImportPending *self = g_new0 (TorgImportPending, 1);

  generation_init (&self->reading);
  generation_init (&self->writing);
  return self;
}

/**
 * torg_import_pending_free:
 * @self: (transfer full): what is pending
 *
 * Frees it.
 */
void
torg_import_pending_free (TorgImportPending *self)
{
  g_hash_table_unref (self->reading.keys);
  g_hash_table_unref (self->reading.made);
  g_hash_table_unref (self->writing.made);
  g_hash_table_unref (self->reading.records);
  g_hash_table_unref (self->writing.keys);
  g_hash_table_unref (self->writing.records);
  g_free (self);
}

/**
 * torg_import_pending_add:
 * @record: a record as a row makes or changes it
 * @keys: match keys that it is known by, besides those that it was added with before
 *
 * Adds a record, or puts its newer state in the place of an older one.
 */
void
torg_import_pending_add (TorgImportPending *self, TorgRecord *record, char **keys)
{
  const char *id = torg_record_get_id (record);

  g_hash_table_replace (self->reading.records, (gpointer) id, torg_record_ref (record));
  for (guint i = 0; keys[i] != NULL; i++)
    {
      GPtrArray *ids = g_hash_table_lookup (self->reading.keys, keys[i]);

      if (ids == NULL)
        {
          ids = g_ptr_array_new_with_free_func (g_free);
          g_hash_table_insert (self->reading.keys, g_strdup (keys[i]), ids);
        }
      if (!g_ptr_array_find_with_equal_func (ids, id, g_str_equal, NULL))
        g_ptr_array_add (ids, g_strdup (id));
    }
}

/**
 * torg_import_pending_add_new:
 * @record: a record that a row makes
 * @keys: match keys that it is known by
 *
 * Adds a record that is not in the store at all.
 */
void
torg_import_pending_add_new (TorgImportPending *self, TorgRecord *record, char **keys)
{
  g_hash_table_add (self->reading.made, g_strdup (torg_record_get_id (record)));
  torg_import_pending_add (self, record, keys);
}

/**
 * torg_import_pending_is_new:
 * @id: a record's id
 *
 * Tells whether a record is going to be made by what is not written yet.
 *
 * Returns: whether that is so
 */
gboolean
torg_import_pending_is_new (TorgImportPending *self, const char *id)
{
  return g_hash_table_contains (self->reading.made, id) || g_hash_table_contains (self->writing.made, id);
}

/**
 * torg_import_pending_remove:
 * @record: a record that was added, and is not to be there
 *
 * Removes a record that was not submitted yet. Others keep the keys that they share with it: what they lead to is
 * looked up by its id.
 */
void
torg_import_pending_remove (TorgImportPending *self, TorgRecord *record)
{
  g_hash_table_remove (self->reading.made, torg_record_get_id (record));
  g_hash_table_remove (self->reading.records, torg_record_get_id (record));
}

/**
 * torg_import_pending_find:
 * @id: a record's id
 *
 * Finds a record.
 *
 * Returns: (transfer none) (nullable): the record as it is going to be
 */
TorgRecord *
torg_import_pending_find (TorgImportPending *self, const char *id)
{
  TorgRecord *record = g_hash_table_lookup (self->reading.records, id);

  return record != NULL ? record : g_hash_table_lookup (self->writing.records, id);
}

/**
 * torg_import_pending_has_any:
 * @keys: match keys
 *
 * Tells whether the store alone does not say who has these keys.
 *
 * Returns: whether that may be so
 */
gboolean
torg_import_pending_has_any (TorgImportPending *self, char **keys)
{
  for (guint i = 0; keys[i] != NULL; i++)
    if (g_hash_table_contains (self->reading.keys, keys[i]) || g_hash_table_contains (self->writing.keys, keys[i]))
      return TRUE;
  return FALSE;
}

static void
add_found (TorgImportPending *self, Generation *generation, const char *type, const char *key, GPtrArray *found)
{
  GPtrArray *ids = g_hash_table_lookup (generation->keys, key);

  for (guint i = 0; ids != NULL && i < ids->len; i++)
    {
      TorgRecord *record = torg_import_pending_find (self, ids->pdata[i]);

      if (record != NULL && g_str_equal (torg_record_get_kind (record)->info->name, type) &&
          !g_ptr_array_find (found, record, NULL))
        g_ptr_array_add (found, record);
    }
}

/**
 * torg_import_pending_find_by_key:
 * @type: a type's name
 * @key: a match key
 *
 * Finds the records of a type that were added with a key; what they are going to be may have it no more.
 *
 * Returns: (transfer container) (element-type TorgRecord): the records as they are going to be, the first one first
 */
GPtrArray *
torg_import_pending_find_by_key (TorgImportPending *self, const char *type, const char *key)
{
  GPtrArray *found = g_ptr_array_new ();

  add_found (self, &self->writing, type, key, found);
  add_found (self, &self->reading, type, key, found);
  return found;
}

/**
 * torg_import_pending_list:
 *
 * Lists all records; one of which there are two states comes with both, the newer one behind.
 *
 * Returns: (transfer container) (element-type TorgRecord): records
 */
GPtrArray *
torg_import_pending_list (TorgImportPending *self)
{
  GPtrArray *all = g_hash_table_get_values_as_ptr_array (self->writing.records);
  g_autoptr (GPtrArray) reading = g_hash_table_get_values_as_ptr_array (self->reading.records);

  g_ptr_array_extend (all, reading, NULL, NULL);
  return all;
}

/**
 * torg_import_pending_submit:
 *
 * Says that what was added is being written from now on. What was submitted before is written.
 */
void
torg_import_pending_submit (TorgImportPending *self)
{
  Generation kept = self->writing;

  self->writing = self->reading;
  self->reading = kept;
  generation_clear (&self->reading);
}

/**
 * torg_import_pending_written:
 *
 * Says that what was submitted is written now.
 */
void
torg_import_pending_written (TorgImportPending *self)
{
  generation_clear (&self->writing);
}

/**
 * torg_import_pending_forget:
 *
 * Forgets all of it, after a transaction was taken back.
 */
void
torg_import_pending_forget (TorgImportPending *self)
{
  generation_clear (&self->reading);
  generation_clear (&self->writing);
}
