/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "torg-server"
/* For memfd_create. */
#define _GNU_SOURCE

#include "config.h"

#include "torg-metrics.h"

#include <errno.h>
#include <gio/gio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

/*
 * The numbers lie in memory that all processes share, each at a place of its own for what waits in it; what is counted
 * is counted together, and goes on where a process is replaced by another one.
 */

typedef struct
{
  gint questions;
  gint sign_ins;
  gint waiting;
} Place;

typedef struct
{
  gint64 started; /* of the clock that all processes share, microseconds */
  gsize  requests;
  gsize  errors;
  Place  places[TORG_METRICS_PLACES];
} Numbers;

struct _TorgMetrics
{
  Numbers *numbers; /* (owned): mapped */
  Place   *place;
};

/**
 * torg_metrics_make_file:
 * @error: place for a %G_IO_ERROR
 *
 * Makes memory that can be handed to other processes.
 *
 * Returns: its file descriptor; -1 for an error
 */
int
torg_metrics_make_file (GError **error)
{
  int fd = memfd_create ("torg-metrics", MFD_CLOEXEC);

  if (fd >= 0 && ftruncate (fd, sizeof (Numbers)) == 0)
    return fd;
  g_set_error_literal (error, G_IO_ERROR, g_io_error_from_errno (errno), g_strerror (errno));
  if (fd >= 0)
    close (fd);
  return -1;
}

/**
 * torg_metrics_new:
 * @fd: of [func@metrics_make_file]; -1 for one process alone
 * @place: which one of the processes this is, less than %TORG_METRICS_PLACES
 *
 * Begins to count, or goes on.
 *
 * Returns: (transfer full): the numbers
 */
TorgMetrics *
torg_metrics_new (int fd, guint place)
{
  TorgMetrics *self;
  void        *memory;

  g_return_val_if_fail (place < TORG_METRICS_PLACES, NULL);
  memory =
    mmap (NULL, sizeof (Numbers), PROT_READ | PROT_WRITE, fd < 0 ? MAP_PRIVATE | MAP_ANONYMOUS : MAP_SHARED, fd, 0);
  if (memory == MAP_FAILED)
    g_error ("There is no memory to count in: %s", g_strerror (errno));
  self = g_new0 (TorgMetrics, 1);
  self->numbers = memory;
  self->place = &self->numbers->places[place];
  if (self->numbers->started == 0)
    self->numbers->started = g_get_monotonic_time ();
  /* What waited in a process that this one replaces is gone. */
  torg_metrics_set_queues (self, 0, 0, 0);
  return self;
}

/**
 * torg_metrics_free:
 * @self: (transfer full): the numbers
 *
 * Counts no more.
 */
void
torg_metrics_free (TorgMetrics *self)
{
  munmap (self->numbers, sizeof (Numbers));
  g_free (self);
}

/**
 * torg_metrics_add_request:
 *
 * Counts a question.
 *
 * Returns: which one it is, of all processes, from 1
 */
guint64
torg_metrics_add_request (TorgMetrics *self)
{
  return (guint64) g_atomic_pointer_add (&self->numbers->requests, 1) + 1;
}

/**
 * torg_metrics_add_error:
 *
 * Counts a question that the server could not answer.
 */
void
torg_metrics_add_error (TorgMetrics *self)
{
  g_atomic_pointer_add (&self->numbers->errors, 1);
}

/**
 * torg_metrics_set_queues:
 * @questions: how many wait for a thread here
 * @sign_ins: how many wait for their password to be looked at here
 * @waiting: how many wait for the next commit here
 *
 * Says what waits in this process.
 */
void
torg_metrics_set_queues (TorgMetrics *self, guint questions, guint sign_ins, guint waiting)
{
  g_atomic_int_set (&self->place->questions, (gint) questions);
  g_atomic_int_set (&self->place->sign_ins, (gint) sign_ins);
  g_atomic_int_set (&self->place->waiting, (gint) waiting);
}

/**
 * torg_metrics_to_text:
 *
 * Writes the numbers of all processes.
 *
 * Returns: (transfer full): lines as Prometheus reads them
 */
char *
torg_metrics_to_text (TorgMetrics *self)
{
  gint questions = 0, sign_ins = 0, waiting = 0;

  for (guint i = 0; i < TORG_METRICS_PLACES; i++)
    {
      questions += g_atomic_int_get (&self->numbers->places[i].questions);
      sign_ins += g_atomic_int_get (&self->numbers->places[i].sign_ins);
      waiting += g_atomic_int_get (&self->numbers->places[i].waiting);
    }
  return g_strdup_printf ("# TYPE torg_requests_total counter\ntorg_requests_total %" G_GSIZE_FORMAT "\n"
                          "# TYPE torg_errors_total counter\ntorg_errors_total %" G_GSIZE_FORMAT "\n"
                          "# TYPE torg_queue_length gauge\ntorg_queue_length %d\n"
                          "# TYPE torg_signin_queue_length gauge\ntorg_signin_queue_length %d\n"
                          "# TYPE torg_waiting gauge\ntorg_waiting %d\n"
                          "# TYPE torg_uptime_seconds gauge\ntorg_uptime_seconds %" G_GINT64_FORMAT "\n",
                          (gsize) g_atomic_pointer_get (&self->numbers->requests),
                          (gsize) g_atomic_pointer_get (&self->numbers->errors), questions, sign_ins, waiting,
                          (g_get_monotonic_time () - self->numbers->started) / G_USEC_PER_SEC);
}
