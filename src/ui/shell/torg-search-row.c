/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "torg-ui"

#include "torg-search-row.h"
#include "torg-words.h"

struct _TorgSearchRow
{
  GtkListBoxRow parent_instance;

  GtkImage *image;
  GtkLabel *title;
  GtkLabel *details;

  TorgRow *row; /* (owned) */
};

G_DEFINE_FINAL_TYPE (TorgSearchRow, torg_search_row, GTK_TYPE_LIST_BOX_ROW)

static void
torg_search_row_dispose (GObject *object)
{
  g_clear_object (&TORG_SEARCH_ROW (object)->row);
  gtk_widget_dispose_template (GTK_WIDGET (object), TORG_TYPE_SEARCH_ROW);
  G_OBJECT_CLASS (torg_search_row_parent_class)->dispose (object);
}

static void
torg_search_row_class_init (TorgSearchRowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = torg_search_row_dispose;
  gtk_widget_class_set_template_from_resource (widget_class, "/org/torgcrm/Torg/ui/shell/torg-search-row.ui");
  gtk_widget_class_bind_template_child (widget_class, TorgSearchRow, image);
  gtk_widget_class_bind_template_child (widget_class, TorgSearchRow, title);
  gtk_widget_class_bind_template_child (widget_class, TorgSearchRow, details);
}

static void
torg_search_row_init (TorgSearchRow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

/**
 * torg_search_row_new:
 * @session: the session
 * @row: a filled row
 *
 * Makes a row for what was found.
 *
 * Returns: a new row
 */
GtkWidget *
torg_search_row_new (TorgSession *session, TorgRow *row)
{
  TorgSearchRow   *self = g_object_new (TORG_TYPE_SEARCH_ROW, NULL);
  TorgRecord      *record = torg_row_get_record (row);
  g_autofree char *title = torg_words_title (record);
  g_autofree char *details = torg_words_details (session, row, NULL);

  self->row = g_object_ref (row);
  gtk_image_set_from_icon_name (self->image, torg_words_type_icon (torg_record_get_kind (record)->info->name));
  gtk_label_set_label (self->title, title);
  gtk_label_set_label (self->details, details);
  gtk_widget_set_visible (GTK_WIDGET (self->details), *details != '\0');
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, title, -1);
  return GTK_WIDGET (self);
}

/**
 * torg_search_row_get_record:
 *
 * Gives what was found.
 *
 * Returns: (transfer none): the record
 */
TorgRecord *
torg_search_row_get_record (TorgSearchRow *self)
{
  return torg_row_get_record (self->row);
}
