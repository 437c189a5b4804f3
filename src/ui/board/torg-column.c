/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "torg-ui"

#include "config.h"

#include "torg-column.h"
#include "torg-money.h"
#include "torg-number.h"
#include "torg-quick-add.h"
#include "torg-words.h"

#include <glib/gi18n-lib.h>

#define EDGE 56         /* near the top or the bottom, a drag scrolls */
#define EDGE_SPEED 14.0 /* pixels a frame */
#define WIDTH 256
#define WIDTH_SMALL 132

struct _TorgColumn
{
  AdwBin parent_instance;

  GtkBox            *box;
  GtkWidget         *heading;
  GtkLabel          *mark; /* the colour of the stage */
  GtkImage          *icon;
  GtkLabel          *name;
  GtkLabel          *totals;
  GtkWidget         *add_button;
  GtkWidget         *fold_button;
  GtkRevealer       *add_revealer; /* (nullable): made when a deal is first added here */
  GtkStack          *stack;
  GtkScrolledWindow *scroller; /* (nullable): of the cards */
  GtkGridView       *cards;    /* (nullable): made when the column first shows its list */
  GtkWidget         *drop_line;
  GtkLabel          *empty_label;
  GtkLabel          *refusal;

  TorgSession   *session;   /* (owned) */
  TorgRecord    *stage;     /* (owned) */
  TorgPicks     *picks;     /* (owned) */
  TorgQuery     *query;     /* (owned) (nullable): of the stage */
  TorgList      *list;      /* (owned) (nullable): made when the column is open */
  TorgSelection *selection; /* (owned) (nullable) */
  gboolean       leads;     /* leads stand here, not deals */
  gboolean       closed;    /* the stage is for won or lost deals */
  gboolean       collapsed;
  gboolean       filtered;
  double         drag_y;
  guint          scroll_tick;
  gboolean       to_top; /* the filter is another: show the first cards when they come */
};

G_DEFINE_FINAL_TYPE (TorgColumn, torg_column, ADW_TYPE_BIN)

enum
{
  SIGNAL_CARD_CLICKED,
  SIGNAL_DROPPED,
  SIGNAL_ADDED,
  SIGNAL_ADD_CLOSED,
  SIGNAL_UNFOLDED,
  SIGNAL_DRAG_BEGAN,
  SIGNAL_DRAG_ENDED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

/* --- cards -------------------------------------------------------------------------------------------------------- */

static void
card_clicked_cb (TorgColumn *self, guint button, GdkModifierType modifiers, double x, double y, TorgCard *card)
{
  g_signal_emit (self, signals[SIGNAL_CARD_CLICKED], 0, card, button, modifiers, x, y);
}

static GdkContentProvider *
drag_prepare_cb (TorgColumn *self, double x, double y, GtkDragSource *source)
{
  TorgCard *card = TORG_CARD (gtk_event_controller_get_widget (GTK_EVENT_CONTROLLER (source)));
  TorgRow  *row = torg_card_get_row (card);
  g_autoptr (GArray) rowids = NULL;

  if (row == NULL)
    return NULL;
  if (torg_picks_contains (self->picks, torg_row_get_rowid (row)))
    rowids = torg_picks_list (self->picks);
  else
    {
      gint64 rowid = torg_row_get_rowid (row);

      rowids = g_array_new (FALSE, FALSE, sizeof (gint64));
      g_array_append_val (rowids, rowid);
    }
  if (rowids->len == 1)
    {
      g_autoptr (GdkPaintable) paintable = gtk_widget_paintable_new (GTK_WIDGET (card));

      gtk_drag_source_set_icon (source, paintable, (int) x, (int) y);
    }
  g_object_set_data (G_OBJECT (source), "torg-n", GUINT_TO_POINTER (rowids->len));
  return gdk_content_provider_new_typed (G_TYPE_ARRAY, rowids);
}

static void
drag_begin_cb (TorgColumn *self, GdkDrag *drag, GtkDragSource *source)
{
  guint            n = GPOINTER_TO_UINT (g_object_get_data (G_OBJECT (source), "torg-n"));
  g_autofree char *text = NULL;
  GtkWidget       *label;

  g_signal_emit (self, signals[SIGNAL_DRAG_BEGAN], 0, gtk_event_controller_get_widget (GTK_EVENT_CONTROLLER (source)));
  if (n <= 1)
    return;
  text = self->leads ? g_strdup_printf (ngettext ("%u lead", "%u leads", n), n)
                     : g_strdup_printf (ngettext ("%u deal", "%u deals", n), n);
  label = gtk_label_new (text);
  gtk_widget_add_css_class (label, "card");
  gtk_widget_add_css_class (label, "board-drag");
  gtk_drag_icon_set_child (GTK_DRAG_ICON (gtk_drag_icon_get_for_drag (drag)), label);
}

static void
drag_end_cb (TorgColumn *self)
{
  g_signal_emit (self, signals[SIGNAL_DRAG_ENDED], 0);
}

static void
setup_cb (GtkSignalListItemFactory *factory, GtkListItem *item, gpointer data)
{
  TorgColumn    *self = data;
  GtkWidget     *card = torg_card_new (self->session, item);
  GtkDragSource *source = gtk_drag_source_new ();

  gtk_drag_source_set_actions (source, GDK_ACTION_MOVE);
  g_signal_connect_object (source, "prepare", G_CALLBACK (drag_prepare_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (source, "drag-begin", G_CALLBACK (drag_begin_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (source, "drag-end", G_CALLBACK (drag_end_cb), self, G_CONNECT_SWAPPED);
  gtk_widget_add_controller (card, GTK_EVENT_CONTROLLER (source));
  g_signal_connect_object (card, "clicked", G_CALLBACK (card_clicked_cb), self, G_CONNECT_SWAPPED);
  gtk_list_item_set_child (item, card);
}

static void
bind_cb (GtkSignalListItemFactory *factory, GtkListItem *item, gpointer data)
{
  torg_card_bind (TORG_CARD (gtk_list_item_get_child (item)), TORG_ROW (gtk_list_item_get_item (item)));
}

static void
unbind_cb (GtkSignalListItemFactory *factory, GtkListItem *item, gpointer data)
{
  torg_card_bind (TORG_CARD (gtk_list_item_get_child (item)), NULL);
}

static TorgCard *
card_of_child (GtkWidget *child)
{
  GtkWidget *card = gtk_widget_get_first_child (child);

  return TORG_IS_CARD (card) ? TORG_CARD (card) : NULL;
}

static void
show_state (TorgColumn *self)
{
  gboolean empty = self->list != NULL && g_list_model_get_n_items (G_LIST_MODEL (self->list)) == 0 &&
                   !torg_list_is_loading (self->list);

  if (self->to_top && self->list != NULL && !torg_list_is_loading (self->list))
    {
      self->to_top = FALSE;
      if (!empty)
        gtk_grid_view_scroll_to (self->cards, 0, GTK_LIST_SCROLL_NONE, NULL);
    }

  gtk_widget_set_visible (GTK_WIDGET (self->empty_label), self->collapsed || empty);
  if (self->collapsed || self->list != NULL)
    gtk_stack_set_visible_child_name (self->stack, self->collapsed || empty ? "empty" : "cards");
}

/* A list that shows its first card goes on showing it: a card that comes above is not hidden. */
static void
items_changed_cb (TorgColumn *self, guint position, guint removed, guint added)
{
  gboolean at_top = gtk_adjustment_get_value (gtk_scrolled_window_get_vadjustment (self->scroller)) < 1;

  if (at_top && position == 0 && g_list_model_get_n_items (G_LIST_MODEL (self->list)) > added)
    gtk_grid_view_scroll_to (self->cards, 0, GTK_LIST_SCROLL_NONE, NULL);
  show_state (self);
}

/* --- dropping ----------------------------------------------------------------------------------------------------- */

/* Finds the card above which something at y would land, and the height where that is. */
static guint
find_place (TorgColumn *self, double y, double *line)
{
  guint  place = self->list != NULL ? g_list_model_get_n_items (G_LIST_MODEL (self->list)) : 0;
  double last = 0;
  guint  nearest = G_MAXUINT;

  *line = 0;
  for (GtkWidget *child = gtk_widget_get_first_child (GTK_WIDGET (self->cards)); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    {
      TorgCard       *card = card_of_child (child);
      graphene_rect_t bounds;

      if (card == NULL || torg_card_get_row (card) == NULL || !gtk_widget_get_mapped (child) ||
          !gtk_widget_compute_bounds (child, GTK_WIDGET (self->stack), &bounds))
        continue;
      last = MAX (last, (double) (bounds.origin.y + bounds.size.height));
      if (y < (double) (bounds.origin.y + bounds.size.height / 2) && torg_card_get_position (card) < nearest)
        {
          nearest = torg_card_get_position (card);
          *line = (double) bounds.origin.y;
        }
    }
  if (nearest == G_MAXUINT)
    {
      *line = last;
      return place;
    }
  return nearest;
}

static gboolean
scroll_tick_cb (GtkWidget *widget, GdkFrameClock *clock, gpointer data)
{
  TorgColumn    *self = TORG_COLUMN (widget);
  GtkAdjustment *adjustment = gtk_scrolled_window_get_vadjustment (self->scroller);
  int            height = gtk_widget_get_height (GTK_WIDGET (self->stack));
  double         line;

  if (self->drag_y < EDGE)
    gtk_adjustment_set_value (adjustment,
                              gtk_adjustment_get_value (adjustment) - EDGE_SPEED * (1 - MAX (self->drag_y, 0) / EDGE));
  else if (self->drag_y > height - EDGE)
    gtk_adjustment_set_value (adjustment, gtk_adjustment_get_value (adjustment) +
                                            EDGE_SPEED * (1 - MAX (height - self->drag_y, 0) / EDGE));
  else
    return G_SOURCE_CONTINUE;
  find_place (self, self->drag_y, &line);
  gtk_widget_set_margin_top (self->drop_line, MAX (0, (int) line - 1));
  return G_SOURCE_CONTINUE;
}

static void
end_drop (TorgColumn *self)
{
  if (self->scroll_tick != 0)
    gtk_widget_remove_tick_callback (GTK_WIDGET (self), self->scroll_tick);
  self->scroll_tick = 0;
  gtk_widget_set_visible (self->drop_line, FALSE);
  gtk_widget_remove_css_class (GTK_WIDGET (self->box), "drop");
}

static GdkDragAction
drop_motion_cb (TorgColumn *self, double x, double y)
{
  graphene_point_t point;
  double           line;

  if (gtk_widget_get_visible (GTK_WIDGET (self->refusal)) ||
      !gtk_widget_compute_point (GTK_WIDGET (self), GTK_WIDGET (self->stack),
                                 &GRAPHENE_POINT_INIT ((float) x, (float) y), &point))
    return 0;
  self->drag_y = (double) point.y;
  gtk_widget_add_css_class (GTK_WIDGET (self->box), "drop");
  if (!self->collapsed && self->list != NULL && g_list_model_get_n_items (G_LIST_MODEL (self->list)) > 0)
    {
      find_place (self, self->drag_y, &line);
      gtk_widget_set_margin_top (self->drop_line, MAX (0, (int) line - 1));
      gtk_widget_set_visible (self->drop_line, TRUE);
      if (self->scroll_tick == 0)
        self->scroll_tick = gtk_widget_add_tick_callback (GTK_WIDGET (self), scroll_tick_cb, NULL, NULL);
    }
  return GDK_ACTION_MOVE;
}

static gboolean
is_one_of (TorgColumn *self, guint position, GArray *rowids)
{
  gint64 rowid = torg_list_get_rowid (self->list, position);

  for (guint i = 0; i < rowids->len; i++)
    if (g_array_index (rowids, gint64, i) == rowid)
      return TRUE;
  return FALSE;
}

static gboolean
drop_cb (TorgColumn *self, const GValue *value, double x, double y)
{
  GArray          *rowids = g_value_get_boxed (value);
  g_autofree char *after = NULL;
  g_autofree char *before = NULL;
  double           line;

  if (drop_motion_cb (self, x, y) == 0)
    return FALSE;
  if (!self->collapsed && self->list != NULL)
    {
      guint n = g_list_model_get_n_items (G_LIST_MODEL (self->list));
      guint place = find_place (self, self->drag_y, &line);
      guint above = place;
      guint below = place;

      while (above > 0 && is_one_of (self, above - 1, rowids))
        above--;
      while (below < n && is_one_of (self, below, rowids))
        below++;
      if (above > 0)
        after = torg_column_dup_id (self, above - 1);
      if (below < n)
        before = torg_column_dup_id (self, below);
    }
  end_drop (self);
  g_signal_emit (self, signals[SIGNAL_DROPPED], 0, rowids, after, before);
  return TRUE;
}

/* --- quick entry -------------------------------------------------------------------------------------------------- */

static gboolean
added_cb (TorgColumn *self, const char *title, const char *amount, const char *client)
{
  gboolean accepted = FALSE;

  g_signal_emit (self, signals[SIGNAL_ADDED], 0, title, amount, client, &accepted);
  return accepted;
}

static void
add_closed_cb (TorgColumn *self)
{
  gtk_revealer_set_reveal_child (self->add_revealer, FALSE);
  g_signal_emit (self, signals[SIGNAL_ADD_CLOSED], 0);
}

static TorgQuickAdd *
get_quick_add (TorgColumn *self)
{
  return self->add_revealer != NULL ? TORG_QUICK_ADD (gtk_revealer_get_child (self->add_revealer)) : NULL;
}

static void
add_clicked_cb (TorgColumn *self)
{
  torg_column_begin_add (self);
}

/* --- open and folded ---------------------------------------------------------------------------------------------- */

static void
make_cards (TorgColumn *self)
{
  g_autoptr (GtkListItemFactory) factory = gtk_signal_list_item_factory_new ();

  g_signal_connect_object (factory, "setup", G_CALLBACK (setup_cb), self, 0);
  g_signal_connect_object (factory, "bind", G_CALLBACK (bind_cb), self, 0);
  g_signal_connect_object (factory, "unbind", G_CALLBACK (unbind_cb), self, 0);
  self->cards = GTK_GRID_VIEW (gtk_grid_view_new (GTK_SELECTION_MODEL (g_object_ref (self->selection)), NULL));
  gtk_grid_view_set_max_columns (self->cards, 1);
  gtk_grid_view_set_factory (self->cards, factory);
  gtk_widget_add_css_class (GTK_WIDGET (self->cards), "board-cards");
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->cards), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  gtk_label_get_label (self->name), -1);
  self->scroller = GTK_SCROLLED_WINDOW (gtk_scrolled_window_new ());
  gtk_scrolled_window_set_policy (self->scroller, GTK_POLICY_NEVER, GTK_POLICY_AUTOMATIC);
  gtk_scrolled_window_set_child (self->scroller, GTK_WIDGET (self->cards));
  gtk_stack_add_named (self->stack, GTK_WIDGET (self->scroller), "cards");
}

static void
ensure_list (TorgColumn *self)
{
  if (self->query == NULL || self->collapsed)
    return;
  if (self->list != NULL)
    {
      self->to_top = TRUE;
      torg_list_set_query (self->list, self->query);
      return;
    }
  self->list = torg_list_new (torg_session_get_replica (self->session), self->query);
  self->selection = torg_selection_new (self->list, self->picks);
  g_signal_connect_object (self->list, "items-changed", G_CALLBACK (items_changed_cb), self,
                           G_CONNECT_SWAPPED | G_CONNECT_AFTER);
  g_signal_connect_object (self->list, "notify::loading", G_CALLBACK (show_state), self, G_CONNECT_SWAPPED);
  make_cards (self);
}

/* What a column without cards says. */
static void
update_empty (TorgColumn *self)
{
  gtk_label_set_label (self->empty_label, self->collapsed  ? _ ("Drop here")
                                          : self->filtered ? _ ("Nothing passes the filter here.")
                                                           : _ ("Empty. Drop a card here, or add a new one with “+”."));
}

static void
set_collapsed (TorgColumn *self, gboolean collapsed)
{
  self->collapsed = collapsed;
  gtk_widget_set_size_request (GTK_WIDGET (self), collapsed ? WIDTH_SMALL : WIDTH, -1);
  gtk_widget_set_hexpand (GTK_WIDGET (self), !self->closed);
  gtk_label_set_max_width_chars (self->name, collapsed ? 9 : -1);
  gtk_button_set_icon_name (GTK_BUTTON (self->fold_button), collapsed ? "pan-end-symbolic" : "pan-start-symbolic");
  gtk_widget_set_tooltip_text (self->fold_button, collapsed ? _ ("Show the deals") : _ ("Fold the stage"));
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->fold_button), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  collapsed ? _ ("Show the deals") : _ ("Fold the stage"), -1);
  gtk_label_set_wrap (self->empty_label, !collapsed);
  gtk_label_set_ellipsize (self->empty_label, collapsed ? PANGO_ELLIPSIZE_END : PANGO_ELLIPSIZE_NONE);
  update_empty (self);
  ensure_list (self);
  show_state (self);
}

static void
fold_cb (TorgColumn *self)
{
  set_collapsed (self, !self->collapsed);
  if (!self->collapsed)
    g_signal_emit (self, signals[SIGNAL_UNFOLDED], 0);
}

/* Never the colour alone: the name stands beside it. */
static void
show_color (TorgColumn *self)
{
  const char      *color = torg_record_get_text (self->stage, "color");
  GdkRGBA          parsed;
  g_autofree char *markup = NULL;

  if (color == NULL || !gdk_rgba_parse (&parsed, color))
    return;
  markup = g_markup_printf_escaped ("<span foreground=\"#%02x%02x%02x\">●</span>", (guint) (parsed.red * 255 + 0.5f),
                                    (guint) (parsed.green * 255 + 0.5f), (guint) (parsed.blue * 255 + 0.5f));
  gtk_label_set_markup (self->mark, markup);
  gtk_widget_set_visible (GTK_WIDGET (self->mark), TRUE);
}

/* --- the widget --------------------------------------------------------------------------------------------------- */

static void
torg_column_dispose (GObject *object)
{
  TorgColumn *self = TORG_COLUMN (object);

  if (self->cards != NULL)
    gtk_grid_view_set_model (self->cards, NULL);
  self->cards = NULL;
  self->scroller = NULL;
  self->add_revealer = NULL;
  adw_bin_set_child (ADW_BIN (object), NULL);
  gtk_widget_dispose_template (GTK_WIDGET (object), TORG_TYPE_COLUMN);
  g_clear_object (&self->selection);
  g_clear_object (&self->list);
  g_clear_object (&self->picks);
  g_clear_object (&self->session);
  g_clear_pointer (&self->stage, torg_record_unref);
  g_clear_pointer (&self->query, torg_query_unref);
  G_OBJECT_CLASS (torg_column_parent_class)->dispose (object);
}

static void
torg_column_class_init (TorgColumnClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = torg_column_dispose;
  gtk_widget_class_set_template_from_resource (widget_class, "/org/torgcrm/Torg/ui/board/torg-column.ui");
  gtk_widget_class_bind_template_child (widget_class, TorgColumn, box);
  gtk_widget_class_bind_template_child (widget_class, TorgColumn, heading);
  gtk_widget_class_bind_template_child (widget_class, TorgColumn, mark);
  gtk_widget_class_bind_template_child (widget_class, TorgColumn, icon);
  gtk_widget_class_bind_template_child (widget_class, TorgColumn, name);
  gtk_widget_class_bind_template_child (widget_class, TorgColumn, totals);
  gtk_widget_class_bind_template_child (widget_class, TorgColumn, add_button);
  gtk_widget_class_bind_template_child (widget_class, TorgColumn, fold_button);
  gtk_widget_class_bind_template_child (widget_class, TorgColumn, stack);
  gtk_widget_class_bind_template_child (widget_class, TorgColumn, drop_line);
  gtk_widget_class_bind_template_child (widget_class, TorgColumn, empty_label);
  gtk_widget_class_bind_template_child (widget_class, TorgColumn, refusal);
  gtk_widget_class_bind_template_callback (widget_class, add_clicked_cb);
  gtk_widget_class_bind_template_callback (widget_class, fold_cb);

  signals[SIGNAL_CARD_CLICKED] =
    g_signal_new ("card-clicked", TORG_TYPE_COLUMN, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 5,
                  TORG_TYPE_CARD, G_TYPE_UINT, GDK_TYPE_MODIFIER_TYPE, G_TYPE_DOUBLE, G_TYPE_DOUBLE);
  signals[SIGNAL_DROPPED] = g_signal_new ("dropped", TORG_TYPE_COLUMN, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                          G_TYPE_NONE, 3, G_TYPE_ARRAY, G_TYPE_STRING, G_TYPE_STRING);
  signals[SIGNAL_UNFOLDED] =
    g_signal_new ("unfolded", TORG_TYPE_COLUMN, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[SIGNAL_DRAG_BEGAN] = g_signal_new ("drag-began", TORG_TYPE_COLUMN, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                             G_TYPE_NONE, 1, TORG_TYPE_CARD);
  signals[SIGNAL_DRAG_ENDED] =
    g_signal_new ("drag-ended", TORG_TYPE_COLUMN, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[SIGNAL_ADD_CLOSED] =
    g_signal_new ("add-closed", TORG_TYPE_COLUMN, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[SIGNAL_ADDED] =
    g_signal_new ("added", TORG_TYPE_COLUMN, G_SIGNAL_RUN_LAST, 0, g_signal_accumulator_true_handled, NULL, NULL,
                  G_TYPE_BOOLEAN, 3, G_TYPE_STRING, G_TYPE_STRING, G_TYPE_STRING);
}

static void
torg_column_init (TorgColumn *self)
{
  GtkDropTarget *target = gtk_drop_target_new (G_TYPE_ARRAY, GDK_ACTION_MOVE);

  gtk_widget_init_template (GTK_WIDGET (self));
  g_signal_connect_object (target, "enter", G_CALLBACK (drop_motion_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (target, "motion", G_CALLBACK (drop_motion_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (target, "leave", G_CALLBACK (end_drop), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (target, "drop", G_CALLBACK (drop_cb), self, G_CONNECT_SWAPPED);
  gtk_widget_add_controller (GTK_WIDGET (self), GTK_EVENT_CONTROLLER (target));
}

/**
 * torg_column_new:
 * @session: the session
 * @stage: the stage
 * @picks: the selected rows of the board
 *
 * Makes a column, to be given a query.
 *
 * Returns: a new column
 */
GtkWidget *
torg_column_new (TorgSession *session, TorgRecord *stage, TorgPicks *picks)
{
  TorgColumn      *self = g_object_new (TORG_TYPE_COLUMN, NULL);
  g_autofree char *title = torg_words_title (stage);
  const char      *kind = torg_record_get_text (stage, "kind");

  self->session = g_object_ref (session);
  self->stage = torg_record_ref (stage);
  self->picks = g_object_ref (picks);
  self->closed = g_strcmp0 (kind, "open") != 0;
  gtk_label_set_label (self->name, title);
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->name), title);
  show_color (self);
  gtk_image_set_from_icon_name (self->icon, g_strcmp0 (kind, "won") == 0 ? "torg-won-symbolic" : "torg-lost-symbolic");
  gtk_widget_set_visible (GTK_WIDGET (self->icon), self->closed);
  gtk_widget_set_visible (self->add_button, !self->closed);
  gtk_widget_set_visible (self->fold_button, self->closed);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, title, -1);
  set_collapsed (self, self->closed);
  return GTK_WIDGET (self);
}

/**
 * torg_column_get_stage:
 *
 * Tells which stage it is.
 *
 * Returns: (transfer none): its id
 */
const char *
torg_column_get_stage (TorgColumn *self)
{
  return torg_record_get_id (self->stage);
}

/**
 * torg_column_get_list:
 *
 * Gives the deals of the stage.
 *
 * Returns: (transfer none) (nullable): the list, %NULL while the column is folded
 */
TorgList *
torg_column_get_list (TorgColumn *self)
{
  return self->list;
}

/**
 * torg_column_set_query:
 * @query: a filter, of all stages
 *
 * Shows the deals of the stage that pass a filter.
 */
void
torg_column_set_query (TorgColumn *self, TorgQuery *query)
{
  g_autoptr (TorgQuery) own = torg_query_copy (query);

  torg_query_add_text (own, "stage", TORG_MATCH_IS, torg_record_get_id (self->stage));
  torg_query_sort (own, "rank", FALSE);
  self->leads = g_str_equal (torg_query_get_kind (query), "lead");
  self->filtered = torg_query_get_n (query) > 0;
  update_empty (self);
  if (get_quick_add (self) != NULL)
    torg_quick_add_set_leads (get_quick_add (self), self->leads);
  g_clear_pointer (&self->query, torg_query_unref);
  self->query = g_steal_pointer (&own);
  ensure_list (self);
}

/**
 * torg_column_set_totals:
 * @counters: (element-type TorgCounter): of all stages
 *
 * Shows how many deals pass the filter and what they are worth.
 */
void
torg_column_set_totals (TorgColumn *self, GPtrArray *counters)
{
  gint64 n = 0;
  g_autoptr (GString) text = g_string_new (NULL);
  g_autoptr (GString) sums = g_string_new (NULL);
  g_autofree char *count = NULL;

  for (guint i = 0; i < counters->len; i++)
    {
      const TorgCounter *counter = g_ptr_array_index (counters, i);
      g_autofree char   *sum = NULL;

      if (g_strcmp0 (counter->stage, torg_record_get_id (self->stage)) != 0)
        continue;
      n += counter->n;
      if (*counter->currency == '\0' || counter->sum == 0)
        continue;
      sum = torg_money_format_compact (counter->sum, counter->currency, TORG_NUMBER_STYLE_LOCALE);
      g_string_append_printf (sums, "%s%s", sums->len > 0 ? " + " : "", sum);
    }
  count = torg_number_format (n * TORG_NUMBER_SCALE, TORG_NUMBER_STYLE_LOCALE);
  g_string_append (text, count);
  if (sums->len > 0)
    g_string_append_printf (text, " · %s", sums->str);
  gtk_label_set_label (self->totals, text->str);
}

/**
 * torg_column_set_refusal:
 * @words: (nullable): why the card that is dragged may not come here
 *
 * Shows that nothing can be dropped here, or that it can again.
 */
void
torg_column_set_refusal (TorgColumn *self, const char *words)
{
  gtk_label_set_label (self->refusal, words != NULL ? words : "");
  gtk_widget_set_visible (GTK_WIDGET (self->refusal), words != NULL);
  if (words != NULL)
    gtk_widget_add_css_class (GTK_WIDGET (self->box), "refused");
  else
    gtk_widget_remove_css_class (GTK_WIDGET (self->box), "refused");
}

/**
 * torg_column_begin_add:
 *
 * Opens the quick entry of a deal.
 */
void
torg_column_begin_add (TorgColumn *self)
{
  if (self->add_revealer == NULL)
    {
      GtkWidget *quick_add = torg_quick_add_new ();

      self->add_revealer = GTK_REVEALER (gtk_revealer_new ());
      gtk_box_insert_child_after (self->box, GTK_WIDGET (self->add_revealer), self->heading);
      torg_quick_add_set_leads (TORG_QUICK_ADD (quick_add), self->leads);
      g_signal_connect_object (quick_add, "added", G_CALLBACK (added_cb), self, G_CONNECT_SWAPPED);
      g_signal_connect_object (quick_add, "closed", G_CALLBACK (add_closed_cb), self, G_CONNECT_SWAPPED);
      gtk_revealer_set_child (self->add_revealer, quick_add);
    }
  gtk_revealer_set_reveal_child (self->add_revealer, TRUE);
  torg_quick_add_focus (get_quick_add (self));
}

/**
 * torg_column_end_add:
 * @saved: whether what was typed is saved
 *
 * Makes the quick entry ready for the next deal, or for another try with the same text.
 */
void
torg_column_end_add (TorgColumn *self, gboolean saved)
{
  if (self->add_revealer == NULL)
    return;
  torg_quick_add_end (get_quick_add (self), saved);
  if (gtk_revealer_get_reveal_child (self->add_revealer))
    torg_quick_add_focus (get_quick_add (self));
}

/**
 * torg_column_is_collapsed:
 *
 * Tells whether the cards are not shown.
 *
 * Returns: whether it is folded
 */
gboolean
torg_column_is_collapsed (TorgColumn *self)
{
  return self->collapsed;
}

/**
 * torg_column_get_n_cards:
 *
 * Counts the cards.
 *
 * Returns: how many; 0 while the column is folded
 */
guint
torg_column_get_n_cards (TorgColumn *self)
{
  return self->collapsed || self->list == NULL ? 0 : g_list_model_get_n_items (G_LIST_MODEL (self->list));
}

/**
 * torg_column_get_focused:
 *
 * Gives the card that has the keyboard focus.
 *
 * Returns: (transfer none) (nullable): the card
 */
TorgCard *
torg_column_get_focused (TorgColumn *self)
{
  GtkRoot   *root = gtk_widget_get_root (GTK_WIDGET (self));
  GtkWidget *focus = root != NULL ? gtk_root_get_focus (root) : NULL;

  if (focus == NULL || self->cards == NULL || !gtk_widget_is_ancestor (focus, GTK_WIDGET (self->cards)))
    return NULL;
  return card_of_child (focus);
}

/**
 * torg_column_focus_card:
 * @position: a position in the list
 *
 * Moves the keyboard focus to a card, and scrolls to it.
 */
void
torg_column_focus_card (TorgColumn *self, guint position)
{
  guint n = torg_column_get_n_cards (self);

  if (n == 0)
    return;
  gtk_grid_view_scroll_to (self->cards, MIN (position, n - 1), GTK_LIST_SCROLL_FOCUS, NULL);
  if (torg_column_get_focused (self) == NULL)
    gtk_widget_grab_focus (GTK_WIDGET (self->cards));
}

/**
 * torg_column_focus_row:
 * @rowid: a deal's place in the table
 *
 * Moves the keyboard focus to a deal.
 *
 * Returns: whether it is in this column
 */
gboolean
torg_column_focus_row (TorgColumn *self, gint64 rowid)
{
  guint position = torg_column_get_n_cards (self) > 0 ? torg_list_find (self->list, rowid) : G_MAXUINT;

  if (position == G_MAXUINT)
    return FALSE;
  torg_column_focus_card (self, position);
  return TRUE;
}

/**
 * torg_column_dup_id:
 * @position: a position in the list
 *
 * Gives the id of a deal that is on the screen.
 *
 * Returns: (transfer full) (nullable): an id
 */
char *
torg_column_dup_id (TorgColumn *self, guint position)
{
  g_autoptr (TorgRow) row = self->list != NULL ? g_list_model_get_item (G_LIST_MODEL (self->list), position) : NULL;

  return row != NULL && torg_row_get_record (row) != NULL ? g_strdup (torg_record_get_id (torg_row_get_record (row)))
                                                          : NULL;
}
