/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "torg-row.h"
#include "torg-session.h"
#include "torg-table-columns.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define TORG_TYPE_TABLE_ROW (torg_table_row_get_type ())

#define TORG_TABLE_ROW_PADDING 12

/*
 * A row of a table: one widget that draws its cells.
 *
 * Signals: `clicked` (guint button, GdkModifierType modifiers, double x, double y).
 */
G_DECLARE_FINAL_TYPE (TorgTableRow, torg_table_row, TORG, TABLE_ROW, GtkWidget)

GtkWidget *torg_table_row_new          (TorgSession      *session,
                                        TorgTableColumns *columns,
                                        GtkListItem      *item);
void       torg_table_row_bind         (TorgTableRow     *self,
                                        TorgRow          *row);
TorgRow   *torg_table_row_get_row      (TorgTableRow     *self);
guint      torg_table_row_get_position (TorgTableRow     *self);

G_END_DECLS
