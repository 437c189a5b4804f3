/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "torg-record.h"

#include <json-glib/json-glib.h>

G_BEGIN_DECLS

gboolean    torg_role_edits_roles (TorgRecord *role);
GHashTable *torg_role_list_hidden (const char *text);
const char *torg_role_find_reach  (JsonObject *rights,
                                   const char *type,
                                   const char *action);
const char *torg_role_get_reach   (TorgRecord *role,
                                   const char *type,
                                   const char *action);

G_END_DECLS
