/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "torg-record.h"

G_BEGIN_DECLS

gboolean torg_completeness_has     (const TorgType *type);
guint    torg_completeness_measure (TorgRecord     *record,
                                    GPtrArray      *missing);

G_END_DECLS
