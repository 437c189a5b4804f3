/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "torg-value.h"

#include <glib-object.h>

G_BEGIN_DECLS

/**
 * TorgMerge:
 * @TORG_MERGE_NORMAL: a difference is a conflict
 * @TORG_MERGE_SET: adds and removes
 * @TORG_MERGE_TEXT: a three-way merge of lines
 * @TORG_MERGE_MAX: the larger wins
 * @TORG_MERGE_LAST: the last to arrive wins, never a conflict
 * @TORG_MERGE_DERIVED: computed here, never sent
 *
 * How two changes of one field become one.
 */
typedef enum {
  TORG_MERGE_NORMAL,
  TORG_MERGE_SET,
  TORG_MERGE_TEXT,
  TORG_MERGE_MAX,
  TORG_MERGE_LAST,
  TORG_MERGE_DERIVED,
} TorgMerge;

/**
 * TorgOnDelete:
 * @TORG_ON_DELETE_CLEAR: the reference becomes null
 * @TORG_ON_DELETE_REFUSE: the other record cannot be deleted while this one refers to it
 * @TORG_ON_DELETE_CASCADE: this record goes with the other
 *
 * What the deletion of the record that a reference points to does.
 */
typedef enum {
  TORG_ON_DELETE_CLEAR,
  TORG_ON_DELETE_REFUSE,
  TORG_ON_DELETE_CASCADE,
} TorgOnDelete;

/**
 * TorgFieldFlags:
 * @TORG_FIELD_REQUIRED: a record is not valid without it
 * @TORG_FIELD_UNIQUE: no two records of the type have the same
 * @TORG_FIELD_SEARCHABLE: the global search finds it
 * @TORG_FIELD_FILTERABLE: an index makes filters by it fast
 * @TORG_FIELD_HISTORICAL: its changes are kept
 * @TORG_FIELD_TITLE: part of what the record is called, in the order of the fields
 * @TORG_FIELD_MULTILINE: text of several lines
 * @TORG_FIELD_HIDDEN: not shown in forms, lists and import: kept by the program itself
 * @TORG_FIELD_KEYS: the record carries the access keys of the record that this refers to
 * @TORG_FIELD_CUSTOM: defined by a `field_def` record, kept in the column `extra`
 * @TORG_FIELD_MATCH: two records with the same are likely one: found by import and quick entry
 * @TORG_FIELD_LIST: shown as a column of lists from the beginning
 *
 * What holds of a field.
 */
typedef enum {
  TORG_FIELD_NONE       = 0,
  TORG_FIELD_REQUIRED   = 1 << 0,
  TORG_FIELD_UNIQUE     = 1 << 1,
  TORG_FIELD_SEARCHABLE = 1 << 2,
  TORG_FIELD_FILTERABLE = 1 << 3,
  TORG_FIELD_HISTORICAL = 1 << 4,
  TORG_FIELD_TITLE      = 1 << 5,
  TORG_FIELD_MULTILINE  = 1 << 6,
  TORG_FIELD_HIDDEN     = 1 << 7,
  TORG_FIELD_KEYS       = 1 << 8,
  TORG_FIELD_CUSTOM     = 1 << 9,
  TORG_FIELD_MATCH      = 1 << 10,
  TORG_FIELD_LIST       = 1 << 11,
} TorgFieldFlags;

/**
 * TorgChoice:
 * @key: what is stored
 * @label: what is shown, to be translated with [func@choice_get_label]
 *
 * One of the choices of a field.
 */
typedef struct {
  const char *key;
  const char *label;
} TorgChoice;

/**
 * TorgField:
 * @name: the column, the JSON member and the name in the REST interface
 * @kind: what it holds
 * @label: what it is called, untranslated; see [func@field_get_label]
 * @group: (nullable): the heading it stands under in a form, untranslated
 * @flags: what holds of it
 * @merge: how two changes become one
 * @target: for a reference, the type it refers to (%NULL: any); for a reference to
 *   `dictionary`, `dictionary:NAME`; for a requisite, which one: `inn`, `kpp`, `ogrn`, `bik`, `account`
 * @on_delete: for a reference
 * @choices: (nullable) (array): for a choice, ending with a %NULL key
 * @aliases: (nullable): names in the headers of files, in lower case, split by `|`
 * @least: of a number that is whole: the smallest
 * @most: the largest; 0 for a number that may be any
 * @since: the schema version that brought it
 * @index: its place among the fields of its type; given by [struct@Schema]
 *
 * A field of a type, declared once: SQL, JSON, validation, forms, list columns, filters and import follow from it.
 */
typedef struct {
  const char       *name;
  TorgKind          kind;
  const char       *label;
  const char       *group;
  TorgFieldFlags    flags;
  TorgMerge         merge;
  const char       *target;
  TorgOnDelete      on_delete;
  const TorgChoice *choices;
  const char       *aliases;
  int               least;
  int               most;
  guint             since;
  guint             index;
} TorgField;

/**
 * TorgTypeInfo:
 * @name: singular: the table, the `type` in JSON
 * @plural: the path in the REST interface
 * @label: what one is called, untranslated
 * @label_plural: what several are called, untranslated
 * @since: the schema version that brought it
 * @fields: (array length=n_fields): its own fields, in the order of a form
 * @n_fields: how many
 * @indexes: (nullable): further indexes, each a list of columns, split by `|`
 *
 * The declaration of a type.
 */
typedef struct {
  const char      *name;
  const char      *plural;
  const char      *label;
  const char      *label_plural;
  guint            since;
  const TorgField *fields;
  guint            n_fields;
  const char      *indexes;
} TorgTypeInfo;

/**
 * TorgType:
 * @info: the declaration
 * @fields: (array length=n_fields): all fields, the custom ones last
 * @n_fields: how many
 * @index: its place among the types
 *
 * A type of a schema. Lives as long as its schema.
 */
typedef struct {
  const TorgTypeInfo *info;
  const TorgField    *fields;
  guint               n_fields;
  guint               index;
  GHashTable         *by_name; /* (owned) */
} TorgType;

/**
 * TorgSchema:
 *
 * The types and their fields: those declared in the program and the custom ones of a company. Immutable, reference-counted.
 */
typedef struct _TorgSchema TorgSchema;

#define TORG_SCHEMA_VERSION 4
#define TORG_TYPE_SCHEMA    (torg_schema_get_type ())

GType             torg_schema_get_type    (void);
TorgSchema       *torg_schema_new         (void);
TorgSchema       *torg_schema_new_for     (const TorgTypeInfo *infos,
                                           guint               n_infos);
TorgSchema       *torg_schema_with_custom (TorgSchema         *self,
                                           GPtrArray          *field_defs);
TorgSchema       *torg_schema_ref         (TorgSchema         *self);
void              torg_schema_unref       (TorgSchema         *self);
const TorgType   *torg_schema_find        (TorgSchema         *self,
                                           const char         *name);
gboolean          torg_schema_is_reserved (const char         *name);
const TorgType   *torg_schema_nth         (TorgSchema         *self,
                                           guint               index);
guint             torg_schema_get_n_types (TorgSchema         *self);

const TorgField  *torg_type_find_field    (const TorgType     *self,
                                           const char         *name);
guint             torg_type_index_of      (const TorgType     *self,
                                           const char         *name);

const char       *torg_type_get_label        (const TorgType   *self);
const char       *torg_type_get_title_separator (const TorgType *self);
const char       *torg_type_get_label_plural (const TorgType   *self);
const char       *torg_field_get_label       (const TorgField  *self);
const char       *torg_field_get_group       (const TorgField  *self);
const char       *torg_field_get_choice_label (const TorgField *self,
                                               const char      *key);
char             *torg_field_dup_target_type (const TorgField  *self);
const char       *torg_field_get_dictionary  (const TorgField  *self);

const char       *torg_kind_to_string     (TorgKind            kind);
gboolean          torg_kind_from_string   (const char         *name,
                                           TorgKind           *kind);

const TorgTypeInfo *torg_schema_tables    (guint              *n_tables);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TorgSchema, torg_schema_unref)

G_END_DECLS
