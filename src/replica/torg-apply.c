/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "torg-replica"

#include "config.h"

#include "torg-json.h"
#include "torg-store-private.h"
#include "torg-terms.h"
#include "torg-unite-rule.h"

#include <glib/gi18n-lib.h>
#include <string.h>

typedef struct
{
  TorgStore  *store;
  gint64      step;    /* 0: quiet, without undo, history and outbox */
  const char *import;  /* (nullable) */
  gboolean    plain;   /* what follows from other changes: no rules, nothing that follows from it */
  gboolean    along;   /* what the server does by itself when it takes the mutation that it follows from */
  GPtrArray  *missing; /* (owned) (element-type Missing): references to what may come later in the edit */
  GHashTable *present; /* (owned): what references were found already, targets by id */
} Context;

typedef struct
{
  const TorgField *field;
  char            *id; /* (owned) */
} Missing;

static void
missing_free (gpointer data)
{
  Missing *missing = data;

  g_free (missing->id);
  g_free (missing);
}

/* --- what every write does ------------------------------------------------------------------------------------- */

/* What is written from now on follows from a mutation of its own. */
static void
begin_mutation (TorgStore *self, const TorgMutation *mutation)
{
  g_autofree char *id = mutation->own_id == NULL ? torg_env_make_id (self->env) : NULL;

  g_strlcpy (self->mutation, id != NULL ? id : mutation->own_id, sizeof self->mutation);
}

static gboolean
is_followed (const TorgType *type)
{
  return !g_str_equal (type->info->name, "history");
}

static gboolean
add_history (Context *context, TorgRecord *before, TorgRecord *after, const gboolean *changed, GError **error)
{
  const TorgType *type = torg_record_get_kind (after);

  for (guint i = 0; i < type->n_fields; i++)
    {
      const TorgField *field = &type->fields[i];
      g_autofree char *from = NULL;
      g_autofree char *to = NULL;

      if (!changed[i] || (field->flags & TORG_FIELD_HISTORICAL) == 0)
        continue;
      from = torg_value_to_json_text (torg_record_nth (before, i), field->kind);
      to = torg_value_to_json_text (torg_record_nth (after, i), field->kind);
      if (!torg_history_add (context->store, after, field->name, from, to, context->import, error))
        return FALSE;
    }
  return TRUE;
}

static gboolean
any_with (const TorgType *type, const gboolean *changed, TorgFieldFlags flags)
{
  for (guint i = 0; i < type->n_fields; i++)
    if (changed[i] && (type->fields[i].flags & flags) != 0)
      return TRUE;
  return FALSE;
}

static gboolean
write_update (Context        *context,
              TorgMutation   *mutation,
              TorgRecord     *before,
              TorgRecord     *after,
              const gboolean *changed,
              GError        **error)
{
  TorgStore      *self = context->store;
  const TorgType *type = torg_record_get_kind (after);
  /* Merging deletes a record, and taking that back brings it back. */
  gboolean is_gone = torg_record_get_deleted (after) != 0;
  gboolean turns = is_gone != (torg_record_get_deleted (before) != 0);

  if (!torg_record_table_update (torg_store_get_table (self, type), self->db, after, changed, error))
    return FALSE;
  if ((turns || any_with (type, changed, TORG_FIELD_SEARCHABLE)) && !torg_search_put (self, after, NULL, FALSE, error))
    return FALSE;
  if ((turns || any_with (type, changed, TORG_FIELD_MATCH)) && !torg_match_put (self, before, after, error))
    return FALSE;
  if (context->step != 0 && is_followed (type))
    {
      if (!add_history (context, before, after, changed, error) ||
          !torg_undo_add (self, context->step, TORG_OP_PATCH, before, after, changed, error) ||
          !torg_outbox_add (self, mutation, before, after, context->import, context->along, error))
        return FALSE;
    }
  torg_store_note_change (self, after, !turns ? mutation->op : is_gone ? TORG_OP_DELETE : TORG_OP_RESTORE);
  /* An activity that moves to another deal leaves one. */
  if (g_str_equal (type->info->name, "activity") && changed[torg_type_index_of (type, "deal")])
    torg_store_note_change (self, before, mutation->op);
  return TRUE;
}

static TorgRecord *
find_record (TorgStore *self, TorgMutation *mutation, GError **error)
{
  TorgRecord *record = torg_store_get (self, mutation->type, mutation->id, error);

  if (record == NULL || !g_str_equal (mutation->type, "export"))
    return record;
  g_set_error_literal (error, TORG_ERROR, TORG_ERROR_RULE, _ ("What was exported stays noted as it is."));
  torg_record_unref (record);
  return NULL;
}

/* --- references ------------------------------------------------------------------------------------------------- */

static gboolean
is_set_of_refs (const TorgField *field)
{
  return field->kind == TORG_KIND_SET && field->target != NULL;
}

static gboolean
id_exists (TorgStore *self, const TorgField *field, const char *id, gboolean *exists, GError **error)
{
  g_autofree char *target = torg_field_dup_target_type (field);
  const TorgType  *type = torg_schema_find (self->schema, target);
  g_autoptr (TorgStatement) statement = NULL;

  *exists = TRUE;
  if (type == NULL)
    return TRUE;
  statement = torg_db_prepare (self->db, torg_store_get_table (self, type)->exists, error);
  if (statement == NULL)
    return FALSE;
  torg_statement_bind_id (statement, 1, id);
  return torg_statement_step (statement, exists, error);
}

/* Whether what a reference, or each of a set, refers to is there, deleted or not. */
gboolean
torg_apply_ref_exists (TorgStore       *self,
                       const TorgField *field,
                       const TorgValue *value,
                       gboolean        *exists,
                       GError         **error)
{
  g_auto (GStrv) items = NULL;

  *exists = TRUE;
  if (torg_value_is_null (value))
    return TRUE;
  if (field->kind == TORG_KIND_REF)
    return id_exists (self, field, value->text, exists, error);
  items = is_set_of_refs (field) ? torg_value_dup_items (value) : NULL;
  for (guint i = 0; items != NULL && items[i] != NULL && *exists; i++)
    if (!id_exists (self, field, items[i], exists, error))
      return FALSE;
  return TRUE;
}

static gboolean
note_id (Context *context, const TorgField *field, const char *id, GError **error)
{
  gboolean exists;
  Missing *missing;

  if (g_strcmp0 (g_hash_table_lookup (context->present, id), field->target) == 0 && field->target != NULL)
    return TRUE;
  /* Who signed in is there, at the server, before the first sync has brought it. */
  if (g_strcmp0 (field->target, "user") == 0 && g_strcmp0 (id, context->store->user) == 0 && !context->store->local)
    return TRUE;
  if (!id_exists (context->store, field, id, &exists, error))
    return FALSE;
  if (exists)
    {
      g_hash_table_insert (context->present, g_strdup (id), (gpointer) field->target);
      return TRUE;
    }
  missing = g_new0 (Missing, 1);
  missing->field = field;
  missing->id = g_strdup (id);
  g_ptr_array_add (context->missing, missing);
  return TRUE;
}

static gboolean
note_reference (Context *context, const TorgField *field, const TorgValue *value, GError **error)
{
  g_auto (GStrv) items = NULL;

  if (torg_value_is_null (value))
    return TRUE;
  if (field->kind == TORG_KIND_REF)
    return note_id (context, field, value->text, error);
  items = is_set_of_refs (field) ? torg_value_dup_items (value) : NULL;
  for (guint i = 0; items != NULL && items[i] != NULL; i++)
    if (!note_id (context, field, items[i], error))
      return FALSE;
  return TRUE;
}

static gboolean
check_missing (Context *context, GError **error)
{
  for (guint i = 0; i < context->missing->len; i++)
    {
      Missing *missing = g_ptr_array_index (context->missing, i);
      gboolean exists;

      if (!id_exists (context->store, missing->field, missing->id, &exists, error))
        return FALSE;
      if (!exists)
        {
          g_set_error (error, TORG_ERROR, TORG_ERROR_NOT_FOUND, _ ("“%s”: there is no record with the id %s."),
                       torg_field_get_label (missing->field), missing->id);
          return FALSE;
        }
    }
  return TRUE;
}

/* --- the mutations ---------------------------------------------------------------------------------------------- */

static gboolean
set_changes (TorgMutation *mutation, TorgRecord *record, GError **error)
{
  const TorgType *type = torg_record_get_kind (record);

  for (guint i = 0; i < mutation->changes->len; i++)
    {
      TorgFieldChange *change = g_ptr_array_index (mutation->changes, i);
      const TorgField *field = torg_type_find_field (type, change->field);

      if (field == NULL)
        {
          g_set_error (error, TORG_ERROR, TORG_ERROR_NOT_FOUND, _ ("“%s” has no field “%s”."),
                       torg_type_get_label (type), change->field);
          return FALSE;
        }
      if (change->has_expected && !torg_value_equal (torg_record_nth (record, field->index), &change->expected))
        continue;
      torg_record_set_nth (record, field->index, &change->value);
    }
  return TRUE;
}

static gboolean
check_unique (TorgStore *self, TorgRecord *record, GError **error)
{
  const TorgType *type = torg_record_get_kind (record);

  for (guint i = 0; i < type->n_fields; i++)
    {
      g_autoptr (TorgQuery) query = NULL;
      g_autoptr (GPtrArray) others = NULL;

      if ((type->fields[i].flags & TORG_FIELD_UNIQUE) == 0 || torg_value_is_null (torg_record_nth (record, i)))
        continue;
      query = torg_query_new (type->info->name);
      torg_query_add (query, type->fields[i].name, TORG_MATCH_IS, torg_record_nth (record, i));
      others = torg_store_list (self, query, 2, NULL, error);
      if (others == NULL)
        return FALSE;
      for (guint j = 0; j < others->len; j++)
        if (!g_str_equal (torg_record_get_id (g_ptr_array_index (others, j)), torg_record_get_id (record)))
          {
            g_set_error (error, TORG_ERROR, TORG_ERROR_DUPLICATE, _ ("Another record has the same value of “%s”."),
                         torg_field_get_label (&type->fields[i]));
            return FALSE;
          }
    }
  return TRUE;
}

static gboolean
apply_create (Context *context, TorgMutation *mutation, GError **error)
{
  TorgStore      *self = context->store;
  TorgRuleSource  source = torg_derive_source (self);
  gint64          now = torg_env_get_now (self->env);
  const TorgType *type = torg_schema_find (self->schema, mutation->type);
  g_autoptr (TorgRecord) record = NULL;

  record = torg_record_new (self->schema, type, mutation->id);
  if (!set_changes (mutation, record, error))
    return FALSE;
  torg_derive_fill (self, record);
  if (!torg_record_validate (record, error) || !check_unique (self, record, error) ||
      (context->step != 0 && (!torg_rule_follow (&source, NULL, record, now, context->import != NULL, error) ||
                              !torg_rule_check (&source, NULL, record, error) ||
                              (context->import == NULL && !torg_next_step_check (self, NULL, record, error)))))
    return FALSE;
  for (guint i = 0; i < type->n_fields; i++)
    if (!torg_field_validate (&type->fields[i], torg_record_nth (record, i), error) ||
        !note_reference (context, &type->fields[i], torg_record_nth (record, i), error))
      return FALSE;
  if (!torg_held_insert (self, record, error) || !torg_search_put (self, record, mutation->terms, TRUE, error) ||
      !(mutation->keys != NULL ? torg_match_add (self, record, mutation->keys, error)
                               : torg_match_put (self, NULL, record, error)))
    return FALSE;
  if (context->step != 0 && is_followed (type))
    {
      if (!torg_history_add_creation (self, record, mutation->line_id, context->import, error) ||
          !torg_undo_add (self, context->step, TORG_OP_CREATE, NULL, record, NULL, error) ||
          !torg_outbox_add (self, mutation, NULL, record, context->import, FALSE, error))
        return FALSE;
    }
  torg_store_note_change (self, record, TORG_OP_CREATE);
  return TRUE;
}

static gboolean unite (Context *context, TorgRecord *before, TorgRecord *after, GError **error);

static gboolean
apply_patch (Context *context, TorgMutation *mutation, GError **error)
{
  TorgStore     *self = context->store;
  TorgRuleSource source = torg_derive_source (self);
  g_autoptr (TorgRecord) before = find_record (self, mutation, error);
  g_autoptr (TorgRecord) after = NULL;
  const TorgType *type;
  gboolean       *changed;
  gboolean        any = FALSE;

  if (before == NULL)
    return FALSE;
  type = torg_record_get_kind (before);
  after = torg_record_copy (before);
  if (!set_changes (mutation, after, error) || !unite (context, before, after, error))
    return FALSE;
  if (!context->plain)
    {
      if (!torg_rule_follow (&source, before, after, torg_env_get_now (self->env), context->import != NULL, error))
        return FALSE;
    }
  else if (g_str_equal (type->info->name, "activity"))
    torg_rule_set_time (after);
  changed = g_newa0 (gboolean, type->n_fields);
  for (guint i = 0; i < type->n_fields; i++)
    {
      const TorgField *field = &type->fields[i];

      changed[i] = !torg_value_equal (torg_record_nth (before, i), torg_record_nth (after, i));
      if (!changed[i])
        continue;
      any = TRUE;
      if (!torg_field_validate (field, torg_record_nth (after, i), error) ||
          !note_reference (context, field, torg_record_nth (after, i), error))
        return FALSE;
      if ((field->flags & TORG_FIELD_REQUIRED) != 0 && torg_value_is_null (torg_record_nth (after, i)))
        {
          g_set_error (error, TORG_ERROR, TORG_ERROR_INVALID, _ ("Fill in the field “%s”."),
                       torg_field_get_label (field));
          return FALSE;
        }
    }
  if (!any)
    return TRUE;
  if (!check_unique (self, after, error) ||
      (!context->plain && (!torg_rule_check (&source, before, after, error) ||
                           (context->import == NULL && !torg_next_step_check (self, before, after, error)))))
    return FALSE;
  return write_update (context, mutation, before, after, changed, error);
}

/* @after is deleted, or was; one that comes back may stand in another stage. */
static gboolean
write_deleted (Context      *context,
               TorgMutation *mutation,
               TorgRecord   *before,
               TorgRecord   *after,
               gboolean      send,
               GError      **error)
{
  TorgStore       *self = context->store;
  const TorgType  *type = torg_record_get_kind (before);
  const TorgField *stage = torg_type_find_field (type, "stage");
  gboolean        *changed = g_newa0 (gboolean, type->n_fields);
  gboolean         is_deleted = torg_record_get_deleted (after) != 0;
  TorgOp           op = is_deleted ? TORG_OP_DELETE : TORG_OP_RESTORE;

  for (guint i = 0; i < type->n_fields; i++)
    changed[i] = !torg_value_equal (torg_record_nth (before, i), torg_record_nth (after, i));
  if (!torg_record_table_update (torg_store_get_table (self, type), self->db, after, changed, error) ||
      !torg_search_put (self, after, NULL, FALSE, error) || !torg_match_put (self, before, after, error))
    return FALSE;
  if (context->step != 0)
    {
      if (!torg_history_add (self, after, "deleted", is_deleted ? "null" : "true", is_deleted ? "true" : "null",
                             context->import, error) ||
          !torg_undo_add (self, context->step, op, before, after, NULL, error) ||
          !torg_outbox_add (self, mutation, before, after, context->import, !send, error))
        return FALSE;
      if (stage != NULL && changed[stage->index])
        {
          g_autofree char *old = torg_value_to_json_text (torg_record_nth (before, stage->index), stage->kind);
          g_autofree char *new = torg_value_to_json_text (torg_record_nth (after, stage->index), stage->kind);

          if (!torg_history_add (self, after, "stage", old, new, context->import, error))
            return FALSE;
        }
    }
  torg_store_note_change (self, after, op);
  return TRUE;
}

static gboolean
refers_to (const TorgField *field, const char *type)
{
  gsize n = strlen (type);

  return (field->kind == TORG_KIND_REF || field->kind == TORG_KIND_SET) && field->target != NULL &&
         strncmp (field->target, type, n) == 0 && (field->target[n] == '\0' || field->target[n] == ':');
}

static GArray *
list_referents (TorgStore *self, const TorgType *type, const TorgField *field, const char *id, GError **error)
{
  g_autoptr (TorgQuery) query = torg_query_new (type->info->name);

  torg_query_add_text (query, field->name, TORG_MATCH_IS, id);
  return torg_store_list_rowids (self, query, 0, NULL, error);
}

/* What refers to a record that is merged refers to the one that is kept. */
static gboolean
move_referent (Context *context, const TorgType *type, gint64 rowid, const char *from, const char *to, GError **error)
{
  TorgRuleSource source = torg_derive_source (context->store);
  g_autoptr (TorgRecord) holder = torg_store_get_nth (context->store, type, rowid, error);
  g_autoptr (TorgEdit) edit = torg_edit_new (NULL);
  Context along = *context;

  along.plain = TRUE;
  along.along = TRUE;
  if (holder == NULL)
    return FALSE;
  for (guint i = 0; i < type->n_fields; i++)
    {
      const TorgField *field = &type->fields[i];
      g_auto (GStrv) items = field->kind == TORG_KIND_SET ? torg_value_dup_items (torg_record_nth (holder, i)) : NULL;

      if (items != NULL ? g_strv_contains ((const char *const *) items, from)
                        : field->kind == TORG_KIND_REF && g_strcmp0 (torg_record_nth (holder, i)->text, from) == 0)
        torg_edit_take (edit, type->info->name, torg_record_get_id (holder), field->name,
                        torg_unite_make_value (&source, holder, field, from, to));
    }
  return torg_edit_get_length (edit) == 0 || apply_patch (&along, torg_edit_nth (edit, 0), error);
}

static gboolean
move_referents (Context *context, TorgRecord *record, const char *to, GError **error)
{
  TorgStore  *self = context->store;
  const char *name = torg_record_get_kind (record)->info->name, *from = torg_record_get_id (record);

  for (guint i = 0; i < torg_schema_get_n_types (self->schema); i++)
    {
      const TorgType *type = torg_schema_nth (self->schema, i);

      for (guint j = 0; j < type->n_fields; j++)
        {
          g_autoptr (GArray) rowids = NULL;

          if (!torg_unite_moves (type, &type->fields[j], name))
            continue;
          rowids = list_referents (self, type, &type->fields[j], from, error);
          if (rowids == NULL)
            return FALSE;
          for (guint k = 0; k < rowids->len; k++)
            if (!move_referent (context, type, g_array_index (rowids, gint64, k), from, to, error))
              return FALSE;
        }
    }
  return TRUE;
}

/* Where an edit merges a record into another one, or takes that back, the rest follows. */
static gboolean
unite (Context *context, TorgRecord *before, TorgRecord *after, GError **error)
{
  TorgRuleSource   source = torg_derive_source (context->store);
  g_autofree char *survivor = NULL;

  if (!torg_unite_has (torg_record_get_kind (after)))
    return TRUE;
  if (!torg_unite_check (&source, before, after, &survivor, error))
    return FALSE;
  if (survivor != NULL)
    {
      torg_record_set_text (after, TORG_UNITE_FIELD, survivor);
      torg_record_set_deleted (after, torg_env_get_now (context->store->env));
      return move_referents (context, before, survivor, error);
    }
  if (torg_record_get_text (before, TORG_UNITE_FIELD) != NULL && torg_record_get_text (after, TORG_UNITE_FIELD) == NULL)
    torg_record_set_deleted (after, 0);
  return TRUE;
}

static gboolean delete_record (Context      *context,
                               TorgMutation *mutation,
                               TorgRecord   *record,
                               gint64        when,
                               gboolean      send,
                               GError      **error);

/* A set of references without one of them. */
static TorgValue
take_from_set (const TorgValue *value, const char *id)
{
  g_auto (GStrv) items = torg_value_dup_items (value);
  g_autoptr (GStrvBuilder) kept = g_strv_builder_new ();
  g_auto (GStrv) list = NULL;

  for (guint i = 0; items[i] != NULL; i++)
    if (!g_str_equal (items[i], id))
      g_strv_builder_add (kept, items[i]);
  list = g_strv_builder_end (kept);
  return torg_value_from_items ((const char *const *) list, TRUE);
}

static gboolean
release_referent (Context         *context,
                  const TorgField *field,
                  TorgRecord      *referent,
                  const char      *id,
                  gint64           when,
                  GError         **error)
{
  const TorgType *type = torg_record_get_kind (referent);
  g_autoptr (TorgEdit) edit = torg_edit_new (NULL);
  Context  plain = *context;
  char     mutation[37];
  gboolean done;

  plain.plain = TRUE;
  if (field->on_delete == TORG_ON_DELETE_CASCADE)
    {
      torg_edit_delete (edit, type->info->name, torg_record_get_id (referent));
      return delete_record (context, torg_edit_nth (edit, 0), referent, when, FALSE, error);
    }
  torg_edit_take (edit, type->info->name, torg_record_get_id (referent), field->name,
                  field->kind == TORG_KIND_SET ? take_from_set (torg_record_nth (referent, field->index), id)
                                               : (TorgValue) TORG_VALUE_INIT);
  g_strlcpy (mutation, context->store->mutation, sizeof mutation);
  begin_mutation (context->store, torg_edit_nth (edit, 0));
  done = apply_patch (&plain, torg_edit_nth (edit, 0), error);
  g_strlcpy (context->store->mutation, mutation, sizeof mutation);
  return done;
}

static gboolean
delete_record (Context *context, TorgMutation *mutation, TorgRecord *record, gint64 when, gboolean send, GError **error)
{
  TorgStore  *self = context->store;
  const char *name = torg_record_get_kind (record)->info->name;
  g_autoptr (TorgRecord) after = NULL;

  for (guint i = 0; i < torg_schema_get_n_types (self->schema); i++)
    {
      const TorgType *type = torg_schema_nth (self->schema, i);

      for (guint j = 0; j < type->n_fields; j++)
        {
          const TorgField *field = &type->fields[j];
          g_autoptr (GArray) rowids = NULL;

          if (!refers_to (field, name) || !is_followed (type))
            continue;
          rowids = list_referents (self, type, field, torg_record_get_id (record), error);
          if (rowids == NULL)
            return FALSE;
          if (rowids->len > 0 && field->on_delete == TORG_ON_DELETE_REFUSE)
            {
              g_autofree char *title = torg_record_dup_title (record);

              g_set_error (error, TORG_ERROR, TORG_ERROR_RULE,
                           g_dngettext (GETTEXT_PACKAGE, "“%s” cannot be deleted: it is used in %u record (%s).",
                                        "“%s” cannot be deleted: it is used in %u records (%s).", rowids->len),
                           title, rowids->len, torg_type_get_label_plural (type));
              return FALSE;
            }
          for (guint k = 0; k < rowids->len; k++)
            {
              g_autoptr (TorgRecord) referent =
                torg_store_get_nth (self, type, g_array_index (rowids, gint64, k), error);

              if (referent == NULL ||
                  !release_referent (context, field, referent, torg_record_get_id (record), when, error))
                return FALSE;
            }
        }
    }
  after = torg_record_copy (record);
  torg_record_set_deleted (after, when);
  return write_deleted (context, mutation, record, after, send, error);
}

static gboolean
apply_delete (Context *context, TorgMutation *mutation, GError **error)
{
  g_autoptr (TorgRecord) record = find_record (context->store, mutation, error);

  if (record == NULL)
    return FALSE;
  if (torg_record_get_deleted (record) != 0)
    return TRUE;
  return delete_record (context, mutation, record, torg_env_get_now (context->store->env), TRUE, error);
}

static gboolean restore_along (Context *context, TorgRecord *record, gint64 when, GError **error);

/* By undoing a deletion too: it may have lost its place meanwhile. */
static gboolean
restore_record (Context *context, TorgMutation *mutation, TorgRecord *record, gboolean send, GError **error)
{
  TorgStore     *self = context->store;
  TorgRuleSource source = torg_derive_source (self);
  g_autoptr (TorgRecord) after = torg_record_copy (record);

  torg_record_set_deleted (after, 0);
  if (torg_unite_has (torg_record_get_kind (after)))
    torg_record_set_text (after, TORG_UNITE_FIELD, NULL);
  return check_unique (self, after, error) && torg_rule_restore (&source, after, torg_env_get_now (self->env), error) &&
         write_deleted (context, mutation, record, after, send, error) &&
         restore_along (context, record, torg_record_get_deleted (record), error);
}

static gboolean
restore_referent (Context *context, TorgRecord *referent, GError **error)
{
  g_autoptr (TorgEdit) edit = torg_edit_new (NULL);
  g_autoptr (GError) local = NULL;

  torg_edit_restore (edit, torg_record_get_kind (referent)->info->name, torg_record_get_id (referent));
  if (restore_record (context, torg_edit_nth (edit, 0), referent, FALSE, &local))
    return TRUE;
  /* What has lost another place of its stays where it is; the check came before anything was written. */
  if (local->domain == TORG_ERROR)
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&local));
  return FALSE;
}

/* What was deleted along with a record, at the same moment; the server finds it by itself. */
static gboolean
restore_along (Context *context, TorgRecord *record, gint64 when, GError **error)
{
  TorgStore  *self = context->store;
  const char *name = torg_record_get_kind (record)->info->name;

  for (guint i = 0; i < torg_schema_get_n_types (self->schema); i++)
    {
      const TorgType *type = torg_schema_nth (self->schema, i);

      for (guint j = 0; j < type->n_fields; j++)
        {
          const TorgField *field = &type->fields[j];
          g_autoptr (GArray) rowids = NULL;

          if (!refers_to (field, name) || field->on_delete != TORG_ON_DELETE_CASCADE || !is_followed (type))
            continue;
          rowids = torg_record_table_list_deleted (torg_store_get_table (self, type), self->db, field, when,
                                                   torg_record_get_id (record), error);
          if (rowids == NULL)
            return FALSE;
          for (guint k = 0; k < rowids->len; k++)
            {
              g_autoptr (TorgRecord) referent =
                torg_store_get_nth (self, type, g_array_index (rowids, gint64, k), error);

              if (referent == NULL ||
                  (torg_record_get_deleted (referent) != 0 && !restore_referent (context, referent, error)))
                return FALSE;
            }
        }
    }
  return TRUE;
}

static gboolean
apply_restore (Context *context, TorgMutation *mutation, GError **error)
{
  g_autoptr (TorgRecord) record = find_record (context->store, mutation, error);

  if (record == NULL)
    return FALSE;
  if (torg_record_get_deleted (record) == 0)
    return TRUE;
  return restore_record (context, mutation, record, TRUE, error);
}

static gboolean
apply_all (Context *context, TorgEdit *edit, GError **error)
{
  for (guint i = 0; i < torg_edit_get_length (edit); i++)
    {
      TorgMutation *mutation = torg_edit_nth (edit, i);
      gboolean      done = FALSE;

      if (torg_schema_find (context->store->schema, mutation->type) == NULL)
        {
          g_set_error (error, TORG_ERROR, TORG_ERROR_NOT_FOUND, _ ("There is no type of records called “%s”."),
                       mutation->type);
          return FALSE;
        }
      begin_mutation (context->store, mutation);
      if (context->step != 0 && !is_followed (torg_schema_find (context->store->schema, mutation->type)))
        {
          g_set_error_literal (error, TORG_ERROR, TORG_ERROR_RULE,
                               _ ("The history is written by Torg itself; it can neither be imported nor changed."));
          return FALSE;
        }
      switch (mutation->op)
        {
          case TORG_OP_CREATE:
            done = apply_create (context, mutation, error);
            break;
          case TORG_OP_PATCH:
          case TORG_OP_COMMAND:
            done = apply_patch (context, mutation, error);
            break;
          case TORG_OP_DELETE:
            done = apply_delete (context, mutation, error);
            break;
          case TORG_OP_RESTORE:
            done = apply_restore (context, mutation, error);
            break;
          default:
            g_return_val_if_reached (FALSE);
        }
      if (!done)
        return FALSE;
    }
  return check_missing (context, error);
}

/* In a transaction; all or, with an error, whatever was done until then: the caller rolls back. */
gboolean
torg_apply_edit (TorgStore *self, TorgEdit *edit, gint64 step, const char *import, gboolean plain, GError **error)
{
  g_autoptr (GPtrArray) missing = g_ptr_array_new_with_free_func (missing_free);
  g_autoptr (GHashTable) present = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  Context  context = { self, step, import, plain, FALSE, missing, present };
  gboolean done;

  torg_held_begin (self);
  done = apply_all (&context, edit, error);
  return torg_held_end (self, done, error) && done;
}

/* Removes a record as if it had never been made. */
gboolean
torg_apply_purge (TorgStore *self, TorgRecord *record, GError **error)
{
  g_autoptr (GString) sql = g_string_new ("DELETE FROM \"");
  g_autoptr (TorgStatement) statement = NULL;

  g_string_append_printf (sql, "%s\" WHERE rid = ?1", torg_record_get_kind (record)->info->name);
  statement = torg_db_prepare (self->db, sql->str, error);
  if (statement == NULL)
    return FALSE;
  torg_statement_bind_int (statement, 1, torg_record_get_rowid (record));
  if (!torg_statement_run (statement, error) || !torg_search_remove (self, record, error) ||
      !torg_match_remove (self, record, error))
    return FALSE;
  torg_store_note_change (self, record, TORG_OP_DELETE);
  return TRUE;
}

static gboolean
is_referred_to_by (TorgStore       *self,
                   const TorgType  *type,
                   const TorgField *field,
                   const char      *id,
                   gboolean         with_deleted,
                   gboolean        *is,
                   GError         **error)
{
  g_autoptr (GArray) rowids = list_referents (self, type, field, id, error);
  g_autoptr (GString) sql = NULL;
  g_autoptr (TorgStatement) statement = NULL;

  if (rowids == NULL)
    return FALSE;
  *is = rowids->len > 0;
  if (*is || !with_deleted)
    return TRUE;
  /* Of the deleted ones there is an index of their own, the others leave them out. */
  sql = g_string_new (NULL);
  g_string_append_printf (sql, "SELECT 1 FROM \"%s\" WHERE deleted > 0 AND ", type->info->name);
  if (field->kind == TORG_KIND_SET)
    g_string_append (sql, "?1 IN (SELECT value FROM json_each(");
  torg_record_table_append_column (sql, field);
  g_string_append (sql, field->kind == TORG_KIND_SET ? ")) LIMIT 1" : " = ?1 LIMIT 1");
  statement = torg_db_prepare (self->db, sql->str, error);
  if (statement == NULL)
    return FALSE;
  if ((field->flags & TORG_FIELD_CUSTOM) != 0 || field->kind == TORG_KIND_SET)
    torg_statement_bind_text (statement, 1, id);
  else
    torg_statement_bind_id (statement, 1, id);
  return torg_statement_step (statement, is, error);
}

/* Whether anything refers to a record. */
gboolean
torg_apply_has_referents (TorgStore *self, TorgRecord *record, gboolean with_deleted, gboolean *has, GError **error)
{
  const char *name = torg_record_get_kind (record)->info->name;

  *has = FALSE;
  for (guint i = 0; i < torg_schema_get_n_types (self->schema) && !*has; i++)
    {
      const TorgType *type = torg_schema_nth (self->schema, i);

      for (guint j = 0; j < type->n_fields && !*has; j++)
        if (refers_to (&type->fields[j], name) &&
            !is_referred_to_by (self, type, &type->fields[j], torg_record_get_id (record), with_deleted, has, error))
          return FALSE;
    }
  return TRUE;
}

static gboolean
apply_step (TorgStore *self, TorgEdit *edit, const char *import, gint64 *step, GError **error)
{
  gint64 number;

  if (!torg_store_begin (self, error))
    return FALSE;
  if (!torg_undo_begin_step (self, torg_edit_get_label (edit), import, &number, error) ||
      !torg_rejected_take (self, edit, number, error) || !torg_apply_edit (self, edit, number, import, FALSE, error) ||
      !torg_undo_end_step (self, number, error))
    {
      torg_store_rollback (self);
      return FALSE;
    }
  if (!torg_store_commit (self, error))
    return FALSE;
  if (step != NULL)
    *step = number;
  return TRUE;
}

/**
 * torg_mutation_prepare:
 * @self: the creation of a record
 * @record: the record
 * @keys: what it is known by, see [func@record_dup_match_keys]
 * @env: makes ids
 *
 * Builds what writing a creation would build otherwise, so that another thread can do it.
 */
void
torg_mutation_prepare (TorgMutation *self, TorgRecord *record, const char *const *keys, TorgEnv *env)
{
  self->keys = g_strdupv ((char **) keys);
  self->terms = torg_record_dup_search_terms (record);
  self->own_id = torg_env_make_id (env);
  self->line_id = torg_history_make_id (self->own_id, self->id, NULL);
}

/**
 * torg_store_apply:
 * @edit: changes
 * @step: (out) (optional): the number of the undo step
 * @error: place for an error
 *
 * Applies an edit in one transaction: rows, history, outbox, search terms, counters. When this returns, it is on the
 * disk; with an error nothing of it is.
 *
 * Returns: whether that worked
 */
gboolean
torg_store_apply (TorgStore *self, TorgEdit *edit, gint64 *step, GError **error)
{
  return apply_step (self, edit, NULL, step, error);
}

/**
 * torg_store_apply_import:
 * @edit: changes
 * @import: the id of the import that they are part of; stages take its records as they come
 * @error: place for an error
 *
 * Applies a chunk of an import in one transaction, as [method@Store.apply] does, but without waiting for the disk: that
 * is for [method@Store.sync] at the end.
 *
 * Returns: whether that worked
 */
gboolean
torg_store_apply_import (TorgStore *self, TorgEdit *edit, const char *import, GError **error)
{
  gboolean outermost = self->marks->len == 0;
  gboolean ok;

  if (outermost && !torg_db_set_durable (self->db, FALSE, error))
    return FALSE;
  ok = apply_step (self, edit, import, NULL, error);
  if (outermost && !torg_db_set_durable (self->db, TRUE, ok ? error : NULL))
    return FALSE;
  return ok;
}

/**
 * torg_store_apply_part:
 * @edit: changes
 * @whole: the id of what they are part of, which is undone as one; as that of an import
 * @step: (out): the number of the undo step, which stands for the whole
 * @error: place for an error
 *
 * Applies a part of something larger in one transaction, as [method@Store.apply] does.
 *
 * Returns: whether that worked
 */
gboolean
torg_store_apply_part (TorgStore *self, TorgEdit *edit, const char *whole, gint64 *step, GError **error)
{
  return apply_step (self, edit, whole, step, error);
}

/**
 * torg_store_sync:
 * @error: place for an error
 *
 * Waits until what was imported is on the disk.
 *
 * Returns: whether it is
 */
gboolean
torg_store_sync (TorgStore *self, GError **error)
{
  return torg_db_sync (self->db, error);
}
