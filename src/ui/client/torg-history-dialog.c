/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "torg-ui"

#include "config.h"

#include "torg-history-dialog.h"
#include "torg-change-words.h"
#include "torg-words.h"

#include <glib/gi18n-lib.h>

#define MOST_CHANGES 200

struct _TorgHistoryDialog
{
  AdwDialog parent_instance;

  GtkListBox *list;
  GtkStack   *stack;

  TorgSession     *session; /* (owned) */
  const TorgField *field;
};

G_DEFINE_FINAL_TYPE (TorgHistoryDialog, torg_history_dialog, ADW_TYPE_DIALOG)

enum
{
  SIGNAL_RESTORED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

static gpointer
read_history (TorgStore *store, gpointer data, GCancellable *cancellable, GError **error)
{
  char **id_and_field = data;
  g_autoptr (GPtrArray) records =
    torg_store_list_history (store, id_and_field[0], id_and_field[1], MOST_CHANGES, error);
  GPtrArray *rows;

  if (records == NULL)
    return NULL;
  rows = g_ptr_array_new_with_free_func (g_object_unref);
  for (guint i = 0; i < records->len; i++)
    g_ptr_array_add (rows, torg_store_make_row (store, g_ptr_array_index (records, i)));
  return rows;
}

static void
restore_cb (TorgHistoryDialog *self, GtkButton *button)
{
  TorgRow *row = g_object_get_data (G_OBJECT (button), "torg-row");
  g_auto (TorgValue) value = TORG_VALUE_INIT;

  if (!torg_change_words_get_old (torg_row_get_record (row), self->field, &value))
    return;
  g_object_ref (self);
  g_signal_emit (self, signals[SIGNAL_RESTORED], 0, &value);
  adw_dialog_close (ADW_DIALOG (self));
  g_object_unref (self);
}

static void
append (TorgHistoryDialog *self, TorgRow *row)
{
  GtkWidget       *widget = adw_action_row_new ();
  g_autofree char *title = torg_change_words_values (self->session, row, self->field);
  g_autofree char *subtitle = torg_change_words_when (self->session, row);

  adw_preferences_row_set_use_markup (ADW_PREFERENCES_ROW (widget), FALSE);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (widget), title);
  adw_action_row_set_subtitle (ADW_ACTION_ROW (widget), subtitle);
  if (torg_record_get_text (torg_row_get_record (row), "field") != NULL && !g_str_equal (self->field->name, "stage"))
    {
      GtkWidget *button = gtk_button_new_with_label (_ ("Restore"));

      gtk_widget_set_valign (button, GTK_ALIGN_CENTER);
      gtk_widget_set_tooltip_text (button, _ ("Bring back the value from before this change"));
      g_object_set_data_full (G_OBJECT (button), "torg-row", g_object_ref (row), g_object_unref);
      g_signal_connect_object (button, "clicked", G_CALLBACK (restore_cb), self, G_CONNECT_SWAPPED);
      adw_action_row_add_suffix (ADW_ACTION_ROW (widget), button);
    }
  gtk_list_box_append (self->list, widget);
}

static void
read_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (TorgHistoryDialog) self = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) rows = torg_replica_call_finish (TORG_REPLICA (source), result, &error);

  if (self->list == NULL)
    return;
  if (rows == NULL)
    {
      torg_session_fail (self->session, error);
      return;
    }
  for (guint i = 0; i < rows->len; i++)
    append (self, g_ptr_array_index (rows, i));
  gtk_stack_set_visible_child_name (self->stack, rows->len > 0 ? "list" : "nothing");
}

static void
torg_history_dialog_dispose (GObject *object)
{
  g_clear_object (&TORG_HISTORY_DIALOG (object)->session);
  gtk_widget_dispose_template (GTK_WIDGET (object), TORG_TYPE_HISTORY_DIALOG);
  G_OBJECT_CLASS (torg_history_dialog_parent_class)->dispose (object);
}

static void
torg_history_dialog_class_init (TorgHistoryDialogClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = torg_history_dialog_dispose;
  gtk_widget_class_set_template_from_resource (widget_class, "/org/torgcrm/Torg/ui/client/torg-history-dialog.ui");
  gtk_widget_class_bind_template_child (widget_class, TorgHistoryDialog, list);
  gtk_widget_class_bind_template_child (widget_class, TorgHistoryDialog, stack);

  signals[SIGNAL_RESTORED] = g_signal_new ("restored", TORG_TYPE_HISTORY_DIALOG, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                           G_TYPE_NONE, 1, G_TYPE_POINTER);
}

static void
torg_history_dialog_init (TorgHistoryDialog *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

/**
 * torg_history_dialog_new:
 * @session: the session
 * @id: a record
 * @field: one of its fields
 *
 * Makes the dialog.
 *
 * Returns: a new dialog
 */
AdwDialog *
torg_history_dialog_new (TorgSession *session, const char *id, const TorgField *field)
{
  TorgHistoryDialog *self = g_object_new (TORG_TYPE_HISTORY_DIALOG, "title", torg_field_get_label (field), NULL);

  self->session = g_object_ref (session);
  self->field = field;
  torg_replica_call_async (torg_session_get_replica (session), TORG_LANE_READ, read_history,
                           g_strdupv ((char *[]) { (char *) id, (char *) field->name, NULL }),
                           (GDestroyNotify) g_strfreev, (GDestroyNotify) g_ptr_array_unref, NULL, read_cb,
                           g_object_ref (self));
  return ADW_DIALOG (self);
}
