/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "torg-server"

#include "config.h"

#include "torg-access.h"
#include "torg-commit.h"
#include "torg-duplicates.h"
#include "torg-seeded-bug.h"
#include "torg-server-search.h"

#include <string.h>

typedef struct
{
  TorgEntry  *entry;
  TorgRecord *after; /* (owned) (nullable): what it was; %NULL where the entry was made */
} Step;

struct _TorgCommit
{
  TorgServerStore *store;
  char            *client;  /* (owned) (nullable): whose changes they are */
  GHashTable      *entries; /* (owned) id → TorgEntry */
  GPtrArray       *touched; /* (owned) (element-type TorgEntry, not owned): their keys may change */
  GArray          *journal; /* (owned) (element-type Step) */
  gboolean         reading; /* nothing is locked */
};

static void
entry_free (gpointer data)
{
  TorgEntry *entry = data;

  g_clear_pointer (&entry->before, torg_record_unref);
  g_clear_pointer (&entry->after, torg_record_unref);
  g_free (entry->keys_before);
  g_free (entry->keys_after);
  g_free (entry);
}

static void
step_clear (gpointer data)
{
  Step *step = data;

  g_clear_pointer (&step->after, torg_record_unref);
}

/**
 * torg_commit_new:
 * @store: a connection, in a transaction
 * @client: (nullable): the id of the client whose changes they are
 *
 * Begins to collect changes.
 *
 * Returns: (transfer full): no changes
 */
TorgCommit *
torg_commit_new (TorgServerStore *store, const char *client)
{
  TorgCommit *self = g_new0 (TorgCommit, 1);

  self->store = store;
  self->client = g_strdup (client);
  self->entries = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, entry_free);
  self->touched = g_ptr_array_new ();
  self->journal = g_array_new (FALSE, FALSE, sizeof (Step));
  g_array_set_clear_func (self->journal, step_clear);
  return self;
}

/**
 * torg_commit_new_reading:
 * @store: a connection, in a transaction that reads
 *
 * Makes room for records that are looked at and not changed: nobody waits for them.
 *
 * Returns: (transfer full): no changes
 */
TorgCommit *
torg_commit_new_reading (TorgServerStore *store)
{
  TorgCommit *self = torg_commit_new (store, NULL);

  self->reading = TRUE;
  return self;
}

/**
 * torg_commit_free:
 * @self: (transfer full): changes
 *
 * Forgets changes.
 */
void
torg_commit_free (TorgCommit *self)
{
  g_array_unref (self->journal);
  g_ptr_array_unref (self->touched);
  g_hash_table_unref (self->entries);
  g_free (self->client);
  g_free (self);
}

/**
 * torg_commit_get_store:
 *
 * Gives the connection.
 *
 * Returns: (transfer none): the connection
 */
TorgServerStore *
torg_commit_get_store (TorgCommit *self)
{
  return self->store;
}

/**
 * torg_commit_get_client:
 *
 * Tells whose changes they are.
 *
 * Returns: (transfer none) (nullable): the id of a client
 */
const char *
torg_commit_get_client (TorgCommit *self)
{
  return self->client;
}

/**
 * torg_commit_get:
 * @type: a type's name
 * @id: an id
 * @entry: (out) (nullable): the record, locked; %NULL where there is none
 * @error: place for a %TORG_STORE_ERROR
 *
 * Finds a record, among the changes or in the database.
 *
 * Returns: whether that worked
 */
gboolean
torg_commit_get (TorgCommit *self, const char *type, const char *id, TorgEntry **entry, GError **error)
{
  const TorgType *found = torg_schema_find (torg_server_store_get_schema (self->store), type);
  g_autoptr (TorgRecord) record = NULL;
  g_autofree char *keys = NULL;

  *entry = g_hash_table_lookup (self->entries, id);
  if (*entry != NULL)
    {
      if (torg_record_get_kind ((*entry)->after) != found)
        *entry = NULL;
      return TRUE;
    }
  if (found == NULL)
    return TRUE;
  if (!torg_server_store_load (self->store, found, id, !self->reading, &record, &keys, error))
    return FALSE;
  if (record == NULL)
    return TRUE;
  *entry = g_new0 (TorgEntry, 1);
  (*entry)->before = torg_record_ref (record);
  (*entry)->after = g_steal_pointer (&record);
  (*entry)->keys_before = g_steal_pointer (&keys);
  g_hash_table_insert (self->entries, (gpointer) torg_record_get_id ((*entry)->before), *entry);
  return TRUE;
}

/**
 * torg_commit_has:
 * @id: an id
 *
 * Tells whether a record, of whatever type, is among the changes or was looked at.
 *
 * Returns: whether one is
 */
gboolean
torg_commit_has (TorgCommit *self, const char *id)
{
  return g_hash_table_contains (self->entries, id);
}

static void
note (TorgCommit *self, TorgEntry *entry, TorgRecord *after)
{
  Step step = { entry, after };

  g_array_append_val (self->journal, step);
}

/**
 * torg_commit_edit:
 * @entry: a record
 *
 * Makes a record ready to be changed.
 *
 * Returns: (transfer none): the record to be changed, until the next mark
 */
TorgRecord *
torg_commit_edit (TorgCommit *self, TorgEntry *entry)
{
  TorgRecord *old = entry->after;

  entry->after = torg_record_copy (old);
  note (self, entry, old);
  return entry->after;
}

/**
 * torg_commit_create:
 * @record: a record that is in no table
 *
 * Adds a record.
 *
 * Returns: (transfer none): its entry
 */
TorgEntry *
torg_commit_create (TorgCommit *self, TorgRecord *record)
{
  TorgEntry *entry = g_new0 (TorgEntry, 1);

  entry->after = torg_record_ref (record);
  g_hash_table_insert (self->entries, (gpointer) torg_record_get_id (entry->after), entry);
  note (self, entry, NULL);
  return entry;
}

/**
 * torg_commit_touch:
 * @type: a type's name
 * @id: an id
 * @error: place for an error
 *
 * Says that the access keys of a record may change, though it does not change itself.
 *
 * Returns: whether that worked
 */
gboolean
torg_commit_touch (TorgCommit *self, const char *type, const char *id, GError **error)
{
  TorgEntry *entry;

  if (!torg_commit_get (self, type, id, &entry, error))
    return FALSE;
  if (entry != NULL && !g_ptr_array_find (self->touched, entry, NULL))
    g_ptr_array_add (self->touched, entry);
  return TRUE;
}

/**
 * torg_commit_list_referents:
 * @type: a type
 * @field: a reference of that type
 * @id: what it refers to
 * @error: place for an error
 *
 * Lists the records that refer to another one, in the database or among the changes, deleted ones too. What is in the
 * database may refer to something else among the changes.
 *
 * Returns: (transfer full) (element-type utf8) (nullable): ids
 */
GPtrArray *
torg_commit_list_referents (TorgCommit      *self,
                            const TorgType  *type,
                            const TorgField *field,
                            const char      *id,
                            GError         **error)
{
  GPtrArray     *ids = torg_server_store_list_referents (self->store, type, field, id, error);
  GHashTableIter iter;
  TorgEntry     *entry;

  if (ids == NULL)
    return NULL;
  g_hash_table_iter_init (&iter, self->entries);
  while (g_hash_table_iter_next (&iter, NULL, (gpointer *) &entry))
    {
      const char *own = torg_record_get_id (entry->after);

      if (torg_record_get_kind (entry->after) == type &&
          g_strcmp0 (torg_record_nth (entry->after, field->index)->text, id) == 0 &&
          !g_ptr_array_find_with_equal_func (ids, own, g_str_equal, NULL))
        g_ptr_array_add (ids, g_strdup (own));
    }
  g_ptr_array_sort_values (ids, (GCompareFunc) strcmp);
  return ids;
}

static int
compare_ids (gconstpointer a, gconstpointer b)
{
  return strcmp (torg_record_get_id ((TorgRecord *) a), torg_record_get_id ((TorgRecord *) b));
}

/**
 * torg_commit_list_live:
 * @type: a type
 *
 * Lists the records of a type that are not deleted among the changes, those that were only looked at too: what the
 * database alone does not know.
 *
 * Returns: (transfer full) (element-type TorgRecord): records, in the order of their ids
 */
GPtrArray *
torg_commit_list_live (TorgCommit *self, const TorgType *type)
{
  GPtrArray     *records = g_ptr_array_new_with_free_func ((GDestroyNotify) torg_record_unref);
  GHashTableIter iter;
  TorgEntry     *entry;

  g_hash_table_iter_init (&iter, self->entries);
  while (g_hash_table_iter_next (&iter, NULL, (gpointer *) &entry))
    if (torg_record_get_kind (entry->after) == type && torg_record_get_deleted (entry->after) == 0)
      g_ptr_array_add (records, torg_record_ref (entry->after));
  g_ptr_array_sort_values (records, compare_ids);
  return records;
}

/**
 * torg_commit_dup_keys:
 * @record: a record
 * @error: place for an error
 *
 * Computes the access keys of a record as things are among the changes.
 *
 * Returns: (transfer full) (nullable): keys, see torg-access.h
 */
char *
torg_commit_dup_keys (TorgCommit *self, TorgRecord *record, GError **error)
{
  return torg_access_compute_keys (self, record, error);
}

/**
 * torg_commit_mark:
 *
 * Remembers how things are.
 *
 * Returns: a mark for [method@Commit.rollback]
 */
guint
torg_commit_mark (TorgCommit *self)
{
  return self->journal->len;
}

/**
 * torg_commit_rollback:
 * @mark: a mark
 *
 * Takes back what was changed since a mark.
 */
void
torg_commit_rollback (TorgCommit *self, guint mark)
{
  while (self->journal->len > mark)
    {
      Step      *step = &g_array_index (self->journal, Step, self->journal->len - 1);
      TorgEntry *entry = step->entry;

      if (step->after == NULL)
        {
          g_ptr_array_remove (self->touched, entry);
          g_hash_table_remove (self->entries, torg_record_get_id (entry->after));
        }
      else
        {
          torg_record_unref (entry->after);
          entry->after = g_steal_pointer (&step->after);
        }
      g_array_set_size (self->journal, self->journal->len - 1);
    }
}

static int
compare_entries (gconstpointer a, gconstpointer b)
{
  TorgRecord *first = (*(TorgEntry *const *) a)->after, *second = (*(TorgEntry *const *) b)->after;
  guint       one = torg_record_get_kind (first)->index, other = torg_record_get_kind (second)->index;

  return one != other ? (one < other ? -1 : 1) : strcmp (torg_record_get_id (first), torg_record_get_id (second));
}

/**
 * torg_commit_list_entries:
 * @type: a type
 *
 * Lists the records of a type among the changes, those that were only looked at too.
 *
 * Returns: (transfer container) (element-type TorgEntry): entries, in the order of their ids
 */
GPtrArray *
torg_commit_list_entries (TorgCommit *self, const TorgType *type)
{
  GPtrArray     *list = g_ptr_array_new ();
  GHashTableIter iter;
  TorgEntry     *entry;

  g_hash_table_iter_init (&iter, self->entries);
  while (g_hash_table_iter_next (&iter, NULL, (gpointer *) &entry))
    if (torg_record_get_kind (entry->after) == type)
      g_ptr_array_add (list, entry);
  g_ptr_array_sort (list, compare_entries);
  return list;
}

/* --- writing ------------------------------------------------------------------------------------------------------ */

/**
 * torg_commit_is_changed:
 * @entry: a record of a commit
 *
 * Tells whether the commit changes a record.
 *
 * Returns: whether it does
 */
gboolean
torg_commit_is_changed (TorgEntry *entry)
{
  const TorgType *type = torg_record_get_kind (entry->after);

  if (entry->before == NULL || torg_record_get_deleted (entry->before) != torg_record_get_deleted (entry->after) ||
      (entry->keys_after != NULL && g_strcmp0 (entry->keys_before, entry->keys_after) != 0) ||
      g_strcmp0 (torg_record_get_unknown (entry->before), torg_record_get_unknown (entry->after)) != 0)
    return TRUE;
  for (guint i = 0; i < type->n_fields; i++)
    if (!torg_value_equal (torg_record_nth (entry->before, i), torg_record_nth (entry->after, i)))
      return TRUE;
  return FALSE;
}

/* What carries the keys of a record follows it. */
static gboolean
touch_children (TorgCommit *self, TorgEntry *entry, GError **error)
{
  TorgSchema *schema = torg_server_store_get_schema (self->store);
  const char *name = torg_record_get_kind (entry->after)->info->name;

  for (guint i = 0; i < torg_schema_get_n_types (schema); i++)
    {
      const TorgType *type = torg_schema_nth (schema, i);

      for (guint j = 0; j < type->info->n_fields; j++)
        {
          const TorgField *field = &type->fields[j];
          g_autoptr (GPtrArray) ids = NULL;

          if (!torg_access_carries (type, field, name))
            continue;
          ids = torg_server_store_list_referents (self->store, type, field, torg_record_get_id (entry->after), error);
          if (ids == NULL)
            return FALSE;
          for (guint k = 0; k < ids->len; k++)
            if (!torg_commit_touch (self, type->info->name, g_ptr_array_index (ids, k), error))
              return FALSE;
        }
    }
  return TRUE;
}

static GPtrArray *
list_entries (TorgCommit *self)
{
  GPtrArray *list = g_hash_table_get_values_as_ptr_array (self->entries);

  g_ptr_array_sort (list, compare_entries);
  return list;
}

/* Parents come before what carries their keys, so that one way through the types is enough; but a share and an
 * employee's department say something of records that come before or elsewhere. */
static gboolean
compute_keys (TorgCommit *self, GError **error)
{
  guint n_types = torg_schema_get_n_types (torg_server_store_get_schema (self->store));
  g_autoptr (GPtrArray) changed = list_entries (self);

  for (guint i = 0; i < changed->len; i++)
    {
      TorgEntry *entry = g_ptr_array_index (changed, i);

      if (entry->after != entry->before && !torg_access_touch (self, entry->before, entry->after, error))
        return FALSE;
    }
  for (guint type = 0; type < n_types; type++)
    {
      g_autoptr (GPtrArray) list = list_entries (self);

      for (guint i = 0; i < list->len; i++)
        {
          TorgEntry *entry = g_ptr_array_index (list, i);

          if (torg_record_get_kind (entry->after)->index != type)
            continue;
          g_free (entry->keys_after);
          entry->keys_after = torg_access_compute_keys (self, entry->after, error);
          if (entry->keys_after == NULL)
            return FALSE;
          if (entry->before != NULL && g_strcmp0 (entry->keys_before, entry->keys_after) != 0 &&
              !torg_seeded_bug ("keys-not-carried") && !touch_children (self, entry, error))
            return FALSE;
        }
    }
  return TRUE;
}

static gboolean
write_change (TorgCommit *self, TorgEntry *entry, gint64 seq, GError **error)
{
  g_autoptr (TorgStatement) statement = torg_db_prepare (torg_server_store_get_db (self->store),
                                                         "INSERT INTO change (workspace, seq, type, id, client, "
                                                         "keys_before, keys_after) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
                                                         error);

  if (statement == NULL)
    return FALSE;
  torg_statement_bind_int (statement, 1, torg_server_store_get_workspace (self->store));
  torg_statement_bind_int (statement, 2, seq);
  torg_statement_bind_text (statement, 3, torg_record_get_kind (entry->after)->info->name);
  torg_statement_bind_id (statement, 4, torg_record_get_id (entry->after));
  torg_statement_bind_id (statement, 5, self->client);
  torg_statement_bind_text (statement, 6, entry->keys_before);
  torg_statement_bind_text (statement, 7, entry->keys_after);
  return torg_statement_run (statement, error);
}

/* After all records: what FTS5 is told between other statements costs more. */
static gboolean
note_terms (TorgCommit *self, GPtrArray *written, gint64 seq, GError **error)
{
  for (guint i = 0; i < written->len; i++)
    {
      TorgEntry *entry = g_ptr_array_index (written, i);
      g_autoptr (TorgRecord) record = torg_record_copy (entry->after);

      torg_record_set_seq (record, seq);
      if (!torg_duplicates_note (self->store, entry->before, record, error) ||
          !torg_server_search_note (self->store, entry->before, record, entry->keys_after,
                                    g_strcmp0 (entry->keys_before, entry->keys_after) != 0, error))
        return FALSE;
    }
  return TRUE;
}

/**
 * torg_commit_write:
 * @seq: (out): the number of the commit; 0 where nothing changed
 * @error: place for an error
 *
 * Writes the changes under the next number, the last lock of the transaction; then it is to be committed.
 *
 * Returns: whether that worked
 */
gboolean
torg_commit_write (TorgCommit *self, gint64 *seq, GError **error)
{
  g_autoptr (GPtrArray) list = NULL;
  g_autoptr (GPtrArray) written = g_ptr_array_new ();

  *seq = 0;
  if (!compute_keys (self, error))
    return FALSE;
  list = list_entries (self);
  for (guint i = 0; i < list->len; i++)
    {
      TorgEntry *entry = g_ptr_array_index (list, i);
      g_autoptr (TorgRecord) record = NULL;

      /* One that was only looked at. */
      if (entry->keys_after == NULL)
        entry->keys_after = g_strdup (entry->keys_before);
      if (!torg_commit_is_changed (entry))
        continue;
      if (torg_seeded_bug ("change-unnoted") && list->len > 3 && i == list->len - 1)
        continue;
      if (*seq == 0 && !torg_server_store_next_seq (self->store, seq, error))
        return FALSE;
      record = torg_record_copy (entry->after);
      torg_record_set_seq (record, *seq);
      if (!torg_server_store_write (self->store, record, entry->keys_after, entry->before == NULL, error) ||
          !write_change (self, entry, *seq, error))
        return FALSE;
      g_ptr_array_add (written, entry);
    }
  return note_terms (self, written, *seq, error);
}
