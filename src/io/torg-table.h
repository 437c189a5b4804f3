/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib-object.h>

G_BEGIN_DECLS

/* A spreadsheet's own limits, and how much text a table may hold. */
#define TORG_TABLE_MAX_ROWS    1048576
#define TORG_TABLE_MAX_COLUMNS 16384
#define TORG_TABLE_MAX_BYTES   (512 * 1024 * 1024)

/**
 * TorgCellKind:
 * @TORG_CELL_TEXT: as written in the file
 * @TORG_CELL_NUMBER: a spreadsheet's number, with a point and without groups
 * @TORG_CELL_DATE: a spreadsheet's date, `YYYY-MM-DD`
 * @TORG_CELL_MOMENT: a spreadsheet's date and time, `YYYY-MM-DD HH:MM:SS`, of no zone
 * @TORG_CELL_TIME: a spreadsheet's time, `HH:MM:SS`
 *
 * What a cell's text is.
 */
typedef enum {
  TORG_CELL_TEXT,
  TORG_CELL_NUMBER,
  TORG_CELL_DATE,
  TORG_CELL_MOMENT,
  TORG_CELL_TIME,
} TorgCellKind;

/**
 * TorgTable:
 *
 * A parsed sheet: rows of cells, all text in one block of memory.
 *
 * It is built by one thread; from then on it does not change and may be read by any. Reference-counted.
 */
typedef struct _TorgTable TorgTable;

#define TORG_TYPE_TABLE (torg_table_get_type ())

GType        torg_table_get_type      (void);
TorgTable   *torg_table_new           (void);
TorgTable   *torg_table_ref           (TorgTable    *self);
void         torg_table_unref         (TorgTable    *self);

gboolean     torg_table_add_row       (TorgTable    *self,
                                       guint         line,
                                       GError      **error);
gboolean     torg_table_add_cell      (TorgTable    *self,
                                       TorgCellKind  kind,
                                       const char   *text,
                                       gssize        length,
                                       GError      **error);
void         torg_table_set_origin    (TorgTable    *self,
                                       const char   *name,
                                       const char   *charset,
                                       char          separator,
                                       gsize         n_bad_bytes);

guint        torg_table_get_n_rows    (TorgTable    *self);
guint        torg_table_get_n_columns (TorgTable    *self);
guint        torg_table_get_width     (TorgTable    *self,
                                       guint         row);
const char  *torg_table_get_text      (TorgTable    *self,
                                       guint         row,
                                       guint         column);
TorgCellKind torg_table_get_kind      (TorgTable    *self,
                                       guint         row,
                                       guint         column);
guint        torg_table_get_line      (TorgTable    *self,
                                       guint         row);
gboolean     torg_table_row_is_empty  (TorgTable    *self,
                                       guint         row);
gboolean     torg_table_check_filled  (TorgTable    *self,
                                       GError      **error);
const char **torg_table_dup_column    (TorgTable    *self,
                                       guint         column,
                                       guint         first_row,
                                       guint         max_rows,
                                       guint        *n_texts);
const char  *torg_table_get_name      (TorgTable    *self);
const char  *torg_table_get_charset   (TorgTable    *self);
char         torg_table_get_separator (TorgTable    *self);
gsize        torg_table_get_n_bad_bytes (TorgTable  *self);
gsize        torg_table_get_size      (TorgTable    *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TorgTable, torg_table_unref)

G_END_DECLS
