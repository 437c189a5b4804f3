/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "torg-batch.h"
#include "torg-record.h"

G_BEGIN_DECLS

/**
 * TorgRecordTable:
 *
 * The SQL that follows from a type: made once a schema, used by the store.
 */
typedef struct {
  const TorgType *type;
  char           *select;     /* (owned): SELECT rid, id, seq, deleted, extra, … FROM type */
  char           *by_id;      /* (owned): the same for one id */
  char           *by_rowid;   /* (owned): the same for one rowid */
  char           *insert;     /* (owned): all columns */
  TorgBatch      *batch;      /* (owned) (nullable): records that are held back */
  gint64          next;       /* the rowid of the next one, while there are any */
  char           *exists;     /* (owned): whether there is one of an id, deleted or not */
  char           *title;      /* (owned): the title fields of one id */
  char           *title_by_rowid; /* (owned): the same for one rowid */
} TorgRecordTable;

TorgRecordTable  *torg_record_table_new          (const TorgType    *type);
void        torg_record_table_free         (TorgRecordTable         *self);

gboolean    torg_record_table_migrate      (TorgDb            *db,
                                     const TorgType    *type,
                                     gboolean          *added,
                                     GError           **error);
gboolean    torg_record_table_drop_indexes (TorgDb            *db,
                                     const TorgType    *type,
                                     GError           **error);
gboolean    torg_record_table_make_indexes (TorgDb            *db,
                                     const TorgType    *type,
                                     GError           **error);
gboolean    torg_record_table_insert       (TorgRecordTable         *self,
                                     TorgDb            *db,
                                     TorgRecord        *record,
                                     GError           **error);
gboolean    torg_record_table_hold         (TorgRecordTable         *self,
                                     TorgDb            *db,
                                     TorgRecord        *record,
                                     GError           **error);
GArray          *torg_record_table_list_deleted (TorgRecordTable *self,
                                                TorgDb          *db,
                                                const TorgField *field,
                                                gint64           when,
                                                const char      *id,
                                                GError         **error);
gboolean    torg_record_table_update       (TorgRecordTable         *self,
                                     TorgDb            *db,
                                     TorgRecord        *record,
                                     const gboolean    *changed,
                                     GError           **error);
TorgRecord *torg_record_table_read         (TorgRecordTable         *self,
                                     TorgSchema        *schema,
                                     TorgStatement     *statement);
void        torg_record_table_append_title (GString           *sql,
                                     const TorgType    *type);
void        torg_record_table_append_column (GString          *sql,
                                     const TorgField   *field);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TorgRecordTable, torg_record_table_free)

G_END_DECLS
