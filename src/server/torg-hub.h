/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

#define TORG_TYPE_HUB (torg_hub_get_type ())

/* Who waits for the next commit. All of it belongs to the main loop's thread. */
G_DECLARE_FINAL_TYPE (TorgHub, torg_hub, TORG, HUB, GObject)

/**
 * TorgHubFunc:
 * @seq: the number of the last commit that is known
 * @data: what the waiter was given
 *
 * Called once for each that waits: something was committed, or it has waited long enough.
 */
typedef void (*TorgHubFunc) (gint64   seq,
                             gpointer data);

TorgHub *torg_hub_new    (void);
void     torg_hub_wait   (TorgHub     *self,
                          gint64       after,
                          guint        seconds,
                          TorgHubFunc  func,
                          gpointer     data);
void     torg_hub_forget (TorgHub     *self,
                          gpointer     data);
void     torg_hub_tell   (TorgHub     *self,
                          gint64       seq);
guint    torg_hub_count  (TorgHub     *self);
void     torg_hub_end    (TorgHub     *self);

G_END_DECLS
