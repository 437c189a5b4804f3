/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "torg-replica"

#include "config.h"

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

TorgRuleSource
torg_derive_source (TorgStore *self)
{
  return (TorgRuleSource) { self, get, find_pipeline, find_stage, find_top };
}
