/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "torg-date.h"
#include "torg-number.h"
#include "torg-schema.h"

G_BEGIN_DECLS

/**
 * TorgTextHints:
 * @decimal: which mark splits whole from part
 * @date_order: in which order a date is written
 * @currency: (nullable): of amounts without one; RUB where it is %NULL
 * @region: (nullable): ISO 3166 country of phones without one; RU where it is %NULL
 * @zone: (nullable): of times without one; the local one where it is %NULL
 *
 * How texts are to be understood where they do not say it themselves. All zero is a good guess.
 */
typedef struct {
  TorgDecimal   decimal;
  TorgDateOrder date_order;
  const char   *currency;
  const char   *region;
  GTimeZone    *zone;
} TorgTextHints;

gboolean torg_field_parse  (const TorgField     *field,
                            const char          *text,
                            const TorgTextHints *hints,
                            TorgValue           *value,
                            GError             **error);
char    *torg_field_format (const TorgField     *field,
                            const TorgValue     *value,
                            const char          *ref_title);
char    *torg_field_to_plain (const TorgField   *field,
                            const TorgValue     *value,
                            const char          *ref_title);

G_END_DECLS
