/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "torg-store.h"

G_BEGIN_DECLS

TorgRecord *torg_store_get_own_role     (TorgStore *self);
gboolean    torg_store_has_rights       (TorgStore *self);
gboolean    torg_store_is_administrator (TorgStore *self);

G_END_DECLS
