/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "torg-session.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define TORG_TYPE_EXPORTS_DIALOG (torg_exports_dialog_get_type ())

/* Who wrote what to files, as far as the user may see it. */
G_DECLARE_FINAL_TYPE (TorgExportsDialog, torg_exports_dialog, TORG, EXPORTS_DIALOG, AdwDialog)

AdwDialog *torg_exports_dialog_new (TorgSession *session);

G_END_DECLS
