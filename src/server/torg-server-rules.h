/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "torg-commit.h"
#include "torg-rule.h"

G_BEGIN_DECLS

TorgRuleSource torg_server_rules_source (TorgCommit *commit,
                                         const char *user);
gboolean       torg_server_rules_check  (TorgCommit *commit,
                                         const char *user,
                                         TorgRecord *before,
                                         TorgRecord *after,
                                         gboolean    is_import,
                                         const char **code,
                                         char      **detail,
                                         TorgRecord **followed,
                                         GError    **error);
gboolean       torg_server_rules_restore
                                        (TorgCommit *commit,
                                         TorgRecord *record,
                                         const char **code,
                                         GError    **error);
void           torg_server_rules_fill   (TorgCommit *commit,
                                         TorgRecord *record,
                                         const char *user,
                                         GPtrArray  *fields);
gboolean       torg_server_rules_fills  (const char *field);

G_END_DECLS
