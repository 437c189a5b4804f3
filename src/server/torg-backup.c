/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "torg-server"

#include "config.h"

#include "torg-backup.h"
#include "torg-error.h"
#include "torg-pg-tool.h"
#include "torg-server-file.h"
#include "torg-server-lock.h"

#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>
#include <errno.h>
#include <string.h>

/*
 * Copies of all that the server keeps, made while it serves, and put back into an empty database. A copy is read to its
 * end before it gets its name. A server that was restored begins a new life: by that replicas know to send again what
 * they keep of what it has forgotten (DESIGN.md §3).
 */

#define SQLITE_MARK "SQLite format 3"
#define POSTGRESQL_MARK "PGDMP"

static gboolean
is_postgresql (TorgServerStore *store)
{
  return torg_db_get_dialect (torg_server_store_get_db (store)) == TORG_DIALECT_POSTGRESQL;
}

static gboolean
refuse (GError **error, const char *path)
{
  g_set_error (error, TORG_STORE_ERROR, TORG_STORE_ERROR_CORRUPT,
               _ ("“%s” is no whole backup of this kind of database. Nothing was changed."), path);
  return FALSE;
}

/* --- SQLite ------------------------------------------------------------------------------------------------------- */

static gboolean
says_ok (TorgDb *db, GError **error)
{
  g_autoptr (TorgStatement) statement = torg_db_prepare (db, "PRAGMA integrity_check (1)", error);
  gboolean row;

  return statement != NULL && torg_statement_step (statement, &row, error) && row &&
         g_strcmp0 (torg_statement_get_text (statement, 0), "ok") == 0;
}

/* Whether a file is a whole database of a server. */
static gboolean
verify_sqlite (const char *path, GError **error)
{
  g_autoptr (GError) local = NULL;
  g_autoptr (TorgDb) db = torg_db_open (path, NULL, TORG_DB_READ_ONLY, &local);
  gint64 n;

  if (db != NULL && says_ok (db, &local) && torg_db_get_int (db, "SELECT count(*) FROM workspace", &n, &local) &&
      n == 1)
    return TRUE;
  return refuse (error, path);
}

/* A copy under the name of the database would take its place. */
static gboolean
is_database (const char *uri, const char *path)
{
  GStatBuf database, file;

  return g_str_has_prefix (uri, "sqlite:") && g_stat (uri + strlen ("sqlite:"), &database) == 0 &&
         g_stat (path, &file) == 0 && database.st_dev == file.st_dev && database.st_ino == file.st_ino;
}

static gboolean
write_sqlite (TorgServerStore *store, TorgServerFile *file, GError **error)
{
  g_autoptr (TorgStatement) statement = torg_db_prepare (torg_server_store_get_db (store), "VACUUM INTO ?1", error);

  if (statement == NULL)
    return FALSE;
  torg_statement_bind_text (statement, 1, torg_server_file_get_path (file));
  return torg_statement_run (statement, error) && verify_sqlite (torg_server_file_get_path (file), error);
}

/* --- PostgreSQL --------------------------------------------------------------------------------------------------- */

/* All tables of the schema that this connection works in, as a pattern of pg_dump. */
static char *
find_tables (TorgServerStore *store, GError **error)
{
  g_autoptr (TorgStatement) statement =
    torg_db_prepare (torg_server_store_get_db (store), "SELECT current_schema()", error);
  GString *pattern;
  gboolean row;

  if (statement == NULL || !torg_statement_step (statement, &row, error))
    return NULL;
  pattern = g_string_new (row ? torg_statement_get_text (statement, 0) : "public");
  g_string_replace (pattern, "\"", "\"\"", 0);
  g_string_prepend (pattern, "--table=\"");
  g_string_append (pattern, "\".*");
  return g_string_free_and_steal (pattern);
}

/* It is read to its end, without a database. */
static gboolean
verify_postgresql (const char *path, GError **error)
{
  const char *const arguments[] = { "--file=/dev/null", path, NULL };
  g_autoptr (GError) local = NULL;

  if (torg_pg_tool_run ("pg_restore", NULL, arguments, &local))
    return TRUE;
  if (!g_error_matches (local, TORG_ERROR, TORG_ERROR_NOT_FOUND))
    return refuse (error, path);
  g_propagate_error (error, g_steal_pointer (&local));
  return FALSE;
}

static gboolean
write_postgresql (TorgServerStore *store, const char *uri, TorgServerFile *file, GError **error)
{
  g_autofree char  *tables = find_tables (store, error);
  g_autofree char  *to = g_strconcat ("--file=", torg_server_file_get_path (file), NULL);
  const char *const arguments[] = { "--format=custom", "--no-owner", "--no-privileges", tables, to, NULL };

  return tables != NULL && torg_pg_tool_run ("pg_dump", uri, arguments, error) &&
         verify_postgresql (torg_server_file_get_path (file), error);
}

/**
 * torg_backup_write:
 * @store: a connection, in no transaction
 * @uri: what it is a connection to
 * @path: what the copy is to be called; one that is there is replaced
 * @error: place for an error; then nothing is there under that name that was not there before
 *
 * Copies one state of the database beside those who work in it.
 *
 * Returns: whether the copy is there, and whole
 */
gboolean
torg_backup_write (TorgServerStore *store, const char *uri, const char *path, GError **error)
{
  g_autoptr (TorgServerFile) file = NULL;

  if (is_database (uri, path))
    {
      g_set_error (error, TORG_ERROR, TORG_ERROR_INVALID,
                   _ ("“%s” is where your data lies. Choose another file to write to."), path);
      return FALSE;
    }
  file = torg_server_file_new (path, error);
  if (file == NULL)
    return FALSE;
  if (!(is_postgresql (store) ? write_postgresql (store, uri, file, error) : write_sqlite (store, file, error)))
    return FALSE;
  return torg_server_file_finish (file, error);
}

/* --- putting back ------------------------------------------------------------------------------------------------- */

static gboolean
check_empty (TorgServerStore *store, GError **error)
{
  TorgDb *db = torg_server_store_get_db (store);
  gint64  seq, accounts;

  if (!torg_server_store_migrate (store, error) ||
      !torg_db_get_int (db, "SELECT max(seq) FROM workspace", &seq, error) ||
      !torg_db_get_int (db, "SELECT count(*) FROM account", &accounts, error))
    return FALSE;
  if (seq == 0 && accounts == 0)
    return TRUE;
  g_set_error_literal (error, TORG_ERROR, TORG_ERROR_DUPLICATE,
                       _ ("The server has content already. Restore into an empty database."));
  return FALSE;
}

static gboolean
check_mark (const char *path, const char *mark, GError **error)
{
  char  start[16] = { 0 };
  FILE *file = g_fopen (path, "rb");

  if (file == NULL)
    {
      g_set_error (error, G_IO_ERROR, g_io_error_from_errno (errno), _ ("“%s” cannot be read: %s"), path,
                   g_strerror (errno));
      return FALSE;
    }
  if (fread (start, 1, sizeof start, file) < strlen (mark) || memcmp (start, mark, strlen (mark)) != 0)
    refuse (error, path);
  fclose (file);
  return memcmp (start, mark, strlen (mark)) == 0;
}

static gboolean
copy_file (const char *path, TorgServerFile *file, GError **error)
{
  g_autoptr (GFile) source = g_file_new_for_path (path);
  g_autoptr (GFileInputStream) stream = g_file_read (source, NULL, error);
  g_autofree char *buffer = g_malloc (1 << 20);
  gssize           n = stream != NULL ? 1 : -1;

  while (n > 0)
    {
      n = g_input_stream_read (G_INPUT_STREAM (stream), buffer, 1 << 20, NULL, error);
      if (n > 0 && !torg_server_file_write (file, buffer, (gsize) n, error))
        return FALSE;
    }
  return n == 0;
}

/* The life is a new one before the copy gets the name of the database. */
static gboolean
renew (TorgEnv *env, const char *uri, GError **error)
{
  g_autoptr (TorgServerStore) store = torg_server_store_open (env, uri, error);

  return store != NULL && torg_server_store_migrate (store, error) && torg_server_store_renew_epoch (store, error);
}

static gboolean
restore_sqlite (TorgServerStore **store, const char *uri, const char *path, GError **error)
{
  const char *target = uri + strlen ("sqlite:");
  g_autoptr (TorgEnv) env = torg_env_ref (torg_server_store_get_env (*store));
  g_autoptr (TorgServerFile) file = torg_server_file_new (target, error);
  g_autofree char *part = file != NULL ? g_strconcat ("sqlite:", torg_server_file_get_path (file), NULL) : NULL;

  /* That succeeds where nobody else has it open, and leaves nothing beside it. */
  if (file == NULL || !torg_db_exec (torg_server_store_get_db (*store), "PRAGMA journal_mode = DELETE", error) ||
      !copy_file (path, file, error) || !verify_sqlite (torg_server_file_get_path (file), error) ||
      !renew (env, part, error))
    return FALSE;
  g_clear_pointer (store, torg_server_store_free);
  if (!torg_server_file_finish (file, error))
    return FALSE;
  *store = torg_server_store_open (env, uri, error);
  return *store != NULL;
}

static gboolean
restore_postgresql (TorgServerStore **store, const char *uri, const char *path, GError **error)
{
  const char *const arguments[] = { "--clean",         "--if-exists",          "--no-owner", "--no-privileges",
                                    "--exit-on-error", "--single-transaction", path,         NULL };
  g_autoptr (TorgEnv) env = torg_env_ref (torg_server_store_get_env (*store));

  if (!verify_postgresql (path, error))
    return FALSE;
  g_clear_pointer (store, torg_server_store_free);
  if (!torg_pg_tool_run ("pg_restore", uri, arguments, error) || !renew (env, uri, error))
    return FALSE;
  *store = torg_server_store_open (env, uri, error);
  return *store != NULL;
}

/**
 * torg_backup_restore:
 * @store: (inout) (nullable): a connection to an empty database that nobody else uses; it is a new one afterwards
 * @uri: what it is a connection to
 * @path: a copy that [func@backup_write] made
 * @error: place for an error
 *
 * Puts a copy back, as a new life of the server.
 *
 * Returns: whether that worked
 */
gboolean
torg_backup_restore (TorgServerStore **store, const char *uri, const char *path, GError **error)
{
  gboolean postgresql = is_postgresql (*store);

  if (!check_mark (path, postgresql ? POSTGRESQL_MARK : SQLITE_MARK, error) || !check_empty (*store, error) ||
      !torg_server_lock (uri, error))
    return FALSE;
  return postgresql ? restore_postgresql (store, uri, path, error) : restore_sqlite (store, uri, path, error);
}
