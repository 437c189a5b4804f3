/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "torg-server-store.h"
#include "torg-store.h"

G_BEGIN_DECLS

gboolean torg_server_import (TorgServerStore *store,
                             TorgStore       *replica,
                             gint64          *n_records,
                             GError         **error);

G_END_DECLS
