/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "torg-import-plan.h"

G_BEGIN_DECLS

struct _TorgImportPlan {
  gatomicrefcount refs;
  TorgSchema     *schema;  /* (owned) */
  const TorgType *type;
  TorgTable      *table;   /* (owned) */
  guint           first_row; /* the one after the headers */
  GPtrArray      *columns; /* (owned) (element-type TorgImportColumn) */
  TorgDuplicates  duplicates;
  char           *currency; /* (owned) */
};

char *torg_import_normalise_header (const char *header);

TorgKind torg_import_plan_guess_kind (TorgImportPlan *self, guint index);

G_END_DECLS
