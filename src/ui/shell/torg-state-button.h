/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "torg-session.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define TORG_TYPE_STATE_BUTTON (torg_state_button_get_type ())

/* Says what state the data is in, and opens what is under way. */
G_DECLARE_FINAL_TYPE (TorgStateButton, torg_state_button, TORG, STATE_BUTTON, AdwBin)

void torg_state_button_set_session (TorgStateButton *self,
                                    TorgSession     *session);

G_END_DECLS
