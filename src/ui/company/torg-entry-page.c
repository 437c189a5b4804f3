/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "torg-ui"

#include "config.h"

#include "torg-entry-page.h"
#include "torg-facts.h"
#include "torg-words.h"

#include <glib/gi18n-lib.h>

struct _TorgEntryPage
{
  AdwNavigationPage parent_instance;

  TorgFacts *facts;

  TorgSession *session; /* (owned) */
  TorgRecord  *record;  /* (owned) */
};

G_DEFINE_FINAL_TYPE (TorgEntryPage, torg_entry_page, ADW_TYPE_NAVIGATION_PAGE)

static gpointer
read_row (TorgStore *store, gpointer data, GCancellable *cancellable, GError **error)
{
  TorgRecord *asked = data;
  g_autoptr (TorgRecord) record =
    torg_store_get (store, torg_record_get_kind (asked)->info->name, torg_record_get_id (asked), error);

  return record != NULL ? torg_store_make_row (store, record) : NULL;
}

static void
leave (TorgEntryPage *self)
{
  GtkWidget *view = gtk_widget_get_ancestor (GTK_WIDGET (self), ADW_TYPE_NAVIGATION_VIEW);

  if (view != NULL && adw_navigation_view_get_visible_page (ADW_NAVIGATION_VIEW (view)) == ADW_NAVIGATION_PAGE (self))
    adw_navigation_view_pop (ADW_NAVIGATION_VIEW (view));
}

static void
row_read_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (TorgEntryPage) self = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (TorgRow) row = torg_replica_call_finish (TORG_REPLICA (source), result, &error);
  g_autofree char *title = NULL;

  if (self->facts == NULL)
    return;
  /* Somebody has deleted it. */
  if (row == NULL || torg_record_get_deleted (torg_row_get_record (row)) != 0)
    {
      leave (self);
      return;
    }
  title = torg_words_title (torg_row_get_record (row));
  adw_navigation_page_set_title (ADW_NAVIGATION_PAGE (self), title);
  torg_facts_set_row (self->facts, self->session, row);
}

static void
reload (TorgEntryPage *self)
{
  torg_replica_call_async (torg_session_get_replica (self->session), TORG_LANE_READ, read_row,
                           torg_record_ref (self->record), (GDestroyNotify) torg_record_unref, g_object_unref, NULL,
                           row_read_cb, g_object_ref (self));
}

static void
replica_changed_cb (TorgEntryPage *self, GPtrArray *changes)
{
  gboolean concerned = changes == NULL;

  for (guint i = 0; changes != NULL && i < changes->len; i++)
    concerned |=
      g_strcmp0 (((TorgChange *) g_ptr_array_index (changes, i))->id, torg_record_get_id (self->record)) == 0;
  if (concerned)
    reload (self);
}

static void
deleted_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (TorgEntryPage) self = data;

  if (torg_session_apply_finish (TORG_SESSION (source), result, NULL) >= 0 && self->facts != NULL)
    leave (self);
}

static void
delete_cb (TorgEntryPage *self)
{
  g_autofree char *label =
    g_strdup_printf (_ ("“%s” deleted"), adw_navigation_page_get_title (ADW_NAVIGATION_PAGE (self)));
  g_autoptr (TorgEdit) edit = torg_edit_new (label);

  torg_edit_delete (edit, torg_record_get_kind (self->record)->info->name, torg_record_get_id (self->record));
  torg_session_apply_async (self->session, edit, deleted_cb, g_object_ref (self));
}

static void
torg_entry_page_dispose (GObject *object)
{
  TorgEntryPage *self = TORG_ENTRY_PAGE (object);

  gtk_widget_dispose_template (GTK_WIDGET (object), TORG_TYPE_ENTRY_PAGE);
  g_clear_object (&self->session);
  g_clear_pointer (&self->record, torg_record_unref);
  G_OBJECT_CLASS (torg_entry_page_parent_class)->dispose (object);
}

static void
torg_entry_page_class_init (TorgEntryPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = torg_entry_page_dispose;
  g_type_ensure (TORG_TYPE_FACTS);
  gtk_widget_class_set_template_from_resource (widget_class, "/org/torgcrm/Torg/ui/company/torg-entry-page.ui");
  gtk_widget_class_bind_template_child (widget_class, TorgEntryPage, facts);
  gtk_widget_class_bind_template_callback (widget_class, delete_cb);
}

static void
torg_entry_page_init (TorgEntryPage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

/**
 * torg_entry_page_new:
 * @session: the session
 * @record: what is shown
 *
 * Makes a page.
 *
 * Returns: a new page
 */
AdwNavigationPage *
torg_entry_page_new (TorgSession *session, TorgRecord *record)
{
  g_autofree char *title = torg_words_title (record);
  TorgEntryPage   *self = g_object_new (TORG_TYPE_ENTRY_PAGE, "title", title, NULL);

  self->session = g_object_ref (session);
  self->record = torg_record_ref (record);
  g_signal_connect_object (torg_session_get_replica (session), "changed", G_CALLBACK (replica_changed_cb), self,
                           G_CONNECT_SWAPPED);
  reload (self);
  return ADW_NAVIGATION_PAGE (self);
}
