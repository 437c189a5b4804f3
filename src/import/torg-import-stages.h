/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "torg-store.h"

G_BEGIN_DECLS

GPtrArray *torg_import_stages_list (TorgStore      *store,
                                    const TorgType *type,
                                    GError        **error);
gboolean   torg_import_stages_find (TorgStore      *store,
                                    const TorgType *type,
                                    const char     *pipeline,
                                    const char     *text,
                                    char          **id,
                                    GError        **error);

G_END_DECLS
