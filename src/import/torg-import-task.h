/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "torg-import.h"
#include "torg-replica.h"

G_BEGIN_DECLS

/**
 * TorgImportFile:
 * @table: (owned): the sheet that was asked for
 * @sheets: (owned): the names of the sheets; empty for a text
 *
 * What was read of a file.
 */
typedef struct {
  TorgTable *table;
  char     **sheets;
} TorgImportFile;

void              torg_import_read_async  (const char          *path,
                                           guint                sheet,
                                           GCancellable        *cancellable,
                                           GAsyncReadyCallback  callback,
                                           gpointer             data);
void              torg_import_read_text_async (const char       *text,
                                           GCancellable        *cancellable,
                                           GAsyncReadyCallback  callback,
                                           gpointer             data);
TorgImportFile   *torg_import_read_finish (GAsyncResult        *result,
                                           GError             **error);
void              torg_import_file_free   (TorgImportFile      *self);

void              torg_import_try_async   (TorgReplica         *replica,
                                           TorgImportPlan      *plan,
                                           TorgJob             *job,
                                           GAsyncReadyCallback  callback,
                                           gpointer             data);
TorgImportResult *torg_import_try_finish  (TorgReplica         *replica,
                                           GAsyncResult        *result,
                                           GError             **error);

void              torg_import_run_async   (TorgReplica         *replica,
                                           TorgImportPlan      *plan,
                                           TorgJob             *job,
                                           GAsyncReadyCallback  callback,
                                           gpointer             data);
TorgImportResult *torg_import_run_finish  (TorgReplica         *replica,
                                           GAsyncResult        *result,
                                           GError             **error);

void              torg_import_undo_async  (TorgReplica         *replica,
                                           const char          *import_id,
                                           GAsyncReadyCallback  callback,
                                           gpointer             data);
gboolean          torg_import_undo_finish (TorgReplica         *replica,
                                           GAsyncResult        *result,
                                           guint               *n_left,
                                           GError             **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TorgImportFile, torg_import_file_free)

G_END_DECLS
