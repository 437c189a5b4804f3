/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "torg-record.h"

G_BEGIN_DECLS

gboolean torg_stage_rule_check (TorgRecord *record,
                                TorgRecord *stage,
                                TorgRecord *reason,
                                GError    **error);
gboolean torg_stage_is_closed  (TorgRecord *stage);

G_END_DECLS
