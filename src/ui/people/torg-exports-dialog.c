/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "torg-ui"

#include "config.h"

#include "torg-exports-dialog.h"
#include "torg-export-log.h"
#include "torg-words.h"

#include <glib/gi18n-lib.h>

/* More than that nobody reads. */
#define MAX_SHOWN 500

struct _TorgExportsDialog
{
  AdwDialog parent_instance;

  TorgSession  *session;     /* (owned) */
  GCancellable *cancellable; /* (owned) */

  GtkListBox *list;
  GtkStack   *stack;
};

G_DEFINE_FINAL_TYPE (TorgExportsDialog, torg_exports_dialog, ADW_TYPE_DIALOG)

static const char *
say_what (TorgExportsDialog *self, const char *what)
{
  const TorgType *type = torg_schema_find (torg_session_get_schema (self->session), what);

  if (g_strcmp0 (what, TORG_EXPORT_UNSENT) == 0)
    return _ ("What was not sent");
  return type != NULL ? torg_type_get_label_plural (type) : what;
}

static void
add_row (TorgExportsDialog *self, TorgRecord *record)
{
  const char      *owner = torg_record_get_text (record, "owner"), *filter = torg_record_get_text (record, "filter");
  guint            n = (guint) (torg_record_get_number (record, "records") / TORG_NUMBER_SCALE);
  g_autofree char *count = g_strdup_printf (ngettext ("%u record", "%u records", n), n);
  g_autofree char *title = g_strdup_printf ("%s · %s", say_what (self, torg_record_get_text (record, "what")), count);
  g_autofree char *who = torg_lookup_dup_title (torg_session_get_lookup (self->session), owner);
  g_autofree char *when =
    torg_words_moment (torg_record_get_number (record, "at"), FALSE, torg_session_get_now (self->session));
  g_autoptr (GString) about = g_string_new (who);
  GtkWidget *row = adw_action_row_new ();

  g_string_append_printf (about, "%s%s", about->len > 0 ? " · " : "", when);
  if (filter != NULL)
    g_string_append_printf (about, " · %s", filter);
  adw_preferences_row_set_use_markup (ADW_PREFERENCES_ROW (row), FALSE);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), title);
  adw_action_row_set_subtitle (ADW_ACTION_ROW (row), about->str);
  gtk_list_box_append (self->list, row);
}

static gpointer
read_exports (TorgStore *store, gpointer data, GCancellable *cancellable, GError **error)
{
  return torg_store_list_exports (store, MAX_SHOWN, error);
}

static void
read_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (TorgExportsDialog) self = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) records = torg_replica_call_finish (TORG_REPLICA (source), result, &error);

  if (self->list == NULL)
    return;
  if (records == NULL)
    {
      torg_session_fail (self->session, error);
      return;
    }
  for (guint i = 0; i < records->len; i++)
    add_row (self, records->pdata[i]);
  gtk_stack_set_visible_child_name (self->stack, records->len > 0 ? "list" : "nothing");
}

static void
torg_exports_dialog_closed (AdwDialog *dialog)
{
  g_cancellable_cancel (TORG_EXPORTS_DIALOG (dialog)->cancellable);
}

static void
torg_exports_dialog_dispose (GObject *object)
{
  TorgExportsDialog *self = TORG_EXPORTS_DIALOG (object);

  gtk_widget_dispose_template (GTK_WIDGET (object), TORG_TYPE_EXPORTS_DIALOG);
  g_clear_object (&self->session);
  G_OBJECT_CLASS (torg_exports_dialog_parent_class)->dispose (object);
}

static void
torg_exports_dialog_finalize (GObject *object)
{
  g_clear_object (&TORG_EXPORTS_DIALOG (object)->cancellable);
  G_OBJECT_CLASS (torg_exports_dialog_parent_class)->finalize (object);
}

static void
torg_exports_dialog_class_init (TorgExportsDialogClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = torg_exports_dialog_dispose;
  G_OBJECT_CLASS (klass)->finalize = torg_exports_dialog_finalize;
  ADW_DIALOG_CLASS (klass)->closed = torg_exports_dialog_closed;
  gtk_widget_class_set_template_from_resource (widget_class, "/org/torgcrm/Torg/ui/people/torg-exports-dialog.ui");
  gtk_widget_class_bind_template_child (widget_class, TorgExportsDialog, list);
  gtk_widget_class_bind_template_child (widget_class, TorgExportsDialog, stack);
}

static void
torg_exports_dialog_init (TorgExportsDialog *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  self->cancellable = g_cancellable_new ();
}

/**
 * torg_exports_dialog_new:
 * @session: the session
 *
 * Makes the list of who wrote what to files.
 *
 * Returns: a new dialog
 */
AdwDialog *
torg_exports_dialog_new (TorgSession *session)
{
  TorgExportsDialog *self = g_object_new (TORG_TYPE_EXPORTS_DIALOG, NULL);

  self->session = g_object_ref (session);
  torg_replica_call_async (torg_session_get_replica (session), TORG_LANE_READ, read_exports, NULL, NULL,
                           (GDestroyNotify) g_ptr_array_unref, self->cancellable, read_cb, g_object_ref (self));
  return ADW_DIALOG (self);
}
