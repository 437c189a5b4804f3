/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "torg-routes.h"

G_BEGIN_DECLS

gboolean torg_resources_takes_key (const char      *path);
gboolean torg_resources_handle    (TorgServerStore *store,
                                   const char      *user,
                                   TorgRequest     *request,
                                   TorgResponse    *response,
                                   GError         **error);

G_END_DECLS
