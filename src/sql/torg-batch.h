/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "torg-db.h"

G_BEGIN_DECLS

/* Rows of one statement. */
#define TORG_BATCH_ROWS 16

/**
 * TorgBatch:
 *
 * Rows for one table that are inserted several at a time: a statement costs as much as the row that it writes.
 */
typedef struct _TorgBatch TorgBatch;

TorgBatch     *torg_batch_new   (TorgDb     *db,
                                 const char *insert,
                                 guint       n_columns);
void           torg_batch_free  (TorgBatch  *self);
TorgStatement *torg_batch_begin (TorgBatch  *self,
                                 int        *first,
                                 GError    **error);
gboolean       torg_batch_end   (TorgBatch  *self,
                                 guint       n_rows,
                                 GError    **error);
gboolean       torg_batch_flush (TorgBatch  *self,
                                 GError    **error);
void           torg_batch_clear (TorgBatch  *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TorgBatch, torg_batch_free)

G_END_DECLS
