/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * TorgPeriod:
 * @TORG_PERIOD_MONTH: this month
 * @TORG_PERIOD_LAST_MONTH: the one before
 * @TORG_PERIOD_QUARTER: this quarter
 * @TORG_PERIOD_LAST_QUARTER: the one before
 * @TORG_PERIOD_YEAR: this year
 * @TORG_PERIOD_LAST_YEAR: the one before
 * @TORG_PERIOD_TWELVE_MONTHS: this month and the eleven before it
 * @TORG_N_PERIODS: how many there are
 *
 * A stretch of time that is reported on, in whole months.
 */
typedef enum {
  TORG_PERIOD_MONTH,
  TORG_PERIOD_LAST_MONTH,
  TORG_PERIOD_QUARTER,
  TORG_PERIOD_LAST_QUARTER,
  TORG_PERIOD_YEAR,
  TORG_PERIOD_LAST_YEAR,
  TORG_PERIOD_TWELVE_MONTHS,
  TORG_N_PERIODS,
} TorgPeriod;

const char *torg_period_get_label (TorgPeriod  self);
void        torg_period_get_days  (TorgPeriod  self,
                                   const char *today,
                                   char      **first,
                                   char      **last);
char       *torg_month_shift      (const char *month,
                                   int         by);
char       *torg_month_get_last_day (const char *month);

G_END_DECLS
