/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "torg-core"

#include "config.h"

#include "torg-number.h"

#include <glib/gi18n-lib.h>
#include <langinfo.h>
#include <string.h>

#include "torg-error.h"
#include "torg-value.h"

/* Longer mantissas are refused: no column of a CRM holds them, and an identifier is not a number. */
#define MAX_DIGITS 40
/* Beyond this power of ten nothing fits into 64 bits, or everything rounds to zero. */
#define MAX_EXPONENT 60

#define NBSP "\302\240"
#define MINUS "\342\210\222"

/* A text taken apart: the digits before and after the decimal sign, without any separator. */
typedef struct
{
  gboolean negative;
  char     digits[MAX_DIGITS];
  guint    n_digits;
  guint    n_fraction;
  int      exponent; /* of ten */
} Scan;

typedef struct
{
  const char *word; /* lower case */
  int         exponent;
} Suffix;

/* The longest spelling of each comes before what it begins with. */
static const Suffix suffixes[] = {
  { "тысячи", 3 },    { "тысяч", 3 },    { "тысяча", 3 },  { "тыс.", 3 }, { "тыс", 3 },    { "т.", 3 },
  { "миллионов", 6 }, { "миллиона", 6 }, { "миллион", 6 }, { "млн.", 6 }, { "млн", 6 },    { "миллиардов", 9 },
  { "миллиарда", 9 }, { "миллиард", 9 }, { "млрд.", 9 },   { "млрд", 9 }, { "трлн.", 12 }, { "трлн", 12 },
  { "thousand", 3 },  { "million", 6 },  { "billion", 9 }, { "mln", 6 },  { "bn", 9 },     { "k", 3 },
  { "к", 3 },         { "m", 6 },        { "м", 6 },       { "b", 9 },
};

static gboolean
is_minus (gunichar c)
{
  return c == '-' || c == 0x2212 || c == 0x2013 || c == 0xfe63 || c == 0xff0d;
}

static gboolean
is_space (gunichar c)
{
  return g_unichar_isspace (c) || c == 0xa0 || c == 0x202f || c == 0x2007 || c == 0x2009 || c == 0x200a;
}

static gboolean
is_apostrophe (gunichar c)
{
  return c == '\'' || c == 0x2019;
}

static gunichar
last_char (const char *start, const char *end)
{
  const char *p = g_utf8_find_prev_char (start, end);

  return p != NULL ? g_utf8_get_char (p) : 0;
}

static void
trim (const char **start, const char **end)
{
  while (*start < *end && is_space (g_utf8_get_char (*start)))
    *start = g_utf8_next_char (*start);
  while (*start < *end && is_space (last_char (*start, *end)))
    *end = g_utf8_find_prev_char (*start, *end);
}

/* Cuts a multiplier off the end; @end moves before it. */
static int
take_suffix (const char *start, const char **end)
{
  g_autofree char *lower = g_utf8_strdown (start, *end - start);
  gsize            length = strlen (lower);

  /* Lower case may differ in length for exotic letters only, and then no suffix below matches its bytes. */
  if (length != (gsize) (*end - start))
    return 0;
  for (gsize i = 0; i < G_N_ELEMENTS (suffixes); i++)
    {
      gsize n = strlen (suffixes[i].word);

      if (length <= n || memcmp (lower + length - n, suffixes[i].word, n) != 0)
        continue;
      const char *before = *end - n;
      const char *p = start;
      trim (&p, &before);
      if (before > p && (g_ascii_isdigit (before[-1]) || before[-1] == '.'))
        {
          *end = before;
          return suffixes[i].exponent;
        }
      return 0;
    }
  return 0;
}

/* Cuts `e+05` off the end. */
static int
take_exponent (const char *start, const char **end)
{
  const char *p = *end;
  int         value = 0, scale = 1;
  gboolean    negative = FALSE;

  while (p > start && g_ascii_isdigit (p[-1]))
    {
      p--;
      if (scale <= 1000)
        value += (*p - '0') * scale;
      scale = MIN (scale * 10, 10000);
    }
  if (p == *end)
    return 0;
  if (p > start && (p[-1] == '+' || p[-1] == '-'))
    {
      p--;
      negative = *p == '-';
    }
  if (p == start || (p[-1] != 'e' && p[-1] != 'E') || p - 1 == start || !g_ascii_isdigit (p[-2]))
    return 0;
  *end = p - 1;
  value = MIN (value, 2 * MAX_EXPONENT);
  return negative ? -value : value;
}

/* Whether the separators @sep between @start and @end make groups of three. */
static gboolean
groups_are_right (const char *start, const char *end, gunichar sep)
{
  guint    run = 0;
  gboolean first = TRUE;

  for (const char *p = start; p < end; p = g_utf8_next_char (p))
    {
      gunichar c = g_utf8_get_char (p);

      if (g_unichar_isdigit (c))
        {
          run++;
          continue;
        }
      if (sep != 0 && c != sep)
        return FALSE;
      if (first ? run == 0 || run > 3 : run != 3)
        return FALSE;
      first = FALSE;
      run = 0;
    }
  return first || run == 3;
}

/* Finds the decimal sign. Returns FALSE when the separators make no number; @ambiguous when AUTO could only guess. */
static gboolean
find_decimal (const char *start, const char *end, TorgDecimal decimal, const char **sign, gboolean *ambiguous)
{
  const char *last_comma = NULL, *last_point = NULL;
  guint       commas = 0, points = 0, spaces = 0;
  gunichar    space = 0;

  *sign = NULL;
  *ambiguous = FALSE;
  for (const char *p = start; p < end; p = g_utf8_next_char (p))
    {
      gunichar c = g_utf8_get_char (p);

      if (c == ',')
        {
          commas++;
          last_comma = p;
        }
      else if (c == '.')
        {
          points++;
          last_point = p;
        }
      else if (is_space (c) || is_apostrophe (c))
        {
          spaces++;
          space = c;
        }
      else if (!(c >= '0' && c <= '9'))
        return FALSE;
    }

  if (decimal == TORG_DECIMAL_COMMA && commas == 1)
    *sign = last_comma;
  else if (decimal == TORG_DECIMAL_POINT && points == 1)
    *sign = last_point;
  else if (commas > 0 && points > 0)
    {
      *sign = last_comma > last_point ? last_comma : last_point;
      if ((*sign == last_comma ? commas : points) != 1)
        return FALSE;
    }
  else if (commas + points == 1)
    {
      const char *only = commas == 1 ? last_comma : last_point;
      gsize       before = only - start, after = end - only - 1;
      gboolean    like_group = after == 3 && before >= 1 && before <= 3 && start[0] != '0' && spaces == 0;

      /* With a hint for the other sign this one groups, if it can; otherwise it is what it looks like. */
      if (!like_group || decimal == TORG_DECIMAL_AUTO)
        *sign = only;
      *ambiguous = like_group && decimal == TORG_DECIMAL_AUTO;
    }

  const char *whole_end = *sign != NULL ? *sign : end;
  if (*sign != NULL)
    for (const char *p = *sign + 1; p < end; p++)
      if (!g_ascii_isdigit (*p))
        return FALSE;
  if (whole_end == start)
    return *sign != NULL && end - *sign > 1;

  gunichar group = spaces > 0 ? space : commas > (guint) (*sign == last_comma && *sign != NULL) ? ',' : '.';
  /* Spaces of several kinds mix in texts that went through a word processor. */
  if (spaces > 0 && commas + points == (*sign != NULL ? 1u : 0u))
    group = 0;
  return groups_are_right (start, whole_end, group);
}

static gboolean
scan_text (const char *text, TorgDecimal decimal, Scan *scan, gboolean *ambiguous)
{
  const char *start = text, *end = text + strlen (text), *sign;
  gboolean    leading = FALSE;

  memset (scan, 0, sizeof *scan);
  *ambiguous = FALSE;
  if (!g_utf8_validate (text, -1, NULL))
    return FALSE;
  trim (&start, &end);

  if (end - start >= 2 && *start == '(' && end[-1] == ')')
    {
      scan->negative = leading = TRUE;
      start++;
      end--;
      trim (&start, &end);
    }
  if (start < end && !leading)
    {
      gunichar first = g_utf8_get_char (start), last = last_char (start, end);

      if (is_minus (first) || first == '+')
        {
          scan->negative = first != '+';
          leading = TRUE;
          start = g_utf8_next_char (start);
        }
      else if (is_minus (last))
        {
          scan->negative = leading = TRUE;
          end = g_utf8_find_prev_char (start, end);
        }
      trim (&start, &end);
    }
  if (start < end && end[-1] == '%')
    {
      end--;
      trim (&start, &end);
    }
  else
    {
      scan->exponent = take_suffix (start, &end);
      if (scan->exponent == 0)
        scan->exponent = take_exponent (start, &end);
    }
  if (start >= end || !find_decimal (start, end, decimal, &sign, ambiguous))
    return FALSE;

  for (const char *p = start; p < end; p++)
    {
      if (!g_ascii_isdigit (*p))
        continue;
      if (scan->n_digits == 0 && *p == '0' && (sign == NULL || p < sign))
        continue;
      if (scan->n_digits == MAX_DIGITS)
        {
          /* The tail of a long fraction is far below what is kept. */
          if (sign != NULL && p > sign)
            break;
          return FALSE;
        }
      scan->digits[scan->n_digits++] = *p - '0';
      if (sign != NULL && p > sign)
        scan->n_fraction++;
    }
  return TRUE;
}

/**
 * torg_decimal_parse:
 * @text: a number as people type or export it
 * @decimal: the decimal sign of the column it comes from
 * @digits: how many digits after the decimal sign @number counts, at most 18
 * @number: (out): an integer of 1/10^@digits
 *
 * Reads a decimal exactly; what is finer than @digits is rounded half away from zero.
 *
 * Understood are groups by spaces of all kinds, apostrophes, commas or points; a minus in front or behind and
 * accounting parentheses; «тыс.», «млн», «млрд», k, m; `1.5E+05`; and a per cent sign, which is dropped: 12% is 12.
 * A single sign before exactly three digits with %TORG_DECIMAL_AUTO is taken for the decimal sign.
 *
 * Returns: whether it was a number; otherwise %TORG_ERROR_INVALID or %TORG_ERROR_LIMIT
 */
gboolean
torg_decimal_parse (const char *text, TorgDecimal decimal, guint digits, gint64 *number, GError **error)
{
  Scan     scan;
  gboolean ambiguous;
  guint64  value = 0;
  int      shift, keep;
  gboolean fits = TRUE;

  g_return_val_if_fail (text != NULL && number != NULL && digits <= 18, FALSE);

  if (!scan_text (text, decimal, &scan, &ambiguous))
    {
      g_set_error (error, TORG_ERROR, TORG_ERROR_INVALID, _ ("“%.40s” is not a number. Write it like 1234.50."),
                   g_utf8_validate (text, -1, NULL) ? text : "?");
      return FALSE;
    }

  /* The value is 0.d1d2d3… × 10^keep with the first @keep digits whole. */
  shift = (int) digits - (int) scan.n_fraction + scan.exponent;
  keep = (int) scan.n_digits + shift;
  for (int i = 0; i < keep && fits; i++)
    {
      guint64 digit = i < (int) scan.n_digits ? (guint64) scan.digits[i] : 0;

      fits = g_uint64_checked_mul (&value, value, 10) && g_uint64_checked_add (&value, value, digit);
      if (value == 0 && i >= (int) scan.n_digits)
        break;
    }
  if (fits && keep >= 0 && keep < (int) scan.n_digits && scan.digits[keep] >= 5)
    fits = g_uint64_checked_add (&value, value, 1);
  if (!fits || value > G_MAXINT64)
    {
      g_set_error (error, TORG_ERROR, TORG_ERROR_LIMIT, _ ("“%.40s” is too large a number."), text);
      return FALSE;
    }
  *number = scan.negative ? -(gint64) value : (gint64) value;
  return TRUE;
}

/**
 * torg_number_parse:
 * @text: a number as people type or export it
 * @decimal: the decimal sign of the column it comes from
 * @number: (out): an integer of 1/10,000
 *
 * Reads the value of a number field; see [func@decimal_parse].
 *
 * Returns: whether it was a number
 */
gboolean
torg_number_parse (const char *text, TorgDecimal decimal, gint64 *number, GError **error)
{
  return torg_decimal_parse (text, decimal, 4, number, error);
}

/**
 * torg_decimal_guess:
 * @texts: (array length=n_texts): cells of one column; empty ones and other texts do not count
 * @n_texts: how many
 * @ambiguous: (out) (optional): whether the texts allow both readings, or contradict each other
 *
 * Decides which decimal sign a column uses.
 *
 * A sign behind one of another kind, or before one, two, four or more digits, is evidence; one before exactly three
 * digits is none, but groups that repeat are.
 *
 * Returns: the sign with more evidence, or %TORG_DECIMAL_AUTO without any
 */
TorgDecimal
torg_decimal_guess (const char *const *texts, gsize n_texts, gboolean *ambiguous)
{
  gsize comma = 0, point = 0, unsure = 0;

  for (gsize i = 0; i < n_texts; i++)
    {
      const char *text = texts[i];
      Scan        scan;
      gboolean    guess;

      if (text == NULL || strpbrk (text, ",.") == NULL || !scan_text (text, TORG_DECIMAL_AUTO, &scan, &guess))
        continue;
      if (guess)
        {
          unsure++;
          continue;
        }
      const char *c = strrchr (text, ','), *p = strrchr (text, '.');
      /* A point of «тыс.» is no sign of the number. */
      if (p != NULL && !(p > text && g_ascii_isdigit (p[-1])) && !g_ascii_isdigit (p[1]))
        p = NULL;
      if (scan.n_fraction > 0)
        *(c != NULL && (p == NULL || c > p) ? &comma : &point) += 1;
      else if (c != NULL && p == NULL)
        point++;
      else if (p != NULL && c == NULL)
        comma++;
    }

  if (ambiguous != NULL)
    *ambiguous = (comma > 0 && point > 0) || (comma + point == 0 && unsure > 0);
  if (comma == 0 && point == 0)
    return TORG_DECIMAL_AUTO;
  return comma >= point ? TORG_DECIMAL_COMMA : TORG_DECIMAL_POINT;
}

/**
 * torg_number_style_resolve:
 * @style: a style
 *
 * Replaces %TORG_NUMBER_STYLE_LOCALE by the style of the process's locale.
 *
 * Returns: the Russian or the English style
 */
TorgNumberStyle
torg_number_style_resolve (TorgNumberStyle style)
{
  if (style != TORG_NUMBER_STYLE_LOCALE)
    return style;
  return g_strcmp0 (nl_langinfo (RADIXCHAR), ",") == 0 ? TORG_NUMBER_STYLE_RUSSIAN : TORG_NUMBER_STYLE_ENGLISH;
}

static guint64
magnitude (gint64 number)
{
  return number < 0 ? -(guint64) number : (guint64) number;
}

static char *
format_parts (gboolean    negative,
              guint64     value,
              guint       digits,
              guint       min_digits,
              const char *minus,
              const char *group,
              char        point)
{
  GString *out = g_string_new (negative ? minus : NULL);
  char     buffer[48];
  gsize    n, whole;

  n = (gsize) g_snprintf (buffer, sizeof buffer, "%0*" G_GUINT64_FORMAT, (int) digits + 1, value);
  whole = n - digits;
  for (gsize i = 0; i < whole; i++)
    {
      if (i > 0 && (whole - i) % 3 == 0)
        g_string_append (out, group);
      g_string_append_c (out, buffer[i]);
    }
  while (digits > min_digits && buffer[n - 1] == '0')
    {
      n--;
      digits--;
    }
  if (digits > 0)
    {
      g_string_append_c (out, point);
      g_string_append_len (out, buffer + whole, (gssize) digits);
    }
  return g_string_free_and_steal (out);
}

/**
 * torg_decimal_format:
 * @number: an integer of 1/10^@digits
 * @digits: how many digits after the decimal sign it counts, at most 18
 * @min_digits: how many of them to show even when they are zero
 * @style: how to show it
 *
 * Writes a decimal for people.
 *
 * Returns: (transfer full): text
 */
char *
torg_decimal_format (gint64 number, guint digits, guint min_digits, TorgNumberStyle style)
{
  gboolean russian = torg_number_style_resolve (style) == TORG_NUMBER_STYLE_RUSSIAN;

  g_return_val_if_fail (digits <= 18 && min_digits <= digits, NULL);

  return format_parts (number < 0, magnitude (number), digits, min_digits, MINUS, russian ? NBSP : ",",
                       russian ? ',' : '.');
}

/**
 * torg_decimal_to_plain:
 * @number: an integer of 1/10^@digits
 * @digits: how many digits after the decimal sign it counts, at most 18
 *
 * Writes a decimal for machines: a hyphen, no groups, a point, no trailing zeros.
 *
 * Returns: (transfer full): text
 */
char *
torg_decimal_to_plain (gint64 number, guint digits)
{
  g_return_val_if_fail (digits <= 18, NULL);

  return format_parts (number < 0, magnitude (number), digits, 0, "-", "", '.');
}

/**
 * torg_number_format:
 * @number: an integer of 1/10,000
 * @style: how to show it
 *
 * Writes the value of a number field for people, without trailing zeros.
 *
 * Returns: (transfer full): text
 */
char *
torg_number_format (gint64 number, TorgNumberStyle style)
{
  return torg_decimal_format (number, 4, 0, style);
}

/**
 * torg_decimal_format_compact:
 * @number: an integer of 1/10^@digits
 * @digits: how many digits after the decimal sign it counts, at most 18
 * @style: how to show it
 *
 * Writes a decimal as shortly as a board's column head needs: «12,4 млн», "12.4M".
 *
 * From a thousand on one digit after the decimal sign is kept, below 100 of the unit; smaller numbers are rounded to
 * whole ones.
 *
 * Returns: (transfer full): text
 */
char *
torg_decimal_format_compact (gint64 number, guint digits, TorgNumberStyle style)
{
  static const char *const russian[] = { "тыс.", "млн", "млрд", "трлн", "квдрлн", "квнтлн" };
  static const char *const english[] = { "K", "M", "B", "T", "Q", "Qn" };
  gboolean                 in_russian = torg_number_style_resolve (style) == TORG_NUMBER_STYLE_RUSSIAN;
  guint64                  value = magnitude (number), one = 1, unit, tenths;
  int                      power = -1;
  g_autofree char         *head = NULL;

  g_return_val_if_fail (digits <= 18, NULL);

  for (guint i = 0; i < digits; i++)
    one *= 10;
  unit = one;
  while (value / unit >= 1000 && unit <= G_MAXUINT64 / 1000)
    {
      unit *= 1000;
      power++;
    }
  if (power < 0)
    {
      guint64 whole = value / one + (value % one >= one - one / 2 ? 1 : 0);

      if (whole < 1000)
        return format_parts (number < 0 && whole > 0, whole, 0, 0, MINUS, "", '.');
      unit *= 1000;
      power = 0;
    }

  tenths = value / (unit / 10) + (value % (unit / 10) >= unit / 20 ? 1 : 0);
  if (tenths >= 10000 && power + 1 < (int) G_N_ELEMENTS (russian))
    {
      tenths = 10;
      power++;
    }
  else if (tenths >= 1000)
    {
      tenths = (tenths + 5) / 10 * 10;
      if (tenths >= 10000)
        {
          tenths = 10;
          power++;
        }
    }
  head = format_parts (number < 0, tenths, 1, 0, MINUS, "", in_russian ? ',' : '.');
  return in_russian ? g_strconcat (head, NBSP, russian[power], NULL) : g_strconcat (head, english[power], NULL);
}

/**
 * torg_number_format_value:
 * @number: an integer of 1/10,000
 * @style: how to write it
 *
 * Writes the number of a field. Unlike [func@number_format] it does not split whole numbers of four digits: many of
 * them are years.
 *
 * Returns: (transfer full): text
 */
char *
torg_number_format_value (gint64 number, TorgNumberStyle style)
{
  gint64 whole = number / TORG_NUMBER_SCALE;

  if (number % TORG_NUMBER_SCALE == 0 && whole >= 1000 && whole <= 9999)
    return g_strdup_printf ("%" G_GINT64_FORMAT, whole);
  return torg_number_format (number, style);
}

/**
 * torg_number_format_compact:
 * @number: an integer of 1/10,000
 * @style: how to show it
 *
 * Writes the value of a number field shortly; see [func@decimal_format_compact].
 *
 * Returns: (transfer full): text
 */
char *
torg_number_format_compact (gint64 number, TorgNumberStyle style)
{
  return torg_decimal_format_compact (number, 4, style);
}
