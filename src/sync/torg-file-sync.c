/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "torg-sync"

#include "config.h"

#include "torg-file-sync.h"
#include "torg-json.h"
#include "torg-sync.h"
#include "torg-sync-lock.h"

#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>
#include <json-glib/json-glib.h>
#include <errno.h>
#include <string.h>

/*
 * The queue of files (DESIGN.md §3): sends what only this computer has, fetches what is wanted here, in parts that are
 * asked for again where they broke off. What is wrong with one file is noted at it, and the others go on; what is wrong
 * with the network ends the step.
 */

/* What goes in one message. */
#define PART (2 * 1024 * 1024)
/* Answers without any progress, of one file, until it is tried again later. */
#define MAX_VAIN 4
/* A file that failed is tried again after this, then after twice as long, up to the most. */
#define FIRST_RETRY_SECONDS 10
#define MAX_RETRY_SECONDS 3600
/* What is not here yet comes when another computer has sent it: most often it is about to, as the record that tells of
 * it goes before. */
#define FIRST_ABSENT_SECONDS 1
#define MAX_ABSENT_SECONDS 300

#define UPLOADS "/v1/files/uploads/"

/* A file on its way. */
typedef struct
{
  TorgFileBook  *book;
  TorgTransport *transport;
  TorgFile      *file;
  GCancellable  *cancellable;
  const char    *code;  /* (nullable): why it did not work */
  char          *limit; /* (owned) (nullable): of its size */
  guint          wait;  /* seconds: the server is busy so long; 0 where it says nothing */
} Way;

static void
tell (Way *self, gint64 done)
{
  if (self->book->progress != NULL)
    self->book->progress (self->book->data, self->file, done);
}

/* Ends the way of this file, with a code that is noted at it. */
static gboolean
give_up (Way *self, const char *code)
{
  self->code = code;
  return TRUE;
}

static gboolean
give_up_for_disk (Way *self, const GError *local)
{
  g_message ("%s", local->message);
  return give_up (self, g_error_matches (local, G_IO_ERROR, G_IO_ERROR_NO_SPACE) ? "disk-full" : "disk");
}

static gboolean
is_problem (GBytes *answer, const char *code)
{
  gsize       length = 0;
  const char *text = answer != NULL ? g_bytes_get_data (answer, &length) : NULL;
  g_autoptr (JsonParser) parser = json_parser_new ();
  JsonNode *root;

  if (length == 0 || !json_parser_load_from_data (parser, text, (gssize) length, NULL))
    return FALSE;
  root = json_parser_get_root (parser);
  return root != NULL && JSON_NODE_HOLDS_OBJECT (root) &&
         g_strcmp0 (torg_json_get_text (json_node_get_object (root), "code"), code) == 0;
}

/* What concerns all files. */
static gboolean
check_status (guint status, GError **error)
{
  if (status == 401)
    g_set_error_literal (error, TORG_SYNC_ERROR, TORG_SYNC_ERROR_SIGN_IN,
                         _ ("The server does not know you any more. Sign in again; nothing is lost."));
  else if (status == 426)
    g_set_error_literal (error, TORG_SYNC_ERROR, TORG_SYNC_ERROR_TOO_OLD,
                         _ ("The server is newer than this Torg. Update Torg to go on; nothing is lost."));
  else if (status == 429 || status == 503)
    g_set_error_literal (error, TORG_SYNC_ERROR, TORG_SYNC_ERROR_OFFLINE,
                         _ ("The server is busy. Torg tries again by itself."));
  return status != 401 && status != 426 && status != 429 && status != 503;
}

/* Too many uploads have begun: others may be sent again later, and what is fetched has nothing to do with it. */
static gboolean
is_about_upload (const TorgExchange *exchange)
{
  return exchange->status == 429 && g_str_equal (exchange->method, "POST") && is_problem (exchange->answer, "uploads");
}

static gboolean
ask (Way *self, TorgExchange *exchange, GError **error)
{
  if (!torg_transport_exchange (self->transport, exchange, self->cancellable, error))
    return FALSE;
  self->wait = exchange->retry_after;
  if (is_about_upload (exchange) || check_status (exchange->status, error))
    return TRUE;
  torg_exchange_clear (exchange);
  return FALSE;
}

/* --- sending ------------------------------------------------------------------------------------------------------ */

static GBytes *
describe (TorgFile *file)
{
  g_autofree char *text = g_strdup_printf ("{\"sha256\":\"%s\",\"size\":%" G_GINT64_FORMAT "}", file->hash, file->size);

  return g_bytes_new (text, strlen (text));
}

static gboolean
give_up_for_status (Way *self, const TorgExchange *exchange)
{
  switch (exchange->status)
    {
      case 403:
        return give_up (self, "forbidden");
      case 413:
        g_set_str (&self->limit, exchange->limit);
        return give_up (self, "too-large");
      case 429:
        return give_up (self, "uploads");
      case 501:
        return give_up (self, "no-files");
      case 507:
        return give_up (self, "server-full");
      default:
        return give_up (self, "server");
    }
}

/* An address that is none of an upload is not followed. */
static gboolean
read_upload (TorgExchange *exchange, char **where, gint64 *offset)
{
  *offset = exchange->upload_offset;
  if (exchange->location == NULL || !g_str_has_prefix (exchange->location, UPLOADS) ||
      !torg_id_is_valid (exchange->location + strlen (UPLOADS)) || *offset < 0)
    return FALSE;
  *where = g_steal_pointer (&exchange->location);
  return TRUE;
}

/* Begins, or goes on where it was: %NULL in @where where nothing is to be sent, or cannot be. */
static gboolean
begin_upload (Way *self, char **where, gint64 *offset, GError **error)
{
  g_autoptr (GBytes) body = describe (self->file);
  TorgExchange exchange = { .method = "POST", .path = "/v1/files", .body = body, .offset = -1, .first = -1 };

  *where = NULL;
  if (!ask (self, &exchange, error))
    return FALSE;
  if (exchange.status == 200)
    self->file->sent = TRUE;
  else if (exchange.status != 201)
    give_up_for_status (self, &exchange);
  else if (!read_upload (&exchange, where, offset))
    give_up (self, "server");
  torg_exchange_clear (&exchange);
  return TRUE;
}

static GBytes *
read_part (Way *self, gint64 offset, GError **error)
{
  g_autofree char *path = torg_content_dup_path (self->book->content, self->file->hash);
  g_autoptr (GFile) file = g_file_new_for_path (path);
  g_autoptr (GFileInputStream) in = g_file_read (file, NULL, error);

  if (in == NULL || !g_seekable_seek (G_SEEKABLE (in), offset, G_SEEK_SET, NULL, error))
    return NULL;
  return g_input_stream_read_bytes (G_INPUT_STREAM (in), PART, NULL, error);
}

/* That the server got another content may be the disk's fault here. Reading a large one takes long. */
static gboolean
give_up_for_hash (Way *self, GError **error)
{
  gboolean whole = FALSE;

  torg_content_is_whole (self->book->content, self->file->hash, &whole, self->cancellable, NULL);
  return !g_cancellable_set_error_if_cancelled (self->cancellable, error) &&
         give_up (self, whole ? "server" : "damaged");
}

/* @offset is -1 where the server knows nothing of the upload any more. */
static gboolean
send_part (Way *self, const char *where, gint64 *offset, GError **error)
{
  g_autoptr (GError) local = NULL;
  g_autoptr (GBytes) part = read_part (self, *offset, &local);
  gboolean     ok = TRUE;
  TorgExchange exchange = {
    .method = "PATCH", .path = where, .body = part, .type = "application/partial-upload", .offset = *offset, .first = -1
  };

  if (part == NULL)
    return give_up_for_disk (self, local);
  if (!ask (self, &exchange, error))
    return FALSE;
  if (exchange.status == 200)
    self->file->sent = TRUE;
  else if (exchange.status == 204 || exchange.status == 409)
    *offset = exchange.upload_offset;
  else if (exchange.status == 404)
    *offset = -1;
  else if (exchange.status == 422)
    ok = give_up_for_hash (self, error);
  else
    give_up_for_status (self, &exchange);
  torg_exchange_clear (&exchange);
  return ok;
}

/* --- fetching ----------------------------------------------------------------------------------------------------- */

static gboolean
take_part (Way *self, TorgExchange *exchange, gint64 *offset)
{
  g_autoptr (GError) local = NULL;
  gsize         length;
  gconstpointer bytes = g_bytes_get_data (exchange->answer, &length);
  gint64        start = exchange->status == 206 ? *offset : 0;

  if (exchange->status == 206 && exchange->total < 0)
    return give_up (self, "server");
  self->file->size = exchange->status == 206 ? exchange->total : (gint64) length;
  /* All of it, though only the rest was asked for. */
  if (start != *offset)
    torg_content_drop_part (self->book->content, self->file->hash);
  if (!torg_content_append (self->book->content, self->file->hash, start, bytes, length, offset, &local))
    return give_up_for_disk (self, local);
  return TRUE;
}

static gboolean
fetch_part (Way *self, gint64 *offset, GError **error)
{
  g_autofree char *path = g_strconcat ("/v1/files/", self->file->hash, NULL);
  TorgExchange exchange = { .method = "GET", .path = path, .offset = -1, .first = *offset, .last = *offset + PART - 1 };

  if (!ask (self, &exchange, error))
    return FALSE;
  switch (exchange.status)
    {
      case 200:
      case 206:
        take_part (self, &exchange, offset);
        break;
      case 404:
        give_up (self, "absent");
        break;
      case 416:
        /* There is nothing behind what is here. */
        self->file->size = MAX (exchange.total, 0);
        if (*offset > self->file->size)
          torg_content_drop_part (self->book->content, self->file->hash);
        *offset = torg_content_get_part_size (self->book->content, self->file->hash);
        break;
      default:
        give_up_for_status (self, &exchange);
        break;
    }
  torg_exchange_clear (&exchange);
  return TRUE;
}

/* All of it is here: whether it is what it should be. */
static gboolean
finish_fetch (Way *self, GError **error)
{
  TorgContent *content = self->book->content;
  const char  *hash = self->file->hash;
  g_autoptr (GError) local = NULL;
  gboolean right = FALSE;
  gint64   size;

  /* There is no part of nothing. */
  if (self->file->size == 0 && !torg_content_append (content, hash, 0, "", 0, &size, &local))
    return give_up_for_disk (self, local);
  if (!torg_content_check_part (content, hash, hash, &right, self->cancellable, &local))
    return !g_cancellable_set_error_if_cancelled (self->cancellable, error) && give_up_for_disk (self, local);
  if (!right)
    {
      torg_content_drop_part (content, hash);
      return give_up (self, "changed");
    }
  if (!torg_content_finish (content, hash, hash, &local))
    return give_up_for_disk (self, local);
  self->file->here = TRUE;
  return TRUE;
}

static gboolean
fetch_file (Way *self, GError **error)
{
  TorgContent *content = self->book->content;
  gint64       offset = torg_content_get_part_size (content, self->file->hash), before;
  gboolean     asked = FALSE;
  guint        n_vain = 0;

  /* It may have come by itself: what is attached here has the same content. */
  if (torg_content_get_size (content, self->file->hash) >= 0)
    {
      self->file->here = TRUE;
      return TRUE;
    }
  while (!asked || offset != self->file->size)
    {
      if (g_cancellable_set_error_if_cancelled (self->cancellable, error))
        return FALSE;
      before = offset;
      asked = TRUE;
      if (!fetch_part (self, &offset, error))
        return FALSE;
      if (self->code != NULL)
        return TRUE;
      tell (self, offset);
      if (offset <= before && offset != self->file->size && ++n_vain > MAX_VAIN)
        return give_up (self, "server");
    }
  return finish_fetch (self, error);
}

/* --- sending what is here ------------------------------------------------------------------------------------------
 */

/* What was to be sent has vanished from the disk. The server may have it from somebody else. */
static gboolean
find_again (Way *self, GError **error)
{
  if (!fetch_file (self, error))
    return FALSE;
  if (g_strcmp0 (self->code, "absent") != 0)
    return TRUE;
  self->file->here = FALSE;
  return give_up (self, "lost");
}

static gboolean
send_file (Way *self, GError **error)
{
  g_autofree char *where = NULL;
  gint64           offset = -1, before;
  guint            n_vain = 0;

  if (torg_content_get_size (self->book->content, self->file->hash) < 0 && !find_again (self, error))
    return FALSE;
  if (self->code != NULL)
    return TRUE;
  self->file->size = torg_content_get_size (self->book->content, self->file->hash);
  while (!self->file->sent && self->code == NULL)
    {
      if (g_cancellable_set_error_if_cancelled (self->cancellable, error))
        return FALSE;
      before = offset;
      if (offset < 0)
        {
          g_clear_pointer (&where, g_free);
          if (!begin_upload (self, &where, &offset, error))
            return FALSE;
        }
      else if (!send_part (self, where, &offset, error))
        return FALSE;
      tell (self, MAX (offset, 0));
      if (offset <= before && !self->file->sent && ++n_vain > MAX_VAIN)
        return self->code != NULL || give_up (self, "server");
    }
  return TRUE;
}

/* --- the queue ---------------------------------------------------------------------------------------------------- */

/* When the server wants it, and later by up to a quarter. */
static gint64
get_waited (TorgFileBook *book, guint seconds)
{
  guint8 dice;

  torg_env_fill_random (book->env, &dice, 1);
  return torg_env_get_now (book->env) + seconds * G_TIME_SPAN_SECOND * (1024 + dice) / 1024;
}

/* Not all computers of a company at once. */
static gint64
get_retry_at (TorgFileBook *book, TorgFile *file)
{
  gboolean is_absent = g_strcmp0 (file->code, "absent") == 0;
  gint64   first = is_absent ? FIRST_ABSENT_SECONDS : FIRST_RETRY_SECONDS;
  gint64   most = is_absent ? MAX_ABSENT_SECONDS : MAX_RETRY_SECONDS;
  gint64   seconds = MIN (first * (G_GINT64_CONSTANT (1) << MIN (file->tries - 1, 20)), most);
  guint8   dice;

  torg_env_fill_random (book->env, &dice, 1);
  return torg_env_get_now (book->env) + seconds * G_TIME_SPAN_SECOND * (128 + dice) / 256;
}

typedef struct
{
  TorgFile *file;
  gint64    moment;
} Note;

static gpointer
find_next (TorgStore *store, gpointer data, GCancellable *cancellable, GError **error)
{
  Note *note = data;

  return GINT_TO_POINTER (torg_store_next_file (store, &note->file, &note->moment, error));
}

static gpointer
note_file (TorgStore *store, gpointer data, GCancellable *cancellable, GError **error)
{
  Note *note = data;

  return GINT_TO_POINTER (torg_store_note_file (store, note->file, note->moment, error));
}

static gpointer
settle (TorgStore *store, gpointer data, GCancellable *cancellable, GError **error)
{
  return GINT_TO_POINTER (torg_store_settle_files (store, error));
}

/**
 * torg_file_sync_settle:
 * @book: the queue
 * @error: place for a %TORG_STORE_ERROR
 *
 * Makes the queue follow what was attached and what has gone.
 *
 * Returns: whether that worked
 */
gboolean
torg_file_sync_settle (TorgFileBook *book, GError **error)
{
  return book->call (book->data, settle, NULL, error) != NULL;
}

/**
 * torg_file_sync_step:
 * @book: the queue
 * @transport: the way to the server
 * @more: (out): whether there is more to do at once
 * @later: (out): when something is to be tried again, microseconds UTC; 0 for nothing. After an error, when the server
 *   wants to be asked again, 0 where it says nothing
 * @cancellable: (nullable): to stop it; what is here of the file stays
 * @error: place for a %TORG_SYNC_ERROR or %TORG_STORE_ERROR
 *
 * Sends or fetches one file. What is wrong with it is noted at it.
 *
 * Returns: whether the next one can be tried
 */
gboolean
torg_file_sync_step (TorgFileBook  *book,
                     TorgTransport *transport,
                     gboolean      *more,
                     gint64        *later,
                     GCancellable  *cancellable,
                     GError       **error)
{
  Note next = { NULL, 0 };
  g_autoptr (TorgFile) file = NULL;
  Way      way = { .book = book, .transport = transport, .cancellable = cancellable };
  gboolean ok;

  *more = FALSE;
  *later = 0;
  if (book->call (book->data, find_next, &next, error) == NULL)
    return FALSE;
  file = next.file;
  *later = next.moment;
  if (file == NULL)
    return TRUE;
  way.file = file;
  tell (&way, 0);
  ok = file->work == TORG_FILE_SEND ? send_file (&way, error) : fetch_file (&way, error);
  if (ok)
    {
      g_free (file->code);
      file->code = way.limit != NULL ? g_strconcat (way.code, ":", way.limit, NULL) : g_strdup (way.code);
      file->tries = way.code != NULL ? file->tries + 1 : 0;
      next.moment = way.code != NULL ? get_retry_at (book, file) : 0;
      if (way.code != NULL && way.wait > 0)
        next.moment = MAX (next.moment, get_waited (book, way.wait));
      next.file = file;
      *more = ok = book->call (book->data, note_file, &next, error) != NULL;
    }
  else
    *later = way.wait > 0 ? get_waited (book, way.wait) : 0;
  g_free (way.limit);
  return ok;
}

static gpointer
call_store (gpointer data, TorgStoreFunc func, gpointer func_data, GError **error)
{
  return func (data, func_data, NULL, error);
}

/**
 * torg_file_sync_run:
 * @store: a replica's store, for writing
 * @transport: the way to its server
 * @cancellable: (nullable): to stop it
 * @error: place for an error
 *
 * Sends and fetches until nothing is left to do now, unless another process is at it.
 *
 * Returns: whether the network allowed it
 */
gboolean
torg_file_sync_run (TorgStore *store, TorgTransport *transport, GCancellable *cancellable, GError **error)
{
  g_autoptr (TorgContent) content = torg_store_new_content (store);
  TorgFileBook   book = { .call = call_store, .data = store, .env = torg_store_get_env (store), .content = content };
  TorgFileCounts counts = { 0 };
  gboolean more = TRUE, ok = torg_file_sync_settle (&book, error) && torg_store_count_files (store, &counts, error);
  gint64   later;
  int      lock = -1;

  if (ok && counts.n_to_send + counts.n_to_fetch > 0)
    ok = torg_file_sync_lock (content, &lock, error);
  while (ok && more && lock >= 0)
    ok = torg_file_sync_step (&book, transport, &more, &later, cancellable, error);
  if (lock >= 0)
    torg_sync_unlock (lock);
  return ok;
}

/**
 * torg_file_sync_lock:
 * @content: the replica's files
 * @lock: (out): the lock, for [func@sync_unlock]; -1 where another process has it
 * @error: place for a %G_IO_ERROR
 *
 * Lets one process at a time send and fetch the files of a replica.
 *
 * Returns: whether it could be tried
 */
gboolean
torg_file_sync_lock (TorgContent *content, int *lock, GError **error)
{
  g_autofree char *path = g_build_filename (torg_content_get_folder (content), "queue", NULL);

  *lock = -1;
  if (g_mkdir_with_parents (torg_content_get_folder (content), 0700) == 0)
    return torg_sync_lock (path, FALSE, lock, error);
  g_set_error (error, G_IO_ERROR, G_IO_ERROR_FAILED, _ ("“%s” cannot be written: %s"),
               torg_content_get_folder (content), g_strerror (errno));
  return FALSE;
}

/**
 * torg_file_sync_explain:
 * @code: (nullable): what is noted at a file
 *
 * Says why a file is not where it is to be.
 *
 * Returns: (transfer full) (nullable): a sentence for the user
 */
char *
torg_file_sync_explain (const char *code)
{
  static const struct
  {
    const char *code;
    const char *sentence;
  } sentences[] = {
    { "absent",
      N_ ("The server does not have this file yet. It comes when the computer it was attached on has sent it.") },
    { "changed", N_ ("What came was damaged on its way. It is fetched again.") },
    { "damaged", N_ ("The copy of this file on this computer is damaged. Attach the file again.") },
    { "disk", N_ ("The disk of this computer failed. It is tried again.") },
    { "disk-full", N_ ("There is no space left on this computer’s disk. Free some: then it goes on by itself.") },
    { "forbidden", N_ ("You may not attach files. Ask your administrator.") },
    { "lost", N_ ("The file is not on this computer any more, and was not sent. Attach it again.") },
    { "no-files", N_ ("This server keeps no files. Ask your administrator.") },
    { "server", N_ ("The server failed. It is tried again.") },
    { "uploads", N_ ("Too many files are on their way to the server. It is tried again.") },
    { "server-full", N_ ("The server has no space left. Ask your administrator; it is tried again.") },
  };
  gint64 limit;

  if (code == NULL)
    return NULL;
  for (guint i = 0; i < G_N_ELEMENTS (sentences); i++)
    if (g_str_equal (sentences[i].code, code))
      return g_strdup (_ (sentences[i].sentence));
  if (!g_str_has_prefix (code, "too-large"))
    return g_strdup (_ ("The server failed. It is tried again."));
  limit = strchr (code, '=') != NULL ? g_ascii_strtoll (strchr (code, '=') + 1, NULL, 10) : 0;
  if (limit > 0)
    {
      g_autofree char *size = g_format_size ((guint64) limit);

      return g_strdup_printf (_ ("The file is too large: the server takes files of up to %s."), size);
    }
  return g_strdup (_ ("The file is too large for the server."));
}
