/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "torg-replica"

#include "torg-store-private.h"

/* The order of the cards of a stage. */

gint64
torg_rank_find_top (TorgStore *self, const TorgType *type, const char *stage)
{
  g_autoptr (GString) sql = g_string_new ("SELECT min(rank) FROM \"");
  g_autoptr (TorgStatement) statement = NULL;
  gboolean row;

  g_string_append_printf (sql, "%s\" WHERE deleted IS NULL AND stage = ?1", type->info->name);
  statement = torg_db_prepare (self->db, sql->str, NULL);
  if (statement == NULL)
    return 0;
  torg_statement_bind_id (statement, 1, stage);
  if (!torg_statement_step (statement, &row, NULL) || !row)
    return 0;
  return torg_statement_get_int (statement, 0) - TORG_RULE_RANK_GAP;
}

/* Spreads the cards of a stage evenly, in their order: needed once the room between two is used up. */
static gboolean
spread_ranks (TorgStore *self, const TorgType *type, const char *stage, GError **error)
{
  g_autoptr (GString) sql = g_string_new ("UPDATE \"");
  g_autoptr (TorgStatement) statement = NULL;

  g_string_append_printf (sql,
                          "%s\" AS t SET rank = n.place * 1048576 FROM (SELECT rid, row_number() OVER "
                          "(ORDER BY rank, id) AS place FROM \"%s\" WHERE deleted IS NULL AND stage = ?1) AS n "
                          "WHERE t.rid = n.rid",
                          type->info->name, type->info->name);
  statement = torg_db_prepare (self->db, sql->str, error);
  if (statement == NULL)
    return FALSE;
  torg_statement_bind_id (statement, 1, stage);
  return torg_statement_run (statement, error);
}

/**
 * torg_store_rank_between:
 * @type: `deal` or `lead`
 * @stage: the id of a stage
 * @after: (nullable): the id of the card that it comes under; %NULL for the top
 * @before: (nullable): the id of the card that it comes above; %NULL for the bottom, unless @after is %NULL too: then
 * the top
 * @error: place for an error
 *
 * Gives the rank of a card between two others. Where the room between them is used up, the stage's cards are spread
 * first, in a transaction of its own; ranks carry no meaning but their order and are no edits of the user.
 *
 * Returns: a rank; 0 with an error
 */
gint64
torg_store_rank_between (TorgStore      *self,
                         const TorgType *type,
                         const char     *stage,
                         const char     *after,
                         const char     *before,
                         GError        **error)
{
  for (int attempt = 0;; attempt++)
    {
      g_autoptr (TorgRecord) above = after != NULL ? torg_store_get (self, type->info->name, after, NULL) : NULL;
      g_autoptr (TorgRecord) below = before != NULL ? torg_store_get (self, type->info->name, before, NULL) : NULL;
      gint64 low, high;

      if (above == NULL && below == NULL)
        return torg_rank_find_top (self, type, stage);
      if (above == NULL)
        return torg_record_get_number (below, "rank") - TORG_RULE_RANK_GAP;
      low = torg_record_get_number (above, "rank");
      if (below == NULL)
        return low + TORG_RULE_RANK_GAP;
      high = torg_record_get_number (below, "rank");
      if (high - low >= 2 || attempt > 0)
        return low + (high - low) / 2;
      if (!torg_store_begin (self, error))
        return 0;
      if (!spread_ranks (self, type, stage, error))
        {
          torg_store_rollback (self);
          return 0;
        }
      if (!torg_store_commit (self, error))
        return 0;
    }
}
