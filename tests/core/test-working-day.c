/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "torg-working-day.h"

#include "torg-env.h"

/* Against the official production calendars of 2025 and 2026, with and without what the government moved. */

static const char *const off_2026[] = {
  "2026-01-01", "2026-01-08", "2026-02-23", "2026-03-08", "2026-03-09", "2026-05-01", "2026-05-09",
  "2026-05-11", "2026-06-12", "2026-11-04", "2026-01-10", "2026-01-11", "2026-03-07",
};
static const char *const work_2026[] = {
  "2026-01-12", "2026-02-20", "2026-02-24", "2026-03-10", "2026-04-30", "2026-05-08",
  "2026-05-12", "2026-06-11", "2026-11-03", "2026-11-05", "2026-12-30",
};

static TorgRecord *
new_day (TorgSchema *schema, TorgEnv *env, const char *date, const char *kind)
{
  g_autofree char *id = torg_env_make_id (env);
  TorgRecord      *record = torg_record_new (schema, torg_schema_find (schema, "production_calendar"), id);

  torg_record_set_text (record, "date", date);
  torg_record_set_text (record, "kind", kind);
  return record;
}

static void
test_rule (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (off_2026); i++)
    if (torg_working_day_is (off_2026[i], NULL))
      g_error ("%s is a day off", off_2026[i]);
  for (gsize i = 0; i < G_N_ELEMENTS (work_2026); i++)
    if (!torg_working_day_is (work_2026[i], NULL))
      g_error ("%s is a working day", work_2026[i]);
  /* A Sunday of January moves by decree alone. */
  g_assert_true (torg_working_day_is ("2026-01-09", NULL));
  g_assert_true (torg_working_day_is ("2027-02-24", NULL));
  /* The 23rd of February 2025 was a Sunday. */
  g_assert_false (torg_working_day_is ("2025-02-24", NULL));
  g_assert_false (torg_working_day_is ("nonsense", NULL));
  g_assert_false (torg_working_day_is ("2026-02-30", NULL));
  g_assert_false (torg_working_day_is ("0001-01-09", NULL));
  g_assert_true (torg_working_day_is ("0002-01-09", NULL));
  g_assert_true (torg_working_day_is ("9999-12-31", NULL));
}

static void
test_calendar (void)
{
  g_autoptr (TorgSchema) schema = torg_schema_new ();
  g_autoptr (TorgEnv) env = torg_env_new ();
  g_autoptr (GPtrArray) calendar = g_ptr_array_new_with_free_func ((GDestroyNotify) torg_record_unref);

  g_ptr_array_add (calendar, new_day (schema, env, "2026-01-09", "off"));
  g_ptr_array_add (calendar, new_day (schema, env, "2025-11-01", "work"));
  g_assert_false (torg_working_day_is ("2026-01-09", calendar));
  g_assert_true (torg_working_day_is ("2025-11-01", calendar));
  g_assert_false (torg_working_day_is ("2025-11-01", NULL));
}

static void
assert_text (char *text, const char *expected)
{
  g_assert_cmpstr (text, ==, expected);
  g_free (text);
}

static void
test_terms (void)
{
  assert_text (torg_working_day_dup_end ("2026-05-09", 0, NULL), "2026-05-12");
  assert_text (torg_working_day_dup_end ("2026-05-10", 2, NULL), "2026-05-12");
  assert_text (torg_working_day_dup_add ("2026-04-30", 5, NULL), "2026-05-08");
  assert_text (torg_working_day_dup_add ("2026-05-08", 1, NULL), "2026-05-12");
  assert_text (torg_working_day_dup_add ("2026-05-09", 0, NULL), "2026-05-09");
  assert_text (torg_working_day_dup_add ("x", 3, NULL), NULL);
  assert_text (torg_working_day_dup_end ("x", 1, NULL), NULL);
}

/* What is counted on is a working day, and as many lie between. */
static void
test_random (void)
{
  for (guint i = 0; i < 300; i++)
    {
      guint            days = i == 0 ? 3650 : g_random_int_range (1, 300);
      guint            n = 0;
      g_autofree char *start = g_strdup_printf ("20%02d-%02d-%02d", g_random_int_range (20, 60),
                                                g_random_int_range (1, 13), g_random_int_range (1, 29));
      g_autofree char *end = torg_working_day_dup_add (start, days, NULL);
      g_autofree char *at = g_strdup (start);

      g_assert_true (torg_working_day_is (end, NULL));
      while (g_strcmp0 (at, end) < 0)
        {
          char *next = torg_working_day_dup_add (at, 1, NULL);

          g_assert_cmpstr (next, >, at);
          g_free (at);
          at = next;
          n++;
        }
      g_assert_cmpuint (n, ==, days);
    }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/working-day/rule", test_rule);
  g_test_add_func ("/working-day/calendar", test_calendar);
  g_test_add_func ("/working-day/terms", test_terms);
  g_test_add_func ("/working-day/random", test_random);
  return g_test_run ();
}
