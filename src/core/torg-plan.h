/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "torg-record.h"

G_BEGIN_DECLS

/* What somebody is to win in a month: a record for each of them and each month. */
#define TORG_PLAN_TYPE "plan"

gboolean   torg_plan_is_for (TorgRecord *self,
                             const char *owner,
                             const char *month);
GPtrArray *torg_plan_pick   (GPtrArray  *plans);

G_END_DECLS
