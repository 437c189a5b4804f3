/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "torg-core"

#include "config.h"

#include "torg-date.h"

#include <glib/gi18n-lib.h>
#include <math.h>
#include <string.h>

#include "torg-error.h"

#define DAY_US (G_GINT64_CONSTANT (86400) * G_USEC_PER_SEC)
/* Two digits up to this one are in the 2000s, as in current spreadsheets. */
#define LAST_YEAR_OF_2000S 49

/* Twelve months each: Russian as counted and as named, English. A text may shorten each to three letters or more. */
static const char *const months[][12] = {
  { "января", "февраля", "марта", "апреля", "мая", "июня", "июля", "августа", "сентября", "октября", "ноября",
    "декабря" },
  { "январь", "февраль", "март", "апрель", "май", "июнь", "июль", "август", "сентябрь", "октябрь", "ноябрь",
    "декабрь" },
  { "january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november",
    "december" },
};

static const char *const weekdays[] = {
  "понедельник", "вторник", "среда",     "четверг",  "пятница", "суббота",  "воскресенье",
  "пн",          "вт",      "ср",        "чт",       "пт",      "сб",       "вс",
  "monday",      "tuesday", "wednesday", "thursday", "friday",  "saturday", "sunday",
};

/* What is left to read. */
typedef struct
{
  const char *p;
} Reader;

static void
skip_spaces (Reader *reader)
{
  while (*reader->p != '\0')
    {
      gunichar c = g_utf8_get_char (reader->p);

      if (!g_unichar_isspace (c) && c != 0xa0 && c != 0x202f && c != 0x2009)
        return;
      reader->p = g_utf8_next_char (reader->p);
    }
}

/* Reads digits; returns how many, 0 for none and for more than nine. */
static guint
read_digits (Reader *reader, int *value)
{
  guint n = 0;

  *value = 0;
  while (g_ascii_isdigit (reader->p[n]))
    {
      if (n < 9)
        *value = *value * 10 + (reader->p[n] - '0');
      n++;
    }
  if (n > 9)
    return 0;
  reader->p += n;
  return n;
}

static gboolean
read_char (Reader *reader, char c)
{
  if (*reader->p != c)
    return FALSE;
  reader->p++;
  return TRUE;
}

static char *
read_word (Reader *reader)
{
  const char *start = reader->p;

  while (*reader->p != '\0' && g_unichar_isalpha (g_utf8_get_char (reader->p)))
    reader->p = g_utf8_next_char (reader->p);
  return g_utf8_strdown (start, reader->p - start);
}

static int
find_month (const char *word)
{
  glong letters = g_utf8_strlen (word, -1);

  if (letters < 3)
    return 0;
  for (gsize i = 0; i < G_N_ELEMENTS (months); i++)
    for (int m = 0; m < 12; m++)
      if (g_str_has_prefix (months[i][m], word))
        return m + 1;
  return 0;
}

static gboolean
is_weekday (const char *word)
{
  glong letters = g_utf8_strlen (word, -1);

  for (gsize i = 0; i < G_N_ELEMENTS (weekdays); i++)
    if (letters >= (i < 14 ? 2 : 3) && g_str_has_prefix (weekdays[i], word))
      return TRUE;
  return FALSE;
}

static gboolean
parts_are_valid (const TorgDateParts *parts)
{
  return parts->year >= 1 && parts->year <= 9999 && parts->month >= 1 && parts->month <= 12 && parts->day >= 1 &&
         parts->day <= g_date_get_days_in_month ((GDateMonth) parts->month, (GDateYear) parts->year) &&
         parts->hour <= 23 && parts->minute <= 59 && parts->second <= 59 && ABS (parts->offset) <= 18 * 3600;
}

static int
full_year (int year, guint digits)
{
  if (digits == 4)
    return year;
  return year <= LAST_YEAR_OF_2000S ? 2000 + year : 1900 + year;
}

/* Reads «21 ноября 2026», "November 21, 2026", "21-Nov-26". */
static gboolean
read_date_in_words (Reader *reader, TorgDateParts *parts)
{
  Reader r = *reader;
  guint  digits;
  int    year;

  if (g_ascii_isdigit (*r.p))
    {
      digits = read_digits (&r, &parts->day);
      if (digits == 0 || digits > 2)
        return FALSE;
      if (g_str_has_prefix (r.p, "st") || g_str_has_prefix (r.p, "nd") || g_str_has_prefix (r.p, "rd") ||
          g_str_has_prefix (r.p, "th"))
        r.p += 2;
      skip_spaces (&r);
      if (*r.p == '-' || *r.p == '.' || *r.p == '/')
        r.p++;
      g_autofree char *word = read_word (&r);
      parts->month = find_month (word);
    }
  else
    {
      g_autofree char *word = read_word (&r);

      parts->month = find_month (word);
      read_char (&r, '.');
      skip_spaces (&r);
      digits = read_digits (&r, &parts->day);
      if (digits == 0 || digits > 2)
        return FALSE;
      if (g_str_has_prefix (r.p, "st") || g_str_has_prefix (r.p, "nd") || g_str_has_prefix (r.p, "rd") ||
          g_str_has_prefix (r.p, "th"))
        r.p += 2;
    }
  if (parts->month == 0)
    return FALSE;
  if (*r.p == '-' || *r.p == '.' || *r.p == '/' || *r.p == ',')
    r.p++;
  skip_spaces (&r);
  digits = read_digits (&r, &year);
  if (digits != 2 && digits != 4)
    return FALSE;
  parts->year = full_year (year, digits);
  *reader = r;
  return TRUE;
}

/* Reads three numbers between two equal separators. */
static gboolean
read_numbers (Reader *reader, int values[3], guint digits[3], char *separator)
{
  Reader r = *reader;

  digits[0] = read_digits (&r, &values[0]);
  if (digits[0] == 0)
    return FALSE;
  if (digits[0] == 8)
    {
      int all = values[0];

      values[0] = all / 10000;
      values[1] = all / 100 % 100;
      values[2] = all % 100;
      digits[0] = 4;
      digits[1] = digits[2] = 2;
      *separator = '-';
      *reader = r;
      return TRUE;
    }
  *separator = *r.p;
  if (*r.p != '.' && *r.p != '/' && *r.p != '-')
    return FALSE;
  r.p++;
  skip_spaces (&r);
  digits[1] = read_digits (&r, &values[1]);
  if (digits[1] == 0 || !read_char (&r, *separator))
    return FALSE;
  skip_spaces (&r);
  digits[2] = read_digits (&r, &values[2]);
  if (digits[2] == 0)
    return FALSE;
  *reader = r;
  return digits[0] <= 4 && digits[1] <= 2 && digits[2] <= 4;
}

static gboolean
read_date_in_numbers (Reader *reader, TorgDateOrder order, TorgDateParts *parts)
{
  int   values[3];
  guint digits[3];
  char  separator;

  if (!read_numbers (reader, values, digits, &separator))
    return FALSE;
  if (digits[0] == 4)
    order = TORG_DATE_ORDER_YMD;
  else if (order == TORG_DATE_ORDER_YMD && digits[2] == 4)
    order = TORG_DATE_ORDER_AUTO;
  if (order == TORG_DATE_ORDER_AUTO)
    order = values[1] > 12 && separator != '.' ? TORG_DATE_ORDER_MDY : TORG_DATE_ORDER_DMY;

  int year_at = order == TORG_DATE_ORDER_YMD ? 0 : 2;
  if ((digits[year_at] != 2 && digits[year_at] != 4) || digits[2 - year_at] > 2)
    return FALSE;
  parts->year = full_year (values[year_at], digits[year_at]);
  parts->month = values[order == TORG_DATE_ORDER_MDY ? 0 : 1];
  parts->day = values[order == TORG_DATE_ORDER_MDY ? 1 : order == TORG_DATE_ORDER_DMY ? 0 : 2];
  return TRUE;
}

/* Reads `Z`, `+03:00`, `+0300`, `+03`, `UTC`. */
static gboolean
read_zone (Reader *reader, TorgDateParts *parts)
{
  int   value, minutes = 0, sign;
  guint digits;

  if (g_ascii_strncasecmp (reader->p, "UTC", 3) == 0 || g_ascii_strncasecmp (reader->p, "GMT", 3) == 0)
    {
      reader->p += 3;
      parts->has_zone = TRUE;
      if (*reader->p != '+' && *reader->p != '-')
        return TRUE;
    }
  else if (*reader->p == 'Z' || *reader->p == 'z')
    {
      reader->p++;
      return parts->has_zone = TRUE;
    }
  if (*reader->p != '+' && *reader->p != '-')
    return TRUE;

  sign = *reader->p++ == '-' ? -1 : 1;
  digits = read_digits (reader, &value);
  if (digits == 4)
    {
      minutes = value % 100;
      value /= 100;
    }
  else if (digits != 1 && digits != 2)
    return FALSE;
  else if (read_char (reader, ':') && read_digits (reader, &minutes) != 2)
    return FALSE;
  if (minutes > 59)
    return FALSE;
  parts->has_zone = TRUE;
  parts->offset = sign * (value * 3600 + minutes * 60);
  return TRUE;
}

static gboolean
read_time (Reader *reader, TorgDateParts *parts)
{
  guint digits = read_digits (reader, &parts->hour);

  parts->has_time = TRUE;
  if (digits == 4 || digits == 6)
    {
      parts->second = digits == 6 ? parts->hour % 100 : 0;
      parts->minute = digits == 6 ? parts->hour / 100 % 100 : parts->hour % 100;
      parts->hour /= digits == 6 ? 10000 : 100;
    }
  else if (digits == 1 || digits == 2)
    {
      if (!read_char (reader, ':') || read_digits (reader, &parts->minute) != 2)
        return FALSE;
      if (read_char (reader, ':') && read_digits (reader, &parts->second) != 2)
        return FALSE;
    }
  else
    return FALSE;

  if ((*reader->p == '.' || *reader->p == ',') && g_ascii_isdigit (reader->p[1]))
    {
      int unit = 100000;

      for (reader->p++; g_ascii_isdigit (*reader->p); reader->p++, unit /= 10)
        parts->microsecond += (*reader->p - '0') * unit;
    }
  skip_spaces (reader);
  if ((*reader->p == 'A' || *reader->p == 'a' || *reader->p == 'P' || *reader->p == 'p') &&
      (reader->p[1] == 'M' || reader->p[1] == 'm'))
    {
      gboolean afternoon = *reader->p == 'P' || *reader->p == 'p';

      if (parts->hour < 1 || parts->hour > 12)
        return FALSE;
      parts->hour = parts->hour % 12 + (afternoon ? 12 : 0);
      reader->p += 2;
      skip_spaces (reader);
    }
  /* The end of a day in ISO 8601; the date moves with it below. */
  if (parts->hour == 24)
    return FALSE;
  return read_zone (reader, parts);
}

static gboolean
read_all (const char *text, TorgDateOrder order, TorgDateParts *parts)
{
  Reader reader = { text };
  Reader before;

  skip_spaces (&reader);
  before = reader;
  g_autofree char *day = read_word (&reader);
  if (*day != '\0' && is_weekday (day) && find_month (day) == 0)
    {
      read_char (&reader, '.');
      read_char (&reader, ',');
      skip_spaces (&reader);
    }
  else
    reader = before;

  if (!read_date_in_words (&reader, parts) && !read_date_in_numbers (&reader, order, parts))
    return FALSE;

  skip_spaces (&reader);
  if (g_str_has_prefix (reader.p, "года"))
    reader.p += strlen ("года");
  else if (g_str_has_prefix (reader.p, "г."))
    reader.p += strlen ("г.");
  else if (g_str_has_prefix (reader.p, "г"))
    reader.p += strlen ("г");
  read_char (&reader, ',');
  skip_spaces (&reader);
  if (g_str_has_prefix (reader.p, "в "))
    reader.p += strlen ("в ");
  else if (*reader.p == 'T' || *reader.p == 't')
    reader.p++;
  if (*reader.p != '\0' && !read_time (&reader, parts))
    return FALSE;
  skip_spaces (&reader);
  return *reader.p == '\0';
}

/**
 * torg_date_parse_parts:
 * @text: a date, or a date and a time, as people type or export it
 * @order: the order of the column it comes from
 * @parts: (out): what was read
 * @error: return location
 *
 * Reads a date: `21.11.2026`, `11/21/26 2:30 PM`, ISO 8601 with and without a zone, «21 ноября 2026 г.»,
 * `Sat, 21 Nov 2026 10:00:00 +0300`.
 *
 * Years of two digits up to 49 are in the 2000s.
 *
 * Returns: whether it was one that exists in the calendar; otherwise %TORG_ERROR_INVALID
 */
gboolean
torg_date_parse_parts (const char *text, TorgDateOrder order, TorgDateParts *parts, GError **error)
{
  g_return_val_if_fail (text != NULL && parts != NULL, FALSE);

  memset (parts, 0, sizeof *parts);
  if (!g_utf8_validate (text, -1, NULL) || strlen (text) > 120 || !read_all (text, order, parts))
    {
      g_set_error (error, TORG_ERROR, TORG_ERROR_INVALID, _ ("“%.40s” is not a date. Write it like 2026-11-21."),
                   g_utf8_validate (text, -1, NULL) ? text : "?");
      return FALSE;
    }
  if (!parts_are_valid (parts))
    {
      g_set_error (error, TORG_ERROR, TORG_ERROR_INVALID,
                   _ ("There is no such date as “%.40s”. Check the day, the month and their order."), text);
      return FALSE;
    }
  return TRUE;
}

/**
 * torg_date_parts_to_iso:
 * @parts: a valid date
 *
 * Writes a date as `YYYY-MM-DD`; its time is left out.
 *
 * Returns: (transfer full): text
 */
char *
torg_date_parts_to_iso (const TorgDateParts *parts)
{
  return g_strdup_printf ("%04d-%02d-%02d", parts->year, parts->month, parts->day);
}

/**
 * torg_date_parts_to_moment:
 * @parts: a valid date
 * @zone: (nullable): the zone of what names none; %NULL for UTC
 *
 * Tells the instant of a date and time; a time that daylight saving skips is moved forward.
 *
 * Returns: microseconds UTC since 1970
 */
gint64
torg_date_parts_to_moment (const TorgDateParts *parts, GTimeZone *zone)
{
  GDate  date;
  gint64 local;

  g_date_clear (&date, 1);
  g_date_set_dmy (&date, (GDateDay) parts->day, (GDateMonth) parts->month, (GDateYear) parts->year);
  /* 1970-01-01 is day 719,163 of GLib's count. */
  local =
    ((gint64) g_date_get_julian (&date) - 719163) * 86400 + parts->hour * 3600 + parts->minute * 60 + parts->second;
  if (parts->has_zone)
    local -= parts->offset;
  else if (zone != NULL)
    {
      int interval = g_time_zone_adjust_time (zone, G_TIME_TYPE_STANDARD, &local);

      local -= g_time_zone_get_offset (zone, interval);
    }
  return local * G_USEC_PER_SEC + parts->microsecond;
}

/**
 * torg_date_parse:
 * @text: a date as people type or export it
 * @order: the order of the column it comes from
 * @value: (out): the value of a date field
 *
 * Reads the value of a date field. A time in @text is dropped, not shifted.
 *
 * Returns: whether it was a date; otherwise %TORG_ERROR_INVALID
 */
gboolean
torg_date_parse (const char *text, TorgDateOrder order, TorgValue *value, GError **error)
{
  g_autofree char *iso = NULL;
  TorgDateParts    parts;

  *value = (TorgValue) TORG_VALUE_INIT;
  if (!torg_date_parse_parts (text, order, &parts, error))
    return FALSE;
  iso = torg_date_parts_to_iso (&parts);
  value->tag = TORG_VALUE_TEXT;
  value->text = g_ref_string_new (iso);
  return TRUE;
}

/**
 * torg_moment_parse:
 * @text: a date and time as people type or export it
 * @order: the order of the column it comes from
 * @zone: (nullable): the zone of what names none; %NULL for UTC
 * @value: (out): the value of a moment field
 *
 * Reads the value of a moment field. Without a time it is the day's first instant in @zone.
 *
 * Returns: whether it was a date; otherwise %TORG_ERROR_INVALID
 */
gboolean
torg_moment_parse (const char *text, TorgDateOrder order, GTimeZone *zone, TorgValue *value, GError **error)
{
  TorgDateParts parts;

  *value = (TorgValue) TORG_VALUE_INIT;
  if (!torg_date_parse_parts (text, order, &parts, error))
    return FALSE;
  value->tag = TORG_VALUE_INT;
  value->number = torg_date_parts_to_moment (&parts, zone);
  return TRUE;
}

/**
 * torg_date_guess_order:
 * @texts: (array length=n_texts): cells of one column; empty ones and other texts do not count
 * @n_texts: how many
 * @ambiguous: (out) (optional): whether the texts allow more than one order, or contradict each other
 *
 * Decides in which order a column writes its dates.
 *
 * A part above 12 is evidence, a four-digit year in front too; points mean day first, since nobody puts them the other
 * way.
 *
 * Returns: the order with most evidence, the likelier one where it is ambiguous, %TORG_DATE_ORDER_AUTO where no text
 *   depends on it
 */
TorgDateOrder
torg_date_guess_order (const char *const *texts, gsize n_texts, gboolean *ambiguous)
{
  gsize dmy = 0, mdy = 0, ymd = 0, unsure = 0, points = 0;

  for (gsize i = 0; i < n_texts; i++)
    {
      Reader reader = { texts[i] };
      int    values[3];
      guint  digits[3];
      char   separator;

      if (texts[i] == NULL)
        continue;
      skip_spaces (&reader);
      if (!read_numbers (&reader, values, digits, &separator))
        continue;
      if (digits[0] == 4)
        ymd++;
      else if (values[0] > 31 && values[1] <= 12)
        ymd++;
      else if (values[0] > 12 && values[1] <= 12)
        dmy++;
      else if (values[1] > 12 && values[0] <= 12)
        mdy++;
      else if (values[0] <= 12 && values[1] <= 12)
        {
          if (separator == '.')
            points++;
          else if (values[0] != values[1])
            unsure++;
        }
    }

  if (ambiguous != NULL)
    *ambiguous = (dmy > 0 && mdy > 0) || (dmy + mdy == 0 && unsure > 0);
  if (dmy + mdy + points + unsure == 0)
    return ymd > 0 ? TORG_DATE_ORDER_YMD : TORG_DATE_ORDER_AUTO;
  if (mdy > dmy + points)
    return TORG_DATE_ORDER_MDY;
  return TORG_DATE_ORDER_DMY;
}

/**
 * torg_date_from_serial:
 * @serial: days, with the time of day as a fraction
 * @epoch_1904: whether the workbook counts from 1904
 * @parts: (out): the date
 *
 * Reads a spreadsheet's date. In the 1900 system 60 is 29 February 1900, which never was; it and what is beyond the
 * year 9999 is refused.
 *
 * Returns: whether it is a date
 */
gboolean
torg_date_from_serial (double serial, gboolean epoch_1904, TorgDateParts *parts)
{
  gint64 us, days, rest;
  GDate  date;

  memset (parts, 0, sizeof *parts);
  if (!isfinite (serial) || serial < 0 || serial >= 2958466)
    return FALSE;
  /* A double holds the time of such a day to a few microseconds; spreadsheets keep milliseconds. */
  us = (gint64) llround (serial * 86400000.0) * 1000;
  days = us / DAY_US;
  rest = us % DAY_US;
  if (epoch_1904)
    days += 1462;
  if (days == 60 || days == 0 || days >= 2958466)
    return FALSE;
  if (days > 60)
    days--;
  /* Day 1 is 1900-01-01, which is 693,596 of GLib's count. */
  g_date_clear (&date, 1);
  g_date_set_julian (&date, (guint32) (days + 693595));
  parts->year = g_date_get_year (&date);
  parts->month = g_date_get_month (&date);
  parts->day = g_date_get_day (&date);
  parts->has_time = rest != 0;
  parts->microsecond = (int) (rest % G_USEC_PER_SEC);
  rest /= G_USEC_PER_SEC;
  parts->hour = (int) (rest / 3600);
  parts->minute = (int) (rest / 60 % 60);
  parts->second = (int) (rest % 60);
  return TRUE;
}

/**
 * torg_date_is_valid:
 * @date: (nullable): text
 *
 * Tells whether a text is a date as fields store it: `YYYY-MM-DD`, and in the calendar.
 *
 * Returns: whether it is
 */
gboolean
torg_date_is_valid (const char *date)
{
  TorgDateParts parts = { 0 };

  if (date == NULL || strlen (date) != 10)
    return FALSE;
  for (int i = 0; i < 10; i++)
    if (i == 4 || i == 7 ? date[i] != '-' : !g_ascii_isdigit (date[i]))
      return FALSE;
  parts.year = (int) g_ascii_strtoll (date, NULL, 10);
  parts.month = (int) g_ascii_strtoll (date + 5, NULL, 10);
  parts.day = (int) g_ascii_strtoll (date + 8, NULL, 10);
  return parts_are_valid (&parts);
}
