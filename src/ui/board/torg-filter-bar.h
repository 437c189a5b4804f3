/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "torg-session.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define TORG_TYPE_FILTER_BAR (torg_filter_bar_get_type ())

/* What deals have to be like to be shown. Signals: `changed`; `left`, by Escape without a text. */
G_DECLARE_FINAL_TYPE (TorgFilterBar, torg_filter_bar, TORG, FILTER_BAR, AdwBin)

GtkWidget *torg_filter_bar_new        (TorgSession   *session,
                                       const char    *type);
void       torg_filter_bar_set_type   (TorgFilterBar *self,
                                       const char    *type);
TorgQuery *torg_filter_bar_make_query (TorgFilterBar *self);
gboolean   torg_filter_bar_is_active  (TorgFilterBar *self);
void       torg_filter_bar_reset      (TorgFilterBar *self);
void       torg_filter_bar_begin_add  (TorgFilterBar *self);
void       torg_filter_bar_focus      (TorgFilterBar *self);

G_END_DECLS
