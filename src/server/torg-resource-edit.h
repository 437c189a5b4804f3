/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "torg-routes.h"

G_BEGIN_DECLS

gboolean torg_resource_edit      (TorgServerStore *store,
                                  const char      *user,
                                  TorgRequest     *request,
                                  const char      *type,
                                  const char      *id,
                                  TorgResponse    *response,
                                  char           **edited,
                                  GError         **error);
gboolean torg_resource_edit_many (TorgServerStore *store,
                                  const char      *user,
                                  TorgRequest     *request,
                                  TorgResponse    *response,
                                  GError         **error);

G_END_DECLS
