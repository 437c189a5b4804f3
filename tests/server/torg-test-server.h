/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "torg-pull.h"
#include "torg-push.h"
#include "torg-server-store.h"

G_BEGIN_DECLS

/* 2026-03-05 09:00 UTC */
#define TEST_START G_GINT64_CONSTANT (1772701200000000)

/**
 * TestServer:
 *
 * A server without HTTP, on a database of its own: SQLite, or the PostgreSQL that TORG_TEST_POSTGRESQL names. Texts
 * and ids that its functions give live as long as it does.
 */
typedef struct {
  TorgEnv         *env;
  char            *dir;     /* (owned) (nullable) */
  char            *uri;     /* (owned) */
  TorgServerStore *store;   /* (owned) */
  GHashTable      *numbers; /* (owned) client → its last number */
  GPtrArray       *pool;    /* (owned): texts */
} TestServer;

/**
 * TestReplica:
 *
 * What a client has: each record as it came last.
 */
typedef struct {
  TestServer *server;
  const char *user;
  const char *client;
  char       *cursor;   /* (owned) (nullable) */
  GHashTable *records;  /* (owned) `TYPE/ID` → JSON */
  GPtrArray  *gone;     /* (owned): `TYPE/ID`, of the last pull */
  GPtrArray  *results;  /* (owned): JSON, of the last pull */
  GString    *text;     /* (owned): all that ever came */
  gint64      acked;    /* what the server said last */
  gboolean    more;
  gboolean    backfill;
} TestReplica;

TestServer  *test_server_new       (void);
void         test_server_free      (TestServer       *self);
const char  *test_id               (TestServer       *self);
const char  *test_text             (TestServer       *self,
                                    const char       *format,
                                    ...) G_GNUC_PRINTF (2, 3);

/* Records, put into the database past all checks; @fields is JSON with ' for ", and ` for one inside of a text. */
const char  *test_add              (TestServer       *self,
                                    const char       *type,
                                    const char       *fields);
const char  *test_add_user         (TestServer       *self,
                                    const char       *name,
                                    const char       *role,
                                    const char       *department);
const char  *test_field            (TestServer       *self,
                                    const char       *type,
                                    const char       *id,
                                    const char       *field);
gboolean     test_is_deleted       (TestServer       *self,
                                    const char       *type,
                                    const char       *id);
gint64       test_seq              (TestServer       *self,
                                    const char       *type,
                                    const char       *id);
guint        test_count_faults     (TestServer       *server);
gint64       test_count            (TestServer       *self,
                                    const char       *sql);

/* Mutations; @fields is JSON with ' for ": {'FIELD': {'base': …, 'new': …}}. */
TorgWireMutation *test_mutation    (TestServer       *self,
                                    const char       *client,
                                    TorgOp            op,
                                    const char       *type,
                                    const char       *id,
                                    const char       *fields);
GPtrArray   *test_batch            (TorgWireMutation *mutation,
                                    ...) G_GNUC_NULL_TERMINATED;
GPtrArray   *test_push             (TestServer       *self,
                                    const char       *user,
                                    const char       *client,
                                    GPtrArray        *mutations,
                                    TorgPushStatus    expected);
const char  *test_result           (TestServer       *self,
                                    GPtrArray        *results,
                                    guint             index);
const char  *test_do               (TestServer       *self,
                                    const char       *user,
                                    TorgOp            op,
                                    const char       *type,
                                    const char       *id,
                                    const char       *fields);

TestReplica *test_replica_new      (TestServer       *server,
                                    const char       *user,
                                    const char       *client);
void         test_replica_free     (TestReplica      *self);
void         test_pull_once        (TestReplica      *self,
                                    TorgPullStatus    expected);
guint        test_pull             (TestReplica      *self);
gboolean     test_has              (TestReplica      *self,
                                    const char       *type,
                                    const char       *id);
gboolean     test_went             (TestReplica      *self,
                                    const char       *type,
                                    const char       *id);

/* Adds a test to run once. */
void         test_case             (const char       *name,
                                    void (*run) (TestServer *server));

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TestServer, test_server_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TestReplica, test_replica_free)

G_END_DECLS
