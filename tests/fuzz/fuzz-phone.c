/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "fuzz.h"

#include "torg-email.h"
#include "torg-phone.h"

static void
check_phones (const char *text, const char *region)
{
  g_autoptr (GPtrArray) phones = torg_phone_split (text, region);
  g_autofree char *json = torg_phone_to_json (phones);
  g_autoptr (GPtrArray) again = torg_phone_from_json (json, NULL);

  FUZZ_CHECK (again != NULL && again->len == phones->len);
  for (guint i = 0; i < phones->len; i++)
    {
      TorgPhone       *phone = g_ptr_array_index (phones, i), *copy = g_ptr_array_index (again, i);
      g_autofree char *shown = torg_phone_format (phone);
      g_autofree char *uri = torg_phone_make_uri (phone);

      FUZZ_CHECK (strcmp (phone->raw, copy->raw) == 0 && strcmp (phone->e164, copy->e164) == 0);
      FUZZ_CHECK (*phone->raw != '\0' && *shown != '\0' && (uri != NULL) == (*phone->e164 != '\0'));
      if (*phone->e164 != '\0')
        {
          /* A number in E.164 is its own normal form. */
          g_autofree char *same = torg_phone_normalise (phone->e164, region);

          FUZZ_CHECK (g_strcmp0 (same, phone->e164) == 0);
        }
    }
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  g_autofree char *text = g_strndup ((const char *) data, MIN (size, 2000));
  g_auto (GStrv) addresses = NULL, rejected = NULL;
  TorgValue value;

  check_phones (text, NULL);
  check_phones (text, "US");
  if (torg_phone_parse (text, NULL, &value, NULL))
    g_clear_pointer (&value.text, g_ref_string_release);

  addresses = torg_email_split (text, &rejected);
  for (gsize i = 0; addresses[i] != NULL; i++)
    {
      g_autofree char *key = torg_email_make_key (addresses[i]);

      FUZZ_CHECK (torg_email_is_valid (addresses[i]) && *key != '\0');
    }
  torg_email_parse (text, &value, NULL);
  g_clear_pointer (&value.text, g_ref_string_release);
  return 0;
}
