/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "torg-import-plan.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define TORG_TYPE_IMPORT_PREVIEW_GRID (torg_import_preview_grid_get_type ())
G_DECLARE_FINAL_TYPE (TorgImportPreviewGrid, torg_import_preview_grid, TORG, IMPORT_PREVIEW_GRID, AdwBin)

GtkWidget *torg_import_preview_grid_new  (void);
void       torg_import_preview_grid_show (TorgImportPreviewGrid *self,
                                          TorgImportPlan        *plan);

G_END_DECLS
