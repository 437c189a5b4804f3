/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

#define TORG_TYPE_BULK_BAR (torg_bulk_bar_get_type ())

/* What can be done to the selected deals or leads; its buttons activate the page's actions. */
G_DECLARE_FINAL_TYPE (TorgBulkBar, torg_bulk_bar, TORG, BULK_BAR, AdwBin)

GtkWidget *torg_bulk_bar_new         (void);
void       torg_bulk_bar_set_n       (TorgBulkBar *self,
                                      guint        n);
void       torg_bulk_bar_set_leads   (TorgBulkBar *self,
                                      gboolean     leads);
void       torg_bulk_bar_set_compact (TorgBulkBar *self,
                                      gboolean     compact);

G_END_DECLS
