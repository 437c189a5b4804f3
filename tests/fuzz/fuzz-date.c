/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "fuzz.h"

#include "torg-date.h"

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  g_autofree char *text = g_strndup ((const char *) data, size);
  const char      *texts[] = { text, NULL, "1/2/2026" };
  gboolean         ambiguous;
  double           serial;

  for (TorgDateOrder order = TORG_DATE_ORDER_AUTO; order <= TORG_DATE_ORDER_YMD; order++)
    {
      TorgDateParts parts, again;

      if (!torg_date_parse_parts (text, order, &parts, NULL))
        continue;
      g_autofree char *iso = torg_date_parts_to_iso (&parts);
      FUZZ_CHECK (torg_date_is_valid (iso));
      FUZZ_CHECK (torg_date_parse_parts (iso, order, &again, NULL));
      FUZZ_CHECK (again.year == parts.year && again.month == parts.month && again.day == parts.day);
      torg_date_parts_to_moment (&parts, NULL);
    }
  torg_date_is_valid (text);
  torg_date_guess_order (texts, G_N_ELEMENTS (texts), &ambiguous);

  if (size >= sizeof serial)
    {
      TorgDateParts parts;

      memcpy (&serial, data, sizeof serial);
      for (int epoch = 0; epoch < 2; epoch++)
        if (torg_date_from_serial (serial, epoch != 0, &parts))
          {
            g_autofree char *iso = torg_date_parts_to_iso (&parts);

            FUZZ_CHECK (torg_date_is_valid (iso));
          }
    }
  return 0;
}
