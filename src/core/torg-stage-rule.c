/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "torg-core"

#include "config.h"

#include "torg-error.h"
#include "torg-stage-rule.h"

#include <glib/gi18n-lib.h>
#include <string.h>

/*
 * A stage's own rules: the fields that a card needs to come in, where it may go from there, who moves it in, and who
 * has to approve that. A new card comes into the first stage of its pipeline by itself; into another one it comes as
 * by a move. Whoever has no role is stopped by nothing here: until roles are in use everybody may do everything, and
 * then rights leave them nothing. What one has moved oneself one may take back, wherever it was.
 */

static gboolean
is_empty (TorgRecord *stage, const char *field)
{
  return torg_type_find_field (torg_record_get_kind (stage), field) == NULL ||
         torg_value_is_null (torg_record_get (stage, field));
}

static gboolean
contains (TorgRecord *stage, const char *field, const char *item)
{
  g_auto (GStrv) items = torg_value_dup_items (torg_record_get (stage, field));

  return item != NULL && g_strv_contains ((const char *const *) items, item);
}

static TorgRecord *
get_previous (const TorgRuleSource *source, TorgRecord *before)
{
  const char *id = before != NULL ? torg_record_get_text (before, "stage") : NULL;

  return id != NULL ? source->get (source->data, "stage", id, NULL) : NULL;
}

/* Whether whoever makes the edit holds one of the roles, or none that could say so. */
static gboolean
has_role (const TorgRuleSource *source, TorgRecord *stage, const char *field)
{
  g_autoptr (TorgRecord) user = NULL;
  const char *role;

  if (source->user == NULL || is_empty (stage, field))
    return TRUE;
  user = source->get (source->data, "user", source->user, NULL);
  role = user != NULL ? torg_record_get_text (user, "role") : NULL;
  return role == NULL || contains (stage, field, role);
}

/**
 * torg_stage_rule_approves:
 * @source: the company's records
 * @stage: a stage
 *
 * Tells whether whoever makes the edit may approve that cards come to a stage.
 *
 * Returns: whether they may; with a stage that takes no approval, anybody
 */
gboolean
torg_stage_rule_approves (const TorgRuleSource *source, TorgRecord *stage)
{
  return has_role (source, stage, "approvers");
}

/* A way within the pipeline: into another one it goes like a new card. */
static gboolean
leads_to (TorgRecord *previous, TorgRecord *stage)
{
  if (previous == NULL || torg_record_get_deleted (previous) != 0 || is_empty (previous, "next") ||
      g_strcmp0 (torg_record_get_text (previous, "pipeline"), torg_record_get_text (stage, "pipeline")) != 0)
    return TRUE;
  return contains (previous, "next", torg_record_get_id (stage));
}

/* What may not be seen here is not asked for here. */
static void
find_missing (const TorgRuleSource *source, TorgRecord *after, TorgRecord *stage, GPtrArray *missing)
{
  const TorgType *type = torg_record_get_kind (after);
  g_auto (GStrv) required = torg_value_dup_items (torg_record_get (stage, "required"));

  for (guint i = 0; required[i] != NULL; i++)
    {
      const TorgField *field = torg_type_find_field (type, required[i]);

      if (field != NULL && torg_value_is_null (torg_record_nth (after, field->index)) &&
          (source->is_hidden == NULL || !source->is_hidden (source->data, type->info->name, field->name)))
        g_ptr_array_add (missing, (gpointer) field);
    }
}

static gboolean
is_approved (const TorgRuleSource *source, TorgRecord *card, TorgRecord *stage, gboolean *approved, GError **error)
{
  g_autoptr (GPtrArray) list = NULL;

  *approved = torg_stage_rule_approves (source, stage);
  if (*approved || source->list_approvals == NULL)
    return TRUE;
  list = source->list_approvals (source->data, torg_record_get_kind (card), torg_record_get_id (card),
                                 torg_record_get_id (stage), error);
  for (guint i = 0; list != NULL && i < list->len; i++)
    *approved |= torg_record_get_deleted (list->pdata[i]) == 0 &&
                 g_strcmp0 (torg_record_get_text (list->pdata[i], "decision"), "approved") == 0;
  return list != NULL;
}

/* Back where whoever makes the edit has taken it from. */
static gboolean
takes_back (const TorgRuleSource *source, TorgRecord *before, TorgRecord *stage, gboolean *back, GError **error)
{
  const char      *at = before != NULL ? torg_record_get_text (before, "stage") : NULL;
  g_autofree char *from = NULL, *author = NULL;

  *back = FALSE;
  if (at == NULL || source->find_move == NULL)
    return TRUE;
  if (!source->find_move (source->data, torg_record_get_id (before), at, &from, &author, error))
    return FALSE;
  *back = g_strcmp0 (from, torg_record_get_id (stage)) == 0 && g_strcmp0 (author, source->user) == 0;
  return TRUE;
}

static gboolean
is_first (const TorgRuleSource *source, TorgRecord *stage)
{
  g_autofree char *first = source->find_stage (source->data, torg_record_get_text (stage, "pipeline"));

  return g_strcmp0 (first, torg_record_get_id (stage)) == 0;
}

static gboolean
has_rules (TorgRecord *previous, TorgRecord *stage)
{
  return !is_empty (stage, "required") || !is_empty (stage, "movers") || !is_empty (stage, "approvers") ||
         (previous != NULL && !is_empty (previous, "next"));
}

/**
 * torg_stage_rule_find:
 * @source: the company's records
 * @before: (nullable): a card as it is; %NULL for a new one
 * @after: the same as it is to be
 * @stage: the stage that it comes to, there already or not
 * @bar: (out): what stands against it
 * @missing: (element-type TorgField): takes the fields that have to be filled in first
 * @error: place for what a look at the records failed with
 *
 * Finds what stands against a move by the stage's own rules. An approver comes in without being a mover too.
 *
 * Returns: whether the records could be looked at
 */
gboolean
torg_stage_rule_find (const TorgRuleSource *source,
                      TorgRecord           *before,
                      TorgRecord           *after,
                      TorgRecord           *stage,
                      TorgStageBar         *bar,
                      GPtrArray            *missing,
                      GError              **error)
{
  g_autoptr (TorgRecord) previous = get_previous (source, before);
  gboolean approved = TRUE, back;

  *bar = TORG_STAGE_BAR_NONE;
  if ((previous != NULL && g_str_equal (torg_record_get_id (previous), torg_record_get_id (stage))) ||
      !has_rules (previous, stage) || torg_stage_rule_succeeds (source, before, stage) ||
      (before == NULL && is_first (source, stage)))
    return TRUE;
  find_missing (source, after, stage, missing);
  if (!leads_to (previous, stage))
    *bar = TORG_STAGE_BAR_NEXT;
  else if (!has_role (source, stage, "movers") &&
           (is_empty (stage, "approvers") || !torg_stage_rule_approves (source, stage)))
    *bar = TORG_STAGE_BAR_MOVERS;
  else if (missing->len > 0)
    *bar = TORG_STAGE_BAR_REQUIRED;
  else if (!is_approved (source, after, stage, &approved, error))
    return FALSE;
  else if (!approved)
    *bar = TORG_STAGE_BAR_APPROVAL;
  if (*bar == TORG_STAGE_BAR_NONE)
    return TRUE;
  if (!takes_back (source, before, stage, &back, error))
    return FALSE;
  if (back)
    {
      *bar = TORG_STAGE_BAR_NONE;
      g_ptr_array_set_size (missing, 0);
    }
  return TRUE;
}

/* “Director, Head of sales” */
static char *
say_all (const TorgRuleSource *source, TorgRecord *stage, const char *field, const char *type)
{
  g_auto (GStrv) ids = torg_value_dup_items (torg_record_get (stage, field));
  g_autoptr (GString) text = g_string_new (NULL);

  for (guint i = 0; ids[i] != NULL; i++)
    {
      g_autoptr (TorgRecord) record = source->get (source->data, type, ids[i], NULL);
      g_autofree char *title = record != NULL ? torg_record_dup_title (record) : NULL;

      g_string_append_printf (text, "%s%s", text->len > 0 ? ", " : "", title != NULL ? title : "?");
    }
  return g_string_free_and_steal (g_steal_pointer (&text));
}

static char *
say_missing (GPtrArray *missing)
{
  g_autoptr (GString) text = g_string_new (NULL);

  for (guint i = 0; i < missing->len; i++)
    g_string_append_printf (text, "%s%s", i > 0 ? ", " : "", torg_field_get_label (missing->pdata[i]));
  return g_string_free_and_steal (g_steal_pointer (&text));
}

/**
 * torg_stage_rule_say:
 * @source: the company's records
 * @before: (nullable): a card as it is
 * @stage: the stage that it was to come to
 * @bar: what stands against it
 * @missing: (element-type TorgField): what [func@stage_rule_find] found
 *
 * Says what stands against a move, and what to do.
 *
 * Returns: (transfer full) (nullable): a sentence; %NULL where nothing does
 */
char *
torg_stage_rule_say (const TorgRuleSource *source,
                     TorgRecord           *before,
                     TorgRecord           *stage,
                     TorgStageBar          bar,
                     GPtrArray            *missing)
{
  g_autoptr (TorgRecord) previous = get_previous (source, before);
  const char      *name = torg_record_get_text (stage, "name");
  g_autofree char *list = NULL;

  switch (bar)
    {
      case TORG_STAGE_BAR_NEXT:
        list = say_all (source, previous, "next", "stage");
        /* Translators: two stages, and a list of stages */
        return g_strdup_printf (_ ("From “%s” it does not go to “%s”, only to: %s."),
                                torg_record_get_text (previous, "name"), name, list);
      case TORG_STAGE_BAR_MOVERS:
        list = say_all (source, stage, "movers", "role");
        /* Translators: a stage, and a list of roles */
        return g_strdup_printf (_ ("To “%s” it is moved only by: %s."), name, list);
      case TORG_STAGE_BAR_REQUIRED:
        list = say_missing (missing);
        /* Translators: a stage, and a list of fields */
        return g_strdup_printf (_ ("Before it goes to “%s”, fill in: %s."), name, list);
      case TORG_STAGE_BAR_APPROVAL:
        list = say_all (source, stage, "approvers", "role");
        /* Translators: a stage, and a list of roles */
        return g_strdup_printf (_ ("“%s” takes an approval. Ask for it: %s."), name, list);
      case TORG_STAGE_BAR_NONE:
      default:
        return NULL;
    }
}

/**
 * torg_stage_rule_check:
 * @source: the company's records
 * @before: (nullable): a card as it is; %NULL for a new one
 * @after: the same as it is to be
 * @stage: the stage that it comes to
 * @error: place for a %TORG_ERROR_RULE, or what a look at the records failed with
 *
 * Tells whether the stage's own rules allow a move.
 *
 * Returns: whether they do
 */
gboolean
torg_stage_rule_check (const TorgRuleSource *source,
                       TorgRecord           *before,
                       TorgRecord           *after,
                       TorgRecord           *stage,
                       GError              **error)
{
  g_autoptr (GPtrArray) missing = g_ptr_array_new ();
  g_autofree char *sentence = NULL;
  TorgStageBar     bar;

  if (!torg_stage_rule_find (source, before, after, stage, &bar, missing, error))
    return FALSE;
  if (bar == TORG_STAGE_BAR_NONE)
    return TRUE;
  sentence = torg_stage_rule_say (source, before, stage, bar, missing);
  g_set_error_literal (error, TORG_ERROR, TORG_ERROR_RULE, sentence);
  return FALSE;
}

/**
 * torg_stage_rule_succeeds:
 * @source: the company's records
 * @before: (nullable): a card as it is
 * @stage: the stage that it is to come to
 *
 * Tells whether a stage takes the cards of the one where a card stands, as that is being removed.
 *
 * Returns: whether it does
 */
gboolean
torg_stage_rule_succeeds (const TorgRuleSource *source, TorgRecord *before, TorgRecord *stage)
{
  g_autoptr (TorgRecord) previous = get_previous (source, before);

  return previous != NULL && !is_empty (previous, "successor") &&
         g_strcmp0 (torg_record_get_text (previous, "successor"), torg_record_get_id (stage)) == 0;
}

/* --- what a server answers ---------------------------------------------------------------------------------------- */

/* By the bars; what older programs do not know they take for a rule of the company. */
static const char *const details[] = { NULL, "stage-next", "stage-movers", "stage-required:", "stage-approval" };

/**
 * torg_stage_rule_dup_detail:
 * @source: the company's records
 * @before: (nullable): a card as it is; %NULL for a new one
 * @after: the same as a refused mutation makes it
 *
 * Tells in a word what stands against a move: the `detail` of [struct@WireResult].
 *
 * Returns: (transfer full) (nullable): the word; %NULL where the stage's own rules allow it
 */
char *
torg_stage_rule_dup_detail (const TorgRuleSource *source, TorgRecord *before, TorgRecord *after)
{
  const char *id = torg_record_get_text (after, "stage");
  g_autoptr (TorgRecord) stage = id != NULL ? source->get (source->data, "stage", id, NULL) : NULL;
  g_autoptr (GPtrArray) missing = g_ptr_array_new ();
  g_autoptr (GString) text = NULL;
  TorgStageBar bar;

  if (stage == NULL || torg_record_get_deleted (stage) != 0 ||
      !torg_stage_rule_find (source, before, after, stage, &bar, missing, NULL) || bar == TORG_STAGE_BAR_NONE)
    return NULL;
  text = g_string_new (details[bar]);
  for (guint i = 0; bar == TORG_STAGE_BAR_REQUIRED && i < missing->len; i++)
    g_string_append_printf (text, "%s%s", i > 0 ? "," : "", ((const TorgField *) missing->pdata[i])->name);
  return g_string_free_and_steal (g_steal_pointer (&text));
}

/**
 * torg_stage_rule_read_detail:
 * @detail: (nullable): the `detail` of a result
 * @fields: (out) (transfer full) (nullable): the names of the fields that are missing
 *
 * Reads what [func@stage_rule_dup_detail] has written.
 *
 * Returns: what stands against the move; %TORG_STAGE_BAR_NONE for any other word
 */
TorgStageBar
torg_stage_rule_read_detail (const char *detail, char ***fields)
{
  *fields = NULL;
  for (guint i = 1; detail != NULL && i < G_N_ELEMENTS (details); i++)
    if (i == TORG_STAGE_BAR_REQUIRED ? g_str_has_prefix (detail, details[i]) : g_str_equal (detail, details[i]))
      {
        if (i == TORG_STAGE_BAR_REQUIRED)
          *fields = g_strsplit (detail + strlen (details[i]), ",", -1);
        return (TorgStageBar) i;
      }
  return TORG_STAGE_BAR_NONE;
}
