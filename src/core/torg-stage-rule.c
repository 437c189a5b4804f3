/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "torg-core"

#include "config.h"

#include "torg-stage-rule.h"
#include "torg-error.h"

#include <glib/gi18n-lib.h>

static gboolean
is_missing (TorgRecord *record, const char *field)
{
  return torg_type_find_field (torg_record_get_kind (record), field) != NULL &&
         torg_value_is_null (torg_record_get (record, field));
}

/**
 * torg_stage_is_closed:
 *
 * Tells whether work on what is in a stage has ended, well or badly.
 *
 * Returns: whether it has
 */
gboolean
torg_stage_is_closed (TorgRecord *stage)
{
  return g_strcmp0 (torg_record_get_text (stage, "kind"), "open") != 0;
}

/**
 * torg_stage_rule_check:
 * @record: a deal or a lead as it would be after the move
 * @stage: the stage that it moves to
 * @reason: (nullable): the dictionary entry that its `lost_reason` refers to
 * @error: place for a %TORG_ERROR_RULE
 *
 * Tells whether a record may be in a stage: what is lost has a reason (in words where the reason is “other”), what
 * is won has an amount and a date.
 *
 * Returns: whether it may
 */
gboolean
torg_stage_rule_check (TorgRecord *record, TorgRecord *stage, TorgRecord *reason, GError **error)
{
  const char *kind = torg_record_get_text (stage, "kind");

  if (g_strcmp0 (kind, "lost") == 0)
    {
      if (is_missing (record, "lost_reason"))
        {
          g_set_error_literal (error, TORG_ERROR, TORG_ERROR_RULE, _ ("Say why the deal was lost."));
          return FALSE;
        }
      if (reason != NULL && g_strcmp0 (torg_record_get_text (reason, "code"), "other") == 0 &&
          is_missing (record, "lost_comment"))
        {
          g_set_error_literal (error, TORG_ERROR, TORG_ERROR_RULE, _ ("Say in words why the deal was lost."));
          return FALSE;
        }
    }
  else if (g_strcmp0 (kind, "won") == 0)
    {
      if (is_missing (record, "amount"))
        {
          g_set_error_literal (error, TORG_ERROR, TORG_ERROR_RULE, _ ("Fill in the amount of the deal that was won."));
          return FALSE;
        }
      if (is_missing (record, "closed"))
        {
          g_set_error_literal (error, TORG_ERROR, TORG_ERROR_RULE, _ ("Fill in the date when the deal was won."));
          return FALSE;
        }
    }
  return TRUE;
}
