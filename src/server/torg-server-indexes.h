/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "torg-server-store.h"

G_BEGIN_DECLS

/* The advisory lock of PostgreSQL that is held meanwhile. */
#define TORG_SERVER_INDEXES_LOCK "hashtextextended('torg indexes ' || current_schema(), 0)"

gboolean torg_server_indexes_update (TorgServerStore  *store,
                                     GError          **error);

G_END_DECLS
