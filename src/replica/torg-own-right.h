/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "torg-store.h"

G_BEGIN_DECLS

typedef struct _TorgOwnRight TorgOwnRight;

TorgOwnRight *torg_own_right_new      (TorgStore    *store,
                                       const char   *action,
                                       GError      **error);
void          torg_own_right_free     (TorgOwnRight *self);
gboolean      torg_own_right_allows   (TorgOwnRight *self,
                                       TorgRecord   *record);
gboolean      torg_own_right_has_kind (TorgOwnRight *self,
                                       const char   *type);
gboolean      torg_own_right_reaches_others
                                      (TorgOwnRight *self,
                                       const char   *type);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TorgOwnRight, torg_own_right_free)

G_END_DECLS
