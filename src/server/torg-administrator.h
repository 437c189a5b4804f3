/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "torg-commit.h"
#include "torg-wire.h"

G_BEGIN_DECLS

gboolean torg_administrator_exists   (TorgServerStore *store,
                                      gboolean        *has,
                                      GError         **error);
gboolean torg_administrator_concerns (TorgWireMutation *mutation,
                                      TorgRecord       *after);
gboolean torg_administrator_stays    (TorgCommit *commit,
                                      gboolean   *stays,
                                      GError    **error);

G_END_DECLS
