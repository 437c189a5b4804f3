/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "torg-server"

#include "config.h"

#include "torg-error.h"
#include "torg-http.h"
#include "torg-server-commands.h"

#include <glib-unix.h>
#include <glib/gi18n.h>
#include <stdio.h>
#include <string.h>

static gboolean
stop_cb (gpointer data)
{
  g_main_loop_quit (data);
  return G_SOURCE_CONTINUE;
}

/* `ADDRESS:PORT`, an IPv6 address in brackets. */
static gboolean
split_address (const char *text, char **address, guint *port, GError **error)
{
  const char *colon = strrchr (text, ':');
  guint64     number;

  if (colon == NULL || !g_ascii_string_to_unsigned (colon + 1, 10, 0, 65535, &number, NULL))
    return torg_command_usage (error, "serve --listen ADDRESS:PORT");
  *port = (guint) number;
  *address = g_strndup (text, (gsize) (colon - text));
  if (**address == '[')
    {
      g_autofree char *inner = g_strndup (*address + 1, strcspn (*address + 1, "]"));

      g_set_str (address, inner);
    }
  return TRUE;
}

/**
 * torg_command_serve:
 * @error: place for an error
 *
 * Answers replicas and integrations until it is told to end.
 *
 * Returns: whether that worked
 */
gboolean
torg_command_serve (TorgServerContext *context, int argc, char **argv, GError **error)
{
  g_autofree char   *listen = NULL, *certificate = NULL, *key = NULL, *address = NULL;
  int                threads = 8;
  const GOptionEntry entries[] = {
    { "listen", 0, 0, G_OPTION_ARG_STRING, &listen, N_ ("Where to listen"), "ADDRESS:PORT" },
    { "tls-cert", 0, 0, G_OPTION_ARG_FILENAME, &certificate, N_ ("The certificate, PEM"), "FILE" },
    { "tls-key", 0, 0, G_OPTION_ARG_FILENAME, &key, N_ ("Its key, PEM"), "FILE" },
    { "threads", 0, 0, G_OPTION_ARG_INT, &threads, N_ ("Questions handled at once"), "N" },
    { NULL, 0, 0, 0, NULL, NULL, NULL },
  };
  g_autoptr (GOptionContext) options = g_option_context_new (NULL);
  g_autoptr (GMainLoop) loop = g_main_loop_new (NULL, FALSE);
  g_autoptr (TorgHttp) http = NULL;
  guint port = 0;

  g_option_context_add_main_entries (options, entries, GETTEXT_PACKAGE);
  if (!g_option_context_parse (options, &argc, &argv, error) ||
      !split_address (listen != NULL ? listen : "127.0.0.1:8420", &address, &port, error) ||
      !torg_server_store_migrate (context->store, error))
    return FALSE;
  http = torg_http_new (context->env, context->uri, (guint) CLAMP (threads, 1, 256));
  if (!torg_http_listen (http, address, port, certificate, key, error))
    return FALSE;
  /* Whoever has started it reads here where it listens. */
  printf ("listening %u\n", torg_http_get_port (http));
  fflush (stdout);
  g_unix_signal_add (SIGTERM, stop_cb, loop);
  g_unix_signal_add (SIGINT, stop_cb, loop);
  g_main_loop_run (loop);
  torg_http_stop (http);
  return TRUE;
}
