/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "torg-replica"

#include "torg-list.h"

#include <string.h>

/*
 * The order of all rows is an array of rowids, 8 bytes each, read off the main thread; the first page comes before it,
 * with its records, for the first frame. Records of other rows are read in batches as they are asked for.
 */
#define FIRST_PAGE 10
#define CACHE_SIZE 2000
#define BATCH_SIZE 200
/* By then the first page has been drawn, even where its window has to be mapped first. */
#define REST_MS 60

struct _TorgList
{
  GObject       parent_instance;
  TorgReplica  *replica; /* (owned) */
  TorgQuery    *query;   /* (owned) (nullable) */
  TorgQuery    *other; /* (owned) (nullable): merged with it; then @rowids are as torg_store_list_merged() gives them */
  GArray       *rowids; /* (owned) (element-type gint64) */
  GHashTable   *rows;   /* (owned) rowid → GList of @recent */
  GQueue        recent; /* (owned) (element-type TorgRow), the last used first */
  GArray       *wanted; /* (owned) (element-type gint64): rows to be read */
  guint         load_source;
  guint         order_source;
  gboolean      loading_rows;
  gboolean      loading;     /* the order */
  gboolean      dirty;       /* the order changed while it was read */
  GCancellable *cancellable; /* (owned) of the query */
};

enum
{
  PROP_LOADING = 1,
  N_PROPS
};

static GParamSpec *props[N_PROPS];

static void load_order (TorgList *self, gboolean first);
static void queue_load (TorgList *self);
static void list_model_iface_init (GListModelInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (TorgList,
                               torg_list,
                               G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (G_TYPE_LIST_MODEL, list_model_iface_init))

/* --- rows ------------------------------------------------------------------------------------------------------- */

typedef struct
{
  GArray    *rowids; /* (owned) (element-type gint64) */
  GPtrArray *rows;   /* (owned) (element-type TorgRow) (nullable): filled, of the first rowids */
  TorgQuery *query;  /* (owned) */
  TorgQuery *other;  /* (owned) (nullable) */
} Batch;

static void
batch_free (gpointer data)
{
  Batch *batch = data;

  g_clear_pointer (&batch->rowids, g_array_unref);
  g_clear_pointer (&batch->rows, g_ptr_array_unref);
  g_clear_pointer (&batch->query, torg_query_unref);
  g_clear_pointer (&batch->other, torg_query_unref);
  g_free (batch);
}

static Batch *
batch_new (TorgQuery *query, TorgQuery *other)
{
  Batch *batch = g_new0 (Batch, 1);

  batch->query = torg_query_ref (query);
  if (other != NULL)
    batch->other = torg_query_ref (other);
  return batch;
}

static TorgRow *
read_row (TorgStore *store, Batch *batch, gint64 rowid)
{
  gboolean        of_other = batch->other != NULL && (rowid & 1) != 0;
  const TorgType *type =
    torg_schema_find (torg_store_get_schema (store), torg_query_get_kind (of_other ? batch->other : batch->query));
  g_autoptr (TorgRecord) record = torg_store_get_nth (store, type, batch->other != NULL ? rowid >> 1 : rowid, NULL);
  g_autoptr (TorgRow) filled = NULL;
  TorgRow *row;

  if (record == NULL)
    return NULL;
  filled = torg_store_make_row (store, record);
  if (batch->other == NULL)
    return g_steal_pointer (&filled);
  row = torg_row_new (rowid);
  torg_row_move (row, filled);
  return row;
}

static void
read_rows (TorgStore *store, Batch *batch)
{
  batch->rows = g_ptr_array_new_with_free_func (g_object_unref);
  for (guint i = 0; i < batch->rowids->len; i++)
    {
      TorgRow *row = read_row (store, batch, g_array_index (batch->rowids, gint64, i));

      /* One that is gone leaves the list with the next reading of the order. */
      if (row != NULL)
        g_ptr_array_add (batch->rows, row);
    }
}

static GArray *
read_places (TorgStore *store, Batch *batch, guint limit, GCancellable *cancellable, GError **error)
{
  return batch->other != NULL ? torg_store_list_merged (store, batch->query, batch->other, limit, cancellable, error)
                              : torg_store_list_rowids (store, batch->query, limit, cancellable, error);
}

/* In a reading thread. */
static gpointer
read_batch (TorgStore *store, gpointer data, GCancellable *cancellable, GError **error)
{
  Batch *request = data;
  Batch *batch = batch_new (request->query, request->other);

  batch->rowids = g_array_copy (request->rowids);
  read_rows (store, batch);
  return batch;
}

static TorgRow *
find_row (TorgList *self, gint64 rowid)
{
  GList *link = g_hash_table_lookup (self->rows, &rowid);

  return link != NULL ? link->data : NULL;
}

static void
remember_row (TorgList *self, TorgRow *row)
{
  gint64 *key = g_new (gint64, 1);

  *key = torg_row_get_rowid (row);
  g_queue_push_head (&self->recent, g_object_ref (row));
  g_hash_table_insert (self->rows, key, self->recent.head);
  while (self->recent.length > CACHE_SIZE)
    {
      g_autoptr (TorgRow) old = g_queue_pop_tail (&self->recent);
      gint64 rowid = torg_row_get_rowid (old);

      g_hash_table_remove (self->rows, &rowid);
    }
}

static void
take_rows (TorgList *self, GPtrArray *filled)
{
  for (guint i = 0; filled != NULL && i < filled->len; i++)
    {
      TorgRow *from = g_ptr_array_index (filled, i);
      TorgRow *row = find_row (self, torg_row_get_rowid (from));

      if (row == NULL)
        remember_row (self, from);
      else
        torg_row_move (row, from);
    }
}

static void
rows_read_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (TorgList) self = data;
  g_autoptr (GError) error = NULL;
  Batch *batch = torg_replica_call_finish (TORG_REPLICA (source), result, &error);

  self->loading_rows = FALSE;
  if (batch != NULL)
    {
      take_rows (self, batch->rows);
      batch_free (batch);
    }
  else if (!g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    g_debug ("rows: %s", error->message);
  if (self->wanted->len > 0)
    queue_load (self);
}

/* The last ones that were asked for are those on the screen; one that nobody remembers is not wanted any more. */
static void
take_wanted (TorgList *self, GArray *rowids)
{
  while (self->wanted->len > 0 && rowids->len < BATCH_SIZE)
    {
      gint64 rowid = g_array_index (self->wanted, gint64, self->wanted->len - 1);

      g_array_set_size (self->wanted, self->wanted->len - 1);
      if (find_row (self, rowid) != NULL)
        g_array_append_val (rowids, rowid);
    }
}

static gboolean
load_rows_cb (gpointer data)
{
  TorgList *self = data;
  Batch    *batch;

  self->load_source = 0;
  if (self->loading_rows || self->query == NULL)
    return G_SOURCE_REMOVE;
  batch = batch_new (self->query, self->other);
  batch->rowids = g_array_new (FALSE, FALSE, sizeof (gint64));
  take_wanted (self, batch->rowids);
  if (batch->rowids->len == 0)
    {
      batch_free (batch);
      return G_SOURCE_REMOVE;
    }
  self->loading_rows = TRUE;
  torg_replica_call_async (self->replica, TORG_LANE_READ, read_batch, batch, batch_free, batch_free, self->cancellable,
                           rows_read_cb, g_object_ref (self));
  return G_SOURCE_REMOVE;
}

static void
queue_load (TorgList *self)
{
  if (self->load_source == 0 && !self->loading_rows)
    self->load_source = g_idle_add_full (G_PRIORITY_HIGH_IDLE, load_rows_cb, self, NULL);
}

/* --- the order -------------------------------------------------------------------------------------------------- */

static void
splice (TorgList *self, guint position, guint removed, const gint64 *added, guint n_added)
{
  if (removed == 0 && n_added == 0)
    return;
  if (removed > 0)
    g_array_remove_range (self->rowids, position, removed);
  if (n_added > 0)
    g_array_insert_vals (self->rowids, position, added, n_added);
  g_list_model_items_changed (G_LIST_MODEL (self), position, removed, n_added);
}

/*
 * Brings the order from what is shown to what was read, by as few and as small changes as the usual edits make: a row
 * came, went or moved. A large change is first all going and then all coming, since a view asks for every row of a
 * range that is both.
 */
static void
update_order (TorgList *self, GArray *order)
{
  const gint64 *from = (const gint64 *) self->rowids->data;
  const gint64 *to = (const gint64 *) order->data;
  guint         n_from = self->rowids->len, n_to = order->len;
  guint         head = 0, tail = 0;

  while (head < n_from && head < n_to && from[head] == to[head])
    head++;
  while (tail < n_from - head && tail < n_to - head && from[n_from - 1 - tail] == to[n_to - 1 - tail])
    tail++;
  n_from -= head + tail;
  n_to -= head + tail;
  from += head;
  to += head;
  if (n_from == n_to && n_from > 1)
    {
      gsize rest = (n_from - 1) * sizeof (gint64);

      if (from[0] == to[n_to - 1] && memcmp (from + 1, to, rest) == 0)
        {
          splice (self, head, 1, NULL, 0);
          splice (self, head + n_to - 1, 0, to + n_to - 1, 1);
          return;
        }
      if (from[n_from - 1] == to[0] && memcmp (from, to + 1, rest) == 0)
        {
          splice (self, head + n_from - 1, 1, NULL, 0);
          splice (self, head, 0, to, 1);
          return;
        }
    }
  if (n_from == 0 || n_to == 0 || n_from + n_to < 200)
    {
      splice (self, head, n_from, to, n_to);
      return;
    }
  splice (self, head, n_from, NULL, 0);
  splice (self, head, 0, to, n_to);
}

/* In a reading thread: the first page with its records. */
static gpointer
read_first_page (TorgStore *store, gpointer data, GCancellable *cancellable, GError **error)
{
  Batch *request = data;
  Batch *batch = batch_new (request->query, request->other);

  batch->rowids = read_places (store, batch, FIRST_PAGE, cancellable, error);
  if (batch->rowids == NULL)
    {
      batch_free (batch);
      return NULL;
    }
  read_rows (store, batch);
  return batch;
}

/* In a reading thread: the order of all. */
static gpointer
read_order (TorgStore *store, gpointer data, GCancellable *cancellable, GError **error)
{
  Batch *request = data;
  Batch *batch = batch_new (request->query, request->other);

  batch->rowids = read_places (store, batch, 0, cancellable, error);
  if (batch->rowids == NULL)
    {
      batch_free (batch);
      return NULL;
    }
  return batch;
}

static void
set_loading (TorgList *self, gboolean loading)
{
  if (self->loading == loading)
    return;
  self->loading = loading;
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_LOADING]);
}

static gboolean
load_rest_cb (gpointer data)
{
  TorgList *self = data;

  self->order_source = 0;
  load_order (self, FALSE);
  return G_SOURCE_REMOVE;
}

static void
order_read_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (TorgList) self = data;
  g_autoptr (GError) error = NULL;
  Batch   *batch = torg_replica_call_finish (TORG_REPLICA (source), result, &error);
  gboolean first;

  if (batch == NULL)
    {
      /* A query that was replaced has cancelled this one and begun another. */
      if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
        return;
      g_debug ("order: %s", error->message);
      set_loading (self, FALSE);
      return;
    }
  if (batch->query != self->query)
    {
      batch_free (batch);
      return;
    }
  first = batch->rows != NULL;
  take_rows (self, batch->rows);
  update_order (self, batch->rowids);
  if (first && batch->rowids->len == FIRST_PAGE)
    self->order_source = g_timeout_add_full (G_PRIORITY_LOW, REST_MS, load_rest_cb, self, NULL);
  else if (self->dirty)
    load_order (self, FALSE);
  else
    set_loading (self, FALSE);
  batch_free (batch);
}

static void
load_order (TorgList *self, gboolean first)
{
  self->dirty = FALSE;
  set_loading (self, TRUE);
  torg_replica_call_async (self->replica, first ? TORG_LANE_READ : TORG_LANE_COUNT,
                           first ? read_first_page : read_order, batch_new (self->query, self->other), batch_free,
                           batch_free, self->cancellable, order_read_cb, g_object_ref (self));
}

/* --- changes ---------------------------------------------------------------------------------------------------- */

static void
want_row (TorgList *self, gint64 rowid)
{
  g_array_append_val (self->wanted, rowid);
  queue_load (self);
}

static void
want_all_rows (TorgList *self)
{
  for (GList *link = self->recent.tail; link != NULL; link = link->prev)
    want_row (self, torg_row_get_rowid (link->data));
}

/* Tells which of the queries is for a type: 0, 1 or neither, -1. */
static int
find_query (TorgList *self, const char *type)
{
  if (g_str_equal (type, torg_query_get_kind (self->query)))
    return 0;
  return self->other != NULL && g_str_equal (type, torg_query_get_kind (self->other)) ? 1 : -1;
}

static gboolean
shows_title_of (TorgList *self, const TorgTypeInfo *info)
{
  const TorgType *type = torg_schema_find (torg_replica_get_schema (self->replica), torg_query_get_kind (self->query));

  for (guint i = 0; i < type->n_fields; i++)
    {
      g_autofree char *target = torg_field_dup_target_type (&type->fields[i]);

      if (g_strcmp0 (target, info->name) == 0)
        return TRUE;
    }
  return FALSE;
}

static void
changed_cb (TorgList *self, GPtrArray *changes)
{
  gboolean titles = changes == NULL;
  gboolean order = changes == NULL;

  if (self->query == NULL)
    return;
  /* Any edit may add to the history. */
  order |= find_query (self, "history") >= 0;
  for (guint i = 0; changes != NULL && i < changes->len; i++)
    {
      TorgChange *change = g_ptr_array_index (changes, i);
      int         which = find_query (self, change->type->name);

      if (which >= 0)
        {
          gint64 rowid = self->other != NULL ? change->rowid * 2 + which : change->rowid;

          order = TRUE;
          if (find_row (self, rowid) != NULL)
            want_row (self, rowid);
        }
      else if (!titles && change->op != TORG_OP_CREATE && shows_title_of (self, change->type))
        titles = TRUE;
      order |= torg_query_is_through (self->query, torg_replica_get_schema (self->replica), change->type->name);
    }
  if (titles)
    want_all_rows (self);
  if (!order)
    return;
  if (self->loading)
    self->dirty = TRUE;
  else
    load_order (self, FALSE);
}

/* --- the object ------------------------------------------------------------------------------------------------- */

static GType
torg_list_get_item_type (GListModel *model)
{
  return TORG_TYPE_ROW;
}

static guint
torg_list_get_n_items (GListModel *model)
{
  return TORG_LIST (model)->rowids->len;
}

static gpointer
torg_list_get_item (GListModel *model, guint position)
{
  TorgList *self = TORG_LIST (model);
  g_autoptr (TorgRow) row = NULL;
  gint64 rowid;
  GList *link;

  if (position >= self->rowids->len)
    return NULL;
  rowid = g_array_index (self->rowids, gint64, position);
  link = g_hash_table_lookup (self->rows, &rowid);
  if (link != NULL)
    {
      g_queue_unlink (&self->recent, link);
      g_queue_push_head_link (&self->recent, link);
      return g_object_ref (link->data);
    }
  row = torg_row_new (rowid);
  remember_row (self, row);
  want_row (self, rowid);
  return g_steal_pointer (&row);
}

static void
list_model_iface_init (GListModelInterface *iface)
{
  iface->get_item_type = torg_list_get_item_type;
  iface->get_n_items = torg_list_get_n_items;
  iface->get_item = torg_list_get_item;
}

static void
forget_rows (TorgList *self)
{
  g_array_set_size (self->wanted, 0);
  g_hash_table_remove_all (self->rows);
  g_queue_clear_full (&self->recent, g_object_unref);
}

static void
torg_list_dispose (GObject *object)
{
  TorgList *self = TORG_LIST (object);

  g_cancellable_cancel (self->cancellable);
  g_clear_handle_id (&self->load_source, g_source_remove);
  g_clear_handle_id (&self->order_source, g_source_remove);
  forget_rows (self);
  g_clear_object (&self->replica);
  G_OBJECT_CLASS (torg_list_parent_class)->dispose (object);
}

static void
torg_list_finalize (GObject *object)
{
  TorgList *self = TORG_LIST (object);

  g_clear_object (&self->cancellable);
  g_clear_pointer (&self->query, torg_query_unref);
  g_clear_pointer (&self->other, torg_query_unref);
  g_array_unref (self->rowids);
  g_array_unref (self->wanted);
  g_hash_table_unref (self->rows);
  G_OBJECT_CLASS (torg_list_parent_class)->finalize (object);
}

static void
torg_list_get_property (GObject *object, guint prop_id, GValue *value, GParamSpec *pspec)
{
  switch (prop_id)
    {
      case PROP_LOADING:
        g_value_set_boolean (value, TORG_LIST (object)->loading);
        break;
      default:
        G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
torg_list_class_init (TorgListClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = torg_list_dispose;
  object_class->finalize = torg_list_finalize;
  object_class->get_property = torg_list_get_property;

  /**
   * TorgList:loading:
   *
   * Whether the order of the rows is being read.
   */
  props[PROP_LOADING] = g_param_spec_boolean ("loading", NULL, NULL, FALSE, G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, props);
}

static void
torg_list_init (TorgList *self)
{
  self->rowids = g_array_new (FALSE, FALSE, sizeof (gint64));
  self->wanted = g_array_new (FALSE, FALSE, sizeof (gint64));
  self->rows = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, NULL);
  g_queue_init (&self->recent);
  self->cancellable = g_cancellable_new ();
}

/**
 * torg_list_new:
 * @replica: an open replica
 * @query: (nullable): which records; none for an empty list
 *
 * Makes a list, which follows what changes.
 *
 * Returns: (transfer full): a new list
 */
TorgList *
torg_list_new (TorgReplica *replica, TorgQuery *query)
{
  TorgList *self = g_object_new (TORG_TYPE_LIST, NULL);

  self->replica = g_object_ref (replica);
  g_signal_connect_object (replica, "changed", G_CALLBACK (changed_cb), self, G_CONNECT_SWAPPED);
  if (query != NULL)
    torg_list_set_query (self, query);
  return self;
}

/**
 * torg_list_set_query:
 * @query: (nullable): which records; none for an empty list
 *
 * Sets which records the list has. What is shown stays until the first page of the new ones is there.
 */
void
torg_list_set_query (TorgList *self, TorgQuery *query)
{
  gboolean other_type = query == NULL || self->query == NULL || self->other != NULL ||
                        g_strcmp0 (torg_query_get_kind (query), torg_query_get_kind (self->query)) != 0;

  if (query == self->query)
    return;
  g_cancellable_cancel (self->cancellable);
  g_clear_handle_id (&self->order_source, g_source_remove);
  g_set_object (&self->cancellable, NULL);
  self->cancellable = g_cancellable_new ();
  g_clear_pointer (&self->query, torg_query_unref);
  g_clear_pointer (&self->other, torg_query_unref);
  if (other_type)
    {
      splice (self, 0, self->rowids->len, NULL, 0);
      forget_rows (self);
    }
  if (query == NULL)
    {
      set_loading (self, FALSE);
      return;
    }
  self->query = torg_query_ref (query);
  load_order (self, TRUE);
}

/**
 * torg_list_set_merged:
 * @query: which records, sorted by a moment, the newest first
 * @other: which others, of another type, sorted likewise
 *
 * Makes the list one of the records of two types, the newest first. Its rowids are no places in one table then.
 */
void
torg_list_set_merged (TorgList *self, TorgQuery *query, TorgQuery *other)
{
  torg_list_set_query (self, NULL);
  self->query = torg_query_ref (query);
  self->other = torg_query_ref (other);
  load_order (self, TRUE);
}

/**
 * torg_list_get_query:
 *
 * Gives which records the list has.
 *
 * Returns: (transfer none) (nullable): the query
 */
TorgQuery *
torg_list_get_query (TorgList *self)
{
  return self->query;
}

/**
 * torg_list_is_loading:
 *
 * Tells whether the order of the rows is being read; until then the number of items is not the last word.
 *
 * Returns: whether it is
 */
gboolean
torg_list_is_loading (TorgList *self)
{
  return self->loading;
}

/**
 * torg_list_get_rowid:
 * @position: a position
 *
 * Gives the place in its table of the record at a position, without asking for the record.
 *
 * Returns: a rowid, 0 past the end
 */
gint64
torg_list_get_rowid (TorgList *self, guint position)
{
  return position < self->rowids->len ? g_array_index (self->rowids, gint64, position) : 0;
}

/**
 * torg_list_find:
 * @rowid: a place in the table
 *
 * Finds the position of a record.
 *
 * Returns: the position, %G_MAXUINT where the list does not have it
 */
guint
torg_list_find (TorgList *self, gint64 rowid)
{
  for (guint i = 0; i < self->rowids->len; i++)
    if (g_array_index (self->rowids, gint64, i) == rowid)
      return i;
  return G_MAXUINT;
}
