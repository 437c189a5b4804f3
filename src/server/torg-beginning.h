/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "torg-own-edit.h"

G_BEGIN_DECLS

gboolean torg_beginning_is_due (TorgServerStore *store,
                                gboolean        *due,
                                GError         **error);
gboolean torg_beginning_fill   (TorgOwnEdit     *edit,
                                gboolean        *begun,
                                GError         **error);
gboolean torg_beginning_add    (TorgServerStore *store,
                                const char      *name,
                                const char      *login,
                                const char      *password,
                                GError         **error);

G_END_DECLS
