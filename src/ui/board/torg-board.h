/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "torg-deal-actions.h"
#include "torg-picks.h"
#include "torg-session.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define TORG_TYPE_BOARD (torg_board_get_type ())

/* The stages of a pipeline side by side. */
G_DECLARE_FINAL_TYPE (TorgBoard, torg_board, TORG, BOARD, AdwBin)

GtkWidget *torg_board_new          (TorgSession     *session,
                                    TorgDealActions *actions,
                                    TorgPicks       *picks);
void       torg_board_set_pipeline (TorgBoard       *self,
                                    const char      *pipeline);
void       torg_board_set_query    (TorgBoard       *self,
                                    TorgQuery       *query);
void       torg_board_set_compact  (TorgBoard       *self,
                                    gboolean         compact);
void       torg_board_focus        (TorgBoard       *self);
gint64     torg_board_get_focused  (TorgBoard       *self);
void       torg_board_begin_add    (TorgBoard       *self);

G_END_DECLS
