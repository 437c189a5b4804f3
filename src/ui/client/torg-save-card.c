/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "torg-ui"

#include "config.h"

#include "torg-save-card.h"
#include "torg-error.h"
#include "torg-export-log.h"
#include "torg-vcard-writer.h"
#include "torg-words.h"

#include <glib/gi18n-lib.h>

/* A person's card as a file, for a telephone or an address book. */

typedef struct
{
  TorgSession *session; /* (owned) */
  TorgRecord  *person;  /* (owned) */
  GFile       *file;    /* (owned) (nullable) */
} Saving;

static void
saving_free (gpointer data)
{
  Saving *self = data;

  g_object_unref (self->session);
  torg_record_unref (self->person);
  g_clear_object (&self->file);
  g_free (self);
}

/* It is an export like any other: as far as one's role lets, and known before anybody has it. */
static gpointer
write_card (TorgStore *store, gpointer data, GCancellable *cancellable, GError **error)
{
  Saving          *self = data;
  const char      *company_id = torg_record_get_text (self->person, "company");
  g_autofree char *company = company_id != NULL ? torg_store_dup_title (store, "company", company_id) : NULL;
  g_autofree char *card = NULL;
  g_autoptr (GPtrArray) records = g_ptr_array_new_with_free_func ((GDestroyNotify) torg_record_unref);
  guint n_left = 0;

  g_ptr_array_add (records, torg_record_ref (self->person));
  if (!torg_store_limit_export (store, "person", records, &n_left, error))
    return NULL;
  if (n_left > 0)
    {
      g_set_error_literal (error, TORG_ERROR, TORG_ERROR_RULE,
                           _ ("Your role does not allow to write this record into a file. Ask your administrator."));
      return NULL;
    }
  card = torg_vcard_write (self->person, company, error);
  if (card == NULL || !torg_store_note_export (store, "person", 1, NULL, error) ||
      !g_file_replace_contents (self->file, card, strlen (card), NULL, FALSE, G_FILE_CREATE_NONE, NULL, cancellable,
                                error))
    return NULL;
  return store;
}

static void
written_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (TorgSession) session = data;
  g_autoptr (GError) error = NULL;

  if (torg_replica_call_finish (TORG_REPLICA (source), result, &error) == NULL)
    torg_session_fail (session, error);
  else
    torg_session_say (session, _ ("Card saved"), 0);
}

static void
chosen_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  Saving *self = data;

  self->file = gtk_file_dialog_save_finish (GTK_FILE_DIALOG (source), result, NULL);
  if (self->file == NULL)
    {
      saving_free (self);
      return;
    }
  torg_replica_call_async (torg_session_get_replica (self->session), TORG_LANE_WRITE, write_card, self, saving_free,
                           NULL, NULL, written_cb, g_object_ref (self->session));
}

/**
 * torg_save_card:
 * @session: the session
 * @person: a `person`
 * @parent: where it is asked for
 *
 * Asks for a file and writes a person's card (vCard) into it.
 */
void
torg_save_card (TorgSession *session, TorgRecord *person, GtkWidget *parent)
{
  g_autoptr (GtkFileDialog) dialog = gtk_file_dialog_new ();
  g_autofree char *title = torg_words_title (person);
  g_autofree char *name = g_strconcat (g_strdelimit (title, "/\\", ' '), ".vcf", NULL);
  Saving          *self = g_new0 (Saving, 1);

  self->session = g_object_ref (session);
  self->person = torg_record_ref (person);
  gtk_file_dialog_set_title (dialog, _ ("Save the Card"));
  gtk_file_dialog_set_initial_name (dialog, name);
  gtk_file_dialog_save (dialog, GTK_WINDOW (gtk_widget_get_root (parent)), NULL, chosen_cb, self);
}
