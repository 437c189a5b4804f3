/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "torg-server-store.h"

G_BEGIN_DECLS

/* Characters. */
#define TORG_PASSWORD_MIN 8
#define TORG_PASSWORD_MAX 1000

/**
 * TorgPasswordFault:
 * @TORG_PASSWORD_GOOD: nothing
 * @TORG_PASSWORD_SHORT: it has less than %TORG_PASSWORD_MIN characters, or is none
 * @TORG_PASSWORD_LONG: it has more than %TORG_PASSWORD_MAX
 * @TORG_PASSWORD_LOGIN: it is the login
 *
 * Why a password is not taken.
 */
typedef enum {
  TORG_PASSWORD_GOOD,
  TORG_PASSWORD_SHORT,
  TORG_PASSWORD_LONG,
  TORG_PASSWORD_LOGIN,
} TorgPasswordFault;

/**
 * TorgDevice:
 * @client: the id of its replica
 * @login: whose it is
 * @since: when it was let in, microseconds since 1970
 * @sent: when it last sent something, microseconds since 1970; 0 for never
 *
 * A device that can exchange with the server.
 */
typedef struct {
  char   *client;
  char   *login;
  gint64  since;
  gint64  sent;
} TorgDevice;

gboolean torg_accounts_lock       (TorgServerStore *store,
                                   const char      *user,
                                   GError         **error);
gboolean torg_accounts_add        (TorgServerStore *store,
                                   const char      *user,
                                   const char      *login,
                                   const char      *password,
                                   GError         **error);
gboolean torg_accounts_find       (TorgServerStore *store,
                                   const char      *login,
                                   char           **user,
                                   GError         **error);
gboolean torg_accounts_find_login (TorgServerStore *store,
                                   const char      *user,
                                   char           **login,
                                   gboolean        *closed,
                                   GError         **error);
gboolean torg_accounts_check      (TorgServerStore *store,
                                   const char      *login,
                                   const char      *password,
                                   char           **user,
                                   GError         **error);
char    *torg_accounts_make_secret (TorgServerStore *store);
char    *torg_accounts_hash_token (const char      *token);
gboolean torg_accounts_find_token (TorgServerStore *store,
                                   const char      *token,
                                   char           **user,
                                   char           **scopes,
                                   GError         **error);
gboolean torg_accounts_find_any      (TorgServerStore *store,
                                      const char      *login,
                                      char           **user,
                                      GError         **error);
gboolean torg_accounts_disable       (TorgServerStore *store,
                                      const char      *user,
                                      GError         **error);
gboolean torg_accounts_enable        (TorgServerStore *store,
                                      const char      *user,
                                      GError         **error);
TorgPasswordFault torg_accounts_find_password_fault
                                    (const char      *password,
                                     const char      *login);
char    *torg_accounts_hash_password (const char      *password,
                                      GError         **error);
gboolean torg_accounts_replace_password (TorgServerStore *store,
                                      const char      *user,
                                      const char      *hash,
                                      GError         **error);
gboolean torg_accounts_set_password  (TorgServerStore *store,
                                      const char      *user,
                                      const char      *password,
                                      GError         **error);
gboolean torg_accounts_bind_token    (TorgServerStore *store,
                                      const char      *token,
                                      const char      *client,
                                      GError         **error);
gboolean torg_accounts_is_shut_out   (TorgServerStore *store,
                                      const char      *token,
                                      const char      *client,
                                      gboolean        *shut_out,
                                      GError         **error);
GPtrArray *torg_accounts_list_devices (TorgServerStore *store,
                                       GError         **error);
gboolean torg_accounts_revoke_device (TorgServerStore *store,
                                      const char      *client,
                                      gboolean        *found,
                                      GError         **error);

G_END_DECLS
