/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "torg-core"

#include "torg-edit.h"

struct _TorgEdit
{
  gatomicrefcount refs;
  char           *label;     /* (owned) (nullable) */
  GPtrArray      *mutations; /* (owned) (element-type TorgMutation) */
  GArray         *retried;   /* (owned) (nullable) (element-type gint64) */
};

G_DEFINE_BOXED_TYPE (TorgEdit, torg_edit, torg_edit_ref, torg_edit_unref)

static void
change_free (gpointer data)
{
  TorgFieldChange *change = data;

  g_free (change->field);
  torg_value_clear (&change->expected);
  torg_value_clear (&change->value);
  g_free (change);
}

static void
mutation_free (gpointer data)
{
  TorgMutation *mutation = data;

  g_free (mutation->type);
  g_free (mutation->id);
  g_free (mutation->command);
  g_ptr_array_unref (mutation->changes);
  g_strfreev (mutation->keys);
  g_free (mutation->terms);
  g_free (mutation->own_id);
  g_free (mutation->line_id);
  g_free (mutation);
}

static TorgMutation *
add_mutation (TorgEdit *self, TorgOp op, const char *type, const char *id)
{
  TorgMutation *mutation = g_new0 (TorgMutation, 1);

  mutation->op = op;
  mutation->type = g_strdup (type);
  mutation->id = g_strdup (id);
  mutation->changes = g_ptr_array_new_with_free_func (change_free);
  g_ptr_array_add (self->mutations, mutation);
  return mutation;
}

/* Changes of one record that follow each other make one patch. */
static TorgMutation *
ensure_patch (TorgEdit *self, const char *type, const char *id)
{
  if (self->mutations->len > 0)
    {
      TorgMutation *last = g_ptr_array_index (self->mutations, self->mutations->len - 1);

      if (last->op == TORG_OP_PATCH && g_str_equal (last->id, id) && g_str_equal (last->type, type))
        return last;
    }
  return add_mutation (self, TORG_OP_PATCH, type, id);
}

static TorgFieldChange *
append_change (TorgMutation *mutation, const char *field, TorgValue value)
{
  TorgFieldChange *change = g_new0 (TorgFieldChange, 1);

  change->field = g_strdup (field);
  change->value = value;
  g_ptr_array_add (mutation->changes, change);
  return change;
}

static TorgFieldChange *
add_change (TorgMutation *mutation, const char *field, TorgValue value)
{
  TorgFieldChange *change = NULL;

  for (guint i = 0; i < mutation->changes->len; i++)
    {
      TorgFieldChange *other = g_ptr_array_index (mutation->changes, i);

      if (g_str_equal (other->field, field))
        change = other;
    }
  if (change == NULL)
    return append_change (mutation, field, value);
  torg_value_clear (&change->value);
  change->value = value;
  return change;
}

/**
 * torg_edit_new:
 * @label: (nullable): what the user did, in the user's language, as the toast says it
 *
 * Makes an empty group of changes.
 *
 * Returns: (transfer full): a new edit
 */
TorgEdit *
torg_edit_new (const char *label)
{
  TorgEdit *self = g_new0 (TorgEdit, 1);

  g_atomic_ref_count_init (&self->refs);
  self->label = g_strdup (label);
  self->mutations = g_ptr_array_new_with_free_func (mutation_free);
  return self;
}

/**
 * torg_edit_ref:
 *
 * Takes a reference.
 *
 * Returns: (transfer full): @self
 */
TorgEdit *
torg_edit_ref (TorgEdit *self)
{
  g_atomic_ref_count_inc (&self->refs);
  return self;
}

/**
 * torg_edit_unref:
 *
 * Gives a reference back.
 */
void
torg_edit_unref (TorgEdit *self)
{
  if (!g_atomic_ref_count_dec (&self->refs))
    return;
  g_free (self->label);
  g_ptr_array_unref (self->mutations);
  g_clear_pointer (&self->retried, g_array_unref);
  g_free (self);
}

/**
 * torg_edit_get_label:
 *
 * Tells what the user did.
 *
 * Returns: (transfer none) (nullable): words in the user's language
 */
const char *
torg_edit_get_label (TorgEdit *self)
{
  return self->label;
}

/**
 * torg_edit_get_length:
 *
 * Counts the mutations.
 *
 * Returns: how many
 */
guint
torg_edit_get_length (TorgEdit *self)
{
  return self->mutations->len;
}

/**
 * torg_edit_nth:
 * @index: less than [method@Edit.get_length]
 *
 * Gives a mutation.
 *
 * Returns: (transfer none): the mutation
 */
TorgMutation *
torg_edit_nth (TorgEdit *self, guint index)
{
  return g_ptr_array_index (self->mutations, index);
}

/**
 * torg_edit_truncate:
 * @length: how many mutations are to be left
 *
 * Takes the last mutations back.
 */
void
torg_edit_truncate (TorgEdit *self, guint length)
{
  g_ptr_array_set_size (self->mutations, (int) length);
}

/**
 * torg_edit_add_retried:
 * @rowid: the place of a change that a server did not take
 *
 * Notes that the edit does such a change again, by which it is settled.
 */
void
torg_edit_add_retried (TorgEdit *self, gint64 rowid)
{
  if (self->retried == NULL)
    self->retried = g_array_new (FALSE, FALSE, sizeof (gint64));
  g_array_append_val (self->retried, rowid);
}

/**
 * torg_edit_get_retried:
 *
 * Lists the changes that the edit does again.
 *
 * Returns: (transfer none) (nullable) (element-type gint64): their places
 */
const GArray *
torg_edit_get_retried (TorgEdit *self)
{
  return self->retried;
}

/**
 * torg_edit_create:
 * @record: a record with an id of its own
 *
 * Adds the creation of a record.
 *
 * Returns: (transfer none): the mutation
 */
TorgMutation *
torg_edit_create (TorgEdit *self, TorgRecord *record)
{
  const TorgType *type = torg_record_get_kind (record);
  TorgMutation   *mutation = add_mutation (self, TORG_OP_CREATE, type->info->name, torg_record_get_id (record));

  for (guint i = 0; i < type->n_fields; i++)
    if (!torg_value_is_null (torg_record_nth (record, i)))
      append_change (mutation, type->fields[i].name, torg_value_copy (torg_record_nth (record, i)));
  return mutation;
}

/**
 * torg_edit_take:
 * @type: the type's name
 * @id: the record's id
 * @field: the field's name
 * @value: (transfer full): its new value
 *
 * Adds the change of a field.
 */
void
torg_edit_take (TorgEdit *self, const char *type, const char *id, const char *field, TorgValue value)
{
  add_change (ensure_patch (self, type, id), field, value);
}

/**
 * torg_edit_set:
 * @type: the type's name
 * @id: the record's id
 * @field: the field's name
 * @value: its new value, copied
 *
 * Adds the change of a field.
 */
void
torg_edit_set (TorgEdit *self, const char *type, const char *id, const char *field, const TorgValue *value)
{
  torg_edit_take (self, type, id, field, torg_value_copy (value));
}

/**
 * torg_edit_set_if:
 * @type: the type's name
 * @id: the record's id
 * @field: the field's name
 * @expected: the value that the field must have
 * @value: its new value, copied
 *
 * Adds the change of a field that is left out where the field has another value than expected.
 */
void
torg_edit_set_if (TorgEdit        *self,
                  const char      *type,
                  const char      *id,
                  const char      *field,
                  const TorgValue *expected,
                  const TorgValue *value)
{
  TorgFieldChange *change = add_change (ensure_patch (self, type, id), field, torg_value_copy (value));

  torg_value_clear (&change->expected);
  change->expected = torg_value_copy (expected);
  change->has_expected = TRUE;
}

/**
 * torg_edit_delete:
 * @type: the type's name
 * @id: the record's id
 *
 * Adds a deletion. What hangs on the record by cascade goes with it.
 */
void
torg_edit_delete (TorgEdit *self, const char *type, const char *id)
{
  add_mutation (self, TORG_OP_DELETE, type, id);
}

/**
 * torg_edit_restore:
 * @type: the type's name
 * @id: the record's id
 *
 * Adds bringing a deleted record back.
 */
void
torg_edit_restore (TorgEdit *self, const char *type, const char *id)
{
  add_mutation (self, TORG_OP_RESTORE, type, id);
}

/**
 * torg_edit_move:
 * @type: `deal` or `lead`
 * @id: the record's id
 * @stage: the id of the stage
 * @rank: its place there, see [func@rank_between]
 *
 * Adds a move to another stage, or within one; the rules of the stage are checked when it is applied.
 *
 * Returns: (transfer none): the mutation, to which the stage's required fields can be added
 */
TorgMutation *
torg_edit_move (TorgEdit *self, const char *type, const char *id, const char *stage, gint64 rank)
{
  TorgMutation *mutation = add_mutation (self, TORG_OP_COMMAND, type, id);

  mutation->command = g_strdup ("move");
  add_change (mutation, "stage", torg_value_text (stage));
  add_change (mutation, "rank", torg_value_int (rank));
  return mutation;
}

/**
 * torg_edit_unite:
 * @type: the type's name
 * @id: the id of a record
 * @kept: that of another one of the type
 *
 * Adds the merging of a record into another one: what refers to it refers to the other one, and it is deleted. What the
 * other one is to have of its fields is to be set before.
 */
void
torg_edit_unite (TorgEdit *self, const char *type, const char *id, const char *kept)
{
  TorgMutation *mutation = add_mutation (self, TORG_OP_COMMAND, type, id);

  mutation->command = g_strdup ("merge");
  add_change (mutation, "merged_into", torg_value_text (kept));
}

/**
 * torg_edit_convert:
 * @type: `lead`, or `activity` for what is planned with one
 * @id: the record's id
 *
 * Adds what a conversion makes of a lead, or of what hangs on it. Where somebody else has converted it meanwhile it is
 * left as that made it, see torg-conversion.h.
 *
 * Returns: (transfer none): the mutation, to which its fields are to be added
 */
TorgMutation *
torg_edit_convert (TorgEdit *self, const char *type, const char *id)
{
  TorgMutation *mutation = add_mutation (self, TORG_OP_COMMAND, type, id);

  mutation->command = g_strdup ("convert");
  return mutation;
}

/**
 * torg_mutation_set:
 * @field: the field's name
 * @value: its new value, copied
 *
 * Adds the change of a field to a mutation.
 */
void
torg_mutation_set (TorgMutation *self, const char *field, const TorgValue *value)
{
  add_change (self, field, torg_value_copy (value));
}

/**
 * torg_mutation_get:
 * @field: the field's name
 *
 * Gives the new value of a field.
 *
 * Returns: (transfer none) (nullable): the value, %NULL where the mutation leaves the field alone
 */
const TorgValue *
torg_mutation_get (TorgMutation *self, const char *field)
{
  for (guint i = 0; i < self->changes->len; i++)
    {
      TorgFieldChange *change = g_ptr_array_index (self->changes, i);

      if (g_str_equal (change->field, field))
        return &change->value;
    }
  return NULL;
}
