/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "torg-ui"

#include "config.h"

#include "torg-decision-row.h"
#include "torg-choose-dialog.h"
#include "torg-value-text.h"
#include "torg-words.h"

#include <glib/gi18n-lib.h>

struct _TorgDecisionRow
{
  AdwBin parent_instance;

  GtkImage  *icon;
  GtkLabel  *title;
  GtkLabel  *meta;
  GtkLabel  *sentence;
  GtkWidget *values;
  GtkLabel  *mine_name;
  GtkLabel  *mine;
  GtkLabel  *now;
  GtkLabel  *before;
  GtkLabel  *content;
  GtkWidget *buttons;
  GtkWidget *take_button;
  GtkWidget *edit_button;
  GtkWidget *keep_button;
  GtkWidget *retry_button;
  GtkWidget *copy_button;
  GtkWidget *drop_button;
  GtkWidget *open_button;

  GtkWidget   *editor;
  GtkLabel    *editor_name;
  GtkEntry    *entry;
  GtkWidget   *text_frame;
  GtkTextView *text;
  GtkLabel    *message;

  TorgSession  *session;  /* (owned) */
  TorgDecision *decision; /* (owned) (nullable) */
  TorgValue     value;    /* that the user has chosen in place of the two */
};

G_DEFINE_FINAL_TYPE (TorgDecisionRow, torg_decision_row, ADW_TYPE_BIN)

enum
{
  SIGNAL_CHOSEN,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

static void
take_cb (TorgDecisionRow *self)
{
  g_signal_emit (self, signals[SIGNAL_CHOSEN], 0, "take");
}

static void
keep_cb (TorgDecisionRow *self)
{
  g_signal_emit (self, signals[SIGNAL_CHOSEN], 0, "keep");
}

static void
drop_cb (TorgDecisionRow *self)
{
  g_signal_emit (self, signals[SIGNAL_CHOSEN], 0, "drop");
}

static void
open_cb (TorgDecisionRow *self)
{
  g_signal_emit (self, signals[SIGNAL_CHOSEN], 0, "open");
}

static void
retry_cb (TorgDecisionRow *self)
{
  g_signal_emit (self, signals[SIGNAL_CHOSEN], 0, "retry");
}

static void
copy_cb (TorgDecisionRow *self)
{
  g_autofree char *content = torg_edit_words_say (self->decision->words, self->session);
  g_autofree char *text =
    g_strdup_printf ("%s\n%s\n%s\n%s", gtk_label_get_label (self->title), gtk_label_get_label (self->meta),
                     gtk_label_get_label (self->sentence), content);

  gdk_clipboard_set_text (gtk_widget_get_clipboard (GTK_WIDGET (self)), text);
  g_signal_emit (self, signals[SIGNAL_CHOSEN], 0, "copied");
}

/* --- another value ------------------------------------------------------------------------------------------------ */

static gboolean
is_multiline (const TorgField *field)
{
  return field->kind == TORG_KIND_TEXT && (field->flags & TORG_FIELD_MULTILINE) != 0;
}

static gboolean
is_chosen (const TorgField *field)
{
  return field->kind == TORG_KIND_CHOICE || field->kind == TORG_KIND_REF;
}

/* A stage is moved to on the card, with what it asks for; so is planned time. */
static gboolean
can_edit (TorgDecision *decision)
{
  const TorgField *field = decision->field;

  return decision->conflict != NULL && decision->can_take && field != NULL && !g_str_equal (field->name, "stage") &&
         field->kind != TORG_KIND_MOMENT && field->kind != TORG_KIND_ZONED && field->kind != TORG_KIND_FILE &&
         !(field->kind == TORG_KIND_SET && field->target != NULL);
}

static void
set_message (TorgDecisionRow *self, const char *message)
{
  gtk_label_set_label (self->message, message != NULL ? message : "");
  gtk_widget_set_visible (GTK_WIDGET (self->message), message != NULL);
  if (message == NULL)
    {
      gtk_widget_remove_css_class (GTK_WIDGET (self->entry), "error");
      return;
    }
  gtk_widget_add_css_class (GTK_WIDGET (self->entry), "error");
  gtk_accessible_announce (GTK_ACCESSIBLE (self), message, GTK_ACCESSIBLE_ANNOUNCEMENT_PRIORITY_MEDIUM);
}

static void
end_edit (TorgDecisionRow *self)
{
  gtk_widget_set_visible (self->editor, FALSE);
  gtk_widget_set_visible (self->buttons, TRUE);
}

static void
cancel_cb (TorgDecisionRow *self)
{
  end_edit (self);
  gtk_widget_grab_focus (self->edit_button);
}

static void
emit_value (TorgDecisionRow *self, TorgValue value)
{
  torg_value_clear (&self->value);
  self->value = value;
  g_signal_emit (self, signals[SIGNAL_CHOSEN], 0, "other");
}

static char *
dup_typed (TorgDecisionRow *self)
{
  GtkTextBuffer *buffer = gtk_text_view_get_buffer (self->text);
  GtkTextIter    start, end;

  if (!is_multiline (self->decision->field))
    return g_strdup (gtk_editable_get_text (GTK_EDITABLE (self->entry)));
  gtk_text_buffer_get_bounds (buffer, &start, &end);
  return gtk_text_buffer_get_text (buffer, &start, &end, FALSE);
}

static void
save_cb (TorgDecisionRow *self)
{
  const TorgField *field = self->decision->field;
  TorgValue        value = TORG_VALUE_INIT;
  g_autofree char *typed = dup_typed (self);
  g_autoptr (GError) error = NULL;

  if (!torg_value_text_parse (self->session, field, typed, &value, &error))
    {
      set_message (self, error->message);
      return;
    }
  if (torg_value_is_null (&value) && (field->flags & TORG_FIELD_REQUIRED) != 0)
    {
      set_message (self, _ ("This cannot be empty."));
      return;
    }
  emit_value (self, value);
}

static void
picked_cb (TorgDecisionRow *self, const char *id)
{
  if (self->decision != NULL)
    emit_value (self, id != NULL ? torg_value_text (id) : (TorgValue) TORG_VALUE_INIT);
}

/* What is typed begins with what was proposed. */
static void
edit_cb (TorgDecisionRow *self)
{
  const TorgField *field = self->decision->field;
  const TorgValue *mine = torg_record_nth (torg_row_get_record (self->decision->words->row), field->index);
  gboolean         multiline = is_multiline (field);
  g_autofree char *typed = is_chosen (field) ? NULL : torg_value_text_edit (field, mine);

  if (is_chosen (field))
    {
      AdwDialog *dialog =
        torg_choose_dialog_new_for_field (self->session, field, self->decision->words->mutation->type);

      g_signal_connect_object (dialog, "chosen", G_CALLBACK (picked_cb), self, G_CONNECT_SWAPPED);
      adw_dialog_present (dialog, GTK_WIDGET (self));
      return;
    }
  gtk_label_set_label (self->editor_name, torg_field_get_label (field));
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->entry), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  torg_field_get_label (field), -1);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->text), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  torg_field_get_label (field), -1);
  gtk_widget_set_visible (GTK_WIDGET (self->entry), !multiline);
  gtk_widget_set_visible (self->text_frame, multiline);
  if (multiline)
    gtk_text_buffer_set_text (gtk_text_view_get_buffer (self->text), typed, -1);
  else
    gtk_editable_set_text (GTK_EDITABLE (self->entry), typed);
  set_message (self, NULL);
  gtk_widget_set_visible (self->buttons, FALSE);
  gtk_widget_set_visible (self->editor, TRUE);
  gtk_widget_grab_focus (multiline ? GTK_WIDGET (self->text) : GTK_WIDGET (self->entry));
}

static gboolean
editor_key_cb (TorgDecisionRow *self, guint keyval, guint keycode, GdkModifierType state)
{
  if (keyval == GDK_KEY_Escape)
    {
      cancel_cb (self);
      return GDK_EVENT_STOP;
    }
  if ((keyval == GDK_KEY_Return || keyval == GDK_KEY_KP_Enter) && (state & GDK_CONTROL_MASK) != 0)
    {
      save_cb (self);
      return GDK_EVENT_STOP;
    }
  return GDK_EVENT_PROPAGATE;
}

/* --- what is shown ------------------------------------------------------------------------------------------------ */

static void
show_value (TorgDecisionRow *self, GtkLabel *label, TorgRow *row)
{
  g_autofree char *value = torg_words_field (self->session, row, self->decision->field);

  gtk_label_set_label (label, *value != '\0' ? value : "—");
}

/* A difference in one field has three values; anything else, and what was to change with a move, is told as a whole. */
static void
show_content (TorgDecisionRow *self)
{
  TorgDecision    *decision = self->decision;
  JsonObject      *fields = json_node_get_object (decision->words->mutation->fields);
  gboolean         values = decision->field != NULL, whole = !values || json_object_get_size (fields) > 1;
  g_autofree char *content = whole ? torg_decision_say_content (decision, self->session) : NULL;

  if (values)
    {
      show_value (self, self->mine, decision->words->row);
      show_value (self, self->now, decision->now);
      show_value (self, self->before, decision->before);
    }
  gtk_label_set_label (self->content, content != NULL ? content : "");
  /* What was to be deleted is there: the sentence says so, and there is nothing to add. */
  gtk_widget_set_visible (GTK_WIDGET (self->content),
                          whole && (decision->conflict == NULL || decision->words->mutation->op != TORG_OP_DELETE));
  gtk_widget_set_visible (self->values, values);
}

static void
update (TorgDecisionRow *self)
{
  TorgDecision     *decision = self->decision;
  TorgWireMutation *mutation = decision->words->mutation;
  g_autofree char  *title = torg_edit_words_dup_title (decision->words, self->session);
  g_autofree char  *type = torg_edit_words_say_type (decision->words, self->session);
  g_autofree char  *when = torg_words_moment (mutation->edited_at, FALSE, torg_session_get_now (self->session));
  g_autofree char  *meta = g_strdup_printf ("%s · %s", type, when);
  g_autofree char  *sentence = torg_decision_say (decision, self->session);

  gtk_image_set_from_icon_name (self->icon, torg_words_type_icon (mutation->type));
  gtk_label_set_label (self->title, title);
  gtk_label_set_label (self->meta, decision->conflict != NULL ? type : meta);
  gtk_label_set_label (self->sentence, sentence);
  show_content (self);
  gtk_label_set_label (self->mine_name, decision->is_own ? _ ("Mine") : _ ("Proposed"));
  gtk_button_set_label (GTK_BUTTON (self->take_button), decision->is_own ? _ ("_Take Mine") : _ ("_Take Proposal"));
  gtk_widget_set_visible (self->take_button, decision->can_take);
  gtk_widget_set_visible (self->edit_button, can_edit (decision));
  gtk_widget_set_visible (self->keep_button, decision->conflict != NULL);
  gtk_widget_set_visible (self->retry_button, decision->retry != NULL);
  gtk_widget_set_visible (self->copy_button, decision->rejected != NULL);
  gtk_widget_set_visible (self->drop_button, decision->rejected != NULL);
  gtk_widget_set_visible (self->open_button, decision->words->open_id != NULL);
  /* What is being typed stays while others settle what they have to. */
  if (!can_edit (decision))
    end_edit (self);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, title,
                                  GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, sentence, -1);
}

static void
torg_decision_row_dispose (GObject *object)
{
  TorgDecisionRow *self = TORG_DECISION_ROW (object);

  adw_bin_set_child (ADW_BIN (self), NULL);
  gtk_widget_dispose_template (GTK_WIDGET (object), TORG_TYPE_DECISION_ROW);
  g_clear_pointer (&self->decision, torg_decision_free);
  torg_value_clear (&self->value);
  g_clear_object (&self->session);
  G_OBJECT_CLASS (torg_decision_row_parent_class)->dispose (object);
}

static void
torg_decision_row_class_init (TorgDecisionRowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = torg_decision_row_dispose;
  gtk_widget_class_set_template_from_resource (widget_class, "/org/torgcrm/Torg/ui/shell/torg-decision-row.ui");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_GROUP);
  gtk_widget_class_bind_template_child (widget_class, TorgDecisionRow, icon);
  gtk_widget_class_bind_template_child (widget_class, TorgDecisionRow, title);
  gtk_widget_class_bind_template_child (widget_class, TorgDecisionRow, meta);
  gtk_widget_class_bind_template_child (widget_class, TorgDecisionRow, sentence);
  gtk_widget_class_bind_template_child (widget_class, TorgDecisionRow, values);
  gtk_widget_class_bind_template_child (widget_class, TorgDecisionRow, mine_name);
  gtk_widget_class_bind_template_child (widget_class, TorgDecisionRow, mine);
  gtk_widget_class_bind_template_child (widget_class, TorgDecisionRow, now);
  gtk_widget_class_bind_template_child (widget_class, TorgDecisionRow, before);
  gtk_widget_class_bind_template_child (widget_class, TorgDecisionRow, content);
  gtk_widget_class_bind_template_child (widget_class, TorgDecisionRow, buttons);
  gtk_widget_class_bind_template_child (widget_class, TorgDecisionRow, take_button);
  gtk_widget_class_bind_template_child (widget_class, TorgDecisionRow, edit_button);
  gtk_widget_class_bind_template_child (widget_class, TorgDecisionRow, keep_button);
  gtk_widget_class_bind_template_child (widget_class, TorgDecisionRow, retry_button);
  gtk_widget_class_bind_template_child (widget_class, TorgDecisionRow, copy_button);
  gtk_widget_class_bind_template_child (widget_class, TorgDecisionRow, drop_button);
  gtk_widget_class_bind_template_child (widget_class, TorgDecisionRow, open_button);
  gtk_widget_class_bind_template_child (widget_class, TorgDecisionRow, editor);
  gtk_widget_class_bind_template_child (widget_class, TorgDecisionRow, editor_name);
  gtk_widget_class_bind_template_child (widget_class, TorgDecisionRow, entry);
  gtk_widget_class_bind_template_child (widget_class, TorgDecisionRow, text_frame);
  gtk_widget_class_bind_template_child (widget_class, TorgDecisionRow, text);
  gtk_widget_class_bind_template_child (widget_class, TorgDecisionRow, message);
  gtk_widget_class_bind_template_callback (widget_class, take_cb);
  gtk_widget_class_bind_template_callback (widget_class, edit_cb);
  gtk_widget_class_bind_template_callback (widget_class, save_cb);
  gtk_widget_class_bind_template_callback (widget_class, cancel_cb);
  gtk_widget_class_bind_template_callback (widget_class, retry_cb);
  gtk_widget_class_bind_template_callback (widget_class, copy_cb);
  gtk_widget_class_bind_template_callback (widget_class, keep_cb);
  gtk_widget_class_bind_template_callback (widget_class, drop_cb);
  gtk_widget_class_bind_template_callback (widget_class, open_cb);

  signals[SIGNAL_CHOSEN] = g_signal_new ("chosen", TORG_TYPE_DECISION_ROW, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                         G_TYPE_NONE, 1, G_TYPE_STRING);
}

static void
torg_decision_row_init (TorgDecisionRow *self)
{
  GtkEventController *keys = gtk_event_controller_key_new ();

  gtk_widget_init_template (GTK_WIDGET (self));
  /* Before the dialog closes by Escape. */
  gtk_event_controller_set_propagation_phase (keys, GTK_PHASE_CAPTURE);
  g_signal_connect_object (keys, "key-pressed", G_CALLBACK (editor_key_cb), self, G_CONNECT_SWAPPED);
  gtk_widget_add_controller (self->editor, keys);
}

/**
 * torg_decision_row_new:
 * @session: the session
 * @decision: (transfer full): what needs a decision
 *
 * Makes a row.
 *
 * Returns: a new row
 */
GtkWidget *
torg_decision_row_new (TorgSession *session, TorgDecision *decision)
{
  TorgDecisionRow *self = g_object_new (TORG_TYPE_DECISION_ROW, NULL);

  self->session = g_object_ref (session);
  torg_decision_row_set_decision (self, decision);
  return GTK_WIDGET (self);
}

/**
 * torg_decision_row_get_decision:
 *
 * Gives what needs a decision.
 *
 * Returns: (transfer none): the decision
 */
TorgDecision *
torg_decision_row_get_decision (TorgDecisionRow *self)
{
  return self->decision;
}

/**
 * torg_decision_row_get_value:
 *
 * Gives the value that the user has chosen in place of the two, at the signal `chosen` with `other`.
 *
 * Returns: (transfer none): the value
 */
const TorgValue *
torg_decision_row_get_value (TorgDecisionRow *self)
{
  return &self->value;
}

/**
 * torg_decision_row_set_decision:
 * @decision: (transfer full): what needs a decision
 *
 * Shows another decision, or the same one as it is now.
 */
void
torg_decision_row_set_decision (TorgDecisionRow *self, TorgDecision *decision)
{
  g_clear_pointer (&self->decision, torg_decision_free);
  self->decision = decision;
  update (self);
}
