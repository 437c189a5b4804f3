/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "torg-server"

#include "config.h"

#include "torg-error.h"
#include "torg-export.h"
#include "torg-http.h"
#include "torg-listen.h"
#include "torg-peer.h"
#include "torg-purge.h"
#include "torg-server-commands.h"
#include "torg-server-day.h"
#include "torg-server-indexes.h"
#include "torg-server-lock.h"
#include "torg-server-log.h"
#include "torg-server-notify.h"
#include "torg-webhook-sender.h"
#include "torg-workers.h"

#include <glib-unix.h>
#include <glib/gi18n.h>
#include <stdio.h>
#include <string.h>

/* How often there is a look at what is to be said in the log; and how many times between what is forgotten or lacks an
 * index. */
#define CHORE_SECONDS 30
#define CHORES_AN_HOUR 120

typedef struct
{
  TorgEnv         *env;
  const char      *uri;
  TorgServerFiles *files;
  TorgHub         *hub;
  GThread         *thread; /* (owned) (nullable) */
  guint            round;
  gint             busy;
} Chores;

typedef struct
{
  TorgHub *hub; /* (owned) */
  gint64   seq;
} News;

static gboolean
tell_cb (gpointer data)
{
  News *news = data;

  torg_hub_tell (news->hub, news->seq);
  return G_SOURCE_REMOVE;
}

static void
news_free (gpointer data)
{
  g_object_unref (((News *) data)->hub);
  g_free (data);
}

/* On a thread of its own; who waits for a commit does so on the main loop. */
static gboolean
begin_day (Chores *self, TorgServerStore *store, GError **error)
{
  News  *news;
  gint64 seq;

  if (!torg_server_day_begin (store, &seq, error))
    return FALSE;
  if (seq == 0)
    return TRUE;
  news = g_new0 (News, 1);
  news->hub = g_object_ref (self->hub);
  news->seq = seq;
  g_idle_add_full (G_PRIORITY_DEFAULT, tell_cb, news, news_free);
  return TRUE;
}

/* On a thread of its own, with a connection of its own. */
static gpointer
do_chores (gpointer data)
{
  Chores *self = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (TorgServerStore) store = torg_server_store_open (self->env, self->uri, &error);

  if (store == NULL || !torg_export_say (store, &error) || !begin_day (self, store, &error) ||
      (self->round++ % CHORES_AN_HOUR == 0 &&
       (!torg_purge (store, self->files, &error) || !torg_server_indexes_update (store, &error))))
    g_warning ("%s", error->message);
  g_atomic_int_set (&self->busy, 0);
  return NULL;
}

static gboolean
chores_cb (gpointer data)
{
  Chores *self = data;

  if (!g_atomic_int_compare_and_exchange (&self->busy, 0, 1))
    return G_SOURCE_CONTINUE;
  if (self->thread != NULL)
    g_thread_join (self->thread);
  self->thread = g_thread_new ("chores", do_chores, self);
  return G_SOURCE_CONTINUE;
}

static gboolean
stop_cb (gpointer data)
{
  g_main_loop_quit (data);
  return G_SOURCE_CONTINUE;
}

/* Flags count more than what stands elsewhere. */
static gboolean
read_flags (TorgServerContext *context, int argc, char **argv, GError **error)
{
  TorgServerConfig *config = context->config;
  g_autofree char  *listen = NULL, *certificate = NULL, *key = NULL, *threads = NULL, *trusted = NULL, *workers = NULL;
  g_autofree char  *files = NULL, *limit = NULL;
  g_auto (GStrv) proxies = NULL;
  const GOptionEntry entries[] = {
    { "listen", 0, 0, G_OPTION_ARG_STRING, &listen, N_ ("Where to listen"), "ADDRESS:PORT" },
    { "tls-cert", 0, 0, G_OPTION_ARG_FILENAME, &certificate, N_ ("The certificate, PEM"), "FILE" },
    { "tls-key", 0, 0, G_OPTION_ARG_FILENAME, &key, N_ ("Its key, PEM"), "FILE" },
    { "threads", 0, 0, G_OPTION_ARG_STRING, &threads, N_ ("Questions handled at once"), "N" },
    { "workers", 0, 0, G_OPTION_ARG_STRING, &workers, N_ ("Processes that answer, with PostgreSQL"), "N" },
    { "files", 0, 0, G_OPTION_ARG_FILENAME, &files, N_ ("The folder of files"), "FOLDER" },
    { "file-limit", 0, 0, G_OPTION_ARG_STRING, &limit, N_ ("How large a file may be, in MB"), "N" },
    { "trusted-proxy", 0, 0, G_OPTION_ARG_STRING_ARRAY, &proxies,
      N_ ("A proxy whose X-Forwarded-For says who asks; may be given several times"), "ADDRESS" },
    { NULL, 0, 0, 0, NULL, NULL, NULL },
  };
  const struct
  {
    const char *key;
    char      **value;
  } flags[] = {
    { "listen", &listen },   { "tls-cert", &certificate },  { "tls-key", &key }, { "threads", &threads },
    { "workers", &workers }, { "trusted-proxy", &trusted }, { "files", &files }, { "file-limit", &limit },
  };
  g_autoptr (GOptionContext) options = g_option_context_new (NULL);

  g_option_context_add_main_entries (options, entries, GETTEXT_PACKAGE);
  if (!g_option_context_parse (options, &argc, &argv, error))
    return FALSE;
  if (argc != 1)
    return torg_command_usage (error, "serve [--listen ADDRESS:PORT] …");
  trusted = proxies != NULL ? g_strjoinv (",", proxies) : NULL;
  for (guint i = 0; i < G_N_ELEMENTS (flags); i++)
    if (*flags[i].value != NULL && !torg_server_config_set (config, flags[i].key, *flags[i].value, error))
      return FALSE;
  return TRUE;
}

/* Whoever has started it reads here where it listens, and is told that it answers. */
static void
say_ready (gpointer data)
{
  printf ("listening %u\n", torg_listen_get_port (data));
  fflush (stdout);
  torg_server_notify ("READY=1");
}

/* Until it is told to end. */
static gboolean
answer (TorgServerContext *context, GSocket *socket, GPtrArray *proxies, int shared, guint place, GError **error)
{
  TorgServerConfig *config = context->config;
  g_autoptr (GMainLoop) loop = g_main_loop_new (NULL, FALSE);
  g_autoptr (TorgHttp) http =
    torg_http_new (context->env, config->store, config->threads, torg_metrics_new (shared, place));
  g_autoptr (TorgServerFiles) files = torg_server_files_new (config->store, config->files, config->file_limit);
  g_autoptr (GPtrArray) readers = torg_peer_read_proxies (config->metrics_from, error);
  g_autoptr (TorgWebhookSender) sender = NULL;
  Chores chores = { .env = context->env, .uri = config->store, .files = files, .hub = torg_http_get_hub (http) };
  gulong told;

  if (readers == NULL)
    {
      g_prefix_error (error, "metrics-from: ");
      return FALSE;
    }
  torg_http_set_proxies (http, proxies);
  torg_http_set_readers (http, readers);
  torg_http_set_files (http, files);
  torg_http_set_oldest_schema (http, config->oldest_schema);
  if (!torg_http_listen (http, socket, config->tls_cert, config->tls_key != NULL ? config->tls_key : config->tls_cert,
                         error))
    return FALSE;
  g_unix_signal_add (SIGTERM, stop_cb, loop);
  g_unix_signal_add (SIGINT, stop_cb, loop);
  say_ready (socket);
  sender = torg_webhook_sender_new (context->env, config->store);
  told = g_signal_connect_swapped (torg_http_get_hub (http), "told", G_CALLBACK (torg_webhook_sender_wake), sender);
  /* One of the workers is enough, and two would stand in each other's way. */
  if (place == 0)
    {
      chores_cb (&chores);
      g_timeout_add_seconds (CHORE_SECONDS, chores_cb, &chores);
    }
  g_main_loop_run (loop);
  g_clear_signal_handler (&told, torg_http_get_hub (http));
  torg_server_notify ("STOPPING=1");
  torg_http_stop (http);
  g_clear_pointer (&chores.thread, g_thread_join);
  return TRUE;
}

/* A file is written by one process at a time, and what one of them keeps in memory the others do not know. */
static gboolean
check_workers (TorgServerContext *context, GError **error)
{
  if (torg_db_get_dialect (torg_server_store_get_db (context->store)) == TORG_DIALECT_POSTGRESQL)
    return TRUE;
  g_set_error_literal (error, TORG_ERROR, TORG_ERROR_UNSUPPORTED,
                       _ ("Several workers need PostgreSQL. With SQLite, leave --workers at 1."));
  return FALSE;
}

/* A key alone would leave everything readable to whoever stands on the way. */
static gboolean
check_tls (TorgServerConfig *config, GError **error)
{
  if (config->tls_key == NULL || config->tls_cert != NULL)
    return TRUE;
  g_set_error_literal (error, TORG_ERROR, TORG_ERROR_INVALID,
                       _ ("There is a key for TLS and no certificate. Say “tls-cert” too, or leave “tls-key” out."));
  return FALSE;
}

/* A proxy in front may encrypt. */
static void
warn_of_plain (TorgServerConfig *config, GSocket *socket)
{
  if (config->tls_cert == NULL && !torg_listen_is_near (socket))
    g_warning ("Other machines reach “%s” without TLS: passwords and keys can be read on the way, unless a proxy "
               "encrypts.",
               config->listen);
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
  TorgServerConfig *config = context->config;
  g_autoptr (GPtrArray) proxies = NULL;
  g_autoptr (GSocket) socket = NULL;

  g_autoptr (GError) local = NULL;
  int   metrics;
  guint place;

  torg_server_log_install ();
  socket = torg_workers_inherit (&metrics, &place, &local);
  if (local != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&local));
      return FALSE;
    }
  if (!read_flags (context, argc, argv, error) || !check_tls (config, error) ||
      (proxies = torg_peer_read_proxies (config->trusted_proxy, error)) == NULL)
    return FALSE;
  if (socket != NULL)
    return answer (context, socket, proxies, metrics, place, error);
  if (config->workers > 1 && !check_workers (context, error))
    return FALSE;
  if (!torg_server_lock (config->store, error) || !torg_server_store_migrate (context->store, error) ||
      (socket = torg_listen_open (config->listen, error)) == NULL)
    return FALSE;
  warn_of_plain (config, socket);
  if (config->workers == 1)
    return answer (context, socket, proxies, metrics, place, error);
  g_clear_pointer (&context->store, torg_server_store_free);
  return torg_workers_run (config, socket, say_ready, socket, error);
}
