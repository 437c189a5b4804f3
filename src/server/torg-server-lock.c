/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "torg-server"

#include "config.h"

#include "torg-error.h"
#include "torg-server-lock.h"
#include "torg-server-store.h"

#include <errno.h>
#include <fcntl.h>
#include <gio/gio.h>
#include <glib/gi18n-lib.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

/**
 * torg_server_lock:
 * @store_uri: the database, see [func@server_store_open]
 * @error: place for a %TORG_ERROR_UNSUPPORTED where another server has it, or may have it by another name, or a
 *   %G_IO_ERROR
 *
 * Keeps other servers from a database that one process at a time serves, as long as this one runs, however it ends.
 * PostgreSQL serves as many as there are.
 *
 * Returns: whether it is this one's
 */
gboolean
torg_server_lock (const char *store_uri, GError **error)
{
  const char      *path = store_uri + strlen ("sqlite:");
  g_autofree char *name = NULL;
  char            *real; /* (owned): malloc() */
  int              file, code;
  struct stat      about;

  if (torg_server_store_is_shared (store_uri))
    return TRUE;
  if (stat (path, &about) == 0 && about.st_nlink > 1)
    {
      g_set_error (error, TORG_ERROR, TORG_ERROR_UNSUPPORTED,
                   _ ("“%s” has a second name on the disk (a hard link), by which another server could work on it. "
                      "Remove that name, or serve a copy: cp %s FILE"),
                   path, path);
      return FALSE;
    }
  /* By whatever name, it is the same file. */
  real = realpath (path, NULL);
  name = g_strconcat (real != NULL ? real : path, "-serve", NULL);
  free (real);
  file = open (name, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  /* The file is never closed: the lock goes with the process. */
  if (file >= 0 && flock (file, LOCK_EX | LOCK_NB) == 0)
    return TRUE;
  code = errno;
  if (file >= 0)
    close (file);
  if (file >= 0 && code == EWOULDBLOCK)
    g_set_error (error, TORG_ERROR, TORG_ERROR_UNSUPPORTED,
                 _ ("Another server works on “%s”. With SQLite there is one; end it first."), path);
  else
    g_set_error (error, G_IO_ERROR, g_io_error_from_errno (code), "%s: %s", name, g_strerror (code));
  return FALSE;
}
