/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "torg-number.h"

#include "torg-error.h"

typedef struct
{
  const char *text;
  TorgDecimal decimal;
  gint64      number;
} Case;

#define A TORG_DECIMAL_AUTO
#define C TORG_DECIMAL_COMMA
#define P TORG_DECIMAL_POINT

static const Case good[] = {
  { "0", A, 0 },
  { "1 234,50", A, 12345000 },
  { "1,234.50", A, 12345000 },
  { "1.234,50", A, 12345000 },
  { "1\302\240234", A, 12340000 },
  { "1\342\200\257234\342\200\211567", A, 12345670000 },
  { "1'234'567.8", A, 12345678000 },
  { "12%", A, 120000 },
  { "12,5 %", A, 125000 },
  { "-5", A, -50000 },
  { "\342\210\2225,25", A, -52500 },
  { "(1 234)", A, -12340000 },
  { "123-", A, -1230000 },
  { "+7", A, 70000 },
  { "12 млн", A, 120000000000 },
  { "12,4 МЛН.", A, 124000000000 },
  { "3 тыс.", A, 30000000 },
  { "1,5 млрд", A, 15000000000000 },
  { "1.5k", A, 15000000 },
  { "2M", A, 20000000000 },
  { "1.5E+05", A, 1500000000 },
  { "1,5e-3", A, 15 },
  { "0.30000000000000004", A, 3000 },
  { "1.00005", A, 10001 },
  { "1,234,567", A, 12345670000 },
  { "1.234.567", A, 12345670000 },
  { "1,234", A, 12340 },
  { "1,234", P, 12340000 },
  { "1,234", C, 12340 },
  { "1.234", C, 12340000 },
  { "1.23", C, 12300 },
  { "1234,5", P, 12345000 },
  { "0,125", P, 1250 },
  { ",5", A, 5000 },
  { ".5", A, 5000 },
  { "000123", A, 1230000 },
  { "922337203685477,5807", A, G_MAXINT64 },
  { "0e999", A, 0 },
};

static const char *const bad[] = {
  "",    " ",  "-",  "abc",  "1 23",     "12,34,56", "1.2.3", "1,2.3,4", "--5", "5 шт", "1..2", "10:30",      "%",
  "млн", "()", "(-", "\xff", "1 234 56", "e5",       "1e",    "12-34",   ",",   ".",    "1 ,5", "21.11.2026",
};

static void
test_parse (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (good); i++)
    {
      g_autoptr (GError) error = NULL;
      gint64 number = -1;

      g_test_message ("%s", good[i].text);
      g_assert_true (torg_number_parse (good[i].text, good[i].decimal, &number, &error));
      g_assert_no_error (error);
      g_assert_cmpint (number, ==, good[i].number);
    }
}

static void
test_refuse (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autoptr (GError) error = NULL;
      gint64 number;

      g_test_message ("%s", g_utf8_validate (bad[i], -1, NULL) ? bad[i] : "bytes");
      g_assert_false (torg_number_parse (bad[i], A, &number, &error));
      g_assert_error (error, TORG_ERROR, TORG_ERROR_INVALID);
    }
}

static void
test_limit (void)
{
  static const char *const large[] = { "922337203685477,5808", "1e30", "99999999999999999999", "930000 млрд",
                                       "1e999999999" };

  for (gsize i = 0; i < G_N_ELEMENTS (large); i++)
    {
      g_autoptr (GError) error = NULL;
      gint64 number;

      g_assert_false (torg_number_parse (large[i], A, &number, &error));
      g_assert_error (error, TORG_ERROR, TORG_ERROR_LIMIT);
    }
}

static void
test_guess (void)
{
  const char *comma[] = { "", "1,234", "n/a", "12,5", "1.000,00" };
  const char *point[] = { "1,234", "1,234,567", "99.5" };
  const char *none[] = { "1,234", "2,345" };
  const char *whole[] = { "12", "1 234", "5 тыс." };
  const char *both[] = { "1,5", "2.5", "3,5" };
  gboolean    ambiguous;

  g_assert_cmpint (torg_decimal_guess (comma, G_N_ELEMENTS (comma), &ambiguous), ==, C);
  g_assert_false (ambiguous);
  g_assert_cmpint (torg_decimal_guess (point, G_N_ELEMENTS (point), &ambiguous), ==, P);
  g_assert_false (ambiguous);
  g_assert_cmpint (torg_decimal_guess (none, G_N_ELEMENTS (none), &ambiguous), ==, A);
  g_assert_true (ambiguous);
  g_assert_cmpint (torg_decimal_guess (whole, G_N_ELEMENTS (whole), &ambiguous), ==, A);
  g_assert_false (ambiguous);
  g_assert_cmpint (torg_decimal_guess (both, G_N_ELEMENTS (both), &ambiguous), ==, C);
  g_assert_true (ambiguous);
}

static void
assert_text (char *text, const char *expected)
{
  g_assert_cmpstr (text, ==, expected);
  g_free (text);
}

static void
test_format (void)
{
  const TorgNumberStyle ru = TORG_NUMBER_STYLE_RUSSIAN, en = TORG_NUMBER_STYLE_ENGLISH;

  assert_text (torg_number_format (12345000, ru), "1\302\240234,5");
  assert_text (torg_number_format (-12345678901, en), "\342\210\2221,234,567.8901");
  assert_text (torg_number_format (G_MININT64, en), "\342\210\222922,337,203,685,477.5808");
  assert_text (torg_decimal_format (123450, 2, 2, ru), "1\302\240234,50");
  assert_text (torg_decimal_format (5, 2, 2, ru), "0,05");
  assert_text (torg_decimal_to_plain (-123450, 2), "-1234.5");
  assert_text (torg_number_format_compact (9990000, ru), "999");
  assert_text (torg_number_format_compact (9995000, ru), "1\302\240тыс.");
  assert_text (torg_number_format_compact (124000000000, ru), "12,4\302\240млн");
  assert_text (torg_number_format_compact (124000000000, en), "12.4M");
  assert_text (torg_number_format_compact (-15000000, en), "\342\210\2221.5K");
  assert_text (torg_number_format_compact (1234000000000, en), "123M");
  assert_text (torg_number_format_compact (9999990000, en), "1M");
  assert_text (torg_number_format_compact (9996000000, en), "1M");
  assert_text (torg_decimal_format_compact (G_MAXINT64, 0, en), "9.2Qn");
  assert_text (torg_decimal_format_compact (G_MININT64, 18, en), "\342\210\2229");
  assert_text (torg_number_format_compact (0, ru), "0");
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/number/parse", test_parse);
  g_test_add_func ("/number/refuse", test_refuse);
  g_test_add_func ("/number/limit", test_limit);
  g_test_add_func ("/number/guess", test_guess);
  g_test_add_func ("/number/format", test_format);
  return g_test_run ();
}
