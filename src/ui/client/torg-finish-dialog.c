/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "torg-ui"

#include "config.h"

#include "torg-finish-dialog.h"
#include "torg-dialog-focus.h"
#include "torg-step-choice.h"

#include <glib/gi18n-lib.h>

struct _TorgFinishDialog
{
  AdwDialog parent_instance;

  AdwWindowTitle *title;
  GtkTextView    *result;
  TorgStepChoice *step;

  TorgSession *session;  /* (owned) */
  TorgRecord  *activity; /* (owned) */
};

G_DEFINE_FINAL_TYPE (TorgFinishDialog, torg_finish_dialog, ADW_TYPE_DIALOG)

static void
finish (TorgSession *session, TorgRecord *activity, const char *result, TorgRecord *step)
{
  g_autoptr (TorgEdit) edit = torg_edit_new (_ ("Marked as done"));
  const char *id = torg_record_get_id (activity);

  /* What comes next is there before what it comes after is finished. */
  if (step != NULL)
    torg_edit_create (edit, step);
  if (result != NULL && *result != '\0')
    torg_edit_take (edit, "activity", id, "result", torg_value_text (result));
  torg_edit_take (edit, "activity", id, "done", torg_value_int (torg_session_get_now (session)));
  torg_session_apply (session, edit);
}

static void
accept_cb (TorgFinishDialog *self)
{
  GtkTextBuffer   *buffer = gtk_text_view_get_buffer (self->result);
  GtkTextIter      start, end;
  g_autofree char *result = NULL;
  g_autoptr (TorgRecord) step = torg_step_choice_make (self->step, self->session, self->activity);

  gtk_text_buffer_get_bounds (buffer, &start, &end);
  result = g_strstrip (gtk_text_buffer_get_text (buffer, &start, &end, FALSE));
  finish (self->session, self->activity, result, step);
  adw_dialog_close (ADW_DIALOG (self));
}

static gboolean
key_pressed_cb (TorgFinishDialog *self, guint keyval, guint keycode, GdkModifierType state)
{
  if ((keyval != GDK_KEY_Return && keyval != GDK_KEY_KP_Enter) || (state & GDK_CONTROL_MASK) == 0)
    return GDK_EVENT_PROPAGATE;
  accept_cb (self);
  return GDK_EVENT_STOP;
}

static void
torg_finish_dialog_dispose (GObject *object)
{
  TorgFinishDialog *self = TORG_FINISH_DIALOG (object);

  gtk_widget_dispose_template (GTK_WIDGET (object), TORG_TYPE_FINISH_DIALOG);
  g_clear_object (&self->session);
  g_clear_pointer (&self->activity, torg_record_unref);
  G_OBJECT_CLASS (torg_finish_dialog_parent_class)->dispose (object);
}

static void
torg_finish_dialog_class_init (TorgFinishDialogClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = torg_finish_dialog_dispose;
  g_type_ensure (TORG_TYPE_STEP_CHOICE);
  gtk_widget_class_set_template_from_resource (widget_class, "/org/torgcrm/Torg/ui/client/torg-finish-dialog.ui");
  gtk_widget_class_bind_template_child (widget_class, TorgFinishDialog, title);
  gtk_widget_class_bind_template_child (widget_class, TorgFinishDialog, result);
  gtk_widget_class_bind_template_child (widget_class, TorgFinishDialog, step);
  gtk_widget_class_bind_template_callback (widget_class, accept_cb);
  gtk_widget_class_bind_template_callback (widget_class, adw_dialog_close);
}

static void
torg_finish_dialog_init (TorgFinishDialog *self)
{
  GtkEventController *keys = gtk_event_controller_key_new ();

  gtk_widget_init_template (GTK_WIDGET (self));
  gtk_event_controller_set_propagation_phase (keys, GTK_PHASE_CAPTURE);
  g_signal_connect_object (keys, "key-pressed", G_CALLBACK (key_pressed_cb), self, G_CONNECT_SWAPPED);
  gtk_widget_add_controller (GTK_WIDGET (self), keys);
}

/* --- whether it asks ---------------------------------------------------------------------------------------------- */

typedef struct
{
  TorgSession *session;  /* (owned) */
  TorgRecord  *activity; /* (owned) */
  GtkWidget   *parent;   /* (owned) */
} Asking;

static void
asking_free (Asking *asking)
{
  g_object_unref (asking->session);
  torg_record_unref (asking->activity);
  g_object_unref (asking->parent);
  g_free (asking);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Asking, asking_free)

/* Of whoever one was in contact with there is something to tell; of a task that it is done. */
static gboolean
is_contact (TorgRecord *activity)
{
  const char *kind = torg_record_get_text (activity, "kind");

  return g_strcmp0 (kind, "call") == 0 || g_strcmp0 (kind, "meeting") == 0;
}

static void
present (Asking *asking, TorgNextRule rule, gboolean planned)
{
  TorgFinishDialog *self = g_object_new (TORG_TYPE_FINISH_DIALOG, NULL);
  TorgRecord       *activity = asking->activity;
  const TorgField  *kind = torg_type_find_field (torg_record_get_kind (activity), "kind");
  const char       *label = torg_field_get_choice_label (kind, torg_record_get_text (activity, "kind"));
  const char       *subject = torg_record_get_text (activity, "subject");

  self->session = g_object_ref (asking->session);
  self->activity = torg_record_ref (activity);
  adw_window_title_set_title (self->title, subject != NULL ? subject : label);
  adw_window_title_set_subtitle (self->title, subject != NULL ? label : NULL);
  torg_step_choice_set_rule (self->step, rule, planned);
  if (torg_record_get_text (activity, "result") != NULL)
    gtk_text_buffer_set_text (gtk_text_view_get_buffer (self->result), torg_record_get_text (activity, "result"), -1);
  torg_dialog_focus_set (ADW_DIALOG (self), GTK_WIDGET (self->result));
  adw_dialog_present (ADW_DIALOG (self), asking->parent);
}

static void
asked_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (Asking) asking = data;
  g_autoptr (GError) error = NULL;
  TorgNextRule rule;
  gboolean     planned;

  if (!torg_replica_ask_next_finish (TORG_REPLICA (source), result, &rule, &planned, &error))
    torg_session_fail (asking->session, error);
  else if (is_contact (asking->activity) || (rule != TORG_NEXT_OFF && !planned))
    present (asking, rule, planned);
  else
    finish (asking->session, asking->activity, NULL, NULL);
}

/**
 * torg_finish_dialog_ask:
 * @session: the session
 * @activity: an open activity
 * @parent: what it is asked over
 *
 * Finishes an activity. Where there is something to tell of it, or its pipeline wants a next step and none is planned,
 * it asks first.
 */
void
torg_finish_dialog_ask (TorgSession *session, TorgRecord *activity, GtkWidget *parent)
{
  Asking *asking = g_new0 (Asking, 1);

  asking->session = g_object_ref (session);
  asking->activity = torg_record_ref (activity);
  asking->parent = g_object_ref (GTK_WIDGET (gtk_widget_get_root (parent)));
  torg_replica_ask_next_async (torg_session_get_replica (session), activity, NULL, asked_cb, asking);
}
