/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

#include "torg-number.h"
#include "torg-value.h"

G_BEGIN_DECLS

gboolean    torg_currency_is_valid    (const char       *currency);
guint       torg_currency_get_digits  (const char       *currency);
const char *torg_currency_get_symbol  (const char       *currency);

gboolean    torg_money_parse          (const char       *text,
                                       const char       *default_currency,
                                       TorgDecimal       decimal,
                                       TorgValue        *value,
                                       GError          **error);
gboolean    torg_money_check          (const TorgValue  *value,
                                       gint64            max,
                                       GError          **error);
char       *torg_money_format         (gint64            minor,
                                       const char       *currency,
                                       TorgNumberStyle   style);
char       *torg_money_format_compact (gint64            minor,
                                       const char       *currency,
                                       TorgNumberStyle   style);
char       *torg_money_to_plain       (gint64            minor,
                                       const char       *currency);

G_END_DECLS
