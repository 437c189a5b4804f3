/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "torg-session.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

void torg_attach_files  (TorgSession *session,
                         const char  *field,
                         const char  *id,
                         GListModel  *files);
void torg_attach_choose (TorgSession *session,
                         const char  *field,
                         const char  *id,
                         GtkWidget   *parent);
void torg_attach_open   (TorgSession *session,
                         TorgRecord  *attachment,
                         GtkWidget   *parent);

G_END_DECLS
