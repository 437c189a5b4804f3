/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "torg-server"

#include "config.h"

#include "torg-commit.h"
#include "torg-server-import.h"

/* The first content of a server: all records of a replica, deleted ones left out. */

/* Records under one number. */
#define CHUNK 1000

static gboolean
import_chunk (TorgServerStore *store,
              TorgStore       *replica,
              const TorgType  *type,
              GArray          *rowids,
              guint            from,
              GError         **error)
{
  g_autoptr (TorgCommit) commit = torg_commit_new (store, NULL);
  gint64 seq;

  for (guint i = from; i < MIN (from + CHUNK, rowids->len); i++)
    {
      g_autoptr (TorgRecord) record = torg_store_get_nth (replica, type, g_array_index (rowids, gint64, i), error);

      if (record == NULL)
        return FALSE;
      torg_commit_create (commit, record);
    }
  return torg_commit_write (commit, &seq, error);
}

/**
 * torg_server_import:
 * @store: a connection to an empty server
 * @replica: a replica without a server, such as a demo company
 * @n_records: (out): how many records there are
 * @error: place for an error
 *
 * Fills a server with the records of a replica, in the caller's transaction: all of it or nothing.
 *
 * Returns: whether that worked
 */
gboolean
torg_server_import (TorgServerStore *store, TorgStore *replica, gint64 *n_records, GError **error)
{
  TorgSchema *schema = torg_store_get_schema (replica);

  *n_records = 0;
  for (guint i = 0; i < torg_schema_get_n_types (schema); i++)
    {
      const TorgType *type = torg_schema_nth (schema, i);
      g_autoptr (TorgQuery) query = torg_query_new (type->info->name);
      g_autoptr (GArray) rowids = torg_store_list_rowids (replica, query, 0, NULL, error);

      if (rowids == NULL)
        return FALSE;
      for (guint from = 0; from < rowids->len; from += CHUNK)
        if (!import_chunk (store, replica, type, rowids, from, error))
          return FALSE;
      *n_records += rowids->len;
    }
  return TRUE;
}
