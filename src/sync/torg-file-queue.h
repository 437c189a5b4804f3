/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "torg-worker.h"
#include "torg-file-table.h"
#include "torg-replica.h"
#include "torg-transport.h"

G_BEGIN_DECLS

#define TORG_TYPE_FILE_QUEUE (torg_file_queue_get_type ())

/**
 * TorgFileQueue:
 *
 * Sends and fetches the files of an open replica, on a thread of its own, one after the other; records never wait for
 * it. All its functions belong to the main thread.
 */
G_DECLARE_FINAL_TYPE (TorgFileQueue, torg_file_queue, TORG, FILE_QUEUE, GObject)

TorgFileQueue        *torg_file_queue_new           (TorgReplica    *replica);
void                  torg_file_queue_start         (TorgFileQueue  *self);
TorgWorker           *torg_file_queue_end           (TorgFileQueue  *self);
void                  torg_file_queue_stop          (TorgFileQueue  *self);
void                  torg_file_queue_set_transport (TorgFileQueue  *self,
                                                     TorgTransport  *transport);
void                  torg_file_queue_look          (TorgFileQueue  *self);
void                  torg_file_queue_want          (TorgFileQueue  *self,
                                                     const char     *hash,
                                                     gboolean        wanted);
gboolean              torg_file_queue_get_progress  (TorgFileQueue  *self,
                                                     const char     *hash,
                                                     TorgFileWork   *work,
                                                     double         *fraction);
const TorgFileCounts *torg_file_queue_get_counts    (TorgFileQueue  *self);

G_END_DECLS
