/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

#define TORG_TYPE_DATE_ROW (torg_date_row_get_type ())

/* A row with a date that is chosen in a calendar. Signals: `changed`. */
G_DECLARE_FINAL_TYPE (TorgDateRow, torg_date_row, TORG, DATE_ROW, AdwActionRow)

void       torg_date_row_set_date (TorgDateRow *self,
                                   GDateTime   *date);
char      *torg_date_row_dup_iso  (TorgDateRow *self);

G_END_DECLS
