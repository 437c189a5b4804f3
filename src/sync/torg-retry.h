/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* When a server that fails is asked again. A plain value, zeroed at the beginning; one thread uses it. */
typedef struct
{
  guint  n_failures; /* one after the other */
  gint64 held_until; /* monotonic microseconds */
} TorgRetry;

guint    torg_retry_fail    (TorgRetry *self,
                             guint      most,
                             guint      retry_after);
void     torg_retry_succeed (TorgRetry *self);
gboolean torg_retry_is_held (TorgRetry *self);

G_END_DECLS
