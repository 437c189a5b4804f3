/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "torg-replica.h"
#include "torg-test-store.h"

#include <glib/gstdio.h>

/* The replica as the window sees it: asynchronous, and aware of what other processes write. */

typedef struct
{
  GAsyncResult *result;
  GMainLoop    *loop;
} Wait;

static void
done_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  Wait *wait = data;

  wait->result = g_object_ref (result);
  g_main_loop_quit (wait->loop);
}

/* Begins `call`, whose last two arguments are a callback and its data, and gives its result. */
#define WAIT(call)                                                                                                     \
  ({                                                                                                                   \
    Wait wait = { NULL, g_main_loop_new (NULL, FALSE) };                                                               \
    call;                                                                                                              \
    g_main_loop_run (wait.loop);                                                                                       \
    g_main_loop_unref (wait.loop);                                                                                     \
    wait.result;                                                                                                       \
  })

static TorgReplica *
open_replica (TestStore *test)
{
  TorgReplica *replica;
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  if (test->store != NULL)
    torg_store_close (test->store, NULL);
  g_clear_object (&test->store);
  replica = torg_replica_new (test->env, test->path);
  result = WAIT (torg_replica_open_async (replica, NULL, done_cb, &wait));
  torg_replica_open_finish (replica, result, &error);
  g_assert_no_error (error);
  return replica;
}

static void
close_replica (TorgReplica *replica)
{
  torg_replica_close (replica);
  while (g_main_context_iteration (NULL, FALSE))
    ;
  g_object_unref (replica);
}

static void
changed_cb (TorgReplica *replica, GPtrArray *changes, GPtrArray *seen)
{
  /* Never on a worker's thread. */
  g_assert_true (g_main_context_is_owner (g_main_context_default ()));
  for (guint i = 0; changes != NULL && i < changes->len; i++)
    {
      TorgChange *change = changes->pdata[i];

      g_ptr_array_add (seen, g_strdup_printf ("%s %d %s", change->type->name, change->op, change->id));
    }
  if (changes == NULL)
    g_ptr_array_add (seen, g_strdup ("all"));
}

static void
wait_for (GPtrArray *seen, guint n)
{
  gint64 end = g_get_monotonic_time () + 10 * G_USEC_PER_SEC;

  while (seen->len < n)
    {
      g_assert_cmpint (g_get_monotonic_time (), <, end);
      g_main_context_iteration (NULL, TRUE);
    }
}

static void
test_edits (void)
{
  g_autoptr (TestStore) test = test_store_new (1);
  g_autofree char *id = test_create (test->store, "company", "name", "Ромашка", NULL);
  g_autofree char *user = g_strdup (torg_store_get_user (test->store));
  TorgReplica     *replica = open_replica (test);
  g_autoptr (GPtrArray) seen = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (TorgEdit) edit = torg_edit_new ("Переименовать");
  g_autoptr (TorgEdit) bad = torg_edit_new ("bad");
  g_autoptr (GAsyncResult) applied = NULL;
  g_autoptr (GAsyncResult) refused = NULL;
  g_autoptr (GAsyncResult) got = NULL;
  g_autoptr (GAsyncResult) undone = NULL;
  g_autoptr (GAsyncResult) missing = NULL;
  g_autoptr (TorgRow) row = NULL;
  g_autofree char *label = NULL;
  g_autofree char *expected = g_strdup_printf ("company %d %s", TORG_OP_PATCH, id);
  g_autoptr (GError) error = NULL;
  guint  left = 7;
  gint64 step;

  g_assert_cmpstr (torg_replica_get_user (replica), ==, user);
  g_signal_connect (replica, "changed", G_CALLBACK (changed_cb), seen);
  torg_edit_take (edit, "company", id, "name", torg_value_text ("Лютик"));
  applied = WAIT (torg_replica_apply_async (replica, edit, NULL, done_cb, &wait));
  step = torg_replica_apply_finish (replica, applied, &error);
  g_assert_no_error (error);
  g_assert_cmpint (step, >, 0);
  wait_for (seen, 1);
  g_assert_cmpstr (seen->pdata[0], ==, expected);

  got = WAIT (torg_replica_get_async (replica, "company", id, NULL, done_cb, &wait));
  row = torg_replica_get_finish (replica, got, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (torg_record_get_text (torg_row_get_record (row), "name"), ==, "Лютик");
  g_assert_cmpstr (torg_row_get_ref_title (row, "owner"), ==, "Анна Петрова");

  torg_edit_take (bad, "company", id, "name", (TorgValue) TORG_VALUE_INIT);
  refused = WAIT (torg_replica_apply_async (replica, bad, NULL, done_cb, &wait));
  g_assert_cmpint (torg_replica_apply_finish (replica, refused, &error), ==, 0);
  g_assert_error (error, TORG_ERROR, TORG_ERROR_INVALID);
  g_clear_error (&error);

  undone = WAIT (torg_replica_undo_async (replica, step, NULL, done_cb, &wait));
  label = torg_replica_undo_finish (replica, undone, &left, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (label, ==, "Переименовать");
  g_assert_cmpuint (left, ==, 0);
  wait_for (seen, 2);
  missing =
    WAIT (torg_replica_get_async (replica, "company", "00000000-0000-7000-8000-000000000000", NULL, done_cb, &wait));
  g_assert_null (torg_replica_get_finish (replica, missing, &error));
  g_assert_error (error, TORG_ERROR, TORG_ERROR_NOT_FOUND);
  g_assert_cmpuint (seen->len, ==, 2);
  g_signal_handlers_disconnect_by_data (replica, seen);
  close_replica (replica);
}

/* Edits are applied in their order, all of them before the replica is closed. */
static void
test_order (void)
{
  g_autoptr (TestStore) test = test_store_new (2);
  g_autofree char *id = test_create (test->store, "company", "name", "0", NULL);
  TorgReplica     *replica = open_replica (test);

  for (int i = 1; i <= 100; i++)
    {
      g_autoptr (TorgEdit) edit = torg_edit_new ("count");
      g_autofree char *name = g_strdup_printf ("%d", i);

      torg_edit_take (edit, "company", id, "name", torg_value_text (name));
      torg_replica_apply_async (replica, edit, NULL, NULL, NULL);
    }
  close_replica (replica);
  test->store = torg_store_open (test->env, test->path, TORG_STORE_NONE, NULL);
  test_assert_field (test->store, "company", id, "name", "100");
  g_assert_cmpint (test_int (test->store, "SELECT count(*) FROM history WHERE field = 'name'"), ==, 100);
}

static void
schema_changed_cb (TorgReplica *replica, gboolean *changed)
{
  *changed = TRUE;
}

/* What another process writes is noticed: a record, and a custom field. */
static void
test_others (void)
{
  g_autoptr (TestStore) test = test_store_new (3);
  TorgReplica *replica = open_replica (test);
  g_autoptr (TorgStore) other = torg_store_open (test->env, test->path, TORG_STORE_NONE, NULL);
  g_autoptr (GPtrArray) seen = g_ptr_array_new_with_free_func (g_free);
  g_autofree char *def = NULL;
  g_autofree char *id = NULL;
  gboolean         schema = FALSE;
  gint64           end;

  g_signal_connect (replica, "changed", G_CALLBACK (changed_cb), seen);
  g_signal_connect (replica, "schema-changed", G_CALLBACK (schema_changed_cb), &schema);
  g_free (test_create (other, "company", "name", "Чужая", NULL));
  wait_for (seen, 1);
  g_assert_cmpstr (seen->pdata[0], ==, "all");
  g_assert_false (schema);
  def =
    test_create (other, "field_def", "record_type", "company", "name", "motto", "label", "Девиз", "kind", "text", NULL);
  id = test_create (other, "company", "name", "С девизом", "motto", "Быстрее", NULL);
  end = g_get_monotonic_time () + 10 * G_USEC_PER_SEC;
  while (!schema)
    {
      g_assert_cmpint (g_get_monotonic_time (), <, end);
      g_main_context_iteration (NULL, TRUE);
    }
  g_assert_nonnull (torg_type_find_field (torg_schema_find (torg_replica_get_schema (replica), "company"), "motto"));
  {
    g_autoptr (GAsyncResult) got = WAIT (torg_replica_get_async (replica, "company", id, NULL, done_cb, &wait));
    g_autoptr (TorgRow) row = torg_replica_get_finish (replica, got, NULL);

    g_assert_cmpstr (torg_record_get_text (torg_row_get_record (row), "motto"), ==, "Быстрее");
  }
  g_signal_handlers_disconnect_by_data (replica, seen);
  torg_store_close (other, NULL);
  close_replica (replica);
}

static void
test_failures (void)
{
  g_autoptr (TorgEnv) env = torg_env_new_seeded (1, TEST_NOW, NULL);
  g_autofree char *dir = g_dir_make_tmp ("torg-test-XXXXXX", NULL);
  g_autofree char *path = g_build_filename (dir, "text", NULL);
  TorgReplica     *replica = torg_replica_new (env, path);
  g_autoptr (GAsyncResult) closed = WAIT (torg_replica_get_async (replica, "company", "x", NULL, done_cb, &wait));
  g_autoptr (GAsyncResult) damaged = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_null (torg_replica_get_finish (replica, closed, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CLOSED);
  g_clear_error (&error);
  g_assert_true (
    g_file_set_contents (path, "This is no database, but it is longer than a header of one is.", -1, NULL));
  damaged = WAIT (torg_replica_open_async (replica, NULL, done_cb, &wait));
  g_assert_false (torg_replica_open_finish (replica, damaged, &error));
  g_assert_error (error, TORG_STORE_ERROR, TORG_STORE_ERROR_CORRUPT);
  g_clear_object (&closed);
  g_clear_object (&damaged);
  close_replica (replica);
  test_remove_dir (dir);
}

static void
test_cancelled (void)
{
  g_autoptr (TestStore) test = test_store_new (4);
  g_autofree char *id = test_create (test->store, "company", "name", "Ромашка", NULL);
  TorgReplica     *replica = open_replica (test);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (TorgEdit) edit = torg_edit_new ("never");
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  torg_edit_take (edit, "company", id, "name", torg_value_text ("Никогда"));
  g_cancellable_cancel (cancellable);
  result = WAIT (torg_replica_apply_async (replica, edit, cancellable, done_cb, &wait));
  g_assert_cmpint (torg_replica_apply_finish (replica, result, &error), ==, 0);
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_clear_object (&result);
  close_replica (replica);
  test->store = torg_store_open (test->env, test->path, TORG_STORE_NONE, NULL);
  test_assert_field (test->store, "company", id, "name", "Ромашка");
}

/* What was asked for before is on the disk when it is closed; nothing is taken after. */
static void
test_closing (void)
{
  g_autoptr (TestStore) test = test_store_new (5);
  g_autofree char *id = test_create (test->store, "company", "name", "Ромашка", NULL);
  TorgReplica     *replica = open_replica (test);
  g_autoptr (TorgEdit) edit = torg_edit_new ("last");
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GAsyncResult) late = NULL;
  g_autoptr (GError) error = NULL;

  torg_edit_take (edit, "company", id, "name", torg_value_text ("Лютик"));
  torg_replica_apply_async (replica, edit, NULL, NULL, NULL);
  result = WAIT ({
    torg_replica_close_async (replica, done_cb, &wait);
    torg_replica_look (replica);
  });
  torg_replica_close_finish (replica, result);
  late = WAIT (torg_replica_get_async (replica, "company", id, NULL, done_cb, &wait));
  g_assert_null (torg_replica_get_finish (replica, late, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CLOSED);
  g_clear_object (&result);
  g_clear_object (&late);
  close_replica (replica);
  test->store = torg_store_open (test->env, test->path, TORG_STORE_NONE, NULL);
  test_assert_field (test->store, "company", id, "name", "Лютик");
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/replica/edits", test_edits);
  g_test_add_func ("/replica/order", test_order);
  g_test_add_func ("/replica/others", test_others);
  g_test_add_func ("/replica/failures", test_failures);
  g_test_add_func ("/replica/cancelled", test_cancelled);
  g_test_add_func ("/replica/closing", test_closing);
  return g_test_run ();
}
