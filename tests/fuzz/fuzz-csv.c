/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "fuzz.h"

#include "torg-csv.h"

/* The bytes' encoding is found, the text parsed, written and read again, which must give the same cells. */
int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  g_autoptr (GBytes) bytes = g_bytes_new_static (data, size);
  g_autoptr (TorgTable) table = torg_csv_read (bytes, NULL, '\0', NULL, NULL);
  g_autoptr (GBytes) written = NULL;
  g_autoptr (TorgTable) again = NULL;

  if (table == NULL)
    return 0;
  for (guint row = 0; row < torg_table_get_n_rows (table); row++)
    for (guint column = 0; column <= torg_table_get_width (table, row); column++)
      FUZZ_CHECK (g_utf8_validate (torg_table_get_text (table, row, column), -1, NULL));

  /* That line would be taken for the separator's. */
  if (torg_table_get_n_rows (table) > 0 && g_ascii_strncasecmp (torg_table_get_text (table, 0, 0), "sep=", 4) == 0)
    return 0;
  /* A whole row in one cell is taken apart. */
  for (guint row = 1; row < torg_table_get_n_rows (table); row++)
    if (torg_table_get_width (table, row) == 1 && torg_table_get_width (table, 0) > 2 &&
        strchr (torg_table_get_text (table, row, 0), ';') != NULL)
      return 0;
  written = torg_csv_write (table, ';', TORG_CSV_BOM);
  again = torg_csv_read (written, NULL, ';', NULL, NULL);
  FUZZ_CHECK (again != NULL && torg_table_get_n_rows (again) == torg_table_get_n_rows (table));
  for (guint row = 0; row < torg_table_get_n_rows (table); row++)
    {
      FUZZ_CHECK (torg_table_get_width (table, row) == torg_table_get_width (again, row));
      for (guint column = 0; column < torg_table_get_width (table, row); column++)
        FUZZ_CHECK (strcmp (torg_table_get_text (table, row, column), torg_table_get_text (again, row, column)) == 0);
    }
  return 0;
}
