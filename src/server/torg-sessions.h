/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "torg-server-store.h"

G_BEGIN_DECLS

/* How long a program may use what a sign-in brought, in seconds: RFC 6749 calls it `expires_in`. */
#define TORG_SESSION_ACCESS_SECONDS (60 * 60)

/**
 * TorgSession:
 * @user: (owned): the id of the `user` who signed in
 * @access: (owned): by which the server knows the user for %TORG_SESSION_ACCESS_SECONDS
 * @refresh: (owned): which brings the next two
 *
 * What a sign-in, or its renewal, brings.
 */
typedef struct {
  char *user;
  char *access;
  char *refresh;
} TorgSession;

char        *torg_sessions_make_code (TorgServerStore *store,
                                      const char      *user,
                                      const char      *challenge,
                                      const char      *redirect,
                                      GError         **error);
gboolean     torg_sessions_redeem    (TorgServerStore *store,
                                      const char      *code,
                                      const char      *verifier,
                                      const char      *redirect,
                                      TorgSession    **session,
                                      GError         **error);
gboolean     torg_sessions_refresh   (TorgServerStore *store,
                                      const char      *refresh,
                                      TorgSession    **session,
                                      GError         **error);
gboolean     torg_sessions_revoke    (TorgServerStore *store,
                                      const char      *token,
                                      GError         **error);
void         torg_session_free       (TorgSession     *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TorgSession, torg_session_free)

G_END_DECLS
