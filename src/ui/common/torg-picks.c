/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "torg-ui"

#include "torg-picks.h"

struct _TorgPicks
{
  GObject parent_instance;

  GHashTable *rowids; /* (owned) (element-type gint64) */
};

G_DEFINE_FINAL_TYPE (TorgPicks, torg_picks, G_TYPE_OBJECT)

enum
{
  SIGNAL_CHANGED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

static void
torg_picks_finalize (GObject *object)
{
  g_hash_table_unref (TORG_PICKS (object)->rowids);
  G_OBJECT_CLASS (torg_picks_parent_class)->finalize (object);
}

static void
torg_picks_class_init (TorgPicksClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = torg_picks_finalize;

  signals[SIGNAL_CHANGED] =
    g_signal_new ("changed", TORG_TYPE_PICKS, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
torg_picks_init (TorgPicks *self)
{
  self->rowids = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, NULL);
}

static gboolean
set (TorgPicks *self, gint64 rowid, gboolean picked)
{
  if (picked)
    return g_hash_table_add (self->rowids, g_memdup2 (&rowid, sizeof rowid));
  return g_hash_table_remove (self->rowids, &rowid);
}

/**
 * torg_picks_new:
 *
 * Makes an empty selection.
 *
 * Returns: (transfer full): a new selection
 */
TorgPicks *
torg_picks_new (void)
{
  return g_object_new (TORG_TYPE_PICKS, NULL);
}

/**
 * torg_picks_contains:
 * @rowid: a row's place in its table
 *
 * Tells whether a row is selected.
 *
 * Returns: whether it is
 */
gboolean
torg_picks_contains (TorgPicks *self, gint64 rowid)
{
  return g_hash_table_contains (self->rowids, &rowid);
}

/**
 * torg_picks_get_n:
 *
 * Counts the selected rows.
 *
 * Returns: how many
 */
guint
torg_picks_get_n (TorgPicks *self)
{
  return g_hash_table_size (self->rowids);
}

/**
 * torg_picks_set:
 * @rowid: a row's place in its table
 * @picked: whether it is to be selected
 *
 * Selects a row, or no longer.
 */
void
torg_picks_set (TorgPicks *self, gint64 rowid, gboolean picked)
{
  if (set (self, rowid, picked))
    g_signal_emit (self, signals[SIGNAL_CHANGED], 0);
}

/**
 * torg_picks_set_many:
 * @rowids: (array length=n_rowids): rows
 * @n_rowids: how many
 *
 * Selects rows.
 */
void
torg_picks_set_many (TorgPicks *self, const gint64 *rowids, guint n_rowids)
{
  for (guint i = 0; i < n_rowids; i++)
    set (self, rowids[i], TRUE);
  g_signal_emit (self, signals[SIGNAL_CHANGED], 0);
}

/**
 * torg_picks_clear:
 *
 * Selects nothing.
 */
void
torg_picks_clear (TorgPicks *self)
{
  if (torg_picks_get_n (self) == 0)
    return;
  g_hash_table_remove_all (self->rowids);
  g_signal_emit (self, signals[SIGNAL_CHANGED], 0);
}

/**
 * torg_picks_list:
 *
 * Lists the selected rows.
 *
 * Returns: (transfer full) (element-type gint64): their places in the table
 */
GArray *
torg_picks_list (TorgPicks *self)
{
  GArray        *rowids = g_array_new (FALSE, FALSE, sizeof (gint64));
  GHashTableIter iter;
  gpointer       rowid;

  g_hash_table_iter_init (&iter, self->rowids);
  while (g_hash_table_iter_next (&iter, &rowid, NULL))
    g_array_append_vals (rowids, rowid, 1);
  return rowids;
}
