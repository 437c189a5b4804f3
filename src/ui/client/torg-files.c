/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "torg-ui"

#include "config.h"

#include "torg-files.h"
#include "torg-attach.h"
#include "torg-file-row.h"
#include "torg-sync-store.h"

#include <glib/gi18n-lib.h>

#define FIRST_ROWS 4

struct _TorgFiles
{
  AdwBin parent_instance;

  AdwPreferencesGroup *group;
  GtkListBox          *list;

  TorgSession  *session;     /* (owned) */
  char         *field;       /* (owned): of an attachment, that refers to the record */
  char         *id;          /* (owned) (nullable): the record */
  GCancellable *cancellable; /* (owned) (nullable) */
  GPtrArray    *rows;        /* (owned) (element-type TorgFileRow): belong to the list */
  GtkWidget    *more;        /* (nullable): the row that shows all */
  guint         limit;
  gboolean      loading;
  gboolean      again;
};

G_DEFINE_FINAL_TYPE (TorgFiles, torg_files, ADW_TYPE_BIN)

typedef struct
{
  char      *field; /* (owned) */
  char      *id;    /* (owned) */
  guint      limit;
  GPtrArray *items; /* (owned) (nullable) (element-type TorgFileItem) */
  gint64     n;
} Request;

static void
request_free (gpointer data)
{
  Request *request = data;

  g_free (request->field);
  g_free (request->id);
  g_clear_pointer (&request->items, g_ptr_array_unref);
  g_free (request);
}

static gpointer
read_files (TorgStore *store, gpointer data, GCancellable *cancellable, GError **error)
{
  Request *request = data;
  g_autoptr (TorgQuery) query = torg_query_new ("attachment");
  g_autoptr (GPtrArray) records = NULL;

  torg_query_add_text (query, request->field, TORG_MATCH_IS, request->id);
  torg_query_sort (query, "created", TRUE);
  records = torg_store_list (store, query, request->limit, cancellable, error);
  if (records == NULL || !torg_store_count (store, query, cancellable, &request->n, error))
    return NULL;
  request->items = g_ptr_array_new_with_free_func ((GDestroyNotify) torg_file_item_free);
  for (guint i = 0; i < records->len; i++)
    {
      TorgFileItem *item = g_new0 (TorgFileItem, 1);

      item->record = torg_record_ref (records->pdata[i]);
      item->author = torg_store_dup_author (store, torg_record_get_id (item->record));
      item->local = torg_store_is_local (store);
      g_ptr_array_add (request->items, item);
      if (!torg_store_get_file (store, torg_record_get_text (item->record, "file"), &item->file, error))
        return NULL;
    }
  return request;
}

static void reload (TorgFiles *self);

static void
show_all_cb (TorgFiles *self)
{
  self->limit = G_MAXINT;
  reload (self);
}

static void
show_more (TorgFiles *self, gint64 n, guint n_shown)
{
  g_autofree char *number = g_strdup_printf ("%" G_GINT64_FORMAT, n);
  g_autofree char *label = g_strdup_printf (_ ("Show All (%s)"), number);

  if (self->more != NULL)
    gtk_list_box_remove (self->list, self->more);
  self->more = NULL;
  if (n <= n_shown)
    return;
  self->more = adw_button_row_new ();
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (self->more), label);
  g_signal_connect_object (self->more, "activated", G_CALLBACK (show_all_cb), self, G_CONNECT_SWAPPED);
  gtk_list_box_append (self->list, self->more);
}

/* Rows stay with their files: one may have the focus, or wait to open what it shows. */
static TorgFileRow *
find_row (TorgFiles *self, const char *id, guint from)
{
  for (guint i = from; i < self->rows->len; i++)
    if (g_strcmp0 (g_object_get_data (self->rows->pdata[i], "torg-id"), id) == 0)
      return self->rows->pdata[i];
  return NULL;
}

static void
place_row (TorgFiles *self, TorgFileItem *item, guint place)
{
  const char  *id = torg_record_get_id (item->record);
  TorgFileRow *row = find_row (self, id, place);

  if (row == NULL)
    {
      row = TORG_FILE_ROW (torg_file_row_new (self->session));
      g_object_set_data_full (G_OBJECT (row), "torg-id", g_strdup (id), g_free);
      gtk_list_box_insert (self->list, GTK_WIDGET (row), (int) place);
      g_ptr_array_insert (self->rows, (int) place, row);
    }
  /* Those before it are of files that are gone. */
  while (self->rows->pdata[place] != row)
    {
      gtk_list_box_remove (self->list, self->rows->pdata[place]);
      g_ptr_array_remove_index (self->rows, place);
    }
  torg_file_row_set (row, item);
}

static void
show_files (TorgFiles *self, Request *request)
{
  g_autofree char *title =
    request->n > 0 ? g_strdup_printf ("%s  <span alpha=\"60%%\">%" G_GINT64_FORMAT "</span>", _ ("Files"), request->n)
                   : g_strdup (_ ("Files"));
  guint n = request->items->len;

  g_ptr_array_set_free_func (request->items, NULL);
  for (guint i = 0; i < n; i++)
    place_row (self, request->items->pdata[i], i);
  while (self->rows->len > n)
    {
      gtk_list_box_remove (self->list, self->rows->pdata[n]);
      g_ptr_array_remove_index (self->rows, n);
    }
  show_more (self, request->n, n);
  adw_preferences_group_set_title (self->group, title);
  adw_preferences_group_set_description (self->group,
                                         request->n == 0 ? _ ("Drop files onto the card, or paste them.") : NULL);
  gtk_widget_set_visible (GTK_WIDGET (self->list), request->n > 0);
  gtk_widget_set_opacity (GTK_WIDGET (self->list), 1);
}

static void
read_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (TorgFiles) self = data;
  g_autoptr (GError) error = NULL;
  Request *request = torg_replica_call_finish (TORG_REPLICA (source), result, &error);

  /* Another record is shown meanwhile. */
  if (self->list == NULL || g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED) ||
      (request != NULL && g_strcmp0 (request->id, self->id) != 0))
    {
      g_clear_pointer (&request, request_free);
      return;
    }
  self->loading = FALSE;
  if (request == NULL)
    {
      torg_session_fail (self->session, error);
      return;
    }
  show_files (self, request);
  request_free (request);
  if (self->again)
    reload (self);
}

static void
reload (TorgFiles *self)
{
  Request *request;

  if (self->id == NULL)
    return;
  if (self->loading)
    {
      self->again = TRUE;
      return;
    }
  request = g_new0 (Request, 1);
  request->field = g_strdup (self->field);
  request->id = g_strdup (self->id);
  request->limit = self->limit;
  self->loading = TRUE;
  self->again = FALSE;
  torg_replica_call_async (torg_session_get_replica (self->session), TORG_LANE_READ, read_files, request, NULL,
                           request_free, self->cancellable, read_cb, g_object_ref (self));
}

static void
replica_changed_cb (TorgFiles *self, GPtrArray *changes)
{
  gboolean concerned = changes == NULL;

  for (guint i = 0; changes != NULL && i < changes->len; i++)
    concerned |= g_str_equal (((TorgChange *) g_ptr_array_index (changes, i))->type->name, "attachment");
  if (concerned)
    reload (self);
}

static void
progress_cb (TorgFiles *self)
{
  for (guint i = 0; i < self->rows->len; i++)
    torg_file_row_update (self->rows->pdata[i]);
}

static void
add_cb (TorgFiles *self)
{
  torg_attach_choose (self->session, self->field, self->id, GTK_WIDGET (self));
}

static void
torg_files_dispose (GObject *object)
{
  TorgFiles *self = TORG_FILES (object);

  g_cancellable_cancel (self->cancellable);
  adw_bin_set_child (ADW_BIN (object), NULL);
  gtk_widget_dispose_template (GTK_WIDGET (object), TORG_TYPE_FILES);
  g_ptr_array_set_size (self->rows, 0);
  self->more = NULL;
  G_OBJECT_CLASS (torg_files_parent_class)->dispose (object);
}

static void
torg_files_finalize (GObject *object)
{
  TorgFiles *self = TORG_FILES (object);

  g_clear_object (&self->session);
  g_clear_object (&self->cancellable);
  g_ptr_array_unref (self->rows);
  g_free (self->field);
  g_free (self->id);
  G_OBJECT_CLASS (torg_files_parent_class)->finalize (object);
}

static void
torg_files_class_init (TorgFilesClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = torg_files_dispose;
  G_OBJECT_CLASS (klass)->finalize = torg_files_finalize;
  gtk_widget_class_set_template_from_resource (widget_class, "/org/torgcrm/Torg/ui/client/torg-files.ui");
  gtk_widget_class_bind_template_child (widget_class, TorgFiles, group);
  gtk_widget_class_bind_template_child (widget_class, TorgFiles, list);
  gtk_widget_class_bind_template_callback (widget_class, add_cb);
}

static void
torg_files_init (TorgFiles *self)
{
  self->limit = FIRST_ROWS;
  self->rows = g_ptr_array_new ();
  gtk_widget_init_template (GTK_WIDGET (self));
}

/**
 * torg_files_new:
 * @session: the session
 * @field: the field of an attachment that refers to the record
 *
 * Makes a list of the files of a record, to be given one.
 *
 * Returns: a new list
 */
GtkWidget *
torg_files_new (TorgSession *session, const char *field)
{
  TorgFiles     *self = g_object_new (TORG_TYPE_FILES, NULL);
  TorgFileQueue *queue = torg_syncer_get_files (torg_session_get_syncer (session));

  self->session = g_object_ref (session);
  self->field = g_strdup (field);
  adw_preferences_group_set_title (self->group, _ ("Files"));
  g_signal_connect_object (torg_session_get_replica (session), "changed", G_CALLBACK (replica_changed_cb), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (queue, "changed", G_CALLBACK (reload), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (queue, "progress", G_CALLBACK (progress_cb), self, G_CONNECT_SWAPPED);
  return GTK_WIDGET (self);
}

/**
 * torg_files_set_record:
 * @id: (nullable): a record
 *
 * Lists the files of another record.
 */
void
torg_files_set_record (TorgFiles *self, const char *id)
{
  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  g_set_str (&self->id, id);
  self->loading = FALSE;
  self->limit = FIRST_ROWS;
  gtk_widget_set_opacity (GTK_WIDGET (self->list), 0);
  if (id == NULL)
    return;
  self->cancellable = g_cancellable_new ();
  reload (self);
}
