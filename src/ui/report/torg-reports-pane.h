/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "torg-pane.h"

G_BEGIN_DECLS

#define TORG_TYPE_REPORTS_PANE (torg_reports_pane_get_type ())

/* The section of reports. */
G_DECLARE_FINAL_TYPE (TorgReportsPane, torg_reports_pane, TORG, REPORTS_PANE, TorgPane)

G_END_DECLS
