/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "torg-batch.h"
#include "torg-db.h"
#include "torg-rule.h"
#include "torg-store.h"
#include "torg-wire.h"
#include "torg-record-table.h"

G_BEGIN_DECLS

/* What an edit writes many rows of: torg-held.c. */
typedef enum {
  TORG_HELD_HISTORY,
  TORG_HELD_UNDO,
  TORG_HELD_KEYS,
  TORG_HELD_DOCS,
  TORG_N_HELD
} TorgHeld;

struct _TorgStore
{
  GObject        parent_instance;
  TorgEnv       *env;    /* (owned) */
  char          *path;   /* (owned) */
  TorgDb        *db;     /* (owned) (nullable) once closed */
  TorgSchema    *base;   /* (owned): without custom fields */
  TorgSchema    *schema; /* (owned) */
  char          *defs;   /* (owned) (nullable): the custom fields that @schema has */
  GPtrArray     *tables; /* (owned) (element-type TorgRecordTable), by type index */
  TorgStoreFlags flags;
  gboolean       local;   /* no server: no outbox */
  GArray        *marks;   /* (owned) (element-type guint): for each call of torg_store_begin, the length of @pending */
  char          *user;    /* (owned) (nullable): whose replica it is */
  GPtrArray     *changes; /* (owned) (element-type TorgChange): committed */
  GPtrArray     *pending; /* (owned) (element-type TorgChange): of the transaction */
  char           group[37];    /* of the mutations of the step */
  char           mutation[37]; /* the one that is being applied */
  guint          n_sent;       /* mutations of the step */
  guint          n_undo_ops;   /* of the step */
  GHashTable    *held;         /* (owned) (nullable): search terms to be written at the end of an edit, by id */
  TorgBatch     *batches[TORG_N_HELD]; /* (owned) (nullable) */
  gboolean       schema_dirty; /* a field_def changed in the transaction */
};

TorgStore *
torg_store_open_with_schema (TorgEnv *env, const char *path, TorgStoreFlags flags, TorgSchema *schema, GError **error);
TorgRecordTable *torg_store_get_table (TorgStore *self, const TorgType *type);
gboolean         torg_store_load_schema (TorgStore *self, GError **error);
gboolean         torg_store_run_for_id (TorgStore *self, const char *sql, const char *id, GError **error);

/* torg-upgrade.c */

/* `PRAGMA application_id` of a replica: "Torg". */
#define TORG_APPLICATION_ID 0x546f7267

gboolean torg_upgrade_run (TorgStore *self, GError **error);
gboolean torg_upgrade_note (TorgStore *self, GError **error);
gboolean torg_upgrade_make_indexes (TorgStore *self, GError **error);
gboolean torg_upgrade_make_triggers (TorgStore *self, GError **error);

/* torg-state.c: sync_state, a table of names and texts. */
gboolean torg_state_migrate (TorgDb *db, GError **error);
char    *torg_state_get (TorgDb *db, const char *name);
gboolean torg_state_set (TorgDb *db, const char *name, const char *value, GError **error);

/* torg-bulk-load.c */
gboolean torg_bulk_load_is_running (TorgStore *self);
gboolean torg_bulk_load_begin (TorgStore *self, GError **error);
gboolean torg_bulk_load_advance (TorgStore *self, const TorgType *type, GError **error);

/* torg-counters.c */
gboolean torg_counters_migrate (TorgDb *db, GError **error);
gboolean torg_counters_rebuild (TorgDb *db, GError **error);

/* torg-next-step.c */
gboolean torg_next_step_migrate (TorgDb *db, GError **error);
gboolean torg_next_step_drop (TorgDb *db, GError **error);
gboolean torg_next_step_rebuild (TorgDb *db, GError **error);
gboolean torg_next_step_set (TorgStore *self, const char *deal, GError **error);
gboolean torg_next_step_check (TorgStore *self, TorgRecord *before, TorgRecord *after, GError **error);

/* torg-held.c */
TorgStatement *torg_held_begin_row (TorgStore *self, TorgHeld which);
gboolean       torg_held_end_row (TorgStore *self, TorgHeld which, GError **error);
gboolean       torg_held_flush_rows (TorgStore *self, TorgHeld which, GError **error);
void           torg_held_begin (TorgStore *self);
gboolean       torg_held_end (TorgStore *self, gboolean write, GError **error);
gboolean       torg_held_insert (TorgStore *self, TorgRecord *record, GError **error);
void           torg_held_free (TorgStore *self);

/* torg-search.c */
gboolean torg_search_migrate (TorgDb *db, GError **error);
gboolean torg_search_put (TorgStore *self, TorgRecord *record, const char *terms, gboolean is_new, GError **error);
void     torg_search_hold (TorgStore *self);
gboolean torg_search_flush (TorgStore *self, gboolean write, GError **error);
gboolean torg_search_remove (TorgStore *self, TorgRecord *record, GError **error);
gboolean torg_search_note_log (TorgStore *self, GError **error);
gboolean torg_search_note_stale (TorgStore *self, gboolean at_once, GError **error);

/* torg-match.c */
gboolean torg_match_migrate (TorgDb *db, GError **error);
gboolean torg_match_add (TorgStore *self, TorgRecord *record, char **keys, GError **error);
gboolean torg_match_put (TorgStore *self, TorgRecord *before, TorgRecord *after, GError **error);
gboolean torg_match_remove (TorgStore *self, TorgRecord *record, GError **error);

/* torg-history.c */
char    *torg_history_make_id (const char *mutation, const char *record, const char *field);
gboolean torg_history_add_creation (TorgStore  *self,
                                    TorgRecord *record,
                                    const char *line_id,
                                    const char *import,
                                    GError    **error);
gboolean torg_history_add (TorgStore  *self,
                           TorgRecord *record,
                           const char *field,
                           const char *before,
                           const char *after,
                           const char *import,
                           GError    **error);

/* torg-outbox.c */
gboolean torg_outbox_migrate (TorgDb *db, GError **error);
gboolean torg_outbox_add (TorgStore    *self,
                          TorgMutation *mutation,
                          TorgRecord   *before,
                          TorgRecord   *after,
                          const char   *import,
                          gboolean      cascade,
                          GError      **error);
TorgWireMutation *torg_outbox_describe (TorgStore *self, TorgRecord *record);
gboolean torg_outbox_was_tried (TorgStore *self, gint64 from, gint64 to, gboolean *tried, GError **error);
gboolean torg_outbox_remove (TorgStore *self, gint64 from, gint64 to, GError **error);

/* torg-adopt.c */
gboolean torg_adopt_begin (TorgStore *self, const char *client, const char *user, GError **error);
gint64   torg_adopt_count (TorgStore *self);
gboolean torg_adopt_meet (TorgStore *self, TorgRecord *server, GError **error);

/* torg-lock.c */
gboolean torg_lock_note_contact (TorgStore *self, GError **error);

/* torg-incoming.c */
gboolean torg_incoming_settle (TorgStore *store, const char *type, const char *id, GError **error);

/* torg-file-table.c */
gboolean torg_file_table_migrate (TorgDb *db, GError **error);
gboolean torg_file_table_requeue (TorgStore *self, GError **error);
gboolean torg_file_table_note_gone (TorgStore *self, const char *id, GError **error);

/* torg-undo.c */
gboolean torg_undo_migrate (TorgDb *db, GError **error);
gboolean torg_undo_begin_step (TorgStore *self, const char *label, const char *import, gint64 *step, GError **error);
gboolean torg_undo_end_step (TorgStore *self, gint64 step, GError **error);
gboolean torg_undo_forget_labels (TorgStore *self, const char *type, const char *id, GError **error);
gboolean torg_undo_end_for_good (TorgStore *self, gint64 step, GError **error);
gboolean torg_undo_add (TorgStore      *self,
                        gint64          step,
                        TorgOp          op,
                        TorgRecord     *before,
                        TorgRecord     *after,
                        const gboolean *changed,
                        GError        **error);

gboolean torg_undo_add_retried (TorgStore *self, gint64 step, const char *id, const char *text, GError **error);

/* torg-differences.c */
gboolean torg_difference_keep_proposal (TorgStore *self, const char *id, GError **error);
gboolean torg_difference_take_back (TorgStore *self, TorgRecord *record, GError **error);

/* torg-sync-store.c */
gboolean torg_store_forget_attention (TorgStore *self, const char *id, GError **error);

/* torg-rebase.c */
gboolean torg_rebase_field (TorgStore *self,
                            const char *record,
                            const TorgField *field,
                            gint64 step,
                            gint64 outbox,
                            const TorgValue *was,
                            const TorgValue *before,
                            TorgValue *value,
                            gboolean *later,
                            gboolean *rebased,
                            GError **error);

/* torg-rejected.c */
gboolean torg_rejected_take (TorgStore *self, TorgEdit *edit, gint64 step, GError **error);
gboolean torg_rejected_give_back (TorgStore *self, const char *text, GError **error);

/* torg-rank.c */
gint64 torg_rank_find_top (TorgStore *self, const TorgType *type, const char *stage);

/* torg-derive.c */
TorgRuleSource torg_derive_source (TorgStore *self);
void           torg_derive_fill   (TorgStore  *self,
                                   TorgRecord *record);

/* torg-apply.c */
gboolean
torg_apply_edit (TorgStore *self, TorgEdit *edit, gint64 step, const char *import, gboolean plain, GError **error);
gboolean torg_apply_purge (TorgStore *self, TorgRecord *record, GError **error);
gboolean
torg_apply_has_referents (TorgStore *self, TorgRecord *record, gboolean with_deleted, gboolean *has, GError **error);
gboolean torg_apply_ref_exists (TorgStore       *self,
                                const TorgField *field,
                                const TorgValue *value,
                                gboolean        *exists,
                                GError         **error);
void     torg_store_note_change (TorgStore *self, TorgRecord *record, TorgOp op);

/* torg-query-sql.c */
gboolean
torg_query_append_where (TorgStore *self, TorgQuery *query, const TorgType *type, GString *sql, GError **error);
gboolean
     torg_query_append_order (TorgStore *self, TorgQuery *query, const TorgType *type, GString *sql, GError **error);
TorgStatement *torg_store_prepare_query (TorgStore *self, TorgQuery *query, const char *select, gboolean sorted,
                                         guint limit, GError **error);
void torg_query_bind (TorgStore *self, TorgQuery *query, const TorgType *type, TorgStatement *statement);

G_END_DECLS
