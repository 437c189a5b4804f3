/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "torg-import-plan.h"
#include "torg-replica.h"

G_BEGIN_DECLS

gboolean torg_import_remember      (TorgImportPlan      *plan,
                                    TorgStore           *store);
char    *torg_import_recall        (TorgImportPlan      *plan,
                                    TorgStore           *store);
void     torg_import_recall_async  (TorgReplica         *replica,
                                    TorgImportPlan      *plan,
                                    GCancellable        *cancellable,
                                    GAsyncReadyCallback  callback,
                                    gpointer             data);
char    *torg_import_recall_finish (TorgReplica         *replica,
                                    GAsyncResult        *result,
                                    GError             **error);

G_END_DECLS
