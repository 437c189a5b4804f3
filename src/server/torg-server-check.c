/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "torg-server"

#include "config.h"

#include "torg-access.h"
#include "torg-accounts.h"
#include "torg-belongings.h"
#include "torg-roles.h"
#include "torg-server-check.h"

#include <glib/gi18n-lib.h>
#include <json-glib/json-glib.h>
#include <string.h>

/*
 * Looks whether all that the server keeps fits together: what replicas rely on (numbers, changes, tags), what rights
 * rely on (access keys, roles), and what people see (references). From one state of the database, beside those who work
 * in it. Nothing is repaired: which of two is right, a person has to say.
 */

/* Records that are looked at together. */
#define PAGE 500

typedef struct
{
  TorgServerStore *store;
  GPtrArray       *faults;
} Check;

static void add (Check *check, const char *format, ...) G_GNUC_PRINTF (2, 3);

static void
add (Check *check, const char *format, ...)
{
  va_list args;

  va_start (args, format);
  g_ptr_array_add (check->faults, g_strdup_vprintf (format, args));
  va_end (args);
}

static TorgStatement *
prepare (Check *check, const char *sql, GError **error)
{
  TorgStatement *statement = torg_db_prepare (torg_server_store_get_db (check->store), sql, error);

  if (statement != NULL)
    torg_statement_bind_int (statement, 1, torg_server_store_get_workspace (check->store));
  return statement;
}

/* --- commits and changes ------------------------------------------------------------------------------------------ */

static gboolean
check_commits (Check *check, gint64 *head, GError **error)
{
  g_autoptr (TorgStatement) statement =
    prepare (check,
             "SELECT w.seq, count(c.seq), coalesce(min(c.seq), 0), coalesce(max(c.seq), 0), count(DISTINCT c.tag), "
             "sum(CASE WHEN c.tag IS NULL OR length(c.tag) = 32 THEN 0 ELSE 1 END), "
             "coalesce(max(w.forgotten), 0) FROM workspace w "
             "LEFT JOIN commits c ON c.workspace = w.id WHERE w.id = ?1 GROUP BY w.seq",
             error);
  gboolean row;
  gint64   n, first, last;

  *head = 0;
  if (statement == NULL || !torg_statement_step (statement, &row, error))
    return FALSE;
  if (!row)
    {
      add (check, _ ("There is no workspace."));
      return TRUE;
    }
  *head = torg_statement_get_int (statement, 0);
  n = torg_statement_get_int (statement, 1);
  first = torg_statement_get_int (statement, 2);
  last = torg_statement_get_int (statement, 3);
  /* The first ones are forgotten in the end. */
  if (last != *head || (n > 0 && (n != last - first + 1 || first != MAX (torg_statement_get_int (statement, 6), 1))))
    add (check,
         _ ("The numbers of the commits are not dense: there are %lld of them, from %lld to %lld, and the last one "
            "given was %lld."),
         (long long) n, (long long) first, (long long) last, (long long) *head);
  if (torg_statement_get_int (statement, 4) != n)
    add (check, _ ("Two commits have the same tag, so that a restored server would not be noticed."));
  if (torg_statement_get_int (statement, 5) != 0)
    add (check, _ ("The tags of %lld commits are no tags."), (long long) torg_statement_get_int (statement, 5));
  return TRUE;
}

/* @words: with a type and an id, of each row that @sql gives, which may ask for the type as ?2. */
static gboolean
report_rows (Check *check, const char *sql, const char *type, const char *words, GError **error)
{
  g_autoptr (TorgStatement) statement = prepare (check, sql, error);
  gboolean row;

  if (statement == NULL)
    return FALSE;
  if (strstr (sql, "?2") != NULL)
    torg_statement_bind_text (statement, 2, type);
  for (;;)
    {
      g_autofree char *id = NULL;

      if (!torg_statement_step (statement, &row, error))
        return FALSE;
      if (!row)
        return TRUE;
      id = torg_statement_dup_id (statement, 0);
      add (check, "%s %s: %s", type, id, words);
    }
}

static gboolean
check_changes (Check *check, const TorgType *type, GError **error)
{
  const char      *name = type->info->name;
  g_autofree char *missing =
    g_strdup_printf ("SELECT DISTINCT c.id FROM change c WHERE c.workspace = ?1 AND c.type = ?2 AND NOT EXISTS "
                     "(SELECT 1 FROM \"%s\" t WHERE t.workspace = c.workspace AND t.id = c.id) ORDER BY c.id",
                     name);
  g_autofree char *unnoted =
    g_strdup_printf ("SELECT t.id FROM \"%s\" t WHERE t.workspace = ?1 AND NOT EXISTS (SELECT 1 FROM change c WHERE "
                     "c.workspace = t.workspace AND c.id = t.id AND c.seq = t.seq AND c.type = ?2 AND "
                     "c.keys_after = t.keys) ORDER BY t.id",
                     name);

  return report_rows (check, missing, name, _ ("a change was noted, and the record is not there."), error) &&
         report_rows (check, unnoted, name, _ ("the last change of the record was not noted as it is."), error);
}

static gboolean
check_types (Check *check, GError **error)
{
  g_autoptr (TorgStatement) statement =
    prepare (check, "SELECT DISTINCT type FROM change WHERE workspace = ?1 ORDER BY type", error);
  gboolean row;

  if (statement == NULL)
    return FALSE;
  for (;;)
    {
      if (!torg_statement_step (statement, &row, error))
        return FALSE;
      if (!row)
        return TRUE;
      if (torg_schema_find (torg_server_store_get_schema (check->store), torg_statement_get_text (statement, 0)) ==
          NULL)
        add (check, _ ("Changes of the type “%s” were noted, which this version does not know."),
             torg_statement_get_text (statement, 0));
    }
}

/* --- records ------------------------------------------------------------------------------------------------------ */

static gboolean
is_there (Check *check, const TorgType *type, const char *id, gboolean *there, GError **error)
{
  g_autofree char *sql = g_strdup_printf ("SELECT 1 FROM \"%s\" WHERE workspace = ?1 AND id = ?2", type->info->name);
  g_autoptr (TorgStatement) statement = prepare (check, sql, error);

  if (statement == NULL)
    return FALSE;
  torg_statement_bind_id (statement, 2, id);
  return torg_statement_step (statement, there, error);
}

/* What it refers to, its parent among that, deleted or not. */
static gboolean
check_references (Check *check, TorgRecord *record, GError **error)
{
  const TorgType *type = torg_record_get_kind (record);
  TorgSchema     *schema = torg_server_store_get_schema (check->store);

  for (guint i = 0; i < type->n_fields; i++)
    {
      const TorgField *field = &type->fields[i];
      const char      *id = field->kind == TORG_KIND_REF ? torg_record_nth (record, i)->text : NULL;
      g_autofree char *target = id != NULL ? torg_field_dup_target_type (field) : NULL;
      const TorgType  *other;
      gboolean         there = FALSE;

      if (id == NULL)
        continue;
      if (target == NULL && torg_type_find_field (type, "record_type") != NULL)
        g_set_str (&target, torg_record_get_text (record, "record_type"));
      other = target != NULL ? torg_schema_find (schema, target) : NULL;
      if (other == NULL)
        continue;
      if (!is_there (check, other, id, &there, error))
        return FALSE;
      if (!there)
        add (check, _ ("%s %s: the field “%s” refers to %s %s, which is not there."), type->info->name,
             torg_record_get_id (record), field->name, other->info->name, id);
    }
  return TRUE;
}

static gboolean
check_keys (Check *check, TorgCommit *commit, TorgRecord *record, GError **error)
{
  const char      *type = torg_record_get_kind (record)->info->name;
  g_autofree char *keys = NULL;
  TorgEntry       *entry;

  if (!torg_commit_get (commit, type, torg_record_get_id (record), &entry, error))
    return FALSE;
  keys = entry != NULL ? torg_access_compute_keys (commit, entry->after, error) : NULL;
  if (keys == NULL)
    return entry == NULL;
  if (g_strcmp0 (keys, entry->keys_before) != 0)
    add (check, _ ("%s %s: the access keys are not what they should be, so that others see it than should."), type,
         torg_record_get_id (record));
  return TRUE;
}

static gboolean
check_records (Check *check, const TorgType *type, gint64 head, GError **error)
{
  g_autofree char *after = NULL;
  gboolean         more = TRUE;

  while (more)
    {
      g_autoptr (TorgCommit) commit = torg_commit_new_reading (check->store);
      g_autoptr (GPtrArray) page = torg_server_store_list_page (check->store, type, after, PAGE, NULL, error);

      if (page == NULL)
        return FALSE;
      for (guint i = 0; i < page->len; i++)
        {
          TorgRecord *record = g_ptr_array_index (page, i);

          g_set_str (&after, torg_record_get_id (record));
          if (torg_record_get_seq (record) > head)
            add (check, _ ("%s %s: its number is larger than that of the last commit."), type->info->name, after);
          if (!check_keys (check, commit, record, error) ||
              (torg_record_get_deleted (record) == 0 && !check_references (check, record, error)))
            return FALSE;
        }
      more = page->len == PAGE;
    }
  return TRUE;
}

/* --- people ------------------------------------------------------------------------------------------------------- */

static gboolean
check_accounts (Check *check, GError **error)
{
  g_autoptr (TorgStatement) statement =
    prepare (check,
             "SELECT a.login FROM account a LEFT JOIN \"user\" u ON u.workspace = a.workspace AND u.id = a.user_id "
             "WHERE a.workspace = ?1 AND a.disabled IS NULL AND (u.id IS NULL OR u.deleted IS NOT NULL OR "
             "u.disabled IS NOT NULL) ORDER BY a.login",
             error);
  gboolean row;

  if (statement == NULL)
    return FALSE;
  for (;;)
    {
      if (!torg_statement_step (statement, &row, error))
        return FALSE;
      if (!row)
        return TRUE;
      add (check, _ ("“%s” may sign in, and the employee is gone: torg-server user disable %s"),
           torg_statement_get_text (statement, 0), torg_statement_get_text (statement, 0));
    }
}

/* What works in the name of somebody who may not do it is refused, which nobody else hears of. */
static gboolean
check_belongings (Check *check, GError **error)
{
  g_autoptr (GPtrArray) belongings = torg_belongings_list (check->store, NULL, error);

  for (guint i = 0; belongings != NULL && i < belongings->len; i++)
    {
      const TorgBelonging *one = belongings->pdata[i];
      g_autofree char     *login = NULL;
      gboolean             closed;
      TorgBelongingFault   fault;

      if (!torg_belongings_find_fault (check->store, one->user, one->is_webhook, &fault, error) ||
          !torg_accounts_find_login (check->store, one->user, &login, &closed, error))
        return FALSE;
      if (fault == TORG_BELONGING_GONE && one->is_webhook)
        add (check, _ ("The webhook to %s is told nothing, since “%s” has left: torg-server webhook give %s LOGIN"),
             one->name, login != NULL ? login : one->user, one->id);
      else if (fault == TORG_BELONGING_GONE)
        add (check, _ ("The form “%s” takes no leads, since “%s” has left: torg-server form give %s LOGIN"), one->name,
             login != NULL ? login : one->user, one->id);
      else if (fault == TORG_BELONGING_LEADS)
        add (check,
             _ ("The form “%s” takes no leads, since the role of “%s” does not allow to create them: torg-server form "
                "give %s LOGIN"),
             one->name, login != NULL ? login : one->user, one->id);
    }
  return belongings != NULL;
}

static gboolean
check_roles (Check *check, GError **error)
{
  const TorgType *type = torg_schema_find (torg_server_store_get_schema (check->store), "role");
  g_autoptr (GPtrArray) roles = torg_server_store_list_page (check->store, type, NULL, G_MAXINT, NULL, error);

  for (guint i = 0; roles != NULL && i < roles->len; i++)
    {
      TorgRecord      *role = g_ptr_array_index (roles, i);
      g_autofree char *wrong = torg_record_get_deleted (role) == 0 ? torg_roles_find_fault (check->store, role) : NULL;

      if (wrong != NULL)
        add (check, "role %s: %s", torg_record_get_id (role), wrong);
    }
  return roles != NULL;
}

static gboolean
check_clients (Check *check, GError **error)
{
  return report_rows (check,
                      "SELECT c.id FROM client c WHERE c.workspace = ?1 AND c.last_seq < (SELECT max(a.client_seq) "
                      "FROM applied a WHERE a.workspace = c.workspace AND a.client = c.id) ORDER BY c.id",
                      "client", _ ("more of its mutations are known than it has sent."), error);
}

static gboolean
check_file (Check *check, GError **error)
{
  TorgDb *db = torg_server_store_get_db (check->store);
  g_autoptr (TorgStatement) statement = NULL;
  gboolean row;

  if (torg_db_get_dialect (db) != TORG_DIALECT_SQLITE)
    return TRUE;
  statement = torg_db_prepare (db, "PRAGMA integrity_check (20)", error);
  if (statement == NULL)
    return FALSE;
  for (;;)
    {
      if (!torg_statement_step (statement, &row, error))
        return FALSE;
      if (!row)
        return TRUE;
      if (g_strcmp0 (torg_statement_get_text (statement, 0), "ok") != 0)
        add (check, _ ("The file is damaged: %s."), torg_statement_get_text (statement, 0));
    }
}

static gboolean
check_all (Check *check, GError **error)
{
  gint64      head;
  TorgSchema *schema;

  if (!torg_server_store_load_schema (check->store, error) || !check_file (check, error) ||
      !check_commits (check, &head, error) || !check_types (check, error) || !check_accounts (check, error) ||
      !check_belongings (check, error) || !check_roles (check, error) || !check_clients (check, error))
    return FALSE;
  schema = torg_server_store_get_schema (check->store);
  for (guint i = 0; i < torg_schema_get_n_types (schema); i++)
    if (!check_changes (check, torg_schema_nth (schema, i), error) ||
        !check_records (check, torg_schema_nth (schema, i), head, error))
      return FALSE;
  return TRUE;
}

/**
 * torg_server_check:
 * @store: a connection, in no transaction
 * @faults: (element-type utf8): takes a sentence for each fault
 * @error: place for a %TORG_STORE_ERROR
 *
 * Checks all that the server keeps. Nothing is changed.
 *
 * Returns: whether all could be looked at
 */
gboolean
torg_server_check (TorgServerStore *store, GPtrArray *faults, GError **error)
{
  TorgDb  *db = torg_server_store_get_db (store);
  Check    check = { store, faults };
  gboolean ok;

  if (!torg_db_begin_reading (db, error))
    return FALSE;
  ok = check_all (&check, error);
  torg_db_rollback (db);
  return ok;
}
