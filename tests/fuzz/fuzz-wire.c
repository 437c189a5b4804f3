/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "fuzz.h"

#include "torg-merge.h"
#include "torg-wire.h"

/* What a network may bring: mutations, results, cursors; and three texts to be merged. */

static void
check_json (const char *text)
{
  g_autoptr (JsonNode) node = json_from_string (text, NULL);
  g_autoptr (TorgWireMutation) mutation = torg_wire_mutation_from_json (node, NULL);
  g_autoptr (TorgWireResult) result = torg_wire_result_from_json (node, NULL);

  if (mutation != NULL)
    {
      g_autoptr (JsonNode) written = torg_wire_mutation_to_json (mutation);
      g_autoptr (TorgWireMutation) again = torg_wire_mutation_from_json (written, NULL);
      g_autofree char *hash = torg_wire_mutation_hash (mutation);
      g_autofree char *same = NULL;

      FUZZ_CHECK (again != NULL);
      same = torg_wire_mutation_hash (again);
      FUZZ_CHECK (strcmp (hash, same) == 0);
    }
  if (result != NULL)
    {
      g_autoptr (JsonNode) written = torg_wire_result_to_json (result);
      g_autoptr (TorgWireResult) again = torg_wire_result_from_json (written, NULL);

      FUZZ_CHECK (again != NULL && again->status == result->status);
    }
}

static void
check_cursor (const char *text)
{
  g_autoptr (TorgWireCursor) cursor = torg_wire_cursor_from_text (text, NULL);
  g_autofree char *written = NULL;
  g_autoptr (TorgWireCursor) again = NULL;

  if (cursor == NULL)
    return;
  written = torg_wire_cursor_to_text (cursor);
  again = torg_wire_cursor_from_text (written, NULL);
  FUZZ_CHECK (again != NULL && again->seq == cursor->seq);
}

static void
check_merge (const char *text)
{
  g_auto (GStrv) parts = g_strsplit (text, "\t", 3);
  g_autofree char *one = NULL;
  g_autofree char *other = NULL;

  if (g_strv_length (parts) < 3)
    return;
  one = torg_merge_text (parts[0], parts[1], parts[2]);
  other = torg_merge_text (parts[0], parts[2], parts[1]);
  /* Whose change came first does not matter; no change leaves the other. */
  FUZZ_CHECK (g_strcmp0 (one, other) == 0);
  g_free (one);
  one = torg_merge_text (parts[0], parts[0], parts[2]);
  FUZZ_CHECK (g_strcmp0 (one, parts[2]) == 0);
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  g_autofree char *text = g_strndup ((const char *) data, MIN (size, 4000));

  if (!g_utf8_validate (text, -1, NULL))
    return 0;
  check_json (text);
  check_cursor (text);
  check_merge (text);
  return 0;
}
