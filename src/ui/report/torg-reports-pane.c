/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "torg-ui"

#include "config.h"

#include "torg-reports-pane.h"
#include "torg-report-page.h"

struct _TorgReportsPane
{
  TorgPane parent_instance;

  TorgReportPage *page;
};

G_DEFINE_FINAL_TYPE (TorgReportsPane, torg_reports_pane, TORG_TYPE_PANE)

/* What was done meanwhile elsewhere counts. */
static void
mapped_cb (TorgReportsPane *self)
{
  torg_report_page_again (self->page);
}

static void
torg_reports_pane_ready (TorgPane *pane)
{
  TorgReportsPane *self = TORG_REPORTS_PANE (pane);

  self->page = TORG_REPORT_PAGE (torg_report_page_new (torg_pane_get_session (pane)));
  g_signal_connect_object (self->page, "map", G_CALLBACK (mapped_cb), self, G_CONNECT_SWAPPED);
  torg_pane_set_root (pane, ADW_NAVIGATION_PAGE (self->page));
}

static void
torg_reports_pane_focus (TorgPane *pane)
{
  torg_report_page_focus (TORG_REPORTS_PANE (pane)->page);
}

static void
torg_reports_pane_class_init (TorgReportsPaneClass *klass)
{
  TorgPaneClass *pane_class = TORG_PANE_CLASS (klass);

  pane_class->ready = torg_reports_pane_ready;
  pane_class->focus = torg_reports_pane_focus;
}

static void
torg_reports_pane_init (TorgReportsPane *self)
{
}
