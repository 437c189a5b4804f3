/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "torg-env.h"

G_BEGIN_DECLS

/**
 * TorgRate:
 *
 * How fast each of many may ask: a bucket a name, in the memory of this process, which fills evenly. For all threads.
 */
typedef struct _TorgRate TorgRate;

TorgRate *torg_rate_new       (TorgEnv    *env);
void      torg_rate_free      (TorgRate   *self);
guint     torg_rate_take      (TorgRate   *self,
                               const char *name,
                               guint       burst,
                               double      per_second);
void      torg_rate_give_back (TorgRate   *self,
                               const char *name,
                               guint       burst);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TorgRate, torg_rate_free)

G_END_DECLS
