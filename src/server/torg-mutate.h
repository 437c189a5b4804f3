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

G_END_DECLS
