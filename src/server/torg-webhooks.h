/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "torg-server-store.h"

G_BEGIN_DECLS

/**
 * TorgWebhook:
 * @id: (owned): its id
 * @user: (owned): the id of the `user` whose sight it has
 * @url: (owned): where it goes
 * @types: (owned): the names of the types that it is told of, split by commas; empty for all
 * @events: (owned): `created`, `changed`, `deleted`, split by commas
 * @created: microseconds UTC
 *
 * An address that is told of changes.
 */
typedef struct {
  char  *id;
  char  *user;
  char  *url;
  char  *types;
  char  *events;
  gint64 created;
} TorgWebhook;

gboolean   torg_webhooks_check_url       (const char         *url);
gboolean   torg_webhooks_check_names     (TorgSchema         *schema,
                                          const char *const  *types,
                                          const char *const  *events);

gboolean   torg_webhooks_add             (TorgServerStore    *store,
                                          const char         *user,
                                          const char         *url,
                                          const char *const  *types,
                                          const char *const  *events,
                                          char              **id,
                                          char              **secret,
                                          GError            **error);
GPtrArray *torg_webhooks_list            (TorgServerStore    *store,
                                          GError            **error); /* TorgWebhook */
gboolean   torg_webhooks_has             (TorgServerStore    *store,
                                          const char         *id,
                                          gboolean           *found,
                                          GError            **error);
gboolean   torg_webhooks_give            (TorgServerStore    *store,
                                          const char         *id,
                                          const char         *user,
                                          gboolean           *found,
                                          GError            **error);
gboolean   torg_webhooks_remove          (TorgServerStore    *store,
                                          const char         *id,
                                          gboolean           *found,
                                          GError            **error);

G_END_DECLS
