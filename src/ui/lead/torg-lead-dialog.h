/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "torg-session.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define TORG_TYPE_LEAD_DIALOG (torg_lead_dialog_get_type ())

/* A lead while somebody is on the telephone: who it is, what is needed, and what is done next. */
G_DECLARE_FINAL_TYPE (TorgLeadDialog, torg_lead_dialog, TORG, LEAD_DIALOG, AdwDialog)

AdwDialog *torg_lead_dialog_new (TorgSession *session);

G_END_DECLS
