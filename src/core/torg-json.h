/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "torg-edit.h"

#include <json-glib/json-glib.h>

G_BEGIN_DECLS

JsonNode   *torg_value_to_json      (const TorgValue *value,
                                     TorgKind         kind);
gboolean    torg_value_from_json    (JsonNode        *node,
                                     TorgKind         kind,
                                     TorgValue       *value);
char       *torg_value_to_json_text (const TorgValue *value,
                                     TorgKind         kind);
gboolean    torg_value_from_json_text (const char    *json,
                                     TorgKind         kind,
                                     TorgValue       *value);
const char *torg_json_get_text      (JsonObject      *object,
                                     const char      *name);
JsonNode   *torg_record_to_json     (TorgRecord      *record);
gboolean    torg_json_is_shallow    (const char      *text,
                                     gsize            length,
                                     guint            max_depth);
TorgRecord *torg_record_from_json   (TorgSchema      *schema,
                                     JsonNode        *node,
                                     GError         **error);

G_END_DECLS
