/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "torg-replica"

#include "torg-store-private.h"

/*
 * What an edit holds back until its end, so that many rows are written at once: search terms, match keys, the lines
 * that say that records were made, and what undoes them.
 */

static const struct
{
  const char *insert;
  guint       n_columns;
} batches[TORG_N_HELD] = {
  [TORG_HELD_HISTORY] = { "INSERT INTO history (id, record_type, record, at, author, import)", 6 },
  [TORG_HELD_UNDO] = { "INSERT INTO undo_op (step, place, op, type, id, fields)", 6 },
  [TORG_HELD_KEYS] = { "INSERT OR IGNORE INTO match_key (key, type, record)", 3 },
  [TORG_HELD_DOCS] = { "INSERT INTO search_doc (type, record)", 2 },
};

/* What to bind another row's values to. */
TorgStatement *
torg_held_begin_row (TorgStore *self, TorgHeld which)
{
  if (self->batches[which] == NULL)
    self->batches[which] = torg_batch_new (self->db, batches[which].insert, batches[which].n_columns);
  return torg_batch_begin (self->batches[which]);
}

/* Ends a row. It is written at once unless more are to come. */
gboolean
torg_held_end_row (TorgStore *self, TorgHeld which, GError **error)
{
  return torg_batch_end (self->batches[which], self->held != NULL ? TORG_BATCH_ROWS : 1, error);
}

/* Writes the rows of one kind that are held back. */
gboolean
torg_held_flush_rows (TorgStore *self, TorgHeld which, GError **error)
{
  return self->batches[which] == NULL || torg_batch_flush (self->batches[which], error);
}

/* Holds back from now on. */
void
torg_held_begin (TorgStore *self)
{
  torg_search_hold (self);
}

/* Writes what was held back, or drops it where the edit failed. */
gboolean
torg_held_end (TorgStore *self, gboolean write, GError **error)
{
  gboolean ok;

  if (!write)
    torg_db_drop_held (self->db);
  ok = torg_db_hold (self->db, NULL, error);
  for (guint i = 0; i < TORG_N_HELD; i++)
    if (self->batches[i] != NULL && write && ok)
      ok = torg_batch_flush (self->batches[i], error);
    else if (self->batches[i] != NULL)
      torg_batch_clear (self->batches[i]);
  return torg_search_flush (self, write && ok, ok ? error : NULL) && ok;
}

/* Inserts a record; where more are to come, together with them, but before anything is read. */
gboolean
torg_held_insert (TorgStore *self, TorgRecord *record, GError **error)
{
  TorgRecordTable *table = torg_store_get_table (self, torg_record_get_kind (record));

  return self->held != NULL && torg_record_get_rowid (record) == 0
           ? torg_record_table_hold (table, self->db, record, error)
           : torg_record_table_insert (table, self->db, record, error);
}

/* Before the connection is closed. */
void
torg_held_free (TorgStore *self)
{
  for (guint i = 0; i < TORG_N_HELD; i++)
    g_clear_pointer (&self->batches[i], torg_batch_free);
}
