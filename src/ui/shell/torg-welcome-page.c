/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "torg-ui"

#include "torg-welcome-page.h"

struct _TorgWelcomePage
{
  AdwBin parent_instance;

  GtkWidget      *demo_row;
  GtkWidget      *import_row;
  GtkWidget      *connect_row;
  GtkWidget      *empty_row;
  GtkWidget      *progress;
  GtkLabel       *progress_label;
  GtkProgressBar *progress_bar;

  TorgJob *job; /* (owned) (nullable) */
};

G_DEFINE_FINAL_TYPE (TorgWelcomePage, torg_welcome_page, ADW_TYPE_BIN)

enum
{
  SIGNAL_BEGIN,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

static void
demo_cb (TorgWelcomePage *self)
{
  g_signal_emit (self, signals[SIGNAL_BEGIN], 0, "demo");
}

static void
import_cb (TorgWelcomePage *self)
{
  g_signal_emit (self, signals[SIGNAL_BEGIN], 0, "import");
}

static void
connect_cb (TorgWelcomePage *self)
{
  g_signal_emit (self, signals[SIGNAL_BEGIN], 0, "connect");
}

static void
empty_cb (TorgWelcomePage *self)
{
  g_signal_emit (self, signals[SIGNAL_BEGIN], 0, "empty");
}

static void
job_notify_cb (TorgWelcomePage *self)
{
  double fraction = torg_job_get_fraction (self->job);

  if (fraction >= 0)
    gtk_progress_bar_set_fraction (self->progress_bar, CLAMP (fraction, 0, 1));
  else
    gtk_progress_bar_pulse (self->progress_bar);
}

static void
torg_welcome_page_dispose (GObject *object)
{
  g_clear_object (&TORG_WELCOME_PAGE (object)->job);
  gtk_widget_dispose_template (GTK_WIDGET (object), TORG_TYPE_WELCOME_PAGE);
  G_OBJECT_CLASS (torg_welcome_page_parent_class)->dispose (object);
}

static void
torg_welcome_page_class_init (TorgWelcomePageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = torg_welcome_page_dispose;
  gtk_widget_class_set_template_from_resource (widget_class, "/org/torgcrm/Torg/ui/shell/torg-welcome-page.ui");
  gtk_widget_class_bind_template_child (widget_class, TorgWelcomePage, demo_row);
  gtk_widget_class_bind_template_child (widget_class, TorgWelcomePage, import_row);
  gtk_widget_class_bind_template_child (widget_class, TorgWelcomePage, connect_row);
  gtk_widget_class_bind_template_child (widget_class, TorgWelcomePage, empty_row);
  gtk_widget_class_bind_template_child (widget_class, TorgWelcomePage, progress);
  gtk_widget_class_bind_template_child (widget_class, TorgWelcomePage, progress_label);
  gtk_widget_class_bind_template_child (widget_class, TorgWelcomePage, progress_bar);
  gtk_widget_class_bind_template_callback (widget_class, demo_cb);
  gtk_widget_class_bind_template_callback (widget_class, import_cb);
  gtk_widget_class_bind_template_callback (widget_class, connect_cb);
  gtk_widget_class_bind_template_callback (widget_class, empty_cb);

  signals[SIGNAL_BEGIN] = g_signal_new ("begin", TORG_TYPE_WELCOME_PAGE, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                        G_TYPE_NONE, 1, G_TYPE_STRING);
}

static void
torg_welcome_page_init (TorgWelcomePage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

/**
 * torg_welcome_page_new:
 *
 * Makes the page of the first run.
 *
 * Returns: a new page
 */
GtkWidget *
torg_welcome_page_new (void)
{
  return g_object_new (TORG_TYPE_WELCOME_PAGE, NULL);
}

/**
 * torg_welcome_page_set_job:
 * @job: (nullable): what is under way
 *
 * Shows the progress of what was chosen; the choices wait meanwhile.
 */
void
torg_welcome_page_set_job (TorgWelcomePage *self, TorgJob *job)
{
  gtk_widget_set_sensitive (self->demo_row, job == NULL);
  gtk_widget_set_sensitive (self->import_row, job == NULL);
  gtk_widget_set_sensitive (self->connect_row, job == NULL);
  gtk_widget_set_sensitive (self->empty_row, job == NULL);
  gtk_widget_set_visible (self->progress, job != NULL);
  if (job == NULL || !g_set_object (&self->job, job))
    return;
  gtk_label_set_label (self->progress_label, torg_job_get_title (job));
  g_signal_connect_object (job, "notify", G_CALLBACK (job_notify_cb), self, G_CONNECT_SWAPPED);
}
