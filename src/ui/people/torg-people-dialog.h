/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "torg-session.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define TORG_TYPE_PEOPLE_DIALOG (torg_people_dialog_get_type ())

/* The company's employees: who can sign in, invitations, accounts, and handing work over. */
G_DECLARE_FINAL_TYPE (TorgPeopleDialog, torg_people_dialog, TORG, PEOPLE_DIALOG, AdwDialog)

AdwDialog *torg_people_dialog_new (TorgSession *session);

G_END_DECLS
