/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "torg-core"

#include "torg-env.h"

#include <string.h>
#include <sys/random.h>

struct _TorgEnv
{
  gatomicrefcount refs;
  GMutex          mutex;

  gboolean seeded;
  GRand   *rand; /* (owned) (nullable), only when seeded */
  gint64   now;  /* only when seeded */
  char    *zone; /* (owned) (nullable), only when seeded: UTC without one */
  char    *vfs;  /* (owned) (nullable) */

  gint64 last_ms; /* of the last id made, so that ids of one process grow */
  guint  counter;
};

G_DEFINE_BOXED_TYPE (TorgEnv, torg_env, torg_env_ref, torg_env_unref)

static TorgEnv *
env_alloc (void)
{
  TorgEnv *self = g_new0 (TorgEnv, 1);

  g_atomic_ref_count_init (&self->refs);
  g_mutex_init (&self->mutex);
  return self;
}

/**
 * torg_env_new:
 *
 * Makes the environment of the real machine: its clock, the kernel's random numbers, SQLite's default VFS.
 *
 * Returns: (transfer full): a new environment
 */
TorgEnv *
torg_env_new (void)
{
  return env_alloc ();
}

/**
 * torg_env_new_seeded:
 * @seed: what all randomness follows from
 * @now: the clock's first value, in microseconds UTC; it stands until [method@Env.set_now]
 * @vfs: (nullable): name of a registered SQLite VFS
 *
 * Makes a deterministic environment, for tests and the demo company.
 *
 * Returns: (transfer full): a new environment
 */
TorgEnv *
torg_env_new_seeded (guint64 seed, gint64 now, const char *vfs)
{
  TorgEnv *self = env_alloc ();
  guint32  parts[] = { (guint32) seed, (guint32) (seed >> 32) };

  self->seeded = TRUE;
  self->rand = g_rand_new_with_seed_array (parts, G_N_ELEMENTS (parts));
  self->now = now;
  self->vfs = g_strdup (vfs);
  return self;
}

/**
 * torg_env_ref:
 *
 * Takes a reference.
 *
 * Returns: (transfer full): @self
 */
TorgEnv *
torg_env_ref (TorgEnv *self)
{
  g_atomic_ref_count_inc (&self->refs);
  return self;
}

/**
 * torg_env_unref:
 *
 * Gives a reference back.
 */
void
torg_env_unref (TorgEnv *self)
{
  if (!g_atomic_ref_count_dec (&self->refs))
    return;
  g_clear_pointer (&self->rand, g_rand_free);
  g_mutex_clear (&self->mutex);
  g_free (self->zone);
  g_free (self->vfs);
  g_free (self);
}

/**
 * torg_env_get_now:
 *
 * Tells the time.
 *
 * Returns: microseconds UTC since 1970
 */
gint64
torg_env_get_now (TorgEnv *self)
{
  if (!self->seeded)
    return g_get_real_time ();

  g_mutex_lock (&self->mutex);
  gint64 now = self->now;
  g_mutex_unlock (&self->mutex);
  return now;
}

/**
 * torg_env_set_now:
 * @now: microseconds UTC
 *
 * Sets the clock of a seeded environment.
 */
void
torg_env_set_now (TorgEnv *self, gint64 now)
{
  g_return_if_fail (self->seeded);

  g_mutex_lock (&self->mutex);
  self->now = now;
  g_mutex_unlock (&self->mutex);
}

/**
 * torg_env_set_zone:
 * @zone: a name such as `Asia/Vladivostok`, or an offset such as `+10:00`
 *
 * Sets the time zone of a seeded environment, UTC before that; the real machine's is its own.
 */
void
torg_env_set_zone (TorgEnv *self, const char *zone)
{
  g_return_if_fail (self->seeded);

  g_mutex_lock (&self->mutex);
  g_set_str (&self->zone, zone);
  g_mutex_unlock (&self->mutex);
}

static GTimeZone *
make_zone (TorgEnv *self)
{
  GTimeZone *zone = NULL;

  g_mutex_lock (&self->mutex);
  if (self->zone != NULL)
    zone = g_time_zone_new_identifier (self->zone);
  g_mutex_unlock (&self->mutex);
  if (zone == NULL)
    zone = self->seeded ? g_time_zone_new_utc () : g_time_zone_new_local ();
  return zone;
}

/**
 * torg_env_make_day:
 * @when: microseconds UTC since 1970
 *
 * Tells on which day a moment is, by the local time.
 *
 * Returns: (transfer full): `YYYY-MM-DD`
 */
char *
torg_env_make_day (TorgEnv *self, gint64 when)
{
  g_autoptr (GTimeZone) zone = make_zone (self);
  g_autoptr (GDateTime) moment = g_date_time_new_from_unix_utc_usec (when);
  g_autoptr (GDateTime) local = g_date_time_to_timezone (moment, zone);

  return g_date_time_format (local, "%Y-%m-%d");
}

/**
 * torg_env_make_moment:
 * @day: YYYY-MM-DD
 * @days: how many days later
 *
 * Tells when a day begins, by the local time.
 *
 * Returns: microseconds UTC since 1970; 0 for what is no day
 */
gint64
torg_env_make_moment (TorgEnv *self, const char *day, int days)
{
  g_autoptr (GTimeZone) zone = make_zone (self);
  g_autofree char *text = g_strdup_printf ("%sT00:00:00", day);
  g_autoptr (GDateTime) start = g_date_time_new_from_iso8601 (text, zone);
  g_autoptr (GDateTime) moment = start != NULL ? g_date_time_add_days (start, days) : NULL;

  return moment != NULL ? g_date_time_to_unix_usec (moment) : 0;
}

static void
fill_random_locked (TorgEnv *self, guint8 *bytes, gsize length)
{
  if (self->seeded)
    {
      for (gsize i = 0; i < length; i++)
        bytes[i] = g_rand_int (self->rand) & 0xff;
      return;
    }

  while (length > 0)
    {
      gssize n = getrandom (bytes, length, 0);

      if (n > 0)
        {
          bytes += n;
          length -= n;
        }
    }
}

/**
 * torg_env_fill_random:
 * @bytes: (array length=length): where to write
 * @length: how many bytes
 *
 * Fills @bytes with random numbers; of cryptographic quality unless the environment is seeded.
 */
void
torg_env_fill_random (TorgEnv *self, guint8 *bytes, gsize length)
{
  g_mutex_lock (&self->mutex);
  fill_random_locked (self, bytes, length);
  g_mutex_unlock (&self->mutex);
}

/**
 * torg_env_make_id:
 *
 * Makes the id of a new record: a UUIDv7 (RFC 9562, 5.7) in lower case.
 *
 * Ids made by one environment grow strictly: within a millisecond the 12 bits of `rand_a` count (6.2, method 1).
 *
 * Returns: (transfer full): 36 characters
 */
char *
torg_env_make_id (TorgEnv *self)
{
  return torg_env_make_id_at (self, 0);
}

/**
 * torg_env_make_id_at:
 * @when: microseconds UTC that the id is to carry, or 0 for now
 *
 * Makes a UUIDv7 for a record that was made at another time, such as an imported or a generated one.
 *
 * Returns: (transfer full): 36 characters
 */
char *
torg_env_make_id_at (TorgEnv *self, gint64 when)
{
  guint8 bytes[16];
  gint64 ms = (when != 0 ? when : torg_env_get_now (self)) / 1000;
  guint  counter;

  g_mutex_lock (&self->mutex);
  fill_random_locked (self, bytes, sizeof bytes);
  counter = (bytes[6] & 0x07) << 8 | bytes[7];
  if (when == 0)
    {
      if (ms <= self->last_ms)
        {
          ms = self->last_ms;
          counter = self->counter + 1;
          if (counter > 0xfff)
            {
              ms++;
              counter = 0;
            }
        }
      self->last_ms = ms;
      self->counter = counter;
    }
  g_mutex_unlock (&self->mutex);

  for (int i = 0; i < 6; i++)
    bytes[i] = (guint8) (ms >> (8 * (5 - i)));
  bytes[6] = 0x70 | (counter >> 8);
  bytes[7] = counter & 0xff;
  bytes[8] = 0x80 | (bytes[8] & 0x3f);
  return torg_id_from_bytes (bytes);
}

/**
 * torg_env_get_vfs:
 *
 * Tells which SQLite VFS databases are opened with.
 *
 * Returns: (nullable): its name, or %NULL for the default
 */
const char *
torg_env_get_vfs (TorgEnv *self)
{
  return self->vfs;
}

/**
 * torg_env_is_seeded:
 *
 * Tells whether all that happens in the environment is to be repeatable from its seed: then one thread does it.
 *
 * Returns: whether it is
 */
gboolean
torg_env_is_seeded (TorgEnv *self)
{
  return self->seeded;
}

static gboolean
is_dash (gsize i)
{
  return i == 8 || i == 13 || i == 18 || i == 23;
}

/* Of each hexadecimal digit one more than its value: ids are read more often than anything else. */
static const guint8 hex_values[256] = {
  ['0'] = 1,  ['1'] = 2,  ['2'] = 3,  ['3'] = 4,  ['4'] = 5,  ['5'] = 6,  ['6'] = 7,  ['7'] = 8,
  ['8'] = 9,  ['9'] = 10, ['a'] = 11, ['b'] = 12, ['c'] = 13, ['d'] = 14, ['e'] = 15, ['f'] = 16,
  ['A'] = 11, ['B'] = 12, ['C'] = 13, ['D'] = 14, ['E'] = 15, ['F'] = 16,
};

/**
 * torg_id_to_bytes:
 * @id: (nullable): a UUID as text
 * @bytes: (out caller-allocates): its 16 bytes
 *
 * Reads a UUID in its canonical form, in either case.
 *
 * Returns: whether @id is one
 */
gboolean
torg_id_to_bytes (const char *id, guint8 bytes[16])
{
  gsize at = 0;

  if (id == NULL)
    return FALSE;
  for (gsize i = 0; i < 16; i++)
    {
      guint8 high, low;

      if (is_dash (at) && id[at++] != '-')
        return FALSE;
      high = hex_values[(guint8) id[at]];
      low = high != 0 ? hex_values[(guint8) id[at + 1]] : 0;
      if (low == 0)
        return FALSE;
      bytes[i] = (guint8) ((high - 1) << 4 | (low - 1));
      at += 2;
    }
  return id[at] == '\0';
}

/**
 * torg_id_from_bytes:
 * @bytes: the 16 bytes of a UUID
 *
 * Writes a UUID in its canonical form, in lower case.
 *
 * Returns: (transfer full): 36 characters
 */
char *
torg_id_from_bytes (const guint8 bytes[16])
{
  static const char digits[] = "0123456789abcdef";
  char             *id = g_malloc (37);
  gsize             n = 0;

  for (gsize i = 0; i < 36; i++)
    {
      if (is_dash (i))
        {
          id[i] = '-';
          continue;
        }
      id[i] = digits[n % 2 == 0 ? bytes[n / 2] >> 4 : bytes[n / 2] & 0xf];
      n++;
    }
  id[36] = '\0';
  return id;
}

/**
 * torg_id_parse:
 * @text: (nullable): what somebody wrote
 *
 * Reads a UUID in either case.
 *
 * Returns: (transfer full) (nullable): it in its canonical form; %NULL where @text is none
 */
char *
torg_id_parse (const char *text)
{
  guint8 bytes[16];

  return torg_id_to_bytes (text, bytes) ? torg_id_from_bytes (bytes) : NULL;
}

/**
 * torg_id_is_valid:
 * @id: (nullable): text
 *
 * Tells whether @id is a UUID in its canonical form, in lower case: a record has one name, which is compared as text.
 *
 * Returns: whether it is
 */
gboolean
torg_id_is_valid (const char *id)
{
  guint8 bytes[16];

  return torg_id_to_bytes (id, bytes) && strpbrk (id, "ABCDEF") == NULL;
}

/**
 * torg_id_derive:
 * @id: a UUID; what is none counts as that of zeros
 * @name: a name
 *
 * Makes an id that follows from another one and a name: a UUIDv8 (RFC 9562, 5.8) of SHA-256. A replica and the server
 * call what follows from one mutation the same. It keeps the time of a UUIDv7, so that indexes grow at their end.
 *
 * Returns: (transfer full): 36 characters
 */
char *
torg_id_derive (const char *id, const char *name)
{
  g_autoptr (GChecksum) checksum = g_checksum_new (G_CHECKSUM_SHA256);
  guint8 bytes[32], from[16];
  gsize  length = sizeof bytes;

  if (!torg_id_to_bytes (id, from))
    memset (from, 0, sizeof from);
  g_checksum_update (checksum, from, sizeof from);
  g_checksum_update (checksum, (const guchar *) name, strlen (name));
  g_checksum_get_digest (checksum, bytes, &length);
  memcpy (bytes, from, 6);
  bytes[6] = (bytes[6] & 0x0f) | 0x80;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  return torg_id_from_bytes (bytes);
}

/**
 * torg_id_get_time:
 * @id: a UUIDv7
 *
 * Reads the time an id was made at.
 *
 * Returns: microseconds UTC, to the millisecond; 0 for what is no UUID
 */
gint64
torg_id_get_time (const char *id)
{
  guint8 bytes[16];
  gint64 ms = 0;

  if (!torg_id_to_bytes (id, bytes))
    return 0;
  for (int i = 0; i < 6; i++)
    ms = ms << 8 | bytes[i];
  return ms * 1000;
}
