/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "torg-ui"

#include "config.h"

#include "torg-completeness-bar.h"
#include "torg-completeness.h"

#include <glib/gi18n-lib.h>

struct _TorgCompletenessBar
{
  AdwBin parent_instance;

  GtkLabel    *label;
  GtkLevelBar *level;
  AdwWrapBox  *fields;
};

G_DEFINE_FINAL_TYPE (TorgCompletenessBar, torg_completeness_bar, ADW_TYPE_BIN)

enum
{
  SIGNAL_WANTED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

static void
clicked_cb (TorgCompletenessBar *self, GtkWidget *button)
{
  const TorgField *field = g_object_get_data (G_OBJECT (button), "torg-field");

  g_signal_emit (self, signals[SIGNAL_WANTED], 0, field->name);
}

static void
add_button (TorgCompletenessBar *self, const TorgField *field)
{
  GtkWidget       *button = gtk_button_new ();
  g_autofree char *label = g_strdup_printf (_ ("Fill in: %s"), torg_field_get_label (field));

  gtk_button_set_child (GTK_BUTTON (button), gtk_label_new (torg_field_get_label (field)));
  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, label, -1);
  g_object_set_data (G_OBJECT (button), "torg-field", (gpointer) field);
  g_signal_connect_object (button, "clicked", G_CALLBACK (clicked_cb), self, G_CONNECT_SWAPPED);
  adw_wrap_box_append (self->fields, button);
}

static void
torg_completeness_bar_dispose (GObject *object)
{
  adw_bin_set_child (ADW_BIN (object), NULL);
  gtk_widget_dispose_template (GTK_WIDGET (object), TORG_TYPE_COMPLETENESS_BAR);
  G_OBJECT_CLASS (torg_completeness_bar_parent_class)->dispose (object);
}

static void
torg_completeness_bar_class_init (TorgCompletenessBarClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = torg_completeness_bar_dispose;
  gtk_widget_class_set_template_from_resource (widget_class, "/org/torgcrm/Torg/ui/client/torg-completeness-bar.ui");
  gtk_widget_class_bind_template_child (widget_class, TorgCompletenessBar, label);
  gtk_widget_class_bind_template_child (widget_class, TorgCompletenessBar, level);
  gtk_widget_class_bind_template_child (widget_class, TorgCompletenessBar, fields);

  signals[SIGNAL_WANTED] = g_signal_new ("wanted", TORG_TYPE_COMPLETENESS_BAR, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                         G_TYPE_NONE, 1, G_TYPE_STRING);
}

static void
torg_completeness_bar_init (TorgCompletenessBar *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

/**
 * torg_completeness_bar_set_row:
 * @row: a filled row
 *
 * Shows how complete a card is.
 */
void
torg_completeness_bar_set_row (TorgCompletenessBar *self, TorgRow *row)
{
  g_autoptr (GPtrArray) missing = g_ptr_array_new ();
  guint            percent = torg_completeness_measure (torg_row_get_record (row), missing);
  g_autofree char *text = g_strdup_printf (_ ("%u %% filled in"), percent);
  GtkWidget       *old;

  while ((old = gtk_widget_get_first_child (GTK_WIDGET (self->fields))) != NULL)
    adw_wrap_box_remove (self->fields, old);
  for (guint i = 0; i < missing->len; i++)
    add_button (self, missing->pdata[i]);
  gtk_label_set_label (self->label, text);
  gtk_level_bar_set_value (self->level, percent);
  gtk_widget_set_visible (GTK_WIDGET (self), missing->len > 0);
}
