/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "torg-replica"

#include "config.h"

#include "torg-file-table.h"
#include "torg-store-private.h"
#include "torg-sync-store.h"

#include <string.h>

/*
 * The queue of files (DESIGN.md §3): which are here, which the server has, which somebody waits for. Their contents lie
 * in a folder beside the replica, `FILE.files`. Rows follow the records of attachments: torg_store_settle_files()
 * adds what has come and removes what has gone.
 */

/* A deleted attachment can be restored so long; so long is kept what only this computer has. */
#define KEEP_DAYS 30
/* What is not whole and was not touched for so long is nobody's, unless it is being fetched. */
#define PART_DAYS 1
/* What is looked at beforehand: meetings of these days. */
#define AHEAD_DAYS 3

#define COLUMNS "hash, size, here, sent, wanted, tries, code"
#define INSERT "INSERT INTO file (hash, size, here, sent, wanted, tries, retry_at, added) "
/* What somebody may want sent or fetched. */
#define USED "(unused IS NULL OR owed = 1 AND sent = 0)"

/*
 * What came later: whether the server is to have it though nothing that one sees is attached by it any more, and what
 * it was called then.
 */
static gboolean
add_owed (TorgDb *db, GError **error)
{
  gint64 has = 0, named = 0;

  return torg_db_get_int (db, "SELECT count(*) FROM pragma_table_info('file') WHERE name = 'owed'", &has, error) &&
         torg_db_get_int (db, "SELECT count(*) FROM pragma_table_info('file') WHERE name = 'name'", &named, error) &&
         (has != 0 || torg_db_exec (db, "ALTER TABLE file ADD COLUMN owed INTEGER NOT NULL DEFAULT 0", error)) &&
         (named != 0 || torg_db_exec (db, "ALTER TABLE file ADD COLUMN name TEXT", error));
}

gboolean
torg_file_table_migrate (TorgDb *db, GError **error)
{
  return torg_db_exec (db,
                       "CREATE TABLE IF NOT EXISTS file (hash TEXT PRIMARY KEY, size INTEGER NOT NULL, "
                       "here INTEGER NOT NULL, sent INTEGER NOT NULL, wanted INTEGER NOT NULL, tries INTEGER NOT NULL, "
                       "retry_at INTEGER NOT NULL, code TEXT, added INTEGER NOT NULL, unused INTEGER) "
                       "STRICT, WITHOUT ROWID;"
                       "CREATE INDEX IF NOT EXISTS file_unsent ON file (added) WHERE sent = 0;"
                       "CREATE INDEX IF NOT EXISTS file_wanted ON file (added) WHERE wanted = 1;"
                       "CREATE INDEX IF NOT EXISTS file_missing ON file (size) WHERE here = 0",
                       error) &&
         add_owed (db, error);
}

/**
 * torg_file_free:
 * @self: (transfer full): a file
 *
 * Frees what is known of a file.
 */
void
torg_file_free (TorgFile *self)
{
  g_free (self->hash);
  g_free (self->code);
  g_free (self);
}

/**
 * torg_store_new_content:
 *
 * Gives the folder of the replica's files.
 *
 * Returns: (transfer full): the folder
 */
TorgContent *
torg_store_new_content (TorgStore *self)
{
  g_autofree char *folder = g_strconcat (self->path, ".files", NULL);

  return torg_content_new (folder);
}

static TorgFile *
read_file (TorgStatement *statement)
{
  TorgFile *file = g_new0 (TorgFile, 1);

  file->hash = g_strdup (torg_statement_get_text (statement, 0));
  file->size = torg_statement_get_int (statement, 1);
  file->here = torg_statement_get_int (statement, 2) != 0;
  file->sent = torg_statement_get_int (statement, 3) != 0;
  file->wanted = torg_statement_get_int (statement, 4) != 0;
  file->tries = (int) torg_statement_get_int (statement, 5);
  file->code = g_strdup (torg_statement_get_text (statement, 6));
  return file;
}

/**
 * torg_store_add_file:
 * @hash: a SHA-256, of a file that is in the folder already
 * @size: its length in bytes
 * @error: place for a %TORG_STORE_ERROR
 *
 * Notes that there is a file here that the server is to have; before something is attached by it.
 *
 * Returns: whether that was saved
 */
gboolean
torg_store_add_file (TorgStore *self, const char *hash, gint64 size, GError **error)
{
  g_autoptr (TorgStatement) statement =
    torg_db_prepare (self->db,
                     INSERT "VALUES (?1, ?2, 1, 0, 0, 0, 0, ?3) ON CONFLICT (hash) DO UPDATE "
                            "SET here = 1, sent = 0, tries = 0, retry_at = 0, code = NULL, unused = NULL, owed = 0",
                     error);

  if (statement == NULL)
    return FALSE;
  torg_statement_bind_text (statement, 1, hash);
  torg_statement_bind_int (statement, 2, size);
  torg_statement_bind_int (statement, 3, torg_env_get_now (self->env));
  return torg_statement_run (statement, error);
}

/**
 * torg_store_want_file:
 * @hash: a SHA-256
 * @wanted: whether the user waits for it
 * @error: place for a %TORG_STORE_ERROR
 *
 * Has a file fetched, or what failed tried at once; or lets go of it. Whether it is here the disk says: one that
 * vanished from there is fetched too.
 *
 * Returns: whether that was saved
 */
gboolean
torg_store_want_file (TorgStore *self, const char *hash, gboolean wanted, GError **error)
{
  g_autoptr (TorgContent) content = torg_store_new_content (self);
  g_autoptr (TorgStatement) statement = NULL;

  g_return_val_if_fail (torg_content_is_hash (hash), FALSE);
  /* One that has just come is not among them yet. */
  if (!torg_store_settle_files (self, error))
    return FALSE;
  statement = torg_db_prepare (
    self->db, "UPDATE file SET wanted = ?2, here = ?3, tries = 0, retry_at = 0, code = NULL WHERE hash = ?1", error);
  if (statement == NULL)
    return FALSE;
  torg_statement_bind_text (statement, 1, hash);
  torg_statement_bind_int (statement, 2, wanted ? 1 : 0);
  torg_statement_bind_int (statement, 3, torg_content_get_size (content, hash) >= 0 ? 1 : 0);
  return torg_statement_run (statement, error);
}

/**
 * torg_store_get_file:
 * @hash: (nullable): a SHA-256
 * @file: (out) (transfer full) (nullable): what is known of it; %NULL where that is nothing yet
 * @error: place for a %TORG_STORE_ERROR
 *
 * Tells what is known of a file.
 *
 * Returns: whether that could be read
 */
gboolean
torg_store_get_file (TorgStore *self, const char *hash, TorgFile **file, GError **error)
{
  g_autoptr (TorgStatement) statement =
    torg_db_prepare (self->db, "SELECT " COLUMNS " FROM file WHERE hash = ?1", error);
  gboolean row;

  *file = NULL;
  if (statement == NULL)
    return FALSE;
  torg_statement_bind_text (statement, 1, hash);
  if (!torg_statement_step (statement, &row, error))
    return FALSE;
  if (row)
    *file = read_file (statement);
  return TRUE;
}

/* --- what has come and what has gone ------------------------------------------------------------------------------ */

static GPtrArray *
list (TorgStore *self, const char *sql, gint64 now, GError **error)
{
  g_autoptr (TorgStatement) statement = torg_db_prepare (self->db, sql, error);
  g_autoptr (GPtrArray) files = g_ptr_array_new_with_free_func ((GDestroyNotify) torg_file_free);
  gboolean row;

  if (statement == NULL)
    return NULL;
  torg_statement_bind_int (statement, 1, now);
  for (;;)
    {
      TorgFile *file;

      if (!torg_statement_step (statement, &row, error))
        return NULL;
      if (!row)
        return g_steal_pointer (&files);
      file = g_new0 (TorgFile, 1);
      file->hash = g_strdup (torg_statement_get_text (statement, 0));
      file->size = torg_statement_get_int (statement, 1);
      g_ptr_array_add (files, file);
    }
}

/* What is here without being known, after a crash or from a copy, is offered to the server. */
static gboolean
add_new (TorgStore *self, TorgContent *content, gint64 now, GError **error)
{
  g_autoptr (GPtrArray) files = list (
    self,
    "SELECT file, max(size) / 10000 FROM attachment a WHERE deleted IS NULL AND file IS NOT NULL AND ?1 > 0 AND NOT "
    "EXISTS (SELECT 1 FROM file f WHERE f.hash = a.file) GROUP BY file",
    now, error);
  g_autoptr (TorgStatement) insert = NULL;

  G_STATIC_ASSERT (TORG_NUMBER_SCALE == 10000);
  if (files == NULL)
    return FALSE;
  insert = torg_db_prepare (self->db, INSERT "VALUES (?1, ?2, ?3, 1 - ?3, 0, 0, 0, ?4)", error);
  for (guint i = 0; insert != NULL && i < files->len; i++)
    {
      TorgFile *file = files->pdata[i];
      gint64    size = torg_content_is_hash (file->hash) ? torg_content_get_size (content, file->hash) : -1;

      /* What is no hash names nothing. */
      if (!torg_content_is_hash (file->hash))
        continue;
      torg_statement_bind_text (insert, 1, file->hash);
      torg_statement_bind_int (insert, 2, size >= 0 ? size : MAX (file->size, 0));
      torg_statement_bind_int (insert, 3, size >= 0 ? 1 : 0);
      torg_statement_bind_int (insert, 4, now);
      if (!torg_statement_run (insert, error))
        return FALSE;
    }
  return insert != NULL;
}

#define LIVE "EXISTS (SELECT 1 FROM attachment a WHERE a.file = file.hash AND a.deleted IS NULL)"
#define ANY "EXISTS (SELECT 1 FROM attachment a WHERE a.file = file.hash)"
/* Attached by an edit that is on its way, or that the server did not take. */
#define IN_EDITS                                                                                                       \
  "(EXISTS (SELECT 1 FROM outbox WHERE type = 'attachment' AND instr(fields, file.hash) > 0) "                         \
  "OR EXISTS (SELECT 1 FROM attention WHERE instr(mutation, file.hash) > 0))"

/* Attached by this user, as the first line of history says; ?1: the user. */
#define OWN                                                                                                            \
  "EXISTS (SELECT 1 FROM attachment a JOIN history h ON h.record = a.id AND h.field IS NULL WHERE a.file = file.hash " \
  "AND h.author = ?1)"

/* What comes back is offered again: the server lets go of what was attached by nothing for long. */
static gboolean
note_used (TorgStore *self, GError **error)
{
  g_autoptr (TorgStatement) statement = torg_db_prepare (
    self->db,
    "UPDATE file SET unused = NULL, owed = 0, sent = CASE WHEN here = 1 AND " OWN " THEN 0 ELSE sent END "
    "WHERE unused IS NOT NULL AND " LIVE,
    error);

  if (statement == NULL)
    return FALSE;
  torg_statement_bind_id (statement, 1, self->user);
  return torg_statement_run (statement, error);
}

static gboolean
note_unused (TorgStore *self, gint64 now, GError **error)
{
  g_autoptr (TorgStatement) statement =
    torg_db_prepare (self->db, "UPDATE file SET unused = ?1 WHERE unused IS NULL AND NOT " LIVE, error);

  if (statement == NULL)
    return FALSE;
  torg_statement_bind_int (statement, 1, now);
  return torg_statement_run (statement, error) && note_used (self, error);
}

/*
 * What may not be seen any more goes at once, unless only this computer has it. The content goes before its row: what
 * breaks off in between is done again.
 */
static gboolean
remove_gone (TorgStore *self, TorgContent *content, gint64 now, GError **error)
{
  g_autoptr (GPtrArray) files = list (self,
                                      "SELECT hash, size FROM file WHERE NOT " USED " AND NOT " IN_EDITS
                                      " AND (unused < ?1 OR NOT (sent = 0 OR " ANY "))",
                                      now - KEEP_DAYS * G_TIME_SPAN_DAY, error);
  g_autoptr (TorgStatement) remove = NULL;

  if (files == NULL)
    return FALSE;
  remove = torg_db_prepare (self->db, "DELETE FROM file WHERE hash = ?1", error);
  for (guint i = 0; remove != NULL && i < files->len; i++)
    {
      const char *hash = ((TorgFile *) files->pdata[i])->hash;

      if (!torg_content_remove (content, hash, error))
        return FALSE;
      torg_content_drop_part (content, hash);
      torg_statement_bind_text (remove, 1, hash);
      if (!torg_statement_run (remove, error))
        return FALSE;
    }
  return remove != NULL;
}

/* What a crash left of a copy, or of a file that nobody fetches any more. */
static gboolean
remove_parts (TorgStore *self, TorgContent *content, gint64 now, GError **error)
{
  g_autoptr (GPtrArray) parts = torg_content_list_parts (content, now - PART_DAYS * G_TIME_SPAN_DAY);

  for (guint i = 0; i < parts->len; i++)
    {
      g_autoptr (TorgFile) file = NULL;

      if (!torg_store_get_file (self, parts->pdata[i], &file, error))
        return FALSE;
      if (file == NULL || file->here)
        torg_content_drop_part (content, parts->pdata[i]);
    }
  return TRUE;
}

/*
 * An attachment that the server has is not to be seen any more: what is in it was attached while that was allowed, and
 * others wait for it. What the user deleted nobody waits for.
 */
gboolean
torg_file_table_note_gone (TorgStore *self, const char *id, GError **error)
{
  return torg_store_run_for_id (self,
                                "UPDATE file SET owed = 1, name = (SELECT a.name FROM attachment a WHERE a.id = ?1) "
                                "WHERE sent = 0 AND here = 1 AND hash IN (SELECT a.file FROM attachment a "
                                "WHERE a.id = ?1 AND a.deleted IS NULL AND a.seq != 0)",
                                id, error);
}

/**
 * torg_store_settle_files:
 * @error: place for a %TORG_STORE_ERROR, or for what the disk said
 *
 * Makes the queue follow the records: knows what is attached by now, and removes what nothing is attached by any more.
 * What was deleted can be restored for 30 days; what the server does not have yet stays while an edit means it.
 *
 * Returns: whether that worked
 */
gboolean
torg_store_settle_files (TorgStore *self, GError **error)
{
  gint64 now = torg_env_get_now (self->env);
  g_autoptr (TorgContent) content = torg_store_new_content (self);

  if (!torg_store_begin (self, error))
    return FALSE;
  if (!add_new (self, content, now, error) || !note_unused (self, now, error) ||
      !remove_gone (self, content, now, error) || !remove_parts (self, content, now, error))
    {
      torg_store_rollback (self);
      return FALSE;
    }
  return torg_store_commit (self, error);
}

/* A server that was restored may have forgotten what was sent by this user. */
gboolean
torg_file_table_requeue (TorgStore *self, GError **error)
{
  g_autoptr (TorgStatement) statement =
    torg_db_prepare (self->db, "UPDATE file SET sent = 0, tries = 0, retry_at = 0 WHERE here = 1 AND " OWN, error);

  if (statement == NULL)
    return FALSE;
  torg_statement_bind_id (statement, 1, self->user);
  return torg_statement_run (statement, error);
}

/* --- what is next ------------------------------------------------------------------------------------------------- */

/* The user's meetings of the next days, and whom they are with. */
#define MEETINGS                                                                                                       \
  "meeting AS (SELECT company, person, deal FROM activity WHERE (owner = ?2 OR owner IS NULL) AND done IS NULL "       \
  "AND due_utc >= ?3 AND due_utc < ?4 AND kind = 'meeting' AND deleted IS NULL), "                                     \
  "met AS (SELECT company, person FROM meeting UNION ALL SELECT company, person FROM deal WHERE id IN "                \
  "(SELECT deal FROM meeting)), "                                                                                      \
  "firm AS (SELECT company AS id FROM met WHERE company IS NOT NULL UNION SELECT company FROM person WHERE id IN "     \
  "(SELECT person FROM met) AND company IS NOT NULL), "                                                                \
  "human AS (SELECT person AS id FROM met WHERE person IS NOT NULL UNION SELECT id FROM person WHERE company IN "      \
  "(SELECT id FROM firm)), "                                                                                           \
  "sale AS (SELECT deal AS id FROM meeting WHERE deal IS NOT NULL UNION SELECT id FROM deal WHERE company IN "         \
  "(SELECT id FROM firm) UNION SELECT id FROM deal WHERE person IN (SELECT person FROM met))"

/* The files of companies, people and deals, and of what was done with them. */
#define FILES_OF(firm, human, sale)                                                                                    \
  "SELECT file FROM attachment WHERE company IN (SELECT id FROM " firm ") AND deleted IS NULL "                        \
  "UNION SELECT file FROM attachment WHERE person IN (SELECT id FROM " human ") AND deleted IS NULL "                  \
  "UNION SELECT file FROM attachment WHERE deal IN (SELECT id FROM " sale ") AND deleted IS NULL "                     \
  "UNION SELECT file FROM attachment WHERE activity IN (SELECT id FROM activity WHERE company IN (SELECT id "          \
  "FROM " firm ") OR person IN (SELECT id FROM " human ") OR deal IN (SELECT id FROM " sale ")) AND deleted IS NULL"
#define OF_THEM FILES_OF ("firm", "human", "sale")

static void
bind_meetings (TorgStore *self, TorgStatement *statement)
{
  gint64 now = torg_env_get_now (self->env);

  torg_statement_bind_id (statement, 2, self->user);
  /* Those of today too that have no hour, or last long. */
  torg_statement_bind_int (statement, 3, now - G_TIME_SPAN_DAY);
  torg_statement_bind_int (statement, 4, now + AHEAD_DAYS * G_TIME_SPAN_DAY);
}

/* Which way a file has to go: the user's wish, what only this computer has, what is needed soon, all the others. */
static const struct
{
  const char  *sql; /* ?1: now; ?2 to ?4: meetings; ?5: how large one may be */
  TorgFileWork work;
  gboolean     ahead;
  gboolean     always;
} orders[] = {
  { "SELECT " COLUMNS ", retry_at FROM file WHERE wanted = 1 AND here = 0 AND unused IS NULL ORDER BY retry_at > ?1, "
    "CASE WHEN retry_at > ?1 THEN retry_at END, added LIMIT 1",
    TORG_FILE_FETCH, FALSE, FALSE },
  { "SELECT " COLUMNS ", retry_at FROM file WHERE sent = 0 AND here = 1 AND " USED " ORDER BY retry_at > ?1, "
    "CASE WHEN retry_at > ?1 THEN retry_at END, added LIMIT 1",
    TORG_FILE_SEND, FALSE, FALSE },
  { "WITH " MEETINGS " SELECT " COLUMNS ", retry_at FROM file WHERE hash IN (" OF_THEM ") AND here = 0 AND unused IS "
    "NULL ORDER BY retry_at > ?1, CASE WHEN retry_at > ?1 THEN retry_at END, size LIMIT 1",
    TORG_FILE_FETCH, TRUE, FALSE },
  { "SELECT " COLUMNS ", retry_at FROM file WHERE here = 0 AND unused IS NULL AND size <= ?5 ORDER BY retry_at > ?1, "
    "CASE WHEN retry_at > ?1 THEN retry_at END, size LIMIT 1",
    TORG_FILE_FETCH, FALSE, TRUE },
};

/* The first of an order, or when that is to be tried again. */
static gboolean
find_next (TorgStore *self, guint order, gint64 limit, TorgFile **file, gint64 *later, GError **error)
{
  gint64 now = torg_env_get_now (self->env), retry_at;
  g_autoptr (TorgStatement) statement = torg_db_prepare (self->db, orders[order].sql, error);
  gboolean row;

  if (statement == NULL)
    return FALSE;
  torg_statement_bind_int (statement, 1, now);
  if (orders[order].ahead)
    bind_meetings (self, statement);
  if (orders[order].always)
    torg_statement_bind_int (statement, 5, limit);
  if (!torg_statement_step (statement, &row, error))
    return FALSE;
  retry_at = row ? torg_statement_get_int (statement, 7) : 0;
  if (row && retry_at <= now)
    {
      *file = read_file (statement);
      (*file)->work = orders[order].work;
    }
  else if (row && (*later == 0 || retry_at < *later))
    *later = retry_at;
  return TRUE;
}

/**
 * torg_store_next_file:
 * @file: (out) (transfer full) (nullable): the file that is to be sent or fetched now; %NULL for none
 * @later: (out): when one is to be tried again, microseconds UTC; 0 for none
 * @error: place for a %TORG_STORE_ERROR
 *
 * Finds out what is to be done next; nothing in a replica without a server.
 *
 * Returns: whether that could be read
 */
gboolean
torg_store_next_file (TorgStore *self, TorgFile **file, gint64 *later, GError **error)
{
  gint64   limit = 0;
  gboolean always = torg_store_get_always_files (self, &limit);

  *file = NULL;
  *later = 0;
  for (guint i = 0; i < G_N_ELEMENTS (orders) && *file == NULL && !self->local; i++)
    if ((!orders[i].always || always) && !find_next (self, i, limit, file, later, error))
      return FALSE;
  return TRUE;
}

static gboolean
save (TorgStore *self, TorgFile *file, gint64 retry_at, GError **error)
{
  g_autoptr (TorgStatement) statement = torg_db_prepare (
    self->db,
    "UPDATE file SET size = ?2, here = CASE WHEN ?8 THEN max(here, ?3) ELSE ?3 END, "
    "sent = CASE WHEN ?8 THEN sent ELSE ?4 END, wanted = wanted AND NOT ?3, tries = ?5, retry_at = ?6, "
    "code = ?7 WHERE hash = ?1",
    error);

  if (statement == NULL)
    return FALSE;
  torg_statement_bind_text (statement, 1, file->hash);
  torg_statement_bind_int (statement, 2, file->size);
  torg_statement_bind_int (statement, 3, file->here ? 1 : 0);
  torg_statement_bind_int (statement, 4, file->sent ? 1 : 0);
  torg_statement_bind_int (statement, 5, file->tries);
  torg_statement_bind_int (statement, 6, retry_at);
  torg_statement_bind_text (statement, 7, file->code);
  /* While it was fetched, the user may have attached the same content. */
  torg_statement_bind_int (statement, 8, file->work == TORG_FILE_FETCH ? 1 : 0);
  return torg_statement_run (statement, error);
}

/* What the server says once and for all; anything else passes. */
static gboolean
is_refused (TorgFile *file)
{
  return file->work == TORG_FILE_SEND && !file->sent && file->code != NULL &&
         (g_str_equal (file->code, "forbidden") || g_str_equal (file->code, "no-files") ||
          g_str_has_prefix (file->code, "too-large"));
}

/* Without the hash, by which the content would be kept as long as the line. */
static gboolean
tell_refused (TorgStore *self, TorgFile *file, const char *name, GError **error)
{
  g_autoptr (TorgWireMutation) mutation = torg_wire_mutation_new ();
  JsonObject *change = json_object_new ();

  mutation->id = torg_env_make_id (self->env);
  mutation->group = torg_env_make_id (self->env);
  mutation->record = torg_env_make_id (self->env);
  mutation->type = g_strdup ("attachment");
  mutation->op = TORG_OP_CREATE;
  mutation->edited_at = torg_env_get_now (self->env);
  mutation->schema = TORG_SCHEMA_VERSION;
  json_object_set_string_member (change, "new", name);
  json_object_set_object_member (json_node_get_object (mutation->fields), "name", change);
  return torg_store_add_attention (self, mutation, "file", file->code, error);
}

/*
 * What is attached by nothing that one sees is not offered for ever: the user is told, and the content stays as long as
 * that of other files that nobody uses.
 */
static gboolean
let_go (TorgStore *self, TorgFile *file, GError **error)
{
  g_autoptr (TorgStatement) find = torg_db_prepare (
    self->db, "SELECT coalesce(name, hash) FROM file WHERE hash = ?1 AND owed = 1 AND unused IS NOT NULL", error);
  g_autoptr (TorgStatement) update =
    torg_db_prepare (self->db, "UPDATE file SET owed = 0, unused = ?2 WHERE hash = ?1", error);
  gboolean row;

  if (find == NULL || update == NULL)
    return FALSE;
  torg_statement_bind_text (find, 1, file->hash);
  if (!torg_statement_step (find, &row, error))
    return FALSE;
  if (!row)
    return TRUE;
  torg_statement_bind_text (update, 1, file->hash);
  torg_statement_bind_int (update, 2, torg_env_get_now (self->env));
  return tell_refused (self, file, torg_statement_get_text (find, 0), error) && torg_statement_run (update, error);
}

/**
 * torg_store_note_file:
 * @file: a file as it is now
 * @retry_at: when it is to be tried again, microseconds UTC
 * @error: place for a %TORG_STORE_ERROR
 *
 * Notes what became of a file. What the server refuses though nothing that one sees is attached by it waits no more: it
 * is among what needs attention, with the code `file` and its name.
 *
 * Returns: whether that was saved
 */
gboolean
torg_store_note_file (TorgStore *self, TorgFile *file, gint64 retry_at, GError **error)
{
  if (!torg_store_begin (self, error))
    return FALSE;
  if (!save (self, file, retry_at, error) || (is_refused (file) && !let_go (self, file, error)))
    {
      torg_store_rollback (self);
      return FALSE;
    }
  return torg_store_commit (self, error);
}

/**
 * torg_store_count_files:
 * @counts: (out): what waits
 * @error: place for a %TORG_STORE_ERROR
 *
 * Counts the files that are to be sent or fetched; in a replica without a server there are none.
 *
 * Returns: whether that could be read
 */
gboolean
torg_store_count_files (TorgStore *self, TorgFileCounts *counts, GError **error)
{
  gint64   limit = 0;
  gboolean always = torg_store_get_always_files (self, &limit), row;
  g_autoptr (TorgStatement) statement = NULL;

  memset (counts, 0, sizeof *counts);
  if (self->local)
    return TRUE;
  statement = torg_db_prepare (
    self->db,
    "WITH " MEETINGS ", waiting AS (SELECT size, code, here FROM file WHERE " USED " AND (here = 1 AND sent = 0 "
    "OR here = 0 AND (wanted = 1 OR ?1 AND size <= ?5 OR hash IN (" OF_THEM
    ")))) SELECT coalesce(sum(here), 0), count(*), count(code), coalesce(sum(size), 0) FROM waiting",
    error);
  if (statement == NULL)
    return FALSE;
  torg_statement_bind_int (statement, 1, always ? 1 : 0);
  bind_meetings (self, statement);
  torg_statement_bind_int (statement, 5, limit);
  if (!torg_statement_step (statement, &row, error))
    return FALSE;
  if (row)
    {
      counts->n_to_send = (guint) torg_statement_get_int (statement, 0);
      counts->n_to_fetch = (guint) torg_statement_get_int (statement, 1) - counts->n_to_send;
      counts->n_failed = (guint) torg_statement_get_int (statement, 2);
      counts->bytes = torg_statement_get_int (statement, 3);
    }
  return TRUE;
}

/* What is not to be seen any more is called as it was when it was attached. */
#define NAME_IN(mutation) "json_extract(" mutation ", '$.fields.name.new')"

/**
 * torg_store_list_unsent_files:
 * @error: place for a %TORG_STORE_ERROR
 *
 * Lists the files that only this computer has; of each, what it is called stands in @code.
 *
 * Returns: (transfer full) (element-type TorgFile) (nullable): the files
 */
GPtrArray *
torg_store_list_unsent_files (TorgStore *self, GError **error)
{
  g_autoptr (TorgStatement) statement = torg_db_prepare (
    self->db,
    "SELECT hash, size, here, sent, wanted, tries, coalesce((SELECT name FROM attachment a "
    "WHERE a.file = file.hash ORDER BY deleted IS NOT NULL, rid LIMIT 1), "
    "(SELECT " NAME_IN ("body") " FROM sent WHERE instr(body, file.hash) > 0 LIMIT 1), "
                                "(SELECT " NAME_IN (
                                  "mutation") " FROM attention WHERE instr(mutation, file.hash) > 0 LIMIT 1), "
                                              "hash) FROM file "
                                              "WHERE sent = 0 AND here = 1 AND (" USED " OR " IN_EDITS
                                              ") ORDER BY added, hash",
    error);
  g_autoptr (GPtrArray) files = g_ptr_array_new_with_free_func ((GDestroyNotify) torg_file_free);
  gboolean row;

  if (statement == NULL)
    return NULL;
  for (;;)
    {
      if (!torg_statement_step (statement, &row, error))
        return NULL;
      if (!row)
        return g_steal_pointer (&files);
      g_ptr_array_add (files, read_file (statement));
    }
}

/* --- choices ------------------------------------------------------------------------------------------------------ */

/**
 * torg_store_get_always_files:
 * @limit: (out): how large one may be that is fetched without being asked for, in bytes
 *
 * Tells whether all files are kept on this computer.
 *
 * Returns: whether they are; else on demand
 */
gboolean
torg_store_get_always_files (TorgStore *self, gint64 *limit)
{
  g_autofree char *text = torg_state_get (self->db, "files_limit");
  g_autofree char *always = torg_state_get (self->db, "files_always");

  *limit = text != NULL ? g_ascii_strtoll (text, NULL, 10) : 20 * 1000 * 1000;
  return always != NULL;
}

/**
 * torg_store_set_always_files:
 * @always: whether all files are to be kept on this computer
 * @limit: how large one may be that is fetched without being asked for, in bytes
 * @error: place for a %TORG_STORE_ERROR
 *
 * Chooses whether files come by themselves, or on demand.
 *
 * Returns: whether that was saved
 */
gboolean
torg_store_set_always_files (TorgStore *self, gboolean always, gint64 limit, GError **error)
{
  g_autofree char *text = g_strdup_printf ("%" G_GINT64_FORMAT, limit);

  return torg_state_set (self->db, "files_limit", text, error) &&
         torg_state_set (self->db, "files_always", always ? "1" : NULL, error);
}

/**
 * torg_store_is_offline_ready:
 * @type: `company`, `person` or `deal`
 * @id: a record
 * @ready: (out): whether there is a meeting with this client in the next three days, and all its files are here
 * @error: place for a %TORG_STORE_ERROR
 *
 * Tells whether one can go to a client with all that there is, without a network.
 *
 * Returns: whether that could be read
 */
gboolean
torg_store_is_offline_ready (TorgStore *self, const char *type, const char *id, gboolean *ready, GError **error)
{
  static const struct
  {
    const char *type;
    const char *sql;
  } questions[] = {
#define READY(met, firm, human, sale)                                                                                  \
  "WITH " MEETINGS ", f (id) AS (" firm "), h (id) AS (" human "), s (id) AS (" sale ") SELECT 1 WHERE ?1 IN "         \
  "(SELECT id FROM " met ") AND NOT EXISTS (SELECT 1 FROM (" FILES_OF (                                                \
    "f", "h", "s") ") o WHERE o.file IS NOT NULL "                                                                     \
                   "AND NOT EXISTS (SELECT 1 FROM file WHERE file.hash = o.file AND file.here = 1))"
    { "company", READY ("firm", "SELECT ?1", "SELECT id FROM person WHERE company = ?1",
                        "SELECT id FROM deal WHERE company = ?1") },
    { "person", READY ("human", "SELECT NULL WHERE 0", "SELECT ?1", "SELECT id FROM deal WHERE person = ?1") },
    { "deal",
      READY ("sale", "SELECT company FROM deal WHERE id = ?1", "SELECT person FROM deal WHERE id = ?1", "SELECT ?1") },
#undef READY
  };

  *ready = FALSE;
  for (guint i = 0; i < G_N_ELEMENTS (questions); i++)
    {
      g_autoptr (TorgStatement) statement = NULL;

      if (!g_str_equal (questions[i].type, type))
        continue;
      statement = torg_db_prepare (self->db, questions[i].sql, error);
      if (statement == NULL)
        return FALSE;
      torg_statement_bind_id (statement, 1, id);
      bind_meetings (self, statement);
      return torg_statement_step (statement, ready, error);
    }
  return TRUE;
}

/**
 * torg_store_dup_author:
 * @id: a record
 *
 * Tells who made a record, as the first line of its history says.
 *
 * Returns: (transfer full) (nullable): the name of an employee
 */
char *
torg_store_dup_author (TorgStore *self, const char *id)
{
  g_autoptr (TorgStatement) statement = torg_db_prepare (
    self->db, "SELECT author FROM history WHERE record = ?1 AND field IS NULL ORDER BY at LIMIT 1", NULL);
  g_autofree char *author = NULL;
  gboolean         row;

  if (statement == NULL)
    return NULL;
  torg_statement_bind_id (statement, 1, id);
  if (torg_statement_step (statement, &row, NULL) && row && !torg_statement_is_null (statement, 0))
    author = torg_statement_dup_id (statement, 0);
  return author != NULL ? torg_store_dup_title (self, "user", author) : NULL;
}
