/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "torg-syncer.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define TORG_TYPE_CONNECT_DIALOG (torg_connect_dialog_get_type ())

/*
 * Asks for the company's server, and lets the user sign in there in the browser, or by a key that an administrator
 * made.
 *
 * Signals: `connected`, when the server knows the user.
 */
G_DECLARE_FINAL_TYPE (TorgConnectDialog, torg_connect_dialog, TORG, CONNECT_DIALOG, AdwDialog)

AdwDialog *torg_connect_dialog_new              (TorgSyncer *syncer);
AdwDialog *torg_connect_dialog_new_with_content (TorgSyncer *syncer);
AdwDialog *torg_connect_dialog_new_sign_in      (TorgSyncer *syncer);

G_END_DECLS
