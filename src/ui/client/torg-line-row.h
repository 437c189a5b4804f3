/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "torg-deal-lines.h"
#include "torg-session.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define TORG_TYPE_LINE_ROW (torg_line_row_get_type ())

/*
 * A line of a deal, edited in place.
 *
 * Signals:
 * - `edited` (char *field, gpointer value: const TorgValue *): after the value was checked.
 * - `choose` (char *field): a unit, a rate of VAT or a product is to be chosen.
 * - `step` (char *field, int by): the same field of another line is to get the focus.
 * - `move` (int by), `drop` (TorgLineRow *dragged): the order is to be another one.
 * - `open`, `remove`.
 */
G_DECLARE_FINAL_TYPE (TorgLineRow, torg_line_row, TORG, LINE_ROW, GtkListBoxRow)

/**
 * TorgLineColumn:
 * @TORG_LINE_QUANTITY: the quantity
 * @TORG_LINE_UNIT: the unit
 * @TORG_LINE_PRICE: the price
 * @TORG_LINE_DISCOUNT: the discount
 * @TORG_LINE_VAT: the rate of VAT
 * @TORG_LINE_SUM: what the line comes to
 * @TORG_LINE_MENU: its menu
 *
 * The columns that are as wide in all rows.
 */
typedef enum {
  TORG_LINE_QUANTITY,
  TORG_LINE_UNIT,
  TORG_LINE_PRICE,
  TORG_LINE_DISCOUNT,
  TORG_LINE_VAT,
  TORG_LINE_SUM,
  TORG_LINE_MENU,
} TorgLineColumn;

#define TORG_LINE_N_COLUMNS 7

GtkWidget  *torg_line_row_new          (TorgSession   *session,
                                        GtkSizeGroup **columns);
void        torg_line_row_set_line     (TorgLineRow   *self,
                                        TorgDealLine  *line,
                                        const char    *currency);
void        torg_line_row_set_place    (TorgLineRow   *self,
                                        guint          place,
                                        guint          n_lines);
guint       torg_line_row_get_place    (TorgLineRow   *self);
void        torg_line_row_set_narrow   (TorgLineRow   *self,
                                        gboolean       narrow);
const char *torg_line_row_get_id       (TorgLineRow   *self);
TorgRecord *torg_line_row_get_record   (TorgLineRow   *self);
char       *torg_line_row_dup_title    (TorgLineRow   *self);
void        torg_line_row_focus        (TorgLineRow   *self,
                                        const char    *field);
void        torg_line_row_leave        (TorgLineRow   *self);
void        torg_line_row_fail         (TorgLineRow   *self,
                                        const char    *field,
                                        const char    *message);

G_END_DECLS
