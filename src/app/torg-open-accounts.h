/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "torg-account-files.h"
#include "torg-account.h"

G_BEGIN_DECLS

#define TORG_TYPE_OPEN_ACCOUNTS (torg_open_accounts_get_type ())

/*
 * The accounts that are open, each with its windows: which ones those are, from one start to the next, and what becomes of
 * the others when one ends.
 *
 * Signals:
 * - `changed`: something that one of them tells changed.
 * - `listed` (GPtrArray *infos, GHashTable *sessions): what is known of all accounts of this computer was read anew; the
 *   sessions, by the names, are of those that are open.
 */
G_DECLARE_FINAL_TYPE (TorgOpenAccounts, torg_open_accounts, TORG, OPEN_ACCOUNTS, GObject)

TorgOpenAccounts *torg_open_accounts_new         (GtkApplication   *application,
                                                  GSettings        *settings,
                                                  const char       *path);
TorgAccountFiles *torg_open_accounts_get_files   (TorgOpenAccounts *self);
TorgAccount      *torg_open_accounts_find        (TorgOpenAccounts *self,
                                                  const char       *name);
TorgAccount      *torg_open_accounts_get_active  (TorgOpenAccounts *self);
void              torg_open_accounts_begin       (TorgOpenAccounts *self);
void              torg_open_accounts_show        (TorgOpenAccounts *self,
                                                  const char       *name);
void              torg_open_accounts_sign_out    (TorgOpenAccounts *self,
                                                  const char       *name);
void              torg_open_accounts_import      (TorgOpenAccounts *self,
                                                  const char       *name,
                                                  GFile            *file);
void              torg_open_accounts_present     (TorgOpenAccounts *self);
void              torg_open_accounts_refresh     (TorgOpenAccounts *self);
void              torg_open_accounts_tell        (TorgOpenAccounts *self,
                                                  GPtrArray        *infos);
void              torg_open_accounts_check_locks (TorgOpenAccounts *self);
void              torg_open_accounts_close       (TorgOpenAccounts *self);
void              torg_open_accounts_stop        (TorgOpenAccounts *self);

G_END_DECLS
