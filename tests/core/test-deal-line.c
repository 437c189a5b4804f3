/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "torg-deal-line.h"

#include "torg-error.h"
#include "torg-money.h"

#include <string.h>

#define ID "019cadc6-9a80-72fd-8f9a-50d54f1ae9ce"
#define OTHER_ID "019cadc6-9a80-72fd-8f9a-50d54f1ae9cf"
#define RATE (TORG_NUMBER_SCALE)
#define ROUNDS 20000

/* The sums of lines: by hand, against a slow computation on decimal digits, and what must hold of any lines. */

typedef struct
{
  gint64 price, quantity, discount, amount;
} Amount;

static const Amount amounts[] = {
  { 10000, 10000, 0, 10000 },
  { 33333, 30000, 0, 99999 },
  { 1, 5000, 0, 1 }, /* half a kopeck */
  { -1, 5000, 0, -1 },
  { 1, 4999, 0, 0 },
  { -1, 4999, 0, 0 },
  { 999, 10000, 50000, 949 }, /* 9.4905 */
  { 1000, 10000, 125000, 875 },
  { 10050, 10000, 5000, 10000 }, /* 99.99750 */
  { 10001, 10000, 333333, 6667 },
  { 12345, 10000, 1000000, 0 }, /* all of it */
  { 100, -20000, 0, -200 },
  { TORG_MONEY_MAX, 10000, 0, TORG_MONEY_MAX },
  { -TORG_MONEY_MAX, 10000, 0, -TORG_MONEY_MAX },
  { TORG_MONEY_MAX, G_MAXINT64, 1000000, 0 },
  { G_MININT64, G_MININT64, 1000000, 0 },
  { 1, G_MAXINT64, 0, 922337203685478 },
};

static void
test_amounts (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (amounts); i++)
    {
      g_autoptr (GError) error = NULL;
      gint64 amount = 0;

      torg_line_amount (amounts[i].price, amounts[i].quantity, amounts[i].discount, &amount, &error);
      g_assert_no_error (error);
      g_assert_cmpint (amount, ==, amounts[i].amount);
    }
}

static void
assert_refused (gint64 price, gint64 quantity, gint64 discount, int code)
{
  g_autoptr (GError) error = NULL;
  gint64 amount = 77;

  g_assert_false (torg_line_amount (price, quantity, discount, &amount, &error));
  g_assert_error (error, TORG_ERROR, code);
  g_assert_cmpint (amount, ==, 77);
}

static void
test_refused (void)
{
  g_autoptr (GError) error = NULL;
  gint64 vat = 77;

  assert_refused (100, 10000, -1, TORG_ERROR_INVALID);
  assert_refused (100, 10000, 1000001, TORG_ERROR_INVALID);
  assert_refused (TORG_MONEY_MAX, 10001, 0, TORG_ERROR_LIMIT);
  assert_refused (-TORG_MONEY_MAX, 10001, 0, TORG_ERROR_LIMIT);
  assert_refused (TORG_MONEY_MAX, G_MAXINT64, 0, TORG_ERROR_LIMIT);
  assert_refused (G_MAXINT64, G_MAXINT64, 0, TORG_ERROR_LIMIT);
  assert_refused (G_MININT64, G_MAXINT64, 1, TORG_ERROR_LIMIT);
  assert_refused (G_MININT64, G_MININT64, 999999, TORG_ERROR_LIMIT);
  g_assert_false (torg_line_vat (100, -1, &vat, &error));
  g_assert_error (error, TORG_ERROR, TORG_ERROR_INVALID);
  g_assert_cmpint (vat, ==, 77);
}

static void
test_vat (void)
{
  static const struct
  {
    gint64 amount, percent, vat;
  } cases[] = {
    { 12200, 22, 2200 }, { 12000, 20, 2000 },   { 11000, 10, 1000 },
    { 10700, 7, 700 },   { 10500, 5, 500 },     { 10000, 0, 0 },
    { 10000, 22, 1803 }, { -10000, 22, -1803 }, { 3, 20, 1 },
    { -3, 20, -1 },      { 2, 20, 0 },          { TORG_MONEY_MAX, 22, G_GINT64_CONSTANT (1622950819672131) },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      gint64 vat = 0;

      g_assert_true (torg_line_vat (cases[i].amount, cases[i].percent * RATE, &vat, NULL));
      g_assert_cmpint (vat, ==, cases[i].vat);
    }
}

/* --- the slow way: digits on paper -------------------------------------------------------------------------------- */

#define N_DIGITS 80

typedef struct
{
  guint8 digits[N_DIGITS]; /* the lowest first */
} Paper;

static Paper
write_down (guint64 number)
{
  Paper paper = { { 0 } };

  for (guint i = 0; number > 0; number /= 10)
    paper.digits[i++] = number % 10;
  return paper;
}

static Paper
multiply (Paper one, guint64 by)
{
  Paper other = write_down (by);
  Paper product = { { 0 } };

  for (guint i = 0; i < N_DIGITS; i++)
    for (guint j = 0; i + j < N_DIGITS; j++)
      {
        guint at = i + j;
        guint carry = one.digits[i] * other.digits[j];

        for (; carry > 0 && at < N_DIGITS; at++)
          {
            carry += product.digits[at];
            product.digits[at] = carry % 10;
            carry /= 10;
          }
      }
  return product;
}

/* Long division; the rest says whether half a unit is left. FALSE where the quotient is above what a field holds. */
static gboolean
divide_on_paper (Paper paper, guint64 by, guint64 *quotient)
{
  guint64 rest = 0, result = 0;

  for (guint i = N_DIGITS; i > 0; i--)
    {
      rest = rest * 10 + paper.digits[i - 1];
      if (result > G_MAXINT64 / 10 - 10)
        return FALSE;
      result = result * 10 + rest / by;
      rest %= by;
    }
  if (rest * 2 >= by)
    result++;
  *quotient = result;
  return result <= TORG_MONEY_MAX;
}

static guint64
without_sign (gint64 number)
{
  return number < 0 ? -(guint64) number : (guint64) number;
}

static gboolean
amount_on_paper (gint64 price, gint64 quantity, gint64 discount, gint64 *amount)
{
  Paper product = multiply (multiply (write_down (without_sign (price)), without_sign (quantity)), 1000000 - discount);
  guint64 magnitude;

  if (!divide_on_paper (product, G_GUINT64_CONSTANT (10000000000), &magnitude))
    return FALSE;
  *amount = (price < 0) != (quantity < 0) ? -(gint64) magnitude : (gint64) magnitude;
  return TRUE;
}

/* Of any size: as many bits as chance says. */
static gint64
any_number (guint most_bits)
{
  guint   bits = g_test_rand_int_range (1, most_bits + 1);
  guint64 number = ((guint64) (guint32) g_test_rand_int () << 32) | (guint32) g_test_rand_int ();
  gint64  magnitude = (gint64) (number >> (64 - bits));

  return g_test_rand_bit () ? magnitude : -magnitude;
}

static gint64
any_discount (void)
{
  switch (g_test_rand_int_range (0, 4))
    {
      case 0:
        return 0;
      case 1:
        return 100 * RATE;
      case 2:
        return g_test_rand_int_range (0, 101) * RATE;
      default:
        return g_test_rand_int_range (0, 100 * RATE + 1);
    }
}

static void
test_against_paper (void)
{
  guint n_large = 0, n_good = 0;

  for (guint i = 0; i < ROUNDS; i++)
    {
      gint64   price = any_number (63), quantity = any_number (i % 2 == 0 ? 63 : 20), discount = any_discount ();
      gint64   amount = 0, expected = 0, vat = 0;
      gint64   rate = g_test_rand_int_range (0, 100 * RATE);
      guint64  expected_vat = 0;
      gboolean fits = amount_on_paper (price, quantity, discount, &expected);

      g_assert_true (torg_line_amount (price, quantity, discount, &amount, NULL) == fits);
      if (!fits)
        {
          n_large++;
          continue;
        }
      n_good++;
      g_assert_cmpint (amount, ==, expected);
      g_assert_true (torg_line_vat (amount, rate, &vat, NULL));
      g_assert_true (
        divide_on_paper (multiply (write_down (without_sign (amount)), rate), 1000000 + rate, &expected_vat));
      g_assert_cmpint (vat, ==, amount < 0 ? -(gint64) expected_vat : (gint64) expected_vat);
    }
  /* Both ways are tried often. */
  g_assert_cmpuint (n_large, >, ROUNDS / 20);
  g_assert_cmpuint (n_good, >, ROUNDS / 20);
}

/* --- what holds of any lines -------------------------------------------------------------------------------------- */

static void
test_properties (void)
{
  for (guint i = 0; i < ROUNDS; i++)
    {
      gint64 price = any_number (40), quantity = any_number (24), discount = any_discount ();
      gint64 amount = 0, opposite = 0, whole = 0, vat = 0, least = 0;

      g_assert_true (torg_line_amount (price, quantity, discount, &amount, NULL));
      g_assert_true (torg_line_amount (-price, quantity, discount, &opposite, NULL));
      g_assert_true (torg_line_amount (price, quantity, 0, &whole, NULL));
      g_assert_true (torg_line_amount (price, quantity, 100 * RATE, &least, NULL));
      g_assert_cmpint (opposite, ==, -amount);
      g_assert_cmpint (least, ==, 0);
      g_assert_true (ABS (amount) <= ABS (whole));
      /* The tax is a part of the amount, and none of it at 0 %. */
      g_assert_true (torg_line_vat (amount, 22 * RATE, &vat, NULL));
      g_assert_true (ABS (vat) <= ABS (amount) && (vat == 0 || (vat < 0) == (amount < 0)));
      g_assert_true (torg_line_vat (amount, 0, &vat, NULL) && vat == 0);
    }
}

static TorgRecord *
make_rate (TorgSchema *schema, int percent)
{
  TorgRecord *rate = torg_record_new (schema, torg_schema_find (schema, "vat_rate"), ID);

  if (percent >= 0)
    torg_record_take (rate, "rate", torg_value_int (percent * RATE));
  return rate;
}

static TorgRecord *
make_line (TorgSchema *schema, gint64 price, const char *currency, gint64 quantity, gint64 discount)
{
  TorgRecord *line = torg_record_new (schema, torg_schema_find (schema, "deal_line"), ID);

  torg_record_take (line, "price", torg_value_money (price, currency));
  torg_record_take (line, "quantity", torg_value_int (quantity));
  torg_record_take (line, "discount", torg_value_int (discount));
  return line;
}

static void
assert_adds_up (GPtrArray *totals, const char *currency, gint64 amount, gint64 vat, guint n_lines)
{
  gint64 by_rate = 0, vat_by_rate = 0;

  for (guint i = 0; i < totals->len; i++)
    {
      TorgCurrencyTotal *total = g_ptr_array_index (totals, i);

      if (!g_str_equal (total->currency, currency))
        continue;
      for (guint j = 0; j < total->rates->len; j++)
        {
          TorgRateTotal *rate = &g_array_index (total->rates, TorgRateTotal, j);
          TorgRateTotal *last = j > 0 ? &g_array_index (total->rates, TorgRateTotal, j - 1) : NULL;

          g_assert_true (last == NULL || (last->has_vat && (!rate->has_vat || rate->rate < last->rate)));
          g_assert_true (rate->has_vat || rate->vat == 0);
          by_rate += rate->amount;
          vat_by_rate += rate->vat;
        }
      g_assert_cmpint (total->amount, ==, amount);
      g_assert_cmpint (by_rate, ==, amount);
      g_assert_cmpint (vat_by_rate, ==, vat);
      g_assert_cmpuint (total->n_lines, ==, n_lines);
      return;
    }
  g_assert_cmpuint (n_lines, ==, 0);
}

/* With 2, 0 and 3 digits after the point: minor units are all alike here. */
static const char *const currencies[] = { "RUB", "JPY", "KWD" };
static const int         percents[] = { 22, 20, 10, 7, 5, 0, -1 };

static void
test_totals (void)
{
  g_autoptr (TorgSchema) schema = torg_schema_new ();

  for (guint round = 0; round < 200; round++)
    {
      g_autoptr (GPtrArray) totals = torg_line_totals_new ();
      gint64 amounts_of[G_N_ELEMENTS (currencies)] = { 0 }, vats_of[G_N_ELEMENTS (currencies)] = { 0 };
      guint  lines_of[G_N_ELEMENTS (currencies)] = { 0 };
      guint  n = g_test_rand_int_range (0, 60);

      for (guint i = 0; i < n; i++)
        {
          guint currency = g_test_rand_int_range (0, G_N_ELEMENTS (currencies));
          g_autoptr (TorgRecord) rate =
            make_rate (schema, percents[g_test_rand_int_range (0, G_N_ELEMENTS (percents))]);
          g_autoptr (TorgRecord) line =
            make_line (schema, any_number (40), currencies[currency], any_number (24), any_discount ());
          TorgLineSum sum;

          g_assert_true (torg_line_sum (line, g_test_rand_bit () ? rate : NULL, &sum, NULL));
          g_assert_true (sum.is_counted);
          g_assert_true (torg_line_totals_add (totals, &sum, NULL));
          amounts_of[currency] += sum.amount;
          vats_of[currency] += sum.vat;
          lines_of[currency]++;
        }
      for (guint i = 0; i < G_N_ELEMENTS (currencies); i++)
        assert_adds_up (totals, currencies[i], amounts_of[i], vats_of[i], lines_of[i]);
    }
}

static void
test_digits (void)
{
  static const struct
  {
    const char *currency;
    const char *text; /* of 1000.01 × 3, less 5 % */
  } cases[] = { { "RUB", "2850.03" }, { "JPY", "285003" }, { "KWD", "285.003" } };
  g_autoptr (TorgSchema) schema = torg_schema_new ();

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (TorgRecord) line = make_line (schema, 100001, cases[i].currency, 30000, 50000);
      g_autofree char *text = NULL;
      TorgLineSum      sum;

      g_assert_true (torg_line_sum (line, NULL, &sum, NULL));
      text = torg_money_to_plain (sum.amount, sum.currency);
      g_assert_cmpstr (text, ==, cases[i].text);
    }
}

static void
test_too_much (void)
{
  g_autoptr (GPtrArray) totals = torg_line_totals_new ();
  g_autoptr (GError) error = NULL;
  TorgLineSum largest = { TRUE, "RUB", TORG_MONEY_MAX, TRUE, 22 * RATE, 0 };
  TorgLineSum least = { TRUE, "RUB", 1, FALSE, 0, 0 };
  TorgLineSum other = { TRUE, "USD", 1, FALSE, 0, 0 };
  TorgLineSum none = { FALSE, "", 0, FALSE, 0, 0 };

  g_assert_true (torg_line_totals_add (totals, &none, NULL));
  g_assert_cmpuint (totals->len, ==, 0);
  g_assert_true (torg_line_totals_add (totals, &largest, NULL));
  g_assert_false (torg_line_totals_add (totals, &least, &error));
  g_assert_error (error, TORG_ERROR, TORG_ERROR_LIMIT);
  assert_adds_up (totals, "RUB", TORG_MONEY_MAX, 0, 1);
  g_assert_true (torg_line_totals_add (totals, &other, NULL));
  assert_adds_up (totals, "USD", 1, 0, 1);
}

static void
test_missing (void)
{
  g_autoptr (TorgSchema) schema = torg_schema_new ();
  g_autoptr (TorgRecord) rate = make_rate (schema, 22);
  g_autoptr (TorgRecord) line = make_line (schema, 12200, "RUB", 10000, 0);
  TorgValue   null = TORG_VALUE_INIT;
  TorgLineSum sum;

  torg_record_set (line, "discount", &null);
  g_assert_true (torg_line_sum (line, rate, &sum, NULL));
  g_assert_true (sum.is_counted && sum.has_vat && sum.amount == 12200 && sum.vat == 2200);
  torg_record_set (line, "quantity", &null);
  g_assert_true (torg_line_sum (line, rate, &sum, NULL));
  g_assert_true (!sum.is_counted && sum.amount == 0 && sum.vat == 0);
}

/* --- which rate --------------------------------------------------------------------------------------------------- */

static TorgRecord *
make_dated (TorgSchema *schema, const char *id, const char *from, const char *to)
{
  TorgRecord *rate = torg_record_new (schema, torg_schema_find (schema, "vat_rate"), id);

  torg_record_set_text (rate, "valid_from", from);
  torg_record_set_text (rate, "valid_to", to);
  return rate;
}

static void
test_rates (void)
{
  static const char *const ids[] = { "019cadc6-9a80-72fd-8f9a-000000000022", "019cadc6-9a80-72fd-8f9a-000000000020",
                                     "019cadc6-9a80-72fd-8f9a-000000000010" };
  g_autoptr (TorgSchema) schema = torg_schema_new ();
  g_autoptr (GPtrArray) rates = g_ptr_array_new_with_free_func ((GDestroyNotify) torg_record_unref);

  g_ptr_array_add (rates, make_dated (schema, ids[0], "2026-01-01", NULL));
  g_ptr_array_add (rates, make_dated (schema, ids[1], "2019-01-01", "2025-12-31"));
  g_ptr_array_add (rates, make_dated (schema, ids[2], NULL, NULL));
  g_assert_cmpstr (torg_vat_rate_choose (rates, NULL, "2026-01-01", NULL), ==, ids[0]);
  g_assert_cmpstr (torg_vat_rate_choose (rates, NULL, "2025-12-31", NULL), ==, ids[1]);
  g_assert_cmpstr (torg_vat_rate_choose (rates, NULL, "2018-12-31", NULL), ==, ids[2]);
  g_assert_cmpstr (torg_vat_rate_choose (rates, ids[2], "2026-07-01", NULL), ==, ids[2]);
  /* A product still says 20 %. */
  g_assert_cmpstr (torg_vat_rate_choose (rates, ids[1], "2026-01-01", NULL), ==, ids[0]);
  g_assert_cmpstr (torg_vat_rate_choose (rates, ids[0], "2025-12-31", NULL), ==, ids[1]);
  torg_record_set_deleted (g_ptr_array_index (rates, 0), 1);
  g_assert_cmpstr (torg_vat_rate_choose (rates, ids[0], "2026-01-01", NULL), ==, ids[2]);
  g_ptr_array_set_size (rates, 0);
  g_assert_null (torg_vat_rate_choose (rates, ids[0], "2026-01-01", NULL));
}

/* Who does not pay VAT sells without it, whatever the product's rate. */
static void
test_seller (void)
{
  g_autoptr (TorgSchema) schema = torg_schema_new ();
  g_autoptr (GPtrArray) rates = g_ptr_array_new_with_free_func ((GDestroyNotify) torg_record_unref);
  g_autoptr (TorgRecord) seller = torg_record_new (schema, torg_schema_find (schema, "own_entity"), ID);
  TorgRecord *with = make_rate (schema, 22);
  TorgRecord *without = make_dated (schema, OTHER_ID, NULL, NULL);

  g_ptr_array_add (rates, with);
  g_ptr_array_add (rates, without);
  g_assert_true (torg_vat_rate_fits (with, NULL));
  g_assert_true (torg_vat_rate_fits (with, seller));
  g_assert_cmpstr (torg_vat_rate_choose (rates, NULL, "2026-01-01", seller), ==, torg_record_get_id (with));
  torg_record_set_text (seller, "pays_vat", "no");
  g_assert_false (torg_vat_rate_fits (with, seller));
  g_assert_true (torg_vat_rate_fits (without, seller));
  g_assert_cmpstr (torg_vat_rate_choose (rates, torg_record_get_id (with), "2026-01-01", seller), ==, OTHER_ID);
}

static void
test_date (void)
{
  g_autoptr (TorgSchema) schema = torg_schema_new ();
  g_autoptr (TorgRecord) deal = torg_record_new (schema, torg_schema_find (schema, "deal"), OTHER_ID);
  g_autoptr (GDateTime) noon = g_date_time_new_local (2025, 12, 31, 12, 0, 0);
  gint64           now = g_date_time_to_unix (noon) * G_USEC_PER_SEC;
  g_autofree char *today = torg_vat_dup_date (deal, now);
  g_autofree char *expected = NULL;
  g_autofree char *shipment = NULL;

  g_assert_cmpstr (today, ==, "2025-12-31");
  torg_record_set_text (deal, "expected", "2026-02-01");
  expected = torg_vat_dup_date (deal, now);
  g_assert_cmpstr (expected, ==, "2026-02-01");
  torg_record_set_text (deal, "shipment", "2026-03-01");
  shipment = torg_vat_dup_date (deal, now);
  g_assert_cmpstr (shipment, ==, "2026-03-01");
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/deal-line/amounts", test_amounts);
  g_test_add_func ("/deal-line/refused", test_refused);
  g_test_add_func ("/deal-line/vat", test_vat);
  g_test_add_func ("/deal-line/against-paper", test_against_paper);
  g_test_add_func ("/deal-line/properties", test_properties);
  g_test_add_func ("/deal-line/totals", test_totals);
  g_test_add_func ("/deal-line/digits", test_digits);
  g_test_add_func ("/deal-line/too-much", test_too_much);
  g_test_add_func ("/deal-line/missing", test_missing);
  g_test_add_func ("/deal-line/rates", test_rates);
  g_test_add_func ("/deal-line/seller", test_seller);
  g_test_add_func ("/deal-line/date", test_date);
  return g_test_run ();
}
