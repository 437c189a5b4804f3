/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "torg-core"

#include "config.h"

#include "torg-env.h"
#include "torg-error.h"
#include "torg-money.h"
#include "torg-rule.h"
#include "torg-stage-rule.h"

#include <glib/gi18n-lib.h>

/*
 * What the company's rules make of an edit, wherever it is made: what a new record has without being told, what a move
 * to another stage brings with it, and what a stage asks for.
 */

static gboolean
has_field (TorgRecord *record, const char *field)
{
  return torg_type_find_field (torg_record_get_kind (record), field) != NULL;
}

static gboolean
is_missing (TorgRecord *record, const char *field)
{
  return has_field (record, field) && torg_value_is_null (torg_record_get (record, field));
}

static gboolean
is_changed (TorgRecord *before, TorgRecord *after, const char *field)
{
  return before == NULL || !torg_value_equal (torg_record_get (before, field), torg_record_get (after, field));
}

static gboolean
has_stages (TorgRecord *record)
{
  const TorgField *field = torg_type_find_field (torg_record_get_kind (record), "stage");

  return field != NULL && g_strcmp0 (field->target, "stage") == 0 && has_field (record, "pipeline");
}

static gboolean
is_lead (TorgRecord *record)
{
  return g_str_equal (torg_record_get_kind (record)->info->name, "lead");
}

static gboolean
refuse (GError **error, const char *sentence)
{
  g_set_error_literal (error, TORG_ERROR, TORG_ERROR_RULE, sentence);
  return FALSE;
}

/* --- a new record ------------------------------------------------------------------------------------------------- */

static void
set_if_null (TorgRecord *record, const char *field, TorgValue value)
{
  if (is_missing (record, field))
    torg_record_take (record, field, value);
  else
    torg_value_clear (&value);
}

static void
place_on_board (const TorgRuleSource *source, TorgRecord *record, gint64 now)
{
  if (torg_record_get_text (record, "stage") != NULL)
    {
      g_autoptr (TorgRecord) stage = source->get (source->data, "stage", torg_record_get_text (record, "stage"), NULL);

      if (stage != NULL)
        torg_record_set (record, "pipeline", torg_record_get (stage, "pipeline"));
    }
  else
    {
      g_autofree char *stage = NULL;

      if (torg_record_get_text (record, "pipeline") == NULL)
        {
          g_autofree char *pipeline = source->find_pipeline (source->data, is_lead (record) ? "leads" : "deals");

          torg_record_set_text (record, "pipeline", pipeline);
        }
      stage = source->find_stage (source->data, torg_record_get_text (record, "pipeline"));
      torg_record_set_text (record, "stage", stage);
    }
  set_if_null (record, "stage_since", torg_value_int (now));
  if (is_missing (record, "rank"))
    torg_record_take (record, "rank",
                      torg_value_int (source->find_top (source->data, torg_record_get_kind (record),
                                                        torg_record_get_text (record, "stage"))));
}

/* What is done for a deal is done for its client too, and stands on the client's card. */
static void
follow_deal (const TorgRuleSource *source, TorgRecord *activity)
{
  static const char *const clients[] = { "company", "person" };
  const char              *id = torg_record_get_text (activity, "deal");
  g_autoptr (TorgRecord) deal = id != NULL ? source->get (source->data, "deal", id, NULL) : NULL;

  for (guint i = 0; deal != NULL && i < G_N_ELEMENTS (clients); i++)
    set_if_null (activity, clients[i], torg_value_copy (torg_record_get (deal, clients[i])));
}

/**
 * torg_rule_set_time:
 * @activity: an activity
 *
 * Gives an activity its place in time: when it was done, else when it is due, else when it was made. A note that says
 * no time was made and done at once: nobody waits for it.
 */
void
torg_rule_set_time (TorgRecord *activity)
{
  gint64 at = torg_record_get_number (activity, "done");

  if (at == 0 && torg_record_get_number (activity, "due") == 0 &&
      g_strcmp0 (torg_record_get_text (activity, "kind"), "note") == 0)
    {
      at = torg_id_get_time (torg_record_get_id (activity));
      torg_record_take (activity, "done", torg_value_int (at));
    }
  if (at == 0)
    at = torg_record_get_number (activity, "due");
  if (at == 0)
    at = torg_id_get_time (torg_record_get_id (activity));
  torg_record_take (activity, "at", torg_value_int (at));
}

/**
 * torg_rule_fill:
 * @source: the company's records
 * @record: a new record
 * @user: (nullable): who makes it
 * @now: microseconds UTC
 *
 * Fills in what a new record has without being told: a place on its board, whose it is, since when. What has a position
 * among its kind comes last: its position is the time, in seconds.
 */
void
torg_rule_fill (const TorgRuleSource *source, TorgRecord *record, const char *user, gint64 now)
{
  const char *type = torg_record_get_kind (record)->info->name;

  if (has_stages (record))
    place_on_board (source, record, now);
  if (g_str_equal (type, "activity"))
    {
      follow_deal (source, record);
      torg_rule_set_time (record);
    }
  if (g_str_equal (type, "approval"))
    {
      set_if_null (record, "asked_by", torg_value_text (user));
      set_if_null (record, "asked_at", torg_value_int (now));
    }
  set_if_null (record, "created", torg_value_int (now));
  set_if_null (record, "position", torg_value_int (now / G_USEC_PER_SEC * TORG_NUMBER_SCALE));
  set_if_null (record, "owner", torg_value_text (user));
}

/* --- stages ------------------------------------------------------------------------------------------------------- */

static gboolean
fits_stage (const TorgRuleSource *source, TorgRecord *record, TorgRecord *stage, GError **error)
{
  const char *kind = torg_record_get_text (stage, "kind");
  const char *id = has_field (record, "lost_reason") ? torg_record_get_text (record, "lost_reason") : NULL;
  g_autoptr (TorgRecord) reason = NULL;

  if (g_strcmp0 (kind, "won") == 0)
    {
      if (is_missing (record, "amount"))
        return refuse (error, _ ("Fill in the amount of the deal that was won."));
      if (is_missing (record, "closed"))
        return refuse (error, _ ("Fill in the date when the deal was won."));
    }
  if (g_strcmp0 (kind, "lost") != 0)
    return TRUE;
  /* Other programs disqualify leads without a reason, as they did before there were any. */
  if (is_missing (record, "lost_reason"))
    return is_lead (record) || refuse (error, _ ("Say why the deal was lost."));
  reason = id != NULL ? source->get (source->data, "dictionary", id, NULL) : NULL;
  if (reason != NULL && g_strcmp0 (torg_record_get_text (reason, "code"), "other") == 0 &&
      is_missing (record, "lost_comment"))
    return refuse (error, is_lead (record) ? _ ("Say in words why the lead was disqualified.")
                                           : _ ("Say in words why the deal was lost."));
  return TRUE;
}

static void
clear_field (TorgRecord *record, const char *field)
{
  if (has_field (record, field))
    torg_record_take (record, field, (TorgValue) TORG_VALUE_INIT);
}

/* A record that goes to another pipeline goes to its first stage. */
static void
follow_pipeline (const TorgRuleSource *source, TorgRecord *before, TorgRecord *after)
{
  g_autofree char *first = NULL;

  if (!is_changed (before, after, "pipeline") || is_changed (before, after, "stage"))
    return;
  first = source->find_stage (source->data, torg_record_get_text (after, "pipeline"));
  if (first != NULL)
    torg_record_set_text (after, "stage", first);
}

static void
follow_move (TorgRecord *after, TorgRecord *stage, gint64 now)
{
  const char *kind = torg_record_get_text (stage, "kind");

  torg_record_set (after, "pipeline", torg_record_get (stage, "pipeline"));
  if (has_field (after, "stage_since"))
    torg_record_take (after, "stage_since", torg_value_int (now));
  if (g_strcmp0 (kind, "open") == 0)
    clear_field (after, "closed");
  if (g_strcmp0 (kind, "lost") != 0)
    {
      clear_field (after, "lost_reason");
      clear_field (after, "lost_comment");
    }
}

/* Whose decision it is follows from who makes it. */
static void
follow_decision (const TorgRuleSource *source, TorgRecord *before, TorgRecord *after, gint64 now)
{
  gboolean decided = torg_record_get_text (after, "decision") != NULL;

  if (source->user == NULL || (before == NULL && !decided) || !is_changed (before, after, "decision"))
    return;
  torg_record_set_text (after, "decided_by", decided ? source->user : NULL);
  if (!decided || torg_value_is_null (torg_record_get (after, "decided_at")) ||
      !is_changed (before, after, "decided_at"))
    torg_record_take (after, "decided_at", decided ? torg_value_int (now) : (TorgValue) TORG_VALUE_INIT);
}

/**
 * torg_rule_follow:
 * @source: the company's records
 * @before: (nullable): a record as it is; %NULL for a new one, filled in already
 * @after: the same as it is to be; takes what follows
 * @now: microseconds UTC
 * @is_import: whether stages are taken as they come
 * @error: place for a %TORG_ERROR_RULE, or what a look at the records failed with
 *
 * Makes a record have what a move to another stage, or a first one, brings with it, and asks for what the stage asks
 * for: what is lost has a reason (in words where the reason is “other”), what is won has an amount and a date; and what
 * the stage's own rules say, see [func@stage_rule_check]. What a stage that is removed leaves goes to its successor.
 *
 * Returns: whether the rules allow the move
 */
gboolean
torg_rule_follow (const TorgRuleSource *source,
                  TorgRecord           *before,
                  TorgRecord           *after,
                  gint64                now,
                  gboolean              is_import,
                  GError              **error)
{
  g_autoptr (TorgRecord) stage = NULL;

  if (g_str_equal (torg_record_get_kind (after)->info->name, "activity"))
    torg_rule_set_time (after);
  if (g_str_equal (torg_record_get_kind (after)->info->name, "approval"))
    follow_decision (source, before, after, now);
  if (!has_stages (after))
    return TRUE;
  if (before != NULL)
    follow_pipeline (source, before, after);
  if (!is_changed (before, after, "stage") || torg_record_get_text (after, "stage") == NULL)
    return TRUE;
  stage = source->get (source->data, "stage", torg_record_get_text (after, "stage"), error);
  if (stage == NULL)
    return FALSE;
  if (torg_record_get_deleted (stage) != 0)
    {
      g_set_error (error, TORG_ERROR, TORG_ERROR_RULE, _ ("The stage “%s” was removed. Choose another one."),
                   torg_record_get_text (stage, "name"));
      return FALSE;
    }
  if (before != NULL)
    follow_move (after, stage, now);
  return is_import || torg_stage_rule_succeeds (source, before, stage) ||
         (fits_stage (source, after, stage, error) && torg_stage_rule_check (source, before, after, stage, error));
}

/* --- what must hold ----------------------------------------------------------------------------------------------- */

static gboolean
check_pipeline (const TorgRuleSource *source, TorgRecord *before, TorgRecord *after, GError **error)
{
  const char *id = torg_record_get_text (after, "pipeline");
  g_autoptr (TorgRecord) pipeline = NULL;

  if (!is_changed (before, after, "pipeline") && !is_changed (before, after, "stage"))
    return TRUE;
  if (before != NULL && torg_record_get_text (before, "stage") != NULL &&
      (id == NULL || torg_record_get_text (after, "stage") == NULL))
    return refuse (error, _ ("It has to stay in a pipeline and a stage. Choose another one instead of none."));
  pipeline = id != NULL ? source->get (source->data, "pipeline", id, NULL) : NULL;
  if (pipeline == NULL || g_strcmp0 (torg_record_get_text (pipeline, "kind"), is_lead (after) ? "leads" : "deals") == 0)
    return TRUE;
  g_set_error (error, TORG_ERROR, TORG_ERROR_RULE,
               is_lead (after)
                 ? _ ("“%s” is a pipeline of deals; a lead cannot stand in it. Choose a pipeline of leads.")
                 : _ ("“%s” is a pipeline of leads; a deal cannot stand in it. Choose a pipeline of deals."),
               torg_record_get_text (pipeline, "name"));
  return FALSE;
}

/* What a stage asks for cannot be taken away while a deal stands there; one that never had it may be changed. */
static gboolean
check_closing (const TorgRuleSource *source, TorgRecord *before, TorgRecord *after, GError **error)
{
  const char *id = torg_record_get_text (after, "stage");
  g_autoptr (TorgRecord) stage = NULL;

  if (before == NULL || is_changed (before, after, "stage") ||
      !(is_changed (before, after, "amount") || is_changed (before, after, "closed") ||
        is_changed (before, after, "lost_reason") || is_changed (before, after, "lost_comment")))
    return TRUE;
  stage = id != NULL ? source->get (source->data, "stage", id, NULL) : NULL;
  return stage == NULL || !fits_stage (source, before, stage, NULL) || fits_stage (source, after, stage, error);
}

/**
 * torg_rule_check:
 * @source: the company's records
 * @before: (nullable): a record as it is; %NULL for a new one
 * @after: the same as it is to be
 * @error: place for a %TORG_ERROR
 *
 * Tells whether a record may be as it is to be: a deal or a lead in a pipeline of its kind, with what its stage asks
 * for, others by [func@rule_check_shape].
 *
 * Returns: whether it may; other records may
 */
gboolean
torg_rule_check (const TorgRuleSource *source, TorgRecord *before, TorgRecord *after, GError **error)
{
  if (!has_stages (after))
    return torg_rule_check_shape (source, before, after, error);
  if (!check_pipeline (source, before, after, error))
    return FALSE;
  return is_lead (after) || (check_closing (source, before, after, error) &&
                             (!is_changed (before, after, "amount") ||
                              torg_money_check (torg_record_get (after, "amount"), TORG_MONEY_MAX_SUMMED, error)));
}

/* --- what comes back ---------------------------------------------------------------------------------------------- */

/* What would be deleted with another record does not outlive it by coming back alone. */
static gboolean
check_upholders (const TorgRuleSource *source, TorgRecord *record, GError **error)
{
  const TorgType *type = torg_record_get_kind (record);

  for (guint i = 0; i < type->info->n_fields; i++)
    {
      const TorgField *field = &type->fields[i];
      const char      *id = torg_record_nth (record, i)->text;
      g_autofree char *target = field->kind == TORG_KIND_REF ? torg_field_dup_target_type (field) : NULL;
      g_autoptr (TorgRecord) upholder = NULL;
      g_autofree char *title = NULL;

      if (field->kind != TORG_KIND_REF || field->on_delete != TORG_ON_DELETE_CASCADE || id == NULL)
        continue;
      if (target == NULL && has_field (record, "record_type"))
        target = g_strdup (torg_record_get_text (record, "record_type"));
      /* Out of view it is there, as far as anybody knows. */
      upholder = target != NULL ? source->get (source->data, target, id, NULL) : NULL;
      if (upholder == NULL || torg_record_get_deleted (upholder) == 0)
        continue;
      title = torg_record_dup_title (upholder);
      g_set_error (error, TORG_ERROR, TORG_ERROR_RULE, _ ("It belongs to “%s”, which was deleted. Restore that first."),
                   title);
      return FALSE;
    }
  return TRUE;
}

/* As a new card is placed: the first open stage of the pipeline takes what stood in a stage that is no more. */
static gboolean
place_again (const TorgRuleSource *source, TorgRecord *record, gint64 now, GError **error)
{
  const char *id = has_stages (record) ? torg_record_get_text (record, "stage") : NULL;
  g_autoptr (TorgRecord) stage = id != NULL ? source->get (source->data, "stage", id, NULL) : NULL;
  g_autofree char *first = NULL;

  if (stage == NULL || torg_record_get_deleted (stage) == 0)
    return TRUE;
  first = source->find_stage (source->data, torg_record_get_text (record, "pipeline"));
  if (first == NULL)
    {
      g_set_error (error, TORG_ERROR, TORG_ERROR_RULE, _ ("The stage “%s” was removed. Restore that first."),
                   torg_record_get_text (stage, "name"));
      return FALSE;
    }
  torg_record_set_text (record, "stage", first);
  if (has_field (record, "stage_since"))
    torg_record_take (record, "stage_since", torg_value_int (now));
  return TRUE;
}

/**
 * torg_rule_restore:
 * @source: the company's records
 * @record: a deleted record; where the stage that it stood in was removed, it gets the first open one of its pipeline
 * @now: microseconds, UTC
 * @error: place for a %TORG_ERROR
 *
 * Tells whether a deleted record may come back: what it hangs on is there, and what must hold of a new one holds of it.
 * What a stage asks for is not asked for again: the record came into it before and comes back as it was, as undoing a
 * deletion has to bring it; whatever stands there from an import never had it.
 *
 * Returns: whether it may
 */
gboolean
torg_rule_restore (const TorgRuleSource *source, TorgRecord *record, gint64 now, GError **error)
{
  /* What was decided comes back with it, whoever brings it back. */
  TorgRecord *before = g_str_equal (torg_record_get_kind (record)->info->name, "approval") ? record : NULL;

  return place_again (source, record, now, error) && check_upholders (source, record, error) &&
         torg_rule_check (source, before, record, error);
}
