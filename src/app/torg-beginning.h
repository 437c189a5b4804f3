/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "torg-replica.h"

G_BEGIN_DECLS

TorgJob *torg_beginning_async  (TorgReplica         *replica,
                                gboolean             demo,
                                GAsyncReadyCallback  callback,
                                gpointer             data);
gboolean torg_beginning_finish (TorgReplica         *replica,
                                GAsyncResult        *result,
                                GError             **error);

G_END_DECLS
