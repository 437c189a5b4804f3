/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "torg-ui"

#include "config.h"

#include "torg-composer.h"
#include "torg-value-text.h"
#include "torg-words.h"

#include <glib/gi18n-lib.h>

struct _TorgComposer
{
  AdwBin parent_instance;

  AdwToggleGroup *kind;
  GtkTextView    *text;
  GtkMenuButton  *due_button;
  GtkCalendar    *calendar;
  GtkSpinButton  *hour;
  GtkSpinButton  *minute;
  GtkCheckButton *all_day;
  GtkWidget      *add_button;
  GtkWidget      *hint;

  TorgSession *session; /* (owned) (nullable) */
  TorgRecord  *record;  /* (owned) (nullable) */
  gboolean     filling; /* what is written is being replaced */
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

static GDateTime *
make_due (TorgComposer *self)
{
  g_autoptr (GDateTime) day = gtk_calendar_get_date (self->calendar);

  return g_date_time_new_local (g_date_time_get_year (day), g_date_time_get_month (day),
                                g_date_time_get_day_of_month (day), gtk_spin_button_get_value_as_int (self->hour),
                                gtk_spin_button_get_value_as_int (self->minute), 0);
}

/* A text that is not saved yet waits for the next time that the record is shown. */
static void
keep_draft (TorgComposer *self, const char *text)
{
  g_autoptr (GDateTime) due = make_due (self);
  GVariant *draft = NULL;

  if (self->filling || self->record == NULL)
    return;
  if (*text != '\0')
    draft = g_variant_new ("(ssxb)", get_kind (self), text, g_date_time_to_unix (due),
                           gtk_check_button_get_active (self->all_day));
  torg_drafts_put (torg_session_get_drafts (self->session), torg_record_get_id (self->record), draft);
}

static void
update (TorgComposer *self)
{
  g_autoptr (GDateTime) due = make_due (self);
  gboolean         all_day = gtk_check_button_get_active (self->all_day);
  g_autofree char *label = torg_words_moment (g_date_time_to_unix (due) * G_USEC_PER_SEC, all_day, g_get_real_time ());
  g_autofree char *text = dup_text (self);

  gtk_menu_button_set_label (self->due_button, label);
  gtk_widget_set_visible (GTK_WIDGET (self->due_button), !is_note (self));
  gtk_widget_set_sensitive (GTK_WIDGET (self->hour), !all_day);
  gtk_widget_set_sensitive (GTK_WIDGET (self->minute), !all_day);
  gtk_widget_set_sensitive (self->add_button, *text != '\0');
  gtk_widget_set_visible (self->hint, *text == '\0');
  keep_draft (self, text);
}

static void
set_due (TorgComposer *self, GDateTime *due, gboolean all_day, gboolean with_time)
{
  gtk_calendar_select_day (self->calendar, due);
  gtk_check_button_set_active (self->all_day, all_day);
  if (with_time)
    {
      gtk_spin_button_set_value (self->hour, g_date_time_get_hour (due));
      gtk_spin_button_set_value (self->minute, g_date_time_get_minute (due) / 5 * 5);
    }
  update (self);
}

static void
set_due_in (TorgComposer *self, int days, int hours)
{
  g_autoptr (GDateTime) now = g_date_time_new_now_local ();
  g_autoptr (GDateTime) later = g_date_time_add_hours (now, hours);
  g_autoptr (GDateTime) due = g_date_time_add_days (later, days);

  set_due (self, due, days > 0 && hours == 0, hours > 0);
}

/* Shows the draft of the record, or nothing. */
static void
fill (TorgComposer *self)
{
  GVariant   *draft = torg_drafts_get (torg_session_get_drafts (self->session), torg_record_get_id (self->record));
  const char *kind = "note";
  const char *text = "";
  gint64      seconds = 0;
  gboolean    all_day = FALSE;

  self->filling = TRUE;
  if (draft != NULL)
    g_variant_get (draft, "(&s&sxb)", &kind, &text, &seconds, &all_day);
  if (g_strcmp0 (kind, get_kind (self)) != 0)
    adw_toggle_group_set_active_name (self->kind, kind);
  gtk_text_buffer_set_text (gtk_text_view_get_buffer (self->text), text, -1);
  if (draft != NULL)
    {
      g_autoptr (GDateTime) due = g_date_time_new_from_unix_local (seconds);

      set_due (self, due, all_day, TRUE);
    }
  else
    set_due_in (self, 1, 0);
  self->filling = FALSE;
}

static void
set_saving (TorgComposer *self, gboolean saving)
{
  gtk_text_view_set_editable (self->text, !saving);
  gtk_widget_set_sensitive (self->add_button, !saving);
}

static void
in_two_hours_cb (TorgComposer *self)
{
  set_due_in (self, 0, 2);
  gtk_menu_button_popdown (self->due_button);
}

static void
tomorrow_cb (TorgComposer *self)
{
  set_due_in (self, 1, 0);
  gtk_menu_button_popdown (self->due_button);
}

static void
in_a_week_cb (TorgComposer *self)
{
  set_due_in (self, 7, 0);
  gtk_menu_button_popdown (self->due_button);
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
        gtk_text_buffer_set_text (gtk_text_view_get_buffer (saving->self->text), "", -1);
      gtk_widget_grab_focus (GTK_WIDGET (saving->self->text));
    }
  g_object_unref (saving->self);
  g_free (saving->id);
  g_free (saving);
}

static void
add_cb (TorgComposer *self)
{
  Saving          *saving;
  TorgSchema      *schema = torg_session_get_schema (self->session);
  g_autofree char *id = torg_session_make_id (self->session);
  g_autoptr (TorgRecord) activity = torg_record_new (schema, torg_schema_find (schema, "activity"), id);
  g_autofree char *text = dup_text (self);
  g_autoptr (TorgEdit) edit = NULL;

  if (*text == '\0' || !gtk_text_view_get_editable (self->text))
    return;
  torg_record_set_text (activity, "kind", get_kind (self));
  if (torg_session_get_user (self->session) != NULL)
    torg_record_set_text (activity, "owner", torg_session_get_user (self->session));
  if (is_note (self))
    {
      torg_record_set_text (activity, "body", text);
      torg_record_take (activity, "done", torg_value_int (torg_session_get_now (self->session)));
    }
  else
    {
      g_autoptr (GDateTime) due = make_due (self);
      g_autofree char *zoned = torg_value_text_zoned (due, gtk_check_button_get_active (self->all_day));
      char            *rest = strchr (text, '\n');

      if (rest != NULL)
        {
          *rest = '\0';
          torg_record_set_text (activity, "body", rest + 1);
        }
      torg_record_set_text (activity, "subject", text);
      torg_record_take (activity, "due", torg_value_zoned (zoned));
    }
  refer (self, activity);
  edit = torg_edit_new (is_note (self) ? _ ("Note added") : _ ("Planned"));
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

static gboolean
show_two_digits (GtkSpinButton *spin)
{
  g_autofree char *text = g_strdup_printf ("%02d", gtk_spin_button_get_value_as_int (spin));

  gtk_editable_set_text (GTK_EDITABLE (spin), text);
  return TRUE;
}

static void
torg_composer_dispose (GObject *object)
{
  TorgComposer *self = TORG_COMPOSER (object);

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
  gtk_widget_class_set_template_from_resource (widget_class, "/org/torgcrm/Torg/ui/client/torg-composer.ui");
  gtk_widget_class_bind_template_child (widget_class, TorgComposer, kind);
  gtk_widget_class_bind_template_child (widget_class, TorgComposer, text);
  gtk_widget_class_bind_template_child (widget_class, TorgComposer, due_button);
  gtk_widget_class_bind_template_child (widget_class, TorgComposer, calendar);
  gtk_widget_class_bind_template_child (widget_class, TorgComposer, hour);
  gtk_widget_class_bind_template_child (widget_class, TorgComposer, minute);
  gtk_widget_class_bind_template_child (widget_class, TorgComposer, all_day);
  gtk_widget_class_bind_template_child (widget_class, TorgComposer, add_button);
  gtk_widget_class_bind_template_child (widget_class, TorgComposer, hint);
  gtk_widget_class_bind_template_callback (widget_class, update);
  gtk_widget_class_bind_template_callback (widget_class, add_cb);
  gtk_widget_class_bind_template_callback (widget_class, in_two_hours_cb);
  gtk_widget_class_bind_template_callback (widget_class, tomorrow_cb);
  gtk_widget_class_bind_template_callback (widget_class, in_a_week_cb);
  gtk_widget_class_bind_template_callback (widget_class, show_two_digits);
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
