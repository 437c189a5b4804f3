/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "torg-card.h"
#include "torg-selection.h"
#include "torg-session.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define TORG_TYPE_COLUMN (torg_column_get_type ())

/*
 * A stage of the board: its name, its exact count and sum, and its cards.
 *
 * Signals:
 * - `card-clicked` (TorgCard *card, guint button, GdkModifierType modifiers, double x, double y)
 * - `dropped` (GArray *rowids, char *after, char *before)
 * - `added` (char *title, char *amount, char *client): the quick entry was filled in
 * - `add-closed`: the quick entry was left
 * - `unfolded`: the user wants to see the cards
 * - `drag-began` (TorgCard *card), `drag-ended`: one of the cards is on its way
 */
G_DECLARE_FINAL_TYPE (TorgColumn, torg_column, TORG, COLUMN, AdwBin)

#define TORG_COLUMN_NO_CARD G_MAXUINT

GtkWidget  *torg_column_new           (TorgSession *session,
                                       TorgRecord  *stage,
                                       TorgPicks   *picks);
const char *torg_column_get_stage     (TorgColumn  *self);
TorgList   *torg_column_get_list      (TorgColumn  *self);
void        torg_column_set_query     (TorgColumn  *self,
                                       TorgQuery   *query);
void        torg_column_set_totals    (TorgColumn  *self,
                                       GPtrArray   *counters);
void        torg_column_set_refusal   (TorgColumn  *self,
                                       const char  *words);
void        torg_column_begin_add     (TorgColumn  *self);
void        torg_column_end_add       (TorgColumn  *self,
                                       gboolean     saved);
gboolean    torg_column_is_collapsed  (TorgColumn  *self);
guint       torg_column_get_n_cards   (TorgColumn  *self);
TorgCard   *torg_column_get_focused   (TorgColumn  *self);
void        torg_column_focus_card    (TorgColumn  *self,
                                       guint        position);
gboolean    torg_column_focus_row     (TorgColumn  *self,
                                       gint64       rowid);
char       *torg_column_dup_id        (TorgColumn  *self,
                                       guint        position);

G_END_DECLS
