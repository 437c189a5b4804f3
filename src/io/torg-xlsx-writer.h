/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

#include "torg-table.h"

G_BEGIN_DECLS

gboolean torg_xlsx_write (TorgTable     *table,
                          const char    *path,
                          GCancellable  *cancellable,
                          GError       **error);
gboolean torg_csv_export (TorgTable     *table,
                          const char    *path,
                          GError       **error);

G_END_DECLS
