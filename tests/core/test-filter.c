/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "torg-filter.h"

#include <string.h>

/* 2026-03-02 21:30 UTC: the next day in Moscow, a Tuesday. */
#define NOW (G_GINT64_CONSTANT (1772487000) * G_USEC_PER_SEC)

typedef struct
{
  TorgSchema     *schema;
  GTimeZone      *zone;
  TorgFilterSense sense;
} Fixture;

static void
set_up (Fixture *self, gconstpointer data)
{
  self->schema = torg_schema_new ();
  self->zone = g_time_zone_new_identifier ("Europe/Moscow");
  self->sense = (TorgFilterSense) { self->schema, "01900000-0000-7000-8000-000000000001", NOW, self->zone };
}

static void
tear_down (Fixture *self, gconstpointer data)
{
  torg_schema_unref (self->schema);
  g_time_zone_unref (self->zone);
}

static void
test_path (Fixture *self, gconstpointer data)
{
  const TorgType *deal = torg_schema_find (self->schema, "deal");
  g_autoptr (GArray) paths = torg_path_list (self->schema, deal);
  TorgPath path;

  g_assert_true (torg_path_find (self->schema, deal, "amount", &path));
  g_assert_null (path.via);
  g_assert_true (torg_path_find (self->schema, deal, "company.region", &path));
  g_assert_cmpstr (path.via->name, ==, "company");
  g_assert_cmpstr (path.type->info->name, ==, "company");
  g_assert_cmpstr (path.field->name, ==, "region");
  g_assert_false (torg_path_find (self->schema, deal, "", &path));
  g_assert_false (torg_path_find (self->schema, deal, ".", &path));
  g_assert_false (torg_path_find (self->schema, deal, "company.", &path));
  g_assert_false (torg_path_find (self->schema, deal, "title.region", &path));
  g_assert_false (torg_path_find (self->schema, deal, "company.parent.region", &path));
  g_assert_cmpuint (paths->len, >, 60);
  for (guint i = 0; i < paths->len; i++)
    {
      const TorgPath  *one = &g_array_index (paths, TorgPath, i);
      g_autofree char *text = torg_path_dup_text (one);
      g_autofree char *label = torg_path_dup_label (one);

      g_assert_true (torg_path_find (self->schema, deal, text, &path));
      g_assert_true (path.field == one->field && path.via == one->via);
      g_assert_cmpstr (label, !=, "");
    }
}

static TorgQuery *
make_query (Fixture *self, const char *path, TorgFilterOp op, const char *const *values)
{
  g_autoptr (TorgFilter) filter = torg_filter_new (path, op, values);
  g_autoptr (TorgQuery) query = torg_query_new ("deal");
  g_autoptr (GError) error = NULL;

  torg_filter_add_to (filter, &self->sense, query, &error);
  g_assert_no_error (error);
  return g_steal_pointer (&query);
}

static void
check_period (Fixture *self, const char *period, const char *low, const char *high)
{
  g_autoptr (TorgQuery) query =
    make_query (self, "expected", TORG_FILTER_PERIOD, (const char *const[]) { period, NULL });
  guint n = 0;

  if (low != NULL)
    {
      g_assert_cmpint (torg_query_nth (query, n)->match, ==, TORG_MATCH_AT_LEAST);
      g_assert_cmpstr (torg_query_nth (query, n++)->value.text, ==, low);
    }
  if (high != NULL)
    {
      g_assert_cmpint (torg_query_nth (query, n)->match, ==, TORG_MATCH_AT_MOST);
      g_assert_cmpstr (torg_query_nth (query, n++)->value.text, ==, high);
    }
  g_assert_cmpuint (torg_query_get_n (query), ==, n);
}

static void
test_periods (Fixture *self, gconstpointer data)
{
  check_period (self, "today", "2026-03-03", "2026-03-03");
  check_period (self, "yesterday", "2026-03-02", "2026-03-02");
  check_period (self, "tomorrow", "2026-03-04", "2026-03-04");
  check_period (self, "this_week", "2026-03-02", "2026-03-08");
  check_period (self, "last_week", "2026-02-23", "2026-03-01");
  check_period (self, "next_week", "2026-03-09", "2026-03-15");
  check_period (self, "this_month", "2026-03-01", "2026-03-31");
  check_period (self, "last_month", "2026-02-01", "2026-02-28");
  check_period (self, "next_month", "2026-04-01", "2026-04-30");
  check_period (self, "this_quarter", "2026-01-01", "2026-03-31");
  check_period (self, "last_quarter", "2025-10-01", "2025-12-31");
  check_period (self, "next_quarter", "2026-04-01", "2026-06-30");
  check_period (self, "this_year", "2026-01-01", "2026-12-31");
  check_period (self, "last_year", "2025-01-01", "2025-12-31");
  check_period (self, "past", NULL, "2026-03-02");
  check_period (self, "future", "2026-03-04", NULL);
  for (const TorgChoice *period = torg_filter_get_periods (); period->key != NULL; period++)
    {
      const char *values[] = { period->key, NULL };
      g_autoptr (TorgQuery) query = make_query (self, "created", TORG_FILTER_PERIOD, values);

      g_assert_cmpuint (torg_query_get_n (query), >, 0);
    }
}

static void
test_moments (Fixture *self, gconstpointer data)
{
  const char *const values[] = { "2026-03-02", "2026-03-02", NULL };
  g_autoptr (TorgQuery) query = make_query (self, "created", TORG_FILTER_BETWEEN, values);
  gint64 low = torg_query_nth (query, 0)->value.number, high = torg_query_nth (query, 1)->value.number;

  /* A day of Moscow. */
  g_assert_cmpint (torg_query_nth (query, 1)->match, ==, TORG_MATCH_LESS);
  g_assert_cmpint (low, ==, G_GINT64_CONSTANT (1772398800) * G_USEC_PER_SEC);
  g_assert_cmpint (high - low, ==, G_GINT64_CONSTANT (86400) * G_USEC_PER_SEC);
}

static void
test_values (Fixture *self, gconstpointer data)
{
  g_autoptr (TorgQuery) me = make_query (self, "owner", TORG_FILTER_IS, (const char *const[]) { "me", NULL });
  g_autoptr (TorgQuery) other =
    make_query (self, "company.owner", TORG_FILTER_IS_NOT, (const char *const[]) { "me", NULL });
  g_autoptr (TorgQuery) amount =
    make_query (self, "amount", TORG_FILTER_BETWEEN, (const char *const[]) { "1000.50 RUB", "", NULL });

  g_assert_cmpint (torg_query_nth (me, 0)->match, ==, TORG_MATCH_IS);
  g_assert_cmpstr (torg_query_nth (me, 0)->value.text, ==, self->sense.user);
  g_assert_cmpint (torg_query_nth (other, 0)->match, ==, TORG_MATCH_NONE_OF);
  g_assert_nonnull (strstr (torg_query_nth (other, 0)->value.text, self->sense.user));
  g_assert_cmpuint (torg_query_get_n (amount), ==, 1);
  g_assert_cmpint (torg_query_nth (amount, 0)->value.number, ==, 100050);
  g_assert_cmpstr (torg_query_nth (amount, 0)->value.currency, ==, "RUB");
}

static void
test_refused (Fixture *self, gconstpointer data)
{
  static const struct
  {
    const char  *path;
    TorgFilterOp op;
    const char  *values[4];
  } cases[] = {
    { "nothing", TORG_FILTER_EMPTY, { NULL } },
    { "company.nothing", TORG_FILTER_EMPTY, { NULL } },
    { "title", TORG_FILTER_BETWEEN, { "a", "b", NULL } },
    { "title", TORG_FILTER_HAS, { NULL } },
    { "title", TORG_FILTER_HAS, { "", NULL } },
    { "amount", TORG_FILTER_BETWEEN, { "", "", NULL } },
    { "amount", TORG_FILTER_BETWEEN, { "many", "", NULL } },
    { "expected", TORG_FILTER_BETWEEN, { "2026-02-30", "", NULL } },
    { "expected", TORG_FILTER_BETWEEN, { "2026-02-01", NULL } },
    { "expected", TORG_FILTER_PERIOD, { "some_day", NULL } },
    { "expected", TORG_FILTER_PERIOD, { NULL } },
    { "expected", TORG_FILTER_FILLED, { "x", NULL } },
    { "owner", TORG_FILTER_IS, { NULL } },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (TorgFilter) filter = torg_filter_new (cases[i].path, cases[i].op, cases[i].values);
      g_autoptr (TorgQuery) query = torg_query_new ("deal");
      g_autoptr (GError) error = NULL;

      if (torg_filter_add_to (filter, &self->sense, query, &error))
        g_error ("case %u was taken", i);
      g_assert_nonnull (error);
      g_assert_cmpuint (torg_query_get_n (query), ==, 0);
    }
}

static void
test_json (Fixture *self, gconstpointer data)
{
  g_autoptr (GPtrArray) filters = g_ptr_array_new_with_free_func ((GDestroyNotify) torg_filter_free);
  g_autoptr (GPtrArray) back = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char         *json = NULL, *again = NULL;
  static const char *const bad[] = { "",
                                     "x",
                                     "{}",
                                     "[1]",
                                     "[{}]",
                                     "[{\"path\":\"a\",\"op\":\"is\"}]",
                                     "[{\"path\":\"a\",\"op\":\"like\",\"values\":[]}]",
                                     "[{\"path\":\"a\",\"op\":\"is\",\"values\":[1]}]" };

  for (guint op = 0; op < TORG_FILTER_N_OPS; op++)
    {
      const char *const values[] = { "Москва «и» \"так\"", "", NULL };

      g_ptr_array_add (filters, torg_filter_new ("company.region", (TorgFilterOp) op, values));
    }
  json = torg_filters_to_json (filters);
  back = torg_filters_from_json (json, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (back->len, ==, TORG_FILTER_N_OPS);
  again = torg_filters_to_json (back);
  g_assert_cmpstr (again, ==, json);
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    g_assert_null (torg_filters_from_json (bad[i], NULL));
  /* Whatever comes is read or refused, and used or refused. */
  for (guint i = 0; i < 20000; i++)
    {
      g_autofree char *broken = g_strdup (json);
      g_autoptr (GPtrArray) read = NULL;

      broken[g_test_rand_int_range (0, (int) strlen (json))] = (char) g_test_rand_int_range (1, 127);
      if (g_utf8_validate (broken, -1, NULL))
        read = torg_filters_from_json (broken, NULL);
      for (guint j = 0; read != NULL && j < read->len; j++)
        torg_filter_is_valid (g_ptr_array_index (read, j), &self->sense, torg_schema_find (self->schema, "deal"), NULL);
    }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add ("/filter/path", Fixture, NULL, set_up, test_path, tear_down);
  g_test_add ("/filter/periods", Fixture, NULL, set_up, test_periods, tear_down);
  g_test_add ("/filter/moments", Fixture, NULL, set_up, test_moments, tear_down);
  g_test_add ("/filter/values", Fixture, NULL, set_up, test_values, tear_down);
  g_test_add ("/filter/refused", Fixture, NULL, set_up, test_refused, tear_down);
  g_test_add ("/filter/json", Fixture, NULL, set_up, test_json, tear_down);
  return g_test_run ();
}
