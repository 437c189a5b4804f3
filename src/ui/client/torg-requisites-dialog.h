/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "torg-session.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define TORG_TYPE_REQUISITES_DIALOG (torg_requisites_dialog_get_type ())

/* Takes the requisites out of a pasted text: into a legal entity, or into a new one of a client. */
G_DECLARE_FINAL_TYPE (TorgRequisitesDialog, torg_requisites_dialog, TORG, REQUISITES_DIALOG, AdwDialog)

AdwDialog *torg_requisites_dialog_new   (TorgSession *session,
                                         TorgRecord  *record);
gboolean   torg_requisites_dialog_takes (const char  *type);

G_END_DECLS
