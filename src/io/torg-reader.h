/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

#include "torg-table.h"

G_BEGIN_DECLS

/* The first sheet that has anything in it. */
#define TORG_SHEET_FILLED G_MAXUINT

/**
 * TorgReadOptions:
 * @sheet: which sheet of a spreadsheet, from 0, or %TORG_SHEET_FILLED
 * @charset: (nullable): the encoding of a text; %NULL to find it
 * @separator: what separates the columns of a text; NUL to find it
 *
 * How to read a table. All zero is the default.
 */
typedef struct {
  guint       sheet;
  const char *charset;
  char        separator;
} TorgReadOptions;

TorgTable *torg_read_table  (const char             *path,
                             const TorgReadOptions  *options,
                             GCancellable           *cancellable,
                             GError                **error);
char     **torg_list_sheets (const char             *path,
                             GCancellable           *cancellable,
                             GError                **error);

G_END_DECLS
