/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "torg-rate.h"
#include "torg-server-files.h"
#include "torg-server-store.h"

G_BEGIN_DECLS

/**
 * TorgRequest:
 * @method: `GET`, `POST` …
 * @path: without the query
 * @query: (nullable): name → value, decoded
 * @repeated: (nullable): the name of a parameter that came more than once, of which @query has the last
 * @token: (nullable): what stood behind `Bearer`
 * @scopes: (nullable): what the token may be used for, once that is known; %NULL for all that its user may do
 * @if_none_match: (nullable): ETags that are known already, or `*`
 * @if_match: (nullable): the ETag that is to be changed, or `*`
 * @key: (nullable): what stood behind `Idempotency-Key`
 * @peer: (nullable): the address of whoever asks
 * @languages: (nullable): those that the browser wants: `Accept-Language`
 * @body: (nullable): what was sent
 * @length: its length in bytes
 * @content: (nullable): what it is: `Content-Type`
 * @origin: (nullable): whose page asks: `Origin`
 * @upload_offset: (nullable): where a part of a file begins: `Upload-Offset`
 * @range: (nullable): which part of a file is wanted: `Range`
 * @if_range: (nullable): the ETag of what whoever asks has the rest of: `If-Range`
 * @files: (nullable): where files are kept
 * @host: (nullable): by what name the server was asked: `Host`
 * @rate: (nullable): how fast each may ask; %NULL for as fast as they can
 * @oldest_schema: the first version of the data that a replica has to know; 0 for any
 *
 * A question to the server, independent of how it came.
 */
typedef struct {
  const char *method;
  const char *path;
  GHashTable *query;
  const char *repeated;
  const char *token;
  const char *scopes;
  const char *if_none_match;
  const char *if_match;
  const char *key;
  const char *peer;
  const char *languages;
  const char *body;
  gsize       length;
  const char *content;
  const char *origin;
  const char *upload_offset;
  const char *range;
  const char *if_range;
  const TorgServerFiles *files;
  const char *host;
  TorgRate   *rate;
  guint       oldest_schema;
} TorgRequest;

/**
 * TorgResponse:
 * @status: of HTTP
 * @type: the media type
 * @body: (owned)
 * @user: (owned) (nullable): who asked, for the log
 * @etag: (owned) (nullable): of what is answered
 * @location: (owned) (nullable): the address of what was made, or to go on with
 * @origin: (owned) (nullable): whose page may read the answer; `*` for any
 * @upload_offset: (owned) (nullable): how much of a file is here
 * @upload_length: (owned) (nullable): how long it will be
 * @upload_limit: (owned) (nullable): how long one may be
 * @content_range: (owned) (nullable): which part of a file it is
 * @file: (owned) (nullable): what is answered instead of @body
 * @retry_after: how many seconds to wait before asking again; 0 for none
 * @encoding: (nullable): how @body is encoded
 * @is_late: whether it is given only when there is a commit after @seen
 * @seen: the number that whoever asks knows of
 *
 * The server's answer.
 */
typedef struct {
  guint       status;
  const char *type;
  GString    *body;
  char       *user;
  char       *etag;
  char       *location;
  char       *origin;
  char       *upload_offset;
  char       *upload_length;
  char       *upload_limit;
  char       *content_range;
  GBytes     *file;
  guint       retry_after;
  const char *encoding;
  gboolean    is_late;
  gint64      seen;
} TorgResponse;

TorgResponse *torg_routes_handle        (TorgServerStore *store,
                                         TorgRequest     *request);
gboolean      torg_request_knows        (TorgRequest     *self,
                                         const char      *etag);
void          torg_response_set_seq     (TorgResponse    *self,
                                         gint64           seq);
void          torg_response_set_problem (TorgResponse    *self,
                                         guint            status,
                                         const char      *code,
                                         const char      *title);
void          torg_response_set_missing_scope (TorgResponse *self,
                                         const char      *scope);
void          torg_response_set_refusal (TorgResponse    *self,
                                         guint            status,
                                         const char      *code,
                                         const char      *title,
                                         const char      *detail,
                                         const char      *field,
                                         int              operation);
void          torg_response_free        (TorgResponse    *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TorgResponse, torg_response_free)

G_END_DECLS
