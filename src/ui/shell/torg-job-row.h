/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "torg-job.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define TORG_TYPE_JOB_ROW (torg_job_row_get_type ())

/* Something long that is under way, with its progress and a button to cancel it. */
G_DECLARE_FINAL_TYPE (TorgJobRow, torg_job_row, TORG, JOB_ROW, GtkListBoxRow)

GtkWidget *torg_job_row_new (TorgJob *job);

G_END_DECLS
