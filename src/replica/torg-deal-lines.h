/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "torg-deal-line.h"
#include "torg-store.h"

G_BEGIN_DECLS

/**
 * TorgDealLine:
 * @row: (owned): the line
 * @sum: what it comes to
 * @vat_is_valid: whether its rate of VAT is in force when the goods are shipped, or there is none
 * @vat_fits: whether who sells may ask for it
 * @trouble: (owned) (nullable): why it cannot be worked out, in words for the user
 *
 * A line of a deal, worked out.
 */
typedef struct {
  TorgRow    *row;
  TorgLineSum sum;
  gboolean    vat_is_valid;
  gboolean    vat_fits;
  char       *trouble;
} TorgDealLine;

/**
 * TorgDealLines:
 * @deal: (owned): the deal
 * @seller: (owned) (nullable): the company's own legal entity that sells
 * @date: (owned): when it is shipped, `YYYY-MM-DD`
 * @lines: (owned) (element-type TorgDealLine): its lines in their order
 * @totals: (owned) (element-type TorgCurrencyTotal): what they come to; nothing while @trouble
 * @n_left_out: how many lines are not counted for want of a price or a quantity
 * @trouble: (owned) (nullable): why there are no totals, in words for the user
 *
 * The lines of a deal and what they come to.
 */
typedef struct {
  TorgRecord *deal;
  TorgRecord *seller;
  char       *date;
  GPtrArray  *lines;
  GPtrArray  *totals;
  guint       n_left_out;
  char       *trouble;
} TorgDealLines;

TorgDealLines *torg_store_read_lines    (TorgStore       *store,
                                         const char      *deal,
                                         GCancellable    *cancellable,
                                         GError         **error);
const TorgCurrencyTotal *torg_deal_lines_get_other (TorgDealLines *self);
void           torg_deal_lines_free     (TorgDealLines   *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TorgDealLines, torg_deal_lines_free)

G_END_DECLS
