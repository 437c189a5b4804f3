/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "torg-test-store.h"

#include <gio/gio.h>
#include <signal.h>
#include <unistd.h>

/* A real process on a real disk, killed at random moments: what it said was saved is there. */

static void
read_all (GInputStream *stream, GString *text)
{
  char   buffer[4096];
  gssize n;

  while ((n = g_input_stream_read (stream, buffer, sizeof buffer, NULL, NULL)) > 0)
    g_string_append_len (text, buffer, n);
}

/* Kills a child after a while, in some runs before it said anything; what it said is added to @said, id → sign. */
static void
run_child (const char *path, gboolean wait, guint milliseconds, GHashTable *said)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GSubprocess) child =
    g_subprocess_new (G_SUBPROCESS_FLAGS_STDOUT_PIPE, &error, g_getenv ("TORG_KILL_CHILD"), path, NULL);
  g_autoptr (GString) text = g_string_new (NULL);
  g_auto (GStrv) lines = NULL;
  char first;

  g_assert_no_error (error);
  if (wait && g_input_stream_read (g_subprocess_get_stdout_pipe (child), &first, 1, NULL, NULL) == 1)
    g_string_append_c (text, first);
  g_usleep (milliseconds * 1000);
  g_subprocess_send_signal (child, SIGKILL);
  read_all (g_subprocess_get_stdout_pipe (child), text);
  g_assert_true (g_subprocess_wait (child, NULL, NULL));
  g_assert_true (g_subprocess_get_if_signaled (child));
  g_assert_cmpint (g_subprocess_get_term_sig (child), ==, SIGKILL);
  lines = g_strsplit (text->str, "\n", -1);
  /* A line without its end was not said. */
  for (guint i = 0; lines[i] != NULL && lines[i + 1] != NULL; i++)
    g_hash_table_insert (said, g_strdup (lines[i] + 1), GINT_TO_POINTER (lines[i][0]));
}

static void
check_said (TorgStore *store, GHashTable *said)
{
  GHashTableIter iter;
  gpointer       id, sign;

  g_hash_table_iter_init (&iter, said);
  while (g_hash_table_iter_next (&iter, &id, &sign))
    {
      g_autoptr (TorgRecord) record = torg_store_get (store, "deal", id, NULL);

      if (GPOINTER_TO_INT (sign) == '+')
        g_assert_nonnull (record);
      else if (GPOINTER_TO_INT (sign) == '-')
        g_assert_null (record);
    }
}

static void
test_kill (void)
{
  g_autoptr (TestStore) test = test_store_new (1);
  g_autoptr (GHashTable) said = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_autoptr (GRand) rand = g_rand_new_with_seed (7);
  guint n = test_is_long () ? 500 : 20;

  torg_store_close (test->store, NULL);
  g_clear_object (&test->store);
  for (guint i = 0; i < n; i++)
    {
      g_autoptr (GError) error = NULL;

      run_child (test->path, i % 5 != 0, g_rand_int_range (rand, 0, 120), said);
      test->store = torg_store_open (test->env, test->path, TORG_STORE_NONE, &error);
      g_assert_no_error (error);
      check_said (test->store, said);
      if (i % 10 == 9 || i + 1 == n)
        test_check (test->store);
      torg_store_close (test->store, NULL);
      g_clear_object (&test->store);
    }
  g_test_message ("%u kills, %u deals were told of", n, g_hash_table_size (said));
  g_assert_cmpuint (g_hash_table_size (said), >, n);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/kill/process", test_kill);
  return g_test_run ();
}
