/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "torg-server-store.h"

G_BEGIN_DECLS

gboolean torg_server_day_begin (TorgServerStore *store,
                                gint64          *seq,
                                GError         **error);

G_END_DECLS
