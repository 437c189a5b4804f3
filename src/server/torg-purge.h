/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "torg-server-files.h"

G_BEGIN_DECLS

/* How long the answer to an Idempotency-Key is known. */
#define TORG_PURGE_ANSWER_DAYS 7
/* How long a mutation is known after its client has said that it knows the result. A replica keeps it for 30 days. */
#define TORG_PURGE_APPLIED_DAYS 60

/* How long the changes are known that a replica was not told of; one that comes later begins anew. */
#define TORG_PURGE_CHANGE_DAYS 90

gboolean torg_purge         (TorgServerStore *store,
                             TorgServerFiles *files,
                             GError         **error);
gboolean torg_purge_changes (TorgServerStore *store,
                             gint64           before,
                             GError         **error);

G_END_DECLS
