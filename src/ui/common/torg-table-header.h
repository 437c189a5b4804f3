/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "torg-table-columns.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define TORG_TYPE_TABLE_HEADER (torg_table_header_get_type ())

/* The headings of a table: a click sorts, dragging an edge resizes. */
G_DECLARE_FINAL_TYPE (TorgTableHeader, torg_table_header, TORG, TABLE_HEADER, GtkWidget)

void torg_table_header_set_columns (TorgTableHeader  *self,
                                    TorgTableColumns *columns);

G_END_DECLS
