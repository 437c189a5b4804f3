/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * TorgServerFile:
 *
 * A file that is there as a whole or not at all: it is written under another name beside its own, and nobody else may
 * read it. One that is freed before it is finished is removed.
 */
typedef struct _TorgServerFile TorgServerFile;

TorgServerFile *torg_server_file_new      (const char      *path,
                                           GError         **error);
void            torg_server_file_free     (TorgServerFile  *self);
const char     *torg_server_file_get_path (TorgServerFile  *self);
gboolean        torg_server_file_write    (TorgServerFile  *self,
                                           const void      *bytes,
                                           gsize            length,
                                           GError         **error);
gboolean        torg_server_file_finish   (TorgServerFile  *self,
                                           GError         **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TorgServerFile, torg_server_file_free)

G_END_DECLS
