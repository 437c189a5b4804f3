/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define TORG_TYPE_PANE_ROW (torg_pane_row_get_type ())

/* A section in the sidebar. */
G_DECLARE_FINAL_TYPE (TorgPaneRow, torg_pane_row, TORG, PANE_ROW, GtkListBoxRow)

GtkWidget  *torg_pane_row_new      (const char  *name,
                                    const char  *label,
                                    const char  *icon_name);
const char *torg_pane_row_get_name (TorgPaneRow *self);

G_END_DECLS
