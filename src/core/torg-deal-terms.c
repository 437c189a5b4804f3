/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "torg-core"

#include "config.h"

#include "torg-deal-terms.h"
#include "torg-working-day.h"

/* What the terms of a deal say about when its money comes. */

/**
 * torg_deal_terms_dup_payment:
 * @deal: a `deal`
 * @calendar: (nullable) (element-type TorgRecord): records of `production_calendar`
 *
 * Tells when the last of the money is to come: with the shipment where all is paid before it or nothing is deferred,
 * else so many calendar or working days after it. A term in calendar days that ends on a day off ends on the next
 * working day.
 *
 * Returns: (transfer full) (nullable): `YYYY-MM-DD`; %NULL where no shipment is expected or no terms are agreed
 */
char *
torg_deal_terms_dup_payment (TorgRecord *deal, GPtrArray *calendar)
{
  const char      *shipment = torg_record_get_text (deal, "shipment");
  const TorgValue *prepayment = torg_record_get (deal, "prepayment");
  const TorgValue *deferral = torg_record_get (deal, "deferral");
  guint            days;

  if (shipment == NULL || (torg_value_is_null (prepayment) && torg_value_is_null (deferral)))
    return NULL;
  if (torg_value_is_null (deferral) || deferral->number < TORG_NUMBER_SCALE ||
      (!torg_value_is_null (prepayment) && prepayment->number >= 100 * TORG_NUMBER_SCALE))
    return g_strdup (shipment);
  days = (guint) MIN (deferral->number / TORG_NUMBER_SCALE, 3650);
  if (g_strcmp0 (torg_record_get_text (deal, "deferral_kind"), "working") == 0)
    return torg_working_day_dup_add (shipment, days, calendar);
  return torg_working_day_dup_end (shipment, days, calendar);
}
