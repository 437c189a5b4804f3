/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "torg-picks.h"
#include "torg-session.h"
#include "torg-table-columns.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define TORG_TYPE_TABLE (torg_table_get_type ())

/* The records of a type as rows, however many, with columns that can be chosen, ordered, resized and sorted. */
G_DECLARE_FINAL_TYPE (TorgTable, torg_table, TORG, TABLE, AdwBin)

GtkWidget        *torg_table_new           (TorgSession *session,
                                            const char  *type,
                                            TorgPicks   *picks);
void              torg_table_set_query     (TorgTable   *self,
                                            TorgQuery   *query);
TorgTableColumns *torg_table_get_columns   (TorgTable   *self);
guint             torg_table_get_n         (TorgTable   *self);
void              torg_table_set_empty     (TorgTable   *self,
                                            const char  *icon_name,
                                            const char  *title,
                                            const char  *description);
void              torg_table_focus         (TorgTable   *self);
void              torg_table_choose_columns (TorgTable  *self);

G_END_DECLS
