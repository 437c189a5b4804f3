/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "torg-ui"

#include "config.h"

#include "torg-record-page.h"
#include "torg-attach.h"
#include "torg-conversion.h"
#include "torg-convert-dialog.h"
#include "torg-duplicates-dialog.h"
#include "torg-facts.h"
#include "torg-line-list.h"
#include "torg-legal-form.h"
#include "torg-list.h"
#include "torg-reopen.h"
#include "torg-requisites-dialog.h"
#include "torg-save-card.h"
#include "torg-share-dialog.h"
#include "torg-timeline.h"
#include "torg-unite-rule.h"
#include "torg-words.h"

#include <glib/gi18n-lib.h>

struct _TorgRecordPage
{
  AdwNavigationPage parent_instance;

  AdwWindowTitle     *title;
  GtkStack           *stack;
  AdwMultiLayoutView *layouts;
  TorgFacts          *facts;
  AdwViewStack       *views;
  AdwViewStack       *sections;
  GtkWidget          *sections_switcher;
  AdwViewStackPage   *lines_page;
  TorgTimeline       *timeline;
  TorgLineList       *lines;
  GtkWidget          *work;
  AdwStatusPage      *gone;

  TorgSession  *session; /* (owned) */
  char         *type;    /* (owned) */
  char         *id;      /* (owned) (nullable) */
  TorgRecord   *record;  /* (owned) (nullable): as it is shown */
  GListModel   *rows;    /* (owned) (nullable): the list that it stands in */
  gint64        rowid;   /* its place in the table, 0 until it is known */
  guint         position;
  GCancellable *cancellable; /* (owned): of the reading of this record */
  gboolean      loading;
  gboolean      again;
  gboolean      loaded;       /* the record is shown */
  guint         ready_source; /* until `ready` was said */
};

/* A card is shown when it is complete, or after so many milliseconds. */
#define PATIENCE_MS 80

G_DEFINE_FINAL_TYPE (TorgRecordPage, torg_record_page, ADW_TYPE_NAVIGATION_PAGE)

enum
{
  SIGNAL_READY,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

static void load (TorgRecordPage *self);

/* --- the record --------------------------------------------------------------------------------------------------- */

/* Of what activities can be about. */
static gboolean
has_timeline (TorgRecordPage *self)
{
  TorgSchema *schema = torg_session_get_schema (self->session);

  return torg_type_find_field (torg_schema_find (schema, "activity"), self->type) != NULL;
}

static gboolean
has_lines (TorgRecordPage *self)
{
  return g_str_equal (self->type, "deal");
}

static gboolean
ready_cb (gpointer data)
{
  TorgRecordPage *self = data;

  self->ready_source = 0;
  /* What takes long leaves room until it comes, but never another record's. */
  if (!self->loaded)
    gtk_stack_set_visible_child_name (self->stack, "wait");
  else if (has_timeline (self) && !torg_timeline_is_filled (self->timeline))
    torg_timeline_hide_last (self->timeline);
  g_signal_emit (self, signals[SIGNAL_READY], 0);
  return G_SOURCE_REMOVE;
}

static void
check_ready (TorgRecordPage *self)
{
  if (self->ready_source == 0 || !self->loaded || (has_timeline (self) && !torg_timeline_is_filled (self->timeline)))
    return;
  g_clear_handle_id (&self->ready_source, g_source_remove);
  ready_cb (self);
}

static gboolean
can_convert (TorgRecord *record)
{
  return g_str_equal (torg_record_get_kind (record)->info->name, "lead") &&
         torg_value_is_null (torg_record_get (record, TORG_CONVERSION_FIELD));
}

static void
show_row (TorgRecordPage *self, TorgRow *row)
{
  TorgRecord      *record = torg_row_get_record (row);
  g_autofree char *title = torg_words_title (record);
  g_autofree char *details = torg_words_details (self->session, row, NULL);

  g_clear_pointer (&self->record, torg_record_unref);
  self->record = torg_record_ref (record);
  self->rowid = torg_row_get_rowid (row);
  adw_navigation_page_set_title (ADW_NAVIGATION_PAGE (self), title);
  adw_window_title_set_title (self->title, title);
  adw_window_title_set_subtitle (self->title,
                                 *details != '\0' ? details : torg_type_get_label (torg_record_get_kind (record)));
  torg_facts_set_row (self->facts, self->session, row);
  if (has_timeline (self))
    torg_timeline_set_record (self->timeline, record);
  self->loaded = TRUE;
  gtk_stack_set_visible_child_name (self->stack, "card");
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "record.delete", TRUE);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "record.convert", can_convert (record));
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "record.reopen", torg_reopen_takes (self->session, record));
}

/* What was merged into another record leads on to that. */
static gboolean
lead_on (TorgRecordPage *self, TorgRow *row)
{
  TorgRecord *record = row != NULL ? torg_row_get_record (row) : NULL;
  const char *kept;

  if (record == NULL || torg_record_get_deleted (record) == 0 || !torg_unite_has (torg_record_get_kind (record)))
    return FALSE;
  kept = torg_record_get_text (record, TORG_UNITE_FIELD);
  if (kept != NULL)
    torg_record_page_show (self, kept, NULL, GTK_INVALID_LIST_POSITION);
  return kept != NULL;
}

static void
loaded_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (TorgRecordPage) self = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (TorgRow) row = torg_replica_get_finish (TORG_REPLICA (source), result, &error);

  /* Another record is being read already. */
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED) || self->stack == NULL ||
      (row != NULL && torg_row_get_record (row) != NULL &&
       !g_str_equal (torg_record_get_id (torg_row_get_record (row)), self->id)))
    return;
  self->loading = FALSE;
  if (lead_on (self, row))
    return;
  if (row == NULL || torg_row_get_record (row) == NULL || torg_record_get_deleted (torg_row_get_record (row)) != 0)
    {
      if (error != NULL && !g_error_matches (error, TORG_ERROR, TORG_ERROR_NOT_FOUND))
        adw_status_page_set_description (self->gone, error->message);
      self->loaded = TRUE;
      gtk_stack_set_visible_child_name (self->stack, "gone");
      gtk_widget_action_set_enabled (GTK_WIDGET (self), "record.delete", FALSE);
    }
  else
    show_row (self, row);
  check_ready (self);
  if (self->again)
    load (self);
}

static void
load (TorgRecordPage *self)
{
  if (self->id == NULL)
    return;
  if (self->loading)
    {
      self->again = TRUE;
      return;
    }
  self->again = FALSE;
  self->loading = TRUE;
  torg_replica_get_async (torg_session_get_replica (self->session), self->type, self->id, self->cancellable, loaded_cb,
                          g_object_ref (self));
}

static void
replica_changed_cb (TorgRecordPage *self, GPtrArray *changes)
{
  gboolean concerned = changes == NULL;

  for (guint i = 0; changes != NULL && i < changes->len; i++)
    {
      const TorgChange *change = g_ptr_array_index (changes, i);

      concerned |= g_strcmp0 (change->id, self->id) == 0 || g_str_equal (change->type->name, "tag");
    }
  if (concerned)
    load (self);
}

/* Nothing of a card that was closed is kept up to date. */
static void
torg_record_page_hidden (AdwNavigationPage *page)
{
  TorgRecordPage *self = TORG_RECORD_PAGE (page);
  GtkWidget      *view = gtk_widget_get_ancestor (GTK_WIDGET (self), ADW_TYPE_NAVIGATION_VIEW);

  if (self->id == NULL ||
      (view != NULL && adw_navigation_view_get_previous_page (ADW_NAVIGATION_VIEW (view), page) != NULL))
    return;
  g_cancellable_cancel (self->cancellable);
  self->loading = FALSE;
  g_clear_handle_id (&self->ready_source, g_source_remove);
  g_clear_pointer (&self->id, g_free);
  g_clear_object (&self->rows);
  torg_facts_clear (self->facts);
  if (has_lines (self))
    torg_line_list_set_deal (self->lines, self->session, NULL);
}

/* --- stepping through the list ------------------------------------------------------------------------------------ */

static void
step_to (TorgRecordPage *self, guint position)
{
  g_autoptr (TorgRow) row = g_list_model_get_item (self->rows, position);

  if (row != NULL && torg_row_get_record (row) != NULL)
    torg_record_page_show (self, torg_record_get_id (torg_row_get_record (row)), self->rows, position);
}

static guint
find_position (TorgRecordPage *self)
{
  guint position = TORG_IS_LIST (self->rows) && self->rowid != 0 ? torg_list_find (TORG_LIST (self->rows), self->rowid)
                                                                 : self->position;

  return position != G_MAXUINT ? position : self->position;
}

static void
step_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  TorgRecordPage *self = TORG_RECORD_PAGE (widget);
  gboolean        next = g_str_equal (name, "record.next");
  guint           position;

  if (self->rows == NULL)
    return;
  position = find_position (self);
  if (next && position + 1 < g_list_model_get_n_items (self->rows))
    step_to (self, position + 1);
  else if (!next && position > 0)
    step_to (self, position - 1);
}

static void
window_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  TorgRecordPage *self = TORG_RECORD_PAGE (widget);

  torg_session_open_record (self->session, self->type, self->id, self->rows,
                            self->rows != NULL ? find_position (self) : GTK_INVALID_LIST_POSITION, TRUE);
}

static void
delete_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  TorgRecordPage  *self = TORG_RECORD_PAGE (widget);
  g_autofree char *label =
    g_strdup_printf (_ ("“%s” deleted"), adw_navigation_page_get_title (ADW_NAVIGATION_PAGE (self)));
  g_autoptr (TorgEdit) edit = torg_edit_new (label);

  torg_edit_delete (edit, self->type, self->id);
  torg_session_apply (self->session, edit);
  gtk_widget_activate_action (widget, "navigation.pop", NULL);
}

static void
show_section (TorgRecordPage *self, const char *name)
{
  adw_view_stack_set_visible_child_name (self->views, "work");
  adw_view_stack_set_visible_child_name (self->sections, name);
}

static void
note_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  TorgRecordPage *self = TORG_RECORD_PAGE (widget);

  show_section (self, "timeline");
  torg_timeline_focus (self->timeline);
}

static void
plan_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  TorgRecordPage *self = TORG_RECORD_PAGE (widget);

  show_section (self, "timeline");
  torg_timeline_plan (self->timeline);
}

static void
products_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  TorgRecordPage *self = TORG_RECORD_PAGE (widget);

  show_section (self, "lines");
  torg_line_list_focus (self->lines);
}

static void
counted_cb (TorgRecordPage *self, guint n)
{
  /* Translators: the name of a tab and how many products there are */
  g_autofree char *title = n > 0 ? g_strdup_printf (_ ("Products %u"), n) : g_strdup (_ ("Products"));

  adw_view_stack_page_set_title (self->lines_page, title);
}

static void
paste_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  TorgRecordPage *self = TORG_RECORD_PAGE (widget);

  if (self->id != NULL)
    torg_attach_paste (self->session, self->type, self->id, gtk_widget_get_clipboard (widget));
}

static void
requisites_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  TorgRecordPage *self = TORG_RECORD_PAGE (widget);

  if (self->loaded && self->record != NULL)
    adw_dialog_present (torg_requisites_dialog_new (self->session, self->record), widget);
}

static gpointer
read_accounts (TorgStore *store, gpointer data, GCancellable *cancellable, GError **error)
{
  g_autoptr (TorgQuery) query = torg_query_new ("bank_account");

  torg_query_add_text (query, "legal_entity", TORG_MATCH_IS, torg_record_get_id (data));
  return torg_store_list (store, query, 100, cancellable, error);
}

static void
accounts_read_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (TorgRecordPage) self = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) accounts = torg_replica_call_finish (TORG_REPLICA (source), result, &error);
  g_autofree char *text = NULL;

  if (self->stack == NULL || self->record == NULL)
    return;
  if (accounts == NULL)
    {
      torg_session_fail (self->session, error);
      return;
    }
  text = torg_legal_form_write (self->record, accounts);
  gdk_clipboard_set_text (gtk_widget_get_clipboard (GTK_WIDGET (self)), text);
  torg_session_say (self->session, _ ("Requisites copied"), 0);
}

static void
copy_requisites_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  TorgRecordPage *self = TORG_RECORD_PAGE (widget);

  if (!self->loaded || self->record == NULL)
    return;
  torg_replica_call_async (torg_session_get_replica (self->session), TORG_LANE_READ, read_accounts,
                           torg_record_ref (self->record), (GDestroyNotify) torg_record_unref,
                           (GDestroyNotify) g_ptr_array_unref, NULL, accounts_read_cb, g_object_ref (self));
}

static void
save_card_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  TorgRecordPage *self = TORG_RECORD_PAGE (widget);

  if (self->loaded && self->record != NULL)
    torg_save_card (self->session, self->record, widget);
}

static void
share_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  TorgRecordPage *self = TORG_RECORD_PAGE (widget);

  if (self->id != NULL)
    adw_dialog_present (torg_share_dialog_new (self->session, self->type, self->id), widget);
}

static void
duplicates_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  TorgRecordPage *self = TORG_RECORD_PAGE (widget);

  if (self->id != NULL)
    adw_dialog_present (torg_duplicates_dialog_new (self->session, self->type, self->id), widget);
}

static void
convert_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  TorgRecordPage *self = TORG_RECORD_PAGE (widget);

  if (self->loaded && self->id != NULL)
    adw_dialog_present (torg_convert_dialog_new (self->session, self->id), widget);
}

static void
reopen_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  TorgRecordPage *self = TORG_RECORD_PAGE (widget);

  if (self->loaded && self->record != NULL)
    torg_reopen (self->session, self->record, widget);
}

static gboolean
drop_cb (TorgRecordPage *self, const GValue *value, double x, double y)
{
  g_autoptr (GListStore) files = NULL;
  GSList *list;

  if (!torg_attach_takes (self->type) || self->id == NULL)
    return FALSE;
  files = g_list_store_new (G_TYPE_FILE);
  list = gdk_file_list_get_files (g_value_get_boxed (value));
  for (GSList *link = list; link != NULL; link = link->next)
    g_list_store_append (files, link->data);
  g_slist_free (list);
  torg_attach_files (self->session, self->type, self->id, G_LIST_MODEL (files));
  return TRUE;
}

static void
torg_record_page_dispose (GObject *object)
{
  TorgRecordPage *self = TORG_RECORD_PAGE (object);

  g_cancellable_cancel (self->cancellable);
  g_clear_handle_id (&self->ready_source, g_source_remove);
  gtk_widget_dispose_template (GTK_WIDGET (object), TORG_TYPE_RECORD_PAGE);
  g_clear_object (&self->rows);
  g_clear_object (&self->session);
  g_clear_pointer (&self->record, torg_record_unref);
  G_OBJECT_CLASS (torg_record_page_parent_class)->dispose (object);
}

static void
torg_record_page_finalize (GObject *object)
{
  TorgRecordPage *self = TORG_RECORD_PAGE (object);

  g_clear_object (&self->cancellable);
  g_free (self->type);
  g_free (self->id);
  G_OBJECT_CLASS (torg_record_page_parent_class)->finalize (object);
}

static void
torg_record_page_class_init (TorgRecordPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = torg_record_page_dispose;
  G_OBJECT_CLASS (klass)->finalize = torg_record_page_finalize;
  ADW_NAVIGATION_PAGE_CLASS (klass)->hidden = torg_record_page_hidden;
  g_type_ensure (TORG_TYPE_FACTS);
  g_type_ensure (TORG_TYPE_LINE_LIST);
  g_type_ensure (TORG_TYPE_TIMELINE);
  gtk_widget_class_set_template_from_resource (widget_class, "/org/torgcrm/Torg/ui/client/torg-record-page.ui");
  gtk_widget_class_bind_template_child (widget_class, TorgRecordPage, title);
  gtk_widget_class_bind_template_child (widget_class, TorgRecordPage, stack);
  gtk_widget_class_bind_template_child (widget_class, TorgRecordPage, layouts);
  gtk_widget_class_bind_template_child (widget_class, TorgRecordPage, facts);
  gtk_widget_class_bind_template_child (widget_class, TorgRecordPage, views);
  gtk_widget_class_bind_template_child (widget_class, TorgRecordPage, sections);
  gtk_widget_class_bind_template_child (widget_class, TorgRecordPage, sections_switcher);
  gtk_widget_class_bind_template_child (widget_class, TorgRecordPage, lines_page);
  gtk_widget_class_bind_template_child (widget_class, TorgRecordPage, timeline);
  gtk_widget_class_bind_template_child (widget_class, TorgRecordPage, lines);
  gtk_widget_class_bind_template_child (widget_class, TorgRecordPage, work);
  gtk_widget_class_bind_template_child (widget_class, TorgRecordPage, gone);

  gtk_widget_class_install_action (widget_class, "record.next", NULL, step_action);
  gtk_widget_class_install_action (widget_class, "record.previous", NULL, step_action);
  gtk_widget_class_install_action (widget_class, "record.window", NULL, window_action);
  gtk_widget_class_install_action (widget_class, "record.delete", NULL, delete_action);
  gtk_widget_class_install_action (widget_class, "record.note", NULL, note_action);
  gtk_widget_class_install_action (widget_class, "record.plan", NULL, plan_action);
  gtk_widget_class_install_action (widget_class, "record.products", NULL, products_action);
  gtk_widget_class_install_action (widget_class, "record.paste", NULL, paste_action);
  gtk_widget_class_install_action (widget_class, "record.duplicates", NULL, duplicates_action);
  gtk_widget_class_install_action (widget_class, "record.convert", NULL, convert_action);
  gtk_widget_class_install_action (widget_class, "record.reopen", NULL, reopen_action);
  gtk_widget_class_install_action (widget_class, "record.share", NULL, share_action);
  gtk_widget_class_install_action (widget_class, "record.requisites", NULL, requisites_action);
  gtk_widget_class_install_action (widget_class, "record.copy-requisites", NULL, copy_requisites_action);
  gtk_widget_class_install_action (widget_class, "record.save-card", NULL, save_card_action);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_s, GDK_CONTROL_MASK | GDK_SHIFT_MASK, "record.save-card",
                                       NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_k, GDK_CONTROL_MASK | GDK_SHIFT_MASK, "record.requisites",
                                       NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_c, GDK_CONTROL_MASK | GDK_SHIFT_MASK,
                                       "record.copy-requisites", NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_t, GDK_CONTROL_MASK | GDK_SHIFT_MASK, "record.plan", NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_l, GDK_CONTROL_MASK | GDK_SHIFT_MASK, "record.products",
                                       NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_j, GDK_CONTROL_MASK | GDK_SHIFT_MASK, "record.convert",
                                       NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_w, GDK_CONTROL_MASK | GDK_SHIFT_MASK, "record.reopen",
                                       NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_v, GDK_CONTROL_MASK, "record.paste", NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Down, GDK_ALT_MASK, "record.next", NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Up, GDK_ALT_MASK, "record.previous", NULL);

  signals[SIGNAL_READY] =
    g_signal_new ("ready", TORG_TYPE_RECORD_PAGE, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
torg_record_page_init (TorgRecordPage *self)
{
  GtkDropTarget *target = gtk_drop_target_new (GDK_TYPE_FILE_LIST, GDK_ACTION_COPY);

  self->cancellable = g_cancellable_new ();
  gtk_widget_init_template (GTK_WIDGET (self));
  g_signal_connect_object (self->timeline, "filled", G_CALLBACK (check_ready), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->lines, "counted", G_CALLBACK (counted_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (target, "drop", G_CALLBACK (drop_cb), self, G_CONNECT_SWAPPED);
  gtk_widget_add_controller (GTK_WIDGET (self), GTK_EVENT_CONTROLLER (target));
}

/**
 * torg_record_page_new:
 * @session: the session
 * @type: the type of the records
 *
 * Makes a card, still without a record.
 *
 * Returns: a new page
 */
AdwNavigationPage *
torg_record_page_new (TorgSession *session, const char *type)
{
  TorgRecordPage *self = g_object_new (TORG_TYPE_RECORD_PAGE, NULL);

  self->session = g_object_ref (session);
  self->type = g_strdup (type);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "record.delete", FALSE);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "record.note", has_timeline (self));
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "record.plan", has_timeline (self));
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "record.paste", torg_attach_takes (type));
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "record.requisites", torg_requisites_dialog_takes (type));
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "record.copy-requisites", g_str_equal (type, "legal_entity"));
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "record.save-card", g_str_equal (type, "person"));
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "record.duplicates", torg_duplicates_dialog_takes (type));
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "record.convert", FALSE);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "record.reopen", FALSE);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "record.products", has_lines (self));
  gtk_widget_set_visible (self->sections_switcher, has_lines (self));
  adw_view_stack_page_set_visible (self->lines_page, has_lines (self));
  if (!has_timeline (self))
    {
      gtk_widget_set_visible (self->work, FALSE);
      adw_multi_layout_view_set_layout_name (self->layouts, "single");
    }
  g_signal_connect_object (torg_session_get_replica (session), "changed", G_CALLBACK (replica_changed_cb), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (torg_session_get_replica (session), "schema-changed", G_CALLBACK (load), self,
                           G_CONNECT_SWAPPED);
  return ADW_NAVIGATION_PAGE (self);
}

/**
 * torg_record_page_show:
 * @id: a record of the card's type
 * @rows: (nullable): the list that it stands in, of TorgRow
 * @position: its position there
 *
 * Shows a record, instead of the one that is shown.
 */
void
torg_record_page_show (TorgRecordPage *self, const char *id, GListModel *rows, guint position)
{
  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  self->cancellable = g_cancellable_new ();
  g_set_str (&self->id, id);
  g_set_object (&self->rows, rows);
  self->position = position;
  self->rowid = 0;
  self->loading = FALSE;
  self->loaded = FALSE;
  g_clear_handle_id (&self->ready_source, g_source_remove);
  self->ready_source = g_timeout_add (PATIENCE_MS, ready_cb, self);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "record.next", rows != NULL);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "record.previous", rows != NULL);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "record.share",
                                 torg_share_dialog_takes (self->session, self->type));
  load (self);
  if (has_timeline (self))
    torg_timeline_set_target (self->timeline, self->session, self->type, self->id);
  if (has_lines (self))
    torg_line_list_set_deal (self->lines, self->session, self->id);
}
