/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "torg-session.h"

G_BEGIN_DECLS

gboolean torg_quick_deal_add_async  (TorgSession         *session,
                                     const char          *type,
                                     const char          *pipeline,
                                     const char          *stage,
                                     const char          *title,
                                     const char          *amount,
                                     const char          *client,
                                     GAsyncReadyCallback  callback,
                                     gpointer             data);
gboolean torg_quick_deal_add_finish (TorgSession         *session,
                                     GAsyncResult        *result,
                                     GError             **error);

G_END_DECLS
