/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "torg-session.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define TORG_TYPE_COMPANY_DIALOG (torg_company_dialog_get_type ())

/* What the whole company works with beside its pipelines and people: its legal entities, rates, calendar, words. */
G_DECLARE_FINAL_TYPE (TorgCompanyDialog, torg_company_dialog, TORG, COMPANY_DIALOG, AdwDialog)

AdwDialog *torg_company_dialog_new (TorgSession *session);

G_END_DECLS
