/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "torg-ui"

#include "config.h"

#include "torg-file-row.h"
#include "torg-attach.h"
#include "torg-file-sync.h"
#include "torg-words.h"

#include <glib/gi18n-lib.h>

/* What is to happen once the content is here. */
typedef enum
{
  INTENT_NONE,
  INTENT_OPEN,
  INTENT_SAVE,
} Intent;

struct _TorgFileRow
{
  AdwActionRow parent_instance;

  GtkImage  *icon;
  GtkImage  *state_icon;
  GtkWidget *cancel_button;
  GtkWidget *menu_button;

  TorgSession  *session; /* (owned) */
  TorgFileItem *item;    /* (owned) (nullable) */
  GFile        *target;  /* (owned) (nullable): where it is to be saved */
  Intent        intent;
};

G_DEFINE_FINAL_TYPE (TorgFileRow, torg_file_row, ADW_TYPE_ACTION_ROW)

/**
 * torg_file_item_free:
 * @self: (transfer full): an item
 *
 * Frees what a row shows.
 */
void
torg_file_item_free (TorgFileItem *self)
{
  torg_record_unref (self->record);
  g_clear_pointer (&self->file, torg_file_free);
  g_free (self->author);
  g_free (self);
}

static TorgFileQueue *
get_queue (TorgFileRow *self)
{
  return torg_syncer_get_files (torg_session_get_syncer (self->session));
}

static const char *
get_hash (TorgFileRow *self)
{
  return torg_record_get_text (self->item->record, "file");
}

static const char *
get_name (TorgFileRow *self)
{
  const char *name = torg_record_get_text (self->item->record, "name");

  return name != NULL ? name : get_hash (self);
}

static gboolean
is_here (TorgFileRow *self)
{
  return self->item->file != NULL && self->item->file->here;
}

/* --- what it shows ------------------------------------------------------------------------------------------------ */

static char *
say_progress (TorgFileWork work, double fraction)
{
  int percent = (int) (fraction * 100);

  return g_strdup_printf (work == TORG_FILE_SEND ? _ ("is being sent, %d %%") : _ ("is being fetched, %d %%"), percent);
}

/* @icon: %NULL where nothing has to be said by one. */
static char *
say_state (TorgFileRow *self, const char **icon)
{
  TorgFile    *file = self->item->file;
  TorgFileWork work;
  double       fraction;

  *icon = NULL;
  if (torg_file_queue_get_progress (get_queue (self), get_hash (self), &work, &fraction))
    {
      *icon = work == TORG_FILE_SEND ? "document-send-symbolic" : "folder-download-symbolic";
      return say_progress (work, fraction);
    }
  if (file != NULL && file->code != NULL)
    {
      *icon = "dialog-warning-symbolic";
      return torg_file_sync_explain (file->code);
    }
  if (is_here (self) && (file->sent || self->item->local))
    return g_strdup (_ ("on this computer"));
  if (is_here (self))
    {
      *icon = "document-send-symbolic";
      return g_strdup (_ ("not sent yet"));
    }
  *icon = "folder-download-symbolic";
  if (file != NULL && file->wanted)
    return g_strdup (_ ("waits to be fetched"));
  return g_strdup (_ ("in the cloud"));
}

static char *
say_origin (TorgFileRow *self)
{
  TorgRecord      *record = self->item->record;
  gint64           created = torg_record_get_number (record, "created");
  g_autofree char *size =
    g_format_size ((guint64) MAX (torg_record_get_number (record, "size") / TORG_NUMBER_SCALE, 0));
  g_autofree char *when =
    created != 0 ? torg_words_moment (created, FALSE, torg_session_get_now (self->session)) : NULL;
  GString *text = g_string_new (size);

  if (self->item->author != NULL)
    g_string_append_printf (text, " · %s", self->item->author);
  if (when != NULL)
    g_string_append_printf (text, " · %s", when);
  return g_string_free_and_steal (text);
}

static void
show_icon (TorgFileRow *self)
{
  const char      *media = torg_record_get_text (self->item->record, "media_type");
  g_autofree char *type = media != NULL ? g_content_type_from_mime_type (media) : NULL;
  g_autoptr (GIcon) icon = g_content_type_get_symbolic_icon (type != NULL ? type : "application/octet-stream");

  gtk_image_set_from_gicon (self->icon, icon);
}

/**
 * torg_file_row_update:
 *
 * Shows how far the file is.
 */
void
torg_file_row_update (TorgFileRow *self)
{
  const char      *icon;
  g_autofree char *state = say_state (self, &icon);
  g_autofree char *origin = say_origin (self);
  g_autofree char *subtitle = g_strdup_printf ("%s\n%s", origin, state);
  TorgFile        *file = self->item->file;
  TorgFileWork     work;
  double           fraction;
  gboolean         moves = torg_file_queue_get_progress (get_queue (self), get_hash (self), &work, &fraction);

  adw_action_row_set_subtitle (ADW_ACTION_ROW (self), subtitle);
  gtk_image_set_from_icon_name (self->state_icon, icon);
  gtk_widget_set_visible (GTK_WIDGET (self->state_icon), icon != NULL);
  gtk_widget_set_visible (self->cancel_button,
                          !is_here (self) && ((file != NULL && file->wanted) || (moves && work == TORG_FILE_FETCH)));
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "file.retry", file != NULL && file->code != NULL);
}

/* --- opening and saving ------------------------------------------------------------------------------------------- */

/* Now, or once the content is here. */
static void
carry_out (TorgFileRow *self)
{
  Intent intent = self->intent;

  if (intent == INTENT_NONE || !is_here (self))
    return;
  self->intent = INTENT_NONE;
  if (intent == INTENT_OPEN)
    torg_attach_open (self->session, get_hash (self), get_name (self), GTK_WIDGET (self));
  else
    torg_attach_save (self->session, get_hash (self), self->target);
}

static void
begin (TorgFileRow *self, Intent intent)
{
  self->intent = intent;
  if (is_here (self))
    carry_out (self);
  else if (self->item->local)
    torg_session_say (self->session, _ ("This file is not on this computer, and there is no server to fetch it from."),
                      0);
  else
    torg_file_queue_want (get_queue (self), get_hash (self), TRUE);
}

static void
open_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  begin (TORG_FILE_ROW (widget), INTENT_OPEN);
}

static void
activated_cb (TorgFileRow *self)
{
  begin (self, INTENT_OPEN);
}

static void
target_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (TorgFileRow) self = data;
  g_autoptr (GFile) target = gtk_file_dialog_save_finish (GTK_FILE_DIALOG (source), result, NULL);

  if (target == NULL || self->item == NULL)
    return;
  g_set_object (&self->target, target);
  begin (self, INTENT_SAVE);
}

static void
save_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  TorgFileRow *self = TORG_FILE_ROW (widget);
  g_autoptr (GtkFileDialog) dialog = gtk_file_dialog_new ();

  gtk_file_dialog_set_title (dialog, _ ("Save the File"));
  gtk_file_dialog_set_initial_name (dialog, get_name (self));
  gtk_file_dialog_save (dialog, GTK_WINDOW (gtk_widget_get_root (widget)), NULL, target_cb, g_object_ref (self));
}

static void
retry_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  TorgFileRow *self = TORG_FILE_ROW (widget);

  torg_file_queue_want (get_queue (self), get_hash (self), !is_here (self));
}

static void
cancel_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  TorgFileRow *self = TORG_FILE_ROW (widget);

  self->intent = INTENT_NONE;
  torg_file_queue_want (get_queue (self), get_hash (self), FALSE);
}

/* --- the record --------------------------------------------------------------------------------------------------- */

static void
renamed_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (TorgFileRow) self = data;
  const char      *answer = adw_alert_dialog_choose_finish (ADW_ALERT_DIALOG (source), result);
  GtkEditable     *entry = GTK_EDITABLE (adw_alert_dialog_get_extra_child (ADW_ALERT_DIALOG (source)));
  g_autofree char *name = g_strstrip (g_strdup (gtk_editable_get_text (entry)));
  g_autoptr (TorgEdit) edit = NULL;

  if (self->item == NULL || !g_str_equal (answer, "rename") || *name == '\0' || g_str_equal (name, get_name (self)))
    return;
  edit = torg_edit_new (_ ("File renamed"));
  torg_edit_take (edit, "attachment", torg_record_get_id (self->item->record), "name", torg_value_text (name));
  torg_session_apply (self->session, edit);
}

/* What is typed first replaces the name and leaves its ending. */
static gboolean
select_cb (gpointer data)
{
  GtkEditable *entry = data;
  const char  *text = gtk_editable_get_text (entry);
  const char  *dot = g_utf8_strrchr (text, -1, '.');

  gtk_editable_select_region (entry, 0, dot != NULL && dot != text ? (int) g_utf8_pointer_to_offset (text, dot) : -1);
  return G_SOURCE_REMOVE;
}

/* With the focus all is selected, once this is over. */
static void
focused_cb (GtkEditable *entry)
{
  g_idle_add_full (G_PRIORITY_DEFAULT, select_cb, g_object_ref (entry), g_object_unref);
}

static void
rename_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  TorgFileRow    *self = TORG_FILE_ROW (widget);
  AdwAlertDialog *dialog = ADW_ALERT_DIALOG (adw_alert_dialog_new (_ ("Rename the File"), NULL));
  GtkWidget      *entry = gtk_entry_new ();

  gtk_editable_set_text (GTK_EDITABLE (entry), get_name (self));
  gtk_entry_set_activates_default (GTK_ENTRY (entry), TRUE);
  g_signal_connect_object (gtk_editable_get_delegate (GTK_EDITABLE (entry)), "notify::has-focus",
                           G_CALLBACK (focused_cb), entry, G_CONNECT_SWAPPED | G_CONNECT_AFTER);
  gtk_accessible_update_property (GTK_ACCESSIBLE (entry), GTK_ACCESSIBLE_PROPERTY_LABEL, _ ("Name"), -1);
  adw_alert_dialog_set_extra_child (dialog, entry);
  adw_alert_dialog_add_responses (dialog, "cancel", _ ("_Cancel"), "rename", _ ("_Rename"), NULL);
  adw_alert_dialog_set_response_appearance (dialog, "rename", ADW_RESPONSE_SUGGESTED);
  adw_alert_dialog_set_default_response (dialog, "rename");
  adw_alert_dialog_set_close_response (dialog, "cancel");
  adw_dialog_set_focus (ADW_DIALOG (dialog), entry);
  adw_alert_dialog_choose (dialog, widget, NULL, renamed_cb, g_object_ref (self));
}

static void
delete_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  TorgFileRow     *self = TORG_FILE_ROW (widget);
  g_autofree char *label = g_strdup_printf (_ ("File “%s” deleted"), get_name (self));
  g_autoptr (TorgEdit) edit = torg_edit_new (label);

  torg_edit_delete (edit, "attachment", torg_record_get_id (self->item->record));
  torg_session_apply (self->session, edit);
}

/* --- the widget --------------------------------------------------------------------------------------------------- */

static void
torg_file_row_dispose (GObject *object)
{
  TorgFileRow *self = TORG_FILE_ROW (object);

  gtk_widget_dispose_template (GTK_WIDGET (object), TORG_TYPE_FILE_ROW);
  g_clear_pointer (&self->item, torg_file_item_free);
  g_clear_object (&self->target);
  g_clear_object (&self->session);
  G_OBJECT_CLASS (torg_file_row_parent_class)->dispose (object);
}

static void
torg_file_row_class_init (TorgFileRowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = torg_file_row_dispose;
  gtk_widget_class_set_template_from_resource (widget_class, "/org/torgcrm/Torg/ui/client/torg-file-row.ui");
  gtk_widget_class_bind_template_child (widget_class, TorgFileRow, icon);
  gtk_widget_class_bind_template_child (widget_class, TorgFileRow, state_icon);
  gtk_widget_class_bind_template_child (widget_class, TorgFileRow, cancel_button);
  gtk_widget_class_bind_template_child (widget_class, TorgFileRow, menu_button);
  gtk_widget_class_bind_template_callback (widget_class, activated_cb);

  gtk_widget_class_install_action (widget_class, "file.open", NULL, open_action);
  gtk_widget_class_install_action (widget_class, "file.save", NULL, save_action);
  gtk_widget_class_install_action (widget_class, "file.retry", NULL, retry_action);
  gtk_widget_class_install_action (widget_class, "file.cancel", NULL, cancel_action);
  gtk_widget_class_install_action (widget_class, "file.rename", NULL, rename_action);
  gtk_widget_class_install_action (widget_class, "file.delete", NULL, delete_action);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_F2, 0, "file.rename", NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Delete, 0, "file.delete", NULL);
}

static void
torg_file_row_init (TorgFileRow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

/**
 * torg_file_row_new:
 * @session: the session
 *
 * Makes a row, to be given a file.
 *
 * Returns: a new row
 */
GtkWidget *
torg_file_row_new (TorgSession *session)
{
  TorgFileRow *self = g_object_new (TORG_TYPE_FILE_ROW, NULL);

  self->session = g_object_ref (session);
  return GTK_WIDGET (self);
}

/**
 * torg_file_row_set:
 * @item: (transfer full): what to show
 *
 * Shows a file; what was to happen with the one that was shown happens once it is here, if it is the same.
 */
void
torg_file_row_set (TorgFileRow *self, TorgFileItem *item)
{
  g_autofree char *label = NULL;

  if (self->item != NULL && !g_str_equal (torg_record_get_id (self->item->record), torg_record_get_id (item->record)))
    self->intent = INTENT_NONE;
  g_clear_pointer (&self->item, torg_file_item_free);
  self->item = item;
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (self), get_name (self));
  label = g_strdup_printf (_ ("What to do with “%s”"), get_name (self));
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->menu_button), GTK_ACCESSIBLE_PROPERTY_LABEL, label, -1);
  show_icon (self);
  torg_file_row_update (self);
  carry_out (self);
}
