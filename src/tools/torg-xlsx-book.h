/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>
#include <minizip/unzip.h>

#include "torg-table.h"

G_BEGIN_DECLS

/**
 * TorgXlsxBook:
 *
 * An XLSX file, read by minizip and GMarkup.
 */
typedef struct _TorgXlsxBook TorgXlsxBook;

/* Rows come in the file's order, a row's cells from left to right, without those that are empty. Both count from 0. */
typedef void (*TorgXlsxCellFunc) (guint         row,
                                  guint         column,
                                  TorgCellKind  kind,
                                  const char   *text,
                                  gpointer      user_data);

gboolean      torg_xlsx_locate            (unzFile           zip,
                                           const char       *name);
char         *torg_xlsx_find_workbook     (unzFile           zip);
TorgXlsxBook *torg_xlsx_book_open         (const char       *path);
guint         torg_xlsx_book_get_n_sheets (TorgXlsxBook     *self);
const char   *torg_xlsx_book_get_name     (TorgXlsxBook     *self,
                                           guint             sheet);
gboolean      torg_xlsx_book_read         (TorgXlsxBook     *self,
                                           guint             sheet,
                                           TorgXlsxCellFunc  callback,
                                           gpointer          user_data);

char         *torg_xlsx_format_number     (double            number);
char         *torg_xlsx_format_serial     (double            serial,
                                           gboolean          epoch_1904,
                                           TorgCellKind      kind);
TorgCellKind  torg_xlsx_kind_of_format    (const char       *code);

G_END_DECLS
