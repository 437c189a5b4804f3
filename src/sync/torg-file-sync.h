/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "torg-file-table.h"
#include "torg-replica.h"
#include "torg-transport.h"

G_BEGIN_DECLS

/**
 * TorgFileBook:
 * @call: does something with the replica's store, on the thread that has it, and waits for it
 * @progress: (nullable): is told how far a file is, in bytes; by the thread that works
 * @data: for both
 * @env: clock and randomness
 * @content: where the contents lie
 *
 * What the queue of files works with. No transaction is open while it waits for the network.
 */
typedef struct {
  gpointer     (*call)     (gpointer       data,
                            TorgStoreFunc  func,
                            gpointer       func_data,
                            GError       **error);
  void         (*progress) (gpointer       data,
                            TorgFile      *file,
                            gint64         done);
  gpointer     data;
  TorgEnv     *env;
  TorgContent *content;
} TorgFileBook;

gboolean    torg_file_sync_settle  (TorgFileBook   *book,
                                    GError        **error);
gboolean    torg_file_sync_step    (TorgFileBook   *book,
                                    TorgTransport  *transport,
                                    gboolean       *more,
                                    gint64         *later,
                                    GCancellable   *cancellable,
                                    GError        **error);
gboolean    torg_file_sync_run     (TorgStore      *store,
                                    TorgTransport  *transport,
                                    GCancellable   *cancellable,
                                    GError        **error);
gboolean    torg_file_sync_lock    (TorgContent    *content,
                                    int            *lock,
                                    GError        **error);
char       *torg_file_sync_explain (const char     *code);

G_END_DECLS
