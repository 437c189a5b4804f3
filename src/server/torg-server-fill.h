/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "torg-server-store.h"

G_BEGIN_DECLS

/**
 * TorgServerNoteFunc:
 * @store: a connection, in a transaction
 * @record: a record
 * @error: place for an error
 *
 * Notes a record in a table that is derived from records.
 *
 * Returns: whether that worked
 */
typedef gboolean (*TorgServerNoteFunc) (TorgServerStore *store,
                                        TorgRecord      *record,
                                        GError         **error);

gboolean torg_server_fill_make (TorgServerStore     *store,
                                const char          *table,
                                const char          *sql,
                                gboolean            *made,
                                GError             **error);
gboolean torg_server_fill      (TorgServerStore     *store,
                                const TorgType      *type,
                                TorgServerNoteFunc   note,
                                GError             **error);

G_END_DECLS
