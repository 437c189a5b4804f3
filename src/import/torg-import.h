/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "torg-import-near.h"
#include "torg-import-plan.h"
#include "torg-store.h"

#include <json-glib/json-glib.h>

G_BEGIN_DECLS

/**
 * TorgImportFailure:
 * @row: its index in the table
 * @line: of the file, from 1
 * @column: (owned) (nullable): the header of the column that it is about
 * @reason: (owned): a sentence in the user's language
 *
 * A row that was not imported.
 */
typedef struct {
  guint row;
  guint line;
  char *column;
  char *reason;
} TorgImportFailure;

/**
 * TorgImportResult:
 * @read: rows with anything in them
 * @created: rows that made a record
 * @updated: rows that changed a known record
 * @skipped: rows of known records that were left alone
 * @failed: rows that could not be imported
 * @made: records that were made since rows referred to them, such as companies of deals
 * @import_id: (owned): to undo it with
 * @failures: (owned) (element-type TorgImportFailure): the first hundred thousand
 * @near: (owned) (element-type TorgImportNear): texts that are nearly the name of something
 *
 * What an import did, or a dry run would do.
 */
typedef struct {
  gint64     read;
  gint64     created;
  gint64     updated;
  gint64     skipped;
  gint64     failed;
  gint64     made;
  char      *import_id;
  GPtrArray *failures;
  GPtrArray *near;
} TorgImportResult;

/**
 * TorgImport:
 *
 * An import that is under way. It works on one store at a time, chunk by chunk, so that the user's own edits come in
 * between.
 */
typedef struct _TorgImport TorgImport;

TorgImport       *torg_import_new            (TorgImportPlan    *plan,
                                              TorgEnv           *env);
void              torg_import_free           (TorgImport        *self);
gboolean          torg_import_step           (TorgImport        *self,
                                              TorgStore         *store,
                                              gboolean          *finished,
                                              GError           **error);
double            torg_import_get_fraction   (TorgImport        *self);
TorgImportResult *torg_import_dup_result     (TorgImport        *self);
TorgImportResult *torg_import_run            (TorgImportPlan    *plan,
                                              TorgStore         *store,
                                              gboolean           dry_run,
                                              TorgJob           *job,
                                              GError           **error);

TorgTable        *torg_import_result_list_failed (TorgImportResult *self,
                                              TorgImportPlan    *plan,
                                              GError           **error);
void              torg_import_result_free    (TorgImportResult  *self);
JsonNode         *torg_import_result_to_json (TorgImportResult  *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TorgImport, torg_import_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TorgImportResult, torg_import_result_free)

G_END_DECLS
