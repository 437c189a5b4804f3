/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "torg-server-store.h"

G_BEGIN_DECLS

gboolean torg_backup_write   (TorgServerStore  *store,
                              const char       *uri,
                              const char       *path,
                              GError          **error);
gboolean torg_backup_restore (TorgServerStore **store,
                              const char       *uri,
                              const char       *path,
                              GError          **error);

G_END_DECLS
