/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "torg-session.h"

G_BEGIN_DECLS

char    *torg_stage_gate_say      (TorgSession *session,
                                   TorgRecord  *card,
                                   const char  *stage);
gboolean torg_stage_gate_approves (TorgSession *session,
                                   const char  *stage);

G_END_DECLS
