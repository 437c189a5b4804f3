/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "torg-session.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

gboolean torg_reopen_takes (TorgSession *session,
                            TorgRecord  *card);
void     torg_reopen       (TorgSession *session,
                            TorgRecord  *card,
                            GtkWidget   *parent);

G_END_DECLS
