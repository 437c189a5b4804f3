/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "torg-env.h"
#include "torg-job.h"
#include "torg-worker.h"

#include <string.h>

#define NOW (G_GINT64_CONSTANT (1772442000) * G_USEC_PER_SEC)

/* Clock, randomness and ids; jobs and workers. */

static void
test_ids (gconstpointer data)
{
  g_autoptr (TorgEnv) env = GPOINTER_TO_INT (data) ? torg_env_new_seeded (1, NOW, NULL) : torg_env_new ();
  g_autofree char *last = torg_env_make_id (env);

  /* More than a millisecond has room for, so that the counter runs over. */
  for (int i = 0; i < 20000; i++)
    {
      char *id = torg_env_make_id (env);

      g_assert_cmpstr (last, <, id);
      g_assert_true (torg_id_is_valid (id));
      g_assert_cmpint (id[14], ==, '7');
      g_assert_nonnull (strchr ("89ab", id[19]));
      g_free (last);
      last = id;
    }
  g_assert_cmpint (ABS (torg_id_get_time (last) - torg_env_get_now (env)), <, 10 * G_USEC_PER_SEC);
}

static void
test_seeded (void)
{
  g_autoptr (TorgEnv) a = torg_env_new_seeded (5, NOW, "vfs");
  g_autoptr (TorgEnv) b = torg_env_new_seeded (5, NOW, NULL);
  g_autoptr (TorgEnv) c = torg_env_new_seeded (6, NOW, NULL);
  g_autofree char *id = torg_env_make_id (a);
  g_autofree char *same = torg_env_make_id (b);
  g_autofree char *other = torg_env_make_id (c);
  g_autofree char *past = torg_env_make_id_at (a, NOW - 1000000);

  g_assert_cmpstr (id, ==, same);
  g_assert_cmpstr (id, !=, other);
  g_assert_cmpint (torg_env_get_now (a), ==, NOW);
  torg_env_set_now (a, NOW + 5);
  g_assert_cmpint (torg_env_get_now (a), ==, NOW + 5);
  g_assert_cmpint (torg_id_get_time (past), ==, NOW - 1000000);
  g_assert_cmpstr (torg_env_get_vfs (a), ==, "vfs");
  g_assert_null (torg_env_get_vfs (b));
}

/* A day begins where the environment is; of a seeded one in UTC, until it is said otherwise. */
static void
test_day (void)
{
  static const struct
  {
    const char *zone;
    gint64      when;
    const char *day;
  } days[] = {
    { NULL, G_GINT64_CONSTANT (1772755199999999), "2026-03-05" },
    { NULL, G_GINT64_CONSTANT (1772755200000000), "2026-03-06" },
    { "+10:00", G_GINT64_CONSTANT (1772719199999999), "2026-03-05" },
    { "+10:00", G_GINT64_CONSTANT (1772719200000000), "2026-03-06" },
    { "-03:00", G_GINT64_CONSTANT (1772755200000000), "2026-03-05" },
  };
  g_autoptr (TorgEnv) env = torg_env_new_seeded (1, NOW, NULL);
  g_autoptr (TorgEnv) real = torg_env_new ();
  g_autofree char *today = torg_env_make_day (real, torg_env_get_now (real));

  for (guint i = 0; i < G_N_ELEMENTS (days); i++)
    {
      g_autofree char *day = NULL;

      if (days[i].zone != NULL)
        torg_env_set_zone (env, days[i].zone);
      day = torg_env_make_day (env, days[i].when);
      g_assert_cmpstr (day, ==, days[i].day);
    }
  g_assert_cmpuint (strlen (today), ==, strlen ("2026-03-05"));
}

static void
test_bytes (void)
{
  static const char *const bad[] = { "",
                                     "x",
                                     "019cadc6-9a80-72fd-8f9a-50d54f1ae9c",
                                     "019cadc6-9a80-72fd-8f9a-50d54f1ae9cee",
                                     "019cadc6 9a80-72fd-8f9a-50d54f1ae9ce",
                                     "019cadc6-9a80-72fd-8f9a-50d54f1ae9cg" };
  guint8                   bytes[16];
  g_autofree char         *text = NULL, *parsed = NULL;

  g_assert_true (torg_id_to_bytes ("019CADC6-9a80-72fd-8f9a-50d54f1ae9CE", bytes));
  text = torg_id_from_bytes (bytes);
  g_assert_cmpstr (text, ==, "019cadc6-9a80-72fd-8f9a-50d54f1ae9ce");
  parsed = torg_id_parse ("019CADC6-9a80-72fd-8f9a-50d54f1ae9CE");
  g_assert_cmpstr (parsed, ==, text);
  g_assert_true (torg_id_is_valid (text));
  /* A record has one name. */
  g_assert_false (torg_id_is_valid ("019CADC6-9a80-72fd-8f9a-50d54f1ae9CE"));
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_assert_false (torg_id_is_valid (bad[i]));
      g_assert_null (torg_id_parse (bad[i]));
    }
  g_assert_false (torg_id_is_valid (NULL));
  g_assert_cmpint (torg_id_get_time ("nothing"), ==, 0);
}

static gpointer
make_ids (gpointer data)
{
  GPtrArray *ids = g_ptr_array_new_with_free_func (g_free);

  for (int i = 0; i < 5000; i++)
    g_ptr_array_add (ids, torg_env_make_id (data));
  return ids;
}

static void
test_threads (void)
{
  g_autoptr (TorgEnv) env = torg_env_new ();
  g_autoptr (GHashTable) all = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  GThread *threads[4];

  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    threads[i] = g_thread_new ("ids", make_ids, env);
  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    {
      g_autoptr (GPtrArray) ids = g_thread_join (threads[i]);

      for (guint j = 0; j < ids->len; j++)
        g_assert_true (g_hash_table_add (all, g_strdup (ids->pdata[j])));
    }
}

/* --- jobs ------------------------------------------------------------------------------------------------------- */

static void
notify_cb (GObject *object, GParamSpec *pspec, gpointer data)
{
  g_assert_true (g_main_context_is_owner (g_main_context_default ()));
  (*(guint *) data)++;
}

static gpointer
report (gpointer data)
{
  for (int i = 0; i <= 10000; i++)
    torg_job_report (data, i, 10000, "Читаю");
  torg_job_finish (data);
  return NULL;
}

/* However often a thread reports, the main loop is told ten times a second. */
static void
test_job (void)
{
  g_autoptr (TorgJob) job = torg_job_new ("Импорт");
  g_autofree char *status = NULL;
  guint            n = 0;
  GThread         *thread;

  g_assert_cmpfloat (torg_job_get_fraction (job), ==, -1);
  g_signal_connect (job, "notify::fraction", G_CALLBACK (notify_cb), &n);
  thread = g_thread_new ("job", report, job);
  g_thread_join (thread);
  g_assert_cmpuint (n, ==, 0);
  while (n == 0)
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpuint (n, ==, 1);
  g_assert_cmpfloat (torg_job_get_fraction (job), ==, 1);
  status = torg_job_dup_status (job);
  g_assert_cmpstr (status, ==, "Читаю");
  g_assert_true (torg_job_is_finished (job));
  g_assert_cmpstr (torg_job_get_title (job), ==, "Импорт");
  torg_job_cancel (job);
  g_assert_true (g_cancellable_is_cancelled (torg_job_get_cancellable (job)));
  torg_job_report (NULL, 1, 2, NULL);
  torg_job_report (job, 1, 0, NULL);
  g_assert_cmpfloat (torg_job_get_fraction (job), ==, -1);
  while (g_main_context_iteration (NULL, FALSE))
    ;
}

/* --- workers ---------------------------------------------------------------------------------------------------- */

typedef struct
{
  TorgWorker *worker;
  GString    *order;
} Log;

static void
append (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  Log *log = g_object_get_data (G_OBJECT (task), "log");

  g_assert_true (torg_worker_is_inside (log->worker));
  g_string_append (log->order, data);
  g_task_return_boolean (task, TRUE);
}

static void
wait_a_little (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  g_usleep (30000);
  g_task_return_boolean (task, TRUE);
}

static void
queue (Log *log, int priority, const char *letter, GCancellable *cancellable)
{
  g_autoptr (GTask) task = g_task_new (NULL, cancellable, NULL, NULL);

  g_task_set_task_data (task, (gpointer) letter, NULL);
  g_object_set_data (G_OBJECT (task), "log", log);
  torg_worker_queue (log->worker, priority, task, append);
}

/* By priority, then in order; what was cancelled is left out; all that is queued runs before the end. */
static void
test_worker (void)
{
  g_autoptr (TorgWorker) worker = torg_worker_new ("test");
  g_autoptr (GString) order = g_string_new (NULL);
  g_autoptr (GTask) first = g_task_new (NULL, NULL, NULL, NULL);
  g_autoptr (GCancellable) cancelled = g_cancellable_new ();
  Log log = { worker, order };

  g_cancellable_cancel (cancelled);
  torg_worker_queue (worker, 0, first, wait_a_little);
  queue (&log, 0, "b", NULL);
  queue (&log, 0, "c", NULL);
  queue (&log, 10, "d", NULL);
  queue (&log, -10, "a", NULL);
  queue (&log, -20, "x", cancelled);
  g_assert_false (torg_worker_is_inside (worker));
  torg_worker_shutdown (worker);
  g_assert_cmpstr (order->str, ==, "abcd");
  torg_worker_shutdown (worker);
}

static void
return_early (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  g_task_return_boolean (task, TRUE);
  g_usleep (50000);
}

static void
note_end (gpointer data, GObject *where_it_was)
{
  g_atomic_pointer_set ((GThread **) data, g_thread_self ());
}

/* The thread may hold the last reference to its worker, by a task: it then cannot wait for itself. */
static void
test_worker_let_go_inside (void)
{
  g_autoptr (GMainContext) context = g_main_context_new ();
  TorgWorker *worker = torg_worker_new ("test");
  GThread    *ended_in = NULL;
  GTask      *task;

  /* The task's own way back: elsewhere notices of other tests wait. */
  g_main_context_push_thread_default (context);
  task = g_task_new (worker, NULL, NULL, NULL);
  g_object_weak_ref (G_OBJECT (worker), note_end, &ended_in);
  torg_worker_queue (worker, 0, task, return_early);
  g_object_unref (task);
  g_object_unref (worker);
  while (g_atomic_pointer_get (&ended_in) == NULL)
    g_main_context_iteration (context, FALSE);
  g_main_context_pop_thread_default (context);
  g_assert_true (g_atomic_pointer_get (&ended_in) != g_thread_self ());
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_data_func ("/env/ids/real", GINT_TO_POINTER (0), test_ids);
  g_test_add_data_func ("/env/ids/seeded", GINT_TO_POINTER (1), test_ids);
  g_test_add_func ("/env/seeded", test_seeded);
  g_test_add_func ("/env/day", test_day);
  g_test_add_func ("/env/bytes", test_bytes);
  g_test_add_func ("/env/threads", test_threads);
  g_test_add_func ("/env/job", test_job);
  g_test_add_func ("/env/worker", test_worker);
  g_test_add_func ("/env/worker/let-go-inside", test_worker_let_go_inside);
  return g_test_run ();
}
