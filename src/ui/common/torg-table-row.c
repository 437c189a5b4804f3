/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "torg-ui"

#include "config.h"

#include "torg-table-row.h"
#include "torg-input.h"
#include "torg-words.h"

#include <glib/gi18n-lib.h>

#define CELL_GAP 20
#define LINE_MARGIN 9

struct _TorgTableRow
{
  GtkWidget parent_instance;

  TorgSession      *session; /* (owned) */
  TorgTableColumns *columns; /* (owned) */
  GtkListItem      *item;    /* the list's; it owns this row */
  TorgRow          *row;     /* (owned) (nullable) */
  gulong            row_handler;
  GPtrArray        *layouts; /* (owned) (nullable) (element-type PangoLayout): a cell each */
  int               line_height;
};

G_DEFINE_FINAL_TYPE (TorgTableRow, torg_table_row, GTK_TYPE_WIDGET)

static int
get_line_height (TorgTableRow *self)
{
  if (self->line_height == 0)
    {
      g_autoptr (PangoLayout) layout = gtk_widget_create_pango_layout (GTK_WIDGET (self), "Щg");

      pango_layout_get_pixel_size (layout, NULL, &self->line_height);
    }
  return self->line_height;
}

static gboolean
is_filled (TorgTableRow *self)
{
  return self->row != NULL && torg_row_get_record (self->row) != NULL;
}

static void
ensure_layouts (TorgTableRow *self)
{
  if (self->layouts != NULL)
    return;
  self->layouts = g_ptr_array_new_with_free_func (g_object_unref);
  for (guint i = 0; i < torg_table_columns_get_n (self->columns); i++)
    {
      const TorgField *field = torg_table_columns_get_field (self->columns, i);
      g_autofree char *text = torg_words_field (self->session, self->row, field);
      PangoLayout     *layout = gtk_widget_create_pango_layout (GTK_WIDGET (self), text);
      PangoAttrList   *attributes = pango_attr_list_new ();

      pango_layout_set_single_paragraph_mode (layout, TRUE);
      pango_layout_set_ellipsize (layout, PANGO_ELLIPSIZE_END);
      if (i == 0)
        pango_attr_list_insert (attributes, pango_attr_weight_new (PANGO_WEIGHT_SEMIBOLD));
      if (torg_table_columns_is_numeric (field))
        {
          pango_attr_list_insert (attributes, pango_attr_font_features_new ("tnum=1"));
          pango_layout_set_alignment (layout, PANGO_ALIGN_RIGHT);
        }
      pango_layout_set_attributes (layout, attributes);
      pango_attr_list_unref (attributes);
      g_ptr_array_add (self->layouts, layout);
    }
}

static void
torg_table_row_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  TorgTableRow *self = TORG_TABLE_ROW (widget);
  int           total = gtk_widget_get_width (widget);
  int           line = get_line_height (self);
  float         x = 0;
  GdkRGBA       color;

  gtk_widget_get_color (widget, &color);
  if (is_filled (self))
    ensure_layouts (self);
  for (guint i = 0; i < torg_table_columns_get_n (self->columns); i++)
    {
      int     width = torg_table_columns_get_width (self->columns, i, total);
      GdkRGBA cell_color = color;

      if (is_filled (self))
        {
          PangoLayout *layout = g_ptr_array_index (self->layouts, i);

          cell_color.alpha *= i == 0 ? 1.0f : 0.82f;
          pango_layout_set_width (layout, MAX (0, width - CELL_GAP) * PANGO_SCALE);
          gtk_snapshot_save (snapshot);
          gtk_snapshot_translate (snapshot, &GRAPHENE_POINT_INIT (x, LINE_MARGIN));
          gtk_snapshot_append_layout (snapshot, layout, &cell_color);
          gtk_snapshot_restore (snapshot);
        }
      else
        {
          cell_color.alpha *= 0.08f;
          gtk_snapshot_append_color (snapshot, &cell_color,
                                     &GRAPHENE_RECT_INIT (x, LINE_MARGIN + (float) line / 4,
                                                          (float) MAX (0, width - CELL_GAP) * 0.6f, (float) line / 2));
        }
      x += (float) width;
    }
}

static void
torg_table_row_measure (GtkWidget     *widget,
                        GtkOrientation orientation,
                        int            for_size,
                        int           *minimum,
                        int           *natural,
                        int           *minimum_baseline,
                        int           *natural_baseline)
{
  TorgTableRow *self = TORG_TABLE_ROW (widget);

  if (orientation == GTK_ORIENTATION_HORIZONTAL)
    *minimum = *natural = torg_table_columns_get_total (self->columns);
  else
    *minimum = *natural = get_line_height (self) + 2 * LINE_MARGIN;
}

static void
update (TorgTableRow *self)
{
  g_autoptr (GString) description = g_string_new (NULL);

  g_clear_pointer (&self->layouts, g_ptr_array_unref);
  for (guint i = 0; is_filled (self) && i < torg_table_columns_get_n (self->columns); i++)
    {
      g_autofree char *text =
        torg_words_field (self->session, self->row, torg_table_columns_get_field (self->columns, i));

      if (*text != '\0')
        g_string_append_printf (description, "%s%s", description->len > 0 ? ", " : "", text);
    }
  gtk_list_item_set_accessible_label (self->item, description->len > 0 ? description->str : _ ("Loading…"));
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

static void
columns_changed_cb (TorgTableRow *self)
{
  update (self);
  gtk_widget_queue_resize (GTK_WIDGET (self));
}

static void
torg_table_row_system_setting_changed (GtkWidget *widget, GtkSystemSetting setting)
{
  TorgTableRow *self = TORG_TABLE_ROW (widget);

  GTK_WIDGET_CLASS (torg_table_row_parent_class)->system_setting_changed (widget, setting);
  self->line_height = 0;
  g_clear_pointer (&self->layouts, g_ptr_array_unref);
  gtk_widget_queue_resize (widget);
}

static void
torg_table_row_dispose (GObject *object)
{
  TorgTableRow *self = TORG_TABLE_ROW (object);

  torg_table_row_bind (self, NULL);
  g_clear_pointer (&self->layouts, g_ptr_array_unref);
  g_clear_object (&self->columns);
  g_clear_object (&self->session);
  G_OBJECT_CLASS (torg_table_row_parent_class)->dispose (object);
}

static void
torg_table_row_class_init (TorgTableRowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = torg_table_row_dispose;
  widget_class->snapshot = torg_table_row_snapshot;
  widget_class->measure = torg_table_row_measure;
  widget_class->system_setting_changed = torg_table_row_system_setting_changed;
  gtk_widget_class_set_css_name (widget_class, "torgtablerow");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_PRESENTATION);

  g_signal_new ("clicked", TORG_TYPE_TABLE_ROW, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 4, G_TYPE_UINT,
                GDK_TYPE_MODIFIER_TYPE, G_TYPE_DOUBLE, G_TYPE_DOUBLE);
}

static void
torg_table_row_init (TorgTableRow *self)
{
  torg_input_add_clicks (GTK_WIDGET (self));
}

/**
 * torg_table_row_new:
 * @session: the session
 * @columns: the columns of the table
 * @item: the item of the list that shows the row
 *
 * Makes a row that is not bound.
 *
 * Returns: a new row
 */
GtkWidget *
torg_table_row_new (TorgSession *session, TorgTableColumns *columns, GtkListItem *item)
{
  TorgTableRow *self = g_object_new (TORG_TYPE_TABLE_ROW, NULL);

  self->session = g_object_ref (session);
  self->columns = g_object_ref (columns);
  self->item = item;
  g_signal_connect_object (columns, "changed", G_CALLBACK (columns_changed_cb), self, G_CONNECT_SWAPPED);
  return GTK_WIDGET (self);
}

/**
 * torg_table_row_bind:
 * @row: (nullable): a row, which may be filled later
 *
 * Shows another record.
 */
void
torg_table_row_bind (TorgTableRow *self, TorgRow *row)
{
  if (self->row != NULL)
    g_clear_signal_handler (&self->row_handler, self->row);
  g_set_object (&self->row, row);
  if (row == NULL)
    return;
  self->row_handler = g_signal_connect_swapped (row, "changed", G_CALLBACK (update), self);
  update (self);
}

/**
 * torg_table_row_get_row:
 *
 * Gives the record.
 *
 * Returns: (transfer none) (nullable): the row
 */
TorgRow *
torg_table_row_get_row (TorgTableRow *self)
{
  return self->row;
}

/**
 * torg_table_row_get_position:
 *
 * Tells where the row stands.
 *
 * Returns: its position in the list
 */
guint
torg_table_row_get_position (TorgTableRow *self)
{
  return gtk_list_item_get_position (self->item);
}
