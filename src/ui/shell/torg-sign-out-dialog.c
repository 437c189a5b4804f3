/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "torg-ui"

#include "config.h"

#include "torg-sign-out-dialog.h"
#include "torg-edit-words.h"
#include "torg-export-log.h"
#include "torg-own-right.h"
#include "torg-file-table.h"
#include "torg-xlsx-writer.h"

#include <glib/gi18n-lib.h>

/*
 * Asks before the company's data leaves this computer, and offers to keep in a file what the server does not have: what
 * is not sent, and what it did not take.
 */

/* How many files are named that could not be kept. */
#define MAX_TOLD 10

typedef struct
{
  TorgSession *session; /* (owned) */
  GtkWindow   *window;  /* (owned) */
  guint        n_lost;  /* what only this computer has */
  guint        n_files; /* the same, of files */
  gboolean     local;   /* there is no server */
  gboolean     content; /* what was here before there was a server is not sent yet */
  char        *trouble; /* (owned) (nullable): why it cannot be read what there is */
  gint64       mark;    /* up to which edit the user knows what is lost */
} SignOut;

static void
sign_out_free (SignOut *self)
{
  g_object_unref (self->session);
  g_object_unref (self->window);
  g_free (self->trouble);
  g_free (self);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SignOut, sign_out_free)

/* Takes @self over. */
static void ask (SignOut *self);

/* --- keeping it in a file ----------------------------------------------------------------------------------------- */

/* What is written, and the file. */
typedef struct
{
  SignOut   *sign_out; /* (owned) (nullable) */
  GFile     *file;     /* (owned) */
  TorgTable *table;    /* (owned) (nullable) */
  gint64     mark;     /* up to which edit it holds them */
} Keeping;

static void
keeping_free (Keeping *self)
{
  g_clear_pointer (&self->sign_out, sign_out_free);
  g_clear_object (&self->file);
  g_clear_pointer (&self->table, torg_table_unref);
  g_free (self);
}

/* Takes what the mutations hold. Of a record that is kept as a whole the edits are in it. */
static void
add_words (GPtrArray *list, TorgStore *store, GPtrArray *mutations, gboolean whole)
{
  g_ptr_array_set_free_func (mutations, NULL);
  for (guint i = 0; i < mutations->len; i++)
    {
      TorgWireMutation *mutation = mutations->pdata[i];

      if (whole && mutation->base_seq == 0)
        torg_wire_mutation_free (mutation);
      else
        g_ptr_array_add (list, torg_edit_words_read (store, mutation));
    }
}

/* In words, then as it is, so that nothing is missing. All of it is the user's own, whatever the role says of exports.
 */
static gpointer
read_lost (TorgStore *store, gpointer data, GCancellable *cancellable, GError **error)
{
  gint64 *mark = data;
  g_autoptr (GPtrArray) list = g_ptr_array_new_with_free_func ((GDestroyNotify) torg_edit_words_free);
  g_autoptr (GPtrArray) content = torg_store_list_content (store, error);
  g_autoptr (GPtrArray) unsent = content != NULL ? torg_store_list_unsent (store, NULL, error) : NULL;
  g_autoptr (GPtrArray) rejected = unsent != NULL ? torg_store_list_attention (store, error) : NULL;

  if (rejected == NULL)
    return NULL;
  *mark = torg_store_get_edit_mark (store);
  add_words (list, store, content, FALSE);
  add_words (list, store, unsent, content->len > 0);
  for (guint i = 0; i < rejected->len; i++)
    {
      TorgAttention *item = rejected->pdata[i];

      g_ptr_array_add (list, torg_edit_words_read (store, g_steal_pointer (&item->mutation)));
    }
  return g_steal_pointer (&list);
}

static gboolean
add_cells (TorgTable *table, guint line, const char *const *cells, GError **error)
{
  if (!torg_table_add_row (table, line, error))
    return FALSE;
  for (guint i = 0; cells[i] != NULL; i++)
    if (!torg_table_add_cell (table, TORG_CELL_TEXT, cells[i], -1, error))
      return FALSE;
  return TRUE;
}

static TorgTable *
make_table (SignOut *self, GPtrArray *list, GError **error)
{
  g_autoptr (TorgTable) table = torg_table_new ();
  const char *const heads[] = { _ ("When"), _ ("Kind of record"), _ ("Record"), _ ("What was done"), _ ("Data"), NULL };

  if (!add_cells (table, 1, heads, error))
    return NULL;
  for (guint i = 0; i < list->len; i++)
    {
      TorgEditWords *words = g_ptr_array_index (list, i);
      g_autoptr (JsonNode) node = torg_wire_mutation_to_json (words->mutation);
      g_autoptr (GDateTime) time = g_date_time_new_from_unix_local_usec (words->mutation->edited_at);
      g_autofree char  *when = time != NULL ? g_date_time_format (time, "%Y-%m-%d %H:%M:%S") : g_strdup ("");
      g_autofree char  *type = torg_edit_words_say_type (words, self->session);
      g_autofree char  *title = torg_edit_words_dup_title (words, self->session);
      g_autofree char  *done = torg_edit_words_say (words, self->session);
      g_autofree char  *json = json_to_string (node, FALSE);
      const char *const cells[] = { when, type, title, done, json, NULL };

      if (!add_cells (table, i + 2, cells, error))
        return NULL;
    }
  return g_steal_pointer (&table);
}

/* Beside the table: “NAME.files”, with what the files are called; those of the same name are told apart by a number. */
static gboolean
write_file (TorgFile *file, guint number, TorgContent *content, const char *folder, GError **error)
{
  g_autofree char *path = torg_content_dup_path (content, file->hash);
  g_autofree char *shown = g_strdelimit (g_strdup (file->code), G_DIR_SEPARATOR_S, '_');
  g_autofree char *name = g_strdup_printf ("%u %s", number, shown);
  g_autoptr (GFile) from = g_file_new_for_path (path);
  g_autoptr (GFile) to = g_file_new_build_filename (folder, name, NULL);

  g_mkdir_with_parents (folder, 0700);
  return g_file_copy (from, to, G_FILE_COPY_OVERWRITE, NULL, NULL, NULL, error);
}

/* One that cannot be kept is no reason to leave the others: a line of each of those. */
static GPtrArray *
write_files (TorgStore *store, Keeping *keeping, GError **error)
{
  g_autoptr (GPtrArray) files = torg_store_list_unsent_files (store, error);
  g_autoptr (GPtrArray) failed = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (TorgContent) content = torg_store_new_content (store);
  g_autofree char *folder = g_strconcat (g_file_peek_path (keeping->file), ".files", NULL);

  for (guint i = 0; files != NULL && i < files->len; i++)
    {
      TorgFile *file = files->pdata[i];
      g_autoptr (GError) local = NULL;

      if (torg_content_get_size (content, file->hash) < 0)
        /* Translators: %s is the name of a file */
        g_ptr_array_add (failed, g_strdup_printf (_ ("%s: not on this computer any more"), file->code));
      else if (!write_file (file, i + 1, content, folder, &local))
        g_ptr_array_add (failed, g_strdup_printf ("%s: %s", file->code, local->message));
    }
  return files != NULL ? g_steal_pointer (&failed) : NULL;
}

/* By how much it moves the mark. */
static gpointer
note_export (TorgStore *store, gpointer data, GCancellable *cancellable, GError **error)
{
  TorgTable *table = data;
  gint64     before = torg_store_get_edit_mark (store);

  /* Without the line of headings. */
  torg_store_note_export (store, TORG_EXPORT_UNSENT, torg_table_get_n_rows (table) - 1, NULL, error);
  return GINT_TO_POINTER (torg_store_get_edit_mark (store) - before);
}

static gpointer
write_table (TorgStore *store, gpointer data, GCancellable *cancellable, GError **error)
{
  Keeping *keeping = data;

  return torg_csv_export (keeping->table, g_file_peek_path (keeping->file), error) ? write_files (store, keeping, error)
                                                                                   : NULL;
}

/* Nothing is removed: the user has to know first. */
static void
tell_failed (SignOut *self, GPtrArray *failed)
{
  AdwAlertDialog *dialog = ADW_ALERT_DIALOG (adw_alert_dialog_new (_ ("Not Everything Could Be Kept"), NULL));
  g_autoptr (GString) body = g_string_new (_ ("Nothing was removed from this computer. These files are missing:"));

  g_string_append (body, "\n");
  for (guint i = 0; i < MIN (failed->len, MAX_TOLD); i++)
    g_string_append_printf (body, "\n%s", (const char *) failed->pdata[i]);
  if (failed->len > MAX_TOLD)
    g_string_append_printf (body, ngettext ("\nand %u more", "\nand %u more", failed->len - MAX_TOLD),
                            failed->len - MAX_TOLD);
  adw_alert_dialog_set_body (dialog, body->str);
  adw_alert_dialog_add_responses (dialog, "close", _ ("_Close"), NULL);
  adw_alert_dialog_set_default_response (dialog, "close");
  adw_alert_dialog_set_close_response (dialog, "close");
  adw_dialog_present (ADW_DIALOG (dialog), GTK_WIDGET (self->window));
}

static void
written_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (SignOut) self = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) failed = torg_replica_call_finish (TORG_REPLICA (source), result, &error);

  if (failed == NULL)
    torg_session_fail (self->session, error);
  else if (failed->len > 0)
    tell_failed (self, failed);
  else
    ask (g_steal_pointer (&self));
}

/* What is taken along is noted first; it goes to the server with the rest, if there is still a way. */
static void
noted_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  Keeping *keeping = data;
  SignOut *self = keeping->sign_out;
  g_autoptr (GError) error = NULL;

  self->mark = keeping->mark + GPOINTER_TO_INT (torg_replica_call_finish (TORG_REPLICA (source), result, &error));
  if (error != NULL)
    {
      torg_session_fail (self->session, error);
      keeping_free (keeping);
      return;
    }
  keeping->sign_out = NULL;
  torg_replica_call_async (TORG_REPLICA (source), TORG_LANE_READ, write_table, keeping, (GDestroyNotify) keeping_free,
                           (GDestroyNotify) g_ptr_array_unref, NULL, written_cb, self);
}

static void
read_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  Keeping *keeping = data;
  SignOut *self = keeping->sign_out;
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) list = torg_replica_call_finish (TORG_REPLICA (source), result, &error);

  keeping->table = list != NULL ? make_table (self, list, &error) : NULL;
  if (keeping->table == NULL)
    {
      torg_session_fail (self->session, error);
      keeping_free (keeping);
      return;
    }
  torg_replica_call_async (TORG_REPLICA (source), TORG_LANE_WRITE, note_export, torg_table_ref (keeping->table),
                           (GDestroyNotify) torg_table_unref, NULL, NULL, noted_cb, keeping);
}

static void
chosen_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (SignOut) self = data;
  g_autoptr (GFile) file = gtk_file_dialog_save_finish (GTK_FILE_DIALOG (source), result, NULL);
  Keeping *keeping;

  if (file == NULL || g_file_peek_path (file) == NULL)
    {
      ask (g_steal_pointer (&self));
      return;
    }
  keeping = g_new0 (Keeping, 1);
  keeping->file = g_steal_pointer (&file);
  keeping->sign_out = g_steal_pointer (&self);
  torg_replica_call_async (torg_session_get_replica (keeping->sign_out->session), TORG_LANE_READ, read_lost,
                           &keeping->mark, NULL, (GDestroyNotify) g_ptr_array_unref, NULL, read_cb, keeping);
}

static void
choose_file (SignOut *self)
{
  g_autoptr (GtkFileDialog) dialog = gtk_file_dialog_new ();

  gtk_file_dialog_set_title (dialog, _ ("Keep What Was Not Sent"));
  /* Translators: a file name */
  gtk_file_dialog_set_initial_name (dialog, _ ("Not sent.csv"));
  gtk_file_dialog_save (dialog, self->window, NULL, chosen_cb, self);
}

/* --- asking ------------------------------------------------------------------------------------------------------- */

static void
answered_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (SignOut) self = data;
  const char *answer = adw_alert_dialog_choose_finish (ADW_ALERT_DIALOG (source), result);

  if (g_str_equal (answer, "keep"))
    choose_file (g_steal_pointer (&self));
  else if (g_str_equal (answer, "sign-out"))
    gtk_widget_activate_action (GTK_WIDGET (self->window), "win.forget", "x", self->mark);
}

static void
ask (SignOut *self)
{
  /* As the list of accounts calls it where it does not know a server. */
  gboolean        removes = self->local || self->trouble != NULL;
  AdwAlertDialog *dialog = ADW_ALERT_DIALOG (
    adw_alert_dialog_new (removes ? _ ("Remove from This Computer?") : _ ("Sign Out on This Computer?"), NULL));
  g_autoptr (GString) body = g_string_new (NULL);

  if (self->n_lost > 0 && self->content)
    g_string_append_printf (body,
                            ngettext ("%u record or change is only here: it was not sent to the server yet. It will be "
                                      "lost.",
                                      "%u records and changes are only here: they were not sent to the server yet. "
                                      "They will be lost.",
                                      self->n_lost),
                            self->n_lost);
  else if (self->n_lost > 0)
    g_string_append_printf (body,
                            ngettext ("%u change is only here: the server does not have it. It will be lost.",
                                      "%u changes are only here: the server does not have them. They will be lost.",
                                      self->n_lost),
                            self->n_lost);
  if (self->n_lost > 0)
    g_string_append (body, "\n\n");
  if (self->n_files > 0)
    g_string_append_printf (body,
                            ngettext ("%u file is only here: the server does not have it. It will be lost.",
                                      "%u files are only here: the server does not have them. They will be lost.",
                                      self->n_files),
                            self->n_files);
  if (self->n_files > 0)
    g_string_append (body, "\n\n");
  if (self->trouble != NULL)
    {
      /* Translators: %s is a sentence that says why */
      g_string_append_printf (body, _ ("The data on this computer cannot be read: %s"), self->trouble);
      g_string_append (body, "\n\n");
    }
  if (self->trouble != NULL)
    g_string_append (body, _ ("All of it is removed from this computer; what was not sent will be lost."));
  else if (self->local)
    g_string_append (body, _ ("This data is on no server: all of it, files included, will be lost for good."));
  else if (self->content)
    g_string_append (body, _ ("All data is removed from this computer; only what was sent stays at the server."));
  else
    g_string_append (body, _ ("The company’s data is removed from this computer, and stays at the server."));
  adw_alert_dialog_set_body (dialog, body->str);
  adw_alert_dialog_add_responses (dialog, "cancel", _ ("_Cancel"), NULL);
  if (self->n_lost + self->n_files > 0)
    adw_alert_dialog_add_responses (dialog, "keep", _ ("_Keep in a File…"), NULL);
  adw_alert_dialog_add_responses (dialog, "sign-out", removes ? C_ ("account", "_Remove") : _ ("_Sign Out"), NULL);
  adw_alert_dialog_set_response_appearance (dialog, "sign-out", ADW_RESPONSE_DESTRUCTIVE);
  adw_alert_dialog_set_default_response (dialog, "cancel");
  adw_alert_dialog_set_close_response (dialog, "cancel");
  adw_alert_dialog_choose (dialog, GTK_WIDGET (self->window), NULL, answered_cb, self);
}

/* What only this computer has. */
typedef struct
{
  guint    n_lost;
  guint    n_files;
  gboolean local;
  gboolean content;
  gint64   mark;
} Lost;

static gpointer
count_lost (TorgStore *store, gpointer data, GCancellable *cancellable, GError **error)
{
  g_autoptr (GPtrArray) rejected = torg_store_list_attention (store, error);
  g_autoptr (GPtrArray) files = rejected != NULL ? torg_store_list_unsent_files (store, error) : NULL;
  Lost *lost;

  if (files == NULL)
    return NULL;
  lost = g_new0 (Lost, 1);
  lost->local = torg_store_is_local (store);
  lost->content = torg_store_is_adopting (store);
  lost->mark = torg_store_get_edit_mark (store);
  if (!lost->local)
    {
      lost->n_lost = (guint) torg_store_count_unsent (store) + rejected->len;
      lost->n_files = files->len;
    }
  return lost;
}

static void
counted_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (SignOut) self = data;
  g_autoptr (GError) error = NULL;
  g_autofree Lost *lost = torg_replica_call_finish (TORG_REPLICA (source), result, &error);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  if (lost == NULL)
    {
      self->trouble = g_strdup (error->message);
      self->mark = TORG_SIGN_OUT_UNREAD;
      ask (g_steal_pointer (&self));
      return;
    }
  self->mark = lost->mark;
  self->n_lost = lost->n_lost;
  self->n_files = lost->n_files;
  self->local = lost->local;
  self->content = lost->content;
  ask (g_steal_pointer (&self));
}

/**
 * torg_sign_out_dialog_present:
 * @session: the session
 * @window: whose dialog it is; its `win.forget` is activated when the user says so, with the mark of the last edit that
 *   they know to be lost, or with %TORG_SIGN_OUT_UNREAD
 *
 * Asks whether the company's data is to be removed from this computer.
 */
void
torg_sign_out_dialog_present (TorgSession *session, GtkWindow *window)
{
  SignOut *self = g_new0 (SignOut, 1);

  self->session = g_object_ref (session);
  self->window = g_object_ref (window);
  torg_replica_call_async (torg_session_get_replica (session), TORG_LANE_READ, count_lost, NULL, NULL, g_free, NULL,
                           counted_cb, self);
}
