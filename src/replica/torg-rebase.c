/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "torg-replica"

#include "config.h"

#include "torg-json.h"
#include "torg-merge.h"
#include "torg-store-private.h"

/*
 * What is taken back before it was sent may be what later changes of the same field began with (DESIGN.md §3): they are
 * made to begin with what was there before it, in the outbox, in history and in what can be undone.
 */

/* A chain of changes of one field, each from what the one before left. */
typedef struct
{
  const TorgField *field;
  TorgValue        expected; /* what the next one began with */
  TorgValue        value;    /* what it begins with now */
} Chain;

static void
chain_init (Chain *self, const TorgField *field, const TorgValue *was, const TorgValue *before)
{
  self->field = field;
  self->expected = torg_value_copy (was);
  self->value = torg_value_copy (before);
}

static void
chain_clear (Chain *self)
{
  torg_value_clear (&self->expected);
  torg_value_clear (&self->value);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Chain, chain_clear)

/* The next change, `{FROM: …, "new": …}`, is rewritten; @fits is FALSE where it did not begin with what was expected.
 */
static void
chain_take (Chain *self, JsonObject *change, const char *from, gboolean *fits)
{
  g_auto (TorgValue) base = TORG_VALUE_INIT;
  g_auto (TorgValue) changed = TORG_VALUE_INIT;
  TorgValue merged = TORG_VALUE_INIT;

  *fits = torg_value_from_json (json_object_get_member (change, from), self->field->kind, &base) &&
          torg_value_from_json (json_object_get_member (change, "new"), self->field->kind, &changed) &&
          torg_value_equal (&base, &self->expected);
  if (!*fits)
    return;
  /* What cannot be told apart from what is taken back stays as the user wrote it. */
  if (torg_merge_field (self->field, &base, &self->value, &changed, &merged) == TORG_MERGED_CONFLICT)
    {
      torg_value_clear (&merged);
      merged = torg_value_copy (&changed);
    }
  json_object_set_member (change, from, torg_value_to_json (&self->value, self->field->kind));
  json_object_set_member (change, "new", torg_value_to_json (&merged, self->field->kind));
  torg_value_clear (&self->expected);
  self->expected = torg_value_copy (&changed);
  torg_value_clear (&self->value);
  self->value = merged;
}

static gboolean
rewrite_line (TorgStore  *self,
              const char *mutation,
              const char *record,
              Chain      *chain,
              JsonObject *change,
              GError    **error)
{
  g_autofree char *id = torg_history_make_id (mutation, record, chain->field->name);
  g_autofree char *old = json_to_string (json_object_get_member (change, "base"), FALSE);
  g_autofree char *new = json_to_string (json_object_get_member (change, "new"), FALSE);
  g_autoptr (TorgStatement) statement =
    torg_db_prepare (self->db, "UPDATE history SET old = ?2, new = ?3 WHERE id = ?1 AND seq = 0", error);

  if (statement == NULL)
    return FALSE;
  torg_statement_bind_id (statement, 1, id);
  torg_statement_bind_text (statement, 2, old);
  torg_statement_bind_text (statement, 3, new);
  return torg_statement_run (statement, error);
}

static gboolean
rewrite (TorgStore *self, const char *sql, gint64 first, gint64 second, JsonNode *fields, GError **error)
{
  g_autoptr (TorgStatement) statement = torg_db_prepare (self->db, sql, error);
  g_autofree char *text = json_to_string (fields, FALSE);

  if (statement == NULL)
    return FALSE;
  torg_statement_bind_int (statement, 1, first);
  torg_statement_bind_int (statement, 2, second);
  torg_statement_bind_text (statement, 3, text);
  return torg_statement_run (statement, error);
}

static JsonObject *
find_change (JsonNode *fields, const char *name)
{
  JsonNode *change = fields != NULL && JSON_NODE_HOLDS_OBJECT (fields)
                       ? json_object_get_member (json_node_get_object (fields), name)
                       : NULL;

  return change != NULL && JSON_NODE_HOLDS_OBJECT (change) ? json_node_get_object (change) : NULL;
}

static gboolean
rebase_outbox (TorgStore  *self,
               const char *record,
               gint64      after,
               Chain      *chain,
               gboolean   *later,
               gboolean   *rebased,
               GError    **error)
{
  g_autoptr (TorgStatement) statement = torg_db_prepare (
    self->db,
    "SELECT rid, mutation, fields, client_seq, EXISTS (SELECT 1 FROM undo_step WHERE undone = 1 AND rid BETWEEN "
    "outbox_from AND outbox_to) FROM outbox WHERE id = ?1 AND rid > ?2 ORDER BY rid",
    error);
  gboolean row;

  if (statement == NULL)
    return FALSE;
  torg_statement_bind_id (statement, 1, record);
  torg_statement_bind_int (statement, 2, after);
  for (;;)
    {
      g_autoptr (JsonNode) fields = NULL;
      g_autofree char *mutation = NULL;
      JsonObject      *change;

      if (!torg_statement_step (statement, &row, error))
        return FALSE;
      if (!row)
        return TRUE;
      fields = json_from_string (torg_statement_get_text (statement, 2), NULL);
      change = find_change (fields, chain->field->name);
      if (change == NULL)
        continue;
      mutation = torg_statement_dup_id (statement, 1);
      *later = TRUE;
      /* What takes another change back is meant for the value that it met. */
      *rebased = torg_statement_is_null (statement, 3) && torg_statement_get_int (statement, 4) == 0;
      if (*rebased)
        chain_take (chain, change, "base", rebased);
      if (!*rebased)
        return TRUE;
      if (!rewrite (self, "UPDATE outbox SET fields = ?3 WHERE rid = ?1 AND ?2 = 0",
                    torg_statement_get_int (statement, 0), 0, fields, error) ||
          !rewrite_line (self, mutation, record, chain, change, error))
        return FALSE;
    }
}

static gboolean
rebase_undo (TorgStore *self, const char *record, gint64 step, Chain *chain, gboolean *rebased, GError **error)
{
  g_autoptr (TorgStatement) statement =
    torg_db_prepare (self->db,
                     "SELECT step, place, fields FROM undo_op JOIN undo_step USING (step) "
                     "WHERE id = ?1 AND step > ?2 AND undone = 0 AND fields IS NOT NULL ORDER BY step, place",
                     error);
  gboolean row;

  if (statement == NULL)
    return FALSE;
  torg_statement_bind_id (statement, 1, record);
  torg_statement_bind_int (statement, 2, step);
  for (*rebased = TRUE; *rebased;)
    {
      g_autoptr (JsonNode) fields = NULL;
      JsonObject *change;

      if (!torg_statement_step (statement, &row, error))
        return FALSE;
      if (!row)
        break;
      fields = json_from_string (torg_statement_get_text (statement, 2), NULL);
      change = find_change (fields, chain->field->name);
      if (change == NULL)
        continue;
      chain_take (chain, change, "old", rebased);
      if (*rebased &&
          !rewrite (self, "UPDATE undo_op SET fields = ?3 WHERE step = ?1 AND place = ?2",
                    torg_statement_get_int (statement, 0), torg_statement_get_int (statement, 1), fields, error))
        return FALSE;
    }
  return TRUE;
}

/* In a transaction, which whoever calls rolls back where it could not be done: what changed a field of a @record after
 * a
 * @step, of which @outbox is the last row, is as if the step, which made @was of @before, had never been. Only what was
 * not tried yet can be. @later: whether anything did; @value: what the field has then */
gboolean
torg_rebase_field (TorgStore       *self,
                   const char      *record,
                   const TorgField *field,
                   gint64           step,
                   gint64           outbox,
                   const TorgValue *was,
                   const TorgValue *before,
                   TorgValue       *value,
                   gboolean        *later,
                   gboolean        *rebased,
                   GError         **error)
{
  g_auto (Chain) sent = { 0 };
  g_auto (Chain) done = { 0 };

  *later = *rebased = FALSE;
  if (self->local)
    return TRUE;
  chain_init (&sent, field, was, before);
  chain_init (&done, field, was, before);
  if (!rebase_outbox (self, record, outbox, &sent, later, rebased, error) ||
      (*rebased && !rebase_undo (self, record, step, &done, rebased, error)))
    return FALSE;
  if (*rebased)
    *value = torg_value_copy (&sent.value);
  return TRUE;
}
