/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "torg-server"

#include "config.h"

#include "torg-json.h"
#include "torg-mutate-private.h"
#include "torg-mutate.h"
#include "torg-server-rules.h"

#include <string.h>

/* What a record takes along when it is deleted, and brings back. */

static gboolean
refers_to (const TorgField *field, const char *type)
{
  gsize n = strlen (type);

  return field->kind == TORG_KIND_REF && field->target != NULL && strncmp (field->target, type, n) == 0 &&
         (field->target[n] == '\0' || field->target[n] == ':');
}

/* Whether another client has changed a record since the one that wants it deleted has seen it. A client that made the
 * record, and never saw it come back, has seen what it made; of any other one it is not known what it saw. @first is
 * the number with which the record came, where the client made it and did not see it come back. */
static gboolean
has_newer (TorgMutate *context, TorgEntry *entry, gint64 base, gint64 *first, gboolean *newer, GError **error)
{
  g_autoptr (TorgStatement) statement = NULL;
  const char *client = torg_commit_get_client (context->commit);
  gboolean    row;

  *newer = FALSE;
  statement = torg_db_prepare (torg_server_store_get_db (context->store),
                               "SELECT client, seq FROM change WHERE workspace = ?1 AND id = ?2 AND seq > ?3 "
                               "ORDER BY seq",
                               error);
  if (statement == NULL)
    return FALSE;
  torg_statement_bind_int (statement, 1, torg_server_store_get_workspace (context->store));
  torg_statement_bind_id (statement, 2, torg_record_get_id (entry->before));
  torg_statement_bind_int (statement, 3, base);
  for (gboolean is_first = TRUE;; is_first = FALSE)
    {
      g_autofree char *other = NULL;
      gboolean         is_own;

      if (!torg_statement_step (statement, &row, error))
        return FALSE;
      if (!row)
        return TRUE;
      other = torg_statement_dup_id (statement, 0);
      is_own = client != NULL && g_strcmp0 (other, client) == 0;
      if (base == 0 && is_first && !is_own)
        return TRUE;
      if (base == 0 && is_first && first != NULL)
        *first = torg_statement_get_int (statement, 1);
      *newer |= !is_own;
    }
}

/* What was seen of a record tells what was seen of all that hangs on it: a replica takes the changes in their order,
 * and says the last number of all of these. */
static gboolean
look_for_newer (TorgMutate *context, TorgEntry *entry, GError **error)
{
  gint64 base = context->mutation->base_seq;

  context->newer = FALSE;
  context->seen = base > 0 ? base : G_MAXINT64;
  return entry->before == NULL || has_newer (context, entry, base, &context->seen, &context->newer, error);
}

/* Whether somebody changed a record since it was seen. */
gboolean
torg_mutate_is_newer (TorgMutate *context, TorgEntry *entry, gboolean *newer, GError **error)
{
  gboolean ok = look_for_newer (context, entry, error);

  *newer = context->newer;
  return ok;
}

static gboolean
look_along (TorgMutate *context, TorgEntry *entry, GError **error)
{
  if (context->newer || entry->before == NULL || torg_record_get_seq (entry->before) <= context->seen)
    return TRUE;
  return has_newer (context, entry, context->seen, NULL, &context->newer, error);
}

static gboolean delete_along (TorgMutate *context, TorgEntry *entry, gint64 when, GError **error);

static gboolean
release_referent (TorgMutate      *context,
                  const TorgType  *type,
                  const TorgField *field,
                  const char      *id,
                  const char      *target,
                  gint64           when,
                  GError         **error)
{
  TorgEntry       *entry;
  TorgRecord      *record;
  g_autofree char *before = NULL;

  if (!torg_commit_get (context->commit, type->info->name, id, &entry, error))
    return FALSE;
  if (entry == NULL || torg_record_get_deleted (entry->after) != 0 ||
      g_strcmp0 (torg_record_nth (entry->after, field->index)->text, target) != 0)
    return TRUE;
  if (field->on_delete == TORG_ON_DELETE_REFUSE)
    return torg_mutate_reject (context, "rule", field->name);
  if (field->on_delete == TORG_ON_DELETE_CASCADE)
    return look_along (context, entry, error) && delete_along (context, entry, when, error);
  record = torg_commit_edit (context->commit, entry);
  before = torg_value_to_json_text (torg_record_nth (record, field->index), field->kind);
  torg_record_take_nth (record, field->index, (TorgValue) TORG_VALUE_INIT);
  return (field->flags & TORG_FIELD_HISTORICAL) == 0 ||
         torg_mutate_add_history (context, record, field->name, before, "null", error);
}

static gboolean
delete_along (TorgMutate *context, TorgEntry *entry, gint64 when, GError **error)
{
  TorgRecord *record = torg_commit_edit (context->commit, entry);
  const char *name = torg_record_get_kind (record)->info->name;

  torg_record_set_deleted (record, when);
  for (guint i = 0; i < torg_schema_get_n_types (context->schema); i++)
    {
      const TorgType *type = torg_schema_nth (context->schema, i);

      for (guint j = 0; j < type->n_fields; j++)
        {
          g_autoptr (GPtrArray) ids = NULL;

          if (!refers_to (&type->fields[j], name) || torg_mutate_is_own_kind (type->info->name))
            continue;
          ids =
            torg_commit_list_referents (context->commit, type, &type->fields[j], torg_record_get_id (record), error);
          if (ids == NULL)
            return FALSE;
          for (guint k = 0; k < ids->len; k++)
            if (!release_referent (context, type, &type->fields[j], g_ptr_array_index (ids, k),
                                   torg_record_get_id (record), when, error))
              return FALSE;
        }
    }
  return torg_mutate_add_history (context, record, "deleted", "null", "true", error);
}

/* With all that hangs on it, at the same moment; not where somebody changed any of it since it was seen, which @newer
 * tells. */
gboolean
torg_mutate_delete (TorgMutate *context, TorgEntry *entry, gboolean *newer, GError **error)
{
  guint mark = torg_commit_mark (context->commit);

  *newer = FALSE;
  if (!look_for_newer (context, entry, error) ||
      !delete_along (context, entry, MAX (torg_mutate_get_time (context), 1), error))
    return FALSE;
  if (!context->newer)
    return TRUE;
  torg_commit_rollback (context->commit, mark);
  *newer = TRUE;
  return TRUE;
}

/* --- additions to what was deleted -------------------------------------------------------------------------------- */

/**
 * torg_mutate_find_deleted:
 * @commit: the changes of a transaction
 * @field: a reference, or another field
 * @value: what the field is to have
 * @upholder: (out) (nullable): the deleted record that would have taken along what refers to it so
 * @error: place for a %TORG_STORE_ERROR
 *
 * Tells whether a reference would hang a record on one that is deleted.
 *
 * Returns: whether the database answered
 */
gboolean
torg_mutate_find_deleted (TorgCommit      *commit,
                          const TorgField *field,
                          const TorgValue *value,
                          TorgEntry      **upholder,
                          GError         **error)
{
  g_autofree char *target = NULL;

  *upholder = NULL;
  if (field->kind != TORG_KIND_REF || field->on_delete != TORG_ON_DELETE_CASCADE || value->text == NULL ||
      (target = torg_field_dup_target_type (field)) == NULL)
    return TRUE;
  if (!torg_commit_get (commit, target, value->text, upholder, error))
    return FALSE;
  if (*upholder != NULL && torg_record_get_deleted ((*upholder)->after) == 0)
    *upholder = NULL;
  return TRUE;
}

/* The same of all that @record hangs on; @when: 0, or the moment of the deletion. */
static gboolean
find_any_deleted (TorgMutate *context, TorgRecord *record, gint64 when, TorgEntry **upholder, GError **error)
{
  const TorgType *type = torg_record_get_kind (record);

  *upholder = NULL;
  for (guint i = 0; i < type->info->n_fields && *upholder == NULL; i++)
    {
      if (!torg_mutate_find_deleted (context->commit, &type->fields[i], torg_record_nth (record, i), upholder, error))
        return FALSE;
      if (*upholder != NULL && when != 0 && torg_record_get_deleted ((*upholder)->after) != when)
        *upholder = NULL;
    }
  return TRUE;
}

/* What was added to a record before its author knew that it is deleted goes with it, at the same moment, and comes back
 * with it: that is proposed, of the record with which all the rest went. */
gboolean
torg_mutate_add_deleted (TorgMutate *context, TorgRecord *record, GError **error)
{
  TorgEntry *entry, *upholder, *next;
  gint64     when;

  if (!find_any_deleted (context, record, 0, &upholder, error))
    return FALSE;
  if (upholder == NULL)
    return TRUE;
  when = torg_record_get_deleted (upholder->after);
  if (!torg_commit_get (context->commit, torg_record_get_kind (record)->info->name, torg_record_get_id (record), &entry,
                        error))
    return FALSE;
  torg_record_set_deleted (torg_commit_edit (context->commit, entry), when);
  for (next = upholder; next != NULL;)
    {
      upholder = next;
      if (!find_any_deleted (context, upholder->after, when, &next, error))
        return FALSE;
    }
  return torg_mutate_add_addition (context, upholder->after, record, error);
}

/* --- coming back -------------------------------------------------------------------------------------------------- */

/* What was deleted along with a record, at the same moment, and has its other places still. */
static gboolean
restore_along (TorgMutate *context, TorgRecord *record, gint64 when, GError **error)
{
  const char *name = torg_record_get_kind (record)->info->name;

  for (guint i = 0; i < torg_schema_get_n_types (context->schema); i++)
    {
      const TorgType *type = torg_schema_nth (context->schema, i);

      for (guint j = 0; j < type->n_fields; j++)
        {
          const TorgField *field = &type->fields[j];
          g_autoptr (GPtrArray) ids = NULL;

          if (!refers_to (field, name) || field->on_delete != TORG_ON_DELETE_CASCADE ||
              torg_mutate_is_own_kind (type->info->name))
            continue;
          ids = torg_commit_list_referents (context->commit, type, field, torg_record_get_id (record), error);
          if (ids == NULL)
            return FALSE;
          for (guint k = 0; k < ids->len; k++)
            {
              TorgEntry  *entry;
              const char *code;

              if (!torg_commit_get (context->commit, type->info->name, ids->pdata[k], &entry, error))
                return FALSE;
              if (entry != NULL && torg_record_get_deleted (entry->after) == when &&
                  g_strcmp0 (torg_record_nth (entry->after, j)->text, torg_record_get_id (record)) == 0 &&
                  !torg_mutate_restore (context, entry, &code, error))
                return FALSE;
            }
        }
    }
  return TRUE;
}

/* A record whose stage was removed meanwhile stands in another one. */
static gboolean
move_restored (TorgMutate *context, TorgRecord *record, TorgRecord *placed, GError **error)
{
  static const char *const fields[] = { "stage", "stage_since" };

  for (guint i = 0; i < G_N_ELEMENTS (fields); i++)
    {
      const TorgField *field = torg_type_find_field (torg_record_get_kind (record), fields[i]);
      g_autofree char *old = NULL, *new = NULL;

      if (field == NULL ||
          torg_value_equal (torg_record_nth (record, field->index), torg_record_nth (placed, field->index)))
        continue;
      old = torg_value_to_json_text (torg_record_nth (record, field->index), field->kind);
      new = torg_value_to_json_text (torg_record_nth (placed, field->index), field->kind);
      torg_record_take_nth (record, field->index, torg_value_copy (torg_record_nth (placed, field->index)));
      if ((field->flags & TORG_FIELD_HISTORICAL) != 0 &&
          !torg_mutate_add_history (context, record, field->name, old, new, error))
        return FALSE;
    }
  return TRUE;
}

/* With what was deleted along; @code tells why it stays deleted. */
gboolean
torg_mutate_restore (TorgMutate *context, TorgEntry *entry, const char **code, GError **error)
{
  g_autoptr (TorgRecord) placed = torg_record_copy (entry->after);
  gint64      when = torg_record_get_deleted (placed);
  TorgRecord *record;

  torg_record_set_deleted (placed, 0);
  if (!torg_server_rules_restore (context->commit, placed, code, error))
    return FALSE;
  if (*code != NULL)
    return TRUE;
  record = torg_commit_edit (context->commit, entry);
  torg_record_set_deleted (record, 0);
  return torg_mutate_clear_merged (context, record, error) && move_restored (context, record, placed, error) &&
         torg_mutate_add_history (context, record, "deleted", "true", "null", error) &&
         restore_along (context, record, when, error);
}
