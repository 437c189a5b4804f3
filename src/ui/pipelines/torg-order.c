/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "torg-ui"

#include "config.h"

#include "torg-order.h"

#include <adwaita.h>
#include <glib/gi18n-lib.h>

/* Rows of a list that stand in an order of their own, changed by dragging and by Alt with an arrow. */

static TorgRecord *
get_record (GtkWidget *row)
{
  return row != NULL ? g_object_get_data (G_OBJECT (row), "torg-record") : NULL;
}

/* The rows of the list as they are to be, each with the next position. */
static void
save (GtkWidget *row, int place)
{
  GtkListBox  *list = GTK_LIST_BOX (gtk_widget_get_parent (row));
  TorgSession *session = g_object_get_data (G_OBJECT (row), "torg-session");
  g_autoptr (GPtrArray) rows = g_ptr_array_new ();
  g_autoptr (TorgEdit) edit = torg_edit_new (_ ("Order changed"));

  for (GtkWidget *other = gtk_widget_get_first_child (GTK_WIDGET (list)); other != NULL;
       other = gtk_widget_get_next_sibling (other))
    if (get_record (other) != NULL && other != row)
      g_ptr_array_add (rows, other);
  g_ptr_array_insert (rows, CLAMP (place, 0, (int) rows->len), row);
  for (guint i = 0; i < rows->len; i++)
    {
      TorgRecord *record = get_record (rows->pdata[i]);
      gint64      position = (gint64) (i + 1) * TORG_NUMBER_SCALE;

      if (torg_record_get_number (record, "position") != position)
        torg_edit_take (edit, torg_record_get_kind (record)->info->name, torg_record_get_id (record), "position",
                        torg_value_int (position));
    }
  if (torg_edit_get_length (edit) > 0)
    torg_session_apply (session, edit);
}

static int
get_place (GtkWidget *row)
{
  int place = 0;

  for (GtkWidget *other = gtk_widget_get_prev_sibling (row); other != NULL; other = gtk_widget_get_prev_sibling (other))
    place += get_record (other) != NULL ? 1 : 0;
  return place;
}

static gboolean
move_cb (GtkWidget *row, GVariant *arguments, gpointer data)
{
  int place = get_place (row) + GPOINTER_TO_INT (data);

  if (place >= 0)
    save (row, place);
  return TRUE;
}

static GdkContentProvider *
prepare_cb (GtkWidget *row, double x, double y, GtkDragSource *source)
{
  g_autoptr (GdkPaintable) paintable = gtk_widget_paintable_new (row);

  gtk_drag_source_set_icon (source, paintable, (int) x, (int) y);
  return gdk_content_provider_new_typed (GTK_TYPE_LIST_BOX_ROW, row);
}

static gboolean
drop_cb (GtkWidget *row, const GValue *value, double x, double y)
{
  GtkWidget *dropped = g_value_get_object (value);
  int        place = get_place (row);

  if (dropped == NULL || dropped == row || gtk_widget_get_parent (dropped) != gtk_widget_get_parent (row))
    return FALSE;
  /* Its own place is free then. */
  if (y > gtk_widget_get_height (row) / 2.)
    place++;
  if (get_place (dropped) < place)
    place--;
  save (dropped, place);
  return TRUE;
}

static void
add_key (GtkEventController *keys, guint keyval, int by)
{
  gtk_shortcut_controller_add_shortcut (
    GTK_SHORTCUT_CONTROLLER (keys), gtk_shortcut_new (gtk_keyval_trigger_new (keyval, GDK_ALT_MASK),
                                                      gtk_callback_action_new (move_cb, GINT_TO_POINTER (by), NULL)));
}

/**
 * torg_order_add_row:
 * @session: the session
 * @list: a list
 * @row: a new row for it
 * @record: what it shows; it has a `position`
 *
 * Adds a row that can be moved among the others of the list.
 */
void
torg_order_add_row (TorgSession *session, GtkListBox *list, GtkWidget *row, TorgRecord *record)
{
  GtkEventController *keys = gtk_shortcut_controller_new ();
  GtkDragSource      *source = gtk_drag_source_new ();
  GtkDropTarget      *target = gtk_drop_target_new (GTK_TYPE_LIST_BOX_ROW, GDK_ACTION_MOVE);
  GtkWidget          *handle = gtk_image_new_from_icon_name ("list-drag-handle-symbolic");

  g_object_set_data_full (G_OBJECT (row), "torg-record", torg_record_ref (record), (GDestroyNotify) torg_record_unref);
  g_object_set_data_full (G_OBJECT (row), "torg-session", g_object_ref (session), g_object_unref);
  adw_action_row_add_prefix (ADW_ACTION_ROW (row), handle);
  gtk_widget_set_tooltip_text (handle, _ ("Drag, or Alt+↑ and Alt+↓"));
  add_key (keys, GDK_KEY_Up, -1);
  add_key (keys, GDK_KEY_Down, 1);
  gtk_widget_add_controller (row, keys);
  gtk_drag_source_set_actions (source, GDK_ACTION_MOVE);
  g_signal_connect_object (source, "prepare", G_CALLBACK (prepare_cb), row, G_CONNECT_SWAPPED);
  gtk_widget_add_controller (row, GTK_EVENT_CONTROLLER (source));
  g_signal_connect_object (target, "drop", G_CALLBACK (drop_cb), row, G_CONNECT_SWAPPED);
  gtk_widget_add_controller (row, GTK_EVENT_CONTROLLER (target));
  gtk_list_box_append (list, row);
}
