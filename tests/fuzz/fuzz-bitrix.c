/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "fuzz.h"

#include "torg-bitrix-web.h"

#include <string.h>

/* What a portal answers: any bytes, to a question and to a list, and any object as each of the kinds. */

typedef struct
{
  const uint8_t *data;
  size_t         size;
  guint          n;
} Portal;

static gboolean
post (gpointer      data,
      const char   *method,
      GBytes       *body,
      guint        *status,
      GBytes      **answer,
      GCancellable *cancellable,
      GError      **error)
{
  Portal *portal = data;

  /* The last one is no limit, or it would be asked for long. */
  *status = portal->n++ == 0 && portal->size > 0 ? portal->data[0] * 4u : 200;
  *answer = g_bytes_new (portal->data, portal->size);
  return TRUE;
}

static void
wait_for (gpointer data, double seconds, GCancellable *cancellable)
{
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  Portal              portal = { data, size, 0 };
  const TorgBitrixWeb web = { post, wait_for, &portal };
  g_autoptr (GPtrArray) pages = NULL;
  g_autoptr (JsonObject) params = json_object_new ();
  g_autoptr (JsonNode) node = NULL;
  g_autoptr (TorgSchema) schema = torg_schema_new ();
  g_autoptr (TorgBitrixMap) map = torg_bitrix_map_new ("example.org");
  gboolean finished;

  pages = torg_bitrix_list (&web, TORG_BITRIX_COMPANY, "0", 3, &finished, NULL, NULL);
  node = torg_bitrix_call (&web, "crm.status.list", params, NULL, NULL);
  FUZZ_CHECK (node == NULL || JSON_NODE_HOLDS_OBJECT (node));
  for (guint kind = 0; node != NULL && kind < TORG_BITRIX_N_KINDS; kind++)
    {
      g_autoptr (TorgRecord) record = torg_bitrix_read (map, schema, kind, json_node_get_object (node));
      g_autofree char *text = torg_bitrix_dup_text (json_node_get_object (node), "COMMENTS");
      g_autofree char *plain = text != NULL ? torg_bitrix_to_plain (text) : NULL;

      FUZZ_CHECK (plain == NULL || g_utf8_validate (plain, -1, NULL));
      FUZZ_CHECK (record == NULL || torg_record_get_id (record) != NULL);
    }
  return 0;
}
