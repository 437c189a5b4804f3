/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "torg-ui"

#include "config.h"

#include "torg-attention-dialog.h"
#include "torg-decision-row.h"
#include "torg-toast.h"

#include <glib/gi18n-lib.h>

struct _TorgAttentionDialog
{
  AdwDialog parent_instance;

  GtkWidget       *close_button;
  AdwToastOverlay *toasts;
  GtkWidget       *list;
  GtkStack        *stack;

  TorgSession *session; /* (owned) */
  gboolean     reading;
  gboolean     again;   /* something changed while it was read */
  gboolean     refocus; /* the button that was pressed is going away */
};

G_DEFINE_FINAL_TYPE (TorgAttentionDialog, torg_attention_dialog, ADW_TYPE_DIALOG)

static gpointer
read_decisions (TorgStore *store, gpointer data, GCancellable *cancellable, GError **error)
{
  return torg_decision_list (store, error);
}

/* --- what was rejected -------------------------------------------------------------------------------------------- */

/* What is removed, to be put back by the toast. */
typedef struct
{
  TorgWireMutation *mutation; /* (owned) */
  char             *code;     /* (owned) */
  char             *detail;   /* (owned) (nullable) */
  gint64            rowid;
} Removed;

static void
removed_free (gpointer data)
{
  Removed *removed = data;

  torg_wire_mutation_free (removed->mutation);
  g_free (removed->code);
  g_free (removed->detail);
  g_free (removed);
}

static Removed *
removed_copy (TorgWireMutation *mutation, const char *code, const char *detail, gint64 rowid)
{
  Removed *removed = g_new0 (Removed, 1);
  g_autoptr (JsonNode) node = torg_wire_mutation_to_json (mutation);

  removed->mutation = torg_wire_mutation_from_json (node, NULL);
  removed->code = g_strdup (code);
  removed->detail = g_strdup (detail);
  removed->rowid = rowid;
  return removed;
}

static gpointer
drop_in_store (TorgStore *store, gpointer data, GCancellable *cancellable, GError **error)
{
  Removed *removed = data;

  return GINT_TO_POINTER (torg_store_drop_attention (store, removed->rowid, error));
}

static gpointer
put_back_in_store (TorgStore *store, gpointer data, GCancellable *cancellable, GError **error)
{
  Removed *removed = data;

  return GINT_TO_POINTER (torg_store_add_attention (store, removed->mutation, removed->code, removed->detail, error));
}

static void reload (TorgAttentionDialog *self);

/* What is not a record tells nobody that it changed: the syncer counts anew after a look at the server. */
static void
written_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (TorgAttentionDialog) self = data;
  g_autoptr (GError) error = NULL;

  if (self->session == NULL)
    return;
  torg_replica_call_finish (TORG_REPLICA (source), result, &error);
  if (error != NULL)
    torg_session_fail (self->session, error);
  torg_syncer_sync (torg_session_get_syncer (self->session));
  reload (self);
}

static void
put_back_cb (TorgAttentionDialog *self, AdwToast *toast)
{
  Removed *removed = g_object_get_data (G_OBJECT (toast), "torg-removed");

  torg_replica_call_async (torg_session_get_replica (self->session), TORG_LANE_WRITE, put_back_in_store,
                           removed_copy (removed->mutation, removed->code, removed->detail, removed->rowid),
                           removed_free, NULL, NULL, written_cb, g_object_ref (self));
}

static void
drop (TorgAttentionDialog *self, TorgDecision *decision)
{
  TorgAttention    *item = decision->rejected;
  TorgWireMutation *mutation = decision->words->mutation;
  AdwToast         *toast = adw_toast_new (_ ("Removed from the list"));

  torg_replica_call_async (torg_session_get_replica (self->session), TORG_LANE_WRITE, drop_in_store,
                           removed_copy (mutation, item->code, item->detail, item->rowid), removed_free, NULL, NULL,
                           written_cb, g_object_ref (self));
  adw_toast_set_button_label (toast, _ ("_Undo"));
  g_object_set_data_full (G_OBJECT (toast), "torg-removed",
                          removed_copy (mutation, item->code, item->detail, item->rowid), removed_free);
  g_signal_connect_object (toast, "button-clicked", G_CALLBACK (put_back_cb), self, G_CONNECT_SWAPPED);
  adw_toast_overlay_add_toast (self->toasts, toast);
}

/* --- differences -------------------------------------------------------------------------------------------------- */

static void
settled_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (TorgAttentionDialog) self = data;

  /* The user was told; the row waits for another answer. */
  torg_session_apply_finish (TORG_SESSION (source), result, NULL);
  if (self->session != NULL)
    reload (self);
}

/* The window's own toasts are behind the dialog. */
static void
said_cb (TorgAttentionDialog *self, const char *text, gint64 step)
{
  adw_toast_overlay_dismiss_all (self->toasts);
  adw_toast_overlay_add_toast (self->toasts, torg_toast_new (self->session, text, step));
  /* What was undone is open again. */
  reload (self);
}

static void
open_card (TorgAttentionDialog *self, TorgDecision *decision)
{
  g_autofree char *type = g_strdup (decision->words->open_type);
  g_autofree char *id = g_strdup (decision->words->open_id);

  g_object_ref (self);
  adw_dialog_close (ADW_DIALOG (self));
  torg_session_open_record (self->session, type, id, NULL, GTK_INVALID_LIST_POSITION, FALSE);
  g_object_unref (self);
}

static void
chosen_cb (TorgAttentionDialog *self, const char *what, TorgDecisionRow *row)
{
  TorgDecision *decision = torg_decision_row_get_decision (row);
  g_autoptr (TorgEdit) edit = NULL;

  if (g_str_equal (what, "open"))
    {
      open_card (self, decision);
      return;
    }
  if (g_str_equal (what, "copied"))
    {
      adw_toast_overlay_add_toast (self->toasts, adw_toast_new (_ ("Copied")));
      return;
    }
  gtk_widget_set_sensitive (GTK_WIDGET (row), FALSE);
  self->refocus = TRUE;
  if (g_str_equal (what, "drop"))
    {
      drop (self, decision);
      return;
    }
  if (g_str_equal (what, "retry"))
    edit = torg_edit_ref (decision->retry);
  else if (g_str_equal (what, "other"))
    edit = torg_decision_make_other (decision, torg_decision_row_get_value (row));
  else
    edit = torg_decision_make_edit (decision, g_str_equal (what, "take"));
  torg_session_apply_async (self->session, edit, settled_cb, g_object_ref (self));
}

/* --- the list ----------------------------------------------------------------------------------------------------- */

static TorgDecisionRow *
find_row (TorgAttentionDialog *self, const char *key)
{
  for (GtkWidget *row = gtk_widget_get_first_child (self->list); row != NULL; row = gtk_widget_get_next_sibling (row))
    if (g_str_equal (torg_decision_row_get_decision (TORG_DECISION_ROW (row))->key, key))
      return TORG_DECISION_ROW (row);
  return NULL;
}

static gboolean
contains (GPtrArray *decisions, const char *key)
{
  for (guint i = 0; i < decisions->len; i++)
    if (g_str_equal (((TorgDecision *) g_ptr_array_index (decisions, i))->key, key))
      return TRUE;
  return FALSE;
}

static void
remove_others (TorgAttentionDialog *self, GPtrArray *decisions)
{
  GtkWidget *next;

  for (GtkWidget *row = gtk_widget_get_first_child (self->list); row != NULL; row = next)
    {
      next = gtk_widget_get_next_sibling (row);
      if (!contains (decisions, torg_decision_row_get_decision (TORG_DECISION_ROW (row))->key))
        gtk_box_remove (GTK_BOX (self->list), row);
    }
}

/* Rows that stay are kept, and the focus with them. */
static void
show_decisions (TorgAttentionDialog *self, GPtrArray *decisions)
{
  GtkWidget *before = NULL;

  remove_others (self, decisions);
  for (guint i = 0; i < decisions->len; i++)
    {
      TorgDecision    *decision = g_ptr_array_index (decisions, i);
      TorgDecisionRow *row = find_row (self, decision->key);

      if (row != NULL)
        {
          torg_decision_row_set_decision (row, decision);
          gtk_widget_set_sensitive (GTK_WIDGET (row), TRUE);
        }
      else
        {
          row = TORG_DECISION_ROW (torg_decision_row_new (self->session, decision));
          g_signal_connect_object (row, "chosen", G_CALLBACK (chosen_cb), self, G_CONNECT_SWAPPED);
          gtk_box_insert_child_after (GTK_BOX (self->list), GTK_WIDGET (row), before);
        }
      before = GTK_WIDGET (row);
    }
  g_ptr_array_set_free_func (decisions, NULL);
  gtk_stack_set_visible_child_name (self->stack, decisions->len > 0 ? "list" : "nothing");
  if (self->refocus && gtk_widget_get_focus_child (self->list) == NULL)
    gtk_widget_child_focus (decisions->len > 0 ? self->list : self->close_button, GTK_DIR_TAB_FORWARD);
}

static void
read_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (TorgAttentionDialog) self = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) decisions = torg_replica_call_finish (TORG_REPLICA (source), result, &error);

  self->reading = FALSE;
  if (self->session == NULL)
    return;
  if (decisions == NULL)
    {
      torg_session_fail (self->session, error);
      return;
    }
  show_decisions (self, decisions);
  if (self->again)
    reload (self);
}

static void
reload (TorgAttentionDialog *self)
{
  self->again = self->reading;
  if (self->reading)
    return;
  self->reading = TRUE;
  torg_replica_call_async (torg_session_get_replica (self->session), TORG_LANE_READ, read_decisions, NULL, NULL,
                           (GDestroyNotify) g_ptr_array_unref, NULL, read_cb, g_object_ref (self));
}

static void
torg_attention_dialog_dispose (GObject *object)
{
  gtk_widget_dispose_template (GTK_WIDGET (object), TORG_TYPE_ATTENTION_DIALOG);
  g_clear_object (&TORG_ATTENTION_DIALOG (object)->session);
  G_OBJECT_CLASS (torg_attention_dialog_parent_class)->dispose (object);
}

static void
torg_attention_dialog_class_init (TorgAttentionDialogClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = torg_attention_dialog_dispose;
  gtk_widget_class_set_template_from_resource (widget_class, "/org/torgcrm/Torg/ui/shell/torg-attention-dialog.ui");
  gtk_widget_class_bind_template_child (widget_class, TorgAttentionDialog, close_button);
  gtk_widget_class_bind_template_callback (widget_class, adw_dialog_close);
  gtk_widget_class_bind_template_child (widget_class, TorgAttentionDialog, toasts);
  gtk_widget_class_bind_template_child (widget_class, TorgAttentionDialog, list);
  gtk_widget_class_bind_template_child (widget_class, TorgAttentionDialog, stack);
}

static void
torg_attention_dialog_init (TorgAttentionDialog *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

/**
 * torg_attention_dialog_new:
 * @session: the session
 *
 * Makes the list of what needs a decision.
 *
 * Returns: a new dialog
 */
AdwDialog *
torg_attention_dialog_new (TorgSession *session)
{
  TorgAttentionDialog *self = g_object_new (TORG_TYPE_ATTENTION_DIALOG, NULL);

  self->session = g_object_ref (session);
  g_signal_connect_object (torg_session_get_syncer (session), "changed", G_CALLBACK (reload), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (session, "said", G_CALLBACK (said_cb), self, G_CONNECT_SWAPPED);
  reload (self);
  return ADW_DIALOG (self);
}
