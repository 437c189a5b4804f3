/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "torg-db.h"

G_BEGIN_DECLS

/* Rows of the largest statement. */
#define TORG_BATCH_ROWS 64

TorgBatch     *torg_batch_new      (TorgDb        *db,
                                    const char    *insert,
                                    guint          n_columns);
void           torg_batch_free     (TorgBatch     *self);
TorgStatement *torg_batch_begin    (TorgBatch     *self);
gboolean       torg_batch_end      (TorgBatch     *self,
                                    guint          n_rows,
                                    GError       **error);
gboolean       torg_batch_is_empty (TorgBatch     *self);
gboolean       torg_batch_flush    (TorgBatch     *self,
                                    GError       **error);
void           torg_batch_clear    (TorgBatch     *self);
void           torg_batch_set_int  (TorgBatch     *self,
                                    int            column,
                                    gint64         number);
void           torg_batch_set_text (TorgBatch     *self,
                                    int            column,
                                    const char    *text);
void           torg_batch_set_blob (TorgBatch     *self,
                                    int            column,
                                    const guint8  *bytes,
                                    gsize          length);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TorgBatch, torg_batch_free)

G_END_DECLS
