/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "torg-import-near.h"
#include "torg-import-plan.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define TORG_TYPE_IMPORT_QUESTION (torg_import_question_get_type ())
G_DECLARE_FINAL_TYPE (TorgImportQuestion, torg_import_question, TORG, IMPORT_QUESTION, AdwComboRow)

GtkWidget *torg_import_question_new_dates (TorgImportPlan       *plan,
                                           guint                 column);
GtkWidget *torg_import_question_new_near  (TorgImportPlan       *plan,
                                           const TorgImportNear *near);

G_END_DECLS
