/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "torg-replica"

#include "config.h"

#include "torg-check.h"
#include "torg-own-role.h"
#include "torg-store-private.h"
#include "torg-terms.h"

#include <glib/gi18n-lib.h>

/* What is kept incrementally against what full SQL says of the rows. */

static gboolean
count (TorgStore *store, const char *sql, gint64 *n, GError **error)
{
  *n = 0;
  return torg_db_get_int (store->db, sql, n, error);
}

static void
report (GPtrArray *problems, gint64 n, const char *what)
{
  if (n != 0)
    g_ptr_array_add (problems, g_strdup_printf ("%s: %" G_GINT64_FORMAT, what, n));
}

static gboolean
check_file (TorgStore *store, GPtrArray *problems, GError **error)
{
  g_autoptr (TorgStatement) statement = torg_db_prepare (store->db, "PRAGMA integrity_check (20)", error);
  gboolean row;

  if (statement == NULL)
    return FALSE;
  for (;;)
    {
      if (!torg_statement_step (statement, &row, error))
        return FALSE;
      if (!row)
        return TRUE;
      if (g_strcmp0 (torg_statement_get_text (statement, 0), "ok") != 0)
        g_ptr_array_add (problems, g_strdup (torg_statement_get_text (statement, 0)));
    }
}

#define COUNTED                                                                                                        \
  "SELECT stage, ifnull(owner, x''), ifnull(amount_currency, ''), count(*), sum(ifnull(amount, 0)) FROM deal "         \
  "WHERE deleted IS NULL AND stage IS NOT NULL GROUP BY 1, 2, 3 UNION ALL "                                            \
  "SELECT stage, ifnull(owner, x''), '', count(*), 0 FROM lead "                                                       \
  "WHERE deleted IS NULL AND stage IS NOT NULL GROUP BY 1, 2"
#define KEPT "SELECT stage, owner, currency, n, sum FROM counter WHERE n <> 0"

static gboolean
check_counters (TorgStore *store, GPtrArray *problems, GError **error)
{
  gint64 missing, surplus;

  if (!count (store, "SELECT count(*) FROM (SELECT * FROM (" COUNTED ") EXCEPT " KEPT ")", &missing, error) ||
      !count (store, "SELECT count(*) FROM (" KEPT " EXCEPT SELECT * FROM (" COUNTED "))", &surplus, error))
    return FALSE;
  report (problems, missing, _ ("Counters that are missing or wrong"));
  report (problems, surplus, _ ("Counters of what is not there"));
  return TRUE;
}

#define STEP(column)                                                                                                   \
  "(SELECT " column " FROM activity WHERE deal = d.id AND done IS NULL AND deleted IS NULL "                           \
  "AND kind <> 'note' ORDER BY due_utc IS NULL, due_utc, rid LIMIT 1)"

static gboolean
check_next_steps (TorgStore *store, GPtrArray *problems, GError **error)
{
  gint64 n;

  if (
    !count (store,
            "SELECT count(*) FROM deal d WHERE next_at IS NOT " STEP ("due_utc") " OR next_kind IS NOT " STEP ("kind") " OR next_subject IS NOT " STEP (
              "ifnull(subject, '')") " OR next_all_day IS NOT " STEP ("CASE WHEN length(due) = 10 THEN 10000 END") " OR"
                                                                                                                   " to"
                                                                                                                   "uch"
                                                                                                                   "ed "
                                                                                                                   "IS "
                                                                                                                   "NOT"
                                                                                                                   " ("
                                                                                                                   "SEL"
                                                                                                                   "ECT"
                                                                                                                   " ma"
                                                                                                                   "x("
                                                                                                                   "don"
                                                                                                                   "e) "
                                                                                                                   "FRO"
                                                                                                                   "M "
                                                                                                                   "act"
                                                                                                                   "ivi"
                                                                                                                   "ty "
                                                                                                                   "WHE"
                                                                                                                   "RE "
                                                                                                                   "dea"
                                                                                                                   "l "
                                                                                                                   "= "
                                                                                                                   "d."
                                                                                                                   "id "
                                                                                                                   "AND"
                                                                                                                   " do"
                                                                                                                   "ne "
                                                                                                                   "IS "
                                                                                                                   "NOT"
                                                                                                                   " NU"
                                                                                                                   "LL "
                                                                                                                   "AND"
                                                                                                                   " de"
                                                                                                                   "let"
                                                                                                                   "ed "
                                                                                                                   "IS "
                                                                                                                   "NUL"
                                                                                                                   "L)",
            &n, error))
    return FALSE;
  report (problems, n, _ ("Deals with a wrong next step"));
  return TRUE;
}

static void
append_missing (GString *sql, const TorgType *type, const TorgField *field, const char *target)
{
  if (field->kind == TORG_KIND_SET)
    g_string_append_printf (sql,
                            "SELECT unhex(item.value, '-'), count(*) FROM \"%s\" t, json_each(t.\"%s\") AS item "
                            "WHERE NOT EXISTS (SELECT 1 FROM \"%s\" r WHERE r.id = unhex(item.value, '-')) GROUP BY 1",
                            type->info->name, field->name, target);
  else
    g_string_append_printf (sql,
                            "SELECT t.\"%s\", count(*) FROM \"%s\" t WHERE t.\"%s\" IS NOT NULL AND NOT EXISTS "
                            "(SELECT 1 FROM \"%s\" r WHERE r.id = t.\"%s\") GROUP BY 1",
                            field->name, type->info->name, field->name, target, field->name);
}

/**
 * torg_check_missing_free:
 * @self: (transfer full): a reference
 *
 * Frees a reference to what is not there.
 */
void
torg_check_missing_free (TorgCheckMissing *self)
{
  g_free (self->target);
  g_free (self->id);
  g_free (self);
}

static gboolean
add_missing (TorgStore       *store,
             const TorgType  *type,
             const TorgField *field,
             const char      *target,
             GPtrArray       *list,
             GError         **error)
{
  g_autoptr (GString) sql = g_string_new (NULL);
  g_autoptr (TorgStatement) statement = NULL;
  gboolean row;

  append_missing (sql, type, field, target);
  statement = torg_db_prepare (store->db, sql->str, error);
  if (statement == NULL)
    return FALSE;
  for (;;)
    {
      TorgCheckMissing *missing;

      if (!torg_statement_step (statement, &row, error))
        return FALSE;
      if (!row)
        return TRUE;
      missing = g_new0 (TorgCheckMissing, 1);
      missing->type = type;
      missing->field = field;
      missing->target = g_strdup (target);
      missing->id = torg_statement_dup_id (statement, 0);
      missing->n = torg_statement_get_int (statement, 1);
      g_ptr_array_add (list, missing);
    }
}

/**
 * torg_check_list_missing:
 * @store: a store
 * @error: place for an error
 *
 * Lists what records refer to and what is not among the records here. In a replica of a server that is a mistake only
 * where its user sees everything.
 *
 * Returns: (transfer full) (element-type TorgCheckMissing) (nullable): the references, one for each field and target
 */
GPtrArray *
torg_check_list_missing (TorgStore *store, GError **error)
{
  g_autoptr (GPtrArray) list = g_ptr_array_new_with_free_func ((GDestroyNotify) torg_check_missing_free);

  for (guint i = 0; i < torg_schema_get_n_types (store->schema); i++)
    {
      const TorgType *type = torg_schema_nth (store->schema, i);

      for (guint j = 0; j < type->info->n_fields; j++)
        {
          const TorgField *field = &type->fields[j];
          g_autofree char *target = torg_field_dup_target_type (field);

          if (target != NULL && (field->kind == TORG_KIND_REF || field->kind == TORG_KIND_SET) &&
              !add_missing (store, type, field, target, list, error))
            return NULL;
        }
    }
  return g_steal_pointer (&list);
}

/* Of a server's records, what a role gives no sight of is not here, nor what has not come yet. */
static gboolean
has_all (TorgStore *store)
{
  g_autoptr (TorgRecord) user = NULL;
  g_autofree char *cursor = NULL;
  g_autofree char *backfill = NULL;

  if (store->local)
    return TRUE;
  cursor = torg_state_get (store->db, "cursor");
  backfill = torg_state_get (store->db, "backfill");
  user = store->user != NULL ? torg_store_get (store, "user", store->user, NULL) : NULL;
  return cursor != NULL && backfill == NULL && user != NULL && torg_record_get_text (user, "role") == NULL &&
         !torg_store_has_rights (store);
}

static gboolean
check_references (TorgStore *store, GPtrArray *problems, GError **error)
{
  g_autoptr (GPtrArray) list = has_all (store) ? torg_check_list_missing (store, error) : g_ptr_array_new ();

  if (list == NULL)
    return FALSE;
  for (guint i = 0; i < list->len;)
    {
      const TorgCheckMissing *first = g_ptr_array_index (list, i);
      gint64                  n = 0;

      for (; i < list->len && ((TorgCheckMissing *) list->pdata[i])->field == first->field; i++)
        n += ((TorgCheckMissing *) list->pdata[i])->n;
      g_ptr_array_add (problems, g_strdup_printf (_ ("References from %s, field %s, to what is not there: %lld"),
                                                  first->type->info->name, first->field->name, (long long) n));
    }
  return TRUE;
}

#define MISPLACED(type, kind)                                                                                          \
  "SELECT count(*) FROM " type " r LEFT JOIN pipeline p ON p.id = r.pipeline LEFT JOIN stage s ON s.id = r.stage "     \
  "WHERE r.deleted IS NULL AND r.stage IS NOT NULL AND (p.kind IS NOT '" kind "' OR s.pipeline IS NOT r.pipeline)"

/* What stands in a pipeline of the other kind, or in a stage of another pipeline, is on no board. */
static gboolean
check_places (TorgStore *store, GPtrArray *problems, GError **error)
{
  gint64 n;

  if (!count (store, "SELECT (" MISPLACED ("deal", "deals") ") + (" MISPLACED ("lead", "leads") ")", &n, error))
    return FALSE;
  report (problems, n, _ ("Deals and leads in a pipeline or stage that is not theirs"));
  return TRUE;
}

/* A document's terms as a number that does not depend on their order; the index knows each term once. */
static guint64
hash_terms (const char *text)
{
  g_auto (GStrv) terms = g_strsplit (text, " ", -1);
  g_autoptr (GHashTable) seen = g_hash_table_new (g_str_hash, g_str_equal);
  guint64 sum = 0;

  for (guint i = 0; terms[i] != NULL; i++)
    if (g_hash_table_add (seen, terms[i]))
      sum += (guint64) g_str_hash (terms[i]) * G_GUINT64_CONSTANT (0x9e3779b97f4a7c15);
  return sum;
}

static guint64 *
find_sum (GArray *sums, gint64 doc)
{
  if (doc >= sums->len)
    g_array_set_size (sums, doc + 1);
  return &g_array_index (sums, guint64, doc);
}

static gboolean
add_indexed_terms (TorgStore *store, GArray *sums, GError **error)
{
  g_autoptr (TorgStatement) statement = NULL;
  gboolean row;

  if (!torg_db_exec (store->db,
                     "CREATE VIRTUAL TABLE IF NOT EXISTS temp.search_terms USING fts5vocab (main, search, instance)",
                     error))
    return FALSE;
  statement = torg_db_prepare (store->db, "SELECT DISTINCT doc, term FROM temp.search_terms", error);
  if (statement == NULL)
    return FALSE;
  for (;;)
    {
      if (!torg_statement_step (statement, &row, error))
        return FALSE;
      if (!row)
        return TRUE;
      *find_sum (sums, torg_statement_get_int (statement, 0)) +=
        (guint64) g_str_hash (torg_statement_get_text (statement, 1)) * G_GUINT64_CONSTANT (0x9e3779b97f4a7c15);
    }
}

static gboolean
take_away_terms (TorgStore      *store,
                 const TorgType *type,
                 GArray         *sums,
                 gint64         *n_wrong,
                 GCancellable   *cancellable,
                 GError        **error)
{
  TorgRecordTable *table = torg_store_get_table (store, type);
  g_autoptr (GString) sql = g_string_new (table->select);
  g_autoptr (TorgStatement) statement = NULL;
  g_autoptr (TorgStatement) find_doc = NULL;
  gboolean row;

  g_string_append (sql, " WHERE deleted IS NULL");
  statement = torg_db_prepare (store->db, sql->str, error);
  find_doc = torg_db_prepare (store->db, "SELECT doc FROM search_doc WHERE type = ?1 AND record = ?2", error);
  if (statement == NULL || find_doc == NULL)
    return FALSE;
  torg_statement_bind_text (find_doc, 1, type->info->name);
  for (;;)
    {
      g_autoptr (TorgRecord) record = NULL;
      g_autofree char *terms = NULL;

      if (g_cancellable_set_error_if_cancelled (cancellable, error) || !torg_statement_step (statement, &row, error))
        return FALSE;
      if (!row)
        return TRUE;
      record = torg_record_table_read (table, store->schema, statement);
      terms = torg_record_dup_search_terms (record);
      if (*terms == '\0')
        continue;
      torg_statement_bind_int (find_doc, 2, torg_record_get_rowid (record));
      if (!torg_statement_step (find_doc, &row, error))
        return FALSE;
      if (row)
        *find_sum (sums, torg_statement_get_int (find_doc, 0)) -= hash_terms (terms);
      else
        (*n_wrong)++;
      torg_statement_reset (find_doc);
    }
}

static gboolean
check_search (TorgStore *store, GPtrArray *problems, GCancellable *cancellable, GError **error)
{
  g_autoptr (GArray) sums = g_array_new (FALSE, TRUE, sizeof (guint64));
  gint64 n_wrong = 0;

  if (!add_indexed_terms (store, sums, error))
    return FALSE;
  for (guint i = 0; i < torg_schema_get_n_types (store->schema); i++)
    if (!take_away_terms (store, torg_schema_nth (store->schema, i), sums, &n_wrong, cancellable, error))
      return FALSE;
  for (guint i = 0; i < sums->len; i++)
    if (g_array_index (sums, guint64, i) != 0)
      n_wrong++;
  report (problems, n_wrong, _ ("Records that search finds wrongly or not at all"));
  return TRUE;
}

/* The keys by which duplicates are found. */
static gboolean
check_keys_of (TorgStore *store, const TorgType *type, gint64 *n_wrong, GCancellable *cancellable, GError **error)
{
  TorgRecordTable *table = torg_store_get_table (store, type);
  g_autoptr (GString) sql = g_string_new (table->select);
  g_autoptr (TorgStatement) statement = NULL;
  g_autoptr (TorgStatement) find = NULL;
  gint64   n_keys = 0, n_kept = 0;
  gboolean row;

  g_string_append (sql, " WHERE deleted IS NULL");
  statement = torg_db_prepare (store->db, sql->str, error);
  find = torg_db_prepare (store->db, "SELECT 1 FROM match_key WHERE key = ?1 AND type = ?2 AND record = ?3", error);
  if (statement == NULL || find == NULL)
    return FALSE;
  torg_statement_bind_text (find, 2, type->info->name);
  for (;;)
    {
      g_autoptr (TorgRecord) record = NULL;
      g_auto (GStrv) keys = NULL;
      g_autoptr (GHashTable) seen = g_hash_table_new (g_str_hash, g_str_equal);

      if (g_cancellable_set_error_if_cancelled (cancellable, error) || !torg_statement_step (statement, &row, error))
        return FALSE;
      if (!row)
        break;
      record = torg_record_table_read (table, store->schema, statement);
      keys = torg_record_dup_match_keys (record);
      torg_statement_bind_int (find, 3, torg_record_get_rowid (record));
      for (guint i = 0; keys[i] != NULL; i++)
        {
          gboolean found;

          if (!g_hash_table_add (seen, keys[i]))
            continue;
          n_keys++;
          torg_statement_bind_text (find, 1, keys[i]);
          if (!torg_statement_step (find, &found, error))
            return FALSE;
          torg_statement_reset (find);
          *n_wrong += found ? 0 : 1;
        }
    }
  g_clear_pointer (&find, torg_statement_release);
  find = torg_db_prepare (store->db, "SELECT count(*) FROM match_key WHERE type = ?1", error);
  if (find == NULL)
    return FALSE;
  torg_statement_bind_text (find, 1, type->info->name);
  if (!torg_statement_step (find, &row, error))
    return FALSE;
  n_kept = torg_statement_get_int (find, 0);
  *n_wrong += MAX (n_kept - n_keys, 0);
  return TRUE;
}

static gboolean
check_keys (TorgStore *store, GPtrArray *problems, GCancellable *cancellable, GError **error)
{
  gint64 n_wrong = 0;

  for (guint i = 0; i < torg_schema_get_n_types (store->schema); i++)
    if (!check_keys_of (store, torg_schema_nth (store->schema, i), &n_wrong, cancellable, error))
      return FALSE;
  report (problems, n_wrong, _ ("Wrong keys for finding duplicates"));
  return TRUE;
}

/**
 * torg_check_store:
 * @store: a store that may be written to
 * @problems: (element-type utf8): takes a sentence for each kind of problem
 * @cancellable: (nullable): to stop it
 * @error: place for an error
 *
 * Checks a replica: the file, and counters, next steps, search, keys of duplicates and references against the rows
 * themselves; references only where its user sees all that its server has, see [func@check_list_missing].
 *
 * Returns: whether all was checked, not whether all is well
 */
gboolean
torg_check_store (TorgStore *store, GPtrArray *problems, GCancellable *cancellable, GError **error)
{
  return check_file (store, problems, error) && check_counters (store, problems, error) &&
         check_next_steps (store, problems, error) && check_references (store, problems, error) &&
         check_places (store, problems, error) && check_search (store, problems, cancellable, error) &&
         check_keys (store, problems, cancellable, error);
}
