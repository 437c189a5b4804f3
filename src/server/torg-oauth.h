/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "torg-routes.h"

G_BEGIN_DECLS

gboolean      torg_oauth_handle          (TorgServerStore *store,
                                          TorgRequest     *request,
                                          TorgResponse    *response,
                                          gboolean        *known,
                                          GError         **error);
gboolean      torg_oauth_checks_password (const char      *method,
                                          const char      *path);
TorgResponse *torg_oauth_refuse_busy     (TorgRequest     *request);

G_END_DECLS
