/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "torg-replica"

#include "torg-row.h"

struct _TorgRow
{
  GObject     parent_instance;
  gint64      rowid;
  TorgRecord *record; /* (owned) (nullable) until it is filled */
  char      **titles; /* (owned) (nullable): for each field that refers, the title of what it refers to */
};

enum
{
  CHANGED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (TorgRow, torg_row, G_TYPE_OBJECT)

static void
free_titles (TorgRow *self)
{
  if (self->titles != NULL)
    for (guint i = 0; i < torg_record_get_kind (self->record)->n_fields; i++)
      g_free (self->titles[i]);
  g_clear_pointer (&self->titles, g_free);
}

static void
torg_row_finalize (GObject *object)
{
  TorgRow *self = TORG_ROW (object);

  free_titles (self);
  g_clear_pointer (&self->record, torg_record_unref);
  G_OBJECT_CLASS (torg_row_parent_class)->finalize (object);
}

static void
torg_row_class_init (TorgRowClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = torg_row_finalize;

  /**
   * TorgRow::changed:
   *
   * The record came, or came anew.
   */
  signals[CHANGED] = g_signal_new ("changed", TORG_TYPE_ROW, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
torg_row_init (TorgRow *self)
{
}

/**
 * torg_row_new:
 * @rowid: a place in the table
 *
 * Makes a row that is not filled.
 *
 * Returns: (transfer full): a new row
 */
TorgRow *
torg_row_new (gint64 rowid)
{
  TorgRow *self = g_object_new (TORG_TYPE_ROW, NULL);

  self->rowid = rowid;
  return self;
}

/**
 * torg_row_get_rowid:
 *
 * Gives the record's place in its table, by which it is known before it is filled.
 *
 * Returns: a rowid
 */
gint64
torg_row_get_rowid (TorgRow *self)
{
  return self->rowid;
}

/**
 * torg_row_get_record:
 *
 * Gives the record.
 *
 * Returns: (transfer none) (nullable): the record, %NULL until it came
 */
TorgRecord *
torg_row_get_record (TorgRow *self)
{
  return self->record;
}

/**
 * torg_row_get_ref_title:
 * @field: a field of the record's type that refers to other records
 *
 * Tells what the record refers to.
 *
 * Returns: (transfer none) (nullable): a title; several are split by commas
 */
const char *
torg_row_get_ref_title (TorgRow *self, const char *field)
{
  if (self->titles == NULL)
    return NULL;
  return self->titles[torg_type_index_of (torg_record_get_kind (self->record), field)];
}

/**
 * torg_row_fill:
 * @record: the record
 * @ref_titles: (transfer full) (nullable) (array): for each field of its type, the title of what it refers to, or %NULL
 *
 * Fills a row, or fills it anew.
 */
void
torg_row_fill (TorgRow *self, TorgRecord *record, char **ref_titles)
{
  torg_record_ref (record);
  free_titles (self);
  g_clear_pointer (&self->record, torg_record_unref);
  self->record = record;
  self->titles = ref_titles;
  g_signal_emit (self, signals[CHANGED], 0);
}

/**
 * torg_row_move:
 * @from: a filled row of the same record, which loses its content
 *
 * Fills a row with what another one has.
 */
void
torg_row_move (TorgRow *self, TorgRow *from)
{
  g_autoptr (TorgRecord) record = g_steal_pointer (&from->record);

  if (self != from && record != NULL)
    torg_row_fill (self, record, g_steal_pointer (&from->titles));
}
