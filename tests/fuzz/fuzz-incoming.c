/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "fuzz.h"

#include "torg-incoming.h"
#include "torg-lines.h"
#include "torg-sync-store.h"

#include <glib/gstdio.h>

/* A server's answer, line by line, into a replica that has unsent edits; one that comes to its end is committed, into a
 * replica that is as before for the next one. */

static TorgStore *store;
static char       path[] = "/tmp/torg-fuzz-XXXXXX";
static char      *content; /* of the file */
static gsize      length;

static void
open_store (void)
{
  g_autoptr (TorgEnv) env = torg_env_new_seeded (1, G_GINT64_CONSTANT (1772701200000000), NULL);

  store = torg_store_open (env, path, TORG_STORE_NONE, NULL);
  FUZZ_CHECK (store != NULL);
}

static void
close_store (void)
{
  FUZZ_CHECK (torg_store_close (store, NULL));
  g_clear_object (&store);
}

static void
remove_files (void)
{
  static const char *const ends[] = { "", "-wal", "-shm" };

  for (guint i = 0; i < G_N_ELEMENTS (ends); i++)
    {
      g_autofree char *name = g_strconcat (path, ends[i], NULL);

      g_unlink (name);
    }
}

/* A tag that is sent, and a change of it that waits. */
static void
make_content (void)
{
  const char *id = "019c6b2e-7a00-7b6c-8f00-0123456789ad";
  g_autoptr (TorgEdit) edit = torg_edit_new ("made");
  g_autoptr (TorgEdit) change = torg_edit_new ("changed");
  g_autoptr (TorgRecord) tag = NULL;
  g_autoptr (GPtrArray) batch = NULL;

  g_close (g_mkstemp (path), NULL);
  atexit (remove_files);
  open_store ();
  FUZZ_CHECK (
    torg_store_connect (store, "019c6b2e-7a00-7b6c-8f00-0123456789ab", "019c6b2e-7a00-7b6c-8f00-0123456789ac", NULL));
  while (torg_store_is_adopting (store))
    FUZZ_CHECK (torg_store_adopt_step (store, NULL));
  tag = torg_record_new (torg_store_get_schema (store), torg_schema_find (torg_store_get_schema (store), "tag"), id);
  torg_record_set_text (tag, "name", "A");
  torg_edit_create (edit, tag);
  FUZZ_CHECK (torg_store_apply (store, edit, NULL, NULL));
  batch = torg_store_build_batch (store, NULL);
  FUZZ_CHECK (batch != NULL && batch->len > 0);
  torg_edit_take (change, "tag", id, "name", torg_value_text ("B"));
  FUZZ_CHECK (torg_store_apply (store, change, NULL, NULL));
  close_store ();
  FUZZ_CHECK (g_file_get_contents (path, &content, &length, NULL));
}

/* The file goes when the process ends. */
static void
begin (void)
{
  if (content == NULL)
    make_content ();
  if (store != NULL)
    return;
  FUZZ_CHECK (g_file_set_contents_full (path, content, (gssize) length, G_FILE_SET_CONTENTS_NONE, 0600, NULL));
  open_store ();
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
  gboolean ended;

  begin ();
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
  ended = torg_incoming_is_ended (incoming);
  if (ended)
    torg_incoming_commit (incoming, NULL);
  g_clear_pointer (&incoming, torg_incoming_free);
  if (ended)
    close_store ();
  return 0;
}
