/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "torg-ui"

#include "config.h"

#include "torg-table-header.h"

#include <glib/gi18n-lib.h>

#define HANDLE 6 /* pixels at both sides of an edge that take hold of it */

struct _TorgTableHeader
{
  GtkWidget parent_instance;

  TorgTableColumns *columns; /* (owned) (nullable) */
  guint             resized; /* the column that is being resized */
  int               old_width;
};

G_DEFINE_FINAL_TYPE (TorgTableHeader, torg_table_header, GTK_TYPE_WIDGET)

static void
clicked_cb (TorgTableHeader *self, GtkButton *button)
{
  const char *field = g_object_get_data (G_OBJECT (button), "torg-field");
  gboolean    descending;
  const char *sort = torg_table_columns_get_sort (self->columns, &descending);

  torg_table_columns_sort (self->columns, field, g_strcmp0 (sort, field) == 0 && !descending);
}

static void
update_arrows (TorgTableHeader *self)
{
  gboolean    descending;
  const char *sort = torg_table_columns_get_sort (self->columns, &descending);

  for (GtkWidget *child = gtk_widget_get_first_child (GTK_WIDGET (self)); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    {
      GtkWidget *arrow = g_object_get_data (G_OBJECT (child), "torg-arrow");
      gboolean   sorted = g_strcmp0 (sort, g_object_get_data (G_OBJECT (child), "torg-field")) == 0;

      gtk_widget_set_visible (arrow, sorted);
      gtk_image_set_from_icon_name (GTK_IMAGE (arrow), descending ? "pan-down-symbolic" : "pan-up-symbolic");
      gtk_accessible_update_property (GTK_ACCESSIBLE (child), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION,
                                      !sorted      ? ""
                                      : descending ? _ ("Sorted, the largest first")
                                                   : _ ("Sorted, the smallest first"),
                                      -1);
    }
}

static void
rebuild (TorgTableHeader *self)
{
  GtkWidget *child;
  guint      n = torg_table_columns_get_n (self->columns);
  guint      n_children = 0;
  gboolean   same = TRUE;

  /* Resizing changes no heading. */
  for (child = gtk_widget_get_first_child (GTK_WIDGET (self)); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    {
      same = same && n_children < n &&
             g_strcmp0 (g_object_get_data (G_OBJECT (child), "torg-field"),
                        torg_table_columns_get_field (self->columns, n_children)->name) == 0;
      n_children++;
    }
  if (same && n_children == n)
    {
      gtk_widget_queue_resize (GTK_WIDGET (self));
      return;
    }
  while ((child = gtk_widget_get_first_child (GTK_WIDGET (self))) != NULL)
    gtk_widget_unparent (child);
  for (guint i = 0; i < n; i++)
    {
      const TorgField *field = torg_table_columns_get_field (self->columns, i);
      GtkWidget       *button = gtk_button_new ();
      GtkWidget       *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 4);
      GtkWidget       *label = gtk_label_new (torg_table_columns_get_label (field));
      GtkWidget       *arrow = gtk_image_new ();

      gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_END);
      gtk_label_set_xalign (GTK_LABEL (label), 0);
      gtk_widget_add_css_class (label, "dim-label");
      gtk_box_append (GTK_BOX (box), label);
      gtk_box_append (GTK_BOX (box), arrow);
      if (torg_table_columns_is_numeric (field))
        gtk_widget_set_halign (box, GTK_ALIGN_END);
      gtk_button_set_child (GTK_BUTTON (button), box);
      gtk_widget_set_tooltip_text (button, torg_table_columns_get_label (field));
      gtk_widget_add_css_class (button, "flat");
      g_object_set_data_full (G_OBJECT (button), "torg-field", g_strdup (field->name), g_free);
      g_object_set_data (G_OBJECT (button), "torg-arrow", arrow);
      g_signal_connect_object (button, "clicked", G_CALLBACK (clicked_cb), self, G_CONNECT_SWAPPED);
      gtk_widget_set_parent (button, GTK_WIDGET (self));
    }
  update_arrows (self);
}

static int
find_edge (TorgTableHeader *self, double x)
{
  int total = gtk_widget_get_width (GTK_WIDGET (self));
  int edge = 0;

  for (guint i = 0; self->columns != NULL && i < torg_table_columns_get_n (self->columns); i++)
    {
      edge += torg_table_columns_get_width (self->columns, i, total);
      if (ABS (x - (edge - 6)) <= HANDLE)
        return (int) i;
    }
  return -1;
}

static void
drag_begin_cb (TorgTableHeader *self, double x, double y, GtkGestureDrag *gesture)
{
  int edge = find_edge (self, x);

  if (edge < 0)
    {
      gtk_gesture_set_state (GTK_GESTURE (gesture), GTK_EVENT_SEQUENCE_DENIED);
      return;
    }
  gtk_gesture_set_state (GTK_GESTURE (gesture), GTK_EVENT_SEQUENCE_CLAIMED);
  self->resized = (guint) edge;
  self->old_width =
    torg_table_columns_get_width (self->columns, self->resized, gtk_widget_get_width (GTK_WIDGET (self)));
}

static void
drag_update_cb (TorgTableHeader *self, double x, double y)
{
  torg_table_columns_set_width (self->columns, self->resized, self->old_width + (int) x);
}

static void
motion_cb (TorgTableHeader *self, double x, double y)
{
  gtk_widget_set_cursor_from_name (GTK_WIDGET (self), find_edge (self, x) >= 0 ? "col-resize" : NULL);
}

static void
torg_table_header_measure (GtkWidget     *widget,
                           GtkOrientation orientation,
                           int            for_size,
                           int           *minimum,
                           int           *natural,
                           int           *minimum_baseline,
                           int           *natural_baseline)
{
  TorgTableHeader *self = TORG_TABLE_HEADER (widget);

  *minimum = *natural = 0;
  if (orientation == GTK_ORIENTATION_HORIZONTAL)
    {
      if (self->columns != NULL)
        *minimum = *natural = torg_table_columns_get_total (self->columns);
      return;
    }
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    {
      int child_minimum, child_natural;

      gtk_widget_measure (child, orientation, -1, &child_minimum, &child_natural, NULL, NULL);
      *minimum = MAX (*minimum, child_minimum);
      *natural = MAX (*natural, child_natural);
    }
}

static void
torg_table_header_size_allocate (GtkWidget *widget, int width, int height, int baseline)
{
  TorgTableHeader *self = TORG_TABLE_HEADER (widget);
  int              x = 0;
  guint            i = 0;

  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child), i++)
    {
      int child_width = torg_table_columns_get_width (self->columns, i, width);
      int minimum;

      gtk_widget_measure (child, GTK_ORIENTATION_HORIZONTAL, -1, &minimum, NULL, NULL, NULL);
      gtk_widget_size_allocate (child, &(GtkAllocation) { x, 0, MAX (minimum, child_width - 20), height }, baseline);
      x += child_width;
    }
}

static void
torg_table_header_dispose (GObject *object)
{
  GtkWidget *child;

  while ((child = gtk_widget_get_first_child (GTK_WIDGET (object))) != NULL)
    gtk_widget_unparent (child);
  g_clear_object (&TORG_TABLE_HEADER (object)->columns);
  G_OBJECT_CLASS (torg_table_header_parent_class)->dispose (object);
}

static void
torg_table_header_class_init (TorgTableHeaderClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = torg_table_header_dispose;
  widget_class->measure = torg_table_header_measure;
  widget_class->size_allocate = torg_table_header_size_allocate;
  gtk_widget_class_set_css_name (widget_class, "torgtableheader");
}

static void
torg_table_header_init (TorgTableHeader *self)
{
  GtkGesture         *drag = gtk_gesture_drag_new ();
  GtkEventController *motion = gtk_event_controller_motion_new ();

  gtk_widget_add_css_class (GTK_WIDGET (self), "table-heading");
  gtk_event_controller_set_propagation_phase (GTK_EVENT_CONTROLLER (drag), GTK_PHASE_CAPTURE);
  g_signal_connect_object (drag, "drag-begin", G_CALLBACK (drag_begin_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (drag, "drag-update", G_CALLBACK (drag_update_cb), self, G_CONNECT_SWAPPED);
  gtk_widget_add_controller (GTK_WIDGET (self), GTK_EVENT_CONTROLLER (drag));
  g_signal_connect_object (motion, "motion", G_CALLBACK (motion_cb), self, G_CONNECT_SWAPPED);
  gtk_widget_add_controller (GTK_WIDGET (self), motion);
}

/**
 * torg_table_header_set_columns:
 * @columns: the columns of the table
 *
 * Shows the headings of columns.
 */
void
torg_table_header_set_columns (TorgTableHeader *self, TorgTableColumns *columns)
{
  if (self->columns != NULL)
    g_signal_handlers_disconnect_by_data (self->columns, self);
  g_set_object (&self->columns, columns);
  g_signal_connect_object (columns, "changed", G_CALLBACK (rebuild), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (columns, "sorted", G_CALLBACK (update_arrows), self, G_CONNECT_SWAPPED);
  rebuild (self);
}
