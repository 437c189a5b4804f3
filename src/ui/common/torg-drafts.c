/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "torg-ui"

#include "config.h"

#include "torg-drafts.h"
#include "torg-sync-store.h"

/* Where the replica keeps them, and what all of them are. */
#define STATE "drafts"
#define DRAFT "(ssxb)"
#define DRAFTS "a{s" DRAFT "}"
/* How long typing goes on before it is written down. */
#define SAVE_DELAY_MS 1000

struct _TorgDrafts
{
  GObject parent_instance;

  TorgReplica *replica; /* (owned) */
  GHashTable  *drafts;  /* (owned): GVariant by the id of a record */
  guint        timeout;
};

G_DEFINE_FINAL_TYPE (TorgDrafts, torg_drafts, G_TYPE_OBJECT)

/* --- in the replica's threads ---------------------------------------------------------------------------------------
 */

static gpointer
write_drafts (TorgStore *store, gpointer data, GCancellable *cancellable, GError **error)
{
  return GINT_TO_POINTER (torg_store_set_state (store, STATE, data, error));
}

static gpointer
read_drafts (TorgStore *store, gpointer data, GCancellable *cancellable, GError **error)
{
  char *text = torg_store_get_state (store, STATE);

  return text != NULL ? text : g_strdup ("");
}

/* --- the object -----------------------------------------------------------------------------------------------------
 */

static void
save (TorgDrafts *self)
{
  g_auto (GVariantBuilder) builder = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE (DRAFTS));
  g_autoptr (GVariant) all = NULL;
  GHashTableIter iter;
  gpointer       id, draft;

  g_hash_table_iter_init (&iter, self->drafts);
  while (g_hash_table_iter_next (&iter, &id, &draft))
    g_variant_builder_add (&builder, "{s@" DRAFT "}", id, draft);
  all = g_variant_ref_sink (g_variant_builder_end (&builder));
  torg_replica_call_async (self->replica, TORG_LANE_WRITE, write_drafts, g_variant_print (all, FALSE), g_free, NULL,
                           NULL, NULL, NULL);
}

static gboolean
save_cb (gpointer data)
{
  TorgDrafts *self = data;

  self->timeout = 0;
  save (self);
  return G_SOURCE_REMOVE;
}

static void
loaded_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (TorgDrafts) self = data;
  g_autofree char *text = torg_replica_call_finish (TORG_REPLICA (source), result, NULL);
  g_autoptr (GVariant) all = NULL;
  GVariantIter iter;
  const char  *id;
  GVariant    *draft;

  if (text != NULL && *text != '\0')
    all = g_variant_parse (G_VARIANT_TYPE (DRAFTS), text, NULL, NULL, NULL);
  if (all == NULL)
    return;
  g_variant_iter_init (&iter, all);
  while (g_variant_iter_next (&iter, "{&s@" DRAFT "}", &id, &draft))
    if (g_hash_table_contains (self->drafts, id))
      g_variant_unref (draft);
    else
      g_hash_table_insert (self->drafts, g_strdup (id), draft);
}

static void
torg_drafts_finalize (GObject *object)
{
  TorgDrafts *self = TORG_DRAFTS (object);

  g_clear_handle_id (&self->timeout, g_source_remove);
  g_clear_pointer (&self->drafts, g_hash_table_unref);
  g_clear_object (&self->replica);
  G_OBJECT_CLASS (torg_drafts_parent_class)->finalize (object);
}

static void
torg_drafts_class_init (TorgDraftsClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = torg_drafts_finalize;
}

static void
torg_drafts_init (TorgDrafts *self)
{
  self->drafts = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify) g_variant_unref);
}

/**
 * torg_drafts_new:
 * @replica: where they are kept
 *
 * Makes the drafts of a replica; [method@Drafts.load] reads those that are there.
 *
 * Returns: (transfer full): drafts
 */
TorgDrafts *
torg_drafts_new (TorgReplica *replica)
{
  TorgDrafts *self = g_object_new (TORG_TYPE_DRAFTS, NULL);

  self->replica = g_object_ref (replica);
  return self;
}

/**
 * torg_drafts_load:
 *
 * Reads what was kept before, once the replica is open.
 */
void
torg_drafts_load (TorgDrafts *self)
{
  torg_replica_call_async (self->replica, TORG_LANE_READ, read_drafts, NULL, NULL, g_free, NULL, loaded_cb,
                           g_object_ref (self));
}

/**
 * torg_drafts_put:
 * @id: the id of a record
 * @draft: (nullable): kind, text, moment in seconds UTC, and whether it is a whole day; %NULL to forget it
 *
 * Keeps a text that is not saved yet.
 */
void
torg_drafts_put (TorgDrafts *self, const char *id, GVariant *draft)
{
  if (draft != NULL)
    g_hash_table_insert (self->drafts, g_strdup (id), g_variant_ref_sink (draft));
  else if (!g_hash_table_remove (self->drafts, id))
    return;
  if (self->timeout == 0)
    self->timeout = g_timeout_add (SAVE_DELAY_MS, save_cb, self);
}

/**
 * torg_drafts_get:
 * @id: the id of a record
 *
 * Gives what was being written about a record.
 *
 * Returns: (transfer none) (nullable): as it was kept
 */
GVariant *
torg_drafts_get (TorgDrafts *self, const char *id)
{
  return g_hash_table_lookup (self->drafts, id);
}

/**
 * torg_drafts_flush:
 *
 * Writes down what is not written yet, before the replica is closed.
 */
void
torg_drafts_flush (TorgDrafts *self)
{
  if (self->timeout == 0)
    return;
  g_clear_handle_id (&self->timeout, g_source_remove);
  save (self);
}
