/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "torg-sql"

#include "config.h"

#include "torg-batch.h"

#include <string.h>

/*
 * Values are kept in two arrays until there are enough rows, and bound from there without being copied: SQLite would
 * allocate each of them.
 */

typedef enum
{
  VALUE_NULL,
  VALUE_INT,
  VALUE_TEXT,
  VALUE_BLOB,
} ValueKind;

typedef struct
{
  gint64    number; /* or where the text or the bytes begin */
  guint     length;
  ValueKind kind;
} Value;

/* How many rows the statements have: as many of the largest as there are rows for, then of the next one. */
static const guint sizes[] = { TORG_BATCH_ROWS, 8, 1 };

struct _TorgBatch
{
  TorgDb        *db;
  char          *insert;                    /* (owned) */
  char          *sql[G_N_ELEMENTS (sizes)]; /* (owned) (nullable) until it is needed */
  TorgStatement *row;                       /* (owned): takes the values of a row */
  GArray        *values;                    /* (owned) (element-type Value) */
  GByteArray    *bytes;                     /* (owned): texts and blobs, a NUL behind each */
  guint          n_columns;
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

  self->db = db;
  self->insert = g_strdup (insert);
  self->row = torg_statement_new_row (self);
  self->values = g_array_new (FALSE, TRUE, sizeof (Value));
  self->bytes = g_byte_array_new ();
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
  for (guint i = 0; i < G_N_ELEMENTS (sizes); i++)
    g_free (self->sql[i]);
  g_free (self->insert);
  torg_statement_release (self->row);
  g_array_unref (self->values);
  g_byte_array_unref (self->bytes);
  g_free (self);
}

/**
 * torg_batch_begin:
 *
 * Begins another row. What is not bound of it is null.
 *
 * Returns: (transfer none): a statement to bind its values to, which never runs
 */
TorgStatement *
torg_batch_begin (TorgBatch *self)
{
  g_array_set_size (self->values, self->values->len + self->n_columns);
  return self->row;
}

static Value *
get_value (TorgBatch *self, int column, ValueKind kind)
{
  Value *value = &g_array_index (self->values, Value, self->values->len - self->n_columns + (guint) column - 1);

  value->kind = kind;
  return value;
}

static void
set_bytes (TorgBatch *self, int column, ValueKind kind, const void *bytes, gsize length)
{
  Value *value = get_value (self, column, kind);

  value->number = self->bytes->len;
  value->length = (guint) length;
  g_byte_array_append (self->bytes, bytes, (guint) length);
  /* So that an empty text has a place too. */
  g_byte_array_append (self->bytes, (const guint8 *) "", 1);
}

/**
 * torg_batch_set_int:
 * @column: from 1
 * @number: a number
 *
 * Sets a value of the last row.
 */
void
torg_batch_set_int (TorgBatch *self, int column, gint64 number)
{
  get_value (self, column, VALUE_INT)->number = number;
}

/**
 * torg_batch_set_text:
 * @column: from 1
 * @text: (nullable): UTF-8, copied
 *
 * Sets a value of the last row.
 */
void
torg_batch_set_text (TorgBatch *self, int column, const char *text)
{
  if (text != NULL)
    set_bytes (self, column, VALUE_TEXT, text, strlen (text));
}

/**
 * torg_batch_set_blob:
 * @column: from 1
 * @bytes: (array length=length): copied
 * @length: how many
 *
 * Sets a value of the last row.
 */
void
torg_batch_set_blob (TorgBatch *self, int column, const guint8 *bytes, gsize length)
{
  set_bytes (self, column, VALUE_BLOB, bytes, length);
}

static guint
count_rows (TorgBatch *self)
{
  return self->values->len / self->n_columns;
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
  return count_rows (self) < MIN (n_rows, TORG_BATCH_ROWS) || torg_batch_flush (self, error);
}

/**
 * torg_batch_is_empty:
 *
 * Tells whether no row waits.
 *
 * Returns: whether that is so
 */
gboolean
torg_batch_is_empty (TorgBatch *self)
{
  return self->values->len == 0;
}

static const char *
ensure_sql (TorgBatch *self, guint size)
{
  GString *sql;
  guint    n = 0;

  if (self->sql[size] != NULL)
    return self->sql[size];
  sql = g_string_new (self->insert);
  for (guint row = 0; row < sizes[size]; row++)
    {
      g_string_append (sql, row == 0 ? " VALUES (" : ", (");
      for (guint column = 0; column < self->n_columns; column++)
        g_string_append_printf (sql, "%s?%u", column > 0 ? ", " : "", ++n);
      g_string_append_c (sql, ')');
    }
  return self->sql[size] = g_string_free_and_steal (sql);
}

static void
bind_value (TorgBatch *self, TorgStatement *statement, int index, const Value *value)
{
  const char *bytes = (const char *) self->bytes->data + value->number;

  switch (value->kind)
    {
      case VALUE_INT:
        torg_statement_bind_int (statement, index, value->number);
        break;
      case VALUE_TEXT:
        torg_statement_bind_static (statement, index, bytes, value->length);
        break;
      case VALUE_BLOB:
        torg_statement_bind_blob (statement, index, bytes, value->length);
        break;
      case VALUE_NULL:
      default:
        torg_statement_bind_null (statement, index);
    }
}

static gboolean
write_rows (TorgBatch *self, guint size, guint first, GError **error)
{
  g_autoptr (TorgStatement) statement = torg_db_prepare_beside (self->db, ensure_sql (self, size), error);

  if (statement == NULL)
    return FALSE;
  for (guint i = 0; i < sizes[size] * self->n_columns; i++)
    bind_value (self, statement, (int) i + 1, &g_array_index (self->values, Value, first * self->n_columns + i));
  return torg_statement_run (statement, error);
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
  guint    n = count_rows (self), first = 0;
  gboolean ok = TRUE;

  for (guint size = 0; size < G_N_ELEMENTS (sizes); size++)
    for (; ok && n - first >= sizes[size]; first += sizes[size])
      ok = write_rows (self, size, first, error);
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
  g_array_set_size (self->values, 0);
  g_byte_array_set_size (self->bytes, 0);
}
