/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "torg-server"

#include "config.h"

#include "torg-error.h"
#include "torg-pg.h"
#include "torg-schema.h"
#include "torg-server-config.h"

#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>
#include <string.h>

/*
 * The configuration is a key file with one group:
 *
 *   [server]
 *   store=postgresql://torg@localhost/torg
 *   listen=127.0.0.1:8420
 *   tls-cert=/etc/torg/server.pem
 *   tls-key=/etc/torg/server.key
 *   threads=8
 *   workers=4
 *   trusted-proxy=127.0.0.1,10.0.0.0/8
 *   files=/srv/torg/files
 *   file-limit=100
 *   oldest-schema=2
 *   metrics-from=10.0.0.5
 *
 * A key that is written wrongly is an error: what was meant would silently not happen. A password may stand in it only
 * where nobody else can read it, and never on the command line, which everybody can.
 */

#define GROUP "server"

static const struct
{
  const char *key;
  const char *environment;
  gsize       offset;
  guint       most; /* of a number; 0 for a text */
} settings[] = {
  { "store", "TORG_STORE", G_STRUCT_OFFSET (TorgServerConfig, store), 0 },
  { "listen", "TORG_LISTEN", G_STRUCT_OFFSET (TorgServerConfig, listen), 0 },
  { "tls-cert", "TORG_TLS_CERT", G_STRUCT_OFFSET (TorgServerConfig, tls_cert), 0 },
  { "tls-key", "TORG_TLS_KEY", G_STRUCT_OFFSET (TorgServerConfig, tls_key), 0 },
  { "trusted-proxy", "TORG_TRUSTED_PROXY", G_STRUCT_OFFSET (TorgServerConfig, trusted_proxy), 0 },
  { "metrics-from", "TORG_METRICS_FROM", G_STRUCT_OFFSET (TorgServerConfig, metrics_from), 0 },
  { "files", "TORG_FILES", G_STRUCT_OFFSET (TorgServerConfig, files), 0 },
  { "file-limit", "TORG_FILE_LIMIT", G_STRUCT_OFFSET (TorgServerConfig, file_limit), 100000 },
  { "threads", "TORG_THREADS", G_STRUCT_OFFSET (TorgServerConfig, threads), 256 },
  { "workers", "TORG_WORKERS", G_STRUCT_OFFSET (TorgServerConfig, workers), 64 },
  { "oldest-schema", "TORG_OLDEST_SCHEMA", G_STRUCT_OFFSET (TorgServerConfig, oldest_schema), TORG_SCHEMA_VERSION },
};

/**
 * torg_server_config_free:
 * @self: (transfer full): a configuration
 *
 * Frees a configuration.
 */
void
torg_server_config_free (TorgServerConfig *self)
{
  g_free (self->file);
  g_free (self->store);
  g_free (self->listen);
  g_free (self->tls_cert);
  g_free (self->tls_key);
  g_free (self->trusted_proxy);
  g_free (self->metrics_from);
  g_free (self->files);
  g_free (self);
}

static int
find_setting (const char *key)
{
  for (guint i = 0; i < G_N_ELEMENTS (settings); i++)
    if (g_str_equal (settings[i].key, key))
      return (int) i;
  return -1;
}

/**
 * torg_server_config_set:
 * @key: a key of the file
 * @text: what it is to be
 * @error: place for a %TORG_ERROR
 *
 * Says how something is to be.
 *
 * Returns: whether it can be so
 */
gboolean
torg_server_config_set (TorgServerConfig *self, const char *key, const char *text, GError **error)
{
  int     index = find_setting (key);
  guint64 number;

  g_return_val_if_fail (index >= 0, FALSE);
  if (settings[index].most == 0)
    {
      g_set_str ((char **) G_STRUCT_MEMBER_P (self, settings[index].offset), *text != '\0' ? text : NULL);
      return TRUE;
    }
  if (!g_ascii_string_to_unsigned (text, 10, 1, settings[index].most, &number, NULL))
    {
      g_set_error (error, TORG_ERROR, TORG_ERROR_INVALID, _ ("%s must be a number from 1 to %u, and is “%s”."), key,
                   settings[index].most, text);
      return FALSE;
    }
  G_STRUCT_MEMBER (guint, self, settings[index].offset) = (guint) number;
  return TRUE;
}

/* --- the file ----------------------------------------------------------------------------------------------------- */

/* The line, from 1, on which a key or a group stands. */
static guint
find_line (const char *text, const char *name, gboolean group)
{
  g_auto (GStrv) lines = g_strsplit (text, "\n", -1);
  g_autofree char *wanted = group ? g_strconcat ("[", name, "]", NULL) : g_strdup (name);

  for (guint i = 0; lines[i] != NULL; i++)
    {
      char *line = lines[i];

      if (!group)
        line[strcspn (line, "=")] = '\0';
      if (g_str_equal (g_strstrip (line), wanted))
        return i + 1;
    }
  return 0;
}

static gboolean
refuse_line (const char *path, guint line, GError **error, const char *text)
{
  g_set_error (error, TORG_ERROR, TORG_ERROR_INVALID, _ ("%s, line %u: %s"), path, line, text);
  return FALSE;
}

static gboolean
read_keys (TorgServerConfig *self, GKeyFile *file, const char *path, const char *text, GError **error)
{
  g_auto (GStrv) groups = g_key_file_get_groups (file, NULL);
  g_auto (GStrv) keys = g_key_file_get_keys (file, GROUP, NULL, NULL);

  for (guint i = 0; groups[i] != NULL; i++)
    if (!g_str_equal (groups[i], GROUP))
      {
        g_autofree char *message = g_strdup_printf (_ ("there is no group “%s”, only “%s”."), groups[i], GROUP);

        return refuse_line (path, find_line (text, groups[i], TRUE), error, message);
      }
  for (guint i = 0; keys != NULL && keys[i] != NULL; i++)
    {
      g_autofree char *value = g_key_file_get_string (file, GROUP, keys[i], error);
      g_autoptr (GError) local = NULL;

      if (value == NULL)
        return FALSE;
      if (find_setting (keys[i]) < 0)
        {
          g_autofree char *message = g_strdup_printf (_ ("the key “%s” is not known."), keys[i]);

          return refuse_line (path, find_line (text, keys[i], FALSE), error, message);
        }
      if (!torg_server_config_set (self, keys[i], value, &local))
        return refuse_line (path, find_line (text, keys[i], FALSE), error, local->message);
    }
  return TRUE;
}

static gboolean
read_file (TorgServerConfig *self, const char *path, GError **error)
{
  g_autoptr (GKeyFile) file = g_key_file_new ();
  g_autofree char *text = NULL;
  GStatBuf         about;

  if (!g_file_get_contents (path, &text, NULL, error))
    return FALSE;
  if (!g_key_file_load_from_data (file, text, (gsize) -1, G_KEY_FILE_NONE, error))
    {
      g_prefix_error (error, "%s: ", path);
      return FALSE;
    }
  if (!read_keys (self, file, path, text, error))
    return FALSE;
  if (self->store != NULL && torg_pg_has_password (self->store) && g_stat (path, &about) == 0 &&
      (about.st_mode & 077) != 0)
    {
      g_set_error (error, TORG_ERROR, TORG_ERROR_INVALID,
                   _ ("There is a password in %s, and others may read it. Take that away: chmod 600 %s"), path, path);
      return FALSE;
    }
  return TRUE;
}

static gboolean
read_environment (TorgServerConfig *self, GError **error)
{
  for (guint i = 0; i < G_N_ELEMENTS (settings); i++)
    {
      const char *text = g_getenv (settings[i].environment);

      if (text == NULL || torg_server_config_set (self, settings[i].key, text, error))
        continue;
      g_prefix_error (error, "%s: ", settings[i].environment);
      return FALSE;
    }
  return TRUE;
}

/**
 * torg_server_config_load:
 * @path: (nullable): a file; %NULL for the usual one, which may be missing
 * @store: (nullable): the database by the command line
 * @error: place for an error
 *
 * Reads how the server is to run, from a file, the environment and the command line; each counts more than the one
 * before it.
 *
 * Returns: (transfer full) (nullable): the configuration
 */
TorgServerConfig *
torg_server_config_load (const char *path, const char *store, GError **error)
{
  g_autoptr (TorgServerConfig) self = g_new0 (TorgServerConfig, 1);

  self->listen = g_strdup ("127.0.0.1:8420");
  self->file_limit = 100;
  self->threads = 8;
  self->workers = 1;
  self->oldest_schema = 1;
  if (path == NULL && g_file_test (TORG_SERVER_CONFIG_FILE, G_FILE_TEST_EXISTS))
    path = TORG_SERVER_CONFIG_FILE;
  self->file = g_strdup (path);
  if ((path != NULL && !read_file (self, path, error)) || !read_environment (self, error))
    return NULL;
  if (store != NULL && torg_pg_has_password (store))
    {
      g_set_error_literal (error, TORG_ERROR, TORG_ERROR_INVALID,
                           _ ("A password on the command line can be read by everybody on this machine. Leave it out, "
                              "and write it into a file that PGPASSFILE names, as HOST:PORT:DATABASE:USER:PASSWORD."));
      return NULL;
    }
  if (store != NULL)
    g_set_str (&self->store, store);
  return g_steal_pointer (&self);
}

/**
 * torg_server_config_to_environment:
 *
 * Says all that is configured as an environment that counts more than any file.
 *
 * Returns: (transfer full): names and values by turns
 */
char **
torg_server_config_to_environment (TorgServerConfig *self)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();

  for (guint i = 0; i < G_N_ELEMENTS (settings); i++)
    {
      g_strv_builder_add (builder, settings[i].environment);
      if (settings[i].most == 0)
        {
          const char *text = G_STRUCT_MEMBER (char *, self, settings[i].offset);

          g_strv_builder_add (builder, text != NULL ? text : "");
        }
      else
        g_strv_builder_take (builder, g_strdup_printf ("%u", G_STRUCT_MEMBER (guint, self, settings[i].offset)));
    }
  return g_strv_builder_end (builder);
}
