/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "torg-session.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define TORG_TYPE_INVITE_DIALOG (torg_invite_dialog_get_type ())

/* Makes a link by which an employee sets a password. Signals: `invited`, when there is one. */
G_DECLARE_FINAL_TYPE (TorgInviteDialog, torg_invite_dialog, TORG, INVITE_DIALOG, AdwDialog)

AdwDialog *torg_invite_dialog_new (TorgSession *session,
                                   TorgRecord  *user,
                                   const char  *login,
                                   gboolean     active);

G_END_DECLS
