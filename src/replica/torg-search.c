/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "torg-replica"

#include "torg-seeded-bug.h"
#include "torg-store-private.h"
#include "torg-sync-store.h"
#include "torg-terms.h"

#include <string.h>

/*
 * One document a record, of folded terms, in a contentless FTS5 table with prefix indexes. A document's number grows
 * with each change of the record, so that the newest come first without sorting; no bm25 (692 ms for one letter in a
 * million). At most CANDIDATES are read and ranked here. Segments are merged by 32 instead of 4: writing costs half,
 * and a look-up in a few more of them does not show.
 */
#define CANDIDATES 200

gboolean
torg_search_migrate (TorgDb *db, GError **error)
{
  return torg_db_exec (db,
                       "CREATE TABLE IF NOT EXISTS search_doc (doc INTEGER PRIMARY KEY AUTOINCREMENT, "
                       "type TEXT NOT NULL, record INTEGER NOT NULL, UNIQUE (type, record)) STRICT;"
                       "CREATE VIRTUAL TABLE IF NOT EXISTS search USING fts5 (terms, content='', contentless_delete=1, "
                       "detail=none, prefix='1 2 3', tokenize='ascii');"
                       "INSERT INTO search (search, rank) VALUES ('automerge', 32); "
                       "INSERT INTO search (search, rank) VALUES ('crisismerge', 32);",
                       error);
}

typedef struct
{
  TorgRecord *record; /* (owned) */
  char       *terms;  /* (owned) (nullable): where they were built already */
  gboolean    is_new;
  gint64      doc; /* its number in the index; 0 for none */
} Held;

static void
held_free (gpointer data)
{
  Held *held = data;

  torg_record_unref (held->record);
  g_free (held->terms);
  g_free (held);
}

gboolean
torg_search_remove (TorgStore *self, TorgRecord *record, GError **error)
{
  g_autoptr (TorgStatement) from_doc = NULL;
  g_autoptr (TorgStatement) from_search = NULL;
  gboolean row;
  gint64   doc;

  from_doc = torg_db_prepare (self->db, "DELETE FROM search_doc WHERE type = ?1 AND record = ?2 RETURNING doc", error);
  if (from_doc == NULL)
    return FALSE;
  torg_statement_bind_text (from_doc, 1, torg_record_get_kind (record)->info->name);
  torg_statement_bind_int (from_doc, 2, torg_record_get_rowid (record));
  if (!torg_statement_step (from_doc, &row, error))
    return FALSE;
  if (!row)
    return TRUE;
  doc = torg_statement_get_int (from_doc, 0);
  if (!torg_statement_step (from_doc, &row, error))
    return FALSE;
  from_search = torg_db_prepare (self->db, "DELETE FROM search WHERE rowid = ?1", error);
  if (from_search == NULL)
    return FALSE;
  torg_statement_bind_int (from_search, 1, doc);
  return torg_statement_run (from_search, error);
}

/* Removes what a record was found by before; whether it is found by anything now. */
static gboolean
prepare_terms (TorgStore *self, Held *held, gboolean *any, GError **error)
{
  if (!held->is_new && !torg_search_remove (self, held->record, error))
    return FALSE;
  if (torg_record_get_deleted (held->record) == 0 && held->terms == NULL)
    held->terms = torg_record_dup_search_terms (held->record);
  *any = torg_record_get_deleted (held->record) == 0 && *held->terms != '\0';
  return TRUE;
}

/* Numbers up to TORG_BATCH_ROWS documents. */
static gboolean
add_docs (TorgStore *self, Held **list, guint n, GError **error)
{
  gint64 last;

  if (n == 0)
    return TRUE;
  for (guint i = 0; i < n; i++)
    {
      TorgStatement *statement = torg_held_begin_row (self, TORG_HELD_DOCS);

      torg_statement_bind_text (statement, 1, torg_record_get_kind (list[i]->record)->info->name);
      torg_statement_bind_int (statement, 2, torg_record_get_rowid (list[i]->record));
      if (!torg_held_end_row (self, TORG_HELD_DOCS, error))
        return FALSE;
    }
  if (!torg_held_flush_rows (self, TORG_HELD_DOCS, error))
    return FALSE;
  last = torg_db_get_last_rowid (self->db);
  for (guint i = 0; i < n; i++)
    list[i]->doc = last - n + 1 + i;
  return TRUE;
}

/*
 * All documents are numbered first, and their terms written a row a statement: FTS5 writes a segment whenever a
 * statement begins that could be taken back alone, as one of several rows can.
 */
static gboolean
write_terms (TorgStore *self, GPtrArray *list, GError **error)
{
  g_autoptr (TorgStatement) statement = NULL;
  Held *docs[TORG_BATCH_ROWS];
  guint n = 0;

  for (guint i = 0; i < list->len; i++)
    {
      gboolean any;

      if (!prepare_terms (self, list->pdata[i], &any, error))
        return FALSE;
      if (any)
        docs[n++] = list->pdata[i];
      if (n < TORG_BATCH_ROWS)
        continue;
      if (!add_docs (self, docs, n, error))
        return FALSE;
      n = 0;
    }
  if (!add_docs (self, docs, n, error))
    return FALSE;
  statement = torg_db_prepare (self->db, "INSERT INTO search (rowid, terms) VALUES (?1, ?2)", error);
  if (statement == NULL)
    return FALSE;
  for (guint i = 0; i < list->len; i++)
    {
      const Held *held = list->pdata[i];

      if (held->doc == 0)
        continue;
      torg_statement_bind_int (statement, 1, held->doc);
      torg_statement_bind_static (statement, 2, held->terms, -1);
      if (!torg_statement_run (statement, error))
        return FALSE;
    }
  return TRUE;
}

static Held *
held_new (TorgRecord *record, const char *terms, gboolean is_new)
{
  Held *held = g_new0 (Held, 1);

  held->record = torg_record_ref (record);
  held->terms = g_strdup (terms);
  held->is_new = is_new;
  return held;
}

/*
 * Between torg_search_hold() and torg_search_flush(), terms are kept back: each statement that runs triggers makes FTS5
 * write what it has, so that terms written row by row cost a segment each. @terms are NULL where they are not built
 * yet.
 */
gboolean
torg_search_put (TorgStore *self, TorgRecord *record, const char *terms, gboolean is_new, GError **error)
{
  Held *held;

  if (self->held == NULL)
    {
      g_autoptr (GPtrArray) list = g_ptr_array_new_with_free_func (held_free);

      g_ptr_array_add (list, held_new (record, terms, is_new));
      return write_terms (self, list, error);
    }
  held = g_hash_table_lookup (self->held, torg_record_get_id (record));
  held = held_new (record, terms, held != NULL ? held->is_new : is_new);
  /* The key is the record's own. */
  g_hash_table_replace (self->held, (gpointer) torg_record_get_id (record), held);
  return TRUE;
}

void
torg_search_hold (TorgStore *self)
{
  if (self->held == NULL)
    self->held = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, held_free);
}

static int
compare_held (gconstpointer a, gconstpointer b)
{
  const Held *first = *(Held *const *) a, *second = *(Held *const *) b;
  gint64      one = torg_record_get_rowid (first->record), other = torg_record_get_rowid (second->record);

  return one != other ? (one < other ? -1 : 1)
                      : strcmp (torg_record_get_id (first->record), torg_record_get_id (second->record));
}

/* Writes what was kept back, unless the edit failed. */
gboolean
torg_search_flush (TorgStore *self, gboolean write, GError **error)
{
  g_autoptr (GPtrArray) list = g_hash_table_get_values_as_ptr_array (self->held);
  gboolean ok;

  g_ptr_array_sort (list, compare_held);
  ok = !write || write_terms (self, list, error);
  g_clear_pointer (&self->held, g_hash_table_unref);
  return ok;
}

/* --- words of what is gone ---------------------------------------------------------------------------------------- */

/*
 * A document that is deleted leaves its terms in the file until the part of the index that has them is merged. Merging
 * all takes 0.2 s of 100,000 records: in transactions of some 20 ms, with a pause after each for the user's own edits.
 */
#define MERGE "INSERT INTO search (search, rank) VALUES ('merge', -64)"
#define MERGE_PAUSE_MS 10
/* After single records that went. */
#define CLEAN_MINUTES 15

/* Notes that the log of changes keeps what is not to be seen any more. */
gboolean
torg_search_note_log (TorgStore *self, GError **error)
{
  g_autofree char *before = torg_state_get (self->db, "log_stale");

  return before != NULL || torg_state_set (self->db, "log_stale", "now", error);
}

/* Notes that there are words in the file, and the log, of records that are not to be seen any more. */
gboolean
torg_search_note_stale (TorgStore *self, gboolean at_once, GError **error)
{
  g_autofree char *before = torg_state_get (self->db, "search_stale");

  if (!torg_search_note_log (self, error))
    return FALSE;
  return (before != NULL && (!at_once || g_str_equal (before, "now"))) ||
         torg_state_set (self->db, "search_stale", at_once ? "now" : "soon", error);
}

/* The index says by how much it writes whether anything was left to merge. */
static gboolean
merge_some (TorgStore *self, gboolean *done, GError **error)
{
  gint64 before = 0, after = 0;

  if (!torg_store_begin (self, error))
    return FALSE;
  if (!torg_db_get_int (self->db, "SELECT total_changes()", &before, error) || !torg_db_exec (self->db, MERGE, error) ||
      !torg_db_get_int (self->db, "SELECT total_changes()", &after, error))
    {
      torg_store_rollback (self);
      return FALSE;
    }
  *done = after - before < 2;
  return torg_store_commit (self, error);
}

static gboolean
is_to_be_cleaned (TorgStore *self)
{
  g_autofree char *stale = torg_state_get (self->db, "search_stale");
  g_autofree char *cleaned = torg_state_get (self->db, "search_cleaned");

  if (stale == NULL)
    return FALSE;
  return g_str_equal (stale, "now") || cleaned == NULL ||
         ABS (torg_env_get_now (self->env) - g_ascii_strtoll (cleaned, NULL, 10)) >=
           CLEAN_MINUTES * (gint64) G_TIME_SPAN_MINUTE;
}

static gboolean
merge_all (TorgStore *self, GCancellable *cancellable, GError **error)
{
  g_autofree char *now = NULL;
  gboolean         done = FALSE;

  for (;;)
    {
      if (g_cancellable_set_error_if_cancelled (cancellable, error) || !merge_some (self, &done, error))
        return FALSE;
      if (done)
        break;
      g_usleep (MERGE_PAUSE_MS * 1000);
    }
  now = g_strdup_printf ("%" G_GINT64_FORMAT, torg_env_get_now (self->env));
  return torg_search_note_log (self, error) && torg_state_set (self->db, "search_cleaned", now, error) &&
         torg_state_set (self->db, "search_stale", NULL, error);
}

/**
 * torg_store_clean_search:
 * @cancellable: (nullable): to stop it
 * @error: place for a %TORG_STORE_ERROR
 *
 * Takes what is left of records and fields that went out of view from the disk, where there is any: their words, a
 * little at a time, and what the log of changes beside the file keeps. What was stopped, or could not be done since
 * somebody read the log, goes on the next time.
 *
 * Returns: whether that worked
 */
gboolean
torg_store_clean_search (TorgStore *self, GCancellable *cancellable, GError **error)
{
  g_autofree char *stale = NULL;
  gboolean         empty = FALSE;

  if (is_to_be_cleaned (self) && !merge_all (self, cancellable, error))
    return FALSE;
  stale = torg_state_get (self->db, "log_stale");
  if (stale == NULL || torg_seeded_bug ("log-kept"))
    return TRUE;
  return torg_db_empty_log (self->db, &empty, error) && (!empty || torg_state_set (self->db, "log_stale", NULL, error));
}

/* --- finding ------------------------------------------------------------------------------------------------------ */

typedef struct
{
  const TorgType *type;
  gint64          rowid;
  int             score;
  guint           place; /* the newest first */
} Candidate;

static int
compare_candidates (gconstpointer a, gconstpointer b)
{
  const Candidate *first = a, *second = b;

  if (first->score != second->score)
    return second->score - first->score;
  return first->place < second->place ? -1 : 1;
}

/* Only the title of a candidate is read: most of them are not shown. */
static gboolean
rank_candidate (TorgStore *self, Candidate *candidate, char **words, GError **error)
{
  g_autoptr (TorgStatement) statement =
    torg_db_prepare (self->db, torg_store_get_table (self, candidate->type)->title_by_rowid, error);
  gboolean row;

  if (statement == NULL)
    return FALSE;
  torg_statement_bind_int (statement, 1, candidate->rowid);
  if (!torg_statement_step (statement, &row, error))
    return FALSE;
  candidate->score = row ? torg_terms_score (torg_statement_get_text (statement, 0), candidate->type, words) : G_MININT;
  return TRUE;
}

static GArray *
find_candidates (TorgStore *self, char **words, const char *type, GError **error)
{
  g_autoptr (GArray) candidates = g_array_new (FALSE, TRUE, sizeof (Candidate));
  g_autofree char *match = torg_terms_build_match (words);
  g_autoptr (TorgStatement) statement = NULL;
  gboolean row;

  statement =
    torg_db_prepare (self->db,
                     type == NULL ? "SELECT d.type, d.record FROM search JOIN search_doc d ON d.doc = search.rowid "
                                    "WHERE search MATCH ?1 ORDER BY search.rowid DESC LIMIT ?2"
                                  : "SELECT d.type, d.record FROM search JOIN search_doc d ON d.doc = search.rowid "
                                    "WHERE search MATCH ?1 AND d.type = ?3 ORDER BY search.rowid DESC LIMIT ?2",
                     error);
  if (statement == NULL)
    return NULL;
  torg_statement_bind_text (statement, 1, match);
  torg_statement_bind_int (statement, 2, CANDIDATES);
  if (type != NULL)
    torg_statement_bind_text (statement, 3, type);
  for (;;)
    {
      Candidate candidate = { 0 };

      if (!torg_statement_step (statement, &row, error))
        return NULL;
      if (!row)
        return g_steal_pointer (&candidates);
      candidate.type = torg_schema_find (self->schema, torg_statement_get_text (statement, 0));
      candidate.rowid = torg_statement_get_int (statement, 1);
      candidate.place = candidates->len;
      if (candidate.type == NULL)
        continue;
      if (!rank_candidate (self, &candidate, words, error))
        return NULL;
      g_array_append_val (candidates, candidate);
    }
}

/**
 * torg_store_search:
 * @text: what the user typed: words in any order, beginnings of words, tails of phone numbers
 * @type: (nullable): the name of the only type that is wanted
 * @limit: how many at most
 * @error: place for an error
 *
 * Searches all records.
 *
 * Returns: (transfer full) (element-type TorgHit) (nullable): what was found, the best first
 */
GPtrArray *
torg_store_search (TorgStore *self, const char *text, const char *type, guint limit, GError **error)
{
  g_autoptr (GPtrArray) hits = g_ptr_array_new_with_free_func ((GDestroyNotify) torg_hit_free);
  g_auto (GStrv) words = torg_terms_split (text);
  g_autoptr (GArray) candidates = NULL;

  if (words[0] == NULL)
    return g_steal_pointer (&hits);
  candidates = find_candidates (self, words, type, error);
  if (candidates == NULL)
    return NULL;
  g_array_sort (candidates, compare_candidates);
  for (guint i = 0; i < candidates->len && hits->len < limit; i++)
    {
      const Candidate *candidate = &g_array_index (candidates, Candidate, i);
      g_autoptr (TorgRecord) record = torg_store_get_nth (self, candidate->type, candidate->rowid, NULL);
      TorgHit *hit;

      if (record == NULL)
        continue;
      hit = g_new0 (TorgHit, 1);
      hit->score = candidate->score;
      hit->row = torg_store_make_row (self, record);
      g_ptr_array_add (hits, hit);
    }
  return g_steal_pointer (&hits);
}

/**
 * torg_hit_free:
 * @self: (transfer full): a hit
 *
 * Frees a hit.
 */
void
torg_hit_free (TorgHit *self)
{
  g_clear_object (&self->row);
  g_free (self);
}
