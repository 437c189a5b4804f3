/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "torg-row.h"
#include "torg-session.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define TORG_TYPE_APPROVAL_BAR (torg_approval_bar_get_type ())

/*
 * What is asked of a card before it goes to a stage, and the buttons to decide it or to take it back. Hidden where
 * nothing is.
 *
 * Signals: `approved` (TorgRecord *approval).
 */
G_DECLARE_FINAL_TYPE (TorgApprovalBar, torg_approval_bar, TORG, APPROVAL_BAR, AdwBin)

void torg_approval_bar_set_row (TorgApprovalBar *self,
                                TorgSession     *session,
                                TorgRow         *row);

G_END_DECLS
