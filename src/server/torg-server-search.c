/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "torg-server"

#include "config.h"

#include "torg-access.h"
#include "torg-server-fill.h"
#include "torg-server-search.h"
#include "torg-terms.h"

#include <string.h>

/*
 * What words find: a row a record that has any, with the record's access keys, and its folded terms in an index: FTS5
 * on SQLite, where the row's number grows with each change of the terms, a tsvector under GIN on PostgreSQL, where the
 * commit's number does. The newest come first, so that nothing is sorted by how well it fits but the candidates.
 */

/* Terms of a record at most, in bytes: a tsvector takes a megabyte. */
#define MAX_TERMS (200 * 1024)
/* For short beginnings PostgreSQL would sort everything there is; it takes about so many instead. */
#define POSTGRESQL_LIMIT "20000"

static gboolean
is_postgresql (TorgServerStore *store)
{
  return torg_db_get_dialect (torg_server_store_get_db (store)) == TORG_DIALECT_POSTGRESQL;
}

static gboolean
is_searchable (const TorgType *type)
{
  for (guint i = 0; i < type->n_fields; i++)
    if ((type->fields[i].flags & TORG_FIELD_SEARCHABLE) != 0)
      return TRUE;
  return FALSE;
}

/* --- writing ------------------------------------------------------------------------------------------------------ */

static char *
build_terms (TorgRecord *record)
{
  char *terms;

  if (record == NULL || torg_record_get_deleted (record) != 0 || !is_searchable (torg_record_get_kind (record)))
    return g_strdup ("");
  terms = torg_record_dup_search_terms (record);
  if (strlen (terms) > MAX_TERMS)
    {
      terms[MAX_TERMS] = '\0';
      /* Between two terms, of which none is so long, so that no letter is cut. */
      *strrchr (terms, ' ') = '\0';
    }
  return terms;
}

static gboolean
run_for (TorgServerStore *store, const char *sql, const char *id, GError **error)
{
  g_autoptr (TorgStatement) statement = torg_server_store_prepare (store, sql, error);

  if (statement == NULL)
    return FALSE;
  torg_statement_bind_id (statement, 2, id);
  return torg_statement_run (statement, error);
}

/* Takes a record's document out of FTS5, which knows it by its number. */
static gboolean
remove_document (TorgServerStore *store, const char *id, GError **error)
{
  g_autoptr (TorgStatement) find =
    torg_server_store_prepare (store, "SELECT doc FROM search_doc WHERE workspace = ?1 AND id = ?2", error);
  g_autoptr (TorgStatement) from_search = NULL;
  gboolean row;
  gint64   doc;

  if (find == NULL)
    return FALSE;
  torg_statement_bind_id (find, 2, id);
  if (!torg_statement_step (find, &row, error))
    return FALSE;
  if (!row)
    return TRUE;
  doc = torg_statement_get_int (find, 0);
  torg_statement_reset (find);
  from_search = torg_db_prepare (torg_server_store_get_db (store), "DELETE FROM search WHERE rowid = ?1", error);
  if (from_search == NULL)
    return FALSE;
  torg_statement_bind_int (from_search, 1, doc);
  return torg_statement_run (from_search, error);
}

static gboolean
remove_row (TorgServerStore *store, const char *id, GError **error)
{
  return (is_postgresql (store) || remove_document (store, id, error)) &&
         run_for (store, "DELETE FROM search_doc WHERE workspace = ?1 AND id = ?2", id, error);
}

static gboolean
add_row (TorgServerStore *store, TorgRecord *record, const char *keys, const char *terms, GError **error)
{
  TorgDb  *db = torg_server_store_get_db (store);
  gboolean postgresql = is_postgresql (store);
  g_autoptr (TorgStatement) row = torg_server_store_prepare (
    store,
    postgresql ? "INSERT INTO search_doc (workspace, id, type, keys, seq, terms) "
                 "VALUES (?1, ?2, ?3, ?4, ?5, array_to_tsvector(string_to_array(?6, ' ')))"
               : "INSERT INTO search_doc (workspace, id, type, keys) VALUES (?1, ?2, ?3, ?4)",
    error);
  g_autoptr (TorgStatement) document = NULL;

  if (row == NULL)
    return FALSE;
  torg_statement_bind_id (row, 2, torg_record_get_id (record));
  torg_statement_bind_text (row, 3, torg_record_get_kind (record)->info->name);
  torg_statement_bind_text (row, 4, keys);
  if (postgresql)
    {
      torg_statement_bind_int (row, 5, torg_record_get_seq (record));
      torg_statement_bind_text (row, 6, terms);
    }
  if (!torg_statement_run (row, error))
    return FALSE;
  if (postgresql)
    return TRUE;
  document = torg_db_prepare (db, "INSERT INTO search (rowid, terms) VALUES (?1, ?2)", error);
  if (document == NULL)
    return FALSE;
  torg_statement_bind_int (document, 1, torg_db_get_last_rowid (db));
  torg_statement_bind_text (document, 2, terms);
  return torg_statement_run (document, error);
}

static gboolean
write_keys (TorgServerStore *store, const char *id, const char *keys, GError **error)
{
  g_autoptr (TorgStatement) statement =
    torg_server_store_prepare (store, "UPDATE search_doc SET keys = ?3 WHERE workspace = ?1 AND id = ?2", error);

  if (statement == NULL)
    return FALSE;
  torg_statement_bind_id (statement, 2, id);
  torg_statement_bind_text (statement, 3, keys);
  return torg_statement_run (statement, error);
}

/**
 * torg_server_search_note:
 * @store: a connection, in a transaction
 * @before: (nullable): a record as it was; %NULL for a new one
 * @after: the same as it is, with its number
 * @keys: its access keys as they are
 * @keys_changed: whether they were others
 * @error: place for a %TORG_STORE_ERROR
 *
 * Keeps what words find up with a record. Nothing is written where it is found by the same as before.
 *
 * Returns: whether that worked
 */
gboolean
torg_server_search_note (TorgServerStore *store,
                         TorgRecord      *before,
                         TorgRecord      *after,
                         const char      *keys,
                         gboolean         keys_changed,
                         GError         **error)
{
  g_autofree char *old = build_terms (before);
  g_autofree char *terms = build_terms (after);

  if (g_str_equal (old, terms))
    return !keys_changed || *terms == '\0' || write_keys (store, torg_record_get_id (after), keys, error);
  /* A field may have been searchable once that is not any more: what there is goes, whatever @old says. */
  return (before == NULL || remove_row (store, torg_record_get_id (after), error)) &&
         (*terms == '\0' || add_row (store, after, keys, terms, error));
}

/* --- tables ------------------------------------------------------------------------------------------------------- */

static const char sqlite_tables[] =
  "CREATE TABLE search_doc (doc INTEGER PRIMARY KEY AUTOINCREMENT, workspace INTEGER NOT NULL, id BLOB NOT NULL, "
  "type TEXT NOT NULL, keys TEXT NOT NULL, UNIQUE (workspace, id));"
  "CREATE VIRTUAL TABLE search USING fts5 (terms, content='', contentless_delete=1, detail=none, prefix='1 2 3', "
  "tokenize='ascii');"
  "INSERT INTO search (search, rank) VALUES ('automerge', 32);"
  "INSERT INTO search (search, rank) VALUES ('crisismerge', 32);";

static const char postgresql_tables[] =
  "CREATE TABLE search_doc (workspace BIGINT NOT NULL, id BYTEA NOT NULL, type TEXT NOT NULL, keys TEXT NOT NULL, "
  "seq BIGINT NOT NULL, terms TSVECTOR NOT NULL, PRIMARY KEY (workspace, id));"
  "CREATE INDEX search_doc_terms ON search_doc USING GIN (terms);";

/* The keys come from where the records stand, all at once. */
static gboolean
fill_keys (TorgServerStore *store, const TorgType *type, GError **error)
{
  g_autofree char *sql = g_strdup_printf ("UPDATE search_doc SET keys = (SELECT t.keys FROM \"%s\" t WHERE t.workspace "
                                          "= search_doc.workspace AND t.id = search_doc.id) WHERE workspace = ?1 AND "
                                          "type = ?2",
                                          type->info->name);
  g_autoptr (TorgStatement) statement = torg_server_store_prepare (store, sql, error);

  if (statement == NULL)
    return FALSE;
  torg_statement_bind_text (statement, 2, type->info->name);
  return torg_statement_run (statement, error);
}

static gboolean
note_first (TorgServerStore *store, TorgRecord *record, GError **error)
{
  return torg_server_search_note (store, NULL, record, "", FALSE, error);
}

/**
 * torg_server_search_migrate:
 * @store: a connection, in the transaction that makes its tables
 * @error: place for a %TORG_STORE_ERROR
 *
 * Makes the tables, where they are missing, and fills them with what there is.
 *
 * Returns: whether that worked
 */
gboolean
torg_server_search_migrate (TorgServerStore *store, GError **error)
{
  TorgSchema *schema;
  gboolean    made;

  if (!torg_server_fill_make (store, "search_doc", is_postgresql (store) ? postgresql_tables : sqlite_tables, &made,
                              error))
    return FALSE;
  schema = torg_server_store_get_schema (store);
  for (guint i = 0; made && i < torg_schema_get_n_types (schema); i++)
    {
      const TorgType *type = torg_schema_nth (schema, i);

      if (is_searchable (type) &&
          (!torg_server_fill (store, type, note_first, error) || !fill_keys (store, type, error)))
        return FALSE;
    }
  return TRUE;
}

/* --- finding ------------------------------------------------------------------------------------------------------ */

static void
append_lexeme (GString *match, const char *head, const char *word)
{
  g_string_append_printf (match, "'%s%s':*", head, word);
}

/* As [func@terms_build_match], for PostgreSQL. Terms are letters and digits: there is nothing in them to be quoted. */
static char *
build_tsquery (char **words)
{
  GString *match = g_string_new (NULL);

  for (guint i = 0; words[i] != NULL; i++)
    {
      const char      *word = words[i];
      g_autofree char *reversed = g_strreverse (g_strdup (word));
      gsize            n = strlen (word);

      g_string_append (match, i > 0 ? " & (" : "(");
      append_lexeme (match, "", word);
      if (n >= 3 && strspn (word, "0123456789") == n)
        {
          g_string_append (match, " | ");
          append_lexeme (match, "r", reversed);
          if (word[0] == '8' && n >= 4 && n <= 11)
            {
              g_string_append (match, " | ");
              append_lexeme (match, "7", word + 1);
            }
        }
      g_string_append_c (match, ')');
    }
  return g_string_free_and_steal (match);
}

static GString *
build_question (TorgServerStore *store, guint n_types, GPtrArray *keys)
{
  gboolean postgresql = is_postgresql (store);
  GString *sql = g_string_new (postgresql ? "SELECT d.type, d.id FROM search_doc d WHERE d.workspace = ?1 AND "
                                            "d.terms @@ ?2::tsquery"
                                          : "SELECT d.type, d.id FROM search JOIN search_doc d ON d.doc = "
                                            "search.rowid WHERE d.workspace = ?1 AND search MATCH ?2");
  int      index = 3;

  for (guint i = 0; i < n_types; i++)
    g_string_append_printf (sql, "%s?%d", i == 0 ? " AND d.type IN (" : ", ", index++);
  g_string_append (sql, n_types > 0 ? ")" : " AND 1 = 0");
  torg_server_store_append_keys (store, sql, "d.keys", keys, index);
  g_string_append_printf (sql, " ORDER BY %s LIMIT %d", postgresql ? "d.seq DESC, d.id" : "search.rowid DESC",
                          TORG_SERVER_SEARCH_CANDIDATES);
  return sql;
}

/* Whether what words find may have keys of a type: its records, or what carries theirs. */
static gboolean
gives_keys (TorgSchema *schema, const TorgType *type)
{
  gboolean gives = is_searchable (type);

  for (guint i = 0; !gives && i < torg_schema_get_n_types (schema); i++)
    {
      const TorgType *other = torg_schema_nth (schema, i);

      for (guint j = 0; !gives && is_searchable (other) && j < other->info->n_fields; j++)
        gives = torg_access_carries (other, &other->fields[j], type->info->name);
    }
  return gives;
}

/* Of a user's keys, `TYPE:…` and others, those that may matter: each is a look at every row. */
static GPtrArray *
pick_keys (TorgServerStore *store, GPtrArray *keys)
{
  TorgSchema *schema = torg_server_store_get_schema (store);
  GPtrArray  *picked = g_ptr_array_new ();

  for (guint i = 0; i < keys->len; i++)
    {
      const char      *key = keys->pdata[i];
      g_autofree char *name = g_strndup (key, strcspn (key, ":"));
      const TorgType  *type = torg_schema_find (schema, name);

      if (type == NULL || gives_keys (schema, type))
        g_ptr_array_add (picked, (gpointer) key);
    }
  return picked;
}

static void
candidate_free (gpointer data)
{
  TorgCandidate *candidate = data;

  g_free (candidate->type);
  g_free (candidate->id);
  g_free (candidate);
}

static gboolean
read_candidates (TorgStatement *statement, GPtrArray *candidates, GError **error)
{
  gboolean row;

  for (;;)
    {
      TorgCandidate *candidate;

      if (!torg_statement_step (statement, &row, error))
        return FALSE;
      if (!row)
        return TRUE;
      candidate = g_new0 (TorgCandidate, 1);
      candidate->type = g_strdup (torg_statement_get_text (statement, 0));
      candidate->id = torg_statement_dup_id (statement, 1);
      g_ptr_array_add (candidates, candidate);
    }
}

/**
 * torg_server_search_find:
 * @store: a connection, in a transaction for reading
 * @words: words of [func@terms_split], at least one
 * @types: (array zero-terminated=1): the names of the types that are wanted
 * @keys: (element-type utf8): only records that have one of these keys
 * @error: place for a %TORG_STORE_ERROR
 *
 * Finds the newest records that words find, at most %TORG_SERVER_SEARCH_CANDIDATES.
 *
 * Returns: (transfer full) (element-type TorgCandidate) (nullable): what may be ranked
 */
GPtrArray *
torg_server_search_find (TorgServerStore   *store,
                         char             **words,
                         const char *const *types,
                         GPtrArray         *keys,
                         GError           **error)
{
  gboolean         postgresql = is_postgresql (store);
  guint            n_types = g_strv_length ((GStrv) types);
  g_autofree char *match = postgresql ? build_tsquery (words) : torg_terms_build_match (words);
  g_autoptr (GPtrArray) picked = pick_keys (store, keys);
  g_autoptr (GString) sql = build_question (store, n_types, picked);
  g_autoptr (GPtrArray) candidates = g_ptr_array_new_with_free_func (candidate_free);
  g_autoptr (TorgStatement) statement = NULL;

  if (postgresql &&
      !torg_db_exec (torg_server_store_get_db (store), "SET LOCAL gin_fuzzy_search_limit = " POSTGRESQL_LIMIT, error))
    return NULL;
  statement = torg_server_store_prepare (store, sql->str, error);
  if (statement == NULL)
    return NULL;
  torg_statement_bind_text (statement, 2, match);
  for (guint i = 0; i < n_types; i++)
    torg_statement_bind_text (statement, 3 + (int) i, types[i]);
  torg_server_store_bind_keys (store, statement, picked, 3 + (int) n_types);
  return read_candidates (statement, candidates, error) ? g_steal_pointer (&candidates) : NULL;
}
