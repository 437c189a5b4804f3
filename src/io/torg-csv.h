/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

#include "torg-table.h"

G_BEGIN_DECLS

/**
 * TorgCsvFlags:
 * @TORG_CSV_PLAIN: UTF-8 without a mark, lines end in CR and LF
 * @TORG_CSV_BOM: with a byte order mark, by which spreadsheets know UTF-8
 *
 * How to write CSV.
 */
typedef enum {
  TORG_CSV_PLAIN = 0,
  TORG_CSV_BOM = 1 << 0,
} TorgCsvFlags;

TorgTable *torg_csv_read          (GBytes         *bytes,
                                   const char     *charset,
                                   char            separator,
                                   GCancellable   *cancellable,
                                   GError        **error);
char       torg_csv_guess_separator (const char   *text,
                                   gsize           length);
GBytes    *torg_csv_write         (TorgTable      *table,
                                   char            separator,
                                   TorgCsvFlags    flags);

G_END_DECLS
