/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "torg-ui"

#include "torg-postpone-dialog.h"
#include "torg-date-row.h"
#include "torg-dialog-focus.h"

#include <stdio.h>

struct _TorgPostponeDialog
{
  AdwDialog parent_instance;

  TorgDateRow *date;
  AdwEntryRow *reason;
  GtkWidget   *accept_button;
  GtkWidget   *wake_group;
};

G_DEFINE_FINAL_TYPE (TorgPostponeDialog, torg_postpone_dialog, ADW_TYPE_DIALOG)

enum
{
  SIGNAL_ACCEPTED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

static char *
dup_reason (TorgPostponeDialog *self)
{
  return g_strstrip (g_strdup (gtk_editable_get_text (GTK_EDITABLE (self->reason))));
}

static void
update (TorgPostponeDialog *self)
{
  g_autofree char *reason = dup_reason (self);

  gtk_widget_set_sensitive (self->accept_button, *reason != '\0');
}

static void
accept_cb (TorgPostponeDialog *self)
{
  g_autofree char *date = torg_date_row_dup_iso (self->date);
  g_autofree char *reason = dup_reason (self);

  if (*reason == '\0')
    return;
  g_object_ref (self);
  g_signal_emit (self, signals[SIGNAL_ACCEPTED], 0, date, reason);
  adw_dialog_close (ADW_DIALOG (self));
  g_object_unref (self);
}

static void
wake_cb (TorgPostponeDialog *self)
{
  g_object_ref (self);
  g_signal_emit (self, signals[SIGNAL_ACCEPTED], 0, NULL, NULL);
  adw_dialog_close (ADW_DIALOG (self));
  g_object_unref (self);
}

static void
torg_postpone_dialog_dispose (GObject *object)
{
  gtk_widget_dispose_template (GTK_WIDGET (object), TORG_TYPE_POSTPONE_DIALOG);
  G_OBJECT_CLASS (torg_postpone_dialog_parent_class)->dispose (object);
}

static void
torg_postpone_dialog_class_init (TorgPostponeDialogClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = torg_postpone_dialog_dispose;
  g_type_ensure (TORG_TYPE_DATE_ROW);
  gtk_widget_class_set_template_from_resource (widget_class, "/org/torgcrm/Torg/ui/board/torg-postpone-dialog.ui");
  gtk_widget_class_bind_template_child (widget_class, TorgPostponeDialog, date);
  gtk_widget_class_bind_template_child (widget_class, TorgPostponeDialog, reason);
  gtk_widget_class_bind_template_child (widget_class, TorgPostponeDialog, accept_button);
  gtk_widget_class_bind_template_child (widget_class, TorgPostponeDialog, wake_group);
  gtk_widget_class_bind_template_callback (widget_class, accept_cb);
  gtk_widget_class_bind_template_callback (widget_class, wake_cb);
  gtk_widget_class_bind_template_callback (widget_class, adw_dialog_close);
  gtk_widget_class_bind_template_callback (widget_class, update);

  signals[SIGNAL_ACCEPTED] = g_signal_new ("accepted", TORG_TYPE_POSTPONE_DIALOG, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                           NULL, G_TYPE_NONE, 2, G_TYPE_STRING, G_TYPE_STRING);
}

static void
torg_postpone_dialog_init (TorgPostponeDialog *self)
{
  g_autoptr (GDateTime) today = g_date_time_new_now_local ();
  g_autoptr (GDateTime) week = g_date_time_add_weeks (today, 1);

  gtk_widget_init_template (GTK_WIDGET (self));
  torg_date_row_set_date (self->date, week);
}

/* The value that all deals have, or NULL. */
static const char *
get_common (GPtrArray *deals, const char *field)
{
  const char *value = deals->len > 0 ? torg_record_get_text (deals->pdata[0], field) : NULL;

  for (guint i = 1; i < deals->len; i++)
    if (g_strcmp0 (torg_record_get_text (deals->pdata[i], field), value) != 0)
      return NULL;
  return value;
}

static gboolean
is_any_postponed (GPtrArray *deals)
{
  for (guint i = 0; i < deals->len; i++)
    if (torg_record_get_text (deals->pdata[i], "postponed") != NULL)
      return TRUE;
  return FALSE;
}

/**
 * torg_postpone_dialog_new:
 * @deals: (element-type TorgRecord): the deals
 *
 * Makes the dialog. It begins with the date and the reason that the deals have.
 *
 * Returns: a new dialog
 */
AdwDialog *
torg_postpone_dialog_new (GPtrArray *deals)
{
  TorgPostponeDialog *self = g_object_new (TORG_TYPE_POSTPONE_DIALOG, NULL);
  const char         *until = get_common (deals, "postponed");
  const char         *reason = get_common (deals, "postponed_reason");
  int                 year, month, day;

  if (until != NULL && sscanf (until, "%4d-%2d-%2d", &year, &month, &day) == 3)
    {
      g_autoptr (GDateTime) date = g_date_time_new_local (year, month, day, 0, 0, 0);

      if (date != NULL)
        torg_date_row_set_date (self->date, date);
    }
  if (reason != NULL)
    gtk_editable_set_text (GTK_EDITABLE (self->reason), reason);
  gtk_widget_set_visible (self->wake_group, is_any_postponed (deals));
  torg_dialog_focus_set (ADW_DIALOG (self), GTK_WIDGET (self->reason));
  update (self);
  return ADW_DIALOG (self);
}
