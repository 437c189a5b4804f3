/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "torg-session.h"

#include <adwaita.h>

G_BEGIN_DECLS

void torg_sign_out_dialog_present (TorgSession *session,
                                   GtkWindow   *window);

G_END_DECLS
