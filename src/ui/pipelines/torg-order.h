/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "torg-session.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

void torg_order_add_row (TorgSession *session,
                         GtkListBox  *list,
                         GtkWidget   *row,
                         TorgRecord  *record);

G_END_DECLS
