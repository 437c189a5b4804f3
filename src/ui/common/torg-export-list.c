/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "torg-ui"

#include "config.h"

#include "torg-export-list.h"
#include "torg-export.h"

#include <glib/gi18n-lib.h>

/* What a list shows, as a file. */

typedef struct
{
  TorgSession *session; /* (owned) */
  TorgQuery   *query;   /* (owned) */
  char       **fields;  /* (owned) */
} Export;

static void
export_free (Export *self)
{
  g_object_unref (self->session);
  torg_query_unref (self->query);
  g_strfreev (self->fields);
  g_free (self);
}

static void
written_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (TorgSession) session = data;
  g_autoptr (GError) error = NULL;
  g_autofree TorgExported *done = torg_export_finish (TORG_REPLICA (source), result, &error);
  g_autoptr (GString) text = NULL;

  if (done == NULL)
    {
      torg_session_fail (session, error);
      return;
    }
  text = g_string_new (NULL);
  g_string_append_printf (
    text, ngettext ("%lld record written to the file", "%lld records written to the file", (gulong) done->n_written),
    (long long) done->n_written);
  if (done->n_left > 0)
    {
      g_string_append (text, ". ");
      g_string_append_printf (text,
                              ngettext ("%u was left out: your role does not allow it",
                                        "%u were left out: your role does not allow it", done->n_left),
                              done->n_left);
    }
  torg_session_say (session, text->str, 0);
}

static void
chosen_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  Export *self = data;
  g_autoptr (GFile) file = gtk_file_dialog_save_finish (GTK_FILE_DIALOG (source), result, NULL);
  g_autoptr (TorgJob) job = NULL;

  if (file != NULL)
    {
      job = torg_job_new (_ ("Writing the list to a file"));
      torg_session_add_job (self->session, job);
      torg_export_async (torg_session_get_replica (self->session), self->query, (const char *const *) self->fields,
                         file, job, written_cb, g_object_ref (self->session));
    }
  export_free (self);
}

/**
 * torg_export_list:
 * @session: the session
 * @query: what the list shows, in its order
 * @fields: names of its columns
 * @parent: where it is asked for
 *
 * Asks for a file and writes a list to it: XLSX, or CSV where its name ends so.
 */
void
torg_export_list (TorgSession *session, TorgQuery *query, char **fields, GtkWidget *parent)
{
  const TorgType *type = torg_schema_find (torg_session_get_schema (session), torg_query_get_kind (query));
  g_autoptr (GtkFileDialog) dialog = gtk_file_dialog_new ();
  g_autofree char *name = g_strconcat (torg_type_get_label_plural (type), ".xlsx", NULL);
  Export          *self = g_new0 (Export, 1);

  self->session = g_object_ref (session);
  self->query = torg_query_copy (query);
  self->fields = g_strdupv (fields);
  gtk_file_dialog_set_title (dialog, _ ("Export the List (.xlsx or .csv)"));
  gtk_file_dialog_set_initial_name (dialog, name);
  gtk_file_dialog_save (dialog, GTK_WINDOW (gtk_widget_get_root (parent)), NULL, chosen_cb, self);
}
