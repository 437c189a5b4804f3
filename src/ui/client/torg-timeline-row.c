/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "torg-ui"

#include "config.h"

#include "torg-timeline-row.h"
#include "torg-change-words.h"
#include "torg-finish-dialog.h"
#include "torg-words.h"

#include <glib/gi18n-lib.h>

struct _TorgTimelineRow
{
  AdwBin parent_instance;

  GtkBox    *box;
  GtkImage  *icon;
  GtkLabel  *title;
  GtkLabel  *meta;
  GtkLabel  *body;
  GtkWidget *side_button; /* deletes an entry, takes a change back */
  GtkWidget *done_button; /* (nullable): made for what is planned */

  TorgSession *session; /* (owned) */
  TorgRow     *row;     /* (owned) (nullable) */
  gulong       row_handler;
};

G_DEFINE_FINAL_TYPE (TorgTimelineRow, torg_timeline_row, ADW_TYPE_BIN)

enum
{
  SIGNAL_RESTORE,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

static gboolean
is_open (TorgRecord *record)
{
  return torg_value_is_null (torg_record_get (record, "done"));
}

static void
done_cb (TorgTimelineRow *self)
{
  torg_finish_dialog_ask (self->session, torg_row_get_record (self->row), GTK_WIDGET (self));
}

static void
name_button (GtkWidget *button, const char *icon_name, const char *label, const char *tooltip)
{
  gtk_button_set_icon_name (GTK_BUTTON (button), icon_name);
  gtk_widget_set_tooltip_text (button, tooltip);
  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, label, -1);
}

/* Few entries are planned: the others go without the button. */
static void
show_done_button (TorgTimelineRow *self, gboolean shown)
{
  if (self->done_button == NULL && shown)
    {
      self->done_button = gtk_button_new ();
      gtk_widget_add_css_class (self->done_button, "circular");
      gtk_widget_set_valign (self->done_button, GTK_ALIGN_START);
      name_button (self->done_button, "object-select-symbolic", _ ("Done"), _ ("Done"));
      g_signal_connect_object (self->done_button, "clicked", G_CALLBACK (done_cb), self, G_CONNECT_SWAPPED);
      gtk_box_insert_child_after (self->box, self->done_button, gtk_widget_get_prev_sibling (self->side_button));
    }
  if (self->done_button != NULL)
    gtk_widget_set_visible (self->done_button, shown);
}

static void
show_activity (TorgTimelineRow *self, TorgRecord *record)
{
  gint64           now = torg_session_get_now (self->session);
  const TorgField *kind_field = torg_type_find_field (torg_record_get_kind (record), "kind");
  const char      *kind = torg_record_get_text (record, "kind");
  const char      *label = kind != NULL ? torg_field_get_choice_label (kind_field, kind) : NULL;
  const char      *subject = torg_record_get_text (record, "subject");
  const char      *body = torg_record_get_text (record, "body");
  const char      *result = torg_record_get_text (record, "result");
  const char      *due = torg_record_get_text (record, "due");
  gboolean         open = is_open (record);
  gboolean         overdue = open && torg_words_is_overdue (record, now);
  g_autofree char *when = !open ? torg_words_moment (torg_record_get_number (record, "at"), FALSE, now)
                          : due != NULL
                            ? torg_words_moment (torg_record_get_number (record, "due"), strchr (due, 'T') == NULL, now)
                            : g_strdup (C_ ("activity", "No date"));
  g_autofree char *owner =
    torg_lookup_dup_title (torg_session_get_lookup (self->session), torg_record_get_text (record, "owner"));
  g_autoptr (GString) meta = g_string_new (NULL);
  g_autoptr (GString) text = g_string_new (body);

  if (overdue)
    {
      g_autofree char *words = torg_words_overdue (torg_record_get_number (record, "due"), now);

      g_string_append (meta, words);
    }
  else
    g_string_append (meta, when);
  if (subject != NULL && label != NULL)
    g_string_append_printf (meta, " · %s", label);
  if (owner != NULL)
    g_string_append_printf (meta, " · %s", owner);
  if (result != NULL)
    g_string_append_printf (text, "%s%s", text->len > 0 ? "\n" : "", result);
  gtk_image_set_from_icon_name (self->icon, torg_words_kind_icon (kind));
  gtk_label_set_label (self->title, subject != NULL ? subject : label != NULL ? label : "");
  gtk_label_set_label (self->meta, meta->str);
  gtk_label_set_label (self->body, text->str);
  gtk_widget_set_visible (GTK_WIDGET (self->body), text->len > 0);
  show_done_button (self, open);
  name_button (self->side_button, "user-trash-symbolic", _ ("Delete"), _ ("Delete"));
  gtk_widget_set_visible (self->side_button, TRUE);
  if (overdue)
    gtk_widget_add_css_class (GTK_WIDGET (self->meta), "error");
  else
    gtk_widget_remove_css_class (GTK_WIDGET (self->meta), "error");
}

static void
show_change (TorgTimelineRow *self, TorgRecord *record)
{
  const TorgField *field = torg_change_words_find_field (self->session, record);
  g_autofree char *title = torg_change_words_title (self->session, self->row);
  g_autofree char *when = torg_change_words_when (self->session, self->row);

  gtk_image_set_from_icon_name (self->icon, "torg-change-symbolic");
  gtk_label_set_label (self->title, title);
  gtk_label_set_label (self->meta, when);
  gtk_widget_set_visible (GTK_WIDGET (self->body), FALSE);
  show_done_button (self, FALSE);
  name_button (self->side_button, "edit-undo-symbolic", _ ("Restore"),
               _ ("Bring back the value from before this change"));
  /* What is not on the card by itself is a part of something, and comes back with that. */
  gtk_widget_set_visible (self->side_button, field != NULL && (field->flags & TORG_FIELD_HIDDEN) == 0);
  gtk_widget_remove_css_class (GTK_WIDGET (self->meta), "error");
}

static void
update (TorgTimelineRow *self)
{
  TorgRecord *record = torg_row_get_record (self->row);

  gtk_widget_set_visible (adw_bin_get_child (ADW_BIN (self)), record != NULL);
  if (record == NULL)
    return;
  if (g_str_equal (torg_record_get_kind (record)->info->name, "activity"))
    show_activity (self, record);
  else
    show_change (self, record);
}

static void
side_cb (TorgTimelineRow *self)
{
  TorgRecord *record = torg_row_get_record (self->row);
  g_autoptr (TorgEdit) edit = NULL;

  if (!g_str_equal (torg_record_get_kind (record)->info->name, "activity"))
    {
      g_signal_emit (self, signals[SIGNAL_RESTORE], 0, record);
      return;
    }
  edit = torg_edit_new (_ ("Entry deleted"));
  torg_edit_delete (edit, "activity", torg_record_get_id (record));
  torg_session_apply (self->session, edit);
}

static void
torg_timeline_row_dispose (GObject *object)
{
  TorgTimelineRow *self = TORG_TIMELINE_ROW (object);

  torg_timeline_row_bind (self, NULL);
  adw_bin_set_child (ADW_BIN (self), NULL);
  gtk_widget_dispose_template (GTK_WIDGET (object), TORG_TYPE_TIMELINE_ROW);
  g_clear_object (&self->session);
  G_OBJECT_CLASS (torg_timeline_row_parent_class)->dispose (object);
}

static void
torg_timeline_row_class_init (TorgTimelineRowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = torg_timeline_row_dispose;
  gtk_widget_class_set_template_from_resource (widget_class, "/org/torgcrm/Torg/ui/client/torg-timeline-row.ui");
  gtk_widget_class_bind_template_child (widget_class, TorgTimelineRow, box);
  gtk_widget_class_bind_template_child (widget_class, TorgTimelineRow, icon);
  gtk_widget_class_bind_template_child (widget_class, TorgTimelineRow, title);
  gtk_widget_class_bind_template_child (widget_class, TorgTimelineRow, meta);
  gtk_widget_class_bind_template_child (widget_class, TorgTimelineRow, body);
  gtk_widget_class_bind_template_child (widget_class, TorgTimelineRow, side_button);
  gtk_widget_class_bind_template_callback (widget_class, side_cb);

  signals[SIGNAL_RESTORE] = g_signal_new ("restore", TORG_TYPE_TIMELINE_ROW, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                          G_TYPE_NONE, 1, G_TYPE_POINTER);
}

static void
torg_timeline_row_init (TorgTimelineRow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

/**
 * torg_timeline_row_new:
 * @session: the session
 *
 * Makes a row that is not bound.
 *
 * Returns: a new row
 */
GtkWidget *
torg_timeline_row_new (TorgSession *session)
{
  TorgTimelineRow *self = g_object_new (TORG_TYPE_TIMELINE_ROW, NULL);

  self->session = g_object_ref (session);
  return GTK_WIDGET (self);
}

/**
 * torg_timeline_row_bind:
 * @row: (nullable): a row of an activity or of a line of history
 *
 * Shows another entry.
 */
void
torg_timeline_row_bind (TorgTimelineRow *self, TorgRow *row)
{
  if (self->row != NULL)
    g_clear_signal_handler (&self->row_handler, self->row);
  g_set_object (&self->row, row);
  if (row == NULL)
    return;
  self->row_handler = g_signal_connect_swapped (row, "changed", G_CALLBACK (update), self);
  update (self);
}
