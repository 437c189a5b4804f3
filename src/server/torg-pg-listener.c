/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "torg-server"

#include "config.h"

#include "torg-pg-listener.h"
#include "torg-server-store.h"

#include <gio/gio.h>
#include <libpq-fe.h>

/* LISTEN on the channel on which each commit notifies (torg_server_store_next_seq). */

/* After a failure it is tried again after a second, then after twice as long, up to this. */
#define MAX_RETRY_SECONDS 30

struct _TorgPgListener
{
  char              *uri; /* (owned) */
  TorgPgListenerFunc func;
  gpointer           data;
  GCancellable      *cancellable; /* (owned) */
  GThread           *thread;      /* (owned) */

  /* the thread's */
  char *schema; /* (owned) (nullable): where the tables are */
};

typedef struct
{
  TorgPgListener *listener;
  GCancellable   *cancellable; /* (owned): of a listener that may be gone */
  gint64          seq;
} News;

static void
news_free (gpointer data)
{
  News *news = data;

  g_object_unref (news->cancellable);
  g_free (news);
}

static gboolean
tell_cb (gpointer data)
{
  News *news = data;

  if (!g_cancellable_is_cancelled (news->cancellable))
    news->listener->func (news->seq, news->listener->data);
  return G_SOURCE_REMOVE;
}

/* @text is a number, a space and a schema. */
static void
tell (TorgPgListener *self, const char *text)
{
  char  *end;
  gint64 seq = g_ascii_strtoll (text, &end, 10);
  News  *news;

  if (*end != ' ' || g_strcmp0 (end + 1, self->schema) != 0)
    return;
  news = g_new0 (News, 1);
  news->listener = self;
  news->cancellable = g_object_ref (self->cancellable);
  news->seq = seq;
  g_idle_add_full (G_PRIORITY_DEFAULT, tell_cb, news, news_free);
}

/* Waits for @fd (-1 for none) or the end; FALSE at the end. */
static gboolean
wait_for (TorgPgListener *self, int fd, int ms)
{
  GPollFD polls[2] = { { 0 }, { .fd = fd, .events = G_IO_IN } };

  if (!g_cancellable_make_pollfd (self->cancellable, &polls[0]))
    return FALSE;
  g_poll (polls, fd >= 0 ? 2 : 1, ms);
  g_cancellable_release_fd (self->cancellable);
  return !g_cancellable_is_cancelled (self->cancellable);
}

/* What was committed while nobody listened. */
static gboolean
begin (TorgPgListener *self, PGconn *conn)
{
  PGresult *result = PQexec (conn, "LISTEN " TORG_COMMITS_CHANNEL);
  gboolean  ok = PQresultStatus (result) == PGRES_COMMAND_OK;

  PQclear (result);
  if (!ok)
    return FALSE;
  result = PQexec (conn, "SELECT seq || ' ' || current_schema(), current_schema() FROM workspace ORDER BY id LIMIT 1");
  ok = PQresultStatus (result) == PGRES_TUPLES_OK && PQntuples (result) > 0;
  if (ok)
    {
      g_set_str (&self->schema, PQgetvalue (result, 0, 1));
      tell (self, PQgetvalue (result, 0, 0));
    }
  PQclear (result);
  return ok;
}

static void
listen_on (TorgPgListener *self, PGconn *conn)
{
  for (;;)
    {
      PGnotify *notify;

      while ((notify = PQnotifies (conn)) != NULL)
        {
          tell (self, notify->extra);
          PQfreemem (notify);
        }
      if (!wait_for (self, PQsocket (conn), -1) || !PQconsumeInput (conn))
        return;
    }
}

static gpointer
run (gpointer data)
{
  TorgPgListener *self = data;
  guint           seconds = 1;

  do
    {
      PGconn *conn = PQconnectdb (self->uri);

      if (PQstatus (conn) == CONNECTION_OK && begin (self, conn))
        {
          seconds = 1;
          listen_on (self, conn);
        }
      PQfinish (conn);
      if (!wait_for (self, -1, (int) seconds * 1000))
        return NULL;
      seconds = MIN (seconds * 2, MAX_RETRY_SECONDS);
    }
  while (TRUE);
}

/**
 * torg_pg_listener_new:
 * @uri: `postgresql://…`; the password comes from PGPASSFILE
 * @func: called for each commit, and for the last one whenever the connection is made
 * @data: for @func
 *
 * Begins to listen; a connection that breaks is made again.
 *
 * Returns: (transfer full): a listener
 */
TorgPgListener *
torg_pg_listener_new (const char *uri, TorgPgListenerFunc func, gpointer data)
{
  TorgPgListener *self = g_new0 (TorgPgListener, 1);

  self->uri = g_strdup (uri);
  self->func = func;
  self->data = data;
  self->cancellable = g_cancellable_new ();
  self->thread = g_thread_new ("torg-listener", run, self);
  return self;
}

/**
 * torg_pg_listener_free:
 * @self: (transfer full): a listener
 *
 * Ends listening; its function is not called any more.
 */
void
torg_pg_listener_free (TorgPgListener *self)
{
  g_cancellable_cancel (self->cancellable);
  g_thread_join (self->thread);
  g_object_unref (self->cancellable);
  g_free (self->schema);
  g_free (self->uri);
  g_free (self);
}
