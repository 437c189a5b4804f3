/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

void        torg_secret_give_to   (const char *path);
const char *torg_secret_get_given (const char *path);

gboolean torg_secret_save (const char    *address,
                           const char    *user,
                           const char    *token,
                           GCancellable  *cancellable,
                           GError       **error);
char    *torg_secret_find (const char    *address,
                           const char    *user,
                           GCancellable  *cancellable,
                           GError       **error);
gboolean torg_secret_drop (const char    *address,
                           const char    *user,
                           GCancellable  *cancellable,
                           GError       **error);

G_END_DECLS
