/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "torg-ui"

#include "torg-stage-gate.h"
#include "torg-stage-rule.h"

/* The rules of stages over what the window knows by heart, for what is shown before an edit is made. */

static TorgRecord *
get (gpointer data, const char *type, const char *id, GError **error)
{
  TorgRecord *record = torg_lookup_get (torg_session_get_lookup (data), id);

  if (record == NULL)
    g_set_error (error, TORG_ERROR, TORG_ERROR_NOT_FOUND, "There is no %s with the id %s.", type, id);
  return record != NULL ? torg_record_ref (record) : NULL;
}

static char *
find_stage (gpointer data, const char *pipeline)
{
  g_autoptr (GPtrArray) stages = torg_lookup_list_stages (torg_session_get_lookup (data), pipeline);

  for (guint i = 0; i < stages->len; i++)
    if (g_strcmp0 (torg_record_get_text (stages->pdata[i], "kind"), "open") == 0)
      return g_strdup (torg_record_get_id (stages->pdata[i]));
  return NULL;
}

static TorgRuleSource
make_source (TorgSession *session)
{
  return (TorgRuleSource) {
    .data = session,
    .get = get,
    .find_stage = find_stage,
    .user = torg_session_get_user (session),
  };
}

/**
 * torg_stage_gate_say:
 * @session: the session
 * @card: a deal or a lead
 * @stage: the id of a stage
 *
 * Says why a card may not go to a stage at all: not from where it stands, or not by whoever works here. What it lacks
 * can be filled in on the way, and an approval asked for.
 *
 * Returns: (transfer full) (nullable): a sentence; %NULL where it may
 */
char *
torg_stage_gate_say (TorgSession *session, TorgRecord *card, const char *stage)
{
  TorgRuleSource source = make_source (session);
  TorgRecord    *to = torg_lookup_get (torg_session_get_lookup (session), stage);
  g_autoptr (GPtrArray) missing = g_ptr_array_new ();
  TorgStageBar bar;

  if (to == NULL || !torg_stage_rule_find (&source, card, card, to, &bar, missing, NULL) ||
      (bar != TORG_STAGE_BAR_NEXT && bar != TORG_STAGE_BAR_MOVERS))
    return NULL;
  return torg_stage_rule_say (&source, card, to, bar, missing);
}

/**
 * torg_stage_gate_approves:
 * @session: the session
 * @stage: the id of a stage
 *
 * Tells whether whoever works here decides what comes to a stage.
 *
 * Returns: whether they do
 */
gboolean
torg_stage_gate_approves (TorgSession *session, const char *stage)
{
  TorgRuleSource source = make_source (session);
  TorgRecord    *record = torg_lookup_get (torg_session_get_lookup (session), stage);

  return record != NULL && torg_stage_rule_approves (&source, record);
}
