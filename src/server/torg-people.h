/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "torg-server-store.h"

G_BEGIN_DECLS

/**
 * TorgPeopleError:
 * @TORG_PEOPLE_ERROR_FORBIDDEN: whoever asks may not change employees
 * @TORG_PEOPLE_ERROR_NOT_FOUND: there is no such employee, role or department
 * @TORG_PEOPLE_ERROR_INVALID: a name or an address that cannot be one
 * @TORG_PEOPLE_ERROR_LOGIN: somebody else signs in with this address
 * @TORG_PEOPLE_ERROR_CLOSED: the account has to be opened first
 * @TORG_PEOPLE_ERROR_OWN: one's own account is closed by somebody else
 * @TORG_PEOPLE_ERROR_ADMINISTRATOR: whoever asks uses a key that is not for those who may edit roles
 * @TORG_PEOPLE_ERROR_TAKER: whoever is to take forms and webhooks on may not make leads, or not edit roles
 * @TORG_PEOPLE_ERROR_WEBHOOKS: whoever asks uses a key that is not for webhooks
 * @TORG_PEOPLE_ERROR_FIRST: it would be the first role that may edit roles, and whoever asks would lose all rights
 *
 * What can be refused about employees and their accounts.
 */
typedef enum {
  TORG_PEOPLE_ERROR_FORBIDDEN,
  TORG_PEOPLE_ERROR_NOT_FOUND,
  TORG_PEOPLE_ERROR_INVALID,
  TORG_PEOPLE_ERROR_LOGIN,
  TORG_PEOPLE_ERROR_CLOSED,
  TORG_PEOPLE_ERROR_OWN,
  TORG_PEOPLE_ERROR_FIRST,
  TORG_PEOPLE_ERROR_ADMINISTRATOR,
  TORG_PEOPLE_ERROR_TAKER,
  TORG_PEOPLE_ERROR_WEBHOOKS,
} TorgPeopleError;

#define TORG_PEOPLE_ERROR (torg_people_error_quark ())

/**
 * TorgInvitee:
 * @user: (nullable): the id of an employee who is there; %NULL for a new one
 * @name: (nullable): of a new one
 * @email: (nullable): what they are to sign in with; needed where there is no account yet
 * @role: (nullable): the id of a `role`; %NULL leaves that of an employee as it is
 * @department: (nullable): the id of a `department`; %NULL leaves that of an employee as it is
 * @no_administrator: whether it may not be somebody who may edit roles: a link is as good as their password
 *
 * Who is invited.
 */
typedef struct {
  const char *user;
  const char *name;
  const char *email;
  const char *role;
  const char *department;
  gboolean    no_administrator;
} TorgInvitee;

/**
 * TorgPerson:
 * @user: (owned): the id of a `user`
 * @login: (owned) (nullable): what they sign in with
 * @state: `none` for no way to sign in, `invited`, `expired`, `active` or `closed`
 * @until: with `invited` and `expired`, until when the link is good, microseconds since 1970
 * @link: (owned) (nullable): the hash of a link that was given, good or not
 * @seen: when a device of theirs was last heard of, microseconds since 1970; 0 for never
 * @belongings: (owned) (element-type TorgBelonging): the forms and webhooks that work in their name
 *
 * An employee, as to signing in.
 */
typedef struct {
  char       *user;
  char       *login;
  const char *state;
  gint64      until;
  char       *link;
  gint64      seen;
  GPtrArray  *belongings;
} TorgPerson;

GQuark     torg_people_error_quark (void);
GPtrArray *torg_people_list        (TorgServerStore    *store,
                                    const char         *asker,
                                    GError            **error); /* TorgPerson */
gboolean   torg_people_invite      (TorgServerStore    *store,
                                    const char         *asker,
                                    const TorgInvitee  *who,
                                    char              **user,
                                    char              **secret,
                                    GError            **error);
gboolean   torg_people_withdraw    (TorgServerStore    *store,
                                    const char         *asker,
                                    const char         *user,
                                    GError            **error);
gboolean   torg_people_set_closed  (TorgServerStore    *store,
                                    const char         *asker,
                                    const char         *user,
                                    gboolean            closed,
                                    GError            **error);
gboolean   torg_people_give        (TorgServerStore    *store,
                                    const char         *asker,
                                    const char         *from,
                                    const char         *to,
                                    gboolean            no_webhooks,
                                    GError            **error);

G_END_DECLS
