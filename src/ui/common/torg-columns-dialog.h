/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "torg-table-columns.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define TORG_TYPE_COLUMNS_DIALOG (torg_columns_dialog_get_type ())

/* Chooses the columns of a table and their order. */
G_DECLARE_FINAL_TYPE (TorgColumnsDialog, torg_columns_dialog, TORG, COLUMNS_DIALOG, AdwDialog)

AdwDialog *torg_columns_dialog_new (TorgTableColumns *columns);

G_END_DECLS
