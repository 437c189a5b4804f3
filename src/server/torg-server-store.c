/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "torg-server"

#include "config.h"

#include "torg-duplicates.h"
#include "torg-page.h"
#include "torg-pg.h"
#include "torg-record-columns.h"
#include "torg-server-search.h"
#include "torg-server-store.h"
#include "torg-server-tables.h"

#include <glib/gi18n-lib.h>
#include <string.h>

/* One company a database; the column is there so that several can share one. */
#define WORKSPACE 1
/* The columns that every table of records begins with, behind the workspace. */
#define FIRST_COLUMNS "id, seq, deleted, keys, extra"
#define N_FIRST 5
/* Servers that begin at once add the same tables: one does it, and the others find them. */
#define MAX_MIGRATIONS 5

struct _TorgServerStore
{
  TorgEnv    *env;    /* (owned) */
  TorgDb     *db;     /* (owned) */
  TorgSchema *base;   /* (owned): without custom fields */
  TorgSchema *schema; /* (owned) */
  gint64      defs;   /* the last change of a custom field that @schema knows */
  gint64      last_seq;

  TorgServerLimits limits;
};

/* --- tables ------------------------------------------------------------------------------------------------------- */

static char *
make_token (TorgServerStore *self)
{
  guint8   bytes[16];
  GString *text = g_string_new (NULL);

  torg_env_fill_random (self->env, bytes, sizeof bytes);
  for (guint i = 0; i < sizeof bytes; i++)
    g_string_append_printf (text, "%02x", bytes[i]);
  return g_string_free_and_steal (text);
}

static gboolean
ensure_workspace (TorgServerStore *self, GError **error)
{
  g_autofree char *epoch = make_token (self);
  g_autoptr (TorgStatement) statement = torg_db_prepare (
    self->db, "INSERT INTO workspace (id, seq, epoch, schema) VALUES (?1, 0, ?2, ?3) ON CONFLICT DO NOTHING", error);

  if (statement == NULL)
    return FALSE;
  torg_statement_bind_int (statement, 1, WORKSPACE);
  torg_statement_bind_text (statement, 2, epoch);
  torg_statement_bind_int (statement, 3, TORG_SCHEMA_VERSION);
  return torg_statement_run (statement, error);
}

static gboolean
migrate (TorgServerStore *self, GError **error)
{
  return torg_server_tables_migrate (self->db, self->base, error) && ensure_workspace (self, error) &&
         torg_server_search_migrate (self, error) && torg_duplicates_migrate (self, error);
}

/**
 * torg_server_store_migrate:
 * @error: place for a %TORG_STORE_ERROR
 *
 * Makes the tables, or adds what they lack, in one transaction. Where another server does the same it tries again.
 *
 * Returns: whether that worked
 */
gboolean
torg_server_store_migrate (TorgServerStore *self, GError **error)
{
  for (guint i = 1;; i++)
    {
      g_autoptr (GError) local = NULL;

      if (!torg_db_begin (self->db, error))
        return FALSE;
      if (migrate (self, &local) && torg_db_commit (self->db, &local))
        return TRUE;
      torg_db_rollback (self->db);
      if (i == MAX_MIGRATIONS || !g_error_matches (local, TORG_STORE_ERROR, TORG_STORE_ERROR_LOCKED))
        {
          g_propagate_error (error, g_steal_pointer (&local));
          return FALSE;
        }
    }
}

/* --- opening ------------------------------------------------------------------------------------------------------ */

static TorgDb *
open_db (TorgEnv *env, const char *uri, GError **error)
{
  g_autoptr (TorgDb) db = NULL;

  if (torg_server_store_is_shared (uri))
    return torg_pg_open (uri, error);
  if (!g_str_has_prefix (uri, "sqlite:"))
    {
      g_set_error (error, TORG_ERROR, TORG_ERROR_INVALID,
                   _ ("“%s” is no database. Write sqlite:PATH or postgresql://HOST/DATABASE."), uri);
      return NULL;
    }
  db = torg_db_open (uri + strlen ("sqlite:"), torg_env_get_vfs (env), TORG_DB_NONE, error);
  if (db == NULL || !torg_db_prepare_writing (db, error))
    return NULL;
  return g_steal_pointer (&db);
}

/**
 * torg_server_store_open:
 * @env: clock, randomness and file system
 * @uri: `sqlite:PATH` or `postgresql://…`
 * @error: place for an error
 *
 * Opens the server's database.
 *
 * Returns: (transfer full) (nullable): a connection
 */
TorgServerStore *
torg_server_store_open (TorgEnv *env, const char *uri, GError **error)
{
  g_autoptr (TorgServerStore) self = g_new0 (TorgServerStore, 1);

  self->env = torg_env_ref (env);
  self->base = torg_schema_new ();
  self->schema = torg_schema_ref (self->base);
  self->db = open_db (env, uri, error);
  return self->db != NULL ? g_steal_pointer (&self) : NULL;
}

/**
 * torg_server_store_free:
 * @self: (transfer full): a connection
 *
 * Closes a connection.
 */
void
torg_server_store_free (TorgServerStore *self)
{
  g_clear_pointer (&self->db, torg_db_free);
  g_clear_pointer (&self->schema, torg_schema_unref);
  g_clear_pointer (&self->base, torg_schema_unref);
  g_clear_pointer (&self->env, torg_env_unref);
  g_free (self);
}

/**
 * torg_server_store_get_env:
 *
 * Gives the environment.
 *
 * Returns: (transfer none): the environment
 */
TorgEnv *
torg_server_store_get_env (TorgServerStore *self)
{
  return self->env;
}

/**
 * torg_server_store_get_db:
 *
 * Gives the connection.
 *
 * Returns: (transfer none): the connection
 */
TorgDb *
torg_server_store_get_db (TorgServerStore *self)
{
  return self->db;
}

/**
 * torg_server_store_get_schema:
 *
 * Gives the schema with the company's custom fields, as [method@ServerStore.load_schema] found them.
 *
 * Returns: (transfer none): the schema
 */
TorgSchema *
torg_server_store_get_schema (TorgServerStore *self)
{
  return self->schema;
}

/**
 * torg_server_store_get_workspace:
 *
 * Tells which workspace the connection works on.
 *
 * Returns: its number
 */
gint64
torg_server_store_get_workspace (TorgServerStore *self)
{
  return WORKSPACE;
}

/**
 * torg_server_store_get_limits:
 *
 * Gives how much an answer holds; tests make it less, so that little is enough for several.
 *
 * Returns: (transfer none): the limits, which may be changed
 */
TorgServerLimits *
torg_server_store_get_limits (TorgServerStore *self)
{
  return &self->limits;
}

/**
 * torg_server_store_load_schema:
 * @error: place for an error
 *
 * Reads the custom fields anew, if one of them changed; in a transaction, at its beginning.
 *
 * Returns: whether that worked
 */
gboolean
torg_server_store_load_schema (TorgServerStore *self, GError **error)
{
  const TorgType *type = torg_schema_find (self->base, "field_def");
  g_autoptr (GPtrArray) defs = NULL;
  gint64 last = 0;

  if (!torg_db_get_int (self->db, "SELECT max(seq) FROM field_def", &last, error))
    return FALSE;
  if (last == self->defs)
    return TRUE;
  defs = torg_server_store_list_page (self, type, NULL, G_MAXINT, NULL, error);
  if (defs == NULL)
    return FALSE;
  for (guint i = defs->len; i-- > 0;)
    if (torg_record_get_deleted (g_ptr_array_index (defs, i)) != 0)
      g_ptr_array_remove_index (defs, i);
  torg_schema_unref (self->schema);
  self->schema = defs->len > 0 ? torg_schema_with_custom (self->base, defs) : torg_schema_ref (self->base);
  self->defs = last;
  return TRUE;
}

/* --- commits ------------------------------------------------------------------------------------------------------ */

/**
 * torg_server_store_get_forgotten:
 * @seq: (out): a commit; 0 for none
 * @error: place for an error
 *
 * Tells up to which commit changes are forgotten.
 *
 * Returns: whether that worked
 */
gboolean
torg_server_store_get_forgotten (TorgServerStore *self, gint64 *seq, GError **error)
{
  *seq = 0;
  return torg_db_get_int (self->db, "SELECT coalesce(forgotten, 0) FROM workspace", seq, error);
}

/**
 * torg_server_store_get_head:
 * @seq: (out): the number of the last commit
 * @tag: (out): its random tag; empty where there is none
 * @epoch: (out): which life of the server
 * @error: place for an error
 *
 * Tells how far the server is; in a transaction, as that sees it.
 *
 * Returns: whether that worked
 */
gboolean
torg_server_store_get_head (TorgServerStore *self, gint64 *seq, char **tag, char **epoch, GError **error)
{
  g_autoptr (TorgStatement) statement =
    torg_db_prepare (self->db,
                     "SELECT w.seq, w.epoch, c.tag FROM workspace w LEFT JOIN commits c ON c.workspace = w.id AND "
                     "c.seq = w.seq WHERE w.id = ?1",
                     error);
  gboolean row;

  if (statement == NULL)
    return FALSE;
  torg_statement_bind_int (statement, 1, WORKSPACE);
  if (!torg_statement_step (statement, &row, error))
    return FALSE;
  *seq = row ? torg_statement_get_int (statement, 0) : 0;
  *epoch = g_strdup (row ? torg_statement_get_text (statement, 1) : "");
  *tag = g_strdup (row && !torg_statement_is_null (statement, 2) ? torg_statement_get_text (statement, 2) : "");
  return TRUE;
}

/**
 * torg_server_store_renew_epoch:
 * @error: place for an error
 *
 * Begins a new life of the server, since it was restored: replicas send again what they keep.
 *
 * Returns: whether that was saved
 */
gboolean
torg_server_store_renew_epoch (TorgServerStore *self, GError **error)
{
  g_autofree char *epoch = make_token (self);
  g_autoptr (TorgStatement) statement =
    torg_db_prepare (self->db, "UPDATE workspace SET epoch = ?2 WHERE id = ?1", error);

  if (statement == NULL)
    return FALSE;
  torg_statement_bind_int (statement, 1, WORKSPACE);
  torg_statement_bind_text (statement, 2, epoch);
  return torg_statement_run (statement, error);
}

/**
 * torg_server_store_next_seq:
 * @seq: (out): the number of this commit
 * @error: place for an error
 *
 * Takes the number of a commit, last of all its locks: from here to the commit, the writers of a workspace stand in
 * line, so that numbers become visible in their order (DESIGN.md §3).
 *
 * Returns: whether that worked
 */
gboolean
torg_server_store_next_seq (TorgServerStore *self, gint64 *seq, GError **error)
{
  const char *sql = torg_db_get_dialect (self->db) == TORG_DIALECT_POSTGRESQL
                      ? "UPDATE workspace SET seq = seq + 1 WHERE id = ?1 "
                        "RETURNING seq, pg_notify('" TORG_COMMITS_CHANNEL "', seq || ' ' || current_schema())"
                      : "UPDATE workspace SET seq = seq + 1 WHERE id = ?1 RETURNING seq";
  g_autoptr (TorgStatement) take = torg_db_prepare (self->db, sql, error);
  g_autoptr (TorgStatement) commit = NULL;
  g_autofree char *tag = make_token (self);
  gboolean         row;

  if (take == NULL)
    return FALSE;
  torg_statement_bind_int (take, 1, WORKSPACE);
  if (!torg_statement_step (take, &row, error))
    return FALSE;
  self->last_seq = *seq = torg_statement_get_int (take, 0);
  /* SQLite writes when the statement is finished. */
  if (!torg_statement_step (take, &row, error))
    return FALSE;
  commit = torg_db_prepare (self->db, "INSERT INTO commits (workspace, seq, tag, at) VALUES (?1, ?2, ?3, ?4)", error);
  if (commit == NULL)
    return FALSE;
  torg_statement_bind_int (commit, 1, WORKSPACE);
  torg_statement_bind_int (commit, 2, *seq);
  torg_statement_bind_text (commit, 3, tag);
  torg_statement_bind_int (commit, 4, torg_env_get_now (self->env));
  return torg_statement_run (commit, error);
}

/**
 * torg_server_store_get_last_seq:
 *
 * Tells the number that this connection took last, whether it was committed or not.
 *
 * Returns: a number, 0 for none
 */
gint64
torg_server_store_get_last_seq (TorgServerStore *self)
{
  return self->last_seq;
}

/**
 * torg_server_store_is_shared:
 * @uri: see [func@server_store_open]
 *
 * Tells whether several processes can serve a database.
 *
 * Returns: whether they can
 */
gboolean
torg_server_store_is_shared (const char *uri)
{
  return g_str_has_prefix (uri, "postgresql://") || g_str_has_prefix (uri, "postgres://");
}

/* --- records ------------------------------------------------------------------------------------------------------ */

static GString *
begin_select (const TorgType *type)
{
  GString *sql = g_string_new ("SELECT " FIRST_COLUMNS);

  torg_columns_append_names (sql, type);
  g_string_append_printf (sql, " FROM \"%s\" WHERE workspace = ?1", type->info->name);
  return sql;
}

static TorgRecord *
read_record (TorgServerStore *self, const TorgType *type, TorgStatement *statement)
{
  g_autofree char *id = torg_statement_dup_id (statement, 0);
  TorgRecord      *record = torg_record_new (self->schema, type, id);

  torg_record_set_seq (record, torg_statement_get_int (statement, 1));
  torg_record_set_deleted (record, torg_statement_get_int (statement, 2));
  torg_columns_read (statement, 4, N_FIRST, record);
  return record;
}

/**
 * torg_server_store_load:
 * @type: a type of the schema
 * @id: an id
 * @lock: whether nobody else may change it until the end of the transaction
 * @record: (out) (nullable): the record, deleted or not; %NULL where there is none
 * @keys: (out) (optional) (nullable): its access keys
 * @error: place for an error
 *
 * Reads a record.
 *
 * Returns: whether that worked
 */
gboolean
torg_server_store_load (TorgServerStore *self,
                        const TorgType  *type,
                        const char      *id,
                        gboolean         lock,
                        TorgRecord     **record,
                        char           **keys,
                        GError         **error)
{
  g_autoptr (GString) sql = begin_select (type);
  g_autoptr (TorgStatement) statement = NULL;
  gboolean row;

  *record = NULL;
  if (keys != NULL)
    *keys = NULL;
  g_string_append (sql, " AND id = ?2");
  if (lock && torg_db_get_dialect (self->db) == TORG_DIALECT_POSTGRESQL)
    g_string_append (sql, " FOR UPDATE");
  statement = torg_db_prepare (self->db, sql->str, error);
  if (statement == NULL)
    return FALSE;
  torg_statement_bind_int (statement, 1, WORKSPACE);
  torg_statement_bind_id (statement, 2, id);
  if (!torg_statement_step (statement, &row, error))
    return FALSE;
  if (!row)
    return TRUE;
  *record = read_record (self, type, statement);
  if (keys != NULL)
    *keys = g_strdup (torg_statement_get_text (statement, 3));
  return TRUE;
}

static void
append_insert (GString *sql, const TorgType *type)
{
  g_string_append_printf (sql, "INSERT INTO \"%s\" (workspace, " FIRST_COLUMNS, type->info->name);
  torg_columns_append_names (sql, type);
  g_string_append (sql, ") VALUES (?1");
  for (int i = 2; i <= 1 + N_FIRST + torg_columns_count (type); i++)
    g_string_append_printf (sql, ", ?%d", i);
  g_string_append_c (sql, ')');
}

static void
append_update (GString *sql, const TorgType *type)
{
  int index = 2 + N_FIRST;

  g_string_append_printf (sql, "UPDATE \"%s\" SET seq = ?3, deleted = ?4, keys = ?5, extra = ?6", type->info->name);
  for (guint i = 0; i < type->info->n_fields; i++)
    {
      const TorgField *field = &type->fields[i];
      const char      *second = torg_columns_get_second (field->kind);

      g_string_append_printf (sql, ", \"%s\" = ?%d", field->name, index++);
      if (second != NULL)
        g_string_append_printf (sql, ", \"%s%s\" = ?%d", field->name, second, index++);
    }
  g_string_append (sql, " WHERE workspace = ?1 AND id = ?2");
}

/**
 * torg_server_store_write:
 * @record: a record with its number of this commit
 * @keys: its access keys
 * @is_new: whether it is not there yet
 * @error: place for an error
 *
 * Writes a record, in a transaction.
 *
 * Returns: whether that worked
 */
gboolean
torg_server_store_write (TorgServerStore *self, TorgRecord *record, const char *keys, gboolean is_new, GError **error)
{
  const TorgType *type = torg_record_get_kind (record);
  g_autoptr (GString) sql = g_string_new (NULL);
  g_autoptr (TorgStatement) statement = NULL;
  g_autofree char *extra = torg_columns_build_extra (record);

  if (is_new)
    append_insert (sql, type);
  else
    append_update (sql, type);
  statement = torg_db_prepare (self->db, sql->str, error);
  if (statement == NULL)
    return FALSE;
  torg_statement_bind_int (statement, 1, WORKSPACE);
  torg_statement_bind_id (statement, 2, torg_record_get_id (record));
  torg_statement_bind_int (statement, 3, torg_record_get_seq (record));
  if (torg_record_get_deleted (record) != 0)
    torg_statement_bind_int (statement, 4, torg_record_get_deleted (record));
  else
    torg_statement_bind_null (statement, 4);
  torg_statement_bind_text (statement, 5, keys);
  torg_statement_bind_text (statement, 6, extra);
  torg_columns_bind (statement, 2 + N_FIRST, record);
  return torg_statement_run (statement, error);
}

/**
 * torg_server_store_list_referents:
 * @type: a type
 * @field: a reference of that type
 * @id: what it refers to
 * @error: place for an error
 *
 * Lists the records that refer to another one, deleted ones too.
 *
 * Returns: (transfer full) (element-type utf8) (nullable): ids in their order
 */
GPtrArray *
torg_server_store_list_referents (TorgServerStore *self,
                                  const TorgType  *type,
                                  const TorgField *field,
                                  const char      *id,
                                  GError         **error)
{
  g_autofree char *column = torg_page_make_column (field, torg_db_get_dialect (self->db));
  g_autofree char *sql =
    g_strdup_printf ("SELECT id FROM \"%s\" WHERE workspace = ?1 AND %s = ?2 ORDER BY id", type->info->name, column);
  g_autoptr (GPtrArray) ids = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (TorgStatement) statement = torg_db_prepare (self->db, sql, error);
  gboolean row;

  if (statement == NULL)
    return NULL;
  torg_statement_bind_int (statement, 1, WORKSPACE);
  /* The company's own fields stand in JSON. */
  if ((field->flags & TORG_FIELD_CUSTOM) != 0)
    torg_statement_bind_text (statement, 2, id);
  else
    torg_statement_bind_id (statement, 2, id);
  for (;;)
    {
      if (!torg_statement_step (statement, &row, error))
        return NULL;
      if (!row)
        return g_steal_pointer (&ids);
      g_ptr_array_add (ids, torg_statement_dup_id (statement, 0));
    }
}

/**
 * torg_server_store_append_keys:
 * @sql: a query with its WHERE
 * @column: where the keys of a record stand
 * @keys: (element-type utf8): keys
 * @index: the next parameter
 *
 * Adds the condition that a record has one of some keys.
 *
 * Returns: the parameter after it
 */
int
torg_server_store_append_keys (TorgServerStore *self, GString *sql, const char *column, GPtrArray *keys, int index)
{
  /* SQLite's is our own, of all keys at once. LIKE would take a `_` for any letter. */
  if (torg_db_get_dialect (self->db) == TORG_DIALECT_SQLITE)
    {
      g_string_append_printf (sql, " AND has_key(%s, ?%d)", column, index);
      return index + 1;
    }
  for (guint i = 0; i < keys->len; i++)
    g_string_append_printf (sql, "%sstrpos(%s, ?%d) > 0", i == 0 ? " AND (" : " OR ", column, index + (int) i);
  g_string_append (sql, keys->len > 0 ? ")" : " AND 1 = 0");
  return index + (int) keys->len;
}

/**
 * torg_server_store_bind_keys:
 * @statement: the query
 * @keys: (element-type utf8): the keys
 * @index: as it was given to [method@ServerStore.append_keys]
 *
 * Binds what the condition asks for.
 */
void
torg_server_store_bind_keys (TorgServerStore *self, TorgStatement *statement, GPtrArray *keys, int index)
{
  g_autoptr (GString) all = g_string_new ("|");

  for (guint i = 0; i < keys->len; i++)
    if (torg_db_get_dialect (self->db) == TORG_DIALECT_SQLITE)
      g_string_append_printf (all, "%s|", (const char *) keys->pdata[i]);
    else
      {
        g_autofree char *key = g_strconcat ("|", keys->pdata[i], "|", NULL);

        torg_statement_bind_text (statement, index + (int) i, key);
      }
  if (torg_db_get_dialect (self->db) == TORG_DIALECT_SQLITE)
    torg_statement_bind_text (statement, index, all->str);
}

/* What a page of @sql selects. */
static TorgStatement *
prepare_page (TorgServerStore *self, GString *sql, TorgPage *page, guint limit, GPtrArray *keys, GError **error)
{
  TorgDialect    dialect = torg_db_get_dialect (self->db);
  int            first_key = torg_page_append (page, dialect, sql, 3);
  TorgStatement *statement;

  if (keys != NULL)
    torg_server_store_append_keys (self, sql, "keys", keys, first_key);
  torg_page_append_order (page, dialect, sql);
  g_string_append (sql, " LIMIT ?2");
  statement = torg_db_prepare (self->db, sql->str, error);
  if (statement == NULL)
    return NULL;
  torg_statement_bind_int (statement, 1, WORKSPACE);
  torg_statement_bind_int (statement, 2, limit);
  torg_page_bind (page, statement, 3);
  if (keys != NULL)
    torg_server_store_bind_keys (self, statement, keys, first_key);
  return statement;
}

/* @access: (nullable): takes the keys of each. */
static GPtrArray *
read_page (TorgServerStore *self,
           const TorgType  *type,
           TorgPage        *page,
           guint            limit,
           GPtrArray       *keys,
           GPtrArray       *access,
           GError         **error)
{
  g_autoptr (GString) sql = begin_select (type);
  g_autoptr (TorgStatement) statement = prepare_page (self, sql, page, limit, keys, error);
  g_autoptr (GPtrArray) records = g_ptr_array_new_with_free_func ((GDestroyNotify) torg_record_unref);
  gboolean row;

  if (statement == NULL)
    return NULL;
  for (;;)
    {
      if (!torg_statement_step (statement, &row, error))
        return NULL;
      if (!row)
        return g_steal_pointer (&records);
      g_ptr_array_add (records, read_record (self, type, statement));
      if (access != NULL)
        g_ptr_array_add (access, g_strdup (torg_statement_get_text (statement, 3)));
    }
}

/**
 * torg_server_store_find_page:
 * @type: a type of the schema
 * @page: which of its records
 * @limit: how many at most
 * @keys: (nullable) (element-type utf8): only records that have one of these keys
 * @error: place for an error
 *
 * Reads records in the order of a page, deleted ones too.
 *
 * Returns: (transfer full) (element-type TorgRecord) (nullable): the records
 */
GPtrArray *
torg_server_store_find_page (TorgServerStore *self,
                             const TorgType  *type,
                             TorgPage        *page,
                             guint            limit,
                             GPtrArray       *keys,
                             GError         **error)
{
  return read_page (self, type, page, limit, keys, NULL, error);
}

/**
 * torg_server_store_list_page:
 * @type: a type of the schema
 * @after: (nullable): the id before the first one
 * @limit: how many at most
 * @keys: (nullable) (element-type utf8): only records that have one of these keys
 * @error: place for an error
 *
 * Reads records in the order of their ids, deleted ones too.
 *
 * Returns: (transfer full) (element-type TorgRecord) (nullable): the records
 */
GPtrArray *
torg_server_store_list_page (TorgServerStore *self,
                             const TorgType  *type,
                             const char      *after,
                             guint            limit,
                             GPtrArray       *keys,
                             GError         **error)
{
  g_autoptr (TorgPage) page = torg_page_new (type);

  if (after != NULL)
    torg_page_set_after (page, after);
  return torg_server_store_find_page (self, type, page, limit, keys, error);
}

/**
 * torg_server_store_list_with_keys:
 * @type: a type of the schema
 * @after: (nullable): the id before the first one
 * @limit: how many at most
 * @access: (element-type utf8): takes the access keys of each record, as [method@ServerStore.load] gives them
 * @error: place for an error
 *
 * Reads records in the order of their ids, deleted ones too, with their access keys.
 *
 * Returns: (transfer full) (element-type TorgRecord) (nullable): the records
 */
GPtrArray *
torg_server_store_list_with_keys (TorgServerStore *self,
                                  const TorgType  *type,
                                  const char      *after,
                                  guint            limit,
                                  GPtrArray       *access,
                                  GError         **error)
{
  g_autoptr (TorgPage) page = torg_page_new (type);

  if (after != NULL)
    torg_page_set_after (page, after);
  return read_page (self, type, page, limit, NULL, access, error);
}

/**
 * torg_server_store_list_numbers:
 * @type: a type of the schema
 * @after: (nullable): the id before the first one
 * @limit: how many at most
 * @keys: (nullable) (element-type utf8): only records that have one of these keys
 * @error: place for an error
 *
 * Reads the sequence numbers of records in the order of their ids, of deleted ones too, and nothing else of them.
 *
 * Returns: (transfer full) (element-type TorgServerNumber) (nullable): the numbers
 */
GArray *
torg_server_store_list_numbers (TorgServerStore *self,
                                const TorgType  *type,
                                const char      *after,
                                guint            limit,
                                GPtrArray       *keys,
                                GError         **error)
{
  g_autoptr (GString) sql = g_string_new ("SELECT id, seq FROM \"");
  g_autoptr (TorgPage) page = torg_page_new (type);
  g_autoptr (TorgStatement) statement = NULL;
  g_autoptr (GArray) numbers = g_array_new (FALSE, FALSE, sizeof (TorgServerNumber));
  gboolean row;

  g_string_append_printf (sql, "%s\" WHERE workspace = ?1", type->info->name);
  if (after != NULL)
    torg_page_set_after (page, after);
  statement = prepare_page (self, sql, page, limit, keys, error);
  if (statement == NULL)
    return NULL;
  for (;;)
    {
      TorgServerNumber number;

      if (!torg_statement_step (statement, &row, error))
        return NULL;
      if (!row)
        return g_steal_pointer (&numbers);
      number.seq = torg_statement_get_int (statement, 1);
      if (torg_statement_read_id (statement, 0, number.id))
        g_array_append_val (numbers, number);
    }
}
