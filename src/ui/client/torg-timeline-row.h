/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "torg-row.h"
#include "torg-session.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define TORG_TYPE_TIMELINE_ROW (torg_timeline_row_get_type ())

/* Something that was done or is planned, or a change of the record. */
G_DECLARE_FINAL_TYPE (TorgTimelineRow, torg_timeline_row, TORG, TIMELINE_ROW, AdwBin)

GtkWidget *torg_timeline_row_new  (TorgSession     *session);
void       torg_timeline_row_bind (TorgTimelineRow *self,
                                   TorgRow         *row);

G_END_DECLS
