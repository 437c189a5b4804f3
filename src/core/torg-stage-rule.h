/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "torg-rule.h"

G_BEGIN_DECLS

/**
 * TorgStageBar:
 * @TORG_STAGE_BAR_NONE: nothing stands against it
 * @TORG_STAGE_BAR_NEXT: the stage where the card stands does not lead there
 * @TORG_STAGE_BAR_MOVERS: it takes another role to move a card there
 * @TORG_STAGE_BAR_REQUIRED: the card lacks what the stage asks for
 * @TORG_STAGE_BAR_APPROVAL: nobody has approved it
 *
 * What stands against a move to a stage by the stage's own rules; of several the first of these.
 */
typedef enum {
  TORG_STAGE_BAR_NONE,
  TORG_STAGE_BAR_NEXT,
  TORG_STAGE_BAR_MOVERS,
  TORG_STAGE_BAR_REQUIRED,
  TORG_STAGE_BAR_APPROVAL,
} TorgStageBar;

gboolean     torg_stage_rule_find        (const TorgRuleSource *source,
                                          TorgRecord           *before,
                                          TorgRecord           *after,
                                          TorgRecord           *stage,
                                          TorgStageBar         *bar,
                                          GPtrArray            *missing,
                                          GError              **error);
char        *torg_stage_rule_say         (const TorgRuleSource *source,
                                          TorgRecord           *before,
                                          TorgRecord           *stage,
                                          TorgStageBar          bar,
                                          GPtrArray            *missing);
gboolean     torg_stage_rule_check       (const TorgRuleSource *source,
                                          TorgRecord           *before,
                                          TorgRecord           *after,
                                          TorgRecord           *stage,
                                          GError              **error);
gboolean     torg_stage_rule_succeeds    (const TorgRuleSource *source,
                                          TorgRecord           *before,
                                          TorgRecord           *stage);
gboolean     torg_stage_rule_approves    (const TorgRuleSource *source,
                                          TorgRecord           *stage);
char        *torg_stage_rule_dup_detail  (const TorgRuleSource *source,
                                          TorgRecord           *before,
                                          TorgRecord           *after);
TorgStageBar torg_stage_rule_read_detail (const char           *detail,
                                          char               ***fields);

G_END_DECLS
