/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "torg-server"

#include "config.h"

#include "torg-backup.h"
#include "torg-error.h"
#include "torg-export.h"
#include "torg-server-check.h"
#include "torg-server-commands.h"
#include "torg-server-files.h"
#include "torg-server-import.h"
#include "torg-sync-store.h"

#include <glib/gi18n.h>
#include <stdio.h>

static TorgServerFiles *
find_files (TorgServerContext *context)
{
  return torg_server_files_new (context->config->store, context->config->files, context->config->file_limit);
}

/* Beside a copy of the database. */
static TorgContent *
find_copied (const char *path)
{
  g_autofree char *folder = g_strconcat (path, ".files", NULL);

  return torg_content_new (folder);
}

/**
 * torg_command_migrate:
 * @error: place for an error
 *
 * Makes the tables, or adds what they lack.
 *
 * Returns: whether that worked
 */
gboolean
torg_command_migrate (TorgServerContext *context, int argc, char **argv, GError **error)
{
  if (argc != 1)
    return torg_command_usage (error, "migrate");
  return torg_server_store_migrate (context->store, error);
}

static gboolean
import (TorgServerContext *context, const char *path, gint64 *n, GError **error)
{
  g_autoptr (TorgServerFiles) files = find_files (context);
  g_autoptr (TorgContent) content = find_copied (path);
  g_autoptr (TorgStore) replica = torg_store_open (context->env, path, TORG_STORE_READER, error);
  gint64           seq;
  g_autofree char *tag = NULL, *epoch = NULL;

  /* One that belongs to a server has what its user may see, which others would take for everything. */
  if (replica != NULL && !torg_store_is_local (replica))
    {
      g_set_error (error, TORG_ERROR, TORG_ERROR_UNSUPPORTED,
                   _ ("“%s” belongs to another server, and parts of the company may be missing in it. Make a backup of "
                      "that server, and restore it here."),
                   path);
      return FALSE;
    }
  if (replica == NULL || !torg_server_store_get_head (context->store, &seq, &tag, &epoch, error))
    return FALSE;
  if (seq != 0)
    {
      g_set_error_literal (error, TORG_ERROR, TORG_ERROR_DUPLICATE,
                           _ ("The server has content already. Import into an empty database first, then add people."));
      return FALSE;
    }
  return torg_server_import (context->store, replica, n, error) &&
         (files == NULL || torg_server_files_import (context->store, content, files->content, error));
}

/**
 * torg_command_import:
 * @error: place for an error
 *
 * Fills an empty server with a replica; where that ends early, the server is as empty as before.
 *
 * Returns: whether that worked
 */
gboolean
torg_command_import (TorgServerContext *context, int argc, char **argv, GError **error)
{
  gint64   n = 0;
  gboolean ok;

  if (argc != 2)
    return torg_command_usage (error, "import REPLICA");
  if (!g_file_test (argv[1], G_FILE_TEST_EXISTS))
    {
      g_set_error (error, TORG_ERROR, TORG_ERROR_NOT_FOUND, _ ("There is no file “%s”."), argv[1]);
      return FALSE;
    }
  if (!torg_server_store_migrate (context->store, error) ||
      !torg_db_begin (torg_server_store_get_db (context->store), error))
    return FALSE;
  ok = import (context, argv[1], &n, error);
  if (!torg_server_store_end (context->store, ok, ok ? error : NULL))
    return FALSE;
  printf (ngettext ("%lld record imported\n", "%lld records imported\n", (gulong) n), (long long) n);
  return TRUE;
}

/**
 * torg_command_check:
 * @error: place for an error
 *
 * Says what does not fit together, a sentence a fault.
 *
 * Returns: whether all fits
 */
gboolean
torg_command_check (TorgServerContext *context, int argc, char **argv, GError **error)
{
  g_autoptr (GPtrArray) faults = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (TorgServerFiles) files = find_files (context);

  if (argc != 1)
    return torg_command_usage (error, "check");
  if (!torg_server_check (context->store, faults, error) ||
      !torg_server_files_check (context->store, files, faults, error))
    return FALSE;
  for (guint i = 0; i < faults->len; i++)
    printf ("%s\n", (const char *) faults->pdata[i]);
  if (faults->len == 0)
    {
      printf ("%s\n", _ ("All fits together."));
      return TRUE;
    }
  g_set_error (error, TORG_ERROR, TORG_ERROR_INVALID,
               ngettext ("%u fault was found.", "%u faults were found.", faults->len), faults->len);
  return FALSE;
}

static gboolean
list_exports (TorgServerContext *context, GError **error)
{
  g_autoptr (GPtrArray) notes = torg_export_list (context->store, error);

  for (guint i = 0; notes != NULL && i < notes->len; i++)
    {
      TorgExportNote *note = g_ptr_array_index (notes, i);
      g_autoptr (GDateTime) at = g_date_time_new_from_unix_local_usec (note->at);
      g_autofree char *when = g_date_time_format (at, "%Y-%m-%d %H:%M");
      g_autofree char *n =
        note->records < 0 ? g_strdup (_ ("broken off")) : g_strdup_printf ("%" G_GINT64_FORMAT, note->records);

      printf ("%s\t%s\t%s\t%s\n", when, note->who, n, note->what);
    }
  return notes != NULL;
}

/**
 * torg_command_export:
 * @error: place for an error
 *
 * Writes everything into a folder, or tells who has done so.
 *
 * Returns: whether that worked
 */
gboolean
torg_command_export (TorgServerContext *context, int argc, char **argv, GError **error)
{
  g_autofree char   *format = NULL, *folder = NULL;
  gboolean           listed = FALSE;
  const GOptionEntry entries[] = {
    { "format", 0, 0, G_OPTION_ARG_STRING, &format, N_ ("ndjson or csv"), "FORMAT" },
    { "list", 0, 0, G_OPTION_ARG_NONE, &listed, N_ ("Say who has written everything, and when"), NULL },
    { NULL, 0, 0, 0, NULL, NULL, NULL },
  };
  g_autoptr (GOptionContext) options = g_option_context_new (NULL);
  g_autoptr (TorgServerFiles) files = find_files (context);
  gint64   n;
  gboolean csv;

  g_option_context_add_main_entries (options, entries, GETTEXT_PACKAGE);
  if (!g_option_context_parse (options, &argc, &argv, error) || !torg_server_store_migrate (context->store, error))
    return FALSE;
  if (listed && argc == 1)
    return list_exports (context, error);
  csv = g_strcmp0 (format, "csv") == 0;
  if (argc != 2 || listed || (format != NULL && !csv && !g_str_equal (format, "ndjson")))
    return torg_command_usage (error, "export [--format ndjson|csv] FOLDER | export --list");
  folder = g_canonicalize_filename (argv[1], NULL);
  if (!torg_export (context->store, g_get_user_name (), folder, csv ? TORG_EXPORT_CSV : TORG_EXPORT_NDJSON, &n, error))
    return FALSE;
  printf (ngettext ("%lld record exported\n", "%lld records exported\n", (gulong) n), (long long) n);
  if (files != NULL)
    {
      g_autofree char *contents = g_build_filename (folder, "files", NULL);
      g_autoptr (TorgContent) to = torg_content_new (contents);

      return torg_server_files_copy (context->store, files->content, to, error);
    }
  return TRUE;
}

/**
 * torg_command_backup:
 * @error: place for an error
 *
 * Copies everything into a file.
 *
 * Returns: whether that worked
 */
gboolean
torg_command_backup (TorgServerContext *context, int argc, char **argv, GError **error)
{
  g_autofree char *path = NULL;
  g_autoptr (TorgServerFiles) files = find_files (context);
  g_autoptr (TorgContent) copied = NULL;

  if (argc != 2)
    return torg_command_usage (error, "backup FILE");
  path = g_canonicalize_filename (argv[1], NULL);
  copied = find_copied (path);
  /* A file is there before the database knows it: those that the copy of the database knows are among these. */
  return torg_backup_write (context->store, context->config->store, path, error) &&
         (files == NULL || torg_server_files_copy (context->store, files->content, copied, error));
}

/**
 * torg_command_restore:
 * @error: place for an error
 *
 * Puts a copy back into an empty database.
 *
 * Returns: whether that worked
 */
gboolean
torg_command_restore (TorgServerContext *context, int argc, char **argv, GError **error)
{
  g_autoptr (TorgServerFiles) files = find_files (context);
  g_autoptr (TorgContent) copied = NULL;

  if (argc != 2)
    return torg_command_usage (error, "restore FILE");
  copied = find_copied (argv[1]);
  if (!torg_backup_restore (&context->store, context->config->store, argv[1], error) ||
      (files != NULL && !torg_server_files_copy (context->store, copied, files->content, error)))
    return FALSE;
  printf ("%s\n", _ ("Restored. Replicas send again what they keep of the last 30 days."));
  return TRUE;
}
