/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sim-world.h"

#include <sqlite3.h>
#include <string.h>

/*
 * A layer over SQLite's own file system that lets one database fail at a given write: there its process dies in the
 * midst of it, or there the disk is full. What the power takes with it is tested in tests/replica; here a process dies,
 * and what it had written is there.
 */

typedef struct
{
  sqlite3_file  base;
  const char   *name; /* (nullable): SQLite keeps it as long as the file is open */
  sqlite3_file *real; /* in the same piece of memory, behind this one */
} Handle;

static sqlite3_vfs *real_vfs;
static char        *path; /* (owned) (nullable): the database that is to fail */
static guint        n_left;
static SimFaults    kind;
static gboolean     failed;

/* What is fatal while all is well: of a disk that fails, a warning may tell. */
static GLogLevelFlags fatal;

/* The database or its journal. */
static gboolean
is_meant (const char *name)
{
  gsize length = path != NULL ? strlen (path) : 0;

  return path != NULL && name != NULL && strncmp (name, path, length) == 0 &&
         (name[length] == '\0' || g_str_equal (name + length, "-wal") || g_str_equal (name + length, "-journal"));
}

/* Whether a write may pass; after the first one that may not, none may. */
static gboolean
may_write (void)
{
  if (!failed && n_left > 0)
    {
      n_left--;
      return TRUE;
    }
  failed = TRUE;
  return FALSE;
}

static sqlite3_file *
get_real (sqlite3_file *file)
{
  return ((Handle *) file)->real;
}

/* --- files -------------------------------------------------------------------------------------------------------- */

static int
disk_close (sqlite3_file *file)
{
  return get_real (file)->pMethods->xClose (get_real (file));
}

static int
disk_read (sqlite3_file *file, void *data, int length, sqlite3_int64 offset)
{
  return get_real (file)->pMethods->xRead (get_real (file), data, length, offset);
}

static int
disk_write (sqlite3_file *file, const void *data, int length, sqlite3_int64 offset)
{
  sqlite3_file *real = get_real (file);
  gboolean      was_failed = failed;

  if (!is_meant (((Handle *) file)->name) || may_write ())
    return real->pMethods->xWrite (real, data, length, offset);
  if (kind == SIM_FAULT_FULL)
    return SQLITE_FULL;
  /* The write that it dies in is there by half. */
  if (!was_failed && length > 1)
    real->pMethods->xWrite (real, data, length / 2, offset);
  return SQLITE_IOERR_WRITE;
}

static int
disk_truncate (sqlite3_file *file, sqlite3_int64 size)
{
  /* A full disk can be written to where that takes no room. */
  if (is_meant (((Handle *) file)->name) && kind == SIM_FAULT_WRITE && !may_write ())
    return SQLITE_IOERR_TRUNCATE;
  return get_real (file)->pMethods->xTruncate (get_real (file), size);
}

static int
disk_sync (sqlite3_file *file, int flags)
{
  if (is_meant (((Handle *) file)->name) && kind == SIM_FAULT_WRITE && !may_write ())
    return SQLITE_IOERR_FSYNC;
  return get_real (file)->pMethods->xSync (get_real (file), flags);
}

static int
disk_file_size (sqlite3_file *file, sqlite3_int64 *size)
{
  return get_real (file)->pMethods->xFileSize (get_real (file), size);
}

static int
disk_lock (sqlite3_file *file, int level)
{
  return get_real (file)->pMethods->xLock (get_real (file), level);
}

static int
disk_unlock (sqlite3_file *file, int level)
{
  return get_real (file)->pMethods->xUnlock (get_real (file), level);
}

static int
disk_check_lock (sqlite3_file *file, int *locked)
{
  return get_real (file)->pMethods->xCheckReservedLock (get_real (file), locked);
}

static int
disk_file_control (sqlite3_file *file, int op, void *data)
{
  return get_real (file)->pMethods->xFileControl (get_real (file), op, data);
}

static int
disk_sector_size (sqlite3_file *file)
{
  return get_real (file)->pMethods->xSectorSize (get_real (file));
}

static int
disk_characteristics (sqlite3_file *file)
{
  return get_real (file)->pMethods->xDeviceCharacteristics (get_real (file));
}

static int
disk_shm_map (sqlite3_file *file, int region, int size, int extend, void volatile **memory)
{
  return get_real (file)->pMethods->xShmMap (get_real (file), region, size, extend, memory);
}

static int
disk_shm_lock (sqlite3_file *file, int offset, int n, int flags)
{
  return get_real (file)->pMethods->xShmLock (get_real (file), offset, n, flags);
}

static void
disk_shm_barrier (sqlite3_file *file)
{
  get_real (file)->pMethods->xShmBarrier (get_real (file));
}

static int
disk_shm_unmap (sqlite3_file *file, int remove)
{
  return get_real (file)->pMethods->xShmUnmap (get_real (file), remove);
}

static const sqlite3_io_methods methods = {
  .iVersion = 2,
  .xClose = disk_close,
  .xRead = disk_read,
  .xWrite = disk_write,
  .xTruncate = disk_truncate,
  .xSync = disk_sync,
  .xFileSize = disk_file_size,
  .xLock = disk_lock,
  .xUnlock = disk_unlock,
  .xCheckReservedLock = disk_check_lock,
  .xFileControl = disk_file_control,
  .xSectorSize = disk_sector_size,
  .xDeviceCharacteristics = disk_characteristics,
  .xShmMap = disk_shm_map,
  .xShmLock = disk_shm_lock,
  .xShmBarrier = disk_shm_barrier,
  .xShmUnmap = disk_shm_unmap,
};

/* --- the file system ---------------------------------------------------------------------------------------------- */

static int
disk_open (sqlite3_vfs *vfs, const char *name, sqlite3_file *file, int flags, int *out_flags)
{
  Handle *handle = (Handle *) file;
  int     code;

  handle->name = name;
  handle->real = (sqlite3_file *) (handle + 1);
  code = real_vfs->xOpen (real_vfs, name, handle->real, flags, out_flags);
  file->pMethods = handle->real->pMethods != NULL ? &methods : NULL;
  return code;
}

static int
disk_delete (sqlite3_vfs *vfs, const char *name, int sync)
{
  if (is_meant (name) && kind == SIM_FAULT_WRITE && !may_write ())
    return SQLITE_IOERR_DELETE;
  return real_vfs->xDelete (real_vfs, name, sync);
}

static void
log_faults_cb (const char *domain, GLogLevelFlags level, const char *message, gpointer data)
{
  if (level < (path == NULL ? G_LOG_LEVEL_MESSAGE : G_LOG_LEVEL_WARNING))
    g_log_default_handler (domain, level, message, data);
}

/* Makes it known to SQLite as %SIM_DISK. */
void
sim_disk_register (void)
{
  static sqlite3_vfs vfs;

  if (real_vfs != NULL)
    return;
  g_log_set_default_handler (log_faults_cb, NULL);
  real_vfs = sqlite3_vfs_find (NULL);
  vfs = *real_vfs;
  vfs.szOsFile = (int) sizeof (Handle) + real_vfs->szOsFile;
  vfs.zName = SIM_DISK;
  vfs.pNext = NULL;
  vfs.xOpen = disk_open;
  vfs.xDelete = disk_delete;
  if (sqlite3_vfs_register (&vfs, FALSE) != SQLITE_OK)
    g_error ("the disk");
}

/* Lets so many writes to a database pass from now on; at the next one its process dies, or the disk is full. */
void
sim_disk_fail_after (const char *database, guint n_writes, SimFaults fault)
{
  if (path == NULL)
    fatal = g_log_set_always_fatal (G_LOG_FATAL_MASK | G_LOG_LEVEL_CRITICAL);
  g_set_str (&path, database);
  n_left = n_writes;
  kind = fault;
  failed = FALSE;
}

/* Whether that has happened to a database, of a kind. */
gboolean
sim_disk_has_failed (const char *database, SimFaults fault)
{
  return failed && kind == fault && g_strcmp0 (path, database) == 0;
}

/* From now on everything can be written. */
void
sim_disk_mend (void)
{
  if (path != NULL)
    g_log_set_always_fatal (fatal);
  g_clear_pointer (&path, g_free);
  failed = FALSE;
}
