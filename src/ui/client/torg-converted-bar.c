/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "torg-ui"

#include "config.h"

#include "torg-converted-bar.h"
#include "torg-conversion.h"
#include "torg-words.h"

#include <glib/gi18n-lib.h>

struct _TorgConvertedBar
{
  AdwBin parent_instance;

  AdwPreferencesGroup *group;

  TorgSession *session; /* (owned) (nullable) */
  GPtrArray   *rows;    /* (owned): belong to the group */
};

G_DEFINE_FINAL_TYPE (TorgConvertedBar, torg_converted_bar, ADW_TYPE_BIN)

static void
activated_cb (TorgConvertedBar *self, AdwActionRow *row)
{
  torg_session_open_record (self->session, g_object_get_data (G_OBJECT (row), "torg-type"),
                            g_object_get_data (G_OBJECT (row), "torg-id"), NULL, GTK_INVALID_LIST_POSITION, FALSE);
}

static void
add_part (TorgConvertedBar *self, TorgRow *row, TorgConversionPart part)
{
  const char      *name = torg_conversion_get_field (part);
  const TorgField *field =
    name != NULL ? torg_type_find_field (torg_record_get_kind (torg_row_get_record (row)), name) : NULL;
  const char *id = field != NULL ? torg_record_get_text (torg_row_get_record (row), name) : NULL;
  const char *type = torg_conversion_get_type (part);
  const char *title;
  GtkWidget  *widget;

  if (id == NULL)
    return;
  title = torg_row_get_ref_title (row, name);
  widget = adw_action_row_new ();
  adw_preferences_row_set_use_markup (ADW_PREFERENCES_ROW (widget), FALSE);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (widget), title != NULL ? title : _ ("Not available"));
  adw_action_row_set_subtitle (ADW_ACTION_ROW (widget),
                               torg_type_get_label (torg_schema_find (torg_session_get_schema (self->session), type)));
  adw_action_row_add_prefix (ADW_ACTION_ROW (widget), gtk_image_new_from_icon_name (torg_words_type_icon (type)));
  adw_action_row_add_suffix (ADW_ACTION_ROW (widget), gtk_image_new_from_icon_name ("go-next-symbolic"));
  gtk_list_box_row_set_activatable (GTK_LIST_BOX_ROW (widget), TRUE);
  g_object_set_data_full (G_OBJECT (widget), "torg-id", g_strdup (id), g_free);
  g_object_set_data (G_OBJECT (widget), "torg-type", (gpointer) type);
  g_signal_connect_object (widget, "activated", G_CALLBACK (activated_cb), self, G_CONNECT_SWAPPED);
  adw_preferences_group_add (self->group, widget);
  g_ptr_array_add (self->rows, widget);
}

static void
torg_converted_bar_dispose (GObject *object)
{
  TorgConvertedBar *self = TORG_CONVERTED_BAR (object);

  g_clear_pointer (&self->rows, g_ptr_array_unref);
  adw_bin_set_child (ADW_BIN (object), NULL);
  gtk_widget_dispose_template (GTK_WIDGET (object), TORG_TYPE_CONVERTED_BAR);
  g_clear_object (&self->session);
  G_OBJECT_CLASS (torg_converted_bar_parent_class)->dispose (object);
}

static void
torg_converted_bar_class_init (TorgConvertedBarClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = torg_converted_bar_dispose;
  gtk_widget_class_set_template_from_resource (widget_class, "/org/torgcrm/Torg/ui/client/torg-converted-bar.ui");
  gtk_widget_class_bind_template_child (widget_class, TorgConvertedBar, group);
}

static void
torg_converted_bar_init (TorgConvertedBar *self)
{
  self->rows = g_ptr_array_new ();
  gtk_widget_init_template (GTK_WIDGET (self));
}

/**
 * torg_converted_bar_set_row:
 * @session: the session
 * @row: a filled row
 *
 * Shows what a lead has become; with another record, or a lead that was not converted, there is nothing to show.
 */
void
torg_converted_bar_set_row (TorgConvertedBar *self, TorgSession *session, TorgRow *row)
{
  TorgRecord      *record = torg_row_get_record (row);
  gboolean         is_lead = g_str_equal (torg_record_get_kind (record)->info->name, "lead");
  gint64           at = is_lead ? torg_record_get_number (record, TORG_CONVERSION_FIELD) : 0;
  g_autofree char *when = at > 0 ? torg_words_moment (at, FALSE, torg_session_get_now (session)) : NULL;

  g_set_object (&self->session, session);
  for (guint i = 0; i < self->rows->len; i++)
    adw_preferences_group_remove (self->group, self->rows->pdata[i]);
  g_ptr_array_set_size (self->rows, 0);
  gtk_widget_set_visible (GTK_WIDGET (self), at > 0);
  if (at == 0)
    return;
  adw_preferences_group_set_description (self->group, when);
  for (guint i = 0; i < TORG_CONVERSION_N_PARTS; i++)
    add_part (self, row, i);
}
