/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "torg-sync"

#include "config.h"

#include "torg-sync-lock.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

/**
 * torg_sync_lock:
 * @path: of a replica
 * @wait: whether to wait while another process syncs it
 * @lock: (out): the lock; -1 where another process has it
 * @error: place for a %G_IO_ERROR
 *
 * Lets one process at a time sync a replica. A lock goes with its process, however that ends.
 *
 * Returns: whether it could be tried
 */
gboolean
torg_sync_lock (const char *path, gboolean wait, int *lock, GError **error)
{
  g_autofree char *name = g_strconcat (path, "-sync", NULL);
  int              file = open (name, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  int              code;

  *lock = -1;
  if (file >= 0 && flock (file, wait ? LOCK_EX : LOCK_EX | LOCK_NB) == 0)
    {
      *lock = file;
      return TRUE;
    }
  code = errno;
  if (file >= 0)
    close (file);
  if (code == EWOULDBLOCK)
    return TRUE;
  g_set_error_literal (error, G_IO_ERROR, g_io_error_from_errno (code), g_strerror (code));
  return FALSE;
}

/**
 * torg_sync_unlock:
 * @lock: a lock
 *
 * Lets others sync.
 */
void
torg_sync_unlock (int lock)
{
  close (lock);
}
