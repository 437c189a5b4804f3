/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "fuzz.h"

#include "torg-region.h"
#include "torg-requisite-card.h"

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  g_autofree char *text = g_strndup ((const char *) data, size);
  g_autoptr (TorgRequisiteCard) card = torg_requisite_card_parse (text);

  for (guint i = 0; i < card->items->len; i++)
    {
      const TorgCardItem *item = g_ptr_array_index (card->items, i);

      FUZZ_CHECK (*item->value != '\0' && g_utf8_validate (item->value, -1, NULL));
      FUZZ_CHECK (strchr (item->value, '\n') == NULL);
      /* Each field once. */
      FUZZ_CHECK (torg_requisite_card_get (card, item->field) == item->value);
    }
  for (guint i = 0; i < card->rest->len; i++)
    FUZZ_CHECK (g_utf8_validate (card->rest->pdata[i], -1, NULL));
  FUZZ_CHECK (torg_region_find (text) == torg_region_find (text));
  torg_region_find_in_address (text);
  torg_region_find_by_inn (text);
  torg_region_find_by_phone (text);
  return 0;
}
