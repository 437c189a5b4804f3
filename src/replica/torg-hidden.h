/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "torg-store.h"

G_BEGIN_DECLS

gboolean torg_hidden_update (TorgStore  *store,
                             GHashTable *answered,
                             gboolean    backfill,
                             gboolean    page,
                             GError    **error);

G_END_DECLS
