/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Between these hours, in the client's own time, one may call without a second thought. */
#define TORG_REGION_FIRST_HOUR 9
#define TORG_REGION_LAST_HOUR  18

/**
 * TorgRegion:
 * @code: two digits: of the region in an INN
 * @name: its full name
 * @zone: its time zone in the IANA database
 * @adjectives: names that need a word such as «область» beside them in an address, in lower case, split by `|`
 * @nouns: names that stand alone, and its larger towns, in lower case, split by `|`
 * @codes: further first digits of an INN, of regions that became part of it, split by `|`
 * @phones: area codes of its telephones, split by `|`
 *
 * A region of Russia: a subject of the federation.
 */
typedef struct {
  const char *code;
  const char *name;
  const char *zone;
  const char *adjectives;
  const char *nouns;
  const char *codes;
  const char *phones;
} TorgRegion;

/**
 * TorgRegionTime:
 * @hour: the hour there
 * @minute: the minute there
 * @ahead: minutes that it is later there than here; less than 0 where it is earlier
 * @is_late: whether it is outside the hours in which one calls
 *
 * What time it is in a region.
 */
typedef struct {
  int      hour;
  int      minute;
  int      ahead;
  gboolean is_late;
} TorgRegionTime;

const TorgRegion *torg_region_list            (guint            *n_regions);
const TorgRegion *torg_region_find            (const char       *name);
const TorgRegion *torg_region_find_in_address (const char       *address);
const TorgRegion *torg_region_find_by_inn     (const char       *inn);
const TorgRegion *torg_region_find_by_phone   (const char       *e164);
gboolean          torg_region_get_time        (const TorgRegion *self,
                                               gint64            now,
                                               GTimeZone        *own,
                                               TorgRegionTime   *time);

G_END_DECLS
