/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "torg-record.h"

G_BEGIN_DECLS

char     *torg_record_dup_search_terms (TorgRecord     *record);
char    **torg_terms_split             (const char     *text);
char     *torg_terms_build_match       (char          **words);
gboolean  torg_terms_hold              (const char     *terms,
                                        char          **words);
int       torg_terms_score             (const char     *title,
                                        const TorgType *type,
                                        char          **words);

G_END_DECLS
