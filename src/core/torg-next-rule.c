/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "torg-core"

#include "config.h"

#include "torg-next-rule.h"

/*
 * No finished contact without a planned next step. It is asked for where the work is done: that a contact took place is
 * a fact, and a server that hears of it later takes it as it is.
 */

/**
 * torg_next_rule_get:
 * @pipeline: (nullable): the pipeline that a deal or a lead stands in
 * @stage: (nullable): its stage
 *
 * Tells what is asked for after a contact. What is won, lost or out of view is asked for nothing.
 *
 * Returns: what is asked for
 */
TorgNextRule
torg_next_rule_get (TorgRecord *pipeline, TorgRecord *stage)
{
  const char *rule = pipeline != NULL ? torg_record_get_text (pipeline, "next_step") : NULL;

  if (pipeline == NULL || stage == NULL || g_strcmp0 (torg_record_get_text (stage, "kind"), "open") != 0 ||
      g_strcmp0 (rule, "off") == 0)
    return TORG_NEXT_OFF;
  return g_strcmp0 (rule, "must") == 0 ? TORG_NEXT_MUST : TORG_NEXT_MAY;
}

/**
 * torg_next_rule_finishes:
 * @before: (nullable): an activity as it is; %NULL for a new one
 * @after: the same as it is to be
 *
 * Tells whether something that was to be done, or somebody was in contact with, is finished by an edit. A note is
 * neither.
 *
 * Returns: whether it is
 */
gboolean
torg_next_rule_finishes (TorgRecord *before, TorgRecord *after)
{
  const char *kind = torg_record_get_text (after, "kind");

  return g_strcmp0 (kind, "note") != 0 && !torg_value_is_null (torg_record_get (after, "done")) &&
         (before == NULL ? g_strcmp0 (kind, "task") != 0 : torg_value_is_null (torg_record_get (before, "done")));
}
