/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "torg-ui"

#include "torg-state-popover.h"
#include "torg-job-row.h"
#include "torg-sync-words.h"

#include <adwaita.h>

struct _TorgStatePopover
{
  GtkPopover parent_instance;

  GtkLabel     *heading;
  GtkLabel     *details;
  GtkListBox   *jobs;
  GtkWidget    *waiting;
  GtkWidget    *attention_row;
  GtkLabel     *attention_count;
  GtkWidget    *unsent_row;
  GtkLabel     *unsent_count;
  AdwActionRow *files_row;
  GtkWidget    *connect_button;
  GtkWidget    *sign_in_button;
  GtkWidget    *sync_button;
  GtkLabel     *address;

  TorgSession *session; /* (owned) */
};

G_DEFINE_FINAL_TYPE (TorgStatePopover, torg_state_popover, GTK_TYPE_POPOVER)

static GtkWidget *
create_job_row (gpointer item, gpointer data)
{
  return torg_job_row_new (TORG_JOB (item));
}

/* What waits for the user or for the server, and what can be done about it. */
static void
update_sync (TorgStatePopover *self, TorgSyncer *syncer)
{
  TorgSyncState    state = torg_syncer_get_state (syncer);
  guint            n_attention = torg_syncer_get_n_attention (syncer);
  guint            n_unsent = torg_syncer_get_n_unsent (syncer);
  gboolean         local = state == TORG_SYNC_STATE_LOCAL;
  const char      *address = torg_syncer_get_address (syncer);
  g_autofree char *attention = g_strdup_printf ("%u", n_attention);
  g_autofree char *unsent = g_strdup_printf ("%u", n_unsent);
  g_autofree char *files = torg_sync_words_files (torg_file_queue_get_counts (torg_syncer_get_files (syncer)));

  adw_action_row_set_subtitle (self->files_row, files != NULL ? files : "");
  gtk_widget_set_visible (GTK_WIDGET (self->files_row), !local && files != NULL);
  gtk_label_set_label (self->attention_count, attention);
  gtk_label_set_label (self->unsent_count, unsent);
  gtk_widget_set_visible (self->attention_row, !local && n_attention > 0);
  gtk_widget_set_visible (self->unsent_row, !local && n_unsent > 0);
  gtk_widget_set_visible (self->waiting, !local && (n_attention + n_unsent > 0 || files != NULL));
  gtk_widget_set_visible (self->connect_button, local);
  gtk_widget_set_visible (self->sign_in_button, state == TORG_SYNC_STATE_SIGN_IN);
  gtk_widget_set_visible (self->sync_button, !local && state != TORG_SYNC_STATE_SIGN_IN);
  gtk_widget_set_visible (GTK_WIDGET (self->address), !local && address != NULL);
  gtk_label_set_label (self->address, address != NULL ? address : "");
}

static void
open_dialog (TorgStatePopover *self, const char *action)
{
  gtk_popover_popdown (GTK_POPOVER (self));
  gtk_widget_activate_action (GTK_WIDGET (self), action, NULL);
}

static void
attention_cb (TorgStatePopover *self)
{
  open_dialog (self, "win.attention");
}

static void
unsent_cb (TorgStatePopover *self)
{
  open_dialog (self, "win.unsent");
}

static void
connect_cb (TorgStatePopover *self)
{
  open_dialog (self, "win.connect");
}

static void
sign_in_cb (TorgStatePopover *self)
{
  open_dialog (self, "win.sign-in");
}

static void
torg_state_popover_dispose (GObject *object)
{
  gtk_widget_dispose_template (GTK_WIDGET (object), TORG_TYPE_STATE_POPOVER);
  g_clear_object (&TORG_STATE_POPOVER (object)->session);
  G_OBJECT_CLASS (torg_state_popover_parent_class)->dispose (object);
}

static void
torg_state_popover_class_init (TorgStatePopoverClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = torg_state_popover_dispose;
  gtk_widget_class_set_template_from_resource (widget_class, "/org/torgcrm/Torg/ui/common/torg-state-popover.ui");
  gtk_widget_class_bind_template_child (widget_class, TorgStatePopover, heading);
  gtk_widget_class_bind_template_child (widget_class, TorgStatePopover, details);
  gtk_widget_class_bind_template_child (widget_class, TorgStatePopover, jobs);
  gtk_widget_class_bind_template_child (widget_class, TorgStatePopover, waiting);
  gtk_widget_class_bind_template_child (widget_class, TorgStatePopover, attention_row);
  gtk_widget_class_bind_template_child (widget_class, TorgStatePopover, attention_count);
  gtk_widget_class_bind_template_child (widget_class, TorgStatePopover, unsent_row);
  gtk_widget_class_bind_template_child (widget_class, TorgStatePopover, unsent_count);
  gtk_widget_class_bind_template_child (widget_class, TorgStatePopover, files_row);
  gtk_widget_class_bind_template_child (widget_class, TorgStatePopover, connect_button);
  gtk_widget_class_bind_template_child (widget_class, TorgStatePopover, sign_in_button);
  gtk_widget_class_bind_template_child (widget_class, TorgStatePopover, sync_button);
  gtk_widget_class_bind_template_child (widget_class, TorgStatePopover, address);
  gtk_widget_class_bind_template_callback (widget_class, attention_cb);
  gtk_widget_class_bind_template_callback (widget_class, unsent_cb);
  gtk_widget_class_bind_template_callback (widget_class, connect_cb);
  gtk_widget_class_bind_template_callback (widget_class, sign_in_cb);
}

static void
torg_state_popover_init (TorgStatePopover *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

/**
 * torg_state_popover_new:
 * @session: whose jobs and edits to show
 *
 * Makes a popover, to be updated when it is shown and when anything changes.
 *
 * Returns: a new popover
 */
GtkWidget *
torg_state_popover_new (TorgSession *session)
{
  TorgStatePopover *self = g_object_new (TORG_TYPE_STATE_POPOVER, NULL);

  self->session = g_object_ref (session);
  gtk_list_box_bind_model (self->jobs, G_LIST_MODEL (torg_session_get_jobs (session)), create_job_row, NULL, NULL);
  return GTK_WIDGET (self);
}

/**
 * torg_state_popover_update:
 * @heading: the state in a few words
 * @details: what it means
 *
 * Shows how things are now.
 */
void
torg_state_popover_update (TorgStatePopover *self, const char *heading, const char *details)
{
  GListModel *jobs = G_LIST_MODEL (torg_session_get_jobs (self->session));

  gtk_label_set_label (self->heading, heading);
  gtk_label_set_label (self->details, details);
  gtk_widget_set_visible (GTK_WIDGET (self->jobs), g_list_model_get_n_items (jobs) > 0);
  update_sync (self, torg_session_get_syncer (self->session));
}
