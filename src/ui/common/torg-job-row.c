/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "torg-ui"

#include "torg-job-row.h"

struct _TorgJobRow
{
  GtkListBoxRow parent_instance;

  GtkLabel       *title;
  GtkLabel       *status;
  GtkProgressBar *bar;

  TorgJob *job; /* (owned) */
};

G_DEFINE_FINAL_TYPE (TorgJobRow, torg_job_row, GTK_TYPE_LIST_BOX_ROW)

static void
job_notify_cb (TorgJobRow *self)
{
  g_autofree char *status = torg_job_dup_status (self->job);
  double           fraction = torg_job_get_fraction (self->job);

  gtk_label_set_label (self->status, status != NULL ? status : "");
  gtk_widget_set_visible (GTK_WIDGET (self->status), status != NULL);
  if (fraction >= 0)
    gtk_progress_bar_set_fraction (self->bar, CLAMP (fraction, 0, 1));
  else
    gtk_progress_bar_pulse (self->bar);
}

static void
cancel_cb (TorgJobRow *self)
{
  torg_job_cancel (self->job);
}

static void
torg_job_row_dispose (GObject *object)
{
  g_clear_object (&TORG_JOB_ROW (object)->job);
  gtk_widget_dispose_template (GTK_WIDGET (object), TORG_TYPE_JOB_ROW);
  G_OBJECT_CLASS (torg_job_row_parent_class)->dispose (object);
}

static void
torg_job_row_class_init (TorgJobRowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = torg_job_row_dispose;
  gtk_widget_class_set_template_from_resource (widget_class, "/org/torgcrm/Torg/ui/common/torg-job-row.ui");
  gtk_widget_class_bind_template_child (widget_class, TorgJobRow, title);
  gtk_widget_class_bind_template_child (widget_class, TorgJobRow, status);
  gtk_widget_class_bind_template_child (widget_class, TorgJobRow, bar);
  gtk_widget_class_bind_template_callback (widget_class, cancel_cb);
}

static void
torg_job_row_init (TorgJobRow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

/**
 * torg_job_row_new:
 * @job: what is under way
 *
 * Makes a row for a job.
 *
 * Returns: a new row
 */
GtkWidget *
torg_job_row_new (TorgJob *job)
{
  TorgJobRow *self = g_object_new (TORG_TYPE_JOB_ROW, NULL);

  self->job = g_object_ref (job);
  gtk_label_set_label (self->title, torg_job_get_title (job));
  g_signal_connect_object (job, "notify", G_CALLBACK (job_notify_cb), self, G_CONNECT_SWAPPED);
  job_notify_cb (self);
  return GTK_WIDGET (self);
}
