/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "torg-server"

#include "config.h"

#include "torg-pull.h"
#include "torg-seeded-bug.h"
#include "torg-wire.h"

#include <string.h>

/*
 * Answers what changed since a cursor, in lines of JSON (DESIGN.md §3, Pull), from one state of the database. Without a
 * cursor, or after what the user may see has changed, records are streamed by type and id, a page at a time; then all
 * that was committed since, as a whole: half of a group is never seen.
 */

/* The records of a page, at most: a client writes one in a transaction, and the more the fewer times it writes the same
 * part of an index. They are read some at a time, and no more after so many bytes. */
#define PAGE TORG_WIRE_PAGE
#define STEP 500
#define PAGE_BYTES (4 * 1024 * 1024)
/* And of a line. */
#define LINE 50

typedef struct
{
  TorgServerStore *store;
  TorgSight       *sight;
  GPtrArray       *old; /* (owned) (element-type TorgSight): what the client may have records of */
  const char      *client;
  GString         *lines;
  gint64           seq;      /* the head */
  char            *tag;      /* (owned) */
  char            *epoch;    /* (owned) */
  char            *scope;    /* (owned): the name of what @sight sees */
  gint64           last_seq; /* of the client, acknowledged */

  const TorgVerify *verify; /* (nullable): what is asked for instead of changes */
} Pull;

/* --- lines -------------------------------------------------------------------------------------------------------- */

static void
add_line (Pull *pull, const char *name, JsonNode *content)
{
  g_autoptr (JsonNode) root = json_node_new (JSON_NODE_OBJECT);
  JsonObject      *object = json_object_new ();
  g_autofree char *text = NULL;

  json_object_set_member (object, name, content);
  json_node_take_object (root, object);
  text = json_to_string (root, FALSE);
  g_string_append (pull->lines, text);
  g_string_append_c (pull->lines, '\n');
}

static void
add_record (Pull *pull, TorgRecord *record)
{
  add_line (pull, "record", torg_sight_write (pull->sight, record));
}

/* Of a record that holds what the schema does not know, or a difference, parts may have to be left out. */
static gboolean
fits_rows (TorgRecord *record)
{
  return torg_record_get_unknown (record) == NULL &&
         !g_str_equal (torg_record_get_kind (record)->info->name, "conflict");
}

/* A page of records of one type, many in a line. */
static void
add_records (Pull *pull, GPtrArray *records)
{
  for (guint i = 0; i < records->len;)
    {
      guint n = 0;

      while (n < LINE && i + n < records->len && fits_rows (records->pdata[i + n]))
        n++;
      if (n > 0)
        add_line (pull, "rows", torg_sight_write_rows (pull->sight, records, i, n));
      else
        add_record (pull, records->pdata[i]);
      i += MAX (n, 1);
    }
}

static void
add_gone (Pull *pull, const char *type, const char *id)
{
  JsonNode   *node = json_node_new (JSON_NODE_OBJECT);
  JsonObject *object = json_object_new ();

  json_object_set_string_member (object, "type", type);
  json_object_set_string_member (object, "id", id);
  json_node_take_object (node, object);
  add_line (pull, "gone", node);
}

static void
add_end (Pull *pull, TorgWireCursor *cursor, gint64 acked, gboolean more)
{
  g_autofree char *text = torg_wire_cursor_to_text (cursor);
  TorgWireEnd      end = {
         .cursor = text,
         .epoch = pull->epoch,
         .acked = acked,
         .more = more,
         .backfill = cursor->type != NULL,
         .time = torg_env_get_now (torg_server_store_get_env (pull->store)),
  };

  add_line (pull, "end", torg_wire_end_to_json (&end));
}

/* --- what the client sent ----------------------------------------------------------------------------------------- */

static gboolean
check_client (Pull *pull, gboolean *is_own, GError **error)
{
  g_autoptr (TorgStatement) statement =
    torg_db_prepare (torg_server_store_get_db (pull->store),
                     "SELECT user_id, last_seq, revoked FROM client WHERE workspace = ?1 AND id = ?2", error);
  g_autofree char *user = NULL;
  gboolean         row;

  if (statement == NULL)
    return FALSE;
  torg_statement_bind_int (statement, 1, torg_server_store_get_workspace (pull->store));
  torg_statement_bind_id (statement, 2, pull->client);
  if (!torg_statement_step (statement, &row, error))
    return FALSE;
  /* One that has sent nothing yet is not known. */
  *is_own = TRUE;
  if (!row)
    return TRUE;
  user = torg_statement_dup_id (statement, 0);
  *is_own = g_strcmp0 (user, torg_sight_get_user (pull->sight)) == 0 && torg_statement_is_null (statement, 2);
  pull->last_seq = torg_statement_get_int (statement, 1);
  return TRUE;
}

static gboolean
add_results (Pull *pull, gint64 acked, GError **error)
{
  g_autoptr (TorgStatement) statement = torg_db_prepare (
    torg_server_store_get_db (pull->store),
    "SELECT result FROM applied WHERE workspace = ?1 AND client = ?2 AND client_seq > ?3 ORDER BY client_seq", error);
  gboolean row;

  if (statement == NULL)
    return FALSE;
  torg_statement_bind_int (statement, 1, torg_server_store_get_workspace (pull->store));
  torg_statement_bind_id (statement, 2, pull->client);
  torg_statement_bind_int (statement, 3, acked);
  for (;;)
    {
      JsonNode *node;

      if (!torg_statement_step (statement, &row, error))
        return FALSE;
      if (!row)
        return TRUE;
      node = json_from_string (torg_statement_get_text (statement, 0), NULL);
      if (node != NULL)
        add_line (pull, "result", node);
    }
}

/* --- scopes ------------------------------------------------------------------------------------------------------- */

/* What the user saw by the names of it; @known is FALSE where the server has forgotten one. */
static gboolean
load_scopes (Pull *pull, const char *list, gboolean *known, GError **error)
{
  g_auto (GStrv) names = g_strsplit (list, "+", -1);

  *known = TRUE;
  for (guint i = 0; names[i] != NULL; i++)
    {
      g_autoptr (TorgStatement) statement = torg_db_prepare (
        torg_server_store_get_db (pull->store), "SELECT sees FROM scope WHERE workspace = ?1 AND name = ?2", error);

      if (statement == NULL)
        return FALSE;
      torg_statement_bind_int (statement, 1, torg_server_store_get_workspace (pull->store));
      torg_statement_bind_text (statement, 2, names[i]);
      if (!torg_statement_step (statement, known, error))
        return FALSE;
      if (!*known)
        return TRUE;
      g_ptr_array_add (pull->old, torg_sight_new_from_text (torg_statement_get_text (statement, 0)));
    }
  return TRUE;
}

/* Whether the client may have had a record with these keys before what the user sees has changed. */
static gboolean
saw (Pull *pull, const char *keys)
{
  for (guint i = 0; i < pull->old->len; i++)
    if (torg_sight_sees (pull->old->pdata[i], keys))
      return TRUE;
  return FALSE;
}

static gboolean
showed_line (Pull *pull, TorgRecord *record)
{
  for (guint i = 0; i < pull->old->len; i++)
    if (!torg_sight_hides_line (pull->old->pdata[i], record))
      return TRUE;
  return FALSE;
}

/*
 * The name of what the user sees now: the sum of it, so that a server that was restored never gives one name to two
 * things.
 */
static gboolean
ensure_scope (TorgServerStore *store, TorgSight *sight, char **name, GError **error)
{
  g_autofree char *text = torg_sight_to_text (sight);
  g_autoptr (TorgStatement) statement =
    torg_db_prepare (torg_server_store_get_db (store),
                     "INSERT INTO scope (workspace, name, sees) VALUES (?1, ?2, ?3) ON CONFLICT DO NOTHING", error);

  *name = g_compute_checksum_for_string (G_CHECKSUM_SHA256, text, -1);
  if (statement == NULL)
    return FALSE;
  torg_statement_bind_int (statement, 1, torg_server_store_get_workspace (store));
  torg_statement_bind_text (statement, 2, *name);
  torg_statement_bind_text (statement, 3, text);
  return torg_statement_run (statement, error);
}

/* How far the client knows what became of its mutations: so long those are kept. */
static gboolean
note_acked (TorgServerStore *store, const char *user, const char *client, gint64 acked, GError **error)
{
  g_autoptr (TorgStatement) statement =
    torg_db_prepare (torg_server_store_get_db (store),
                     "UPDATE client SET acked = ?4 WHERE workspace = ?1 AND id = ?2 AND user_id = ?3 AND "
                     "last_seq >= ?4 AND coalesce(acked, 0) < ?4",
                     error);

  if (statement == NULL)
    return FALSE;
  torg_statement_bind_int (statement, 1, torg_server_store_get_workspace (store));
  torg_statement_bind_id (statement, 2, client);
  torg_statement_bind_id (statement, 3, user);
  torg_statement_bind_int (statement, 4, acked);
  return torg_statement_run (statement, error);
}

/* Before the state is fixed: a changed sight gets its name in a transaction of its own. */
static gboolean
begin (TorgServerStore *store,
       const char      *user,
       const char      *client,
       gint64           acked,
       TorgSight      **sight,
       char           **scope,
       GError         **error)
{
  TorgDb *db = torg_server_store_get_db (store);

  if (!torg_db_begin (db, error))
    return FALSE;
  *sight = torg_server_store_load_schema (store, error) ? torg_sight_new (store, user, error) : NULL;
  if (*sight != NULL && ensure_scope (store, *sight, scope, error) &&
      (acked <= 0 || note_acked (store, user, client, acked, error)))
    return torg_db_commit (db, error);
  torg_db_rollback (db);
  return FALSE;
}

/* --- records by type and id --------------------------------------------------------------------------------------- */

/* Whether the client has a record that the user saw before, and sees now as it was then; what has changed since comes
 * with the changes. */
static gboolean
has (Pull *pull, TorgRecord *record, const char *keys)
{
  TorgSight *old = pull->old->len == 1 ? pull->old->pdata[0] : NULL;

  return old != NULL && torg_sight_sees (old, keys) && !torg_sight_hides_line (old, record) &&
         torg_sight_hides_alike (pull->sight, old, torg_record_get_kind (record));
}

/* In the difference of two scopes: what came into view, what went, and what shows other fields. */
static gboolean
add_page_difference (Pull           *pull,
                     const TorgType *type,
                     const char     *after,
                     guint           limit,
                     GPtrArray     **records,
                     GError        **error)
{
  g_autoptr (GPtrArray) access = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GPtrArray) all = torg_server_store_list_with_keys (pull->store, type, after, limit, access, error);

  if (all == NULL)
    return FALSE;
  for (guint i = 0; i < all->len; i++)
    {
      TorgRecord *record = all->pdata[i];
      const char *keys = access->pdata[i];

      if (torg_sight_sees (pull->sight, keys) && !torg_sight_hides_line (pull->sight, record))
        {
          if (!has (pull, record, keys))
            add_record (pull, record);
        }
      else if (saw (pull, keys) && showed_line (pull, record))
        add_gone (pull, type->info->name, torg_record_get_id (record));
    }
  *records = g_steal_pointer (&all);
  return TRUE;
}

static gboolean
add_page (Pull *pull, TorgWireCursor *cursor, gint64 acked, GError **error)
{
  TorgSchema     *schema = torg_server_store_get_schema (pull->store);
  const TorgType *type = torg_schema_find (schema, cursor->type);
  guint           limit = torg_server_store_get_limits (pull->store)->page, left = limit > 0 ? limit : PAGE;

  while (left > 0 && type != NULL && pull->lines->len < PAGE_BYTES)
    {
      guint step = MIN (left, STEP);
      g_autoptr (GPtrArray) records = NULL;

      if (cursor->old_scopes != NULL)
        {
          if (!add_page_difference (pull, type, cursor->id, step, &records, error))
            return FALSE;
        }
      else
        {
          g_autoptr (GPtrArray) shown = g_ptr_array_new ();

          records =
            torg_server_store_list_page (pull->store, type, cursor->id, step, torg_sight_get_keys (pull->sight), error);
          if (records == NULL)
            return FALSE;
          for (guint i = 0; i < records->len; i++)
            if (!torg_sight_hides_line (pull->sight, records->pdata[i]) &&
                !(torg_seeded_bug ("page-end-skipped") && i + 1 == step))
              g_ptr_array_add (shown, records->pdata[i]);
          add_records (pull, shown);
        }
      if (records->len < step)
        {
          type = type->index + 1 < torg_schema_get_n_types (schema) ? torg_schema_nth (schema, type->index + 1) : NULL;
          g_clear_pointer (&cursor->id, g_free);
        }
      else
        g_set_str (&cursor->id, torg_record_get_id (g_ptr_array_index (records, records->len - 1)));
      left -= records->len;
    }
  g_set_str (&cursor->type, type != NULL ? type->info->name : NULL);
  cursor->read_seq = pull->seq;
  g_set_str (&cursor->read_tag, pull->tag);
  /* Results come with the changes alone. */
  add_end (pull, cursor, acked, TRUE);
  return TRUE;
}

/* --- changes ------------------------------------------------------------------------------------------------------ */

typedef struct
{
  const TorgType *type;
  char           *id;  /* (owned) */
  gboolean        was; /* whether the client may have it */
} Changed;

static void
changed_free (gpointer data)
{
  Changed *changed = data;

  g_free (changed->id);
  g_free (changed);
}

static gboolean
read_changes (Pull *pull, gint64 since, GPtrArray *list, GError **error)
{
  g_autoptr (GHashTable) known = g_hash_table_new (g_str_hash, g_str_equal);
  g_autoptr (TorgStatement) statement =
    torg_db_prepare (torg_server_store_get_db (pull->store),
                     "SELECT type, id, client, keys_before, keys_after FROM change WHERE workspace = ?1 AND seq > ?2 "
                     "ORDER BY seq, id",
                     error);
  gboolean row;

  if (statement == NULL)
    return FALSE;
  torg_statement_bind_int (statement, 1, torg_server_store_get_workspace (pull->store));
  torg_statement_bind_int (statement, 2, since);
  for (;;)
    {
      g_autofree char *id = NULL;
      g_autofree char *client = NULL;
      const TorgType  *type;
      Changed         *changed;

      if (!torg_statement_step (statement, &row, error))
        return FALSE;
      if (!row)
        return TRUE;
      type = torg_schema_find (torg_server_store_get_schema (pull->store), torg_statement_get_text (statement, 0));
      id = torg_statement_dup_id (statement, 1);
      client = torg_statement_dup_id (statement, 2);
      if (type == NULL)
        continue;
      changed = g_hash_table_lookup (known, id);
      if (changed == NULL)
        {
          changed = g_new0 (Changed, 1);
          changed->type = type;
          changed->id = g_steal_pointer (&id);
          g_ptr_array_add (list, changed);
          g_hash_table_insert (known, changed->id, changed);
        }
      changed->was |= torg_sight_sees (pull->sight, torg_statement_get_text (statement, 3)) ||
                      torg_sight_sees (pull->sight, torg_statement_get_text (statement, 4)) ||
                      saw (pull, torg_statement_get_text (statement, 3)) ||
                      saw (pull, torg_statement_get_text (statement, 4)) || g_strcmp0 (client, pull->client) == 0;
    }
}

static int
compare_changed (gconstpointer a, gconstpointer b)
{
  const Changed *first = *(Changed *const *) a, *second = *(Changed *const *) b;

  if (first->type->index != second->type->index)
    return first->type->index < second->type->index ? -1 : 1;
  return strcmp (first->id, second->id);
}

/* @too_many: whether it stopped, since no answer holds them */
static gboolean
add_changes (Pull *pull, gint64 since, gboolean *too_many, GError **error)
{
  g_autoptr (GPtrArray) list = g_ptr_array_new_with_free_func (changed_free);

  if (!read_changes (pull, since, list, error))
    return FALSE;
  g_ptr_array_sort (list, compare_changed);
  *too_many = FALSE;
  for (guint i = 0; i < list->len && !*too_many; i++)
    {
      Changed *changed = g_ptr_array_index (list, i);
      gboolean hidden;
      g_autoptr (TorgRecord) record = NULL;
      g_autofree char *keys = NULL;

      if (torg_seeded_bug ("half-answer") && list->len > 3 && i == 0)
        continue;
      if (!torg_server_store_load (pull->store, changed->type, changed->id, FALSE, &record, &keys, error))
        return FALSE;
      hidden = record != NULL && torg_sight_hides_line (pull->sight, record);
      if (record != NULL && torg_sight_sees (pull->sight, keys) && !hidden)
        add_record (pull, record);
      else if (changed->was && (!hidden || showed_line (pull, record)) && !torg_seeded_bug ("scope-not-removed"))
        add_gone (pull, changed->type->info->name, changed->id);
      *too_many = pull->lines->len > TORG_PULL_MAX_BYTES;
    }
  return TRUE;
}

/* --- whether the client has all ----------------------------------------------------------------------------------- */

static void
add_verified (GPtrArray *records, gpointer pull)
{
  add_records (pull, records);
}

/* Only where both are at the same commit there is something to compare. */
static gboolean
add_verification (Pull *pull, TorgWireCursor *cursor, gint64 acked, TorgPullStatus *status, GError **error)
{
  TorgDigest digest;

  if (cursor->type != NULL || cursor->old_scopes != NULL || cursor->seq != pull->seq)
    {
      *status = TORG_PULL_MOVED;
      return TRUE;
    }
  if (pull->verify->buckets != NULL)
    {
      if (!torg_verify_list (pull->store, pull->sight, pull->verify, add_verified, pull, error))
        return FALSE;
    }
  else
    {
      if (!torg_verify_digest (pull->store, pull->sight, pull->verify->schema, &digest, error))
        return FALSE;
      add_line (pull, "digest", torg_digest_to_json (&digest));
    }
  add_end (pull, cursor, acked, FALSE);
  return TRUE;
}

/* Changes go in one answer, since half of a group must not be seen: after too many to hold it is quicker to begin anew,
 * by pages. */
static gboolean
count_too_many (Pull *pull, gint64 since, gboolean *too_many, GError **error)
{
  g_autoptr (TorgStatement) statement = torg_db_prepare (
    torg_server_store_get_db (pull->store),
    "SELECT count(*) FROM (SELECT 1 FROM change WHERE workspace = ?1 AND seq > ?2 LIMIT ?3) AS changes", error);
  guint    limit = torg_server_store_get_limits (pull->store)->changes;
  gint64   most = limit > 0 ? limit : TORG_PULL_MAX_CHANGES;
  gboolean row;

  if (statement == NULL)
    return FALSE;
  torg_statement_bind_int (statement, 1, torg_server_store_get_workspace (pull->store));
  torg_statement_bind_int (statement, 2, since);
  torg_statement_bind_int (statement, 3, most + 1);
  if (!torg_statement_step (statement, &row, error))
    return FALSE;
  *too_many = row && torg_statement_get_int (statement, 0) > most;
  return TRUE;
}

/* --- the cursor --------------------------------------------------------------------------------------------------- */

static gboolean
has_commit (Pull *pull, gint64 seq, const char *tag, gboolean *has, GError **error)
{
  g_autoptr (TorgStatement) statement = torg_db_prepare (
    torg_server_store_get_db (pull->store),
    "SELECT c.tag FROM workspace w LEFT JOIN commits c ON c.workspace = w.id AND c.seq = ?2 WHERE w.id = ?1", error);
  gboolean row;

  *has = FALSE;
  if (statement == NULL)
    return FALSE;
  torg_statement_bind_int (statement, 1, torg_server_store_get_workspace (pull->store));
  torg_statement_bind_int (statement, 2, seq);
  if (!torg_statement_step (statement, &row, error))
    return FALSE;
  *has = row && (seq == 0 ? *tag == '\0' : g_strcmp0 (torg_statement_get_text (statement, 0), tag) == 0);
  return TRUE;
}

/* Whether the server still knows all that the client has seen of it; a restored one may not. */
static gboolean
is_of_this_life (Pull *pull, TorgWireCursor *cursor, gboolean *is, GError **error)
{
  *is = g_str_equal (cursor->epoch, pull->epoch);
  if (*is && !has_commit (pull, cursor->seq, cursor->tag, is, error))
    return FALSE;
  return !*is || cursor->read_tag == NULL || has_commit (pull, cursor->read_seq, cursor->read_tag, is, error);
}

/* From the beginning: what is there now, then what came since. */
static TorgWireCursor *
make_first_cursor (Pull *pull)
{
  TorgWireCursor *cursor = g_new0 (TorgWireCursor, 1);

  cursor->epoch = g_strdup (pull->epoch);
  cursor->seq = pull->seq;
  cursor->tag = g_strdup (pull->tag);
  cursor->scope = g_strdup (pull->scope);
  cursor->type = g_strdup (torg_schema_nth (torg_server_store_get_schema (pull->store), 0)->info->name);
  return cursor;
}

static gboolean
answer (Pull *pull, const char *text, gint64 acked, TorgPullStatus *status, GError **error)
{
  g_autoptr (TorgWireCursor) cursor = NULL;
  gint64   forgotten;
  gboolean ok, too_many;

  if (!torg_server_store_get_head (pull->store, &pull->seq, &pull->tag, &pull->epoch, error) ||
      !check_client (pull, &ok, error))
    return FALSE;
  if (!ok)
    {
      *status = TORG_PULL_FOREIGN;
      return TRUE;
    }
  cursor = text != NULL ? torg_wire_cursor_from_text (text, NULL) : make_first_cursor (pull);
  if (cursor == NULL)
    {
      *status = TORG_PULL_INVALID;
      return TRUE;
    }
  if (!torg_server_store_get_forgotten (pull->store, &forgotten, error))
    return FALSE;
  /* Of another life of the server it may be as well, which cannot be told any more. */
  if (g_str_equal (cursor->epoch, pull->epoch) && cursor->seq < forgotten)
    {
      *status = TORG_PULL_EXPIRED;
      return TRUE;
    }
  if (!is_of_this_life (pull, cursor, &ok, error))
    return FALSE;
  if (!ok)
    {
      *status = TORG_PULL_GONE;
      return TRUE;
    }
  if (!g_str_equal (cursor->scope, pull->scope))
    {
      /* While a first sync or a difference runs, it begins anew: what it has sent may not all be seen any more, and
       * what the user saw the client need not have. One old scope is one of which the client has all. */
      const char *former = cursor->old_scopes != NULL ? cursor->old_scopes
                           : cursor->type != NULL     ? cursor->scope
                                                      : NULL;
      char       *scopes = former != NULL ? g_strconcat (former, "+", cursor->scope, NULL) : g_strdup (cursor->scope);

      g_free (cursor->old_scopes);
      cursor->old_scopes = scopes;
      g_set_str (&cursor->scope, pull->scope);
      if (!torg_seeded_bug ("difference-goes-on") || cursor->type == NULL)
        {
          g_set_str (&cursor->type, torg_schema_nth (torg_server_store_get_schema (pull->store), 0)->info->name);
          g_clear_pointer (&cursor->id, g_free);
        }
    }
  if (cursor->old_scopes != NULL)
    {
      if (!load_scopes (pull, cursor->old_scopes, &ok, error))
        return FALSE;
      /* What the client may have is not known any more: all anew. */
      if (!ok)
        {
          *status = TORG_PULL_GONE;
          return TRUE;
        }
    }
  if (pull->verify != NULL)
    return add_verification (pull, cursor, acked, status, error);
  if (cursor->type != NULL)
    return add_page (pull, cursor, acked, error);
  if (!count_too_many (pull, cursor->seq, &too_many, error))
    return FALSE;
  if (!too_many && (!add_results (pull, acked, error) || !add_changes (pull, cursor->seq, &too_many, error)))
    return FALSE;
  if (too_many)
    {
      *status = TORG_PULL_EXPIRED;
      return TRUE;
    }
  cursor->seq = pull->seq;
  g_set_str (&cursor->tag, pull->tag);
  g_clear_pointer (&cursor->old_scopes, g_free);
  g_clear_pointer (&cursor->read_tag, g_free);
  add_end (pull, cursor, pull->last_seq, FALSE);
  return TRUE;
}

static gboolean
run (TorgServerStore  *store,
     const char       *user,
     const char       *client,
     const char       *cursor,
     gint64            acked,
     const TorgVerify *verify,
     GString          *lines,
     TorgPullStatus   *status,
     GError          **error)
{
  TorgDb *db = torg_server_store_get_db (store);
  g_autoptr (TorgSight) sight = NULL;
  Pull     pull = { .store = store, .client = client, .lines = lines, .verify = verify };
  gboolean ok;

  *status = TORG_PULL_DONE;
  pull.old = g_ptr_array_new_with_free_func ((GDestroyNotify) torg_sight_free);
  ok = begin (store, user, client, acked, &sight, &pull.scope, error) && torg_db_begin_reading (db, error);
  pull.sight = sight;
  if (ok)
    {
      ok = answer (&pull, cursor, acked, status, error);
      torg_db_rollback (db);
    }
  g_ptr_array_unref (pull.old);
  g_free (pull.scope);
  g_free (pull.tag);
  g_free (pull.epoch);
  return ok;
}

/**
 * torg_pull_knows:
 * @store: a connection
 * @text: a cursor, from anywhere
 * @knows: (out): whether it is of what the server has, as far as that can be told
 * @error: place for a %TORG_STORE_ERROR
 *
 * Finds out whether the server still knows all that a client has seen of it; one that was restored may not.
 *
 * Returns: whether that worked
 */
gboolean
torg_pull_knows (TorgServerStore *store, const char *text, gboolean *knows, GError **error)
{
  g_autoptr (TorgWireCursor) cursor = torg_wire_cursor_from_text (text, NULL);
  Pull             pull = { .store = store };
  g_autofree char *tag = NULL, *epoch = NULL;
  gint64           seq, forgotten;

  *knows = TRUE;
  if (cursor == NULL)
    return TRUE;
  if (!torg_server_store_get_head (store, &seq, &tag, &epoch, error) ||
      !torg_server_store_get_forgotten (store, &forgotten, error))
    return FALSE;
  pull.epoch = epoch;
  /* Of what is forgotten, it was known. */
  return (g_str_equal (cursor->epoch, epoch) && cursor->seq < forgotten) ||
         is_of_this_life (&pull, cursor, knows, error);
}

/**
 * torg_pull:
 * @store: a connection
 * @user: the id of the user whose client it is
 * @client: the client's id
 * @cursor: (nullable): what the client knows; %NULL in the beginning
 * @acked: the last of the client's numbers whose result it knows
 * @lines: takes the lines of the answer
 * @status: (out): whether there is one
 * @error: place for a %TORG_STORE_ERROR
 *
 * Answers what changed, as far as the user may see it.
 *
 * Returns: whether that worked
 */
gboolean
torg_pull (TorgServerStore *store,
           const char      *user,
           const char      *client,
           const char      *cursor,
           gint64           acked,
           GString         *lines,
           TorgPullStatus  *status,
           GError         **error)
{
  return run (store, user, client, cursor, acked, NULL, lines, status, error);
}

/**
 * torg_pull_verify:
 * @store: a connection
 * @user: the id of the user whose client it is
 * @client: the client's id
 * @cursor: (nullable): what the client knows
 * @acked: the last of the client's numbers whose result it knows
 * @verify: what is wanted
 * @lines: takes the lines of the answer
 * @status: (out): whether there is one
 * @error: place for a %TORG_STORE_ERROR
 *
 * Answers what a client should have: a line `{"digest": […]}`, or the records of some buckets.
 *
 * Returns: whether that worked
 */
gboolean
torg_pull_verify (TorgServerStore  *store,
                  const char       *user,
                  const char       *client,
                  const char       *cursor,
                  gint64            acked,
                  const TorgVerify *verify,
                  GString          *lines,
                  TorgPullStatus   *status,
                  GError          **error)
{
  return run (store, user, client, cursor, acked, verify, lines, status, error);
}
