/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "torg-routes.h"

G_BEGIN_DECLS

/**
 * TorgKey:
 * @id: the beginning of its hash, by which it is revoked
 * @login: whose it is
 * @name: (nullable): what it is for
 * @scopes: (nullable): what it may be used for; %NULL for all that its user may do
 * @created: when it was made, microseconds since 1970
 *
 * A personal token, by which another program asks in somebody's name.
 */
typedef struct {
  char   *id;
  char   *login;
  char   *name;
  char   *scopes;
  gint64  created;
} TorgKey;

char      *torg_keys_make         (TorgServerStore *store,
                                   const char      *user,
                                   const char      *name,
                                   const char      *scopes,
                                   GError         **error);
GPtrArray *torg_keys_list         (TorgServerStore *store,
                                   GError         **error); /* TorgKey */
gboolean   torg_keys_revoke       (TorgServerStore *store,
                                   const char      *id,
                                   gboolean        *found,
                                   GError         **error);

char      *torg_scopes_parse      (TorgSchema      *schema,
                                   const char      *text,
                                   GError         **error);
gboolean   torg_scopes_allow      (const char      *scopes,
                                   const char      *what,
                                   const char      *type);
gboolean   torg_scopes_check      (TorgRequest     *request,
                                   TorgResponse    *response,
                                   const char      *what,
                                   const char      *type);

G_END_DECLS
