/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "torg-session.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define TORG_TYPE_STEP_CHOICE (torg_step_choice_get_type ())

/* What is to be done next and when, after a contact. Signals: `accepted`, by Enter in its text. */
G_DECLARE_FINAL_TYPE (TorgStepChoice, torg_step_choice, TORG, STEP_CHOICE, AdwBin)

void        torg_step_choice_set_rule (TorgStepChoice *self,
                                       TorgNextRule    rule,
                                       gboolean        planned);
TorgRecord *torg_step_choice_make     (TorgStepChoice *self,
                                       TorgSession    *session,
                                       TorgRecord     *contact);

G_END_DECLS
