/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "torg-replica"

#include "config.h"

#include "torg-json.h"
#include "torg-own-role.h"
#include "torg-role.h"
#include "torg-store-private.h"

/* The replica's records, as the company's rules need them. */

static TorgRecord *
get (gpointer data, const char *type, const char *id, GError **error)
{
  return torg_store_get (data, type, id, error);
}

static char *
find_first (TorgStore *self, const char *sql, const char *value, gboolean is_id)
{
  g_autoptr (TorgStatement) statement = torg_db_prepare (self->db, sql, NULL);
  gboolean row;

  if (statement == NULL)
    return NULL;
  if (is_id)
    torg_statement_bind_id (statement, 1, value);
  else
    torg_statement_bind_text (statement, 1, value);
  return torg_statement_step (statement, &row, NULL) && row ? torg_statement_dup_id (statement, 0) : NULL;
}

static char *
find_pipeline (gpointer data, const char *kind)
{
  return find_first (data, "SELECT id FROM pipeline WHERE deleted IS NULL AND kind = ?1 ORDER BY position, rid", kind,
                     FALSE);
}

static char *
find_stage (gpointer data, const char *pipeline)
{
  return find_first (data,
                     "SELECT id FROM stage WHERE deleted IS NULL AND kind = 'open' AND pipeline = ?1 "
                     "ORDER BY position, rid",
                     pipeline, TRUE);
}

static gint64
find_top (gpointer data, const TorgType *type, const char *stage)
{
  return torg_rank_find_top (data, type, stage);
}

static gboolean
has_cards (gpointer data, const char *type, const char *pipeline, gboolean *has, GError **error)
{
  g_autoptr (TorgQuery) query = torg_query_new (type);
  g_autoptr (GArray) rowids = NULL;

  torg_query_add_text (query, "pipeline", TORG_MATCH_IS, pipeline);
  rowids = torg_store_list_rowids (data, query, 1, NULL, error);
  *has = rowids != NULL && rowids->len > 0;
  return rowids != NULL;
}

static gboolean
has_field (gpointer data, const char *type, const char *name, const char *except, gboolean *has, GError **error)
{
  g_autoptr (TorgQuery) query = torg_query_new ("field_def");
  g_autoptr (GPtrArray) others = NULL;

  torg_query_add_text (query, "record_type", TORG_MATCH_IS, type);
  torg_query_add_text (query, "name", TORG_MATCH_IS, name);
  others = torg_store_list (data, query, 2, NULL, error);
  *has = FALSE;
  for (guint i = 0; others != NULL && i < others->len; i++)
    *has |= !g_str_equal (torg_record_get_id (others->pdata[i]), except);
  return others != NULL;
}

static GPtrArray *
list_approvals (gpointer data, const TorgType *type, const char *card, const char *stage, GError **error)
{
  g_autoptr (TorgQuery) query = torg_query_new ("approval");

  torg_query_add_text (query, type->info->name, TORG_MATCH_IS, card);
  torg_query_add_text (query, "stage", TORG_MATCH_IS, stage);
  return torg_store_list (data, query, 0, NULL, error);
}

/* So many changes of the stage are looked through. */
#define MOST_MOVES 20

static gboolean
find_move (gpointer data, const char *card, const char *to, char **from, char **author, GError **error)
{
  g_autoptr (GPtrArray) lines = torg_store_list_history (data, card, "stage", MOST_MOVES, error);
  g_auto (TorgValue) place = torg_value_text (to);
  g_autofree char *new = torg_value_to_json_text (&place, TORG_KIND_REF);

  *from = *author = NULL;
  for (guint i = 0; lines != NULL && i < lines->len && *author == NULL; i++)
    {
      g_auto (TorgValue) old = TORG_VALUE_INIT;

      if (g_strcmp0 (torg_record_get_text (lines->pdata[i], "new"), new) != 0 ||
          !torg_value_from_json_text (torg_record_get_text (lines->pdata[i], "old"), TORG_KIND_REF, &old))
        continue;
      *from = g_strdup (old.text);
      *author = g_strdup (torg_record_get_text (lines->pdata[i], "author"));
    }
  return lines != NULL;
}

static gboolean
is_hidden (gpointer data, const char *type, const char *field)
{
  g_autoptr (TorgRecord) role = torg_store_get_own_role (data);
  g_autoptr (GHashTable) hidden = torg_role_list_hidden (role != NULL ? torg_record_get_text (role, "hidden") : NULL);
  g_autofree char *name = g_strconcat (type, ".", field, NULL);

  return g_hash_table_contains (hidden, name);
}

TorgRuleSource
torg_derive_source (TorgStore *self)
{
  return (TorgRuleSource) {
    self,      get,        find_pipeline,  find_stage, find_top,  has_cards,
    has_field, self->user, list_approvals, find_move,  is_hidden,
  };
}

/* A lead that nobody has chosen an owner for is to be given to somebody by the server, where its pipeline says so. */
static void
mark_distributed (TorgStore *self, TorgRecord *lead)
{
  const char *id = torg_record_get_text (lead, "pipeline");
  g_autoptr (TorgRecord) pipeline = id != NULL && !self->local ? torg_store_get (self, "pipeline", id, NULL) : NULL;
  const char *way = pipeline != NULL ? torg_record_get_text (pipeline, "distribution") : NULL;

  if (way != NULL && !g_str_equal (way, "manual"))
    torg_record_set_text (lead, "distribute", "yes");
}

/* What a new record has without being told. */
void
torg_derive_fill (TorgStore *self, TorgRecord *record)
{
  TorgRuleSource source = torg_derive_source (self);
  gboolean       is_open =
    g_str_equal (torg_record_get_kind (record)->info->name, "lead") && torg_record_get_text (record, "owner") == NULL;

  torg_rule_fill (&source, record, self->user, torg_env_get_now (self->env));
  if (is_open)
    mark_distributed (self, record);
}

/**
 * torg_store_find_bar:
 * @before: a card as it is
 * @after: the same as an edit would make it, but for its stage
 * @stage: the stage that it is to come to
 * @bar: (out): what stands against it
 * @missing: (element-type TorgField): takes the fields that have to be filled in first
 * @words: (out) (nullable) (transfer full): a sentence that says so; %NULL where nothing does
 * @error: place for an error
 *
 * Finds what stands against a move by the stage's own rules, as far as this is known here; the server decides.
 *
 * Returns: whether that could be found out
 */
gboolean
torg_store_find_bar (TorgStore    *self,
                     TorgRecord   *before,
                     TorgRecord   *after,
                     const char   *stage,
                     TorgStageBar *bar,
                     GPtrArray    *missing,
                     char        **words,
                     GError      **error)
{
  TorgRuleSource source = torg_derive_source (self);
  g_autoptr (TorgRecord) to = torg_store_get (self, "stage", stage, error);

  *bar = TORG_STAGE_BAR_NONE;
  *words = NULL;
  if (to == NULL || !torg_stage_rule_find (&source, before, after, to, bar, missing, error))
    return FALSE;
  *words = torg_stage_rule_say (&source, before, to, *bar, missing);
  return TRUE;
}

/**
 * torg_store_allows:
 * @before: a record as it is
 * @after: the same as an edit would make it
 * @error: place for a %TORG_ERROR, or what a look at the records failed with
 *
 * Tells whether the company's rules allow an edit, before it is made.
 *
 * Returns: whether they do
 */
gboolean
torg_store_allows (TorgStore *self, TorgRecord *before, TorgRecord *after, GError **error)
{
  TorgRuleSource source = torg_derive_source (self);
  g_autoptr (TorgRecord) followed = torg_record_copy (after);

  return torg_rule_follow (&source, before, followed, torg_env_get_now (self->env), FALSE, error) &&
         torg_rule_check (&source, before, after, error);
}
