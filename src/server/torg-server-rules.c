/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "torg-server"

#include "config.h"

#include "torg-error.h"
#include "torg-json.h"
#include "torg-server-rules.h"
#include "torg-stage-rule.h"

/* The server's records, as the company's rules need them: in a transaction, with what it has changed so far. */

static TorgRecord *
get (gpointer data, const char *type, const char *id, GError **error)
{
  TorgCommit      *commit = data;
  TorgServerStore *store = torg_commit_get_store (commit);
  g_autoptr (TorgRecord) record = NULL;
  TorgEntry *entry = NULL;

  if (torg_commit_has (commit, id))
    {
      if (!torg_commit_get (commit, type, id, &entry, error))
        return NULL;
      record = entry != NULL ? torg_record_ref (entry->after) : NULL;
    }
  else if (!torg_server_store_load (store, torg_schema_find (torg_server_store_get_schema (store), type), id, FALSE,
                                    &record, NULL, error))
    return NULL;
  if (record == NULL)
    g_set_error (error, TORG_ERROR, TORG_ERROR_NOT_FOUND, "There is no %s with the id %s.", type, id);
  return g_steal_pointer (&record);
}

static TorgStatement *
prepare (TorgCommit *commit, const char *sql)
{
  TorgServerStore *store = torg_commit_get_store (commit);
  TorgStatement   *statement = torg_db_prepare (torg_server_store_get_db (store), sql, NULL);

  if (statement != NULL)
    torg_statement_bind_int (statement, 1, torg_server_store_get_workspace (store));
  return statement;
}

static char *
find_pipeline (gpointer data, const char *kind)
{
  g_autoptr (TorgStatement) statement =
    prepare (data, "SELECT id FROM pipeline WHERE workspace = ?1 AND deleted IS NULL AND kind = ?2 "
                   "ORDER BY position, id LIMIT 1");
  gboolean row;

  if (statement == NULL)
    return NULL;
  torg_statement_bind_text (statement, 2, kind);
  return torg_statement_step (statement, &row, NULL) && row ? torg_statement_dup_id (statement, 0) : NULL;
}

static char *
find_stage (gpointer data, const char *pipeline)
{
  g_autoptr (TorgStatement) statement =
    prepare (data, "SELECT id FROM stage WHERE workspace = ?1 AND deleted IS NULL AND kind = 'open' AND pipeline = ?2 "
                   "ORDER BY position, id LIMIT 1");
  gboolean row;

  if (statement == NULL || pipeline == NULL)
    return NULL;
  torg_statement_bind_id (statement, 2, pipeline);
  return torg_statement_step (statement, &row, NULL) && row ? torg_statement_dup_id (statement, 0) : NULL;
}

static gint64
find_top (gpointer data, const TorgType *type, const char *stage)
{
  g_autoptr (TorgStatement) statement =
    prepare (data, g_str_equal (type->info->name, "lead")
                     ? "SELECT min(rank) FROM lead WHERE workspace = ?1 AND deleted IS NULL AND stage = ?2"
                     : "SELECT min(rank) FROM deal WHERE workspace = ?1 AND deleted IS NULL AND stage = ?2");
  gboolean row;

  if (statement == NULL || stage == NULL)
    return 0;
  torg_statement_bind_id (statement, 2, stage);
  return torg_statement_step (statement, &row, NULL) && row ? torg_statement_get_int (statement, 0) - TORG_RULE_RANK_GAP
                                                            : 0;
}

/* Whether one of those that a statement lists is none of those among the changes, of which the database knows less. */
static gboolean
lists_other (TorgCommit *commit, TorgStatement *statement, gboolean *has, GError **error)
{
  gboolean row = TRUE;

  while (row && !*has)
    {
      g_autofree char *id = NULL;

      if (!torg_statement_step (statement, &row, error))
        return FALSE;
      id = row ? torg_statement_dup_id (statement, 0) : NULL;
      *has = row && !torg_commit_has (commit, id);
    }
  return TRUE;
}

static gboolean
has_cards (gpointer data, const char *type, const char *pipeline, gboolean *has, GError **error)
{
  TorgServerStore *store = torg_commit_get_store (data);
  g_autoptr (GPtrArray) changed =
    torg_commit_list_live (data, torg_schema_find (torg_server_store_get_schema (store), type));
  g_autoptr (TorgStatement) statement = torg_db_prepare (
    torg_server_store_get_db (store),
    g_str_equal (type, "lead") ? "SELECT id FROM lead WHERE workspace = ?1 AND deleted IS NULL AND pipeline = ?2"
                               : "SELECT id FROM deal WHERE workspace = ?1 AND deleted IS NULL AND pipeline = ?2",
    error);

  *has = FALSE;
  for (guint i = 0; i < changed->len; i++)
    *has |= g_strcmp0 (torg_record_get_text (changed->pdata[i], "pipeline"), pipeline) == 0;
  if (statement == NULL)
    return FALSE;
  torg_statement_bind_int (statement, 1, torg_server_store_get_workspace (store));
  torg_statement_bind_id (statement, 2, pipeline);
  return lists_other (data, statement, has, error);
}

static gboolean
has_field (gpointer data, const char *type, const char *name, const char *except, gboolean *has, GError **error)
{
  TorgServerStore *store = torg_commit_get_store (data);
  g_autoptr (GPtrArray) changed =
    torg_commit_list_live (data, torg_schema_find (torg_server_store_get_schema (store), "field_def"));
  g_autoptr (TorgStatement) statement =
    torg_db_prepare (torg_server_store_get_db (store),
                     "SELECT id FROM field_def WHERE workspace = ?1 AND deleted IS NULL AND record_type = ?2 "
                     "AND name = ?3 AND id <> ?4",
                     error);

  *has = FALSE;
  for (guint i = 0; i < changed->len; i++)
    *has |= !g_str_equal (torg_record_get_id (changed->pdata[i]), except) &&
            g_strcmp0 (torg_record_get_text (changed->pdata[i], "record_type"), type) == 0 &&
            g_strcmp0 (torg_record_get_text (changed->pdata[i], "name"), name) == 0;
  if (statement == NULL)
    return FALSE;
  torg_statement_bind_int (statement, 1, torg_server_store_get_workspace (store));
  torg_statement_bind_text (statement, 2, type);
  torg_statement_bind_text (statement, 3, name);
  torg_statement_bind_id (statement, 4, except);
  return lists_other (data, statement, has, error);
}

/* What is asked of a card: those among the changes, and those that the database has. */
static GPtrArray *
list_approvals (gpointer data, const TorgType *type, const char *card, const char *stage, GError **error)
{
  TorgServerStore *store = torg_commit_get_store (data);
  gboolean         is_lead = g_str_equal (type->info->name, "lead");
  g_autoptr (GPtrArray) changed =
    torg_commit_list_live (data, torg_schema_find (torg_server_store_get_schema (store), "approval"));
  g_autoptr (TorgStatement) statement = torg_db_prepare (
    torg_server_store_get_db (store),
    is_lead ? "SELECT id FROM approval WHERE workspace = ?1 AND deleted IS NULL AND lead = ?2 AND stage = ?3"
            : "SELECT id FROM approval WHERE workspace = ?1 AND deleted IS NULL AND deal = ?2 AND stage = ?3",
    error);
  g_autoptr (GPtrArray) list = g_ptr_array_new_with_free_func ((GDestroyNotify) torg_record_unref);
  g_autoptr (GPtrArray) ids = g_ptr_array_new_with_free_func (g_free);
  gboolean row = TRUE;

  for (guint i = 0; i < changed->len; i++)
    if (g_strcmp0 (torg_record_get_text (changed->pdata[i], is_lead ? "lead" : "deal"), card) == 0 &&
        g_strcmp0 (torg_record_get_text (changed->pdata[i], "stage"), stage) == 0)
      g_ptr_array_add (list, torg_record_ref (changed->pdata[i]));
  if (statement == NULL)
    return NULL;
  torg_statement_bind_int (statement, 1, torg_server_store_get_workspace (store));
  torg_statement_bind_id (statement, 2, card);
  torg_statement_bind_id (statement, 3, stage);
  while (row)
    {
      if (!torg_statement_step (statement, &row, error))
        return NULL;
      if (row)
        g_ptr_array_add (ids, torg_statement_dup_id (statement, 0));
    }
  for (guint i = 0; i < ids->len; i++)
    {
      TorgRecord *record = torg_commit_has (data, ids->pdata[i]) ? NULL : get (data, "approval", ids->pdata[i], NULL);

      if (record != NULL)
        g_ptr_array_add (list, record);
    }
  return g_steal_pointer (&list);
}

static gboolean
is_move (TorgRecord *line, const char *card, const char *new)
{
  return g_strcmp0 (torg_record_get_text (line, "record"), card) == 0 &&
         g_strcmp0 (torg_record_get_text (line, "field"), "stage") == 0 &&
         g_strcmp0 (torg_record_get_text (line, "new"), new) == 0;
}

/* The last line among the changes; they are in the order in which they were made. */
static TorgRecord *
find_changed_move (TorgCommit *commit, const char *card, const char *new)
{
  TorgServerStore *store = torg_commit_get_store (commit);
  g_autoptr (GPtrArray) changed =
    torg_commit_list_live (commit, torg_schema_find (torg_server_store_get_schema (store), "history"));

  for (guint i = changed->len; i > 0; i--)
    if (is_move (changed->pdata[i - 1], card, new))
      return torg_record_ref (changed->pdata[i - 1]);
  return NULL;
}

static gboolean
find_move (gpointer data, const char *card, const char *to, char **from, char **author, GError **error)
{
  TorgServerStore *store = torg_commit_get_store (data);
  g_auto (TorgValue) place = torg_value_text (to);
  g_auto (TorgValue) old = TORG_VALUE_INIT;
  g_autofree char *new = torg_value_to_json_text (&place, TORG_KIND_REF);
  g_autoptr (TorgRecord) line = find_changed_move (data, card, new);
  g_autoptr (TorgStatement) statement = NULL;
  g_autofree char *id = NULL;
  gboolean         row;

  *from = *author = NULL;
  if (line == NULL)
    {
      statement = torg_db_prepare (torg_server_store_get_db (store),
                                   "SELECT id FROM history WHERE workspace = ?1 AND deleted IS NULL AND record = ?2 "
                                   "AND field = 'stage' AND new = ?3 ORDER BY at DESC, id DESC LIMIT 1",
                                   error);
      if (statement == NULL)
        return FALSE;
      torg_statement_bind_int (statement, 1, torg_server_store_get_workspace (store));
      torg_statement_bind_id (statement, 2, card);
      torg_statement_bind_text (statement, 3, new);
      if (!torg_statement_step (statement, &row, error))
        return FALSE;
      id = row ? torg_statement_dup_id (statement, 0) : NULL;
      g_clear_pointer (&statement, torg_statement_release);
      line = id != NULL ? get (data, "history", id, NULL) : NULL;
    }
  if (line != NULL && torg_value_from_json_text (torg_record_get_text (line, "old"), TORG_KIND_REF, &old))
    {
      *from = g_strdup (old.text);
      *author = g_strdup (torg_record_get_text (line, "author"));
    }
  return TRUE;
}

/**
 * torg_server_rules_source:
 * @commit: the changes of a transaction
 * @user: (nullable): whose edit it is; %NULL for nobody's
 *
 * Gives the company's rules the server's records.
 *
 * Returns: the records, as long as @commit and @user live
 */
TorgRuleSource
torg_server_rules_source (TorgCommit *commit, const char *user)
{
  return (TorgRuleSource) {
    commit, get, find_pipeline, find_stage, find_top, has_cards, has_field, user, list_approvals, find_move, NULL,
  };
}

static char *
find_stage_pipeline (TorgCommit *commit, TorgRecord *record)
{
  const char *id = torg_record_get_text (record, "stage");
  g_autoptr (TorgRecord) stage = id != NULL ? get (commit, "stage", id, NULL) : NULL;

  return stage != NULL ? g_strdup (torg_record_get_text (stage, "pipeline")) : NULL;
}

static gboolean
is_same (TorgRecord *before, TorgRecord *after, const char *field)
{
  return before != NULL && torg_value_equal (torg_record_get (before, field), torg_record_get (after, field));
}

static gboolean
stands_on_board (TorgRecord *record)
{
  const TorgType  *type = torg_record_get_kind (record);
  const TorgField *stage = torg_type_find_field (type, "stage");

  return stage != NULL && g_strcmp0 (stage->target, "stage") == 0 && torg_type_find_field (type, "pipeline") != NULL;
}

/* Of two moves each may have brought a half: a card never stands in a pipeline with the stage of another one. */
static gboolean
fits_pipeline (TorgCommit *commit, TorgRecord *before, TorgRecord *after)
{
  g_autofree char *pipeline = NULL;

  if (is_same (before, after, "stage") && is_same (before, after, "pipeline"))
    return TRUE;
  pipeline = find_stage_pipeline (commit, after);
  return pipeline == NULL || g_strcmp0 (pipeline, torg_record_get_text (after, "pipeline")) == 0;
}

/* A card: what follows from a move has come with it, as far as whoever made it sees it. */
static gboolean
check_card (TorgCommit  *commit,
            const char  *user,
            TorgRecord  *before,
            TorgRecord  *after,
            gboolean     is_import,
            char       **detail,
            TorgRecord **followed,
            GError     **error)
{
  TorgRuleSource source = torg_server_rules_source (commit, user);
  gint64         now = torg_env_get_now (torg_server_store_get_env (torg_commit_get_store (commit)));
  g_autoptr (TorgRecord) copy = torg_record_copy (after);

  if (!fits_pipeline (commit, before, after))
    {
      g_set_error_literal (error, TORG_ERROR, TORG_ERROR_RULE, "The stage is one of another pipeline.");
      return FALSE;
    }
  /* Only what an import makes anew has never passed through the stages. */
  if (!torg_rule_follow (&source, before, copy, now, is_import && before == NULL, error))
    {
      *detail = torg_stage_rule_dup_detail (&source, before, after);
      return FALSE;
    }
  if (!torg_rule_check (&source, before, after, error))
    return FALSE;
  *followed = g_steal_pointer (&copy);
  return TRUE;
}

/* A refusal is no error. */
static gboolean
read_refusal (GError *local, const char **code, GError **error)
{
  if (local->domain != TORG_ERROR)
    {
      g_propagate_error (error, g_error_copy (local));
      return FALSE;
    }
  *code = local->code == TORG_ERROR_DUPLICATE ? "duplicate" : local->code == TORG_ERROR_INVALID ? "invalid" : "rule";
  return TRUE;
}

/**
 * torg_server_rules_restore:
 * @commit: the changes of a transaction
 * @record: a copy of a deleted record, which is placed anew where its stage was removed
 * @code: (out) (nullable): as in [struct@WireResult], where the company's rules do not allow it
 * @error: place for a %TORG_STORE_ERROR
 *
 * Tells whether a deleted record may come back, see [func@rule_restore].
 *
 * Returns: whether the database answered
 */
gboolean
torg_server_rules_restore (TorgCommit *commit, TorgRecord *record, const char **code, GError **error)
{
  TorgRuleSource source = torg_server_rules_source (commit, NULL);
  gint64         now = torg_env_get_now (torg_server_store_get_env (torg_commit_get_store (commit)));
  g_autoptr (GError) local = NULL;

  *code = NULL;
  return torg_rule_restore (&source, record, now, &local) || read_refusal (local, code, error);
}

/**
 * torg_server_rules_check:
 * @commit: the changes of a transaction
 * @user: whose mutation it is
 * @before: (nullable): a record as it is; %NULL for a new one
 * @after: the same as a mutation makes it
 * @is_import: whether an import made it: stages take what is new as it comes
 * @code: (out) (nullable): as in [struct@WireResult], where the company's rules do not allow it
 * @detail: (out) (transfer full) (nullable): likewise, where a stage's own rules do not
 * @followed: (out) (transfer full) (nullable): @after with what a move brings with it; %NULL for what does not move
 * @error: place for a %TORG_STORE_ERROR
 *
 * Tells whether a mutation that was made elsewhere keeps the company's rules.
 *
 * Returns: whether the database answered
 */
gboolean
torg_server_rules_check (TorgCommit  *commit,
                         const char  *user,
                         TorgRecord  *before,
                         TorgRecord  *after,
                         gboolean     is_import,
                         const char **code,
                         char       **detail,
                         TorgRecord **followed,
                         GError     **error)
{
  TorgRuleSource source = torg_server_rules_source (commit, user);
  g_autoptr (GError) local = NULL;

  *code = NULL;
  *detail = NULL;
  *followed = NULL;
  if (stands_on_board (after) ? check_card (commit, user, before, after, is_import, detail, followed, &local)
                              : torg_rule_check (&source, before, after, &local))
    return TRUE;
  return read_refusal (local, code, error);
}

/**
 * torg_server_rules_fill:
 * @commit: the changes of a transaction
 * @record: a new record
 * @user: who makes it
 * @fields: (element-type TorgField): fields that whoever makes it may not see
 *
 * Gives a new record what it has without being told in some of its fields.
 */
void
torg_server_rules_fill (TorgCommit *commit, TorgRecord *record, const char *user, GPtrArray *fields)
{
  TorgRuleSource source = torg_server_rules_source (commit, user);
  g_autoptr (TorgRecord) filled = torg_record_copy (record);

  torg_rule_fill (&source, filled, user, torg_env_get_now (torg_server_store_get_env (torg_commit_get_store (commit))));
  for (guint i = 0; i < fields->len; i++)
    {
      const TorgField *field = g_ptr_array_index (fields, i);

      torg_record_take_nth (record, field->index, torg_value_copy (torg_record_nth (filled, field->index)));
    }
}

/**
 * torg_server_rules_fills:
 * @field: the name of a field
 *
 * Tells whether a new record may have a field without being told.
 *
 * Returns: whether it may
 */
gboolean
torg_server_rules_fills (const char *field)
{
  static const char *const filled[] = { "pipeline", "stage",    "stage_since", "rank",    "created",
                                        "position", "owner",    "done",        "company", "person",
                                        "asked_by", "asked_at", NULL };

  return g_strv_contains (filled, field);
}
