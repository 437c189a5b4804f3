/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "torg-session.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define TORG_TYPE_DUPLICATES_DIALOG (torg_duplicates_dialog_get_type ())

/* Records that are likely one, compared and merged. */
G_DECLARE_FINAL_TYPE (TorgDuplicatesDialog, torg_duplicates_dialog, TORG, DUPLICATES_DIALOG, AdwDialog)

AdwDialog *torg_duplicates_dialog_new   (TorgSession *session,
                                         const char  *type,
                                         const char  *of);
gboolean   torg_duplicates_dialog_takes (const char  *type);

G_END_DECLS
