/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "torg-job.h"

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * TorgContent:
 *
 * A folder of files by the SHA-256 of what is in them, `ab/cdef…`, and of parts that are not whole yet. What has its
 * name is whole and on the disk. All functions block; several threads and processes may use the same folder.
 */
typedef struct _TorgContent TorgContent;

TorgContent *torg_content_new           (const char       *folder);
void         torg_content_free          (TorgContent      *self);
const char  *torg_content_get_folder    (TorgContent      *self);
gboolean     torg_content_is_hash       (const char       *text);

char        *torg_content_dup_path      (TorgContent      *self,
                                         const char       *hash);
gint64       torg_content_get_size      (TorgContent      *self,
                                         const char       *hash);
gboolean     torg_content_take          (TorgContent      *self,
                                         GFile            *file,
                                         TorgJob          *job,
                                         char            **hash,
                                         gint64           *size,
                                         GCancellable     *cancellable,
                                         GError          **error);
gboolean     torg_content_is_whole      (TorgContent      *self,
                                         const char       *hash,
                                         gboolean         *whole,
                                         GCancellable     *cancellable,
                                         GError          **error);
gboolean     torg_content_remove        (TorgContent      *self,
                                         const char       *hash,
                                         GError          **error);
gboolean     torg_content_remove_all    (TorgContent      *self,
                                         GError          **error);

GFile       *torg_content_copy_out      (TorgContent      *self,
                                         const char       *hash,
                                         const char       *name,
                                         GCancellable     *cancellable,
                                         GError          **error);

gint64       torg_content_get_part_size (TorgContent      *self,
                                         const char       *name);
gboolean     torg_content_append        (TorgContent      *self,
                                         const char       *name,
                                         gint64            offset,
                                         const void       *bytes,
                                         gsize             length,
                                         gint64           *size,
                                         GError          **error);
gboolean     torg_content_check_part    (TorgContent      *self,
                                         const char       *name,
                                         const char       *hash,
                                         gboolean         *right,
                                         GCancellable     *cancellable,
                                         GError          **error);
gboolean     torg_content_finish        (TorgContent      *self,
                                         const char       *name,
                                         const char       *hash,
                                         GError          **error);
void         torg_content_drop_part     (TorgContent      *self,
                                         const char       *name);
GPtrArray   *torg_content_list_parts    (TorgContent      *self,
                                         gint64            before);

int          torg_content_lock          (TorgContent      *self,
                                         GError          **error);
void         torg_content_unlock        (int               lock);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TorgContent, torg_content_free)

G_END_DECLS
