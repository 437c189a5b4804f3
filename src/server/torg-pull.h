/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "torg-verify.h"

G_BEGIN_DECLS

/* The changes of one answer, at most: some 25 MB. */
#define TORG_PULL_MAX_CHANGES 25000
#define TORG_PULL_MAX_BYTES   (64 * 1024 * 1024)

/**
 * TorgPullStatus:
 * @TORG_PULL_DONE: the lines are an answer
 * @TORG_PULL_INVALID: the cursor is none
 * @TORG_PULL_GONE: the cursor is of a life of the server that is over: the client begins anew
 * @TORG_PULL_EXPIRED: what came after the cursor is forgotten: the client begins anew, and sends nothing again
 * @TORG_PULL_FOREIGN: the client is somebody else's, or revoked
 * @TORG_PULL_MOVED: there are changes that the client does not know yet, so that nothing can be compared
 *
 * What became of a question for changes.
 */
typedef enum {
  TORG_PULL_DONE,
  TORG_PULL_INVALID,
  TORG_PULL_GONE,
  TORG_PULL_EXPIRED,
  TORG_PULL_FOREIGN,
  TORG_PULL_MOVED,
} TorgPullStatus;

gboolean torg_pull        (TorgServerStore  *store,
                           const char       *user,
                           const char       *client,
                           const char       *cursor,
                           gint64            acked,
                           GString          *lines,
                           TorgPullStatus   *status,
                           GError          **error);
gboolean torg_pull_verify (TorgServerStore  *store,
                           const char       *user,
                           const char       *client,
                           const char       *cursor,
                           gint64            acked,
                           const TorgVerify *verify,
                           GString          *lines,
                           TorgPullStatus   *status,
                           GError          **error);

gboolean torg_pull_knows (TorgServerStore *store,
                          const char      *text,
                          gboolean        *knows,
                          GError         **error);

G_END_DECLS
