/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "torg-record.h"

G_BEGIN_DECLS

gboolean torg_role_edits_roles (TorgRecord *role);

G_END_DECLS
