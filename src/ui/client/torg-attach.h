/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "torg-session.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

gboolean torg_attach_takes  (const char   *type);
void     torg_attach_files  (TorgSession  *session,
                             const char   *field,
                             const char   *id,
                             GListModel   *files);
void     torg_attach_choose (TorgSession  *session,
                             const char   *field,
                             const char   *id,
                             GtkWidget    *parent);
void     torg_attach_paste  (TorgSession  *session,
                             const char   *field,
                             const char   *id,
                             GdkClipboard *clipboard);
void     torg_attach_open   (TorgSession  *session,
                             const char   *hash,
                             const char   *name,
                             GtkWidget    *parent);
void     torg_attach_save   (TorgSession  *session,
                             const char   *hash,
                             GFile        *target);

G_END_DECLS
