/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "torg-session.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define TORG_TYPE_REPORT_PAGE (torg_report_page_get_type ())

/* A report as a picture and a table, of a period and of some of the company. */
G_DECLARE_FINAL_TYPE (TorgReportPage, torg_report_page, TORG, REPORT_PAGE, AdwNavigationPage)

AdwNavigationPage *torg_report_page_new   (TorgSession    *session);
void               torg_report_page_again (TorgReportPage *self);
void               torg_report_page_focus (TorgReportPage *self);

G_END_DECLS
