/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "torg-sql"

#include "config.h"

#include "torg-batch.h"

struct _TorgBatch
{
  TorgDb        *db;
  char          *sql;       /* (owned) */
  TorgStatement *statement; /* (owned) (nullable) while there are no rows */
  guint          n_columns;
  guint          n_rows;
};

/**
 * torg_batch_new:
 * @db: a connection to SQLite, which outlives the batch
 * @insert: the beginning of a statement with the columns: `INSERT INTO t (a, b)`
 * @n_columns: how many columns
 *
 * Makes a batch without rows.
 *
 * Returns: (transfer full): a batch
 */
TorgBatch *
torg_batch_new (TorgDb *db, const char *insert, guint n_columns)
{
  TorgBatch *self = g_new0 (TorgBatch, 1);
  GString   *sql = g_string_new (insert);

  g_string_append (sql, " SELECT * FROM (VALUES ");
  for (guint row = 0; row < TORG_BATCH_ROWS; row++)
    for (guint column = 0; column < n_columns; column++)
      g_string_append_printf (sql, "%s?%u%s",
                              column > 0 ? ", "
                              : row > 0  ? ", ("
                                         : "(",
                              row * n_columns + column + 1, column + 1 == n_columns ? ")" : "");
  /* What is not bound is left out. */
  g_string_append_printf (sql, ") LIMIT ?%u", TORG_BATCH_ROWS * n_columns + 1);
  self->db = db;
  self->sql = g_string_free_and_steal (sql);
  self->n_columns = n_columns;
  return self;
}

/**
 * torg_batch_free:
 * @self: (transfer full): a batch
 *
 * Frees a batch; rows that were not written are dropped.
 */
void
torg_batch_free (TorgBatch *self)
{
  torg_batch_clear (self);
  g_free (self->sql);
  g_free (self);
}

/**
 * torg_batch_begin:
 * @first: (out): the number of the first parameter of the row
 * @error: place for an error
 *
 * Begins another row.
 *
 * Returns: (transfer none) (nullable): the statement to bind its values to
 */
TorgStatement *
torg_batch_begin (TorgBatch *self, int *first, GError **error)
{
  if (self->statement == NULL)
    self->statement = torg_db_prepare (self->db, self->sql, error);
  *first = (int) (self->n_rows * self->n_columns) + 1;
  return self->statement;
}

/**
 * torg_batch_end:
 * @n_rows: how many rows to wait for, at most %TORG_BATCH_ROWS
 * @error: place for an error
 *
 * Ends a row, and writes what is there if that are so many.
 *
 * Returns: whether that worked
 */
gboolean
torg_batch_end (TorgBatch *self, guint n_rows, GError **error)
{
  self->n_rows++;
  return self->n_rows < MIN (n_rows, TORG_BATCH_ROWS) || torg_batch_flush (self, error);
}

/**
 * torg_batch_flush:
 * @error: place for an error; then the rows are dropped
 *
 * Writes the rows that are there.
 *
 * Returns: whether that worked
 */
gboolean
torg_batch_flush (TorgBatch *self, GError **error)
{
  gboolean ok = TRUE;

  if (self->n_rows > 0)
    {
      torg_statement_bind_int (self->statement, (int) (TORG_BATCH_ROWS * self->n_columns) + 1, self->n_rows);
      ok = torg_statement_run (self->statement, error);
    }
  torg_batch_clear (self);
  return ok;
}

/**
 * torg_batch_clear:
 *
 * Drops the rows that are there.
 */
void
torg_batch_clear (TorgBatch *self)
{
  g_clear_pointer (&self->statement, torg_statement_release);
  self->n_rows = 0;
}
