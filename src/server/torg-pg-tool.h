/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

gboolean torg_pg_tool_run (const char        *program,
                           const char        *uri,
                           const char *const *arguments,
                           GError           **error);

G_END_DECLS
