/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "torg-session.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define TORG_TYPE_SHARE_DIALOG (torg_share_dialog_get_type ())

/*
 * With whom a record is shared: who sees it, and what hangs on it, beside those whose roles show it to them.
 */
G_DECLARE_FINAL_TYPE (TorgShareDialog, torg_share_dialog, TORG, SHARE_DIALOG, AdwDialog)

gboolean   torg_share_dialog_takes (TorgSession *session,
                                    const char  *type);
AdwDialog *torg_share_dialog_new   (TorgSession *session,
                                    const char  *type,
                                    const char  *id);

G_END_DECLS
