/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "torg-server"

#include "config.h"

#include "torg-error.h"
#include "torg-pg-tool.h"
#include "torg-server-file.h"

#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>
#include <libpq-fe.h>
#include <string.h>

/* PostgreSQL's own programs. Everybody can read their command lines, so that a password goes by a file. */

static void
append_quoted (GString *text, const char *value, const char *special, char quote)
{
  if (quote != '\0')
    g_string_append_c (text, quote);
  for (const char *at = value; *at != '\0'; at++)
    {
      if (strchr (special, *at) != NULL)
        g_string_append_c (text, '\\');
      g_string_append_c (text, *at);
    }
  if (quote != '\0')
    g_string_append_c (text, quote);
}

/* `KEY='VALUE' …` without the password (libpq, "Connection Strings"). */
static char *
describe (const char *uri, char **password, GError **error)
{
  g_autoptr (GString) text = g_string_new (NULL);
  char             *message = NULL;
  PQconninfoOption *options = PQconninfoParse (uri, &message);

  if (options == NULL)
    {
      g_set_error (error, TORG_STORE_ERROR, TORG_STORE_ERROR_FAILED, _ ("The database cannot be reached: %s"),
                   message != NULL ? g_strchomp (message) : "");
      PQfreemem (message);
      return NULL;
    }
  for (PQconninfoOption *option = options; option->keyword != NULL; option++)
    if (option->val == NULL || *option->val == '\0')
      continue;
    else if (g_str_equal (option->keyword, "password"))
      g_set_str (password, option->val);
    else
      {
        g_string_append_printf (text, "%s=", option->keyword);
        append_quoted (text, option->val, "\\'", '\'');
        g_string_append_c (text, ' ');
      }
  PQconninfoFree (options);
  return g_strdup (text->str);
}

/* A file for PGPASSFILE, which only its owner may read. */
static char *
write_password (const char *password, GError **error)
{
  g_autofree char *path = NULL;
  g_autoptr (GString) line = g_string_new ("*:*:*:*:");
  int fd = g_file_open_tmp ("torg-XXXXXX", &path, error);

  if (fd < 0)
    return NULL;
  g_close (fd, NULL);
  append_quoted (line, password, "\\:", '\0');
  g_string_append_c (line, '\n');
  /* A temporary file has the mode 0600 from its beginning. */
  if (!g_file_set_contents_full (path, line->str, (gssize) line->len, G_FILE_SET_CONTENTS_NONE, 0600, error))
    {
      g_unlink (path);
      return NULL;
    }
  return g_steal_pointer (&path);
}

static char *
find_last_line (char *text)
{
  char *end;

  g_strchomp (text);
  end = strrchr (text, '\n');
  return end != NULL ? end + 1 : text;
}

static gboolean
run (GSubprocessLauncher *launcher, const char *const *argv, GError **error)
{
  g_autoptr (GSubprocess) process = g_subprocess_launcher_spawnv (launcher, argv, error);
  g_autofree char *complaint = NULL;

  if (process == NULL || !g_subprocess_communicate_utf8 (process, NULL, NULL, NULL, &complaint, error))
    return FALSE;
  if (g_subprocess_get_successful (process))
    return TRUE;
  g_set_error (error, TORG_STORE_ERROR, TORG_STORE_ERROR_FAILED, _ ("%s failed: %s"), argv[0],
               complaint != NULL ? find_last_line (complaint) : "");
  return FALSE;
}

/**
 * torg_pg_tool_run:
 * @program: `pg_dump` or `pg_restore`, found in PATH
 * @uri: (nullable): the database that it works on
 * @arguments: (array zero-terminated=1): further arguments
 * @error: place for an error
 *
 * Runs a program of PostgreSQL to its end.
 *
 * Returns: whether it did what it should
 */
gboolean
torg_pg_tool_run (const char *program, const char *uri, const char *const *arguments, GError **error)
{
  g_autoptr (GSubprocessLauncher) launcher =
    g_subprocess_launcher_new (G_SUBPROCESS_FLAGS_STDOUT_SILENCE | G_SUBPROCESS_FLAGS_STDERR_PIPE);
  g_autoptr (GPtrArray) argv = g_ptr_array_new_with_free_func (g_free);
  g_autofree char *found = g_find_program_in_path (program);
  g_autofree char *password = NULL;
  g_autofree char *connection = uri != NULL ? describe (uri, &password, error) : NULL;
  g_autofree char *file = NULL;
  gboolean         ok;

  if (uri != NULL && connection == NULL)
    return FALSE;
  if (found == NULL)
    {
      g_set_error (error, TORG_ERROR, TORG_ERROR_NOT_FOUND,
                   _ ("The program %s is not there. Install PostgreSQL’s client programs."), program);
      return FALSE;
    }
  if (password != NULL && (file = write_password (password, error)) == NULL)
    return FALSE;
  if (file != NULL)
    g_subprocess_launcher_setenv (launcher, "PGPASSFILE", file, TRUE);
  g_ptr_array_add (argv, g_steal_pointer (&found));
  g_ptr_array_add (argv, g_strdup ("--no-password"));
  if (connection != NULL)
    g_ptr_array_add (argv, g_strconcat ("--dbname=", connection, NULL));
  for (guint i = 0; arguments[i] != NULL; i++)
    g_ptr_array_add (argv, g_strdup (arguments[i]));
  g_ptr_array_add (argv, NULL);
  ok = run (launcher, (const char *const *) argv->pdata, error);
  if (file != NULL)
    g_unlink (file);
  return ok;
}
