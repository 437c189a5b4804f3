/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "torg-core"

#include "config.h"

#include "torg-error.h"
#include "torg-rule.h"
#include "torg-stage-rule.h"

#include <glib/gi18n-lib.h>
#include <string.h>

/*
 * What must hold of the shape of a company beside what the fields say: of pipelines and their stages, of trees and of
 * custom fields. A replica keeps it when an edit is made; the server again, of records as they are there.
 */

static gboolean
refuse (GError **error, const char *sentence)
{
  g_set_error_literal (error, TORG_ERROR, TORG_ERROR_RULE, sentence);
  return FALSE;
}

static gboolean
is_changed (TorgRecord *before, TorgRecord *after, const char *field)
{
  return before == NULL || !torg_value_equal (torg_record_get (before, field), torg_record_get (after, field));
}

/* --- pipelines ---------------------------------------------------------------------------------------------------- */

static gboolean
check_pipeline_kind (const TorgRuleSource *source, TorgRecord *before, TorgRecord *after, GError **error)
{
  static const char *const types[] = { "deal", "lead" };

  if (before == NULL || !is_changed (before, after, "kind"))
    return TRUE;
  for (guint i = 0; i < G_N_ELEMENTS (types); i++)
    {
      gboolean has;

      if (!source->has_cards (source->data, types[i], torg_record_get_id (after), &has, error))
        return FALSE;
      if (has)
        return refuse (error, _ ("The kind of a pipeline cannot be changed while anything stands in it."));
    }
  return TRUE;
}

static gboolean
check_stage (const TorgRuleSource *source, TorgRecord *before, TorgRecord *after, GError **error)
{
  if (before == NULL || !is_changed (before, after, "pipeline"))
    return TRUE;
  return refuse (error, _ ("A stage cannot go to another pipeline. Make a new one there."));
}

/* Who may see a file is known by who attached it: another content under the same name would not be theirs. */
static gboolean
check_attachment (const TorgRuleSource *source, TorgRecord *before, TorgRecord *after, GError **error)
{
  if (before == NULL || !is_changed (before, after, "file"))
    return TRUE;
  return refuse (error, _ ("The content of a file that is attached does not change. Attach the new one beside it."));
}

/* Whose it is to see follows from what is shared: the type goes with the record, which only a new share names anew. */
static gboolean
check_share (const TorgRuleSource *source, TorgRecord *before, TorgRecord *after, GError **error)
{
  if (before == NULL || !is_changed (before, after, "record_type"))
    return TRUE;
  return refuse (error, _ ("A share stays one of the same kind of record. Share the other one beside it."));
}

/* --- approvals ---------------------------------------------------------------------------------------------------- */

/* Asked by whoever it says, and decided by one of those who may: what it is about stays. */
static gboolean
check_approval (const TorgRuleSource *source, TorgRecord *before, TorgRecord *after, GError **error)
{
  static const char *const fixed[] = { "deal", "lead", "stage", "asked_by" };
  const char              *stage_id = torg_record_get_text (after, "stage");
  const char              *decision = torg_record_get_text (after, "decision");
  g_autoptr (TorgRecord) stage = NULL;

  if ((torg_record_get_text (after, "deal") == NULL) == (torg_record_get_text (after, "lead") == NULL))
    return refuse (error, _ ("An approval is asked for one deal or one lead."));
  for (guint i = 0; before != NULL && i < G_N_ELEMENTS (fixed); i++)
    if (is_changed (before, after, fixed[i]))
      return refuse (error, _ ("An approval stays one of the same card and stage. Ask for another one."));
  if (source->user == NULL)
    return TRUE;
  if (before == NULL && g_strcmp0 (torg_record_get_text (after, "asked_by"), source->user) != 0)
    return refuse (error, _ ("Everybody asks for approval in their own name."));
  if (before == NULL ? decision == NULL
                     : !is_changed (before, after, "decision") && !is_changed (before, after, "decided_by"))
    return TRUE;
  if (decision != NULL && g_strcmp0 (torg_record_get_text (after, "decided_by"), source->user) != 0)
    return refuse (error, _ ("Everybody decides in their own name."));
  stage = source->get (source->data, "stage", stage_id, error);
  if (stage == NULL)
    return FALSE;
  return torg_stage_rule_approves (source, stage) ||
         refuse (error, _ ("This is decided by those whose role approves the stage."));
}

/* --- trees ------------------------------------------------------------------------------------------------------ */

static gboolean
check_parent (const TorgRuleSource *source, TorgRecord *before, TorgRecord *after, GError **error)
{
  const char *type = torg_record_get_kind (after)->info->name;
  g_autoptr (TorgRecord) at = NULL;
  g_autoptr (GHashTable) seen = NULL;

  if (torg_record_get_text (after, "parent") == NULL || !is_changed (before, after, "parent"))
    return TRUE;
  at = torg_record_ref (after);
  seen = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  while (at != NULL && torg_record_get_text (at, "parent") != NULL &&
         g_hash_table_add (seen, g_strdup (torg_record_get_id (at))))
    {
      g_autofree char *id = g_strdup (torg_record_get_text (at, "parent"));

      if (g_str_equal (id, torg_record_get_id (after)))
        {
          g_autofree char *title = torg_record_dup_title (after);

          g_set_error (error, TORG_ERROR, TORG_ERROR_RULE,
                       _ ("“%s” cannot be part of itself, nor of what is part of it."), title);
          return FALSE;
        }
      torg_record_unref (at);
      at = source->get (source->data, type, id, NULL);
    }
  return TRUE;
}

/* --- custom fields ---------------------------------------------------------------------------------------------- */

/* Names go into SQL and JSON paths. */
static gboolean
is_field_name (const char *name)
{
  return g_ascii_islower (name[0]) && strlen (name) <= 60 &&
         strspn (name, "abcdefghijklmnopqrstuvwxyz0123456789_") == strlen (name);
}

static gboolean
is_built_in (const TorgType *type, const char *name)
{
  for (guint i = 0; i < type->info->n_fields; i++)
    if (g_str_equal (type->info->fields[i].name, name))
      return TRUE;
  return torg_schema_is_reserved (name);
}

static gboolean
check_name_is_free (const TorgRuleSource *source, TorgRecord *def, GError **error)
{
  const char *name = torg_record_get_text (def, "name");
  gboolean    has;

  if (!source->has_field (source->data, torg_record_get_text (def, "record_type"), name, torg_record_get_id (def), &has,
                          error))
    return FALSE;
  if (has)
    g_set_error (error, TORG_ERROR, TORG_ERROR_DUPLICATE, _ ("There is a custom field with the key “%s” already."),
                 name);
  return !has;
}

static gboolean
check_field_def (const TorgRuleSource *source, TorgRecord *before, TorgRecord *after, GError **error)
{
  const TorgType *type = torg_schema_find (torg_record_get_schema (after), torg_record_get_text (after, "record_type"));
  const char     *name = torg_record_get_text (after, "name");
  const char     *kind_name = torg_record_get_text (after, "kind");
  const char     *target = torg_record_get_text (after, "target");
  g_autofree char *target_type = target != NULL ? g_strndup (target, strcspn (target, ":")) : NULL;
  TorgKind         kind;

  if (before != NULL)
    {
      /* The values that are there would vanish. */
      if (is_changed (before, after, "record_type") || is_changed (before, after, "name") ||
          is_changed (before, after, "kind"))
        return refuse (error, _ ("What a custom field holds cannot be changed later. Delete it and make a new one."));
    }
  else if (type == NULL || g_str_equal (type->info->name, "history") || g_str_equal (type->info->name, "field_def") ||
           !g_str_equal (type->info->name, torg_record_get_text (after, "record_type")))
    {
      g_set_error (error, TORG_ERROR, TORG_ERROR_INVALID, _ ("Records of the type “%s” take no custom fields."),
                   torg_record_get_text (after, "record_type"));
      return FALSE;
    }
  else if (!torg_kind_from_string (kind_name, &kind))
    {
      g_set_error (error, TORG_ERROR, TORG_ERROR_INVALID, _ ("There is no kind of field called “%s”."), kind_name);
      return FALSE;
    }
  else if (!is_field_name (name))
    {
      g_set_error (error, TORG_ERROR, TORG_ERROR_INVALID,
                   _ ("“%s” cannot be the key of a field: it takes small Latin letters, digits and _, a letter first."),
                   name);
      return FALSE;
    }
  else if (is_built_in (type, name))
    {
      g_set_error (error, TORG_ERROR, TORG_ERROR_DUPLICATE, _ ("“%s” has a field “%s” of its own."),
                   torg_type_get_label (type), name);
      return FALSE;
    }
  if (before == NULL && ((kind == TORG_KIND_REF && target_type == NULL) ||
                         (kind == TORG_KIND_CHOICE && torg_value_is_null (torg_record_get (after, "choices")))))
    return refuse (error, _ ("Say what the field refers to, or what its choices are."));
  if (target_type != NULL && torg_schema_find (torg_record_get_schema (after), target_type) == NULL)
    {
      g_set_error (error, TORG_ERROR, TORG_ERROR_INVALID, _ ("There is no type of records called “%s”."), target_type);
      return FALSE;
    }
  return before != NULL || check_name_is_free (source, after, error);
}

/**
 * torg_rule_check_shape:
 * @source: the company's records
 * @before: (nullable): a record as it is; %NULL for a new one
 * @after: the same as it is to be
 * @error: place for a %TORG_ERROR, or what a look at the records failed with
 *
 * Tells whether a pipeline, a stage, an approval, a part of a tree, a custom field, a file or a share may be as it is
 * to be.
 *
 * Returns: whether it may; other records may
 */
gboolean
torg_rule_check_shape (const TorgRuleSource *source, TorgRecord *before, TorgRecord *after, GError **error)
{
  static const struct
  {
    const char *type;
    gboolean (*check) (const TorgRuleSource *source, TorgRecord *before, TorgRecord *after, GError **error);
  } rules[] = {
    { "pipeline", check_pipeline_kind }, { "stage", check_stage },         { "company", check_parent },
    { "department", check_parent },      { "field_def", check_field_def }, { "approval", check_approval },
    { "attachment", check_attachment },  { "share", check_share },
  };
  const char *type = torg_record_get_kind (after)->info->name;

  for (guint i = 0; i < G_N_ELEMENTS (rules); i++)
    if (g_str_equal (rules[i].type, type))
      return rules[i].check (source, before, after, error);
  return TRUE;
}
