/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "torg-replica"

#include "config.h"

#include "torg-differences.h"
#include "torg-json.h"
#include "torg-seeded-bug.h"
#include "torg-store-private.h"
#include "torg-sync-store.h"

/* The replica's side of sync: what goes out, what came back, and what the server did not take. */

/* Acknowledged mutations are kept so long, and sent again to a server that was restored. */
#define KEEP_SENT_DAYS 30

/* --- state -------------------------------------------------------------------------------------------------------- */

/**
 * torg_store_connect:
 * @client: the id of this replica at the server
 * @user: the id of its user
 * @error: place for an error
 *
 * Makes a replica one of a server: from now on, edits wait in the outbox. What is in it already is sent once the
 * server's own records are there, see [method@Store.adopt_step].
 *
 * Returns: whether that was saved
 */
gboolean
torg_store_connect (TorgStore *self, const char *client, const char *user, GError **error)
{
  g_autofree char *before = g_strdup (self->user);

  if (!torg_store_begin (self, error))
    return FALSE;
  if (!torg_state_set (self->db, "client", client, error) || !torg_state_set (self->db, "mode", "server", error) ||
      !(torg_store_is_empty (self) ? torg_store_set_user (self, user, error)
                                   : torg_adopt_begin (self, client, user, error)))
    {
      torg_store_rollback (self);
      g_set_str (&self->user, before);
      return FALSE;
    }
  if (!torg_store_commit (self, error))
    {
      g_set_str (&self->user, before);
      return FALSE;
    }
  self->local = FALSE;
  return TRUE;
}

/**
 * torg_store_dup_server_user:
 *
 * Tells who signs in at the server: the replica's user, who is somebody else until what was here before is adopted.
 *
 * Returns: (transfer full) (nullable): the id of a user
 */
char *
torg_store_dup_server_user (TorgStore *self)
{
  char *user = torg_state_get (self->db, "adopting_to");

  return user != NULL ? user : g_strdup (self->user);
}

/**
 * torg_store_is_local:
 *
 * Tells whether the replica belongs to no server.
 *
 * Returns: whether it does not
 */
gboolean
torg_store_is_local (TorgStore *self)
{
  return self->local;
}

/**
 * torg_store_get_state:
 * @name: `client`, `cursor`, `epoch`, `acked`, `server`, `label` or `drafts`
 *
 * Tells what the replica knows of its sync.
 *
 * Returns: (transfer full) (nullable): a text
 */
char *
torg_store_get_state (TorgStore *self, const char *name)
{
  return torg_state_get (self->db, name);
}

/**
 * torg_store_set_state:
 * @name: see [method@Store.get_state]
 * @value: (nullable): a text
 * @error: place for an error
 *
 * Keeps what the replica is to know of its sync.
 *
 * Returns: whether that was saved
 */
gboolean
torg_store_set_state (TorgStore *self, const char *name, const char *value, GError **error)
{
  return torg_state_set (self->db, name, value, error);
}

static gint64
get_state_int (TorgStore *self, const char *name)
{
  g_autofree char *text = torg_state_get (self->db, name);

  return text != NULL ? g_ascii_strtoll (text, NULL, 10) : 0;
}

static gboolean
set_state_int (TorgStore *self, const char *name, gint64 number, GError **error)
{
  g_autofree char *text = g_strdup_printf ("%" G_GINT64_FORMAT, number);

  return torg_state_set (self->db, name, text, error);
}

/* --- mutations ---------------------------------------------------------------------------------------------------- */

#define MUTATION_COLUMNS                                                                                               \
  "SELECT mutation, client_seq, group_id, op, command, type, id, base_seq, fields, edited_at, schema, import, rid "    \
  "FROM outbox "

static TorgWireMutation *
read_mutation (TorgStatement *statement)
{
  TorgWireMutation *mutation = torg_wire_mutation_new ();
  JsonNode         *fields = json_from_string (torg_statement_get_text (statement, 8), NULL);

  mutation->id = torg_statement_dup_id (statement, 0);
  mutation->client_seq = torg_statement_get_int (statement, 1);
  mutation->group = torg_statement_dup_id (statement, 2);
  torg_wire_op_from_string (torg_statement_get_text (statement, 3), &mutation->op);
  mutation->command = g_strdup (torg_statement_get_text (statement, 4));
  mutation->type = g_strdup (torg_statement_get_text (statement, 5));
  mutation->record = torg_statement_dup_id (statement, 6);
  mutation->base_seq = MAX (torg_statement_get_int (statement, 7), 0);
  if (fields != NULL)
    {
      json_node_unref (mutation->fields);
      mutation->fields = fields;
    }
  mutation->edited_at = torg_statement_get_int (statement, 9);
  mutation->schema = (int) torg_statement_get_int (statement, 10);
  mutation->import = g_strdup (torg_statement_get_text (statement, 11));
  return mutation;
}

typedef struct
{
  gint64 rid;
  gint64 length; /* bytes of it as JSON, at most */
} Waiting;

/* Bytes of a mutation without its fields, at most. */
#define ENVELOPE 600

/* @waiting: (nullable): takes a #Waiting of each */
static GPtrArray *
read_mutations (TorgStatement *statement, GArray *waiting, GError **error)
{
  g_autoptr (GPtrArray) mutations = g_ptr_array_new_with_free_func ((GDestroyNotify) torg_wire_mutation_free);
  gboolean row;

  for (;;)
    {
      Waiting one;

      if (!torg_statement_step (statement, &row, error))
        return NULL;
      if (!row)
        return g_steal_pointer (&mutations);
      g_ptr_array_add (mutations, read_mutation (statement));
      one.rid = torg_statement_get_int (statement, 12);
      one.length = (gint64) strlen (torg_statement_get_text (statement, 8)) + ENVELOPE;
      if (waiting != NULL)
        g_array_append_val (waiting, one);
    }
}

/* As many whole groups as one question holds, at least one; a group that no question holds is divided. @most: bytes */
static guint
cut_batch (GPtrArray *mutations, GArray *waiting, gint64 most)
{
  guint  fits = 0, whole = 0;
  gint64 length = 0;

  for (guint i = 0; i < mutations->len && i < TORG_WIRE_MAX_BATCH; i++)
    {
      TorgWireMutation *mutation = mutations->pdata[i];
      TorgWireMutation *next = i + 1 < mutations->len ? mutations->pdata[i + 1] : NULL;

      length += g_array_index (waiting, Waiting, i).length;
      if ((i > 0 && length > most) || (whole > 0 && length > TORG_WIRE_BATCH_BYTES))
        break;
      fits = i + 1;
      if (next == NULL || !g_str_equal (mutation->group, next->group))
        whole = fits;
    }
  return whole > 0 ? whole : fits;
}

static gboolean
number_batch (TorgStore *self, GPtrArray *mutations, GArray *waiting, GError **error)
{
  gint64 last = get_state_int (self, "client_seq");
  g_autoptr (TorgStatement) statement =
    torg_db_prepare (self->db, "UPDATE outbox SET client_seq = ?2 WHERE rid = ?1", error);

  if (statement == NULL)
    return FALSE;
  for (guint i = 0; i < mutations->len; i++)
    {
      TorgWireMutation *mutation = mutations->pdata[i];

      if (mutation->client_seq != 0)
        continue;
      mutation->client_seq = ++last;
      torg_statement_bind_int (statement, 1, g_array_index (waiting, Waiting, i).rid);
      torg_statement_bind_int (statement, 2, last);
      if (!torg_statement_run (statement, error))
        return FALSE;
    }
  return set_state_int (self, "client_seq", last, error);
}

/**
 * torg_store_build_batch:
 * @error: place for a %TORG_STORE_ERROR
 *
 * Builds the next batch to be sent: the oldest mutations, in whole groups. Each gets its number before it is sent, on
 * the disk; from then on it counts as tried.
 *
 * Returns: (transfer full) (element-type TorgWireMutation) (nullable): the mutations, none where all is acknowledged
 */
GPtrArray *
torg_store_build_batch (TorgStore *self, GError **error)
{
  g_autoptr (TorgStatement) statement = NULL;
  g_autoptr (GArray) waiting = g_array_new (FALSE, FALSE, sizeof (Waiting));
  g_autoptr (GPtrArray) mutations = NULL;
  /* What stands before this server may take less than the server. */
  gint64 most = get_state_int (self, "batch_bytes");

  if (!torg_store_begin (self, error))
    return NULL;
  statement = torg_db_prepare (
    self->db,
    MUTATION_COLUMNS "WHERE cascade IS NULL AND coalesce(client_seq, 0) NOT BETWEEN 1 AND ?2 ORDER BY rid LIMIT ?1",
    error);
  if (statement != NULL)
    {
      torg_statement_bind_int (statement, 1, TORG_WIRE_MAX_BATCH + 1);
      torg_statement_bind_int (statement, 2, get_state_int (self, "delivered"));
      mutations = read_mutations (statement, waiting, error);
    }
  g_clear_pointer (&statement, torg_statement_release);
  if (mutations != NULL)
    g_ptr_array_set_size (mutations, (int) cut_batch (mutations, waiting, most > 0 ? most : TORG_WIRE_GROUP_BYTES));
  if (mutations == NULL || !number_batch (self, mutations, waiting, error))
    {
      torg_store_rollback (self);
      return NULL;
    }
  return torg_store_commit (self, error) ? g_steal_pointer (&mutations) : NULL;
}

/**
 * torg_store_set_delivered:
 * @client_seq: a number that was given to a mutation
 * @error: place for a %TORG_STORE_ERROR
 *
 * Says that the server has taken mutations up to a number, although what became of them cannot come yet. They are not
 * sent again until the next answer.
 *
 * Returns: whether that was saved
 */
gboolean
torg_store_set_delivered (TorgStore *self, gint64 client_seq, GError **error)
{
  return set_state_int (self, "delivered", client_seq, error);
}

/**
 * torg_store_count_unsent:
 *
 * Counts the edits that the server has not acknowledged; while what was here before the replica was connected is still
 * to be sent, those of the server's records, and all records that the server does not have.
 *
 * Returns: how many mutations
 */
gint64
torg_store_count_unsent (TorgStore *self)
{
  gint64 n = 0;

  if (torg_store_is_adopting (self))
    {
      torg_db_get_int (self->db, "SELECT count(*) FROM outbox WHERE cascade IS NULL AND base_seq > 0", &n, NULL);
      return n + torg_adopt_count (self);
    }
  torg_db_get_int (self->db, "SELECT count(*) FROM outbox WHERE cascade IS NULL", &n, NULL);
  return n;
}

/**
 * torg_store_get_edit_mark:
 *
 * Gives a number that rises with each edit that is to be sent, and each one that the server does not take.
 *
 * Returns: the number
 */
gint64
torg_store_get_edit_mark (TorgStore *self)
{
  gint64 mark = 0;

  torg_db_get_int (self->db, "SELECT coalesce(sum(seq), 0) FROM sqlite_sequence WHERE name IN ('outbox', 'attention')",
                   &mark, NULL);
  return mark;
}

/**
 * torg_store_list_unsent:
 * @id: (nullable): only those of this record
 * @error: place for an error
 *
 * Lists what the server has not acknowledged.
 *
 * Returns: (transfer full) (element-type TorgWireMutation) (nullable): the oldest first
 */
GPtrArray *
torg_store_list_unsent (TorgStore *self, const char *id, GError **error)
{
  g_autoptr (TorgStatement) statement =
    torg_db_prepare (self->db,
                     id != NULL ? MUTATION_COLUMNS "WHERE id = ?1 AND cascade IS NULL ORDER BY rid"
                                : MUTATION_COLUMNS "WHERE cascade IS NULL ORDER BY rid",
                     error);

  if (statement == NULL)
    return NULL;
  if (id != NULL)
    torg_statement_bind_id (statement, 1, id);
  return read_mutations (statement, NULL, error);
}

/**
 * torg_store_find_unsent:
 * @id: a mutation's id
 * @mutation: (out) (nullable): the mutation, unless it is acknowledged already
 * @error: place for an error
 *
 * Finds a mutation that the server has not acknowledged.
 *
 * Returns: whether that worked
 */
gboolean
torg_store_find_unsent (TorgStore *self, const char *id, TorgWireMutation **mutation, GError **error)
{
  g_autoptr (TorgStatement) statement = torg_db_prepare (self->db, MUTATION_COLUMNS "WHERE mutation = ?1", error);
  gboolean row;

  *mutation = NULL;
  if (statement == NULL)
    return FALSE;
  torg_statement_bind_id (statement, 1, id);
  if (!torg_statement_step (statement, &row, error))
    return FALSE;
  if (row)
    *mutation = read_mutation (statement);
  return TRUE;
}

/* The clock here may be wrong by years, or be set in between: what was sent is dated by the server's, which only goes
 * on. Exact to the hour, so that a sync that brings nothing writes nothing. */
static gboolean
note_time (TorgStore *self, gint64 time, gint64 *now, GError **error)
{
  gint64 known = get_state_int (self, "server_time");

  if (time == 0 && known == 0)
    time = torg_env_get_now (self->env);
  *now = MAX (time, known);
  return *now - known < G_TIME_SPAN_HOUR || set_state_int (self, "server_time", *now, error);
}

static gboolean
forget_old_sent (TorgStore *self, gint64 now, GError **error)
{
  g_autoptr (TorgStatement) statement = torg_db_prepare (self->db, "DELETE FROM sent WHERE at < ?1 AND at > 0", error);

  if (statement == NULL)
    return FALSE;
  torg_statement_bind_int (statement, 1, now - KEEP_SENT_DAYS * G_TIME_SPAN_DAY);
  return torg_statement_run (statement, error);
}

/**
 * torg_store_date_sent:
 * @time: microseconds UTC by the server's clock; 0 where it does not say
 * @error: place for a %TORG_STORE_ERROR
 *
 * Dates what was acknowledged in this transaction, and forgets what was so long ago that the server does not know it
 * again either.
 *
 * Returns: whether that worked
 */
gboolean
torg_store_date_sent (TorgStore *self, gint64 time, GError **error)
{
  g_autoptr (TorgStatement) statement = torg_db_prepare (self->db, "UPDATE sent SET at = ?1 WHERE at = 0", error);
  gint64 now;

  if (statement == NULL || !note_time (self, time, &now, error))
    return FALSE;
  torg_statement_bind_int (statement, 1, now);
  return torg_statement_run (statement, error) && forget_old_sent (self, now, error);
}

/**
 * torg_store_acknowledge:
 * @mutation: a mutation that the server has answered
 * @taken: whether the server has taken it; what it rejected is for the user, and is not sent again
 * @error: place for an error
 *
 * Takes a mutation out of the outbox; if it was taken, it is kept for some time, for a server that forgets it. In a
 * transaction, that ends with [method@Store.date_sent].
 *
 * Returns: whether that worked
 */
gboolean
torg_store_acknowledge (TorgStore *self, TorgWireMutation *mutation, gboolean taken, GError **error)
{
  g_autoptr (JsonNode) node = torg_wire_mutation_to_json (mutation);
  g_autofree char *body = json_to_string (node, FALSE);
  g_autoptr (TorgStatement) keep =
    torg_db_prepare (self->db, "INSERT OR REPLACE INTO sent VALUES (?1, ?2, ?3, ?4)", error);
  g_autoptr (TorgStatement) remove = torg_db_prepare (self->db, "DELETE FROM outbox WHERE mutation = ?1", error);

  if (keep == NULL || remove == NULL)
    return FALSE;
  torg_statement_bind_id (keep, 1, mutation->id);
  torg_statement_bind_id (keep, 2, mutation->record);
  torg_statement_bind_text (keep, 3, body);
  torg_statement_bind_int (keep, 4, 0);
  torg_statement_bind_id (remove, 1, mutation->id);
  return (!taken || torg_statement_run (keep, error)) && torg_statement_run (remove, error);
}

static char *
strip_bases (TorgStore *self, const char *body)
{
  g_autoptr (JsonNode) root = json_from_string (body, NULL);
  const char *type;
  JsonObject *fields = root != NULL && JSON_NODE_HOLDS_OBJECT (root)
                         ? json_object_get_object_member (json_node_get_object (root), "fields")
                         : NULL;

  if (fields == NULL)
    return g_strdup (body);
  type = json_object_get_string_member_with_default (json_node_get_object (root), "type", NULL);
  torg_wire_strip_bases (fields, torg_schema_find (self->schema, type));
  return json_to_string (root, FALSE);
}

/**
 * torg_store_strip_sent:
 * @record: a record that the user may not see any more
 * @error: place for an error
 *
 * Takes what others had written out of the mutations that are kept for a server that forgets; what the user wrote
 * stays.
 *
 * Returns: whether that worked
 */
gboolean
torg_store_strip_sent (TorgStore *self, const char *record, GError **error)
{
  g_autoptr (TorgStatement) list =
    torg_db_prepare (self->db, "SELECT mutation, body FROM sent WHERE record = ?1", error);
  g_autoptr (TorgStatement) update = torg_db_prepare (self->db, "UPDATE sent SET body = ?2 WHERE mutation = ?1", error);
  gboolean row;

  if (list == NULL || update == NULL)
    return FALSE;
  torg_statement_bind_id (list, 1, record);
  for (;;)
    {
      g_autofree char *id = NULL;
      g_autofree char *body = NULL;

      if (!torg_statement_step (list, &row, error))
        return FALSE;
      if (!row)
        return TRUE;
      id = torg_statement_dup_id (list, 0);
      body = strip_bases (self, torg_statement_get_text (list, 1));
      torg_statement_bind_id (update, 1, id);
      torg_statement_bind_text (update, 2, body);
      if (!torg_statement_run (update, error))
        return FALSE;
    }
}

/* --- a server that forgot, or another one ------------------------------------------------------------------------- */

/*
 * Puts what was acknowledged before what is not, in its order. All of it may have come to the server, from here or from
 * the copy that this replica was restored from: with a number of 0 it counts as tried and is numbered again.
 */
static gboolean
requeue_sent (TorgStore *self, gint64 time, GError **error)
{
  /* What is older the server does not know again. */
  if (!torg_store_date_sent (self, time, error))
    return FALSE;
  if (torg_seeded_bug ("forgotten-not-resent"))
    return torg_db_exec (self->db, "UPDATE outbox SET client_seq = 0", error);
  return torg_db_exec (
    self->db,
    "INSERT OR IGNORE INTO outbox (rid, mutation, group_id, op, command, type, id, base_seq, fields, edited_at, "
    "schema, "
    "import) SELECT (SELECT coalesce(min(rid), 1) FROM outbox) - row_number () OVER (ORDER BY at DESC, "
    "json_extract(body, '$.client_seq') DESC), mutation, unhex(replace(json_extract(body, '$.group_id'), '-', '')), "
    "json_extract(body, '$.op'), json_extract(body, '$.command'), json_extract(body, '$.type'), record, "
    "json_extract(body, '$.base_seq'), "
    "json_extract(body, '$.fields'), json_extract(body, '$.edited_at'), json_extract(body, '$.schema'), "
    "json_extract(body, '$.import') FROM sent; DELETE FROM sent; UPDATE outbox SET client_seq = 0",
    error);
}

static gboolean
renew (TorgStore *self, gint64 time, GError **error)
{
  g_autofree char *client = torg_env_make_id (self->env);

  return torg_state_set (self->db, "client", client, error) && set_state_int (self, "client_seq", 0, error) &&
         set_state_int (self, "acked", 0, error) && torg_state_set (self->db, "delivered", NULL, error) &&
         requeue_sent (self, time, error) && torg_file_table_requeue (self, error);
}

/**
 * torg_store_renew_client:
 * @time: microseconds UTC by the server's clock; 0 where it does not say
 * @error: place for an error
 *
 * Gives the replica a new id at the server, since the server knows less of it than it should, or another copy of the
 * replica uses the old one. What was acknowledged lately is sent again: the server knows each mutation by its id.
 *
 * Returns: whether that worked
 */
gboolean
torg_store_renew_client (TorgStore *self, gint64 time, GError **error)
{
  if (!torg_store_begin (self, error))
    return FALSE;
  if (!renew (self, time, error))
    {
      torg_store_rollback (self);
      return FALSE;
    }
  return torg_store_commit (self, error);
}

static gboolean
mark_old (TorgStore *self, GError **error)
{
  for (guint i = 0; i < torg_schema_get_n_types (self->schema); i++)
    {
      const char *name = torg_schema_nth (self->schema, i)->info->name;
      g_autoptr (GString) sql = g_string_new ("UPDATE \"");

      g_string_append_printf (sql,
                              "%s\" SET seq = CASE WHEN id IN (SELECT id FROM outbox WHERE op = 'create') THEN 0 "
                              "ELSE -1 END WHERE seq > 0",
                              name);
      if (!torg_db_exec (self->db, sql->str, error))
        return FALSE;
    }
  return (!torg_seeded_bug ("old-numbers-kept") ||
          torg_db_exec (self->db, "UPDATE company SET seq = 100000 WHERE seq < 0", error)) &&
         torg_db_exec (self->db,
                       "DELETE FROM shadow WHERE id IN (SELECT id FROM outbox WHERE op = 'create');"
                       "UPDATE shadow SET record = json_set(record, '$.seq', -1)",
                       error) &&
         torg_state_set (self->db, "cursor", NULL, error) && torg_state_set (self->db, "rebuilding", "1", error);
}

/**
 * torg_store_begin_rebuild:
 * @error: place for an error
 *
 * Lets the server send everything anew: the sequence numbers that are known mean nothing any more. The rows stay to be
 * used; those that do not come again are removed when all is there. Mutations that wait stay on top; what one of them
 * creates counts as never seen by the server.
 *
 * Returns: whether that worked
 */
gboolean
torg_store_begin_rebuild (TorgStore *self, GError **error)
{
  if (!torg_store_begin (self, error))
    return FALSE;
  if (!mark_old (self, error))
    {
      torg_store_rollback (self);
      return FALSE;
    }
  return torg_store_commit (self, error);
}

/**
 * torg_store_begin_new_life:
 * @time: microseconds UTC by the server's clock; 0 where it does not say
 * @error: place for an error
 *
 * Does what [method@Store.renew_client] and [method@Store.begin_rebuild] do, for a server that was restored. Deletions
 * that wait were meant for what its old life had: by the first number of all, what anybody else changes or has changed
 * counts as newer, and is asked about.
 *
 * Returns: whether that worked
 */
gboolean
torg_store_begin_new_life (TorgStore *self, gint64 time, GError **error)
{
  if (!torg_store_begin (self, error))
    return FALSE;
  if (!renew (self, time, error) || !mark_old (self, error) ||
      !torg_db_exec (self->db, "UPDATE outbox SET base_seq = 1 WHERE op = 'delete'", error))
    {
      torg_store_rollback (self);
      return FALSE;
    }
  return torg_store_commit (self, error);
}

/* --- whether all is there ------------------------------------------------------------------------------------------
 */

static gboolean
add_type (TorgStore *self, const TorgType *type, TorgDigest *digest, GError **error)
{
  g_autoptr (GString) sql = g_string_new ("SELECT id, seq FROM \"");
  g_autoptr (TorgStatement) statement = NULL;
  gboolean row;

  g_string_append_printf (sql, "%s\" WHERE seq > 0", type->info->name);
  statement = torg_db_prepare (self->db, sql->str, error);
  if (statement == NULL)
    return FALSE;
  for (;;)
    {
      guint8 id[16];

      if (!torg_statement_step (statement, &row, error))
        return FALSE;
      if (!row)
        return TRUE;
      if (torg_statement_read_id (statement, 0, id))
        torg_digest_add (digest, id, torg_statement_get_int (statement, 1));
    }
}

/**
 * torg_store_digest:
 * @digest: (out caller-allocates): the digest
 * @error: place for a %TORG_STORE_ERROR
 *
 * Sums up which of the server's records the replica has, and in which state.
 *
 * Returns: whether that worked
 */
gboolean
torg_store_digest (TorgStore *self, TorgDigest *digest, GError **error)
{
  memset (digest, 0, sizeof *digest);
  for (guint i = 0; i < torg_schema_get_n_types (self->schema); i++)
    if (!add_type (self, torg_schema_nth (self->schema, i), digest, error))
      return FALSE;
  return TRUE;
}

/**
 * torg_store_set_verified:
 * @error: place for a %TORG_STORE_ERROR
 *
 * Notes that the replica was compared with its server just now.
 *
 * Returns: whether that was saved
 */
gboolean
torg_store_set_verified (TorgStore *self, GError **error)
{
  return set_state_int (self, "verified", torg_env_get_now (self->env), error);
}

/* --- what the server did not take --------------------------------------------------------------------------------- */

/**
 * torg_attention_free:
 * @self: (transfer full): a change
 *
 * Frees a change that was not taken.
 */
void
torg_attention_free (TorgAttention *self)
{
  g_clear_pointer (&self->mutation, torg_wire_mutation_free);
  g_free (self->code);
  g_free (self->detail);
  g_free (self);
}

/**
 * torg_store_add_attention:
 * @mutation: what was to be done
 * @code: why it was not
 * @detail: (nullable): the field or record that it is about
 * @error: place for an error
 *
 * Keeps a change that the server did not take, with its whole content.
 *
 * Returns: whether it is kept
 */
gboolean
torg_store_add_attention (TorgStore        *self,
                          TorgWireMutation *mutation,
                          const char       *code,
                          const char       *detail,
                          GError          **error)
{
  g_autoptr (JsonNode) node = torg_wire_mutation_to_json (mutation);
  g_autofree char *body = json_to_string (node, FALSE);
  g_autoptr (TorgStatement) statement =
    torg_db_prepare (self->db, "INSERT INTO attention (mutation, code, detail, at) VALUES (?1, ?2, ?3, ?4)", error);

  if (statement == NULL)
    return FALSE;
  torg_statement_bind_text (statement, 1, body);
  torg_statement_bind_text (statement, 2, code);
  torg_statement_bind_text (statement, 3, detail);
  torg_statement_bind_int (statement, 4, torg_env_get_now (self->env));
  return torg_statement_run (statement, error);
}

/* Drops what is kept of a change. @id: of the mutation */
gboolean
torg_store_forget_attention (TorgStore *self, const char *id, GError **error)
{
  g_autoptr (TorgStatement) statement =
    torg_db_prepare (self->db, "DELETE FROM attention WHERE json_extract (mutation, '$.mutation_id') = ?1", error);

  if (statement == NULL)
    return FALSE;
  torg_statement_bind_text (statement, 1, id);
  return torg_statement_run (statement, error);
}

/**
 * torg_store_list_attention:
 * @error: place for an error
 *
 * Lists the changes that the server did not take.
 *
 * Returns: (transfer full) (element-type TorgAttention) (nullable): the newest first
 */
GPtrArray *
torg_store_list_attention (TorgStore *self, GError **error)
{
  g_autoptr (GPtrArray) list = g_ptr_array_new_with_free_func ((GDestroyNotify) torg_attention_free);
  g_autoptr (TorgStatement) statement =
    torg_db_prepare (self->db, "SELECT rid, mutation, code, detail, at FROM attention ORDER BY rid DESC", error);
  gboolean row;

  if (statement == NULL)
    return NULL;
  for (;;)
    {
      g_autoptr (JsonNode) node = NULL;
      g_autoptr (TorgAttention) item = g_new0 (TorgAttention, 1);

      if (!torg_statement_step (statement, &row, error))
        return NULL;
      if (!row)
        return g_steal_pointer (&list);
      node = json_from_string (torg_statement_get_text (statement, 1), NULL);
      item->mutation = torg_wire_mutation_from_json (node, NULL);
      item->rowid = torg_statement_get_int (statement, 0);
      item->code = g_strdup (torg_statement_get_text (statement, 2));
      item->detail = g_strdup (torg_statement_get_text (statement, 3));
      item->at = torg_statement_get_int (statement, 4);
      if (item->mutation != NULL)
        g_ptr_array_add (list, g_steal_pointer (&item));
    }
}

/**
 * torg_store_count_attention:
 *
 * Counts what waits for the user: the differences that are theirs to settle, and the changes that the server did not
 * take.
 *
 * Returns: how many
 */
guint
torg_store_count_attention (TorgStore *self)
{
  g_autoptr (GPtrArray) differences = torg_store_list_differences (self, NULL);
  g_autoptr (GPtrArray) rejected = torg_store_list_attention (self, NULL);

  return (differences != NULL ? differences->len : 0) + (rejected != NULL ? rejected->len : 0);
}

/**
 * torg_store_drop_attention:
 * @rowid: its place
 * @error: place for an error
 *
 * Removes a change that the user has decided about.
 *
 * Returns: whether that worked
 */
gboolean
torg_store_drop_attention (TorgStore *self, gint64 rowid, GError **error)
{
  g_autoptr (TorgStatement) statement = torg_db_prepare (self->db, "DELETE FROM attention WHERE rid = ?1", error);

  if (statement == NULL)
    return FALSE;
  torg_statement_bind_int (statement, 1, rowid);
  return torg_statement_run (statement, error);
}
