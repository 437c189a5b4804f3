/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "torg-ui"

#include "config.h"

#include "torg-board.h"
#include "torg-column.h"
#include "torg-quick-deal.h"
#include "torg-stage-gate.h"

#include <glib/gi18n-lib.h>

#define EDGE 64         /* near the sides, a drag scrolls */
#define EDGE_SPEED 18.0 /* pixels a frame */

struct _TorgBoard
{
  AdwBin parent_instance;

  GtkBox            *root;
  GtkScrolledWindow *scroller;
  GtkBox            *inner;
  GtkBox            *columns;
  GMenuModel        *card_menu;
  GtkBox            *closed; /* the won and lost stages, always in sight where there is room */
  GtkWidget         *none;   /* (nullable): says that there are no stages; made when that is first so */

  TorgSession     *session;     /* (owned) */
  TorgDealActions *actions;     /* (owned) */
  TorgPicks       *picks;       /* (owned) */
  TorgQuery       *query;       /* (owned) (nullable): the filter */
  char            *pipeline;    /* (owned) (nullable) */
  char            *stages;      /* (owned) (nullable): what of them the columns were made of */
  GtkWidget       *menu;        /* (owned) (nullable): of a card */
  GCancellable    *cancellable; /* (owned) (nullable): of the counting under way */
  gboolean         count_again;
  gint64           target;       /* the row that the menu is about, or 0 */
  gint64           focus_wanted; /* the row that gets the focus when it arrives, or 0 */
  gboolean         focus_first;  /* the first card gets the focus when it arrives */
  guint            focus_tick;
  double           drag_x;
  guint            scroll_tick;
  GPtrArray       *later; /* (owned) (element-type TorgColumn): those that wait for their query */
  guint            later_source;
  guint            later_tick; /* until a frame has shown the others */
};

G_DEFINE_FINAL_TYPE (TorgBoard, torg_board, ADW_TYPE_BIN)

#define for_each_column(self, column)                                                                                  \
  for (TorgColumn *column = get_first_column (self); column != NULL; column = get_neighbour (self, column, 1))

static TorgColumn *
get_first_column (TorgBoard *self)
{
  return (TorgColumn *) gtk_widget_get_first_child (GTK_WIDGET (self->columns));
}

/* The stage after or before another; those for closed deals come last. */
static TorgColumn *
get_neighbour (TorgBoard *self, TorgColumn *column, int direction)
{
  gboolean   closed = gtk_widget_get_parent (GTK_WIDGET (column)) == GTK_WIDGET (self->closed);
  GtkWidget *other = direction > 0 ? gtk_widget_get_next_sibling (GTK_WIDGET (column))
                                   : gtk_widget_get_prev_sibling (GTK_WIDGET (column));

  if (other == NULL && direction > 0 && !closed)
    other = gtk_widget_get_first_child (GTK_WIDGET (self->closed));
  else if (other == NULL && direction < 0 && closed)
    other = gtk_widget_get_last_child (GTK_WIDGET (self->columns));
  return (TorgColumn *) other;
}

static TorgColumn *
find_focused (TorgBoard *self, TorgCard **card)
{
  if (get_first_column (self) == NULL)
    return NULL;
  for_each_column (self, column)
  {
    TorgCard *focused = torg_column_get_focused (column);

    if (focused != NULL && torg_card_get_row (focused) != NULL)
      {
        *card = focused;
        return column;
      }
  }
  return NULL;
}

/* --- counting ----------------------------------------------------------------------------------------------------- */

static gpointer
count (TorgStore *store, gpointer data, GCancellable *cancellable, GError **error)
{
  return torg_store_list_counters (store, data, cancellable, error);
}

static void load_counters (TorgBoard *self);

static void
counted_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (TorgBoard) self = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) counters = torg_replica_call_finish (TORG_REPLICA (source), result, &error);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  g_clear_object (&self->cancellable);
  if (counters == NULL)
    {
      if (self->session != NULL)
        torg_session_fail (self->session, error);
      return;
    }
  if (self->columns == NULL || get_first_column (self) == NULL)
    return;
  for_each_column (self, column) torg_column_set_totals (column, counters);
  if (self->count_again)
    load_counters (self);
}

static void
load_counters (TorgBoard *self)
{
  self->count_again = FALSE;
  self->cancellable = g_cancellable_new ();
  torg_replica_call_async (torg_session_get_replica (self->session), TORG_LANE_COUNT, count,
                           torg_query_ref (self->query), (GDestroyNotify) torg_query_unref,
                           (GDestroyNotify) g_ptr_array_unref, self->cancellable, counted_cb, g_object_ref (self));
}

static void
replica_changed_cb (TorgBoard *self, GPtrArray *changes)
{
  gboolean counts = changes == NULL;

  for (guint i = 0; changes != NULL && i < changes->len && !counts; i++)
    {
      const TorgChange *change = g_ptr_array_index (changes, i);

      counts = g_str_equal (change->type->name, torg_deal_actions_get_type_name (self->actions)) ||
               (self->query != NULL &&
                torg_query_is_through (self->query, torg_session_get_schema (self->session), change->type->name));
    }
  if (!counts || self->query == NULL)
    return;
  if (self->cancellable != NULL)
    self->count_again = TRUE;
  else
    load_counters (self);
}

/* --- what the actions are about ----------------------------------------------------------------------------------- */

static GArray *
list_targets (TorgBoard *self)
{
  GArray   *rowids;
  TorgCard *card = NULL;
  gint64    target = self->target;

  if (target == 0 && find_focused (self, &card) != NULL)
    target = torg_row_get_rowid (torg_card_get_row (card));
  if (torg_picks_get_n (self->picks) > 0 && (target == 0 || torg_picks_contains (self->picks, target)))
    return torg_picks_list (self->picks);
  rowids = g_array_new (FALSE, FALSE, sizeof (gint64));
  if (target != 0)
    g_array_append_val (rowids, target);
  return rowids;
}

static void
open_card (TorgBoard *self, TorgCard *card, gboolean in_window)
{
  TorgRecord *record = torg_row_get_record (torg_card_get_row (card));
  GtkWidget  *column = gtk_widget_get_ancestor (GTK_WIDGET (card), TORG_TYPE_COLUMN);

  if (record != NULL)
    torg_session_open_record (self->session, torg_record_get_kind (record)->info->name, torg_record_get_id (record),
                              G_LIST_MODEL (torg_column_get_list (TORG_COLUMN (column))), torg_card_get_position (card),
                              in_window);
}

static void
open_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  TorgBoard *self = TORG_BOARD (widget);
  TorgCard  *card = NULL;

  if (find_focused (self, &card) != NULL)
    open_card (self, card, g_str_equal (name, "board.open-window"));
}

static void
choose_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  TorgBoard *self = TORG_BOARD (widget);
  g_autoptr (GArray) rowids = list_targets (self);

  if (rowids->len == 0)
    return;
  if (g_str_equal (name, "board.move"))
    torg_deal_actions_choose_stage (self->actions, rowids, self->pipeline);
  else if (g_str_equal (name, "board.owner"))
    torg_deal_actions_choose_owner (self->actions, rowids);
  else if (g_str_equal (name, "board.tag"))
    torg_deal_actions_choose_tag (self->actions, rowids);
  else if (g_str_equal (name, "board.postpone"))
    torg_deal_actions_postpone (self->actions, rowids);
  else
    torg_deal_actions_delete (self->actions, rowids);
}

static void
done_cb (TorgBoard *self)
{
  self->target = 0;
}

static gboolean focus_tick_cb (GtkWidget *widget, GdkFrameClock *clock, gpointer data);

/* The card that the menu was about has the focus again, unless a dialog opened. */
static void
menu_closed_cb (TorgBoard *self)
{
  self->focus_wanted = self->target;
  if (self->focus_tick == 0)
    self->focus_tick = gtk_widget_add_tick_callback (GTK_WIDGET (self), focus_tick_cb, NULL, NULL);
}

static void
show_menu (TorgBoard *self, TorgCard *card, double x, double y)
{
  graphene_point_t point;

  if (!gtk_widget_compute_point (GTK_WIDGET (card), GTK_WIDGET (self), &GRAPHENE_POINT_INIT ((float) x, (float) y),
                                 &point))
    return;
  if (self->menu == NULL)
    {
      self->menu = gtk_popover_menu_new_from_model (self->card_menu);
      gtk_popover_set_has_arrow (GTK_POPOVER (self->menu), FALSE);
      gtk_widget_set_halign (self->menu, GTK_ALIGN_START);
      gtk_widget_set_parent (self->menu, GTK_WIDGET (self));
      g_signal_connect_object (self->menu, "closed", G_CALLBACK (menu_closed_cb), self, G_CONNECT_SWAPPED);
    }
  self->target = torg_row_get_rowid (torg_card_get_row (card));
  gtk_popover_set_pointing_to (GTK_POPOVER (self->menu), &(GdkRectangle) { (int) point.x, (int) point.y, 1, 1 });
  gtk_popover_popup (GTK_POPOVER (self->menu));
}

static void
card_clicked_cb (TorgBoard      *self,
                 TorgCard       *card,
                 guint           button,
                 GdkModifierType modifiers,
                 double          x,
                 double          y,
                 TorgColumn     *column)
{
  torg_column_focus_card (column, torg_card_get_position (card));
  self->target = 0;
  if (button == GDK_BUTTON_SECONDARY)
    show_menu (self, card, x, y);
  else if (button == GDK_BUTTON_PRIMARY)
    open_card (self, card, FALSE);
  else if (button == GDK_BUTTON_MIDDLE)
    open_card (self, card, TRUE);
}

static void
dropped_cb (TorgBoard *self, GArray *rowids, const char *after, const char *before, TorgColumn *column)
{
  if (rowids->len == 1)
    self->focus_wanted = g_array_index (rowids, gint64, 0);
  torg_deal_actions_move (self->actions, rowids, torg_column_get_stage (column), after, before);
}

/* Where the card may not go, its stage says so. Of several that go together it is the one under the pointer. */
static void
drag_began_cb (TorgBoard *self, TorgCard *card)
{
  TorgRecord *record = torg_card_get_row (card) != NULL ? torg_row_get_record (torg_card_get_row (card)) : NULL;

  if (record == NULL)
    return;
  for_each_column (self, column)
  {
    g_autofree char *words = torg_stage_gate_say (self->session, record, torg_column_get_stage (column));

    torg_column_set_refusal (column, words);
  }
}

static void
drag_ended_cb (TorgBoard *self)
{
  if (self->columns != NULL && get_first_column (self) != NULL)
    for_each_column (self, column) torg_column_set_refusal (column, NULL);
}

static void
add_saved_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (TorgColumn) column = data;

  torg_column_end_add (column, torg_quick_deal_add_finish (TORG_SESSION (source), result, NULL));
}

static gboolean
added_cb (TorgBoard *self, const char *title, const char *amount, const char *client, TorgColumn *column)
{
  g_object_ref (column);
  if (torg_quick_deal_add_async (self->session, torg_deal_actions_get_type_name (self->actions), self->pipeline,
                                 torg_column_get_stage (column), title, amount, client, add_saved_cb, column))
    return TRUE;
  g_object_unref (column);
  return FALSE;
}

/* The keyboard goes back to the cards: those of the same stage, or the first ones. */
static void
add_closed_cb (TorgBoard *self, TorgColumn *column)
{
  if (torg_column_get_n_cards (column) > 0)
    torg_column_focus_card (column, 0);
  else
    torg_board_focus (self);
}

/* --- keys --------------------------------------------------------------------------------------------------------- */

static void
scroll_to_column (TorgBoard *self, TorgColumn *column)
{
  /* The viewport waits until the column has its new width. */
  if (gtk_widget_is_ancestor (GTK_WIDGET (column), GTK_WIDGET (self->inner)))
    gtk_viewport_scroll_to (GTK_VIEWPORT (gtk_scrolled_window_get_child (self->scroller)), GTK_WIDGET (column), NULL);
}

static void
move_focus (TorgBoard *self, TorgColumn *column, guint position, int columns, int cards)
{
  if (columns == 0)
    {
      if (cards > 0 || position > 0)
        torg_column_focus_card (column, position + (guint) cards);
      return;
    }
  for (TorgColumn *other = get_neighbour (self, column, columns); other != NULL;
       other = get_neighbour (self, other, columns))
    if (torg_column_get_n_cards (other) > 0)
      {
        scroll_to_column (self, other);
        torg_column_focus_card (other, position);
        return;
      }
}

static void
move_cards (TorgBoard *self, TorgColumn *column, TorgCard *card, int columns, int cards)
{
  g_autoptr (GArray) rowids = list_targets (self);
  guint            position = torg_card_get_position (card);
  g_autofree char *after = NULL;
  g_autofree char *before = NULL;

  self->focus_wanted = torg_row_get_rowid (torg_card_get_row (card));
  if (columns != 0)
    {
      TorgColumn *other = get_neighbour (self, column, columns);

      if (other != NULL)
        {
          scroll_to_column (self, other);
          torg_deal_actions_move (self->actions, rowids, torg_column_get_stage (other), NULL, NULL);
        }
      return;
    }
  if (cards < 0 && position > 0)
    {
      before = torg_column_dup_id (column, position - 1);
      after = position > 1 ? torg_column_dup_id (column, position - 2) : NULL;
    }
  else if (cards > 0 && position + 1 < torg_column_get_n_cards (column))
    {
      after = torg_column_dup_id (column, position + 1);
      before = torg_column_dup_id (column, position + 2);
    }
  else
    return;
  torg_deal_actions_move (self->actions, rowids, torg_column_get_stage (column), after, before);
}

static void
select_all (TorgBoard *self, TorgColumn *column)
{
  TorgList          *list = torg_column_get_list (column);
  guint              n = torg_column_get_n_cards (column);
  g_autofree gint64 *rowids = g_new (gint64, n);

  for (guint i = 0; i < n; i++)
    rowids[i] = torg_list_get_rowid (list, i);
  torg_picks_set_many (self->picks, rowids, n);
}

static gboolean
key_pressed_cb (TorgBoard *self, guint keyval, guint keycode, GdkModifierType state)
{
  GdkModifierType modifiers = state & gtk_accelerator_get_default_mod_mask ();
  TorgCard       *card = NULL;
  TorgColumn     *column = find_focused (self, &card);
  int             columns = 0, cards = 0;
  gint64          rowid;

  if (column == NULL)
    return GDK_EVENT_PROPAGATE;
  self->target = 0;
  rowid = torg_row_get_rowid (torg_card_get_row (card));
  switch (keyval)
    {
      case GDK_KEY_Left:
      case GDK_KEY_KP_Left:
        columns = -1;
        break;
      case GDK_KEY_Right:
      case GDK_KEY_KP_Right:
        columns = 1;
        break;
      case GDK_KEY_Up:
      case GDK_KEY_KP_Up:
        cards = -1;
        break;
      case GDK_KEY_Down:
      case GDK_KEY_KP_Down:
        cards = 1;
        break;
      case GDK_KEY_space:
      case GDK_KEY_KP_Space:
        torg_picks_set (self->picks, rowid, !torg_picks_contains (self->picks, rowid));
        return GDK_EVENT_STOP;
      case GDK_KEY_Escape:
        torg_picks_clear (self->picks);
        return GDK_EVENT_STOP;
      case GDK_KEY_Return:
      case GDK_KEY_KP_Enter:
        open_card (self, card, (modifiers & GDK_CONTROL_MASK) != 0);
        return GDK_EVENT_STOP;
      case GDK_KEY_Delete:
      case GDK_KEY_KP_Delete:
        {
          g_autoptr (GArray) rowids = list_targets (self);

          torg_deal_actions_delete (self->actions, rowids);
          return GDK_EVENT_STOP;
        }
      case GDK_KEY_Menu:
        show_menu (self, card, 24, 24);
        return GDK_EVENT_STOP;
      case GDK_KEY_F10:
        if (modifiers != GDK_SHIFT_MASK)
          return GDK_EVENT_PROPAGATE;
        show_menu (self, card, 24, 24);
        return GDK_EVENT_STOP;
      case GDK_KEY_a:
      case GDK_KEY_Cyrillic_ef:
        if (modifiers != GDK_CONTROL_MASK)
          return GDK_EVENT_PROPAGATE;
        select_all (self, column);
        return GDK_EVENT_STOP;
      default:
        return GDK_EVENT_PROPAGATE;
    }
  if (gtk_widget_get_direction (GTK_WIDGET (self)) == GTK_TEXT_DIR_RTL)
    columns = -columns;
  if (modifiers == 0)
    move_focus (self, column, torg_card_get_position (card), columns, cards);
  else if (modifiers == (GDK_CONTROL_MASK | GDK_SHIFT_MASK))
    move_cards (self, column, card, columns, cards);
  else
    return GDK_EVENT_PROPAGATE;
  return GDK_EVENT_STOP;
}

static gboolean
focus_tick_cb (GtkWidget *widget, GdkFrameClock *clock, gpointer data)
{
  TorgBoard *self = TORG_BOARD (widget);
  gint64     wanted = self->focus_wanted;
  GtkWidget *focus = gtk_root_get_focus (gtk_widget_get_root (widget));

  self->focus_tick = 0;
  if (focus != NULL && gtk_widget_get_ancestor (focus, ADW_TYPE_DIALOG) != NULL)
    return G_SOURCE_REMOVE;
  /* Nobody is interrupted who types. */
  if (focus != NULL && GTK_IS_EDITABLE (focus))
    {
      self->focus_first = FALSE;
      self->focus_wanted = 0;
      return G_SOURCE_REMOVE;
    }
  if (self->focus_first)
    torg_board_focus (self);
  else if (wanted != 0 && get_first_column (self) != NULL)
    for_each_column (self, column) if (torg_column_focus_row (column, wanted))
    {
      self->focus_wanted = 0;
      scroll_to_column (self, column);
      break;
    }
  return G_SOURCE_REMOVE;
}

/* A card that was moved keeps the focus, as soon as it is on the screen. */
static void
items_changed_cb (TorgBoard *self, guint position, guint removed, guint added)
{
  if (added > 0 && self->focus_tick == 0 && (self->focus_first || self->focus_wanted != 0))
    self->focus_tick = gtk_widget_add_tick_callback (GTK_WIDGET (self), focus_tick_cb, NULL, NULL);
}

static void
watch_list (TorgBoard *self, TorgColumn *column)
{
  TorgList *list = torg_column_get_list (column);

  if (list == NULL || g_object_get_data (G_OBJECT (list), "torg-watched") != NULL)
    return;
  g_object_set_data (G_OBJECT (list), "torg-watched", self);
  g_signal_connect_object (list, "items-changed", G_CALLBACK (items_changed_cb), self,
                           G_CONNECT_SWAPPED | G_CONNECT_AFTER);
}

/* --- scrolling while dragging ------------------------------------------------------------------------------------- */

static gboolean
scroll_tick_cb (GtkWidget *widget, GdkFrameClock *clock, gpointer data)
{
  TorgBoard     *self = TORG_BOARD (widget);
  GtkAdjustment *adjustment = gtk_scrolled_window_get_hadjustment (self->scroller);
  int            width = gtk_widget_get_width (widget);
  double         value = gtk_adjustment_get_value (adjustment);

  if (self->drag_x < EDGE)
    gtk_adjustment_set_value (adjustment, value - EDGE_SPEED * (1 - MAX (self->drag_x, 0) / EDGE));
  else if (self->drag_x > width - EDGE)
    gtk_adjustment_set_value (adjustment, value + EDGE_SPEED * (1 - MAX (width - self->drag_x, 0) / EDGE));
  return G_SOURCE_CONTINUE;
}

static void
drag_motion_cb (TorgBoard *self, double x, double y)
{
  self->drag_x = x;
  if (self->scroll_tick == 0)
    self->scroll_tick = gtk_widget_add_tick_callback (GTK_WIDGET (self), scroll_tick_cb, NULL, NULL);
}

static void
drag_leave_cb (TorgBoard *self)
{
  if (self->scroll_tick != 0)
    gtk_widget_remove_tick_callback (GTK_WIDGET (self), self->scroll_tick);
  self->scroll_tick = 0;
}

/* --- what the columns show ---------------------------------------------------------------------------------------- */

/* Until the board has a width, it is taken to be as wide as most windows. */
#define LIKELY_WIDTH 1000
#define COLUMN_WIDTH 264

static void
query_column (TorgBoard *self, TorgColumn *column)
{
  torg_column_set_query (column, self->query);
  watch_list (self, column);
}

/* The columns that are out of sight come one by one, when the others are drawn and the main loop has nothing to do. */
static gboolean
query_later_cb (gpointer data)
{
  TorgBoard *self = data;

  if (self->later->len > 0)
    {
      g_autoptr (TorgColumn) column = g_ptr_array_steal_index (self->later, 0);

      query_column (self, column);
    }
  if (self->later->len > 0)
    return G_SOURCE_CONTINUE;
  self->later_source = 0;
  return G_SOURCE_REMOVE;
}

static gboolean
drawn_cb (GtkWidget *widget, GdkFrameClock *clock, gpointer data)
{
  TorgBoard *self = TORG_BOARD (widget);

  self->later_tick = 0;
  if (self->later->len > 0 && self->later_source == 0)
    self->later_source = g_idle_add_full (G_PRIORITY_LOW, query_later_cb, self, NULL);
  return G_SOURCE_REMOVE;
}

static void
query_columns (TorgBoard *self)
{
  int width = gtk_widget_get_width (GTK_WIDGET (self));
  int n = (width > 0 ? width : LIKELY_WIDTH) / COLUMN_WIDTH + 1;

  g_ptr_array_set_size (self->later, 0);
  for_each_column (self, column)
  {
    if (n-- > 0 || torg_column_get_list (column) != NULL)
      query_column (self, column);
    else
      g_ptr_array_add (self->later, g_object_ref (column));
  }
  if (self->later->len > 0 && self->later_source == 0 && self->later_tick == 0)
    self->later_tick = gtk_widget_add_tick_callback (GTK_WIDGET (self), drawn_cb, NULL, NULL);
}

/* --- the widget --------------------------------------------------------------------------------------------------- */

/* What of the stages is seen in the columns, so that these are made anew only when that changes. */
static char *
describe_stages (TorgBoard *self)
{
  static const char *const fields[] = { "name", "kind", "color", "position" };
  g_autoptr (GPtrArray) stages = torg_lookup_list_stages (torg_session_get_lookup (self->session), self->pipeline);
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < stages->len; i++)
    {
      g_string_append (text, torg_record_get_id (stages->pdata[i]));
      for (guint j = 0; j < G_N_ELEMENTS (fields); j++)
        {
          const TorgValue *value = torg_record_get (stages->pdata[i], fields[j]);

          g_string_append_printf (text, " %s %" G_GINT64_FORMAT, value->text != NULL ? value->text : "", value->number);
        }
      g_string_append_c (text, '\n');
    }
  return g_string_free_and_steal (text);
}

/* A pipeline may come without stages, from an import or another replica. */
static void
show_none (TorgBoard *self, gboolean none)
{
  if (self->none == NULL && none)
    {
      self->none = adw_status_page_new ();
      adw_status_page_set_icon_name (ADW_STATUS_PAGE (self->none), "torg-board-symbolic");
      adw_status_page_set_title (ADW_STATUS_PAGE (self->none), _ ("No Stages"));
      adw_status_page_set_description (ADW_STATUS_PAGE (self->none),
                                       _ ("Deals stand in stages, and this pipeline has none yet. Choose another "
                                          "pipeline above, or import its stages."));
      gtk_widget_set_hexpand (self->none, TRUE);
      gtk_box_prepend (self->root, self->none);
    }
  if (self->none != NULL)
    gtk_widget_set_visible (self->none, none);
  gtk_widget_set_visible (GTK_WIDGET (self->scroller), !none);
}

static void
build_columns (TorgBoard *self)
{
  g_autoptr (GPtrArray) stages = NULL;
  GtkWidget *child;

  while ((child = gtk_widget_get_first_child (GTK_WIDGET (self->columns))) != NULL)
    gtk_box_remove (self->columns, child);
  while ((child = gtk_widget_get_first_child (GTK_WIDGET (self->closed))) != NULL)
    gtk_box_remove (self->closed, child);
  g_ptr_array_set_size (self->later, 0);
  g_clear_handle_id (&self->later_source, g_source_remove);
  gtk_adjustment_set_value (gtk_scrolled_window_get_hadjustment (self->scroller), 0);
  if (self->pipeline == NULL)
    return;
  g_free (self->stages);
  self->stages = describe_stages (self);
  stages = torg_lookup_list_stages (torg_session_get_lookup (self->session), self->pipeline);
  show_none (self, stages->len == 0);
  for (guint i = 0; i < stages->len; i++)
    {
      TorgRecord *stage = g_ptr_array_index (stages, i);
      gboolean    closed = g_strcmp0 (torg_record_get_text (stage, "kind"), "open") != 0;
      GtkWidget  *column;

      if (closed && !g_settings_get_boolean (torg_session_get_settings (self->session), "show-closed"))
        continue;
      column = torg_column_new (self->session, stage, self->picks);
      g_signal_connect_object (column, "card-clicked", G_CALLBACK (card_clicked_cb), self, G_CONNECT_SWAPPED);
      g_signal_connect_object (column, "drag-began", G_CALLBACK (drag_began_cb), self, G_CONNECT_SWAPPED);
      g_signal_connect_object (column, "drag-ended", G_CALLBACK (drag_ended_cb), self, G_CONNECT_SWAPPED);
      g_signal_connect_object (column, "dropped", G_CALLBACK (dropped_cb), self, G_CONNECT_SWAPPED);
      g_signal_connect_object (column, "added", G_CALLBACK (added_cb), self, G_CONNECT_SWAPPED);
      g_signal_connect_object (column, "add-closed", G_CALLBACK (add_closed_cb), self, G_CONNECT_SWAPPED);
      g_signal_connect_object (column, "unfolded", G_CALLBACK (scroll_to_column), self, G_CONNECT_SWAPPED);
      gtk_box_append (closed ? self->closed : self->columns, column);
    }
  if (self->query != NULL && get_first_column (self) != NULL)
    {
      query_columns (self);
      g_cancellable_cancel (self->cancellable);
      g_clear_object (&self->cancellable);
      load_counters (self);
    }
}

/* Stages come, go and change by an edit here, or by a sync. */
static void
lookup_changed_cb (TorgBoard *self)
{
  g_autofree char *stages = self->pipeline != NULL ? describe_stages (self) : NULL;

  if (stages != NULL && g_strcmp0 (stages, self->stages) != 0)
    build_columns (self);
}

static void
torg_board_dispose (GObject *object)
{
  TorgBoard *self = TORG_BOARD (object);

  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  g_clear_handle_id (&self->later_source, g_source_remove);
  g_clear_pointer (&self->later, g_ptr_array_unref);
  g_clear_pointer (&self->menu, gtk_widget_unparent);
  self->none = NULL;
  adw_bin_set_child (ADW_BIN (object), NULL);
  gtk_widget_dispose_template (GTK_WIDGET (object), TORG_TYPE_BOARD);
  g_clear_object (&self->session);
  g_clear_object (&self->actions);
  g_clear_object (&self->picks);
  g_clear_pointer (&self->query, torg_query_unref);
  g_clear_pointer (&self->pipeline, g_free);
  g_clear_pointer (&self->stages, g_free);
  G_OBJECT_CLASS (torg_board_parent_class)->dispose (object);
}

static void
torg_board_class_init (TorgBoardClass *klass)
{
  GtkWidgetClass          *widget_class = GTK_WIDGET_CLASS (klass);
  static const char *const choices[] = { "board.move", "board.owner", "board.tag", "board.postpone", "board.delete" };

  G_OBJECT_CLASS (klass)->dispose = torg_board_dispose;
  gtk_widget_class_set_template_from_resource (widget_class, "/org/torgcrm/Torg/ui/board/torg-board.ui");
  gtk_widget_class_bind_template_child (widget_class, TorgBoard, root);
  gtk_widget_class_bind_template_child (widget_class, TorgBoard, scroller);
  gtk_widget_class_bind_template_child (widget_class, TorgBoard, inner);
  gtk_widget_class_bind_template_child (widget_class, TorgBoard, columns);
  gtk_widget_class_bind_template_child (widget_class, TorgBoard, closed);
  gtk_widget_class_bind_template_child (widget_class, TorgBoard, card_menu);
  gtk_widget_class_install_action (widget_class, "board.open", NULL, open_action);
  gtk_widget_class_install_action (widget_class, "board.open-window", NULL, open_action);
  for (guint i = 0; i < G_N_ELEMENTS (choices); i++)
    gtk_widget_class_install_action (widget_class, choices[i], NULL, choose_action);
}

static void
torg_board_init (TorgBoard *self)
{
  GtkEventController *keys = gtk_event_controller_key_new ();
  GtkEventController *drag = gtk_drop_controller_motion_new ();

  self->later = g_ptr_array_new_with_free_func (g_object_unref);
  gtk_widget_init_template (GTK_WIDGET (self));
  gtk_event_controller_set_propagation_phase (keys, GTK_PHASE_CAPTURE);
  g_signal_connect_object (keys, "key-pressed", G_CALLBACK (key_pressed_cb), self, G_CONNECT_SWAPPED);
  gtk_widget_add_controller (GTK_WIDGET (self->root), keys);
  g_signal_connect_object (drag, "enter", G_CALLBACK (drag_motion_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (drag, "motion", G_CALLBACK (drag_motion_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (drag, "leave", G_CALLBACK (drag_leave_cb), self, G_CONNECT_SWAPPED);
  gtk_widget_add_controller (GTK_WIDGET (self), drag);
}

/**
 * torg_board_new:
 * @session: the session
 * @actions: what is done with the deals
 * @picks: the selected deals
 *
 * Makes an empty board.
 *
 * Returns: a new board
 */
GtkWidget *
torg_board_new (TorgSession *session, TorgDealActions *actions, TorgPicks *picks)
{
  TorgBoard *self = g_object_new (TORG_TYPE_BOARD, NULL);

  self->session = g_object_ref (session);
  self->actions = g_object_ref (actions);
  self->picks = g_object_ref (picks);
  g_signal_connect_object (torg_session_get_replica (session), "changed", G_CALLBACK (replica_changed_cb), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (torg_session_get_settings (session), "changed::show-closed", G_CALLBACK (build_columns),
                           self, G_CONNECT_SWAPPED);
  g_signal_connect_object (torg_session_get_lookup (session), "changed", G_CALLBACK (lookup_changed_cb), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (actions, "done", G_CALLBACK (done_cb), self, G_CONNECT_SWAPPED);
  return GTK_WIDGET (self);
}

/**
 * torg_board_set_pipeline:
 * @pipeline: the id of a pipeline
 *
 * Shows the stages of a pipeline.
 */
void
torg_board_set_pipeline (TorgBoard *self, const char *pipeline)
{
  g_set_str (&self->pipeline, pipeline);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "board.postpone",
                                 g_str_equal (torg_deal_actions_get_type_name (self->actions), "deal"));
  build_columns (self);
}

/**
 * torg_board_set_query:
 * @query: a filter
 *
 * Shows the deals that pass a filter.
 */
void
torg_board_set_query (TorgBoard *self, TorgQuery *query)
{
  torg_query_ref (query);
  g_clear_pointer (&self->query, torg_query_unref);
  self->query = query;
  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  if (get_first_column (self) == NULL)
    return;
  query_columns (self);
  load_counters (self);
}

/**
 * torg_board_set_compact:
 * @compact: whether there is little room
 *
 * Keeps the won and lost stages in sight, or lets them scroll with the others.
 */
void
torg_board_set_compact (TorgBoard *self, gboolean compact)
{
  GtkBox    *wanted = compact ? self->inner : self->root;
  GtkWidget *parent = gtk_widget_get_parent (GTK_WIDGET (self->closed));

  if (parent == GTK_WIDGET (wanted))
    return;
  g_object_ref (self->closed);
  gtk_box_remove (GTK_BOX (parent), GTK_WIDGET (self->closed));
  gtk_box_append (wanted, GTK_WIDGET (self->closed));
  g_object_unref (self->closed);
  if (compact)
    gtk_widget_remove_css_class (GTK_WIDGET (self->closed), "board-closed");
  else
    gtk_widget_add_css_class (GTK_WIDGET (self->closed), "board-closed");
}

/**
 * torg_board_focus:
 *
 * Gives the keyboard to the first card, at once or when it comes.
 */
void
torg_board_focus (TorgBoard *self)
{
  self->focus_first = TRUE;
  if (get_first_column (self) == NULL)
    return;
  for_each_column (self, column) if (torg_column_get_n_cards (column) > 0)
  {
    self->focus_first = FALSE;
    torg_column_focus_card (column, 0);
    return;
  }
}

/**
 * torg_board_get_focused:
 *
 * Tells which card has the keyboard.
 *
 * Returns: a deal's place in the table, or 0
 */
gint64
torg_board_get_focused (TorgBoard *self)
{
  TorgCard *card = NULL;

  return find_focused (self, &card) != NULL ? torg_row_get_rowid (torg_card_get_row (card)) : 0;
}

/**
 * torg_board_begin_add:
 *
 * Opens the quick entry in the first stage.
 */
void
torg_board_begin_add (TorgBoard *self)
{
  if (get_first_column (self) == NULL)
    {
      torg_session_say (self->session, _ ("This pipeline has no stages yet, so nothing can be added to it."), 0);
      return;
    }
  scroll_to_column (self, get_first_column (self));
  torg_column_begin_add (get_first_column (self));
}
