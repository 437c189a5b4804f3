/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "torg-server"

#include "config.h"

#include "torg-file-resource.h"
#include "torg-json.h"
#include "torg-question.h"

#include <json-glib/json-glib.h>
#include <string.h>
#include <sys/mman.h>

/*
 * Files, by the SHA-256 of what is in them. They are sent in parts, and what broke off goes on where it was:
 *
 *   POST /v1/files {"sha256": …, "size": …}    begins, or goes on: Location and Upload-Offset; 200 {"complete": true}
 *                                              where whoever sends it could read it already
 *   HEAD /v1/files/uploads/ID                  how much is here: Upload-Offset, Upload-Length
 *   PATCH /v1/files/uploads/ID                 appends at its Upload-Offset, 409 where that is another one; with the
 *                                              last part it is looked whether it has its hash, and it is there
 *   GET, HEAD /v1/files/SHA256                 what is attached to something that one sees, with Range
 *
 * What one may not read, what is not here yet, and what never was, are the same 404.
 */

#define PREFIX "/v1/files"
#define UPLOADS "/v1/files/uploads/"
#define PART_TYPE "application/partial-upload"
/* How exactly it is known when the last part came. */
#define TOUCH_MINUTES 10
#define MAX_BODY (16 * 1024)

static gboolean
refuse_unknown (TorgQuestion *question)
{
  return torg_question_refuse (question, 404, "not_found", "There is nothing at this address.");
}

/* What the disk says is no fault of the database's. */
static gboolean
refuse_disk (TorgQuestion *question, const GError *local)
{
  g_warning ("%s", local->message);
  return g_error_matches (local, G_IO_ERROR, G_IO_ERROR_NO_SPACE)
           ? torg_question_refuse (question, 507, "full", "The server has no space left.")
           : torg_question_refuse (question, 500, "disk", "The server cannot keep files now.");
}

static void
set_offset (TorgQuestion *question, gint64 offset, gint64 length)
{
  g_free (question->response->upload_offset);
  g_free (question->response->upload_length);
  question->response->upload_offset = g_strdup_printf ("%" G_GINT64_FORMAT, offset);
  question->response->upload_length = g_strdup_printf ("%" G_GINT64_FORMAT, length);
}

static gboolean
answer_complete (TorgQuestion *question)
{
  question->response->status = 200;
  question->response->type = "application/json";
  g_string_assign (question->response->body, "{\"complete\":true}");
  return TRUE;
}

static gboolean
may_read (TorgQuestion *question, const char *hash, TorgSight **sight, gboolean *may, GError **error)
{
  *may = FALSE;
  *sight = torg_sight_new (question->store, question->user, error);
  return *sight != NULL && torg_server_files_may_read (question->store, *sight, hash, may, error);
}

/* --- sending ------------------------------------------------------------------------------------------------------ */

/* Under the lock: nobody removes the file between its name and what the database knows of it. */
static gboolean
publish (TorgQuestion *question, TorgUpload *upload, GError **error)
{
  TorgDb *db = torg_server_store_get_db (question->store);
  g_autoptr (GError) local = NULL;
  int      lock = torg_content_lock (question->request->files->content, &local);
  gboolean ok;

  if (lock < 0)
    return refuse_disk (question, local);
  if (!torg_content_finish (question->request->files->content, upload->id, upload->hash, &local))
    {
      torg_content_unlock (lock);
      return refuse_disk (question, local);
    }
  ok = torg_db_begin (db, error);
  if (ok)
    {
      ok = torg_server_files_add (question->store, upload->hash, upload->size, question->user, error) &&
           torg_upload_forget (question->store, upload->id, error);
      ok = torg_server_store_end (question->store, ok, ok ? error : NULL);
    }
  torg_content_unlock (lock);
  return ok && answer_complete (question);
}

static gboolean
forget (TorgQuestion *question, TorgUpload *upload, GError **error)
{
  gboolean ok = torg_db_begin (torg_server_store_get_db (question->store), error);

  torg_content_drop_part (question->request->files->content, upload->id);
  if (ok)
    {
      ok = torg_upload_forget (question->store, upload->id, error);
      ok = torg_server_store_end (question->store, ok, ok ? error : NULL);
    }
  return ok;
}

/* All of it is here. */
static gboolean
finish (TorgQuestion *question, TorgUpload *upload, GError **error)
{
  g_autoptr (GError) local = NULL;
  gboolean right;

  if (!torg_content_check_part (question->request->files->content, upload->id, upload->hash, &right, NULL, &local))
    return refuse_disk (question, local);
  if (right)
    return publish (question, upload, error);
  return forget (question, upload, error) &&
         torg_question_refuse (question, 422, "hash", "What was sent does not have this SHA-256. Send it again.");
}

/* Goes on where it is; where nothing is missing any more, to its end. */
static gboolean
go_on (TorgQuestion *question, TorgUpload *upload, GError **error)
{
  g_autoptr (GError) local = NULL;
  gint64 offset;

  if (!torg_content_append (question->request->files->content, upload->id,
                            torg_content_get_part_size (question->request->files->content, upload->id), "", 0, &offset,
                            &local))
    return refuse_disk (question, local);
  if (offset >= upload->size)
    return finish (question, upload, error);
  set_offset (question, offset, upload->size);
  question->response->status = 201;
  question->response->type = "application/json";
  question->response->location = g_strconcat (UPLOADS, upload->id, NULL);
  g_string_assign (question->response->body, "{\"complete\":false}");
  return TRUE;
}

/* What it does not say is answered. */
static gboolean
read_file (TorgQuestion *question, const char **hash, gint64 *size, JsonParser *parser)
{
  JsonObject *object = torg_question_read (question, parser, MAX_BODY);
  JsonNode   *node = object != NULL ? json_object_get_member (object, "size") : NULL;

  if (object == NULL)
    return FALSE;
  *hash = torg_json_get_text (object, "sha256");
  *size = node != NULL && JSON_NODE_HOLDS_VALUE (node) && json_node_get_value_type (node) == G_TYPE_INT64
            ? json_node_get_int (node)
            : -1;
  if (*hash != NULL && torg_content_is_hash (*hash) && *size >= 0)
    return TRUE;
  torg_question_refuse (question, 400, "invalid", "The body says no sha256 and size.");
  return FALSE;
}

/* Whether it may be sent; if so, and it has to be, the upload. */
static gboolean
begin_in_transaction (TorgQuestion *question, const char *hash, gint64 size, TorgUpload **upload, GError **error)
{
  g_autoptr (TorgSight) sight = NULL;
  gboolean may;
  gint64   n;

  if (!may_read (question, hash, &sight, &may, error))
    return FALSE;
  if (!torg_sight_may_attach (sight))
    return torg_question_refuse (question, 403, "forbidden", "You may not attach anything.");
  /* What the database knows of may have gone from the disk: then it is sent again. */
  if (may && torg_content_get_size (question->request->files->content, hash) == size)
    return torg_server_files_prove (question->store, hash, question->user, error) && answer_complete (question);
  if (!torg_upload_find (question->store, question->user, NULL, hash, upload, error))
    return FALSE;
  if (*upload != NULL && (*upload)->size == size)
    return TRUE;
  g_clear_pointer (upload, torg_upload_free);
  if (!torg_upload_count (question->store, question->user, &n, error))
    return FALSE;
  if (n >= TORG_FILES_MAX_UPLOADS)
    {
      question->response->retry_after = 3600;
      return torg_question_refuse (question, 429, "uploads", "Too many uploads have begun and are not at their end.");
    }
  *upload = torg_upload_begin (question->store, question->user, hash, size, error);
  return *upload != NULL;
}

static gboolean
begin (TorgQuestion *question, GError **error)
{
  TorgDb *db = torg_server_store_get_db (question->store);
  g_autoptr (JsonParser) parser = json_parser_new ();
  g_autoptr (TorgUpload) upload = NULL;
  const char *hash;
  gint64      size;
  gboolean    ok;

  if (!read_file (question, &hash, &size, parser))
    return TRUE;
  if (size > question->request->files->limit)
    {
      question->response->upload_limit =
        g_strdup_printf ("max-size=%" G_GINT64_FORMAT, question->request->files->limit);
      return torg_question_refuse (question, 413, "too_large", "The file is larger than this server takes.");
    }
  if (!torg_db_begin (db, error))
    return FALSE;
  ok = torg_server_store_load_schema (question->store, error) &&
       begin_in_transaction (question, hash, size, &upload, error);
  ok = torg_server_store_end (question->store, ok, ok ? error : NULL);
  if (!ok || upload == NULL)
    return ok;
  return go_on (question, upload, error);
}

/* An upload that goes on is kept; not each part is worth a transaction. */
static gboolean
touch (TorgQuestion *question, TorgUpload *upload, GError **error)
{
  TorgEnv *env = torg_server_store_get_env (question->store);
  gboolean ok;

  if (torg_env_get_now (env) - upload->touched < TOUCH_MINUTES * G_TIME_SPAN_MINUTE)
    return TRUE;
  if (!torg_db_begin (torg_server_store_get_db (question->store), error))
    return FALSE;
  ok = torg_upload_touch (question->store, upload, error);
  return torg_server_store_end (question->store, ok, ok ? error : NULL);
}

static gboolean
append (TorgQuestion *question, TorgUpload *upload, GError **error)
{
  TorgRequest *request = question->request;
  g_autoptr (GError) local = NULL;
  guint64 offset;
  gint64  size;

  if (g_strcmp0 (request->content, PART_TYPE) != 0)
    return torg_question_refuse (question, 415, "type", "A part is sent as " PART_TYPE ".");
  if (request->upload_offset == NULL ||
      !g_ascii_string_to_unsigned (request->upload_offset, 10, 0, G_MAXINT64, &offset, NULL))
    return torg_question_refuse (question, 400, "offset", "Upload-Offset says where a part begins.");
  if (offset > (guint64) upload->size || request->length > (guint64) upload->size - offset)
    return torg_question_refuse (question, 400, "size", "This is more than was announced.");
  if (!torg_content_append (question->request->files->content, upload->id, (gint64) offset, request->body,
                            request->length, &size, &local))
    return refuse_disk (question, local);
  if (!touch (question, upload, error))
    return FALSE;
  set_offset (question, size, upload->size);
  if (size != (gint64) offset + (gint64) request->length)
    return torg_question_refuse (question, 409, "offset", "The upload goes on at another place.");
  if (size == upload->size)
    return finish (question, upload, error);
  question->response->status = 204;
  return TRUE;
}

static gboolean
handle_upload (TorgQuestion *question, const char *id, GError **error)
{
  g_autoptr (TorgUpload) upload = NULL;

  if (!torg_id_is_valid (id))
    return refuse_unknown (question);
  if (!torg_upload_find (question->store, question->user, id, NULL, &upload, error))
    return FALSE;
  if (upload == NULL)
    return refuse_unknown (question);
  if (g_str_equal (question->request->method, "PATCH"))
    return append (question, upload, error);
  set_offset (question, torg_content_get_part_size (question->request->files->content, upload->id), upload->size);
  question->response->status = 204;
  return TRUE;
}

/* --- fetching ----------------------------------------------------------------------------------------------------- */

static gboolean
find_readable (TorgQuestion *question, const char *hash, gboolean *may, GError **error)
{
  TorgDb *db = torg_server_store_get_db (question->store);
  g_autoptr (TorgSight) sight = NULL;
  gboolean ok;

  *may = FALSE;
  if (!torg_content_is_hash (hash))
    return TRUE;
  if (!torg_db_begin_reading (db, error))
    return FALSE;
  ok = torg_server_store_load_schema (question->store, error) && may_read (question, hash, &sight, may, error);
  torg_db_rollback (db);
  return ok;
}

/* `A-B`, `A-` or `-N` of one range of bytes; any other is none (RFC 9110). @end is behind the last one. */
static gboolean
read_range (const char *text, gint64 length, gint64 *start, gint64 *end)
{
  g_auto (GStrv) ends = NULL;
  guint64 first = 0, last = 0;

  if (text == NULL || !g_str_has_prefix (text, "bytes="))
    return FALSE;
  ends = g_strsplit (text + strlen ("bytes="), "-", 3);
  if (g_strv_length (ends) != 2 || (*ends[0] == '\0' && *ends[1] == '\0') ||
      (*ends[0] != '\0' && !g_ascii_string_to_unsigned (ends[0], 10, 0, G_MAXINT64, &first, NULL)) ||
      (*ends[1] != '\0' && !g_ascii_string_to_unsigned (ends[1], 10, 0, G_MAXINT64 - 1, &last, NULL)) ||
      (*ends[0] != '\0' && *ends[1] != '\0' && first > last))
    return FALSE;
  *start = *ends[0] != '\0' ? (gint64) first : MAX (length - (gint64) last, 0);
  *end = *ends[0] != '\0' && *ends[1] != '\0' ? MIN ((gint64) last + 1, length) : length;
  return TRUE;
}

static void
cut (TorgQuestion *question)
{
  TorgResponse *response = question->response;
  TorgRequest  *request = question->request;
  gint64        length = (gint64) g_bytes_get_size (response->file), start, end;
  GBytes       *part;

  if (!g_str_equal (request->method, "GET") ||
      (request->if_range != NULL && !g_str_equal (request->if_range, response->etag)) ||
      !read_range (request->range, length, &start, &end))
    return;
  if (start >= end)
    {
      g_clear_pointer (&response->file, g_bytes_unref);
      response->status = 416;
      response->content_range = g_strdup_printf ("bytes */%" G_GINT64_FORMAT, length);
      return;
    }
  part = g_bytes_new_from_bytes (response->file, (gsize) start, (gsize) (end - start));
  g_bytes_unref (response->file);
  response->file = part;
  response->status = 206;
  response->content_range =
    g_strdup_printf ("bytes %" G_GINT64_FORMAT "-%" G_GINT64_FORMAT "/%" G_GINT64_FORMAT, start, end - 1, length);
}

static gboolean
send_file (TorgQuestion *question, const char *hash, GError **error)
{
  g_autofree char *path = NULL;
  g_autoptr (GMappedFile) file = NULL;
  g_autoptr (GError) local = NULL;
  gboolean may;

  if (!find_readable (question, hash, &may, error))
    return FALSE;
  if (!may)
    return refuse_unknown (question);
  question->response->etag = g_strdup_printf ("\"%s\"", hash);
  if (torg_request_knows (question->request, question->response->etag))
    {
      question->response->status = 304;
      return TRUE;
    }
  path = torg_content_dup_path (question->request->files->content, hash);
  file = g_mapped_file_new (path, FALSE, &local);
  if (file == NULL)
    {
      g_clear_pointer (&question->response->etag, g_free);
      return refuse_disk (question, local);
    }
  question->response->status = 200;
  question->response->type = "application/octet-stream";
  /* It is given on the thread of the main loop, which is not to wait for the disk. */
  if (g_mapped_file_get_length (file) > 0)
    posix_madvise (g_mapped_file_get_contents (file), g_mapped_file_get_length (file), POSIX_MADV_WILLNEED);
  question->response->file = g_mapped_file_get_bytes (file);
  cut (question);
  return TRUE;
}

/**
 * torg_file_resource_is_part:
 * @request: a question
 *
 * Tells whether the body of a question is a part of a file, which means nothing by itself.
 *
 * Returns: whether it is
 */
gboolean
torg_file_resource_is_part (TorgRequest *request)
{
  return g_str_has_prefix (request->path, UPLOADS);
}

/**
 * torg_file_resource_handle:
 * @store: a connection
 * @user: who asks
 * @request: a question for `/v1/files` or below
 * @response: where the answer goes
 * @error: place for an error
 *
 * Takes or gives a file.
 *
 * Returns: whether the database answered
 */
gboolean
torg_file_resource_handle (TorgServerStore *store,
                           const char      *user,
                           TorgRequest     *request,
                           TorgResponse    *response,
                           GError         **error)
{
  TorgQuestion question = { store, user, request, response };
  gboolean     is_part = torg_file_resource_is_part (request), is_all = g_str_equal (request->path, PREFIX);

  if (is_all ? !g_str_equal (request->method, "POST")
             : !g_str_equal (request->method, "HEAD") && !g_str_equal (request->method, is_part ? "PATCH" : "GET"))
    return torg_question_refuse (&question, 405, "method", "That cannot be done with files.");
  if (request->files == NULL)
    return torg_question_refuse (&question, 501, "no_files",
                                 "This server keeps no files. “files” in its configuration says where.");
  if (is_part)
    return handle_upload (&question, request->path + strlen (UPLOADS), error);
  return is_all ? begin (&question, error) : send_file (&question, request->path + strlen (PREFIX "/"), error);
}
