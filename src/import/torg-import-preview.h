/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "torg-import-plan.h"

G_BEGIN_DECLS

char *torg_import_preview_cell (TorgImportPlan *plan,
                                guint           row,
                                guint           column,
                                gboolean       *wrong);

G_END_DECLS
