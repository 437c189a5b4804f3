/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "torg-record.h"

G_BEGIN_DECLS

/**
 * TorgImportPending:
 *
 * What an import has made or changed and not written yet: a later row that means the same record finds it here, as it
 * is going to be, and not in the store. Two generations: what is being read, and what is being written beside.
 */
typedef struct _TorgImportPending TorgImportPending;

TorgImportPending *torg_import_pending_new     (void);
void               torg_import_pending_free    (TorgImportPending *self);
void               torg_import_pending_add     (TorgImportPending *self,
                                                TorgRecord        *record,
                                                char             **keys);
void               torg_import_pending_add_new (TorgImportPending *self,
                                                TorgRecord        *record,
                                                char             **keys);
gboolean           torg_import_pending_is_new  (TorgImportPending *self,
                                                const char        *id);
void               torg_import_pending_remove  (TorgImportPending *self,
                                                TorgRecord        *record);
TorgRecord        *torg_import_pending_find    (TorgImportPending *self,
                                                const char        *id);
gboolean           torg_import_pending_has_any (TorgImportPending *self,
                                                char             **keys);
GPtrArray         *torg_import_pending_find_by_key (TorgImportPending *self,
                                                    const char        *type,
                                                    const char        *key);
GPtrArray         *torg_import_pending_list    (TorgImportPending *self);
void               torg_import_pending_submit  (TorgImportPending *self);
void               torg_import_pending_written (TorgImportPending *self);
void               torg_import_pending_forget  (TorgImportPending *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TorgImportPending, torg_import_pending_free)

G_END_DECLS
