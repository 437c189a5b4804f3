/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "torg-session.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define TORG_TYPE_STAGE_DIALOG (torg_stage_dialog_get_type ())

/*
 * Asks for what a stage takes: the fields that cards lack, or whether an approval is to be asked for.
 *
 * Signals: `accepted`, before it closes.
 */
G_DECLARE_FINAL_TYPE (TorgStageDialog, torg_stage_dialog, TORG, STAGE_DIALOG, AdwDialog)

AdwDialog  *torg_stage_dialog_new_for_fields   (TorgSession     *session,
                                                TorgRecord      *stage,
                                                GPtrArray       *cards,
                                                GPtrArray       *fields);
AdwDialog  *torg_stage_dialog_new_for_approval (TorgSession     *session,
                                                TorgRecord      *stage,
                                                GPtrArray       *cards,
                                                const char      *words);
TorgRecord *torg_stage_dialog_get_values       (TorgStageDialog *self);
char       *torg_stage_dialog_dup_comment      (TorgStageDialog *self);

G_END_DECLS
