/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "torg-sql"

#include "config.h"

#include "torg-batch.h"
#include "torg-db-private.h"
#include "torg-env.h"

#include <errno.h>
#include <glib/gi18n-lib.h>
#include <string.h>
#include <sys/statvfs.h>

/* How long another process may keep the database locked before we say so. */
#define BUSY_MS 5000
/* How many steps of SQLite's machine pass between looks at the cancellable. */
#define PROGRESS_STEPS 20000
/* What the files beside a database need at least, in bytes. */
#define NEEDED_ROOM (64 * 1024)
/* Of the writing connection, in KiB as SQLite wants it. */
#define CACHE_SIZE "-16384"

/* SQLite calls it an I/O error where the files beside the database find no room, and may not tell why. */
static gboolean
has_no_room (TorgDb *self, int code)
{
  const char      *path = self->db != NULL ? sqlite3_db_filename (self->db, "main") : NULL;
  g_autofree char *folder = path != NULL && *path != '\0' ? g_path_get_dirname (path) : NULL;
  struct statvfs   room;

  if ((code & 0xff) != SQLITE_IOERR && (code & 0xff) != SQLITE_CANTOPEN)
    return FALSE;
  if (self->db != NULL && (sqlite3_system_errno (self->db) == ENOSPC || sqlite3_system_errno (self->db) == EDQUOT))
    return TRUE;
  return folder != NULL && statvfs (folder, &room) == 0 && (guint64) room.f_bavail * room.f_frsize < NEEDED_ROOM;
}

void
torg_db_set_error (TorgDb *self, int code, GError **error)
{
  const char *detail = self->db != NULL ? sqlite3_errmsg (self->db) : sqlite3_errstr (code);

  g_debug ("SQLite %d: %s", code, detail);
  if (has_no_room (self, code))
    code = SQLITE_FULL;
  switch (code & 0xff)
    {
      case SQLITE_INTERRUPT:
        g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_CANCELLED, detail);
        break;
      case SQLITE_FULL:
        g_set_error_literal (
          error, TORG_STORE_ERROR, TORG_STORE_ERROR_FULL,
          _ ("The disk is full. Nothing was lost, but this change could not be saved. Free some space and try again."));
        break;
      case SQLITE_BUSY:
      case SQLITE_LOCKED:
        g_set_error_literal (error, TORG_STORE_ERROR, TORG_STORE_ERROR_LOCKED,
                             _ ("Another program keeps Torg’s data locked. Close it and try again."));
        break;
      case SQLITE_READONLY:
      case SQLITE_PERM:
      case SQLITE_AUTH:
        g_set_error_literal (
          error, TORG_STORE_ERROR, TORG_STORE_ERROR_READ_ONLY,
          _ ("Torg’s data cannot be written to. Check the rights of its folder, or whether the disk is read-only."));
        break;
      case SQLITE_CORRUPT:
      case SQLITE_NOTADB:
        g_set_error_literal (
          error, TORG_STORE_ERROR, TORG_STORE_ERROR_CORRUPT,
          _ (
            "This data file is damaged, or is no data file of Torg. Put a backup copy in its place, or open another."));
        break;
      default:
        g_set_error_literal (
          error, TORG_STORE_ERROR, TORG_STORE_ERROR_FAILED,
          _ ("Torg’s data could not be read or saved. Check that the disk is connected and works, then try again."));
    }
}

/* Statements are long, and differ in their ends or lengths. */
static guint
sql_hash (gconstpointer sql)
{
  gsize   length = strlen (sql);
  guint64 tail = 0;

  memcpy (&tail, (const char *) sql + (length > sizeof tail ? length - sizeof tail : 0), MIN (length, sizeof tail));
  return (guint) (tail ^ tail >> 32) * 31 + (guint) length;
}

static int
progress_cb (gpointer data)
{
  TorgDb *self = data;

  return g_cancellable_is_cancelled (self->cancellable);
}

/* SQLite counts its memory under one lock for all threads, which reading beside writing feels. It fails, and does not
 * matter, where another library was first. */
static gpointer
configure_once (gpointer data)
{
  sqlite3_config (SQLITE_CONFIG_MEMSTATUS, 0);
  return NULL;
}

/**
 * torg_db_open:
 * @path: a file
 * @vfs: (nullable): the name of a registered VFS
 * @flags: how
 * @error: place for an error
 *
 * Opens a database, without writing anything; see [method@Db.prepare_writing].
 *
 * Returns: (transfer full) (nullable): a connection
 */
TorgDb *
torg_db_open (const char *path, const char *vfs, TorgDbFlags flags, GError **error)
{
  g_autoptr (TorgDb) self = g_new0 (TorgDb, 1);
  gboolean reader = (flags & TORG_DB_READ_ONLY) != 0;
  int      mode = SQLITE_OPEN_NOMUTEX | (reader ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE);
  int      code;
  static GOnce configured = G_ONCE_INIT;

  g_once (&configured, configure_once, NULL);
  self->flags = flags;
  self->statements = g_hash_table_new_full (sql_hash, g_str_equal, NULL, torg_statement_free);
  code = sqlite3_open_v2 (path, &self->db, mode, vfs);
  if (code != SQLITE_OK)
    {
      torg_db_set_error (self, code, error);
      return NULL;
    }
  sqlite3_extended_result_codes (self->db, TRUE);
  sqlite3_busy_timeout (self->db, BUSY_MS);
  sqlite3_db_config (self->db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
  sqlite3_db_config (self->db, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
  code = torg_db_add_has_key (self->db);
  if (code == SQLITE_OK)
    code = torg_db_add_has_text (self->db);
  if (code != SQLITE_OK)
    {
      torg_db_set_error (self, code, error);
      return NULL;
    }

  if (!reader)
    return g_steal_pointer (&self);
  if (!torg_db_exec (self, "PRAGMA query_only=ON; PRAGMA cache_size=-8192; PRAGMA mmap_size=268435456;", error))
    return NULL;
  return g_steal_pointer (&self);
}

/**
 * torg_db_new_with_backend:
 * @backend: what does the work
 * @connection: (transfer full): its connection
 *
 * Makes a connection to a database that is not SQLite.
 *
 * Returns: (transfer full): a connection
 */
TorgDb *
torg_db_new_with_backend (const TorgDbBackend *backend, gpointer connection)
{
  TorgDb *self = g_new0 (TorgDb, 1);

  self->statements = g_hash_table_new_full (sql_hash, g_str_equal, NULL, torg_statement_free);
  self->backend = backend;
  self->connection = connection;
  return self;
}

/**
 * torg_db_get_dialect:
 *
 * Tells which SQL the connection understands.
 *
 * Returns: the dialect
 */
TorgDialect
torg_db_get_dialect (TorgDb *self)
{
  return self->backend != NULL ? self->backend->dialect : TORG_DIALECT_SQLITE;
}

/**
 * torg_db_prepare_writing:
 * @error: place for an error
 *
 * Makes a connection ready for writing: in WAL, with each commit waiting for the disk, or as %TORG_DB_BULK says. This
 * changes the file, so it comes when it is known to be ours. Does nothing where the connection only reads.
 *
 * Returns: whether that worked
 */
gboolean
torg_db_prepare_writing (TorgDb *self, GError **error)
{
  if ((self->flags & TORG_DB_READ_ONLY) != 0)
    return TRUE;
  if ((self->flags & TORG_DB_BULK) != 0)
    return torg_db_exec (self,
                         "PRAGMA locking_mode=EXCLUSIVE; PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF; "
                         "PRAGMA cache_size=-262144; PRAGMA temp_store=MEMORY;",
                         error);
  return torg_db_exec (self,
                       "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA secure_delete=ON; "
                       "PRAGMA cache_size=" CACHE_SIZE "; PRAGMA journal_size_limit=67108864;",
                       error);
}

/**
 * torg_db_set_sorting:
 * @sorting: whether an index of many rows is about to be made
 * @error: place for an error
 *
 * Lets the cache be small while rows are sorted: SQLite sorts in as much memory as the cache may take, beside it.
 *
 * Returns: whether that worked
 */
gboolean
torg_db_set_sorting (TorgDb *self, gboolean sorting, GError **error)
{
  return torg_db_exec (self, sorting ? "PRAGMA cache_size=-4096;" : "PRAGMA cache_size=" CACHE_SIZE ";", error);
}

/**
 * torg_db_close:
 * @self: (transfer full): a connection
 * @error: place for an error
 *
 * Closes a connection and tells whether that went well.
 *
 * Returns: whether it did; the connection is gone in any case
 */
gboolean
torg_db_close (TorgDb *self, GError **error)
{
  int code;

  g_clear_pointer (&self->statements, g_hash_table_unref);
  g_clear_object (&self->cancellable);
  g_clear_error (&self->held_error);
  if (self->backend != NULL)
    {
      self->backend->close (self->connection);
      g_free (self);
      return TRUE;
    }
  code = sqlite3_close (self->db);
  if (code != SQLITE_OK)
    {
      torg_db_set_error (self, code, error);
      sqlite3_close_v2 (self->db);
    }
  g_free (self);
  return code == SQLITE_OK;
}

/**
 * torg_db_free:
 * @self: (transfer full): a connection
 *
 * Closes a connection.
 */
void
torg_db_free (TorgDb *self)
{
  torg_db_close (self, NULL);
}

/**
 * torg_db_exec:
 * @sql: statements without parameters
 * @error: place for an error
 *
 * Runs statements that give no rows.
 *
 * Returns: whether they ran
 */
gboolean
torg_db_exec (TorgDb *self, const char *sql, GError **error)
{
  int code;

  if (self->backend != NULL)
    return self->backend->exec (self->connection, sql, error);
  code = sqlite3_exec (self->db, sql, NULL, NULL, NULL);
  if (code != SQLITE_OK)
    torg_db_set_error (self, code, error);
  return code == SQLITE_OK;
}

/**
 * torg_db_set_durable:
 * @durable: whether each commit waits for the disk, as it does at first
 * @error: place for an error
 *
 * Lets commits of many rows not wait for the disk: a power loss may take back the last of them, whole and in order,
 * until [method@Db.sync] or a durable commit. Not within a transaction.
 *
 * Returns: whether that worked
 */
gboolean
torg_db_set_durable (TorgDb *self, gboolean durable, GError **error)
{
  return torg_db_exec (self,
                       durable ? "PRAGMA synchronous=FULL; PRAGMA wal_autocheckpoint=1000"
                               : "PRAGMA synchronous=NORMAL; PRAGMA wal_autocheckpoint=16000",
                       error);
}

/**
 * torg_db_sync:
 * @error: place for an error
 *
 * Waits until all that was committed is on the disk.
 *
 * Returns: whether it is
 */
gboolean
torg_db_sync (TorgDb *self, GError **error)
{
  return torg_db_exec (self, "PRAGMA wal_checkpoint(PASSIVE)", error);
}

/**
 * torg_db_empty_log:
 * @empty: (out): whether nothing is left in it; otherwise somebody reads what it holds
 * @error: place for an error
 *
 * Moves all that was committed into the file itself and empties the log of changes beside it, which keeps what was
 * deleted meanwhile. Waits for nobody. Not within a transaction.
 *
 * Returns: whether that worked
 */
gboolean
torg_db_empty_log (TorgDb *self, gboolean *empty, GError **error)
{
  g_autoptr (TorgStatement) statement = torg_db_prepare (self, "PRAGMA wal_checkpoint(TRUNCATE)", error);
  gboolean row, ok;

  if (statement == NULL)
    return FALSE;
  /* While it waits for somebody who reads, nobody can write. */
  sqlite3_busy_timeout (self->db, 0);
  ok = torg_statement_step (statement, &row, error);
  sqlite3_busy_timeout (self->db, BUSY_MS);
  *empty = ok && row && torg_statement_get_int (statement, 0) == 0;
  return ok;
}

/**
 * torg_db_begin:
 * @error: place for an error
 *
 * Begins a transaction that may write; waits for another writer.
 *
 * Returns: whether it began
 */
gboolean
torg_db_begin (TorgDb *self, GError **error)
{
  if (self->backend != NULL)
    return self->backend->begin (self->connection, TRUE, error);
  return torg_db_exec (self, "BEGIN IMMEDIATE", error);
}

/**
 * torg_db_begin_reading:
 * @error: place for an error
 *
 * Begins a transaction that sees one state of the database throughout.
 *
 * Returns: whether it began
 */
gboolean
torg_db_begin_reading (TorgDb *self, GError **error)
{
  if (self->backend != NULL)
    return self->backend->begin (self->connection, FALSE, error);
  return torg_db_exec (self, "BEGIN", error);
}

/**
 * torg_db_commit:
 * @error: place for an error
 *
 * Commits the transaction; rolls it back where that fails.
 *
 * Returns: whether it is on the disk
 */
gboolean
torg_db_commit (TorgDb *self, GError **error)
{
  g_autoptr (GError) local = NULL;

  if (torg_db_exec (self, "COMMIT", &local))
    return TRUE;
  torg_db_rollback (self);
  /* A database that answers has rolled it back. */
  self->in_doubt |= self->backend != NULL && g_error_matches (local, TORG_STORE_ERROR, TORG_STORE_ERROR_FAILED);
  g_propagate_error (error, g_steal_pointer (&local));
  return FALSE;
}

/**
 * torg_db_is_in_doubt:
 *
 * Tells whether a commit of this connection failed in such a way, as by losing the connection, that it may be on the
 * disk nevertheless.
 *
 * Returns: whether one did
 */
gboolean
torg_db_is_in_doubt (TorgDb *self)
{
  return self->in_doubt;
}

/**
 * torg_db_rollback:
 *
 * Rolls the transaction back, if there is one.
 */
void
torg_db_rollback (TorgDb *self)
{
  if (torg_db_is_in_transaction (self))
    torg_db_exec (self, "ROLLBACK", NULL);
}

/**
 * torg_db_is_in_transaction:
 *
 * Tells whether a transaction is open: SQLite rolls it back itself when the disk is full or fails.
 *
 * Returns: whether one is
 */
gboolean
torg_db_is_in_transaction (TorgDb *self)
{
  if (self->backend != NULL)
    return self->backend->is_in_transaction (self->connection);
  return !sqlite3_get_autocommit (self->db);
}

/* Where they cannot be written, nothing more can be done until whoever holds them back has heard of it. */
static gboolean
write_held (TorgDb *self, GError **error)
{
  if (self->held_error == NULL && self->held != NULL)
    torg_batch_flush (self->held, &self->held_error);
  if (self->held_error != NULL)
    g_propagate_error (error, g_error_copy (self->held_error));
  return self->held_error == NULL;
}

/**
 * torg_db_hold:
 * @batch: (nullable): rows, until the next call
 * @error: place for an error
 *
 * Holds back the rows of a batch that every statement has to find: they are written before the next one is prepared.
 * The rows of the batch before are written now. That rows could not be written is told here, whoever else was told.
 *
 * Returns: whether that worked
 */
gboolean
torg_db_hold (TorgDb *self, TorgBatch *batch, GError **error)
{
  if (self->held != batch || self->held_error != NULL)
    {
      if (!write_held (self, error))
        {
          torg_db_drop_held (self);
          return FALSE;
        }
    }
  self->held = batch;
  return TRUE;
}

/**
 * torg_db_drop_held:
 *
 * Drops the rows that [method@Db.hold] holds back: those of an edit that failed, whose transaction may be gone.
 */
void
torg_db_drop_held (TorgDb *self)
{
  if (self->held != NULL)
    torg_batch_clear (self->held);
  self->held = NULL;
  g_clear_error (&self->held_error);
}

/**
 * torg_db_prepare:
 * @sql: one statement
 * @error: place for an error
 *
 * Gives a statement, prepared now or kept from before.
 *
 * Returns: (transfer full) (nullable): a statement without bindings, to be released
 */
TorgStatement *
torg_db_prepare (TorgDb *self, const char *sql, GError **error)
{
  if (!write_held (self, error))
    return NULL;
  return torg_db_prepare_beside (self, sql, error);
}

/**
 * torg_db_prepare_beside:
 * @sql: one statement
 * @error: place for an error
 *
 * Gives a statement that does not care for what [method@Db.hold] holds back.
 *
 * Returns: (transfer full) (nullable): a statement without bindings, to be released
 */
TorgStatement *
torg_db_prepare_beside (TorgDb *self, const char *sql, GError **error)
{
  TorgStatement *statement;
  sqlite3_stmt  *stmt;
  gpointer       key;
  int            code;

  if (g_hash_table_steal_extended (self->statements, sql, &key, (gpointer *) &statement))
    return statement;
  if (self->backend != NULL)
    {
      gpointer foreign = self->backend->prepare (self->connection, sql, error);

      if (foreign == NULL)
        return NULL;
      statement = g_new0 (TorgStatement, 1);
      statement->db = self;
      statement->foreign = foreign;
      return statement;
    }
  code = sqlite3_prepare_v3 (self->db, sql, -1, SQLITE_PREPARE_PERSISTENT, &stmt, NULL);
  if (code != SQLITE_OK)
    {
      torg_db_set_error (self, code, error);
      g_debug ("in %s", sql);
      return NULL;
    }
  statement = g_new0 (TorgStatement, 1);
  statement->db = self;
  statement->stmt = stmt;
  return statement;
}

/**
 * torg_db_get_last_rowid:
 *
 * Gives the rowid of the last row that was inserted.
 *
 * Returns: a rowid
 */
gint64
torg_db_get_last_rowid (TorgDb *self)
{
  return sqlite3_last_insert_rowid (self->db);
}

/**
 * torg_db_get_n_changes:
 *
 * Counts the rows that the last statement changed.
 *
 * Returns: how many
 */
gint64
torg_db_get_n_changes (TorgDb *self)
{
  return sqlite3_changes64 (self->db);
}

/**
 * torg_db_get_data_version:
 *
 * Gives a number that changes when another connection commits.
 *
 * Returns: SQLite's `data_version`, -1 on an error
 */
gint64
torg_db_get_data_version (TorgDb *self)
{
  gint64 version = -1;

  torg_db_get_int (self, "PRAGMA data_version", &version, NULL);
  return version;
}

/**
 * torg_db_set_cancellable:
 * @cancellable: (nullable): what to watch
 *
 * Lets what runs from now on be cancelled.
 */
void
torg_db_set_cancellable (TorgDb *self, GCancellable *cancellable)
{
  g_set_object (&self->cancellable, cancellable);
  if (cancellable != NULL)
    sqlite3_progress_handler (self->db, PROGRESS_STEPS, progress_cb, self);
  else
    sqlite3_progress_handler (self->db, 0, NULL, NULL);
}

/**
 * torg_db_get_int:
 * @sql: a statement without parameters that gives one number
 * @number: (out): the number; left alone where there is no row
 * @error: place for an error
 *
 * Reads one number.
 *
 * Returns: whether the statement ran
 */
gboolean
torg_db_get_int (TorgDb *self, const char *sql, gint64 *number, GError **error)
{
  g_autoptr (TorgStatement) statement = torg_db_prepare (self, sql, error);
  gboolean row;

  if (statement == NULL || !torg_statement_step (statement, &row, error))
    return FALSE;
  if (row)
    *number = torg_statement_get_int (statement, 0);
  return TRUE;
}
