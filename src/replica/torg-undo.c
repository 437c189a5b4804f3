/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "torg-replica"

#include "config.h"

#include "torg-json.h"
#include "torg-store-private.h"

#include <glib/gi18n-lib.h>

/*
 * An undo step is what the user did at once: its mutations with the values before and after. Undoing one that the
 * server never saw takes it back, its history and outbox rows too; any other, or one whose fields partly changed since,
 * is compensated by a new edit. An import is as many steps as it has chunks, undone as one.
 * The words of a step hold titles: they go with what is forgotten of its records. Those of an import name its file.
 */

#define UNDO_OP                                                                                                        \
  "CREATE TABLE IF NOT EXISTS undo_op (step INTEGER NOT NULL, place INTEGER NOT NULL, op INTEGER NOT NULL, "           \
  "type TEXT NOT NULL, id BLOB NOT NULL, fields TEXT, PRIMARY KEY (step, place)) STRICT, WITHOUT ROWID;"

/* The first schema had a rowid and an index for each row: half as fast, which an import feels. */
static gboolean
migrate_first (TorgDb *db, GError **error)
{
  gint64 is_old = 0;

  if (!torg_db_get_int (db, "SELECT count(*) FROM pragma_table_info('undo_op') WHERE name = 'rid'", &is_old, error))
    return FALSE;
  return is_old == 0 ||
         torg_db_exec (
           db,
           "ALTER TABLE undo_op RENAME TO undo_op_1; DROP INDEX undo_op_step; DROP INDEX undo_op_id; " UNDO_OP
           "INSERT INTO undo_op SELECT step, rid, op, type, id, fields FROM undo_op_1; "
           "DROP TABLE undo_op_1",
           error);
}

gboolean
torg_undo_migrate (TorgDb *db, GError **error)
{
  if (!migrate_first (db, error))
    return FALSE;
  return torg_db_exec (
    db,
    "CREATE TABLE IF NOT EXISTS undo_step (step INTEGER PRIMARY KEY AUTOINCREMENT, label TEXT, "
    "at INTEGER NOT NULL, import TEXT, history_from INTEGER NOT NULL, history_to INTEGER, "
    "outbox_from INTEGER NOT NULL, outbox_to INTEGER, undone INTEGER NOT NULL DEFAULT 0) STRICT;"
    "CREATE INDEX IF NOT EXISTS undo_step_import ON undo_step (import) WHERE import IS NOT NULL;" UNDO_OP
    "CREATE INDEX IF NOT EXISTS undo_op_id ON undo_op (id);"
    /* What a program that kept the words of what it forgot has left. */
    "UPDATE undo_step SET label = NULL WHERE label IS NOT NULL AND import IS NULL "
    "AND (undone = 1 OR NOT EXISTS (SELECT 1 FROM undo_op WHERE undo_op.step = undo_step.step));",
    error);
}

/* `undone` of a step: an import's of which something was left alone can be undone again, when that is free. */
enum
{
  UNDONE = 1,
  PARTLY_UNDONE,
};

/* In `undo_op`, what stands for a type of records where it is a change that the server had not taken. */
#define RETRIED "retried"

#define NEXT_ROWID(table) "(SELECT coalesce(max(seq), 0) + 1 FROM sqlite_sequence WHERE name = '" table "')"

gboolean
torg_undo_begin_step (TorgStore *self, const char *label, const char *import, gint64 *step, GError **error)
{
  g_autoptr (TorgStatement) statement =
    torg_db_prepare (self->db,
                     "INSERT INTO undo_step (label, at, import, history_from, outbox_from) "
                     "VALUES (?1, ?2, ?3, " NEXT_ROWID ("history") ", " NEXT_ROWID ("outbox") ")",
                     error);

  if (statement == NULL)
    return FALSE;
  torg_statement_bind_text (statement, 1, label);
  torg_statement_bind_int (statement, 2, torg_env_get_now (self->env));
  torg_statement_bind_text (statement, 3, import);
  if (!torg_statement_run (statement, error))
    return FALSE;
  *step = torg_db_get_last_rowid (self->db);
  self->n_sent = 0;
  self->n_undo_ops = 0;
  return TRUE;
}

gboolean
torg_undo_end_step (TorgStore *self, gint64 step, GError **error)
{
  g_autoptr (TorgStatement) statement =
    torg_db_prepare (self->db,
                     "UPDATE undo_step SET history_to = " NEXT_ROWID ("history") " - 1, outbox_to = " NEXT_ROWID (
                       "outbox") " - 1, label = iif(?2 OR import IS NOT NULL, label, NULL) WHERE step = ?1",
                     error);

  if (statement == NULL)
    return FALSE;
  torg_statement_bind_int (statement, 1, step);
  /* By its changes it is found when the words have to go. */
  torg_statement_bind_int (statement, 2, self->n_undo_ops > 0);
  return torg_statement_run (statement, error);
}

static char *
build_fields (TorgRecord *before, TorgRecord *after, const gboolean *changed)
{
  const TorgType *type = torg_record_get_kind (after);
  g_autoptr (JsonNode) root = json_node_new (JSON_NODE_OBJECT);
  JsonObject *fields = json_object_new ();

  json_node_take_object (root, fields);
  for (guint i = 0; i < type->n_fields; i++)
    {
      const TorgField *field = &type->fields[i];
      JsonObject      *change;

      if (!changed[i] || field->merge == TORG_MERGE_DERIVED)
        continue;
      change = json_object_new ();
      json_object_set_member (change, "old", torg_value_to_json (torg_record_nth (before, i), field->kind));
      json_object_set_member (change, "new", torg_value_to_json (torg_record_nth (after, i), field->kind));
      json_object_set_object_member (fields, field->name, change);
    }
  return json_to_string (root, FALSE);
}

gboolean
torg_undo_add (TorgStore      *self,
               gint64          step,
               TorgOp          op,
               TorgRecord     *before,
               TorgRecord     *after,
               const gboolean *changed,
               GError        **error)
{
  g_autofree char *fields = changed != NULL ? build_fields (before, after, changed) : NULL;
  TorgStatement   *statement = torg_held_begin_row (self, TORG_HELD_UNDO);

  torg_statement_bind_int (statement, 1, step);
  torg_statement_bind_int (statement, 2, self->n_undo_ops++);
  torg_statement_bind_int (statement, 3, op);
  torg_statement_bind_text (statement, 4, torg_record_get_kind (after)->info->name);
  torg_statement_bind_id (statement, 5, torg_record_get_id (after));
  torg_statement_bind_text (statement, 6, fields);
  return torg_held_end_row (self, TORG_HELD_UNDO, error);
}

/* What a step did again, to be given back with it; before the changes of the step. */
gboolean
torg_undo_add_retried (TorgStore *self, gint64 step, const char *id, const char *text, GError **error)
{
  TorgStatement *statement = torg_held_begin_row (self, TORG_HELD_UNDO);

  torg_statement_bind_int (statement, 1, step);
  torg_statement_bind_int (statement, 2, self->n_undo_ops++);
  torg_statement_bind_int (statement, 3, TORG_OP_CREATE);
  torg_statement_bind_text (statement, 4, RETRIED);
  torg_statement_bind_id (statement, 5, id);
  torg_statement_bind_text (statement, 6, text);
  return torg_held_end_row (self, TORG_HELD_UNDO, error);
}

/* Takes the words of all steps that changed a record, or any of a type where @id is %NULL: they may tell its title, or
 * another value. */
gboolean
torg_undo_forget_labels (TorgStore *self, const char *type, const char *id, GError **error)
{
  g_autoptr (TorgStatement) statement = torg_db_prepare (
    self->db,
    id != NULL ? "UPDATE undo_step SET label = NULL WHERE label IS NOT NULL AND import IS NULL "
                 "AND step IN (SELECT step FROM undo_op WHERE id = ?2 AND type = ?1)"
               : "UPDATE undo_step SET label = NULL WHERE label IS NOT NULL AND import IS NULL "
                 "AND EXISTS (SELECT 1 FROM undo_op WHERE undo_op.step = undo_step.step AND undo_op.type = ?1)",
    error);

  if (statement == NULL)
    return FALSE;
  torg_statement_bind_text (statement, 1, type);
  if (id != NULL)
    torg_statement_bind_id (statement, 2, id);
  return torg_statement_run (statement, error);
}

typedef struct
{
  gint64 step;
  char  *label;  /* (owned) (nullable): %NULL where the words had to go */
  char  *import; /* (owned) (nullable) */
  gint64 history_from, history_to;
  gint64 outbox_from, outbox_to;
} Step;

static void
step_clear (Step *step)
{
  g_free (step->label);
  g_free (step->import);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Step, step_clear)

#define STEP_COLUMNS "SELECT step, label, import, history_from, history_to, outbox_from, outbox_to FROM undo_step "

static gboolean
read_step (TorgStatement *statement, Step *step, GError **error)
{
  gboolean row;

  if (!torg_statement_step (statement, &row, error))
    return FALSE;
  if (!row)
    {
      g_set_error_literal (error, TORG_ERROR, TORG_ERROR_NOT_FOUND, _ ("There is nothing to undo."));
      return FALSE;
    }
  step->step = torg_statement_get_int (statement, 0);
  step->label = g_strdup (torg_statement_get_text (statement, 1));
  step->import = g_strdup (torg_statement_get_text (statement, 2));
  step->history_from = torg_statement_get_int (statement, 3);
  step->history_to = torg_statement_get_int (statement, 4);
  step->outbox_from = torg_statement_get_int (statement, 5);
  step->outbox_to = torg_statement_get_int (statement, 6);
  return TRUE;
}

static gboolean
find_step (TorgStore *self, gint64 number, Step *step, GError **error)
{
  g_autoptr (TorgStatement) statement = torg_db_prepare (
    self->db,
    STEP_COLUMNS "WHERE history_to IS NOT NULL AND (undone = 0 AND ?1 = 0 OR undone <> 1 AND step = ?1) "
                 "ORDER BY step DESC LIMIT 1",
    error);

  if (statement == NULL)
    return FALSE;
  torg_statement_bind_int (statement, 1, number);
  return read_step (statement, step, error);
}

/* Whether a record was edited after a step, other than by what belongs to it. */
static gboolean
changed_since (TorgStore *self, const Step *step, const char *id, gboolean *changed, GError **error)
{
  g_autoptr (TorgStatement) statement =
    torg_db_prepare (self->db,
                     "SELECT 1 FROM undo_op o JOIN undo_step s USING (step) WHERE o.id = ?1 AND o.step > ?2 "
                     "AND s.undone <> 1 AND (?3 IS NULL OR s.import IS NOT ?3) LIMIT 1",
                     error);

  if (statement == NULL)
    return FALSE;
  torg_statement_bind_id (statement, 1, id);
  torg_statement_bind_int (statement, 2, step->step);
  torg_statement_bind_text (statement, 3, step->import);
  return torg_statement_step (statement, changed, error);
}

/* What an undo leaves alone, since it was changed by something else meanwhile. */
typedef struct
{
  guint      n;
  GPtrArray *items; /* (nullable) (element-type TorgLeft): the first of them */
} Left;

static void
leave_alone (Left *left, TorgRecord *record, const TorgField *field)
{
  TorgLeft *item;

  left->n++;
  if (left->items == NULL || left->items->len >= TORG_MAX_LEFT)
    return;
  item = g_new0 (TorgLeft, 1);
  item->type = g_strdup (torg_record_get_kind (record)->info->name);
  item->id = g_strdup (torg_record_get_id (record));
  item->title = torg_record_dup_title (record);
  item->field = field != NULL ? g_strdup (field->name) : NULL;
  g_ptr_array_add (left->items, item);
}

/* What the user sees counts when it is left alone; a card's rank and the like do not. */
static gboolean
is_counted (const TorgField *field)
{
  return (field->flags & TORG_FIELD_HIDDEN) == 0 && field->merge != TORG_MERGE_LAST;
}

/* Where nothing was sent, later changes of the field begin with what was there before; @done: whether there are any. */
static gboolean
rebase_field (TorgStore       *self,
              const Step      *step,
              TorgRecord      *record,
              const TorgField *field,
              const TorgValue *before,
              const TorgValue *after,
              TorgEdit        *edit,
              Left            *left,
              gboolean        *done,
              GError         **error)
{
  g_auto (TorgValue) value = TORG_VALUE_INIT;
  gboolean rebased = FALSE;

  if (!torg_rebase_field (self, torg_record_get_id (record), field, step->step, step->outbox_to, after, before, &value,
                          done, &rebased, error))
    return FALSE;
  if (rebased)
    torg_edit_set (edit, torg_record_get_kind (record)->info->name, torg_record_get_id (record), field->name, &value);
  else if (*done)
    leave_alone (left, record, field);
  return TRUE;
}

/* What a move brings with it, in the place where it brings the card. */
static const char *const along[] = {
  "stage", "pipeline", "stage_since", "closed", "lost_reason", "lost_comment", NULL
};

/* Whether a move went to another pipeline, or closed the card or opened it again. */
static gboolean
is_whole_move (JsonObject *fields)
{
  return json_object_has_member (fields, "stage") &&
         (json_object_has_member (fields, "pipeline") || json_object_has_member (fields, "closed") ||
          json_object_has_member (fields, "lost_reason") || json_object_has_member (fields, "lost_comment"));
}

/* Whether a card was moved on from where such a move of a step brought it: then the move goes back as a whole, or not
 * at all. */
static gboolean
was_moved_on (TorgStore  *self,
              const Step *step,
              TorgRecord *record,
              JsonObject *fields,
              gint64      compensation,
              gboolean   *moved,
              GError    **error)
{
  const TorgField *stage = torg_type_find_field (torg_record_get_kind (record), "stage");
  g_auto (TorgValue) after = TORG_VALUE_INIT;
  g_autoptr (TorgStatement) statement = NULL;

  *moved = FALSE;
  if (stage == NULL || !is_whole_move (fields))
    return TRUE;
  if (compensation != 0)
    {
      *moved = torg_value_from_json (json_object_get_member (json_object_get_object_member (fields, "stage"), "new"),
                                     stage->kind, &after) &&
               !torg_value_equal (torg_record_nth (record, stage->index), &after);
      return TRUE;
    }
  statement = torg_db_prepare (
    self->db, "SELECT 1 FROM outbox WHERE id = ?1 AND rid > ?2 AND fields -> '$.stage' IS NOT NULL", error);
  if (statement == NULL)
    return FALSE;
  torg_statement_bind_id (statement, 1, torg_record_get_id (record));
  torg_statement_bind_int (statement, 2, step->outbox_to);
  return torg_statement_step (statement, moved, error);
}

static gboolean
undo_fields (TorgStore  *self,
             const Step *step,
             TorgRecord *record,
             const char *json,
             gint64      compensation,
             Left       *left,
             GError    **error)
{
  const TorgType *type = torg_record_get_kind (record);
  g_autoptr (JsonNode) root = json_from_string (json, NULL);
  g_autoptr (TorgEdit) edit = torg_edit_new (NULL);
  JsonObjectIter iter;
  const char    *name;
  JsonNode      *node;
  gboolean       moved;

  if (root == NULL || !JSON_NODE_HOLDS_OBJECT (root))
    return TRUE;
  if (!was_moved_on (self, step, record, json_node_get_object (root), compensation, &moved, error))
    return FALSE;
  if (moved)
    leave_alone (left, record, torg_type_find_field (type, "stage"));
  json_object_iter_init (&iter, json_node_get_object (root));
  while (json_object_iter_next (&iter, &name, &node))
    {
      const TorgField *field = torg_type_find_field (type, name);
      g_auto (TorgValue) before = TORG_VALUE_INIT;
      g_auto (TorgValue) after = TORG_VALUE_INIT;
      gboolean exists, rebased = FALSE;

      if (field == NULL || (moved && g_strv_contains (along, name)) ||
          !torg_value_from_json (json_object_get_member (json_node_get_object (node), "old"), field->kind, &before) ||
          !torg_value_from_json (json_object_get_member (json_node_get_object (node), "new"), field->kind, &after))
        continue;
      if (compensation == 0 && !rebase_field (self, step, record, field, &before, &after, edit, left, &rebased, error))
        return FALSE;
      if (rebased)
        continue;
      if (!torg_apply_ref_exists (self, field, &before, &exists, error))
        return FALSE;
      if (exists && torg_value_equal (torg_record_nth (record, field->index), &after))
        torg_edit_set (edit, type->info->name, torg_record_get_id (record), name, &before);
      else if (is_counted (field) && !torg_value_equal (torg_record_nth (record, field->index), &before))
        leave_alone (left, record, field);
    }
  return torg_apply_edit (self, edit, compensation, NULL, TRUE, error);
}

/* Undoes the creation of a record, unless somebody worked with it since. */
static gboolean
undo_create (TorgStore *self, const Step *step, TorgRecord *record, gint64 compensation, Left *left, GError **error)
{
  g_autoptr (TorgEdit) edit = NULL;
  gboolean used;

  if (torg_record_get_deleted (record) != 0)
    {
      /* Its deletion, which may be undone too, needs that it was made. */
      if (compensation == 0)
        leave_alone (left, record, NULL);
      return TRUE;
    }
  if (!changed_since (self, step, torg_record_get_id (record), &used, error))
    return FALSE;
  if (!used && !torg_apply_has_referents (self, record, compensation == 0, &used, error))
    return FALSE;
  if (used)
    {
      leave_alone (left, record, NULL);
      return TRUE;
    }
  if (compensation == 0)
    return torg_apply_purge (self, record, error);
  edit = torg_edit_new (NULL);
  torg_edit_delete (edit, torg_record_get_kind (record)->info->name, torg_record_get_id (record));
  return torg_apply_edit (self, edit, compensation, NULL, TRUE, error);
}

/* The last deletion of a step is what the user deleted: where it cannot be undone, that is said. What went along with
 * it and has lost another place of its stays deleted. */
static gboolean
undo_delete (TorgStore  *self,
             TorgRecord *record,
             TorgEdit   *edit,
             gboolean    is_last,
             gint64      compensation,
             Left       *left,
             GError    **error)
{
  g_autoptr (GError) local = NULL;

  if (torg_apply_edit (self, edit, compensation, NULL, TRUE, &local))
    return TRUE;
  if (is_last || !g_error_matches (local, TORG_ERROR, TORG_ERROR_RULE))
    {
      g_propagate_error (error, g_steal_pointer (&local));
      return FALSE;
    }
  leave_alone (left, record, NULL);
  return TRUE;
}

/* Deleting takes a record out of those that refer to it. As if it had never been restored, they would lose what the
 * server has in them: then the server is to delete it too. */
static gboolean
undo_restore (TorgStore *self, TorgRecord *record, TorgEdit *edit, gint64 compensation, Left *left, GError **error)
{
  gboolean used = FALSE;

  if (compensation == 0 && !torg_apply_has_referents (self, record, FALSE, &used, error))
    return FALSE;
  if (!used)
    return torg_apply_edit (self, edit, compensation, NULL, TRUE, error);
  leave_alone (left, record, NULL);
  return TRUE;
}

static gboolean
undo_op (TorgStore     *self,
         const Step    *step,
         TorgStatement *statement,
         gboolean       is_last,
         gint64         compensation,
         Left          *left,
         GError       **error)
{
  TorgOp           op = torg_statement_get_int (statement, 0);
  const char      *type = torg_statement_get_text (statement, 1);
  g_autofree char *id = torg_statement_dup_id (statement, 2);
  g_autoptr (TorgRecord) record = torg_store_get (self, type, id, NULL);
  g_autoptr (TorgEdit) edit = torg_edit_new (NULL);

  /* What was sent is answered anew. */
  if (g_str_equal (type, RETRIED))
    return compensation != 0 || torg_rejected_give_back (self, torg_statement_get_text (statement, 3), error);
  if (record == NULL)
    return TRUE;
  switch (op)
    {
      case TORG_OP_CREATE:
        return undo_create (self, step, record, compensation, left, error);
      case TORG_OP_PATCH:
      case TORG_OP_COMMAND:
        return undo_fields (self, step, record, torg_statement_get_text (statement, 3), compensation, left, error);
      case TORG_OP_DELETE:
        torg_edit_restore (edit, type, id);
        return undo_delete (self, record, edit, is_last, compensation, left, error);
      case TORG_OP_RESTORE:
        torg_edit_delete (edit, type, id);
        return undo_restore (self, record, edit, compensation, left, error);
      default:
        g_return_val_if_reached (FALSE);
    }
}

/* Of a step that can be undone further only that is kept which was left alone. */
static gboolean
forget_ops (TorgStore *self, const Step *step, GArray *places, GError **error)
{
  g_autoptr (TorgStatement) statement =
    torg_db_prepare (self->db, "DELETE FROM undo_op WHERE step = ?1 AND place = ?2", error);

  if (statement == NULL)
    return FALSE;
  torg_statement_bind_int (statement, 1, step->step);
  for (guint i = 0; i < places->len; i++)
    {
      torg_statement_bind_int (statement, 2, g_array_index (places, gint64, i));
      if (!torg_statement_run (statement, error))
        return FALSE;
    }
  return TRUE;
}

/* The last change first, each on what the one before left. */
static gboolean
undo_ops (TorgStore *self, const Step *step, gint64 compensation, Left *left, GError **error)
{
  g_autoptr (TorgStatement) statement = torg_db_prepare (
    self->db, "SELECT op, type, id, fields, place FROM undo_op WHERE step = ?1 ORDER BY place DESC", error);
  g_autoptr (GArray) done = g_array_new (FALSE, FALSE, sizeof (gint64));
  guint    n_before = left->n;
  gboolean row;

  if (statement == NULL)
    return FALSE;
  torg_statement_bind_int (statement, 1, step->step);
  for (gboolean is_last = TRUE;; is_last = FALSE)
    {
      gint64 place;
      guint  n = left->n;

      if (!torg_statement_step (statement, &row, error))
        return FALSE;
      if (!row)
        break;
      place = torg_statement_get_int (statement, 4);
      if (!undo_op (self, step, statement, is_last, compensation, left, error))
        return FALSE;
      if (left->n == n)
        g_array_append_val (done, place);
    }
  return step->import == NULL || compensation == 0 || left->n == n_before || forget_ops (self, step, done, error);
}

static gboolean
forget_history (TorgStore *self, const Step *step, GError **error)
{
  g_autoptr (TorgStatement) statement =
    torg_db_prepare (self->db, "DELETE FROM history WHERE rid BETWEEN ?1 AND ?2", error);

  if (statement == NULL)
    return FALSE;
  torg_statement_bind_int (statement, 1, step->history_from);
  torg_statement_bind_int (statement, 2, step->history_to);
  return torg_statement_run (statement, error) && torg_outbox_remove (self, step->outbox_from, step->outbox_to, error);
}

/* Nobody asks for the words and the values of a step that is undone, and they may tell what is not to be seen one day;
 * that it was, and of which records, stays known. */
static gboolean
mark_undone (TorgStore *self, gint64 step, int undone, GError **error)
{
  g_autoptr (TorgStatement) mark = torg_db_prepare (
    self->db, "UPDATE undo_step SET undone = ?2, label = iif(import IS NULL, NULL, label) WHERE step = ?1", error);
  g_autoptr (TorgStatement) forget =
    torg_db_prepare (self->db, "UPDATE undo_op SET fields = NULL WHERE step = ?1 AND fields IS NOT NULL", error);

  if (mark == NULL || forget == NULL)
    return FALSE;
  torg_statement_bind_int (mark, 1, step);
  torg_statement_bind_int (mark, 2, undone);
  torg_statement_bind_int (forget, 1, step);
  return torg_statement_run (mark, error) && (undone != UNDONE || torg_statement_run (forget, error));
}

/* Ends a step that nobody undoes. */
gboolean
torg_undo_end_for_good (TorgStore *self, gint64 step, GError **error)
{
  return torg_undo_end_step (self, step, error) && mark_undone (self, step, UNDONE, error);
}

/* As if it had never been; only where nothing of it has to be left alone. */
static gboolean
take_back (TorgStore *self, const Step *step, gboolean *done, GError **error)
{
  Left left = { 0 };

  *done = FALSE;
  if (!torg_store_begin (self, error))
    return FALSE;
  if (!undo_ops (self, step, 0, &left, error) || (left.n == 0 && !forget_history (self, step, error)))
    {
      torg_store_rollback (self);
      return FALSE;
    }
  if (left.n > 0)
    {
      torg_store_rollback (self);
      return TRUE;
    }
  *done = TRUE;
  return torg_store_commit (self, error);
}

static gboolean
compensate (TorgStore *self, const Step *step, Left *left, GError **error)
{
  gint64 compensation;

  return torg_undo_begin_step (self, step->label, NULL, &compensation, error) &&
         undo_ops (self, step, compensation, left, error) && torg_undo_end_step (self, compensation, error) &&
         mark_undone (self, compensation, UNDONE, error);
}

/* In a transaction. */
static gboolean
undo_step (TorgStore *self, const Step *step, Left *left, GError **error)
{
  gboolean was_alone = step->outbox_to < step->outbox_from;
  gboolean tried = !self->local && was_alone, done = FALSE;
  guint    n_before = left->n;

  /* What was done before the replica had a server is sent whole, and not as this step. */
  if (!self->local && !was_alone && !torg_outbox_was_tried (self, step->outbox_from, step->outbox_to, &tried, error))
    return FALSE;
  if (!tried && !take_back (self, step, &done, error))
    return FALSE;
  if (!done && !compensate (self, step, left, error))
    return FALSE;
  return mark_undone (self, step->step, step->import != NULL && left->n > n_before ? PARTLY_UNDONE : UNDONE, error);
}

static gboolean
list_import_steps (TorgStore *self, const char *import, GArray *steps, GError **error)
{
  g_autoptr (TorgStatement) statement = torg_db_prepare (
    self->db, "SELECT step FROM undo_step WHERE import = ?1 AND undone <> 1 ORDER BY step DESC", error);
  gboolean row;

  if (statement == NULL)
    return FALSE;
  torg_statement_bind_text (statement, 1, import);
  for (;;)
    {
      gint64 step;

      if (!torg_statement_step (statement, &row, error))
        return FALSE;
      if (!row)
        return TRUE;
      step = torg_statement_get_int (statement, 0);
      g_array_append_val (steps, step);
    }
}

static gboolean
undo_all (TorgStore *self, GArray *steps, Left *left, GError **error)
{
  for (guint i = 0; i < steps->len; i++)
    {
      g_auto (Step) step = { 0 };

      if (!find_step (self, g_array_index (steps, gint64, i), &step, error) || !undo_step (self, &step, left, error))
        return FALSE;
    }
  return TRUE;
}

/**
 * torg_store_find_step:
 * @mutation: the id of a mutation that waits
 *
 * Finds the step that a mutation is part of. One of an import, of which more than the mutation would be undone, has
 * none; neither has one that is sent once more, to a server that forgot it.
 *
 * Returns: a step, 0 for none
 */
gint64
torg_store_find_step (TorgStore *self, const char *mutation)
{
  g_autoptr (TorgStatement) statement =
    torg_db_prepare (self->db,
                     "SELECT iif(outbox_to >= o.rid AND undone = 0 AND s.import IS NULL, step, 0) "
                     "FROM outbox AS o, undo_step AS s WHERE mutation = ?1 AND outbox_from <= o.rid ORDER BY step DESC "
                     "LIMIT 1",
                     NULL);
  gboolean row = FALSE;

  if (statement == NULL)
    return 0;
  torg_statement_bind_id (statement, 1, mutation);
  return torg_statement_step (statement, &row, NULL) && row ? torg_statement_get_int (statement, 0) : 0;
}

/**
 * torg_store_undo:
 * @step: a step, or 0 for the last one that is not undone; a step of an import stands for the whole import
 * @n_left: (out): how many fields and records were left alone, since they changed later
 * @error: place for an error
 *
 * Undoes what the user did at once, in one transaction.
 *
 * Returns: (transfer full) (nullable): what was undone, in the words that it was done with, or neutral ones where these
 *   told of what is not to be seen any more
 */
char *
torg_store_undo (TorgStore *self, gint64 step, guint *n_left, GError **error)
{
  g_auto (Step) first = { 0 };
  g_autoptr (GArray) steps = g_array_new (FALSE, FALSE, sizeof (gint64));
  Left left = { 0 };

  *n_left = 0;
  if (!torg_store_begin (self, error))
    return NULL;
  if (!find_step (self, step, &first, error))
    goto fail;
  if (first.import != NULL)
    {
      if (!list_import_steps (self, first.import, steps, error))
        goto fail;
    }
  else
    g_array_append_val (steps, first.step);
  if (!undo_all (self, steps, &left, error))
    goto fail;
  *n_left = left.n;
  if (!torg_store_commit (self, error))
    return NULL;
  return g_strdup (first.label != NULL ? first.label : C_ ("what was undone", "a change"));

fail:
  torg_store_rollback (self);
  return NULL;
}

/**
 * torg_store_undo_import:
 * @import: an import's id
 * @n_left: (out): how many fields and records were left alone, since they changed later
 * @items: (nullable) (element-type TorgLeft): takes the first 1,000 of these
 * @error: place for an error
 *
 * Undoes a whole import, its updates included, in one transaction. What was left alone can be undone by another call,
 * when what changed it was undone itself.
 *
 * Returns: whether that worked
 */
gboolean
torg_store_undo_import (TorgStore *self, const char *import, guint *n_left, GPtrArray *items, GError **error)
{
  g_autoptr (GArray) steps = g_array_new (FALSE, FALSE, sizeof (gint64));
  Left left = { 0, items };

  *n_left = 0;
  if (!torg_store_begin (self, error))
    return FALSE;
  if (!list_import_steps (self, import, steps, error))
    goto fail;
  if (steps->len == 0)
    {
      g_set_error_literal (error, TORG_ERROR, TORG_ERROR_NOT_FOUND,
                           _ ("There is no such import, or it was undone already."));
      goto fail;
    }
  if (!undo_all (self, steps, &left, error))
    goto fail;
  *n_left = left.n;
  return torg_store_commit (self, error);

fail:
  torg_store_rollback (self);
  return FALSE;
}

/**
 * torg_left_free:
 * @self: (transfer full): what was left alone
 *
 * Frees it.
 */
void
torg_left_free (TorgLeft *self)
{
  g_free (self->type);
  g_free (self->id);
  g_free (self->title);
  g_free (self->field);
  g_free (self);
}

/**
 * torg_import_info_free:
 * @self: (transfer full): what is known of an import
 *
 * Frees it.
 */
void
torg_import_info_free (TorgImportInfo *self)
{
  g_free (self->id);
  g_free (self->label);
  g_free (self);
}

/**
 * torg_store_list_imports:
 * @error: place for an error
 *
 * Lists the imports, those that were broken off too.
 *
 * Returns: (transfer full) (element-type TorgImportInfo) (nullable): the newest first
 */
GPtrArray *
torg_store_list_imports (TorgStore *self, GError **error)
{
  g_autoptr (GPtrArray) imports = g_ptr_array_new_with_free_func ((GDestroyNotify) torg_import_info_free);
  g_autoptr (TorgStatement) statement =
    torg_db_prepare (self->db,
                     "SELECT import, label, min(at), (SELECT count(DISTINCT o.id) FROM undo_step p JOIN undo_op o "
                     "USING (step) WHERE p.import = s.import), sum(undone <> 1), sum(undone <> 0) "
                     "FROM undo_step s WHERE import IS NOT NULL GROUP BY import ORDER BY min(step) DESC",
                     error);
  gboolean row;

  if (statement == NULL)
    return NULL;
  for (;;)
    {
      TorgImportInfo *info;

      if (!torg_statement_step (statement, &row, error))
        return NULL;
      if (!row)
        return g_steal_pointer (&imports);
      info = g_new0 (TorgImportInfo, 1);
      info->id = g_strdup (torg_statement_get_text (statement, 0));
      info->label = g_strdup (torg_statement_get_text (statement, 1));
      info->at = torg_statement_get_int (statement, 2);
      info->n_records = torg_statement_get_int (statement, 3);
      info->undone = torg_statement_get_int (statement, 4) == 0;
      info->partly = !info->undone && torg_statement_get_int (statement, 5) > 0;
      g_ptr_array_add (imports, info);
    }
}
