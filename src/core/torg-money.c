/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "torg-core"

#include "config.h"

#include "torg-money.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "torg-error.h"

#define NBSP "\302\240"

/* ISO 4217, active codes of money proper. Digits of the minor unit follow where they are not 2. */
static const char codes[] =
  "AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BHD3BIF0BMD BND BOB BRL BSD BTN BWP BYN "
  "BZD CAD CDF CHF CLP0CNY COP CRC CUP CVE CZK DJF0DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL "
  "GHS GIP GMD GNF0GTQ GYD HKD HNL HTG HUF IDR ILS INR IQD3IRR ISK0JMD JOD3JPY0KES KGS KHR KMF0"
  "KPW KRW0KWD3KYD KZT LAK LBP LKR LRD LSL LYD3MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN "
  "MYR MZN NAD NGN NIO NOK NPR NZD OMR3PAB PEN PGK PHP PKR PLN PYG0QAR RON RSD RUB RWF0SAR SBD "
  "SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TND3TOP TRY TTD TWD TZS UAH "
  "UGX0USD UYU UZS VED VES VND0VUV0WST XAF0XCD XOF0XPF0YER ZAR ZMW ZWG ";

typedef struct
{
  const char *word; /* lower case */
  const char *currency;
} Word;

/* Longer spellings first, where one begins with another. */
static const Word words[] = {
  { "белорусских рублей", "BYN" },
  { "бел. руб.", "BYN" },
  { "бел.руб.", "BYN" },
  { "российских рублей", "RUB" },
  { "рос. руб.", "RUB" },
  { "рублей", "RUB" },
  { "рубля", "RUB" },
  { "рубль", "RUB" },
  { "руб.", "RUB" },
  { "руб", "RUB" },
  { "р.", "RUB" },
  { "р", "RUB" },
  { "\342\202\275", "RUB" },
  { "rur", "RUB" },
  { "rub", "RUB" },
  { "долларов сша", "USD" },
  { "долларов", "USD" },
  { "доллара", "USD" },
  { "доллар", "USD" },
  { "долл.", "USD" },
  { "долл", "USD" },
  { "us$", "USD" },
  { "usd$", "USD" },
  { "c$", "CAD" },
  { "ca$", "CAD" },
  { "a$", "AUD" },
  { "hk$", "HKD" },
  { "r$", "BRL" },
  { "$", "USD" },
  { "евро", "EUR" },
  { "euros", "EUR" },
  { "euro", "EUR" },
  { "\342\202\254", "EUR" },
  { "\302\243", "GBP" },
  { "cn\302\245", "CNY" },
  { "rmb", "CNY" },
  { "юаней", "CNY" },
  { "юаня", "CNY" },
  { "юань", "CNY" },
  { "元", "CNY" },
  { "\302\245", "JPY" },
  { "円", "JPY" },
  { "тенге", "KZT" },
  { "тг.", "KZT" },
  { "тг", "KZT" },
  { "\342\202\270", "KZT" },
  { "гривен", "UAH" },
  { "грн.", "UAH" },
  { "грн", "UAH" },
  { "\342\202\264", "UAH" },
  { "\326\217", "AMD" },
  { "драмов", "AMD" },
  { "драм", "AMD" },
  { "\342\202\276", "GEL" },
  { "лари", "GEL" },
  { "\342\202\274", "AZN" },
  { "манат", "AZN" },
  { "\342\202\272", "TRY" },
  { "лир", "TRY" },
  { "\342\202\271", "INR" },
  { "\342\202\251", "KRW" },
  { "\342\202\252", "ILS" },
  { "zł", "PLN" },
  { "kč", "CZK" },
  { "сумов", "UZS" },
  { "сум", "UZS" },
  { "сомов", "KGS" },
  { "сом", "KGS" },
  { "сомони", "TJS" },
  { "br", "BYN" },
  { "chf", "CHF" },
  { "fr.", "CHF" },
};

typedef struct
{
  const char *currency;
  const char *symbol;
} Symbol;

static const Symbol symbols[] = {
  { "AMD", "\326\217" },
  { "AZN", "\342\202\274" },
  { "BYN", "Br" },
  { "CNY", "CN\302\245" },
  { "EUR", "\342\202\254" },
  { "GBP", "\302\243" },
  { "GEL", "\342\202\276" },
  { "ILS", "\342\202\252" },
  { "INR", "\342\202\271" },
  { "JPY", "\302\245" },
  { "KRW", "\342\202\251" },
  { "KZT", "\342\202\270" },
  { "PLN", "zł" },
  { "RUB", "\342\202\275" },
  { "TRY", "\342\202\272" },
  { "UAH", "\342\202\264" },
  { "USD", "$" },
};

static const char *const minor_words[] = { "копейка", "копейки", "копеек", "коп.", "коп", "cents", "к." };

static const char *
find_code (const char *currency)
{
  if (currency == NULL || strlen (currency) != 3)
    return NULL;
  for (const char *p = codes; *p != '\0'; p += 4)
    if (memcmp (p, currency, 3) == 0)
      return p;
  return NULL;
}

/**
 * torg_currency_is_valid:
 * @currency: (nullable): text
 *
 * Tells whether a text is a code of ISO 4217, in upper case.
 *
 * Returns: whether it is
 */
gboolean
torg_currency_is_valid (const char *currency)
{
  return find_code (currency) != NULL;
}

/**
 * torg_currency_get_digits:
 * @currency: (nullable): a code of ISO 4217
 *
 * Tells how many decimal digits the minor unit of a currency has: 2 for most, 0 for JPY, 3 for KWD.
 *
 * Returns: 0 to 3; 2 for unknown codes
 */
guint
torg_currency_get_digits (const char *currency)
{
  const char *code = find_code (currency);

  return code == NULL || code[3] == ' ' ? 2 : (guint) (code[3] - '0');
}

/**
 * torg_currency_get_symbol:
 * @currency: a code of ISO 4217
 *
 * Tells the sign of a currency.
 *
 * Returns: (transfer none): its sign, or the code itself
 */
const char *
torg_currency_get_symbol (const char *currency)
{
  for (gsize i = 0; i < G_N_ELEMENTS (symbols); i++)
    if (strcmp (symbols[i].currency, currency) == 0)
      return symbols[i].symbol;
  return currency;
}

static char *
normalise_spaces (const char *text)
{
  g_autofree char *lower = g_utf8_strdown (text, -1);
  GString         *out = g_string_new (NULL);

  for (const char *p = lower; *p != '\0'; p = g_utf8_next_char (p))
    {
      gunichar c = g_utf8_get_char (p);

      if (g_unichar_isspace (c) || c == 0xa0 || c == 0x202f || c == 0x2007 || c == 0x2009 || c == 0x200a)
        g_string_append_c (out, ' ');
      else
        g_string_append_unichar (out, c);
    }
  g_strstrip (out->str);
  out->len = strlen (out->str);
  return g_string_free_and_steal (out);
}

static gboolean
letter_before (const char *start, const char *p)
{
  const char *previous = p > start ? g_utf8_find_prev_char (start, p) : NULL;

  return previous != NULL && g_unichar_isalpha (g_utf8_get_char (previous));
}

static gboolean
letter_at (const char *p)
{
  return *p != '\0' && g_unichar_isalpha (g_utf8_get_char (p));
}

/* Cuts @word off the end of @text in place, where it stands alone. */
static gboolean
cut_end (char *text, const char *word)
{
  gsize length = strlen (text), n = strlen (word);
  char *p = text + length - n;

  if (length < n || strcmp (p, word) != 0)
    return FALSE;
  if (letter_at (p) && letter_before (text, p))
    return FALSE;
  *p = '\0';
  g_strchomp (text);
  return TRUE;
}

/* Cuts @word off the start of @text in place, keeping a sign before it. */
static gboolean
cut_start (char *text, const char *word)
{
  char *p = text + strspn (text, "-+( ");
  gsize n = strlen (word);

  if (g_str_has_prefix (p, "\342\210\222"))
    p += 3;
  if (strncmp (p, word, n) != 0)
    return FALSE;
  const char *last = g_utf8_find_prev_char (p, p + n);
  if (last != NULL && g_unichar_isalpha (g_utf8_get_char (last)) && letter_at (p + n))
    return FALSE;
  memmove (p, p + n, strlen (p + n) + 1);
  g_strstrip (text);
  return TRUE;
}

static gboolean
cut_either (char *text, const char *word, gboolean end_only)
{
  return cut_end (text, word) || (!end_only && cut_start (text, word));
}

/* Cuts a currency's sign, word or code off an end of @text; only three letters of the result count. */
static const char *
take_currency (char *text, const char *fallback, gboolean end_only)
{
  gboolean may_be_code = strpbrk (text, "abcdefghijklmnopqrstuvwxyz") != NULL;

  for (const char *p = codes; may_be_code && *p != '\0'; p += 4)
    {
      char code[4] = { g_ascii_tolower (p[0]), g_ascii_tolower (p[1]), g_ascii_tolower (p[2]), '\0' };

      if ((p[0] == g_ascii_toupper (text[strspn (text, "-+( ")]) || g_str_has_suffix (text, code) ||
           g_str_has_prefix (text, "\342\210\222")) &&
          cut_either (text, code, end_only))
        return p;
    }
  for (gsize i = 0; i < G_N_ELEMENTS (words); i++)
    if (cut_either (text, words[i].word, end_only))
      {
        /* Where the yuan or the Belarusian rouble is the default its sign means that one. */
        if (strcmp (words[i].word, "\302\245") == 0 && g_strcmp0 (fallback, "CNY") == 0)
          return "CNY";
        if (words[i].currency[0] == 'R' && words[i].currency[1] == 'U' && g_strcmp0 (fallback, "BYN") == 0 &&
            words[i].word[0] != 'r')
          return "BYN";
        return words[i].currency;
      }
  return NULL;
}

/* Cuts «50 коп.» off the end of @text: the number of minor units, or -1. */
static int
take_minor (char *text)
{
  for (gsize i = 0; i < G_N_ELEMENTS (minor_words); i++)
    {
      g_autofree char *copy = g_strdup (text);
      gsize            n;

      if (!cut_end (copy, minor_words[i]))
        continue;
      n = strlen (copy);
      while (n > 0 && g_ascii_isdigit (copy[n - 1]))
        n--;
      gsize digits = strlen (copy) - n;
      if (digits == 0 || digits > 2)
        return -1;
      int minor = (int) g_ascii_strtoll (copy + n, NULL, 10);
      text[n] = '\0';
      g_strchomp (text);
      return minor;
    }
  return -1;
}

/**
 * torg_money_parse:
 * @text: an amount as people type or export it
 * @default_currency: (nullable): the currency of amounts that name none
 * @decimal: the decimal sign of the column it comes from
 * @value: (out): a %TORG_VALUE_MONEY
 *
 * Reads an amount with or without its currency: `1 234,50 ₽`, «1234 руб. 50 коп.», `$1,200.00`, `EUR 12`, «12 млн ₽».
 *
 * The result is exact; what is finer than the currency's minor unit is rounded half away from zero.
 *
 * Returns: whether it was an amount; otherwise %TORG_ERROR_INVALID or %TORG_ERROR_LIMIT
 */
gboolean
torg_money_parse (const char *text, const char *default_currency, TorgDecimal decimal, TorgValue *value, GError **error)
{
  g_autofree char *rest = NULL;
  const char      *currency;
  gint64           minor;
  int              part;
  guint            digits;

  g_return_val_if_fail (text != NULL && value != NULL, FALSE);

  *value = (TorgValue) TORG_VALUE_INIT;
  if (!g_utf8_validate (text, -1, NULL) || strlen (text) > 200)
    {
      g_set_error_literal (error, TORG_ERROR, TORG_ERROR_INVALID,
                           _ ("This is not an amount of money. Write it like 1234.50 ₽."));
      return FALSE;
    }

  rest = normalise_spaces (text);
  part = take_minor (rest);
  currency = take_currency (rest, default_currency, part >= 0);
  if (currency == NULL)
    currency = default_currency;
  if (currency == NULL || strlen (currency) < 3)
    {
      g_set_error (error, TORG_ERROR, TORG_ERROR_INVALID,
                   _ ("“%.40s” names no currency. Add one, such as ₽ or EUR, or choose the column's currency."), text);
      return FALSE;
    }

  char code[4] = { currency[0], currency[1], currency[2], '\0' };
  digits = torg_currency_get_digits (code);
  if (part >= 0 && *rest == '\0')
    minor = part;
  else
    {
      g_autoptr (GError) local = NULL;

      if (strspn (rest, "0123456789.,' ()+-eE%\342\200\231\210\222") != strlen (rest) && strpbrk (rest, "%eE") != NULL)
        g_set_error_literal (&local, TORG_ERROR, TORG_ERROR_INVALID, "");
      else if (!torg_decimal_parse (rest, decimal, digits, &minor, &local))
        ;
      else if (part >= 0 && (digits != 2 || minor % 100 != 0 || !g_ascii_isdigit (rest[strlen (rest) - 1])))
        g_set_error_literal (&local, TORG_ERROR, TORG_ERROR_INVALID, "");
      else if (part > 0 && (minor < G_MININT64 + part || minor > G_MAXINT64 - part))
        g_set_error (&local, TORG_ERROR, TORG_ERROR_LIMIT, _ ("“%.40s” is too large a number."), text);

      if (g_error_matches (local, TORG_ERROR, TORG_ERROR_LIMIT))
        {
          g_propagate_error (error, g_steal_pointer (&local));
          return FALSE;
        }
      if (local != NULL || strchr (rest, '%') != NULL)
        {
          g_set_error (error, TORG_ERROR, TORG_ERROR_INVALID,
                       _ ("“%.40s” is not an amount of money. Write it like 1234.50 ₽."), text);
          return FALSE;
        }
      if (part > 0)
        minor += minor < 0 || *rest == '-' ? -part : part;
    }

  *value = torg_value_money (minor, code);
  return torg_money_check (value, TORG_MONEY_MAX, error);
}

/**
 * torg_money_check:
 * @value: a %TORG_VALUE_MONEY
 * @max: the largest amount in minor units, %TORG_MONEY_MAX or %TORG_MONEY_MAX_SUMMED
 * @error: place for a %TORG_ERROR_LIMIT
 *
 * Tells whether an amount is one that can be counted with.
 *
 * Returns: whether it is
 */
gboolean
torg_money_check (const TorgValue *value, gint64 max, GError **error)
{
  g_autofree char *most = NULL;

  if (value->number >= -max && value->number <= max)
    return TRUE;
  most = torg_money_format (max, value->currency, TORG_NUMBER_STYLE_LOCALE);
  g_set_error (error, TORG_ERROR, TORG_ERROR_LIMIT, _ ("This amount is too large: %s is the most."), most);
  return FALSE;
}

static char *
with_symbol (char *amount, const char *currency, TorgNumberStyle style)
{
  const char      *symbol = torg_currency_get_symbol (currency);
  g_autofree char *owned = amount;

  if (torg_number_style_resolve (style) == TORG_NUMBER_STYLE_ENGLISH && symbol != currency &&
      (strcmp (currency, "USD") == 0 || strcmp (currency, "EUR") == 0 || strcmp (currency, "GBP") == 0 ||
       strcmp (currency, "JPY") == 0 || strcmp (currency, "CNY") == 0))
    {
      gboolean negative = g_str_has_prefix (owned, "\342\210\222");

      return g_strconcat (negative ? "\342\210\222" : "", symbol, owned + (negative ? 3 : 0), NULL);
    }
  return g_strconcat (owned, NBSP, symbol, NULL);
}

/**
 * torg_money_format:
 * @minor: the amount in minor units
 * @currency: its currency
 * @style: how to show it
 *
 * Writes an amount for people: `1 234,50 ₽`. Whole amounts are shown without zeros: `1 234 ₽`.
 *
 * Returns: (transfer full): text
 */
char *
torg_money_format (gint64 minor, const char *currency, TorgNumberStyle style)
{
  guint            digits = torg_currency_get_digits (currency);
  gint64           one = digits == 0 ? 1 : digits == 2 ? 100 : 1000;
  g_autofree char *amount = torg_decimal_format (minor / one, 0, 0, style);

  if (minor % one == 0)
    return with_symbol (g_steal_pointer (&amount), currency, style);
  return with_symbol (torg_decimal_format (minor, digits, digits, style), currency, style);
}

/**
 * torg_money_format_compact:
 * @minor: the amount in minor units
 * @currency: its currency
 * @style: how to show it
 *
 * Writes an amount shortly, as on the board: «12,4 млн ₽».
 *
 * Returns: (transfer full): text
 */
char *
torg_money_format_compact (gint64 minor, const char *currency, TorgNumberStyle style)
{
  return with_symbol (torg_decimal_format_compact (minor, torg_currency_get_digits (currency), style), currency, style);
}

/**
 * torg_money_to_plain:
 * @minor: the amount in minor units
 * @currency: its currency
 *
 * Writes an amount for machines, without its currency: `1234.5`.
 *
 * Returns: (transfer full): text
 */
char *
torg_money_to_plain (gint64 minor, const char *currency)
{
  return torg_decimal_to_plain (minor, torg_currency_get_digits (currency));
}
