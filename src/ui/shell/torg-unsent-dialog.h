/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "torg-session.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define TORG_TYPE_UNSENT_DIALOG (torg_unsent_dialog_get_type ())

/* The user's changes that the server does not have yet, the newest first. */
G_DECLARE_FINAL_TYPE (TorgUnsentDialog, torg_unsent_dialog, TORG, UNSENT_DIALOG, AdwDialog)

AdwDialog *torg_unsent_dialog_new (TorgSession *session);

G_END_DECLS
