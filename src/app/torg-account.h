/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "torg-session.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define TORG_TYPE_ACCOUNT (torg_account_get_type ())

/*
 * An account that is open: its replica, its session with the server, its windows. What happens to it, a lock or a sign-in
 * that ended, happens in its own windows.
 *
 * Signals:
 * - `changed`: it was begun, or what its syncer tells changed.
 * - `closed`: it has no window any more; it goes on until torg_account_stop_async().
 * - `expired`: the data may not be shown any more and its windows are closed; what opens it anew says why.
 * - `signed-out` (gboolean seen): its session is at its end, its windows are closed, and its files are to be removed;
 *   @seen: it had a window until then.
 */
G_DECLARE_FINAL_TYPE (TorgAccount, torg_account, TORG, ACCOUNT, GObject)

TorgAccount *torg_account_new         (GtkApplication      *application,
                                       TorgEnv             *env,
                                       const char          *name,
                                       const char          *path,
                                       GSettings           *settings);
const char  *torg_account_get_name    (TorgAccount         *self);
const char  *torg_account_get_path    (TorgAccount         *self);
TorgSession *torg_account_get_session (TorgAccount         *self);
void         torg_account_snooze      (TorgAccount         *self,
                                       const char          *activity);
gboolean     torg_account_owns        (TorgAccount         *self,
                                       GtkWindow           *window);
gboolean     torg_account_is_shown    (TorgAccount         *self);

void         torg_account_present     (TorgAccount         *self);
void         torg_account_import      (TorgAccount         *self,
                                       GFile               *file);
void         torg_account_set_title   (TorgAccount         *self,
                                       const char          *title,
                                       const char          *user);
void         torg_account_check_lock  (TorgAccount         *self);
void         torg_account_sign_out    (TorgAccount         *self);
void         torg_account_close_windows (TorgAccount       *self);
void         torg_account_stop_async  (TorgAccount         *self,
                                       GAsyncReadyCallback  callback,
                                       gpointer             data);
void         torg_account_stop_finish (TorgAccount         *self,
                                       GAsyncResult        *result);

G_END_DECLS
