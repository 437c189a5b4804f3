/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "torg-session.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define TORG_TYPE_BITRIX_DIALOG (torg_bitrix_dialog_get_type ())

/* A portal of Bitrix24 is brought here. */
G_DECLARE_FINAL_TYPE (TorgBitrixDialog, torg_bitrix_dialog, TORG, BITRIX_DIALOG, AdwDialog)

AdwDialog *torg_bitrix_dialog_new (TorgSession *session);

G_END_DECLS
