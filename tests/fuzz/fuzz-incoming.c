/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "fuzz.h"

#include "torg-incoming.h"
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

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  const char *at = (const char *) data, *end = at + size;
  g_autoptr (TorgIncoming) incoming = NULL;

  if (store == NULL)
    open_store ();
  incoming = torg_incoming_new (store, NULL);
  FUZZ_CHECK (incoming != NULL);
  while (at < end)
    {
      const char *stop = memchr (at, '\n', (size_t) (end - at));

      if (stop == NULL)
        stop = end;
      if (!torg_incoming_take_line (incoming, at, (gsize) (stop - at), NULL))
        break;
      at = stop + 1;
    }
  return 0;
}
