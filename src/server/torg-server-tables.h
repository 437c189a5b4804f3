/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "torg-db.h"
#include "torg-schema.h"

G_BEGIN_DECLS

gboolean torg_server_tables_migrate (TorgDb      *db,
                                     TorgSchema  *schema,
                                     GError     **error);

G_END_DECLS
