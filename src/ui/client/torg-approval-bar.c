/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "torg-ui"

#include "config.h"

#include "torg-approval-bar.h"
#include "torg-stage-gate.h"
#include "torg-words.h"

#include <glib/gi18n-lib.h>

struct _TorgApprovalBar
{
  AdwBin parent_instance;

  GtkLabel  *words;
  GtkLabel  *comment;
  GtkWidget *approve_button;
  GtkWidget *decline_button;
  GtkWidget *withdraw_button;

  TorgSession *session;  /* (owned) (nullable) */
  char        *card;     /* (owned) (nullable) */
  TorgRecord  *approval; /* (owned) (nullable): the one that is shown */
};

G_DEFINE_FINAL_TYPE (TorgApprovalBar, torg_approval_bar, ADW_TYPE_BIN)

enum
{
  SIGNAL_APPROVED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

static void
update (TorgApprovalBar *self)
{
  TorgLookup      *lookup = torg_session_get_lookup (self->session);
  TorgRecord      *approval = self->card != NULL ? torg_lookup_find_approval (lookup, self->card) : NULL;
  const char      *stage, *comment, *user = torg_session_get_user (self->session);
  g_autofree char *who = NULL, *where = NULL, *words = NULL;
  gboolean         decides;

  if (approval != NULL)
    torg_record_ref (approval);
  g_clear_pointer (&self->approval, torg_record_unref);
  self->approval = approval;
  gtk_widget_set_visible (GTK_WIDGET (self), approval != NULL);
  if (approval == NULL)
    return;
  stage = torg_record_get_text (approval, "stage");
  comment = torg_record_get_text (approval, "comment");
  decides = torg_stage_gate_approves (self->session, stage);
  who = torg_lookup_dup_title (lookup, torg_record_get_text (approval, "asked_by"));
  where = torg_lookup_dup_title (lookup, stage);
  /* Translators: somebody’s name, and a stage */
  words = g_strdup_printf (_ ("%s asks for approval to move it to “%s”."), who != NULL ? who : _ ("A colleague"),
                           where != NULL ? where : "?");
  gtk_label_set_label (self->words, words);
  gtk_label_set_label (self->comment, comment != NULL ? comment : "");
  gtk_widget_set_visible (GTK_WIDGET (self->comment), comment != NULL);
  gtk_widget_set_visible (self->approve_button, decides);
  gtk_widget_set_visible (self->decline_button, decides);
  gtk_widget_set_visible (self->withdraw_button, g_strcmp0 (torg_record_get_text (approval, "asked_by"), user) == 0);
}

static void
approve_cb (TorgApprovalBar *self)
{
  if (self->approval != NULL)
    g_signal_emit (self, signals[SIGNAL_APPROVED], 0, self->approval);
}

static void
decline_cb (TorgApprovalBar *self)
{
  g_autoptr (TorgEdit) edit = torg_edit_new (_ ("Approval declined"));

  if (self->approval == NULL)
    return;
  torg_edit_take (edit, "approval", torg_record_get_id (self->approval), "decision", torg_value_text ("declined"));
  torg_session_apply (self->session, edit);
}

static void
withdraw_cb (TorgApprovalBar *self)
{
  g_autoptr (TorgEdit) edit = torg_edit_new (_ ("Approval no longer asked for"));

  if (self->approval == NULL)
    return;
  torg_edit_delete (edit, "approval", torg_record_get_id (self->approval));
  torg_session_apply (self->session, edit);
}

static void
torg_approval_bar_dispose (GObject *object)
{
  TorgApprovalBar *self = TORG_APPROVAL_BAR (object);

  adw_bin_set_child (ADW_BIN (object), NULL);
  gtk_widget_dispose_template (GTK_WIDGET (object), TORG_TYPE_APPROVAL_BAR);
  g_clear_object (&self->session);
  g_clear_pointer (&self->card, g_free);
  g_clear_pointer (&self->approval, torg_record_unref);
  G_OBJECT_CLASS (torg_approval_bar_parent_class)->dispose (object);
}

static void
torg_approval_bar_class_init (TorgApprovalBarClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = torg_approval_bar_dispose;
  gtk_widget_class_set_template_from_resource (widget_class, "/org/torgcrm/Torg/ui/client/torg-approval-bar.ui");
  gtk_widget_class_bind_template_child (widget_class, TorgApprovalBar, words);
  gtk_widget_class_bind_template_child (widget_class, TorgApprovalBar, comment);
  gtk_widget_class_bind_template_child (widget_class, TorgApprovalBar, approve_button);
  gtk_widget_class_bind_template_child (widget_class, TorgApprovalBar, decline_button);
  gtk_widget_class_bind_template_child (widget_class, TorgApprovalBar, withdraw_button);
  gtk_widget_class_bind_template_callback (widget_class, approve_cb);
  gtk_widget_class_bind_template_callback (widget_class, decline_cb);
  gtk_widget_class_bind_template_callback (widget_class, withdraw_cb);

  signals[SIGNAL_APPROVED] = g_signal_new ("approved", TORG_TYPE_APPROVAL_BAR, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                           G_TYPE_NONE, 1, TORG_TYPE_RECORD);
}

static void
torg_approval_bar_init (TorgApprovalBar *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

/**
 * torg_approval_bar_set_row:
 * @session: the session
 * @row: (nullable): a filled row
 *
 * Shows what is asked of a card; of another record nothing is.
 */
void
torg_approval_bar_set_row (TorgApprovalBar *self, TorgSession *session, TorgRow *row)
{
  TorgRecord *record = row != NULL ? torg_row_get_record (row) : NULL;

  if (self->session == NULL)
    g_signal_connect_object (torg_session_get_lookup (session), "changed", G_CALLBACK (update), self,
                             G_CONNECT_SWAPPED);
  g_set_object (&self->session, session);
  g_set_str (&self->card, record != NULL ? torg_record_get_id (record) : NULL);
  update (self);
}
