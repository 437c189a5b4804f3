/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "torg-server-store.h"

G_BEGIN_DECLS

/* How long a link is good. */
#define TORG_INVITATION_DAYS 7
/* How long after that a link still says what became of it. */
#define TORG_INVITATION_TOLD_DAYS 90
/* Of a password, in characters. */

/**
 * TorgInvitationState:
 * @TORG_INVITATION_UNKNOWN: there is none, or it was long ago
 * @TORG_INVITATION_OPEN: it can be used
 * @TORG_INVITATION_USED: it was
 * @TORG_INVITATION_EXPIRED: it is too late
 * @TORG_INVITATION_WITHDRAWN: it was taken back, or another one has replaced it
 *
 * What can be done with an invitation.
 */
typedef enum {
  TORG_INVITATION_UNKNOWN,
  TORG_INVITATION_OPEN,
  TORG_INVITATION_USED,
  TORG_INVITATION_EXPIRED,
  TORG_INVITATION_WITHDRAWN,
} TorgInvitationState;

/**
 * TorgInvitation:
 * @state: what can be done with it; where it is unknown, nothing else is known either
 * @user: (owned) (nullable): the id of the `user` it is for
 * @login: (owned) (nullable): what the user signs in with
 *
 * What a link leads to.
 */
typedef struct {
  TorgInvitationState  state;
  char                *user;
  char                *login;
} TorgInvitation;

gboolean        torg_invitations_make     (TorgServerStore *store,
                                           const char      *user,
                                           const char      *author,
                                           gboolean         ordinary,
                                           const char      *emails,
                                           char           **secret,
                                           GError         **error);
gboolean        torg_invitations_withdraw (TorgServerStore *store,
                                           const char      *user,
                                           GError         **error);
TorgInvitation *torg_invitations_find     (TorgServerStore *store,
                                           const char      *secret,
                                           GError         **error);
TorgInvitation *torg_invitations_find_hash
                                          (TorgServerStore *store,
                                           const char      *hash,
                                           GError         **error);
gboolean        torg_invitations_accept   (TorgServerStore *store,
                                           const char      *secret,
                                           const char      *password,
                                           gboolean        *accepted,
                                           GError         **error);
void            torg_invitation_free      (TorgInvitation  *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TorgInvitation, torg_invitation_free)

G_END_DECLS
