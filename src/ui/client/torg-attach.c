/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "torg-ui"

#include "config.h"

#include "torg-attach.h"
#include "torg-file-table.h"

#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>

/* Attaching: a content is copied beside the replica, on the disk, and then a record says what it is attached to. */

static TorgContent *
new_content (TorgSession *session)
{
  g_autofree char *folder = g_strconcat (torg_replica_get_path (torg_session_get_replica (session)), ".files", NULL);

  return torg_content_new (folder);
}

/* --- attaching ---------------------------------------------------------------------------------------------------- */

typedef struct
{
  TorgSession *session; /* (owned) */
  TorgJob     *job;     /* (owned) */
  TorgContent *content; /* (owned) */
  char        *field;   /* (owned): what the file belongs to */
  char        *id;      /* (owned) */
  GFile       *file;    /* (owned) */
  GdkTexture  *texture; /* (owned) (nullable): a picture that is to become the file, which is removed afterwards */
  char        *name;    /* (owned): what it is called */
  char        *hash;    /* (owned) (nullable): the result */
  char        *type;    /* (owned) (nullable): the media type */
  gint64       size;
} Copy;

static void
copy_free (gpointer data)
{
  Copy *copy = data;

  g_object_unref (copy->session);
  g_object_unref (copy->job);
  g_object_unref (copy->file);
  g_clear_object (&copy->texture);
  torg_content_free (copy->content);
  g_free (copy->field);
  g_free (copy->id);
  g_free (copy->name);
  g_free (copy->hash);
  g_free (copy->type);
  g_free (copy);
}

static char *
find_type (GFile *file, GCancellable *cancellable)
{
  g_autoptr (GFileInfo) info =
    g_file_query_info (file, G_FILE_ATTRIBUTE_STANDARD_CONTENT_TYPE, G_FILE_QUERY_INFO_NONE, cancellable, NULL);
  const char *type = info != NULL ? g_file_info_get_content_type (info) : NULL;

  return type != NULL ? g_content_type_get_mime_type (type) : NULL;
}

/* On a thread. */
static void
copy_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  Copy    *copy = data;
  GError  *error = NULL;
  gboolean ok;

  if (copy->texture != NULL && !gdk_texture_save_to_png (copy->texture, g_file_peek_path (copy->file)))
    {
      g_task_return_new_error (task, G_IO_ERROR, G_IO_ERROR_FAILED,
                               _ ("The picture could not be kept. Is the disk full?"));
      return;
    }
  copy->type = find_type (copy->file, cancellable);
  ok = torg_content_take (copy->content, copy->file, copy->job, &copy->hash, &copy->size, cancellable, &error);
  if (copy->texture != NULL)
    g_file_delete (copy->file, NULL, NULL);
  if (ok)
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

static TorgEdit *
make_edit (Copy *copy)
{
  TorgSchema      *schema = torg_session_get_schema (copy->session);
  g_autofree char *id = torg_session_make_id (copy->session);
  g_autofree char *label = g_strdup_printf (_ ("File “%s” attached"), copy->name);
  g_autoptr (TorgRecord) record = torg_record_new (schema, torg_schema_find (schema, "attachment"), id);
  TorgEdit *edit = torg_edit_new (label);

  torg_record_set_text (record, "name", copy->name);
  torg_record_set_text (record, "file", copy->hash);
  torg_record_take (record, "size", torg_value_int (copy->size * TORG_NUMBER_SCALE));
  if (copy->type != NULL)
    torg_record_set_text (record, "media_type", copy->type);
  torg_record_set_text (record, copy->field, copy->id);
  torg_record_take (record, "created", torg_value_int (torg_session_get_now (copy->session)));
  torg_edit_create (edit, record);
  return edit;
}

static gpointer
add_file (TorgStore *store, gpointer data, GCancellable *cancellable, GError **error)
{
  Copy *copy = data;

  return GINT_TO_POINTER (torg_store_add_file (store, copy->hash, copy->size, error));
}

static void
added_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  Copy *copy = data;
  g_autoptr (GError) error = NULL;

  torg_replica_call_finish (TORG_REPLICA (source), result, &error);
  if (error != NULL)
    torg_session_fail (copy->session, error);
  else
    {
      g_autoptr (TorgEdit) edit = make_edit (copy);

      torg_session_apply (copy->session, edit);
    }
  copy_free (copy);
}

static void
copied_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  Copy *copy = data;
  g_autoptr (GError) error = NULL;

  torg_job_finish (copy->job);
  if (g_task_propagate_boolean (G_TASK (result), &error))
    {
      torg_replica_call_async (torg_session_get_replica (copy->session), TORG_LANE_WRITE, add_file, copy, NULL, NULL,
                               NULL, added_cb, copy);
      return;
    }
  torg_session_fail (copy->session, error);
  copy_free (copy);
}

static Copy *
copy_new (TorgSession *session, const char *field, const char *id, GFile *file)
{
  g_autofree char *name = g_file_get_basename (file);
  g_autofree char *title = NULL;
  Copy            *copy = g_new0 (Copy, 1);

  copy->session = g_object_ref (session);
  copy->content = new_content (session);
  copy->field = g_strdup (field);
  copy->id = g_strdup (id);
  copy->file = g_object_ref (file);
  copy->name = g_filename_display_name (name);
  title = g_strdup_printf (_ ("Attaching “%s”"), copy->name);
  copy->job = torg_job_new (title);
  return copy;
}

static void
begin (Copy *copy)
{
  g_autoptr (GTask) task = g_task_new (copy->session, torg_job_get_cancellable (copy->job), copied_cb, copy);

  torg_session_add_job (copy->session, copy->job);
  g_task_set_source_tag (task, begin);
  g_task_set_task_data (task, copy, NULL);
  g_task_run_in_thread (task, copy_thread);
}

/**
 * torg_attach_takes:
 * @type: a type
 *
 * Tells whether files can be attached to records of a type.
 *
 * Returns: whether they can
 */
gboolean
torg_attach_takes (const char *type)
{
  return g_str_equal (type, "deal") || g_str_equal (type, "company") || g_str_equal (type, "person");
}

/**
 * torg_attach_files:
 * @session: the session
 * @field: the field of an attachment that refers to the record: `deal`, `company` or `person`
 * @id: the record
 * @files: a list of GFile
 *
 * Attaches files to a record: their contents are kept beside the replica.
 */
void
torg_attach_files (TorgSession *session, const char *field, const char *id, GListModel *files)
{
  for (guint i = 0; i < g_list_model_get_n_items (files); i++)
    {
      g_autoptr (GFile) file = g_list_model_get_item (files, i);

      begin (copy_new (session, field, id, file));
    }
}

/* --- where files come from ---------------------------------------------------------------------------------------- */

typedef struct
{
  TorgSession *session; /* (owned) */
  char        *field;   /* (owned) */
  char        *id;      /* (owned) */
} Target;

static Target *
target_new (TorgSession *session, const char *field, const char *id)
{
  Target *target = g_new0 (Target, 1);

  target->session = g_object_ref (session);
  target->field = g_strdup (field);
  target->id = g_strdup (id);
  return target;
}

static void
target_free (Target *target)
{
  g_object_unref (target->session);
  g_free (target->field);
  g_free (target->id);
  g_free (target);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Target, target_free)

static void
chosen_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (Target) target = data;
  g_autoptr (GListModel) files = gtk_file_dialog_open_multiple_finish (GTK_FILE_DIALOG (source), result, NULL);

  if (files != NULL)
    torg_attach_files (target->session, target->field, target->id, files);
}

/**
 * torg_attach_choose:
 * @session: the session
 * @field: the field of an attachment that refers to the record
 * @id: the record
 * @parent: the widget that the dialog belongs to
 *
 * Lets the user choose files to attach.
 */
void
torg_attach_choose (TorgSession *session, const char *field, const char *id, GtkWidget *parent)
{
  g_autoptr (GtkFileDialog) dialog = gtk_file_dialog_new ();

  gtk_file_dialog_set_title (dialog, _ ("Attach Files"));
  gtk_file_dialog_open_multiple (dialog, GTK_WINDOW (gtk_widget_get_root (parent)), NULL, chosen_cb,
                                 target_new (session, field, id));
}

static void
attach_list (Target *target, GSList *list)
{
  g_autoptr (GListStore) files = g_list_store_new (G_TYPE_FILE);

  for (GSList *link = list; link != NULL; link = link->next)
    g_list_store_append (files, link->data);
  torg_attach_files (target->session, target->field, target->id, G_LIST_MODEL (files));
}

/* A picture has no name of its own: it is called by the time. */
static void
attach_texture (Target *target, GdkTexture *texture)
{
  g_autoptr (GDateTime) now = g_date_time_new_from_unix_local_usec (torg_session_get_now (target->session));
  g_autofree char *moment = g_date_time_format (now, "%Y-%m-%d %H-%M-%S");
  g_autofree char *id = torg_session_make_id (target->session);
  g_autofree char *part = g_strdup_printf ("torg-%s.png", id);
  g_autoptr (GFile) file = g_file_new_build_filename (g_get_user_runtime_dir (), part, NULL);
  Copy *copy = copy_new (target->session, target->field, target->id, file);

  g_free (copy->name);
  /* Translators: a file name, with the time */
  copy->name = g_strdup_printf (_ ("Picture %s.png"), moment);
  copy->texture = g_object_ref (texture);
  begin (copy);
}

static void
pasted_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (Target) target = data;
  const GValue *value = gdk_clipboard_read_value_finish (GDK_CLIPBOARD (source), result, NULL);

  if (value != NULL && G_VALUE_HOLDS (value, GDK_TYPE_FILE_LIST))
    {
      g_autoptr (GSList) list = gdk_file_list_get_files (g_value_get_boxed (value));

      attach_list (target, list);
    }
  else if (value != NULL && G_VALUE_HOLDS (value, GDK_TYPE_TEXTURE))
    attach_texture (target, g_value_get_object (value));
  else
    torg_session_say (target->session, _ ("There is no file and no picture to paste. Copy one first."), 0);
}

/**
 * torg_attach_paste:
 * @session: the session
 * @field: the field of an attachment that refers to the record
 * @id: the record
 * @clipboard: where files, or a picture, were copied to
 *
 * Attaches what was copied.
 */
void
torg_attach_paste (TorgSession *session, const char *field, const char *id, GdkClipboard *clipboard)
{
  GdkContentFormats *formats = gdk_clipboard_get_formats (clipboard);
  GType type = gdk_content_formats_contain_gtype (formats, GDK_TYPE_FILE_LIST) ? GDK_TYPE_FILE_LIST : GDK_TYPE_TEXTURE;

  gdk_clipboard_read_value_async (clipboard, type, G_PRIORITY_DEFAULT, NULL, pasted_cb,
                                  target_new (session, field, id));
}

/* --- opening and saving ------------------------------------------------------------------------------------------- */

typedef struct
{
  TorgSession *session; /* (owned) */
  GtkWidget   *parent;  /* (owned) (nullable) */
  TorgContent *content; /* (owned) */
  char        *hash;    /* (owned) */
  char        *name;    /* (owned) (nullable) */
  GFile       *target;  /* (owned) (nullable) */
} Giving;

static void
giving_free (gpointer data)
{
  Giving *giving = data;

  g_object_unref (giving->session);
  g_clear_object (&giving->parent);
  torg_content_free (giving->content);
  g_free (giving->hash);
  g_free (giving->name);
  g_clear_object (&giving->target);
  g_free (giving);
}

static Giving *
giving_new (TorgSession *session, const char *hash)
{
  Giving *giving = g_new0 (Giving, 1);

  giving->session = g_object_ref (session);
  giving->content = new_content (session);
  giving->hash = g_strdup (hash);
  return giving;
}

/* What vanished from the disk comes again, where there is a server. */
static GError *
check_here (Giving *giving)
{
  if (torg_content_get_size (giving->content, giving->hash) >= 0)
    return NULL;
  return g_error_new_literal (TORG_ERROR, TORG_ERROR_NOT_FOUND,
                              _ ("The file is not on this computer any more. It is fetched again, if the server has "
                                 "it."));
}

static void
fail (Giving *giving, const GError *error)
{
  if (g_error_matches (error, TORG_ERROR, TORG_ERROR_NOT_FOUND))
    torg_file_queue_want (torg_syncer_get_files (torg_session_get_syncer (giving->session)), giving->hash, TRUE);
  torg_session_fail (giving->session, error);
}

static void
opened_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (TorgSession) session = data;
  g_autoptr (GError) error = NULL;

  if (!gtk_file_launcher_launch_finish (GTK_FILE_LAUNCHER (source), result, &error) &&
      !g_error_matches (error, GTK_DIALOG_ERROR, GTK_DIALOG_ERROR_DISMISSED))
    torg_session_say (session, _ ("No program could open the file. Save it, and open it from there."), 0);
}

/* On a thread: what is opened is a copy with its own name, which the program for it needs. */
static void
open_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  Giving *giving = data;
  GError *error = check_here (giving);
  GFile  *file =
    error == NULL ? torg_content_copy_out (giving->content, giving->hash, giving->name, cancellable, &error) : NULL;

  if (file != NULL)
    g_task_return_pointer (task, file, g_object_unref);
  else
    g_task_return_error (task, error);
}

static void
ready_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  Giving *giving = g_task_get_task_data (G_TASK (result));
  g_autoptr (GError) error = NULL;
  g_autoptr (GFile) file = g_task_propagate_pointer (G_TASK (result), &error);
  g_autoptr (GtkFileLauncher) launcher = NULL;

  if (file == NULL)
    {
      fail (giving, error);
      return;
    }
  launcher = gtk_file_launcher_new (file);
  gtk_file_launcher_launch (launcher, GTK_WINDOW (gtk_widget_get_root (giving->parent)), NULL, opened_cb,
                            g_object_ref (giving->session));
}

/**
 * torg_attach_open:
 * @session: the session
 * @hash: the SHA-256 of a content that is here
 * @name: what it is called
 * @parent: a widget in the window
 *
 * Opens the content of an attachment with the program for it.
 */
void
torg_attach_open (TorgSession *session, const char *hash, const char *name, GtkWidget *parent)
{
  Giving *giving = giving_new (session, hash);
  g_autoptr (GTask) task = g_task_new (session, NULL, ready_cb, NULL);

  giving->parent = g_object_ref (parent);
  giving->name = g_strdup (name);
  g_task_set_source_tag (task, torg_attach_open);
  g_task_set_task_data (task, giving, giving_free);
  g_task_run_in_thread (task, open_thread);
}

/* On a thread. */
static void
save_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  Giving          *giving = data;
  g_autofree char *path = torg_content_dup_path (giving->content, giving->hash);
  g_autoptr (GFile) content = g_file_new_for_path (path);
  GError *error = check_here (giving);

  if (error == NULL && g_file_copy (content, giving->target, G_FILE_COPY_OVERWRITE | G_FILE_COPY_TARGET_DEFAULT_PERMS,
                                    cancellable, NULL, NULL, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

static void
saved_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  Giving *giving = g_task_get_task_data (G_TASK (result));
  g_autoptr (GError) error = NULL;

  if (g_task_propagate_boolean (G_TASK (result), &error))
    torg_session_say (giving->session, _ ("File saved"), 0);
  else
    fail (giving, error);
}

/**
 * torg_attach_save:
 * @session: the session
 * @hash: the SHA-256 of a content that is here
 * @target: where to
 *
 * Copies the content of an attachment, and says that.
 */
void
torg_attach_save (TorgSession *session, const char *hash, GFile *target)
{
  Giving *giving = giving_new (session, hash);
  g_autoptr (GTask) task = g_task_new (session, NULL, saved_cb, NULL);

  giving->target = g_object_ref (target);
  g_task_set_source_tag (task, torg_attach_save);
  g_task_set_task_data (task, giving, giving_free);
  g_task_run_in_thread (task, save_thread);
}
