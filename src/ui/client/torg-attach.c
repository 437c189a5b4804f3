/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "torg-ui"

#include "config.h"

#include "torg-attach.h"
#include "torg-words.h"

#include <glib/gi18n-lib.h>

#define CHUNK (256 * 1024)

typedef struct
{
  TorgSession *session; /* (owned) */
  TorgJob     *job;     /* (owned) */
  char        *folder;  /* (owned): where contents lie */
  char        *field;   /* (owned): what the file belongs to */
  char        *id;      /* (owned) */
  GFile       *file;    /* (owned) */
  char        *hash;    /* (owned) (nullable): the result */
  char        *type;    /* (owned) (nullable): the media type */
  gint64       size;
} Copy;

static void
copy_free (Copy *copy)
{
  g_object_unref (copy->session);
  g_object_unref (copy->job);
  g_object_unref (copy->file);
  g_free (copy->folder);
  g_free (copy->field);
  g_free (copy->id);
  g_free (copy->hash);
  g_free (copy->type);
  g_free (copy);
}

static char *
make_path (const char *folder, const char *hash)
{
  g_autofree char *start = g_strndup (hash, 2);

  return g_build_filename (folder, start, hash, NULL);
}

/* The folder of contents, beside the replica's file. */
static char *
make_folder (TorgSession *session)
{
  g_autofree char *parent = g_path_get_dirname (torg_replica_get_path (torg_session_get_replica (session)));

  return g_build_filename (parent, "files", NULL);
}

/* On a thread: copies a file under the name of its hash; under another name until it is whole. */
static void
copy_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  Copy *copy = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GFileInputStream) in = g_file_read (copy->file, cancellable, &error);
  g_autoptr (GFileOutputStream) out = NULL;
  g_autoptr (GFileInfo) info = NULL;
  g_autoptr (GChecksum) checksum = g_checksum_new (G_CHECKSUM_SHA256);
  g_autofree char   *part = g_strdup_printf ("%s/.incoming-%p", copy->folder, (void *) copy);
  g_autofree char   *path = NULL;
  g_autofree char   *parent = NULL;
  g_autofree guint8 *buffer = g_malloc (CHUNK);
  g_autoptr (GFile) target = g_file_new_for_path (part);
  g_autoptr (GFile) final = NULL;
  gssize n = 0;

  if (in == NULL)
    {
      g_task_return_error (task, g_steal_pointer (&error));
      return;
    }
  info = g_file_query_info (copy->file, G_FILE_ATTRIBUTE_STANDARD_SIZE "," G_FILE_ATTRIBUTE_STANDARD_CONTENT_TYPE,
                            G_FILE_QUERY_INFO_NONE, cancellable, NULL);
  g_mkdir_with_parents (copy->folder, 0700);
  out = g_file_replace (target, NULL, FALSE, G_FILE_CREATE_PRIVATE, cancellable, &error);
  while (out != NULL && (n = g_input_stream_read (G_INPUT_STREAM (in), buffer, CHUNK, cancellable, &error)) > 0)
    {
      g_checksum_update (checksum, buffer, n);
      if (!g_output_stream_write_all (G_OUTPUT_STREAM (out), buffer, (gsize) n, NULL, cancellable, &error))
        break;
      copy->size += n;
      torg_job_report (copy->job, copy->size, info != NULL ? g_file_info_get_size (info) : 0, NULL);
    }
  if (out != NULL && error == NULL)
    g_output_stream_close (G_OUTPUT_STREAM (out), cancellable, &error);
  if (error == NULL)
    {
      copy->hash = g_strdup (g_checksum_get_string (checksum));
      copy->type = info != NULL ? g_content_type_get_mime_type (g_file_info_get_content_type (info)) : NULL;
      path = make_path (copy->folder, copy->hash);
      parent = g_path_get_dirname (path);
      g_mkdir_with_parents (parent, 0700);
      final = g_file_new_for_path (path);
      g_file_move (target, final, G_FILE_COPY_OVERWRITE, cancellable, NULL, NULL, &error);
    }
  if (error != NULL)
    {
      g_file_delete (target, NULL, NULL);
      g_task_return_error (task, g_steal_pointer (&error));
      return;
    }
  g_task_return_boolean (task, TRUE);
}

static void
copied_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  Copy *copy = g_task_get_task_data (G_TASK (result));
  g_autoptr (GError) error = NULL;

  torg_job_finish (copy->job);
  if (!g_task_propagate_boolean (G_TASK (result), &error))
    torg_session_fail (copy->session, error);
  else
    {
      TorgSchema      *schema = torg_session_get_schema (copy->session);
      g_autofree char *id = torg_session_make_id (copy->session);
      g_autofree char *name = g_file_get_basename (copy->file);
      g_autofree char *shown = g_filename_display_name (name);
      g_autofree char *label = g_strdup_printf (_ ("File “%s” attached"), shown);
      g_autoptr (TorgRecord) record = torg_record_new (schema, torg_schema_find (schema, "attachment"), id);
      g_autoptr (TorgEdit) edit = torg_edit_new (label);

      torg_record_set_text (record, "name", shown);
      torg_record_set_text (record, "file", copy->hash);
      torg_record_take (record, "size", torg_value_int (copy->size * TORG_NUMBER_SCALE));
      if (copy->type != NULL)
        torg_record_set_text (record, "media_type", copy->type);
      torg_record_set_text (record, copy->field, copy->id);
      torg_record_take (record, "created", torg_value_int (torg_session_get_now (copy->session)));
      torg_edit_create (edit, record);
      torg_session_apply (copy->session, edit);
    }
}

/**
 * torg_attach_files:
 * @session: the session
 * @field: the field of an attachment that refers to the record: `deal`, `company` or `person`
 * @id: the record
 * @files: a list of GFile
 *
 * Attaches files to a record: their contents are stored by SHA-256 beside the replica.
 */
void
torg_attach_files (TorgSession *session, const char *field, const char *id, GListModel *files)
{
  for (guint i = 0; i < g_list_model_get_n_items (files); i++)
    {
      g_autoptr (GFile) file = g_list_model_get_item (files, i);
      g_autofree char *name = g_file_get_basename (file);
      g_autofree char *title = g_strdup_printf (_ ("Attaching “%s”"), name);
      Copy            *copy = g_new0 (Copy, 1);
      g_autoptr (GTask) task = NULL;

      copy->session = g_object_ref (session);
      copy->job = torg_job_new (title);
      copy->folder = make_folder (session);
      copy->field = g_strdup (field);
      copy->id = g_strdup (id);
      copy->file = g_object_ref (file);
      torg_session_add_job (session, copy->job);
      task = g_task_new (session, torg_job_get_cancellable (copy->job), copied_cb, NULL);
      g_task_set_task_data (task, copy, (GDestroyNotify) copy_free);
      g_task_run_in_thread (task, copy_thread);
    }
}

typedef struct
{
  TorgSession *session; /* (owned) */
  char        *field;   /* (owned) */
  char        *id;      /* (owned) */
} Choice;

static void
chosen_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  Choice *choice = data;
  g_autoptr (GListModel) files = gtk_file_dialog_open_multiple_finish (GTK_FILE_DIALOG (source), result, NULL);

  if (files != NULL)
    torg_attach_files (choice->session, choice->field, choice->id, files);
  g_object_unref (choice->session);
  g_free (choice->field);
  g_free (choice->id);
  g_free (choice);
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
  Choice *choice = g_new0 (Choice, 1);

  choice->session = g_object_ref (session);
  choice->field = g_strdup (field);
  choice->id = g_strdup (id);
  gtk_file_dialog_set_title (dialog, _ ("Attach Files"));
  gtk_file_dialog_open_multiple (dialog, GTK_WINDOW (gtk_widget_get_root (parent)), NULL, chosen_cb, choice);
}

typedef struct
{
  TorgSession *session; /* (owned) */
  GtkWidget   *parent;  /* (owned) */
  char        *content; /* (owned): the path of the content */
  char        *folder;  /* (owned): where the copy lies */
  char        *name;    /* (owned) */
} Opening;

static void
opening_free (Opening *opening)
{
  g_object_unref (opening->session);
  g_object_unref (opening->parent);
  g_free (opening->content);
  g_free (opening->folder);
  g_free (opening->name);
  g_free (opening);
}

static void
opened_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (TorgSession) session = data;
  g_autoptr (GError) error = NULL;

  if (!gtk_file_launcher_launch_finish (GTK_FILE_LAUNCHER (source), result, &error) &&
      !g_error_matches (error, GTK_DIALOG_ERROR, GTK_DIALOG_ERROR_DISMISSED))
    torg_session_say (session, _ ("The file could not be opened. Is its content on this computer?"), 0);
}

/* On a thread: what is opened is a copy with its own name, which the program for it needs and may change. */
static void
open_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  Opening *opening = data;
  g_autoptr (GFile) content = g_file_new_for_path (opening->content);
  g_autoptr (GFile) copy = g_file_new_build_filename (opening->folder, opening->name, NULL);
  g_autoptr (GError) error = NULL;

  g_mkdir_with_parents (opening->folder, 0700);
  if (!g_file_copy (content, copy, G_FILE_COPY_OVERWRITE, cancellable, NULL, NULL, &error))
    g_task_return_error (task, g_steal_pointer (&error));
  else
    g_task_return_pointer (task, g_steal_pointer (&copy), g_object_unref);
}

static void
ready_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  Opening *opening = g_task_get_task_data (G_TASK (result));
  g_autoptr (GError) error = NULL;
  g_autoptr (GFile) file = g_task_propagate_pointer (G_TASK (result), &error);
  g_autoptr (GtkFileLauncher) launcher = NULL;

  if (file == NULL)
    {
      torg_session_say (opening->session, _ ("The file could not be opened. Is its content on this computer?"), 0);
      return;
    }
  launcher = gtk_file_launcher_new (file);
  gtk_file_launcher_launch (launcher, GTK_WINDOW (gtk_widget_get_root (opening->parent)), NULL, opened_cb,
                            g_object_ref (opening->session));
}

/**
 * torg_attach_open:
 * @session: the session
 * @attachment: a record of an attachment
 * @parent: a widget in the window
 *
 * Opens the content of an attachment with the program for it.
 */
void
torg_attach_open (TorgSession *session, TorgRecord *attachment, GtkWidget *parent)
{
  const char      *hash = torg_record_get_text (attachment, "file");
  const char      *name = torg_record_get_text (attachment, "name");
  g_autofree char *folder = make_folder (session);
  g_autofree char *shown = g_strdelimit (g_strdup (name != NULL ? name : hash), G_DIR_SEPARATOR_S, '_');
  Opening         *opening = g_new0 (Opening, 1);
  g_autoptr (GTask) task = NULL;

  opening->session = g_object_ref (session);
  opening->parent = g_object_ref (parent);
  opening->content = make_path (folder, hash);
  opening->folder = g_build_filename (g_get_user_cache_dir (), "torg", "opened", hash, NULL);
  opening->name = g_filename_from_utf8 (shown, -1, NULL, NULL, NULL);
  if (opening->name == NULL)
    opening->name = g_strdup (hash);
  task = g_task_new (session, NULL, ready_cb, NULL);
  g_task_set_task_data (task, opening, (GDestroyNotify) opening_free);
  g_task_run_in_thread (task, open_thread);
}
