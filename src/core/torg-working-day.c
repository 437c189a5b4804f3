/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "torg-core"

#include "config.h"

#include "torg-working-day.h"

#include <stdio.h>

/* Working days of Russia. The Labour Code (articles 111 and 112) gives Saturdays, Sundays and fourteen holidays; one of
 * them on a Saturday or Sunday moves the day off to the next working day, but for those of January, whose days the
 * government moves each year. What it decides, and what a company has of its own, stands in its production calendar. */

#define MOST_DAYS 3660 /* of a search: no calendar has that many days off in a row */

static const struct
{
  int month, day;
} holidays[] = { { 2, 23 }, { 3, 8 }, { 5, 1 }, { 5, 9 }, { 6, 12 }, { 11, 4 } };

static gboolean
parse (const char *date, GDate *day)
{
  int year, month, number;

  g_date_clear (day, 1);
  /* Some days before the first one that GDate knows are looked at too. */
  if (sscanf (date, "%4d-%2d-%2d", &year, &month, &number) != 3 || year < 2 ||
      !g_date_valid_dmy (number, month, (GDateYear) CLAMP (year, 0, G_MAXUINT16)))
    return FALSE;
  g_date_set_dmy (day, number, month, year);
  return TRUE;
}

static char *
dup_text (const GDate *day)
{
  return g_strdup_printf ("%04d-%02d-%02d", g_date_get_year (day), g_date_get_month (day), g_date_get_day (day));
}

static gboolean
is_weekend (const GDate *day)
{
  return g_date_get_weekday (day) >= G_DATE_SATURDAY;
}

/* One whose day off moves. */
static gboolean
is_holiday (const GDate *day)
{
  for (gsize i = 0; i < G_N_ELEMENTS (holidays); i++)
    if (g_date_get_month (day) == (GDateMonth) holidays[i].month && g_date_get_day (day) == holidays[i].day)
      return TRUE;
  return FALSE;
}

static gboolean
is_off (const GDate *day)
{
  return is_weekend (day) || is_holiday (day) || (g_date_get_month (day) == 1 && g_date_get_day (day) <= 8);
}

static gboolean
is_working (const GDate *day)
{
  GDate    before = *day;
  gboolean moved = FALSE;

  if (is_off (day))
    return FALSE;
  for (g_date_subtract_days (&before, 1); is_off (&before); g_date_subtract_days (&before, 1))
    moved |= is_weekend (&before) && is_holiday (&before);
  return !moved;
}

static gboolean
look_up (const GDate *day, GPtrArray *calendar)
{
  g_autofree char *text = dup_text (day);

  for (guint i = 0; calendar != NULL && i < calendar->len; i++)
    {
      TorgRecord *record = g_ptr_array_index (calendar, i);

      if (torg_record_get_deleted (record) == 0 && g_strcmp0 (torg_record_get_text (record, "date"), text) == 0)
        return g_strcmp0 (torg_record_get_text (record, "kind"), "work") == 0;
    }
  return is_working (day);
}

/**
 * torg_working_day_is:
 * @date: `YYYY-MM-DD`
 * @calendar: (nullable) (element-type TorgRecord): records of `production_calendar`, which go before the general rule
 *
 * Tells whether people work on a day.
 *
 * Source: Labour Code of the Russian Federation, articles 111 and 112.
 *
 * Returns: whether they do; %FALSE for what is no day
 */
gboolean
torg_working_day_is (const char *date, GPtrArray *calendar)
{
  GDate day;

  return parse (date, &day) && look_up (&day, calendar);
}

/**
 * torg_working_day_dup_end:
 * @date: `YYYY-MM-DD`
 * @days: how many calendar days
 * @calendar: (nullable) (element-type TorgRecord): as for [func@working_day_is]
 *
 * Counts calendar days from the day after @date on. A term that would end on a day off ends on the first working one
 * after it.
 *
 * Source: Civil Code of the Russian Federation, articles 191 and 193.
 *
 * Returns: (transfer full) (nullable): the last of them; %NULL for what is no day
 */
char *
torg_working_day_dup_end (const char *date, guint days, GPtrArray *calendar)
{
  GDate day;

  if (!parse (date, &day))
    return NULL;
  g_date_add_days (&day, days);
  for (guint i = 0; i < MOST_DAYS && !look_up (&day, calendar); i++)
    g_date_add_days (&day, 1);
  return dup_text (&day);
}

/**
 * torg_working_day_dup_add:
 * @date: `YYYY-MM-DD`
 * @days: how many working days
 * @calendar: (nullable) (element-type TorgRecord): as for [func@working_day_is]
 *
 * Counts working days from the day after @date on.
 *
 * Source: Civil Code of the Russian Federation, article 191, on where a term begins.
 *
 * Returns: (transfer full) (nullable): the last of them, @date itself for none; %NULL for what is no day
 */
char *
torg_working_day_dup_add (const char *date, guint days, GPtrArray *calendar)
{
  guint most = days * 7 + MOST_DAYS;
  GDate day;

  if (!parse (date, &day))
    return NULL;
  for (guint i = 0; days > 0 && i < most; i++)
    {
      g_date_add_days (&day, 1);
      days -= look_up (&day, calendar) ? 1 : 0;
    }
  return dup_text (&day);
}
