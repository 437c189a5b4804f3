/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "torg-ui"

#include "config.h"

#include "torg-pipelines-dialog.h"
#include "torg-order.h"
#include "torg-pipeline-page.h"
#include "torg-toast.h"
#include "torg-words.h"

#include <glib/gi18n-lib.h>

struct _TorgPipelinesDialog
{
  AdwDialog parent_instance;

  AdwToastOverlay   *toasts;
  AdwNavigationView *view;
  GtkListBox        *list;
  AdwComboRow       *kind;
  AdwEntryRow       *entry;

  TorgSession *session; /* (owned) */
};

G_DEFINE_FINAL_TYPE (TorgPipelinesDialog, torg_pipelines_dialog, ADW_TYPE_DIALOG)

static const char *const kinds[] = { "deals", "leads" };

static GtkWidget *
make_row (TorgPipelinesDialog *self, TorgRecord *pipeline)
{
  TorgLookup *lookup = torg_session_get_lookup (self->session);
  g_autoptr (GPtrArray) stages = torg_lookup_list_stages (lookup, torg_record_get_id (pipeline));
  const TorgField *kind = torg_type_find_field (torg_record_get_kind (pipeline), "kind");
  g_autofree char *title = torg_words_title (pipeline);
  g_autofree char *n = g_strdup_printf (ngettext ("%u stage", "%u stages", stages->len), stages->len);
  g_autofree char *subtitle =
    g_strdup_printf ("%s · %s", torg_field_get_choice_label (kind, torg_record_get_text (pipeline, "kind")), n);
  GtkWidget *row = adw_action_row_new ();

  adw_preferences_row_set_use_markup (ADW_PREFERENCES_ROW (row), FALSE);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), title);
  adw_action_row_set_subtitle (ADW_ACTION_ROW (row), subtitle);
  gtk_list_box_row_set_activatable (GTK_LIST_BOX_ROW (row), TRUE);
  adw_action_row_add_suffix (ADW_ACTION_ROW (row), gtk_image_new_from_icon_name ("go-next-symbolic"));
  return row;
}

/* The row that has the keyboard keeps it when the list is made anew. */
static void
show (TorgPipelinesDialog *self)
{
  GPtrArray       *pipelines = torg_lookup_list (torg_session_get_lookup (self->session), "pipeline");
  GtkWidget       *focus = gtk_widget_get_focus_child (GTK_WIDGET (self->list));
  TorgRecord      *record = focus != NULL ? g_object_get_data (G_OBJECT (focus), "torg-record") : NULL;
  g_autofree char *id = record != NULL ? g_strdup (torg_record_get_id (record)) : NULL;

  gtk_list_box_remove_all (self->list);
  for (guint i = 0; pipelines != NULL && i < pipelines->len; i++)
    {
      GtkWidget *row = make_row (self, pipelines->pdata[i]);

      torg_order_add_row (self->session, self->list, row, pipelines->pdata[i]);
      if (g_strcmp0 (id, torg_record_get_id (pipelines->pdata[i])) == 0)
        gtk_widget_grab_focus (row);
    }
}

static void
row_activated_cb (TorgPipelinesDialog *self, GtkListBoxRow *row)
{
  TorgRecord *record = g_object_get_data (G_OBJECT (row), "torg-record");

  if (record != NULL)
    adw_navigation_view_push (self->view, torg_pipeline_page_new (self->session, torg_record_get_id (record)));
}

static void
add_cb (TorgPipelinesDialog *self)
{
  g_autofree char *name = g_strstrip (g_strdup (gtk_editable_get_text (GTK_EDITABLE (self->entry))));
  g_autofree char *id = torg_session_make_id (self->session);
  g_autofree char *label = g_strdup_printf (_ ("“%s” added"), name);
  TorgSchema      *schema = torg_session_get_schema (self->session);
  g_autoptr (TorgRecord) pipeline = torg_record_new (schema, torg_schema_find (schema, "pipeline"), id);
  g_autoptr (TorgEdit) edit = torg_edit_new (label);

  if (*name == '\0')
    return;
  torg_record_set_text (pipeline, "name", name);
  torg_record_set_text (pipeline, "kind", kinds[MIN (adw_combo_row_get_selected (self->kind), 1)]);
  torg_edit_create (edit, pipeline);
  torg_session_apply (self->session, edit);
  gtk_editable_set_text (GTK_EDITABLE (self->entry), "");
}

/* The window's own toasts are behind the dialog. */
static void
said_cb (TorgPipelinesDialog *self, const char *text, gint64 step)
{
  adw_toast_overlay_dismiss_all (self->toasts);
  adw_toast_overlay_add_toast (self->toasts, torg_toast_new (self->session, text, step));
}

static void
torg_pipelines_dialog_dispose (GObject *object)
{
  gtk_widget_dispose_template (GTK_WIDGET (object), TORG_TYPE_PIPELINES_DIALOG);
  g_clear_object (&TORG_PIPELINES_DIALOG (object)->session);
  G_OBJECT_CLASS (torg_pipelines_dialog_parent_class)->dispose (object);
}

static void
torg_pipelines_dialog_class_init (TorgPipelinesDialogClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = torg_pipelines_dialog_dispose;
  gtk_widget_class_set_template_from_resource (widget_class, "/org/torgcrm/Torg/ui/pipelines/torg-pipelines-dialog.ui");
  gtk_widget_class_bind_template_child (widget_class, TorgPipelinesDialog, toasts);
  gtk_widget_class_bind_template_child (widget_class, TorgPipelinesDialog, view);
  gtk_widget_class_bind_template_child (widget_class, TorgPipelinesDialog, list);
  gtk_widget_class_bind_template_child (widget_class, TorgPipelinesDialog, kind);
  gtk_widget_class_bind_template_child (widget_class, TorgPipelinesDialog, entry);
  gtk_widget_class_bind_template_callback (widget_class, row_activated_cb);
  gtk_widget_class_bind_template_callback (widget_class, add_cb);
}

static void
torg_pipelines_dialog_init (TorgPipelinesDialog *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

/**
 * torg_pipelines_dialog_new:
 * @session: the session
 *
 * Makes the window of pipelines.
 *
 * Returns: a new dialog
 */
AdwDialog *
torg_pipelines_dialog_new (TorgSession *session)
{
  TorgPipelinesDialog *self = g_object_new (TORG_TYPE_PIPELINES_DIALOG, NULL);
  const TorgType      *type = torg_schema_find (torg_session_get_schema (session), "pipeline");
  g_autoptr (GtkStringList) names = gtk_string_list_new (NULL);

  self->session = g_object_ref (session);
  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++)
    gtk_string_list_append (names, torg_field_get_choice_label (torg_type_find_field (type, "kind"), kinds[i]));
  adw_combo_row_set_model (self->kind, G_LIST_MODEL (names));
  g_signal_connect_object (torg_session_get_lookup (session), "changed", G_CALLBACK (show), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (session, "said", G_CALLBACK (said_cb), self, G_CONNECT_SWAPPED);
  show (self);
  return ADW_DIALOG (self);
}
