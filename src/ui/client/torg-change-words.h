/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "torg-row.h"
#include "torg-session.h"

G_BEGIN_DECLS

const TorgField *torg_change_words_find_field (TorgSession *session,
                                               TorgRecord  *change);
gboolean torg_change_words_get_old (TorgRecord      *change,
                                    const TorgField *field,
                                    TorgValue       *value);
char    *torg_change_words_values  (TorgSession     *session,
                                    TorgRow         *row,
                                    const TorgField *field);
char    *torg_change_words_when    (TorgSession     *session,
                                    TorgRow         *row);
char    *torg_change_words_title   (TorgSession     *session,
                                    TorgRow         *row);

G_END_DECLS
