/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "torg-session.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define TORG_TYPE_IMPORT_DIALOG (torg_import_dialog_get_type ())

/* An import: choose a file, see what becomes of its columns and what would happen, change it, import, undo. */
G_DECLARE_FINAL_TYPE (TorgImportDialog, torg_import_dialog, TORG, IMPORT_DIALOG, AdwDialog)

AdwDialog *torg_import_dialog_new (TorgSession *session,
                                   GFile       *file);

G_END_DECLS
