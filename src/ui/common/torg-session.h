/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "torg-drafts.h"
#include "torg-lookup.h"
#include "torg-replica.h"
#include "torg-syncer.h"

G_BEGIN_DECLS

#define TORG_TYPE_SESSION (torg_session_get_type ())

/*
 * What a pane needs to work: the replica, the small tables, the settings, the jobs, and a way to apply edits and to
 * tell the user what happened. Made by the application, handed to every pane.
 *
 * Signals:
 * - `said` (char *text, gint64 step): something to show in a toast; a step above 0 can be undone.
 * - `open-record` (char *type, char *id, GListModel *rows, guint position, gboolean in_window): show a record; the
 *   rows, which may be NULL, are the list that it stands in.
 * - `edited` (gint64 step): an edit was applied.
 * - `state-changed`: an edit is being written, was saved or was refused.
 * - `refused` (GError *error): the disk refused an edit, which waits for torg_session_answer().
 */
G_DECLARE_FINAL_TYPE (TorgSession, torg_session, TORG, SESSION, GObject)

TorgSession *torg_session_new          (TorgReplica         *replica,
                                        GSettings           *settings);
TorgReplica *torg_session_get_replica  (TorgSession         *self);
TorgSchema  *torg_session_get_schema   (TorgSession         *self);
TorgLookup  *torg_session_get_lookup   (TorgSession         *self);
TorgSyncer  *torg_session_get_syncer   (TorgSession         *self);
GSettings   *torg_session_get_settings (TorgSession         *self);
GListStore  *torg_session_get_jobs     (TorgSession         *self);
const char  *torg_session_get_user     (TorgSession         *self);
char        *torg_session_make_id      (TorgSession         *self);
gint64       torg_session_get_now      (TorgSession         *self);
const char  *torg_session_get_currency (TorgSession         *self);

void         torg_session_add_job      (TorgSession         *self,
                                        TorgJob             *job);
void         torg_session_say          (TorgSession         *self,
                                        const char          *text,
                                        gint64               step);
void         torg_session_fail         (TorgSession         *self,
                                        const GError        *error);
void         torg_session_open_record  (TorgSession         *self,
                                        const char          *type,
                                        const char          *id,
                                        GListModel          *rows,
                                        guint                position,
                                        gboolean             in_window);
void         torg_session_open_card    (TorgSession         *self,
                                        TorgRecord          *record,
                                        GListModel          *rows,
                                        guint                position,
                                        gboolean             in_window);

void         torg_session_apply        (TorgSession         *self,
                                        TorgEdit            *edit);
void         torg_session_apply_async  (TorgSession         *self,
                                        TorgEdit            *edit,
                                        GAsyncReadyCallback  callback,
                                        gpointer             data);
gint64       torg_session_apply_finish (TorgSession         *self,
                                        GAsyncResult        *result,
                                        GError             **error);
void         torg_session_undo         (TorgSession         *self,
                                        gint64               step);
void         torg_session_answer       (TorgSession         *self,
                                        gboolean             again);
gboolean     torg_session_is_saving    (TorgSession         *self);
const GError *torg_session_get_trouble (TorgSession         *self);
TorgDrafts  *torg_session_get_drafts   (TorgSession         *self);

G_END_DECLS
