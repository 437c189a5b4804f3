/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "torg-own-accounts.h"
#include "torg-session.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define TORG_TYPE_ACCOUNTS_DIALOG (torg_accounts_dialog_get_type ())

/*
 * The accounts of this computer, and what waits in each.
 *
 * Signals: `open` and `sign-out` (char *name) of one, `rename` (char *name, char *label), where a label that is NULL
 * means that of its server, and `add`.
 */
G_DECLARE_FINAL_TYPE (TorgAccountsDialog, torg_accounts_dialog, TORG, ACCOUNTS_DIALOG, AdwDialog)

AdwDialog *torg_accounts_dialog_new  (void);
void       torg_accounts_dialog_show (TorgAccountsDialog *self,
                                      GPtrArray          *infos,
                                      GHashTable         *sessions,
                                      const char         *current);
void       torg_accounts_dialog_say  (TorgAccountsDialog *self,
                                      const char         *text);

G_END_DECLS
