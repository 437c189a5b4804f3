/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "torg-sight.h"
#include "torg-wire.h"

G_BEGIN_DECLS

gboolean torg_mutate (TorgCommit       *commit,
                      TorgSight        *sight,
                      TorgWireMutation *mutation,
                      TorgWireResult  **result,
                      GError          **error);
gboolean torg_mutate_find_deleted (TorgCommit      *commit,
                                   const TorgField *field,
                                   const TorgValue *value,
                                   TorgEntry      **upholder,
                                   GError         **error);

G_END_DECLS
