/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "fuzz.h"

#include "torg-vcard.h"

/* libebook-contacts loses the parameters of a property that it gives up. */
const char *__asan_default_options (void);

const char *
__asan_default_options (void)
{
  return "detect_leaks=0";
}

static void
swallow (const char *domain, GLogLevelFlags level, const char *message, gpointer data)
{
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  static gboolean quiet = FALSE;
  g_autoptr (GBytes) bytes = g_bytes_new (data, size);
  g_autoptr (TorgTable) table = NULL;

  /* The library says what it does not like about a card. */
  if (!quiet)
    {
      g_log_set_always_fatal (G_LOG_FATAL_MASK);
      g_log_set_default_handler (swallow, NULL);
      quiet = TRUE;
    }
  torg_vcard_is (bytes);
  table = torg_vcard_read (bytes, NULL, NULL);
  for (guint i = 0; table != NULL && i < torg_table_get_n_rows (table); i++)
    {
      guint n_filled = 0;

      for (guint j = 0; j < torg_table_get_width (table, i); j++)
        {
          const char *text = torg_table_get_text (table, i, j);

          FUZZ_CHECK (text == NULL || g_utf8_validate (text, -1, NULL));
          n_filled += text != NULL && *text != '\0';
        }
      FUZZ_CHECK (n_filled > 0);
    }
  return 0;
}
