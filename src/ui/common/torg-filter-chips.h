/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "torg-filter.h"
#include "torg-session.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define TORG_TYPE_FILTER_CHIPS (torg_filter_chips_get_type ())

/*
 * Filters by any field of a record and its client, each a chip that can be changed, and removed by Delete. Signals:
 * `changed`.
 */
G_DECLARE_FINAL_TYPE (TorgFilterChips, torg_filter_chips, TORG, FILTER_CHIPS, AdwBin)

void  torg_filter_chips_set_type  (TorgFilterChips *self,
                                   TorgSession     *session,
                                   const char      *type);
guint torg_filter_chips_get_n     (TorgFilterChips *self);
void  torg_filter_chips_add_to    (TorgFilterChips *self,
                                   TorgQuery       *query);
void  torg_filter_chips_clear     (TorgFilterChips *self);
void  torg_filter_chips_begin_add (TorgFilterChips *self);

G_END_DECLS
