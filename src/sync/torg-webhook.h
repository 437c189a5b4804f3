/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * TorgWebhook:
 *
 * The incoming webhook of a portal of Bitrix24: an address that holds a secret. It is kept in memory alone, and is in
 * no message of an error.
 */
typedef struct _TorgWebhook TorgWebhook;

TorgWebhook *torg_webhook_new        (const char    *address,
                                      GError       **error);
void         torg_webhook_free       (gpointer       data);
const char  *torg_webhook_get_portal (TorgWebhook   *self);
gboolean     torg_webhook_post       (gpointer       data,
                                      const char    *method,
                                      GBytes        *body,
                                      guint         *status,
                                      GBytes       **answer,
                                      GCancellable  *cancellable,
                                      GError       **error);
void         torg_webhook_wait       (gpointer       data,
                                      double         seconds,
                                      GCancellable  *cancellable);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TorgWebhook, torg_webhook_free)

G_END_DECLS
