/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "torg-replica"

#include "torg-phone.h"
#include "torg-store-private.h"
#include "torg-text.h"

#include <string.h>

/*
 * One document a record, of folded terms, in a contentless FTS5 table with prefix indexes. A document's number grows
 * with each change of the record, so that the newest come first without sorting; no bm25 (692 ms for one letter in a
 * million). At most CANDIDATES are read and ranked here.
 */
#define CANDIDATES 200

gboolean
torg_search_migrate (TorgDb *db, GError **error)
{
  return torg_db_exec (db,
                       "CREATE TABLE IF NOT EXISTS search_doc (doc INTEGER PRIMARY KEY AUTOINCREMENT, "
                       "type TEXT NOT NULL, record INTEGER NOT NULL, UNIQUE (type, record)) STRICT;"
                       "CREATE VIRTUAL TABLE IF NOT EXISTS search USING fts5 (terms, content='', contentless_delete=1, "
                       "detail=none, prefix='1 2 3', tokenize='ascii');",
                       error);
}

static void
append_phones (GString *terms, const TorgValue *value)
{
  g_autoptr (GPtrArray) phones = torg_phone_from_json (value->text, NULL);

  for (guint i = 0; phones != NULL && i < phones->len; i++)
    {
      TorgPhone *phone = g_ptr_array_index (phones, i);

      torg_text_append_digits (terms, *phone->e164 != '\0' ? phone->e164 : phone->raw);
    }
}

static void
append_emails (GString *terms, const TorgValue *value)
{
  g_auto (GStrv) addresses = torg_value_dup_items (value);

  for (guint i = 0; addresses[i] != NULL; i++)
    torg_text_append_address (terms, addresses[i]);
}

/* The terms of a record's searchable fields; NULL for a record that has none. */
char *
torg_search_build_terms (TorgRecord *record)
{
  const TorgType *type = torg_record_get_kind (record);
  g_autoptr (GString) terms = g_string_new (NULL);

  for (guint i = 0; i < type->n_fields; i++)
    {
      const TorgField *field = &type->fields[i];
      const TorgValue *value = torg_record_nth (record, i);

      if ((field->flags & TORG_FIELD_SEARCHABLE) == 0 || value->text == NULL)
        continue;
      if (field->kind == TORG_KIND_PHONE)
        append_phones (terms, value);
      else if (field->kind == TORG_KIND_REQUISITE)
        torg_text_append_digits (terms, value->text);
      else
        torg_text_append_terms (terms, value->text);
      if (field->kind == TORG_KIND_EMAIL)
        append_emails (terms, value);
    }
  return terms->len > 0 ? g_strdup (terms->str) : NULL;
}

typedef struct
{
  TorgRecord *record; /* (owned) */
  gboolean    is_new;
} Held;

static void
held_free (gpointer data)
{
  Held *held = data;

  torg_record_unref (held->record);
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

static gboolean
add_doc (TorgStore *self, TorgRecord *record, const char *terms, GError **error)
{
  g_autoptr (TorgStatement) into_doc = NULL;
  g_autoptr (TorgStatement) into_search = NULL;

  into_doc = torg_db_prepare (self->db, "INSERT INTO search_doc (type, record) VALUES (?1, ?2)", error);
  if (into_doc == NULL)
    return FALSE;
  torg_statement_bind_text (into_doc, 1, torg_record_get_kind (record)->info->name);
  torg_statement_bind_int (into_doc, 2, torg_record_get_rowid (record));
  if (!torg_statement_run (into_doc, error))
    return FALSE;
  into_search = torg_db_prepare (self->db, "INSERT INTO search (rowid, terms) VALUES (?1, ?2)", error);
  if (into_search == NULL)
    return FALSE;
  torg_statement_bind_int (into_search, 1, torg_db_get_last_rowid (self->db));
  torg_statement_bind_text (into_search, 2, terms);
  return torg_statement_run (into_search, error);
}

static gboolean
write_terms (TorgStore *self, TorgRecord *record, gboolean is_new, GError **error)
{
  g_autofree char *terms = torg_record_get_deleted (record) == 0 ? torg_search_build_terms (record) : NULL;

  if (!is_new && !torg_search_remove (self, record, error))
    return FALSE;
  return terms == NULL || add_doc (self, record, terms, error);
}

/*
 * Between torg_search_hold() and torg_search_flush(), terms are kept back: each statement that runs triggers makes FTS5
 * write what it has, so that terms written row by row cost a segment each.
 */
gboolean
torg_search_put (TorgStore *self, TorgRecord *record, gboolean is_new, GError **error)
{
  Held *held;

  if (self->held == NULL)
    return write_terms (self, record, is_new, error);
  held = g_hash_table_lookup (self->held, torg_record_get_id (record));
  if (held == NULL)
    {
      held = g_new0 (Held, 1);
      held->is_new = is_new;
      g_hash_table_insert (self->held, g_strdup (torg_record_get_id (record)), held);
    }
  g_clear_pointer (&held->record, torg_record_unref);
  held->record = torg_record_ref (record);
  return TRUE;
}

void
torg_search_hold (TorgStore *self)
{
  if (self->held == NULL)
    self->held = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, held_free);
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
  g_autoptr (GHashTable) held = g_steal_pointer (&self->held);
  g_autoptr (GPtrArray) list = g_hash_table_get_values_as_ptr_array (held);
  gboolean ok = TRUE;

  g_ptr_array_sort (list, compare_held);
  for (guint i = 0; i < list->len && write && ok; i++)
    ok = write_terms (self, ((Held *) list->pdata[i])->record, ((Held *) list->pdata[i])->is_new, error);
  return ok;
}

static gboolean
is_digits (const char *text)
{
  return text[0] != '\0' && strspn (text, "0123456789") == strlen (text);
}

/* A number as people write it: with spaces, dashes and brackets. */
static gboolean
is_phone (const char *text)
{
  guint n = 0;

  for (const char *at = text; *at != '\0'; at++)
    {
      if (strchr ("0123456789 -()+.\t", *at) == NULL)
        return FALSE;
      n += g_ascii_isdigit (*at) ? 1 : 0;
    }
  return n >= 3 && n <= 15;
}

static char **
split_words (const char *text)
{
  g_auto (GStrv) pieces = g_strsplit_set (text != NULL ? text : "", " \t\n", -1);
  g_autoptr (GString) terms = g_string_new (NULL);

  for (guint i = 0; pieces[i] != NULL; i++)
    if (strchr (pieces[i], '@') != NULL && pieces[i][0] != '@')
      torg_text_append_address (terms, pieces[i]);
    else
      torg_text_append_terms (terms, pieces[i]);
  return terms->len > 0 ? g_strsplit (terms->str, " ", -1) : g_new0 (char *, 1);
}

/* The words to look for; the digits of a phone number are one. */
char **
torg_search_split (const char *text)
{
  g_autoptr (GString) digits = NULL;
  char **words;

  if (text == NULL || !is_phone (text))
    return split_words (text);
  digits = g_string_new (NULL);
  for (const char *at = text; *at != '\0'; at++)
    if (g_ascii_isdigit (*at))
      g_string_append_c (digits, *at);
  words = g_new0 (char *, 2);
  words[0] = g_string_free_and_steal (g_steal_pointer (&digits));
  return words;
}

static void
append_number (GString *match, const char *digits)
{
  g_autofree char *reversed = g_strreverse (g_strdup (digits));

  g_string_append_printf (match, "(\"%s\"* OR \"r%s\"*", digits, reversed);
  /* «8» in front of a Russian number stands for +7. */
  if (digits[0] == '8' && strlen (digits) >= 4 && strlen (digits) <= 11)
    g_string_append_printf (match, " OR \"7%s\"*", digits + 1);
  g_string_append_c (match, ')');
}

/* FTS5's own syntax: each word a prefix, all of them; a number also as the tail of one. */
char *
torg_search_build_match (char **words)
{
  GString *match = g_string_new (NULL);

  for (guint i = 0; words[i] != NULL; i++)
    {
      if (match->len > 0)
        g_string_append (match, " AND ");
      if (is_digits (words[i]) && strlen (words[i]) >= 3)
        append_number (match, words[i]);
      else
        g_string_append_printf (match, "\"%s\"*", words[i]);
    }
  return g_string_free_and_steal (match);
}

typedef struct
{
  const TorgType *type;
  gint64          rowid;
  int             score;
  guint           place; /* the newest first */
} Candidate;

/* How well a record fits: a whole word in its title counts most, then the beginning of one, then what it is. */
static int
score_title (const char *title, const TorgType *type, char **words)
{
  g_auto (GStrv) terms = torg_text_split_terms (title);
  const char *name = type->info->name;
  int         score = 0;

  for (guint i = 0; words[i] != NULL; i++)
    for (guint j = 0; terms[j] != NULL; j++)
      {
        if (strcmp (terms[j], words[i]) == 0)
          score += j == 0 ? 12 : 8;
        else if (g_str_has_prefix (terms[j], words[i]))
          score += j == 0 ? 6 : 4;
      }
  if (g_str_equal (name, "company") || g_str_equal (name, "person"))
    score += 3;
  else if (g_str_equal (name, "deal") || g_str_equal (name, "lead"))
    score += 2;
  else if (g_str_equal (name, "activity"))
    score -= 4;
  return score;
}

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
  candidate->score = row ? score_title (torg_statement_get_text (statement, 0), candidate->type, words) : G_MININT;
  return TRUE;
}

static GArray *
find_candidates (TorgStore *self, char **words, const char *type, GError **error)
{
  g_autoptr (GArray) candidates = g_array_new (FALSE, TRUE, sizeof (Candidate));
  g_autofree char *match = torg_search_build_match (words);
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
  g_auto (GStrv) words = torg_search_split (text);
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
