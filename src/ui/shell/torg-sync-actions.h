/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "torg-session.h"

#include <adwaita.h>

G_BEGIN_DECLS

void torg_sync_actions_add (GtkApplicationWindow *window,
                            TorgSession          *session);

G_END_DECLS
