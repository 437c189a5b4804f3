/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "fuzz.h"

#include "torg-money.h"
#include "torg-number.h"

static void
check_number (const char *text, TorgDecimal decimal)
{
  gint64 number, again;

  if (!torg_number_parse (text, decimal, &number, NULL))
    return;

  g_autofree char *plain = torg_decimal_to_plain (number, 4);
  g_autofree char *shown = torg_number_format (number, TORG_NUMBER_STYLE_RUSSIAN);
  g_autofree char *compact = torg_number_format_compact (number, TORG_NUMBER_STYLE_ENGLISH);
  FUZZ_CHECK (torg_number_parse (plain, TORG_DECIMAL_POINT, &again, NULL) && again == number);
  FUZZ_CHECK (torg_number_parse (shown, TORG_DECIMAL_COMMA, &again, NULL) && again == number);
  FUZZ_CHECK (*compact != '\0');
}

static void
check_money (const char *text, const char *fallback)
{
  g_auto (GStrv) lines = NULL;
  TorgValue value, again;

  if (!torg_money_parse (text, fallback, TORG_DECIMAL_AUTO, &value, NULL))
    return;
  FUZZ_CHECK (value.tag == TORG_VALUE_MONEY && torg_currency_is_valid (value.currency));

  g_autofree char *shown = torg_money_format (value.number, value.currency, TORG_NUMBER_STYLE_RUSSIAN);
  g_autofree char *compact = torg_money_format_compact (value.number, value.currency, TORG_NUMBER_STYLE_ENGLISH);
  FUZZ_CHECK (torg_money_parse (shown, value.currency, TORG_DECIMAL_COMMA, &again, NULL));
  FUZZ_CHECK (again.number == value.number && strcmp (again.currency, value.currency) == 0);
  FUZZ_CHECK (*compact != '\0');
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  g_autofree char *text = g_strndup ((const char *) data, size);
  const char      *texts[] = { text, NULL, "1,5" };
  gboolean         ambiguous;

  check_number (text, TORG_DECIMAL_AUTO);
  check_number (text, TORG_DECIMAL_COMMA);
  check_number (text, TORG_DECIMAL_POINT);
  torg_decimal_guess (texts, G_N_ELEMENTS (texts), &ambiguous);
  check_money (text, "RUB");
  check_money (text, NULL);
  check_money (text, "KWD");
  return 0;
}
