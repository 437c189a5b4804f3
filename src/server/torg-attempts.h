/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "torg-server-store.h"

G_BEGIN_DECLS

/* After a day without a wrong password, all is forgotten. */
#define TORG_ATTEMPTS_FORGET_SECONDS (24 * 60 * 60)

gboolean torg_attempts_count (TorgServerStore *store,
                              const char      *login,
                              const char      *peer,
                              guint           *seconds,
                              GError         **error);
gboolean torg_attempts_clear (TorgServerStore *store,
                              const char      *login,
                              const char      *peer,
                              GError         **error);

G_END_DECLS
