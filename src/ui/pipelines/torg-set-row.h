/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "torg-session.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define TORG_TYPE_SET_ROW (torg_set_row_get_type ())

/*
 * A set of a record, chosen among a few: each is a switch under the row.
 *
 * Signals: `edited`, when the user has changed it.
 */
G_DECLARE_FINAL_TYPE (TorgSetRow, torg_set_row, TORG, SET_ROW, AdwExpanderRow)

void      torg_set_row_set_choices (TorgSetRow      *self,
                                    GPtrArray       *keys,
                                    GPtrArray       *titles,
                                    const char      *none,
                                    const TorgValue *value);
TorgValue torg_set_row_dup_value   (TorgSetRow      *self);

G_END_DECLS
