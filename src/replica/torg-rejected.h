/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "torg-sync-store.h"

G_BEGIN_DECLS

GPtrArray *torg_store_make_retries (TorgStore  *self,
                                    GPtrArray  *list,
                                    const char *label); /* (nullable) TorgEdit */

G_END_DECLS
