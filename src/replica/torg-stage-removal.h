/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "torg-replica.h"

G_BEGIN_DECLS

/**
 * TorgStageRemoval:
 *
 * A stage on its way out: its cards go to another one, then it is deleted; in steps, which are undone as one.
 */
typedef struct _TorgStageRemoval TorgStageRemoval;

TorgStageRemoval *torg_stage_removal_new        (TorgStore            *store,
                                                 const char           *stage,
                                                 const char           *successor,
                                                 GError              **error);
void              torg_stage_removal_free       (TorgStageRemoval     *self);
gboolean          torg_stage_removal_is_ended   (TorgStageRemoval     *self);
gboolean          torg_stage_removal_step       (TorgStageRemoval     *self,
                                                 TorgStore            *store,
                                                 GError              **error);
gint64            torg_stage_removal_get_undo   (TorgStageRemoval     *self);
guint             torg_stage_removal_get_n      (TorgStageRemoval     *self);

void              torg_stage_removal_run_async  (TorgReplica          *replica,
                                                 const char           *stage,
                                                 const char           *successor,
                                                 TorgJob              *job,
                                                 GAsyncReadyCallback   callback,
                                                 gpointer              data);
TorgStageRemoval *torg_stage_removal_run_finish (GAsyncResult         *result,
                                                 GError              **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TorgStageRemoval, torg_stage_removal_free)

G_END_DECLS
