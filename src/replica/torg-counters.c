/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "torg-replica"

#include "torg-store-private.h"

#include <string.h>

/*
 * Number and sum of deals and leads by stage, owner and currency, kept by triggers in the transaction of each edit.
 * An owner or currency that is missing is the empty value, since a key cannot be null.
 */

#define TRIGGERS(table, amount, currency, columns)                                                                     \
  "CREATE TRIGGER IF NOT EXISTS " table "_counter_insert AFTER INSERT ON " table                                       \
  " WHEN NEW.deleted IS NULL AND NEW.stage IS NOT NULL BEGIN"                                                          \
  "  INSERT INTO counter VALUES (NEW.stage, ifnull(NEW.owner, x''), " currency ("NEW") ", 1, " amount (                \
    "NEW") ")"                                                                                                         \
           "  ON CONFLICT DO UPDATE SET n = n + 1, sum = sum + excluded.sum;"                                          \
           " END;"                                                                                                     \
           "CREATE TRIGGER IF NOT EXISTS " table "_counter_update AFTER UPDATE OF stage, owner, deleted" columns       \
           " ON " table " BEGIN"                                                                                       \
           "  UPDATE counter SET n = n - 1, sum = sum - " amount (                                                     \
             "OLD") "  WHERE OLD.deleted IS NULL AND stage = OLD.stage AND owner = ifnull(OLD.owner, x'')"             \
                    "  AND currency = " currency (                                                                     \
                      "OLD") ";"                                                                                       \
                             "  INSERT INTO counter SELECT NEW.stage, ifnull(NEW.owner, x''), " currency (             \
                               "NEW") ", 1, " amount ("NEW") "  WHERE NEW.deleted IS NULL AND NEW.stage IS NOT NULL"   \
                                                             "  ON CONFLICT DO UPDATE SET n = n + 1, sum = sum + "     \
                                                             "excluded.sum;"                                           \
                                                             "  DELETE FROM counter WHERE OLD.stage = stage AND n = "  \
                                                             "0;"                                                      \
                                                             " END;"                                                   \
                                                             "CREATE TRIGGER IF NOT EXISTS " table                     \
                                                             "_counter_delete AFTER DELETE ON " table                  \
                                                             " WHEN OLD.deleted IS NULL BEGIN"                         \
                                                             "  UPDATE counter SET n = n - 1, sum = sum - " amount (   \
                                                               "OLD") "  WHERE stage = OLD.stage AND owner = "         \
                                                                      "ifnull(OLD.owner, x'') AND currency "           \
                                                                      "= " currency ("OLD") ";"                        \
                                                                                            " END;"

#define DEAL_AMOUNT(row) "ifnull(" row ".amount, 0)"
#define DEAL_CURRENCY(row) "ifnull(" row ".amount_currency, '')"
#define DEAL_COLUMNS ", amount, amount_currency"
#define LEAD_AMOUNT(row) "0"
#define LEAD_CURRENCY(row) "''"
#define LEAD_COLUMNS ""

gboolean
torg_counters_migrate (TorgDb *db, GError **error)
{
  return torg_db_exec (db,
                       "CREATE TABLE IF NOT EXISTS counter (stage BLOB NOT NULL, owner BLOB NOT NULL, "
                       "currency TEXT NOT NULL, n INTEGER NOT NULL, sum INTEGER NOT NULL, "
                       "PRIMARY KEY (stage, owner, currency)) STRICT, WITHOUT ROWID;" TRIGGERS (
                         "deal", DEAL_AMOUNT, DEAL_CURRENCY, DEAL_COLUMNS)
                         TRIGGERS ("lead", LEAD_AMOUNT, LEAD_CURRENCY, LEAD_COLUMNS),
                       error);
}

gboolean
torg_counters_rebuild (TorgDb *db, GError **error)
{
  return torg_db_exec (db,
                       "DELETE FROM counter;"
                       "INSERT INTO counter SELECT stage, ifnull(owner, x''), ifnull(amount_currency, ''), count(*), "
                       "sum(ifnull(amount, 0)) FROM deal WHERE deleted IS NULL AND stage IS NOT NULL GROUP BY 1, 2, 3;"
                       "INSERT INTO counter SELECT stage, ifnull(owner, x''), '', count(*), 0 "
                       "FROM lead WHERE deleted IS NULL AND stage IS NOT NULL GROUP BY 1, 2;",
                       error);
}

/* Which of the usual filters a query is: none, or an owner; FALSE for any other. */
static gboolean
is_usual (TorgQuery *query, const char **owner)
{
  *owner = NULL;
  for (guint i = 0; i < torg_query_get_n (query); i++)
    {
      const TorgCondition *condition = torg_query_nth (query, i);

      if (condition->match == TORG_MATCH_IS && g_strcmp0 (condition->field, "pipeline") == 0)
        continue;
      if (condition->match != TORG_MATCH_IS || g_strcmp0 (condition->field, "owner") != 0 || *owner != NULL ||
          condition->value.text == NULL)
        return FALSE;
      *owner = condition->value.text;
    }
  return !torg_query_get_deleted (query);
}

static TorgStatement *
prepare_usual (TorgStore *self, TorgQuery *query, const char *owner, GError **error)
{
  const char    *pipeline = NULL;
  TorgStatement *statement;

  for (guint i = 0; i < torg_query_get_n (query); i++)
    if (g_strcmp0 (torg_query_nth (query, i)->field, "pipeline") == 0)
      pipeline = torg_query_nth (query, i)->value.text;
  statement =
    torg_db_prepare (self->db,
                     "SELECT c.stage, c.currency, sum(n), sum(sum) FROM counter c JOIN stage s ON s.id = c.stage "
                     "WHERE n > 0 AND (?1 IS NULL OR s.pipeline = ?1) AND (?2 IS NULL OR c.owner = ?2) "
                     "GROUP BY 1, 2",
                     error);
  if (statement == NULL)
    return NULL;
  torg_statement_bind_id (statement, 1, pipeline);
  torg_statement_bind_id (statement, 2, owner);
  return statement;
}

static TorgStatement *
prepare_counting (TorgStore *self, TorgQuery *query, GError **error)
{
  const TorgType *type = torg_schema_find (self->schema, torg_query_get_kind (query));
  gboolean        money = torg_type_find_field (type, "amount") != NULL;
  g_autoptr (GString) sql = g_string_new ("SELECT stage, ");
  TorgStatement *statement;

  g_string_append (sql, money ? "ifnull(amount_currency, ''), count(*), sum(ifnull(amount, 0))" : "'', count(*), 0");
  g_string_append_printf (sql, " FROM \"%s\"", type->info->name);
  if (!torg_query_append_where (self, query, type, sql, error))
    return NULL;
  g_string_append (sql, " AND stage IS NOT NULL GROUP BY 1, 2");
  statement = torg_db_prepare (self->db, sql->str, error);
  if (statement != NULL)
    torg_query_bind (self, query, type, statement);
  return statement;
}

/**
 * torg_store_list_counters:
 * @query: deals or leads
 * @cancellable: (nullable): for a filter that has to count rows
 * @error: place for an error
 *
 * Counts and sums the records of each stage and currency, exactly: at once from the counters for all or one owner's,
 * by SQL over all rows for other filters.
 *
 * Returns: (transfer full) (element-type TorgCounter) (nullable): the stages that have any
 */
GPtrArray *
torg_store_list_counters (TorgStore *self, TorgQuery *query, GCancellable *cancellable, GError **error)
{
  g_autoptr (GPtrArray) counters = g_ptr_array_new_with_free_func ((GDestroyNotify) torg_counter_free);
  g_autoptr (TorgStatement) statement = NULL;
  const char *owner;
  gboolean    row;

  statement =
    is_usual (query, &owner) ? prepare_usual (self, query, owner, error) : prepare_counting (self, query, error);
  if (statement == NULL)
    return NULL;
  torg_db_set_cancellable (self->db, cancellable);
  for (;;)
    {
      TorgCounter *counter;

      if (!torg_statement_step (statement, &row, error))
        {
          torg_db_set_cancellable (self->db, NULL);
          return NULL;
        }
      if (!row)
        break;
      counter = g_new0 (TorgCounter, 1);
      counter->stage = torg_statement_dup_id (statement, 0);
      g_strlcpy (counter->currency, torg_statement_get_text (statement, 1), sizeof counter->currency);
      counter->n = torg_statement_get_int (statement, 2);
      counter->sum = torg_statement_get_int (statement, 3);
      g_ptr_array_add (counters, counter);
    }
  torg_db_set_cancellable (self->db, NULL);
  return g_steal_pointer (&counters);
}

/**
 * torg_counter_free:
 * @self: (transfer full): a counter
 *
 * Frees a counter.
 */
void
torg_counter_free (TorgCounter *self)
{
  g_free (self->stage);
  g_free (self->owner);
  g_free (self);
}
