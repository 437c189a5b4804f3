/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "torg-session.h"

#include <adwaita.h>

G_BEGIN_DECLS

/* The data cannot be read: nobody knows what there is. */
#define TORG_SIGN_OUT_UNREAD (-1)

void torg_sign_out_dialog_present (TorgSession *session,
                                   GtkWindow   *window);

G_END_DECLS
