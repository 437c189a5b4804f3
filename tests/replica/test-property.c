/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "torg-test-store.h"

/* Thousands of random edits; now and then everything that is kept is compared with full SQL. */

typedef struct
{
  TestStore *test;
  GRand     *rand;
  GPtrArray *deals; /* (element-type utf8) */
  GPtrArray *companies;
  GPtrArray *activities;
  guint      n_refused;
} Run;

static const char *
pick (Run *run, GPtrArray *ids)
{
  return ids->len > 0 ? g_ptr_array_index (ids, g_rand_int_range (run->rand, 0, ids->len)) : NULL;
}

/* The text of a random date or moment in the near past and future. */
static char *
random_day (Run *run, const char *format)
{
  g_autoptr (GDateTime) day =
    g_date_time_new_from_unix_utc (TEST_NOW / G_USEC_PER_SEC + g_rand_int_range (run->rand, -40, 40) * 86400);

  return g_date_time_format (day, format);
}

static void
add_deal (Run *run, TorgEdit *edit)
{
  static const char *const currencies[] = { "RUB", "USD", "EUR" };
  g_autoptr (TorgRecord) deal = test_new_record (run->test->store, "deal", "title", "Сделка", NULL);
  const char *company = pick (run, run->companies);

  if (g_rand_boolean (run->rand))
    torg_record_take (
      deal, "amount",
      torg_value_money (g_rand_int_range (run->rand, 0, 1000000), currencies[g_rand_int_range (run->rand, 0, 3)]));
  if (company != NULL && g_rand_boolean (run->rand))
    torg_record_set_text (deal, "company", company);
  torg_edit_create (edit, deal);
  g_ptr_array_add (run->deals, g_strdup (torg_record_get_id (deal)));
}

static void
add_company (Run *run, TorgEdit *edit)
{
  g_autofree char *name = g_strdup_printf ("Компания %d", g_rand_int_range (run->rand, 0, 100));
  g_autofree char *phone = g_strdup_printf ("+7 495 %07d", g_rand_int_range (run->rand, 0, 10000000));
  g_autoptr (TorgRecord) company = test_new_record (run->test->store, "company", "name", name, "phones", phone, NULL);

  torg_edit_create (edit, company);
  g_ptr_array_add (run->companies, g_strdup (torg_record_get_id (company)));
}

static void
add_activity (Run *run, TorgEdit *edit)
{
  static const char *const kinds[] = { "call", "task", "note", "meeting" };
  g_autofree char         *due = random_day (run, g_rand_boolean (run->rand) ? "%Y-%m-%d" : "%Y-%m-%dT10:00 Asia/Omsk");
  g_autoptr (TorgRecord) activity = test_new_record (
    run->test->store, "activity", "kind", kinds[g_rand_int_range (run->rand, 0, 4)], "subject", "Дело", NULL);

  if (g_rand_int_range (run->rand, 0, 4) > 0)
    test_set_field (run->test->store, activity, "due", due);
  torg_record_set_text (activity, "deal", pick (run, run->deals));
  torg_record_set_text (activity, "company", pick (run, run->companies));
  torg_edit_create (edit, activity);
  g_ptr_array_add (run->activities, g_strdup (torg_record_get_id (activity)));
}

static void
change_deal (Run *run, TorgEdit *edit)
{
  const char      *deal = pick (run, run->deals);
  g_autofree char *stage = NULL;
  g_autofree char *reason = NULL;
  TorgMutation    *move;

  if (deal == NULL)
    return;
  switch (g_rand_int_range (run->rand, 0, 6))
    {
      case 0:
        stage = test_stage (run->test->store, "deals", "open", g_rand_int_range (run->rand, 0, 6));
        torg_edit_move (edit, "deal", deal, stage, g_rand_int_range (run->rand, -1000, 1000));
        break;
      case 1:
        stage = test_stage (run->test->store, "deals", g_rand_boolean (run->rand) ? "lost" : "won", 0);
        reason = test_find (run->test->store, "dictionary", "code", "price");
        move = torg_edit_move (edit, "deal", deal, stage, 0);
        {
          g_auto (TorgValue) value = torg_value_text (reason);

          torg_mutation_set (move, "lost_reason", &value);
        }
        break;
      case 2:
        torg_edit_take (edit, "deal", deal, "amount",
                        torg_value_money (g_rand_int_range (run->rand, 0, 1000000), "RUB"));
        break;
      case 3:
        torg_edit_take (edit, "deal", deal, "owner",
                        torg_value_text (g_rand_boolean (run->rand) ? torg_store_get_user (run->test->store) : NULL));
        break;
      case 4:
        torg_edit_take (edit, "deal", deal, "amount", (TorgValue) TORG_VALUE_INIT);
        break;
      default:
        torg_edit_take (edit, "deal", deal, "company", torg_value_text (pick (run, run->companies)));
        break;
    }
}

static void
change_activity (Run *run, TorgEdit *edit)
{
  const char      *activity = pick (run, run->activities);
  g_autofree char *day = random_day (run, "%Y-%m-%d");

  if (activity == NULL)
    return;
  switch (g_rand_int_range (run->rand, 0, 5))
    {
      case 0:
        torg_edit_take (edit, "activity", activity, "done",
                        torg_value_int (TEST_NOW - g_rand_int_range (run->rand, 0, 100000)));
        break;
      case 1:
        torg_edit_take (edit, "activity", activity, "done", (TorgValue) TORG_VALUE_INIT);
        break;
      case 2:
        torg_edit_take (edit, "activity", activity, "due", torg_value_zoned (day));
        break;
      case 3:
        torg_edit_take (edit, "activity", activity, "subject", torg_value_text (day));
        break;
      default:
        torg_edit_take (edit, "activity", activity, "deal", torg_value_text (pick (run, run->deals)));
        break;
    }
}

static void
change_company (Run *run, TorgEdit *edit)
{
  const char      *company = pick (run, run->companies);
  g_autofree char *name = g_strdup_printf ("Фирма %d", g_rand_int_range (run->rand, 0, 100));

  if (company != NULL)
    torg_edit_take (edit, "company", company, "name", torg_value_text (name));
}

static void
delete_or_restore (Run *run, TorgEdit *edit)
{
  const struct
  {
    const char *type;
    GPtrArray  *ids;
  } all[] = { { "deal", run->deals }, { "company", run->companies }, { "activity", run->activities } };
  guint       which = g_rand_int_range (run->rand, 0, 3);
  const char *id = pick (run, all[which].ids);

  if (id == NULL)
    return;
  if (g_rand_boolean (run->rand))
    torg_edit_delete (edit, all[which].type, id);
  else
    torg_edit_restore (edit, all[which].type, id);
}

static void
one_edit (Run *run)
{
  static void (*const kinds[]) (Run *,
                                TorgEdit *) = { add_deal,    add_company,     add_activity,   change_deal,
                                                change_deal, change_activity, change_company, delete_or_restore };
  g_autoptr (TorgEdit) edit = torg_edit_new ("random");
  g_autoptr (GError) error = NULL;
  int   n = g_rand_int_range (run->rand, 0, 10) == 0 ? 5 : 1;
  guint n_deals = run->deals->len, n_companies = run->companies->len, n_activities = run->activities->len;

  test_store_pass (run->test, 1);
  for (int i = 0; i < n; i++)
    kinds[g_rand_int_range (run->rand, 0, G_N_ELEMENTS (kinds))](run, edit);
  /* The company's rules may forbid it, and what an edit that was refused would have made is not there. */
  if (torg_store_apply (run->test->store, edit, NULL, &error))
    return;
  if (error->domain != TORG_ERROR)
    g_assert_no_error (error);
  run->n_refused++;
  g_ptr_array_set_size (run->deals, n_deals);
  g_ptr_array_set_size (run->companies, n_companies);
  g_ptr_array_set_size (run->activities, n_activities);
}

static void
undo_some (Run *run)
{
  g_autoptr (GError) error = NULL;
  gint64           last = test_int (run->test->store, "SELECT ifnull(max(step), 0) FROM undo_step");
  gint64           step = g_rand_boolean (run->rand) ? 0 : g_rand_int_range (run->rand, 1, last + 2);
  guint            left;
  g_autofree char *label = torg_store_undo (run->test->store, step, &left, &error);

  /* What was deleted does not come back before what it hangs on. */
  if (label == NULL && !g_error_matches (error, TORG_ERROR, TORG_ERROR_RULE))
    g_assert_error (error, TORG_ERROR, TORG_ERROR_NOT_FOUND);
}

static void
test_random (gconstpointer data)
{
  g_autoptr (TestStore) test = test_store_new (GPOINTER_TO_UINT (data));
  int n = test_is_long () ? 20000 : 2500;
  Run run = { test,
              g_rand_new_with_seed (GPOINTER_TO_UINT (data)),
              g_ptr_array_new_with_free_func (g_free),
              g_ptr_array_new_with_free_func (g_free),
              g_ptr_array_new_with_free_func (g_free),
              0 };

  if (GPOINTER_TO_UINT (data) % 2 == 0)
    test_store_to_server (test);
  for (int i = 1; i <= n; i++)
    {
      if (g_rand_int_range (run.rand, 0, 8) == 0)
        undo_some (&run);
      else
        one_edit (&run);
      if (GPOINTER_TO_UINT (data) % 2 == 0 && g_rand_int_range (run.rand, 0, 50) == 0)
        g_assert_true (torg_db_exec (test->store->db, "UPDATE outbox SET client_seq = rid", NULL));
      if (i % 500 == 0)
        test_check (test->store);
    }
  /* All that can be undone is. */
  for (;;)
    {
      guint            left;
      g_autofree char *label = torg_store_undo (test->store, 0, &left, NULL);

      if (label == NULL)
        break;
    }
  test_check (test->store);
  g_test_message ("%u of %d edits were refused", run.n_refused, n);
  g_assert_cmpuint (run.n_refused, <, n / 2);
  g_ptr_array_unref (run.deals);
  g_ptr_array_unref (run.companies);
  g_ptr_array_unref (run.activities);
  g_rand_free (run.rand);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_data_func ("/property/local", GUINT_TO_POINTER (1), test_random);
  g_test_add_data_func ("/property/server", GUINT_TO_POINTER (2), test_random);
  return g_test_run ();
}
