/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "torg-commit.h"

G_BEGIN_DECLS

gboolean torg_distribute_mark  (TorgCommit  *commit,
                                TorgRecord  *lead,
                                GError     **error);
gboolean torg_distribute_leads (TorgCommit  *commit,
                                GError     **error);

G_END_DECLS
