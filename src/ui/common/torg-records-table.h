/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "torg-picks.h"
#include "torg-session.h"
#include "torg-table-columns.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define TORG_TYPE_RECORDS_TABLE (torg_records_table_get_type ())

/* The records of a type as rows, however many, with columns that can be chosen, ordered, resized and sorted. */
G_DECLARE_FINAL_TYPE (TorgRecordsTable, torg_records_table, TORG, RECORDS_TABLE, AdwBin)

GtkWidget        *torg_records_table_new           (TorgSession *session,
                                            const char  *type,
                                            TorgPicks   *picks);
void              torg_records_table_set_query     (TorgRecordsTable   *self,
                                            TorgQuery   *query);
TorgTableColumns *torg_table_get_columns   (TorgRecordsTable   *self);
guint             torg_records_table_get_n         (TorgRecordsTable   *self);
void              torg_records_table_export        (TorgRecordsTable   *self);
void              torg_records_table_set_empty     (TorgRecordsTable   *self,
                                            const char  *icon_name,
                                            const char  *title,
                                            const char  *description);
void              torg_records_table_focus         (TorgRecordsTable   *self);
gint64            torg_records_table_get_focused (TorgRecordsTable *self);
void              torg_table_choose_columns (TorgRecordsTable  *self);

G_END_DECLS
