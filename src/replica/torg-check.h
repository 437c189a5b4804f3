/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "torg-store.h"

G_BEGIN_DECLS

gboolean torg_check_store (TorgStore    *store,
                           GPtrArray    *problems,
                           GCancellable *cancellable,
                           GError      **error);

G_END_DECLS
