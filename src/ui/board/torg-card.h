/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "torg-row.h"
#include "torg-session.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define TORG_TYPE_CARD (torg_card_get_type ())

/*
 * The card of a deal: one widget that draws its three lines, since boards are long.
 *
 * Signals: `clicked` (guint button, GdkModifierType modifiers, double x, double y).
 */
G_DECLARE_FINAL_TYPE (TorgCard, torg_card, TORG, CARD, GtkWidget)

GtkWidget   *torg_card_new          (TorgSession *session,
                                     GtkListItem *item);
void         torg_card_bind         (TorgCard    *self,
                                     TorgRow     *row);
TorgRow     *torg_card_get_row      (TorgCard    *self);
guint        torg_card_get_position (TorgCard    *self);
const char  *torg_card_get_title    (TorgCard    *self);

G_END_DECLS
