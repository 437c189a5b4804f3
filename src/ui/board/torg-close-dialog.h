/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "torg-session.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define TORG_TYPE_CLOSE_DIALOG (torg_close_dialog_get_type ())

/*
 * Asks what has to be known when deals are won or lost.
 *
 * Signals: `accepted`, before it closes.
 */
G_DECLARE_FINAL_TYPE (TorgCloseDialog, torg_close_dialog, TORG, CLOSE_DIALOG, AdwDialog)

AdwDialog  *torg_close_dialog_new         (TorgSession     *session,
                                           TorgRecord      *stage,
                                           GPtrArray       *deals);
const char *torg_close_dialog_get_reason  (TorgCloseDialog *self);
char       *torg_close_dialog_dup_comment (TorgCloseDialog *self);
char       *torg_close_dialog_dup_date    (TorgCloseDialog *self);
GHashTable *torg_close_dialog_dup_amounts (TorgCloseDialog *self);

G_END_DECLS
