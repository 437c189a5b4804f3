/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "torg-session.h"

G_BEGIN_DECLS

const char *torg_client_time_propose_region (TorgRecord *record,
                                             const char *inn);
char *torg_client_time_dup_words (TorgSession *session,
                                  TorgRecord  *record,
                                  gboolean    *is_late);

G_END_DECLS
