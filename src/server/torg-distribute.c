/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "torg-server"

#include "config.h"

#include "torg-distribute.h"

#include <string.h>

/*
 * New leads that nobody has chosen an owner for go to those who receive them, as their pipeline says: in turn, or to
 * whoever has the fewest open ones. Which one it is, is decided in the transaction that brings the lead: it takes the
 * next number of its pipeline first, for which others who do the same wait, and so it knows what they have given.
 */

/* The field of a new lead that says so; nothing is left of it. */
#define MARK "distribute"

typedef struct
{
  TorgCommit      *commit;
  TorgServerStore *store;
  TorgSchema      *schema;
} Distribute;

static gboolean
get_pipeline (Distribute *self, TorgRecord *lead, TorgRecord **pipeline, GError **error)
{
  const char *id = torg_record_get_text (lead, "pipeline");
  TorgEntry  *entry = NULL;

  *pipeline = NULL;
  if (id != NULL && !torg_commit_get (self->commit, "pipeline", id, &entry, error))
    return FALSE;
  if (entry != NULL && torg_record_get_deleted (entry->after) == 0)
    *pipeline = entry->after;
  return TRUE;
}

static gboolean
is_by_hand (TorgRecord *pipeline)
{
  const char *way = pipeline != NULL ? torg_record_get_text (pipeline, "distribution") : NULL;

  return way == NULL || g_str_equal (way, "manual");
}

/* Those who are there still, in the order of their ids, which is the same for everybody. */
static GPtrArray *
list_receivers (Distribute *self, TorgRecord *pipeline, GError **error)
{
  g_autoptr (GPtrArray) list = g_ptr_array_new_with_free_func (g_free);
  g_auto (GStrv) ids = torg_value_dup_items (torg_record_get (pipeline, "receivers"));

  for (guint i = 0; ids[i] != NULL; i++)
    {
      TorgEntry *user = NULL;

      if (!torg_commit_get (self->commit, "user", ids[i], &user, error))
        return NULL;
      if (user != NULL && torg_record_get_deleted (user->after) == 0 &&
          torg_value_is_null (torg_record_get (user->after, "disabled")))
        g_ptr_array_add (list, g_strdup (ids[i]));
    }
  g_ptr_array_sort_values (list, (GCompareFunc) strcmp);
  return g_steal_pointer (&list);
}

/* The number of a lead in its pipeline. Whoever takes the next one waits until this transaction ends. */
static gboolean
take_turn (Distribute *self, const char *pipeline, gint64 *n, GError **error)
{
  g_autoptr (TorgStatement) statement =
    torg_server_store_prepare (self->store,
                               "INSERT INTO turn (workspace, pipeline, n) VALUES (?1, ?2, 1) "
                               "ON CONFLICT (workspace, pipeline) DO UPDATE SET n = turn.n + 1 RETURNING n",
                               error);
  gboolean row;

  if (statement == NULL)
    return FALSE;
  torg_statement_bind_id (statement, 2, pipeline);
  if (!torg_statement_step (statement, &row, error))
    return FALSE;
  *n = row ? torg_statement_get_int (statement, 0) : 1;
  return TRUE;
}

/* How many open leads each has, with those of this transaction. */
static GHashTable *
count_open (Distribute *self, const char *pipeline, GError **error)
{
  g_autoptr (GHashTable) counts = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_autoptr (GPtrArray) entries = torg_commit_list_entries (self->commit, torg_schema_find (self->schema, "lead"));
  g_autoptr (TorgStatement) statement = torg_server_store_prepare (
    self->store,
    "SELECT lead.owner, count(*) FROM lead JOIN stage ON stage.workspace = lead.workspace AND stage.id = lead.stage "
    "WHERE lead.workspace = ?1 AND lead.pipeline = ?2 AND lead.deleted IS NULL AND lead.owner IS NOT NULL "
    "AND stage.kind = 'open' GROUP BY lead.owner",
    error);

  if (statement == NULL)
    return NULL;
  torg_statement_bind_id (statement, 2, pipeline);
  for (;;)
    {
      gboolean row;

      if (!torg_statement_step (statement, &row, error))
        return NULL;
      if (!row)
        break;
      g_hash_table_insert (counts, torg_statement_dup_id (statement, 0),
                           GINT_TO_POINTER ((int) torg_statement_get_int (statement, 1)));
    }
  for (guint i = 0; i < entries->len; i++)
    {
      TorgEntry  *entry = entries->pdata[i];
      const char *owner = torg_record_get_text (entry->after, "owner");

      /* What waits to be given is nobody's yet. */
      if (entry->before == NULL && owner != NULL && torg_record_get_text (entry->after, MARK) == NULL &&
          g_strcmp0 (torg_record_get_text (entry->after, "pipeline"), pipeline) == 0)
        g_hash_table_insert (counts, g_strdup (owner),
                             GINT_TO_POINTER (GPOINTER_TO_INT (g_hash_table_lookup (counts, owner)) + 1));
    }
  return g_steal_pointer (&counts);
}

static gboolean
choose (Distribute *self, TorgRecord *pipeline, GPtrArray *receivers, const char **receiver, GError **error)
{
  const char *id = torg_record_get_id (pipeline);
  g_autoptr (GHashTable) counts = NULL;
  gint64 n;

  if (!take_turn (self, id, &n, error))
    return FALSE;
  *receiver = receivers->pdata[(n - 1) % receivers->len];
  if (g_strcmp0 (torg_record_get_text (pipeline, "distribution"), "least_busy") != 0)
    return TRUE;
  counts = count_open (self, id, error);
  for (guint i = 0; counts != NULL && i < receivers->len; i++)
    {
      const char *other = receivers->pdata[(n - 1 + i) % receivers->len];

      if (GPOINTER_TO_INT (g_hash_table_lookup (counts, other)) <
          GPOINTER_TO_INT (g_hash_table_lookup (counts, *receiver)))
        *receiver = other;
    }
  return counts != NULL;
}

/* What was planned with it, for whoever took it down, goes along. */
static void
give_steps (Distribute *self, const char *lead, const char *from, const char *to)
{
  g_autoptr (GPtrArray) entries = torg_commit_list_entries (self->commit, torg_schema_find (self->schema, "activity"));

  for (guint i = 0; i < entries->len; i++)
    {
      TorgEntry *entry = entries->pdata[i];

      if (entry->before == NULL && g_strcmp0 (torg_record_get_text (entry->after, "lead"), lead) == 0 &&
          g_strcmp0 (torg_record_get_text (entry->after, "owner"), from) == 0 &&
          torg_value_is_null (torg_record_get (entry->after, "done")))
        torg_record_set_text (torg_commit_edit (self->commit, entry), "owner", to);
    }
}

/* Whether there is anything to do with it: what is imported may be closed long ago. */
static gboolean
is_open (Distribute *self, TorgRecord *lead, gboolean *open, GError **error)
{
  const char *id = torg_record_get_text (lead, "stage");
  TorgEntry  *stage = NULL;

  if (id != NULL && !torg_commit_get (self->commit, "stage", id, &stage, error))
    return FALSE;
  *open = stage == NULL || g_strcmp0 (torg_record_get_text (stage->after, "kind"), "open") == 0;
  return TRUE;
}

static gboolean
give (Distribute *self, TorgEntry *entry, GError **error)
{
  g_autofree char *from = g_strdup (torg_record_get_text (entry->after, "owner"));
  g_autofree char *id = g_strdup (torg_record_get_id (entry->after));
  g_autoptr (GPtrArray) receivers = NULL;
  const char *receiver = NULL;
  TorgRecord *pipeline, *lead;
  gboolean    open;

  if (!get_pipeline (self, entry->after, &pipeline, error) || !is_open (self, entry->after, &open, error))
    return FALSE;
  if (open && !is_by_hand (pipeline))
    {
      receivers = list_receivers (self, pipeline, error);
      if (receivers == NULL || (receivers->len > 0 && !choose (self, pipeline, receivers, &receiver, error)))
        return FALSE;
    }
  lead = torg_commit_edit (self->commit, entry);
  torg_record_set_text (lead, MARK, NULL);
  if (receiver == NULL)
    return TRUE;
  torg_record_set_text (lead, "owner", receiver);
  give_steps (self, id, from, receiver);
  return TRUE;
}

static gboolean
waits (const TorgEntry *entry)
{
  return entry->before == NULL && torg_record_get_deleted (entry->after) == 0 &&
         g_strcmp0 (torg_record_get_text (entry->after, MARK), "yes") == 0;
}

/* Transactions take the numbers of pipelines in one order. */
static int
compare_pipelines (gconstpointer a, gconstpointer b)
{
  const TorgEntry *one = *(TorgEntry *const *) a, *other = *(TorgEntry *const *) b;
  int              order =
    g_strcmp0 (torg_record_get_text (one->after, "pipeline"), torg_record_get_text (other->after, "pipeline"));

  return order != 0 ? order : strcmp (torg_record_get_id (one->after), torg_record_get_id (other->after));
}

/**
 * torg_distribute_mark:
 * @commit: the changes of the transaction
 * @lead: a new record that nobody has chosen an owner for, with its place on the board
 * @error: place for a %TORG_STORE_ERROR
 *
 * Marks a lead to be given to somebody, where its pipeline says so; of other records nothing.
 *
 * Returns: whether that worked
 */
gboolean
torg_distribute_mark (TorgCommit *commit, TorgRecord *lead, GError **error)
{
  Distribute  self = { commit, torg_commit_get_store (commit), torg_record_get_schema (lead) };
  TorgRecord *pipeline;

  if (!g_str_equal (torg_record_get_kind (lead)->info->name, "lead"))
    return TRUE;
  if (!get_pipeline (&self, lead, &pipeline, error))
    return FALSE;
  if (!is_by_hand (pipeline))
    torg_record_set_text (lead, MARK, "yes");
  return TRUE;
}

/**
 * torg_distribute_leads:
 * @commit: the changes of the transaction, before they are written
 * @error: place for a %TORG_STORE_ERROR
 *
 * Gives each new lead that is marked so to one of those who receive the leads of its pipeline.
 *
 * Returns: whether that worked
 */
gboolean
torg_distribute_leads (TorgCommit *commit, GError **error)
{
  TorgServerStore *store = torg_commit_get_store (commit);
  Distribute       self = { commit, store, torg_server_store_get_schema (store) };
  g_autoptr (GPtrArray) entries = torg_commit_list_entries (commit, torg_schema_find (self.schema, "lead"));

  for (guint i = 0; i < entries->len;)
    if (waits (entries->pdata[i]))
      i++;
    else
      g_ptr_array_remove_index (entries, i);
  g_ptr_array_sort (entries, compare_pipelines);
  for (guint i = 0; i < entries->len; i++)
    if (!give (&self, entries->pdata[i], error))
      return FALSE;
  return TRUE;
}
