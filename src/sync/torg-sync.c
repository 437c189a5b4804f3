/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "torg-sync"

#include "config.h"

#include "torg-digest.h"
#include "torg-incoming.h"
#include "torg-json.h"
#include "torg-lines.h"
#include "torg-seeded-bug.h"
#include "torg-sync-store.h"
#include "torg-sync.h"

#include <glib/gi18n-lib.h>
#include <json-glib/json-glib.h>
#include <string.h>

/*
 * The sync engine (DESIGN.md §3): sends the oldest mutations, then takes what changed; the answer to a batch comes with
 * the changes, in one transaction with the cursor. Each step may fail at any point and is tried again as it is.
 */

G_DEFINE_QUARK (torg - sync - error, torg_sync_error)

/* An answer that is a problem (RFC 9457); what stands before the server knows none. */
static JsonNode *
read_problem (GBytes *answer)
{
  gsize       length;
  const char *text = g_bytes_get_data (answer, &length);
  g_autoptr (JsonParser) parser = json_parser_new ();
  JsonNode *root;

  if (length == 0 || !json_parser_load_from_data (parser, text, (gssize) length, NULL))
    return NULL;
  root = json_parser_get_root (parser);
  return root != NULL && JSON_NODE_HOLDS_OBJECT (root) ? json_node_copy (root) : NULL;
}

static gboolean
is_problem (GBytes *answer, const char *code)
{
  g_autoptr (JsonNode) problem = read_problem (answer);

  return problem != NULL && g_strcmp0 (torg_json_get_text (json_node_get_object (problem), "code"), code) == 0;
}

/* The time at the server, 0 where it does not say. */
static gint64
get_time (GBytes *answer)
{
  g_autoptr (JsonNode) problem = read_problem (answer);

  return problem != NULL ? json_object_get_int_member_with_default (json_node_get_object (problem), "time", 0) : 0;
}

static gboolean
refuse (guint status, GBytes *answer, GError **error)
{
  if (status == 403 && is_problem (answer, "scope"))
    {
      g_set_error_literal (error, TORG_SYNC_ERROR, TORG_SYNC_ERROR_SIGN_IN,
                           _ ("This key may not be used for syncing. Ask your administrator for another one."));
      return FALSE;
    }
  if (status == 403 && is_problem (answer, "revoked"))
    {
      g_set_error_literal (error, TORG_SYNC_ERROR, TORG_SYNC_ERROR_SIGN_IN,
                           _ ("Your administrator has shut out this device. Sign in again, with a new key if you use "
                              "one; nothing is lost."));
      return FALSE;
    }
  switch (status)
    {
      case 401:
        g_set_error_literal (error, TORG_SYNC_ERROR, TORG_SYNC_ERROR_SIGN_IN,
                             _ ("The server does not know you any more. Sign in again; nothing is lost."));
        break;
      case 426:
        g_set_error_literal (error, TORG_SYNC_ERROR, TORG_SYNC_ERROR_TOO_OLD,
                             _ ("The server is newer than this Torg. Update Torg to go on; nothing is lost."));
        break;
      case 501:
        g_set_error_literal (error, TORG_SYNC_ERROR, TORG_SYNC_ERROR_TOO_OLD,
                             _ ("The server is older than this Torg. Ask your administrator to update it; nothing is "
                                "lost."));
        break;
      case 413:
        g_set_error_literal (error, TORG_SYNC_ERROR, TORG_SYNC_ERROR_TOO_LARGE,
                             _ ("One of your changes is larger than what the server, or a proxy before it, takes. Ask "
                                "your administrator to let requests of 16 MB pass; nothing is lost."));
        break;
      case 429:
      case 503:
        g_set_error_literal (error, TORG_SYNC_ERROR, TORG_SYNC_ERROR_OFFLINE,
                             _ ("The server is busy. Torg tries again by itself."));
        break;
      default:
        g_set_error (error, TORG_SYNC_ERROR, TORG_SYNC_ERROR_SERVER,
                     _ ("The server answered with error %u. Check its address, or ask your administrator."), status);
    }
  return FALSE;
}

/* How often a replica is given another id until an answer comes that needs none. */
#define MAX_RENEWALS 3

static gint64
get_number (TorgStore *store, const char *name)
{
  g_autofree char *text = torg_store_get_state (store, name);

  return text != NULL ? g_ascii_strtoll (text, NULL, 10) : 0;
}

static gboolean
set_number (TorgStore *store, const char *name, gint64 number, GError **error)
{
  g_autofree char *text = number != 0 ? g_strdup_printf ("%" G_GINT64_FORMAT, number) : NULL;

  return torg_store_set_state (store, name, text, error);
}

/* A server that takes no id at all must not be asked for ever; the next sync begins to count anew. */
static gboolean
renew_client (TorgStore *store, GBytes *answer, GError **error)
{
  gint64 n = get_number (store, "renewals");

  if (n < MAX_RENEWALS)
    return set_number (store, "renewals", n + 1, error) && torg_store_renew_client (store, get_time (answer), error);
  if (set_number (store, "renewals", 0, error))
    g_set_error_literal (error, TORG_SYNC_ERROR, TORG_SYNC_ERROR_SERVER,
                         _ ("The server does not accept this computer. Ask your administrator; nothing is lost."));
  return FALSE;
}

/* --- sending ------------------------------------------------------------------------------------------------------ */

/* With the cursor, by which a server that was restored knows that the mutations are not meant for what it has now. */
static GBytes *
write_batch (const char *client, const char *cursor, GPtrArray *mutations)
{
  g_autoptr (JsonNode) node = json_node_new (JSON_NODE_OBJECT);
  JsonObject *object = json_object_new ();
  JsonArray  *array = json_array_new ();
  char       *text;

  for (guint i = 0; i < mutations->len; i++)
    json_array_add_element (array, torg_wire_mutation_to_json (g_ptr_array_index (mutations, i)));
  json_object_set_string_member (object, "client", client);
  if (cursor != NULL)
    json_object_set_string_member (object, "cursor", cursor);
  json_object_set_array_member (object, "mutations", array);
  json_node_take_object (node, object);
  text = json_to_string (node, FALSE);
  return g_bytes_new_take (text, strlen (text));
}

/* Half as much at once from now on, as far as there is anything to divide. */
static gboolean
narrow (TorgStore *store, GPtrArray *mutations, GBytes *body, GError **error)
{
  if (mutations->len < 2)
    return refuse (413, body, error);
  return set_number (store, "batch_bytes", (gint64) g_bytes_get_size (body) / 2, error);
}

/* Sends a batch; @last is the number of its last mutation, 0 where nothing waited, -1 where it is to be numbered or
 * divided anew. */
static gboolean
push (TorgStore *store, TorgTransport *transport, gint64 *last, GCancellable *cancellable, GError **error)
{
  g_autoptr (GPtrArray) mutations = torg_store_build_batch (store, error);
  g_autofree char *client = torg_store_get_state (store, "client");
  g_autofree char *cursor = torg_store_get_state (store, "cursor");
  g_autoptr (GBytes) body = NULL;
  g_autoptr (GBytes) answer = NULL;
  guint status;

  *last = 0;
  if (mutations == NULL)
    return FALSE;
  if (mutations->len == 0)
    return TRUE;
  body = write_batch (client, cursor, mutations);
  if (!torg_transport_send (transport, "POST", "/v1/sync/push", body, &status, &answer, cancellable, error))
    return FALSE;
  *last = ((TorgWireMutation *) mutations->pdata[mutations->len - 1])->client_seq;
  switch (status)
    {
      case 200:
        return TRUE;
      case 410:
        *last = -1;
        return torg_store_begin_new_life (store, get_time (answer), error);
      case 413:
        *last = -1;
        return narrow (store, mutations, body, error);
      case 403:
        if (!is_problem (answer, "client"))
          return refuse (status, answer, error);
        G_GNUC_FALLTHROUGH;
      case 409:
      case 422:
        *last = -1;
        /* The server knows less of this replica than it should, or another copy of it writes under the same id. */
        return renew_client (store, answer, error);
      default:
        return refuse (status, answer, error);
    }
}

/* --- taking ------------------------------------------------------------------------------------------------------- */

/* @what: `changes` or `verify` */
static char *
build_path (TorgStore *store, const char *what, const char *cursor, const char *acked)
{
  g_autofree char *client = torg_store_get_state (store, "client");
  g_autofree char *escaped = cursor != NULL ? g_uri_escape_string (cursor, NULL, FALSE) : NULL;

  return g_strdup_printf ("/v1/sync/%s?schema=%d&client=%s&acked=%s%s%s", what, TORG_SCHEMA_VERSION, client,
                          acked != NULL ? acked : "0", escaped != NULL ? "&cursor=" : "",
                          escaped != NULL ? escaped : "");
}

/* The server makes the next page of a first sync while this one is written. */
static void
expect_next (TorgStore *store, TorgTransport *transport, GBytes *answer)
{
  g_autoptr (TorgWireEnd) end = torg_wire_end_find (answer);
  g_autofree char *acked = NULL;
  g_autofree char *path = NULL;

  if (end == NULL || !end->more)
    return;
  acked = g_strdup_printf ("%" G_GINT64_FORMAT, end->acked);
  path = build_path (store, "changes", end->cursor, acked);
  torg_transport_expect (transport, path);
}

static gpointer
read_line (JsonNode *line, gpointer schema)
{
  return torg_incoming_line_read (line, schema);
}

/* What must not be: a crash before the rows are there loses them. */
static gboolean
commit_cursor_alone (TorgStore *store, GBytes *answer, GError **error)
{
  g_autofree char *cursor = torg_store_get_state (store, "cursor");
  g_autoptr (TorgWireEnd) end = cursor != NULL ? torg_wire_end_find (answer) : NULL;

  return end == NULL || torg_store_set_state (store, "cursor", end->cursor, error);
}

/* With @buckets, it is all that there is in these. */
static gboolean
take_answer (TorgStore *store, GBytes *answer, const gboolean *buckets, gboolean *more, GError **error)
{
  g_autoptr (TorgIncoming) incoming = NULL;
  g_autoptr (TorgLines) lines = NULL;

  if (torg_seeded_bug ("cursor-before-commit") && buckets == NULL && !commit_cursor_alone (store, answer, error))
    return FALSE;
  incoming = torg_incoming_new (store, error);
  if (incoming == NULL || (buckets != NULL && !torg_incoming_replace (incoming, buckets, error)))
    return FALSE;
  lines = torg_lines_new (answer, read_line, torg_store_get_schema (store), (GDestroyNotify) torg_incoming_line_free);
  for (;;)
    {
      g_autoptr (TorgIncomingLine) line = NULL;

      if (!torg_lines_next (lines, (gpointer *) &line, error))
        return FALSE;
      if (line == NULL)
        break;
      if (!torg_incoming_take (incoming, line, error))
        return FALSE;
    }
  if (!torg_incoming_is_ended (incoming))
    {
      g_set_error_literal (error, TORG_SYNC_ERROR, TORG_SYNC_ERROR_OFFLINE,
                           _ ("The connection broke off. Torg tries again by itself."));
      return FALSE;
    }
  *more = torg_incoming_has_more (incoming);
  return torg_incoming_commit (incoming, error);
}

/**
 * torg_sync_take:
 * @store: a replica's store, for writing
 * @transport: the way to its server
 * @more: (out): whether there is more to take at once
 * @cancellable: (nullable): to stop it
 * @error: place for a %TORG_SYNC_ERROR or %TORG_STORE_ERROR; then nothing was taken
 *
 * Takes an answer of what changed, and sends nothing: what waits counts as never tried, see [method@Store.undo].
 *
 * Returns: whether that worked
 */
gboolean
torg_sync_take (TorgStore *store, TorgTransport *transport, gboolean *more, GCancellable *cancellable, GError **error)
{
  g_autofree char *cursor = torg_store_get_state (store, "cursor");
  g_autofree char *acked = torg_store_get_state (store, "acked");
  g_autofree char *path = build_path (store, "changes", cursor, acked);
  g_autoptr (GBytes) answer = NULL;
  guint status;

  if (!torg_transport_send (transport, "GET", path, NULL, &status, &answer, cancellable, error))
    return FALSE;
  switch (status)
    {
      case 200:
        expect_next (store, transport, answer);
        return take_answer (store, answer, NULL, more, error);
      case 400:
        /* A disk that rots, or a server that was changed: what the replica has can be had anew. */
        if (cursor == NULL || !is_problem (answer, "cursor"))
          return refuse (status, answer, error);
        *more = TRUE;
        return torg_store_begin_rebuild (store, error);
      case 410:
        /* A server that was restored may have forgotten what it had acknowledged; one that is old has not. */
        *more = TRUE;
        if (is_problem (answer, "expired"))
          return torg_store_begin_rebuild (store, error);
        return torg_store_begin_new_life (store, get_time (answer), error);
      case 403:
        if (!is_problem (answer, "client"))
          return refuse (status, answer, error);
        *more = TRUE;
        return renew_client (store, answer, error);
      default:
        return refuse (status, answer, error);
    }
}

/* --- whether all is there ------------------------------------------------------------------------------------------
 */

#define VERIFY_HOURS 24
/* After a comparison that the server put off, or that broke off. */
#define VERIFY_RETRY_MINUTES 5

static gboolean
read_digest (GBytes *answer, TorgDigest *digest)
{
  gsize       length;
  const char *text = g_bytes_get_data (answer, &length), *end = memchr (text, '\n', length);
  g_autoptr (JsonParser) parser = json_parser_new ();
  JsonNode *root, *member;

  if (end == NULL || !json_parser_load_from_data (parser, text, (gssize) (end - text), NULL) ||
      (root = json_parser_get_root (parser)) == NULL || !JSON_NODE_HOLDS_OBJECT (root))
    return FALSE;
  member = json_object_get_member (json_node_get_object (root), "digest");
  return member != NULL && torg_digest_from_json (member, digest);
}

static char *
build_verify_path (TorgStore *store, const gboolean *buckets)
{
  g_autofree char *cursor = torg_store_get_state (store, "cursor");
  g_autofree char *acked = torg_store_get_state (store, "acked");
  g_autofree char *path = build_path (store, "verify", cursor, acked);
  g_autoptr (GString) text = g_string_new (path);
  const char *before = "&buckets=";

  for (guint i = 0; buckets != NULL && i < TORG_DIGEST_BUCKETS; i++)
    if (buckets[i])
      {
        g_string_append_printf (text, "%s%u", before, i);
        before = ",";
      }
  return g_strdup (text->str);
}

/* Takes some buckets out of @buckets and fetches what is in them; @done is whether the server gave it. */
static gboolean
repair_some (TorgStore     *store,
             TorgTransport *transport,
             gboolean      *buckets,
             gboolean      *done,
             GCancellable  *cancellable,
             GError       **error)
{
  gboolean         some[TORG_DIGEST_BUCKETS] = { FALSE };
  g_autofree char *path = NULL;
  g_autoptr (GBytes) answer = NULL;
  gboolean more;
  guint    status, n = 0;

  for (guint i = 0; i < TORG_DIGEST_BUCKETS && n < TORG_WIRE_MAX_BUCKETS; i++)
    if (buckets[i])
      {
        some[i] = TRUE;
        buckets[i] = FALSE;
        n++;
      }
  path = build_verify_path (store, some);
  if (!torg_transport_send (transport, "GET", path, NULL, &status, &answer, cancellable, error))
    return FALSE;
  *done = status == 200;
  return !*done || take_answer (store, answer, some, &more, error);
}

/**
 * torg_sync_verify:
 * @store: a replica's store, for writing, just synced
 * @transport: the way to its server
 * @cancellable: (nullable): to stop it
 * @error: place for a %TORG_SYNC_ERROR or %TORG_STORE_ERROR
 *
 * Compares a digest of the replica with what its server says that it should have, and fetches again what differs
 * (DESIGN.md §3, Visibility). Where the server has changes since the last answer, or no time for it, it is left for a
 * later sync.
 *
 * Returns: whether that worked
 */
gboolean
torg_sync_verify (TorgStore *store, TorgTransport *transport, GCancellable *cancellable, GError **error)
{
  g_autofree char *path = build_verify_path (store, NULL);
  g_autoptr (GBytes) answer = NULL;
  TorgDigest wanted, here;
  gboolean   buckets[TORG_DIGEST_BUCKETS], done = TRUE;
  guint      status, n = 0;

  if (!set_number (store, "verify_tried", torg_env_get_now (torg_store_get_env (store)), error) ||
      !torg_transport_send (transport, "GET", path, NULL, &status, &answer, cancellable, error))
    return FALSE;
  /* An old server knows nothing of it. */
  if (status == 404 || status == 501)
    return torg_store_set_verified (store, error);
  if (status != 200 || !read_digest (answer, &wanted))
    return TRUE;
  if (!torg_store_digest (store, &here, error))
    return FALSE;
  for (guint i = 0; i < TORG_DIGEST_BUCKETS; i++)
    n += buckets[i] = wanted.sums[i] != here.sums[i];
  if (n > 0)
    g_message ("In %u of %u parts this replica was not what its server has; they are fetched again.", n,
               TORG_DIGEST_BUCKETS);
  for (guint left = n; left > 0 && done; left -= MIN (left, TORG_WIRE_MAX_BUCKETS))
    if (!repair_some (store, transport, buckets, &done, cancellable, error))
      return FALSE;
  /* What was not given is asked for at a later sync. */
  return !done || torg_store_set_verified (store, error);
}

static gboolean
has_passed (TorgStore *store, const char *name, gint64 span)
{
  g_autofree char *text = torg_store_get_state (store, name);
  gint64           now = torg_env_get_now (torg_store_get_env (store));

  return text == NULL || ABS (now - g_ascii_strtoll (text, NULL, 10)) >= span;
}

static gboolean
is_to_be_verified (TorgStore *store)
{
  g_autofree char *backfill = torg_store_get_state (store, "backfill");

  return backfill == NULL && has_passed (store, "verified", VERIFY_HOURS * G_TIME_SPAN_HOUR) &&
         has_passed (store, "verify_tried", VERIFY_RETRY_MINUTES * G_TIME_SPAN_MINUTE);
}

/* --- steps ---------------------------------------------------------------------------------------------------------
 */

/* How often a batch is numbered or divided anew. */
#define MAX_AGAIN 20

/*
 * A server that is too new for this program takes what waits all the same. What became of it comes with the next
 * answer, once the program is updated; until then it stays on top of what is here.
 */
static gboolean
push_rest (TorgStore *store, TorgTransport *transport, gint64 last, GCancellable *cancellable, GError **error)
{
  guint n_again = 0;

  while (last > 0 || (last < 0 && n_again < MAX_AGAIN))
    {
      n_again += last < 0;
      if ((last > 0 && !torg_store_set_delivered (store, last, error)) ||
          !push (store, transport, &last, cancellable, error))
        return FALSE;
    }
  return TRUE;
}

/* What the server does not take, or makes nothing of, does not keep from being up to date; nor does what a proxy breaks
 * off, which looks like no connection at all. */
static gboolean
can_take_all_the_same (const GError *error)
{
  return g_error_matches (error, TORG_SYNC_ERROR, TORG_SYNC_ERROR_TOO_LARGE) ||
         g_error_matches (error, TORG_SYNC_ERROR, TORG_SYNC_ERROR_SERVER) ||
         g_error_matches (error, TORG_SYNC_ERROR, TORG_SYNC_ERROR_OFFLINE);
}

/* @error: (inout): why nothing could be sent; what taking fails with is said instead, unless it is the network once
 * more. A program that is too old has to send what waits first. */
static void
take_all (TorgStore *store, TorgTransport *transport, GCancellable *cancellable, GError **error)
{
  g_autoptr (GError) local = NULL;
  gboolean more = TRUE;

  while (more && torg_sync_take (store, transport, &more, cancellable, &local))
    ;
  if (local == NULL)
    torg_store_clean_search (store, cancellable, &local);
  if (local == NULL || g_error_matches (local, TORG_SYNC_ERROR, TORG_SYNC_ERROR_OFFLINE) ||
      g_error_matches (local, TORG_SYNC_ERROR, TORG_SYNC_ERROR_TOO_OLD))
    return;
  g_clear_error (error);
  g_propagate_error (error, g_steal_pointer (&local));
}

/**
 * torg_sync_step:
 * @store: a replica's store, for writing
 * @transport: the way to its server
 * @more: (out): whether there is more to do at once
 * @cancellable: (nullable): to stop it
 * @error: place for a %TORG_SYNC_ERROR or %TORG_STORE_ERROR; what was done stays, nothing is half done
 *
 * Sends a batch of what is unsent and takes an answer of what changed.
 *
 * Returns: whether that worked
 */
gboolean
torg_sync_step (TorgStore *store, TorgTransport *transport, gboolean *more, GCancellable *cancellable, GError **error)
{
  gboolean more_changes = FALSE;
  gint64   last, n_renewals = get_number (store, "renewals");
  g_autoptr (GError) local = NULL;

  *more = FALSE;
  if (torg_store_is_adopting (store))
    {
      *more = TRUE;
      return torg_sync_take (store, transport, &more_changes, cancellable, error) &&
             (more_changes || torg_store_adopt_step (store, error));
    }
  if (!push (store, transport, &last, cancellable, &local))
    {
      /* A server that asks to be left alone is. */
      if (can_take_all_the_same (local) && torg_transport_get_retry_after (transport) == 0)
        take_all (store, transport, cancellable, &local);
      g_propagate_error (error, g_steal_pointer (&local));
      return FALSE;
    }
  if (!torg_sync_take (store, transport, &more_changes, cancellable, &local))
    {
      if (!g_error_matches (local, TORG_SYNC_ERROR, TORG_SYNC_ERROR_TOO_OLD) ||
          push_rest (store, transport, last, cancellable, error))
        g_propagate_error (error, g_steal_pointer (&local));
      return FALSE;
    }
  if (n_renewals > 0 && n_renewals == get_number (store, "renewals") && !set_number (store, "renewals", 0, error))
    return FALSE;
  /* What stood before the server may be another one next time. */
  if (last == 0 && !set_number (store, "batch_bytes", 0, error))
    return FALSE;
  *more = more_changes || (last != 0 && torg_store_count_unsent (store) > 0);
  if (!*more && last == 0 && is_to_be_verified (store) && !torg_sync_verify (store, transport, cancellable, error))
    return FALSE;
  return *more || torg_store_clean_search (store, cancellable, error);
}

/**
 * torg_sync_run:
 * @store: a replica's store, for writing
 * @transport: the way to its server
 * @cancellable: (nullable): to stop it
 * @error: place for an error
 *
 * Syncs until nothing is left to do.
 *
 * Returns: whether the replica is as the server lets its user see it
 */
gboolean
torg_sync_run (TorgStore *store, TorgTransport *transport, GCancellable *cancellable, GError **error)
{
  gboolean more = TRUE;

  while (more)
    {
      if (g_cancellable_set_error_if_cancelled (cancellable, error) ||
          !torg_sync_step (store, transport, &more, cancellable, error))
        return FALSE;
      /* Nobody is told of them. */
      g_ptr_array_unref (torg_store_steal_changes (store));
    }
  return TRUE;
}
