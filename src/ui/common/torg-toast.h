/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "torg-session.h"

#include <adwaita.h>

G_BEGIN_DECLS

AdwToast *torg_toast_new (TorgSession *session,
                          const char  *text,
                          gint64       step);

G_END_DECLS
