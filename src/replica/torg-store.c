/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "torg-replica"

#include "config.h"

#include "torg-json.h"
#include "torg-store-private.h"

#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>
#include <unistd.h>

G_DEFINE_FINAL_TYPE (TorgStore, torg_store, G_TYPE_OBJECT)

/**
 * torg_change_free:
 * @self: (transfer full): a change
 *
 * Frees a change.
 */
void
torg_change_free (TorgChange *self)
{
  g_free (self->id);
  g_free (self);
}

static GPtrArray *
new_changes (void)
{
  return g_ptr_array_new_with_free_func ((GDestroyNotify) torg_change_free);
}

static void
torg_store_finalize (GObject *object)
{
  TorgStore *self = TORG_STORE (object);

  torg_held_free (self);
  g_clear_pointer (&self->tables, g_ptr_array_unref);
  g_clear_pointer (&self->db, torg_db_free);
  g_clear_pointer (&self->changes, g_ptr_array_unref);
  g_clear_pointer (&self->pending, g_ptr_array_unref);
  g_clear_pointer (&self->schema, torg_schema_unref);
  g_clear_pointer (&self->base, torg_schema_unref);
  g_clear_pointer (&self->env, torg_env_unref);
  g_array_unref (self->marks);
  g_free (self->defs);
  g_free (self->path);
  g_free (self->user);
  G_OBJECT_CLASS (torg_store_parent_class)->finalize (object);
}

static void
torg_store_class_init (TorgStoreClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = torg_store_finalize;
}

static void
torg_store_init (TorgStore *self)
{
  self->changes = new_changes ();
  self->pending = new_changes ();
  self->marks = g_array_new (FALSE, FALSE, sizeof (guint));
}

TorgRecordTable *
torg_store_get_table (TorgStore *self, const TorgType *type)
{
  return g_ptr_array_index (self->tables, type->index);
}

static void
take_schema (TorgStore *self, TorgSchema *schema)
{
  g_clear_pointer (&self->schema, torg_schema_unref);
  g_clear_pointer (&self->tables, g_ptr_array_unref);
  self->schema = schema;
  self->tables = g_ptr_array_new_with_free_func ((GDestroyNotify) torg_record_table_free);
  for (guint i = 0; i < torg_schema_get_n_types (schema); i++)
    g_ptr_array_add (self->tables, torg_record_table_new (torg_schema_nth (schema, i)));
}

static char *
describe_defs (GPtrArray *defs)
{
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < defs->len; i++)
    {
      g_autoptr (JsonNode) node = torg_record_to_json (g_ptr_array_index (defs, i));
      g_autofree char *json = json_to_string (node, FALSE);

      g_string_append_printf (text, "%s\n", json);
    }
  return g_string_free_and_steal (text);
}

/* Reads the custom fields. While they are the same, the schema is the same object: others compare by that. */
gboolean
torg_store_load_schema (TorgStore *self, GError **error)
{
  g_autoptr (TorgQuery) query = torg_query_new ("field_def");
  g_autoptr (GPtrArray) defs = NULL;
  g_autofree char *described = NULL;

  torg_query_sort (query, "position", FALSE);
  defs = torg_store_list (self, query, 0, NULL, error);
  if (defs == NULL)
    return FALSE;
  described = describe_defs (defs);
  if (g_strcmp0 (described, self->defs != NULL ? self->defs : "") != 0)
    take_schema (self, defs->len > 0 ? torg_schema_with_custom (self->base, defs) : torg_schema_ref (self->base));
  g_set_str (&self->defs, described);
  return TRUE;
}

static gboolean
check_file (TorgStore *self, gint64 *version, GError **error)
{
  gint64 application = 0;
  gint64 tables = 0;

  *version = 0;
  if (!torg_db_get_int (self->db, "PRAGMA application_id", &application, error) ||
      !torg_db_get_int (self->db, "PRAGMA user_version", version, error) ||
      !torg_db_get_int (self->db, "SELECT count(*) FROM sqlite_schema", &tables, error))
    return FALSE;
  if (tables > 0 && application != TORG_APPLICATION_ID)
    {
      g_set_error_literal (error, TORG_STORE_ERROR, TORG_STORE_ERROR_CORRUPT,
                           _ ("This file is no data file of Torg. Choose another one."));
      return FALSE;
    }
  if (*version > TORG_SCHEMA_VERSION)
    {
      g_set_error_literal (error, TORG_STORE_ERROR, TORG_STORE_ERROR_NEWER,
                           _ ("A newer version of Torg made this data. Nothing was changed. Update Torg to open it."));
      return FALSE;
    }
  return TRUE;
}

static gboolean
load_state (TorgStore *self, GError **error)
{
  g_autofree char *mode = torg_state_get (self->db, "mode");

  self->local = g_strcmp0 (mode, "server") != 0;
  self->user = torg_state_get (self->db, "user");
  return torg_store_load_schema (self, error);
}

static gboolean
looks_writable (const char *path, GError **error)
{
  g_autofree char *folder = g_path_get_dirname (path);

  if (g_file_test (path, G_FILE_TEST_IS_DIR))
    {
      g_set_error (error, TORG_STORE_ERROR, TORG_STORE_ERROR_CORRUPT,
                   _ ("“%s” is a folder, not Torg’s data file. Choose a file in it."), path);
      return FALSE;
    }
  if (g_access (folder, W_OK) == 0 && (!g_file_test (path, G_FILE_TEST_EXISTS) || g_access (path, W_OK) == 0))
    return TRUE;
  g_set_error (
    error, TORG_STORE_ERROR, TORG_STORE_ERROR_READ_ONLY,
    _ ("Torg’s data in “%s” cannot be written to. Check the rights of the folder, or whether the disk is read-only."),
    folder);
  return FALSE;
}

/**
 * torg_store_open:
 * @env: clock, randomness and file system
 * @path: a file
 * @flags: how
 * @error: place for a %TORG_STORE_ERROR
 *
 * Opens a replica. Nothing is written to a file that is newer, damaged or of another program.
 *
 * Returns: (transfer full) (nullable): a store
 */
TorgStore *
torg_store_open (TorgEnv *env, const char *path, TorgStoreFlags flags, GError **error)
{
  g_autoptr (TorgSchema) schema = torg_schema_new ();

  return torg_store_open_with_schema (env, path, flags, schema, error);
}

/* The same with other types than this version's: for tests of upgrades. */
TorgStore *
torg_store_open_with_schema (TorgEnv *env, const char *path, TorgStoreFlags flags, TorgSchema *schema, GError **error)
{
  g_autoptr (TorgStore) self = g_object_new (TORG_TYPE_STORE, NULL);
  gboolean    reader = (flags & TORG_STORE_READER) != 0;
  TorgDbFlags db_flags = TORG_DB_NONE;
  gint64      version;

  self->env = torg_env_ref (env);
  self->path = g_strdup (path);
  self->flags = flags;
  self->base = torg_schema_ref (schema);
  take_schema (self, torg_schema_ref (schema));
  if (!reader && torg_env_get_vfs (env) == NULL && !looks_writable (path, error))
    return NULL;
  if (reader)
    db_flags = TORG_DB_READ_ONLY;
  else if ((flags & TORG_STORE_BULK) != 0)
    db_flags = TORG_DB_BULK;
  self->db = torg_db_open (path, torg_env_get_vfs (env), db_flags, error);
  if (self->db == NULL || !check_file (self, &version, error) || !torg_db_prepare_writing (self->db, error))
    return NULL;
  if (!reader && !torg_upgrade_run (self, error))
    return NULL;
  if (!load_state (self, error))
    return NULL;
  return g_steal_pointer (&self);
}

/**
 * torg_store_close:
 * @error: place for a %TORG_STORE_ERROR
 *
 * Closes a store; one that was opened for filling gets its indexes, counters and triggers first.
 *
 * Returns: whether all is on the disk
 */
gboolean
torg_store_close (TorgStore *self, GError **error)
{
  gboolean ok = TRUE;

  if (self->db == NULL)
    return TRUE;
  if ((self->flags & TORG_STORE_BULK) != 0)
    ok = torg_upgrade_make_indexes (self, error) && torg_upgrade_make_triggers (self, error) &&
         torg_counters_rebuild (self->db, error) && torg_next_step_rebuild (self->db, error) &&
         torg_db_exec (self->db, "PRAGMA optimize", error) &&
         torg_db_exec (self->db, "PRAGMA synchronous=FULL; PRAGMA journal_mode=WAL; PRAGMA locking_mode=NORMAL", error);
  torg_held_free (self);
  if (!torg_db_close (g_steal_pointer (&self->db), ok ? error : NULL))
    ok = FALSE;
  return ok;
}

/**
 * torg_store_get_env:
 *
 * Gives the environment.
 *
 * Returns: (transfer none): the environment
 */
TorgEnv *
torg_store_get_env (TorgStore *self)
{
  return self->env;
}

/**
 * torg_store_get_path:
 *
 * Tells where the replica is.
 *
 * Returns: (transfer none): a file's path
 */
const char *
torg_store_get_path (TorgStore *self)
{
  return self->path;
}

/**
 * torg_store_is_in_transaction:
 *
 * Tells whether [method@Store.begin] was called more often than commit and rollback.
 *
 * Returns: whether a transaction is open
 */
gboolean
torg_store_is_in_transaction (TorgStore *self)
{
  return self->marks->len > 0;
}

/**
 * torg_store_get_schema:
 *
 * Gives the schema, with the company's custom fields. It is replaced when one is edited.
 *
 * Returns: (transfer none): the schema
 */
TorgSchema *
torg_store_get_schema (TorgStore *self)
{
  return self->schema;
}

/**
 * torg_store_get_user:
 *
 * Tells whose replica it is.
 *
 * Returns: (transfer none) (nullable): the id of a `user`
 */
const char *
torg_store_get_user (TorgStore *self)
{
  return self->user;
}

/**
 * torg_store_set_user:
 * @user: the id of a `user`
 * @error: place for an error
 *
 * Says whose replica it is.
 *
 * Returns: whether that was saved
 */
gboolean
torg_store_set_user (TorgStore *self, const char *user, GError **error)
{
  g_set_str (&self->user, user);
  return torg_state_set (self->db, "user", user, error);
}

/* Runs a statement whose only parameter is an id. */
gboolean
torg_store_run_for_id (TorgStore *self, const char *sql, const char *id, GError **error)
{
  g_autoptr (TorgStatement) statement = torg_db_prepare (self->db, sql, error);

  if (statement == NULL)
    return FALSE;
  torg_statement_bind_id (statement, 1, id);
  return torg_statement_run (statement, error);
}

/**
 * torg_store_is_empty:
 *
 * Tells whether nothing was ever put into the replica: no pipeline is there.
 *
 * Returns: whether it is empty
 */
gboolean
torg_store_is_empty (TorgStore *self)
{
  gint64 any = 0;

  torg_db_get_int (self->db, "SELECT EXISTS (SELECT 1 FROM pipeline)", &any, NULL);
  return any == 0;
}

/**
 * torg_store_get_version:
 *
 * Gives a number that changes when another process or thread has written.
 *
 * Returns: SQLite's `data_version`
 */
gint64
torg_store_get_version (TorgStore *self)
{
  return torg_db_get_data_version (self->db);
}

/**
 * torg_store_reload:
 * @error: place for an error
 *
 * Reads anew what is kept in memory, after another store has changed it: the custom fields and the user.
 *
 * Returns: whether that worked
 */
gboolean
torg_store_reload (TorgStore *self, GError **error)
{
  g_clear_pointer (&self->user, g_free);
  return load_state (self, error);
}

/* --- transactions ----------------------------------------------------------------------------------------------- */

/* Within a transaction, a call of begin makes a savepoint, so that its end or its undoing touches nothing else. */
static gboolean
exec_savepoint (TorgStore *self, const char *what, GError **error)
{
  g_autofree char *sql = g_strdup_printf ("%s part%u", what, self->marks->len);

  return torg_db_exec (self->db, sql, error);
}

/**
 * torg_store_begin_reading:
 * @error: place for an error
 *
 * Lets a store that only reads see one state of the replica until [method@Store.end_reading], which is faster too.
 *
 * Returns: whether it does
 */
gboolean
torg_store_begin_reading (TorgStore *self, GError **error)
{
  return torg_db_begin_reading (self->db, error);
}

/**
 * torg_store_end_reading:
 *
 * Lets the store see what was written since.
 */
void
torg_store_end_reading (TorgStore *self)
{
  torg_db_rollback (self->db);
}

/**
 * torg_store_begin:
 * @error: place for an error
 *
 * Begins a transaction; within one that is open already, a part of it that can be rolled back on its own.
 *
 * Returns: whether it began
 */
gboolean
torg_store_begin (TorgStore *self, GError **error)
{
  if (self->marks->len > 0 && !torg_db_is_in_transaction (self->db))
    {
      g_set_error_literal (error, TORG_STORE_ERROR, TORG_STORE_ERROR_FAILED,
                           _ ("This could not be saved, since an earlier part of it could not."));
      return FALSE;
    }
  if (self->marks->len == 0 ? !torg_db_begin (self->db, error) : !exec_savepoint (self, "SAVEPOINT", error))
    return FALSE;
  g_array_append_val (self->marks, self->pending->len);
  return TRUE;
}

/* Custom fields and their indexes come into force with the transaction that made them, or not at all. */
static gboolean
commit_all (TorgStore *self, GError **error)
{
  g_autoptr (TorgSchema) schema = torg_schema_ref (self->schema);
  g_autofree char *defs = g_strdup (self->defs);

  if ((!self->schema_dirty || (torg_store_load_schema (self, error) &&
                               (torg_bulk_load_is_running (self) ||
                                (torg_upgrade_make_indexes (self, error) && torg_upgrade_note (self, error))))) &&
      torg_db_commit (self->db, error))
    return TRUE;
  if (self->schema != schema)
    take_schema (self, g_steal_pointer (&schema));
  g_set_str (&self->defs, defs);
  return FALSE;
}

/**
 * torg_store_commit:
 * @error: place for an error
 *
 * Commits the transaction: when this returns, it is on the disk. The end of a part waits for that of the whole. With
 * an error, the transaction or part is rolled back.
 *
 * Returns: whether it is
 */
gboolean
torg_store_commit (TorgStore *self, GError **error)
{
  g_return_val_if_fail (self->marks->len > 0, FALSE);
  if (self->marks->len > 1)
    {
      g_array_set_size (self->marks, self->marks->len - 1);
      if (exec_savepoint (self, "RELEASE", error))
        return TRUE;
      g_array_set_size (self->marks, self->marks->len + 1);
      torg_store_rollback (self);
      return FALSE;
    }
  if (!commit_all (self, error))
    {
      torg_store_rollback (self);
      return FALSE;
    }
  g_array_set_size (self->marks, 0);
  self->schema_dirty = FALSE;
  g_ptr_array_extend_and_steal (self->changes, g_steal_pointer (&self->pending));
  self->pending = new_changes ();
  return TRUE;
}

/**
 * torg_store_rollback:
 *
 * Takes the transaction, or the part that was begun last, back.
 */
void
torg_store_rollback (TorgStore *self)
{
  guint mark;

  g_return_if_fail (self->marks->len > 0);
  mark = g_array_index (self->marks, guint, self->marks->len - 1);
  g_array_set_size (self->marks, self->marks->len - 1);
  g_ptr_array_set_size (self->pending, mark);
  if (self->marks->len > 0)
    {
      exec_savepoint (self, "ROLLBACK TO", NULL);
      exec_savepoint (self, "RELEASE", NULL);
      return;
    }
  torg_db_rollback (self->db);
  self->schema_dirty = FALSE;
}

/* The next step of a deal follows from its activities, by trigger. */
static void
note_deal (TorgStore *self, const char *id)
{
  g_autoptr (TorgStatement) statement = NULL;
  TorgChange *change;
  gboolean    row;

  if (id == NULL)
    return;
  /* A deal that is held back is noted by itself. */
  statement = torg_db_prepare_beside (self->db, "SELECT rid FROM deal WHERE id = ?1", NULL);
  if (statement == NULL)
    return;
  torg_statement_bind_id (statement, 1, id);
  if (!torg_statement_step (statement, &row, NULL) || !row)
    return;
  change = g_new0 (TorgChange, 1);
  change->type = torg_schema_find (self->schema, "deal")->info;
  change->id = g_strdup (id);
  change->rowid = torg_statement_get_int (statement, 0);
  change->op = TORG_OP_PATCH;
  g_ptr_array_add (self->pending, change);
}

void
torg_store_note_change (TorgStore *self, TorgRecord *record, TorgOp op)
{
  TorgChange *change = g_new0 (TorgChange, 1);

  change->type = torg_record_get_kind (record)->info;
  change->id = g_strdup (torg_record_get_id (record));
  change->rowid = torg_record_get_rowid (record);
  change->op = op;
  g_ptr_array_add (self->pending, change);
  if (g_str_equal (change->type->name, "field_def"))
    self->schema_dirty = TRUE;
  if (g_str_equal (change->type->name, "activity"))
    note_deal (self, torg_record_get_text (record, "deal"));
}

/**
 * torg_store_steal_changes:
 *
 * Gives what was committed since the last call.
 *
 * Returns: (transfer full) (element-type TorgChange): the changes
 */
GPtrArray *
torg_store_steal_changes (TorgStore *self)
{
  GPtrArray *changes = g_steal_pointer (&self->changes);

  self->changes = new_changes ();
  return changes;
}

/**
 * torg_store_insert:
 * @record: a complete record
 * @error: place for an error
 *
 * Inserts a record as it is, without history, outbox, undo and defaults: for a demo company, and for what a server
 * sent.
 *
 * Returns: whether that worked
 */
gboolean
torg_store_insert (TorgStore *self, TorgRecord *record, GError **error)
{
  if (!torg_record_table_insert (torg_store_get_table (self, torg_record_get_kind (record)), self->db, record, error) ||
      !torg_search_put (self, record, NULL, TRUE, error) || !torg_match_put (self, NULL, record, error))
    return FALSE;
  if ((self->flags & TORG_STORE_BULK) == 0)
    torg_store_note_change (self, record, TORG_OP_CREATE);
  return TRUE;
}
