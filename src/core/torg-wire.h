/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "torg-edit.h"
#include "torg-env.h"

#include <json-glib/json-glib.h>

G_BEGIN_DECLS

/* Mutations of one request, and records of one page of a first sync, at most. */
#define TORG_WIRE_MAX_BATCH 200
#define TORG_WIRE_PAGE      5000
/* Bytes of the fields of one request, about: what stands before a server may take 1 MB only. A group that has more is sent
 * as one as far as a server takes it. */
#define TORG_WIRE_BATCH_BYTES (512 * 1024)
#define TORG_WIRE_GROUP_BYTES (8 * 1024 * 1024)
/* Parts of a digest that are fetched again at once, at most. */
#define TORG_WIRE_MAX_BUCKETS 32

/**
 * TorgWireMutation:
 * @id: (owned): the mutation's id, by which the server knows it again
 * @client_seq: its number among those of the client, from 1 without gaps; 0 until it is sent
 * @group: (owned): mutations of one group take effect together or not at all
 * @op: what it does
 * @command: (owned) (nullable): the name of a command: `move` or `merge`
 * @type: (owned): the record's type
 * @record: (owned): the record's id
 * @base_seq: the sequence number of the record that it was made from; 0 for a new one
 * @fields: (owned): an object of `{FIELD: {"base", "new"}}`; a creation has no bases
 * @edited_at: microseconds UTC by the client's clock: shown, never compared
 * @schema: the schema version of the client
 * @import: (owned) (nullable): the import that it is part of
 *
 * A mutation on its way to the server: `{"mutation_id", "client_seq", "group_id", "op", "command", "type", "id",
 * "base_seq", "fields", "edited_at", "schema", "import"}`.
 */
typedef struct {
  char     *id;
  gint64    client_seq;
  char     *group;
  TorgOp    op;
  char     *command;
  char     *type;
  char     *record;
  gint64    base_seq;
  JsonNode *fields;
  gint64    edited_at;
  int       schema;
  char     *import;
} TorgWireMutation;

/**
 * TorgWireStatus:
 * @TORG_WIRE_APPLIED: as it was
 * @TORG_WIRE_MERGED: together with what somebody else changed
 * @TORG_WIRE_CONFLICT: of some fields the server's value stayed; `conflict` records tell which
 * @TORG_WIRE_REJECTED: not at all
 *
 * What the server did with a mutation.
 */
typedef enum {
  TORG_WIRE_APPLIED,
  TORG_WIRE_MERGED,
  TORG_WIRE_CONFLICT,
  TORG_WIRE_REJECTED,
} TorgWireStatus;

/**
 * TorgWireResult:
 * @mutation: (owned): which mutation
 * @client_seq: its number
 * @status: what was done
 * @code: (owned) (nullable): why it was rejected: `invalid`, `not_found`, `forbidden`, `rule`, `duplicate`,
 *   `dependency`, `administrator` (nobody could edit roles any more), `group`
 * @detail: (owned) (nullable): the field or record that it is about
 *
 * What became of a mutation: `{"mutation_id", "client_seq", "status", "code", "detail"}`.
 */
typedef struct {
  char          *mutation;
  gint64         client_seq;
  TorgWireStatus status;
  char          *code;
  char          *detail;
} TorgWireResult;

/**
 * TorgWireCursor:
 * @epoch: (owned): which life of the server
 * @seq: all commits up to this one are known
 * @tag: (owned): the random tag of that commit
 * @scope: (owned): the name of what the user may see
 * @old_scopes: (owned) (nullable): from the difference of two scopes on, until the changes behind it have come, the names
 *   of those that the client may have records of, split by `+`; %NULL in a first sync
 * @type: (owned) (nullable): where a first sync, or such a difference, has come to: a type's name
 * @id: (owned) (nullable): and an id; %NULL before the first
 * @read_seq: the commit that the last page of such a stream was read at, which may come after @seq
 * @read_tag: (owned) (nullable): its tag; %NULL where nothing was streamed since @seq
 *
 * A place in the server's changes; opaque for clients.
 */
typedef struct {
  char  *epoch;
  gint64 seq;
  char  *tag;
  char  *scope;
  char  *old_scopes;
  char  *type;
  char  *id;
  gint64 read_seq;
  char  *read_tag;
} TorgWireCursor;

/**
 * TorgWireEnd:
 * @cursor: (owned): where the changes go on
 * @epoch: (owned): which life of the server
 * @acked: the last number of the client whose result the answer holds
 * @more: whether there is more at once
 * @backfill: whether a first sync, or one of all anew, goes on
 * @time: microseconds UTC by the server's clock; 0 from a server that does not say it
 *
 * The end of an answer: `{"cursor", "epoch", "acked", "more", "backfill", "time"}`.
 */
typedef struct {
  char     *cursor;
  char     *epoch;
  gint64    acked;
  gboolean  more;
  gboolean  backfill;
  gint64    time;
} TorgWireEnd;

TorgWireMutation *torg_wire_mutation_new       (void);
TorgWireMutation *torg_wire_mutation_new_edit  (TorgEnv          *env,
                                                TorgOp            op,
                                                TorgRecord       *before,
                                                TorgRecord       *after);
void              torg_wire_mutation_free      (TorgWireMutation *self);
JsonNode         *torg_wire_mutation_to_json   (TorgWireMutation *self);
TorgWireMutation *torg_wire_mutation_from_json (JsonNode         *node,
                                                GError          **error);
char             *torg_wire_mutation_hash      (TorgWireMutation *self);
void              torg_wire_strip_bases        (JsonObject       *fields,
                                                const TorgType   *type);

TorgWireResult   *torg_wire_result_new         (const char       *mutation,
                                                gint64            client_seq,
                                                TorgWireStatus    status,
                                                const char       *code,
                                                const char       *detail);
void              torg_wire_result_free        (TorgWireResult   *self);
JsonNode         *torg_wire_result_to_json     (TorgWireResult   *self);
TorgWireResult   *torg_wire_result_from_json   (JsonNode         *node,
                                                GError          **error);

void              torg_wire_cursor_free        (TorgWireCursor   *self);
char             *torg_wire_cursor_to_text     (TorgWireCursor   *self);
TorgWireCursor   *torg_wire_cursor_from_text   (const char       *text,
                                                GError          **error);

void              torg_wire_end_free           (TorgWireEnd      *self);
JsonNode         *torg_wire_end_to_json        (TorgWireEnd      *self);
TorgWireEnd      *torg_wire_end_from_json      (JsonNode         *node);
TorgWireEnd      *torg_wire_end_find           (GBytes           *answer);

const char       *torg_wire_op_to_string       (TorgOp            op);
gboolean          torg_wire_op_from_string     (const char       *name,
                                                TorgOp           *op);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TorgWireMutation, torg_wire_mutation_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TorgWireResult, torg_wire_result_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TorgWireCursor, torg_wire_cursor_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TorgWireEnd, torg_wire_end_free)

G_END_DECLS
