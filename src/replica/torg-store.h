/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "torg-edit.h"
#include "torg-env.h"
#include "torg-error.h"
#include "torg-job.h"
#include "torg-next-rule.h"
#include "torg-query.h"
#include "torg-row.h"
#include "torg-stage-rule.h"

#include <gio/gio.h>

G_BEGIN_DECLS

#define TORG_TYPE_STORE (torg_store_get_type ())

/* The replica's database, used by one thread at a time and blocking: what torgctl, imports and the replica's threads work with. */
G_DECLARE_FINAL_TYPE (TorgStore, torg_store, TORG, STORE, GObject)

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
 * @type: the type's declaration
 * @id: (owned): the record's id
 * @rowid: its place in the table
 * @op: what happened
 *
 * One record that changed.
 */
typedef struct {
  const TorgTypeInfo *type;
  char               *id;
  gint64              rowid;
  TorgOp              op;
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

/* How many of what an undo leaves alone are listed. */
#define TORG_MAX_LEFT 1000

/**
 * TorgLeft:
 *
 * What an undo left alone, since it was changed later.
 */
typedef struct {
  char *type;  /* (owned) */
  char *id;    /* (owned) */
  char *title; /* (owned) */
  char *field; /* (owned) (nullable): all of the record */
} TorgLeft;

/**
 * TorgImportInfo:
 *
 * An import of the past.
 */
typedef struct {
  char    *id;    /* (owned) */
  char    *label; /* (owned) (nullable) */
  gint64   at;    /* microseconds UTC */
  gint64   n_records;
  gboolean undone;
  gboolean partly; /* something was left alone when it was undone */
} TorgImportInfo;

TorgStore  *torg_store_open           (TorgEnv         *env,
                                       const char      *path,
                                       TorgStoreFlags   flags,
                                       GError         **error);
gboolean    torg_store_close          (TorgStore       *self,
                                       GError         **error);
TorgEnv    *torg_store_get_env        (TorgStore       *self);
const char *torg_store_get_path       (TorgStore       *self);
gboolean    torg_store_is_in_transaction (TorgStore    *self);
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
gboolean    torg_store_ask_next       (TorgStore       *self,
                                       TorgRecord      *activity,
                                       TorgNextRule    *rule,
                                       gboolean        *planned,
                                       GError         **error);
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
GArray     *torg_store_list_merged    (TorgStore       *self,
                                       TorgQuery       *query,
                                       TorgQuery       *other,
                                       guint            limit,
                                       GCancellable    *cancellable,
                                       GError         **error); /* gint64 */
char       *torg_store_dup_title      (TorgStore       *self,
                                       const char      *type,
                                       const char      *id);
GPtrArray  *torg_store_list_titled    (TorgStore       *self,
                                       const char      *type,
                                       const char      *title,
                                       GError         **error); /* TorgRecord */
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
                                       guint            limit,
                                       GError         **error); /* TorgRecord: likely the same */
GPtrArray  *torg_store_find_by_keys   (TorgStore       *self,
                                       const char      *type_name,
                                       const char *const *keys,
                                       const char      *but,
                                       const char      *kinds,
                                       guint            limit,
                                       GError         **error); /* TorgRecord */
char      **torg_record_dup_match_keys (TorgRecord     *record);
void        torg_mutation_prepare     (TorgMutation    *self,
                                       TorgRecord      *record,
                                       const char *const *keys,
                                       TorgEnv         *env);
GPtrArray  *torg_store_list_history   (TorgStore       *self,
                                       const char      *id,
                                       const char      *field,
                                       guint            limit,
                                       GError         **error); /* TorgRecord of history, newest first */

/* Writing. Several calls between begin and commit are one transaction; each of the others is one of its own. */
gboolean    torg_store_begin          (TorgStore       *self,
                                       GError         **error);
gboolean    torg_store_commit         (TorgStore       *self,
                                       GError         **error);
void        torg_store_rollback       (TorgStore       *self);
gboolean    torg_store_begin_reading  (TorgStore       *self,
                                       GError         **error);
void        torg_store_end_reading    (TorgStore       *self);
gboolean    torg_store_apply_import   (TorgStore       *self,
                                       TorgEdit        *edit,
                                       const char      *import,
                                       GError         **error);
gboolean    torg_store_apply_part     (TorgStore       *self,
                                       TorgEdit        *edit,
                                       const char      *whole,
                                       gint64          *step,
                                       GError         **error);
gboolean    torg_store_sync           (TorgStore       *self,
                                       GError         **error);
gboolean    torg_store_undo_import    (TorgStore       *self,
                                       const char      *import,
                                       guint           *n_left,
                                       GPtrArray       *items,
                                       GError         **error);
GPtrArray  *torg_store_list_imports   (TorgStore       *self,
                                       GError         **error); /* TorgImportInfo, the newest first */
gboolean    torg_store_insert         (TorgStore       *self,
                                       TorgRecord      *record,
                                       GError         **error);
gboolean    torg_store_set_user       (TorgStore       *self,
                                       const char      *user,
                                       GError         **error);
char       *torg_store_dup_memory     (TorgStore       *self,
                                       const char      *name);
gboolean    torg_store_set_memory     (TorgStore       *self,
                                       const char      *name,
                                       const char      *value,
                                       GError         **error);
gint64      torg_store_get_version    (TorgStore       *self);
gboolean    torg_store_reload         (TorgStore       *self,
                                       GError         **error);
gboolean    torg_store_allows         (TorgStore       *self,
                                       TorgRecord      *before,
                                       TorgRecord      *after,
                                       GError         **error);
gboolean    torg_store_find_bar       (TorgStore       *self,
                                       TorgRecord      *before,
                                       TorgRecord      *after,
                                       const char      *stage,
                                       TorgStageBar    *bar,
                                       GPtrArray       *missing,
                                       char           **words,
                                       GError         **error);
gboolean    torg_store_apply          (TorgStore       *self,
                                       TorgEdit        *edit,
                                       gint64          *step,
                                       GError         **error);
gint64      torg_store_find_step      (TorgStore       *self,
                                       const char      *mutation);
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
void        torg_left_free            (TorgLeft        *self);
void        torg_import_info_free     (TorgImportInfo  *self);

G_END_DECLS
