/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "torg-store.h"
#include "torg-wire.h"

G_BEGIN_DECLS

GPtrArray *torg_store_list_differences  (TorgStore  *self,
                                         GError    **error); /* TorgRecord, the newest first */
gboolean   torg_store_is_own_difference (TorgStore  *self,
                                         TorgRecord *conflict);

TorgWireMutation *torg_difference_make_mutation (TorgRecord *conflict);

G_END_DECLS
