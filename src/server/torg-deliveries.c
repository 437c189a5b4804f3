/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "torg-server"

#include "config.h"

#include "torg-sight.h"
#include "torg-deliveries.h"

#include <math.h>
#include <string.h>

/*
 * Addresses that are told of changes. Nothing is written for them where a record is: each webhook knows the last commit
 * that it was told of, and from there the changes are gone through, in their order, and become deliveries. A delivery
 * is taken for a while by one process and sent; where that is not known to have worked it is taken again, so that it
 * comes at least once. A record is sent as it is then, as the webhook's owner sees it then.
 */

/* Commits that are gone through in one transaction. */
#define COMMITS 50
/* How long a process may take to send what it took, in seconds. */
#define LEASE (2 * 60)
/* Between two attempts, in seconds: at first, and at most. */
#define FIRST_WAIT 2
#define LONGEST_WAIT (4 * 60 * 60)
/* After this no attempt is made. */
#define GIVE_UP (3 * G_TIME_SPAN_DAY)
/* How long the log goes back. */
#define KEEP (30 * G_TIME_SPAN_DAY)

/* Of a webhook h whose owner has not left: the others rest until somebody is given them, and are told then. */
#define AT_WORK                                                                                                        \
  "EXISTS (SELECT 1 FROM \"user\" u WHERE u.workspace = h.workspace AND u.id = h.user_id AND u.deleted IS NULL AND "   \
  "u.disabled IS NULL)"

static gint64
get_now (TorgServerStore *store)
{
  return torg_env_get_now (torg_server_store_get_env (store));
}

/* Rows that another process works on are left to it; SQLite has one. */
static char *
with_lock (TorgServerStore *store, const char *sql)
{
  gboolean postgresql = torg_db_get_dialect (torg_server_store_get_db (store)) == TORG_DIALECT_POSTGRESQL;
  g_autoptr (GString) text = g_string_new (sql);

  g_string_replace (text, "{lock}", postgresql ? "FOR UPDATE SKIP LOCKED" : "", 0);
  return g_strdup (text->str);
}

static void
delivery_free (gpointer data)
{
  TorgDelivery *self = data;

  g_free (self->id);
  g_free (self->webhook);
  g_free (self->url);
  g_free (self->secret);
  g_free (self->body);
  g_free (self->event);
  g_free (self->type);
  g_free (self->record);
  g_free (self->state);
  g_free (self->error);
  g_free (self);
}

static TorgDelivery *
read_delivery (TorgStatement *statement)
{
  TorgDelivery *self = g_new0 (TorgDelivery, 1);

  self->id = torg_statement_dup_id (statement, 0);
  self->webhook = torg_statement_dup_id (statement, 1);
  self->seq = torg_statement_get_int (statement, 2);
  self->event = g_strdup (torg_statement_get_text (statement, 3));
  self->type = g_strdup (torg_statement_get_text (statement, 4));
  self->record = torg_statement_dup_id (statement, 5);
  self->state = g_strdup (torg_statement_get_text (statement, 6));
  self->tries = torg_statement_get_int (statement, 7);
  self->status = torg_statement_get_int (statement, 8);
  self->error = g_strdup (torg_statement_get_text (statement, 9));
  self->created = torg_statement_get_int (statement, 10);
  self->next = torg_statement_get_int (statement, 11);
  return self;
}

#define DELIVERY "id, webhook, seq, event, type, record, state, tries, status, error, created, next_at"

static GPtrArray *
read_deliveries (TorgStatement *statement, GError **error)
{
  g_autoptr (GPtrArray) list = g_ptr_array_new_with_free_func (delivery_free);
  gboolean row;

  for (;;)
    {
      if (!torg_statement_step (statement, &row, error))
        return NULL;
      if (!row)
        return g_steal_pointer (&list);
      g_ptr_array_add (list, read_delivery (statement));
    }
}

/**
 * torg_deliveries_list:
 * @store: a connection
 * @webhook: a webhook's id
 * @before: (nullable): the id of the last delivery of the page before
 * @limit: how many at most
 * @error: place for a %TORG_STORE_ERROR
 *
 * Lists what a webhook was told, or is to be, the newest first.
 *
 * Returns: (transfer full) (element-type TorgDelivery) (nullable): deliveries without their content
 */
GPtrArray *
torg_deliveries_list (TorgServerStore *store, const char *webhook, const char *before, guint limit, GError **error)
{
  g_autoptr (TorgStatement) statement = torg_server_store_prepare (
    store,
    before != NULL ? "SELECT " DELIVERY " FROM delivery WHERE workspace = ?1 AND webhook = ?2 AND id < ?4 "
                     "ORDER BY id DESC LIMIT ?3"
                   : "SELECT " DELIVERY " FROM delivery WHERE workspace = ?1 AND webhook = ?2 "
                     "ORDER BY id DESC LIMIT ?3",
    error);

  if (statement == NULL)
    return NULL;
  torg_statement_bind_id (statement, 2, webhook);
  torg_statement_bind_int (statement, 3, limit);
  if (before != NULL)
    torg_statement_bind_id (statement, 4, before);
  return read_deliveries (statement, error);
}

/* --- from changes to deliveries ----------------------------------------------------------------------------------- */

typedef struct
{
  TorgServerStore *store;
  char            *id;     /* (owned) */
  GStrv            types;  /* (owned): empty for all */
  GStrv            events; /* (owned) */
  TorgSight       *sight;  /* (owned) */
  gint64           seq;    /* the last commit that was gone through */
} Expansion;

static void
expansion_clear (Expansion *self)
{
  g_free (self->id);
  g_strfreev (self->types);
  g_strfreev (self->events);
  g_clear_pointer (&self->sight, torg_sight_free);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Expansion, expansion_clear)

/* What it is to whoever sees the record before, after, or both. NULL for nothing. A record that changed again since is
 * told of again, so that what it is now is said by its last change. */
static const char *
name_event (Expansion *self, TorgRecord *record, gint64 seq, const char *keys_before, const char *keys_after)
{
  gboolean before = torg_sight_sees (self->sight, keys_before), after = torg_sight_sees (self->sight, keys_after);

  if ((!before && !after) || torg_sight_hides_line (self->sight, record))
    return NULL;
  if (!after || (torg_record_get_seq (record) == seq && torg_record_get_deleted (record) != 0))
    return before ? "deleted" : NULL;
  return before ? "changed" : "created";
}

static gboolean
is_wanted (Expansion *self, const char *type)
{
  if (self->types[0] != NULL && *self->types[0] != '\0')
    return g_strv_contains ((const char *const *) self->types, type);
  /* Each change makes lines of these. */
  return !g_str_equal (type, "history") && !g_str_equal (type, "conflict");
}

static gboolean
add_delivery (Expansion *self, const char *event, const char *type, const char *record, gint64 seq, GError **error)
{
  g_autofree char *id = torg_env_make_id (torg_server_store_get_env (self->store));
  gint64           now = get_now (self->store);
  g_autoptr (TorgStatement) statement = torg_server_store_prepare (
    self->store,
    "INSERT INTO delivery (workspace, id, webhook, seq, event, type, record, state, tries, created, next_at) "
    "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, 'waiting', 0, ?8, ?8)",
    error);

  if (statement == NULL)
    return FALSE;
  torg_statement_bind_id (statement, 2, id);
  torg_statement_bind_id (statement, 3, self->id);
  torg_statement_bind_int (statement, 4, seq);
  torg_statement_bind_text (statement, 5, event);
  torg_statement_bind_text (statement, 6, type);
  torg_statement_bind_id (statement, 7, record);
  torg_statement_bind_int (statement, 8, now);
  return torg_statement_run (statement, error);
}

static gboolean
expand_change (Expansion *self, TorgStatement *change, GError **error)
{
  gint64           seq = torg_statement_get_int (change, 0);
  const char      *name = torg_statement_get_text (change, 1);
  const TorgType  *type = torg_schema_find (torg_server_store_get_schema (self->store), name);
  g_autofree char *id = torg_statement_dup_id (change, 2);
  g_autoptr (TorgRecord) record = NULL;
  const char *event;

  if (type == NULL || !is_wanted (self, name))
    return TRUE;
  if (!torg_server_store_load (self->store, type, id, FALSE, &record, NULL, error))
    return FALSE;
  event = record != NULL
            ? name_event (self, record, seq, torg_statement_get_text (change, 3), torg_statement_get_text (change, 4))
            : NULL;
  return event == NULL || !g_strv_contains ((const char *const *) self->events, event) ||
         add_delivery (self, event, name, id, seq, error);
}

static gboolean
expand_commits (Expansion *self, gint64 last, GError **error)
{
  g_autoptr (TorgStatement) changes = torg_server_store_prepare (
    self->store,
    "SELECT seq, type, id, keys_before, keys_after FROM change WHERE workspace = ?1 AND seq > ?2 AND "
    "seq <= ?3 ORDER BY seq, id",
    error);
  g_autoptr (TorgStatement) save = NULL;
  gboolean row;

  if (changes == NULL)
    return FALSE;
  torg_statement_bind_int (changes, 2, self->seq);
  torg_statement_bind_int (changes, 3, last);
  for (;;)
    {
      if (!torg_statement_step (changes, &row, error))
        return FALSE;
      if (!row)
        break;
      if (!expand_change (self, changes, error))
        return FALSE;
    }
  save = torg_server_store_prepare (self->store, "UPDATE webhook SET seq = ?3 WHERE workspace = ?1 AND id = ?2", error);
  if (save == NULL)
    return FALSE;
  torg_statement_bind_id (save, 2, self->id);
  torg_statement_bind_int (save, 3, last);
  return torg_statement_run (save, error);
}

/* The webhook that is farthest behind, of those that nobody else works on. */
static gboolean
find_behind (TorgServerStore *store, gint64 head, Expansion *expansion, gboolean *found, GError **error)
{
  g_autofree char *sql = with_lock (store, "SELECT id, user_id, types, events, seq FROM webhook h WHERE workspace = ?1 "
                                           "AND seq <> ?2 AND " AT_WORK " ORDER BY seq, id LIMIT 1 {lock}");
  g_autoptr (TorgStatement) statement = torg_server_store_prepare (store, sql, error);
  g_autofree char *user = NULL;

  if (statement == NULL)
    return FALSE;
  torg_statement_bind_int (statement, 2, head);
  if (!torg_statement_step (statement, found, error))
    return FALSE;
  if (!*found)
    return TRUE;
  expansion->store = store;
  expansion->id = torg_statement_dup_id (statement, 0);
  expansion->types = g_strsplit (torg_statement_get_text (statement, 2), ",", -1);
  expansion->events = g_strsplit (torg_statement_get_text (statement, 3), ",", -1);
  expansion->seq = torg_statement_get_int (statement, 4);
  user = torg_statement_dup_id (statement, 1);
  expansion->sight = torg_sight_new (store, user, error);
  return expansion->sight != NULL;
}

static gboolean
expand (TorgServerStore *store, gboolean *more, GError **error)
{
  g_auto (Expansion) expansion = { 0 };
  g_autofree char *tag = NULL, *epoch = NULL;
  gint64           head;

  if (!torg_server_store_load_schema (store, error) ||
      !torg_server_store_get_head (store, &head, &tag, &epoch, error) ||
      !find_behind (store, head, &expansion, more, error))
    return FALSE;
  if (!*more)
    return TRUE;
  /* A database that was restored knows less than the webhook was told of; what comes from now on is new to it. */
  expansion.seq = MIN (expansion.seq, head);
  return expand_commits (&expansion, MIN (head, expansion.seq + COMMITS), error);
}

/* Most of the time nothing is behind: that is seen without a transaction that writes. */
static gboolean
is_behind (TorgServerStore *store, gboolean *behind, GError **error)
{
  g_autoptr (TorgStatement) statement = torg_server_store_prepare (
    store,
    "SELECT 1 FROM webhook h JOIN workspace w ON w.id = h.workspace WHERE w.id = ?1 AND h.seq <> w.seq AND " AT_WORK
    " LIMIT 1",
    error);

  return statement != NULL && torg_statement_step (statement, behind, error);
}

/**
 * torg_deliveries_expand:
 * @store: a connection
 * @more: (out): whether there may be more to do at once
 * @error: place for a %TORG_STORE_ERROR
 *
 * Makes deliveries of some commits that a webhook was not told of.
 *
 * Returns: whether that worked
 */
gboolean
torg_deliveries_expand (TorgServerStore *store, gboolean *more, GError **error)
{
  *more = FALSE;
  if (!is_behind (store, more, error))
    return FALSE;
  if (!*more)
    return TRUE;
  return torg_db_begin (torg_server_store_get_db (store), error) &&
         torg_server_store_end (store, expand (store, more, error), error);
}

/* --- sending ------------------------------------------------------------------------------------------------------ */

/* The record as it is, and as the webhook's owner may see it; null for one that is not there for them. */
static JsonNode *
write_record (TorgServerStore *store, TorgSight *sight, TorgDelivery *delivery, GError **error)
{
  const TorgType *type = torg_schema_find (torg_server_store_get_schema (store), delivery->type);
  g_autoptr (TorgRecord) record = NULL;
  g_autofree char *keys = NULL;

  if (type != NULL && !torg_server_store_load (store, type, delivery->record, FALSE, &record, &keys, error))
    return NULL;
  if (record == NULL || torg_record_get_deleted (record) != 0 || !torg_sight_sees (sight, keys) ||
      torg_sight_hides_line (sight, record))
    return json_node_new (JSON_NODE_NULL);
  return torg_sight_write (sight, record);
}

static gboolean
write_body (TorgServerStore *store, TorgSight *sight, TorgDelivery *delivery, GError **error)
{
  JsonNode   *record = write_record (store, sight, delivery, error);
  JsonObject *object;
  g_autoptr (JsonNode) node = NULL;

  if (record == NULL)
    return FALSE;
  object = json_object_new ();
  json_object_set_string_member (object, "id", delivery->id);
  json_object_set_int_member (object, "seq", delivery->seq);
  json_object_set_string_member (object, "event", delivery->event);
  json_object_set_string_member (object, "type", delivery->type);
  json_object_set_string_member (object, "record_id", delivery->record);
  json_object_set_member (object, "record", record);
  node = json_node_new (JSON_NODE_OBJECT);
  json_node_take_object (node, object);
  delivery->body = json_to_string (node, FALSE);
  return TRUE;
}

/* @rests: whether nobody is there whose sight it would have */
static gboolean
complete (TorgServerStore *store, TorgDelivery *delivery, gboolean *rests, GError **error)
{
  g_autoptr (TorgStatement) statement = torg_server_store_prepare (
    store, "SELECT url, secret, user_id FROM webhook WHERE workspace = ?1 AND id = ?2", error);
  g_autoptr (TorgSight) sight = NULL;
  g_autofree char *user = NULL;
  gboolean         row;

  *rests = FALSE;
  if (statement == NULL)
    return FALSE;
  torg_statement_bind_id (statement, 2, delivery->webhook);
  if (!torg_statement_step (statement, &row, error))
    return FALSE;
  /* Removed meanwhile. */
  if (!row)
    return TRUE;
  delivery->url = g_strdup (torg_statement_get_text (statement, 0));
  delivery->secret = g_strdup (torg_statement_get_text (statement, 1));
  user = torg_statement_dup_id (statement, 2);
  sight = torg_sight_new (store, user, error);
  *rests = sight != NULL && torg_sight_is_gone (sight);
  return sight != NULL && write_body (store, sight, delivery, error);
}

/* What is not sent now is no attempt. */
static gboolean
put_off (TorgServerStore *store, TorgDelivery *delivery, GError **error)
{
  g_autoptr (TorgStatement) statement = torg_server_store_prepare (
    store, "UPDATE delivery SET tries = tries - 1, next_at = ?3 WHERE workspace = ?1 AND id = ?2", error);

  if (statement == NULL)
    return FALSE;
  torg_statement_bind_id (statement, 2, delivery->id);
  torg_statement_bind_int (statement, 3, get_now (store) + (gint64) LONGEST_WAIT * G_USEC_PER_SEC);
  return torg_statement_run (statement, error);
}

static gboolean
has_due (TorgServerStore *store, gboolean *due, GError **error)
{
  g_autoptr (TorgStatement) statement = torg_server_store_prepare (
    store, "SELECT 1 FROM delivery WHERE workspace = ?1 AND state = 'waiting' AND next_at <= ?2 LIMIT 1", error);

  if (statement == NULL)
    return FALSE;
  torg_statement_bind_int (statement, 2, get_now (store));
  return torg_statement_step (statement, due, error);
}

static GPtrArray *
claim (TorgServerStore *store, const char *webhook, guint limit, GError **error)
{
  g_autofree char *sql =
    with_lock (store, webhook != NULL
                        ? "UPDATE delivery SET tries = tries + 1, next_at = ?3 WHERE workspace = ?1 AND id IN (SELECT "
                          "id FROM delivery WHERE workspace = ?1 AND state = 'waiting' AND next_at <= ?2 AND webhook = "
                          "?5 ORDER BY next_at, id LIMIT ?4 {lock}) RETURNING " DELIVERY
                        : "UPDATE delivery SET tries = tries + 1, next_at = ?3 WHERE workspace = ?1 AND id IN (SELECT "
                          "id FROM delivery WHERE workspace = ?1 AND state = 'waiting' AND next_at <= ?2 ORDER BY "
                          "next_at, id LIMIT ?4 {lock}) RETURNING " DELIVERY);
  g_autoptr (TorgStatement) statement = torg_server_store_prepare (store, sql, error);
  g_autoptr (GPtrArray) list = NULL;

  if (statement == NULL)
    return NULL;
  torg_statement_bind_int (statement, 2, get_now (store));
  torg_statement_bind_int (statement, 3, get_now (store) + LEASE * G_USEC_PER_SEC);
  torg_statement_bind_int (statement, 4, limit);
  if (webhook != NULL)
    torg_statement_bind_id (statement, 5, webhook);
  list = read_deliveries (statement, error);
  if (list == NULL || !torg_server_store_load_schema (store, error))
    return NULL;
  for (guint i = list->len; i-- > 0;)
    {
      gboolean rests;

      if (!complete (store, list->pdata[i], &rests, error) || (rests && !put_off (store, list->pdata[i], error)))
        return NULL;
      if (rests)
        g_ptr_array_remove_index (list, i);
    }
  return g_steal_pointer (&list);
}

/**
 * torg_deliveries_list_due:
 * @store: a connection
 * @error: place for a %TORG_STORE_ERROR
 *
 * Lists whom something is to be sent to now.
 *
 * Returns: (transfer full) (element-type utf8) (nullable): ids of webhooks, who has waited longest first
 */
GPtrArray *
torg_deliveries_list_due (TorgServerStore *store, GError **error)
{
  g_autoptr (GPtrArray) list = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (TorgStatement) statement = torg_server_store_prepare (
    store,
    "SELECT id FROM (SELECT w.id, (SELECT min(d.next_at) FROM delivery d WHERE d.workspace = ?1 AND d.webhook = w.id "
    "AND d.state = 'waiting') AS first FROM webhook w WHERE w.workspace = ?1) AS due WHERE first <= ?2 ORDER BY first",
    error);
  gboolean row;

  if (statement == NULL)
    return NULL;
  torg_statement_bind_int (statement, 2, get_now (store));
  for (;;)
    {
      if (!torg_statement_step (statement, &row, error))
        return NULL;
      if (!row)
        return g_steal_pointer (&list);
      g_ptr_array_add (list, torg_statement_dup_id (statement, 0));
    }
}

/**
 * torg_deliveries_claim:
 * @store: a connection
 * @webhook: (nullable): the id of the webhook whose deliveries are taken; %NULL for those of all
 * @limit: how many at most
 * @error: place for a %TORG_STORE_ERROR
 *
 * Takes what is to be sent now. Nobody else does for a while, within which it is to be finished.
 *
 * Returns: (transfer full) (element-type TorgDelivery) (nullable): deliveries, those without an address of webhooks
 * that were removed
 */
GPtrArray *
torg_deliveries_claim (TorgServerStore *store, const char *webhook, guint limit, GError **error)
{
  g_autoptr (GPtrArray) list = NULL;
  gboolean due;

  if (!has_due (store, &due, error))
    return NULL;
  if (!due)
    return g_ptr_array_new_with_free_func (delivery_free);
  if (!torg_db_begin (torg_server_store_get_db (store), error))
    return NULL;
  list = claim (store, webhook, limit, error);
  return torg_server_store_end (store, list != NULL, error) ? g_steal_pointer (&list) : NULL;
}

/**
 * torg_deliveries_get_next:
 * @store: a connection
 * @at: (out): when something is due next, microseconds UTC; 0 for never
 * @error: place for a %TORG_STORE_ERROR
 *
 * Tells how long there is nothing to send.
 *
 * Returns: whether the database answered
 */
gboolean
torg_deliveries_get_next (TorgServerStore *store, gint64 *at, GError **error)
{
  g_autoptr (TorgStatement) statement = torg_server_store_prepare (
    store, "SELECT next_at FROM delivery WHERE workspace = ?1 AND state = 'waiting' ORDER BY next_at LIMIT 1", error);
  gboolean row;

  *at = 0;
  if (statement == NULL || !torg_statement_step (statement, &row, error))
    return FALSE;
  *at = row ? torg_statement_get_int (statement, 0) : 0;
  return TRUE;
}

/* Twice as long each time, and not for all at once. */
static gint64
make_wait (TorgServerStore *store, gint64 tries)
{
  double  wait = MIN (FIRST_WAIT * pow (2, (double) CLAMP (tries - 1, 0, 30)), LONGEST_WAIT);
  guint32 random;

  torg_env_fill_random (torg_server_store_get_env (store), (guint8 *) &random, sizeof random);
  return (gint64) (wait * (0.5 + (double) random / G_MAXUINT32) * G_USEC_PER_SEC);
}

/**
 * torg_deliveries_finish:
 * @store: a connection
 * @delivery: what was sent
 * @status: of HTTP; 0 for no answer
 * @reason: (nullable): why there was none
 * @error: place for a %TORG_STORE_ERROR
 *
 * Notes down what came of sending: done, to be sent again later, or given up after three days.
 *
 * Returns: whether that worked
 */
gboolean
torg_deliveries_finish (TorgServerStore *store,
                        TorgDelivery    *delivery,
                        guint            status,
                        const char      *reason,
                        GError         **error)
{
  gint64   now = get_now (store), wait = make_wait (store, delivery->tries);
  gboolean done = status >= 200 && status < 300, give_up = !done && now + wait - delivery->created > GIVE_UP;
  g_autoptr (TorgStatement) statement = torg_server_store_prepare (
    store, "UPDATE delivery SET state = ?3, status = ?4, error = ?5, next_at = ?6 WHERE workspace = ?1 AND id = ?2",
    error);

  if (statement == NULL)
    return FALSE;
  torg_statement_bind_id (statement, 2, delivery->id);
  torg_statement_bind_text (statement, 3, done ? "done" : give_up ? "failed" : "waiting");
  torg_statement_bind_int (statement, 4, status);
  torg_statement_bind_text (statement, 5, done ? NULL : reason);
  torg_statement_bind_int (statement, 6, done || give_up ? now : now + wait);
  if (give_up)
    g_message ("webhook %s: delivery %s is given up", delivery->webhook, delivery->id);
  return torg_statement_run (statement, error);
}

/**
 * torg_deliveries_forget_old:
 * @store: a connection
 * @error: place for a %TORG_STORE_ERROR
 *
 * Forgets what was sent or given up a month ago.
 *
 * Returns: whether that worked
 */
gboolean
torg_deliveries_forget_old (TorgServerStore *store, GError **error)
{
  g_autoptr (TorgStatement) statement = torg_server_store_prepare (
    store, "DELETE FROM delivery WHERE workspace = ?1 AND state <> 'waiting' AND created < ?2", error);

  if (statement == NULL)
    return FALSE;
  torg_statement_bind_int (statement, 2, get_now (store) - KEEP);
  return torg_statement_run (statement, error);
}

/**
 * torg_delivery_sign:
 * @secret: the webhook's secret
 * @seconds: the time of sending, seconds since 1970
 * @body: what is sent
 *
 * Signs what is sent: HMAC-SHA256 (RFC 2104) over `SECONDS.BODY`, so that nobody can send it again much later.
 *
 * Returns: (transfer full): `t=SECONDS,v1=HEX`
 */
char *
torg_delivery_sign (const char *secret, gint64 seconds, const char *body)
{
  g_autofree char *text = g_strdup_printf ("%" G_GINT64_FORMAT ".%s", seconds, body);
  g_autofree char *hmac =
    g_compute_hmac_for_string (G_CHECKSUM_SHA256, (const guchar *) secret, strlen (secret), text, -1);

  return g_strdup_printf ("t=%" G_GINT64_FORMAT ",v1=%s", seconds, hmac);
}
