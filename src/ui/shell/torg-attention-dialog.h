/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "torg-session.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define TORG_TYPE_ATTENTION_DIALOG (torg_attention_dialog_get_type ())

/* What needs the user's decision: differences, and what the server rejected. */
G_DECLARE_FINAL_TYPE (TorgAttentionDialog, torg_attention_dialog, TORG, ATTENTION_DIALOG, AdwDialog)

AdwDialog *torg_attention_dialog_new (TorgSession *session);

G_END_DECLS
