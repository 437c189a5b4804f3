/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "torg-report.h"
#include "torg-test-store.h"

/* Reports: what they count, against records that are gone through one by one. */

static TorgReportFilter *
make_filter (TorgStore *store, const char *first, const char *last, const char *owner)
{
  TorgReportFilter *filter = torg_report_filter_new ();
  const char       *owners[] = { owner, NULL };
  g_autofree char  *stage = test_stage (store, "deals", "open", 0);

  filter->first = g_strdup (first);
  filter->last = g_strdup (last);
  filter->owners = owner != NULL ? g_strdupv ((char **) owners) : NULL;
  filter->pipeline = test_get (store, "stage", stage, "pipeline");
  return filter;
}

static GPtrArray *
make (TorgStore *store, TorgReportKind kind, const char *first, const char *last, const char *owner)
{
  g_autoptr (TorgReportFilter) filter = make_filter (store, first, last, owner);
  g_autoptr (GError) error = NULL;
  GPtrArray *rows = torg_report_make (store, kind, filter, NULL, &error);

  g_assert_no_error (error);
  return rows;
}

static TorgReportRow *
find_row (GPtrArray *rows, const char *key)
{
  for (guint i = 0; i < rows->len; i++)
    if (g_str_equal (((TorgReportRow *) rows->pdata[i])->key, key))
      return rows->pdata[i];
  return NULL;
}

static guint
get_n (GPtrArray *rows, const char *key, TorgReportFigure figure)
{
  TorgReportRow *row = find_row (rows, key);

  g_assert_nonnull (row);
  return row->records[figure]->len;
}

static gint64
get_sum (GPtrArray *rows, const char *key, TorgReportFigure figure, const char *currency)
{
  TorgReportRow *row = find_row (rows, key);

  g_assert_nonnull (row);
  return torg_sum_find (row->sums[figure], currency);
}

static void
lose (TorgStore *store, const char *deal, const char *stage)
{
  g_autofree char *reason = test_find (store, "dictionary", "dictionary", "lost_reason");
  g_autoptr (TorgEdit) edit = torg_edit_new ("lose");

  torg_edit_take (edit, "deal", deal, "stage", torg_value_text (stage));
  torg_edit_take (edit, "deal", deal, "lost_reason", torg_value_text (reason));
  torg_edit_take (edit, "deal", deal, "lost_comment", torg_value_text ("Дорого"));
  test_apply (store, edit);
}

/* A deal that was lost counts up to where it came, not only where it began; one that won, everywhere. */
static void
test_funnel (void)
{
  g_autoptr (TestStore) test = test_store_new (61);
  TorgStore       *store = test->store;
  g_autofree char *first = test_stage (store, "deals", "open", 0), *second = test_stage (store, "deals", "open", 1),
                  *third = test_stage (store, "deals", "open", 2), *won = test_stage (store, "deals", "won", 0),
                  *lost = test_stage (store, "deals", "lost", 0);
  g_autofree char *open = test_create (store, "deal", "title", "А", "stage", second, "amount", "100 ₽", NULL);
  g_autofree char *best = test_create (store, "deal", "title", "Б", "stage", first, "amount", "50 USD", NULL);
  g_autofree char *bad = test_create (store, "deal", "title", "В", "stage", first, "amount", "7 ₽", NULL);
  g_autofree char *worse = test_create (store, "deal", "title", "Г", "stage", first, NULL);
  g_autofree char *gone = test_create (store, "deal", "title", "Д", "stage", third, "amount", "9 ₽", NULL);
  g_autoptr (GPtrArray) rows = NULL;
  g_autoptr (GPtrArray) before = NULL;

  test_patch (store, "deal", best, "closed", "2026-03-02");
  test_patch (store, "deal", best, "stage", won);
  test_patch (store, "deal", bad, "stage", third);
  test_patch (store, "deal", bad, "stage", second);
  lose (store, bad, lost);
  lose (store, worse, lost);
  test_delete (store, "deal", gone);
  rows = make (store, TORG_REPORT_FUNNEL, "2026-03-01", "2026-03-31", NULL);
  g_assert_null (find_row (rows, lost));
  g_assert_cmpstr (((TorgReportRow *) rows->pdata[0])->key, ==, first);
  g_assert_cmpstr (((TorgReportRow *) rows->pdata[rows->len - 1])->key, ==, won);
  g_assert_cmpuint (get_n (rows, first, TORG_FIGURE_REACHED), ==, 4);
  g_assert_cmpuint (get_n (rows, second, TORG_FIGURE_REACHED), ==, 3);
  g_assert_cmpuint (get_n (rows, third, TORG_FIGURE_REACHED), ==, 2);
  g_assert_cmpuint (get_n (rows, won, TORG_FIGURE_REACHED), ==, 1);
  g_assert_cmpuint (get_n (rows, first, TORG_FIGURE_LOST), ==, 1);
  g_assert_cmpuint (get_n (rows, second, TORG_FIGURE_LOST), ==, 0);
  g_assert_cmpuint (get_n (rows, third, TORG_FIGURE_LOST), ==, 1);
  /* Currencies stay apart. */
  g_assert_cmpint (get_sum (rows, first, TORG_FIGURE_REACHED, "RUB"), ==, 10700);
  g_assert_cmpint (get_sum (rows, first, TORG_FIGURE_REACHED, "USD"), ==, 5000);
  g_assert_cmpint (get_sum (rows, third, TORG_FIGURE_REACHED, "RUB"), ==, 700);
  /* What was begun on another day is another period's. */
  before = make (store, TORG_REPORT_FUNNEL, "2026-02-01", "2026-02-28", NULL);
  g_assert_cmpuint (get_n (before, first, TORG_FIGURE_REACHED), ==, 0);
  test_check (store);
}

static void
test_won (void)
{
  g_autoptr (TestStore) test = test_store_new (62);
  TorgStore       *store = test->store;
  const char      *me = torg_store_get_user (store);
  g_autofree char *won = test_stage (store, "deals", "won", 0),
                  *other = test_create (store, "user", "name", "Борис", NULL);
  g_autofree char *january = test_create (store, "deal", "title", "А", "stage", won, "closed", "2026-01-31", "amount",
                                          "100 ₽", "owner", me, NULL);
  g_autofree char *march = test_create (store, "deal", "title", "Б", "stage", won, "closed", "2026-03-01", "amount",
                                        "30 ₽", "owner", other, NULL);
  g_autofree char *old = test_create (store, "plan", "owner", me, "month", "2026-01-01", "amount", "500 ₽", NULL);
  g_autofree char *plan = test_create (store, "plan", "owner", me, "month", "2026-01-01", "amount", "400 ₽", NULL);
  g_autofree char *his = test_create (store, "plan", "owner", other, "month", "2026-01-01", "amount", "90 ₽", NULL);
  g_autofree char *late = test_create (store, "plan", "owner", me, "month", "2026-04-01", "amount", "1 ₽", NULL);
  g_autoptr (GPtrArray) rows = NULL;
  g_autoptr (GPtrArray) mine = NULL;

  rows = make (store, TORG_REPORT_WON, "2026-01-01", "2026-03-31", NULL);
  g_assert_cmpuint (rows->len, ==, 3);
  g_assert_cmpint (get_sum (rows, "2026-01", TORG_FIGURE_WON, "RUB"), ==, 10000);
  g_assert_cmpuint (get_n (rows, "2026-02", TORG_FIGURE_WON), ==, 0);
  g_assert_cmpint (get_sum (rows, "2026-03", TORG_FIGURE_WON, "RUB"), ==, 3000);
  /* Of the two plans for one month the later one counts. */
  g_assert_cmpint (torg_sum_find (find_row (rows, "2026-01")->plan, "RUB"), ==, 49000);
  g_assert_cmpint (torg_sum_find (find_row (rows, "2026-03")->plan, "RUB"), ==, 0);
  mine = make (store, TORG_REPORT_WON, "2026-01-01", "2026-03-31", me);
  g_assert_cmpint (torg_sum_find (find_row (mine, "2026-01")->plan, "RUB"), ==, 40000);
  g_assert_cmpuint (get_n (mine, "2026-03", TORG_FIGURE_WON), ==, 0);
  test_check (store);
}

/* A pipeline is often looked at over years: what a report says must be what its records say. */
static void
test_staff (void)
{
  static const char *const      kinds[] = { "call", "meeting", "mail", "task", "note" };
  static const TorgReportFigure figures[] = { TORG_FIGURE_CALLS, TORG_FIGURE_MEETINGS, TORG_FIGURE_LETTERS,
                                              TORG_FIGURE_TASKS };
  g_autoptr (TestStore) test = test_store_new (63);
  TorgStore       *store = test->store;
  g_autofree char *boris = test_create (store, "user", "name", "Борис", NULL);
  g_autofree char *vera = test_create (store, "user", "name", "Вера", NULL);
  g_autofree char *gleb = test_create (store, "user", "name", "Глеб", NULL);
  const char      *users[] = { torg_store_get_user (store), boris, vera, gleb };
  guint            n_done[4][G_N_ELEMENTS (kinds)] = { 0 }, n_overdue[4] = { 0 };
  g_autoptr (GPtrArray) rows = NULL;
  g_autoptr (GRand) rand = g_rand_new_with_seed (63);

  for (guint i = 0; i < 150; i++)
    {
      guint kind = (guint) g_rand_int_range (rand, 0, G_N_ELEMENTS (kinds)),
            user = (guint) g_rand_int_range (rand, 0, 3);
      guint            state = (guint) g_rand_int_range (rand, 0, 5);
      const char      *done = state == 0 ? "2026-02-27T12:00:00Z" : state == 1 ? "2026-03-01T21:30:00Z" : NULL;
      const char      *due = state == 2 ? "2026-03-01T10:00:00Z" : state == 3 ? "2026-03-05T10:00:00Z" : NULL;
      g_autofree char *id =
        test_create (store, "activity", "kind", kinds[kind], "subject", "Дело", "owner", users[user],
                     done != NULL  ? "done"
                     : due != NULL ? "due"
                                   : NULL,
                     done != NULL ? done : due, NULL);

      if (g_rand_int_range (rand, 0, 8) == 0)
        {
          test_delete (store, "activity", id);
          continue;
        }
      n_done[user][kind] += state == 1;
      n_overdue[user] += state == 2;
    }
  test_patch (store, "user", users[3], "disabled", "2026-03-01T00:00:00Z");
  rows = make (store, TORG_REPORT_STAFF, "2026-03-01", "2026-03-31", NULL);
  for (guint user = 0; user < 3; user++)
    {
      for (guint i = 0; i < G_N_ELEMENTS (figures); i++)
        g_assert_cmpuint (get_n (rows, users[user], figures[i]), ==, n_done[user][i]);
      g_assert_cmpuint (get_n (rows, users[user], TORG_FIGURE_OVERDUE), ==, n_overdue[user]);
    }
  /* Who left and did nothing is nobody's business. */
  g_assert_null (find_row (rows, users[3]));
  test_check (store);
}

static void
test_cancelled (void)
{
  g_autoptr (TestStore) test = test_store_new (64);
  g_autofree char *stage = test_stage (test->store, "deals", "open", 0);
  g_autofree char *deal = test_create (test->store, "deal", "title", "А", "stage", stage, NULL);
  g_autoptr (TorgReportFilter) filter = make_filter (test->store, "2026-03-01", "2026-03-31", NULL);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();

  g_cancellable_cancel (cancellable);
  for (guint kind = TORG_REPORT_FUNNEL; kind <= TORG_REPORT_STAFF; kind++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_null (torg_report_make (test->store, (TorgReportKind) kind, filter, cancellable, &error));
      g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/report/funnel", test_funnel);
  g_test_add_func ("/report/won", test_won);
  g_test_add_func ("/report/staff", test_staff);
  g_test_add_func ("/report/cancelled", test_cancelled);
  return g_test_run ();
}
