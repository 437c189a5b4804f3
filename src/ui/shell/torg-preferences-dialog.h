/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "torg-session.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define TORG_TYPE_PREFERENCES_DIALOG (torg_preferences_dialog_get_type ())

/* The program's settings. */
G_DECLARE_FINAL_TYPE (TorgPreferencesDialog, torg_preferences_dialog, TORG, PREFERENCES_DIALOG, AdwDialog)

AdwDialog *torg_preferences_dialog_new (TorgSession *session);

G_END_DECLS
