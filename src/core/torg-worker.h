/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

#define TORG_TYPE_WORKER (torg_worker_get_type ())

/* A named thread with a queue: the one that may touch a resource that blocks. */
G_DECLARE_FINAL_TYPE (TorgWorker, torg_worker, TORG, WORKER, GObject)

TorgWorker *torg_worker_new       (const char      *name);
void        torg_worker_queue     (TorgWorker      *self,
                                   int              priority,
                                   GTask           *task,
                                   GTaskThreadFunc  func);
gboolean    torg_worker_is_inside (TorgWorker      *self);
void        torg_worker_shutdown  (TorgWorker      *self);

G_END_DECLS
