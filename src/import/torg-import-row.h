/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "torg-import-plan.h"
#include "torg-import-refs.h"
#include "torg-store.h"

G_BEGIN_DECLS

/**
 * TorgImportRow:
 *
 * A row of a table as records: its own, and those that hang on it, such as the legal entity of a company.
 */
typedef struct _TorgImportRow TorgImportRow;

TorgImportRow *torg_import_row_read       (TorgImportPlan  *plan,
                                           TorgStore       *store,
                                           TorgImportRefs  *refs,
                                           guint            number,
                                           TorgEdit        *edit,
                                           char           **column,
                                           GError         **error);
void           torg_import_row_free       (TorgImportRow   *self);
TorgRecord    *torg_import_row_get_record (TorgImportRow   *self);
const char    *torg_import_row_text       (TorgRecord      *record,
                                           const char      *field);
char         **torg_import_row_get_keys   (TorgImportRow   *self);
gboolean       torg_import_row_find_known (TorgImportRow   *self,
                                           TorgStore       *store,
                                           TorgImportRefs  *refs,
                                           TorgRecord     **known,
                                           GError         **error);
gboolean       torg_import_row_must_wait  (TorgImportRow   *self,
                                           TorgImportRefs  *refs,
                                           TorgRecord      *known);
gboolean       torg_import_row_create     (TorgImportRow   *self,
                                           TorgStore       *store,
                                           TorgImportRefs  *refs,
                                           TorgEdit        *edit,
                                           GError         **error);
gboolean       torg_import_row_check_update (TorgImportRow *self,
                                             TorgStore     *store,
                                             TorgRecord    *known,
                                             GError       **error);
gboolean       torg_import_row_update     (TorgImportRow   *self,
                                           TorgStore       *store,
                                           TorgImportRefs  *refs,
                                           TorgRecord      *known,
                                           TorgEdit        *edit);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TorgImportRow, torg_import_row_free)

G_END_DECLS
