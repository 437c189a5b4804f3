/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

#define TORG_TYPE_SHORTCUTS_DIALOG (torg_shortcuts_dialog_get_type ())

/* Lists the keys. */
G_DECLARE_FINAL_TYPE (TorgShortcutsDialog, torg_shortcuts_dialog, TORG, SHORTCUTS_DIALOG, AdwDialog)

AdwDialog *torg_shortcuts_dialog_new (void);

G_END_DECLS
