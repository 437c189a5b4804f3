/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "torg-import.h"
#include "torg-reader.h"
#include "torg-test-store.h"

G_BEGIN_DECLS

char             *test_shared_file  (const char     *name);
TorgTable        *test_table        (const char     *text);
TorgTable        *test_read         (const char     *path);
TorgImportPlan   *test_plan         (TestStore      *test,
                                     const char     *type,
                                     TorgTable      *table);
TorgImportResult *test_import       (TestStore      *test,
                                     TorgImportPlan *plan,
                                     gboolean        dry_run);
TorgImportResult *test_import_text  (TestStore      *test,
                                     const char     *type,
                                     const char     *text);
TorgImportResult *test_import_file  (TestStore      *test,
                                     const char     *type,
                                     const char     *name);
TorgImportColumn *test_column       (TorgImportPlan *plan,
                                     const char     *header);
void              test_assert_counts (TorgImportResult *result,
                                      gint64            read,
                                      gint64            created,
                                      gint64            updated,
                                      gint64            skipped,
                                      gint64            failed);

G_END_DECLS
