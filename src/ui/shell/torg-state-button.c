/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "torg-ui"

#include "config.h"

#include "torg-state-button.h"
#include "torg-job-row.h"

#include <glib/gi18n-lib.h>

struct _TorgStateButton {
  AdwBin parent_instance;

  GtkMenuButton *button;
  GtkStack      *icons;
  GtkWidget     *spinner;
  GtkLabel      *label;
  GtkLabel      *heading;
  GtkLabel      *details;
  GtkListBox    *jobs;
};

G_DEFINE_FINAL_TYPE (TorgStateButton, torg_state_button, ADW_TYPE_BIN)

static GtkWidget *
create_job_row (gpointer item,
                gpointer data)
{
  return torg_job_row_new (TORG_JOB (item));
}

static void
jobs_changed_cb (TorgStateButton *self,
                 guint            position,
                 guint            removed,
                 guint            added,
                 GListModel      *jobs)
{
  guint n = g_list_model_get_n_items (jobs);
  g_autoptr (TorgJob) first = g_list_model_get_item (jobs, 0);
  g_autofree char *text = NULL;

  if (n == 0)
    {
      text = g_strdup (_ ("Everything is saved"));
      gtk_label_set_label (self->details, _ ("Your data lies on this computer. No network is needed."));
    }
  else
    {
      text = n == 1 ? g_strdup (torg_job_get_title (first)) : g_strdup_printf (ngettext ("%u task", "%u tasks", n), n);
      gtk_label_set_label (self->details, _ ("You can go on working meanwhile."));
    }
  gtk_label_set_label (self->label, text);
  gtk_label_set_label (self->heading, text);
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->button), text);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->button), GTK_ACCESSIBLE_PROPERTY_LABEL, text, -1);
  gtk_widget_set_visible (GTK_WIDGET (self->jobs), n > 0);
  gtk_stack_set_visible_child (self->icons, n > 0 ? self->spinner : gtk_widget_get_first_child (GTK_WIDGET (self->icons)));
}

static void
torg_state_button_dispose (GObject *object)
{
  adw_bin_set_child (ADW_BIN (object), NULL);
  gtk_widget_dispose_template (GTK_WIDGET (object), TORG_TYPE_STATE_BUTTON);
  G_OBJECT_CLASS (torg_state_button_parent_class)->dispose (object);
}

static void
torg_state_button_class_init (TorgStateButtonClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = torg_state_button_dispose;
  gtk_widget_class_set_template_from_resource (widget_class, "/org/torgcrm/Torg/ui/shell/torg-state-button.ui");
  gtk_widget_class_bind_template_child (widget_class, TorgStateButton, button);
  gtk_widget_class_bind_template_child (widget_class, TorgStateButton, icons);
  gtk_widget_class_bind_template_child (widget_class, TorgStateButton, spinner);
  gtk_widget_class_bind_template_child (widget_class, TorgStateButton, label);
  gtk_widget_class_bind_template_child (widget_class, TorgStateButton, heading);
  gtk_widget_class_bind_template_child (widget_class, TorgStateButton, details);
  gtk_widget_class_bind_template_child (widget_class, TorgStateButton, jobs);
}

static void
torg_state_button_init (TorgStateButton *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

/**
 * torg_state_button_set_session:
 * @session: whose jobs to show
 *
 * Sets what the button tells about.
 */
void
torg_state_button_set_session (TorgStateButton *self,
                               TorgSession     *session)
{
  GListModel *jobs = G_LIST_MODEL (torg_session_get_jobs (session));

  gtk_list_box_bind_model (self->jobs, jobs, create_job_row, NULL, NULL);
  g_signal_connect_object (jobs, "items-changed", G_CALLBACK (jobs_changed_cb), self, G_CONNECT_SWAPPED);
  jobs_changed_cb (self, 0, 0, 0, jobs);
}
