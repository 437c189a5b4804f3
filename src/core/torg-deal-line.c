/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "torg-core"

#include "config.h"

#include "torg-deal-line.h"
#include "torg-error.h"
#include "torg-number.h"

#include <glib/gi18n-lib.h>
#include <string.h>

/*
 * The sums of a deal's lines: integers all the way, rounded once in each line, so that what is printed adds up to the
 * total. Products are of 128 bits, which no two fields overflow.
 */

__extension__ typedef __int128 Wide;

/* 100 % as a number field holds it. */
#define WHOLE (100 * TORG_NUMBER_SCALE)

static gboolean
fail_limit (GError **error)
{
  g_set_error_literal (error, TORG_ERROR, TORG_ERROR_LIMIT,
                       _ ("The sum is larger than an amount can be. Check the price and the quantity."));
  return FALSE;
}

/* @numerator / @denominator, half away from zero; the denominator is positive. */
static Wide
divide (Wide numerator, Wide denominator)
{
  Wide quotient = numerator / denominator;
  Wide rest = numerator % denominator;

  if (rest < 0)
    return -rest >= denominator + rest ? quotient - 1 : quotient;
  return rest >= denominator - rest ? quotient + 1 : quotient;
}

static gboolean
take (Wide wide, gint64 *number, GError **error)
{
  if (wide > TORG_MONEY_MAX || wide < -TORG_MONEY_MAX)
    return fail_limit (error);
  *number = (gint64) wide;
  return TRUE;
}

/**
 * torg_line_amount:
 * @price: of one unit, in minor units of its currency
 * @quantity: an integer of 1/10,000
 * @discount: in per cent, an integer of 1/10,000
 * @amount: (out): in minor units
 * @error: place for an error: %TORG_ERROR_INVALID for a discount that is not from 0 to 100 %, %TORG_ERROR_LIMIT for
 *   an amount that is larger than a field holds
 *
 * Works out what a line costs: price × quantity, less the discount, rounded once, half away from zero, to the minor
 * unit of its currency.
 *
 * Returns: whether that can be
 */
gboolean
torg_line_amount (gint64 price, gint64 quantity, gint64 discount, gint64 *amount, GError **error)
{
  Wide product = (Wide) price * quantity;

  if (discount < 0 || discount > WHOLE)
    {
      g_set_error_literal (error, TORG_ERROR, TORG_ERROR_INVALID, _ ("A discount is from 0 to 100 %."));
      return FALSE;
    }
  /* What overflows here is larger than an amount in any case: the divisor is below 2^34, the largest amount below 2^53.
   */
  if (__builtin_mul_overflow (product, (Wide) (WHOLE - discount), &product))
    return fail_limit (error);
  return take (divide (product, (Wide) TORG_NUMBER_SCALE * WHOLE), amount, error);
}

/**
 * torg_line_vat:
 * @amount: with the tax in it, in minor units
 * @rate: in per cent, an integer of 1/10,000
 * @vat: (out): in minor units
 * @error: place for an error: %TORG_ERROR_INVALID for a rate below 0
 *
 * Works out the VAT that is in an amount: amount × rate / (100 + rate), rounded half away from zero to the minor unit.
 *
 * Prices hold the tax, as they must where they are shown to people: НК РФ ст. 168 п. 6; the calculated rate is that of
 * ст. 164 п. 4. Which rate it is the date of shipment says: ст. 167 п. 1, 168 п. 1 and 3, and Federal law 425-FZ of
 * 28 November 2025, by which the general rate of 20 % is 22 % for what is shipped from 2026-01-01 on.
 *
 * Returns: whether that can be
 */
gboolean
torg_line_vat (gint64 amount, gint64 rate, gint64 *vat, GError **error)
{
  if (rate < 0)
    {
      g_set_error_literal (error, TORG_ERROR, TORG_ERROR_INVALID, _ ("A rate of VAT cannot be below 0 %."));
      return FALSE;
    }
  return take (divide ((Wide) amount * rate, (Wide) WHOLE + rate), vat, error);
}

/**
 * torg_line_sum:
 * @line: a `deal_line`
 * @vat_rate: (nullable): the `vat_rate` that it refers to; none bears no VAT
 * @sum: (out caller-allocates): what it comes to
 * @error: place for an error, as of [func@line_amount] and [func@line_vat]
 *
 * Works out what a line of a deal comes to. A line without a price or a quantity is not counted.
 *
 * Returns: whether that can be
 */
gboolean
torg_line_sum (TorgRecord *line, TorgRecord *vat_rate, TorgLineSum *sum, GError **error)
{
  const TorgValue *price = torg_record_get (line, "price");
  const TorgValue *percent = vat_rate != NULL ? torg_record_get (vat_rate, "rate") : NULL;

  memset (sum, 0, sizeof *sum);
  if (percent != NULL && !torg_value_is_null (percent))
    {
      sum->has_vat = TRUE;
      sum->rate = percent->number;
    }
  if (torg_value_is_null (price) || torg_value_is_null (torg_record_get (line, "quantity")))
    return TRUE;
  if (!torg_line_amount (price->number, torg_record_get_number (line, "quantity"),
                         torg_record_get_number (line, "discount"), &sum->amount, error) ||
      (sum->has_vat && !torg_line_vat (sum->amount, sum->rate, &sum->vat, error)))
    return FALSE;
  memcpy (sum->currency, price->currency, sizeof sum->currency);
  sum->is_counted = TRUE;
  return TRUE;
}

static void
currency_total_free (gpointer data)
{
  TorgCurrencyTotal *total = data;

  g_array_unref (total->rates);
  g_free (total);
}

/**
 * torg_line_totals_new:
 *
 * Makes totals of no lines.
 *
 * Returns: (transfer full) (element-type TorgCurrencyTotal): totals by currency, in the order that the lines name them
 */
GPtrArray *
torg_line_totals_new (void)
{
  return g_ptr_array_new_with_free_func (currency_total_free);
}

static TorgCurrencyTotal *
ensure_currency (GPtrArray *totals, const char *currency)
{
  TorgCurrencyTotal *total;

  for (guint i = 0; i < totals->len; i++)
    {
      total = g_ptr_array_index (totals, i);
      if (g_str_equal (total->currency, currency))
        return total;
    }
  total = g_new0 (TorgCurrencyTotal, 1);
  g_strlcpy (total->currency, currency, sizeof total->currency);
  total->rates = g_array_new (FALSE, TRUE, sizeof (TorgRateTotal));
  g_ptr_array_add (totals, total);
  return total;
}

static TorgRateTotal *
ensure_rate (TorgCurrencyTotal *total, const TorgLineSum *sum)
{
  TorgRateTotal fresh = { sum->has_vat, sum->rate, 0, 0 };
  guint         place;

  for (place = 0; place < total->rates->len; place++)
    {
      TorgRateTotal *there = &g_array_index (total->rates, TorgRateTotal, place);

      if (there->has_vat == sum->has_vat && there->rate == sum->rate)
        return there;
      if (!there->has_vat || (sum->has_vat && there->rate < sum->rate))
        break;
    }
  g_array_insert_val (total->rates, place, fresh);
  return &g_array_index (total->rates, TorgRateTotal, place);
}

/**
 * torg_line_totals_add:
 * @totals: (element-type TorgCurrencyTotal): totals
 * @sum: a line; one that is not counted changes nothing
 * @error: place for a %TORG_ERROR_LIMIT; the totals are then as before, but for an empty one of the line's currency
 *
 * Adds a line to the totals. Currencies are never added up with each other.
 *
 * Returns: whether the totals hold it
 */
gboolean
torg_line_totals_add (GPtrArray *totals, const TorgLineSum *sum, GError **error)
{
  TorgCurrencyTotal *total;
  TorgRateTotal     *rate;
  gint64             amount, rate_amount, rate_vat;

  if (!sum->is_counted)
    return TRUE;
  total = ensure_currency (totals, sum->currency);
  rate = ensure_rate (total, sum);
  if (!take ((Wide) total->amount + sum->amount, &amount, error) ||
      !take ((Wide) rate->amount + sum->amount, &rate_amount, error) ||
      !take ((Wide) rate->vat + sum->vat, &rate_vat, error))
    return FALSE;
  total->n_lines++;
  total->amount = amount;
  rate->amount = rate_amount;
  rate->vat = rate_vat;
  return TRUE;
}

/**
 * torg_rate_total_dup_label:
 *
 * Says what [func@rate_total_get_value] is, beside the total of a currency.
 *
 * Returns: (transfer full): words for the user
 */
char *
torg_rate_total_dup_label (const TorgRateTotal *self)
{
  g_autofree char *rate = torg_number_format_value (self->rate, TORG_NUMBER_STYLE_LOCALE);

  /* Translators: of a total: the part of it that is tax of this rate, such as 22 % */
  return self->has_vat ? g_strdup_printf (_ ("incl. VAT %s%%"), rate) : g_strdup (_ ("of it without VAT"));
}

/**
 * torg_rate_total_get_value:
 *
 * Gives what is shown of a rate beside the total: the tax, or what bears none.
 *
 * Returns: minor units
 */
gint64
torg_rate_total_get_value (const TorgRateTotal *self)
{
  return self->has_vat ? self->vat : self->amount;
}

/* --- which rate --------------------------------------------------------------------------------------------------- */

/**
 * torg_vat_dup_date:
 * @deal: a deal
 * @now: microseconds UTC
 *
 * Tells when the goods of a deal are shipped, which decides on the rate: when that is expected, else when its closing
 * is, else today.
 *
 * Returns: (transfer full): `YYYY-MM-DD`
 */
char *
torg_vat_dup_date (TorgRecord *deal, gint64 now)
{
  const char *shipment = torg_record_get_text (deal, "shipment");
  const char *expected = shipment != NULL ? shipment : torg_record_get_text (deal, "expected");
  g_autoptr (GDateTime) utc = NULL;
  g_autoptr (GDateTime) local = NULL;

  if (expected != NULL)
    return g_strdup (expected);
  utc = g_date_time_new_from_unix_utc (now / G_USEC_PER_SEC);
  local = g_date_time_to_local (utc);
  return g_date_time_format (local, "%Y-%m-%d");
}

/**
 * torg_vat_rate_is_valid:
 * @vat_rate: a `vat_rate`
 * @date: `YYYY-MM-DD`
 *
 * Tells whether a rate of VAT is in force on a day; its first and its last day are.
 *
 * Returns: whether it is
 */
gboolean
torg_vat_rate_is_valid (TorgRecord *vat_rate, const char *date)
{
  const char *from = torg_record_get_text (vat_rate, "valid_from");
  const char *to = torg_record_get_text (vat_rate, "valid_to");

  return torg_record_get_deleted (vat_rate) == 0 && (from == NULL || strcmp (from, date) <= 0) &&
         (to == NULL || strcmp (date, to) <= 0);
}

/**
 * torg_vat_rate_fits:
 * @vat_rate: a `vat_rate`
 * @seller: (nullable): the `own_entity` that sells
 *
 * Tells whether who sells may ask for VAT of a rate: one that does not pay VAT asks for none.
 *
 * Returns: whether it may
 */
gboolean
torg_vat_rate_fits (TorgRecord *vat_rate, TorgRecord *seller)
{
  return seller == NULL || g_strcmp0 (torg_record_get_text (seller, "pays_vat"), "no") != 0 ||
         torg_value_is_null (torg_record_get (vat_rate, "rate"));
}

/**
 * torg_vat_rate_choose:
 * @vat_rates: (element-type TorgRecord): the company's rates, in its order
 * @own: (nullable): the id of the product's own rate
 * @date: when it is shipped, `YYYY-MM-DD`
 * @seller: (nullable): the `own_entity` that sells
 *
 * Chooses the rate of a new line: the product's own if it is in force on that day, else the company's main rate, which
 * is the first one in its order that is. Who does not pay VAT sells without it, whatever the product's rate.
 *
 * Returns: (transfer none) (nullable): the id of a rate, %NULL where none is in force
 */
const char *
torg_vat_rate_choose (GPtrArray *vat_rates, const char *own, const char *date, TorgRecord *seller)
{
  const char *first = NULL;

  for (guint i = 0; i < vat_rates->len; i++)
    {
      TorgRecord *rate = g_ptr_array_index (vat_rates, i);

      if (!torg_vat_rate_is_valid (rate, date) || !torg_vat_rate_fits (rate, seller))
        continue;
      if (g_strcmp0 (torg_record_get_id (rate), own) == 0)
        return torg_record_get_id (rate);
      if (first == NULL)
        first = torg_record_get_id (rate);
    }
  return first;
}
