/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "torg-filter.h"
#include "torg-session.h"

G_BEGIN_DECLS

TorgFilterSense torg_filter_words_get_sense (TorgSession      *session);
TorgField       torg_filter_words_get_bound (const TorgField  *field);
char           *torg_filter_words_value     (TorgSession      *session,
                                             const TorgField  *field,
                                             const char       *value,
                                             GHashTable       *titles);
char           *torg_filter_words           (TorgSession      *session,
                                             const char       *type,
                                             const TorgFilter *filter,
                                             GHashTable       *titles);

G_END_DECLS
