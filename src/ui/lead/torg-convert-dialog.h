/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "torg-session.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define TORG_TYPE_CONVERT_DIALOG (torg_convert_dialog_get_type ())

/* What a lead becomes, and whom of those that are there it is about. */
G_DECLARE_FINAL_TYPE (TorgConvertDialog, torg_convert_dialog, TORG, CONVERT_DIALOG, AdwDialog)

AdwDialog *torg_convert_dialog_new (TorgSession *session,
                                    const char  *lead);

G_END_DECLS
