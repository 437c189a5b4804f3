/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "torg-env.h"

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * TorgSignInOpen:
 * @uri: a page of the server
 * @data: what was given along
 *
 * Opens a page in the user's browser.
 */
typedef void (*TorgSignInOpen) (const char *uri,
                                gpointer    data);

void  torg_sign_in_async  (TorgEnv            *env,
                           const char         *address,
                           TorgSignInOpen      open,
                           gpointer            open_data,
                           GCancellable       *cancellable,
                           GAsyncReadyCallback callback,
                           gpointer            data);
char *torg_sign_in_finish (GAsyncResult       *result,
                           GError            **error);

G_END_DECLS
