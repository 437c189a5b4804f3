/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

#include "torg-value.h"

G_BEGIN_DECLS

/**
 * TorgPhone:
 * @raw: (owned): as typed, without its neighbours in the cell
 * @e164: (owned): `+` and digits; empty when the text is no full number
 * @ext: (owned): the extension's digits; empty without one
 *
 * One phone number.
 */
typedef struct {
  char *raw;
  char *e164;
  char *ext;
} TorgPhone;

void       torg_phone_free       (TorgPhone       *self);

GPtrArray *torg_phone_split      (const char      *text,
                                  const char      *region);
GPtrArray *torg_phone_from_json  (const char      *json,
                                  GError         **error);
char      *torg_phone_to_json    (GPtrArray       *phones);
char      *torg_phone_clean      (const char      *json);
gboolean   torg_phone_parse      (const char      *text,
                                  const char      *region,
                                  TorgValue       *value,
                                  GError         **error);
char      *torg_phone_normalise  (const char      *text,
                                  const char      *region);

char      *torg_phone_format     (const TorgPhone *self);
char      *torg_phone_make_uri   (const TorgPhone *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TorgPhone, torg_phone_free)

G_END_DECLS
