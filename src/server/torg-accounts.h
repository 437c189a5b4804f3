/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "torg-server-store.h"

G_BEGIN_DECLS

gboolean torg_accounts_add        (TorgServerStore *store,
                                   const char      *user,
                                   const char      *login,
                                   const char      *password,
                                   GError         **error);
gboolean torg_accounts_find       (TorgServerStore *store,
                                   const char      *login,
                                   char           **user,
                                   GError         **error);
gboolean torg_accounts_check      (TorgServerStore *store,
                                   const char      *login,
                                   const char      *password,
                                   char           **user,
                                   GError         **error);
char    *torg_accounts_make_token (TorgServerStore *store,
                                   const char      *user,
                                   const char      *kind,
                                   GError         **error);
gboolean torg_accounts_find_token (TorgServerStore *store,
                                   const char      *token,
                                   char           **user,
                                   GError         **error);

G_END_DECLS
