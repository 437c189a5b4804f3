/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "torg-store.h"

G_BEGIN_DECLS

/* What is exported where it is no type: what only this computer has. */
#define TORG_EXPORT_UNSENT "unsent"

gboolean   torg_store_note_export  (TorgStore    *self,
                                    const char   *what,
                                    gint64        n_records,
                                    const char   *filter,
                                    GError      **error);
gboolean   torg_store_limit_export (TorgStore    *self,
                                    const char   *type,
                                    GPtrArray    *records,
                                    guint        *n_left,
                                    GError      **error); /* TorgRecord */
gboolean   torg_store_keep_exports (TorgStore    *self,
                                    GError      **error);
gboolean   torg_store_tell_exports (TorgStore    *self,
                                    gboolean     *any,
                                    GError      **error);
GPtrArray *torg_store_list_exports (TorgStore    *self,
                                    guint         limit,
                                    GError      **error); /* TorgRecord */

G_END_DECLS
