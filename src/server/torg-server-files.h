/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "torg-sight.h"
#include "torg-content.h"
#include "torg-server-store.h"

G_BEGIN_DECLS

/* How long what is not whole, and what nothing is attached by, is kept. */
#define TORG_FILES_UPLOAD_DAYS 1
#define TORG_FILES_ORPHAN_DAYS 30
/* Uploads of one user that have begun and are not at their end. */
#define TORG_FILES_MAX_UPLOADS 32

/**
 * TorgServerFiles:
 * @content: (owned): where they lie
 * @limit: how long one may be, in bytes
 *
 * Where the server keeps files.
 */
typedef struct {
  TorgContent *content;
  gint64       limit;
} TorgServerFiles;

/**
 * TorgUpload:
 * @id: (owned): its id, and the name of its part
 * @hash: (owned): what it will be
 * @size: how long it will be
 * @touched: when the last part of it came, more or less, microseconds UTC
 *
 * A file on its way to the server.
 */
typedef struct {
  char  *id;
  char  *hash;
  gint64 size;
  gint64 touched;
} TorgUpload;

TorgServerFiles *torg_server_files_new      (const char       *store_uri,
                                             const char       *folder,
                                             guint             limit_mb);
void             torg_server_files_free     (TorgServerFiles  *self);

gboolean         torg_server_files_may_read (TorgServerStore  *store,
                                             TorgSight        *sight,
                                             const char       *hash,
                                             gboolean         *may,
                                             GError          **error);
gboolean         torg_server_files_prove    (TorgServerStore  *store,
                                             const char       *hash,
                                             const char       *user,
                                             GError          **error);
gboolean         torg_server_files_add      (TorgServerStore  *store,
                                             const char       *hash,
                                             gint64            size,
                                             const char       *user,
                                             GError          **error);

gboolean         torg_upload_find           (TorgServerStore  *store,
                                             const char       *user,
                                             const char       *id,
                                             const char       *hash,
                                             TorgUpload      **upload,
                                             GError          **error);
gboolean         torg_upload_count          (TorgServerStore  *store,
                                             const char       *user,
                                             gint64           *n,
                                             GError          **error);
TorgUpload      *torg_upload_begin          (TorgServerStore  *store,
                                             const char       *user,
                                             const char       *hash,
                                             gint64            size,
                                             GError          **error);
gboolean         torg_upload_touch          (TorgServerStore  *store,
                                             TorgUpload       *upload,
                                             GError          **error);
gboolean         torg_upload_forget         (TorgServerStore  *store,
                                             const char       *id,
                                             GError          **error);
void             torg_upload_free           (TorgUpload       *self);

gboolean         torg_server_files_purge    (TorgServerStore  *store,
                                             TorgServerFiles  *files,
                                             GError          **error);
gboolean         torg_server_files_check    (TorgServerStore  *store,
                                             TorgServerFiles  *files,
                                             GPtrArray        *faults,
                                             GError          **error);
gboolean         torg_server_files_import   (TorgServerStore  *store,
                                             TorgContent      *from,
                                             TorgContent      *to,
                                             GError          **error);
gboolean         torg_server_files_copy     (TorgServerStore  *store,
                                             TorgContent      *from,
                                             TorgContent      *to,
                                             GError          **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TorgServerFiles, torg_server_files_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TorgUpload, torg_upload_free)

G_END_DECLS
