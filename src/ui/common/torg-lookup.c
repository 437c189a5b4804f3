/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "torg-ui"

#include "torg-lookup.h"

struct _TorgLookup
{
  GObject parent_instance;

  TorgReplica *replica; /* (owned) */
  GHashTable  *tables;  /* (owned) (element-type utf8 GPtrArray): by type */
  GHashTable  *by_id;   /* (owned) (element-type utf8 TorgRecord): keys belong to the records */
  GHashTable  *asked;   /* (owned) (element-type utf8 TorgRecord): open approvals by cards; likewise */
  gboolean     loaded;
  gboolean     loading;
  gboolean     again;
};

G_DEFINE_FINAL_TYPE (TorgLookup, torg_lookup, G_TYPE_OBJECT)

enum
{
  SIGNAL_CHANGED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

static const char *const small_types[] = {
  "pipeline",   "stage", "user",     "tag",        "dictionary",          "vat_rate",
  "department", "role",  "approval", "own_entity", "production_calendar", "card_layout",
  "field_def"
};

/* More than a company has of any of them; of approvals those that nobody has decided about yet. */
#define MOST 5000

static int
compare_records (gconstpointer a, gconstpointer b)
{
  TorgRecord      *one = *(TorgRecord *const *) a;
  TorgRecord      *other = *(TorgRecord *const *) b;
  g_autofree char *title = NULL;
  g_autofree char *other_title = NULL;
  gint64           position = torg_record_get_number (one, "position");
  gint64           other_position = torg_record_get_number (other, "position");

  if (position != other_position)
    return position < other_position ? -1 : 1;
  /* Made at once: in the order that they were made in. */
  if (position != 0)
    return strcmp (torg_record_get_id (one), torg_record_get_id (other));
  title = torg_record_dup_title (one);
  other_title = torg_record_dup_title (other);
  return g_utf8_collate (title != NULL ? title : "", other_title != NULL ? other_title : "");
}

static int
compare_titles (gconstpointer a, gconstpointer b)
{
  g_autofree char *title = torg_record_dup_title (*(TorgRecord *const *) a);
  g_autofree char *other_title = torg_record_dup_title (*(TorgRecord *const *) b);

  return g_utf8_collate (title != NULL ? title : "", other_title != NULL ? other_title : "");
}

static gpointer
read_tables (TorgStore *store, gpointer data, GCancellable *cancellable, GError **error)
{
  g_autoptr (GHashTable) tables =
    g_hash_table_new_full (g_str_hash, g_str_equal, NULL, (GDestroyNotify) g_ptr_array_unref);

  for (guint i = 0; i < G_N_ELEMENTS (small_types); i++)
    {
      g_autoptr (TorgQuery) query = torg_query_new (small_types[i]);
      GPtrArray *records;
      gboolean   ordered;

      if (g_str_equal (small_types[i], "approval"))
        torg_query_add (query, "decision", TORG_MATCH_IS, &(TorgValue) TORG_VALUE_INIT);
      records = torg_store_list (store, query, MOST, cancellable, error);
      if (records == NULL)
        return NULL;
      ordered =
        torg_type_find_field (torg_schema_find (torg_store_get_schema (store), small_types[i]), "position") != NULL;
      g_ptr_array_sort (records, ordered ? compare_records : compare_titles);
      g_hash_table_insert (tables, (char *) small_types[i], records);
    }
  return g_steal_pointer (&tables);
}

/* Of several that one card waits for, the first. */
static void
note_approval (TorgLookup *self, TorgRecord *approval)
{
  const char *card = torg_record_get_text (approval, "deal");
  TorgRecord *known;

  if (card == NULL)
    card = torg_record_get_text (approval, "lead");
  known = card != NULL ? g_hash_table_lookup (self->asked, card) : NULL;
  if (card != NULL && (known == NULL || strcmp (torg_record_get_id (approval), torg_record_get_id (known)) < 0))
    g_hash_table_replace (self->asked, (char *) card, approval);
}

/* Something has changed meanwhile. */
static void
read_again (TorgLookup *self)
{
  if (!self->again)
    return;
  self->again = FALSE;
  torg_lookup_load (self);
}

static void
read_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (TorgLookup) self = data;
  g_autoptr (GError) error = NULL;
  GHashTable    *tables = torg_replica_call_finish (TORG_REPLICA (source), result, &error);
  GHashTableIter iter;
  gpointer       records;

  self->loading = FALSE;
  if (tables == NULL)
    {
      /* Before there is a replica, there is nothing to read. */
      if (self->loaded && !g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
        g_message ("The dictionaries could not be read: %s", error->message);
      read_again (self);
      return;
    }
  g_hash_table_remove_all (self->by_id);
  g_hash_table_remove_all (self->asked);
  g_hash_table_unref (self->tables);
  self->tables = tables;
  g_hash_table_iter_init (&iter, self->tables);
  while (g_hash_table_iter_next (&iter, NULL, &records))
    for (guint i = 0; i < ((GPtrArray *) records)->len; i++)
      {
        TorgRecord *record = g_ptr_array_index ((GPtrArray *) records, i);

        g_hash_table_insert (self->by_id, (char *) torg_record_get_id (record), record);
        if (g_str_equal (torg_record_get_kind (record)->info->name, "approval"))
          note_approval (self, record);
      }
  self->loaded = TRUE;
  g_signal_emit (self, signals[SIGNAL_CHANGED], 0);
  read_again (self);
}

static gboolean
is_small (const char *type)
{
  for (guint i = 0; i < G_N_ELEMENTS (small_types); i++)
    if (g_str_equal (type, small_types[i]))
      return TRUE;
  return FALSE;
}

static void
replica_changed_cb (TorgLookup *self, GPtrArray *changes)
{
  if (!self->loaded && !self->loading)
    return;
  for (guint i = 0; changes != NULL && i < changes->len; i++)
    {
      const TorgChange *change = g_ptr_array_index (changes, i);

      if (is_small (change->type->name))
        {
          torg_lookup_load (self);
          return;
        }
    }
  if (changes == NULL)
    torg_lookup_load (self);
}

static void
torg_lookup_finalize (GObject *object)
{
  TorgLookup *self = TORG_LOOKUP (object);

  g_hash_table_unref (self->asked);
  g_hash_table_unref (self->by_id);
  g_hash_table_unref (self->tables);
  g_clear_object (&self->replica);
  G_OBJECT_CLASS (torg_lookup_parent_class)->finalize (object);
}

static void
torg_lookup_class_init (TorgLookupClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = torg_lookup_finalize;

  signals[SIGNAL_CHANGED] =
    g_signal_new ("changed", TORG_TYPE_LOOKUP, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
torg_lookup_init (TorgLookup *self)
{
  self->tables = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, (GDestroyNotify) g_ptr_array_unref);
  self->by_id = g_hash_table_new (g_str_hash, g_str_equal);
  self->asked = g_hash_table_new (g_str_hash, g_str_equal);
}

/**
 * torg_lookup_new:
 * @replica: where the tables are
 *
 * Makes an empty lookup, to be loaded once the replica is open.
 *
 * Returns: (transfer full): a new lookup
 */
TorgLookup *
torg_lookup_new (TorgReplica *replica)
{
  TorgLookup *self = g_object_new (TORG_TYPE_LOOKUP, NULL);

  self->replica = g_object_ref (replica);
  g_signal_connect_object (replica, "changed", G_CALLBACK (replica_changed_cb), self, G_CONNECT_SWAPPED);
  return self;
}

/**
 * torg_lookup_load:
 *
 * Reads the tables; `changed` tells when it is done.
 */
void
torg_lookup_load (TorgLookup *self)
{
  if (self->loading)
    {
      self->again = TRUE;
      return;
    }
  self->loading = TRUE;
  torg_replica_call_async (self->replica, TORG_LANE_READ, read_tables, NULL, NULL, (GDestroyNotify) g_hash_table_unref,
                           NULL, read_cb, g_object_ref (self));
}

/**
 * torg_lookup_is_loaded:
 *
 * Tells whether the tables were read.
 *
 * Returns: whether they were
 */
gboolean
torg_lookup_is_loaded (TorgLookup *self)
{
  return self->loaded;
}

/**
 * torg_lookup_list:
 * @type: the name of one of the small types
 *
 * Lists the records of a type in their order.
 *
 * Returns: (transfer none) (nullable) (element-type TorgRecord): the records, %NULL for another type
 */
GPtrArray *
torg_lookup_list (TorgLookup *self, const char *type)
{
  return g_hash_table_lookup (self->tables, type);
}

static GPtrArray *
list_where (TorgLookup *self, const char *type, const char *field, const char *value)
{
  GPtrArray *found = g_ptr_array_new_with_free_func ((GDestroyNotify) torg_record_unref);
  GPtrArray *all = torg_lookup_list (self, type);

  for (guint i = 0; all != NULL && i < all->len; i++)
    {
      TorgRecord *record = g_ptr_array_index (all, i);

      if (g_strcmp0 (torg_record_get_text (record, field), value) == 0)
        g_ptr_array_add (found, torg_record_ref (record));
    }
  return found;
}

/**
 * torg_lookup_list_colleagues:
 *
 * Lists the employees who have not left: who can be given work.
 *
 * Returns: (transfer full) (element-type TorgRecord): by name
 */
GPtrArray *
torg_lookup_list_colleagues (TorgLookup *self)
{
  GPtrArray *found = g_ptr_array_new_with_free_func ((GDestroyNotify) torg_record_unref);
  GPtrArray *all = torg_lookup_list (self, "user");

  for (guint i = 0; all != NULL && i < all->len; i++)
    if (torg_record_get_number (all->pdata[i], "disabled") == 0)
      g_ptr_array_add (found, torg_record_ref (all->pdata[i]));
  return found;
}

/**
 * torg_lookup_list_stages:
 * @pipeline: the id of a pipeline
 *
 * Lists the stages of a pipeline in their order.
 *
 * Returns: (transfer full) (element-type TorgRecord): the stages
 */
GPtrArray *
torg_lookup_list_stages (TorgLookup *self, const char *pipeline)
{
  return list_where (self, "stage", "pipeline", pipeline);
}

/**
 * torg_lookup_list_dictionary:
 * @dictionary: the name of a dictionary, such as `lost_reason`
 *
 * Lists the entries of a dictionary in their order.
 *
 * Returns: (transfer full) (element-type TorgRecord): the entries
 */
GPtrArray *
torg_lookup_list_dictionary (TorgLookup *self, const char *dictionary)
{
  return list_where (self, "dictionary", "dictionary", dictionary);
}

/**
 * torg_lookup_get:
 * @id: (nullable): an id
 *
 * Gives a record of one of the small types.
 *
 * Returns: (transfer none) (nullable): the record
 */
TorgRecord *
torg_lookup_get (TorgLookup *self, const char *id)
{
  return id != NULL ? g_hash_table_lookup (self->by_id, id) : NULL;
}

/**
 * torg_lookup_find_approval:
 * @card: the id of a deal or a lead
 *
 * Finds what was asked of a card and nobody has decided about yet.
 *
 * Returns: (transfer none) (nullable): the first `approval`
 */
TorgRecord *
torg_lookup_find_approval (TorgLookup *self, const char *card)
{
  return g_hash_table_lookup (self->asked, card);
}

/**
 * torg_lookup_dup_title:
 * @id: (nullable): an id
 *
 * Tells what a record of one of the small types is called.
 *
 * Returns: (transfer full) (nullable): its title, %NULL where it is unknown
 */
char *
torg_lookup_dup_title (TorgLookup *self, const char *id)
{
  TorgRecord *record = torg_lookup_get (self, id);

  return record != NULL ? torg_record_dup_title (record) : NULL;
}
