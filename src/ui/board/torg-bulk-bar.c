/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "torg-ui"

#include "config.h"

#include "torg-bulk-bar.h"

#include <glib/gi18n-lib.h>

struct _TorgBulkBar
{
  AdwBin parent_instance;

  GtkActionBar *bar;
  GtkLabel     *label;
  GtkWidget    *postpone_button;
  GtkWidget    *tag_button;
  GtkWidget    *owner_button;
};

G_DEFINE_FINAL_TYPE (TorgBulkBar, torg_bulk_bar, ADW_TYPE_BIN)

static void
torg_bulk_bar_dispose (GObject *object)
{
  gtk_widget_dispose_template (GTK_WIDGET (object), TORG_TYPE_BULK_BAR);
  G_OBJECT_CLASS (torg_bulk_bar_parent_class)->dispose (object);
}

static void
torg_bulk_bar_class_init (TorgBulkBarClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = torg_bulk_bar_dispose;
  gtk_widget_class_set_template_from_resource (widget_class, "/org/torgcrm/Torg/ui/board/torg-bulk-bar.ui");
  gtk_widget_class_bind_template_child (widget_class, TorgBulkBar, bar);
  gtk_widget_class_bind_template_child (widget_class, TorgBulkBar, label);
  gtk_widget_class_bind_template_child (widget_class, TorgBulkBar, postpone_button);
  gtk_widget_class_bind_template_child (widget_class, TorgBulkBar, tag_button);
  gtk_widget_class_bind_template_child (widget_class, TorgBulkBar, owner_button);
}

static void
torg_bulk_bar_init (TorgBulkBar *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

/**
 * torg_bulk_bar_new:
 *
 * Makes a bar that is not revealed.
 *
 * Returns: a new bar
 */
GtkWidget *
torg_bulk_bar_new (void)
{
  return g_object_new (TORG_TYPE_BULK_BAR, NULL);
}

/**
 * torg_bulk_bar_set_n:
 * @n: how many are selected
 *
 * Tells how many are selected, and hides where there are none.
 */
void
torg_bulk_bar_set_n (TorgBulkBar *self, guint n)
{
  g_autofree char *text = g_strdup_printf (ngettext ("%u selected", "%u selected", n), n);

  gtk_label_set_label (self->label, text);
  gtk_action_bar_set_revealed (self->bar, n > 0);
}

/**
 * torg_bulk_bar_set_leads:
 * @leads: whether leads are selected, not deals
 *
 * Leaves out what is not done to leads.
 */
void
torg_bulk_bar_set_leads (TorgBulkBar *self, gboolean leads)
{
  gtk_widget_set_visible (self->postpone_button, !leads);
}

/**
 * torg_bulk_bar_set_compact:
 * @compact: whether there is little room
 *
 * Leaves out what the card's menu has too.
 */
void
torg_bulk_bar_set_compact (TorgBulkBar *self, gboolean compact)
{
  gtk_widget_set_visible (self->tag_button, !compact);
  gtk_widget_set_visible (self->owner_button, !compact);
}
