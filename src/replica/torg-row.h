/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "torg-record.h"

#include <gio/gio.h>

G_BEGIN_DECLS

#define TORG_TYPE_ROW (torg_row_get_type ())

/* An item of a list: at first only its place in the table is known, its record follows a moment later. */
G_DECLARE_FINAL_TYPE (TorgRow, torg_row, TORG, ROW, GObject)

TorgRow    *torg_row_new           (gint64      rowid);
gint64      torg_row_get_rowid     (TorgRow    *self);
TorgRecord *torg_row_get_record    (TorgRow    *self);
const char *torg_row_get_ref_title (TorgRow    *self,
                                    const char *field);
void        torg_row_fill          (TorgRow    *self,
                                    TorgRecord *record,
                                    char      **ref_titles);
void        torg_row_move          (TorgRow    *self,
                                    TorgRow    *from);

G_END_DECLS
