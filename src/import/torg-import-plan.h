/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "torg-field-text.h"
#include "torg-schema.h"
#include "torg-table.h"

G_BEGIN_DECLS

/**
 * TorgDuplicates:
 * @TORG_DUPLICATES_SKIP: a row of a known record is left out
 * @TORG_DUPLICATES_UPDATE: it fills and changes the known record; empty cells change nothing
 * @TORG_DUPLICATES_CREATE: it makes another record
 *
 * What an import does with a row whose record is known by phone, e-mail, INN with KPP, number or name.
 */
typedef enum {
  TORG_DUPLICATES_SKIP,
  TORG_DUPLICATES_UPDATE,
  TORG_DUPLICATES_CREATE,
} TorgDuplicates;

/* A target that is no field: a whole personal name, to be taken apart. */
#define TORG_IMPORT_FULL_NAME "@full_name"

/* A target that is no field: the currency of the row's amounts. */
#define TORG_IMPORT_CURRENCY "@currency"

/* A target that is no field: a part of a lead's name, put together in the order of the columns. */
#define TORG_IMPORT_NAME_PART "@name_part"

/* What to take instead of a text that is to be left out. */
#define TORG_IMPORT_NOTHING "-"

/* What to take instead of a text that means something of its own, not what is nearly called so. */
#define TORG_IMPORT_NEW "+"

/* Of a table whose rows begin at once. */
#define TORG_IMPORT_NO_HEADER G_MAXUINT

/**
 * TorgImportColumn:
 * @header: (owned): as in the file
 * @target: (owned) (nullable): a field's name; `TYPE.FIELD` for a field of a record that hangs on the row's;
 *   %TORG_IMPORT_FULL_NAME, %TORG_IMPORT_CURRENCY or %TORG_IMPORT_NAME_PART; `+` to make a custom field; %NULL to leave the column out
 * @hints: how its texts are to be understood
 * @ambiguous: whether the order of day and month cannot be told from its texts, and was not said
 * @told: whether it was said
 * @known: whether it is a column that a known program writes
 * @values: (owned) (nullable): texts and what to take instead of them
 *
 * What becomes of a column.
 */
typedef struct {
  char         *header;
  char         *target;
  TorgTextHints hints;
  gboolean      ambiguous;
  gboolean      told;
  gboolean      known;
  GHashTable   *values;
} TorgImportColumn;

/**
 * TorgImportPlan:
 *
 * How a table becomes records: guessed from its headers and texts, then changed by the user. Reference-counted.
 */
typedef struct _TorgImportPlan TorgImportPlan;

#define TORG_TYPE_IMPORT_PLAN (torg_import_plan_get_type ())

GType             torg_import_plan_get_type       (void);
TorgImportPlan   *torg_import_plan_guess          (TorgSchema     *schema,
                                                   const char     *type,
                                                   TorgTable      *table);
char             *torg_import_guess_type          (TorgSchema     *schema,
                                                   TorgTable      *table);
TorgImportPlan   *torg_import_plan_copy           (TorgImportPlan *self);
TorgImportPlan   *torg_import_plan_ref            (TorgImportPlan *self);
void              torg_import_plan_unref          (TorgImportPlan *self);

TorgSchema       *torg_import_plan_get_schema     (TorgImportPlan *self);
const char       *torg_import_plan_get_kind       (TorgImportPlan *self);
TorgTable        *torg_import_plan_get_table      (TorgImportPlan *self);
guint             torg_import_plan_get_first_row  (TorgImportPlan *self);
guint             torg_import_plan_get_header_row (TorgImportPlan *self);
void              torg_import_plan_set_header_row (TorgImportPlan *self,
                                                   guint           row);
void              torg_import_plan_set_date_order (TorgImportPlan *self,
                                                   guint           index,
                                                   TorgDateOrder   order);
guint             torg_import_plan_find_ambiguous (TorgImportPlan *self);
guint             torg_import_plan_get_n_columns  (TorgImportPlan *self);
TorgImportColumn *torg_import_plan_get_column     (TorgImportPlan *self,
                                                   guint           index);
const char       *torg_import_plan_get_sample     (TorgImportPlan *self,
                                                   guint           index);
void              torg_import_plan_set_target     (TorgImportPlan *self,
                                                   guint           index,
                                                   const char     *target);
const char       *torg_import_plan_get_value      (TorgImportPlan *self,
                                                   guint           index,
                                                   const char     *text);
void              torg_import_plan_set_value      (TorgImportPlan *self,
                                                   guint           index,
                                                   const char     *text,
                                                   const char     *value);
TorgDuplicates    torg_import_plan_get_duplicates (TorgImportPlan *self);
void              torg_import_plan_set_duplicates (TorgImportPlan *self,
                                                   TorgDuplicates  duplicates);
const char       *torg_import_plan_get_currency   (TorgImportPlan *self);
void              torg_import_plan_set_currency   (TorgImportPlan *self,
                                                   const char     *currency);
void              torg_import_plan_set_schema     (TorgImportPlan *self,
                                                   TorgSchema     *schema);
gboolean          torg_import_plan_load_map       (TorgImportPlan *self,
                                                   const char     *json,
                                                   GError        **error);
char             *torg_import_plan_make_map       (TorgImportPlan *self);
char             *torg_import_plan_make_key       (TorgImportPlan *self);
char            **torg_import_plan_list_targets   (TorgImportPlan *self);
char             *torg_import_plan_dup_target_label (TorgImportPlan *self,
                                                   const char     *target);
const TorgField  *torg_import_plan_find_field     (TorgImportPlan *self,
                                                   const char     *target,
                                                   const TorgType **type);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TorgImportPlan, torg_import_plan_unref)

G_END_DECLS
