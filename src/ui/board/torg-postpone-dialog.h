/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "torg-record.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define TORG_TYPE_POSTPONE_DIALOG (torg_postpone_dialog_get_type ())

/*
 * Asks until when a deal may rest, and why.
 *
 * Signals: `accepted` (char *date, char *reason): the date is NULL where it shall not rest any longer.
 */
G_DECLARE_FINAL_TYPE (TorgPostponeDialog, torg_postpone_dialog, TORG, POSTPONE_DIALOG, AdwDialog)

AdwDialog *torg_postpone_dialog_new (GPtrArray *deals);

G_END_DECLS
