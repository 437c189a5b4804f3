/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "torg-test-server.h"

#include <string.h>

/*
 * The lost change (DESIGN.md §3, Order): a number that is taken from a sequence becomes visible when its transaction
 * commits, which may be after a larger one has. A reader that goes on from the largest one that it saw never sees the
 * smaller one. With numbers taken last, under a lock, none is lost. PostgreSQL alone has writers side by side.
 */

#define N_WRITERS 8

typedef struct
{
  TestServer *server;
  TorgEnv    *env;
  gint64      until;
  gint        n_written;
  gint        n_running;
  GMutex      lock;
  GPtrArray  *written; /* (owned): ids that were acknowledged */
  const char *user;
} Race;

static TorgServerStore *
open_store (Race *race)
{
  g_autoptr (GError) error = NULL;
  TorgServerStore *store = torg_server_store_open (race->env, race->server->uri, &error);

  g_assert_no_error (error);
  return store;
}

static void
run_writers (Race *race, GThreadFunc write, double seconds, void (*read) (Race *race, gpointer reader), gpointer reader)
{
  GThread *writers[N_WRITERS];

  race->until = g_get_monotonic_time () + (gint64) (seconds * G_USEC_PER_SEC);
  race->n_running = N_WRITERS;
  for (guint i = 0; i < N_WRITERS; i++)
    writers[i] = g_thread_new ("writer", write, race);
  while (g_atomic_int_get (&race->n_running) > 0)
    read (race, reader);
  for (guint i = 0; i < N_WRITERS; i++)
    g_thread_join (writers[i]);
  read (race, reader);
}

/* --- a plain sequence --------------------------------------------------------------------------------------------- */

static gpointer
write_naive (gpointer data)
{
  Race *race = data;
  g_autoptr (TorgServerStore) store = open_store (race);
  TorgDb *db = torg_server_store_get_db (store);

  while (g_get_monotonic_time () < race->until)
    {
      g_autoptr (GError) error = NULL;

      g_assert_true (torg_db_begin (db, &error));
      g_assert_true (torg_db_exec (db, "INSERT INTO naive (seq) VALUES (nextval('naive_seq'))", &error));
      /* As long as any transaction has something else to do. */
      g_usleep ((gulong) g_random_int_range (0, 2000));
      g_assert_true (torg_db_commit (db, &error));
      g_atomic_int_inc (&race->n_written);
    }
  g_atomic_int_add (&race->n_running, -1);
  return NULL;
}

typedef struct
{
  TorgServerStore *store;
  gint64           last;
  gint             n_seen;
} NaiveReader;

static void
read_naive (Race *race, gpointer data)
{
  NaiveReader *reader = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (TorgStatement) statement = torg_db_prepare (torg_server_store_get_db (reader->store),
                                                         "SELECT seq FROM naive WHERE seq > ?1 ORDER BY seq", &error);
  gboolean row;

  g_assert_no_error (error);
  torg_statement_bind_int (statement, 1, reader->last);
  while (torg_statement_step (statement, &row, &error) && row)
    {
      reader->last = torg_statement_get_int (statement, 0);
      reader->n_seen++;
    }
  g_assert_no_error (error);
}

/* --- ours --------------------------------------------------------------------------------------------------------- */

static gboolean
push_company (TorgServerStore *store, const char *user, const char *client, GPtrArray *batch)
{
  for (guint i = 0; i < 20; i++)
    {
      g_autoptr (GPtrArray) results = g_ptr_array_new_with_free_func ((GDestroyNotify) torg_wire_result_free);
      g_autoptr (GError) error = NULL;
      TorgPushStatus status;
      gint64         expected;

      if (torg_push (store, user, client, batch, results, &status, &expected, &error))
        {
          g_assert_cmpint (status, ==, TORG_PUSH_DONE);
          g_assert_cmpint (((TorgWireResult *) results->pdata[0])->status, ==, TORG_WIRE_APPLIED);
          return TRUE;
        }
      g_assert_error (error, TORG_STORE_ERROR, TORG_STORE_ERROR_LOCKED);
    }
  return FALSE;
}

static gpointer
write_ours (gpointer data)
{
  Race *race = data;
  g_autoptr (TorgServerStore) store = open_store (race);
  g_autofree char *client = torg_env_make_id (race->env);

  for (gint64 number = 1; g_get_monotonic_time () < race->until; number++)
    {
      g_autofree char  *id = torg_env_make_id (race->env);
      TorgWireMutation *mutation = torg_wire_mutation_new ();
      g_autoptr (GPtrArray) batch = test_batch (mutation, NULL);
      g_autofree char *fields = g_strdup_printf ("{\"name\":{\"new\":\"а\"},\"owner\":{\"new\":\"%s\"}}", race->user);

      mutation->client_seq = number;
      mutation->id = torg_env_make_id (race->env);
      mutation->group = torg_env_make_id (race->env);
      mutation->op = TORG_OP_CREATE;
      mutation->type = g_strdup ("company");
      mutation->record = g_strdup (id);
      mutation->schema = TORG_SCHEMA_VERSION;
      json_node_unref (mutation->fields);
      mutation->fields = json_from_string (fields, NULL);
      g_assert_true (push_company (store, race->user, client, batch));
      g_mutex_lock (&race->lock);
      g_ptr_array_add (race->written, g_steal_pointer (&id));
      g_mutex_unlock (&race->lock);
    }
  g_atomic_int_add (&race->n_running, -1);
  return NULL;
}

static void
read_ours (Race *race, gpointer data)
{
  test_pull (data);
}

/* --- the two ------------------------------------------------------------------------------------------------------ */

static double
seconds (double brief, double full)
{
  return g_strcmp0 (g_getenv ("TORG_TEST_AMOUNT"), "long") == 0 ? full : brief;
}

static void
test_naive (TestServer *server)
{
  Race        race = { .server = server };
  NaiveReader reader = { server->store, 0, 0 };
  TorgDb     *db = torg_server_store_get_db (server->store);

  race.env = torg_env_new ();
  g_assert_true (torg_db_exec (db, "CREATE SEQUENCE naive_seq", NULL));
  g_assert_true (torg_db_exec (db, "CREATE TABLE naive (seq BIGINT PRIMARY KEY)", NULL));
  run_writers (&race, write_naive, seconds (3, 10), read_naive, &reader);
  g_test_message ("a plain sequence: %d commits, %d never seen", race.n_written, race.n_written - reader.n_seen);
  g_assert_cmpint (reader.n_seen, <, race.n_written);
  torg_env_unref (race.env);
}

static void
test_ours (TestServer *server)
{
  Race race = { .server = server };
  g_autoptr (TestReplica) reader = NULL;
  guint n_lost = 0;

  race.env = torg_env_new ();
  race.user = test_add_user (server, "Анна", NULL, NULL);
  race.written = g_ptr_array_new_with_free_func (g_free);
  g_mutex_init (&race.lock);
  reader = test_replica_new (server, race.user, NULL);
  run_writers (&race, write_ours, seconds (7, 50), read_ours, reader);
  for (guint i = 0; i < race.written->len; i++)
    n_lost += !test_has (reader, "company", race.written->pdata[i]);
  g_test_message ("ours: %u commits, %u never seen", race.written->len, n_lost);
  g_assert_cmpuint (race.written->len, >, 0);
  g_assert_cmpuint (n_lost, ==, 0);
  /* Dense: as many commits as numbers. */
  g_assert_cmpint (test_count (server, "SELECT count(*) FROM commits"), ==,
                   test_count (server, "SELECT seq FROM workspace"));
  g_ptr_array_unref (race.written);
  g_mutex_clear (&race.lock);
  torg_env_unref (race.env);
}

/* --- the last administrator --------------------------------------------------------------------------------------- */

typedef struct
{
  Race       *race;
  const char *user;
  const char *role;
  gboolean    is_free;
} Leaver;

/* Each gives up the right to edit roles; what two wait for each other with comes again. */
static gpointer
leave (gpointer data)
{
  Leaver *leaver = data;
  g_autoptr (TorgServerStore) store = open_store (leaver->race);
  g_autofree char  *client = torg_env_make_id (leaver->race->env);
  g_autofree char  *fields = g_strdup_printf ("{\"role\":{\"base\":\"%s\",\"new\":null}}", leaver->role);
  TorgWireMutation *mutation = torg_wire_mutation_new ();
  g_autoptr (GPtrArray) batch = test_batch (mutation, NULL);

  mutation->client_seq = 1;
  mutation->id = torg_env_make_id (leaver->race->env);
  mutation->group = torg_env_make_id (leaver->race->env);
  mutation->op = TORG_OP_PATCH;
  mutation->type = g_strdup ("user");
  mutation->record = g_strdup (leaver->user);
  mutation->schema = TORG_SCHEMA_VERSION;
  json_node_unref (mutation->fields);
  mutation->fields = json_from_string (fields, NULL);
  for (guint i = 0; i < 100; i++)
    {
      g_autoptr (GPtrArray) results = g_ptr_array_new_with_free_func ((GDestroyNotify) torg_wire_result_free);
      g_autoptr (GError) error = NULL;
      TorgPushStatus  status;
      TorgWireResult *result;
      gint64          expected;

      if (!torg_push (store, leaver->user, client, batch, results, &status, &expected, &error))
        {
          g_assert_error (error, TORG_STORE_ERROR, TORG_STORE_ERROR_LOCKED);
          continue;
        }
      result = results->pdata[0];
      leaver->is_free = result->status == TORG_WIRE_APPLIED;
      if (!leaver->is_free)
        g_assert_cmpstr (result->code, ==, "administrator");
      return NULL;
    }
  g_assert_not_reached ();
}

/* All leave at once: one stays. */
static void
test_administrators (TestServer *server)
{
  Race        race = { .server = server, .env = torg_env_new () };
  const char *role = test_add (server, "role", "{'name':'А','rights':'{`role`:{`edit`:`all`}}'}");
  Leaver      leavers[4] = { 0 };
  GThread    *threads[G_N_ELEMENTS (leavers)];
  guint       n_free = 0;

  for (guint i = 0; i < G_N_ELEMENTS (leavers); i++)
    leavers[i] = (Leaver) { &race, test_add_user (server, "Я", role, NULL), role, FALSE };
  for (guint i = 0; i < G_N_ELEMENTS (leavers); i++)
    threads[i] = g_thread_new ("leaver", leave, &leavers[i]);
  for (guint i = 0; i < G_N_ELEMENTS (leavers); i++)
    {
      g_thread_join (threads[i]);
      n_free += leavers[i].is_free;
    }
  g_assert_cmpuint (n_free, ==, G_N_ELEMENTS (leavers) - 1);
  g_assert_cmpint (test_count (server, "SELECT count(*) FROM \"user\" WHERE role IS NOT NULL"), ==, 1);
  torg_env_unref (race.env);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_assert_nonnull (g_getenv ("TORG_TEST_POSTGRESQL"));
  test_case ("/order/naive", test_naive);
  test_case ("/order/ours", test_ours);
  test_case ("/order/administrators", test_administrators);
  return g_test_run ();
}
