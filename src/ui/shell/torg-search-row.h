/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "torg-row.h"
#include "torg-session.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define TORG_TYPE_SEARCH_ROW (torg_search_row_get_type ())

/* A record that the search found. */
G_DECLARE_FINAL_TYPE (TorgSearchRow, torg_search_row, TORG, SEARCH_ROW, GtkListBoxRow)

GtkWidget  *torg_search_row_new        (TorgSession   *session,
                                        TorgRow       *row);
TorgRecord *torg_search_row_get_record (TorgSearchRow *self);

G_END_DECLS
