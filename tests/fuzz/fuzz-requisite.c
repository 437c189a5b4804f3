/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "fuzz.h"

#include "torg-name.h"
#include "torg-requisite.h"

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  g_autofree char *text = g_strndup ((const char *) data, size);
  g_autofree char *half = g_strndup ((const char *) data, size / 2);

  for (TorgRequisite kind = TORG_REQUISITE_INN; kind <= TORG_REQUISITE_OKPO; kind++)
    {
      g_autofree char *normal = torg_requisite_normalise (kind, text);
      g_autoptr (GError) error = NULL;

      FUZZ_CHECK (torg_requisite_check (kind, normal, half, &error) == (error == NULL));
      g_clear_error (&error);
      if (torg_requisite_check (kind, text, NULL, &error))
        {
          g_autofree char *same = torg_requisite_normalise (kind, text);

          FUZZ_CHECK (strcmp (same, text) == 0);
        }
    }

  g_autofree char *key = torg_name_make_key (text);
  g_autofree char *compact = torg_name_make_compact_key (text);
  g_autoptr (TorgPersonName) person = torg_person_name_parse (text, size % 2 == 0);
  FUZZ_CHECK (g_utf8_validate (key, -1, NULL) && g_utf8_validate (compact, -1, NULL));
  FUZZ_CHECK (person->surname != NULL && person->name != NULL && person->patronymic != NULL);
  FUZZ_CHECK (torg_name_is_near (text, half) == torg_name_is_near (half, text));
  return 0;
}
