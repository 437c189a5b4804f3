/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "torg-row.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define TORG_TYPE_COMPLETENESS_BAR (torg_completeness_bar_get_type ())

/*
 * How much of what a card should say it says, with a button for each field that is missing. Hidden where nothing is.
 *
 * Signals: `wanted` (char *field): the user wants to fill in a field.
 */
G_DECLARE_FINAL_TYPE (TorgCompletenessBar, torg_completeness_bar, TORG, COMPLETENESS_BAR, AdwBin)

void torg_completeness_bar_set_row (TorgCompletenessBar *self,
                                    TorgRow             *row);

G_END_DECLS
