/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "torg-session.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define TORG_TYPE_PLAN_DIALOG (torg_plan_dialog_get_type ())

/* What everybody is to win in a month. */
G_DECLARE_FINAL_TYPE (TorgPlanDialog, torg_plan_dialog, TORG, PLAN_DIALOG, AdwDialog)

AdwDialog *torg_plan_dialog_new (TorgSession *session,
                                 const char  *month);

G_END_DECLS
