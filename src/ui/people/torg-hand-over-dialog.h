/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "torg-session.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define TORG_TYPE_HAND_OVER_DIALOG (torg_hand_over_dialog_get_type ())

/* Hands the work of somebody over to a colleague. It is edits alone and needs no network. */
G_DECLARE_FINAL_TYPE (TorgHandOverDialog, torg_hand_over_dialog, TORG, HAND_OVER_DIALOG, AdwDialog)

AdwDialog *torg_hand_over_dialog_new (TorgSession *session,
                                      TorgRecord  *user,
                                      TorgRecord  *to);

G_END_DECLS
