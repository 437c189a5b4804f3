/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "torg-server"

#include "config.h"

#include "torg-duplicates.h"
#include "torg-email.h"
#include "torg-phone.h"
#include "torg-server-fill.h"
#include "torg-sight.h"

#include <string.h>

/*
 * A phone, an e-mail or an INN with its KPP that another record has already is accepted (DESIGN.md §3, Merge), and
 * whose record it is gets a task to look at both. Records of one type are compared, and leads with the people and
 * companies that there are; what a lead becomes has its phone by right.
 *
 * The others are found by the values of all records that are not deleted, which a table of their own holds. Two
 * transactions side by side do not see each other's records.
 */

/* Other records that are looked at for one value, and tasks for one record. */
#define MAX_CANDIDATES 8
#define MAX_TASKS 3
/* A value that is longer is nobody's phone, address or number, and no index holds it. */
#define MAX_KEY 300

typedef struct
{
  TorgKind kind;
  char    *key; /* (owned): what equal values have in common */
} Value;

typedef struct
{
  TorgCommit      *commit;
  TorgServerStore *store;
  TorgSchema      *schema;
  const char      *author;
  GHashTable      *sights;  /* (owned) user → TorgSight */
  GHashTable      *imports; /* (owned) record → import */
  GHashTable      *large;   /* (owned): imports that raise nothing */
  GHashTable      *beside;  /* (owned) key → records of this transaction that have it */
} Raise;

/* Whom each type is compared with. */
static const struct
{
  const char *type;
  const char *others[4];
} compared[] = {
  { "company", { "company" } },
  { "person", { "person" } },
  { "lead", { "lead", "person", "company" } },
  { "legal_entity", { "legal_entity" } },
};

static void
value_free (gpointer data)
{
  Value *value = data;

  g_free (value->key);
  g_free (value);
}

/* --- values ------------------------------------------------------------------------------------------------------- */

/* @key: (transfer full) */
static void
add_value (GPtrArray *values, TorgKind kind, char *key)
{
  Value *value;

  if (strlen (key) > MAX_KEY)
    {
      g_free (key);
      return;
    }
  value = g_new0 (Value, 1);
  value->kind = kind;
  value->key = key;
  g_ptr_array_add (values, value);
}

static void
add_phones (GPtrArray *values, const TorgValue *stored)
{
  g_autoptr (GPtrArray) phones = torg_phone_from_json (stored->text, NULL);

  for (guint i = 0; phones != NULL && i < phones->len; i++)
    {
      TorgPhone *phone = g_ptr_array_index (phones, i);

      if (*phone->e164 != '\0')
        add_value (values, TORG_KIND_PHONE, g_strconcat ("p:", phone->e164, NULL));
    }
}

static void
add_emails (GPtrArray *values, const TorgValue *stored)
{
  g_auto (GStrv) items = torg_value_dup_items (stored);

  for (guint i = 0; items[i] != NULL; i++)
    {
      g_autofree char *key = torg_email_make_key (items[i]);
      g_autofree char *lower = g_utf8_strdown (key, -1);

      add_value (values, TORG_KIND_EMAIL, g_strconcat ("e:", lower, NULL));
    }
}

static GPtrArray *
list_values (TorgRecord *record)
{
  GPtrArray      *values = g_ptr_array_new_with_free_func (value_free);
  const TorgType *type = record != NULL ? torg_record_get_kind (record) : NULL;

  if (record == NULL || torg_record_get_deleted (record) != 0)
    return values;
  if (torg_type_find_field (type, "kpp") != NULL)
    {
      const char *inn = torg_record_get_text (record, "inn"), *kpp = torg_record_get_text (record, "kpp");

      if (inn != NULL)
        add_value (values, TORG_KIND_REQUISITE, g_strconcat ("i:", inn, "/", kpp, NULL));
      return values;
    }
  add_phones (values, torg_record_get (record, "phones"));
  add_emails (values, torg_record_get (record, "emails"));
  return values;
}

static gboolean
has_value (GPtrArray *values, const Value *value)
{
  for (guint i = 0; i < values->len; i++)
    {
      const Value *other = g_ptr_array_index (values, i);

      if (g_str_equal (other->key, value->key))
        return TRUE;
    }
  return FALSE;
}

static const char *
get_field (TorgKind kind)
{
  return kind == TORG_KIND_PHONE ? "phones" : kind == TORG_KIND_EMAIL ? "emails" : "inn";
}

static const char *const *
list_compared (const char *type)
{
  for (guint i = 0; i < G_N_ELEMENTS (compared); i++)
    if (g_str_equal (compared[i].type, type))
      return compared[i].others;
  return NULL;
}

/* What one record has that another one has not. */
static GPtrArray *
list_more (TorgRecord *record, TorgRecord *than)
{
  g_autoptr (GPtrArray) known = list_values (than);
  GPtrArray *values = list_values (record);

  for (guint i = 0; i < values->len;)
    if (has_value (known, values->pdata[i]))
      g_ptr_array_remove_index (values, i);
    else
      i++;
  return values;
}

/* --- the table ---------------------------------------------------------------------------------------------------- */

static gboolean
run_for (TorgServerStore *store, const char *sql, TorgRecord *record, GPtrArray *values, GError **error)
{
  for (guint i = 0; i < values->len; i++)
    {
      g_autoptr (TorgStatement) statement = torg_server_store_prepare (store, sql, error);

      if (statement == NULL)
        return FALSE;
      torg_statement_bind_text (statement, 2, ((Value *) values->pdata[i])->key);
      torg_statement_bind_text (statement, 3, torg_record_get_kind (record)->info->name);
      torg_statement_bind_id (statement, 4, torg_record_get_id (record));
      if (!torg_statement_run (statement, error))
        return FALSE;
    }
  return TRUE;
}

/**
 * torg_duplicates_note:
 * @store: a connection, in a transaction
 * @before: (nullable): a record as it was; %NULL for a new one
 * @after: the same as it is
 * @error: place for a %TORG_STORE_ERROR
 *
 * Keeps by what others are found up with a record.
 *
 * Returns: whether that worked
 */
gboolean
torg_duplicates_note (TorgServerStore *store, TorgRecord *before, TorgRecord *after, GError **error)
{
  g_autoptr (GPtrArray) gone = NULL;
  g_autoptr (GPtrArray) fresh = NULL;

  if (list_compared (torg_record_get_kind (after)->info->name) == NULL)
    return TRUE;
  gone = before != NULL ? list_more (before, after) : g_ptr_array_new ();
  fresh = list_more (after, before);
  return run_for (store, "DELETE FROM match_key WHERE workspace = ?1 AND key = ?2 AND type = ?3 AND id = ?4", after,
                  gone, error) &&
         run_for (store,
                  "INSERT INTO match_key (workspace, key, type, id) VALUES (?1, ?2, ?3, ?4) ON CONFLICT DO NOTHING",
                  after, fresh, error);
}

static gboolean
note_first (TorgServerStore *store, TorgRecord *record, GError **error)
{
  return torg_duplicates_note (store, NULL, record, error);
}

/**
 * torg_duplicates_migrate:
 * @store: a connection, in the transaction that makes its tables
 * @error: place for a %TORG_STORE_ERROR
 *
 * Makes the table, where it is missing, and fills it with what there is.
 *
 * Returns: whether that worked
 */
gboolean
torg_duplicates_migrate (TorgServerStore *store, GError **error)
{
  TorgSchema *schema;
  gboolean    made;

  if (!torg_server_fill_make (store, "match_key",
                              torg_db_get_dialect (torg_server_store_get_db (store)) == TORG_DIALECT_POSTGRESQL
                                ? "CREATE TABLE match_key (workspace BIGINT NOT NULL, key TEXT NOT NULL, "
                                  "type TEXT NOT NULL, id BYTEA NOT NULL, PRIMARY KEY (workspace, key, type, id))"
                                : "CREATE TABLE match_key (workspace INTEGER NOT NULL, key TEXT NOT NULL, "
                                  "type TEXT NOT NULL, id BLOB NOT NULL, PRIMARY KEY (workspace, key, type, id)) "
                                  "STRICT, WITHOUT ROWID",
                              &made, error))
    return FALSE;
  schema = torg_server_store_get_schema (store);
  for (guint i = 0; made && i < G_N_ELEMENTS (compared); i++)
    if (!torg_server_fill (store, torg_schema_find (schema, compared[i].type), note_first, error))
      return FALSE;
  return TRUE;
}

/* --- others ------------------------------------------------------------------------------------------------------- */

/* A record as it is to be, with its keys; %NULL where it is deleted. Nobody waits for it. */
static gboolean
load (Raise *self, const char *type, const char *id, TorgRecord **record, char **keys, GError **error)
{
  TorgEntry *entry = NULL;

  *record = NULL;
  if (!torg_commit_has (self->commit, id))
    {
      if (!torg_server_store_load (self->store, torg_schema_find (self->schema, type), id, FALSE, record, keys, error))
        return FALSE;
    }
  else if (!torg_commit_get (self->commit, type, id, &entry, error) ||
           (entry != NULL && (*keys = torg_commit_dup_keys (self->commit, entry->after, error)) == NULL))
    return FALSE;
  else if (entry != NULL)
    *record = torg_record_ref (entry->after);
  if (*record != NULL && torg_record_get_deleted (*record) != 0)
    g_clear_pointer (record, torg_record_unref);
  return TRUE;
}

static gboolean
shares (Raise *self, TorgRecord *record, const Value *value, TorgRecord *other)
{
  g_autoptr (GPtrArray) values = NULL;

  if (g_str_equal (torg_record_get_id (record), torg_record_get_id (other)))
    return FALSE;
  values = list_values (other);
  return has_value (values, value);
}

/* One that is written with it is in no table yet. */
static void
find_beside (Raise *self, TorgRecord *record, const Value *value, TorgRecord **other)
{
  const char *const *types = list_compared (torg_record_get_kind (record)->info->name);
  GPtrArray         *beside = g_hash_table_lookup (self->beside, value->key);

  for (guint i = 0; beside != NULL && *other == NULL && i < beside->len; i++)
    {
      TorgRecord *one = g_ptr_array_index (beside, i);

      if (one != record && g_strv_contains (types, torg_record_get_kind (one)->info->name))
        *other = torg_record_ref (one);
    }
}

static void
note_beside (Raise *self, TorgRecord *record)
{
  g_autoptr (GPtrArray) values = list_values (record);

  for (guint i = 0; i < values->len; i++)
    {
      const Value *value = g_ptr_array_index (values, i);
      GPtrArray   *beside = g_hash_table_lookup (self->beside, value->key);

      if (beside == NULL)
        {
          beside = g_ptr_array_new ();
          g_hash_table_insert (self->beside, g_strdup (value->key), beside);
        }
      g_ptr_array_add (beside, record);
    }
}

/* The next record that the table has; %NULL where it is written by this transaction too, and has the value no more. */
static gboolean
step_other (Raise         *self,
            TorgStatement *statement,
            TorgRecord    *record,
            const Value   *value,
            gboolean      *row,
            TorgRecord   **other,
            char         **keys,
            GError       **error)
{
  g_autofree char *type = NULL, *id = NULL;

  g_clear_pointer (keys, g_free);
  if (!torg_statement_step (statement, row, error))
    return FALSE;
  if (!*row)
    return TRUE;
  type = g_strdup (torg_statement_get_text (statement, 0));
  id = torg_statement_dup_id (statement, 1);
  if (!load (self, type, id, other, keys, error))
    return FALSE;
  if (*other != NULL && !shares (self, record, value, *other))
    g_clear_pointer (other, torg_record_unref);
  return TRUE;
}

static gboolean
find_other (Raise *self, TorgRecord *record, const Value *value, TorgRecord **other, char **keys, GError **error)
{
  const char *const *types = list_compared (torg_record_get_kind (record)->info->name);
  g_autoptr (TorgStatement) statement =
    torg_server_store_prepare (self->store,
                               "SELECT type, id FROM match_key WHERE workspace = ?1 AND key = ?2 AND "
                               "type IN (?3, ?4, ?5) LIMIT " G_STRINGIFY (MAX_CANDIDATES),
                               error);
  gboolean row = TRUE;

  *other = NULL;
  if (statement == NULL)
    return FALSE;
  torg_statement_bind_text (statement, 2, value->key);
  for (guint i = 0, at = 0; i < 3; i++, at += types[at + 1] != NULL ? 1 : 0)
    torg_statement_bind_text (statement, 3 + (int) i, types[at]);
  while (row && *other == NULL)
    if (!step_other (self, statement, record, value, &row, other, keys, error))
      return FALSE;
  if (*other != NULL)
    return TRUE;
  g_clear_pointer (keys, g_free);
  find_beside (self, record, value, other);
  return *other == NULL || (*keys = torg_commit_dup_keys (self->commit, *other, error)) != NULL;
}

/* --- tasks -------------------------------------------------------------------------------------------------------- */

/* Whose record it is; of a legal entity, whose company or person. Whoever wrote it, where it is nobody's. */
static gboolean
find_owner (Raise *self, TorgRecord *record, char **owner, GError **error)
{
  static const char *const parents[] = { "company", "person" };
  const TorgType          *type = torg_record_get_kind (record);
  g_autoptr (TorgRecord) user = NULL;
  g_autofree char *keys = NULL;

  if (torg_type_find_field (type, "owner") != NULL)
    *owner = g_strdup (torg_record_get_text (record, "owner"));
  for (guint i = 0; torg_type_find_field (type, "owner") == NULL && *owner == NULL && i < G_N_ELEMENTS (parents); i++)
    {
      const char *id = torg_record_get_text (record, parents[i]);
      g_autoptr (TorgRecord) parent = NULL;
      g_autofree char *parent_keys = NULL;

      if (id != NULL && !load (self, parents[i], id, &parent, &parent_keys, error))
        return FALSE;
      if (parent != NULL)
        *owner = g_strdup (torg_record_get_text (parent, "owner"));
    }
  if (*owner != NULL && !load (self, "user", *owner, &user, &keys, error))
    return FALSE;
  if (user == NULL)
    g_set_str (owner, self->author);
  return TRUE;
}

static TorgSight *
get_sight (Raise *self, const char *user, GError **error)
{
  TorgSight *sight = g_hash_table_lookup (self->sights, user);

  if (sight == NULL && (sight = torg_sight_new (self->store, user, error)) != NULL)
    g_hash_table_insert (self->sights, g_strdup (user), sight);
  return sight;
}

/* In the company's words, which are Russian, as on the server's pages where nobody says another language. A task is
 * read by all who see the card: what the other record is called, and which value is the same, may not be for each of
 * them. */
static void
write_words (TorgRecord *task)
{
  torg_record_set_text (task, "subject", "Возможный дубль");
  torg_record_set_text (task, "body",
                        "В другой записи те же телефон, адрес эл. почты или ИНН и КПП. Найдите её поиском (Ctrl+K) и "
                        "оставьте одну из двух. Если её не видно, узнайте у руководителя, кто с ней работает.");
}

static gboolean
add_line (Raise *self, TorgRecord *task, GError **error)
{
  g_autofree char *name = g_strconcat (torg_record_get_id (task), "/", NULL);
  g_autofree char *id = torg_id_derive (torg_record_get_id (task), name);
  g_autoptr (TorgRecord) line = torg_record_new (self->schema, torg_schema_find (self->schema, "history"), id);

  torg_record_set_text (line, "record_type", "activity");
  torg_record_set_text (line, "record", torg_record_get_id (task));
  torg_record_set_text (line, "author", self->author);
  torg_record_take (line, "at", torg_value_int (torg_env_get_now (torg_server_store_get_env (self->store))));
  torg_commit_create (self->commit, line);
  return TRUE;
}

static void
set_today (Raise *self, TorgRecord *task)
{
  gint64 now = torg_env_get_now (torg_server_store_get_env (self->store));
  g_autoptr (GDateTime) moment = g_date_time_new_from_unix_local (now / G_USEC_PER_SEC);
  g_autofree char *date = g_date_time_format (moment, "%Y-%m-%d");

  torg_record_take (task, "due", torg_value_zoned (date));
}

/* A pair has one task ever, whoever of both is saved and however often. */
static char *
name_pair (TorgRecord *record, TorgRecord *other)
{
  const char      *one = torg_record_get_id (record), *two = torg_record_get_id (other);
  g_autofree char *name = g_strconcat ("duplicate/", strcmp (one, two) < 0 ? two : one, NULL);

  return torg_id_derive (strcmp (one, two) < 0 ? one : two, name);
}

/* On the card of the record, or of what a legal entity belongs to. */
static void
place (TorgRecord *task, TorgRecord *record)
{
  static const char *const places[] = { "company", "person", "lead" };
  const TorgType          *type = torg_record_get_kind (record);

  for (guint i = 0; i < G_N_ELEMENTS (places); i++)
    if (g_str_equal (type->info->name, places[i]))
      torg_record_set_text (task, places[i], torg_record_get_id (record));
    else if (g_str_equal (type->info->name, "legal_entity") && torg_type_find_field (type, places[i]) != NULL)
      torg_record_set_text (task, places[i], torg_record_get_text (record, places[i]));
}

/* Deleted ones too. Nobody waits for it. */
static gboolean
has_task (Raise *self, const char *id, gboolean *has, GError **error)
{
  g_autoptr (TorgRecord) task = NULL;

  *has = torg_commit_has (self->commit, id);
  if (*has)
    return TRUE;
  if (!torg_server_store_load (self->store, torg_schema_find (self->schema, "activity"), id, FALSE, &task, NULL, error))
    return FALSE;
  *has = task != NULL;
  return TRUE;
}

/* That two values are the same tells the one that is hidden. */
static gboolean
hides_pair (TorgSight *sight, TorgRecord *record, TorgRecord *other, const char *field)
{
  return torg_sight_hides (sight, torg_record_get_kind (record)->info->name, field) ||
         torg_sight_hides (sight, torg_record_get_kind (other)->info->name, field);
}

static gboolean
add_task (Raise *self, TorgRecord *record, const Value *value, TorgRecord *other, gboolean *added, GError **error)
{
  g_autofree char *id = name_pair (record, other);
  g_autofree char *owner = NULL;
  g_autoptr (TorgRecord) task = NULL;
  const char *field = get_field (value->kind);
  TorgSight  *sight, *of_author;
  gboolean    known;

  *added = FALSE;
  if (!has_task (self, id, &known, error))
    return FALSE;
  if (known)
    return TRUE;
  if (!find_owner (self, record, &owner, error) || (sight = get_sight (self, owner, error)) == NULL ||
      (of_author = get_sight (self, self->author, error)) == NULL)
    return FALSE;
  /* Whoever wrote the value would find out by a colleague's task, too. */
  if (hides_pair (sight, record, other, field) || hides_pair (of_author, record, other, field))
    return TRUE;
  task = torg_record_new (self->schema, torg_schema_find (self->schema, "activity"), id);
  torg_record_set_text (task, "kind", "task");
  torg_record_set_text (task, "owner", owner);
  set_today (self, task);
  place (task, record);
  write_words (task);
  torg_commit_create (self->commit, task);
  *added = TRUE;
  return add_line (self, task, error);
}

/* --- imports ------------------------------------------------------------------------------------------------------ */

/* How many records an import has brought, with those of this transaction. */
static gboolean
count_import (Raise *self, const char *import, gint64 n, gint64 *total, GError **error)
{
  g_autoptr (TorgStatement) statement = torg_server_store_prepare (
    self->store,
    "INSERT INTO imported (workspace, import, n) VALUES (?1, ?2, ?3) ON CONFLICT (workspace, import) DO UPDATE SET n = "
    "imported.n + excluded.n RETURNING n",
    error);
  gboolean row;

  if (statement == NULL)
    return FALSE;
  torg_statement_bind_text (statement, 2, import);
  torg_statement_bind_int (statement, 3, n);
  if (!torg_statement_step (statement, &row, error))
    return FALSE;
  *total = row ? torg_statement_get_int (statement, 0) : 0;
  return TRUE;
}

/* A line of history tells which import a record is from. */
static gboolean
find_imports (Raise *self, GPtrArray *lines, GError **error)
{
  g_autoptr (GHashTable) counts = g_hash_table_new (g_str_hash, g_str_equal);
  GHashTableIter iter;
  gpointer       import, n;

  for (guint i = 0; i < lines->len; i++)
    {
      TorgEntry  *entry = g_ptr_array_index (lines, i);
      const char *name = torg_record_get_text (entry->after, "import");
      const char *record = torg_record_get_text (entry->after, "record");

      if (entry->before == NULL && name != NULL && record != NULL &&
          g_hash_table_insert (self->imports, (gpointer) record, (gpointer) name))
        g_hash_table_insert (counts, (gpointer) name,
                             GINT_TO_POINTER (GPOINTER_TO_INT (g_hash_table_lookup (counts, name)) + 1));
    }
  g_hash_table_iter_init (&iter, counts);
  while (g_hash_table_iter_next (&iter, &import, &n))
    {
      gint64 total;

      if (!count_import (self, import, GPOINTER_TO_INT (n), &total, error))
        return FALSE;
      if (total > TORG_DUPLICATES_MAX_IMPORT)
        g_hash_table_add (self->large, import);
    }
  return TRUE;
}

static gboolean
is_of_large_import (Raise *self, TorgRecord *record)
{
  const char *import = g_hash_table_lookup (self->imports, torg_record_get_id (record));

  return import != NULL && g_hash_table_contains (self->large, import);
}

/* --- all ---------------------------------------------------------------------------------------------------------- */

static gboolean
raise_for (Raise *self, TorgEntry *entry, GError **error)
{
  g_autoptr (GPtrArray) values = list_more (entry->after, entry->before);
  guint n_tasks = 0;

  for (guint i = 0; i < values->len && n_tasks < MAX_TASKS; i++)
    {
      g_autoptr (TorgRecord) other = NULL;
      g_autofree char *keys = NULL;
      gboolean         added = FALSE;

      if (!find_other (self, entry->after, values->pdata[i], &other, &keys, error) ||
          (other != NULL && !add_task (self, entry->after, values->pdata[i], other, &added, error)))
        return FALSE;
      n_tasks += added ? 1 : 0;
    }
  return TRUE;
}

/**
 * torg_duplicates_raise:
 * @commit: the changes of a transaction, before they are written
 * @author: the id of the user who makes them
 * @error: place for a %TORG_STORE_ERROR
 *
 * Adds to changes the tasks about what they make twice: a phone, an e-mail or an INN with its KPP that another record
 * has. A pair of records gets one task ever, and large imports get none.
 *
 * Returns: whether that worked
 */
gboolean
torg_duplicates_raise (TorgCommit *commit, const char *author, GError **error)
{
  TorgServerStore *store = torg_commit_get_store (commit);
  TorgSchema      *schema = torg_server_store_get_schema (store);
  g_autoptr (GPtrArray) entries = g_ptr_array_new ();
  g_autoptr (GPtrArray) lines = torg_commit_list_entries (commit, torg_schema_find (schema, "history"));
  g_autoptr (GHashTable) sights =
    g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify) torg_sight_free);
  g_autoptr (GHashTable) imports = g_hash_table_new (g_str_hash, g_str_equal);
  g_autoptr (GHashTable) large = g_hash_table_new (g_str_hash, g_str_equal);
  g_autoptr (GHashTable) beside =
    g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify) g_ptr_array_unref);
  Raise self = { commit, store, schema, author, sights, imports, large, beside };

  for (guint i = 0; i < G_N_ELEMENTS (compared); i++)
    {
      g_autoptr (GPtrArray) list = torg_commit_list_entries (commit, torg_schema_find (schema, compared[i].type));

      g_ptr_array_extend (entries, list, NULL, NULL);
    }
  if (entries->len == 0)
    return TRUE;
  if (!find_imports (&self, lines, error))
    return FALSE;
  for (guint i = 0; i < entries->len; i++)
    note_beside (&self, ((TorgEntry *) entries->pdata[i])->after);
  for (guint i = 0; i < entries->len; i++)
    if (!is_of_large_import (&self, ((TorgEntry *) entries->pdata[i])->after) &&
        !raise_for (&self, entries->pdata[i], error))
      return FALSE;
  return TRUE;
}
