/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "fuzz.h"

#include "torg-incoming.h"
#include "torg-lines.h"
#include "torg-sync-store.h"

#include <glib/gstdio.h>

/* A server's answer, line by line, into a replica; nothing of it is committed. */

static TorgStore *store;

static void
open_store (void)
{
  g_autoptr (TorgEnv) env = torg_env_new_seeded (1, G_GINT64_CONSTANT (1772701200000000), NULL);
  char path[] = "/tmp/torg-fuzz-XXXXXX";
  int  file = g_mkstemp (path);

  g_close (file, NULL);
  store = torg_store_open (env, path, TORG_STORE_NONE, NULL);
  FUZZ_CHECK (store != NULL);
  FUZZ_CHECK (
    torg_store_connect (store, "019c6b2e-7a00-7b6c-8f00-0123456789ab", "019c6b2e-7a00-7b6c-8f00-0123456789ac", NULL));
  /* The file goes when the process ends. */
  g_unlink (path);
}

static gpointer
read_line (JsonNode *line, gpointer schema)
{
  return torg_incoming_line_read (line, schema);
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  g_autoptr (GBytes) bytes = g_bytes_new_static (data, size);
  g_autoptr (TorgWireEnd) end = torg_wire_end_find (bytes);
  g_autoptr (TorgIncoming) incoming = NULL;
  g_autoptr (TorgLines) lines = NULL;

  if (store == NULL)
    open_store ();
  incoming = torg_incoming_new (store, NULL);
  FUZZ_CHECK (incoming != NULL);
  lines = torg_lines_new (bytes, read_line, torg_store_get_schema (store), (GDestroyNotify) torg_incoming_line_free);
  for (;;)
    {
      g_autoptr (TorgIncomingLine) line = NULL;

      if (!torg_lines_next (lines, (gpointer *) &line, NULL) || line == NULL ||
          !torg_incoming_take (incoming, line, NULL))
        break;
    }
  return 0;
}
