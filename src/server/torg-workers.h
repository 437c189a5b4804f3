/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "torg-server-config.h"

G_BEGIN_DECLS

/**
 * TorgWorkersReady:
 * @data: what was given
 *
 * Is called when all workers answer for the first time.
 */
typedef void (*TorgWorkersReady) (gpointer data);

gboolean torg_workers_run     (TorgServerConfig  *config,
                               GSocket           *socket,
                               TorgWorkersReady   ready,
                               gpointer           data,
                               GError           **error);
GSocket *torg_workers_inherit (int               *metrics,
                               guint             *place,
                               GError           **error);

G_END_DECLS
