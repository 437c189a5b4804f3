/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "torg-period.h"
#include "torg-plan.h"

/* What is reported on: months, periods of them and the plans for them. */

static void
check_days (TorgPeriod period, const char *today, const char *first, const char *last)
{
  g_autofree char *begin = NULL, *end = NULL;

  torg_period_get_days (period, today, &begin, &end);
  g_assert_cmpstr (begin, ==, first);
  g_assert_cmpstr (end, ==, last);
}

static void
test_days (void)
{
  check_days (TORG_PERIOD_MONTH, "2026-02-14", "2026-02-01", "2026-02-28");
  check_days (TORG_PERIOD_MONTH, "2028-02-29", "2028-02-01", "2028-02-29");
  check_days (TORG_PERIOD_LAST_MONTH, "2026-01-31", "2025-12-01", "2025-12-31");
  check_days (TORG_PERIOD_LAST_MONTH, "2026-12-01", "2026-11-01", "2026-11-30");
  check_days (TORG_PERIOD_QUARTER, "2026-12-31", "2026-10-01", "2026-12-31");
  check_days (TORG_PERIOD_QUARTER, "2026-01-01", "2026-01-01", "2026-03-31");
  check_days (TORG_PERIOD_LAST_QUARTER, "2026-02-10", "2025-10-01", "2025-12-31");
  check_days (TORG_PERIOD_LAST_QUARTER, "2026-11-24", "2026-07-01", "2026-09-30");
  check_days (TORG_PERIOD_YEAR, "2026-12-31", "2026-01-01", "2026-12-31");
  check_days (TORG_PERIOD_LAST_YEAR, "2026-01-01", "2025-01-01", "2025-12-31");
  check_days (TORG_PERIOD_TWELVE_MONTHS, "2026-03-02", "2025-04-01", "2026-03-31");
  check_days (TORG_PERIOD_TWELVE_MONTHS, "2026-12-02", "2026-01-01", "2026-12-31");
}

static void
test_labels (void)
{
  for (guint i = 0; i < TORG_N_PERIODS; i++)
    for (guint j = 0; j < i; j++)
      g_assert_cmpstr (torg_period_get_label ((TorgPeriod) i), !=, torg_period_get_label ((TorgPeriod) j));
}

static void
test_months (void)
{
  static const struct
  {
    const char *month;
    int         by;
    const char *shifted;
  } cases[] = {
    { "2026-01", -1, "2025-12-01" },
    { "2026-12-31", 1, "2027-01-01" },
    { "2026-05-05", 0, "2026-05-01" },
    { "2026-05", -25, "2024-04-01" },
    { "0001-01", -1, NULL },
    { "9999-12", 1, NULL },
    { "2026-13", 0, NULL },
    { "2026-00", 0, NULL },
    { "", 0, NULL },
    { "month", 0, NULL },
    { NULL, 0, NULL },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *shifted = torg_month_shift (cases[i].month, cases[i].by);

      g_assert_cmpstr (shifted, ==, cases[i].shifted);
    }
}

/* The last day of each month is the one before the next month's first. */
static void
test_last_day (void)
{
  g_autofree char *month = g_strdup ("1999-11-01");

  while (g_strcmp0 (month, "2105-01-01") < 0)
    {
      g_autofree char *last = torg_month_get_last_day (month), *following = torg_month_shift (month, 1);
      g_autofree char *moment = g_strdup_printf ("%sT00:00:00Z", following);
      g_autoptr (GDateTime) first = g_date_time_new_from_iso8601 (moment, NULL);
      g_autoptr (GDateTime) before = g_date_time_add_days (first, -1);
      g_autofree char *expected = g_date_time_format (before, "%Y-%m-%d");

      g_assert_cmpstr (last, ==, expected);
      g_set_str (&month, following);
    }
  g_assert_null (torg_month_get_last_day ("2026-14"));
}

#define ANNA "01900000-0000-7000-8000-00000000000a"
#define BORIS "01900000-0000-7000-8000-00000000000b"

static void
add_plan (GPtrArray *plans, TorgSchema *schema, guint nth, const char *owner, const char *month, gint64 amount)
{
  g_autofree char *id = g_strdup_printf ("01900000-0000-7000-8000-%012x", nth);
  TorgRecord      *plan = torg_record_new (schema, torg_schema_find (schema, TORG_PLAN_TYPE), id);

  torg_record_set_text (plan, "owner", owner);
  torg_record_set_text (plan, "month", month);
  torg_record_take (plan, "amount", torg_value_money (amount, "RUB"));
  g_ptr_array_add (plans, plan);
}

/* Of two for one month the one counts that was made later, wherever it stands. */
static void
test_plans (void)
{
  g_autoptr (TorgSchema) schema = torg_schema_new ();
  g_autoptr (GPtrArray) plans = g_ptr_array_new_with_free_func ((GDestroyNotify) torg_record_unref);
  g_autoptr (GPtrArray) picked = NULL;
  gint64 sum = 0;

  add_plan (plans, schema, 3, ANNA, "2026-03-01", 300);
  add_plan (plans, schema, 7, BORIS, "2026-03-01", 7000);
  add_plan (plans, schema, 5, ANNA, "2026-03-01", 500);
  add_plan (plans, schema, 4, ANNA, "2026-03-01", 400);
  add_plan (plans, schema, 6, ANNA, "2026-04-01", 60000);
  picked = torg_plan_pick (plans);
  g_assert_cmpuint (picked->len, ==, 3);
  for (guint i = 0; i < picked->len; i++)
    sum += torg_record_get (picked->pdata[i], "amount")->number;
  g_assert_cmpint (sum, ==, 67500);
  g_assert_true (torg_plan_is_for (plans->pdata[0], ANNA, "2026-03"));
  g_assert_true (torg_plan_is_for (plans->pdata[0], ANNA, "2026-03-31"));
  g_assert_false (torg_plan_is_for (plans->pdata[0], ANNA, "2026-04"));
  g_assert_false (torg_plan_is_for (plans->pdata[0], BORIS, "2026-03"));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/period/days", test_days);
  g_test_add_func ("/period/labels", test_labels);
  g_test_add_func ("/period/months", test_months);
  g_test_add_func ("/period/last-day", test_last_day);
  g_test_add_func ("/period/plans", test_plans);
  return g_test_run ();
}
