/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * TorgPgListener:
 *
 * Hears of the commits of all processes on a PostgreSQL database, on a thread with a connection of its own.
 */
typedef struct _TorgPgListener TorgPgListener;

/**
 * TorgPgListenerFunc:
 * @seq: the number of a commit
 * @data: what the listener was given
 *
 * Called on the default main context.
 */
typedef void (*TorgPgListenerFunc) (gint64   seq,
                                    gpointer data);

TorgPgListener *torg_pg_listener_new  (const char         *uri,
                                       TorgPgListenerFunc  func,
                                       gpointer            data);
void            torg_pg_listener_free (TorgPgListener     *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TorgPgListener, torg_pg_listener_free)

G_END_DECLS
