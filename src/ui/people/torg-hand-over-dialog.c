/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "torg-ui"

#include "config.h"

#include "torg-hand-over-dialog.h"
#include "torg-dialog-focus.h"
#include "torg-choose-dialog.h"
#include "torg-hand-over.h"

#include <glib/gi18n-lib.h>

struct _TorgHandOverDialog
{
  AdwDialog parent_instance;

  AdwPreferencesGroup *group;
  AdwActionRow        *to_row;
  AdwSwitchRow        *deals;
  AdwSwitchRow        *leads;
  AdwSwitchRow        *clients;
  AdwSwitchRow        *tasks;
  AdwSwitchRow        *closed;
  GtkLabel            *sum;
  GtkWidget           *progress;
  GtkWidget           *cancel_button;
  GtkWidget           *accept_button;

  TorgSession        *session; /* (owned) */
  TorgRecord         *user;    /* (owned): whose work it is */
  char               *to;      /* (owned) (nullable): who takes it on */
  TorgHandOverCounts *counts;  /* (owned) (nullable): until it is counted */
  TorgJob            *job;     /* (owned) (nullable): while it is under way */
};

G_DEFINE_FINAL_TYPE (TorgHandOverDialog, torg_hand_over_dialog, ADW_TYPE_DIALOG)

/* --- what and how much -------------------------------------------------------------------------------------------- */

static TorgHandOverWhat
get_what (TorgHandOverDialog *self)
{
  return (adw_switch_row_get_active (self->deals) ? TORG_HAND_OVER_DEALS : 0) |
         (adw_switch_row_get_active (self->leads) ? TORG_HAND_OVER_LEADS : 0) |
         (adw_switch_row_get_active (self->clients) ? TORG_HAND_OVER_CLIENTS : 0) |
         (adw_switch_row_get_active (self->tasks) ? TORG_HAND_OVER_TASKS : 0) |
         (adw_switch_row_get_active (self->closed) ? TORG_HAND_OVER_CLOSED : 0);
}

static void
update (TorgHandOverDialog *self)
{
  gint64           n = self->counts != NULL ? torg_hand_over_sum (self->counts, get_what (self)) : 0;
  gboolean         running = self->job != NULL;
  g_autofree char *text = NULL;

  if (self->counts == NULL)
    text = g_strdup (_ ("Counting…"));
  else if (n == 0)
    text = g_strdup (_ ("There is nothing to hand over."));
  else
    text = g_strdup_printf (ngettext ("%d record is handed over. It can be undone as a whole.",
                                      "%d records are handed over. It can be undone as a whole.", (gulong) n),
                            (int) n);
  gtk_label_set_label (self->sum, text);
  if (running)
    gtk_widget_grab_focus (self->cancel_button);
  gtk_widget_set_sensitive (GTK_WIDGET (self->group), !running);
  gtk_widget_set_sensitive (GTK_WIDGET (self->to_row), !running);
  gtk_widget_set_visible (self->progress, running);
  gtk_widget_set_sensitive (self->accept_button, !running && n > 0 && self->to != NULL);
}

static void
set_count (AdwSwitchRow *row, gint64 n)
{
  g_autofree char *text = g_strdup_printf (C_ ("how many there are", "%d"), (int) n);

  adw_action_row_set_subtitle (ADW_ACTION_ROW (row), text);
}

static void
show_counts (TorgHandOverDialog *self)
{
  const TorgHandOverCounts *counts = self->counts;
  g_autofree char          *companies = NULL, *persons = NULL, *tasks = NULL, *meetings = NULL;
  g_autofree char          *clients = NULL, *planned = NULL;

  companies =
    g_strdup_printf (ngettext ("%d company", "%d companies", (gulong) counts->companies), (int) counts->companies);
  persons = g_strdup_printf (ngettext ("%d person", "%d persons", (gulong) counts->persons), (int) counts->persons);
  tasks = g_strdup_printf (ngettext ("%d task", "%d tasks", (gulong) counts->tasks), (int) counts->tasks);
  meetings =
    g_strdup_printf (ngettext ("%d meeting", "%d meetings", (gulong) counts->meetings), (int) counts->meetings);
  clients = g_strdup_printf ("%s, %s", companies, persons);
  planned = g_strdup_printf ("%s, %s", tasks, meetings);
  set_count (self->deals, counts->deals);
  set_count (self->leads, counts->leads);
  set_count (self->closed, counts->closed_deals + counts->closed_leads);
  adw_action_row_set_subtitle (ADW_ACTION_ROW (self->clients), clients);
  adw_action_row_set_subtitle (ADW_ACTION_ROW (self->tasks), planned);
}

static gpointer
count_in_store (TorgStore *store, gpointer data, GCancellable *cancellable, GError **error)
{
  return torg_hand_over_count (store, data, cancellable, error);
}

static void
counted_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (TorgHandOverDialog) self = data;
  g_autoptr (GError) error = NULL;
  TorgHandOverCounts *counts = torg_replica_call_finish (TORG_REPLICA (source), result, &error);

  if (counts == NULL)
    {
      torg_session_fail (self->session, error);
      return;
    }
  g_free (self->counts);
  self->counts = counts;
  if (self->group == NULL)
    return;
  show_counts (self);
  update (self);
}

/* --- to whom ------------------------------------------------------------------------------------------------------ */

static void
chosen_cb (TorgHandOverDialog *self, const char *id, const char *title)
{
  g_set_str (&self->to, id);
  adw_action_row_set_subtitle (self->to_row, title);
  update (self);
}

/* Whoever has left takes nothing on. */
static void
choose_cb (TorgHandOverDialog *self)
{
  g_autoptr (GPtrArray) users = torg_lookup_list_colleagues (torg_session_get_lookup (self->session));
  AdwDialog *dialog = torg_choose_dialog_new (self->session, _ ("To Whom"));

  for (guint i = users->len; i > 0; i--)
    if (g_str_equal (torg_record_get_id (users->pdata[i - 1]), torg_record_get_id (self->user)))
      g_ptr_array_remove_index (users, i - 1);
  torg_choose_dialog_set_records (TORG_CHOOSE_DIALOG (dialog), users);
  g_signal_connect_object (dialog, "chosen", G_CALLBACK (chosen_cb), self, G_CONNECT_SWAPPED);
  adw_dialog_present (dialog, GTK_WIDGET (self));
}

/* --- handing over ------------------------------------------------------------------------------------------------- */

static void
reported_cb (TorgHandOverDialog *self, GParamSpec *pspec, TorgJob *job)
{
  if (self->progress != NULL)
    gtk_progress_bar_set_fraction (GTK_PROGRESS_BAR (self->progress), MAX (torg_job_get_fraction (job), 0));
}

/* What was stopped stays as far as it came; the toast says how far, and undoes that. */
static void
say (TorgHandOverDialog *self, TorgHandOver *done)
{
  guint            left = torg_hand_over_get_left (done);
  g_autofree char *text = NULL;

  if (torg_hand_over_is_ended (done) && left > 0)
    text =
      g_strdup_printf (ngettext ("Handed over: %u. Your role does not allow %u record, which stays as it is.",
                                 "Handed over: %u. Your role does not allow %u records, which stay as they are.", left),
                       torg_hand_over_get_done (done), left);
  else if (torg_hand_over_is_ended (done))
    text = g_strdup (torg_hand_over_get_label (done));
  else
    /* Translators: what was to be done was stopped; how many records of how many were handed over until then */
    text = g_strdup_printf (_ ("Stopped: %u of %u handed over"), torg_hand_over_get_done (done),
                            torg_hand_over_get_n (done));
  torg_session_say (self->session, text, torg_hand_over_get_undo (done));
}

static void
ran_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (TorgHandOverDialog) self = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (TorgHandOver) done = torg_hand_over_run_finish (result, &error);

  torg_job_finish (self->job);
  g_clear_object (&self->job);
  if (self->group != NULL)
    adw_dialog_force_close (ADW_DIALOG (self));
  if (done != NULL)
    say (self, done);
  else
    torg_session_fail (self->session, error);
}

static void
accept_cb (TorgHandOverDialog *self)
{
  g_autofree char *name = torg_record_dup_title (self->user);
  g_autofree char *title = NULL;

  if (self->job != NULL)
    return;
  /* Translators: a job that is under way; %s is whose work it is */
  title = g_strdup_printf (_ ("Handing over the work of %s"), name);
  self->job = torg_job_new (title);
  g_signal_connect_object (self->job, "notify::fraction", G_CALLBACK (reported_cb), self, G_CONNECT_SWAPPED);
  torg_session_add_job (self->session, self->job);
  adw_dialog_set_can_close (ADW_DIALOG (self), FALSE);
  update (self);
  torg_hand_over_run_async (torg_session_get_replica (self->session), torg_record_get_id (self->user), self->to,
                            get_what (self), self->job, ran_cb, g_object_ref (self));
}

static void
cancel_cb (TorgHandOverDialog *self)
{
  if (self->job != NULL)
    torg_job_cancel (self->job);
  else
    adw_dialog_close (ADW_DIALOG (self));
}

static void
torg_hand_over_dialog_dispose (GObject *object)
{
  TorgHandOverDialog *self = TORG_HAND_OVER_DIALOG (object);

  gtk_widget_dispose_template (GTK_WIDGET (object), TORG_TYPE_HAND_OVER_DIALOG);
  g_clear_object (&self->session);
  g_clear_object (&self->job);
  g_clear_pointer (&self->user, torg_record_unref);
  G_OBJECT_CLASS (torg_hand_over_dialog_parent_class)->dispose (object);
}

static void
torg_hand_over_dialog_finalize (GObject *object)
{
  TorgHandOverDialog *self = TORG_HAND_OVER_DIALOG (object);

  g_free (self->to);
  g_free (self->counts);
  G_OBJECT_CLASS (torg_hand_over_dialog_parent_class)->finalize (object);
}

static void
torg_hand_over_dialog_class_init (TorgHandOverDialogClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = torg_hand_over_dialog_dispose;
  G_OBJECT_CLASS (klass)->finalize = torg_hand_over_dialog_finalize;
  gtk_widget_class_set_template_from_resource (widget_class, "/org/torgcrm/Torg/ui/people/torg-hand-over-dialog.ui");
  gtk_widget_class_bind_template_child (widget_class, TorgHandOverDialog, group);
  gtk_widget_class_bind_template_child (widget_class, TorgHandOverDialog, to_row);
  gtk_widget_class_bind_template_child (widget_class, TorgHandOverDialog, deals);
  gtk_widget_class_bind_template_child (widget_class, TorgHandOverDialog, leads);
  gtk_widget_class_bind_template_child (widget_class, TorgHandOverDialog, clients);
  gtk_widget_class_bind_template_child (widget_class, TorgHandOverDialog, tasks);
  gtk_widget_class_bind_template_child (widget_class, TorgHandOverDialog, closed);
  gtk_widget_class_bind_template_child (widget_class, TorgHandOverDialog, sum);
  gtk_widget_class_bind_template_child (widget_class, TorgHandOverDialog, progress);
  gtk_widget_class_bind_template_child (widget_class, TorgHandOverDialog, cancel_button);
  gtk_widget_class_bind_template_child (widget_class, TorgHandOverDialog, accept_button);
  gtk_widget_class_bind_template_callback (widget_class, choose_cb);
  gtk_widget_class_bind_template_callback (widget_class, accept_cb);
  gtk_widget_class_bind_template_callback (widget_class, cancel_cb);
  gtk_widget_class_bind_template_callback (widget_class, update);
}

static void
torg_hand_over_dialog_init (TorgHandOverDialog *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  torg_dialog_focus_set (ADW_DIALOG (self), GTK_WIDGET (self->to_row));
}

/**
 * torg_hand_over_dialog_new:
 * @session: the session
 * @user: whose work it is
 * @to: (nullable): who takes it on; %NULL to ask
 *
 * Makes a dialog that hands work over.
 *
 * Returns: a new dialog
 */
AdwDialog *
torg_hand_over_dialog_new (TorgSession *session, TorgRecord *user, TorgRecord *to)
{
  TorgHandOverDialog *self = g_object_new (TORG_TYPE_HAND_OVER_DIALOG, NULL);
  g_autofree char    *title = torg_record_dup_title (user);
  g_autofree char    *name = g_markup_escape_text (title, -1);
  g_autofree char    *text = NULL;

  self->session = g_object_ref (session);
  self->user = torg_record_ref (user);
  /* Translators: %s is a colleague’s name; below it stands what there is of it */
  text = g_strdup_printf (_ ("Of the work of %s"), name);
  adw_preferences_group_set_title (self->group, text);
  adw_action_row_set_subtitle (self->to_row, _ ("Choose a colleague"));
  if (to != NULL)
    {
      g_autofree char *other = torg_record_dup_title (to);

      chosen_cb (self, torg_record_get_id (to), other);
    }
  else
    update (self);
  torg_replica_call_async (torg_session_get_replica (session), TORG_LANE_COUNT, count_in_store,
                           g_strdup (torg_record_get_id (user)), g_free, g_free, NULL, counted_cb, g_object_ref (self));
  return ADW_DIALOG (self);
}
