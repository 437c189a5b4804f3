/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "torg-replica"

#include "config.h"

#include "torg-stage-rule.h"
#include "torg-store-private.h"

#include <glib/gi18n-lib.h>

/* Deals and leads in their stages: what a move brings with it, and the order of the cards. */

/* New cards come on top; the gap leaves room for 20 halvings between two neighbours. */
#define RANK_GAP (G_GINT64_CONSTANT (1) << 20)

static TorgRecord *
find_stage (TorgStore *self, const char *id, GError **error)
{
  g_autoptr (TorgRecord) stage = torg_store_get (self, "stage", id, error);

  if (stage == NULL)
    return NULL;
  if (torg_record_get_deleted (stage) != 0)
    {
      g_set_error (error, TORG_ERROR, TORG_ERROR_RULE, _ ("The stage “%s” was removed. Choose another one."),
                   torg_record_get_text (stage, "name"));
      return NULL;
    }
  return g_steal_pointer (&stage);
}

static void
clear_field (TorgRecord *record, const char *field)
{
  if (torg_type_find_field (torg_record_get_kind (record), field) != NULL)
    torg_record_take (record, field, (TorgValue) TORG_VALUE_INIT);
}

static char *
find_first (TorgStore *self, const char *sql, const char *id)
{
  g_autoptr (TorgStatement) statement = torg_db_prepare (self->db, sql, NULL);
  gboolean row;

  if (statement == NULL)
    return NULL;
  torg_statement_bind_id (statement, 1, id);
  if (!torg_statement_step (statement, &row, NULL) || !row)
    return NULL;
  return torg_statement_dup_id (statement, 0);
}

static char *
find_first_stage (TorgStore *self, const char *pipeline)
{
  return find_first (self,
                     "SELECT id FROM stage WHERE deleted IS NULL AND kind = 'open' AND pipeline = ?1 "
                     "ORDER BY position, rid",
                     pipeline);
}

static gboolean
has_stages (const TorgType *type)
{
  const TorgField *field = torg_type_find_field (type, "stage");

  return field != NULL && g_strcmp0 (field->target, "stage") == 0;
}

/* Whether the company's rules let a record be where it is; what is imported is taken as it comes. */
static gboolean
check_stage (TorgStore *self, TorgRecord *record, TorgRecord *stage, const char *import, GError **error)
{
  g_autoptr (TorgRecord) reason = NULL;
  const char *id;

  if (import != NULL)
    return TRUE;
  id = torg_type_find_field (torg_record_get_kind (record), "lost_reason") != NULL
         ? torg_record_get_text (record, "lost_reason")
         : NULL;
  if (id != NULL)
    reason = torg_store_get (self, "dictionary", id, NULL);
  return torg_stage_rule_check (record, stage, reason, error);
}

/* The same for a record that is made in a stage. */
gboolean
torg_stage_check_new (TorgStore *self, TorgRecord *record, const char *import, GError **error)
{
  g_autoptr (TorgRecord) stage = NULL;

  if (!has_stages (torg_record_get_kind (record)) || torg_record_get_text (record, "stage") == NULL)
    return TRUE;
  stage = find_stage (self, torg_record_get_text (record, "stage"), error);
  return stage != NULL && check_stage (self, record, stage, import, error);
}

/* A record that goes to another pipeline goes to its first stage. */
static void
follow_pipeline (TorgStore *self, TorgRecord *before, TorgRecord *after)
{
  g_autofree char *first = NULL;

  if (torg_value_equal (torg_record_get (before, "pipeline"), torg_record_get (after, "pipeline")) ||
      !torg_value_equal (torg_record_get (before, "stage"), torg_record_get (after, "stage")))
    return;
  first = find_first_stage (self, torg_record_get_text (after, "pipeline"));
  if (first != NULL)
    torg_record_set_text (after, "stage", first);
}

/* What a move brings with it, and whether the company's rules allow it. */
gboolean
torg_stage_follow_move (TorgStore *self, TorgRecord *before, TorgRecord *after, const char *import, GError **error)
{
  g_autoptr (TorgRecord) stage = NULL;

  if (!has_stages (torg_record_get_kind (after)))
    return TRUE;
  follow_pipeline (self, before, after);
  if (torg_value_equal (torg_record_get (before, "stage"), torg_record_get (after, "stage")) ||
      torg_record_get_text (after, "stage") == NULL)
    return TRUE;
  stage = find_stage (self, torg_record_get_text (after, "stage"), error);
  if (stage == NULL)
    return FALSE;
  torg_record_set (after, "pipeline", torg_record_get (stage, "pipeline"));
  if (torg_type_find_field (torg_record_get_kind (after), "stage_since") != NULL)
    torg_record_take (after, "stage_since", torg_value_int (torg_env_get_now (self->env)));
  if (!torg_stage_is_closed (stage))
    clear_field (after, "closed");
  if (g_strcmp0 (torg_record_get_text (stage, "kind"), "lost") != 0)
    {
      clear_field (after, "lost_reason");
      clear_field (after, "lost_comment");
    }
  return check_stage (self, after, stage, import, error);
}

static gint64
find_top_rank (TorgStore *self, const TorgType *type, const char *stage)
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
  return torg_statement_get_int (statement, 0) - RANK_GAP;
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
        return find_top_rank (self, type, stage);
      if (above == NULL)
        return torg_record_get_number (below, "rank") - RANK_GAP;
      low = torg_record_get_number (above, "rank");
      if (below == NULL)
        return low + RANK_GAP;
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

/* Where a new record is when nothing is said: on top of the first stage of the first pipeline. */
void
torg_stage_place (TorgStore *self, TorgRecord *record)
{
  const TorgType  *type = torg_record_get_kind (record);
  gboolean         lead = g_str_equal (type->info->name, "lead");
  g_autofree char *pipeline = NULL;
  g_autofree char *stage = NULL;

  if (torg_record_get_text (record, "stage") != NULL)
    {
      g_autoptr (TorgRecord) known = torg_store_get (self, "stage", torg_record_get_text (record, "stage"), NULL);

      if (known != NULL)
        torg_record_set (record, "pipeline", torg_record_get (known, "pipeline"));
    }
  else
    {
      if (torg_record_get_text (record, "pipeline") == NULL)
        {
          pipeline = find_first (
            self,
            lead ? "SELECT id FROM pipeline WHERE deleted IS NULL AND kind = 'leads' ORDER BY position, rid"
                 : "SELECT id FROM pipeline WHERE deleted IS NULL AND kind = 'deals' ORDER BY position, rid",
            NULL);
          torg_record_set_text (record, "pipeline", pipeline);
        }
      stage = find_first_stage (self, torg_record_get_text (record, "pipeline"));
      torg_record_set_text (record, "stage", stage);
    }
  if (torg_type_find_field (type, "stage_since") != NULL &&
      torg_value_is_null (torg_record_get (record, "stage_since")))
    torg_record_take (record, "stage_since", torg_value_int (torg_env_get_now (self->env)));
  if (torg_value_is_null (torg_record_get (record, "rank")))
    torg_record_take (record, "rank",
                      torg_value_int (find_top_rank (self, type, torg_record_get_text (record, "stage"))));
}
