/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "torg-import-plan.h"
#include "torg-replica.h"

G_BEGIN_DECLS

/**
 * TorgImportFallback:
 * @TORG_IMPORT_FALLBACK_MAKE: it is made
 * @TORG_IMPORT_FALLBACK_EMPTY: the field stays empty
 * @TORG_IMPORT_FALLBACK_FAIL: the row is not imported
 *
 * What becomes of a text that nothing is called by, unless the plan says what to take instead.
 */
typedef enum {
  TORG_IMPORT_FALLBACK_MAKE,
  TORG_IMPORT_FALLBACK_EMPTY,
  TORG_IMPORT_FALLBACK_FAIL,
} TorgImportFallback;

/**
 * TorgImportText:
 * @text: (owned): as in the file
 * @n: in how many rows
 * @found: (owned) (nullable): the id or the choice that it means, or %TORG_IMPORT_NOTHING; %NULL where it is unknown
 *
 * One of the texts of a column.
 */
typedef struct {
  char *text;
  guint n;
  char *found;
} TorgImportText;

/**
 * TorgImportOption:
 * @value: (owned): an id or a choice
 * @label: (owned): what it is called, in the user's language
 *
 * What a text can stand for.
 */
typedef struct {
  char *value;
  char *label;
} TorgImportOption;

/**
 * TorgImportValues:
 * @column: which column of the plan
 * @fallback: what becomes of unknown texts
 * @can_be_empty: whether the field may be left empty
 * @texts: (owned) (element-type TorgImportText): the unknown ones first, then the most frequent
 * @options: (owned) (element-type TorgImportOption): what they can stand for
 *
 * What stands in a column whose texts are names of stages, of dictionary entries, of colleagues, of choices.
 */
typedef struct {
  guint              column;
  TorgImportFallback fallback;
  gboolean           can_be_empty;
  GPtrArray         *texts;
  GPtrArray         *options;
} TorgImportValues;

void       torg_import_values_free   (TorgImportValues    *self);
GPtrArray *torg_import_values_read   (TorgImportPlan      *plan,
                                      TorgStore           *store,
                                      GError             **error);
void       torg_import_values_async  (TorgReplica         *replica,
                                      TorgImportPlan      *plan,
                                      GCancellable        *cancellable,
                                      GAsyncReadyCallback  callback,
                                      gpointer             data);
GPtrArray *torg_import_values_finish (TorgReplica         *replica,
                                      GAsyncResult        *result,
                                      GError             **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TorgImportValues, torg_import_values_free)

G_END_DECLS
