/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "torg-ui"

#include "torg-pane-row.h"

struct _TorgPaneRow
{
  GtkListBoxRow parent_instance;

  GtkImage *image;
  GtkLabel *label;

  char *name; /* (owned) */
};

G_DEFINE_FINAL_TYPE (TorgPaneRow, torg_pane_row, GTK_TYPE_LIST_BOX_ROW)

static void
torg_pane_row_dispose (GObject *object)
{
  gtk_widget_dispose_template (GTK_WIDGET (object), TORG_TYPE_PANE_ROW);
  G_OBJECT_CLASS (torg_pane_row_parent_class)->dispose (object);
}

static void
torg_pane_row_finalize (GObject *object)
{
  g_free (TORG_PANE_ROW (object)->name);
  G_OBJECT_CLASS (torg_pane_row_parent_class)->finalize (object);
}

static void
torg_pane_row_class_init (TorgPaneRowClass *klass)
{
  GObjectClass   *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = torg_pane_row_dispose;
  object_class->finalize = torg_pane_row_finalize;
  gtk_widget_class_set_template_from_resource (widget_class, "/org/torgcrm/Torg/ui/shell/torg-pane-row.ui");
  gtk_widget_class_bind_template_child (widget_class, TorgPaneRow, image);
  gtk_widget_class_bind_template_child (widget_class, TorgPaneRow, label);
}

static void
torg_pane_row_init (TorgPaneRow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

/**
 * torg_pane_row_new:
 * @name: the pane's name
 * @label: what it is called, in the user's language
 * @icon_name: its icon
 *
 * Makes a row for a section.
 *
 * Returns: a new row
 */
GtkWidget *
torg_pane_row_new (const char *name, const char *label, const char *icon_name)
{
  TorgPaneRow *self = g_object_new (TORG_TYPE_PANE_ROW, NULL);

  self->name = g_strdup (name);
  gtk_label_set_label (self->label, label);
  gtk_image_set_from_icon_name (self->image, icon_name);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, label, -1);
  return GTK_WIDGET (self);
}

/**
 * torg_pane_row_get_name:
 *
 * Tells which section it is.
 *
 * Returns: (transfer none): the pane's name
 */
const char *
torg_pane_row_get_name (TorgPaneRow *self)
{
  return self->name;
}
