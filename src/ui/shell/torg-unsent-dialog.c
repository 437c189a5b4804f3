/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "torg-ui"

#include "config.h"

#include "torg-unsent-dialog.h"
#include "torg-edit-words.h"
#include "torg-sync-words.h"
#include "torg-toast.h"
#include "torg-words.h"

#include <glib/gi18n-lib.h>

/* An import can wait too: more than these nobody reads. */
#define MOST_CHANGES 200
/* How old a change is goes on. */
#define TICK_SECONDS 10

struct _TorgUnsentDialog
{
  AdwDialog parent_instance;

  GtkWidget       *close_button;
  GtkListBox      *list;
  GtkLabel        *more;
  GtkStack        *stack;
  AdwToastOverlay *toasts;

  TorgSession *session; /* (owned) */
  guint        tick_source;
  gboolean     reading;
  gboolean     again; /* something changed while it was read */
};

G_DEFINE_FINAL_TYPE (TorgUnsentDialog, torg_unsent_dialog, ADW_TYPE_DIALOG)

typedef struct
{
  GPtrArray *changes; /* (owned) (element-type TorgEditWords) */
  GArray    *steps;   /* (owned) (element-type gint64): of each, by which it is taken back; or 0 */
  guint      n;
} Unsent;

static void
unsent_free (gpointer data)
{
  Unsent *unsent = data;

  g_ptr_array_unref (unsent->changes);
  g_array_unref (unsent->steps);
  g_free (unsent);
}

static gpointer
read_unsent (TorgStore *store, gpointer data, GCancellable *cancellable, GError **error)
{
  g_autoptr (GPtrArray) mutations = torg_store_list_unsent (store, NULL, error);
  Unsent *unsent;

  if (mutations == NULL)
    return NULL;
  unsent = g_new0 (Unsent, 1);
  unsent->n = mutations->len;
  unsent->changes = g_ptr_array_new_with_free_func ((GDestroyNotify) torg_edit_words_free);
  unsent->steps = g_array_new (FALSE, FALSE, sizeof (gint64));
  while (mutations->len > 0 && unsent->changes->len < MOST_CHANGES)
    {
      TorgWireMutation *mutation = g_ptr_array_steal_index (mutations, mutations->len - 1);
      gint64            step = torg_store_find_step (store, mutation->id);

      g_ptr_array_add (unsent->changes, torg_edit_words_read (store, mutation));
      g_array_append_val (unsent->steps, step);
    }
  return unsent;
}

/* --- the list ----------------------------------------------------------------------------------------------------- */

static TorgEditWords *
get_words (gpointer row)
{
  return row != NULL ? g_object_get_data (row, "torg-words") : NULL;
}

/* What it is and how old, then what was done to it. */
static void
update_row (TorgUnsentDialog *self, AdwActionRow *row)
{
  TorgEditWords   *words = get_words (row);
  gint64           now = torg_session_get_now (self->session);
  g_autofree char *type = torg_edit_words_say_type (words, self->session);
  g_autofree char *ago = torg_sync_words_ago (words->mutation->edited_at, now);
  g_autofree char *done = torg_edit_words_say (words, self->session);
  g_autofree char *subtitle = g_strdup_printf ("%s · %s\n%s", type, ago, done);

  adw_action_row_set_subtitle (row, subtitle);
}

/* --- taking back -------------------------------------------------------------------------------------------------- */

static void
answered_cb (GtkWidget *row, const char *answer)
{
  TorgUnsentDialog *self = TORG_UNSENT_DIALOG (gtk_widget_get_ancestor (row, TORG_TYPE_UNSENT_DIALOG));
  gint64           *step = g_object_get_data (G_OBJECT (row), "torg-step");

  /* It may have been sent meanwhile: then it is taken back at the server. */
  if (self != NULL && g_str_equal (answer, "discard"))
    torg_session_undo (self->session, *step);
}

/* Nothing brings it back afterwards, so it is asked about. */
static void
discard_cb (GtkWidget *row)
{
  TorgUnsentDialog *self = TORG_UNSENT_DIALOG (gtk_widget_get_ancestor (row, TORG_TYPE_UNSENT_DIALOG));
  g_autofree char  *done = torg_edit_words_say (get_words (row), self->session);
  AdwDialog        *dialog = adw_alert_dialog_new (_ ("Take This Change Back?"), NULL);

  adw_alert_dialog_format_body (
    ADW_ALERT_DIALOG (dialog), "%s\n%s\n\n%s", adw_preferences_row_get_title (ADW_PREFERENCES_ROW (row)), done,
    _ ("It is taken back here, with all that was done at the same time, and is not sent. It cannot be brought back."));
  adw_alert_dialog_add_responses (ADW_ALERT_DIALOG (dialog), "keep", _ ("_Keep"), "discard", _ ("_Take Back"), NULL);
  adw_alert_dialog_set_response_appearance (ADW_ALERT_DIALOG (dialog), "discard", ADW_RESPONSE_DESTRUCTIVE);
  adw_alert_dialog_set_default_response (ADW_ALERT_DIALOG (dialog), "keep");
  adw_alert_dialog_set_close_response (ADW_ALERT_DIALOG (dialog), "keep");
  g_signal_connect_object (dialog, "response", G_CALLBACK (answered_cb), row, G_CONNECT_SWAPPED);
  adw_dialog_present (dialog, GTK_WIDGET (self));
}

static GtkWidget *
create_discard_button (GtkWidget *row)
{
  GtkWidget *button = gtk_button_new_from_icon_name ("edit-undo-symbolic");

  gtk_widget_set_valign (button, GTK_ALIGN_CENTER);
  gtk_widget_add_css_class (button, "flat");
  gtk_widget_set_tooltip_text (button, _ ("Take Back"));
  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, _ ("Take Back"), -1);
  g_signal_connect_object (button, "clicked", G_CALLBACK (discard_cb), row, G_CONNECT_SWAPPED);
  return button;
}

/* --- rows --------------------------------------------------------------------------------------------------------- */

static GtkWidget *
create_row (TorgUnsentDialog *self, TorgEditWords *words, gint64 step)
{
  GtkWidget       *row = adw_action_row_new ();
  g_autofree char *title = torg_edit_words_dup_title (words, self->session);

  g_object_set_data_full (G_OBJECT (row), "torg-words", words, (GDestroyNotify) torg_edit_words_free);
  adw_preferences_row_set_use_markup (ADW_PREFERENCES_ROW (row), FALSE);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), title);
  adw_action_row_set_subtitle_lines (ADW_ACTION_ROW (row), 4);
  adw_action_row_add_prefix (ADW_ACTION_ROW (row), gtk_image_new_from_icon_name (torg_edit_words_get_icon (words)));
  if (step != 0)
    {
      g_object_set_data_full (G_OBJECT (row), "torg-step", g_memdup2 (&step, sizeof step), g_free);
      adw_action_row_add_suffix (ADW_ACTION_ROW (row), create_discard_button (row));
    }
  if (words->open_id != NULL)
    {
      gtk_list_box_row_set_activatable (GTK_LIST_BOX_ROW (row), TRUE);
      adw_action_row_add_suffix (ADW_ACTION_ROW (row), gtk_image_new_from_icon_name ("go-next-symbolic"));
    }
  update_row (self, ADW_ACTION_ROW (row));
  return row;
}

static gboolean
contains (GPtrArray *changes, const char *mutation)
{
  for (guint i = 0; i < changes->len; i++)
    if (g_str_equal (((TorgEditWords *) g_ptr_array_index (changes, i))->mutation->id, mutation))
      return TRUE;
  return FALSE;
}

/* Rows that stay are kept, and the focus with them. */
static void
show (TorgUnsentDialog *self, GPtrArray *changes, GArray *steps)
{
  GtkWidget *next;

  for (GtkWidget *row = gtk_widget_get_first_child (GTK_WIDGET (self->list)); row != NULL; row = next)
    {
      next = gtk_widget_get_next_sibling (row);
      if (!contains (changes, get_words (row)->mutation->id))
        gtk_list_box_remove (self->list, row);
    }
  for (guint i = 0; i < changes->len; i++)
    {
      TorgEditWords *words = g_ptr_array_index (changes, i);
      TorgEditWords *there = get_words (gtk_list_box_get_row_at_index (self->list, (int) i));

      if (there != NULL && g_str_equal (there->mutation->id, words->mutation->id))
        torg_edit_words_free (words);
      else
        gtk_list_box_insert (self->list, create_row (self, words, g_array_index (steps, gint64, i)), (int) i);
    }
  g_ptr_array_set_free_func (changes, NULL);
}

static void reload (TorgUnsentDialog *self);

static void
read_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (TorgUnsentDialog) self = data;
  g_autoptr (GError) error = NULL;
  Unsent          *unsent = torg_replica_call_finish (TORG_REPLICA (source), result, &error);
  g_autofree char *more = NULL;

  self->reading = FALSE;
  if (self->list == NULL)
    {
      g_clear_pointer (&unsent, unsent_free);
      return;
    }
  if (unsent == NULL)
    {
      torg_session_fail (self->session, error);
      return;
    }
  show (self, unsent->changes, unsent->steps);
  if (unsent->n > MOST_CHANGES)
    more =
      g_strdup_printf (ngettext ("And %u more", "And %u more", unsent->n - MOST_CHANGES), unsent->n - MOST_CHANGES);
  gtk_label_set_label (self->more, more != NULL ? more : "");
  gtk_widget_set_visible (GTK_WIDGET (self->more), more != NULL);
  gtk_stack_set_visible_child_name (self->stack, unsent->n > 0 ? "list" : "nothing");
  /* The row that had the focus is gone. */
  if (gtk_widget_get_mapped (GTK_WIDGET (self)) && gtk_widget_get_focus_child (GTK_WIDGET (self)) == NULL)
    gtk_widget_child_focus (unsent->n > 0 ? GTK_WIDGET (self->list) : self->close_button, GTK_DIR_TAB_FORWARD);
  unsent_free (unsent);
  if (self->again)
    reload (self);
}

static void
reload (TorgUnsentDialog *self)
{
  self->again = self->reading;
  if (self->reading)
    return;
  self->reading = TRUE;
  torg_replica_call_async (torg_session_get_replica (self->session), TORG_LANE_READ, read_unsent, NULL, NULL,
                           unsent_free, NULL, read_cb, g_object_ref (self));
}

/* The window's own toasts are behind the dialog. */
static void
said_cb (TorgUnsentDialog *self, const char *text, gint64 step)
{
  adw_toast_overlay_dismiss_all (self->toasts);
  adw_toast_overlay_add_toast (self->toasts, torg_toast_new (self->session, text, step));
  reload (self);
}

static gboolean
tick_cb (gpointer data)
{
  TorgUnsentDialog *self = data;

  for (GtkWidget *row = gtk_widget_get_first_child (GTK_WIDGET (self->list)); row != NULL;
       row = gtk_widget_get_next_sibling (row))
    update_row (self, ADW_ACTION_ROW (row));
  return G_SOURCE_CONTINUE;
}

static void
row_activated_cb (TorgUnsentDialog *self, GtkListBoxRow *row)
{
  TorgEditWords   *words = get_words (row);
  g_autofree char *type = g_strdup (words->open_type);
  g_autofree char *id = g_strdup (words->open_id);

  if (id == NULL)
    return;
  g_object_ref (self);
  adw_dialog_close (ADW_DIALOG (self));
  torg_session_open_record (self->session, type, id, NULL, GTK_INVALID_LIST_POSITION, FALSE);
  g_object_unref (self);
}

static void
torg_unsent_dialog_dispose (GObject *object)
{
  TorgUnsentDialog *self = TORG_UNSENT_DIALOG (object);

  g_clear_handle_id (&self->tick_source, g_source_remove);
  gtk_widget_dispose_template (GTK_WIDGET (object), TORG_TYPE_UNSENT_DIALOG);
  g_clear_object (&self->session);
  G_OBJECT_CLASS (torg_unsent_dialog_parent_class)->dispose (object);
}

static void
torg_unsent_dialog_class_init (TorgUnsentDialogClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = torg_unsent_dialog_dispose;
  gtk_widget_class_set_template_from_resource (widget_class, "/org/torgcrm/Torg/ui/shell/torg-unsent-dialog.ui");
  gtk_widget_class_bind_template_child (widget_class, TorgUnsentDialog, close_button);
  gtk_widget_class_bind_template_callback (widget_class, adw_dialog_close);
  gtk_widget_class_bind_template_child (widget_class, TorgUnsentDialog, list);
  gtk_widget_class_bind_template_child (widget_class, TorgUnsentDialog, more);
  gtk_widget_class_bind_template_child (widget_class, TorgUnsentDialog, stack);
  gtk_widget_class_bind_template_child (widget_class, TorgUnsentDialog, toasts);
  gtk_widget_class_bind_template_callback (widget_class, row_activated_cb);
}

static void
torg_unsent_dialog_init (TorgUnsentDialog *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  self->tick_source = g_timeout_add_seconds (TICK_SECONDS, tick_cb, self);
}

/**
 * torg_unsent_dialog_new:
 * @session: the session
 *
 * Makes the list of what is not sent yet.
 *
 * Returns: a new dialog
 */
AdwDialog *
torg_unsent_dialog_new (TorgSession *session)
{
  TorgUnsentDialog *self = g_object_new (TORG_TYPE_UNSENT_DIALOG, NULL);

  self->session = g_object_ref (session);
  g_signal_connect_object (torg_session_get_syncer (session), "changed", G_CALLBACK (reload), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (session, "said", G_CALLBACK (said_cb), self, G_CONNECT_SWAPPED);
  reload (self);
  return ADW_DIALOG (self);
}
