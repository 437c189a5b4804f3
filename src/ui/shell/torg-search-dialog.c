/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "torg-ui"

#include "config.h"

#include "torg-search-dialog.h"
#include "torg-input.h"
#include "torg-search-row.h"

#include <glib/gi18n-lib.h>

#define MOST_HITS 40

struct _TorgSearchDialog
{
  AdwDialog parent_instance;

  GtkSearchEntry *entry;
  GtkStack       *stack;
  GtkListBox     *list;

  TorgSession  *session;     /* (owned) */
  GCancellable *cancellable; /* (owned) (nullable): of the query under way */
  gboolean      open_first;  /* Enter was pressed before the answer came */
};

G_DEFINE_FINAL_TYPE (TorgSearchDialog, torg_search_dialog, ADW_TYPE_DIALOG)

/* In this order the types follow each other. */
static const char *const type_order[] = { "deal", "lead", "company", "person", "legal_entity", "product", "activity" };

static guint
order_of (const TorgHit *hit)
{
  const char *type = torg_record_get_kind (torg_row_get_record (hit->row))->info->name;

  for (guint i = 0; i < G_N_ELEMENTS (type_order); i++)
    if (g_str_equal (type, type_order[i]))
      return i;
  return G_N_ELEMENTS (type_order);
}

static int
compare_hits (gconstpointer a, gconstpointer b)
{
  const TorgHit *one = *(TorgHit *const *) a;
  const TorgHit *other = *(TorgHit *const *) b;
  guint          order = order_of (one);
  guint          other_order = order_of (other);

  if (order != other_order)
    return order < other_order ? -1 : 1;
  return other->score - one->score;
}

static gpointer
search (TorgStore *store, gpointer data, GCancellable *cancellable, GError **error)
{
  if (g_cancellable_set_error_if_cancelled (cancellable, error))
    return NULL;
  return torg_store_search (store, data, NULL, MOST_HITS, error);
}

static const TorgType *
type_of_row (GtkListBoxRow *row)
{
  return torg_record_get_kind (torg_search_row_get_record (TORG_SEARCH_ROW (row)));
}

static void
header_func (GtkListBoxRow *row, GtkListBoxRow *before, gpointer data)
{
  const TorgType *type = type_of_row (row);
  GtkWidget      *label;

  if (before != NULL && type_of_row (before) == type)
    {
      gtk_list_box_row_set_header (row, NULL);
      return;
    }
  label = gtk_label_new (torg_type_get_label_plural (type));
  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_widget_add_css_class (label, "heading");
  gtk_widget_add_css_class (label, "dim-label");
  gtk_widget_set_margin_start (label, 12);
  gtk_widget_set_margin_top (label, before != NULL ? 12 : 6);
  gtk_widget_set_margin_bottom (label, 6);
  gtk_list_box_row_set_header (row, label);
}

static void
row_activated_cb (TorgSearchDialog *self, GtkListBoxRow *row)
{
  g_autoptr (TorgRecord) record = torg_record_ref (torg_search_row_get_record (TORG_SEARCH_ROW (row)));

  g_object_ref (self);
  adw_dialog_close (ADW_DIALOG (self));
  torg_session_open_card (self->session, record, NULL, GTK_INVALID_LIST_POSITION, FALSE);
  g_object_unref (self);
}

static void
open_first (TorgSearchDialog *self)
{
  GtkListBoxRow *row = gtk_list_box_get_selected_row (self->list);

  if (row == NULL)
    row = gtk_list_box_get_row_at_index (self->list, 0);
  if (row != NULL)
    row_activated_cb (self, row);
}

static void
found_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (TorgSearchDialog) self = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) hits = torg_replica_call_finish (TORG_REPLICA (source), result, &error);

  if (hits == NULL)
    {
      if (self->session != NULL)
        torg_session_fail (self->session, error);
      return;
    }
  if (self->list == NULL || g_cancellable_is_cancelled (self->cancellable))
    return;
  g_clear_object (&self->cancellable);
  gtk_list_box_remove_all (self->list);
  g_ptr_array_sort (hits, compare_hits);
  for (guint i = 0; i < hits->len; i++)
    {
      TorgHit *hit = g_ptr_array_index (hits, i);

      gtk_list_box_append (self->list, torg_search_row_new (self->session, hit->row));
    }
  gtk_list_box_select_row (self->list, gtk_list_box_get_row_at_index (self->list, 0));
  gtk_stack_set_visible_child_name (self->stack, hits->len > 0 ? "hits" : "nothing");
  if (self->open_first)
    open_first (self);
  self->open_first = FALSE;
}

static void
search_changed_cb (TorgSearchDialog *self)
{
  g_autofree char *text = g_strstrip (g_strdup (gtk_editable_get_text (GTK_EDITABLE (self->entry))));

  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  if (*text == '\0')
    {
      gtk_stack_set_visible_child_name (self->stack, "hint");
      return;
    }
  self->cancellable = g_cancellable_new ();
  torg_replica_call_async (torg_session_get_replica (self->session), TORG_LANE_COUNT, search, g_steal_pointer (&text),
                           g_free, (GDestroyNotify) g_ptr_array_unref, self->cancellable, found_cb,
                           g_object_ref (self));
}

static void
entry_activated_cb (TorgSearchDialog *self)
{
  if (self->cancellable != NULL)
    self->open_first = TRUE;
  else
    open_first (self);
}

static void
torg_search_dialog_dispose (GObject *object)
{
  TorgSearchDialog *self = TORG_SEARCH_DIALOG (object);

  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  g_clear_object (&self->session);
  gtk_widget_dispose_template (GTK_WIDGET (object), TORG_TYPE_SEARCH_DIALOG);
  G_OBJECT_CLASS (torg_search_dialog_parent_class)->dispose (object);
}

static void
torg_search_dialog_class_init (TorgSearchDialogClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = torg_search_dialog_dispose;
  gtk_widget_class_set_template_from_resource (widget_class, "/org/torgcrm/Torg/ui/shell/torg-search-dialog.ui");
  gtk_widget_class_bind_template_child (widget_class, TorgSearchDialog, entry);
  gtk_widget_class_bind_template_child (widget_class, TorgSearchDialog, stack);
  gtk_widget_class_bind_template_child (widget_class, TorgSearchDialog, list);
  gtk_widget_class_bind_template_callback (widget_class, search_changed_cb);
  gtk_widget_class_bind_template_callback (widget_class, entry_activated_cb);
  gtk_widget_class_bind_template_callback (widget_class, adw_dialog_close);
  gtk_widget_class_bind_template_callback (widget_class, row_activated_cb);
}

static void
torg_search_dialog_init (TorgSearchDialog *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  gtk_list_box_set_header_func (self->list, header_func, NULL, NULL);
  torg_input_add_arrows (GTK_WIDGET (self->entry), self->list);
}

/**
 * torg_search_dialog_new:
 * @session: the session
 *
 * Makes the search for everything.
 *
 * Returns: a new dialog
 */
AdwDialog *
torg_search_dialog_new (TorgSession *session)
{
  TorgSearchDialog *self = g_object_new (TORG_TYPE_SEARCH_DIALOG, NULL);

  self->session = g_object_ref (session);
  return ADW_DIALOG (self);
}
