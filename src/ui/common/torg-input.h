/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* What several widgets do with the mouse and the keyboard. */

void torg_input_add_clicks (GtkWidget  *widget);
void torg_input_add_arrows (GtkWidget  *entry,
                            GtkListBox *list);

G_END_DECLS
