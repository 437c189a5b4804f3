/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "torg-ui"

#include "config.h"

#include "torg-composer.h"
#include "torg-due-button.h"
#include "torg-step-choice.h"

#include <glib/gi18n-lib.h>

/* What follows the kind in the draft of something that took place already. */
#define TOLD "/told"

struct _TorgComposer
{
  AdwBin parent_instance;

  AdwToggleGroup *kind;
  AdwToggleGroup *time; /* whether it took place already, of a call or a meeting */
  GtkTextView    *text;
  TorgStepChoice *step;
  TorgDueButton  *due;
  GtkWidget      *add_button;
  GtkWidget      *hint;

  TorgSession  *session;     /* (owned) (nullable) */
  TorgRecord   *record;      /* (owned) (nullable) */
  GCancellable *cancellable; /* (owned) (nullable): of the question what comes next */
  gboolean      filling;     /* what is written is being replaced */
};

G_DEFINE_FINAL_TYPE (TorgComposer, torg_composer, ADW_TYPE_BIN)

static const char *
get_kind (TorgComposer *self)
{
  return adw_toggle_group_get_active_name (self->kind);
}

static gboolean
is_note (TorgComposer *self)
{
  return g_strcmp0 (get_kind (self), "note") == 0;
}

static char *
dup_text (TorgComposer *self)
{
  GtkTextBuffer *buffer = gtk_text_view_get_buffer (self->text);
  GtkTextIter    start, end;

  gtk_text_buffer_get_bounds (buffer, &start, &end);
  return g_strstrip (gtk_text_buffer_get_text (buffer, &start, &end, FALSE));
}

/* Calls and meetings are told of as often as they are planned. */
static gboolean
is_told (TorgComposer *self)
{
  return (g_strcmp0 (get_kind (self), "call") == 0 || g_strcmp0 (get_kind (self), "meeting") == 0) &&
         g_strcmp0 (adw_toggle_group_get_active_name (self->time), "happened") == 0;
}

/* A text that is not saved yet waits for the next time that the record is shown. */
static void
keep_draft (TorgComposer *self, const char *text)
{
  gboolean all_day;
  g_autoptr (GDateTime) due = torg_due_button_make_due (self->due, &all_day);
  g_autofree char *kind = g_strconcat (get_kind (self), is_told (self) ? TOLD : NULL, NULL);
  GVariant        *draft = NULL;

  if (self->filling || self->record == NULL)
    return;
  if (*text != '\0')
    draft = g_variant_new ("(ssxb)", kind, text, g_date_time_to_unix (due), all_day);
  torg_drafts_put (torg_session_get_drafts (self->session), torg_record_get_id (self->record), draft);
}

static void
update (TorgComposer *self)
{
  g_autofree char *text = dup_text (self);
  gboolean         told = is_told (self);

  gtk_widget_set_visible (GTK_WIDGET (self->time),
                          g_strcmp0 (get_kind (self), "call") == 0 || g_strcmp0 (get_kind (self), "meeting") == 0);
  gtk_widget_set_visible (GTK_WIDGET (self->due), !is_note (self) && !told);
  gtk_widget_set_visible (GTK_WIDGET (self->step), told);
  gtk_widget_set_sensitive (self->add_button, *text != '\0');
  gtk_widget_set_visible (self->hint, *text == '\0');
  keep_draft (self, text);
}

/* Who was called has been called; whom one wants to meet is to be met. */
static void
kind_changed_cb (TorgComposer *self)
{
  if (!self->filling)
    adw_toggle_group_set_active_name (self->time, g_strcmp0 (get_kind (self), "call") == 0 ? "happened" : "planned");
  update (self);
}

/* Shows the draft of the record, or nothing. */
static void
fill (TorgComposer *self)
{
  GVariant        *draft = torg_drafts_get (torg_session_get_drafts (self->session), torg_record_get_id (self->record));
  const char      *text = "";
  gint64           seconds = 0;
  gboolean         all_day = FALSE;
  gboolean         told;
  g_autofree char *kind = NULL;

  self->filling = TRUE;
  if (draft != NULL)
    g_variant_get (draft, "(s&sxb)", &kind, &text, &seconds, &all_day);
  told = kind != NULL && g_str_has_suffix (kind, TOLD);
  if (told)
    kind[strlen (kind) - strlen (TOLD)] = '\0';
  else if (kind == NULL)
    kind = g_strdup ("note");
  if (g_strcmp0 (kind, get_kind (self)) != 0)
    adw_toggle_group_set_active_name (self->kind, kind);
  adw_toggle_group_set_active_name (self->time, told ? "happened" : "planned");
  gtk_text_buffer_set_text (gtk_text_view_get_buffer (self->text), text, -1);
  if (draft != NULL)
    {
      g_autoptr (GDateTime) due = g_date_time_new_from_unix_local (seconds);

      torg_due_button_set (self->due, due, all_day);
    }
  else
    torg_due_button_set_in (self->due, 1, 0);
  self->filling = FALSE;
  update (self);
}

static void
set_saving (TorgComposer *self, gboolean saving)
{
  gtk_text_view_set_editable (self->text, !saving);
  gtk_widget_set_sensitive (self->add_button, !saving);
}

/* An activity of a deal belongs to its client too. */
static void
refer (TorgComposer *self, TorgRecord *activity)
{
  static const char *const clients[] = { "company", "person" };
  const TorgType          *type = torg_record_get_kind (self->record);

  torg_record_set_text (activity, type->info->name, torg_record_get_id (self->record));
  for (guint i = 0; i < G_N_ELEMENTS (clients); i++)
    if (torg_type_find_field (type, clients[i]) != NULL && torg_record_get_text (self->record, clients[i]) != NULL &&
        torg_record_get_text (activity, clients[i]) == NULL)
      torg_record_set_text (activity, clients[i], torg_record_get_text (self->record, clients[i]));
}

static TorgRecord *
make_activity (TorgComposer *self)
{
  TorgSchema      *schema = torg_session_get_schema (self->session);
  g_autofree char *id = torg_session_make_id (self->session);
  TorgRecord      *activity = torg_record_new (schema, torg_schema_find (schema, "activity"), id);

  torg_record_set_text (activity, "kind", get_kind (self));
  if (torg_session_get_user (self->session) != NULL)
    torg_record_set_text (activity, "owner", torg_session_get_user (self->session));
  refer (self, activity);
  return activity;
}

/* --- what comes next ---------------------------------------------------------------------------------------------- */

static void
asked_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (TorgComposer) self = data;
  g_autoptr (GError) error = NULL;
  TorgNextRule rule;
  gboolean     planned;

  if (torg_replica_ask_next_finish (TORG_REPLICA (source), result, &rule, &planned, &error))
    {
      if (self->step != NULL)
        torg_step_choice_set_rule (self->step, rule, planned);
    }
  else if (self->session != NULL && !g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    torg_session_fail (self->session, error);
}

static void
ask_next (TorgComposer *self)
{
  g_autoptr (TorgRecord) activity = make_activity (self);

  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  self->cancellable = g_cancellable_new ();
  torg_replica_ask_next_async (torg_session_get_replica (self->session), activity, self->cancellable, asked_cb,
                               g_object_ref (self));
}

/* --- saving ------------------------------------------------------------------------------------------------------- */

typedef struct
{
  TorgComposer *self; /* (owned) */
  char         *id;   /* (owned): the record that was written about */
} Saving;

static void
saved_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  Saving      *saving = data;
  TorgSession *session = TORG_SESSION (source);
  gboolean     saved = torg_session_apply_finish (session, result, NULL) >= 0;
  gboolean     shown = saving->self->text != NULL && saving->self->record != NULL &&
                   g_str_equal (torg_record_get_id (saving->self->record), saving->id);

  if (saved)
    torg_drafts_put (torg_session_get_drafts (session), saving->id, NULL);
  if (shown)
    {
      set_saving (saving->self, FALSE);
      if (saved)
        {
          gtk_text_buffer_set_text (gtk_text_view_get_buffer (saving->self->text), "", -1);
          ask_next (saving->self);
        }
      gtk_widget_grab_focus (GTK_WIDGET (saving->self->text));
    }
  g_object_unref (saving->self);
  g_free (saving->id);
  g_free (saving);
}

static void
add_cb (TorgComposer *self)
{
  Saving *saving;
  g_autoptr (TorgRecord) activity = NULL;
  g_autoptr (TorgRecord) step = NULL;
  g_autofree char *text = dup_text (self);
  g_autoptr (TorgEdit) edit = NULL;

  if (*text == '\0' || !gtk_text_view_get_editable (self->text))
    return;
  activity = make_activity (self);
  if (is_note (self) || is_told (self))
    {
      torg_record_set_text (activity, is_note (self) ? "body" : "result", text);
      torg_record_take (activity, "done", torg_value_int (torg_session_get_now (self->session)));
      step = is_told (self) ? torg_step_choice_make (self->step, self->session, activity) : NULL;
    }
  else
    {
      g_autofree char *zoned = torg_due_button_dup_zoned (self->due);
      char            *rest = strchr (text, '\n');

      if (rest != NULL)
        {
          *rest = '\0';
          torg_record_set_text (activity, "body", rest + 1);
        }
      torg_record_set_text (activity, "subject", text);
      torg_record_take (activity, "due", torg_value_zoned (zoned));
    }
  edit = torg_edit_new (is_note (self) ? _ ("Note added") : is_told (self) ? _ ("Saved") : _ ("Planned"));
  if (step != NULL)
    torg_edit_create (edit, step);
  torg_edit_create (edit, activity);
  saving = g_new0 (Saving, 1);
  saving->self = g_object_ref (self);
  saving->id = g_strdup (torg_record_get_id (self->record));
  set_saving (self, TRUE);
  torg_session_apply_async (self->session, edit, saved_cb, saving);
}

static gboolean
key_pressed_cb (TorgComposer *self, guint keyval, guint keycode, GdkModifierType state)
{
  if ((keyval != GDK_KEY_Return && keyval != GDK_KEY_KP_Enter) || (state & GDK_CONTROL_MASK) == 0)
    return GDK_EVENT_PROPAGATE;
  add_cb (self);
  return GDK_EVENT_STOP;
}

static void
torg_composer_dispose (GObject *object)
{
  TorgComposer *self = TORG_COMPOSER (object);

  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  gtk_widget_dispose_template (GTK_WIDGET (object), TORG_TYPE_COMPOSER);
  g_clear_object (&self->session);
  g_clear_pointer (&self->record, torg_record_unref);
  G_OBJECT_CLASS (torg_composer_parent_class)->dispose (object);
}

static void
torg_composer_class_init (TorgComposerClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = torg_composer_dispose;
  g_type_ensure (TORG_TYPE_DUE_BUTTON);
  g_type_ensure (TORG_TYPE_STEP_CHOICE);
  gtk_widget_class_set_template_from_resource (widget_class, "/org/torgcrm/Torg/ui/client/torg-composer.ui");
  gtk_widget_class_bind_template_child (widget_class, TorgComposer, kind);
  gtk_widget_class_bind_template_child (widget_class, TorgComposer, time);
  gtk_widget_class_bind_template_child (widget_class, TorgComposer, text);
  gtk_widget_class_bind_template_child (widget_class, TorgComposer, step);
  gtk_widget_class_bind_template_child (widget_class, TorgComposer, due);
  gtk_widget_class_bind_template_child (widget_class, TorgComposer, add_button);
  gtk_widget_class_bind_template_child (widget_class, TorgComposer, hint);
  gtk_widget_class_bind_template_callback (widget_class, update);
  gtk_widget_class_bind_template_callback (widget_class, kind_changed_cb);
  gtk_widget_class_bind_template_callback (widget_class, add_cb);
}

static void
torg_composer_init (TorgComposer *self)
{
  GtkEventController *keys = gtk_event_controller_key_new ();

  gtk_widget_init_template (GTK_WIDGET (self));
  gtk_event_controller_set_propagation_phase (keys, GTK_PHASE_CAPTURE);
  g_signal_connect_object (keys, "key-pressed", G_CALLBACK (key_pressed_cb), self, G_CONNECT_SWAPPED);
  gtk_widget_add_controller (GTK_WIDGET (self->text), keys);
  g_signal_connect_object (gtk_text_view_get_buffer (self->text), "changed", G_CALLBACK (update), self,
                           G_CONNECT_SWAPPED);
}

/**
 * torg_composer_set_record:
 * @session: the session
 * @record: a deal, lead, company or person
 *
 * Sets what is written about; what was begun about it the last time is there again.
 */
void
torg_composer_set_record (TorgComposer *self, TorgSession *session, TorgRecord *record)
{
  gboolean other =
    self->record == NULL || !g_str_equal (torg_record_get_id (self->record), torg_record_get_id (record));

  g_set_object (&self->session, session);
  torg_record_ref (record);
  g_clear_pointer (&self->record, torg_record_unref);
  self->record = record;
  if (!other)
    return;
  set_saving (self, FALSE);
  fill (self);
  ask_next (self);
}

/**
 * torg_composer_focus:
 *
 * Lets the user write.
 */
void
torg_composer_focus (TorgComposer *self)
{
  gtk_widget_grab_focus (GTK_WIDGET (self->text));
}

/**
 * torg_composer_plan:
 *
 * Lets the user plan a step.
 */
void
torg_composer_plan (TorgComposer *self)
{
  adw_toggle_group_set_active_name (self->kind, "task");
  gtk_widget_grab_focus (GTK_WIDGET (self->text));
}
