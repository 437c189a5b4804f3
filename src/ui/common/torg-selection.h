/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "torg-list.h"
#include "torg-picks.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define TORG_TYPE_SELECTION (torg_selection_get_type ())

/*
 * The selection of a list, kept by rows rather than positions in a set that several lists can share: it stays when a
 * list is read again, and never makes the list load what is not on the screen.
 */
G_DECLARE_FINAL_TYPE (TorgSelection, torg_selection, TORG, SELECTION, GObject)

TorgSelection *torg_selection_new       (TorgList      *list,
                                         TorgPicks     *picks);
TorgList      *torg_selection_get_list  (TorgSelection *self);
TorgPicks     *torg_selection_get_picks (TorgSelection *self);

G_END_DECLS
