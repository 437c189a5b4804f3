/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

#define TORG_TYPE_JOB (torg_job_get_type ())

/* Something long that is under way: its progress, to be shown with a button to cancel. */
G_DECLARE_FINAL_TYPE (TorgJob, torg_job, TORG, JOB, GObject)

TorgJob      *torg_job_new             (const char *title);
const char   *torg_job_get_title       (TorgJob    *self);
GCancellable *torg_job_get_cancellable (TorgJob    *self);
void          torg_job_report          (TorgJob    *self,
                                        gint64      done,
                                        gint64      total,
                                        const char *status);
double        torg_job_get_fraction    (TorgJob    *self);
char         *torg_job_dup_status      (TorgJob    *self);
void          torg_job_finish          (TorgJob    *self);
gboolean      torg_job_is_finished     (TorgJob    *self);
void          torg_job_cancel          (TorgJob    *self);

G_END_DECLS
