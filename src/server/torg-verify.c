/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "torg-server"

#include "config.h"

#include "torg-verify.h"

#include <string.h>

/*
 * What a client should have, so that it can see whether it does (DESIGN.md §3, Visibility): a digest of all that its
 * user sees, and the records of some buckets of it. Within the transaction of the answer.
 *
 * Which fields are hidden is the same for all records of a type, and is part of the scope that a cursor names. There is
 * a digest only for who is at the present scope, so that the field mask need not go into each hash.
 */

/* How many records are looked at, or handed on, at once. */
#define PAGE 2000

typedef void (*SeenFunc) (const guint8 id[16], gint64 seq, gpointer data);

/* Lines about a field that is hidden are looked at as a whole. */
static gboolean
see_lines (TorgServerStore *store,
           TorgSight       *sight,
           const TorgType  *type,
           char           **after,
           guint           *n,
           SeenFunc         func,
           gpointer         data,
           GError         **error)
{
  g_autoptr (GPtrArray) records =
    torg_server_store_list_page (store, type, *after, PAGE, torg_sight_get_keys (sight), error);

  if (records == NULL)
    return FALSE;
  *n = records->len;
  for (guint i = 0; i < *n; i++)
    {
      guint8 id[16];

      if (!torg_sight_hides_line (sight, records->pdata[i]) &&
          torg_id_to_bytes (torg_record_get_id (records->pdata[i]), id))
        func (id, torg_record_get_seq (records->pdata[i]), data);
    }
  if (*n > 0)
    g_set_str (after, torg_record_get_id (records->pdata[*n - 1]));
  return TRUE;
}

static gboolean
see_numbers (TorgServerStore *store,
             TorgSight       *sight,
             const TorgType  *type,
             char           **after,
             guint           *n,
             SeenFunc         func,
             gpointer         data,
             GError         **error)
{
  g_autoptr (GArray) numbers =
    torg_server_store_list_numbers (store, type, *after, PAGE, torg_sight_get_keys (sight), error);

  if (numbers == NULL)
    return FALSE;
  *n = numbers->len;
  for (guint i = 0; i < *n; i++)
    {
      const TorgServerNumber *number = &g_array_index (numbers, TorgServerNumber, i);

      func (number->id, number->seq, data);
    }
  if (*n > 0)
    {
      g_free (*after);
      *after = torg_id_from_bytes (g_array_index (numbers, TorgServerNumber, *n - 1).id);
    }
  return TRUE;
}

/* All records of a type that the user sees. */
static gboolean
each_seen (TorgServerStore *store, TorgSight *sight, const TorgType *type, SeenFunc func, gpointer data, GError **error)
{
  g_autofree char *after = NULL;
  guint            n = PAGE;

  while (n == PAGE)
    if (!(torg_sight_may_hide_lines (sight, type) ? see_lines : see_numbers) (store, sight, type, &after, &n, func,
                                                                              data, error))
      return FALSE;
  return TRUE;
}

static void
add_to_digest (const guint8 id[16], gint64 seq, gpointer digest)
{
  torg_digest_add (digest, id, seq);
}

/**
 * torg_verify_digest:
 * @store: a connection, in a transaction
 * @sight: what the user sees
 * @schema: the version of the data that the client knows: of later types it has nothing
 * @digest: (out caller-allocates): the digest
 * @error: place for a %TORG_STORE_ERROR
 *
 * Sums up what a client should have.
 *
 * Returns: whether that worked
 */
gboolean
torg_verify_digest (TorgServerStore *store, TorgSight *sight, int schema, TorgDigest *digest, GError **error)
{
  TorgSchema *types = torg_server_store_get_schema (store);

  memset (digest, 0, sizeof *digest);
  for (guint i = 0; i < torg_schema_get_n_types (types); i++)
    if ((int) torg_schema_nth (types, i)->info->since <= schema &&
        !each_seen (store, sight, torg_schema_nth (types, i), add_to_digest, digest, error))
      return FALSE;
  return TRUE;
}

typedef struct
{
  const gboolean *buckets;
  GPtrArray      *ids; /* (owned) (element-type utf8) */
} Wanted;

static void
add_wanted (const guint8 id[16], gint64 seq, gpointer data)
{
  Wanted *wanted = data;

  if (wanted->buckets[torg_digest_get_bucket (id)])
    g_ptr_array_add (wanted->ids, torg_id_from_bytes (id));
}

static gboolean
list_type (TorgServerStore  *store,
           TorgSight        *sight,
           const TorgVerify *verify,
           const TorgType   *type,
           TorgVerifyFunc    func,
           gpointer          data,
           GError          **error)
{
  g_autoptr (GPtrArray) ids = g_ptr_array_new_with_free_func (g_free);
  Wanted wanted = { verify->buckets, ids };

  if (!each_seen (store, sight, type, add_wanted, &wanted, error))
    return FALSE;
  for (guint i = 0; i < ids->len; i += PAGE)
    {
      g_autoptr (GPtrArray) records = g_ptr_array_new_with_free_func ((GDestroyNotify) torg_record_unref);

      for (guint j = i; j < MIN (i + PAGE, ids->len); j++)
        {
          TorgRecord *record;

          if (!torg_server_store_load (store, type, ids->pdata[j], FALSE, &record, NULL, error))
            return FALSE;
          if (record != NULL)
            g_ptr_array_add (records, record);
        }
      func (records, data);
    }
  return TRUE;
}

/**
 * torg_verify_list:
 * @store: a connection, in a transaction
 * @sight: what the user sees
 * @verify: which buckets
 * @func: takes records, those of types that refer to others after these
 * @data: for @func
 * @error: place for a %TORG_STORE_ERROR
 *
 * Reads what a client should have in some buckets.
 *
 * Returns: whether that worked
 */
gboolean
torg_verify_list (TorgServerStore  *store,
                  TorgSight        *sight,
                  const TorgVerify *verify,
                  TorgVerifyFunc    func,
                  gpointer          data,
                  GError          **error)
{
  TorgSchema *types = torg_server_store_get_schema (store);

  for (guint i = 0; i < torg_schema_get_n_types (types); i++)
    if ((int) torg_schema_nth (types, i)->info->since <= verify->schema &&
        !list_type (store, sight, verify, torg_schema_nth (types, i), func, data, error))
      return FALSE;
  return TRUE;
}
