/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "torg-ui"

#include "config.h"

#include "torg-step-choice.h"
#include "torg-due-button.h"

#include <glib/gi18n-lib.h>

struct _TorgStepChoice
{
  AdwBin parent_instance;

  AdwToggleGroup *when;
  AdwToggle      *none;
  TorgDueButton  *due;
  GtkWidget      *what;
  AdwToggleGroup *kind;
  GtkEditable    *subject;
};

G_DEFINE_FINAL_TYPE (TorgStepChoice, torg_step_choice, ADW_TYPE_BIN)

enum
{
  SIGNAL_ACCEPTED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

static gboolean
is_when (TorgStepChoice *self, const char *name)
{
  return g_strcmp0 (adw_toggle_group_get_active_name (self->when), name) == 0;
}

/* What it is called where nothing else is said. */
static const char *
get_usual (TorgStepChoice *self)
{
  const char *kind = adw_toggle_group_get_active_name (self->kind);

  if (g_strcmp0 (kind, "meeting") == 0)
    return _ ("Meet");
  return g_strcmp0 (kind, "task") == 0 ? _ ("Go on") : _ ("Call back");
}

static void
update (TorgStepChoice *self)
{
  if (is_when (self, "hours"))
    torg_due_button_set_in (self->due, 0, 2);
  else if (is_when (self, "tomorrow"))
    torg_due_button_set_in (self->due, 1, 0);
  else if (is_when (self, "week"))
    torg_due_button_set_in (self->due, 7, 0);
  gtk_widget_set_visible (GTK_WIDGET (self->due), is_when (self, "date"));
  gtk_widget_set_visible (self->what, !is_when (self, "none"));
  gtk_entry_set_placeholder_text (GTK_ENTRY (self->subject), get_usual (self));
}

static void
activate_cb (TorgStepChoice *self)
{
  g_signal_emit (self, signals[SIGNAL_ACCEPTED], 0);
}

static void
torg_step_choice_dispose (GObject *object)
{
  gtk_widget_dispose_template (GTK_WIDGET (object), TORG_TYPE_STEP_CHOICE);
  G_OBJECT_CLASS (torg_step_choice_parent_class)->dispose (object);
}

static void
torg_step_choice_class_init (TorgStepChoiceClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = torg_step_choice_dispose;
  g_type_ensure (TORG_TYPE_DUE_BUTTON);
  gtk_widget_class_set_template_from_resource (widget_class, "/org/torgcrm/Torg/ui/common/torg-step-choice.ui");
  gtk_widget_class_bind_template_child (widget_class, TorgStepChoice, when);
  gtk_widget_class_bind_template_child (widget_class, TorgStepChoice, none);
  gtk_widget_class_bind_template_child (widget_class, TorgStepChoice, due);
  gtk_widget_class_bind_template_child (widget_class, TorgStepChoice, what);
  gtk_widget_class_bind_template_child (widget_class, TorgStepChoice, kind);
  gtk_widget_class_bind_template_child (widget_class, TorgStepChoice, subject);
  gtk_widget_class_bind_template_callback (widget_class, update);
  gtk_widget_class_bind_template_callback (widget_class, activate_cb);

  signals[SIGNAL_ACCEPTED] =
    g_signal_new ("accepted", TORG_TYPE_STEP_CHOICE, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
torg_step_choice_init (TorgStepChoice *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  update (self);
}

/**
 * torg_step_choice_set_rule:
 * @rule: what is asked for after the contact
 * @planned: whether another step is planned already
 *
 * Begins anew. Where a step is wanted and none is planned, tomorrow is proposed.
 */
void
torg_step_choice_set_rule (TorgStepChoice *self, TorgNextRule rule, gboolean planned)
{
  gboolean none = rule == TORG_NEXT_OFF || (rule == TORG_NEXT_MAY && planned);

  gtk_editable_set_text (self->subject, "");
  adw_toggle_set_enabled (self->none, rule != TORG_NEXT_MUST);
  adw_toggle_group_set_active_name (self->when, none ? "none" : "tomorrow");
}

/**
 * torg_step_choice_make:
 * @session: the session
 * @contact: the activity that it comes after: it is about the same records
 *
 * Makes the step that was chosen.
 *
 * Returns: (transfer full) (nullable): an activity; %NULL where none is wanted
 */
TorgRecord *
torg_step_choice_make (TorgStepChoice *self, TorgSession *session, TorgRecord *contact)
{
  static const char *const about[] = { "deal", "lead", "company", "person" };
  g_autofree char         *id = NULL;
  g_autofree char         *subject = NULL;
  g_autofree char         *zoned = NULL;
  TorgRecord              *step;

  if (is_when (self, "none"))
    return NULL;
  id = torg_session_make_id (session);
  subject = g_strstrip (g_strdup (gtk_editable_get_text (self->subject)));
  zoned = torg_due_button_dup_zoned (self->due);
  step = torg_record_new (torg_session_get_schema (session), torg_record_get_kind (contact), id);
  torg_record_set_text (step, "kind", adw_toggle_group_get_active_name (self->kind));
  torg_record_set_text (step, "subject", *subject != '\0' ? subject : get_usual (self));
  torg_record_take (step, "due", torg_value_zoned (zoned));
  torg_record_set (step, "owner", torg_record_get (contact, "owner"));
  for (guint i = 0; i < G_N_ELEMENTS (about); i++)
    torg_record_set (step, about[i], torg_record_get (contact, about[i]));
  return step;
}
