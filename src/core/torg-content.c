/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "torg-core"

#include "config.h"

#include "torg-content.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

/* What is read at once. */
#define CHUNK (256 * 1024)
#define HASH_LENGTH 64
/* Where what is not whole yet lies. */
#define PARTS "parts"
/* Where copies lie that were opened. */
#define OPENED "opened"

struct _TorgContent
{
  char *folder; /* (owned) */
};

static gboolean
fail (const char *path, GError **error)
{
  int code = errno;

  if (code == ENOSPC || code == EDQUOT)
    g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_NO_SPACE,
                         _ ("There is no space left on the disk for this file. Free some, and try again."));
  else
    g_set_error (error, G_IO_ERROR, g_io_error_from_errno (code), _ ("“%s” cannot be written: %s"), path,
                 g_strerror (code));
  return FALSE;
}

/**
 * torg_content_new:
 * @folder: where the files lie; made when the first one comes
 *
 * Makes a view of a folder.
 *
 * Returns: (transfer full): the folder of contents
 */
TorgContent *
torg_content_new (const char *folder)
{
  TorgContent *self = g_new0 (TorgContent, 1);

  self->folder = g_strdup (folder);
  return self;
}

/**
 * torg_content_free:
 * @self: (transfer full): a folder of contents
 *
 * Frees the view; what is on the disk stays.
 */
void
torg_content_free (TorgContent *self)
{
  g_free (self->folder);
  g_free (self);
}

/**
 * torg_content_get_folder:
 *
 * Tells where the files lie.
 *
 * Returns: (transfer none): a path
 */
const char *
torg_content_get_folder (TorgContent *self)
{
  return self->folder;
}

/**
 * torg_content_is_hash:
 * @text: (nullable): anything
 *
 * Tells whether a text is a SHA-256 in lower case hexadecimal, and thereby no path.
 *
 * Returns: whether it is
 */
gboolean
torg_content_is_hash (const char *text)
{
  return text != NULL && strlen (text) == HASH_LENGTH && strspn (text, "0123456789abcdef") == HASH_LENGTH;
}

/**
 * torg_content_dup_path:
 * @hash: a SHA-256
 *
 * Tells where a file lies, or would lie.
 *
 * Returns: (transfer full): a path
 */
char *
torg_content_dup_path (TorgContent *self, const char *hash)
{
  g_autofree char *start = g_strndup (hash, 2);

  g_return_val_if_fail (torg_content_is_hash (hash), NULL);
  return g_build_filename (self->folder, start, hash + 2, NULL);
}

static char *
dup_part (TorgContent *self, const char *name)
{
  return g_build_filename (self->folder, PARTS, name, NULL);
}

static gint64
get_size (const char *path)
{
  GStatBuf about;

  return g_stat (path, &about) == 0 ? (gint64) about.st_size : -1;
}

/**
 * torg_content_get_size:
 * @hash: a SHA-256
 *
 * Tells whether a file is there, and how long it is.
 *
 * Returns: bytes; -1 where it is not there
 */
gint64
torg_content_get_size (TorgContent *self, const char *hash)
{
  g_autofree char *path = torg_content_dup_path (self, hash);

  return get_size (path);
}

/* --- bringing it to the disk -------------------------------------------------------------------------------------- */

/* That a name is there after a power loss too. */
static gboolean
sync_folder_of (const char *path, GError **error)
{
  g_autofree char *folder = g_path_get_dirname (path);
  int              fd = g_open (folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC, 0);
  gboolean         ok = fd >= 0 && fsync (fd) == 0;

  if (!ok)
    fail (folder, error);
  if (fd >= 0)
    close (fd);
  return ok;
}

static gboolean
ensure_parent (TorgContent *self, const char *path, GError **error)
{
  g_autofree char *folder = g_path_get_dirname (path);

  if (g_file_test (folder, G_FILE_TEST_IS_DIR))
    return TRUE;
  if (g_mkdir_with_parents (folder, 0700) != 0)
    return fail (folder, error);
  return sync_folder_of (self->folder, error) && sync_folder_of (folder, error);
}

static gboolean
publish (TorgContent *self, const char *part, const char *hash, GError **error)
{
  g_autofree char *path = torg_content_dup_path (self, hash);

  if (!ensure_parent (self, path, error))
    return FALSE;
  return g_rename (part, path) == 0 ? sync_folder_of (path, error) : fail (path, error);
}

static gboolean
write_all (int fd, const void *bytes, gsize length)
{
  const guint8 *at = bytes;

  while (length > 0)
    {
      gssize n = write (fd, at, length);

      if (n < 0 && errno == EINTR)
        continue;
      if (n < 0)
        return FALSE;
      at += n;
      length -= (gsize) n;
    }
  return TRUE;
}

/* --- files of others ---------------------------------------------------------------------------------------------- */

static gboolean
copy (GInputStream *in,
      int           fd,
      const char   *part,
      gint64        total,
      GChecksum    *checksum,
      TorgJob      *job,
      gint64       *size,
      GCancellable *cancellable,
      GError      **error)
{
  g_autofree guint8 *buffer = g_malloc (CHUNK);

  for (;;)
    {
      gssize n = g_input_stream_read (in, buffer, CHUNK, cancellable, error);

      if (n <= 0)
        return n == 0 && (fsync (fd) == 0 || fail (part, error));
      g_checksum_update (checksum, buffer, n);
      if (!write_all (fd, buffer, (gsize) n))
        return fail (part, error);
      *size += n;
      if (job != NULL)
        torg_job_report (job, *size, total, NULL);
    }
}

/**
 * torg_content_take:
 * @file: a file
 * @job: (nullable): what is told how far it is
 * @hash: (out): the SHA-256 of what was in it
 * @size: (out): its length in bytes
 * @cancellable: (nullable): to stop it
 * @error: place for a %G_IO_ERROR, a sentence for the user where the disk is full
 *
 * Copies a file into the folder. When it returns, the copy is on the disk.
 *
 * Returns: whether it is there
 */
gboolean
torg_content_take (TorgContent  *self,
                   GFile        *file,
                   TorgJob      *job,
                   char        **hash,
                   gint64       *size,
                   GCancellable *cancellable,
                   GError      **error)
{
  g_autoptr (GFileInputStream) in = g_file_read (file, cancellable, error);
  g_autoptr (GFileInfo) info = NULL;
  g_autoptr (GChecksum) checksum = g_checksum_new (G_CHECKSUM_SHA256);
  g_autofree char *name = g_uuid_string_random ();
  g_autofree char *part = dup_part (self, name);
  gboolean         ok;
  int              fd;

  *hash = NULL;
  *size = 0;
  if (in == NULL || !ensure_parent (self, part, error))
    return FALSE;
  info = g_file_input_stream_query_info (in, G_FILE_ATTRIBUTE_STANDARD_SIZE, cancellable, NULL);
  fd = g_open (part, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (fd < 0)
    return fail (part, error);
  ok = copy (G_INPUT_STREAM (in), fd, part, info != NULL ? g_file_info_get_size (info) : 0, checksum, job, size,
             cancellable, error);
  close (fd);
  if (ok)
    {
      *hash = g_strdup (g_checksum_get_string (checksum));
      ok = publish (self, part, *hash, error);
    }
  if (ok)
    return TRUE;
  g_unlink (part);
  g_clear_pointer (hash, g_free);
  return FALSE;
}

/* --- what is in a file -------------------------------------------------------------------------------------------- */

static gboolean
has_hash (const char *path, const char *hash, gboolean *right, GCancellable *cancellable, GError **error)
{
  g_autoptr (GFile) file = g_file_new_for_path (path);
  g_autoptr (GFileInputStream) in = g_file_read (file, cancellable, error);
  g_autoptr (GChecksum) checksum = g_checksum_new (G_CHECKSUM_SHA256);
  g_autofree guint8 *buffer = g_malloc (CHUNK);
  gssize             n = in != NULL ? 1 : -1;

  *right = FALSE;
  while (n > 0)
    {
      n = g_input_stream_read (G_INPUT_STREAM (in), buffer, CHUNK, cancellable, error);
      if (n > 0)
        g_checksum_update (checksum, buffer, n);
    }
  *right = n == 0 && g_str_equal (g_checksum_get_string (checksum), hash);
  return n == 0;
}

/**
 * torg_content_is_whole:
 * @hash: a SHA-256
 * @whole: (out): whether the file is there, and what is in it is what its name says
 * @cancellable: (nullable): to stop it
 * @error: place for a %G_IO_ERROR
 *
 * Reads a file to its end.
 *
 * Returns: whether it could be read; one that is not there could
 */
gboolean
torg_content_is_whole (TorgContent *self, const char *hash, gboolean *whole, GCancellable *cancellable, GError **error)
{
  g_autofree char *path = torg_content_dup_path (self, hash);

  *whole = FALSE;
  return get_size (path) < 0 || has_hash (path, hash, whole, cancellable, error);
}

static gboolean
remove_tree (const char *path, GError **error)
{
  g_autoptr (GDir) folder = g_dir_open (path, 0, NULL);
  const char *name;

  while (folder != NULL && (name = g_dir_read_name (folder)) != NULL)
    {
      g_autofree char *child = g_build_filename (path, name, NULL);
      gboolean is_folder = g_file_test (child, G_FILE_TEST_IS_DIR) && !g_file_test (child, G_FILE_TEST_IS_SYMLINK);

      if (is_folder ? !remove_tree (child, error) : g_unlink (child) != 0 && !fail (child, error))
        return FALSE;
    }
  return folder == NULL || g_rmdir (path) == 0 || fail (path, error);
}

/**
 * torg_content_remove:
 * @hash: a SHA-256
 * @error: place for a %G_IO_ERROR
 *
 * Removes a file, if it is there, with the copies of it that were opened.
 *
 * Returns: whether it is there no more
 */
gboolean
torg_content_remove (TorgContent *self, const char *hash, GError **error)
{
  g_autofree char *path = torg_content_dup_path (self, hash);
  g_autofree char *opened = g_build_filename (self->folder, OPENED, hash, NULL);

  return remove_tree (opened, error) && (g_unlink (path) == 0 || errno == ENOENT || fail (path, error));
}

/* What a file may be called on the disk. */
static char *
make_name (const char *name, const char *hash)
{
  g_autofree char *shown = g_strdelimit (g_strdup (name), G_DIR_SEPARATOR_S, '_');
  char            *made = g_filename_from_utf8 (shown, -1, NULL, NULL, NULL);

  if (made != NULL && *made != '\0' && !g_str_equal (made, ".") && !g_str_equal (made, ".."))
    return made;
  g_free (made);
  return g_strdup (hash);
}

/**
 * torg_content_copy_out:
 * @hash: a SHA-256, of a file that is here
 * @name: what the copy is to be called
 * @cancellable: (nullable): to stop it
 * @error: place for a %G_IO_ERROR
 *
 * Makes a copy for a program that needs the name. It cannot be written to, since nobody would look for what was written
 * there; it goes with the file.
 *
 * Returns: (transfer full) (nullable): the copy
 */
GFile *
torg_content_copy_out (TorgContent *self, const char *hash, const char *name, GCancellable *cancellable, GError **error)
{
  g_autofree char *path = torg_content_dup_path (self, hash);
  g_autofree char *own = make_name (name, hash);
  g_autofree char *to = g_build_filename (self->folder, OPENED, hash, own, NULL);
  g_autoptr (GFile) content = g_file_new_for_path (path);
  g_autoptr (GFile) copy = g_file_new_for_path (to);

  if (!ensure_parent (self, to, error))
    return NULL;
  /* The one of the last time is read-only. */
  g_unlink (to);
  if (!g_file_copy (content, copy, G_FILE_COPY_OVERWRITE | G_FILE_COPY_TARGET_DEFAULT_PERMS, cancellable, NULL, NULL,
                    error))
    return NULL;
  return g_chmod (to, 0400) == 0 || fail (to, error) ? g_steal_pointer (&copy) : NULL;
}

/**
 * torg_content_remove_all:
 * @error: place for a %G_IO_ERROR
 *
 * Removes the folder with all that is in it.
 *
 * Returns: whether it is there no more
 */
gboolean
torg_content_remove_all (TorgContent *self, GError **error)
{
  return remove_tree (self->folder, error);
}

/* --- parts -------------------------------------------------------------------------------------------------------- */

/**
 * torg_content_get_part_size:
 * @name: a part: an id or a hash
 *
 * Tells how much of something is here.
 *
 * Returns: bytes; 0 where there is nothing
 */
gint64
torg_content_get_part_size (TorgContent *self, const char *name)
{
  g_autofree char *path = dup_part (self, name);

  return MAX (get_size (path), 0);
}

/* Two who append to the same part come one after the other. */
static gboolean
append (int fd, const char *path, gint64 offset, const void *bytes, gsize length, gint64 *size, GError **error)
{
  struct stat about;

  if (flock (fd, LOCK_EX) != 0 || fstat (fd, &about) != 0)
    return fail (path, error);
  *size = (gint64) about.st_size;
  if (*size != offset)
    return TRUE;
  if (lseek (fd, 0, SEEK_END) < 0 || !write_all (fd, bytes, length) || fsync (fd) != 0)
    {
      fail (path, error);
      /* What did not fit is not there. */
      if (ftruncate (fd, (off_t) offset) != 0)
        g_debug ("“%s” stays as it is", path);
      return FALSE;
    }
  *size += (gint64) length;
  return TRUE;
}

/**
 * torg_content_append:
 * @name: a part: an id or a hash
 * @offset: where it goes on, in bytes
 * @bytes: (array length=length): what comes next
 * @length: how much
 * @size: (out): how much is here now; nothing was appended where it is not @offset + @length
 * @error: place for a %G_IO_ERROR; then the part is as it was
 *
 * Appends to a part, on the disk, if it is as long as @offset says; begins one that is not there.
 *
 * Returns: whether the disk said yes
 */
gboolean
torg_content_append (TorgContent *self,
                     const char  *name,
                     gint64       offset,
                     const void  *bytes,
                     gsize        length,
                     gint64      *size,
                     GError     **error)
{
  g_autofree char *path = dup_part (self, name);
  gboolean         ok;
  int              fd;

  *size = 0;
  if (!ensure_parent (self, path, error))
    return FALSE;
  fd = g_open (path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (fd < 0)
    return fail (path, error);
  ok = append (fd, path, offset, bytes, length, size, error);
  close (fd);
  return ok;
}

/**
 * torg_content_check_part:
 * @name: a part
 * @hash: the SHA-256 that it should have
 * @right: (out): whether it has that
 * @cancellable: (nullable): to stop it
 * @error: place for a %G_IO_ERROR
 *
 * Reads a part to its end.
 *
 * Returns: whether it could be read
 */
gboolean
torg_content_check_part (TorgContent  *self,
                         const char   *name,
                         const char   *hash,
                         gboolean     *right,
                         GCancellable *cancellable,
                         GError      **error)
{
  g_autofree char *path = dup_part (self, name);

  return has_hash (path, hash, right, cancellable, error);
}

/**
 * torg_content_finish:
 * @name: a part that is whole and right, see [method@Content.check_part]
 * @hash: its SHA-256
 * @error: place for a %G_IO_ERROR
 *
 * Gives a part its name, on the disk.
 *
 * Returns: whether it is there
 */
gboolean
torg_content_finish (TorgContent *self, const char *name, const char *hash, GError **error)
{
  g_autofree char *path = dup_part (self, name);

  return publish (self, path, hash, error);
}

/**
 * torg_content_drop_part:
 * @name: a part
 *
 * Forgets a part.
 */
void
torg_content_drop_part (TorgContent *self, const char *name)
{
  g_autofree char *path = dup_part (self, name);

  g_unlink (path);
}

/**
 * torg_content_list_parts:
 * @before: microseconds UTC
 *
 * Lists the parts that nobody has written to since a moment.
 *
 * Returns: (transfer full) (element-type utf8): their names
 */
GPtrArray *
torg_content_list_parts (TorgContent *self, gint64 before)
{
  g_autofree char *path = g_build_filename (self->folder, PARTS, NULL);
  g_autoptr (GDir) folder = g_dir_open (path, 0, NULL);
  GPtrArray  *parts = g_ptr_array_new_with_free_func (g_free);
  const char *name;

  while (folder != NULL && (name = g_dir_read_name (folder)) != NULL)
    {
      g_autofree char *part = g_build_filename (path, name, NULL);
      GStatBuf         about;

      if (*name != '.' && g_stat (part, &about) == 0 && S_ISREG (about.st_mode) &&
          (gint64) about.st_mtime < before / G_USEC_PER_SEC)
        g_ptr_array_add (parts, g_strdup (name));
    }
  return parts;
}

/* --- one at a time ------------------------------------------------------------------------------------------------ */

/**
 * torg_content_lock:
 * @error: place for a %G_IO_ERROR
 *
 * Waits until nobody else gives files their names, or removes them. The lock goes with the process.
 *
 * Returns: the lock; -1 where there can be none
 */
int
torg_content_lock (TorgContent *self, GError **error)
{
  g_autofree char *path = dup_part (self, ".lock");
  int              fd;

  if (!ensure_parent (self, path, error))
    return -1;
  fd = g_open (path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (fd >= 0 && flock (fd, LOCK_EX) == 0)
    return fd;
  fail (path, error);
  if (fd >= 0)
    close (fd);
  return -1;
}

/**
 * torg_content_unlock:
 * @lock: a lock
 *
 * Lets others go on.
 */
void
torg_content_unlock (int lock)
{
  close (lock);
}
