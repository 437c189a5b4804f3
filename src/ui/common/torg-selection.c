/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "torg-ui"

#include "torg-selection.h"

struct _TorgSelection
{
  GObject parent_instance;

  TorgList  *list;  /* (owned) */
  TorgPicks *picks; /* (owned) */
};

static void torg_selection_list_model_init (GListModelInterface *iface);
static void torg_selection_selection_model_init (GtkSelectionModelInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (TorgSelection,
                               torg_selection,
                               G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (G_TYPE_LIST_MODEL, torg_selection_list_model_init)
                                 G_IMPLEMENT_INTERFACE (GTK_TYPE_SELECTION_MODEL, torg_selection_selection_model_init))

static void
items_changed_cb (TorgSelection *self, guint position, guint removed, guint added)
{
  g_list_model_items_changed (G_LIST_MODEL (self), position, removed, added);
}

static void
picks_changed_cb (TorgSelection *self)
{
  guint n = g_list_model_get_n_items (G_LIST_MODEL (self));

  if (n > 0)
    gtk_selection_model_selection_changed (GTK_SELECTION_MODEL (self), 0, n);
}

static GType
torg_selection_get_item_type (GListModel *model)
{
  return TORG_TYPE_ROW;
}

static guint
torg_selection_get_n_items (GListModel *model)
{
  return g_list_model_get_n_items (G_LIST_MODEL (TORG_SELECTION (model)->list));
}

static gpointer
torg_selection_get_item (GListModel *model, guint position)
{
  return g_list_model_get_item (G_LIST_MODEL (TORG_SELECTION (model)->list), position);
}

static void
torg_selection_list_model_init (GListModelInterface *iface)
{
  iface->get_item_type = torg_selection_get_item_type;
  iface->get_n_items = torg_selection_get_n_items;
  iface->get_item = torg_selection_get_item;
}

static gboolean
torg_selection_is_selected (GtkSelectionModel *model, guint position)
{
  TorgSelection *self = TORG_SELECTION (model);

  return torg_picks_get_n (self->picks) > 0 &&
         torg_picks_contains (self->picks, torg_list_get_rowid (self->list, position));
}

static GtkBitset *
torg_selection_get_selection_in_range (GtkSelectionModel *model, guint position, guint n_items)
{
  TorgSelection *self = TORG_SELECTION (model);
  GtkBitset     *bitset = gtk_bitset_new_empty ();

  if (torg_picks_get_n (self->picks) == 0)
    return bitset;
  for (guint i = position; i < position + n_items; i++)
    if (torg_picks_contains (self->picks, torg_list_get_rowid (self->list, i)))
      gtk_bitset_add (bitset, i);
  return bitset;
}

static gboolean
torg_selection_set_selection (GtkSelectionModel *model, GtkBitset *selected, GtkBitset *mask)
{
  TorgSelection *self = TORG_SELECTION (model);
  GtkBitsetIter  iter;
  guint          position;

  for (gboolean valid = gtk_bitset_iter_init_first (&iter, mask, &position); valid;
       valid = gtk_bitset_iter_next (&iter, &position))
    torg_picks_set (self->picks, torg_list_get_rowid (self->list, position), gtk_bitset_contains (selected, position));
  return TRUE;
}

static gboolean
torg_selection_select_item (GtkSelectionModel *model, guint position, gboolean unselect_rest)
{
  TorgSelection *self = TORG_SELECTION (model);

  if (unselect_rest)
    torg_picks_clear (self->picks);
  torg_picks_set (self->picks, torg_list_get_rowid (self->list, position), TRUE);
  return TRUE;
}

static gboolean
torg_selection_unselect_item (GtkSelectionModel *model, guint position)
{
  TorgSelection *self = TORG_SELECTION (model);

  torg_picks_set (self->picks, torg_list_get_rowid (self->list, position), FALSE);
  return TRUE;
}

static gboolean
torg_selection_select_range (GtkSelectionModel *model, guint position, guint n_items, gboolean unselect_rest)
{
  TorgSelection     *self = TORG_SELECTION (model);
  g_autofree gint64 *rowids = g_new (gint64, n_items);

  for (guint i = 0; i < n_items; i++)
    rowids[i] = torg_list_get_rowid (self->list, position + i);
  if (unselect_rest)
    torg_picks_clear (self->picks);
  torg_picks_set_many (self->picks, rowids, n_items);
  return TRUE;
}

static gboolean
torg_selection_unselect_all (GtkSelectionModel *model)
{
  torg_picks_clear (TORG_SELECTION (model)->picks);
  return TRUE;
}

static void
torg_selection_selection_model_init (GtkSelectionModelInterface *iface)
{
  iface->is_selected = torg_selection_is_selected;
  iface->get_selection_in_range = torg_selection_get_selection_in_range;
  iface->set_selection = torg_selection_set_selection;
  iface->select_item = torg_selection_select_item;
  iface->unselect_item = torg_selection_unselect_item;
  iface->select_range = torg_selection_select_range;
  iface->unselect_all = torg_selection_unselect_all;
}

static void
torg_selection_finalize (GObject *object)
{
  TorgSelection *self = TORG_SELECTION (object);

  g_clear_object (&self->list);
  g_clear_object (&self->picks);
  G_OBJECT_CLASS (torg_selection_parent_class)->finalize (object);
}

static void
torg_selection_class_init (TorgSelectionClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = torg_selection_finalize;
}

static void
torg_selection_init (TorgSelection *self)
{
}

/**
 * torg_selection_new:
 * @list: a list
 * @picks: which rows are selected, may be shared with other lists of the same type
 *
 * Makes the selection of a list.
 *
 * Returns: (transfer full): a new selection
 */
TorgSelection *
torg_selection_new (TorgList *list, TorgPicks *picks)
{
  TorgSelection *self = g_object_new (TORG_TYPE_SELECTION, NULL);

  self->list = g_object_ref (list);
  self->picks = g_object_ref (picks);
  g_signal_connect_object (list, "items-changed", G_CALLBACK (items_changed_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (picks, "changed", G_CALLBACK (picks_changed_cb), self, G_CONNECT_SWAPPED);
  return self;
}

/**
 * torg_selection_get_list:
 *
 * Gives the list.
 *
 * Returns: (transfer none): the list
 */
TorgList *
torg_selection_get_list (TorgSelection *self)
{
  return self->list;
}

/**
 * torg_selection_get_picks:
 *
 * Gives the selected rows.
 *
 * Returns: (transfer none): the rows
 */
TorgPicks *
torg_selection_get_picks (TorgSelection *self)
{
  return self->picks;
}
