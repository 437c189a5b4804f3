/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "torg-ui"

#include "torg-dialog-focus.h"

static gboolean
grab_cb (gpointer data)
{
  if (gtk_widget_get_mapped (data))
    gtk_widget_grab_focus (data);
  return G_SOURCE_REMOVE;
}

static void
map_cb (GtkWidget *widget)
{
  g_idle_add_full (G_PRIORITY_DEFAULT_IDLE, grab_cb, g_object_ref (widget), g_object_unref);
}

/**
 * torg_dialog_focus_set:
 * @dialog: a dialog, before it is presented
 * @widget: one of its widgets
 *
 * Sets where the keyboard is when a dialog opens. A dialog that is a sheet at the bottom of a narrow window gives the
 * focus to its first button after it was mapped, whatever adw_dialog_set_focus() said.
 */
void
torg_dialog_focus_set (AdwDialog *dialog, GtkWidget *widget)
{
  adw_dialog_set_focus (dialog, widget);
  g_signal_connect (widget, "map", G_CALLBACK (map_cb), NULL);
}
