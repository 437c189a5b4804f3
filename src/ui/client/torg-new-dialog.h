/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "torg-session.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define TORG_TYPE_NEW_DIALOG (torg_new_dialog_get_type ())

/* Makes a record from its most important fields, and opens it. */
G_DECLARE_FINAL_TYPE (TorgNewDialog, torg_new_dialog, TORG, NEW_DIALOG, AdwDialog)

AdwDialog *torg_new_dialog_new (TorgSession *session,
                                const char  *type,
                                const char  *field,
                                const char  *id);

G_END_DECLS
