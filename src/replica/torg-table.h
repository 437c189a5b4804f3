/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "torg-db.h"
#include "torg-record.h"

G_BEGIN_DECLS

/**
 * TorgTable:
 *
 * The SQL that follows from a type: made once a schema, used by the store.
 */
typedef struct {
  const TorgType *type;
  char           *select;     /* (owned): SELECT rid, id, seq, deleted, extra, … FROM type */
  char           *by_id;      /* (owned): the same for one id */
  char           *by_rowid;   /* (owned): the same for one rowid */
  char           *insert;     /* (owned): all columns */
  char           *title;      /* (owned): the title fields of one id */
} TorgTable;

TorgTable  *torg_table_new          (const TorgType    *type);
void        torg_table_free         (TorgTable         *self);

gboolean    torg_table_migrate      (TorgDb            *db,
                                     const TorgType    *type,
                                     GError           **error);
gboolean    torg_table_make_indexes (TorgDb            *db,
                                     const TorgType    *type,
                                     GError           **error);
gboolean    torg_table_insert       (TorgTable         *self,
                                     TorgDb            *db,
                                     TorgRecord        *record,
                                     GError           **error);
gboolean    torg_table_update       (TorgTable         *self,
                                     TorgDb            *db,
                                     TorgRecord        *record,
                                     const gboolean    *changed,
                                     GError           **error);
TorgRecord *torg_table_read         (TorgTable         *self,
                                     TorgSchema        *schema,
                                     TorgStatement     *statement);
void        torg_table_append_title (GString           *sql,
                                     const TorgType    *type);
void        torg_table_append_column (GString          *sql,
                                     const TorgField   *field);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TorgTable, torg_table_free)

G_END_DECLS
