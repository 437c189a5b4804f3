/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "torg-ui"

#include "config.h"

#include "torg-columns-dialog.h"

#include <glib/gi18n-lib.h>

struct _TorgColumnsDialog
{
  AdwDialog parent_instance;

  GtkListBox *list;

  TorgTableColumns *columns; /* (owned) */
};

G_DEFINE_FINAL_TYPE (TorgColumnsDialog, torg_columns_dialog, ADW_TYPE_DIALOG)

static GtkSwitch *
get_switch (GtkWidget *row)
{
  return g_object_get_data (G_OBJECT (row), "torg-switch");
}

static void
save (TorgColumnsDialog *self)
{
  g_autoptr (GPtrArray) names = g_ptr_array_new ();

  for (GtkWidget *row = gtk_widget_get_first_child (GTK_WIDGET (self->list)); row != NULL;
       row = gtk_widget_get_next_sibling (row))
    if (gtk_switch_get_active (get_switch (row)))
      g_ptr_array_add (names, g_object_get_data (G_OBJECT (row), "torg-field"));
  g_ptr_array_add (names, NULL);
  if (names->len > 1)
    torg_table_columns_set_fields (self->columns, (const char *const *) names->pdata);
}

static void
move_row (TorgColumnsDialog *self, GtkWidget *row, int by)
{
  int index = gtk_list_box_row_get_index (GTK_LIST_BOX_ROW (row)) + by;

  if (index < 0 || gtk_list_box_get_row_at_index (self->list, index) == NULL)
    return;
  g_object_ref (row);
  gtk_list_box_remove (self->list, row);
  gtk_list_box_insert (self->list, row, index);
  g_object_unref (row);
  save (self);
}

static void
up_cb (TorgColumnsDialog *self, GtkWidget *button)
{
  move_row (self, gtk_widget_get_ancestor (button, GTK_TYPE_LIST_BOX_ROW), -1);
}

static void
down_cb (TorgColumnsDialog *self, GtkWidget *button)
{
  move_row (self, gtk_widget_get_ancestor (button, GTK_TYPE_LIST_BOX_ROW), 1);
}

static GtkWidget *
make_button (TorgColumnsDialog *self, const char *icon_name, const char *label, GCallback callback)
{
  GtkWidget *button = gtk_button_new_from_icon_name (icon_name);

  gtk_widget_set_valign (button, GTK_ALIGN_CENTER);
  gtk_widget_set_tooltip_text (button, label);
  gtk_widget_add_css_class (button, "flat");
  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, label, -1);
  g_signal_connect_object (button, "clicked", callback, self, G_CONNECT_SWAPPED);
  return button;
}

static void
torg_columns_dialog_dispose (GObject *object)
{
  g_clear_object (&TORG_COLUMNS_DIALOG (object)->columns);
  gtk_widget_dispose_template (GTK_WIDGET (object), TORG_TYPE_COLUMNS_DIALOG);
  G_OBJECT_CLASS (torg_columns_dialog_parent_class)->dispose (object);
}

static void
torg_columns_dialog_class_init (TorgColumnsDialogClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = torg_columns_dialog_dispose;
  gtk_widget_class_set_template_from_resource (widget_class, "/org/torgcrm/Torg/ui/common/torg-columns-dialog.ui");
  gtk_widget_class_bind_template_child (widget_class, TorgColumnsDialog, list);
}

static void
torg_columns_dialog_init (TorgColumnsDialog *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

/**
 * torg_columns_dialog_new:
 * @columns: the columns of a table
 *
 * Makes the dialog.
 *
 * Returns: a new dialog
 */
AdwDialog *
torg_columns_dialog_new (TorgTableColumns *columns)
{
  TorgColumnsDialog *self = g_object_new (TORG_TYPE_COLUMNS_DIALOG, NULL);
  g_autoptr (GPtrArray) fields = torg_table_columns_list_all (columns);

  self->columns = g_object_ref (columns);
  for (guint i = 0; i < fields->len; i++)
    {
      const TorgField *field = g_ptr_array_index (fields, i);
      GtkWidget       *row = adw_action_row_new ();
      GtkWidget       *toggle = gtk_switch_new ();

      gtk_switch_set_active (GTK_SWITCH (toggle), i < torg_table_columns_get_n (columns));
      gtk_widget_set_valign (toggle, GTK_ALIGN_CENTER);
      gtk_accessible_update_property (GTK_ACCESSIBLE (toggle), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                      torg_table_columns_get_label (field), -1);
      adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), torg_table_columns_get_label (field));
      adw_action_row_add_suffix (ADW_ACTION_ROW (row),
                                 make_button (self, "go-up-symbolic", _ ("Further to the front"), G_CALLBACK (up_cb)));
      adw_action_row_add_suffix (
        ADW_ACTION_ROW (row), make_button (self, "go-down-symbolic", _ ("Further to the end"), G_CALLBACK (down_cb)));
      adw_action_row_add_suffix (ADW_ACTION_ROW (row), toggle);
      adw_action_row_set_activatable_widget (ADW_ACTION_ROW (row), toggle);
      g_object_set_data_full (G_OBJECT (row), "torg-field", g_strdup (field->name), g_free);
      g_object_set_data (G_OBJECT (row), "torg-switch", toggle);
      g_signal_connect_object (toggle, "notify::active", G_CALLBACK (save), self, G_CONNECT_SWAPPED);
      gtk_list_box_append (self->list, row);
    }
  return ADW_DIALOG (self);
}
