/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "torg-record.h"

G_BEGIN_DECLS

/**
 * TorgNextRule:
 * @TORG_NEXT_OFF: nothing is asked for
 * @TORG_NEXT_MAY: a next step is proposed
 * @TORG_NEXT_MUST: a contact is not finished without one
 *
 * What a pipeline asks for after a contact.
 */
typedef enum {
  TORG_NEXT_OFF,
  TORG_NEXT_MAY,
  TORG_NEXT_MUST,
} TorgNextRule;

TorgNextRule torg_next_rule_get      (TorgRecord *pipeline,
                                      TorgRecord *stage);
gboolean     torg_next_rule_finishes (TorgRecord *before,
                                      TorgRecord *after);

G_END_DECLS
