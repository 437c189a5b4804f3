/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "torg-store.h"

G_BEGIN_DECLS

/* Fewer do not make a company. */
#define TORG_DEMO_MIN_RECORDS 300

gboolean torg_demo_fill (TorgStore   *store,
                         gint64       n_records,
                         guint64      seed,
                         const char  *lang,
                         TorgJob     *job,
                         GError     **error);
gboolean torg_demo_make (const char  *path,
                         gint64       n_records,
                         guint64      seed,
                         const char  *lang,
                         gint64       now,
                         TorgJob     *job,
                         GError     **error);

G_END_DECLS
