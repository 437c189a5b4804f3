/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "torg-record.h"

G_BEGIN_DECLS

gboolean torg_working_day_is      (const char *date,
                                   GPtrArray  *calendar);
char    *torg_working_day_dup_end (const char *date,
                                   guint       days,
                                   GPtrArray  *calendar);
char    *torg_working_day_dup_add (const char *date,
                                   guint       days,
                                   GPtrArray  *calendar);

G_END_DECLS
