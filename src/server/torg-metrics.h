/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* How many processes may share one. */
#define TORG_METRICS_PLACES 64

/**
 * TorgMetrics:
 *
 * What is counted for whoever watches the server: for one process, or for all that share a socket. Whichever of them is
 * asked tells of all. May be used from any thread.
 */
typedef struct _TorgMetrics TorgMetrics;

int          torg_metrics_make_file  (GError       **error);
TorgMetrics *torg_metrics_new        (int            fd,
                                      guint          place);
void         torg_metrics_free       (TorgMetrics   *self);
guint64      torg_metrics_add_request (TorgMetrics  *self);
void         torg_metrics_add_error  (TorgMetrics   *self);
void         torg_metrics_set_queues (TorgMetrics   *self,
                                      guint          questions,
                                      guint          sign_ins,
                                      guint          waiting);
char        *torg_metrics_to_text    (TorgMetrics   *self);

G_END_DECLS
