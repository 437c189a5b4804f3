/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "torg-db.h"
#include "torg-env.h"
#include "torg-page.h"
#include "torg-record.h"

G_BEGIN_DECLS

/* On which each commit on PostgreSQL notifies: its number, a space, the schema, since a channel is the database's. */
#define TORG_COMMITS_CHANNEL "torg_commits"

/**
 * TorgServerStore:
 *
 * A connection to the server's database, be it SQLite or PostgreSQL, for one thread at a time. The SQL is the same for
 * both; records stand in a table a type, derived from the schema, each key begins with the workspace.
 */
typedef struct _TorgServerStore TorgServerStore;

/**
 * TorgServerNumber:
 * @id: a record's id
 * @seq: the sequence number of its last change
 *
 * Which state of a record there is.
 */
typedef struct {
  guint8 id[16];
  gint64 seq;
} TorgServerNumber;

/**
 * TorgServerLimits:
 * @page: records of a page of a first sync, or of a difference of what a user sees; 0 for %TORG_WIRE_PAGE
 * @changes: changes of one answer; 0 for %TORG_PULL_MAX_CHANGES
 *
 * How much an answer holds, at most.
 */
typedef struct {
  guint page;
  guint changes;
} TorgServerLimits;

TorgServerStore *torg_server_store_open          (TorgEnv         *env,
                                                  const char      *uri,
                                                  GError         **error);
void             torg_server_store_free          (TorgServerStore *self);
gboolean         torg_server_store_migrate       (TorgServerStore *self,
                                                  GError         **error);

TorgEnv         *torg_server_store_get_env       (TorgServerStore *self);
TorgDb          *torg_server_store_get_db        (TorgServerStore *self);
TorgSchema      *torg_server_store_get_schema    (TorgServerStore *self);
gboolean         torg_server_store_load_schema   (TorgServerStore *self,
                                                  GError         **error);
gint64           torg_server_store_get_workspace (TorgServerStore *self);
TorgServerLimits *torg_server_store_get_limits   (TorgServerStore *self);

TorgStatement   *torg_server_store_prepare       (TorgServerStore *self,
                                                  const char      *sql,
                                                  GError         **error);
gboolean         torg_server_store_end           (TorgServerStore *self,
                                                  gboolean         ok,
                                                  GError         **error);

gboolean         torg_server_store_get_forgotten (TorgServerStore *self,
                                                  gint64          *seq,
                                                  GError         **error);
gboolean         torg_server_store_get_head      (TorgServerStore *self,
                                                  gint64          *seq,
                                                  char           **tag,
                                                  char           **epoch,
                                                  GError         **error);
gboolean         torg_server_store_renew_epoch   (TorgServerStore *self,
                                                  GError         **error);
gboolean         torg_server_store_next_seq      (TorgServerStore *self,
                                                  gint64          *seq,
                                                  GError         **error);
gint64           torg_server_store_get_last_seq  (TorgServerStore *self);
gboolean         torg_server_store_is_shared     (const char      *uri);

gboolean         torg_server_store_load          (TorgServerStore *self,
                                                  const TorgType  *type,
                                                  const char      *id,
                                                  gboolean         lock,
                                                  TorgRecord     **record,
                                                  char           **keys,
                                                  GError         **error);
gboolean         torg_server_store_write         (TorgServerStore *self,
                                                  TorgRecord      *record,
                                                  const char      *keys,
                                                  gboolean         is_new,
                                                  GError         **error);
GPtrArray       *torg_server_store_list_referents (TorgServerStore *self,
                                                  const TorgType  *type,
                                                  const TorgField *field,
                                                  const char      *id,
                                                  GError         **error); /* ids */
int              torg_server_store_append_keys   (TorgServerStore *self,
                                                  GString         *sql,
                                                  const char      *column,
                                                  GPtrArray       *keys,
                                                  int              index);
void             torg_server_store_bind_keys     (TorgServerStore *self,
                                                  TorgStatement   *statement,
                                                  GPtrArray       *keys,
                                                  int              index);
GPtrArray       *torg_server_store_list_page     (TorgServerStore *self,
                                                  const TorgType  *type,
                                                  const char      *after,
                                                  guint            limit,
                                                  GPtrArray       *keys,
                                                  GError         **error); /* TorgRecord */
GPtrArray       *torg_server_store_list_with_keys (TorgServerStore *self,
                                                   const TorgType  *type,
                                                   const char      *after,
                                                   guint            limit,
                                                   GPtrArray       *access,
                                                   GError         **error); /* TorgRecord */
GArray          *torg_server_store_list_numbers  (TorgServerStore *self,
                                                  const TorgType  *type,
                                                  const char      *after,
                                                  guint            limit,
                                                  GPtrArray       *keys,
                                                  GError         **error); /* TorgServerNumber */
GPtrArray       *torg_server_store_find_page     (TorgServerStore *self,
                                                  const TorgType  *type,
                                                  TorgPage        *page,
                                                  guint            limit,
                                                  GPtrArray       *keys,
                                                  GError         **error); /* TorgRecord */

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TorgServerStore, torg_server_store_free)

G_END_DECLS
