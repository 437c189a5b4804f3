/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "torg-access.h"
#include "torg-wire.h"

G_BEGIN_DECLS

/**
 * TorgPushStatus:
 * @TORG_PUSH_DONE: each mutation has its result
 * @TORG_PUSH_GAP: the client's numbers do not go on where the server stands
 * @TORG_PUSH_REUSED: a number was used for another mutation before
 * @TORG_PUSH_FOREIGN: the client is somebody else's, or revoked
 *
 * What became of a batch.
 */
typedef enum {
  TORG_PUSH_DONE,
  TORG_PUSH_GAP,
  TORG_PUSH_REUSED,
  TORG_PUSH_FOREIGN,
} TorgPushStatus;

gboolean torg_push (TorgServerStore *store,
                    const char      *user,
                    const char      *client,
                    GPtrArray       *mutations,
                    GPtrArray       *results,
                    TorgPushStatus  *status,
                    gint64          *expected,
                    GError         **error);

G_END_DECLS
