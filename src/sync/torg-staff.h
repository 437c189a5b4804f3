/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "torg-syncer.h"

G_BEGIN_DECLS

/**
 * TorgStaffState:
 * @TORG_STAFF_NONE: they have no way to sign in
 * @TORG_STAFF_INVITED: they have a link that is good
 * @TORG_STAFF_EXPIRED: they had a link, and did not use it
 * @TORG_STAFF_ACTIVE: they can sign in
 * @TORG_STAFF_CLOSED: they have left
 *
 * How an employee stands to the server.
 */
typedef enum {
  TORG_STAFF_NONE,
  TORG_STAFF_INVITED,
  TORG_STAFF_EXPIRED,
  TORG_STAFF_ACTIVE,
  TORG_STAFF_CLOSED,
} TorgStaffState;

/**
 * TorgStaffMember:
 * @user: (owned): the id of a `user`
 * @login: (owned) (nullable): what they sign in with
 * @state: how they stand to the server
 * @until: until when their link is good, microseconds UTC; 0 where there is none
 * @seen: when they were last heard of, microseconds UTC; 0 for never
 * @forms: (owned): the names of the web forms that make leads in their name
 * @webhooks: (owned): the sites that are told of changes in their name
 *
 * What the server alone knows of an employee.
 */
typedef struct {
  char           *user;
  char           *login;
  TorgStaffState  state;
  gint64          until;
  gint64          seen;
  GStrv           forms;
  GStrv           webhooks;
} TorgStaffMember;

/**
 * TorgStaffChange:
 * @TORG_STAFF_WITHDRAW: takes a link back
 * @TORG_STAFF_CLOSE: lets somebody sign in no more, and ends what they have signed in
 * @TORG_STAFF_OPEN: lets somebody sign in again
 *
 * What the server is asked to do.
 */
typedef enum {
  TORG_STAFF_WITHDRAW,
  TORG_STAFF_CLOSE,
  TORG_STAFF_OPEN,
} TorgStaffChange;

void        torg_staff_list_async    (TorgSyncer           *syncer,
                                      GCancellable         *cancellable,
                                      GAsyncReadyCallback   callback,
                                      gpointer              data);
GHashTable *torg_staff_list_finish   (GAsyncResult         *result,
                                      GError              **error); /* id → TorgStaffMember */
void        torg_staff_invite_async  (TorgSyncer           *syncer,
                                      const char           *user,
                                      const char           *name,
                                      const char           *email,
                                      const char           *role,
                                      const char           *department,
                                      GCancellable         *cancellable,
                                      GAsyncReadyCallback   callback,
                                      gpointer              data);
char       *torg_staff_invite_finish (GAsyncResult         *result,
                                      GError              **error);
void        torg_staff_change_async  (TorgSyncer           *syncer,
                                      const char           *user,
                                      TorgStaffChange       change,
                                      GCancellable         *cancellable,
                                      GAsyncReadyCallback   callback,
                                      gpointer              data);
void        torg_staff_give_async    (TorgSyncer           *syncer,
                                      const char           *user,
                                      const char           *to,
                                      GCancellable         *cancellable,
                                      GAsyncReadyCallback   callback,
                                      gpointer              data);
gboolean    torg_staff_change_finish (GAsyncResult         *result,
                                      GError              **error);

G_END_DECLS
