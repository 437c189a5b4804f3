/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "torg-session.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define TORG_TYPE_LINE_LIST (torg_line_list_get_type ())

/*
 * The lines of a deal, edited in place, and what they come to.
 *
 * Signals: `counted` (guint n): how many there are.
 */
G_DECLARE_FINAL_TYPE (TorgLineList, torg_line_list, TORG, LINE_LIST, AdwBin)

void torg_line_list_set_deal (TorgLineList *self,
                              TorgSession  *session,
                              const char   *id);
void torg_line_list_focus    (TorgLineList *self);

G_END_DECLS
