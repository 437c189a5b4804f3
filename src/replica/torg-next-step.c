/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "torg-replica"

#include "config.h"

#include "torg-store-private.h"

#include <glib/gi18n-lib.h>

/*
 * The next step of a deal is its earliest open activity with a time, or any open one; its last movement is the last
 * finished one. Both are columns of the deal, derived by triggers, so that a board of any size shows them at once.
 */

#define STEPS                                                                                                          \
  "SELECT due_utc, CASE WHEN length(due) = 10 THEN 10000 END, kind, ifnull(subject, '') FROM activity"                 \
  " WHERE activity.deal = deal.id AND done IS NULL AND deleted IS NULL AND kind <> 'note'"                             \
  " ORDER BY due_utc IS NULL, due_utc, rid LIMIT 1"

#define TOUCHED "SELECT max(done) FROM activity WHERE activity.deal = deal.id AND done IS NOT NULL AND deleted IS NULL"

#define UPDATE_DEALS                                                                                                   \
  "UPDATE deal SET (next_at, next_all_day, next_kind, next_subject) = (" STEPS "), touched = (" TOUCHED ")"

#define TRIGGER(name, event, which)                                                                                    \
  "CREATE TRIGGER IF NOT EXISTS activity_next_" name " AFTER " event " ON activity BEGIN " UPDATE_DEALS                \
  " WHERE id IN (" which "); END;"

gboolean
torg_next_step_migrate (TorgDb *db, GError **error)
{
  return torg_db_exec (db,
                       TRIGGER ("insert", "INSERT", "NEW.deal")
                         TRIGGER ("update", "UPDATE OF deal, due, done, deleted, kind, subject", "OLD.deal, NEW.deal")
                           TRIGGER ("delete", "DELETE", "OLD.deal"),
                       error);
}

gboolean
torg_next_step_drop (TorgDb *db, GError **error)
{
  return torg_db_exec (db,
                       "DROP TRIGGER IF EXISTS activity_next_insert; DROP TRIGGER IF EXISTS activity_next_update; "
                       "DROP TRIGGER IF EXISTS activity_next_delete",
                       error);
}

gboolean
torg_next_step_rebuild (TorgDb *db, GError **error)
{
  return torg_db_exec (db, UPDATE_DEALS " WHERE id IN (SELECT deal FROM activity WHERE deal IS NOT NULL)", error);
}

/* Of a deal that comes after its activities. */
gboolean
torg_next_step_set (TorgStore *self, const char *deal, GError **error)
{
  return torg_store_run_for_id (self, UPDATE_DEALS " WHERE id = ?1", deal, error);
}

/* --- what a contact asks for -------------------------------------------------------------------------------------- */

/* What an activity is about, of what is worked in stages. */
static const char *const subjects[] = { "deal", "lead" };

static gboolean
read_rule (TorgStore *self, TorgRecord *activity, TorgNextRule *rule, GError **error)
{
  *rule = TORG_NEXT_OFF;
  for (guint i = 0; i < G_N_ELEMENTS (subjects); i++)
    {
      const char *id = torg_record_get_text (activity, subjects[i]);
      g_autoptr (TorgRecord) about = NULL;
      g_autoptr (TorgRecord) pipeline = NULL;
      g_autoptr (TorgRecord) stage = NULL;
      g_autoptr (GError) local = NULL;

      if (id == NULL)
        continue;
      about = torg_store_get (self, subjects[i], id, &local);
      if (about != NULL && torg_record_get_deleted (about) == 0)
        {
          const char *pipeline_id = torg_record_get_text (about, "pipeline");
          const char *stage_id = torg_record_get_text (about, "stage");

          pipeline = pipeline_id != NULL ? torg_store_get (self, "pipeline", pipeline_id, &local) : NULL;
          stage = stage_id != NULL && local == NULL ? torg_store_get (self, "stage", stage_id, &local) : NULL;
        }
      /* What is out of view asks for nothing. */
      if (local != NULL && !g_error_matches (local, TORG_ERROR, TORG_ERROR_NOT_FOUND))
        {
          g_propagate_error (error, g_steal_pointer (&local));
          return FALSE;
        }
      *rule = torg_next_rule_get (pipeline, stage);
      return TRUE;
    }
  return TRUE;
}

static gboolean
has_other_step (TorgStore *self, TorgRecord *activity, gboolean *has, GError **error)
{
  const TorgValue none = TORG_VALUE_INIT;

  *has = FALSE;
  for (guint i = 0; i < G_N_ELEMENTS (subjects); i++)
    {
      const char *id = torg_record_get_text (activity, subjects[i]);
      g_autoptr (TorgQuery) query = NULL;
      g_autoptr (GPtrArray) steps = NULL;

      if (id == NULL)
        continue;
      query = torg_query_new ("activity");
      torg_query_add_text (query, subjects[i], TORG_MATCH_IS, id);
      torg_query_add (query, "done", TORG_MATCH_IS, &none);
      torg_query_add (query, "due", TORG_MATCH_IS_NOT, &none);
      steps = torg_store_list (self, query, 2, NULL, error);
      for (guint j = 0; steps != NULL && j < steps->len; j++)
        *has |= !g_str_equal (torg_record_get_id (steps->pdata[j]), torg_record_get_id (activity));
      return steps != NULL;
    }
  return TRUE;
}

/**
 * torg_store_ask_next:
 * @activity: an activity, as it is to be
 * @rule: (out): what is asked for when it is finished; where another step is planned, no more than `may`
 * @planned: (out) (optional): whether another step is planned
 * @error: place for an error
 *
 * Tells what has to be planned when a contact is finished.
 *
 * Returns: whether that worked
 */
gboolean
torg_store_ask_next (TorgStore *self, TorgRecord *activity, TorgNextRule *rule, gboolean *planned, GError **error)
{
  gboolean has = FALSE;

  if (!read_rule (self, activity, rule, error) ||
      (*rule != TORG_NEXT_OFF && !has_other_step (self, activity, &has, error)))
    return FALSE;
  if (has)
    *rule = TORG_NEXT_MAY;
  if (planned != NULL)
    *planned = has;
  return TRUE;
}

gboolean
torg_next_step_check (TorgStore *self, TorgRecord *before, TorgRecord *after, GError **error)
{
  TorgNextRule rule;

  if (!g_str_equal (torg_record_get_kind (after)->info->name, "activity") || !torg_next_rule_finishes (before, after))
    return TRUE;
  if (!torg_store_ask_next (self, after, &rule, NULL, error))
    return FALSE;
  if (rule != TORG_NEXT_MUST)
    return TRUE;
  g_set_error_literal (error, TORG_ERROR, TORG_ERROR_RULE,
                       _ ("Plan the next step first: in this pipeline no contact is finished without one."));
  return FALSE;
}
