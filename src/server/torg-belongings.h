/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "torg-server-store.h"

G_BEGIN_DECLS

/**
 * TorgBelonging:
 * @user: (owned): the id of the `user` in whose name it works
 * @id: (owned): a form's key, or a webhook's id
 * @name: (owned): a form's name, or the site that a webhook tells, without what else stands in its address
 * @is_webhook: which of the two it is
 *
 * What works in an employee's name without them: a form of a web site, or a webhook.
 */
typedef struct {
  char    *user;
  char    *id;
  char    *name;
  gboolean is_webhook;
} TorgBelonging;

/**
 * TorgBelongingFault:
 * @TORG_BELONGING_WORKS: nothing
 * @TORG_BELONGING_GONE: they have left
 * @TORG_BELONGING_LEADS: they may not make leads, so that a form takes none
 * @TORG_BELONGING_ROLES: they may not edit roles, whose the webhooks are
 *
 * Why something does not work in somebody's name.
 */
typedef enum {
  TORG_BELONGING_WORKS,
  TORG_BELONGING_GONE,
  TORG_BELONGING_LEADS,
  TORG_BELONGING_ROLES,
} TorgBelongingFault;

void       torg_belonging_free        (TorgBelonging       *self);
GPtrArray *torg_belongings_list       (TorgServerStore     *store,
                                       const char          *user,
                                       GError             **error); /* TorgBelonging */
gboolean   torg_belongings_find_fault (TorgServerStore     *store,
                                       const char          *user,
                                       gboolean             is_webhook,
                                       TorgBelongingFault  *fault,
                                       GError             **error);
gboolean   torg_belongings_check      (TorgServerStore     *store,
                                       const char          *user,
                                       gboolean             is_webhook,
                                       GError             **error);
gboolean   torg_belongings_give       (TorgServerStore     *store,
                                       GPtrArray           *belongings,
                                       const char          *user,
                                       GError             **error);

G_END_DECLS
