/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "torg-record.h"

G_BEGIN_DECLS

/**
 * TorgOp:
 * @TORG_OP_CREATE: makes a record
 * @TORG_OP_PATCH: changes fields
 * @TORG_OP_DELETE: deletes softly
 * @TORG_OP_RESTORE: brings a deleted record back
 * @TORG_OP_COMMAND: changes fields under a rule of the company, such as a move to another stage
 *
 * What a mutation does.
 */
typedef enum {
  TORG_OP_CREATE,
  TORG_OP_PATCH,
  TORG_OP_DELETE,
  TORG_OP_RESTORE,
  TORG_OP_COMMAND,
} TorgOp;

/**
 * TorgFieldChange:
 * @field: (owned): the name of a field
 * @expected: the value that it must have for the change to be made, where @has_expected
 * @value: its new value
 * @has_expected: whether @expected counts: for undo, which leaves alone what changed since
 *
 * A change of one field.
 */
typedef struct {
  char     *field;
  TorgValue expected;
  TorgValue value;
  gboolean  has_expected;
} TorgFieldChange;

/**
 * TorgMutation:
 * @op: what it does
 * @type: (owned): the type's name
 * @id: (owned): the record's id
 * @command: (owned) (nullable): the name of a command: `move`, `merge` or `convert`
 * @changes: (owned) (element-type TorgFieldChange): fields
 * @keys: (owned) (nullable): of a creation, the keys that the record is known by, where they were built already
 * @terms: (owned) (nullable): of a creation, what the record is found by, where that was built already
 * @own_id: (owned) (nullable): of a creation, the id of the mutation itself, where that was made already
 * @line_id: (owned) (nullable): with @own_id, that of the line of history
 *
 * A change of one record.
 */
typedef struct {
  TorgOp     op;
  char      *type;
  char      *id;
  char      *command;
  GPtrArray *changes;
  char     **keys;
  char      *terms;
  char      *own_id;
  char      *line_id;
} TorgMutation;

/**
 * TorgEdit:
 *
 * A group of changes that the user means as one: applied in one transaction, undone as one. Reference-counted.
 */
typedef struct _TorgEdit TorgEdit;

#define TORG_TYPE_EDIT (torg_edit_get_type ())

/* A group that the server takes at once is at most this long. */
#define TORG_EDIT_MAX_GROUP 200

GType         torg_edit_get_type        (void);
TorgEdit     *torg_edit_new             (const char      *label);
TorgEdit     *torg_edit_ref             (TorgEdit        *self);
void          torg_edit_unref           (TorgEdit        *self);
const char   *torg_edit_get_label       (TorgEdit        *self);
guint         torg_edit_get_length      (TorgEdit        *self);
TorgMutation *torg_edit_nth             (TorgEdit        *self,
                                         guint            index);
void          torg_edit_truncate        (TorgEdit        *self,
                                         guint            length);
void          torg_edit_add_retried     (TorgEdit        *self,
                                         gint64           rowid);
const GArray *torg_edit_get_retried     (TorgEdit        *self); /* gint64 */
TorgMutation *torg_edit_create          (TorgEdit        *self,
                                         TorgRecord      *record);
void          torg_edit_set             (TorgEdit        *self,
                                         const char      *type,
                                         const char      *id,
                                         const char      *field,
                                         const TorgValue *value);
void          torg_edit_take            (TorgEdit        *self,
                                         const char      *type,
                                         const char      *id,
                                         const char      *field,
                                         TorgValue        value);
void          torg_edit_set_if          (TorgEdit        *self,
                                         const char      *type,
                                         const char      *id,
                                         const char      *field,
                                         const TorgValue *expected,
                                         const TorgValue *value);
void          torg_edit_delete          (TorgEdit        *self,
                                         const char      *type,
                                         const char      *id);
void          torg_edit_restore         (TorgEdit        *self,
                                         const char      *type,
                                         const char      *id);
TorgMutation *torg_edit_move            (TorgEdit        *self,
                                         const char      *type,
                                         const char      *id,
                                         const char      *stage,
                                         gint64           rank);
void          torg_edit_unite           (TorgEdit        *self,
                                         const char      *type,
                                         const char      *id,
                                         const char      *kept);
TorgMutation *torg_edit_convert         (TorgEdit        *self,
                                         const char      *type,
                                         const char      *id);
void          torg_mutation_set         (TorgMutation    *self,
                                         const char      *field,
                                         const TorgValue *value);
const TorgValue *torg_mutation_get      (TorgMutation    *self,
                                         const char      *field);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TorgEdit, torg_edit_unref)

G_END_DECLS
