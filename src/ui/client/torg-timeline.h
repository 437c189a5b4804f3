/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "torg-session.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define TORG_TYPE_TIMELINE (torg_timeline_get_type ())

/*
 * What is planned for a record, the composer, and what was done and changed, the newest first.
 *
 * Signals: `filled`: the first entries of a record are there.
 */
G_DECLARE_FINAL_TYPE (TorgTimeline, torg_timeline, TORG, TIMELINE, AdwBin)

void     torg_timeline_set_target (TorgTimeline *self,
                                   TorgSession  *session,
                                   const char   *type,
                                   const char   *id);
void     torg_timeline_set_record (TorgTimeline *self,
                                   TorgRecord   *record);
void     torg_timeline_hide_last  (TorgTimeline *self);
gboolean torg_timeline_is_filled  (TorgTimeline *self);
void     torg_timeline_focus      (TorgTimeline *self);
void     torg_timeline_plan       (TorgTimeline *self);

G_END_DECLS
