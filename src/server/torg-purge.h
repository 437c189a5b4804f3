/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "torg-server-files.h"

G_BEGIN_DECLS

/* How long the answer to an Idempotency-Key is known. */
#define TORG_PURGE_ANSWER_DAYS 7
/* How long a mutation is known after its client has said that it knows the result. A replica keeps it for 30 days. */
#define TORG_PURGE_APPLIED_DAYS 60

gboolean torg_purge (TorgServerStore *store,
                     TorgServerFiles *files,
                     GError         **error);

G_END_DECLS
