/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib-object.h>

G_BEGIN_DECLS

#define TORG_TYPE_PICKS (torg_picks_get_type ())

/* Which rows the user selected, by their place in the table, over all columns of a board. Signals: `changed`. */
G_DECLARE_FINAL_TYPE (TorgPicks, torg_picks, TORG, PICKS, GObject)

TorgPicks *torg_picks_new      (void);
gboolean   torg_picks_contains (TorgPicks    *self,
                                gint64        rowid);
guint      torg_picks_get_n    (TorgPicks    *self);
void       torg_picks_set      (TorgPicks    *self,
                                gint64        rowid,
                                gboolean      picked);
void       torg_picks_set_many (TorgPicks    *self,
                                const gint64 *rowids,
                                guint         n_rowids);
void       torg_picks_clear    (TorgPicks    *self);
GArray    *torg_picks_list     (TorgPicks    *self);

G_END_DECLS
