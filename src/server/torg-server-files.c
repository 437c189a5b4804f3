/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "torg-server"

#include "config.h"

#include "torg-error.h"
#include "torg-server-files.h"

#include <glib/gi18n-lib.h>
#include <string.h>

/*
 * What the database knows of files: which are whole (`file`), who has shown to have the content of which
 * (`file_proof`), which are on their way (`upload`).
 *
 * A hash alone proves nothing: whoever attaches a file gives others, and themselves, the right to read it only where
 * they have sent the content, or could read it. So an attachment counts with the proof of whoever made it, which the
 * first line of its history tells; where nobody made it (it was imported), its own id stands for the user.
 */

/* Rows of one transaction of the purge. */
#define CHUNK 1000

/**
 * torg_server_files_new:
 * @store_uri: the database
 * @folder: (nullable): where files are to lie; %NULL for beside a database that is a file
 * @limit_mb: how long one may be, in millions of bytes
 *
 * Says where the server keeps files.
 *
 * Returns: (transfer full) (nullable): that; %NULL where they have no place
 */
TorgServerFiles *
torg_server_files_new (const char *store_uri, const char *folder, guint limit_mb)
{
  g_autofree char *beside = NULL;
  TorgServerFiles *self;

  if (folder == NULL && g_str_has_prefix (store_uri, "sqlite:"))
    folder = beside = g_strconcat (store_uri + strlen ("sqlite:"), ".files", NULL);
  if (folder == NULL)
    return NULL;
  self = g_new0 (TorgServerFiles, 1);
  self->content = torg_content_new (folder);
  self->limit = (gint64) limit_mb * 1000 * 1000;
  return self;
}

/**
 * torg_server_files_free:
 * @self: (transfer full): where the server keeps files
 *
 * Frees it; the files stay.
 */
void
torg_server_files_free (TorgServerFiles *self)
{
  torg_content_free (self->content);
  g_free (self);
}

/* --- who may read ------------------------------------------------------------------------------------------------- */

#define AUTHOR                                                                                                         \
  "coalesce((SELECT h.author FROM history h WHERE h.workspace = a.workspace AND h.record = a.id AND h.field IS NULL "  \
  "AND h.record_type = 'attachment' "                                                                                  \
  "ORDER BY h.seq LIMIT 1), a.id)"

/**
 * torg_server_files_may_read:
 * @sight: what a user may see
 * @hash: a SHA-256
 * @may: (out): whether the file is here, and the user sees it attached to something by somebody who had it
 * @error: place for a %TORG_STORE_ERROR
 *
 * Tells whether a user may read a file; in a transaction.
 *
 * Returns: whether the database answered
 */
gboolean
torg_server_files_may_read (TorgServerStore *store, TorgSight *sight, const char *hash, gboolean *may, GError **error)
{
  g_autoptr (TorgStatement) statement = NULL;
  gboolean row = TRUE;

  *may = FALSE;
  if (torg_sight_hides (sight, "attachment", "file"))
    return TRUE;
  statement = torg_server_store_prepare (
    store,
    "SELECT a.keys FROM attachment a JOIN file f ON f.workspace = a.workspace AND f.hash = a.file "
    "WHERE a.workspace = ?1 AND a.file = ?2 AND a.deleted IS NULL AND EXISTS (SELECT 1 FROM file_proof p "
    "WHERE p.workspace = a.workspace AND p.hash = a.file AND p.user_id = " AUTHOR ")",
    error);
  if (statement == NULL)
    return FALSE;
  torg_statement_bind_text (statement, 2, hash);
  while (row && !*may)
    {
      if (!torg_statement_step (statement, &row, error))
        return FALSE;
      *may = row && torg_sight_sees (sight, torg_statement_get_text (statement, 0));
    }
  return TRUE;
}

/**
 * torg_server_files_prove:
 * @hash: a SHA-256
 * @user: who has sent the content, or could read it
 * @error: place for a %TORG_STORE_ERROR
 *
 * Notes that a user has the content of a file; in a transaction.
 *
 * Returns: whether that worked
 */
gboolean
torg_server_files_prove (TorgServerStore *store, const char *hash, const char *user, GError **error)
{
  g_autoptr (TorgStatement) statement = torg_server_store_prepare (
    store, "INSERT INTO file_proof (workspace, hash, user_id, at) VALUES (?1, ?2, ?3, ?4) ON CONFLICT DO NOTHING",
    error);

  if (statement == NULL)
    return FALSE;
  torg_statement_bind_text (statement, 2, hash);
  torg_statement_bind_id (statement, 3, user);
  torg_statement_bind_int (statement, 4, torg_env_get_now (torg_server_store_get_env (store)));
  return torg_statement_run (statement, error);
}

/**
 * torg_server_files_add:
 * @hash: a SHA-256, of a file that is whole and in its place
 * @size: its length in bytes
 * @user: (nullable): who has sent it; %NULL where all attachments of it are to count
 * @error: place for a %TORG_STORE_ERROR
 *
 * Makes a file known; in a transaction.
 *
 * Returns: whether that worked
 */
gboolean
torg_server_files_add (TorgServerStore *store, const char *hash, gint64 size, const char *user, GError **error)
{
  g_autoptr (TorgStatement) statement = torg_server_store_prepare (
    store, "INSERT INTO file (workspace, hash, size, created) VALUES (?1, ?2, ?3, ?4) ON CONFLICT DO NOTHING", error);
  g_autoptr (TorgStatement) proofs = NULL;
  gint64 now = torg_env_get_now (torg_server_store_get_env (store));

  if (statement == NULL)
    return FALSE;
  torg_statement_bind_text (statement, 2, hash);
  torg_statement_bind_int (statement, 3, size);
  torg_statement_bind_int (statement, 4, now);
  if (!torg_statement_run (statement, error))
    return FALSE;
  if (user != NULL)
    return torg_server_files_prove (store, hash, user, error);
  proofs = torg_server_store_prepare (store,
                                      "INSERT INTO file_proof (workspace, hash, user_id, at) SELECT DISTINCT "
                                      "a.workspace, a.file, " AUTHOR ", CAST(?3 AS BIGINT) FROM attachment a WHERE "
                                      "a.workspace = ?1 AND a.file = ?2 ON CONFLICT DO NOTHING",
                                      error);
  if (proofs == NULL)
    return FALSE;
  torg_statement_bind_text (proofs, 2, hash);
  torg_statement_bind_int (proofs, 3, now);
  return torg_statement_run (proofs, error);
}

/* --- uploads ------------------------------------------------------------------------------------------------------ */

/**
 * torg_upload_free:
 * @self: (transfer full): an upload
 *
 * Frees an upload.
 */
void
torg_upload_free (TorgUpload *self)
{
  g_free (self->id);
  g_free (self->hash);
  g_free (self);
}

#define UPLOADS "SELECT id, hash, size, coalesce(touched, created) FROM upload WHERE workspace = ?1 AND user_id = ?2 "

/**
 * torg_upload_find:
 * @user: whose upload it is
 * @id: (nullable): which one
 * @hash: (nullable): or of what
 * @upload: (out) (transfer full) (nullable): the upload; %NULL where there is none
 * @error: place for a %TORG_STORE_ERROR
 *
 * Finds an upload of a user; that of somebody else is not there.
 *
 * Returns: whether the database answered
 */
gboolean
torg_upload_find (TorgServerStore *store,
                  const char      *user,
                  const char      *id,
                  const char      *hash,
                  TorgUpload     **upload,
                  GError         **error)
{
  g_autoptr (TorgStatement) statement =
    torg_server_store_prepare (store, id != NULL ? UPLOADS "AND id = ?3" : UPLOADS "AND hash = ?3 ORDER BY id", error);
  gboolean row;

  *upload = NULL;
  if (statement == NULL)
    return FALSE;
  torg_statement_bind_id (statement, 2, user);
  if (id != NULL)
    torg_statement_bind_id (statement, 3, id);
  else
    torg_statement_bind_text (statement, 3, hash);
  if (!torg_statement_step (statement, &row, error))
    return FALSE;
  if (row)
    {
      *upload = g_new0 (TorgUpload, 1);
      (*upload)->id = torg_statement_dup_id (statement, 0);
      (*upload)->hash = g_strdup (torg_statement_get_text (statement, 1));
      (*upload)->size = torg_statement_get_int (statement, 2);
      (*upload)->touched = torg_statement_get_int (statement, 3);
    }
  return TRUE;
}

/**
 * torg_upload_count:
 * @user: a user
 * @n: (out): how many uploads of the user are not at their end
 * @error: place for a %TORG_STORE_ERROR
 *
 * Counts uploads.
 *
 * Returns: whether the database answered
 */
gboolean
torg_upload_count (TorgServerStore *store, const char *user, gint64 *n, GError **error)
{
  g_autoptr (TorgStatement) statement =
    torg_server_store_prepare (store, "SELECT count(*) FROM upload WHERE workspace = ?1 AND user_id = ?2", error);
  gboolean row;

  *n = 0;
  if (statement == NULL)
    return FALSE;
  torg_statement_bind_id (statement, 2, user);
  if (!torg_statement_step (statement, &row, error))
    return FALSE;
  *n = row ? torg_statement_get_int (statement, 0) : 0;
  return TRUE;
}

/**
 * torg_upload_begin:
 * @user: who sends
 * @hash: what it will be
 * @size: its length in bytes
 * @error: place for a %TORG_STORE_ERROR
 *
 * Begins an upload; in a transaction.
 *
 * Returns: (transfer full) (nullable): the upload
 */
TorgUpload *
torg_upload_begin (TorgServerStore *store, const char *user, const char *hash, gint64 size, GError **error)
{
  TorgEnv *env = torg_server_store_get_env (store);
  g_autoptr (TorgUpload) upload = g_new0 (TorgUpload, 1);
  g_autoptr (TorgStatement) statement =
    torg_server_store_prepare (store,
                               "INSERT INTO upload (workspace, id, user_id, hash, size, created) "
                               "VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
                               error);

  if (statement == NULL)
    return NULL;
  upload->id = torg_env_make_id (env);
  upload->hash = g_strdup (hash);
  upload->size = size;
  upload->touched = torg_env_get_now (env);
  torg_statement_bind_id (statement, 2, upload->id);
  torg_statement_bind_id (statement, 3, user);
  torg_statement_bind_text (statement, 4, hash);
  torg_statement_bind_int (statement, 5, size);
  torg_statement_bind_int (statement, 6, upload->touched);
  return torg_statement_run (statement, error) ? g_steal_pointer (&upload) : NULL;
}

/**
 * torg_upload_touch:
 * @upload: an upload
 * @error: place for a %TORG_STORE_ERROR
 *
 * Notes that a part of it has come; in a transaction.
 *
 * Returns: whether that worked
 */
gboolean
torg_upload_touch (TorgServerStore *store, TorgUpload *upload, GError **error)
{
  g_autoptr (TorgStatement) statement =
    torg_server_store_prepare (store, "UPDATE upload SET touched = ?3 WHERE workspace = ?1 AND id = ?2", error);

  if (statement == NULL)
    return FALSE;
  upload->touched = torg_env_get_now (torg_server_store_get_env (store));
  torg_statement_bind_id (statement, 2, upload->id);
  torg_statement_bind_int (statement, 3, upload->touched);
  return torg_statement_run (statement, error);
}

/**
 * torg_upload_forget:
 * @id: an upload
 * @error: place for a %TORG_STORE_ERROR
 *
 * Forgets an upload, which is at its end or cannot get there; in a transaction.
 *
 * Returns: whether that worked
 */
gboolean
torg_upload_forget (TorgServerStore *store, const char *id, GError **error)
{
  g_autoptr (TorgStatement) statement =
    torg_server_store_prepare (store, "DELETE FROM upload WHERE workspace = ?1 AND id = ?2", error);

  if (statement == NULL)
    return FALSE;
  torg_statement_bind_id (statement, 2, id);
  return torg_statement_run (statement, error);
}

/* --- what nobody needs -------------------------------------------------------------------------------------------- */

/* Texts or ids that a statement gives back, given a moment. */
static GPtrArray *
list (TorgServerStore *store, const char *sql, gint64 moment, gboolean ids, GError **error)
{
  g_autoptr (TorgStatement) statement = torg_server_store_prepare (store, sql, error);
  g_autoptr (GPtrArray) found = g_ptr_array_new_with_free_func (g_free);
  gboolean row;

  if (statement == NULL)
    return NULL;
  torg_statement_bind_int (statement, 2, moment);
  for (;;)
    {
      if (!torg_statement_step (statement, &row, error))
        return NULL;
      if (!row)
        return g_steal_pointer (&found);
      g_ptr_array_add (found,
                       ids ? torg_statement_dup_id (statement, 0) : g_strdup (torg_statement_get_text (statement, 0)));
    }
}

/* The same in a transaction of its own. */
static GPtrArray *
take (TorgServerStore *store, const char *sql, gint64 moment, gboolean ids, GError **error)
{
  g_autoptr (GPtrArray) found = NULL;

  if (!torg_db_begin (torg_server_store_get_db (store), error))
    return NULL;
  found = list (store, sql, moment, ids, error);
  return torg_server_store_end (store, found != NULL, found != NULL ? error : NULL) ? g_steal_pointer (&found) : NULL;
}

static gboolean
purge_uploads (TorgServerStore *store, TorgContent *content, gint64 before, GError **error)
{
  g_autoptr (GPtrArray) ids =
    take (store, "DELETE FROM upload WHERE workspace = ?1 AND coalesce(touched, created) < ?2 RETURNING id", before,
          TRUE, error);

  for (guint i = 0; ids != NULL && i < ids->len; i++)
    torg_content_drop_part (content, ids->pdata[i]);
  return ids != NULL;
}

/* What a crash left of an upload that is forgotten, or of a copy. */
static gboolean
purge_parts (TorgServerStore *store, TorgContent *content, gint64 before, GError **error)
{
  g_autoptr (GPtrArray) parts = torg_content_list_parts (content, before);
  g_autoptr (GPtrArray) ids = NULL;

  if (parts->len == 0)
    return TRUE;
  ids = list (store, "SELECT id FROM upload WHERE workspace = ?1 AND created <= ?2", G_MAXINT64, TRUE, error);
  for (guint i = 0; ids != NULL && i < parts->len; i++)
    if (!g_ptr_array_find_with_equal_func (ids, parts->pdata[i], g_str_equal, NULL))
      torg_content_drop_part (content, parts->pdata[i]);
  return ids != NULL;
}

#define ATTACHED                                                                                                       \
  "EXISTS (SELECT 1 FROM attachment a WHERE a.workspace = file.workspace AND a.file = file.hash AND a.deleted IS "     \
  "NULL)"

/* Under the lock: nobody gives a file the name again that is just being removed. */
static gboolean
purge_orphans (TorgServerStore *store, TorgContent *content, gint64 before, GError **error)
{
  g_autoptr (GPtrArray) hashes =
    take (store,
          "DELETE FROM file WHERE workspace = ?1 AND orphaned < ?2 AND NOT " ATTACHED " AND hash IN (SELECT hash FROM "
          "file WHERE workspace = ?1 AND orphaned < ?2 ORDER BY hash LIMIT " G_STRINGIFY (CHUNK) ") RETURNING hash",
          before, FALSE, error);

  for (guint i = 0; hashes != NULL && i < hashes->len; i++)
    if (!torg_content_remove (content, hashes->pdata[i], error))
      return FALSE;
  return hashes != NULL;
}

/**
 * torg_server_files_purge:
 * @files: (nullable): where they lie
 * @error: place for an error
 *
 * Forgets uploads of which no part has come for a day, and removes files that nothing is attached by any more for 30
 * days.
 *
 * Returns: whether that worked
 */
gboolean
torg_server_files_purge (TorgServerStore *store, TorgServerFiles *files, GError **error)
{
  gint64 now = torg_env_get_now (torg_server_store_get_env (store));
  g_autoptr (GPtrArray) attached = NULL;
  g_autoptr (GPtrArray) left = NULL;
  g_autoptr (GPtrArray) unproved = NULL;
  gboolean ok;
  int      lock;

  if (files == NULL || !g_file_test (torg_content_get_folder (files->content), G_FILE_TEST_IS_DIR))
    return TRUE;
  if (!purge_uploads (store, files->content, now - TORG_FILES_UPLOAD_DAYS * G_TIME_SPAN_DAY, error) ||
      !purge_parts (store, files->content, now - TORG_FILES_UPLOAD_DAYS * G_TIME_SPAN_DAY, error) ||
      (attached = take (store,
                        "UPDATE file SET orphaned = NULL WHERE workspace = ?1 AND orphaned <= ?2 AND " ATTACHED
                        " RETURNING hash",
                        G_MAXINT64, FALSE, error)) == NULL ||
      (left = take (store,
                    "UPDATE file SET orphaned = ?2 WHERE workspace = ?1 AND orphaned IS NULL AND NOT " ATTACHED
                    " RETURNING hash",
                    now, FALSE, error)) == NULL ||
      (lock = torg_content_lock (files->content, error)) < 0)
    return FALSE;
  ok = purge_orphans (store, files->content, now - TORG_FILES_ORPHAN_DAYS * G_TIME_SPAN_DAY, error);
  torg_content_unlock (lock);
  unproved = ok ? take (store,
                        "DELETE FROM file_proof WHERE workspace = ?1 AND at < ?2 AND NOT EXISTS (SELECT 1 FROM file f "
                        "WHERE f.workspace = file_proof.workspace AND f.hash = file_proof.hash) RETURNING hash",
                        now - TORG_FILES_UPLOAD_DAYS * G_TIME_SPAN_DAY, FALSE, error)
                : NULL;
  return unproved != NULL;
}

/* --- as a whole --------------------------------------------------------------------------------------------------- */

static GPtrArray *
list_files (TorgServerStore *store, GError **error)
{
  return list (store, "SELECT hash FROM file WHERE workspace = ?1 AND created <= ?2 ORDER BY hash", G_MAXINT64, FALSE,
               error);
}

/**
 * torg_server_files_check:
 * @files: (nullable): where they lie
 * @faults: (element-type utf8): takes a sentence a fault
 * @error: place for an error
 *
 * Reads all files to their end.
 *
 * Returns: whether they could be looked at
 */
gboolean
torg_server_files_check (TorgServerStore *store, TorgServerFiles *files, GPtrArray *faults, GError **error)
{
  g_autoptr (GPtrArray) hashes = list_files (store, error);

  if (hashes == NULL)
    return FALSE;
  if (files == NULL && hashes->len > 0)
    g_ptr_array_add (faults, g_strdup_printf (_ ("There are %u files, and it is not configured where: “files” in the "
                                                 "configuration says it."),
                                              hashes->len));
  for (guint i = 0; files != NULL && i < hashes->len; i++)
    {
      const char *hash = hashes->pdata[i];
      gboolean    whole;

      if (!torg_content_is_hash (hash) || torg_content_get_size (files->content, hash) < 0)
        g_ptr_array_add (faults, g_strdup_printf (_ ("The file %s is missing."), hash));
      else if (!torg_content_is_whole (files->content, hash, &whole, NULL, error))
        return FALSE;
      else if (!whole)
        g_ptr_array_add (faults, g_strdup_printf (_ ("The file %s is damaged."), hash));
    }
  return TRUE;
}

/* Whether it is there, and right. */
static gboolean
copy_one (TorgContent *from, TorgContent *to, const char *hash, gboolean *copied, GError **error)
{
  g_autofree char *path = torg_content_dup_path (from, hash);
  g_autofree char *found = NULL;
  g_autoptr (GFile) file = g_file_new_for_path (path);
  gint64 size = torg_content_get_size (from, hash);

  *copied = size >= 0 && torg_content_get_size (to, hash) == size;
  if (*copied || size < 0)
    return TRUE;
  if (!torg_content_take (to, file, NULL, &found, &size, NULL, error))
    return FALSE;
  *copied = g_str_equal (found, hash);
  return *copied || torg_content_remove (to, found, error);
}

/**
 * torg_server_files_copy:
 * @from: where the files lie that the server knows
 * @to: where they are to lie too
 * @error: place for an error: also where some of them are missing or damaged; the others are copied then
 *
 * Copies all files that are not there yet.
 *
 * Returns: whether all are there
 */
gboolean
torg_server_files_copy (TorgServerStore *store, TorgContent *from, TorgContent *to, GError **error)
{
  g_autoptr (GPtrArray) hashes = list_files (store, error);
  guint n_bad = 0;

  if (hashes == NULL)
    return FALSE;
  for (guint i = 0; i < hashes->len; i++)
    {
      gboolean copied;

      if (!torg_content_is_hash (hashes->pdata[i]))
        copied = FALSE;
      else if (!copy_one (from, to, hashes->pdata[i], &copied, error))
        return FALSE;
      n_bad += copied ? 0 : 1;
    }
  if (n_bad == 0)
    return TRUE;
  g_set_error (
    error, TORG_ERROR, TORG_ERROR_NOT_FOUND,
    ngettext ("Everything was copied, except %u file that is missing or damaged. “torg-server check” names "
              "it.",
              "Everything was copied, except %u files that are missing or damaged. “torg-server check” names "
              "them.",
              n_bad),
    n_bad);
  return FALSE;
}

/**
 * torg_server_files_import:
 * @store: a connection to a server that was just filled with a replica
 * @from: where the replica keeps files; it may lack some
 * @to: where the server keeps them
 * @error: place for an error
 *
 * Takes the files that are attached to what was imported, in the caller's transaction. A file that no record names in
 * the end does no harm.
 *
 * Returns: whether that worked
 */
gboolean
torg_server_files_import (TorgServerStore *store, TorgContent *from, TorgContent *to, GError **error)
{
  g_autoptr (GPtrArray) hashes = list (
    store, "SELECT DISTINCT file FROM attachment WHERE workspace = ?1 AND seq <= ?2 AND file IS NOT NULL ORDER BY file",
    G_MAXINT64, FALSE, error);

  for (guint i = 0; hashes != NULL && i < hashes->len; i++)
    {
      const char *hash = hashes->pdata[i];
      gboolean    copied = FALSE;

      if (torg_content_is_hash (hash) && !copy_one (from, to, hash, &copied, error))
        return FALSE;
      if (copied && !torg_server_files_add (store, hash, torg_content_get_size (to, hash), NULL, error))
        return FALSE;
    }
  return hashes != NULL;
}
