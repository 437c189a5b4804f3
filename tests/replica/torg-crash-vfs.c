/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "torg-crash-vfs.h"

#include <sqlite3.h>
#include <string.h>

/*
 * A disk in memory, for one connection on one thread. It knows which writes were synced, and stops at a given
 * operation: that one and all later ones fail. Restarting it leaves what was synced and, depending on how it crashed,
 * parts of the rest, sector by sector. As with SQLite's own VFS on Linux, a file's first sync makes its name lasting,
 * and a torn write leaves the bytes around it alone (SQLITE_IOCAP_POWERSAFE_OVERWRITE).
 */

#define SECTOR 512

typedef struct
{
  gint64  offset; /* -1: a truncation to @length */
  gsize   length;
  guint8 *data; /* (owned) (nullable) */
} Write;

typedef struct
{
  GByteArray *now;    /* (owned) */
  GByteArray *synced; /* (owned) */
  GArray     *writes; /* (owned) (element-type Write): since the last sync */
  GPtrArray  *shm;    /* (owned): regions of shared memory */
  gboolean    named;  /* survives a crash */
  gboolean    temporary;
  guint       n_open;
} File;

typedef struct
{
  sqlite3_file base;
  File        *file;
} Handle;

struct _CrashState
{
  GHashTable *contents; /* (owned) name → GBytes */
};

static GHashTable *files; /* name → File */
static guint64     n_operations, stop_after;
static gboolean    crashed;
static gint64      capacity;

static void
write_clear (gpointer data)
{
  g_free (((Write *) data)->data);
}

static File *
file_new (void)
{
  File *file = g_new0 (File, 1);

  file->now = g_byte_array_new ();
  file->synced = g_byte_array_new ();
  file->writes = g_array_new (FALSE, FALSE, sizeof (Write));
  g_array_set_clear_func (file->writes, write_clear);
  file->shm = g_ptr_array_new_with_free_func (g_free);
  return file;
}

static void
file_free (gpointer data)
{
  File *file = data;

  g_byte_array_unref (file->now);
  g_byte_array_unref (file->synced);
  g_array_unref (file->writes);
  g_ptr_array_unref (file->shm);
  g_free (file);
}

/* Counts an operation that changes the disk; FALSE from the one on at which it stops. */
static gboolean
go_on (File *file)
{
  if (file != NULL && file->temporary)
    return TRUE;
  if (!crashed && ++n_operations > stop_after)
    crashed = TRUE;
  return !crashed;
}

static void
put (GByteArray *bytes, gint64 offset, const guint8 *data, gsize length)
{
  if (bytes->len < offset + length)
    {
      guint old = bytes->len;

      g_byte_array_set_size (bytes, offset + length);
      memset (bytes->data + old, 0, offset + length - old);
    }
  memcpy (bytes->data + offset, data, length);
}

static void
copy (GByteArray *to, GByteArray *from)
{
  g_byte_array_set_size (to, from->len);
  if (from->len > 0)
    memcpy (to->data, from->data, from->len);
}

/* --- files ------------------------------------------------------------------------------------------------------ */

static int
crash_close (sqlite3_file *base)
{
  File *file = ((Handle *) base)->file;

  file->n_open--;
  if (file->temporary)
    file_free (file);
  return SQLITE_OK;
}

static int
crash_read (sqlite3_file *base, void *data, int length, sqlite3_int64 offset)
{
  File *file = ((Handle *) base)->file;
  gsize there = file->now->len > offset ? MIN ((gsize) length, file->now->len - (gsize) offset) : 0;

  if (crashed)
    return SQLITE_IOERR_READ;
  if (there > 0)
    memcpy (data, file->now->data + offset, there);
  if (there == (gsize) length)
    return SQLITE_OK;
  memset ((guint8 *) data + there, 0, length - there);
  return SQLITE_IOERR_SHORT_READ;
}

static int
crash_write (sqlite3_file *base, const void *data, int length, sqlite3_int64 offset)
{
  File    *file = ((Handle *) base)->file;
  Write    write = { offset, length, g_memdup2 (data, length) };
  gint64   growth = MAX (offset + length - (gint64) file->now->len, 0);
  gboolean alive = go_on (file);

  if (alive && capacity > 0 && growth > 0 && crash_vfs_get_size () + growth > capacity)
    {
      g_free (write.data);
      return SQLITE_FULL;
    }
  /* The one that it stops at may be torn: it counts as not synced. */
  if (alive || n_operations == stop_after + 1)
    {
      put (file->now, offset, data, length);
      g_array_append_val (file->writes, write);
      if (!alive)
        n_operations++;
    }
  else
    g_free (write.data);
  return alive ? SQLITE_OK : SQLITE_IOERR_WRITE;
}

static int
crash_truncate (sqlite3_file *base, sqlite3_int64 size)
{
  File *file = ((Handle *) base)->file;
  Write write = { -1, size, NULL };

  if (!go_on (file))
    return SQLITE_IOERR_TRUNCATE;
  if (size < file->now->len)
    g_byte_array_set_size (file->now, size);
  g_array_append_val (file->writes, write);
  return SQLITE_OK;
}

static int
crash_sync (sqlite3_file *base, int flags)
{
  File *file = ((Handle *) base)->file;

  if (!go_on (file))
    return SQLITE_IOERR_FSYNC;
  copy (file->synced, file->now);
  g_array_set_size (file->writes, 0);
  file->named = TRUE;
  return SQLITE_OK;
}

static int
crash_file_size (sqlite3_file *base, sqlite3_int64 *size)
{
  *size = ((Handle *) base)->file->now->len;
  return SQLITE_OK;
}

static int
crash_lock (sqlite3_file *base, int level)
{
  return SQLITE_OK;
}

static int
crash_check_lock (sqlite3_file *base, int *locked)
{
  *locked = 0;
  return SQLITE_OK;
}

static int
crash_file_control (sqlite3_file *base, int op, void *data)
{
  return SQLITE_NOTFOUND;
}

static int
crash_sector_size (sqlite3_file *base)
{
  return SECTOR;
}

static int
crash_characteristics (sqlite3_file *base)
{
  return SQLITE_IOCAP_POWERSAFE_OVERWRITE;
}

static int
crash_shm_map (sqlite3_file *base, int region, int size, int extend, void volatile **memory)
{
  File *file = ((Handle *) base)->file;

  *memory = NULL;
  while (extend && file->shm->len <= (guint) region)
    g_ptr_array_add (file->shm, g_malloc0 (size));
  if ((guint) region < file->shm->len)
    *memory = g_ptr_array_index (file->shm, region);
  return SQLITE_OK;
}

static int
crash_shm_lock (sqlite3_file *base, int offset, int n, int flags)
{
  return SQLITE_OK;
}

static void
crash_shm_barrier (sqlite3_file *base)
{
}

static int
crash_shm_unmap (sqlite3_file *base, int remove)
{
  if (remove)
    g_ptr_array_set_size (((Handle *) base)->file->shm, 0);
  return SQLITE_OK;
}

static const sqlite3_io_methods methods = {
  .iVersion = 2,
  .xClose = crash_close,
  .xRead = crash_read,
  .xWrite = crash_write,
  .xTruncate = crash_truncate,
  .xSync = crash_sync,
  .xFileSize = crash_file_size,
  .xLock = crash_lock,
  .xUnlock = crash_lock,
  .xCheckReservedLock = crash_check_lock,
  .xFileControl = crash_file_control,
  .xSectorSize = crash_sector_size,
  .xDeviceCharacteristics = crash_characteristics,
  .xShmMap = crash_shm_map,
  .xShmLock = crash_shm_lock,
  .xShmBarrier = crash_shm_barrier,
  .xShmUnmap = crash_shm_unmap,
};

/* --- the disk --------------------------------------------------------------------------------------------------- */

static int
crash_open (sqlite3_vfs *vfs, const char *name, sqlite3_file *base, int flags, int *out_flags)
{
  Handle *handle = (Handle *) base;
  File   *file = name != NULL ? g_hash_table_lookup (files, name) : file_new ();

  base->pMethods = NULL;
  if (crashed)
    return SQLITE_CANTOPEN;
  if (name == NULL)
    file->temporary = TRUE;
  if (file == NULL)
    {
      if ((flags & SQLITE_OPEN_CREATE) == 0)
        return SQLITE_CANTOPEN;
      file = file_new ();
      g_hash_table_insert (files, g_strdup (name), file);
    }
  file->n_open++;
  handle->file = file;
  base->pMethods = &methods;
  if (out_flags != NULL)
    *out_flags = flags;
  return SQLITE_OK;
}

static int
crash_delete (sqlite3_vfs *vfs, const char *name, int sync)
{
  if (!go_on (NULL))
    return SQLITE_IOERR_DELETE;
  return g_hash_table_remove (files, name) ? SQLITE_OK : SQLITE_IOERR_DELETE_NOENT;
}

static int
crash_access (sqlite3_vfs *vfs, const char *name, int flags, int *result)
{
  File *file = g_hash_table_lookup (files, name);

  *result = file != NULL && (flags != SQLITE_ACCESS_EXISTS || file->now->len > 0);
  return SQLITE_OK;
}

static int
crash_full_name (sqlite3_vfs *vfs, const char *name, int size, char *full)
{
  g_strlcpy (full, name, size);
  return SQLITE_OK;
}

static int
crash_randomness (sqlite3_vfs *vfs, int size, char *bytes)
{
  static guint32 next = 1;

  for (int i = 0; i < size; i++)
    bytes[i] = (char) ((next = next * 1664525 + 1013904223) >> 24);
  return size;
}

static int
crash_sleep (sqlite3_vfs *vfs, int microseconds)
{
  return microseconds;
}

static int
crash_time (sqlite3_vfs *vfs, sqlite3_int64 *when)
{
  *when = G_GINT64_CONSTANT (212000000000000);
  return SQLITE_OK;
}

static int
crash_last_error (sqlite3_vfs *vfs, int size, char *text)
{
  return 0;
}

/* Makes the disk known to SQLite as %CRASH_VFS; it is empty. */
void
crash_vfs_register (void)
{
  static sqlite3_vfs vfs = {
    .iVersion = 2,
    .szOsFile = sizeof (Handle),
    .mxPathname = 512,
    .zName = CRASH_VFS,
    .xOpen = crash_open,
    .xDelete = crash_delete,
    .xAccess = crash_access,
    .xFullPathname = crash_full_name,
    .xRandomness = crash_randomness,
    .xSleep = crash_sleep,
    .xGetLastError = crash_last_error,
    .xCurrentTimeInt64 = crash_time,
  };

  files = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, file_free);
  crash_vfs_format ();
  g_assert_cmpint (sqlite3_vfs_register (&vfs, FALSE), ==, SQLITE_OK);
}

/* Empties the disk; nothing may be open. */
void
crash_vfs_format (void)
{
  g_hash_table_remove_all (files);
  n_operations = 0;
  stop_after = G_MAXUINT64 - 2;
  crashed = FALSE;
  capacity = 0;
}

/* Lets so many writes, syncs and the like pass from now on. */
void
crash_vfs_stop_after (guint64 n)
{
  n_operations = 0;
  stop_after = n;
}

guint64
crash_vfs_get_n (void)
{
  return n_operations;
}

gboolean
crash_vfs_has_crashed (void)
{
  return crashed;
}

static void
replay (File *file, CrashMode mode, GRand *rand)
{
  guint n = file->writes->len;

  if (mode == CRASH_TEAR && n > 0)
    n = g_rand_int_range (rand, 0, n);
  for (guint i = 0; i < file->writes->len; i++)
    {
      Write   *write = &g_array_index (file->writes, Write, i);
      gboolean torn = mode == CRASH_TEAR && i == n;

      if (mode == CRASH_TEAR && i > n)
        break;
      if (write->offset < 0)
        {
          if (!torn && (mode != CRASH_REORDER || g_rand_boolean (rand)) && write->length < file->synced->len)
            g_byte_array_set_size (file->synced, write->length);
          continue;
        }
      for (gsize at = 0; at < write->length; at += SECTOR)
        {
          if (mode == CRASH_REORDER && g_rand_boolean (rand))
            continue;
          if (torn && g_rand_int_range (rand, 0, 4) == 0)
            break;
          put (file->synced, write->offset + at, write->data + at, MIN (SECTOR, write->length - at));
        }
    }
}

/* Starts the machine anew after a crash; whatever was open must be closed. */
void
crash_vfs_reboot (CrashMode mode, guint32 seed)
{
  GRand         *rand = g_rand_new_with_seed (seed);
  GHashTableIter iter;
  gpointer       key, value;

  g_hash_table_iter_init (&iter, files);
  while (g_hash_table_iter_next (&iter, &key, &value))
    {
      File *file = value;

      g_assert_cmpuint (file->n_open, ==, 0);
      if (mode != CRASH_KEEP && !file->named)
        {
          g_hash_table_iter_remove (&iter);
          continue;
        }
      if (mode == CRASH_KEEP)
        copy (file->synced, file->now);
      else if (mode != CRASH_LOSE)
        replay (file, mode, rand);
      copy (file->now, file->synced);
      g_array_set_size (file->writes, 0);
      g_ptr_array_set_size (file->shm, 0);
      file->named = TRUE;
    }
  g_rand_free (rand);
  n_operations = 0;
  stop_after = G_MAXUINT64 - 2;
  crashed = FALSE;
}

/* How much fits; 0 for no limit. */
void
crash_vfs_set_capacity (gint64 bytes)
{
  capacity = bytes;
}

gint64
crash_vfs_get_size (void)
{
  GHashTableIter iter;
  gpointer       value;
  gint64         size = 0;

  g_hash_table_iter_init (&iter, files);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    size += ((File *) value)->now->len;
  return size;
}

/* Puts the content of the disk aside; nothing may be open. */
CrashState *
crash_vfs_save (void)
{
  CrashState    *state = g_new0 (CrashState, 1);
  GHashTableIter iter;
  gpointer       name, value;

  state->contents = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify) g_bytes_unref);
  g_hash_table_iter_init (&iter, files);
  while (g_hash_table_iter_next (&iter, &name, &value))
    g_hash_table_insert (state->contents, g_strdup (name),
                         g_bytes_new (((File *) value)->now->data, ((File *) value)->now->len));
  return state;
}

/* Makes the disk hold what was put aside, all of it synced. */
void
crash_vfs_restore (CrashState *state)
{
  GHashTableIter iter;
  gpointer       name, value;

  crash_vfs_format ();
  g_hash_table_iter_init (&iter, state->contents);
  while (g_hash_table_iter_next (&iter, &name, &value))
    {
      File         *file = file_new ();
      gsize         length;
      const guint8 *data = g_bytes_get_data (value, &length);

      g_byte_array_append (file->now, data, length);
      g_byte_array_append (file->synced, data, length);
      file->named = TRUE;
      g_hash_table_insert (files, g_strdup (name), file);
    }
}

void
crash_state_free (CrashState *state)
{
  g_hash_table_unref (state->contents);
  g_free (state);
}
