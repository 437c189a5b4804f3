/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "torg-transport.h"

G_BEGIN_DECLS

#define TORG_TYPE_LIVE (torg_live_get_type ())

/* Hears at once when something was committed at the server, on a thread of its own. */
G_DECLARE_FINAL_TYPE (TorgLive, torg_live, TORG, LIVE, GObject)

TorgLive *torg_live_new     (TorgTransport *transport);
gboolean  torg_live_get_on  (TorgLive      *self);
void      torg_live_cancel  (TorgLive      *self);
void      torg_live_stop    (TorgLive      *self);

G_END_DECLS
