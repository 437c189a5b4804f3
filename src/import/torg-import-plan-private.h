/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "torg-import-plan.h"

G_BEGIN_DECLS

struct _TorgImportPlan {
  gatomicrefcount refs;
  TorgSchema     *schema;  /* (owned) */
  const TorgType *type;
  TorgTable      *table;   /* (owned) */
  guint           header_row; /* or TORG_IMPORT_NO_HEADER */
  guint           first_row;  /* the one after the headers */
  GPtrArray      *columns; /* (owned) (element-type TorgImportColumn) */
  TorgDuplicates  duplicates;
  char           *currency; /* (owned) */
};

char *torg_import_normalise_header (const char *header);

/* torg-import-guess.c */

TorgKind         torg_import_plan_guess_kind (TorgImportPlan *self, guint index);
gboolean         torg_import_can_take (const TorgField *field);
gboolean         torg_import_has_amounts (const TorgType *type);
const TorgField *torg_import_find_parent_field (const TorgType *child, const TorgType *parent);
void             torg_import_guess_hints (TorgImportPlan *self, guint index);
void             torg_import_guess_columns (TorgImportPlan *self);
guint torg_import_find_header_row (TorgSchema *schema, const TorgType *type, TorgTable *table, guint *n_named);

G_END_DECLS
