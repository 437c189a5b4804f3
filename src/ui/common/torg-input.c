/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "torg-ui"

#include "torg-input.h"

static void
click_released_cb (GtkWidget *widget, int n_press, double x, double y, GtkGestureClick *gesture)
{
  GdkModifierType modifiers = gtk_event_controller_get_current_event_state (GTK_EVENT_CONTROLLER (gesture)) &
                              gtk_accelerator_get_default_mod_mask ();
  guint button = gtk_gesture_single_get_current_button (GTK_GESTURE_SINGLE (gesture));

  if (!gtk_widget_contains (widget, x, y))
    return;
  /* The list selects with Ctrl and Shift; a plain click opens. */
  if (button == GDK_BUTTON_PRIMARY && (modifiers & (GDK_CONTROL_MASK | GDK_SHIFT_MASK)) != 0)
    return;
  gtk_gesture_set_state (GTK_GESTURE (gesture), GTK_EVENT_SEQUENCE_CLAIMED);
  g_signal_emit_by_name (widget, "clicked", button, modifiers, x, y);
}

/**
 * torg_input_add_clicks:
 * @widget: an item of a list, with a signal `clicked` (guint button, GdkModifierType modifiers, double x, double y)
 *
 * Lets an item emit its signal for clicks of any button, but for those that select.
 */
void
torg_input_add_clicks (GtkWidget *widget)
{
  GtkGesture *click = gtk_gesture_click_new ();

  gtk_gesture_single_set_button (GTK_GESTURE_SINGLE (click), 0);
  g_signal_connect_object (click, "released", G_CALLBACK (click_released_cb), widget, G_CONNECT_SWAPPED);
  gtk_widget_add_controller (widget, GTK_EVENT_CONTROLLER (click));
}

static gboolean
arrow_pressed_cb (GtkListBox *list, guint keyval, guint keycode, GdkModifierType modifiers, GtkEventController *keys)
{
  GtkWidget     *entry = gtk_event_controller_get_widget (keys);
  GtkListBoxRow *row = gtk_list_box_get_selected_row (list);
  int            index = row != NULL ? gtk_list_box_row_get_index (row) : -1;

  if (keyval == GDK_KEY_Down)
    index++;
  else if (keyval == GDK_KEY_Up)
    index = MAX (index - 1, 0);
  else
    return GDK_EVENT_PROPAGATE;
  row = gtk_list_box_get_row_at_index (list, index);
  if (row != NULL)
    {
      gtk_list_box_select_row (list, row);
      gtk_widget_grab_focus (GTK_WIDGET (row));
      gtk_widget_grab_focus (entry);
      gtk_editable_set_position (GTK_EDITABLE (entry), -1);
    }
  return GDK_EVENT_STOP;
}

/**
 * torg_input_add_arrows:
 * @entry: where the user types
 * @list: what was found
 *
 * Lets the arrows choose among what was found while the typing goes on.
 */
void
torg_input_add_arrows (GtkWidget *entry, GtkListBox *list)
{
  GtkEventController *keys = gtk_event_controller_key_new ();

  gtk_event_controller_set_propagation_phase (keys, GTK_PHASE_CAPTURE);
  g_signal_connect_object (keys, "key-pressed", G_CALLBACK (arrow_pressed_cb), list, G_CONNECT_SWAPPED);
  gtk_widget_add_controller (entry, keys);
}
