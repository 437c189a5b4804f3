/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "torg-record.h"

G_BEGIN_DECLS

/**
 * TorgLineSum:
 * @is_counted: whether the line has a price and a quantity; nothing else counts without them
 * @currency: ISO 4217
 * @amount: what the line costs, in minor units, with the discount and the tax that is in it
 * @has_vat: whether the line bears VAT, be it of 0 %
 * @rate: its rate in per cent, an integer of 1/10,000
 * @vat: the tax that is in @amount, in minor units
 *
 * What a line of a deal comes to.
 */
typedef struct {
  gboolean is_counted;
  char     currency[4];
  gint64   amount;
  gboolean has_vat;
  gint64   rate;
  gint64   vat;
} TorgLineSum;

/**
 * TorgRateTotal:
 * @has_vat: whether these lines bear VAT
 * @rate: their rate in per cent, an integer of 1/10,000
 * @amount: what they come to, in minor units
 * @vat: the tax that is in it, in minor units
 *
 * The lines of one rate.
 */
typedef struct {
  gboolean has_vat;
  gint64   rate;
  gint64   amount;
  gint64   vat;
} TorgRateTotal;

/**
 * TorgCurrencyTotal:
 * @currency: ISO 4217
 * @n_lines: how many lines there are in it
 * @amount: what they come to, in minor units
 * @rates: (owned) (element-type TorgRateTotal): by rate, the highest first, those without VAT last
 *
 * The lines of one currency.
 */
typedef struct {
  char    currency[4];
  guint   n_lines;
  gint64  amount;
  GArray *rates;
} TorgCurrencyTotal;

gboolean    torg_line_amount          (gint64             price,
                                       gint64             quantity,
                                       gint64             discount,
                                       gint64            *amount,
                                       GError           **error);
gboolean    torg_line_vat             (gint64             amount,
                                       gint64             rate,
                                       gint64            *vat,
                                       GError           **error);
gboolean    torg_line_sum             (TorgRecord        *line,
                                       TorgRecord        *vat_rate,
                                       TorgLineSum       *sum,
                                       GError           **error);

GPtrArray  *torg_line_totals_new      (void);
gboolean    torg_line_totals_add      (GPtrArray         *totals,
                                       const TorgLineSum *sum,
                                       GError           **error);
char       *torg_rate_total_dup_label (const TorgRateTotal *self);
gint64      torg_rate_total_get_value (const TorgRateTotal *self);

char       *torg_vat_dup_date         (TorgRecord        *deal,
                                       gint64             now);
gboolean    torg_vat_rate_is_valid    (TorgRecord        *vat_rate,
                                       const char        *date);
gboolean    torg_vat_rate_fits        (TorgRecord        *vat_rate,
                                       TorgRecord        *seller);
const char *torg_vat_rate_choose      (GPtrArray         *vat_rates,
                                       const char        *own,
                                       const char        *date,
                                       TorgRecord        *seller);

G_END_DECLS
