/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "torg-server-store.h"

G_BEGIN_DECLS

/**
 * TorgEntry:
 * @before: (owned) (nullable): the record as it is stored; %NULL for a new one
 * @after: (owned): the record as it is to be
 * @keys_before: (owned) (nullable): its access keys as they are stored
 * @keys_after: (owned) (nullable): those that it is to have; %NULL until they are computed
 *
 * A record that a transaction works on.
 */
typedef struct {
  TorgRecord *before;
  TorgRecord *after;
  char       *keys_before;
  char       *keys_after;
} TorgEntry;

/**
 * TorgCommit:
 *
 * What one transaction of the server changes: records in memory, written together under one number at the end. A part
 * of it can be taken back.
 */
typedef struct _TorgCommit TorgCommit;

TorgCommit *torg_commit_new      (TorgServerStore *store,
                                  const char      *client);
TorgCommit *torg_commit_new_reading (TorgServerStore *store);
void        torg_commit_free     (TorgCommit      *self);

gboolean    torg_commit_get      (TorgCommit      *self,
                                  const char      *type,
                                  const char      *id,
                                  TorgEntry      **entry,
                                  GError         **error);
gboolean    torg_commit_has      (TorgCommit      *self,
                                  const char      *id);
TorgRecord *torg_commit_edit     (TorgCommit      *self,
                                  TorgEntry       *entry);
TorgEntry  *torg_commit_create   (TorgCommit      *self,
                                  TorgRecord      *record);
gboolean    torg_commit_is_changed (TorgEntry     *entry);
gboolean    torg_commit_touch    (TorgCommit      *self,
                                  const char      *type,
                                  const char      *id,
                                  GError         **error);
GPtrArray  *torg_commit_list_referents (TorgCommit *self,
                                  const TorgType   *type,
                                  const TorgField  *field,
                                  const char       *id,
                                  GError          **error); /* ids */
GPtrArray  *torg_commit_list_live (TorgCommit      *self,
                                  const TorgType   *type); /* TorgRecord */
GPtrArray  *torg_commit_list_entries (TorgCommit  *self,
                                  const TorgType   *type); /* TorgEntry */
char       *torg_commit_dup_keys (TorgCommit      *self,
                                  TorgRecord      *record,
                                  GError         **error);

guint       torg_commit_mark     (TorgCommit      *self);
void        torg_commit_rollback (TorgCommit      *self,
                                  guint            mark);
gboolean    torg_commit_write    (TorgCommit      *self,
                                  gint64          *seq,
                                  GError         **error);

TorgServerStore *torg_commit_get_store  (TorgCommit *self);
const char      *torg_commit_get_client (TorgCommit *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TorgCommit, torg_commit_free)

G_END_DECLS
