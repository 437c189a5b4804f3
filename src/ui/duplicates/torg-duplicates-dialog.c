/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "torg-ui"

#include "config.h"

#include "torg-duplicates-dialog.h"
#include "torg-dialog-focus.h"
#include "torg-pairs.h"
#include "torg-toast.h"
#include "torg-unite-page.h"

#include <glib/gi18n-lib.h>

struct _TorgDuplicatesDialog
{
  AdwDialog parent_instance;

  AdwToastOverlay     *toasts;
  AdwNavigationView   *view;
  GtkDropDown         *kind;
  GtkWidget           *again_button;
  GtkStack            *stack;
  GtkProgressBar      *progress;
  GtkWidget           *cancel_button;
  AdwStatusPage       *none;
  AdwPreferencesGroup *group;
  GtkListBox          *list;

  TorgSession *session; /* (owned) */
  char        *of;      /* (owned) (nullable): the record whose pairs are wanted */
  GPtrArray   *pairs;   /* (owned) (nullable) (element-type TorgPair): until they are found */
  TorgJob     *job;     /* (owned) (nullable): while it searches */
  guint        at;      /* the pair that is compared */
};

G_DEFINE_FINAL_TYPE (TorgDuplicatesDialog, torg_duplicates_dialog, ADW_TYPE_DIALOG)

static const char *const types[] = { "company", "person", "legal_entity" };

static const char *
get_kind (TorgDuplicatesDialog *self)
{
  return types[MIN (gtk_drop_down_get_selected (self->kind), G_N_ELEMENTS (types) - 1)];
}

/* --- the list ----------------------------------------------------------------------------------------------------- */

static GtkWidget *
make_row (const TorgPair *pair)
{
  GtkWidget       *row = adw_action_row_new ();
  g_autofree char *reasons = torg_likeness_say (pair->reasons);
  g_autofree char *title = g_strdup_printf ("%s — %s", pair->title, pair->other_title);
  g_autofree char *subtitle = g_strdup_printf ("%.0f %% · %s", pair->score * 100, reasons);

  adw_preferences_row_set_use_markup (ADW_PREFERENCES_ROW (row), FALSE);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), title);
  adw_action_row_set_subtitle (ADW_ACTION_ROW (row), subtitle);
  gtk_list_box_row_set_activatable (GTK_LIST_BOX_ROW (row), TRUE);
  adw_action_row_add_suffix (ADW_ACTION_ROW (row), gtk_image_new_from_icon_name ("go-next-symbolic"));
  return row;
}

static void
show (TorgDuplicatesDialog *self)
{
  guint            n = self->pairs != NULL ? self->pairs->len : 0;
  g_autofree char *title = g_strdup_printf (ngettext ("%u likely pair", "%u likely pairs", n), n);

  gtk_list_box_remove_all (self->list);
  for (guint i = 0; i < n; i++)
    gtk_list_box_append (self->list, make_row (self->pairs->pdata[i]));
  adw_preferences_group_set_title (self->group, title);
  gtk_stack_set_visible_child_name (self->stack, n > 0 ? "list" : "none");
  gtk_widget_set_sensitive (self->again_button, TRUE);
  gtk_widget_child_focus (GTK_WIDGET (n > 0 ? GTK_WIDGET (self->list) : self->again_button), GTK_DIR_TAB_FORWARD);
}

/* --- searching ---------------------------------------------------------------------------------------------------- */

static void
reported_cb (TorgDuplicatesDialog *self, GParamSpec *pspec, TorgJob *job)
{
  if (self->progress != NULL)
    gtk_progress_bar_set_fraction (self->progress, MAX (torg_job_get_fraction (job), 0));
}

/* A search that was stopped for another one says nothing. */
static void
found_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (TorgDuplicatesDialog) self = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) pairs = torg_pairs_find_finish (result, &error);

  if (self->list == NULL ||
      (self->job != NULL && g_task_get_cancellable (G_TASK (result)) != torg_job_get_cancellable (self->job)))
    return;
  if (self->job != NULL)
    torg_job_finish (self->job);
  g_clear_object (&self->job);
  if (pairs == NULL && !g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    torg_session_fail (self->session, error);
  adw_status_page_set_title (self->none, pairs != NULL ? _ ("No Likely Duplicates") : _ ("Stopped"));
  g_clear_pointer (&self->pairs, g_ptr_array_unref);
  self->pairs = g_steal_pointer (&pairs);
  show (self);
}

static void
stop (TorgDuplicatesDialog *self)
{
  if (self->job == NULL)
    return;
  torg_job_cancel (self->job);
  torg_job_finish (self->job);
  g_clear_object (&self->job);
}

static void
search (TorgDuplicatesDialog *self)
{
  stop (self);
  self->job = torg_job_new (_ ("Searching for duplicates"));
  g_signal_connect_object (self->job, "notify::fraction", G_CALLBACK (reported_cb), self, G_CONNECT_SWAPPED);
  torg_session_add_job (self->session, self->job);
  gtk_progress_bar_set_fraction (self->progress, 0);
  gtk_stack_set_visible_child_name (self->stack, "search");
  gtk_widget_set_sensitive (self->again_button, FALSE);
  gtk_widget_grab_focus (self->cancel_button);
  torg_pairs_find_async (torg_session_get_replica (self->session), get_kind (self), self->of, self->job, found_cb,
                         g_object_ref (self));
}

static void
search_cb (TorgDuplicatesDialog *self)
{
  if (self->session != NULL)
    search (self);
}

static void
kind_cb (TorgDuplicatesDialog *self)
{
  /* One record is of one kind. */
  g_clear_pointer (&self->of, g_free);
  search_cb (self);
}

static void
cancel_cb (TorgDuplicatesDialog *self)
{
  if (self->job != NULL)
    torg_job_cancel (self->job);
}

/* --- one pair after the other ------------------------------------------------------------------------------------- */

static void compare (TorgDuplicatesDialog *self, guint at);

/* What went is in no other pair any more. */
static void
decided_cb (TorgDuplicatesDialog *self, const char *gone)
{
  for (guint i = self->pairs->len; i > 0; i--)
    {
      const TorgPair *pair = self->pairs->pdata[i - 1];

      if (gone != NULL ? g_str_equal (pair->one, gone) || g_str_equal (pair->other, gone) : i - 1 == self->at)
        {
          g_ptr_array_remove_index (self->pairs, i - 1);
          self->at -= i - 1 < self->at ? 1 : 0;
        }
    }
  show (self);
  compare (self, self->at);
}

static void
skipped_cb (TorgDuplicatesDialog *self)
{
  compare (self, self->at + 1);
}

/* Past the last one there is the list. */
static void
compare (TorgDuplicatesDialog *self, guint at)
{
  g_autoptr (GListModel) open = adw_navigation_view_get_navigation_stack (self->view);
  g_autoptr (AdwNavigationPage) first = g_list_model_get_item (open, 0);
  AdwNavigationPage *page;

  adw_navigation_view_pop_to_page (self->view, first);
  if (self->pairs == NULL || at >= self->pairs->len)
    return;
  self->at = at;
  page = torg_unite_page_new (self->session, get_kind (self), self->pairs->pdata[at]);
  g_signal_connect_object (page, "decided", G_CALLBACK (decided_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (page, "skipped", G_CALLBACK (skipped_cb), self, G_CONNECT_SWAPPED);
  adw_navigation_view_push (self->view, page);
}

static void
row_activated_cb (TorgDuplicatesDialog *self, GtkListBoxRow *row)
{
  compare (self, (guint) gtk_list_box_row_get_index (row));
}

/* The window's own toasts are behind the dialog. */
static void
said_cb (TorgDuplicatesDialog *self, const char *text, gint64 step)
{
  adw_toast_overlay_dismiss_all (self->toasts);
  adw_toast_overlay_add_toast (self->toasts, torg_toast_new (self->session, text, step));
}

static void
torg_duplicates_dialog_closed (AdwDialog *dialog)
{
  stop (TORG_DUPLICATES_DIALOG (dialog));
}

static void
torg_duplicates_dialog_dispose (GObject *object)
{
  TorgDuplicatesDialog *self = TORG_DUPLICATES_DIALOG (object);

  stop (self);
  gtk_widget_dispose_template (GTK_WIDGET (object), TORG_TYPE_DUPLICATES_DIALOG);
  g_clear_object (&self->session);
  g_clear_pointer (&self->pairs, g_ptr_array_unref);
  g_clear_pointer (&self->of, g_free);
  G_OBJECT_CLASS (torg_duplicates_dialog_parent_class)->dispose (object);
}

static void
torg_duplicates_dialog_class_init (TorgDuplicatesDialogClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = torg_duplicates_dialog_dispose;
  ADW_DIALOG_CLASS (klass)->closed = torg_duplicates_dialog_closed;
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/torgcrm/Torg/ui/duplicates/torg-duplicates-dialog.ui");
  gtk_widget_class_bind_template_child (widget_class, TorgDuplicatesDialog, toasts);
  gtk_widget_class_bind_template_child (widget_class, TorgDuplicatesDialog, view);
  gtk_widget_class_bind_template_child (widget_class, TorgDuplicatesDialog, kind);
  gtk_widget_class_bind_template_child (widget_class, TorgDuplicatesDialog, again_button);
  gtk_widget_class_bind_template_child (widget_class, TorgDuplicatesDialog, stack);
  gtk_widget_class_bind_template_child (widget_class, TorgDuplicatesDialog, progress);
  gtk_widget_class_bind_template_child (widget_class, TorgDuplicatesDialog, cancel_button);
  gtk_widget_class_bind_template_child (widget_class, TorgDuplicatesDialog, none);
  gtk_widget_class_bind_template_child (widget_class, TorgDuplicatesDialog, group);
  gtk_widget_class_bind_template_child (widget_class, TorgDuplicatesDialog, list);
  gtk_widget_class_bind_template_callback (widget_class, search_cb);
  gtk_widget_class_bind_template_callback (widget_class, cancel_cb);
  gtk_widget_class_bind_template_callback (widget_class, row_activated_cb);
}

static void
torg_duplicates_dialog_init (TorgDuplicatesDialog *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

/**
 * torg_duplicates_dialog_takes:
 * @type: the name of a type
 *
 * Tells whether duplicates are looked for among records of a type.
 *
 * Returns: whether they are
 */
gboolean
torg_duplicates_dialog_takes (const char *type)
{
  return torg_pairs_is_type (type);
}

/**
 * torg_duplicates_dialog_new:
 * @session: the session
 * @type: a type that [func@duplicates_dialog_takes]
 * @of: (nullable): the id of a record whose duplicates are wanted; %NULL for all
 *
 * Makes the window of duplicates, which begins to search.
 *
 * Returns: a new dialog
 */
AdwDialog *
torg_duplicates_dialog_new (TorgSession *session, const char *type, const char *of)
{
  TorgDuplicatesDialog *self = g_object_new (TORG_TYPE_DUPLICATES_DIALOG, NULL);
  TorgSchema           *schema = torg_session_get_schema (session);
  g_autoptr (GtkStringList) names = gtk_string_list_new (NULL);

  self->of = g_strdup (of);
  for (guint i = 0; i < G_N_ELEMENTS (types); i++)
    gtk_string_list_append (names, torg_type_get_label_plural (torg_schema_find (schema, types[i])));
  gtk_drop_down_set_model (self->kind, G_LIST_MODEL (names));
  for (guint i = 0; i < G_N_ELEMENTS (types); i++)
    if (g_str_equal (types[i], type))
      gtk_drop_down_set_selected (self->kind, i);
  self->session = g_object_ref (session);
  g_signal_connect_object (self->kind, "notify::selected", G_CALLBACK (kind_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (session, "said", G_CALLBACK (said_cb), self, G_CONNECT_SWAPPED);
  search (self);
  return ADW_DIALOG (self);
}
