/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "torg-session.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define TORG_TYPE_FINISH_DIALOG (torg_finish_dialog_get_type ())

/* Asks what came of a contact, and what comes next. */
G_DECLARE_FINAL_TYPE (TorgFinishDialog, torg_finish_dialog, TORG, FINISH_DIALOG, AdwDialog)

void torg_finish_dialog_ask (TorgSession *session,
                             TorgRecord  *activity,
                             GtkWidget   *parent);

G_END_DECLS
