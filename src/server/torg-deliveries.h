/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "torg-server-store.h"

G_BEGIN_DECLS

/**
 * TorgDelivery:
 * @id: (owned): its id, the same each time that it is sent
 * @webhook: (owned): the id of the webhook
 * @url: (owned) (nullable): where it goes
 * @secret: (owned) (nullable): what it is signed with
 * @body: (owned) (nullable): what is sent
 * @event: (owned): what happened
 * @type: (owned): a type's name
 * @record: (owned): a record's id
 * @seq: the number of the commit
 * @state: (owned): `waiting`, `done` or `failed`
 * @tries: how often it was sent
 * @status: of HTTP, of the last time; 0 for no answer
 * @error: (owned) (nullable): why there was none
 * @created: when it came to be, microseconds UTC
 * @next: when it is sent again, microseconds UTC
 *
 * Something that a webhook is told.
 */
typedef struct {
  char  *id;
  char  *webhook;
  char  *url;
  char  *secret;
  char  *body;
  char  *event;
  char  *type;
  char  *record;
  gint64 seq;
  char  *state;
  gint64 tries;
  gint64 status;
  char  *error;
  gint64 created;
  gint64 next;
} TorgDelivery;

GPtrArray *torg_deliveries_list       (TorgServerStore *store,
                                       const char      *webhook,
                                       const char      *before,
                                       guint            limit,
                                       GError         **error); /* TorgDelivery */
gboolean   torg_deliveries_expand     (TorgServerStore *store,
                                       gboolean        *more,
                                       GError         **error);
GPtrArray *torg_deliveries_list_due   (TorgServerStore *store,
                                       GError         **error); /* utf8 */
GPtrArray *torg_deliveries_claim      (TorgServerStore *store,
                                       const char      *webhook,
                                       guint            limit,
                                       GError         **error); /* TorgDelivery */
gboolean   torg_deliveries_get_next   (TorgServerStore *store,
                                       gint64          *at,
                                       GError         **error);
gboolean   torg_deliveries_finish     (TorgServerStore *store,
                                       TorgDelivery    *delivery,
                                       guint            status,
                                       const char      *reason,
                                       GError         **error);
gboolean   torg_deliveries_forget_old (TorgServerStore *store,
                                       GError         **error);
char      *torg_delivery_sign         (const char      *secret,
                                       gint64           seconds,
                                       const char      *body);

G_END_DECLS
