/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "torg-session.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define TORG_TYPE_STATE_POPOVER (torg_state_popover_get_type ())

/* What is under way and what waits, and what can be done about it. */
G_DECLARE_FINAL_TYPE (TorgStatePopover, torg_state_popover, TORG, STATE_POPOVER, GtkPopover)

GtkWidget *torg_state_popover_new    (TorgSession      *session);
void       torg_state_popover_update (TorgStatePopover *self,
                                      const char       *heading,
                                      const char       *details);

G_END_DECLS
