/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "torg"

#include "config.h"

#include "torg-content.h"
#include "torg-forget.h"

#include <errno.h>
#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>

/* Removes a replica from the disk, with all that lies beside it. */

/* On a thread. All of it is tried; the first thing that stays is told. */
static void
forget_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  static const char *const suffixes[] = { "", "-wal", "-shm", "-sync" };
  const char              *path = data;
  g_autofree char         *folder = g_strconcat (path, ".files", NULL);
  g_autoptr (TorgContent) content = torg_content_new (folder);
  g_autoptr (GError) error = NULL;

  torg_content_remove_all (content, &error);
  for (guint i = 0; i < G_N_ELEMENTS (suffixes); i++)
    {
      g_autofree char *name = g_strconcat (path, suffixes[i], NULL);

      if (g_unlink (name) != 0 && errno != ENOENT && error == NULL)
        g_set_error (&error, G_IO_ERROR, g_io_error_from_errno (errno),
                     _ ("“%s” could not be removed and is still on this computer: %s"), name, g_strerror (errno));
    }
  if (error != NULL)
    g_task_return_error (task, g_steal_pointer (&error));
  else
    g_task_return_boolean (task, TRUE);
}

/**
 * torg_forget_async:
 * @path: a replica that is closed
 * @callback: called when it is removed
 * @data: for @callback
 *
 * Removes a replica and its files from the disk.
 */
void
torg_forget_async (const char *path, GAsyncReadyCallback callback, gpointer data)
{
  g_autoptr (GTask) task = g_task_new (NULL, NULL, callback, data);

  g_task_set_source_tag (task, torg_forget_async);
  g_task_set_task_data (task, g_strdup (path), g_free);
  g_task_run_in_thread (task, forget_thread);
}

/**
 * torg_forget_finish:
 * @result: a result
 * @error: place for a %G_IO_ERROR: a sentence for the user that says what is still there
 *
 * Tells whether nothing of the replica is left.
 *
 * Returns: whether all of it is removed
 */
gboolean
torg_forget_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}
