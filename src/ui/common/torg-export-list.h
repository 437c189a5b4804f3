/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "torg-session.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

void torg_export_list (TorgSession *session,
                       TorgQuery   *query,
                       char       **fields,
                       GtkWidget   *parent);

G_END_DECLS
