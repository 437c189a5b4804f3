/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "torg-money.h"

#include "torg-error.h"

typedef struct
{
  const char *text;
  const char *fallback;
  gint64      minor;
  const char *currency;
} Case;

static const Case good[] = {
  { "1 234,50 ₽", NULL, 123450, "RUB" },
  { "1\302\240234,50\302\240₽", "USD", 123450, "RUB" },
  { "1234 руб. 50 коп.", NULL, 123450, "RUB" },
  { "1234 рубля 5 копеек", NULL, 123405, "RUB" },
  { "50 коп.", "RUB", 50, "RUB" },
  { "-12 руб. 50 коп.", NULL, -1250, "RUB" },
  { "1234р.", NULL, 123400, "RUB" },
  { "100 Р", NULL, 10000, "RUB" },
  { "$1,200.00", NULL, 120000, "USD" },
  { "-$1,200.00", NULL, -120000, "USD" },
  { "($5.25)", NULL, -525, "USD" },
  { "EUR 12", NULL, 1200, "EUR" },
  { "12 KZT", "RUB", 1200, "KZT" },
  { "12kzt", "RUB", 1200, "KZT" },
  { "¥1200", NULL, 1200, "JPY" },
  { "¥1200", "CNY", 120000, "CNY" },
  { "1.2345 KWD", NULL, 1235, "KWD" },
  { "12 млн ₽", NULL, 1200000000, "RUB" },
  { "12,4 млн руб.", NULL, 1240000000, "RUB" },
  { "₽ 10", NULL, 1000, "RUB" },
  { "10", "RUB", 1000, "RUB" },
  { "10,005", "RUB", 1001, "RUB" },
  { "RUR 5", NULL, 500, "RUB" },
  { "10 руб", "BYN", 1000, "BYN" },
  { "0", "JPY", 0, "JPY" },
  { "1.5E+3 USD", NULL, 150000, "USD" },
};

static const char *const bad[] = { "",
                                   "₽",
                                   "руб.",
                                   "12 %",
                                   "двести",
                                   "12 руб. 500 коп.",
                                   "1,5 руб. 50 коп.",
                                   "12 XYZ",
                                   "5 коробок",
                                   "\xff",
                                   "$ $ 5",
                                   "12 млн руб. 50 коп." };

static void
test_parse (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (good); i++)
    {
      g_autoptr (GError) error = NULL;
      TorgValue value;

      g_test_message ("%s", good[i].text);
      torg_money_parse (good[i].text, good[i].fallback, TORG_DECIMAL_AUTO, &value, &error);
      g_assert_no_error (error);
      g_assert_cmpint (value.tag, ==, TORG_VALUE_MONEY);
      g_assert_cmpint (value.number, ==, good[i].minor);
      g_assert_cmpstr (value.currency, ==, good[i].currency);
    }
}

static void
test_refuse (void)
{
  g_autoptr (GError) error = NULL;
  TorgValue value;

  for (gsize i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_test_message ("%s", g_utf8_validate (bad[i], -1, NULL) ? bad[i] : "bytes");
      g_assert_false (torg_money_parse (bad[i], "RUB", TORG_DECIMAL_AUTO, &value, &error));
      g_assert_error (error, TORG_ERROR, TORG_ERROR_INVALID);
      g_clear_error (&error);
    }
  g_assert_false (torg_money_parse ("12", NULL, TORG_DECIMAL_AUTO, &value, &error));
  g_assert_error (error, TORG_ERROR, TORG_ERROR_INVALID);
  g_clear_error (&error);
  g_assert_false (torg_money_parse ("92233720368547758,08 ₽", NULL, TORG_DECIMAL_AUTO, &value, &error));
  g_assert_error (error, TORG_ERROR, TORG_ERROR_LIMIT);
  g_clear_error (&error);
  g_assert_true (torg_money_parse ("90 000 000 000 000 ₽", NULL, TORG_DECIMAL_AUTO, &value, &error));
  g_assert_cmpint (value.number, ==, TORG_MONEY_MAX);
  g_assert_false (torg_money_parse ("90 000 000 000 000,01 ₽", NULL, TORG_DECIMAL_COMMA, &value, &error));
  g_assert_error (error, TORG_ERROR, TORG_ERROR_LIMIT);
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

  assert_text (torg_money_format (123450, "RUB", ru), "1\302\240234,50\302\240₽");
  assert_text (torg_money_format (123400, "RUB", ru), "1\302\240234\302\240₽");
  assert_text (torg_money_format (-120050, "USD", en), "\342\210\222$1,200.50");
  assert_text (torg_money_format (1200, "JPY", en), "¥1,200");
  assert_text (torg_money_format (1234, "KWD", ru), "1,234\302\240KWD");
  assert_text (torg_money_format_compact (1240000000, "RUB", ru), "12,4\302\240млн\302\240₽");
  assert_text (torg_money_format_compact (1240000000, "USD", en), "$12.4M");
  assert_text (torg_money_to_plain (-123450, "RUB"), "-1234.5");
}

static void
test_currency (void)
{
  g_assert_true (torg_currency_is_valid ("RUB"));
  g_assert_false (torg_currency_is_valid ("rub"));
  g_assert_false (torg_currency_is_valid ("UB "));
  g_assert_false (torg_currency_is_valid (""));
  g_assert_cmpuint (torg_currency_get_digits ("JPY"), ==, 0);
  g_assert_cmpuint (torg_currency_get_digits ("KWD"), ==, 3);
  g_assert_cmpuint (torg_currency_get_digits ("KZT"), ==, 2);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/money/parse", test_parse);
  g_test_add_func ("/money/refuse", test_refuse);
  g_test_add_func ("/money/format", test_format);
  g_test_add_func ("/money/currency", test_currency);
  return g_test_run ();
}
