/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "torg-session.h"

G_BEGIN_DECLS

char    *torg_value_text_edit  (const TorgField *field,
                                const TorgValue *value);
gboolean torg_value_text_parse (TorgSession     *session,
                                const TorgField *field,
                                const char      *text,
                                TorgValue       *value,
                                GError         **error);
char    *torg_value_text_zoned (GDateTime       *when,
                                gboolean         all_day);

G_END_DECLS
