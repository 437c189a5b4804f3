/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "torg-content.h"
#include "torg-store.h"

G_BEGIN_DECLS

/**
 * TorgFileWork:
 * @TORG_FILE_NOTHING: nothing
 * @TORG_FILE_SEND: the server does not have it yet
 * @TORG_FILE_FETCH: it is to be here, and is not
 *
 * What is to be done with a file.
 */
typedef enum {
  TORG_FILE_NOTHING,
  TORG_FILE_SEND,
  TORG_FILE_FETCH,
} TorgFileWork;

/**
 * TorgFile:
 * @hash: (owned): the SHA-256 of what is in it
 * @size: its length in bytes
 * @here: whether it is on this computer
 * @sent: whether the server has it, or others have to send it
 * @wanted: whether the user waits for it
 * @tries: how often it was tried in vain
 * @code: (owned) (nullable): why it was in vain: see [func@file_sync_explain]
 * @work: what is to be done with it now
 *
 * What the replica knows of a file.
 */
typedef struct {
  char        *hash;
  gint64       size;
  gboolean     here;
  gboolean     sent;
  gboolean     wanted;
  gint         tries;
  char        *code;
  TorgFileWork work;
} TorgFile;

/**
 * TorgFileCounts:
 * @n_to_send: files that the server does not have yet
 * @n_to_fetch: files that somebody, or a choice, wants here
 * @n_failed: those of them that were tried in vain
 * @bytes: how much all of them are
 *
 * What waits.
 */
typedef struct {
  guint  n_to_send;
  guint  n_to_fetch;
  guint  n_failed;
  gint64 bytes;
} TorgFileCounts;

TorgContent *torg_store_new_content      (TorgStore       *self);
gboolean     torg_store_add_file         (TorgStore       *self,
                                          const char      *hash,
                                          gint64           size,
                                          GError         **error);
gboolean     torg_store_want_file        (TorgStore       *self,
                                          const char      *hash,
                                          gboolean         wanted,
                                          GError         **error);
gboolean     torg_store_get_file         (TorgStore       *self,
                                          const char      *hash,
                                          TorgFile       **file,
                                          GError         **error);
gboolean     torg_store_settle_files     (TorgStore       *self,
                                          GError         **error);
gboolean     torg_store_next_file        (TorgStore       *self,
                                          TorgFile       **file,
                                          gint64          *later,
                                          GError         **error);
gboolean     torg_store_note_file        (TorgStore       *self,
                                          TorgFile        *file,
                                          gint64           retry_at,
                                          GError         **error);
gboolean     torg_store_count_files      (TorgStore       *self,
                                          TorgFileCounts  *counts,
                                          GError         **error);
gboolean     torg_store_get_always_files (TorgStore       *self,
                                          gint64          *limit);
gboolean     torg_store_set_always_files (TorgStore       *self,
                                          gboolean         always,
                                          gint64           limit,
                                          GError         **error);
gboolean     torg_store_is_offline_ready (TorgStore       *self,
                                          const char      *type,
                                          const char      *id,
                                          gboolean        *ready,
                                          GError         **error);
GPtrArray   *torg_store_list_unsent_files (TorgStore      *self,
                                          GError         **error); /* TorgFile, with its name as the code */
char        *torg_store_dup_author       (TorgStore       *self,
                                          const char      *id);
void         torg_file_free              (TorgFile        *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TorgFile, torg_file_free)

G_END_DECLS
