/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "torg-record.h"

#include <json-glib/json-glib.h>

G_BEGIN_DECLS

JsonNode  *torg_rows_to_json   (GPtrArray       *records,
                                guint            first,
                                guint            n,
                                const gboolean  *hidden);
GPtrArray *torg_rows_from_json (TorgSchema      *schema,
                                JsonNode        *node,
                                GError         **error);

G_END_DECLS
