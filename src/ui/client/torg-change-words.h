/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "torg-row.h"
#include "torg-session.h"

G_BEGIN_DECLS

gboolean torg_change_words_get_old (TorgRecord      *change,
                                    const TorgField *field,
                                    TorgValue       *value);
char    *torg_change_words_values  (TorgSession     *session,
                                    TorgRecord      *change,
                                    const TorgField *field);
char    *torg_change_words_when    (TorgSession     *session,
                                    TorgRow         *row);
char    *torg_change_words_title   (TorgSession     *session,
                                    TorgRecord      *change);

G_END_DECLS
