/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "torg-import-near.h"
#include "torg-import-pending.h"
#include "torg-store.h"

G_BEGIN_DECLS

/**
 * TorgImportRefs:
 *
 * Finds what the texts of a file refer to: companies, products, owners, stages, dictionary entries, tags; makes what
 * is not there. Keeps what it read, for one import on one thread.
 */
typedef struct _TorgImportRefs TorgImportRefs;

TorgImportRefs *torg_import_refs_new     (TorgStore       *store);
void            torg_import_refs_free    (TorgImportRefs  *self);
void            torg_import_refs_forget  (TorgImportRefs  *self);
char           *torg_import_refs_resolve (TorgImportRefs  *self,
                                          const TorgType  *type,
                                          const TorgField *field,
                                          const char      *pipeline,
                                          const char      *text,
                                          TorgEdit        *edit,
                                          GError         **error);
GPtrArray      *torg_import_refs_list    (TorgImportRefs  *self,
                                          const TorgType  *type,
                                          const TorgField *field,
                                          GError         **error);
gboolean        torg_import_refs_find    (TorgImportRefs  *self,
                                          const TorgType  *type,
                                          const TorgField *field,
                                          const char      *pipeline,
                                          const char      *text,
                                          char           **id,
                                          GError         **error);
gboolean        torg_import_can_make     (const TorgField *field);
void            torg_import_refs_add     (TorgImportRefs  *self,
                                          TorgRecord      *record,
                                          char           **keys);
TorgImportPending *torg_import_refs_get_pending (TorgImportRefs *self);
void            torg_import_refs_begin_row (TorgImportRefs *self);
void            torg_import_refs_drop_row (TorgImportRefs *self);
void            torg_import_refs_submit  (TorgImportRefs  *self);
void            torg_import_refs_written (TorgImportRefs  *self);
gboolean        torg_import_refs_take_made (TorgImportRefs *self,
                                          const char      *id);
void            torg_import_refs_set_exact (TorgImportRefs *self,
                                          gboolean        exact);
void            torg_import_refs_tell_unknown (TorgImportRefs *self,
                                          const TorgField *field,
                                          const char      *text);
GPtrArray      *torg_import_refs_get_near (TorgImportRefs *self);
gint64          torg_import_refs_get_n_made (TorgImportRefs *self);
gboolean        torg_import_is_placeholder (const char     *text);
gboolean        torg_import_is_filled_later (const char    *field);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TorgImportRefs, torg_import_refs_free)

G_END_DECLS
