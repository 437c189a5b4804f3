/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "torg-session.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define TORG_TYPE_HISTORY_DIALOG (torg_history_dialog_get_type ())

/*
 * The values that a field had.
 *
 * Signals: `restored` (gpointer value: const TorgValue *): one of them is wanted back.
 */
G_DECLARE_FINAL_TYPE (TorgHistoryDialog, torg_history_dialog, TORG, HISTORY_DIALOG, AdwDialog)

AdwDialog *torg_history_dialog_new (TorgSession     *session,
                                    const char      *id,
                                    const TorgField *field);

G_END_DECLS
