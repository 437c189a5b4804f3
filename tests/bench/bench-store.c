/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "torg-bench"

#include "config.h"

#include "torg-demo.h"
#include "torg-import.h"
#include "torg-pairs.h"
#include "torg-reader.h"
#include "torg-store.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/*
 * Measures a replica without a window; prints `NAME MILLISECONDS` a line.
 *
 *   bench-store search REPLICA      each keystroke of some searches, 95th percentile
 *   bench-store board REPLICA       the first pages and the counters of the largest stage's pipeline; a move until
 * saved bench-store card REPLICA        a client with 5,000 entries on its timeline bench-store client REPLICA makes
 * such a client and prints its id bench-store import REPLICA FILE
 *   bench-store pairs REPLICA       likely duplicates among companies; then their ids, a pair a line
 */

static double
elapsed (gint64 since)
{
  return (g_get_monotonic_time () - since) / 1000.0;
}

static int
compare_doubles (gconstpointer a, gconstpointer b)
{
  double first = *(const double *) a, second = *(const double *) b;

  return first < second ? -1 : first > second;
}

static double
percentile (GArray *times, double share)
{
  g_array_sort (times, compare_doubles);
  return g_array_index (times, double, MIN (times->len - 1, (guint) ceil (times->len * share) - 1));
}

static gboolean
bench_search (TorgStore *store, GError **error)
{
  static const char *const texts[] = { "иванов александр", "уралсервис",       "насос новый", "петрова елена",
                                       "титан групп",      "9261234",          "смирнов",     "поставка кабель",
                                       "альфаторг",        "user1@example.com" };
  g_autoptr (GArray) times = g_array_new (FALSE, FALSE, sizeof (double));

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    for (const char *end = g_utf8_next_char (texts[i]);; end = g_utf8_next_char (end))
      {
        g_autofree char *typed = g_strndup (texts[i], end - texts[i]);
        gint64           began = g_get_monotonic_time ();
        g_autoptr (GPtrArray) hits = torg_store_search (store, typed, NULL, 50, error);
        double ms = elapsed (began);

        if (hits == NULL)
          return FALSE;
        g_array_append_val (times, ms);
        if (*end == '\0')
          break;
      }
  printf ("search %.2f\n", percentile (times, 0.95));
  return TRUE;
}

static TorgRecord *
find_first (TorgStore *store, const char *type, const char *field, const char *value, const char *sort, GError **error)
{
  g_autoptr (TorgQuery) query = torg_query_new (type);
  g_autoptr (GPtrArray) found = NULL;

  if (field != NULL)
    torg_query_add_text (query, field, TORG_MATCH_IS, value);
  torg_query_sort (query, sort, FALSE);
  found = torg_store_list (store, query, 1, NULL, error);
  return found != NULL && found->len > 0 ? torg_record_ref (g_ptr_array_index (found, 0)) : NULL;
}

static gboolean
read_column (TorgStore *store, const char *stage, guint limit, GError **error)
{
  g_autoptr (TorgQuery) query = torg_query_new ("deal");
  g_autoptr (GPtrArray) records = NULL;

  torg_query_add_text (query, "stage", TORG_MATCH_IS, stage);
  torg_query_sort (query, "rank", FALSE);
  records = torg_store_list (store, query, limit, NULL, error);
  for (guint i = 0; records != NULL && i < records->len; i++)
    g_object_unref (torg_store_make_row (store, g_ptr_array_index (records, i)));
  return records != NULL;
}

static gboolean
bench_board (TorgStore *store, GError **error)
{
  g_autoptr (TorgRecord) pipeline = find_first (store, "pipeline", "kind", "deals", "position", error);
  g_autoptr (TorgQuery) stages_query = torg_query_new ("stage");
  g_autoptr (TorgQuery) counted = torg_query_new ("deal");
  g_autoptr (GPtrArray) stages = NULL;
  g_autoptr (GPtrArray) counters = NULL;
  g_autoptr (GArray) times = g_array_new (FALSE, FALSE, sizeof (double));
  gint64 began;

  torg_query_add_text (stages_query, "pipeline", TORG_MATCH_IS, torg_record_get_id (pipeline));
  torg_query_sort (stages_query, "position", FALSE);
  stages = torg_store_list (store, stages_query, 0, NULL, error);
  if (stages == NULL)
    return FALSE;
  began = g_get_monotonic_time ();
  torg_query_add_text (counted, "pipeline", TORG_MATCH_IS, torg_record_get_id (pipeline));
  counters = torg_store_list_counters (store, counted, NULL, error);
  for (guint i = 0; i < stages->len; i++)
    if (!read_column (store, torg_record_get_id (g_ptr_array_index (stages, i)), 48, error))
      return FALSE;
  printf ("board-read %.2f\n", elapsed (began));

  for (guint i = 0; i < 50; i++)
    {
      const char *from = torg_record_get_id (g_ptr_array_index (stages, i % 2));
      const char *to = torg_record_get_id (g_ptr_array_index (stages, (i + 1) % 2));
      g_autoptr (TorgRecord) deal = find_first (store, "deal", "stage", from, "rank", error);
      g_autoptr (TorgEdit) edit = torg_edit_new (NULL);
      gint64 rank;
      double ms;

      if (deal == NULL)
        return FALSE;
      began = g_get_monotonic_time ();
      rank = torg_store_rank_between (store, torg_schema_find (torg_store_get_schema (store), "deal"), to, NULL, NULL,
                                      error);
      torg_edit_move (edit, "deal", torg_record_get_id (deal), to, rank);
      if (!torg_store_apply (store, edit, NULL, error))
        return FALSE;
      ms = elapsed (began);
      g_array_append_val (times, ms);
    }
  printf ("board-drop %.2f\n", percentile (times, 0.95));
  return TRUE;
}

/* A client with 5,000 entries on its timeline. */
static TorgRecord *
make_client (TorgStore *store, GError **error)
{
  TorgSchema     *schema = torg_store_get_schema (store);
  const TorgType *type = torg_schema_find (schema, "activity");
  g_autoptr (TorgRecord) company = find_first (store, "company", NULL, NULL, NULL, error);

  if (company == NULL)
    return NULL;
  for (guint i = 0; i < 5000; i++)
    {
      g_autofree char *id = torg_env_make_id (torg_store_get_env (store));
      g_autoptr (TorgRecord) activity = torg_record_new (schema, type, id);

      torg_record_set_text (activity, "kind", "call");
      torg_record_set_text (activity, "subject", "Звонок");
      torg_record_set_text (activity, "company", torg_record_get_id (company));
      torg_record_take (activity, "done", torg_value_int (g_get_real_time () + i));
      torg_record_take (activity, "at", torg_value_int (g_get_real_time () + i));
      if (!torg_store_insert (store, activity, error))
        return NULL;
    }
  return g_steal_pointer (&company);
}

static gboolean
bench_client (TorgStore *store, GError **error)
{
  g_autoptr (TorgRecord) company = NULL;

  if (!torg_store_begin (store, error))
    return FALSE;
  company = make_client (store, error);
  if (company == NULL || !torg_store_commit (store, error))
    return FALSE;
  printf ("%s\n", torg_record_get_id (company));
  return TRUE;
}

static gboolean
bench_card (TorgStore *store, GError **error)
{
  g_autoptr (TorgRecord) company = NULL;
  g_autoptr (GArray) times = g_array_new (FALSE, FALSE, sizeof (double));

  if (!torg_store_begin (store, error))
    return FALSE;
  company = make_client (store, error);
  if (company == NULL)
    return FALSE;
  for (guint i = 0; i < 20; i++)
    {
      g_autoptr (TorgQuery) query = torg_query_new ("activity");
      g_autoptr (GArray) order = NULL;
      g_autoptr (GPtrArray) page = NULL;
      g_autoptr (GPtrArray) history = NULL;
      g_autoptr (TorgRow) row = NULL;
      gint64 began = g_get_monotonic_time ();
      double ms;

      row = torg_store_make_row (store, company);
      torg_query_add_text (query, "company", TORG_MATCH_IS, torg_record_get_id (company));
      torg_query_sort (query, "at", TRUE);
      order = torg_store_list_rowids (store, query, 0, NULL, error);
      page = torg_store_list (store, query, 48, NULL, error);
      history = torg_store_list_history (store, torg_record_get_id (company), NULL, 48, error);
      if (order == NULL || page == NULL || history == NULL)
        return FALSE;
      ms = elapsed (began);
      g_array_append_val (times, ms);
    }
  torg_store_rollback (store);
  printf ("card %.2f\n", percentile (times, 0.95));
  return TRUE;
}

static gboolean
bench_import (TorgStore *store, const char *path, GError **error)
{
  gint64 began = g_get_monotonic_time ();
  g_autoptr (TorgTable) table = torg_read_table (path, NULL, NULL, error);
  g_autoptr (TorgImportPlan) plan = NULL;
  g_autoptr (TorgImportResult) result = NULL;

  if (table == NULL)
    return FALSE;
  plan = torg_import_plan_guess (torg_store_get_schema (store), "company", table);
  result = torg_import_run (plan, store, FALSE, NULL, error);
  if (result == NULL)
    return FALSE;
  printf ("import %.2f\n", elapsed (began));
  return TRUE;
}

static gboolean
bench_pairs (TorgStore *store, GError **error)
{
  gint64 began = g_get_monotonic_time ();
  g_autoptr (GPtrArray) pairs = torg_pairs_find (store, "company", NULL, NULL, NULL, error);

  if (pairs == NULL)
    return FALSE;
  printf ("pairs %.2f\n", elapsed (began));
  for (guint i = 0; i < pairs->len; i++)
    {
      const TorgPair *pair = pairs->pdata[i];

      printf ("%s %s\n", pair->one, pair->other);
    }
  return TRUE;
}

int
main (int argc, char **argv)
{
  g_autoptr (TorgEnv) env = torg_env_new ();
  g_autoptr (GError) error = NULL;
  g_autoptr (TorgStore) store = NULL;
  gboolean ok = FALSE;

  if (argc < 3)
    return 2;
  store = torg_store_open (env, argv[2], TORG_STORE_NONE, &error);
  if (store != NULL && g_str_equal (argv[1], "search"))
    ok = bench_search (store, &error);
  else if (store != NULL && g_str_equal (argv[1], "board"))
    ok = bench_board (store, &error);
  else if (store != NULL && g_str_equal (argv[1], "card"))
    ok = bench_card (store, &error);
  else if (store != NULL && g_str_equal (argv[1], "client"))
    ok = bench_client (store, &error);
  else if (store != NULL && g_str_equal (argv[1], "pairs"))
    ok = bench_pairs (store, &error);
  else if (store != NULL && g_str_equal (argv[1], "import") && argc > 3)
    ok = bench_import (store, argv[3], &error);
  if (!ok)
    fprintf (stderr, "bench-store: %s\n", error != NULL ? error->message : "wrong usage");
  return ok ? 0 : 1;
}
