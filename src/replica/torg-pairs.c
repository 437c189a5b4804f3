/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "torg-replica"

#include "config.h"

#include "torg-pairs.h"
#include "torg-unite-rule.h"

#include <glib/gi18n-lib.h>
#include <string.h>

/*
 * Records that are likely one. To compare each with each would take too long (5 thousand million pairs of 100,000): two
 * are compared where they have a phone, an address, an INN, a site or a rare word of the name in common, or where
 * their names stand next to each other in the order of their beginnings or of their ends. What very many have in common
 * tells nothing.
 */

/* What more records than these have in common is the phone of a switchboard, or a word of many names. */
#define MOST_OF_VALUE 40
#define MOST_OF_WORD 16
/* So many neighbours in each order of names are compared. */
#define NEIGHBOURS 5
#define REPORT_EACH 1024

typedef struct
{
  TorgLikenessCard *card;   /* (owned) */
  char             *id;     /* (owned) */
  char             *title;  /* (owned) */
  char            **denied; /* (owned): ids of those that somebody has said to be others */
} Item;

typedef struct
{
  guint               one;
  guint               other;
  double              score;
  TorgLikenessReasons reasons;
} Found;

typedef struct
{
  TorgStore    *store;
  const char   *type;
  GArray       *items;       /* (owned) (element-type Item) */
  GHashTable   *places;      /* (owned) id → place + 1 */
  GHashTable   *blocks;      /* (owned) key → places */
  GHashTable   *seen;        /* (owned): pairs that were found */
  GArray       *found;       /* (owned) (element-type Found) */
  guint         only;        /* the place of the record whose pairs are wanted, + 1; 0: all */
  TorgJob      *job;         /* (nullable) */
  GCancellable *cancellable; /* (nullable) */
} Search;

static void
item_clear (gpointer data)
{
  Item *item = data;

  torg_likeness_card_free (item->card);
  g_free (item->id);
  g_free (item->title);
  g_strfreev (item->denied);
}

static void
search_clear (Search *self)
{
  g_array_unref (self->items);
  g_hash_table_unref (self->places);
  g_hash_table_unref (self->blocks);
  g_hash_table_unref (self->seen);
  g_array_unref (self->found);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Search, search_clear)

/**
 * torg_pair_free:
 * @self: (transfer full): a pair
 *
 * Frees a pair.
 */
void
torg_pair_free (TorgPair *self)
{
  g_free (self->one);
  g_free (self->other);
  g_free (self->title);
  g_free (self->other_title);
  g_free (self);
}

/**
 * torg_pairs_is_type:
 * @type: the name of a type
 *
 * Tells whether pairs can be looked for among records of a type.
 *
 * Returns: whether they can
 */
gboolean
torg_pairs_is_type (const char *type)
{
  static const char *const types[] = { "company", "person", "legal_entity", NULL };

  return g_strv_contains (types, type);
}

/* --- reading ------------------------------------------------------------------------------------------------------ */

static GArray *
list_all (TorgStore *store, const char *type, GCancellable *cancellable, GError **error)
{
  g_autoptr (TorgQuery) query = torg_query_new (type);

  return torg_store_list_rowids (store, query, 0, cancellable, error);
}

static gboolean
is_cancelled (Search *self, gint64 done, gint64 total, const char *status, GError **error)
{
  if (done % REPORT_EACH == 0)
    torg_job_report (self->job, done, total, status);
  return g_cancellable_set_error_if_cancelled (self->cancellable, error);
}

static int
compare_rowids (gconstpointer a, gconstpointer b)
{
  gint64 one = *(const gint64 *) a, other = *(const gint64 *) b;

  return one < other ? -1 : one > other;
}

/* In the order in which they came here. */
static gboolean
read_items (Search *self, GError **error)
{
  const TorgType *type = torg_schema_find (torg_store_get_schema (self->store), self->type);
  g_autoptr (GArray) rowids = list_all (self->store, self->type, self->cancellable, error);

  if (rowids == NULL)
    return FALSE;
  g_array_sort (rowids, compare_rowids);
  for (guint i = 0; i < rowids->len; i++)
    {
      g_autoptr (TorgRecord) record = torg_store_get_nth (self->store, type, g_array_index (rowids, gint64, i), NULL);
      Item item;

      if (is_cancelled (self, i, 2 * rowids->len, _ ("Reading"), error))
        return FALSE;
      /* It has gone since it was listed. */
      if (record == NULL || torg_record_get_deleted (record) != 0)
        continue;
      item = (Item) { torg_likeness_card_new (record), g_strdup (torg_record_get_id (record)),
                      torg_record_dup_title (record), torg_value_dup_items (torg_record_get (record, "not_same")) };
      g_array_append_val (self->items, item);
      g_hash_table_insert (self->places, g_strdup (item.id), GUINT_TO_POINTER (self->items->len));
    }
  return TRUE;
}

/* A company and a person have the requisites of their legal entities. */
static gboolean
read_requisites (Search *self, GError **error)
{
  const TorgType *type = torg_schema_find (torg_store_get_schema (self->store), "legal_entity");
  g_autoptr (GArray) rowids = NULL;

  if (torg_type_find_field (type, self->type) == NULL)
    return TRUE;
  rowids = list_all (self->store, "legal_entity", self->cancellable, error);
  for (guint i = 0; rowids != NULL && i < rowids->len; i++)
    {
      g_autoptr (TorgRecord) record = torg_store_get_nth (self->store, type, g_array_index (rowids, gint64, i), NULL);
      const char *id = record != NULL ? torg_record_get_text (record, self->type) : NULL;
      guint       place = id != NULL ? GPOINTER_TO_UINT (g_hash_table_lookup (self->places, id)) : 0;

      if (g_cancellable_set_error_if_cancelled (self->cancellable, error))
        return FALSE;
      if (place != 0)
        torg_likeness_card_add_requisites (g_array_index (self->items, Item, place - 1).card,
                                           torg_record_get_text (record, "inn"), torg_record_get_text (record, "kpp"));
    }
  return rowids != NULL;
}

/* --- blocks ------------------------------------------------------------------------------------------------------- */

static void
add_to_block (Search *self, char mark, const char *key, gsize length, guint place)
{
  g_autofree char *name = g_strdup_printf ("%c%.*s", mark, (int) length, key);
  GArray          *block = g_hash_table_lookup (self->blocks, name);

  if (block == NULL)
    {
      block = g_array_new (FALSE, FALSE, sizeof (guint));
      g_hash_table_insert (self->blocks, g_steal_pointer (&name), block);
    }
  /* One more than is looked at tells that there are too many. */
  if (block->len <= MOST_OF_VALUE && (block->len == 0 || g_array_index (block, guint, block->len - 1) != place))
    g_array_append_val (block, place);
}

static void
make_blocks (Search *self)
{
  for (guint i = 0; i < self->items->len; i++)
    {
      TorgLikenessCard *card = g_array_index (self->items, Item, i).card;

      for (guint j = 0; card->phones[j] != NULL; j++)
        add_to_block (self, 'p', card->phones[j], strlen (card->phones[j]), i);
      for (guint j = 0; card->emails[j] != NULL; j++)
        add_to_block (self, 'e', card->emails[j], strlen (card->emails[j]), i);
      for (guint j = 0; card->requisites[j] != NULL; j++)
        add_to_block (self, 'i', card->requisites[j], strcspn (card->requisites[j], "/"), i);
      if (card->site != NULL)
        add_to_block (self, 's', card->site, strlen (card->site), i);
      for (guint j = 0; card->words[j] != NULL; j++)
        add_to_block (self, 'w', card->words[j], strlen (card->words[j]), i);
      add_to_block (self, 'n', card->key, strlen (card->key), i);
    }
}

static gboolean
is_denied (const Item *one, const Item *other)
{
  return g_strv_contains ((const char *const *) one->denied, other->id) ||
         g_strv_contains ((const char *const *) other->denied, one->id);
}

static void
compare_pair (Search *self, guint a, guint b)
{
  guint       one = MIN (a, b), other = MAX (a, b);
  const Item *first = &g_array_index (self->items, Item, one), *second = &g_array_index (self->items, Item, other);
  Found       found = { one, other, 0, 0 };
  gint64      key = (gint64) one << 32 | other;

  if (one == other || (self->only != 0 && one + 1 != self->only && other + 1 != self->only))
    return;
  found.score = torg_likeness_compare (first->card, second->card, &found.reasons);
  if (found.score < TORG_LIKENESS_LIKELY || g_hash_table_contains (self->seen, &key) || is_denied (first, second))
    return;
  g_hash_table_add (self->seen, g_memdup2 (&key, sizeof key));
  g_array_append_val (self->found, found);
}

static gboolean
compare_blocks (Search *self, GError **error)
{
  GHashTableIter iter;
  gpointer       name;
  GArray        *block;

  g_hash_table_iter_init (&iter, self->blocks);
  while (g_hash_table_iter_next (&iter, &name, (gpointer *) &block))
    {
      guint most = *(const char *) name == 'w' ? MOST_OF_WORD : MOST_OF_VALUE;

      if (g_cancellable_set_error_if_cancelled (self->cancellable, error))
        return FALSE;
      if (block->len > most)
        continue;
      for (guint i = 0; i < block->len; i++)
        for (guint j = i + 1; j < block->len; j++)
          compare_pair (self, g_array_index (block, guint, i), g_array_index (block, guint, j));
    }
  return TRUE;
}

/* --- neighbours --------------------------------------------------------------------------------------------------- */

typedef struct
{
  char *key; /* (owned) */
  guint place;
} Spot;

static void
spot_clear (gpointer data)
{
  g_free (((Spot *) data)->key);
}

static int
compare_spots (gconstpointer a, gconstpointer b)
{
  const Spot *one = a, *other = b;
  int         order = strcmp (one->key, other->key);

  return order != 0 ? order : one->place < other->place ? -1 : one->place > other->place;
}

/* A slip in the middle of a name leaves its beginning or its end. */
static gboolean
compare_neighbours (Search *self, gboolean from_end, GError **error)
{
  g_autoptr (GArray) spots = g_array_sized_new (FALSE, FALSE, sizeof (Spot), self->items->len);
  guint n = self->items->len;

  g_array_set_clear_func (spots, spot_clear);
  for (guint i = 0; i < n; i++)
    {
      const char *key = g_array_index (self->items, Item, i).card->key;
      Spot        spot = { from_end ? g_utf8_strreverse (key, -1) : g_strdup (key), i };

      g_array_append_val (spots, spot);
    }
  g_array_sort (spots, compare_spots);
  for (guint i = 0; i < n; i++)
    {
      if (is_cancelled (self, (from_end ? 3 : 2) * (gint64) n + i, 4 * (gint64) n, _ ("Comparing"), error))
        return FALSE;
      for (guint j = i + 1; j < n && j <= i + NEIGHBOURS; j++)
        if (*g_array_index (spots, Spot, i).key != '\0')
          compare_pair (self, g_array_index (spots, Spot, i).place, g_array_index (spots, Spot, j).place);
    }
  return TRUE;
}

/* --- all of it ---------------------------------------------------------------------------------------------------- */

static int
compare_found (gconstpointer a, gconstpointer b)
{
  const Found *one = a, *other = b;

  if (one->score != other->score)
    return one->score > other->score ? -1 : 1;
  if (one->one != other->one)
    return one->one < other->one ? -1 : 1;
  return one->other < other->other ? -1 : one->other > other->other;
}

static GPtrArray *
list_pairs (Search *self)
{
  GPtrArray *pairs = g_ptr_array_new_with_free_func ((GDestroyNotify) torg_pair_free);

  g_array_sort (self->found, compare_found);
  for (guint i = 0; i < MIN (self->found->len, TORG_PAIRS_MAX); i++)
    {
      const Found *found = &g_array_index (self->found, Found, i);
      const Item  *one = &g_array_index (self->items, Item, found->one);
      const Item  *other = &g_array_index (self->items, Item, found->other);
      TorgPair    *pair = g_new0 (TorgPair, 1);

      pair->one = g_strdup (one->id);
      pair->other = g_strdup (other->id);
      pair->title = g_strdup (one->title);
      pair->other_title = g_strdup (other->title);
      pair->score = found->score;
      pair->reasons = found->reasons;
      g_ptr_array_add (pairs, pair);
    }
  return pairs;
}

static gboolean
compare_one (Search *self, GError **error)
{
  for (guint i = 0; i < self->items->len; i++)
    {
      if (is_cancelled (self, self->items->len + i, 2 * (gint64) self->items->len, _ ("Comparing"), error))
        return FALSE;
      compare_pair (self, self->only - 1, i);
    }
  return TRUE;
}

/**
 * torg_pairs_find:
 * @store: a store, for reading
 * @type: `company`, `person` or `legal_entity`
 * @of: (nullable): the id of a record whose pairs are wanted; %NULL for all
 * @job: (nullable): shows how far it is
 * @cancellable: (nullable): to stop it
 * @error: place for an error
 *
 * Finds records that are likely one, as far as they are here, but for those that somebody has said to be different.
 *
 * Returns: (transfer full) (element-type TorgPair) (nullable): at most %TORG_PAIRS_MAX, the likeliest first
 */
GPtrArray *
torg_pairs_find (TorgStore    *store,
                 const char   *type,
                 const char   *of,
                 TorgJob      *job,
                 GCancellable *cancellable,
                 GError      **error)
{
  g_auto (Search) self = { .store = store, .type = type, .job = job, .cancellable = cancellable };

  self.items = g_array_new (FALSE, FALSE, sizeof (Item));
  g_array_set_clear_func (self.items, item_clear);
  self.places = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self.blocks = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify) g_array_unref);
  self.seen = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, NULL);
  self.found = g_array_new (FALSE, FALSE, sizeof (Found));
  if (!torg_pairs_is_type (type))
    {
      g_set_error (error, TORG_ERROR, TORG_ERROR_INVALID, _ ("Duplicates are looked for among %s only."),
                   "company, person, legal_entity");
      return NULL;
    }
  if (!read_items (&self, error) || !read_requisites (&self, error))
    return NULL;
  if (of != NULL)
    {
      self.only = GPOINTER_TO_UINT (g_hash_table_lookup (self.places, of));
      if (self.only != 0 && !compare_one (&self, error))
        return NULL;
      return list_pairs (&self);
    }
  make_blocks (&self);
  if (!compare_blocks (&self, error) || !compare_neighbours (&self, FALSE, error) ||
      !compare_neighbours (&self, TRUE, error))
    return NULL;
  return list_pairs (&self);
}

/**
 * torg_pair_deny:
 * @edit: takes it
 * @one: a record
 * @other: another one of the type
 *
 * Remembers that two records are different, for everybody: the one of the smaller id names the other one. It is a set
 * of the record itself and no record of its own, so that it comes and goes, and is seen, with the record, and what two
 * people say of it at once adds up.
 */
void
torg_pair_deny (TorgEdit *edit, TorgRecord *one, TorgRecord *other)
{
  gboolean    in_order = strcmp (torg_record_get_id (one), torg_record_get_id (other)) < 0;
  TorgRecord *first = in_order ? one : other;
  g_auto (GStrv) items = torg_value_dup_items (torg_record_get (first, "not_same"));
  g_autoptr (GPtrArray) list = g_ptr_array_new ();

  for (guint i = 0; items[i] != NULL; i++)
    g_ptr_array_add (list, items[i]);
  g_ptr_array_add (list, (gpointer) torg_record_get_id (in_order ? other : one));
  g_ptr_array_add (list, NULL);
  torg_edit_take (edit, torg_record_get_kind (first)->info->name, torg_record_get_id (first), "not_same",
                  torg_value_from_items ((const char *const *) list->pdata, TRUE));
}

/* --- beside the window -------------------------------------------------------------------------------------------- */

typedef struct
{
  char    *type; /* (owned) */
  char    *of;   /* (owned) (nullable) */
  TorgJob *job;  /* (owned) */
} Run;

static void
run_free (gpointer data)
{
  Run *run = data;

  g_free (run->type);
  g_free (run->of);
  g_object_unref (run->job);
  g_free (run);
}

static gpointer
find_in_store (TorgStore *store, gpointer data, GCancellable *cancellable, GError **error)
{
  Run *run = data;

  return torg_pairs_find (store, run->type, run->of, run->job, cancellable, error);
}

static void
found_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  GError    *error = NULL;
  GPtrArray *pairs = torg_replica_call_finish (TORG_REPLICA (source), result, &error);

  if (pairs != NULL)
    g_task_return_pointer (task, pairs, (GDestroyNotify) g_ptr_array_unref);
  else
    g_task_return_error (task, error);
}

/**
 * torg_pairs_find_async:
 * @replica: a replica
 * @type: `company`, `person` or `legal_entity`
 * @of: (nullable): the id of a record whose pairs are wanted
 * @job: shows how far it is, and stops it
 * @callback: called when it is at its end, or was stopped
 * @data: for @callback
 *
 * Finds records that are likely one, see [func@pairs_find], on the thread that counts.
 */
void
torg_pairs_find_async (TorgReplica        *replica,
                       const char         *type,
                       const char         *of,
                       TorgJob            *job,
                       GAsyncReadyCallback callback,
                       gpointer            data)
{
  g_autoptr (GTask) task = g_task_new (replica, torg_job_get_cancellable (job), callback, data);
  Run *run = g_new0 (Run, 1);

  g_task_set_source_tag (task, torg_pairs_find_async);
  run->type = g_strdup (type);
  run->of = g_strdup (of);
  run->job = g_object_ref (job);
  torg_replica_call_async (replica, TORG_LANE_COUNT, find_in_store, run, run_free, (GDestroyNotify) g_ptr_array_unref,
                           torg_job_get_cancellable (job), found_cb, g_object_ref (task));
}

/**
 * torg_pairs_find_finish:
 * @result: as the callback got it
 * @error: place for an error
 *
 * Ends [func@pairs_find_async].
 *
 * Returns: (transfer full) (element-type TorgPair) (nullable): pairs, the likeliest first
 */
GPtrArray *
torg_pairs_find_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}
