/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "torg-core"

#include "config.h"

#include "torg-period.h"

#include <glib/gi18n-lib.h>
#include <stdio.h>

/**
 * torg_period_get_label:
 * @self: a period
 *
 * Names a period.
 *
 * Returns: (transfer none): its name in the user's language
 */
const char *
torg_period_get_label (TorgPeriod self)
{
  static const char *const labels[] = {
    N_ ("This Month"), N_ ("Last Month"), N_ ("This Quarter"),  N_ ("Last Quarter"),
    N_ ("This Year"),  N_ ("Last Year"),  N_ ("Twelve Months"),
  };

  G_STATIC_ASSERT (G_N_ELEMENTS (labels) == TORG_N_PERIODS);
  g_return_val_if_fail (self < TORG_N_PERIODS, NULL);
  return _ (labels[self]);
}

/* Months since the year 0; FALSE for what is no month. */
static gboolean
read_month (const char *month, int *number)
{
  int year, nth;

  if (month == NULL || sscanf (month, "%4d-%2d", &year, &nth) != 2 || year < 1 || year > 9999 || nth < 1 || nth > 12)
    return FALSE;
  *number = year * 12 + nth - 1;
  return TRUE;
}

static char *
make_day (int number, int day)
{
  return g_strdup_printf ("%04d-%02d-%02d", number / 12, number % 12 + 1, day);
}

static char *
make_last_day (int number)
{
  return make_day (number, g_date_get_days_in_month ((GDateMonth) (number % 12 + 1), (GDateYear) (number / 12)));
}

/**
 * torg_period_get_days:
 * @self: a period
 * @today: YYYY-MM-DD
 * @first: (out) (transfer full): its first day
 * @last: (out) (transfer full): its last day
 *
 * Tells when a period begins and ends, seen from a day.
 */
void
torg_period_get_days (TorgPeriod self, const char *today, char **first, char **last)
{
  int month, from, length;

  *first = *last = NULL;
  g_return_if_fail (read_month (today, &month));
  switch (self)
    {
      case TORG_PERIOD_LAST_MONTH:
        from = month - 1;
        length = 1;
        break;
      case TORG_PERIOD_QUARTER:
      case TORG_PERIOD_LAST_QUARTER:
        from = month - month % 3 - (self == TORG_PERIOD_LAST_QUARTER ? 3 : 0);
        length = 3;
        break;
      case TORG_PERIOD_YEAR:
      case TORG_PERIOD_LAST_YEAR:
        from = month - month % 12 - (self == TORG_PERIOD_LAST_YEAR ? 12 : 0);
        length = 12;
        break;
      case TORG_PERIOD_TWELVE_MONTHS:
        from = month - 11;
        length = 12;
        break;
      case TORG_PERIOD_MONTH:
      case TORG_N_PERIODS:
      default:
        from = month;
        length = 1;
        break;
    }
  *first = make_day (from, 1);
  *last = make_last_day (from + length - 1);
}

/**
 * torg_month_shift:
 * @month: YYYY-MM, or any day of it
 * @by: how many months later
 *
 * Goes to another month.
 *
 * Returns: (transfer full) (nullable): its first day; %NULL for what is no month
 */
char *
torg_month_shift (const char *month, int by)
{
  int number;

  if (!read_month (month, &number) || number + by < 12 || number + by >= 10000 * 12)
    return NULL;
  return make_day (number + by, 1);
}

/**
 * torg_month_get_last_day:
 * @month: YYYY-MM, or any day of it
 *
 * Tells when a month ends.
 *
 * Returns: (transfer full) (nullable): its last day; %NULL for what is no month
 */
char *
torg_month_get_last_day (const char *month)
{
  int number;

  return read_month (month, &number) ? make_last_day (number) : NULL;
}
