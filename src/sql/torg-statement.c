/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "torg-sql"

#include "config.h"

#include "torg-batch.h"
#include "torg-db-private.h"
#include "torg-env.h"

#include <string.h>

/* Statements: values in, rows out. */

/* Frees a statement that its connection keeps no more. */
void
torg_statement_free (gpointer data)
{
  TorgStatement *self = data;

  if (self->foreign != NULL)
    self->db->backend->finalize (self->foreign);
  sqlite3_finalize (self->stmt);
  g_free (self);
}

/**
 * torg_statement_new_row:
 * @batch: a batch, which outlives the statement
 *
 * Makes what looks like a statement to those who bind values, and gives them to the last row of a batch.
 *
 * Returns: (transfer full): a statement that cannot run, to be released
 */
TorgStatement *
torg_statement_new_row (TorgBatch *batch)
{
  TorgStatement *self = g_new0 (TorgStatement, 1);

  self->batch = batch;
  return self;
}

/**
 * torg_statement_release:
 * @self: (transfer full): a statement
 *
 * Gives a statement back to its connection.
 */
void
torg_statement_release (TorgStatement *self)
{
  const char *sql;

  if (self->foreign != NULL || self->batch != NULL)
    {
      torg_statement_free (self);
      return;
    }
  sql = sqlite3_sql (self->stmt);
  sqlite3_reset (self->stmt);
  sqlite3_clear_bindings (self->stmt);
  if (self->db->statements == NULL || g_hash_table_contains (self->db->statements, sql))
    torg_statement_free (self);
  else
    g_hash_table_insert (self->db->statements, (gpointer) sql, self);
}

/**
 * torg_statement_bind_int:
 * @index: from 1
 *
 * Binds a number.
 */
void
torg_statement_bind_int (TorgStatement *self, int index, gint64 number)
{
  if (self->foreign != NULL)
    {
      char text[24];

      g_snprintf (text, sizeof text, "%" G_GINT64_FORMAT, number);
      self->db->backend->bind (self->foreign, index, text);
    }
  else if (self->batch != NULL)
    torg_batch_set_int (self->batch, index, number);
  else
    sqlite3_bind_int64 (self->stmt, index, number);
}

/**
 * torg_statement_bind_text:
 * @index: from 1
 * @text: (nullable): UTF-8, copied
 *
 * Binds a text.
 */
void
torg_statement_bind_text (TorgStatement *self, int index, const char *text)
{
  if (self->foreign != NULL)
    self->db->backend->bind (self->foreign, index, text);
  else if (self->batch != NULL)
    torg_batch_set_text (self->batch, index, text);
  else
    sqlite3_bind_text (self->stmt, index, text, -1, SQLITE_TRANSIENT);
}

/**
 * torg_statement_bind_static:
 * @index: from 1
 * @text: UTF-8 that stays until the statement has run
 * @length: its length in bytes, or -1
 *
 * Binds a text that is not copied; in SQLite only.
 */
void
torg_statement_bind_static (TorgStatement *self, int index, const char *text, gssize length)
{
  sqlite3_bind_text (self->stmt, index, text, (int) length, SQLITE_STATIC);
}

/**
 * torg_statement_bind_blob:
 * @index: from 1
 * @bytes: (array length=length): bytes that stay until the statement has run
 * @length: how many
 *
 * Binds bytes that are not copied; in SQLite only.
 */
void
torg_statement_bind_blob (TorgStatement *self, int index, const void *bytes, gsize length)
{
  sqlite3_bind_blob64 (self->stmt, index, bytes, length, SQLITE_STATIC);
}

/**
 * torg_statement_bind_null:
 * @index: from 1
 *
 * Binds null.
 */
void
torg_statement_bind_null (TorgStatement *self, int index)
{
  if (self->foreign != NULL)
    self->db->backend->bind (self->foreign, index, NULL);
  else if (self->batch == NULL)
    sqlite3_bind_null (self->stmt, index);
}

/**
 * torg_statement_bind_id:
 * @index: from 1
 * @id: (nullable): a UUID; what is none is bound as null
 *
 * Binds an id, as 16 bytes.
 */
void
torg_statement_bind_id (TorgStatement *self, int index, const char *id)
{
  guint8 bytes[16];

  if (!torg_id_to_bytes (id, bytes))
    torg_statement_bind_null (self, index);
  else if (self->batch != NULL)
    torg_batch_set_blob (self->batch, index, bytes, sizeof bytes);
  else if (self->foreign == NULL)
    sqlite3_bind_blob (self->stmt, index, bytes, sizeof bytes, SQLITE_TRANSIENT);
  else
    {
      g_auto (GStrv) parts = g_strsplit (id, "-", -1);
      g_autofree char *digits = g_strjoinv (NULL, parts);
      g_autofree char *text = g_strconcat ("\\x", digits, NULL);

      self->db->backend->bind (self->foreign, index, text);
    }
}

/**
 * torg_statement_step:
 * @row: (out): whether there is another row
 * @error: place for an error
 *
 * Goes on to the next row.
 *
 * Returns: whether that worked
 */
gboolean
torg_statement_step (TorgStatement *self, gboolean *row, GError **error)
{
  int code;

  if (self->foreign != NULL)
    return self->db->backend->step (self->foreign, row, error);
  code = sqlite3_step (self->stmt);
  *row = code == SQLITE_ROW;
  if (code == SQLITE_ROW || code == SQLITE_DONE)
    return TRUE;
  torg_db_set_error (self->db, code, error);
  return FALSE;
}

/**
 * torg_statement_run:
 * @error: place for an error
 *
 * Runs a statement that gives no rows, and makes it ready for the next bindings.
 *
 * Returns: whether it ran
 */
gboolean
torg_statement_run (TorgStatement *self, GError **error)
{
  gboolean row;
  gboolean ok = torg_statement_step (self, &row, error);

  torg_statement_reset (self);
  return ok;
}

/**
 * torg_statement_reset:
 *
 * Makes a statement ready to run again; its bindings stay.
 */
void
torg_statement_reset (TorgStatement *self)
{
  if (self->foreign != NULL)
    self->db->backend->reset (self->foreign);
  else
    sqlite3_reset (self->stmt);
}

/**
 * torg_statement_is_null:
 * @column: from 0
 *
 * Tells whether a column is null.
 *
 * Returns: whether it is
 */
gboolean
torg_statement_is_null (TorgStatement *self, int column)
{
  if (self->foreign != NULL)
    return self->db->backend->get_text (self->foreign, column) == NULL;
  return sqlite3_column_type (self->stmt, column) == SQLITE_NULL;
}

/**
 * torg_statement_get_int:
 * @column: from 0
 *
 * Reads a number.
 *
 * Returns: the number, 0 for null
 */
gint64
torg_statement_get_int (TorgStatement *self, int column)
{
  if (self->foreign != NULL)
    {
      const char *text = self->db->backend->get_text (self->foreign, column);

      return text != NULL ? g_ascii_strtoll (text, NULL, 10) : 0;
    }
  return sqlite3_column_int64 (self->stmt, column);
}

/**
 * torg_statement_get_text:
 * @column: from 0
 *
 * Reads a text.
 *
 * Returns: (transfer none) (nullable): the text, valid until the next step
 */
const char *
torg_statement_get_text (TorgStatement *self, int column)
{
  if (self->foreign != NULL)
    return self->db->backend->get_text (self->foreign, column);
  return (const char *) sqlite3_column_text (self->stmt, column);
}

/* `\x` and 32 digits. */
static gboolean
read_hex_id (const char *text, guint8 bytes[16])
{
  if (text == NULL || strlen (text) != 34)
    return FALSE;
  for (guint i = 0; i < 16; i++)
    bytes[i] = (guint8) (g_ascii_xdigit_value (text[2 + 2 * i]) << 4 | g_ascii_xdigit_value (text[3 + 2 * i]));
  return TRUE;
}

/**
 * torg_statement_read_id:
 * @column: from 0
 * @bytes: (out caller-allocates) (array fixed-size=16): the id
 *
 * Reads an id as its bytes.
 *
 * Returns: whether there is one
 */
gboolean
torg_statement_read_id (TorgStatement *self, int column, guint8 bytes[16])
{
  const guint8 *blob;

  if (self->foreign != NULL)
    return read_hex_id (self->db->backend->get_text (self->foreign, column), bytes);
  blob = sqlite3_column_blob (self->stmt, column);
  if (blob == NULL || sqlite3_column_bytes (self->stmt, column) != 16)
    return FALSE;
  memcpy (bytes, blob, 16);
  return TRUE;
}

/**
 * torg_statement_dup_id:
 * @column: from 0
 *
 * Reads an id of 16 bytes.
 *
 * Returns: (transfer full) (nullable): the id as text, %NULL where there is none
 */
char *
torg_statement_dup_id (TorgStatement *self, int column)
{
  guint8 bytes[16];

  return torg_statement_read_id (self, column, bytes) ? torg_id_from_bytes (bytes) : NULL;
}
