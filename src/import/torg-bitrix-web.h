/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "torg-bitrix-map.h"

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * TorgBitrixPost:
 * @data: the way to the portal
 * @method: a method of its API
 * @body: its parameters as JSON
 * @status: (out): of HTTP
 * @answer: (out) (transfer full): what came back
 * @cancellable: (nullable): stops it
 * @error: place for an error: nothing came back
 *
 * Asks a portal. Blocking.
 *
 * Returns: whether it answered
 */
typedef gboolean (*TorgBitrixPost) (gpointer       data,
                                    const char    *method,
                                    GBytes        *body,
                                    guint         *status,
                                    GBytes       **answer,
                                    GCancellable  *cancellable,
                                    GError       **error);

/**
 * TorgBitrixWait:
 * @data: the way to the portal
 * @seconds: how long
 * @cancellable: (nullable): stops it
 *
 * Waits, or is woken.
 */
typedef void (*TorgBitrixWait) (gpointer      data,
                                double        seconds,
                                GCancellable *cancellable);

/**
 * TorgBitrixWeb:
 * @post: asks
 * @wait: waits between questions
 * @data: for both
 *
 * The way to a portal: HTTP in the program, a table of answers in a test.
 */
typedef struct {
  TorgBitrixPost post;
  TorgBitrixWait wait;
  gpointer       data;
} TorgBitrixWeb;

JsonNode  *torg_bitrix_call  (const TorgBitrixWeb *web,
                              const char          *method,
                              JsonObject          *params,
                              GCancellable        *cancellable,
                              GError             **error);
GPtrArray *torg_bitrix_batch (const TorgBitrixWeb *web,
                              GPtrArray           *commands,
                              GCancellable        *cancellable,
                              GError             **error);
GPtrArray *torg_bitrix_list  (const TorgBitrixWeb *web,
                              TorgBitrixKind       kind,
                              const char          *after,
                              guint                n_pages,
                              gboolean            *finished,
                              GCancellable        *cancellable,
                              GError             **error);

G_END_DECLS
