/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "torg-server"

#include "config.h"

#include "torg-error.h"
#include "torg-metrics.h"
#include "torg-workers.h"

#include <errno.h>
#include <fcntl.h>
#include <glib-unix.h>
#include <glib/gi18n-lib.h>
#include <signal.h>
#include <unistd.h>

/*
 * Several processes that answer on one socket. The first process only watches: it has no connection to the database and
 * handles nothing, so that nothing can bring it down; it starts another worker where one has died, later each time, and
 * hands on that all is to end. A worker is the same program, run anew: after a fork alone, GLib's threads would be gone
 * and their locks held. It finds the socket under a number, and the configuration in its environment, where nobody else
 * can read a password. Workers go on without the first process.
 */

#define LISTEN_FD 3
#define METRICS_FD 4
/* Which of the workers it is; there is none in the first process. */
#define WORKER_NAME "TORG_WORKER"

/* From the first death on, each doubles the wait; who has lived for a minute is well. */
#define FIRST_WAIT_MS 100
#define LONGEST_WAIT_MS 30000
#define WELL_SECONDS 60
/* How long workers may take to end what they handle. */
#define STOP_SECONDS 25

typedef struct
{
  TorgServerConfig *config;
  GSocket          *socket;
  int               metrics;
  GMainLoop        *loop;    /* (owned) */
  GPtrArray        *workers; /* (owned) (element-type Worker) */
  TorgWorkersReady  ready;
  gpointer          data;
  guint             n_ready; /* that have answered once */
  gboolean          stopping;
  GError           *error; /* (owned) (nullable) */
} Workers;

typedef struct
{
  Workers          *all;
  guint             number;
  GSubprocess      *process; /* (owned) (nullable) */
  GDataInputStream *output;  /* (owned) (nullable) */
  gint64            began;
  guint             deaths; /* one soon after the other */
  guint             wait;   /* 0 for none */
  gboolean          was_ready;
} Worker;

static gboolean start_worker (Worker *worker, GError **error);
static void     stop (Workers *all);

static void
worker_free (gpointer data)
{
  Worker *worker = data;

  g_clear_handle_id (&worker->wait, g_source_remove);
  g_clear_object (&worker->process);
  g_clear_object (&worker->output);
  g_free (worker);
}

static guint
count_running (Workers *all)
{
  guint n = 0;

  for (guint i = 0; i < all->workers->len; i++)
    n += ((Worker *) all->workers->pdata[i])->process != NULL;
  return n;
}

/* --- one worker --------------------------------------------------------------------------------------------------- */

static gboolean
again_cb (gpointer data)
{
  Worker *worker = data;
  g_autoptr (GError) error = NULL;

  worker->wait = 0;
  if (!start_worker (worker, &error))
    {
      g_warning ("%s", error->message);
      worker->wait = g_timeout_add (LONGEST_WAIT_MS, again_cb, worker);
    }
  return G_SOURCE_REMOVE;
}

static void
start_later (Worker *worker)
{
  guint wait;

  if (g_get_monotonic_time () - worker->began > WELL_SECONDS * G_TIME_SPAN_SECOND)
    worker->deaths = 0;
  wait = MIN (FIRST_WAIT_MS << MIN (worker->deaths, 10), LONGEST_WAIT_MS);
  worker->deaths++;
  if (g_subprocess_get_if_signaled (worker->process))
    g_warning ("Worker %u was ended by signal %d; another one follows in %u ms.", worker->number,
               g_subprocess_get_term_sig (worker->process), wait);
  else
    g_warning ("Worker %u ended with status %d; another one follows in %u ms.", worker->number,
               g_subprocess_get_exit_status (worker->process), wait);
  worker->wait = g_timeout_add (wait, again_cb, worker);
}

static void
exited_cb (GObject *object, GAsyncResult *result, gpointer data)
{
  Worker  *worker = data;
  Workers *all = worker->all;

  g_subprocess_wait_finish (G_SUBPROCESS (object), result, NULL);
  /* What cannot work at all is not tried for ever. */
  if (!all->stopping && all->n_ready == 0 && !g_subprocess_get_if_signaled (worker->process))
    {
      g_set_error_literal (&all->error, TORG_ERROR, TORG_ERROR_INVALID,
                           _ ("No worker could start. What is wrong stands above."));
      stop (all);
    }
  if (!all->stopping)
    start_later (worker);
  g_clear_object (&worker->process);
  g_clear_object (&worker->output);
  if (all->stopping && count_running (all) == 0)
    g_main_loop_quit (all->loop);
}

/* A worker says when it answers; then nothing more. */
static void
said_cb (GObject *object, GAsyncResult *result, gpointer data)
{
  Worker          *worker = data;
  g_autofree char *line = g_data_input_stream_read_line_finish (G_DATA_INPUT_STREAM (object), result, NULL, NULL);

  if (line == NULL || worker->was_ready)
    return;
  worker->was_ready = TRUE;
  worker->all->n_ready++;
  if (worker->all->n_ready == worker->all->workers->len)
    worker->all->ready (worker->all->data);
}

static void
set_environment (GSubprocessLauncher *launcher, TorgServerConfig *config, guint number)
{
  g_autofree char *text = g_strdup_printf ("%u", number);
  g_auto (GStrv) pairs = torg_server_config_to_environment (config);

  for (guint i = 0; pairs[i] != NULL; i += 2)
    g_subprocess_launcher_setenv (launcher, pairs[i], pairs[i + 1], TRUE);
  g_subprocess_launcher_setenv (launcher, "TORG_WORKERS", "1", TRUE);
  g_subprocess_launcher_setenv (launcher, WORKER_NAME, text, TRUE);
  g_subprocess_launcher_unsetenv (launcher, "NOTIFY_SOCKET");
}

/* Under a number that is not the one that it is to have, which may be another one's here. */
static gboolean
hand_on (GSubprocessLauncher *launcher, int fd, int to, GError **error)
{
  int copy = fcntl (fd, F_DUPFD_CLOEXEC, METRICS_FD + 1);

  if (copy >= 0)
    {
      g_subprocess_launcher_take_fd (launcher, copy, to);
      return TRUE;
    }
  g_set_error_literal (error, G_IO_ERROR, g_io_error_from_errno (errno), g_strerror (errno));
  return FALSE;
}

static gboolean
start_worker (Worker *worker, GError **error)
{
  TorgServerConfig *config = worker->all->config;
  g_autoptr (GSubprocessLauncher) launcher = g_subprocess_launcher_new (G_SUBPROCESS_FLAGS_STDOUT_PIPE);
  const char *argv[] = { "/proc/self/exe", "serve", NULL, NULL, NULL };

  if (!hand_on (launcher, g_socket_get_fd (worker->all->socket), LISTEN_FD, error) ||
      !hand_on (launcher, worker->all->metrics, METRICS_FD, error))
    return FALSE;
  set_environment (launcher, config, worker->number);
  /* The same file as here, or it would read the usual one. */
  if (config->file != NULL)
    {
      argv[1] = "--config";
      argv[2] = config->file;
      argv[3] = "serve";
    }
  worker->began = g_get_monotonic_time ();
  worker->process = g_subprocess_launcher_spawnv (launcher, argv, error);
  if (worker->process == NULL)
    return FALSE;
  worker->output = g_data_input_stream_new (g_subprocess_get_stdout_pipe (worker->process));
  g_data_input_stream_read_line_async (worker->output, G_PRIORITY_DEFAULT, NULL, said_cb, worker);
  g_subprocess_wait_async (worker->process, NULL, exited_cb, worker);
  return TRUE;
}

/* --- all of them -------------------------------------------------------------------------------------------------- */

static void
signal_all (Workers *all, int number)
{
  for (guint i = 0; i < all->workers->len; i++)
    {
      Worker *worker = g_ptr_array_index (all->workers, i);

      g_clear_handle_id (&worker->wait, g_source_remove);
      if (worker->process != NULL)
        g_subprocess_send_signal (worker->process, number);
    }
}

static gboolean
too_late_cb (gpointer data)
{
  signal_all (data, SIGKILL);
  return G_SOURCE_CONTINUE;
}

static void
stop (Workers *all)
{
  if (all->stopping)
    return;
  all->stopping = TRUE;
  signal_all (all, SIGTERM);
  if (count_running (all) == 0)
    g_main_loop_quit (all->loop);
  else
    g_timeout_add_seconds (STOP_SECONDS, too_late_cb, all);
}

static gboolean
stop_cb (gpointer data)
{
  stop (data);
  return G_SOURCE_CONTINUE;
}

/**
 * torg_workers_run:
 * @config: how they are to run, and how many
 * @socket: the socket that they answer on
 * @ready: called once
 * @data: for @ready
 * @error: place for an error
 *
 * Keeps workers running until this process is told to end.
 *
 * Returns: whether they could start, and all have ended
 */
gboolean
torg_workers_run (TorgServerConfig *config, GSocket *socket, TorgWorkersReady ready, gpointer data, GError **error)
{
  g_autoptr (GMainLoop) loop = g_main_loop_new (NULL, FALSE);
  g_autoptr (GPtrArray) workers = g_ptr_array_new_with_free_func (worker_free);
  Workers all = { config, socket, torg_metrics_make_file (error), loop, workers, ready, data, 0, FALSE, NULL };

  if (all.metrics < 0)
    return FALSE;
  g_unix_signal_add (SIGTERM, stop_cb, &all);
  g_unix_signal_add (SIGINT, stop_cb, &all);
  for (guint i = 0; i < config->workers; i++)
    {
      Worker *worker = g_new0 (Worker, 1);

      worker->all = &all;
      worker->number = i + 1;
      g_ptr_array_add (workers, worker);
    }
  for (guint i = 0; i < workers->len && all.error == NULL; i++)
    if (!start_worker (workers->pdata[i], &all.error))
      stop (&all);
  if (!all.stopping || count_running (&all) > 0)
    g_main_loop_run (loop);
  close (all.metrics);
  if (all.error == NULL)
    return TRUE;
  g_propagate_error (error, all.error);
  return FALSE;
}

/**
 * torg_workers_inherit:
 * @metrics: (out): where to count; -1 where this is the first process
 * @place: (out): which of the workers this is, from 0
 * @error: place for an error
 *
 * Takes what the first process has given this one.
 *
 * Returns: (transfer full) (nullable): the socket; %NULL without an error where this is the first process
 */
GSocket *
torg_workers_inherit (int *metrics, guint *place, GError **error)
{
  const char *text = g_getenv (WORKER_NAME);
  guint64     number;

  *metrics = -1;
  *place = 0;
  if (text == NULL)
    return NULL;
  if (!g_ascii_string_to_unsigned (text, 10, 1, TORG_METRICS_PLACES, &number, error))
    return NULL;
  g_unsetenv (WORKER_NAME);
  *metrics = METRICS_FD;
  *place = (guint) number - 1;
  fcntl (LISTEN_FD, F_SETFD, FD_CLOEXEC);
  fcntl (METRICS_FD, F_SETFD, FD_CLOEXEC);
  return g_socket_new_from_fd (LISTEN_FD, error);
}
