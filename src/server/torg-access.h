/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "torg-commit.h"

G_BEGIN_DECLS

/*
 * Who may see and do what (DESIGN.md §3, Visibility).
 *
 * A record carries access keys, `|KEY|KEY|…|`: `all` for what everybody works with, or, for its type or that of a parent
 * whose keys it carries, `TYPE:*`, `TYPE:u:OWNER` and `TYPE:d:DEPARTMENT`; and `u:USER` for whom it is shared with or
 * whose proposal it is. A user sees the records that have one of the user's own keys.
 */

gboolean    torg_access_is_common    (const char       *type);
gboolean    torg_access_carries      (const TorgType   *type,
                                      const TorgField  *field,
                                      const char       *parent);
char       *torg_access_compute_keys (TorgCommit       *commit,
                                      TorgRecord       *record,
                                      GError          **error);
gboolean    torg_access_touch        (TorgCommit       *commit,
                                      TorgRecord       *before,
                                      TorgRecord       *after,
                                      GError          **error);

const char *torg_access_get_text     (TorgRecord       *record,
                                      const char       *field);
void        torg_access_add_key      (GPtrArray        *keys,
                                      char             *key);
void        torg_access_add_keys     (GPtrArray        *keys,
                                      const char       *text);

G_END_DECLS
