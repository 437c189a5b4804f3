/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "torg-server"

#include "config.h"

#include "torg-db-backend.h"
#include "torg-pg.h"

#include <glib/gi18n-lib.h>
#include <libpq-fe.h>
#include <string.h>

/* PostgreSQL behind TorgDb, by libpq: statements prepared once a connection, all values as text. */

typedef struct
{
  PGconn     *conn;     /* (owned) */
  GHashTable *prepared; /* (owned) SQL → name */
  gboolean    open;     /* a transaction */
} Connection;

typedef struct
{
  Connection *connection;
  char       *name;   /* (owned) */
  GPtrArray  *values; /* (owned) (element-type utf8): may hold NULL */
  PGresult   *result; /* (owned) (nullable) */
  int         row;
} Statement;

static void
set_error (Connection *self, PGresult *result, GError **error)
{
  const char    *state = result != NULL ? PQresultErrorField (result, PG_DIAG_SQLSTATE) : NULL;
  const char    *message = result != NULL ? PQresultErrorMessage (result) : PQerrorMessage (self->conn);
  TorgStoreError code = TORG_STORE_ERROR_FAILED;

  g_debug ("PostgreSQL: %s", message);
  /* Serialization failure, deadlock, a row that somebody else has just added: the same again may work. */
  if (state != NULL && (g_str_equal (state, "40001") || g_str_equal (state, "40P01") || g_str_equal (state, "23505")))
    code = TORG_STORE_ERROR_LOCKED;
  else if (state != NULL && g_str_equal (state, "53100"))
    code = TORG_STORE_ERROR_FULL;
  g_set_error (error, TORG_STORE_ERROR, code, _ ("The server’s database could not be read or written (%s)."),
               state != NULL ? state : "connection");
}

static gboolean
pg_exec (gpointer connection, const char *sql, GError **error)
{
  Connection    *self = connection;
  PGresult      *result = PQexec (self->conn, sql);
  ExecStatusType status = PQresultStatus (result);
  gboolean       ok = status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK;

  if (!ok)
    set_error (self, result, error);
  PQclear (result);
  self->open = PQtransactionStatus (self->conn) != PQTRANS_IDLE && PQstatus (self->conn) == CONNECTION_OK;
  return ok;
}

static gboolean
pg_begin (gpointer connection, gboolean writing, GError **error)
{
  Connection *self = connection;

  /* A connection that the server or the network has closed is opened anew, with nothing prepared. */
  if (PQstatus (self->conn) != CONNECTION_OK)
    {
      PQreset (self->conn);
      g_hash_table_remove_all (self->prepared);
    }
  return pg_exec (connection, writing ? "BEGIN" : "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY", error);
}

/* `?1` becomes `$1`; there is no question mark elsewhere in Torg's SQL. */
static char *
translate (const char *sql)
{
  return g_strdelimit (g_strdup (sql), "?", '$');
}

static gpointer
pg_prepare (gpointer connection, const char *sql, GError **error)
{
  Connection *self = connection;
  Statement  *statement;
  const char *name = g_hash_table_lookup (self->prepared, sql);

  if (name == NULL)
    {
      g_autofree char *text = translate (sql);
      g_autofree char *fresh = g_strdup_printf ("torg%u", g_hash_table_size (self->prepared));
      PGresult        *result = PQprepare (self->conn, fresh, text, 0, NULL);

      if (PQresultStatus (result) != PGRES_COMMAND_OK)
        {
          set_error (self, result, error);
          g_debug ("in: %s", text);
          PQclear (result);
          return NULL;
        }
      PQclear (result);
      name = fresh;
      g_hash_table_insert (self->prepared, g_strdup (sql), g_steal_pointer (&fresh));
    }
  statement = g_new0 (Statement, 1);
  statement->connection = self;
  statement->name = g_strdup (name);
  statement->values = g_ptr_array_new_with_free_func (g_free);
  return statement;
}

static void
pg_reset (gpointer data)
{
  Statement *statement = data;

  g_clear_pointer (&statement->result, PQclear);
}

static void
pg_finalize (gpointer data)
{
  Statement *statement = data;

  pg_reset (statement);
  g_ptr_array_unref (statement->values);
  g_free (statement->name);
  g_free (statement);
}

static void
pg_bind (gpointer data, int index, const char *text)
{
  Statement *statement = data;

  if (statement->values->len < (guint) index)
    g_ptr_array_set_size (statement->values, index);
  g_free (statement->values->pdata[index - 1]);
  statement->values->pdata[index - 1] = g_strdup (text);
}

static gboolean
run (Statement *statement, GError **error)
{
  Connection *self = statement->connection;

  statement->result = PQexecPrepared (self->conn, statement->name, (int) statement->values->len,
                                      (const char *const *) statement->values->pdata, NULL, NULL, 0);
  statement->row = -1;
  if (PQresultStatus (statement->result) == PGRES_COMMAND_OK || PQresultStatus (statement->result) == PGRES_TUPLES_OK)
    return TRUE;
  set_error (self, statement->result, error);
  pg_reset (statement);
  return FALSE;
}

static gboolean
pg_step (gpointer data, gboolean *row, GError **error)
{
  Statement *statement = data;

  *row = FALSE;
  if (statement->result == NULL && !run (statement, error))
    return FALSE;
  *row = ++statement->row < PQntuples (statement->result);
  return TRUE;
}

static const char *
pg_get_text (gpointer data, int column)
{
  Statement *statement = data;

  if (statement->result == NULL || statement->row >= PQntuples (statement->result) ||
      PQgetisnull (statement->result, statement->row, column))
    return NULL;
  return PQgetvalue (statement->result, statement->row, column);
}

static gboolean
pg_is_in_transaction (gpointer connection)
{
  return ((Connection *) connection)->open;
}

static void
pg_close (gpointer connection)
{
  Connection *self = connection;

  PQfinish (self->conn);
  g_hash_table_unref (self->prepared);
  g_free (self);
}

static const TorgDbBackend backend = {
  .dialect = TORG_DIALECT_POSTGRESQL,
  .begin = pg_begin,
  .exec = pg_exec,
  .prepare = pg_prepare,
  .finalize = pg_finalize,
  .bind = pg_bind,
  .step = pg_step,
  .reset = pg_reset,
  .get_text = pg_get_text,
  .is_in_transaction = pg_is_in_transaction,
  .close = pg_close,
};

/**
 * torg_pg_has_password:
 * @uri: a database
 *
 * Tells whether a database is one of PostgreSQL, and its password stands there.
 *
 * Returns: whether it does
 */
gboolean
torg_pg_has_password (const char *uri)
{
  PQconninfoOption *options = NULL;
  gboolean          has = FALSE;

  if (g_str_has_prefix (uri, "postgresql://") || g_str_has_prefix (uri, "postgres://"))
    options = PQconninfoParse (uri, NULL);
  for (PQconninfoOption *option = options; option != NULL && option->keyword != NULL; option++)
    has = has || ((g_str_equal (option->keyword, "password") || g_str_equal (option->keyword, "sslpassword")) &&
                  option->val != NULL && *option->val != '\0');
  PQconninfoFree (options);
  return has;
}

/**
 * torg_pg_open:
 * @uri: `postgresql://…`; the password comes from PGPASSFILE
 * @error: place for a %TORG_STORE_ERROR
 *
 * Connects to PostgreSQL.
 *
 * Returns: (transfer full) (nullable): a connection
 */
TorgDb *
torg_pg_open (const char *uri, GError **error)
{
  PGconn     *conn = PQconnectdb (uri);
  Connection *self;

  if (PQstatus (conn) != CONNECTION_OK)
    {
      g_set_error (error, TORG_STORE_ERROR, TORG_STORE_ERROR_FAILED, _ ("The database cannot be reached: %s"),
                   g_strchomp (PQerrorMessage (conn)));
      PQfinish (conn);
      return NULL;
    }
  self = g_new0 (Connection, 1);
  self->conn = conn;
  self->prepared = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  pg_exec (self, "SET client_min_messages = warning; SET standard_conforming_strings = on", NULL);
  return torg_db_new_with_backend (&backend, self);
}
