/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "torg-edit.h"
#include "torg-env.h"
#include "torg-job.h"
#include "torg-query.h"
#include "torg-row.h"

#include <gio/gio.h>

G_BEGIN_DECLS

#define TORG_TYPE_STORE (torg_store_get_type ())

/* The replica's database, used by one thread at a time and blocking: what torgctl, imports and the replica's threads work with. */
G_DECLARE_FINAL_TYPE (TorgStore, torg_store, TORG, STORE, GObject)

/**
 * TorgStoreError:
 * @TORG_STORE_ERROR_FAILED: the disk or the database said no
 * @TORG_STORE_ERROR_NEWER: a newer version of Torg wrote the file
 * @TORG_STORE_ERROR_CORRUPT: the file is damaged or no replica
 * @TORG_STORE_ERROR_READ_ONLY: it cannot be written to
 * @TORG_STORE_ERROR_LOCKED: another program keeps it locked
 * @TORG_STORE_ERROR_FULL: the disk is full
 *
 * What can go wrong with a replica. Messages are sentences in the user's language that say what to do.
 */
typedef enum {
  TORG_STORE_ERROR_FAILED,
  TORG_STORE_ERROR_NEWER,
  TORG_STORE_ERROR_CORRUPT,
  TORG_STORE_ERROR_READ_ONLY,
  TORG_STORE_ERROR_LOCKED,
  TORG_STORE_ERROR_FULL,
} TorgStoreError;

#define TORG_STORE_ERROR (torg_store_error_quark ())

/**
 * TorgStoreFlags:
 * @TORG_STORE_NONE: for reading and writing; made where it is missing, brought up to date where it is old
 * @TORG_STORE_READER: for reading; must exist
 * @TORG_STORE_BULK: for the first filling of a new file: no journal, no waiting for the disk until closed
 *
 * How a store is opened.
 */
typedef enum {
  TORG_STORE_NONE   = 0,
  TORG_STORE_READER = 1 << 0,
  TORG_STORE_BULK   = 1 << 1,
} TorgStoreFlags;

/**
 * TorgChange:
 * @type: the type's name
 * @id: the record's id
 * @rowid: its place in the table
 * @op: what happened
 *
 * One record that changed.
 */
typedef struct {
  const TorgType *type;
  char           *id;
  gint64          rowid;
  TorgOp          op;
} TorgChange;

/**
 * TorgCounter:
 *
 * Number and sum of the open deals, or leads, of a stage and currency; the owner is NULL where summed over owners.
 */
typedef struct {
  char  *stage;    /* (owned) */
  char  *owner;    /* (owned) (nullable) */
  char   currency[4];
  gint64 n;
  gint64 sum;
} TorgCounter;

/**
 * TorgHit:
 *
 * A record that a search found.
 */
typedef struct {
  TorgRow *row;   /* (owned), filled */
  int      score; /* the higher, the better */
} TorgHit;

GQuark      torg_store_error_quark    (void);
TorgStore  *torg_store_open           (TorgEnv         *env,
                                       const char      *path,
                                       TorgStoreFlags   flags,
                                       GError         **error);
gboolean    torg_store_close          (TorgStore       *self,
                                       GError         **error);
TorgEnv    *torg_store_get_env        (TorgStore       *self);
TorgSchema *torg_store_get_schema     (TorgStore       *self);
const char *torg_store_get_user       (TorgStore       *self);
gboolean    torg_store_is_empty       (TorgStore       *self);

/* Reading. */
TorgRecord *torg_store_get            (TorgStore       *self,
                                       const char      *type,
                                       const char      *id,
                                       GError         **error);
TorgRecord *torg_store_get_nth        (TorgStore       *self,
                                       const TorgType  *type,
                                       gint64           rowid,
                                       GError         **error);
const TorgType *torg_store_find_type  (TorgStore       *self,
                                       const char      *id,
                                       GError         **error);
GPtrArray  *torg_store_list           (TorgStore       *self,
                                       TorgQuery       *query,
                                       guint            limit,
                                       GCancellable    *cancellable,
                                       GError         **error); /* TorgRecord */
gboolean    torg_store_count          (TorgStore       *self,
                                       TorgQuery       *query,
                                       GCancellable    *cancellable,
                                       gint64          *n,
                                       GError         **error);
GArray     *torg_store_list_rowids    (TorgStore       *self,
                                       TorgQuery       *query,
                                       guint            limit,
                                       GCancellable    *cancellable,
                                       GError         **error); /* gint64 */
char       *torg_store_dup_title      (TorgStore       *self,
                                       const char      *type,
                                       const char      *id);
TorgRow    *torg_store_make_row       (TorgStore       *self,
                                       TorgRecord      *record);
GPtrArray  *torg_store_list_counters  (TorgStore       *self,
                                       TorgQuery       *query,
                                       GCancellable    *cancellable,
                                       GError         **error); /* TorgCounter, one a stage and currency */
GPtrArray  *torg_store_search         (TorgStore       *self,
                                       const char      *text,
                                       const char      *type,
                                       guint            limit,
                                       GError         **error); /* TorgHit, the best first */
GPtrArray  *torg_store_find_matches   (TorgStore       *self,
                                       TorgRecord      *record,
                                       GError         **error); /* TorgRecord: likely the same client */
GPtrArray  *torg_store_list_history   (TorgStore       *self,
                                       const char      *id,
                                       const char      *field,
                                       guint            limit,
                                       GError         **error); /* TorgRecord of history, newest first */

/* Writing. */
gboolean    torg_store_apply          (TorgStore       *self,
                                       TorgEdit        *edit,
                                       gint64          *step,
                                       GError         **error);
char       *torg_store_undo           (TorgStore       *self,
                                       gint64           step,
                                       guint           *n_left,
                                       GError         **error);
gint64      torg_store_rank_between   (TorgStore       *self,
                                       const TorgType  *type,
                                       const char      *stage,
                                       const char      *after,
                                       const char      *before,
                                       GError         **error);
GPtrArray  *torg_store_steal_changes  (TorgStore       *self); /* TorgChange: since the last call */

void        torg_change_free          (TorgChange      *self);
void        torg_counter_free         (TorgCounter     *self);
void        torg_hit_free             (TorgHit         *self);

G_END_DECLS
