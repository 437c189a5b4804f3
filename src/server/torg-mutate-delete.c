/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "torg-server"

#include "config.h"

#include "torg-json.h"
#include "torg-mutate-private.h"
#include "torg-server-rules.h"

#include <string.h>

/* What a record takes along when it is deleted, and brings back. */

static gboolean
refers_to (const TorgField *field, const char *type)
{
  gsize n = strlen (type);

  if (field->kind != TORG_KIND_REF || (field->flags & TORG_FIELD_CUSTOM) != 0)
    return FALSE;
  return field->target != NULL && strncmp (field->target, type, n) == 0 &&
         (field->target[n] == '\0' || field->target[n] == ':');
}

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
    return torg_mutate_delete (context, entry, when, error);
  record = torg_commit_edit (context->commit, entry);
  before = torg_value_to_json_text (torg_record_nth (record, field->index), field->kind);
  torg_record_take_nth (record, field->index, (TorgValue) TORG_VALUE_INIT);
  return (field->flags & TORG_FIELD_HISTORICAL) == 0 ||
         torg_mutate_add_history (context, record, field->name, before, "null", error);
}

/* With all that hangs on it, at the same moment. */
gboolean
torg_mutate_delete (TorgMutate *context, TorgEntry *entry, gint64 when, GError **error)
{
  TorgRecord *record = torg_commit_edit (context->commit, entry);
  const char *name = torg_record_get_kind (record)->info->name;

  torg_record_set_deleted (record, when);
  for (guint i = 0; i < torg_schema_get_n_types (context->schema); i++)
    {
      const TorgType *type = torg_schema_nth (context->schema, i);

      for (guint j = 0; j < type->info->n_fields; j++)
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

/* What was deleted along with a record, at the same moment, and has its other places still. */
static gboolean
restore_along (TorgMutate *context, TorgRecord *record, gint64 when, GError **error)
{
  const char *name = torg_record_get_kind (record)->info->name;

  for (guint i = 0; i < torg_schema_get_n_types (context->schema); i++)
    {
      const TorgType *type = torg_schema_nth (context->schema, i);

      for (guint j = 0; j < type->info->n_fields; j++)
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
  return move_restored (context, record, placed, error) &&
         torg_mutate_add_history (context, record, "deleted", "true", "null", error) &&
         restore_along (context, record, when, error);
}
