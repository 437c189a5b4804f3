/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "torg-demo.h"
#include "torg-list.h"
#include "torg-test-store.h"

#include <glib/gstdio.h>

/* The list model: what it tells of its changes adds up, and it shows what SQL says. */

typedef struct
{
  TestStore   *test; /* its store is closed: the replica has the file */
  TorgReplica *replica;
  TorgList    *list;
  GArray      *shadow; /* (element-type gint64): what a view would have, by items-changed alone */
  guint        n_signals;
  guint        n_touched; /* items removed or added */
} Fixture;

static void
items_changed_cb (GListModel *model, guint position, guint removed, guint added, gpointer data)
{
  Fixture *self = data;

  self->n_signals++;
  self->n_touched += removed + added;
  g_assert_cmpuint (position + removed, <=, self->shadow->len);
  if (removed > 0)
    g_array_remove_range (self->shadow, position, removed);
  for (guint i = 0; i < added; i++)
    {
      gint64 rowid = torg_list_get_rowid (self->list, position + i);

      g_array_insert_val (self->shadow, position + i, rowid);
    }
  g_assert_cmpuint (self->shadow->len, ==, g_list_model_get_n_items (model));
}

static void
wait_until_loaded (Fixture *self)
{
  gint64 end = g_get_monotonic_time () + 20 * G_USEC_PER_SEC;

  do
    {
      g_assert_cmpint (g_get_monotonic_time (), <, end);
      g_main_context_iteration (NULL, TRUE);
    }
  while (torg_list_is_loading (self->list) || g_main_context_pending (NULL));
}

static void
opened_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GError) error = NULL;

  torg_replica_open_finish (TORG_REPLICA (source), result, &error);
  g_assert_no_error (error);
  *(gboolean *) data = TRUE;
}

static void
fixture_open (Fixture *self, TorgQuery *query)
{
  gboolean opened = FALSE;

  g_assert_true (torg_store_close (self->test->store, NULL));
  g_clear_object (&self->test->store);
  self->shadow = g_array_new (FALSE, FALSE, sizeof (gint64));
  self->replica = torg_replica_new (self->test->env, self->test->path);
  torg_replica_open_async (self->replica, NULL, opened_cb, &opened);
  while (!opened)
    g_main_context_iteration (NULL, TRUE);
  self->list = torg_list_new (self->replica, NULL);
  g_signal_connect (self->list, "items-changed", G_CALLBACK (items_changed_cb), self);
  torg_list_set_query (self->list, query);
  wait_until_loaded (self);
}

static void
fixture_close (Fixture *self)
{
  gpointer list = self->list;
  gint64   end = g_get_monotonic_time () + 20 * G_USEC_PER_SEC;

  /* What is being read holds the list until it is there; nothing else does. */
  g_object_add_weak_pointer (list, &list);
  g_clear_object (&self->list);
  while (list != NULL)
    {
      g_assert_cmpint (g_get_monotonic_time (), <, end);
      g_main_context_iteration (NULL, TRUE);
    }
  torg_replica_close (self->replica);
  while (g_main_context_iteration (NULL, FALSE))
    ;
  g_object_unref (self->replica);
  g_array_unref (self->shadow);
  test_store_free (self->test);
}

static void
applied_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GError) error = NULL;

  torg_replica_apply_finish (TORG_REPLICA (source), result, &error);
  g_assert_no_error (error);
  *(gboolean *) data = TRUE;
}

static void
apply (Fixture *self, TorgEdit *edit)
{
  gboolean done = FALSE;

  torg_replica_apply_async (self->replica, edit, NULL, applied_cb, &done);
  while (!done)
    g_main_context_iteration (NULL, TRUE);
  while (g_main_context_pending (NULL))
    g_main_context_iteration (NULL, FALSE);
  if (torg_list_is_loading (self->list))
    wait_until_loaded (self);
}

/* What the list has is what SQL gives. */
static void
assert_is_right (Fixture *self, TorgQuery *query)
{
  g_autoptr (TorgStore) store = torg_store_open (self->test->env, self->test->path, TORG_STORE_READER, NULL);
  g_autoptr (GArray) rowids = torg_store_list_rowids (store, query, 0, NULL, NULL);

  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (self->list)), ==, rowids->len);
  g_assert_cmpmem (rowids->data, rowids->len * sizeof (gint64), self->shadow->data,
                   self->shadow->len * sizeof (gint64));
  for (guint i = 0; i < rowids->len; i += 1 + rowids->len / 50)
    {
      g_autoptr (TorgRow) row = g_list_model_get_item (G_LIST_MODEL (self->list), i);
      g_autoptr (TorgRow) again = g_list_model_get_item (G_LIST_MODEL (self->list), i);

      g_assert_true (row == again);
      g_assert_cmpint (torg_row_get_rowid (row), ==, g_array_index (rowids, gint64, i));
      g_assert_cmpuint (torg_list_find (self->list, torg_row_get_rowid (row)), ==, i);
    }
  g_assert_null (g_list_model_get_item (G_LIST_MODEL (self->list), rowids->len));
  g_assert_cmpint (torg_list_get_rowid (self->list, rowids->len), ==, 0);
  torg_store_close (store, NULL);
}

static void
wait_until_filled (Fixture *self, TorgRow *row)
{
  gint64 end = g_get_monotonic_time () + 20 * G_USEC_PER_SEC;

  while (torg_row_get_record (row) == NULL)
    {
      g_assert_cmpint (g_get_monotonic_time (), <, end);
      g_main_context_iteration (NULL, TRUE);
    }
}

static GPtrArray *
make_deals (TorgStore *store, const char *stage, guint n)
{
  g_autoptr (TorgEdit) edit = torg_edit_new ("deals");
  GPtrArray *ids = g_ptr_array_new_with_free_func (g_free);

  for (guint i = 0; i < n; i++)
    {
      g_autofree char *title = g_strdup_printf ("%04u", i);
      g_autoptr (TorgRecord) deal = test_new_record (store, "deal", "title", title, "stage", stage, NULL);

      torg_record_take (deal, "rank", torg_value_int (i * 1000));
      torg_edit_create (edit, deal);
      g_ptr_array_add (ids, g_strdup (torg_record_get_id (deal)));
    }
  test_apply (store, edit);
  return ids;
}

static void
test_random (void)
{
  Fixture          self = { test_store_new (1) };
  g_autofree char *stage = test_stage (self.test->store, "deals", "open", 0);
  g_autofree char *other = test_stage (self.test->store, "deals", "open", 1);
  g_autoptr (GPtrArray) ids = make_deals (self.test->store, stage, 300);
  g_autoptr (TorgQuery) query = torg_query_new ("deal");
  g_autoptr (GRand) rand = g_rand_new_with_seed (1);

  torg_query_add_text (query, "stage", TORG_MATCH_IS, stage);
  torg_query_sort (query, "rank", FALSE);
  fixture_open (&self, query);
  assert_is_right (&self, query);
  for (int i = 0; i < (test_is_long () ? 2000 : 150); i++)
    {
      g_autoptr (TorgEdit) edit = torg_edit_new ("random");
      int n = g_rand_int_range (rand, 0, 5) == 0 ? 8 : 1;

      for (int j = 0; j < n; j++)
        {
          const char *id = ids->pdata[g_rand_int_range (rand, 0, ids->len)];

          switch (g_rand_int_range (rand, 0, 4))
            {
              case 0:
                torg_edit_move (edit, "deal", id, other, 0);
                break;
              case 1:
                torg_edit_delete (edit, "deal", id);
                break;
              case 2:
                torg_edit_restore (edit, "deal", id);
                break;
              default:
                torg_edit_move (edit, "deal", id, stage, g_rand_int_range (rand, -1000, 301000));
                break;
            }
        }
      apply (&self, edit);
      if (i % 10 == 0)
        assert_is_right (&self, query);
    }
  assert_is_right (&self, query);
  fixture_close (&self);
}

/* A view is told of a single card that moved, and of no other. */
static void
test_small_changes (void)
{
  Fixture          self = { test_store_new (2) };
  g_autofree char *stage = test_stage (self.test->store, "deals", "open", 0);
  g_autoptr (GPtrArray) ids = make_deals (self.test->store, stage, 500);
  g_autoptr (TorgQuery) query = torg_query_new ("deal");
  const struct
  {
    guint  card;
    gint64 rank;
  } moves[] = { { 400, 10500 }, { 10, 400500 }, { 0, 499500 }, { 499, -5 }, { 100, 101500 }, { 250, 248500 } };

  torg_query_add_text (query, "stage", TORG_MATCH_IS, stage);
  torg_query_sort (query, "rank", FALSE);
  fixture_open (&self, query);
  for (guint i = 0; i < G_N_ELEMENTS (moves); i++)
    {
      g_autoptr (TorgEdit) edit = torg_edit_new ("move");

      torg_edit_move (edit, "deal", ids->pdata[moves[i].card], stage, moves[i].rank);
      self.n_signals = self.n_touched = 0;
      apply (&self, edit);
      g_assert_cmpuint (self.n_signals, <=, 2);
      g_assert_cmpuint (self.n_touched, <=, 4);
      assert_is_right (&self, query);
    }
  /* A change of what is not sorted by moves nothing, but fills the row anew. */
  {
    g_autoptr (TorgRow) row = g_list_model_get_item (G_LIST_MODEL (self.list), 3);
    g_autoptr (TorgEdit) edit = torg_edit_new ("title");
    gint64 end = g_get_monotonic_time () + 20 * G_USEC_PER_SEC;

    wait_until_filled (&self, row);
    torg_edit_take (edit, "deal", torg_record_get_id (torg_row_get_record (row)), "title", torg_value_text ("Новое"));
    self.n_signals = 0;
    apply (&self, edit);
    while (!g_str_equal (torg_record_get_text (torg_row_get_record (row), "title"), "Новое"))
      {
        g_assert_cmpint (g_get_monotonic_time (), <, end);
        g_main_context_iteration (NULL, TRUE);
      }
    g_assert_cmpuint (self.n_signals, ==, 0);
  }
  fixture_close (&self);
}

/* Every row that is asked for comes, however many at once. */
static void
test_all_filled (void)
{
  Fixture          self = { test_store_new (3) };
  g_autofree char *stage = test_stage (self.test->store, "deals", "open", 0);
  g_autoptr (GPtrArray) ids = make_deals (self.test->store, stage, 1800);
  g_autoptr (TorgQuery) query = torg_query_new ("deal");
  g_autoptr (GPtrArray) rows = g_ptr_array_new_with_free_func (g_object_unref);

  fixture_open (&self, query);
  for (guint i = 0; i < 1800; i++)
    g_ptr_array_add (rows, g_list_model_get_item (G_LIST_MODEL (self.list), i));
  for (guint i = 0; i < rows->len; i++)
    {
      wait_until_filled (&self, rows->pdata[i]);
      g_assert_cmpstr (torg_row_get_ref_title (rows->pdata[i], "stage"), ==, "Новая");
    }
  fixture_close (&self);
}

static void
test_queries (void)
{
  Fixture          self = { test_store_new (4) };
  g_autofree char *stage = test_stage (self.test->store, "deals", "open", 0);
  g_autoptr (GPtrArray) ids = make_deals (self.test->store, stage, 100);
  g_autofree char *company = test_create (self.test->store, "company", "name", "Ромашка", NULL);
  g_autoptr (TorgQuery) up = torg_query_new ("deal");
  g_autoptr (TorgQuery) down = torg_query_new ("deal");
  g_autoptr (TorgQuery) companies = torg_query_new ("company");

  torg_query_sort (up, "title", FALSE);
  torg_query_sort (down, "title", TRUE);
  fixture_open (&self, up);
  assert_is_right (&self, up);
  torg_list_set_query (self.list, down);
  wait_until_loaded (&self);
  assert_is_right (&self, down);
  /* Many after each other: the last one holds. */
  for (int i = 0; i < 20; i++)
    torg_list_set_query (self.list, i % 2 == 0 ? companies : up);
  torg_list_set_query (self.list, companies);
  wait_until_loaded (&self);
  assert_is_right (&self, companies);
  torg_list_set_query (self.list, NULL);
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (self.list)), ==, 0);
  g_assert_false (torg_list_is_loading (self.list));
  fixture_close (&self);
}

/* A hundred thousand: the first page at once, the rest soon. */
static void
test_many (void)
{
  Fixture self = { test_store_new (5) };
  g_autoptr (TorgQuery) query = torg_query_new ("company");
  g_autofree char *building = NULL;
  guint            n = test_is_long () ? 1000000 : 100000;
  gint64           began;

  torg_db_exec (self.test->store->db, "BEGIN", NULL);
  for (guint i = 0; i < n; i++)
    {
      g_autoptr (TorgStatement) statement = torg_db_prepare (
        self.test->store->db, "INSERT INTO company (id, name) VALUES (randomblob (16), 'Компания ' || ?1)", NULL);

      torg_statement_bind_int (statement, 1, (i * G_GUINT64_CONSTANT (7919)) % n);
      g_assert_true (torg_statement_run (statement, NULL));
    }
  torg_db_exec (self.test->store->db, "COMMIT", NULL);
  torg_query_sort (query, "name", FALSE);
  began = g_get_monotonic_time ();
  fixture_open (&self, query);
  g_test_message ("%u rows in %.0f ms", n, (g_get_monotonic_time () - began) / 1e3);
  assert_is_right (&self, query);
  {
    g_autoptr (TorgRow) row = g_list_model_get_item (G_LIST_MODEL (self.list), n / 2);

    wait_until_filled (&self, row);
  }
  fixture_close (&self);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/list/random", test_random);
  g_test_add_func ("/list/small-changes", test_small_changes);
  g_test_add_func ("/list/all-filled", test_all_filled);
  g_test_add_func ("/list/queries", test_queries);
  g_test_add_func ("/list/many", test_many);
  return g_test_run ();
}
