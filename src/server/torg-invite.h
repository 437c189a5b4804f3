/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "torg-routes.h"

G_BEGIN_DECLS

/* Below it is what is secret. */
#define TORG_INVITE_PATH "/invite/"

gboolean      torg_invite_handle      (TorgServerStore *store,
                                       TorgRequest     *request,
                                       TorgResponse    *response,
                                       GError         **error);
TorgResponse *torg_invite_refuse_busy (TorgRequest     *request);

G_END_DECLS
