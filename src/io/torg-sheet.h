/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

#include "torg-table.h"

G_BEGIN_DECLS

gboolean   torg_sheet_is_spreadsheet (const char    *head,
                                      gsize          length);
char     **torg_sheet_list           (const char    *path,
                                      GCancellable  *cancellable,
                                      GError       **error);
TorgTable *torg_sheet_read           (const char    *path,
                                      guint          index,
                                      GCancellable  *cancellable,
                                      GError       **error);

G_END_DECLS
