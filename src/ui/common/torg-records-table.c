/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "torg-ui"

#include "config.h"

#include "torg-records-table.h"
#include "torg-columns-dialog.h"
#include "torg-export-list.h"
#include "torg-list.h"
#include "torg-selection.h"
#include "torg-table-header.h"
#include "torg-table-row.h"

#include <glib/gi18n-lib.h>

struct _TorgRecordsTable
{
  AdwBin parent_instance;

  GtkScrolledWindow *header_scroller;
  GtkScrolledWindow *scroller;
  TorgTableHeader   *header;
  GtkGridView       *rows;
  GtkStack          *stack;
  AdwStatusPage     *empty;

  TorgSession      *session;      /* (owned) */
  TorgPicks        *picks;        /* (owned) */
  TorgTableColumns *columns;      /* (owned) */
  TorgQuery        *query;        /* (owned) (nullable): without an order */
  TorgList         *list;         /* (owned) (nullable) */
  TorgSelection    *selection;    /* (owned) (nullable) */
  char             *type;         /* (owned) */
  gboolean          focus_wanted; /* when the rows come */
};

G_DEFINE_FINAL_TYPE (TorgRecordsTable, torg_records_table, ADW_TYPE_BIN)

enum
{
  SIGNAL_CHANGED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

static void
show_state (TorgRecordsTable *self)
{
  gboolean empty = self->list != NULL && g_list_model_get_n_items (G_LIST_MODEL (self->list)) == 0 &&
                   !torg_list_is_loading (self->list);

  gtk_stack_set_visible_child_name (self->stack, empty ? "empty" : "rows");
  if (self->focus_wanted && torg_records_table_get_n (self) > 0)
    torg_records_table_focus (self);
  g_signal_emit (self, signals[SIGNAL_CHANGED], 0);
}

static void
open_position (TorgRecordsTable *self, guint position, gboolean in_window)
{
  g_autoptr (TorgRow) row = g_list_model_get_item (G_LIST_MODEL (self->list), position);

  if (row != NULL && torg_row_get_record (row) != NULL)
    torg_session_open_card (self->session, torg_row_get_record (row), G_LIST_MODEL (self->list), position, in_window);
}

static void
clicked_cb (TorgRecordsTable *self, guint button, GdkModifierType modifiers, double x, double y, TorgTableRow *row)
{
  guint position = torg_table_row_get_position (row);

  gtk_grid_view_scroll_to (self->rows, position, GTK_LIST_SCROLL_FOCUS, NULL);
  if (button == GDK_BUTTON_PRIMARY)
    open_position (self, position, FALSE);
  else if (button == GDK_BUTTON_MIDDLE)
    open_position (self, position, TRUE);
}

static void
setup_cb (GtkSignalListItemFactory *factory, GtkListItem *item, gpointer data)
{
  TorgRecordsTable *self = data;
  GtkWidget        *row = torg_table_row_new (self->session, self->columns, item);

  g_signal_connect_object (row, "clicked", G_CALLBACK (clicked_cb), self, G_CONNECT_SWAPPED);
  gtk_list_item_set_child (item, row);
}

static void
bind_cb (GtkSignalListItemFactory *factory, GtkListItem *item, gpointer data)
{
  torg_table_row_bind (TORG_TABLE_ROW (gtk_list_item_get_child (item)), TORG_ROW (gtk_list_item_get_item (item)));
}

static void
unbind_cb (GtkSignalListItemFactory *factory, GtkListItem *item, gpointer data)
{
  torg_table_row_bind (TORG_TABLE_ROW (gtk_list_item_get_child (item)), NULL);
}

static TorgTableRow *
find_focused (TorgRecordsTable *self)
{
  GtkRoot   *root = gtk_widget_get_root (GTK_WIDGET (self));
  GtkWidget *focus = root != NULL ? gtk_root_get_focus (root) : NULL;
  GtkWidget *child = focus != NULL && gtk_widget_is_ancestor (focus, GTK_WIDGET (self->rows))
                       ? gtk_widget_get_first_child (focus)
                       : NULL;

  return TORG_IS_TABLE_ROW (child) && torg_table_row_get_row (TORG_TABLE_ROW (child)) != NULL ? TORG_TABLE_ROW (child)
                                                                                              : NULL;
}

static void
move_focus (TorgRecordsTable *self, guint position, int by)
{
  guint  n = g_list_model_get_n_items (G_LIST_MODEL (self->list));
  gint64 wanted = CLAMP ((gint64) position + by, 0, (gint64) n - 1);

  gtk_grid_view_scroll_to (self->rows, (guint) wanted, GTK_LIST_SCROLL_FOCUS, NULL);
}

static gboolean
key_pressed_cb (TorgRecordsTable *self, guint keyval, guint keycode, GdkModifierType state)
{
  GdkModifierType modifiers = state & gtk_accelerator_get_default_mod_mask ();
  TorgTableRow   *row = find_focused (self);
  guint           position;
  gint64          rowid;

  if (row == NULL || (modifiers & ~(guint) GDK_CONTROL_MASK) != 0)
    return GDK_EVENT_PROPAGATE;
  position = torg_table_row_get_position (row);
  rowid = torg_row_get_rowid (torg_table_row_get_row (row));
  switch (keyval)
    {
      case GDK_KEY_Up:
      case GDK_KEY_KP_Up:
        move_focus (self, position, -1);
        return GDK_EVENT_STOP;
      case GDK_KEY_Down:
      case GDK_KEY_KP_Down:
        move_focus (self, position, 1);
        return GDK_EVENT_STOP;
      case GDK_KEY_Home:
        move_focus (self, 0, 0);
        return GDK_EVENT_STOP;
      case GDK_KEY_End:
        move_focus (self, G_MAXINT, 0);
        return GDK_EVENT_STOP;
      case GDK_KEY_space:
      case GDK_KEY_KP_Space:
        torg_picks_set (self->picks, rowid, !torg_picks_contains (self->picks, rowid));
        return GDK_EVENT_STOP;
      case GDK_KEY_Escape:
        torg_picks_clear (self->picks);
        return GDK_EVENT_STOP;
      case GDK_KEY_Return:
      case GDK_KEY_KP_Enter:
        open_position (self, position, (modifiers & GDK_CONTROL_MASK) != 0);
        return GDK_EVENT_STOP;
      default:
        return GDK_EVENT_PROPAGATE;
    }
}

/* What is shown, in its order. */
static TorgQuery *
make_query (TorgRecordsTable *self)
{
  TorgQuery  *query = torg_query_copy (self->query);
  gboolean    descending;
  const char *sort = torg_table_columns_get_sort (self->columns, &descending);

  if (sort != NULL)
    torg_query_sort (query, sort, descending);
  return query;
}

static void
reload (TorgRecordsTable *self)
{
  g_autoptr (TorgQuery) query = NULL;

  if (self->query == NULL)
    return;
  query = make_query (self);
  if (self->list != NULL)
    {
      torg_list_set_query (self->list, query);
      return;
    }
  self->list = torg_list_new (torg_session_get_replica (self->session), query);
  self->selection = torg_selection_new (self->list, self->picks);
  g_signal_connect_object (self->list, "items-changed", G_CALLBACK (show_state), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->list, "notify::loading", G_CALLBACK (show_state), self, G_CONNECT_SWAPPED);
  gtk_grid_view_set_model (self->rows, GTK_SELECTION_MODEL (self->selection));
}

static void
torg_records_table_dispose (GObject *object)
{
  TorgRecordsTable *self = TORG_RECORDS_TABLE (object);

  if (self->rows != NULL)
    gtk_grid_view_set_model (self->rows, NULL);
  adw_bin_set_child (ADW_BIN (object), NULL);
  gtk_widget_dispose_template (GTK_WIDGET (object), TORG_TYPE_RECORDS_TABLE);
  g_clear_object (&self->selection);
  g_clear_object (&self->list);
  g_clear_object (&self->columns);
  g_clear_object (&self->picks);
  g_clear_object (&self->session);
  g_clear_pointer (&self->query, torg_query_unref);
  G_OBJECT_CLASS (torg_records_table_parent_class)->dispose (object);
}

static void
torg_records_table_finalize (GObject *object)
{
  g_free (TORG_RECORDS_TABLE (object)->type);
  G_OBJECT_CLASS (torg_records_table_parent_class)->finalize (object);
}

static void
torg_records_table_class_init (TorgRecordsTableClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = torg_records_table_dispose;
  G_OBJECT_CLASS (klass)->finalize = torg_records_table_finalize;
  g_type_ensure (TORG_TYPE_TABLE_HEADER);
  gtk_widget_class_set_template_from_resource (widget_class, "/org/torgcrm/Torg/ui/common/torg-records-table.ui");
  gtk_widget_class_bind_template_child (widget_class, TorgRecordsTable, header_scroller);
  gtk_widget_class_bind_template_child (widget_class, TorgRecordsTable, scroller);
  gtk_widget_class_bind_template_child (widget_class, TorgRecordsTable, header);
  gtk_widget_class_bind_template_child (widget_class, TorgRecordsTable, rows);
  gtk_widget_class_bind_template_child (widget_class, TorgRecordsTable, stack);
  gtk_widget_class_bind_template_child (widget_class, TorgRecordsTable, empty);

  signals[SIGNAL_CHANGED] =
    g_signal_new ("changed", TORG_TYPE_RECORDS_TABLE, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
torg_records_table_init (TorgRecordsTable *self)
{
  GtkEventController *keys = gtk_event_controller_key_new ();
  g_autoptr (GtkListItemFactory) factory = gtk_signal_list_item_factory_new ();

  gtk_widget_init_template (GTK_WIDGET (self));
  gtk_scrolled_window_set_hadjustment (self->header_scroller, gtk_scrolled_window_get_hadjustment (self->scroller));
  g_signal_connect_object (factory, "setup", G_CALLBACK (setup_cb), self, 0);
  g_signal_connect_object (factory, "bind", G_CALLBACK (bind_cb), self, 0);
  g_signal_connect_object (factory, "unbind", G_CALLBACK (unbind_cb), self, 0);
  gtk_grid_view_set_factory (self->rows, factory);
  gtk_event_controller_set_propagation_phase (keys, GTK_PHASE_CAPTURE);
  g_signal_connect_object (keys, "key-pressed", G_CALLBACK (key_pressed_cb), self, G_CONNECT_SWAPPED);
  gtk_widget_add_controller (GTK_WIDGET (self->rows), keys);
}

/**
 * torg_records_table_export:
 *
 * Lets the user write what is shown to a file.
 */
void
torg_records_table_export (TorgRecordsTable *self)
{
  g_autoptr (TorgQuery) query = NULL;
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  g_auto (GStrv) fields = NULL;

  if (self->query == NULL)
    return;
  query = make_query (self);
  for (guint i = 0; i < torg_table_columns_get_n (self->columns); i++)
    if (torg_table_columns_get_field (self->columns, i) != NULL)
      g_strv_builder_add (builder, torg_table_columns_get_field (self->columns, i)->name);
  fields = g_strv_builder_end (builder);
  torg_export_list (self->session, query, fields, GTK_WIDGET (self));
}

/**
 * torg_records_table_new:
 * @session: the session
 * @type: the name of a type
 * @picks: the selected rows
 *
 * Makes a table, to be given a query.
 *
 * Returns: a new table
 */
GtkWidget *
torg_records_table_new (TorgSession *session, const char *type, TorgPicks *picks)
{
  TorgRecordsTable *self = g_object_new (TORG_TYPE_RECORDS_TABLE, NULL);
  const char       *label;

  self->session = g_object_ref (session);
  self->picks = g_object_ref (picks);
  self->type = g_strdup (type);
  self->columns = torg_table_columns_new (torg_session_get_settings (session), torg_session_get_schema (session), type);
  label = torg_type_get_label_plural (torg_table_columns_get_kind (self->columns));
  torg_table_header_set_columns (self->header, self->columns);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->rows), GTK_ACCESSIBLE_PROPERTY_LABEL, label, -1);
  g_signal_connect_object (self->columns, "sorted", G_CALLBACK (reload), self, G_CONNECT_SWAPPED);
  return GTK_WIDGET (self);
}

/**
 * torg_records_table_set_query:
 * @query: which records to show; the table sorts them
 *
 * Shows the records that pass a filter.
 */
void
torg_records_table_set_query (TorgRecordsTable *self, TorgQuery *query)
{
  torg_query_ref (query);
  g_clear_pointer (&self->query, torg_query_unref);
  self->query = query;
  reload (self);
}

/**
 * torg_table_get_columns:
 *
 * Gives the columns.
 *
 * Returns: (transfer none): the columns
 */
TorgTableColumns *
torg_table_get_columns (TorgRecordsTable *self)
{
  return self->columns;
}

/**
 * torg_records_table_get_n:
 *
 * Counts the rows.
 *
 * Returns: how many are known to be there
 */
guint
torg_records_table_get_n (TorgRecordsTable *self)
{
  return self->list != NULL ? g_list_model_get_n_items (G_LIST_MODEL (self->list)) : 0;
}

/**
 * torg_records_table_set_empty:
 * @icon_name: an icon
 * @title: what is missing, in the user's language
 * @description: what to do next
 *
 * Sets what is shown where there is no row.
 */
void
torg_records_table_set_empty (TorgRecordsTable *self, const char *icon_name, const char *title, const char *description)
{
  adw_status_page_set_icon_name (self->empty, icon_name);
  adw_status_page_set_title (self->empty, title);
  adw_status_page_set_description (self->empty, description);
}

/**
 * torg_records_table_get_focused:
 *
 * Tells which row has the keyboard.
 *
 * Returns: a record's place in its table, or 0
 */
gint64
torg_records_table_get_focused (TorgRecordsTable *self)
{
  TorgTableRow *row = find_focused (self);

  return row != NULL ? torg_row_get_rowid (torg_table_row_get_row (row)) : 0;
}

/**
 * torg_records_table_focus:
 *
 * Gives the keyboard to the rows, at once or when they come.
 */
void
torg_records_table_focus (TorgRecordsTable *self)
{
  self->focus_wanted = torg_records_table_get_n (self) == 0;
  if (!self->focus_wanted)
    gtk_widget_grab_focus (GTK_WIDGET (self->rows));
}

/**
 * torg_table_choose_columns:
 *
 * Lets the user choose the columns and their order.
 */
void
torg_table_choose_columns (TorgRecordsTable *self)
{
  adw_dialog_present (torg_columns_dialog_new (self->columns), GTK_WIDGET (self));
}
