/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "torg-server"

#include "config.h"

#include "torg-server-file.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>
#include <unistd.h>

struct _TorgServerFile
{
  char *path; /* (owned) */
  char *part; /* (owned) (nullable): the name until it is finished */
  int   fd;   /* -1 for none */
};

static gboolean
fail (TorgServerFile *self, GError **error)
{
  int code = errno;

  g_set_error (error, G_IO_ERROR, g_io_error_from_errno (code), _ ("“%s” cannot be written: %s"), self->path,
               g_strerror (code));
  return FALSE;
}

/**
 * torg_server_file_new:
 * @path: what it is to be called in the end
 * @error: place for a %G_IO_ERROR
 *
 * Begins a file.
 *
 * Returns: (transfer full) (nullable): the file, empty
 */
TorgServerFile *
torg_server_file_new (const char *path, GError **error)
{
  g_autoptr (TorgServerFile) self = g_new0 (TorgServerFile, 1);

  self->path = g_strdup (path);
  self->part = g_strdup_printf ("%s.%d.part", path, (int) getpid ());
  g_unlink (self->part);
  self->fd = g_open (self->part, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (self->fd >= 0)
    return g_steal_pointer (&self);
  fail (self, error);
  g_clear_pointer (&self->part, g_free);
  return NULL;
}

/**
 * torg_server_file_free:
 * @self: (transfer full): a file
 *
 * Closes a file; one that is not finished is removed.
 */
void
torg_server_file_free (TorgServerFile *self)
{
  if (self->fd >= 0)
    close (self->fd);
  if (self->part != NULL)
    g_unlink (self->part);
  g_free (self->part);
  g_free (self->path);
  g_free (self);
}

/**
 * torg_server_file_get_path:
 *
 * Tells where it lies until it is finished, for another program that writes it.
 *
 * Returns: (transfer none): a path
 */
const char *
torg_server_file_get_path (TorgServerFile *self)
{
  return self->part;
}

/**
 * torg_server_file_write:
 * @bytes: (array length=length): what comes next
 * @length: how much
 * @error: place for a %G_IO_ERROR
 *
 * Writes more.
 *
 * Returns: whether that worked
 */
gboolean
torg_server_file_write (TorgServerFile *self, const void *bytes, gsize length, GError **error)
{
  const guint8 *at = bytes;

  while (length > 0)
    {
      gssize n = write (self->fd, at, length);

      if (n < 0 && errno == EINTR)
        continue;
      if (n < 0)
        return fail (self, error);
      at += n;
      length -= (gsize) n;
    }
  return TRUE;
}

/* That the name is there after a power loss too. */
static gboolean
sync_folder (TorgServerFile *self, GError **error)
{
  g_autofree char *folder = g_path_get_dirname (self->path);
  int              fd = g_open (folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC, 0);
  gboolean         ok = fd >= 0 && fsync (fd) == 0;

  if (!ok)
    fail (self, error);
  if (fd >= 0)
    close (fd);
  return ok;
}

/**
 * torg_server_file_finish:
 * @error: place for a %G_IO_ERROR
 *
 * Brings the file to the disk and gives it its name, in place of one that has it. Another program may have written it
 * anew under the name of [method@ServerFile.get_path].
 *
 * Returns: whether it is there
 */
gboolean
torg_server_file_finish (TorgServerFile *self, GError **error)
{
  int      fd = g_open (self->part, O_RDONLY | O_CLOEXEC, 0);
  gboolean ok = fd >= 0 && fchmod (fd, 0600) == 0 && fsync (fd) == 0;

  if (!ok)
    fail (self, error);
  if (fd >= 0)
    close (fd);
  if (!ok)
    return FALSE;
  if (g_rename (self->part, self->path) != 0)
    return fail (self, error);
  g_clear_pointer (&self->part, g_free);
  return sync_folder (self, error);
}
