/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "torg-session.h"

G_BEGIN_DECLS

void torg_bank_fill_apply_async (TorgSession         *session,
                                 TorgEdit            *edit,
                                 GAsyncReadyCallback  callback,
                                 gpointer             data);

G_END_DECLS
