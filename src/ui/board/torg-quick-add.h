/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

#define TORG_TYPE_QUICK_ADD (torg_quick_add_get_type ())

/*
 * The quick entry of a deal or a lead in a column.
 *
 * Signals:
 * - `added` (char *title, char *amount, char *client): it was filled in; the answer is whether the amount can be read,
 *   and then [method@QuickAdd.end] is to follow
 * - `closed`: it was left
 */
G_DECLARE_FINAL_TYPE (TorgQuickAdd, torg_quick_add, TORG, QUICK_ADD, AdwBin)

GtkWidget *torg_quick_add_new       (void);
void       torg_quick_add_set_leads (TorgQuickAdd *self,
                                     gboolean      leads);
void       torg_quick_add_focus     (TorgQuickAdd *self);
void       torg_quick_add_end       (TorgQuickAdd *self,
                                     gboolean      saved);

G_END_DECLS
