/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "torg-ui"

#include "config.h"

#include "torg-client-time.h"
#include "torg-phone.h"
#include "torg-region.h"

#include <glib/gi18n-lib.h>

static const char *
get_text (TorgRecord *record, const char *field)
{
  return torg_type_find_field (torg_record_get_kind (record), field) != NULL ? torg_record_get_text (record, field)
                                                                             : NULL;
}

static const TorgRegion *
find_by_phone (TorgRecord *record)
{
  const char *json = get_text (record, "phones");
  g_autoptr (GPtrArray) phones = json != NULL ? torg_phone_from_json (json, NULL) : NULL;
  const TorgRegion *region = NULL;

  for (guint i = 0; phones != NULL && region == NULL && i < phones->len; i++)
    region = torg_region_find_by_phone (((TorgPhone *) g_ptr_array_index (phones, i))->e164);
  return region;
}

/* What people wrote counts most; the area code of a fixed line least, as clients move and keep their number. */
static const TorgRegion *
find_region (TorgRecord *record)
{
  const TorgRegion *region = torg_region_find (get_text (record, "region"));

  if (region == NULL)
    region = torg_region_find_in_address (get_text (record, "address"));
  if (region == NULL)
    region = torg_region_find_in_address (get_text (record, "city"));
  return region != NULL ? region : find_by_phone (record);
}

/**
 * torg_client_time_propose_region:
 * @record: a client
 * @inn: (nullable): the INN of a legal entity of it
 *
 * Finds the region that a client without one is likely in: by the address or the town, else by the INN, else by the
 * area code of a phone.
 *
 * Returns: (nullable): the name of a region, or %NULL where the client has one, or none can be told
 */
const char *
torg_client_time_propose_region (TorgRecord *record, const char *inn)
{
  const TorgRegion *region = NULL;

  if (get_text (record, "region") != NULL)
    return NULL;
  region = torg_region_find_in_address (get_text (record, "address"));
  if (region == NULL)
    region = torg_region_find_in_address (get_text (record, "city"));
  if (region == NULL)
    region = torg_region_find_by_inn (inn);
  if (region == NULL)
    region = find_by_phone (record);
  return region != NULL ? region->name : NULL;
}

/* “+4 h”, “−1 h”, “+5:30 h”. */
static char *
make_difference (int minutes)
{
  int hours = ABS (minutes) / 60;

  if (minutes % 60 != 0)
    /* Translators: a difference between two clocks, in hours and minutes */
    return g_strdup_printf (_ ("%s%d:%02d h"), minutes < 0 ? "−" : "+", hours, ABS (minutes) % 60);
  /* Translators: a difference between two clocks, in hours: “+4 h” */
  return g_strdup_printf (_ ("%s%d h"), minutes < 0 ? "−" : "+", hours);
}

/**
 * torg_client_time_dup_words:
 * @session: the session
 * @record: a client
 * @is_late: (out): whether it is outside the hours in which one calls
 *
 * Says what time it is at a client's, whose region is told by the record, its address or its phone.
 *
 * Returns: (transfer full) (nullable): words, or %NULL where there is nothing to say: the region is not known, or it is
 * the same time there as here, and one to call in
 */
char *
torg_client_time_dup_words (TorgSession *session, TorgRecord *record, gboolean *is_late)
{
  g_autoptr (GTimeZone) own = g_time_zone_new_local ();
  const TorgRegion *region = find_region (record);
  g_autofree char  *clock = NULL;
  g_autofree char  *difference = NULL;
  TorgRegionTime    time;

  *is_late = FALSE;
  if (region == NULL || !torg_region_get_time (region, torg_session_get_now (session), own, &time) ||
      (time.ahead == 0 && !time.is_late))
    return NULL;
  *is_late = time.is_late;
  clock = g_strdup_printf ("%02d:%02d", time.hour, time.minute);
  if (time.ahead == 0)
    return g_strdup_printf (_ ("%s, not a time to call"), clock);
  difference = make_difference (time.ahead);
  if (time.is_late)
    /* Translators: the time at a client, and how much later that is: “22:10 at the client, +7 h to you: not a time to
     * call” */
    return g_strdup_printf (_ ("%s at the client, %s to you: not a time to call"), clock, difference);
  /* Translators: the time at a client, and how much later that is: “14:20 at the client, +4 h to you” */
  return g_strdup_printf (_ ("%s at the client, %s to you"), clock, difference);
}
