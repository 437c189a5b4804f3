/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "torg-decision.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define TORG_TYPE_DECISION_ROW (torg_decision_row_get_type ())

/*
 * A difference, or something that the server rejected, with what can be done about it.
 *
 * Signals: `chosen` (char *what): `take`, `keep`, `other` (its value is there), `retry`, `drop`, `open`, or `copied`,
 * which is done.
 */
G_DECLARE_FINAL_TYPE (TorgDecisionRow, torg_decision_row, TORG, DECISION_ROW, AdwBin)

GtkWidget    *torg_decision_row_new          (TorgSession     *session,
                                              TorgDecision    *decision);
TorgDecision *torg_decision_row_get_decision (TorgDecisionRow *self);
const TorgValue *torg_decision_row_get_value (TorgDecisionRow *self);
void          torg_decision_row_set_decision (TorgDecisionRow *self,
                                              TorgDecision    *decision);

G_END_DECLS
