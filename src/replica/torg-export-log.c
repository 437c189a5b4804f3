/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "torg-replica"

#include "config.h"

#include "torg-error.h"
#include "torg-export-log.h"
#include "torg-json.h"
#include "torg-own-accounts.h"
#include "torg-own-right.h"
#include "torg-store-private.h"
#include "torg-sync-store.h"

#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>
#include <errno.h>

/*
 * Who took data along: a record `export` of each, which goes to the server as any edit does, and is there for whoever
 * sees it. Nobody changes, deletes or undoes it.
 */

static TorgEdit *
make_edit (TorgStore *self, const char *what, gint64 n_records, const char *filter)
{
  g_autofree char *id = torg_env_make_id (self->env);
  g_autoptr (TorgRecord) record = torg_record_new (self->schema, torg_schema_find (self->schema, "export"), id);
  TorgEdit *edit = torg_edit_new (NULL);

  torg_record_set_text (record, "what", what);
  torg_record_take (record, "records", torg_value_int (n_records * TORG_NUMBER_SCALE));
  torg_record_set_text (record, "filter", filter);
  torg_record_take (record, "at", torg_value_int (torg_env_get_now (self->env)));
  torg_record_set_text (record, "owner", self->user);
  torg_edit_create (edit, record);
  return edit;
}

static gboolean
apply (TorgStore *self, TorgEdit *edit, GError **error)
{
  gint64 step;

  if (!torg_store_begin (self, error))
    return FALSE;
  if (!torg_undo_begin_step (self, NULL, NULL, &step, error) ||
      !torg_apply_edit (self, edit, step, NULL, FALSE, error) || !torg_undo_end_for_good (self, step, error))
    {
      torg_store_rollback (self);
      return FALSE;
    }
  return torg_store_commit (self, error);
}

/**
 * torg_store_note_export:
 * @what: the name of a type, or %TORG_EXPORT_UNSENT
 * @n_records: how many
 * @filter: (nullable): which of them; %NULL for all
 * @error: place for a %TORG_STORE_ERROR
 *
 * Notes that the replica's user writes records into a file; before that is done. A replica that nobody has begun to use
 * has nobody to note.
 *
 * Returns: whether it is noted, on the disk
 */
gboolean
torg_store_note_export (TorgStore *self, const char *what, gint64 n_records, const char *filter, GError **error)
{
  g_autoptr (TorgEdit) edit = NULL;

  if (self->user == NULL)
    return TRUE;
  edit = make_edit (self, what, n_records, filter);
  return apply (self, edit, error);
}

static gboolean
refuse (GError **error)
{
  g_set_error_literal (error, TORG_ERROR, TORG_ERROR_RULE,
                       _ ("Your role does not allow to write such records into files. Ask your administrator."));
  return FALSE;
}

/**
 * torg_store_limit_export:
 * @type: the name of the records' type
 * @records: (element-type TorgRecord): records of the store; those that may not be written into files are taken out
 * @n_left: (out): how many these were
 * @error: place for a %TORG_ERROR_RULE: none may be
 *
 * Leaves what the role of whoever works here allows to write into a file.
 *
 * Returns: whether there is anything, or was nothing from the beginning and such records may be written
 */
gboolean
torg_store_limit_export (TorgStore *self, const char *type, GPtrArray *records, guint *n_left, GError **error)
{
  g_autoptr (TorgOwnRight) right = torg_own_right_new (self, "export", error);
  guint n = records->len;

  *n_left = 0;
  if (right == NULL)
    return FALSE;
  if (!torg_own_right_has_kind (right, type))
    return refuse (error);
  for (guint i = n; i > 0; i--)
    if (!torg_own_right_allows (right, records->pdata[i - 1]))
      g_ptr_array_remove_index (records, i - 1);
  *n_left = n - records->len;
  return n == 0 || records->len > 0 || refuse (error);
}

/* --- notes that outlive their replica ------------------------------------------------------------------------------
 */

/* Beside the accounts, each in a file of its own named by its id: {"server", "user", "record"}. So several accounts and
 * programs can write and take them at once. */
#define OWED_FOLDER "exports"

static char *
dup_owed_path (TorgStore *self, const char *id)
{
  g_autofree char *folder = torg_own_accounts_dup_folder_of (self->path);
  g_autofree char *name = id != NULL ? g_strconcat (id, ".json", NULL) : NULL;

  return folder != NULL ? g_build_filename (folder, OWED_FOLDER, name, NULL) : NULL;
}

static gboolean
write_owed (TorgStore *self, const char *server, TorgRecord *record, GError **error)
{
  g_autofree char *path = dup_owed_path (self, torg_record_get_id (record));
  g_autofree char *folder = g_path_get_dirname (path);
  g_autoptr (JsonNode) node = json_node_new (JSON_NODE_OBJECT);
  g_autofree char *text = NULL;
  JsonObject      *entry = json_object_new ();

  json_object_set_string_member (entry, "server", server);
  json_object_set_string_member (entry, "user", self->user);
  json_object_set_member (entry, "record", torg_record_to_json (record));
  json_node_take_object (node, entry);
  text = json_to_string (node, FALSE);
  if (g_mkdir_with_parents (folder, 0700) != 0)
    {
      g_set_error (error, G_FILE_ERROR, g_file_error_from_errno (errno), "%s: %s", folder, g_strerror (errno));
      return FALSE;
    }
  return g_file_set_contents_full (path, text, -1, G_FILE_SET_CONTENTS_CONSISTENT | G_FILE_SET_CONTENTS_DURABLE, 0600,
                                   error);
}

/**
 * torg_store_keep_exports:
 * @error: place for an error
 *
 * Keeps the notes that the server does not have yet, beside the accounts, where they are found when their user signs in
 * on this computer again; before an account is removed from it.
 *
 * Returns: whether they are on the disk
 */
gboolean
torg_store_keep_exports (TorgStore *self, GError **error)
{
  g_autofree char *path = dup_owed_path (self, NULL);
  g_autofree char *server = torg_state_get (self->db, "server");
  g_autoptr (GPtrArray) exports = NULL;

  if (path == NULL || server == NULL || self->user == NULL || torg_store_is_local (self))
    return TRUE;
  exports = torg_store_list_exports (self, 0, error);
  if (exports == NULL)
    return FALSE;
  for (guint i = 0; i < exports->len; i++)
    {
      TorgRecord *record = exports->pdata[i];

      if (torg_record_get_seq (record) == 0 && g_strcmp0 (torg_record_get_text (record, "owner"), self->user) == 0 &&
          !write_owed (self, server, record, error))
        return FALSE;
    }
  return TRUE;
}

/* One note, where it is of this replica's user; what makes no sense is nobody's. */
static gboolean
tell (TorgStore *self, const char *server, JsonNode *node, gboolean *any, gboolean *done, GError **error)
{
  JsonObject *entry = node != NULL && JSON_NODE_HOLDS_OBJECT (node) ? json_node_get_object (node) : NULL;
  g_autoptr (TorgRecord) record = NULL;
  g_autoptr (TorgRecord) known = NULL;
  g_autoptr (TorgEdit) edit = NULL;

  *done = FALSE;
  if (entry == NULL || g_strcmp0 (torg_json_get_text (entry, "server"), server) != 0 ||
      g_strcmp0 (torg_json_get_text (entry, "user"), self->user) != 0 || !json_object_has_member (entry, "record"))
    return TRUE;
  record = torg_record_from_json (self->schema, json_object_get_member (entry, "record"), NULL);
  *done = TRUE;
  if (record == NULL || !g_str_equal (torg_record_get_kind (record)->info->name, "export"))
    return TRUE;
  /* It was told after all, or its turn has come already. */
  known = torg_store_get (self, "export", torg_record_get_id (record), NULL);
  if (known != NULL)
    return TRUE;
  *any = TRUE;
  edit = torg_edit_new (NULL);
  torg_edit_create (edit, record);
  return apply (self, edit, error);
}

/**
 * torg_store_tell_exports:
 * @any: (out): whether there is something to be sent now
 * @error: place for an error; then what was not noted yet is kept
 *
 * Notes again what [method@Store.keep_exports] has kept of the replica's user; after a sync that has brought
 * everything.
 *
 * Returns: whether that worked
 */
gboolean
torg_store_tell_exports (TorgStore *self, gboolean *any, GError **error)
{
  g_autofree char *path = dup_owed_path (self, NULL);
  g_autofree char *server = torg_state_get (self->db, "server");
  g_autoptr (GDir) folder = NULL;
  const char *name;

  *any = FALSE;
  folder = path != NULL && !torg_store_is_adopting (self) ? g_dir_open (path, 0, NULL) : NULL;
  while (folder != NULL && (name = g_dir_read_name (folder)) != NULL)
    {
      g_autofree char *file = g_build_filename (path, name, NULL);
      g_autofree char *text = NULL;
      g_autoptr (JsonNode) node = NULL;
      gboolean done;

      /* What cannot be read now is told another time. */
      if (!g_str_has_suffix (name, ".json") || !g_file_get_contents (file, &text, NULL, NULL))
        continue;
      node = json_from_string (text, NULL);
      if (!tell (self, server, node, any, &done, error))
        return FALSE;
      if (done)
        g_unlink (file);
    }
  return TRUE;
}

/**
 * torg_store_list_exports:
 * @limit: how many at most; 0 for all
 * @error: place for a %TORG_STORE_ERROR
 *
 * Lists what was exported, as far as the user may see it.
 *
 * Returns: (transfer full) (element-type TorgRecord) (nullable): the latest first
 */
GPtrArray *
torg_store_list_exports (TorgStore *self, guint limit, GError **error)
{
  g_autoptr (TorgQuery) query = torg_query_new ("export");

  torg_query_sort (query, "at", TRUE);
  return torg_store_list (self, query, limit, NULL, error);
}
