/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

#include "torg-value.h"

G_BEGIN_DECLS

/**
 * TorgDateOrder:
 * @TORG_DATE_ORDER_AUTO: decided for each text by itself, day first where both are possible
 * @TORG_DATE_ORDER_DMY: day, month, year
 * @TORG_DATE_ORDER_MDY: month, day, year
 * @TORG_DATE_ORDER_YMD: year, month, day
 *
 * The order of the parts in a column of dates. Texts with a four-digit year in front or the month in letters are read
 * as what they are in every order.
 */
typedef enum {
  TORG_DATE_ORDER_AUTO,
  TORG_DATE_ORDER_DMY,
  TORG_DATE_ORDER_MDY,
  TORG_DATE_ORDER_YMD,
} TorgDateOrder;

/**
 * TorgDateParts:
 * @year: 1 to 9999
 * @month: 1 to 12
 * @day: 1 to 31
 * @has_time: whether the time was given
 * @hour: 0 to 23
 * @minute: 0 to 59
 * @second: 0 to 59
 * @microsecond: 0 to 999,999
 * @has_zone: whether a difference to UTC was given
 * @offset: seconds east of UTC
 *
 * A date of the Gregorian calendar, with a time of day or without.
 */
typedef struct {
  int      year;
  int      month;
  int      day;
  gboolean has_time;
  int      hour;
  int      minute;
  int      second;
  int      microsecond;
  gboolean has_zone;
  int      offset;
} TorgDateParts;

gboolean      torg_date_parse_parts     (const char          *text,
                                         TorgDateOrder        order,
                                         TorgDateParts       *parts,
                                         GError             **error);
gboolean      torg_date_parse           (const char          *text,
                                         TorgDateOrder        order,
                                         TorgValue           *value,
                                         GError             **error);
gboolean      torg_moment_parse         (const char          *text,
                                         TorgDateOrder        order,
                                         GTimeZone           *zone,
                                         TorgValue           *value,
                                         GError             **error);
TorgDateOrder torg_date_guess_order     (const char *const   *texts,
                                         gsize                n_texts,
                                         gboolean            *ambiguous);
gboolean      torg_date_from_serial     (double               serial,
                                         gboolean             epoch_1904,
                                         TorgDateParts       *parts);

gboolean      torg_date_is_valid        (const char          *date);
char         *torg_date_parts_to_iso    (const TorgDateParts *parts);
gint64        torg_date_parts_to_moment (const TorgDateParts *parts,
                                         GTimeZone           *zone);

G_END_DECLS
