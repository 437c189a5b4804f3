/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "torg-demo.h"
#include "torg-test-store.h"

/* The queries of the panes use their indexes, in a new replica and in one whose sizes SQLite knows. */

static char *
explain (TorgStore *store, TorgQuery *query, const char *select)
{
  const TorgType *type = torg_schema_find (store->schema, torg_query_get_kind (query));
  g_autoptr (GString) sql = g_string_new ("EXPLAIN QUERY PLAN SELECT ");
  g_autoptr (TorgStatement) statement = NULL;
  g_autoptr (GError) error = NULL;
  GString *plan = g_string_new (NULL);
  gboolean row;

  g_string_append_printf (sql, "%s FROM \"%s\"", select, type->info->name);
  g_assert_true (torg_query_append_where (store, query, type, sql, NULL));
  if (g_str_equal (select, "rid"))
    g_assert_true (torg_query_append_order (store, query, type, sql, NULL));
  statement = torg_db_prepare (store->db, sql->str, &error);
  g_assert_no_error (error);
  torg_query_bind (store, query, type, statement);
  while (torg_statement_step (statement, &row, NULL) && row)
    g_string_append_printf (plan, "%s\n", torg_statement_get_text (statement, 3));
  return g_string_free_and_steal (plan);
}

static void
assert_plan (TorgStore *store, TorgQuery *query, const char *select, const char *has, const char *has_not)
{
  g_autofree char *plan = explain (store, query, select);

  if (strstr (plan, has) == NULL || (has_not != NULL && strstr (plan, has_not) != NULL))
    g_error ("%s by %s: expected %s:\n%s", torg_query_get_kind (query), torg_query_nth (query, 0)->field, has, plan);
}

static TorgQuery *
by (const char *type, const char *field, const char *id, const char *sort, gboolean descending)
{
  TorgQuery *query = torg_query_new (type);

  torg_query_add_text (query, field, TORG_MATCH_IS, id);
  if (sort != NULL)
    torg_query_sort (query, sort, descending);
  return query;
}

static void
check_plans (TorgStore *store)
{
  g_autofree char *stage = test_stage (store, "deals", "open", 0);
  g_autofree char *any = g_strdup (stage);
  g_autoptr (TorgQuery) column = by ("deal", "stage", stage, "rank", FALSE);
  g_autoptr (TorgQuery) own_column = by ("deal", "stage", stage, "rank", FALSE);
  g_autoptr (TorgQuery) leads = by ("lead", "stage", stage, "rank", FALSE);
  g_autoptr (TorgQuery) by_company = by ("deal", "company", any, NULL, FALSE);
  g_autoptr (TorgQuery) people = by ("person", "company", any, NULL, FALSE);
  g_autoptr (TorgQuery) entities = by ("legal_entity", "company", any, NULL, FALSE);
  g_autoptr (TorgQuery) lines = by ("deal_line", "deal", any, "position", FALSE);
  g_autoptr (TorgQuery) own = by ("deal", "owner", any, NULL, FALSE);
  g_autoptr (TorgQuery) history = by ("history", "record", any, "at", TRUE);
  g_autoptr (TorgQuery) names = torg_query_new ("company");
  static const char *const timelines[] = { "deal", "company", "person", "lead" };

  assert_plan (store, column, "rid", "INDEX deal_stage_rank_id (stage=?)", "TEMP B-TREE");
  torg_query_add_text (own_column, "owner", TORG_MATCH_IS, any);
  assert_plan (store, own_column, "rid", "INDEX deal_stage_owner_rank_id (stage=? AND owner=?)", "TEMP B-TREE");
  assert_plan (store, leads, "rid", "INDEX lead_stage_rank_id (stage=?)", "TEMP B-TREE");
  assert_plan (store, by_company, "rid", "INDEX deal_company (company=?)", NULL);
  assert_plan (store, people, "rid", "INDEX person_company (company=?)", NULL);
  assert_plan (store, entities, "rid", "INDEX legal_entity_company (company=?)", NULL);
  assert_plan (store, lines, "rid", "INDEX deal_line_deal (deal=?)", NULL);
  assert_plan (store, own, "count(*)", "INDEX deal_owner (owner=?)", NULL);
  assert_plan (store, history, "rid", "INDEX history_record_at (record=?)", "TEMP B-TREE FOR ORDER BY");
  for (guint i = 0; i < G_N_ELEMENTS (timelines); i++)
    {
      g_autoptr (TorgQuery) timeline = by ("activity", timelines[i], any, "at", TRUE);
      g_autofree char *index = g_strdup_printf ("INDEX activity_%s_at (%s=?)", timelines[i], timelines[i]);

      assert_plan (store, timeline, "rid", index, "TEMP B-TREE FOR ORDER BY");
    }
  torg_query_add_text (names, "name", TORG_MATCH_IS, "Ромашка");
  assert_plan (store, names, "rid", "INDEX company_name", NULL);
}

static void
test_new (void)
{
  g_autoptr (TestStore) test = test_store_new (1);

  check_plans (test->store);
}

static void
test_known (void)
{
  g_autofree char *dir = g_dir_make_tmp ("torg-test-XXXXXX", NULL);
  g_autofree char *path = g_build_filename (dir, "replica.db", NULL);
  g_autoptr (TorgEnv) env = torg_env_new_seeded (1, TEST_NOW, NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (TorgStore) store = NULL;

  torg_demo_make (path, 5000, 1, "ru", TEST_NOW, NULL, &error);
  g_assert_no_error (error);
  store = torg_store_open (env, path, TORG_STORE_NONE, &error);
  g_assert_no_error (error);
  check_plans (store);
  torg_store_close (store, NULL);
  test_remove_dir (dir);
}

/* The triggers that every edit runs look rows up by an index too. */
static void
test_triggers (void)
{
  g_autoptr (TestStore) test = test_store_new (2);
  static const char *const queries[] = {
    "SELECT due_utc FROM activity WHERE deal = x'00' AND done IS NULL AND deleted IS NULL ORDER BY due_utc IS NULL, "
    "due_utc, rid",
    "SELECT max(done) FROM activity WHERE deal = x'00' AND done IS NOT NULL AND deleted IS NULL",
    "SELECT record FROM match_key WHERE key = 'n:x' AND type = 'company'",
    "DELETE FROM match_key WHERE key = 'n:x' AND type = 'company' AND record = 1",
    "SELECT doc FROM search_doc WHERE type = 'company' AND record = 1",
    "SELECT min(rank) FROM deal WHERE deleted IS NULL AND stage = x'00'",
    "DELETE FROM undo_op WHERE id = x'00'",
    "SELECT id FROM outbox WHERE id = x'00'",
  };

  for (guint i = 0; i < G_N_ELEMENTS (queries); i++)
    {
      g_autofree char *sql = g_strconcat ("EXPLAIN QUERY PLAN ", queries[i], NULL);
      g_autoptr (TorgStatement) statement = torg_db_prepare (test->store->db, sql, NULL);
      gboolean row;

      g_assert_nonnull (statement);
      while (torg_statement_step (statement, &row, NULL) && row)
        if (g_str_has_prefix (torg_statement_get_text (statement, 3), "SCAN"))
          g_error ("%s: %s", queries[i], torg_statement_get_text (statement, 3));
    }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/sql-plan/new", test_new);
  g_test_add_func ("/sql-plan/known", test_known);
  g_test_add_func ("/sql-plan/triggers", test_triggers);
  return g_test_run ();
}
