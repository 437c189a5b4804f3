/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "torg-session.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define TORG_TYPE_CONVERTED_BAR (torg_converted_bar_get_type ())

/* What a lead has become, on its card. */
G_DECLARE_FINAL_TYPE (TorgConvertedBar, torg_converted_bar, TORG, CONVERTED_BAR, AdwBin)

void torg_converted_bar_set_row (TorgConvertedBar *self,
                                 TorgSession      *session,
                                 TorgRow          *row);

G_END_DECLS
