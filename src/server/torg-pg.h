/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "torg-db.h"

G_BEGIN_DECLS

gboolean torg_pg_has_password (const char *uri);
TorgDb *torg_pg_open (const char  *uri,
                      GError     **error);

G_END_DECLS
