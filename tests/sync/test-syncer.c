/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "torg-live.h"
#include "torg-replica.h"
#include "torg-soup-transport.h"
#include "torg-sync.h"
#include "torg-syncer.h"

#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>

/* The syncer as the window uses it, with a real torg-server. The arguments are torgctl and torg-server. */

#define WAIT_MS 20000

static const char *torgctl, *torg_server;

typedef struct
{
  char        *dir;
  char        *address;
  GSubprocess *server;
  guint        port;
  TorgReplica *replica;
  TorgSyncer  *syncer;
} Fixture;

static char *
run (const char *input, const char *program, ...)
{
  g_autoptr (GPtrArray) argv = g_ptr_array_new ();
  g_autoptr (GSubprocess) process = NULL;
  g_autoptr (GError) error = NULL;
  char   *output = NULL;
  va_list args;

  g_ptr_array_add (argv, (gpointer) program);
  va_start (args, program);
  for (const char *arg = va_arg (args, const char *); arg != NULL; arg = va_arg (args, const char *))
    g_ptr_array_add (argv, (gpointer) arg);
  va_end (args);
  g_ptr_array_add (argv, NULL);
  process = g_subprocess_newv ((const char *const *) argv->pdata,
                               G_SUBPROCESS_FLAGS_STDIN_PIPE | G_SUBPROCESS_FLAGS_STDOUT_PIPE, &error);
  g_assert_no_error (error);
  g_subprocess_communicate_utf8 (process, input, NULL, &output, NULL, &error);
  g_assert_no_error (error);
  g_assert_true (g_subprocess_get_successful (process));
  return g_strstrip (output);
}

static void
start_server (Fixture *fixture)
{
  g_autofree char *listen = g_strdup_printf ("127.0.0.1:%u", fixture->port);
  g_autofree char *line = NULL;
  g_autoptr (GDataInputStream) output = NULL;
  g_autoptr (GError) error = NULL;

  fixture->server = g_subprocess_new (G_SUBPROCESS_FLAGS_STDOUT_PIPE | G_SUBPROCESS_FLAGS_STDERR_SILENCE, &error,
                                      torg_server, "serve", "--listen", listen, NULL);
  g_assert_no_error (error);
  output = g_data_input_stream_new (g_subprocess_get_stdout_pipe (fixture->server));
  g_filter_input_stream_set_close_base_stream (G_FILTER_INPUT_STREAM (output), FALSE);
  line = g_data_input_stream_read_line (output, NULL, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpint (sscanf (line, "%*s %u", &fixture->port), ==, 1);
  g_free (fixture->address);
  fixture->address = g_strdup_printf ("http://127.0.0.1:%u", fixture->port);
}

static void
stop_server (Fixture *fixture)
{
  g_subprocess_send_signal (fixture->server, SIGTERM);
  g_subprocess_wait (fixture->server, NULL, NULL);
  g_clear_object (&fixture->server);
}

static void
done_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  *(GAsyncResult **) data = g_object_ref (result);
}

static GAsyncResult *
wait_for (GAsyncResult **result)
{
  while (*result == NULL)
    g_main_context_iteration (NULL, TRUE);
  return *result;
}

static gboolean
wake_cb (gpointer data)
{
  return G_SOURCE_CONTINUE;
}

#define wait_until(condition)                                                                                          \
  G_STMT_START                                                                                                         \
  {                                                                                                                    \
    guint  wake = g_timeout_add (20, wake_cb, NULL);                                                                   \
    gint64 limit = g_get_monotonic_time () + WAIT_MS * 1000;                                                           \
    while (!(condition) && g_get_monotonic_time () < limit)                                                            \
      g_main_context_iteration (NULL, TRUE);                                                                           \
    g_source_remove (wake);                                                                                            \
    g_assert_true (condition);                                                                                         \
  }                                                                                                                    \
  G_STMT_END

static void
set_up (Fixture *fixture, gconstpointer data)
{
  g_autofree char *demo = NULL, *store = NULL, *token = NULL, *names = NULL, *path = NULL;
  g_autoptr (GAsyncResult) opened = NULL;
  g_autoptr (TorgEnv) env = torg_env_new ();
  g_auto (GStrv) words = NULL;

  fixture->dir = g_dir_make_tmp ("torg-syncer-XXXXXX", NULL);
  demo = g_build_filename (fixture->dir, "demo.db", NULL);
  store = g_strdup_printf ("sqlite:%s/server.db", fixture->dir);
  g_setenv ("TORG_STORE", store, TRUE);
  g_unsetenv ("TORG_TOKEN");
  g_free (run (NULL, torgctl, "--replica", demo, "demo", "--records", "600", "--seed", "4", NULL));
  g_free (run (NULL, torg_server, "import", demo, NULL));
  names = run (NULL, torgctl, "--replica", demo, "--json", "list", "user", "--limit", "1", NULL);
  words = g_strsplit (strstr (names, "\"name\":"), "\"", 5);
  g_free (run ("correct horse\n", torg_server, "user", "add", "anna", words[3], NULL));
  token = run (NULL, torg_server, "token", "anna", NULL);
  g_setenv ("TORG_TOKEN", token, TRUE);
  start_server (fixture);

  path = g_build_filename (fixture->dir, "one.db", NULL);
  fixture->replica = torg_replica_new (env, path);
  torg_replica_open_async (fixture->replica, NULL, done_cb, &opened);
  g_assert_true (torg_replica_open_finish (fixture->replica, wait_for (&opened), NULL));
  fixture->syncer = torg_syncer_new (fixture->replica);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GDir) dir = g_dir_open (fixture->dir, 0, NULL);
  const char *name;

  torg_syncer_stop (fixture->syncer);
  torg_replica_close (fixture->replica);
  while (g_main_context_iteration (NULL, FALSE))
    ;
  g_assert_finalize_object (fixture->syncer);
  g_assert_finalize_object (fixture->replica);
  if (fixture->server != NULL)
    stop_server (fixture);
  while ((name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *file = g_build_filename (fixture->dir, name, NULL);

      g_remove (file);
    }
  g_rmdir (fixture->dir);
  g_free (fixture->dir);
  g_free (fixture->address);
}

static void
connect_replica (Fixture *fixture)
{
  g_autoptr (GAsyncResult) connected = NULL;
  g_autoptr (GError) error = NULL;

  torg_syncer_start (fixture->syncer);
  torg_syncer_connect_async (fixture->syncer, fixture->address, g_getenv ("TORG_TOKEN"), FALSE, NULL, done_cb,
                             &connected);
  torg_syncer_connect_finish (fixture->syncer, wait_for (&connected), &error);
  g_assert_no_error (error);
  wait_until (torg_syncer_get_state (fixture->syncer) == TORG_SYNC_STATE_IDLE &&
              torg_syncer_get_synced_at (fixture->syncer) > 0);
  g_assert_cmpstr (torg_syncer_get_address (fixture->syncer), ==, fixture->address);
}

static void
add_company (Fixture *fixture, const char *name)
{
  TorgSchema      *schema = torg_replica_get_schema (fixture->replica);
  g_autofree char *id = torg_env_make_id (torg_replica_get_env (fixture->replica));
  g_autoptr (TorgRecord) company = torg_record_new (schema, torg_schema_find (schema, "company"), id);
  g_autoptr (TorgEdit) edit = torg_edit_new (NULL);
  g_autoptr (GAsyncResult) applied = NULL;
  g_autoptr (GError) error = NULL;

  torg_record_set_text (company, "name", name);
  torg_edit_create (edit, company);
  torg_replica_apply_async (fixture->replica, edit, NULL, done_cb, &applied);
  torg_replica_apply_finish (fixture->replica, wait_for (&applied), &error);
  g_assert_no_error (error);
}

/* What another replica of the same user has. */
static char *
count_elsewhere (Fixture *fixture, const char *name)
{
  g_autofree char *path = g_build_filename (fixture->dir, "two.db", NULL);
  g_autofree char *where = g_strconcat ("name=", name, NULL);

  if (!g_file_test (path, G_FILE_TEST_EXISTS))
    g_free (run (NULL, torgctl, "--replica", path, "connect", fixture->address, NULL));
  g_free (run (NULL, torgctl, "--replica", path, "sync", NULL));
  return run (NULL, torgctl, "--replica", path, "count", "company", "--where", where, NULL);
}

static gboolean
is_elsewhere (Fixture *fixture, const char *name)
{
  g_autofree char *found = count_elsewhere (fixture, name);

  return g_str_equal (found, "1");
}

/* An edit is sent by itself; without the server it waits, is counted, and is sent when that is back. */
static void
test_edits (Fixture *fixture, gconstpointer data)
{
  g_autofree char *second = NULL;

  connect_replica (fixture);
  add_company (fixture, "Сразу");
  wait_until (is_elsewhere (fixture, "Сразу"));
  wait_until (torg_syncer_get_n_unsent (fixture->syncer) == 0 &&
              torg_syncer_get_state (fixture->syncer) == TORG_SYNC_STATE_IDLE);

  stop_server (fixture);
  add_company (fixture, "Позже");
  wait_until (torg_syncer_get_state (fixture->syncer) == TORG_SYNC_STATE_OFFLINE);
  wait_until (torg_syncer_get_n_unsent (fixture->syncer) == 1);
  g_assert_nonnull (torg_syncer_get_message (fixture->syncer));
  g_assert_cmpint (torg_syncer_get_since (fixture->syncer), >, torg_syncer_get_synced_at (fixture->syncer));
  start_server (fixture);
  /* By itself, after a while. */
  wait_until (torg_syncer_get_state (fixture->syncer) == TORG_SYNC_STATE_IDLE);
  g_assert_cmpuint (torg_syncer_get_n_unsent (fixture->syncer), ==, 0);
  second = count_elsewhere (fixture, "Позже");
  g_assert_cmpstr (second, ==, "1");
}

/* What another process edits in the same replica is sent at once too, while nobody looks by the clock. */
static void
test_beside (Fixture *fixture, gconstpointer data)
{
  g_autofree char *path = g_build_filename (fixture->dir, "one.db", NULL);

  connect_replica (fixture);
  g_free (run (NULL, torgctl, "--replica", path, "add", "company", "name=Рядом", NULL));
  wait_until (is_elsewhere (fixture, "Рядом"));
  wait_until (torg_syncer_get_n_unsent (fixture->syncer) == 0);
}

static void
changed_cb (TorgReplica *replica, GPtrArray *changes, guint *n)
{
  ++*n;
}

/* Answers as one that is busy, and closes. */
static gboolean
busy_cb (GThreadedSocketService *service, GSocketConnection *connection, GObject *source, gint *n)
{
  static const char answer[] = "HTTP/1.1 503 Busy\r\nRetry-After: 5\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
  GInputStream     *input = g_io_stream_get_input_stream (G_IO_STREAM (connection));
  g_autoptr (GDataInputStream) lines = g_data_input_stream_new (input);
  g_autofree char *line = g_data_input_stream_read_line (lines, NULL, NULL, NULL);

  if (line != NULL && (strstr (line, "/v1/sync/changes") != NULL || strstr (line, "/v1/sync/push") != NULL))
    g_atomic_int_inc (n);
  g_output_stream_write_all (g_io_stream_get_output_stream (G_IO_STREAM (connection)), answer, strlen (answer), NULL,
                             NULL, NULL);
  return TRUE;
}

/* A server that says when it wants to be asked again is not asked sooner, whatever is edited; then all goes on. */
static void
test_busy (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GSocketService) busy = g_threaded_socket_service_new (4);
  g_autoptr (GInetAddress) loopback = g_inet_address_new_loopback (G_SOCKET_FAMILY_IPV4);
  g_autoptr (GSocketAddress) address = NULL;
  g_autoptr (GError) error = NULL;
  gint   n = 0;
  gint64 end;

  connect_replica (fixture);
  stop_server (fixture);
  address = g_inet_socket_address_new (loopback, (guint16) fixture->port);
  g_socket_listener_add_address (G_SOCKET_LISTENER (busy), address, G_SOCKET_TYPE_STREAM, G_SOCKET_PROTOCOL_TCP, NULL,
                                 NULL, &error);
  g_assert_no_error (error);
  g_signal_connect (busy, "run", G_CALLBACK (busy_cb), &n);
  torg_syncer_sync (fixture->syncer);
  wait_until (torg_syncer_get_state (fixture->syncer) == TORG_SYNC_STATE_OFFLINE && g_atomic_int_get (&n) > 0);
  add_company (fixture, "Потом");
  end = g_get_monotonic_time () + 4 * G_USEC_PER_SEC;
  wait_until (g_get_monotonic_time () > end);
  g_assert_cmpint (g_atomic_int_get (&n), ==, 1);
  g_socket_service_stop (busy);
  g_socket_listener_close (G_SOCKET_LISTENER (busy));
  start_server (fixture);
  wait_until (torg_syncer_get_state (fixture->syncer) == TORG_SYNC_STATE_IDLE);
  g_assert_cmpuint (torg_syncer_get_n_unsent (fixture->syncer), ==, 0);
}

/* Longer than the replica takes to look for what others changed. */
static void
sync_and_rest (Fixture *fixture)
{
  gint64 before = torg_syncer_get_synced_at (fixture->syncer);
  gint64 end;

  torg_syncer_sync (fixture->syncer);
  wait_until (torg_syncer_get_synced_at (fixture->syncer) > before);
  end = g_get_monotonic_time () + 2 * G_USEC_PER_SEC;
  wait_until (g_get_monotonic_time () > end);
}

/* What others did comes and is told; a look that finds nothing leaves the window alone. */
static void
test_news (Fixture *fixture, gconstpointer data)
{
  g_autofree char *path = g_build_filename (fixture->dir, "two.db", NULL);
  g_autofree char *file = g_build_filename (fixture->dir, "companies.csv", NULL);
  guint            n = 0;

  connect_replica (fixture);
  g_free (count_elsewhere (fixture, "x"));
  sync_and_rest (fixture);
  g_signal_connect (fixture->replica, "changed", G_CALLBACK (changed_cb), &n);
  sync_and_rest (fixture);
  g_assert_cmpuint (n, ==, 0);

  g_assert_true (g_file_set_contents (file, "Название\nСоседи\n", -1, NULL));
  g_free (run (NULL, torgctl, "--replica", path, "import", "--type", "company", file, NULL));
  g_free (count_elsewhere (fixture, "x"));
  wait_until (n > 0);
}

static void
poked_cb (TorgLive *live, guint *n)
{
  ++*n;
}

/* What is committed is heard of, and a server that went away, and that it is back. */
static void
test_live (Fixture *fixture, gconstpointer data)
{
  g_autofree char *path = g_build_filename (fixture->dir, "two.db", NULL);
  g_autofree char *file = g_build_filename (fixture->dir, "companies.csv", NULL);
  g_autoptr (TorgTransport) transport = torg_soup_transport_new (fixture->address, g_getenv ("TORG_TOKEN"), NULL);
  g_autoptr (TorgLive) live = torg_live_new (transport);
  guint n = 0, before;

  g_signal_connect (live, "poked", G_CALLBACK (poked_cb), &n);
  wait_until (n == 1 && torg_live_get_on (live));
  g_free (count_elsewhere (fixture, "x"));
  g_assert_true (g_file_set_contents (file, "Название\nСоседи\n", -1, NULL));
  g_free (run (NULL, torgctl, "--replica", path, "import", "--type", "company", file, NULL));
  before = n;
  g_free (count_elsewhere (fixture, "x"));
  wait_until (n > before);
  before = n;
  stop_server (fixture);
  wait_until (n > before && !torg_live_get_on (live));
  before = n;
  start_server (fixture);
  wait_until (n > before && torg_live_get_on (live));
  torg_live_stop (live);
}

/* A key that the server does not know is said to be wrong, and changes nothing. */
static void
test_sign_in (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GAsyncResult) refused = NULL, accepted = NULL;
  g_autoptr (GError) error = NULL;

  torg_syncer_start (fixture->syncer);
  torg_syncer_connect_async (fixture->syncer, fixture->address, "wrong", FALSE, NULL, done_cb, &refused);
  g_assert_false (torg_syncer_connect_finish (fixture->syncer, wait_for (&refused), &error));
  g_assert_error (error, TORG_SYNC_ERROR, TORG_SYNC_ERROR_SIGN_IN);
  g_clear_error (&error);
  g_clear_object (&refused);
  g_assert_cmpint (torg_syncer_get_state (fixture->syncer), ==, TORG_SYNC_STATE_LOCAL);

  connect_replica (fixture);
  torg_syncer_sign_in_async (fixture->syncer, "wrong", NULL, done_cb, &refused);
  g_assert_false (torg_syncer_sign_in_finish (fixture->syncer, wait_for (&refused), &error));
  g_assert_error (error, TORG_SYNC_ERROR, TORG_SYNC_ERROR_SIGN_IN);
  g_clear_error (&error);
  torg_syncer_sign_in_async (fixture->syncer, g_getenv ("TORG_TOKEN"), NULL, done_cb, &accepted);
  g_assert_true (torg_syncer_sign_in_finish (fixture->syncer, wait_for (&accepted), &error));
  wait_until (torg_syncer_get_state (fixture->syncer) == TORG_SYNC_STATE_IDLE);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_assert_cmpint (argc, ==, 3);
  torgctl = argv[1];
  torg_server = argv[2];
  g_test_add ("/syncer/edits", Fixture, NULL, set_up, test_edits, tear_down);
  g_test_add ("/syncer/beside", Fixture, NULL, set_up, test_beside, tear_down);
  g_test_add ("/syncer/busy", Fixture, NULL, set_up, test_busy, tear_down);
  g_test_add ("/syncer/news", Fixture, NULL, set_up, test_news, tear_down);
  g_test_add ("/syncer/live", Fixture, NULL, set_up, test_live, tear_down);
  g_test_add ("/syncer/sign-in", Fixture, NULL, set_up, test_sign_in, tear_down);
  return g_test_run ();
}
