/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "torg-ui"

#include "torg-decision-row.h"
#include "torg-words.h"

struct _TorgDecisionRow
{
  AdwBin parent_instance;

  GtkImage  *icon;
  GtkLabel  *title;
  GtkLabel  *meta;
  GtkLabel  *sentence;
  GtkWidget *values;
  GtkLabel  *mine;
  GtkLabel  *now;
  GtkLabel  *before;
  GtkLabel  *content;
  GtkWidget *take_button;
  GtkWidget *keep_button;
  GtkWidget *drop_button;
  GtkWidget *open_button;

  TorgSession  *session;  /* (owned) */
  TorgDecision *decision; /* (owned) (nullable) */
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
show_value (TorgDecisionRow *self, GtkLabel *label, TorgRow *row)
{
  g_autofree char *value = torg_words_field (self->session, row, self->decision->field);

  gtk_label_set_label (label, *value != '\0' ? value : "—");
}

/* A difference in one field has three values, anything else is told as a whole. */
static void
show_content (TorgDecisionRow *self)
{
  TorgDecision    *decision = self->decision;
  gboolean         values = decision->field != NULL;
  g_autofree char *content = values ? NULL : torg_decision_say_content (decision, self->session);

  if (values)
    {
      show_value (self, self->mine, decision->words->row);
      show_value (self, self->now, decision->now);
      show_value (self, self->before, decision->before);
    }
  gtk_label_set_label (self->content, content != NULL ? content : "");
  gtk_widget_set_visible (GTK_WIDGET (self->content), !values);
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
  gtk_widget_set_visible (self->take_button, decision->can_take);
  gtk_widget_set_visible (self->keep_button, decision->conflict != NULL);
  gtk_widget_set_visible (self->drop_button, decision->rejected != NULL);
  gtk_widget_set_visible (self->open_button, decision->words->open_id != NULL);
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
  gtk_widget_class_bind_template_child (widget_class, TorgDecisionRow, mine);
  gtk_widget_class_bind_template_child (widget_class, TorgDecisionRow, now);
  gtk_widget_class_bind_template_child (widget_class, TorgDecisionRow, before);
  gtk_widget_class_bind_template_child (widget_class, TorgDecisionRow, content);
  gtk_widget_class_bind_template_child (widget_class, TorgDecisionRow, take_button);
  gtk_widget_class_bind_template_child (widget_class, TorgDecisionRow, keep_button);
  gtk_widget_class_bind_template_child (widget_class, TorgDecisionRow, drop_button);
  gtk_widget_class_bind_template_child (widget_class, TorgDecisionRow, open_button);
  gtk_widget_class_bind_template_callback (widget_class, take_cb);
  gtk_widget_class_bind_template_callback (widget_class, keep_cb);
  gtk_widget_class_bind_template_callback (widget_class, drop_cb);
  gtk_widget_class_bind_template_callback (widget_class, open_cb);

  signals[SIGNAL_CHOSEN] = g_signal_new ("chosen", TORG_TYPE_DECISION_ROW, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                         G_TYPE_NONE, 1, G_TYPE_STRING);
}

static void
torg_decision_row_init (TorgDecisionRow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
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
