/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "torg-server"

#include "config.h"

#include "torg-rate.h"

#include <math.h>

/* How many buckets there are before the full ones, which say nothing, are thrown away. */
#define MAX_BUCKETS 10000

typedef struct
{
  double left; /* questions that may be asked at once */
  gint64 at;   /* microseconds UTC, when that was so */
  gint64 full; /* when it is full again */
} Bucket;

struct _TorgRate
{
  TorgEnv    *env; /* (owned) */
  GMutex      lock;
  GHashTable *buckets; /* (owned) name → Bucket */
};

/**
 * torg_rate_new:
 * @env: the clock
 *
 * Makes buckets, all of them full.
 *
 * Returns: (transfer full): buckets
 */
TorgRate *
torg_rate_new (TorgEnv *env)
{
  TorgRate *self = g_new0 (TorgRate, 1);

  self->env = torg_env_ref (env);
  g_mutex_init (&self->lock);
  self->buckets = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  return self;
}

/**
 * torg_rate_free:
 * @self: (transfer full): buckets
 *
 * Frees buckets.
 */
void
torg_rate_free (TorgRate *self)
{
  g_hash_table_unref (self->buckets);
  g_mutex_clear (&self->lock);
  torg_env_unref (self->env);
  g_free (self);
}

static gboolean
is_full (gpointer name, gpointer value, gpointer data)
{
  return ((Bucket *) value)->full <= *(gint64 *) data;
}

static Bucket *
find_bucket (TorgRate *self, const char *name, guint burst, gint64 now)
{
  Bucket *bucket = g_hash_table_lookup (self->buckets, name);

  if (bucket != NULL)
    return bucket;
  if (g_hash_table_size (self->buckets) >= MAX_BUCKETS)
    g_hash_table_foreach_remove (self->buckets, is_full, &now);
  /* Whoever asks under so many names at once is not counted any better by one more. */
  if (g_hash_table_size (self->buckets) >= MAX_BUCKETS)
    g_hash_table_remove_all (self->buckets);
  bucket = g_new0 (Bucket, 1);
  bucket->left = burst;
  bucket->at = now;
  g_hash_table_insert (self->buckets, g_strdup (name), bucket);
  return bucket;
}

/**
 * torg_rate_take:
 * @name: who asks, and for what
 * @burst: how many questions may be asked at once
 * @per_second: how many more each second
 *
 * Lets somebody ask, or not yet.
 *
 * Returns: 0, or in how many seconds to ask again
 */
guint
torg_rate_take (TorgRate *self, const char *name, guint burst, double per_second)
{
  gint64  now = torg_env_get_now (self->env);
  guint   wait = 0;
  Bucket *bucket;

  g_mutex_lock (&self->lock);
  bucket = find_bucket (self, name, burst, now);
  /* A clock that was put back gives nothing and takes nothing. */
  bucket->left = MIN (burst, bucket->left + (double) MAX (now - bucket->at, 0) / G_USEC_PER_SEC * per_second);
  bucket->at = now;
  if (bucket->left >= 1)
    bucket->left -= 1;
  else
    wait = (guint) CLAMP (ceil ((1 - bucket->left) / per_second), 1, 24 * 60 * 60);
  bucket->full = now + (gint64) ((burst - bucket->left) / per_second * G_USEC_PER_SEC);
  g_mutex_unlock (&self->lock);
  return wait;
}

/**
 * torg_rate_give_back:
 * @name: what was taken by
 * @burst: how many questions may be asked at once
 *
 * Gives one question back that made no work.
 */
void
torg_rate_give_back (TorgRate *self, const char *name, guint burst)
{
  Bucket *bucket;

  g_mutex_lock (&self->lock);
  bucket = g_hash_table_lookup (self->buckets, name);
  if (bucket != NULL)
    bucket->left = MIN (burst, bucket->left + 1);
  g_mutex_unlock (&self->lock);
}
