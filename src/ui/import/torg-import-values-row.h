/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "torg-import-values.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define TORG_TYPE_IMPORT_VALUES_ROW (torg_import_values_row_get_type ())

/*
 * What the texts of a column are taken for, a row a text.
 *
 * Signals: `changed`, when the user has changed the plan.
 */
G_DECLARE_FINAL_TYPE (TorgImportValuesRow, torg_import_values_row, TORG, IMPORT_VALUES_ROW, AdwExpanderRow)

GtkWidget *torg_import_values_row_new (TorgImportPlan   *plan,
                                       TorgImportValues *values);

G_END_DECLS
