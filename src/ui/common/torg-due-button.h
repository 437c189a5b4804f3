/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

#define TORG_TYPE_DUE_BUTTON (torg_due_button_get_type ())

/* A button that shows when something is to be done, and a popover to choose that. Signals: `changed`. */
G_DECLARE_FINAL_TYPE (TorgDueButton, torg_due_button, TORG, DUE_BUTTON, AdwBin)

void       torg_due_button_set       (TorgDueButton *self,
                                      GDateTime     *due,
                                      gboolean       all_day);
void       torg_due_button_set_in    (TorgDueButton *self,
                                      int            days,
                                      int            hours);
GDateTime *torg_due_button_make_due  (TorgDueButton *self,
                                      gboolean      *all_day);
char      *torg_due_button_dup_zoned (TorgDueButton *self);

G_END_DECLS
