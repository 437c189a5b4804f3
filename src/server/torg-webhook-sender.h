/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "torg-env.h"

G_BEGIN_DECLS

/**
 * TorgWebhookSender:
 *
 * A thread that tells webhooks of changes, with a connection of its own.
 */
typedef struct _TorgWebhookSender TorgWebhookSender;

TorgWebhookSender *torg_webhook_sender_new  (TorgEnv           *env,
                                             const char        *store_uri);
void               torg_webhook_sender_wake (TorgWebhookSender *self);
void               torg_webhook_sender_free (TorgWebhookSender *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TorgWebhookSender, torg_webhook_sender_free)

G_END_DECLS
